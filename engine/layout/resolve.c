/*
 * Resolving works on a table of nodes found by id. The layers are applied one after the
 * other; within one, first every block is made, then all are put in place, then what is
 * removed goes, then properties, visibility and locks: so the order of verbs in a layer
 * means nothing.
 */
#include "inside.h"

void set_aside(struct resolver *r, const char *code, str block)
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
        (struct layout_issue){ code, here(r), r->input->layers[r->layer].name, block,
                               LAYOUT_NOWHERE };
}

struct node **slot_of(struct resolver *r, str id)
{
    struct node **at = &r->slots[str_hash(id, 0) % NODE_SLOTS];
    while (*at && !str_equal((*at)->id, id))
        at = &(*at)->next;
    return at;
}

struct node *target_of(struct resolver *r, str id)
{
    struct node *node = *slot_of(r, id);
    if (node && !node->gone)
        return node;
    set_aside(r, "layout.orphan", id);
    return NULL;
}

void give_up(struct resolver *r, struct node *node)
{
    node->gone = true;
    node->place = NULL;
    r->blocks--;
    for (struct place *p = node->places; p; p = p->next) {
        for (struct node *child = p->first; child; child = child->after)
            give_up(r, child);
        p->first = p->last = NULL;
    }
}

static struct node *node_new(struct resolver *r, str id)
{
    struct node **slot = slot_of(r, id);
    struct node *node = *slot ? *slot : ARENA_NEW(r->arena, struct node);
    *node = (struct node){ .id = id,
                           .next = node->next,
                           .added_by = here(r),
                           .placed_by = here(r),
                           .hidden_by = LAYOUT_NOWHERE,
                           .run_layer = -1 };
    *slot = node;
    return node;
}

/* ---- one layer ---- */

enum verb {
    VERB_ADD,
    VERB_MOVE,
    VERB_REMOVE,
    VERB_SET,
    VERB_RESET,
    VERB_TOKEN,
    VERB_WORD,
    VERB_HIDE,
    VERB_SHOW,
    VERB_LOCK,
    VERB_UNLOCK,
    VERB_UNKNOWN,
};

static const str verb_names[] = {
    [VERB_ADD] = STR_INIT("add"),       [VERB_MOVE] = STR_INIT("move"),
    [VERB_REMOVE] = STR_INIT("remove"), [VERB_SET] = STR_INIT("set"),
    [VERB_RESET] = STR_INIT("reset"),   [VERB_TOKEN] = STR_INIT("token"),
    [VERB_WORD] = STR_INIT("word"),     [VERB_HIDE] = STR_INIT("hide"),
    [VERB_SHOW] = STR_INIT("show"),     [VERB_LOCK] = STR_INIT("lock"),
    [VERB_UNLOCK] = STR_INIT("unlock"),
};

/* A verb as read, for whomever. */
struct step {
    enum verb verb;
    struct val is;
    str id;
    str audience;
    str component; /* of an add */
    struct val props;
    struct val into; /* of an add or a move */
    struct val after;
};

struct layout_steps {
    const struct step *items; /* as many as there are verbs */
    size_t n;
};

/* A step being taken for a viewer. */
struct taken_step {
    const struct step *step;
    bool admitted; /* the viewer is in its audience */
    int number;
    struct node *made; /* by this add */
};

struct taken_steps {
    struct taken_step *items;
    size_t n;
};

static enum verb verb_named(str name)
{
    size_t i = 0;
    while (i < COUNT_OF(verb_names) && !str_equal(verb_names[i], name))
        i++;
    return (enum verb)i;
}

static struct step read_step(struct val verb)
{
    struct step step = { .verb = verb_named(val_get_text(verb, STR("verb"))),
                         .is = verb,
                         .id = val_get_text(verb, STR("block")),
                         .audience = val_get_text(verb, STR("audience")) };
    if (step.verb == VERB_TOKEN || step.verb == VERB_WORD)
        step.id = STR("page");
    if (step.verb == VERB_ADD) {
        step.component = val_get_text(verb, STR("component"));
        step.props = val_get(verb, STR("props"));
    }
    if (step.verb == VERB_ADD || step.verb == VERB_MOVE) {
        step.into = val_get(verb, STR("into"));
        step.after = val_get(verb, STR("after"));
    }
    return step;
}

const struct layout_steps *layout_read(struct val verbs, struct arena *arena)
{
    size_t n = val_count(verbs);
    struct layout_steps *ret = ARENA_NEW(arena, struct layout_steps);
    struct step *items = arena_alloc(arena, n * sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = read_step(val_at(verbs, i));
    *ret = (struct layout_steps){ items, n };
    return ret;
}

static bool is_admitted(struct resolver *r, const struct step *step)
{
    const struct layout_input *input = r->input;
    if (!step->audience.n || !input->admits)
        return true;
    enum layout_admission is =
        input->admits(input->data, &input->layers[r->layer], step->audience);
    if (is == LAYOUT_UNKNOWN)
        set_aside(r, "layout.audience", step->id);
    return is == LAYOUT_INSIDE;
}

/* What is not understood is set aside; what is not for the viewer is left out, except
 * that a block not for her still is, so that what others say of it finds it. */
static void take_steps(struct resolver *r, const struct layout_steps *steps,
                       struct taken_steps *ret)
{
    ret->n = 0;
    ret->items = arena_alloc(r->arena, steps->n * sizeof *ret->items);
    for (size_t i = 0; i < steps->n; i++) {
        const struct step *step = &steps->items[i];
        r->verb = (int)i;
        bool admitted = is_admitted(r, step);
        if (step->verb == VERB_UNKNOWN || !step->id.n || i >= LIMIT_LAYER_VERBS)
            set_aside(r, "layout.verb", step->id);
        else if (admitted || step->verb == VERB_ADD)
            ret->items[ret->n++] = (struct taken_step){ .step = step,
                                                        .admitted = admitted,
                                                        .number = (int)i };
    }
}

static void make_block(struct resolver *r, struct taken_step *taken)
{
    const struct step *step = taken->step;
    struct node *known = *slot_of(r, step->id);
    if (known && !known->gone) {
        set_aside(r, "layout.exists", step->id);
        return;
    }
    if (r->blocks >= LIMIT_PAGE_BLOCKS) {
        set_aside(r, "layout.limit", step->id);
        return;
    }
    struct node *node = node_new(r, step->id);
    node->component = step->component;
    node->added = step->props.kind == VAL_MAP ? step->props : val_map(NULL, 0);
    node->props = node->added;
    node->excluded = !taken->admitted;
    taken->made = node;
    r->blocks++;
}

static void place_new(struct resolver *r, const struct taken_step *taken,
                      struct placings *all)
{
    struct node *node = taken->made;
    if (!node || node->gone)
        return;
    struct place *place = place_of(r, val_text(taken->step->into));
    if (!place || is_locked(r, place->owner, LOCK_CLOSED, place->name))
        give_up(r, node);
    else
        placings_add(all, node, place, taken->step->after);
}

static bool may_move(struct resolver *r, const struct node *node, const struct place *to)
{
    return !is_locked(r, node, LOCK_FIXED, STR(""))
           && (to == node->place || !is_locked(r, to->owner, LOCK_CLOSED, to->name));
}

static void place_known(struct resolver *r, const struct taken_step *taken,
                        struct placings *all)
{
    const struct step *step = taken->step;
    struct node *node = target_of(r, step->id);
    struct val into = step->into;
    if (!node || node == r->page)
        return;
    struct place *stands = placings_place(node);
    struct place *to = into.kind == VAL_STR ? place_of(r, val_text(into)) : stands;
    if (!to || !may_move(r, node, to))
        return;
    node->placed_by = here(r);
    placings_add(all, node, to, step->after);
}

static void place_blocks(struct resolver *r, const struct taken_steps *steps)
{
    struct placings *all = NULL;
    for (enum verb verb = VERB_ADD; verb <= VERB_MOVE; verb++) {
        for (size_t i = 0; i < steps->n; i++) {
            const struct taken_step *taken = &steps->items[i];
            if (taken->step->verb != verb)
                continue;
            all = all ? all : placings_open(r, steps->n);
            r->verb = taken->number;
            (verb == VERB_ADD ? place_new : place_known)(r, taken, all);
        }
    }
    if (all)
        placings_apply(r, all);
}

static void apply_remove(struct resolver *r, const struct step *step, struct node *node)
{
    (void)step;
    if (node == r->page || holds_required(r, node))
        return;
    take_out(node);
    give_up(r, node);
}

/* Remembers who says so, and forgets who said it, or a part of it, before. */
static void note_property(struct resolver *r, struct node *node, str at, bool is_set)
{
    struct property **link = &node->properties;
    while (*link) {
        str known = (*link)->is.at;
        bool within = doc_pointer_leads_to(at, known);
        if (within)
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
    if (!is_set)
        return;
    *link = ARENA_NEW(r->arena, struct property);
    (*link)->is = (struct layout_property){ at, here(r) };
}

static void set_property(struct resolver *r, struct node *node, str at, struct val value)
{
    if (is_locked(r, node, LOCK_SEALED, at))
        return;
    struct val made =
        at.n ? val_with_pointer(r->arena, node->props, at, value) : VAL_ABSENT;
    if (made.kind != VAL_MAP) {
        set_aside(r, "layout.verb", node->id);
        return;
    }
    node->props = made;
    note_property(r, node, at, true);
}

static void apply_set(struct resolver *r, const struct step *step, struct node *node)
{
    struct layout_saying saying;
    layout_saying(step->is, r->arena, &saying);
    set_property(r, node, saying.at, saying.value);
}

static void apply_reset(struct resolver *r, const struct step *step, struct node *node)
{
    str at = val_get_text(step->is, STR("at"));
    struct val was = val_at_pointer(node->added, at);
    if (is_locked(r, node, LOCK_SEALED, at))
        return;
    struct val made = val_exists(was) ? val_with_pointer(r->arena, node->props, at, was)
                                      : val_without_pointer(r->arena, node->props, at);
    if (made.kind != VAL_MAP) {
        set_aside(r, "layout.verb", node->id);
        return;
    }
    node->props = made;
    note_property(r, node, at, false);
}

static void apply_hide(struct resolver *r, const struct step *step, struct node *node)
{
    bool hide = step->verb == VERB_HIDE;
    if (hide && holds_required(r, node))
        return;
    node->hidden = hide;
    node->hidden_by = here(r);
}

static void apply_lock(struct resolver *r, const struct step *step, struct node *node)
{
    (step->verb == VERB_LOCK ? lock_add : lock_remove)(r, node, step->is);
}

typedef void (*apply_fn)(struct resolver *, const struct step *, struct node *);

static const apply_fn appliers[] = {
    [VERB_REMOVE] = apply_remove, [VERB_SET] = apply_set,   [VERB_RESET] = apply_reset,
    [VERB_TOKEN] = apply_set,     [VERB_WORD] = apply_set,  [VERB_HIDE] = apply_hide,
    [VERB_SHOW] = apply_hide,     [VERB_LOCK] = apply_lock, [VERB_UNLOCK] = apply_lock,
};

static void apply_phase(struct resolver *r, const struct taken_steps *steps,
                        enum verb from, enum verb to)
{
    for (size_t i = 0; i < steps->n; i++) {
        const struct step *step = steps->items[i].step;
        if (step->verb < from || step->verb > to)
            continue;
        r->verb = steps->items[i].number;
        struct node *node = target_of(r, step->id);
        if (node)
            appliers[step->verb](r, step, node);
    }
}

static void apply_layer(struct resolver *r, const struct layer *layer)
{
    struct taken_steps steps;
    take_steps(r, layer->steps ? layer->steps : layout_read(layer->verbs, r->arena),
               &steps);
    for (size_t i = 0; i < steps.n; i++) {
        r->verb = steps.items[i].number;
        if (steps.items[i].step->verb == VERB_ADD)
            make_block(r, &steps.items[i]);
    }
    place_blocks(r, &steps);
    apply_phase(r, &steps, VERB_REMOVE, VERB_REMOVE);
    apply_phase(r, &steps, VERB_SET, VERB_WORD);
    apply_phase(r, &steps, VERB_HIDE, VERB_SHOW);
    apply_phase(r, &steps, VERB_LOCK, VERB_UNLOCK);
}

/* ---- the result ---- */

static void collect_properties(struct resolver *r, const struct node *node,
                               struct resolved_block *ret)
{
    for (const struct property *p = node->properties; p; p = p->next)
        ret->property_count++;
    ret->properties = ARENA_ARRAY(r->arena, struct layout_property, ret->property_count);
    size_t n = 0;
    for (const struct property *p = node->properties; p; p = p->next)
        ret->properties[n++] = p->is;
}

static void collect_locks(struct resolver *r, const struct node *node,
                          struct resolved_block *ret)
{
    for (const struct lock *lock = node->locks; lock; lock = lock->next)
        ret->lock_count++;
    ret->locks = ARENA_ARRAY(r->arena, struct layout_lock, ret->lock_count);
    size_t n = 0;
    for (const struct lock *lock = node->locks; lock; lock = lock->next)
        ret->locks[n++] = lock->is;
}

static void collect_regions(struct resolver *r, const struct node *node,
                            struct resolved_block *ret);

static void collect_block(struct resolver *r, const struct node *node,
                          struct resolved_block *ret)
{
    *ret = (struct resolved_block){ .id = node->id,
                                    .component = node->component,
                                    .props = node->props,
                                    .hidden = node->hidden,
                                    .excluded = node->excluded,
                                    .added_by = node->added_by,
                                    .placed_by = node->placed_by,
                                    .hidden_by = node->hidden_by };
    if (node->properties)
        collect_properties(r, node, ret);
    if (node->locks)
        collect_locks(r, node, ret);
    if (node->places)
        collect_regions(r, node, ret);
}

static void collect_regions(struct resolver *r, const struct node *node,
                            struct resolved_block *ret)
{
    for (const struct place *p = node->places; p; p = p->next)
        ret->region_count++;
    ret->regions = ARENA_ARRAY(r->arena, struct resolved_region, ret->region_count);
    struct resolved_region *region = ret->regions;
    for (const struct place *p = node->places; p; p = p->next, region++) {
        size_t blocks = 0;
        for (const struct node *child = p->first; child; child = child->after)
            blocks++;
        region->name = p->name;
        region->blocks = ARENA_ARRAY(r->arena, struct resolved_block *, blocks);
        for (const struct node *child = p->first; child; child = child->after) {
            struct resolved_block *block = ARENA_NEW(r->arena, struct resolved_block);
            collect_block(r, child, block);
            region->blocks[region->n++] = block;
        }
    }
}

void layout_resolve(const struct layout_input *input, struct arena *arena,
                    struct resolved *ret)
{
    struct resolver *r = ARENA_NEW(arena, struct resolver);
    r->arena = arena;
    r->input = input;
    r->layer = r->verb = -1;
    r->page = node_new(r, STR("page"));
    r->page->added = r->page->props = val_map(NULL, 0);
    for (r->layer = 0; (size_t)r->layer < input->n; r->layer++)
        apply_layer(r, &input->layers[r->layer]);
    *ret = (struct resolved){ .block_count = r->blocks,
                              .issues = r->issues,
                              .issue_count = r->issue_count };
    collect_block(r, r->page, &ret->page);
}

static const struct resolved_block *find_in(const struct resolved_block *block, str id)
{
    const struct resolved_block *found = str_equal(block->id, id) ? block : NULL;
    for (size_t i = 0; !found && i < block->region_count; i++) {
        for (size_t k = 0; !found && k < block->regions[i].n; k++)
            found = find_in(block->regions[i].blocks[k], id);
    }
    return found;
}

const struct resolved_block *resolved_find(const struct resolved *resolved, str id)
{
    return find_in(&resolved->page, id);
}

static str region_in(const struct resolved_block *owner, bool is_page, str id,
                     struct arena *arena)
{
    str found = STR("");
    for (size_t i = 0; !found.n && i < owner->region_count; i++) {
        const struct resolved_region *region = &owner->regions[i];
        for (size_t k = 0; !found.n && k < region->n; k++) {
            if (!str_equal(region->blocks[k]->id, id))
                found = region_in(region->blocks[k], false, id, arena);
            else if (is_page)
                found = region->name;
            else
                found = arena_format(arena, "%.*s/%.*s", STR_ARG(owner->id),
                                     STR_ARG(region->name));
        }
    }
    return found;
}

str resolved_region_of(const struct resolved *resolved, str id, struct arena *arena)
{
    return region_in(&resolved->page, true, id, arena);
}

/* ---- comparing ---- */

static bool same_lock_of(const struct layout_lock *a, const struct layout_lock *b)
{
    return a->kind == b->kind && a->below == b->below && str_equal(a->at, b->at);
}

static bool same_locks(const struct resolved_block *a, const struct resolved_block *b)
{
    for (size_t i = 0; i < a->lock_count; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < b->lock_count; k++)
            found = same_lock_of(&a->locks[i], &b->locks[k]);
        if (!found)
            return false;
    }
    return true;
}

static const struct resolved_region *region_of(const struct resolved_block *block,
                                               str name)
{
    for (size_t i = 0; i < block->region_count; i++) {
        if (str_equal(block->regions[i].name, name))
            return &block->regions[i];
    }
    return NULL;
}

static bool same_block(const struct resolved_block *a, const struct resolved_block *b);

/* An empty region is as good as none. */
static bool same_regions(const struct resolved_block *a, const struct resolved_block *b)
{
    for (size_t i = 0; i < a->region_count; i++) {
        const struct resolved_region *mine = &a->regions[i];
        const struct resolved_region *theirs = region_of(b, mine->name);
        if (mine->n != (theirs ? theirs->n : 0))
            return false;
        for (size_t k = 0; k < mine->n; k++) {
            if (!same_block(mine->blocks[k], theirs->blocks[k]))
                return false;
        }
    }
    for (size_t i = 0; i < b->region_count; i++) {
        if (b->regions[i].n && !region_of(a, b->regions[i].name))
            return false;
    }
    return true;
}

static bool same_block(const struct resolved_block *a, const struct resolved_block *b)
{
    return str_equal(a->id, b->id) && str_equal(a->component, b->component)
           && a->hidden == b->hidden && a->excluded == b->excluded
           && val_equal(a->props, b->props) && same_locks(a, b) && same_locks(b, a)
           && same_regions(a, b);
}

bool resolved_equal(const struct resolved *a, const struct resolved *b)
{
    return same_block(&a->page, &b->page);
}
