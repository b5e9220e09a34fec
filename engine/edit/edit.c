/* The collections of editing, what all calls share, and a unit's layers. */
#include "inside.h"

extern const unsigned char edit_collections_json[];
extern const size_t edit_collections_json_size;

bool edit_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)edit_collections_json, edit_collections_json_size },
        err);
}

/* One verb, as the collection "layer" has it. */
static bool open_schema(struct editor *editor, struct err *err)
{
    struct arena *arena = arena_open();
    const struct store_collection *layers = store_collection(editor->store, STR("layer"));
    struct val schema = val_with(arena, val_map(NULL, 0), STR("$defs"),
                                 val_get(layers->schema, STR("$defs")));
    schema = val_with(arena, schema, STR("$ref"), val_str(STR("#/$defs/verb")));
    bool good = schema_open(schema, NULL, SCHEMA_ASSERT_FORMAT, &editor->verbs, err);
    arena_close(arena);
    return good;
}

bool editor_open(const struct edit_config *config, struct editor **ret, struct err *err)
{
    struct editor *editor = mem_zero(sizeof *editor);
    editor->store = config->store;
    editor->packages = config->packages;
    editor->directory = config->directory;
    editor->layouts = config->layouts;
    editor->seats = seats_open();
    if (!open_schema(editor, err)
        || !store_reader_open(config->store, &editor->reader, err)) {
        editor_close(editor);
        return false;
    }
    *ret = editor;
    return true;
}

void editor_close(struct editor *editor)
{
    if (!editor)
        return;
    store_reader_close(editor->reader);
    schema_drop(editor->verbs);
    seats_close(editor->seats);
    mem_free(editor);
}

/* ---- a unit's layers ---- */

static bool list_ids(struct snap *house, const char *collection, struct arena *arena,
                     struct val *ret, struct err *err)
{
    struct query q = { .collection =
                           store_collection(snap_store(house), str_of(collection)),
                       .limit = STORE_MAX_ROWS };
    struct rows rows;
    if (!snap_query(house, &q, arena, NULL, &rows, err))
        return false;
    *ret = rows.list;
    return true;
}

static bool has_id(struct val list, str id)
{
    for (size_t i = 0; i < val_count(list); i++) {
        if (str_equal(val_get_text(val_at(list, i), STR("id")), id))
            return true;
    }
    return false;
}

static bool tell_layer(struct edit *edit, struct snap *snap, str id, struct val *ret,
                       struct err *err)
{
    struct state s;
    struct arena *a = edit->scope->arena;
    if (!state_read(snap, edit->tenant, id, a, &s, err))
        return false;
    struct val v = state_head(&s, a);
    v = val_with(a, v, STR("published"), val_bool(val_exists(s.record)));
    v = val_with(a, v, STR("version"), val_int(s.version));
    v = val_with(a, v, STR("changed"), val_bool(state_is_open(&s, a)));
    if (s.waiting)
        v = val_with(a, v, STR("waiting"), val_int(s.waiting));
    *ret = v;
    return true;
}

bool edit_house(struct edit *edit, struct tenant_path *ret_path, struct snap **ret,
                struct err *err)
{
    struct state s;
    struct snap *snap;
    edit->layer = STR("home"); /* any: to read is a right of the unit */
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &snap, err))
        return false;
    *ret_path = s.path;
    *ret = snap_for(snap, s.path.chain, s.path.n, edit->scope->arena);
    return true;
}

bool edit_layers(struct edit *edit, struct val *ret, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    struct snap *house;
    struct val layers;
    struct val drafts;
    struct arena *a = edit->scope->arena;
    if (!edit_house(edit, &path, &house, err) || !scope_snap(edit->scope, &snap, err))
        return false;
    if (!list_ids(house, "layer", a, &layers, err)
        || !list_ids(house, "draft", a, &drafts, err))
        return false;
    size_t n = 0;
    size_t most = val_count(layers) + val_count(drafts);
    struct val *items = ARENA_ARRAY(a, struct val, most + 1);
    for (size_t i = 0; i < most; i++) {
        bool published = i < val_count(layers);
        struct val record =
            published ? val_at(layers, i) : val_at(drafts, i - val_count(layers));
        str id = val_get_text(record, STR("id"));
        if (!published && has_id(layers, id))
            continue;
        if (!tell_layer(edit, snap, id, &items[n++], err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

/* ---- the pages it has ---- */

/* The title that a layer gives its page, if it does. */
static struct val title_in(struct val layer)
{
    struct val verbs = val_get(layer, STR("verbs"));
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        if (str_equal(val_get_text(verb, STR("verb")), STR("set"))
            && str_equal(val_get_text(verb, STR("block")), STR("page"))
            && str_equal(val_get_text(verb, STR("at")), STR("/title")))
            return val_get(verb, STR("value"));
    }
    return VAL_ABSENT;
}

/* Joins a layer to the list of pages: a page is there once, with the first title found.
 */
static void join_page(struct val *pages, size_t *n, struct val layer, struct arena *arena)
{
    size_t i = 0;
    struct val name = val_get(layer, STR("page"));
    struct val title = title_in(layer);
    if (val_is(name, LAYOUT_THEME)) /* how pages look is none */
        return;
    while (i < *n && !val_equal(val_get(pages[i], STR("page")), name))
        i++;
    if (i == *n)
        pages[(*n)++] = val_with(arena, val_map(NULL, 0), STR("page"), name);
    if (val_exists(title) && !val_exists(val_get(pages[i], STR("title"))))
        pages[i] = val_with(arena, pages[i], STR("title"), title);
}

/* The layers of one unit alone, joined to the pages. */
static bool join_pages(struct snap *unit, struct val *pages, size_t *n, size_t room,
                       struct arena *arena, struct err *err)
{
    struct val layers;
    if (!list_ids(unit, "layer", arena, &layers, err))
        return false;
    for (size_t i = 0; i < val_count(layers) && *n < room; i++)
        join_page(pages, n, val_at(layers, i), arena);
    return true;
}

bool edit_pages(struct edit *edit, struct val *ret, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    struct snap *house;
    struct arena *a = edit->scope->arena;
    if (!edit_house(edit, &path, &house, err) || !scope_snap(edit->scope, &snap, err))
        return false;
    size_t n = 0;
    struct val *pages = ARENA_ARRAY(a, struct val, EDIT_MAX_PAGES);
    for (size_t i = path.n; i--;) { /* a unit's own titles before those above */
        struct snap *unit = snap_for(snap, &path.chain[i], 1, a);
        if (!join_pages(unit, pages, &n, EDIT_MAX_PAGES, a, err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(pages, n));
    return true;
}

bool edit_layer(struct edit *edit, struct val *ret, struct err *err)
{
    struct state s;
    struct arena *a = edit->scope->arena;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err))
        return false;
    if (!val_exists(s.record))
        return err_set(err, ERR_MISSING, "edit.none", "the unit has no such layer");
    struct val about = val_get(s.record, STR("about"));
    *ret = state_head(&s, a);
    if (val_exists(about))
        *ret = val_with(a, *ret, STR("about"), about);
    *ret = val_with(a, *ret, STR("verbs"), s.published);
    return true;
}

bool edit_check(struct edit *edit, struct val *ret, struct err *err)
{
    struct state s;
    struct resolved resolved;
    bool good;
    struct arena *a = edit->scope->arena;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err))
        return false;
    state_resolve(&s, s.verbs, a, &resolved);
    struct val issues = issues_of(&s, &resolved, a, &good);
    if (!contrast_issues(edit, &s, &issues, &good, err))
        return false;
    struct val v = state_head(&s, a);
    v = val_with(a, v, STR("version"), val_int(s.version));
    v = val_with(a, v, STR("changed"), val_bool(state_is_open(&s, a)));
    v = val_with(a, v, STR("blocks"), val_int((int64_t)resolved.block_count));
    v = val_with(a, v, STR("issues"), issues);
    *ret = val_with(a, v, STR("publishable"),
                    val_bool(good && state_is_open(&s, a) && !s.waiting));
    return true;
}
