/*
 * script: Lua 5.4, contained. Runs a component's functions with a budget of instructions,
 * memory, time and output that they can neither outlive nor swallow.
 *
 * Knows nothing of components, tenants or the store; what a script may call is pushed by
 * the floor that has it (bind), through lua_State. Only text is ever loaded from outside.
 * Threads: a `struct script` (a compiled source) is immutable, counted and shared; a
 * `struct script_worker` and its Lua states belong to one thread.
 * The rules, and why, stand at the top of script.c; how a script may hurt and what
 * contains it stands beside each part.
 */
#pragma once
#include "doc/doc.h"

#include <lua.h>

/* What one call may use up. */
struct script_limits {
    int64_t fuel;         /* units; 1 is about one VM instruction */
    int deadline_ms;      /* wall clock from the call's start */
    size_t heap_bytes;    /* of the Lua state beyond what it held before the call */
    size_t largest_bytes; /* one allocation */
    size_t result_bytes;  /* of the result, as JSON text would count */
};

extern const struct script_limits script_limits_render; /* sandbox defaults of a load */
extern const struct script_limits script_limits_action;
extern const struct script_limits
    script_limits_publish; /* compiling and reading a manifest */

/* What one call did use. */
struct script_use {
    int64_t fuel;
    int64_t elapsed_us;
    size_t peak_bytes;
};

enum {
    SCRIPT_MAX_SOURCE = 64 << 10, /* bytes */
};

enum script_trust {
    SCRIPT_TRUSTED, /* runs in the worker's own state, with a fresh environment each call
                     */
    SCRIPT_TENANT,  /* runs in a fresh state each call */
};

struct script;
struct script_worker;

/* A library that a floor above adds to every state a worker makes: `open` is called once
 * a state, in a protected call, and registers metatables and functions of its own. */
struct script_library {
    void (*open)(lua_State *L);
};

/* Compiles `source`. `name` is what errors call it ("todo/component.lua").
 * Errors: script.size, script.text (not UTF-8, or holds NUL or a binary chunk),
 * script.syntax (where "name:LINE"), script.complex (a function is too long or too deeply
 * nested). */
bool script_open(str source, str name, enum script_trust trust, struct script **ret,
                 struct err *err) MUST_CHECK;
struct script *script_hold(struct script *script);
void script_drop(struct script *script);
str script_name(const struct script *script);

/* `libraries` ends with one whose open is NULL, and must outlive the worker; NULL for
 * none. */
bool script_worker_open(const struct script_library *libraries,
                        struct script_worker **ret, struct err *err) MUST_CHECK;
void script_worker_close(struct script_worker *worker);

/* Runs the chunk and gives the table it returns as a value in `arena`: functions are
 * given as { "function": true }. Errors: as script_call. */
bool script_manifest(struct script_worker *worker, const struct script *script,
                     const struct script_limits *limits, struct arena *arena,
                     struct val *ret, struct err *err) MUST_CHECK;

/* One call of a function that the chunk's table holds. */
struct script_call {
    const struct script *script;
    str entry; /* "load", or "actions.done.run" */
    const struct script_limits *limits;
    void (*push_argument)(lua_State *L, void *host); /* pushes one value; may raise */
    void *host;          /* script_host gives it back, in this call only */
    struct arena *arena; /* the result lives here */
};

/* Errors: script.missing (no such function), script.failed (the script raised; where
 * "name:LINE", text what it said, bounded), script.fuel, script.deadline, script.memory,
 * script.output, script.result (what came back is not plain data). An `err` raised by a
 * host function with script_raise comes back as it is, with the line as `where`.
 * `ret_use` may be NULL. */
bool script_call(struct script_worker *worker, const struct script_call *call,
                 struct val *ret, struct script_use *ret_use, struct err *err) MUST_CHECK;

/* ---- for host functions (bind) ---- */

/* The host of the running call; NULL while no call runs. */
void *script_host(lua_State *L);
/* The arena of the running call: what is allocated in it outlives the call. */
struct arena *script_arena(lua_State *L);
/* Takes `units` of fuel; does not return when the budget is used up. */
void script_charge(lua_State *L, int64_t units);
/* Raises `err` as a Lua error that comes back from script_call unchanged. Never returns.
 */
int script_raise(lua_State *L, const struct err *err);
/* Pushes a value: scalars as themselves, absent and null as nil, lists and maps as
 * read-only views that build no tables and are refused after the call has ended. */
void script_push(lua_State *L, struct val v);
/* The value at `index` as plain data in the call's arena; raises script.result when it is
 * not. A view gives back the very value it shows, still packed. */
struct val script_value(lua_State *L, int index);
