#include "http/http.h"

#include <arpa/inet.h>
#include <libdeflate.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

static struct http_server *server;
static struct http_body *shared;
enum { ONCE_MOST = 100000 };
static struct http_body *noise; /* does not become smaller */

static void echo(void *data, str name, str value)
{
    struct buf *out = data;
    buf_format(out, "%.*s=%.*s;", STR_ARG(name), STR_ARG(value));
}

/* ---- a request that waits without a thread ---- */

static char parked_mark;

static void *unpark_soon(void *ticket)
{
    usleep(20000);
    http_unpark(ticket);
    return NULL;
}

/* Those that are parked on the threads of GET, and are not over. */
static int parked_here;

static bool parks(void *app, str method, str path)
{
    (void)app;
    return str_equal(method, STR("POST")) && str_starts(path, STR("/park/here"));
}

static void let_go(void *count)
{
    __atomic_sub_fetch((int *)count, 1, __ATOMIC_SEQ_CST);
}

/* Unparked before the handler returns, a while after, or once its client has left. */
static void park(struct http_request *request)
{
    struct buf out;
    pthread_t thread;
    if (!request->parked) {
        if (parks(NULL, request->method, request->path)) {
            __atomic_add_fetch(&parked_here, 1, __ATOMIC_SEQ_CST);
            arena_defer(request->arena, let_go, &parked_here);
        }
        struct http_ticket *ticket = http_park(request, &parked_mark);
        if (memmem(request->path.p, request->path.n, "/now", 4)) {
            http_unpark(ticket);
            return;
        }
        pthread_create(&thread, NULL, unpark_soon, ticket);
        pthread_detach(thread);
        return;
    }
    buf_init(&out, 1 << 10);
    buf_format(&out, "again %d f=%.*s", request->parked == &parked_mark,
               STR_ARG(http_form(request, "name")));
    http_send(request, 200, "text/plain", buf_view(&out));
    buf_done(&out);
}

/* A body for this reply alone, of as many bytes as the query says. */
static void send_once(struct http_request *request)
{
    static char letters[ONCE_MOST];
    int64_t n = 0;
    assert_true(str_to_int(http_query(request, "n"), &n) && n <= ONCE_MOST);
    memset(letters, request->path.p[request->path.n - 1], (size_t)n);
    struct http_body *body = http_body_open(&(struct http_body_config){
        .bytes = { letters, (size_t)n }, .once = true, .type = "text/html" });
    memset(letters, '?', (size_t)n);
    http_send_body(request, 200, body);
    http_body_drop(body);
}

static void handle(void *app, void *worker, struct http_request *request)
{
    struct buf out;
    (void)app;
    (void)worker;
    if (str_starts(request->path, STR("/park"))) {
        park(request);
        return;
    }
    if (str_equal(request->path, STR("/shared"))) {
        http_send_body(request, 200, shared);
        return;
    }
    if (str_starts(request->path, STR("/once"))) {
        send_once(request);
        return;
    }
    if (str_equal(request->path, STR("/noise"))) {
        http_send_body(request, 200, noise);
        return;
    }
    if (str_equal(request->path, STR("/to"))) {
        http_send_to(request, STR("/else\r\nX-Bad: 1"));
        return;
    }
    buf_init(&out, 1 << 16);
    buf_format(&out, "%.*s %.*s c=%.*s f=%.*s n=%zu q=", STR_ARG(request->method),
               STR_ARG(request->path), STR_ARG(http_cookie(request, "sid")),
               STR_ARG(http_form(request, "name")), request->body.n);
    http_each_query(request, echo, &out);
    http_set(request, "X-Test", STR("yes"));
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

static struct http_body *open_noise(void)
{
    uint32_t random = 1;
    char *bytes = mem_alloc(5000);
    for (size_t i = 0; i < 5000; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (char)(random >> 24);
    }
    return http_body_open(
        &(struct http_body_config){ .bytes = { bytes, 5000 }, .type = "text/plain" });
}

static int open_server(void **state)
{
    (void)state;
    struct err err;
    char *text = mem_alloc(4000);
    memset(text, 'p', 4000);
    static const struct http_field fields[] = { { "X-Kept", "1" } };
    noise = open_noise();
    shared = http_body_open(&(struct http_body_config){ .bytes = { text, 4000 },
                                                        .type = "text/html",
                                                        .fields = fields,
                                                        .field_count = 1 });
    struct http_config config = { .address = "127.0.0.1",
                                  .threads = 2,
                                  .slow_threads = 2,
                                  .max_body = 1000,
                                  .parks = parks,
                                  .max_connections = 100,
                                  .handle = handle,
                                  .worker_open = worker_open,
                                  .worker_close = worker_close };
    return !http_open(&config, &server, &err);
}

static int close_server(void **state)
{
    (void)state;
    http_close(server);
    http_body_drop(shared);
    http_body_drop(noise);
    return 0;
}

/* Sends `text` and takes all that comes until the server closes, which it is asked to. */
static void talk_into(char *reply, size_t room, const char *text, size_t n)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(http_port(server)) };
    struct timeval patience = { .tv_sec = 20 };
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), (ssize_t)n);
    size_t got = 0;
    ssize_t more;
    while ((more = recv(fd, reply + got, room - 1 - got, 0)) > 0)
        got += (size_t)more;
    close(fd);
    reply[got] = 0;
}

static const char *talk(const char *text, size_t n)
{
    static char reply[1 << 18];
    talk_into(reply, sizeof reply, text, n);
    return reply;
}

static const char *ask(const char *text)
{
    return talk(text, strlen(text));
}

static void check_has(const char *reply, const char *text, int line)
{
    if (!strstr(reply, text))
        fail_msg("line %d: no \"%s\" in: %s", line, text, reply);
}

#define ASSERT_HAS(reply, text) check_has(reply, text, __LINE__)

static void test_http_gives_the_handler_what_was_asked(void **state)
{
    (void)state;
    const char *reply = ask("GET /a%20b?x=1&y=%E7%94%B5 HTTP/1.1\r\nHost: h\r\n"
                            "Cookie: sid=abc\r\nConnection: close\r\n\r\n");
    ASSERT_HAS(reply, "HTTP/1.1 200");
    ASSERT_HAS(reply, "X-Test: yes");
    ASSERT_HAS(reply, "GET /a b c=abc f= n=0 q=x=1;y=电;");
}

static void test_http_keeps_a_connection_for_the_next_request(void **state)
{
    (void)state;
    const char *reply = ask("GET /one HTTP/1.1\r\nHost: h\r\n\r\n"
                            "GET /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    ASSERT_HAS(reply, "GET /one");
    ASSERT_HAS(reply, "GET /two");
}

static void test_http_runs_a_post_elsewhere_with_its_body(void **state)
{
    (void)state;
    const char *reply = ask("POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                            "Content-Length: 27\r\n\r\nother=1&name=%E7%94%B5+net%");
    ASSERT_HAS(reply, "POST /p c= f=电 net% n=27");
}

static void test_http_goes_on_with_a_parked_request(void **state)
{
    static const char *const paths[] = { "/park/now", "/park/soon", "/park/here/now",
                                         "/park/here/soon" };
    char request[200];
    (void)state;
    for (size_t i = 0; i < 40; i++) {
        snprintf(request, sizeof request,
                 "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                 "Content-Length: 6\r\n\r\nname=x",
                 paths[i % COUNT_OF(paths)]);
        ASSERT_HAS(ask(request), "again 1 f=x");
    }
}

static void ask_and_leave(const char *path)
{
    char request[100];
    int n = snprintf(request, sizeof request,
                     "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", path);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(http_port(server)) };
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_true(send(fd, request, (size_t)n, MSG_NOSIGNAL) > 0);
    close(fd);
}

/* More wait than there are threads, and nobody waits for the answers. */
static void test_http_parks_more_than_it_has_threads(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        ask_and_leave("/park/soon");
    ASSERT_HAS(ask("POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                   "Content-Length: 6\r\n\r\nname=y"),
               "f=y");
}

/* Whether it is handled again or not, what it holds is let go. */
static void test_http_lets_go_what_waits_for_a_client_that_left(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++)
        ask_and_leave("/park/here/soon");
    ASSERT_HAS(ask("POST /park/here/soon HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                   "Content-Length: 6\r\n\r\nname=z"),
               "f=z");
    for (int i = 0; i < 500 && __atomic_load_n(&parked_here, __ATOMIC_SEQ_CST); i++)
        usleep(10000);
    assert_int_equal(__atomic_load_n(&parked_here, __ATOMIC_SEQ_CST), 0);
}

static void test_http_refuses_bodies_and_methods_it_does_not_take(void **state)
{
    (void)state;
    ASSERT_HAS(ask("POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
                   "5000\r\n\r\n"),
               " 413 ");
    ASSERT_HAS(ask("POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
                   "x\r\n\r\n"),
               " 4");
    ASSERT_HAS(ask("BREW /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), " 501 ");
    ASSERT_HAS(ask("GET /%ff HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), " 400 ");
    ASSERT_HAS(ask("GET * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), " 400 ");
    ASSERT_HAS(ask("POST * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                   "Content-Length: 0\r\n\r\n"),
               " 400 ");
    char chunked[4000] = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                         "Connection: close\r\n\r\n7d0\r\n";
    size_t n = strlen(chunked);
    memset(chunked + n, 'x', 2000);
    strcpy(chunked + n + 2000, "\r\n0\r\n\r\n");
    ASSERT_HAS(ask(chunked), " 413 ");
}

static void test_http_never_lets_a_value_end_a_line(void **state)
{
    (void)state;
    const char *reply = ask("GET /to HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    ASSERT_HAS(reply, " 303 ");
    assert_null(strstr(reply, "X-Bad"));
}

static void test_http_body_answers_with_the_form_the_client_takes(void **state)
{
    (void)state;
    const char *plain =
        ask("GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    ASSERT_HAS(plain, "X-Kept: 1");
    ASSERT_HAS(plain, "pppppppp");
    char etag[32] = "";
    sscanf(strstr(plain, "ETag: "), "ETag: %31[^\r]", etag);
    const char *packed = ask("GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                             "Accept-Encoding: br;q=0, gzip\r\n\r\n");
    ASSERT_HAS(packed, "Content-Encoding: gzip");
    assert_null(strstr(packed, "pppppppp"));
    ASSERT_HAS(ask("GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                   "Accept-Encoding: br\r\n\r\n"),
               "Content-Encoding: br");
    char request[256];
    snprintf(request, sizeof request,
             "GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\nIf-None-Match: "
             "%s\r\n\r\n",
             etag);
    ASSERT_HAS(ask(request), " 304 ");
    const char *head =
        ask("HEAD /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    ASSERT_HAS(head, "Content-Length: 4000");
    assert_null(strstr(head, "pppppppp"));
}

/* Two in a row, so that the second may stand where the first stood, small ones and such
 * as stand for themselves; packed and not. */
static void test_http_sends_what_is_made_for_one_reply(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 300, 17000, 65536, 65537, ONCE_MOST };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char request[300];
        snprintf(request, sizeof request,
                 "GET /once/a?n=%zu HTTP/1.1\r\nHost: h\r\n\r\n"
                 "GET /once/b?n=%zu HTTP/1.1\r\nHost: h\r\n"
                 "Connection: close\r\n\r\n",
                 sizes[i], sizes[i]);
        const char *first = strstr(ask(request), "\r\n\r\n") + 4;
        const char *second = strstr(first, "\r\n\r\n") + 4;
        assert_int_equal(strspn(first, "a"), sizes[i]);
        assert_int_equal(strspn(second, "b"), sizes[i]);
        assert_int_equal(strlen(second), sizes[i]);
    }
    ASSERT_HAS(ask("GET /once/a?n=17000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                   "Accept-Encoding: gzip\r\n\r\n"),
               "Content-Encoding: gzip");
}

/* Compares what `path` unpacks to with `body`. */
static void assert_unpacks(const char *path, struct http_body *body)
{
    static char plain[8192];
    char request[200];
    size_t n;
    size_t length = 0;
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
             "Accept-Encoding: gzip\r\n\r\n",
             path);
    const char *reply = ask(request);
    ASSERT_HAS(reply, "Content-Encoding: gzip");
    sscanf(strstr(reply, "Content-Length: "), "Content-Length: %zu", &length);
    const char *packed = strstr(reply, "\r\n\r\n") + 4;
    struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
    assert_int_equal(
        libdeflate_gzip_decompress(unpacker, packed, length, plain, sizeof plain, &n),
        LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(unpacker);
    struct arena *arena = arena_open();
    assert_true(str_equal((str){ plain, n }, http_body_bytes(body, arena)));
    arena_close(arena);
}

static void test_http_packs_what_unpacks_to_the_same(void **state)
{
    (void)state;
    assert_unpacks("/shared", shared);
    assert_unpacks("/noise", noise);
}

#define ASKED_FOR(coding)                                      \
    "GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" \
    "Accept-Encoding: " coding "\r\n\r\n"

/* Each form is made from whichever is there, and stands alone then. */
static void test_http_keeps_the_form_that_was_asked_for_last(void **state)
{
    (void)state;
    static const char *const forms[] = { ASKED_FOR("gzip"), ASKED_FOR("br"),
                                         ASKED_FOR("identity") };
    static const char *const marks[] = { "Content-Encoding: gzip", "Content-Encoding: br",
                                         "pppppppp" };
    static const size_t order[] = { 0, 1, 2, 0, 2, 1, 0, 0, 2, 2 };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        size_t form = order[i];
        ASSERT_HAS(ask(forms[form]), marks[form]);
        size_t size = http_body_size(shared);
        assert_true(form == 2 ? size > 4000 && size < 7000 : size < 3000);
        str bytes = http_body_bytes(shared, arena);
        assert_int_equal(bytes.n, 4000);
        assert_true(bytes.p[0] == 'p' && memcmp(bytes.p, bytes.p + 1, 3999) == 0);
        assert_unpacks("/noise", noise);
    }
    arena_close(arena);
}

static void *ask_often(void *data)
{
    static const char *const forms[] = { ASKED_FOR("gzip"), ASKED_FOR("br"),
                                         ASKED_FOR("identity") };
    size_t first = *(const size_t *)data;
    for (size_t i = 0; i < 200; i++) {
        char reply[8192];
        size_t form = (first + i / 2) % COUNT_OF(forms);
        talk_into(reply, sizeof reply, forms[form], strlen(forms[form]));
        const char *body = strstr(reply, "\r\n\r\n");
        if (!body || (form == 2 && strspn(body + 4, "p") != 4000))
            return data; /* not NULL */
    }
    return NULL;
}

static void test_http_sheds_no_form_that_somebody_sends(void **state)
{
    (void)state;
    pthread_t threads[4];
    static size_t firsts[] = { 0, 1, 2, 2 };
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, ask_often, &firsts[i]);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

static void test_http_takes_headers_up_to_its_limit(void **state)
{
    (void)state;
    static char request[4 * HTTP_MAX_HEADERS];
    static const struct {
        int bytes;
        const char *answer;
    } cases[] = { { HTTP_MAX_HEADERS - 200, " 200 " },
                  { 2 * HTTP_MAX_HEADERS, " 431 " } };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(request, sizeof request,
                 "GET /shared HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                 "X-Long: %0*d\r\n\r\n",
                 cases[i].bytes, 0);
        ASSERT_HAS(ask(request), cases[i].answer);
    }
}

static void test_http_counts_what_it_answered(void **state)
{
    (void)state;
    struct http_counts counts = http_count(server);
    assert_true(counts.requests >= 10);
    assert_true(counts.by_class[4] >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_gives_the_handler_what_was_asked),
        cmocka_unit_test(test_http_keeps_a_connection_for_the_next_request),
        cmocka_unit_test(test_http_runs_a_post_elsewhere_with_its_body),
        cmocka_unit_test(test_http_goes_on_with_a_parked_request),
        cmocka_unit_test(test_http_parks_more_than_it_has_threads),
        cmocka_unit_test(test_http_lets_go_what_waits_for_a_client_that_left),
        cmocka_unit_test(test_http_refuses_bodies_and_methods_it_does_not_take),
        cmocka_unit_test(test_http_never_lets_a_value_end_a_line),
        cmocka_unit_test(test_http_body_answers_with_the_form_the_client_takes),
        cmocka_unit_test(test_http_sends_what_is_made_for_one_reply),
        cmocka_unit_test(test_http_packs_what_unpacks_to_the_same),
        cmocka_unit_test(test_http_keeps_the_form_that_was_asked_for_last),
        cmocka_unit_test(test_http_sheds_no_form_that_somebody_sends),
        cmocka_unit_test(test_http_takes_headers_up_to_its_limit),
        cmocka_unit_test(test_http_counts_what_it_answered),
    };
    return cmocka_run_group_tests_name("http", tests, open_server, close_server);
}
