/* A token bucket for each actor, in a table that forgets whoever was quiet longest when
 * too many share a place: he starts again with a full bucket. */
#include "inside.h"

#include <pthread.h>

enum { SLOTS = 16384, NEAR = 8 };

struct bucket {
    uint32_t actor;        /* hash; 0: nobody's */
    uint32_t tokens_milli; /* thousandths of a request */
    int64_t at_ms;         /* the last moment */
};

struct limiter {
    pthread_mutex_t lock; /* protects: buckets */
    struct bucket buckets[SLOTS];
};

struct limiter *limiter_open(void)
{
    struct limiter *l = mem_zero(sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void limiter_close(struct limiter *limiter)
{
    if (!limiter)
        return;
    pthread_mutex_destroy(&limiter->lock);
    mem_free(limiter);
}

/* With the lock held. */
static struct bucket *bucket_of(struct limiter *limiter, str actor, int64_t now_ms)
{
    uint64_t hash = str_hash(actor, 0);
    uint32_t mark = (uint32_t)(hash >> 32) | 1;
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < NEAR; i++) {
        struct bucket *b = &limiter->buckets[(hash + i) % SLOTS];
        if (b->actor == mark)
            return b;
        if (!oldest || !b->actor || b->at_ms < oldest->at_ms)
            oldest = b;
        if (!b->actor)
            break;
    }
    *oldest = (struct bucket){ mark, LIMIT_REQUESTS_BURST * 1000, now_ms };
    return oldest;
}

/* Threads come with moments in any order. */
bool limiter_admits(struct limiter *limiter, str actor, int64_t now_ms)
{
    pthread_mutex_lock(&limiter->lock);
    struct bucket *b = bucket_of(limiter, actor, now_ms);
    uint64_t passed = now_ms > b->at_ms ? (uint64_t)(now_ms - b->at_ms) : 0;
    uint64_t tokens = b->tokens_milli + passed * LIMIT_REQUESTS_PER_SECOND;
    const uint64_t most = UINT64_C(1000) * LIMIT_REQUESTS_BURST;
    tokens = tokens < most ? tokens : most;
    bool admits = tokens >= 1000;
    b->tokens_milli = (uint32_t)(admits ? tokens - 1000 : tokens);
    b->at_ms += (int64_t)passed;
    pthread_mutex_unlock(&limiter->lock);
    return admits;
}
