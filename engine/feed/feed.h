/*
 * feed: records fetched from other systems. A *connector* says which JSON is fetched
 * when, where its rows are, which member of a row becomes which of a record, and into
 * which collection they go.
 *
 * Knows the collection "connector" in the unit's space. It asks through fetch, writes
 * through data, and is run by job, whose kind is "feed". What a source wants to be told
 * (a field of the request with a secret) is sealed with the key in the data folder's file
 * "key"; it is never told again, and it goes to the origin it was given for alone.
 * A source that has not changed (304) counts as fresh. Threads: a `struct feeds` is
 * shared.
 */
#pragma once
#include "data/data.h"
#include "job/job.h"
#include "script/script.h"

enum {
    FEED_MAX_SECRET = 4096,    /* bytes */
    FEED_MAX_CONNECTORS = 100, /* of a unit */
    FEED_MAX_TRIES = 4         /* at once: who tries waits for another server */
};

struct feeds;

struct feed_config {
    struct store *store;
    struct scopes *scopes;
    struct data *data;
    const struct script_library *libraries;
    str sources;     /* what may be asked, see fetch.h */
    const char *dir; /* where the key lies */
};

/* Defines the collection; again is free. */
bool feed_setup(struct store *store, struct err *err) MUST_CHECK;
/* Errors: fetch.source, crypt.key. */
bool feeds_open(const struct feed_config *config, struct feeds **ret,
                struct err *err) MUST_CHECK;
void feeds_close(struct feeds *feeds);

/* For struct job_kind: `feeds` is a struct feeds. Errors: feed.none, feed.rows (no list
 * stands where the rows should), doc.syntax, and those of fetch_get and data_take. */
bool feed_run_job(void *feeds, struct job_run *run, struct err *err) MUST_CHECK;

/* Whoever asks, of one unit. Calls fail with tenant.none, auth.right. */
struct feed_call {
    struct feeds *feeds;
    struct scope *scope;
    struct script_worker *worker; /* of the thread */
    str tenant;
};

/* { items }: each as it was put, without its secret, with the id of its `job`. */
bool feed_list(struct feed_call *call, struct val *ret, struct err *err) MUST_CHECK;
/* Makes a connector or takes another's place; `connector` is as openapi.json has it. With
 * a `header` that has no `value`, the secret of before stays, if it was for the same
 * origin. Errors: feed.collection, feed.map, feed.secret, feed.many, fetch.url,
 * fetch.host, and those of job_put. */
bool feed_put(struct feed_call *call, str id, struct val connector, struct val *ret,
              struct err *err) MUST_CHECK;
/* What such a connector would fetch now; nothing is kept. Either { "rows", "bad": how
 * many do not fit, "errors" as of data_take, "sample": the first rows, "records": what
 * becomes of them } or, where no list stands, { "lists": where some do }. The secret is
 * as of feed_put. May wait as long as fetch_get. Errors: as feed_put but feed.many and
 * job_put's; feed.busy, and those of fetch_get, doc.syntax, data.large, data.key. */
bool feed_try(struct feed_call *call, str id, struct val connector, struct val *ret,
              struct err *err) MUST_CHECK;
/* With its job. Errors: feed.none. */
bool feed_remove(struct feed_call *call, str id, struct err *err) MUST_CHECK;
