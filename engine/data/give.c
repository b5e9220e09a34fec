/* Giving out many records: CSV, JSON, a JSON value a line. */
#include "inside.h"

struct giving {
    struct data_call *call;
    enum data_format format;
    struct buf *out;
    struct val properties; /* the columns */
    size_t n;
};

static struct val columns_of(const struct house *house)
{
    return val_get(house->collection->schema, STR("properties"));
}

static void put_cells(struct giving *g, struct val record)
{
    size_t n = val_count(g->properties);
    for (size_t i = 0; i < n; i++) {
        str name;
        val_member(g->properties, i, &name);
        str text = val_exists(record)
                       ? typed_text(g->call->scope->arena, val_get(record, name))
                       : name;
        csv_write(g->out, text, i + 1 == n);
    }
}

static bool give_one(void *data, struct val record)
{
    struct giving *g = data;
    if (g->format == DATA_CSV)
        put_cells(g, record);
    if (g->format == DATA_JSON && g->n)
        buf_char(g->out, ',');
    if (g->format != DATA_CSV)
        doc_write(g->out, record, DOC_PLAIN);
    if (g->format == DATA_NDJSON)
        buf_char(g->out, '\n');
    g->n++;
    return !g->out->full;
}

/* A collection whose schema names no members has the one it must have. */
static struct val columns_or_id(struct arena *a, struct val properties)
{
    return val_count(properties) ? properties
                                 : val_with(a, val_map(NULL, 0), STR("id"), val_null());
}

bool data_give(struct data_call *call, const struct data_query *query,
               enum data_format format, struct buf *out, str *ret_next, struct err *err)
{
    struct house house;
    struct query q;
    struct giving g = { .call = call, .format = format, .out = out };
    struct sink sink = { give_one, &g, query->search, query->limit };
    if (!house_open(call, AUTH_READ_DATA, &house, err)
        || !query_read(call, &house, query, &q, err))
        return false;
    g.properties = columns_or_id(call->scope->arena, columns_of(&house));
    if (format == DATA_CSV && !query->after.n)
        put_cells(&g, VAL_ABSENT);
    if (format == DATA_JSON)
        buf_char(out, '[');
    if (!query_run(call, &house, &q, &sink, ret_next, err))
        return false;
    if (format == DATA_JSON)
        buf_char(out, ']');
    return !out->full
           || err_set(err, ERR_LIMIT, "data.large",
                      "these records are too many bytes at once; ask for fewer: limit");
}
