/* A token bucket for each actor. Two actors that share a slot share a bucket: rare, and
 * harmless. */
#include "inside.h"

#include <pthread.h>

enum { SLOTS = 16384 };

struct bucket {
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
    for (size_t i = 0; i < SLOTS; i++)
        l->buckets[i].tokens_milli = LIMIT_REQUESTS_BURST * 1000;
    return l;
}

void limiter_close(struct limiter *limiter)
{
    if (!limiter)
        return;
    pthread_mutex_destroy(&limiter->lock);
    mem_free(limiter);
}

bool limiter_admits(struct limiter *limiter, str actor, int64_t now_ms, int *ret_wait_s)
{
    struct bucket *b = &limiter->buckets[str_hash(actor, 0) % SLOTS];
    uint32_t now = (uint32_t)now_ms;
    pthread_mutex_lock(&limiter->lock);
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
