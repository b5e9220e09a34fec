/*
 * Keys. Bytes of a key order as its parts do, so that a query is one walk along one
 * interval. A part is a tag and a body; tags order the kinds. A string's NUL is written
 * 00 FF and its end 00, so that a shorter string comes first. Numbers are doubles with
 * the sign turned. Strings longer than KEY_STRING bytes keep their start and a hash:
 * equality stays exact for all that people meet, order stays right up to the cut.
 */
#include "inside.h"

#include <math.h>

void key_start(struct keybuf *key, enum tree tree)
{
    key->n = 0;
    key->long_value = false;
    key_u8(key, (uint8_t)('a' + tree));
}

void key_bytes(struct keybuf *key, str s)
{
    size_t room = sizeof key->p - key->n;
    size_t n = s.n < room ? s.n : room;
    if (n)
        memcpy(key->p + key->n, s.p, n);
    key->n += n;
}

/* A few bytes, their number known where it is called: no call where there is room. */
static inline void put(struct keybuf *key, const void *p, size_t n)
{
    if (sizeof key->p - key->n < n) {
        key_bytes(key, (str){ p, n });
        return;
    }
    memcpy(key->p + key->n, p, n);
    key->n += n;
}

void key_u8(struct keybuf *key, uint8_t x)
{
    put(key, &x, sizeof x);
}

void key_u16(struct keybuf *key, uint16_t x)
{
    uint16_t big = __builtin_bswap16(x);
    put(key, &big, sizeof big);
}

void key_u32(struct keybuf *key, uint32_t x)
{
    uint32_t big = __builtin_bswap32(x);
    put(key, &big, sizeof big);
}

static void key_number(struct keybuf *key, double d)
{
    uint64_t bits;
    d = isnan(d) ? 0 : d + 0.0;
    memcpy(&bits, &d, sizeof bits);
    bits = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
    bits = __builtin_bswap64(bits);
    key_u8(key, TAG_NUMBER);
    put(key, &bits, sizeof bits);
}

/* FNV-1a: part of the stored form, must never change. */
static uint64_t long_hash(str s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (uint8_t)s.p[i]) * UINT64_C(1099511628211);
    return h;
}

static void key_string(struct keybuf *key, str s)
{
    bool too_long = s.n > KEY_STRING;
    str kept = { s.p, too_long ? KEY_STRING : s.n };
    key_u8(key, TAG_STRING);
    while (kept.n) {
        const char *nul = memchr(kept.p, 0, kept.n);
        size_t n = nul ? (size_t)(nul - kept.p) : kept.n;
        key_bytes(key, (str){ kept.p, n });
        if (!nul)
            break;
        key_bytes(key, (str){ "\0\xff", 2 });
        kept = (str){ nul + 1, kept.n - n - 1 };
    }
    key_u8(key, 0);
    if (too_long) {
        uint64_t hash = long_hash(s);
        key->long_value = true;
        key_bytes(key, (str){ (const char *)&hash, sizeof hash });
    }
}

void key_value(struct keybuf *key, struct val v)
{
    switch ((enum val_kind)v.kind) {
    case VAL_NONE:
    case VAL_NULL:
        key_u8(key, TAG_NULL);
        return;
    case VAL_BOOL:
        key_u8(key, v.b ? TAG_TRUE : TAG_FALSE);
        return;
    case VAL_INT:
        key_number(key, (double)v.i);
        return;
    case VAL_NUM:
        key_number(key, v.d);
        return;
    case VAL_STR:
        key_string(key, val_text(v));
        return;
    case VAL_LIST:
    case VAL_MAP:
        key_u8(key, TAG_OTHER);
        return;
    }
}

void key_id_end(struct keybuf *key, str id)
{
    key_bytes(key, id);
    key_u8(key, (uint8_t)id.n);
}

str key_id(str key)
{
    size_t n = key.n ? (uint8_t)key.p[key.n - 1] : 0;
    return n < key.n ? (str){ key.p + key.n - 1 - n, n } : (str){ NULL, 0 };
}

void key_of_record(struct keybuf *key, store_space space, uint16_t collection, str id)
{
    key_start(key, TREE_RECORD);
    key_u32(key, space);
    key_u16(key, collection);
    key_bytes(key, id);
}

enum tree index_tree(const struct store_index *index)
{
    return index->clustered ? TREE_CLUSTER : TREE_INDEX;
}

void key_of_prefix(struct keybuf *key, store_space space,
                   const struct store_collection *c, const struct store_index *index,
                   const struct val *equals, size_t n)
{
    size_t i = 0;
    key_start(key, index_tree(index));
    key_u32(key, space);
    if (index->clustered)
        key_value(key, equals[i++]);
    key_u16(key, c->number);
    key_u8(key, index->number);
    for (; i < n; i++)
        key_value(key, equals[i]);
}

void key_of_index(struct keybuf *key, store_space space, const struct store_collection *c,
                  const struct store_index *index, struct val record, str id)
{
    struct val fields[STORE_MAX_FIELDS];
    for (size_t i = 0; i < index->field_count; i++)
        fields[i] = val_get_key(record, index->keys[i]);
    key_of_prefix(key, space, c, index, fields, index->field_count);
    if (!index->unique)
        key_id_end(key, id);
}
