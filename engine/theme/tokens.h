/*
 * Design tokens: DTCG 2025.10 documents to CSS custom properties. Private to theme.
 *
 * A theme is a few *sets*, each a DTCG document: "base" (what does not depend on the
 * scheme), "light" and "dark". A tenant's theme is laid over its parent's: sets of the
 * same name are merged token by token, the lower document last.
 */
#pragma once
#include "doc/doc.h"

enum {
    TOKENS_MAX =
        4000, /* tokens and groups of a set and its base, with what they extend */
    TOKENS_MAX_DEPTH = 16, /* groups in groups */
};

/* One set: documents of the same name, the one that counts most last. */
struct token_set {
    const struct val *documents;
    size_t n;
};

/* Resolves every alias and group of the merged documents and appends one declaration a
 * token:
 *   --color-brand:#0a59c2;--space-4:16px;
 *
 * The name is the token's path joined with "-", in lower case, every other character "-";
 * a token $root has the name of its group.
 *
 * `base` (may be NULL) is where aliases may also lead. Of its tokens only those are
 * written again that lead to one the set says otherwise.
 *
 * Composite tokens give one property where CSS has one (shadow, transition, border,
 * cubic-bezier, gradient, stroke style) and one a part where it does not (typography:
 * -font-family, -font-size …). Beyond the format, what older files use is read:
 * "#rrggbb", "16px", "200ms", a list of fonts in one text.
 *
 * Errors, `where` a pointer to the token, and nothing appended: theme.token (no $value
 * where one is needed, an unknown $type, a value that does not fit its type), theme.alias
 * (leads nowhere), theme.circle, theme.limit (too many, too deep, a full buffer). */
bool tokens_css(const struct token_set *set, const struct token_set *base,
                struct arena *arena, struct buf *out, struct err *err) MUST_CHECK;

/* The sRGB value of a resolved color token at `path` ("color.brand"), each 0 – 1; false
 * when there is none. For contrast checks and the browser's theme colour. */
bool tokens_color(const struct token_set *set, const struct token_set *base, str path,
                  struct arena *arena, double ret_rgb[3]);
