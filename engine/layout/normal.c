/*
 * The normal form of a layer: one verb for each difference. Two verbs are about the same
 * when they have the same block, kind, property and audience.
 */
#include "inside.h"

#include <stdlib.h>

enum about {
    ABOUT_EXISTENCE,
    ABOUT_PLACE,
    ABOUT_PROPERTY,
    ABOUT_VISIBILITY,
    ABOUT_LOCK,
    ABOUT_NOTHING, /* not understood: kept as it is */
};

struct entry {
    struct val verb;
    str name;
    str block;
    str at;
    struct val value; /* of a property */
    str audience;
    enum about about;
    size_t order;
    bool dropped;
    bool was_added; /* a removal of what the same layer added */
};

struct entries {
    struct entry *items;
    size_t n;
};

static const struct {
    str verb;
    enum about about;
} abouts[] = {
    { STR_INIT("add"), ABOUT_EXISTENCE },   { STR_INIT("remove"), ABOUT_EXISTENCE },
    { STR_INIT("move"), ABOUT_PLACE },      { STR_INIT("set"), ABOUT_PROPERTY },
    { STR_INIT("reset"), ABOUT_PROPERTY },  { STR_INIT("token"), ABOUT_PROPERTY },
    { STR_INIT("word"), ABOUT_PROPERTY },   { STR_INIT("hide"), ABOUT_VISIBILITY },
    { STR_INIT("show"), ABOUT_VISIBILITY }, { STR_INIT("lock"), ABOUT_LOCK },
    { STR_INIT("unlock"), ABOUT_LOCK },
};

static enum about about_of(str verb)
{
    for (size_t i = 0; i < COUNT_OF(abouts); i++) {
        if (str_equal(abouts[i].verb, verb))
            return abouts[i].about;
    }
    return ABOUT_NOTHING;
}

static str pointer_of(struct arena *arena, const char *root, const str *names, size_t n)
{
    struct buf out;
    buf_init(&out, 1024);
    buf_str(&out, str_of(root));
    for (size_t i = 0; i < n; i++)
        doc_pointer_add(&out, names[i]);
    str made = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return made;
}

bool layout_saying(struct val verb, struct arena *arena, struct layout_saying *ret)
{
    struct val name = val_get(verb, STR("verb"));
    bool sets = val_is(name, "set");
    *ret = (struct layout_saying){ .block = STR("page"),
                                   .value = val_get(verb, STR("value")) };
    if (val_is(name, "token")) {
        str set = val_get_text(verb, STR("set"));
        str names[] = { set.n ? set : STR("base"), val_get_text(verb, STR("name")) };
        ret->at = pointer_of(arena, "/tokens", names, COUNT_OF(names));
    } else if (val_is(name, "word")) {
        str names[] = { val_get_text(verb, STR("component")),
                        val_get_text(verb, STR("key")), val_get_text(verb, STR("lang")) };
        ret->at = pointer_of(arena, "/words", names, COUNT_OF(names));
    } else if (sets || val_is(name, "reset")) {
        ret->block = val_get_text(verb, STR("block"));
        ret->at = val_get_text(verb, STR("at"));
        ret->value = sets ? ret->value : VAL_ABSENT;
    } else {
        return false;
    }
    return true;
}

/* What of the block the verb is about: a pointer, a lock with its place, or "". */
static str at_of(struct arena *arena, const struct entry *e)
{
    return e->about == ABOUT_LOCK
               ? arena_format(arena, "%.*s %.*s",
                              STR_ARG(val_get_text(e->verb, STR("lock"))),
                              STR_ARG(val_get_text(e->verb, STR("at"))))
               : STR("");
}

static struct entry entry_of(struct arena *arena, struct val verb, size_t order)
{
    struct entry e = { .verb = verb,
                       .name = val_get_text(verb, STR("verb")),
                       .block = val_get_text(verb, STR("block")),
                       .audience = val_get_text(verb, STR("audience")),
                       .order = order };
    struct layout_saying saying;
    e.about = about_of(e.name);
    e.at = at_of(arena, &e);
    if (layout_saying(verb, arena, &saying)) {
        e.block = saying.block;
        e.at = saying.at;
        e.value = saying.value;
    }
    return e;
}

static void read_entries(struct val verbs, struct arena *arena, struct entries *ret)
{
    ret->n = val_count(verbs);
    ret->items = arena_alloc(arena, ret->n * sizeof *ret->items);
    for (size_t i = 0; i < ret->n; i++)
        ret->items[i] = entry_of(arena, val_at(verbs, i), i);
}

static bool same_place(const struct entry *a, const struct entry *b)
{
    return a->about == b->about && a->about != ABOUT_NOTHING
           && str_equal(a->block, b->block) && str_equal(a->audience, b->audience);
}

/* What the one says replaces what the other says. */
static bool replaces(const struct entry *e, const struct entry *old)
{
    return same_place(old, e)
           && (e->about == ABOUT_PROPERTY ? doc_pointer_leads_to(e->at, old->at)
                                          : str_equal(e->at, old->at));
}

/* Blocks have few verbs, so comparing those of one block with each other is short. */
static int by_block(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    int order = str_compare(x->block, y->block);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* A later verb replaces those it is about, or whose property lies within its own. */
static void drop_replaced(struct entries *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct entry *old = &all->items[i];
        for (size_t k = i + 1;
             k < all->n && str_equal(all->items[k].block, old->block) && !old->dropped;
             k++) {
            struct entry *e = &all->items[k];
            if (!replaces(e, old))
                continue;
            old->dropped = true;
            e->was_added =
                e->was_added || old->was_added || str_equal(old->name, STR("add"));
        }
    }
}

static struct entry *own_add(struct entries *all, const struct entry *about)
{
    for (size_t i = 0; i < all->n; i++) {
        struct entry *e = &all->items[i];
        if (!e->dropped && str_equal(e->block, about->block)
            && str_equal(e->name, STR("add")) && str_equal(e->audience, about->audience))
            return e;
    }
    return NULL;
}

/* What a layer says of a block it adds itself belongs into that verb. */
static void fold_into_adds(struct entries *all, struct arena *arena)
{
    for (size_t i = 0; i < all->n; i++) {
        struct entry *e = &all->items[i];
        bool sets = str_equal(e->name, STR("set"));
        struct entry *add;
        if (e->dropped || (!sets && e->about != ABOUT_PLACE) || !(add = own_add(all, e)))
            continue;
        if (sets) {
            struct val props = val_get(add->verb, STR("props"));
            props =
                val_with_pointer(arena, props.kind == VAL_MAP ? props : val_map(NULL, 0),
                                 e->at, val_get(e->verb, STR("value")));
            if (props.kind != VAL_MAP)
                continue;
            add->verb = val_with(arena, add->verb, STR("props"), props);
        } else {
            struct val into = val_get(e->verb, STR("into"));
            struct val after = val_get(e->verb, STR("after"));
            if (val_exists(into))
                add->verb = val_with(arena, add->verb, STR("into"), into);
            add->verb = val_exists(after)
                            ? val_with(arena, add->verb, STR("after"), after)
                            : val_without(arena, add->verb, STR("after"));
        }
        e->dropped = true;
    }
}

static int by_order(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static bool goes_to_end(const struct entry *e, str *ret_into)
{
    struct val into = val_get(e->verb, STR("into"));
    bool adds = str_equal(e->name, STR("add"));
    *ret_into = into.kind == VAL_STR && val_text(into).n ? val_text(into) : STR("main");
    return !e->dropped && (adds || (e->about == ABOUT_PLACE && into.kind == VAL_STR))
           && !val_exists(val_get(e->verb, STR("after")));
}

/* Puts its block somewhere on everybody's page: one that was added for others stands
 * there too, unseen. */
static bool places(const struct entry *e)
{
    bool adds = str_equal(e->name, STR("add"));
    return !e->dropped && (adds || (e->about == ABOUT_PLACE && !e->audience.n));
}

/* Whether a later verb puts the same block elsewhere. */
static bool is_placed_again(const struct entries *all, const struct entry *e)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct entry *other = &all->items[i];
        if (other->order > e->order && places(other) && str_equal(other->block, e->block))
            return true;
    }
    return false;
}

/* The last of those that stand directly behind the block, in the order of their ids as
 * place.c puts them, but for `but`; NULL: none does. */
static const struct entry *last_behind(const struct entries *all, str block, str into,
                                       str but)
{
    const struct entry *last = NULL;
    for (size_t i = 0; i < all->n; i++) {
        const struct entry *e = &all->items[i];
        str region = val_get_text(e->verb, STR("into"));
        if (places(e) && str_equal(val_get_text(e->verb, STR("after")), block)
            && !str_equal(e->block, but) && (!region.n || str_equal(region, into))
            && (!last || str_compare(e->block, last->block) > 0)
            && !is_placed_again(all, e))
            last = e;
    }
    return last;
}

/* The end of the run that follows the block. */
static str tail_behind(const struct entries *all, str block, str into, str but)
{
    const struct entry *next;
    for (size_t i = 0; i < all->n && (next = last_behind(all, block, into, but)); i++)
        block = next->block;
    return block;
}

/* "At the end" of one region, said several times in a row, becomes one behind the other:
 * behind all that the layer puts behind that one. */
static void name_anchors(struct entries *all, struct arena *arena)
{
    str into;
    str other;
    for (size_t i = all->n; i-- > 0;) {
        struct entry *e = &all->items[i];
        if (!goes_to_end(e, &into))
            continue;
        for (size_t k = i; k-- > 0;) {
            if (!goes_to_end(&all->items[k], &other) || !str_equal(into, other)
                || str_equal(all->items[k].block, e->block))
                continue;
            str tail = tail_behind(all, all->items[k].block, into, e->block);
            e->verb = val_with(arena, e->verb, STR("after"), val_str(tail));
            break;
        }
    }
}

/* The page first; of one block, what it is, where it stands, its properties … */
static int by_meaning(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    bool x_page = str_equal(x->block, STR("page"));
    bool y_page = str_equal(y->block, STR("page"));
    if (x_page != y_page)
        return x_page ? -1 : 1;
    int order = str_compare(x->block, y->block);
    if (!order)
        order = (int)x->about - (int)y->about;
    if (!order)
        order = str_compare(x->at, y->at);
    if (!order)
        order = str_compare(x->audience, y->audience);
    return order ? order : by_order(a, b);
}

static struct val verbs_of(const struct entries *all, struct arena *arena)
{
    struct val *items = arena_alloc(arena, (all->n + 1) * sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (!all->items[i].dropped)
            items[n++] = all->items[i].verb;
    }
    return val_list(items, n);
}

static void normalise(struct val verbs, struct arena *arena, struct entries *ret)
{
    read_entries(verbs, arena, ret);
    name_anchors(ret, arena);
    qsort(ret->items, ret->n, sizeof *ret->items, by_block);
    drop_replaced(ret);
    fold_into_adds(ret, arena);
    qsort(ret->items, ret->n, sizeof *ret->items, by_meaning);
    name_anchors(ret, arena); /* of blocks that a move sent to the end */
}

struct val layout_normalise(struct val verbs, struct arena *arena)
{
    struct entries all;
    normalise(verbs, arena, &all);
    return verbs_of(&all, arena);
}

/* ---- condensing ---- */

struct condenser {
    struct arena *arena;
    struct layer *layers; /* the input's; the last one is being condensed */
    size_t n;
    struct entries own;
    size_t issue_count; /* of the page as it is now */
};

static void resolve_with(struct condenser *c, struct resolved *ret)
{
    struct layout_input input = { .layers = c->layers, .n = c->n };
    c->layers[c->n - 1].verbs = verbs_of(&c->own, c->arena);
    layout_resolve(&input, c->arena, ret);
}

/* A verb that counts for an audience only says something of the block, or for a place of
 * any block: then what has no effect on one page may have on another. */
static bool depends_on_audience(const struct condenser *c, const struct entry *about)
{
    for (size_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k < val_count(c->layers[i].verbs); k++) {
            struct val verb = val_at(c->layers[i].verbs, k);
            if (val_get_text(verb, STR("audience")).n
                && (about->about == ABOUT_PLACE
                    || str_equal(val_get_text(verb, STR("block")), about->block)))
                return true;
        }
    }
    return false;
}

static bool says_what_is(const struct entry *e, const struct resolved_block *block)
{
    if (str_equal(e->name, STR("hide")) || str_equal(e->name, STR("show")))
        return block->hidden == str_equal(e->name, STR("hide"));
    if (val_exists(e->value)) {
        struct val is = val_at_pointer(block->props, e->at);
        return val_exists(is) && val_equal(is, e->value);
    }
    return false;
}

/* Gone with the block that this layer added and removed again. */
static void drop_removed(struct condenser *c, const struct resolved *inherited)
{
    for (size_t i = 0; i < c->own.n; i++) {
        struct entry *removal = &c->own.items[i];
        if (removal->dropped || !removal->was_added
            || !str_equal(removal->name, STR("remove"))
            || resolved_find(inherited, removal->block))
            continue;
        for (size_t k = 0; k < c->own.n; k++) {
            if (str_equal(c->own.items[k].block, removal->block))
                c->own.items[k].dropped = true;
        }
    }
}

/* Left out when the page is the same without it, and it was not set aside: what has no
 * effect today because its block is gone, or locked, is somebody's work. */
static bool is_idle(struct condenser *c, struct entry *e,
                    const struct resolved *inherited, const struct resolved *meant)
{
    const struct resolved_block *block = resolved_find(inherited, e->block);
    struct resolved without;
    bool says = block && says_what_is(e, block);
    if (!says && e->about != ABOUT_PLACE && e->about != ABOUT_LOCK)
        return false;
    e->dropped = true;
    resolve_with(c, &without);
    e->dropped =
        says
        || (without.issue_count == c->issue_count && resolved_equal(&without, meant));
    if (e->dropped)
        c->issue_count = without.issue_count;
    return e->dropped;
}

/* One left out may leave another without effect: true when it is worth another look. */
static bool drop_idle(struct condenser *c, const struct resolved *inherited,
                      const struct resolved *meant)
{
    bool dropped = false;
    for (size_t i = 0; i < c->own.n; i++) {
        struct entry *e = &c->own.items[i];
        if (!e->dropped && !e->audience.n && !depends_on_audience(c, e)
            && is_idle(c, e, inherited, meant))
            dropped = true;
    }
    return dropped;
}

struct val layout_condense(const struct layout_input *input, struct arena *arena)
{
    struct condenser c = { .arena = arena, .n = input->n };
    struct resolved inherited;
    struct resolved meant;
    c.layers = arena_alloc(arena, c.n * sizeof *c.layers);
    memcpy(c.layers, input->layers, c.n * sizeof *c.layers);
    struct layout_input above = { .layers = c.layers, .n = c.n - 1 };
    layout_resolve(&above, arena, &inherited);
    normalise(c.layers[c.n - 1].verbs, arena, &c.own);
    drop_removed(&c, &inherited);
    resolve_with(&c, &meant);
    struct val all = c.layers[c.n - 1].verbs;
    c.issue_count = meant.issue_count;
    while (drop_idle(&c, &inherited, &meant))
        ;
    struct resolved condensed;
    resolve_with(&c, &condensed);
    return resolved_equal(&condensed, &meant) ? c.layers[c.n - 1].verbs : all;
}

/* ---- conflicts ---- */

static bool says_the_same(struct val a, struct val b)
{
    static const str names[] = { STR_INIT("verb"),      STR_INIT("at"),
                                 STR_INIT("component"), STR_INIT("value"),
                                 STR_INIT("into"),      STR_INIT("after"),
                                 STR_INIT("props"),     STR_INIT("below") };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct val x = val_get(a, names[i]);
        struct val y = val_get(b, names[i]);
        if (val_exists(x) != val_exists(y) || !val_equal(x, y))
            return false;
    }
    return true;
}

size_t layout_conflicts(struct val mine, struct val theirs, struct arena *arena,
                        struct layout_conflict **ret)
{
    struct entries a;
    struct entries b;
    size_t n = 0;
    read_entries(mine, arena, &a);
    read_entries(theirs, arena, &b);
    *ret = arena_alloc(arena, (a.n + 1) * sizeof **ret);
    for (size_t i = 0; i < a.n; i++) {
        for (size_t k = 0; k < b.n; k++) {
            const struct entry *x = &a.items[i];
            const struct entry *y = &b.items[k];
            if ((replaces(x, y) || replaces(y, x)) && !says_the_same(x->verb, y->verb)) {
                (*ret)[n++] = (struct layout_conflict){ x->verb, y->verb };
                break;
            }
        }
    }
    return n;
}
