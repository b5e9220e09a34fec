/*
 * The memory of one Lua state, so made that all of it is forgotten at once: no state is
 * ever closed object by object, and nothing in it has a finalizer.
 *
 * Small objects are cut from chunks and, when freed, wait in a list of their size class;
 * a larger one is a block of its own. A heap can be put back to how it was: its objects
 * are copied from an image, byte for byte to where they stood, so every pointer among
 * them holds. That makes a fresh Lua state, libraries and all, for the price of copying
 * some 20 KB; and one in which a script was loaded already, for a little more.
 */
#include "state.h"

enum { FINE_STEP = 16, FINE_MAX = 512, FINE_CLASSES = FINE_MAX / FINE_STEP };

struct chunk {
    struct chunk *next;
    size_t pad;
    char bytes[HEAP_CHUNK];
};

struct block {
    struct block *next;
    struct block **link; /* what points here */
    size_t pad[2];
    char bytes[];
};

struct image {
    size_t live;
    size_t used;
    void *idle[HEAP_CLASSES];
    char bytes[];
};

/* Steps of 16 bytes up to 512, then four classes to each doubling. */
static unsigned class_of(size_t size)
{
    if (size <= FINE_MAX)
        return (unsigned)((size + FINE_STEP - 1) / FINE_STEP - 1);
    unsigned top = 63u - (unsigned)__builtin_clzll(size - 1);
    unsigned quarter = (unsigned)((size - 1) >> (top - 2)) & 3;
    return FINE_CLASSES + (top - 9) * 4 + quarter;
}

static size_t class_bytes(unsigned class)
{
    if (class < FINE_CLASSES)
        return ((size_t) class + 1) * FINE_STEP;
    unsigned top = (class - FINE_CLASSES) / 4 + 9;
    unsigned quarter = (class - FINE_CLASSES) % 4;
    return ((size_t)5 + quarter) << (top - 2);
}

/* Size classes do not lend to each other, so chunks may hold more than what lives;
 * without a bound a script that changes its object sizes could make it much more. */
static bool next_chunk(struct heap *heap, bool must)
{
    struct chunk *next = heap->current ? heap->current->next : heap->first;
    if (!next) {
        if (!must && heap->reserved > 2 * heap->cap)
            return false;
        next = mem_alloc(sizeof *next);
        next->next = NULL;
        *(heap->current ? &heap->current->next : &heap->first) = next;
        heap->reserved += HEAP_CHUNK;
    }
    heap->current = next;
    heap->used = 0;
    return true;
}

static void *take_small(struct heap *heap, size_t size, bool must)
{
    unsigned class = class_of(size);
    void *p = heap->idle[class];
    if (p) {
        memcpy(&heap->idle[class], p, sizeof p);
        return p;
    }
    size_t bytes = class_bytes(class);
    bool fits = heap->current && HEAP_CHUNK - heap->used >= bytes;
    if (!fits && !next_chunk(heap, must))
        return NULL;
    p = heap->current->bytes + heap->used;
    heap->used += bytes;
    return p;
}

static void give_small(struct heap *heap, void *p, size_t size)
{
    void **list = &heap->idle[class_of(size)];
    memcpy(p, list, sizeof p);
    *list = p;
}

static struct block *block_of(void *p)
{
    return (struct block *)((char *)p - offsetof(struct block, bytes));
}

static void *link_block(struct heap *heap, struct block *block)
{
    block->next = heap->blocks;
    block->link = &heap->blocks;
    if (block->next)
        block->next->link = &block->next;
    heap->blocks = block;
    return block->bytes;
}

static void unlink_block(struct block *block)
{
    *block->link = block->next;
    if (block->next)
        block->next->link = block->link;
}

static void *take(struct heap *heap, size_t size, bool must)
{
    if (size <= HEAP_SMALL)
        return take_small(heap, size, must);
    return link_block(heap, mem_alloc(sizeof(struct block) + size));
}

static void give(struct heap *heap, void *p, size_t size)
{
    if (size <= HEAP_SMALL) {
        give_small(heap, p, size);
        return;
    }
    unlink_block(block_of(p));
    mem_free(block_of(p));
}

static void *resize_block(struct heap *heap, void *p, size_t size)
{
    unlink_block(block_of(p));
    return link_block(heap, mem_grow(block_of(p), sizeof(struct block) + size));
}

static bool refuses(struct heap *heap, size_t old_size, size_t size)
{
    int64_t n = ++heap->growths;
    if (heap->refuse_after >= 0 && n > heap->refuse_after)
        return true;
    if (heap->refuse_every > 0 && n % heap->refuse_every == 0)
        return true;
    return size > heap->largest || heap->live - old_size > heap->cap
           || size > heap->cap - (heap->live - old_size);
}

static void *move(struct heap *heap, void *p, size_t old_size, size_t size)
{
    if (old_size > HEAP_SMALL && size > HEAP_SMALL)
        return resize_block(heap, p, size);
    bool both_small = old_size <= HEAP_SMALL && size <= HEAP_SMALL;
    if (p && both_small && class_of(old_size) == class_of(size))
        return p;
    void *fresh = take(heap, size, size <= old_size);
    if (fresh && p) {
        memcpy(fresh, p, old_size < size ? old_size : size);
        give(heap, p, old_size);
    }
    return fresh;
}

void *script_heap_fit(struct heap *heap, void *p, size_t old_size, size_t size)
{
    old_size = p ? old_size : 0;
    if (size == 0) {
        if (p)
            give(heap, p, old_size);
        heap->live -= old_size;
        return NULL;
    }
    if (size > old_size && refuses(heap, old_size, size))
        return NULL;
    void *fresh = move(heap, p, old_size, size);
    if (fresh)
        heap->live += size - old_size;
    if (heap->live > heap->peak)
        heap->peak = heap->live;
    return fresh;
}

/* ---- the heap as a whole ---- */

static void drop_blocks(struct heap *heap)
{
    while (heap->blocks) {
        struct block *block = heap->blocks;
        unlink_block(block);
        mem_free(block);
    }
}

static void drop_chunks(struct heap *heap, size_t keep_bytes)
{
    struct chunk **link = &heap->first;
    for (size_t kept = 0; *link && kept < keep_bytes; kept += HEAP_CHUNK)
        link = &(*link)->next;
    while (*link) {
        struct chunk *chunk = *link;
        *link = chunk->next;
        heap->reserved -= HEAP_CHUNK;
        mem_free(chunk);
    }
}

void script_heap_clear(struct heap *heap, size_t keep_bytes)
{
    drop_blocks(heap);
    drop_chunks(heap, keep_bytes);
    memset((void *)heap->idle, 0, sizeof heap->idle);
    heap->current = NULL;
    heap->used = 0;
    heap->live = 0;
}

struct image *script_heap_freeze(const struct heap *heap, size_t max_bytes)
{
    if (!heap->current || heap->current != heap->first || heap->blocks
        || heap->used > max_bytes)
        return NULL;
    struct image *image = mem_alloc(sizeof *image + heap->used);
    image->live = heap->live;
    image->used = heap->used;
    memcpy((void *)image->idle, (const void *)heap->idle, sizeof image->idle);
    memcpy(image->bytes, heap->first->bytes, heap->used);
    return image;
}

void script_heap_trim(struct heap *heap, size_t keep_bytes)
{
    drop_blocks(heap);
    if (heap->reserved > keep_bytes)
        drop_chunks(heap, keep_bytes);
}

void script_heap_thaw(struct heap *heap, const struct image *image)
{
    drop_blocks(heap);
    heap->current = heap->first;
    heap->used = image->used;
    heap->live = image->live;
    memcpy((void *)heap->idle, (const void *)image->idle, sizeof image->idle);
    memcpy(heap->first->bytes, image->bytes, image->used);
}
