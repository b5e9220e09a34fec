/*
 * What a block is put behind is what its author saw there. A layer keeps places as
 * anchors, and a block anchored to another of the layer goes where that one goes; so when
 * one is put between two, the second is anchored anew, and when one is taken away, those
 * behind it stay. What others put there meanwhile she did not see: it keeps its anchor,
 * so that the page is the same whoever comes first. Of blocks put behind the same one at
 * once, the order is that of their ids; what stood there before stands behind them all.
 */
#include "inside.h"

bool verb_places(struct val verb)
{
    return val_is(val_get(verb, STR("verb")), "add")
           || val_is(val_get(verb, STR("verb")), "move");
}

struct spot {
    const struct resolved_region *region;
    size_t at;
};

static bool find_in(const struct resolved_block *owner, str id, struct spot *ret)
{
    for (size_t i = 0; i < owner->region_count; i++) {
        const struct resolved_region *region = &owner->regions[i];
        for (size_t k = 0; k < region->n; k++) {
            if (str_equal(region->blocks[k]->id, id)) {
                *ret = (struct spot){ region, k };
                return true;
            }
            if (find_in(region->blocks[k], id, ret))
                return true;
        }
    }
    return false;
}

static const struct resolved_region *region_with(const struct resolved *page, str id)
{
    struct spot spot;
    return find_in(&page->page, id, &spot) ? spot.region : NULL;
}

bool verbs_place(struct val verbs, str block)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        if (verb_places(verb) && str_equal(val_get_text(verb, STR("block")), block))
            return true;
    }
    return false;
}

/* What the layer says a block stands behind; absent: it says nothing. */
static struct val anchor_of(struct val verbs, str block)
{
    struct val found = VAL_ABSENT;
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        if (verb_places(verb) && str_equal(val_get_text(verb, STR("block")), block))
            found = val_get(verb, STR("after"));
    }
    return found;
}

/* Blocks of the layer that stand in `region` of `page`, and not the verb's own, are
 * anchored anew. */
struct anchoring {
    struct arena *arena;
    const struct placed *placed;
    struct val verbs; /* the layer's, as they become */
    const struct resolved *page;
    const struct resolved_region *region;
    str from;
    str to;
    /* Whether `id`, which is anchored to `anchor`, is to be. */
    bool (*applies)(const struct anchoring *how, str id, str anchor);
};

static bool is_behind(const struct anchoring *how, str id, str anchor)
{
    (void)id;
    return str_equal(anchor, how->from);
}

static bool is_seen_behind(const struct anchoring *how, str id, str anchor)
{
    return str_equal(anchor, how->from) && !verbs_place(how->placed->others, id);
}

static bool is_fresh(const struct anchoring *how, str id)
{
    return verbs_place(how->placed->others, id) || verbs_place(how->placed->own, id);
}

/* What stood there before stands behind one that was put behind `from` since. */
static bool is_old_behind(const struct anchoring *how, str id, str anchor)
{
    bool behind = false;
    for (size_t i = 0; i < val_count(how->verbs) && !behind && is_fresh(how, anchor);
         i++) {
        struct val next = anchor_of(how->verbs, anchor);
        anchor = val_text(next);
        behind = next.kind == VAL_STR && str_equal(anchor, how->from);
    }
    return behind && !is_fresh(how, id);
}

static void anchor_anew(struct anchoring *how)
{
    struct val verbs = how->verbs;
    str block = val_get_text(how->placed->verb, STR("block"));
    struct val *items = ARENA_ARRAY(how->arena, struct val, val_count(verbs) + 1);
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        struct val after = val_get(verb, STR("after"));
        str id = val_get_text(verb, STR("block"));
        items[i] = verb;
        if (verb_places(verb) && after.kind == VAL_STR && !str_equal(id, block)
            && how->applies(how, id, val_text(after))
            && region_with(how->page, id) == how->region)
            items[i] = val_with(how->arena, verb, STR("after"), val_str(how->to));
    }
    how->verbs = val_list(items, val_count(verbs));
}

/* Somebody else put something behind it meanwhile. */
static bool is_shared(const struct anchoring *how)
{
    for (size_t i = 0; i < val_count(how->verbs); i++) {
        struct val verb = val_at(how->verbs, i);
        struct val after = val_get(verb, STR("after"));
        str id = val_get_text(verb, STR("block"));
        if (verb_places(verb) && after.kind == VAL_STR
            && str_equal(val_text(after), how->from)
            && verbs_place(how->placed->others, id)
            && region_with(how->page, id) == how->region)
            return true;
    }
    return false;
}

/* Of those that were put behind it since, the one with the greatest id; empty: none was.
 */
static str last_behind(const struct anchoring *how, str anchor)
{
    str last = STR("");
    for (size_t i = 0; i < val_count(how->verbs); i++) {
        struct val verb = val_at(how->verbs, i);
        str id = val_get_text(verb, STR("block"));
        struct val after = val_get(verb, STR("after"));
        if (verb_places(verb) && after.kind == VAL_STR
            && str_equal(val_text(after), anchor) && is_fresh(how, id)
            && region_with(how->page, id) == how->region && str_compare(id, last) > 0)
            last = id;
    }
    return last;
}

/* The end of all that was put behind `from` since. */
static str end_behind(const struct anchoring *how)
{
    str end = last_behind(how, how->from);
    for (size_t i = 0; i < val_count(how->verbs); i++) {
        str next = last_behind(how, end);
        if (!next.n)
            break;
        end = next;
    }
    return end;
}

struct val verbs_with_room(struct arena *arena, const struct placed *placed,
                           const struct resolved *before, const struct resolved *after)
{
    str block = val_get_text(placed->verb, STR("block"));
    struct val behind = val_get(placed->verb, STR("after"));
    struct anchoring how = {
        .arena = arena, .placed = placed, .verbs = placed->verbs, .applies = is_behind
    };
    struct spot was;
    if (!verb_places(placed->verb) || behind.kind != VAL_STR)
        return how.verbs;
    if (find_in(&before->page, block, &was)) {
        how.page = before;
        how.region = was.region;
        how.from = block;
        how.to = was.at ? was.region->blocks[was.at - 1]->id : STR("");
        anchor_anew(&how);
    }
    how.page = after;
    how.region = region_with(after, block);
    if (!how.region)
        return how.verbs;
    how.applies = is_seen_behind;
    how.from = val_text(behind);
    how.to = block;
    anchor_anew(&how);
    if (is_shared(&how)) {
        how.to = end_behind(&how);
        how.applies = is_old_behind;
        anchor_anew(&how);
    }
    return how.verbs;
}
