/* A small face of actions for tests that have no bind: ctx.put, take, patch, get, fail,
 * id. */
#pragma once
#include "action/action.h"
#include "render/render.h"

#include <lauxlib.h>

static inline struct action *acting(lua_State *L)
{
    return ((struct render_call *)script_host(L))->action;
}

static inline str text_at(lua_State *L, int index)
{
    size_t n;
    const char *p = luaL_checklstring(L, index, &n);
    return arena_str(script_arena(L), (str){ p, n });
}

static inline int lua_put(lua_State *L)
{
    struct err err;
    if (!action_put(acting(L), text_at(L, 1), script_value(L, 2), PUT_ANY, &err))
        return script_raise(L, &err);
    return 0;
}

static inline int lua_take(lua_State *L)
{
    struct err err;
    if (!action_remove(acting(L), text_at(L, 1), text_at(L, 2), &err))
        return script_raise(L, &err);
    return 0;
}

static inline int lua_patch(lua_State *L)
{
    struct err err;
    struct val record;
    if (!action_patch(acting(L), text_at(L, 1), text_at(L, 2), script_value(L, 3),
                      VAL_ABSENT, &record, &err))
        return script_raise(L, &err);
    script_push(L, record);
    return 1;
}

static inline int lua_get(lua_State *L)
{
    struct err err;
    struct val record;
    struct render_call *call = script_host(L);
    if (!scope_get(call->scope, text_at(L, 1), text_at(L, 2), false, &record, &err))
        return script_raise(L, &err);
    script_push(L, record);
    return 1;
}

static inline int lua_fail(lua_State *L)
{
    struct err err;
    action_refuse(acting(L), text_at(L, 1), script_value(L, 2), &err);
    return script_raise(L, &err);
}

static inline int lua_id(lua_State *L)
{
    str id = action_new_id(acting(L));
    lua_pushlstring(L, id.p, id.n);
    return 1;
}

static inline void push_face(lua_State *L, void *host)
{
    static const luaL_Reg face[] = {
        { "put", lua_put }, { "take", lua_take }, { "patch", lua_patch },
        { "get", lua_get }, { "fail", lua_fail }, { "id", lua_id },
    };
    (void)host;
    lua_createtable(L, 0, COUNT_OF(face));
    for (size_t i = 0; i < COUNT_OF(face); i++) {
        lua_pushcfunction(L, face[i].func);
        lua_setfield(L, -2, face[i].name);
    }
}
