/*
 * fetch: asks other servers over HTTP, on behalf of people who may not know what lies
 * behind their addresses.
 *
 * Knows URLs and HTTP (libcurl); nothing of units or records. Only what is on the list of
 * *sources* is asked at all. A source is a name (load.example.cn), all names below one
 * (*.example.cn), or an address or range (10.2.0.0/16). An address that is not public
 * (loopback, private, link-local, …) is refused unless it lies in a listed range, at the
 * moment of connecting, whatever name led there; each redirect is asked the same again.
 * No proxies, no cookies, no compression. Threads: a `struct fetch` is shared. Waits for
 * the network: not for threads that others wait for.
 */
#pragma once
#include "base/base.h"

enum {
    FETCH_MAX_SOURCES = 200,
    FETCH_MAX_URL = 2000,      /* bytes */
    FETCH_MAX_BYTES = 8 << 20, /* of a body */
    FETCH_MAX_REDIRECTS = 3,
    FETCH_MAX_MS = 20000, /* of one request, redirects included */
    FETCH_MAX_CONNECT_MS = 5000,
};

struct fetch;

/* `sources`: a list with commas; may be empty: then nothing may be asked. Errors:
 * fetch.source. */
bool fetch_open(str sources, struct fetch **ret, struct err *err) MUST_CHECK;
void fetch_close(struct fetch *fetch);

struct fetch_request {
    str url;
    str header;     /* the name of one more field of the request; or empty … */
    str secret;     /* … and its value; goes to the URL's own origin only */
    str etag;       /* of what is there already; or empty */
    str modified;   /* the same as a Last-Modified */
    int timeout_ms; /* 0: FETCH_MAX_MS */
};

struct fetch_reply {
    bool unchanged; /* 304: no body */
    str body;
    str etag;
    str modified;
};

/* Whether that URL may be asked, as far as can be told without asking. Errors: fetch.url
 * (no http or https URL, or one with a name and password in it), fetch.host. */
bool fetch_may(const struct fetch *fetch, str url, struct err *err) MUST_CHECK;
/* "https://load.example.cn:8443": what a secret belongs to. Errors: fetch.url. */
bool fetch_origin(str url, struct arena *arena, str *ret, struct err *err) MUST_CHECK;

/* The reply to a GET is in the arena. Errors: those of fetch_may; fetch.address (an
 * address that is not public), fetch.failed (no connection), fetch.time, fetch.large,
 * fetch.redirect (too many, or to nowhere), fetch.status (neither 200 nor 304). */
bool fetch_get(struct fetch *fetch, const struct fetch_request *request,
               struct arena *arena, struct fetch_reply *ret, struct err *err) MUST_CHECK;
