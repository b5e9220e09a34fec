/*
 * A small world for tests: a store in a folder of its own, a clock that stands still, and
 * a tree of units:
 *
 *   group (1) ── east (2) ── city (3)
 *             └─ west (4)
 */
#pragma once
#include "tenant/tenant.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

/* 2026-11-22 09:30:15 in Shanghai, a Sunday. */
#define WORLD_NOW INT64_C(1795311015000)

enum { GROUP = 1, EAST, CITY, WEST };

struct world {
    char dir[64];
    int64_t now;
    struct clock clock;
    struct store *store;
    struct store_reader *reader;
    struct arena *arena;
};

/* What the last call said that could fail. */
static struct err why;

#define GOOD(call)                                                \
    do {                                                          \
        if (!(call))                                              \
            fail_msg("%s %s: %s", why.code, why.where, why.text); \
    } while (0)

/* The call fails with that code; `why` holds the rest. */
#define REFUSED(call, wanted)                  \
    do {                                       \
        assert_false(call);                    \
        assert_string_equal(why.code, wanted); \
    } while (0)

static inline int64_t world_now(void *data)
{
    return ((struct world *)data)->now;
}

static inline struct val json(struct world *w, const char *text)
{
    struct val v = VAL_ABSENT;
    GOOD(doc_parse(w->arena, str_of(text), &v, &why));
    return v;
}

/* ---- writing ---- */

struct world_put {
    struct world *world;
    store_space space;
    const char *collection;
    struct val record;
};

static inline bool world_put_work(struct txn *txn, void *data, struct err *err)
{
    struct world_put *p = data;
    return txn_put(txn, p->space, store_collection(txn_store(txn), str_of(p->collection)),
                   p->record, PUT_ANY, err);
}

static inline bool world_remove_work(struct txn *txn, void *data, struct err *err)
{
    struct world_put *p = data;
    return txn_remove(txn, p->space,
                      store_collection(txn_store(txn), str_of(p->collection)),
                      val_get_text(p->record, STR("id")), err);
}

static inline bool world_tenant_work(struct txn *txn, void *data, struct err *err)
{
    struct world_put *p = data;
    return tenant_put(txn, p->record, p->world->arena, &p->space, err);
}

static inline void put(struct world *w, store_space space, const char *collection,
                       const char *record)
{
    struct world_put p = { w, space, collection, json(w, record) };
    GOOD(store_write(w->store, world_put_work, &p, &why));
}

static inline void take_away(struct world *w, store_space space, const char *collection,
                             const char *id)
{
    struct val record =
        val_with(w->arena, val_map(NULL, 0), STR("id"), val_str(str_of(id)));
    struct world_put p = { w, space, collection, record };
    GOOD(store_write(w->store, world_remove_work, &p, &why));
}

/* Puts a unit; gives its space. */
static inline store_space put_tenant(struct world *w, const char *record)
{
    struct world_put p = { w, 0, "tenant", json(w, record) };
    GOOD(store_write(w->store, world_tenant_work, &p, &why));
    return p.space;
}

/* ---- opening ---- */

static inline void world_open_store(struct world *w, store_gate *gate, void *gate_data)
{
    struct store_config config = { .dir = w->dir,
                                   .limit_bytes = (size_t)1 << 30,
                                   .unsafe_fast = true,
                                   .clock = &w->clock,
                                   .gate = gate,
                                   .gate_data = gate_data };
    GOOD(store_open(&config, &w->store, &why));
    GOOD(store_reader_open(w->store, &w->reader, &why));
}

static inline void world_close_store(struct world *w)
{
    store_reader_close(w->reader);
    store_close(w->store);
    w->reader = NULL;
    w->store = NULL;
}

static inline void world_open(struct world *w)
{
    *w = (struct world){ .dir = "/tmp/pinban-unit-XXXXXX", .now = WORLD_NOW };
    w->clock = (struct clock){ world_now, w };
    w->arena = arena_open();
    assert_non_null(mkdtemp(w->dir));
    world_open_store(w, NULL, NULL);
    GOOD(tenant_setup(w->store, &why));
}

static inline void world_close(struct world *w)
{
    char command[128];
    world_close_store(w);
    arena_close(w->arena);
    snprintf(command, sizeof command, "rm -rf %s", w->dir);
    assert_int_equal(system(command), 0);
}

static inline void world_settle(struct world *w)
{
    put_tenant(w,
               "{\"id\":\"group\",\"level\":\"group\",\"name\":{\"zh\":\"集团\",\"en\":"
               "\"Group\"}}");
    put_tenant(w,
               "{\"id\":\"east\",\"parent\":\"group\",\"level\":\"province\",\"name\":{"
               "\"zh\":\"东省\",\"en\":\"East\"}}");
    put_tenant(w, "{\"id\":\"city\",\"parent\":\"east\",\"level\":\"city\",\"name\":{"
                  "\"zh\":\"东市\",\"en\":\"City\"}}");
    put_tenant(w,
               "{\"id\":\"west\",\"parent\":\"group\",\"level\":\"province\",\"name\":{"
               "\"zh\":\"西省\",\"en\":\"West\"}}");
}

/* ---- looking ---- */

/* A moment of the system's space; close it with snap_close. */
static inline struct snap *world_snap(struct world *w)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct snap *snap = NULL;
    GOOD(snap_open(w->reader, system, 1, &snap, &why));
    return snap;
}

static inline void assert_text(str have, const char *wanted)
{
    if (!str_equal(have, str_of(wanted)))
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(have), wanted);
}

static inline bool has(str text, const char *part)
{
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}
