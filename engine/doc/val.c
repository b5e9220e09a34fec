/* Reading, comparing and changing values. */
#include "doc/doc.h"

#include "packed.h"

#include <stdlib.h>

struct key doc_key(str name)
{
    return (struct key){ name.p, (uint16_t)name.n, packed_hash(name) };
}

struct val val_get(struct val v, str name)
{
    if (v.kind != VAL_MAP)
        return VAL_ABSENT;
    if (v.packed)
        return packed_get(v, name, packed_hash(name));
    for (uint32_t i = 0; i < v.n; i++) {
        if (str_equal(v.members[i].name, name))
            return v.members[i].value;
    }
    return VAL_ABSENT;
}

struct val val_get_key(struct val v, struct key key)
{
    str name = { key.p, key.n };
    if (v.kind == VAL_MAP && v.packed)
        return packed_get(v, name, key.hash);
    return val_get(v, name);
}

struct doc_field doc_field(str name)
{
    struct doc_field field = { .key = doc_key(name) };
    packed_field(&field);
    return field;
}

inline struct val val_field(struct val v, struct doc_field *field)
{
    if (v.kind == VAL_MAP && v.packed)
        return packed_get_field(v, field);
    return val_get(v, (str){ field->key.p, field->key.n });
}

struct val val_at(struct val v, size_t i)
{
    if (v.kind != VAL_LIST || i >= v.n)
        return VAL_ABSENT;
    return v.packed ? packed_at(v, (uint32_t)i) : v.items[i];
}

struct val val_member(struct val v, size_t i, str *ret_name)
{
    if (v.kind != VAL_MAP || i >= v.n) {
        *ret_name = (str){ NULL, 0 };
        return VAL_ABSENT;
    }
    if (v.packed)
        return packed_member(v, (uint32_t)i, ret_name);
    *ret_name = v.members[i].name;
    return v.members[i].value;
}

size_t val_count(struct val v)
{
    return v.kind == VAL_LIST || v.kind == VAL_MAP ? v.n : 0;
}

bool val_truth(struct val v)
{
    switch ((enum val_kind)v.kind) {
    case VAL_NONE:
    case VAL_NULL:
        return false;
    case VAL_BOOL:
        return v.b;
    case VAL_INT:
        return v.i != 0;
    case VAL_NUM:
        return v.d != 0;
    case VAL_STR:
    case VAL_LIST:
    case VAL_MAP:
        return v.n != 0;
    }
    return false;
}

static bool numbers_equal(struct val a, struct val b)
{
    if (a.kind == VAL_INT && b.kind == VAL_INT)
        return a.i == b.i;
    if (a.kind == VAL_NUM && b.kind == VAL_NUM)
        return a.d == b.d;
    double d = a.kind == VAL_NUM ? a.d : b.d;
    int64_t i = a.kind == VAL_INT ? a.i : b.i;
    return d >= -9223372036854775808.0 && d < 9223372036854775808.0 && (int64_t)d == i
           && (double)(int64_t)d == d;
}

static bool lists_equal(struct val a, struct val b)
{
    for (uint32_t i = 0; i < a.n; i++) {
        if (!val_equal(val_at(a, i), val_at(b, i)))
            return false;
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct member *)a)->name,
                       ((const struct member *)b)->name);
}

static struct member *sorted_members(struct val map)
{
    struct member *members = mem_alloc(map.n * sizeof *members);
    for (uint32_t i = 0; i < map.n; i++)
        members[i].value = val_member(map, i, &members[i].name);
    qsort(members, map.n, sizeof *members, by_name);
    return members;
}

/* Looking up each name of a large map would take the square of its size. */
static bool large_maps_equal(struct val a, struct val b)
{
    struct member *left = sorted_members(a);
    struct member *right = sorted_members(b);
    bool equal = true;
    for (uint32_t i = 0; i < a.n && equal; i++)
        equal = str_equal(left[i].name, right[i].name)
                && val_equal(left[i].value, right[i].value);
    mem_free(left);
    mem_free(right);
    return equal;
}

static bool maps_equal(struct val a, struct val b)
{
    enum { LARGE = 32 };
    if (a.n > LARGE)
        return large_maps_equal(a, b);
    for (uint32_t i = 0; i < a.n; i++) {
        str name;
        struct val mine = val_member(a, i, &name);
        struct val theirs = val_get(b, name);
        if (!val_exists(theirs) || !val_equal(mine, theirs))
            return false;
    }
    return true;
}

bool val_holds(struct val v, str part)
{
    str name;
    if (v.kind == VAL_STR)
        return str_holds(val_text(v), part);
    for (size_t i = 0; i < val_count(v); i++) {
        if (val_holds(v.kind == VAL_MAP ? val_member(v, i, &name) : val_at(v, i), part))
            return true;
    }
    return false;
}

bool val_equal(struct val a, struct val b)
{
    bool a_is_number = a.kind == VAL_INT || a.kind == VAL_NUM;
    bool b_is_number = b.kind == VAL_INT || b.kind == VAL_NUM;
    if (a_is_number && b_is_number)
        return numbers_equal(a, b);
    if (a.kind != b.kind)
        return false;
    switch ((enum val_kind)a.kind) {
    case VAL_BOOL:
        return a.b == b.b;
    case VAL_STR:
        return str_equal(val_text(a), val_text(b));
    case VAL_LIST:
        return a.n == b.n && lists_equal(a, b);
    case VAL_MAP:
        return a.n == b.n && maps_equal(a, b);
    case VAL_NONE:
    case VAL_NULL:
    case VAL_INT:
    case VAL_NUM:
        return true;
    }
    return false;
}

struct val val_with(struct arena *a, struct val map, str name, struct val value)
{
    size_t n = map.kind == VAL_MAP ? map.n : 0;
    struct member *members = ARENA_ARRAY(a, struct member, n + 1);
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        members[i].value = val_member(map, i, &members[i].name);
        if (str_equal(members[i].name, name)) {
            members[i].value = value;
            found = true;
        }
    }
    if (!found)
        members[n++] = (struct member){ name, value };
    return val_map(members, n);
}

struct val val_with_all(struct arena *a, struct val map, struct val members)
{
    if (!val_count(map) && val_exists(members))
        return members;
    for (size_t i = 0; i < val_count(members); i++) {
        str name;
        struct val value = val_member(members, i, &name);
        map = val_with(a, map, name, value);
    }
    return map;
}

struct val val_only(struct arena *a, struct val map, const str *names, size_t n)
{
    struct member *members = ARENA_ARRAY(a, struct member, n + 1);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        members[kept] = (struct member){ names[i], val_get(map, names[i]) };
        kept += val_exists(members[kept].value);
    }
    return val_map(members, kept);
}

struct val val_with_text(struct arena *a, struct val map, const char *name, str text)
{
    return val_with(a, map, str_of(name), val_str(text));
}

struct val val_append(struct arena *a, struct val list, struct val item)
{
    size_t n = val_count(list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = val_at(list, i);
    items[n] = item;
    return val_list(items, n + 1);
}

struct val val_without(struct arena *a, struct val map, str name)
{
    size_t n = map.kind == VAL_MAP ? map.n : 0;
    struct member *members = ARENA_ARRAY(a, struct member, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct member m;
        m.value = val_member(map, i, &m.name);
        if (!str_equal(m.name, name))
            members[kept++] = m;
    }
    return val_map(members, kept);
}

struct val val_copy(struct arena *a, struct val v)
{
    if (v.kind == VAL_STR)
        return val_str(arena_str(a, val_text(v)));
    if (v.kind == VAL_LIST) {
        struct val *items = ARENA_ARRAY(a, struct val, v.n);
        for (uint32_t i = 0; i < v.n; i++)
            items[i] = val_copy(a, val_at(v, i));
        return val_list(items, v.n);
    }
    if (v.kind == VAL_MAP) {
        struct member *members = ARENA_ARRAY(a, struct member, v.n);
        for (uint32_t i = 0; i < v.n; i++) {
            str name;
            members[i].value = val_copy(a, val_member(v, i, &name));
            members[i].name = arena_str(a, name);
        }
        return val_map(members, v.n);
    }
    return v;
}
