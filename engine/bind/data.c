/* ctx.data: looking things up. */
#include "inside.h"

/* Fuel for a look into the store, beside what rows cost. */
enum { LOOK_FUEL = 200, ROW_FUEL = 20 };

static struct val option(lua_State *L, int index, const char *name)
{
    if (!lua_istable(L, index))
        return VAL_ABSENT;
    lua_pushstring(L, name);
    lua_rawget(L, index);
    struct val v = lua_isnil(L, -1) ? VAL_ABSENT : script_value(L, -1);
    lua_pop(L, 1);
    return v;
}

static void read_equals(lua_State *L, struct scope_query *q)
{
    struct val equals = option(L, 2, "equals");
    if (equals.kind != VAL_LIST) {
        q->equals[0] = equals;
        q->equals_count = val_exists(equals);
        return;
    }
    if (val_count(equals) > STORE_MAX_FIELDS)
        bind_usage(L, "equals has at most four values");
    for (; q->equals_count < val_count(equals); q->equals_count++)
        q->equals[q->equals_count] = val_at(equals, q->equals_count);
}

static struct scope_query read_query(lua_State *L)
{
    struct scope_query q = { .collection = bind_text(L, 1, "kind"),
                             .by = val_text(option(L, 2, "by")),
                             .from = option(L, 2, "from"),
                             .to = option(L, 2, "to"),
                             .descending = val_truth(option(L, 2, "descending")),
                             .up = val_truth(option(L, 2, "up")) };
    int64_t limit = val_as_int(option(L, 2, "limit"), 100);
    if (!lua_isnoneornil(L, 2) && !lua_istable(L, 2))
        bind_usage(L, "the second argument is a table of options");
    if (limit < 1 || limit > LIMIT_QUERY_ROWS)
        bind_usage(L, "limit is 1 to %d", LIMIT_QUERY_ROWS);
    q.limit = (size_t)limit;
    read_equals(L, &q);
    script_charge(L, LOOK_FUEL);
    return q;
}

BIND(data_get, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "data.get(kind: string, id: string, options?: {up?: boolean}): table?",
     "Reads one record, or nil. With `up` also from the units above. The fragment "
     "refreshes when "
     "the record changes.")
{
    struct val record;
    struct err err;
    str kind = bind_text(L, 1, "kind");
    str id = bind_text(L, 2, "id");
    script_charge(L, LOOK_FUEL);
    if (!scope_get(bind_call(L)->scope, kind, id, val_truth(option(L, 3, "up")), &record,
                   &err))
        return script_raise(L, &err);
    script_push(L, record);
    return 1;
}

BIND(data_query, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "data.query(kind: string, options?: {by?: string, equals?: any, from?: any, to?: "
     "any, "
     "descending?: boolean, limit?: integer, up?: boolean}): table[]",
     "Records in the order of the index `by` (or of their ids): those whose first fields "
     "equal "
     "`equals`, and whose next is at least `from` and less than `to`. At most `limit` "
     "(100). The "
     "fragment refreshes when a change falls into what was scanned.")
{
    struct scope_query q = read_query(L);
    struct rows rows;
    struct err err;
    if (!scope_query(bind_call(L)->scope, &q, &rows, &err))
        return script_raise(L, &err);
    script_charge(L, ROW_FUEL * (int64_t)val_count(rows.list));
    script_push(L, rows.list);
    return 1;
}

BIND(data_count, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "data.count(kind: string, options?: {by?: string, equals?: any, from?: any, to?: "
     "any, "
     "limit?: integer, up?: boolean}): integer",
     "How many records a query would find, counted up to `limit` (100).")
{
    struct scope_query q = read_query(L);
    struct err err;
    size_t n;
    if (!scope_count(bind_call(L)->scope, &q, &n, &err))
        return script_raise(L, &err);
    lua_pushinteger(L, (lua_Integer)n);
    return 1;
}

BIND(data_updated, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "data.updated(kind: string, options?: {up?: boolean}): string?",
     "The moment at which records of that kind last came in from outside, or nil. With "
     "`up` "
     "also those of the units above. The fragment refreshes when others come.")
{
    struct val at;
    struct err err;
    str kind = bind_text(L, 1, "kind");
    script_charge(L, LOOK_FUEL);
    if (!scope_fresh(bind_call(L)->scope, kind, val_truth(option(L, 2, "up")), &at, &err))
        return script_raise(L, &err);
    script_push(L, at);
    return 1;
}

const struct binding *const bind_data[] = { &binding_data_get, &binding_data_query,
                                            &binding_data_count, &binding_data_updated,
                                            NULL };
