/*
 * Streams. MHD costs several KiB a connection, and waking one of its suspended
 * connections walks all of them; so a stream leaves MHD with its socket when its request
 * has been read, and lives in an epoll of its own. Sockets are watched by edges: one
 * registration for their whole life.
 */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    MAX_PIECES = 16,
    SEND_BUFFER = 64 << 10, /* bytes the system keeps for a slow client */
    BEATS = 64, /* a round: whoever waits for a change must not wait for them */
};

struct http_stream {
    struct http_hub *hub;
    void *data;
    int fd;
    bool dead;   /* nothing more is sent; closed in the next round */
    bool ending; /* closed when all is sent */
    char *rest;  /* what could not be sent, or NULL */
    size_t rest_n;
    size_t rest_at;
    int64_t at_ms;            /* when it took something last */
    struct http_stream *next; /* by at_ms; or in the inbox, or among the dead */
    struct http_stream *before;
};

struct http_hub {
    struct http_hub_config config;
    pthread_t thread;
    int epoll;
    int event;
    pthread_mutex_t lock; /* protects: inbox, closing */
    struct http_stream *inbox;
    bool closing;
    struct http_stream *oldest;
    struct http_stream *newest;
    struct http_stream *dead;
    struct http_hub_counts counts; /* atomics */
};

static int64_t now_ms(void)
{
    return clock_ticks_us() / 1000;
}

/* ---- the queue of those who are silent ---- */

static void unlink_stream(struct http_hub *hub, struct http_stream *s)
{
    *(s->before ? &s->before->next : &hub->oldest) = s->next;
    *(s->next ? &s->next->before : &hub->newest) = s->before;
}

static void link_stream(struct http_hub *hub, struct http_stream *s)
{
    s->at_ms = now_ms();
    s->before = hub->newest;
    s->next = NULL;
    *(hub->newest ? &hub->newest->next : &hub->oldest) = s;
    hub->newest = s;
}

static void touch(struct http_stream *s)
{
    unlink_stream(s->hub, s);
    link_stream(s->hub, s);
}

/* ---- sending ---- */

static void kill_stream(struct http_stream *s)
{
    if (s->dead)
        return;
    s->dead = true;
    unlink_stream(s->hub, s);
    s->next = s->hub->dead;
    s->hub->dead = s;
}

static void close_if_done(struct http_stream *s)
{
    if (s->ending && !s->rest)
        kill_stream(s);
}

/* What sendmsg did not take of the pieces. */
static void keep_rest(struct http_stream *s, const str *pieces, size_t n, size_t sent)
{
    size_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += pieces[i].n;
    if (sent == all)
        return;
    s->rest = mem_alloc(all - sent);
    s->rest_n = all - sent;
    s->rest_at = 0;
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        size_t skip = sent < pieces[i].n ? sent : pieces[i].n;
        memcpy(s->rest + to, pieces[i].p + skip, pieces[i].n - skip);
        to += pieces[i].n - skip;
        sent -= skip;
    }
}

/* Bytes that the system took; -1: the client is gone. */
static ssize_t try_send(struct http_stream *s, struct iovec *parts, size_t n)
{
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = n };
    ssize_t sent;
    do
        sent = sendmsg(s->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return sent;
}

bool http_stream_is_busy(const struct http_stream *s)
{
    return s->rest != NULL;
}

bool http_stream_send(struct http_stream *s, const str *pieces, size_t n)
{
    struct iovec parts[MAX_PIECES];
    if (s->rest || n > MAX_PIECES)
        return false;
    if (s->dead || s->ending)
        return true;
    for (size_t i = 0; i < n; i++)
        parts[i] = (struct iovec){ (void *)(uintptr_t)pieces[i].p, pieces[i].n };
    ssize_t sent = try_send(s, parts, n);
    if (sent < 0) {
        kill_stream(s);
        return true;
    }
    keep_rest(s, pieces, n, (size_t)sent);
    touch(s);
    __atomic_add_fetch(&s->hub->counts.bytes, (uint64_t)sent, __ATOMIC_RELAXED);
    return true;
}

static void send_rest(struct http_stream *s)
{
    struct iovec part = { s->rest + s->rest_at, s->rest_n - s->rest_at };
    ssize_t sent = try_send(s, &part, 1);
    if (sent < 0) {
        kill_stream(s);
        return;
    }
    s->rest_at += (size_t)sent;
    __atomic_add_fetch(&s->hub->counts.bytes, (uint64_t)sent, __ATOMIC_RELAXED);
    if (sent)
        touch(s);
    if (s->rest_at < s->rest_n)
        return;
    mem_free(s->rest);
    s->rest = NULL;
    if (s->ending)
        kill_stream(s);
    else
        s->hub->config.ready(s->hub->config.app, s->data);
}

void http_stream_end(struct http_stream *s)
{
    s->ending = true;
    close_if_done(s);
}

/* ---- opening ---- */

static bool reserve(struct http_hub *hub)
{
    size_t streams = __atomic_add_fetch(&hub->counts.streams, 1, __ATOMIC_RELAXED);
    if (streams <= hub->config.max_streams)
        return true;
    __atomic_sub_fetch(&hub->counts.streams, 1, __ATOMIC_RELAXED);
    return false;
}

static int socket_of(struct http_request *request)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0) : -1;
}

/* The head of the reply; it is the first thing the stream sends. */
static void put_head(struct http_exchange *x, struct http_stream *s)
{
    const struct http_config *config = &x->server->config;
    struct buf out;
    buf_init(&out, 8 << 10);
    buf_str(&out, STR("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
                      "X-Content-Type-Options: nosniff\r\nConnection: close\r\n"));
    for (size_t i = 0; i < config->field_count; i++)
        buf_format(&out, "%s: %s\r\n", config->fields[i].name, config->fields[i].value);
    buf_format(&out, "\r\nretry: %d\n\n", HTTP_STREAM_RETRY_MS);
    s->rest = out.p;
    s->rest_n = out.n;
}

bool http_stream_open(struct http_hub *hub, struct http_request *request, void *data,
                      struct err *err)
{
    if (!str_equal(request->method, STR("GET")))
        return err_set(err, ERR_INPUT, "http.stream", "a stream is asked for with GET");
    if (!reserve(hub))
        return err_set(err, ERR_BUSY, "http.streams",
                       "too many streams are open; try again later");
    int fd = socket_of(request);
    if (fd < 0) {
        __atomic_sub_fetch(&hub->counts.streams, 1, __ATOMIC_RELAXED);
        return err_set(err, ERR_BUSY, "http.streams",
                       "too many connections are open; try again later");
    }
    struct http_stream *s = mem_zero(sizeof *s);
    s->hub = hub;
    s->data = data;
    s->fd = fd;
    put_head(request->exchange, s);
    request->exchange->stream = s;
    return true;
}

void stream_start(struct http_stream *s)
{
    struct http_hub *hub = s->hub;
    pthread_mutex_lock(&hub->lock);
    s->next = hub->inbox;
    hub->inbox = s;
    pthread_mutex_unlock(&hub->lock);
    http_hub_wake(hub);
}

/* Whoever is gone without a word is noticed when what he is sent is not acknowledged. */
static void prepare_socket(int fd)
{
    int on = 1;
    int off = 0;
    int room = SEND_BUFFER;
    unsigned patience_ms = HTTP_BEAT_S * 1000;
    setsockopt(fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

static void take_in(struct http_hub *hub, struct http_stream *s)
{
    struct epoll_event wanted = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                  .data.ptr = s };
    prepare_socket(s->fd);
    link_stream(hub, s);
    __atomic_add_fetch(&hub->counts.opened, 1, __ATOMIC_RELAXED);
    hub->config.opened(hub->config.app, s, s->data);
    if (epoll_ctl(hub->epoll, EPOLL_CTL_ADD, s->fd, &wanted) != 0)
        kill_stream(s);
}

static void take_all_in(struct http_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    struct http_stream *s = hub->inbox;
    hub->inbox = NULL;
    pthread_mutex_unlock(&hub->lock);
    while (s) {
        struct http_stream *next = s->next;
        take_in(hub, s);
        s = next;
    }
}

/* ---- closing ---- */

static void bury(struct http_hub *hub)
{
    while (hub->dead) {
        struct http_stream *s = hub->dead;
        hub->dead = s->next;
        hub->config.closed(hub->config.app, s->data);
        /* MHD may still hold the same socket, and epoll knows sockets, not numbers. */
        epoll_ctl(hub->epoll, EPOLL_CTL_DEL, s->fd, NULL);
        close(s->fd);
        mem_free(s->rest);
        mem_free(s);
        __atomic_sub_fetch(&hub->counts.streams, 1, __ATOMIC_RELAXED);
    }
}

/* ---- the thread ---- */

/* A client has nothing to say: what it sends is thrown away. */
static bool still_there(struct http_stream *s)
{
    char waste[512];
    ssize_t n;
    do
        n = recv(s->fd, waste, sizeof waste, MSG_DONTWAIT);
    while (n > 0 || (n < 0 && errno == EINTR));
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static void on_event(struct http_stream *s, uint32_t events)
{
    if (s->dead)
        return;
    if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        || ((events & EPOLLIN) && !still_there(s)))
        kill_stream(s);
    else if ((events & EPOLLOUT) && s->rest)
        send_rest(s);
}

static void drain(int event)
{
    uint64_t n;
    ssize_t got = read(event, &n, sizeof n);
    (void)got;
}

static void reap(struct http_stream *s)
{
    __atomic_add_fetch(&s->hub->counts.reaped, 1, __ATOMIC_RELAXED);
    kill_stream(s);
}

/* Gives the milliseconds until the next is due. */
static int beat(struct http_hub *hub)
{
    static const str comment = STR_INIT(":\n\n");
    int64_t due = now_ms() - (int64_t)HTTP_BEAT_S * 1000;
    for (int i = 0; i < BEATS && hub->oldest && hub->oldest->at_ms <= due; i++) {
        if (!http_stream_send(hub->oldest, &comment, 1))
            reap(hub->oldest);
    }
    if (!hub->oldest)
        return HTTP_BEAT_S * 1000;
    int64_t wait = hub->oldest->at_ms - due;
    return wait < 0 ? 0 : (int)wait;
}

static bool is_closing(struct http_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    bool closing = hub->closing;
    pthread_mutex_unlock(&hub->lock);
    return closing;
}

static void *hub_main(void *data)
{
    struct http_hub *hub = data;
    struct epoll_event events[EVENTS];
    while (!is_closing(hub)) {
        int turn = hub->config.turn(hub->config.app);
        int silence = beat(hub);
        bury(hub);
        int n = epoll_wait(hub->epoll, events, EVENTS, turn < silence ? turn : silence);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                on_event(events[i].data.ptr, events[i].events);
            else
                drain(hub->event);
        }
        take_all_in(hub);
    }
    return NULL;
}

struct http_hub *http_hub_open(const struct http_hub_config *config)
{
    struct http_hub *hub = mem_zero(sizeof *hub);
    struct epoll_event wanted = { .events = EPOLLIN };
    pthread_attr_t attr;
    hub->config = *config;
    hub->epoll = epoll_create1(EPOLL_CLOEXEC);
    hub->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 8u << 20); /* load runs Lua here */
    if (hub->epoll < 0 || hub->event < 0
        || epoll_ctl(hub->epoll, EPOLL_CTL_ADD, hub->event, &wanted) != 0
        || pthread_create(&hub->thread, &attr, hub_main, hub) != 0) {
        log_event(LOG_ERROR, "http.no_thread", "what=streams");
        abort(); /* as for memory: nobody would ever be told */
    }
    pthread_attr_destroy(&attr);
    return hub;
}

void http_hub_close(struct http_hub *hub)
{
    if (!hub)
        return;
    pthread_mutex_lock(&hub->lock);
    hub->closing = true;
    pthread_mutex_unlock(&hub->lock);
    http_hub_wake(hub);
    pthread_join(hub->thread, NULL);
    take_all_in(hub);
    while (hub->oldest)
        kill_stream(hub->oldest);
    bury(hub);
    close(hub->epoll);
    close(hub->event);
    pthread_mutex_destroy(&hub->lock);
    mem_free(hub);
}

void http_hub_wake(struct http_hub *hub)
{
    uint64_t one = 1;
    ssize_t put = write(hub->event, &one, sizeof one);
    (void)put;
}

struct http_hub_counts http_hub_count(const struct http_hub *hub)
{
    return (struct http_hub_counts){
        .streams = __atomic_load_n(&hub->counts.streams, __ATOMIC_RELAXED),
        .opened = __atomic_load_n(&hub->counts.opened, __ATOMIC_RELAXED),
        .reaped = __atomic_load_n(&hub->counts.reaped, __ATOMIC_RELAXED),
        .bytes = __atomic_load_n(&hub->counts.bytes, __ATOMIC_RELAXED),
    };
}
