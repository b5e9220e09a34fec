/*
 * store: records in collections, on disk. An ordered map with indexes, snapshots that
 * remember what was read through them, and one serial writer that tells what it changed.
 *
 * Knows nothing of tenants, people or pages. Every key starts with a *space*: the number
 * of the tenant whose record it is; a snapshot is opened for a chain of spaces, the last
 * one its own, and nothing read through it can leave that chain. Words: a *collection* is
 * a name with indexes; a *record* is a map with an "id"; a *read* is an interval of keys;
 * a *change* is a record before and after, with every key it touched. A fragment is out
 * of date exactly when a key of a change lies in an interval it read. Threads: a store is
 * shared; a reader and its snapshot belong to one thread; work runs in the writer's
 * thread. Snapshots are short: milliseconds, never across a wait. One environment is one
 * rhythm of commits; whoever needs several opens several stores. Nothing above assumes
 * the driver (LMDB).
 */
#pragma once
#include "doc/doc.h"

enum {
    STORE_MAX_RECORD = 1 << 20, /* bytes packed */
    STORE_MAX_ID = 64,          /* bytes; letters, digits and - _ . : */
    STORE_MAX_NAME = 48,        /* bytes of a collection's or index's name */
    STORE_MAX_INDEXES = 8,      /* a collection */
    STORE_MAX_FIELDS = 4,       /* an index */
    STORE_MAX_CHAIN = 16,       /* spaces of a snapshot */
    STORE_MAX_ROWS = 1000,      /* of one query */
};

typedef uint32_t store_space;

struct store;
struct store_reader;
struct snap;
struct txn;

/* ---- collections ---- */

struct store_index {
    str name;
    str fields[STORE_MAX_FIELDS]; /* member names; a record is found by the first ones */
    struct key keys[STORE_MAX_FIELDS];
    uint8_t field_count;
    uint8_t number;
    bool unique;    /* no two records of a space share the fields */
    bool clustered; /* records lie beside the others of the same first field: one page of
                       disk holds what a person's page needs. Found by equality of the
                       first field */
};

struct store_collection {
    str name;
    uint16_t number;
    uint8_t index_count;
    struct store_index indexes[STORE_MAX_INDEXES];
    str owner;         /* who brought it; empty: a part of the engine */
    struct val schema; /* as defined; VAL_ABSENT when none */
};

/* ---- opening ---- */

/* Called in the writer before a record is written: may refuse it. */
typedef bool store_gate(void *data, const struct store_collection *collection,
                        struct val record, struct arena *arena, struct err *err);

struct store_config {
    const char *dir; /* made when missing */
    size_t
        limit_bytes;  /* address space reserved; the file grows into it without a stop */
    bool unsafe_fast; /* commits are not flushed: for tests and bulk loading */
    size_t journal_bytes; /* of each of the journal's two files, about; 0: 256 MiB */
    int pause_ms; /* without a write, then what was written goes to the file; 0: 2000 */
    const struct clock *clock;
    store_gate *gate; /* may be NULL */
    void *gate_data;
};

/* Errors: store.in_use (another process has it), store.corrupt, store.dir, store.version.
 */
bool store_open(const struct store_config *config, struct store **ret,
                struct err *err) MUST_CHECK;
/* Waits for the work already given. */
void store_close(struct store *store);
/* The number of the last commit whose observers have all returned. */
uint64_t store_revision(const struct store *store);
/* Waits until the observers of every commit that a snapshot opened before could see have
 * returned: then whatever was made from such a snapshot is known to be stale, or is not.
 * Not in an observer. */
void store_settle(struct store *store);
/* Bytes of the file in use and their limit. */
void store_size(struct store *store, size_t *ret_used, size_t *ret_limit);
/* Writes FOLDER/data.mdb, the store of this moment without its free pages, while others
 * look and write; it is on the disk when this returns. Errors: store.copy. */
bool store_copy(struct store *store, const char *folder, struct err *err) MUST_CHECK;
/* Gives back the memory into which reading much has mapped the file; after a start.
 * Nobody may look or write meanwhile. Errors: store.io. */
bool store_unmap(struct store *store, struct err *err) MUST_CHECK;

/* `definition`: { "name", "owner"?, "schema"?, "indexes": [{ "name", "fields": […],
 * "unique"?, "clustered"? }] }. Adding or changing an index fills it; the same definition
 * again is free, whoever owns it. Errors: store.definition, store.unique, store.owner (it
 * is another's: only its owner, and the engine, may change it). */
bool store_define(struct store *store, struct val definition, struct err *err) MUST_CHECK;
/* Each of a JSON list of definitions: how a module brings its own. */
bool store_define_all(struct store *store, str definitions, struct err *err) MUST_CHECK;
/* NULL when there is none. The result is valid until the store is closed. */
const struct store_collection *store_collection(struct store *store, str name);
const struct store_index *store_index(const struct store_collection *collection,
                                      str name);

/* ---- reads ---- */

/* What was looked at: keys from `lo` up to but without `hi`; exactly `lo` when hi.n is 0.
 */
struct read {
    str lo;
    str hi;
};

/* Grows in its arena. */
struct reads {
    struct arena *arena;
    struct read *items;
    size_t n;
};

/* Appends what was read as a person would say it: "task/17 in 3", "task by due in 3:
 * [1795311000000] to […". */
void store_tell_read(struct store *store, struct read read, struct buf *out);

/* ---- looking ---- */

/* Resources of one thread that looks. */
bool store_reader_open(struct store *store, struct store_reader **ret,
                       struct err *err) MUST_CHECK;
void store_reader_close(struct store_reader *reader);

/* A moment of the store for the spaces `chain` (root first, own last). One a reader at a
 * time. */
bool snap_open(struct store_reader *reader, const store_space *chain, size_t chain_count,
               struct snap **ret, struct err *err) MUST_CHECK;
void snap_close(struct snap *snap);
/* The same moment, another chain: the explicit step to other tenants. NULL-safe to call
 * often; the result dies with `snap`. */
struct snap *snap_for(struct snap *snap, const store_space *chain, size_t chain_count,
                      struct arena *arena);
/* At most store_revision at the moment of opening: what was watched from here misses
 * nothing. */
uint64_t snap_revision(const struct snap *snap);
struct store *snap_store(const struct snap *snap);

/* The record, or VAL_ABSENT. It points into the store: valid until snap_close. `reads`
 * may be NULL: then nothing is remembered. Errors: store.io. */
bool snap_get(struct snap *snap, const struct store_collection *collection, str id,
              struct reads *reads, struct val *ret, struct err *err) MUST_CHECK;
/* The same up the chain: own space first, then its parents. */
bool snap_get_up(struct snap *snap, const struct store_collection *collection, str id,
                 struct reads *reads, struct val *ret, struct err *err) MUST_CHECK;

struct query {
    const struct store_collection *collection;
    const struct store_index *index; /* NULL: by id */
    struct val equals[STORE_MAX_FIELDS];
    uint8_t equals_count;
    struct val from; /* the next field is at least this; VAL_ABSENT: no bound */
    struct val to;   /* … and less than this */
    bool descending;
    bool up;      /* all spaces of the chain, merged in order */
    size_t limit; /* 1 … STORE_MAX_ROWS */
    str after;    /* the `next` of an earlier page, or empty */
};

struct rows {
    struct val list; /* of records; valid until snap_close */
    str next;        /* where the following page starts; empty at the end. In the arena */
};

/* Errors: store.query (too many equals, a clustered index without its first field, a
 * cursor of another query), store.corrupt, store.io. */
bool snap_query(struct snap *snap, const struct query *query, struct arena *arena,
                struct reads *reads, struct rows *ret, struct err *err) MUST_CHECK;
/* How many records match, counted up to `limit`. */
bool snap_count(struct snap *snap, const struct query *query, struct arena *arena,
                struct reads *reads, size_t *ret, struct err *err) MUST_CHECK;

/* ---- writing ---- */

/* Runs in the writer's thread inside a transaction of its own; false undoes all it wrote.
 */
typedef bool store_work(struct txn *txn, void *data, struct err *err);

/* Hands `work` to the writer and waits until it is on disk (and the observers have run).
 * Errors: those of `work`; store.full, store.io, store.closed. */
bool store_write(struct store *store, store_work *work, void *data,
                 struct err *err) MUST_CHECK;

/* The same without waiting: `done(data, ok, err)` runs in the writer's thread. */
void store_write_later(struct store *store, store_work *work,
                       void (*done)(void *data, bool ok, const struct err *err),
                       void *data);

enum put_mode {
    PUT_ANY, /* insert or replace */
    PUT_NEW, /* store.exists when it is there */
    PUT_OLD, /* store.missing when it is not */
};

/* The record's "id" must be a valid id. Errors: store.id, store.exists, store.missing,
 * store.unique, store.large, store.full, and those of the gate. */
bool txn_put(struct txn *txn, store_space space,
             const struct store_collection *collection, struct val record,
             enum put_mode mode, struct err *err) MUST_CHECK;
/* Removing what is not there is done. */
bool txn_remove(struct txn *txn, store_space space,
                const struct store_collection *collection, str id,
                struct err *err) MUST_CHECK;
/* Removes all that the query finds in the space, however many; its `limit`, `after` and
 * `up` do not count. Errors: as snap_query. */
bool txn_remove_all(struct txn *txn, store_space space, const struct query *query,
                    struct err *err) MUST_CHECK;
/* Looking at what the transaction has made so far. */
struct snap *txn_snap(struct txn *txn, const store_space *chain, size_t chain_count);
/* Dies when the whole group is committed and observed. */
struct arena *txn_arena(struct txn *txn);
int64_t txn_now_ms(const struct txn *txn);
struct store *txn_store(const struct txn *txn);
/* Bytes of all records put so far, as they are stored, by all works of the group: only
 * what they grow by means anything. */
size_t txn_bytes(const struct txn *txn);
/* A fresh id, later in order than every id this store gave before: 26 characters, ULID.
 */
str txn_new_id(struct txn *txn);

struct store_counts {
    uint64_t groups;        /* commits */
    uint64_t works;         /* pieces of work in them */
    uint64_t journal_bytes; /* written to the journal */
    uint64_t journal_turns; /* how often it began anew, and the data file was flushed */
};

struct store_counts store_count(const struct store *store);

/* ---- what changed ---- */

struct change {
    store_space space;
    const struct store_collection *collection;
    str id;
    struct val before; /* VAL_ABSENT: was not there */
    struct val after;  /* VAL_ABSENT: removed */
    const str *keys;   /* every key touched, to be met with reads */
    size_t key_count;
};

struct commit {
    uint64_t revision;
    const struct change *changes;
    size_t n;
};

/* `observe` runs in the writer's thread after each commit, before the writers are
 * answered. Register before the first write. */
void store_observe(struct store *store,
                   void (*observe)(void *data, const struct commit *commit), void *data);
