/*
 * The functions of Lua's basic library that scripts have. Not offered: load, loadfile,
 * dofile, require, print, warn, collectgarbage. tostring gives no addresses, tonumber
 * reads at most TONUMBER_MAX bytes.
 *
 * pcall and xpcall never swallow a kill: they raise it again, whatever the error value
 * was. An out-of-memory error is a kill as well. An xpcall handler runs after the failed
 * call has unwound, under a protected call of its own: where Lua runs it, at the error,
 * hooks may be switched off and a loop in it would have no end.
 */
#include "state.h"

#include <ctype.h>

enum { TONUMBER_MAX = 256 };

/* Raises the value at index 1, a text with the place in front. */
static int raise_at(lua_State *L, lua_Integer level)
{
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0 && level < INT16_MAX) {
        luaL_where(L, (int)level);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int basics_assert(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    lua_remove(L, 1);
    if (lua_gettop(L) == 0)
        lua_pushliteral(L, "assertion failed!");
    return raise_at(L, 1);
}

static int basics_error(lua_State *L)
{
    lua_Integer level = luaL_optinteger(L, 2, 1);
    return raise_at(L, level);
}

/* After an error: raises a kill again, or leaves false and the error value alone. */
static int caught(lua_State *L, int status, size_t text)
{
    struct state *s = state_of(L);
    s->text.n = text;
    if (status == LUA_ERRMEM)
        script_budget_stop(s, KILL_MEMORY);
    charge(s, 1);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int basics_pcall(lua_State *L)
{
    size_t text = state_of(L)->text.n;
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    if (status != LUA_OK)
        return caught(L, status, text);
    charge(state_of(L), 1);
    return lua_gettop(L);
}

static int basics_xpcall(lua_State *L)
{
    size_t text = state_of(L)->text.n;
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcall(L, n - 2, LUA_MULTRET, 0);
    if (status == LUA_OK) {
        charge(state_of(L), 1);
        return lua_gettop(L) - 2;
    }
    (void)caught(L, status, text);
    lua_pushvalue(L, 2);
    lua_insert(L, -2);
    int below = lua_gettop(L) - 2;
    status = lua_pcall(L, 1, LUA_MULTRET, 0);
    if (status != LUA_OK)
        return caught(L, status, text);
    return lua_gettop(L) - below + 1;
}

static int basics_rawequal(lua_State *L)
{
    luaL_checkany(L, 1);
    luaL_checkany(L, 2);
    lua_pushboolean(L, lua_rawequal(L, 1, 2));
    return 1;
}

static int basics_rawget(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    lua_rawget(L, 1);
    return 1;
}

static int basics_rawlen(lua_State *L)
{
    int type = lua_type(L, 1);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
    return 1;
}

static int basics_rawset(lua_State *L)
{
    script_check_writable(L, 1);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static int basics_select(lua_State *L)
{
    int n = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = luaL_checkinteger(L, 1);
    if (i < 0)
        i = n + i;
    else if (i > n)
        i = n;
    luaL_argcheck(L, 1 <= i, 1, "index out of range");
    return n - (int)i;
}

static int digit_of(char c)
{
    return isdigit((unsigned char)c)   ? c - '0'
           : isalpha((unsigned char)c) ? toupper((unsigned char)c) - 'A' + 10
                                       : 99;
}

static bool read_digits(const char *p, const char *end, int base, lua_Integer *ret)
{
    lua_Unsigned n = 0;
    for (; p < end && isspace((unsigned char)*p); p++)
        ;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !isalnum((unsigned char)*p))
        return false;
    for (; p < end && isalnum((unsigned char)*p); p++) {
        if (digit_of(*p) >= base)
            return false;
        n = n * (lua_Unsigned)base + (lua_Unsigned)digit_of(*p);
    }
    for (; p < end && isspace((unsigned char)*p); p++)
        ;
    *ret = (lua_Integer)(negative ? 0u - n : n);
    return p == end;
}

static int number_of_base(lua_State *L)
{
    size_t n;
    lua_Integer base = luaL_checkinteger(L, 2);
    lua_Integer i;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *p = lua_tolstring(L, 1, &n);
    luaL_argcheck(L, 2 <= base && base <= 36, 2, "base out of range");
    if (n <= TONUMBER_MAX && read_digits(p, p + n, (int)base, &i))
        lua_pushinteger(L, i);
    else
        lua_pushnil(L);
    return 1;
}

static int basics_tonumber(lua_State *L)
{
    if (!lua_isnoneornil(L, 2))
        return number_of_base(L);
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    size_t n = 0;
    const char *p = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
    if (!p || n > TONUMBER_MAX || lua_stringtonumber(L, p) != n + 1)
        lua_pushnil(L);
    return 1;
}

static const char *name_of_type(lua_State *L, int index)
{
    bool is_view = lua_type(L, index) == LUA_TUSERDATA && script_view_at(L, index);
    return is_view ? "table" : luaL_typename(L, index);
}

const char *script_value_text(lua_State *L, int index, size_t *ret_n)
{
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "'__tostring' must return a string");
        return lua_tolstring(L, -1, ret_n);
    }
    int type = lua_type(L, index);
    if (type == LUA_TSTRING || type == LUA_TNUMBER)
        lua_pushvalue(L, index);
    else if (type == LUA_TBOOLEAN)
        lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    else
        lua_pushstring(L, name_of_type(L, index));
    return lua_tolstring(L, -1, ret_n);
}

static int basics_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    script_value_text(L, 1, NULL);
    return 1;
}

static int basics_type(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, name_of_type(L, 1));
    return 1;
}

const luaL_Reg script_basics_functions[] = {
    { "assert", basics_assert },
    { "error", basics_error },
    { "pcall", basics_pcall },
    { "rawequal", basics_rawequal },
    { "rawget", basics_rawget },
    { "rawlen", basics_rawlen },
    { "rawset", basics_rawset },
    { "select", basics_select },
    { "tonumber", basics_tonumber },
    { "tostring", basics_tostring },
    { "type", basics_type },
    { "xpcall", basics_xpcall },
    { NULL, NULL },
};
