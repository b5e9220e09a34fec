/*
 * Taking in many rows. First all are read and checked, outside the writer; then they are
 * written a chunk at a time, so that whoever waits for the writer waits for one chunk. A
 * row finds its record again inside the transaction: somebody may have been quicker.
 */
#include "inside.h"

enum { SWEPT_RECEIPTS = 16 };

struct counts {
    size_t created;
    size_t updated;
    size_t unchanged;
};

struct taking {
    struct data_call *call;
    const struct data_rows *rows;
    struct house house;
    struct rows_read read;
    const struct store_index *index; /* whose fields name a record; NULL: by id */
    size_t key_count;
    struct counts counts;
    size_t from; /* the chunk at work */
    size_t to;
    size_t failed; /* the row that could not be written */
    str receipt;   /* its id; empty: none is kept */
    str request;   /* what the receipt is for */
    struct val reply;
};

/* ---- the key ---- */

/* How many fields of the index `key` names, all of it and from the first one on; or 0. */
static size_t fields_named(const struct store_index *index, str key)
{
    size_t n = 0;
    while (key.p) {
        str name = str_cut(key, ',', &key);
        if (n == index->field_count || !str_equal(name, index->fields[n]))
            return 0;
        n++;
    }
    return n;
}

static bool find_key(struct taking *t, struct err *err)
{
    const struct store_collection *c = t->house.collection;
    str key = t->rows->key;
    if (!key.n || str_equal(key, STR("id")))
        return true;
    for (size_t i = 0; i < c->index_count && !t->index; i++) {
        t->key_count = fields_named(&c->indexes[i], key);
        t->index = t->key_count ? &c->indexes[i] : NULL;
    }
    return t->index
           || err_at(err, ERR_INPUT, "data.key", STR("key"),
                     "%.*s has no index that begins with %.*s",
                     STR_ARG(t->call->collection), STR_ARG(key));
}

static bool find_by_key(const struct taking *t, struct snap *snap, struct val record,
                        struct arena *arena, struct val *ret, struct err *err)
{
    struct query q = { .collection = t->house.collection,
                       .index = t->index,
                       .equals_count = (uint8_t)t->key_count,
                       .limit = 2 };
    struct rows found;
    for (size_t i = 0; i < t->key_count; i++) {
        q.equals[i] = val_get(record, t->index->fields[i]);
        if (!val_exists(q.equals[i]))
            return err_at(err, ERR_INPUT, "data.key", t->index->fields[i],
                          "the row lacks a member of its key");
    }
    if (!snap_query(snap, &q, arena, NULL, &found, err))
        return false;
    if (val_count(found.list) > 1)
        return err_at(err, ERR_INPUT, "data.key", t->index->fields[0],
                      "the key names more than one record");
    *ret = val_at(found.list, 0);
    return true;
}

/* ---- a row as the record it becomes ---- */

struct settled {
    struct val before; /* absent: it is new */
    struct val after;
};

static bool find_before(const struct taking *t, struct snap *snap, struct val record,
                        struct arena *arena, struct val *ret, struct err *err)
{
    if (t->index)
        return find_by_key(t, snap, record, arena, ret, err);
    str id = val_get_text(record, STR("id"));
    return snap_get(snap, t->house.collection, id, NULL, ret, err);
}

/* The same request gives a row the same id each time it is tried. */
static struct val new_id(const struct taking *t, const struct row *row, struct txn *txn,
                         struct arena *arena)
{
    if (!t->receipt.n)
        return val_str(txn ? txn_new_id(txn) : STR("00000000000000000000000000"));
    str digest = crypt_digest(
        arena, arena_format(arena, "%.*s %zu", STR_ARG(t->receipt), row->number));
    return val_str((str){ digest.p, CRYPT_DIGEST / 2 });
}

/* `txn` is NULL while rows are only checked. */
static bool settle(const struct taking *t, const struct row *row, struct snap *snap,
                   struct txn *txn, struct arena *arena, struct settled *ret,
                   struct err *err)
{
    struct val v = row->record;
    if (!val_exists(val_get(v, STR("id"))))
        v = val_with(arena, v, STR("id"), new_id(t, row, txn, arena));
    if (!find_before(t, snap, v, arena, &ret->before, err))
        return false;
    struct val id = val_get(val_exists(ret->before) ? ret->before : v, STR("id"));
    if (t->rows->merge && val_exists(ret->before)
        && !doc_merge(arena, ret->before, row->record, &v, err))
        return false;
    v = val_with(arena, v, STR("id"), id);
    ret->after = data_moments(arena, v, t->house.collection->schema, t->house.offset_min);
    return true;
}

/* ---- checking ---- */

static void blame_row(struct taking *t, struct row *row, const struct err *err)
{
    struct data_place place = { .where = STR(""), .row = row->number };
    if (err->where[0])
        place.where = str_of(err->where);
    data_blame(t->call, err->code, &place, str_of(err->text));
    row->bad = true;
    t->read.bad++;
}

/* What is wrong with the row itself, not with the store. */
static bool is_of_row(const struct err *err)
{
    return err->kind == ERR_INPUT || err->kind == ERR_CONFLICT || err->kind == ERR_LIMIT;
}

static bool check_row(struct taking *t, struct row *row, struct arena *scratch,
                      struct err *err)
{
    struct settled settled;
    bool fits;
    if (row->bad)
        return true;
    if (!settle(t, row, t->house.snap, NULL, scratch, &settled, err)) {
        if (!is_of_row(err))
            return false;
        blame_row(t, row, err);
        return true;
    }
    if (!data_fits(t->call, &t->house, settled.after, row->number, scratch, &fits, err))
        return false;
    row->bad = !fits;
    t->read.bad += !fits;
    return true;
}

/* A snapshot is short: another one for each chunk. */
static bool fresh_snap(struct taking *t, struct err *err)
{
    struct snap *snap;
    scope_drop_snap(t->call->scope);
    if (!scope_snap(t->call->scope, &snap, err))
        return false;
    t->house.snap =
        snap_for(snap, t->house.path.chain, t->house.path.n, t->call->scope->arena);
    return true;
}

static bool check_rows(struct taking *t, struct err *err)
{
    struct arena *scratch = arena_open();
    bool good = true;
    for (size_t i = 0; i < t->read.n && good; i++) {
        arena_reset(scratch);
        good = (i % DATA_CHUNK_ROWS || fresh_snap(t, err))
               && check_row(t, &t->read.items[i], scratch, err);
    }
    arena_close(scratch);
    return good;
}

static bool refuse_rows(const struct taking *t, struct err *err)
{
    return err_set(err, ERR_INPUT, "data.rows",
                   "%zu of %zu rows are wrong, and nothing was written", t->read.bad,
                   t->read.n);
}

/* ---- receipts ---- */

static str whose(const struct data_call *c)
{
    const struct viewer *v = c->scope->viewer;
    if (c->token.n || c->system.n)
        return c->token.n ? c->token : c->system;
    if (!v)
        return STR("");
    return arena_format(c->scope->arena, "%.*s/%.*s", STR_ARG(tenant_of(&v->path)->id),
                        STR_ARG(v->person_id));
}

static void name_request(struct taking *t)
{
    struct arena *a = t->call->scope->arena;
    const struct data_rows *r = t->rows;
    if (!r->idempotency.n)
        return;
    str who = whose(t->call);
    t->receipt = crypt_digest(
        a, arena_format(a, "%.*s\n%.*s", STR_ARG(who), STR_ARG(r->idempotency)));
    str body = crypt_digest(a, r->body);
    t->request =
        crypt_digest(a, arena_format(a, "%.*s\n%.*s\n%d %d %d\n%.*s",
                                     STR_ARG(t->call->collection), STR_ARG(r->key),
                                     (int)r->format, r->merge, r->skip, STR_ARG(body)));
}

/* The reply to the same request, or absent. */
static bool find_reply(struct taking *t, struct snap *snap, struct val *ret,
                       struct err *err)
{
    struct val receipt;
    *ret = VAL_ABSENT;
    if (!t->receipt.n)
        return true;
    if (!snap_get(snap, store_collection(t->call->data->store, STR("receipt")),
                  t->receipt, NULL, &receipt, err))
        return false;
    if (!val_exists(receipt))
        return true;
    *ret = val_copy(t->call->scope->arena, val_get(receipt, STR("reply")));
    return str_equal(val_get_text(receipt, STR("request")), t->request)
           || err_set(err, ERR_CONFLICT, "data.again",
                      "this Idempotency-Key was used for another request");
}

static bool sweep_receipts(struct taking *t, struct txn *txn, struct err *err)
{
    struct arena *a = txn_arena(txn);
    const struct store_collection *c = store_collection(txn_store(txn), STR("receipt"));
    struct query old = { .collection = c,
                         .index = store_index(c, STR("until")),
                         .to = val_int(txn_now_ms(txn)),
                         .limit = SWEPT_RECEIPTS };
    struct rows rows;
    if (!snap_query(house_snap(&t->house, txn), &old, a, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        str id = arena_str(a, val_get_text(val_at(rows.list, i), STR("id")));
        if (!txn_remove(txn, tenant_of(&t->house.path)->space, c, id, err))
            return false;
    }
    return true;
}

static bool keep_reply(struct taking *t, struct txn *txn, struct err *err)
{
    struct arena *a = txn_arena(txn);
    const struct store_collection *c = store_collection(txn_store(txn), STR("receipt"));
    int64_t until = txn_now_ms(txn) + DATA_RECEIPT_S * INT64_C(1000);
    if (!t->receipt.n)
        return true;
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(t->receipt));
    v = val_with(a, v, STR("request"), val_str(t->request));
    v = val_with(a, v, STR("reply"), t->reply);
    v = val_with(a, v, STR("until"), val_int(until));
    return sweep_receipts(t, txn, err)
           && txn_put(txn, tenant_of(&t->house.path)->space, c, v, PUT_ANY, err);
}

/* ---- writing ---- */

static struct val with_count(struct arena *a, struct val v, const char *name, size_t n)
{
    return val_with(a, v, str_of(name), val_int((int64_t)n));
}

static struct val make_reply(const struct taking *t, const struct counts *counts,
                             int64_t at_ms)
{
    struct arena *a = t->call->scope->arena;
    struct val errors = t->call->errors;
    struct val v = with_count(a, val_map(NULL, 0), "rows", t->read.n);
    v = with_count(a, v, "created", counts->created);
    v = with_count(a, v, "updated", counts->updated);
    v = with_count(a, v, "unchanged", counts->unchanged);
    v = with_count(a, v, "skipped", t->read.bad);
    v = val_with(a, v, STR("errors"), val_exists(errors) ? errors : val_list(NULL, 0));
    return val_with(a, v, STR("at"), val_str(scope_iso(a, at_ms)));
}

static bool put_freshness(struct taking *t, struct txn *txn, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(t->call->collection));
    v = val_with(a, v, STR("at"), val_str(scope_iso(a, txn_now_ms(txn))));
    v = with_count(a, v, "rows", t->read.n - t->read.bad);
    v = val_with(a, v, STR("by"), val_str(whose(t->call)));
    return txn_put(txn, tenant_of(&t->house.path)->space,
                   store_collection(txn_store(txn), STR("freshness")), v, PUT_ANY, err);
}

/* What one transaction does; begun anew when it has failed. */
struct chunk {
    struct counts counts; /* with those of the chunks before */
    str touched[AUDIT_MAX_TOUCHED];
    struct audit_entry entry;
};

static void note_row(struct chunk *chunk, const struct taking *t, str id,
                     struct arena *arena)
{
    struct audit_entry *entry = &chunk->entry;
    if (entry->touched_count == AUDIT_MAX_TOUCHED)
        entry->more++;
    else
        chunk->touched[entry->touched_count++] =
            ARENA_JOIN(arena, t->call->collection, STR("/"), id);
}

static bool put_row(struct taking *t, const struct row *row, struct txn *txn,
                    struct snap *snap, struct chunk *chunk, struct err *err)
{
    struct settled s;
    struct counts *counts = &chunk->counts;
    if (!settle(t, row, snap, txn, txn_arena(txn), &s, err))
        return false;
    if (val_exists(s.before) && val_equal(s.before, s.after)) {
        counts->unchanged++;
        return true;
    }
    counts->created += !val_exists(s.before);
    counts->updated += val_exists(s.before);
    note_row(chunk, t, val_get_text(s.after, STR("id")), txn_arena(txn));
    return txn_put(txn, tenant_of(&t->house.path)->space, t->house.collection, s.after,
                   PUT_ANY, err);
}

static bool finish(struct taking *t, struct txn *txn, const struct counts *counts,
                   struct err *err)
{
    if (t->to < t->read.n)
        return true;
    t->reply = make_reply(t, counts, txn_now_ms(txn));
    return put_freshness(t, txn, err) && keep_reply(t, txn, err);
}

/* Whoever sent the same request a moment before has the reply by now. */
static bool write_chunk(struct txn *txn, void *data, struct err *err)
{
    struct taking *t = data;
    struct chunk chunk = { .counts = t->counts, .entry = { .action = STR("import") } };
    struct snap *snap = house_snap(&t->house, txn);
    chunk.entry.touched = chunk.touched;
    t->failed = t->read.n;
    if (!house_may(t->call, &t->house, txn, AUTH_WRITE_DATA, err)
        || !find_reply(t, snap, &t->reply, err))
        return false;
    if (val_exists(t->reply))
        return true;
    for (size_t i = t->from; i < t->to; i++) {
        const struct row *row = &t->read.items[i];
        if (!row->bad && !put_row(t, row, txn, snap, &chunk, err)) {
            t->failed = i;
            return false;
        }
    }
    if (!house_told(t->call, &t->house, txn, &chunk.entry, err)
        || !finish(t, txn, &chunk.counts, err))
        return false;
    t->counts = chunk.counts;
    return true;
}

/* A row may break what only the writer sees, a unique index. */
static bool take_chunk(struct taking *t, struct err *err)
{
    for (size_t tries = 0; tries < DATA_MAX_ERRORS; tries++) {
        if (store_write(t->call->data->store, write_chunk, t, err))
            return true;
        if (t->failed == t->read.n || !is_of_row(err))
            return false;
        blame_row(t, &t->read.items[t->failed], err);
        if (!t->rows->skip)
            break;
    }
    struct data_place place = { .where = STR(""),
                                .row = t->from ? t->read.items[t->from - 1].number : 0 };
    if (t->from)
        data_blame(t->call, "data.partial", &place,
                   STR("up to this row all is written; sending all again is safe"));
    return false;
}

static bool take_all(struct taking *t, struct err *err)
{
    scope_drop_snap(t->call->scope);
    do {
        t->from = t->to;
        t->to =
            t->read.n - t->from > DATA_CHUNK_ROWS ? t->from + DATA_CHUNK_ROWS : t->read.n;
        if (!take_chunk(t, err))
            return false;
    } while (t->to < t->read.n && !val_exists(t->reply));
    return true;
}

bool data_take(struct data_call *call, const struct data_rows *rows, struct val *ret,
               struct err *err)
{
    struct taking t = { .call = call, .rows = rows, .reply = VAL_ABSENT };
    if (!house_open(call, AUTH_WRITE_DATA, &t.house, err) || !find_key(&t, err))
        return false;
    name_request(&t);
    if (!find_reply(&t, t.house.snap, ret, err))
        return false;
    if (val_exists(*ret))
        return true;
    if (!rows_read(call, &t.house, rows, &t.read, err) || !check_rows(&t, err))
        return false;
    if (rows->only_check) {
        *ret = make_reply(&t, &t.counts, call->scope->now_ms);
        return true;
    }
    if (t.read.bad && !rows->skip)
        return refuse_rows(&t, err);
    if (!take_all(&t, err))
        return false;
    *ret = t.reply;
    return true;
}
