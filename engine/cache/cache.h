/*
 * cache: things made from reads, kept until one of those reads changes. A viewer, a
 * resolved page, a theme, a package, a fragment and a whole page are all kept this way:
 * there is no other invalidation in the engine.
 *
 * Knows keys, sizes, ages; not what is kept. Objects are immutable and counted: what is
 * found stays good for its finder even when it is dropped from the cache meanwhile.
 * Threads: all functions may be called from any thread.
 * Eviction is SIEVE (Zhang and others, NSDI 2024): a new object that is not used again
 * goes first. A cache with a doorkeeper wants an object only when its key was missed
 * before (cache_wants), so that what is seen once costs no memory.
 */
#pragma once
#include "watch/watch.h"

enum {
    CACHE_MAX_KEY = 512, /* bytes; an empty or longer key is never kept */
    CACHE_MAX_FIND = 16, /* keys of one cache_find_all */
};

struct cache;

/* The head of every kept object: its first member. Zero it before use. */
struct cached {
    void (*free)(struct cached *self); /* called when nobody holds it any more */
    size_t size;                       /* bytes it stands for */
    int64_t until_ms;                  /* no longer good from then on; 0: no end */
    struct cached **parts; /* others it was made from, held; good only while they are */
    size_t part_count;
    char *key_room; /* of its own memory, as long as its key; NULL: the key is copied */
    /* cache's own */
    uint64_t marks; /* the watch's when all parts were last seen to be good; 0: never */
    int refs;
    bool kept;
    bool visited;
    struct watcher watcher;
    struct cache *cache;
    struct cached *next; /* in its hash slot */
    struct cached *newer;
    struct cached *older;
    uint64_t hash;
    str key;
};

struct cache_config {
    struct watch *watch; /* NULL: reads are not watched */
    size_t max_bytes;
    bool doorkeeper;
};

struct cache *cache_open(const struct cache_config *config);
/* Everything found must have been dropped. */
void cache_close(struct cache *cache);

/* The good object of that key, held; NULL when there is none. */
struct cached *cache_find(struct cache *cache, str key, int64_t now_ms);
/* The same for several keys at once, which waits for memory once and not for each. */
void cache_find_all(struct cache *cache, const str *keys, size_t n, int64_t now_ms,
                    struct cached **ret);

/* Whether an object of that key and size would be kept: asked before making one, so that
 * what is seen once is never copied. A doorkeeper lets in whom it turned away before. */
bool cache_wants(struct cache *cache, str key, size_t size);

/* Takes over a fresh object (its one reference is the caller's) and keeps it, unless
 * something it read has changed since `revision`; either way the caller holds it and
 * drops it when done. `reads` may be NULL. True when it is kept; otherwise it is not good
 * for others to be made from. */
bool cache_offer(struct cache *cache, str key, struct cached *object,
                 const struct reads *reads, uint64_t revision);

/* The same without keeping it: it is only watched, for cached_follow. */
bool cache_watch(struct cache *cache, struct cached *object, const struct reads *reads,
                 uint64_t revision);

/* Lets `watcher` watch all that the objects and their parts were made from, besides
 * `reads`. False: something of it has changed since. */
bool cached_follow(struct watch *watch, struct cached *const *objects, size_t n,
                   const struct reads *reads, uint64_t revision, struct watcher *watcher);

/* Whether the object may be used now: nothing it was made from has changed, no time has
 * run out. */
bool cached_is_good(struct cached *object, int64_t now_ms);
/* It stands for so many bytes now. */
void cached_weigh(struct cached *object, size_t size);
struct cached *cached_hold(struct cached *object);
void cached_drop(struct cached *object);

struct cache_counts {
    uint64_t hits;
    uint64_t misses;
    uint64_t stale; /* misses because of a change or of time */
    uint64_t evicted;
    size_t objects;
    size_t bytes;
};

struct cache_counts cache_count(struct cache *cache);
