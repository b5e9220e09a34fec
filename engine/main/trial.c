/* A component tried in a store of its own: one unit, one person, the records of its
 * example. What runs is the engine that also runs on the server. */
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t trial_now(void *data)
{
    return ((struct trial *)data)->now_ms;
}

/* ---- a store for the command ---- */

bool trial_open(struct trial *t, const char *now, struct err *err)
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp || !*tmp)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    t->now_ms = clock_now(&clock_system);
    t->clock = (struct clock){ trial_now, t };
    if (now && !date_parse(str_of(now), TENANT_OFFSET_MIN, &t->now_ms))
        return err_set(err, ERR_INPUT, "component.now", "%s is no moment", now);
    snprintf(t->dir, sizeof t->dir, "%s/pinban-XXXXXX", tmp);
    if (!mkdtemp(t->dir))
        return err_set(err, ERR_SYSTEM, "component.dir", "cannot make a folder in %s",
                       tmp);
    struct engine_config config = {
        .dir = t->dir, .clock = &t->clock, .cache_bytes = 1 << 20, .unsafe_fast = true
    };
    if (!engine_open(&config, &t->engine, err))
        return false;
    t->open = true;
    return bench_open(&t->engine, &t->bench, err);
}

static void remove_store(const struct trial *t)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "in-use", "key" };
    char path[sizeof t->dir + 16];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", t->dir, names[i]);
        unlink(path);
    }
    rmdir(t->dir);
}

void trial_close(struct trial *t)
{
    if (t->package)
        cached_drop(&t->package->head);
    if (t->ui)
        cached_drop(&t->ui->head);
    if (t->open) {
        bench_close(&t->bench);
        engine_close(&t->engine);
    }
    if (t->dir[0])
        remove_store(t);
}

/* ---- finding the component ---- */

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

static str parent_of(struct arena *arena, str path, str *ret_name)
{
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    const char *slash = memrchr(path.p, '/', path.n);
    *ret_name = slash ? (str){ slash + 1, path.n - (size_t)(slash + 1 - path.p) } : path;
    return slash ? arena_str(
               arena, (str){ path.p, slash > path.p ? (size_t)(slash - path.p) : 1 })
                 : STR(".");
}

/* A Lua file that stands alone, or one without a package around it, becomes a package of
 * its own. */
static bool read_alone(struct trial *t, str folder, str file, struct err *err)
{
    struct arena *a = t->bench.arena;
    static const char *const others[] = { "view.html", "style.css", "words/zh.json",
                                          "words/en.json" };
    struct val files = val_map(NULL, 0);
    str path = arena_format(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(file));
    str source = read_file(a, path.p);
    if (!source.p)
        return err_at(err, ERR_INPUT, "component.file", path, "the file cannot be read");
    files = val_with(a, files, STR("component/component.lua"), val_str(source));
    bool whole = str_equal(file, STR("component.lua"));
    for (size_t i = 0; whole && i < COUNT_OF(others); i++) {
        str text = read_file(a, arena_format(a, "%.*s/%s", STR_ARG(folder), others[i]).p);
        if (text.p)
            files = val_with(a, files, arena_format(a, "component/%s", others[i]),
                             val_str(text));
    }
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(STR("trial")));
    v = val_with(a, v, STR("version"), val_str(STR("0")));
    v = val_with(a, v, STR("fingerprint"), val_str(STR("trial")));
    t->package_record = val_with(a, v, STR("files"), files);
    t->name = STR("component");
    return true;
}

/* Only this component and what its package shares: a broken neighbour is not its fault.
 */
static struct val only_component(struct arena *a, struct val files, str name)
{
    struct val kept = val_map(NULL, 0);
    str own = arena_format(a, "%.*s/", STR_ARG(name));
    for (size_t i = 0; i < val_count(files); i++) {
        str path;
        struct val text = val_member(files, i, &path);
        if (str_starts(path, own) || str_starts(path, STR("collections/")))
            kept = val_with(a, kept, path, text);
    }
    return kept;
}

static bool read_packaged(struct trial *t, str package, str name, struct err *err)
{
    struct arena *a = t->bench.arena;
    if (!package_read_dir(package.p, false, render_script_worker(t->bench.render), a,
                          &t->package_record, err))
        return false;
    trial_take(t, t->package_record, name);
    t->folder = package;
    return true;
}

void trial_take(struct trial *t, struct val package, str name)
{
    struct arena *a = t->bench.arena;
    struct val files = only_component(a, val_get(package, STR("files")), name);
    t->package_record = val_with(a, package, STR("files"), files);
    t->name = name;
}

bool trial_read(struct trial *t, const char *path, struct err *err)
{
    struct arena *a = t->bench.arena;
    struct stat st;
    str folder = str_of(path);
    str file = STR("component.lua");
    str name;
    if (stat(path, &st) != 0)
        return err_at(err, ERR_INPUT, "component.file", str_of(path),
                      "there is no such file");
    if (!S_ISDIR(st.st_mode))
        folder = parent_of(a, str_of(path), &file);
    char *real = realpath(folder.p, NULL);
    folder = arena_str(a, str_of(real ? real : folder.p));
    free(real);
    str package = parent_of(a, folder, &name);
    bool packaged = str_equal(file, STR("component.lua"))
                    && exists(arena_format(a, "%.*s/package.lua", STR_ARG(package)).p);
    return packaged ? read_packaged(t, package, name, err)
                    : read_alone(t, folder, file, err);
}

/* ---- the little world around it ---- */

bool trial_compile(struct trial *t, struct err *err)
{
    struct val ui_record;
    str ui_dir = arena_format(t->bench.arena, "%s/components/ui", home_dir());
    if (!prepare_package(&t->bench, ui_dir.p, true, NULL, &ui_record, &t->ui, err))
        return false;
    if (!package_compile(t->package_record, t->ui, render_script_worker(t->bench.render),
                         &t->package, err))
        return false;
    if (!define_collections(t->engine.store, t->package, err))
        return false;
    struct val both[] = { ui_record, t->package_record };
    return install_packages(&t->bench, 1, val_list(both, 2), err);
}

/* A collection that nobody defined gets an index for each member of its first record. */
static bool define_loosely(struct trial *t, str name, struct val records, struct err *err)
{
    struct arena *a = t->bench.arena;
    struct val first = val_at(records, 0);
    struct val *indexes = ARENA_ARRAY(a, struct val, STORE_MAX_INDEXES);
    size_t n = 0;
    if (store_collection(t->engine.store, name))
        return true;
    for (size_t i = 0; i < val_count(first) && n < STORE_MAX_INDEXES; i++) {
        str field;
        val_member(first, i, &field);
        struct val *fields = ARENA_NEW(a, struct val);
        *fields = val_str(field);
        struct val v = val_with(a, val_map(NULL, 0), STR("name"), *fields);
        indexes[n++] = val_with(a, v, STR("fields"), val_list(fields, 1));
    }
    struct val def = val_with(a, val_map(NULL, 0), STR("name"), val_str(name));
    def = val_with(a, def, STR("owner"), val_str(STR("trial")));
    return store_define(t->engine.store,
                        val_with(a, def, STR("indexes"), val_list(indexes, n)), err);
}

static bool put_records(struct txn *txn, struct world *w, str name, struct val records,
                        struct err *err)
{
    struct arena *a = w->trial->bench.arena;
    const struct store_collection *c = store_collection(txn_store(txn), name);
    for (size_t i = 0; i < val_count(records); i++) {
        struct val record =
            resolve_moments(a, val_at(records, i), w->trial->now_ms, TENANT_OFFSET_MIN);
        record = data_moments(a, record, c->schema, TENANT_OFFSET_MIN);
        if (!val_exists(val_get(record, STR("id"))))
            record =
                val_with(a, record, STR("id"), val_str(arena_format(a, "%zu", i + 1)));
        if (!txn_put(txn, 1, c, record, PUT_ANY, err))
            return err_in(err, "%.*s/%zu", STR_ARG(name), i);
    }
    return true;
}

static bool world_work(struct txn *txn, void *data, struct err *err)
{
    static const char tenant[] =
        "{\"id\":\"" TRIAL_TENANT "\",\"level\":\"group\",\"name\":{\"zh\":\"示例电力\","
        "\"en\":\"Example Power\"},\"short\":{\"zh\":\"示例电力\",\"en\":\"Example "
        "Power\"}}";
    struct world *w = data;
    struct arena *a = w->trial->bench.arena;
    struct val v;
    store_space space;
    if (!doc_parse(a, STR_ARRAY(tenant), &v, err) || !tenant_put(txn, v, a, &space, err)
        || !txn_put(txn, space, store_collection(txn_store(txn), STR("person")),
                    w->person, PUT_ANY, err))
        return false;
    for (size_t i = 0; i < val_count(w->data); i++) {
        str name;
        struct val records = val_member(w->data, i, &name);
        if (!put_records(txn, w, name, records, err))
            return false;
    }
    return true;
}

static bool layer_work(struct txn *txn, void *data, struct err *err)
{
    struct world *w = data;
    struct arena *a = w->trial->bench.arena;
    struct val verb;
    struct val layer;
    static const char base[] =
        "{\"verb\":\"add\",\"block\":\"example\",\"into\":\"main\"}";
    static const char frame[] = "{\"id\":\"example\",\"page\":\"example\"}";
    if (!doc_parse(a, STR_ARRAY(base), &verb, err)
        || !doc_parse(a, STR_ARRAY(frame), &layer, err))
        return false;
    verb = val_with(a, verb, STR("component"),
                    val_str(w->trial->package->components[0].ref));
    verb = val_with(a, verb, STR("props"), w->props);
    layer = val_with(a, layer, STR("verbs"), val_list(&verb, 1));
    return txn_put(txn, 1, store_collection(txn_store(txn), STR("layer")), layer, PUT_ANY,
                   err);
}

bool world_make(struct world *w, struct err *err)
{
    for (size_t i = 0; i < val_count(w->data); i++) {
        str name;
        struct val records = val_member(w->data, i, &name);
        if (!define_loosely(w->trial, name, records, err))
            return false;
    }
    struct store *store = w->trial->engine.store;
    return store_write(store, world_work, w, err)
           && store_write(store, layer_work, w, err);
}

/* ---- looking at it ---- */

/* The HTML is made only to see what it takes. */
static bool look_back(struct trial *t, struct scope *scope, struct block *block,
                      struct buf *out, struct err *err)
{
    struct seen seen = { .reads = { .arena = t->bench.arena } };
    struct buf html;
    buf_init(&html, 4 << 20);
    scope->seen = &seen;
    bool good = render_try(t->bench.render, scope, block, &html, err);
    scope->seen = NULL;
    buf_done(&html);
    if (good)
        write_reads(out, t->engine.store, &seen);
    return good;
}

static bool look_with(struct trial *t, struct scope *scope, const struct looking *how,
                      struct err *err)
{
    struct layout *layout;
    struct val model;
    if (!layout_find(t->engine.layouts, scope, render_script_worker(t->bench.render),
                     STR("example"), &layout, err))
        return false;
    struct block *block = layout->regions[0].blocks[0];
    bool good;
    if (how->as && strcmp(how->as, "reads") == 0) {
        good = look_back(t, scope, block, how->out, err);
    } else if (how->as && strcmp(how->as, "card") == 0) {
        render_block(t->bench.render, scope, block, how->out);
        good = true;
    } else if (how->as) {
        good = render_model(t->bench.render, scope, block, &model, err);
        if (good)
            doc_write(how->out, model, DOC_PLAIN);
    } else {
        good = render_try(t->bench.render, scope, block, how->out, err);
    }
    cached_drop(&layout->head);
    return good;
}

bool world_look(struct world *w, const struct looking *how, struct err *err)
{
    struct scope scope;
    struct trial *t = w->trial;
    if (!scope_open_as(t->bench.scope, t->bench.arena, STR(TRIAL_TENANT),
                       val_get_text(w->person, STR("id")), &scope, err))
        return false;
    scope.page = STR("example");
    if (val_exists(w->query)) {
        scope.query = w->query;
        scope.query_text = doc_text(t->bench.arena, w->query, DOC_SORTED);
    }
    bool good = look_with(t, &scope, how, err);
    scope_close(&scope);
    return good;
}

/* ---- what the command line says ---- */

struct val world_person(struct arena *a, struct val given)
{
    static const char person[] =
        "{\"id\":\"wangfang\",\"name\":{\"zh\":\"王芳\",\"en\":\"Wang "
        "Fang\"},\"post\":{\"zh\":"
        "\"客户经理\",\"en\":\"Account manager\"},\"specialty\":\"marketing\"}";
    struct val v = val_map(NULL, 0);
    struct err err;
    if (!doc_parse(a, STR_ARRAY(person), &v, &err))
        return given;
    return val_with_all(a, v, given);
}

static bool json_option(struct trial *t, const struct args *args, const char *name,
                        struct val otherwise, struct val *ret, struct err *err)
{
    const char *text = args_option(args, name, NULL);
    *ret = otherwise;
    if (!text || doc_parse(t->bench.arena, str_of(text), ret, err))
        return true;
    return err_in(err, "--%s", name);
}

struct val trial_example(const struct trial *t, str member)
{
    struct val example = val_get(t->package->components[0].manifest, STR("example"));
    struct val v = val_get(example, member);
    return v.kind == VAL_MAP ? v : val_map(NULL, 0);
}

bool world_read(struct trial *t, const struct args *args, struct world *ret,
                struct err *err)
{
    struct val person;
    *ret = (struct world){ .trial = t };
    if (!json_option(t, args, "props", trial_example(t, STR("props")), &ret->props, err)
        || !json_option(t, args, "data", trial_example(t, STR("data")), &ret->data, err)
        || !json_option(t, args, "person", trial_example(t, STR("person")), &person, err))
        return false;
    ret->person = world_person(t->bench.arena, person);
    return true;
}

bool trial_is_usage(const struct err *err)
{
    return strcmp(err->code, "component.file") == 0
           || strcmp(err->code, "component.now") == 0
           || strcmp(err->code, "doc.syntax") == 0 || strcmp(err->code, "doc.depth") == 0;
}

/* To the server a script that fails is a fault of the system's; here it is what was
 * asked about. */
int trial_exit(const struct err *err)
{
    if (trial_is_usage(err))
        return EXIT_USAGE;
    return str_starts(str_of(err->code), STR("script.")) ? EXIT_FAILED : exit_of(err);
}
