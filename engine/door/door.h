/*
 * door: what is asked of a request before any route, whether it wants a page or JSON:
 * which page sent it, and how many its actor made; and what a thread answers it with.
 *
 * Knows HTTP and the viewer; no routes. Every method but GET and HEAD must come from a
 * page of ours (Sec-Fetch-Site, or Origin equal to Host); an actor may make
 * LIMIT_REQUESTS_PER_SECOND requests with bursts of LIMIT_REQUESTS_BURST. Threads: a door
 * is shared.
 */
#pragma once
#include "http/http.h"
#include "render/render.h"
#include "scope/scope.h"

#define DOOR_COOKIE "sid" /* holds the session's token */

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
/* The status that stands for an error: for some by their code, else by their kind. */
int door_status_of(const struct err *err);
/* The status that stands for a kind of error. */
int door_status(enum err_kind kind);
