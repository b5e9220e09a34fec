#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const store_space space = 1;

static bool define(struct store *store, struct err *err)
{
    struct arena *a = arena_open();
    struct val v;
    bool good =
        doc_parse(a,
                  STR("{\"name\":\"half\",\"indexes\":[{\"name\":\"entry\",\"fields\":"
                      "[\"entry\",\"side\"],\"unique\":true}]}"),
                  &v, err)
        && store_define(store, v, err)
        && doc_parse(a, STR("{\"name\":\"total\"}"), &v, err)
        && store_define(store, v, err);
    arena_close(a);
    return good;
}

bool ledger_open(struct ledger *l, const char *dir, struct err *err)
{
    struct store_config config = { .dir = dir,
                                   .limit_bytes = (size_t)256 << 20,
                                   .journal_bytes = (size_t)256 << 10,
                                   .clock = &clock_system };
    *l = (struct ledger){ NULL, NULL };
    if (store_open(&config, &l->store, err) && define(l->store, err)
        && store_reader_open(l->store, &l->reader, err))
        return true;
    ledger_close(l);
    return false;
}

void ledger_close(struct ledger *l)
{
    if (l->reader)
        store_reader_close(l->reader);
    store_close(l->store);
    *l = (struct ledger){ NULL, NULL };
}

/* Every so often an entry is larger than the journal takes in. */
static size_t text_size(int64_t entry)
{
    return entry % 100 == 0 ? 200000 : 400;
}

static bool put_half(struct txn *txn, int64_t entry, const char *side, struct err *err)
{
    struct arena *a = txn_arena(txn);
    size_t size = text_size(entry);
    char *filler = arena_alloc(a, size);
    memset(filler, 'x', size); /* so that entries spread over pages */
    struct member members[] = {
        { STR("id"), val_str(arena_format(a, "%08lld%s", (long long)entry, side)) },
        { STR("entry"), val_int(entry) },
        { STR("side"), val_str(str_of(side)) },
        { STR("text"), val_str((str){ filler, size }) },
    };
    return txn_put(txn, space, store_collection(txn_store(txn), STR("half")),
                   val_map(members, COUNT_OF(members)), PUT_NEW, err);
}

static bool read_total(struct snap *snap, int64_t *ret, struct err *err)
{
    struct val v;
    if (!snap_get(snap, store_collection(snap_store(snap), STR("total")), STR("all"),
                  NULL, &v, err))
        return false;
    *ret = val_as_int(val_get(v, STR("n")), 0);
    return true;
}

static bool write_entry(struct txn *txn, void *data, struct err *err)
{
    int64_t *entry = data;
    if (!read_total(txn_snap(txn, &space, 1), entry, err))
        return false;
    ++*entry;
    struct member total[] = { { STR("id"), val_str(STR("all")) },
                              { STR("n"), val_int(*entry) } };
    return put_half(txn, *entry, "a", err)
           && txn_put(txn, space, store_collection(txn_store(txn), STR("total")),
                      val_map(total, 2), PUT_ANY, err)
           && put_half(txn, *entry, "b", err);
}

bool ledger_write(struct ledger *l, int64_t *ret, struct err *err)
{
    return store_write(l->store, write_entry, ret, err);
}

static bool count_halves(struct snap *snap, const struct store_index *index,
                         struct arena *a, int64_t *ret, struct err *err)
{
    struct query query = { .collection = store_collection(snap_store(snap), STR("half")),
                           .index = index,
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    *ret = 0;
    do {
        if (!snap_query(snap, &query, a, NULL, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val half = val_at(rows.list, i);
            int64_t entry = ++*ret / 2;
            entry += *ret % 2;
            if (val_as_int(val_get(half, STR("entry")), 0) != entry
                || val_get_text(half, STR("text")).n != text_size(entry))
                return err_set(err, ERR_SYSTEM, "test.half", "half %lld is wrong",
                               (long long)*ret);
        }
        query.after = rows.next;
    } while (rows.next.n);
    return true;
}

static bool look(struct snap *snap, struct arena *a, int64_t acknowledged,
                 int64_t *ret_count, struct err *err)
{
    int64_t by_id;
    int64_t by_index;
    const struct store_collection *c = store_collection(snap_store(snap), STR("half"));
    if (!read_total(snap, ret_count, err) || !count_halves(snap, NULL, a, &by_id, err)
        || !count_halves(snap, store_index(c, STR("entry")), a, &by_index, err))
        return false;
    if (by_id == 2 * *ret_count && by_index == by_id && *ret_count >= acknowledged)
        return true;
    return err_set(err, ERR_SYSTEM, "test.lost",
                   "%lld entries, %lld halves by id, %lld by index, %lld acknowledged",
                   (long long)*ret_count, (long long)by_id, (long long)by_index,
                   (long long)acknowledged);
}

bool ledger_is_whole(struct ledger *l, int64_t acknowledged, int64_t *ret_count)
{
    struct snap *snap;
    struct err err;
    struct arena *a = arena_open();
    bool good = snap_open(l->reader, &space, 1, &snap, &err);
    if (good) {
        good = look(snap, a, acknowledged, ret_count, &err);
        snap_close(snap);
    }
    if (!good)
        printf("%s: %s\n", err.code, err.text);
    arena_close(a);
    return good;
}

void ledger_make_dir(char dir[64])
{
    strcpy(dir, "/tmp/pinban-ledger-XXXXXX");
    if (!mkdtemp(dir))
        abort();
}

void ledger_remove_dir(const char *dir)
{
    static const char *const files[] = { "data.mdb", "lock.mdb", "in-use", "journal-0",
                                         "journal-1" };
    char path[128];
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}
