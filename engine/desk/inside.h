/* What the files of desk share. */
#pragma once
#include "desk/desk.h"

enum desk_body {
    BODY_NONE,
    BODY_COMMANDS,
    BODY_PUBLISHING,
    BODY_REASON,
    BODY_INPUT,
    BODIES
};

struct desk {
    struct desk_config config;
    struct schema *bodies[BODIES];
};

/* One request on its way. */
struct call {
    struct desk *desk;
    struct http_request *request;
    struct scope scope;
    struct render_worker *render;
    struct edit edit;
    struct val body;
    str names[3];   /* what stands for {…} in the path */
    bool is_parked; /* answered later */
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
/* The version in If-Match, which must be there. */
bool call_match(const struct call *c, int64_t *ret, struct err *err);

/* act.c */
bool run_action(struct call *c, struct val *ret, struct err *err);
/* The request comes back, once its action is done: lets go what it held, … */
void act_release(void *parked);
/* … and says what came of it. */
bool act_answer(struct call *c, struct val *ret, struct err *err);

/* problem.c */
void call_fail(struct call *c, const struct err *err);
void call_answer(struct call *c, struct val answer);
