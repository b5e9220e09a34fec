/* The layers of a viewer from the store, and who of them she is meant by. */
#include "inside.h"

/* ---- layers ---- */

static bool is_drafted(const struct viewing *v, str tenant, str id)
{
    return v->draft && str_equal(v->draft->tenant, tenant)
           && str_equal(v->draft->layer, id);
}

static bool read_layer(const struct viewing *v, const struct tenant_path *path,
                       size_t level, str id, struct reads *reads, struct stack *ret,
                       struct err *err)
{
    if (is_drafted(v, path->items[level].id, id)) {
        ret->ids[ret->n] = id;
        ret->stages[ret->n] = VAL_ABSENT;
        ret->layers[ret->n++] = (struct layer){ .name = path->items[level].id,
                                                .level = (int)level,
                                                .verbs = v->draft->verbs };
        return true;
    }
    const struct store_collection *c =
        store_collection(snap_store(v->snap), STR("layer"));
    struct snap *house = snap_for(v->snap, path->chain, level + 1, v->scope->arena);
    struct val record;
    if (!snap_get(house, c, id, reads, &record, err))
        return false;
    ret->ids[ret->n] = id;
    ret->stages[ret->n] = val_get(record, STR("stage"));
    if (val_exists(record))
        ret->layers[ret->n++] = (struct layer){ .name = path->items[level].id,
                                                .level = (int)level,
                                                .verbs = val_get(record, STR("verbs")) };
    return true;
}

static bool is_page(const struct viewing *v, const struct stack *stack, struct err *err)
{
    return stack->n > 0
           || err_set(err, ERR_MISSING, "layout.none", "there is no page %.*s",
                      STR_ARG(v->page));
}

static bool read_layers(const struct viewing *v, const struct tenant_path *path,
                        struct reads *reads, struct stack *ret, struct err *err)
{
    str specialty = v->scope->viewer->specialty;
    str special = ARENA_JOIN(v->scope->arena, v->page, STR(":"), specialty);
    ret->n = 0;
    for (size_t i = 0; i < path->n; i++) {
        if (!read_layer(v, path, i, v->page, reads, ret, err)
            || (specialty.n && !read_layer(v, path, i, special, reads, ret, err)))
            return false;
    }
    return is_page(v, ret, err);
}

/* ---- audiences ---- */

static void audiences_free(struct cached *self)
{
    arena_close(((struct audiences *)self)->arena);
    mem_free(self);
}

static const struct named_audience *audience_named(const struct audiences *all, int level,
                                                   str id)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].level == level && str_equal(all->items[i].id, id))
            return &all->items[i];
    }
    return NULL;
}

/* What is wrong with a rule is told where it is written; here it holds nobody. */
static bool add_audience(const struct viewing *v, struct audiences *all, int level,
                         str id, struct reads *reads, struct err *err)
{
    struct tenant_path above = all->path;
    above.n = (size_t)level + 1;
    struct named_audience *named = &all->items[all->n++];
    *named = (struct named_audience){ arena_str(all->arena, id), level, NULL };
    struct audience_source source = { .rule = val_with(v->scope->arena, val_map(NULL, 0),
                                                       STR("audience"), val_str(id)),
                                      .path = &above,
                                      .snap = v->snap,
                                      .reads = reads };
    return audience_compile(&source, all->arena, &named->rule, NULL, err)
           || err->kind != ERR_SYSTEM;
}

static size_t count_named(struct val verbs)
{
    size_t n = 0;
    for (size_t k = 0; k < val_count(verbs); k++)
        n += val_get_text(val_at(verbs, k), STR("audience")).n > 0;
    return n;
}

static bool add_named(const struct viewing *v, struct audiences *all, size_t most,
                      int level, struct val verbs, struct reads *reads, struct err *err)
{
    for (size_t k = 0; k < val_count(verbs); k++) {
        str id = val_get_text(val_at(verbs, k), STR("audience"));
        if (id.n && all->n < most && !audience_named(all, level, id)
            && !add_audience(v, all, level, id, reads, err))
            return false;
    }
    return true;
}

static bool add_audiences(const struct viewing *v, const struct stack *stack,
                          struct audiences *all, struct reads *reads, struct err *err)
{
    size_t most = 0; /* a name may stand in many verbs */
    for (size_t i = 0; i < stack->n; i++)
        most += count_named(stack->layers[i].verbs)
                + count_named(val_get(stack->stages[i], STR("verbs")));
    most = most < LAYOUT_MAX_AUDIENCES ? most : LAYOUT_MAX_AUDIENCES;
    all->items = ARENA_ARRAY(all->arena, struct named_audience, most);
    for (size_t i = 0; i < stack->n; i++) {
        const struct layer *layer = &stack->layers[i];
        struct val staged = val_get(stack->stages[i], STR("verbs"));
        if (!add_named(v, all, most, layer->level, layer->verbs, reads, err)
            || !add_named(v, all, most, layer->level, staged, reads, err))
            return false;
    }
    return true;
}

/* ---- stages ---- */

static void add_stages(const struct stack *stack, struct audiences *all)
{
    all->stages = ARENA_ARRAY(all->arena, struct layout_stage, stack->n);
    for (size_t i = 0; i < stack->n; i++) {
        if (val_exists(stack->stages[i]))
            all->stages[all->stage_count++] = layout_stage_read(
                stack->stages[i], arena_str(all->arena, stack->layers[i].name),
                arena_str(all->arena, stack->ids[i]), &all->path);
    }
}

const struct layout_stage *stage_met(const struct audiences *all, str unit, str layer,
                                     struct val stage, size_t *ret_bit)
{
    for (size_t i = 0; i < all->stage_count; i++) {
        const struct layout_stage *met = &all->stages[i];
        *ret_bit = i;
        if (str_equal(met->unit, unit) && str_equal(met->layer, layer)
            && met->run == val_as_int(val_get(stage, STR("run")), 0))
            return met;
    }
    return NULL;
}

/* Which verbs of a staged layer count for her. One that was never published is not there
 * for the others. */
static void take_stages(const struct viewing *v, struct stack *stack)
{
    size_t n = 0;
    for (size_t i = 0; i < stack->n; i++) {
        struct layer layer = stack->layers[i];
        struct val stage = stack->stages[i];
        size_t bit;
        bool inside = val_exists(stage)
                      && stage_met(v->audiences, layer.name, stack->ids[i], stage, &bit)
                      && v->guest.staged >> bit & 1u;
        if (inside)
            layer.verbs = val_get(stage, STR("verbs"));
        else if (val_exists(stage) && !val_count(layer.verbs))
            continue;
        stack->layers[n] = layer;
        stack->ids[n] = stack->ids[i];
        stack->stages[n++] = stage;
    }
    stack->n = n;
}

static bool audiences_make(const struct viewing *v, struct reads *reads,
                           struct audiences **ret, struct err *err)
{
    struct audiences *all = mem_zero(sizeof *all);
    struct stack stack;
    all->head.free = audiences_free;
    all->head.refs = 1;
    all->arena = arena_open_small();
    bool good = tenant_path_read(v->snap, tenant_of(&v->scope->viewer->path)->id,
                                 all->arena, reads, &all->path, err)
                && read_layers(v, &all->path, reads, &stack, err)
                && add_audiences(v, &stack, all, reads, err);
    if (good)
        add_stages(&stack, all);
    if (!good) {
        cached_drop(&all->head);
        return false;
    }
    all->head.size = sizeof *all + arena_used(all->arena);
    *ret = all;
    return true;
}

static bool audiences_find(struct viewing *v, struct err *err)
{
    const struct viewer *viewer = v->scope->viewer;
    struct reads reads = { .arena = v->scope->arena };
    if (v->draft) /* names what nobody else may see yet */
        return audiences_make(v, &reads, &v->audiences, err);
    char bytes[CACHE_MAX_KEY];
    struct buf room = { .p = bytes, .cap = sizeof bytes, .max = sizeof bytes };
    str key = kept_key(&room, KEPT_AUDIENCES, &viewer->path, viewer->specialty, v->page);
    v->audiences =
        (struct audiences *)cache_find(v->layouts->kept, key, v->scope->now_ms);
    if (v->audiences)
        return true;
    if (!audiences_make(v, &reads, &v->audiences, err))
        return false;
    cache_offer(v->layouts->kept, key, &v->audiences->head, &reads, v->revision);
    return true;
}

static void read_staged(struct viewing *v)
{
    const struct viewer *viewer = v->scope->viewer;
    const struct audiences *all = v->audiences;
    if (all->stage_count)
        scope_note(v->scope, VARY_ACTOR);
    for (size_t i = 0; i < all->stage_count; i++) {
        if (layout_stage_holds(&all->stages[i], tenant_of(&viewer->path)->id,
                               viewer->person_id, v->scope->arena))
            v->guest.staged |= 1u << i;
    }
}

/* As her record is now: she is looked up at the moment of everything else. */
static bool read_guest(struct viewing *v, struct err *err)
{
    const struct audiences *all = v->audiences;
    struct val person;
    v->guest.audiences = all;
    read_staged(v);
    if (!all->n)
        return true;
    if (!scope_actor(v->scope, &person, err))
        return false;
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].rule && audience_admits(all->items[i].rule, person, &all->path))
            v->guest.bits[i / 8] |= (uint8_t)(1u << i % 8);
    }
    return true;
}

static enum layout_admission guest_admits(void *data, const struct layer *layer, str id)
{
    const struct guest *guest = data;
    const struct named_audience *named =
        audience_named(guest->audiences, layer->level, id);
    if (!named || !named->rule)
        return LAYOUT_UNKNOWN;
    size_t i = (size_t)(named - guest->audiences->items);
    return guest->bits[i / 8] >> i % 8 & 1u ? LAYOUT_INSIDE : LAYOUT_OUTSIDE;
}

/* ---- the whole ---- */

bool viewing_open(struct viewing *v, struct err *err)
{
    if (!scope_snap(v->scope, &v->snap, err))
        return false;
    v->revision = snap_revision(v->snap);
    if (!audiences_find(v, err))
        return false;
    if (read_guest(v, err))
        return true;
    viewing_close(v);
    return false;
}

void viewing_close(struct viewing *v)
{
    cached_drop(&v->audiences->head);
}

bool stack_read(const struct viewing *v, struct reads *reads, struct stack *ret,
                struct err *err)
{
    if (!read_layers(v, &v->audiences->path, reads, ret, err))
        return false;
    take_stages(v, ret);
    return is_page(v, ret, err);
}

void stack_resolve(const struct viewing *v, const struct stack *stack,
                   struct resolved *ret)
{
    struct guest guest = v->guest;
    struct layout_input input = {
        .layers = stack->layers, .n = stack->n, .admits = guest_admits, .data = &guest
    };
    layout_resolve(&input, v->scope->arena, ret);
}

void stack_add_own(const struct viewing *v, struct stack *stack, struct val verbs)
{
    stack->ids[stack->n] = v->page;
    stack->stages[stack->n] = VAL_ABSENT;
    stack->layers[stack->n++] = (struct layer){ .name = v->scope->viewer->person_id,
                                                .level = LAYOUT_PERSONAL,
                                                .verbs = verbs };
}

/* Only to compare what she sees with what she would see. */
void stack_for_guest(const struct viewing *v, struct stack *stack)
{
    struct guest guest = v->guest;
    struct arena *arena = v->scope->arena;
    for (size_t i = 0; i < stack->n; i++) {
        struct layer *layer = &stack->layers[i];
        struct val *kept = ARENA_ARRAY(arena, struct val, val_count(layer->verbs));
        size_t n = 0;
        for (size_t k = 0; k < val_count(layer->verbs); k++) {
            struct val verb = val_at(layer->verbs, k);
            str audience = val_get_text(verb, STR("audience"));
            if (!audience.n)
                kept[n++] = verb;
            else if (guest_admits(&guest, layer, audience) == LAYOUT_INSIDE)
                kept[n++] = val_without(arena, verb, STR("audience"));
        }
        layer->verbs = val_list(kept, n);
    }
}
