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

/* WCAG 2.2, 1.4.3: text of any size; 1.4.11: what is drawn, as the mark of the focus. */
#define CONTRAST_TEXT  4.5
#define CONTRAST_DRAWN 3.0

static const struct {
    const char *text, *ground;
    double needs;
} pairs[] = {
    { "text", "bg", CONTRAST_TEXT },
    { "text", "surface", CONTRAST_TEXT },
    { "text-2", "surface", CONTRAST_TEXT },
    { "text-3", "surface", CONTRAST_TEXT },
    { "on-brand", "brand", CONTRAST_TEXT },
    { "brand", "surface", CONTRAST_TEXT },
    { "ok", "ok-soft", CONTRAST_TEXT },
    { "warn", "warn-soft", CONTRAST_TEXT },
    { "bad", "bad-soft", CONTRAST_TEXT },
    { "on-header", "header-from", CONTRAST_TEXT },
    { "on-header", "header-to", CONTRAST_TEXT },
    { "brand", "bg", CONTRAST_DRAWN },
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

/* What is not said, or cannot be read, is not compared. */
static size_t contrasts_of(const struct token_set *set, const struct token_set *base,
                           const char *scheme, struct arena *arena,
                           struct theme_contrast *ret)
{
    struct err ignored;
    struct tree t = { .arena = arena, .err = &ignored };
    double text[3], ground[3];
    size_t n = 0;
    if (!tree_build(&t, set, base))
        return 0;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (read_pair(&t, i, text, ground))
            ret[n++] =
                (struct theme_contrast){ scheme, pairs[i].text, pairs[i].ground,
                                         color_contrast(text, ground), pairs[i].needs };
    }
    return n;
}

size_t theme_contrasts(const struct val *themes, size_t n, struct arena *arena,
                       struct theme_contrast **ret)
{
    struct sheet s = open_sheet(themes, n, arena);
    *ret = ARENA_ARRAY(arena, struct theme_contrast, 2 * COUNT_OF(pairs));
    size_t found = contrasts_of(&s.light, &s.base, "light", arena, *ret);
    if (s.dark.n)
        found += contrasts_of(&s.dark, &s.under_dark, "dark", arena, *ret + found);
    return found;
}

static bool check_contrasts(struct val theme, struct arena *arena, struct err *err)
{
    struct theme_contrast *found;
    size_t n = theme_contrasts(&theme, 1, arena, &found);
    for (size_t i = 0; i < n; i++) {
        const struct theme_contrast *c = &found[i];
        if (c->is < c->needs)
            return err_at(
                err, ERR_INPUT, "theme.contrast",
                arena_format(arena, "%s, %s/%s", c->scheme, c->text, c->ground),
                "%s on %s has a contrast of %.2f, and needs %.1f to be readable", c->text,
                c->ground, floor(c->is * 100) / 100, c->needs);
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
    return good && check_contrasts(theme, arena, err);
}

/* ---- tokens said one by one ---- */

const str theme_set_names[THEME_SETS] = { STR_INIT("base"), STR_INIT("light"),
                                          STR_INIT("dark") };

/* The tree of a set with what lies below it: light on base, dark on both. */
static bool open_tree(const struct val *themes, size_t n, str set, struct tree *ret)
{
    struct sheet s = open_sheet(themes, n, ret->arena);
    if (str_equal(set, STR("base")))
        return tree_build(ret, &s.base, NULL);
    if (str_equal(set, STR("light")))
        return tree_build(ret, &s.light, &s.base);
    return tree_build(ret, &s.dark, &s.under_dark);
}

/* NULL: there is no such token. */
static const struct node *node_at(const struct tree *t, str path)
{
    const struct node *node = t->root;
    str rest = path;
    while (node && rest.p) {
        str name = str_cut(rest, '.', &rest);
        node = node->kind == NODE_GROUP ? node_child(t, node, name) : NULL;
    }
    return node && node->kind != NODE_GROUP ? node : NULL;
}

static str css_of(struct tree *t, const struct node *token)
{
    enum { MAX_CSS = 64 << 10 };
    struct buf out;
    buf_init(&out, MAX_CSS);
    bool good = put_token(t, token, &out);
    str css = good ? arena_str(t->arena, buf_view(&out)) : STR("");
    buf_done(&out);
    return css;
}

bool theme_token(const struct val *themes, size_t n, str set, str path,
                 struct arena *arena, str *ret_type, str *ret_css, struct err *err)
{
    struct tree t = { .arena = arena, .err = err };
    struct val value;
    if (!open_tree(themes, n, set, &t))
        return false;
    const struct node *node = node_at(&t, path);
    if (!node)
        return err_set(err, ERR_INPUT, "theme.unknown",
                       "there is no token %.*s in %.*s or below it", STR_ARG(shown(path)),
                       STR_ARG(set));
    if (!token_resolve(&t, node, ret_type, &value))
        return false;
    *ret_css = css_of(&t, node);
    return ret_css->n > 0;
}

static struct val said_at(struct arena *a, struct val group, str path, struct val token)
{
    str rest;
    str name = str_cut(path, '.', &rest);
    if (!rest.p)
        return val_with(a, group, name, token);
    struct val inner = val_get(group, name);
    inner = said_at(a, inner.kind == VAL_MAP ? inner : val_map(NULL, 0), rest, token);
    return val_with(a, group, name, inner);
}

static struct val said_set(const struct val *themes, size_t n, str set, struct val said,
                           struct arena *a)
{
    struct err ignored;
    struct tree t = { .arena = a, .err = &ignored };
    struct val document = val_map(NULL, 0);
    if (!open_tree(themes, n, set, &t))
        return document;
    for (size_t i = 0; i < val_count(said); i++) {
        str path;
        str type;
        struct val value = val_member(said, i, &path);
        struct val now;
        const struct node *node = node_at(&t, path);
        if (!node || !token_resolve(&t, node, &type, &now))
            continue;
        struct val token = val_with(a, val_map(NULL, 0), STR("$type"), val_str(type));
        document = said_at(a, document, path, val_with(a, token, STR("$value"), value));
    }
    return document;
}

void theme_said(const struct val *themes, size_t n, struct val said, struct arena *arena,
                struct val *ret)
{
    struct val sets = val_map(NULL, 0);
    for (size_t i = 0; i < THEME_SETS; i++) {
        struct val own = val_get(said, theme_set_names[i]);
        if (val_count(own))
            sets = val_with(arena, sets, theme_set_names[i],
                            said_set(themes, n, theme_set_names[i], own, arena));
    }
    *ret = val_with(arena, val_map(NULL, 0), STR("sets"), sets);
}

bool theme_says(struct val theme, str set, str path)
{
    struct val at = val_get(val_get(theme, STR("sets")), set);
    str rest = path;
    while (rest.p && val_exists(at))
        at = val_get(at, str_cut(rest, '.', &rest));
    return val_exists(val_get(at, STR("$value"))) || val_exists(val_get(at, STR("$ref")));
}

struct listing {
    struct tree *tree;
    struct theme_entry *items;
    size_t n;
};

static void list_group(struct listing *l, const struct node *group, str above)
{
    struct arena *a = l->tree->arena;
    for (const struct node *node = group->first; node; node = node->next) {
        str name = arena_format(a, "%.*s%s%.*s", STR_ARG(above), above.n ? "." : "",
                                STR_ARG(node->name));
        struct val value;
        if (node->kind == NODE_GROUP) {
            list_group(l, node, name);
            continue;
        }
        if (!node->own) /* it stands in a set below */
            continue;
        struct theme_entry *e = &l->items[l->n++];
        *e = (struct theme_entry){ .name = name, .value = token_value(node) };
        if (token_resolve(l->tree, node, &e->type, &value))
            e->css = css_of(l->tree, node);
    }
}

size_t theme_entries(const struct val *themes, size_t n, str set, struct arena *arena,
                     struct theme_entry **ret)
{
    struct err ignored;
    struct tree t = { .arena = arena, .err = &ignored };
    if (!open_tree(themes, n, set, &t))
        return 0;
    struct listing l = { .tree = &t };
    l.items = ARENA_ARRAY(arena, struct theme_entry, t.nodes);
    list_group(&l, t.root, STR(""));
    *ret = l.items;
    return l.n;
}
