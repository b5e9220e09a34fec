#include "layout/layout.h"

#include "audience/audience.h"
#include "wares.h"

struct room {
    struct world world;
    struct watch *watch;
    struct scopes *scopes;
    struct scope_worker *worker;
    struct script_worker *scripts;
    struct packages *packages;
    struct layouts *layouts;
};

static void on_commit(void *watch, const struct commit *commit)
{
    watch_meet(watch, commit);
}

static void furnish(struct world *w)
{
    static const struct ware files[] = {
        { "card/component.lua",
          "return { props = { type = 'object', properties = { limit = { type = 'integer',"
          " maximum = 9, default = 5 }, pins = { type = 'array', maxItems = 2, "
          "['x-personal'] "
          "= true } } }, sizes = { default = 'half' } }" },
        { "card/view.html", "<p>card</p>" },
        { "tabs/component.lua", "return {}" },
        { "box/component.lua",
          "return { regions = { lid = {} }, props = { type = 'object', properties = { "
          "drawers = { type = 'array', ['x-regions'] = true } } } }" },
    };
    world_settle(w);
    ware_install(w, GROUP, ware_host(w));
    ware_install(w, GROUP, ware_package(w, "standard", "1", files, COUNT_OF(files)));
    put(w, CITY, "person", "{\"id\":\"wang\",\"name\":\"W\",\"specialty\":\"sales\"}");
    put(w, CITY, "person", "{\"id\":\"chen\",\"name\":\"C\",\"specialty\":\"sales\"}");
    put(w, CITY, "person", "{\"id\":\"li\",\"name\":\"L\"}");
    put(w, WEST, "person", "{\"id\":\"sun\",\"name\":\"S\",\"specialty\":\"sales\"}");
}

static int open_room(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    struct world *w = &r->world;
    GOOD(crypt_init(&why));
    world_open(w);
    GOOD(package_setup(w->store, &why));
    GOOD(layout_setup(w->store, &why));
    GOOD(audience_setup(w->store, &why));
    r->watch = watch_open();
    store_observe(w->store, on_commit, r->watch);
    r->scopes = scopes_open(w->store, r->watch, &w->clock);
    r->packages = packages_open();
    r->layouts = layouts_open(r->watch, r->packages);
    GOOD(scope_worker_open(r->scopes, &r->worker, &why));
    GOOD(script_worker_open(NULL, &r->scripts, &why));
    furnish(w);
    *state = r;
    return 0;
}

static int close_room(void **state)
{
    struct room *r = *state;
    script_worker_close(r->scripts);
    scope_worker_close(r->worker);
    layouts_close(r->layouts);
    packages_close(r->packages);
    scopes_close(r->scopes);
    world_close(&r->world);
    watch_close(r->watch);
    free(r);
    return 0;
}

/* ---- resolving ---- */

static void tell_regions(struct buf *out, const struct resolved_region *regions,
                         size_t n);

static void tell_block(struct buf *out, const struct resolved_block *b)
{
    buf_format(out, "%s%.*s", b->hidden ? "-" : "", STR_ARG(b->id));
    if (b->region_count) {
        buf_char(out, '{');
        tell_regions(out, b->regions, b->region_count);
        buf_char(out, '}');
    }
}

static void tell_regions(struct buf *out, const struct resolved_region *regions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_format(out, "%s%.*s(", i ? " " : "", STR_ARG(regions[i].name));
        for (size_t k = 0; k < regions[i].n; k++) {
            buf_str(out, k ? STR(" ") : STR(""));
            tell_block(out, regions[i].blocks[k]);
        }
        buf_char(out, ')');
    }
}

/* "main(a -b tabs{first(c)}) !orphan:x@0.3": what stands where, hidden ones with a dash,
 * then what was set aside: why, which block, the verb's layer and number. */
static str tell(struct arena *arena, const struct resolved *r)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    tell_regions(&out, r->page.regions, r->page.region_count);
    for (size_t i = 0; i < r->issue_count; i++)
        buf_format(&out, " !%s:%.*s@%.*s.%d", r->issues[i].code + strlen("layout."),
                   STR_ARG(r->issues[i].block), STR_ARG(r->issues[i].layer),
                   (int)r->issues[i].at.verb);
    str text = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return text;
}

/* `layers`: a JSON list of lists of verbs. */
static struct resolved resolve(struct arena *arena, struct val layers)
{
    struct layer items[8];
    struct resolved r;
    size_t n = val_count(layers);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct layer){ .name = arena_format(arena, "%zu", i),
                                   .level = (int)i,
                                   .verbs = val_at(layers, i) };
    layout_resolve(&(struct layout_input){ .layers = items, .n = n }, arena, &r);
    return r;
}

/* Verbs in short: "add a", "add a into tabs/first after b", "set a /p 1", … */
static void put_verb(struct buf *out, struct arena *arena, str text)
{
    static const char *const names[] = { "verb", "block" };
    for (size_t i = 0; text.p; i++) {
        str word = str_cut(text, ' ', &text);
        str name = i < 2 ? str_of(names[i]) : word;
        bool pointer = i >= 2 && word.n && word.p[0] == '/';
        if (i >= 2)
            word = pointer ? word : str_cut(text, ' ', &text);
        buf_format(out, "%s\"%.*s\":\"%.*s\"", i ? "," : "{",
                   STR_ARG(pointer ? STR("at") : name), STR_ARG(word));
        if (pointer && text.p) {
            str value = str_cut(text, ' ', &text);
            buf_format(out, ",\"value\":%.*s", STR_ARG(value));
        }
    }
    (void)arena;
    buf_char(out, '}');
}

/* Layers in short: verbs parted by ";", layers by "|". */
static struct val layers_of(struct arena *arena, const char *text)
{
    struct buf out;
    struct val v;
    str rest = str_of(text);
    buf_init(&out, 1 << 20);
    buf_char(&out, '[');
    while (rest.p) {
        str layer = str_cut(rest, '|', &rest);
        buf_str(&out, STR("["));
        while (layer.p) {
            str verb = str_trim(str_cut(layer, ';', &layer));
            if (verb.n)
                put_verb(&out, arena, verb);
            if (layer.p && str_trim(layer).n)
                buf_char(&out, ',');
        }
        buf_str(&out, rest.p ? STR("],") : STR("]"));
    }
    buf_char(&out, ']');
    GOOD(doc_parse(arena, arena_str(arena, buf_view(&out)), &v, &why));
    buf_done(&out);
    return v;
}

struct resolves {
    const char *layers;
    const char *told;
};

static void check(const struct resolves *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_open();
        struct resolved r = resolve(arena, layers_of(arena, cases[i].layers));
        str told = tell(arena, &r);
        if (!str_equal(told, str_of(cases[i].told)))
            fail_msg("%s\n  gave   %.*s\n  wanted %s", cases[i].layers, STR_ARG(told),
                     cases[i].told);
        arena_close(arena);
    }
}

static void test_blocks_are_added_in_order_and_behind_their_anchors(void **state)
{
    static const struct resolves cases[] = {
        { "", "" },
        { "add a; add b; add c", "main(a b c)" },
        { "add a; add b; add c after a", "main(a c b)" },
        { "add a; add b; add c after ", "main(c a b)" },
        { "add a; add b after none", "main(a b) !anchor:b@0.1" },
        { "add a into top; add b; add c after a", "top(a) main(b c) !anchor:c@0.2" },
        { "add t; add a into t/first; add b into t/second; add c into t/first",
          "main(t{first(a c) second(b)})" },
        { "add a into none/first", " !orphan:none@0.0" },
        { "add a; add a", "main(a) !exists:a@0.1" },
        { "add page", " !exists:page@0.0" },
        { "add a | remove a | add a into top", "main() top(a)" },
    };
    (void)state;
    check(cases, COUNT_OF(cases));
}

static void test_blocks_are_removed_with_what_stands_in_them(void **state)
{
    static const struct resolves cases[] = {
        { "add a; add b; add c | remove b", "main(a c)" },
        { "add a | remove a; remove a", "main() !orphan:a@1.1" },
        { "add t; add a into t/x | remove t | move a into main", "main() !orphan:a@2.0" },
        { "add t; add a into t/x | remove t | add t; add a", "main(t a)" },
        { "add a; add b | remove a; add c after a", "main(c b)" },
        { "add a; remove a | set a /p 1; reset a /p; hide a; show a; move a",
          "main() !orphan:a@1.4 !orphan:a@1.0 !orphan:a@1.1 !orphan:a@1.2 "
          "!orphan:a@1.3" },
    };
    (void)state;
    check(cases, COUNT_OF(cases));
}

static void test_blocks_are_moved_with_what_stands_in_them(void **state)
{
    static const struct resolves cases[] = {
        { "add a; add b; add c | move a after c", "main(b c a)" },
        { "add a; add b; add c | move c after ", "main(c a b)" },
        { "add a; add b; add c | move a", "main(b c a)" },
        { "add a; add b | move a into top", "main(b) top(a)" },
        { "add a; add b; add c | move b after b", "main(a c b) !anchor:b@1.0" },
        { "add t; add a into t/x; add b | move t after b", "main(b t{x(a)})" },
        { "add t; add a into t/x | move a into main after t", "main(t{x()} a)" },
        { "add t; add u into t/x | move t into u/y", "main(t{x(u{y()})}) !loop:t@1.0" },
        { "add t | move t into t/x", "main(t{x()}) !loop:t@1.0" },
        { "add a | move a into none/x", "main(a) !orphan:none@1.0" },
    };
    (void)state;
    check(cases, COUNT_OF(cases));
}

static void test_blocks_are_hidden_and_shown(void **state)
{
    static const struct resolves cases[] = {
        { "add a; add b | hide a", "main(-a b)" },
        { "add a | hide a | show a", "main(a)" },
        { "add a | hide a; hide a | move a after ", "main(-a)" },
        { "add a | show a", "main(a)" },
    };
    (void)state;
    check(cases, COUNT_OF(cases));
}

static void test_verbs_that_make_no_sense_are_set_aside(void **state)
{
    static const char *const verbs[] = {
        "[[5]]",
        "[[null]]",
        "[[{}]]",
        "[[{\"verb\":\"add\"}]]",
        "[[{\"verb\":\"explode\",\"block\":\"a\"}]]",
        "[[{\"verb\":7,\"block\":\"a\"}]]",
        "[[{\"verb\":\"add\",\"block\":[\"a\"]}]]",
        "[[{\"verb\":\"ADD\",\"block\":\"a\"}]]",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        struct arena *arena = arena_open();
        struct val layers;
        GOOD(doc_parse(arena, str_of(verbs[i]), &layers, &why));
        struct resolved r = resolve(arena, layers);
        assert_int_equal(r.block_count, 0);
        assert_int_equal(r.issue_count, 1);
        assert_string_equal(r.issues[0].code, "layout.verb");
        arena_close(arena);
    }
}

static void test_layers_that_are_no_lists_say_nothing(void **state)
{
    struct arena *arena = arena_open();
    struct val layers;
    (void)state;
    GOOD(doc_parse(arena, STR("[null,5,\"x\",[]]"), &layers, &why));
    struct resolved r = resolve(arena, layers);
    assert_int_equal(r.issue_count, 0);
    assert_int_equal(r.page.region_count, 0);
    arena_close(arena);
}

/* ---- properties ---- */

struct props {
    const char *verbs; /* over a block "a" added with {"p":1,"q":{"r":2}} */
    const char *props;
    size_t issues;
};

static void test_properties_are_set_and_reset_one_by_one(void **state)
{
    static const struct props cases[] = {
        { "[]", "{\"p\":1,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/p\",\"value\":3}]",
          "{\"p\":3,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/q/s\",\"value\":null}]",
          "{\"p\":1,\"q\":{\"r\":2,\"s\":null}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/x/y\",\"value\":1}]",
          "{\"p\":1,\"q\":{\"r\":2},\"x\":{\"y\":1}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/p/y\",\"value\":1}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 1 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"p\",\"value\":1}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 1 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"value\":1}]", "{\"p\":1,\"q\":{\"r\":2}}",
          1 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/p\"}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 1 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/p\",\"value\":3},"
          "{\"verb\":\"reset\",\"block\":\"a\",\"at\":\"/p\"}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/x~1y\",\"value\":3},"
          "{\"verb\":\"reset\",\"block\":\"a\",\"at\":\"/x~1y\"}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/q/s/t\",\"value\":3},"
          "{\"verb\":\"reset\",\"block\":\"a\",\"at\":\"/q/s\"}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/q\",\"value\":5},"
          "{\"verb\":\"reset\",\"block\":\"a\",\"at\":\"/q/r\"}]",
          "{\"p\":1,\"q\":5}", 1 },
        { "[{\"verb\":\"reset\",\"block\":\"a\"}]", "{\"p\":1,\"q\":{\"r\":2}}", 0 },
        { "[{\"verb\":\"reset\",\"block\":\"a\",\"at\":\"/none\"}]",
          "{\"p\":1,\"q\":{\"r\":2}}", 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_open();
        struct val layers;
        str text = arena_format(
            arena,
            "[[{\"verb\":\"add\",\"block\":\"a\",\"component\":\"card\",\"props\":{"
            "\"p\":1,\"q\":{\"r\":2}}}],%s]",
            cases[i].verbs);
        GOOD(doc_parse(arena, text, &layers, &why));
        struct resolved r = resolve(arena, layers);
        str props = doc_text(arena, r.page.regions[0].blocks[0]->props, DOC_PLAIN);
        if (!str_equal(props, str_of(cases[i].props)) || r.issue_count != cases[i].issues)
            fail_msg("%s\n  gave %.*s and %zu issues", cases[i].verbs, STR_ARG(props),
                     r.issue_count);
        arena_close(arena);
    }
}

static void test_page_has_properties_too(void **state)
{
    struct arena *arena = arena_open();
    (void)state;
    struct resolved r =
        resolve(arena, layers_of(arena, "set page /title 1; set page /x 2 | "
                                        "set page /title 3 | reset page /x"));
    assert_text(doc_text(arena, r.page.props, DOC_PLAIN), "{\"title\":3}");
    assert_int_equal(r.issue_count, 0);
    arena_close(arena);
}

static void test_block_says_which_layer_added_it(void **state)
{
    struct arena *arena = arena_open();
    (void)state;
    struct resolved r = resolve(arena, layers_of(arena, "add a | add b; set a /p 1"));
    assert_int_equal(r.page.regions[0].blocks[0]->added_by.layer, 0);
    assert_int_equal(r.page.regions[0].blocks[1]->added_by.layer, 1);
    arena_close(arena);
}

/* ---- limits ---- */

static void test_page_has_at_most_two_hundred_blocks(void **state)
{
    struct arena *arena = arena_open();
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 16);
    for (int i = 0; i <= LIMIT_PAGE_BLOCKS; i++)
        buf_format(&text, "add b%d;", i);
    buf_str(&text, STR("| remove b0 | add last"));
    struct resolved r =
        resolve(arena, layers_of(arena, arena_str(arena, buf_view(&text)).p));
    buf_done(&text);
    assert_int_equal(r.block_count, LIMIT_PAGE_BLOCKS);
    assert_int_equal(r.issue_count, 1);
    assert_string_equal(r.issues[0].code, "layout.limit");
    assert_text(r.issues[0].block, "b200");
    assert_text(r.page.regions[0].blocks[LIMIT_PAGE_BLOCKS - 1]->id, "last");
    arena_close(arena);
}

static size_t depth_of(const struct resolved_region *regions, size_t n)
{
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < regions[i].n; k++) {
            const struct resolved_block *b = regions[i].blocks[k];
            size_t inner = depth_of(b->regions, b->region_count) + 1;
            depth = inner > depth ? inner : depth;
        }
    }
    return depth;
}

static void test_page_is_at_most_eight_deep_also_after_moving(void **state)
{
    static const char *const layers[] = {
        "add a; add b into a/x; add c into b/x; add d into c/x; add e into d/x;"
        "add f into e/x; add g into f/x; add h into g/x; add i into h/x",
        "add a; add b into a/x; add c into b/x; add d into c/x; add e into d/x;"
        "add p; add q into p/x; add r into q/x; add s into r/x; move p into e/x",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layers); i++) {
        struct arena *arena = arena_open();
        struct resolved r = resolve(arena, layers_of(arena, layers[i]));
        assert_true(depth_of(r.page.regions, r.page.region_count) <= LIMIT_PAGE_DEPTH);
        assert_int_equal(r.issue_count, 1);
        assert_string_equal(r.issues[0].code, "layout.limit");
        arena_close(arena);
    }
}

/* ---- any history ---- */

static uint64_t dice;

static size_t roll(size_t sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (size_t)(dice % sides);
}

static const char *const some_ids[] = { "a", "b", "c", "d", "e", "f", "g", "page" };

static const char *some_id(void)
{
    return some_ids[roll(COUNT_OF(some_ids))];
}

static void put_some_verb(struct buf *out)
{
    static const char *const verbs[] = { "add",  "add",   "add",    "move",
                                         "move", "move",  "hide",   "show",
                                         "set",  "reset", "remove", "nonsense" };
    static const char *const values[] = { "1", "null", "{\"x\":[1]}", "\"t\"" };
    static const char *const pointers[] = { "/p", "/p/q", "/p/q/0", "", "bad", "/p/-" };
    buf_format(out, "{\"verb\":\"%s\",\"block\":\"%s\",\"component\":\"card\"",
               verbs[roll(COUNT_OF(verbs))], some_id());
    if (roll(3))
        buf_format(out, ",\"into\":\"%s%s\"", roll(3) ? some_id() : "main",
                   roll(3) ? "/x" : "");
    if (!roll(3))
        buf_format(out, ",\"after\":\"%s\"", roll(4) ? some_id() : "");
    if (roll(4))
        buf_format(out, ",\"at\":\"%s\"", pointers[roll(COUNT_OF(pointers))]);
    if (roll(4))
        buf_format(out, ",\"value\":%s", values[roll(COUNT_OF(values))]);
    buf_char(out, '}');
}

static str some_layers(struct arena *arena)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_char(&out, '[');
    for (size_t layers = 1 + roll(4); layers--;) {
        buf_char(&out, '[');
        for (size_t verbs = 1 + roll(30); verbs--;) {
            put_some_verb(&out);
            buf_str(&out, verbs ? STR(",") : STR(""));
        }
        buf_str(&out, layers ? STR("],") : STR("]"));
    }
    buf_char(&out, ']');
    str text = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return text;
}

/* Counts the blocks by id; gives how many there are in all. */
static size_t count_ids(const struct resolved_region *regions, size_t n, int *counts)
{
    size_t all = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < regions[i].n; k++) {
            const struct resolved_block *b = regions[i].blocks[k];
            for (size_t id = 0; id < COUNT_OF(some_ids); id++)
                counts[id] += str_equal(b->id, str_of(some_ids[id]));
            assert_int_equal(b->props.kind, VAL_MAP);
            all += 1 + count_ids(b->regions, b->region_count, counts);
        }
    }
    return all;
}

static void check_sound(const struct resolved *r, struct val layers)
{
    int counts[COUNT_OF(some_ids)] = { 0 };
    assert_int_equal(count_ids(r->page.regions, r->page.region_count, counts),
                     r->block_count);
    for (size_t i = 0; i < COUNT_OF(some_ids); i++)
        assert_true(counts[i] <= 1);
    assert_true(depth_of(r->page.regions, r->page.region_count) <= LIMIT_PAGE_DEPTH);
    assert_int_equal(r->page.props.kind, VAL_MAP);
    for (size_t i = 0; i < r->issue_count; i++) {
        int64_t layer;
        assert_true(str_to_int(r->issues[i].layer, &layer));
        assert_true((size_t)r->issues[i].at.verb
                    < val_count(val_at(layers, (size_t)layer)));
        assert_true(str_starts(str_of(r->issues[i].code), STR("layout.")));
    }
}

static void test_any_history_resolves_to_one_sound_page(void **state)
{
    (void)state;
    dice = UINT64_C(88172645463325252);
    for (int round = 0; round < 4000; round++) {
        struct arena *arena = arena_open();
        struct val layers;
        str text = some_layers(arena);
        GOOD(doc_parse(arena, text, &layers, &why));
        struct resolved one = resolve(arena, layers);
        struct resolved two = resolve(arena, layers);
        check_sound(&one, layers);
        assert_text(tell(arena, &one), tell(arena, &two).p);
        arena_close(arena);
    }
}

/* ---- layers from the store, bound to components ---- */

#define LAYER(id, verbs) "{\"id\":\"" id "\",\"page\":\"home\",\"verbs\":[" verbs "]}"
#define ADD(block)                                                               \
    "{\"verb\":\"add\",\"block\":\"" block "\",\"component\":\"card\",\"into\":" \
    "\"main\"}"
#define HIDE(block) "{\"verb\":\"hide\",\"block\":\"" block "\"}"

static bool find(struct room *r, const char *tenant, const char *person, const char *page,
                 struct layout **ret)
{
    struct scope scope;
    GOOD(scope_open_as(r->worker, r->world.arena, str_of(tenant), str_of(person), &scope,
                       &why));
    bool good = layout_find(r->layouts, &scope, r->scripts, str_of(page), ret, &why);
    scope_close(&scope);
    return good;
}

/* The blocks of the home page's main region: "a b". */
static const char *home(struct room *r, const char *tenant, const char *person)
{
    struct layout *layout;
    str text = STR("");
    GOOD(find(r, tenant, person, "home", &layout));
    const struct region *main_region =
        layout_region(layout->regions, layout->region_count, STR("main"));
    for (size_t i = 0; main_region && i < main_region->n; i++)
        text = arena_format(r->world.arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "",
                            STR_ARG(main_region->blocks[i]->id));
    cached_drop(&layout->head);
    return text.p;
}

static void test_each_level_says_only_what_it_does_differently(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "layer", LAYER("home", ADD("a") "," ADD("b")));
    assert_string_equal(home(r, "city", "li"), "a b");
    put(w, EAST, "layer", LAYER("home", ADD("east") "," HIDE("a")));
    put(w, CITY, "layer",
        LAYER("home", "{\"verb\":\"move\",\"block\":\"east\",\"after\":\"\"}"));
    put(w, GROUP, "layer", LAYER("home:sales", ADD("sales")));
    assert_string_equal(home(r, "city", "li"), "east b");
    assert_string_equal(home(r, "city", "wang"), "east b sales");
    assert_string_equal(home(r, "west", "sun"), "a b sales");
}

static void test_specialty_comes_after_its_own_level_and_before_the_next(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "layer", LAYER("home", ADD("a")));
    put(w, GROUP, "layer", LAYER("home:sales", HIDE("a") "," ADD("s")));
    put(w, EAST, "layer", LAYER("home", HIDE("s")));
    put(w, CITY, "layer", LAYER("home:sales", "{\"verb\":\"show\",\"block\":\"a\"}"));
    assert_string_equal(home(r, "city", "wang"), "a");
    assert_string_equal(home(r, "city", "li"), "a");
    assert_string_equal(home(r, "west", "sun"), "s");
}

static void test_page_that_nobody_made_is_missing(void **state)
{
    struct room *r = *state;
    struct layout *layout;
    REFUSED(find(r, "city", "li", "home", &layout), "layout.none");
    assert_int_equal(why.kind, ERR_MISSING);
    put(&r->world, WEST, "layer", LAYER("home", ADD("a")));
    REFUSED(find(r, "city", "li", "home", &layout), "layout.none");
    REFUSED(find(r, "city", "li", "", &layout), "layout.none");
    REFUSED(find(r, "city", "li", "../home", &layout), "layout.none");
}

static void test_layout_is_shared_by_those_of_one_unit_and_specialty(void **state)
{
    struct room *r = *state;
    struct layout *wang;
    struct layout *chen;
    struct layout *li;
    put(&r->world, GROUP, "layer", LAYER("home", ADD("a")));
    GOOD(find(r, "city", "wang", "home", &wang));
    GOOD(find(r, "city", "chen", "home", &chen));
    GOOD(find(r, "city", "li", "home", &li));
    assert_ptr_equal(wang, chen);
    assert_ptr_not_equal(wang, li);
    assert_true(memcmp(wang->regions[0].blocks[0]->key, li->regions[0].blocks[0]->key,
                       sizeof(uint64_t[2]))
                == 0);
    cached_drop(&wang->head);
    cached_drop(&chen->head);
    cached_drop(&li->head);
}

static void test_layout_is_made_again_only_when_what_it_read_changes(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "layer", LAYER("home", ADD("a")));
    home(r, "city", "li");
    put(w, WEST, "layer", LAYER("home", ADD("w")));
    put(w, CITY, "layer", LAYER("home:sales", ADD("s")));
    put(w, GROUP, "layer", LAYER("news", ADD("n")));
    home(r, "city", "li");
    assert_int_equal(layouts_count(r->layouts).hits, 2); /* with its audiences */
    put(w, CITY, "layer", LAYER("home", ADD("c")));
    assert_string_equal(home(r, "city", "li"), "a c");
    assert_int_equal(layouts_count(r->layouts).hits, 3); /* with its audiences */
    take_away(w, CITY, "layer", "home");
    assert_string_equal(home(r, "city", "li"), "a");
}

static void test_new_package_is_taken_up(void **state)
{
    static const struct ware files[] = { { "card/component.lua", "return {}" } };
    struct room *r = *state;
    struct layout *layout;
    put(&r->world, GROUP, "layer", LAYER("home", ADD("a")));
    GOOD(find(r, "city", "li", "home", &layout));
    assert_text(layout->regions[0].blocks[0]->component->size, "half");
    cached_drop(&layout->head);
    ware_install(&r->world, GROUP,
                 ware_package(&r->world, "standard", "2", files, COUNT_OF(files)));
    GOOD(find(r, "city", "li", "home", &layout));
    assert_text(layout->regions[0].blocks[0]->component->size, "full");
    cached_drop(&layout->head);
}

static void test_properties_get_their_defaults(void **state)
{
    struct room *r = *state;
    struct layout *layout;
    put(&r->world, GROUP, "layer",
        LAYER("home", ADD("a") ",{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/x\","
                               "\"value\":1}"));
    GOOD(find(r, "city", "li", "home", &layout));
    assert_text(doc_text(r->world.arena, layout->regions[0].blocks[0]->props, DOC_SORTED),
                "{\"limit\":5,\"x\":1}");
    cached_drop(&layout->head);
}

static void test_broken_blocks_stay_and_say_why(void **state)
{
    static const struct {
        const char *component;
        const char *props;
        const char *code;
    } cases[] = {
        { "card", "{\"limit\":10}", "schema.mismatch" },
        { "card", "{\"limit\":\"x\"}", "schema.mismatch" },
        { "none", "{}", "layout.component" },
        { "none/card", "{}", "package.none" },
        { "", "{}", "layout.component" },
    };
    struct room *r = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct layout *layout;
        str record = arena_format(
            r->world.arena,
            LAYER("home", ADD("good") ",{\"verb\":\"add\",\"block\":\"bad\","
                                      "\"into\":\"main\",\"component\":\"%s\","
                                      "\"props\":%s}"),
            cases[i].component, cases[i].props);
        put(&r->world, GROUP, "layer", record.p);
        GOOD(find(r, "city", "li", "home", &layout));
        const struct region *region = &layout->regions[0];
        assert_int_equal(region->n, 2);
        assert_null(region->blocks[0]->broken);
        assert_non_null(region->blocks[1]->broken);
        assert_string_equal(region->blocks[1]->broken->code, cases[i].code);
        cached_drop(&layout->head);
    }
}

static void test_issues_are_told_with_the_unit_that_caused_them(void **state)
{
    struct room *r = *state;
    struct layout *layout;
    put(&r->world, GROUP, "layer", LAYER("home", ADD("a")));
    put(&r->world, EAST, "layer", LAYER("home", HIDE("a") "," HIDE("gone")));
    GOOD(find(r, "city", "li", "home", &layout));
    assert_int_equal(layout->issue_count, 1);
    assert_string_equal(layout->issues[0].code, "layout.orphan");
    assert_text(layout->issues[0].layer, "east");
    assert_text(layout->issues[0].block, "gone");
    assert_int_equal(layout->issues[0].at.verb, 1);
    cached_drop(&layout->head);
}

/* ---- audiences ---- */

#define FOR(block, audience)                                                     \
    "{\"verb\":\"add\",\"block\":\"" block "\",\"component\":\"card\",\"into\":" \
    "\"main\",\"audience\":\"" audience "\"}"
#define AUDIENCE(id, rule) \
    "{\"id\":\"" id "\",\"name\":{\"zh\":\"" id "\"},\"rule\":" rule "}"

static void put_party(struct world *w)
{
    put(w, GROUP, "audience", AUDIENCE("party", "{\"group\":\"party\"}"));
    put(w, CITY, "person",
        "{\"id\":\"chen\",\"name\":\"C\",\"specialty\":\"sales\",\"groups\":[\"party\"]"
        "}");
    put(w, GROUP, "layer", LAYER("home", ADD("a") "," FOR("p", "party")));
}

static void test_verb_counts_for_its_audience_only(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put_party(w);
    assert_string_equal(home(r, "city", "chen"), "a p");
    assert_string_equal(home(r, "city", "wang"), "a");
    put(w, EAST, "layer",
        LAYER("home", "{\"verb\":\"hide\",\"block\":\"a\",\"audience\":\"party\"}"));
    assert_string_equal(home(r, "city", "chen"), "p");
    assert_string_equal(home(r, "city", "wang"), "a");
}

static void test_page_follows_the_rule_the_person_and_the_tree(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put_party(w);
    assert_string_equal(home(r, "city", "wang"), "a");
    put(w, CITY, "person",
        "{\"id\":\"wang\",\"name\":\"W\",\"specialty\":\"sales\",\"groups\":[\"party\"]"
        "}");
    assert_string_equal(home(r, "city", "wang"), "a p");
    put(w, GROUP, "audience", AUDIENCE("party", "{\"subtree\":\"west\"}"));
    assert_string_equal(home(r, "city", "wang"), "a");
    assert_string_equal(home(r, "west", "sun"), "a p");
    put_tenant(w, "{\"id\":\"city\",\"parent\":\"west\",\"level\":\"city\",\"name\":{"
                  "\"zh\":\"东市\"}}");
    assert_string_equal(home(r, "city", "wang"), "a p");
}

static void test_equal_memberships_share_a_layout_and_others_never(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    struct layout *found[4];
    put_party(w);
    put(w, CITY, "person",
        "{\"id\":\"zhao\",\"name\":\"Z\",\"specialty\":\"sales\",\"groups\":[\"party\"]"
        "}");
    put(w, CITY, "person", "{\"id\":\"qian\",\"name\":\"Q\",\"specialty\":\"sales\"}");
    GOOD(find(r, "city", "chen", "home", &found[0]));
    GOOD(find(r, "city", "zhao", "home", &found[1]));
    GOOD(find(r, "city", "wang", "home", &found[2]));
    GOOD(find(r, "city", "qian", "home", &found[3]));
    assert_ptr_equal(found[0], found[1]);
    assert_ptr_equal(found[2], found[3]);
    assert_ptr_not_equal(found[0], found[2]);
    for (size_t i = 0; i < COUNT_OF(found); i++)
        cached_drop(&found[i]->head);
}

static void test_audience_is_the_one_its_layers_unit_means(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put_party(w);
    put(w, EAST, "audience", AUDIENCE("party", "{\"all\":[]}"));
    put(w, EAST, "layer", LAYER("home", FOR("e", "party")));
    assert_string_equal(home(r, "city", "wang"), "a e");
    assert_string_equal(home(r, "city", "chen"), "a p e");
}

static void test_unknown_and_wrong_audiences_hold_nobody_and_are_listed(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    struct layout *layout;
    put(w, GROUP, "audience", AUDIENCE("wrong", "{\"shoe\":43}"));
    put(w, GROUP, "layer",
        LAYER("home", ADD("a") "," FOR("n", "none") "," FOR("w", "wrong")));
    assert_string_equal(home(r, "city", "wang"), "a");
    GOOD(find(r, "city", "wang", "home", &layout));
    assert_int_equal(layout->issue_count, 2);
    assert_string_equal(layout->issues[0].code, "layout.audience");
    assert_text(layout->issues[0].block, "n");
    assert_text(layout->issues[1].block, "w");
    cached_drop(&layout->head);
    put(w, GROUP, "audience", AUDIENCE("none", "{\"specialty\":\"sales\"}"));
    assert_string_equal(home(r, "city", "wang"), "a n");
}

/* ---- her own arrangement ---- */

#define ARRANGE "{\"verb\":\"set\",\"block\":\"page\",\"at\":\"/arrange\",\"value\":true}"
#define MOVE(block, after) \
    "{\"verb\":\"move\",\"block\":\"" block "\",\"after\":\"" after "\"}"
#define LOCK(block, lock) \
    "{\"verb\":\"lock\",\"block\":\"" block "\",\"lock\":\"" lock "\",\"below\":15}"

static void put_abcd(struct world *w, const char *more)
{
    put(w, GROUP, "layer",
        arena_format(w->arena,
                     LAYER("home", ARRANGE
                           "," ADD("a") "," ADD("b") "," ADD("c") "," ADD("d") "%s%s"),
                     more[0] ? "," : "", more)
            .p);
}

static bool arrange(struct room *r, const char *person, const char *verbs)
{
    struct scope scope;
    GOOD(scope_open_as(r->worker, r->world.arena, STR("city"), str_of(person), &scope,
                       &why));
    bool good = layout_arrange(r->layouts, &scope, r->scripts, STR("home"),
                               json(&r->world, verbs), &why);
    scope_close(&scope);
    return good;
}

/* How many verbs her record holds; -1: she has none. */
static int own_verbs(struct room *r, const char *person)
{
    const struct store_collection *c =
        store_collection(r->world.store, STR("arrangement"));
    struct snap *snap = world_snap(&r->world);
    const store_space city[] = { CITY };
    struct query query = { .collection = c,
                           .index = store_index(c, STR("person")),
                           .equals = { val_str(str_of(person)) },
                           .equals_count = 1,
                           .limit = 9 };
    struct rows rows;
    GOOD(snap_query(snap_for(snap, city, 1, r->world.arena), &query, r->world.arena, NULL,
                    &rows, &why));
    int n = val_count(rows.list)
                ? (int)val_count(val_get(val_at(rows.list, 0), STR("verbs")))
                : -1;
    snap_close(snap);
    return n;
}

static void test_person_arranges_her_page_and_nobody_elses(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, "");
    assert_string_equal(home(r, "city", "wang"), "a b c d");
    GOOD(arrange(r, "wang", "[" MOVE("c", "") "," HIDE("b") "]"));
    assert_string_equal(home(r, "city", "wang"), "c a d");
    assert_string_equal(home(r, "city", "chen"), "a b c d");
    GOOD(arrange(r, "wang", "[{\"verb\":\"show\",\"block\":\"b\"}]"));
    assert_string_equal(home(r, "city", "wang"), "c a b d");
}

static void test_what_she_moved_stays_where_she_put_it(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, "");
    GOOD(arrange(r, "wang", "[" MOVE("a", "b") "]"));
    assert_string_equal(home(r, "city", "wang"), "b a c d");
    GOOD(arrange(r, "wang", "[" MOVE("b", "d") "]"));
    assert_string_equal(home(r, "city", "wang"), "a c d b");
    GOOD(arrange(r, "wang", "[" MOVE("d", "a") "," MOVE("c", "b") "]"));
    assert_string_equal(home(r, "city", "wang"), "a d b c");
}

static void test_arrangement_is_kept_short_and_goes_when_it_says_nothing(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, "{\"verb\":\"hide\",\"block\":\"d\",\"audience\":\"none\"}");
    assert_int_equal(own_verbs(r, "wang"), -1);
    GOOD(arrange(r, "wang", "[" MOVE("c", "") "," HIDE("b") "]"));
    assert_int_equal(own_verbs(r, "wang"), 2);
    GOOD(arrange(r, "wang", "[{\"verb\":\"show\",\"block\":\"b\"}]"));
    assert_int_equal(own_verbs(r, "wang"), 1);
    GOOD(arrange(r, "wang", "[" MOVE("c", "b") "]"));
    assert_int_equal(own_verbs(r, "wang"), -1);
    GOOD(arrange(r, "wang",
                 "[{\"verb\":\"set\",\"block\":\"a\",\"at\":\"/pins\",\"value\":[1]}]"));
    assert_int_equal(own_verbs(r, "wang"), 1);
}

static void test_locks_and_limits_bind_her(void **state)
{
    static const struct {
        const char *verbs;
        const char *code;
    } cases[] = {
        { "[" HIDE("a") "]", "layout.locked" },
        { "[" MOVE("b", "") "]", "layout.locked" },
        { "[" HIDE("d") "," HIDE("a") "]", "layout.locked" },
        { "[" MOVE("c", "x") "]", "layout.anchor" },
        { "[" MOVE("c", "c") "]", "layout.anchor" },
        { "[" MOVE("c", "p") "]", "layout.anchor" },
        { "[" HIDE("x") "]", "layout.orphan" },
        { "[" HIDE("p") "]", "layout.orphan" },
        { "[" HIDE("away") "]", "layout.orphan" },
        { "[" HIDE("page") "]", "layout.orphan" },
        { "[{\"verb\":\"show\",\"block\":\"away\"}]", "layout.orphan" },
        { "[{\"verb\":\"remove\",\"block\":\"c\"}]", "arrange.verb" },
        { "[{\"verb\":\"lock\",\"block\":\"c\",\"lock\":\"fixed\"}]", "arrange.verb" },
        { "[{\"verb\":\"move\",\"block\":\"c\"}]", "arrange.verb" },
        { "[1]", "arrange.verb" },
        { "[{\"verb\":\"set\",\"block\":\"c\",\"at\":\"/limit\",\"value\":1}]",
          "arrange.property" },
        { "[{\"verb\":\"set\",\"block\":\"c\",\"at\":\"/pins/0\",\"value\":1}]",
          "arrange.property" },
        { "[{\"verb\":\"set\",\"block\":\"c\",\"at\":\"\",\"value\":{}}]",
          "arrange.property" },
        { "[{\"verb\":\"set\",\"block\":\"c\",\"at\":\"/pins\",\"value\":[1,2,3]}]",
          "schema.mismatch" },
        { "[{\"verb\":\"set\",\"block\":\"d\",\"at\":\"/pins\",\"value\":[1]}]",
          "layout.locked" },
    };
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "audience", AUDIENCE("none", "{\"any\":[]}"));
    put_abcd(w, LOCK("a", "required") "," LOCK("b", "fixed") "," LOCK(
                    "d", "sealed") "," FOR("p", "none") "," ADD("away") "," HIDE("away"));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (arrange(r, "wang", cases[i].verbs))
            fail_msg("%s is taken", cases[i].verbs);
        assert_string_equal(why.code, cases[i].code);
        assert_int_equal(own_verbs(r, "wang"), -1);
    }
    put(w, GROUP, "layer", LAYER("home", ADD("a")));
    REFUSED(arrange(r, "wang", "[" HIDE("a") "]"), "arrange.off");
}

static void test_unit_gives_and_takes_the_right_to_arrange(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, "");
    GOOD(arrange(r, "wang", "[" HIDE("a") "]"));
    assert_string_equal(home(r, "city", "wang"), "b c d");
    put_abcd(&r->world, LOCK("a", "required"));
    assert_string_equal(home(r, "city", "wang"), "a b c d");
    put_abcd(&r->world, "");
    assert_string_equal(home(r, "city", "wang"), "b c d");
    put(&r->world, GROUP, "layer", LAYER("home", ADD("a") "," ADD("b")));
    assert_string_equal(home(r, "city", "wang"), "a b");
}

/* What is new to her, in brackets: "a [n] b". */
static const char *news(struct room *r, const char *person)
{
    struct layout *layout;
    str text = STR("");
    GOOD(find(r, "city", person, "home", &layout));
    const struct region *region =
        layout_region(layout->regions, layout->region_count, STR("main"));
    for (size_t i = 0; i < region->n; i++)
        text = arena_format(r->world.arena,
                            region->blocks[i]->is_new ? "%.*s%s[%.*s]" : "%.*s%s%.*s",
                            STR_ARG(text), i ? " " : "", STR_ARG(region->blocks[i]->id));
    cached_drop(&layout->head);
    return text.p;
}

static void test_block_newly_required_is_marked_and_moves_nothing_else(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    struct scope scope;
    put_abcd(w, "");
    GOOD(arrange(r, "wang", "[" MOVE("c", "") "]"));
    put(w, EAST, "layer",
        LAYER("home", "{\"verb\":\"add\",\"block\":\"n\",\"component\":\"card\","
                      "\"into\":\"main\",\"after\":\"a\",\"since\":"
                      "\"2026-11-23T08:00:00+08:00\"},{\"verb\":\"add\",\"block\":\"o\","
                      "\"component\":\"card\",\"into\":\"main\",\"since\":"
                      "\"2026-11-23T08:00:00+08:00\"}," LOCK("n", "required")));
    assert_string_equal(news(r, "wang"), "c a [n] b d o");
    assert_string_equal(news(r, "chen"), "a n b c d o");
    w->now += 2 * DAY_MS;
    GOOD(scope_open_as(r->worker, w->arena, STR("city"), STR("wang"), &scope, &why));
    GOOD(layout_see(&scope, STR("home"), &why));
    scope_close(&scope);
    assert_string_equal(news(r, "wang"), "c a n b d o");
}

/* "a t{x(b) y()} c": the page as she sees it, with what stands in its cards. */
static void tell_bound(struct buf *out, const struct region *region)
{
    for (size_t i = 0; i < region->n; i++) {
        const struct block *block = region->blocks[i];
        buf_format(out, "%s%.*s", i ? " " : "", STR_ARG(block->id));
        for (size_t k = 0; k < block->region_count; k++) {
            const struct region *inner = &block->regions[k];
            buf_format(out, "%s%.*s%s(", k ? " " : "{", STR_ARG(inner->name),
                       inner->is_closed ? "!" : "");
            tell_bound(out, inner);
            buf_str(out, k + 1 < block->region_count ? STR(")") : STR(")}"));
        }
    }
}

static const char *nested(struct room *r, const char *person)
{
    struct layout *layout;
    struct buf out;
    buf_init(&out, 4096);
    GOOD(find(r, "city", person, "home", &layout));
    tell_bound(&out, layout_region_at(layout, STR("main")));
    str text = arena_str(r->world.arena, buf_view(&out));
    buf_done(&out);
    cached_drop(&layout->head);
    return text.p;
}

#define INTO(block, into, after)                                  \
    "{\"verb\":\"move\",\"block\":\"" block "\",\"into\":\"" into \
    "\",\"after\":\"" after "\"}"
#define ADD_BOX                                                                  \
    "{\"verb\":\"add\",\"block\":\"t\",\"component\":\"box\",\"into\":\"main\"," \
    "\"after\":\"a\",\"props\":{\"drawers\":[{\"id\":\"x\"},{\"id\":\"y\"}]}}"

static void test_she_moves_cards_into_others_and_out_again(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, ADD_BOX);
    assert_string_equal(nested(r, "wang"), "a t{lid() x() y()} b c d");
    GOOD(arrange(r, "wang", "[" INTO("b", "t/x", "") "," INTO("d", "t/x", "") "]"));
    assert_string_equal(nested(r, "wang"), "a t{lid() x(d b) y()} c");
    assert_string_equal(nested(r, "chen"), "a t{lid() x() y()} b c d");
    GOOD(arrange(r, "wang", "[" MOVE("d", "b") "," INTO("c", "t/y", "") "]"));
    assert_string_equal(nested(r, "wang"), "a t{lid() x(b d) y(c)}");
    GOOD(arrange(r, "wang", "[" HIDE("b") "]"));
    assert_string_equal(nested(r, "wang"), "a t{lid() x(d) y(c)}");
    GOOD(arrange(r, "wang", "[{\"verb\":\"show\",\"block\":\"b\"}]"));
    GOOD(arrange(r, "wang", "[" INTO("c", "main", "t") "]"));
    GOOD(arrange(r, "wang", "[" INTO("d", "main", "c") "]"));
    assert_string_equal(nested(r, "wang"), "a t{lid() x(b) y()} c d");
    assert_int_equal(own_verbs(r, "wang"), 1);
    GOOD(arrange(r, "wang", "[" INTO("b", "main", "t") "]"));
    assert_int_equal(own_verbs(r, "wang"), -1);
}

static void test_card_whose_place_is_gone_stands_where_its_unit_put_it(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, ADD_BOX);
    GOOD(arrange(r, "wang", "[" INTO("b", "t/x", "") "]"));
    GOOD(arrange(r, "wang", "[" INTO("d", "t/x", "b") "]"));
    put_abcd(&r->world, "");
    assert_string_equal(nested(r, "wang"), "a b c d");
    put_abcd(&r->world, ADD_BOX);
    assert_string_equal(nested(r, "wang"), "a t{lid() x(b d) y()} c");
}

static void test_what_a_unit_closes_takes_no_cards(void **state)
{
    static const struct {
        const char *verbs;
        const char *code;
    } cases[] = {
        { "[" INTO("b", "t/y", "") "]", "layout.locked" },
        { "[" INTO("b", "top", "") "]", "arrange.verb" },
        { "[" INTO("b", "t/z", "") "]", "arrange.verb" },
        { "[" INTO("b", "c/x", "") "]", "arrange.verb" },
        { "[" INTO("b", "t/x", "c") "]", "layout.anchor" },
        { "[" INTO("t", "t/x", "") "]", "layout.loop" },
    };
    struct room *r = *state;
    put_abcd(&r->world, ADD_BOX
             ",{\"verb\":\"lock\",\"block\":\"t\",\"lock\":\"closed\",\"at\":\"y\"}");
    assert_string_equal(nested(r, "wang"), "a t{lid() x() y!()} b c d");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        REFUSED(arrange(r, "wang", cases[i].verbs), cases[i].code);
        assert_int_equal(own_verbs(r, "wang"), -1);
    }
}

static void test_the_units_arrangement_comes_back(void **state)
{
    struct room *r = *state;
    struct scope scope;
    put_abcd(&r->world, "");
    GOOD(arrange(r, "wang", "[" MOVE("c", "") "," HIDE("b") "]"));
    for (int i = 0; i < 2; i++) {
        GOOD(scope_open_as(r->worker, r->world.arena, STR("city"), STR("wang"), &scope,
                           &why));
        GOOD(layout_restore(&scope, STR("home"), &why));
        scope_close(&scope);
        assert_string_equal(home(r, "city", "wang"), "a b c d");
        assert_int_equal(own_verbs(r, "wang"), -1);
    }
}

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    const char *person = data;
    return layout_forget(txn, CITY, str_of(person), err);
}

static void test_arrangements_go_with_the_person_and_only_hers(void **state)
{
    struct room *r = *state;
    put_abcd(&r->world, "");
    GOOD(arrange(r, "wang", "[" HIDE("b") "]"));
    GOOD(arrange(r, "chen", "[" HIDE("c") "]"));
    char gone[] = "wang";
    GOOD(store_write(r->world.store, forget_work, gone, &why));
    assert_string_equal(home(r, "city", "wang"), "a b c d");
    assert_string_equal(home(r, "city", "chen"), "a b d");
}

/* ---- stages ---- */

enum { DRAWN = 20000 };

static struct layout_stage stage_of(int64_t number, int percent)
{
    return (struct layout_stage){ .unit = STR("group"),
                                  .layer = STR("home"),
                                  .number = number,
                                  .percent = percent,
                                  .reaches = true };
}

static bool is_drawn(struct arena *a, const struct layout_stage *stage, int person)
{
    return layout_stage_holds(stage, STR("city"), arena_format(a, "p%d", person), a);
}

static void test_so_many_in_a_hundred_are_drawn_and_stay_drawn(void **state)
{
    static const int percents[] = { 1, 5, 25, 50, 99, 100 };
    struct room *r = *state;
    struct arena *a = r->world.arena;
    bool was[DRAWN] = { false };
    for (size_t k = 0; k < COUNT_OF(percents); k++) {
        struct layout_stage stage = stage_of(7, percents[k]);
        int n = 0;
        for (int i = 0; i < DRAWN; i++) {
            bool is = is_drawn(a, &stage, i);
            assert_int_equal(is, is_drawn(a, &stage, i));
            assert_true(is || !was[i]); /* who had it has it */
            was[i] = is;
            n += is;
        }
        double part = (double)n * 100 / DRAWN;
        assert_true(part > percents[k] - 1.2 && part < percents[k] + 1.2);
    }
}

static void test_each_revision_draws_others(void **state)
{
    struct room *r = *state;
    struct arena *a = r->world.arena;
    struct layout_stage first = stage_of(7, 20);
    struct layout_stage second = stage_of(8, 20);
    int both = 0;
    for (int i = 0; i < DRAWN; i++)
        both += is_drawn(a, &first, i) && is_drawn(a, &second, i);
    assert_true(both > DRAWN / 25 * 0.8 && both < DRAWN / 25 * 1.2);
}

/* Not even another version of the program may draw others: a stage outlives it. */
static void test_the_draw_is_the_same_in_every_process(void **state)
{
    struct room *r = *state;
    struct arena *a = r->world.arena;
    struct layout_stage stage = stage_of(7, 10);
    struct buf out;
    buf_init(&out, 1000);
    for (int i = 0; i < 60; i++) {
        if (is_drawn(a, &stage, i))
            buf_format(&out, "%d ", i);
    }
    assert_text(buf_view(&out), "0 1 5 17 19 ");
    buf_done(&out);
}

#define STAGED(verbs, stage)                                                            \
    "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[" verbs "],\"stage\":{\"number\":2," \
    "\"run\":1," stage "}}"

static void test_a_stage_is_for_its_people_and_pages_follow_it(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "layer",
        STAGED(ADD("a"), "\"tenants\":[\"east\"],\"verbs\":[" ADD("b") "]"));
    assert_string_equal(home(r, "city", "wang"), "b");
    assert_string_equal(home(r, "west", "sun"), "a");
    put(w, GROUP, "layer",
        STAGED(ADD("a"), "\"tenants\":[\"west\"],\"verbs\":[" ADD("b") "]"));
    assert_string_equal(home(r, "city", "wang"), "a");
    assert_string_equal(home(r, "west", "sun"), "b");
    put(w, GROUP, "layer", LAYER("home", ADD("a")));
    assert_string_equal(home(r, "west", "sun"), "a");
}

static void test_those_drawn_share_a_layout_and_the_others_another(void **state)
{
    static const char *const people[] = { "wang", "chen" };
    struct room *r = *state;
    struct world *w = &r->world;
    put(w, GROUP, "layer", STAGED(ADD("a"), "\"percent\":50,\"verbs\":[" ADD("b") "]"));
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct layout_stage stage = stage_of(2, 50);
        bool inside =
            layout_stage_holds(&stage, STR("city"), str_of(people[i]), w->arena);
        assert_string_equal(home(r, "city", people[i]), inside ? "b" : "a");
    }
}

static void test_a_page_that_is_only_staged_is_not_there_for_others(void **state)
{
    struct room *r = *state;
    struct layout *layout;
    put(&r->world, GROUP, "layer",
        STAGED("", "\"tenants\":[\"east\"],\"verbs\":[" ADD("b") "]"));
    assert_string_equal(home(r, "city", "wang"), "b");
    REFUSED(find(r, "west", "sun", "home", &layout), "layout.none");
}

static void test_renders_and_failures_are_counted_on_their_side(void **state)
{
    struct room *r = *state;
    struct world *w = &r->world;
    struct layout *layouts[2];
    size_t n;
    put(w, GROUP, "layer",
        STAGED(ADD("a"), "\"tenants\":[\"east\"],\"verbs\":[" ADD("b") "]"));
    GOOD(find(r, "city", "wang", "home", &layouts[1]));
    GOOD(find(r, "west", "sun", "home", &layouts[0]));
    for (int i = 0; i < 5; i++) {
        layout_count(layout_block(layouts[1], STR("b")), i ? NULL : "script.failed",
                     STR("no wind"));
        layout_count(layout_block(layouts[0], STR("a")), NULL, STR(""));
    }
    struct layout_tally *tally = layout_tallies(r->layouts, NULL, w->arena, &n);
    assert_int_equal(n, 1);
    assert_text(tally->component, "card");
    assert_int_equal(tally->renders[0], 5);
    assert_int_equal(tally->failures[0], 0);
    assert_int_equal(tally->renders[1], 5);
    assert_int_equal(tally->failures[1], 1);
    assert_text(tally->block, "b");
    assert_text(tally->text, "no wind");
    layout_forget_tallies(r->layouts, STR("group"), STR("home"));
    layout_tallies(r->layouts, NULL, w->arena, &n);
    assert_int_equal(n, 0);
    cached_drop(&layouts[0]->head);
    cached_drop(&layouts[1]->head);
}

#define LAYOUT_TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_added_in_order_and_behind_their_anchors),
        cmocka_unit_test(test_blocks_are_removed_with_what_stands_in_them),
        cmocka_unit_test(test_blocks_are_moved_with_what_stands_in_them),
        cmocka_unit_test(test_blocks_are_hidden_and_shown),
        cmocka_unit_test(test_verbs_that_make_no_sense_are_set_aside),
        cmocka_unit_test(test_layers_that_are_no_lists_say_nothing),
        cmocka_unit_test(test_properties_are_set_and_reset_one_by_one),
        cmocka_unit_test(test_page_has_properties_too),
        cmocka_unit_test(test_block_says_which_layer_added_it),
        cmocka_unit_test(test_page_has_at_most_two_hundred_blocks),
        cmocka_unit_test(test_page_is_at_most_eight_deep_also_after_moving),
        cmocka_unit_test(test_any_history_resolves_to_one_sound_page),
        LAYOUT_TEST(test_each_level_says_only_what_it_does_differently),
        LAYOUT_TEST(test_specialty_comes_after_its_own_level_and_before_the_next),
        LAYOUT_TEST(test_page_that_nobody_made_is_missing),
        LAYOUT_TEST(test_layout_is_shared_by_those_of_one_unit_and_specialty),
        LAYOUT_TEST(test_layout_is_made_again_only_when_what_it_read_changes),
        LAYOUT_TEST(test_new_package_is_taken_up),
        LAYOUT_TEST(test_properties_get_their_defaults),
        LAYOUT_TEST(test_broken_blocks_stay_and_say_why),
        LAYOUT_TEST(test_issues_are_told_with_the_unit_that_caused_them),
        LAYOUT_TEST(test_verb_counts_for_its_audience_only),
        LAYOUT_TEST(test_person_arranges_her_page_and_nobody_elses),
        LAYOUT_TEST(test_what_she_moved_stays_where_she_put_it),
        LAYOUT_TEST(test_arrangement_is_kept_short_and_goes_when_it_says_nothing),
        LAYOUT_TEST(test_locks_and_limits_bind_her),
        LAYOUT_TEST(test_unit_gives_and_takes_the_right_to_arrange),
        LAYOUT_TEST(test_block_newly_required_is_marked_and_moves_nothing_else),
        LAYOUT_TEST(test_she_moves_cards_into_others_and_out_again),
        LAYOUT_TEST(test_card_whose_place_is_gone_stands_where_its_unit_put_it),
        LAYOUT_TEST(test_what_a_unit_closes_takes_no_cards),
        LAYOUT_TEST(test_the_units_arrangement_comes_back),
        LAYOUT_TEST(test_arrangements_go_with_the_person_and_only_hers),
        LAYOUT_TEST(test_so_many_in_a_hundred_are_drawn_and_stay_drawn),
        LAYOUT_TEST(test_each_revision_draws_others),
        LAYOUT_TEST(test_the_draw_is_the_same_in_every_process),
        LAYOUT_TEST(test_a_stage_is_for_its_people_and_pages_follow_it),
        LAYOUT_TEST(test_those_drawn_share_a_layout_and_the_others_another),
        LAYOUT_TEST(test_a_page_that_is_only_staged_is_not_there_for_others),
        LAYOUT_TEST(test_renders_and_failures_are_counted_on_their_side),
        LAYOUT_TEST(test_page_follows_the_rule_the_person_and_the_tree),
        LAYOUT_TEST(test_equal_memberships_share_a_layout_and_others_never),
        LAYOUT_TEST(test_audience_is_the_one_its_layers_unit_means),
        LAYOUT_TEST(test_unknown_and_wrong_audiences_hold_nobody_and_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
