/* Open addressing with linear probing; removing shifts back what would not be found. */
#include "inside.h"

struct lookup_slot {
    uint32_t hash;
    uint32_t number; /* from 1; 0: empty */
};

void lookup_done(struct lookup *lookup)
{
    mem_free(lookup->slots);
    *lookup = (struct lookup){ 0 };
}

static void place_slot(struct lookup *lookup, struct lookup_slot slot)
{
    size_t i = slot.hash & (lookup->cap - 1);
    while (lookup->slots[i].number)
        i = (i + 1) & (lookup->cap - 1);
    lookup->slots[i] = slot;
}

static void grow(struct lookup *lookup)
{
    struct lookup old = *lookup;
    lookup->cap = old.cap ? old.cap * 2 : 16;
    lookup->slots = mem_zero(lookup->cap * sizeof *lookup->slots);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i].number)
            place_slot(lookup, old.slots[i]);
    }
    mem_free(old.slots);
}

void lookup_put(struct lookup *lookup, uint64_t hash, uint32_t number)
{
    if (lookup->n >= lookup->cap - lookup->cap / 4)
        grow(lookup);
    place_slot(lookup, (struct lookup_slot){ (uint32_t)hash, number + 1 });
    lookup->n++;
}

bool lookup_next(const struct lookup *lookup, uint64_t hash, size_t *walk, uint32_t *ret)
{
    for (; *walk < lookup->cap; ++*walk) {
        const struct lookup_slot *s =
            &lookup->slots[((uint32_t)hash + *walk) & (lookup->cap - 1)];
        if (!s->number)
            return false;
        if (s->hash == (uint32_t)hash) {
            *ret = s->number - 1;
            ++*walk;
            return true;
        }
    }
    return false;
}

void lookup_remove(struct lookup *lookup, uint64_t hash, uint32_t number)
{
    size_t mask = lookup->cap - 1;
    size_t at = (uint32_t)hash & mask;
    while (lookup->slots[at].hash != (uint32_t)hash
           || lookup->slots[at].number != number + 1)
        at = (at + 1) & mask;
    for (size_t i = (at + 1) & mask; lookup->slots[i].number; i = (i + 1) & mask) {
        size_t home = lookup->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - at) & mask)) {
            lookup->slots[at] = lookup->slots[i];
            at = i;
        }
    }
    lookup->slots[at].number = 0;
    lookup->n--;
}
