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
/* The secret to be sent, sealed: the one that is given with the connector or, for the
 * same origin, the one of `before`; absent when it has none. Errors: feed.secret. */
bool feed_secret(const struct feeds *feeds, struct val connector, struct val before,
                 struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;

/* ---- rows.c: what a connector makes of an answer ---- */

/* The list where its `rows` says. Errors: feed.rows, data.large. */
bool feed_rows(struct val connector, struct val document, struct val *ret,
               struct err *err) MUST_CHECK;
/* The first `n` of them as records, by its `map`. */
struct val feed_records(struct val connector, struct val rows, size_t n,
                        struct arena *arena);
/* How its records are taken in; `name` is its id. */
void feed_says(struct val connector, str name, struct data_call *call,
               struct data_rows *rows);
