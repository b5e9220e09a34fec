/*
 * A person's own layer. What she asks for is tried by the resolver that makes her pages,
 * so the same locks bind; what it sets aside is refused. Her cards stand behind the card
 * that stood before them when she put them there, so that of what she never touched each
 * keeps its place, and what is new takes the place its unit gave it.
 */
#include "inside.h"

#include <stdio.h>

enum { TRIES = 8 };

bool arrangement_read(struct snap *snap, str person, str page, struct arena *arena,
                      struct reads *reads, struct val *ret, struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(snap), STR("arrangement"));
    struct query query = { .collection = c,
                           .index = store_index(c, STR("person")),
                           .equals = { val_str(person), val_str(page) },
                           .equals_count = 2,
                           .limit = 1 };
    struct rows rows;
    *ret = VAL_ABSENT;
    if (!snap_query(snap, &query, arena, reads, &rows, err))
        return false;
    if (val_count(rows.list))
        *ret = val_at(rows.list, 0);
    return true;
}

/* ---- writing: what was looked at must still be there ---- */

struct keeping {
    const struct viewer *viewer;
    str page;
    struct val before; /* her record as it was, or absent */
    struct val after;  /* absent: it goes */
};

static bool keep_work(struct txn *txn, void *data, struct err *err)
{
    const struct keeping *k = data;
    const struct tenant_path *path = &k->viewer->path;
    const struct store_collection *c =
        store_collection(txn_store(txn), STR("arrangement"));
    struct val now;
    if (!arrangement_read(txn_snap(txn, path->chain, path->n), k->viewer->person_id,
                          k->page, txn_arena(txn), NULL, &now, err))
        return false;
    if (val_exists(now) != val_exists(k->before) || !val_equal(now, k->before))
        return err_set(err, ERR_CONFLICT, "arrange.again",
                       "the arrangement was changed at the same moment; try again");
    store_space space = tenant_of(path)->space;
    if (!val_exists(k->after))
        return !val_exists(now)
               || txn_remove(txn, space, c, val_get_text(now, STR("id")), err);
    struct val id = val_get(now, STR("id"));
    struct val record = val_with(txn_arena(txn), k->after, STR("id"),
                                 val_exists(id) ? id : val_str(txn_new_id(txn)));
    return txn_put(txn, space, c, record, PUT_ANY, err);
}

/* The moment is let go first: writing waits for the disk. */
static bool keep(struct scope *scope, struct keeping *k, struct err *err)
{
    struct store *store = snap_store(scope->snap);
    scope_drop_snap(scope);
    return store_write(store, keep_work, k, err);
}

static bool read_before(struct scope *scope, str page, struct keeping *ret,
                        struct err *err)
{
    struct snap *snap;
    *ret = (struct keeping){ .viewer = scope->viewer, .page = page };
    if (!scope_snap(scope, &snap, err)
        || !arrangement_read(snap, scope->viewer->person_id, page, scope->arena, NULL,
                             &ret->before, err))
        return false;
    ret->before = val_copy(scope->arena, ret->before);
    return true;
}

static struct val record_of(struct scope *scope, str page, struct val verbs)
{
    struct arena *a = scope->arena;
    struct val v =
        val_with(a, val_map(NULL, 0), STR("person"), val_str(scope->viewer->person_id));
    v = val_with(a, v, STR("page"), val_str(page));
    v = val_with(a, v, STR("verbs"), val_copy(a, verbs));
    return val_with(a, v, STR("seen_at"), val_str(scope_iso(a, scope->now_ms)));
}

/* ---- what she may ask for ---- */

static bool refuse(struct err *err, enum err_kind kind, const char *code, size_t i,
                   const char *text)
{
    char where[32];
    snprintf(where, sizeof where, "/verbs/%zu", i);
    return err_at(err, kind, code, str_of(where), "%s", text);
}

static bool is_personal(const struct block *block, str at)
{
    str rest;
    if (at.n < 2 || at.p[0] != '/' || !block->component || !block->component->props)
        return false;
    str name = str_cut((str){ at.p + 1, at.n - 1 }, '/', &rest);
    struct val schema = schema_document(block->component->props);
    struct val property = val_get(val_get(schema, STR("properties")), name);
    return !rest.p && val_as_bool(val_get(property, STR("x-personal")), false);
}

static bool check_set(const struct block *block, struct val verb, size_t i,
                      struct arena *arena, struct err *err)
{
    str at = val_get_text(verb, STR("at"));
    if (!is_personal(block, at))
        return refuse(err, ERR_FORBIDDEN, "arrange.property", i,
                      "this property is not for people to set");
    struct val props =
        val_with_pointer(arena, block->props, at, val_get(verb, STR("value")));
    return schema_require(block->component->props, props, arena, err)
           || err_in(err, "/verbs/%zu/value", i);
}

static bool stands_in(const struct region *region, str id)
{
    for (size_t i = 0; i < region->n; i++) {
        if (str_equal(region->blocks[i]->id, id))
            return true;
    }
    return false;
}

/* Where the block is to stand: where it stands, unless the verb says else. */
static const struct region *region_for(const struct layout *layout, struct val verb)
{
    const struct block *block = layout_block(layout, val_get_text(verb, STR("block")));
    struct val into = val_get(verb, STR("into"));
    return layout_region_at(layout, val_exists(into) ? val_text(into) : block->region);
}

static bool check_move(const struct layout *layout, struct val verb, size_t i,
                       struct err *err)
{
    str id = val_get_text(verb, STR("block"));
    struct val after = val_get(verb, STR("after"));
    const struct block *block = layout_block(layout, id);
    const struct region *from = layout_region_at(layout, block->region);
    const struct region *to = region_for(layout, verb);
    if (after.kind != VAL_STR || !to || (to != from && !to->is_offered))
        return refuse(err, ERR_INPUT, "arrange.verb", i,
                      "a card moves behind another, or \"\", of main or a card's region");
    if (!from || !stands_in(from, id))
        return refuse(err, ERR_MISSING, "layout.orphan", i, "this card is put away");
    if (after.n && (!stands_in(to, val_text(after)) || str_equal(val_text(after), id)))
        return refuse(err, ERR_INPUT, "layout.anchor", i,
                      "the card to stand behind is not in the same region");
    return true;
}

static bool check_verb(const struct layout *layout, struct val verb, size_t i,
                       struct arena *arena, struct err *err)
{
    struct val name = val_get(verb, STR("verb"));
    const struct block *block = layout_block(layout, val_get_text(verb, STR("block")));
    bool moves = val_is(name, "move");
    bool sets = val_is(name, "set");
    if (!moves && !sets && !val_is(name, "hide") && !val_is(name, "show"))
        return refuse(err, ERR_INPUT, "arrange.verb", i,
                      "people move, hide, show and set; nothing else");
    if (!block)
        return refuse(err, ERR_MISSING, "layout.orphan", i, "there is no such card");
    return moves  ? check_move(layout, verb, i, err)
           : sets ? check_set(block, verb, i, arena, err)
                  : true;
}

/* ---- her verbs, changed ---- */

/* The ids of a region as they stand after the moves so far. */
struct order {
    const struct region *region;
    str *ids;
    size_t n;
    struct order *next;
};

struct arranging {
    struct viewing viewing;
    const struct layout *layout; /* the page as she sees it */
    struct resolved given;       /* … and as her unit gives it */
    struct order *orders;        /* of regions in which something moves */
    struct val verbs;            /* hers */
};

static bool says(struct val verb, const char *name, str block)
{
    return val_is(val_get(verb, STR("verb")), name)
           && str_equal(val_get_text(verb, STR("block")), block);
}

static bool has_verb(struct val verbs, const char *name, str block)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (says(val_at(verbs, i), name, block))
            return true;
    }
    return false;
}

static size_t place_in(const struct order *o, str id)
{
    size_t i = 0;
    while (i < o->n && !str_equal(o->ids[i], id))
        i++;
    return i;
}

static struct order *order_of(struct arranging *a, const struct region *region)
{
    struct arena *arena = a->viewing.scope->arena;
    for (struct order *o = a->orders; o; o = o->next) {
        if (o->region == region)
            return o;
    }
    struct order *o = ARENA_NEW(arena, struct order);
    *o = (struct order){ region, ARENA_ARRAY(arena, str, LIMIT_PAGE_BLOCKS), region->n,
                         a->orders };
    for (size_t i = 0; i < region->n; i++)
        o->ids[i] = region->blocks[i]->id;
    a->orders = o;
    return o;
}

/* The region it stands in after the moves so far. */
static struct order *order_holding(struct arranging *a, str id)
{
    const struct block *block = layout_block(a->layout, id);
    for (struct order *o = a->orders; o; o = o->next) {
        if (place_in(o, id) < o->n)
            return o;
    }
    return order_of(a, layout_region_at(a->layout, block->region));
}

static void take_from(struct order *o, str id)
{
    size_t from = place_in(o, id);
    memmove(&o->ids[from], &o->ids[from + 1], (o->n - from - 1) * sizeof *o->ids);
    o->n--;
}

static void put_to(struct order *o, str id, str after)
{
    size_t to = after.n ? place_in(o, after) + 1 : 0;
    to = to < o->n ? to : o->n; /* what it was to stand behind has gone elsewhere */
    memmove(&o->ids[to + 1], &o->ids[to], (o->n - to) * sizeof *o->ids);
    o->ids[to] = id;
    o->n++;
}

static struct val move_verb(const struct arranging *a, const struct order *o, size_t i)
{
    struct arena *arena = a->viewing.scope->arena;
    str id = o->ids[i];
    str given = resolved_region_of(&a->given, id, arena);
    struct val verb =
        val_with(arena, val_map(NULL, 0), STR("verb"), val_str(STR("move")));
    verb = val_with(arena, verb, STR("block"), val_str(id));
    if (!str_equal(given, o->region->path))
        verb = val_with(arena, verb, STR("into"), val_str(o->region->path));
    return val_with(arena, verb, STR("after"), val_str(i ? o->ids[i - 1] : STR("")));
}

/* All that she moved herself is put anew behind what stands before it. */
static void add_moves(struct arranging *a, const struct order *o, str id)
{
    for (size_t i = 0; i < o->n; i++) {
        if (str_equal(o->ids[i], id) || has_verb(a->verbs, "move", o->ids[i]))
            a->verbs = val_append(a->viewing.scope->arena, a->verbs, move_verb(a, o, i));
    }
}

static void add_move(struct arranging *a, struct val verb)
{
    str id = val_get_text(verb, STR("block"));
    struct order *from = order_holding(a, id);
    struct val into = val_get(verb, STR("into"));
    struct order *to = val_exists(into) ? order_of(a, region_for(a->layout, verb)) : from;
    take_from(from, id);
    put_to(to, id, val_get_text(verb, STR("after")));
    if (from != to)
        add_moves(a, from, id);
    add_moves(a, to, id);
}

/* She shows what she hid by no longer hiding it: what a unit hides stays so. */
static void drop_hide(struct arranging *a, str id)
{
    struct val kept = val_list(NULL, 0);
    for (size_t i = 0; i < val_count(a->verbs); i++) {
        struct val verb = val_at(a->verbs, i);
        if (!says(verb, "hide", id))
            kept = val_append(a->viewing.scope->arena, kept, verb);
    }
    a->verbs = kept;
}

static void add_verb(struct arranging *a, struct val verb)
{
    struct val name = val_get(verb, STR("verb"));
    str id = val_get_text(verb, STR("block"));
    if (val_is(name, "move"))
        add_move(a, verb);
    else if (val_is(name, "show"))
        drop_hide(a, id);
    else
        a->verbs = val_append(a->viewing.scope->arena, a->verbs, verb);
}

/* ---- trying them ---- */

static bool is_same_work(struct val a, struct val b)
{
    return str_equal(val_get_text(a, STR("verb")), val_get_text(b, STR("verb")))
           && str_equal(val_get_text(a, STR("block")), val_get_text(b, STR("block")))
           && str_equal(val_get_text(a, STR("at")), val_get_text(b, STR("at")));
}

static bool refuse_issue(const struct stack *stack, const struct layout_issue *issue,
                         size_t i, struct err *err)
{
    char where[32];
    snprintf(where, sizeof where, "/verbs/%zu", i);
    if (issue->by.layer < 0)
        return err_at(err, ERR_INPUT, issue->code, str_of(where),
                      "the page cannot be changed so");
    return err_at(err, ERR_FORBIDDEN, issue->code, str_of(where), "%.*s locked it",
                  STR_ARG(stack->layers[issue->by.layer].name));
}

/* What of hers was set aside before may stay so: a lock may go again. */
static bool check_resolved(const struct stack *stack, const struct resolved *resolved,
                           struct val verbs, struct err *err)
{
    for (size_t i = 0; i < resolved->issue_count; i++) {
        const struct layout_issue *issue = &resolved->issues[i];
        if ((size_t)issue->at.layer != stack->n - 1)
            continue;
        struct val hers =
            val_at(stack->layers[stack->n - 1].verbs, (size_t)issue->at.verb);
        for (size_t k = 0; k < val_count(verbs); k++) {
            if (is_same_work(hers, val_at(verbs, k)))
                return refuse_issue(stack, issue, k, err);
        }
    }
    return true;
}

static bool change(struct arranging *a, struct val verbs, struct keeping *k,
                   struct err *err)
{
    struct viewing *v = &a->viewing;
    struct arena *arena = v->scope->arena;
    struct resolved resolved;
    struct stack stack;
    if (!stack_read(v, NULL, &stack, err))
        return false;
    stack_resolve(v, &stack, &a->given);
    a->verbs = val_get(k->before, STR("verbs"));
    for (size_t i = 0; i < val_count(verbs); i++)
        add_verb(a, val_at(verbs, i));
    a->verbs = layout_normalise(a->verbs, arena);
    stack_add_own(v, &stack, a->verbs);
    stack_resolve(v, &stack, &resolved);
    if (!check_resolved(&stack, &resolved, verbs, err))
        return false;
    stack_for_guest(v, &stack);
    struct val shortest = layout_condense(
        &(struct layout_input){ .layers = stack.layers, .n = stack.n }, arena);
    if (val_count(shortest))
        k->after = record_of(v->scope, v->page, shortest);
    return true;
}

static bool check_verbs(const struct layout *layout, struct val verbs,
                        struct arena *arena, struct err *err)
{
    if (!layout->is_arrangeable)
        return err_set(err, ERR_FORBIDDEN, "arrange.off",
                       "this page is not for people to arrange");
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (!check_verb(layout, val_at(verbs, i), i, arena, err))
            return false;
    }
    return true;
}

static bool try_once(struct arranging *a, struct val verbs, struct keeping *k,
                     struct err *err)
{
    struct viewing *v = &a->viewing;
    if (!read_before(v->scope, v->page, k, err)
        || !check_verbs(a->layout, verbs, v->scope->arena, err) || !viewing_open(v, err))
        return false;
    bool good = change(a, verbs, k, err);
    viewing_close(v);
    return good && keep(v->scope, k, err);
}

static bool is_again(const struct err *err)
{
    return strcmp(err->code, "arrange.again") == 0;
}

bool layout_arrange(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, str page, struct val verbs,
                    struct err *err)
{
    bool good = false;
    bool again = true;
    for (int i = 0; again && i < TRIES; i++) {
        struct layout *layout;
        struct keeping k;
        if (!layout_find(layouts, scope, worker, page, &layout, err))
            return false;
        struct arranging a = { .viewing = { .layouts = layouts,
                                            .scope = scope,
                                            .worker = worker,
                                            .page = page },
                               .layout = layout };
        good = try_once(&a, verbs, &k, err);
        cached_drop(&layout->head);
        again = !good && is_again(err);
    }
    return good;
}

bool layout_arrangement(struct layouts *layouts, struct scope *scope,
                        struct script_worker *worker, str page, struct val *ret,
                        struct err *err)
{
    struct arena *a = scope->arena;
    struct keeping k;
    struct layout *layout;
    if (!layout_find(layouts, scope, worker, page, &layout, err))
        return false;
    bool is_arrangeable = layout->is_arrangeable;
    cached_drop(&layout->head);
    if (!read_before(scope, page, &k, err))
        return false;
    struct val verbs = val_get(k.before, STR("verbs"));
    struct val v = val_with(a, val_map(NULL, 0), STR("page"), val_str(page));
    v = val_with(a, v, STR("arrangeable"), val_bool(is_arrangeable));
    *ret = val_with(a, v, STR("verbs"), val_exists(verbs) ? verbs : val_list(NULL, 0));
    return true;
}

/* ---- the unit's again, and what is seen ---- */

bool layout_restore(struct scope *scope, str page, struct err *err)
{
    bool good = false;
    bool again = true;
    for (int i = 0; again && i < TRIES; i++) {
        struct keeping k;
        good = read_before(scope, page, &k, err) && keep(scope, &k, err);
        again = !good && is_again(err);
    }
    return good;
}

bool layout_see(struct scope *scope, str page, struct err *err)
{
    bool good = false;
    bool again = true;
    for (int i = 0; again && i < TRIES; i++) {
        struct keeping k;
        if (!read_before(scope, page, &k, err))
            return false;
        if (!val_exists(k.before))
            return true;
        k.after = record_of(scope, page, val_get(k.before, STR("verbs")));
        good = keep(scope, &k, err);
        again = !good && is_again(err);
    }
    return good;
}

bool layout_forget(struct txn *txn, store_space space, str person, struct err *err)
{
    const struct store_collection *c =
        store_collection(txn_store(txn), STR("arrangement"));
    struct query hers = { .collection = c,
                          .index = store_index(c, STR("person")),
                          .equals = { val_str(person) },
                          .equals_count = 1 };
    return txn_remove_all(txn, space, &hers, err);
}
