/*
 * job: what is done at set times. A *job* has a schedule, belongs to a unit, and is of a
 * *kind*, which says how it is run; a *run* is one time it was.
 *
 * Knows the collections "job" and "run" in the system's space; not what jobs do. Times,
 * outcomes and pauses are records, so they survive a restart. A job never runs twice at
 * once. It may run again when the server stops between its end and the note of it, so
 * what jobs do must bear being done again. A job that fails is tried again later and
 * later, up to JOB_MAX_BACKOFF_S; one that was missed (the server stood still) runs once
 * when it can, or is passed over, as its `missed` says.
 * Schedules are five fields: minute hour day month weekday, with * , - / and 0 or 7 for
 * Sunday; when day and weekday are both given, either will do. They count in an IANA
 * zone. A local time that a change of clocks leaves out counts as the moment of the
 * change; one that comes twice counts the first time only. Threads: JOB_THREADS run jobs;
 * all functions may be called from any thread.
 */
#pragma once
#include "tenant/tenant.h"

enum {
    JOB_THREADS = 4,
    JOB_MAX_HISTORY = 50,         /* runs of a job that are kept */
    JOB_MAX_OF_TENANT = 200,      /* jobs of a unit */
    JOB_MAX_BACKOFF_S = 6 * 3600, /* longest wait after failures */
    JOB_LATE_S = 60,              /* later than this it was missed */
};

/* ---- schedules ---- */

struct schedule {
    uint64_t minutes; /* bit n: minute n … */
    uint32_t hours;
    uint32_t days;    /* bits 1–31 */
    uint16_t months;  /* bits 1–12 */
    uint8_t weekdays; /* bits 1–7 from Monday */
    bool any_day;
    bool any_weekday;
};

/* Errors: job.schedule. */
bool schedule_read(str text, struct schedule *ret, struct err *err) MUST_CHECK;
/* The first time after `after_ms`. Errors: job.zone, job.never (there is none in eight
 * years). */
bool schedule_next(const struct schedule *schedule, str zone, int64_t after_ms,
                   int64_t *ret, struct err *err) MUST_CHECK;

/* ---- running ---- */

/* One run; `arena` dies with it. */
struct job_run {
    str tenant;
    str name;
    struct arena *arena;
    str text; /* what it did, in a few words, for its history; set by `run` */
};

struct job_kind {
    str name;
    bool (*run)(void *data, struct job_run *run, struct err *err);
    void *data;
};

struct jobs;

struct jobs_config {
    struct store *store;
    const struct clock *clock;
    const struct job_kind *kinds; /* borrowed */
    size_t kind_count;
};

/* Defines the collections; again is free. */
bool job_setup(struct store *store, struct err *err) MUST_CHECK;
bool jobs_open(const struct jobs_config *config, struct jobs **ret,
               struct err *err) MUST_CHECK;
/* Starts the threads; before it nothing runs. Errors: job.thread. */
bool jobs_start(struct jobs *jobs, struct err *err) MUST_CHECK;
/* Waits for what runs. */
void jobs_close(struct jobs *jobs);
/* Runs the job that is longest due, in this thread; `ret` is whether there was one. */
bool jobs_run_one(struct jobs *jobs, bool *ret, struct err *err) MUST_CHECK;

/* ---- inside a transaction ---- */

/* Whose job, and when it is run. */
struct job_plan {
    str tenant;
    str kind;
    str name; /* one of a kind in its unit */
    struct val title;
    str schedule;
    str zone;
    bool skips; /* passed over when missed */
};

/* Makes the job, or changes its plan; what it waits for and how it went stay when the
 * plan is the same. Errors: job.schedule, job.zone, job.never, job.many. */
bool job_put(struct txn *txn, const struct job_plan *plan, struct err *err) MUST_CHECK;
/* With its history. Not being there is done. */
bool job_remove(struct txn *txn, str tenant, str kind, str name,
                struct err *err) MUST_CHECK;

/* ---- looking, and what people do ---- */

/* The id of a unit's job. */
str job_id(struct arena *arena, str tenant, str kind, str name);
/* A unit's jobs: { id, kind, name, title?, schedule, zone, missed, paused, failures,
 * next?, last? }. */
bool job_list(struct snap *snap, str tenant, struct arena *arena, struct val *ret,
              struct err *err) MUST_CHECK;
/* One, with `runs`, newest first. Errors: job.none (the unit has no such job). */
bool job_read(struct snap *snap, str tenant, str id, struct arena *arena, struct val *ret,
              struct err *err) MUST_CHECK;

enum job_order { JOB_RUN_NOW, JOB_PAUSE, JOB_RESUME };

/* Errors: job.none. */
bool job_order(struct txn *txn, str tenant, str id, enum job_order order,
               struct err *err) MUST_CHECK;
