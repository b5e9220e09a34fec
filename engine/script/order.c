/*
 * Traversal in an order that does not change from run to run: numbers ascending, strings
 * by their bytes, false before true, then everything else in an order that holds for one
 * call. Lua's own order hangs on a seed and on addresses, and a fragment whose items
 * change places between two renders is a fragment that is pushed for nothing.
 *
 * pairs walks over the keys as they were when it was called: fields set to nil meanwhile
 * are left out, new ones are not visited. A list (1 … n and nothing else) is walked as it
 * stands. next(t, k) gives the first key behind k in that order, and keeps the keys of
 * the table it is walking, so a whole walk costs one sort.
 */
#include "state.h"

static const char walk_key; /* registry: keys 1 … n, [0] their table, [-1] the place */

enum rank { RANK_NUMBER, RANK_STRING, RANK_BOOLEAN, RANK_OTHER };

/* A key as it is compared; strings are borrowed from the key. */
struct place {
    uint8_t rank;
    bool whole; /* a number: an integer */
    union {
        lua_Integer i;
        lua_Number d;
        const void *p;
    };
    size_t n;
};

static struct place place_of(lua_State *L, int index)
{
    struct place place = { .rank = RANK_OTHER };
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        place.rank = RANK_NUMBER;
        place.whole = lua_isinteger(L, index);
        if (place.whole)
            place.i = lua_tointeger(L, index);
        else
            place.d = lua_tonumber(L, index);
        break;
    case LUA_TSTRING:
        place.rank = RANK_STRING;
        place.p = lua_tolstring(L, index, &place.n);
        break;
    case LUA_TBOOLEAN:
        place.rank = RANK_BOOLEAN;
        place.i = lua_toboolean(L, index);
        break;
    default:
        place.p = lua_topointer(L, index);
    }
    return place;
}

static bool number_before(const struct place *a, const struct place *b)
{
    if (a->whole && b->whole)
        return a->i < b->i;
    lua_Number x = a->whole ? (lua_Number)a->i : a->d;
    lua_Number y = b->whole ? (lua_Number)b->i : b->d;
    return x < y;
}

static bool place_before(struct state *s, const struct place *a, const struct place *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    switch ((enum rank)a->rank) {
    case RANK_NUMBER:
        return number_before(a, b);
    case RANK_STRING:
        charge(s, (int64_t)((a->n < b->n ? a->n : b->n) / 32));
        return str_compare((str){ a->p, a->n }, (str){ b->p, b->n }) < 0;
    case RANK_BOOLEAN:
        return a->i < b->i;
    case RANK_OTHER:
        return (uintptr_t)a->p < (uintptr_t)b->p;
    }
    return false;
}

static const struct place *places(const struct sorting *sorting)
{
    return (const struct place *)(const void *)(sorting->s->text.p + sorting->items);
}

static bool key_before(lua_State *L, const struct sorting *sorting, uint32_t a,
                       uint32_t b)
{
    (void)L;
    return place_before(sorting->s, places(sorting) + a, places(sorting) + b);
}

/* Pushes a list of the keys of the table at `table` as Lua gives them, and adds their
 * places to the text. */
static size_t collect(lua_State *L, struct state *s, int table)
{
    size_t n = 0;
    lua_newtable(L);
    int keys = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        charge(s, 2);
        struct place place = place_of(L, -2);
        script_text_add(s, (const char *)&place, sizeof place);
        lua_pushvalue(L, -2);
        lua_rawseti(L, keys, (lua_Integer)++n);
    }
    return n;
}

/* Pushes the list of the keys of the table at `table`, in order. */
static size_t push_keys(lua_State *L, int table)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    script_text_room(s, 16);
    s->text.n = (s->text.n + 15) & ~(size_t)15;
    struct sorting sorting = { .s = s, .less = key_before, .items = s->text.n };
    size_t n = collect(L, s, table);
    script_sorting_run(L, &sorting, n);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -2, (lua_Integer)script_sorting_at(&sorting, i) + 1);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_remove(L, -2);
    s->text.n = start;
    return n;
}

/* ---- pairs ---- */

/* Upvalues: the table, its keys (or how many items a list has), the place. */
static int pairs_step(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
    bool is_list = lua_type(L, lua_upvalueindex(2)) == LUA_TNUMBER;
    lua_Integer n = is_list ? lua_tointeger(L, lua_upvalueindex(2)) : LUA_MAXINTEGER;
    for (at++; at <= n; at++) {
        lua_settop(L, 0);
        charge(state_of(L), 1);
        if (is_list)
            lua_pushinteger(L, at);
        else if (lua_rawgeti(L, lua_upvalueindex(2), at) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
            continue;
        lua_pushinteger(L, at);
        lua_replace(L, lua_upvalueindex(3));
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* The items of the table at `table` when its keys are 1 … n in this order, or -1. */
static lua_Integer list_length(lua_State *L, int table)
{
    lua_Integer n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        charge(state_of(L), 1);
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) != ++n) {
            lua_pop(L, 2);
            return -1;
        }
    }
    return n;
}

static int order_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TUSERDATA && script_view_at(L, 1))
        return script_view_pairs(L);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!script_push_sealed(L, 1))
        lua_pushvalue(L, 1);
    lua_Integer n = list_length(L, 2);
    if (n >= 0)
        lua_pushinteger(L, n);
    else
        push_keys(L, 2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- next ---- */

/* The table at index 1: pushes its first key and the value, or nil. */
static int first_of(lua_State *L)
{
    struct state *s = state_of(L);
    struct place best = { .rank = 0 };
    lua_settop(L, 1);
    lua_pushnil(L);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        charge(s, 1);
        struct place place = place_of(L, -2);
        if (!lua_isnil(L, 2) && !place_before(s, &place, &best))
            continue;
        lua_pushvalue(L, -2);
        lua_replace(L, 2);
        best = place;
    }
    if (lua_isnil(L, 2))
        return 1;
    lua_pushvalue(L, 2);
    lua_rawget(L, 1);
    return 2;
}

/* Puts the walk over the table at index 1 at index 3; its place is behind the key at 2.
 */
static lua_Integer push_walk(lua_State *L)
{
    struct state *s = state_of(L);
    lua_settop(L, 2);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &walk_key) == LUA_TTABLE) {
        lua_rawgeti(L, 3, -1);
        lua_Integer at = lua_tointeger(L, -1);
        lua_rawgeti(L, 3, 0);
        lua_rawgeti(L, 3, at);
        bool fits = lua_rawequal(L, -2, 1) && lua_rawequal(L, -1, 2);
        lua_settop(L, 3);
        if (fits)
            return at;
    }
    lua_settop(L, 2);
    struct place key = place_of(L, 2);
    lua_Integer n = (lua_Integer)push_keys(L, 1);
    lua_Integer at = 0;
    for (; at < n; at++) {
        charge(s, 1);
        lua_rawgeti(L, 3, at + 1);
        struct place place = place_of(L, -1);
        lua_pop(L, 1);
        if (place_before(s, &key, &place))
            break;
    }
    lua_pushvalue(L, 1);
    lua_rawseti(L, 3, 0);
    lua_pushvalue(L, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &walk_key);
    s->lingers = true;
    return at;
}

/* A walk over the table at index 1 that begins anew sees the keys it has by then. */
static void end_walk(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &walk_key) != LUA_TTABLE)
        return;
    lua_rawgeti(L, 3, 0);
    if (lua_rawequal(L, 4, 1))
        script_order_forget(L);
}

static int next_of(lua_State *L)
{
    lua_Integer at = push_walk(L);
    for (;;) {
        charge(state_of(L), 1);
        lua_settop(L, 3);
        if (lua_rawgeti(L, 3, ++at) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, 4);
        if (lua_rawget(L, 1) != LUA_TNIL)
            break;
    }
    lua_pushinteger(L, at);
    lua_rawseti(L, 3, -1);
    return 2;
}

static int order_next(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_type(L, 1) == LUA_TUSERDATA && script_view_at(L, 1))
        return script_view_next(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    if (script_push_sealed(L, 1))
        lua_replace(L, 1);
    if (!lua_isnil(L, 2))
        return next_of(L);
    end_walk(L);
    return first_of(L);
}

/* ---- ipairs ---- */

static int ipairs_step(lua_State *L)
{
    lua_Integer i = (lua_Integer)((lua_Unsigned)luaL_checkinteger(L, 2) + 1);
    lua_settop(L, 1);
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int order_ipairs(lua_State *L)
{
    luaL_argexpected(L, !lua_isnoneornil(L, 1), 1, "table");
    lua_pushcfunction(L, ipairs_step);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void script_order_forget(lua_State *L)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &walk_key);
}

const luaL_Reg script_order_functions[] = {
    { "pairs", order_pairs },
    { "next", order_next },
    { "ipairs", order_ipairs },
    { NULL, NULL },
};
