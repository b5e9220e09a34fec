/* Values that are colours, or made of them: shadows, gradients. */
#include "inside.h"

#include <math.h>

/* ---- color ---- */

static bool read_components(struct pen *pen, struct val list, struct color *c)
{
    if (list.kind != VAL_LIST || list.n != 3)
        return pen_refuse(pen, &kind_color);
    for (int i = 0; i < 3; i++) {
        struct val v = val_at(list, (size_t)i);
        if (!pen_follow(pen, &kind_number, FOLLOW_ALL, &v))
            return false;
        c->none[i] = val_is(v, "none");
        c->c[i] = c->none[i] ? 0 : val_as_num(v, NAN);
        if (!color_component_fits(c->space, i, c->c[i]))
            return pen_refuse(pen, &kind_color);
    }
    return true;
}

static bool read_alpha(struct pen *pen, struct val v, struct color *c)
{
    if (!pen_follow(pen, &kind_number, FOLLOW_ALL, &v))
        return false;
    c->alpha = val_exists(v) ? val_as_num(v, NAN) : 1;
    return (c->alpha >= 0 && c->alpha <= 1) || pen_refuse(pen, &kind_color);
}

static bool read_fallback(struct pen *pen, struct val v, struct color *c)
{
    struct color hex;
    if (!pen_follow_any(pen, &v))
        return false;
    if (!val_exists(v))
        return true;
    if (!color_from_hex(val_text(v), &hex))
        return pen_refuse(pen, &kind_color);
    c->has_fallback = true;
    memcpy(c->fallback, hex.c, sizeof c->fallback);
    return true;
}

bool pen_color(struct pen *pen, struct val v, struct color *ret)
{
    struct val space = val_get(v, STR("colorSpace"));
    struct val components = val_get(v, STR("components"));
    *ret = (struct color){ .alpha = 1 };
    if (v.kind == VAL_STR)
        return color_from_hex(val_text(v), ret) || pen_refuse(pen, &kind_color);
    if (!val_exists(components)) /* as a draft called them */
        components = val_get(v, STR("channels"));
    if (!pen_follow_any(pen, &space) || !pen_follow_any(pen, &components))
        return false;
    if (!color_space_find(val_text(space), &ret->space))
        return pen_refuse(pen, &kind_color);
    return read_components(pen, components, ret) &&          //
           read_alpha(pen, val_get(v, STR("alpha")), ret) && //
           read_fallback(pen, val_get(v, STR("hex")), ret);
}

static bool put_color(struct pen *pen, const struct value_kind *kind, struct val v)
{
    struct color c;
    (void)kind;
    if (!pen_color(pen, v, &c))
        return false;
    color_put(pen->out, &c);
    return true;
}

const struct value_kind kind_color = {
    STR_INIT("color"),
    "a color is { \"colorSpace\": \"srgb\", \"components\": [0, 0.5, 1] } or "
    "\"#0080ff\", in the "
    "range of its space",
    put_color,
};

/* ---- shadow ---- */

static bool put_inset(struct pen *pen, struct val v)
{
    if (!pen_follow_any(pen, &v))
        return false;
    if (val_exists(v) && v.kind != VAL_BOOL)
        return pen_refuse(pen, &kind_shadow);
    if (val_as_bool(v, false))
        buf_str(pen->out, STR("inset "));
    return true;
}

static bool put_one_shadow(struct pen *pen, struct val v)
{
    static const char *const lengths[] = { "offsetX", "offsetY", "blur", "spread" };
    pen->part = NULL;
    if (v.kind != VAL_MAP)
        return pen_refuse(pen, &kind_shadow);
    if (!put_inset(pen, val_get(v, STR("inset"))))
        return false;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        if (!pen_put_part(pen, &kind_shadow, &kind_dimension, v, lengths[i]))
            return false;
        buf_char(pen->out, ' ');
    }
    return pen_put_part(pen, &kind_shadow, &kind_color, v, "color");
}

/* The items of a list with commas between, each put by `put`. */
static bool put_list(struct pen *pen, const struct value_kind *kind, struct val list,
                     bool (*put)(struct pen *, struct val))
{
    if (list.kind != VAL_LIST || !list.n)
        return pen_refuse(pen, kind);
    for (size_t i = 0; i < list.n; i++) {
        struct val v = val_at(list, i);
        if (i)
            buf_char(pen->out, ',');
        if (!pen_follow(pen, kind, FOLLOW_ONE, &v) || !put(pen, v))
            return false;
    }
    return true;
}

static bool put_shadow(struct pen *pen, const struct value_kind *kind, struct val v)
{
    return v.kind == VAL_MAP ? put_one_shadow(pen, v)
                             : put_list(pen, kind, v, put_one_shadow);
}

const struct value_kind kind_shadow = {
    STR_INIT("shadow"),
    "a shadow is { color, offsetX, offsetY, blur, spread } or a list of such",
    put_shadow,
};

/* ---- gradient ---- */

static bool put_stop(struct pen *pen, struct val v)
{
    struct val position = val_get(v, STR("position"));
    pen->part = NULL;
    if (!pen_put_part(pen, &kind_gradient, &kind_color, v, "color"))
        return false;
    pen->part = "position";
    if (!pen_follow(pen, &kind_number, FOLLOW_ALL, &position))
        return false;
    if (!val_is_number(position))
        return pen_refuse(pen, &kind_gradient);
    buf_char(pen->out, ' ');
    put_decimal(pen->out, fmax(0, fmin(val_as_num(position, 0), 1)) * 100);
    buf_char(pen->out, '%');
    return true;
}

/* CSS wants two stops; one is a plain colour. */
static bool put_gradient(struct pen *pen, const struct value_kind *kind, struct val v)
{
    buf_str(pen->out, STR("linear-gradient(90deg,"));
    if (!put_list(pen, kind, v, put_stop))
        return false;
    if (v.n == 1) {
        buf_char(pen->out, ',');
        if (!put_list(pen, kind, v, put_stop))
            return false;
    }
    buf_char(pen->out, ')');
    return true;
}

const struct value_kind kind_gradient = {
    STR_INIT("gradient"),
    "a gradient is a list of { color, position }, the position from 0 to 1",
    put_gradient,
};

bool tree_color(struct tree *t, str path, struct color *ret)
{
    str reference = arena_format(t->arena, "{%.*s}", STR_ARG(path));
    struct pen pen = { .tree = t };
    struct place place = { 0 };
    struct val v;
    str type;
    if (!tree_find(t, t->root, reference, &place) || place.node->kind != NODE_TOKEN)
        return false;
    pen.token = place.node;
    return token_resolve(t, place.node, &type, &v) && str_equal(type, kind_color.type)
           && pen_color(&pen, v, ret);
}
