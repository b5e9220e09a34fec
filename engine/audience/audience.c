#include "inside.h"

extern const unsigned char audience_collections_json[];
extern const size_t audience_collections_json_size;

bool audience_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store,
        (str){ (const char *)audience_collections_json, audience_collections_json_size },
        err);
}

bool audience_is_possible(const struct audience *audience)
{
    return audience->possible;
}

/* ---- one person ---- */

bool texts_hold(const struct node *leaf, str text)
{
    size_t lo = 0;
    size_t hi = leaf->n;
    while (lo < hi) {
        size_t at = lo + (hi - lo) / 2;
        int order = str_compare(text, leaf->texts[at]);
        if (order == 0)
            return true;
        if (order < 0)
            hi = at;
        else
            lo = at + 1;
    }
    return false;
}

bool ranges_hold(const struct node *leaf, uint32_t number)
{
    for (size_t i = 0; i < leaf->n; i++) {
        if (leaf->ranges[i].from <= number && number <= leaf->ranges[i].to)
            return true;
    }
    return false;
}

static bool unit_holds(const struct node *leaf, const struct tenant_path *path)
{
    if (leaf->attribute == ATTRIBUTE_TENANT)
        return texts_hold(leaf, tenant_of(path)->id);
    for (size_t i = 0; i < path->n; i++) {
        if (texts_hold(leaf, path->items[i].id))
            return true;
    }
    return false;
}

static bool text_holds(const struct node *leaf, struct val person)
{
    str text;
    struct val v = attribute_of(leaf->attribute, person);
    for (size_t i = 0; attribute_text(leaf->attribute, v, i, &text); i++) {
        if (text.n && texts_hold(leaf, text))
            return true;
    }
    return false;
}

static bool number_holds(const struct node *leaf, struct val person)
{
    uint32_t number;
    struct val v = attribute_of(leaf->attribute, person);
    return attribute_number(leaf->attribute, v, &number) && ranges_hold(leaf, number);
}

static bool leaf_admits(const struct node *leaf, struct val person,
                        const struct tenant_path *path)
{
    switch (attributes[leaf->attribute].type) {
    case TYPE_UNIT:
        return unit_holds(leaf, path);
    case TYPE_TEXT:
    case TYPE_TEXTS:
        return text_holds(leaf, person);
    case TYPE_NUMBER:
        return number_holds(leaf, person);
    }
    return false;
}

static bool node_admits(const struct node *node, struct val person,
                        const struct tenant_path *path)
{
    if (node->kind == NODE_LEAF)
        return leaf_admits(node, person, path);
    if (node->kind == NODE_NOT)
        return !node_admits(node->kids, person, path);
    bool any = node->kind == NODE_ANY;
    for (size_t i = 0; i < node->n; i++) {
        if (node_admits(&node->kids[i], person, path) == any)
            return any;
    }
    return !any;
}

bool audience_admits(const struct audience *audience, struct val person,
                     const struct tenant_path *path)
{
    return node_admits(&audience->root, person, path);
}
