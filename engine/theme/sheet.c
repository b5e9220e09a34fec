/* Themes laid over each other as one style sheet, and what of a theme can be read. */
#include "theme/theme.h"

#include "inside.h"

#include <math.h>

/* The sets of all themes. Where the dark scheme says nothing, the light one shows
 * through, as the cascade does it: so dark stands on base and light. */
struct sheet {
    struct token_set base, light, dark;
    struct token_set under_dark;
};

static struct token_set collect(const struct val *themes, size_t n, const char *name,
                                struct arena *arena)
{
    struct val *documents = ARENA_ARRAY(arena, struct val, n + 1);
    size_t said = 0;
    for (size_t i = 0; i < n; i++) {
        documents[said] = val_get(val_get(themes[i], STR("sets")), str_of(name));
        said += val_exists(documents[said]);
    }
    return (struct token_set){ documents, said };
}

static struct token_set joined(struct arena *arena, const struct token_set *a,
                               const struct token_set *b)
{
    struct val *documents = ARENA_ARRAY(arena, struct val, a->n + b->n + 1);
    for (size_t i = 0; i < a->n + b->n; i++)
        documents[i] = i < a->n ? a->documents[i] : b->documents[i - a->n];
    return (struct token_set){ documents, a->n + b->n };
}

static struct sheet open_sheet(const struct val *themes, size_t n, struct arena *arena)
{
    struct sheet s;
    s.base = collect(themes, n, "base", arena);
    s.light = collect(themes, n, "light", arena);
    s.dark = collect(themes, n, "dark", arena);
    s.under_dark = joined(arena, &s.base, &s.light);
    return s;
}

static bool put_set(const struct token_set *set, const struct token_set *base,
                    const char *name, struct arena *arena, struct buf *out,
                    struct err *err)
{
    return tokens_css(set, base, arena, out, err) || err_in(err, "/sets/%s", name);
}

/* The dark declarations stand twice: for systems that are dark, and for people who want
 * it. */
static bool put_dark(const struct sheet *s, struct arena *arena, struct buf *out,
                     struct err *err)
{
    if (!s->dark.n)
        return true;
    buf_str(out,
            STR("@media (prefers-color-scheme:dark){:root:not([data-scheme=light])"));
    size_t from = out->n;
    buf_str(out, STR("{color-scheme:dark;"));
    if (!put_set(&s->dark, &s->under_dark, "dark", arena, out, err))
        return false;
    buf_char(out, '}');
    str rule = arena_str(arena, (str){ out->p + from, out->n - from });
    buf_str(out, STR("}:root[data-scheme=dark]"));
    buf_str(out, rule);
    return true;
}

static bool put_sheet(const struct sheet *s, struct arena *arena, struct buf *out,
                      struct err *err)
{
    buf_str(out, STR(":root{color-scheme:light;"));
    if (!put_set(&s->base, NULL, "base", arena, out, err)
        || !put_set(&s->light, &s->base, "light", arena, out, err))
        return false;
    buf_char(out, '}');
    if (!put_dark(s, arena, out, err))
        return false;
    return !out->full
           || err_set(err, ERR_LIMIT, "theme.limit", "the style sheet may have %zu bytes",
                      out->max);
}

bool theme_css(const struct val *themes, size_t n, struct arena *arena, struct buf *out,
               struct err *err)
{
    struct sheet s = open_sheet(themes, n, arena);
    size_t before = out->n;
    bool good = put_sheet(&s, arena, out, err);
    if (!good)
        out->n = before;
    return good;
}

str theme_color(const struct val *themes, size_t n, str path, struct arena *arena)
{
    struct sheet s = open_sheet(themes, n, arena);
    unsigned c[3];
    double rgb[3];
    if (!tokens_color(&s.light, &s.base, path, arena, rgb))
        return (str){ NULL, 0 };
    for (int i = 0; i < 3; i++)
        c[i] = (unsigned)lround(rgb[i] * 255);
    return arena_format(arena, "#%02x%02x%02x", c[0], c[1], c[2]);
}

/* ---- contrast ---- */

/* WCAG 2.2, 1.4.3: text of any size. */
#define CONTRAST_AA 4.5

static const struct {
    const char *text, *ground;
} pairs[] = {
    { "text", "bg" },        { "text", "surface" },   { "text-2", "surface" },
    { "text-3", "surface" }, { "on-brand", "brand" }, { "brand", "surface" },
    { "ok", "ok-soft" },     { "warn", "warn-soft" }, { "bad", "bad-soft" },
};

/* Both colours as they are seen, the text over the ground; false when one is not said. */
static bool read_pair(struct tree *t, size_t pair, double ret_text[3],
                      double ret_ground[3])
{
    struct color text, ground;
    str text_path = arena_format(t->arena, "color.%s", pairs[pair].text);
    str ground_path = arena_format(t->arena, "color.%s", pairs[pair].ground);
    if (!tree_color(t, text_path, &text) || !tree_color(t, ground_path, &ground))
        return false;
    color_in_srgb(&text, ret_text);
    color_in_srgb(&ground, ret_ground);
    for (int i = 0; i < 3; i++)
        ret_text[i] = ret_text[i] * text.alpha + ret_ground[i] * (1 - text.alpha);
    return true;
}

static bool check_scheme(const struct token_set *set, const struct token_set *base,
                         const char *scheme, struct arena *arena, struct err *err)
{
    struct err ignored;
    struct tree t = { .arena = arena, .err = err };
    double text[3], ground[3];
    if (!tree_build(&t, set, base))
        return false;
    t.err = &ignored; /* what is not said is not compared */
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (!read_pair(&t, i, text, ground))
            continue;
        double contrast = color_contrast(text, ground);
        if (contrast >= CONTRAST_AA)
            continue;
        str where =
            arena_format(arena, "%s, %s/%s", scheme, pairs[i].text, pairs[i].ground);
        return err_at(err, ERR_INPUT, "theme.contrast", where,
                      "%s on %s has a contrast of %.2f, and needs %.1f to be readable",
                      pairs[i].text, pairs[i].ground, floor(contrast * 100) / 100,
                      CONTRAST_AA);
    }
    return true;
}

bool theme_check(struct val theme, struct arena *arena, struct err *err)
{
    enum { MAX_SHEET = 8 << 20 };
    struct sheet s = open_sheet(&theme, 1, arena);
    struct buf out;
    buf_init(&out, MAX_SHEET);
    bool good = put_sheet(&s, arena, &out, err);
    buf_done(&out);
    return good && //
           check_scheme(&s.light, &s.base, "light", arena, err)
           && (!s.dark.n || check_scheme(&s.dark, &s.under_dark, "dark", arena, err));
}
