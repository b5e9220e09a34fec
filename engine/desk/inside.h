/* What the files of desk share. */
#pragma once
#include "desk/desk.h"

enum desk_body {
    BODY_NONE,
    BODY_OWN, /* the route reads it */
    BODY_COMMANDS,
    BODY_PUBLISHING,
    BODY_REASON,
    BODY_TOKEN,
    BODY_CONNECTOR,
    BODY_INPUT,
    BODY_GRANTING,
    BODY_LOOKING,
    BODY_DESCRIBING,
    BODY_GUIDING,
    BODY_AUDIENCE,
    BODY_RULE,
    BODY_ARRANGING,
    BODY_SETTINGS,
    BODY_SCREEN,
    BODY_SEEN,
    BODY_TERMS,
    BODIES
};

struct desk {
    struct desk_config config;
    struct schema *bodies[BODIES];
};

/* One request on its way. */
struct call {
    struct desk *desk;
    struct door_worker *worker;
    struct http_request *request;
    struct scope scope;
    struct edit edit;
    struct data_call data;
    str token; /* the id of the token that asks; empty: a person */
    struct val body;
    str names[3];   /* what stands for {…} in the path */
    bool is_parked; /* answered later */
    bool sent;      /* the route has answered itself */
};

typedef bool desk_run(struct call *c, struct val *ret, struct err *err);

struct desk_route {
    const char *method;
    str path;
    enum desk_body body;
    desk_run *run;
};

/* routes.c */
/* The unit that the path names first, for whoever has the right there, and a moment. */
bool call_unit(struct call *c, enum auth_right right, struct tenant_path *ret,
               struct snap **ret_snap, struct err *err);
extern const struct desk_route desk_routes[];
extern const size_t desk_route_count;
/* The version in If-Match, which must be there. */
bool call_match(const struct call *c, int64_t *ret, struct err *err);

/* What was seen of something: If-Match with its ETag, or If-None-Match: * when there was
 * none, which is empty. */
bool call_seen(const struct call *c, str *ret, struct err *err);

/* act.c */
bool run_action(struct call *c, struct val *ret, struct err *err);
/* The request comes back, once its action is done: what came of it. */
bool act_answer(struct call *c, struct val *ret, struct err *err);

/* One of `values` (with blanks between), or empty when the address does not say. */
bool call_one_of(const struct call *c, const char *name, const char *values, str *ret,
                 struct err *err);
/* The page of a list: within `most`, `otherwise` when the address does not say. */
bool call_query_int(const struct call *c, const char *name, int64_t most,
                    int64_t otherwise, int64_t *ret, struct err *err);

/* grants.c */
bool run_grants(struct call *c, struct val *ret, struct err *err);
bool run_grant(struct call *c, struct val *ret, struct err *err);
bool run_revoke(struct call *c, struct val *ret, struct err *err);
bool run_grant_history(struct call *c, struct val *ret, struct err *err);

/* audit.c */
desk_run run_audit;

/* usage.c, terms.c */
desk_run run_usage, run_terms, run_name_terms;
/* What the unit calls the values of each attribute that has names. */
struct val terms_told(const struct tenant_path *path, struct arena *arena);

/* compose.c: what composing a page needs besides verbs. As whom and how it is looked at,
 * of the address; the page so, after which nothing else can be asked of the edit. */
bool call_look(const struct call *c, struct edit_look *ret, struct err *err);
bool call_preview(struct call *c, const struct edit_look *look, struct val *ret,
                  struct err *err);
bool run_preview(struct call *c, struct val *ret, struct err *err);
bool run_people(struct call *c, struct val *ret, struct err *err);
desk_run run_audiences, run_audience, run_audience_put, run_audience_remove;
desk_run run_audience_preview, run_attribute;
bool run_components(struct call *c, struct val *ret, struct err *err);
bool run_words(struct call *c, struct val *ret, struct err *err);

/* problem.c */
/* Mistakes with their words, where the caller reads others than those of `detail`. */
struct val call_worded(const struct call *c, struct val errors);
void call_fail(struct call *c, const struct err *err);
void call_answer(struct call *c, struct val answer);
/* An answer whose ETag names its content. */
void call_answer_as(struct call *c, int status, str etag, struct val answer);
/* For a route that answers itself. */
void call_send(struct call *c, int status, const char *type, str body);

/* data.c, tokens.c, timed.c, links.c, pictures.c, me.c */
desk_run desk_collections, desk_records, desk_record, desk_take;
desk_run desk_put, desk_patch, desk_remove;
desk_run desk_tokens, desk_token_new, desk_token_remove;
desk_run desk_me, desk_me_guide;
desk_run desk_link_new, desk_link_remove;
desk_run desk_pictures, desk_picture_put, desk_picture_describe, desk_picture_remove;

desk_run desk_connectors, desk_connector_put, desk_connector_try, desk_connector_remove;
desk_run desk_jobs, desk_job, desk_job_run, desk_job_pause, desk_job_resume;

/* Whether the caller says what comes into the unit; in a transaction, asked again. */
bool call_may_feed(struct call *c, struct snap *snap, struct arena *arena,
                   struct err *err);
bool call_may_feed_now(struct call *c, struct txn *txn, struct err *err);
