/*
 * One currency, fuel, for everything a script can make the machine do: VM instructions
 * (the count hook), allocated bytes (the allocator), and the work of library functions
 * (charge).
 *
 * The kill is sticky. It is not the error value that ends a script, which pcall could
 * catch, but the flag: after it the hook fires at every instruction, every charge raises,
 * and our pcall raises again, so each frame that regains control dies at once. The
 * allocator cannot raise, since Lua does not expect it to; it sets the flag and the hook,
 * and the next instruction dies.
 *
 * An allocation that is refused makes Lua collect everything and try once more. A script
 * could live just under its cap and have that done for each object, so every refusal
 * costs as much as the collection does.
 */
#include "state.h"

enum {
    BYTES_PER_UNIT = 64,    /* of an allocation */
    REFUSED_PER_UNIT = 16,  /* bytes of heap that the collector walked */
    COLLECT_ABOVE = 1 << 20 /* bytes; a short call ends before collecting would pay */
};

static char kill_mark; /* its address is the error object of a kill */

void script_budget_note_line(struct state *s)
{
    lua_Debug frame;
    for (int level = 0; level < 12 && lua_getstack(s->L, level, &frame); level++) {
        if (lua_getinfo(s->L, "l", &frame) && frame.currentline > 0) {
            s->line = frame.currentline;
            return;
        }
    }
}

/* On a busy machine the time may have gone to others. So the deadline alone stops
 * nothing: behind it the script has as much processor time again, which only it can use
 * up. */
static bool is_late(struct state *s)
{
    if (clock_ticks_us() <= s->deadline_us)
        return false;
    if (!s->thread_until_us)
        s->thread_until_us = clock_thread_us() + s->allowed_us;
    return clock_thread_us() > s->thread_until_us;
}

static void look(struct state *s)
{
    if (s->fuel < 0)
        script_budget_stop(s, KILL_FUEL);
    else if (is_late(s))
        script_budget_stop(s, KILL_DEADLINE);
    else
        s->look_at = s->fuel > CLOCK_EVERY ? s->fuel - CLOCK_EVERY : 0;
}

static void raise_kill(struct state *s)
{
    script_budget_note_line(s);
    lua_pushlightuserdata(s->L, &kill_mark);
    lua_error(s->L);
}

void script_budget_look(struct state *s)
{
    if (!s->kill)
        look(s);
    if (s->kill)
        raise_kill(s);
}

static void on_count(lua_State *L, lua_Debug *frame)
{
    (void)frame;
    struct state *s = state_of(L);
    s->fuel -= COUNT_EVERY;
    if (s->collector_rests && s->heap.live > COLLECT_ABOVE) {
        s->collector_rests = false;
        lua_gc(L, LUA_GCRESTART);
    }
    script_budget_look(s);
}

void script_budget_stop(struct state *s, enum kill kill)
{
    if (s->kill)
        return;
    s->kill = kill;
    s->look_at = INT64_MAX;
    lua_sethook(s->L, on_count, LUA_MASKCOUNT, 1);
}

static void pay(struct state *s, size_t units)
{
    s->fuel -= (int64_t)units;
    if (s->fuel < s->look_at && !s->kill)
        look(s);
}

void *script_budget_lend(void *state, void *p, size_t old_size, size_t size)
{
    struct state *s = state;
    if (s->running && size > (p ? old_size : 0))
        pay(s, size / BYTES_PER_UNIT + 1);
    void *fresh = script_heap_fit(&s->heap, p, old_size, size);
    if (!fresh && size && s->running) {
        script_budget_note_line(s);
        pay(s, s->heap.live / REFUSED_PER_UNIT);
    }
    return fresh;
}

void script_budget_open(struct state *s, const struct script_limits *limits,
                        size_t held_bytes, int64_t now_us)
{
    s->heap.peak = s->heap.live;
    s->heap.cap = held_bytes + limits->heap_bytes;
    s->heap.largest = limits->largest_bytes;
    s->fuel = limits->fuel;
    s->look_at = s->fuel > CLOCK_EVERY ? s->fuel - CLOCK_EVERY : 0;
    s->allowed_us = (int64_t)limits->deadline_ms * 1000;
    s->deadline_us = now_us + s->allowed_us;
    s->thread_until_us = 0;
    s->result_bytes = limits->result_bytes;
    s->kill = KILL_NONE;
    s->line = 0;
    s->running = true;
}

void script_budget_arm(struct state *s)
{
    lua_sethook(s->L, on_count, LUA_MASKCOUNT, COUNT_EVERY);
}

void script_budget_close(struct state *s)
{
    s->running = false;
    s->look_at = INT64_MIN;
    s->fuel = INT64_MAX;
    s->heap.cap = HEAP_MAX;
    s->heap.largest = HEAP_MAX;
    if (s->L)
        lua_sethook(s->L, NULL, 0, 0);
}
