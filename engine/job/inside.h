/* What the files of job share. */
#pragma once
#include "job/job.h"

const struct store_collection *job_collection(struct store *store);
const struct store_collection *job_runs(struct store *store);
struct snap *job_snap(struct snap *snap, struct arena *arena);
/* The record's next time after `after_ms`, as its schedule says. */
bool job_next(struct val record, int64_t after_ms, int64_t *ret, struct err *err);
bool job_write(struct txn *txn, struct val record, struct err *err);

enum job_outcome { JOB_DONE, JOB_FAILED, JOB_SKIPPED };

/* How a run went. */
struct job_result {
    str id;         /* of the job */
    int64_t due_ms; /* as it stood when the run began */
    int64_t at_ms;
    int64_t took_ms;
    enum job_outcome outcome;
    const char *code; /* of a failure */
    str text;
};

/* Notes it in the history, and says when the job is run next. A store_work. */
bool job_settle(struct txn *txn, void *result, struct err *err);
