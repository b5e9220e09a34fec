/* The pictures of a unit, for who edits its pages. */
#include "inside.h"

#include "picture/picture.h"

struct picture_work {
    struct call *call;
    struct picture_bringer by;
    struct val picture;
};

/* Whose layers she edits; empty: everybody's. */
static str specialty_of(const struct call *c)
{
    str asked = http_query(c->request, "specialty");
    return asked.p ? asked : STR("");
}

/* The unit of the address. */
static bool read_unit(struct call *c, struct snap *snap, struct tenant_path *ret,
                      struct err *err)
{
    return tenant_path_read(snap, c->names[0], c->request->arena, NULL, ret, err);
}

static struct val tell_picture(struct arena *a, str unit, struct val picture)
{
    int64_t at = val_as_int(val_get(picture, STR("at")), 0);
    str id = val_get_text(picture, STR("id"));
    str src = arena_format(a, "/p/%.*s/%.*s", STR_ARG(unit), STR_ARG(id));
    struct val v = val_copy(a, picture);
    v = val_with(a, v, STR("unit"), val_str(unit));
    v = val_with(a, v, STR("src"), val_str(src));
    return val_with(a, v, STR("at"), val_str(scope_iso(a, at)));
}

/* Its own first, then those of each unit above. */
bool desk_pictures(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    struct snap *snap;
    struct val *items =
        ARENA_ARRAY(a, struct val, (size_t)STORE_MAX_CHAIN * PICTURE_MAX_OF_UNIT);
    size_t n = 0;
    if (!scope_snap(&c->scope, &snap, err) || !read_unit(c, snap, &path, err)
        || !scope_may(&c->scope, snap, AUTH_READ_LAYER, &path, STR(""), err))
        return false;
    for (size_t i = path.n; i > 0; i--) {
        struct val list;
        if (!picture_list(snap_for(snap, path.chain, i, a), a, &list, err))
            return false;
        for (size_t k = 0; k < val_count(list); k++)
            items[n++] = tell_picture(a, path.items[i - 1].id, val_at(list, k));
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

/* ---- changing ---- */

typedef bool picture_step(struct txn *txn, store_space space, struct picture_work *w,
                          struct err *err);

/* What a unit has is for all its layers: whoever edits those of one specialty may bring
 * pictures, and change those that she brought. */
static bool may_change(struct picture_work *w, struct snap *snap,
                       const struct tenant_path *path, struct err *err)
{
    struct call *c = w->call;
    struct snap *house = snap_for(snap, path->chain, path->n, c->request->arena);
    bool own = !c->names[1].n;
    if (!own && !picture_is_of(house, c->names[1], &w->by, &own, err))
        return false;
    return scope_may(&c->scope, snap, AUTH_EDIT_LAYER, path,
                     own ? specialty_of(c) : STR(""), err);
}

/* The right is asked for in the transaction. */
static bool do_step(struct txn *txn, struct picture_work *w, picture_step *step,
                    struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct tenant_path path;
    struct snap *snap = txn_snap(txn, system, 1);
    if (!read_unit(w->call, snap, &path, err) || !may_change(w, snap, &path, err)
        || !step(txn, tenant_of(&path)->space, w, err))
        return false;
    if (val_exists(w->picture))
        w->picture =
            tell_picture(w->call->request->arena, tenant_of(&path)->id, w->picture);
    return true;
}

static bool put_step(struct txn *txn, store_space space, struct picture_work *w,
                     struct err *err)
{
    return picture_put(txn, space, w->call->request->body, &w->by, &w->picture, err);
}

static bool describe_step(struct txn *txn, store_space space, struct picture_work *w,
                          struct err *err)
{
    return picture_describe(txn, space, w->call->names[1],
                            val_get(w->call->body, STR("alt")), &w->picture, err);
}

static bool remove_step(struct txn *txn, store_space space, struct picture_work *w,
                        struct err *err)
{
    return picture_remove(txn, space, w->call->names[1], err);
}

static bool put_work(struct txn *txn, void *data, struct err *err)
{
    return do_step(txn, data, put_step, err);
}

static bool describe_work(struct txn *txn, void *data, struct err *err)
{
    return do_step(txn, data, describe_step, err);
}

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    return do_step(txn, data, remove_step, err);
}

static bool write_picture(struct call *c, store_work *work, struct val *ret,
                          struct err *err)
{
    const struct viewer *v = c->scope.viewer;
    struct picture_work w = { .call = c,
                              .by = { tenant_of(&v->path)->id, v->person_id },
                              .picture = VAL_ABSENT };
    scope_drop_snap(&c->scope);
    if (!store_write(c->desk->config.store, work, &w, err))
        return false;
    *ret = w.picture;
    return true;
}

/* What kind of picture it is, its bytes say; the type is looked at only so that a page
 * elsewhere cannot send one as a form. */
bool desk_picture_put(struct call *c, struct val *ret, struct err *err)
{
    str type = http_header(c->request, "Content-Type");
    if (!str_starts(type, STR("image/"))
        && !door_has_type(c->request, STR("application/octet-stream")))
        return err_set(err, ERR_INPUT, "desk.type", "a picture is wanted");
    return write_picture(c, put_work, ret, err);
}

bool desk_picture_describe(struct call *c, struct val *ret, struct err *err)
{
    return write_picture(c, describe_work, ret, err);
}

bool desk_picture_remove(struct call *c, struct val *ret, struct err *err)
{
    if (!write_picture(c, remove_work, ret, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}
