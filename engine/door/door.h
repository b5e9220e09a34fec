/*
 * door: what is asked of a request before any route, whether it wants a page or JSON:
 * which page sent it, and how many its actor made; what a thread answers it with; and
 * the way of an action, which waits for the writer.
 *
 * Knows HTTP and the viewer; no routes. Every method but GET and HEAD must come from a
 * page of ours (Sec-Fetch-Site, or Origin equal to Host); an actor may make
 * LIMIT_REQUESTS_PER_SECOND requests with bursts of LIMIT_REQUESTS_BURST. Threads: a door
 * is shared.
 */
#pragma once
#include "action/action.h"
#include "doc/doc.h"
#include "http/http.h"
#include "render/render.h"
#include "scope/scope.h"

#define DOOR_COOKIE "sid" /* holds the session's token */
#define DOOR_PASS   "see" /* holds the secret of a pass, on a phone that shows a draft */

enum { DOOR_WAIT_S = 1 }; /* until one asks again, where nothing says otherwise */

struct door;

struct door *door_open(void);
void door_close(struct door *door);

/* What a thread has for the requests it answers, one after the other. */
struct door_worker {
    struct scope_worker *scope;
    struct render_worker *render;
};

/* NULL when there is none left; the log says why. */
struct door_worker *door_worker_open(struct scopes *scopes, struct renderer *renderer);
void door_worker_close(struct door_worker *worker);
/* The scope of whom the session is. False when there is none to be had: then the request
 * has been answered. */
bool door_scope(struct door_worker *worker, struct http_request *request, str session,
                struct scope *ret) MUST_CHECK;

/* Errors: site.origin, site.rate. */
bool door_admits(struct door *door, const struct http_request *request,
                 const struct scope *scope, struct err *err) MUST_CHECK;
/* The same for who asks with a token, by its id. */
bool door_admits_token(struct door *door, const struct http_request *request,
                       const struct scope *scope, str token, struct err *err) MUST_CHECK;
/* GET or HEAD. */
bool door_is_get(str method);
/* The body says that it is of that type, whatever its parameters. */
bool door_has_type(const struct http_request *request, str type);
/* If-Match holds one version or revision, as an earlier answer gave it: in quotes, not
 * below 0. */
bool door_match(const struct http_request *request, int64_t *ret);
/* The status that stands for an error: for some by their code, else by their kind. */
int door_status_of(const struct err *err);
/* What an error of that code is called for the scope's viewer, when she reads Chinese;
 * empty: its own text says it, in English. */
str door_words(const struct door *door, const struct scope *scope, str code);
/* The error as problem+json tells it (RFC 9457): with its code, its words and its place,
 * if any; in the scope's arena. */
struct val door_problem(const struct door *door, const struct scope *scope,
                        const struct err *err);
/* Where the error is one that passes (429, 503), the reply says when to ask again. */
void door_say_when(struct http_request *request, const struct err *err, int wait_s);

/* ---- an action on its way ---- */

/* The first member of what an edge parks its request with. */
struct door_act {
    struct action action; /* what is asked is the edge's to say */
    struct http_ticket *ticket;
    int tries;
};

/* What it will hold is let go with the request. */
void door_act_open(struct door_act *act, struct http_request *request);
/* Finds the action, minds If-Match, parks the request and lets the action wait for its
 * turn. False: nothing of it will be done; `mistakes` of the action may say more. Errors:
 * action.match, those of action_find and action_expect. */
bool door_act_start(struct door_act *act, struct actions *actions,
                    struct door_worker *worker, struct scope *scope,
                    struct http_request *request, struct err *err) MUST_CHECK;
/* The request goes on, and what decided that she may has changed on the way: the action
 * is to be started once more. */
bool door_act_is_undecided(const struct door_act *act);
/* Lets go what it holds; what came of the action stays. `act` is a struct door_act. */
void door_act_drop(void *act);
