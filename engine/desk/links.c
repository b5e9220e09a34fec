/* Links to a draft, for a phone on which nobody is signed in. */
#include "inside.h"

#include "crypt/crypt.h"

struct link_work {
    struct call *call;
    str secret;
    str session; /* the id of the session that gives it */
    str id;      /* of the one to take away */
    struct val record;
};

static str session_of(const struct call *c)
{
    return crypt_digest(c->request->arena, http_cookie(c->request, DOOR_COOKIE));
}

static bool new_work(struct txn *txn, void *data, struct err *err)
{
    struct link_work *w = data;
    return auth_pass_put(txn, w->secret, w->record, w->call->request->arena, &w->record,
                         err);
}

/* The one time that the secret is told. What it opens is asked for again whenever it is
 * used, so here it is enough that she may read the draft. */
bool desk_link_new(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    const struct viewer *v = c->scope.viewer;
    struct link_work work = { .call = c, .secret = crypt_token(a) };
    struct val draft;
    if (!edit_draft(&c->edit, &draft, err))
        return false;
    struct val r = val_with(a, val_map(NULL, 0), STR("session"), val_str(session_of(c)));
    r = val_with(a, r, STR("home"), val_str(tenant_of(&v->path)->id));
    r = val_with(a, r, STR("person"), val_str(v->person_id));
    r = val_with(a, r, STR("tenant"), val_get(draft, STR("tenant")));
    r = val_with(a, r, STR("layer"), val_get(draft, STR("layer")));
    work.record = val_with(a, r, STR("look"), c->body);
    scope_drop_snap(&c->scope);
    if (!store_write(c->desk->config.store, new_work, &work, err))
        return false;
    int64_t until = val_as_int(val_get(work.record, STR("until")), 0);
    str path = arena_format(a, "/see/%.*s", STR_ARG(work.secret));
    r = val_with(a, val_map(NULL, 0), STR("id"), val_get(work.record, STR("id")));
    r = val_with(a, r, STR("path"), val_str(path));
    *ret = val_with(a, r, STR("until"), val_str(scope_iso(a, until)));
    return true;
}

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    struct link_work *w = data;
    return auth_pass_remove(txn, w->session, w->id, err);
}

bool desk_link_remove(struct call *c, struct val *ret, struct err *err)
{
    struct link_work work = { .call = c, .session = session_of(c), .id = c->names[2] };
    *ret = VAL_ABSENT;
    scope_drop_snap(&c->scope);
    if (!store_write(c->desk->config.store, remove_work, &work, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}
