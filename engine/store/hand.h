/*
 * A thread that does one thing each time it is asked, for one other thread that asks and
 * waits.
 */
#pragma once
#include "base/base.h"

#include <pthread.h>

struct hand {
    bool (*work)(void *data); /* false: `errno` says why */
    void *data;
    pthread_t thread;
    pthread_mutex_t lock; /* protects what follows */
    pthread_cond_t changed;
    bool busy;
    bool closing;
    int error; /* errno of the last time, or 0 */
};

void hand_open(struct hand *hand, bool (*work)(void *data), void *data);
/* Waits for what was asked. */
void hand_close(struct hand *hand);
/* Only when it has done what it was asked before. */
void hand_ask(struct hand *hand);
/* Whether it went well; `errno` says why not. */
bool hand_wait(struct hand *hand) MUST_CHECK;
/* The same of the last time, without waiting. */
bool hand_failed(struct hand *hand);
