/*
 * doc: documents. One value type, `struct val`, that reads the same whether it was parsed
 * from JSON, built in an arena, or lies packed in the store's bytes; a JSON reader and
 * writer; JSON pointers and patches; the packed form.
 *
 * Knows nothing of schemas, tenants or pages.
 * A val is 16 bytes, passed by value, immutable, and borrowed: what it points to lives in
 * an arena or in packed bytes. Reading what is absent gives VAL_NONE, never a fault, so
 * that reads can be chained: val_int(val_at(val_get(v, STR("list")), 0), -1). Text is
 * UTF-8; it may hold NUL where JSON's \u0000 put it, so always use the length. Limits:
 * nesting DOC_MAX_DEPTH; a text's size is the caller's door.
 */
#pragma once
#include "base/base.h"

enum {
    DOC_MAX_DEPTH = 64,       /* lists and maps in each other */
    DOC_MAX_PACKED_KEY = 255, /* bytes of one member name in the packed form */
    DOC_MAX_PATCH = 1000,     /* operations of one patch, or members of a merge patch */
    DOC_MAX_COPIED = 1 << 20, /* bytes that the copies of one patch may stand for */
};

enum val_kind {
    VAL_NONE, /* absent */
    VAL_NULL,
    VAL_BOOL,
    VAL_INT,
    VAL_NUM, /* a double that is not an int64 */
    VAL_STR,
    VAL_LIST,
    VAL_MAP,
};

struct val {
    uint8_t kind;
    bool packed; /* a list or map in packed form: read through the functions below */
    uint32_t n;  /* bytes of a string, items of a list, members of a map */
    union {
        bool b;
        int64_t i;
        double d;
        const char *s;
        const struct val *items;
        const struct member *members;
        const uint8_t *bytes;
    };
};

/* A member name with its hash, so that a name known ahead is hashed once. */
struct key {
    const char *p;
    uint16_t n;
    uint16_t hash;
};

/* A place of a program that reads one member of many like maps: it remembers where the
 * member stood last. Threads may share it; what it remembers is only ever a guess. */
struct doc_field {
    struct key key;
    uint64_t head; /* the start of a member of this name in a packed map, … */
    uint64_t mask; /* … of it these bits */
    uint8_t at;
};

/* A packed map of which many members are read. */
struct doc_record {
    const uint8_t *bytes;
    const uint8_t *last; /* where eight bytes can be read for the last time */
    const uint8_t *offsets;
    uint32_t n;
};

struct member {
    str name;
    struct val value;
};

/* ---- making ---- */

#define VAL_ABSENT ((struct val){ .kind = VAL_NONE })

static inline struct val val_null(void)
{
    return (struct val){ .kind = VAL_NULL };
}

static inline struct val val_bool(bool b)
{
    return (struct val){ .kind = VAL_BOOL, .b = b };
}

static inline struct val val_int(int64_t i)
{
    return (struct val){ .kind = VAL_INT, .i = i };
}

static inline struct val val_num(double d)
{
    return (struct val){ .kind = VAL_NUM, .d = d };
}

static inline struct val val_str(str s)
{
    return (struct val){ .kind = VAL_STR, .n = (uint32_t)s.n, .s = s.p };
}

static inline struct val val_list(const struct val *items, size_t n)
{
    return (struct val){ .kind = VAL_LIST, .n = (uint32_t)n, .items = items };
}

static inline struct val val_map(const struct member *members, size_t n)
{
    return (struct val){ .kind = VAL_MAP, .n = (uint32_t)n, .members = members };
}

/* ---- reading ---- */

struct key doc_key(str name);
struct val val_get(struct val v, str name);
struct val val_get_key(struct val v, struct key key);
struct doc_field doc_field(str name);
struct val val_field(struct val v, struct doc_field *field);
/* False when `v` is no packed map. */
bool doc_record(struct val v, struct doc_record *ret);
/* The member when it is a text of at most 255 bytes and stands where it stood last; else
 * p == NULL, which says nothing. */
str doc_record_text(const struct doc_record *record, const struct doc_field *field);
/* The same when it is a whole number of at most 32 bits. */
bool doc_record_int(const struct doc_record *record, const struct doc_field *field,
                    int64_t *ret);
/* The item of a list, counted from 0. */
struct val val_at(struct val v, size_t i);
/* The member of a map in its own order, counted from 0; its name goes to `ret_name`. */
struct val val_member(struct val v, size_t i, str *ret_name);
/* Items of a list or members of a map; 0 for anything else. */
size_t val_count(struct val v);

static inline bool val_exists(struct val v)
{
    return v.kind != VAL_NONE;
}

static inline str val_text(struct val v)
{
    return v.kind == VAL_STR ? (str){ v.s, v.n } : (str){ NULL, 0 };
}

static inline bool val_is(struct val v, const char *text)
{
    return v.kind == VAL_STR && str_equal(val_text(v), str_of(text));
}

static inline int64_t val_as_int(struct val v, int64_t otherwise)
{
    return v.kind == VAL_INT ? v.i : otherwise;
}

static inline bool val_as_bool(struct val v, bool otherwise)
{
    return v.kind == VAL_BOOL ? v.b : otherwise;
}

static inline double val_as_num(struct val v, double otherwise)
{
    return v.kind == VAL_INT ? (double)v.i : v.kind == VAL_NUM ? v.d : otherwise;
}

static inline str val_get_text(struct val v, str name)
{
    return val_text(val_get(v, name));
}

/* False for absent, null, false, 0, "", an empty list and an empty map. */
bool val_truth(struct val v);
/* Equality as JSON Schema means it: 1 equals 1.0, the order of members does not count. */
bool val_equal(struct val a, struct val b);
/* Whether it is a text that contains `part`, great letters of ASCII being like small
 * ones, or holds one at whatever depth. */
bool val_holds(struct val v, str part);
/* The value at an RFC 6901 pointer, or VAL_ABSENT. */
struct val val_at_pointer(struct val v, str pointer);

/* ---- changing: a new value that shares what did not change ---- */

/* A map with that member set, in its old place or at the end. */
struct val val_with(struct arena *a, struct val map, str name, struct val value);
/* A map with all members of another set. */
struct val val_with_all(struct arena *a, struct val map, struct val members);
/* A map of those members alone, as far as it has them. */
struct val val_only(struct arena *a, struct val map, const str *names, size_t n);
struct val val_with_text(struct arena *a, struct val map, const char *name, str text);
struct val val_without(struct arena *a, struct val map, str name);
/* A list with that item behind the others. */
struct val val_append(struct arena *a, struct val list, struct val item);
/* The value with what stands at `pointer` set (missing maps on the way are made);
 * VAL_ABSENT when the way leads through a scalar or past the end of a list. "-" appends
 * to a list. */
struct val val_with_pointer(struct arena *a, struct val v, str pointer, struct val value);
/* The value without what stands at `pointer`; itself when nothing does, or for "". */
struct val val_without_pointer(struct arena *a, struct val v, str pointer);
/* A deep copy that needs nothing but `a`. */
struct val val_copy(struct arena *a, struct val v);

/* ---- patches (RFC 6902) ---- */

/* `document` after every operation of `patch`, or nothing at all: the first operation
 * that fails ends it. The result shares what did not change. Errors: doc.patch, where
 * `where` is the pointer of the failing operation in `patch`; its kind is ERR_CONFLICT
 * when the document is not as the operation expects (a test that does not hold, a place
 * that is not there), ERR_LIMIT past a limit, ERR_INPUT when it is no operation. */
bool doc_patch(struct arena *a, struct val document, struct val patch, struct val *ret,
               struct err *err) MUST_CHECK;

/* `document` after a merge patch (RFC 7396): members of `patch` take the place of those
 * of the same name, maps are merged, null takes away. Errors: doc.patch (more than
 * DOC_MAX_PATCH members). */
bool doc_merge(struct arena *a, struct val document, struct val patch, struct val *ret,
               struct err *err) MUST_CHECK;

/* ---- JSON text (RFC 8259) ---- */

/* Reads exactly one JSON value; of a name given twice the last counts. The result lives
 * in `a`, strings without escapes point into `text`. Errors: doc.syntax, doc.depth;
 * `where` is "line 3, column 7". */
bool doc_parse(struct arena *a, str text, struct val *ret, struct err *err) MUST_CHECK;

enum doc_style {
    DOC_PLAIN,  /* no blanks */
    DOC_PRETTY, /* two blanks of indent, for files people read */
    DOC_SORTED, /* no blanks, members sorted by name: the same value gives the same text
                 */
};

/* Appends JSON text. Characters that could end a script element are written as \u
 * escapes. */
void doc_write(struct buf *out, struct val v, enum doc_style style);
str doc_text(struct arena *a, struct val v, enum doc_style style);
/* A string for what never stands inside HTML: only what JSON wants escaped is. */
void doc_write_text(struct buf *out, str s);
/* The shortest decimal that reads back as `d`; "null" where JSON has no word for it. */
void doc_write_number(struct buf *out, double d);
/* Appends "/" and the token, escaped as RFC 6901 says. */
void doc_pointer_add(struct buf *out, str token);
/* The second pointer is the first, or lies within what it points to. */
static inline bool doc_pointer_leads_to(str pointer, str within)
{
    return str_starts(within, pointer)
           && (within.n == pointer.n || within.p[pointer.n] == '/');
}

/* Takes the first token off a pointer that is not empty; its escapes undone, in `a`. */
str doc_pointer_take(struct arena *a, str *pointer);

/* ---- the packed form ---- */

/* Appends `v` packed. False (doc.packed) for a member name over 255 bytes, or a full
 * buffer. */
bool doc_pack(struct buf *out, struct val v, struct err *err) MUST_CHECK;
/* The value in bytes that doc_pack made. Trusts them. */
struct val doc_unpack(str bytes);
/* Of a list or map in packed form: its bytes, and how deep values stand in each other (1
 * when it is empty). */
void doc_packed_extent(struct val v, size_t *ret_bytes, uint32_t *ret_depth);
/* True when `bytes` hold exactly one well-formed packed value; for bytes of unknown
 * origin. */
bool doc_packed_is_sound(str bytes);
