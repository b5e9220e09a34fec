/*
 * How a unit looks: from the root down each unit's theme, and over it the tokens that the
 * layers of that level say; so a level below may say otherwise, unless it is sealed.
 */
#include "inside.h"

#include "theme/theme.h"

/* ---- what the layers come to ---- */

/* "/tokens/light/color.brand" into the map of its level. */
static void collect_token(const struct resolved *resolved,
                          const struct layout_property *property,
                          const struct layer *layers, struct look *look)
{
    str rest = property->at;
    struct val value = val_at_pointer(resolved->page.props, rest);
    if (!doc_pointer_leads_to(STR("/tokens"), rest) || !val_exists(value))
        return;
    doc_pointer_take(look->arena, &rest);
    str set = rest.n ? doc_pointer_take(look->arena, &rest) : STR("");
    str name = rest.n ? doc_pointer_take(look->arena, &rest) : STR("");
    if (!name.n || rest.n)
        return;
    struct val *said = &look->said[layers[property->by.layer].level];
    struct val tokens = val_get(*said, set);
    tokens = val_with(look->arena, tokens.kind == VAL_MAP ? tokens : val_map(NULL, 0),
                      name, value);
    *said = val_with(look->arena, said->kind == VAL_MAP ? *said : val_map(NULL, 0), set,
                     tokens);
}

static void collect_seals(const struct resolved *resolved, const struct layer *layers,
                          struct look *look)
{
    const struct resolved_block *page = &resolved->page;
    look->seals = ARENA_ARRAY(look->arena, struct look_seal, page->lock_count);
    for (size_t i = 0; i < page->lock_count; i++) {
        const struct layout_lock *lock = &page->locks[i];
        int level = layers[lock->by.layer].level;
        if (lock->kind == LOCK_SEALED)
            look->seals[look->seal_count++] =
                (struct look_seal){ lock->at, lock->below > level ? lock->below : level };
    }
}

void look_collect(const struct resolved *resolved, const struct layer *layers,
                  struct arena *arena, struct look *ret)
{
    *ret = (struct look){ .arena = arena };
    for (size_t i = 0; i < resolved->page.property_count; i++)
        collect_token(resolved, &resolved->page.properties[i], layers, ret);
    collect_seals(resolved, layers, ret);
    ret->words = val_get(resolved->page.props, STR("words"));
    ret->offers = val_get(resolved->page.props, STR("offers"));
}

bool look_offers(const struct look *look, str theme)
{
    for (size_t i = 0; theme.n && i < val_count(look->offers); i++) {
        if (str_equal(val_text(val_at(look->offers, i)), theme))
            return true;
    }
    return false;
}

/* ---- from the store, kept ---- */

struct looking {
    struct snap *snap;
    const struct tenant_path *path;
    str specialty;
    struct arena *arena;
    struct reads *reads;
    const struct layout_draft *draft; /* in place of what is published; may be NULL */
    struct layer layers[STORE_MAX_CHAIN * 2];
    size_t n;
    bool is_special;
};

static bool is_drafted(const struct looking *l, size_t level, str id)
{
    return l->draft && str_equal(l->draft->tenant, l->path->items[level].id)
           && str_equal(l->draft->layer, id);
}

static bool add_layer(struct looking *l, size_t level, str id, struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(l->snap), STR("layer"));
    struct snap *house = snap_for(l->snap, l->path->chain, level + 1, l->arena);
    struct val record;
    if (!snap_get(house, c, id, l->reads, &record, err))
        return false;
    struct val verbs =
        is_drafted(l, level, id) ? l->draft->verbs : val_get(record, STR("verbs"));
    if (val_exists(verbs))
        l->layers[l->n++] = (struct layer){ .name = l->path->items[level].id,
                                            .level = (int)level,
                                            .verbs = verbs };
    return true;
}

static bool read_layers(struct looking *l, struct err *err)
{
    str special = arena_format(l->arena, LAYOUT_THEME ":%.*s", STR_ARG(l->specialty));
    for (size_t i = 0; i < l->path->n; i++) {
        if (!add_layer(l, i, STR(LAYOUT_THEME), err))
            return false;
        size_t before = l->n;
        if (l->specialty.n && !add_layer(l, i, special, err))
            return false;
        l->is_special =
            l->is_special || (l->n > before && val_count(l->layers[l->n - 1].verbs));
    }
    return true;
}

/* A sheet is everybody's of a unit. */
static enum layout_admission nobody(void *data, const struct layer *layer, str audience)
{
    (void)data, (void)layer, (void)audience;
    return LAYOUT_OUTSIDE;
}

static void look_free(struct cached *self)
{
    arena_close(((struct look *)self)->arena);
    mem_free(self);
}

static void resolve_look(const struct looking *l, struct look *ret)
{
    struct resolved resolved;
    layout_resolve(
        &(struct layout_input){ .layers = l->layers, .n = l->n, .admits = nobody },
        l->arena, &resolved);
    look_collect(&resolved, l->layers, l->arena, ret);
}

static struct look *look_new(const struct looking *l)
{
    struct look *look = mem_zero(sizeof *look);
    struct arena *arena = arena_open_small();
    struct look made;
    resolve_look(l, &made);
    *look = (struct look){ .head = { .free = look_free, .refs = 1 },
                           .arena = arena,
                           .is_special = l->is_special,
                           .seal_count = made.seal_count };
    for (size_t i = 0; i < STORE_MAX_CHAIN; i++)
        look->said[i] = val_copy(arena, made.said[i]);
    look->seals = ARENA_ARRAY(arena, struct look_seal, made.seal_count);
    for (size_t i = 0; i < made.seal_count; i++)
        look->seals[i] =
            (struct look_seal){ arena_str(arena, made.seals[i].at), made.seals[i].above };
    look->words = val_copy(arena, made.words);
    look->offers = val_copy(arena, made.offers);
    look->head.size = sizeof *look + arena_used(arena);
    return look;
}

bool look_find(struct layouts *layouts, struct scope *scope,
               const struct tenant_path *path, str specialty, struct look **ret,
               struct err *err)
{
    struct reads reads = { .arena = scope->arena };
    struct looking l = {
        .path = path, .specialty = specialty, .arena = scope->arena, .reads = &reads
    };
    char bytes[CACHE_MAX_KEY];
    struct buf room = { .p = bytes, .cap = sizeof bytes, .max = sizeof bytes };
    str key = kept_key(&room, KEPT_LOOK, path, specialty, STR(""));
    *ret = (struct look *)cache_find(layouts->kept, key, scope->now_ms);
    if (*ret)
        return true;
    if (!scope_snap(scope, &l.snap, err))
        return false;
    uint64_t revision = snap_revision(l.snap);
    if (!read_layers(&l, err))
        return false;
    *ret = look_new(&l);
    cache_offer(layouts->kept, key, &(*ret)->head, &reads, revision);
    return true;
}

bool look_preview(struct layouts *layouts, struct scope *scope,
                  const struct tenant_path *path, str specialty,
                  const struct layout_draft *draft, struct look **ret, struct err *err)
{
    struct looking l = {
        .path = path, .specialty = specialty, .arena = scope->arena, .draft = draft
    };
    if (!draft)
        return look_find(layouts, scope, path, specialty, ret, err);
    if (!scope_snap(scope, &l.snap, err) || !read_layers(&l, err))
        return false;
    *ret = look_new(&l);
    return true;
}

/* ---- what people may choose ---- */

static bool choice_told(const struct looking *l, str id, struct val *items, size_t *n,
                        struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(l->snap), STR("theme"));
    struct snap *house = snap_for(l->snap, l->path->chain, l->path->n, l->arena);
    struct val record;
    if (!snap_get_up(house, c, id, l->reads, &record, err))
        return false;
    struct val title = val_get(record, STR("title"));
    struct val v = val_with(l->arena, val_map(NULL, 0), STR("id"), val_str(id));
    if (val_exists(record))
        items[(*n)++] =
            val_with(l->arena, v, STR("title"), val_exists(title) ? title : val_str(id));
    return true;
}

bool look_choices(struct scope *scope, struct val *ret, struct err *err)
{
    const struct viewer *v = scope->viewer;
    struct looking l = { .arena = scope->arena,
                         .reads = scope->seen ? &scope->seen->reads : NULL };
    struct look look;
    size_t n = 0;
    *ret = val_list(NULL, 0);
    if (!v)
        return true;
    l.path = &v->path;
    l.specialty = v->specialty;
    scope_note(scope, VARY_TENANT | VARY_SPECIALTY);
    if (!scope_snap(scope, &l.snap, err) || !read_layers(&l, err))
        return false;
    resolve_look(&l, &look);
    struct val *items = ARENA_ARRAY(scope->arena, struct val, val_count(look.offers));
    for (size_t i = 0; i < val_count(look.offers); i++) {
        if (!choice_told(&l, val_text(val_at(look.offers, i)), items, &n, err))
            return false;
    }
    *ret = val_list(items, n);
    return true;
}

/* ---- as themes ---- */

/* The document without the token or the group at `path`. */
static struct val without_path(struct arena *a, struct val group, str path)
{
    str rest;
    str name = str_cut(path, '.', &rest);
    struct val inner = val_get(group, name);
    if (!rest.p || inner.kind != VAL_MAP)
        return val_without(a, group, name);
    return val_with(a, group, name, without_path(a, inner, rest));
}

static struct val without_sealed(struct arena *a, struct val theme, str at)
{
    struct val sets = val_get(theme, STR("sets"));
    str rest = at;
    if (at.n && !doc_pointer_leads_to(STR("/tokens"), at))
        return theme;
    if (at.n)
        doc_pointer_take(a, &rest);
    if (!rest.n)
        return val_with(a, theme, STR("sets"), val_map(NULL, 0));
    str set = doc_pointer_take(a, &rest);
    struct val document = val_get(sets, set);
    if (!val_exists(document))
        return theme;
    document =
        rest.n ? without_path(a, document, doc_pointer_take(a, &rest)) : val_map(NULL, 0);
    return val_with(a, theme, STR("sets"), val_with(a, sets, set, document));
}

/* What a unit or a person says where a level above sealed it does not count. */
static struct val unsealed(const struct look *look, struct arena *a, struct val theme,
                           int level)
{
    for (size_t i = 0; i < look->seal_count; i++) {
        if (level > look->seals[i].above)
            theme = without_sealed(a, theme, look->seals[i].at);
    }
    return theme;
}

static void add_theme(const struct look *look, const struct look_source *s,
                      struct val record, int level, struct look_themes *ret)
{
    if (!val_exists(record))
        return;
    ret->levels[ret->n] = level;
    ret->said[ret->n] = false;
    ret->items[ret->n++] = unsealed(look, s->arena, record, level);
}

static void add_said(const struct look *look, const struct look_source *s, size_t level,
                     struct look_themes *ret)
{
    struct val made;
    if (!val_count(look->said[level]))
        return;
    theme_said(ret->items, ret->n, look->said[level], s->arena, &made);
    ret->levels[ret->n] = (int)level;
    ret->said[ret->n] = true;
    ret->items[ret->n++] = made;
}

bool look_themes(const struct look *look, const struct look_source *source,
                 struct look_themes *ret, struct err *err)
{
    const struct tenant_path *path = source->path;
    const struct store_collection *c =
        store_collection(snap_store(source->snap), STR("theme"));
    struct snap *house = source->snap;
    struct val record;
    ret->n = 0;
    for (size_t i = 0; i < path->n; i++) {
        house = snap_for(source->snap, path->chain, i + 1, source->arena);
        if (!snap_get(house, c, STR("default"), source->reads, &record, err))
            return false;
        add_theme(look, source, record, (int)i, ret);
        add_said(look, source, i, ret);
    }
    if (source->choice.n
        && !snap_get_up(house, c, source->choice, source->reads, &record, err))
        return false;
    if (source->choice.n)
        add_theme(look, source, record, LAYOUT_PERSONAL, ret);
    return true;
}

/* ---- as a style sheet ---- */

/* Leaves out the token at "/sets/light/color/brand", if a layer says it. */
static bool leave_out(struct look *look, str where)
{
    static const str root = STR_INIT("/sets");
    str rest = { where.p + root.n, where.n - root.n };
    bool found = false;
    if (!doc_pointer_leads_to(root, where) || !rest.n)
        return false;
    str set = doc_pointer_take(look->arena, &rest);
    str path = STR("");
    while (rest.n) {
        str name = doc_pointer_take(look->arena, &rest);
        path = arena_format(look->arena, "%.*s%s%.*s", STR_ARG(path), path.n ? "." : "",
                            STR_ARG(name));
    }
    for (size_t i = 0; i < STORE_MAX_CHAIN; i++) {
        struct val tokens = val_get(look->said[i], set);
        if (!val_exists(val_get(tokens, path)))
            continue;
        look->said[i] = val_with(look->arena, look->said[i], set,
                                 val_without(look->arena, tokens, path));
        found = true;
    }
    return found;
}

static bool says_anything(struct look *look)
{
    bool says = false;
    for (size_t i = 0; i < STORE_MAX_CHAIN; i++) {
        says = says || val_count(look->said[i]);
        look->said[i] = VAL_ABSENT;
    }
    return says;
}

bool look_css(const struct look *look, const struct look_source *source, struct buf *out,
              str *ret_header_color, struct err *err)
{
    enum { TRIES = 32 };
    struct look left = *look;
    struct look_themes themes;
    left.arena = source->arena;
    for (int i = 0;; i++) {
        if (!look_themes(&left, source, &themes, err))
            return false;
        if (theme_css(themes.items, themes.n, source->arena, out, err))
            break;
        str where = arena_str(source->arena, str_of(err->where));
        if ((i >= TRIES || !leave_out(&left, where)) && !says_anything(&left))
            return false;
    }
    *ret_header_color =
        theme_color(themes.items, themes.n, STR("color.header-from"), source->arena);
    return true;
}
