/*
 * $extends: a group has what another group has, unless it says otherwise. Groups are
 * settled one after the other; one that is asked for while it is being settled is part of
 * a circle.
 */
#include "inside.h"

enum { MAX_WAITING = 32 };

static bool settle(struct tree *t, const struct node *from, struct node *node);

bool tree_extend(struct tree *t)
{
    return settle(t, t->root, t->root);
}

/* ---- copying what is inherited ---- */

static bool inherit(struct tree *t, struct node *into, const struct node *group,
                    bool own);

static bool copy(struct tree *t, struct node *into, const struct node *child, bool own)
{
    struct node *node;
    if (!node_add(t, into, child->name, &node))
        return false;
    node->kind = child->kind;
    node->state = NODE_SETTLED;
    node->raw = child->raw;
    node->type = child->type;
    node->own = own || child->own;
    if (child->kind == NODE_GROUP)
        return inherit(t, node, child, own);
    node->origin = child->origin ? child->origin : child;
    return true;
}

static bool inherit(struct tree *t, struct node *into, const struct node *group, bool own)
{
    for (const struct node *child = group->first; child; child = child->next) {
        struct node *mine = node_child(t, into, child->name);
        bool both = mine && mine->kind == NODE_GROUP && child->kind == NODE_GROUP;
        if (both && !inherit(t, mine, child, own))
            return false;
        if (!mine && !copy(t, into, child, own))
            return false;
    }
    return true;
}

/* ---- settling ---- */

static bool circle(struct tree *t, const struct node *node)
{
    return node_fail(t, node, "theme.circle",
                     "the group extends itself, directly or not");
}

static bool extend_from(struct tree *t, struct node *node, struct node *group)
{
    if (!settle(t, node, group))
        return false;
    if (!node->type.n)
        node->type = node_type(group);
    return inherit(t, node, group, node->extends_own);
}

/* A { "$ref": … } that leads to a group extends it; any other is a token. */
static bool decide(struct node *node, struct node *target)
{
    bool group = target && target->kind == NODE_GROUP;
    node->kind = group ? NODE_GROUP : NODE_TOKEN;
    node->extends_own = node->own;
    return group;
}

static bool extend(struct tree *t, struct node *node)
{
    struct place place = { 0 };
    bool undecided = node->kind == NODE_REFERENCE;
    str reference = undecided ? val_get_text(node->raw, STR("$ref")) : node->extends;
    if (!reference.n && !undecided)
        return true;
    if (!tree_find(t, node, reference, &place))
        return false;
    if (undecided && !decide(node, place.node))
        return true;
    if (!place.node || place.node->kind != NODE_GROUP)
        return node_fail(t, node, "theme.alias", "%.*s is not a group to extend",
                         STR_ARG(shown(reference)));
    return extend_from(t, node, place.node);
}

static bool extend_once(struct tree *t, struct node *node)
{
    if (node->state != NODE_RAW || node->kind == NODE_TOKEN)
        return true;
    if (t->extending == MAX_WAITING)
        return node_fail(t, node, "theme.limit", "groups may extend each other %d deep",
                         MAX_WAITING);
    node->state = NODE_EXTENDING;
    t->extending++;
    bool good = extend(t, node);
    t->extending--;
    node->state = NODE_EXTENDED;
    return good;
}

static bool settle(struct tree *t, const struct node *from, struct node *node)
{
    if (node->state == NODE_EXTENDING || node->state == NODE_SETTLING)
        return circle(t, from);
    if (node->state == NODE_SETTLED || !extend_once(t, node))
        return node->state == NODE_SETTLED;
    node->state = NODE_SETTLING;
    for (struct node *child = node->first; child; child = child->next)
        if (!settle(t, child, child))
            return false;
    node->state = NODE_SETTLED;
    return true;
}

/* What a group says itself can be found while it is being extended. */
bool tree_child(struct tree *t, const struct node *from, struct node *group, str name,
                struct node **ret)
{
    if (!extend_once(t, group))
        return false;
    struct node *child = node_child(t, group, name);
    if (!child && group->state == NODE_EXTENDING)
        return circle(t, from);
    if (child && child->kind == NODE_REFERENCE && child->state == NODE_EXTENDING)
        return circle(t, from);
    if (child && child->kind == NODE_REFERENCE && !extend_once(t, child))
        return false;
    *ret = child;
    return true;
}
