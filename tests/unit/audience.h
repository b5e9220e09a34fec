/*
 * What the tests of audience share: a store with a tree of units and people, and rules
 * compiled as a unit of it sees them.
 */
#pragma once
#include "audience/audience.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

/* ---- a store with a tree and people ---- */

struct bench {
    char dir[64];
    struct store *store;
    struct store_reader *reader;
    struct directory *directory;
    struct arena *arena;
    struct val names; /* of values */
    uint64_t random;
};

static inline void on_commit(void *data, const struct commit *commit)
{
    struct bench *b = data;
    struct err err;
    if (b->directory && !directory_meet(b->directory, commit, &err))
        fail_msg("%s: %s", err.code, err.text);
}

static inline int bench_open(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct err err;
    strcpy(b->dir, "/tmp/pinban-audience-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    struct store_config config = { .dir = b->dir,
                                   .limit_bytes = (size_t)1 << 30,
                                   .unsafe_fast = true,
                                   .clock = &clock_system };
    b->arena = arena_open();
    assert_true(store_open(&config, &b->store, &err));
    assert_true(store_reader_open(b->store, &b->reader, &err));
    assert_true(tenant_setup(b->store, &err));
    assert_true(audience_setup(b->store, &err));
    store_observe(b->store, on_commit, b);
    *state = b;
    return 0;
}

static inline int bench_close(void **state)
{
    struct bench *b = *state;
    char command[128];
    store_reader_close(b->reader);
    store_close(b->store);
    directory_close(b->directory);
    arena_close(b->arena);
    snprintf(command, sizeof command, "rm -rf %s", b->dir);
    int rc = system(command);
    free(b);
    return rc;
}

static inline void open_directory(struct bench *b)
{
    struct err err;
    directory_close(b->directory);
    b->directory = NULL;
    if (!directory_open(b->store, &b->directory, &err))
        fail_msg("%s: %s", err.code, err.text);
}

static inline struct val json(struct bench *b, const char *text)
{
    struct val v;
    struct err err;
    if (!doc_parse(b->arena, str_of(text), &v, &err))
        fail_msg("%s in %s", err.text, text);
    return v;
}

/* A record written or removed in the space of a unit; no unit: a unit itself. */
struct edit {
    struct bench *b;
    const char *collection;
    const char *tenant;
    struct val record;
    bool remove;
};

static inline bool edit_work(struct txn *txn, void *data, struct err *err)
{
    struct edit *e = data;
    store_space space = TENANT_SYSTEM_SPACE;
    const struct store_collection *c =
        store_collection(txn_store(txn), str_of(e->collection));
    str id = val_get_text(e->record, STR("id"));
    if (e->tenant) {
        struct tenant_path path;
        if (!tenant_path_read(txn_snap(txn, &space, 1), str_of(e->tenant), e->b->arena,
                              NULL, &path, err))
            return false;
        space = tenant_of(&path)->space;
    } else if (!e->remove) {
        return tenant_put(txn, e->record, e->b->arena, &space, err);
    }
    return e->remove ? txn_remove(txn, space, c, id, err)
                     : txn_put(txn, space, c, e->record, PUT_ANY, err);
}

static inline void edit(struct bench *b, const char *collection, const char *tenant,
                        struct val record, bool remove)
{
    struct edit e = { b, collection, tenant, record, remove };
    struct err err;
    if (!store_write(b->store, edit_work, &e, &err))
        fail_msg("%s: %s", err.code, err.text);
}

static inline void put(struct bench *b, const char *collection, const char *tenant,
                       const char *text)
{
    edit(b, collection, tenant, json(b, text), false);
}

static inline void put_unit(struct bench *b, const char *id, const char *parent)
{
    struct val v = json(b, "{\"level\":\"unit\",\"name\":{\"zh\":\"x\"}}");
    v = val_with(b->arena, v, STR("id"), val_str(str_of(id)));
    if (parent)
        v = val_with(b->arena, v, STR("parent"), val_str(str_of(parent)));
    edit(b, "tenant", NULL, v, false);
}

static inline struct snap *look(struct bench *b, const char *tenant,
                                struct tenant_path *ret)
{
    struct snap *snap;
    struct err err;
    store_space system = TENANT_SYSTEM_SPACE;
    assert_true(snap_open(b->reader, &system, 1, &snap, &err));
    if (!tenant_path_read(snap, str_of(tenant), b->arena, NULL, ret, &err))
        fail_msg("%s: %s", err.code, err.text);
    return snap;
}

/* ---- compiling ---- */

static inline bool compile_as(struct bench *b, const char *tenant, const char *id,
                              struct val rule, const struct audience **ret,
                              struct audience_issues *issues, struct err *err)
{
    struct tenant_path path;
    struct snap *snap = look(b, tenant, &path);
    struct audience_source source = {
        .rule = rule, .id = str_of(id), .path = &path, .snap = snap
    };
    bool good = audience_compile(&source, b->arena, ret, issues, err);
    snap_close(snap);
    return good;
}

/* The issues as "code where · code where". */
static inline const char *issues_of(struct bench *b, const char *tenant, const char *id,
                                    const char *rule)
{
    const struct audience *audience;
    struct audience_issues issues;
    struct err err;
    struct buf out;
    bool good = compile_as(b, tenant, id, json(b, rule), &audience, &issues, &err);
    buf_init(&out, 100000);
    for (size_t i = 0; i < issues.n; i++) {
        const struct audience_issue *issue = &issues.items[i];
        assert_true(issue->text.n > 0);
        assert_true(!good || issue->is_warning);
        buf_format(&out, "%s%s %.*s", i ? " · " : "", issue->code, STR_ARG(issue->where));
    }
    if (good && !audience_is_possible(audience))
        buf_str(&out, STR(" !"));
    const char *text = arena_str(b->arena, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static inline const struct audience *compiled(struct bench *b, const char *tenant,
                                              const char *rule)
{
    const struct audience *audience;
    struct err err;
    if (!compile_as(b, tenant, "", json(b, rule), &audience, NULL, &err))
        fail_msg("%s: %s (%s)", rule, err.text, err.where);
    return audience;
}

static inline void plant(struct bench *b)
{
    put_unit(b, "root", NULL);
    put_unit(b, "east", "root");
    put_unit(b, "west", "root");
    put_unit(b, "port", "east");
    put(b, "person", "root",
        "{\"id\":\"an\",\"name\":\"An\",\"grade\":8,\"joined\":\"1994-07-18\","
        "\"post\":{\"zh\":\"总经理\",\"en\":\"President\"},\"groups\":[\"leaders\"]}");
    put(b, "person", "east",
        "{\"id\":\"bo\",\"name\":\"Bo\",\"grade\":4,\"joined\":\"2026-01-01\","
        "\"specialty\":\"marketing\",\"post\":\"专责\",\"tags\":[\"mentor\",\"x\"]}");
    put(b, "person", "port",
        "{\"id\":\"cy\",\"name\":\"Cy\",\"grade\":2,\"joined\":\"2026-11-22\","
        "\"specialty\":\"equipment\",\"groups\":[\"shift\",\"leaders\"]}");
    put(b, "person", "west", "{\"id\":\"di\",\"name\":\"Di\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
