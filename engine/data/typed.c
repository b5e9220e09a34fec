/* Texts as values of a schema, and back: what a cell of CSV or a parameter means. */
#include "inside.h"

#include <strings.h>

#define KIND(kind)  (1u << (kind))
#define KIND_NUMBER (KIND(VAL_INT) | KIND(VAL_NUM))
#define KIND_NESTED (KIND(VAL_LIST) | KIND(VAL_MAP))

/* ---- guarding: a spreadsheet runs what begins like a formula ---- */

static bool is_formula(str text)
{
    static const char begins[] = { '=', '+', '-', '@', '\t', '\r' };
    size_t i = 0;
    while (i < text.n && text.p[i] == '\'')
        i++;
    return i < text.n && memchr(begins, text.p[i], sizeof begins);
}

static str unguarded(str text)
{
    bool guarded = text.n && text.p[0] == '\'' && is_formula(text);
    return guarded ? (str){ text.p + 1, text.n - 1 } : text;
}

str typed_text(struct arena *arena, struct val v)
{
    if (!val_exists(v) || v.kind == VAL_NULL)
        return STR("");
    if (v.kind != VAL_STR)
        return doc_text(arena, v, DOC_PLAIN);
    return is_formula(val_text(v)) ? arena_format(arena, "'%.*s", STR_ARG(val_text(v)))
                                   : val_text(v);
}

/* ---- moments: also as spreadsheets write them, 2026/1/5 9:30 ---- */

static bool take_number(str *s, size_t most, char end, char other_end, int *ret)
{
    size_t n = 0;
    *ret = 0;
    while (n < s->n && n < most && s->p[n] >= '0' && s->p[n] <= '9')
        *ret = *ret * 10 + (s->p[n++] - '0');
    if (!n || (n < s->n && s->p[n] != end && s->p[n] != other_end))
        return false;
    *s = n < s->n ? (str){ s->p + n + 1, s->n - n - 1 } : (str){ s->p + n, 0 };
    return true;
}

/* "2026/1/5 9:30:00" as "2026-01-05T9:30:00"; unchanged when it is no such date. */
static str with_plain_date(struct arena *arena, str text)
{
    int year;
    int month;
    int day;
    str s = text;
    if (!take_number(&s, 4, '/', '-', &year) || !take_number(&s, 2, '/', '-', &month)
        || !take_number(&s, 2, ' ', 'T', &day))
        return text;
    const char *zero = s.n > 1 && s.p[1] == ':' ? "0" : "";
    return arena_format(arena, "%04d-%02d-%02d%s%s%.*s", year, month, day, s.n ? "T" : "",
                        zero, STR_ARG(s));
}

static bool read_moment(struct arena *arena, str text, int offset_min, struct val *ret)
{
    int64_t ms;
    if (!date_parse(with_plain_date(arena, text), offset_min, &ms))
        return false;
    *ret = val_str(scope_iso(arena, ms));
    return true;
}

static bool read_date(struct arena *arena, str text, struct val *ret)
{
    int64_t ms;
    str plain = with_plain_date(arena, text);
    if (plain.n != 10 || !date_parse(plain, 0, &ms))
        return false;
    *ret = val_str(plain);
    return true;
}

/* ---- values ---- */

static bool read_bool(str text, struct val *ret)
{
    static const char *const words[] = { "false", "true", "0",  "1",
                                         "no",    "yes",  "否", "是" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text.n == strlen(words[i]) && strncasecmp(text.p, words[i], text.n) == 0) {
            *ret = val_bool(i % 2);
            return true;
        }
    }
    return false;
}

static bool read_json(struct arena *arena, str text, unsigned kinds, struct val *ret)
{
    struct err err;
    return doc_parse(arena, text, ret, &err) && kinds & KIND(ret->kind);
}

static bool read_text(struct arena *arena, struct val root, struct val schema, str text,
                      int offset_min, struct val *ret, const char **ret_wanted)
{
    str format = schema_format(root, schema);
    *ret = val_str(unguarded(text));
    if (str_equal(format, STR("date-time"))) {
        *ret_wanted = "a moment such as 2026-11-22 09:30 is wanted";
        return read_moment(arena, str_trim(text), offset_min, ret);
    }
    if (str_equal(format, STR("date"))) {
        *ret_wanted = "a date such as 2026-11-22 is wanted";
        return read_date(arena, str_trim(text), ret);
    }
    return true;
}

bool typed_read(struct arena *arena, struct val root, struct val schema, str text,
                int offset_min, struct val *ret, const char **ret_wanted)
{
    unsigned kinds = schema_kinds(root, schema);
    str trimmed = str_trim(text);
    *ret = VAL_ABSENT;
    if (!text.n)
        return true;
    if (kinds & KIND_NESTED && trimmed.n && (trimmed.p[0] == '[' || trimmed.p[0] == '{')
        && read_json(arena, trimmed, kinds & KIND_NESTED, ret))
        return true;
    if (kinds & KIND(VAL_STR))
        return read_text(arena, root, schema, text, offset_min, ret, ret_wanted);
    if ((kinds & KIND_NUMBER && read_json(arena, trimmed, KIND_NUMBER, ret))
        || (kinds & KIND(VAL_BOOL) && read_bool(trimmed, ret)))
        return true;
    *ret_wanted = kinds & KIND_NUMBER      ? "a number such as 12.5 is wanted"
                  : kinds & KIND(VAL_BOOL) ? "true or false is wanted"
                  : kinds & KIND(VAL_LIST) ? "a JSON list is wanted"
                                           : "a JSON object is wanted";
    return false;
}

struct val data_moments(struct arena *arena, struct val record, struct val schema,
                        int offset_min)
{
    struct val properties = val_get(schema, STR("properties"));
    for (size_t i = 0; i < val_count(properties); i++) {
        str name;
        int64_t ms;
        struct val property = val_member(properties, i, &name);
        struct val v = val_get(record, name);
        if (val_is(val_get(property, STR("format")), "date-time") && v.kind == VAL_STR
            && date_parse(val_text(v), offset_min, &ms))
            record = val_with(arena, record, name, val_str(scope_iso(arena, ms)));
    }
    return record;
}
