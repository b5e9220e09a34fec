/*
 * The journal: what a commit writes, in a row, so that it is on the disk after one write.
 *
 * LMDB writes each page of a commit where it belongs, and a flush of 200 pages that lie
 * apart takes a disk ten times as long as the same bytes in a row. So LMDB is told not to
 * flush, and its writes pass through here: they are gathered, and before the one write
 * that makes the commit seen, that of a meta page, all of them are on the disk as a
 * *record* of the journal. The pages themselves go into memory over the data file's, the
 * *overlay*, and from there to the data file, which is flushed, once for many commits, by
 * a thread of its own. After a crash the records are written into the data file again, in
 * order: what a page was last is what it is.
 *
 * Two files take turns, `journal-0` and `journal-1`; each turn is a *generation*. One may
 * be begun anew when the data file has been flushed since its generation ended. A closed
 * store has none.
 *
 *   file    record 0, which holds both meta pages as they were, record 1, …
 *   record  struct record, its entries, zeros up to JOURNAL_BLOCK
 *   entry   struct entry, the bytes
 *
 * Numbers are in the machine's order, as LMDB's are. Threads: the writer's, and one that
 * flushes.
 */
#pragma once
#include "store/store.h"

#include <sys/types.h>

enum {
    JOURNAL_BLOCK = 4096,          /* records begin at its multiples */
    JOURNAL_RECORD_MAX = 16 << 20, /* bytes; what is larger is flushed in place */
    JOURNAL_FILES = 2,
    JOURNAL_PAGE_MAX = 32 << 10, /* bytes of the data file's pages */
    JOURNAL_PAUSES = 30,         /* without a write: then memory goes back */
    OVERLAY_PUT = 64 << 20,      /* bytes of pages in a generation; then it ends */
    OVERLAY_KEPT = 256 << 20,    /* bytes of pages that are kept when it has ended */
};

#define JOURNAL_MAGIC UINT64_C(0x316a6e6e61626e69) /* "inbannj1" */

struct record {
    uint64_t magic;
    uint64_t hash;       /* of all that follows, entries included: XXH3 */
    uint64_t generation; /* from 1 */
    uint64_t number;     /* within the generation, from 0 */
    uint64_t bytes;      /* of entries */
    uint64_t before;     /* records of the generation before this one */
    uint64_t flags;
    uint64_t meta_bytes; /* of the data file's two meta pages */
    uint64_t salt;       /* by chance, the same in all records of both files: what others
                            stored can be no record. Seeds the hash */
};

enum record_flags {
    RECORD_BASE = 1,    /* the data file held all that came before */
    RECORD_SETTLED = 2, /* it holds the generation before this one: the other file may be
                           begun anew */
};

struct entry {
    uint64_t at; /* in the data file */
    uint64_t n;
};

static inline uint64_t record_size(uint64_t bytes)
{
    uint64_t size = sizeof(struct record) + bytes;
    return (size + JOURNAL_BLOCK - 1) / JOURNAL_BLOCK * JOURNAL_BLOCK;
}

/* ---- journal_file.c ---- */

uint64_t record_hash(const struct record *record, const char *entries);
/* pwrite of all of it; else `errno` says why. */
bool write_whole(int fd, const char *p, size_t n, off_t at) MUST_CHECK;
/* store.io, or store.full, of an errno; always false. */
bool journal_failed(int error, struct err *err, const char *doing);
/* DIR/journal-NUMBER */
void journal_path(char path[4096], const char *dir, int number);
/* A new file, whose writes are on the disk when they return; -1: `errno` says why.
 * `zeros` is a page of them. */
int journal_file_open(const char *dir, int number, const char *zeros);
bool journal_flush_dir(const char *dir);
/* Removes the files and makes that last; file number `newer` after the other, for it may
 * be written into the data file once more, but the other without it may not. */
bool journal_remove(const char *dir, int newer, struct err *err);

/* ---- journal.c ---- */

struct journal;

/* From now on commits of the environment whose file is `data_fd` are journaled, in files
 * of about `bytes`; `page` is at most JOURNAL_PAGE_MAX. Errors: store.io, store.full. */
bool journal_open(const char *dir, int data_fd, size_t page, size_t bytes,
                  struct journal **ret, struct err *err) MUST_CHECK;
/* From now on their pages lie over the data file's, in its map, until the file gets them.
 * Nobody may look or write meanwhile. */
void journal_lay_over(struct journal *journal, char *map, size_t size);
/* Flushes the data file and removes the journal, unless the disk failed: then it stays
 * for the next opening. */
void journal_close(struct journal *journal);
/* Gives back the memory into which reading has mapped the data file. Nobody may look or
 * write meanwhile. */
void journal_unmap(struct journal *journal);
/* Nothing has been written for that many pauses in a row: what was goes to the data file,
 * and after JOURNAL_PAUSES its memory back. True when there is no more to do. The
 * writer's thread. */
bool journal_rest(struct journal *journal, int pauses);

/* One write of LMDB's: a page of a commit, or a meta page, which ends it. As pwrite. */
ssize_t journal_write(struct journal *journal, const void *p, size_t n, off_t at);

/* Of its life so far; from any thread. */
void journal_count(const struct journal *journal, uint64_t *ret_bytes,
                   uint64_t *ret_turns);

/* ---- overlay.c ---- */

struct overlay;

/* Without a map pages are written where they belong, each by a call. */
struct overlay *overlay_open(int data_fd, size_t page);
void overlay_close(struct overlay *overlay);
/* Over the data file's map of `size` bytes, unless there is no memory for that. LMDB
 * unmaps it. */
void overlay_map(struct overlay *overlay, char *map, size_t size);
/* Pages of a commit; without `holds` those that the overlay does not hold go to the file
 * at once. False: `errno` says why. The writer's thread. */
bool overlay_put(struct overlay *overlay, const char *p, size_t n, off_t at,
                 bool holds) MUST_CHECK;
/* As many were put since the last turn as should be. */
bool overlay_is_full(struct overlay *overlay);
/* Ends a generation; the one before it has been written. The writer's thread. */
void overlay_turn(struct overlay *overlay);
/* The pages of the generation that ended last go to the file. Any thread, one at a time,
 * not during a turn. */
bool overlay_write(struct overlay *overlay) MUST_CHECK;
/* Gives back the memory of all that the data file has, not during a write. The writer's
 * thread. */
void overlay_drop(struct overlay *overlay);
/* The map forgets what it shows of the file. */
void overlay_unmap(struct overlay *overlay);

/* ---- passage.c ---- */

/* False when LMDB's writes to this file do not pass through here, as when it is linked
 * statically: then it must flush itself. */
bool passage_works(int data_fd);
/* LMDB's writes to this file go to the journal; NULL: where they are meant to go. */
void passage_set(int data_fd, struct journal *journal);
/* The C library's. */
ssize_t plain_pwrite(int fd, const void *p, size_t n, off_t at);

/* ---- recover.c ---- */

/* Writes what a crash left in the journal into the data file; before LMDB opens it.
 * Errors: store.corrupt (the journal is damaged, or another data file's), store.io. */
bool journal_recover(const char *dir, struct err *err) MUST_CHECK;
