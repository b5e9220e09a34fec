/* Looking through records, and changing one. */
#include "inside.h"

/* ---- one record ---- */

static bool no_record(const struct data_call *c, str id, struct err *err)
{
    return err_set(err, ERR_MISSING, "data.none", "there is no %.*s %.*s in %.*s",
                   STR_ARG(c->collection), STR_ARG(id), STR_ARG(c->tenant));
}

bool data_get(struct data_call *call, str id, struct val *ret, str *ret_etag,
              struct err *err)
{
    struct house house;
    if (!house_open(call, AUTH_READ_DATA, &house, err)
        || !snap_get(house.snap, house.collection, id, NULL, ret, err))
        return false;
    if (!val_exists(*ret))
        return no_record(call, id, err);
    *ret_etag = data_etag(call->scope->arena, *ret);
    return true;
}

/* ---- lists ---- */

static bool read_typed(struct data_call *c, const struct house *house, str field,
                       const char *parameter, str text, struct val *ret, struct err *err)
{
    const char *wanted;
    struct val schema = house->collection->schema;
    struct val property = val_get(val_get(schema, STR("properties")), field);
    if (!text.p
        || typed_read(c->scope->arena, schema, property, text, house->offset_min, ret,
                      &wanted))
        return true;
    return err_at(err, ERR_INPUT, "data.query", str_of(parameter), "%s", wanted);
}

/* `equals` is one value, or a JSON list of them. */
static bool read_equals(struct data_call *c, const struct house *house, str text,
                        struct query *q, struct err *err)
{
    struct val list;
    if (!text.p)
        return true;
    if (!text.n || text.p[0] != '[') {
        q->equals_count = 1;
        return read_typed(c, house, q->index->fields[0], "equals", text, &q->equals[0],
                          err);
    }
    if (!doc_parse(c->scope->arena, text, &list, err))
        return err_in(err, "equals");
    if (val_count(list) > q->index->field_count)
        return err_at(err, ERR_INPUT, "data.query", STR("equals"),
                      "the index has %d fields", q->index->field_count);
    for (; q->equals_count < val_count(list); q->equals_count++)
        q->equals[q->equals_count] = val_at(list, q->equals_count);
    return true;
}

bool query_read(struct data_call *call, const struct house *house,
                const struct data_query *from, struct query *ret, struct err *err)
{
    *ret = (struct query){ .collection = house->collection,
                           .descending = from->descending,
                           .after = from->after };
    if (!from->by.n) {
        if (from->equals.p || from->from.p || from->to.p)
            return err_at(err, ERR_INPUT, "data.query", STR("by"),
                          "equals, from and to want an index: by");
        return true;
    }
    ret->index = store_index(house->collection, from->by);
    if (!ret->index)
        return err_at(err, ERR_INPUT, "data.index", STR("by"), "%.*s has no index %.*s",
                      STR_ARG(call->collection), STR_ARG(from->by));
    if (!read_equals(call, house, from->equals, ret, err))
        return false;
    if (ret->equals_count == ret->index->field_count)
        return true;
    str next = ret->index->fields[ret->equals_count];
    return read_typed(call, house, next, "from", from->from, &ret->from, err)
           && read_typed(call, house, next, "to", from->to, &ret->to, err);
}

/* One page of the store. The last one asked for is as long as what is still wanted, so
 * that its end is where the rest begins. */
static bool run_page(const struct house *house, struct query *q, const struct sink *sink,
                     size_t *found, struct arena *arena, bool *ret_more, struct err *err)
{
    struct rows rows;
    size_t left = sink->most - *found;
    q->limit = left < STORE_MAX_ROWS ? left : STORE_MAX_ROWS;
    if (!snap_query(house->snap, q, arena, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        struct val record = val_at(rows.list, i);
        bool meant;
        if (!search_finds(house, record, sink->search, &meant, err))
            return false;
        if (!meant)
            continue;
        ++*found;
        if (!sink->each(sink->data, record))
            left = 0;
    }
    q->after = rows.next;
    *ret_more = rows.next.n && *found < sink->most && left;
    return true;
}

bool query_run(struct data_call *call, const struct house *house, struct query *query,
               const struct sink *sink, str *ret_next, struct err *err)
{
    size_t found = 0;
    bool more = true;
    for (size_t scanned = 0; more && (!sink->search.n || scanned < DATA_MAX_SCANNED);
         scanned += query->limit) {
        if (!run_page(house, query, sink, &found, call->scope->arena, &more, err))
            return false;
    }
    *ret_next = query->after;
    return true;
}

struct page {
    struct arena *arena;
    struct val *items;
    size_t n;
};

static bool add_item(void *data, struct val record)
{
    struct page *p = data;
    struct val v = val_with(p->arena, val_map(NULL, 0), STR("etag"),
                            val_str(data_etag(p->arena, record)));
    p->items[p->n++] = val_with(p->arena, v, STR("record"), record);
    return true;
}

bool data_list(struct data_call *call, const struct data_query *query, struct val *ret,
               struct err *err)
{
    struct arena *a = call->scope->arena;
    struct page page = { a, ARENA_ARRAY(a, struct val, query->limit + 1), 0 };
    struct sink sink = { add_item, &page, query->search, query->limit };
    struct house house;
    struct query q;
    str next;
    if (!house_open(call, AUTH_READ_DATA, &house, err)
        || !query_read(call, &house, query, &q, err)
        || !query_run(call, &house, &q, &sink, &next, err))
        return false;
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(page.items, page.n));
    if (next.n)
        *ret = val_with(a, *ret, STR("next"), val_str(next));
    return true;
}

/* ---- changing one ---- */

struct editing {
    struct data_call *call;
    const struct data_edit *edit;
    struct house house;
    struct val after;
};

/* Whoever changes a record has seen it as it is. */
static bool is_as_seen(struct editing *e, struct val before, struct err *err)
{
    const struct data_edit *edit = e->edit;
    if (edit->etag.n && !val_exists(before))
        return no_record(e->call, edit->id, err);
    str now = val_exists(before) ? data_etag(e->call->scope->arena, before) : STR("");
    return str_equal(now, edit->etag)
           || err_set(err, ERR_CONFLICT, "data.changed",
                      "%.*s %.*s is not as you saw it; look at it first",
                      STR_ARG(e->call->collection), STR_ARG(edit->id));
}

static bool changed(struct editing *e, struct val before, struct val *ret,
                    struct err *err)
{
    const struct data_edit *edit = e->edit;
    struct arena *a = e->call->scope->arena;
    *ret = edit->body;
    if (edit->change == DATA_MERGE)
        return doc_merge(a, before, edit->body, ret, err);
    if (edit->change == DATA_PATCH)
        return doc_patch(a, before, edit->body, ret, err);
    return true;
}

static bool name_it(struct editing *e, struct val *record, struct err *err)
{
    str id = e->edit->id;
    struct val has = val_get(*record, STR("id"));
    if (record->kind != VAL_MAP)
        return err_at(err, ERR_INPUT, "data.id", STR(""), "a record is an object");
    if (val_exists(has) && !str_equal(val_text(has), id))
        return err_at(err, ERR_INPUT, "data.id", STR("/id"),
                      "the record's id is %.*s and does not change", STR_ARG(id));
    if (!val_exists(has))
        *record = val_with(e->call->scope->arena, *record, STR("id"), val_str(id));
    return true;
}

static bool put_it(struct txn *txn, struct editing *e, struct val before, struct err *err)
{
    bool fits;
    struct val record;
    struct arena *a = e->call->scope->arena;
    const struct store_collection *collection = e->house.collection;
    if (!changed(e, before, &record, err) || !name_it(e, &record, err))
        return false;
    record = data_moments(a, record, collection->schema, e->house.offset_min);
    if (!data_fits(e->call, &e->house, record, 0, a, &fits, err))
        return false;
    if (!fits)
        return err_at(err, ERR_INPUT, "data.invalid",
                      val_get_text(val_at(e->call->errors, 0), STR("where")),
                      "the record does not fit its collection");
    e->after = val_copy(a, record);
    return txn_put(txn, tenant_of(&e->house.path)->space, collection, record, PUT_ANY,
                   err);
}

static bool tell_edit(struct editing *e, struct txn *txn, struct err *err)
{
    static const str verbs[] = { [DATA_PUT] = STR_INIT("put"),
                                 [DATA_MERGE] = STR_INIT("patch"),
                                 [DATA_PATCH] = STR_INIT("patch"),
                                 [DATA_REMOVE] = STR_INIT("remove") };
    str touched = ARENA_JOIN(txn_arena(txn), e->call->collection, STR("/"), e->edit->id);
    struct audit_entry entry = { .action = verbs[e->edit->change],
                                 .touched = &touched,
                                 .touched_count = 1 };
    return house_told(e->call, &e->house, txn, &entry, err);
}

/* The one who asked waits, so her arena may be used here. */
static bool edit_work(struct txn *txn, void *data, struct err *err)
{
    struct editing *e = data;
    struct val before;
    if (!house_may(e->call, &e->house, txn, AUTH_WRITE_DATA, err)
        || !snap_get(house_snap(&e->house, txn), e->house.collection, e->edit->id, NULL,
                     &before, err)
        || !is_as_seen(e, before, err))
        return false;
    bool good = e->edit->change == DATA_REMOVE
                    ? txn_remove(txn, tenant_of(&e->house.path)->space,
                                 e->house.collection, e->edit->id, err)
                    : put_it(txn, e, before, err);
    return good && tell_edit(e, txn, err);
}

bool data_edit(struct data_call *call, const struct data_edit *edit, struct val *ret,
               str *ret_etag, struct err *err)
{
    struct editing e = { .call = call, .edit = edit, .after = VAL_ABSENT };
    if (!house_open(call, AUTH_WRITE_DATA, &e.house, err))
        return false;
    scope_drop_snap(call->scope);
    if (!store_write(call->data->store, edit_work, &e, err))
        return false;
    *ret = e.after;
    *ret_etag = val_exists(e.after) ? data_etag(call->scope->arena, e.after) : STR("");
    return true;
}
