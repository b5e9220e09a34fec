#include "bind/bind.h"

#include "stage.h"

#include "crypt/crypt.h"

static int open_stage(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    stage_open(s, bind_libraries, bind_push_context);
    *state = s;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

/* ---- one call of load ---- */

struct called {
    str result; /* as JSON, or the code of the error */
    struct seen seen;
};

/* Runs the body of a load by Wang, on page "home" with the parameter q. */
static struct called call_as(struct stage *s, const char *person, const char *body)
{
    struct arena *a = s->world.arena;
    struct called c = { .seen = { .reads = { .arena = a } } };
    struct val model;
    const struct ware files[] = {
        { "card/component.lua",
          arena_format(a,
                       "return { needs = { 'read:task', 'read:visit', 'read:person' }, "
                       "props = { type ="
                       " 'object', properties = { limit = { type = 'integer', default = "
                       "7 } } }, load = function(ctx) %s end }",
                       body)
              .p },
    };
    stage_furnish(s, body, files, COUNT_OF(files));
    struct scope scope = stage_scope(s, "city", person);
    struct layout *layout = stage_layout(s, &scope);
    scope.query = json(&s->world, "{\"q\":\"wind\"}");
    scope.query_text = STR("q=wind");
    scope.seen = &c.seen;
    bool good =
        render_model(s->render, &scope, layout->regions[0].blocks[0], &model, &why);
    c.result = good ? val_exists(model) ? doc_text(a, model, DOC_SORTED) : STR("nil")
                    : str_of(why.code);
    cached_drop(&layout->head);
    scope_close(&scope);
    return c;
}

static void check(struct stage *s, const char *body, const char *result)
{
    struct called c = call_as(s, "wang", body);
    if (!str_equal(c.result, str_of(result)))
        fail_msg("%s\n  gave %.*s (%s: %s)\n  not %s", body, STR_ARG(c.result), why.where,
                 why.text, result);
}

static void put_tasks(struct stage *s)
{
    put(&s->world, CITY, "task", "{\"id\":\"a\",\"who\":\"wang\",\"due\":3}");
    put(&s->world, CITY, "task", "{\"id\":\"b\",\"who\":\"wang\",\"due\":1}");
    put(&s->world, CITY, "task", "{\"id\":\"c\",\"who\":\"chen\",\"due\":2}");
    put(&s->world, GROUP, "task", "{\"id\":\"g\",\"who\":\"wang\",\"due\":2}");
    put(&s->world, WEST, "task", "{\"id\":\"w\",\"who\":\"wang\",\"due\":2}");
}

/* ---- ctx ---- */

static void test_ctx_tells_who_looks_at_what(void **state)
{
    struct stage *s = *state;
    check(s, "return ctx.actor.id", "\"wang\"");
    check(s, "return ctx.actor.name", "\"王芳\"");
    check(s, "return ctx.actor.nothing", "nil");
    check(s, "return ctx.tenant.id", "\"city\"");
    check(s, "return ctx.props.limit", "7");
    check(s, "return ctx.block", "\"card\"");
    check(s, "return ctx.page", "\"home\"");
    check(s, "return ctx.query.q", "\"wind\"");
    check(s, "return ctx.query.other", "nil");
    check(s, "return ctx.lang", "\"zh\"");
    check(s, "return ctx.now", "\"2026-11-22T01:30:00Z\"");
    check(s, "return ctx.hour", "\"2026-11-22T01:00:00Z\"");
    check(s, "return ctx.today", "\"2026-11-21T16:00:00Z\"");
    assert_text(call_as(s, "li", "return ctx.lang").result, "\"en\"");
}

static void test_each_field_is_noted_when_it_is_looked_at(void **state)
{
    static const struct {
        const char *body;
        unsigned vary;
        size_t reads;
        bool timed;
    } cases[] = {
        { "return 1", 0, 0, false },
        { "return ctx.props.limit", 0, 0, false },
        { "return ctx.block", 0, 0, false },
        { "return ctx.actor.id", VARY_ACTOR, 0, false },
        { "return ctx.actor.name", VARY_ACTOR, 1, false },
        { "return ctx.actor and 1", 0, 0, false },
        { "return ctx.tenant.id", VARY_TENANT, 1, false },
        { "return ctx.lang", VARY_LANG, 0, false },
        { "return ctx.query.q", VARY_QUERY, 0, false },
        { "return ctx.page", VARY_PAGE, 0, false },
        { "return ctx.now", 0, 0, true },
        { "return ctx.hour", VARY_ZONE, 0, true },
        { "return ctx.today", VARY_ZONE, 0, true },
        { "return ctx.data.get('task', 'a')", VARY_TENANT, 1, false },
        { "return ctx.data.get('task', 'x', { up = true })", VARY_TENANT, 3, false },
        { "return ctx.data.query('task')", VARY_TENANT, 1, false },
        { "return ctx.data.count('task', { up = true })", VARY_TENANT, 3, false },
        { "return ctx.time.day('2026-11-22')", VARY_ZONE, 0, false },
    };
    struct stage *s = *state;
    put_tasks(s);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct called c = call_as(s, "wang", cases[i].body);
        if (c.seen.vary != cases[i].vary || c.seen.reads.n != cases[i].reads
            || !c.seen.until_ms != !cases[i].timed)
            fail_msg("%s: sides %u, reads %zu, until %lld: %.*s", cases[i].body,
                     c.seen.vary, c.seen.reads.n, (long long)c.seen.until_ms,
                     STR_ARG(c.result));
    }
}

/* ---- ctx.data ---- */

static void test_data_get_gives_one_record(void **state)
{
    struct stage *s = *state;
    put_tasks(s);
    check(s, "return ctx.data.get('task', 'a')",
          "{\"due\":3,\"id\":\"a\",\"who\":\"wang\"}");
    check(s, "return ctx.data.get('task', 'a').due + 1", "4");
    check(s, "return ctx.data.get('task', 'x')", "nil");
    check(s, "return ctx.data.get('task', 'g')", "nil");
    check(s, "return ctx.data.get('task', 'g', { up = true }).id", "\"g\"");
    check(s, "return ctx.data.get('task', 'w', { up = true })", "nil");
}

#define IDS(query)                                                    \
    "local ids = '' for _, t in ipairs(ctx.data.query('task', " query \
    ")) do ids = ids .. t.id end return ids"

static void test_data_query_follows_its_index(void **state)
{
    struct stage *s = *state;
    put_tasks(s);
    check(s, IDS("nil"), "\"abc\"");
    check(s, IDS("{ by = 'who', equals = 'wang' }"), "\"ba\"");
    check(s, IDS("{ by = 'who', equals = { 'wang' }, descending = true }"), "\"ab\"");
    check(s, IDS("{ by = 'who', equals = { 'wang', 3 } }"), "\"a\"");
    check(s, IDS("{ by = 'who', equals = 'wang', from = 2 }"), "\"a\"");
    check(s, IDS("{ by = 'who', equals = 'wang', to = 3 }"), "\"b\"");
    check(s, IDS("{ by = 'who', equals = 'wang', up = true }"), "\"bga\"");
    check(s, IDS("{ limit = 2 }"), "\"ab\"");
    check(s, IDS("{ by = 'who', equals = 'nobody' }"), "\"\"");
    check(s, "return ctx.data.count('task', { by = 'who', equals = 'wang' })", "2");
    check(s, "return ctx.data.count('task', { limit = 1 })", "1");
    check(s, "return #ctx.data.query('task', { by = 'who', equals = ctx.actor.id })",
          "2");
}

static void test_data_query_follows_conditions(void **state)
{
    struct stage *s = *state;
    put_tasks(s);
#define WHERE(conditions) IDS("{ by = 'who', where = { " conditions " } }")
    check(s, WHERE(""), "\"cba\"");
    check(s, WHERE("{ field = 'who', is = 'wang' }"), "\"ba\"");
    check(s, WHERE("{ field = 'who', is = '$actor.id' }"), "\"ba\"");
    check(s, WHERE("{ field = 'who', is = '$$actor.id' }"), "\"\"");
    check(s, WHERE("{ field = 'who', is = 'wang' }, { field = 'due', is = 3 }"), "\"a\"");
    check(s, WHERE("{ field = 'who', is = 'wang' }, { field = 'due', from = 2 }"),
          "\"a\"");
    check(s,
          WHERE("{ field = 'who', is = 'wang' }, { field = 'due', to = '$props.limit' }"),
          "\"ba\"");
    check(s, WHERE("{ field = 'who', from = 'wa', to = 'wb' }"), "\"ba\"");
    check(s,
          "return ctx.data.count('task', { by = 'who', where = { { field = 'who', is = "
          "'wang' } } })",
          "2");
}

/* A collection whose schema says what its fields hold. */
static void put_visits(struct stage *s)
{
    struct world *w = &s->world;
    GOOD(store_define(
        w->store,
        json(w,
             "{\"name\":\"visit\",\"owner\":\"standard\",\"indexes\":[{\"name\":\"day\","
             "\"fields\":[\"day\"]},{\"name\":\"at\",\"fields\":[\"done\",\"at\"]}],"
             "\"schema\":{\"properties\":{\"day\":{\"type\":\"string\",\"format\":"
             "\"date\"},"
             "\"at\":{\"$ref\":\"#/$defs/"
             "at\"},\"done\":{\"type\":\"boolean\"}},\"$defs\":{"
             "\"at\":{\"type\":\"string\",\"format\":\"date-time\"}}}}"),
        &why));
    put(w, CITY, "visit",
        "{\"id\":\"a\",\"day\":\"2026-11-21\",\"done\":true,\"at\":\"2026-11-21T15:00:"
        "00Z\"}");
    put(w, CITY, "visit",
        "{\"id\":\"b\",\"day\":\"2026-11-22\",\"done\":true,\"at\":\"2026-11-21T17:00:"
        "00Z\"}");
    put(w, CITY, "visit",
        "{\"id\":\"c\",\"day\":\"2026-11-23\",\"done\":false,\"at\":\"2026-11-22T17:00:"
        "00Z\"}");
}

#define VISITS(query)                                                  \
    "local ids = '' for _, t in ipairs(ctx.data.query('visit', " query \
    ")) do ids = ids .. t.id end return ids"

static void test_conditions_know_days_and_moments(void **state)
{
    struct stage *s = *state;
    put_visits(s);
    check(s, VISITS("{ by = 'day', where = { { field = 'day', is = '$now.day' } } }"),
          "\"b\"");
    check(s,
          VISITS("{ by = 'day', where = { { field = 'day', from = '$now.day', to = "
                 "'$now.day+7' } } }"),
          "\"bc\"");
    check(s,
          VISITS("{ by = 'at', where = { { field = 'done', is = true }, { field = 'at', "
                 "from = '$now.day' } } }"),
          "\"b\"");
    check(s,
          VISITS("{ by = 'at', where = { { field = 'done', is = true }, { field = 'at', "
                 "to = '2026-11-22' } } }"),
          "\"a\"");
    check(s, VISITS("{ by = 'at', where = { { field = 'done', is = 'yes' } } }"),
          "scope.where");
    check(s, VISITS("{ by = 'day', where = { { field = 'day', is = 'soon' } } }"),
          "scope.where");
}

static void test_conditions_that_do_not_fit_are_told(void **state)
{
    static const char *const conditions[] = {
        "5",
        "{ { field = 'due', is = 3 } }",
        "{ { field = 'who' } }",
        "{ { field = 'who', is = 'wang', to = 'x' } }",
        "{ { field = 'who', from = 'w' }, { field = 'due', is = 3 } }",
        "{ { field = 'who', is = 'wang', also = 'li' } }",
        "{ { field = 'who', is = '$now.noon' } }",
        "{ 'who' }",
    };
    struct stage *s = *state;
    put_tasks(s);
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        const char *body = arena_format(s->world.arena,
                                        "return ctx.data.query('task', { by = 'who', "
                                        "where = %s })",
                                        conditions[i])
                               .p;
        check(s, body, "scope.where");
    }
    check(s, "return ctx.data.query('task', { where = { { field = 'id', is = 'a' } } })",
          "scope.where");
    check(
        s,
        "return ctx.data.query('task', { by = 'who', equals = 'wang', where = { { field "
        "= 'who', is = 'wang' } } })",
        "scope.where");
    check(s,
          "return ctx.data.query('task', { by = 'no', where = { { field = 'who' } } })",
          "scope.index");
}

static void test_wrong_arguments_are_refused(void **state)
{
    static const char *const bodies[] = {
        "return ctx.data.get()",
        "return ctx.data.get('task')",
        "return ctx.data.get(5, 'a')",
        "return ctx.data.get('task', {})",
        "return ctx.data.query()",
        "return ctx.data.query('task', 5)",
        "return ctx.data.query('task', { limit = 0 })",
        "return ctx.data.query('task', { limit = 1001 })",
        "return ctx.data.query('task', { limit = -1 })",
        "return ctx.data.query('task', { equals = { 1, 2, 3, 4, 5 } })",
        "return ctx.data.count('task', 'x')",
        "return ctx.nothing",
        "return ctx[5]",
        "return ctx.actor[5]",
        "return ctx.time.parts('yesterday')",
        "return ctx.time.parts(5)",
        "return ctx.time.day('2026-11-22', 1e9)",
        "return ctx.time.since('2026-11-22')",
    };
    struct stage *s = *state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        check(s, bodies[i], "script.usage");
        assert_true(has(str_of(why.where), "card/component.lua:1"));
    }
}

static void test_errors_of_looking_come_through_with_their_line(void **state)
{
    struct stage *s = *state;
    put_tasks(s);
    check(s, "return ctx.data.get('session', 'x')", "scope.need");
    assert_int_equal(why.kind, ERR_FORBIDDEN);
    assert_true(has(str_of(why.where), "card/component.lua:1"));
    check(s, "return ctx.data.query('login')", "scope.need");
    check(s, "return ctx.data.count('layer')", "scope.need");
    check(s, "return ctx.data.get('none', 'x')", "scope.collection");
    check(s, "return ctx.data.query('task', { by = 'none' })", "scope.index");
    check(s, "return ctx.data.query('task', { by = 'who', equals = { 1, 2, 3 } })",
          "store.query");
    check(s, "local ok, e = pcall(ctx.data.get, 'login', 'x') return e.code",
          "\"scope.need\"");
}

/* ---- limits ---- */

static void test_looking_is_limited(void **state)
{
    struct stage *s = *state;
    put_tasks(s);
    check(s, "for i = 1, 50 do ctx.data.get('task', 'a') end return 1", "1");
    check(s, "for i = 1, 51 do ctx.data.get('task', 'a') end return 1", "scope.limit");
    check(s,
          "for i = 1, 51 do pcall(ctx.data.query, 'task') end return "
          "ctx.data.count('task')",
          "scope.limit");
}

static void test_what_a_load_gives_is_limited(void **state)
{
    struct stage *s = *state;
    check(s, "local t = {} for i = 1, 600 do t[i] = ('x'):rep(1000) end return t",
          "script.output");
    check(s, "return ctx.data.get", "script.result");
    check(s, "return { now = ctx.time }", "script.result");
}

/* ---- ctx.time ---- */

static void test_time_counts_on_the_units_calendar(void **state)
{
    struct stage *s = *state;
    check(s, "return ctx.time.parts(ctx.now)",
          "{\"date\":\"2026-11-22\",\"day\":22,\"hour\":9,\"minute\":30,\"month\":11,"
          "\"weekday\":7,\"year\":2026}");
    check(s, "return ctx.time.parts('2026-11-21T20:00:00Z').date", "\"2026-11-22\"");
    check(s, "return ctx.time.day(ctx.now)", "\"2026-11-21T16:00:00Z\"");
    check(s, "return ctx.time.day(ctx.now, -6)", "\"2026-11-15T16:00:00Z\"");
    check(s, "return ctx.time.day('2026-11-22', 1)", "\"2026-11-22T16:00:00Z\"");
    check(s, "return ctx.time.since('2026-11-22T01:00:00Z', ctx.now)", "1800");
    check(s, "return ctx.time.since(ctx.now, '2026-11-22T01:00:00Z')", "-1800");
    put_tenant(&s->world, "{\"id\":\"city\",\"parent\":\"east\",\"level\":\"city\","
                          "\"name\":{\"zh\":\"东市\"},\"zone\":\"Europe/Oslo\"}");
    check(s, "return ctx.time.parts(ctx.now).hour", "2");
}

/* ---- nothing else ---- */

static void test_scripts_find_nothing_of_the_outside(void **state)
{
    static const char *const names[] = { "os",
                                         "io",
                                         "require",
                                         "package",
                                         "debug",
                                         "load",
                                         "loadstring",
                                         "dofile",
                                         "loadfile",
                                         "collectgarbage",
                                         "coroutine",
                                         "_G",
                                         "getmetatable('').__index.dump" };
    struct stage *s = *state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct called c = call_as(
            s, "wang", arena_format(s->world.arena, "return type(%s)", names[i]).p);
        bool nothing = str_equal(c.result, STR("\"nil\""))
                       || str_equal(c.result, STR("script.failed"));
        if (!nothing)
            fail_msg("%s is %.*s", names[i], STR_ARG(c.result));
    }
}

static void test_ctx_cannot_be_changed_or_taken_apart(void **state)
{
    static const char *const bodies[] = {
        "ctx.x = 1",
        "ctx.props.limit = 1",
        "ctx.actor.id = 'chen'",
        "ctx.data.get = nil",
        "ctx.tenant.id = 'west'",
        "ctx.data.get('task', 'a').who = 'x'",
        "setmetatable(ctx, {})",
        "setmetatable(ctx.data, {})",
        "for k in pairs(ctx) do end",
    };
    struct stage *s = *state;
    put_tasks(s);
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        check(s, bodies[i], "script.failed");
    check(s, "return getmetatable(ctx)", "false");
    check(s, "return getmetatable(ctx.data)", "false");
}

static void test_calls_leave_nothing_behind(void **state)
{
    struct stage *s = *state;
    check(s, "kept = ctx return 1", "1");
    check(s, "return kept", "nil");
    check(s, "string.kept = ctx.data return 1", "script.failed");
}

/* ---- what editors and people read ---- */

static void test_every_binding_is_written_out(void **state)
{
    static const char *const wanted[] = {
        "function data.get(kind, id, options) end",
        "---@param kind string",
        "---@return table?",
        "function data.query(",
        "function data.count(",
        "function time.parts(moment) end",
        "function time.day(moment, days) end",
        "function time.since(from, to) end",
        "---@class pinban.ctx",
        "---@field lang string",
    };
    struct buf out;
    (void)state;
    buf_init(&out, 1 << 20);
    bind_write_meta(&out);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (!has(buf_view(&out), wanted[i]))
            fail_msg("%s is missing in\n%.*s", wanted[i], STR_ARG(buf_view(&out)));
    }
    buf_clear(&out);
    bind_write_reference(&out);
    assert_true(has(buf_view(&out), "| `ctx.lang` | string |"));
    assert_true(has(buf_view(&out), "### `data.get("));
    buf_done(&out);
}

/* ---- actions ---- */

static void answered(void *data)
{
    __atomic_store_n((bool *)data, true, __ATOMIC_RELEASE);
}

/* Runs the body of an action by Wang; its result as JSON, or the code of the error. */
static str acted(struct stage *s, struct actions *actions, const char *body)
{
    struct arena *a = s->world.arena;
    bool done = false;
    const struct ware files[] = {
        { "card/component.lua",
          arena_format(a,
                       "return { needs = { 'read:task', 'write:task' }, actions = { go = "
                       "{ run = function(ctx, input) %s end } } }",
                       body)
              .p },
    };
    stage_furnish(s, body, files, COUNT_OF(files));
    struct scope scope = stage_scope(s, "city", "wang");
    struct action action = { .arena = a,
                             .page = STR("home"),
                             .block = STR("card"),
                             .name = STR("go"),
                             .key = crypt_fingerprint(a, str_of(body)),
                             .done = answered,
                             .data = &done };
    GOOD(action_find(actions, &scope, render_script_worker(s->render), &action, &why));
    scope_close(&scope);
    action_start(&action);
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        usleep(500);
    action_drop(&action);
    why = action.err;
    return !action.is_good             ? str_of(action.err.code)
           : val_exists(action.result) ? doc_text(a, action.result, DOC_SORTED)
                                       : STR("nil");
}

static void test_an_action_writes_and_reads_through_ctx(void **state)
{
    static const struct {
        const char *body;
        const char *result;
    } cases[] = {
        { "return ctx.data.put('task', { id = 'a', who = 'wang', due = 1 })", "\"a\"" },
        { "return ctx.data.get('task', 'a').due", "1" },
        { "return #ctx.data.insert('task', { who = 'wang', due = 2 })", "26" },
        { "return ctx.data.insert('task', { id = 'a' })", "store.exists" },
        { "return ctx.data.patch('task', 'a', { due = 5 })",
          "{\"due\":5,\"id\":\"a\",\"who\":\"wang\"}" },
        { "return ctx.data.patch('task', 'a', { id = 'b' }, { 'who' })",
          "{\"due\":5,\"id\":\"a\"}" },
        { "return ctx.data.patch('task', 'none', {})", "store.missing" },
        { "local t = ctx.data.get('task', 'a') ctx.data.put('task', t) return t.due",
          "5" },
        { "ctx.data.put('task', { id = 'b' }) return ctx.data.count('task')", "3" },
        { "return ctx.data.remove('task', 'b')", "nil" },
        { "return ctx.data.get('task', 'b')", "nil" },
        { "return #ctx.new_id()", "26" },
        { "return ctx.new_id() < ctx.new_id()", "true" },
        { "return ctx.now", "\"2026-11-22T01:30:15Z\"" },
        { "return ctx.actor.id", "\"wang\"" },
        { "return ctx.actor.name", "\"王芳\"" },
        { "return ctx.tenant.id", "\"city\"" },
        { "ctx.fail('full', 'It is full')", "action.refused" },
        { "ctx.fail('full')", "script.usage" },
        { "ctx.data.put('task', 'a')", "script.usage" },
        { "ctx.data.put('task', { 1, 2 })", "script.usage" },
        { "ctx.data.put('person', { id = 'wang' })", "action.collection" },
        { "ctx.data.put('nothing', { id = 'wang' })", "action.collection" },
        { "ctx.data.get('person', 'wang')", "scope.need" },
    };
    struct stage *s = *state;
    struct actions *actions;
    GOOD(audit_setup(s->world.store, &why));
    GOOD(actions_open(&(struct action_config){ .store = s->world.store,
                                               .scopes = s->scopes,
                                               .layouts = s->layouts,
                                               .watch = s->watch,
                                               .clock = &s->world.clock,
                                               .libraries = bind_libraries,
                                               .push_context = bind_push_context },
                      &actions, &why));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str result = acted(s, actions, cases[i].body);
        if (!str_equal(result, str_of(cases[i].result)))
            fail_msg("%s\n  gave %.*s (%s: %s)\n  not %s", cases[i].body, STR_ARG(result),
                     why.where, why.text, cases[i].result);
    }
    actions_close(actions);
}

static void test_a_render_can_do_nothing(void **state)
{
    static const char *const calls[] = { "data.put('task', { id = 'a' })",
                                         "data.insert('task', { id = 'a' })",
                                         "data.patch('task', 'a', {})",
                                         "data.remove('task', 'a')",
                                         "new_id()",
                                         "fail('x', 'y')" };
    struct stage *s = *state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        check(s, arena_format(s->world.arena, "return ctx.%s", calls[i]).p,
              "script.phase");
        assert_true(has(str_of(why.text), "may be called in: action"));
    }
}

#define BIND_TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BIND_TEST(test_ctx_tells_who_looks_at_what),
        BIND_TEST(test_each_field_is_noted_when_it_is_looked_at),
        BIND_TEST(test_data_get_gives_one_record),
        BIND_TEST(test_data_query_follows_its_index),
        BIND_TEST(test_data_query_follows_conditions),
        BIND_TEST(test_conditions_know_days_and_moments),
        BIND_TEST(test_conditions_that_do_not_fit_are_told),
        BIND_TEST(test_wrong_arguments_are_refused),
        BIND_TEST(test_errors_of_looking_come_through_with_their_line),
        BIND_TEST(test_looking_is_limited),
        BIND_TEST(test_what_a_load_gives_is_limited),
        BIND_TEST(test_time_counts_on_the_units_calendar),
        BIND_TEST(test_scripts_find_nothing_of_the_outside),
        BIND_TEST(test_ctx_cannot_be_changed_or_taken_apart),
        BIND_TEST(test_calls_leave_nothing_behind),
        BIND_TEST(test_an_action_writes_and_reads_through_ctx),
        BIND_TEST(test_a_render_can_do_nothing),
        cmocka_unit_test(test_every_binding_is_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
