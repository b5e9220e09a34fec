/*
 * live: what changed is on every screen that shows it. A *stream* shows one or more pages
 * to a person; after each commit whatever of them became stale is made again, once for
 * all who share it, compared by its hash with what each stream shows, and sent to those
 * where it differs.
 *
 * Knows pages, fragments, sessions and streams; not how anything is rendered or stored.
 * First paint and push are the same functions of render. At each push the session and
 * all that decides what she may see are looked at again. A stream keeps hashes and what
 * was read, no HTML and no snapshot; what a client shows stands in its token, so a client
 * that is away costs nothing. docs/live.md has the protocol. Threads: live_stream may be
 * called from any thread; all else runs in the thread of live's hub. Limits:
 * LIMIT_STREAMS_PER_PERSON, LIMIT_STREAM_PAGES, config's max_streams.
 */
#pragma once
#include "render/render.h"

struct live;

struct live_config {
    struct renderer *renderer;
    struct scopes *scopes;
    struct watch *watch;
    const struct clock *clock;
    unsigned max_streams;
};

bool live_open(const struct live_config *config, struct live **ret,
               struct err *err) MUST_CHECK;
/* After the HTTP server; closes all streams. */
void live_close(struct live *live);

/* One page of a stream. */
struct live_page {
    str name;
    str at;           /* its token; empty: nothing is known, so the whole page is sent */
    struct val query; /* the page's parameters, and the same as a text: as in a scope */
    str query_text;
};

struct live_wish {
    str session; /* the cookie's token */
    const struct live_page *pages;
    size_t n;
};

/* The reply to `request` becomes a stream for the scope's viewer; on an error it still
 * wants a reply. Errors: live.token (of another person or page), live.streams (she has
 * too many), http.streams (the server has), http.stream, and those of render_frame. */
bool live_stream(struct live *live, struct render_worker *worker, struct scope *scope,
                 struct http_request *request, const struct live_wish *wish,
                 struct err *err) MUST_CHECK;

/* How many people of that unit and below have a page open and before them now; from any
 * thread. Who moves to another unit counts where she was until she opens one anew. */
size_t live_people(struct live *live, store_space space);

struct live_counts {
    struct http_hub_counts hub;
    uint64_t wakes;   /* times that something shown became stale */
    uint64_t renders; /* fragments looked up again */
    uint64_t pushes;  /* events sent */
    uint64_t same;    /* made again and found the same, for a stream */
    uint64_t skipped; /* a stream was too slow and waits for the newest */
    size_t spots;     /* fragments watched */
};

struct live_counts live_count(const struct live *live);
