/* A thread that does one thing each time it is asked. */
#include "hand.h"

#include <errno.h>
#include <stdlib.h>

static void *hand_main(void *data)
{
    struct hand *hand = data;
    pthread_mutex_lock(&hand->lock);
    for (;;) {
        while (!hand->busy && !hand->closing)
            pthread_cond_wait(&hand->changed, &hand->lock);
        if (!hand->busy)
            break;
        pthread_mutex_unlock(&hand->lock);
        bool good = hand->work(hand->data);
        int error = good ? 0 : errno;
        pthread_mutex_lock(&hand->lock);
        hand->error = error;
        hand->busy = false;
        pthread_cond_signal(&hand->changed);
    }
    pthread_mutex_unlock(&hand->lock);
    return NULL;
}

void hand_open(struct hand *hand, bool (*work)(void *data), void *data)
{
    *hand = (struct hand){ .work = work, .data = data };
    pthread_mutex_init(&hand->lock, NULL);
    pthread_cond_init(&hand->changed, NULL);
    if (pthread_create(&hand->thread, NULL, hand_main, hand) == 0)
        return;
    log_event(LOG_ERROR, "store.no_thread", "what=journal");
    abort(); /* as for memory: nothing would ever be on the disk */
}

void hand_close(struct hand *hand)
{
    pthread_mutex_lock(&hand->lock);
    hand->closing = true;
    pthread_cond_signal(&hand->changed);
    pthread_mutex_unlock(&hand->lock);
    pthread_join(hand->thread, NULL);
    pthread_cond_destroy(&hand->changed);
    pthread_mutex_destroy(&hand->lock);
}

void hand_ask(struct hand *hand)
{
    pthread_mutex_lock(&hand->lock);
    hand->busy = true;
    pthread_cond_signal(&hand->changed);
    pthread_mutex_unlock(&hand->lock);
}

bool hand_wait(struct hand *hand)
{
    pthread_mutex_lock(&hand->lock);
    while (hand->busy)
        pthread_cond_wait(&hand->changed, &hand->lock);
    errno = hand->error;
    pthread_mutex_unlock(&hand->lock);
    return errno == 0;
}

bool hand_failed(struct hand *hand)
{
    pthread_mutex_lock(&hand->lock);
    bool failed = hand->error != 0;
    pthread_mutex_unlock(&hand->lock);
    return failed;
}
