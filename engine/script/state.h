/*
 * What the parts of script share; private to this folder.
 *
 * A `struct state` is one Lua state with the memory it lives in and the budget of the
 * call that runs in it. Every function a script can call finds it through state_of(L).
 * Words: *charge*: take fuel, and stop when it is used up. *stop*: set the sticky kill,
 * after which no frame of the script runs more than one instruction. *turn*: one call;
 * handles remember theirs.
 */
#pragma once
#include "script/script.h"

#include <lauxlib.h>
#include <setjmp.h>

/* ---- heap: the memory of one Lua state ---- */

enum {
    HEAP_CLASSES = 56,
    HEAP_SMALL = 32 << 10,  /* bytes; a larger object is a block of its own */
    HEAP_CHUNK = 256 << 10, /* bytes that small objects are cut from */
    HEAP_MAX = 64 << 20,    /* bytes, where no call sets less */
};

struct chunk;
struct block;

struct heap {
    size_t live;    /* bytes the state holds */
    size_t peak;    /* most of them since the call began */
    size_t cap;     /* `live` may not pass it */
    size_t largest; /* of one object */

    struct chunk *first;
    struct chunk *current;
    size_t used;              /* bytes of the current chunk */
    size_t reserved;          /* bytes of all chunks */
    void *idle[HEAP_CLASSES]; /* freed objects by size class */
    struct block *blocks;

    int64_t growths;      /* requests for more, counted for tests */
    int64_t refuse_after; /* refuses every growth after that many; negative: never */
    int64_t refuse_every; /* refuses each n-th; 0: none */
};

/* What realloc does; NULL when refused. Making an object smaller is never refused. */
void *script_heap_fit(struct heap *heap, void *p, size_t old_size, size_t size);
/* Forgets every object. Keeps chunks up to `keep_bytes`. */
void script_heap_clear(struct heap *heap, size_t keep_bytes);
/* Every object as it is now, for mem_free; NULL when they do not lie in one chunk or are
 * more than `max_bytes`. */
struct image *script_heap_freeze(const struct heap *heap, size_t max_bytes);
/* Gives back what no image needs, but for chunks up to `keep_bytes`: what was there is
 * lost until a thaw. */
void script_heap_trim(struct heap *heap, size_t keep_bytes);
/* Puts every object back to how it was when the image was made. The heap was not cleared
 * since. */
void script_heap_thaw(struct heap *heap, const struct image *image);

/* ---- state ---- */

enum kill { KILL_NONE, KILL_FUEL, KILL_DEADLINE, KILL_MEMORY, KILL_OUTPUT };

enum {
    LOADED_SLOTS = 1024,
    TEXT_MAX = 8 << 20, /* bytes of strings under construction */
    PREPARED_SLOTS = 16,
    PREPARED_BYTES = 96 << 10, /* of one image */
};

/* A tenant's state right after a script's chunk has run in it. */
struct prepared {
    uint64_t id;       /* of the script; 0: none */
    size_t heap_bytes; /* the limits under which it was loaded */
    size_t largest_bytes;
    struct image *image; /* NULL until the script is called again */
    int64_t fuel;        /* what loading it took */
    size_t peak;
    bool lingers;
};

struct state {
    lua_State *L; /* NULL when it must be built first */
    enum script_trust trust;
    const struct script_library *libraries;
    struct heap heap;

    /* The budget of the running call. */
    bool running;
    enum kill kill;
    int64_t fuel;       /* may pass below zero: the allocator cannot raise */
    int64_t look_at;    /* the level of fuel at which the clock is read next */
    int64_t allowed_us; /* from the start to the deadline */
    int64_t deadline_us;
    int64_t
        thread_until_us; /* by the thread's clock, once the deadline has passed; or 0 */
    size_t result_bytes;
    bool collector_rests; /* until the heap has grown by something worth collecting */
    int line;             /* where the script was when something went wrong; 0: unknown */

    /* The running call. */
    uint64_t turn;
    str name; /* of the script */
    struct arena *arena;
    void *host;

    struct buf text; /* strings under construction, used as a stack */
    bool lingers;    /* the registry holds copies or a walk that this call made */

    const void *view_metatable;
    const void *failure_metatable;
    jmp_buf recovery; /* where a panic goes */

    /* Ids of the scripts whose chunks this state has run, when it is trusted. */
    uint64_t loaded[LOADED_SLOTS];

    /* Of a tenant's. Images hold addresses: they end with the Lua state. */
    struct image *fresh; /* how it was built; NULL when it must be built for each call */
    size_t fresh_bytes;
    bool is_spent; /* a call ran in it: nothing of it is touched before a thaw */
    struct prepared prepared[PREPARED_SLOTS];
};

static inline struct state *state_of(lua_State *L)
{
    return *(struct state **)lua_getextraspace(L);
}

void script_state_init(struct state *s, enum script_trust trust,
                       const struct script_library *libraries);
/* Makes a panic of s->L come back from script_state_protect. */
void script_state_guard(struct state *s);
/* Builds the Lua state when there is none. */
bool script_state_ready(struct state *s, struct err *err) MUST_CHECK;
/* Ends a call: a tenant's state waits to be put back, a trusted one that was stopped or
 * has grown too large is dropped. */
void script_state_renew(struct state *s);
/* Puts a tenant's state back to how it was built. */
void script_state_refresh(struct state *s);
/* Puts a tenant's state back to how it was right after this script was loaded within as
 * much memory; NULL when that is not remembered. Its budget opens at fresh_bytes, armed.
 */
const struct prepared *script_state_recall(struct state *s, uint64_t id,
                                           const struct script_limits *limits);
/* Remembers it when the script is loaded for the second time: `fuel` is what that took.
 */
void script_state_note(struct state *s, uint64_t id, const struct script_limits *limits,
                       int64_t fuel);
void script_state_done(struct state *s);
/* Runs `body` with `data` (a light userdata at index 1) protected, and leaves its error
 * object on the stack. Gives Lua's status, or STATE_PANIC, after which there is no state.
 */
int script_state_protect(struct state *s, lua_CFunction body, void *data);

enum { STATE_PANIC = -1 };

/* ---- budget ---- */

enum {
    COUNT_EVERY = 200,   /* instructions between two looks of the hook */
    CLOCK_EVERY = 20000, /* units between two readings of the clock */
};

void *script_budget_lend(void *state, void *p, size_t old_size, size_t size);
/* `held_bytes` of the heap are not the call's. */
void script_budget_open(struct state *s, const struct script_limits *limits,
                        size_t held_bytes, int64_t now_us);
/* Counts instructions from now on. */
void script_budget_arm(struct state *s);
void script_budget_close(struct state *s);
void script_budget_stop(struct state *s, enum kill kill);
/* Raises the kill if there is one, or looks at the clock. */
void script_budget_look(struct state *s);
/* Notes the line of the innermost Lua function. */
void script_budget_note_line(struct state *s);

static inline void charge(struct state *s, int64_t units)
{
    s->fuel -= units;
    if (s->fuel < s->look_at)
        script_budget_look(s);
}

static inline void charge_bytes(struct state *s, size_t bytes)
{
    charge(s, (int64_t)(bytes / 16));
}

/* ---- text: strings under construction ----
 *
 * A function notes `s->text.n`, adds, and pushes what it added with script_text_push,
 * which puts the stack back. Where the script may run in between, only offsets are kept.
 */

void script_text_room(struct state *s, size_t bytes);
void script_text_add(struct state *s, const char *p, size_t n);
void script_text_push(lua_State *L, struct state *s, size_t start);

/* Where in a string of `n` bytes a start that may count from the end lies; at least 1. */
size_t script_string_start(lua_Integer at, size_t n);

/* ---- values of the script ---- */

struct view {
    struct val v;
    uint64_t turn;
    uint32_t bytes; /* as JSON text would count; 0: not counted yet */
    uint32_t depth;
};

/* The value that the view at `index` shows; NULL when there is no view. Raises when its
 * turn is over. */
struct view *script_view_at(lua_State *L, int index);
void script_view_open(lua_State *L, struct state *s);
/* pairs(view) and next(view, key), with the view at index 1. */
int script_view_pairs(lua_State *L);
int script_view_next(lua_State *L);

enum value_rule { VALUE_DATA, VALUE_MANIFEST };

/* The value at `index` as plain data in the call's arena. Raises. */
struct val script_value_take(struct state *s, int index, enum value_rule rule);

/* Pushes what tostring gives for the value at `index`. Runs __tostring. */
const char *script_value_text(lua_State *L, int index, size_t *ret_n);
/* Raises unless the value at `arg` is a table that the script may change. */
void script_check_writable(lua_State *L, int arg);
/* Pushes the table behind the sealed face at `index`; pushes nothing and gives false when
 * it is not one. */
bool script_push_sealed(lua_State *L, int index);

/* ---- failures ---- */

void script_failure_open(lua_State *L, struct state *s);
/* What the error object at the top says, read by type alone. `name` is the script's. */
void script_failure_read(struct state *s, str name, struct err *err);
/* Copies `said` with control bytes escaped, cut at a character's end. `size` ≥ 1. */
void script_failure_text(char *out, size_t size, str said);
/* Bytes of a script's name that Lua shows in its messages. */
enum { SHOWN_NAME = LUA_IDSIZE - 2 };

/* Takes "name:LINE: " off the front of `said`; the line, or 0. */
int script_failure_line(str name, str *said);

/* ---- Unicode ---- */

/* Bytes of the UTF-8 character at `p`, 0 when there is none. `lax`: up to 2^31,
 * surrogates too. */
size_t script_unicode_read(const char *p, const char *end, bool lax, uint32_t *ret_point);

/* ---- order ---- */

struct sorting;

/* Whether item `a` stands before item `b`; may run the script. */
typedef bool sorting_less(lua_State *L, const struct sorting *sorting, uint32_t a,
                          uint32_t b);

struct sorting {
    struct state *s;
    sorting_less *less;
    size_t order; /* where in s->text the items stand, as uint32_t */
    size_t items; /* for `less` */
    int table;    /* for `less` */
};

/* Sorts 0 … n-1 by `less`, stably; the order stands at sorting->order, above s->text.n as
 * it was: the caller puts that back. */
void script_sorting_run(lua_State *L, struct sorting *sorting, size_t n);
uint32_t script_sorting_at(const struct sorting *sorting, size_t i);

/* ---- compiled scripts ---- */

struct script {
    long count;
    uint64_t id; /* never used twice */
    enum script_trust trust;
    char *code; /* what lua_dump gave; it never leaves memory */
    size_t code_bytes;
    size_t name_bytes;
    char name[];
};

/* Walks a dump. False (script.complex) for a function that is too long or too deeply
 * nested, or that uses <close>. */
bool script_dump_check(str dump, str name, struct err *err) MUST_CHECK;

/* ---- what scripts may call, by library ---- */

extern const luaL_Reg script_basics_functions[];
extern const luaL_Reg script_metatables_functions[];
extern const luaL_Reg script_order_functions[];
extern const luaL_Reg script_strings_functions[];
extern const luaL_Reg script_patterns_functions[];
extern const luaL_Reg script_format_functions[];
extern const luaL_Reg script_tables_functions[];
extern const luaL_Reg script_unicode_functions[];

/* What the registry holds of one call only, when s->lingers says so. */
void script_metatables_forget(lua_State *L);
void script_order_forget(lua_State *L);

/* Builds the table of globals and all that hangs on it; leaves nothing. */
void script_environment_open(lua_State *L, struct state *s);
/* Pushes an environment in which nothing was set yet. */
void script_environment_push(lua_State *L);

/* Raises with text about the arguments. */
static inline int too_many(lua_State *L, const char *what)
{
    return luaL_error(L, "too many %s", what);
}
