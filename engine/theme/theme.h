/*
 * theme: how a tenant looks. Design tokens, laid over those of the parents, as one style
 * sheet.
 *
 * Knows the DTCG format and CSS custom properties; nothing of storage, pages or
 * components. A theme is { "sets": { "base": …, "light": …, "dark": … } }, each set a
 * DTCG 2025.10 document: "base" holds what does not depend on the scheme. Nothing a theme
 * says leaves its declaration. Errors have a pointer into the theme: theme.token,
 * theme.alias, theme.circle, theme.limit.
 */
#pragma once
#include "doc/doc.h"
#include "store/store.h"

/* Appends the style sheet of the themes laid over each other, the root tenant's first:
 *
 *   :root{color-scheme:light;…}
 *   @media (prefers-color-scheme:dark){:root:not([data-scheme=light]){…}}
 *   :root[data-scheme=dark]{color-scheme:dark;…}
 *
 * The dark rules are left out when no theme has a dark set. Nothing is appended on an
 * error. */
bool theme_css(const struct val *themes, size_t n, struct arena *arena, struct buf *out,
               struct err *err) MUST_CHECK;

/* Compiles the theme over nothing, and looks at those pairs of text and ground of which
 * it says both: below WCAG AA it is theme.contrast, `where` being "light, text/bg". */
bool theme_check(struct val theme, struct arena *arena, struct err *err) MUST_CHECK;

/* ---- tokens said one by one ---- */

/*
 * What layers say: { "light": { "color.brand": VALUE } }. As a theme to lay over
 * `themes`, where each has the type it has there; what is unknown there is left out.
 */
void theme_said(const struct val *themes, size_t n, struct val said, struct arena *arena,
                struct val *ret);
/* What stands at `path` of the set with those below it: its type and its value as CSS.
 * Errors: theme.unknown (no such token), theme.token, theme.alias, theme.circle. */
bool theme_token(const struct val *themes, size_t n, str set, str path,
                 struct arena *arena, str *ret_type, str *ret_css,
                 struct err *err) MUST_CHECK;
/* A token that a set has itself. */
struct theme_entry {
    str name;
    str type;
    struct val value; /* its $value as written */
    str css;          /* empty: it does not compile */
};

enum { THEME_SETS = 3 };
extern const str theme_set_names[THEME_SETS]; /* base, light, dark */
size_t theme_entries(const struct val *themes, size_t n, str set, struct arena *arena,
                     struct theme_entry **ret);

/* The theme itself has the token, as it is written. */
bool theme_says(struct val theme, str set, str path);

/* ---- contrast ---- */

struct theme_contrast {
    const char *scheme; /* light, dark */
    const char *text;   /* of the colors: "text-2" … */
    const char *ground; /* … on "surface" */
    double is;          /* 1 – 21 */
    double needs;       /* WCAG 2.2 AA: 4.5 for text, 3 for what is drawn */
};

/* The pairs that the themes say both of, in both schemes; in `arena`. */
size_t theme_contrasts(const struct val *themes, size_t n, struct arena *arena,
                       struct theme_contrast **ret);

/* The color token at `path` ("color.header-from") in the light scheme as #rrggbb, in
 * `arena`; empty when the themes say none. */
str theme_color(const struct val *themes, size_t n, str path, struct arena *arena);

/* Declares the collection themes are kept in. */
bool theme_setup(struct store *store, struct err *err) MUST_CHECK;
