/* Jobs as records: plans, what comes next, history. */
#include "inside.h"

#include "crypt/crypt.h"

extern const unsigned char job_collections_json[];
extern const size_t job_collections_json_size;

static const store_space system_space[] = { TENANT_SYSTEM_SPACE };

bool job_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)job_collections_json, job_collections_json_size },
        err);
}

const struct store_collection *job_collection(struct store *store)
{
    return store_collection(store, STR("job"));
}

const struct store_collection *job_runs(struct store *store)
{
    return store_collection(store, STR("run"));
}

struct snap *job_snap(struct snap *snap, struct arena *arena)
{
    return snap_for(snap, system_space, 1, arena);
}

static struct snap *inside(struct txn *txn)
{
    return txn_snap(txn, system_space, 1);
}

str job_id(struct arena *arena, str tenant, str kind, str name)
{
    return crypt_fingerprint(arena,
                             arena_format(arena, "%.*s\n%.*s\n%.*s", STR_ARG(tenant),
                                          STR_ARG(kind), STR_ARG(name)));
}

bool job_next(struct val record, int64_t after_ms, int64_t *ret, struct err *err)
{
    struct schedule schedule;
    return schedule_read(val_get_text(record, STR("schedule")), &schedule, err)
           && schedule_next(&schedule, val_get_text(record, STR("zone")), after_ms, ret,
                            err);
}

bool job_write(struct txn *txn, struct val record, struct err *err)
{
    return txn_put(txn, TENANT_SYSTEM_SPACE, job_collection(txn_store(txn)), record,
                   PUT_ANY, err);
}

static bool read_job(struct snap *snap, str id, struct arena *arena, struct val *ret,
                     struct err *err)
{
    if (!snap_get(snap, job_collection(snap_store(snap)), id, NULL, ret, err))
        return false;
    *ret = val_exists(*ret) ? val_copy(arena, *ret) : VAL_ABSENT;
    return true;
}

static bool read_of_tenant(struct snap *snap, str tenant, str id, struct arena *arena,
                           struct val *ret, struct err *err)
{
    if (!read_job(snap, id, arena, ret, err))
        return false;
    return (tenant.n && str_equal(val_get_text(*ret, STR("tenant")), tenant))
           || err_set(err, ERR_MISSING, "job.none", "the unit has no such job");
}

/* ---- plans ---- */

static struct val planned(struct arena *a, struct val before, const struct job_plan *plan)
{
    struct val v = val_exists(before) ? before : val_map(NULL, 0);
    v = val_with_text(a, v, "id", job_id(a, plan->tenant, plan->kind, plan->name));
    v = val_with_text(a, v, "tenant", plan->tenant);
    v = val_with_text(a, v, "kind", plan->kind);
    v = val_with_text(a, v, "name", plan->name);
    v = plan->title.kind == VAL_MAP ? val_with(a, v, STR("title"), plan->title)
                                    : val_without(a, v, STR("title"));
    v = val_with_text(a, v, "schedule", plan->schedule);
    v = val_with_text(a, v, "zone", plan->zone);
    v = val_with_text(a, v, "missed", plan->skips ? STR("skip") : STR("run"));
    if (val_exists(before))
        return v;
    v = val_with(a, v, STR("paused"), val_bool(false));
    return val_with(a, v, STR("failures"), val_int(0));
}

static bool same_times(struct val a, struct val b)
{
    static const str names[] = { STR_INIT("schedule"), STR_INIT("zone") };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!val_equal(val_get(a, names[i]), val_get(b, names[i])))
            return false;
    }
    return true;
}

static bool has_room(struct txn *txn, str tenant, struct err *err)
{
    const struct store_collection *c = job_collection(txn_store(txn));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("tenant")),
                       .equals = { val_str(tenant) },
                       .equals_count = 1,
                       .limit = JOB_MAX_OF_TENANT };
    size_t n;
    if (!snap_count(inside(txn), &q, txn_arena(txn), NULL, &n, err))
        return false;
    return n < JOB_MAX_OF_TENANT
           || err_set(err, ERR_LIMIT, "job.many", "the unit has %d jobs already",
                      JOB_MAX_OF_TENANT);
}

/* A run that somebody ordered is forgotten with its time. */
static struct val without_next(struct arena *a, struct val job)
{
    return val_without(a, val_without(a, job, STR("forced")), STR("next"));
}

bool job_put(struct txn *txn, const struct job_plan *plan, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val before;
    int64_t next;
    str id = job_id(a, plan->tenant, plan->kind, plan->name);
    if (!read_job(inside(txn), id, a, &before, err)
        || (!val_exists(before) && !has_room(txn, plan->tenant, err)))
        return false;
    struct val v = planned(a, before, plan);
    if (!job_next(v, txn_now_ms(txn), &next, err))
        return false;
    bool waits = !val_as_bool(val_get(v, STR("paused")), false);
    if (waits && !same_times(before, v))
        v = val_with(a, without_next(a, v), STR("next"), val_int(next));
    return job_write(txn, v, err);
}

static bool remove_runs(struct txn *txn, str job, size_t kept, struct err *err)
{
    struct arena *a = txn_arena(txn);
    const struct store_collection *c = job_runs(txn_store(txn));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("job")),
                       .equals = { val_str(job) },
                       .equals_count = 1,
                       .descending = true,
                       .limit = STORE_MAX_ROWS };
    struct rows rows;
    if (!snap_query(inside(txn), &q, a, NULL, &rows, err))
        return false;
    for (size_t i = kept; i < val_count(rows.list); i++) {
        str id = arena_str(a, val_get_text(val_at(rows.list, i), STR("id")));
        if (!txn_remove(txn, TENANT_SYSTEM_SPACE, c, id, err))
            return false;
    }
    return true;
}

bool job_remove(struct txn *txn, str tenant, str kind, str name, struct err *err)
{
    str id = job_id(txn_arena(txn), tenant, kind, name);
    return remove_runs(txn, id, 0, err)
           && txn_remove(txn, TENANT_SYSTEM_SPACE, job_collection(txn_store(txn)), id,
                         err);
}

/* ---- how it went ---- */

static bool note_run(struct txn *txn, const struct job_result *r, struct err *err)
{
    static const char *const outcomes[] = {
        [JOB_DONE] = "done", [JOB_FAILED] = "failed", [JOB_SKIPPED] = "skipped"
    };
    struct arena *a = txn_arena(txn);
    struct val v = val_with_text(a, val_map(NULL, 0), "id", txn_new_id(txn));
    v = val_with_text(a, v, "job", r->id);
    v = val_with(a, v, STR("at"), val_int(r->at_ms));
    v = val_with(a, v, STR("took_ms"), val_int(r->took_ms));
    v = val_with_text(a, v, "outcome", str_of(outcomes[r->outcome]));
    if (r->code)
        v = val_with_text(a, v, "code", str_of(r->code));
    if (r->text.n)
        v = val_with_text(a, v, "text", r->text);
    return txn_put(txn, TENANT_SYSTEM_SPACE, job_runs(txn_store(txn)), v, PUT_NEW, err)
           && remove_runs(txn, r->id, JOB_MAX_HISTORY, err);
}

/* A minute, two, four …: how long a job that failed so often is left alone. */
static int64_t backoff_ms(int64_t failures)
{
    int64_t s = failures > 0 ? INT64_C(60) << (failures < 12 ? failures - 1 : 11) : 0;
    return (s < JOB_MAX_BACKOFF_S ? s : JOB_MAX_BACKOFF_S) * 1000;
}

/* It may have been paused, changed or taken away while it ran. */
bool job_settle(struct txn *txn, void *result, struct err *err)
{
    const struct job_result *r = result;
    struct arena *a = txn_arena(txn);
    struct val v;
    int64_t next;
    if (!read_job(inside(txn), r->id, a, &v, err))
        return false;
    if (!val_exists(v))
        return true;
    int64_t failures = val_as_int(val_get(v, STR("failures")), 0);
    failures = r->outcome == JOB_FAILED ? failures + 1
               : r->outcome == JOB_DONE ? 0
                                        : failures;
    int64_t from = txn_now_ms(txn);
    if (r->outcome == JOB_FAILED)
        from += backoff_ms(failures);
    v = val_with(a, v, STR("failures"), val_int(failures));
    /* what was ordered while it ran stands */
    if (val_as_int(val_get(v, STR("next")), r->due_ms) != r->due_ms)
        return job_write(txn, v, err) && note_run(txn, r, err);
    v = without_next(a, v);
    if (!val_as_bool(val_get(v, STR("paused")), false)) {
        bool good = job_next(v, from, &next, err);
        v = good ? val_with(a, v, STR("next"), val_int(next))
                 : val_with(a, v, STR("paused"), val_bool(true)); /* no time is left */
    }
    return job_write(txn, v, err) && note_run(txn, r, err);
}

/* ---- looking ---- */

static struct val told_moment(struct arena *a, struct val v, const char *name)
{
    struct val at = val_get(v, str_of(name));
    struct date d = date_at(val_as_int(at, 0), 0);
    if (at.kind != VAL_INT)
        return v;
    return val_with(a, v, str_of(name),
                    val_str(arena_format(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year,
                                         d.month, d.day, d.hour, d.minute, d.second)));
}

static bool list_runs(struct snap *snap, str job, size_t limit, struct arena *a,
                      struct val *ret, struct err *err)
{
    const struct store_collection *c = job_runs(snap_store(snap));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("job")),
                       .equals = { val_str(job) },
                       .equals_count = 1,
                       .descending = true,
                       .limit = limit };
    struct rows rows;
    if (!snap_query(snap, &q, a, NULL, &rows, err))
        return false;
    struct val *items = ARENA_ARRAY(a, struct val, val_count(rows.list) + 1);
    for (size_t i = 0; i < val_count(rows.list); i++) {
        struct val v = val_copy(a, val_at(rows.list, i));
        v = val_without(a, val_without(a, v, STR("id")), STR("job"));
        items[i] = told_moment(a, v, "at");
    }
    *ret = val_list(items, val_count(rows.list));
    return true;
}

static struct val told(struct arena *a, struct val job)
{
    job = val_without(a, val_without(a, job, STR("tenant")), STR("forced"));
    return told_moment(a, job, "next");
}

bool job_list(struct snap *snap, str tenant, struct arena *arena, struct val *ret,
              struct err *err)
{
    const struct store_collection *c = job_collection(snap_store(snap));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("tenant")),
                       .equals = { val_str(tenant) },
                       .equals_count = 1,
                       .limit = JOB_MAX_OF_TENANT };
    struct rows rows;
    struct snap *system = job_snap(snap, arena);
    if (!snap_query(system, &q, arena, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(arena, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct val job = val_copy(arena, val_at(rows.list, i));
        struct val last;
        if (!list_runs(system, val_get_text(job, STR("id")), 1, arena, &last, err))
            return false;
        items[i] = told(arena, job);
        if (val_count(last))
            items[i] = val_with(arena, items[i], STR("last"), val_at(last, 0));
    }
    *ret = val_list(items, n);
    return true;
}

bool job_read(struct snap *snap, str tenant, str id, struct arena *arena, struct val *ret,
              struct err *err)
{
    struct val job;
    struct val runs;
    struct snap *system = job_snap(snap, arena);
    if (!read_of_tenant(system, tenant, id, arena, &job, err)
        || !list_runs(system, id, JOB_MAX_HISTORY, arena, &runs, err))
        return false;
    *ret = val_with(arena, told(arena, job), STR("runs"), runs);
    return true;
}

/* ---- what people do ---- */

bool job_order(struct txn *txn, str tenant, str id, enum job_order order, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v;
    int64_t next = txn_now_ms(txn);
    if (!read_of_tenant(inside(txn), tenant, id, a, &v, err)
        || (order == JOB_RESUME && !job_next(v, next, &next, err)))
        return false;
    v = without_next(a, v);
    if (order == JOB_RUN_NOW)
        v = val_with(a, v, STR("forced"), val_bool(true));
    else
        v = val_with(a, v, STR("paused"), val_bool(order == JOB_PAUSE));
    if (order == JOB_RESUME)
        v = val_with(a, v, STR("failures"), val_int(0));
    if (order != JOB_PAUSE)
        v = val_with(a, v, STR("next"), val_int(next));
    return job_write(txn, v, err);
}
