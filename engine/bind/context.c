/* ctx: what a component's functions are given. Its fields are looked up when asked for,
 * because to look is to be remembered. */
#include "inside.h"

#include <lauxlib.h>
#include <stdio.h>

/* Registry: what ctx, ctx.actor, ctx.data and ctx.time are. They hold nothing, what they
 * give is looked up in the call that runs; so one of each serves all calls. */
static const char context_key, actor_key, data_key, time_key;

struct render_call *bind_call(lua_State *L)
{
    struct render_call *call = script_host(L);
    if (!call)
        bind_usage(L, "ctx belongs to a call that has ended");
    return call;
}

int bind_usage(lua_State *L, const char *format, ...)
{
    struct err err;
    char text[sizeof err.text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(&err, ERR_INPUT, "script.usage", "%s", text);
    return script_raise(L, &err);
}

str bind_text(lua_State *L, int index, const char *what)
{
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        bind_usage(L, "%s is a text", what);
    const char *p = lua_tolstring(L, index, &n);
    return arena_str(script_arena(L), (str){ p, n });
}

/* ---- fields ---- */

static int push_str(lua_State *L, str s)
{
    lua_pushlstring(L, s.p ? s.p : "", s.n);
    return 1;
}

static int push_props(lua_State *L, struct render_call *call)
{
    script_push(L, call->block->props);
    return 1;
}

static int push_block(lua_State *L, struct render_call *call)
{
    return push_str(L, call->block->id);
}

static int push_lang(lua_State *L, struct render_call *call)
{
    scope_note(call->scope, VARY_LANG);
    bool en = call->scope->viewer && call->scope->viewer->lang == SCOPE_EN;
    return push_str(L, en ? STR("en") : STR("zh"));
}

static int push_query(lua_State *L, struct render_call *call)
{
    scope_note(call->scope, VARY_QUERY);
    script_push(L, call->scope->query);
    return 1;
}

static int push_now(lua_State *L, struct render_call *call)
{
    if (call->action)
        return push_str(L, scope_iso(script_arena(L), call->scope->now_ms));
    return push_str(L, scope_iso(script_arena(L), scope_now(call->scope, SCOPE_MINUTE)));
}

static int push_hour(lua_State *L, struct render_call *call)
{
    return push_str(L, scope_iso(script_arena(L), scope_now(call->scope, SCOPE_HOUR)));
}

static int push_page(lua_State *L, struct render_call *call)
{
    scope_note(call->scope, VARY_PAGE);
    return push_str(L, call->scope->page);
}

static int push_today(lua_State *L, struct render_call *call)
{
    return push_str(L, scope_iso(script_arena(L), scope_now(call->scope, SCOPE_DAY)));
}

static int push_tenant(lua_State *L, struct render_call *call)
{
    struct val record;
    struct err err;
    if (!scope_tenant(call->scope, &record, &err))
        return script_raise(L, &err);
    script_push(L, record);
    return 1;
}

static int push_actor(lua_State *L, struct render_call *call)
{
    (void)call;
    return lua_rawgetp(L, LUA_REGISTRYINDEX, &actor_key) != LUA_TNIL;
}

static int push_themes(lua_State *L, struct render_call *call)
{
    struct val themes;
    struct err err;
    if (!look_choices(call->scope, &themes, &err))
        return script_raise(L, &err);
    script_push(L, themes);
    return 1;
}

static int push_data(lua_State *L, struct render_call *call)
{
    (void)call;
    return lua_rawgetp(L, LUA_REGISTRYINDEX, &data_key) != LUA_TNIL;
}

static int push_time(lua_State *L, struct render_call *call)
{
    (void)call;
    return lua_rawgetp(L, LUA_REGISTRYINDEX, &time_key) != LUA_TNIL;
}

const struct context_field context_fields[] = {
    { "props", "table", "The block's properties, defaults filled in.", push_props },
    { "data", "pinban.data", "Looking things up.", push_data },
    { "actor", "table",
      "Who looks: her record. `actor.id` alone does not depend on the record.",
      push_actor },
    { "tenant", "table", "Her unit's record.", push_tenant },
    { "themes", "table",
      "The themes that she may choose from: a list of `{ id, title }`.", push_themes },
    { "page", "string", "The page's name.", push_page },
    { "query", "table", "The page's parameters, texts by name.", push_query },
    { "lang", "string", "\"zh\" or \"en\".", push_lang },
    { "now", "string",
      "The present, cut to the minute: the fragment is made again each minute. In an "
      "action to the second.",
      push_now },
    { "hour", "string", "The present, cut to the hour.", push_hour },
    { "today", "string", "Midnight of today: the fragment is made again each day.",
      push_today },
    { "time", "pinban.time", "The calendar of the unit.", push_time },
    { "block", "string", "The block's id.", push_block },
};
const size_t context_field_count = COUNT_OF(context_fields);

/* "ctx_new_id" is ctx.new_id. */
static const char *own_name(const struct binding *binding)
{
    return strchr(binding->name, '_') + 1;
}

static int context_index(lua_State *L)
{
    struct render_call *call = bind_call(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    for (size_t i = 0; i < context_field_count; i++) {
        if (strcmp(context_fields[i].name, name) == 0)
            return context_fields[i].push(L, call);
    }
    for (size_t i = 0; bind_own[i]; i++) {
        if (strcmp(own_name(bind_own[i]), name) == 0) {
            bind_push_function(L, bind_own[i]);
            return 1;
        }
    }
    return bind_usage(L, "ctx has no field %.40s", name);
}

static int actor_index(lua_State *L)
{
    struct render_call *call = bind_call(L);
    str name = bind_text(L, 2, "a field of actor");
    struct val record;
    struct err err;
    if (str_equal(name, STR("id"))) {
        scope_note(call->scope, VARY_ACTOR);
        return push_str(L,
                        call->scope->viewer ? call->scope->viewer->person_id : STR(""));
    }
    if (!scope_actor(call->scope, &record, &err))
        return script_raise(L, &err);
    script_push(L, val_get(record, name));
    return 1;
}

void bind_push_context(lua_State *L, void *host)
{
    (void)host;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
}

/* ---- phases ---- */

static enum phase phase_of(const struct render_call *call)
{
    if (!call->action)
        return PHASE_RENDER;
    return call->action->is_job ? PHASE_JOB : PHASE_ACTION;
}

static int run_in_phase(lua_State *L)
{
    const struct binding *binding = lua_touserdata(L, lua_upvalueindex(1));
    struct err err;
    if (binding->phases & phase_of(bind_call(L)))
        return binding->run(L);
    struct buf phases;
    char room[64];
    phases = (struct buf){ .p = room, .cap = sizeof room, .max = sizeof room };
    bind_put_phases(&phases, binding->phases);
    err_set(&err, ERR_INPUT, "script.phase", "%s may be called in: %.*s",
            binding->signature, STR_ARG(buf_view(&phases)));
    return script_raise(L, &err);
}

void bind_push_function(lua_State *L, const struct binding *binding)
{
    if (binding->phases == (PHASE_RENDER | PHASE_ACTION | PHASE_JOB)) {
        lua_pushcfunction(L, binding->run);
        return;
    }
    lua_pushlightuserdata(L, (void *)(uintptr_t)binding);
    lua_pushcclosure(L, run_in_phase, 1);
}

struct action *bind_action(lua_State *L)
{
    return bind_call(L)->action;
}

/* ---- opening ---- */

/* Gives an object the metatable at the top, and keeps it. Metatables are locked, so that
 * a script can neither see nor change them. */
static void keep_object(lua_State *L, const char *key)
{
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_newuserdatauv(L, 0, 0);
    lua_insert(L, -2);
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

static void make_index(lua_State *L, const char *key, lua_CFunction index)
{
    lua_newtable(L);
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
    keep_object(L, key);
}

static void make_namespace(lua_State *L, const char *key,
                           const struct binding *const *bindings)
{
    lua_newtable(L);
    lua_newtable(L);
    for (; *bindings; bindings++) {
        bind_push_function(L, *bindings);
        lua_setfield(L, -2, own_name(*bindings));
    }
    lua_setfield(L, -2, "__index");
    keep_object(L, key);
}

static void open_context(lua_State *L)
{
    make_index(L, &context_key, context_index);
    make_index(L, &actor_key, actor_index);
    make_namespace(L, &data_key, bind_data);
    make_namespace(L, &time_key, bind_time);
}

const struct script_library bind_libraries[] = { { open_context }, { NULL } };
