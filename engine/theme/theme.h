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

/* The color token at `path` ("color.header-from") in the light scheme as #rrggbb, in
 * `arena`; empty when the themes say none. */
str theme_color(const struct val *themes, size_t n, str path, struct arena *arena);

/* Declares the collection themes are kept in. */
bool theme_setup(struct store *store, struct err *err) MUST_CHECK;
