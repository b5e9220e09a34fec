/* What the files of desk share. */
#pragma once
#include "desk/desk.h"

enum desk_body { BODY_NONE, BODY_COMMANDS, BODY_PUBLISHING, BODY_REASON, BODIES };

struct desk {
    struct desk_config config;
    struct schema *bodies[BODIES];
};

struct desk_worker {
    struct scope_worker *scope;
    struct render_worker *render;
};

/* One request on its way. */
struct call {
    struct desk *desk;
    struct desk_worker *worker;
    struct http_request *request;
    struct scope scope;
    struct edit edit;
    struct val body;
    str names[3]; /* what stands for {…} in the path */
};

struct desk_route {
    const char *method;
    str path;
    enum desk_body body;
    bool (*run)(struct call *c, struct val *ret, struct err *err);
};

/* routes.c */
extern const struct desk_route desk_routes[];
extern const size_t desk_route_count;

/* routes.c */
/* A whole number of the address within bounds, or what counts without it. */
bool query_int(const struct call *c, const char *name, int64_t most, int64_t otherwise,
               int64_t *ret, struct err *err);

/* compose.c: what composing a page needs besides verbs */
bool run_preview(struct call *c, struct val *ret, struct err *err);
bool run_people(struct call *c, struct val *ret, struct err *err);
bool run_components(struct call *c, struct val *ret, struct err *err);

/* problem.c */
void call_fail(struct call *c, const struct err *err);
void call_answer(struct call *c, struct val answer);
