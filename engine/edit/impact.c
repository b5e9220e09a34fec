/*
 * Whom a draft would reach. The subtree is walked once, with the layers of the way down
 * in a stack; of the layers below only those are resolved, before and after, that name a
 * block the draft touches: for the others nothing can be different. A layer for everybody
 * is met by people of every specialty, each with other layers on the way, so it is
 * resolved once for each specialty that has any there; what is set aside for somebody
 * counts once.
 */
#include "inside.h"

enum {
    MAX_LAYERS = 64, /* of one page in one unit */
    MAX_TOUCHED = 4000,
    CHILDREN = 50,        /* read at once: most units have none */
    MAX_SPECIALTIES = 64, /* that have layers on one way down */
};

/* A unit on the way down; the root's has none above. */
struct step {
    str id;
    int level;
    struct val layers; /* of the page, of this unit */
    const struct step *above;
};

struct walk {
    struct edit *edit;
    const struct state *state;
    struct snap *snap;
    const struct step *own; /* of the draft's unit */
    struct val delta;       /* what the draft says anew or no more */
    str *touched;           /* blocks that may be there or not, elsewhere, or locked */
    size_t touched_count;
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

static void touch(struct walk *w, str id)
{
    for (size_t i = 0; i < w->touched_count; i++) {
        if (str_equal(w->touched[i], id))
            return;
    }
    if (w->touched_count < MAX_TOUCHED && id.n)
        w->touched[w->touched_count++] = id;
}

static void touch_all(struct walk *w, const struct resolved_block *block)
{
    touch(w, block->id);
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
        touch(w, at->id);
    return found;
}

static bool is_touched(const struct walk *w, str id)
{
    for (size_t i = 0; i < w->touched_count; i++) {
        if (str_equal(w->touched[i], id))
            return true;
    }
    return false;
}

static bool names_touched(const struct walk *w, struct val verbs)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        str region;
        str into = str_cut(val_get_text(verb, STR("into")), '/', &region);
        if (is_touched(w, val_get_text(verb, STR("block")))
            || is_touched(w, val_get_text(verb, STR("after")))
            || is_touched(w, region.p ? into : STR("page")))
            return true;
    }
    return false;
}

/* What a layer puts into or behind what may be gone may be gone, too. */
static void touch_added(struct walk *w, struct val verbs)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        str region;
        str into = str_cut(val_get_text(verb, STR("into")), '/', &region);
        if (val_is(val_get(verb, STR("verb")), "add")
            && ((region.p && is_touched(w, into))
                || is_touched(w, val_get_text(verb, STR("after")))))
            touch(w, arena_str(arena_of(w), val_get_text(verb, STR("block"))));
    }
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

static void compare(struct walk *w, struct meeting *m, str id, bool *told,
                    struct arena *arena)
{
    struct resolved before;
    struct resolved after;
    struct layout_input input = { .layers = m->chain, .n = m->n };
    struct val verbs = m->chain[m->n - 1].verbs;
    layout_resolve(&input, arena, &before);
    m->chain[m->mine].verbs = w->state->verbs;
    layout_resolve(&input, arena, &after);
    for (size_t i = 0; i < after.issue_count; i++) {
        const struct layout_issue *issue = &after.issues[i];
        if (issue->at.layer + 1 != (int)m->n || issue->at.verb < 0 || told[issue->at.verb]
            || issue_stood(&before, issue))
            continue;
        bool locks = strcmp(issue->code, "layout.locked") == 0;
        told[issue->at.verb] = true;
        *(locks ? &w->locked : &w->orphaned) += 1;
        list_item(w, &m->chain[m->n - 1], id, locks ? "locked" : "aside",
                  val_at(verbs, (size_t)issue->at.verb));
    }
}

static void meet(struct walk *w, const struct layer *layer, str id, struct arena *arena)
{
    struct layout_conflict *found;
    size_t n = layout_conflicts(layer->verbs, w->delta, arena, &found);
    w->met += (int64_t)n;
    for (size_t i = 0; i < n; i++)
        list_item(w, layer, id, "overrides", found[i].mine);
}

/* ---- the walk ---- */

static bool layers_of(struct walk *w, store_space space, struct arena *arena,
                      struct val *ret)
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
    *ret = rows.list;
    return true;
}

static struct val layer_of(struct val list, str specialty)
{
    for (size_t i = 0; i < val_count(list); i++) {
        str own = val_get_text(val_at(list, i), STR("specialty"));
        if (str_equal(own, specialty))
            return val_at(list, i);
    }
    return VAL_ABSENT;
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
        struct val record = layer_of(at->layers, names[i]);
        if (drafted)
            m->mine = m->n;
        if (drafted || val_exists(record))
            m->chain[m->n++] = (struct layer){ at->id, at->level,
                                               drafted ? w->state->published
                                                       : val_get(record, STR("verbs")) };
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
        for (size_t i = 0; i < val_count(at->layers); i++)
            specialty_add(all, &n, val_get_text(val_at(at->layers, i), STR("specialty")));
    }
    return n;
}

static struct meeting meeting_of(const struct walk *w, const struct step *at,
                                 str specialty, str viewer)
{
    struct meeting m = { .n = 0 };
    chain_add(w, at, viewer, &m);
    /* the unit's layer for the viewer's specialty stands behind its plain one */
    if (!specialty.n && viewer.n && val_exists(layer_of(at->layers, viewer)))
        m.n--;
    return m;
}

static void look_at(struct walk *w, const struct step *at, struct val record)
{
    str specialty = val_get_text(record, STR("specialty"));
    str id = val_get_text(record, STR("id"));
    struct val verbs = val_get(record, STR("verbs"));
    str viewers[MAX_SPECIALTIES];
    w->layers++;
    if (!names_touched(w, verbs))
        return;
    touch_added(w, verbs);
    struct arena *arena = arena_open();
    bool *told = ARENA_ARRAY(arena, bool, val_count(verbs) + 1);
    size_t n = specialties_of(w, at, specialty, viewers);
    meet(w, &(struct layer){ at->id, at->level, verbs }, id, arena);
    for (size_t i = 0; i < n; i++) {
        struct meeting m = meeting_of(w, at, specialty, viewers[i]);
        compare(w, &m, id, told, arena);
    }
    arena_close(arena);
}

static void look_at_unit(struct walk *w, const struct step *at)
{
    str mine = w->state->specialty;
    for (size_t i = 0; i < val_count(at->layers); i++) {
        struct val record = val_at(at->layers, i);
        str specialty = val_get_text(record, STR("specialty"));
        bool other = mine.n && specialty.n && !str_equal(mine, specialty);
        bool above = at == w->own && (mine.n || !specialty.n);
        if (!other && !above)
            look_at(w, at, record);
    }
}

/* ---- which blocks the draft touches, for whomever ---- */

static void touch_for(struct walk *w, str viewer)
{
    struct resolved pages[2];
    struct meeting m = { .n = 0 };
    chain_add(w, w->own, viewer, &m);
    for (size_t p = 0; p < 2; p++) {
        m.chain[m.mine].verbs = p ? w->state->verbs : w->state->published;
        layout_resolve(&(struct layout_input){ .layers = m.chain, .n = m.n }, arena_of(w),
                       &pages[p]);
    }
    for (size_t i = 0; i < val_count(w->delta); i++) {
        str id = val_get_text(val_at(w->delta, i), STR("block"));
        touch(w, id.n ? id : STR("page"));
        for (size_t p = 0; p < 2 && id.n; p++) {
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
    for (size_t i = 0; i < n; i++)
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
    w->units++;
    bool good = layers_of(w, space, arena, &at.layers);
    if (good && !w->own) {
        w->own = &at;
        find_touched(w);
    }
    if (good)
        look_at_unit(w, &at);
    good = good && walk_children(w, &at, arena);
    if (w->own == &at)
        w->own = NULL;
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
        if (!layers_of(w, path->items[i].space, arena, &steps[i].layers))
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
    w.delta = verbs_joined(a, verbs_without(a, s.verbs, s.published),
                           verbs_without(a, s.published, s.verbs));
    w.touched = ARENA_ARRAY(a, str, MAX_TOUCHED);
    if (!walk_down(&w, a) || (edit->editor->directory && !count_people(&w, &people)))
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
