/*
 * The catalog: which collections there are. It is immutable; defining one publishes a new
 * catalog, and the old ones stay until the store closes, so that a pointer to a
 * collection is always good. A changed index gets a new number: entries of the old one
 * are removed in the same commit that fills the new.
 */
#include "inside.h"

struct catalog *catalog_now(const struct store *store)
{
    return __atomic_load_n(&store->catalog, __ATOMIC_ACQUIRE);
}

const struct store_collection *store_collection(struct store *store, str name)
{
    const struct catalog *catalog = catalog_now(store);
    if (!catalog->slots)
        return NULL;
    size_t slot = str_hash(name, 0) & (catalog->slots - 1);
    while (catalog->by_slot[slot] && !str_equal(catalog->by_slot[slot]->name, name))
        slot = (slot + 1) & (catalog->slots - 1);
    return catalog->by_slot[slot];
}

const struct store_index *store_index(const struct store_collection *collection, str name)
{
    for (size_t i = 0; i < collection->index_count; i++) {
        if (str_equal(collection->indexes[i].name, name))
            return &collection->indexes[i];
    }
    return NULL;
}

/* ---- reading a definition ---- */

static bool definition_error(struct err *err, const char *where, const char *what)
{
    return err_at(err, ERR_INPUT, "store.definition", str_of(where), "%s", what);
}

static bool name_is_good(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return name.n > 0 && name.n <= STORE_MAX_NAME;
}

static bool read_index(struct arena *a, struct val def, struct store_index *ret,
                       struct err *err)
{
    struct val fields = val_get(def, STR("fields"));
    *ret = (struct store_index){
        .name = arena_str(a, val_get_text(def, STR("name"))),
        .unique = val_as_bool(val_get(def, STR("unique")), false),
        .clustered = val_as_bool(val_get(def, STR("clustered")), false),
        .field_count = (uint8_t)val_count(fields),
    };
    if (!name_is_good(ret->name))
        return definition_error(err, "/indexes", "an index wants a name of a-z 0-9 _ -");
    if (fields.kind != VAL_LIST || !fields.n || fields.n > STORE_MAX_FIELDS)
        return definition_error(err, "/indexes", "an index wants one to four fields");
    if (ret->unique && ret->clustered)
        return definition_error(err, "/indexes", "a clustered index cannot be unique");
    for (uint32_t i = 0; i < fields.n; i++) {
        ret->fields[i] = arena_str(a, val_text(val_at(fields, i)));
        if (!ret->fields[i].n)
            return definition_error(err, "/indexes", "a field is the name of a member");
        ret->keys[i] = doc_key(ret->fields[i]);
    }
    return true;
}

static bool read_collection(struct arena *a, struct val def, struct store_collection *ret,
                            struct err *err)
{
    struct val indexes = val_get(def, STR("indexes"));
    *ret = (struct store_collection){
        .name = arena_str(a, val_get_text(def, STR("name"))),
        .owner = arena_str(a, val_get_text(def, STR("owner"))),
        .schema = val_copy(a, val_get(def, STR("schema"))),
        .number = (uint16_t)val_as_int(val_get(def, STR("number")), 0),
        .index_count = (uint8_t)val_count(indexes),
    };
    if (!name_is_good(ret->name))
        return definition_error(err, "/name", "a collection wants a name of a-z 0-9 _ -");
    if (val_count(indexes) > STORE_MAX_INDEXES)
        return definition_error(err, "/indexes",
                                "a collection has at most eight indexes");
    for (size_t i = 0; i < ret->index_count; i++) {
        struct val index = val_at(indexes, i);
        if (!read_index(a, index, &ret->indexes[i], err))
            return false;
        ret->indexes[i].number = (uint8_t)val_as_int(val_get(index, STR("number")), 0);
        for (size_t k = 0; k < i; k++) {
            if (str_equal(ret->indexes[k].name, ret->indexes[i].name))
                return definition_error(err, "/indexes", "two indexes have one name");
        }
    }
    return true;
}

/* ---- publishing ---- */

/* A new catalog with `added` in it, in the place of one of the same name. */
static struct catalog *catalog_with(const struct catalog *old,
                                    struct store_collection *added)
{
    struct catalog *fresh = mem_zero(sizeof *fresh);
    size_t slots = 16;
    while (slots < (old ? old->n + 1 : 1) * 3)
        slots *= 2;
    fresh->slots = slots;
    fresh->by_slot = mem_zero(slots * sizeof *fresh->by_slot);
    fresh->last_number = old ? old->last_number : 0;
    for (size_t i = 0; i <= (old ? old->slots : 0); i++) {
        struct store_collection *c = i < (old ? old->slots : 0) ? old->by_slot[i] : added;
        if (!c || (c != added && str_equal(c->name, added->name)))
            continue;
        size_t slot = str_hash(c->name, 0) & (slots - 1);
        while (fresh->by_slot[slot])
            slot = (slot + 1) & (slots - 1);
        fresh->by_slot[slot] = c;
        fresh->n++;
        if (c->number > fresh->last_number)
            fresh->last_number = c->number;
    }
    return fresh;
}

static void catalog_publish(struct store *store, struct store_collection *added)
{
    struct catalog *old = store->catalog;
    struct catalog *fresh = catalog_with(old, added);
    fresh->older = old;
    __atomic_store_n(&store->catalog, fresh, __ATOMIC_RELEASE);
}

bool catalog_load(struct store *store, struct err *err)
{
    MDB_txn *txn;
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val value;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (rc)
        return lmdb_failed(err, rc, "reading the catalog");
    rc = mdb_cursor_open(txn, store->definitions, &cursor);
    bool good = rc == 0 || lmdb_failed(err, rc, "reading the catalog");
    store->catalog = mem_zero(sizeof *store->catalog);
    while (good && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        struct store_collection *c = ARENA_NEW(store->kept, struct store_collection);
        str bytes = { value.mv_data, value.mv_size };
        good = doc_packed_is_sound(bytes)
                   ? read_collection(store->kept, doc_unpack(bytes), c, err)
                   : err_set(err, ERR_SYSTEM, "store.corrupt",
                             "a collection's definition is damaged");
        if (good)
            catalog_publish(store, c);
    }
    if (cursor)
        mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return good;
}

/* ---- defining ---- */

struct define {
    struct val definition;
    struct store_collection *made;
    bool unchanged;
};

static bool same_index(const struct store_index *a, const struct store_index *b)
{
    bool same = a->unique == b->unique && a->clustered == b->clustered
                && a->field_count == b->field_count;
    for (size_t i = 0; same && i < a->field_count; i++)
        same = str_equal(a->fields[i], b->fields[i]);
    return same;
}

/* Gives numbers: an index that did not change keeps its own. True when all is as it was.
 */
static bool number_indexes(const struct store_collection *old, struct store_collection *c)
{
    uint8_t last = 0;
    bool same =
        old && old->index_count == c->index_count && val_equal(old->schema, c->schema);
    for (size_t i = 0; old && i < old->index_count; i++)
        last = old->indexes[i].number > last ? old->indexes[i].number : last;
    for (size_t i = 0; i < c->index_count; i++) {
        const struct store_index *before =
            old ? store_index(old, c->indexes[i].name) : NULL;
        if (before && same_index(before, &c->indexes[i])) {
            c->indexes[i].number = before->number;
        } else {
            c->indexes[i].number = ++last;
            same = false;
        }
    }
    return same;
}

static bool has_number(const struct store_collection *c, uint8_t number)
{
    for (size_t i = 0; i < c->index_count; i++) {
        if (c->indexes[i].number == number)
            return true;
    }
    return false;
}

/* What changed is only what a definition says beside its indexes. */
static bool same_indexes(const struct store_collection *old,
                         const struct store_collection *c)
{
    bool same = old->index_count == c->index_count;
    for (size_t i = 0; same && i < c->index_count; i++)
        same = has_number(old, c->indexes[i].number);
    return same;
}

static bool reindex_record(struct txn *txn, const struct store_collection *old,
                           const struct store_collection *c, store_space space, str id,
                           str packed, struct err *err)
{
    struct val record = doc_unpack(packed);
    for (size_t i = 0; i < old->index_count; i++) {
        const struct store_index *index = &old->indexes[i];
        if (!has_number(c, index->number)
            && !index_remove(txn, c, index, space, id, record, err))
            return false;
    }
    for (size_t i = 0; i < c->index_count; i++) {
        const struct store_index *index = &c->indexes[i];
        if (!has_number(old, index->number)
            && !index_put(txn, c, index, space, id, record, packed, err))
            return false;
    }
    return true;
}

/* Walks all records of the collection in all spaces. The records are copied, because
 * writing moves the pages they lie on. */
static bool reindex(struct txn *txn, const struct store_collection *old,
                    const struct store_collection *c, struct err *err)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    int rc = mdb_cursor_open(txn->lmdb, txn->store->trees[TREE_RECORD], &cursor);
    bool good = rc == 0 || lmdb_failed(err, rc, "filling an index");
    for (rc = good ? mdb_cursor_get(cursor, &key, &value, MDB_FIRST) : rc;
         good && rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        const uint8_t *k = key.mv_data;
        if ((uint16_t)(k[4] << 8 | k[5]) != c->number)
            continue;
        store_space space = (store_space)k[0] << 24 | (store_space)k[1] << 16
                            | (store_space)k[2] << 8 | k[3];
        struct arena *once = arena_open();
        str id = arena_str(once, (str){ (const char *)k + 6, key.mv_size - 6 });
        str bytes = arena_str(once, (str){ value.mv_data, value.mv_size });
        good = reindex_record(txn, old, c, space, id, bytes, err);
        arena_close(once);
    }
    if (cursor)
        mdb_cursor_close(cursor);
    return good;
}

static struct val numbered_definition(struct arena *a, const struct store_collection *c)
{
    struct val *indexes = ARENA_ARRAY(a, struct val, c->index_count);
    for (size_t i = 0; i < c->index_count; i++) {
        const struct store_index *index = &c->indexes[i];
        struct val *fields = ARENA_ARRAY(a, struct val, index->field_count);
        for (size_t k = 0; k < index->field_count; k++)
            fields[k] = val_str(index->fields[k]);
        struct val v = val_map(NULL, 0);
        v = val_with(a, v, STR("name"), val_str(index->name));
        v = val_with(a, v, STR("fields"), val_list(fields, index->field_count));
        v = val_with(a, v, STR("unique"), val_bool(index->unique));
        v = val_with(a, v, STR("clustered"), val_bool(index->clustered));
        indexes[i] = val_with(a, v, STR("number"), val_int(index->number));
    }
    struct val v = val_map(NULL, 0);
    v = val_with(a, v, STR("name"), val_str(c->name));
    v = val_with(a, v, STR("number"), val_int(c->number));
    v = val_with(a, v, STR("owner"), val_str(c->owner));
    if (val_exists(c->schema))
        v = val_with(a, v, STR("schema"), c->schema);
    return val_with(a, v, STR("indexes"), val_list(indexes, c->index_count));
}

static bool define_work(struct txn *txn, void *data, struct err *err)
{
    struct define *d = data;
    struct store *store = txn->store;
    struct store_collection *c = ARENA_NEW(store->kept, struct store_collection);
    if (!read_collection(store->kept, d->definition, c, err))
        return false;
    const struct store_collection *old = store_collection(store, c->name);
    c->number = old ? old->number : (uint16_t)(catalog_now(store)->last_number + 1);
    bool same = number_indexes(old, c);
    bool is_anothers = old && c->owner.n && !str_equal(old->owner, c->owner);
    d->made = c;
    d->unchanged = old && same && (is_anothers || str_equal(old->owner, c->owner));
    if (d->unchanged)
        return true;
    if (is_anothers)
        return err_at(err, ERR_CONFLICT, "store.owner", c->name,
                      "the collection %.*s belongs to %.*s; give yours another name",
                      STR_ARG(c->name),
                      STR_ARG(old->owner.n ? old->owner : STR("the engine")));
    struct buf packed;
    buf_init(&packed, STORE_MAX_RECORD);
    bool good = (!old || same_indexes(old, c) || reindex(txn, old, c, err))
                && doc_pack(&packed, numbered_definition(txn->arena, c), err);
    if (good) {
        MDB_val key = { c->name.n, (char *)(uintptr_t)c->name.p };
        MDB_val value = { packed.n, packed.p };
        int rc = mdb_put(txn->lmdb, store->definitions, &key, &value, 0);
        good = rc == 0 || lmdb_failed(err, rc, "writing a definition");
    }
    buf_done(&packed);
    return good;
}

bool store_define(struct store *store, struct val definition, struct err *err)
{
    struct define d = { .definition = definition };
    if (!writer_run_apart(store, define_work, &d, err))
        return false;
    if (!d.unchanged)
        catalog_publish(store, d.made);
    return true;
}

bool store_define_all(struct store *store, str definitions, struct err *err)
{
    struct arena *arena = arena_open();
    struct val list;
    bool good = doc_parse(arena, definitions, &list, err);
    for (size_t i = 0; good && i < val_count(list); i++)
        good = store_define(store, val_at(list, i), err);
    arena_close(arena);
    return good;
}
