/*
 * watch: where reads and changes meet. Whoever keeps something made from reads (a
 * fragment, a resolved page, a signed-in viewer, a stream) registers what was read; each
 * commit marks stale exactly those whose reads a changed key lies in. A watcher that
 * wants to be *told* also stands in a queue from then on, for the one listener to take.
 *
 * Knows keys and intervals, not what they mean.
 * Threads: all functions may be called from any thread. A watcher is embedded in its
 * holder and must be removed before the holder's memory goes. No change is lost between
 * reading and registering: watch_add is told the revision that was read and refuses when
 * something has changed since.
 */
#pragma once
#include "store/store.h"

struct watch;
struct watch_link;

/* Zero it before use. */
struct watcher {
    struct watch_link *links; /* watch's own */
    uint32_t count;
    bool stale;           /* set by watch, read through watcher_is_stale */
    bool told;            /* it is queued for the listener when it is marked stale */
    struct watcher *next; /* in that queue */
    struct watcher **at;  /* what points to me; NULL: not in the queue */
};

struct watch *watch_open(void);
void watch_close(struct watch *watch);

/* True: `watcher` will be marked stale when a change meets `reads`. False: a change after
 * `revision` already met them, or lies too far back to know; nothing is registered. */
bool watch_add(struct watch *watch, struct watcher *watcher, const struct reads *reads,
               uint64_t revision);
/* The same, and also for all that each of `others` watches; false, too, when one of them
 * is stale. */
bool watch_add_with(struct watch *watch, struct watcher *watcher,
                    const struct reads *reads, uint64_t revision,
                    struct watcher *const *others, size_t n);
/* Forgets the watcher; also one that was never added. */
void watch_remove(struct watch *watch, struct watcher *watcher);
/* Marks stale whoever a change of `commit` concerns; gives how many were fresh before. */
size_t watch_meet(struct watch *watch, const struct commit *commit);

/* `wake` is called by every watch_meet that leaves somebody queued, in the writer's
 * thread and when all that the commit concerns is marked; it must not call watch. NULL:
 * nobody listens any more, and no call is under way. */
void watch_listen(struct watch *watch, void (*wake)(void *data), void *data);
/* The next of the queue, taken out of it; NULL: it is empty. */
struct watcher *watch_next(struct watch *watch);

/* Marks it stale for good; nobody is told. */
static inline void watcher_spoil(struct watcher *watcher)
{
    __atomic_store_n(&watcher->stale, true, __ATOMIC_RELEASE);
}

static inline bool watcher_is_stale(const struct watcher *watcher)
{
    return __atomic_load_n(&watcher->stale, __ATOMIC_ACQUIRE);
}
/* How often anything was marked stale since the watch was opened, starting at 1: while it
 * stays, whatever was fresh is. */
uint64_t watch_marks(const struct watch *watch);

struct watch_counts {
    size_t watchers;
    size_t topics; /* distinct reads */
};

struct watch_counts watch_count(struct watch *watch);
