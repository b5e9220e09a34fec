#include "cache/cache.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

struct thing {
    struct cached head;
    int number;
};

static int freed;

static void free_thing(struct cached *self)
{
    freed++;
    mem_free(self);
}

static struct thing *make(int number, size_t size)
{
    struct thing *t = mem_zero(sizeof *t);
    t->head.free = free_thing;
    t->head.size = size;
    t->number = number;
    return t;
}

static void offer(struct cache *cache, const char *key, struct thing *t,
                  const struct reads *reads)
{
    cache_offer(cache, str_of(key), &t->head, reads, 0);
    cached_drop(&t->head);
}

/* The number kept under the key, or -1. */
static int kept(struct cache *cache, const char *key, int64_t now)
{
    struct cached *found = cache_find(cache, str_of(key), now);
    int number = found ? ((struct thing *)found)->number : -1;
    cached_drop(found);
    return number;
}

static void change(struct watch *watch, const char *key)
{
    str keys[] = { str_of(key) };
    struct change one = { .keys = keys, .key_count = 1 };
    struct commit commit = { 1, &one, 1 };
    watch_meet(watch, &commit);
}

static void test_cache_forgets_what_read_what_changed(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct cache *cache =
        cache_open(&(struct cache_config){ .watch = watch, .max_bytes = 1000 });
    struct read a = { STR("a"), STR("") };
    struct read b = { STR("b"), STR("c") };
    struct reads reads_a = { NULL, &a, 1 };
    struct reads reads_b = { NULL, &b, 1 };
    freed = 0;
    offer(cache, "one", make(1, 10), &reads_a);
    offer(cache, "two", make(2, 10), &reads_b);
    change(watch, "bb");
    assert_int_equal(kept(cache, "one", 0), 1);
    assert_int_equal(kept(cache, "two", 0), -1);
    assert_int_equal(freed, 1);
    offer(cache, "two", make(3, 10), &reads_b);
    assert_int_equal(kept(cache, "two", 0), -1);
    cache_close(cache);
    assert_int_equal(freed, 3);
    assert_int_equal(watch_count(watch).topics, 0);
    watch_close(watch);
}

static void test_cache_ends_with_time_and_with_its_parts(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct cache *cache =
        cache_open(&(struct cache_config){ .watch = watch, .max_bytes = 1000 });
    struct read a = { STR("a"), STR("") };
    struct reads reads = { NULL, &a, 1 };
    struct thing *part = make(1, 10);
    part->head.until_ms = 500;
    cache_offer(cache, STR("part"), &part->head, &reads, 0);
    struct thing *whole = make(2, 10);
    whole->head.parts = mem_zero(sizeof(struct cached *));
    whole->head.parts[0] = &part->head;
    whole->head.part_count = 1;
    offer(cache, "whole", whole, NULL);
    assert_int_equal(kept(cache, "whole", 499), 2);
    assert_int_equal(kept(cache, "whole", 500), -1);
    freed = 0;
    cache_close(cache);
    assert_int_equal(freed, 1);
    watch_close(watch);
}

/* What it read changed between reading and offering: it is used once and not kept. */
static void test_cache_keeps_nothing_made_from_what_it_did_not_keep(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct cache *cache =
        cache_open(&(struct cache_config){ .watch = watch, .max_bytes = 1000 });
    struct read a = { STR("a"), STR("") };
    struct reads reads = { NULL, &a, 1 };
    struct thing *part = make(1, 10);
    struct thing *whole = make(2, 10);
    change(watch, "a");
    assert_false(cache_offer(cache, STR("part"), &part->head, &reads, 0));
    whole->head.parts = mem_zero(sizeof(struct cached *));
    whole->head.parts[0] = &part->head;
    whole->head.part_count = 1;
    offer(cache, "whole", whole, NULL);
    assert_int_equal(kept(cache, "whole", 0), -1);
    cache_close(cache);
    watch_close(watch);
}

/* A part of a part changes after the whole was found good. */
static void test_cache_sees_a_change_deep_inside(void **state)
{
    (void)state;
    struct watch *watch = watch_open();
    struct cache *cache =
        cache_open(&(struct cache_config){ .watch = watch, .max_bytes = 1000 });
    struct read a = { STR("a"), STR("") };
    struct read b = { STR("b"), STR("") };
    struct reads reads[] = { { NULL, &a, 1 }, { NULL, &b, 1 } };
    struct thing *things[3];
    static const char *const keys[] = { "inner", "middle", "outer" };
    for (int i = 0; i < 3; i++) {
        things[i] = make(i, 10);
        if (i) {
            things[i]->head.parts = mem_zero(sizeof(struct cached *));
            things[i]->head.parts[0] = &things[i - 1]->head;
            things[i]->head.part_count = 1;
        }
        cache_offer(cache, str_of(keys[i]), &things[i]->head, i ? NULL : &reads[0], 0);
    }
    offer(cache, "other", make(9, 10), &reads[1]);
    assert_int_equal(kept(cache, "outer", 0), 2);
    change(watch, "b");
    assert_int_equal(kept(cache, "outer", 0), 2);
    change(watch, "a");
    assert_int_equal(kept(cache, "outer", 0), -1);
    cached_drop(&things[2]->head);
    cache_close(cache);
    watch_close(watch);
}

static void test_cache_stays_within_its_bytes_and_keeps_what_is_used(void **state)
{
    (void)state;
    struct cache *cache = cache_open(&(struct cache_config){ .max_bytes = 1000 });
    char key[16];
    offer(cache, "hot", make(0, 100), NULL);
    for (int i = 1; i < 200; i++) {
        snprintf(key, sizeof key, "k%d", i);
        offer(cache, key, make(i, 100), NULL);
        assert_int_equal(kept(cache, "hot", 0), 0);
        assert_true(cache_count(cache).bytes <= 1000);
    }
    assert_int_equal(cache_count(cache).evicted, 190);
    offer(cache, "huge", make(1, 600), NULL);
    assert_int_equal(kept(cache, "huge", 0), -1);
    cache_close(cache);
}

/* The table closes up where objects leave: each of many that come, go and come again is
 * found under its key as long as it is kept, and never another. */
static void test_cache_finds_each_of_many_that_come_and_go(void **state)
{
    (void)state;
    enum { KEYS = 2000, TURNS = 20000 };
    struct cache *cache = cache_open(&(struct cache_config){ .max_bytes = 1200 });
    uint32_t random = 1;
    for (int i = 0; i < TURNS; i++) {
        char key[16];
        random = random * 1664525 + 1013904223;
        int number = (int)(random >> 8) % KEYS;
        snprintf(key, sizeof key, "k%d", number);
        int known = kept(cache, key, 0);
        assert_true(known == -1 || known == number);
        if (known == -1)
            offer(cache, key, make(number, 1), NULL);
        assert_int_equal(kept(cache, key, 0), number);
    }
    size_t found = 0;
    for (int i = 0; i < KEYS; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        found += kept(cache, key, 0) == i;
    }
    assert_int_equal(found, 1200);
    assert_int_equal(cache_count(cache).objects, 1200);
    cache_close(cache);
}

static void test_cache_door_opens_at_the_second_knock(void **state)
{
    (void)state;
    struct cache *cache =
        cache_open(&(struct cache_config){ .max_bytes = 1000, .doorkeeper = true });
    assert_false(cache_wants(cache, STR("k"), 10));
    assert_true(cache_wants(cache, STR("k"), 10));
    assert_false(cache_wants(cache, STR("other"), 10));
    assert_false(cache_wants(cache, STR("k"), 900));
    offer(cache, "k", make(3, 10), NULL);
    assert_int_equal(kept(cache, "k", 0), 3);
    cache_close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cache_forgets_what_read_what_changed),
        cmocka_unit_test(test_cache_ends_with_time_and_with_its_parts),
        cmocka_unit_test(test_cache_keeps_nothing_made_from_what_it_did_not_keep),
        cmocka_unit_test(test_cache_sees_a_change_deep_inside),
        cmocka_unit_test(test_cache_stays_within_its_bytes_and_keeps_what_is_used),
        cmocka_unit_test(test_cache_finds_each_of_many_that_come_and_go),
        cmocka_unit_test(test_cache_door_opens_at_the_second_knock),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
