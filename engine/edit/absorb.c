/* One verb of a command into the verbs of a layer. */
#include "inside.h"

static bool is_about(struct val verb, const char *name, str block)
{
    return val_is(val_get(verb, STR("verb")), name)
           && str_equal(val_get_text(verb, STR("block")), block);
}

static struct val own_addition(struct val verbs, str block)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (is_about(val_at(verbs, i), "add", block))
            return val_at(verbs, i);
    }
    return VAL_ABSENT;
}

/* The block a region belongs to; empty for the page's own. */
static str owner_of(str into)
{
    str rest;
    str owner = str_cut(into, '/', &rest);
    return rest.p ? owner : STR("");
}

/* Who stood behind the block stands behind what it stood behind. */
static struct val behind(struct arena *arena, struct val verb, str block,
                         struct val addition)
{
    if (!val_exists(addition) || !str_equal(val_get_text(verb, STR("after")), block))
        return verb;
    struct val after = val_get(addition, STR("after"));
    return val_exists(after) ? val_with(arena, verb, STR("after"), after)
                             : val_without(arena, verb, STR("after"));
}

/* Without all that the layer says of the block and of what it put into it. */
static struct val forget(struct arena *arena, struct val verbs, str block)
{
    struct val addition = own_addition(verbs, block);
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(verbs) + 1);
    str *inside = ARENA_ARRAY(arena, str, val_count(verbs) + 1);
    size_t inside_count = 0;
    size_t n = 0;
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        str id = val_get_text(verb, STR("block"));
        if (str_equal(id, block))
            continue;
        if (val_is(val_get(verb, STR("verb")), "add")
            && str_equal(owner_of(val_get_text(verb, STR("into"))), block))
            inside[inside_count++] = id;
        items[n++] = behind(arena, verb, block, addition);
    }
    verbs = val_list(items, n);
    for (size_t i = 0; i < inside_count; i++)
        verbs = forget(arena, verbs, inside[i]);
    return verbs;
}

static struct val absorb_removal(struct arena *arena, struct val verbs, struct val verb)
{
    str block = val_get_text(verb, STR("block"));
    bool own = val_exists(own_addition(verbs, block));
    verbs = forget(arena, verbs, block);
    return own ? verbs : verbs_joined(arena, verbs, val_list(&verb, 1));
}

static struct val absorb_restore(struct arena *arena, struct val verbs, struct val verb)
{
    str block = val_get_text(verb, STR("block"));
    str at = val_get_text(verb, STR("at"));
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(verbs) + 1);
    size_t n = 0;
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val old = val_at(verbs, i);
        struct layout_saying saying;
        bool says = layout_saying(old, arena, &saying) && str_equal(saying.block, block);
        bool taken = at.n ? says && doc_pointer_leads_to(at, saying.at)
                          : says
                                || (str_equal(val_get_text(old, STR("block")), block)
                                    && !is_about(old, "add", block));
        if (!taken)
            items[n++] = old;
    }
    return val_list(items, n);
}

/* Where a lock holds: a region that is not named is "main". */
static str held_by(struct val lock)
{
    str at = val_get_text(lock, STR("at"));
    return !at.n && val_is(val_get(lock, STR("lock")), "closed") ? STR("main") : at;
}

static bool is_lock_of(struct val verb, struct val unlock)
{
    return is_about(verb, "lock", val_get_text(unlock, STR("block")))
           && val_equal(val_get(verb, STR("lock")), val_get(unlock, STR("lock")))
           && val_equal(val_get(verb, STR("audience")), val_get(unlock, STR("audience")))
           && str_equal(held_by(verb), held_by(unlock));
}

/* A lock that the layer itself set is only taken out: nothing is left to be opened. */
static bool absorb_unlock(struct arena *arena, struct val *verbs, struct val unlock)
{
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(*verbs) + 1);
    size_t n = 0;
    for (size_t i = 0; i < val_count(*verbs); i++) {
        if (!is_lock_of(val_at(*verbs, i), unlock))
            items[n++] = val_at(*verbs, i);
    }
    bool own = n < val_count(*verbs);
    *verbs = val_list(items, n);
    return own;
}

/* A block that the layer added is added again, for others. One that is added for several
 * audiences apart stays so but for the first of them. */
static struct val absorb_addition(struct arena *arena, struct val verbs, struct val verb)
{
    size_t n = val_count(verbs);
    struct val *items = ARENA_ARRAY(arena, struct val, n + 1);
    size_t first = n;
    for (size_t i = 0; i < n; i++) {
        items[i] = val_at(verbs, i);
        if (!is_about(items[i], "add", val_get_text(verb, STR("block"))))
            continue;
        if (val_equal(val_get(items[i], STR("audience")), val_get(verb, STR("audience"))))
            return verbs_joined(arena, verbs, val_list(&verb, 1));
        first = first < n ? first : i;
    }
    if (first == n)
        return verbs_joined(arena, verbs, val_list(&verb, 1));
    items[first] = verb;
    return val_list(items, n);
}

struct val verbs_absorb(struct arena *arena, struct val verbs, struct val verb)
{
    bool for_all = !val_get_text(verb, STR("audience")).n;
    if (for_all && val_is(val_get(verb, STR("verb")), "remove"))
        return layout_normalise(absorb_removal(arena, verbs, verb), arena);
    if (val_is(val_get(verb, STR("verb")), "restore"))
        return absorb_restore(arena, verbs, verb);
    if (val_is(val_get(verb, STR("verb")), "unlock")
        && absorb_unlock(arena, &verbs, verb))
        return verbs;
    if (val_is(val_get(verb, STR("verb")), "add"))
        return layout_normalise(absorb_addition(arena, verbs, verb), arena);
    return layout_normalise(verbs_joined(arena, verbs, val_list(&verb, 1)), arena);
}
