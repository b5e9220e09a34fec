#include "watch/watch.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static struct reads reads_of(const char *lo, const char *hi)
{
    struct read *one = ARENA_NEW(arena, struct read);
    *one = (struct read){ str_of(lo), str_of(hi) };
    return (struct reads){ arena, one, 1 };
}

static size_t meet(struct watch *watch, const char *key, uint64_t revision)
{
    str keys[] = { str_of(key) };
    struct change change = { .keys = keys, .key_count = 1 };
    struct commit commit = { revision, &change, 1 };
    return watch_meet(watch, &commit);
}

static void test_watch_marks_who_read_the_key_and_nobody_else(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct watcher point = { 0 };
    struct watcher interval = { 0 };
    struct reads a = reads_of("m", "");
    struct reads b = reads_of("k", "n");
    assert_true(watch_add(watch, &point, &a, 1));
    assert_true(watch_add(watch, &interval, &b, 1));
    assert_int_equal(meet(watch, "n", 2), 0);
    assert_int_equal(meet(watch, "j", 2), 0);
    assert_int_equal(meet(watch, "k", 3), 1);
    assert_true(watcher_is_stale(&interval));
    assert_false(watcher_is_stale(&point));
    assert_int_equal(meet(watch, "m", 4), 1);
    watch_remove(watch, &point);
    watch_remove(watch, &interval);
    assert_int_equal(watch_count(watch).topics, 0);
    watch_close(watch);
}

static void test_watch_refuses_what_has_changed_since_it_was_read(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct watcher w = { 0 };
    struct reads reads = reads_of("k", "n");
    meet(watch, "l", 5);
    meet(watch, "z", 6);
    assert_false(watch_add(watch, &w, &reads, 4));
    assert_true(watch_add(watch, &w, &reads, 5));
    watch_remove(watch, &w);
    char key[16];
    for (int i = 0; i < 9000; i++) {
        snprintf(key, sizeof key, "y%d", i);
        meet(watch, key, 7 + (uint64_t)i);
    }
    assert_false(watch_add(watch, &w, &reads, 10));
    assert_true(watch_add(watch, &w, &reads, 9000));
    watch_remove(watch, &w);
    watch_close(watch);
}

/* Against a plain list of intervals. */
static void test_watch_agrees_with_a_plain_search(void **state)
{
    (void)state;
    enum { N = 500 };
    static struct watcher watchers[N];
    static struct reads reads[N];
    struct watch *watch = watch_open();
    srand(3);
    for (int i = 0; i < N; i++) {
        int lo = rand() % 1000;
        str from = arena_format(arena, "%04d", lo);
        str to = arena_format(arena, "%04d", lo + 1 + rand() % 60);
        reads[i] = reads_of(from.p, rand() % 3 ? to.p : "");
        assert_true(watch_add(watch, &watchers[i], &reads[i], 0));
    }
    for (int round = 0; round < 2000; round++) {
        str key = arena_format(arena, "%04d", rand() % 1060);
        size_t expected = 0;
        for (int i = 0; i < N; i++) {
            const struct read *r = reads[i].items;
            bool holds = r->hi.n
                             ? str_compare(key, r->lo) >= 0 && str_compare(key, r->hi) < 0
                             : str_equal(key, r->lo);
            expected += holds && watchers[i].links && !watchers[i].stale;
        }
        assert_int_equal(meet(watch, key.p, (uint64_t)round + 1), expected);
        int again = rand() % N;
        watch_remove(watch, &watchers[again]);
        watchers[again].stale = false;
        if (rand() % 4)
            assert_true(
                watch_add(watch, &watchers[again], &reads[again], (uint64_t)round + 1));
    }
    for (int i = 0; i < N; i++)
        watch_remove(watch, &watchers[i]);
    assert_int_equal(watch_count(watch).watchers, 0);
    assert_int_equal(watch_count(watch).topics, 0);
    watch_close(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch_marks_who_read_the_key_and_nobody_else),
        cmocka_unit_test(test_watch_refuses_what_has_changed_since_it_was_read),
        cmocka_unit_test(test_watch_agrees_with_a_plain_search),
    };
    return cmocka_run_group_tests_name("watch", tests, open_arena, close_arena);
}
