/* A package compiled: the parts of the host, then components and collections; and found
 * again by what it is made of. */
#include "inside.h"

#include "crypt/crypt.h"

#include <stdio.h>

enum { PACKAGES_MAX_BYTES = 128 << 20 };

struct packages {
    struct cache *compiled; /* by name and fingerprint: content does not go stale */
};

static const char definitions[] =
    "[{\"name\":\"package\",\"schema\":{\"type\":\"object\",\"required\":[\"id\","
    "\"version\","
    "\"fingerprint\",\"files\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern\":"
    "\"^[a-z][a-z0-9-]{0,47}$\"}}}}]";

bool package_setup(struct store *store, struct err *err)
{
    return store_define_all(store, STR_ARRAY(definitions), err);
}

struct packages *packages_open(void)
{
    struct packages *packages = mem_zero(sizeof *packages);
    packages->compiled =
        cache_open(&(struct cache_config){ .max_bytes = PACKAGES_MAX_BYTES });
    return packages;
}

void packages_close(struct packages *packages)
{
    if (!packages)
        return;
    cache_close(packages->compiled);
    mem_free(packages);
}

str package_of_ref(str ref, str *ret_component)
{
    str package = str_cut(ref, '/', ret_component);
    if (ret_component->p)
        return package;
    *ret_component = ref;
    return str_equal(ref, STR("ui")) ? ref : STR("standard");
}

const struct component *package_component(const struct package *package, str name)
{
    for (size_t i = 0; i < package->component_count; i++) {
        if (str_equal(package->components[i].name, name))
            return &package->components[i];
    }
    return NULL;
}

/* ---- files ---- */

str file_text(const struct compile *c, str path)
{
    return val_get_text(c->files, path);
}

bool file_fail(const struct compile *c, str path, const char *code, const char *format,
               ...)
{
    char text[sizeof c->err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_at(c->err, ERR_INPUT, code, path, "%s", text);
}

bool file_json(const struct compile *c, str path, struct val *ret)
{
    str text = file_text(c, path);
    *ret = VAL_ABSENT;
    if (!text.p || doc_parse(c->package->arena, text, ret, c->err))
        return true;
    return err_in(c->err, "%.*s", STR_ARG(path));
}

/* The folder of a path like "todo/component.lua", or p == NULL. */
static str component_folder(str path)
{
    str rest;
    str folder = str_cut(path, '/', &rest);
    return rest.p && str_equal(rest, STR("component.lua")) ? folder : (str){ NULL, 0 };
}

static bool ends_with(str s, str end)
{
    return s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

/* ---- the host's package ---- */

static bool read_elements(struct compile *c)
{
    struct view_source sources[64];
    size_t n = 0;
    for (size_t i = 0; i < val_count(c->files) && n < COUNT_OF(sources); i++) {
        str name;
        struct val text = val_member(c->files, i, &name);
        if (str_starts(name, STR("elements/")) && ends_with(name, STR(".html")))
            sources[n++] = (struct view_source){ name, val_text(text) };
    }
    return view_elements_open(sources, n, &c->package->elements, c->err);
}

static struct val host_constants(struct compile *c, enum view_lang lang)
{
    struct arena *a = c->package->arena;
    struct val v = val_with(a, val_map(NULL, 0), STR("ui"), c->package->words[lang]);
    v = val_with(a, v, STR("assets"), c->package->assets);
    return val_with(a, v, STR("lang"), val_str(view_lang_name(lang)));
}

static bool read_page(struct compile *c, str path, str text)
{
    struct package *p = c->package;
    struct host_page *page = &p->pages[p->page_count++];
    page->name = (str){ path.p + 6, path.n - 6 - 5 };
    for (int lang = 0; lang < VIEW_LANGS; lang++) {
        struct view_config config = { .source = { path, text },
                                      .elements = p->elements,
                                      .lang = (enum view_lang)lang,
                                      .constants =
                                          host_constants(c, (enum view_lang)lang),
                                      .host = true };
        if (!view_open(&config, &page->views[lang], c->err))
            return false;
    }
    return true;
}

static bool read_pages(struct compile *c)
{
    c->package->pages = ARENA_ARRAY(c->package->arena, struct host_page, 16);
    for (size_t i = 0; i < val_count(c->files) && c->package->page_count < 16; i++) {
        str name;
        struct val text = val_member(c->files, i, &name);
        if (str_starts(name, STR("pages/")) && ends_with(name, STR(".html"))
            && !read_page(c, name, val_text(text)))
            return false;
    }
    return true;
}

struct view *package_page(const struct package *ui, str name, enum view_lang lang)
{
    for (size_t i = 0; i < ui->page_count; i++) {
        if (str_equal(ui->pages[i].name, name))
            return ui->pages[i].views[lang];
    }
    return NULL;
}

static bool read_host(struct compile *c)
{
    struct package *p = c->package;
    p->style = file_text(c, STR("ui.css"));
    p->icons = file_text(c, STR("icons.svg"));
    p->icons_fingerprint = crypt_fingerprint(p->arena, p->icons);
    str url = arena_format(p->arena, "/i/%.*s.svg", STR_ARG(p->icons_fingerprint));
    p->assets = val_with(p->arena, val_map(NULL, 0), STR("icons"), val_str(url));
    if (!file_json(c, STR("words/zh.json"), &p->words[VIEW_ZH])
        || !file_json(c, STR("words/en.json"), &p->words[VIEW_EN]))
        return false;
    for (int lang = 0; lang < VIEW_LANGS; lang++)
        p->words[lang] =
            words_renamed(c, STR("ui"), (enum view_lang)lang, p->words[lang]);
    return read_elements(c) && read_pages(c);
}

/* ---- components and collections ---- */

static bool add_component(struct compile *c, str folder, str path)
{
    struct package *p = c->package;
    struct component *component = &p->components[p->component_count];
    bool good = component_compile(c, folder, component);
    const struct component *other = package_component(p, component->name);
    p->component_count++; /* also half made: package_free drops its parts */
    return good
           && (!other
               || file_fail(c, path, "package.manifest",
                            "another component is called %.*s already",
                            STR_ARG(component->name)));
}

static bool read_components(struct compile *c)
{
    struct package *p = c->package;
    p->components = ARENA_ARRAY(p->arena, struct component, val_count(c->files));
    for (size_t i = 0; i < val_count(c->files); i++) {
        str name;
        val_member(c->files, i, &name);
        str folder = component_folder(name);
        if (folder.p && !add_component(c, folder, name))
            return false;
    }
    return true;
}

static bool read_collections(struct compile *c)
{
    struct package *p = c->package;
    struct val *items = ARENA_ARRAY(p->arena, struct val, val_count(c->files));
    size_t n = 0;
    for (size_t i = 0; i < val_count(c->files); i++) {
        str name;
        val_member(c->files, i, &name);
        if (!str_starts(name, STR("collections/")) || !ends_with(name, STR(".json")))
            continue;
        if (!file_json(c, name, &items[n]))
            return false;
        items[n] = val_with(p->arena, items[n], STR("owner"), val_str(p->name));
        n++;
    }
    p->collections = val_list(items, n);
    return true;
}

static void join_styles(struct compile *c)
{
    struct package *p = c->package;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < p->component_count; i++)
        buf_str(&out, p->components[i].style);
    p->style = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
}

/* ---- compiling ---- */

static str print_of(struct arena *arena, struct val words)
{
    return val_count(words) ? crypt_fingerprint(arena, doc_text(arena, words, DOC_SORTED))
                            : STR("");
}

static void package_free(struct cached *self)
{
    struct package *p = (struct package *)self;
    for (size_t i = 0; i < p->component_count; i++)
        component_done(&p->components[i]);
    for (size_t i = 0; i < p->page_count; i++) {
        for (int lang = 0; lang < VIEW_LANGS; lang++)
            view_drop(p->pages[i].views[lang]);
    }
    jobs_done(p);
    view_elements_drop(p->elements);
    arena_close(p->arena);
    mem_free(p);
}

static bool compile(struct val record, const struct package *ui, struct val words,
                    struct script_worker *worker, struct package **ret, struct err *err)
{
    struct package *p = mem_zero(sizeof *p);
    p->head.free = package_free;
    p->head.refs = 1;
    p->arena = arena_open();
    record = val_copy(p->arena, record);
    p->name = val_get_text(record, STR("id"));
    p->version = val_get_text(record, STR("version"));
    p->fingerprint = val_get_text(record, STR("fingerprint"));
    p->files = val_get(record, STR("files"));
    p->title = val_get(record, STR("title"));
    if (!ui && val_count(words))
        p->fingerprint = arena_format(p->arena, "%.*s %.*s", STR_ARG(p->fingerprint),
                                      STR_ARG(print_of(p->arena, words)));
    struct compile c = { .package = p,
                         .renamed = words,
                         .files = p->files,
                         .trusted = val_as_bool(val_get(record, STR("trusted")), false),
                         .ui = ui,
                         .worker = worker,
                         .err = err };
    bool good = (ui || read_host(&c)) && read_components(&c) && read_collections(&c)
                && jobs_compile(&c);
    if (!good) {
        cached_drop(&p->head);
        return false;
    }
    if (ui)
        join_styles(&c);
    p->head.size = arena_used(p->arena) * 2;
    *ret = p;
    return true;
}

bool package_compile(struct val record, const struct package *ui,
                     struct script_worker *worker, struct package **ret, struct err *err)
{
    return compile(record, ui, VAL_ABSENT, worker, ret, err);
}

static bool compile_and_keep(struct packages *packages, struct val record,
                             struct package *ui, struct val words, str key,
                             struct script_worker *worker, struct package **ret,
                             struct err *err)
{
    if (!compile(record, ui, words, worker, ret, err))
        return err_in(err, "package %.*s", STR_ARG(val_get_text(record, STR("id"))));
    if (ui) {
        (*ret)->head.parts = mem_alloc(sizeof(struct cached *));
        (*ret)->head.parts[0] = cached_hold(&ui->head);
        (*ret)->head.part_count = 1;
    }
    cache_offer(packages->compiled, key, &(*ret)->head, NULL, 0);
    return true;
}

static bool find_record(const struct package_source *source, str name, struct val *ret,
                        struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(source->snap), STR("package"));
    if (!snap_get_up(source->snap, c, name, source->reads, ret, err))
        return false;
    return val_exists(*ret)
           || err_set(err, ERR_MISSING, "package.none",
                      "the package %.*s is not installed", STR_ARG(name));
}

bool package_find(struct packages *packages, const struct package_source *source,
                  str name, struct package **ret, struct err *err)
{
    struct val record;
    struct package *ui = NULL;
    struct arena *arena = source->arena;
    bool is_host = str_equal(name, STR("ui"));
    if (!find_record(source, name, &record, err)
        || (!is_host && !package_find(packages, source, STR("ui"), &ui, err)))
        return false;
    struct val words = words_for(source->words, name, arena);
    str key = arena_format(arena, "%.*s %.*s %.*s %.*s", STR_ARG(name),
                           STR_ARG(val_get_text(record, STR("fingerprint"))),
                           STR_ARG(ui ? ui->fingerprint : STR("")),
                           STR_ARG(print_of(arena, words)));
    *ret = (struct package *)cache_find(packages->compiled, key, 0);
    bool good =
        *ret
        || compile_and_keep(packages, record, ui, words, key, source->worker, ret, err);
    if (ui)
        cached_drop(&ui->head);
    return good;
}

bool package_find_to_show(struct packages *packages, const struct package_source *source,
                          str name, struct package **ret, struct err *err)
{
    struct package_source plain = *source;
    plain.words = VAL_ABSENT;
    return package_find(packages, source, name, ret, err)
           || (val_count(source->words)
               && package_find(packages, &plain, name, ret, err));
}

bool package_put(struct txn *txn, store_space space, struct val record, struct err *err)
{
    const struct store_collection *c = store_collection(txn_store(txn), STR("package"));
    struct query all = { .collection = c, .limit = PACKAGE_MAX_INSTALLED + 1 };
    size_t n;
    if (!txn_put(txn, space, c, record, PUT_ANY, err)
        || !snap_count(txn_snap(txn, &space, 1), &all, txn_arena(txn), NULL, &n, err))
        return false;
    return n <= PACKAGE_MAX_INSTALLED
           || err_set(err, ERR_LIMIT, "package.many", "%d packages are installed already",
                      PACKAGE_MAX_INSTALLED);
}

bool package_names(struct snap *snap, struct arena *arena, struct reads *reads,
                   str ret[PACKAGE_MAX_INSTALLED], size_t *ret_n, struct err *err)
{
    struct query q = { .collection = store_collection(snap_store(snap), STR("package")),
                       .up = true,
                       .limit = PACKAGE_MAX_INSTALLED };
    struct rows rows;
    *ret_n = 0;
    if (!snap_query(snap, &q, arena, reads, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        str name = val_get_text(val_at(rows.list, i), STR("id"));
        ret[(*ret_n)++] = arena_str(arena, name);
    }
    return true;
}
