/*
 * Views: how data reaches a script without tables being built. A view is a small userdata
 * that shows one list or map; what it holds is read where it lies, mostly packed in the
 * store's bytes, when the script asks for it. Views are read-only, and a view whose call
 * is over is refused, since the bytes it showed may be gone.
 *
 * To a script it is a table: type(v) says so, and #, indexing, pairs, ipairs, next,
 * table.concat, table.unpack and table.move (from it) work. A map is walked in its own
 * order. Two views of the same value are not equal. The metamethods below are reached by
 * the interpreter alone, with the view as first argument: getmetatable never gives the
 * metatable.
 */
#include "state.h"

#include <limits.h>

static const char view_key; /* registry: the metatable of views */

static struct view *check_turn(lua_State *L, struct view *view)
{
    if (view->turn != state_of(L)->turn)
        luaL_error(L, "the value belongs to an earlier call");
    return view;
}

struct view *script_view_at(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
        return NULL;
    bool ours = lua_topointer(L, -1) == state_of(L)->view_metatable;
    lua_pop(L, 1);
    return ours ? check_turn(L, lua_touserdata(L, index)) : NULL;
}

static void push_view(lua_State *L, struct val v)
{
    struct view *view = lua_newuserdatauv(L, sizeof *view, 0);
    *view = (struct view){ .v = v, .turn = state_of(L)->turn };
    lua_rawgetp(L, LUA_REGISTRYINDEX, &view_key);
    lua_setmetatable(L, -2);
}

void script_push(lua_State *L, struct val v)
{
    switch ((enum val_kind)v.kind) {
    case VAL_NONE:
    case VAL_NULL:
        lua_pushnil(L);
        break;
    case VAL_BOOL:
        lua_pushboolean(L, v.b);
        break;
    case VAL_INT:
        lua_pushinteger(L, v.i);
        break;
    case VAL_NUM:
        lua_pushnumber(L, v.d);
        break;
    case VAL_STR:
        lua_pushlstring(L, v.n ? v.s : "", v.n);
        break;
    case VAL_LIST:
    case VAL_MAP:
        push_view(L, v);
    }
}

static str text_at(lua_State *L, int index)
{
    size_t n;
    const char *p = lua_tolstring(L, index, &n);
    return (str){ p, n };
}

static int view_index(lua_State *L)
{
    const struct view *view = check_turn(L, lua_touserdata(L, 1));
    struct val found = VAL_ABSENT;
    int type = lua_type(L, 2);
    if (view->v.kind == VAL_MAP && type == LUA_TSTRING) {
        charge(state_of(L), view->v.n / 8);
        found = val_get(view->v, text_at(L, 2));
    } else if (view->v.kind == VAL_LIST && type == LUA_TNUMBER) {
        lua_Integer i = lua_tointeger(L, 2);
        found = i > 0 ? val_at(view->v, (size_t)i - 1) : VAL_ABSENT;
    }
    script_push(L, found);
    return 1;
}

static int view_newindex(lua_State *L)
{
    return luaL_error(L, "attempt to change a read-only value");
}

static int view_length(lua_State *L)
{
    const struct view *view = check_turn(L, lua_touserdata(L, 1));
    lua_pushinteger(L, view->v.kind == VAL_LIST ? (lua_Integer)view->v.n : 0);
    return 1;
}

/* Pushes key and value of member `at`, counted from 0; false past the last. A member that
 * is null is there for pairs no more than it is for indexing: `*ret_null`. */
static bool push_member(lua_State *L, struct val v, lua_Integer at, bool *ret_null)
{
    if (at < 0 || (lua_Unsigned)at >= v.n)
        return false;
    str name;
    struct val value;
    if (v.kind == VAL_LIST) {
        value = val_at(v, (size_t)at);
        lua_pushinteger(L, at + 1);
    } else {
        value = val_member(v, (size_t)at, &name);
        lua_pushlstring(L, name.n ? name.p : "", name.n);
    }
    script_push(L, value);
    *ret_null = lua_isnil(L, -1);
    return true;
}

/* Pushes the first member from `at` on that is not null, or nil; gives the place behind.
 */
static lua_Integer push_from(lua_State *L, struct val v, lua_Integer at)
{
    bool is_null = true;
    for (; is_null; at++) {
        lua_settop(L, 2);
        charge(state_of(L), 1);
        if (!push_member(L, v, at, &is_null)) {
            lua_pushnil(L);
            break;
        }
    }
    return at;
}

/* Upvalues: the view, the place. */
static int pairs_step(lua_State *L)
{
    const struct view *view = check_turn(L, lua_touserdata(L, lua_upvalueindex(1)));
    lua_Integer at = push_from(L, view->v, lua_tointeger(L, lua_upvalueindex(2)));
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(2));
    return lua_gettop(L) - 2;
}

int script_view_pairs(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static lua_Integer place_behind(lua_State *L, struct val v)
{
    if (lua_isnil(L, 2))
        return 0;
    if (v.kind == VAL_LIST)
        return lua_tointeger(L, 2);
    for (size_t i = 0; lua_type(L, 2) == LUA_TSTRING && i < v.n; i++) {
        str name;
        charge(state_of(L), 1);
        (void)val_member(v, i, &name);
        if (str_equal(name, text_at(L, 2)))
            return (lua_Integer)i + 1;
    }
    return luaL_error(L, "invalid key to 'next'");
}

int script_view_next(lua_State *L)
{
    struct val v = script_view_at(L, 1)->v;
    (void)push_from(L, v, place_behind(L, v));
    return lua_gettop(L) - 2;
}

void script_view_open(lua_State *L, struct state *s)
{
    static const luaL_Reg methods[] = {
        { "__index", view_index },
        { "__newindex", view_newindex },
        { "__len", view_length },
        { NULL, NULL },
    };
    lua_createtable(L, 0, 5);
    luaL_setfuncs(L, methods, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "view");
    lua_setfield(L, -2, "__name");
    s->view_metatable = lua_topointer(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &view_key);
}
