/*
 * A bump allocator in chunks. Small objects come from the newest chunk; one larger than a
 * chunk gets a chunk of its own. Resetting keeps the first chunk, so a worker that serves
 * like pages allocates nothing. With ARENA_PLAIN every object is its own malloc, so that
 * a sanitizer sees each of them.
 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

#define CHUNK_BYTES (64u << 10)
#define SMALL_BYTES (1u << 10)
#define ALIGN       16u

struct chunk {
    struct chunk *older;
    size_t size;
    size_t used;
    size_t pad;
    char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*fn)(void *);
    void *data;
};

struct arena {
    struct chunk *newest;
    struct deferred *deferred;
    size_t used;
    size_t chunk; /* bytes of the next chunk */
};

static struct chunk *chunk_open(size_t size, struct chunk *older)
{
    struct chunk *c = mem_alloc(sizeof *c + size);
    *c = (struct chunk){ .older = older, .size = size };
    return c;
}

static struct arena *open_with(size_t chunk)
{
    struct arena *a = mem_zero(sizeof *a);
    a->chunk = chunk;
    return a;
}

struct arena *arena_open(void)
{
    return open_with(CHUNK_BYTES);
}

struct arena *arena_open_small(void)
{
    return open_with(SMALL_BYTES);
}

void arena_reset(struct arena *a)
{
    while (a->deferred) {
        struct deferred d = *a->deferred;
        a->deferred = d.older;
        d.fn(d.data);
    }
    while (a->newest) {
        struct chunk *c = a->newest;
        if (!c->older && c->size == CHUNK_BYTES) {
            c->used = 0;
            break;
        }
        a->newest = c->older;
        mem_free(c);
    }
    a->used = 0;
}

void arena_close(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    mem_free(a->newest);
    mem_free(a);
}

#ifdef ARENA_PLAIN
#define FITS(c, size)      false
#define CHUNK_FOR(a, size) (size)
#else
#define FITS(c, size)      ((c) && (c)->size - (c)->used >= (size))
#define CHUNK_FOR(a, size) ((size) > (a)->chunk / 4 ? (size) : (a)->chunk)
#endif

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    a->used += size;
    struct chunk *c = a->newest;
    if (!FITS(c, size)) {
        size_t room = CHUNK_FOR(a, size);
        bool big = room != a->chunk && c;
        c = chunk_open(room, big ? c->older : c);
        if (big)
            a->newest->older = c;
        else
            a->newest = c;
        if (!big && a->chunk < CHUNK_BYTES)
            a->chunk *= 2;
    }
    void *p = c->bytes + c->used;
    c->used += size;
    return p;
}

void *arena_zero(struct arena *a, size_t size)
{
    return memset(arena_alloc(a, size), 0, size);
}

str arena_str(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (str){ p, s.n };
}

str arena_format(struct arena *a, const char *format, ...)
{
    char room[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(room, sizeof room, format, args);
    va_end(args);
    if (n < 0)
        return STR("");
    if ((size_t)n < sizeof room)
        return arena_str(a, (str){ room, (size_t)n });
    char *p = arena_alloc(a, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (str){ p, (size_t)n };
}

str arena_join(struct arena *a, const str *parts, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += parts[i].n;
    struct buf all = { .p = arena_alloc(a, size + 1), .cap = size, .max = size };
    for (size_t i = 0; i < n; i++)
        buf_str(&all, parts[i]);
    all.p[size] = 0;
    return buf_view(&all);
}

void arena_defer(struct arena *a, void (*fn)(void *), void *data)
{
    struct deferred *d = arena_alloc(a, sizeof *d);
    *d = (struct deferred){ a->deferred, fn, data };
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

static void *or_stop(void *p, size_t size)
{
    if (p)
        return p;
    log_event(LOG_ERROR, "memory.none", "bytes=%zu", size);
    abort();
}

void *mem_alloc(size_t size)
{
    return or_stop(malloc(size ? size : 1), size);
}

void *mem_zero(size_t size)
{
    return or_stop(calloc(1, size ? size : 1), size);
}

void *mem_grow(void *p, size_t size)
{
    return or_stop(realloc(p, size ? size : 1), size);
}

void mem_free(const void *p)
{
    free((void *)(uintptr_t)p);
}

str mem_str(str s)
{
    char *p = mem_alloc(s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (str){ p, s.n };
}
