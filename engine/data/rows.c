/* A body as rows: JSON, a JSON value a line, CSV. A row that cannot be read is told and
 * marked; only what makes all the rest unreadable ends it. */
#include "inside.h"

struct reading {
    struct data_call *call;
    const struct house *house;
    struct rows_read *rows;
    size_t room;
    struct err *err;
};

static bool add_row(struct reading *r, struct val record, size_t number, bool bad)
{
    struct rows_read *rows = r->rows;
    if (rows->n == DATA_MAX_ROWS)
        return err_set(r->err, ERR_LIMIT, "data.large",
                       "at most %d rows are taken in at once", DATA_MAX_ROWS);
    if (rows->n == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct row *grown = ARENA_ARRAY(r->call->scope->arena, struct row, room);
        if (rows->n)
            memcpy(grown, rows->items, rows->n * sizeof *grown);
        rows->items = grown;
        r->room = room;
    }
    rows->items[rows->n++] = (struct row){ record, number, bad };
    rows->bad += bad;
    return true;
}

static bool add_record(struct reading *r, struct val record, size_t number)
{
    bool good = record.kind == VAL_MAP;
    struct data_place place = { .where = STR(""), .row = number };
    if (!good)
        data_blame(r->call, "data.invalid", &place, STR("a row is an object"));
    return add_row(r, record, number, !good);
}

static bool read_list(struct reading *r, struct val list)
{
    for (size_t i = 0; i < val_count(list); i++) {
        if (!add_record(r, val_at(list, i), i + 1))
            return false;
    }
    return true;
}

/* ---- JSON ---- */

static bool read_json(struct reading *r, str body)
{
    struct val v;
    struct err why;
    if (!doc_parse(r->call->scope->arena, body, &v, &why))
        return err_at(r->err, ERR_INPUT, "data.syntax", str_of(why.where), "%s",
                      why.text);
    return v.kind == VAL_LIST ? read_list(r, v) : add_record(r, v, 1);
}

static bool read_line(struct reading *r, str line, size_t number)
{
    struct val v;
    struct err err;
    if (doc_parse(r->call->scope->arena, line, &v, &err))
        return add_record(r, v, number);
    struct data_place place = { .where = STR(""), .row = number };
    data_blame(r->call, "data.syntax", &place, str_of(err.text));
    return add_row(r, VAL_ABSENT, number, true);
}

static bool read_lines(struct reading *r, str body)
{
    for (size_t number = 1; body.p && body.n; number++) {
        str line = str_trim(str_cut(body, '\n', &body));
        if (line.n && !read_line(r, line, number))
            return false;
    }
    return true;
}

/* ---- CSV ---- */

struct columns {
    str names[DATA_MAX_COLUMNS];
    struct val schemas[DATA_MAX_COLUMNS];
    size_t n;
};

static bool has_title(struct val property, str text)
{
    str name;
    struct val title = val_get(property, STR("title"));
    if (str_equal(val_text(title), text))
        return true;
    for (size_t i = 0; i < val_count(title); i++) {
        if (str_equal(val_text(val_member(title, i, &name)), text))
            return true;
    }
    return false;
}

/* The member that a heading names, by its name or one of its titles. */
static bool find_column(struct val properties, str heading, str *ret_name,
                        struct val *ret)
{
    *ret = val_get(properties, heading);
    *ret_name = heading;
    if (val_exists(*ret))
        return true;
    for (size_t i = 0; i < val_count(properties); i++) {
        *ret = val_member(properties, i, ret_name);
        if (has_title(*ret, heading))
            return true;
    }
    return false;
}

static bool has_column(const struct columns *columns, str name)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (str_equal(columns->names[i], name))
            return true;
    }
    return false;
}

static bool read_columns(struct reading *r, struct csv *csv, struct columns *ret)
{
    size_t n;
    str cells[DATA_MAX_COLUMNS];
    struct val properties = val_get(r->house->collection->schema, STR("properties"));
    enum csv_step step = csv_next(csv, cells, DATA_MAX_COLUMNS, &n, r->err);
    if (step == CSV_END)
        return err_set(r->err, ERR_INPUT, "data.syntax",
                       "CSV begins with a line of names");
    if (step == CSV_BAD)
        return false;
    for (ret->n = 0; ret->n < n; ret->n++) {
        str heading = str_trim(cells[ret->n]);
        str *name = &ret->names[ret->n];
        if (!find_column(properties, heading, name, &ret->schemas[ret->n]))
            return err_at(r->err, ERR_INPUT, "data.column", heading,
                          "%.*s has no member of this name or title",
                          STR_ARG(r->call->collection));
        if (has_column(ret, *name))
            return err_at(r->err, ERR_INPUT, "data.column", heading,
                          "this column is there twice");
    }
    return true;
}

static bool read_cell(struct reading *r, const struct columns *columns, size_t i,
                      str text, size_t row, struct val *ret)
{
    const char *wanted;
    struct arena *a = r->call->scope->arena;
    struct buf where;
    if (typed_read(a, r->house->collection->schema, columns->schemas[i], text,
                   r->house->offset_min, ret, &wanted))
        return true;
    buf_init(&where, 1 << 12);
    doc_pointer_add(&where, columns->names[i]);
    struct data_place place = { buf_view(&where), row, columns->names[i] };
    data_blame(r->call, "data.value", &place, str_of(wanted));
    buf_done(&where);
    return false;
}

static bool read_cells(struct reading *r, const struct columns *columns, const str *cells,
                       size_t n, size_t row)
{
    struct arena *a = r->call->scope->arena;
    struct member *members = ARENA_ARRAY(a, struct member, columns->n);
    size_t kept = 0;
    bool good = n == columns->n;
    if (!good) {
        struct data_place place = { .where = STR(""), .row = row };
        data_blame(r->call, "data.value", &place,
                   arena_format(a, "the row has %zu cells where there are %zu columns", n,
                                columns->n));
    }
    for (size_t i = 0; i < n && i < columns->n; i++) {
        struct val v;
        if (!read_cell(r, columns, i, cells[i], row, &v))
            good = false;
        else if (val_exists(v))
            members[kept++] = (struct member){ columns->names[i], v };
    }
    return add_row(r, val_map(members, kept), row, !good);
}

static bool read_csv(struct reading *r, str body)
{
    static const str mark = STR_INIT("\xEF\xBB\xBF");
    str cells[DATA_MAX_COLUMNS];
    size_t n;
    enum csv_step step;
    struct csv csv = { .rest = body, .arena = r->call->scope->arena };
    struct columns *columns = ARENA_NEW(csv.arena, struct columns);
    if (str_starts(body, mark))
        csv.rest = (str){ body.p + mark.n, body.n - mark.n };
    if (!read_columns(r, &csv, columns))
        return false;
    while ((step = csv_next(&csv, cells, DATA_MAX_COLUMNS, &n, r->err)) == CSV_ROW) {
        if (!read_cells(r, columns, cells, n, csv.row))
            return false;
    }
    return step == CSV_END;
}

bool rows_read(struct data_call *call, const struct house *house,
               const struct data_rows *rows, struct rows_read *ret, struct err *err)
{
    struct reading r = { .call = call, .house = house, .rows = ret, .err = err };
    *ret = (struct rows_read){ .n = 0 };
    if (rows->list.kind == VAL_LIST)
        return read_list(&r, rows->list);
    if (!str_is_text(rows->body))
        return err_set(err, ERR_INPUT, "data.syntax",
                       "the text is not UTF-8; save the table as CSV UTF-8");
    if (rows->format == DATA_CSV)
        return read_csv(&r, rows->body);
    return rows->format == DATA_NDJSON ? read_lines(&r, rows->body)
                                       : read_json(&r, rows->body);
}
