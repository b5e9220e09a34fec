/*
 * Equal reads share one *topic*. A topic of one key is found by hash. A topic of an
 * interval stands in a treap ordered by its lower end, where every node knows the highest
 * upper end below it: all intervals around a key are found in O(log n + found). A ring of
 * the last changed keys answers whether something happened between reading and
 * registering.
 */
#include "watch/watch.h"

#include <pthread.h>

enum { RING_KEYS = 8192 };

struct topic {
    struct topic *next; /* in its hash slot */
    struct topic *left;
    struct topic *right;
    const struct topic *highest; /* whose hi is the greatest in this subtree */
    uint64_t hash;
    struct watch_link *first;
    uint16_t lo_n;
    uint16_t hi_n; /* 0: the one key lo */
    char bytes[];  /* lo, then hi: a stream costs some topics, so they are small */
};

static str topic_lo(const struct topic *t)
{
    return (str){ t->bytes, t->lo_n };
}

static str topic_hi(const struct topic *t)
{
    return (str){ t->bytes + t->lo_n, t->hi_n };
}

struct watch_link {
    struct topic *topic;
    struct watcher *watcher;
    struct watch_link *next;
    struct watch_link **at; /* what points to me */
};

struct recent {
    uint64_t revision;
    str key;
};

struct watch {
    pthread_mutex_t lock; /* protects all below and the links of watchers */
    struct topic **slots;
    size_t slot_count;
    size_t topics;
    size_t watchers;
    struct topic *root;
    struct recent ring[RING_KEYS];
    size_t ring_at;
    uint64_t forgotten; /* changes up to this revision are no longer in the ring */
    uint64_t marks;     /* atomic */
    struct watcher *queue;
    struct watcher **queue_end;
    void (*wake)(void *data);
    void *wake_data;
};

struct watch *watch_open(void)
{
    struct watch *watch = mem_zero(sizeof *watch);
    pthread_mutex_init(&watch->lock, NULL);
    watch->slot_count = 1024;
    watch->marks = 1;
    watch->queue_end = &watch->queue;
    watch->slots = mem_zero(watch->slot_count * sizeof *watch->slots);
    return watch;
}

/* ---- the treap of intervals ---- */

static void refresh(struct topic *t)
{
    const struct topic *below[] = { t->left, t->right };
    t->highest = t;
    for (size_t i = 0; i < COUNT_OF(below); i++) {
        if (below[i]
            && str_compare(topic_hi(below[i]->highest), topic_hi(t->highest)) > 0)
            t->highest = below[i]->highest;
    }
}

static bool before(const struct topic *a, const struct topic *b)
{
    int order = str_compare(topic_lo(a), topic_lo(b));
    return order < 0 || (order == 0 && str_compare(topic_hi(a), topic_hi(b)) < 0);
}

/* Splits `t` into what stands before `mark` and the rest. */
static void split(struct topic *t, const struct topic *mark, struct topic **left,
                  struct topic **right)
{
    if (!t) {
        *left = *right = NULL;
    } else if (before(t, mark)) {
        split(t->right, mark, &t->right, right);
        *left = t;
        refresh(t);
    } else {
        split(t->left, mark, left, &t->left);
        *right = t;
        refresh(t);
    }
}

static struct topic *merge(struct topic *left, struct topic *right)
{
    if (!left || !right)
        return left ? left : right;
    if (left->hash > right->hash) {
        left->right = merge(left->right, right);
        refresh(left);
        return left;
    }
    right->left = merge(left, right->left);
    refresh(right);
    return right;
}

/* The hash is the heap's priority: random enough, and nothing more to keep. */
static struct topic *tree_insert(struct topic *t, struct topic *fresh)
{
    if (!t || fresh->hash > t->hash) {
        split(t, fresh, &fresh->left, &fresh->right);
        refresh(fresh);
        return fresh;
    }
    if (before(fresh, t))
        t->left = tree_insert(t->left, fresh);
    else
        t->right = tree_insert(t->right, fresh);
    refresh(t);
    return t;
}

static struct topic *tree_remove(struct topic *t, struct topic *gone)
{
    if (t == gone)
        return merge(t->left, t->right);
    if (before(gone, t))
        t->left = tree_remove(t->left, gone);
    else
        t->right = tree_remove(t->right, gone);
    refresh(t);
    return t;
}

/* ---- topics ---- */

static uint64_t topic_hash(str lo, str hi)
{
    return hi.n ? str_hash(hi, str_hash(lo, 1)) : str_hash(lo, 0);
}

static struct topic **topic_slot(struct watch *watch, str lo, str hi, uint64_t hash)
{
    struct topic **at = &watch->slots[hash & (watch->slot_count - 1)];
    while (*at
           && ((*at)->hash != hash || !str_equal(topic_lo(*at), lo)
               || !str_equal(topic_hi(*at), hi)))
        at = &(*at)->next;
    return at;
}

static void grow(struct watch *watch)
{
    size_t count = watch->slot_count * 2;
    struct topic **slots = mem_zero(count * sizeof *slots);
    for (size_t i = 0; i < watch->slot_count; i++) {
        while (watch->slots[i]) {
            struct topic *t = watch->slots[i];
            watch->slots[i] = t->next;
            t->next = slots[t->hash & (count - 1)];
            slots[t->hash & (count - 1)] = t;
        }
    }
    mem_free(watch->slots);
    watch->slots = slots;
    watch->slot_count = count;
}

static struct topic *topic_for(struct watch *watch, const struct read *read)
{
    uint64_t hash = topic_hash(read->lo, read->hi);
    struct topic **at = topic_slot(watch, read->lo, read->hi, hash);
    if (*at)
        return *at;
    struct topic *t = mem_zero(sizeof *t + read->lo.n + read->hi.n);
    memcpy(t->bytes, read->lo.p, read->lo.n);
    if (read->hi.n)
        memcpy(t->bytes + read->lo.n, read->hi.p, read->hi.n);
    t->lo_n = (uint16_t)read->lo.n;
    t->hi_n = (uint16_t)read->hi.n;
    t->hash = hash;
    *at = t;
    if (t->hi_n)
        watch->root = tree_insert(watch->root, t);
    if (++watch->topics > watch->slot_count)
        grow(watch);
    return t;
}

static void topic_drop(struct watch *watch, struct topic *t)
{
    *topic_slot(watch, topic_lo(t), topic_hi(t), t->hash) = t->next;
    if (t->hi_n)
        watch->root = tree_remove(watch->root, t);
    watch->topics--;
    mem_free(t);
}

/* ---- watchers ---- */

static bool read_holds(const struct read *read, str key)
{
    if (!read->hi.n)
        return str_equal(read->lo, key);
    return str_compare(key, read->lo) >= 0 && str_compare(key, read->hi) < 0;
}

/* Whether something changed after `revision` that `reads` hold, or may have. */
static bool met_since(const struct watch *watch, const struct reads *reads,
                      uint64_t revision)
{
    if (revision < watch->forgotten)
        return true;
    for (size_t back = 0; back < RING_KEYS; back++) {
        const struct recent *r = &watch->ring[(watch->ring_at - 1 - back) % RING_KEYS];
        if (r->revision <= revision)
            return false;
        for (size_t i = 0; i < reads->n; i++) {
            if (read_holds(&reads->items[i], r->key))
                return true;
        }
    }
    return false;
}

static void link_topic(struct watch_link *link, struct topic *t, struct watcher *watcher)
{
    *link = (struct watch_link){ t, watcher, t->first, &t->first };
    if (t->first)
        t->first->at = &link->next;
    t->first = link;
}

static bool any_is_stale(struct watcher *const *others, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (watcher_is_stale(others[i]))
            return true;
    }
    return false;
}

/* A watcher twice at one topic would only cost memory. */
static void add_link(struct watcher *watcher, struct topic *t)
{
    if (!t->first || t->first->watcher != watcher)
        link_topic(&watcher->links[watcher->count++], t, watcher);
}

static void shrink(struct watcher *watcher)
{
    watcher->links = mem_grow(watcher->links, watcher->count * sizeof *watcher->links);
    for (size_t i = 0; i < watcher->count; i++) {
        struct watch_link *link = &watcher->links[i];
        *link->at = link;
        if (link->next)
            link->next->at = &link->next;
    }
}

static void add_links(struct watch *watch, struct watcher *watcher,
                      const struct reads *reads, struct watcher *const *others, size_t n)
{
    size_t room = reads->n;
    for (size_t i = 0; i < n; i++)
        room += others[i]->count;
    watcher->links = mem_alloc(room * sizeof *watcher->links);
    for (size_t i = 0; i < reads->n; i++)
        add_link(watcher, topic_for(watch, &reads->items[i]));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < others[i]->count; k++)
            add_link(watcher, others[i]->links[k].topic);
    }
    if (watcher->count < room)
        shrink(watcher);
    watch->watchers++;
}

bool watch_add_with(struct watch *watch, struct watcher *watcher,
                    const struct reads *reads, uint64_t revision,
                    struct watcher *const *others, size_t n)
{
    pthread_mutex_lock(&watch->lock);
    bool fresh = !any_is_stale(others, n) && !met_since(watch, reads, revision);
    if (fresh)
        add_links(watch, watcher, reads, others, n);
    pthread_mutex_unlock(&watch->lock);
    return fresh;
}

bool watch_add(struct watch *watch, struct watcher *watcher, const struct reads *reads,
               uint64_t revision)
{
    return watch_add_with(watch, watcher, reads, revision, NULL, 0);
}

/* With the lock held. */
static void leave_queue(struct watch *watch, struct watcher *watcher)
{
    if (!watcher->at)
        return;
    *watcher->at = watcher->next;
    if (watcher->next)
        watcher->next->at = watcher->at;
    else
        watch->queue_end = watcher->at;
    watcher->at = NULL;
    watcher->next = NULL;
}

void watch_remove(struct watch *watch, struct watcher *watcher)
{
    if (!watcher->links)
        return;
    pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < watcher->count; i++) {
        struct watch_link *link = &watcher->links[i];
        *link->at = link->next;
        if (link->next)
            link->next->at = link->at;
        if (!link->topic->first)
            topic_drop(watch, link->topic);
    }
    watch->watchers--;
    leave_queue(watch, watcher);
    pthread_mutex_unlock(&watch->lock);
    mem_free(watcher->links);
    watcher->links = NULL;
    watcher->count = 0;
}

/* ---- meeting ---- */

static void enqueue(struct watch *watch, struct watcher *watcher)
{
    watcher->next = NULL;
    watcher->at = watch->queue_end;
    *watch->queue_end = watcher;
    watch->queue_end = &watcher->next;
}

static size_t mark(struct watch *watch, const struct topic *t)
{
    size_t marked = 0;
    for (const struct watch_link *link = t->first; link; link = link->next) {
        struct watcher *watcher = link->watcher;
        if (__atomic_exchange_n(&watcher->stale, true, __ATOMIC_ACQ_REL))
            continue;
        marked++;
        if (watcher->told && !watcher->at)
            enqueue(watch, watcher);
    }
    return marked;
}

static size_t mark_around(struct watch *watch, const struct topic *t, str key)
{
    size_t marked = 0;
    while (t && str_compare(topic_hi(t->highest), key) > 0) {
        marked += mark_around(watch, t->left, key);
        if (str_compare(topic_lo(t), key) > 0)
            break;
        if (str_compare(key, topic_hi(t)) < 0)
            marked += mark(watch, t);
        t = t->right;
    }
    return marked;
}

static void note(struct watch *watch, str key, uint64_t revision)
{
    struct recent *r = &watch->ring[watch->ring_at++ % RING_KEYS];
    if (r->key.p) {
        watch->forgotten = r->revision;
        mem_free(r->key.p);
    }
    *r = (struct recent){ revision, mem_str(key) };
}

size_t watch_meet(struct watch *watch, const struct commit *commit)
{
    size_t marked = 0;
    pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < commit->n; i++) {
        const struct change *change = &commit->changes[i];
        for (size_t k = 0; k < change->key_count; k++) {
            str key = change->keys[k];
            struct topic *t = *topic_slot(watch, key, STR(""), topic_hash(key, STR("")));
            marked += t ? mark(watch, t) : 0;
            marked += mark_around(watch, watch->root, key);
            note(watch, key, commit->revision);
        }
    }
    if (marked)
        __atomic_add_fetch(&watch->marks, 1, __ATOMIC_RELEASE);
    if (watch->queue && watch->wake)
        watch->wake(watch->wake_data);
    pthread_mutex_unlock(&watch->lock);
    return marked;
}

void watch_listen(struct watch *watch, void (*wake)(void *data), void *data)
{
    pthread_mutex_lock(&watch->lock);
    watch->wake = wake;
    watch->wake_data = data;
    pthread_mutex_unlock(&watch->lock);
}

struct watcher *watch_next(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    struct watcher *next = watch->queue;
    if (next)
        leave_queue(watch, next);
    pthread_mutex_unlock(&watch->lock);
    return next;
}

uint64_t watch_marks(const struct watch *watch)
{
    return __atomic_load_n(&watch->marks, __ATOMIC_ACQUIRE);
}

struct watch_counts watch_count(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    struct watch_counts counts = { watch->watchers, watch->topics };
    pthread_mutex_unlock(&watch->lock);
    return counts;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    for (size_t i = 0; i < watch->slot_count; i++) {
        while (watch->slots[i]) {
            struct topic *t = watch->slots[i];
            watch->slots[i] = t->next;
            mem_free(t);
        }
    }
    for (size_t i = 0; i < RING_KEYS; i++)
        mem_free(watch->ring[i].key.p);
    pthread_mutex_destroy(&watch->lock);
    mem_free(watch->slots);
    mem_free(watch);
}
