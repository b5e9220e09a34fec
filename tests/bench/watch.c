/* Finding what a change makes stale among many watched fragments, most of which it does
 * not concern: prints the microseconds a change. */
#include "watch/watch.h"

#include <stdio.h>

enum { WATCHED = 200000, CHANGES = 20000 };

/* As a person's card reads: her own records by an index, and one record. */
static struct reads reads_of(struct arena *arena, size_t i)
{
    struct read *items = ARENA_ARRAY(arena, struct read, 2);
    items[0].lo = arena_format(arena, "index/task/assignee/%08zu/", i);
    items[0].hi = arena_format(arena, "index/task/assignee/%08zu0", i);
    items[1].lo = arena_format(arena, "record/person/%08zu", i);
    items[1].hi = STR("");
    return (struct reads){ arena, items, 2 };
}

int main(void)
{
    struct arena *arena = arena_open();
    struct watch *watch = watch_open();
    struct watcher *watchers = mem_zero(WATCHED * sizeof *watchers);
    size_t found = 0;
    int64_t spent_us = 0;
    for (size_t i = 0; i < WATCHED; i++) {
        struct reads reads = reads_of(arena, i);
        if (!watch_add(watch, &watchers[i], &reads, 1))
            return 1;
    }
    for (size_t i = 0; i < CHANGES; i++) {
        size_t who = i * 7919 % WATCHED;
        str keys[] = { arena_format(arena, "index/task/assignee/%08zu/due/%zu", who, i),
                       arena_format(arena, "record/task/%zu", i) };
        struct change change = { .keys = keys, .key_count = 2 };
        struct commit commit = { i + 2, &change, 1 };
        int64_t began_us = clock_ticks_us();
        found += watch_meet(watch, &commit);
        spent_us += clock_ticks_us() - began_us;
    }
    for (size_t i = 0; i < WATCHED; i++)
        watch_remove(watch, &watchers[i]);
    watch_close(watch);
    arena_close(arena);
    mem_free(watchers);
    printf("%.3f\n", (double)spent_us / CHANGES);
    return found == CHANGES ? 0 : 1;
}
