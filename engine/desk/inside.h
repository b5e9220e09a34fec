/* What the files of desk share. */
#pragma once
#include "desk/desk.h"

enum desk_body {
    BODY_NONE,
    BODY_COMMANDS,
    BODY_PUBLISHING,
    BODY_REASON,
    BODY_GRANTING,
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

/* The page of a list: within `most`, `otherwise` when the address does not say. */
bool call_query_int(const struct call *c, const char *name, int64_t most,
                    int64_t otherwise, int64_t *ret, struct err *err);

/* grants.c */
bool run_grants(struct call *c, struct val *ret, struct err *err);
bool run_grant(struct call *c, struct val *ret, struct err *err);
bool run_revoke(struct call *c, struct val *ret, struct err *err);
bool run_grant_history(struct call *c, struct val *ret, struct err *err);

/* problem.c */
void call_fail(struct call *c, const struct err *err);
void call_answer(struct call *c, struct val answer);
