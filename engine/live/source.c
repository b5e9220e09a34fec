/* What is watched: found by key, told when a change meets it or its time has come. */
#include "inside.h"

void watched_open(struct sources *sources, struct watch *watch)
{
    *sources = (struct sources){ .watch = watch, .slot_count = 1024, .end_room = 64 };
    sources->slots = mem_zero(sources->slot_count * sizeof *sources->slots);
    sources->ends = mem_zero(sources->end_room * sizeof *sources->ends);
}

void watched_close(struct sources *sources)
{
    mem_free(sources->slots);
    mem_free(sources->ends);
}

/* ---- the table ---- */

static uint32_t hash_key(enum source_kind kind, str key)
{
    return (uint32_t)str_hash(key, (uint64_t)kind);
}

static bool has_key(const struct source *source, enum source_kind kind, str key)
{
    return source->kind == kind && str_equal((str){ source->key, source->key_n }, key);
}

static struct source **slot_for(struct sources *sources, enum source_kind kind, str key,
                                uint32_t hash)
{
    struct source **at = &sources->slots[hash & (sources->slot_count - 1)];
    while (*at && ((*at)->hash != hash || !has_key(*at, kind, key)))
        at = &(*at)->next;
    return at;
}

struct source *source_find(struct sources *sources, enum source_kind kind, str key)
{
    return key.n ? *slot_for(sources, kind, key, hash_key(kind, key)) : NULL;
}

static void grow_table(struct sources *sources)
{
    size_t count = sources->slot_count * 2;
    struct source **slots = mem_zero(count * sizeof *slots);
    for (size_t i = 0; i < sources->slot_count; i++) {
        while (sources->slots[i]) {
            struct source *s = sources->slots[i];
            sources->slots[i] = s->next;
            s->next = slots[s->hash & (count - 1)];
            slots[s->hash & (count - 1)] = s;
        }
    }
    mem_free(sources->slots);
    sources->slots = slots;
    sources->slot_count = count;
}

void source_add(struct sources *sources, struct source *source, enum source_kind kind,
                str key)
{
    source->kind = (unsigned char)kind;
    watcher_spoil(&source->watcher);
    if (!key.n)
        return;
    source->key = key.p;
    source->key_n = (uint16_t)key.n;
    source->hash = hash_key(kind, key);
    if (++sources->n > sources->slot_count)
        grow_table(sources);
    struct source **at = &sources->slots[source->hash & (sources->slot_count - 1)];
    source->next = *at;
    *at = source;
}

/* ---- the heap of ends ---- */

static void put_end(struct sources *sources, size_t place, struct source *source)
{
    sources->ends[place] = source;
    source->place = (uint32_t)place;
}

static void rise(struct sources *sources, size_t place, struct source *source)
{
    for (; place > 1 && sources->ends[place / 2]->until_ms > source->until_ms; place /= 2)
        put_end(sources, place, sources->ends[place / 2]);
    put_end(sources, place, source);
}

static void sink(struct sources *sources, size_t place, struct source *source)
{
    size_t child;
    while ((child = place * 2) <= sources->end_count) {
        if (child < sources->end_count
            && sources->ends[child + 1]->until_ms < sources->ends[child]->until_ms)
            child++;
        if (sources->ends[child]->until_ms >= source->until_ms)
            break;
        put_end(sources, place, sources->ends[child]);
        place = child;
    }
    put_end(sources, place, source);
}

static void add_end(struct sources *sources, struct source *source)
{
    if (++sources->end_count == sources->end_room) {
        sources->end_room *= 2;
        sources->ends =
            mem_grow(sources->ends, sources->end_room * sizeof *sources->ends);
    }
    rise(sources, sources->end_count, source);
}

static void remove_end(struct sources *sources, struct source *source)
{
    size_t place = source->place;
    if (!place)
        return;
    struct source *last = sources->ends[sources->end_count--];
    source->place = 0;
    if (last == source)
        return;
    if (place > 1 && sources->ends[place / 2]->until_ms > last->until_ms)
        rise(sources, place, last);
    else
        sink(sources, place, last);
}

int64_t source_next_end(const struct sources *sources, int64_t now_ms)
{
    if (!sources->end_count)
        return -1;
    int64_t wait = sources->ends[1]->until_ms - now_ms;
    return wait > 0 ? wait : 0;
}

/* ---- watching ---- */

static void stop_watching(struct sources *sources, struct source *source)
{
    watch_remove(sources->watch, &source->watcher);
    remove_end(sources, source);
    source->watcher = (struct watcher){ .told = true };
    source->until_ms = 0;
}

void source_remove(struct sources *sources, struct source *source)
{
    stop_watching(sources, source);
    if (!source->key_n)
        return;
    struct source **at = &sources->slots[source->hash & (sources->slot_count - 1)];
    while (*at != source)
        at = &(*at)->next;
    *at = source->next;
    sources->n--;
    source->key_n = 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

void source_follow(struct sources *sources, struct source *source,
                   struct cached *const *objects, size_t n, const struct reads *reads,
                   uint64_t revision)
{
    stop_watching(sources, source);
    if (!cached_follow(sources->watch, objects, n, reads, revision, &source->watcher)) {
        watcher_spoil(&source->watcher);
        return;
    }
    for (size_t i = 0; i < n; i++)
        source->until_ms = earlier(source->until_ms, objects[i]->until_ms);
    if (source->until_ms)
        add_end(sources, source);
}

struct source *source_next(struct sources *sources, int64_t now_ms, bool *ret_by_time)
{
    struct watcher *watcher = watch_next(sources->watch);
    *ret_by_time = !watcher;
    if (watcher)
        return (struct source *)watcher;
    if (!sources->end_count || sources->ends[1]->until_ms > now_ms)
        return NULL;
    struct source *source = sources->ends[1];
    remove_end(sources, source);
    watcher_spoil(&source->watcher);
    return source;
}
