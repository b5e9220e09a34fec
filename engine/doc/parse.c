/* A JSON reader, RFC 8259: recursive descent over the text, values straight into the
 * arena. */
#include "doc/doc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct reader {
    const char *start;
    const char *at;
    const char *end;
    struct arena *arena;
    struct err *err;
    int depth;
};

static bool fail(struct reader *r, const char *code, const char *what)
{
    size_t line = 1;
    const char *line_start = r->start;
    for (const char *p = r->start; p < r->at; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    str where = arena_format(r->arena, "line %zu, column %zu", line,
                             (size_t)(r->at - line_start) + 1);
    return err_at(r->err, ERR_INPUT, code, where, "not JSON: %s", what);
}

static bool syntax(struct reader *r, const char *what)
{
    return fail(r, "doc.syntax", what);
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end
           && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* ---- strings ---- */

static bool hex4(const char *p, const char *end, unsigned *ret)
{
    if (end - p < 4)
        return false;
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        value = value << 4 | digit;
    }
    *ret = value;
    return true;
}

static char *put_utf8(char *out, unsigned point)
{
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xc0 | point >> 6);
        *out++ = (char)(0x80 | (point & 63));
    } else if (point < 0x10000) {
        *out++ = (char)(0xe0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 63));
        *out++ = (char)(0x80 | (point & 63));
    } else {
        *out++ = (char)(0xf0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 63));
        *out++ = (char)(0x80 | (point >> 6 & 63));
        *out++ = (char)(0x80 | (point & 63));
    }
    return out;
}

/* After "\u"; a surrogate must come with its other half. */
static bool unicode_escape(struct reader *r, char **out)
{
    unsigned point;
    if (!hex4(r->at, r->end, &point))
        return syntax(r, "\\u wants four hexadecimal digits");
    r->at += 4;
    if (point >= 0xd800 && point < 0xe000) {
        unsigned low;
        bool paired = point < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\'
                      && r->at[1] == 'u' && hex4(r->at + 2, r->end, &low) && low >= 0xdc00
                      && low < 0xe000;
        if (!paired)
            return syntax(r, "half of a surrogate pair");
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        r->at += 6;
    }
    *out = put_utf8(*out, point);
    return true;
}

static bool escape(struct reader *r, char **out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return syntax(r, "the string does not end");
    char c = *r->at++;
    if (c == 'u')
        return unicode_escape(r, out);
    const char *known = c ? strchr(from, c) : NULL;
    if (!known)
        return syntax(r, "unknown escape in a string");
    *(*out)++ = to[known - from];
    return true;
}

/* Looks ahead to the closing quote; `*escaped` tells whether the text must be rewritten.
 */
static bool string_end(struct reader *r, const char **ret_end, bool *escaped)
{
    const char *p = r->at;
    *escaped = false;
    for (; p < r->end && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20) {
            r->at = p;
            return syntax(r, "a control character in a string must be escaped");
        }
        if (*p == '\\') {
            *escaped = true;
            p++;
        }
    }
    if (p >= r->end) {
        r->at = r->end;
        return syntax(r, "the string does not end");
    }
    *ret_end = p;
    return true;
}

static bool is_utf8(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return str_is_text((str){ s.p + i, s.n - i });
    }
    return true;
}

/* After the opening quote. */
static bool read_string(struct reader *r, str *ret)
{
    const char *end = r->at;
    bool escaped;
    if (!string_end(r, &end, &escaped))
        return false;
    str raw = { r->at, (size_t)(end - r->at) };
    if (!is_utf8(raw))
        return syntax(r, "the string is not UTF-8");
    if (!escaped) {
        *ret = raw;
        r->at = end + 1;
        return true;
    }
    char *room = arena_alloc(r->arena, raw.n);
    char *out = room;
    while (r->at < end) {
        char c = *r->at++;
        if (c != '\\')
            *out++ = c;
        else if (!escape(r, &out))
            return false;
    }
    *ret = (str){ room, (size_t)(out - room) };
    r->at = end + 1;
    return true;
}

/* ---- numbers ---- */

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* The end of the number, or NULL; `*whole` when it has neither fraction nor exponent. */
static const char *number_end(const char *p, const char *end, bool *whole)
{
    *whole = true;
    if (p < end && *p == '-')
        p++;
    const char *first = p;
    p = digits(p, end);
    if (p == first || (*first == '0' && p - first > 1))
        return NULL;
    if (p < end && *p == '.') {
        *whole = false;
        const char *fraction = ++p;
        if ((p = digits(p, end)) == fraction)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        *whole = false;
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        const char *exponent = p;
        if ((p = digits(p, end)) == exponent)
            return NULL;
    }
    return p;
}

static bool read_number(struct reader *r, struct val *ret)
{
    bool whole;
    const char *end = number_end(r->at, r->end, &whole);
    if (!end)
        return syntax(r, "a value was expected");
    str text = { r->at, (size_t)(end - r->at) };
    int64_t i;
    if (whole && str_to_int(text, &i)) {
        *ret = val_int(i);
    } else {
        double d = strtod(arena_str(r->arena, text).p, NULL);
        if (!isfinite(d))
            return syntax(r, "the number is too large");
        *ret = val_num(d);
    }
    r->at = end;
    return true;
}

/* ---- lists and maps ---- */

static bool read_value(struct reader *r, struct val *ret);

/* Grows `items` of `size` bytes each by doubling inside the arena. */
static void *room_for_one(struct arena *a, void *items, size_t n, size_t size)
{
    if (n & (n - 1) || (n && n < 4))
        return items;
    size_t room = n ? n * 2 : 4;
    void *grown = arena_alloc(a, room * size);
    if (n)
        memcpy(grown, items, n * size);
    return grown;
}

static bool read_list(struct reader *r, struct val *ret)
{
    struct val *items = NULL;
    size_t n = 0;
    if (!take(r, ']')) {
        do {
            items = room_for_one(r->arena, items, n, sizeof *items);
            if (!read_value(r, &items[n++]))
                return false;
        } while (take(r, ','));
        if (!take(r, ']'))
            return syntax(r, "a list wants , or ]");
    }
    *ret = val_list(items, n);
    return true;
}

/* Of members with one name the last counts. An open hash table keeps large maps linear.
 */
static size_t drop_repeated(struct arena *a, struct member *members, size_t n)
{
    size_t slots = 16;
    while (slots < n * 2)
        slots *= 2;
    uint32_t *table = ARENA_ARRAY(a, uint32_t, slots);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t slot = str_hash(members[i].name, 0) & (slots - 1);
        while (table[slot] && !str_equal(members[table[slot] - 1].name, members[i].name))
            slot = (slot + 1) & (slots - 1);
        if (table[slot]) {
            members[table[slot] - 1].value = members[i].value;
        } else {
            members[kept] = members[i];
            table[slot] = (uint32_t)++kept;
        }
    }
    return kept;
}

static bool read_map(struct reader *r, struct val *ret)
{
    struct member *members = NULL;
    size_t n = 0;
    if (!take(r, '}')) {
        do {
            members = room_for_one(r->arena, members, n, sizeof *members);
            if (!take(r, '"'))
                return syntax(r, "a member name was expected");
            if (!read_string(r, &members[n].name))
                return false;
            if (!take(r, ':'))
                return syntax(r, "a member name wants a :");
            if (!read_value(r, &members[n++].value))
                return false;
        } while (take(r, ','));
        if (!take(r, '}'))
            return syntax(r, "an object wants , or }");
    }
    *ret = val_map(members, n > 1 ? drop_repeated(r->arena, members, n) : n);
    return true;
}

static bool take_word(struct reader *r, str word)
{
    if (!str_starts((str){ r->at, (size_t)(r->end - r->at) }, word))
        return false;
    r->at += word.n;
    return true;
}

static bool read_nested(struct reader *r, bool (*read)(struct reader *, struct val *),
                        struct val *ret)
{
    r->at++;
    if (++r->depth > DOC_MAX_DEPTH)
        return fail(r, "doc.depth", "it is nested deeper than 64");
    bool done = read(r, ret);
    r->depth--;
    return done;
}

static bool read_value(struct reader *r, struct val *ret)
{
    skip_blanks(r);
    if (r->at == r->end)
        return syntax(r, "a value was expected, the text ended");
    switch (*r->at) {
    case '{':
        return read_nested(r, read_map, ret);
    case '[':
        return read_nested(r, read_list, ret);
    case '"': {
        str s;
        r->at++;
        if (!read_string(r, &s))
            return false;
        *ret = val_str(s);
        return true;
    }
    default:
        break;
    }
    if (take_word(r, STR("true")))
        *ret = val_bool(true);
    else if (take_word(r, STR("false")))
        *ret = val_bool(false);
    else if (take_word(r, STR("null")))
        *ret = val_null();
    else
        return read_number(r, ret);
    return true;
}

bool doc_parse(struct arena *a, str text, struct val *ret, struct err *err)
{
    struct reader r = { text.p, text.p, text.p + text.n, a, err, 0 };
    struct val v;
    if (!read_value(&r, &v))
        return false;
    skip_blanks(&r);
    if (r.at != r.end)
        return syntax(&r, "something follows the value");
    *ret = v;
    return true;
}
