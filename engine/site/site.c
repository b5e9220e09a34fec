/* Routes, and what is checked before each of them. */
#include "inside.h"

const struct http_field site_fields[] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
      "connect-src 'self'; "
      "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'self'; require-trusted-types-for 'script'" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Permissions-Policy", "geolocation=(), microphone=(), camera=()" },
};
const size_t site_field_count = COUNT_OF(site_fields);

struct site *site_open(const struct site_config *config)
{
    struct site *site = mem_zero(sizeof *site);
    site->config = *config;
    site->arena = arena_open();
    site->config.demo = val_copy(site->arena, config->demo);
    return site;
}

void site_close(struct site *site)
{
    if (!site)
        return;
    arena_close(site->arena);
    mem_free(site);
}

void site_set_server(struct site *site, struct http_server *server)
{
    __atomic_store_n(&site->server, server, __ATOMIC_RELEASE); /* requests come already */
}

/* ---- small routes ---- */

bool visit_path(struct visit *v, struct tenant_path *ret, struct err *err)
{
    struct snap *snap;
    str root;
    if (v->scope.viewer) {
        *ret = v->scope.viewer->path;
        return true;
    }
    return scope_snap(&v->scope, &snap, err)
           && tenant_root(snap, v->request->arena, NULL, &root, err)
           && tenant_path_read(snap, root, v->request->arena, NULL, ret, err);
}

bool visit_sheet(struct visit *v, struct tenant_path *path, struct sheet **ret,
                 struct err *err)
{
    if (!visit_path(v, path, err))
        return false;
    struct sheet_source source = v->scope.viewer ? render_viewer_sheet(&v->scope)
                                                 : (struct sheet_source){ .path = path };
    return render_sheet(v->worker->render, &v->scope, &source, ret, err);
}

static void route_page(struct visit *v)
{
    struct page *page;
    struct err err;
    if (val_exists(val_get(v->scope.query, STR("arrange")))) {
        route_arrange_page(v);
        return;
    }
    if (render_page(v->worker->render, &v->scope, v->rest, &page, &err)) {
        note_usage(v, USAGE_VIEW, v->rest);
        if (!put_said(v, page->body))
            http_send_body(v->request, 200, page->body);
        render_page_weigh(page);
        cached_drop(&page->head);
    } else {
        reply_error(v, &err);
    }
}

/* /t/TENANT:SPECIALTY@THEME/FINGERPRINT.css, the last two if they matter; an old
 * fingerprint gets the sheet of now. */
static void route_sheet(struct visit *v)
{
    str file;
    struct tenant_path path;
    struct sheet_source source = { .path = &path };
    str tenant = str_cut(v->rest, '/', &file);
    tenant = str_cut(tenant, '@', &source.theme);
    tenant = str_cut(tenant, ':', &source.specialty);
    struct sheet *sheet;
    struct snap *snap;
    struct err err;
    bool good = scope_snap(&v->scope, &snap, &err)
                && tenant_path_read(snap, tenant, v->request->arena, NULL, &path, &err)
                && render_sheet(v->worker->render, &v->scope, &source, &sheet, &err);
    if (!good) {
        reply_error(v, &err);
        return;
    }
    str now = arena_format(v->request->arena, "%.*s.css", STR_ARG(sheet->fingerprint));
    if (str_equal(now, file)) {
        http_send_body(v->request, 200, sheet->body);
    } else {
        http_set(v->request, "Cache-Control", STR("no-cache"));
        http_send(v->request, 200, "text/css; charset=utf-8",
                  http_body_bytes(sheet->body, v->request->arena));
    }
    cached_drop(&sheet->head);
}

/* The host's icons, and its asides; an old fingerprint of those gets what there is now.
 */
static void send_host_file(struct visit *v, const struct sheet *sheet)
{
    str kind;
    str_cut(v->rest, '.', &kind);
    bool english = str_equal(kind, STR("en.html"));
    const struct aside *aside = &sheet->asides[english ? VIEW_EN : VIEW_ZH];
    if (!english && !str_equal(kind, STR("zh.html"))) {
        http_send_body(v->request, 200, sheet->icons);
    } else if (str_equal(v->request->path, aside->path)) {
        http_send_body(v->request, 200, aside->body);
    } else {
        http_set(v->request, "Cache-Control", STR("no-cache"));
        http_send(v->request, 200, "text/html; charset=utf-8",
                  http_body_bytes(aside->body, v->request->arena));
    }
}

static void route_host_file(struct visit *v)
{
    struct tenant_path path;
    struct sheet *sheet;
    struct err err;
    if (!visit_sheet(v, &path, &sheet, &err)) {
        reply_error(v, &err);
        return;
    }
    send_host_file(v, sheet);
    cached_drop(&sheet->head);
}

static void route_health(struct visit *v)
{
    struct snap *snap;
    struct err err;
    bool good = scope_snap(&v->scope, &snap, &err);
    http_send(v->request, good ? 200 : 503, "application/json",
              good ? STR("{\"status\":\"ok\"}\n") : STR("{\"status\":\"store\"}\n"));
}

/* ---- metrics ---- */

static void put_cache(struct buf *out, const char *name, const struct cache_counts *c)
{
    buf_format(out,
               "pinban_cache_hits_total{cache=\"%s\"} %llu\n"
               "pinban_cache_misses_total{cache=\"%s\"} %llu\n"
               "pinban_cache_evicted_total{cache=\"%s\"} %llu\n"
               "pinban_cache_objects{cache=\"%s\"} %zu\n"
               "pinban_cache_bytes{cache=\"%s\"} %zu\n",
               name, (unsigned long long)c->hits, name, (unsigned long long)c->misses,
               name, (unsigned long long)c->evicted, name, c->objects, name, c->bytes);
}

static void put_actions(struct buf *out, struct site *site)
{
    struct action_counts c = action_count(site->config.actions);
    struct store_counts store = store_count(scopes_store(site->config.scopes));
    buf_format(out,
               "pinban_actions_total{outcome=\"run\"} %llu\n"
               "pinban_actions_total{outcome=\"replayed\"} %llu\n"
               "pinban_actions_total{outcome=\"refused\"} %llu\n"
               "pinban_actions_total{outcome=\"turned_away\"} %llu\n"
               "pinban_actions_total{outcome=\"left\"} %llu\n"
               "pinban_actions_waiting %zu\npinban_actions_in_writer %zu\n",
               (unsigned long long)c.run, (unsigned long long)c.replayed,
               (unsigned long long)c.refused, (unsigned long long)c.turned_away,
               (unsigned long long)c.left, c.waiting, c.in_writer);
    buf_format(out,
               "pinban_commits_total %llu\npinban_commit_works_total %llu\n"
               "pinban_journal_bytes_total %llu\npinban_journal_turns_total %llu\n",
               (unsigned long long)store.groups, (unsigned long long)store.works,
               (unsigned long long)store.journal_bytes,
               (unsigned long long)store.journal_turns);
}

static void put_requests(struct buf *out, const struct http_counts *c)
{
    for (int class = 2; class < 6; class ++)
        buf_format(out, "pinban_requests_total{class=\"%dxx\"} %llu\n", class,
                   (unsigned long long)c->by_class[class]);
    buf_format(out, "pinban_body_bytes_total %llu\npinban_connections %llu\n",
               (unsigned long long)c->bytes_out, (unsigned long long)c->connections);
}

static void put_streams(struct buf *out, const struct live_counts *c)
{
    buf_format(out,
               "pinban_streams %zu\npinban_streams_opened_total %llu\n"
               "pinban_streams_reaped_total %llu\npinban_stream_bytes_total %llu\n"
               "pinban_live_wakes_total %llu\npinban_live_renders_total %llu\n"
               "pinban_live_pushes_total %llu\npinban_live_same_total %llu\n"
               "pinban_live_skipped_total %llu\npinban_live_spots %zu\n",
               c->hub.streams, (unsigned long long)c->hub.opened,
               (unsigned long long)c->hub.reaped, (unsigned long long)c->hub.bytes,
               (unsigned long long)c->wakes, (unsigned long long)c->renders,
               (unsigned long long)c->pushes, (unsigned long long)c->same,
               (unsigned long long)c->skipped, c->spots);
}

static void route_metrics(struct visit *v)
{
    struct site *site = v->site;
    struct render_counts render = render_count(site->config.renderer);
    struct cache_counts viewers = scopes_count(site->config.scopes);
    struct buf out;
    size_t used;
    size_t limit;
    bool forwarded = http_header(v->request, "X-Forwarded-For").p;
    if (forwarded || !str_equal(http_client(v->request), STR("127.0.0.1"))) {
        reply_missing(v);
        return;
    }
    buf_init(&out, 64 << 10);
    struct http_server *server = __atomic_load_n(&site->server, __ATOMIC_ACQUIRE);
    if (server) {
        struct http_counts counts = http_count(server);
        put_requests(&out, &counts);
    }
    store_size(scopes_store(site->config.scopes), &used, &limit);
    buf_format(
        &out,
        "pinban_fragments_rendered_total %llu\npinban_fragments_failed_total %llu\n",
        (unsigned long long)render.rendered, (unsigned long long)render.failed);
    put_actions(&out, site);
    put_cache(&out, "fragment", &render.fragments);
    put_cache(&out, "page", &render.pages);
    put_cache(&out, "viewer", &viewers);
    struct live_counts live = live_count(site->config.live);
    put_streams(&out, &live);
    buf_format(&out, "pinban_store_bytes %zu\npinban_store_limit_bytes %zu\n", used,
               limit);
    buf_format(&out, "pinban_store_revision %llu\n",
               (unsigned long long)store_revision(scopes_store(site->config.scopes)));
    http_send(v->request, 200, "text/plain; version=0.0.4; charset=utf-8",
              buf_view(&out));
    buf_done(&out);
}

/* ---- the table ---- */

enum who {
    ANYBODY,
    SIGNED_IN,
    LISTENER, /* asks for a stream: the route reads the address and says what is wrong */
};

static const struct route {
    const char *method; /* GET stands for HEAD too */
    str path;           /* ends with "/": what follows is visit.rest */
    enum who who;
    void (*run)(struct visit *v);
} routes[] = {
    { "GET", STR_INIT("/"), ANYBODY, route_sign_in_page },
    { "POST", STR_INIT("/sign-in"), ANYBODY, route_sign_in },
    { "POST", STR_INIT("/sign-out"), ANYBODY, route_sign_out },
    { "GET", STR_INIT("/w/"), SIGNED_IN, route_page },
    { "GET", STR_INIT("/live"), LISTENER, route_live },
    { "POST", STR_INIT("/me"), SIGNED_IN, route_me },
    { "POST", STR_INIT("/arrange"), SIGNED_IN, route_arrange },
    { "POST", STR_INIT("/act"), SIGNED_IN, route_act },
    { "POST", STR_INIT("/used"), SIGNED_IN, route_used },
    { "GET", STR_INIT("/a/"), ANYBODY, route_asset },
    { "GET", STR_INIT("/p/"), ANYBODY, route_picture },
    { "GET", STR_INIT("/t/"), ANYBODY, route_sheet },
    { "GET", STR_INIT("/i/"), ANYBODY, route_host_file },
    { "GET", STR_INIT("/icon.svg"), ANYBODY, route_fixed },
    { "GET", STR_INIT("/icon.png"), ANYBODY, route_fixed },
    { "GET", STR_INIT("/sw.js"), ANYBODY, route_fixed },
    { "GET", STR_INIT("/manifest.webmanifest"), ANYBODY, route_manifest },
    { "GET", STR_INIT("/offline"), ANYBODY, route_offline_page },
    { "GET", STR_INIT("/healthz"), ANYBODY, route_health },
    { "GET", STR_INIT("/metrics"), ANYBODY, route_metrics },
};

static bool path_matches(const struct route *route, str path, str *ret_rest)
{
    bool open_ended = route->path.n > 1 && route->path.p[route->path.n - 1] == '/';
    if (open_ended && str_starts(path, route->path)) {
        *ret_rest = (str){ path.p + route->path.n, path.n - route->path.n };
        return true;
    }
    *ret_rest = STR("");
    return str_equal(path, route->path);
}

/* The route, or NULL; then `*allow` is what the path takes, NULL for an unknown path. */
static const struct route *find_route(struct visit *v, const char **allow)
{
    *allow = NULL;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!path_matches(&routes[i], v->request->path, &v->rest))
            continue;
        bool same = door_is_get(v->request->method)
                        ? strcmp(routes[i].method, "GET") == 0
                        : str_equal(v->request->method, str_of(routes[i].method));
        if (same)
            return &routes[i];
        *allow = strcmp(routes[i].method, "GET") == 0 ? "GET, HEAD" : routes[i].method;
    }
    return NULL;
}

bool site_parks(str method, str path)
{
    return str_equal(method, STR("POST")) && str_equal(path, STR("/act"));
}

/* ---- parameters ---- */

enum { MAX_PARAMETERS = 16, MAX_QUERY_BYTES = 300 };

void parameters_add(struct parameters *p, str name, str value)
{
    if (!p->items)
        p->items = ARENA_ARRAY(p->arena, struct member, MAX_PARAMETERS);
    p->bytes += name.n + value.n + 2;
    p->bad = p->bad || p->n == MAX_PARAMETERS || p->bytes > MAX_QUERY_BYTES
             || !str_is_text(name) || !str_is_text(value);
    if (!p->bad)
        p->items[p->n++] = (struct member){ arena_str(p->arena, name),
                                            val_str(arena_str(p->arena, value)) };
}

struct val parameters_map(const struct parameters *p, str *ret_text)
{
    struct val map = val_map(p->items, p->n);
    *ret_text = p->n ? doc_text(p->arena, map, DOC_SORTED) : STR("");
    return map;
}

static void take_parameter(void *data, str name, str value)
{
    parameters_add(data, name, value);
}

static bool read_parameters(struct visit *v, struct err *err)
{
    struct parameters p = { .arena = v->request->arena };
    http_each_query(v->request, take_parameter, &p);
    if (p.bad)
        return err_set(err, ERR_INPUT, "site.query",
                       "the address has too many parameters");
    v->scope.query = parameters_map(&p, &v->scope.query_text);
    return true;
}

/* ---- one request ---- */

static void ask_to_sign_in(struct visit *v)
{
    struct err err;
    err_set(&err, ERR_SIGNIN, "site.sign_in", "sign in first");
    if (wants_json(v) && !door_is_get(v->request->method))
        reply_problem(v, &err);
    else
        http_send_to(v->request, STR("/"));
}

static void refuse(struct visit *v, const struct err *err)
{
    if (wants_json(v) && !door_is_get(v->request->method))
        reply_problem(v, err);
    else
        reply_error(v, err);
}

static void go_on(struct visit *v)
{
    struct err err;
    if (!v->scope.viewer)
        ask_to_sign_in(v);
    else if (read_parameters(v, &err))
        act_goes_on(v);
    else
        refuse(v, &err);
}

static void run_route(struct visit *v)
{
    struct err err;
    const char *allow;
    const struct route *route = find_route(v, &allow);
    if (!door_admits(v->site->config.door, v->request, &v->scope, &err)
        || (!(route && route->who == LISTENER) && !read_parameters(v, &err))) {
        refuse(v, &err);
    } else if (!route && allow) {
        http_set(v->request, "Allow", str_of(allow));
        reply_plain(v, 405, "method not allowed");
    } else if (!route) {
        reply_missing(v);
    } else if (v->request->body.n
               && !door_has_type(v->request, STR("application/x-www-form-urlencoded"))) {
        reply_plain(v, 415, "a form is wanted");
    } else if (route->who == SIGNED_IN && !v->scope.viewer) {
        ask_to_sign_in(v);
    } else {
        route->run(v);
    }
}

void site_handle(struct site *site, struct door_worker *worker,
                 struct http_request *request)
{
    struct visit v = { .site = site, .worker = worker, .request = request };
    if (request->parked)
        door_act_drop(request->parked);
    if (!door_scope(worker, request, http_cookie(request, DOOR_COOKIE), &v.scope))
        return;
    if (request->parked)
        go_on(&v);
    else
        run_route(&v);
    scope_close(&v.scope);
}
