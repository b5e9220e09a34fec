/* An open hash table. Names come from documents, so the hash is seeded. */
#include "compile.h"

struct slot {
    str key;
    void *thing; /* NULL: free */
    uint64_t hash;
};

static struct slot *slot_of(const struct index *index, str key, uint64_t hash)
{
    size_t i = hash & (index->room - 1);
    while (index->slots[i].thing
           && (index->slots[i].hash != hash || !str_equal(index->slots[i].key, key)))
        i = (i + 1) & (index->room - 1);
    return &index->slots[i];
}

void *schema_index_find(const struct index *index, str key)
{
    return index->n ? slot_of(index, key, str_hash(key, 0))->thing : NULL;
}

static void grow(struct arena *a, struct index *index)
{
    struct index wide = { .room = index->room ? index->room * 2 : 8, .n = index->n };
    wide.slots = ARENA_ARRAY(a, struct slot, wide.room);
    for (size_t i = 0; i < index->room; i++) {
        if (index->slots[i].thing)
            *slot_of(&wide, index->slots[i].key, index->slots[i].hash) = index->slots[i];
    }
    *index = wide;
}

void schema_index_add(struct arena *a, struct index *index, str key, const void *thing)
{
    if (index->n * 2 >= index->room)
        grow(a, index);
    uint64_t hash = str_hash(key, 0);
    struct slot *slot = slot_of(index, key, hash);
    if (slot->thing)
        return;
    union {
        const void *in;
        void *out;
    } known_const_by_callers = { thing };
    *slot = (struct slot){ key, known_const_by_callers.out, hash };
    index->n++;
}
