/* Why a page is as it is, in values: for the desk and the command line alike. */
#include "inside.h"

struct explainer {
    struct arena *arena;
    const struct stack *stack;
    const struct tenant_path *path;
    const struct layout *layout; /* what she gets */
    const struct viewing *viewing;
    /* By a layer's place in the stack: the page as those under it make it, once asked
     * for. */
    const struct resolved *beneath[STORE_MAX_CHAIN * 2 + 1];
    struct val *blocks;
    size_t n;
};

static struct val put(const struct explainer *e, struct val map, const char *name,
                      struct val value)
{
    return val_exists(value) ? val_with(e->arena, map, str_of(name), value) : map;
}

static struct val text(str s)
{
    return s.n ? val_str(s) : VAL_ABSENT;
}

static struct val verb_at(const struct explainer *e, struct layout_origin origin)
{
    return val_at(e->stack->layers[origin.layer].verbs, (size_t)origin.verb);
}

struct val origin_told(struct arena *arena, const struct layer *layers, const str *ids,
                       struct layout_origin from)
{
    static const str notes[] = { STR_INIT("verb"), STR_INIT("by"), STR_INIT("since") };
    struct val v = val_map(NULL, 0);
    if (from.layer < 0)
        return VAL_ABSENT;
    struct val verb = val_at(layers[from.layer].verbs, (size_t)from.verb);
    v = val_with(arena, v, STR("unit"), val_str(layers[from.layer].name));
    v = val_with(arena, v, STR("layer"), val_str(ids[from.layer]));
    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        if (val_exists(val_get(verb, notes[i])))
            v = val_with(arena, v, notes[i], val_get(verb, notes[i]));
    }
    return v;
}

static struct val origin(const struct explainer *e, struct layout_origin from)
{
    return origin_told(e->arena, e->stack->layers, e->stack->ids, from);
}

/* ---- properties and locks ---- */

static const struct layout_property *property_at(const struct resolved_block *block,
                                                 str at)
{
    for (size_t i = 0; i < block->property_count; i++) {
        if (str_equal(block->properties[i].at, at))
            return &block->properties[i];
    }
    return NULL;
}

static const struct resolved *beneath(struct explainer *e, int layer)
{
    if (!e->beneath[layer]) {
        struct stack under = *e->stack;
        struct resolved *resolved = ARENA_NEW(e->arena, struct resolved);
        under.n = (size_t)layer;
        stack_resolve(e->viewing, &under, resolved);
        e->beneath[layer] = resolved;
    }
    return e->beneath[layer];
}

/* Who said the property, or what it is a part of. */
static struct layout_origin sayer(const struct resolved_block *block, str at)
{
    const struct layout_property *nearest = NULL;
    for (size_t i = 0; i < block->property_count; i++) {
        const struct layout_property *one = &block->properties[i];
        if (doc_pointer_leads_to(one->at, at) && (!nearest || one->at.n > nearest->at.n))
            nearest = one;
    }
    return nearest ? nearest->by : block->added_by;
}

/* What would count if the layer that set it did not; absent: it has the block from no
 * layer under it. */
static struct val overridden(struct explainer *e, const struct resolved_block *block,
                             const struct layout_property *property)
{
    const struct resolved_block *was =
        resolved_find(beneath(e, property->by.layer), block->id);
    struct val v = val_map(NULL, 0);
    if (!was)
        return VAL_ABSENT;
    struct val value = val_at_pointer(was->props, property->at);
    if (!val_exists(value))
        return v;
    v = put(e, v, "value", value);
    return put(e, v, "by", origin(e, sayer(was, property->at)));
}

static struct val property(const struct explainer *e, const struct resolved_block *block,
                           str at, struct layout_origin by)
{
    struct val v = put(e, val_map(NULL, 0), "at", val_str(at));
    v = put(e, v, "value", val_at_pointer(block->props, at));
    return put(e, v, "by", origin(e, by));
}

/* Those it was added with and nobody set since, and those that somebody set. */
static struct val properties(struct explainer *e, const struct resolved_block *block)
{
    size_t most = val_count(block->props) + block->property_count;
    struct val *items = ARENA_ARRAY(e->arena, struct val, most);
    size_t n = 0;
    for (size_t i = 0; i < val_count(block->props); i++) {
        str name;
        struct buf at;
        buf_init(&at, 1 << 16);
        val_member(block->props, i, &name);
        doc_pointer_add(&at, name);
        str pointer = arena_str(e->arena, buf_view(&at));
        buf_done(&at);
        if (!property_at(block, pointer))
            items[n++] = property(e, block, pointer, block->added_by);
    }
    for (size_t i = 0; i < block->property_count; i++) {
        const struct layout_property *one = &block->properties[i];
        items[n++] = put(e, property(e, block, one->at, one->by), "over",
                         overridden(e, block, one));
    }
    return val_list(items, n);
}

static struct val locks(const struct explainer *e, const struct resolved_block *block)
{
    struct val *items = ARENA_ARRAY(e->arena, struct val, block->lock_count);
    for (size_t i = 0; i < block->lock_count; i++) {
        const struct layout_lock *lock = &block->locks[i];
        struct val v = val_map(NULL, 0);
        v = put(e, v, "lock", val_str(layout_lock_name(lock->kind)));
        v = put(e, v, "at", text(lock->at));
        if (lock->below >= 0)
            v = put(e, v, "below", val_int(lock->below));
        items[i] = put(e, v, "by", origin(e, lock->by));
    }
    return val_list(items, block->lock_count);
}

/* ---- blocks ---- */

static const char *why(const struct resolved_block *block, const struct block *bound,
                       bool outer)
{
    if (block->excluded)
        return "audience";
    if (block->hidden)
        return "hidden";
    if (!outer)
        return "inside";
    return bound && bound->broken ? "broken" : "shown";
}

static struct val broken(const struct explainer *e, const struct block *bound)
{
    if (!bound || !bound->broken)
        return VAL_ABSENT;
    struct val v = put(e, val_map(NULL, 0), "code", val_str(str_of(bound->broken->code)));
    return put(e, v, "text", val_str(str_of(bound->broken->text)));
}

static struct val block_told(struct explainer *e, const struct resolved_block *block,
                             str region, bool outer)
{
    const struct block *bound = layout_block(e->layout, block->id);
    const char *reason = why(block, bound, outer);
    struct val v = put(e, val_map(NULL, 0), "id", val_str(block->id));
    v = put(e, v, "component", text(block->component));
    v = put(e, v, "region", text(region));
    v = put(e, v, "shown", val_bool(strcmp(reason, "shown") == 0));
    v = put(e, v, "why", val_str(str_of(reason)));
    if (block->added_by.layer >= 0)
        v = put(e, v, "audience", val_get(verb_at(e, block->added_by), STR("audience")));
    v = put(e, v, "broken", broken(e, bound));
    v = put(e, v, "added", origin(e, block->added_by));
    v = put(e, v, "placed", origin(e, block->placed_by));
    v = put(e, v, "visibility", origin(e, block->hidden_by));
    v = put(e, v, "properties", properties(e, block));
    return put(e, v, "locks", locks(e, block));
}

static void tell_blocks(struct explainer *e, const struct resolved_block *owner,
                        bool outer)
{
    bool is_page = str_equal(owner->id, STR("page"));
    for (size_t i = 0; i < owner->region_count; i++) {
        const struct resolved_region *region = &owner->regions[i];
        str name = is_page ? region->name
                           : arena_format(e->arena, "%.*s/%.*s", STR_ARG(owner->id),
                                          STR_ARG(region->name));
        for (size_t k = 0; k < region->n; k++) {
            const struct resolved_block *block = region->blocks[k];
            e->blocks[e->n++] = block_told(e, block, name, outer);
            tell_blocks(e, block, outer && !block->hidden && !block->excluded);
        }
    }
}

/* ---- the whole ---- */

/* "You" is whose page it is. */
static struct val stage_text(const struct explainer *e, const struct layout_stage *stage)
{
    str zh = STR("分批发布：您还不在这一批里");
    str en = STR("stage: you are not in it yet");
    if (stage->inside && stage->percent < 100) {
        zh = arena_format(e->arena, "分批发布：您在首批 %d %% 之内", stage->percent);
        en = arena_format(e->arena, "stage: you are in the first %d %%", stage->percent);
    } else if (stage->inside) {
        zh = STR("分批发布：您的单位在这一批里");
        en = STR("stage: your unit is in it");
    }
    return put(e, put(e, val_map(NULL, 0), "zh", val_str(zh)), "en", val_str(en));
}

static struct val stage_told(const struct explainer *e, size_t i)
{
    struct val stage = e->stack->stages[i];
    const struct trial *trial = e->layout->trial;
    for (size_t k = 0; trial && k < trial->n; k++) {
        const struct layout_stage *met = &trial->stages[k];
        if (!str_equal(met->unit, e->stack->layers[i].name)
            || !str_equal(met->layer, e->stack->ids[i]) || !val_exists(stage))
            continue;
        struct val v = put(e, val_map(NULL, 0), "revision", val_int(met->number));
        v = put(e, v, "percent", val_get(stage, STR("percent")));
        v = put(e, v, "tenants", val_get(stage, STR("tenants")));
        v = put(e, v, "inside", val_bool(met->inside));
        return put(e, v, "text", stage_text(e, met));
    }
    return VAL_ABSENT;
}

/* What people call the unit of a layer. */
static struct val name_of(const struct explainer *e, int level)
{
    if (level < 0 || (size_t)level >= e->path->n)
        return VAL_ABSENT;
    return val_copy(e->arena, tenant_name(&e->path->items[level]));
}

static struct val layers(const struct explainer *e)
{
    struct val *items = ARENA_ARRAY(e->arena, struct val, e->stack->n);
    for (size_t i = 0; i < e->stack->n; i++) {
        struct val v = put(e, val_map(NULL, 0), "unit", text(e->stack->layers[i].name));
        v = put(e, v, "name", name_of(e, e->stack->layers[i].level));
        v = put(e, v, "layer", text(e->stack->ids[i]));
        v = put(e, v, "level", val_int(e->stack->layers[i].level));
        items[i] = put(e, v, "stage", stage_told(e, i));
    }
    return val_list(items, e->stack->n);
}

static struct val issues(const struct explainer *e, const struct resolved *resolved)
{
    struct val *items = ARENA_ARRAY(e->arena, struct val, resolved->issue_count);
    for (size_t i = 0; i < resolved->issue_count; i++) {
        const struct layout_issue *issue = &resolved->issues[i];
        struct val v = put(e, val_map(NULL, 0), "code", val_str(str_of(issue->code)));
        v = put(e, v, "block", text(issue->block));
        v = put(e, v, "by", origin(e, issue->at));
        items[i] = put(e, v, "lock", origin(e, issue->by));
    }
    return val_list(items, resolved->issue_count);
}

static struct val tell(struct explainer *e, const struct viewing *v,
                       const struct resolved *resolved)
{
    e->blocks = ARENA_ARRAY(e->arena, struct val, resolved->block_count);
    tell_blocks(e, &resolved->page, true);
    struct val told = put(e, val_map(NULL, 0), "page", val_str(v->page));
    told = put(e, told, "person", text(v->scope->viewer->person_id));
    told = put(e, told, "layers", layers(e));
    told = put(e, told, "properties", properties(e, &resolved->page));
    told = put(e, told, "locks", locks(e, &resolved->page));
    told = put(e, told, "blocks", val_list(e->blocks, e->n));
    return put(e, told, "issues", issues(e, resolved));
}

struct val explanation(const struct viewing *v, const struct stack *stack,
                       const struct resolved *resolved, const struct layout *layout)
{
    struct explainer e = { .arena = v->scope->arena,
                           .stack = stack,
                           .path = &v->audiences->path,
                           .viewing = v,
                           .layout = layout };
    return val_copy(e.arena, tell(&e, v, resolved));
}

static bool explain(const struct viewing *v, const struct layout *layout, struct val *ret,
                    struct err *err)
{
    struct stack stack;
    struct resolved resolved;
    struct val own = VAL_ABSENT;
    if (!stack_read(v, NULL, &stack, err)
        || (layout->is_arranged
            && !arrangement_read(v->snap, v->scope->viewer->person_id, v->page,
                                 v->scope->arena, NULL, &own, err)))
        return false;
    if (val_exists(own))
        stack_add_own(v, &stack, val_get(own, STR("verbs")));
    stack_resolve(v, &stack, &resolved);
    *ret = explanation(v, &stack, &resolved, layout);
    return true;
}

bool layout_explain(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, str page, struct val *ret,
                    struct err *err)
{
    struct viewing v = {
        .layouts = layouts, .scope = scope, .worker = worker, .page = page
    };
    struct layout *layout;
    if (!layout_find(layouts, scope, worker, page, &layout, err))
        return false;
    bool good = viewing_open(&v, err);
    if (good) {
        good = explain(&v, layout, ret, err);
        viewing_close(&v);
    }
    cached_drop(&layout->head);
    return good;
}
