/* Looking: one moment of the store, and the memory of what was looked at. */
#include "inside.h"

#include <stdlib.h>

/* A cursor, and where its last walk met the first entry behind its interval. A person's
 * cards lie side by side, so the next walk mostly starts there, and need not descend the
 * tree. */
struct walker {
    MDB_cursor *cursor;
    bool is_fresh;     /* it belongs to the running transaction */
    bool has_stopped;  /* … and stands on that entry: */
    struct keybuf end; /* of the interval: between it and the entry lies nothing */
    MDB_val k;
    MDB_val v;
};

/* Two, so that a card out of its turn does not end the row of those before and behind it.
 */
enum { WALKERS = 2 };

struct store_reader {
    struct store *store;
    struct snap snap;
    struct walker walkers[TREE_COUNT][WALKERS];
    uint8_t last[TREE_COUNT]; /* walker */
    MDB_txn *txn;             /* reset between snapshots, so that opening one is cheap */
};

bool store_reader_open(struct store *store, struct store_reader **ret, struct err *err)
{
    struct store_reader *reader = mem_zero(sizeof *reader);
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &reader->txn);
    if (rc) {
        mem_free(reader);
        return lmdb_failed(err, rc, "opening a reader");
    }
    mdb_txn_reset(reader->txn);
    reader->store = store;
    *ret = reader;
    return true;
}

void store_reader_close(struct store_reader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < TREE_COUNT * WALKERS; i++) {
        MDB_cursor *cursor = reader->walkers[i / WALKERS][i % WALKERS].cursor;
        if (cursor)
            mdb_cursor_close(cursor);
    }
    mdb_txn_abort(reader->txn);
    mem_free(reader);
}

static void set_chain(struct snap *snap, const store_space *chain, size_t n)
{
    snap->chain_count = n < STORE_MAX_CHAIN ? n : STORE_MAX_CHAIN;
    memcpy(snap->chain, chain, snap->chain_count * sizeof *chain);
}

bool snap_open(struct store_reader *reader, const store_space *chain, size_t chain_count,
               struct snap **ret, struct err *err)
{
    struct snap *snap = &reader->snap;
    snap->revision = store_revision(reader->store);
    int rc = mdb_txn_renew(reader->txn);
    if (rc)
        return lmdb_failed(err, rc, "opening a snapshot");
    snap->store = reader->store;
    snap->reader = reader;
    snap->txn = reader->txn;
    snap->base = snap;
    for (int i = 0; i < TREE_COUNT * WALKERS; i++)
        reader->walkers[i / WALKERS][i % WALKERS].is_fresh = false;
    set_chain(snap, chain, chain_count);
    *ret = snap;
    return true;
}

void snap_close(struct snap *snap)
{
    if (snap)
        mdb_txn_reset(snap->txn);
}

struct snap *snap_for(struct snap *snap, const store_space *chain, size_t chain_count,
                      struct arena *arena)
{
    struct snap *other = ARENA_NEW(arena, struct snap);
    *other = *snap;
    set_chain(other, chain, chain_count);
    return other;
}

uint64_t snap_revision(const struct snap *snap)
{
    return snap->revision;
}

struct store *snap_store(const struct snap *snap)
{
    return snap->store;
}

static bool read_failed(struct err *err, int rc)
{
    return lmdb_failed(err, rc, "reading");
}

/* Inside a transaction the next write may move the page, so there the record is copied.
 */
static struct val record_of(struct snap *snap, MDB_val bytes, struct arena *arena)
{
    str packed = { bytes.mv_data, bytes.mv_size };
    return doc_unpack(snap->base->reader ? packed : arena_str(arena, packed));
}

/* ---- reads ---- */

void reads_add(struct reads *reads, str lo, str hi)
{
    size_t n = reads->n;
    if (!(n & (n - 1)) && (n == 0 || n >= 4)) {
        struct read *grown = arena_alloc(reads->arena, (n ? n * 2 : 4) * sizeof *grown);
        if (n)
            memcpy(grown, reads->items, n * sizeof *grown);
        reads->items = grown;
    }
    char *p = arena_alloc(reads->arena, lo.n + hi.n);
    memcpy(p, lo.p, lo.n);
    if (hi.n)
        memcpy(p + lo.n, hi.p, hi.n);
    reads->items[reads->n++] = (struct read){ { p, lo.n }, { p + lo.n, hi.n } };
}

/* ---- one record ---- */

static bool get_in(struct snap *snap, store_space space, const struct store_collection *c,
                   str id, struct reads *reads, MDB_val *ret, struct err *err)
{
    struct keybuf key;
    *ret = (MDB_val){ 0, NULL };
    if (id.n == 0 || id.n > STORE_MAX_ID)
        return true;
    key_of_record(&key, space, c->number, id);
    if (reads)
        reads_add(reads, key_view(&key), STR(""));
    MDB_val k = key_lmdb(&key);
    int rc = mdb_get(snap->txn, snap->store->trees[TREE_RECORD], &k, ret);
    return rc == 0 || rc == MDB_NOTFOUND || read_failed(err, rc);
}

/* A read without an arena of the caller's: the copy inside a transaction dies with it. */
static struct arena *copy_arena(struct snap *snap)
{
    struct snap *base = snap->base;
    if (base->reader)
        return NULL;
    return ((struct txn *)((char *)base - offsetof(struct txn, snap)))->arena;
}

bool snap_get(struct snap *snap, const struct store_collection *collection, str id,
              struct reads *reads, struct val *ret, struct err *err)
{
    MDB_val bytes;
    if (!get_in(snap, snap->chain[snap->chain_count - 1], collection, id, reads, &bytes,
                err))
        return false;
    *ret = bytes.mv_size ? record_of(snap, bytes, copy_arena(snap)) : VAL_ABSENT;
    return true;
}

bool snap_get_up(struct snap *snap, const struct store_collection *collection, str id,
                 struct reads *reads, struct val *ret, struct err *err)
{
    *ret = VAL_ABSENT;
    for (size_t i = snap->chain_count; i-- > 0;) {
        MDB_val bytes;
        if (!get_in(snap, snap->chain[i], collection, id, reads, &bytes, err))
            return false;
        if (bytes.mv_size) {
            *ret = record_of(snap, bytes, copy_arena(snap));
            return true;
        }
    }
    return true;
}

/* ---- queries ---- */

/* What a key holds behind the tree byte and the space: what rows of several spaces are
 * merged by. */
enum { SUFFIX_AT = 4 };

struct row {
    str suffix;
    struct val record;
};

struct found {
    struct row *rows;
    size_t n;
};

struct interval {
    struct keybuf lo; /* with the tree byte, as reads have it */
    struct keybuf hi;
};

/* All keys that `query` may meet in `space`. */
static void interval_of(const struct query *q, store_space space, struct interval *ret)
{
    if (q->index) {
        key_of_prefix(&ret->lo, space, q->collection, q->index, q->equals,
                      q->equals_count);
    } else {
        key_of_record(&ret->lo, space, q->collection->number, STR(""));
    }
    key_copy(&ret->hi, &ret->lo);
    if (val_exists(q->from) && q->index)
        key_value(&ret->lo, q->from);
    else if (val_exists(q->from))
        key_bytes(&ret->lo, val_text(q->from));
    if (val_exists(q->to) && q->index)
        key_value(&ret->hi, q->to);
    else if (val_exists(q->to))
        key_bytes(&ret->hi, val_text(q->to));
    else
        key_u8(&ret->hi, 0xff);
}

static int compare_lmdb(MDB_val k, str key)
{
    return str_compare((str){ k.mv_data, k.mv_size }, (str){ key.p + 1, key.n - 1 });
}

static bool starts_at(const struct walker *w, const struct interval *in)
{
    return w->is_fresh && w->has_stopped
           && str_compare(key_view(&in->lo), key_view(&w->end)) >= 0
           && compare_lmdb(w->k, key_view(&in->lo)) >= 0;
}

/* The walker that stands where the walk begins, or the one that has rested. */
static struct walker *choose_walker(struct store_reader *reader, enum tree tree,
                                    const struct interval *in)
{
    uint8_t last = reader->last[tree];
    uint8_t other = (uint8_t)(WALKERS - 1 - last);
    struct walker *walkers = reader->walkers[tree];
    if (starts_at(&walkers[last], in))
        return &walkers[last];
    reader->last[tree] = other;
    if (!starts_at(&walkers[other], in))
        walkers[other].has_stopped = false;
    return &walkers[other];
}

/* `ret_walker` is NULL inside a transaction, where entries move. */
static bool cursor_for(struct snap *snap, enum tree tree, const struct interval *in,
                       MDB_cursor **ret, struct walker **ret_walker, struct err *err)
{
    struct snap *base = snap->base;
    struct walker *w = base->reader ? choose_walker(base->reader, tree, in) : NULL;
    MDB_cursor **cursor = w ? &w->cursor : &base->cursors[tree];
    int rc = 0;
    if (!*cursor)
        rc = mdb_cursor_open(base->txn, base->store->trees[tree], cursor);
    else if (w && !w->is_fresh)
        rc = mdb_cursor_renew(base->txn, *cursor);
    if (rc)
        return read_failed(err, rc);
    if (w)
        w->is_fresh = true;
    *ret = *cursor;
    *ret_walker = w;
    return true;
}

/* What lies beside it is asked for, too: the next walk mostly starts there, and LMDB
 * fills pages from their end. */
static void stop_at(struct walker *w, const struct interval *in, MDB_val k, MDB_val v)
{
    enum { BESIDE = 896 };
    if (!w)
        return;
    w->has_stopped = true;
    key_copy(&w->end, &in->hi);
    w->k = k;
    w->v = v;
    prefetch_bytes((str){ v.mv_data, v.mv_size });
    for (size_t i = 64; i <= BESIDE; i += 64)
        __builtin_prefetch((char *)k.mv_data - i);
}

/* Puts the cursor on the first key of the walk. */
static int walk_first(MDB_cursor *cursor, struct walker *w, const struct interval *in,
                      bool descending, MDB_val *k, MDB_val *v)
{
    bool known = w && w->has_stopped && !descending;
    if (w)
        w->has_stopped = false; /* until this walk stops */
    if (known) {
        *k = w->k;
        *v = w->v;
        return 0;
    }
    if (!descending) {
        *k = key_lmdb(&in->lo);
        return mdb_cursor_get(cursor, k, v, MDB_SET_RANGE);
    }
    *k = key_lmdb(&in->hi);
    int rc = mdb_cursor_get(cursor, k, v, MDB_SET_RANGE);
    return mdb_cursor_get(cursor, k, v, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

static bool inside(const struct interval *in, bool descending, MDB_val k)
{
    return descending ? compare_lmdb(k, key_view(&in->lo)) >= 0
                      : compare_lmdb(k, key_view(&in->hi)) < 0;
}

/* The record behind an entry of the walked tree. */
static bool follow(struct snap *snap, const struct query *q, store_space space, MDB_val k,
                   MDB_val v, struct arena *arena, struct val *ret, struct err *err)
{
    if (!q->index || q->index->clustered) {
        *ret = record_of(snap, v, arena);
        return true;
    }
    str id = q->index->unique ? (str){ v.mv_data, v.mv_size }
                              : key_id((str){ k.mv_data, k.mv_size });
    MDB_val bytes;
    if (!get_in(snap, space, q->collection, id, NULL, &bytes, err))
        return false;
    if (!bytes.mv_size)
        return err_set(err, ERR_SYSTEM, "store.corrupt",
                       "an index of %.*s points at nothing",
                       STR_ARG(q->collection->name));
    *ret = record_of(snap, bytes, arena);
    return true;
}

/* Narrows the interval so that it starts behind the row `after`. */
static void start_behind(struct interval *in, bool descending, str after)
{
    struct keybuf *side = descending ? &in->hi : &in->lo;
    side->n = 1 + SUFFIX_AT;
    key_bytes(side, after);
    if (!descending)
        key_u8(side, 0);
}

/* Appends the rows of one space, at most as many as the query wants. */
static bool walk(struct snap *snap, const struct query *q, store_space space,
                 const struct interval *in, struct arena *arena, struct found *found,
                 struct err *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val k;
    MDB_val v;
    enum tree tree = q->index ? index_tree(q->index) : TREE_RECORD;
    struct walker *walker = NULL;
    if (!cursor_for(snap, tree, in, &cursor, &walker, err))
        return false;
    int rc = walk_first(cursor, walker, in, q->descending, &k, &v);
    for (size_t n = 0; rc == 0 && n < q->limit; n++) {
        if (!inside(in, q->descending, k)) {
            if (!q->descending)
                stop_at(walker, in, k, v);
            break;
        }
        prefetch_bytes((str){ v.mv_data, v.mv_size });
        struct row *row = &found->rows[found->n];
        str suffix = { (char *)k.mv_data + SUFFIX_AT, k.mv_size - SUFFIX_AT };
        row->suffix = snap->base->reader ? suffix : arena_str(arena, suffix);
        if (!follow(snap, q, space, k, v, arena, &row->record, err))
            return false;
        found->n++;
        rc = mdb_cursor_get(cursor, &k, &v, q->descending ? MDB_PREV : MDB_NEXT);
    }
    return rc == 0 || rc == MDB_NOTFOUND || read_failed(err, rc);
}

/* Remembers the interval as far as it was needed: up to the last row when the limit ended
 * it. */
static void remember(struct reads *reads, struct interval *in, bool descending,
                     const str *last)
{
    if (last && descending) {
        in->lo.n = 1 + SUFFIX_AT;
        key_bytes(&in->lo, *last);
    } else if (last) {
        in->hi.n = 1 + SUFFIX_AT;
        key_bytes(&in->hi, *last);
        key_u8(&in->hi, 0);
    }
    reads_add(reads, key_view(&in->lo), key_view(&in->hi));
}

static bool unhex(str s, struct arena *arena, str *ret)
{
    char *out = arena_alloc(arena, s.n / 2 + 1);
    for (size_t i = 0; i < s.n; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
        if (!at)
            return false;
        unsigned nibble = (unsigned)(at - digits);
        out[i / 2] = (char)(i % 2 ? out[i / 2] | (int)nibble : (int)(nibble << 4));
    }
    *ret = (str){ out, s.n / 2 };
    return s.n % 2 == 0 && s.n <= (size_t)2 * KEY_MAX;
}

static str hex(str s, struct arena *arena)
{
    char *out = arena_alloc(arena, s.n * 2 + 1);
    for (size_t i = 0; i < s.n; i++) {
        out[i * 2] = "0123456789abcdef"[(uint8_t)s.p[i] >> 4];
        out[i * 2 + 1] = "0123456789abcdef"[(uint8_t)s.p[i] & 15];
    }
    return (str){ out, s.n * 2 };
}

static bool check_query(const struct query *q, struct err *err)
{
    const char *wrong = NULL;
    if (q->limit < 1 || q->limit > STORE_MAX_ROWS)
        wrong = "a query gives 1 to 1000 rows";
    else if (q->index && q->equals_count > q->index->field_count)
        wrong = "more values than the index has fields";
    else if (!q->index && q->equals_count)
        wrong = "values to be equal to want an index";
    else if (q->index && q->index->clustered && !q->equals_count)
        wrong = "a clustered index wants its first field";
    if (!wrong)
        return true;
    return err_set(err, ERR_INPUT, "store.query", "%.*s: %s",
                   STR_ARG(q->collection->name), wrong);
}

static bool read_cursor(const struct query *q, const struct interval *in,
                        struct arena *arena, str *ret, struct err *err)
{
    struct interval moved;
    key_copy(&moved.lo, &in->lo);
    key_copy(&moved.hi, &in->hi);
    bool good = unhex(q->after, arena, ret);
    if (good) {
        start_behind(&moved, q->descending, *ret);
        str at = key_view(q->descending ? &moved.hi : &moved.lo);
        good = str_compare(at, key_view(&in->lo)) >= 0
               && str_compare(at, key_view(&in->hi)) <= 0;
    }
    if (good)
        return true;
    return err_set(err, ERR_INPUT, "store.query", "the cursor belongs to another query");
}

static int by_suffix(const void *a, const void *b)
{
    return str_compare(((const struct row *)a)->suffix, ((const struct row *)b)->suffix);
}

static int by_suffix_down(const void *a, const void *b)
{
    return -by_suffix(a, b);
}

/* Rows of several spaces in one order. The sort is stable enough: equal suffixes are the
 * same id in two spaces, and there the nearer space, which comes first, counts. */
static size_t merge(struct row *rows, size_t n, bool descending)
{
    qsort(rows, n, sizeof *rows, descending ? by_suffix_down : by_suffix);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && str_equal(rows[kept - 1].suffix, rows[i].suffix))
            continue;
        rows[kept++] = rows[i];
    }
    return kept;
}

bool snap_query(struct snap *snap, const struct query *query, struct arena *arena,
                struct reads *reads, struct rows *ret, struct err *err)
{
    size_t spaces = query->up ? snap->chain_count : 1;
    struct interval in[STORE_MAX_CHAIN];
    struct found found = { arena_alloc(arena, spaces * query->limit * sizeof(struct row)),
                           0 };
    str after = { NULL, 0 };
    if (!check_query(query, err))
        return false;
    for (size_t i = 0; i < spaces; i++) {
        store_space space = snap->chain[snap->chain_count - 1 - i];
        interval_of(query, space, &in[i]);
        if (query->after.n) {
            if (!read_cursor(query, &in[i], arena, &after, err))
                return false;
            start_behind(&in[i], query->descending, after);
        }
        if (!walk(snap, query, space, &in[i], arena, &found, err))
            return false;
    }
    struct row *rows = found.rows;
    size_t n = spaces > 1 ? merge(rows, found.n, query->descending) : found.n;
    bool cut = n >= query->limit;
    n = cut ? query->limit : n;
    for (size_t i = 0; reads && i < spaces; i++)
        remember(reads, &in[i], query->descending, cut ? &rows[n - 1].suffix : NULL);
    struct val *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = rows[i].record;
    ret->list = val_list(list, n);
    ret->next = cut ? hex(rows[n - 1].suffix, arena) : STR("");
    return true;
}

bool snap_count(struct snap *snap, const struct query *query, struct arena *arena,
                struct reads *reads, size_t *ret, struct err *err)
{
    struct query q = *query;
    enum tree tree = q.index ? index_tree(q.index) : TREE_RECORD;
    size_t spaces = q.up ? snap->chain_count : 1;
    size_t n = 0;
    (void)arena;
    if (!check_query(&q, err))
        return false;
    for (size_t i = 0; i < spaces; i++) {
        struct interval in;
        MDB_cursor *cursor = NULL;
        struct walker *walker = NULL;
        MDB_val k;
        MDB_val v;
        interval_of(&q, snap->chain[snap->chain_count - 1 - i], &in);
        if (!cursor_for(snap, tree, &in, &cursor, &walker, err))
            return false;
        int rc = walk_first(cursor, walker, &in, false, &k, &v);
        while (rc == 0 && n < q.limit && inside(&in, false, k)) {
            n++;
            rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
        }
        if (rc && rc != MDB_NOTFOUND)
            return read_failed(err, rc);
        if (reads)
            reads_add(reads, key_view(&in.lo), key_view(&in.hi));
    }
    *ret = n;
    return true;
}
