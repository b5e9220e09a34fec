/* From a request to its route. */
#include "inside.h"

#include "schema/schema.h"

extern const unsigned char desk_openapi_json[];
extern const size_t desk_openapi_json_size;

str desk_openapi(void)
{
    return (str){ (const char *)desk_openapi_json, desk_openapi_json_size };
}

bool desk_route(size_t i, str *ret_method, str *ret_path)
{
    if (i >= desk_route_count)
        return false;
    *ret_method = str_of(desk_routes[i].method);
    *ret_path = desk_routes[i].path;
    return true;
}

/* ---- opening ---- */

static bool open_bodies(struct desk *desk, struct arena *arena, struct err *err)
{
    static const char *const names[] = { [BODY_COMMANDS] = "Commands",
                                         [BODY_PUBLISHING] = "Publishing",
                                         [BODY_REASON] = "Reason" };
    struct val document;
    if (!doc_parse(arena, desk_openapi(), &document, err))
        return false;
    for (enum desk_body i = BODY_COMMANDS; i < BODIES; i++) {
        str ref = arena_format(arena, "#/components/schemas/%s", names[i]);
        struct val v = val_with(arena, val_map(NULL, 0), STR("$ref"), val_str(ref));
        v = val_with(arena, v, STR("components"), val_get(document, STR("components")));
        if (!schema_open(v, NULL, SCHEMA_ASSERT_FORMAT, &desk->bodies[i], err))
            return false;
    }
    return true;
}

bool desk_open(const struct desk_config *config, struct desk **ret, struct err *err)
{
    struct arena *arena = arena_open();
    struct desk *desk = mem_zero(sizeof *desk);
    desk->config = *config;
    bool good = open_bodies(desk, arena, err);
    arena_close(arena);
    if (good)
        *ret = desk;
    else
        desk_close(desk);
    return good;
}

void desk_close(struct desk *desk)
{
    if (!desk)
        return;
    for (size_t i = 0; i < BODIES; i++)
        schema_drop(desk->bodies[i]);
    mem_free(desk);
}

void *desk_worker_open(struct desk *desk)
{
    struct desk_worker *w = mem_zero(sizeof *w);
    struct err err;
    if (scope_worker_open(desk->config.scopes, &w->scope, &err)
        && render_worker_open(desk->config.renderer, &w->render, &err))
        return w;
    log_event(LOG_ERROR, "worker.failed", "code=%s", err.code);
    desk_worker_close(w);
    return NULL;
}

void desk_worker_close(void *worker)
{
    struct desk_worker *w = worker;
    if (!w)
        return;
    render_worker_close(w->render);
    scope_worker_close(w->scope);
    mem_free(w);
}

/* ---- finding the route ---- */

bool desk_takes(str path)
{
    return str_starts(path, STR("/api/"));
}

static bool path_fits(str pattern, str path, str names[3])
{
    size_t n = 0;
    while (pattern.p && path.p) {
        str want = str_cut(pattern, '/', &pattern);
        str have = str_cut(path, '/', &path);
        bool any = want.n && want.p[0] == '{';
        if (any && n < 3 && have.n)
            names[n++] = have;
        else if (!str_equal(want, have))
            return false;
    }
    return !pattern.p && !path.p;
}

static bool find_route(struct call *c, const struct desk_route **ret, struct err *err)
{
    str method = door_is_get(c->request->method) ? STR("GET") : c->request->method;
    str allow = STR("");
    for (size_t i = 0; i < desk_route_count; i++) {
        str names[3] = { STR(""), STR(""), STR("") };
        if (!path_fits(desk_routes[i].path, c->request->path, names))
            continue;
        if (!str_equal(method, str_of(desk_routes[i].method))) {
            allow = arena_format(c->request->arena, "%.*s%s%s", STR_ARG(allow),
                                 allow.n ? ", " : "", desk_routes[i].method);
            continue;
        }
        memcpy(c->names, names, sizeof names);
        *ret = &desk_routes[i];
        return true;
    }
    if (!allow.n)
        return err_set(err, ERR_MISSING, "site.none", "there is nothing here");
    http_set(c->request, "Allow", allow);
    return err_set(err, ERR_INPUT, "desk.method", "not with this method");
}

/* ---- the body ---- */

static void list_mistakes(struct call *c, const struct schema_report *report)
{
    struct arena *a = c->request->arena;
    c->edit.issues = ARENA_ARRAY(a, struct edit_issue, report->n);
    c->edit.issue_count = report->n;
    for (size_t i = 0; i < report->n; i++)
        c->edit.issues[i] = (struct edit_issue){ .code = "desk.body",
                                                 .where = report->errors[i].pointer,
                                                 .text = report->errors[i].text };
}

static bool read_body(struct call *c, const struct desk_route *route, struct err *err)
{
    struct schema_report report;
    struct arena *a = c->request->arena;
    if (c->request->body.n && !door_has_type(c->request, STR("application/json")))
        return err_set(err, ERR_INPUT, "desk.type", "JSON is wanted");
    if (route->body == BODY_NONE)
        return true;
    if (!doc_parse(a, c->request->body, &c->body, err))
        return false;
    if (schema_check(c->desk->bodies[route->body], c->body, a, &report))
        return true;
    list_mistakes(c, &report);
    return err_at(err, ERR_INPUT, "desk.body", report.errors[0].pointer,
                  "the body is not as openapi.json says: %.*s",
                  STR_ARG(report.errors[0].text));
}

/* ---- one request ---- */

static bool run(struct call *c, struct val *ret, struct err *err)
{
    const struct desk_route *route;
    if (!door_admits(c->desk->config.door, c->request, &c->scope, err)
        || !find_route(c, &route, err))
        return false;
    if (!route->run) {
        *ret = VAL_ABSENT;
        return true;
    }
    if (!c->scope.viewer)
        return err_set(err, ERR_SIGNIN, "desk.sign_in", "sign in first");
    if (!read_body(c, route, err))
        return false;
    c->edit.scope = &c->scope;
    c->edit.tenant = c->names[0];
    c->edit.layer = c->names[1];
    return route->run(c, ret, err);
}

void desk_handle(struct desk *desk, void *worker, struct http_request *request)
{
    struct desk_worker *w = worker;
    struct call c = { .desk = desk, .worker = w, .request = request, .body = VAL_ABSENT };
    struct val answer;
    struct err err;
    if (!w
        || !scope_open(w->scope, request->arena, http_cookie(request, DOOR_COOKIE),
                       &c.scope, &err)) {
        http_send(request, 503, "text/plain; charset=utf-8", STR("503 busy\n"));
        return;
    }
    c.edit = (struct edit){ .editor = desk->config.editor,
                            .worker = render_script_worker(w->render) };
    if (!run(&c, &answer, &err))
        call_fail(&c, &err);
    else if (val_exists(answer))
        call_answer(&c, answer);
    else
        http_send(request, 200, "application/json", desk_openapi());
    scope_close(&c.scope);
}
