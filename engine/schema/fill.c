/* Defaults, put where nothing is. */
#include "check.h"

/* A schema that refers to itself could be walked, or could grow, for ever: the walk has a
 * depth and a number of steps, and inside a default no default is used twice. */
enum { FILL_MAX_STEPS = 100000, FILL_MAX_DEPTH = 400, DEFAULT_MAX_WAYS = 16 };

struct filler {
    struct arena *arena;
    unsigned steps, depth;
};

/* The schemas whose defaults we are in. */
struct trail {
    const struct trail *up;
    const struct node *node;
};

static struct val fill(struct filler *filler, const struct node *node, struct val v,
                       const struct trail *trail);

static bool is_same(struct val a, struct val b)
{
    return a.kind == b.kind && a.n == b.n && a.bytes == b.bytes;
}

/* The default of a schema, its own or that of one it refers to. */
static struct val default_of(struct filler *filler, const struct node *node, int ways)
{
    struct val v = val_get(node->schema, STR("default"));
    filler->steps -= filler->steps > 0;
    for (size_t i = 0; i < node->n && !val_exists(v) && ways && filler->steps; i++) {
        const struct rule *r = &node->rules[i];
        if (r->keyword->meets == schema_meets_ref)
            v = default_of(filler, r->child->node, ways - 1);
        bool all = r->keyword->meets == schema_meets_all_of;
        for (size_t k = 0; all && k < r->children.n && !val_exists(v); k++)
            v = default_of(filler, r->children.list[k].node, ways - 1);
    }
    return v;
}

static struct val fill_absent(struct filler *filler, const struct node *node,
                              const struct trail *trail)
{
    struct val v = default_of(filler, node, DEFAULT_MAX_WAYS);
    for (const struct trail *t = trail; t; t = t->up) {
        if (t->node == node)
            return VAL_ABSENT;
    }
    struct trail here = { trail, node };
    return val_exists(v) ? fill(filler, node, v, &here) : v;
}

static struct val fill_members(struct filler *filler, const struct members *members,
                               struct val v, const struct trail *trail)
{
    const struct children *named = schema_members_named(members);
    struct member *list = ARENA_ARRAY(filler->arena, struct member, v.n + named->n);
    size_t n = 0;
    bool changed = false;
    for (; n < v.n; n++) {
        struct val old = val_member(v, n, &list[n].name);
        const struct child *child = schema_members_child(members, list[n].name);
        list[n].value = child ? fill(filler, child->node, old, trail) : old;
        changed |= !is_same(old, list[n].value);
    }
    for (size_t i = 0; i < named->n; i++) {
        const struct child *child = &named->list[i];
        if (val_exists(val_get(v, child->token)))
            continue;
        struct val value = fill_absent(filler, child->node, trail);
        if (val_exists(value))
            list[n++] = (struct member){ child->token, value };
    }
    return changed || n > v.n ? val_map(list, n) : v;
}

/* Items `from` to `to`; the child of item i is list[i × stride]. */
struct span {
    const struct child *list;
    size_t stride, from, to;
};

static struct val fill_items(struct filler *filler, struct span span, struct val v,
                             const struct trail *trail)
{
    struct val *items = ARENA_ARRAY(filler->arena, struct val, v.n);
    bool changed = false;
    for (size_t i = 0; i < v.n; i++) {
        items[i] = val_at(v, i);
        if (i < span.from || i >= span.to)
            continue;
        const struct node *node = span.list[i * span.stride].node;
        struct val filled = fill(filler, node, items[i], trail);
        changed |= !is_same(items[i], filled);
        items[i] = filled;
    }
    return changed ? val_list(items, v.n) : v;
}

static struct val fill_all(struct filler *filler, struct children children, struct val v,
                           const struct trail *trail)
{
    for (size_t i = 0; i < children.n; i++)
        v = fill(filler, children.list[i].node, v, trail);
    return v;
}

static struct val fill_by(struct filler *filler, const struct rule *r, struct val v,
                          const struct trail *trail)
{
    meet_fn *meets = r->keyword->meets;
    if (meets == schema_meets_ref)
        return fill(filler, r->child->node, v, trail);
    if (meets == schema_meets_all_of)
        return fill_all(filler, r->children, v, trail);
    if (meets == schema_meets_members && v.kind == VAL_MAP)
        return fill_members(filler, r->members, v, trail);
    if (meets == schema_meets_prefix_items && v.kind == VAL_LIST)
        return fill_items(filler, (struct span){ r->children.list, 1, 0, r->children.n },
                          v, trail);
    if (meets == schema_meets_items && v.kind == VAL_LIST) {
        struct span span = { .to = SIZE_MAX };
        span.list = schema_items_child(r->items, &span.from);
        return fill_items(filler, span, v, trail);
    }
    return v;
}

static struct val fill(struct filler *filler, const struct node *node, struct val v,
                       const struct trail *trail)
{
    if (!filler->steps || filler->depth == FILL_MAX_DEPTH)
        return v;
    filler->steps--;
    filler->depth++;
    for (size_t i = 0; i < node->n; i++)
        v = fill_by(filler, &node->rules[i], v, trail);
    filler->depth--;
    return v;
}

struct val schema_fill_value(struct arena *a, const struct node *node, struct val v)
{
    struct filler filler = { a, FILL_MAX_STEPS, 0 };
    return fill(&filler, node, v, NULL);
}
