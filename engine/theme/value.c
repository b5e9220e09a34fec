/* Values that are numbers, and what is common to writing values. */
#include "inside.h"

#include <math.h>
#include <stdlib.h>

bool pen_refuse(const struct pen *pen, const struct value_kind *kind)
{
    return node_fail(pen->tree, pen->token, "theme.token", "%s%s%s",
                     pen->part ? pen->part : "", pen->part ? ": " : "", kind->looks);
}

bool pen_follow(struct pen *pen, const struct value_kind *kind, enum follow how,
                struct val *v)
{
    return tree_follow(pen->tree, pen->token, kind->type, how, *v, v);
}

bool pen_follow_any(struct pen *pen, struct val *v)
{
    return tree_follow(pen->tree, pen->token, (str){ NULL, 0 }, FOLLOW_ALL, *v, v);
}

bool pen_put(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return pen_follow(pen, kind, FOLLOW_ALL, &v) && kind->put(pen, kind, v);
}

bool pen_put_part(struct pen *pen, const struct value_kind *whole,
                  const struct value_kind *kind, struct val v, const char *name)
{
    struct val part = val_get(v, str_of(name));
    pen->part = name;
    return val_exists(part) ? pen_put(pen, kind, part) : pen_refuse(pen, whole);
}

bool val_is_number(struct val v)
{
    return v.kind == VAL_INT || v.kind == VAL_NUM;
}

void put_decimal(struct buf *out, double d)
{
    const double steps = 1e6;
    doc_write_number(out, fabs(d) < 1e9 ? round(d * steps) / steps + 0.0 : d);
}

/* ---- number, cubicBezier ---- */

static bool put_number(struct pen *pen, const struct value_kind *kind, struct val v)
{
    if (!val_is_number(v))
        return pen_refuse(pen, kind);
    put_decimal(pen->out, val_as_num(v, 0));
    return true;
}

const struct value_kind kind_number = {
    STR_INIT("number"),
    "a number is a JSON number",
    put_number,
};

static bool put_bezier(struct pen *pen, const struct value_kind *kind, struct val v)
{
    if (v.kind != VAL_LIST || v.n != 4)
        return pen_refuse(pen, kind);
    buf_str(pen->out, STR("cubic-bezier("));
    for (size_t i = 0; i < 4; i++) {
        struct val n = val_at(v, i);
        if (!pen_follow(pen, &kind_number, FOLLOW_ALL, &n))
            return false;
        double d = val_as_num(n, NAN);
        bool time = i % 2 == 0;
        if (!val_is_number(n) || (time && (d < 0 || d > 1)))
            return pen_refuse(pen, kind);
        if (i)
            buf_char(pen->out, ',');
        put_decimal(pen->out, d);
    }
    buf_char(pen->out, ')');
    return true;
}

const struct value_kind kind_cubic_bezier = {
    STR_INIT("cubicBezier"),
    "a cubic Bézier is a list of four numbers, the first and the third from 0 to 1",
    put_bezier,
};

/* ---- dimension, duration ---- */

/* "16px" of older drafts: the number, and the unit that follows. */
static bool split_quantity(str text, double *ret, str *ret_unit)
{
    char digits[32];
    char *end;
    size_t n = 0;
    while (n < text.n && n < sizeof digits - 1 && text.p[n]
           && strchr("+-.0123456789", text.p[n])) {
        digits[n] = text.p[n];
        n++;
    }
    digits[n] = 0;
    *ret = strtod(digits, &end);
    *ret_unit = (str){ text.p + n, text.n - n };
    return n && !*end;
}

/* False when a reference in it is wrong; `*ret_fits` tells the rest. */
static bool read_quantity(struct pen *pen, struct val v, double *ret, str *ret_unit,
                          bool *ret_fits)
{
    *ret_unit = (str){ NULL, 0 };
    if (v.kind == VAL_STR) {
        *ret_fits = split_quantity(str_trim(val_text(v)), ret, ret_unit);
        return true;
    }
    struct val number = v.kind == VAL_MAP ? val_get(v, STR("value")) : v;
    struct val unit = val_get(v, STR("unit"));
    if (!pen_follow(pen, &kind_number, FOLLOW_ALL, &number)
        || !pen_follow_any(pen, &unit))
        return false;
    *ret = val_as_num(number, NAN);
    *ret_unit = val_text(unit);
    *ret_fits = val_is_number(number);
    return true;
}

/* `units`: those that may stand there, with a blank between. 0 is 0 without one too. */
static bool put_quantity(struct pen *pen, const struct value_kind *kind, struct val v,
                         const char *units)
{
    double number;
    str unit;
    bool fits;
    if (!read_quantity(pen, v, &number, &unit, &fits))
        return false;
    bool known = !unit.n && number == 0;
    for (str rest = str_of(units); rest.n && !known;)
        known = str_equal(unit, str_cut(rest, ' ', &rest));
    if (!fits || !known)
        return pen_refuse(pen, kind);
    put_decimal(pen->out, number);
    buf_str(pen->out, unit);
    return true;
}

static bool put_length(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return put_quantity(pen, kind, v, "px rem");
}

static bool put_spacing(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return put_quantity(pen, kind, v, "px rem em");
}

static bool put_line_height(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return val_is_number(v) ? put_number(pen, kind, v)
                            : put_quantity(pen, kind, v, "px rem em %");
}

static bool put_time(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return put_quantity(pen, kind, v, "ms s");
}

const struct value_kind kind_dimension = {
    STR_INIT("dimension"),
    "a dimension is { \"value\": 16, \"unit\": \"px\" }, the unit px or rem",
    put_length,
};

const struct value_kind kind_letter_spacing = {
    STR_INIT("dimension"),
    "letter spacing is { \"value\": 1, \"unit\": \"px\" }, the unit px, rem or em",
    put_spacing,
};

const struct value_kind kind_line_height = {
    STR_INIT(""),
    "a line height is a number, or { \"value\": 24, \"unit\": \"px\" }",
    put_line_height,
};

const struct value_kind kind_duration = {
    STR_INIT("duration"),
    "a duration is { \"value\": 200, \"unit\": \"ms\" }, the unit ms or s",
    put_time,
};
