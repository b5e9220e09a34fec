/* One run of a connector: ask, find the rows, make records of them, take them in. */
#include "inside.h"

struct fetching {
    struct feeds *feeds;
    struct job_run *run;
    struct scope scope;
    struct script_worker *scripts;
    struct val connector;
    struct fetch_reply reply;
};

static bool read_connector(struct fetching *f, struct err *err)
{
    struct snap *snap;
    return scope_snap(&f->scope, &snap, err)
           && feed_read(snap, f->run->name, f->run->arena, &f->connector, err);
}

bool feed_ask(const struct feeds *feeds, struct val connector, struct arena *arena,
              struct fetch_reply *ret, struct err *err)
{
    struct fetch_request request = { .url = val_get_text(connector, STR("url")),
                                     .header = val_get_text(connector, STR("header")),
                                     .etag = val_get_text(connector, STR("etag")),
                                     .modified =
                                         val_get_text(connector, STR("modified")) };
    return (!request.header.n
            || crypt_unseal(arena, feeds->key, val_get_text(connector, STR("secret")),
                            &request.secret, err))
           && fetch_get(feeds->fetch, &request, arena, ret, err);
}

static bool find_rows(struct fetching *f, struct val *ret, struct err *err)
{
    struct arena *a = f->run->arena;
    struct val document;
    struct val found;
    *ret = val_list(NULL, 0);
    if (f->reply.unchanged)
        return true;
    if (!doc_parse(a, f->reply.body, &document, err)
        || !feed_rows(f->connector, document, &found, err))
        return false;
    *ret = feed_records(f->connector, found, val_count(found), a);
    return true;
}

/* ---- taking in ---- */

/* The first thing that is wrong stands for all in the job's history. */
static bool say_first(const struct data_call *call, struct err *err)
{
    struct val first = val_at(call->errors, 0);
    if (val_exists(first))
        err_in(err, "row %lld %.*s ",
               (long long)val_as_int(val_get(first, STR("row")), 0),
               STR_ARG(val_get_text(first, STR("where"))));
    return false;
}

static bool take(struct fetching *f, struct val records, struct err *err)
{
    struct arena *a = f->run->arena;
    struct val took;
    struct data_call call = { .data = f->feeds->config.data,
                              .scope = &f->scope,
                              .worker = f->scripts,
                              .tenant = f->run->tenant };
    struct data_rows rows = { .list = records };
    feed_taking(f->connector, f->run->name, &call, &rows);
    if (!data_take(&call, &rows, &took, err))
        return say_first(&call, err);
    f->run->text = f->reply.unchanged
                       ? STR("unchanged")
                       : doc_text(a, val_without(a, took, STR("errors")), DOC_PLAIN);
    return true;
}

/* ---- what the next run asks for ---- */

static bool note_work(struct txn *txn, void *data, struct err *err)
{
    struct fetching *f = data;
    struct arena *a = txn_arena(txn);
    const struct tenant_path *path = &f->scope.viewer->path;
    struct val now;
    if (!snap_get(txn_snap(txn, path->chain, path->n), feed_connectors(txn_store(txn)),
                  f->run->name, NULL, &now, err))
        return false;
    if (!val_equal(now, f->connector)) /* changed or taken away meanwhile */
        return true;
    struct val v = val_without(a, val_without(a, now, STR("etag")), STR("modified"));
    if (f->reply.etag.n)
        v = val_with(a, v, STR("etag"), val_str(f->reply.etag));
    if (f->reply.modified.n)
        v = val_with(a, v, STR("modified"), val_str(f->reply.modified));
    return txn_put(txn, tenant_of(path)->space, feed_connectors(txn_store(txn)), v,
                   PUT_ANY, err);
}

static bool run_in(struct fetching *f, struct err *err)
{
    struct val records;
    if (!read_connector(f, err))
        return false;
    scope_drop_snap(&f->scope);
    if (!feed_ask(f->feeds, f->connector, f->run->arena, &f->reply, err)
        || !find_rows(f, &records, err) || !take(f, records, err))
        return false;
    scope_drop_snap(&f->scope);
    return f->reply.unchanged || store_write(f->feeds->config.store, note_work, f, err);
}

bool feed_run_job(void *feeds, struct job_run *run, struct err *err)
{
    struct fetching f = { .feeds = feeds, .run = run };
    const struct feed_config *config = &f.feeds->config;
    struct scope_worker *worker;
    if (!scope_worker_open(config->scopes, &worker, err))
        return false;
    bool good = script_worker_open(config->libraries, &f.scripts, err);
    if (good) {
        good = scope_open_unit(worker, run->arena, run->tenant, &f.scope, err);
        if (good) {
            good = run_in(&f, err);
            scope_close(&f.scope);
        }
        script_worker_close(f.scripts);
    }
    scope_worker_close(worker);
    return good;
}
