/*
 * What came from above: the page as it would be had no layer above the draft's changed
 * since a person looked last, beside the page of now. What this layer says otherwise
 * hides a change; then it did not come. Which revisions each person has seen is a record
 * of her unit; by their numbers nothing is told twice or lost, whenever it was published.
 */
#include "inside.h"

#include "crypt/crypt.h"

enum { PAGE = 32 /* revisions looked through at once */ };

/* ---- the last look ---- */

struct visit {
    str at;               /* empty: she never looked */
    struct val revisions; /* by layer */
};

static const struct store_collection *visits_of(struct store *store)
{
    return store_collection(store, STR("visit"));
}

_Static_assert((int)CRYPT_DIGEST <= (int)STORE_MAX_ID,
               "any person can have seen any layer");
_Static_assert(STORE_MAX_CHAIN * 2 <= 32, "a visit has room for all layers above");

/* Person, unit and layer together may be longer than an id. */
static str visit_id(const struct edit *edit, const struct state *s, struct arena *arena)
{
    return crypt_digest(arena,
                        arena_format(arena, "%.*s.%.*s.%.*s",
                                     STR_ARG(edit->scope->viewer->person_id),
                                     STR_ARG(tenant_of(&s->path)->id), STR_ARG(s->id)));
}

/* A record without revisions says until when she looked, in seconds: not what she saw. */
static bool read_visit(struct edit *edit, struct snap *snap, const struct state *s,
                       struct visit *ret, struct err *err)
{
    const struct tenant_path *home = &edit->scope->viewer->path;
    struct arena *a = edit->scope->arena;
    struct val record;
    if (!snap_get(snap_for(snap, home->chain, home->n, a), visits_of(snap_store(snap)),
                  visit_id(edit, s, a), NULL, &record, err))
        return false;
    struct val revisions = val_get(record, STR("revisions"));
    *ret = (struct visit){ .revisions = VAL_ABSENT };
    if (val_exists(revisions))
        *ret = (struct visit){ arena_str(a, val_get_text(record, STR("at"))),
                               val_copy(a, revisions) };
    return true;
}

struct visit_work {
    struct edit *edit;
    const struct state *state;
    struct val revisions;
};

static bool visit_work(struct txn *txn, void *data, struct err *err)
{
    const struct visit_work *w = data;
    const struct viewer *v = w->edit->scope->viewer;
    struct arena *a = txn_arena(txn);
    struct val visit =
        val_with_text(a, val_map(NULL, 0), "id", visit_id(w->edit, w->state, a));
    visit = val_with_text(a, visit, "person", v->person_id);
    visit = val_with_text(a, visit, "at", scope_iso(a, w->edit->scope->now_ms));
    visit = val_with(a, visit, STR("revisions"), w->revisions);
    return txn_put(txn, tenant_of(&v->path)->space, visits_of(txn_store(txn)), visit,
                   PUT_ANY, err);
}

/* UNIT/LAYER: neither has a slash. */
static str name_of(const struct state *s, size_t i, struct arena *a)
{
    return ARENA_JOIN(a, s->chain[i].name, STR("/"), s->ids[i]);
}

/* What is named besides the layers above is let go: it may have been one when she looked.
 */
static bool take_seen(const struct state *s, struct val told, struct arena *a,
                      struct val *ret, struct err *err)
{
    *ret = val_map(NULL, 0);
    for (size_t i = 0; i + 1 < s->n; i++) {
        str name = name_of(s, i, a);
        double number = val_as_num(val_get(told, name), 0);
        if (number > (double)s->revisions[i])
            return err_at(err, ERR_INPUT, "edit.future",
                          arena_format(a, "/revisions/%.*s~1%.*s",
                                       STR_ARG(s->chain[i].name), STR_ARG(s->ids[i])),
                          "%.*s is at revision %lld", STR_ARG(name),
                          (long long)s->revisions[i]);
        if (number >= 1)
            *ret = val_with(a, *ret, name, val_int((int64_t)number));
    }
    return true;
}

bool edit_seen(struct edit *edit, struct val revisions, struct val *ret, struct err *err)
{
    struct state s;
    struct visit_work w = { .edit = edit, .state = &s };
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !take_seen(&s, revisions, edit->scope->arena, &w.revisions, err))
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
    int64_t seen; /* the revision; 0: none */
    struct arena *arena;
};

/* What was adopted from a file has no moment of its publishing, and counts as there: a
 * file that replaces a layer is no news. */
static bool was_there(struct val revision, int64_t seen)
{
    return val_is(val_get(revision, STR("state")), "published")
           && (val_as_int(val_get(revision, STR("number")), 0) <= seen
               || !val_exists(val_get(revision, STR("published_at"))));
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
            if (was_there(revision, past->seen)) {
                *ret = val_copy(past->arena, val_get(revision, STR("verbs")));
                return true;
            }
        }
    } while (val_count(rows.list) == PAGE);
    return true;
}

/* A layer that was brought from a file has no past that is known, and one of which she
 * saw what is published now has none that matters: they are taken as they are. */
static bool layer_then(const struct state *s, struct snap *snap, size_t i,
                       struct val seen, struct layer *layer, struct arena *a,
                       struct err *err)
{
    struct past past = { .house =
                             snap_for(snap, s->path.chain, (size_t)layer->level + 1, a),
                         .layer = s->ids[i],
                         .seen = val_as_int(val_get(seen, name_of(s, i, a)), 0),
                         .arena = a };
    return past.seen >= s->revisions[i] || verbs_then(&past, &layer->verbs, err);
}

static bool differences_since(const struct state *s, struct snap *snap, struct val seen,
                              struct arena *a, struct val *ret, struct err *err)
{
    struct layer then[STORE_MAX_CHAIN * 2];
    memcpy(then, s->chain, s->n * sizeof *then);
    for (size_t i = 0; i + 1 < s->n; i++) {
        if (!layer_then(s, snap, i, seen, &then[i], a, err))
            return false;
    }
    *ret = layout_diff(&(struct layout_version){ then, s->ids, s->n },
                       &(struct layout_version){ s->chain, s->ids, s->n }, a);
    return true;
}

static struct val revisions_now(const struct state *s, struct arena *a)
{
    struct val v = val_map(NULL, 0);
    for (size_t i = 0; i + 1 < s->n; i++) {
        if (s->revisions[i])
            v = val_with(a, v, name_of(s, i, a), val_int(s->revisions[i]));
    }
    return v;
}

bool edit_above(struct edit *edit, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct state s;
    struct snap *snap;
    struct visit last;
    struct val list = val_list(NULL, 0);
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &snap, err) || !read_visit(edit, snap, &s, &last, err)
        || (last.at.n && !differences_since(&s, snap, last.revisions, a, &list, err)))
        return false;
    struct val v = state_head(&s, a);
    v = val_with(a, v, STR("revisions"), revisions_now(&s, a));
    if (last.at.n)
        v = val_with_text(a, v, "since", last.at);
    *ret = val_with(a, v, STR("differences"), list);
    return true;
}
