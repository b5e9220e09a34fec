/* Keywords about a value itself: its type, its size, its text. */
#include "check.h"

#include <stdio.h>

/* ---- type ---- */

enum type {
    TYPE_NULL,
    TYPE_BOOLEAN,
    TYPE_INTEGER,
    TYPE_NUMBER,
    TYPE_STRING,
    TYPE_ARRAY,
    TYPE_OBJECT
};

static const struct {
    str name;
    const char *spoken;
} types[] = {
    [TYPE_NULL] = { STR_INIT("null"), "null" },
    [TYPE_BOOLEAN] = { STR_INIT("boolean"), "true or false" },
    [TYPE_INTEGER] = { STR_INIT("integer"), "an integer" },
    [TYPE_NUMBER] = { STR_INIT("number"), "a number" },
    [TYPE_STRING] = { STR_INIT("string"), "a string" },
    [TYPE_ARRAY] = { STR_INIT("array"), "an array" },
    [TYPE_OBJECT] = { STR_INIT("object"), "an object" },
};

unsigned schema_type_bit(str name)
{
    for (unsigned i = 0; i < COUNT_OF(types); i++) {
        if (str_equal(name, types[i].name))
            return 1u << i;
    }
    return 0;
}

static enum type type_of(struct val v)
{
    static const enum type of_kind[] = {
        [VAL_NONE] = TYPE_NULL,   [VAL_NULL] = TYPE_NULL,  [VAL_BOOL] = TYPE_BOOLEAN,
        [VAL_INT] = TYPE_INTEGER, [VAL_NUM] = TYPE_NUMBER, [VAL_STR] = TYPE_STRING,
        [VAL_LIST] = TYPE_ARRAY,  [VAL_MAP] = TYPE_OBJECT,
    };
    return schema_number_is_whole(v) ? TYPE_INTEGER : of_kind[v.kind];
}

bool schema_make_type(struct compiler *c, struct rule *r, struct val v)
{
    (void)c;
    r->types = schema_type_bit(val_text(v));
    for (size_t i = 0; i < val_count(v); i++)
        r->types |= schema_type_bit(val_text(val_at(v, i)));
    if (r->types & 1u << TYPE_NUMBER)
        r->types |= 1u << TYPE_INTEGER;
    return true;
}

/* "a string, a number or null" */
static const char *types_spoken(struct check *c, unsigned wanted)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    if (wanted & 1u << TYPE_NUMBER)
        wanted &= ~(1u << TYPE_INTEGER);
    for (unsigned i = COUNT_OF(types); i-- > 0;) {
        if (!(wanted & 1u << i))
            continue;
        bool last = !(wanted & ((1u << i) - 1));
        buf_format(&out, "%s%s", !out.n ? "" : last ? " or " : ", ", types[i].spoken);
    }
    str text = arena_str(c->arena, buf_view(&out));
    buf_done(&out);
    return text.p;
}

bool schema_meets_type(struct check *c, const struct frame *f, const struct rule *r)
{
    enum type type = type_of(f->value);
    return r->types >> type & 1
           || COMPLAIN(c, f, r, "must be %s, not %s", types_spoken(c, r->types),
                       type == TYPE_BOOLEAN ? schema_check_shown(c, f->value)
                                            : types[type].spoken);
}

/* ---- const, enum ---- */

bool schema_make_value(struct compiler *c, struct rule *r, struct val v)
{
    (void)c;
    r->value = v;
    return true;
}

bool schema_meets_const(struct check *c, const struct frame *f, const struct rule *r)
{
    return val_equal(f->value, r->value)
           || COMPLAIN(c, f, r, "must be %s, not %s", schema_check_shown(c, r->value),
                       schema_check_shown(c, f->value));
}

bool schema_make_enum(struct compiler *c, struct rule *r, struct val v)
{
    struct value_set *set = ARENA_NEW(c->arena, struct value_set);
    schema_value_set_open(set, c->arena, v.n);
    for (size_t i = 0; i < v.n; i++)
        schema_value_set_add(set, val_at(v, i));
    r->values = set;
    return true;
}

bool schema_complain_choices(struct check *c, const struct frame *f, const struct rule *r,
                             const struct val *values, size_t n)
{
    enum { TOLD_MAX = 8 };
    if (!n)
        return COMPLAIN(c, f, r, "no value is allowed here");
    struct buf told;
    buf_init(&told, SIZE_MAX / 4);
    for (size_t i = 0; i < n && i < TOLD_MAX; i++) {
        const char *joint = i == 0 ? "" : i + 1 == n ? " or " : ", ";
        buf_format(&told, "%s%s", joint, schema_check_shown(c, values[i]));
    }
    COMPLAIN(c, f, r, "must be %s%.*s%s, not %s", n > 1 ? "one of " : "",
             STR_ARG(buf_view(&told)), n > TOLD_MAX ? " …" : "",
             schema_check_shown(c, f->value));
    buf_done(&told);
    return false;
}

bool schema_meets_enum(struct check *c, const struct frame *f, const struct rule *r)
{
    return schema_value_set_has(r->values, f->value)
           || (check_is_loud(c)
               && schema_complain_choices(c, f, r, r->values->values, r->values->n));
}

/* ---- numbers ---- */

bool schema_meets_multiple_of(struct check *c, const struct frame *f,
                              const struct rule *r)
{
    return schema_number_is_multiple(f->value, r->value)
           || COMPLAIN(c, f, r, "must be a multiple of %s, not %s",
                       schema_check_shown(c, r->value), schema_check_shown(c, f->value));
}

static bool complain_bound(struct check *c, const struct frame *f, const struct rule *r,
                           const char *words)
{
    return COMPLAIN(c, f, r, "must be %s %s, not %s", words,
                    schema_check_shown(c, r->value), schema_check_shown(c, f->value));
}

bool schema_meets_minimum(struct check *c, const struct frame *f, const struct rule *r)
{
    return schema_number_compare(f->value, r->value) >= 0
           || complain_bound(c, f, r, "at least");
}

bool schema_meets_exclusive_minimum(struct check *c, const struct frame *f,
                                    const struct rule *r)
{
    return schema_number_compare(f->value, r->value) > 0
           || complain_bound(c, f, r, "more than");
}

bool schema_meets_maximum(struct check *c, const struct frame *f, const struct rule *r)
{
    return schema_number_compare(f->value, r->value) <= 0
           || complain_bound(c, f, r, "at most");
}

bool schema_meets_exclusive_maximum(struct check *c, const struct frame *f,
                                    const struct rule *r)
{
    return schema_number_compare(f->value, r->value) < 0
           || complain_bound(c, f, r, "less than");
}

/* ---- sizes ---- */

bool schema_make_minimum_count(struct compiler *c, struct rule *r, struct val v)
{
    (void)c;
    r->limit = (struct limit){ schema_number_count(v, 0), true };
    return true;
}

bool schema_make_maximum_count(struct compiler *c, struct rule *r, struct val v)
{
    (void)c;
    r->limit = (struct limit){ schema_number_count(v, 0), false };
    return true;
}

static bool keeps_limit(struct check *c, const struct frame *f, const struct rule *r,
                        uint64_t n, const char *unit)
{
    const struct limit *limit = &r->limit;
    bool good = limit->least ? n >= limit->count : n <= limit->count;
    return good
           || COMPLAIN(c, f, r, "must have at %s %ju %s%s, not %ju",
                       limit->least ? "least" : "most", (uintmax_t)limit->count, unit,
                       limit->count == 1 ? "" : "s", (uintmax_t)n);
}

bool schema_meets_length(struct check *c, const struct frame *f, const struct rule *r)
{
    return keeps_limit(c, f, r, str_points(val_text(f->value)), "character");
}

bool schema_meets_count(struct check *c, const struct frame *f, const struct rule *r)
{
    const char *unit = f->value.kind == VAL_LIST ? "item" : "member";
    return keeps_limit(c, f, r, f->value.n, unit);
}

/* ---- text ---- */

bool schema_make_pattern(struct compiler *c, struct rule *r, struct val v)
{
    return schema_pattern_compile(c, r->keyword->name, val_text(v), &r->pattern);
}

bool schema_meets_pattern(struct check *c, const struct frame *f, const struct rule *r)
{
    enum match match = schema_pattern_match(&c->matcher, r->pattern, val_text(f->value));
    if (match == MATCH_TOO_LONG)
        return schema_check_stop(c, f, r->keyword->name,
                                 "takes too long to compare with the pattern");
    return match == MATCH_YES
           || COMPLAIN(c, f, r, "must match the pattern %.*s, not %s",
                       STR_ARG(schema_pattern_text(r->pattern)),
                       schema_check_shown(c, f->value));
}

bool schema_make_format(struct compiler *c, struct rule *r, struct val v)
{
    bool asserted = c->flags & SCHEMA_ASSERT_FORMAT
                    || c->node->resource->vocabularies & VOCABULARY_FORMAT_ASSERTION;
    r->format = asserted ? schema_format_find(val_text(v)) : NULL;
    if (!r->format)
        r->kinds = 0;
    return true;
}

bool schema_meets_format(struct check *c, const struct frame *f, const struct rule *r)
{
    return r->format->holds(val_text(f->value))
           || COMPLAIN(c, f, r, "must be %s, not %s", r->format->wanted,
                       schema_check_shown(c, f->value));
}
