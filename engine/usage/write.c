/* Notes become records: of each day, of each of its pages and components, in the unit and
 * in all above it. */
#include "inside.h"

#include "crypt/crypt.h"

extern const unsigned char usage_collections_json[];
extern const size_t usage_collections_json_size;

bool usage_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)usage_collections_json, usage_collections_json_size },
        err);
}

static int64_t day_of(int64_t at_ms, int offset_min)
{
    return (at_ms + offset_min * INT64_C(60000)) / DAY_MS;
}

int64_t day_at(const struct tenant_path *path, int64_t at_ms)
{
    return day_of(at_ms, tenant_offset_min(path, at_ms));
}

str usage_day(const struct tenant_path *path, int64_t at_ms, struct arena *arena)
{
    return day_text(arena, day_at(path, at_ms));
}

str day_text(struct arena *arena, int64_t day)
{
    struct date d = date_at(day * DAY_MS, 0);
    return arena_format(arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* ---- people as numbers ---- */

static void free_people(void *people)
{
    roaring_bitmap_free(people);
}

bool usage_forget(struct txn *txn, store_space space, str person, struct err *err)
{
    return txn_remove(txn, space, store_collection(txn_store(txn), STR("usage_number")),
                      person, err);
}

roaring_bitmap_t *usage_people(struct val record, struct err *err)
{
    str bytes = val_get_text(record, STR("people"));
    roaring_bitmap_t *people =
        bytes.n ? roaring_bitmap_portable_deserialize_safe(bytes.p, bytes.n) : NULL;
    if (!people)
        err_at(err, ERR_SYSTEM, "usage.damaged", val_get_text(record, STR("id")),
               "a record of usage holds no people");
    return people;
}

static struct val people_bytes(roaring_bitmap_t *people, struct arena *arena)
{
    roaring_bitmap_run_optimize(people);
    size_t n = roaring_bitmap_portable_size_in_bytes(people);
    char *bytes = arena_alloc(arena, n);
    roaring_bitmap_portable_serialize(people, bytes);
    return val_str((str){ bytes, n });
}

/* ---- what one record grows by ---- */

struct tally {
    struct tally *next;
    store_space space;
    int64_t day;
    enum usage_kind kind; /* USAGE_BACK: of the whole day */
    str what;
    roaring_bitmap_t *people;
    int64_t views;
    int64_t uses;
    int64_t hours[DAY_HOURS];
};

enum { CHAINS = 1024 };

struct piece {
    const struct noted *const *notes;
    size_t n;
    struct txn *txn;
    struct tally *chains[CHAINS];
    int64_t next;  /* number that is nobody's; … */
    int64_t first; /* … the one it began with, -1 before it was asked for */
};

/* ---- numbers of people ---- */

#define NEXT STR("next")

static bool read_number(struct txn *txn, store_space space, str id, int64_t *ret,
                        struct err *err)
{
    struct val record;
    if (!snap_get(txn_snap(txn, &space, 1),
                  store_collection(txn_store(txn), STR("usage_number")), id, NULL,
                  &record, err))
        return false;
    *ret = val_as_int(val_get(record, STR("number")), -1);
    return true;
}

static bool put_number(struct txn *txn, store_space space, str id, int64_t number,
                       struct err *err)
{
    struct member members[] = { { STR("id"), val_str(id) },
                                { STR("number"), val_int(number) } };
    return txn_put(txn, space, store_collection(txn_store(txn), STR("usage_number")),
                   val_map(members, COUNT_OF(members)), PUT_ANY, err);
}

/* Hers, or a new one: a number is never given twice. */
static bool number_of(struct piece *p, store_space space, str person, uint32_t *ret,
                      struct err *err)
{
    int64_t number;
    if (!read_number(p->txn, space, person, &number, err))
        return false;
    if (number < 0 && p->first < 0) {
        if (!read_number(p->txn, TENANT_SYSTEM_SPACE, NEXT, &p->first, err))
            return false;
        p->next = p->first = p->first < 0 ? 0 : p->first;
    }
    *ret = (uint32_t)(number < 0 ? p->next : number);
    return number >= 0 || put_number(p->txn, space, person, p->next++, err);
}

static bool put_next(struct piece *p, struct err *err)
{
    return p->next == p->first
           || put_number(p->txn, TENANT_SYSTEM_SPACE, NEXT, p->next, err);
}

/* ---- counting ---- */

static struct tally *tally_of(struct piece *p, store_space space, int64_t day,
                              enum usage_kind kind, str what)
{
    uint64_t seed = ((uint64_t)space << 24) + (uint64_t)day * 4 + kind;
    struct tally **chain = &p->chains[str_hash(what, seed) % CHAINS];
    for (struct tally *t = *chain; t; t = t->next) {
        if (t->space == space && t->day == day && t->kind == kind
            && str_equal(t->what, what))
            return t;
    }
    struct arena *arena = txn_arena(p->txn);
    struct tally *t = ARENA_NEW(arena, struct tally);
    *t = (struct tally){ .next = *chain,
                         .space = space,
                         .day = day,
                         .kind = kind,
                         .what = what,
                         .people = roaring_bitmap_create() };
    arena_defer(arena, free_people, t->people);
    return *chain = t;
}

static void count(struct tally *t, const struct noted *noted, uint32_t person, int hour)
{
    bool is_view = noted->note.kind == USAGE_VIEW;
    roaring_bitmap_add(t->people, person);
    t->views += is_view ? noted->count : 0;
    t->uses += noted->note.kind == USAGE_USE ? noted->count : 0;
    t->hours[hour] += is_view ? noted->count : 0;
}

/* Where people of one unit stand, and what its clock shows. Notes lie by unit, so it
 * seldom changes; asking for a clock opens files. */
struct stand {
    str tenant;
    struct tenant_path path; /* empty: the unit is gone */
    int64_t at_ms;
    int offset_min;
};

static bool stand_at(struct stand *s, struct txn *txn, const struct usage_note *n,
                     struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    bool is_there = str_equal(s->tenant, n->tenant);
    if (is_there && s->at_ms == n->at_ms)
        return true;
    if (!is_there) {
        s->tenant = n->tenant;
        s->path.n = 0;
        if (!tenant_path_read(txn_snap(txn, system, 1), n->tenant, txn_arena(txn), NULL,
                              &s->path, err)
            && err->kind != ERR_MISSING)
            return false;
    }
    s->at_ms = n->at_ms;
    s->offset_min = s->path.n ? tenant_offset_min(&s->path, n->at_ms) : 0;
    return true;
}

static void count_up(struct piece *p, const struct stand *s, const struct noted *noted,
                     uint32_t person)
{
    const struct usage_note *n = &noted->note;
    int64_t day = day_of(n->at_ms, s->offset_min);
    int hour = date_at(n->at_ms, s->offset_min).hour;
    for (size_t i = 0; i < s->path.n; i++) {
        store_space space = s->path.chain[i];
        count(tally_of(p, space, day, USAGE_BACK, STR("")), noted, person, hour);
        if (n->kind != USAGE_BACK)
            count(tally_of(p, space, day, n->kind, n->what), noted, person, hour);
    }
}

/* Whose unit is gone is nobody's to be counted. */
static bool count_notes(struct piece *p, struct err *err)
{
    struct stand stand = { .at_ms = -1 };
    for (size_t i = 0; i < p->n; i++) {
        const struct usage_note *n = &p->notes[i]->note;
        uint32_t person;
        if (!stand_at(&stand, p->txn, n, err))
            return false;
        if (!stand.path.n)
            continue;
        if (!number_of(p, tenant_of(&stand.path)->space, n->person, &person, err))
            return false;
        count_up(p, &stand, p->notes[i], person);
    }
    return true;
}

/* ---- records ---- */

static str id_of(struct arena *a, const struct tally *t)
{
    str day = day_text(a, t->day);
    if (t->kind == USAGE_BACK)
        return day;
    return t->kind == USAGE_VIEW
               ? ARENA_JOIN(a, day, STR(":p:"), t->what)
               : ARENA_JOIN(a, day, STR(":c:"), crypt_fingerprint(a, t->what));
}

static struct val grown(struct val before, const char *name, int64_t by)
{
    return val_int(val_as_int(val_get(before, str_of(name)), 0) + by);
}

static struct val hours_of(struct arena *a, struct val before, const struct tally *t)
{
    struct val old = val_get(before, STR("hours"));
    struct val *items = ARENA_ARRAY(a, struct val, DAY_HOURS);
    for (uint32_t i = 0; i < DAY_HOURS; i++)
        items[i] =
            val_int((val_count(old) ? val_as_int(val_at(old, i), 0) : 0) + t->hours[i]);
    return val_list(items, DAY_HOURS);
}

static struct val record_of(struct arena *a, str id, struct val before,
                            const struct tally *t)
{
    struct member *m = ARENA_ARRAY(a, struct member, 6);
    size_t n = 0;
    m[n++] = (struct member){ STR("id"), val_str(id) };
    m[n++] = (struct member){ STR("people"), people_bytes(t->people, a) };
    if (t->kind != USAGE_USE)
        m[n++] = (struct member){ STR("views"), grown(before, "views", t->views) };
    if (t->kind != USAGE_VIEW)
        m[n++] = (struct member){ STR("uses"), grown(before, "uses", t->uses) };
    if (t->kind == USAGE_BACK)
        m[n++] = (struct member){ STR("hours"), hours_of(a, before, t) };
    else
        m[n++] = (struct member){ t->kind == USAGE_VIEW ? STR("page") : STR("component"),
                                  val_str(t->what) };
    return val_map(m, n);
}

/* When a day begins, what is too old goes. */
static bool trim(struct txn *txn, const struct tally *t, struct err *err)
{
    str oldest = day_text(txn_arena(txn), t->day - USAGE_DAYS + 1);
    struct query query = { .collection = store_collection(txn_store(txn), STR("usage")),
                           .to = val_str(oldest) };
    return txn_remove_all(txn, t->space, &query, err);
}

/* Those who were counted before. A damaged record begins anew, so that others go on being
 * counted. */
static void add_people(struct tally *t, struct val before)
{
    struct err damaged;
    roaring_bitmap_t *people = usage_people(before, &damaged);
    if (!people)
        return;
    roaring_bitmap_or_inplace(t->people, people);
    roaring_bitmap_free(people);
}

static bool put_tally(struct txn *txn, struct tally *t, struct err *err)
{
    struct arena *a = txn_arena(txn);
    const struct store_collection *c = store_collection(txn_store(txn), STR("usage"));
    str id = id_of(a, t);
    struct val before;
    if (!snap_get(txn_snap(txn, &t->space, 1), c, id, NULL, &before, err))
        return false;
    if (val_exists(before))
        add_people(t, before);
    return txn_put(txn, t->space, c, record_of(a, id, before, t), PUT_ANY, err)
           && (val_exists(before) || t->kind != USAGE_BACK || trim(txn, t, err));
}

static bool piece_work(struct txn *txn, void *data, struct err *err)
{
    struct piece *p = data;
    p->txn = txn;
    p->first = p->next = -1;
    if (!count_notes(p, err) || !put_next(p, err))
        return false;
    for (size_t i = 0; i < CHAINS; i++) {
        for (struct tally *t = p->chains[i]; t; t = t->next) {
            if (!put_tally(txn, t, err))
                return false;
        }
    }
    return true;
}

bool usage_write_piece(struct store *store, const struct noted *const *notes, size_t n,
                       struct err *err)
{
    struct piece *piece = mem_zero(sizeof *piece);
    piece->notes = notes;
    piece->n = n;
    bool good = store_write(store, piece_work, piece, err);
    mem_free(piece);
    return good;
}
