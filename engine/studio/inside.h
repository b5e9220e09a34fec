/* What the files of studio share. */
#pragma once
#include "studio/studio.h"

#include <pthread.h>

/* Of what is shown in frames. */
#define CANVAS_POLICY RENDER_CANVAS_POLICY "; frame-ancestors 'self'"

/* What components look like, by what they are made of. */
struct examples {
    pthread_mutex_t lock; /* of `kept`; one is made at a time */
    struct cache *kept;
};

enum { STUDIO_MAX_STYLE = 1 << 20 }; /* bytes of the tokens of a draft */

/* Clients that want to be told when something changes: bell.c */
struct bells {
    struct http_hub *hub;
    struct watch *watch;
    uint64_t strokes;     /* times that all were rung; atomic */
    pthread_mutex_t lock; /* protects: hung */
    struct bell *hung;
};

/* What a developer's folder is like: folder.c */
struct folder {
    pthread_mutex_t lock; /* protects: complaint */
    str complaint;        /* JSON, owned; p == NULL: none was told yet */
};

struct studio {
    struct studio_config config;
    struct folder folder;
    struct examples examples;
    struct bells bells;
};

/* One request on its way. */
struct visit {
    struct studio *studio;
    struct door_worker *worker;
    struct http_request *request;
    struct scope scope;
};

/* studio.c */
void studio_fail(struct visit *v, const struct err *err);
/* A parameter of the address; empty when it is not there. */
str studio_asked(const struct visit *v, const char *name);
/* At the layer that the address names. */
struct edit studio_edit(struct visit *v);

/* first.c: what is asked first where she begins, and what is worn there, as links. */
void put_first(struct visit *v, str icons, struct buf *out);

/* example.c */
void examples_open(struct examples *examples);
void examples_close(struct examples *examples);
void send_example(struct visit *v);

/* bell.c */
struct bell_wish {
    str who; /* has a few at once */
    const struct reads *reads;
    uint64_t revision; /* what she has seen */
    uint64_t strokes;
    int64_t until_ms; /* rings then at the latest */
};

void bells_open(struct bells *bells, struct watch *watch);
void bells_close(struct bells *bells);
/* Rings every bell that was hung before. */
void bells_ring(struct bells *bells);
static inline uint64_t bells_count(const struct bells *bells)
{
    return __atomic_load_n(&bells->strokes, __ATOMIC_ACQUIRE);
}
/* The reply to `request` becomes a stream that ends when one of the reads has changed.
 * Errors: studio.bells (she has too many), http.streams, http.stream. */
bool bell_hang(struct bells *bells, struct http_request *request,
               const struct bell_wish *wish, struct err *err);

/* phone.c */
bool phone_takes(str path);
void phone_handle(struct visit *v);

/* folder.c */
void folder_open(struct folder *folder);
void folder_close(struct folder *folder);
void send_folder(struct visit *v);
void send_folder_changes(struct visit *v);
