/*
 * On libmicrohttpd 0.9.75: an internal epoll pool, one contiguous buffer a response (a
 * response in pieces costs a system call more than copying 16 KiB). A GET keeps nothing
 * between callbacks, and its arena is the thread's. It is answered in the second
 * callback: MHD closes a connection that is answered in the first.
 */
#include "inside.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

/* MHD clears what a connection has for its next request: room for more than the headers
 * of both sides would cost every request. */
enum { REPLY_HEADERS = 4 << 10 };

/* ---- workers ---- */

static _Thread_local struct worker *this_worker;
static _Thread_local struct http_server *this_server;

struct worker *worker_here(struct http_server *server)
{
    if (this_worker && this_server == server)
        return this_worker;
    struct worker *w = mem_zero(sizeof *w);
    w->own = server->config.worker_open(server->config.app);
    w->arena = arena_open();
    pthread_mutex_lock(&server->lock);
    w->next = server->workers;
    server->workers = w;
    pthread_mutex_unlock(&server->lock);
    this_worker = w;
    this_server = server;
    return w;
}

struct worker *worker_now(void)
{
    return this_worker;
}

static void close_workers(struct http_server *server)
{
    while (server->workers) {
        struct worker *w = server->workers;
        server->workers = w->next;
        server->config.worker_close(w->own);
        packer_close(w->packer);
        while (w->spare_count)
            arena_close(w->spare[--w->spare_count]);
        while (w->room_count)
            mem_free(w->rooms[--w->room_count]);
        arena_close(w->arena);
        mem_free(w);
    }
}

void worker_run(struct worker *worker, struct http_server *server,
                struct http_request *request)
{
    const struct http_exchange *x = request->exchange;
    server->config.handle(server->config.app, worker->own, request);
    bool parked = x->ticket && x->ticket->data;
    if (!x->response && !x->stream && !parked)
        http_send(request, 500, "text/plain; charset=utf-8", STR("no reply\n"));
}

/* ---- replies ---- */

static void count(struct http_server *server, int status)
{
    int class = status / 100;
    __atomic_add_fetch(&server->counts.requests, 1, __ATOMIC_RELAXED);
    if (class >= 0 && class < 6)
        __atomic_add_fetch(&server->counts.by_class[class], 1, __ATOMIC_RELAXED);
}

enum MHD_Result exchange_finish(struct http_exchange *x)
{
    count(x->server, x->status);
    enum MHD_Result result =
        MHD_queue_response(x->connection, (unsigned)x->status, x->response);
    if (!x->body)
        MHD_destroy_response(x->response);
    http_body_drop(x->body);
    x->response = NULL;
    x->body = NULL;
    return result;
}

/* Where the field stands, or would. */
static size_t field_at(const struct http_exchange *x, const char *name)
{
    size_t i = 0;
    while (i < x->field_count && strcasecmp(x->fields[i].name, name) != 0)
        i++;
    return i;
}

void http_set(struct http_request *request, const char *name, str value)
{
    struct http_exchange *x = request->exchange;
    size_t at = field_at(x, name);
    bool broken =
        value.n && (memchr(value.p, '\r', value.n) || memchr(value.p, '\n', value.n));
    if (broken || at == MAX_FIELDS)
        return;
    x->fields[at] = (struct http_field){ name, arena_str(request->arena, value).p };
    if (at == x->field_count)
        x->field_count++;
}

static void add_fields(struct http_exchange *x)
{
    for (size_t i = 0; i < x->field_count; i++)
        MHD_add_response_header(x->response, x->fields[i].name, x->fields[i].value);
}

static bool is_set(const struct http_exchange *x, const char *name)
{
    return field_at(x, name) < x->field_count;
}

/* Those of every reply, where the request has not set its own. */
static void add_own_fields(struct http_exchange *x)
{
    const struct http_config *config = &x->server->config;
    for (size_t i = 0; i < config->field_count; i++) {
        if (!is_set(x, config->fields[i].name))
            MHD_add_response_header(x->response, config->fields[i].name,
                                    config->fields[i].value);
    }
    if (!is_set(x, "Cache-Control"))
        MHD_add_response_header(x->response, "Cache-Control", "no-store");
}

static void bytes_sent(struct http_exchange *x, size_t n)
{
    __atomic_add_fetch(&x->server->counts.bytes_out, n, __ATOMIC_RELAXED);
}

void http_send(struct http_request *request, int status, const char *type, str bytes)
{
    struct http_exchange *x = request->exchange;
    x->status = status;
    x->response = own_response(request, type, bytes);
    if (type)
        MHD_add_response_header(x->response, "Content-Type", type);
    MHD_add_response_header(x->response, "X-Content-Type-Options", "nosniff");
    add_own_fields(x);
    add_fields(x);
    bytes_sent(x, bytes.n);
}

void http_send_to(struct http_request *request, str location)
{
    http_set(request, "Location", location);
    http_send(request, 303, NULL, STR(""));
}

/* A counted response with fields of this request's own: a copy of the bytes in a response
 * of its own, because the shared one must not learn them. */
static void send_copy(struct http_request *request, int status, struct http_body *body)
{
    struct http_exchange *x = request->exchange;
    str bytes = http_body_bytes(body, request->arena);
    x->status = status;
    x->response = MHD_create_response_from_buffer(bytes.n, (void *)(uintptr_t)bytes.p,
                                                  MHD_RESPMEM_MUST_COPY);
    body_headers(body, x->response);
    add_fields(x);
    bytes_sent(x, bytes.n);
}

void http_send_body(struct http_request *request, int status, struct http_body *body)
{
    struct http_exchange *x = request->exchange;
    if (x->field_count) {
        send_copy(request, status, body);
        return;
    }
    x->status = status;
    x->body = http_body_hold(body);
    x->response = body_response(body, request, &x->status);
    bytes_sent(x, body_length(body));
}

/* ---- requests ---- */

static void refuse(struct http_request *request, int status, const char *text)
{
    http_set(request, "Connection", STR("close"));
    http_send(request, status, "text/plain; charset=utf-8", str_of(text));
}

static bool is_path(str path)
{
    return str_is_text(path) && str_starts(path, STR("/"));
}

/* The stream has the socket under a number of its own: MHD closes the other, and with
 * MHD_USE_TURBO it does so without a shutdown, which would end both. */
static enum MHD_Result hand_over(struct http_exchange *x)
{
    count(x->server, 200);
    stream_start(x->stream);
    return MHD_NO;
}

static enum MHD_Result answer_here(struct http_server *server,
                                   struct MHD_Connection *connection, const char *url,
                                   const char *method)
{
    struct worker *w = worker_here(server);
    struct http_exchange exchange = { .connection = connection, .server = server };
    struct http_request request = {
        .method = str_of(method),
        .path = str_of(url),
        .arena = w->arena,
        .exchange = &exchange,
    };
    if (!is_path(request.path))
        refuse(&request, 400, "the address is not a path in UTF-8\n");
    else
        worker_run(w, server, &request);
    enum MHD_Result result =
        exchange.stream ? hand_over(&exchange) : exchange_finish(&exchange);
    arena_reset(w->arena);
    return result;
}

static enum MHD_Result answer_refusal(struct http_server *server,
                                      struct MHD_Connection *connection, int status,
                                      const char *text)
{
    struct worker *w = worker_here(server);
    struct http_exchange exchange = { .connection = connection, .server = server };
    struct http_request request = { .arena = w->arena, .exchange = &exchange };
    refuse(&request, status, text);
    enum MHD_Result result = exchange_finish(&exchange);
    arena_reset(w->arena);
    return result;
}

static size_t body_limit(struct http_server *server, const char *method, const char *url)
{
    const struct http_config *config = &server->config;
    size_t limit = config->body_limit
                       ? config->body_limit(config->app, str_of(method), str_of(url))
                       : 0;
    return limit > config->max_body ? limit : config->max_body;
}

static bool announced_too_large(struct MHD_Connection *connection, size_t most)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    int64_t n = 0;
    return length && (!str_to_int(str_of(length), &n) || n < 0 || (uint64_t)n > most);
}

static struct arena *take_arena(struct worker *w)
{
    return w->spare_count ? w->spare[--w->spare_count] : arena_open();
}

static void give_arena(struct worker *w, struct arena *arena)
{
    if (w->spare_count == COUNT_OF(w->spare)) {
        arena_close(arena);
        return;
    }
    arena_reset(arena);
    w->spare[w->spare_count++] = arena;
}

static struct call *call_open(struct http_server *server,
                              struct MHD_Connection *connection, const char *url,
                              const char *method, size_t max_body)
{
    struct call *call = mem_zero(sizeof *call);
    call->max_body = max_body;
    call->server = server;
    call->connection = connection;
    call->arena = take_arena(worker_here(server));
    buf_init(&call->body, max_body);
    call->method = arena_str(call->arena, str_of(method));
    call->path = arena_str(call->arena, str_of(url));
    call->parks = server->config.parks
                  && server->config.parks(server->config.app, call->method, call->path);
    call->exchange = (struct http_exchange){ .connection = connection,
                                             .server = server,
                                             .ticket = &call->ticket };
    return call;
}

static void call_close(struct call *call)
{
    lane_forget(call->server->lane, call);
    if (call->exchange.response && !call->exchange.body)
        MHD_destroy_response(call->exchange.response);
    http_body_drop(call->exchange.body);
    buf_done(&call->body);
    give_arena(worker_here(call->server), call->arena);
    mem_free(call);
}

/* Where a GET would be answered: the connection is suspended only while it is parked. */
static enum MHD_Result run_here(struct call *call)
{
    struct http_server *server = call->server;
    if (call_run(worker_here(server), call)) {
        lane_leave(server->lane, call);
        return exchange_finish(&call->exchange);
    }
    MHD_suspend_connection(call->connection);
    if (parking_is_over(&call->ticket, PARK_WAITS))
        MHD_resume_connection(call->connection);
    return MHD_YES;
}

/* The second, third … callback of a request with a body. */
static enum MHD_Result go_on(struct http_server *server, struct call *call,
                             const char *data, size_t *data_size)
{
    if (*data_size) {
        call->received += *data_size;
        buf_add(&call->body, data, *data_size);
        *data_size = 0;
        return call->received > 16 * call->max_body ? MHD_NO : MHD_YES;
    }
    if (call->done)
        return exchange_finish(&call->exchange);
    if (call->ticket.data)
        return run_here(call);
    if (call->body.full)
        return answer_refusal(server, call->connection, 413, "the body is too large\n");
    if (!is_path(call->path))
        return answer_refusal(server, call->connection, 400,
                              "the address is not a path in UTF-8\n");
    if (!lane_enter(server->lane, call))
        return answer_refusal(server, call->connection, 503, "the server is ending\n");
    if (call->parks)
        return run_here(call);
    MHD_suspend_connection(call->connection);
    lane_give(server->lane, call);
    return MHD_YES;
}

static bool is_safe_method(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static bool is_known_method(const char *method)
{
    static const char *const known[] = { "POST", "PUT", "PATCH", "DELETE" };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(method, known[i]) == 0)
            return true;
    }
    return false;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data,
                                  size_t *data_size, void **state)
{
    struct http_server *server = cls;
    (void)version;
    if (*state == server && *data_size) {
        *data_size = 0; /* a GET's body means nothing */
        return MHD_YES;
    }
    if (*state == server)
        return answer_here(server, connection, url, method);
    if (*state)
        return go_on(server, *state, data, data_size);
    if (is_safe_method(method)) {
        *state = server;
        return MHD_YES;
    }
    if (!is_known_method(method))
        return answer_refusal(server, connection, 501, "this method is not known here\n");
    size_t most = body_limit(server, method, url);
    if (announced_too_large(connection, most))
        return answer_refusal(server, connection, 413, "the body is too large\n");
    *state = call_open(server, connection, url, method, most);
    return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)connection;
    (void)why;
    if (*state && *state != cls)
        call_close(*state);
    *state = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection,
                          void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    (void)connection;
    (void)socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        __atomic_add_fetch(&server->counts.connections, 1, __ATOMIC_RELAXED);
    else
        __atomic_sub_fetch(&server->counts.connections, 1, __ATOMIC_RELAXED);
}

static void PRINTF(2, 0) on_message(void *cls, const char *format, va_list args)
{
    char line[512];
    (void)cls;
    int n = vsnprintf(line, sizeof line, format, args);
    if (n > 0)
        log_event(LOG_DEBUG, "http.library", "text=\"%.*s\"", (int)strcspn(line, "\r\n"),
                  line);
}

/* ---- the server ---- */

static bool listen_address(const struct http_config *config, struct sockaddr_in *ret,
                           struct err *err)
{
    *ret = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(config->port) };
    if (inet_pton(AF_INET, config->address, &ret->sin_addr) == 1)
        return true;
    return err_set(err, ERR_INPUT, "http.listen", "%s is not an IPv4 address",
                   config->address);
}

bool http_open(const struct http_config *config, struct http_server **ret,
               struct err *err)
{
    struct sockaddr_in address;
    if (!listen_address(config, &address, err))
        return false;
    struct http_server *server = mem_zero(sizeof *server);
    server->config = *config;
    pthread_mutex_init(&server->lock, NULL);
    server->lane = lane_open(server, config->slow_threads);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
                     | MHD_USE_ERROR_LOG | MHD_USE_TURBO; /* for hand_over */
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message,
        NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_THREAD_POOL_SIZE, config->threads > 1 ? config->threads : 0,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)8 << 20, /* load runs Lua here */
        MHD_OPTION_CONNECTION_LIMIT, config->max_connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MAX_HEADERS + REPLY_HEADERS,
        MHD_OPTION_CONNECTION_TIMEOUT,
        config->idle_s ? config->idle_s : (unsigned)HTTP_IDLE_S,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    if (!server->daemon) {
        http_close(server);
        return err_set(err, ERR_SYSTEM, "http.listen",
                       "cannot listen on %s:%u; is the port taken?", config->address,
                       config->port);
    }
    *ret = server;
    return true;
}

/* MHD wants no suspended connection when it stops: all calls are answered first. */
void http_close(struct http_server *server)
{
    if (!server)
        return;
    if (server->daemon) {
        MHD_socket listening = MHD_quiesce_daemon(server->daemon);
        lane_end(server->lane);
        lane_drain(server->lane);
        MHD_stop_daemon(server->daemon);
        if (listening != MHD_INVALID_SOCKET)
            shutdown(listening, SHUT_RDWR);
    } else {
        lane_end(server->lane);
    }
    lane_close(server->lane);
    close_workers(server);
    pthread_mutex_destroy(&server->lock);
    mem_free(server);
}

uint16_t http_port(const struct http_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

struct http_counts http_count(const struct http_server *server)
{
    struct http_counts counts;
    counts.requests = __atomic_load_n(&server->counts.requests, __ATOMIC_RELAXED);
    for (size_t i = 0; i < COUNT_OF(counts.by_class); i++)
        counts.by_class[i] =
            __atomic_load_n(&server->counts.by_class[i], __ATOMIC_RELAXED);
    counts.bytes_out = __atomic_load_n(&server->counts.bytes_out, __ATOMIC_RELAXED);
    counts.connections = __atomic_load_n(&server->counts.connections, __ATOMIC_RELAXED);
    return counts;
}
