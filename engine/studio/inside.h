/* What the files of studio share. */
#pragma once
#include "studio/studio.h"

#include <pthread.h>

/* Of what is shown in frames. */
#define CANVAS_POLICY                                                           \
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; " \
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

/* What components look like, by what they are made of. */
struct examples {
    pthread_mutex_t lock; /* of `kept`; one is made at a time */
    struct cache *kept;
};

struct studio {
    struct studio_config config;
    struct examples examples;
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

/* example.c */
void examples_open(struct examples *examples);
void examples_close(struct examples *examples);
void send_example(struct visit *v);
