#include "inside.h"

#include <strings.h>

struct door {
    struct limiter *limiter;
    struct words *words;
};

struct door *door_open(void)
{
    struct door *door = mem_zero(sizeof *door);
    door->limiter = limiter_open();
    door->words = words_open();
    return door;
}

void door_close(struct door *door)
{
    if (!door)
        return;
    limiter_close(door->limiter);
    words_close(door->words);
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
        return err_set(err, ERR_LIMIT, "site.rate", "too many requests; wait a moment");
    return true;
}

bool door_admits(struct door *door, const struct http_request *request,
                 const struct scope *scope, struct err *err)
{
    const struct viewer *v = scope->viewer;
    if (!v)
        return admits(door, request, http_client(request), scope->now_ms, err);
    store_space space = tenant_of(&v->path)->space;
    str actor = ARENA_JOIN(request->arena, (str){ (const char *)&space, sizeof space },
                           v->person_id);
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

bool door_match(const struct http_request *request, int64_t *ret)
{
    str match = str_trim(http_header(request, "If-Match"));
    return match.n > 2 && match.p[0] == '"' && match.p[match.n - 1] == '"'
           && str_to_int((str){ match.p + 1, match.n - 2 }, ret) && *ret >= 0;
}

static const struct {
    const char *code;
    int status;
} statuses_of_codes[] = {
    { "edit.version", 412 }, /* If-Match does not hold */
    { "action.stale", 412 },
    { "action.input", 422 },
    { "action.refused", 422 },
    { "desk.match", 428 },
    { "desk.type", 415 },
    { "desk.method", 405 },
    { "data.changed", 412 },
    { "audience.changed", 412 },
    /* limits: those that pass by themselves, … */
    { "site.rate", 429 },
    { "auth.attempts", 429 },
    { "action.unit_busy", 429 },
    { "live.streams", 429 },
    { "studio.bells", 429 },
    /* … what is sent is too large, … */
    { "picture.large", 413 },
    { "data.large", 413 },
    { "store.large", 413 },
    { "doc.packed", 413 },
    /* … and what there is must be made less first */
    { "picture.many", 409 },
    { "auth.tokens", 409 },
    { "feed.many", 409 },
    { "job.many", 409 },
};

static int status_of_kind(enum err_kind kind)
{
    static const int statuses[] = {
        [ERR_INPUT] = 400,   [ERR_SIGNIN] = 401,   [ERR_FORBIDDEN] = 403,
        [ERR_MISSING] = 404, [ERR_CONFLICT] = 409, [ERR_LIMIT] = 422,
        [ERR_BUSY] = 503,    [ERR_SYSTEM] = 500,
    };
    return statuses[kind];
}

int door_status_of(const struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(statuses_of_codes); i++) {
        if (strcmp(statuses_of_codes[i].code, err->code) == 0)
            return statuses_of_codes[i].status;
    }
    return status_of_kind(err->kind);
}

str door_words(const struct door *door, const struct scope *scope, str code)
{
    return words_of(door->words, scope, code);
}

struct val door_problem(const struct door *door, const struct scope *scope,
                        const struct err *err)
{
    struct arena *a = scope->arena;
    struct val code = val_str(str_of(err->code));
    str said = door_words(door, scope, val_text(code));
    struct val v = val_map(NULL, 0);
    v = val_with(a, v, STR("type"), val_str(STR("about:blank")));
    v = val_with(a, v, STR("title"), code);
    v = val_with(a, v, STR("status"), val_int(door_status_of(err)));
    v = val_with(a, v, STR("code"), code);
    v = val_with(a, v, STR("detail"), val_str(str_of(err->text)));
    if (said.n)
        v = val_with(a, v, STR("said"), val_str(said));
    return err->where[0] ? val_with(a, v, STR("where"), val_str(str_of(err->where))) : v;
}

void door_say_when(struct http_request *request, const struct err *err, int wait_s)
{
    int status = door_status_of(err);
    if (status == 429 || status == 503)
        http_set(request, "Retry-After", arena_format(request->arena, "%d", wait_s));
}
