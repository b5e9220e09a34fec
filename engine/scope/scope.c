/* Viewers, looks and what they leave behind. */
#include "scope/scope.h"

#include <stdio.h>

enum { VIEWERS_MAX_BYTES = 32 << 20 };

struct scopes {
    struct store *store;
    struct cache *viewers;
    const struct clock *clock;
};

struct scope_worker {
    struct scopes *scopes;
    struct store_reader *reader;
};

struct scopes *scopes_open(struct store *store, struct watch *watch,
                           const struct clock *clock)
{
    struct scopes *scopes = mem_zero(sizeof *scopes);
    scopes->store = store;
    scopes->clock = clock;
    scopes->viewers = cache_open(
        &(struct cache_config){ .watch = watch, .max_bytes = VIEWERS_MAX_BYTES });
    return scopes;
}

void scopes_close(struct scopes *scopes)
{
    if (!scopes)
        return;
    cache_close(scopes->viewers);
    mem_free(scopes);
}

struct store *scopes_store(const struct scopes *scopes)
{
    return scopes->store;
}

struct cache_counts scopes_count(struct scopes *scopes)
{
    return cache_count(scopes->viewers);
}

bool scope_worker_open(struct scopes *scopes, struct scope_worker **ret, struct err *err)
{
    struct scope_worker *worker = mem_zero(sizeof *worker);
    worker->scopes = scopes;
    if (!store_reader_open(scopes->store, &worker->reader, err)) {
        mem_free(worker);
        return false;
    }
    *ret = worker;
    return true;
}

void scope_worker_close(struct scope_worker *worker)
{
    if (!worker)
        return;
    store_reader_close(worker->reader);
    mem_free(worker);
}

/* ---- viewers ---- */

static void viewer_free(struct cached *self)
{
    arena_close(((struct viewer *)self)->arena);
    mem_free(self);
}

static void viewer_read_person(struct viewer *v, struct val person, int64_t now_ms)
{
    v->person = val_copy(v->arena, person);
    v->person_id = val_get_text(v->person, STR("id"));
    v->specialty = val_get_text(v->person, STR("specialty"));
    v->lang = val_is(val_get(v->person, STR("lang")), "en") ? SCOPE_EN : SCOPE_ZH;
    v->large = val_is(val_get(v->person, STR("size")), "large");
    str scheme = val_get_text(v->person, STR("scheme"));
    v->scheme = scheme.n ? scheme : STR("auto");
    v->theme = val_get_text(v->person, STR("theme"));
    v->offset_min = tenant_offset_min(&v->path, now_ms);
    v->head.size = sizeof *v + arena_used(v->arena);
}

static struct viewer *viewer_new(void)
{
    struct viewer *v = mem_zero(sizeof *v);
    v->head.free = viewer_free;
    v->head.refs = 1;
    v->arena = arena_open_small();
    return v;
}

static bool no_person(struct err *err, str tenant, str person)
{
    return err_set(err, ERR_MISSING, "scope.person", "there is no person %.*s in %.*s",
                   STR_ARG(person), STR_ARG(tenant));
}

/* Without a person it is the unit itself. */
static bool viewer_make(struct snap *snap, struct arena *arena, str tenant, str person,
                        struct reads *reads, int64_t now_ms, struct viewer **ret,
                        struct err *err)
{
    struct viewer *v = viewer_new();
    struct val record = VAL_ABSENT;
    bool good = tenant_path_read(snap, tenant, v->arena, reads, &v->path, err);
    if (good) {
        struct snap *house = snap_for(snap, v->path.chain, v->path.n, arena);
        good = !person.n
               || (snap_get(house, store_collection(snap_store(snap), STR("person")),
                            person, reads, &record, err)
                   && (val_exists(record) || no_person(err, tenant, person)));
    }
    if (!good) {
        cached_drop(&v->head);
        return false;
    }
    viewer_read_person(v, record, now_ms);
    *ret = v;
    return true;
}

/* ---- opening ---- */

static void start(struct scope *scope, struct scope_worker *worker, struct arena *arena)
{
    *scope = (struct scope){ .worker = worker,
                             .arena = arena,
                             .now_ms = clock_now(worker->scopes->clock),
                             .page = STR(""),
                             .query = val_map(NULL, 0),
                             .query_text = STR("") };
}

bool scope_snap(struct scope *scope, struct snap **ret, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct viewer *v = scope->viewer;
    if (!scope->snap
        && !snap_open(scope->worker->reader, v ? v->path.chain : system,
                      v ? v->path.n : 1, &scope->snap, err))
        return false;
    *ret = scope->snap;
    return true;
}

int scope_offset_min(const struct scope *scope)
{
    return scope->viewer ? scope->viewer->offset_min : TENANT_OFFSET_MIN;
}

bool scope_may(struct scope *scope, struct snap *snap, enum auth_right right,
               const struct tenant_path *path, str specialty, struct err *err)
{
    const struct viewer *v = scope->viewer;
    struct auth_question question = { .home = tenant_of(&v->path)->id,
                                      .person = v->person_id,
                                      .right = right,
                                      .path = path,
                                      .specialty = specialty };
    return auth_may(snap, &question, scope->arena, NULL, err);
}

bool scope_audit(const struct scope *scope, struct txn *txn,
                 const struct tenant_path *path, const struct audit_entry *entry,
                 struct err *err)
{
    const struct viewer *v = scope->viewer;
    struct audit_entry whole = *entry;
    if (v) {
        str home = tenant_of(&v->path)->id;
        whole.person = v->person_id;
        if (!str_equal(home, tenant_of(path)->id))
            whole.home = home;
    }
    whole.reply = VAL_ABSENT;
    return audit_put(txn, tenant_of(path)->space, &whole, err);
}

bool scope_audit_one(const struct scope *scope, struct txn *txn,
                     const struct tenant_path *path, str action, const char *collection,
                     str id, struct err *err)
{
    str touched = ARENA_JOIN(txn_arena(txn), str_of(collection), STR("/"), id);
    struct audit_entry entry = { .action = action,
                                 .touched = &touched,
                                 .touched_count = 1 };
    return scope_audit(scope, txn, path, &entry, err);
}

uint64_t scope_revision(struct scope *scope)
{
    struct snap *snap;
    struct err err;
    return scope_snap(scope, &snap, &err) ? snap_revision(snap) : 0;
}

void scope_drop_snap(struct scope *scope)
{
    if (!scope->in_txn)
        snap_close(scope->snap);
    scope->snap = NULL;
}

void scope_close(struct scope *scope)
{
    scope_drop_snap(scope);
    if (scope->viewer)
        cached_drop(&scope->viewer->head);
    scope->viewer = NULL;
}

/* A session that leads nowhere (ended, its person gone) is nobody's. */
static bool read_viewer(struct scope *scope, str token, struct err *err)
{
    struct reads reads = { .arena = scope->arena };
    struct auth_session session;
    struct snap *snap;
    struct viewer *viewer;
    if (!scope_snap(scope, &snap, err)
        || !auth_session_read(snap, token, scope->now_ms, scope->arena, &reads, &session,
                              err))
        return false;
    if (!session.person.n)
        return true;
    if (!viewer_make(snap, scope->arena, session.tenant, session.person, &reads,
                     scope->now_ms, &viewer, err))
        return err->kind == ERR_MISSING;
    viewer->head.until_ms = session.until_ms;
    cache_offer(scope->worker->scopes->viewers, token, &viewer->head, &reads,
                snap_revision(snap));
    scope->viewer = viewer;
    return true;
}

/* The moment was opened for the system's space; the viewer looks from her own. */
static void move_to_viewer(struct scope *scope)
{
    if (scope->viewer)
        scope_drop_snap(scope);
}

bool scope_open(struct scope_worker *worker, struct arena *arena, str token,
                struct scope *ret, struct err *err)
{
    start(ret, worker, arena);
    if (token.n != CRYPT_TOKEN)
        return true;
    struct cached *known = cache_find(worker->scopes->viewers, token, ret->now_ms);
    if (known) {
        ret->viewer = (struct viewer *)known;
        return true;
    }
    bool good = read_viewer(ret, token, err);
    move_to_viewer(ret);
    if (!good)
        scope_close(ret);
    return good;
}

bool scope_open_as(struct scope_worker *worker, struct arena *arena, str tenant,
                   str person, struct scope *ret, struct err *err)
{
    struct snap *snap;
    start(ret, worker, arena);
    bool good =
        scope_snap(ret, &snap, err)
        && viewer_make(snap, arena, tenant, person, NULL, ret->now_ms, &ret->viewer, err);
    move_to_viewer(ret);
    if (!good)
        scope_close(ret);
    return good;
}

void scope_open_in(struct scope_worker *worker, struct txn *txn, struct viewer *viewer,
                   struct arena *arena, struct scope *ret)
{
    start(ret, worker, arena);
    ret->viewer = (struct viewer *)cached_hold(&viewer->head);
    ret->snap = txn_snap(txn, viewer->path.chain, viewer->path.n);
    ret->in_txn = true;
}

bool scope_open_unit(struct scope_worker *worker, struct arena *arena, str tenant,
                     struct scope *ret, struct err *err)
{
    return scope_open_as(worker, arena, tenant, STR(""), ret, err);
}

/* With an id that no record can have, and no two guests share. */
static struct val guest_of(struct arena *arena, const struct viewer *viewer)
{
    str id = arena_format(arena, "~%.*s/%.*s", STR_ARG(tenant_of(&viewer->path)->id),
                          STR_ARG(viewer->person_id));
    return val_with(arena, viewer->person, STR("id"), val_str(id));
}

bool scope_open_at(struct scope_worker *worker, struct arena *arena,
                   const struct viewer *viewer, str tenant, str specialty,
                   struct scope *ret, struct err *err)
{
    struct snap *snap;
    struct viewer *v = viewer_new();
    start(ret, worker, arena);
    bool good = scope_snap(ret, &snap, err)
                && tenant_path_read(snap, tenant, v->arena, NULL, &v->path, err);
    if (good) {
        v->is_guest = !str_equal(tenant_of(&viewer->path)->id, tenant);
        struct val person = v->is_guest ? guest_of(arena, viewer) : viewer->person;
        viewer_read_person(v,
                           val_with(arena, person, STR("specialty"), val_str(specialty)),
                           ret->now_ms);
        ret->viewer = v;
    } else {
        cached_drop(&v->head);
    }
    move_to_viewer(ret);
    if (!good)
        scope_close(ret);
    return good;
}

void scope_go_to(struct scope *scope, int64_t at_ms)
{
    struct viewer *v = scope->viewer;
    scope->now_ms = at_ms;
    scope->is_elsewhen = true;
    v->offset_min = tenant_offset_min(&v->path, at_ms);
}

/* ---- noting ---- */

void scope_note(struct scope *scope, unsigned vary)
{
    if (scope->seen)
        scope->seen->vary |= vary;
}

static void note_until(struct scope *scope, int64_t until_ms)
{
    if (scope->seen && (!scope->seen->until_ms || until_ms < scope->seen->until_ms))
        scope->seen->until_ms = until_ms;
}

int64_t scope_now(struct scope *scope, enum scope_grain grain)
{
    static const int64_t lengths[] = {
        [SCOPE_MINUTE] = 60000, [SCOPE_HOUR] = 3600000, [SCOPE_DAY] = DAY_MS
    };
    int64_t length = lengths[grain];
    int64_t offset = 0;
    if (grain != SCOPE_MINUTE && scope->viewer) {
        scope_note(scope, VARY_ZONE);
        offset = scope->viewer->offset_min * INT64_C(60000);
    }
    int64_t into = (scope->now_ms + offset) % length;
    into += into < 0 ? length : 0; /* before 1970 */
    note_until(scope, scope->now_ms - into + length);
    return scope->now_ms - into;
}

/* ---- looking ---- */

static bool may_read(struct scope *scope, str collection, struct err *err)
{
    if (!scope->needs)
        return true;
    for (size_t i = 0; i < val_count(*scope->needs); i++) {
        str need = val_text(val_at(*scope->needs, i));
        if (str_equal(need, STR("read:*")))
            return true;
        if (need.n == collection.n + 5 && str_starts(need, STR("read:"))
            && memcmp(need.p + 5, collection.p, collection.n) == 0)
            return true;
    }
    return err_set(err, ERR_FORBIDDEN, "scope.need",
                   "the component did not ask for read:%.*s in its needs",
                   STR_ARG(collection));
}

static bool count_query(struct scope *scope, size_t rows, struct err *err)
{
    struct seen *seen = scope->seen;
    if (!seen)
        return true;
    seen->queries++;
    seen->rows += rows;
    if (seen->queries <= LIMIT_FRAGMENT_QUERIES && seen->rows <= LIMIT_FRAGMENT_ROWS)
        return true;
    return err_set(err, ERR_LIMIT, "scope.limit",
                   "a component may make %d queries of %d rows in all",
                   LIMIT_FRAGMENT_QUERIES, LIMIT_FRAGMENT_ROWS);
}

static bool find_collection(struct scope *scope, str name,
                            const struct store_collection **ret, struct err *err)
{
    *ret = store_collection(scope->worker->scopes->store, name);
    if (!*ret)
        return err_set(err, ERR_INPUT, "scope.collection", "there is no collection %.*s",
                       STR_ARG(name));
    return may_read(scope, name, err);
}

/* A write moves the pages that were looked at. */
static bool settled(struct scope *scope, struct val *found)
{
    if (scope->in_txn)
        *found = val_copy(scope->arena, *found);
    return true;
}

static struct reads *reads_of(struct scope *scope)
{
    return scope->seen ? &scope->seen->reads : NULL;
}

bool scope_get(struct scope *scope, str collection, str id, bool up, struct val *ret,
               struct err *err)
{
    const struct store_collection *c;
    struct snap *snap;
    if (!find_collection(scope, collection, &c, err) || !count_query(scope, 1, err)
        || !scope_snap(scope, &snap, err))
        return false;
    scope_note(scope, VARY_TENANT);
    bool good = up ? snap_get_up(snap, c, id, reads_of(scope), ret, err)
                   : snap_get(snap, c, id, reads_of(scope), ret, err);
    return good && settled(scope, ret);
}

/* "freshness" is a collection of a floor above, which may not be there. */
bool scope_fresh(struct scope *scope, str collection, bool up, struct val *ret,
                 struct err *err)
{
    const struct store_collection *wanted;
    struct snap *snap;
    struct val record;
    if (!find_collection(scope, collection, &wanted, err) || !count_query(scope, 1, err)
        || !scope_snap(scope, &snap, err))
        return false;
    const struct store_collection *c =
        store_collection(snap_store(snap), STR("freshness"));
    scope_note(scope, VARY_TENANT);
    *ret = VAL_ABSENT;
    if (!c)
        return true;
    if (!(up ? snap_get_up(snap, c, collection, reads_of(scope), &record, err)
             : snap_get(snap, c, collection, reads_of(scope), &record, err)))
        return false;
    *ret = val_get(record, STR("at"));
    return true;
}

static bool to_query(struct scope *scope, const struct scope_query *from,
                     struct query *ret, struct err *err)
{
    ret->index = NULL;
    ret->equals_count = from->equals_count;
    memcpy(ret->equals, from->equals, sizeof ret->equals);
    ret->from = from->from;
    ret->to = from->to;
    ret->descending = from->descending;
    ret->up = from->up;
    ret->limit = from->limit;
    ret->after = from->after;
    if (!find_collection(scope, from->collection, &ret->collection, err))
        return false;
    if (!from->by.n)
        return true;
    ret->index = store_index(ret->collection, from->by);
    if (ret->index)
        return true;
    return err_set(err, ERR_INPUT, "scope.index", "%.*s has no index %.*s",
                   STR_ARG(from->collection), STR_ARG(from->by));
}

bool scope_query(struct scope *scope, const struct scope_query *query, struct rows *ret,
                 struct err *err)
{
    struct query q;
    struct snap *snap;
    if (!to_query(scope, query, &q, err) || !scope_snap(scope, &snap, err))
        return false;
    scope_note(scope, VARY_TENANT);
    return snap_query(snap, &q, scope->arena, reads_of(scope), ret, err)
           && settled(scope, &ret->list) && count_query(scope, val_count(ret->list), err);
}

bool scope_count(struct scope *scope, const struct scope_query *query, size_t *ret,
                 struct err *err)
{
    struct query q;
    struct snap *snap;
    if (!to_query(scope, query, &q, err) || !scope_snap(scope, &snap, err))
        return false;
    scope_note(scope, VARY_TENANT);
    return snap_count(snap, &q, scope->arena, reads_of(scope), ret, err)
           && count_query(scope, 0, err);
}

str scope_iso(struct arena *arena, int64_t ms)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    static const uint8_t ends[] = { 4, 7, 10, 13, 16, 19 };
    struct date d = date_at(ms, 0);
    const int parts[] = { d.year, d.month, d.day, d.hour, d.minute, d.second };
    str iso = arena_str(arena, STR_ARRAY(form));
    char *p = (char *)(uintptr_t)iso.p;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        unsigned width = i ? 2 : 4;
        digits_write(p + ends[i] - width, width, (uint64_t)parts[i]);
    }
    return iso;
}

bool scope_actor(struct scope *scope, struct val *ret, struct err *err)
{
    const struct viewer *v = scope->viewer;
    struct snap *snap;
    *ret = VAL_ABSENT;
    scope_note(scope, VARY_ACTOR);
    if (!v)
        return true;
    if (v->is_guest) {
        *ret = v->person;
        return true;
    }
    return scope_snap(scope, &snap, err)
           && snap_get(snap, store_collection(snap_store(snap), STR("person")),
                       v->person_id, reads_of(scope), ret, err)
           && settled(scope, ret);
}

bool scope_tenant(struct scope *scope, struct val *ret, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct viewer *v = scope->viewer;
    struct snap *snap;
    *ret = VAL_ABSENT;
    scope_note(scope, VARY_TENANT);
    if (!v)
        return true;
    return scope_snap(scope, &snap, err)
           && snap_get(snap_for(snap, system, 1, scope->arena),
                       store_collection(snap_store(snap), STR("tenant")),
                       tenant_of(&v->path)->id, reads_of(scope), ret, err)
           && settled(scope, ret);
}

/* ---- keys ---- */

void scope_key(const struct scope *scope, unsigned vary, struct buf *key)
{
    const struct viewer *v = scope->viewer;
    buf_char(key, (char)vary);
    if (v && (vary & (VARY_TENANT | VARY_ACTOR))) {
        store_space space = tenant_of(&v->path)->space;
        buf_add(key, &space, sizeof space);
    }
    if (v && (vary & VARY_ACTOR))
        buf_part(key, v->person_id);
    if (v && (vary & VARY_SPECIALTY))
        buf_part(key, v->specialty);
    if (vary & VARY_LANG)
        buf_char(key, v ? (char)v->lang : 0);
    if (v && (vary & VARY_ZONE))
        buf_add(key, &v->offset_min, sizeof v->offset_min);
    if (vary & VARY_PAGE)
        buf_part(key, scope->page);
    if (vary & VARY_QUERY)
        buf_str(key, scope->query_text); /* last: it needs no length */
}
