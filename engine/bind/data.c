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
    struct err err;
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
    if (!bind_where(bind_call(L), option(L, 2, "where"), &q, &err))
        script_raise(L, &err);
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

BIND(
    data_query, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
    "data.query(kind: string, options?: {by?: string, equals?: any, from?: any, to?: "
    "any, "
    "where?: table[], descending?: boolean, limit?: integer, up?: boolean}): table[]",
    "Records in the order of the index `by` (or of their ids): those whose first fields "
    "equal "
    "`equals`, and whose next is at least `from` and less than `to`; or as `where` says, "
    "which a property marked `x-query = \"filter\"` holds. At most `limit` (100). The "
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
     "where?: table[], limit?: integer, up?: boolean}): integer",
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

/* ---- writing ---- */

enum { WRITE_FUEL = 2000 };

static struct val map_argument(lua_State *L, int index, const char *what)
{
    if (!lua_istable(L, index) && !lua_isuserdata(L, index))
        bind_usage(L, "%s is a table", what);
    struct val v = script_value(L, index);
    if (v.kind == VAL_LIST && !val_count(v)) /* Lua's empty table */
        return val_map(NULL, 0);
    if (v.kind != VAL_MAP)
        bind_usage(L, "%s is a table of members by name", what);
    return v;
}

static int write_record(lua_State *L, enum put_mode mode)
{
    struct err err;
    str kind = bind_text(L, 1, "kind");
    struct val record = map_argument(L, 2, "the record");
    struct arena *arena = script_arena(L);
    script_charge(L, WRITE_FUEL);
    if (mode == PUT_NEW && !val_exists(val_get(record, STR("id"))))
        record =
            val_with(arena, record, STR("id"), val_str(action_new_id(bind_action(L))));
    if (!action_put(bind_action(L), kind, record, mode, &err))
        return script_raise(L, &err);
    str id = val_get_text(record, STR("id"));
    lua_pushlstring(L, id.p, id.n);
    return 1;
}

BIND(data_put, PHASE_ACTION | PHASE_JOB, "data.put(kind: string, record: table): string",
     "Writes a record, new or in the place of the one with its id; gives the id. It must "
     "fit its "
     "collection's schema, and the component must need `write:KIND`. It goes into the "
     "space of "
     "the actor's own unit. A write that is refused ends the action, also when the error "
     "is caught.")
{
    return write_record(L, PUT_ANY);
}

BIND(data_insert, PHASE_ACTION | PHASE_JOB,
     "data.insert(kind: string, record: table): string",
     "Writes a new record and gives its id, a fresh one when it has none; refuses an id "
     "that is there.")
{
    return write_record(L, PUT_NEW);
}

BIND(data_patch, PHASE_ACTION | PHASE_JOB,
     "data.patch(kind: string, id: string, changes: table, without?: string[]): table",
     "Puts the members of `changes` in place of the record's and takes those named in "
     "`without` "
     "out; gives the record as it is then. Refuses a record that is not there.")
{
    struct val record;
    struct err err;
    str kind = bind_text(L, 1, "kind");
    str id = bind_text(L, 2, "id");
    struct val changes = map_argument(L, 3, "changes");
    struct val without = lua_istable(L, 4) ? script_value(L, 4) : VAL_ABSENT;
    script_charge(L, WRITE_FUEL);
    if (!action_patch(bind_action(L), kind, id, changes, without, &record, &err))
        return script_raise(L, &err);
    script_push(L, record);
    return 1;
}

BIND(
    data_remove, PHASE_ACTION | PHASE_JOB, "data.remove(kind: string, id: string): nil",
    "Removes a record of the actor's own unit; one that is not there is removed already.")
{
    struct err err;
    str kind = bind_text(L, 1, "kind");
    str id = bind_text(L, 2, "id");
    script_charge(L, WRITE_FUEL);
    if (!action_remove(bind_action(L), kind, id, &err))
        return script_raise(L, &err);
    return 0;
}

const struct binding *const bind_data[] = {
    &binding_data_get,    &binding_data_query,   &binding_data_count,
    &binding_data_put,    &binding_data_insert,  &binding_data_patch,
    &binding_data_remove, &binding_data_updated, NULL
};
