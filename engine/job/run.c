/* Running what is due. A few threads look each second for the job that is longest due and
 * that none of them runs. */
#include "inside.h"

#include <pthread.h>
#include <time.h>

enum { DUE_LOOKED_AT = JOB_THREADS + 1, NAP_MS = 400 };

struct jobs {
    struct jobs_config config;
    pthread_mutex_t lock; /* protects: reader, running, closing */
    struct store_reader *reader;
    str running[JOB_THREADS + 1]; /* ids; owned. One more for jobs_run_one */
    bool closing;
    pthread_t threads[JOB_THREADS];
    size_t thread_count;
};

bool jobs_open(const struct jobs_config *config, struct jobs **ret, struct err *err)
{
    struct jobs *jobs = mem_zero(sizeof *jobs);
    jobs->config = *config;
    pthread_mutex_init(&jobs->lock, NULL);
    if (!store_reader_open(config->store, &jobs->reader, err)) {
        jobs_close(jobs);
        return false;
    }
    *ret = jobs;
    return true;
}

/* ---- one job ---- */

static str *slot_of(struct jobs *jobs, str id)
{
    for (size_t i = 0; i < COUNT_OF(jobs->running); i++) {
        if (str_equal(jobs->running[i], id))
            return &jobs->running[i];
    }
    return NULL;
}

static bool list_due(struct jobs *jobs, struct snap *snap, struct arena *arena,
                     struct rows *ret, struct err *err)
{
    const struct store_collection *c = job_collection(jobs->config.store);
    struct query due = { .collection = c,
                         .index = store_index(c, STR("next")),
                         .from = val_int(0),
                         .to = val_int(clock_now(jobs->config.clock) + 1),
                         .limit = DUE_LOOKED_AT };
    return snap_query(snap, &due, arena, NULL, ret, err);
}

/* Takes the one that is longest due and idle; absent when there is none. With the lock.
 */
static bool take_due(struct jobs *jobs, struct arena *arena, struct val *ret,
                     struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct snap *snap;
    struct rows rows;
    *ret = VAL_ABSENT;
    if (!snap_open(jobs->reader, system, 1, &snap, err))
        return false;
    bool good = list_due(jobs, snap, arena, &rows, err);
    for (size_t i = 0; good && i < val_count(rows.list) && !val_exists(*ret); i++) {
        struct val job = val_at(rows.list, i);
        if (!slot_of(jobs, val_get_text(job, STR("id"))))
            *ret = val_copy(arena, job);
    }
    snap_close(snap);
    if (val_exists(*ret))
        *slot_of(jobs, STR("")) = mem_str(val_get_text(*ret, STR("id")));
    return good;
}

static void let_go(struct jobs *jobs, str id)
{
    pthread_mutex_lock(&jobs->lock);
    str *slot = slot_of(jobs, id);
    mem_free(slot->p);
    *slot = (str){ NULL, 0 };
    pthread_mutex_unlock(&jobs->lock);
}

static const struct job_kind *kind_of(const struct jobs *jobs, str name)
{
    for (size_t i = 0; i < jobs->config.kind_count; i++) {
        if (str_equal(jobs->config.kinds[i].name, name))
            return &jobs->config.kinds[i];
    }
    return NULL;
}

static bool is_passed_over(struct val job, int64_t now_ms)
{
    int64_t due_ms = val_as_int(val_get(job, STR("next")), now_ms);
    return val_is(val_get(job, STR("missed")), "skip")
           && !val_as_bool(val_get(job, STR("forced")), false)
           && now_ms - due_ms > JOB_LATE_S * INT64_C(1000);
}

static bool run_kind(struct jobs *jobs, struct val job, struct job_run *run,
                     struct err *err)
{
    str name = val_get_text(job, STR("kind"));
    const struct job_kind *kind = kind_of(jobs, name);
    if (!kind)
        return err_set(err, ERR_MISSING, "job.kind", "nobody runs jobs of the kind %.*s",
                       STR_ARG(name));
    return kind->run(kind->data, run, err);
}

static void run_job(struct jobs *jobs, struct val job, struct arena *arena,
                    struct job_result *ret, struct err *why)
{
    struct job_run run = { .tenant = val_get_text(job, STR("tenant")),
                           .name = val_get_text(job, STR("name")),
                           .arena = arena };
    int64_t began_us = clock_ticks_us();
    *ret = (struct job_result){ .id = val_get_text(job, STR("id")),
                                .due_ms = val_as_int(val_get(job, STR("next")), 0),
                                .at_ms = clock_now(jobs->config.clock),
                                .outcome = JOB_DONE };
    if (is_passed_over(job, ret->at_ms)) {
        ret->outcome = JOB_SKIPPED;
    } else if (run_kind(jobs, job, &run, why)) {
        ret->text = run.text;
    } else {
        ret->outcome = JOB_FAILED;
        ret->code = why->code;
        ret->text = why->where[0] ? arena_format(arena, "%s: %s", why->where, why->text)
                                  : str_of(why->text);
        log_event(LOG_WARN, "job.failed", "tenant=%.*s kind=%.*s name=%s code=%s",
                  STR_ARG(run.tenant), STR_ARG(val_get_text(job, STR("kind"))),
                  log_quote(arena, run.name), why->code);
    }
    ret->took_ms = (clock_ticks_us() - began_us) / 1000;
}

bool jobs_run_one(struct jobs *jobs, bool *ret, struct err *err)
{
    struct arena *arena = arena_open();
    struct job_result result;
    struct err why;
    struct val job;
    pthread_mutex_lock(&jobs->lock);
    bool good = take_due(jobs, arena, &job, err);
    pthread_mutex_unlock(&jobs->lock);
    *ret = good && val_exists(job);
    if (*ret) {
        run_job(jobs, job, arena, &result, &why);
        good = store_write(jobs->config.store, job_settle, &result, err);
        let_go(jobs, result.id);
    }
    arena_close(arena);
    return good;
}

/* ---- threads ---- */

static bool is_closing(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool closing = jobs->closing;
    pthread_mutex_unlock(&jobs->lock);
    return closing;
}

static void *run_main(void *data)
{
    static const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
    struct jobs *jobs = data;
    while (!is_closing(jobs)) {
        bool ran;
        struct err err;
        bool good = jobs_run_one(jobs, &ran, &err);
        if (!good)
            log_event(LOG_ERROR, "job.lost", "code=%s", err.code);
        if (!good || !ran)
            nanosleep(&nap, NULL);
    }
    return NULL;
}

bool jobs_start(struct jobs *jobs, struct err *err)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 8u << 20);
    while (jobs->thread_count < JOB_THREADS
           && pthread_create(&jobs->threads[jobs->thread_count], &attr, run_main, jobs)
                  == 0)
        jobs->thread_count++;
    pthread_attr_destroy(&attr);
    return jobs->thread_count == JOB_THREADS
           || err_set(err, ERR_SYSTEM, "job.thread", "a thread for jobs cannot start");
}

void jobs_close(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->closing = true;
    pthread_mutex_unlock(&jobs->lock);
    for (size_t i = 0; i < jobs->thread_count; i++)
        pthread_join(jobs->threads[i], NULL);
    store_reader_close(jobs->reader);
    pthread_mutex_destroy(&jobs->lock);
    mem_free(jobs);
}
