/* A token bucket for each actor, in a table that forgets whoever was quiet longest when
 * too many share a place: he starts again with a full bucket. */
#include "inside.h"

#include <pthread.h>

enum { SLOTS = 16384, NEAR = 8 };

struct bucket {
    uint32_t actor;        /* hash; 0: nobody's */
    uint32_t tokens_milli; /* thousandths of a request */
    uint32_t at_ms;        /* low bits of the last moment */
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
static struct bucket *bucket_of(struct limiter *limiter, str actor, uint32_t now)
{
    uint64_t hash = str_hash(actor, 0);
    uint32_t mark = (uint32_t)(hash >> 32) | 1;
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < NEAR; i++) {
        struct bucket *b = &limiter->buckets[(hash + i) % SLOTS];
        if (b->actor == mark)
            return b;
        if (!oldest || !b->actor || now - b->at_ms > now - oldest->at_ms)
            oldest = b;
        if (!b->actor)
            break;
    }
    *oldest = (struct bucket){ mark, LIMIT_REQUESTS_BURST * 1000, now };
    return oldest;
}

bool limiter_admits(struct limiter *limiter, str actor, int64_t now_ms, int *ret_wait_s)
{
    uint32_t now = (uint32_t)now_ms;
    pthread_mutex_lock(&limiter->lock);
    struct bucket *b = bucket_of(limiter, actor, now);
    uint64_t passed = now - b->at_ms;
    uint64_t tokens = b->tokens_milli + passed * LIMIT_REQUESTS_PER_SECOND;
    const uint64_t most = UINT64_C(1000) * LIMIT_REQUESTS_BURST;
    tokens = tokens < most ? tokens : most;
    bool admits = tokens >= 1000;
    b->tokens_milli = (uint32_t)(admits ? tokens - 1000 : tokens);
    b->at_ms = now;
    pthread_mutex_unlock(&limiter->lock);
    *ret_wait_s = 1;
    return admits;
}
