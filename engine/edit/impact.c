/*
 * Whom a draft would reach. The subtree is walked once, with the layers of the way down
 * in a stack; of the layers below only those are resolved, before and after, that name a
 * block the draft touches, and only when it does more to one than set a value: for the
 * others nothing can be different. A layer for everybody is met by people of every
 * specialty, each with other layers on the way, so it is resolved once for each specialty
 * that has any there; what is set aside for somebody counts once.
 */
#include "inside.h"

enum {
    MAX_LAYERS = 64, /* of one page in one unit */
    MAX_TOUCHED = 4000,
    CHILDREN = 50,        /* read at once: most units have none */
    MAX_SPECIALTIES = 64, /* that have layers on one way down */
};

/* What a unit says of the page, to those of a specialty or, without one, to all. */
struct said {
    str id;
    str specialty;
    struct layer layer;
};

/* A unit on the way down; the root's has none above. */
struct step {
    str id;
    int level;
    struct said *layers;
    size_t n;
    const struct step *above;
};

/* A block that may be there or not, elsewhere, or locked. */
struct touched {
    str id;
    bool is_way; /* only what stands in it is, so that locks may hold it or no more */
};

struct walk {
    struct edit *edit;
    const struct state *state;
    struct snap *snap;
    const struct step *own; /* of the draft's unit */
    struct layer published; /* what the draft shall replace */
    struct layer draft;
    struct val delta; /* what the draft says anew or no more */
    bool moves;       /* some of it is more than a property's value */
    struct touched *touched;
    size_t touched_count;
    size_t adds; /* at most so many blocks do all layers on the way put on the page */
    int64_t units;
    int64_t layers;
    int64_t orphaned;
    int64_t locked;
    int64_t met;
    struct val *items;
    size_t n;
    struct err *err;
};

static struct arena *arena_of(const struct walk *w)
{
    return w->edit->scope->arena;
}

/* ---- which blocks ---- */

static struct touched *touched_find(const struct walk *w, str id)
{
    for (size_t i = 0; i < w->touched_count; i++) {
        if (str_equal(w->touched[i].id, id))
            return &w->touched[i];
    }
    return NULL;
}

static void touch(struct walk *w, str id, bool is_way)
{
    struct touched *known = touched_find(w, id);
    if (known)
        known->is_way &= is_way;
    else if (w->touched_count < MAX_TOUCHED && id.n)
        w->touched[w->touched_count++] = (struct touched){ id, is_way };
}

static void touch_all(struct walk *w, const struct resolved_block *block)
{
    touch(w, block->id, false);
    for (size_t i = 0; i < block->region_count; i++) {
        for (size_t k = 0; k < block->regions[i].n; k++)
            touch_all(w, block->regions[i].blocks[k]);
    }
}

/* The blocks on the way from the page to the block: a lock on it holds them, too. */
static bool touch_way(struct walk *w, const struct resolved_block *at, str id)
{
    bool found = str_equal(at->id, id);
    for (size_t i = 0; i < at->region_count && !found; i++) {
        for (size_t k = 0; k < at->regions[i].n && !found; k++)
            found = touch_way(w, at->regions[i].blocks[k], id);
    }
    if (found)
        touch(w, at->id, true);
    return found;
}

/* Whether what is put into or behind the block may stand elsewhere or nowhere. */
static bool is_touched(const struct walk *w, str id)
{
    const struct touched *known = touched_find(w, id);
    return known && !known->is_way;
}

static bool names_touched(const struct walk *w, struct val verbs)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        str region;
        str into = str_cut(val_get_text(verb, STR("into")), '/', &region);
        if (touched_find(w, val_get_text(verb, STR("block")))
            || is_touched(w, val_get_text(verb, STR("after")))
            || is_touched(w, region.p ? into : STR("page")))
            return true;
    }
    return false;
}

/* What a layer puts into or behind what may be gone may be gone, too: for the units below
 * it. */
static void touch_added(struct walk *w, struct val verbs)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        str region;
        str into = str_cut(val_get_text(verb, STR("into")), '/', &region);
        if (val_is(val_get(verb, STR("verb")), "add")
            && ((region.p && is_touched(w, into))
                || is_touched(w, val_get_text(verb, STR("after")))))
            touch(w, val_get_text(verb, STR("block")), false);
    }
}

static size_t count_adds(struct val verbs)
{
    size_t n = 0;
    for (size_t i = 0; i < val_count(verbs); i++)
        n += val_is(val_get(val_at(verbs, i), STR("verb")), "add");
    return n;
}

/* Whether anything in the layer may fare otherwise than before. */
static bool may_differ(const struct walk *w, struct val verbs)
{
    bool may_be_full = w->moves && w->adds > LIMIT_PAGE_BLOCKS;
    return may_be_full || names_touched(w, verbs);
}

/* ---- one layer below ---- */

static void list_item(struct walk *w, const struct layer *layer, str id, const char *what,
                      struct val verb)
{
    struct arena *a = arena_of(w);
    if (w->n == EDIT_MAX_LISTED)
        return;
    struct val v =
        val_with(a, val_map(NULL, 0), STR("tenant"), val_str(arena_str(a, layer->name)));
    v = val_with(a, v, STR("layer"), val_str(arena_str(a, id)));
    v = val_with(a, v, STR("what"), val_str(str_of(what)));
    w->items[w->n++] = val_with(a, v, STR("verb"), val_copy(a, verb));
}

static bool issue_stood(const struct resolved *before, const struct layout_issue *issue)
{
    for (size_t i = 0; i < before->issue_count; i++) {
        const struct layout_issue *old = &before->issues[i];
        if (old->at.layer == issue->at.layer && old->at.verb == issue->at.verb
            && strcmp(old->code, issue->code) == 0)
            return true;
    }
    return false;
}

/* A layer below, as people of one specialty meet it: the last of the chain. */
struct meeting {
    struct layer chain[STORE_MAX_CHAIN * 2 + 2];
    size_t n;
    size_t mine; /* the draft's layer */
};

/* It is one of the layer below, and news. */
static bool issue_counts(const struct meeting *m, const struct layout_issue *issue,
                         const bool *told)
{
    return issue->at.layer + 1 == (int)m->n && issue->at.verb >= 0
           && !told[issue->at.verb];
}

static size_t count_issues(const struct meeting *m, const struct resolved *page,
                           const bool *told)
{
    size_t n = 0;
    for (size_t i = 0; i < page->issue_count; i++)
        n += issue_counts(m, &page->issues[i], told);
    return n;
}

/* Few layers have anything set aside, so that the page before is seldom looked at. */
static void compare(struct walk *w, struct meeting *m, str id, bool *told,
                    struct arena *arena)
{
    struct resolved before;
    struct resolved after;
    struct layout_input input = { .layers = m->chain, .n = m->n };
    struct val verbs = m->chain[m->n - 1].verbs;
    m->chain[m->mine] = w->draft;
    layout_resolve(&input, arena, &after);
    if (!count_issues(m, &after, told))
        return;
    m->chain[m->mine] = w->published;
    layout_resolve(&input, arena, &before);
    for (size_t i = 0; i < after.issue_count; i++) {
        const struct layout_issue *issue = &after.issues[i];
        if (!issue_counts(m, issue, told) || issue_stood(&before, issue))
            continue;
        bool locks = strcmp(issue->code, "layout.locked") == 0;
        told[issue->at.verb] = true;
        *(locks ? &w->locked : &w->orphaned) += 1;
        list_item(w, &m->chain[m->n - 1], id, locks ? "locked" : "aside",
                  val_at(verbs, (size_t)issue->at.verb));
    }
}

static void meet(struct walk *w, const struct said *said, struct arena *arena)
{
    struct layout_conflict *found;
    size_t n = layout_conflicts(said->layer.verbs, w->delta, arena, &found);
    w->met += (int64_t)n;
    for (size_t i = 0; i < n; i++)
        list_item(w, &said->layer, said->id, "overrides", found[i].mine);
}

/* ---- the walk ---- */

static bool layers_of(struct walk *w, store_space space, struct arena *arena,
                      struct step *at)
{
    const struct store_collection *c =
        store_collection(snap_store(w->snap), STR("layer"));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("page")),
                       .equals = { val_str(w->state->page) },
                       .equals_count = 1,
                       .limit = MAX_LAYERS };
    struct rows rows;
    if (!snap_query(snap_for(w->snap, &space, 1, arena), &q, arena, NULL, &rows, w->err))
        return false;
    at->n = val_count(rows.list);
    at->layers = ARENA_ARRAY(arena, struct said, at->n);
    for (size_t i = 0; i < at->n; i++) {
        struct val record = val_at(rows.list, i);
        struct val verbs = val_get(record, STR("verbs"));
        at->layers[i] =
            (struct said){ .id = val_get_text(record, STR("id")),
                           .specialty = val_get_text(record, STR("specialty")),
                           .layer = { at->id, at->level, verbs,
                                      layout_read(verbs, arena) } };
        w->adds += count_adds(verbs);
    }
    return true;
}

static const struct layer *layer_for(const struct step *at, str specialty)
{
    for (size_t i = 0; i < at->n; i++) {
        if (str_equal(at->layers[i].specialty, specialty))
            return &at->layers[i].layer;
    }
    return NULL;
}

/* The layers down to the unit, as people of the specialty meet them; before the draft. */
static void chain_add(const struct walk *w, const struct step *at, str specialty,
                      struct meeting *m)
{
    str names[] = { STR(""), specialty };
    if (at->above)
        chain_add(w, at->above, specialty, m);
    for (size_t i = 0; i < (specialty.n ? 2 : 1); i++) {
        bool drafted = at == w->own && str_equal(names[i], w->state->specialty);
        const struct layer *layer = drafted ? &w->published : layer_for(at, names[i]);
        if (drafted)
            m->mine = m->n;
        if (layer)
            m->chain[m->n++] = *layer;
    }
}

static void specialty_add(str *all, size_t *n, str specialty)
{
    for (size_t i = 0; i < *n; i++) {
        if (str_equal(all[i], specialty))
            return;
    }
    if (*n < MAX_SPECIALTIES)
        all[(*n)++] = specialty;
}

/* Of whom the layer may be met: of its own specialty, or of any. */
static size_t specialties_of(const struct walk *w, const struct step *at, str specialty,
                             str all[MAX_SPECIALTIES])
{
    size_t n = 0;
    str only = specialty.n ? specialty : w->state->specialty;
    specialty_add(all, &n, only);
    for (; at && !only.n; at = at->above) {
        for (size_t i = 0; i < at->n; i++)
            specialty_add(all, &n, at->layers[i].specialty);
    }
    return n;
}

static struct meeting meeting_of(const struct walk *w, const struct step *at,
                                 str specialty, str viewer)
{
    struct meeting m = { .n = 0 };
    chain_add(w, at, viewer, &m);
    /* the unit's layer for the viewer's specialty stands behind its plain one */
    if (!specialty.n && viewer.n && layer_for(at, viewer))
        m.n--;
    return m;
}

static void look_at(struct walk *w, const struct step *at, const struct said *said)
{
    struct val verbs = said->layer.verbs;
    str viewers[MAX_SPECIALTIES];
    w->layers++;
    if (!may_differ(w, verbs))
        return;
    struct arena *arena = arena_open();
    bool *told = ARENA_ARRAY(arena, bool, val_count(verbs) + 1);
    size_t n = w->moves ? specialties_of(w, at, said->specialty, viewers) : 0;
    meet(w, said, arena);
    for (size_t i = 0; i < n; i++) {
        struct meeting m = meeting_of(w, at, said->specialty, viewers[i]);
        compare(w, &m, said->id, told, arena);
    }
    arena_close(arena);
    if (w->moves)
        touch_added(w, verbs);
}

static void look_at_unit(struct walk *w, const struct step *at)
{
    str mine = w->state->specialty;
    for (size_t i = 0; i < at->n; i++) {
        str specialty = at->layers[i].specialty;
        bool other = mine.n && specialty.n && !str_equal(mine, specialty);
        bool above = at == w->own && (mine.n || !specialty.n);
        if (!other && !above)
            look_at(w, at, &at->layers[i]);
    }
}

/* ---- which blocks the draft touches, for whomever ---- */

/* The value of a property is only met by others of the same one; any other verb may set
 * verbs aside that come later. */
static bool is_value(struct val verb)
{
    static const char *const values[] = { "set", "reset", "token" };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        if (val_is(val_get(verb, STR("verb")), values[i]))
            return true;
    }
    return false;
}

static void touch_for(struct walk *w, str viewer)
{
    struct resolved pages[2];
    struct meeting m = { .n = 0 };
    chain_add(w, w->own, viewer, &m);
    for (size_t p = 0; p < 2; p++) {
        m.chain[m.mine] = p ? w->draft : w->published;
        layout_resolve(&(struct layout_input){ .layers = m.chain, .n = m.n }, arena_of(w),
                       &pages[p]);
    }
    for (size_t i = 0; i < val_count(w->delta); i++) {
        str id = val_get_text(val_at(w->delta, i), STR("block"));
        for (size_t p = 0; p < 2 && id.n && !is_value(val_at(w->delta, i)); p++) {
            const struct resolved_block *block = resolved_find(&pages[p], id);
            if (block && block != &pages[p].page)
                touch_all(w, block);
            touch_way(w, &pages[p].page, id);
        }
    }
}

static void find_touched(struct walk *w)
{
    str viewers[MAX_SPECIALTIES];
    size_t n = specialties_of(w, w->own, STR(""), viewers);
    for (size_t i = 0; i < val_count(w->delta); i++) {
        str id = val_get_text(val_at(w->delta, i), STR("block"));
        touch(w, id.n ? id : STR("page"), false);
        w->moves |= !is_value(val_at(w->delta, i));
    }
    for (size_t i = 0; i < n && w->moves; i++)
        touch_for(w, viewers[i]);
}

static bool walk_unit(struct walk *w, str id, store_space space, const struct step *above,
                      int level);

static bool walk_children(struct walk *w, const struct step *at, struct arena *arena)
{
    struct rows rows = { .next = STR("") };
    do {
        if (!tenant_children(w->snap, at->id, rows.next, CHILDREN, arena, &rows, w->err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val child = val_at(rows.list, i);
            if (!walk_unit(w, val_get_text(child, STR("id")),
                           (store_space)val_as_int(val_get(child, STR("space")), 0), at,
                           at->level + 1))
                return false;
        }
    } while (rows.next.n);
    return true;
}

static bool walk_unit(struct walk *w, str id, store_space space, const struct step *above,
                      int level)
{
    if (level >= STORE_MAX_CHAIN)
        return true;
    struct arena *arena = arena_open_small();
    struct step at = { .id = id, .level = level, .above = above };
    size_t touched_above = w->touched_count;
    size_t adds_above = w->adds;
    w->units++;
    bool good = layers_of(w, space, arena, &at);
    if (good && !w->own) {
        w->own = &at;
        find_touched(w);
    }
    if (good)
        look_at_unit(w, &at);
    good = good && walk_children(w, &at, arena);
    if (w->own == &at)
        w->own = NULL;
    w->touched_count = touched_above;
    w->adds = adds_above;
    arena_close(arena);
    return good;
}

/* From the root to the draft's unit, and then all below it. */
static bool walk_down(struct walk *w, struct arena *arena)
{
    const struct tenant_path *path = &w->state->path;
    struct step *steps = ARENA_ARRAY(arena, struct step, path->n);
    const struct step *above = NULL;
    for (size_t i = 0; i + 1 < path->n; i++) {
        steps[i] =
            (struct step){ .id = path->items[i].id, .level = (int)i, .above = above };
        above = &steps[i];
        if (!layers_of(w, path->items[i].space, arena, &steps[i]))
            return false;
    }
    const struct tenant *unit = tenant_of(path);
    return walk_unit(w, unit->id, unit->space, above, (int)path->n - 1);
}

/* ---- people ---- */

static bool count_people(struct walk *w, struct val *ret)
{
    struct arena *a = arena_of(w);
    const struct audience *audience;
    struct val rule = val_with(a, val_map(NULL, 0), STR("subtree"),
                               val_str(tenant_of(&w->state->path)->id));
    if (w->state->specialty.n) {
        struct val both[] = { rule, val_with(a, val_map(NULL, 0), STR("specialty"),
                                             val_str(w->state->specialty)) };
        rule = val_with(a, val_map(NULL, 0), STR("all"), val_copy(a, val_list(both, 2)));
    }
    struct audience_source source = { .rule = rule,
                                      .path = &w->state->path,
                                      .snap = w->snap };
    if (!audience_compile(&source, a, &audience, NULL, w->err))
        return false;
    struct directory_set *set = directory_select(w->edit->editor->directory, audience);
    *ret = val_int((int64_t)directory_set_count(set));
    directory_set_close(set);
    return true;
}

static bool name_items(struct walk *w)
{
    struct arena *a = arena_of(w);
    for (size_t i = 0; i < w->n; i++) {
        struct val name;
        str unit = val_get_text(w->items[i], STR("tenant"));
        if (!unit_name(w->snap, unit, a, &name, w->err))
            return false;
        if (val_exists(name))
            w->items[i] = val_with(a, w->items[i], STR("name"), name);
    }
    return true;
}

bool edit_impact(struct edit *edit, struct val *ret, struct err *err)
{
    struct state s;
    struct arena *a = edit->scope->arena;
    struct walk w = { .edit = edit, .state = &s, .err = err };
    struct val people = VAL_ABSENT;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &w.snap, err))
        return false;
    w.items = ARENA_ARRAY(a, struct val, EDIT_MAX_LISTED);
    int level = (int)s.path.n - 1;
    str unit = tenant_of(&s.path)->id;
    w.published = (struct layer){ unit, level, s.published, layout_read(s.published, a) };
    w.draft = (struct layer){ unit, level, s.verbs, layout_read(s.verbs, a) };
    w.delta = verbs_delta(a, s.published, s.verbs);
    w.touched = ARENA_ARRAY(a, struct touched, MAX_TOUCHED);
    w.adds = count_adds(s.verbs);
    if (!walk_down(&w, a) || !name_items(&w)
        || (edit->editor->directory && !count_people(&w, &people)))
        return false;
    struct val v = state_head(&s, a);
    v = val_with(a, v, STR("version"), val_int(s.version));
    v = val_with(a, v, STR("units"), val_int(w.units));
    if (val_exists(people))
        v = val_with(a, v, STR("people"), people);
    v = val_with(a, v, STR("layers"), val_int(w.layers));
    v = val_with(a, v, STR("aside"), val_int(w.orphaned));
    v = val_with(a, v, STR("locked"), val_int(w.locked));
    v = val_with(a, v, STR("overrides"), val_int(w.met));
    *ret = val_with(a, v, STR("items"), val_list(w.items, w.n));
    return true;
}
