/* A resolved page bound to compiled components: what a renderer walks. */
#include "inside.h"

enum { LAYOUT_PACKAGES = 32 };

struct binder {
    const struct viewing *viewing;
    const struct stack *stack;
    struct reads *reads;
    struct layout *layout;
    int64_t seen_ms; /* when she looked last; only for her own arrangement */
};

/* The package, found once a layout. NULL with `err` filled when it cannot be had. */
static struct package *package_for(struct binder *b, str name, struct err *err)
{
    struct layout *l = b->layout;
    for (size_t i = 0; i < l->package_count; i++) {
        if (str_equal(l->packages[i]->name, name))
            return l->packages[i];
    }
    struct package *found;
    if (l->package_count == LAYOUT_PACKAGES) {
        err_set(err, ERR_LIMIT, "layout.limit", "a page uses at most %d packages",
                LAYOUT_PACKAGES);
        return NULL;
    }
    struct package_source source = { .snap = b->viewing->snap,
                                     .worker = b->viewing->worker,
                                     .arena = b->viewing->scope->arena,
                                     .reads = b->reads,
                                     .words = b->viewing->look->words };
    if (!package_find_to_show(b->viewing->layouts->packages, &source, name, &found, err))
        return NULL;
    l->packages[l->package_count++] = found;
    return found;
}

static const struct component *component_for(struct binder *b, str ref, struct err *err)
{
    str name;
    struct package *p = package_for(b, package_of_ref(ref, &name), err);
    if (!p)
        return NULL;
    const struct component *component = package_component(p, name);
    if (!component)
        err_set(err, ERR_MISSING, "layout.component", "there is no component %.*s",
                STR_ARG(ref));
    return component;
}

static bool fit_props(struct binder *b, struct block *block, struct err *err)
{
    const struct schema *schema = block->component->props;
    if (!schema)
        return true;
    block->props = val_copy(b->layout->arena,
                            schema_fill(schema, block->props, b->viewing->scope->arena));
    return schema_require(schema, block->props, b->viewing->scope->arena, err)
           || err_in(err, "props of %.*s", STR_ARG(block->id));
}

static void identify(struct binder *b, struct block *block)
{
    str text = doc_text(b->viewing->scope->arena, block->props, DOC_SORTED);
    uint64_t seed = (block->component ? block->component->identity : 0) + block->is_new;
    block->key[0] = str_hash(text, str_hash(block->id, seed));
    block->key[1] = str_hash(text, str_hash(block->id, ~seed));
}

/* ---- what of it is hers to change ---- */

static const struct layout_lock *lock_on(const struct resolved_block *block,
                                         enum layout_lock_kind kind)
{
    for (size_t i = 0; i < block->lock_count; i++) {
        if (block->locks[i].kind == kind)
            return &block->locks[i];
    }
    return NULL;
}

/* Of the block or one that stands in it. */
static const struct layout_lock *required_in(const struct resolved_block *block)
{
    const struct layout_lock *lock = lock_on(block, LOCK_REQUIRED);
    for (size_t i = 0; !lock && i < block->region_count; i++) {
        for (size_t k = 0; !lock && k < block->regions[i].n; k++)
            lock = required_in(block->regions[i].blocks[k]);
    }
    return lock;
}

static int64_t since(const struct binder *b, struct layout_origin origin)
{
    int64_t ms;
    if (origin.layer < 0)
        return 0;
    struct val verb = val_at(b->stack->layers[origin.layer].verbs, (size_t)origin.verb);
    str text = val_get_text(verb, STR("since"));
    return text.n && date_parse(text, 0, &ms) ? ms : 0;
}

static bool is_news(const struct binder *b, const struct resolved_block *from)
{
    const struct layout_lock *lock = lock_on(from, LOCK_REQUIRED);
    return lock && val_exists(b->viewing->own)
           && (since(b, lock->by) > b->seen_ms || since(b, from->added_by) > b->seen_ms);
}

static void bind_locks(struct binder *b, const struct resolved_block *from,
                       struct block *block)
{
    const struct layout_lock *required = required_in(from);
    const struct layout_lock *fixed = lock_on(from, LOCK_FIXED);
    const struct layout_lock *told = required ? required : fixed;
    block->is_required = required != NULL;
    block->is_fixed = fixed != NULL;
    if (told)
        block->locked_by =
            arena_str(b->layout->arena, b->stack->layers[told->by.layer].name);
    block->is_new = is_news(b, from);
    b->layout->has_new = b->layout->has_new || block->is_new;
}

/* ---- the regions a component has ---- */

static const struct resolved_region *resolved_region(const struct resolved_block *owner,
                                                     str name)
{
    for (size_t i = 0; i < owner->region_count; i++) {
        if (str_equal(owner->regions[i].name, name))
            return &owner->regions[i];
    }
    return NULL;
}

/* Those it names itself, and those that the items of a property marked "x-regions" are:
 * [{ "id", "title" }]. */
static size_t offered(struct arena *a, const struct component *component,
                      struct val props, struct region *ret, size_t room)
{
    struct val named = val_get(component->manifest, STR("regions"));
    size_t n = 0;
    for (size_t i = 0; named.kind == VAL_MAP && i < val_count(named) && n < room; i++) {
        str name;
        struct val region = val_member(named, i, &name);
        ret[n++] = (struct region){ .name = arena_str(a, name),
                                    .title = val_copy(a, val_get(region, STR("title"))) };
    }
    struct val marked =
        component->props ? val_get(schema_document(component->props), STR("properties"))
                         : VAL_ABSENT;
    for (size_t i = 0; i < val_count(marked); i++) {
        str name;
        struct val property = val_member(marked, i, &name);
        struct val items = val_get(props, name);
        if (!val_as_bool(val_get(property, STR("x-regions")), false))
            continue;
        for (size_t k = 0; k < val_count(items) && n < room; k++) {
            struct val item = val_at(items, k);
            ret[n++] = (struct region){ .name = val_get_text(item, STR("id")),
                                        .title = val_get(item, STR("title")) };
        }
    }
    return n;
}

static void bind_closed(struct binder *b, const struct resolved_block *owner,
                        struct region *region)
{
    for (size_t i = 0; i < owner->lock_count; i++) {
        const struct layout_lock *lock = &owner->locks[i];
        if (lock->kind != LOCK_CLOSED || !str_equal(lock->at, region->name))
            continue;
        region->is_closed = true;
        region->closed_by =
            arena_str(b->layout->arena, b->stack->layers[lock->by.layer].name);
    }
}

/* ---- blocks and regions ---- */

enum { MAX_OFFERED = 32 };

/* A text that says where everything stands, as its fingerprint. */
static void note_outline(struct binder *b, char mark, str name)
{
    b->layout->outline = str_fingerprint(name, b->layout->outline + (uint64_t)mark);
}

static void bind_regions(struct binder *b, const struct resolved_block *from,
                         struct block *owner, struct region **ret, size_t *ret_n);

static struct block *bind_block(struct binder *b, const struct resolved_block *from,
                                str region)
{
    struct arena *a = b->layout->arena;
    struct block *block = ARENA_NEW(a, struct block);
    struct err err;
    block->number = b->layout->block_count++;
    block->id = arena_str(a, from->id);
    block->region = region;
    block->ref = arena_str(a, from->component);
    block->trial = b->layout->trial;
    block->props = val_copy(a, from->props);
    block->component = component_for(b, from->component, &err);
    if (!block->component || !fit_props(b, block, &err)) {
        struct err *kept = ARENA_NEW(a, struct err);
        *kept = err;
        block->broken = kept;
    }
    bind_locks(b, from, block);
    block->open =
        arena_format(a, "<div class=\"b b-%.*s%s\" id=\"b-%.*s\">",
                     STR_ARG(block->component ? block->component->size : STR("full")),
                     block->is_new ? " b-new" : "", STR_ARG(block->id));
    identify(b, block);
    note_outline(b, '.', block->id);
    bind_regions(b, from, block, &block->regions, &block->region_count);
    return block;
}

/* What a unit hides is not hers to know. */
static bool is_put_away(const struct binder *b, const struct resolved_block *block)
{
    return block->hidden_by.layer >= 0
           && b->stack->layers[block->hidden_by.layer].level == LAYOUT_PERSONAL;
}

static void put_away(struct binder *b, const struct resolved_block *block, str region)
{
    struct layout *l = b->layout;
    if (!l->put_away)
        l->put_away = ARENA_ARRAY(l->arena, struct block *, LIMIT_PAGE_BLOCKS);
    note_outline(b, '-', STR(""));
    l->put_away[l->put_away_count++] = bind_block(b, block, region);
}

static void bind_content(struct binder *b, const struct resolved_region *from,
                         struct region *region)
{
    region->blocks = ARENA_ARRAY(b->layout->arena, struct block *, from->n);
    note_outline(b, '[', region->name);
    for (size_t k = 0; k < from->n; k++) {
        const struct resolved_block *block = from->blocks[k];
        if (block->excluded)
            continue;
        if (!block->hidden)
            region->blocks[region->n++] = bind_block(b, block, region->path);
        else if (is_put_away(b, block))
            put_away(b, block, region->path);
    }
    note_outline(b, ']', STR(""));
}

/* First what the component offers, in its order, also what is empty; then where else a
 * layer put something. `owner` is NULL for the page. */
static void bind_regions(struct binder *b, const struct resolved_block *from,
                         struct block *owner, struct region **ret, size_t *ret_n)
{
    struct arena *a = b->layout->arena;
    size_t room = owner && owner->component ? MAX_OFFERED : 0;
    struct region *regions = ARENA_ARRAY(a, struct region, room + from->region_count);
    size_t n = room ? offered(a, owner->component, owner->props, regions, room) : 0;
    for (size_t i = 0; i < n; i++)
        regions[i].is_offered = true;
    for (size_t i = 0; i < from->region_count; i++) {
        if (!layout_region(regions, n, from->regions[i].name))
            regions[n++] = (struct region){
                .name = arena_str(a, from->regions[i].name),
                .is_offered = !owner && str_equal(from->regions[i].name, STR("main")),
            };
    }
    for (size_t i = 0; i < n; i++) {
        struct region *region = &regions[i];
        const struct resolved_region *content = resolved_region(from, region->name);
        region->path = owner ? arena_format(a, "%.*s/%.*s", STR_ARG(owner->id),
                                            STR_ARG(region->name))
                             : region->name;
        bind_closed(b, from, region);
        if (content)
            bind_content(b, content, region);
    }
    *ret = regions;
    *ret_n = n;
}

static void keep_issues(struct layout *l, const struct resolved *r)
{
    l->issues = ARENA_ARRAY(l->arena, struct layout_issue, r->issue_count);
    l->issue_count = r->issue_count;
    for (size_t i = 0; i < r->issue_count; i++) {
        l->issues[i] = r->issues[i];
        l->issues[i].layer = arena_str(l->arena, r->issues[i].layer);
        l->issues[i].block = arena_str(l->arena, r->issues[i].block);
    }
}

/* Which stages she meets, and which of them hold for her. */
static const struct trial *trial_new(const struct viewing *v, struct arena *arena)
{
    const struct audiences *all = v->audiences;
    if (!all->stage_count)
        return NULL;
    struct trial *trial = ARENA_NEW(arena, struct trial);
    trial->layouts = v->layouts;
    trial->stages = ARENA_ARRAY(arena, struct layout_stage, all->stage_count);
    trial->n = all->stage_count;
    for (size_t i = 0; i < trial->n; i++) {
        trial->stages[i] = all->stages[i]; /* their texts live as long as the layout */
        trial->stages[i].inside = v->guest.staged >> i & 1u;
    }
    return trial;
}

static void layout_free(struct cached *self)
{
    arena_close(((struct layout *)self)->arena);
    mem_free(self);
}

static struct layout *layout_new(str page)
{
    struct layout *l = mem_zero(sizeof *l);
    l->head.free = layout_free;
    l->head.refs = 1;
    l->arena = arena_open_small();
    l->page = arena_str(l->arena, page);
    l->packages = ARENA_ARRAY(l->arena, struct package *, LAYOUT_PACKAGES);
    return l;
}

/* What it was made from becomes parts: they live as long as the layout does. */
static void own_parts(struct layout *l, const struct viewing *v)
{
    l->head.parts = mem_alloc((l->package_count + 2) * sizeof(struct cached *));
    for (size_t i = 0; i < l->package_count; i++)
        l->head.parts[l->head.part_count++] = &l->packages[i]->head;
    l->head.parts[l->head.part_count++] = cached_hold(&v->audiences->head);
    l->head.parts[l->head.part_count++] = cached_hold(&v->look->head);
    l->head.size = arena_used(l->arena) + sizeof *l;
}

bool layout_bind(const struct viewing *v, const struct stack *stack,
                 const struct resolved *resolved, struct reads *reads,
                 struct layout **ret, struct err *err)
{
    struct binder b = {
        .viewing = v, .stack = stack, .reads = reads, .layout = layout_new(v->page)
    };
    if (!date_parse(val_get_text(v->own, STR("seen_at")), 0, &b.seen_ms))
        b.seen_ms = 0;
    b.layout->ui = package_for(&b, STR("ui"), err);
    if (!b.layout->ui) {
        cached_drop(&b.layout->head);
        return false;
    }
    b.layout->trial = trial_new(v, b.layout->arena);
    b.layout->props = val_copy(b.layout->arena, resolved->page.props);
    b.layout->is_arrangeable =
        val_as_bool(val_get(b.layout->props, STR("arrange")), false);
    b.layout->is_arranged = val_exists(v->own);
    bind_regions(&b, &resolved->page, NULL, &b.layout->regions, &b.layout->region_count);
    keep_issues(b.layout, resolved);
    own_parts(b.layout, v);
    *ret = b.layout;
    return true;
}
