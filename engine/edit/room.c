/*
 * What a block is put behind is what its author saw there. A layer keeps places as
 * anchors, and a block anchored to another of the layer goes where that one goes; so when
 * one is put between two, the second is anchored anew, and when one is taken away, those
 * behind it stay.
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

/* Every block of the layer that is anchored to `from` and stands in `region` of `page`,
 * but `block` itself, is anchored to `to`. */
struct anchoring {
    const struct resolved *page;
    const struct resolved_region *region;
    str block;
    str from;
    str to;
};

static struct val anchored(struct arena *arena, struct val verbs,
                           const struct anchoring *how)
{
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(verbs) + 1);
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        struct val after = val_get(verb, STR("after"));
        str id = val_get_text(verb, STR("block"));
        items[i] = verb;
        if (verb_places(verb) && after.kind == VAL_STR
            && str_equal(val_text(after), how->from) && !str_equal(id, how->block)
            && region_with(how->page, id) == how->region)
            items[i] = val_with(arena, verb, STR("after"), val_str(how->to));
    }
    return val_list(items, val_count(verbs));
}

struct val verbs_with_room(struct arena *arena, struct val verbs, struct val verb,
                           const struct resolved *before, const struct resolved *after)
{
    str block = val_get_text(verb, STR("block"));
    struct val behind = val_get(verb, STR("after"));
    struct spot was;
    if (!verb_places(verb) || behind.kind != VAL_STR)
        return verbs;
    if (find_in(&before->page, block, &was)) {
        str previous = was.at ? was.region->blocks[was.at - 1]->id : STR("");
        verbs =
            anchored(arena, verbs,
                     &(struct anchoring){ before, was.region, block, block, previous });
    }
    const struct resolved_region *now = region_with(after, block);
    return now ? anchored(
               arena, verbs,
               &(struct anchoring){ after, now, block, val_text(behind), block })
               : verbs;
}
