/* Layers as sets of verbs: joined, subtracted, compared in words. */
#include "inside.h"

static struct val list_from(struct val *items, size_t n)
{
    return val_list(items, n);
}

struct val verbs_joined(struct arena *arena, struct val a, struct val b)
{
    size_t n = 0;
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(a) + val_count(b) + 1);
    for (size_t i = 0; i < val_count(a); i++)
        items[n++] = val_at(a, i);
    for (size_t i = 0; i < val_count(b); i++)
        items[n++] = val_at(b, i);
    return list_from(items, n);
}

static bool is_note(str name)
{
    return str_equal(name, STR("by")) || str_equal(name, STR("since"));
}

static bool holds_members(struct val a, struct val b)
{
    for (size_t i = 0; i < val_count(a); i++) {
        str name;
        struct val value = val_member(a, i, &name);
        struct val other = is_note(name) ? value : val_get(b, name);
        if (!val_exists(other) || !val_equal(value, other))
            return false;
    }
    return true;
}

static bool same_verb(struct val a, struct val b)
{
    return str_equal(val_get_text(a, STR("block")), val_get_text(b, STR("block")))
           && holds_members(a, b) && holds_members(b, a);
}

bool verbs_hold(struct val verbs, struct val verb)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (same_verb(val_at(verbs, i), verb))
            return true;
    }
    return false;
}

struct val verbs_without(struct arena *arena, struct val a, struct val b)
{
    size_t n = 0;
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(a) + 1);
    for (size_t i = 0; i < val_count(a); i++) {
        if (!verbs_hold(b, val_at(a, i)))
            items[n++] = val_at(a, i);
    }
    return list_from(items, n);
}

struct val verbs_rebased(struct arena *arena, struct val base, struct val mine,
                         struct val theirs)
{
    struct val dropped = verbs_without(arena, base, mine);
    struct val said = verbs_without(arena, mine, base);
    if (!val_count(verbs_without(arena, base, theirs))
        && !val_count(verbs_without(arena, theirs, base)))
        return mine;
    struct val kept = verbs_without(arena, theirs, dropped);
    return layout_normalise(verbs_joined(arena, kept, said), arena);
}

struct val verbs_stamped(struct arena *arena, struct val verbs, str name, str value)
{
    struct val *items = ARENA_ARRAY(arena, struct val, val_count(verbs) + 1);
    for (size_t i = 0; i < val_count(verbs); i++) {
        struct val verb = val_at(verbs, i);
        items[i] = val_exists(val_get(verb, name))
                       ? verb
                       : val_with(arena, verb, name, val_str(value));
    }
    return list_from(items, val_count(verbs));
}

/* ---- in words ---- */

enum { MAX_SHOWN = 24 /* characters of a value in a sentence */ };

struct differ {
    struct arena *arena;
    struct val *items;
    size_t n;
    size_t room;
};

static const struct {
    str verb;
    const char *zh;
    const char *en;
} words[] = {
    { STR_INIT("add"), "添加", "add" },       { STR_INIT("remove"), "移除", "remove" },
    { STR_INIT("move"), "移动", "move" },     { STR_INIT("set"), "设置", "set" },
    { STR_INIT("reset"), "还原", "reset" },   { STR_INIT("hide"), "隐藏", "hide" },
    { STR_INIT("show"), "显示", "show" },     { STR_INIT("lock"), "锁定", "lock" },
    { STR_INIT("unlock"), "解锁", "unlock" }, { STR_INIT("token"), "样式", "token" },
    { STR_INIT("word"), "文字", "word" },
};

static str shown(struct arena *arena, struct val v)
{
    if (!val_exists(v))
        return STR("–");
    str text = v.kind == VAL_STR ? val_text(v) : doc_text(arena, v, DOC_SORTED);
    return str_clip(text, MAX_SHOWN);
}

static str subject(struct arena *arena, struct val verb, str at)
{
    str lock = val_get_text(verb, STR("lock"));
    str block = val_get_text(verb, STR("block"));
    return arena_format(arena, "%.*s%s%.*s%s%.*s", STR_ARG(block.n ? block : STR("page")),
                        at.n ? " " : "", STR_ARG(at), lock.n ? " " : "", STR_ARG(lock));
}

/* One difference: what of the block said `before`, and says `after`. */
static void tell(struct differ *d, struct val verb, str at, struct val before,
                 struct val after)
{
    struct arena *a = d->arena;
    str name = val_get_text(verb, STR("verb"));
    str about = subject(a, verb, at);
    struct val text = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!str_equal(words[i].verb, name))
            continue;
        str was = shown(a, before);
        str is = shown(a, after);
        text = val_with(a, text, STR("zh"),
                        val_str(arena_format(a, "%s %.*s：%.*s → %.*s", words[i].zh,
                                             STR_ARG(about), STR_ARG(was), STR_ARG(is))));
        text = val_with(a, text, STR("en"),
                        val_str(arena_format(a, "%s %.*s: %.*s → %.*s", words[i].en,
                                             STR_ARG(about), STR_ARG(was), STR_ARG(is))));
    }
    struct val v = val_with(a, val_map(NULL, 0), STR("verb"), val_str(name));
    str block = val_get_text(verb, STR("block"));
    v = val_with(a, v, STR("block"), val_str(block.n ? block : STR("page")));
    if (at.n)
        v = val_with(a, v, STR("at"), val_str(at));
    if (val_exists(before))
        v = val_with(a, v, STR("before"), before);
    if (val_exists(after))
        v = val_with(a, v, STR("after"), after);
    v = val_with(a, v, STR("text"), text);
    if (d->n < d->room)
        d->items[d->n++] = v;
}

static str at_of(struct arena *arena, struct val verb)
{
    struct layout_saying said;
    return layout_saying(verb, arena, &said) ? said.at : val_get_text(verb, STR("at"));
}

/* What a verb says besides what it is about. */
static struct val saying(struct arena *arena, struct val verb)
{
    static const str known[] = { STR_INIT("verb"), STR_INIT("block"), STR_INIT("at"),
                                 STR_INIT("by"), STR_INIT("since") };
    struct val value = val_get(verb, STR("value"));
    if (val_exists(value))
        return value;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        verb = val_without(arena, verb, known[i]);
    return verb;
}

static void tell_props(struct differ *d, struct val verb, struct val before,
                       struct val after)
{
    for (int turn = 0; turn < 2; turn++) {
        struct val all = turn ? before : after;
        for (size_t i = 0; i < val_count(all); i++) {
            str name;
            val_member(all, i, &name);
            struct val was = val_get(before, name);
            struct val is = val_get(after, name);
            struct buf at;
            if (turn ? val_exists(is) : val_exists(was) && val_equal(was, is))
                continue;
            buf_init(&at, 4096);
            doc_pointer_add(&at, name);
            tell(d, verb, arena_str(d->arena, buf_view(&at)), was, is);
            buf_done(&at);
        }
    }
}

static void tell_pair(struct differ *d, struct val from, struct val to)
{
    struct arena *a = d->arena;
    bool adds = val_is(val_get(from, STR("verb")), "add")
                && val_is(val_get(to, STR("verb")), "add");
    struct val was = adds ? val_without(a, from, STR("props")) : from;
    struct val is = adds ? val_without(a, to, STR("props")) : to;
    if (!same_verb(was, is))
        tell(d, to, at_of(a, to), saying(a, was), saying(a, is));
    if (adds)
        tell_props(d, to, val_get(from, STR("props")), val_get(to, STR("props")));
}

/* The verb of `others` about the same, or absent. */
static struct val partner(struct arena *arena, struct val verb, struct val others)
{
    struct layout_conflict *found;
    struct val one = val_list(&verb, 1);
    return layout_conflicts(one, others, arena, &found) ? found[0].theirs : VAL_ABSENT;
}

struct val verbs_diff(struct arena *arena, struct val from, struct val to)
{
    struct val gone = verbs_without(arena, from, to);
    struct val said = verbs_without(arena, to, from);
    struct differ d = { .arena = arena, .room = EDIT_MAX_DIFFERENCES };
    d.items = ARENA_ARRAY(arena, struct val, d.room);
    for (size_t i = 0; i < val_count(said); i++) {
        struct val verb = val_at(said, i);
        struct val was = partner(arena, verb, gone);
        if (val_exists(was))
            tell_pair(&d, was, verb);
        else
            tell(&d, verb, at_of(arena, verb), VAL_ABSENT, saying(arena, verb));
    }
    for (size_t i = 0; i < val_count(gone); i++) {
        struct val verb = val_at(gone, i);
        if (!val_exists(partner(arena, verb, said)))
            tell(&d, verb, at_of(arena, verb), saying(arena, verb), VAL_ABSENT);
    }
    return list_from(d.items, d.n);
}
