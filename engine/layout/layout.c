/* Layers from the store, resolved once a class of viewers, bound to compiled components.
 */
#include "inside.h"

enum { LAYOUTS_MAX_BYTES = 64 << 20, LAYOUT_PACKAGES = 32 };

extern const unsigned char layout_collections_json[];
extern const size_t layout_collections_json_size;

struct layouts {
    struct packages *packages;
    struct cache *resolved;
};

bool layout_setup(struct store *store, struct err *err)
{
    struct arena *arena = arena_open();
    struct val definitions;
    str text = { (const char *)layout_collections_json, layout_collections_json_size };
    bool good = doc_parse(arena, text, &definitions, err);
    for (size_t i = 0; good && i < val_count(definitions); i++)
        good = store_define(store, val_at(definitions, i), err);
    arena_close(arena);
    return good;
}

struct layouts *layouts_open(struct watch *watch, struct packages *packages)
{
    struct layouts *layouts = mem_zero(sizeof *layouts);
    layouts->packages = packages;
    layouts->resolved = cache_open(
        &(struct cache_config){ .watch = watch, .max_bytes = LAYOUTS_MAX_BYTES });
    return layouts;
}

void layouts_close(struct layouts *layouts)
{
    if (!layouts)
        return;
    cache_close(layouts->resolved);
    mem_free(layouts);
}

struct cache_counts layouts_count(struct layouts *layouts)
{
    return cache_count(layouts->resolved);
}

const struct region *layout_region(const struct region *regions, size_t n, str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_equal(regions[i].name, name))
            return &regions[i];
    }
    return NULL;
}

/* ---- layers of a viewer ---- */

struct layers {
    struct layer items[STORE_MAX_CHAIN * 2];
    size_t n;
};

static bool read_layer(struct scope *scope, struct snap *snap, size_t tenant, str id,
                       struct reads *reads, struct layers *ret, struct err *err)
{
    const struct viewer *v = scope->viewer;
    const struct store_collection *c = store_collection(snap_store(snap), STR("layer"));
    struct snap *house = snap_for(snap, v->path.chain, tenant + 1, scope->arena);
    struct val record;
    if (!snap_get(house, c, id, reads, &record, err))
        return false;
    if (val_exists(record))
        ret->items[ret->n++] = (struct layer){ v->path.items[tenant].id, (int)tenant,
                                               val_get(record, STR("verbs")) };
    return true;
}

static bool read_layers(struct scope *scope, str page, struct reads *reads,
                        struct layers *ret, struct err *err)
{
    const struct viewer *v = scope->viewer;
    str special =
        arena_format(scope->arena, "%.*s:%.*s", STR_ARG(page), STR_ARG(v->specialty));
    struct snap *snap;
    ret->n = 0;
    if (!scope_snap(scope, &snap, err))
        return false;
    for (size_t i = 0; i < v->path.n; i++) {
        if (!read_layer(scope, snap, i, page, reads, ret, err)
            || (v->specialty.n && !read_layer(scope, snap, i, special, reads, ret, err)))
            return false;
    }
    return ret->n ? true
                  : err_set(err, ERR_MISSING, "layout.none", "there is no page %.*s",
                            STR_ARG(page));
}

/* ---- binding ---- */

struct binder {
    struct layouts *layouts;
    struct scope *scope;
    struct snap *snap;
    struct script_worker *worker;
    struct reads *reads;
    struct layout *layout;
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
    if (!package_find(b->layouts->packages, b->snap, b->worker, b->scope->arena, name,
                      b->reads, &found, err))
        return NULL;
    l->packages[l->package_count++] = found;
    return found;
}

static const struct component *component_for(struct binder *b, str ref, struct err *err)
{
    str name;
    str package = str_cut(ref, '/', &name);
    if (!name.p) {
        name = ref;
        package = STR("standard");
    }
    struct package *p = package_for(b, package, err);
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
    block->props =
        val_copy(b->layout->arena, schema_fill(schema, block->props, b->scope->arena));
    return schema_require(schema, block->props, b->scope->arena, err)
           || err_in(err, "props of %.*s", STR_ARG(block->id));
}

static void identify(struct binder *b, struct block *block)
{
    str text = doc_text(b->scope->arena, block->props, DOC_SORTED);
    uint64_t seed = block->component ? block->component->identity : 0;
    block->key[0] = str_hash(text, str_hash(block->id, seed));
    block->key[1] = str_hash(text, str_hash(block->id, ~seed));
}

static void bind_regions(struct binder *b, const struct resolved_region *from, size_t n,
                         struct region **ret, size_t *ret_n);

static struct block *bind_block(struct binder *b, const struct resolved_block *from)
{
    struct arena *a = b->layout->arena;
    struct block *block = ARENA_NEW(a, struct block);
    struct err err;
    block->id = arena_str(a, from->id);
    block->ref = arena_str(a, from->component);
    block->props = val_copy(a, from->props);
    block->component = component_for(b, from->component, &err);
    if (!block->component || !fit_props(b, block, &err)) {
        struct err *kept = ARENA_NEW(a, struct err);
        *kept = err;
        block->broken = kept;
    }
    block->open =
        arena_format(a, "<div class=\"b b-%.*s\" id=\"b-%.*s\">",
                     STR_ARG(block->component ? block->component->size : STR("full")),
                     STR_ARG(block->id));
    identify(b, block);
    bind_regions(b, from->regions, from->region_count, &block->regions,
                 &block->region_count);
    return block;
}

static void bind_regions(struct binder *b, const struct resolved_region *from, size_t n,
                         struct region **ret, size_t *ret_n)
{
    struct arena *a = b->layout->arena;
    *ret = ARENA_ARRAY(a, struct region, n);
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        struct region *region = &(*ret)[i];
        region->name = arena_str(a, from[i].name);
        region->blocks = ARENA_ARRAY(a, struct block *, from[i].n);
        for (size_t k = 0; k < from[i].n; k++) {
            if (!from[i].blocks[k]->hidden && !from[i].blocks[k]->excluded)
                region->blocks[region->n++] = bind_block(b, from[i].blocks[k]);
        }
    }
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

/* The packages become parts: they live as long as the layout does. */
static void own_packages(struct layout *l)
{
    l->head.parts = mem_alloc((l->package_count + 1) * sizeof(struct cached *));
    for (size_t i = 0; i < l->package_count; i++)
        l->head.parts[l->head.part_count++] = &l->packages[i]->head;
    l->head.size = arena_used(l->arena) + sizeof *l;
}

static bool resolve_and_bind(struct layouts *layouts, struct scope *scope,
                             struct script_worker *worker, str page, struct reads *reads,
                             struct layout **ret, struct err *err)
{
    struct layers layers;
    struct resolved resolved;
    struct binder b = { layouts, scope, NULL, worker, reads, NULL };
    if (!read_layers(scope, page, reads, &layers, err)
        || !scope_snap(scope, &b.snap, err))
        return false;
    struct layout_input input = { .layers = layers.items, .n = layers.n };
    layout_resolve(&input, scope->arena, &resolved);
    b.layout = layout_new(page);
    b.layout->ui = package_for(&b, STR("ui"), err);
    if (!b.layout->ui) {
        cached_drop(&b.layout->head);
        return false;
    }
    b.layout->props = val_copy(b.layout->arena, resolved.page.props);
    bind_regions(&b, resolved.page.regions, resolved.page.region_count,
                 &b.layout->regions, &b.layout->region_count);
    keep_issues(b.layout, &resolved);
    own_packages(b.layout);
    *ret = b.layout;
    return true;
}

bool layout_find(struct layouts *layouts, struct scope *scope,
                 struct script_worker *worker, str page, struct layout **ret,
                 struct err *err)
{
    const struct viewer *v = scope->viewer;
    struct reads reads = { .arena = scope->arena };
    str key = arena_format(scope->arena, "%.*s %u %.*s", STR_ARG(page),
                           tenant_of(&v->path)->space, STR_ARG(v->specialty));
    *ret = (struct layout *)cache_find(layouts->resolved, key, scope->now_ms);
    if (*ret)
        return true;
    uint64_t revision = scope_revision(scope);
    if (!resolve_and_bind(layouts, scope, worker, page, &reads, ret, err))
        return false;
    cache_offer(layouts->resolved, key, &(*ret)->head, &reads, revision);
    return true;
}
