/*
 * What came from above: the page as it would be had no layer above the draft's changed
 * since a person looked last, beside the page of now. What this layer says otherwise
 * hides a change; then it did not come. Each person's last look is a record of her unit.
 */
#include "inside.h"

#include "crypt/crypt.h"

enum { PAGE = 32 /* revisions looked through at once */ };

/* ---- the last look ---- */

static const struct store_collection *visits_of(struct store *store)
{
    return store_collection(store, STR("visit"));
}

_Static_assert((int)CRYPT_DIGEST <= (int)STORE_MAX_ID,
               "any person can have seen any layer");

/* Person, unit and layer together may be longer than an id. */
static str visit_id(const struct edit *edit, const struct state *s, struct arena *arena)
{
    return crypt_digest(arena,
                        arena_format(arena, "%.*s.%.*s.%.*s",
                                     STR_ARG(edit->scope->viewer->person_id),
                                     STR_ARG(tenant_of(&s->path)->id), STR_ARG(s->id)));
}

/* Empty: she never looked. */
static bool read_visit(struct edit *edit, struct snap *snap, const struct state *s,
                       str *ret, struct err *err)
{
    const struct tenant_path *home = &edit->scope->viewer->path;
    struct arena *a = edit->scope->arena;
    struct val visit;
    if (!snap_get(snap_for(snap, home->chain, home->n, a), visits_of(snap_store(snap)),
                  visit_id(edit, s, a), NULL, &visit, err))
        return false;
    *ret = arena_str(a, val_get_text(visit, STR("at")));
    return true;
}

struct visit_work {
    struct edit *edit;
    const struct state *state;
    int64_t at_ms;
};

static bool visit_work(struct txn *txn, void *data, struct err *err)
{
    const struct visit_work *w = data;
    const struct viewer *v = w->edit->scope->viewer;
    struct arena *a = txn_arena(txn);
    struct val visit =
        val_with_text(a, val_map(NULL, 0), "id", visit_id(w->edit, w->state, a));
    visit = val_with_text(a, visit, "person", v->person_id);
    visit = val_with_text(a, visit, "at", scope_iso(a, w->at_ms));
    return txn_put(txn, tenant_of(&v->path)->space, visits_of(txn_store(txn)), visit,
                   PUT_ANY, err);
}

bool edit_seen(struct edit *edit, int64_t at_ms, struct val *ret, struct err *err)
{
    struct state s;
    struct visit_work w = { edit, &s, at_ms };
    if (at_ms > edit->scope->now_ms)
        return err_at(err, ERR_INPUT, "edit.future", STR("/at"),
                      "this moment has not come yet");
    if (!state_open(edit, AUTH_READ_LAYER, &s, err))
        return false;
    scope_drop_snap(edit->scope);
    return store_write(edit->editor->store, visit_work, &w, err)
           && edit_above(edit, ret, err);
}

bool edit_forget(struct txn *txn, store_space space, str person, struct err *err)
{
    const struct store_collection *c = visits_of(txn_store(txn));
    struct query hers = { .collection = c,
                          .index = store_index(c, STR("person")),
                          .equals = { val_str(person) },
                          .equals_count = 1 };
    return txn_remove_all(txn, space, &hers, err);
}

/* ---- the layers above, as they were ---- */

struct past {
    struct snap *house; /* of the layer's unit */
    str layer;
    str since;
    struct arena *arena;
};

/* What was adopted from a file has no moment: it was always there. What came in the very
 * second of her look, in which moments are kept, may have come after it: it is told once
 * too often rather than never. */
static bool was_there(struct val revision, str since)
{
    str at = val_get_text(revision, STR("published_at"));
    return val_is(val_get(revision, STR("state")), "published")
           && (!at.n || str_compare(at, since) < 0);
}

/* Newest first, in pages, since only few are newer than the last look. */
static bool verbs_then(const struct past *past, struct val *ret, struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(past->house), STR("revision"));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("layer")),
                       .equals = { val_str(past->layer) },
                       .equals_count = 1,
                       .descending = true,
                       .limit = PAGE };
    struct rows rows;
    *ret = val_list(NULL, 0);
    do {
        if (!snap_query(past->house, &q, past->arena, NULL, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val revision = val_at(rows.list, i);
            q.to = val_get(revision, STR("number"));
            if (was_there(revision, past->since)) {
                *ret = val_copy(past->arena, val_get(revision, STR("verbs")));
                return true;
            }
        }
    } while (val_count(rows.list) == PAGE);
    return true;
}

/* A layer that was brought from a file has no past that is known: it is taken as it is.
 */
static bool layer_then(const struct state *s, struct snap *snap, size_t i, str since,
                       struct layer *layer, struct arena *a, struct err *err)
{
    const struct store_collection *layers =
        store_collection(snap_store(snap), STR("layer"));
    struct past past = { .house =
                             snap_for(snap, s->path.chain, (size_t)layer->level + 1, a),
                         .layer = s->ids[i],
                         .since = since,
                         .arena = a };
    struct val record;
    if (!snap_get(past.house, layers, past.layer, NULL, &record, err))
        return false;
    return !val_exists(val_get(record, STR("revision")))
           || verbs_then(&past, &layer->verbs, err);
}

static bool differences_since(const struct state *s, struct snap *snap, str since,
                              struct arena *a, struct val *ret, struct err *err)
{
    struct layer then[STORE_MAX_CHAIN * 2];
    memcpy(then, s->chain, s->n * sizeof *then);
    for (size_t i = 0; i + 1 < s->n; i++) {
        if (!layer_then(s, snap, i, since, &then[i], a, err))
            return false;
    }
    *ret = layout_diff(&(struct layout_version){ then, s->ids, s->n },
                       &(struct layout_version){ s->chain, s->ids, s->n }, a);
    return true;
}

bool edit_above(struct edit *edit, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct state s;
    struct snap *snap;
    str since;
    struct val list = val_list(NULL, 0);
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &snap, err)
        || !read_visit(edit, snap, &s, &since, err)
        || (since.n && !differences_since(&s, snap, since, a, &list, err)))
        return false;
    struct val v = state_head(&s, a);
    v = val_with_text(a, v, "now", scope_iso(a, edit->scope->now_ms));
    if (since.n)
        v = val_with_text(a, v, "since", since);
    *ret = val_with(a, v, STR("differences"), list);
    return true;
}
