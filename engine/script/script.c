/*
 * Containing Lua, in six rules:
 *
 * 1. White list by construction. A script finds what environment.c put there; Lua's own
 *    string, table and basic functions are replaced by ours, which use raw access, are
 * paid for, and show no address. It never holds a real metatable (metatables.c).
 * 2. One currency, and a sticky kill (budget.c). Every instruction, byte and step of work
 * is charged; after the kill no frame runs more than one instruction, and the host looks
 * at the kill even when Lua says that all went well.
 * 3. Nothing of a script runs outside an armed, protected call: no finalizers, no
 * lua_close, no metamethod on a result (values.c).
 * 4. Only text comes in, looked over once it is compiled (compile.c, dump.c).
 * 5. The same inputs give the same result: no clock, no random numbers, no order that
 * hangs on an address (order.c).
 * 6. One call leaves nothing for the next. A tenant's call runs in a state put back, byte
 * for byte, to how it was built, or to how the script's chunk left it (heap.c). A trusted
 * call runs in a state that lives on,
 * with a fresh environment; what calls share there is sealed. A stop of any kind drops
 * that state.
 *
 * An unbounded operation that charges nothing must not exist. What cannot be charged from
 * within (a copy, a comparison, a collection) is bounded by the largest allocation
 * instead, to about a millisecond, and the hook looks at the clock every 200
 * instructions.
 */
#include "state.h"

const struct script_limits script_limits_render = {
    .fuel = 5000000,
    .deadline_ms = 50,
    .heap_bytes = 8 << 20,
    .largest_bytes = 1 << 20,
    .result_bytes = 512 << 10,
};

const struct script_limits script_limits_action = {
    .fuel = 20000000,
    .deadline_ms = 250,
    .heap_bytes = 16 << 20,
    .largest_bytes = 1 << 20,
    .result_bytes = 64 << 10,
};

const struct script_limits script_limits_publish = {
    .fuel = 10000000,
    .deadline_ms = 250,
    .heap_bytes = 32 << 20,
    .largest_bytes = 1 << 20,
    .result_bytes = 512 << 10,
};

struct script_worker {
    struct state trusted;
    struct state tenant;
    bool busy;
};

/* A call, or with no entry the reading of a manifest. */
struct job {
    struct state *s;
    const struct script_call *call;
    bool is_manifest;
    struct val value;
};

static const char loaded_key;    /* registry: chunk and component of each loaded script */
static const char component_key; /* registry: of the script, in a tenant's state */

/* ---- the component of a script ---- */

struct piece {
    const char *p;
    size_t n;
};

static const char *read_code(lua_State *L, void *data, size_t *ret_n)
{
    (void)L;
    struct piece *piece = data;
    *ret_n = piece->n;
    piece->n = 0;
    return piece->p;
}

static void push_chunk(lua_State *L, const struct script *script)
{
    struct piece piece = { script->code, script->code_bytes };
    int status = lua_load(L, read_code, &piece, "=script", "b");
    if (status == LUA_ERRMEM)
        script_budget_stop(state_of(L), KILL_MEMORY);
    if (status != LUA_OK)
        lua_error(L);
}

static void push_loaded(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
}

/* The chunk at the top gets a fresh environment, which all its functions share. */
static void set_environment(lua_State *L)
{
    script_environment_push(L);
    if (!lua_setupvalue(L, -2, 1))
        lua_pop(L, 1);
}

/* Pushes what the chunk returned, running it when this state has not yet. */
static void push_shared_component(lua_State *L, const struct script *script)
{
    struct state *s = state_of(L);
    size_t slot = script->id % LOADED_SLOTS;
    lua_Integer at = 2 * (lua_Integer)slot + 1;
    push_loaded(L);
    int loaded = lua_gettop(L);
    if (s->loaded[slot] == script->id) {
        lua_rawgeti(L, loaded, at);
        set_environment(L);
        lua_rawgeti(L, loaded, at + 1);
        return;
    }
    s->loaded[slot] = 0;
    push_chunk(L, script);
    set_environment(L);
    lua_pushvalue(L, -1);
    lua_rawseti(L, loaded, at);
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, loaded, at + 1);
    s->loaded[slot] = script->id;
}

/* Runs the chunk, which finds no call: what it makes is the same in every one. */
static int load_component(lua_State *L)
{
    struct job *job = lua_touserdata(L, 1);
    push_chunk(L, job->call->script);
    lua_call(L, 0, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &component_key);
    return 0;
}

static void push_component(lua_State *L, const struct script *script)
{
    if (script->trust == SCRIPT_TRUSTED)
        push_shared_component(L, script);
    else
        lua_rawgetp(L, LUA_REGISTRYINDEX, &component_key);
}

/* ---- the protected part ---- */

static void raise_missing(lua_State *L, const struct script_call *call, const char *what)
{
    struct err err;
    err_at(&err, ERR_MISSING, "script.missing", script_name(call->script),
           "the script has no %s%.*s", what, STR_ARG(call->entry));
    script_raise(L, &err);
}

/* Replaces the component at the top by the function that call->entry names in it. */
static void find_entry(lua_State *L, const struct script_call *call)
{
    str rest = call->entry;
    while (rest.p) {
        str name = str_cut(rest, '.', &rest);
        if (lua_type(L, -1) != LUA_TTABLE)
            raise_missing(L, call, "function ");
        lua_pushlstring(L, name.p, name.n);
        lua_rawget(L, -2);
        lua_replace(L, -2);
    }
    if (lua_type(L, -1) != LUA_TFUNCTION)
        raise_missing(L, call, "function ");
}

static void forget_last_call(lua_State *L, struct state *s)
{
    if (!s->lingers || s->trust == SCRIPT_TENANT)
        return;
    script_metatables_forget(L);
    script_order_forget(L);
    s->lingers = false;
}

static int run(lua_State *L)
{
    struct job *job = lua_touserdata(L, 1);
    const struct script_call *call = job->call;
    forget_last_call(L, job->s);
    push_component(L, call->script);
    if (job->is_manifest) {
        if (lua_type(L, -1) != LUA_TTABLE)
            raise_missing(L, call, "table to return");
        job->value = script_value_take(job->s, -1, VALUE_MANIFEST);
        return 0;
    }
    find_entry(L, call);
    int function = lua_gettop(L);
    if (call->push_argument)
        call->push_argument(L, call->host);
    lua_call(L, lua_gettop(L) - function, 1);
    job->value = script_value_take(job->s, -1, VALUE_DATA);
    return 0;
}

/* ---- around it ---- */

static bool say_killed(const struct state *s, const struct script_call *call,
                       struct err *err)
{
    const struct script_limits *limits = call->limits;
    str name = script_name(call->script);
    switch (s->kill) {
    case KILL_NONE:
        break;
    case KILL_FUEL:
        err_set(err, ERR_LIMIT, "script.fuel",
                "the script did more than %lld units of work", (long long)limits->fuel);
        break;
    case KILL_DEADLINE:
        err_set(err, ERR_LIMIT, "script.deadline", "the script ran longer than %d ms",
                limits->deadline_ms);
        break;
    case KILL_MEMORY:
        err_set(err, ERR_LIMIT, "script.memory",
                "the script needed more than %zu KiB, or %zu KiB at once",
                limits->heap_bytes >> 10, limits->largest_bytes >> 10);
        break;
    case KILL_OUTPUT:
        err_set(err, ERR_LIMIT, "script.output", "the script gave more than %zu KiB",
                limits->result_bytes >> 10);
    }
    if (s->line)
        return err_in(err, "%.*s:%d", STR_ARG(name), s->line);
    return err_in(err, "%.*s", STR_ARG(name));
}

/* The allocator may overdraw between two looks, so the fuel is looked at once more. */
static bool settle(struct job *job, int status, struct val *ret, struct err *err)
{
    struct state *s = job->s;
    if (status == STATE_PANIC)
        return err_set(err, ERR_SYSTEM, "script.state",
                       "the interpreter gave up and is started anew");
    if (status == LUA_ERRMEM)
        script_budget_stop(s, KILL_MEMORY);
    else if (s->fuel < 0)
        script_budget_stop(s, KILL_FUEL);
    if (s->kill)
        return say_killed(s, job->call, err);
    if (status != LUA_OK) {
        script_failure_read(s, script_name(job->call->script), err);
        return false;
    }
    *ret = job->value;
    return true;
}

static int load(struct job *job, int64_t began_us)
{
    struct state *s = job->s;
    const struct script_limits *limits = job->call->limits;
    script_state_refresh(s);
    script_budget_open(s, limits, s->heap.live, began_us);
    script_budget_arm(s);
    int status = script_state_protect(s, load_component, job);
    if (status == LUA_OK && !s->kill && s->fuel >= 0)
        script_state_note(s, job->call->script->id, limits, limits->fuel - s->fuel);
    return status;
}

/* Opens the budget and makes the script ready in it, as if it had been loaded just now.
 */
static int begin(struct job *job, int64_t began_us)
{
    struct state *s = job->s;
    const struct script_limits *limits = job->call->limits;
    if (s->trust == SCRIPT_TRUSTED) {
        script_budget_open(s, limits, s->heap.live, began_us);
        script_budget_arm(s);
        return LUA_OK;
    }
    const struct prepared *prepared =
        script_state_recall(s, job->call->script->id, limits);
    if (!prepared)
        return load(job, began_us);
    script_budget_open(s, limits, s->fresh_bytes, began_us);
    s->fuel -= prepared->fuel;
    s->heap.peak = prepared->peak;
    return LUA_OK;
}

static bool run_armed(struct job *job, struct val *ret, struct script_use *ret_use,
                      struct err *err)
{
    struct state *s = job->s;
    const struct script_call *call = job->call;
    int64_t began_us = clock_ticks_us();
    size_t held = s->trust == SCRIPT_TENANT ? s->fresh_bytes : s->heap.live;
    s->turn++;
    s->name = script_name(call->script);
    s->arena = call->arena;
    int status = begin(job, began_us);
    s->host = call->host;
    if (status == LUA_OK)
        status = script_state_protect(s, run, job);
    struct script_use use = {
        .fuel = call->limits->fuel - (s->fuel > 0 ? s->fuel : 0),
        .elapsed_us = clock_ticks_us() - began_us,
        .peak_bytes = s->heap.peak - held,
    };
    bool ok = settle(job, status, ret, err);
    script_budget_close(s);
    s->turn++;
    s->name = (str){ NULL, 0 };
    s->arena = NULL;
    s->host = NULL;
    if (ret_use)
        *ret_use = use;
    return ok;
}

static bool run_job(struct script_worker *worker, struct job *job, struct val *ret,
                    struct script_use *ret_use, struct err *err)
{
    bool trusted = job->call->script->trust == SCRIPT_TRUSTED;
    if (ret_use)
        *ret_use = (struct script_use){ 0 };
    if (worker->busy)
        return err_set(err, ERR_SYSTEM, "script.nested",
                       "a script may not run inside a call of another");
    job->s = trusted ? &worker->trusted : &worker->tenant;
    worker->busy = true;
    bool ok = script_state_ready(job->s, err) && run_armed(job, ret, ret_use, err);
    script_state_renew(job->s);
    worker->busy = false;
    return ok;
}

bool script_call(struct script_worker *worker, const struct script_call *call,
                 struct val *ret, struct script_use *ret_use, struct err *err)
{
    struct job job = { .call = call };
    return run_job(worker, &job, ret, ret_use, err);
}

bool script_manifest(struct script_worker *worker, const struct script *script,
                     const struct script_limits *limits, struct arena *arena,
                     struct val *ret, struct err *err)
{
    struct script_call call = { .script = script, .limits = limits, .arena = arena };
    struct job job = { .call = &call, .is_manifest = true };
    return run_job(worker, &job, ret, NULL, err);
}

/* ---- workers ---- */

bool script_worker_open(const struct script_library *libraries,
                        struct script_worker **ret, struct err *err)
{
    struct script_worker *worker = mem_zero(sizeof *worker);
    script_state_init(&worker->trusted, SCRIPT_TRUSTED, libraries);
    script_state_init(&worker->tenant, SCRIPT_TENANT, libraries);
    if (!script_state_ready(&worker->trusted, err)) {
        script_worker_close(worker);
        return false;
    }
    *ret = worker;
    return true;
}

void script_worker_close(struct script_worker *worker)
{
    if (!worker)
        return;
    script_state_done(&worker->trusted);
    script_state_done(&worker->tenant);
    mem_free(worker);
}

static void refuse_heap(struct heap *heap, int64_t after, int64_t every)
{
    heap->growths = 0;
    heap->refuse_after = after;
    heap->refuse_every = every;
}

void script_worker_refuse(struct script_worker *worker, int64_t after, int64_t every)
{
    refuse_heap(&worker->trusted.heap, after, every);
    refuse_heap(&worker->tenant.heap, after, every);
}

/* ---- for host functions ---- */

void *script_host(lua_State *L)
{
    return state_of(L)->host;
}

struct arena *script_arena(lua_State *L)
{
    return state_of(L)->arena;
}

uint64_t script_turn(lua_State *L)
{
    return state_of(L)->turn;
}

void script_charge(lua_State *L, int64_t units)
{
    enum { MOST = 1 << 30 }; /* so that no sum of charges wraps around */
    int64_t bounded = units < 0 ? 0 : units > MOST ? MOST : units;
    charge(state_of(L), bounded);
}
