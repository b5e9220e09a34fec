/*
 * The packed form: a value as bytes that are read where they lie.
 *
 *   null false true      tag
 *   int                  tag, 1, 4 or 8 bytes little endian
 *   number               tag, 8 bytes IEEE 754
 *   string               tag, length (1 or 4 bytes), bytes
 *   list                 tag, u32 size, u32 n, n × u32 offset, values
 *   map                  tag, u32 size, u32 n, n × u16 hash, n × u32 offset, n × { u8,
 * name, value }
 *
 * Sizes and offsets count from the tag. A member is found by scanning the hashes, which
 * stand side by side, and then comparing one name.
 */
#pragma once
#include "doc/doc.h"

enum packed_tag {
    PACKED_NULL,
    PACKED_FALSE,
    PACKED_TRUE,
    PACKED_INT8,
    PACKED_INT32,
    PACKED_INT64,
    PACKED_NUM,
    PACKED_STR8,
    PACKED_STR32,
    PACKED_LIST,
    PACKED_MAP,
};

enum { PACKED_HEAD = 9 }; /* tag, size and n of a list or map */

/* Part of the stored form: must never change. */
static inline uint16_t packed_hash(str name)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (uint8_t)name.p[i]) * 16777619u;
    return (uint16_t)(h ^ h >> 16);
}

struct val packed_get(struct val map, str name, uint16_t hash);
/* Fills `head` and `mask`. */
void packed_field(struct doc_field *field);
struct val packed_get_field(struct val map, struct doc_field *field);
struct val packed_at(struct val list, uint32_t i);
struct val packed_member(struct val map, uint32_t i, str *ret_name);
