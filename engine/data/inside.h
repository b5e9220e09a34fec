/* What the files of data share. */
#pragma once
#include "data/data.h"

#include "audit/audit.h"

struct data {
    struct store *store;
    struct packages *packages;
    struct package_gate *gate;
};

/* ---- house.c: the unit, its collections, and who may ---- */

struct house {
    struct tenant_path path;
    struct snap *snap; /* for the unit's chain; dies with the scope's */
    const struct store_collection *collection;
    struct val definition;
    int offset_min;
};

/* Asks who may. */
bool house_open(struct data_call *call, enum auth_right right, struct house *ret,
                struct err *err);
/* Asks again, inside a transaction. */
bool house_may(const struct data_call *call, const struct house *house, struct txn *txn,
               enum auth_right right, struct err *err);
/* The unit's own records, inside a transaction. */
struct snap *house_snap(const struct house *house, struct txn *txn);
/* Leaves in the audit who did what `entry` says, in its transaction: nothing when nothing
 * was touched, or the engine did it, whose runs have their own history. */
bool house_told(const struct data_call *call, const struct house *house, struct txn *txn,
                struct audit_entry *entry, struct err *err);
str data_etag(struct arena *arena, struct val record);

/* ---- errors ---- */

struct data_place {
    str where;  /* JSON pointer */
    size_t row; /* from 1; 0: there are no rows */
    str column; /* may be empty */
};

/* Adds to call->errors, up to DATA_MAX_ERRORS. */
void data_blame(struct data_call *call, const char *code, const struct data_place *place,
                str text);
/* Whether the record fits; everything wrong with it is told. `row` as in a place. */
bool data_fits(struct data_call *call, const struct house *house, struct val record,
               size_t row, struct arena *scratch, bool *ret, struct err *err);

/* ---- records.c: what a query asks ---- */

bool query_read(struct data_call *call, const struct house *house,
                const struct data_query *from, struct query *ret, struct err *err);
/* Calls `each` for at most `most` records that `search` finds, until it says false;
 * `ret_next` is where the rest begins. */
struct sink {
    bool (*each)(void *data, struct val record);
    void *data;
    str search;
    size_t most;
};

bool query_run(struct data_call *call, const struct house *house, struct query *query,
               const struct sink *sink, str *ret_next, struct err *err);

/* ---- search.c ---- */

/* Whether the record holds the text, or shows it; an empty one is held by all. */
bool search_finds(const struct house *house, struct val record, str wanted, bool *ret,
                  struct err *err);

/* ---- typed.c: texts as values of a schema ---- */

/* False: `ret_wanted` says what is. An empty text is absent. */
bool typed_read(struct arena *arena, struct val root, struct val schema, str text,
                int offset_min, struct val *ret, const char **ret_wanted);
/* The text of a value for a cell; guarded where a spreadsheet would run it. */
str typed_text(struct arena *arena, struct val v);

/* ---- rows.c: a body to rows ---- */

struct row {
    struct val record;
    size_t number; /* as told in errors */
    bool bad;
};

struct rows_read {
    struct row *items;
    size_t n;
    size_t bad;
};

bool rows_read(struct data_call *call, const struct house *house,
               const struct data_rows *rows, struct rows_read *ret, struct err *err);
