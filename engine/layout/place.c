/*
 * Regions are linked lists, so that adding and moving touch neighbours only. A layer's
 * blocks are put in one go: those it anchors behind a block that it places itself follow
 * that one, the others start a run behind an anchor that stands still.
 */
#include "inside.h"

#include <stdlib.h>

struct placing {
    struct node *node;
    struct place *place;
    struct place *from; /* where it stood */
    struct val after;
    struct node *anchor; /* NULL: start or end */
    bool at_end;
    bool done;
    int verb;
    struct placing *first_behind; /* that follow it, in the order of ids */
    struct placing *last_behind;
    struct placing *next;
};

struct placings {
    struct placing *items;
    struct placing **sorted;
    size_t n;
};

static struct place *place_named(struct resolver *r, struct node *owner, str name)
{
    struct place **at = &owner->places;
    while (*at && !str_equal((*at)->name, name))
        at = &(*at)->next;
    if (!*at) {
        *at = ARENA_NEW(r->arena, struct place);
        (*at)->name = name;
        (*at)->owner = owner;
        (*at)->run_layer = -1;
    }
    return *at;
}

struct place *place_of(struct resolver *r, str into)
{
    str region;
    str block = str_cut(into, '/', &region);
    if (!region.p)
        return place_named(r, r->page, into.n ? into : STR("main"));
    struct node *owner = target_of(r, block);
    return owner ? place_named(r, owner, region) : NULL;
}

/* While a layer is applied a chain of owners may run in a circle: it is walked so far. */
bool stands_inside(const struct place *place, const struct node *node)
{
    for (int up = 0; place && up <= LIMIT_PAGE_BLOCKS; up++) {
        if (place->owner == node)
            return true;
        place = place->owner->place;
    }
    return false;
}

/* Regions between the place and the page. */
static size_t depth_of(const struct place *place)
{
    size_t depth = 0;
    while (place && place->owner->place && depth <= LIMIT_PAGE_DEPTH) {
        place = place->owner->place;
        depth++;
    }
    return depth;
}

static size_t height_of(const struct node *node)
{
    size_t height = 0;
    for (const struct place *p = node->places; p; p = p->next) {
        for (const struct node *child = p->first; child; child = child->after) {
            size_t inner = 1 + height_of(child);
            height = inner > height ? inner : height;
        }
    }
    return height;
}

void take_out(struct node *node)
{
    struct place *place = node->place;
    *(node->before ? &node->before->after : &place->first) = node->after;
    *(node->after ? &node->after->before : &place->last) = node->before;
    node->before = node->after = NULL;
    node->place = NULL;
}

static void put_behind(struct place *place, struct node *node, struct node *anchor)
{
    node->place = place;
    node->before = anchor;
    node->after = anchor ? anchor->after : place->first;
    *(node->after ? &node->after->before : &place->last) = node;
    *(anchor ? &anchor->after : &place->first) = node;
}

struct placings *placings_open(struct resolver *r, size_t most)
{
    struct placings *all = ARENA_NEW(r->arena, struct placings);
    all->items = arena_alloc(r->arena, most * sizeof *all->items);
    all->sorted = arena_alloc(r->arena, most * sizeof(struct placing *));
    return all;
}

void placings_add(struct placings *all, struct node *node, struct place *place,
                  struct val after)
{
    struct placing *p = node->placing;
    if (!p) {
        p = &all->items[all->n++];
        *p = (struct placing){ .node = node, .from = node->place };
        node->placing = p;
    }
    p->place = place;
    p->after = after;
    p->verb = node->placed_by.verb;
}

struct place *placings_place(const struct node *node)
{
    return node->placing ? node->placing->place : node->place;
}

static int by_id(const void *a, const void *b)
{
    const struct placing *x = *(struct placing *const *)a;
    const struct placing *y = *(struct placing *const *)b;
    return str_compare(x->node->id, y->node->id);
}

/* Finds the anchor; a missing one puts the block at the end. */
static void find_anchor(struct resolver *r, struct placing *p)
{
    str after = val_text(p->after);
    p->at_end = p->after.kind != VAL_STR;
    if (p->at_end || !after.n)
        return;
    struct node *named = *slot_of(r, after);
    struct place *stands = named && !named->gone ? placings_place(named) : NULL;
    if (named && stands == p->place && named != p->node) {
        p->anchor = named;
        return;
    }
    r->verb = p->verb;
    set_aside(r, "layout.anchor", p->node->id);
    p->at_end = true;
}

static void put_run(struct placing *p, struct place *place, struct node **tail)
{
    put_behind(place, p->node, *tail);
    *tail = p->node;
    p->done = true;
    for (struct placing *child = p->first_behind; child; child = child->next)
        put_run(child, place, tail);
}

/* Behind a block that stands still, or at the start; behind those put there before. */
static void put_first(struct resolver *r, struct placing *p)
{
    struct node *anchor = p->anchor;
    struct node **tail = anchor ? &anchor->run_tail : &p->place->start_tail;
    int *run = anchor ? &anchor->run_layer : &p->place->run_layer;
    if (*run != r->layer) {
        *run = r->layer;
        *tail = anchor;
    }
    put_run(p, p->place, tail);
}

static void put_last(struct placing *p)
{
    struct node *tail = p->place->last;
    put_run(p, p->place, &tail);
}

/* Why it cannot stand where it was put; NULL: it can. */
static const char *misplaced(const struct resolver *r, const struct placing *p,
                             const struct place *place)
{
    if (stands_inside(place, p->node))
        return "layout.loop";
    if (!stands_inside(place, r->page))
        return "layout.orphan";
    /* What is new in it is looked at by itself. */
    if (depth_of(place) + (p->from ? height_of(p->node) : 0) >= LIMIT_PAGE_DEPTH)
        return "layout.limit";
    return NULL;
}

/* A moved block goes back to where it stood, or to the page when that is gone; one that
 * was added goes, and what this layer put into it is looked at again. */
static bool check_place(struct resolver *r, struct placing *p, bool loops)
{
    struct node *node = p->node;
    const char *wrong = node->gone ? NULL : misplaced(r, p, node->place);
    if (!wrong || (loops && !stands_inside(node->place, node)))
        return true;
    r->verb = p->verb;
    set_aside(r, wrong, node->id);
    take_out(node);
    if (p->from) {
        struct place *back =
            misplaced(r, p, p->from) ? place_named(r, r->page, STR("main")) : p->from;
        put_behind(back, node, back->last);
    } else {
        node->gone = true;
        r->blocks--;
    }
    return false;
}

/* First the circles, which hide the page from all that stands in them. */
static void check_places(struct resolver *r, struct placings *all)
{
    bool good = false;
    for (size_t i = 0; i < all->n; i++)
        check_place(r, all->sorted[i], true);
    while (!good) {
        good = true;
        for (size_t i = 0; i < all->n; i++)
            good = check_place(r, all->sorted[i], false) && good;
    }
}

void placings_apply(struct resolver *r, struct placings *all)
{
    for (size_t i = 0; i < all->n; i++) {
        all->sorted[i] = &all->items[i];
        find_anchor(r, &all->items[i]);
    }
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].from)
            take_out(all->items[i].node);
    }
    qsort(all->sorted, all->n, sizeof(struct placing *), by_id);
    for (size_t i = 0; i < all->n; i++) {
        struct placing *p = all->sorted[i];
        struct placing *ahead = p->anchor ? p->anchor->placing : NULL;
        if (ahead) {
            *(ahead->last_behind ? &ahead->last_behind->next : &ahead->first_behind) = p;
            ahead->last_behind = p;
        }
    }
    for (size_t i = 0; i < all->n; i++) {
        struct placing *p = all->sorted[i];
        if (!p->at_end && !(p->anchor && p->anchor->placing))
            put_first(r, p);
    }
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].at_end)
            put_last(&all->items[i]);
    }
    for (size_t i = 0; i < all->n; i++) {
        struct placing *p = all->sorted[i];
        if (p->done)
            continue;
        r->verb = p->verb; /* anchors in a circle */
        set_aside(r, "layout.loop", p->node->id);
        put_behind(p->place, p->node, p->place->last);
    }
    check_places(r, all);
    for (size_t i = 0; i < all->n; i++)
        all->items[i].node->placing = NULL;
}
