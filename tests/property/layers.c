/*
 * Random histories of layers: what must hold of every page, whoever said what in which
 * order. A failing case prints its seed; PINBAN_SEED=… PINBAN_CASES=1 runs it alone.
 */
#include "layout/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LAYERS = 4, MOST_VERBS = 24, BLOCKS = 14, AUDIENCES = 3 };

struct world {
    struct arena *arena;
    uint64_t seed;
    uint64_t random;
    struct layer layers[LAYERS];
    unsigned admitted; /* a bit for each audience */
    bool anchored;     /* the server has named every anchor, as it does for commands */
};

static const char *failed_on; /* what did not hold */

static uint32_t pick(struct world *w, uint32_t below)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->random >> 33) % below;
}

static bool chance(struct world *w, uint32_t percent)
{
    return pick(w, 100) < percent;
}

static str block_id(struct world *w)
{
    return arena_format(w->arena, "b%u", pick(w, BLOCKS));
}

static str region_id(struct world *w)
{
    if (chance(w, 50))
        return STR("main");
    return arena_format(w->arena, "b%u/%s", pick(w, BLOCKS), chance(w, 70) ? "in" : "x");
}

static str pointer_id(struct world *w)
{
    static const char *const pointers[] = { "/a", "/b", "/c/d", "/c/e", "/c" };
    return str_of(pointers[pick(w, COUNT_OF(pointers))]);
}

static void put(struct world *w, struct val *verb, const char *name, struct val value)
{
    *verb = val_with(w->arena, *verb, str_of(name), value);
}

static void put_value(struct world *w, struct val *verb)
{
    struct member inner = { STR_INIT("d"), val_int(pick(w, 4)) };
    struct val map = val_copy(w->arena, val_map(&inner, 1));
    put(w, verb, "at", val_str(pointer_id(w)));
    put(w, verb, "value",
        str_equal(val_get_text(*verb, STR("at")), STR("/c")) ? map : val_int(pick(w, 4)));
}

static void put_place(struct world *w, struct val *verb)
{
    if (chance(w, 80))
        put(w, verb, "into", val_str(region_id(w)));
    if (w->anchored || chance(w, 60))
        put(w, verb, "after", val_str(chance(w, 15) ? STR("") : block_id(w)));
}

static void put_lock(struct world *w, struct val *verb)
{
    static const char *const locks[] = { "required", "fixed", "sealed", "closed" };
    uint32_t kind = pick(w, COUNT_OF(locks));
    put(w, verb, "lock", val_str(str_of(locks[kind])));
    if (kind == 2 && chance(w, 70))
        put(w, verb, "at", val_str(pointer_id(w)));
    if (kind == 3)
        put(w, verb, "at", val_str(STR("in")));
    if (chance(w, 30))
        put(w, verb, "below", val_int(pick(w, LAYERS)));
}

/* Of a look: a token or a word, or that it may not be said below, or no more counts. */
static struct val look_verb(struct world *w)
{
    static const char *const verbs[] = { "token", "token",  "word", "word",
                                         "lock",  "unlock", "reset" };
    static const char *const places[] = { "/tokens", "/tokens/light", "/tokens/light/t.1",
                                          "/words/b1/k/zh", "/words/b1" };
    const char *name = verbs[pick(w, COUNT_OF(verbs))];
    struct val verb = val_map(NULL, 0);
    put(w, &verb, "verb", val_str(str_of(name)));
    if (!strcmp(name, "token")) {
        put(w, &verb, "name", val_str(arena_format(w->arena, "t.%u", pick(w, 3))));
        put(w, &verb, "set", val_str(chance(w, 70) ? STR("light") : STR("dark")));
        put(w, &verb, "value", val_int(pick(w, 4)));
    } else if (!strcmp(name, "word")) {
        put(w, &verb, "component", val_str(chance(w, 80) ? block_id(w) : STR("a/b")));
        put(w, &verb, "key", val_str(STR("k")));
        put(w, &verb, "lang", val_str(chance(w, 50) ? STR("zh") : STR("en")));
        put(w, &verb, "value", val_str(arena_format(w->arena, "%u", pick(w, 4))));
    } else {
        put(w, &verb, "block", val_str(STR("page")));
        put(w, &verb, "at", val_str(str_of(places[pick(w, COUNT_OF(places))])));
        if (strcmp(name, "reset") != 0)
            put(w, &verb, "lock", val_str(STR("sealed")));
    }
    return verb;
}

static struct val random_verb(struct world *w, bool audiences)
{
    static const char *const verbs[] = { "add",  "add",    "add",  "move",  "move",
                                         "set",  "set",    "set",  "reset", "hide",
                                         "show", "remove", "lock", "lock",  "unlock" };
    const char *name = verbs[pick(w, COUNT_OF(verbs))];
    struct val verb = val_map(NULL, 0);
    if (chance(w, 15))
        return look_verb(w);
    put(w, &verb, "verb", val_str(str_of(name)));
    put(w, &verb, "block", val_str(block_id(w)));
    if (!strcmp(name, "add")) {
        put(w, &verb, "component", val_str(STR("kpi")));
        put_place(w, &verb);
    } else if (!strcmp(name, "move")) {
        put_place(w, &verb);
    } else if (!strcmp(name, "set") || !strcmp(name, "reset")) {
        put_value(w, &verb);
    } else if (!strcmp(name, "lock") || !strcmp(name, "unlock")) {
        put_lock(w, &verb);
    }
    if (audiences && chance(w, 12))
        put(w, &verb, "audience",
            val_str(arena_format(w->arena, "%u", pick(w, AUDIENCES))));
    return verb;
}

static struct val random_verbs(struct world *w, size_t most)
{
    struct val *verbs = arena_alloc(w->arena, (most + 1) * sizeof *verbs);
    size_t n = pick(w, (uint32_t)most + 1);
    for (size_t i = 0; i < n; i++)
        verbs[i] = random_verb(w, true);
    return val_list(verbs, n);
}

static void make_world(struct world *w, uint64_t seed)
{
    static const char *const names[LAYERS] = { "group", "province", "city", "herself" };
    arena_reset(w->arena);
    w->seed = w->random = seed;
    for (int i = 0; i < 4; i++)
        pick(w, 2);
    w->admitted = pick(w, 1u << AUDIENCES);
    w->anchored = false;
    for (int i = 0; i < LAYERS; i++)
        w->layers[i] = (struct layer){ .name = str_of(names[i]),
                                       .level = i == LAYERS - 1 ? LAYOUT_PERSONAL : i,
                                       .verbs = layout_normalise(
                                           random_verbs(w, MOST_VERBS), w->arena) };
}

static enum layout_admission admits(void *data, const struct layer *layer, str audience)
{
    const struct world *w = data;
    (void)layer;
    return w->admitted >> (audience.p[0] - '0') & 1u ? LAYOUT_INSIDE : LAYOUT_OUTSIDE;
}

static struct layout_input input_of(struct world *w, size_t n)
{
    return (struct layout_input){ w->layers, n, admits, w };
}

static void resolve(struct world *w, size_t n, struct resolved *ret)
{
    struct layout_input input = input_of(w, n);
    layout_resolve(&input, w->arena, ret);
}

static bool holds(bool good, const char *what)
{
    if (!good)
        failed_on = what;
    return good;
}

/* ---- what must hold ---- */

struct count {
    size_t blocks;
    size_t seen[BLOCKS];
};

static bool is_sound(const struct resolved_block *block, int depth, struct count *count)
{
    if (depth > LIMIT_PAGE_DEPTH)
        return holds(false, "nesting keeps the limit");
    for (size_t i = 0; i < block->region_count; i++) {
        for (size_t k = 0; k < block->regions[i].n; k++) {
            const struct resolved_block *child = block->regions[i].blocks[k];
            count->blocks++;
            if (!holds(++count->seen[atoi(child->id.p + 1)] == 1, "a block stands once")
                || !is_sound(child, depth + 1, count))
                return false;
        }
    }
    return true;
}

static bool page_is_sound(struct world *w)
{
    struct resolved page;
    struct count count = { 0 };
    resolve(w, LAYERS, &page);
    bool sound = is_sound(&page.page, 0, &count);
    if (sound && count.blocks != page.block_count)
        fprintf(stderr, "%zu stand, %zu counted\n", count.blocks, page.block_count);
    return sound && holds(count.blocks == page.block_count, "blocks are counted");
}

static str block_of(struct world *w, struct val verb)
{
    struct layout_saying saying;
    return layout_saying(verb, w->arena, &saying) ? saying.block
                                                  : val_get_text(verb, STR("block"));
}

/* Verbs about different blocks may come in any order. */
static bool order_means_nothing(struct world *w)
{
    struct resolved before;
    struct resolved after;
    uint32_t layer = pick(w, LAYERS);
    struct val was = w->layers[layer].verbs;
    w->layers[layer].verbs = layout_normalise(was, w->arena);
    resolve(w, LAYERS, &before);
    size_t n = val_count(w->layers[layer].verbs);
    struct val *shuffled = arena_alloc(w->arena, (n + 1) * sizeof *shuffled);
    uint64_t by = pick(w, 1000); /* what is said of one block keeps its order */
    for (size_t i = 0; i < n; i++) {
        struct val verb = val_at(w->layers[layer].verbs, i);
        uint64_t rank = str_hash(block_of(w, verb), by);
        size_t at = i;
        for (; at > 0; at--) {
            str before_it = block_of(w, shuffled[at - 1]);
            if (str_hash(before_it, by) <= rank)
                break;
            shuffled[at] = shuffled[at - 1];
        }
        shuffled[at] = verb;
    }
    w->layers[layer].verbs = layout_normalise(val_list(shuffled, n), w->arena);
    resolve(w, LAYERS, &after);
    w->layers[layer].verbs = was;
    return holds(resolved_equal(&before, &after), "the order of verbs means nothing");
}

/* A page as somebody writes it into a file: one block after the other, some of them
 * behind one that came before. */
static struct val written_page(struct world *w)
{
    struct val *verbs = arena_alloc(w->arena, BLOCKS * sizeof *verbs);
    str ids[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        uint32_t at = pick(w, (uint32_t)i + 1);
        ids[i] = ids[at];
        ids[at] = arena_format(w->arena, "b%d", i);
    }
    for (int i = 0; i < BLOCKS; i++) {
        struct val verb = val_map(NULL, 0);
        put(w, &verb, "verb", val_str(STR("add")));
        put(w, &verb, "block", val_str(ids[i]));
        put(w, &verb, "component", val_str(STR("kpi")));
        put(w, &verb, "into", val_str(STR("main")));
        if (chance(w, 10))
            put(w, &verb, "after", val_str(STR("")));
        else if (i && chance(w, 40))
            put(w, &verb, "after", val_str(ids[pick(w, (uint32_t)i)]));
        if (chance(w, 20))
            put(w, &verb, "audience",
                val_str(arena_format(w->arena, "%u", pick(w, AUDIENCES))));
        verbs[i] = verb;
    }
    return val_list(verbs, BLOCKS);
}

static bool what_is_written_stands_so(struct world *w)
{
    struct resolved written;
    struct resolved normal;
    struct val was = w->layers[0].verbs;
    w->layers[0].verbs = written_page(w);
    resolve(w, 1, &written);
    w->layers[0].verbs = layout_normalise(w->layers[0].verbs, w->arena);
    resolve(w, 1, &normal);
    w->layers[0].verbs = was;
    return holds(resolved_equal(&written, &normal), "the normal form means the same");
}

static bool saving_changes_nothing(struct world *w)
{
    struct resolved before;
    struct resolved after;
    size_t layer = pick(w, LAYERS);
    struct layout_input above = input_of(w, layer + 1);
    struct val was = w->layers[layer].verbs;
    bool normal = val_equal(was, layout_normalise(was, w->arena));
    struct val least = layout_condense(&above, w->arena);
    resolve(w, layer + 1, &before);
    w->layers[layer].verbs = least;
    resolve(w, layer + 1, &after);
    bool again = val_equal(least, layout_condense(&above, w->arena));
    w->layers[layer].verbs = was;
    return holds(normal, "the normal form is its own")
           && holds(resolved_equal(&before, &after), "the condensed form means the same")
           && holds(again, "condensing again changes nothing")
           && holds(val_count(least) <= val_count(was), "condensing never adds");
}

static bool binds(const struct layout_lock *lock, const struct layer *layers, int later)
{
    return later > lock->by.layer && layers[later].level > lock->below;
}

static const struct resolved_region *region_of(const struct resolved_block *owner,
                                               str name)
{
    for (size_t i = 0; i < owner->region_count; i++) {
        if (str_equal(owner->regions[i].name, name))
            return &owner->regions[i];
    }
    return NULL;
}

/* Nothing stands there that did not. */
static bool region_kept(const struct resolved_block *before,
                        const struct resolved_block *after, str name)
{
    const struct resolved_region *was = region_of(before, name);
    const struct resolved_region *is = after ? region_of(after, name) : NULL;
    for (size_t i = 0; is && i < is->n; i++) {
        bool stood = false;
        for (size_t k = 0; was && !stood && k < was->n; k++)
            stood = str_equal(was->blocks[k]->id, is->blocks[i]->id);
        if (!stood)
            return false;
    }
    return true;
}

/* What stands locked after one layer is the same after the next one that the lock binds.
 */
static bool lock_kept(const struct world *w, int later, const struct layout_lock *lock,
                      const struct resolved_block *before, const struct resolved *page)
{
    const struct resolved_block *after = resolved_find(page, before->id);
    if (!binds(lock, w->layers, later))
        return true;
    switch (lock->kind) {
    case LOCK_REQUIRED:
        return holds(after && after->hidden <= before->hidden, "required stays");
    case LOCK_FIXED:
        return holds(!after || after->placed_by.layer == before->placed_by.layer,
                     "fixed is not moved");
    case LOCK_SEALED:
        return holds(!after
                         || val_equal(val_at_pointer(after->props, lock->at),
                                      val_at_pointer(before->props, lock->at)),
                     "sealed is not set");
    case LOCK_CLOSED:
        return holds(region_kept(before, after, lock->at), "closed takes no additions");
    }
    return true;
}

static bool locks_kept(const struct world *w, int later,
                       const struct resolved_block *before, const struct resolved *page)
{
    for (size_t i = 0; i < before->lock_count; i++) {
        if (!lock_kept(w, later, &before->locks[i], before, page))
            return false;
    }
    for (size_t i = 0; i < before->region_count; i++) {
        for (size_t k = 0; k < before->regions[i].n; k++) {
            if (!locks_kept(w, later, before->regions[i].blocks[k], page))
                return false;
        }
    }
    return true;
}

static bool no_lock_breaks(struct world *w)
{
    for (int later = 1; later < LAYERS; later++) {
        struct resolved before;
        struct resolved after;
        resolve(w, (size_t)later, &before);
        resolve(w, (size_t)later + 1, &after);
        if (!locks_kept(w, later, &before.page, &after))
            return false;
    }
    return true;
}

static struct val verb_at(const struct world *w, struct layout_origin by)
{
    return val_at(w->layers[by.layer].verbs, (size_t)by.verb);
}

static bool origins_true(struct world *w, const struct resolved_block *block)
{
    for (size_t i = 0; i < block->property_count; i++) {
        struct val verb = verb_at(w, block->properties[i].by);
        str at = block->properties[i].at;
        struct layout_saying said;
        bool part = val_is(val_get(verb, STR("verb")), "set"); /* may be set since */
        if (!holds(
                layout_saying(verb, w->arena, &said) && val_exists(said.value)
                    && str_equal(said.block, block->id) && str_equal(said.at, at)
                    && (part || val_equal(said.value, val_at_pointer(block->props, at))),
                "a property's origin is the verb that set it"))
            return false;
    }
    if (!str_equal(block->id, STR("page"))) {
        struct val verb = verb_at(w, block->added_by);
        if (!holds(val_is(val_get(verb, STR("verb")), "add")
                       && str_equal(val_get_text(verb, STR("block")), block->id),
                   "a block's origin is the verb that added it"))
            return false;
    }
    for (size_t i = 0; i < block->region_count; i++) {
        for (size_t k = 0; k < block->regions[i].n; k++) {
            if (!origins_true(w, block->regions[i].blocks[k]))
                return false;
        }
    }
    return true;
}

/* The region in which the block stands, "b1/in"; empty: it is not there. */
static str place_in(struct world *w, const struct resolved *page, str id)
{
    return resolved_region_of(page, id, w->arena);
}

static bool leads_to(str at, str name)
{
    return at.n > name.n && str_starts((str){ at.p + 1, at.n - 1 }, name);
}

/* The layer, or one after it, is told to have set the property or a part of it. */
static bool has_owner(const struct resolved_block *block, str name, int layer)
{
    for (size_t i = 0; i < block->property_count; i++) {
        const struct layout_property *property = &block->properties[i];
        if (property->by.layer >= layer && leads_to(property->at, name))
            return true;
    }
    return false;
}

/* What was set is as the block was added with it: that has no owner but who added it. */
static bool is_reset(struct world *w, int layer, str id, str name)
{
    for (; layer < LAYERS; layer++) {
        for (size_t k = 0; k < val_count(w->layers[layer].verbs); k++) {
            struct val verb = val_at(w->layers[layer].verbs, k);
            if (val_is(val_get(verb, STR("verb")), "reset")
                && str_equal(val_get_text(verb, STR("block")), id)
                && leads_to(val_get_text(verb, STR("at")), name))
                return true;
        }
    }
    return false;
}

static bool properties_are_owned(struct world *w, int layer,
                                 const struct resolved_block *was,
                                 const struct resolved_block *is,
                                 const struct resolved_block *last)
{
    for (size_t i = 0; i < val_count(is->props); i++) {
        str name;
        struct val value = val_member(is->props, i, &name);
        if (!val_equal(value, val_get(was->props, name)) && !has_owner(last, name, layer)
            && !is_reset(w, layer, is->id, name))
            return holds(false, "who set it is told");
    }
    return true;
}

/* What a layer changed of a block, this layer is told to have changed, or a later one. */
static bool changes_are_owned(struct world *w, int layer, const struct resolved *before,
                              const struct resolved *after, const struct resolved *page)
{
    for (int i = 0; i < BLOCKS; i++) {
        str id = arena_format(w->arena, "b%d", i);
        const struct resolved_block *was = resolved_find(before, id);
        const struct resolved_block *is = resolved_find(after, id);
        const struct resolved_block *last = resolved_find(page, id);
        if (!is || !last || last->added_by.layer > layer)
            continue; /* it went, or went and came again, since */
        if (!holds(was || last->added_by.layer == layer, "who added it is told"))
            return false;
        if (!was)
            continue;
        bool stays = str_equal(place_in(w, before, id), place_in(w, after, id));
        if (!holds(stays || last->placed_by.layer >= layer, "who moved it is told")
            || !holds(was->hidden == is->hidden || last->hidden_by.layer >= layer,
                      "who hid it is told")
            || !properties_are_owned(w, layer, was, is, last))
            return false;
    }
    return true;
}

/* Verbs are as told; and layer by layer, what changes has an owner. */
static bool provenance_is_true(struct world *w)
{
    struct resolved pages[LAYERS + 1];
    for (size_t n = 0; n <= LAYERS; n++)
        resolve(w, n, &pages[n]);
    const struct resolved *page = &pages[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
        if (!changes_are_owned(w, i, &pages[i], &pages[i + 1], page))
            return false;
    }
    return origins_true(w, &page->page);
}

static bool is_named_below(struct world *w, str id)
{
    for (int i = 1; i < LAYERS; i++) {
        for (size_t k = 0; k < val_count(w->layers[i].verbs); k++) {
            if (str_equal(block_of(w, val_at(w->layers[i].verbs, k)), id))
                return true;
        }
    }
    return false;
}

/* It, or a block that it stands in. */
static bool is_touched_below(struct world *w, const struct resolved *page, str id)
{
    bool touched = is_named_below(w, id);
    str rest;
    str owner = str_cut(place_in(w, page, id), '/', &rest);
    return touched || (rest.p && is_touched_below(w, page, owner));
}

/* Whatever the level above says, now or later, of a block that no level below speaks of:
 * so it is on everybody's page. */
static bool untouched_follows(struct world *w)
{
    struct resolved above;
    struct resolved page;
    w->layers[0].verbs = layout_normalise(random_verbs(w, MOST_VERBS), w->arena);
    resolve(w, 1, &above);
    resolve(w, LAYERS, &page);
    for (int i = 0; i < BLOCKS; i++) {
        str id = arena_format(w->arena, "b%d", i);
        const struct resolved_block *was = resolved_find(&above, id);
        const struct resolved_block *is = resolved_find(&page, id);
        if (!was || is_touched_below(w, &above, id))
            continue;
        if (!holds(is && str_equal(is->component, was->component)
                       && val_equal(is->props, was->props) && is->hidden == was->hidden
                       && str_equal(place_in(w, &page, id), place_in(w, &above, id)),
                   "what nobody touched follows upstream"))
            return false;
    }
    return true;
}

static bool is_said_below(struct world *w, str at)
{
    struct layout_saying said;
    for (int i = 1; i < LAYERS; i++) {
        for (size_t k = 0; k < val_count(w->layers[i].verbs); k++) {
            if (layout_saying(val_at(w->layers[i].verbs, k), w->arena, &said)
                && str_equal(said.block, STR("page")) && str_starts(at, said.at))
                return true;
        }
    }
    return false;
}

/* So with tokens and words. */
static bool untouched_look_follows(struct world *w)
{
    static const char *const said[] = {
        "{\"verb\":\"token\",\"set\":\"light\",\"name\":\"t.9\",\"value\":9}",
        "{\"verb\":\"word\",\"component\":\"a/b\",\"key\":\"n\",\"lang\":\"en\","
        "\"value\":9}",
    };
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct val verb;
        struct err err;
        struct layout_saying saying;
        struct resolved after;
        struct val was = w->layers[0].verbs;
        size_t n = val_count(was);
        struct val *more = arena_alloc(w->arena, (n + 1) * sizeof *more);
        if (!doc_parse(w->arena, str_of(said[i]), &verb, &err))
            return holds(false, err.text);
        layout_saying(verb, w->arena, &saying);
        for (size_t k = 0; k < n; k++)
            more[k] = val_at(was, k);
        more[n] = verb;
        w->layers[0].verbs = val_list(more, n + 1);
        resolve(w, LAYERS, &after);
        w->layers[0].verbs = was;
        bool follows = val_as_int(val_at_pointer(after.page.props, saying.at), 0) == 9;
        if (!holds(follows || is_said_below(w, saying.at),
                   "tokens and words nobody touched follow upstream"))
            return false;
    }
    return true;
}

/* Two people's edits of one layer, mixed in any way that keeps each one's order. */
static bool arrival_means_nothing(struct world *w)
{
    struct layout_conflict *conflicts;
    w->anchored = true;
    struct val mine = layout_normalise(random_verbs(w, 8), w->arena);
    struct val theirs = layout_normalise(random_verbs(w, 8), w->arena);
    size_t a = val_count(mine);
    size_t b = val_count(theirs);
    struct resolved pages[2];
    if (layout_conflicts(mine, theirs, w->arena, &conflicts)
        || layout_conflicts(theirs, mine, w->arena, &conflicts))
        return true;
    struct val was = w->layers[1].verbs;
    for (int round = 0; round < 2; round++) {
        struct val *mixed = arena_alloc(w->arena, (a + b + 1) * sizeof *mixed);
        size_t x = 0;
        size_t y = 0;
        while (x + y < a + b) {
            bool first = x < a && (y == b || (round ? chance(w, 50) : true));
            mixed[x + y] = first ? val_at(mine, x) : val_at(theirs, y);
            *(first ? &x : &y) += 1;
        }
        w->layers[1].verbs = layout_normalise(val_list(mixed, a + b), w->arena);
        resolve(w, LAYERS, &pages[round]);
    }
    w->layers[1].verbs = was;
    return holds(resolved_equal(&pages[0], &pages[1]), "who came first means nothing");
}

/* Whoever has a staged revision keeps it while the stage grows. */
static bool stages_only_grow(struct world *w)
{
    str home = arena_format(w->arena, "u%u", pick(w, 1000));
    str person = arena_format(w->arena, "p%u", pick(w, 100000));
    struct layout_stage stage = {
        .unit = home, .layer = STR("home"), .number = pick(w, 1000), .reaches = true
    };
    bool had = false;
    for (stage.percent = 0; stage.percent <= 100; stage.percent += 1 + (int)pick(w, 40)) {
        bool has = layout_stage_holds(&stage, home, person, w->arena);
        if (!holds(has || !had, "who has a stage keeps it"))
            return false;
        had = has;
    }
    stage.percent = 100;
    return holds(layout_stage_holds(&stage, home, person, w->arena),
                 "in the end all have it");
}

static size_t told_of(struct val differences, str block, const char *what)
{
    size_t n = 0;
    for (size_t i = 0; i < val_count(differences); i++) {
        struct val one = val_at(differences, i);
        n += str_equal(val_get_text(one, STR("block")), block)
             && val_is(val_get(one, STR("what")), what);
    }
    return n;
}

static bool tells_of(struct val differences, str block, const struct resolved_block *was,
                     const struct resolved_block *is)
{
    bool props = was && is
                 && (!val_equal(was->props, is->props)
                     || !str_equal(was->component, is->component));
    bool seen = was && is && was->hidden != is->hidden;
    return holds(told_of(differences, block, "added") == (!was && is), "added is told")
           && holds(told_of(differences, block, "removed") == (was && !is),
                    "removed is told")
           && holds((told_of(differences, block, "property") > 0) == props,
                    "a property that differs is told")
           && holds((told_of(differences, block, "hidden")
                     + told_of(differences, block, "shown"))
                        == seen,
                    "visibility is told");
}

/* What differs is told, once, and nothing else is. */
static bool differences_are_told(struct world *w)
{
    static const str ids[LAYERS] = { STR_INIT("home"), STR_INIT("home"), STR_INIT("home"),
                                     STR_INIT("home") };
    struct layer other[LAYERS];
    struct resolved pages[2];
    memcpy(other, w->layers, sizeof other);
    other[1].verbs = layout_normalise(random_verbs(w, MOST_VERBS), w->arena);
    struct layout_version versions[2] = { { w->layers, ids, LAYERS },
                                          { other, ids, LAYERS } };
    for (int i = 0; i < 2; i++)
        layout_resolve(
            &(struct layout_input){ .layers = versions[i].layers, .n = LAYERS }, w->arena,
            &pages[i]);
    struct val same = layout_diff(&versions[0], &versions[0], w->arena);
    struct val differences = layout_diff(&versions[0], &versions[1], w->arena);
    if (!holds(!val_count(same), "a page does not differ from itself")
        || !holds(val_count(differences) || resolved_equal(&pages[0], &pages[1]),
                  "pages that differ have differences"))
        return false;
    for (int i = 0; i < BLOCKS; i++) {
        str id = arena_format(w->arena, "b%d", i);
        if (!tells_of(differences, id, resolved_find(&pages[0], id),
                      resolved_find(&pages[1], id)))
            return false;
    }
    return true;
}

static bool (*const properties[])(struct world *) = {
    page_is_sound,          order_means_nothing,
    saving_changes_nothing, what_is_written_stands_so,
    no_lock_breaks,         provenance_is_true,
    untouched_follows,      untouched_look_follows,
    arrival_means_nothing,  stages_only_grow,
    differences_are_told,
};

/* The layers of the failing case, for whoever mends it. */
static void show(struct world *w)
{
    for (int i = 0; i < LAYERS; i++) {
        for (size_t k = 0; k < val_count(w->layers[i].verbs); k++) {
            str text = doc_text(w->arena, val_at(w->layers[i].verbs, k), DOC_PLAIN);
            fprintf(stderr, "%s %.*s\n", w->layers[i].name.p, STR_ARG(text));
        }
    }
}

static void every_history(void **state)
{
    const char *cases = getenv("PINBAN_CASES");
    const char *first = getenv("PINBAN_SEED");
    uint64_t n = cases && *cases ? strtoull(cases, NULL, 10) : PROPERTY_CASES;
    uint64_t seed = first && *first ? strtoull(first, NULL, 10) : 1;
    struct world w = { .arena = arena_open() };
    (void)state;
    for (uint64_t i = 0; i < n; i++) {
        for (size_t p = 0; p < COUNT_OF(properties); p++) {
            make_world(&w, seed + i);
            if (properties[p](&w))
                continue;
            show(&w);
            fail_msg("seed %llu: not so: %s", (unsigned long long)(seed + i), failed_on);
        }
    }
    arena_close(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_history) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
