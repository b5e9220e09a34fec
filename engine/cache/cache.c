/* The table, the queue of SIEVE and the doorkeeper. */
#include "cache/cache.h"

#include <pthread.h>

/* Two hashes of a key in a field of bits that is cleared when an eighth of it is full: a
 * small memory of what was missed lately. At most one key of sixty is let in that did not
 * come before: it is kept for nothing. */
enum { DOOR_BITS = 1 << 20, DOOR_KEYS = DOOR_BITS / 16 };

struct cache {
    struct cache_config config;
    pthread_mutex_t lock; /* protects all below */
    struct cached **slots;
    size_t slot_count;
    struct cached *newest;
    struct cached *oldest;
    struct cached *hand; /* where SIEVE looks next, from old to new */
    uint64_t *door;
    size_t door_count;
    struct cache_counts counts;
};

struct cache *cache_open(const struct cache_config *config)
{
    struct cache *cache = mem_zero(sizeof *cache);
    cache->config = *config;
    cache->slot_count = 256;
    cache->slots = mem_zero(cache->slot_count * sizeof *cache->slots);
    if (config->doorkeeper)
        cache->door = mem_zero(DOOR_BITS / 8);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

/* ---- objects ---- */

/* A page has many parts, each in memory of its own: they are looked at again only after
 * the watch has marked something. Their times are in `until_ms` already. */
static bool parts_are_good(struct cached *object, int64_t now_ms)
{
    const struct watch *watch = object->cache ? object->cache->config.watch : NULL;
    uint64_t marks = watch ? watch_marks(watch) : 0;
    if (marks && __atomic_load_n(&object->marks, __ATOMIC_RELAXED) == marks)
        return true;
    for (size_t i = 0; i < object->part_count; i++) {
        if (!cached_is_good(object->parts[i], now_ms))
            return false;
    }
    __atomic_store_n(&object->marks, marks, __ATOMIC_RELAXED);
    return true;
}

bool cached_is_good(struct cached *object, int64_t now_ms)
{
    return !watcher_is_stale(&object->watcher)
           && (!object->until_ms || now_ms < object->until_ms)
           && (!object->part_count || parts_are_good(object, now_ms));
}

static int64_t earliest_end(const struct cached *object)
{
    int64_t end = object->until_ms;
    for (size_t i = 0; i < object->part_count; i++) {
        int64_t until = object->parts[i]->until_ms;
        if (until && (!end || until < end))
            end = until;
    }
    return end;
}

struct cached *cached_hold(struct cached *object)
{
    __atomic_add_fetch(&object->refs, 1, __ATOMIC_RELAXED);
    return object;
}

void cached_drop(struct cached *object)
{
    if (!object || __atomic_sub_fetch(&object->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (object->cache && object->cache->config.watch)
        watch_remove(object->cache->config.watch, &object->watcher);
    for (size_t i = 0; i < object->part_count; i++)
        cached_drop(object->parts[i]);
    mem_free(object->parts);
    if (!object->key_room)
        mem_free(object->key.p);
    object->free(object);
}

/* ---- the table; all with the lock held ---- */

static struct cached **slot_of(struct cache *cache, str key, uint64_t hash)
{
    struct cached **at = &cache->slots[hash & (cache->slot_count - 1)];
    while (*at && ((*at)->hash != hash || !str_equal((*at)->key, key)))
        at = &(*at)->next;
    return at;
}

static void grow(struct cache *cache)
{
    size_t count = cache->slot_count * 2;
    struct cached **slots = mem_zero(count * sizeof *slots);
    for (size_t i = 0; i < cache->slot_count; i++) {
        while (cache->slots[i]) {
            struct cached *object = cache->slots[i];
            cache->slots[i] = object->next;
            object->next = slots[object->hash & (count - 1)];
            slots[object->hash & (count - 1)] = object;
        }
    }
    mem_free(cache->slots);
    cache->slots = slots;
    cache->slot_count = count;
}

static void link_newest(struct cache *cache, struct cached *object)
{
    object->older = cache->newest;
    object->newer = NULL;
    if (cache->newest)
        cache->newest->newer = object;
    else
        cache->oldest = object;
    cache->newest = object;
}

/* Takes the object out; the caller drops the cache's reference after unlocking. */
static void unlink_object(struct cache *cache, struct cached *object)
{
    *slot_of(cache, object->key, object->hash) = object->next;
    if (cache->hand == object)
        cache->hand = object->newer;
    *(object->newer ? &object->newer->older : &cache->newest) = object->older;
    *(object->older ? &object->older->newer : &cache->oldest) = object->newer;
    cache->counts.objects--;
    cache->counts.bytes -= object->size;
    object->kept = false;
}

/* SIEVE: the hand walks from old to new; whoever was used since it last came by stays. */
static struct cached *choose_victim(struct cache *cache)
{
    struct cached *object = cache->hand ? cache->hand : cache->oldest;
    while (object && object->visited) {
        object->visited = false;
        object = object->newer ? object->newer : cache->oldest;
    }
    cache->hand = object ? object->newer : NULL;
    return object;
}

/* ---- the door ---- */

/* True when the key came before; remembers it either way. */
static bool door_knows(struct cache *cache, uint64_t hash)
{
    if (!cache->door)
        return true;
    size_t a = hash % DOOR_BITS;
    size_t b = (hash >> 32) % DOOR_BITS;
    uint64_t bit_a = UINT64_C(1) << (a % 64);
    uint64_t bit_b = UINT64_C(1) << (b % 64);
    bool known = (cache->door[a / 64] & bit_a) && (cache->door[b / 64] & bit_b);
    if (known)
        return true;
    if (++cache->door_count > DOOR_KEYS) {
        memset(cache->door, 0, DOOR_BITS / 8);
        cache->door_count = 0;
    }
    cache->door[a / 64] |= bit_a;
    cache->door[b / 64] |= bit_b;
    return false;
}

/* ---- finding and offering ---- */

static void drop_all(struct cached *list)
{
    while (list) {
        struct cached *next = list->next;
        cached_drop(list);
        list = next;
    }
}

/* With the lock held; what is out of date is added to `gone`. */
static struct cached *find(struct cache *cache, str key, uint64_t hash, int64_t now_ms,
                           struct cached **gone)
{
    struct cached *found = key.n ? *slot_of(cache, key, hash) : NULL;
    if (found && !cached_is_good(found, now_ms)) {
        unlink_object(cache, found);
        cache->counts.stale++;
        found->next = *gone;
        *gone = found;
        found = NULL;
    }
    if (!found) {
        cache->counts.misses++;
        return NULL;
    }
    found->visited = true;
    cache->counts.hits++;
    return cached_hold(found);
}

/* The first object in the slot is mostly the one: its head and what follows it. */
static void prefetch(const struct cache *cache, uint64_t hash)
{
    enum { LINE = 64, LINES = 6 };
    const char *object = (const char *)cache->slots[hash & (cache->slot_count - 1)];
    for (int i = 0; object && i < LINES; i++)
        __builtin_prefetch(object + (ptrdiff_t)i * LINE);
}

void cache_find_all(struct cache *cache, const str *keys, size_t n, int64_t now_ms,
                    struct cached **ret)
{
    uint64_t hashes[CACHE_MAX_FIND];
    struct cached *gone = NULL;
    memset(ret, 0, n * sizeof(struct cached *));
    if (!cache->config.max_bytes)
        return;
    for (size_t i = 0; i < n; i++)
        hashes[i] = str_hash(keys[i], 0);
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; n > 1 && i < n; i++)
        prefetch(cache, hashes[i]);
    for (size_t i = 0; i < n; i++)
        ret[i] = find(cache, keys[i], hashes[i], now_ms, &gone);
    pthread_mutex_unlock(&cache->lock);
    drop_all(gone);
}

struct cached *cache_find(struct cache *cache, str key, int64_t now_ms)
{
    struct cached *found;
    cache_find_all(cache, &key, 1, now_ms, &found);
    return found;
}

static bool watch_object(struct cache *cache, struct cached *object,
                         const struct reads *reads, uint64_t revision)
{
    object->cache = cache;
    return !reads || !reads->n || !cache->config.watch
           || watch_add(cache->config.watch, &object->watcher, reads, revision);
}

bool cache_watch(struct cache *cache, struct cached *object, const struct reads *reads,
                 uint64_t revision)
{
    bool good = watch_object(cache, object, reads, revision);
    if (!good)
        watcher_spoil(&object->watcher);
    return good;
}

/* The watchers below an object; how deep parts may stand is known to whoever makes them.
 */
enum { FOLLOW_MAX = 512 };

struct following {
    struct watcher *watchers[FOLLOW_MAX];
    size_t n;
};

static bool follow(struct following *f, struct cached *object)
{
    if (watcher_is_stale(&object->watcher) || f->n == FOLLOW_MAX)
        return false;
    f->watchers[f->n++] = &object->watcher;
    for (size_t i = 0; i < object->part_count; i++) {
        if (!follow(f, object->parts[i]))
            return false;
    }
    return true;
}

bool cached_follow(struct watch *watch, struct cached *const *objects, size_t n,
                   const struct reads *reads, uint64_t revision, struct watcher *watcher)
{
    struct following f;
    f.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!follow(&f, objects[i]))
            return false;
    }
    return watch_add_with(watch, watcher, reads, revision, f.watchers, f.n);
}

/* Whoever must go to make room, linked by `next`. */
static struct cached *make_room(struct cache *cache, size_t size)
{
    struct cached *gone = NULL;
    while (cache->counts.bytes + size > cache->config.max_bytes) {
        struct cached *victim = choose_victim(cache);
        if (!victim)
            break;
        unlink_object(cache, victim);
        cache->counts.evicted++;
        victim->next = gone;
        gone = victim;
    }
    return gone;
}

bool cache_wants(struct cache *cache, str key, size_t size)
{
    if (!key.n || key.n > CACHE_MAX_KEY || size > cache->config.max_bytes / 4
        || !cache->config.max_bytes)
        return false;
    pthread_mutex_lock(&cache->lock);
    bool welcome = door_knows(cache, str_hash(key, 0));
    pthread_mutex_unlock(&cache->lock);
    return welcome;
}

/* With the lock held; gives what had to go. */
static struct cached *insert(struct cache *cache, struct cached *object)
{
    struct cached *gone = make_room(cache, object->size);
    struct cached *same = *slot_of(cache, object->key, object->hash);
    if (same) {
        unlink_object(cache, same);
        same->next = gone;
        gone = same;
    }
    if (cache->counts.objects >= cache->slot_count)
        grow(cache);
    struct cached **at = &cache->slots[object->hash & (cache->slot_count - 1)];
    object->next = *at;
    *at = cached_hold(object);
    object->kept = true;
    link_newest(cache, object);
    cache->counts.objects++;
    cache->counts.bytes += object->size;
    return gone;
}

bool cache_offer(struct cache *cache, str key, struct cached *object,
                 const struct reads *reads, uint64_t revision)
{
    object->refs = 1;
    if (!key.n || key.n > CACHE_MAX_KEY || object->size > cache->config.max_bytes / 4
        || !watch_object(cache, object, reads, revision)) {
        /* Nobody watches it, so nothing made from it may be kept either. */
        watcher_spoil(&object->watcher);
        return false;
    }
    object->until_ms = earliest_end(object);
    object->key = object->key_room ? (str){ object->key_room, key.n } : mem_str(key);
    if (object->key_room)
        memcpy(object->key_room, key.p, key.n);
    object->hash = str_hash(key, 0);
    pthread_mutex_lock(&cache->lock);
    struct cached *gone = insert(cache, object);
    pthread_mutex_unlock(&cache->lock);
    drop_all(gone);
    return true;
}

void cached_weigh(struct cached *object, size_t size)
{
    struct cache *cache = object->cache;
    if (!cache || size == __atomic_load_n(&object->size, __ATOMIC_RELAXED))
        return;
    pthread_mutex_lock(&cache->lock);
    if (object->kept)
        cache->counts.bytes += size - object->size;
    __atomic_store_n(&object->size, size, __ATOMIC_RELAXED);
    struct cached *gone = make_room(cache, 0);
    pthread_mutex_unlock(&cache->lock);
    drop_all(gone);
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    while (cache->newest) {
        struct cached *object = cache->newest;
        unlink_object(cache, object);
        cached_drop(object);
    }
    pthread_mutex_destroy(&cache->lock);
    mem_free(cache->slots);
    mem_free(cache->door);
    mem_free(cache);
}

struct cache_counts cache_count(struct cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    struct cache_counts counts = cache->counts;
    pthread_mutex_unlock(&cache->lock);
    return counts;
}
