/* Streams and the queues in which they wait to be looked at. */
#include "inside.h"

static void open_view(struct stream *stream, struct view *view,
                      const struct live_page *page, const struct page_state *state)
{
    view->stream = stream;
    view->page = mem_str(page->name);
    view->query = val_map(NULL, 0);
    view->query_text = STR("");
    if (page->query_text.n) {
        view->arena = arena_open_small();
        view->query = val_copy(view->arena, page->query);
        view->query_text = arena_str(view->arena, page->query_text);
    }
    view->outline = state->outline;
    view->slot_count = state->n;
    view->slots = mem_zero((state->n + 1) * sizeof *view->slots);
    for (size_t i = 0; i < state->n; i++)
        view->slots[i] = (struct slot){ .view = view, .shown = state->hashes[i] };
    source_add(&stream->live->sources, &view->source, SOURCE_VIEW, STR(""));
}

struct stream *stream_new(struct live *live, const struct scope *scope,
                          const struct live_wish *wish, const struct page_state *states)
{
    struct stream *stream = mem_zero(sizeof *stream);
    const struct viewer *viewer = scope->viewer;
    stream->live = live;
    stream->session = mem_str(wish->session);
    stream->space = tenant_of(&viewer->path)->space;
    stream->person = mem_str(viewer->person_id);
    stream->who = str_hash(stream->person, stream->space);
    stream->view_count = wish->n;
    stream->views = mem_zero(wish->n * sizeof *stream->views);
    for (size_t i = 0; i < wish->n; i++)
        open_view(stream, &stream->views[i], &wish->pages[i], &states[i]);
    return stream;
}

static void close_view(struct live *live, struct view *view)
{
    view_leave(live, view);
    source_remove(&live->sources, &view->source);
    mem_free(view->slots);
    mem_free(view->page.p);
    if (view->arena)
        arena_close(view->arena);
}

void stream_free(struct stream *stream)
{
    stream_unmark(stream);
    for (size_t i = 0; i < stream->view_count; i++)
        close_view(stream->live, &stream->views[i]);
    mem_free(stream->views);
    mem_free(stream->session.p);
    mem_free(stream->person.p);
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
