/*
 * Many clients in one process: each loads a page, opens a stream with its token and
 * waits. streams PORT COOKIES COUNT PAGE COOKIES has a session a line. Says "open N" when
 * all are. Then on standard input: mark     forget what came; answers "marked" report one
 * JSON object: how many streams got something since, when, how much break N  closes the
 * last N of them without a word
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 64, ADDRESSES = 4, ROOM = 256 << 10, EVENTS = 512 };

enum step { LOADING, OPENING, OPEN, CLOSED };

struct client {
    int fd;
    enum step step;
    size_t matched; /* of "\nid: " */
    size_t events;  /* since the mark */
    int64_t first_us;
    struct buf reply; /* until it is open */
};

struct crowd {
    int epoll;
    uint16_t port;
    const char *page;
    char **cookies;
    size_t cookie_count;
    struct client *clients;
    size_t count;
    size_t started;
    size_t open;
    size_t bytes; /* since the mark */
    char *room;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void say(struct client *c, const char *text)
{
    size_t n = strlen(text);
    if (send(c->fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
        fail("send");
}

static void start_one(struct crowd *crowd)
{
    size_t i = crowd->started++;
    struct client *c = &crowd->clients[i];
    struct sockaddr_in from = { .sin_family = AF_INET };
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(crowd->port) };
    struct epoll_event wanted = { .events = EPOLLIN, .data.u64 = i };
    char text[512];
    int on = 1;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i % ADDRESSES));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof from) != 0
        || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, c->fd, &wanted);
    buf_init(&c->reply, ROOM);
    snprintf(text, sizeof text, "GET /w/%s HTTP/1.1\r\nHost: h\r\nCookie: sid=%s\r\n\r\n",
             crowd->page, crowd->cookies[i % crowd->cookie_count]);
    say(c, text);
}

static str find(str in, const char *text)
{
    const char *at = memmem(in.p, in.n, text, strlen(text));
    return at ? (str){ at + strlen(text), in.n - (size_t)(at + strlen(text) - in.p) }
              : (str){ NULL, 0 };
}

/* The page is there: asks for the stream. */
static void ask_stream(struct crowd *crowd, size_t i)
{
    struct client *c = &crowd->clients[i];
    str rest;
    str token = str_cut(find(buf_view(&c->reply), "data-at=\""), '"', &rest);
    char text[4096];
    if (!token.p)
        fail("no token");
    snprintf(text, sizeof text,
             "GET /live?page=%s&at=%.*s HTTP/1.1\r\nHost: h\r\nCookie: sid=%s\r\n\r\n",
             crowd->page, STR_ARG(token), crowd->cookies[i % crowd->cookie_count]);
    c->step = OPENING;
    buf_clear(&c->reply);
    say(c, text);
}

static bool is_whole(const struct buf *reply)
{
    str bytes = buf_view(reply);
    str body = find(bytes, "\r\n\r\n");
    str length = find(bytes, "Content-Length: ");
    return body.p && length.p && body.n >= strtoul(length.p, NULL, 10);
}

static void count_events(struct crowd *crowd, struct client *c, const char *p, size_t n)
{
    static const char mark[] = "\nid: ";
    crowd->bytes += n;
    for (size_t i = 0; i < n; i++) {
        c->matched = p[i] == mark[c->matched] ? c->matched + 1 : p[i] == mark[0];
        if (mark[c->matched])
            continue;
        c->matched = 0;
        if (!c->events++)
            c->first_us = now_us();
    }
}

static void on_bytes(struct crowd *crowd, size_t i, size_t n)
{
    struct client *c = &crowd->clients[i];
    if (c->step == OPEN) {
        count_events(crowd, c, crowd->room, n);
        return;
    }
    buf_add(&c->reply, crowd->room, n);
    if (c->step == LOADING && is_whole(&c->reply)) {
        ask_stream(crowd, i);
    } else if (c->step == OPENING && find(buf_view(&c->reply), "retry: ").p) {
        c->step = OPEN;
        crowd->open++;
        buf_done(&c->reply);
        if (crowd->started < crowd->count)
            start_one(crowd);
        if (crowd->open == crowd->count) {
            printf("open %zu\n", crowd->open);
            fflush(stdout);
        }
    }
}

static void drop(struct crowd *crowd, struct client *c)
{
    crowd->open -= c->step == OPEN;
    c->step = CLOSED;
    close(c->fd);
}

static void on_client(struct crowd *crowd, size_t i)
{
    ssize_t n = recv(crowd->clients[i].fd, crowd->room, ROOM, 0);
    if (n > 0)
        on_bytes(crowd, i, (size_t)n);
    else
        drop(crowd, &crowd->clients[i]);
}

/* ---- what is asked ---- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void report(struct crowd *crowd)
{
    int64_t *times = mem_zero((crowd->count + 1) * sizeof *times);
    size_t got = 0;
    size_t events = 0;
    for (size_t i = 0; i < crowd->count; i++) {
        events += crowd->clients[i].events;
        if (crowd->clients[i].events)
            times[got++] = crowd->clients[i].first_us;
    }
    qsort(times, got, sizeof *times, by_time);
    printf("{\"open\":%zu,\"got\":%zu,\"events\":%zu,\"bytes\":%zu,\"first_us\":%lld,"
           "\"middle_us\":%lld,\"last_us\":%lld}\n",
           crowd->open, got, events, crowd->bytes, (long long)times[0],
           (long long)times[got / 2], (long long)(got ? times[got - 1] : 0));
    fflush(stdout);
    mem_free(times);
}

static void forget(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++)
        crowd->clients[i].events = 0;
    crowd->bytes = 0;
    printf("marked\n");
    fflush(stdout);
}

static void break_some(struct crowd *crowd, size_t n)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    for (size_t i = crowd->count; i-- && n;) {
        struct client *c = &crowd->clients[i];
        if (c->step != OPEN)
            continue;
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        drop(crowd, c);
        n--;
    }
    printf("broken\n");
    fflush(stdout);
}

static void on_command(struct crowd *crowd)
{
    char line[128];
    ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);
    if (n <= 0)
        exit(0);
    line[n] = 0;
    if (strncmp(line, "mark", 4) == 0)
        forget(crowd);
    else if (strncmp(line, "report", 6) == 0)
        report(crowd);
    else if (strncmp(line, "break ", 6) == 0)
        break_some(crowd, strtoul(line + 6, NULL, 10));
}

static void read_cookies(struct crowd *crowd, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    if (!file)
        fail(path);
    crowd->cookies = mem_alloc(crowd->count * sizeof *crowd->cookies);
    while (crowd->cookie_count < crowd->count && fgets(line, sizeof line, file)) {
        line[strcspn(line, " \n")] = 0;
        crowd->cookies[crowd->cookie_count++] =
            (char *)(uintptr_t)mem_str(str_of(line)).p;
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    struct crowd crowd = { 0 };
    struct epoll_event events[EVENTS];
    struct epoll_event stdin_event = { .events = EPOLLIN, .data.u64 = UINT64_MAX };
    struct rlimit files;
    if (argc != 5)
        return 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    crowd.port = (uint16_t)strtoul(argv[1], NULL, 10);
    crowd.count = strtoul(argv[3], NULL, 10);
    crowd.page = argv[4];
    crowd.clients = mem_zero(crowd.count * sizeof *crowd.clients);
    crowd.room = mem_alloc(ROOM);
    read_cookies(&crowd, argv[2]);
    crowd.epoll = epoll_create1(0);
    epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &stdin_event);
    while (crowd.started < crowd.count && crowd.started < AT_ONCE)
        start_one(&crowd);
    for (;;) {
        int n = epoll_wait(crowd.epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u64 == UINT64_MAX)
                on_command(&crowd);
            else if (crowd.clients[events[i].data.u64].step != CLOSED)
                on_client(&crowd, events[i].data.u64);
        }
    }
}
