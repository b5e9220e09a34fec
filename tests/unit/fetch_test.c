#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

static struct err why;

static const char *may(const char *sources, const char *url)
{
    struct fetch *fetch;
    if (!fetch_open(str_of(sources), &fetch, &why))
        return why.code;
    bool good = fetch_may(fetch, str_of(url), &why);
    fetch_close(fetch);
    return good ? "" : why.code;
}

static void test_only_listed_hosts_may_be_asked(void **state)
{
    static const struct {
        const char *sources;
        const char *url;
        const char *code;
    } cases[] = {
        { "", "https://data.example.cn/", "fetch.host" },
        { "data.example.cn", "https://data.example.cn/a?b", "" },
        { "data.example.cn", "http://DATA.example.CN:8080/", "" },
        { "data.example.cn", "https://data.example.cn.evil.example/", "fetch.host" },
        { "data.example.cn", "https://evil.example/data.example.cn", "fetch.host" },
        { "data.example.cn", "https://sub.data.example.cn/", "fetch.host" },
        { "*.grid.cn", "https://a.grid.cn/", "" },
        { "*.grid.cn", "https://a.b.grid.cn/", "" },
        { "*.grid.cn", "https://grid.cn/", "fetch.host" },
        { "*.grid.cn", "https://evilgrid.cn/", "fetch.host" },
        { "10.2.0.0/16", "http://10.2.255.1/", "" },
        { "10.2.0.0/16", "http://10.3.0.1/", "fetch.host" },
        { "10.2.0.0/15", "http://10.3.0.1/", "" },
        { " a.cn , 127.0.0.1 ", "http://127.0.0.1:81/", "" },
        { "127.0.0.1", "http://2130706433/", "" }, /* the same address */
        { "10.0.0.0/8", "http://0x7f000001/", "fetch.host" },
        { "fd00::/8", "http://[fd12::1]/", "" },
        { "fd00::/8", "http://[fe80::1]/", "fetch.host" },
        { "10.0.0.0/8", "http://[::ffff:10.1.2.3]/", "" },
        { "0.0.0.0/0", "http://[::1]/", "fetch.host" },
        { "a.cn", "ftp://a.cn/", "fetch.url" },
        { "a.cn", "file:///etc/passwd", "fetch.url" },
        { "a.cn", "https://me@a.cn/", "fetch.url" },
        { "a.cn", "https://evil.example#@a.cn/", "fetch.host" },
        { "a.cn", "https://a.cn\\@evil.example/", "fetch.url" },
        { "a.cn", "//a.cn/", "fetch.url" },
        { "a.cn", "a.cn", "fetch.url" },
        { "a.cn", "", "fetch.url" },
        { "a.cn,,b.cn", "https://a.cn/", "fetch.source" },
        { "a b", "https://a.cn/", "fetch.source" },
        { "*", "https://a.cn/", "fetch.source" },
        { "a.*.cn", "https://a.cn/", "fetch.source" },
        { "10.0.0.0/33", "https://a.cn/", "fetch.source" },
        { "::/129", "https://a.cn/", "fetch.source" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *code = may(cases[i].sources, cases[i].url);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s of \"%s\": \"%s\"", cases[i].url, cases[i].sources, code);
    }
}

static void test_an_origin_is_scheme_host_and_port(void **state)
{
    static const char *const cases[][2] = {
        { "https://A.cn/x", "https://A.cn:443" },
        { "http://a.cn", "http://a.cn:80" },
        { "http://a.cn:81/?q", "http://a.cn:81" },
        { "http://[::1]:8/", "http://[::1]:8" },
    };
    struct arena *a = arena_open();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str origin;
        assert_true(fetch_origin(str_of(cases[i][0]), a, &origin, &why));
        assert_true(str_equal(origin, str_of(cases[i][1])));
    }
    arena_close(a);
}

/* ---- a server of one answer ---- */

struct server {
    int listener;
    uint16_t port;
    const char *answer; /* NULL: none, ever */
    char asked[4096];
    pthread_t thread;
};

static void *serve_once(void *data)
{
    struct server *s = data;
    int c = accept(s->listener, NULL, NULL);
    if (c < 0)
        return NULL;
    ssize_t n = read(c, s->asked, sizeof s->asked - 1);
    s->asked[n > 0 ? n : 0] = 0;
    if (s->answer && write(c, s->answer, strlen(s->answer)) < 0)
        s->asked[0] = 0;
    if (!s->answer)
        sleep(2);
    close(c);
    return NULL;
}

static void server_start(struct server *s, const char *answer)
{
    struct sockaddr_in here = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof here;
    *s = (struct server){ .answer = answer };
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(s->listener, 4), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&here, &n), 0);
    s->port = ntohs(here.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve_once, s), 0);
}

static void server_stop(struct server *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

/* "" or the code. */
static const char *get(struct server *s, const char *sources, const char *host,
                       struct fetch_request request, struct arena *a,
                       struct fetch_reply *ret)
{
    struct fetch *fetch;
    assert_true(fetch_open(str_of(sources), &fetch, &why));
    request.url = arena_format(a, "http://%s:%u/x", host, s->port);
    bool good = fetch_get(fetch, &request, a, ret, &why);
    fetch_close(fetch);
    return good ? "" : why.code;
}

static void test_a_reply_comes_with_what_names_it(void **state)
{
    struct server s;
    struct fetch_reply reply;
    struct arena *a = arena_open();
    (void)state;
    server_start(&s, "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nLast-Modified: then\r\n"
                     "Content-Length: 2\r\n\r\n{}");
    struct fetch_request request = { .header = STR("X-Key"),
                                     .secret = STR("k"),
                                     .etag = STR("\"d\"") };
    assert_string_equal(get(&s, "127.0.0.1", "127.0.0.1", request, a, &reply), "");
    assert_true(str_equal(reply.body, STR("{}")) && str_equal(reply.etag, STR("\"e\""))
                && str_equal(reply.modified, STR("then")) && !reply.unchanged);
    assert_non_null(strstr(s.asked, "\r\nX-Key: k\r\n"));
    assert_non_null(strstr(s.asked, "\r\nIf-None-Match: \"d\"\r\n"));
    server_stop(&s);
    arena_close(a);
}

static void test_a_listed_name_does_not_open_an_address_that_is_not_public(void **state)
{
    struct server s;
    struct fetch_reply reply;
    struct arena *a = arena_open();
    struct fetch_request request = { .timeout_ms = 3000 };
    (void)state;
    server_start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_string_equal(get(&s, "localhost", "localhost", request, a, &reply),
                        "fetch.address");
    assert_int_equal(s.asked[0], 0);
    server_stop(&s);
    arena_close(a);
}

static void test_proxies_of_the_environment_count_for_nothing(void **state)
{
    struct server s;
    struct fetch_reply reply;
    struct arena *a = arena_open();
    struct fetch_request request = { .timeout_ms = 3000 };
    (void)state;
    setenv("http_proxy", "http://127.0.0.9:9", 1);
    server_start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
    assert_string_equal(get(&s, "127.0.0.1", "127.0.0.1", request, a, &reply), "");
    unsetenv("http_proxy");
    server_stop(&s);
    arena_close(a);
}

static void test_what_is_no_good_answer_is_told(void **state)
{
    static const struct {
        const char *answer;
        const char *code;
    } cases[] = {
        { "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "fetch.status" },
        { "HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n", "fetch.redirect" },
        { "HTTP/1.1 302 Go\r\nLocation: gopher://x/\r\nContent-Length: 0\r\n\r\n",
          "fetch.url" },
        { "HTTP/1.1 302 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0"
          "\r\n\r\n",
          "fetch.host" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "fetch.failed" },
        { "nonsense", "fetch.failed" },
        { NULL, "fetch.time" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct server s;
        struct fetch_reply reply;
        struct arena *a = arena_open();
        struct fetch_request request = { .timeout_ms = 700 };
        server_start(&s, cases[i].answer);
        const char *code = get(&s, "127.0.0.1", "127.0.0.1", request, a, &reply);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: \"%s\" %s", cases[i].answer, code, why.text);
        server_stop(&s);
        arena_close(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_listed_hosts_may_be_asked),
        cmocka_unit_test(test_an_origin_is_scheme_host_and_port),
        cmocka_unit_test(test_a_reply_comes_with_what_names_it),
        cmocka_unit_test(test_a_listed_name_does_not_open_an_address_that_is_not_public),
        cmocka_unit_test(test_proxies_of_the_environment_count_for_nothing),
        cmocka_unit_test(test_what_is_no_good_answer_is_told),
    };
    return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
