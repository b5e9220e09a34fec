/* What the files of store share. */
#pragma once
#include "store/store.h"

#include <lmdb.h>
#include <pthread.h>

enum { KEY_MAX = 511 }; /* LMDB's own limit */

/* The three trees, and the first byte of a read that tells them apart. */
enum tree {
    TREE_RECORD, /* space collection id → record */
    TREE_INDEX, /* space collection index fields id → (nothing); unique: without id → id
                 */
    TREE_CLUSTER, /* space first-field collection index other-fields id → record */
    TREE_COUNT,
};

/* Only its first `n` bytes mean anything: copy it with key_copy. */
struct keybuf {
    size_t n;
    bool long_value; /* a field was too long to be kept whole */
    char p[KEY_MAX + 1];
};

/* ---- key.c ---- */

enum { KEY_STRING = 96 }; /* bytes of a string that are kept */

enum {
    TAG_NULL = 0x01,
    TAG_FALSE = 0x02,
    TAG_TRUE = 0x03,
    TAG_NUMBER = 0x05,
    TAG_STRING = 0x06,
    TAG_OTHER = 0x07, /* lists and maps are not ordered; they are found by nobody */
};

void key_start(struct keybuf *key, enum tree tree);
void key_u32(struct keybuf *key, uint32_t x);
void key_u16(struct keybuf *key, uint16_t x);
void key_u8(struct keybuf *key, uint8_t x);
void key_bytes(struct keybuf *key, str s);
/* Appends a value so that bytes order as values do: null, false, true, numbers, strings.
 */
void key_value(struct keybuf *key, struct val v);
/* Appends the id and its length, from which key_id reads it back. */
void key_id_end(struct keybuf *key, str id);
str key_id(str key);
static inline str key_view(const struct keybuf *key)
{
    return (str){ key->p, key->n };
}
/* Without the tree byte, as LMDB sees it. */
static inline MDB_val key_lmdb(const struct keybuf *key)
{
    return (MDB_val){ key->n - 1, (char *)(uintptr_t)(key->p + 1) };
}

static inline void key_copy(struct keybuf *to, const struct keybuf *from)
{
    to->n = from->n;
    memcpy(to->p, from->p, from->n);
}

void key_of_record(struct keybuf *key, store_space space, uint16_t collection, str id);
/* The key of `record` in an index. */
void key_of_index(struct keybuf *key, store_space space, const struct store_collection *c,
                  const struct store_index *index, struct val record, str id);
/* The common start of all keys whose first `n` fields are `equals`. */
void key_of_prefix(struct keybuf *key, store_space space,
                   const struct store_collection *c, const struct store_index *index,
                   const struct val *equals, size_t n);
enum tree index_tree(const struct store_index *index);

/* ---- catalog.c ---- */

struct catalog {
    struct catalog *older; /* kept until the store closes: pointers into it stay valid */
    struct store_collection **by_slot; /* open hash by name */
    size_t slots;
    size_t n;
    uint16_t last_number;
};

struct store {
    MDB_env *env;
    MDB_dbi trees[TREE_COUNT];
    MDB_dbi definitions;
    struct journal *journal; /* NULL: LMDB flushes, or nobody does */
    int lock_fd;
    struct store_config config;
    struct catalog *catalog; /* atomic; immutable once published */
    uint64_t observed;       /* atomic: last commit whose observers have returned */
    uint64_t settled;        /* atomic: the same, also of commits without records */
    struct {
        void (*observe)(void *, const struct commit *);
        void *data;
    } observers[8];
    size_t observer_count;
    struct arena *kept; /* collections, for the store's life */
    struct writer *writer;
    uint8_t last_id[16];        /* the writer's: the number of the newest id */
    struct store_counts counts; /* atomics */
};

bool catalog_load(struct store *store, struct err *err);
struct catalog *catalog_now(const struct store *store);

/* ---- env.c ---- */

/* Turns an LMDB code into an error; always false. */
bool lmdb_failed(struct err *err, int rc, const char *doing);

/* ---- data_file.c ---- */

/* Removes a file in which no commit ever was: the power may go while it is being made,
 * when it has room for its two meta pages at most, and of each nothing but zeros, or one
 * that no commit has written. False when it is another one. */
bool data_file_remove_unfinished(const char *dir);
/* A file cut short would raise SIGBUS at the first look behind its end. Errors:
 * store.corrupt, store.io. */
bool data_file_check_length(MDB_env *env, struct err *err) MUST_CHECK;

/* ---- snap.c ---- */

struct snap {
    struct store *store;
    struct store_reader *reader; /* NULL inside a transaction */
    MDB_txn *txn;
    MDB_cursor *cursors[TREE_COUNT]; /* of a transaction, opened when first needed */
    struct snap *base;               /* whose txn and cursors these are */
    uint64_t revision;
    size_t chain_count;
    store_space chain[STORE_MAX_CHAIN];
};

void reads_add(struct reads *reads, str lo, str hi);

/* ---- writer.c, txn.c ---- */

struct txn {
    struct store *store;
    MDB_txn *lmdb;
    struct arena *arena;
    struct change *changes;
    size_t n;
    size_t cap;
    size_t bytes;     /* of records, packed */
    struct snap snap; /* of txn_snap */
};

/* The entry of one record in one index. Entries of a unique index need their first field.
 */
bool index_put(struct txn *txn, const struct store_collection *c,
               const struct store_index *index, store_space space, str id,
               struct val record, str packed, struct err *err);
bool index_remove(struct txn *txn, const struct store_collection *c,
                  const struct store_index *index, store_space space, str id,
                  struct val record, struct err *err);
bool index_holds(const struct store_index *index, struct val record);
/* Takes back the newest changes, down to the first `kept`. False: the store failed. */
bool txn_undo(struct txn *txn, size_t kept);
/* Closes what reading opened; cursors must not outlive their transaction. */
void txn_close_snap(struct txn *txn);

struct writer *writer_open(struct store *store);
void writer_close(struct writer *writer);
/* store_write for work that writes more than records. */
bool writer_run_apart(struct store *store, store_work *work, void *data,
                      struct err *err) MUST_CHECK;
