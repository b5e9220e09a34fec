/*
 * Durable actions a second: callers that each read a record, add one to a number that is
 * indexed, write it, and wait until it is on the disk.
 *   bench_store DIR RECORDS CALLERS SECONDS
 * DIR is filled when it is empty. Prints actions a second, and microseconds of waiting:
 * median and 99th of a hundred.
 */
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1000, MAX_CALLERS = 256, MAX_WAITS = 1 << 18 };

static const store_space space = 1;

struct bench {
    struct store *store;
    const struct store_collection *counters;
    int64_t records;
    int64_t from; /* the batch */
    int64_t until_us;
};

struct caller {
    struct bench *bench;
    pthread_t thread;
    uint64_t random;
    str id; /* the record it works on */
    uint32_t *waits_us;
    size_t actions;
    bool failed;
    struct err err;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct val counter(struct arena *a, str id, int64_t n)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("n"), val_int(n));
    return val_with(a, v, STR("note"),
                    val_str(STR("eighty characters that a record of this kind may well "
                                "have beside its number.")));
}

static bool fill_work(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    struct arena *a = txn_arena(txn);
    for (int64_t i = b->from; i < b->from + BATCH && i < b->records; i++) {
        str id = arena_format(a, "c%lld", (long long)i);
        if (!txn_put(txn, space, b->counters, counter(a, id, 0), PUT_NEW, err))
            return false;
    }
    return true;
}

static bool first_work(struct txn *txn, void *data, struct err *err)
{
    struct caller *c = data;
    struct val record;
    struct snap *snap = txn_snap(txn, &space, 1);
    if (!snap_get(snap, c->bench->counters, STR("c0"), NULL, &record, err))
        return false;
    c->actions = val_exists(record);
    return true;
}

static bool fill(struct bench *b, struct err *err)
{
    struct val definition;
    struct caller probe = { .bench = b };
    struct arena *a = arena_open();
    bool good = doc_parse(a,
                          STR("{\"name\":\"counter\",\"indexes\":[{\"name\":\"n\","
                              "\"fields\":[\"n\"]}]}"),
                          &definition, err)
                && store_define(b->store, definition, err);
    arena_close(a);
    b->counters = store_collection(b->store, STR("counter"));
    if (!good || !store_write(b->store, first_work, &probe, err))
        return false;
    for (; !probe.actions && b->from < b->records; b->from += BATCH) {
        if (!store_write(b->store, fill_work, b, err))
            return false;
    }
    return true;
}

static bool count_up(struct txn *txn, void *data, struct err *err)
{
    struct caller *c = data;
    struct val record;
    struct snap *snap = txn_snap(txn, &space, 1);
    if (!snap_get(snap, c->bench->counters, c->id, NULL, &record, err))
        return false;
    int64_t n = val_as_int(val_get(record, STR("n")), 0);
    record = val_with(txn_arena(txn), record, STR("n"), val_int(n + 1));
    return txn_put(txn, space, c->bench->counters, record, PUT_OLD, err);
}

static void *call(void *data)
{
    struct caller *c = data;
    char id[32];
    for (int64_t now = now_us();
         now < c->bench->until_us && c->actions < MAX_WAITS && !c->failed;) {
        c->random =
            c->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t which = (c->random >> 33) % (uint64_t)c->bench->records;
        snprintf(id, sizeof id, "c%llu", (unsigned long long)which);
        c->id = str_of(id);
        c->failed = !store_write(c->bench->store, count_up, c, &c->err);
        int64_t then = now_us();
        c->waits_us[c->actions++] = (uint32_t)(then - now);
        now = then;
    }
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void report(const struct caller *callers, int64_t count, int64_t spent_us)
{
    size_t n = 0;
    uint32_t *all = NULL;
    for (int64_t i = 0; i < count; i++)
        n += callers[i].actions;
    all = mem_alloc((n + 1) * sizeof *all);
    size_t at = 0;
    for (int64_t i = 0; i < count; i++) {
        memcpy(all + at, callers[i].waits_us, callers[i].actions * sizeof *all);
        at += callers[i].actions;
    }
    qsort(all, n, sizeof *all, by_value);
    printf("%.0f %u %u\n", (double)n * 1e6 / (double)spent_us, all[n / 2],
           all[n - n / 100 - 1]);
    mem_free(all);
}

static bool run(struct bench *b, int64_t count, int64_t seconds, struct err *err)
{
    static struct caller callers[MAX_CALLERS];
    bool good = true;
    int64_t from_us = now_us();
    b->until_us = from_us + seconds * 1000000;
    for (int64_t i = 0; i < count; i++) {
        callers[i] = (struct caller){ .bench = b, .random = (uint64_t)i * 7919 + 1 };
        callers[i].waits_us = mem_alloc(MAX_WAITS * sizeof(uint32_t));
        pthread_create(&callers[i].thread, NULL, call, &callers[i]);
    }
    for (int64_t i = 0; i < count; i++) {
        pthread_join(callers[i].thread, NULL);
        if (callers[i].failed)
            *err = callers[i].err;
        good = good && !callers[i].failed;
    }
    int64_t spent_us = now_us() - from_us;
    if (good)
        report(callers, count, spent_us);
    for (int64_t i = 0; i < count; i++)
        mem_free(callers[i].waits_us);
    return good;
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };
    struct err err;
    int64_t callers = 0;
    int64_t seconds = 0;
    if (argc != 5 || !str_to_int(str_of(argv[2]), &b.records)
        || !str_to_int(str_of(argv[3]), &callers)
        || !str_to_int(str_of(argv[4]), &seconds) || b.records < 1 || callers < 1
        || callers > MAX_CALLERS) {
        fprintf(stderr, "usage: bench_store DIR RECORDS CALLERS SECONDS\n");
        return 2;
    }
    struct store_config config = { .dir = argv[1],
                                   .limit_bytes = (size_t)8 << 30,
                                   .clock = &clock_system };
    bool good = store_open(&config, &b.store, &err) && fill(&b, &err)
                && run(&b, callers, seconds, &err);
    if (!good)
        fprintf(stderr, "%s %s: %s\n", err.code, err.where, err.text);
    store_close(b.store);
    return good ? 0 : 4;
}
