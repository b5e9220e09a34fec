/* A draft as somebody would see it. */
#include "inside.h"

/* ---- who may look ---- */

bool edit_may_see_as(struct edit *edit, str tenant, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    return scope_snap(edit->scope, &snap, err)
           && tenant_path_read(snap, tenant, edit->scope->arena, NULL, &path, err)
           && scope_may(edit->scope, snap, AUTH_SEE_AS, &path, STR(""), err);
}

bool edit_moment(const struct scope *scope, const struct edit_look *look, int64_t *ret,
                 struct err *err)
{
    *ret = scope->now_ms;
    return !look->at.n || date_parse(look->at, scope_offset_min(scope), ret)
           || err_at(err, ERR_INPUT, "edit.time", STR("at"), "this is no moment");
}

static bool go_to(struct scope *scope, const struct edit_look *look, struct err *err)
{
    int64_t at_ms;
    if (!edit_moment(scope, look, &at_ms, err))
        return false;
    if (look->at.n)
        scope_go_to(scope, at_ms);
    return true;
}

/* A thread has one snapshot at a time: the scope changes hands. */
static bool look_as(struct edit *edit, const struct edit_look *look, str specialty,
                    struct err *err)
{
    struct scope *scope = edit->scope;
    struct scope_worker *worker = scope->worker;
    struct arena *arena = scope->arena;
    struct viewer *viewer = (struct viewer *)cached_hold(&scope->viewer->head);
    scope_close(scope);
    bool good =
        look->person.n
            ? scope_open_as(worker, arena, look->tenant, look->person, scope, err)
            : scope_open_at(worker, arena, viewer, look->tenant, specialty, scope, err);
    cached_drop(&viewer->head);
    return good;
}

/* The viewer was made for this look alone. */
static void dress(struct viewer *viewer, const struct edit_look *look)
{
    if (look->lang.n)
        viewer->lang = str_equal(look->lang, STR("en")) ? SCOPE_EN : SCOPE_ZH;
    if (look->scheme.n)
        viewer->scheme = look->scheme;
    if (look->size.n)
        viewer->large = str_equal(look->size, STR("large"));
}

/* Copied: the moment it is read at goes with the scope. */
static struct layout_draft *draft_of(const struct state *s, struct arena *a)
{
    struct layout_draft *draft = ARENA_NEW(a, struct layout_draft);
    *draft = (struct layout_draft){ .tenant = arena_str(a, tenant_of(&s->path)->id),
                                    .layer = arena_str(a, s->id),
                                    .page = arena_str(a, s->page),
                                    .verbs = val_copy(a, s->verbs) };
    return draft;
}

static bool theme_of(const struct edit *edit, const struct edit_look *look,
                     struct layout_draft **ret, struct err *err)
{
    struct edit worn = *edit;
    struct state s;
    *ret = NULL;
    if (!look->theme.n)
        return true;
    worn.layer = look->theme;
    if (!state_open(&worn, AUTH_READ_LAYER, &s, err))
        return false;
    if (!is_theme(&s))
        return err_at(err, ERR_INPUT, "edit.layer", look->theme,
                      "a layer of the page theme is wanted");
    *ret = draft_of(&s, edit->scope->arena);
    return true;
}

/* The layer's own unit may be looked at by who may read it, but not as one of its people;
 * another unit only by who may see as its people. */
static bool may_look(struct edit *edit, const struct edit_look *look, struct err *err)
{
    bool own = str_equal(look->tenant, edit->tenant);
    return (own && !look->person.n) || edit_may_see_as(edit, look->tenant, err);
}

/* A unit she may see has layers of its own, with cards that are not of this one. */
static bool ask_may_change(struct edit *edit, const struct state *s, str tenant,
                           struct err *err)
{
    struct tenant_path path = s->path;
    struct snap *snap;
    if (!scope_snap(edit->scope, &snap, err)
        || (!str_equal(tenant, edit->tenant)
            && !tenant_path_read(snap, tenant, edit->scope->arena, NULL, &path, err)))
        return false;
    edit->may_change =
        scope_may(edit->scope, snap, AUTH_EDIT_LAYER, &path, s->specialty, err);
    return edit->may_change || err->kind == ERR_FORBIDDEN;
}

/* What is looked at; then whoever looks has the scope. */
static bool look_at(struct edit *edit, const struct edit_look *look,
                    struct layout_draft **ret, int64_t *ret_version, struct err *err)
{
    struct edit_look how = *look;
    struct layout_draft *theme;
    struct state s;
    if (!how.tenant.n)
        how.tenant = edit->tenant;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err) || !theme_of(edit, look, &theme, err)
        || !may_look(edit, &how, err) || !ask_may_change(edit, &s, how.tenant, err)
        || (how.revision.n && !revision_verbs(edit, &s, how.revision, &s.verbs, err)))
        return false;
    *ret = draft_of(&s, edit->scope->arena);
    (*ret)->theme = theme;
    *ret_version = s.version;
    if (!look_as(edit, &how, arena_str(edit->scope->arena, s.specialty), err)
        || !go_to(edit->scope, &how, err))
        return false;
    dress(edit->scope->viewer, &how);
    return true;
}

bool edit_preview(struct edit *edit, const struct edit_look *look, struct layout **ret,
                  struct val *ret_told, struct err *err)
{
    struct layout_draft *draft;
    int64_t version;
    if (!look_at(edit, look, &draft, &version, err)
        || !layout_preview(edit->editor->layouts, edit->scope, edit->worker, draft, ret,
                           ret_told, err))
        return false;
    *ret_told = val_with(edit->scope->arena, *ret_told, STR("version"), val_int(version));
    return true;
}

bool edit_style(struct edit *edit, const struct edit_look *look, struct buf *out,
                struct err *err)
{
    struct scope *scope = edit->scope;
    struct layout_draft *draft;
    struct look *made;
    int64_t version;
    str color;
    if (!look_at(edit, look, &draft, &version, err))
        return false;
    const struct viewer *viewer = scope->viewer;
    struct look_source source = { .path = &viewer->path, .arena = scope->arena };
    if (!scope_snap(scope, &source.snap, err)
        || !look_preview(edit->editor->layouts, scope, &viewer->path, viewer->specialty,
                         draft->theme, &made, err))
        return false;
    if (look_offers(made, viewer->theme))
        source.choice = viewer->theme;
    bool good = look_css(made, &source, out, &color, err);
    cached_drop(&made->head);
    return good;
}

/* ---- what it is made of ---- */

static bool follow_own(struct edit *edit, str layer, struct reads *reads, struct err *err)
{
    struct state s;
    struct snap *snap;
    return state_follow(edit, edit->tenant, layer, reads, &s, err)
           && scope_snap(edit->scope, &snap, err)
           && state_may(edit, snap, &s, AUTH_READ_LAYER, err);
}

/* Where it is looked at has layers of its own between the draft and the page. */
static bool follow_there(struct edit *edit, const struct edit_look *look, str layer,
                         struct reads *reads, struct err *err)
{
    struct state s;
    return !look->tenant.n || str_equal(look->tenant, edit->tenant)
           || state_follow(edit, look->tenant, layer, reads, &s, err);
}

bool edit_follow(struct edit *edit, const struct edit_look *look, struct reads *reads,
                 struct err *err)
{
    str layers[] = { edit->layer, look->theme };
    struct edit_look how = *look;
    if (!how.tenant.n)
        how.tenant = edit->tenant;
    if (!may_look(edit, &how, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(layers); i++) {
        if (layers[i].n
            && (!follow_own(edit, layers[i], reads, err)
                || !follow_there(edit, &how, layers[i], reads, err)))
            return false;
    }
    return true;
}

/* ---- as whom ---- */

static struct val tell_person(struct arena *a, struct val person)
{
    static const str names[] = { STR_INIT("id"), STR_INIT("name"), STR_INIT("post"),
                                 STR_INIT("specialty") };
    struct val v = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct val value = val_get(person, names[i]);
        if (val_exists(value))
            v = val_with(a, v, names[i], value);
    }
    return v;
}

static bool is_called(struct val person, str part)
{
    return str_holds(val_get_text(person, STR("id")), part)
           || val_holds(val_get(person, STR("name")), part);
}

/* Whoever may look as them, or at records that name them. */
static bool open_people(struct edit *edit, struct snap **ret_house, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct tenant_path path;
    struct snap *snap;
    struct err why;
    if (!scope_snap(edit->scope, &snap, err)
        || !tenant_path_read(snap, edit->tenant, a, NULL, &path, err)
        || (!scope_may(edit->scope, snap, AUTH_READ_DATA, &path, STR(""), &why)
            && !scope_may(edit->scope, snap, AUTH_SEE_AS, &path, STR(""), err)))
        return false;
    *ret_house = snap_for(snap, path.chain, path.n, a);
    return true;
}

bool edit_people_named(struct edit *edit, str ids, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct val *items = ARENA_ARRAY(a, struct val, EDIT_MAX_NAMED);
    struct snap *house;
    size_t n = 0;
    if (!open_people(edit, &house, err))
        return false;
    for (size_t i = 0; ids.p && i < EDIT_MAX_NAMED; i++) {
        struct val person;
        str id = str_cut(ids, ',', &ids);
        if (!snap_get(house, store_collection(snap_store(house), STR("person")), id, NULL,
                      &person, err))
            return false;
        if (val_exists(person))
            items[n++] = tell_person(a, person);
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

bool edit_people(struct edit *edit, str part, str after, size_t limit, struct val *ret,
                 struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct snap *house;
    struct rows rows;
    if (!open_people(edit, &house, err))
        return false;
    struct query query = { .collection =
                               store_collection(snap_store(house), STR("person")),
                           .after = after };
    struct val *items = ARENA_ARRAY(a, struct val, limit + 1);
    size_t n = 0;
    size_t looked_at = 0;
    do {
        query.limit = limit - n; /* its end is where the rest begins */
        if (!snap_query(house, &query, a, NULL, &rows, err))
            return false;
        looked_at += val_count(rows.list);
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val person = val_at(rows.list, i);
            if (is_called(person, part))
                items[n++] = tell_person(a, person);
        }
        query.after = rows.next;
    } while (n < limit && rows.next.n && looked_at < EDIT_MAX_LOOKED_AT);
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    if (rows.next.n)
        *ret = val_with(a, *ret, STR("next"), val_str(rows.next));
    return true;
}
