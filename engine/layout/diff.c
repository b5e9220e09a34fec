/*
 * Two versions of a page side by side: both are resolved, and what a person would see
 * differ is told block by block. Of blocks that stand in one region in both, as few as
 * possible are said to have moved, and rather those that another verb put where they are.
 */
#include "inside.h"

enum {
    MAX_SHOWN = 24,      /* characters of a value in a sentence */
    STEADY_WEIGHT = 1000 /* a block that no other verb placed, against one that one did */
};

struct spot {
    const struct resolved_block *block;
    str into;    /* "main", "desk/grid" */
    str after;   /* the block before it; empty: it is the first */
    bool steady; /* it stands where it stood */
};

struct side {
    const struct layout_version *version;
    struct resolved resolved;
    struct spot *spots;
    size_t n;
};

struct differ {
    struct arena *arena;
    struct side before;
    struct side after;
    struct val *items;
    size_t n;
};

/* ---- where blocks stand ---- */

static void find_spots(struct differ *d, struct side *side,
                       const struct resolved_block *owner)
{
    bool is_page = owner == &side->resolved.page;
    for (size_t i = 0; i < owner->region_count; i++) {
        const struct resolved_region *region = &owner->regions[i];
        str into = is_page ? region->name
                           : arena_format(d->arena, "%.*s/%.*s", STR_ARG(owner->id),
                                          STR_ARG(region->name));
        for (size_t k = 0; k < region->n; k++) {
            str after = k ? region->blocks[k - 1]->id : STR("");
            side->spots[side->n++] =
                (struct spot){ region->blocks[k], into, after, false };
            find_spots(d, side, region->blocks[k]);
        }
    }
}

static void open_side(struct differ *d, struct side *side,
                      const struct layout_version *version)
{
    struct layout_input input = { .layers = version->layers, .n = version->n };
    side->version = version;
    layout_resolve(&input, d->arena, &side->resolved);
    side->spots = ARENA_ARRAY(d->arena, struct spot, side->resolved.block_count + 1);
    find_spots(d, side, &side->resolved.page);
}

/* Its number, or side->n. */
static size_t spot_of(const struct side *side, str id)
{
    size_t i = 0;
    while (i < side->n && !str_equal(side->spots[i].block->id, id))
        i++;
    return i;
}

static struct val verb_of(const struct side *side, struct layout_origin from)
{
    return from.layer < 0
               ? VAL_ABSENT
               : val_at(side->version->layers[from.layer].verbs, (size_t)from.verb);
}

static int weight_of(const struct differ *d, const struct spot *was,
                     const struct spot *is)
{
    bool same = val_equal(verb_of(&d->before, was->block->placed_by),
                          verb_of(&d->after, is->block->placed_by));
    return same ? STEADY_WEIGHT : 1;
}

/* The heaviest row of blocks of one region that stand in the same order in both. */
static void find_steady_of(struct differ *d, str into)
{
    size_t *was = ARENA_ARRAY(d->arena, size_t, d->after.n); /* where each stood … */
    size_t *is = ARENA_ARRAY(d->arena, size_t, d->after.n);  /* … and stands */
    int *best = ARENA_ARRAY(d->arena, int, d->after.n);
    size_t *from = ARENA_ARRAY(d->arena, size_t, d->after.n);
    size_t n = 0;
    size_t end = 0;
    for (size_t i = 0; i < d->after.n; i++) {
        size_t k = spot_of(&d->before, d->after.spots[i].block->id);
        if (k == d->before.n || !str_equal(d->after.spots[i].into, into)
            || !str_equal(d->before.spots[k].into, into))
            continue;
        was[n] = k;
        is[n] = i;
        int weight = weight_of(d, &d->before.spots[k], &d->after.spots[i]);
        best[n] = weight;
        from[n] = n;
        for (size_t j = 0; j < n; j++) {
            if (was[j] < k && best[j] + weight > best[n]) {
                best[n] = best[j] + weight;
                from[n] = j;
            }
        }
        end = best[n] > best[end] ? n : end;
        n++;
    }
    for (bool more = n > 0; more; end = from[end]) {
        d->after.spots[is[end]].steady = true;
        more = from[end] != end;
    }
}

static void find_steady(struct differ *d)
{
    for (size_t i = 0; i < d->after.n; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = !str_equal(d->after.spots[k].into, d->after.spots[i].into);
        if (first)
            find_steady_of(d, d->after.spots[i].into);
    }
}

/* ---- one difference ---- */

struct difference {
    str block;
    str component; /* may be empty */
    const char *what;
    str at; /* may be empty */
    struct val before;
    struct val after;
    struct val by;
    struct val was_by;
};

static struct val put(struct arena *a, struct val map, const char *name, struct val value)
{
    return val_exists(value) ? val_with(a, map, str_of(name), value) : map;
}

static struct val text_of(str s)
{
    return s.n ? val_str(s) : VAL_ABSENT;
}

static str shown(struct arena *a, struct val v)
{
    if (!val_exists(v))
        return STR("–");
    str text = v.kind == VAL_STR ? val_text(v) : doc_text(a, v, DOC_SORTED);
    str clipped = str_clip(text, MAX_SHOWN);
    return clipped.n < text.n ? arena_format(a, "%.*s…", STR_ARG(clipped)) : text;
}

/* "main, behind todo" */
static str place_text(struct arena *a, struct val place, bool en)
{
    str into = val_get_text(place, STR("into"));
    str after = val_get_text(place, STR("after"));
    if (after.n)
        return en ? arena_format(a, "%.*s behind %.*s", STR_ARG(into), STR_ARG(after))
                  : arena_format(a, "%.*s 中 %.*s 之后", STR_ARG(into), STR_ARG(after));
    return en ? arena_format(a, "the start of %.*s", STR_ARG(into))
              : arena_format(a, "%.*s 最前", STR_ARG(into));
}

static str lock_text(struct arena *a, struct val lock)
{
    str at = val_get_text(lock, STR("at"));
    return arena_format(a, "%.*s%s%.*s", STR_ARG(val_get_text(lock, STR("lock"))),
                        at.n ? " " : "", STR_ARG(at));
}

/* What it says of a block: words before, between and behind, by `what`. */
static const struct {
    const char *what;
    const char *zh; /* "%b" the block, "%c" its component, "%p" the pointer, … */
    const char *en; /* … "%f" what was before, "%t" what is now */
} sentences[] = {
    { "added", "新增 %b（%c）：%t", "%b (%c) added at %t" },
    { "removed", "移除 %b（%c）：原在 %f", "%b (%c) removed from %f" },
    { "moved", "移动 %b：%f → %t", "%b moved: %f → %t" },
    { "property", "%b 的 %p：%f → %t", "%b %p: %f → %t" },
    { "hidden", "隐藏 %b", "%b hidden" },
    { "shown", "显示 %b", "%b shown" },
    { "audience", "%b 的受众：%f → %t", "audience of %b: %f → %t" },
    { "locked", "锁定 %b：%t", "%b locked: %t" },
    { "unlocked", "解锁 %b：%f", "%b unlocked: %f" },
};

static str value_text(struct arena *a, const char *what, struct val v, bool en)
{
    if (val_exists(val_get(v, STR("into"))) && strcmp(what, "property") != 0)
        return place_text(a, v, en);
    if (val_exists(val_get(v, STR("lock"))) && strcmp(what, "property") != 0)
        return lock_text(a, v);
    return shown(a, v);
}

static str sentence(struct arena *a, const struct difference *one, const char *form,
                    bool en)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (const char *at = form; *at; at++) {
        if (*at != '%') {
            buf_char(&out, *at);
            continue;
        }
        at++;
        bool page = *at == 'b' && str_equal(one->block, STR("page"));
        buf_str(&out, page         ? (en ? STR("the page") : STR("页面"))
                      : *at == 'b' ? one->block
                      : *at == 'c' ? one->component
                      : *at == 'p'
                          ? one->at
                          : value_text(a, one->what,
                                       *at == 'f' ? one->before : one->after, en));
    }
    str text = arena_str(a, buf_view(&out));
    buf_done(&out);
    return text;
}

static void tell(struct differ *d, const struct difference *one)
{
    struct arena *a = d->arena;
    struct val v = put(a, val_map(NULL, 0), "block", val_str(one->block));
    struct val text = val_map(NULL, 0);
    if (d->n == LAYOUT_MAX_DIFFERENCES)
        return;
    for (size_t i = 0; i < COUNT_OF(sentences); i++) {
        if (strcmp(sentences[i].what, one->what) != 0)
            continue;
        text = put(a, text, "zh", val_str(sentence(a, one, sentences[i].zh, false)));
        text = put(a, text, "en", val_str(sentence(a, one, sentences[i].en, true)));
    }
    v = put(a, v, "component", text_of(one->component));
    v = put(a, v, "what", val_str(str_of(one->what)));
    v = put(a, v, "at", text_of(one->at));
    v = put(a, v, "before", one->before);
    v = put(a, v, "after", one->after);
    v = put(a, v, "by", one->by);
    v = put(a, v, "was_by", one->was_by);
    d->items[d->n++] = put(a, v, "text", text);
}

static struct val origin_of(const struct differ *d, const struct side *side,
                            struct layout_origin from)
{
    return origin_told(d->arena, side->version->layers, side->version->ids, from);
}

/* ---- what differs of a block ---- */

static struct val place_of_spot(const struct differ *d, const struct spot *spot)
{
    struct val v = put(d->arena, val_map(NULL, 0), "into", val_str(spot->into));
    return put(d->arena, v, "after", val_str(spot->after));
}

static struct layout_origin set_by(const struct resolved_block *block, str at)
{
    struct layout_origin by = block->added_by;
    size_t longest = 0;
    for (size_t i = 0; i < block->property_count; i++) {
        str of = block->properties[i].at;
        if ((doc_pointer_leads_to(of, at) || doc_pointer_leads_to(at, of))
            && of.n >= longest) {
            by = block->properties[i].by;
            longest = of.n;
        }
    }
    return by;
}

static void tell_value(struct differ *d, const struct resolved_block *was,
                       const struct resolved_block *is, str at, struct val before,
                       struct val after)
{
    tell(d, &(struct difference){ .block = is->id,
                                  .component = is->component,
                                  .what = "property",
                                  .at = at,
                                  .before = before,
                                  .after = after,
                                  .by = origin_of(d, &d->after, set_by(is, at)),
                                  .was_by = origin_of(d, &d->before, set_by(was, at)) });
}

static str member_at(struct arena *a, str at, str name)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    buf_str(&out, at);
    doc_pointer_add(&out, name);
    str pointer = arena_str(a, buf_view(&out));
    buf_done(&out);
    return pointer;
}

static bool is_set_whole(const struct resolved_block *block, str at)
{
    for (size_t i = 0; i < block->property_count; i++) {
        if (str_equal(block->properties[i].at, at))
            return true;
    }
    return false;
}

/* Verbs made it, member by member. */
static bool is_set_within(const struct resolved_block *block, str at)
{
    for (size_t i = 0; i < block->property_count; i++) {
        str of = block->properties[i].at;
        if (of.n > at.n && doc_pointer_leads_to(at, of))
            return true;
    }
    return false;
}

static bool has_members(const struct resolved_block *block, str at, struct val v)
{
    return v.kind == VAL_MAP && !is_set_whole(block, at)
           && (!at.n || is_set_within(block, at));
}

/* Maps member by member unless a verb set them as a whole, and so all else. */
static void tell_values(struct differ *d, const struct resolved_block *was,
                        const struct resolved_block *is, str at, struct val before,
                        struct val after)
{
    if (val_exists(before) == val_exists(after) && val_equal(before, after))
        return;
    bool both = before.kind == VAL_MAP && after.kind == VAL_MAP && !is_set_whole(was, at)
                && !is_set_whole(is, at);
    bool one = (!val_exists(before) && has_members(is, at, after))
               || (!val_exists(after) && has_members(was, at, before));
    if (!both && !one) {
        tell_value(d, was, is, at, before, after);
        return;
    }
    for (int turn = 0; turn < 2; turn++) {
        struct val all = turn ? before : after;
        for (size_t i = 0; i < val_count(all); i++) {
            str name;
            val_member(all, i, &name);
            struct val old = val_get(before, name);
            struct val now = val_get(after, name);
            if (!turn || !val_exists(now))
                tell_values(d, was, is, member_at(d->arena, at, name), old, now);
        }
    }
}

static struct val lock_told(struct arena *a, const struct layout_lock *lock)
{
    struct val v =
        put(a, val_map(NULL, 0), "lock", val_str(layout_lock_name(lock->kind)));
    v = put(a, v, "at", text_of(lock->at));
    return lock->below >= 0 ? put(a, v, "below", val_int(lock->below)) : v;
}

static bool has_lock(const struct resolved_block *block, const struct layout_lock *lock)
{
    for (size_t i = 0; i < block->lock_count; i++) {
        const struct layout_lock *other = &block->locks[i];
        if (other->kind == lock->kind && other->below == lock->below
            && str_equal(other->at, lock->at))
            return true;
    }
    return false;
}

static void tell_locks(struct differ *d, const struct resolved_block *was,
                       const struct resolved_block *is)
{
    struct difference one = { .block = is->id, .component = is->component };
    for (size_t i = 0; i < was->lock_count; i++) {
        if (has_lock(is, &was->locks[i]))
            continue;
        one.what = "unlocked";
        one.before = lock_told(d->arena, &was->locks[i]);
        one.was_by = origin_of(d, &d->before, was->locks[i].by);
        tell(d, &one);
    }
    one.before = one.was_by = VAL_ABSENT;
    for (size_t i = 0; i < is->lock_count; i++) {
        if (has_lock(was, &is->locks[i]))
            continue;
        one.what = "locked";
        one.after = lock_told(d->arena, &is->locks[i]);
        one.by = origin_of(d, &d->after, is->locks[i].by);
        tell(d, &one);
    }
}

static struct val audience_of(const struct side *side, const struct resolved_block *block)
{
    return val_get(verb_of(side, block->added_by), STR("audience"));
}

static void tell_seen(struct differ *d, const struct resolved_block *was,
                      const struct resolved_block *is)
{
    struct difference one = { .block = is->id, .component = is->component };
    struct val before = audience_of(&d->before, was);
    struct val after = audience_of(&d->after, is);
    if (was->hidden != is->hidden) {
        one.what = is->hidden ? "hidden" : "shown";
        one.by = origin_of(d, &d->after, is->hidden_by);
        one.was_by = origin_of(d, &d->before, was->hidden_by);
        tell(d, &one);
    }
    if (val_exists(before) == val_exists(after) && val_equal(before, after))
        return;
    one.what = "audience";
    one.before = before;
    one.after = after;
    one.by = origin_of(d, &d->after, is->added_by);
    one.was_by = origin_of(d, &d->before, was->added_by);
    tell(d, &one);
}

static void tell_same(struct differ *d, const struct resolved_block *was,
                      const struct resolved_block *is)
{
    if (!str_equal(was->component, is->component))
        tell_value(d, was, is, STR("component"), val_str(was->component),
                   val_str(is->component));
    tell_values(d, was, is, STR(""), was->props, is->props);
    tell_seen(d, was, is);
    tell_locks(d, was, is);
}

static void tell_spot(struct differ *d, const struct spot *is)
{
    size_t k = spot_of(&d->before, is->block->id);
    struct difference one = { .block = is->block->id,
                              .component = is->block->component,
                              .what = "added",
                              .after = place_of_spot(d, is),
                              .by = origin_of(d, &d->after, is->block->placed_by) };
    if (k == d->before.n) {
        one.after = put(d->arena, one.after, "props", is->block->props);
        one.by = origin_of(d, &d->after, is->block->added_by);
        tell(d, &one);
        return;
    }
    const struct spot *was = &d->before.spots[k];
    if (!is->steady) {
        one.what = "moved";
        one.before = place_of_spot(d, was);
        one.was_by = origin_of(d, &d->before, was->block->placed_by);
        tell(d, &one);
    }
    tell_same(d, was->block, is->block);
}

static void tell_gone(struct differ *d, const struct spot *was)
{
    struct val place = place_of_spot(d, was);
    if (spot_of(&d->after, was->block->id) < d->after.n)
        return;
    tell(d, &(struct difference){
                .block = was->block->id,
                .component = was->block->component,
                .what = "removed",
                .before = put(d->arena, place, "props", was->block->props),
                .was_by = origin_of(d, &d->before, was->block->added_by) });
}

struct val layout_diff(const struct layout_version *before,
                       const struct layout_version *after, struct arena *arena)
{
    struct differ d = { .arena = arena };
    d.items = ARENA_ARRAY(arena, struct val, LAYOUT_MAX_DIFFERENCES);
    open_side(&d, &d.before, before);
    open_side(&d, &d.after, after);
    find_steady(&d);
    tell_same(&d, &d.before.resolved.page, &d.after.resolved.page);
    for (size_t i = 0; i < d.after.n; i++)
        tell_spot(&d, &d.after.spots[i]);
    for (size_t i = 0; i < d.before.n; i++)
        tell_gone(&d, &d.before.spots[i]);
    return val_list(d.items, d.n);
}
