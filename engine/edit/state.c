/* A layer, its draft and the layers it stands on, at one moment. */
#include "inside.h"

static bool read_name(struct state *s, str layer, struct arena *arena, struct err *err)
{
    str specialty;
    s->id = arena_str(arena, layer);
    s->page = str_cut(s->id, ':', &specialty);
    s->specialty = specialty.p ? specialty : STR("");
    return (layout_is_name(s->page, LAYOUT_MAX_NAME)
            && (!specialty.p || layout_is_name(specialty, LAYOUT_MAX_NAME)))
           || err_at(err, ERR_MISSING, "edit.layer", layer,
                     "a layer is named like \"home\" or \"home:marketing\"");
}

static bool get_copy(struct snap *snap, const struct state *s, size_t depth,
                     const char *collection, str id, struct arena *arena, struct val *ret,
                     struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(snap), str_of(collection));
    struct snap *house = snap_for(snap, s->path.chain, depth, arena);
    if (!snap_get(house, c, id, s->reads, ret, err))
        return false;
    *ret = val_exists(*ret) ? val_copy(arena, *ret) : VAL_ABSENT;
    return true;
}

static struct val list_of(struct val v)
{
    return v.kind == VAL_LIST ? v : val_list(NULL, 0);
}

static bool read_own(struct state *s, struct snap *snap, struct arena *arena,
                     struct err *err)
{
    size_t depth = s->path.n;
    if (!get_copy(snap, s, depth, "layer", s->id, arena, &s->record, err)
        || !get_copy(snap, s, depth, "draft", s->id, arena, &s->draft, err))
        return false;
    s->published = list_of(val_get(s->record, STR("verbs")));
    s->revision = val_as_int(val_get(s->record, STR("revision")), 0);
    s->version = val_as_int(val_get(s->draft, STR("version")), 0);
    s->waiting = val_as_int(val_get(s->draft, STR("waiting")), 0);
    s->verbs = s->version
                   ? verbs_rebased(arena, val_get(s->draft, STR("base")),
                                   list_of(val_get(s->draft, STR("verbs"))), s->published)
                   : s->published;
    return true;
}

static bool read_chain(struct state *s, struct snap *snap, struct arena *arena,
                       struct err *err)
{
    for (size_t i = 0; i < s->path.n; i++) {
        str names[] = { s->page, s->id };
        for (size_t k = 0; k < (s->specialty.n ? 2 : 1); k++) {
            struct val record;
            bool own = i + 1 == s->path.n && str_equal(names[k], s->id);
            if (own)
                continue;
            if (!get_copy(snap, s, i + 1, "layer", names[k], arena, &record, err))
                return false;
            s->ids[s->n] = names[k];
            s->revisions[s->n] = val_as_int(val_get(record, STR("revision")), 0);
            if (val_exists(record))
                s->chain[s->n++] =
                    (struct layer){ .name = s->path.items[i].id,
                                    .level = (int)i,
                                    .verbs = val_get(record, STR("verbs")) };
        }
    }
    s->ids[s->n] = s->id;
    s->revisions[s->n] = s->revision;
    s->chain[s->n++] = (struct layer){ .name = tenant_of(&s->path)->id,
                                       .level = (int)s->path.n - 1,
                                       .verbs = s->verbs };
    return true;
}

static bool read_all(struct snap *snap, str tenant, str layer, struct arena *arena,
                     struct state *s, struct err *err)
{
    return read_name(s, layer, arena, err)
           && tenant_path_read(snap, tenant, arena, s->reads, &s->path, err)
           && read_own(s, snap, arena, err) && read_chain(s, snap, arena, err);
}

bool state_read(struct snap *snap, str tenant, str layer, struct arena *arena,
                struct state *ret, struct err *err)
{
    *ret = (struct state){ .n = 0 };
    return read_all(snap, tenant, layer, arena, ret, err);
}

bool state_follow(struct edit *edit, str tenant, str layer, struct reads *reads,
                  struct state *ret, struct err *err)
{
    struct snap *snap;
    *ret = (struct state){ .reads = reads };
    return scope_snap(edit->scope, &snap, err)
           && read_all(snap, tenant, layer, edit->scope->arena, ret, err);
}

bool state_may(struct edit *edit, struct snap *snap, const struct state *state,
               enum auth_right right, struct err *err)
{
    return scope_may(edit->scope, snap, right, &state->path, state->specialty, err);
}

bool state_open(struct edit *edit, enum auth_right right, struct state *ret,
                struct err *err)
{
    struct snap *snap;
    return scope_snap(edit->scope, &snap, err)
           && state_read(snap, edit->tenant, edit->layer, edit->scope->arena, ret, err)
           && state_may(edit, snap, ret, right, err);
}

bool state_is_open(const struct state *state, struct arena *arena)
{
    return val_count(verbs_without(arena, state->verbs, state->published))
           || val_count(verbs_without(arena, state->published, state->verbs));
}

void state_resolve(const struct state *state, struct val verbs, struct arena *arena,
                   struct resolved *ret)
{
    struct layer chain[STORE_MAX_CHAIN * 2];
    memcpy(chain, state->chain, state->n * sizeof *chain);
    chain[state->n - 1].verbs = verbs;
    layout_resolve(&(struct layout_input){ .layers = chain, .n = state->n }, arena, ret);
}

bool state_is_version(const struct state *state, int64_t version, struct err *err)
{
    return version == state->version
           || err_set(err, ERR_CONFLICT, "edit.version",
                      "the draft is at version %lld; look at it first",
                      (long long)state->version);
}

bool state_is_free(const struct state *state, struct err *err)
{
    return !state->waiting
           || err_set(err, ERR_CONFLICT, "edit.waiting",
                      "revision %lld waits to be published; withdraw it first",
                      (long long)state->waiting);
}

/* ---- telling ---- */

struct val state_head(const struct state *state, struct arena *arena)
{
    struct val v = val_with(arena, val_map(NULL, 0), STR("layer"), val_str(state->id));
    v = val_with(arena, v, STR("tenant"), val_str(tenant_of(&state->path)->id));
    v = val_with(arena, v, STR("page"), val_str(state->page));
    if (state->specialty.n)
        v = val_with(arena, v, STR("specialty"), val_str(state->specialty));
    return val_with(arena, v, STR("revision"), val_int(state->revision));
}

struct val state_draft(const struct state *state, struct arena *arena)
{
    struct val v = state_head(state, arena);
    v = val_with(arena, v, STR("version"), val_int(state->version));
    v = val_with(arena, v, STR("changed"), val_bool(state_is_open(state, arena)));
    if (state->waiting)
        v = val_with(arena, v, STR("waiting"), val_int(state->waiting));
    if (asks_approval(&state->path))
        v = val_with(arena, v, STR("approval"), val_bool(true));
    return val_with(arena, v, STR("verbs"), state->verbs);
}

/* ---- writing ---- */

bool edit_moved(const struct err *err)
{
    return strcmp(err->code, "edit.moved") == 0;
}

static bool write_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct state_write *w = data;
    const struct state *seen = w->state;
    struct state now;
    struct snap *snap = txn_snap(txn, system, 1);
    if (!state_read(snap, tenant_of(&seen->path)->id, seen->id, txn_arena(txn), &now, err)
        || !state_may(w->edit, snap, &now, w->right, err))
        return false;
    if (now.version != seen->version || now.waiting != seen->waiting
        || now.revision != seen->revision || !val_equal(now.published, seen->published))
        return err_set(err, ERR_CONFLICT, "edit.moved",
                       "somebody else was first; look again");
    w->now = &now;
    return w->write(txn, w, err);
}

bool state_commit(struct state_write *w, struct err *err)
{
    scope_drop_snap(w->edit->scope);
    return store_write(w->edit->editor->store, write_work, w, err);
}

struct val state_draft_record(const struct state *state, struct val base,
                              struct val verbs, struct val log, struct arena *arena)
{
    bool own = !val_equal(verbs, base);
    struct val v = val_with_text(arena, val_map(NULL, 0), "id", state->id);
    v = val_with(arena, v, STR("version"), val_int(state->version + 1));
    v = val_with(arena, v, STR("base"), list_of(own ? base : VAL_ABSENT));
    v = val_with(arena, v, STR("verbs"), list_of(own ? verbs : VAL_ABSENT));
    return val_with(arena, v, STR("log"), list_of(log));
}

bool state_put(struct txn *txn, const struct state *state, const char *collection,
               struct val record, struct err *err)
{
    return txn_put(txn, tenant_of(&state->path)->space,
                   store_collection(txn_store(txn), str_of(collection)), record, PUT_ANY,
                   err);
}
