/* What the files of http share. */
#pragma once
#include "http/http.h"

#include <microhttpd.h>
#include <pthread.h>

enum { MAX_FIELDS = 16 };

/* What becomes of one request: its fields, and the reply once there is one. */
struct http_exchange {
    struct MHD_Connection *connection;
    struct http_server *server;
    struct http_ticket *ticket;           /* NULL when the request may not wait */
    struct http_field fields[MAX_FIELDS]; /* of the reply, in the request's arena */
    size_t field_count;
    int status;
    struct MHD_Response *response; /* owned, unless it is one of `body` */
    struct http_body *body;        /* held */
    struct http_stream *stream;    /* the reply is one; it goes to its hub */
};

/* Where a request stands between the two who let it go on: the handler that parks it and
 * whoever unparks it. The second of them gives it to the lane again. */
enum parking { PARK_RUNS, PARK_WAITS, PARK_READY };

struct http_ticket {
    void *data;           /* of http_park; NULL: it was not parked */
    enum parking parking; /* atomic */
};

/* A request whose method may wait: it outlives the callback. */
struct call {
    struct http_ticket ticket;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct arena *arena;
    struct buf body;
    size_t max_body;
    size_t received; /* bytes, also those thrown away */
    str method;
    str path;
    struct http_exchange exchange;
    struct call *next;
    bool parks;     /* see struct http_config: no thread of the lane runs it */
    bool is_open;   /* not answered yet: the server does not end before */
    bool is_unsent; /* its answer is not with the client yet */
    bool done;
};

struct packer;

struct worker {
    struct worker *next;
    void *own;             /* the floors' */
    struct packer *packer; /* body.c's own; NULL until used */
    struct arena *arena;
    struct arena
        *spare[32]; /* of calls that are over: the next need not ask for memory */
    size_t spare_count;
    void *rooms[4]; /* body.c's own: for bytes that are sent once */
    size_t room_count;
};

struct lane;

struct http_server {
    struct http_config config;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock; /* protects: workers */
    struct worker *workers;
    struct lane *lane;
    struct http_counts counts; /* atomics */
};

struct worker *worker_here(struct http_server *server);
/* This thread's; NULL when it has none yet. */
struct worker *worker_now(void);
void worker_run(struct worker *worker, struct http_server *server,
                struct http_request *request);
/* Counts and queues the reply of an exchange, and drops it. */
enum MHD_Result exchange_finish(struct http_exchange *exchange);

/* ---- lane.c: the threads for methods that may wait ---- */

struct lane *lane_open(struct http_server *server, unsigned threads);
/* Lets nobody in any more, and ends the threads once all calls are answered. */
void lane_end(struct lane *lane);
/* After lane_end: gives the answers a moment to be sent. */
void lane_drain(struct lane *lane);
/* After lane_end. */
void lane_close(struct lane *lane);
/* A call is let in before it is handled, and leaves once it is answered. False: too late.
 */
bool lane_enter(struct lane *lane, struct call *call);
void lane_leave(struct lane *lane, struct call *call);
/* Its answer was sent, or never will be. */
void lane_forget(struct lane *lane, struct call *call);
void lane_give(struct lane *lane, struct call *call);
/* Handles a call, here. False: it was parked, and will be handled again. */
bool call_run(struct worker *worker, struct call *call);
/* Whether the other one was here before: then the request goes on. */
bool parking_is_over(struct http_ticket *ticket, enum parking mine);

/* ---- body.c ---- */

void packer_close(struct packer *packer);
size_t body_length(const struct http_body *body);

/* The form that the request's Accept-Encoding likes best, borrowed from `body`, which the
 * exchange holds already; sets `status` to 304 when the client already has it. */
struct MHD_Response *body_response(struct http_body *body,
                                   const struct http_request *request, int *status);
/* Of bytes that are sent once, copied or packed. */
struct MHD_Response *own_response(const struct http_request *request, const char *type,
                                  str bytes);
void body_headers(struct http_body *body, struct MHD_Response *response);

/* ---- stream.c ---- */

/* Gives the stream of an exchange to its hub. */
void stream_start(struct http_stream *stream);
