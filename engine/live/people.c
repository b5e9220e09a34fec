/* Counting the streams of each person, and the people of each unit who have one. */
#include "inside.h"

#include <pthread.h>

enum { PEOPLE_SLOTS = 4096 };

struct someone {
    uint64_t who;
    unsigned streams;
    unsigned units; /* her unit and those above, when she came */
    struct someone *next;
    store_space spaces[]; /* of those */
};

struct people {
    pthread_mutex_t lock; /* protects all below */
    struct someone *slots[PEOPLE_SLOTS];
    unsigned *here; /* people, by space: a unit's own and those below */
    size_t space_count;
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
    mem_free(people->here);
    mem_free(people);
}

static struct someone **find_someone(struct people *people, uint64_t who)
{
    struct someone **at = &people->slots[who % PEOPLE_SLOTS];
    while (*at && (*at)->who != who)
        at = &(*at)->next;
    return at;
}

static void count(struct people *people, store_space space, int by)
{
    if (space >= people->space_count) {
        size_t n = (size_t)space * 2 + 64;
        people->here = mem_grow(people->here, n * sizeof *people->here);
        memset(people->here + people->space_count, 0,
               (n - people->space_count) * sizeof *people->here);
        people->space_count = n;
    }
    people->here[space] += (unsigned)by;
}

static struct someone *someone_new(struct people *people, uint64_t who,
                                   const struct tenant_path *path)
{
    struct someone *one = mem_zero(sizeof *one + path->n * sizeof *one->spaces);
    one->who = who;
    one->units = (unsigned)path->n;
    for (size_t i = 0; i < path->n; i++) {
        one->spaces[i] = path->chain[i];
        count(people, path->chain[i], 1);
    }
    return one;
}

bool people_enter(struct people *people, uint64_t who, const struct tenant_path *path)
{
    pthread_mutex_lock(&people->lock);
    struct someone **at = find_someone(people, who);
    if (!*at)
        *at = someone_new(people, who, path);
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
        for (size_t i = 0; i < one->units; i++)
            count(people, one->spaces[i], -1);
        mem_free(one);
    }
    pthread_mutex_unlock(&people->lock);
}

size_t people_count(struct people *people, store_space space)
{
    pthread_mutex_lock(&people->lock);
    size_t n = space < people->space_count ? people->here[space] : 0;
    pthread_mutex_unlock(&people->lock);
    return n;
}
