#include "package/package.h"

#include "wares.h"

#include <sys/stat.h>

struct shop {
    struct world world;
    struct script_worker *worker;
    struct packages *packages;
    struct package *ui;
    struct val words; /* that the unit calls differently */
};

static int open_shop(void **state)
{
    struct shop *s = calloc(1, sizeof *s);
    world_open(&s->world);
    GOOD(package_setup(s->world.store, &why));
    GOOD(script_worker_open(NULL, &s->worker, &why));
    s->packages = packages_open();
    GOOD(package_compile(ware_host(&s->world), NULL, s->worker, &s->ui, &why));
    *state = s;
    return 0;
}

static int close_shop(void **state)
{
    struct shop *s = *state;
    cached_drop(&s->ui->head);
    packages_close(s->packages);
    script_worker_close(s->worker);
    world_close(&s->world);
    free(s);
    return 0;
}

/* A package with nothing wrong; each case below replaces one file of it. */
static const struct ware good_files[] = {
    { "card/component.lua",
      "return { name = 'card', title = { zh = '卡', en = 'Card' },\n"
      "  needs = { 'read:task' }, sizes = { default = 'half' },\n"
      "  props = { type = 'object', properties = { limit = { type = 'integer' } } },\n"
      "  load = { items = { query = 'task', limit = '$props.limit' } } }" },
    { "card/view.html", "<ui-card title=\"{{words.title}}\">\n"
                        "  <p each=\"item in items\">{{item.id}}</p>\n"
                        "</ui-card>" },
    { "card/words/zh.json", "{\"title\":\"标题\",\"kind\":{\"a\":\"甲\"}}" },
    { "card/words/en.json", "{\"title\":\"Title\",\"kind\":{\"a\":\"A\"}}" },
    { "card/style.css", ".card { color: var(--color-text); }" },
    { "collections/task.json", "{\"name\":\"task\"}" },
};

static struct val record_with(struct shop *s, const char *path, const char *text)
{
    struct ware files[COUNT_OF(good_files) + 1];
    size_t n = COUNT_OF(good_files);
    memcpy(files, good_files, sizeof good_files);
    files[n] = (struct ware){ path, text };
    for (size_t i = 0; i < COUNT_OF(good_files); i++) {
        if (strcmp(files[i].path, path) == 0) {
            files[i].text = text;
            return ware_package(&s->world, "shop", "1", files, n);
        }
    }
    return ware_package(&s->world, "shop", "1", files, n + 1);
}

static bool compile(struct shop *s, struct val record, struct package **ret)
{
    *ret = NULL;
    return package_compile(record, s->ui, s->worker, ret, &why);
}

/* ---- what is good ---- */

static void test_package_gives_its_components(void **state)
{
    struct shop *s = *state;
    struct package *p;
    GOOD(compile(
        s, ware_package(&s->world, "shop", "1", good_files, COUNT_OF(good_files)), &p));
    assert_int_equal(p->component_count, 1);
    const struct component *c = package_component(p, STR("card"));
    assert_non_null(c);
    assert_text(c->ref, "shop/card");
    assert_text(c->size, "half");
    assert_text(val_text(val_at(c->needs, 0)), "read:task");
    assert_text(val_get_text(c->words[VIEW_EN], STR("title")), "Title");
    assert_non_null(c->props);
    assert_non_null(c->views[VIEW_ZH]);
    assert_non_null(c->views[VIEW_EN]);
    assert_null(c->script);
    assert_int_equal(c->lookup_count, 1);
    assert_int_equal(val_count(p->collections), 1);
    assert_true(has(p->style, ".card"));
    assert_null(package_component(p, STR("car")));
    cached_drop(&p->head);
}

static void test_layers_name_a_component_with_its_package(void **state)
{
    static const char *const cases[][3] = {
        { "todo", "standard", "todo" },
        { "activity/quiz", "activity", "quiz" },
        { "ui", "ui", "ui" },
        { "ui/a", "ui", "a" },
        { "a/b/c", "a", "b/c" },
        { "a/", "a", "" },
        { "/a", "", "a" },
        { "", "standard", "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str component;
        assert_text(package_of_ref(str_of(cases[i][0]), &component), cases[i][1]);
        assert_text(component, cases[i][2]);
    }
}

static void test_component_without_a_name_is_called_like_its_folder(void **state)
{
    struct shop *s = *state;
    struct package *p;
    GOOD(compile(s, record_with(s, "plain/component.lua", "return {}"), &p));
    assert_non_null(package_component(p, STR("plain")));
    cached_drop(&p->head);
}

static void test_only_a_folder_deep_are_components(void **state)
{
    struct shop *s = *state;
    struct package *p;
    GOOD(compile(s, record_with(s, "a/b/component.lua", "not even Lua"), &p));
    assert_int_equal(p->component_count, 1);
    cached_drop(&p->head);
}

static void test_host_gives_pages_and_style(void **state)
{
    struct shop *s = *state;
    assert_non_null(package_page(s->ui, STR("error"), VIEW_EN));
    assert_null(package_page(s->ui, STR("none"), VIEW_EN));
    assert_text(s->ui->style, "body{margin:0}");
    assert_true(str_starts(val_get_text(s->ui->assets, STR("icons")), STR("/i/")));
}

static void test_identity_differs_when_a_file_does(void **state)
{
    struct shop *s = *state;
    struct package *one;
    struct package *same;
    struct package *other;
    GOOD(compile(s, record_with(s, "note.md", "x"), &one));
    GOOD(compile(s, record_with(s, "note.md", "y"), &same));
    GOOD(compile(s, record_with(s, "card/view.html", "<p>new</p>"), &other));
    assert_true(one->components[0].identity == same->components[0].identity);
    assert_true(one->components[0].identity != other->components[0].identity);
    cached_drop(&one->head);
    cached_drop(&same->head);
    cached_drop(&other->head);
}

/* ---- what is wrong: the code, and where ---- */

struct wrong {
    const char *path;
    const char *text;
    const char *code;
    const char *where;
};

static void check_wrong(struct shop *s, const struct wrong *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct package *p;
        if (compile(s, record_with(s, cases[i].path, cases[i].text), &p))
            fail_msg("accepted: %s", cases[i].text);
        if (!str_starts(str_of(why.code), str_of(cases[i].code))
            || !strstr(why.where, cases[i].where) || !why.text[0])
            fail_msg("%s\n  gave %s at \"%s\": %s", cases[i].text, why.code, why.where,
                     why.text);
        assert_null(p);
    }
}

#define LUA "card/component.lua"

static void test_broken_lua_is_told_with_its_line(void **state)
{
    static const struct wrong cases[] = {
        { LUA, "return {\n  name = \n}", "script.syntax", LUA ":3" },
        { LUA, "", "script.missing", LUA },
        { LUA, "return 5", "script.missing", LUA },
        { LUA, "\n\nerror('boom')", "script.failed", LUA ":3" },
        { LUA, "while true do end", "script.",
          LUA ":1" }, /* fuel or time, what ends first */
        { LUA, "return { title = os.getenv('HOME') }", "script.failed", LUA ":1" },
        { LUA, "return { title = io.open('/etc/passwd') }", "script.failed", LUA ":1" },
        { LUA, "return require('socket')", "script.failed", LUA ":1" },
        { LUA, "\x1bLua", "script.text", LUA },
    };
    check_wrong(*state, cases, COUNT_OF(cases));
}

static void test_broken_manifest_is_told_with_its_member(void **state)
{
    static const struct wrong cases[] = {
        { LUA, "return { colour = 'red' }", "package.manifest", LUA ": /colour" },
        { LUA, "return { name = 'Card' }", "package.manifest", LUA ": /name" },
        { LUA, "return { title = 'Card' }", "package.manifest", LUA ": /title" },
        { LUA, "return { title = { zh = '卡' } }", "package.manifest", LUA ": /title" },
        { LUA, "return { needs = { 'read:task', 'delete:task' } }", "package.manifest",
          LUA ": /needs/1" },
        { LUA, "return { needs = { 'admin' } }", "package.manifest", LUA ": /needs/0" },
        { LUA, "return { actions = { go = {} } }", "package.manifest",
          LUA ": /actions/go" },
        { LUA, "return { actions = { go = { run = 1 } } }", "package.manifest",
          LUA ": /actions/go/run" },
        { LUA, "return { actions = { ['a.b'] = { run = function() end } } }",
          "package.manifest", LUA ": /actions" },
        { LUA, "return { actions = { go = { run = function() end, role = 'x' } } }",
          "package.manifest", LUA ": /actions/go/role" },
        { LUA,
          "return { actions = { go = { run = function() end, input = { type = 7 } } } }",
          "schema.invalid", LUA ": actions.go.input/type" },
        { LUA, "return { needs = { 'read:../session' } }", "package.manifest",
          LUA ": /needs/0" },
        { LUA, "return { sizes = { default = 'huge' } }", "package.manifest",
          LUA ": /sizes/default" },
        { LUA, "return { props = { type = 'objekt' } }", "schema.invalid",
          LUA ": props" },
        { LUA, "return { props = { ['$ref'] = 'http://example.com/s' } }",
          "schema.missing", LUA ": props" },
        { "Bad Name/component.lua", "return {}", "package.manifest",
          "Bad Name/component.lua: /name" },
        { "../component.lua", "return {}", "package.manifest",
          "../component.lua: /name" },
        { "other/component.lua", "return { name = 'card' }", "package.manifest",
          "component.lua" },
    };
    check_wrong(*state, cases, COUNT_OF(cases));
}

static void test_broken_load_is_told_with_its_member(void **state)
{
    static const struct wrong cases[] = {
        { LUA, "return { load = { a = { query = 'task', where = 1 } } }", "package.load",
          LUA },
        { LUA,
          "return { load = { a = { query = 'task', by = 'x', from = '$now.year' } } }",
          "package.load", LUA },
        { LUA, "return { load = { a = '$env.HOME' } }", "package.load", LUA },
        { LUA, "return { load = { a = '$props' } }", "package.load", LUA },
        { LUA, "return { load = { a = { get = 'task' } } }", "package.load", LUA },
        { LUA, "return { load = { a = { query = 'task', equals = { 1, 2, 3, 4, 5 } } } }",
          "package.load", LUA },
        { LUA, "return { load = { a = '$now.day+x' } }", "package.load", LUA },
        { LUA, "return { load = { a = '$now.day+99999999999' } }", "package.load", LUA },
    };
    check_wrong(*state, cases, COUNT_OF(cases));
}

#define VIEW "card/view.html"

static void test_broken_views_are_told_with_line_and_column(void **state)
{
    static const struct wrong cases[] = {
        { VIEW, "<p>\n  <ui-nothing/>\n</p>", "view.element", VIEW ":2:3" },
        { VIEW, "<script>alert(1)</script>", "view.element", VIEW ":1:1" },
        { VIEW, "<iframe src=\"x\"></iframe>", "view.element", VIEW ":1:1" },
        { VIEW, "<p onclick=\"x()\">a</p>", "view.attribute", VIEW ":1" },
        { VIEW, "<p style=\"color:red\">a</p>", "view.attribute", VIEW ":1" },
        { VIEW, "<ui-card colour=\"red\">a</ui-card>", "view.attribute", VIEW ":1" },
        { VIEW, "<p>{{words.none}}</p>", "view.word", VIEW ":1" },
        { VIEW, "<p>{{a +}}</p>", "view.expression", VIEW ":1" },
        { VIEW, "<p><b></p>", "view.syntax", VIEW ":1" },
    };
    check_wrong(*state, cases, COUNT_OF(cases));
}

static void test_words_stand_in_both_languages(void **state)
{
    static const struct wrong cases[] = {
        { "card/words/zh.json", "{\"title\":\"标题\"}", "package.words",
          "card/words/zh.json" },
        { "card/words/en.json", "{\"title\":\"Title\",\"kind\":{}}", "package.words",
          "card/words/en.json" },
        { "card/words/en.json", "{\"title\":\"Title\",\"kind\":\"A\"}", "package.words",
          "words" },
        { "card/words/en.json", "{\"title\":", "doc.syntax", "card/words/en.json" },
    };
    check_wrong(*state, cases, COUNT_OF(cases));
}

/* ---- styles ---- */

static void test_styles_that_leave_the_card_are_refused(void **state)
{
    static const char *const styles[] = {
        "body { margin: 0; }",
        ".cards { margin: 0; }",
        ".card, body { margin: 0; }",
        "* { margin: 0; }",
        ".card { color: #f00; }",
        ".card { color: rgb(1,2,3); }",
        ".card { color: RGB(1,2,3); }",
        ".card { background: url(https://example.com/a); }",
        ".card { background: URL(https://example.com/a); }",
        ".card { background: u\\72l(x); }",
        ".card { --x: url(a); }",
        ".card { background: image-set('a' 1x); }",
        ".card { position: fixed; }",
        ".card { POSITION: Fixed; }",
        ".card { position/**/: fixed; }",
        ".card { --x: fixed; position: var(--x); }",
        ".card { position: sticky; }",
        "@import 'a.css';",
        "@font-face { src: x; }",
        "@keyframes x { from { top: 0; } }",
        "@media print { body { margin: 0; } }",
        ".card { margin: 0;",
        ".card margin: 0; }",
        ".card { margin }",
        "@media print { .card { margin: 0; }",
        ".card { body:has(&) .b { display: none; } }",
        ".card /*{x:y;*/ , body{color:red}",
        ".card { } </style>",
    };
    struct shop *s = *state;
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        const struct wrong one = { "card/style.css", styles[i], "package.style",
                                   "card/style.css:1" };
        check_wrong(s, &one, 1);
    }
    static const struct wrong second = { "card/style.css",
                                         ".card { margin: 0; }\nbody { margin: 0; }",
                                         "package.style", "card/style.css:2" };
    check_wrong(s, &second, 1);
}

static void test_styles_of_its_own_are_taken(void **state)
{
    static const char *const styles[] = {
        "",
        "/* nothing */",
        ".card { color: var(--color-text); padding: 0 4px }",
        ".card.wide > p, .card-row:hover { margin: 0; }",
        "@media (min-width: 720px) { .card { display: grid; } }",
        "@supports (display: grid) { @container (width > 9em) { .card { gap: 0 } } }",
        ".card { position: relative; /* between */ top: 0 /* } body { */; }",
    };
    struct shop *s = *state;
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        struct package *p;
        if (!compile(s, record_with(s, "card/style.css", styles[i]), &p))
            fail_msg("%s\n  %s: %s", styles[i], why.where, why.text);
        cached_drop(&p->head);
    }
}

/* ---- from the store ---- */

static bool find(struct shop *s, const store_space *chain, size_t n, struct reads *reads,
                 struct package **ret)
{
    struct snap *snap;
    GOOD(snap_open(s->world.reader, chain, n, &snap, &why));
    struct package_source source = { .snap = snap,
                                     .worker = s->worker,
                                     .arena = s->world.arena,
                                     .reads = reads,
                                     .words = s->words };
    bool good = package_find_to_show(s->packages, &source, STR("shop"), ret, &why);
    snap_close(snap);
    return good;
}

static const store_space city_chain[] = { GROUP, EAST, CITY };
static const store_space west_chain[] = { GROUP, WEST };

static void install(struct shop *s, store_space space, const char *print,
                    const char *view)
{
    struct ware files[COUNT_OF(good_files)];
    memcpy(files, good_files, sizeof good_files);
    files[1].text = view;
    ware_install(&s->world, space,
                 ware_package(&s->world, "shop", print, files, COUNT_OF(files)));
}

static void test_package_is_found_up_the_chain_and_nowhere_else(void **state)
{
    struct shop *s = *state;
    struct package *p;
    REFUSED(find(s, city_chain, 3, NULL, &p), "package.none");
    ware_install(&s->world, GROUP, ware_host(&s->world));
    install(s, EAST, "east", "<p>east</p>");
    GOOD(find(s, city_chain, 3, NULL, &p));
    assert_text(p->fingerprint, "east");
    cached_drop(&p->head);
    REFUSED(find(s, west_chain, 2, NULL, &p), "package.none");
    assert_int_equal(why.kind, ERR_MISSING);
    install(s, CITY, "city", "<p>city</p>");
    GOOD(find(s, city_chain, 3, NULL, &p));
    assert_text(p->fingerprint, "city");
    cached_drop(&p->head);
}

static bool put_work(struct txn *txn, void *data, struct err *err)
{
    return package_put(txn, GROUP, *(struct val *)data, err);
}

static bool put_numbered(struct shop *s, int number)
{
    str id = arena_format(s->world.arena, "p%d", number);
    struct val record = ware_package(&s->world, id.p, "1", NULL, 0);
    return store_write(s->world.store, put_work, &record, &why);
}

static void test_package_is_refused_when_not_all_could_be_listed(void **state)
{
    struct shop *s = *state;
    struct snap *snap;
    str names[PACKAGE_MAX_INSTALLED];
    size_t n;
    for (int i = 0; i < PACKAGE_MAX_INSTALLED; i++)
        GOOD(put_numbered(s, i));
    REFUSED(put_numbered(s, PACKAGE_MAX_INSTALLED), "package.many");
    assert_int_equal(why.kind, ERR_LIMIT);
    GOOD(put_numbered(s, 7));
    GOOD(snap_open(s->world.reader, city_chain, 3, &snap, &why));
    GOOD(package_names(snap, s->world.arena, NULL, names, &n, &why));
    assert_int_equal(n, PACKAGE_MAX_INSTALLED);
    snap_close(snap);
}

static void test_package_is_compiled_once_and_again_when_it_changes(void **state)
{
    struct shop *s = *state;
    struct package *one;
    struct package *same;
    struct package *next;
    struct reads reads = { .arena = s->world.arena };
    ware_install(&s->world, GROUP, ware_host(&s->world));
    install(s, GROUP, "1", "<p>1</p>");
    GOOD(find(s, city_chain, 3, &reads, &one));
    GOOD(find(s, west_chain, 2, NULL, &same));
    assert_ptr_equal(one, same);
    assert_int_equal(reads.n, 6); /* both packages, from the city up to the group */
    install(s, GROUP, "2", "<p>2</p>");
    GOOD(find(s, city_chain, 3, NULL, &next));
    assert_ptr_not_equal(one, next);
    assert_text(one->fingerprint, "1");
    cached_drop(&one->head);
    cached_drop(&same->head);
    cached_drop(&next->head);
}

static str shown_by(struct shop *s, const struct package *p)
{
    struct buf out;
    struct view_run run = { .arena = s->world.arena };
    buf_init(&out, 4096);
    GOOD(view_run(package_component(p, STR("card"))->views[VIEW_ZH], &run, &out, &why));
    str text = arena_str(s->world.arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static struct package *found_with(struct shop *s, const char *words)
{
    struct package *p;
    s->words = words ? json(&s->world, words) : VAL_ABSENT;
    GOOD(find(s, city_chain, 3, NULL, &p));
    return p;
}

static void test_units_call_things_otherwise_and_share_what_they_call_alike(void **state)
{
    struct shop *s = *state;
    ware_install(&s->world, GROUP, ware_host(&s->world));
    install(s, GROUP, "1", "<p>{{words.title}}</p>");
    struct package *plain = found_with(s, NULL);
    str was = shown_by(s, plain);
    struct package *mine = found_with(s, "{\"shop/card\":{\"title\":{\"zh\":\"a<b\"}}}");
    struct package *same = found_with(s, "{\"shop/card\":{\"title\":{\"zh\":\"a<b\"}},"
                                         "\"todo\":{\"title\":{\"zh\":\"x\"}}}");
    struct package *host = found_with(s, "{\"ui\":{\"more\":{\"zh\":\"m\"}}}");
    struct package *gone = found_with(s, "{\"shop/card\":{\"none\":{\"zh\":\"x\"}}}");
    struct package *broken = found_with(s, "{\"shop/card\":{\"title\":{\"zh\":\"{a\"}}}");
    assert_text(shown_by(s, mine), "<p>a&lt;b</p>");
    assert_ptr_equal(mine, same);
    assert_true(mine->components[0].identity != plain->components[0].identity);
    assert_true(host->components[0].identity != plain->components[0].identity);
    assert_true(str_equal(shown_by(s, gone), was));
    assert_ptr_equal(broken, plain);
    struct package *all[] = { plain, mine, same, host, gone, broken };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        cached_drop(&all[i]->head);
}

static void test_broken_package_in_the_store_is_an_error_with_its_name(void **state)
{
    struct shop *s = *state;
    struct package *p;
    ware_install(&s->world, GROUP, ware_host(&s->world));
    install(s, GROUP, "1", "<ui-nothing/>");
    REFUSED(find(s, city_chain, 3, NULL, &p), "view.element");
    assert_true(has(str_of(why.where), "package shop"));
    assert_true(has(str_of(why.where), "card/view.html:1:1"));
}

/* ---- the gate: a record that does not fit is not written, nor what came with it ---- */

struct two {
    struct world *world;
    struct val first;
    struct val second;
};

static bool two_work(struct txn *txn, void *data, struct err *err)
{
    struct two *t = data;
    const struct store_collection *c = store_collection(txn_store(txn), STR("package"));
    return txn_put(txn, GROUP, c, t->first, PUT_ANY, err)
           && txn_put(txn, GROUP, c, t->second, PUT_ANY, err);
}

static void test_nothing_is_written_when_one_record_does_not_fit(void **state)
{
    struct shop *s = *state;
    struct world *w = &s->world;
    struct package_gate *gate = package_gate_open();
    struct package *p;
    struct two two = { w, record_with(s, "note.md", "x"),
                       json(w, "{\"id\":\"Bad\",\"version\":\"1\",\"fingerprint\":\"1\","
                               "\"files\":{}}") };
    world_close_store(w);
    world_open_store(w, package_gate_check, gate);
    REFUSED(store_write(w->store, two_work, &two, &why), "record.invalid");
    assert_int_equal(why.kind, ERR_INPUT);
    assert_true(has(str_of(why.where), "/id"));
    REFUSED(find(s, west_chain, 2, NULL, &p), "package.none");
    two.second = json(w, "{\"id\":\"other\"}");
    REFUSED(store_write(w->store, two_work, &two, &why), "record.invalid");
    REFUSED(find(s, west_chain, 2, NULL, &p), "package.none");
    world_close_store(w);
    package_gate_close(gate);
    world_open_store(w, NULL, NULL);
}

/* ---- from a folder ---- */

struct folder {
    struct shop *shop;
    char path[80];
};

static struct folder make_folder(struct shop *s)
{
    struct folder f = { .shop = s };
    snprintf(f.path, sizeof f.path, "%s/package", s->world.dir);
    assert_int_equal(mkdir(f.path, 0777), 0);
    return f;
}

static void write_file(struct folder *f, const char *name, const char *bytes, size_t n)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void write_text(struct folder *f, const char *name, const char *text)
{
    write_file(f, name, text, strlen(text));
}

static bool read_folder(struct folder *f, struct val *ret)
{
    return package_read_dir(f->path, false, f->shop->worker, f->shop->world.arena, ret,
                            &why);
}

#define MANIFEST "return { name = 'shop', version = '1.2.0' }"

static void test_folder_becomes_a_record(void **state)
{
    struct folder f = make_folder(*state);
    struct val record;
    struct val again;
    char inner[100];
    write_text(&f, "package.lua", MANIFEST);
    snprintf(inner, sizeof inner, "%s/card", f.path);
    assert_int_equal(mkdir(inner, 0777), 0);
    write_text(&f, "card/component.lua", "return {}");
    write_text(&f, "photo.png", "no text");
    write_text(&f, ".hidden.lua", "hidden");
    GOOD(read_folder(&f, &record));
    assert_text(val_get_text(record, STR("id")), "shop");
    assert_text(val_get_text(record, STR("version")), "1.2.0");
    assert_int_equal(val_count(val_get(record, STR("files"))), 2);
    assert_text(val_get_text(val_get(record, STR("files")), STR("card/component.lua")),
                "return {}");
    GOOD(read_folder(&f, &again));
    assert_true(val_equal(record, again));
    write_text(&f, "card/component.lua", "return { }");
    GOOD(read_folder(&f, &again));
    assert_false(val_equal(val_get(record, STR("fingerprint")),
                           val_get(again, STR("fingerprint"))));
}

static void test_folder_without_a_manifest_is_refused(void **state)
{
    struct folder f = make_folder(*state);
    struct val record;
    REFUSED(read_folder(&f, &record), "package.manifest");
    assert_string_equal(why.where, "package.lua");
    write_text(&f, "package.lua", "return {");
    REFUSED(read_folder(&f, &record), "script.syntax");
    write_text(&f, "package.lua", "return { name = 'shop', version = 2 }");
    REFUSED(read_folder(&f, &record), "package.manifest");
    write_text(&f, "package.lua", "return { version = '2' }");
    REFUSED(read_folder(&f, &record), "package.manifest");
    strcat(f.path, "/none");
    REFUSED(read_folder(&f, &record), "package.file");
}

static void test_folder_with_bytes_that_are_no_text_is_refused(void **state)
{
    struct folder f = make_folder(*state);
    struct val record;
    write_text(&f, "package.lua", MANIFEST);
    write_file(&f, "bad.json", "\xff\xfe", 2);
    REFUSED(read_folder(&f, &record), "package.file");
    assert_string_equal(why.where, "bad.json");
}

static void test_folder_that_is_too_large_is_refused(void **state)
{
    struct folder f = make_folder(*state);
    struct val record;
    size_t n = LIMIT_PACKAGE_BYTES + 1;
    char *bytes = malloc(n);
    memset(bytes, ' ', n);
    write_text(&f, "package.lua", MANIFEST);
    write_file(&f, "big.md", bytes, n);
    free(bytes);
    REFUSED(read_folder(&f, &record), "package.large");
    assert_int_equal(why.kind, ERR_LIMIT);
}

/* A package cannot carry off a file from outside its folder. */
static void test_links_are_not_followed(void **state)
{
    struct folder f = make_folder(*state);
    struct val record;
    char link[100];
    write_text(&f, "package.lua", MANIFEST);
    write_text(&f, "../secret.json", "{}");
    snprintf(link, sizeof link, "%s/stolen.json", f.path);
    assert_int_equal(symlink("../secret.json", link), 0);
    REFUSED(read_folder(&f, &record), "package.file");
    assert_string_equal(why.where, "stolen.json");
}

#define PACKAGE_TEST(name) cmocka_unit_test_setup_teardown(name, open_shop, close_shop)

/* ---- places ---- */

static void test_place_is_read_from_where_an_error_lies(void **state)
{
    static const struct {
        const char *where;
        const char *file;
        int line, column;
    } cases[] = {
        { "quote/view.html:3:5", "quote/view.html", 3, 5 },
        { "quote/component.lua:7", "quote/component.lua", 7, 0 },
        { "quote/component.lua:7, t9", "quote/component.lua", 7, 0 },
        { "quote/words/zh.json, line 1, column 8", "quote/words/zh.json", 1, 8 },
        { "quote/component.lua: load.item2", "quote/component.lua", 0, 0 },
        { "quote/component.lua: /icn/3", "quote/component.lua", 0, 0 },
        { "", "", 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct package_place place = package_place(str_of(cases[i].where));
        assert_text(place.file, cases[i].file);
        assert_int_equal(place.line, cases[i].line);
        assert_int_equal(place.column, cases[i].column);
    }
}

static void test_excerpt_guesses_the_column_from_what_lua_says(void **state)
{
    static const struct {
        const char *line;
        const char *text;
        int column;
    } cases[] = {
        { "  return x.y", "attempt to index a nil value (local 'x')", 10 },
        { "  error('no')", "no", 3 },
        { "name = )", "unexpected symbol near ')'", 8 },
        { "", "nothing", 1 },
    };
    struct arena *a = ((struct shop *)*state)->world.arena;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct package_place place = { .line = 3 };
        str source = arena_format(a, "1\n2\n%s\n4\n5\n6", cases[i].line);
        struct val lines = package_excerpt(a, source, &place, str_of(cases[i].text));
        assert_int_equal(place.column, cases[i].column);
        assert_int_equal(val_count(lines), 5);
        assert_text(val_get_text(val_at(lines, 2), STR("text")), cases[i].line);
    }
    struct package_place whole = { .line = 0 };
    assert_int_equal(val_count(package_excerpt(a, STR("x"), &whole, STR(""))), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PACKAGE_TEST(test_package_gives_its_components),
        PACKAGE_TEST(test_layers_name_a_component_with_its_package),
        PACKAGE_TEST(test_component_without_a_name_is_called_like_its_folder),
        PACKAGE_TEST(test_only_a_folder_deep_are_components),
        PACKAGE_TEST(test_host_gives_pages_and_style),
        PACKAGE_TEST(test_identity_differs_when_a_file_does),
        PACKAGE_TEST(test_broken_lua_is_told_with_its_line),
        PACKAGE_TEST(test_broken_manifest_is_told_with_its_member),
        PACKAGE_TEST(test_broken_load_is_told_with_its_member),
        PACKAGE_TEST(test_broken_views_are_told_with_line_and_column),
        PACKAGE_TEST(test_words_stand_in_both_languages),
        PACKAGE_TEST(test_styles_that_leave_the_card_are_refused),
        PACKAGE_TEST(test_styles_of_its_own_are_taken),
        PACKAGE_TEST(test_package_is_found_up_the_chain_and_nowhere_else),
        PACKAGE_TEST(test_package_is_refused_when_not_all_could_be_listed),
        PACKAGE_TEST(test_package_is_compiled_once_and_again_when_it_changes),
        PACKAGE_TEST(test_units_call_things_otherwise_and_share_what_they_call_alike),
        PACKAGE_TEST(test_broken_package_in_the_store_is_an_error_with_its_name),
        PACKAGE_TEST(test_nothing_is_written_when_one_record_does_not_fit),
        PACKAGE_TEST(test_folder_becomes_a_record),
        PACKAGE_TEST(test_folder_without_a_manifest_is_refused),
        PACKAGE_TEST(test_folder_with_bytes_that_are_no_text_is_refused),
        PACKAGE_TEST(test_folder_that_is_too_large_is_refused),
        PACKAGE_TEST(test_links_are_not_followed),
        PACKAGE_TEST(test_place_is_read_from_where_an_error_lies),
        PACKAGE_TEST(test_excerpt_guesses_the_column_from_what_lua_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
