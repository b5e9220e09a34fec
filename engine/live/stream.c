/* Streams and the queues in which they wait to be looked at. */
#include "inside.h"

static struct shelf *shelf_new(struct stream *stream, size_t n)
{
    struct shelf *shelf = mem_zero(sizeof *shelf + n * sizeof(struct slot));
    shelf->stream = stream;
    shelf->n = n;
    for (size_t i = 0; i < n; i++)
        shelf->slots[i].number = i & UINT16_MAX;
    return shelf;
}

void view_renew(struct live *live, struct view *view, size_t count)
{
    for (size_t i = 0; i < view->shelf->n; i++)
        slot_clear(live, &view->shelf->slots[i]);
    mem_free(view->shelf);
    view->shelf = shelf_new(view->stream, count);
    view->outline = 0;
}

static struct page_query *query_new(const struct live_page *page)
{
    if (!page->query_text.n)
        return NULL;
    struct arena *arena = arena_open_small();
    struct page_query *query = ARENA_NEW(arena, struct page_query);
    *query = (struct page_query){ arena, val_copy(arena, page->query),
                                  arena_str(arena, page->query_text) };
    return query;
}

static void open_view(struct stream *stream, struct view *view,
                      const struct live_page *page, const struct page_state *state)
{
    view->stream = stream;
    view->query = query_new(page);
    view->outline = state->outline;
    view->shelf = shelf_new(stream, state->n);
    for (size_t i = 0; i < state->n; i++)
        view->shelf->slots[i].shown = state->hashes[i] & RENDER_HASH_MASK;
    source_add(&stream->live->sources, &view->source, SOURCE_VIEW, STR(""));
}

static str put_text(char **at, str text)
{
    str copy = { *at, text.n };
    memcpy(*at, text.p, text.n);
    *at += text.n;
    return copy;
}

static size_t texts_size(const struct live_wish *wish, str person)
{
    size_t size = wish->session.n + person.n;
    for (size_t i = 0; i < wish->n; i++)
        size += wish->pages[i].name.n;
    return size;
}

struct stream *stream_new(struct live *live, const struct scope *scope,
                          const struct live_wish *wish, const struct page_state *states)
{
    const struct viewer *viewer = scope->viewer;
    size_t views = wish->n * sizeof(struct view);
    struct stream *stream =
        mem_zero(sizeof *stream + views + texts_size(wish, viewer->person_id));
    char *texts = (char *)&stream->views[wish->n];
    stream->live = live;
    stream->session = put_text(&texts, wish->session);
    stream->space = tenant_of(&viewer->path)->space;
    stream->person = put_text(&texts, viewer->person_id);
    stream->who = str_hash(stream->person, stream->space);
    stream->view_count = wish->n;
    for (size_t i = 0; i < wish->n; i++) {
        stream->views[i].page = put_text(&texts, wish->pages[i].name);
        open_view(stream, &stream->views[i], &wish->pages[i], &states[i]);
    }
    return stream;
}

static void close_view(struct live *live, struct view *view)
{
    view_leave(live, view);
    source_remove(&live->sources, &view->source);
    mem_free(view->shelf);
    if (view->query)
        arena_close(view->query->arena);
}

void stream_free(struct stream *stream)
{
    stream_unmark(stream);
    for (size_t i = 0; i < stream->view_count; i++)
        close_view(stream->live, &stream->views[i]);
    mem_free(stream);
}

/* ---- queues ---- */

void stream_unmark(struct stream *stream)
{
    if (!stream->at)
        return;
    *stream->at = stream->next;
    if (stream->next)
        stream->next->at = stream->at;
    else
        stream->live->queues[stream->urgency].end = stream->at;
    stream->at = NULL;
}

void stream_mark(struct stream *stream, enum urgency urgency)
{
    if (stream->at && stream->urgency <= urgency)
        return;
    stream_unmark(stream);
    struct stream_queue *queue = &stream->live->queues[urgency];
    stream->urgency = urgency;
    stream->next = NULL;
    stream->at = queue->end;
    *queue->end = stream;
    queue->end = &stream->next;
}
