/*
 * script: Lua 5.4, contained. Runs a component's functions with a budget of instructions,
 * memory, time and output that they can neither outlive nor swallow.
 *
 * Knows nothing of components, tenants or the store; what a script may call is pushed by
 * the floor that has it (bind), through lua_State. Only text is ever loaded from outside.
 * Threads: a `struct script` (a compiled source) is immutable, counted and shared; a
 * `struct script_worker` and its Lua states belong to one thread, which needs a stack of
 * at least SCRIPT_STACK bytes, here and in script_open. The rules, and why, stand at the
 * top of script.c; how a script may hurt and what contains it stands beside each part.
 */
#pragma once
#include "doc/doc.h"

#include <lua.h>

/* What one call may use up. */
struct script_limits {
    int64_t fuel;         /* units; 1 is about one VM instruction */
    int deadline_ms;      /* wall clock from the call's start, then processor time */
    size_t heap_bytes;    /* of the Lua state beyond what it held before the call */
    size_t largest_bytes; /* one allocation */
    size_t result_bytes;  /* of the result, as JSON text would count without escapes */
};

extern const struct script_limits script_limits_render; /* one load */
extern const struct script_limits script_limits_action;
extern const struct script_limits script_limits_publish; /* compiling, a manifest */

/* What one call did use. */
struct script_use {
    int64_t fuel;
    int64_t elapsed_us;
    size_t peak_bytes; /* of the heap, beyond what the state held before the call */
};

enum {
    SCRIPT_MAX_SOURCE = 64 << 10, /* bytes of a chunk */
    SCRIPT_STACK = 1 << 20,       /* bytes of C stack */
};

/* What differs for a script's author is one thing: a trusted chunk runs once in each
 * worker, so locals of the file outlive a call. They must be constants. */
enum script_trust {
    SCRIPT_TRUSTED, /* runs in the worker's own state, with a fresh environment each call
                     */
    SCRIPT_TENANT,  /* runs in a state of its own, as it is after the chunk, each call */
};

struct script;
struct script_worker;

/* A library that a floor above adds to every state a worker makes: `open` is called once
 * a state, protected, with the table of globals at index 1. What it sets there scripts
 * find under that name; a table should be sealed first. Nothing may have a __gc: states
 * are never closed, they are forgotten. */
struct script_library {
    void (*open)(lua_State *L);
};

/* Compiles `source`. `name` is what errors call it ("todo/component.lua").
 * Errors: script.size, script.text (not UTF-8, or holds NUL or a binary chunk),
 * script.syntax (where "name:LINE"), script.complex (a function is too long, too deeply
 * nested, or has a <close> variable), script.deadline, script.memory. */
bool script_open(str source, str name, enum script_trust trust, struct script **ret,
                 struct err *err) MUST_CHECK;
struct script *script_hold(struct script *script);
void script_drop(struct script *script);
str script_name(const struct script *script);

/* `libraries` ends with one whose open is NULL, and must outlive the worker; NULL for
 * none. Errors: script.state. */
bool script_worker_open(const struct script_library *libraries,
                        struct script_worker **ret, struct err *err) MUST_CHECK;
void script_worker_close(struct script_worker *worker);
/* For tests of faults: refuses memory to the worker's states, every growth after `after`
 * of them (negative: none) and each `every`-th (0: none). */
void script_worker_refuse(struct script_worker *worker, int64_t after, int64_t every);

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
    /* Pushes the argument, or all of them, at most 8; may raise. NULL: none. */
    void (*push_argument)(lua_State *L, void *host);
    void *host;          /* script_host gives it back, in this call only */
    struct arena *arena; /* the result lives here */
};

/* What the function returns: nil is absent; a table is a list, or a map sorted by name;
 * an empty table is a list; a whole float is an integer. Errors: script.missing (no such
 * function), script.failed (the script raised; where "name:LINE", text what it said,
 * bounded), script.fuel, script.deadline, script.memory, script.output, script.result
 * (what came back is not plain data; where is a pointer into it), script.state,
 * script.nested (the worker is in a call already). An `err` raised by a host function
 * with script_raise comes back as it is, with the line in front of `where`. `ret_use` may
 * be NULL. */
bool script_call(struct script_worker *worker, const struct script_call *call,
                 struct val *ret, struct script_use *ret_use, struct err *err) MUST_CHECK;

/* ---- for host functions (bind) ---- */

/* The host of the running call; NULL while no call runs, or a tenant's chunk does. */
void *script_host(lua_State *L);
/* The arena of the running call: what is allocated in it outlives the call. */
struct arena *script_arena(lua_State *L);
/* A number no other call of this worker has. A handle that keeps it can be refused when
 * its call is over. */
uint64_t script_turn(lua_State *L);
/* Takes `units` of fuel; does not return when the budget is used up or the script was
 * stopped. A host function that calls lua_pcall takes 0 after it, so as to swallow no
 * stop. */
void script_charge(lua_State *L, int64_t units);
/* Raises `err` as a Lua error that comes back from script_call unchanged. A script may
 * catch it and read its code, text and where. Never returns. */
int script_raise(lua_State *L, const struct err *err);
/* Pushes a value: scalars as themselves, absent and null as nil, lists and maps as
 * read-only views that build no tables and are refused after the call has ended. */
void script_push(lua_State *L, struct val v);
/* The value at `index` as plain data in the call's arena; raises script.result when it is
 * not. A view gives back the very value it shows, still packed. */
struct val script_value(lua_State *L, int index);
/* Replaces the table at the top by a read-only face of it. Tables in it need their own.
 */
void script_seal(lua_State *L);
