/*
 * Bells: a client asks to be told when something it shows has changed. Its reply is a
 * stream that says so once and ends; then the client asks for what is new and hangs a
 * bell again, from the revision it has seen. So who may look is asked each time, and no
 * change between two bells is missed.
 */
#include "inside.h"

enum { MAX_BELLS = 512, BELLS_OF_ONE = 8, LOOK_MS = 50, IDLE_MS = 60000 };

struct bell {
    struct watcher watcher;
    struct bells *bells;
    struct http_stream *http; /* NULL until it is opened */
    uint64_t who;
    uint64_t strokes; /* of all bells, when it was hung */
    int64_t until_ms;
    bool ready; /* the head of the reply is sent */
    bool rung;
    struct bell *next;
};

static int on_turn(void *app);

static void on_opened(void *app, struct http_stream *http, void *data)
{
    struct bell *bell = data;
    (void)app;
    bell->http = http;
}

static void on_ready(void *app, void *data)
{
    struct bell *bell = data;
    (void)app;
    bell->ready = true;
}

static void unlink_bell(struct bell *bell)
{
    struct bells *bells = bell->bells;
    pthread_mutex_lock(&bells->lock);
    struct bell **at = &bells->hung;
    while (*at != bell)
        at = &(*at)->next;
    *at = bell->next;
    pthread_mutex_unlock(&bells->lock);
}

static void bell_free(struct bell *bell)
{
    unlink_bell(bell);
    watch_remove(bell->bells->watch, &bell->watcher);
    mem_free(bell);
}

static void on_closed(void *app, void *data)
{
    (void)app;
    bell_free(data);
}

void bells_open(struct bells *bells, struct watch *watch)
{
    pthread_mutex_init(&bells->lock, NULL);
    bells->watch = watch;
    bells->hub = http_hub_open(&(struct http_hub_config){ .max_streams = MAX_BELLS,
                                                          .app = bells,
                                                          .turn = on_turn,
                                                          .opened = on_opened,
                                                          .ready = on_ready,
                                                          .closed = on_closed });
}

void bells_close(struct bells *bells)
{
    http_hub_close(bells->hub);
    pthread_mutex_destroy(&bells->lock);
}

void bells_ring(struct bells *bells)
{
    __atomic_add_fetch(&bells->strokes, 1, __ATOMIC_RELEASE);
    http_hub_wake(bells->hub);
}

/* ---- ringing, in the hub's thread ---- */

static bool is_due(const struct bell *bell, int64_t now_ms)
{
    return watcher_is_stale(&bell->watcher) || now_ms >= bell->until_ms
           || __atomic_load_n(&bell->bells->strokes, __ATOMIC_ACQUIRE) != bell->strokes;
}

static void ring(struct bell *bell)
{
    static const str text = STR_INIT("event: changed\ndata: {}\n\n");
    bell->rung = http_stream_send(bell->http, &text, 1);
    if (bell->rung)
        http_stream_end(bell->http);
}

static int on_turn(void *app)
{
    struct bells *bells = app;
    int64_t now_ms = clock_now(&clock_system);
    pthread_mutex_lock(&bells->lock);
    for (struct bell *bell = bells->hung; bell; bell = bell->next) {
        if (bell->ready && !bell->rung && is_due(bell, now_ms))
            ring(bell);
    }
    int wait = bells->hung ? LOOK_MS : IDLE_MS;
    pthread_mutex_unlock(&bells->lock);
    return wait;
}

/* ---- hanging ---- */

static bool link_bell(struct bell *bell)
{
    struct bells *bells = bell->bells;
    unsigned others = 0;
    pthread_mutex_lock(&bells->lock);
    for (struct bell *b = bells->hung; b; b = b->next)
        others += b->who == bell->who;
    bool may = others < BELLS_OF_ONE;
    if (may) {
        bell->next = bells->hung;
        bells->hung = bell;
    }
    pthread_mutex_unlock(&bells->lock);
    return may;
}

bool bell_hang(struct bells *bells, struct http_request *request,
               const struct bell_wish *wish, struct err *err)
{
    struct bell *bell = mem_zero(sizeof *bell);
    bell->bells = bells;
    bell->who = str_hash(wish->who, 0);
    bell->strokes = wish->strokes;
    bell->until_ms = wish->until_ms;
    if (!link_bell(bell)) {
        mem_free(bell);
        return err_set(err, ERR_LIMIT, "studio.bells",
                       "at most %d such streams may be open at once", BELLS_OF_ONE);
    }
    if (!watch_add(bells->watch, &bell->watcher, wish->reads, wish->revision))
        watcher_spoil(&bell->watcher);
    if (http_stream_open(bells->hub, request, bell, err))
        return true;
    bell_free(bell);
    return false;
}
