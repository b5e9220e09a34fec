/*
 * Any bytes as what a client sends: the server answers whole replies or closes, and then
 * answers an honest client.
 */
#include "http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_REPLY = 1 << 16 };

static struct http_server *server;

#define CHECK(good)                                                                  \
    do {                                                                             \
        if (!(good)) {                                                               \
            fprintf(stderr, "line %d: %s (%s)\n", __LINE__, #good, strerror(errno)); \
            abort();                                                                 \
        }                                                                            \
    } while (0)

static void echo(void *data, str name, str value)
{
    struct buf *out = data;
    CHECK(name.p != NULL);
    buf_str(out, name);
    buf_str(out, value);
}

static void handle(void *app, void *worker, struct http_request *request)
{
    struct buf out;
    (void)app;
    (void)worker;
    CHECK(str_is_text(request->path) && str_starts(request->path, STR("/")));
    buf_init(&out, 1 << 12);
    buf_str(&out, http_cookie(request, "sid"));
    buf_str(&out, http_form(request, "name"));
    buf_str(&out, http_header(request, "Accept-Language"));
    http_each_query(request, echo, &out);
    http_set(request, "X-Said", buf_view(&out));
    if (str_equal(request->path, STR("/to")))
        http_send_to(request, buf_view(&out));
    else
        http_send(request, 200, "text/plain", buf_view(&out));
    buf_done(&out);
}

static void *worker_open(void *app)
{
    (void)app;
    return mem_alloc(1);
}

static void worker_close(void *worker)
{
    mem_free(worker);
}

static void open_server(void)
{
    struct err err;
    log_set_level(LOG_SILENT);
    struct http_config config = { .address = "127.0.0.1",
                                  .threads = 1,
                                  .slow_threads = 1,
                                  .max_body = 1000,
                                  .max_connections = 100,
                                  .handle = handle,
                                  .worker_open = worker_open,
                                  .worker_close = worker_close };
    CHECK(http_open(&config, &server, &err));
}

/* The fuzzer's clock must not interrupt a call of the client. */
static void hold_alarms(int how)
{
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(how, &alarms, NULL);
}

/* What comes until the server closes, or has been silent for `patience_ms`. */
static size_t talk(const void *bytes, size_t size, int patience_ms,
                   char reply[MOST_REPLY])
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(http_port(server)) };
    struct linger at_once = { 1, 0 }; /* leaves no port waiting */
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    struct timeval patience = { patience_ms / 1000, patience_ms % 1000 * 1000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)!send(fd, bytes, size, MSG_NOSIGNAL);
    size_t got = 0;
    ssize_t more;
    while (got < MOST_REPLY && (more = recv(fd, reply + got, MOST_REPLY - got, 0)) > 0)
        got += (size_t)more;
    close(fd);
    return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char reply[MOST_REPLY];
    if (!server)
        open_server();
    hold_alarms(SIG_BLOCK);
    size_t n = talk(data, size, 5, reply);
    CHECK(n == 0 || (n > 12 && memcmp(reply, "HTTP/1.", 7) == 0));
    n = talk("GET / HTTP/1.0\r\n\r\n", 18, 5000, reply);
    CHECK(n > 12 && memcmp(reply + 8, " 200", 4) == 0);
    hold_alarms(SIG_UNBLOCK);
    return 0;
}
