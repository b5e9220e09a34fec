/*
 * A ledger in a store, for tests that stop or starve the process that writes it. Entry n
 * is two records and the count of all entries, written in one transaction; whoever reads
 * it afterwards can tell a lost entry from a half one.
 */
#pragma once
#include "store/store.h"

struct ledger {
    struct store *store;
    struct store_reader *reader;
};

/* `why` gets the code of the error. */
bool ledger_open(struct ledger *l, const char *dir, struct err *err);
void ledger_close(struct ledger *l);
/* Writes the next entry; its number is in `ret`. May be called from several threads. */
bool ledger_write(struct ledger *l, int64_t *ret, struct err *err);
/* True when entries 1 to the count are all there, whole, found by id and by index, and
 * the count is at least `acknowledged`; says what is wrong otherwise. */
bool ledger_is_whole(struct ledger *l, int64_t acknowledged, int64_t *ret_count);

/* A folder of its own under the system's temporary one, and its end. */
void ledger_make_dir(char dir[64]);
void ledger_remove_dir(const char *dir);
