#include "stage.h"

static int open_stage(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    stage_open(s, NULL, NULL);
    *state = s;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

#define LOAD_TASKS                                                               \
    "return { needs = { 'read:task' }, load = { items = { query = 'task', by = " \
    "'who', equals = '$actor.id' } } }"

static void furnish_one(struct stage *s, const char *lua, const char *view)
{
    const struct ware files[] = { { "card/component.lua", lua },
                                  { "card/view.html", view },
                                  { "card/words/zh.json", "{\"nothing\":\"没有\"}" },
                                  { "card/words/en.json", "{\"nothing\":\"Nothing\"}" } };
    stage_furnish(s, view, files, COUNT_OF(files));
}

/* The HTML of the home page's block `id`. */
static str block_html(struct stage *s, const char *tenant, const char *person,
                      const char *id)
{
    struct scope scope = stage_scope(s, tenant, person);
    struct layout *layout = stage_layout(s, &scope);
    const struct region *region =
        layout_region(layout->regions, layout->region_count, STR("main"));
    struct buf out;
    buf_init(&out, LIMIT_PAGE_BYTES);
    for (size_t i = 0; i < region->n; i++) {
        if (str_equal(region->blocks[i]->id, str_of(id)))
            render_block(s->render, &scope, region->blocks[i], &out);
    }
    str html = arena_str(s->world.arena, buf_view(&out));
    buf_done(&out);
    cached_drop(&layout->head);
    scope_close(&scope);
    return html;
}

static str card(struct stage *s, const char *tenant, const char *person)
{
    return block_html(s, tenant, person, "card");
}

/* How many fragments it took to show the card. */
static uint64_t made_for(struct stage *s, const char *tenant, const char *person)
{
    uint64_t before = render_count(s->renderer).rendered;
    card(s, tenant, person);
    return render_count(s->renderer).rendered - before;
}

/* The cache lets in what was asked for twice. */
static void keep_card(struct stage *s, const char *tenant, const char *person)
{
    for (int i = 0; i < 3; i++)
        card(s, tenant, person);
    assert_int_equal(made_for(s, tenant, person), 0);
}

static void put_task(struct stage *s, store_space space, const char *id, const char *who)
{
    put(&s->world, space, "task",
        arena_format(s->world.arena, "{\"id\":\"%s\",\"who\":\"%s\"}", id, who).p);
}

/* ---- one block ---- */

static void test_block_shows_what_its_load_found(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<b each=\"item in items\">{{item.id}}</b>");
    put_task(s, CITY, "t1", "wang");
    put_task(s, CITY, "t2", "chen");
    assert_text(card(s, "city", "wang"),
                "<div class=\"b b-full\" id=\"b-card\"><b>t1</b></div>");
    assert_text(card(s, "west", "sun"), "<div class=\"b b-full\" id=\"b-card\"></div>");
}

static void test_block_speaks_its_viewers_language(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<ui-empty unless=\"items\">{{words.nothing}}</ui-empty>");
    assert_true(has(card(s, "city", "wang"), "没有"));
    assert_true(has(card(s, "city", "li"), "Nothing"));
}

static void test_values_are_escaped(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<b each=\"item in items\">{{item.title}}</b>");
    put(&s->world, CITY, "task",
        "{\"id\":\"x\",\"who\":\"wang\",\"title\":\"<script>alert(1)</script>\"}");
    str html = card(s, "city", "wang");
    assert_false(has(html, "<script"));
    assert_true(has(html, "&lt;script"));
}

/* ---- cards that cannot be shown ---- */

static const struct {
    const char *lua;
    const char *view;
    const char *code; /* or how it starts: fuel or time may end first */
    const char *state;
} failing[] = {
    { "return { load = function() error('secret detail') end }", "<p>x</p>",
      "script.failed", "state-error" },
    { "return { load = function() while true do end end }", "<p>x</p>", "script.",
      "state-error" },
    { "return { load = function() return { f = tostring } end }", "<p>x</p>",
      "script.result", "state-error" },
    { "return { load = { items = { query = 'task' } } }", "<p>x</p>", "scope.need",
      "state-forbidden" },
    { "return { needs = { 'read:*' }, load = { items = { query = 'none' } } }",
      "<p>x</p>", "scope.collection", "state-error" },
    { "return { props = { type = 'object', required = { 'x' } } }", "<p>x</p>",
      "schema.mismatch", "state-error" },
};

static void test_broken_card_says_so_quietly_and_is_reported(void **state)
{
    struct stage *s = *state;
    for (size_t i = 0; i < COUNT_OF(failing); i++) {
        struct ware files[] = { { "card/component.lua", failing[i].lua },
                                { "card/view.html", failing[i].view } };
        stage_furnish(s, failing[i].lua, files, COUNT_OF(files));
        s->failures = 0;
        str zh = card(s, "city", "wang");
        if (!has(zh, failing[i].state)
            || !str_starts(str_of(s->failed), str_of(failing[i].code)))
            fail_msg("%s\n  gave %s: %.*s", failing[i].lua, s->failed, STR_ARG(zh));
        assert_int_equal(s->failures, 1);
        assert_false(has(zh, "secret detail"));
        assert_false(has(zh, failing[i].code));
        assert_true(has(zh, "role=\"status\""));
        assert_true(has(card(s, "city", "li"), " card"));
    }
}

static void test_card_without_a_view_is_broken_alone(void **state)
{
    static const struct ware files[] = { { "card/component.lua", "return {}" } };
    struct stage *s = *state;
    stage_furnish(s, "1", files, COUNT_OF(files));
    assert_true(has(card(s, "city", "wang"), "state-error"));
    assert_string_equal(s->failed, "render.view");
}

static void test_half_written_html_of_a_failing_view_is_taken_back(void **state)
{
    struct stage *s = *state;
    furnish_one(
        s,
        "return { load = function() local t = {} for i = 1, 9000 do t[i] = i end "
        "return { items = t } end }",
        "<b>first</b><p each=\"a in items\"><i each=\"b in items\">{{b}}</i></p>");
    str html = card(s, "city", "wang");
    assert_true(has(html, "state-error"));
    assert_false(has(html, "first"));
    assert_true(str_starts(html, STR("<div class=\"b b-full\" id=\"b-card\"><section")));
    assert_true(has(html, "</section></div>"));
}

static void test_failure_is_tried_again_after_a_while(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return { load = function() error('x') end }", "<p>x</p>");
    keep_card(s, "city", "wang");
    s->world.now += 9999;
    assert_int_equal(made_for(s, "city", "wang"), 0);
    s->world.now += 1;
    assert_int_equal(made_for(s, "city", "wang"), 1);
}

static void test_editor_is_told_why_a_card_failed_also_when_it_was_kept(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return {\n load = function() error('no such day') end }", "<p>x</p>");
    for (int i = 0; i < 3; i++) {
        struct scope scope = stage_scope(s, "city", "wang");
        struct canvas canvas = { .layout = stage_layout(s, &scope) };
        struct buf out;
        buf_init(&out, LIMIT_PAGE_BYTES);
        render_canvas_inner(s->render, &scope, &canvas, &out);
        assert_non_null(canvas.failed);
        assert_null(canvas.failed->next);
        assert_text(canvas.failed->block->id, "card");
        assert_string_equal(canvas.failed->err.code, "script.failed");
        assert_string_equal(canvas.failed->err.where, "card/component.lua:2");
        assert_string_equal(canvas.failed->err.text, "no such day");
        assert_false(has(buf_view(&out), "no such day"));
        buf_done(&out);
        cached_drop(&canvas.layout->head);
        scope_close(&scope);
    }
    assert_int_equal(made_for(s, "city", "wang"), 0);
}

static void test_those_who_must_know_get_the_error(void **state)
{
    struct stage *s = *state;
    struct val model;
    struct buf out;
    furnish_one(s, "return { load = { items = { query = 'task' } } }", "<p>x</p>");
    struct scope scope = stage_scope(s, "city", "wang");
    struct layout *layout = stage_layout(s, &scope);
    struct block *block = layout->regions[0].blocks[0];
    buf_init(&out, 10000);
    REFUSED(render_try(s->render, &scope, block, &out, &why), "scope.need");
    assert_string_equal(why.where, "card/component.lua: load.items");
    REFUSED(render_model(s->render, &scope, block, &model, &why), "scope.need");
    buf_done(&out);
    cached_drop(&layout->head);
    scope_close(&scope);
}

static void test_model_is_what_load_gives(void **state)
{
    struct stage *s = *state;
    struct val model;
    furnish_one(s,
                "return { load = { me = '$actor.id', unit = '$tenant.id', page = "
                "'$page.name', day = '$now.day+1', plain = '$$x', n = 3 } }",
                "<p>x</p>");
    struct scope scope = stage_scope(s, "city", "wang");
    struct layout *layout = stage_layout(s, &scope);
    GOOD(render_model(s->render, &scope, layout->regions[0].blocks[0], &model, &why));
    assert_text(doc_text(s->world.arena, model, DOC_SORTED),
                "{\"day\":\"2026-11-22T16:00:00Z\",\"me\":\"wang\",\"n\":3,\"page\":"
                "\"home\",\"plain\":\"$x\",\"unit\":\"city\"}");
    cached_drop(&layout->head);
    scope_close(&scope);
}

/* ---- fragments are kept exactly as long as what they looked at stays the same ---- */

static void test_fragment_is_made_again_only_when_what_it_read_changes(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<b each=\"item in items\">{{item.id}}</b>");
    put_task(s, CITY, "t1", "wang");
    keep_card(s, "city", "wang");

    put_task(s, CITY, "t2", "chen");
    put_task(s, WEST, "t3", "wang");
    put(&s->world, CITY, "person", "{\"id\":\"chen\",\"name\":\"新\"}");
    assert_int_equal(made_for(s, "city", "wang"), 0);

    put_task(s, CITY, "t4", "wang");
    assert_true(has(card(s, "city", "wang"), "<b>t4</b>"));
    keep_card(s, "city", "wang");
    put_task(s, CITY, "t1", "chen");
    assert_false(has(card(s, "city", "wang"), "<b>t1</b>"));
    keep_card(s, "city", "wang");
    take_away(&s->world, CITY, "task", "t4");
    assert_false(has(card(s, "city", "wang"), "<b>"));
}

static void test_fragment_of_nothing_is_made_again_when_something_comes(void **state)
{
    struct stage *s = *state;
    furnish_one(s,
                "return { needs = { 'read:task' }, load = { one = { get = 'task', id = "
                "'t9', up = true } } }",
                "<p if=\"one\">here</p><p unless=\"one\">gone</p>");
    keep_card(s, "city", "wang");
    put_task(s, EAST, "t9", "x");
    assert_true(has(card(s, "city", "wang"), "here"));
    keep_card(s, "city", "wang");
    take_away(&s->world, EAST, "task", "t9");
    assert_true(has(card(s, "city", "wang"), "gone"));
}

static void test_fragment_that_looked_at_the_time_lasts_its_grain(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return { load = { now = '$now.minute' } }", "<p>{{now}}</p>");
    keep_card(s, "city", "wang");
    s->world.now += 44999;
    assert_int_equal(made_for(s, "city", "wang"), 0);
    s->world.now += 1;
    assert_true(has(card(s, "city", "wang"), "2026-11-22T01:31:00Z"));
}

static void test_new_package_makes_new_fragments(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<p>old</p>");
    keep_card(s, "city", "wang");
    furnish_one(s, LOAD_TASKS, "<p>new</p>");
    assert_true(has(card(s, "city", "wang"), "new"));
}

/* ---- and shared by those who look alike, and nobody else ---- */

static const struct {
    const char *load;
    const char *view;
    bool chen; /* of the same unit and language as Wang */
    bool li;   /* of the same unit, in English */
    bool sun;  /* of another unit */
} sharing[] = {
    { "{}", "<p>same for all</p>", true, true, true },
    { "{ items = { query = 'task' } }", "<p each=\"i in items\">{{i.id}}</p>", true, true,
      false },
    { "{ name = '$tenant.name' }", "<p>{{name}}</p>", true, false, false },
    { "{ me = '$actor.id' }", "<p>{{me}}</p>", false, false, false },
    { "{}", "<p>{{words.nothing}}</p>", true, false, true },
    { "{ page = '$page.name' }", "<p>{{page}}</p>", true, true, true },
};

static void test_fragments_are_shared_by_those_who_look_alike(void **state)
{
    struct stage *s = *state;
    put_task(s, CITY, "city-task", "x");
    put_task(s, WEST, "west-task", "x");
    for (size_t i = 0; i < COUNT_OF(sharing); i++) {
        furnish_one(s,
                    arena_format(s->world.arena,
                                 "return { needs = { 'read:task' }, load = %s } -- %zu",
                                 sharing[i].load, i)
                        .p,
                    sharing[i].view);
        keep_card(s, "city", "wang");
        card(s, "west", "sun"); /* each unit's layout learns the sides for itself */
        bool chen = !made_for(s, "city", "chen");
        bool li = !made_for(s, "city", "li");
        bool sun = !made_for(s, "west", "sun");
        if (chen != sharing[i].chen || li != sharing[i].li || sun != sharing[i].sun)
            fail_msg("%s %s: chen %d, li %d, sun %d", sharing[i].load, sharing[i].view,
                     chen, li, sun);
    }
}

static void test_nobody_gets_what_was_made_for_another(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return { load = { me = '$actor.id', unit = '$tenant.id' } }",
                "<p>{{me}} of {{unit}}</p>");
    for (int round = 0; round < 4; round++) {
        assert_true(has(card(s, "city", "wang"), "<p>wang of city</p>"));
        assert_true(has(card(s, "city", "chen"), "<p>chen of city</p>"));
        assert_true(has(card(s, "west", "sun"), "<p>sun of west</p>"));
    }
}

/* A branch taken later may look at more: what was shared until then is not given on. */
static void test_what_a_fragment_looks_at_is_learned_and_never_forgotten(void **state)
{
    struct stage *s = *state;
    furnish_one(s,
                "return { needs = { 'read:task' }, load = { all = { get = 'task', id = "
                "'switch', up = true } } }",
                "<p if=\"all\">{{words.nothing}}</p><p unless=\"all\">same</p>");
    keep_card(s, "city", "wang");
    assert_int_equal(made_for(s, "city", "chen"), 0);
    put_task(s, GROUP, "switch", "x");
    for (int round = 0; round < 4; round++) {
        assert_true(has(card(s, "city", "wang"), "没有"));
        assert_true(has(card(s, "city", "li"), "Nothing"));
    }
}

/* ---- pages ---- */

static struct page *find_page(struct stage *s, const char *tenant, const char *person,
                              const char *name)
{
    struct scope scope = stage_scope(s, tenant, person);
    struct page *page = NULL;
    bool good = render_page(s->render, &scope, str_of(name), &page, &why);
    scope_close(&scope);
    return good ? page : NULL;
}

static str show_page(struct stage *s, const char *tenant, const char *person)
{
    struct page *page = find_page(s, tenant, person, "home");
    if (!page)
        fail_msg("%s %s: %s", why.code, why.where, why.text);
    str html = arena_str(s->world.arena, http_body_bytes(page->body, s->world.arena));
    cached_drop(&page->head);
    return html;
}

static const struct ware two_cards[] = {
    { "good/component.lua", "return {}" },
    { "good/view.html", "<p>good</p>" },
    { "bad/component.lua", "return { load = function() error('x') end }" },
    { "bad/view.html", "<p>bad</p>" },
};

static void test_broken_card_costs_itself_and_not_the_page(void **state)
{
    struct stage *s = *state;
    stage_furnish(s, "1", two_cards, COUNT_OF(two_cards));
    str html = show_page(s, "city", "wang");
    assert_int_equal(render_count(s->renderer).rendered, 2);
    assert_int_equal(render_count(s->renderer).failed, 1);
    assert_true(has(html, "id=\"b-good\"><p>good</p></div>"));
    assert_true(has(html, "id=\"b-bad\"><section class=\"card state state-error\""));
    assert_false(has(html, "<p>bad</p>"));
}

/* A page that a stage of the group's layer is tried on. */
static void stage_two_cards(struct stage *s)
{
    stage_furnish(s, "1", two_cards, COUNT_OF(two_cards));
    put(&s->world, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[],\"stage\":{\"number\":2,"
        "\"run\":1,\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"bad\",\"component\":\"bad\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"good\",\"component\":\"good\",\"into\":\"main\"}"
        "]}}");
}

static void test_failure_is_counted_for_its_own_block_alone(void **state)
{
    struct stage *s = *state;
    struct buf out;
    size_t n;
    buf_init(&out, LIMIT_PAGE_BYTES);
    stage_two_cards(s);
    struct scope scope = stage_scope(s, "city", "wang");
    struct layout *layout = stage_layout(s, &scope);
    for (int i = 0; i < 5; i++) { /* also as they are kept, made on a page or alone */
        struct page *page;
        GOOD(render_page(s->render, &scope, STR("home"), &page, &why));
        cached_drop(&page->head);
        for (size_t k = 0; k < layout->regions[0].n; k++) {
            struct block *block = layout->regions[0].blocks[k];
            cached_drop(&render_fragment(s->render, &scope, block)->head);
            render_block(s->render, &scope, block, &out);
        }
    }
    buf_done(&out);
    cached_drop(&layout->head);
    scope_close(&scope);
    struct layout_tally *tally = layout_tallies(s->layouts, NULL, s->world.arena, &n);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        bool bad = str_equal(tally[i].component, STR("bad"));
        assert_int_equal(tally[i].failures[1], bad ? tally[i].renders[1] : 0);
        assert_text(tally[i].block, bad ? "bad" : "");
    }
}

/* True when all parts stand in `html` one behind the other. */
static bool in_order(str html, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *at = memmem(html.p, html.n, parts[i], strlen(parts[i]));
        if (!at)
            return false;
        html = (str){ at + 1, html.n - (size_t)(at + 1 - html.p) };
    }
    return true;
}

static void test_page_is_put_together_region_by_region(void **state)
{
    static const struct ware files[] = {
        { "first/component.lua", "return {}" },  { "first/view.html", "<p>first</p>" },
        { "second/component.lua", "return {}" }, { "second/view.html", "<p>second</p>" },
        { "third/component.lua", "return {}" },  { "third/view.html", "<p>third</p>" },
    };
    static const char *const zh[] = {
        "<!doctype html><html lang=\"zh-CN\" data-scheme=\"auto\">",
        "<title>工作台 · 东市</title>",
        "<link rel=\"stylesheet\" href=\"/t/city/",
        "<p>third</p>",
        "<main id=\"main\" class=\"page\" data-page=\"home\" data-at=\"",
        "<p>second</p>",
        "</main>",
        "<p>first</p>",
        "</body></html>",
    };
    static const char *const en[] = { "<html lang=\"en\"",
                                      "<title>Workbench · City</title>" };
    struct stage *s = *state;
    stage_furnish(s, "1", files, COUNT_OF(files));
    put(&s->world, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"move\",\"block\":\"first\",\"into\":\"bottom\"},"
        "{\"verb\":\"move\",\"block\":\"third\",\"into\":\"top\"}]}");
    for (int round = 0; round < 4; round++) {
        assert_true(in_order(show_page(s, "city", "wang"), zh, COUNT_OF(zh)));
        assert_true(in_order(show_page(s, "city", "li"), en, COUNT_OF(en)));
    }
}

static void test_page_is_kept_until_something_in_it_changes(void **state)
{
    struct stage *s = *state;
    furnish_one(s, LOAD_TASKS, "<b each=\"item in items\">{{item.id}}</b>");
    for (int i = 0; i < 4; i++)
        show_page(s, "city", "wang");
    struct page *one = find_page(s, "city", "wang", "home");
    struct page *same = find_page(s, "city", "wang", "home");
    assert_ptr_equal(one, same);

    put_task(s, CITY, "t1", "chen");
    struct page *still = find_page(s, "city", "wang", "home");
    assert_ptr_equal(one, still);

    put_task(s, CITY, "t2", "wang");
    struct page *next = find_page(s, "city", "wang", "home");
    assert_ptr_not_equal(one, next);
    cached_drop(&one->head);
    cached_drop(&same->head);
    cached_drop(&still->head);
    cached_drop(&next->head);
}

static void test_page_is_not_shared_between_people(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return {}", "<p>same</p>");
    for (int i = 0; i < 4; i++)
        show_page(s, "city", "wang");
    struct page *wang = find_page(s, "city", "wang", "home");
    struct page *chen = find_page(s, "city", "chen", "home");
    assert_ptr_not_equal(wang, chen);
    cached_drop(&wang->head);
    cached_drop(&chen->head);
}

/* Nothing on the page looks at the viewer; who she is decides which blocks stand there.
 */
static void test_page_follows_the_audiences_of_its_viewer(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    stage_furnish(s, "1", two_cards, COUNT_OF(two_cards));
    put(w, GROUP, "audience",
        "{\"id\":\"party\",\"name\":{\"zh\":\"x\"},\"rule\":{\"group\":\"party\"}}");
    put(w, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"hide\",\"block\":"
        "\"good\",\"audience\":\"party\"}]}");
    for (int i = 0; i < 4; i++)
        assert_true(has(show_page(s, "city", "wang"), "b-good"));
    put(w, CITY, "person",
        "{\"id\":\"wang\",\"name\":\"W\",\"specialty\":\"sales\",\"groups\":[\"party\"]"
        "}");
    for (int i = 0; i < 4; i++)
        assert_false(has(show_page(s, "city", "wang"), "b-good"));
    put(w, GROUP, "audience",
        "{\"id\":\"party\",\"name\":{\"zh\":\"x\"},\"rule\":{\"group\":\"other\"}}");
    assert_true(has(show_page(s, "city", "wang"), "b-good"));
}

static void test_page_follows_its_layers(void **state)
{
    struct stage *s = *state;
    stage_furnish(s, "1", two_cards, COUNT_OF(two_cards));
    for (int i = 0; i < 4; i++)
        show_page(s, "city", "wang");
    struct page *one = find_page(s, "city", "wang", "home");
    put(&s->world, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"hide\",\"block\":"
        "\"bad\"}]}");
    struct page *next = find_page(s, "city", "wang", "home");
    assert_ptr_not_equal(one, next);
    cached_drop(&one->head);
    cached_drop(&next->head);
}

static void test_unknown_page_is_missing(void **state)
{
    struct stage *s = *state;
    furnish_one(s, "return {}", "<p>x</p>");
    assert_null(find_page(s, "city", "wang", "nowhere"));
    assert_string_equal(why.code, "layout.none");
    assert_int_equal(why.kind, ERR_MISSING);
}

static void test_region_holds_the_blocks_of_its_layer(void **state)
{
    static const struct ware files[] = {
        { "box/component.lua", "return {}" },
        { "box/view.html", "<div><ui-region name=\"inside\"/></div>" },
        { "good/component.lua", "return {}" },
        { "good/view.html", "<p>good</p>" },
    };
    struct stage *s = *state;
    stage_furnish(s, "1", files, COUNT_OF(files));
    put(&s->world, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"move\",\"block\":"
        "\"good\",\"into\":\"box/inside\"}]}");
    for (int round = 0; round < 4; round++) {
        assert_text(block_html(s, "city", "wang", "box"),
                    "<div class=\"b b-full\" id=\"b-box\"><div><div class=\"b b-full\" "
                    "id=\"b-good\"><p>good</p></div></div></div>");
        assert_text(block_html(s, "west", "sun", "box"),
                    "<div class=\"b b-full\" id=\"b-box\"><div></div></div>");
    }
}

#define RENDER_TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

/* ---- page tokens ---- */

static void test_token_is_read_back_and_no_damaged_one_is(void **state)
{
    struct stage *s = *state;
    struct arena *a = s->world.arena;
    struct page_owner owner = { CITY, STR("wang"), STR("home") };
    struct page_owner other = { CITY, STR("li"), STR("home") };
    struct page_state told = { .outline = 77, .n = 3, .hashes = { 1, 0, 1 << 20 } };
    struct page_state read = { 0 };
    struct buf out;
    buf_init(&out, RENDER_MAX_TOKEN);
    render_token_write(s->renderer, &owner, &told, a, &out);
    str token = buf_view(&out);
    assert_int_equal(render_token_read(s->renderer, &owner, token, a, &read), TOKEN_GOOD);
    assert_memory_equal(&told, &read, sizeof read);
    assert_int_equal(render_token_read(s->renderer, &other, token, a, &read),
                     TOKEN_FOREIGN);
    for (size_t i = 2; i < token.n; i++) { /* the version stands before */
        char old = out.p[i];
        out.p[i] = old == 'A' ? 'B' : 'A';
        assert_int_not_equal(render_token_read(s->renderer, &owner, token, a, &read),
                             TOKEN_GOOD);
        out.p[i] = old;
        str cut = { token.p, i };
        assert_int_not_equal(render_token_read(s->renderer, &owner, cut, a, &read),
                             TOKEN_GOOD);
    }
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDER_TEST(test_block_shows_what_its_load_found),
        RENDER_TEST(test_block_speaks_its_viewers_language),
        RENDER_TEST(test_values_are_escaped),
        RENDER_TEST(test_broken_card_says_so_quietly_and_is_reported),
        RENDER_TEST(test_card_without_a_view_is_broken_alone),
        RENDER_TEST(test_half_written_html_of_a_failing_view_is_taken_back),
        RENDER_TEST(test_failure_is_tried_again_after_a_while),
        RENDER_TEST(test_editor_is_told_why_a_card_failed_also_when_it_was_kept),
        RENDER_TEST(test_those_who_must_know_get_the_error),
        RENDER_TEST(test_model_is_what_load_gives),
        RENDER_TEST(test_fragment_is_made_again_only_when_what_it_read_changes),
        RENDER_TEST(test_fragment_of_nothing_is_made_again_when_something_comes),
        RENDER_TEST(test_fragment_that_looked_at_the_time_lasts_its_grain),
        RENDER_TEST(test_new_package_makes_new_fragments),
        RENDER_TEST(test_fragments_are_shared_by_those_who_look_alike),
        RENDER_TEST(test_nobody_gets_what_was_made_for_another),
        RENDER_TEST(test_what_a_fragment_looks_at_is_learned_and_never_forgotten),
        RENDER_TEST(test_broken_card_costs_itself_and_not_the_page),
        RENDER_TEST(test_failure_is_counted_for_its_own_block_alone),
        RENDER_TEST(test_page_is_put_together_region_by_region),
        RENDER_TEST(test_token_is_read_back_and_no_damaged_one_is),
        RENDER_TEST(test_page_is_kept_until_something_in_it_changes),
        RENDER_TEST(test_page_is_not_shared_between_people),
        RENDER_TEST(test_page_follows_its_layers),
        RENDER_TEST(test_page_follows_the_audiences_of_its_viewer),
        RENDER_TEST(test_unknown_page_is_missing),
        RENDER_TEST(test_region_holds_the_blocks_of_its_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
