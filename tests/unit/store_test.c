#include "store/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

/* ---- a store in a folder of its own ---- */

struct bench {
    char dir[64];
    struct store *store;
    struct store_reader *reader;
    struct arena *arena;
    int64_t now;
};

static int64_t fake_now(void *data)
{
    return ((struct bench *)data)->now;
}

static void open_store(struct bench *b, size_t limit)
{
    static struct clock clock;
    struct err err;
    clock = (struct clock){ fake_now, b };
    struct store_config config = {
        .dir = b->dir, .limit_bytes = limit, .unsafe_fast = true, .clock = &clock
    };
    if (!store_open(&config, &b->store, &err))
        fail_msg("%s: %s", err.code, err.text);
    assert_true(store_reader_open(b->store, &b->reader, &err));
}

static void close_store(struct bench *b)
{
    store_reader_close(b->reader);
    store_close(b->store);
    b->reader = NULL;
    b->store = NULL;
}

static int bench_open(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    strcpy(b->dir, "/tmp/pinban-store-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    b->now = INT64_C(1795311000000);
    b->arena = arena_open();
    open_store(b, (size_t)1 << 30);
    *state = b;
    return 0;
}

static int bench_close(void **state)
{
    struct bench *b = *state;
    char command[128];
    close_store(b);
    arena_close(b->arena);
    snprintf(command, sizeof command, "rm -rf %s", b->dir);
    int rc = system(command);
    free(b);
    return rc;
}

static struct val json(struct bench *b, const char *text)
{
    struct val v;
    struct err err;
    if (!doc_parse(b->arena, str_of(text), &v, &err))
        fail_msg("%s in %s", err.text, text);
    return v;
}

static const struct store_collection *define(struct bench *b, const char *text)
{
    struct err err;
    struct val def = json(b, text);
    if (!store_define(b->store, def, &err))
        fail_msg("%s: %s", err.code, err.text);
    return store_collection(b->store, val_get_text(def, STR("name")));
}

#define TASKS                                                                       \
    "{\"name\":\"task\",\"indexes\":["                                              \
    "{\"name\":\"assignee\",\"fields\":[\"assignee\",\"due\"],\"clustered\":true}," \
    "{\"name\":\"due\",\"fields\":[\"due\"]},"                                      \
    "{\"name\":\"code\",\"fields\":[\"code\"],\"unique\":true}]}"

struct put {
    const struct store_collection *c;
    store_space space;
    struct val record;
    enum put_mode mode;
    bool then_fail;
};

static bool put_work(struct txn *txn, void *data, struct err *err)
{
    struct put *p = data;
    if (!txn_put(txn, p->space, p->c, p->record, p->mode, err))
        return false;
    return !p->then_fail || err_set(err, ERR_INPUT, "test.fail", "asked to");
}

static void put(struct bench *b, const struct store_collection *c, store_space space,
                const char *text)
{
    struct err err;
    struct put p = { .c = c, .space = space, .record = json(b, text) };
    if (!store_write(b->store, put_work, &p, &err))
        fail_msg("%s: %s", err.code, err.text);
}

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    struct put *p = data;
    return txn_remove(txn, p->space, p->c, val_text(p->record), err);
}

static struct snap *look(struct bench *b, store_space space)
{
    struct snap *snap;
    struct err err;
    store_space chain[] = { 1, space };
    assert_true(snap_open(b->reader, chain, 2, &snap, &err));
    return snap;
}

/* The ids that a query finds, as "a b c". */
static const char *ids(struct bench *b, struct snap *snap, const struct query *q,
                       struct reads *reads)
{
    struct rows rows;
    struct err err;
    struct buf out;
    if (!snap_query(snap, q, b->arena, reads, &rows, &err))
        return err.code;
    buf_init(&out, 10000);
    for (size_t i = 0; i < val_count(rows.list); i++) {
        buf_str(&out, i ? STR(" ") : STR(""));
        buf_str(&out, val_get_text(val_at(rows.list, i), STR("id")));
    }
    const char *text = arena_str(b->arena, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static void fill(struct bench *b, const struct store_collection *c)
{
    put(b, c, 2, "{\"id\":\"a\",\"assignee\":\"wang\",\"due\":3,\"code\":\"x1\"}");
    put(b, c, 2, "{\"id\":\"b\",\"assignee\":\"wang\",\"due\":1}");
    put(b, c, 2, "{\"id\":\"c\",\"assignee\":\"li\",\"due\":2}");
    put(b, c, 2, "{\"id\":\"d\",\"assignee\":\"wang\",\"due\":-5.5}");
    put(b, c, 1, "{\"id\":\"top\",\"assignee\":\"wang\",\"due\":2}");
    put(b, c, 3, "{\"id\":\"other\",\"assignee\":\"wang\",\"due\":2}");
}

/* ---- looking ---- */

static void test_store_keeps_records_over_reopening(void **state)
{
    struct bench *b = *state;
    fill(b, define(b, TASKS));
    close_store(b);
    open_store(b, (size_t)1 << 30);
    const struct store_collection *c = store_collection(b->store, STR("task"));
    assert_non_null(c);
    assert_int_equal(c->index_count, 3);
    struct snap *snap = look(b, 2);
    struct val v;
    struct err err;
    assert_true(snap_get(snap, c, STR("a"), NULL, &v, &err));
    assert_true(val_is(val_get(v, STR("code")), "x1"));
    assert_true(snap_get(snap, c, STR("none"), NULL, &v, &err));
    assert_false(val_exists(v));
    snap_close(snap);
}

static void test_snap_never_leaves_its_chain(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    struct snap *snap = look(b, 2);
    struct val v;
    struct err err;
    assert_true(snap_get(snap, c, STR("top"), NULL, &v, &err));
    assert_false(val_exists(v));
    assert_true(snap_get_up(snap, c, STR("top"), NULL, &v, &err));
    assert_true(val_exists(v));
    assert_true(snap_get_up(snap, c, STR("other"), NULL, &v, &err));
    assert_false(val_exists(v));
    snap_close(snap);
}

static void test_query_walks_in_the_order_of_the_index(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c,
                       .index = store_index(c, STR("assignee")),
                       .equals = { val_str(STR("wang")) },
                       .equals_count = 1,
                       .limit = 10 };
    assert_string_equal(ids(b, snap, &q, NULL), "d b a");
    q.descending = true;
    assert_string_equal(ids(b, snap, &q, NULL), "a b d");
    q.descending = false;
    q.from = val_int(1);
    assert_string_equal(ids(b, snap, &q, NULL), "b a");
    q.to = val_int(3);
    assert_string_equal(ids(b, snap, &q, NULL), "b");
    q.up = true;
    assert_string_equal(ids(b, snap, &q, NULL), "b top");
    struct query plain = { .collection = c,
                           .index = store_index(c, STR("due")),
                           .limit = 10 };
    assert_string_equal(ids(b, snap, &plain, NULL), "d b c a");
    struct query unique = { .collection = c,
                            .index = store_index(c, STR("code")),
                            .equals = { val_str(STR("x1")) },
                            .equals_count = 1,
                            .limit = 10 };
    assert_string_equal(ids(b, snap, &unique, NULL), "a");
    struct query by_id = { .collection = c, .limit = 10 };
    assert_string_equal(ids(b, snap, &by_id, NULL), "a b c d");
    snap_close(snap);
}

static void test_query_pages_through_everything_once(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    for (int direction = 0; direction < 2; direction++) {
        struct snap *snap = look(b, 2);
        struct query q = { .collection = c,
                           .index = store_index(c, STR("due")),
                           .limit = 2,
                           .up = true,
                           .descending = direction };
        char seen[64] = "";
        for (int page = 0; page < 5; page++) {
            struct rows rows;
            struct err err;
            assert_true(snap_query(snap, &q, b->arena, NULL, &rows, &err));
            for (size_t i = 0; i < val_count(rows.list); i++)
                strncat(seen, val_get_text(val_at(rows.list, i), STR("id")).p, 1);
            if (!rows.next.n)
                break;
            q.after = rows.next;
        }
        assert_string_equal(seen, direction ? "atcbd" : "dbcta");
        snap_close(snap);
    }
}

static void test_query_refuses_what_makes_no_sense(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c,
                       .index = store_index(c, STR("assignee")),
                       .limit = 10 };
    assert_string_equal(ids(b, snap, &q, NULL), "store.query");
    q.index = store_index(c, STR("due"));
    q.limit = 0;
    assert_string_equal(ids(b, snap, &q, NULL), "store.query");
    q.limit = 1;
    q.after = STR("zz");
    assert_string_equal(ids(b, snap, &q, NULL), "store.query");
    q.after = STR("00ff");
    assert_string_equal(ids(b, snap, &q, NULL), "store.query");
    snap_close(snap);
}

static void test_count_stops_at_its_limit(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c, .limit = 3 };
    size_t n;
    struct err err;
    assert_true(snap_count(snap, &q, b->arena, NULL, &n, &err));
    assert_int_equal(n, 3);
    q.limit = 100;
    q.up = true;
    assert_true(snap_count(snap, &q, b->arena, NULL, &n, &err));
    assert_int_equal(n, 5);
    snap_close(snap);
}

/* ---- writing ---- */

static void test_write_undoes_only_the_work_that_failed(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    struct err err;
    struct put bad = {
        .c = c, .space = 2, .record = json(b, "{\"id\":\"x\"}"), .then_fail = true
    };
    assert_false(store_write(b->store, put_work, &bad, &err));
    assert_string_equal(err.code, "test.fail");
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c, .limit = 10 };
    assert_string_equal(ids(b, snap, &q, NULL), "");
    snap_close(snap);
}

/* Work that waits until the rest of its group stands behind it. */
static bool hold_work(struct txn *txn, void *data, struct err *err)
{
    (void)txn;
    (void)err;
    sem_wait(data);
    return true;
}

static bool storm_work(struct txn *txn, void *data, struct err *err)
{
    static const char *const records[] = {
        "{\"id\":\"new\",\"assignee\":\"wang\",\"due\":0,\"code\":\"x3\"}",
        "{\"id\":\"a\",\"assignee\":\"li\",\"due\":9,\"code\":\"x2\"}",
        "{\"id\":\"a\",\"assignee\":\"sun\",\"due\":8}",
        "{\"id\":\"d\",\"assignee\":\"wang\",\"due\":-5.5,\"code\":\"x1\"}",
    };
    struct bench *b = data;
    const struct store_collection *c = store_collection(b->store, STR("task"));
    bool good = txn_remove(txn, 2, c, STR("b"), err);
    for (size_t i = 0; good && i < COUNT_OF(records); i++)
        good = txn_put(txn, 2, c, json(b, records[i]), PUT_ANY, err);
    good = good && txn_remove(txn, 2, c, STR("a"), err)
           && txn_put(txn, 2, c, json(b, "{\"id\":\"b\",\"due\":7}"), PUT_NEW, err);
    return good
           && txn_put(txn, 2, c, json(b, "{\"id\":\"e\",\"code\":\"x1\"}"), PUT_ANY, err);
}

struct later {
    store_work *work;
    void *data;
    const char *code; /* what came of it; empty: good */
    sem_t known;
};

static bool run_later(struct txn *txn, void *data, struct err *err)
{
    struct later *later = data;
    return later->work(txn, later->data, err);
}

static void later_done(void *data, bool ok, const struct err *err)
{
    struct later *later = data;
    later->code = ok ? "" : err->code;
    sem_post(&later->known);
}

static void test_what_fails_in_a_group_leaves_the_others_as_they_are(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    sem_t go;
    sem_init(&go, 0, 0);
    struct put first = { .c = c,
                         .space = 2,
                         .record = json(b, "{\"id\":\"f\",\"assignee\":\"wang\"}") };
    struct put last = { .c = c,
                        .space = 2,
                        .record = json(b, "{\"id\":\"g\",\"due\":7,\"code\":\"x2\"}") };
    struct later group[] = { { .work = hold_work, .data = &go },
                             { .work = put_work, .data = &first },
                             { .work = storm_work, .data = b },
                             { .work = put_work, .data = &last } };
    uint64_t groups = store_count(b->store).groups;
    for (size_t i = 0; i < COUNT_OF(group); i++) {
        sem_init(&group[i].known, 0, 0);
        store_write_later(b->store, run_later, later_done, &group[i]);
    }
    sem_post(&go);
    for (size_t i = 0; i < COUNT_OF(group); i++)
        sem_wait(&group[i].known);
    assert_in_range(store_count(b->store).groups - groups, 1, 2);
    assert_string_equal(group[1].code, "");
    assert_string_equal(group[2].code, "store.unique");
    assert_string_equal(group[3].code, "");

    struct snap *snap = look(b, 2);
    struct query all = { .collection = c, .limit = 100 };
    struct query due = { .collection = c,
                         .index = store_index(c, STR("due")),
                         .limit = 100 };
    struct query code = { .collection = c,
                          .index = store_index(c, STR("code")),
                          .limit = 100 };
    struct query wang = { .collection = c,
                          .index = store_index(c, STR("assignee")),
                          .equals = { val_str(STR("wang")) },
                          .equals_count = 1,
                          .limit = 100 };
    assert_string_equal(ids(b, snap, &all, NULL), "a b c d f g");
    assert_string_equal(ids(b, snap, &due, NULL), "f d b c a g");
    assert_string_equal(ids(b, snap, &code, NULL), "a g");
    assert_string_equal(ids(b, snap, &wang, NULL), "f d b a");
    snap_close(snap);
    sem_destroy(&go);
    for (size_t i = 0; i < COUNT_OF(group); i++)
        sem_destroy(&group[i].known);
}

static void test_put_says_why_it_refuses(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    struct err err;
    fill(b, c);
    char *large = calloc(1, (1 << 20) + 64);
    memset(large, 'x', (1 << 20) + 20);
    memcpy(large, "{\"id\":\"big\",\"t\":\"", 17);
    strcpy(large + (1 << 20) + 20, "\"}");
    const struct {
        const char *text;
        enum put_mode mode;
        const char *code;
    } cases[] = {
        { "{\"id\":\"a\"}", PUT_NEW, "store.exists" },
        { "{\"id\":\"zzz\"}", PUT_OLD, "store.missing" },
        { "{\"id\":\"a b\"}", PUT_ANY, "store.id" },
        { "{\"x\":1}", PUT_ANY, "store.id" },
        { "{\"id\":\"n\",\"code\":\"x1\"}", PUT_ANY, "store.unique" },
        { large, PUT_ANY, "store.large" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct put p = {
            .c = c, .space = 2, .record = json(b, cases[i].text), .mode = cases[i].mode
        };
        assert_false(store_write(b->store, put_work, &p, &err));
        assert_string_equal(err.code, cases[i].code);
    }
    free(large);
}

static void test_put_moves_the_entries_of_a_changed_record(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    put(b, c, 2, "{\"id\":\"a\",\"assignee\":\"li\",\"due\":0}");
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c,
                       .index = store_index(c, STR("assignee")),
                       .equals = { val_str(STR("li")) },
                       .equals_count = 1,
                       .limit = 10 };
    assert_string_equal(ids(b, snap, &q, NULL), "a c");
    q.index = store_index(c, STR("code"));
    q.equals[0] = val_str(STR("x1"));
    assert_string_equal(ids(b, snap, &q, NULL), "");
    snap_close(snap);
    struct put gone = { .c = c, .space = 2, .record = val_str(STR("a")) };
    struct err err;
    assert_true(store_write(b->store, remove_work, &gone, &err));
    assert_true(store_write(b->store, remove_work, &gone, &err));
    snap = look(b, 2);
    struct query all = { .collection = c,
                         .index = store_index(c, STR("due")),
                         .limit = 10 };
    assert_string_equal(ids(b, snap, &all, NULL), "d b c");
    snap_close(snap);
}

static bool many_work(struct txn *txn, void *data, struct err *err)
{
    struct put *p = data;
    for (int i = 0; i < 3; i++) {
        str id = txn_new_id(txn);
        struct val v = val_with(txn_arena(txn), val_map(NULL, 0), STR("id"), val_str(id));
        if (!txn_put(txn, p->space, p->c, v, PUT_NEW, err))
            return false;
        store_space chain[] = { p->space };
        struct snap *snap = txn_snap(txn, chain, 1);
        struct val back;
        if (!snap_get(snap, p->c, id, NULL, &back, err) || !val_exists(back))
            return err_set(err, ERR_SYSTEM, "test.blind", "does not see its own write");
    }
    return true;
}

enum { CROWD = 2 * STORE_MAX_ROWS + 7 };

/* One of each ten is not hers, and one is in another space. */
static bool crowd_work(struct txn *txn, void *data, struct err *err)
{
    struct put *p = data;
    struct arena *a = txn_arena(txn);
    for (int i = 0; i < CROWD; i++) {
        str who = i % 10 ? STR("li") : STR("wang");
        struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(txn_new_id(txn)));
        v = val_with(a, v, STR("assignee"), val_str(who));
        if (!txn_put(txn, i % 10 == 1 ? p->space + 1 : p->space, p->c, v, PUT_NEW, err))
            return false;
    }
    return true;
}

static bool remove_all_work(struct txn *txn, void *data, struct err *err)
{
    struct put *p = data;
    struct query hers = { .collection = p->c,
                          .index = store_index(p->c, STR("assignee")),
                          .equals = { val_str(STR("li")) },
                          .equals_count = 1 };
    return txn_remove_all(txn, p->space, &hers, err);
}

static size_t count_all(struct bench *b, const struct store_collection *c,
                        store_space space)
{
    struct snap *snap = look(b, space);
    struct query q = { .collection = c, .limit = STORE_MAX_ROWS };
    struct err err;
    size_t n;
    assert_true(snap_count(snap, &q, b->arena, NULL, &n, &err));
    snap_close(snap);
    return n;
}

static void test_remove_all_removes_more_than_one_query_gives(void **state)
{
    struct bench *b = *state;
    struct put p = { .c = define(b, TASKS), .space = 7 };
    struct err err;
    assert_true(store_write(b->store, crowd_work, &p, &err));
    assert_true(store_write(b->store, remove_all_work, &p, &err));
    assert_int_equal(count_all(b, p.c, 7), CROWD / 10 + 1);
    assert_int_equal(count_all(b, p.c, 8), CROWD / 10 + 1);
    assert_true(store_write(b->store, remove_all_work, &p, &err));
    assert_int_equal(count_all(b, p.c, 7), CROWD / 10 + 1);
}

struct hammer {
    struct put put;
    struct store *store;
};

/* NULL when every write succeeded. */
static void *hammer(void *data)
{
    struct hammer *h = data;
    struct err err;
    for (int i = 0; i < 50; i++) {
        if (!store_write(h->store, many_work, &h->put, &err))
            return h;
    }
    return NULL;
}

static void test_write_from_many_threads_loses_nothing_and_ids_only_grow(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    struct hammer job = { { .c = c, .space = 7 }, b->store };
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, hammer, &job);
    for (int i = 0; i < 8; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    struct snap *snap = look(b, 7);
    struct query q = { .collection = c, .limit = 1000 };
    struct rows rows;
    struct err err;
    size_t n = 0;
    do {
        assert_true(snap_query(snap, &q, b->arena, NULL, &rows, &err));
        n += val_count(rows.list);
        q.after = rows.next;
    } while (rows.next.n);
    assert_int_equal(n, 8 * 50 * 3);
    snap_close(snap);
}

/* ---- reads meet changes ---- */

static struct {
    size_t commits;
    size_t changes;
    char keys[64][256];
    size_t key_n[64];
    size_t n;
} heard;

static void hear(void *data, const struct commit *commit)
{
    (void)data;
    heard.commits++;
    heard.changes += commit->n;
    for (size_t i = 0; i < commit->n; i++) {
        for (size_t k = 0; k < commit->changes[i].key_count; k++) {
            str key = commit->changes[i].keys[k];
            memcpy(heard.keys[heard.n], key.p, key.n);
            heard.key_n[heard.n++] = key.n;
        }
    }
}

static bool met(const struct reads *reads)
{
    for (size_t i = 0; i < reads->n; i++) {
        for (size_t k = 0; k < heard.n; k++) {
            str key = { heard.keys[k], heard.key_n[k] };
            const struct read *r = &reads->items[i];
            if (r->hi.n ? str_compare(key, r->lo) >= 0 && str_compare(key, r->hi) < 0
                        : str_equal(key, r->lo))
                return true;
        }
    }
    return false;
}

static void test_change_meets_exactly_the_interval_that_was_read(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    store_observe(b->store, hear, NULL);
    fill(b, c);
    struct snap *snap = look(b, 2);
    struct reads reads = { .arena = b->arena };
    struct query q = { .collection = c,
                       .index = store_index(c, STR("assignee")),
                       .equals = { val_str(STR("wang")) },
                       .equals_count = 1,
                       .limit = 2 };
    assert_string_equal(ids(b, snap, &q, &reads), "d b");
    snap_close(snap);
    static const struct {
        const char *record;
        store_space space;
        bool meets;
    } cases[] = {
        { "{\"id\":\"n1\",\"assignee\":\"wang\",\"due\":2}", 2, false },
        { "{\"id\":\"n2\",\"assignee\":\"wang\",\"due\":0}", 2, true },
        { "{\"id\":\"n3\",\"assignee\":\"wang\",\"due\":0}", 3, false },
        { "{\"id\":\"n4\",\"assignee\":\"li\",\"due\":0}", 2, false },
        { "{\"id\":\"b\",\"assignee\":\"wang\",\"due\":1,\"note\":\"x\"}", 2, true },
        { "{\"id\":\"b\",\"assignee\":\"li\",\"due\":1}", 2, true },
        { "{\"id\":\"b\",\"assignee\":\"li\",\"due\":1}", 2, false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        heard.n = 0;
        put(b, c, cases[i].space, cases[i].record);
        if (met(&reads) != cases[i].meets)
            fail_msg("%s meets: %d", cases[i].record, !cases[i].meets);
    }
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

static struct query random_query(const struct store_collection *c, unsigned *seed)
{
    struct query q = { .collection = c, .limit = 1 + next_random(seed) % 4 };
    unsigned kind = next_random(seed) % 3;
    q.index = kind == 0 ? NULL : &c->indexes[kind - 1];
    q.descending = next_random(seed) % 2;
    q.up = next_random(seed) % 2;
    if (kind == 1) {
        q.equals[0] = val_int(next_random(seed) % 3);
        q.equals_count = 1;
    }
    if (kind && next_random(seed) % 2)
        q.from = val_int(next_random(seed) % 5);
    if (kind && next_random(seed) % 2)
        q.to = val_int(3 + next_random(seed) % 5);
    return q;
}

static void put_random(struct bench *b, const struct store_collection *c, unsigned *seed)
{
    char record[128];
    snprintf(record, sizeof record, "{\"id\":\"r%u\",\"assignee\":%u,\"due\":%u}",
             next_random(seed) % 12, next_random(seed) % 3, next_random(seed) % 8);
    put(b, c, 1 + next_random(seed) % 3, record);
}

/* One walk may start where another of the same snapshot stopped. */
static void test_a_query_finds_the_same_whatever_was_asked_before(void **state)
{
    enum { QUERIES = 300 };
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    const char *alone[QUERIES];
    unsigned seed = 5;
    for (int i = 0; i < 40; i++)
        put_random(b, c, &seed);
    unsigned start = seed;
    for (int i = 0; i < QUERIES; i++) {
        struct query q = random_query(c, &seed);
        struct snap *snap = look(b, 2);
        alone[i] = ids(b, snap, &q, NULL);
        snap_close(snap);
    }
    struct snap *snap = look(b, 2);
    seed = start;
    for (int i = 0; i < QUERIES; i++) {
        struct query q = random_query(c, &seed);
        assert_string_equal(ids(b, snap, &q, NULL), alone[i]);
    }
    snap_close(snap);
}

/* Whenever a change alters what a query finds, the query's reads must meet it. */
static void test_no_change_of_a_result_goes_unmet(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    unsigned seed = 7;
    store_observe(b->store, hear, NULL);
    for (int round = 0; round < 400; round++) {
        struct query q = random_query(c, &seed);
        struct reads reads = { .arena = b->arena };
        struct snap *snap = look(b, 2);
        const char *was = ids(b, snap, &q, &reads);
        snap_close(snap);
        heard.n = 0;
        put_random(b, c, &seed);
        snap = look(b, 2);
        const char *is = ids(b, snap, &q, NULL);
        snap_close(snap);
        if (strcmp(was, is) != 0 && !met(&reads))
            fail_msg("round %d: %s became %s unmet", round, was, is);
        if (round % 50 == 0)
            arena_reset(b->arena);
    }
}

static void test_revision_names_what_observers_have_seen(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    uint64_t before = store_revision(b->store);
    put(b, c, 2, "{\"id\":\"a\"}");
    assert_true(store_revision(b->store) > before);
    before = store_revision(b->store);
    put(b, c, 2, "{\"id\":\"a\"}");
    assert_true(store_revision(b->store) == before);
}

/* ---- definitions ---- */

static void test_define_fills_an_index_added_later(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, "{\"name\":\"task\"}");
    fill(b, c);
    c = define(b, TASKS);
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c,
                       .index = store_index(c, STR("due")),
                       .limit = 10 };
    assert_string_equal(ids(b, snap, &q, NULL), "d b c a");
    snap_close(snap);
    c = define(
        b, "{\"name\":\"task\",\"indexes\":[{\"name\":\"due\",\"fields\":[\"code\"]}]}");
    snap = look(b, 2);
    q.collection = c;
    q.index = store_index(c, STR("due"));
    assert_string_equal(ids(b, snap, &q, NULL), "b c d a");
    snap_close(snap);
    put(b, c, 2, "{\"id\":\"e\",\"code\":\"x1\"}");
}

static void test_define_refuses_what_is_not_a_definition(void **state)
{
    struct bench *b = *state;
    static const char *const wrong[] = {
        "{}",
        "{\"name\":\"A b\"}",
        "{\"name\":\"a\",\"indexes\":[{\"name\":\"i\"}]}",
        "{\"name\":\"a\",\"indexes\":[{\"name\":\"i\",\"fields\":[\"a\",\"b\",\"c\","
        "\"d\",\"e\"]}]}",
        "{\"name\":\"a\",\"indexes\":[{\"name\":\"i\",\"fields\":[\"a\"]},"
        "{\"name\":\"i\",\"fields\":[\"b\"]}]}",
        "{\"name\":\"a\",\"indexes\":[{\"name\":\"i\",\"fields\":[\"a\"],\"unique\":true,"
        "\"clustered\":true}]}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err err;
        assert_false(store_define(b->store, json(b, wrong[i]), &err));
        assert_string_equal(err.code, "store.definition");
    }
    fill(b, define(b, "{\"name\":\"task\"}"));
    put(b, store_collection(b->store, STR("task")), 2, "{\"id\":\"z\",\"code\":\"x1\"}");
    struct err err;
    assert_false(store_define(b->store, json(b, TASKS), &err));
    assert_string_equal(err.code, "store.unique");
    assert_int_equal(store_collection(b->store, STR("task"))->index_count, 0);
}

static void test_define_leaves_a_collection_to_its_owner(void **state)
{
    struct bench *b = *state;
    static const char mine[] = "{\"name\":\"a\",\"owner\":\"mine\"}";
    struct err err;
    define(b, "{\"name\":\"person\"}");
    assert_false(store_define(
        b->store, json(b, "{\"name\":\"person\",\"owner\":\"mine\",\"schema\":{}}"),
        &err));
    assert_string_equal(err.code, "store.owner");
    assert_string_equal(err.where, "person");
    define(b, mine);
    assert_false(store_define(b->store,
                              json(b, "{\"name\":\"a\",\"owner\":\"yours\",\"schema\":"
                                      "{}}"),
                              &err));
    assert_string_equal(err.code, "store.owner");
    /* who only needs it as it is may say so */
    define(b, "{\"name\":\"a\",\"owner\":\"yours\"}");
    assert_true(str_equal(store_collection(b->store, STR("a"))->owner, STR("mine")));
    define(b, "{\"name\":\"a\",\"owner\":\"mine\",\"schema\":{}}");
}

/* ---- what can go wrong ---- */

static void expect_open_error(struct bench *b, const char *code)
{
    struct store *store;
    struct err err;
    struct store_config config = { .dir = b->dir,
                                   .limit_bytes = 1 << 24,
                                   .clock = &clock_system };
    assert_false(store_open(&config, &store, &err));
    assert_string_equal(err.code, code);
}

static void test_open_refuses_a_folder_in_use_and_damaged_files(void **state)
{
    struct bench *b = *state;
    char path[96];
    fill(b, define(b, TASKS));
    expect_open_error(b, "store.in_use");
    close_store(b);
    snprintf(path, sizeof path, "%s/data.mdb", b->dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 4096), 0);
    expect_open_error(b, "store.corrupt");
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 9000; i++)
        fputc('x', file);
    fclose(file);
    expect_open_error(b, "store.corrupt");
    assert_int_equal(unlink(path), 0);
    open_store(b, (size_t)1 << 30);
}

static void test_a_full_store_says_so_and_keeps_what_it_has(void **state)
{
    struct bench *b = *state;
    close_store(b);
    open_store(b, 256 << 10);
    const struct store_collection *c = define(b, TASKS);
    struct err err;
    size_t stored = 0;
    char record[4200];
    bool good = true;
    for (; good && stored < 1000; stored += good) {
        int n = snprintf(record, sizeof record, "{\"id\":\"r%04zu\",\"t\":\"", stored);
        memset(record + n, 'x', 4000);
        strcpy(record + n + 4000, "\"}");
        struct put p = { .c = c, .space = 2, .record = json(b, record) };
        good = store_write(b->store, put_work, &p, &err);
    }
    assert_false(good);
    assert_string_equal(err.code, "store.full");
    assert_true(stored > 5);
    struct snap *snap = look(b, 2);
    struct query q = { .collection = c, .limit = 1000 };
    size_t n;
    assert_true(snap_count(snap, &q, b->arena, NULL, &n, &err));
    snap_close(snap);
    assert_int_equal(n, stored);
    close_store(b);
    open_store(b, (size_t)1 << 30);
    put(b, store_collection(b->store, STR("task")), 2, "{\"id\":\"after\"}");
}

/* KiB of files that are mapped into memory. */
static long mapped(void)
{
    char line[200];
    long kib = -1;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        (void)sscanf(line, "RssFile: %ld", &kib);
    fclose(file);
    return kib;
}

static void test_unmap_gives_memory_back_and_loses_nothing(void **state)
{
    enum { RECORDS = 200, BYTES = 40000 };
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    struct err err;
    struct val v;
    char record[BYTES + 50];
    for (int i = 0; i < RECORDS; i++) {
        int n = snprintf(record, sizeof record, "{\"id\":\"r%03d\",\"t\":\"", i);
        memset(record + n, 'x', BYTES);
        strcpy(record + n + BYTES, "\"}");
        put(b, c, 2, record);
    }
    struct snap *snap = look(b, 2);
    size_t bytes = 0;
    for (int i = 0; i < RECORDS; i++) {
        assert_true(
            snap_get(snap, c, arena_format(b->arena, "r%03d", i), NULL, &v, &err));
        bytes += doc_text(b->arena, v, DOC_PLAIN).n;
    }
    snap_close(snap);
    long before = mapped();
    assert_true(store_unmap(b->store, &err));
    assert_true(before - mapped() > (long)(bytes / 2048));
    put(b, c, 2, "{\"id\":\"after\"}");
    snap = look(b, 2);
    struct query q = { .collection = c, .limit = STORE_MAX_ROWS };
    size_t n;
    assert_true(snap_count(snap, &q, b->arena, NULL, &n, &err));
    assert_int_equal(n, RECORDS + 1);
    snap_close(snap);
}

/* What a query's reads say, parted by " | ". */
static const char *told(struct bench *b, const struct query *q)
{
    struct reads reads = { .arena = b->arena };
    struct snap *snap = look(b, 2);
    struct buf out;
    buf_init(&out, 10000);
    ids(b, snap, q, &reads);
    snap_close(snap);
    for (size_t i = 0; i < reads.n; i++) {
        buf_str(&out, i ? STR(" | ") : STR(""));
        store_tell_read(b->store, reads.items[i], &out);
    }
    const char *text = arena_str(b->arena, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static void test_store_tells_queries_to_people(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    fill(b, c);
    const struct store_index *due = store_index(c, STR("due"));
    struct query all = { .collection = c, .limit = 9 };
    struct query mine = { .collection = c,
                          .index = store_index(c, STR("assignee")),
                          .equals = { val_str(STR("wang")) },
                          .equals_count = 1,
                          .limit = 9 };
    struct query early = {
        .collection = c, .index = due, .to = val_num(2.5), .limit = 9
    };
    struct query first = { .collection = c, .index = due, .limit = 2 };
    assert_string_equal(told(b, &all), "task by id in 2:  to …");
    assert_string_equal(told(b, &mine),
                        "task by assignee in 2: [\"wang\"] to [\"wang\"]…");
    assert_string_equal(told(b, &early), "task by due in 2: [] to [2.5]");
    assert_string_equal(told(b, &first), "task by due in 2: [] to [1] b+");
}

static void test_store_tells_a_read_record_to_people(void **state)
{
    struct bench *b = *state;
    const struct store_collection *c = define(b, TASKS);
    struct reads reads = { .arena = b->arena };
    struct snap *snap = look(b, 2);
    struct val v;
    struct err err;
    struct buf out;
    buf_init(&out, 100);
    assert_true(snap_get(snap, c, STR("a"), &reads, &v, &err));
    snap_close(snap);
    store_tell_read(b->store, reads.items[0], &out);
    assert_true(str_equal(buf_view(&out), STR("task/a in 2")));
    buf_done(&out);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_keeps_records_over_reopening),
        STORE_TEST(test_snap_never_leaves_its_chain),
        STORE_TEST(test_query_walks_in_the_order_of_the_index),
        STORE_TEST(test_query_pages_through_everything_once),
        STORE_TEST(test_query_refuses_what_makes_no_sense),
        STORE_TEST(test_count_stops_at_its_limit),
        STORE_TEST(test_write_undoes_only_the_work_that_failed),
        STORE_TEST(test_what_fails_in_a_group_leaves_the_others_as_they_are),
        STORE_TEST(test_put_says_why_it_refuses),
        STORE_TEST(test_put_moves_the_entries_of_a_changed_record),
        STORE_TEST(test_write_from_many_threads_loses_nothing_and_ids_only_grow),
        STORE_TEST(test_change_meets_exactly_the_interval_that_was_read),
        STORE_TEST(test_a_query_finds_the_same_whatever_was_asked_before),
        STORE_TEST(test_no_change_of_a_result_goes_unmet),
        STORE_TEST(test_revision_names_what_observers_have_seen),
        STORE_TEST(test_define_fills_an_index_added_later),
        STORE_TEST(test_define_refuses_what_is_not_a_definition),
        STORE_TEST(test_remove_all_removes_more_than_one_query_gives),
        STORE_TEST(test_define_leaves_a_collection_to_its_owner),
        STORE_TEST(test_open_refuses_a_folder_in_use_and_damaged_files),
        STORE_TEST(test_a_full_store_says_so_and_keeps_what_it_has),
        STORE_TEST(test_unmap_gives_memory_back_and_loses_nothing),
        STORE_TEST(test_store_tells_queries_to_people),
        STORE_TEST(test_store_tells_a_read_record_to_people),
    };
    log_set_level(LOG_SILENT);
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
