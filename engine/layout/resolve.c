/*
 * Resolving works on a table of nodes found by id. Regions are linked lists, so that
 * adding and moving touch neighbours only; positions are anchors ("after that block"),
 * never numbers, so a layer keeps its meaning when the ones above it change.
 */
#include "layout/layout.h"

struct node {
    str id;
    str component;
    str layer;
    struct val added; /* the props it was added with */
    struct val props;
    bool gone;
    bool hidden;
    struct place *place; /* where it stands */
    struct node *before;
    struct node *after;
    struct place *places; /* its own regions */
    struct node *next;    /* in the hash slot */
};

/* A region of a node or of the page. */
struct place {
    str name;
    struct node *owner; /* NULL: the page */
    struct node *first;
    struct node *last;
    struct place *next;
};

enum { SLOTS = 512 };

struct resolver {
    struct arena *arena;
    struct node *slots[SLOTS];
    struct place *places; /* of the page */
    struct val page;
    size_t blocks;
    struct layout_issue *issues;
    size_t issue_count;
    const struct layer *layer; /* whose verb is being applied */
    size_t verb;
};

static void set_aside(struct resolver *r, const char *code, str block)
{
    size_t n = r->issue_count;
    if (!(n & (n - 1))) {
        struct layout_issue *grown =
            ARENA_ARRAY(r->arena, struct layout_issue, n ? n * 2 : 1);
        if (n)
            memcpy(grown, r->issues, n * sizeof *grown);
        r->issues = grown;
    }
    r->issues[r->issue_count++] =
        (struct layout_issue){ code, r->layer->name, r->verb, block };
}

static struct node **slot_of(struct resolver *r, str id)
{
    struct node **at = &r->slots[str_hash(id, 0) % SLOTS];
    while (*at && !str_equal((*at)->id, id))
        at = &(*at)->next;
    return at;
}

/* The living node, or NULL with the verb set aside as an orphan. */
static struct node *target(struct resolver *r, str id)
{
    struct node *node = *slot_of(r, id);
    if (node && !node->gone)
        return node;
    set_aside(r, "layout.orphan", id);
    return NULL;
}

/* ---- places ---- */

static struct place *place_named(struct resolver *r, struct node *owner, str name)
{
    struct place **at = owner ? &owner->places : &r->places;
    while (*at && !str_equal((*at)->name, name))
        at = &(*at)->next;
    if (!*at) {
        *at = ARENA_NEW(r->arena, struct place);
        (*at)->name = name;
        (*at)->owner = owner;
    }
    return *at;
}

/* "main" is a region of the page, "tabs1/first" one of a block. */
static struct place *find_place(struct resolver *r, str into)
{
    str region;
    str block = str_cut(into, '/', &region);
    if (!region.p)
        return place_named(r, NULL, into.n ? into : STR("main"));
    struct node *owner = target(r, block);
    return owner ? place_named(r, owner, region) : NULL;
}

static bool lies_inside(const struct place *place, const struct node *node)
{
    while (place && place->owner) {
        if (place->owner == node)
            return true;
        place = place->owner->place;
    }
    return false;
}

static size_t depth_of(const struct place *place)
{
    size_t depth = 0;
    while (place && place->owner && depth <= LIMIT_PAGE_DEPTH) {
        place = place->owner->place;
        depth++;
    }
    return depth;
}

/* How many levels of blocks stand in `node`. */
static size_t height_of(const struct node *node)
{
    size_t height = 0;
    for (const struct place *p = node->places; p; p = p->next) {
        for (const struct node *inner = p->first; inner; inner = inner->after) {
            size_t below = 1 + height_of(inner);
            height = below > height ? below : height;
        }
    }
    return height;
}

static void take_out(struct node *node)
{
    struct place *place = node->place;
    *(node->before ? &node->before->after : &place->first) = node->after;
    *(node->after ? &node->after->before : &place->last) = node->before;
    node->before = node->after = NULL;
}

static void put_behind(struct place *place, struct node *node, struct node *anchor)
{
    node->place = place;
    node->before = anchor;
    node->after = anchor ? anchor->after : place->first;
    *(node->after ? &node->after->before : &place->last) = node;
    *(anchor ? &anchor->after : &place->first) = node;
}

/* Behind its anchor; at the end without one, or when it stands elsewhere by now. */
static void put(struct resolver *r, struct place *place, struct node *node,
                struct val after)
{
    struct node *anchor = place->last;
    if (after.kind == VAL_STR) {
        struct node *named = after.n ? *slot_of(r, val_text(after)) : NULL;
        bool here = named && !named->gone && named->place == place && named != node;
        if (here || !after.n)
            anchor = named;
        else
            set_aside(r, "layout.anchor", node->id);
    }
    put_behind(place, node, anchor);
}

/* ---- verbs ---- */

static void apply_add(struct resolver *r, struct val verb, str id)
{
    struct node **slot = slot_of(r, id);
    struct place *place = find_place(r, val_get_text(verb, STR("into")));
    if (!place)
        return;
    if ((*slot && !(*slot)->gone) || str_equal(id, STR("page"))) {
        set_aside(r, "layout.exists", id);
        return;
    }
    if (r->blocks >= LIMIT_PAGE_BLOCKS || depth_of(place) >= LIMIT_PAGE_DEPTH) {
        set_aside(r, "layout.limit", id);
        return;
    }
    struct node *node = *slot ? *slot : ARENA_NEW(r->arena, struct node);
    struct node *next = node->next;
    *node = (struct node){ .id = id, .next = next, .layer = r->layer->name };
    *slot = node;
    node->component = val_get_text(verb, STR("component"));
    node->added = val_get(verb, STR("props"));
    if (node->added.kind != VAL_MAP)
        node->added = val_map(NULL, 0);
    node->props = node->added;
    put(r, place, node, val_get(verb, STR("after")));
    r->blocks++;
}

/* What stands in a block goes with it. */
static void forget(struct resolver *r, struct node *node)
{
    node->gone = true;
    r->blocks--;
    for (struct place *p = node->places; p; p = p->next) {
        for (struct node *inner = p->first; inner; inner = inner->after)
            forget(r, inner);
    }
}

static void apply_remove(struct resolver *r, struct val verb, str id)
{
    struct node *node = target(r, id);
    (void)verb;
    if (!node)
        return;
    take_out(node);
    forget(r, node);
}

static void apply_move(struct resolver *r, struct val verb, str id)
{
    struct node *node = target(r, id);
    struct val into = val_get(verb, STR("into"));
    if (!node)
        return;
    struct place *place =
        into.kind == VAL_STR ? find_place(r, val_text(into)) : node->place;
    if (!place)
        return;
    if (lies_inside(place, node)) {
        set_aside(r, "layout.loop", id);
        return;
    }
    if (depth_of(place) + height_of(node) >= LIMIT_PAGE_DEPTH) {
        set_aside(r, "layout.limit", id);
        return;
    }
    take_out(node);
    put(r, place, node, val_get(verb, STR("after")));
}

/* The properties a verb is about: of a block, or of the page itself. */
static struct val *target_props(struct resolver *r, str id)
{
    if (str_equal(id, STR("page")))
        return &r->page;
    struct node *node = target(r, id);
    return node ? &node->props : NULL;
}

static void keep_props(struct resolver *r, struct val *props, struct val made, str id)
{
    if (made.kind == VAL_MAP)
        *props = made;
    else
        set_aside(r, "layout.verb", id);
}

static void apply_set(struct resolver *r, struct val verb, str id)
{
    str at = val_get_text(verb, STR("at"));
    struct val *props = target_props(r, id);
    if (props)
        keep_props(r, props,
                   val_with_pointer(r->arena, *props, at, val_get(verb, STR("value"))),
                   id);
}

/* The page was added with nothing. */
static void apply_reset(struct resolver *r, struct val verb, str id)
{
    str at = val_get_text(verb, STR("at"));
    struct val *props = target_props(r, id);
    if (!props)
        return;
    struct val was =
        props == &r->page ? VAL_ABSENT : val_at_pointer((*slot_of(r, id))->added, at);
    keep_props(r, props,
               val_exists(was) ? val_with_pointer(r->arena, *props, at, was)
                               : val_without_pointer(r->arena, *props, at),
               id);
}

static void apply_hide(struct resolver *r, struct val verb, str id)
{
    struct node *node = target(r, id);
    (void)verb;
    if (node)
        node->hidden = true;
}

static void apply_show(struct resolver *r, struct val verb, str id)
{
    struct node *node = target(r, id);
    (void)verb;
    if (node)
        node->hidden = false;
}

static const struct {
    str name;
    void (*apply)(struct resolver *, struct val verb, str id);
} verbs[] = {
    { STR_INIT("add"), apply_add },     { STR_INIT("remove"), apply_remove },
    { STR_INIT("move"), apply_move },   { STR_INIT("set"), apply_set },
    { STR_INIT("reset"), apply_reset }, { STR_INIT("hide"), apply_hide },
    { STR_INIT("show"), apply_show },
};

static void apply(struct resolver *r, struct val verb)
{
    str name = val_get_text(verb, STR("verb"));
    str id = val_get_text(verb, STR("block"));
    for (size_t i = 0; id.n && i < COUNT_OF(verbs); i++) {
        if (str_equal(verbs[i].name, name)) {
            verbs[i].apply(r, verb, id);
            return;
        }
    }
    set_aside(r, "layout.verb", id);
}

/* ---- the result ---- */

static void collect_places(struct resolver *r, const struct place *first,
                           struct resolved_region **ret, size_t *ret_n);

static struct resolved_block *collect_block(struct resolver *r, const struct node *node)
{
    struct resolved_block *block = ARENA_NEW(r->arena, struct resolved_block);
    *block = (struct resolved_block){ .id = node->id,
                                      .component = node->component,
                                      .props = node->props,
                                      .hidden = node->hidden,
                                      .layer = node->layer };
    collect_places(r, node->places, &block->regions, &block->region_count);
    return block;
}

static void collect_places(struct resolver *r, const struct place *first,
                           struct resolved_region **ret, size_t *ret_n)
{
    size_t n = 0;
    for (const struct place *p = first; p; p = p->next)
        n++;
    *ret = ARENA_ARRAY(r->arena, struct resolved_region, n);
    *ret_n = n;
    n = 0;
    for (const struct place *p = first; p; p = p->next) {
        struct resolved_region *region = &(*ret)[n++];
        size_t blocks = 0;
        for (const struct node *node = p->first; node; node = node->after)
            blocks++;
        region->name = p->name;
        region->blocks = ARENA_ARRAY(r->arena, struct resolved_block *, blocks);
        for (const struct node *node = p->first; node; node = node->after)
            region->blocks[region->n++] = collect_block(r, node);
    }
}

void layout_resolve(const struct layer *layers, size_t n, struct arena *arena,
                    struct resolved *ret)
{
    struct resolver *r = ARENA_NEW(arena, struct resolver);
    r->arena = arena;
    r->page = val_map(NULL, 0);
    for (size_t i = 0; i < n; i++) {
        r->layer = &layers[i];
        for (r->verb = 0; r->verb < val_count(layers[i].verbs); r->verb++)
            apply(r, val_at(layers[i].verbs, r->verb));
    }
    *ret = (struct resolved){ .page = r->page,
                              .block_count = r->blocks,
                              .issues = r->issues,
                              .issue_count = r->issue_count };
    collect_places(r, r->places, &ret->regions, &ret->region_count);
}
