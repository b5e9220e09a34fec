/* Packing a value, and reading it where it lies. */
#include "packed.h"

static uint32_t get32(const uint8_t *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static void put32(char *p, size_t x)
{
    uint32_t narrow = (uint32_t)x;
    memcpy(p, &narrow, sizeof narrow);
}

static inline struct val read_value(const uint8_t *p)
{
    int64_t i;
    int32_t i32;
    double d;
    if (p[0] == PACKED_STR8) /* most values */
        return val_str((str){ (const char *)p + 2, p[1] });
    switch ((enum packed_tag)p[0]) {
    case PACKED_NULL:
        return val_null();
    case PACKED_FALSE:
        return val_bool(false);
    case PACKED_TRUE:
        return val_bool(true);
    case PACKED_INT8:
        return val_int((int8_t)p[1]);
    case PACKED_INT32:
        memcpy(&i32, p + 1, sizeof i32);
        return val_int(i32);
    case PACKED_INT64:
        memcpy(&i, p + 1, sizeof i);
        return val_int(i);
    case PACKED_NUM:
        memcpy(&d, p + 1, sizeof d);
        return val_num(d);
    case PACKED_STR8:
        break;
    case PACKED_STR32:
        return val_str((str){ (const char *)p + 5, get32(p + 1) });
    case PACKED_LIST:
        return (struct val){
            .kind = VAL_LIST, .packed = true, .n = get32(p + 5), .bytes = p
        };
    case PACKED_MAP:
        return (
            struct val){ .kind = VAL_MAP, .packed = true, .n = get32(p + 5), .bytes = p };
    }
    return VAL_ABSENT;
}

struct val doc_unpack(str bytes)
{
    return bytes.n ? read_value((const uint8_t *)bytes.p) : VAL_ABSENT;
}

struct val packed_at(struct val list, uint32_t i)
{
    return read_value(list.bytes + get32(list.bytes + PACKED_HEAD + (size_t)4 * i));
}

static const uint8_t *member_entry(struct val map, uint32_t i)
{
    const uint8_t *offsets = map.bytes + PACKED_HEAD + (size_t)2 * map.n;
    return map.bytes + get32(offsets + (size_t)4 * i);
}

struct val packed_member(struct val map, uint32_t i, str *ret_name)
{
    const uint8_t *entry = member_entry(map, i);
    *ret_name = (str){ (const char *)entry + 1, entry[0] };
    return read_value(entry + 1 + entry[0]);
}

/* ---- fields ---- */

enum { HEAD = sizeof(uint64_t) }; /* the length of a name and its first seven bytes */

void packed_field(struct doc_field *field)
{
    char head[HEAD] = { (char)field->key.n };
    char mask[HEAD] = { (char)0xff };
    size_t n = field->key.n < HEAD - 1 ? field->key.n : HEAD - 1;
    memcpy(head + 1, field->key.p, n);
    memset(mask + 1, 0xff, n);
    memcpy(&field->head, head, HEAD);
    memcpy(&field->mask, mask, HEAD);
}

static bool same_name(const uint8_t *entry, const struct key *key)
{
    return entry[0] == key->n && memcmp(entry + 1, key->p, key->n) == 0;
}

/* Most names are short, and compared with their length at once. */
static inline bool is_named(const struct doc_record *r, const uint8_t *entry,
                            const struct doc_field *field)
{
    uint64_t head;
    if (field->key.n >= HEAD || entry > r->last)
        return same_name(entry, &field->key);
    memcpy(&head, entry, HEAD);
    return (head & field->mask) == field->head;
}

/* Where the value of the member starts that stands where it stood last; NULL when that is
 * another one. */
static inline const uint8_t *guess(const struct doc_record *r,
                                   const struct doc_field *field)
{
    uint8_t at = __atomic_load_n(&field->at, __ATOMIC_RELAXED);
    if (at >= r->n)
        return NULL;
    const uint8_t *entry = r->bytes + get32(r->offsets + (size_t)4 * at);
    return is_named(r, entry, field) ? entry + 1 + field->key.n : NULL;
}

static inline struct doc_record record_of(struct val map)
{
    return (struct doc_record){ .bytes = map.bytes,
                                .last = map.bytes + get32(map.bytes + 1) - HEAD,
                                .offsets = map.bytes + PACKED_HEAD + (size_t)2 * map.n,
                                .n = map.n };
}

inline bool doc_record(struct val v, struct doc_record *ret)
{
    if (v.kind != VAL_MAP || !v.packed)
        return false;
    *ret = record_of(v);
    return true;
}

inline str doc_record_text(const struct doc_record *record, const struct doc_field *field)
{
    const uint8_t *value = guess(record, field);
    if (!value || value[0] != PACKED_STR8)
        return (str){ NULL, 0 };
    return (str){ (const char *)value + 2, value[1] };
}

inline bool doc_record_int(const struct doc_record *record, const struct doc_field *field,
                           int64_t *ret)
{
    const uint8_t *value = guess(record, field);
    int32_t i32;
    if (value && value[0] == PACKED_INT32) {
        memcpy(&i32, value + 1, sizeof i32);
        *ret = i32;
    } else if (value && value[0] == PACKED_INT8) {
        *ret = (value[1] ^ 0x80) - 0x80; /* with its sign */
    } else {
        return false;
    }
    return true;
}

/* Finds the member and remembers where. */
static __attribute__((noinline)) struct val search(struct val map,
                                                   struct doc_field *field)
{
    const uint8_t *hashes = map.bytes + PACKED_HEAD;
    for (uint32_t i = 0; i < map.n; i++) {
        uint16_t h;
        memcpy(&h, hashes + (size_t)2 * i, sizeof h);
        if (h != field->key.hash)
            continue;
        const uint8_t *entry = member_entry(map, i);
        if (!same_name(entry, &field->key))
            continue;
        if (i <= UINT8_MAX)
            __atomic_store_n(&field->at, (uint8_t)i, __ATOMIC_RELAXED);
        return read_value(entry + 1 + entry[0]);
    }
    return VAL_ABSENT;
}

struct val packed_get_field(struct val map, struct doc_field *field)
{
    struct doc_record record = record_of(map);
    const uint8_t *value = guess(&record, field);
    return value ? read_value(value) : search(map, field);
}

struct val packed_get(struct val map, str name, uint16_t hash)
{
    const uint8_t *hashes = map.bytes + PACKED_HEAD;
    for (uint32_t i = 0; i < map.n; i++) {
        uint16_t h;
        memcpy(&h, hashes + (size_t)2 * i, sizeof h);
        if (h != hash)
            continue;
        const uint8_t *entry = member_entry(map, i);
        if (entry[0] == name.n && memcmp(entry + 1, name.p, name.n) == 0)
            return read_value(entry + 1 + entry[0]);
    }
    return VAL_ABSENT;
}

static uint32_t depth_of(const uint8_t *p)
{
    uint32_t deepest = 0;
    bool is_map = p[0] == PACKED_MAP;
    uint32_t n = get32(p + 5);
    const uint8_t *offsets = p + PACKED_HEAD + (is_map ? (size_t)2 * n : 0);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *item = p + get32(offsets + (size_t)4 * i);
        item += is_map ? 1 + item[0] : 0;
        bool is_table = item[0] == PACKED_LIST || item[0] == PACKED_MAP;
        uint32_t depth = is_table ? depth_of(item) : 1;
        deepest = depth > deepest ? depth : deepest;
    }
    return 1 + deepest;
}

void doc_packed_extent(struct val v, size_t *ret_bytes, uint32_t *ret_depth)
{
    *ret_bytes = get32(v.bytes + 1);
    *ret_depth = depth_of(v.bytes);
}

/* ---- writing ---- */

static void put_tag(struct buf *out, enum packed_tag tag)
{
    buf_char(out, (char)tag);
}

static void pack_int(struct buf *out, int64_t i)
{
    if (i >= INT8_MIN && i <= INT8_MAX) {
        put_tag(out, PACKED_INT8);
        buf_char(out, (char)i);
    } else if (i >= INT32_MIN && i <= INT32_MAX) {
        int32_t narrow = (int32_t)i;
        put_tag(out, PACKED_INT32);
        buf_add(out, &narrow, sizeof narrow);
    } else {
        put_tag(out, PACKED_INT64);
        buf_add(out, &i, sizeof i);
    }
}

static void pack_str(struct buf *out, str s)
{
    if (s.n <= UINT8_MAX) {
        put_tag(out, PACKED_STR8);
        buf_char(out, (char)s.n);
    } else {
        uint32_t n = (uint32_t)s.n;
        put_tag(out, PACKED_STR32);
        buf_add(out, &n, sizeof n);
    }
    buf_str(out, s);
}

static bool pack_value(struct buf *out, struct val v, struct err *err);

static bool full(struct err *err)
{
    return err_set(err, ERR_LIMIT, "doc.packed", "the value is too large to be stored");
}

/* Room for the head of a list or map; the numbers are filled in when the members are
 * known. */
static bool open_table(struct buf *out, enum packed_tag tag, size_t table_bytes,
                       struct err *err)
{
    if (!buf_reserve(out, PACKED_HEAD + table_bytes))
        return full(err);
    put_tag(out, tag);
    memset(out->p + out->n, 0, PACKED_HEAD - 1 + table_bytes);
    out->n += PACKED_HEAD - 1 + table_bytes;
    return true;
}

static void close_table(struct buf *out, size_t start, uint32_t n)
{
    put32(out->p + start + 1, out->n - start);
    put32(out->p + start + 5, n);
}

static bool pack_list(struct buf *out, struct val v, struct err *err)
{
    size_t start = out->n;
    if (!open_table(out, PACKED_LIST, (size_t)4 * v.n, err))
        return false;
    for (uint32_t i = 0; i < v.n; i++) {
        put32(out->p + start + PACKED_HEAD + (size_t)4 * i, out->n - start);
        if (!pack_value(out, val_at(v, i), err))
            return false;
    }
    close_table(out, start, v.n);
    return true;
}

static bool pack_map(struct buf *out, struct val v, struct err *err)
{
    size_t start = out->n;
    if (!open_table(out, PACKED_MAP, (size_t)6 * v.n, err))
        return false;
    for (uint32_t i = 0; i < v.n; i++) {
        str name;
        struct val value = val_member(v, i, &name);
        if (name.n > DOC_MAX_PACKED_KEY)
            return err_set(err, ERR_LIMIT, "doc.packed",
                           "a member name of %zu bytes is longer than %d", name.n,
                           DOC_MAX_PACKED_KEY);
        uint16_t hash = packed_hash(name);
        memcpy(out->p + start + PACKED_HEAD + (size_t)2 * i, &hash, sizeof hash);
        put32(out->p + start + PACKED_HEAD + (size_t)2 * v.n + (size_t)4 * i,
              out->n - start);
        buf_char(out, (char)name.n);
        buf_str(out, name);
        if (!pack_value(out, value, err))
            return false;
    }
    close_table(out, start, v.n);
    return true;
}

static bool pack_value(struct buf *out, struct val v, struct err *err)
{
    if (v.packed) {
        buf_add(out, v.bytes, get32(v.bytes + 1));
        return !out->full || full(err);
    }
    switch ((enum val_kind)v.kind) {
    case VAL_NONE:
    case VAL_NULL:
        put_tag(out, PACKED_NULL);
        break;
    case VAL_BOOL:
        put_tag(out, v.b ? PACKED_TRUE : PACKED_FALSE);
        break;
    case VAL_INT:
        pack_int(out, v.i);
        break;
    case VAL_NUM:
        put_tag(out, PACKED_NUM);
        buf_add(out, &v.d, sizeof v.d);
        break;
    case VAL_STR:
        pack_str(out, val_text(v));
        break;
    case VAL_LIST:
        return pack_list(out, v, err);
    case VAL_MAP:
        return pack_map(out, v, err);
    }
    return !out->full || full(err);
}

bool doc_pack(struct buf *out, struct val v, struct err *err)
{
    return pack_value(out, v, err);
}

/* ---- checking ---- */

static size_t sound_value(const uint8_t *p, size_t n, int depth);

static size_t sound_table(const uint8_t *p, size_t n, int depth)
{
    if (n < PACKED_HEAD || depth == 0)
        return 0;
    bool is_map = p[0] == PACKED_MAP;
    size_t size = get32(p + 1);
    size_t count = get32(p + 5);
    size_t each = is_map ? 6 : 4;
    if (size > n || count > (size - PACKED_HEAD) / each || size < PACKED_HEAD)
        return 0;
    const uint8_t *offsets = p + PACKED_HEAD + (is_map ? 2 * count : 0);
    size_t at = PACKED_HEAD + each * count;
    for (size_t i = 0; i < count; i++) {
        if (get32(offsets + 4 * i) != at || at >= size)
            return 0;
        if (is_map) {
            str name = { (const char *)p + at + 1, p[at] };
            uint16_t hash;
            memcpy(&hash, p + PACKED_HEAD + 2 * i, sizeof hash);
            if (1 + name.n > size - at || hash != packed_hash(name))
                return 0;
            at += 1 + name.n;
        }
        size_t value = sound_value(p + at, size - at, depth - 1);
        if (!value)
            return 0;
        at += value;
    }
    return at == size ? size : 0;
}

/* Bytes of the value at `p`, or 0 when it is not sound. */
static size_t sound_value(const uint8_t *p, size_t n, int depth)
{
    size_t size = 0;
    if (n == 0)
        return 0;
    switch ((enum packed_tag)p[0]) {
    case PACKED_NULL:
    case PACKED_FALSE:
    case PACKED_TRUE:
        size = 1;
        break;
    case PACKED_INT8:
        size = 2;
        break;
    case PACKED_INT32:
        size = 5;
        break;
    case PACKED_INT64:
    case PACKED_NUM:
        size = 9;
        break;
    case PACKED_STR8:
        size = n < 2 ? 0 : (size_t)2 + p[1];
        break;
    case PACKED_STR32:
        size = n < 5 ? 0 : (size_t)5 + get32(p + 1);
        break;
    case PACKED_LIST:
    case PACKED_MAP:
        size = sound_table(p, n, depth);
        break;
    }
    return size <= n ? size : 0;
}

bool doc_packed_is_sound(str bytes)
{
    size_t size = sound_value((const uint8_t *)bytes.p, bytes.n, DOC_MAX_DEPTH + 8);
    return size != 0 && size == bytes.n;
}
