/*
 * Start-time fair queueing with equal weights: each unit has a clock of the writer's time
 * that it used; the unit whose clock is lowest goes on. What an action takes is known
 * only afterwards, so it is charged what the unit's actions took lately and the rest is
 * settled when it is done. A unit that was idle starts where the others are: it has saved
 * nothing. Few are in the writer at once, because there nobody can be overtaken; enough
 * to share a commit.
 */
#include "inside.h"

#include "tenant/tenant.h"

enum {
    IN_WRITER = 96,       /* that share a commit */
    IN_WRITER_US = 20000, /* of work they are expected to be, when more than one */
    FIRST_COST_US = 100,  /* of a unit that nothing is known of */
    MAX_SHARES = 4096,
};

struct share {
    store_space space;
    int64_t used_us;
    int64_t cost_us; /* of one action, lately */
    struct action *first;
    struct action **last;
    size_t waiting;
    size_t in_writer;
};

void queue_init(struct queue *queue)
{
    pthread_mutex_init(&queue->lock, NULL);
}

void queue_done(struct queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    mem_free(queue->shares);
}

static store_space space_of(const struct action *action)
{
    return tenant_of(&action->viewer->path)->space;
}

/* ---- shares; with the lock held ---- */

static struct share *share_of(struct queue *q, store_space space)
{
    for (size_t i = 0; i < q->count; i++) {
        if (q->shares[i].space == space)
            return &q->shares[i];
    }
    return NULL;
}

static bool is_idle(const struct share *share)
{
    return !share->waiting && !share->in_writer;
}

/* Of those with nothing to do only who is ahead of the others is worth remembering. */
static void forget_idle(struct queue *q)
{
    size_t kept = 0;
    for (size_t i = 0; i < q->count; i++) {
        const struct share *share = &q->shares[i];
        if (is_idle(share) && share->used_us <= q->level_us)
            continue;
        q->shares[kept++] = *share;
    }
    q->count = kept;
}

static struct share *add_share(struct queue *q, store_space space)
{
    if (q->count == q->cap)
        forget_idle(q);
    if (q->count == MAX_SHARES)
        return NULL;
    if (q->count == q->cap) {
        q->cap = q->cap ? q->cap * 2 : 64;
        q->shares = mem_grow(q->shares, q->cap * sizeof *q->shares);
    }
    struct share *share = &q->shares[q->count++];
    *share = (struct share){ .space = space,
                             .used_us = q->level_us,
                             .cost_us = FIRST_COST_US };
    return share;
}

static void append(struct share *share, struct action *action)
{
    action->next = NULL;
    if (share->first)
        *share->last = action;
    else
        share->first = action;
    share->last = &action->next;
    share->waiting++;
}

static bool is_full(const struct queue *q, const struct share *share, struct err *err)
{
    if (q->waiting >= LIMIT_ACTIONS_WAITING || !share)
        return !err_set(err, ERR_BUSY, "action.busy",
                        "too many actions wait; try again in a moment");
    if (share->waiting >= LIMIT_ACTIONS_WAITING_UNIT)
        return !err_at(err, ERR_LIMIT, "action.unit_busy", STR("1"),
                       "too many actions of this unit wait; try again in a moment");
    return false;
}

bool queue_add(struct queue *queue, struct action *action, struct err *err)
{
    store_space space = space_of(action);
    pthread_mutex_lock(&queue->lock);
    struct share *share = share_of(queue, space);
    if (!share)
        share = add_share(queue, space);
    bool full = is_full(queue, share, err);
    if (!full) {
        if (is_idle(share) && share->used_us < queue->level_us)
            share->used_us = queue->level_us;
        append(share, action);
        queue->waiting++;
    }
    pthread_mutex_unlock(&queue->lock);
    return !full;
}

/* ---- going on ---- */

static struct share *next_share(struct queue *q)
{
    struct share *next = NULL;
    for (size_t i = 0; q->waiting && i < q->count; i++) {
        struct share *share = &q->shares[i];
        if (share->waiting && (!next || share->used_us < next->used_us))
            next = share;
    }
    return next;
}

static bool has_room(const struct queue *q, const struct share *share)
{
    return !q->in_writer
           || (q->in_writer < IN_WRITER
               && q->in_writer_us + share->cost_us <= IN_WRITER_US);
}

static struct action *go_on(struct queue *q, struct share *share)
{
    struct action *action = share->first;
    share->first = action->next;
    share->waiting--;
    share->in_writer++;
    q->level_us = share->used_us;
    action->cost_us = share->cost_us;
    share->used_us += action->cost_us;
    q->waiting--;
    q->in_writer++;
    q->in_writer_us += action->cost_us;
    return action;
}

struct action *queue_take(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct share *share = next_share(queue);
    struct action *action = share && has_room(queue, share) ? go_on(queue, share) : NULL;
    pthread_mutex_unlock(&queue->lock);
    return action;
}

void queue_settle(struct queue *queue, const struct action *action, int64_t took_us)
{
    pthread_mutex_lock(&queue->lock);
    struct share *share = share_of(queue, space_of(action));
    queue->in_writer--;
    queue->in_writer_us -= action->cost_us;
    share->in_writer--;
    share->used_us += took_us - action->cost_us;
    share->cost_us = (share->cost_us * 7 + took_us + 7) / 8;
    pthread_mutex_unlock(&queue->lock);
}
