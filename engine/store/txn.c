/* Writing: records and their index entries move together, and every change is noted. */
#include "inside.h"

#include <unistd.h>

struct arena *txn_arena(struct txn *txn)
{
    return txn->arena;
}

size_t txn_bytes(const struct txn *txn)
{
    return txn->bytes;
}

struct store *txn_store(const struct txn *txn)
{
    return txn->store;
}

int64_t txn_now_ms(const struct txn *txn)
{
    return clock_now(txn->store->config.clock);
}

struct snap *txn_snap(struct txn *txn, const store_space *chain, size_t chain_count)
{
    struct snap *snap = &txn->snap;
    snap->store = txn->store;
    snap->txn = txn->lmdb;
    snap->base = snap;
    snap->reader = NULL;
    snap->chain_count = chain_count < STORE_MAX_CHAIN ? chain_count : STORE_MAX_CHAIN;
    memcpy(snap->chain, chain, snap->chain_count * sizeof *chain);
    return snap_for(snap, chain, chain_count, txn->arena);
}

void txn_close_snap(struct txn *txn)
{
    for (int i = 0; i < TREE_COUNT; i++) {
        if (txn->snap.cursors[i])
            mdb_cursor_close(txn->snap.cursors[i]);
        txn->snap.cursors[i] = NULL;
    }
}

/* ULID: 48 bits of milliseconds, then 80 that start at random and are counted up, so that
 * ids of one store only ever grow and new records land on the last page. */
str txn_new_id(struct txn *txn)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t *last = txn->store->last_id;
    uint64_t ms = (uint64_t)txn_now_ms(txn);
    uint64_t last_ms = 0;
    for (int i = 0; i < 6; i++)
        last_ms = last_ms << 8 | last[i];
    if (ms > last_ms) {
        for (int i = 0; i < 6; i++)
            last[i] = (uint8_t)(ms >> (40 - 8 * i));
        if (getentropy(last + 6, 10) != 0)
            memset(last + 6, 0, 10);
        last[6] &= 0x7f;
    } else {
        for (int i = 15; i >= 0 && ++last[i] == 0; i--)
            continue;
    }
    char *id = arena_alloc(txn->arena, 27);
    for (int i = 0; i < 26; i++) {
        unsigned bit = (unsigned)i * 5;
        unsigned value = 0;
        for (unsigned k = 0; k < 5; k++) {
            unsigned at = bit + k;
            unsigned b = at < 2 ? 0 : last[(at - 2) / 8] >> (7 - (at - 2) % 8) & 1;
            value = value << 1 | b;
        }
        id[i] = digits[value];
    }
    id[26] = 0;
    return (str){ id, 26 };
}

static bool id_is_good(str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
                     || c == ':';
        if (!plain)
            return false;
    }
    return id.n > 0 && id.n <= STORE_MAX_ID;
}

static struct change *add_change(struct txn *txn)
{
    if (txn->n == txn->cap) {
        size_t cap = txn->cap ? txn->cap * 2 : 8;
        struct change *grown = arena_alloc(txn->arena, cap * sizeof *grown);
        if (txn->n)
            memcpy(grown, txn->changes, txn->n * sizeof *grown);
        txn->changes = grown;
        txn->cap = cap;
    }
    return &txn->changes[txn->n++];
}

/* The keys under which a reader could have met the record, before or after. */
static void note_change(struct txn *txn, store_space space,
                        const struct store_collection *c, str id, struct val before,
                        struct val after)
{
    struct change *change = add_change(txn);
    str *keys = ARENA_ARRAY(txn->arena, str, 1 + (size_t)2 * c->index_count);
    size_t n = 0;
    struct keybuf key;
    key_of_record(&key, space, c->number, id);
    keys[n++] = arena_str(txn->arena, key_view(&key));
    for (size_t i = 0; i < c->index_count; i++) {
        str seen = { NULL, 0 };
        if (val_exists(before) && index_holds(&c->indexes[i], before)) {
            key_of_index(&key, space, c, &c->indexes[i], before, id);
            seen = keys[n++] = arena_str(txn->arena, key_view(&key));
        }
        if (val_exists(after) && index_holds(&c->indexes[i], after)) {
            key_of_index(&key, space, c, &c->indexes[i], after, id);
            if (!str_equal(seen, key_view(&key)))
                keys[n++] = arena_str(txn->arena, key_view(&key));
        }
    }
    *change = (struct change){ .space = space,
                               .collection = c,
                               .id = id,
                               .before = before,
                               .after = after,
                               .keys = keys,
                               .key_count = n };
}

bool index_holds(const struct store_index *index, struct val record)
{
    struct val first = val_get_key(record, index->keys[0]);
    return !index->unique || (val_exists(first) && first.kind != VAL_NULL);
}

static bool is_taken(struct err *err, const struct store_collection *c,
                     const struct store_index *index)
{
    return err_at(err, ERR_CONFLICT, "store.unique", index->fields[0],
                  "another record of %.*s already has this %.*s", STR_ARG(c->name),
                  STR_ARG(index->name));
}

bool index_put(struct txn *txn, const struct store_collection *c,
               const struct store_index *index, store_space space, str id,
               struct val record, str packed, struct err *err)
{
    struct keybuf key;
    str stored = index->clustered ? packed : index->unique ? id : STR("");
    if (!index_holds(index, record))
        return true;
    key_of_index(&key, space, c, index, record, id);
    MDB_val k = key_lmdb(&key);
    MDB_val v = { stored.n, (char *)(uintptr_t)stored.p };
    int rc = mdb_put(txn->lmdb, txn->store->trees[index_tree(index)], &k, &v,
                     index->unique ? MDB_NOOVERWRITE : 0);
    if (rc == MDB_KEYEXIST)
        return is_taken(err, c, index);
    return rc == 0 || lmdb_failed(err, rc, "writing an index");
}

bool index_remove(struct txn *txn, const struct store_collection *c,
                  const struct store_index *index, store_space space, str id,
                  struct val record, struct err *err)
{
    struct keybuf key;
    if (!index_holds(index, record))
        return true;
    key_of_index(&key, space, c, index, record, id);
    MDB_val k = key_lmdb(&key);
    int rc = mdb_del(txn->lmdb, txn->store->trees[index_tree(index)], &k, NULL);
    return rc == 0 || rc == MDB_NOTFOUND || lmdb_failed(err, rc, "writing an index");
}

static bool same_entry(store_space space, const struct store_collection *c,
                       const struct store_index *index, str id, struct val before,
                       struct val after)
{
    struct keybuf a;
    struct keybuf b;
    if (index->clustered)
        return false;
    key_of_index(&a, space, c, index, before, id);
    key_of_index(&b, space, c, index, after, id);
    return str_equal(key_view(&a), key_view(&b))
           && index_holds(index, before) == index_holds(index, after);
}

static bool move_entries(struct txn *txn, store_space space,
                         const struct store_collection *c, str id, struct val before,
                         struct val after, str packed, struct err *err)
{
    for (size_t i = 0; i < c->index_count; i++) {
        const struct store_index *index = &c->indexes[i];
        bool both = val_exists(before) && val_exists(after);
        if (both && same_entry(space, c, index, id, before, after))
            continue;
        if (val_exists(before) && !index_remove(txn, c, index, space, id, before, err))
            return false;
        if (val_exists(after) && !index_put(txn, c, index, space, id, after, packed, err))
            return false;
    }
    return true;
}

/* Looked at before anything is written, so that a put that is refused leaves nothing. */
static bool entries_are_free(struct txn *txn, store_space space,
                             const struct store_collection *c, str id, struct val before,
                             struct val after, struct err *err)
{
    for (size_t i = 0; i < c->index_count; i++) {
        const struct store_index *index = &c->indexes[i];
        struct keybuf key;
        MDB_val v;
        if (!index->unique || !index_holds(index, after)
            || (val_exists(before) && same_entry(space, c, index, id, before, after)))
            continue;
        key_of_index(&key, space, c, index, after, id);
        MDB_val k = key_lmdb(&key);
        int rc = mdb_get(txn->lmdb, txn->store->trees[index_tree(index)], &k, &v);
        if (rc == 0)
            return is_taken(err, c, index);
        if (rc != MDB_NOTFOUND)
            return lmdb_failed(err, rc, "reading an index");
    }
    return true;
}

/* The record as it is now, copied: its page is about to change. */
static bool read_before(struct txn *txn, struct keybuf *key, struct val *ret,
                        str *ret_packed, struct err *err)
{
    MDB_val k = key_lmdb(key);
    MDB_val v;
    int rc = mdb_get(txn->lmdb, txn->store->trees[TREE_RECORD], &k, &v);
    *ret = VAL_ABSENT;
    *ret_packed = (str){ NULL, 0 };
    if (rc == MDB_NOTFOUND)
        return true;
    if (rc)
        return lmdb_failed(err, rc, "reading");
    *ret_packed = arena_str(txn->arena, (str){ v.mv_data, v.mv_size });
    *ret = doc_unpack(*ret_packed);
    return true;
}

static bool check_mode(enum put_mode mode, const struct store_collection *c, str id,
                       bool exists, struct err *err)
{
    if (mode == PUT_NEW && exists)
        return err_set(err, ERR_CONFLICT, "store.exists", "%.*s %.*s is already there",
                       STR_ARG(c->name), STR_ARG(id));
    if (mode == PUT_OLD && !exists)
        return err_set(err, ERR_MISSING, "store.missing", "there is no %.*s %.*s",
                       STR_ARG(c->name), STR_ARG(id));
    return true;
}

static bool pack_record(struct txn *txn, const struct store_collection *c, str id,
                        struct val record, str *ret, struct err *err)
{
    struct buf packed;
    if (!id_is_good(id))
        return err_at(
            err, ERR_INPUT, "store.id", STR("/id"),
            "a record of %.*s wants an id of 1 to 64 letters, digits or - _ . :",
            STR_ARG(c->name));
    buf_init(&packed, STORE_MAX_RECORD);
    bool good = doc_pack(&packed, record, err);
    if (!good && packed.full)
        err_set(err, ERR_LIMIT, "store.large", "a record is larger than 1 MiB");
    if (good) {
        *ret = arena_str(txn->arena, buf_view(&packed));
        txn->bytes += packed.n;
    }
    buf_done(&packed);
    return good;
}

static bool put_packed(struct txn *txn, struct keybuf *key, str packed, struct err *err)
{
    MDB_val k = key_lmdb(key);
    MDB_val v = { packed.n, (char *)(uintptr_t)packed.p };
    int rc = mdb_put(txn->lmdb, txn->store->trees[TREE_RECORD], &k, &v, 0);
    return rc == 0 || lmdb_failed(err, rc, "writing");
}

bool txn_put(struct txn *txn, store_space space,
             const struct store_collection *collection, struct val record,
             enum put_mode mode, struct err *err)
{
    const struct store_config *config = &txn->store->config;
    struct keybuf key;
    struct val before;
    str was;
    str packed;
    str id = arena_str(txn->arena, val_get_text(record, STR("id")));
    key_of_record(&key, space, collection->number, id);
    if (!pack_record(txn, collection, id, record, &packed, err)
        || !read_before(txn, &key, &before, &was, err)
        || !check_mode(mode, collection, id, val_exists(before), err))
        return false;
    if (str_equal(was, packed))
        return true;
    struct val after = doc_unpack(packed);
    if (config->gate
        && !config->gate(config->gate_data, collection, after, txn->arena, err))
        return false;
    if (!entries_are_free(txn, space, collection, id, before, after, err))
        return false;
    note_change(txn, space, collection, id, before, after);
    return put_packed(txn, &key, packed, err)
           && move_entries(txn, space, collection, id, before, after, packed, err);
}

static bool remove_packed(struct txn *txn, struct keybuf *key, struct err *err)
{
    MDB_val k = key_lmdb(key);
    int rc = mdb_del(txn->lmdb, txn->store->trees[TREE_RECORD], &k, NULL);
    return rc == 0 || lmdb_failed(err, rc, "removing");
}

bool txn_remove(struct txn *txn, store_space space,
                const struct store_collection *collection, str id, struct err *err)
{
    struct keybuf key;
    struct val before;
    str was;
    key_of_record(&key, space, collection->number, id);
    if (!read_before(txn, &key, &before, &was, err))
        return false;
    if (!val_exists(before))
        return true;
    id = arena_str(txn->arena, id);
    note_change(txn, space, collection, id, before, VAL_ABSENT);
    return remove_packed(txn, &key, err)
           && move_entries(txn, space, collection, id, before, VAL_ABSENT, STR(""), err);
}

/* A page of rows at a time; their ids are copied, since removing moves what they point
 * to. */
static bool remove_page(struct txn *txn, store_space space, const struct query *query,
                        bool *ret_more, struct err *err)
{
    struct rows rows;
    if (!snap_query(txn_snap(txn, &space, 1), query, txn->arena, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    str *ids = ARENA_ARRAY(txn->arena, str, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = arena_str(txn->arena, val_get_text(val_at(rows.list, i), STR("id")));
    for (size_t i = 0; i < n; i++) {
        if (!txn_remove(txn, space, query->collection, ids[i], err))
            return false;
    }
    *ret_more = rows.next.n > 0;
    return true;
}

bool txn_remove_all(struct txn *txn, store_space space, const struct query *query,
                    struct err *err)
{
    struct query page = *query;
    bool more = true;
    page.limit = STORE_MAX_ROWS;
    page.after = STR("");
    page.up = false;
    while (more) {
        if (!remove_page(txn, space, &page, &more, err))
            return false;
    }
    return true;
}

/* ---- taking back ---- */

static bool undo_change(struct txn *txn, const struct change *change, struct err *err)
{
    struct keybuf key;
    str packed = { NULL, 0 };
    key_of_record(&key, change->space, change->collection->number, change->id);
    bool good = val_exists(change->before)
                    ? pack_record(txn, change->collection, change->id, change->before,
                                  &packed, err)
                          && put_packed(txn, &key, packed, err)
                    : remove_packed(txn, &key, err);
    return good
           && move_entries(txn, change->space, change->collection, change->id,
                           change->after, change->before, packed, err);
}

bool txn_undo(struct txn *txn, size_t kept)
{
    struct err err;
    for (; txn->n > kept; txn->n--) {
        if (!undo_change(txn, &txn->changes[txn->n - 1], &err))
            return false;
    }
    return true;
}
