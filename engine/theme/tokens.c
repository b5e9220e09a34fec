/* Sets of tokens: the tree walked in document order, and one token of it looked up. */
#include "inside.h"

/* What base says is said already, unless it leads to what the set says otherwise. */
static bool put_if_new(struct tree *t, const struct node *token, struct buf *out)
{
    size_t before = out->n;
    t->meets_own = token->own;
    if (!put_token(t, token, out))
        return false;
    if (!t->meets_own)
        out->n = before;
    return true;
}

static bool put_group(struct tree *t, const struct node *group, struct buf *out)
{
    for (const struct node *node = group->first; node; node = node->next) {
        bool good =
            node->kind == NODE_GROUP ? put_group(t, node, out) : put_if_new(t, node, out);
        if (!good)
            return false;
    }
    return true;
}

bool tokens_css(const struct token_set *set, const struct token_set *base,
                struct arena *arena, struct buf *out, struct err *err)
{
    struct tree t = { .arena = arena, .err = err };
    size_t before = out->n;
    bool good = tree_build(&t, set, base) && put_group(&t, t.root, out);
    if (good && out->full)
        good = err_set(err, ERR_LIMIT, "theme.limit",
                       "the style sheet may have %zu bytes", out->max);
    if (!good)
        out->n = before;
    return good;
}

bool tokens_color(const struct token_set *set, const struct token_set *base, str path,
                  struct arena *arena, double ret_rgb[3])
{
    struct err err;
    struct tree t = { .arena = arena, .err = &err };
    struct color c;
    if (!tree_build(&t, set, base) || !tree_color(&t, path, &c))
        return false;
    color_in_srgb(&c, ret_rgb);
    return true;
}
