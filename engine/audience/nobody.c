/*
 * Rules that can hold nobody, whoever there may be. "not" is driven down to the leaves,
 * what must hold together is gathered, and for each attribute a witness is looked for: a
 * value that meets all of it. The places where a witness can lie are few: a value that a
 * leaf names, the number behind an excluded range, a unit still to be founded below a
 * named one. Alternatives are tried one by one against what surrounds them, not against
 * each other: what is found is true, not all is found.
 */
#include "inside.h"

/* A node that must hold, or must not. */
struct demand {
    const struct node *node;
    bool negated;
};

struct demands {
    struct demand *items;
    size_t n;
};

/* What must hold together. */
struct conjunction {
    struct demands all;     /* every one, taken apart or not */
    struct demands leaves;  /* … that are leaves */
    struct demands choices; /* … of which one part suffices */
};

static void demand(struct demands *list, const struct node *node, bool negated)
{
    list->items[list->n++] = (struct demand){ node, negated };
}

static struct demands room_for(struct compiler *c, const struct demands *outer)
{
    struct demands list = { ARENA_ARRAY(c->scratch, struct demand, c->rules), 0 };
    for (size_t i = 0; outer && i < outer->n; i++)
        list.items[list.n++] = outer->items[i];
    return list;
}

static void gather(struct conjunction *together, const struct node *node, bool negated)
{
    while (node->kind == NODE_NOT) {
        node = node->kids;
        negated = !negated;
    }
    demand(&together->all, node, negated);
    if (node->kind == NODE_LEAF) {
        demand(&together->leaves, node, negated);
    } else if ((node->kind == NODE_ANY) != negated) {
        demand(&together->choices, node, negated);
    } else {
        for (size_t i = 0; i < node->n; i++)
            gather(together, &node->kids[i], negated);
    }
}

/* ---- x and not x ---- */

static bool leaves_equal(const struct node *a, const struct node *b)
{
    if (a->attribute != b->attribute)
        return false;
    bool numbers = attributes[a->attribute].type == TYPE_NUMBER;
    for (size_t i = 0; i < a->n; i++) {
        bool same = numbers ? a->ranges[i].from == b->ranges[i].from
                                  && a->ranges[i].to == b->ranges[i].to
                            : str_equal(a->texts[i], b->texts[i]);
        if (!same)
            return false;
    }
    return true;
}

static bool nodes_equal(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->n != b->n)
        return false;
    if (a->kind == NODE_LEAF)
        return leaves_equal(a, b);
    for (size_t i = 0; i < a->n; i++) {
        if (!nodes_equal(&a->kids[i], &b->kids[i]))
            return false;
    }
    return true;
}

static bool is_denied(const struct demands *all)
{
    for (size_t i = 0; i < all->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (all->items[i].negated != all->items[k].negated
                && nodes_equal(all->items[i].node, all->items[k].node))
                return true;
        }
    }
    return false;
}

/* ---- witnesses ---- */

/* What is asked of one attribute. */
static struct demands asked_of(struct compiler *c, const struct demands *leaves,
                               enum attribute first, enum attribute last)
{
    struct demands asked = { ARENA_ARRAY(c->scratch, struct demand, leaves->n), 0 };
    for (size_t i = 0; i < leaves->n; i++) {
        enum attribute a = leaves->items[i].node->attribute;
        if (a >= first && a <= last)
            asked.items[asked.n++] = leaves->items[i];
    }
    return asked;
}

/* The first leaf that must hold; NULL: who lacks the attribute is a witness. */
static const struct node *wanted(const struct demands *asked)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (!asked->items[i].negated)
            return asked->items[i].node;
    }
    return NULL;
}

static bool text_meets(const struct demands *asked, str text)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (texts_hold(asked->items[i].node, text) == asked->items[i].negated)
            return false;
    }
    return true;
}

/* Of an attribute with one text: it must lie in every list wanted. */
static bool text_is_possible(const struct demands *asked)
{
    const struct node *first = wanted(asked);
    for (size_t i = 0; first && i < first->n; i++) {
        if (text_meets(asked, first->texts[i]))
            return true;
    }
    return !first;
}

static bool is_excluded(const struct demands *asked, str text)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (asked->items[i].negated && texts_hold(asked->items[i].node, text))
            return true;
    }
    return false;
}

/* Of an attribute with many: each list wanted needs one text that is not excluded. */
static bool texts_are_possible(const struct demands *asked)
{
    for (size_t i = 0; i < asked->n; i++) {
        const struct node *leaf = asked->items[i].node;
        bool any = asked->items[i].negated;
        for (size_t k = 0; k < leaf->n && !any; k++)
            any = !is_excluded(asked, leaf->texts[k]);
        if (!any)
            return false;
    }
    return true;
}

static bool number_meets(const struct demands *asked, uint32_t number)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (ranges_hold(asked->items[i].node, number) == asked->items[i].negated)
            return false;
    }
    return true;
}

/* The least witness begins a range wanted or lies just behind one excluded. */
static bool number_is_possible(const struct demands *asked)
{
    if (!wanted(asked))
        return true;
    for (size_t i = 0; i < asked->n; i++) {
        const struct demand *d = &asked->items[i];
        for (size_t k = 0; k < d->node->n; k++) {
            struct range range = d->node->ranges[k];
            if (number_meets(asked, d->negated ? range.to + 1 : range.from))
                return true;
        }
    }
    return false;
}

/* A unit, or one that may be founded below it. Of a unit that the tree does not have,
 * everything may be true that is not about itself. */
static bool unit_meets_one(const struct demand *d, const struct unit *unit, bool below)
{
    bool subtree = d->node->attribute == ATTRIBUTE_SUBTREE;
    bool itself = texts_hold(d->node, unit->id);
    if (!subtree)
        return (itself && !below) != d->negated;
    if (!unit->known && !itself)
        return true;
    bool held = false;
    for (size_t i = 0; i < unit->n; i++)
        held = held || texts_hold(d->node, unit->path[i]);
    return held != d->negated;
}

static bool unit_meets(const struct demands *asked, const struct unit *unit, bool below)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (!unit_meets_one(&asked->items[i], unit, below))
            return false;
    }
    return true;
}

static bool unit_is_possible(struct compiler *c, const struct demands *asked)
{
    if (!wanted(asked))
        return true;
    for (size_t i = 0; i < asked->n; i++) {
        const struct demand *d = &asked->items[i];
        bool subtree = d->node->attribute == ATTRIBUTE_SUBTREE;
        for (size_t k = 0; !d->negated && k < d->node->n; k++) {
            const struct unit *unit = compiler_unit(c, d->node->texts[k]);
            if (unit_meets(asked, unit, false)
                || (subtree && unit_meets(asked, unit, true)))
                return true;
        }
    }
    return false;
}

/* The name of an attribute of which no value will do, or NULL. */
static const char *without_witness(struct compiler *c, const struct demands *leaves)
{
    struct demands units = asked_of(c, leaves, ATTRIBUTE_TENANT, ATTRIBUTE_SUBTREE);
    if (!unit_is_possible(c, &units))
        return attributes[ATTRIBUTE_TENANT].name;
    for (unsigned i = ATTRIBUTE_SUBTREE + 1; i < ATTRIBUTE_COUNT; i++) {
        struct demands asked = asked_of(c, leaves, (enum attribute)i, (enum attribute)i);
        enum attribute_type type = attributes[i].type;
        bool possible = type == TYPE_NUMBER  ? number_is_possible(&asked)
                        : type == TYPE_TEXTS ? texts_are_possible(&asked)
                                             : text_is_possible(&asked);
        if (!possible)
            return attributes[i].name;
    }
    return NULL;
}

/* ---- the search ---- */

static bool warn(struct compiler *c, const struct node *node, const char *why)
{
    compiler_note(c, "audience.nobody", true, node->where,
                  "this can hold nobody, whoever there may be: %s", why);
    return false;
}

static bool is_possible(struct compiler *c, struct demand asked,
                        const struct conjunction *outer);

/* Every part is tried, so that each dead one is told. */
static bool choice_is_possible(struct compiler *c, struct demand choice,
                               const struct conjunction *outer)
{
    bool any = false;
    for (size_t i = 0; i < choice.node->n; i++) {
        struct demand part = { &choice.node->kids[i], choice.negated };
        any |= is_possible(c, part, outer);
    }
    return choice.node->n ? any : warn(c, choice.node, "it has no part that could hold");
}

static bool is_possible(struct compiler *c, struct demand asked,
                        const struct conjunction *outer)
{
    struct conjunction together = { .all = room_for(c, outer ? &outer->all : NULL),
                                    .leaves = room_for(c, outer ? &outer->leaves : NULL),
                                    .choices = room_for(c, NULL) };
    gather(&together, asked.node, asked.negated);
    const char *name = without_witness(c, &together.leaves);
    if (name) {
        str why =
            arena_format(c->scratch, "what is asked of \"%s\" excludes each other", name);
        return warn(c, asked.node, why.p);
    }
    if (is_denied(&together.all))
        return warn(c, asked.node, "it asks for something and for its opposite");
    bool possible = true;
    for (size_t i = 0; i < together.choices.n; i++)
        possible &= choice_is_possible(c, together.choices.items[i], &together);
    return possible;
}

bool node_is_possible(struct compiler *c, const struct node *root)
{
    return is_possible(c, (struct demand){ root, false }, NULL);
}
