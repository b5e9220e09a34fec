/*
 * A script never holds a real metatable. setmetatable copies what it may set from the
 * script's table into one of ours, so that __gc, __close, __mode, __concat (each of them
 * a way to memory faults in the Lua we link) and chains of __call cannot be had, whatever
 * is written into the script's table later. getmetatable gives the script's table back,
 * so `getmetatable(object) == Class` holds.
 *
 * What a script sees of it: a metamethod added to a table after setmetatable has no
 * effect on objects that have their metatable already; methods, which go through __index,
 * have. Objects of one class share one copy as long as the class does not change.
 */
#include "state.h"

static const char copies_key; /* registry: the script's table → our copy of it */
static const char copy_mark; /* in a copy: how many fields came from the script's table */

enum field_rule { FIELD_NONE, FIELD_REFUSED, FIELD_INDEX, FIELD_FUNCTION, FIELD_ANY };

static const struct {
    const char *name;
    enum field_rule rule;
} fields[] = {
    { "__index", FIELD_INDEX },       { "__newindex", FIELD_INDEX },
    { "__metatable", FIELD_ANY },     { "__gc", FIELD_REFUSED },
    { "__mode", FIELD_REFUSED },      { "__close", FIELD_REFUSED },
    { "__concat", FIELD_REFUSED },    { "__call", FIELD_FUNCTION },
    { "__tostring", FIELD_FUNCTION }, { "__eq", FIELD_FUNCTION },
    { "__lt", FIELD_FUNCTION },       { "__le", FIELD_FUNCTION },
    { "__len", FIELD_FUNCTION },      { "__pairs", FIELD_FUNCTION },
    { "__add", FIELD_FUNCTION },      { "__sub", FIELD_FUNCTION },
    { "__mul", FIELD_FUNCTION },      { "__div", FIELD_FUNCTION },
    { "__mod", FIELD_FUNCTION },      { "__pow", FIELD_FUNCTION },
    { "__unm", FIELD_FUNCTION },      { "__idiv", FIELD_FUNCTION },
    { "__band", FIELD_FUNCTION },     { "__bor", FIELD_FUNCTION },
    { "__bxor", FIELD_FUNCTION },     { "__bnot", FIELD_FUNCTION },
    { "__shl", FIELD_FUNCTION },      { "__shr", FIELD_FUNCTION },
};

/* The rule for the key at `index`. */
static enum field_rule rule_of(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TSTRING)
        return FIELD_NONE;
    const char *name = lua_tostring(L, index);
    if (name[0] != '_' || name[1] != '_')
        return FIELD_NONE;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (strcmp(name, fields[i].name) == 0)
            return fields[i].rule;
    }
    return FIELD_NONE;
}

/* The key at -2, its value at -1. */
static void check_field(lua_State *L, enum field_rule rule)
{
    int type = lua_type(L, -1);
    bool readable =
        type == LUA_TTABLE || (type == LUA_TUSERDATA && script_view_at(L, -1));
    if (rule == FIELD_REFUSED)
        luaL_error(L, "'%s' is not offered in metatables", lua_tostring(L, -2));
    if (rule == FIELD_FUNCTION && type != LUA_TFUNCTION)
        luaL_error(L, "'%s' must be a function", lua_tostring(L, -2));
    if (rule == FIELD_INDEX && type != LUA_TFUNCTION && !readable)
        luaL_error(L, "'%s' must be a table or a function", lua_tostring(L, -2));
}

/* Whether the copy at the top says what the table at index 2 says now. */
static bool is_current(lua_State *L)
{
    int copy = lua_gettop(L);
    lua_rawgetp(L, copy, &copy_mark);
    lua_Integer left = lua_tointeger(L, -1);
    left = left < 0 ? -1 - left : left;
    bool same = true;
    for (lua_pushnil(L); same && lua_next(L, 2); lua_pop(L, 1)) {
        charge(state_of(L), 1);
        if (rule_of(L, -2) == FIELD_NONE)
            continue;
        lua_pushvalue(L, -2);
        lua_rawget(L, copy);
        same = lua_rawequal(L, -1, -2);
        left--;
        lua_pop(L, 1);
    }
    lua_settop(L, copy);
    return same && left == 0;
}

/* Pushes a copy of what may be set of the table at index 2. */
static void push_copy(lua_State *L)
{
    lua_Integer count = 0;
    lua_newtable(L);
    int copy = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        charge(state_of(L), 1);
        enum field_rule rule = rule_of(L, -2);
        if (rule == FIELD_NONE)
            continue;
        check_field(L, rule);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, copy);
        count++;
    }
    bool locked = lua_getfield(L, copy, "__metatable") != LUA_TNIL;
    lua_pop(L, 1);
    if (!locked) {
        lua_pushvalue(L, 2);
        lua_setfield(L, copy, "__metatable");
    }
    lua_pushinteger(L, locked ? -1 - count : count);
    lua_rawsetp(L, copy, &copy_mark);
}

static void push_copies(lua_State *L)
{
    struct state *s = state_of(L);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &copies_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &copies_key);
    s->lingers = true;
}

/* Pushes the metatable that stands for the script's table at index 2. */
static void push_metatable(lua_State *L)
{
    push_copies(L);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) == LUA_TTABLE && is_current(L))
        return;
    lua_pop(L, 1);
    push_copy(L);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -4);
}

/* Only a metatable of ours that the script did not lock may be replaced. */
static bool may_change(lua_State *L)
{
    if (!lua_getmetatable(L, 1))
        return true;
    bool ours = lua_rawgetp(L, -1, &copy_mark) == LUA_TNUMBER;
    bool open = ours && lua_tointeger(L, -1) >= 0;
    lua_pop(L, 2);
    return open;
}

static int metatables_set(lua_State *L)
{
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (!may_change(L))
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    if (type == LUA_TTABLE)
        push_metatable(L);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int metatables_get(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    if (lua_rawgetp(L, -1, &copy_mark) == LUA_TNUMBER)
        lua_getfield(L, -2, "__metatable");
    else
        lua_pushboolean(L, 0);
    return 1;
}

void script_metatables_forget(lua_State *L)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &copies_key);
}

const luaL_Reg script_metatables_functions[] = {
    { "setmetatable", metatables_set },
    { "getmetatable", metatables_get },
    { NULL, NULL },
};
