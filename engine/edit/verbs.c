/* Layers as sets of verbs: joined, subtracted, compared. */
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
    if (!val_count(base) && !val_count(mine))
        return theirs;
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

/* ---- what a page does not show of them ---- */

/* As layout_diff says what a verb does. */
static const struct {
    str verb;
    const char *what;
} effects[] = {
    { STR_INIT("add"), "added" },       { STR_INIT("add"), "moved" },
    { STR_INIT("add"), "property" },    { STR_INIT("add"), "audience" },
    { STR_INIT("remove"), "added" },    { STR_INIT("remove"), "removed" },
    { STR_INIT("move"), "moved" },      { STR_INIT("set"), "property" },
    { STR_INIT("reset"), "property" },  { STR_INIT("token"), "property" },
    { STR_INIT("word"), "property" },   { STR_INIT("hide"), "hidden" },
    { STR_INIT("hide"), "shown" },      { STR_INIT("show"), "hidden" },
    { STR_INIT("show"), "shown" },      { STR_INIT("lock"), "locked" },
    { STR_INIT("lock"), "unlocked" },   { STR_INIT("unlock"), "locked" },
    { STR_INIT("unlock"), "unlocked" },
};

static str block_of(struct val verb)
{
    str block = val_get_text(verb, STR("block"));
    return block.n ? block : STR("page");
}

static bool explains(struct val difference, struct val verb)
{
    struct val what = val_get(difference, STR("what"));
    str name = val_get_text(verb, STR("verb"));
    if (!str_equal(val_get_text(difference, STR("block")), block_of(verb)))
        return false;
    for (size_t i = 0; i < COUNT_OF(effects); i++) {
        if (str_equal(effects[i].verb, name) && val_is(what, effects[i].what))
            return true;
    }
    return val_is(what, "added") || val_is(what, "removed");
}

static bool is_seen(struct val differences, struct val verb)
{
    for (size_t i = 0; i < val_count(differences); i++) {
        if (explains(val_at(differences, i), verb))
            return true;
    }
    return false;
}

static struct val unseen(struct arena *a, struct val verb, const char *side)
{
    bool said = strcmp(side, "after") == 0;
    str line = doc_text(a, verb, DOC_SORTED);
    struct val text =
        val_with_text(a, val_map(NULL, 0), "zh",
                      arena_format(a, "页面上看不出的%s：%.*s",
                                   said ? "新动作" : "旧动作", STR_ARG(line)));
    text = val_with_text(a, text, "en",
                         arena_format(a, "%s without effect on the page: %.*s",
                                      said ? "new verb" : "verb gone", STR_ARG(line)));
    struct val v = val_with_text(a, val_map(NULL, 0), "block", block_of(verb));
    v = val_with_text(a, v, "what", STR("verb"));
    v = val_with(a, v, str_of(side), verb);
    return val_with(a, v, STR("text"), text);
}

struct val verbs_unseen(struct arena *arena, struct val from, struct val to,
                        struct val differences)
{
    struct val gone = verbs_without(arena, from, to);
    struct val said = verbs_without(arena, to, from);
    size_t n = 0;
    struct val *items =
        ARENA_ARRAY(arena, struct val, val_count(gone) + val_count(said) + 1);
    for (size_t i = 0; i < val_count(gone); i++) {
        if (!is_seen(differences, val_at(gone, i)))
            items[n++] = unseen(arena, val_at(gone, i), "before");
    }
    for (size_t i = 0; i < val_count(said); i++) {
        if (!is_seen(differences, val_at(said, i)))
            items[n++] = unseen(arena, val_at(said, i), "after");
    }
    return list_from(items, n);
}
