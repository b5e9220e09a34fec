/* Rules over everybody: one bitmap operation a rule. */
#include "inside.h"

#include <stdlib.h>

/* A bitmap that is either mine to change or the directory's. */
struct chosen {
    roaring_bitmap_t *bits;
    bool mine;
};

static struct chosen select_node(struct directory *d, const struct node *node);

static struct chosen made(roaring_bitmap_t *bits)
{
    if (!bits)
        abort();
    return (struct chosen){ bits, true };
}

static void let_go(struct chosen chosen)
{
    if (chosen.mine)
        roaring_bitmap_free(chosen.bits);
}

static struct chosen both(struct chosen a, struct chosen b)
{
    struct chosen into = a.mine ? a : b;
    struct chosen other = a.mine ? b : a;
    if (!into.mine)
        return made(roaring_bitmap_and(a.bits, b.bits));
    roaring_bitmap_and_inplace(into.bits, other.bits);
    let_go(other);
    return into;
}

static struct chosen without(struct chosen a, struct chosen b)
{
    struct chosen result = a;
    if (a.mine)
        roaring_bitmap_andnot_inplace(a.bits, b.bits);
    else
        result = made(roaring_bitmap_andnot(a.bits, b.bits));
    let_go(b);
    return result;
}

static struct chosen union_of(roaring_bitmap_t *const *bitmaps, size_t n)
{
    if (n == 1)
        return (struct chosen){ bitmaps[0], false };
    const roaring_bitmap_t **list = mem_alloc(n * sizeof(void *));
    for (size_t i = 0; i < n; i++)
        list[i] = bitmaps[i];
    struct chosen all = made(n ? roaring_bitmap_or_many(n, list) : bitmap_new());
    mem_free(list);
    return all;
}

/* ---- leaves ---- */

static roaring_bitmap_t *bitmap_of(const struct directory *d, enum attribute a, str text)
{
    if (attributes[a].type == TYPE_UNIT) {
        const struct place *place = place_find(d, text);
        if (!place)
            return NULL;
        return a == ATTRIBUTE_TENANT ? place->people : place->subtree;
    }
    const struct value *value = directory_value(d, a, text);
    return value ? value->people : NULL;
}

static struct chosen select_texts(struct directory *d, const struct node *leaf)
{
    roaring_bitmap_t **found = mem_alloc(leaf->n * sizeof(void *));
    size_t n = 0;
    for (size_t i = 0; i < leaf->n; i++) {
        found[n] = bitmap_of(d, leaf->attribute, leaf->texts[i]);
        n += found[n] != NULL;
    }
    struct chosen chosen = union_of(found, n);
    mem_free(found);
    return chosen;
}

static struct chosen select_people(struct directory *d, const struct node *leaf)
{
    roaring_bitmap_t *found = bitmap_new();
    for (size_t i = 0; i < leaf->n; i++) {
        uint32_t number = directory_first(d, leaf->texts[i]);
        for (; number != NOBODY; number = d->people[number].next)
            roaring_bitmap_add(found, number);
    }
    return made(found);
}

static struct chosen select_ranges(struct directory *d, const struct node *leaf)
{
    const struct slices *slices = directory_slices(d, leaf->attribute);
    struct chosen all =
        made(leaf->n ? slices_select(slices, leaf->ranges[0]) : bitmap_new());
    for (size_t i = 1; i < leaf->n; i++) {
        roaring_bitmap_t *more = slices_select(slices, leaf->ranges[i]);
        roaring_bitmap_or_inplace(all.bits, more);
        roaring_bitmap_free(more);
    }
    return all;
}

static struct chosen select_leaf(struct directory *d, const struct node *leaf)
{
    if (attributes[leaf->attribute].type == TYPE_NUMBER)
        return select_ranges(d, leaf);
    if (leaf->attribute == ATTRIBUTE_PERSON)
        return select_people(d, leaf);
    return select_texts(d, leaf);
}

/* ---- rules of rules ---- */

/* First what must hold, then what must not is taken away. */
static struct chosen select_all(struct directory *d, const struct node *node)
{
    struct chosen all = { d->everybody, false };
    for (size_t i = 0; i < node->n; i++) {
        const struct node *kid = &node->kids[i];
        if (kid->kind != NODE_NOT)
            all = all.bits == d->everybody ? select_node(d, kid)
                                           : both(all, select_node(d, kid));
    }
    for (size_t i = 0; i < node->n; i++) {
        const struct node *kid = &node->kids[i];
        if (kid->kind == NODE_NOT)
            all = without(all, select_node(d, kid->kids));
    }
    return all;
}

static struct chosen select_any(struct directory *d, const struct node *node)
{
    if (node->n == 1)
        return select_node(d, node->kids);
    struct chosen *parts = mem_alloc(node->n * sizeof *parts);
    roaring_bitmap_t **bitmaps = mem_alloc(node->n * sizeof(void *));
    for (size_t i = 0; i < node->n; i++) {
        parts[i] = select_node(d, &node->kids[i]);
        bitmaps[i] = parts[i].bits;
    }
    struct chosen all = union_of(bitmaps, node->n);
    for (size_t i = 0; i < node->n; i++)
        let_go(parts[i]);
    mem_free(bitmaps);
    mem_free(parts);
    return all;
}

static struct chosen select_node(struct directory *d, const struct node *node)
{
    switch (node->kind) {
    case NODE_ALL:
        return select_all(d, node);
    case NODE_ANY:
        return select_any(d, node);
    case NODE_NOT:
        return without((struct chosen){ d->everybody, false },
                       select_node(d, node->kids));
    case NODE_LEAF:
        return select_leaf(d, node);
    }
    return made(bitmap_new());
}

/* ---- sets ---- */

struct directory_set {
    roaring_bitmap_t *people;
    size_t count;
};

struct directory_set *directory_select(struct directory *directory,
                                       const struct audience *audience)
{
    struct directory_set *set = mem_zero(sizeof *set);
    pthread_rwlock_rdlock(&directory->lock);
    struct chosen chosen = select_node(directory, &audience->root);
    if (!chosen.mine)
        chosen = made(roaring_bitmap_copy(chosen.bits));
    pthread_rwlock_unlock(&directory->lock);
    set->people = chosen.bits;
    set->count = roaring_bitmap_get_cardinality(chosen.bits);
    return set;
}

void directory_set_close(struct directory_set *set)
{
    if (!set)
        return;
    roaring_bitmap_free(set->people);
    mem_free(set);
}

bool directory_set_holds(const struct directory_set *set, uint32_t number)
{
    return roaring_bitmap_contains(set->people, number);
}

size_t directory_set_count(const struct directory_set *set)
{
    return set->count;
}

size_t directory_set_count_below(struct directory *directory,
                                 const struct directory_set *set, str tenant)
{
    pthread_rwlock_rdlock(&directory->lock);
    const struct place *place = place_find(directory, tenant);
    size_t n = place ? roaring_bitmap_and_cardinality(place->subtree, set->people) : 0;
    pthread_rwlock_unlock(&directory->lock);
    return n;
}

size_t directory_count_below(struct directory *directory, str tenant)
{
    pthread_rwlock_rdlock(&directory->lock);
    const struct place *place = place_find(directory, tenant);
    size_t n = place ? roaring_bitmap_get_cardinality(place->subtree) : 0;
    pthread_rwlock_unlock(&directory->lock);
    return n;
}

/* ---- values ---- */

static int by_people(const void *a, const void *b)
{
    const struct directory_value *one = a;
    const struct directory_value *other = b;
    return one->people != other->people ? (one->people < other->people ? 1 : -1)
                                        : str_compare(one->text, other->text);
}

/* The text, or its name in any language. */
static bool is_asked(str text, struct val names, str part)
{
    return str_holds(text, part) || val_holds(val_get(names, text), part);
}

size_t directory_values(struct directory *directory, str attribute, str tenant,
                        struct val names, str part, size_t max, struct arena *arena,
                        struct directory_value **ret)
{
    enum attribute wanted;
    size_t n = 0;
    *ret = NULL;
    if (!attribute_named(attribute, &wanted))
        return 0;
    pthread_rwlock_rdlock(&directory->lock);
    const struct place *place = place_find(directory, tenant);
    struct directory_value *found =
        ARENA_ARRAY(arena, struct directory_value, directory->value_count + 1);
    for (size_t i = 0; place && i < directory->value_count; i++) {
        const struct value *value = &directory->values[i];
        if (value->attribute != wanted || !is_asked(value->text, names, part))
            continue;
        size_t people = roaring_bitmap_and_cardinality(place->subtree, value->people);
        if (people)
            found[n++] = (struct directory_value){ value->text, people };
    }
    qsort(found, n, sizeof *found, by_people);
    n = n < max ? n : max;
    for (size_t i = 0; i < n; i++)
        found[i].text = arena_str(arena, found[i].text);
    pthread_rwlock_unlock(&directory->lock);
    *ret = found;
    return n;
}
