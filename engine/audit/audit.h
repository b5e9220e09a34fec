/*
 * audit: who did what with which records of a unit, and when.
 *
 * Knows the collection "audit" in the unit's space; not who may read it. An *entry* is
 * written in the commit that it tells of: there is none without the other. Its id is its
 * day (UTC) and a *name*, so what is old lies together and first, and whoever knows the
 * name and the time finds it without an index. What else must be remembered of what was
 * done goes with it, as its *reply*. After LIMIT_AUDIT_DAYS it is forgotten; some of what
 * is too old goes whenever something new comes. Threads: as the store's.
 */
#pragma once
#include "store/store.h"

enum {
    AUDIT_MAX_TOUCHED = 32,    /* records named by one entry; more are counted */
    AUDIT_MAX_LIST = 100,      /* entries of one list */
    AUDIT_MAX_SCANNED = 50000, /* looked through for one, to the end of the day */
};

/* All of it may be empty but the action. */
struct audit_entry {
    str name;   /* to find it again that day; empty: nobody will */
    str home;   /* the unit of the person, when it is another */
    str person; /* who did it … */
    str token;  /* … or whose system, by the id of its token; neither: the clock */
    str page;
    str block;
    str component;
    str action;         /* of the component; or what was done to records: "put" … */
    const str *touched; /* "task/17", at most AUDIT_MAX_TOUCHED */
    size_t touched_count;
    size_t more; /* records besides those */
    struct val reply;
};

/* Defines the collection; again is free. */
bool audit_setup(struct store *store, struct err *err) MUST_CHECK;

/* Takes the place of the entry of that name and day, if there is one. */
bool audit_put(struct txn *txn, store_space space, const struct audit_entry *entry,
               struct err *err) MUST_CHECK;
/* The entry of that name and the day of `at_ms`, of the snapshot's own space; absent when
 * there is none. Valid as long as the snapshot. */
bool audit_find(struct snap *snap, str name, int64_t at_ms, struct arena *arena,
                struct val *ret, struct err *err) MUST_CHECK;

struct audit_query {
    int64_t from_ms; /* at or after; … */
    int64_t to_ms;   /* … before; both milliseconds since 1970, UTC */
    str person;      /* each empty: whoever, whatever */
    str component;
    str touched; /* a record, "task/17", or a collection, "task" */
    str after;   /* the `next` of an earlier list, or empty */
    size_t limit;
};

/* Newest first, of the snapshot's own space: { "id", "at" (milliseconds), and of `home`,
 * `person`, `token`, `page`, `block`, `component`, `action`, `touched`, `more` what it
 * has }, in the arena. `ret->next` as in a query; looking through AUDIT_MAX_SCANNED may
 * give a short list, or none, with `next`. Errors: audit.after (no `next` of a list). */
bool audit_list(struct snap *snap, const struct audit_query *query, struct arena *arena,
                struct rows *ret, struct err *err) MUST_CHECK;
