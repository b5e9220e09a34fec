/* What the files of site share. */
#pragma once
#include "site/site.h"

struct site {
    struct site_config config;
    struct http_server *server;
    struct arena *arena; /* of the demo's people */
};

/* One request on its way. */
struct visit {
    struct site *site;
    struct door_worker *worker;
    struct http_request *request;
    struct scope scope;
    str rest; /* of the path, behind the route's prefix */
};

/* reply.c */
void reply_error(struct visit *v, const struct err *err);
void reply_missing(struct visit *v);
/* For those who are no people, and when not even an error page can be made. */
void reply_plain(struct visit *v, int status, const char *text);
/* application/problem+json (RFC 9457), for scripts. */
void reply_problem(struct visit *v, const struct err *err);
/* The same, when it is worth less to ask again at once. */
void reply_problem_later(struct visit *v, const struct err *err, int wait_s);
/* One of the host's own pages (sign-in, error) with `model`. */
void reply_host_page(struct visit *v, int status, str name, struct val model);
enum view_lang visit_lang(const struct visit *v);
/* The client is a script that asks for JSON. */
bool wants_json(const struct visit *v);
/* session.c */
void route_sign_in_page(struct visit *v);
void route_sign_in(struct visit *v);
void route_sign_out(struct visit *v);
void route_me(struct visit *v);

/* step.c: where a card of the page goes by one step; false: nowhere. Borrowed. */
struct step {
    str into;
    str after;
};
bool step_find(const struct layout *layout, str id, bool up, struct step *ret);

/* usage.c */
void note_usage(const struct visit *v, enum usage_kind kind, str what);
void route_used(struct visit *v);

/* picture.c */
void route_picture(struct visit *v);

/* live.c */
void route_live(struct visit *v);

/* act.c */
void route_act(struct visit *v);
/* The request comes back, once its action is done, and is answered. */
void act_goes_on(struct visit *v);
/* The page with what a failed action without script had to say; false: there is nothing
 * to say. */
bool put_said(struct visit *v, struct http_body *page);

/* arrange.c */
void route_arrange_page(struct visit *v);
void route_arrange(struct visit *v);

/* app.c */
void route_asset(struct visit *v);
/* A file whose address may not change: the path names it. */
void route_fixed(struct visit *v);
void route_manifest(struct visit *v);
void route_offline_page(struct visit *v);

/* site.c */
/* Takes parameters one by one, within the limits of a page's address. */
struct parameters {
    struct arena *arena;
    struct member *items;
    size_t n;
    size_t bytes;
    bool bad; /* too many, too long or no text */
};

void parameters_add(struct parameters *p, str name, str value);
/* As a map of strings, and as the text that is equal for equal maps. */
struct val parameters_map(const struct parameters *p, str *ret_text);
/* The path of the viewer's tenant, or of the root when nobody is signed in. */
bool visit_path(struct visit *v, struct tenant_path *ret, struct err *err);
/* The sheet that she sees, held for the caller, and the path of its unit. */
bool visit_sheet(struct visit *v, struct tenant_path *path, struct sheet **ret,
                 struct err *err);
