/* What the files of action share. */
#pragma once
#include "action/action.h"

#include "script/script.h"

#include <pthread.h>

/* ---- queue.c: who goes on next ---- */

struct share;

struct queue {
    pthread_mutex_t lock; /* protects: all below */
    struct share *shares; /* of units with something to do or to pay */
    size_t count;
    size_t cap;
    size_t waiting;
    size_t in_writer;
    int64_t in_writer_us; /* what they are expected to take */
    int64_t level_us;     /* what the unit that went on last had used */
};

void queue_init(struct queue *queue);
void queue_done(struct queue *queue);
/* Errors: action.busy, action.unit_busy. */
bool queue_add(struct queue *queue, struct action *action, struct err *err) MUST_CHECK;
/* The next that may go on now, or NULL. */
struct action *queue_take(struct queue *queue);
/* It has left the writer and took that long. */
void queue_settle(struct queue *queue, const struct action *action, int64_t took_us);

struct actions {
    struct action_config config;
    struct queue queue;
    struct script_worker *scripts; /* the writer's */
    struct scope_worker *looks;    /* the writer's; opens no snapshot of its own */
    struct action_counts counts;   /* atomics */
};

/* ---- run.c: in the writer ---- */

bool action_work(struct txn *txn, void *data, struct err *err);

/* ---- reply.c: what is remembered of it ---- */

/* The stored reply, if there is one. Errors: action.key. */
bool reply_find(struct action *action, bool *ret_found, struct err *err);
/* Who did what with what, and the reply to it. */
bool reply_store(struct action *action, struct err *err);
/* The same of a job, to which nobody waits for a reply. */
bool job_audit(struct action *action, struct err *err);
