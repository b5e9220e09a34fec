/* Jobs of packages: how they come into the timetable, and how they are run. */
#include "inside.h"

static const str script_kind = STR_INIT("script");

struct timed_worker {
    struct scope_worker *scope;
    struct script_worker *scripts;
};

static void worker_done(struct timed_worker *w)
{
    script_worker_close(w->scripts);
    scope_worker_close(w->scope);
}

static bool worker_init(struct engine *e, struct timed_worker *ret, struct err *err)
{
    *ret = (struct timed_worker){ NULL, NULL };
    if (scope_worker_open(e->scopes, &ret->scope, err)
        && script_worker_open(bind_libraries, &ret->scripts, err))
        return true;
    worker_done(ret);
    return false;
}

/* ---- running ---- */

static const struct package_job *job_named(const struct package *package, str name)
{
    for (size_t i = 0; i < package->job_count; i++) {
        if (str_equal(package->jobs[i].name, name))
            return &package->jobs[i];
    }
    return NULL;
}

static bool run_found(struct engine *e, struct scope *scope, struct package *package,
                      str name, struct job_run *run, struct err *err)
{
    struct val result;
    const struct package_job *found = job_named(package, name);
    if (!found)
        return err_set(err, ERR_MISSING, "package.job", "the package has no such job");
    struct action_job job = { run->name, found->script, found->needs };
    scope_drop_snap(scope);
    if (!actions_run_job(e->actions, scope->viewer, &job, run->arena, &result, err))
        return false;
    run->text = result.kind == VAL_STR ? str_clip(val_text(result), 200) : STR("");
    return true;
}

static bool run_in(struct engine *e, struct timed_worker *w, struct scope *scope,
                   struct job_run *run, struct err *err)
{
    struct package *package;
    struct snap *snap;
    str name;
    str of = str_cut(run->name, '/', &name);
    if (!scope_snap(scope, &snap, err))
        return false;
    struct package_source source = { snap, w->scripts, run->arena, NULL, VAL_ABSENT };
    if (!package_find(e->packages, &source, of, &package, err))
        return false;
    bool good = run_found(e, scope, package, name, run, err);
    cached_drop(&package->head);
    return good;
}

bool run_package_job(void *engine, struct job_run *run, struct err *err)
{
    struct timed_worker w;
    struct scope scope;
    if (!worker_init(engine, &w, err))
        return false;
    bool good = scope_open_unit(w.scope, run->arena, run->tenant, &scope, err);
    if (good) {
        good = run_in(engine, &w, &scope, run, err);
        scope_close(&scope);
    }
    worker_done(&w);
    return good;
}

/* ---- the timetable ---- */

struct timing {
    struct engine *engine;
    struct timed_worker worker;
    struct arena *arena;
    struct scope scope;
    str tenant;
    struct job_plan plans[JOB_MAX_OF_TENANT];
    size_t n;
    struct val known; /* the unit's jobs as they are */
};

static bool plan_job(struct timing *t, const struct package *package,
                     const struct package_job *job, struct err *err)
{
    struct arena *a = t->arena;
    if (t->n == JOB_MAX_OF_TENANT)
        return err_set(err, ERR_LIMIT, "job.many", "the packages have more than %d jobs",
                       JOB_MAX_OF_TENANT);
    str zone = job->zone.n ? job->zone : tenant_zone(&t->scope.viewer->path);
    t->plans[t->n++] =
        (struct job_plan){ .tenant = t->tenant,
                           .kind = script_kind,
                           .name = arena_format(a, "%.*s/%.*s", STR_ARG(package->name),
                                                STR_ARG(job->name)),
                           .title = val_copy(a, job->title),
                           .schedule = arena_str(a, job->schedule),
                           .zone = arena_str(a, zone),
                           .skips = job->skips };
    return true;
}

static bool plan_package(struct timing *t, struct snap *snap, str name, struct err *err)
{
    struct package *package;
    struct package_source source = { snap, t->worker.scripts, t->arena, NULL,
                                     VAL_ABSENT };
    bool good = package_find(t->engine->packages, &source, name, &package, err);
    for (size_t i = 0; good && i < package->job_count; i++)
        good = plan_job(t, package, &package->jobs[i], err);
    if (good)
        cached_drop(&package->head);
    return good;
}

static bool plan_all(struct timing *t, struct err *err)
{
    struct snap *snap;
    struct rows rows;
    if (!scope_snap(&t->scope, &snap, err)
        || !job_list(snap, t->tenant, t->arena, &t->known, err))
        return false;
    struct query q = { .collection = store_collection(t->engine->store, STR("package")),
                       .limit = STORE_MAX_ROWS };
    if (!snap_query(snap, &q, t->arena, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        if (!plan_package(t, snap, val_get_text(val_at(rows.list, i), STR("id")), err))
            return false;
    }
    return true;
}

static bool is_planned(const struct timing *t, str name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (str_equal(t->plans[i].name, name))
            return true;
    }
    return false;
}

static bool write_plans(struct txn *txn, void *data, struct err *err)
{
    struct timing *t = data;
    for (size_t i = 0; i < t->n; i++) {
        if (!job_put(txn, &t->plans[i], err))
            return err_in(err, "%.*s ", STR_ARG(t->plans[i].name));
    }
    for (size_t i = 0; i < val_count(t->known); i++) {
        struct val job = val_at(t->known, i);
        str name = val_get_text(job, STR("name"));
        if (str_equal(val_get_text(job, STR("kind")), script_kind) && !is_planned(t, name)
            && !job_remove(txn, t->tenant, script_kind, name, err))
            return false;
    }
    return true;
}

static bool plan_and_write(struct timing *t, struct err *err)
{
    bool good = scope_open_unit(t->worker.scope, t->arena, t->tenant, &t->scope, err);
    if (!good)
        return false;
    good = plan_all(t, err);
    scope_drop_snap(&t->scope);
    good = good && store_write(t->engine->store, write_plans, t, err);
    scope_close(&t->scope);
    return good;
}

/* The root unit; empty while the store has none. */
static bool find_root(struct timing *t, struct err *err)
{
    struct scope scope;
    struct snap *snap;
    if (!scope_open(t->worker.scope, t->arena, STR(""), &scope, err))
        return false;
    bool good = scope_snap(&scope, &snap, err);
    if (good && !tenant_root(snap, t->arena, NULL, &t->tenant, err)) {
        good = err->kind == ERR_MISSING;
        t->tenant = STR("");
    }
    scope_close(&scope);
    return good;
}

bool plan_package_jobs(struct engine *engine, struct err *err)
{
    struct arena *arena = arena_open();
    struct timing *t = ARENA_NEW(arena, struct timing);
    t->engine = engine;
    t->arena = arena;
    bool good = worker_init(engine, &t->worker, err);
    if (good) {
        good = find_root(t, err) && (!t->tenant.n || plan_and_write(t, err));
        worker_done(&t->worker);
    }
    arena_close(arena);
    return good;
}
