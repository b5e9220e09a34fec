/* Counting the streams of each person. */
#include "inside.h"

#include <pthread.h>

enum { PEOPLE_SLOTS = 4096 };

struct someone {
    uint64_t who;
    unsigned streams;
    struct someone *next;
};

struct people {
    pthread_mutex_t lock; /* protects: slots */
    struct someone *slots[PEOPLE_SLOTS];
};

struct people *people_open(void)
{
    struct people *people = mem_zero(sizeof *people);
    pthread_mutex_init(&people->lock, NULL);
    return people;
}

void people_close(struct people *people)
{
    if (!people)
        return;
    pthread_mutex_destroy(&people->lock);
    mem_free(people);
}

static struct someone **find_someone(struct people *people, uint64_t who)
{
    struct someone **at = &people->slots[who % PEOPLE_SLOTS];
    while (*at && (*at)->who != who)
        at = &(*at)->next;
    return at;
}

bool people_enter(struct people *people, uint64_t who)
{
    pthread_mutex_lock(&people->lock);
    struct someone **at = find_someone(people, who);
    if (!*at) {
        *at = mem_zero(sizeof **at);
        (*at)->who = who;
    }
    bool good = (*at)->streams < LIMIT_STREAMS_PER_PERSON;
    (*at)->streams += good;
    pthread_mutex_unlock(&people->lock);
    return good;
}

void people_leave(struct people *people, uint64_t who)
{
    pthread_mutex_lock(&people->lock);
    struct someone **at = find_someone(people, who);
    struct someone *one = *at;
    if (one && --one->streams == 0) {
        *at = one->next;
        mem_free(one);
    }
    pthread_mutex_unlock(&people->lock);
}
