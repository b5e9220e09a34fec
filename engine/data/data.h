/*
 * data: the records of packages' collections, for whoever feeds a unit: looking through
 * them, changing one, taking in and giving out many.
 *
 * Knows the collections that packages define, and of its own "freshness" (when a
 * collection of a unit last took something in) and "receipt" (the reply to a request that
 * may come again); nothing of HTTP. Who may, it asks auth, again inside each transaction.
 * All is done to the own records of one unit, never to another's. Every record passes its
 * collection's schema; what is wrong is listed in `errors`, each with its pointer.
 * An *etag* names a record's content: who changes one says which she saw. What many rows
 * do is said at data_take. Threads: a `struct data` is shared, a `struct data_call`
 * belongs to one. No call holds a snapshot while it waits for the writer.
 */
#pragma once
#include "package/package.h"
#include "scope/scope.h"

enum {
    DATA_MAX_ERRORS = 100,            /* listed of one request */
    DATA_MAX_SCANNED = 5000,          /* records looked through in one search */
    DATA_MAX_ROWS = 100000,           /* taken in at once */
    DATA_MAX_COLUMNS = 200,           /* of CSV */
    DATA_MAX_KEY = 200,               /* bytes of an idempotency key */
    DATA_MAX_EXPORT_ROWS = 20000,     /* given out at once */
    DATA_MAX_EXPORT_BYTES = 16 << 20, /* the same in bytes */
    DATA_CHUNK_ROWS = 1000,           /* written in one transaction */
    DATA_RECEIPT_S = 24 * 3600,       /* how long a reply is kept */
};

struct data;

struct data_config {
    struct store *store;
    struct packages *packages;
    struct package_gate *gate;
};

/* Defines the collections; again is free. */
bool data_setup(struct store *store, struct err *err) MUST_CHECK;
struct data *data_open(const struct data_config *config);
void data_close(struct data *data);

/* Whoever asks, at one collection of one unit. */
struct data_call {
    struct data *data;
    struct scope *scope;
    struct script_worker *worker;
    str tenant;
    str collection;
    str token;         /* the id of the token that asks; empty: the scope's viewer … */
    str system;        /* … or the engine itself, by this name; asks nobody */
    struct val errors; /* what is wrong: { code, where, detail, row?, column? } */
};

/* All calls fail with tenant.none, data.collection (no package defines it for the unit),
 * auth.right. Results are documents in the scope's arena. */

/* { tenant, items: [{ name, title, schema, indexes, fresh? }] } */
bool data_collections(struct data_call *call, struct val *ret,
                      struct err *err) MUST_CHECK;

struct data_query {
    str by;     /* an index; empty: by id */
    str equals; /* its first field, or a JSON list of its first fields */
    str from;   /* the next field is at least this; p == NULL: no bound */
    str to;     /* … and less than this */
    str search; /* a text that some member holds or shows: what a record is called that it
                   names, the title of one of a few values; empty: all */
    bool descending;
    size_t limit;
    str after; /* the `next` of an earlier page, or empty */
};

/* { items: [{ etag, record }], next? }. A search looks at DATA_MAX_SCANNED records and
 * may give a short page with `next`. Errors: data.index, data.query. */
bool data_list(struct data_call *call, const struct data_query *query, struct val *ret,
               struct err *err) MUST_CHECK;

/* Errors: data.none. */
bool data_get(struct data_call *call, str id, struct val *ret, str *ret_etag,
              struct err *err) MUST_CHECK;

enum data_change { DATA_PUT, DATA_MERGE, DATA_PATCH, DATA_REMOVE };

struct data_edit {
    enum data_change change;
    str id;
    str etag;        /* of the record as it was seen; empty: there was none */
    struct val body; /* the record, the merge patch or the JSON Patch */
};

/* `ret` is the record after it, or absent. Errors: data.changed (it is not as it was
 * seen), data.none, data.id (the record names another), data.invalid (see `errors`),
 * doc.patch, store.unique. */
bool data_edit(struct data_call *call, const struct data_edit *edit, struct val *ret,
               str *ret_etag, struct err *err) MUST_CHECK;

enum data_format { DATA_JSON, DATA_NDJSON, DATA_CSV };

/* Appends what data_list would give; `ret_next` is where the rest begins. CSV has a line
 * of names on its first page; a text that a spreadsheet would take for a formula gets a
 * ' in front, which data_take takes away. Errors: as data_list; data.large. */
bool data_give(struct data_call *call, const struct data_query *query,
               enum data_format format, struct buf *out, str *ret_next,
               struct err *err) MUST_CHECK;

struct data_rows {
    enum data_format format;
    str body;
    struct val list; /* in place of a body: the rows */
    str key;         /* members that name a record, with commas; empty: its id */
    bool merge;      /* into the record that is there; otherwise in its place */
    bool skip;       /* leave out bad rows; otherwise one bad row refuses all */
    bool only_check; /* write nothing: tell how many rows are good, and what is wrong */
    str idempotency; /* the same again gives the same reply; empty: none */
};

/* Takes in rows: { rows, created, updated, unchanged, skipped, errors, at }. A row takes
 * the place of the record it names, or is a new one; a row that names none gets an id.
 * Every row is checked before the first is written. Up to DATA_CHUNK_ROWS are written in
 * one transaction, all or none; more in several, in their order, so that others are
 * written between them: sending all again completes what a stop cut short. The reply is
 * kept in the last transaction. CSV: a line of names first, members or their titles;
 * values are read as the schema says, an empty one is left out.
 * Errors: data.syntax, data.column, data.key (the key is no index), data.rows (see
 * `errors`), data.large, data.again (the same idempotency key with another request). */
bool data_take(struct data_call *call, const struct data_rows *rows, struct val *ret,
               struct err *err) MUST_CHECK;

/* Moments of date-time members are written in UTC, so that they order as texts. */
struct val data_moments(struct arena *arena, struct val record, struct val schema,
                        int offset_min);

/* What people call a record: its "title", "name" or "text", a text or one by language;
 * absent when it has none. */
struct val data_title(struct val record);

/* ---- CSV (RFC 4180), for tests: a reader that holds nothing ---- */

struct csv {
    str rest;            /* not yet read */
    size_t row;          /* of the file, from 1; line ends inside quotes start none */
    struct arena *arena; /* of cells with quotes in them */
};

enum csv_step { CSV_ROW, CSV_END, CSV_BAD };

/* The next row's cells; rows without any character are passed over. CSV_BAD: data.syntax.
 */
enum csv_step csv_next(struct csv *csv, str *cells, size_t room, size_t *ret_count,
                       struct err *err);
/* Appends one cell, in quotes where it needs them. */
void csv_write(struct buf *out, str text, bool last);
