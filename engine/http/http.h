/*
 * http: requests in, replies out. Knows HTTP, connections and compression; nothing of
 * pages, people or JSON.
 *
 * A server has a few threads that wait for many connections; GET and HEAD are handled
 * there and must not block, nor must what config's `parks` names. All other methods may
 * wait for the disk, so they run on threads of their own while their connection is
 * suspended. Each thread has a *worker*: what the floors above need once a thread.
 * Limits: HTTP_MAX_HEADERS bytes of request line and headers (431), config's max_body
 * (413), max_connections; a connection that was idle for config's idle_s is closed.
 */
#pragma once
#include "base/base.h"

enum {
    HTTP_MAX_HEADERS = 8 << 10, /* bytes */
    HTTP_IDLE_S = 60,
    HTTP_BEAT_S = 20, /* a stream that was silent so long gets a comment */
    HTTP_STREAM_RETRY_MS = 2000,
};

struct http_server;
struct http_body;
struct http_exchange;

/* One request. All strings live until the handler returns. */
struct http_request {
    str method;
    str path; /* percent-decoded, UTF-8, starts with "/" */
    str body; /* empty for GET */
    struct arena *arena;
    void *parked;                   /* what http_park was given; NULL the first time */
    struct http_exchange *exchange; /* http's own */
};

struct http_config {
    const char *address; /* "127.0.0.1" */
    uint16_t port;       /* 0: any free one, see http_port */
    const char *proxy; /* the address of one in front, or NULL: whose clients they are */
    unsigned threads;
    unsigned slow_threads;
    size_t max_body;
    /* The same for what may be larger; NULL: nothing may. */
    size_t (*body_limit)(void *app, str method, str path);
    /* Whether the handler of such a request parks it wherever it would wait: then it runs
     * where GET does, which saves two changes of threads. NULL: none does. */
    bool (*parks)(void *app, str method, str path);
    unsigned max_connections;
    unsigned idle_s;                 /* 0: HTTP_IDLE_S */
    const struct http_field *fields; /* of every reply; borrowed */
    size_t field_count;
    void *app;
    /* Must send exactly one reply, or park the request. `worker` is this thread's. */
    void (*handle)(void *app, void *worker, struct http_request *request);
    void *(*worker_open)(void *app);
    void (*worker_close)(void *worker);
};

/* Errors: http.listen. */
bool http_open(const struct http_config *config, struct http_server **ret,
               struct err *err) MUST_CHECK;
/* Finishes what runs, answers nobody new. */
void http_close(struct http_server *server);
uint16_t http_port(const struct http_server *server);

struct http_counts {
    uint64_t requests;
    uint64_t by_class[6]; /* [2]: 2xx … */
    uint64_t bytes_out;   /* of bodies */
    uint64_t connections; /* open now */
};

struct http_counts http_count(const struct http_server *server);

/* ---- reading the request; an absent value has p == NULL ---- */

/* The peer's address as text; behind the proxy, that of the proxy's peer, by the last
 * entry of the last X-Forwarded-For, if it is an address. */
str http_client(const struct http_request *request);
str http_header(const struct http_request *request, const char *name);
str http_cookie(const struct http_request *request, const char *name);
/* A parameter of the query string, decoded. */
str http_query(const struct http_request *request, const char *name);
/* Calls `each` for every parameter of the query string. */
void http_each_query(const struct http_request *request,
                     void (*each)(void *data, str name, str value), void *data);
/* A field of an application/x-www-form-urlencoded body, decoded. */
str http_form(const struct http_request *request, const char *name);
/* Calls `each` for every field of such a body. */
void http_each_form(const struct http_request *request,
                    void (*each)(void *data, str name, str value), void *data);

/* ---- waiting without a thread ---- */

struct http_ticket;

/* Lets this thread go before there is a reply: after http_unpark the request is handled
 * once more, by any thread of the same kind; its arena stays. When its connection broke
 * meanwhile it may not be, and its arena is closed. Not for GET and HEAD. `data` is not
 * NULL. */
struct http_ticket *http_park(struct http_request *request, void *data);
/* Once, from any thread, also before the handler that parked has returned. */
void http_unpark(struct http_ticket *ticket);
/* Whether the client of a parked request has closed its side. */
bool http_client_left(const struct http_ticket *ticket);

/* ---- replying ---- */

struct http_field {
    const char *name;
    const char *value;
};

/* A body made once and sent often, counted, shared between threads. It is compressed when
 * first asked for in that form, and answers If-None-Match by itself. What is immutable
 * keeps all its forms; else only the last that was asked for, from which others are made:
 * a page's reader asks for the same again and again. */
struct http_body_config {
    str bytes;        /* taken over: freed with mem_free; copied when `once` */
    bool once;        /* made for one reply, not kept */
    uint64_t version; /* a hash of what the bytes depend on; 0: they are hashed */
    const char *type; /* borrowed as long as the body lives */
    const struct http_field *fields; /* borrowed likewise */
    size_t field_count;
    bool immutable; /* never changes: compress as well as possible, anybody may keep it
                       for a year; otherwise who gets it may keep it and must ask again */
};

struct http_body *http_body_open(const struct http_body_config *config);
struct http_body *http_body_hold(struct http_body *body);
void http_body_drop(struct http_body *body);
/* Its bytes, not compressed: its own when it is immutable or `once`, else in the arena.
 */
str http_body_bytes(struct http_body *body, struct arena *arena);
/* Memory it holds now, in all its forms. */
size_t http_body_size(const struct http_body *body);

/* A field of the reply, in place of one of that name; before http_send. For values with
 * user text: refuses line ends. */
void http_set(struct http_request *request, const char *name, str value);
/* Sends bytes, which are copied; texts of a size worth it are packed. Nobody may keep
 * them unless Cache-Control was set. */
void http_send(struct http_request *request, int status, const char *type, str bytes);
/* Sends a shared body (304 when the client has it). Fields set before are added at a
 * cost. */
void http_send_body(struct http_request *request, int status, struct http_body *body);
/* 303 to `location`. */
void http_send_to(struct http_request *request, str location);

/* ---- streams: replies of server-sent events that go on ---- */

/*
 * A hub has one thread, which waits for all its streams; what it calls, and what is
 * called on a stream, runs there. A stream holds what its client did not take yet: until
 * that is gone it takes no more, so a slow client costs at most one sending. A client
 * that takes nothing for HTTP_BEAT_S, or is gone, loses its stream.
 */
struct http_hub;
struct http_stream;

struct http_hub_config {
    unsigned max_streams;
    void *app;
    /* After every wake and every event, and when its time has come: gives in how many
     * milliseconds it wants to be called again at the latest. */
    int (*turn)(void *app);
    void (*opened)(void *app, struct http_stream *stream, void *data);
    void (*ready)(void *app, void *data); /* it takes more */
    /* Not during a call of app's on that stream. Always after `opened`. */
    void (*closed)(void *app, void *data);
};

struct http_hub *http_hub_open(const struct http_hub_config *config);
/* Closes all streams; after the servers. */
void http_hub_close(struct http_hub *hub);
/* From any thread: `turn` is called soon. */
void http_hub_wake(struct http_hub *hub);

struct http_hub_counts {
    size_t streams; /* open now */
    uint64_t opened;
    uint64_t reaped; /* closed by us: gone without a word, or too slow */
    uint64_t bytes;  /* of events */
};

struct http_hub_counts http_hub_count(const struct http_hub *hub);

/* The reply becomes a stream of the hub. False: the hub is full or the request is not for
 * streaming; then it still wants a reply. Errors: http.streams, http.stream. */
bool http_stream_open(struct http_hub *hub, struct http_request *request, void *data,
                      struct err *err) MUST_CHECK;
/* Sends the pieces one behind the other. False: it has not sent the former yet. */
bool http_stream_send(struct http_stream *stream, const str *pieces, size_t n);
bool http_stream_is_busy(const struct http_stream *stream);
/* Closes it once all is sent. */
void http_stream_end(struct http_stream *stream);
