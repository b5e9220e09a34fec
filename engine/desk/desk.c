/* From a request to its route. */
#include "inside.h"

#include "schema/schema.h"

#include <strings.h>

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
    static const char *const names[] = {
        [BODY_COMMANDS] = "Commands",      [BODY_PUBLISHING] = "Publishing",
        [BODY_REASON] = "Reason",          [BODY_TOKEN] = "NewToken",
        [BODY_CONNECTOR] = "NewConnector", [BODY_INPUT] = "ActionInput",
        [BODY_GRANTING] = "Granting",      [BODY_LOOKING] = "Looking",
        [BODY_DESCRIBING] = "Describing",  [BODY_GUIDING] = "Guiding",
        [BODY_AUDIENCE] = "NewAudience",   [BODY_RULE] = "AudienceRule",
        [BODY_ARRANGING] = "Arranging",    [BODY_SETTINGS] = "NewSettings",
        [BODY_SCREEN] = "Screen",          [BODY_SEEN] = "Seen",
        [BODY_TERMS] = "NewTerms"
    };
    struct val document;
    if (!doc_parse(arena, desk_openapi(), &document, err))
        return false;
    for (enum desk_body i = BODY_OWN + 1; i < BODIES; i++) {
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

/* ---- finding the route ---- */

bool desk_takes(str path)
{
    return str_starts(path, STR("/api/"));
}

size_t desk_body_limit(str method, str path)
{
    return str_equal(method, STR("POST")) && str_starts(path, STR("/api/v1/data/"))
               ? LIMIT_INGEST_BYTES
               : LIMIT_BODY_BYTES;
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
    if (route->body == BODY_OWN)
        return true;
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

static str bearer_of(const struct http_request *request)
{
    static const str word = STR_INIT("Bearer ");
    str said = http_header(request, "Authorization");
    if (said.n <= word.n || strncasecmp(said.p, word.p, word.n) != 0)
        return (str){ NULL, 0 };
    return str_trim((str){ said.p + word.n, said.n - word.n });
}

/* Who asks with a token that is none counts as the address it comes from. */
static bool admits(struct call *c, struct err *err)
{
    struct snap *snap;
    struct door *door = c->desk->config.door;
    str bearer = bearer_of(c->request);
    if (!bearer.p)
        return door_admits(door, c->request, &c->scope, err);
    if (!scope_snap(&c->scope, &snap, err)
        || !auth_token_find(snap, bearer, c->request->arena, &c->token, err))
        return false;
    if (c->token.n)
        return door_admits_token(door, c->request, &c->scope, c->token, err);
    return door_admits(door, c->request, &c->scope, err)
           && err_set(err, ERR_SIGNIN, "desk.token",
                      "this token is none, or was revoked");
}

/* A token is for records alone. */
static bool knows_who(const struct call *c, const struct desk_route *route,
                      struct err *err)
{
    if (!c->token.n)
        return c->scope.viewer
               || err_set(err, ERR_SIGNIN, "desk.sign_in", "sign in first");
    return str_starts(route->path, STR("/api/v1/data/"))
           || err_set(err, ERR_FORBIDDEN, "desk.token", "a token is for records alone");
}

static bool open_data(struct call *c, struct err *err)
{
    struct arena *a = c->request->arena;
    str tenant = http_query(c->request, "tenant");
    struct val token = VAL_ABSENT;
    struct snap *snap;
    if (c->token.n
        && (!scope_snap(&c->scope, &snap, err)
            || !auth_token_read(snap, c->token, a, &token, err)))
        return false;
    str own = c->scope.viewer ? tenant_of(&c->scope.viewer->path)->id
                              : val_get_text(token, STR("tenant"));
    c->data = (struct data_call){ .data = c->desk->config.data,
                                  .scope = &c->scope,
                                  .worker = c->edit.worker,
                                  .tenant = arena_str(a, tenant.n ? tenant : own),
                                  .collection = c->names[0],
                                  .token = c->token };
    return true;
}

static bool run(struct call *c, struct val *ret, struct err *err)
{
    const struct desk_route *route;
    if (!admits(c, err) || !find_route(c, &route, err))
        return false;
    if (!route->run) {
        *ret = VAL_ABSENT;
        return true;
    }
    if (!knows_who(c, route, err) || !read_body(c, route, err) || !open_data(c, err))
        return false;
    c->edit.scope = &c->scope;
    c->edit.tenant = c->names[0];
    c->edit.layer = c->names[1];
    return route->run(c, ret, err);
}

void desk_handle(struct desk *desk, struct door_worker *worker,
                 struct http_request *request)
{
    struct call c = {
        .desk = desk, .worker = worker, .request = request, .body = VAL_ABSENT
    };
    struct val answer = VAL_ABSENT;
    struct err err;
    if (request->parked)
        door_act_drop(request->parked);
    str session = bearer_of(request).p ? STR("") : http_cookie(request, DOOR_COOKIE);
    if (!door_scope(worker, request, session, &c.scope))
        return;
    c.edit = (struct edit){ .editor = desk->config.editor,
                            .worker = render_script_worker(worker->render) };
    if (!(request->parked ? act_answer(&c, &answer, &err) : run(&c, &answer, &err)))
        call_fail(&c, &err);
    else if (val_exists(answer))
        call_answer(&c, answer);
    else if (!c.sent && !c.is_parked)
        http_send(request, 200, "application/json", desk_openapi());
    scope_close(&c.scope);
}
