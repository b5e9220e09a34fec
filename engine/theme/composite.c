/* Values made of others that are no paint, and whole tokens. */
#include "inside.h"

/* ---- strokeStyle, border ---- */

static bool is_word(struct val v, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (val_is(v, words[i]))
            return true;
    return false;
}

/* CSS has no pattern of dashes: they are checked, and "dashed" is written. */
static bool check_dashes(struct pen *pen, const struct value_kind *kind, struct val v)
{
    static const char *const caps[] = { "round", "butt", "square" };
    struct val dashes = val_get(v, STR("dashArray"));
    struct val cap = val_get(v, STR("lineCap"));
    if (!pen_follow_any(pen, &dashes) || !pen_follow_any(pen, &cap))
        return false;
    if (dashes.kind != VAL_LIST || !dashes.n || !is_word(cap, caps, COUNT_OF(caps)))
        return pen_refuse(pen, kind);
    size_t before = pen->out->n;
    bool good = true;
    for (size_t i = 0; i < dashes.n && good; i++)
        good = pen_put(pen, &kind_dimension, val_at(dashes, i));
    pen->out->n = before;
    return good;
}

static bool put_stroke(struct pen *pen, const struct value_kind *kind, struct val v)
{
    static const char *const styles[] = { "solid",  "dashed", "dotted", "double",
                                          "groove", "ridge",  "outset", "inset" };
    if (v.kind == VAL_MAP && !check_dashes(pen, kind, v))
        return false;
    if (v.kind != VAL_MAP && !is_word(v, styles, COUNT_OF(styles)))
        return pen_refuse(pen, kind);
    buf_str(pen->out, v.kind == VAL_MAP ? STR("dashed") : val_text(v));
    return true;
}

static const struct value_kind kind_stroke_style = {
    STR_INIT("strokeStyle"),
    "a stroke style is \"solid\", \"dashed\" and the like, or { dashArray, lineCap }",
    put_stroke,
};

static bool put_border(struct pen *pen, const struct value_kind *kind, struct val v)
{
    if (!pen_put_part(pen, kind, &kind_dimension, v, "width"))
        return false;
    buf_char(pen->out, ' ');
    if (!pen_put_part(pen, kind, &kind_stroke_style, v, "style"))
        return false;
    buf_char(pen->out, ' ');
    return pen_put_part(pen, kind, &kind_color, v, "color");
}

static const struct value_kind kind_border = {
    STR_INIT("border"),
    "a border is { color, width, style }",
    put_border,
};

/* ---- transition ---- */

static bool put_transition(struct pen *pen, const struct value_kind *kind, struct val v)
{
    if (!pen_put_part(pen, kind, &kind_duration, v, "duration"))
        return false;
    buf_char(pen->out, ' ');
    if (!pen_put_part(pen, kind, &kind_cubic_bezier, v, "timingFunction"))
        return false;
    buf_char(pen->out, ' ');
    return pen_put_part(pen, kind, &kind_duration, v, "delay");
}

static const struct value_kind kind_transition = {
    STR_INIT("transition"),
    "a transition is { duration, delay, timingFunction }",
    put_transition,
};

/* ---- declarations ---- */

static void put_name(struct buf *out, const struct node *node)
{
    if (!node->parent) {
        buf_char(out, '-');
        return;
    }
    put_name(out, node->parent);
    if (str_equal(node->name, STR("$root")))
        return;
    buf_char(out, '-');
    for (size_t i = 0; i < node->name.n; i++) {
        unsigned char c = (unsigned char)node->name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + 32);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if ((c & 0xc0) != 0x80) /* one sign a character, not a byte */
            buf_char(out, plain ? (char)c : '-');
    }
}

static bool put_declaration(struct pen *pen, const char *suffix,
                            const struct value_kind *kind, struct val v)
{
    put_name(pen->out, pen->token);
    buf_str(pen->out, str_of(suffix));
    buf_char(pen->out, ':');
    if (!pen_put(pen, kind, v))
        return false;
    buf_char(pen->out, ';');
    return true;
}

static const struct {
    const char *name;
    const char *suffix;
    const struct value_kind *kind;
} styles[] = {
    { "fontFamily", "-font-family", &kind_font_family },
    { "fontSize", "-font-size", &kind_dimension },
    { "fontWeight", "-font-weight", &kind_font_weight },
    { "letterSpacing", "-letter-spacing", &kind_letter_spacing },
    { "lineHeight", "-line-height", &kind_line_height },
};

static bool put_typography(struct pen *pen, struct val v)
{
    static const struct value_kind kind = {
        STR_INIT("typography"),
        "a typography is { fontFamily, fontSize, fontWeight, letterSpacing, lineHeight }",
        NULL,
    };
    size_t put = 0;
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        struct val part = val_get(v, str_of(styles[i].name));
        pen->part = styles[i].name;
        if (!val_exists(part))
            continue;
        if (!put_declaration(pen, styles[i].suffix, styles[i].kind, part))
            return false;
        put++;
    }
    pen->part = NULL;
    return put || pen_refuse(pen, &kind);
}

static const struct value_kind *find_kind(str type)
{
    static const struct value_kind *const kinds[] = {
        &kind_color,    &kind_dimension,  &kind_font_family,  &kind_font_weight,
        &kind_duration, &kind_number,     &kind_cubic_bezier, &kind_stroke_style,
        &kind_border,   &kind_transition, &kind_shadow,       &kind_gradient,
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_equal(type, kinds[i]->type))
            return kinds[i];
    return NULL;
}

bool put_token(struct tree *t, const struct node *token, struct buf *out)
{
    struct pen pen = { .tree = t, .token = token, .out = out };
    str type;
    struct val v;
    if (!token_resolve(t, token, &type, &v))
        return false;
    if (str_equal(type, STR("typography")))
        return put_typography(&pen, v);
    const struct value_kind *kind = find_kind(type);
    if (!kind)
        return node_fail(t, token, "theme.token", "there is no $type \"%.*s\"",
                         STR_ARG(shown(type)));
    return put_declaration(&pen, "", kind, v);
}
