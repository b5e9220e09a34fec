/* Looking back: the revisions of a layer, and what is different between two. */
#include "inside.h"

#include <stdlib.h>

bool edit_history(struct edit *edit, int64_t before, size_t limit, struct val *ret,
                  struct err *err)
{
    struct state s;
    struct snap *snap;
    struct val list;
    struct arena *a = edit->scope->arena;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &snap, err)
        || !revision_list(snap, &s, before, limit, a, &list, err))
        return false;
    size_t n = val_count(list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct val v = val_without(a, val_copy(a, val_at(list, i)), STR("verbs"));
        items[i] = val_with(a, val_without(a, v, STR("id")), STR("tenant"),
                            val_str(tenant_of(&s.path)->id));
        if (!revision_names(edit, snap, &items[i], err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    struct val last = n == limit ? val_get(items[n - 1], STR("number")) : VAL_ABSENT;
    if (val_as_int(last, 0) > 1)
        *ret = val_with(a, *ret, STR("next"), last);
    return true;
}

static int newest_first(const void *a, const void *b)
{
    return str_compare(val_get_text(*(const struct val *)b, STR("published_at")),
                       val_get_text(*(const struct val *)a, STR("published_at")));
}

/* Those of one layer, behind what is there. */
static bool add_published(struct edit *edit, str layer, str from, struct val *items,
                          size_t *n, struct err *err)
{
    struct edit one = *edit;
    struct val list;
    one.layer = layer;
    if (!edit_history(&one, 0, EDIT_MAX_PUBLISHED, &list, err))
        return false;
    list = val_get(list, STR("items"));
    for (size_t i = 0; i < val_count(list); i++) {
        str at = val_get_text(val_at(list, i), STR("published_at"));
        if (at.n && str_compare(at, from) >= 0)
            items[(*n)++] = val_at(list, i);
    }
    return true;
}

bool edit_published(struct edit *edit, int64_t from_ms, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    str from = scope_iso(a, from_ms);
    struct val layers;
    if (!edit_layers(edit, &layers, err))
        return false;
    layers = val_get(layers, STR("items"));
    size_t n = 0;
    struct val *items =
        ARENA_ARRAY(a, struct val, val_count(layers) * EDIT_MAX_PUBLISHED + 1);
    for (size_t i = 0; i < val_count(layers); i++) {
        str layer = val_get_text(val_at(layers, i), STR("layer"));
        if (!add_published(edit, layer, from, items, &n, err))
            return false;
    }
    qsort(items, n, sizeof *items, newest_first);
    *ret = val_list(items, n < EDIT_MAX_PUBLISHED ? n : EDIT_MAX_PUBLISHED);
    return true;
}

bool edit_revision(struct edit *edit, int64_t number, struct val *ret, struct err *err)
{
    struct state s;
    return state_open(edit, AUTH_READ_LAYER, &s, err)
           && revision_tell(edit, number, ret, err);
}

bool revision_verbs(struct edit *edit, const struct state *s, str name, struct val *ret,
                    struct err *err)
{
    struct snap *snap;
    struct val revision;
    int64_t number;
    if (str_equal(name, STR("draft"))) {
        *ret = s->verbs;
        return true;
    }
    if (str_equal(name, STR("published"))) {
        *ret = s->published;
        return true;
    }
    if (!str_to_int(name, &number) || number < 1)
        return err_set(err, ERR_MISSING, "edit.revision", "there is no such revision");
    if (!scope_snap(edit->scope, &snap, err)
        || !revision_read(snap, s, number, edit->scope->arena, &revision, err))
        return false;
    *ret = val_get(revision, STR("verbs"));
    return true;
}

/* The page with the one and with the other verbs in place of the layer's. */
static struct val differences_of(const struct state *s, struct val from, struct val to,
                                 struct arena *arena)
{
    struct layer before[STORE_MAX_CHAIN * 2];
    struct layer after[STORE_MAX_CHAIN * 2];
    memcpy(before, s->chain, s->n * sizeof *before);
    memcpy(after, s->chain, s->n * sizeof *after);
    before[s->n - 1].verbs = from;
    after[s->n - 1].verbs = to;
    struct val seen = layout_diff(&(struct layout_version){ before, s->ids, s->n },
                                  &(struct layout_version){ after, s->ids, s->n }, arena);
    return verbs_joined(arena, seen, verbs_unseen(arena, from, to, seen));
}

bool edit_diff(struct edit *edit, str from, str to, struct val *ret, struct err *err)
{
    struct state s;
    struct val a;
    struct val b;
    struct arena *arena = edit->scope->arena;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !revision_verbs(edit, &s, from, &a, err)
        || !revision_verbs(edit, &s, to, &b, err))
        return false;
    struct val v = state_head(&s, arena);
    v = val_with(arena, v, STR("from"), val_str(from));
    v = val_with(arena, v, STR("to"), val_str(to));
    *ret = val_with(arena, v, STR("differences"), differences_of(&s, a, b, arena));
    return true;
}

bool edit_compare(struct snap *snap, const struct edit_comparing *what,
                  struct arena *arena, struct val *ret, struct err *err)
{
    struct state s;
    if (!state_read(snap, what->tenant, what->layer, arena, &s, err))
        return false;
    *ret = differences_of(&s, what->from, what->to, arena);
    return true;
}
