/* Who is signed in, and how far the studio's guide has led her. */
#include "inside.h"

bool desk_me(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    const struct viewer *v = c->scope.viewer;
    struct val *units = ARENA_ARRAY(a, struct val, v->path.n + 1);
    (void)err;
    for (size_t i = 0; i < v->path.n; i++)
        units[i] = val_str(v->path.items[i].id);
    struct val me = val_with(a, val_map(NULL, 0), STR("id"), val_str(v->person_id));
    me = val_with(a, me, STR("name"), val_get(v->person, STR("name")));
    me = val_with(a, me, STR("units"), val_list(units, v->path.n));
    if (v->specialty.n)
        me = val_with(a, me, STR("specialty"), val_str(v->specialty));
    int64_t guide = val_as_int(val_get(v->person, STR("guide")), 0);
    *ret = val_with(a, me, STR("guide"), val_int(guide));
    return true;
}

static bool guide_work(struct txn *txn, void *data, struct err *err)
{
    struct call *c = data;
    const struct viewer *v = c->scope.viewer;
    const struct store_collection *people =
        store_collection(txn_store(txn), STR("person"));
    struct val person;
    if (!snap_get(txn_snap(txn, v->path.chain, v->path.n), people, v->person_id, NULL,
                  &person, err))
        return false;
    person =
        val_with(txn_arena(txn), person, STR("guide"), val_get(c->body, STR("guide")));
    return txn_put(txn, tenant_of(&v->path)->space, people, person, PUT_OLD, err);
}

bool desk_me_guide(struct call *c, struct val *ret, struct err *err)
{
    scope_drop_snap(&c->scope);
    *ret = VAL_ABSENT;
    if (!store_write(c->desk->config.store, guide_work, c, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}
