/*
 * A stable merge sort of numbers 0 … n-1 by what they stand for. Every comparison may run
 * the script, which may raise, build strings or change the table it came from; so the
 * order is kept outside of Lua, reached by offset, and nothing is written back before it
 * is known.
 */
#include "state.h"

enum { MAX_ITEMS = 1 << 19 };

static uint32_t *slots(const struct sorting *sorting, size_t at)
{
    return (uint32_t *)(void *)(sorting->s->text.p + at);
}

uint32_t script_sorting_at(const struct sorting *sorting, size_t i)
{
    return slots(sorting, sorting->order)[i];
}

struct run {
    size_t from; /* where the items stand */
    size_t to;   /* where they go */
    size_t low, middle, high;
};

static void merge(lua_State *L, const struct sorting *sorting, const struct run *run)
{
    size_t left = run->low;
    size_t right = run->middle;
    for (size_t i = run->low; i < run->high; i++) {
        bool from_right = left == run->middle;
        if (!from_right && right < run->high) {
            uint32_t a = slots(sorting, run->from)[right];
            uint32_t b = slots(sorting, run->from)[left];
            charge(sorting->s, 2);
            from_right = sorting->less(L, sorting, a, b);
        }
        uint32_t item = slots(sorting, run->from)[from_right ? right++ : left++];
        slots(sorting, run->to)[i] = item;
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void script_sorting_run(lua_State *L, struct sorting *sorting, size_t n)
{
    struct state *s = sorting->s;
    if (n > MAX_ITEMS)
        too_many(L, "items to sort");
    size_t from = (s->text.n + 7) & ~(size_t)7;
    size_t to = from + n * sizeof(uint32_t);
    script_text_room(s, to + n * sizeof(uint32_t) - s->text.n);
    s->text.n = to + n * sizeof(uint32_t);
    for (size_t i = 0; i < n; i++)
        slots(sorting, from)[i] = (uint32_t)i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            struct run run = { from, to, low, least(low + width, n),
                               least(low + 2 * width, n) };
            merge(L, sorting, &run);
        }
        size_t swap = from;
        from = to;
        to = swap;
    }
    sorting->order = from;
}
