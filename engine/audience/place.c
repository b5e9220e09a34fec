/*
 * Units and who belongs to them. A unit keeps its own people and those of all below it,
 * so that a subtree is one bitmap: a person is put into as many as there are units above
 * her, and a unit that moves takes its people out of some subtrees and into others.
 */
#include "inside.h"

/* ---- finding ---- */

static uint64_t space_hash(store_space space)
{
    return str_hash((str){ (const char *)&space, sizeof space }, 0);
}

uint32_t place_number(const struct directory *d, str id)
{
    size_t walk = 0;
    uint32_t number;
    while (lookup_next(&d->place_by_id, str_hash(id, 0), &walk, &number)) {
        if (str_equal(d->places[number]->id, id))
            return number;
    }
    return NOBODY;
}

const struct place *place_find(const struct directory *d, str id)
{
    uint32_t number = place_number(d, id);
    return number == NOBODY ? NULL : d->places[number];
}

uint32_t place_of_space(const struct directory *d, store_space space)
{
    size_t walk = 0;
    uint32_t number;
    while (lookup_next(&d->place_by_space, space_hash(space), &walk, &number)) {
        if (d->places[number]->space == space)
            return number;
    }
    return NOBODY;
}

/* ---- who is where ---- */

/* The n-th unit above; the limit ends a circle, which no tree should have. */
static struct place *next_up(struct place *place, size_t *steps)
{
    return ++*steps < STORE_MAX_CHAIN ? place->above : NULL;
}

void place_add(struct place *place, uint32_t person)
{
    size_t steps = 0;
    roaring_bitmap_add(place->people, person);
    for (struct place *p = place; p; p = next_up(p, &steps))
        roaring_bitmap_add(p->subtree, person);
}

void place_add_run(struct place *place, uint32_t from, uint32_t to)
{
    size_t steps = 0;
    roaring_bitmap_add_range(place->people, from, to);
    for (struct place *p = place; p; p = next_up(p, &steps))
        roaring_bitmap_add_range(p->subtree, from, to);
}

void place_remove(struct place *place, uint32_t person)
{
    size_t steps = 0;
    roaring_bitmap_remove(place->people, person);
    for (struct place *p = place; p; p = next_up(p, &steps))
        roaring_bitmap_remove(p->subtree, person);
}

static void join(struct place *place, struct place *above)
{
    size_t steps = 0;
    place->above = above;
    for (struct place *p = above; p; p = next_up(p, &steps))
        roaring_bitmap_or_inplace(p->subtree, place->subtree);
}

static void leave(struct place *place)
{
    size_t steps = 0;
    for (struct place *p = place->above; p; p = next_up(p, &steps))
        roaring_bitmap_andnot_inplace(p->subtree, place->subtree);
    place->above = NULL;
}

static bool is_lost(const struct place *place)
{
    return place->parent.n && !place->above;
}

static struct place *parent_of(const struct directory *d, const struct place *place)
{
    uint32_t number = place_number(d, place->parent);
    return number == NOBODY ? NULL : d->places[number];
}

/* ---- coming and going ---- */

static struct place *place_new(struct directory *d, struct val record, uint64_t revision)
{
    struct place *place = mem_zero(sizeof *place);
    *place = (struct place){
        .id = mem_str(val_get_text(record, STR("id"))),
        .parent = mem_str(val_get_text(record, STR("parent"))),
        .space = (store_space)val_as_int(val_get(record, STR("space")), 0),
        .revision = revision,
        .people = bitmap_new(),
        .subtree = bitmap_new(),
    };
    if (d->place_count == d->place_cap) {
        d->place_cap = d->place_cap ? d->place_cap * 2 : 64;
        d->places = mem_grow(d->places, d->place_cap * sizeof *d->places);
    }
    uint32_t number = (uint32_t)d->place_count++;
    d->places[number] = place;
    lookup_put(&d->place_by_id, str_hash(place->id, 0), number);
    lookup_put(&d->place_by_space, space_hash(place->space), number);
    return place;
}

static void place_free(struct place *place)
{
    roaring_bitmap_free(place->people);
    roaring_bitmap_free(place->subtree);
    mem_free(place->id.p);
    mem_free(place->parent.p);
    mem_free(place);
}

/* Units that waited for this one to be their parent. */
static void adopt(struct directory *d, struct place *place)
{
    for (size_t i = 0; d->lost && i < d->place_count; i++) {
        struct place *p = d->places[i];
        if (p && is_lost(p) && str_equal(p->parent, place->id)) {
            join(p, place);
            d->lost--;
        }
    }
}

static void forget(struct directory *d, uint32_t number)
{
    struct place *place = d->places[number];
    d->lost -= is_lost(place);
    leave(place);
    for (size_t i = 0; i < d->place_count; i++) {
        if (d->places[i] && d->places[i]->above == place) {
            d->places[i]->above = NULL;
            d->lost++;
        }
    }
    people_forget(d, place->people);
    lookup_remove(&d->place_by_id, str_hash(place->id, 0), number);
    lookup_remove(&d->place_by_space, space_hash(place->space), number);
    d->places[number] = NULL;
    place_free(place);
}

static void move(struct directory *d, struct place *place, str parent)
{
    d->lost -= is_lost(place);
    leave(place);
    mem_free(place->parent.p);
    place->parent = mem_str(parent);
    join(place, parent_of(d, place));
    d->lost += is_lost(place);
}

/* ---- reading ---- */

enum { PAGE_ROWS = 256 /* read at once: most units have few people */ };

typedef void each_record(struct directory *d, uint32_t place, struct val record);

/* What reads one space after another. */
struct reading {
    struct directory *d;
    struct store_reader *reader;
    struct arena *arena; /* of one page of records */
    struct buf after;    /* where the next page starts; empty at the end */
};

static bool reading_open(struct directory *d, struct reading *ret, struct err *err)
{
    *ret = (struct reading){ .d = d };
    if (!store_reader_open(d->store, &ret->reader, err))
        return false;
    ret->arena = arena_open();
    buf_init(&ret->after, 4096);
    return true;
}

static void reading_close(struct reading *r)
{
    buf_done(&r->after);
    arena_close(r->arena);
    store_reader_close(r->reader);
}

/* One page of a collection in a space, and where the next one starts. */
static bool read_page(struct reading *r, struct snap *snap, str collection,
                      each_record *each, uint32_t place, struct err *err)
{
    struct rows rows;
    struct query q = { .collection = store_collection(r->d->store, collection),
                       .limit = PAGE_ROWS,
                       .after = buf_view(&r->after) };
    bool good = snap_query(snap, &q, r->arena, NULL, &rows, err);
    for (size_t i = 0; good && i < val_count(rows.list); i++)
        each(r->d, place, val_at(rows.list, i));
    buf_clear(&r->after);
    if (good)
        buf_str(&r->after, rows.next);
    arena_reset(r->arena);
    return good;
}

static bool read_all(struct reading *r, store_space space, str collection,
                     each_record *each, uint32_t place, struct err *err)
{
    struct snap *snap;
    bool good;
    do {
        good = snap_open(r->reader, &space, 1, &snap, err);
        if (!good)
            break;
        good = read_page(r, snap, collection, each, place, err);
        snap_close(snap);
    } while (good && r->after.n);
    return good;
}

/* They get numbers one after another, and are put where they belong all at once. */
static bool read_people(struct reading *r, uint32_t number, struct err *err)
{
    struct directory *d = r->d;
    struct place *place = d->places[number];
    uint32_t from = (uint32_t)d->people_count;
    bool good = read_all(r, place->space, STR("person"), person_load, number, err);
    if (d->people_count > from) {
        roaring_bitmap_add_range(d->everybody, from, d->people_count);
        place_add_run(place, from, (uint32_t)d->people_count);
    }
    return good;
}

static bool read_newcomers(struct directory *d, uint32_t number, struct err *err)
{
    struct reading r;
    if (!reading_open(d, &r, err))
        return false;
    bool good = read_people(&r, number, err);
    reading_close(&r);
    return good;
}

/* People may have been there before their unit was. */
bool place_meet(struct directory *d, const struct change *change, uint64_t revision,
                struct err *err)
{
    uint32_t number = place_number(d, change->id);
    int64_t space = val_as_int(val_get(change->after, STR("space")), 0);
    str parent = val_get_text(change->after, STR("parent"));
    if (number != NOBODY
        && (!val_exists(change->after) || d->places[number]->space != space)) {
        forget(d, number);
        number = NOBODY;
    }
    if (!val_exists(change->after))
        return true;
    if (number != NOBODY) {
        if (!str_equal(d->places[number]->parent, parent))
            move(d, d->places[number], parent);
        return true;
    }
    struct place *place = place_new(d, change->after, revision);
    join(place, parent_of(d, place));
    d->lost += is_lost(place);
    adopt(d, place);
    return read_newcomers(d, (uint32_t)d->place_count - 1, err);
}

/* ---- opening ---- */

static void load_place(struct directory *d, uint32_t unused, struct val record)
{
    (void)unused;
    place_new(d, record, store_revision(d->store));
}

/* Units by the one above them, so that the tree can be walked downwards. */
struct descent {
    uint32_t *first; /* below each place, and below none */
    uint32_t *next;  /* beside each */
};

static struct descent descent_open(struct directory *d)
{
    size_t n = d->place_count;
    struct descent down = { mem_alloc((n + 1) * sizeof(uint32_t)),
                            mem_alloc((n + 1) * sizeof(uint32_t)) };
    for (size_t i = 0; i <= n; i++)
        down.first[i] = NOBODY;
    for (size_t i = n; i-- > 0;) {
        struct place *place = d->places[i];
        uint32_t above = place_number(d, place->parent);
        place->above = above == NOBODY ? NULL : d->places[above];
        d->lost += is_lost(place);
        uint32_t *first = &down.first[above == NOBODY ? n : above];
        down.next[i] = *first;
        *first = (uint32_t)i;
    }
    return down;
}

static bool read_below(struct reading *r, const struct descent *down, uint32_t first,
                       size_t depth, struct err *err)
{
    for (uint32_t i = first; i != NOBODY && depth < STORE_MAX_CHAIN; i = down->next[i]) {
        struct place *place = r->d->places[i];
        if (!read_people(r, i, err)
            || !read_below(r, down, down->first[i], depth + 1, err))
            return false;
        roaring_bitmap_run_optimize(place->people);
        roaring_bitmap_run_optimize(place->subtree);
    }
    return true;
}

static bool read_tree(struct reading *r, struct err *err)
{
    struct directory *d = r->d;
    if (!read_all(r, TENANT_SYSTEM_SPACE, STR("tenant"), load_place, 0, err))
        return false;
    struct descent down = descent_open(d);
    bool good = read_below(r, &down, down.first[d->place_count], 0, err);
    mem_free(down.first);
    mem_free(down.next);
    return good;
}

bool places_open(struct directory *d, struct err *err)
{
    struct reading r;
    if (!reading_open(d, &r, err))
        return false;
    bool good = read_tree(&r, err);
    reading_close(&r);
    return good;
}

void places_close(struct directory *d)
{
    for (size_t i = 0; i < d->place_count; i++) {
        if (d->places[i])
            place_free(d->places[i]);
    }
    lookup_done(&d->place_by_id);
    lookup_done(&d->place_by_space);
    mem_free(d->places);
}
