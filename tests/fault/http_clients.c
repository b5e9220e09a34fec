/*
 * Clients that are slow, rude or lie about lengths: the server answers all others
 * meanwhile, and gives back what each of them took.
 */
#include "http/http.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

enum {
    MAX_BODY = 1000,
    MAX_CONNECTIONS = 200,
    SLOW_CLIENTS = 150,
    SOON_MS = 3000,
    IDLE_S = 4
};

static struct http_server *server;

static void handle(void *app, void *worker, struct http_request *request)
{
    struct buf out;
    (void)app;
    (void)worker;
    buf_init(&out, 1 << 12);
    buf_format(&out, "%.*s %.*s %zu.", STR_ARG(request->method), STR_ARG(request->path),
               request->body.n);
    http_send(request, 200, "text/plain", buf_view(&out));
    buf_done(&out);
}

static void worker_close(void *worker)
{
    mem_free(worker);
}

static void *worker_open(void *app)
{
    (void)app;
    return mem_alloc(1);
}

static int open_server(void **state)
{
    (void)state;
    struct err err;
    log_set_level(LOG_SILENT);
    struct http_config config = { .address = "127.0.0.1",
                                  .threads = 2,
                                  .slow_threads = 2,
                                  .max_body = MAX_BODY,
                                  .max_connections = MAX_CONNECTIONS,
                                  .idle_s = IDLE_S,
                                  .handle = handle,
                                  .worker_open = worker_open,
                                  .worker_close = worker_close };
    return !http_open(&config, &server, &err);
}

static int close_server(void **state)
{
    (void)state;
    http_close(server);
    return 0;
}

/* ---- clients ---- */

static int dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(http_port(server)) };
    struct timeval patience = { SOON_MS / 1000, SOON_MS % 1000 * 1000 };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Reads until `end` came, the server closed, or SOON_MS passed without a byte. */
static const char *hear(int fd, const char *end)
{
    static char reply[1 << 16];
    size_t n = 0;
    ssize_t more = 1;
    reply[0] = 0;
    while (!(end && strstr(reply, end)) && n < sizeof reply - 1
           && (more = recv(fd, reply + n, sizeof reply - 1 - n, 0)) > 0) {
        n += (size_t)more;
        reply[n] = 0;
    }
    return reply;
}

#define ASSERT_HAS(reply, text)                        \
    do {                                               \
        if (!strstr(reply, text))                      \
            fail_msg("no \"%s\" in: %s", text, reply); \
    } while (0)

static const char *ask(const char *request, const char *end)
{
    int fd = dial();
    say(fd, request);
    const char *reply = hear(fd, end);
    close(fd);
    return reply;
}

/* An honest client gets its answer at once. */
static void check_server_answers(void)
{
    int64_t start = clock_ticks_us();
    ASSERT_HAS(ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", NULL),
               "GET /a 0.");
    ASSERT_HAS(ask("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                   "Connection: close\r\n\r\nxy",
                   NULL),
               "POST /b 2.");
    assert_true(clock_ticks_us() - start < SOON_MS * 1000);
}

/* What clients took is given back, at once or when idle: the library does not notice the
 * end of one that comes together with its last bytes. */
static void wait_until_closed(void)
{
    for (int i = 0; i < 6000 && http_count(server).connections; i++)
        usleep(10000);
    assert_int_equal(http_count(server).connections, 0);
}

/* ---- tests ---- */

static void test_http_answers_others_while_many_send_slowly(void **state)
{
    static const char *const starts[] = {
        "GET /slow HTTP/1.1\r\nHost: h\r\nX-A: ",
        "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\nname=",
        "POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "",
    };
    int slow[SLOW_CLIENTS];
    (void)state;
    for (size_t i = 0; i < SLOW_CLIENTS; i++) {
        slow[i] = dial();
        say(slow[i], starts[i % COUNT_OF(starts)]);
    }
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < SLOW_CLIENTS; i++)
            say(slow[i], i % COUNT_OF(starts) == 3 ? "G" : "a");
        check_server_answers();
    }
    for (size_t i = 0; i < SLOW_CLIENTS; i++)
        close(slow[i]);
    wait_until_closed();
}

static void test_http_answers_a_client_that_will_send_no_more(void **state)
{
    (void)state;
    int fd = dial();
    say(fd, "GET /half HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    shutdown(fd, SHUT_WR);
    ASSERT_HAS(hear(fd, NULL), "GET /half 0.");
    close(fd);
    fd = dial();
    say(fd, "POST /half HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    shutdown(fd, SHUT_WR);
    assert_null(strstr(hear(fd, NULL), " 200 "));
    close(fd);
    wait_until_closed();
}

static void test_http_answers_many_requests_sent_at_once_in_order(void **state)
{
    struct buf all;
    int fd = dial();
    (void)state;
    buf_init(&all, 1 << 16);
    for (int i = 0; i < 50; i++)
        buf_format(&all,
                   i % 5 == 4
                       ? "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy"
                       : "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n",
                   i);
    buf_char(&all, 0);
    say(fd, all.p);
    const char *at = hear(fd, "POST /49 2.");
    for (int i = 0; i < 50; i++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, i % 5 == 4 ? "POST /%d 2." : "GET /%d 0.", i);
        at = strstr(at, wanted);
        assert_non_null(at);
    }
    buf_done(&all);
    close(fd);
}

static void test_http_refuses_headers_without_end(void **state)
{
    static char huge[4 * HTTP_MAX_HEADERS];
    (void)state;
    int n = snprintf(huge, sizeof huge, "GET /h HTTP/1.1\r\nHost: h\r\nX-A: ");
    memset(huge + n, 'a', sizeof huge - 1 - (size_t)n);
    ASSERT_HAS(ask(huge, "\r\n\r\n"), " 431 ");
    n = snprintf(huge, sizeof huge, "GET /");
    memset(huge + n, 'a', sizeof huge - 1 - (size_t)n);
    ASSERT_HAS(ask(huge, "\r\n\r\n"), " 4");
    for (size_t at = (size_t)snprintf(huge, sizeof huge, "GET /h HTTP/1.1\r\n");
         at + 16 < sizeof huge;)
        at += (size_t)snprintf(huge + at, sizeof huge - at, "A: b\r\n");
    ASSERT_HAS(ask(huge, "\r\n\r\n"), " 431 ");
    check_server_answers();
}

static void test_http_takes_no_body_of_a_wrong_size(void **state)
{
#define CHUNKED "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    static const char *const wrong[] = {
        CHUNKED "zz\r\nab\r\n0\r\n\r\n",
        CHUNKED "-1\r\nab\r\n0\r\n\r\n",
        CHUNKED "fffffffffffffffff\r\nab\r\n0\r\n\r\n",
        CHUNKED "2\r\nabcdef\r\n0\r\n\r\n",
        CHUNKED "5\r\nab",
        CHUNKED "\r\n",
        "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\nabc",
        "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 5 5\r\n\r\nabcde",
        "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\na",
        "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nabcde",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int fd = dial();
        say(fd, wrong[i]);
        shutdown(fd, SHUT_WR);
        const char *reply = hear(fd, "\r\n\r\n");
        if (strstr(reply, "POST /c") || strstr(reply, " 5"))
            fail_msg("case %zu: %s", i, reply);
        close(fd);
    }
    ASSERT_HAS(ask(CHUNKED "2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n", "POST"), "POST /c 5.");
    check_server_answers();
}

static void test_http_closes_the_excess_and_recovers(void **state)
{
    int many[MAX_CONNECTIONS + 50];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = dial();
    usleep(100000);
    assert_true(http_count(server).connections <= MAX_CONNECTIONS);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        close(many[i]);
    wait_until_closed();
    check_server_answers();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_answers_others_while_many_send_slowly),
        cmocka_unit_test(test_http_answers_a_client_that_will_send_no_more),
        cmocka_unit_test(test_http_answers_many_requests_sent_at_once_in_order),
        cmocka_unit_test(test_http_refuses_headers_without_end),
        cmocka_unit_test(test_http_takes_no_body_of_a_wrong_size),
        cmocka_unit_test(test_http_closes_the_excess_and_recovers),
    };
    return cmocka_run_group_tests_name("http_clients", tests, open_server, close_server);
}
