/* What the files of feed share. */
#pragma once
#include "feed/feed.h"

#include "crypt/crypt.h"
#include "fetch/fetch.h"

struct feeds {
    struct feed_config config;
    struct fetch *fetch;
    unsigned char key[CRYPT_KEY];
    unsigned trying; /* atomic: how many try a connector now */
};

const struct store_collection *feed_connectors(struct store *store);
/* Errors: feed.none. */
bool feed_read(struct snap *house, str id, struct arena *arena, struct val *ret,
               struct err *err);

/* ---- feed.c: connectors as they are given ---- */

/* Whether the caller may, and the unit's path. */
bool feed_may(const struct feed_call *call, struct snap *snap, struct arena *arena,
              struct tenant_path *ret, struct err *err) MUST_CHECK;
/* Errors: feed.collection, feed.map, fetch.url, fetch.host. */
bool feed_check(const struct feeds *feeds, struct val connector,
                struct err *err) MUST_CHECK;
/* The connector as it is kept: `header` is its name, `secret` its value, sealed. One that
 * was given without its value keeps that of `before`, for the same origin. Errors:
 * feed.secret. */
bool feed_kept(const struct feeds *feeds, struct val given, struct val before,
               struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;

/* ---- run.c ---- */

/* Asks the source of a connector as it is kept. Errors: crypt.seal, those of fetch_get.
 */
bool feed_ask(const struct feeds *feeds, struct val connector, struct arena *arena,
              struct fetch_reply *ret, struct err *err) MUST_CHECK;

/* ---- rows.c: what a connector makes of an answer ---- */

/* The list where its `rows` says. Errors: feed.rows, data.large. */
bool feed_rows(struct val connector, struct val document, struct val *ret,
               struct err *err) MUST_CHECK;
/* The first `n` of them as records, by its `map`. */
struct val feed_records(struct val connector, struct val rows, size_t n,
                        struct arena *arena);
/* How its records are taken in: the collection, and what `rows` says of them. */
void feed_taking(struct val connector, str name, struct data_call *call,
                 struct data_rows *rows);
