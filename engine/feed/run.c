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

static bool ask(struct fetching *f, struct err *err)
{
    struct arena *a = f->run->arena;
    struct val c = f->connector;
    struct fetch_request request = { .url = val_get_text(c, STR("url")),
                                     .header = val_get_text(c, STR("header")),
                                     .etag = val_get_text(c, STR("etag")),
                                     .modified = val_get_text(c, STR("modified")) };
    if (request.header.n
        && !crypt_unseal(a, f->feeds->key, val_get_text(c, STR("secret")),
                         &request.secret, err))
        return false;
    return fetch_get(f->feeds->fetch, &request, a, &f->reply, err);
}

/* ---- rows to records ---- */

static struct val mapped(struct arena *a, struct val map, struct val row)
{
    struct member *members = ARENA_ARRAY(a, struct member, val_count(map) + 1);
    size_t n = 0;
    for (size_t i = 0; i < val_count(map); i++) {
        struct val from = val_member(map, i, &members[n].name);
        members[n].value = from.kind == VAL_STR ? val_at_pointer(row, val_text(from))
                                                : val_get(from, STR("value"));
        n += val_exists(members[n].value) && members[n].value.kind != VAL_NULL;
    }
    return val_map(members, n);
}

static bool find_rows(struct fetching *f, struct val *ret, struct err *err)
{
    struct arena *a = f->run->arena;
    struct val document;
    str at = val_get_text(f->connector, STR("rows"));
    *ret = val_list(NULL, 0);
    if (f->reply.unchanged)
        return true;
    if (!doc_parse(a, f->reply.body, &document, err))
        return false;
    struct val found = val_at_pointer(document, at);
    if (found.kind != VAL_LIST)
        return err_at(err, ERR_INPUT, "feed.rows", at, "no list of rows stands here");
    size_t n = val_count(found);
    if (n > DATA_MAX_ROWS)
        return err_at(err, ERR_LIMIT, "data.large", at,
                      "%zu rows came; at most %d are taken in at once", n, DATA_MAX_ROWS);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = mapped(a, val_get(f->connector, STR("map")), val_at(found, i));
    *ret = val_list(items, n);
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
    struct val c = f->connector;
    struct val took;
    struct data_call call = { .data = f->feeds->config.data,
                              .scope = &f->scope,
                              .worker = f->scripts,
                              .tenant = f->run->tenant,
                              .collection = val_get_text(c, STR("collection")),
                              .system = arena_format(a, "connector:%.*s",
                                                     STR_ARG(f->run->name)),
                              .errors = VAL_ABSENT };
    struct data_rows rows = { .list = records,
                              .key = val_get_text(c, STR("key")),
                              .merge = val_is(val_get(c, STR("mode")), "merge"),
                              .skip = val_is(val_get(c, STR("errors")), "skip") };
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
    if (!ask(f, err) || !find_rows(f, &records, err) || !take(f, records, err))
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
