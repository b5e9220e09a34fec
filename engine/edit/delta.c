/* What a draft changes, property by property. */
#include "inside.h"

struct delta {
    struct arena *arena;
    struct val *items;
    size_t n;
};

static bool is_same_block(struct val a, struct val b)
{
    static const str names[] = { STR_INIT("verb"),      STR_INIT("block"),
                                 STR_INIT("component"), STR_INIT("into"),
                                 STR_INIT("after"),     STR_INIT("audience") };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!val_equal(val_get(a, names[i]), val_get(b, names[i])))
            return false;
    }
    return val_is(val_get(a, STR("verb")), "add");
}

/* The addition of the same block to the same place, with other properties. */
static struct val twin_of(struct val addition, struct val verbs)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (is_same_block(addition, val_at(verbs, i)))
            return val_at(verbs, i);
    }
    return VAL_ABSENT;
}

static void add_value(struct delta *d, struct val addition, str name, struct val value)
{
    struct buf at;
    struct val v = val_with(d->arena, val_map(NULL, 0), STR("block"),
                            val_get(addition, STR("block")));
    buf_init(&at, 4096);
    doc_pointer_add(&at, name);
    v = val_with(d->arena, v, STR("at"), val_str(arena_str(d->arena, buf_view(&at))));
    buf_done(&at);
    v = val_with(d->arena, v, STR("verb"),
                 val_str(val_exists(value) ? STR("set") : STR("reset")));
    if (val_exists(value))
        v = val_with(d->arena, v, STR("value"), value);
    d->items[d->n++] = v;
}

static void add_values(struct delta *d, struct val before, struct val after)
{
    str name;
    struct val old = val_get(before, STR("props"));
    struct val fresh = val_get(after, STR("props"));
    for (size_t i = 0; i < val_count(fresh); i++) {
        struct val value = val_member(fresh, i, &name);
        if (!val_equal(value, val_get(old, name)))
            add_value(d, after, name, value);
    }
    for (size_t i = 0; i < val_count(old); i++) {
        (void)val_member(old, i, &name);
        if (!val_exists(val_get(fresh, name)))
            add_value(d, after, name, VAL_ABSENT);
    }
}

static size_t most_of(struct val verbs)
{
    size_t n = 0;
    for (size_t i = 0; i < val_count(verbs); i++)
        n += 1 + val_count(val_get(val_at(verbs, i), STR("props")));
    return n;
}

struct val verbs_delta(struct arena *arena, struct val published, struct val draft)
{
    struct val said = verbs_without(arena, draft, published);
    struct val gone = verbs_without(arena, published, draft);
    struct delta d = { .arena = arena };
    d.items = ARENA_ARRAY(arena, struct val, most_of(said) + most_of(gone) + 1);
    for (size_t i = 0; i < val_count(said); i++) {
        struct val before = twin_of(val_at(said, i), gone);
        if (val_exists(before))
            add_values(&d, before, val_at(said, i));
        else
            d.items[d.n++] = val_at(said, i);
    }
    for (size_t i = 0; i < val_count(gone); i++) {
        if (!val_exists(twin_of(val_at(gone, i), said)))
            d.items[d.n++] = val_at(gone, i);
    }
    return val_list(d.items, d.n);
}
