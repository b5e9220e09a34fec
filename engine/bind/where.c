/*
 * `where` of a query: what people filter by, as a block's properties hold it.
 *   { { field = "assignee", is = "$actor.id" }, { field = "due", from = "$now.day",
 *     to = "$now.day+7" } }
 * One condition for each of the index's first fields, in their order; the last may be a
 * range. Texts with $ are as in a load of lookups (package/load.c). It is told from what
 * fits nothing: a filter that finds nothing by mistake looks like one that is right.
 */
#include "inside.h"

#include "schema/schema.h"

struct where {
    struct render_call *call;
    struct scope_query *query;
    struct val schema; /* the collection's */
    str field;         /* whose condition is read */
    struct err *err;
};

static bool misfit(struct where *w, const char *why)
{
    return err_at(w->err, ERR_INPUT, "scope.where", w->field, "where: %s", why);
}

/* ---- values ---- */

/* A date is the day in the unit's zone, a moment is written as records keep it. */
static bool fit_moment(struct where *w, bool is_date, struct val *v)
{
    struct scope *scope = w->call->scope;
    int64_t ms;
    scope_note(scope, VARY_ZONE);
    int offset = scope_offset_min(scope);
    if (!date_parse(val_text(*v), offset, &ms))
        return misfit(w, "this is no moment");
    struct date d = date_at(ms, offset);
    *v = val_str(
        is_date ? arena_format(scope->arena, "%04d-%02d-%02d", d.year, d.month, d.day)
                : scope_iso(scope->arena, ms));
    return true;
}

static bool fit(struct where *w, struct val *v)
{
    struct val property = val_get(val_get(w->schema, STR("properties")), w->field);
    if (!(schema_kinds(w->schema, property) & 1u << v->kind))
        return misfit(w, "the field holds no such value");
    str format = schema_format(w->schema, property);
    bool is_date = str_equal(format, STR("date"));
    if (v->kind == VAL_STR && (is_date || str_equal(format, STR("date-time"))))
        return fit_moment(w, is_date, v);
    return true;
}

/* What names something that is not there stays absent. */
static bool read_value(struct where *w, struct val from, struct val *ret)
{
    struct operand operand;
    if (!operand_read(from, &operand))
        return misfit(w, "such a text with $ means nothing");
    return render_operand(w->call, &operand, ret, w->err)
           && (!val_exists(*ret) || fit(w, ret));
}

/* ---- conditions ---- */

static bool has_known_members(struct where *w, struct val condition)
{
    static const str known[] = { STR_INIT("field"), STR_INIT("is"), STR_INIT("from"),
                                 STR_INIT("to") };
    for (size_t i = 0; i < val_count(condition); i++) {
        str name;
        size_t k = 0;
        val_member(condition, i, &name);
        while (k < COUNT_OF(known) && !str_equal(known[k], name))
            k++;
        if (k == COUNT_OF(known))
            return misfit(w, "a condition has field and is, or field, from and to");
    }
    return true;
}

static bool read_condition(struct where *w, struct val condition, bool is_last)
{
    struct scope_query *q = w->query;
    struct val is = val_get(condition, STR("is"));
    struct val from = val_get(condition, STR("from"));
    struct val to = val_get(condition, STR("to"));
    bool ranges = val_exists(from) || val_exists(to);
    if (!has_known_members(w, condition))
        return false;
    if (!str_equal(val_get_text(condition, STR("field")), w->field))
        return misfit(w, "the index has another field here");
    if (val_exists(is) == ranges || (ranges && !is_last))
        return misfit(w, "each field is something, the last may be from and to");
    return ranges ? read_value(w, from, &q->from) && read_value(w, to, &q->to)
                  : read_value(w, is, &q->equals[q->equals_count++]);
}

static bool read_where(struct where *w, struct val list, struct err *err)
{
    struct snap *snap;
    size_t n = val_count(list);
    if (!n && (!val_exists(list) || list.kind == VAL_LIST))
        return true;
    if (!scope_snap(w->call->scope, &snap, err))
        return false;
    const struct store_collection *collection =
        store_collection(snap_store(snap), w->query->collection);
    const struct store_index *index =
        collection ? store_index(collection, w->query->by) : NULL;
    if (!index) /* the query says what is wrong, but where no index was named */
        return w->query->by.n || misfit(w, "it wants an index: by");
    w->schema = collection->schema;
    if (list.kind != VAL_LIST || n > index->field_count)
        return misfit(w, "it is a list of conditions, one for each field of the index");
    for (size_t i = 0; i < n; i++) {
        w->field = index->fields[i];
        if (!read_condition(w, val_at(list, i), i + 1 == n))
            return false;
    }
    return true;
}

bool bind_where(struct render_call *call, struct val list, struct scope_query *query,
                struct err *err)
{
    struct where w = { .call = call, .query = query, .err = err };
    if (val_count(list)
        && (query->equals_count || val_exists(query->from) || val_exists(query->to)))
        return misfit(&w, "it stands in place of equals, from and to");
    return read_where(&w, list, err);
}
