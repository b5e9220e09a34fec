/* An open hash table of values. The hash does not depend on the order of members, nor on
 * whether 1 is written 1.0. */
#include "check.h"

static uint64_t hash_of(struct val v);

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t pair[2] = { a, b };
    return str_hash((str){ (const char *)pair, sizeof pair }, 0);
}

static uint64_t number_hash(struct val v)
{
    const double above = 9223372036854775808.0;
    if (v.kind == VAL_NUM && schema_number_is_whole(v) && v.d >= -above && v.d < above)
        v = val_int((int64_t)v.d);
    uint64_t bits = (uint64_t)v.i;
    if (v.kind == VAL_NUM)
        memcpy(&bits, &v.d, sizeof bits);
    return mix(VAL_NUM, bits);
}

static uint64_t list_hash(struct val v)
{
    uint64_t hash = VAL_LIST;
    for (size_t i = 0; i < v.n; i++)
        hash = mix(hash, hash_of(val_at(v, i)));
    return hash;
}

static uint64_t map_hash(struct val v)
{
    uint64_t hash = VAL_MAP;
    for (size_t i = 0; i < v.n; i++) {
        str name;
        struct val member = val_member(v, i, &name);
        hash += mix(str_hash(name, VAL_MAP), hash_of(member));
    }
    return hash;
}

static uint64_t hash_of(struct val v)
{
    switch ((enum val_kind)v.kind) {
    case VAL_STR:
        return str_hash(val_text(v), VAL_STR);
    case VAL_INT:
    case VAL_NUM:
        return number_hash(v);
    case VAL_LIST:
        return list_hash(v);
    case VAL_MAP:
        return map_hash(v);
    case VAL_BOOL:
        return mix(VAL_BOOL, v.b);
    case VAL_NONE:
    case VAL_NULL:
        break;
    }
    return mix(VAL_NULL, 0);
}

void schema_value_set_open(struct value_set *set, struct arena *a, size_t size)
{
    *set = (struct value_set){ .room = 8 };
    while (set->room < size * 2)
        set->room *= 2;
    set->values = ARENA_ARRAY(a, struct val, size);
    set->hashes = ARENA_ARRAY(a, uint64_t, size);
    set->slots = ARENA_ARRAY(a, uint32_t, set->room);
}

/* The slot of an equal value, or a free one. */
static size_t slot_of(const struct value_set *set, struct val v, uint64_t hash)
{
    size_t slot = hash & (set->room - 1);
    for (; set->slots[slot]; slot = (slot + 1) & (set->room - 1)) {
        size_t i = set->slots[slot] - 1;
        if (set->hashes[i] == hash && val_equal(set->values[i], v))
            break;
    }
    return slot;
}

size_t schema_value_set_add(struct value_set *set, struct val v)
{
    uint64_t hash = hash_of(v);
    size_t slot = slot_of(set, v, hash);
    if (set->slots[slot])
        return set->slots[slot] - 1;
    set->values[set->n] = v;
    set->hashes[set->n] = hash;
    set->slots[slot] = (uint32_t)++set->n;
    return set->n - 1;
}

bool schema_value_set_has(const struct value_set *set, struct val v)
{
    return set->slots[slot_of(set, v, hash_of(v))] != 0;
}
