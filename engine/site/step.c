/* One step up or down: the way a card goes without dragging. It follows the page as it is
 * read, into the cards that hold others and out of them. */
#include "inside.h"

struct stepping {
    const struct layout *layout;
    const struct block *block;
    bool up;
};

static const struct region *open_at(const struct block *owner, size_t i)
{
    const struct region *region = &owner->regions[i];
    return region->is_offered && !region->is_closed ? region : NULL;
}

/* The first open region of the block beyond `from`, in the direction of the step. */
static const struct region *next_open(const struct stepping *s, const struct block *owner,
                                      size_t from)
{
    const struct region *found = NULL;
    if (s->up) {
        for (size_t i = from; !found && i-- > 0;)
            found = open_at(owner, i);
    } else {
        for (size_t i = from; !found && i < owner->region_count; i++)
            found = open_at(owner, i);
    }
    return found;
}

/* A card that holds others does not go into another one. */
static const struct region *entrance(const struct stepping *s, const struct block *beside)
{
    for (size_t i = 0; i < s->block->region_count; i++) {
        if (s->block->regions[i].is_offered)
            return NULL;
    }
    return next_open(s, beside, s->up ? beside->region_count : 0);
}

static size_t index_of(const struct region *region, const struct block *block)
{
    size_t i = 0;
    while (i < region->n && !str_equal(region->blocks[i]->id, block->id))
        i++;
    return i;
}

/* Behind the block counted from 0, or before it. */
static struct step at(const struct region *region, size_t before)
{
    return (struct step){ region->path,
                          before ? region->blocks[before - 1]->id : STR("") };
}

static struct step at_end(const struct region *region, bool end)
{
    return at(region, end ? region->n : 0);
}

/* Out of the card it stands in, or into the next region of that one. */
static bool step_out(const struct stepping *s, const struct region *region,
                     struct step *ret)
{
    str name;
    str id = str_cut(region->path, '/', &name);
    const struct block *owner = name.p ? layout_block(s->layout, id) : NULL;
    if (!owner)
        return false;
    size_t own = (size_t)(region - owner->regions);
    const struct region *next = next_open(s, owner, s->up ? own : own + 1);
    const struct region *outer = layout_region_at(s->layout, owner->region);
    if (next)
        *ret = at_end(next, s->up);
    else if (outer && outer->is_offered && !outer->is_closed)
        *ret = at(outer, index_of(outer, owner) + (s->up ? 0 : 1));
    else
        return false;
    return true;
}

bool step_find(const struct layout *layout, str id, bool up, struct step *ret)
{
    struct stepping s = { layout, layout_block(layout, id), up };
    const struct region *region =
        s.block ? layout_region_at(layout, s.block->region) : NULL;
    size_t i = region ? index_of(region, s.block) : 0;
    if (!region || i == region->n)
        return false;
    if (up ? i == 0 : i + 1 == region->n)
        return step_out(&s, region, ret);
    const struct region *inner = entrance(&s, region->blocks[up ? i - 1 : i + 1]);
    *ret = inner ? at_end(inner, up) : at(region, up ? i - 1 : i + 2);
    return true;
}
