/*
 * Audiences over many people: how long a rule of twenty leaves takes over all of them, a
 * test of one person, and the following of one person's change.
 *   bench_audience STORE PEOPLE UNITS
 * STORE is a folder, which is filled. One JSON object a line.
 */
#include "audience/audience.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 1000, RULE_RUNS = 21, TESTS = 2000000, CHANGES = 2000, BELOW = 31 };

struct bench {
    struct store *store;
    struct directory *directory;
    struct arena *arena;
    store_space *spaces;
    int64_t people;
    int64_t units;
    int64_t from; /* of the batch */
    uint64_t random;
    int64_t followed_us;
    int64_t followed;
    int64_t followed_worst_us;
};

static void stop_at(bool good, const struct err *err)
{
    if (good)
        return;
    fprintf(stderr, "bench_audience: %s: %s\n", err->code, err->text);
    exit(EXIT_FAILURE);
}

static void tell(const char *name, double value, const char *unit, double goal)
{
    printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"goal\":%g}\n", name, value,
           unit, goal);
}

static uint32_t any(struct bench *b, uint32_t below)
{
    b->random = b->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((b->random >> 33) % below);
}

static void on_commit(void *data, const struct commit *commit)
{
    struct bench *b = data;
    struct err err;
    if (!b->directory)
        return;
    int64_t before = clock_ticks_us();
    stop_at(directory_meet(b->directory, commit, &err), &err);
    int64_t us = clock_ticks_us() - before;
    b->followed_us += us;
    b->followed += (int64_t)commit->n;
    if (us > b->followed_worst_us)
        b->followed_worst_us = us;
}

/* ---- filling ---- */

static void with(struct bench *b, struct val *v, const char *name, struct val value)
{
    *v = val_with(b->arena, *v, str_of(name), value);
}

static struct val numbered(struct bench *b, const char *stem, int64_t n)
{
    return val_str(arena_format(b->arena, "%s%lld", stem, (long long)n));
}

static struct val texts(struct bench *b, const char *stem, uint32_t kinds, uint32_t most)
{
    struct val *items = ARENA_ARRAY(b->arena, struct val, most);
    uint32_t n = any(b, most + 1);
    for (uint32_t i = 0; i < n; i++)
        items[i] = numbered(b, stem, any(b, kinds));
    return val_list(items, n);
}

static struct val person(struct bench *b, int64_t i)
{
    struct val v = val_map(NULL, 0);
    struct val post = val_map(NULL, 0);
    uint32_t kind = any(b, 400);
    with(b, &post, "zh", numbered(b, "岗位", kind));
    with(b, &post, "en", numbered(b, "Post ", kind));
    with(b, &v, "id", numbered(b, "person-", i));
    with(b, &v, "name", numbered(b, "人员", i));
    with(b, &v, "post", post);
    with(b, &v, "specialty", numbered(b, "specialty", any(b, 8)));
    with(b, &v, "grade", val_int(1 + any(b, 12)));
    with(b, &v, "joined",
         val_str(arena_format(b->arena, "%u-%02u-%02u", 1985 + any(b, 41), 1 + any(b, 12),
                              1 + any(b, 28))));
    with(b, &v, "groups", texts(b, "group", 200, 4));
    with(b, &v, "tags", texts(b, "tag", 50, 3));
    return v;
}

static bool fill_units(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    for (int64_t i = b->from; i < b->from + BATCH && i < b->units; i++) {
        struct val v = val_map(NULL, 0);
        struct val name = val_map(NULL, 0);
        with(b, &v, "id", numbered(b, "u", i));
        with(b, &v, "level", val_str(STR("unit")));
        with(b, &name, "zh", numbered(b, "单位", i));
        with(b, &v, "name", name);
        if (i)
            with(b, &v, "parent", numbered(b, "u", (i - 1) / BELOW));
        if (!tenant_put(txn, v, b->arena, &b->spaces[i], err))
            return false;
    }
    return true;
}

static bool fill_people(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    const struct store_collection *c = store_collection(b->store, STR("person"));
    for (int64_t i = b->from; i < b->from + BATCH && i < b->people; i++) {
        if (!txn_put(txn, b->spaces[i % b->units], c, person(b, i), PUT_ANY, err))
            return false;
    }
    return true;
}

static void fill(struct bench *b)
{
    struct err err;
    for (b->from = 0; b->from < b->units; b->from += BATCH) {
        stop_at(store_write(b->store, fill_units, b, &err), &err);
        arena_reset(b->arena);
    }
    for (b->from = 0; b->from < b->people; b->from += BATCH) {
        stop_at(store_write(b->store, fill_people, b, &err), &err);
        arena_reset(b->arena);
    }
}

/* ---- measuring ---- */

static const struct audience *compiled(struct bench *b, struct val v)
{
    struct audience_source source = { .rule = v };
    const struct audience *audience;
    struct err err;
    stop_at(audience_compile(&source, b->arena, &audience, NULL, &err), &err);
    return audience;
}

/* Twenty leaves, of every kind. */
static const char rule[] =
    "{\"all\":["
    "{\"any\":[{\"subtree\":[\"u1\",\"u2\",\"u3\"]},{\"subtree\":\"u9\"},"
    "{\"tenant\":\"u0\"},{\"person\":[\"person-1\",\"person-2\"]}]},"
    "{\"any\":[{\"specialty\":[\"specialty1\",\"specialty2\",\"specialty3\"]},"
    "{\"post\":[\"岗位1\",\"岗位2\",\"Post 3\"]},{\"group\":[\"group1\",\"group2\"]},"
    "{\"tag\":[\"tag1\",\"tag2\",\"tag3\"]}]},"
    "{\"any\":[{\"grade\":{\"from\":3,\"to\":5}},{\"grade\":[8,9]},"
    "{\"joined\":{\"from\":\"2020-03-07\"}},{\"joined\":{\"to\":\"1994-06-30\"}}]},"
    "{\"not\":{\"all\":[{\"group\":\"group7\"},{\"tag\":\"tag7\"}]}},"
    "{\"not\":{\"any\":[{\"post\":\"岗位9\"},{\"specialty\":\"specialty7\"},"
    "{\"person\":\"person-77\"}]}},"
    "{\"joined\":{\"from\":\"1986-01-01\",\"to\":\"2025-10-31\"}},"
    "{\"grade\":{\"from\":1,\"to\":11}},"
    "{\"not\":{\"joined\":{\"from\":\"2001-01-01\",\"to\":\"2001-12-31\"}}}]}";

/* The dearest kind: each of both sides, over days. */
static const struct audience *ranges(struct bench *b)
{
    struct val kids[20];
    for (int i = 0; i < 20; i++) {
        struct val range = val_map(NULL, 0);
        struct val leaf = val_map(NULL, 0);
        with(b, &range, "from",
             val_str(arena_format(b->arena, "%d-%02d-15", 1985 + i, 1 + i / 2)));
        with(b, &range, "to",
             val_str(arena_format(b->arena, "%d-%02d-15", 2004 + i, 12 - i / 2)));
        with(b, &leaf, "joined", range);
        kids[i] = leaf;
    }
    struct val all = val_map(NULL, 0);
    with(b, &all, "any", val_list(kids, COUNT_OF(kids)));
    return compiled(b, all);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static struct directory_set *measure_rule(struct bench *b, const char *name,
                                          const struct audience *audience)
{
    int64_t us[RULE_RUNS];
    struct directory_set *set = NULL;
    for (size_t i = 0; i < RULE_RUNS; i++) {
        directory_set_close(set);
        int64_t before = clock_ticks_us();
        set = directory_select(b->directory, audience);
        us[i] = clock_ticks_us() - before;
    }
    qsort(us, RULE_RUNS, sizeof *us, by_value);
    tell(name, (double)us[RULE_RUNS / 2] / 1000, "ms", 20);
    return set;
}

static void measure_test(struct bench *b, const struct directory_set *set)
{
    uint32_t *numbers = mem_alloc(TESTS * sizeof *numbers);
    size_t held = 0;
    for (size_t i = 0; i < TESTS; i++)
        numbers[i] = any(b, (uint32_t)b->people);
    int64_t before = clock_ticks_us();
    for (size_t i = 0; i < TESTS; i++)
        held += directory_set_holds(set, numbers[i]);
    int64_t us = clock_ticks_us() - before;
    tell("audience.test", (double)us * 1000 / TESTS, "ns", 100);
    tell("audience.test.held", (double)held * 100 / TESTS, "%", 0);
    mem_free(numbers);
}

static void measure_find(struct bench *b)
{
    enum { FINDS = 200000 };
    struct val *people = ARENA_ARRAY(b->arena, struct val, FINDS);
    struct val *units = ARENA_ARRAY(b->arena, struct val, FINDS);
    size_t found = 0;
    for (size_t i = 0; i < FINDS; i++) {
        uint32_t n = any(b, (uint32_t)b->people);
        people[i] = numbered(b, "person-", n);
        units[i] = numbered(b, "u", n % b->units);
    }
    int64_t before = clock_ticks_us();
    for (size_t i = 0; i < FINDS; i++) {
        uint32_t number;
        found += directory_find(b->directory, val_text(units[i]), val_text(people[i]),
                                &number);
    }
    int64_t us = clock_ticks_us() - before;
    tell("audience.find", (double)us * 1000 / FINDS, "ns", 1000);
    if (found != FINDS)
        exit(EXIT_FAILURE);
}

static bool change_one(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    int64_t i = any(b, (uint32_t)b->people);
    return txn_put(txn, b->spaces[i % b->units],
                   store_collection(b->store, STR("person")), person(b, i), PUT_OLD, err);
}

static void measure_changes(struct bench *b)
{
    struct err err;
    b->followed_us = b->followed = b->followed_worst_us = 0;
    for (int i = 0; i < CHANGES; i++)
        stop_at(store_write(b->store, change_one, b, &err), &err);
    tell("audience.change", (double)b->followed_us / (double)b->followed, "us", 50);
    tell("audience.change.worst", (double)b->followed_worst_us, "us", 0);
}

static void measure_open(struct bench *b)
{
    struct err err;
    struct mallinfo2 was = mallinfo2();
    int64_t before = clock_ticks_us();
    stop_at(directory_open(b->store, &b->directory, &err), &err);
    tell("audience.open", (double)(clock_ticks_us() - before) / 1e6, "s", 0);
    struct mallinfo2 is = mallinfo2();
    size_t grown = is.uordblks + is.hblkhd - was.uordblks - was.hblkhd;
    tell("audience.memory", (double)grown / (1 << 20), "MiB", 0);
    tell("audience.people", (double)directory_count(b->directory), "people", 0);
}

int main(int argc, char **argv)
{
    struct err err;
    struct bench b = { .random = 1, .arena = arena_open() };
    if (argc != 4 || !str_to_int(str_of(argv[2]), &b.people)
        || !str_to_int(str_of(argv[3]), &b.units) || b.people < 1 || b.units < 1) {
        fprintf(stderr, "usage: bench_audience STORE PEOPLE UNITS\n");
        return 2;
    }
    struct store_config config = { .dir = argv[1],
                                   .limit_bytes = (size_t)8 << 30,
                                   .unsafe_fast = true,
                                   .clock = &clock_system };
    b.spaces = mem_alloc((size_t)b.units * sizeof *b.spaces);
    stop_at(store_open(&config, &b.store, &err), &err);
    stop_at(tenant_setup(b.store, &err) && audience_setup(b.store, &err), &err);
    store_observe(b.store, on_commit, &b);
    fill(&b);
    measure_open(&b);
    struct val parsed;
    stop_at(doc_parse(b.arena, STR_ARRAY(rule), &parsed, &err), &err);
    const struct audience *audience = compiled(&b, parsed);
    struct directory_set *set = measure_rule(&b, "audience.rule20", audience);
    tell("audience.rule20.held", (double)directory_set_count(set), "people", 0);
    measure_test(&b, set);
    measure_find(&b);
    measure_changes(&b);
    directory_set_close(set);
    set = measure_rule(&b, "audience.rule20.after_changes", audience);
    directory_set_close(set);
    set = measure_rule(&b, "audience.rule20.days", ranges(&b));
    directory_set_close(set);
    store_close(b.store);
    directory_close(b.directory);
    mem_free(b.spaces);
    arena_close(b.arena);
    return 0;
}
