/*
 * The table library, without metamethods: a table that claims a length of 2^62 has the
 * length it has. Every element handled is paid for as it is handled. sort is stable, and
 * writes nothing before it knows the order; an order function that contradicts itself
 * gives some order, not an error. concat, unpack and move also read views.
 */
#include "state.h"

enum { MAX_UNPACK = 16 << 10 };

static size_t length_of(lua_State *L, int arg)
{
    const struct view *view = script_view_at(L, arg);
    return view ? (view->v.kind == VAL_LIST ? view->v.n : 0) : lua_rawlen(L, arg);
}

static void check_readable(lua_State *L, int arg)
{
    if (!script_view_at(L, arg))
        luaL_checktype(L, arg, LUA_TTABLE);
}

static int push_item(lua_State *L, int arg, lua_Integer i)
{
    const struct view *view = script_view_at(L, arg);
    if (!view)
        return lua_rawgeti(L, arg, i);
    script_push(L, i > 0 ? val_at(view->v, (size_t)i - 1) : VAL_ABSENT);
    return lua_type(L, -1);
}

static int tables_insert(lua_State *L)
{
    struct state *s = state_of(L);
    script_check_writable(L, 1);
    lua_Integer end = (lua_Integer)lua_rawlen(L, 1) + 1;
    lua_Integer at = end;
    int arguments = lua_gettop(L);
    if (arguments != 2 && arguments != 3)
        return luaL_error(L, "wrong number of arguments to 'insert'");
    if (arguments == 3)
        at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
    for (lua_Integer i = end; i > at; i--) {
        charge(s, 1);
        lua_rawgeti(L, 1, i - 1);
        lua_rawseti(L, 1, i);
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int tables_remove(lua_State *L)
{
    struct state *s = state_of(L);
    script_check_writable(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    lua_Integer at = luaL_optinteger(L, 2, n);
    luaL_argcheck(L, at == n || (at >= 1 && at <= n + 1), 2, "position out of bounds");
    lua_rawgeti(L, 1, at);
    for (; at < n; at++) {
        charge(s, 1);
        lua_rawgeti(L, 1, at + 1);
        lua_rawseti(L, 1, at);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, at);
    return 1;
}

static void move_item(lua_State *L, int to, lua_Integer from_at, lua_Integer to_at)
{
    charge(state_of(L), 1);
    push_item(L, 1, from_at);
    lua_rawseti(L, to, to_at);
}

static int tables_move(lua_State *L)
{
    lua_Integer first = luaL_checkinteger(L, 2);
    lua_Integer last = luaL_checkinteger(L, 3);
    lua_Integer at = luaL_checkinteger(L, 4);
    int to = lua_isnoneornil(L, 5) ? 1 : 5;
    check_readable(L, 1);
    script_check_writable(L, to);
    lua_settop(L, 5);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3,
                      "too many elements to move");
        lua_Integer n = last - first + 1;
        luaL_argcheck(L, at <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        bool upwards = at > last || at <= first || !lua_rawequal(L, 1, to);
        for (lua_Integer i = 0; upwards && i < n; i++)
            move_item(L, to, first + i, at + i);
        for (lua_Integer i = n - 1; !upwards && i >= 0; i--)
            move_item(L, to, first + i, at + i);
    }
    lua_pushvalue(L, to);
    return 1;
}

static void concat_item(lua_State *L, struct state *s, lua_Integer i)
{
    size_t n;
    charge(s, 1);
    push_item(L, 1, i);
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'",
                   luaL_typename(L, -1), i);
    const char *p = lua_tolstring(L, -1, &n);
    script_text_add(s, p, n);
    lua_pop(L, 1);
}

static int tables_concat(lua_State *L)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    size_t between;
    check_readable(L, 1);
    lua_Integer last = (lua_Integer)length_of(L, 1);
    const char *separator = luaL_optlstring(L, 2, "", &between);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    for (; i < last; i++) {
        concat_item(L, s, i);
        script_text_add(s, separator, between);
    }
    if (i == last)
        concat_item(L, s, i);
    script_text_push(L, s, start);
    return 1;
}

static int tables_pack(lua_State *L)
{
    int n = lua_gettop(L);
    charge(state_of(L), n);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--)
        lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

static int tables_unpack(lua_State *L)
{
    check_readable(L, 1);
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = luaL_opt(L, luaL_checkinteger, 3, (lua_Integer)length_of(L, 1));
    if (i > last)
        return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)i;
    if (n >= MAX_UNPACK || !lua_checkstack(L, (int)n + 2))
        return luaL_error(L, "too many results to unpack");
    charge(state_of(L), (int64_t)n);
    for (lua_Unsigned at = 0; at <= n; at++)
        push_item(L, 1, (lua_Integer)((lua_Unsigned)i + at));
    return (int)n + 1;
}

/* ---- sort ---- */

/* The order function stands at index 2, the items in the table at sorting->table. */
static bool item_before(lua_State *L, const struct sorting *sorting, uint32_t a,
                        uint32_t b)
{
    bool ordered = lua_type(L, 2) == LUA_TFUNCTION;
    if (ordered)
        lua_pushvalue(L, 2);
    lua_rawgeti(L, sorting->table, (lua_Integer)a + 1);
    lua_rawgeti(L, sorting->table, (lua_Integer)b + 1);
    if (ordered) {
        lua_call(L, 2, 1);
        bool before = lua_toboolean(L, -1);
        lua_pop(L, 1);
        return before;
    }
    if (lua_type(L, -1) == LUA_TSTRING)
        charge(sorting->s, (int64_t)(lua_rawlen(L, -1) / 32));
    bool before = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
    return before;
}

static int tables_sort(lua_State *L)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    script_check_writable(L, 1);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    size_t n = lua_rawlen(L, 1);
    lua_createtable(L, (int)(n < MAX_UNPACK ? n : MAX_UNPACK), 0);
    for (size_t i = 1; i <= n; i++) {
        charge(s, 1);
        lua_rawgeti(L, 1, (lua_Integer)i);
        lua_rawseti(L, 3, (lua_Integer)i);
    }
    struct sorting sorting = { .s = s, .less = item_before, .table = 3 };
    script_sorting_run(L, &sorting, n);
    for (size_t i = 0; i < n; i++) {
        charge(s, 1);
        lua_rawgeti(L, 3, (lua_Integer)script_sorting_at(&sorting, i) + 1);
        lua_rawseti(L, 1, (lua_Integer)i + 1);
    }
    s->text.n = start;
    return 0;
}

const luaL_Reg script_tables_functions[] = {
    { "concat", tables_concat }, { "insert", tables_insert },
    { "move", tables_move },     { "pack", tables_pack },
    { "remove", tables_remove }, { "sort", tables_sort },
    { "unpack", tables_unpack }, { NULL, NULL },
};
