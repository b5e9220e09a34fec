/* Records: decode, one call of data, encode. */
#include "inside.h"

static const struct {
    str name;
    const char *type;
    str other_type;
    enum data_format format;
} formats[] = {
    { STR_INIT("json"), "application/json", STR_INIT("application/json"), DATA_JSON },
    { STR_INIT("ndjson"), "application/x-ndjson", STR_INIT("application/ndjson"),
      DATA_NDJSON },
    { STR_INIT("csv"), "text/csv; charset=utf-8", STR_INIT("text/csv"), DATA_CSV },
};

static bool flag_of(const struct call *c, const char *name)
{
    str text = http_query(c->request, name);
    return str_equal(text, STR("1")) || str_equal(text, STR("true"));
}

/* A parameter that is one of two words; false for the first, also without it. */
static bool choice_of(const struct call *c, const char *name, const char *first,
                      const char *second, bool *ret, struct err *err)
{
    str text = http_query(c->request, name);
    *ret = str_equal(text, str_of(second));
    return *ret || !text.p || str_equal(text, str_of(first))
           || err_at(err, ERR_INPUT, "desk.query", str_of(name), "%s or %s is wanted",
                     first, second);
}

/* ---- looking ---- */

bool desk_collections(struct call *c, struct val *ret, struct err *err)
{
    return data_collections(&c->data, ret, err);
}

static bool query_of(const struct call *c, int64_t most, struct data_query *ret,
                     struct err *err)
{
    const struct http_request *r = c->request;
    int64_t limit;
    if (!call_query_int(c, "limit", most, most, &limit, err))
        return false;
    *ret = (struct data_query){ .by = http_query(r, "by"),
                                .equals = http_query(r, "equals"),
                                .from = http_query(r, "from"),
                                .to = http_query(r, "to"),
                                .search = http_query(r, "q"),
                                .descending = flag_of(c, "descending"),
                                .limit = (size_t)limit,
                                .after = http_query(r, "after") };
    return true;
}

static bool give(struct call *c, size_t which, struct err *err)
{
    struct arena *a = c->request->arena;
    struct data_query query;
    struct buf out;
    str next;
    if (!query_of(c, DATA_MAX_EXPORT_ROWS, &query, err))
        return false;
    buf_init(&out, DATA_MAX_EXPORT_BYTES);
    if (flag_of(c, "bom") && formats[which].format == DATA_CSV && !query.after.n)
        buf_str(&out, STR("\xEF\xBB\xBF"));
    bool good = data_give(&c->data, &query, formats[which].format, &out, &next, err);
    if (good && next.n)
        http_set(c->request, "X-Next", next);
    if (good) {
        str name = arena_format(a, "attachment; filename=\"%.*s.%.*s\"",
                                STR_ARG(c->names[0]), STR_ARG(formats[which].name));
        http_set(c->request, "Content-Disposition", name);
        call_send(c, 200, formats[which].type, buf_view(&out));
    }
    buf_done(&out);
    return good;
}

bool desk_records(struct call *c, struct val *ret, struct err *err)
{
    struct data_query query;
    str as = http_query(c->request, "as");
    *ret = VAL_ABSENT;
    for (size_t i = 0; as.p && i < COUNT_OF(formats); i++) {
        if (str_equal(as, formats[i].name))
            return give(c, i, err);
    }
    if (as.p)
        return err_at(err, ERR_INPUT, "desk.query", STR("as"),
                      "json, ndjson or csv is wanted");
    return query_of(c, DESK_MAX_PAGE, &query, err)
           && data_list(&c->data, &query, ret, err);
}

bool desk_record(struct call *c, struct val *ret, struct err *err)
{
    struct val record;
    str etag;
    *ret = VAL_ABSENT;
    if (!data_get(&c->data, c->names[1], &record, &etag, err))
        return false;
    call_answer_as(c, 200, etag, record);
    return true;
}

/* ---- changing one ---- */

static bool parse_body(struct call *c, struct data_edit *edit, struct err *err)
{
    return edit->change == DATA_REMOVE
           || doc_parse(c->request->arena, c->request->body, &edit->body, err);
}

static bool change_one(struct call *c, enum data_change change, struct val *ret,
                       struct err *err)
{
    struct data_edit edit = { .change = change, .id = c->names[1], .body = VAL_ABSENT };
    struct val record;
    str etag;
    *ret = VAL_ABSENT;
    if (!call_seen(c, &edit.etag, err) || !parse_body(c, &edit, err)
        || !data_edit(&c->data, &edit, &record, &etag, err))
        return false;
    if (change == DATA_REMOVE)
        call_send(c, 204, NULL, STR(""));
    else
        call_answer_as(c, edit.etag.n ? 200 : 201, etag, record);
    return true;
}

bool desk_put(struct call *c, struct val *ret, struct err *err)
{
    if (!door_has_type(c->request, STR("application/json")))
        return err_set(err, ERR_INPUT, "desk.type", "JSON is wanted");
    return change_one(c, DATA_PUT, ret, err);
}

bool desk_patch(struct call *c, struct val *ret, struct err *err)
{
    if (door_has_type(c->request, STR("application/merge-patch+json")))
        return change_one(c, DATA_MERGE, ret, err);
    if (door_has_type(c->request, STR("application/json-patch+json")))
        return change_one(c, DATA_PATCH, ret, err);
    return err_set(err, ERR_INPUT, "desk.type",
                   "application/merge-patch+json or application/json-patch+json is "
                   "wanted");
}

bool desk_remove(struct call *c, struct val *ret, struct err *err)
{
    return change_one(c, DATA_REMOVE, ret, err);
}

/* ---- taking in many ---- */

static bool format_of(const struct call *c, enum data_format *ret, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        *ret = formats[i].format;
        if (door_has_type(c->request, formats[i].other_type)
            || door_has_type(c->request, str_of(formats[i].type)))
            return true;
    }
    return err_set(err, ERR_INPUT, "desk.type",
                   "application/json, application/x-ndjson or text/csv is wanted");
}

bool desk_take(struct call *c, struct val *ret, struct err *err)
{
    str key = http_query(c->request, "key");
    struct data_rows rows = { .body = c->request->body,
                              .key = key.p ? key : STR(""),
                              .list = VAL_ABSENT,
                              .idempotency = http_header(c->request, "Idempotency-Key") };
    if (!format_of(c, &rows.format, err)
        || !choice_of(c, "mode", "replace", "merge", &rows.merge, err)
        || !choice_of(c, "errors", "refuse", "skip", &rows.skip, err))
        return false;
    if (rows.idempotency.n > DATA_MAX_KEY)
        return err_at(err, ERR_INPUT, "desk.query", STR("Idempotency-Key"),
                      "a key has at most %d bytes", DATA_MAX_KEY);
    if (!data_take(&c->data, &rows, ret, err))
        return false;
    *ret = val_with(c->request->arena, *ret, STR("errors"),
                    call_worded(c, val_get(*ret, STR("errors"))));
    return true;
}
