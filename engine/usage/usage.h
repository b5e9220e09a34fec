/*
 * usage: how many people use what, by unit and day.
 *
 * Knows the collections "usage" and "usage_number". Words: a *view* is a page that was
 * opened; a *use* is a link that was followed on a card, or something done there; a
 * person is *active* on a day that she did either, or came back to a page that was open.
 * A day has a bitmap of numbers, of everybody of a unit and below, so that people are
 * counted once however often they come and whichever units are put together (CRoaring).
 * Each has a number of her own; no call tells whose it is, and once she is removed
 * nothing does. What fewer than USAGE_MIN_PEOPLE could have done is for its callers to
 * withhold.
 *
 * What is noted stays in memory until it is written, in pieces, by usage_write: what a
 * crash takes is at most what came since. A day is of the unit's own clock, its zone
 * counted in whole hours. After USAGE_DAYS a day is forgotten. Threads: usage_note from
 * any, it takes one lock for a table's lookup; usage_write from one at a time; reading as
 * the store's.
 */
#pragma once
#include "tenant/tenant.h"

enum {
    USAGE_DAYS = 92,
    USAGE_MIN_PEOPLE = 5,     /* of whom something is told */
    USAGE_MAX_NOTES = 65536,  /* in memory; more are counted as lost */
    USAGE_WRITE_EVERY_S = 10, /* sooner when half of those have come */
};

/* Defines the collections; again is free. */
bool usage_setup(struct store *store, struct err *err) MUST_CHECK;

/* ---- noting ---- */

struct usage;

struct usage *usage_open(struct store *store);
/* What was not written is gone. */
void usage_close(struct usage *usage);

enum usage_kind {
    USAGE_VIEW, /* of the page `what` */
    USAGE_BACK, /* to a page that was open */
    USAGE_USE,  /* of the component `what`, as blocks name it */
};

struct usage_note {
    enum usage_kind kind;
    str tenant; /* of the person */
    str person;
    str what;
    int64_t at_ms;
};

/* Copies what it is given. */
void usage_note(struct usage *usage, const struct usage_note *note);
/* Whether it is time to write. */
bool usage_is_due(struct usage *usage, int64_t now_ms);
/* Writes what was noted; waits for the writer. What failed is noted again. `ret_lost` is
 * how many notes found no room since the last time. */
bool usage_write(struct usage *usage, int64_t now_ms, size_t *ret_lost,
                 struct err *err) MUST_CHECK;
/* The person's number is nobody's from now on; part of removing her. */
bool usage_forget(struct txn *txn, store_space space, str person,
                  struct err *err) MUST_CHECK;

/* ---- reading ---- */

/* "2026-11-23": the day of that moment by the unit's clock. */
str usage_day(const struct tenant_path *path, int64_t at_ms, struct arena *arena);

/* The days up to today, of the snapshot's own space, which is the unit's:
 *   { "days": [{ "day", "people", "views", "uses" }]   oldest first, one of each day
 *     "people", "views", "uses"                        of all of them
 *     "week"                                           people of the last seven
 *     "hours": [24 numbers]                            views by hour of the day
 *     "pages": [{ "page", "people", "views" }]         most people first
 *     "components": [{ "component", "people", "uses" }] }
 * `days` is 1 to USAGE_DAYS. Errors: usage.damaged (a record is no bitmap). */
bool usage_read(struct snap *snap, const struct tenant_path *path, int days,
                int64_t now_ms, struct arena *arena, struct val *ret,
                struct err *err) MUST_CHECK;
/* Of them only { "people", "views", "uses" }. */
bool usage_sum(struct snap *snap, const struct tenant_path *path, int days,
               int64_t now_ms, struct arena *arena, struct val *ret,
               struct err *err) MUST_CHECK;
