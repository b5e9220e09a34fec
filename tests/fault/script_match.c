/*
 * Our string, table and utf8 functions against Lua's own, over random arguments: the same
 * results, and an error where there is an error (for patterns, the same one).
 * PINBAN_ALL=1 tries 25 times as many.
 */
#include "script/script.h"

#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

enum { CASES = 200000, LONG = 25, MOST_MATCHES = 40 };

static lua_State *stock;
static struct buf ours;
static struct buf theirs;

/* ---- random arguments ---- */

static uint64_t seed;

static uint32_t any(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % below;
}

static void push_pieces(lua_State *L, const char *const *pieces, size_t count,
                        uint32_t most)
{
    char text[400];
    size_t n = 0;
    for (uint32_t i = any(most + 1); i > 0; i--) {
        const char *piece = pieces[any((uint32_t)count)];
        do /* "" stands for a zero byte */
            text[n++] = *piece;
        while (*piece && *++piece);
    }
    lua_pushlstring(L, text, n);
}

static void push_subject(lua_State *L)
{
    static const char *const pieces[] = { "a", "a", "a", "b",  "b", "ab", "(", ")", "1",
                                          "2", " ", ".", "\n", "%", "é",  "A", "]", "" };
    push_pieces(L, pieces, COUNT_OF(pieces), 14);
}

static void push_pattern(lua_State *L)
{
    static const char *const pieces[] = {
        "a",  "a",    "b",    ".",     "%a",    "%d",   "%s",    "%w",     "%p",
        "%A", "[ab]", "[^a]", "[a-z]", "[%d ]", "[]a]", "[^]]",  "*",      "*",
        "+",  "-",    "-",    "?",     "(",     "(",    ")",     ")",      "()",
        "^",  "$",    "%1",   "%2",    "%b()",  "%baa", "%f[a]", "%f[^a]", "%%",
        "%.", "[",    "%",    "[%a-]", "-",     "%z",   "",      "[a-%%]",
    };
    push_pieces(L, pieces, COUNT_OF(pieces), 9);
}

static void push_place(lua_State *L)
{
    static const lua_Integer places[] = { 0,
                                          1,
                                          2,
                                          3,
                                          4,
                                          7,
                                          15,
                                          16,
                                          100,
                                          -1,
                                          -2,
                                          -3,
                                          -7,
                                          -100,
                                          LUA_MAXINTEGER,
                                          LUA_MININTEGER };
    lua_pushinteger(L, places[any(COUNT_OF(places))]);
}

/* Pushes `n` arguments, but sometimes fewer. */
static int maybe_places(lua_State *L, int n)
{
    int given = (int)any((uint32_t)n + 1);
    for (int i = 0; i < given; i++)
        push_place(L);
    return given;
}

static int push_find(lua_State *L)
{
    push_subject(L);
    push_pattern(L);
    int n = 2 + maybe_places(L, 1);
    if (n == 3 && any(4) == 0) {
        lua_pushboolean(L, 1);
        n++;
    }
    return n;
}

static int push_match(lua_State *L)
{
    push_subject(L);
    push_pattern(L);
    return 2 + maybe_places(L, 1);
}

static int replace(lua_State *L)
{
    int n = lua_gettop(L);
    lua_pushfstring(L, "<%d:%s>", n, luaL_checkstring(L, 1));
    if (*lua_tostring(L, 1) == 'b')
        lua_pushboolean(L, 0);
    return 1;
}

static int push_gsub(lua_State *L)
{
    static const char *const pieces[] = { "x", "%0", "%1", "%2", "%%", "%", "%9", "" };
    push_subject(L);
    push_pattern(L);
    switch (any(4)) {
    case 0:
        lua_pushcfunction(L, replace);
        break;
    case 1:
        lua_newtable(L);
        lua_pushliteral(L, "X");
        lua_setfield(L, -2, "a");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "b");
        lua_pushinteger(L, 7);
        lua_rawseti(L, -2, 1);
        break;
    default:
        push_pieces(L, pieces, COUNT_OF(pieces), 3);
    }
    return 3 + maybe_places(L, 1);
}

static void push_number(lua_State *L)
{
    static const double numbers[] = { 0,          -0.0,  1.5,    -2.25,  1e15,
                                      1e16,       1e100, 1e308,  5e-324, 0.1,
                                      123456.789, -1e-5, 1.0 / 3 };
    switch (any(8)) {
    case 0:
        lua_pushnumber(L, 1e308 * 10);
        break;
    case 1:
        push_place(L);
        break;
    case 2:
        lua_pushinteger(L, (lua_Integer)any(1000) - 500);
        break;
    case 3:
        lua_pushliteral(L, "0x1F");
        break;
    default:
        lua_pushnumber(L, numbers[any(COUNT_OF(numbers))]);
    }
}

static int push_format(lua_State *L)
{
    static const char *const pieces[] = {
        "%d",   "%5d", "%-5d|", "%05d",  "%+d", "% d",     "%.3d",   "%x",
        "%#X",  "%o",  "%c",    "%i",    "%u",  "%f",      "%.2f",   "%10.3f",
        "%e",   "%g",  "%.14g", "%a",    "%s",  "%10s",    "%-4s|",  "%.1s",
        "%q",   "%%",  "x",     "%5.2s", "%",   "%y",      "%100d",  "%0-5d",
        "%#5d", "%.f", "%5.c",  "%-5c|", "%+s", "%99.99f", "%.100f", "%1q",
    };
    push_pieces(L, pieces, COUNT_OF(pieces), 4);
    int n = (int)any(6);
    for (int i = 0; i < n; i++) {
        if (any(3) == 0)
            push_subject(L);
        else if (any(6) == 0)
            lua_pushboolean(L, 1);
        else
            push_number(L);
    }
    return 1 + n;
}

static int push_text_and_places(lua_State *L)
{
    push_subject(L);
    return 1 + maybe_places(L, 2);
}

static int push_rep(lua_State *L)
{
    push_subject(L);
    lua_pushinteger(L, (lua_Integer)any(5) - 1);
    if (any(2))
        return 2;
    push_subject(L);
    return 3;
}

static int push_bytes(lua_State *L)
{
    int n = (int)any(5);
    for (int i = 0; i < n; i++)
        lua_pushinteger(L, any(300));
    return n;
}

static void push_list(lua_State *L)
{
    lua_newtable(L);
    lua_Integer n = any(8);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_pushinteger(L, any(20));
        lua_rawseti(L, -2, i);
    }
}

static int push_insert(lua_State *L)
{
    push_list(L);
    int n = 1 + maybe_places(L, 1);
    lua_pushliteral(L, "new");
    return n + 1;
}

static int push_list_and_places(lua_State *L)
{
    push_list(L);
    return 1 + maybe_places(L, 1);
}

static int push_move(lua_State *L)
{
    push_list(L);
    for (int i = 0; i < 3; i++)
        lua_pushinteger(L, (lua_Integer)any(10) - 1);
    if (any(2))
        return 4;
    push_list(L);
    return 5;
}

static int push_concat(lua_State *L)
{
    push_list(L);
    push_subject(L);
    int n = (int)any(3);
    for (int i = 0; i < n; i++)
        lua_pushinteger(L, (lua_Integer)any(10) - 1);
    return 2 + n;
}

static int push_unpack(lua_State *L)
{
    push_list(L);
    int n = (int)any(3);
    for (int i = 0; i < n; i++)
        lua_pushinteger(L, (lua_Integer)any(10) - 1);
    return 1 + n;
}

static int push_only_list(lua_State *L)
{
    push_list(L);
    return 1;
}

static int push_utf8(lua_State *L)
{
    static const char *const pieces[] = { "a",
                                          "é",
                                          "拼",
                                          "👩",
                                          "\x80",
                                          "\xff",
                                          "\xc3",
                                          "\xed\xa0\x80",
                                          "\xf4\x90\x80\x80",
                                          "\xc0\x80",
                                          "",
                                          "\xfd\xbf\xbf\xbf\xbf\xbf" };
    push_pieces(L, pieces, COUNT_OF(pieces), 5);
    int n = maybe_places(L, 2);
    if (n == 2 && any(2)) {
        lua_pushboolean(L, 1);
        n++;
    }
    return 1 + n;
}

static int push_codepoints(lua_State *L)
{
    static const lua_Integer points[] = { 0,        65,       127,        128,
                                          0x7ff,    0x800,    0xffff,     0x10000,
                                          0x10ffff, 0x110000, 0x7fffffff, 0x80000000,
                                          -1 };
    int n = (int)any(4);
    for (int i = 0; i < n; i++)
        lua_pushinteger(L, points[any(COUNT_OF(points))]);
    return n;
}

static int push_tonumber(lua_State *L)
{
    static const char *const pieces[] = { "1", "0", "9", "a", "F",  "z",  "x", ".",  "e",
                                          "-", "+", " ", "p", "0x", "\n", "n", "inf" };
    push_pieces(L, pieces, COUNT_OF(pieces), 6);
    if (any(2))
        return 1;
    lua_pushinteger(L, any(40));
    return 2;
}

static int push_select(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)any(10) - 5);
    return 1 + push_bytes(L);
}

static int push_tostring(lua_State *L)
{
    push_number(L);
    return 1;
}

static const struct {
    const char *library;
    const char *function;
    int (*push)(lua_State *L);
    uint32_t weight;
    bool same_error;
} kinds[] = {
    { "string", "find", push_find, 30, true },
    { "string", "match", push_match, 30, true },
    { "string", "gmatch", push_match, 20, true },
    { "string", "gsub", push_gsub, 40, true },
    { "string", "format", push_format, 20, false },
    { "string", "byte", push_text_and_places, 3, false },
    { "string", "sub", push_text_and_places, 3, false },
    { "string", "rep", push_rep, 3, false },
    { "string", "char", push_bytes, 2, false },
    { "string", "upper", push_text_and_places, 1, false },
    { "string", "lower", push_text_and_places, 1, false },
    { "string", "reverse", push_text_and_places, 1, false },
    { "table", "insert", push_insert, 4, false },
    { "table", "remove", push_list_and_places, 4, false },
    { "table", "move", push_move, 5, false },
    { "table", "concat", push_concat, 4, false },
    { "table", "unpack", push_unpack, 4, false },
    { "table", "sort", push_only_list, 3, false },
    { "utf8", "len", push_utf8, 4, false },
    { "utf8", "codepoint", push_utf8, 4, false },
    { "utf8", "offset", push_utf8, 4, false },
    { "utf8", "char", push_codepoints, 2, false },
    { "basic", "tonumber", push_tonumber, 5, false },
    { "basic", "select", push_select, 2, false },
    { "basic", "tostring", push_tostring, 2, false },
};

/* ---- running one case ---- */

static void write_value(lua_State *L, int index, struct buf *out)
{
    size_t n;
    const char *p;
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        p = lua_tolstring(L, index, &n);
        buf_format(out, "%zu\"", n);
        buf_add(out, p, n);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            buf_format(out, "%lld", (long long)lua_tointeger(L, index));
        else
            buf_format(out, "%a", lua_tonumber(L, index));
        break;
    case LUA_TBOOLEAN:
        buf_format(out, "%d?", lua_toboolean(L, index));
        break;
    case LUA_TTABLE:
        index = lua_absindex(L, index);
        buf_char(out, '{');
        for (lua_Integer i = -2; i < 20; i++) {
            lua_rawgeti(L, index, i);
            write_value(L, lua_gettop(L), out);
            lua_pop(L, 1);
        }
        break;
    default:
        buf_str(out, str_of(lua_typename(L, lua_type(L, index))));
    }
    buf_char(out, ',');
}

/* Calls what stands at `from` with all above it through the pcall at `pcall`, and writes
 * what comes back; leaves the results from `from` on. */
static bool call_and_write(lua_State *L, int pcall, int from, bool same_error,
                           struct buf *out)
{
    lua_pushvalue(L, pcall);
    lua_insert(L, from);
    lua_call(L, lua_gettop(L) - from, LUA_MULTRET);
    bool ok = lua_toboolean(L, from);
    buf_str(out, ok ? STR("ok ") : STR("error "));
    for (int i = from + 1; (ok || same_error) && i <= lua_gettop(L); i++)
        write_value(L, i, out);
    return ok;
}

/* Index 1: the libraries, 2: pcall. */
static void run_case(lua_State *L, size_t kind, struct buf *out)
{
    lua_settop(L, 2);
    bool is_table = strcmp(kinds[kind].library, "table") == 0;
    lua_getfield(L, 1, kinds[kind].library);
    lua_getfield(L, 3, kinds[kind].function);
    int arguments = kinds[kind].push(L);
    if (is_table) { /* what became of the table counts, too */
        lua_pushvalue(L, 5);
        lua_replace(L, 3);
    }
    if (arguments == 0)
        lua_settop(L, 4);
    bool ok = call_and_write(L, 2, 4, kinds[kind].same_error, out);
    if (is_table)
        write_value(L, 3, out);
    for (int i = 0; ok && lua_type(L, 5) == LUA_TFUNCTION && i < MOST_MATCHES; i++) {
        lua_settop(L, 5);
        lua_pushvalue(L, 5);
        if (!call_and_write(L, 2, 6, true, out) || lua_isnoneornil(L, 7))
            break;
    }
}

static size_t any_kind(void)
{
    uint32_t total = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        total += kinds[i].weight;
    uint32_t at = any(total);
    size_t kind = 0;
    for (; at >= kinds[kind].weight; kind++)
        at -= kinds[kind].weight;
    return kind;
}

static void show_case(lua_State *L, size_t kind, uint64_t from)
{
    struct buf said;
    buf_init(&said, 1 << 16);
    lua_settop(L, 2);
    seed = from;
    int n = kinds[kind].push(L);
    for (int i = 3; i < 3 + n; i++)
        write_value(L, i, &said);
    fail_msg("%s.%s(%.*s)\n ours   %.*s\n theirs %.*s", kinds[kind].library,
             kinds[kind].function, (int)said.n, said.p, (int)ours.n, ours.p,
             (int)theirs.n, theirs.p);
}

/* compare(libraries, pcall) */
static int compare(lua_State *L)
{
    const char *all = getenv("PINBAN_ALL");
    int64_t cases = all && *all ? (int64_t)CASES * LONG : CASES;
    for (int64_t i = 0; i < cases; i++) {
        size_t kind = any_kind();
        uint64_t from = seed;
        buf_clear(&ours);
        buf_clear(&theirs);
        run_case(L, kind, &ours);
        uint64_t reached = seed;
        seed = from;
        run_case(stock, kind, &theirs);
        if (seed != reached || !str_equal(buf_view(&ours), buf_view(&theirs)))
            show_case(stock, kind, from);
    }
    return 0;
}

static void open_compare(lua_State *L)
{
    lua_pushcfunction(L, compare);
    lua_setfield(L, 1, "compare");
}

static void open_stock(void)
{
    stock = luaL_newstate();
    luaL_openlibs(stock);
    lua_pushglobaltable(stock);
    lua_pushvalue(stock, -1);
    lua_setfield(stock, 1, "basic");
    lua_getglobal(stock, "pcall");
}

static void test_script_libraries_agree_with_luas_own(void **state)
{
    (void)state;
    static const struct script_library libraries[] = { { open_compare }, { NULL } };
    static const struct script_limits limits = {
        .fuel = INT64_MAX / 4,
        .deadline_ms = 1 << 30,
        .heap_bytes = 32 << 20,
        .largest_bytes = 1 << 20,
        .result_bytes = 1 << 20,
    };
    struct script *script;
    struct script_worker *worker;
    struct err err;
    struct val v;
    struct arena *arena = arena_open();
    str source =
        STR("return { load = function() compare({ string = string, table = table, "
            "utf8 = utf8, basic = { tonumber = tonumber, select = select, "
            "tostring = tostring } }, pcall) end }");
    seed = UINT64_C(0x9e3779b97f4a7c15);
    buf_init(&ours, 1 << 20);
    buf_init(&theirs, 1 << 20);
    open_stock();
    assert_true(script_worker_open(libraries, &worker, &err));
    assert_true(script_open(source, STR("compare.lua"), SCRIPT_TRUSTED, &script, &err));
    struct script_call call = {
        .script = script, .entry = STR("load"), .limits = &limits, .arena = arena
    };
    if (!script_call(worker, &call, &v, NULL, &err))
        fail_msg("%s %s", err.where, err.text);
    script_drop(script);
    script_worker_close(worker);
    lua_close(stock);
    buf_done(&ours);
    buf_done(&theirs);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script_libraries_agree_with_luas_own),
    };
    return cmocka_run_group_tests_name("script_match", tests, NULL, NULL);
}
