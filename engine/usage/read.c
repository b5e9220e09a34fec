/* Records of days become figures of a period. */
#include "inside.h"

#include <stdlib.h>

/* A page or a component over all days. */
struct thing {
    str name;
    roaring_bitmap_t *people;
    int64_t count;
};

struct things {
    struct thing *items;
    size_t n;
    size_t cap;
};

enum { WEEK = 7 };

struct reading {
    struct arena *arena;
    int64_t first; /* day */
    int days;
    roaring_bitmap_t *people;
    roaring_bitmap_t *week;
    int64_t views;
    int64_t uses;
    struct val *told; /* of each day */
    int64_t hours[DAY_HOURS];
    struct things pages;
    struct things components;
};

static void reading_open(struct reading *r, const struct tenant_path *path, int days,
                         int64_t now_ms, struct arena *arena)
{
    *r = (struct reading){ .arena = arena,
                           .first = day_at(path, now_ms) - days + 1,
                           .days = days,
                           .people = roaring_bitmap_create(),
                           .week = roaring_bitmap_create(),
                           .told = ARENA_ARRAY(arena, struct val, (size_t)days) };
}

static void things_close(const struct things *things)
{
    for (size_t i = 0; i < things->n; i++)
        roaring_bitmap_free(things->items[i].people);
}

static void reading_close(struct reading *r)
{
    roaring_bitmap_free(r->people);
    roaring_bitmap_free(r->week);
    things_close(&r->pages);
    things_close(&r->components);
}

static struct val counted(const roaring_bitmap_t *people)
{
    return val_int((int64_t)roaring_bitmap_get_cardinality(people));
}

static int64_t number(struct val record, const char *name)
{
    return val_as_int(val_get(record, str_of(name)), 0);
}

/* ---- adding up ---- */

static struct thing *thing_of(struct things *things, str name, struct arena *arena)
{
    for (size_t i = 0; i < things->n; i++) {
        if (str_equal(things->items[i].name, name))
            return &things->items[i];
    }
    if (things->n == things->cap) {
        size_t cap = things->cap ? things->cap * 2 : 16;
        struct thing *grown = ARENA_ARRAY(arena, struct thing, cap);
        if (things->n)
            memcpy(grown, things->items, things->n * sizeof *grown);
        things->items = grown;
        things->cap = cap;
    }
    struct thing *thing = &things->items[things->n++];
    *thing = (struct thing){ arena_str(arena, name), roaring_bitmap_create(), 0 };
    return thing;
}

static struct val tell_day(struct reading *r, int64_t day, const roaring_bitmap_t *people,
                           int64_t views, int64_t uses)
{
    struct member *m = ARENA_ARRAY(r->arena, struct member, 4);
    m[0] = (struct member){ STR("day"), val_str(day_text(r->arena, day)) };
    m[1] = (struct member){ STR("people"), people ? counted(people) : val_int(0) };
    m[2] = (struct member){ STR("views"), val_int(views) };
    m[3] = (struct member){ STR("uses"), val_int(uses) };
    return val_map(m, 4);
}

static void add_day(struct reading *r, struct val record, const roaring_bitmap_t *people)
{
    str id = val_get_text(record, STR("id"));
    struct val hours = val_get(record, STR("hours"));
    int64_t views = number(record, "views");
    int64_t uses = number(record, "uses");
    int64_t at_ms;
    if (!date_parse(id, 0, &at_ms))
        return;
    int64_t i = at_ms / DAY_MS - r->first;
    if (i < 0 || i >= r->days) /* a clock that went back has days to come */
        return;
    r->told[i] = tell_day(r, r->first + i, people, views, uses);
    r->views += views;
    r->uses += uses;
    for (uint32_t h = 0; h < DAY_HOURS && h < val_count(hours); h++)
        r->hours[h] += val_as_int(val_at(hours, h), 0);
    roaring_bitmap_or_inplace(r->people, people);
    if (i >= r->days - WEEK)
        roaring_bitmap_or_inplace(r->week, people);
}

static void add_thing(struct reading *r, struct val record,
                      const roaring_bitmap_t *people)
{
    str page = val_get_text(record, STR("page"));
    str component = val_get_text(record, STR("component"));
    struct thing *thing = page.n ? thing_of(&r->pages, page, r->arena)
                                 : thing_of(&r->components, component, r->arena);
    thing->count += number(record, page.n ? "views" : "uses");
    roaring_bitmap_or_inplace(thing->people, people);
}

static bool add_record(struct reading *r, struct val record, struct err *err)
{
    roaring_bitmap_t *people = usage_people(record, err);
    if (!people)
        return false;
    if (val_get_text(record, STR("id")).n == DAY_TEXT)
        add_day(r, record, people);
    else
        add_thing(r, record, people);
    roaring_bitmap_free(people);
    return true;
}

static bool add_all(struct reading *r, struct snap *snap, struct err *err)
{
    struct query query = { .collection = store_collection(snap_store(snap), STR("usage")),
                           .from = val_str(day_text(r->arena, r->first)),
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    do {
        if (!snap_query(snap, &query, r->arena, NULL, &rows, err))
            return false;
        for (uint32_t i = 0; i < val_count(rows.list); i++) {
            if (!add_record(r, val_at(rows.list, i), err))
                return false;
        }
        query.after = rows.next;
    } while (rows.next.n);
    return true;
}

/* ---- telling ---- */

static int most_first(const void *a, const void *b)
{
    const struct thing *x = a;
    const struct thing *y = b;
    uint64_t p = roaring_bitmap_get_cardinality(x->people);
    uint64_t q = roaring_bitmap_get_cardinality(y->people);
    if (p != q)
        return p > q ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return str_compare(x->name, y->name);
}

static struct val tell_things(struct reading *r, struct things *things, str name,
                              str count)
{
    struct val *items = ARENA_ARRAY(r->arena, struct val, things->n + 1);
    if (things->n)
        qsort(things->items, things->n, sizeof *things->items, most_first);
    for (size_t i = 0; i < things->n; i++) {
        struct member *m = ARENA_ARRAY(r->arena, struct member, 3);
        m[0] = (struct member){ name, val_str(things->items[i].name) };
        m[1] = (struct member){ STR("people"), counted(things->items[i].people) };
        m[2] = (struct member){ count, val_int(things->items[i].count) };
        items[i] = val_map(m, 3);
    }
    return val_list(items, things->n);
}

static struct val tell_days(struct reading *r)
{
    for (int i = 0; i < r->days; i++) {
        if (!val_exists(r->told[i]))
            r->told[i] = tell_day(r, r->first + i, NULL, 0, 0);
    }
    return val_list(r->told, (size_t)r->days);
}

static struct val tell_hours(struct reading *r)
{
    struct val *items = ARENA_ARRAY(r->arena, struct val, DAY_HOURS);
    for (size_t i = 0; i < DAY_HOURS; i++)
        items[i] = val_int(r->hours[i]);
    return val_list(items, DAY_HOURS);
}

static struct val tell_sum(struct reading *r)
{
    struct member *m = ARENA_ARRAY(r->arena, struct member, 3);
    m[0] = (struct member){ STR("people"), counted(r->people) };
    m[1] = (struct member){ STR("views"), val_int(r->views) };
    m[2] = (struct member){ STR("uses"), val_int(r->uses) };
    return val_map(m, 3);
}

static struct val tell(struct reading *r)
{
    struct arena *a = r->arena;
    struct val v = val_with(a, tell_sum(r), STR("days"), tell_days(r));
    v = val_with(a, v, STR("week"), counted(r->week));
    v = val_with(a, v, STR("hours"), tell_hours(r));
    v = val_with(a, v, STR("pages"),
                 tell_things(r, &r->pages, STR("page"), STR("views")));
    return val_with(a, v, STR("components"),
                    tell_things(r, &r->components, STR("component"), STR("uses")));
}

bool usage_read(struct snap *snap, const struct tenant_path *path, int days,
                int64_t now_ms, struct arena *arena, struct val *ret, struct err *err)
{
    struct reading r;
    reading_open(&r, path, days, now_ms, arena);
    bool good = add_all(&r, snap, err);
    if (good)
        *ret = tell(&r);
    reading_close(&r);
    return good;
}

bool usage_sum(struct snap *snap, const struct tenant_path *path, int days,
               int64_t now_ms, struct arena *arena, struct val *ret, struct err *err)
{
    const struct store_collection *c = store_collection(snap_store(snap), STR("usage"));
    struct reading r;
    bool good = true;
    reading_open(&r, path, days, now_ms, arena);
    for (int i = 0; good && i < days; i++) {
        struct val record;
        good = snap_get(snap, c, day_text(arena, r.first + i), NULL, &record, err)
               && (!val_exists(record) || add_record(&r, record, err));
    }
    if (good)
        *ret = tell_sum(&r);
    reading_close(&r);
    return good;
}
