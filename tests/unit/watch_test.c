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

static void count_wake(void *data)
{
    (*(int *)data)++;
}

static void test_watch_tells_its_listener_once_and_only_who_wants_it(void **state)
{
    (void)state;
    int wakes = 0;
    struct watch *watch = watch_open();
    struct watcher loud[3] = { { .told = true }, { .told = true }, { .told = true } };
    struct watcher mute = { 0 };
    struct reads wide = reads_of("a", "z");
    struct reads point = reads_of("m", "");
    watch_listen(watch, count_wake, &wakes);
    for (int i = 0; i < 3; i++)
        assert_true(watch_add(watch, &loud[i], i ? &wide : &point, 1));
    assert_true(watch_add(watch, &mute, &wide, 1));
    meet(watch, "zz", 2);
    assert_int_equal(wakes, 0);
    meet(watch, "m", 3);
    meet(watch, "m", 4); /* they are stale already; the queue is not empty yet */
    assert_int_equal(wakes, 2);
    watch_remove(watch, &loud[1]); /* out of the queue, too */
    struct watcher *first = watch_next(watch);
    struct watcher *second = watch_next(watch);
    assert_true((first == &loud[0] && second == &loud[2])
                || (first == &loud[2] && second == &loud[0]));
    assert_null(watch_next(watch));
    meet(watch, "n", 5);
    assert_int_equal(wakes, 2);
    watch_listen(watch, NULL, NULL);
    watch_remove(watch, &loud[0]);
    watch_remove(watch, &loud[2]);
    watch_remove(watch, &mute);
    watch_close(watch);
}

static void test_watcher_watches_what_others_watch(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct watcher a = { 0 };
    struct watcher b = { 0 };
    struct watcher both = { .told = true };
    struct reads read_a = reads_of("a", "c");
    struct reads read_b = reads_of("b", "");
    struct reads own = reads_of("a", "c"); /* equal to what another watches */
    struct watcher *const others[] = { &a, &b };
    assert_true(watch_add(watch, &a, &read_a, 1));
    assert_true(watch_add(watch, &b, &read_b, 1));
    assert_true(watch_add_with(watch, &both, &own, 1, others, 2));
    assert_int_equal(both.count, 2);
    assert_int_equal(watch_count(watch).topics, 2);
    watch_remove(watch, &a);
    watch_remove(watch, &b);
    assert_int_equal(meet(watch, "b", 2), 1);
    assert_ptr_equal(watch_next(watch), &both);
    watch_remove(watch, &both);
    assert_int_equal(watch_count(watch).topics, 0);

    struct watcher late = { 0 };
    watcher_spoil(&a);
    assert_false(watch_add_with(watch, &late, &own, 2, others, 1));
    watch_close(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch_marks_who_read_the_key_and_nobody_else),
        cmocka_unit_test(test_watch_refuses_what_has_changed_since_it_was_read),
        cmocka_unit_test(test_watch_agrees_with_a_plain_search),
        cmocka_unit_test(test_watch_tells_its_listener_once_and_only_who_wants_it),
        cmocka_unit_test(test_watcher_watches_what_others_watch),
    };
    return cmocka_run_group_tests_name("watch", tests, open_arena, close_arena);
}
