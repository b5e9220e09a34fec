/*
 * pinban component new, check, render, test. A component is tried in a store of its own
 * that lives for the command: one unit, one person, the records of its example. What runs
 * is the engine that also runs on the server.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The moment of examples and tests, unless --now says another: a Sunday morning in
 * Shanghai. */
#define TRIAL_NOW    "2026-11-22T09:30:00+08:00"
#define TRIAL_TENANT "example"

struct trial {
    char dir[64];
    int64_t now_ms;
    struct clock clock;
    struct engine engine;
    struct bench bench;
    str folder; /* of the package */
    str name;   /* of the component's folder in it */
    struct val package_record;
    struct package *ui;
    struct package *package;
    bool open;
};

static int64_t trial_now(void *data)
{
    return ((struct trial *)data)->now_ms;
}

/* ---- a store for the command ---- */

static bool trial_open(struct trial *t, const char *now, struct err *err)
{
    const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    t->now_ms = clock_now(&clock_system);
    t->clock = (struct clock){ trial_now, t };
    if (now && !date_parse(str_of(now), 480, &t->now_ms))
        return err_set(err, ERR_INPUT, "component.now", "%s is no moment", now);
    snprintf(t->dir, sizeof t->dir, "%s/pinban-XXXXXX", tmp);
    if (!mkdtemp(t->dir))
        return err_set(err, ERR_SYSTEM, "component.dir", "cannot make a folder in %s",
                       tmp);
    struct engine_config config = {
        .dir = t->dir, .clock = &t->clock, .cache_bytes = 1 << 20, .unsafe_fast = true
    };
    t->open =
        engine_open(&config, &t->engine, err) && bench_open(&t->engine, &t->bench, err);
    return t->open;
}

static void remove_store(const struct trial *t)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "in-use" };
    char path[128];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", t->dir, names[i]);
        unlink(path);
    }
    rmdir(t->dir);
}

static void trial_close(struct trial *t)
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
    struct val files = only_component(a, val_get(t->package_record, STR("files")), name);
    t->package_record = val_with(a, t->package_record, STR("files"), files);
    t->folder = package;
    t->name = name;
    return true;
}

static bool read_component(struct trial *t, const char *path, struct err *err)
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

static bool compile(struct trial *t, struct err *err)
{
    struct val ui_record;
    str ui_dir = arena_format(t->bench.arena, "%s/components/ui", home_dir());
    if (!prepare_package(&t->bench, ui_dir.p, true, NULL, &ui_record, &t->ui, err))
        return false;
    if (!package_compile(t->package_record, t->ui, render_script_worker(t->bench.render),
                         &t->package, err))
        return false;
    for (size_t i = 0; i < val_count(t->package->collections); i++) {
        if (!store_define(t->engine.store, val_at(t->package->collections, i), err))
            return false;
    }
    struct val both[] = { ui_record, t->package_record };
    return install_packages(&t->bench, 1, val_list(both, 2), err);
}

struct world {
    struct trial *trial;
    struct val person;
    struct val data; /* collection → records */
    struct val props;
    struct val query; /* the page's parameters */
};

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
        struct val record = resolve_moments(a, val_at(records, i), w->trial->now_ms, 480);
        record = data_moments(a, record, c->schema, 480);
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

static bool world_make(struct world *w, struct err *err)
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

struct looking {
    const char *as; /* "model", "reads", or NULL for HTML */
    struct buf *out;
};

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

static bool look(struct world *w, const struct looking *how, struct err *err)
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

/* ---- arguments ---- */

static struct val default_person(struct arena *a, struct val given)
{
    static const char person[] =
        "{\"id\":\"wangfang\",\"name\":{\"zh\":\"王芳\",\"en\":\"Wang "
        "Fang\"},\"post\":{\"zh\":"
        "\"客户经理\",\"en\":\"Account manager\"},\"specialty\":\"marketing\"}";
    struct val v = val_map(NULL, 0);
    struct err err;
    if (!doc_parse(a, STR_ARRAY(person), &v, &err))
        return given;
    for (size_t i = 0; i < val_count(given); i++) {
        str name;
        struct val member = val_member(given, i, &name);
        v = val_with(a, v, name, member);
    }
    return v;
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

static struct val example_of(const struct trial *t, str member)
{
    struct val example = val_get(t->package->components[0].manifest, STR("example"));
    struct val v = val_get(example, member);
    return v.kind == VAL_MAP ? v : val_map(NULL, 0);
}

static bool read_world(struct trial *t, const struct args *args, struct world *ret,
                       struct err *err)
{
    struct val person;
    *ret = (struct world){ .trial = t };
    if (!json_option(t, args, "props", example_of(t, STR("props")), &ret->props, err)
        || !json_option(t, args, "data", example_of(t, STR("data")), &ret->data, err)
        || !json_option(t, args, "person", example_of(t, STR("person")), &person, err))
        return false;
    ret->person = default_person(t->bench.arena, person);
    return true;
}

static bool is_usage(const struct err *err)
{
    return strcmp(err->code, "component.file") == 0
           || strcmp(err->code, "component.now") == 0
           || strcmp(err->code, "doc.syntax") == 0 || strcmp(err->code, "doc.depth") == 0;
}

/* To the server a script that fails is a fault of the system's; here it is what was
 * asked about. */
static int exit_of_trial(const struct err *err)
{
    if (is_usage(err))
        return EXIT_USAGE;
    return str_starts(str_of(err->code), STR("script.")) ? EXIT_FAILED : exit_of(err);
}

/* ---- render ---- */

static bool render(struct trial *t, const struct args *args, struct buf *out,
                   struct err *err)
{
    struct world world;
    struct looking how = { args_option(args, "as", NULL), out };
    return trial_open(t, args_option(args, "now", NULL), err)
           && read_component(t, args->words[0], err) && compile(t, err)
           && read_world(t, args, &world, err) && world_make(&world, err)
           && look(&world, &how, err);
}

int command_component_render(int argc, char **argv)
{
    struct args args;
    struct trial t = { .open = false };
    struct buf out;
    struct err err;
    if (!args_read(&args, "component render", argc, argv, "props person data now as", ""))
        return EXIT_USAGE;
    const char *as = args_option(&args, "as", "model");
    bool known = strcmp(as, "model") == 0 || strcmp(as, "reads") == 0;
    if (args.word_count != 1 || !known) {
        fprintf(
            stderr,
            "usage: pinban component render FILE_OR_DIR [--props JSON] [--person JSON] "
            "[--data JSON] [--now TIME] [--as model|reads]\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    buf_init(&out, 4 << 20);
    bool good = render(&t, &args, &out, &err);
    if (good) {
        fwrite(out.p, 1, out.n, stdout);
        putchar('\n');
    } else {
        print_error(&err);
    }
    buf_done(&out);
    trial_close(&t);
    return good ? EXIT_DONE : exit_of_trial(&err);
}

/* ---- check ---- */

struct checking {
    size_t mistakes;
};

static void remark(struct checking *c, const char *code, str where, const char *text)
{
    struct err err;
    err_at(&err, ERR_INPUT, code, where, "%s", text);
    print_error(&err);
    c->mistakes++;
}

/* A number people type in has a range. */
static void check_property(struct checking *c, str name, struct val property)
{
    struct val type = val_get(property, STR("type"));
    bool number = val_is(type, "integer") || val_is(type, "number");
    bool ranged = val_exists(val_get(property, STR("minimum")))
                  && val_exists(val_get(property, STR("maximum")));
    if (number && !ranged)
        remark(c, "component.range", name, "a number wants minimum and maximum");
    struct val title = val_get(property, STR("title"));
    if (!val_get_text(title, STR("zh")).n || !val_get_text(title, STR("en")).n)
        remark(c, "component.title", name, "a property wants a title in zh and en");
}

static void check_manifest(struct checking *c, const struct component *component)
{
    struct val props =
        val_get(val_get(component->manifest, STR("props")), STR("properties"));
    if (!val_exists(component->title))
        remark(c, "component.title", component->name,
               "a component wants a title in zh and en");
    if (!val_count(val_get(component->manifest, STR("example"))))
        remark(
            c, "component.example", component->name,
            "a component wants an example: it is its documentation, thumbnail and test");
    if (!component->views[VIEW_ZH])
        remark(c, "component.view", component->name, "a component wants a view.html");
    for (size_t i = 0; i < val_count(props); i++) {
        str name;
        struct val property = val_member(props, i, &name);
        check_property(c, name, property);
    }
}

static bool check(struct trial *t, const struct args *args, struct checking *c,
                  struct err *err)
{
    struct world world;
    struct buf out;
    if (!trial_open(t, TRIAL_NOW, err) || !read_component(t, args->words[0], err)
        || !compile(t, err) || !read_world(t, args, &world, err))
        return false;
    check_manifest(c, &t->package->components[0]);
    if (c->mistakes)
        return true;
    buf_init(&out, 4 << 20);
    struct looking how = { NULL, &out };
    bool good = world_make(&world, err) && look(&world, &how, err);
    buf_done(&out);
    return good;
}

int command_component_check(int argc, char **argv)
{
    struct args args;
    struct trial t = { .open = false };
    struct checking c = { 0 };
    struct err err;
    if (!args_read(&args, "component check", argc, argv, "", "")
        || args.word_count != 1) {
        fprintf(stderr, "usage: pinban component check FOLDER\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    bool good = check(&t, &args, &c, &err);
    if (!good)
        print_error(&err);
    trial_close(&t);
    if (!good && is_usage(&err))
        return EXIT_USAGE;
    if (good && !c.mistakes)
        printf("%s: good\n", args.words[0]);
    return good && !c.mistakes ? EXIT_DONE : EXIT_NO;
}

/* ---- test ---- */

/* One case of spec.lua: { name, props, person, data, query, now, act, input, result,
 * refused, records, gone, shows, hides, model }. */
static bool case_shows(struct val spec, str member, bool wanted, const struct buf *html,
                       struct err *err)
{
    struct val texts = val_get(spec, member);
    struct val one = texts;
    size_t n = texts.kind == VAL_STR ? 1 : val_count(texts);
    for (size_t i = 0; i < n; i++) {
        str text = val_text(texts.kind == VAL_STR ? one : val_at(texts, i));
        bool found = text.n && memmem(html->p, html->n, text.p, text.n);
        if (found != wanted)
            return err_set(err, ERR_INPUT, "component.spec", "the HTML %s \"%.*s\": %.*s",
                           wanted ? "lacks" : "has", STR_ARG(text),
                           (int)(html->n > 300 ? 300 : html->n), html->p);
    }
    return true;
}

static bool case_model(struct world *w, struct val wanted, struct err *err)
{
    struct buf out;
    struct val model;
    struct looking how = { "model", &out };
    if (!val_exists(wanted))
        return true;
    buf_init(&out, 4 << 20);
    bool good = look(w, &how, err);
    str text = arena_str(w->trial->bench.arena, buf_view(&out));
    buf_done(&out);
    if (!good || !doc_parse(w->trial->bench.arena, text, &model, err))
        return false;
    return val_equal(model, wanted)
           || err_set(err, ERR_INPUT, "component.spec", "the model is %.*s",
                      STR_ARG(text));
}

/* ---- a case that acts ---- */

static bool case_result(struct trial *t, struct val spec, const struct action *action,
                        bool done, const struct err *why_not, struct err *err)
{
    struct val wanted = val_get(spec, STR("result"));
    str refused = val_get_text(spec, STR("refused"));
    if (!done) {
        bool own = strcmp(why_not->code, "action.refused") == 0;
        if (str_equal(refused, str_of(own ? why_not->where : why_not->code)))
            return true;
        *err = *why_not;
        return false;
    }
    if (refused.n)
        return err_set(err, ERR_INPUT, "component.spec",
                       "the action was done, not refused with %.*s", STR_ARG(refused));
    return !val_exists(wanted) || val_equal(action->result, wanted)
           || err_set(err, ERR_INPUT, "component.spec", "the result is %.*s",
                      STR_ARG(doc_text(t->bench.arena, action->result, DOC_PLAIN)));
}

static bool case_act(struct world *w, struct val spec, struct err *err)
{
    struct trial *t = w->trial;
    struct scope scope;
    struct err why_not;
    struct val input = val_get(spec, STR("input"));
    struct action action = { .arena = t->bench.arena,
                             .page = STR("example"),
                             .block = STR("example"),
                             .name = val_get_text(spec, STR("act")),
                             .input =
                                 resolve_moments(t->bench.arena, input, t->now_ms, 480) };
    if (!action.name.n)
        return true;
    if (!scope_open_as(t->bench.scope, t->bench.arena, STR(TRIAL_TENANT),
                       val_get_text(w->person, STR("id")), &scope, err))
        return false;
    scope.page = STR("example");
    bool done = act_and_wait(&t->bench, &scope, &action, &why_not);
    scope_close(&scope);
    return case_result(t, spec, &action, done, &why_not, err);
}

/* Whether the record has all members of `wanted`. */
static bool has_members(struct val record, struct val wanted)
{
    for (size_t i = 0; i < val_count(wanted); i++) {
        str name;
        struct val value = val_member(wanted, i, &name);
        if (!val_equal(val_get(record, name), value))
            return false;
    }
    return true;
}

struct looking_up {
    struct trial *trial;
    struct snap *snap;
    const struct store_collection *collection;
};

static bool case_record(struct looking_up *l, struct val wanted, struct err *err)
{
    struct arena *a = l->trial->bench.arena;
    struct query all = { .collection = l->collection, .limit = STORE_MAX_ROWS };
    struct rows rows;
    wanted = resolve_moments(a, wanted, l->trial->now_ms, 480);
    wanted = data_moments(a, wanted, l->collection->schema, 480);
    if (!snap_query(l->snap, &all, a, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        if (has_members(val_at(rows.list, i), wanted))
            return true;
    }
    return err_set(err, ERR_INPUT, "component.spec", "no %.*s is %.*s; there is %.*s",
                   STR_ARG(l->collection->name), STR_ARG(doc_text(a, wanted, DOC_PLAIN)),
                   STR_ARG(doc_text(a, rows.list, DOC_PLAIN)));
}

static bool case_gone(struct looking_up *l, struct val id, struct err *err)
{
    struct val record;
    if (!snap_get(l->snap, l->collection, val_text(id), NULL, &record, err))
        return false;
    return !val_exists(record)
           || err_set(err, ERR_INPUT, "component.spec", "%.*s %.*s is still there",
                      STR_ARG(l->collection->name), STR_ARG(val_text(id)));
}

/* Each item of the lists by collection. */
static bool each_of(struct looking_up *l, struct val lists,
                    bool (*one)(struct looking_up *l, struct val item, struct err *err),
                    struct err *err)
{
    for (size_t i = 0; i < val_count(lists); i++) {
        str name;
        struct val items = val_member(lists, i, &name);
        l->collection = store_collection(l->trial->engine.store, name);
        if (!l->collection)
            return err_set(err, ERR_INPUT, "component.spec",
                           "there is no collection %.*s", STR_ARG(name));
        for (size_t k = 0; k < val_count(items); k++) {
            if (!one(l, val_at(items, k), err))
                return false;
        }
    }
    return true;
}

static bool case_records(struct world *w, struct val spec, struct err *err)
{
    struct looking_up l = { .trial = w->trial };
    struct store_reader *reader;
    store_space space = 1;
    if (!store_reader_open(w->trial->engine.store, &reader, err))
        return false;
    bool good = snap_open(reader, &space, 1, &l.snap, err);
    if (good) {
        good = each_of(&l, val_get(spec, STR("records")), case_record, err)
               && each_of(&l, val_get(spec, STR("gone")), case_gone, err);
        snap_close(l.snap);
    }
    store_reader_close(reader);
    return good;
}

static bool run_case(struct trial *t, const char *path, struct val spec, struct err *err)
{
    struct world w = { .trial = t };
    struct buf out;
    struct looking how = { NULL, &out };
    str now = val_get_text(spec, STR("now"));
    if (!trial_open(t, now.n ? now.p : TRIAL_NOW, err) || !read_component(t, path, err)
        || !compile(t, err))
        return false;
    struct val props = val_get(spec, STR("props"));
    struct val data = val_get(spec, STR("data"));
    w.props = props.kind == VAL_MAP ? props : val_count(props) ? props : val_map(NULL, 0);
    w.query = val_get(spec, STR("query"));
    w.data = val_exists(data) ? data : example_of(t, STR("data"));
    w.person = default_person(t->bench.arena, val_get(spec, STR("person")));
    if (!val_exists(props))
        w.props = example_of(t, STR("props"));
    buf_init(&out, 4 << 20);
    bool good = world_make(&w, err) && case_act(&w, spec, err)
                && case_records(&w, spec, err) && look(&w, &how, err)
                && case_shows(spec, STR("shows"), true, &out, err)
                && case_shows(spec, STR("hides"), false, &out, err)
                && case_model(&w, val_get(spec, STR("model")), err);
    buf_done(&out);
    return good;
}

static bool read_spec(struct arena *arena, const char *path, struct val *ret,
                      struct err *err)
{
    struct script_worker *worker;
    struct script *script;
    str file = arena_format(arena, "%s/spec.lua", path);
    str source = read_file(arena, file.p);
    if (!source.p)
        return err_at(err, ERR_INPUT, "component.file", file, "there is no spec.lua");
    if (!script_worker_open(NULL, &worker, err))
        return false;
    bool good = script_open(source, STR("spec.lua"), SCRIPT_TENANT, &script, err);
    if (good) {
        good = script_manifest(worker, script, &script_limits_publish, arena, ret, err);
        script_drop(script);
    }
    script_worker_close(worker);
    return good;
}

int command_component_test(int argc, char **argv)
{
    struct args args;
    struct val spec;
    struct err err;
    size_t failed = 0;
    if (!args_read(&args, "component test", argc, argv, "", "") || args.word_count != 1) {
        fprintf(stderr, "usage: pinban component test FOLDER\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    struct arena *arena = arena_open();
    if (!read_spec(arena, args.words[0], &spec, &err)) {
        print_error(&err);
        arena_close(arena);
        return is_usage(&err) ? EXIT_USAGE : EXIT_FAILED;
    }
    for (size_t i = 0; i < val_count(spec); i++) {
        struct trial t = { .open = false };
        struct val one = val_at(spec, i);
        bool good = run_case(&t, args.words[0], one, &err);
        trial_close(&t);
        printf("%s %zu %.*s\n", good ? "ok" : "not ok", i + 1,
               STR_ARG(val_get_text(one, STR("name"))));
        if (!good)
            print_error(&err);
        failed += !good;
    }
    arena_close(arena);
    return failed ? EXIT_NO : EXIT_DONE;
}

/* ---- new ---- */

static bool write_file(const char *path, const char *format, const char *name)
{
    FILE *file = fopen(path, "wx");
    if (!file)
        return false;
    for (const char *p = format; *p; p++) {
        if (*p == '~')
            fputs(name, file);
        else
            fputc(*p, file);
    }
    return fclose(file) == 0;
}

/* What a new component starts with; ~ stands for its name. */
static const struct {
    const char *file;
    const char *text;
} starters[] = {
    { "component.lua",
      "return {\n"
      "  name = \"~\",\n"
      "  title = { zh = \"我的组件\", en = \"My component\" },\n"
      "  icon = \"checklist\",\n"
      "  sizes = { default = \"full\", min = \"half\" },\n"
      "  needs = { \"read:task\" },\n"
      "  props = { type = \"object\", properties = {\n"
      "    limit = { type = \"integer\", minimum = 1, maximum = 20, default = 5,\n"
      "              title = { zh = \"条数\", en = \"How many\" } } } },\n"
      "  load = {\n"
      "    items = { query = \"task\", by = \"assignee\", equals = { \"$actor.id\", "
      "\"open\" },\n"
      "              limit = \"$props.limit\" },\n"
      "  },\n"
      "  example = {\n"
      "    props = { limit = 3 },\n"
      "    data = { task = {\n"
      "      { id = \"1\", title = \"220kV 城西变检修申请\", assignee = \"wangfang\", "
      "state = "
      "\"open\",\n"
      "        due = \"@day+1 18:00\" },\n"
      "    } },\n"
      "  },\n"
      "}\n" },
    { "view.html", "<ui-card title=\"{{words.title}}\">\n"
                   "  <ui-list if=\"items\">\n"
                   "    <ui-row each=\"item in items\">\n"
                   "      {{item.title}}\n"
                   "      <ui-chip slot=\"end\">{{item.due | due}}</ui-chip>\n"
                   "    </ui-row>\n"
                   "  </ui-list>\n"
                   "  <ui-empty unless=\"items\">{{words.nothing}}</ui-empty>\n"
                   "</ui-card>\n" },
    { "words/zh.json",
      "{\n  \"title\": \"我的组件\",\n  \"nothing\": \"现在没有要做的事\"\n}\n" },
    { "words/en.json",
      "{\n  \"title\": \"My component\",\n  \"nothing\": \"Nothing to do now\"\n}\n" },
    { "spec.lua",
      "return {\n"
      "  { name = \"shows what is to be done\", shows = { \"城西变\", \"明天到期\" } },\n"
      "  { name = \"says that nothing is to be done\", data = { task = {} },\n"
      "    shows = \"现在没有要做的事\" },\n"
      "}\n" },
};

static bool make_starters(const char *name, const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0777);
    if (mkdir(path, 0777) != 0)
        return false;
    snprintf(path, sizeof path, "%s/%s/words", folder, name);
    mkdir(path, 0777);
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        snprintf(path, sizeof path, "%s/%s/%s", folder, name, starters[i].file);
        if (!write_file(path, starters[i].text, name))
            return false;
    }
    return true;
}

static bool name_is_good(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n && n < 48 && name[n] == 0 && name[0] >= 'a';
}

/* A folder without a package gets one, with the standard collections to look things up
 * in. */
static void make_package(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/package.lua", folder);
    write_file(path,
               "return { name = \"mine\", version = \"0.1.0\",\n"
               "         title = { zh = \"我的组件包\", en = \"My components\" } }\n",
               "");
    snprintf(path, sizeof path, "%s/collections", folder);
    mkdir(path, 0777);
    char from[4096];
    snprintf(from, sizeof from, "%s/components/standard/collections/task.json",
             home_dir());
    struct arena *arena = arena_open();
    str text = read_file(arena, from);
    snprintf(path, sizeof path, "%s/collections/task.json", folder);
    FILE *file = text.p ? fopen(path, "wx") : NULL;
    if (file) {
        fwrite(text.p, 1, text.n, file);
        fclose(file);
    }
    arena_close(arena);
}

int command_component_new(int argc, char **argv)
{
    struct args args;
    if (!args_read(&args, "component new", argc, argv, "", "") || args.word_count < 1
        || args.word_count > 2) {
        fprintf(stderr, "usage: pinban component new NAME [FOLDER]\n");
        return EXIT_USAGE;
    }
    const char *name = args.words[0];
    const char *folder = args.word_count > 1 ? args.words[1] : "components/mine";
    struct err err;
    if (!name_is_good(name)) {
        err_set(&err, ERR_INPUT, "component.name",
                "a name is a-z, 0-9 and -, at most 47 of them");
        print_error(&err);
        return EXIT_USAGE;
    }
    if (!make_starters(name, folder)) {
        err_at(&err, ERR_INPUT, "component.new", str_of(folder),
               "%s is there already, or the folder cannot be written", name);
        print_error(&err);
        return EXIT_NO;
    }
    make_package(folder);
    printf("%s/%s: edit view.html, then pinban component test %s/%s\n", folder, name,
           folder, name);
    return EXIT_DONE;
}
