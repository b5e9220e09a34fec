#include "stage.h"

#include "live/live.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <time.h>

/* A server whose one route is a stream: the query says for whom. */
struct scene_server {
    struct stage *stage;
    struct live *live;
    struct http_server *http;
    struct clock clock; /* the world's, for live */
    bool lags;          /* atomic: reading it takes a while */
};

static void nap(int ms)
{
    struct timespec time = { .tv_nsec = ms * 1000000L };
    nanosleep(&time, NULL);
}

static int64_t scene_now(void *data)
{
    struct scene_server *s = data;
    if (__atomic_load_n(&s->lags, __ATOMIC_RELAXED))
        nap(2);
    return world_now(&s->stage->world);
}

struct thread_of_server {
    struct scope_worker *scope;
    struct render_worker *render;
};

static void *worker_open(void *app)
{
    struct scene_server *s = app;
    struct thread_of_server *w = mem_zero(sizeof *w);
    GOOD(scope_worker_open(s->stage->scopes, &w->scope, &why));
    GOOD(render_worker_open(s->stage->renderer, &w->render, &why));
    return w;
}

static void worker_close(void *data)
{
    struct thread_of_server *w = data;
    scope_worker_close(w->scope);
    render_worker_close(w->render);
    mem_free(w);
}

static void handle(void *app, void *worker, struct http_request *request)
{
    struct scene_server *s = app;
    struct thread_of_server *w = worker;
    struct scope scope;
    struct err err;
    struct live_page page = { .name = STR("home"),
                              .at = http_query(request, "at"),
                              .query = val_map(NULL, 0),
                              .query_text = STR("") };
    struct live_wish wish = { http_cookie(request, "sid"), &page, 1 };
    if (!scope_open(w->scope, request->arena, wish.session, &scope, &err)
        || !scope.viewer) {
        http_send(request, 401, "text/plain", STR("nobody"));
        return;
    }
    if (!live_stream(s->live, w->render, &scope, request, &wish, &err))
        http_send(request, 400, "text/plain", str_of(err.code));
    scope_close(&scope);
}

static int open_all(void **state)
{
    struct scene_server *s = calloc(1, sizeof *s);
    s->stage = calloc(1, sizeof *s->stage);
    s->clock = (struct clock){ scene_now, s };
    stage_open(s->stage, NULL, NULL);
    GOOD(live_open(&(struct live_config){ .renderer = s->stage->renderer,
                                          .scopes = s->stage->scopes,
                                          .watch = s->stage->watch,
                                          .clock = &s->clock,
                                          .max_streams = 9 },
                   &s->live, &why));
    struct http_config config = { .address = "127.0.0.1",
                                  .threads = 1,
                                  .slow_threads = 1,
                                  .max_body = 1000,
                                  .max_connections = 50,
                                  .app = s,
                                  .handle = handle,
                                  .worker_open = worker_open,
                                  .worker_close = worker_close };
    GOOD(http_open(&config, &s->http, &why));
    *state = s;
    return 0;
}

static int close_all(void **state)
{
    struct scene_server *s = *state;
    http_close(s->http);
    live_close(s->live);
    stage_close(s->stage);
    free(s->stage);
    free(s);
    return 0;
}

/* ---- sessions and clients ---- */

struct session {
    str token;
    const char *tenant;
    const char *person;
    bool ends;
};

static bool session_work(struct txn *txn, void *data, struct err *err)
{
    struct session *s = data;
    return txn_remove(txn, 0, store_collection(txn_store(txn), STR("session")),
                      crypt_digest(txn_arena(txn), s->token), err)
           && (s->ends
               || auth_session_put(txn, s->token, str_of(s->tenant), str_of(s->person),
                                   txn_arena(txn), err));
}

static struct session sign_in(struct scene_server *s, const char *tenant,
                              const char *person)
{
    struct session session = { .token = crypt_token(s->stage->world.arena),
                               .tenant = tenant,
                               .person = person };
    GOOD(store_write(s->stage->world.store, session_work, &session, &why));
    return session;
}

struct listener {
    int fd;
    char text[1 << 16];
    size_t n;
};

static struct listener *listen_as(struct scene_server *s, const struct session *session)
{
    struct listener *l = test_malloc(sizeof *l);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(http_port(s->http)) };
    char text[256];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    l->fd = socket(AF_INET, SOCK_STREAM, 0);
    l->n = 0;
    assert_int_equal(connect(l->fd, (struct sockaddr *)&address, sizeof address), 0);
    int n = snprintf(text, sizeof text,
                     "GET /live HTTP/1.1\r\nHost: h\r\nCookie: sid=%.*s\r\n\r\n",
                     STR_ARG(session->token));
    assert_int_equal(send(l->fd, text, (size_t)n, MSG_NOSIGNAL), n);
    return l;
}

static void hang_up(struct listener *l)
{
    close(l->fd);
    test_free(l);
}

/* Reads until `wanted` has come; what came before it is forgotten afterwards. */
static bool hears(struct listener *l, const char *wanted, int patience_ms)
{
    struct timeval patience = { .tv_sec = patience_ms / 1000,
                                .tv_usec = (suseconds_t)(patience_ms % 1000) * 1000 };
    setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (;;) {
        char *at = memmem(l->text, l->n, wanted, strlen(wanted));
        if (at) {
            size_t used = (size_t)(at - l->text) + strlen(wanted);
            memmove(l->text, l->text + used, l->n - used);
            l->n -= used;
            return true;
        }
        ssize_t n = recv(l->fd, l->text + l->n, sizeof l->text - l->n, 0);
        if (n <= 0)
            return false;
        l->n += (size_t)n;
    }
}

#define ASSERT_HEARS(l, text) assert_true(hears(l, text, 20000))

static void furnish(struct scene_server *s)
{
    static const struct ware files[] = {
        { "card/component.lua",
          "return { needs = { 'read:task' }, load = { items = { query = 'task', by = "
          "'who', equals = '$actor.id' } } }" },
        { "card/view.html", "<b each=\"item in items\">{{item.id}}</b>" },
        { "all/component.lua", "return { needs = { 'read:task' }, load = { one = { get = "
                               "'task', id = 'shared' } } }" },
        { "all/view.html", "<i>{{one.who}}</i>" },
    };
    stage_furnish(s->stage, "1", files, COUNT_OF(files));
}

static void put_task(struct scene_server *s, const char *id, const char *who)
{
    struct world *w = &s->stage->world;
    put(w, CITY, "task",
        arena_format(w->arena, "{\"id\":\"%s\",\"who\":\"%s\"}", id, who).p);
}

/* ---- tests ---- */

static void test_live_tells_who_shows_it_and_nobody_else(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct session li = sign_in(s, "city", "li");
    struct listener *a = listen_as(s, &wang);
    struct listener *b = listen_as(s, &li);
    ASSERT_HEARS(a, "event: page");
    ASSERT_HEARS(b, "event: page");
    put_task(s, "t1", "wang");
    ASSERT_HEARS(
        a, "event: fragment\ndata: "
           "{\"view\":0,\"page\":\"home\",\"block\":\"card\",\"html\":"
           "\"<div class=\\\"b b-full\\\" id=\\\"b-card\\\"><b>t1</b></div>\"}\nid: ");
    assert_false(hears(b, "event: fragment", 150));
    hang_up(a);
    hang_up(b);
}

/* Six listeners, of two people, hear of two changes. */
static void check_shared_once(struct scene_server *s)
{
    struct listener *listeners[6];
    struct session sessions[] = { sign_in(s, "city", "wang"), sign_in(s, "city", "li") };
    for (int i = 0; i < 6; i++) {
        listeners[i] = listen_as(s, &sessions[i % 2]);
        ASSERT_HEARS(listeners[i], "event: page");
    }
    put_task(s, "shared", "first");
    for (int i = 0; i < 6; i++)
        ASSERT_HEARS(listeners[i], "<i>first</i>");
    uint64_t before = live_count(s->live).renders;
    put_task(s, "shared", "second");
    for (int i = 0; i < 6; i++) {
        ASSERT_HEARS(listeners[i], "<i>second</i>");
        hang_up(listeners[i]);
    }
    assert_int_equal(live_count(s->live).renders - before, 1);
}

static void test_live_makes_a_shared_fragment_once(void **state)
{
    furnish(*state);
    check_shared_once(*state);
}

/* Somebody else who writes all the time, where a commit takes longer to observe than a
 * slice of pushing, and is seen before the next one begins. */
struct bustle {
    struct store *store;
    struct world_put puts[2];
    bool over; /* atomic */
};

static void observe_slowly(void *data, const struct commit *commit)
{
    (void)data;
    (void)commit;
    nap(15);
}

static void *bustle_about(void *data)
{
    struct bustle *b = data;
    struct err err;
    for (int i = 0; !__atomic_load_n(&b->over, __ATOMIC_RELAXED); i++) {
        if (!store_write(b->store, world_put_work, &b->puts[i % 2], &err))
            abort();
    }
    return NULL;
}

static void test_live_goes_on_amid_slow_commits(void **state)
{
    struct scene_server *s = *state;
    struct world *w = &s->stage->world;
    struct bustle bustle = {
        .store = w->store,
        .puts = { { w, CITY, "task", json(w, "{\"id\":\"noise\",\"who\":\"nobody\"}") },
                  { w, CITY, "task", json(w, "{\"id\":\"noise\",\"who\":\"no one\"}") } },
    };
    pthread_t thread;
    furnish(s);
    store_observe(w->store, observe_slowly, NULL);
    __atomic_store_n(&s->lags, true, __ATOMIC_RELAXED);
    assert_int_equal(pthread_create(&thread, NULL, bustle_about, &bustle), 0);
    check_shared_once(s);
    __atomic_store_n(&bustle.over, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
}

static void test_live_ends_with_the_session(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct listener *l = listen_as(s, &wang);
    ASSERT_HEARS(l, "event: page");
    wang.ends = true;
    GOOD(store_write(s->stage->world.store, session_work, &wang, &why));
    put_task(s, "t1", "wang");
    ASSERT_HEARS(l, "event: gone\ndata: {\"why\":\"signed-out\"}\n\n");
    assert_false(hears(l, "t1", 300));
    hang_up(l);
}

static void test_live_ends_when_she_belongs_elsewhere(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct listener *l = listen_as(s, &wang);
    ASSERT_HEARS(l, "event: page");
    wang.tenant = "west";
    wang.person = "sun";
    GOOD(store_write(s->stage->world.store, session_work, &wang, &why));
    ASSERT_HEARS(l, "event: gone\ndata: {\"why\":\"moved\"}\n\n");
    hang_up(l);
}

static void test_live_follows_layers_and_time(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct listener *l = listen_as(s, &wang);
    ASSERT_HEARS(l, "event: page");
    put(&s->stage->world, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"hide\",\"block\":"
        "\"all\"}]}");
    ASSERT_HEARS(l, "event: page");
    assert_false(hears(l, "b-all", 200));
    hang_up(l);
}

static void test_live_names_the_page_that_is_gone(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct listener *l = listen_as(s, &wang);
    ASSERT_HEARS(l, "event: page");
    take_away(&s->stage->world, GROUP, "layer", "home");
    ASSERT_HEARS(l, "event: gone\ndata: {\"why\":\"forbidden\",\"page\":\"home\"}\n\n");
    hang_up(l);
}

static void test_live_refuses_more_than_a_person_may_have(void **state)
{
    struct scene_server *s = *state;
    struct listener *listeners[LIMIT_STREAMS_PER_PERSON];
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct session li = sign_in(s, "city", "li");
    for (int i = 0; i < LIMIT_STREAMS_PER_PERSON; i++) {
        listeners[i] = listen_as(s, &wang);
        ASSERT_HEARS(listeners[i], "event: page");
    }
    struct listener *ninth = listen_as(s, &wang);
    ASSERT_HEARS(ninth, "live.streams");
    struct listener *other = listen_as(s, &li);
    ASSERT_HEARS(other, "event: page");
    struct session sun = sign_in(s, "west", "sun");
    struct listener *tenth = listen_as(s, &sun); /* the server takes nine */
    ASSERT_HEARS(tenth, "http.streams");
    hang_up(ninth);
    hang_up(other);
    hang_up(tenth);
    for (int i = 0; i < LIMIT_STREAMS_PER_PERSON; i++)
        hang_up(listeners[i]);
}

static void test_live_closes_with_streams_open(void **state)
{
    struct scene_server *s = *state;
    furnish(s);
    struct session wang = sign_in(s, "city", "wang");
    struct listener *l = listen_as(s, &wang);
    ASSERT_HEARS(l, "event: page");
    http_close(s->http);
    live_close(s->live);
    s->http = NULL;
    s->live = NULL;
    assert_false(hears(l, "anything", 500));
    hang_up(l);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(test_live_tells_who_shows_it_and_nobody_else),
        SCENE_TEST(test_live_makes_a_shared_fragment_once),
        SCENE_TEST(test_live_goes_on_amid_slow_commits),
        SCENE_TEST(test_live_ends_with_the_session),
        SCENE_TEST(test_live_ends_when_she_belongs_elsewhere),
        SCENE_TEST(test_live_follows_layers_and_time),
        SCENE_TEST(test_live_names_the_page_that_is_gone),
        SCENE_TEST(test_live_refuses_more_than_a_person_may_have),
        SCENE_TEST(test_live_closes_with_streams_open),
    };
    return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
