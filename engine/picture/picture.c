/* The pictures of a unit. What is said of one is kept apart from its bytes: a list reads
 * none of them, and a new description writes none. */
#include "picture/picture.h"

#include "crypt/crypt.h"

extern const unsigned char picture_collections_json[];
extern const size_t picture_collections_json_size;

bool picture_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store,
        (str){ (const char *)picture_collections_json, picture_collections_json_size },
        err);
}

static const struct store_collection *pictures_of(struct store *store)
{
    return store_collection(store, STR("picture"));
}

static const struct store_collection *bytes_of(struct store *store)
{
    return store_collection(store, STR("picture_bytes"));
}

static bool none(struct err *err)
{
    return err_set(err, ERR_MISSING, "picture.none", "the unit has no such picture");
}

/* ---- looking ---- */

bool picture_list(struct snap *snap, struct arena *arena, struct val *ret,
                  struct err *err)
{
    const struct store_collection *pictures = pictures_of(snap_store(snap));
    struct query query = { .collection = pictures,
                           .index = store_index(pictures, STR("at")),
                           .descending = true,
                           .limit = PICTURE_MAX_OF_UNIT };
    struct rows rows;
    if (!snap_query(snap, &query, arena, NULL, &rows, err))
        return false;
    *ret = rows.list;
    return true;
}

bool picture_find(struct snap *snap, str id, str *ret_type, str *ret_bytes,
                  struct err *err)
{
    struct store *store = snap_store(snap);
    struct val picture;
    struct val bytes;
    if (!snap_get(snap, pictures_of(store), id, NULL, &picture, err)
        || !snap_get(snap, bytes_of(store), id, NULL, &bytes, err))
        return false;
    if (!val_exists(picture) || !val_exists(bytes))
        return none(err);
    *ret_type = val_get_text(picture, STR("type"));
    *ret_bytes = val_get_text(bytes, STR("bytes"));
    return true;
}

bool picture_is_of(struct snap *snap, str id, const struct picture_bringer *by, bool *ret,
                   struct err *err)
{
    struct val picture;
    if (!snap_get(snap, pictures_of(snap_store(snap)), id, NULL, &picture, err))
        return false;
    *ret = str_equal(val_get_text(picture, STR("by")), by->person)
           && str_equal(val_get_text(picture, STR("home")), by->home);
    return true;
}

/* ---- changing ---- */

static bool get(struct txn *txn, store_space space, str id, struct val *ret,
                struct err *err)
{
    return snap_get(txn_snap(txn, &space, 1), pictures_of(txn_store(txn)), id, NULL, ret,
                    err);
}

static bool has_room(struct txn *txn, store_space space, struct err *err)
{
    struct query query = { .collection = pictures_of(txn_store(txn)),
                           .limit = PICTURE_MAX_OF_UNIT };
    size_t n;
    if (!snap_count(txn_snap(txn, &space, 1), &query, txn_arena(txn), NULL, &n, err))
        return false;
    return n < PICTURE_MAX_OF_UNIT
           || err_set(err, ERR_LIMIT, "picture.many",
                      "the unit has %d pictures; remove some that are not used",
                      PICTURE_MAX_OF_UNIT);
}

static struct val record_of(struct txn *txn, str id, const struct picture_form *form,
                            str bytes, const struct picture_bringer *by)
{
    struct arena *a = txn_arena(txn);
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("type"), val_str(str_of(form->type)));
    v = val_with(a, v, STR("width"), val_int(form->width));
    v = val_with(a, v, STR("height"), val_int(form->height));
    v = val_with(a, v, STR("bytes"), val_int((int64_t)bytes.n));
    v = val_with(a, v, STR("home"), val_str(by->home));
    v = val_with(a, v, STR("by"), val_str(by->person));
    return val_with(a, v, STR("at"), val_int(txn_now_ms(txn)));
}

bool picture_put(struct txn *txn, store_space space, str bytes,
                 const struct picture_bringer *by, struct val *ret, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct picture_form form;
    if (!picture_read(bytes, &form, err))
        return false;
    str id = crypt_digest(a, bytes);
    if (!get(txn, space, id, ret, err))
        return false;
    if (val_exists(*ret))
        return true;
    struct val file = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    file = val_with(a, file, STR("bytes"), val_str(bytes));
    *ret = record_of(txn, id, &form, bytes, by);
    return has_room(txn, space, err)
           && txn_put(txn, space, bytes_of(txn_store(txn)), file, PUT_ANY, err)
           && txn_put(txn, space, pictures_of(txn_store(txn)), *ret, PUT_NEW, err);
}

bool picture_describe(struct txn *txn, store_space space, str id, struct val alt,
                      struct val *ret, struct err *err)
{
    struct val picture;
    if (!get(txn, space, id, &picture, err))
        return false;
    if (!val_exists(picture))
        return none(err);
    *ret = val_with(txn_arena(txn), val_copy(txn_arena(txn), picture), STR("alt"), alt);
    return txn_put(txn, space, pictures_of(txn_store(txn)), *ret, PUT_OLD, err);
}

bool picture_remove(struct txn *txn, store_space space, str id, struct err *err)
{
    struct val picture;
    if (!get(txn, space, id, &picture, err))
        return false;
    if (!val_exists(picture))
        return none(err);
    return txn_remove(txn, space, bytes_of(txn_store(txn)), id, err)
           && txn_remove(txn, space, pictures_of(txn_store(txn)), id, err);
}
