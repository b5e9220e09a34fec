/* Tokens of a unit's systems: decode, one call of auth, encode. */
#include "inside.h"

#include "crypt/crypt.h"

struct token_work {
    struct call *call;
    str secret;
    str id; /* of the one to take away */
    struct val record;
};

bool call_may_feed(struct call *c, struct snap *snap, struct arena *arena,
                   struct err *err)
{
    struct tenant_path path;
    return tenant_path_read(snap, c->data.tenant, arena, NULL, &path, err)
           && scope_may(&c->scope, snap, AUTH_FEED_DATA, &path, STR(""), err);
}

bool call_may_feed_now(struct call *c, struct txn *txn, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    return call_may_feed(c, txn_snap(txn, system, 1), txn_arena(txn), err);
}

/* A token as it is told: never its secret. */
static struct val tell_token(struct arena *a, struct val token)
{
    int64_t at = val_as_int(val_get(token, STR("at")), 0);
    token = val_without(a, val_without(a, token, STR("home")), STR("tenant"));
    return val_with(a, token, STR("at"), val_str(scope_iso(a, at)));
}

bool desk_tokens(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct snap *snap;
    struct val list;
    if (!scope_snap(&c->scope, &snap, err) || !call_may_feed(c, snap, a, err)
        || !auth_tokens(snap, c->data.tenant, a, &list, err))
        return false;
    struct val *items = ARENA_ARRAY(a, struct val, val_count(list) + 1);
    for (size_t i = 0; i < val_count(list); i++)
        items[i] = tell_token(a, val_at(list, i));
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, val_count(list)));
    return true;
}

static bool tell(struct txn *txn, const struct token_work *w, str action, str id,
                 struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct tenant_path path;
    return tenant_path_read(txn_snap(txn, system, 1), w->call->data.tenant,
                            txn_arena(txn), NULL, &path, err)
           && scope_audit_one(&w->call->scope, txn, &path, action, "token", id, err);
}

static bool new_work(struct txn *txn, void *data, struct err *err)
{
    struct token_work *w = data;
    return call_may_feed_now(w->call, txn, err)
           && auth_token_put(txn, w->secret, w->record, w->call->request->arena,
                             &w->record, err)
           && tell(txn, w, STR("put"), val_get_text(w->record, STR("id")), err);
}

/* The one time that the secret is told. */
bool desk_token_new(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    const struct viewer *v = c->scope.viewer;
    struct token_work work = { .call = c, .secret = crypt_token(a) };
    struct val r = val_with(a, c->body, STR("tenant"), val_str(c->data.tenant));
    r = val_with(a, r, STR("home"), val_str(tenant_of(&v->path)->id));
    work.record = val_with(a, r, STR("by"), val_str(v->person_id));
    scope_drop_snap(&c->scope);
    if (!store_write(c->desk->config.store, new_work, &work, err))
        return false;
    *ret = val_with(a, tell_token(a, work.record), STR("token"), val_str(work.secret));
    return true;
}

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    struct token_work *w = data;
    return call_may_feed_now(w->call, txn, err)
           && auth_token_remove(txn, w->call->data.tenant, w->id, txn_arena(txn), err)
           && tell(txn, w, STR("remove"), w->id, err);
}

bool desk_token_remove(struct call *c, struct val *ret, struct err *err)
{
    struct token_work work = { .call = c, .id = c->names[0] };
    *ret = VAL_ABSENT;
    scope_drop_snap(&c->scope);
    if (!store_write(c->desk->config.store, remove_work, &work, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}
