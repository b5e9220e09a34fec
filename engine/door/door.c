#include "inside.h"

#include <strings.h>

struct door {
    struct limiter *limiter;
};

struct door *door_open(void)
{
    struct door *door = mem_zero(sizeof *door);
    door->limiter = limiter_open();
    return door;
}

void door_close(struct door *door)
{
    if (!door)
        return;
    limiter_close(door->limiter);
    mem_free(door);
}

bool door_is_get(str method)
{
    return str_equal(method, STR("GET")) || str_equal(method, STR("HEAD"));
}

/* A page elsewhere may make a browser send our cookie with a form; these fields it cannot
 * forge. Clients that are no browsers send neither, and have no cookie to be abused (the
 * algorithm of Go's net/http CrossOriginProtection). */
static bool same_site(const struct http_request *request)
{
    str fetch = http_header(request, "Sec-Fetch-Site");
    if (fetch.n)
        return str_equal(fetch, STR("same-origin")) || str_equal(fetch, STR("none"));
    str origin = http_header(request, "Origin");
    if (!origin.p)
        return true;
    str host = http_header(request, "Host");
    const char *at = memmem(origin.p, origin.n, "://", 3);
    return at && host.n
           && str_equal((str){ at + 3, origin.n - (size_t)(at + 3 - origin.p) }, host);
}

struct door_worker *door_worker_open(struct scopes *scopes, struct renderer *renderer)
{
    struct door_worker *w = mem_zero(sizeof *w);
    struct err err;
    if (scope_worker_open(scopes, &w->scope, &err)
        && render_worker_open(renderer, &w->render, &err))
        return w;
    log_event(LOG_ERROR, "worker.failed", "code=%s", err.code);
    door_worker_close(w);
    return NULL;
}

void door_worker_close(struct door_worker *worker)
{
    if (!worker)
        return;
    render_worker_close(worker->render);
    scope_worker_close(worker->scope);
    mem_free(worker);
}

bool door_scope(struct door_worker *worker, struct http_request *request, str session,
                struct scope *ret)
{
    struct err err;
    if (worker && scope_open(worker->scope, request->arena, session, ret, &err))
        return true;
    log_event(LOG_ERROR, "request.failed", "code=%s", worker ? err.code : "worker");
    http_send(request, 503, "text/plain; charset=utf-8", STR("503 busy\n"));
    return false;
}

static bool admits(struct door *door, const struct http_request *request, str actor,
                   int64_t now_ms, struct err *err)
{
    if (!door_is_get(request->method) && !same_site(request))
        return err_set(err, ERR_FORBIDDEN, "site.origin",
                       "the request comes from another site");
    if (!limiter_admits(door->limiter, actor, now_ms))
        return err_at(err, ERR_LIMIT, "site.rate", STR("1"),
                      "too many requests; wait a moment");
    return true;
}

bool door_admits(struct door *door, const struct http_request *request,
                 const struct scope *scope, struct err *err)
{
    const struct viewer *v = scope->viewer;
    if (!v)
        return admits(door, request, http_client(request), scope->now_ms, err);
    str actor = arena_format(request->arena, "%u/%.*s", tenant_of(&v->path)->space,
                             STR_ARG(v->person_id));
    return admits(door, request, actor, scope->now_ms, err);
}

bool door_admits_token(struct door *door, const struct http_request *request,
                       const struct scope *scope, str token, struct err *err)
{
    return admits(door, request, token, scope->now_ms, err);
}

bool door_has_type(const struct http_request *request, str type)
{
    str rest;
    str said = str_trim(str_cut(http_header(request, "Content-Type"), ';', &rest));
    return said.n == type.n && strncasecmp(said.p, type.p, type.n) == 0;
}

static const struct {
    const char *code;
    int status;
} statuses_of_codes[] = {
    { "edit.version", 412 }, /* If-Match does not hold */
    { "action.stale", 412 }, { "action.input", 422 },     { "action.refused", 422 },
    { "desk.match", 428 },   { "desk.type", 415 },        { "desk.method", 405 },
    { "data.changed", 412 }, { "audience.changed", 412 },
};

int door_status_of(const struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(statuses_of_codes); i++) {
        if (strcmp(statuses_of_codes[i].code, err->code) == 0)
            return statuses_of_codes[i].status;
    }
    return door_status(err->kind);
}

int door_status(enum err_kind kind)
{
    static const int statuses[] = {
        [ERR_INPUT] = 400,   [ERR_SIGNIN] = 401,   [ERR_FORBIDDEN] = 403,
        [ERR_MISSING] = 404, [ERR_CONFLICT] = 409, [ERR_LIMIT] = 429,
        [ERR_BUSY] = 503,    [ERR_SYSTEM] = 500,
    };
    return statuses[kind];
}
