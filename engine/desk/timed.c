/* Connectors and jobs: decode, one call of feed or job, encode. */
#include "inside.h"

/* ---- connectors ---- */

static struct feed_call feed_of(struct call *c)
{
    return (struct feed_call){ .feeds = c->desk->config.feeds,
                               .scope = &c->scope,
                               .worker = c->data.worker,
                               .tenant = c->data.tenant };
}

bool desk_connectors(struct call *c, struct val *ret, struct err *err)
{
    struct feed_call call = feed_of(c);
    return feed_list(&call, ret, err);
}

bool desk_connector_put(struct call *c, struct val *ret, struct err *err)
{
    struct feed_call call = feed_of(c);
    return feed_put(&call, c->names[0], c->body, ret, err);
}

bool desk_connector_try(struct call *c, struct val *ret, struct err *err)
{
    struct feed_call call = feed_of(c);
    if (!feed_try(&call, c->names[0], c->body, ret, err))
        return false;
    struct val errors = val_get(*ret, STR("errors"));
    if (val_count(errors))
        *ret = val_with(c->request->arena, *ret, STR("errors"), call_worded(c, errors));
    return true;
}

bool desk_connector_remove(struct call *c, struct val *ret, struct err *err)
{
    struct feed_call call = feed_of(c);
    *ret = VAL_ABSENT;
    if (!feed_remove(&call, c->names[0], err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}

/* ---- jobs ---- */

bool desk_jobs(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct snap *snap;
    struct val list;
    if (!scope_snap(&c->scope, &snap, err) || !call_may_feed(c, snap, a, err)
        || !job_list(snap, c->data.tenant, a, &list, err))
        return false;
    *ret = val_with(a, val_map(NULL, 0), STR("items"), list);
    return true;
}

bool desk_job(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct snap *snap;
    return scope_snap(&c->scope, &snap, err) && call_may_feed(c, snap, a, err)
           && job_read(snap, c->data.tenant, c->names[0], a, ret, err);
}

struct order_work {
    struct call *call;
    enum job_order order;
};

static bool order_work(struct txn *txn, void *data, struct err *err)
{
    struct order_work *w = data;
    return call_may_feed_now(w->call, txn, err)
           && job_order(txn, w->call->data.tenant, w->call->names[0], w->order, err);
}

static bool order(struct call *c, enum job_order order, struct val *ret, struct err *err)
{
    struct order_work work = { c, order };
    scope_drop_snap(&c->scope);
    return store_write(c->desk->config.store, order_work, &work, err)
           && desk_job(c, ret, err);
}

bool desk_job_run(struct call *c, struct val *ret, struct err *err)
{
    return order(c, JOB_RUN_NOW, ret, err);
}

bool desk_job_pause(struct call *c, struct val *ret, struct err *err)
{
    return order(c, JOB_PAUSE, ret, err);
}

bool desk_job_resume(struct call *c, struct val *ret, struct err *err)
{
    return order(c, JOB_RESUME, ret, err);
}
