/* What the files of desk share. */
#pragma once
#include "desk/desk.h"

enum desk_body { BODY_NONE, BODY_COMMANDS, BODY_PUBLISHING, BODY_REASON, BODIES };

struct desk {
    struct desk_config config;
    struct schema *bodies[BODIES];
};

/* One request on its way. */
struct call {
    struct desk *desk;
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

/* problem.c */
void call_fail(struct call *c, const struct err *err);
void call_answer(struct call *c, struct val answer);
