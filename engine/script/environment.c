/*
 * What a script finds when it starts: a white list, by construction. Lua's own table of
 * globals is never handed out; its maths functions are taken over by name, everything
 * else is ours.
 *
 * An environment is an empty table that reads through to the globals. The globals have no
 * name a script can reach, and libraries are sealed: a face without fields that reads
 * through to the table behind it. So what a script sets is its call's own, and what it
 * reads nobody can have changed. The functions that write without metamethods (rawset,
 * table.insert …) refuse a face; see script_check_writable.
 */
#include "state.h"

#include <lualib.h>

static const char environment_key; /* the metatable of every environment */
static const char seal_mark;       /* in the metatable of every face */

static const struct {
    const char *name;
    const luaL_Reg *functions;
} libraries[] = {
    { "string", script_strings_functions }, { "string", script_patterns_functions },
    { "string", script_format_functions },  { "table", script_tables_functions },
    { "utf8", script_unicode_functions },
};

/* All of Lua's maths but random numbers: the same inputs give the same result. */
static const char *const maths[] = {
    "abs",  "acos", "asin", "atan", "ceil",       "cos",  "deg",        "exp",  "floor",
    "fmod", "huge", "log",  "max",  "maxinteger", "min",  "mininteger", "modf", "pi",
    "rad",  "sin",  "sqrt", "tan",  "tointeger",  "type", "ult",
};

static int refuse_write(lua_State *L)
{
    return luaL_error(L, "attempt to change a read-only table");
}

void script_seal(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &seal_mark);
    lua_setmetatable(L, -2);
    lua_replace(L, -2);
}

bool script_push_sealed(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
        return false;
    if (lua_rawgetp(L, -1, &seal_mark) == LUA_TNIL) {
        lua_pop(L, 2);
        return false;
    }
    lua_getfield(L, -2, "__index");
    lua_replace(L, -3);
    lua_pop(L, 1);
    return true;
}

void script_check_writable(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    if (script_push_sealed(L, arg))
        refuse_write(L);
}

/* The table of the globals at index 1 that `name` holds, made when there is none. */
static void push_library(lua_State *L, const char *name)
{
    if (lua_getfield(L, 1, name) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, 1, name);
}

static void add_libraries(lua_State *L)
{
    luaL_setfuncs(L, script_basics_functions, 0);
    luaL_setfuncs(L, script_metatables_functions, 0);
    luaL_setfuncs(L, script_order_functions, 0);
    for (size_t i = 0; i < COUNT_OF(libraries); i++) {
        push_library(L, libraries[i].name);
        luaL_setfuncs(L, libraries[i].functions, 0);
        lua_pop(L, 1);
    }
    push_library(L, "utf8");
    lua_pushlstring(L, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*", 14);
    lua_setfield(L, -2, "charpattern");
    lua_pop(L, 1);
}

static void add_maths(lua_State *L)
{
    push_library(L, "math");
    lua_pushcfunction(L, luaopen_math);
    lua_call(L, 0, 1);
    for (size_t i = 0; i < COUNT_OF(maths); i++) {
        lua_getfield(L, -1, maths[i]);
        lua_setfield(L, -3, maths[i]);
    }
    lua_pop(L, 2);
}

/* Methods of strings read the table behind the face, at its full speed. */
static void set_string_metatable(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    push_library(L, "string");
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

static void seal_libraries(lua_State *L)
{
    static const char *const names[] = { "string", "table", "utf8", "math" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        lua_getfield(L, 1, names[i]);
        script_seal(L);
        lua_setfield(L, 1, names[i]);
    }
}

void script_environment_open(lua_State *L, struct state *s)
{
    lua_settop(L, 0);
    lua_newtable(L);
    add_libraries(L);
    add_maths(L);
    set_string_metatable(L);
    seal_libraries(L);
    for (const struct script_library *l = s->libraries; l && l->open; l++) {
        lua_settop(L, 1);
        l->open(L);
    }
    lua_settop(L, 1);

    lua_createtable(L, 0, 2);
    lua_insert(L, 1);
    lua_setfield(L, 1, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, 1, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &environment_key);
    script_environment_push(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

void script_environment_push(lua_State *L)
{
    lua_newtable(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &environment_key);
    lua_setmetatable(L, -2);
}
