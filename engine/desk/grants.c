/* Who may what where: the routes of grants. */
#include "inside.h"

static struct auth_actor actor_of(const struct call *c)
{
    const struct viewer *v = c->scope.viewer;
    return (struct auth_actor){ tenant_of(&v->path)->id, v->person_id };
}

/* The unit of the address, for who may see what is said of it. */
static bool open_unit(struct call *c, struct snap **ret_snap, struct tenant_path *ret,
                      struct err *err)
{
    return scope_snap(&c->scope, ret_snap, err)
           && tenant_path_read(*ret_snap, c->names[0], c->request->arena, NULL, ret, err)
           && scope_may(&c->scope, *ret_snap, AUTH_READ_LAYER, ret, STR(""), err);
}

static bool list_grants(struct call *c, struct val *ret, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    return open_unit(c, &snap, &path, err)
           && auth_grants_of_unit(snap, &path, c->request->arena, ret, err);
}

bool run_grants(struct call *c, struct val *ret, struct err *err)
{
    struct val items;
    if (!list_grants(c, &items, err))
        return false;
    *ret = val_with(c->request->arena, val_map(NULL, 0), STR("items"), items);
    return true;
}

static bool tell_event(struct snap *snap, struct arena *a, struct val event,
                       struct val *ret, struct err *err)
{
    static const struct tenant_naming whose = { "home", "person", "name" };
    static const struct tenant_naming by = { "by_home", "by", "by_name" };
    str at = scope_iso(a, val_as_int(val_get(event, STR("at")), 0));
    struct val v = val_with(a, val_without(a, event, STR("id")), STR("at"), val_str(at));
    if (!tenant_put_name(snap, a, &whose, &v, err)
        || !tenant_put_name(snap, a, &by, &v, err))
        return false;
    *ret = val_copy(a, v);
    return true;
}

bool run_grant_history(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    struct snap *snap;
    struct rows rows;
    int64_t limit;
    str after = http_query(c->request, "after");
    if (!call_query_int(c, "limit", DESK_MAX_PAGE, DESK_MAX_PAGE, &limit, err)
        || !open_unit(c, &snap, &path, err)
        || !auth_grant_history(snap, c->names[0], after.p ? after : STR(""),
                               (size_t)limit, a, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!tell_event(snap, a, val_at(rows.list, i), &items[i], err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    if (rows.next.n)
        *ret = val_with(a, *ret, STR("next"), val_str(rows.next));
    return true;
}

/* ---- giving and taking ---- */

struct changing {
    struct arena *arena; /* of the request */
    struct auth_actor by;
    struct val grant; /* to give … */
    str tenant;       /* … or where to take … */
    str id;           /* … that one */
    str reason;
};

/* Writing waits for the disk: the moment is let go first. */
static bool change(struct call *c, store_work *work, struct changing *w, struct err *err)
{
    scope_drop_snap(&c->scope);
    return store_write(c->desk->config.store, work, w, err);
}

static bool grant_work(struct txn *txn, void *data, struct err *err)
{
    struct changing *w = data;
    str id; /* dies with the transaction */
    if (!auth_grant(txn, &w->by, w->grant, w->reason, &id, err))
        return false;
    w->id = arena_str(w->arena, id);
    return true;
}

static bool find_told(struct call *c, str id, struct val *ret, struct err *err)
{
    struct val items;
    if (!list_grants(c, &items, err))
        return false;
    for (size_t i = 0; i < val_count(items); i++) {
        *ret = val_at(items, i);
        if (str_equal(val_get_text(*ret, STR("id")), id))
            return true;
    }
    return err_set(err, ERR_MISSING, "auth.grant", "it was revoked already");
}

bool run_grant(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct changing w = { .arena = a,
                          .by = actor_of(c),
                          .reason = val_get_text(c->body, STR("reason")) };
    w.grant = val_without(a, c->body, STR("reason"));
    w.grant = val_with(a, w.grant, STR("tenant"), val_str(c->names[0]));
    if (!val_exists(val_get(w.grant, STR("home"))))
        w.grant = val_with(a, w.grant, STR("home"), val_str(c->names[0]));
    return change(c, grant_work, &w, err) && find_told(c, w.id, ret, err);
}

static bool revoke_work(struct txn *txn, void *data, struct err *err)
{
    const struct changing *w = data;
    return auth_revoke(txn, &w->by, w->tenant, w->id, w->reason, err);
}

bool run_revoke(struct call *c, struct val *ret, struct err *err)
{
    struct changing w = { .by = actor_of(c),
                          .tenant = c->names[0],
                          .id = c->names[1],
                          .reason = http_query(c->request, "reason") };
    if (!auth_is_reason(w.reason))
        return err_at(err, ERR_INPUT, "desk.query", STR("reason"),
                      "a reason of 1 to %d characters is wanted", AUTH_MAX_REASON);
    if (!change(c, revoke_work, &w, err))
        return false;
    *ret = val_with(c->request->arena, val_map(NULL, 0), STR("revoked"), val_str(w.id));
    return true;
}
