#include "script/script.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static struct arena *arena;
static struct script_worker *worker;
/* Of a render, without a deadline that a busy machine could miss. */
static struct script_limits limits;

/* ---- a host, as bind will be ---- */

struct host {
    int calls;
    struct val data;
};

static int host_fail(lua_State *L)
{
    struct err err;
    err_at(&err, ERR_FORBIDDEN, "data.forbidden", STR("/kind"), "you may not read %s",
           luaL_checkstring(L, 1));
    return script_raise(L, &err);
}

static int host_charge(lua_State *L)
{
    script_charge(L, luaL_checkinteger(L, 1));
    return 0;
}

static int host_take(lua_State *L)
{
    struct host *host = script_host(L);
    host->calls++;
    host->data = script_value(L, 1);
    return 0;
}

static int host_turn(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)script_turn(L));
    return 1;
}

static int host_panic(lua_State *L)
{
    lua_CFunction panic = lua_atpanic(L, NULL);
    lua_atpanic(L, panic);
    return panic(L);
}

static void open_library(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "fail", host_fail }, { "charge", host_charge }, { "take", host_take },
        { "turn", host_turn }, { "panic", host_panic },   { NULL, NULL },
    };
    luaL_newlib(L, functions);
    script_seal(L);
    lua_setfield(L, 1, "host");
}

static const struct script_library libraries[] = { { open_library }, { NULL } };

static void push_data(lua_State *L, void *data)
{
    struct host *host = data;
    script_push(L, host->data);
    lua_pushinteger(L, 42);
}

static int open_all(void **state)
{
    (void)state;
    struct err err;
    arena = arena_open();
    limits = script_limits_render;
    limits.deadline_ms = 60000;
    return script_worker_open(libraries, &worker, &err) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    script_worker_close(worker);
    arena_close(arena);
    return 0;
}

/* ---- running ---- */

static struct script *compile(const char *source, enum script_trust trust)
{
    struct script *script;
    struct err err;
    if (!script_open(str_of(source), STR("test.lua"), trust, &script, &err))
        fail_msg("%s: %s %s", source, err.where, err.text);
    return script;
}

static bool call(struct script *script, const char *entry, struct host *host,
                 struct val *ret, struct err *err)
{
    struct script_call call = {
        .script = script,
        .entry = str_of(entry),
        .limits = &limits,
        .push_argument = push_data,
        .host = host,
        .arena = arena,
    };
    return script_call(worker, &call, ret, NULL, err);
}

/* What `body`, the body of a load, gives: JSON, or "code|where|text". */
static const char *result(const char *body, enum script_trust trust, struct val data)
{
    struct host host = { .data = data };
    struct val v;
    struct err err;
    str source = arena_format(arena, "return { load = function(ctx, n) %s end }", body);
    struct script *script = compile(source.p, trust);
    bool ok = call(script, "load", &host, &v, &err);
    script_drop(script);
    if (ok)
        return val_exists(v) ? doc_text(arena, v, DOC_PLAIN).p : "absent";
    return arena_format(arena, "%s|%s|%s", err.code, err.where, err.text).p;
}

static void check(const char *body, const char *expected)
{
    for (int trust = 0; trust < 2; trust++) {
        const char *said = result(body, (enum script_trust)trust, VAL_ABSENT);
        if (strcmp(said, expected) != 0)
            fail_msg("%s\n gave     %s\n expected %s", body, said, expected);
    }
}

static struct val parse(const char *text)
{
    struct val v;
    struct err err;
    if (!doc_parse(arena, str_of(text), &v, &err))
        fail_msg("%s: %s", text, err.text);
    return v;
}

static struct val pack(const char *text)
{
    struct buf out;
    struct err err;
    buf_init(&out, 1 << 20);
    assert_true(doc_pack(&out, parse(text), &err));
    str bytes = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return doc_unpack(bytes);
}

/* ---- results ---- */

static void test_script_result_is_plain_data(void **state)
{
    (void)state;
    check("return { b = 1, a = { 1, 2.5, true, 'x' }, ['名'] = {} }",
          "{\"a\":[1,2.5,true,\"x\"],\"b\":1,\"名\":[]}");
    check("return", "absent");
    check("return nil", "absent");
    check("return 4 / 2, 'second'", "2");
    check("return 2^53 + 0.0", "9007199254740992");
    check("return 2^60", "1.152921504606847e+18");
    check("return math.mininteger", "-9223372036854775808");
    check("return 'a\\0b'", "\"a\\u0000b\"");
    check("return n", "42");
    check("return { { { { {} } } } }", "[[[[[]]]]]");
}

static void test_script_result_says_what_is_not_plain_data(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "return print or load", "absent" },
        { "return { a = { 1, { b = type } } }",
          "script.result|/a/1/b|the value is a function" },
        { "return { 1, nil, 3 }", "script.result||the value is a list with gaps" },
        { "return { [2] = 1 }", "script.result||the value is neither a list without gaps "
                                "nor a table of names" },
        { "return { x = { 1, y = 2 } }", "script.result|/x|the value is neither a list "
                                         "without gaps nor a table of names" },
        { "return { [true] = 1 }", "script.result||the value is neither a list without "
                                   "gaps nor a table of names" },
        { "return { ['a/b'] = 0 / 0 }",
          "script.result|/a~1b|the value is not a finite number" },
        { "return { '\\xff' }", "script.result|/0|the value is text that is not UTF-8" },
        { "local t = {} for i = 1, 32 do t = { t } end return t",
          "script.result|/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/"
          "0|"
          "the value is nested too deeply" },
        { "return ('x'):rep(600000)",
          "script.output|test.lua|the script gave more than 512 KiB" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(cases[i][0], cases[i][1]);
}

static void test_script_error_names_the_line(void **state)
{
    (void)state;
    check("error('no ' .. 1)", "script.failed|test.lua:1|no 1");
    check("\n\nerror('no', 0)", "script.failed|test.lua:3|no");
    check("\nlocal x\nreturn x.y",
          "script.failed|test.lua:3|attempt to index a nil value (local 'x')");
    check("\nerror({})", "script.failed|test.lua:2|the script raised a table value");
    check("\nerror()", "script.failed|test.lua:2|the script raised a nil value");
    check("\nerror(12)", "script.failed|test.lua:2|12");
    check("\nerror('a\\nb\\27\\x7f\\xff')",
          "script.failed|test.lua:2|a\\nb\\x1b\\x7f\\xff");
    check("\nreturn ('x'):rep(-1):bad()",
          "script.failed|test.lua:2|attempt to call a nil value (method 'bad')");
    check("\nstring.rep()",
          "script.failed|test.lua:2|bad argument #1 to 'rep' (string expected, got no "
          "value)");
    check("\n\nwhile true do pcall(function() while true do end end) end",
          "script.fuel|test.lua:3|the script did more than 5000000 units of work");
    check("\nlocal s = 'x'\nwhile true do s = s .. s end",
          "script.memory|test.lua:3|the script needed more than 8192 KiB, or 1024 KiB at "
          "once");
}

static void test_script_error_text_is_cut_at_a_character(void **state)
{
    (void)state;
    const char *said = result("error(('拼'):rep(500), 0)", SCRIPT_TENANT, VAL_ABSENT);
    assert_int_equal(strlen(said), strlen("script.failed|test.lua:1|") + 399);
    assert_true(str_is_text(str_of(said)));
}

static void test_script_says_when_an_entry_is_missing(void **state)
{
    (void)state;
    static const char *const entries[] = { "none",   "table",  "table.inner.none",
                                           "load.x", "",       ".",
                                           "text",   "indexed" };
    struct script *script =
        compile("return { load = function() return 1 end, text = 'x',\n"
                "  table = { inner = { run = function(_, n) return n end } },\n"
                "  indexed = setmetatable({}, { __call = function() return 1 end }) }",
                SCRIPT_TENANT);
    struct host host = { 0 };
    struct val v;
    struct err err;
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        assert_false(call(script, entries[i], &host, &v, &err));
        assert_string_equal(err.code, "script.missing");
        assert_int_equal(err.kind, ERR_MISSING);
    }
    assert_true(call(script, "table.inner.run", &host, &v, &err));
    assert_int_equal(v.i, 42);
    script_drop(script);
}

static void test_script_manifest_marks_functions(void **state)
{
    (void)state;
    for (int trust = 0; trust < 2; trust++) {
        struct val v;
        struct err err;
        struct script *script =
            compile("return { name = 'todo', sizes = { 'full', 'half' },\n"
                    "  load = function() end, actions = { done = { run = function() end "
                    "} } }",
                    (enum script_trust)trust);
        assert_true(
            script_manifest(worker, script, &script_limits_publish, arena, &v, &err));
        assert_string_equal(doc_text(arena, v, DOC_PLAIN).p,
                            "{\"actions\":{\"done\":{\"run\":{\"function\":true}}},"
                            "\"load\":{\"function\":true},\"name\":\"todo\","
                            "\"sizes\":[\"full\",\"half\"]}");
        script_drop(script);
        script = compile("return 1", (enum script_trust)trust);
        assert_false(
            script_manifest(worker, script, &script_limits_publish, arena, &v, &err));
        assert_string_equal(err.code, "script.missing");
        script_drop(script);
    }
}

/* ---- compiling ---- */

static void test_script_open_refuses_what_is_not_a_script(void **state)
{
    (void)state;
    static const struct {
        str source;
        const char *code;
        const char *where;
    } cases[] = {
        { STR_INIT("x = = 1"), "script.syntax", "t.lua:1" },
        { STR_INIT("\n\nreturn {"), "script.syntax", "t.lua:3" },
        { STR_INIT("return '\0'"), "script.text", "t.lua" },
        { STR_INIT("return '\xff'"), "script.text", "t.lua" },
        { STR_INIT("\x1bLua"), "script.text", "t.lua" },
        { STR_INIT("\nlocal function f()\n local x <close> = nil\nend"), "script.complex",
          "t.lua:2" },
    };
    struct script *script;
    struct err err;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(
            script_open(cases[i].source, STR("t.lua"), SCRIPT_TENANT, &script, &err));
        assert_string_equal(err.code, cases[i].code);
        assert_string_equal(err.where, cases[i].where);
    }
    char *large = arena_alloc(arena, SCRIPT_MAX_SOURCE + 1);
    memset(large, ' ', SCRIPT_MAX_SOURCE + 1);
    assert_true(script_open((str){ large, SCRIPT_MAX_SOURCE }, STR("t.lua"),
                            SCRIPT_TENANT, &script, &err));
    script_drop(script);
    assert_false(script_open((str){ large, SCRIPT_MAX_SOURCE + 1 }, STR("t.lua"),
                             SCRIPT_TENANT, &script, &err));
    assert_string_equal(err.code, "script.size");
}

static void test_script_with_a_long_name_still_tells_its_lines(void **state)
{
    (void)state;
    struct script *script;
    struct err err;
    struct val v;
    struct host host = { 0 };
    str name = STR("components/some/deeply/nested/folder/of/a/package/that/has/a/long/"
                   "name/component.lua");
    assert_true(script_open(STR("return { load = function()\n error('x') end }"), name,
                            SCRIPT_TENANT, &script, &err));
    assert_true(str_equal(script_name(script), name));
    assert_false(call(script_hold(script), "load", &host, &v, &err));
    assert_string_equal(err.where, arena_format(arena, "%s:2", name.p).p);
    assert_string_equal(err.text, "x");
    script_drop(script);
    script_drop(script);
}

/* ---- one call leaves nothing for the next ---- */

static void test_script_globals_die_with_their_call(void **state)
{
    (void)state;
    for (int trust = 0; trust < 2; trust++) {
        struct script *script =
            compile("return { load = function()\n"
                    "  local before = leak\n"
                    "  leak = 'leaked' pairs = nil string = { upper = 1 }\n"
                    "  return { before = before, inside = leak } end }",
                    (enum script_trust)trust);
        struct host host = { 0 };
        struct val v;
        struct err err;
        for (int i = 0; i < 3; i++) {
            assert_true(call(script, "load", &host, &v, &err));
            assert_string_equal(doc_text(arena, v, DOC_PLAIN).p,
                                "{\"inside\":\"leaked\"}");
        }
        script_drop(script);
    }
    check("return { ('x'):upper(), string.upper('y'), type(pairs) }",
          "[\"X\",\"Y\",\"function\"]");
}

static void test_script_locals_of_the_file_outlive_a_call_only_when_trusted(void **state)
{
    (void)state;
    for (int trust = 0; trust < 2; trust++) {
        struct script *script =
            compile("local n = 0 return { load = function() n = n + 1 return n end }",
                    (enum script_trust)trust);
        struct host host = { 0 };
        struct val v;
        struct err err;
        for (int i = 1; i <= 3; i++) {
            assert_true(call(script, "load", &host, &v, &err));
            assert_int_equal(v.i, trust == SCRIPT_TRUSTED ? i : 1);
        }
        script_drop(script);
    }
}

/* From the third call on the chunk does not run again: nobody can tell, not by what is
 * left, nor by what a call uses; nor does it matter what ran in between. */
static void test_script_calls_are_alike_however_often_it_was_called(void **state)
{
    (void)state;
    struct script *script = compile(
        "local list, seen = {}, {}\n"
        "for i = 1, 300 do list[i] = ('v'):rep(i % 7) .. i seen['k' .. i] = i end\n"
        "local walked = 0 for _ in pairs(seen) do walked = walked + 1 end\n"
        "local face = setmetatable({}, { __index = function(_, k) return k .. '!' end "
        "})\n"
        "kept = { n = 0 }\n"
        "return { load = function()\n"
        "  kept.n = kept.n + 1 list[1] = list[1] .. kept.n seen.more = true\n"
        "  local sum = 0 for _ in pairs(seen) do sum = sum + 1 end\n"
        "  getmetatable(face).__index = nil\n"
        "  return { kept.n, list[1], sum, walked, face.x } end }",
        SCRIPT_TENANT);
    struct script *other =
        compile("local big = {} for i = 1, 9000 do big[i] = i end\n"
                "return { load = function() kept = ('x'):rep(70000) list = big\n"
                "  error(#kept + #big, 0) end }",
                SCRIPT_TENANT);
    struct script_use first = { 0 };
    for (int i = 0; i < 6; i++) {
        struct script_call asked = {
            .script = script, .entry = STR("load"), .limits = &limits, .arena = arena
        };
        struct script_use use;
        struct host host = { 0 };
        struct val v;
        struct err err;
        assert_false(call(other, "load", &host, &v, &err));
        assert_string_equal(err.text, "79000");
        assert_true(script_call(worker, &asked, &v, &use, &err));
        assert_string_equal(doc_text(arena, v, DOC_PLAIN).p,
                            "[1,\"v11\",301,300,\"x!\"]");
        first = i ? first : use;
        assert_int_equal(use.fuel, first.fuel);
        assert_int_equal(use.peak_bytes, first.peak_bytes);
    }
    script_drop(other);
    script_drop(script);
}

static void test_script_views_are_refused_after_their_call(void **state)
{
    (void)state;
    static const char *const uses[] = {
        "return kept.a",        "return #kept",
        "return kept",          "for k in pairs(kept) do end",
        "return next(kept)",    "return table.unpack(kept)",
        "kept.a = 1",           "return type(kept)",
        "for k in step do end",
    };
    for (size_t i = 0; i < COUNT_OF(uses); i++) {
        str source = arena_format(arena,
                                  "local kept, step return { keep = function(ctx) kept = "
                                  "ctx step = pairs(ctx) end, load = function() %s end }",
                                  uses[i]);
        struct script *script = compile(source.p, SCRIPT_TRUSTED);
        struct host host = { .data = pack("{\"a\":[1,2,3]}") };
        struct val v;
        struct err err;
        assert_true(call(script, "keep", &host, &v, &err));
        assert_false(call(script, "load", &host, &v, &err));
        assert_non_null(strstr(err.text, i == 6 ? "read-only" : "earlier call"));
        script_drop(script);
    }
}

/* ---- views ---- */

static void test_script_views_read_like_tables(void **state)
{
    (void)state;
    static const char text[] =
        "{\"title\":\"t\",\"z\":null,\"list\":[10,[20],{\"k\":30},null],\"map\":{\"b\":1,"
        "\"a\":2}}";
    static const char *const cases[][2] = {
        { "return { ctx.title, ctx.list[1], ctx.list[2][1], ctx.list[3].k, #ctx.list }",
          "[\"t\",10,20,30,4]" },
        { "return { ctx.none == nil, ctx.z == nil, ctx[1] == nil, ctx.list.x == nil, "
          "ctx.list[9] == nil, ctx.list[0] == nil, #ctx }",
          "[true,true,true,true,true,true,0]" },
        { "local t = {} for i, v in ipairs(ctx.list) do t[i] = v end return t",
          "[10,[20],{\"k\":30}]" },
        { "local t = {} for k, v in pairs(ctx.map) do t[#t + 1] = k .. v end return t",
          "[\"b1\",\"a2\"]" },
        { "local t = {} for k in pairs(ctx) do t[#t + 1] = k end return t",
          "[\"title\",\"list\",\"map\"]" },
        { "return { next(ctx.map), next(ctx.map, 'b') == 'a', next(ctx.map, 'a') == nil, "
          "next(ctx.list, 3) == nil }",
          "[\"b\",true,true,true]" },
        { "return { type(ctx), tostring(ctx), ('%s'):format(ctx.list) }",
          "[\"table\",\"table\",\"table\"]" },
        { "return table.concat(table.move(ctx.list, 1, 1, 1, {}), ',')", "\"10\"" },
        { "return (table.unpack(ctx.list))", "10" },
        { "return select('#', table.unpack(ctx.list))", "4" },
        { "return ctx.map", "{\"b\":1,\"a\":2}" },
        { "return setmetatable({}, { __index = ctx }).title", "\"t\"" },
        { "return (pcall(function() ctx.title = 1 end))", "false" },
        { "return (pcall(rawset, ctx, 'title', 1))", "false" },
        { "return { getmetatable(ctx), (pcall(setmetatable, ctx, {})) }",
          "[false,false]" },
    };
    struct val plain = parse(text);
    struct val packed = pack(text);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int trust = 0; trust < 4; trust++) {
            const char *said = result(cases[i][0], (enum script_trust)(trust / 2),
                                      trust % 2 ? plain : packed);
            if (strcmp(said, cases[i][1]) != 0)
                fail_msg("%s\n gave     %s\n expected %s", cases[i][0], said,
                         cases[i][1]);
        }
    }
}

static void test_script_gives_views_back_without_copying(void **state)
{
    (void)state;
    struct host host = { .data = pack("{\"list\":[1,2,3]}") };
    struct val v;
    struct err err;
    struct script *script = compile(
        "return { load = function(ctx) host.take(ctx) return { rows = ctx.list } end }",
        SCRIPT_TENANT);
    const void *bytes = host.data.bytes;
    struct val list = val_get(host.data, STR("list"));
    assert_true(call(script, "load", &host, &v, &err));
    struct val rows = val_get(v, STR("rows"));
    assert_true(rows.packed && rows.bytes == list.bytes);
    assert_true(host.data.packed && host.data.bytes == bytes);
    assert_int_equal(host.calls, 1);
    script_drop(script);
}

/* ---- the host ---- */

static void test_script_gives_a_hosts_error_back_as_it_is(void **state)
{
    (void)state;
    check("\nhost.fail('task')", "data.forbidden|test.lua:2/kind|you may not read task");
    check("\nlocal ok, e = pcall(host.fail, 'x')\nerror(e)",
          "data.forbidden|test.lua:2/kind|you may not read x");
    check("local ok, e = pcall(host.fail, 'x') return { ok, e.code, e.text, e.where, "
          "tostring(e), e.nothing == nil, getmetatable(e) }",
          "[false,\"data.forbidden\",\"you may not read x\",\"test.lua:1/kind\",\"you "
          "may not read "
          "x\",true,false]");
    check("host.take({ f = host.fail })",
          "script.result|test.lua:1/f|the value is a function");
    check("return (pcall(function() host.x = 1 end))", "false");
}

static void test_script_host_functions_take_fuel(void **state)
{
    (void)state;
    check("\nwhile true do pcall(host.charge, 200000) end",
          "script.fuel|test.lua:2|the script did more than 5000000 units of work");
    check("host.charge(math.maxinteger)",
          "script.fuel|test.lua:1|the script did more than 5000000 units of work");
}

static void test_script_ends_at_its_deadline(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "while true do end",
        "while true do pcall(string.find, ('a'):rep(100000), '.-b') end",
        "while true do local s = ('x'):rep(500000) end",
        "local t = {} for i = 1, 5000 do t[i] = i end while true do table.sort(t) end",
        "table.move({}, 1, math.maxinteger - 1, 2)",
    };
    static const struct script_limits short_limits = {
        .fuel = INT64_MAX / 4,
        .deadline_ms = 20,
        .heap_bytes = 8 << 20,
        .largest_bytes = 1 << 20,
        .result_bytes = 1 << 20,
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        str source =
            arena_format(arena, "return { load = function() %s end }", bodies[i]);
        struct script *script = compile(source.p, SCRIPT_TENANT);
        struct script_call call = { .script = script,
                                    .entry = STR("load"),
                                    .limits = &short_limits,
                                    .arena = arena };
        struct script_use use;
        struct val v;
        struct err err;
        assert_false(script_call(worker, &call, &v, &use, &err));
        assert_string_equal(err.code, "script.deadline");
        assert_string_equal(err.where, "test.lua:1");
        assert_true(use.elapsed_us >= 20000);
        script_drop(script);
    }
}

/* Also when it was loaded before, in a call that was allowed more. */
static void test_script_is_loaded_within_the_limits_of_each_call(void **state)
{
    (void)state;
    struct script_limits small[] = { limits, limits };
    struct script *script = compile("local s = ('x'):rep(9000) "
                                    "return { load = function() return #s end }",
                                    SCRIPT_TENANT);
    struct script_call call = { .script = script, .entry = STR("load"), .arena = arena };
    struct val v;
    struct err err;
    small[0].largest_bytes = 5000;
    small[1].heap_bytes = 5000;
    for (size_t i = 0; i < 10; i++) {
        bool is_small = i % 5 == 3;
        call.limits = is_small ? &small[i / 5] : &limits;
        assert_int_equal(script_call(worker, &call, &v, NULL, &err), !is_small);
    }
    script_drop(script);
}

static void test_script_runs_nothing_after_a_stop(void **state)
{
    (void)state;
    static const char *const stops[] = {
        "pcall(function() while true do end end)",
        "xpcall(function() while true do end end, host.take)",
        "pcall(host.charge, 1 << 40)",
        "pcall(string.find, ('a'):rep(100000), '.-b')",
        "pcall(function() local s = 'x' while true do s = s .. s end end)",
        "pcall(function() local t = {} while true do t = { t, {} } end end)",
        "pcall(table.sort, { 3, 2, 1 }, function() while true do end end)",
        "pcall(string.gsub, 'abc', '.', function() while true do end end)",
        "pcall(host.take, ('x'):rep(600000))",
    };
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        for (int trust = 0; trust < 2; trust++) {
            str source = arena_format(
                arena, "return { load = function() %s host.take('reached') end }",
                stops[i]);
            struct script *script = compile(source.p, (enum script_trust)trust);
            struct host host = { 0 };
            struct val v;
            struct err err;
            assert_false(call(script, "load", &host, &v, &err));
            assert_int_equal(err.kind, ERR_LIMIT);
            assert_false(val_exists(host.data));
            script_drop(script);
        }
    }
}

static void test_script_turns_differ_from_call_to_call(void **state)
{
    (void)state;
    struct script *script =
        compile("return { load = function() return host.turn() end }", SCRIPT_TRUSTED);
    struct host host = { 0 };
    struct val first;
    struct val second;
    struct err err;
    assert_true(call(script, "load", &host, &first, &err));
    assert_true(call(script, "load", &host, &second, &err));
    assert_true(first.i != second.i);
    script_drop(script);
}

static void push_nested(lua_State *L, void *data)
{
    struct script *script = data;
    struct val v;
    struct err err;
    struct host host = { 0 };
    assert_false(call(script, "load", &host, &v, &err));
    lua_pushstring(L, err.code);
}

static void test_script_call_does_not_nest(void **state)
{
    (void)state;
    struct val v;
    struct err err;
    struct script *script =
        compile("return { load = function(x) return x end }", SCRIPT_TENANT);
    struct script_call call = {
        .script = script,
        .entry = STR("load"),
        .limits = &script_limits_render,
        .push_argument = push_nested,
        .host = script,
        .arena = arena,
    };
    assert_true(script_call(worker, &call, &v, NULL, &err));
    assert_true(val_is(v, "script.nested"));
    script_drop(script);
}

static void test_script_survives_a_panic(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const char *said =
            result("pcall(host.panic)", (enum script_trust)(i % 2), VAL_ABSENT);
        assert_string_equal(said,
                            "script.state||the interpreter gave up and is started anew");
        check("return #('x'):rep(3)", "3");
    }
}

static void test_script_says_what_a_call_used(void **state)
{
    (void)state;
    struct script *script = compile(
        "return { load = function() local t = {} for i = 1, 10000 do t[i] = i end end }",
        SCRIPT_TENANT);
    struct script_use use;
    struct val v;
    struct err err;
    struct script_call call = { .script = script,
                                .entry = STR("load"),
                                .limits = &script_limits_action,
                                .arena = arena };
    assert_true(script_call(worker, &call, &v, &use, &err));
    assert_in_range(use.fuel, 20000, 200000);
    assert_in_range(use.peak_bytes, 10000 * 16, 1 << 20);
    assert_true(use.elapsed_us >= 0 && use.elapsed_us < 10000000);
    script_drop(script);
}

/* ---- metatables, order ---- */

static void test_script_metatables_are_copies(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "local C = {} C.__index = C function C.f() return 1 end local o = "
          "setmetatable({}, C) C.g = function() return 2 end return { o.f(), o.g(), "
          "getmetatable(o) == C }",
          "[1,2,true]" },
        { "local m = {} local a = setmetatable({}, m) m.__call = function() return 7 end "
          "local b = setmetatable({}, m) return { (pcall(function() return a() end)), "
          "b() "
          "}",
          "[false,7]" },
        { "local m = { __len = function() return 9 end } local a = setmetatable({}, m) "
          "m.__len = nil local b = setmetatable({}, m) return { #a, #b }",
          "[9,0]" },
        { "local a = setmetatable({}, { __index = { x = 1 } }) setmetatable(a, nil) "
          "return "
          "{ a.x == nil, getmetatable(a) == nil }",
          "[true,true]" },
        { "local a = setmetatable({}, { __metatable = 'no' }) return { getmetatable(a), "
          "(pcall(setmetatable, a, {})) }",
          "[\"no\",false]" },
        { "local t = {} for _, k in ipairs({ '__gc', '__mode', '__close', '__concat' }) "
          "do "
          "t[#t + 1] = select(2, pcall(setmetatable, {}, { [k] = function() end })) end "
          "return t",
          "[\"'__gc' is not offered in metatables\",\"'__mode' is not offered in "
          "metatables\",\"'__close' is not offered in metatables\",\"'__concat' is not "
          "offered in metatables\"]" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(cases[i][0], cases[i][1]);
}

static void test_script_pairs_have_one_order(void **state)
{
    (void)state;
    check("local t, u = {}, {} for i = 1, 50 do t['k' .. i % 50 * 37 % 50] = i end\n"
          "for k in pairs(t) do u[#u + 1] = k end\n"
          "for i = 2, #u do assert(u[i - 1] < u[i]) end return #u",
          "50");
    check("local t, u = { 3, 2, 1 }, {} for k, v in pairs(t) do u[#u + 1] = k * v "
          "t[k + 1] = nil end return u",
          "[3,3]");
    check("local u = {} for k in pairs(string) do u[#u + 1] = k end return "
          "table.concat(u, ' ')",
          "\"byte char find format gmatch gsub len lower match rep reverse sub upper\"");
    check("local t, n = {}, 0 for i = 1, 3000 do t['k' .. i] = i end for k in next, t do "
          "n = n + 1 t[k] = nil end return { n, next(t) == nil }",
          "[3000,true]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script_result_is_plain_data),
        cmocka_unit_test(test_script_result_says_what_is_not_plain_data),
        cmocka_unit_test(test_script_error_names_the_line),
        cmocka_unit_test(test_script_error_text_is_cut_at_a_character),
        cmocka_unit_test(test_script_says_when_an_entry_is_missing),
        cmocka_unit_test(test_script_manifest_marks_functions),
        cmocka_unit_test(test_script_open_refuses_what_is_not_a_script),
        cmocka_unit_test(test_script_with_a_long_name_still_tells_its_lines),
        cmocka_unit_test(test_script_globals_die_with_their_call),
        cmocka_unit_test(test_script_locals_of_the_file_outlive_a_call_only_when_trusted),
        cmocka_unit_test(test_script_calls_are_alike_however_often_it_was_called),
        cmocka_unit_test(test_script_views_are_refused_after_their_call),
        cmocka_unit_test(test_script_views_read_like_tables),
        cmocka_unit_test(test_script_gives_views_back_without_copying),
        cmocka_unit_test(test_script_gives_a_hosts_error_back_as_it_is),
        cmocka_unit_test(test_script_host_functions_take_fuel),
        cmocka_unit_test(test_script_ends_at_its_deadline),
        cmocka_unit_test(test_script_is_loaded_within_the_limits_of_each_call),
        cmocka_unit_test(test_script_runs_nothing_after_a_stop),
        cmocka_unit_test(test_script_turns_differ_from_call_to_call),
        cmocka_unit_test(test_script_call_does_not_nest),
        cmocka_unit_test(test_script_survives_a_panic),
        cmocka_unit_test(test_script_says_what_a_call_used),
        cmocka_unit_test(test_script_metatables_are_copies),
        cmocka_unit_test(test_script_pairs_have_one_order),
    };
    return cmocka_run_group_tests_name("script", tests, open_all, close_all);
}
