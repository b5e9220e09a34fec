/* Entries, by day and name. */
#include "audit/audit.h"

#include "tenant/tenant.h"

enum {
    DAY_DIGITS = 5,
    TRIM = 32,       /* entries that are too old, at once … */
    TRIM_EVERY = 16, /* … for one in so many that come */
};

extern const unsigned char audit_collections_json[];
extern const size_t audit_collections_json_size;

bool audit_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)audit_collections_json, audit_collections_json_size },
        err);
}

static const struct store_collection *audit_of(struct store *store)
{
    return store_collection(store, STR("audit"));
}

/* Days sort as their texts do. */
static str day_text(struct arena *a, int64_t day)
{
    char *p = arena_alloc(a, DAY_DIGITS);
    digits_write(p, DAY_DIGITS, (uint64_t)day);
    return (str){ p, DAY_DIGITS };
}

static str id_of(struct arena *a, int64_t at_ms, str name)
{
    return ARENA_JOIN(a, day_text(a, at_ms / DAY_MS), STR("-"), name);
}

bool audit_find(struct snap *snap, str name, int64_t at_ms, struct arena *arena,
                struct val *ret, struct err *err)
{
    return snap_get(snap, audit_of(snap_store(snap)), id_of(arena, at_ms, name), NULL,
                    ret, err);
}

/* ---- writing ---- */

static struct val touched_of(struct arena *a, const struct audit_entry *entry)
{
    struct val *items = ARENA_ARRAY(a, struct val, entry->touched_count);
    for (size_t i = 0; i < entry->touched_count; i++)
        items[i] = val_str(entry->touched[i]);
    return val_list(items, entry->touched_count);
}

static struct val record_of(const struct audit_entry *e, str id, int64_t at_ms,
                            struct arena *a)
{
    const struct member texts[] = {
        { STR("home"), val_str(e->home) },
        { STR("person"), val_str(e->person) },
        { STR("token"), val_str(e->token) },
        { STR("page"), val_str(e->page) },
        { STR("block"), val_str(e->block) },
        { STR("component"), val_str(e->component) },
        { STR("action"), val_str(e->action) },
    };
    struct member *members = ARENA_ARRAY(a, struct member, COUNT_OF(texts) + 5);
    size_t n = 0;
    members[n++] = (struct member){ STR("id"), val_str(id) };
    members[n++] = (struct member){ STR("at"), val_int(at_ms) };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (val_text(texts[i].value).n)
            members[n++] = texts[i];
    }
    members[n++] = (struct member){ STR("touched"), touched_of(a, e) };
    if (e->more)
        members[n++] = (struct member){ STR("more"), val_int((int64_t)e->more) };
    if (val_exists(e->reply))
        members[n++] = (struct member){ STR("reply"), e->reply };
    return val_map(members, n);
}

static bool trim(struct txn *txn, store_space space, struct err *err)
{
    struct arena *a = txn_arena(txn);
    int64_t oldest = txn_now_ms(txn) / DAY_MS - LIMIT_AUDIT_DAYS;
    struct query query = { .collection = audit_of(txn_store(txn)),
                           .to = val_str(day_text(a, oldest)),
                           .limit = TRIM };
    struct rows rows;
    str ids[TRIM];
    if (!snap_query(txn_snap(txn, &space, 1), &query, a, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    for (size_t i = 0; i < n; i++) /* removing moves what is yet to be read */
        ids[i] = arena_str(a, val_get_text(val_at(rows.list, i), STR("id")));
    for (size_t i = 0; i < n; i++) {
        if (!txn_remove(txn, space, query.collection, ids[i], err))
            return false;
    }
    return true;
}

bool audit_put(struct txn *txn, store_space space, const struct audit_entry *entry,
               struct err *err)
{
    struct arena *a = txn_arena(txn);
    int64_t now_ms = txn_now_ms(txn);
    str id = id_of(a, now_ms, entry->name.n ? entry->name : txn_new_id(txn));
    if (!txn_put(txn, space, audit_of(txn_store(txn)), record_of(entry, id, now_ms, a),
                 PUT_ANY, err))
        return false;
    return str_hash(id, 0) % TRIM_EVERY || trim(txn, space, err);
}

/* ---- looking ---- */

/* Where an entry stands in time. Those of one moment stand in the order of their ids. */
struct place {
    int64_t at_ms;
    str id;
};

struct listing {
    const struct audit_query *query;
    struct place before; /* what is listed stands before this */
    struct place *places;
    struct val *entries; /* the newest found, newest first, at most one too many */
    size_t n;
    size_t scanned;
};

static bool is_before(struct place a, struct place b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : str_compare(a.id, b.id) < 0;
}

static bool names(str touched, str wanted)
{
    return str_starts(touched, wanted)
           && (touched.n == wanted.n || touched.p[wanted.n] == '/');
}

static bool touches(struct val entry, str wanted)
{
    struct val touched = val_get(entry, STR("touched"));
    for (size_t i = 0; i < val_count(touched); i++) {
        if (names(val_text(val_at(touched, i)), wanted))
            return true;
    }
    return false;
}

static bool has(struct val entry, str member, str wanted)
{
    return !wanted.n || str_equal(val_get_text(entry, member), wanted);
}

static bool is_wanted(const struct listing *l, struct val entry, struct place place)
{
    const struct audit_query *q = l->query;
    return place.at_ms >= q->from_ms && is_before(place, l->before)
           && has(entry, STR("person"), q->person)
           && has(entry, STR("component"), q->component)
           && (!q->touched.n || touches(entry, q->touched));
}

static void offer(struct listing *l, struct val entry)
{
    struct place place = { val_as_int(val_get(entry, STR("at")), 0),
                           val_get_text(entry, STR("id")) };
    if (!is_wanted(l, entry, place))
        return;
    size_t i = l->n;
    while (i && is_before(l->places[i - 1], place))
        i--;
    if (i > l->query->limit)
        return;
    if (l->n <= l->query->limit)
        l->n++;
    for (size_t k = l->n - 1; k > i; k--) {
        l->places[k] = l->places[k - 1];
        l->entries[k] = l->entries[k - 1];
    }
    l->places[i] = place;
    l->entries[i] = entry;
}

static bool look_through(struct listing *l, struct snap *snap, int64_t day,
                         struct arena *arena, struct err *err)
{
    struct query query = { .collection = audit_of(snap_store(snap)),
                           .from = val_str(day_text(arena, day)),
                           .to = val_str(day_text(arena, day + 1)),
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    do {
        if (!snap_query(snap, &query, arena, NULL, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++)
            offer(l, val_at(rows.list, i));
        l->scanned += val_count(rows.list);
        query.after = rows.next;
    } while (rows.next.n);
    return true;
}

/* "1795311000000 20779-…", as place_text wrote it; nothing before the first page. */
static bool read_after(const struct audit_query *q, struct place *ret, struct err *err)
{
    *ret = (struct place){ q->to_ms, STR("") };
    if (!q->after.n)
        return true;
    str rest;
    str at = str_cut(q->after, ' ', &rest);
    struct place place = { 0, rest.p ? rest : STR("") };
    if (!str_to_int(at, &place.at_ms) || place.at_ms < 0)
        return err_at(err, ERR_INPUT, "audit.after", STR("after"),
                      "this is no `next` of a list");
    if (is_before(place, *ret))
        *ret = place;
    return true;
}

static str place_text(struct arena *a, struct place place)
{
    return arena_format(a, "%lld %.*s", (long long)place.at_ms, STR_ARG(place.id));
}

static struct val told(struct arena *a, struct val entry)
{
    return val_copy(a, val_without(a, entry, STR("reply")));
}

/* Where the following list starts: behind the last that this one has room for, or at the
 * first day that was not looked through; empty when all were. */
static str next_of(const struct listing *l, int64_t day, int64_t first,
                   struct arena *arena)
{
    size_t limit = l->query->limit;
    if (l->n > limit)
        return place_text(arena, l->places[limit - 1]);
    if (day < first)
        return STR("");
    return place_text(arena, (struct place){ (day + 1) * DAY_MS, STR("") });
}

bool audit_list(struct snap *snap, const struct audit_query *query, struct arena *arena,
                struct rows *ret, struct err *err)
{
    struct listing l = { .query = query,
                         .places = ARENA_ARRAY(arena, struct place, query->limit + 1),
                         .entries = ARENA_ARRAY(arena, struct val, query->limit + 1) };
    if (!read_after(query, &l.before, err))
        return false;
    int64_t day = l.before.at_ms / DAY_MS;
    int64_t first = query->from_ms / DAY_MS;
    if (first < day - LIMIT_AUDIT_DAYS)
        first = day - LIMIT_AUDIT_DAYS;
    for (; day >= first && l.n <= query->limit && l.scanned < AUDIT_MAX_SCANNED; day--) {
        if (!look_through(&l, snap, day, arena, err))
            return false;
    }
    ret->next = next_of(&l, day, first, arena);
    if (l.n > query->limit)
        l.n = query->limit;
    for (size_t i = 0; i < l.n; i++)
        l.entries[i] = told(arena, l.entries[i]);
    ret->list = val_list(l.entries, l.n);
    return true;
}
