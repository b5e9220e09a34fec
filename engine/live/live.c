/* The hub's thread: what became stale, whom it concerns, and when to look again. */
#include "inside.h"

/* Between slices of this length clients are listened to. */
enum { SLICE_US = 4000, IDLE_MS = 60000, MAX_TEXT = 4 * LIMIT_PAGE_BYTES };

/* ---- whom it concerns ---- */

static void mark_source(struct live *live, struct source *source, bool by_time)
{
    enum urgency urgency = by_time ? LEISURELY : URGENT;
    count_one(&live->counts.wakes);
    switch ((enum source_kind)source->kind) {
    case SOURCE_SPOT:
        for (struct slot *s = ((struct spot *)source)->slots; s; s = s->next)
            stream_mark(slot_stream(s), urgency);
        return;
    case SOURCE_SCENE:
        for (struct view *v = ((struct scene *)source)->views; v; v = v->next)
            stream_mark(v->stream, urgency);
        return;
    case SOURCE_VIEW:
        stream_mark(((struct view *)source)->stream, urgency);
        return;
    }
}

static struct stream *take_next(struct live *live)
{
    for (int u = 0; u < URGENCIES; u++) {
        struct stream *stream = live->queues[u].first;
        if (stream) {
            stream_unmark(stream);
            return stream;
        }
    }
    return NULL;
}

static bool somebody_waits(const struct live *live)
{
    return live->queues[URGENT].first || live->queues[LEISURELY].first;
}

static int time_until_next(const struct live *live, int64_t now_ms)
{
    if (somebody_waits(live))
        return 0;
    int64_t wait = source_next_end(&live->sources, now_ms);
    return wait < 0 || wait > IDLE_MS ? IDLE_MS : (int)wait;
}

/* At least one, however long what came before took. */
static void push_some(struct live *live)
{
    int64_t end_us = clock_ticks_us() + SLICE_US;
    struct stream *stream;
    while ((stream = take_next(live))) {
        push_stream(live, stream);
        if (clock_ticks_us() >= end_us)
            return;
    }
}

static int on_turn(void *app)
{
    struct live *live = app;
    int64_t now_ms = clock_now(live->config.clock);
    struct source *source;
    bool by_time;
    while ((source = source_next(&live->sources, now_ms, &by_time)))
        mark_source(live, source, by_time);
    /* A snapshot of a commit whose observers still run knows itself as older: what is
     * made from it would be taken for stale. */
    store_settle(scopes_store(live->config.scopes));
    push_some(live);
    if (!somebody_waits(live))
        push_forget(live);
    return time_until_next(live, clock_now(live->config.clock));
}

/* ---- streams ---- */

static void on_opened(void *app, struct http_stream *http, void *data)
{
    struct stream *stream = data;
    (void)app;
    stream->http = http;
}

/* Also when its head is sent: then what changed while she was away is. */
static void on_ready(void *app, void *data)
{
    (void)app;
    stream_mark(data, URGENT);
}

static void on_closed(void *app, void *data)
{
    struct live *live = app;
    struct stream *stream = data;
    people_leave(live->people, stream->who);
    stream_free(stream);
}

/* ---- admission, in the request's thread ---- */

static bool read_token(struct live *live, const struct scope *scope,
                       const struct live_page *page, struct page_state *ret,
                       struct err *err)
{
    struct page_owner owner = render_owner(scope->viewer, page->name);
    if (!page->at.n)
        return true;
    switch (
        render_token_read(live->config.renderer, &owner, page->at, scope->arena, ret)) {
    case TOKEN_GOOD:
        return true;
    case TOKEN_OTHER_VERSION:
        *ret = (struct page_state){ 0 };
        return true;
    case TOKEN_FOREIGN:
        break;
    }
    return err_at(err, ERR_FORBIDDEN, "live.token", page->name,
                  "this token is not of this person's page; load the page again");
}

static bool check_page(struct live *live, struct render_worker *worker,
                       struct scope *scope, const struct live_page *page,
                       struct page_state *ret, struct err *err)
{
    struct seen seen = { .reads = { .arena = scope->arena } };
    struct frame frame;
    if (!read_token(live, scope, page, ret, err))
        return false;
    if (!render_frame(worker, scope, page->name, &seen, &frame, err))
        return err_in(err, "%.*s", STR_ARG(page->name));
    frame_drop(&frame);
    return true;
}

bool live_stream(struct live *live, struct render_worker *worker, struct scope *scope,
                 struct http_request *request, const struct live_wish *wish,
                 struct err *err)
{
    struct page_state *states = ARENA_ARRAY(scope->arena, struct page_state, wish->n);
    for (size_t i = 0; i < wish->n; i++) {
        if (!check_page(live, worker, scope, &wish->pages[i], &states[i], err))
            return false;
    }
    struct stream *stream = stream_new(live, scope, wish, states);
    if (!people_enter(live->people, stream->who, &scope->viewer->path)) {
        stream_free(stream);
        return err_set(err, ERR_LIMIT, "live.streams",
                       "a person may have %d streams open at once",
                       LIMIT_STREAMS_PER_PERSON);
    }
    if (http_stream_open(live->hub, request, stream, err))
        return true;
    people_leave(live->people, stream->who);
    stream_free(stream);
    return false;
}

size_t live_people(struct live *live, store_space space)
{
    return people_count(live->people, space);
}

/* ---- opening ---- */

static void wake(void *data)
{
    http_hub_wake(((struct live *)data)->hub);
}

static void open_queues(struct live *live)
{
    for (int u = 0; u < URGENCIES; u++)
        live->queues[u].end = &live->queues[u].first;
}

bool live_open(const struct live_config *config, struct live **ret, struct err *err)
{
    struct live *live = mem_zero(sizeof *live);
    live->config = *config;
    live->people = people_open();
    live->arena = arena_open();
    watched_open(&live->sources, config->watch);
    open_queues(live);
    buf_init(&live->out, MAX_TEXT);
    buf_init(&live->piece, LIMIT_PAGE_BYTES);
    if (!render_worker_open(config->renderer, &live->render, err)
        || !scope_worker_open(config->scopes, &live->scope, err)) {
        live_close(live);
        return false;
    }
    live->hub =
        http_hub_open(&(struct http_hub_config){ .max_streams = config->max_streams,
                                                 .app = live,
                                                 .turn = on_turn,
                                                 .opened = on_opened,
                                                 .ready = on_ready,
                                                 .closed = on_closed });
    watch_listen(config->watch, wake, live);
    *ret = live;
    return true;
}

void live_close(struct live *live)
{
    if (!live)
        return;
    watch_listen(live->config.watch, NULL, NULL);
    http_hub_close(live->hub);
    render_worker_close(live->render);
    scope_worker_close(live->scope);
    watched_close(&live->sources);
    people_close(live->people);
    buf_done(&live->out);
    buf_done(&live->piece);
    arena_close(live->arena);
    mem_free(live);
}

struct live_counts live_count(const struct live *live)
{
    return (struct live_counts){
        .hub = http_hub_count(live->hub),
        .wakes = __atomic_load_n(&live->counts.wakes, __ATOMIC_RELAXED),
        .renders = __atomic_load_n(&live->counts.renders, __ATOMIC_RELAXED),
        .pushes = __atomic_load_n(&live->counts.pushes, __ATOMIC_RELAXED),
        .same = __atomic_load_n(&live->counts.same, __ATOMIC_RELAXED),
        .skipped = __atomic_load_n(&live->counts.skipped, __ATOMIC_RELAXED),
        .spots = __atomic_load_n(&live->counts.spots, __ATOMIC_RELAXED),
    };
}
