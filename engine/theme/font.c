/* Values that name fonts and their weights. */
#include "inside.h"

static const struct {
    str name;
    int weight;
} weights[] = {
    { STR_INIT("thin"), 100 },        { STR_INIT("hairline"), 100 },
    { STR_INIT("extra-light"), 200 }, { STR_INIT("ultra-light"), 200 },
    { STR_INIT("light"), 300 },       { STR_INIT("normal"), 400 },
    { STR_INIT("regular"), 400 },     { STR_INIT("book"), 400 },
    { STR_INIT("medium"), 500 },      { STR_INIT("semi-bold"), 600 },
    { STR_INIT("demi-bold"), 600 },   { STR_INIT("bold"), 700 },
    { STR_INIT("extra-bold"), 800 },  { STR_INIT("ultra-bold"), 800 },
    { STR_INIT("black"), 900 },       { STR_INIT("heavy"), 900 },
    { STR_INIT("extra-black"), 950 }, { STR_INIT("ultra-black"), 950 },
};

static bool put_weight(struct pen *pen, const struct value_kind *kind, struct val v)
{
    double weight = val_is_number(v) ? val_as_num(v, 0) : 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++)
        if (str_equal(val_text(v), weights[i].name))
            weight = weights[i].weight;
    if (weight < 1 || weight > 1000)
        return pen_refuse(pen, kind);
    put_decimal(pen->out, weight);
    return true;
}

const struct value_kind kind_font_weight = {
    STR_INIT("fontWeight"),
    "a font weight is a number from 1 to 1000 or a word like \"bold\" or \"semi-bold\"",
    put_weight,
};

/* ---- fontFamily ---- */

static bool is_generic(str name)
{
    static const str generic[] = {
        STR_INIT("serif"),         STR_INIT("sans-serif"),
        STR_INIT("monospace"),     STR_INIT("cursive"),
        STR_INIT("fantasy"),       STR_INIT("system-ui"),
        STR_INIT("ui-serif"),      STR_INIT("ui-sans-serif"),
        STR_INIT("ui-monospace"),  STR_INIT("ui-rounded"),
        STR_INIT("math"),          STR_INIT("fangsong"),
        STR_INIT("-apple-system"), STR_INIT("BlinkMacSystemFont"),
    };
    for (size_t i = 0; i < COUNT_OF(generic); i++)
        if (str_equal(name, generic[i]))
            return true;
    return false;
}

/* A CSS string. Of ASCII only what cannot mean anything stands as it is, not even < or },
 * so that nobody who cuts style sheets by hand is led astray. */
static void put_quoted(struct buf *out, str name)
{
    buf_char(out, '"');
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || c >= 0x80 || (c && strchr(" -_.", c)))
            buf_char(out, (char)c);
        else
            buf_format(out, "\\%x ", c);
    }
    buf_char(out, '"');
}

static bool put_family(struct pen *pen, const struct value_kind *kind, str name)
{
    name = str_trim(name);
    bool quoted =
        name.n > 2 && strchr("'\"", name.p[0]) && name.p[name.n - 1] == name.p[0];
    if (quoted)
        name = (str){ name.p + 1, name.n - 2 };
    if (!name.n)
        return pen_refuse(pen, kind);
    if (is_generic(name) && !quoted)
        buf_str(pen->out, name);
    else
        put_quoted(pen->out, name);
    return true;
}

/* Older files give the fonts as in CSS, in one text with commas. */
static bool put_families_of_text(struct pen *pen, const struct value_kind *kind, str text)
{
    do {
        if (!put_family(pen, kind, str_cut(text, ',', &text)))
            return false;
        if (text.p)
            buf_char(pen->out, ',');
    } while (text.p);
    return true;
}

static bool put_families(struct pen *pen, const struct value_kind *kind, struct val v)
{
    if (v.kind == VAL_STR)
        return put_families_of_text(pen, kind, val_text(v));
    if (v.kind != VAL_LIST || !v.n)
        return pen_refuse(pen, kind);
    for (size_t i = 0; i < v.n; i++) {
        struct val name = val_at(v, i);
        if (!pen_follow(pen, kind, FOLLOW_ONE, &name))
            return false;
        if (i)
            buf_char(pen->out, ',');
        if (!put_family(pen, kind, val_text(name)))
            return false;
    }
    return true;
}

const struct value_kind kind_font_family = {
    STR_INIT("fontFamily"),
    "a font family is the name of a font, or a list of names",
    put_families,
};
