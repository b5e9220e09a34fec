/* A connector that is not kept yet, or differently: what it would fetch, and make of it.
 */
#include "inside.h"

enum {
    SAMPLE = 3,             /* rows and records that are told */
    MAX_LISTS = 20,         /* places of lists that are told … */
    MAX_DEPTH = 8,          /* … how deep they are looked for … */
    MAX_POINTER = 64 << 10, /* … and bytes of the longest */
};

/* ---- where lists stand ---- */

struct lists {
    struct arena *arena;
    struct buf at; /* a pointer */
    struct val *places;
    size_t n;
};

static void find_lists(struct lists *l, struct val v, int depth)
{
    if (v.kind == VAL_LIST && l->n < MAX_LISTS)
        l->places[l->n++] = val_str(arena_str(l->arena, buf_view(&l->at)));
    if (v.kind != VAL_MAP || depth == MAX_DEPTH)
        return;
    for (size_t i = 0; i < val_count(v); i++) {
        size_t before = l->at.n;
        str name;
        struct val inner = val_member(v, i, &name);
        doc_pointer_add(&l->at, name);
        if (l->at.full)
            return;
        find_lists(l, inner, depth + 1);
        l->at.n = before;
    }
}

static struct val lists_in(struct val document, struct arena *arena)
{
    struct lists l = { .arena = arena,
                       .places = ARENA_ARRAY(arena, struct val, MAX_LISTS) };
    buf_init(&l.at, MAX_POINTER);
    find_lists(&l, document, 0);
    buf_done(&l.at);
    return val_list(l.places, l.n);
}

/* ---- trying ---- */

struct trial {
    struct feed_call *call;
    str id;
    struct val connector; /* as it would be kept */
};

static bool look(struct trial *t, struct val given, struct err *err)
{
    struct arena *a = t->call->scope->arena;
    struct tenant_path path;
    struct snap *snap;
    struct val before;
    return scope_snap(t->call->scope, &snap, err)
           && feed_may(t->call, snap, a, &path, err)
           && feed_check(t->call->feeds, given, err)
           && snap_get(snap_for(snap, path.chain, path.n, a),
                       feed_connectors(snap_store(snap)), t->id, NULL, &before, err)
           && feed_kept(t->call->feeds, given, val_copy(a, before), a, &t->connector,
                        err);
}

static struct val first_of(struct val list, struct arena *arena)
{
    size_t n = val_count(list) < SAMPLE ? val_count(list) : SAMPLE;
    struct val *items = ARENA_ARRAY(arena, struct val, SAMPLE);
    for (size_t i = 0; i < n; i++)
        items[i] = val_at(list, i);
    return val_list(items, n);
}

/* How the rows would be taken in. */
static bool check(const struct trial *t, struct val rows, struct val *ret,
                  struct err *err)
{
    struct arena *a = t->call->scope->arena;
    struct data_call call = { .data = t->call->feeds->config.data,
                              .scope = t->call->scope,
                              .worker = t->call->worker,
                              .tenant = t->call->tenant };
    struct data_rows taken = { .only_check = true };
    struct val reply;
    feed_taking(t->connector, t->id, &call, &taken);
    taken.list = feed_records(t->connector, rows, val_count(rows), a);
    if (!data_take(&call, &taken, &reply, err))
        return false;
    struct val v =
        val_with(a, val_map(NULL, 0), STR("rows"), val_get(reply, STR("rows")));
    v = val_with(a, v, STR("bad"), val_get(reply, STR("skipped")));
    v = val_with(a, v, STR("errors"), val_get(reply, STR("errors")));
    v = val_with(a, v, STR("sample"), first_of(rows, a));
    *ret = val_with(a, v, STR("records"), first_of(taken.list, a));
    return true;
}

static bool try_it(struct trial *t, struct val given, struct val *ret, struct err *err)
{
    struct arena *a = t->call->scope->arena;
    struct fetch_reply reply;
    struct val document;
    struct val rows;
    if (!look(t, given, err))
        return false;
    scope_drop_snap(t->call->scope);
    if (!feed_ask(t->call->feeds, t->connector, a, &reply, err)
        || !doc_parse(a, reply.body, &document, err))
        return false;
    if (feed_rows(t->connector, document, &rows, err))
        return check(t, rows, ret, err);
    if (strcmp(err->code, "feed.rows") != 0)
        return false;
    *ret = val_with(a, val_map(NULL, 0), STR("lists"), lists_in(document, a));
    return true;
}

bool feed_try(struct feed_call *call, str id, struct val connector, struct val *ret,
              struct err *err)
{
    struct trial trial = { .call = call, .id = id };
    unsigned *trying = &call->feeds->trying;
    bool has_room = __atomic_fetch_add(trying, 1, __ATOMIC_ACQ_REL) < FEED_MAX_TRIES;
    bool good = has_room ? try_it(&trial, connector, ret, err)
                         : err_set(err, ERR_BUSY, "feed.busy",
                                   "%d connectors are being tried; try again in a moment",
                                   FEED_MAX_TRIES);
    __atomic_fetch_sub(trying, 1, __ATOMIC_ACQ_REL);
    return good;
}
