/*
 * Building, protecting and renewing a Lua state.
 *
 * A tenant's state is built once and frozen; each call starts from the image and nothing
 * a call did can reach the next. Loading a script gives the same in every call: its chunk
 * knows nothing of the call. So the state is frozen a second time right after that, and
 * the script's next calls start there. A trusted state lives on: what a call gets anew is
 * its environment, and all that calls share (libraries, metatables) is sealed. State
 * creation is as fallible as anything else: memory may be refused at every point of it.
 *
 * The panic handler is for the one case that reading found and testing did not, an
 * out-of-memory raised outside of every protected call: it leaves to the recovery point,
 * and the state is dropped.
 */
#include "state.h"

#include <lualib.h>

enum {
    KEEP_TENANT = 2 << 20, /* bytes of chunks kept between calls */
    KEEP_TRUSTED =
        32 << 20, /* bytes of a trusted state after a call; above, it is dropped */
    KEEP_TEXT = 64 << 10,
};

static const char overflow_key;

static int on_panic(lua_State *L)
{
    _longjmp(state_of(L)->recovery, 1);
}

void script_state_init(struct state *s, enum script_trust trust,
                       const struct script_library *libraries)
{
    *s = (struct state){ .trust = trust, .libraries = libraries };
    s->heap.refuse_after = -1;
    buf_init(&s->text, TEXT_MAX);
}

void script_state_guard(struct state *s)
{
    *(struct state **)lua_getextraspace(s->L) = s;
    lua_atpanic(s->L, on_panic);
}

/* Runs where the error is, so that the line is still known. */
static int on_error(lua_State *L)
{
    struct state *s = state_of(L);
    if (!s->kill)
        script_budget_note_line(s);
    return 1;
}

int script_state_protect(struct state *s, lua_CFunction body, void *data)
{
    if (_setjmp(s->recovery) != 0) {
        script_state_done(s);
        return STATE_PANIC;
    }
    lua_settop(s->L, 0);
    lua_pushcfunction(s->L, on_error);
    lua_pushcfunction(s->L, body);
    lua_pushlightuserdata(s->L, data);
    return lua_pcall(s->L, 1, 0, 1);
}

/* Generational suits a state that lives long and forgets nearly everything a call made; a
 * tenant's call mostly ends before a collection would pay. */
static void set_collector(lua_State *L, struct state *s)
{
    lua_gc(L, LUA_GCCOLLECT);
    if (s->trust == SCRIPT_TRUSTED)
        lua_gc(L, LUA_GCGEN, 0, 0);
    else
        lua_gc(L, LUA_GCSTOP);
}

static int build(lua_State *L)
{
    struct state *s = state_of(L);
    lua_settop(L, 0);
    /* Lua makes this text while it handles an overflow, where it may not fail. */
    lua_pushliteral(L, "error in error handling");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &overflow_key);
    script_view_open(L, s);
    script_failure_open(L, s);
    script_environment_open(L, s);
    lua_settop(L, 0);
    set_collector(L, s);
    return 0;
}

bool script_state_ready(struct state *s, struct err *err)
{
    if (s->L)
        return true;
    script_budget_close(s);
    s->L = lua_newstate(script_budget_lend, s);
    int status = LUA_ERRMEM;
    if (s->L) {
        script_state_guard(s);
        status = script_state_protect(s, build, NULL);
    }
    if (status == LUA_OK) {
        lua_settop(s->L, 0);
        s->collector_rests = s->trust == SCRIPT_TENANT;
        if (s->trust == SCRIPT_TENANT)
            s->fresh = script_heap_freeze(&s->heap, SIZE_MAX);
        s->fresh_bytes = s->heap.live;
        return true;
    }
    char why[200] = "out of memory";
    if (status == LUA_ERRRUN && lua_type(s->L, -1) == LUA_TSTRING)
        script_failure_text(why, sizeof why, str_of(lua_tostring(s->L, -1)));
    script_state_done(s);
    return err_set(err, ERR_SYSTEM, "script.state", "no Lua state could be made: %s",
                   why);
}

static bool may_stay(const struct state *s)
{
    return !s->kill && s->heap.live < KEEP_TRUSTED
           && s->heap.reserved < (size_t)2 * KEEP_TRUSTED;
}

static void forget_prepared(struct prepared *prepared)
{
    mem_free(prepared->image);
    *prepared = (struct prepared){ .id = 0 };
}

static void forget_images(struct state *s)
{
    mem_free(s->fresh);
    s->fresh = NULL;
    for (size_t i = 0; i < PREPARED_SLOTS; i++)
        forget_prepared(&s->prepared[i]);
}

static void renew_tenant(struct state *s)
{
    if (!s->fresh) {
        forget_images(s);
        script_heap_clear(&s->heap, KEEP_TENANT);
        s->L = NULL;
        return;
    }
    script_heap_trim(&s->heap, KEEP_TENANT);
    s->is_spent = true;
}

static void thaw(struct state *s, const struct image *image)
{
    script_heap_thaw(&s->heap, image);
    s->collector_rests = true;
    s->is_spent = false;
}

void script_state_refresh(struct state *s)
{
    if (s->is_spent)
        thaw(s, s->fresh);
    s->lingers = false;
}

static struct prepared *slot_of(struct state *s, uint64_t id)
{
    return &s->prepared[id % PREPARED_SLOTS];
}

/* What a script did within more memory it may not do within less. */
static bool is_of(const struct prepared *prepared, uint64_t id,
                  const struct script_limits *limits)
{
    return prepared->id == id && prepared->heap_bytes == limits->heap_bytes
           && prepared->largest_bytes == limits->largest_bytes;
}

const struct prepared *script_state_recall(struct state *s, uint64_t id,
                                           const struct script_limits *limits)
{
    const struct prepared *prepared = slot_of(s, id);
    if (!is_of(prepared, id, limits) || !prepared->image)
        return NULL;
    thaw(s, prepared->image);
    s->lingers = prepared->lingers;
    return prepared;
}

void script_state_note(struct state *s, uint64_t id, const struct script_limits *limits,
                       int64_t fuel)
{
    struct prepared *prepared = slot_of(s, id);
    if (!is_of(prepared, id, limits)) {
        forget_prepared(prepared);
        prepared->id = id;
        prepared->heap_bytes = limits->heap_bytes;
        prepared->largest_bytes = limits->largest_bytes;
        return;
    }
    prepared->image = s->fresh ? script_heap_freeze(&s->heap, PREPARED_BYTES) : NULL;
    prepared->fuel = fuel;
    prepared->peak = s->heap.peak;
    prepared->lingers = s->lingers;
}

void script_state_renew(struct state *s)
{
    s->text.n = 0;
    if (s->text.cap > KEEP_TEXT)
        buf_done(&s->text);
    if (!s->L)
        return;
    if (s->trust == SCRIPT_TENANT)
        renew_tenant(s);
    else if (!may_stay(s))
        script_state_done(s);
    else
        lua_settop(s->L, 0);
}

void script_state_done(struct state *s)
{
    forget_images(s);
    s->is_spent = false;
    script_heap_clear(&s->heap, 0);
    buf_done(&s->text);
    memset(s->loaded, 0, sizeof s->loaded);
    s->L = NULL;
}
