/*
 * One push: what a stream shows is brought up to date, and what differs from what its
 * client has is sent as one piece. What is about to be sent was made from snapshots that
 * may be newer than what is known to be stale; so before it goes, all commits seen so far
 * are waited for, and it only goes if the viewer, her session and the page are still as
 * they were.
 */
#include "inside.h"

enum { TRIES = 3 };

struct push {
    struct live *live;
    struct stream *stream;
    struct scope scope;
    bool is_open;       /* the scope */
    const char *gone;   /* why the stream ends; NULL: it goes on */
    str gone_page;      /* whose end it is, while others could go on; else empty */
    bool failed;        /* the store or the page gave an error */
    struct slot **sent; /* in the arena: slots whose fragment is in `out` */
    size_t sent_count;
    size_t sent_room;
};

/* ---- looking as the viewer ---- */

static bool open_scope(struct push *p)
{
    struct err err;
    if (p->is_open)
        return true;
    p->is_open =
        scope_open(p->live->scope, p->live->arena, p->stream->session, &p->scope, &err);
    p->failed = !p->is_open;
    return p->is_open;
}

static bool is_hers(const struct push *p)
{
    const struct viewer *viewer = p->scope.viewer;
    return tenant_of(&viewer->path)->space == p->stream->space
           && str_equal(viewer->person_id, p->stream->person);
}

static bool look(struct push *p, const struct view *view)
{
    if (!open_scope(p))
        return false;
    if (!p->scope.viewer)
        p->gone = "signed-out";
    else if (!is_hers(p))
        p->gone = "moved";
    p->scope.page = view->page;
    p->scope.query = view->query ? view->query->map : val_map(NULL, 0);
    p->scope.query_text = view->query ? view->query->text : STR("");
    return !p->gone;
}

/* ---- texts ---- */

static void put_id(struct push *p)
{
    struct stream *stream = p->stream;
    struct page_state *state = ARENA_NEW(p->live->arena, struct page_state);
    struct buf *out = &p->live->out;
    buf_str(out, STR("id: "));
    for (size_t i = 0; i < stream->view_count; i++) {
        struct view *view = &stream->views[i];
        struct page_owner owner = { stream->space, stream->person, view->page };
        state->outline = view->outline;
        state->n = view->shelf->n;
        for (size_t k = 0; k < view->shelf->n; k++)
            state->hashes[k] = view->shelf->slots[k].shown;
        if (i)
            buf_char(out, '.');
        render_token_write(p->live->config.renderer, &owner, state, p->live->arena, out);
    }
    buf_str(out, STR("\n\n"));
    count_one(&p->live->counts.pushes);
}

static void put_member(struct buf *out, const char *name, str text)
{
    buf_format(out, ",\"%s\":", name);
    doc_write_text(out, text);
}

static void open_event(struct push *p, const char *event, const struct view *view)
{
    struct buf *out = &p->live->out;
    buf_format(out, "event: %s\ndata: {\"view\":%td,\"page\":", event,
               view - p->stream->views);
    doc_write_text(out, view->page);
}

static void close_event(struct push *p)
{
    buf_str(&p->live->out, STR("}\n"));
    put_id(p);
}

/* ---- fragments ---- */

static void note_sent(struct push *p, struct slot *slot)
{
    if (p->sent_count == p->sent_room) {
        size_t room = p->sent_room ? p->sent_room * 2 : 16;
        struct slot **grown = arena_alloc(p->live->arena, room * sizeof(struct slot *));
        if (p->sent_count)
            memcpy(grown, p->sent, p->sent_count * sizeof(struct slot *));
        p->sent = grown;
        p->sent_room = room;
    }
    p->sent[p->sent_count++] = slot;
    slot->shown = slot->spot->hash & RENDER_HASH_MASK;
}

/* The part of an event that is the same for all who show the fragment. */
static void tell_spot(struct live *live, struct spot *spot, str block, str html)
{
    struct buf text;
    buf_init(&text, (size_t)6 * LIMIT_FRAGMENT_BYTES + 256);
    put_member(&text, "block", block);
    put_member(&text, "html", html);
    spot->told = mem_alloc(sizeof *spot->told);
    *spot->told = (struct telling){ spot, live->told, mem_str(buf_view(&text)) };
    live->told = spot->told;
    buf_done(&text);
}

void push_forget(struct live *live)
{
    while (live->told) {
        struct telling *told = live->told;
        live->told = told->next;
        told->spot->told = NULL;
        mem_free(told->text.p);
        mem_free(told);
    }
}

/* Brings one slot up to date; also makes the text of its event when somebody wants it. */
static bool refresh_slot(struct push *p, struct view *view, struct slot *slot,
                         struct block *block)
{
    struct live *live = p->live;
    struct fragment *fragment;
    bool stale = !slot->spot || source_is_stale(&slot->spot->source);
    bool told = block->region_count || (slot->spot && slot->spot->told);
    if (!stale && (told || slot->shown == slot->spot->hash))
        return true;
    if (!look(p, view))
        return false;
    slot_fill(live, slot, block, &p->scope, &fragment);
    if (slot->shown == slot->spot->hash)
        count_one(&live->counts.same);
    else if (slot->spot->hash != fragment->hash)
        watcher_spoil(&slot->spot->source.watcher);
    else if (!block->region_count && !slot->spot->told)
        tell_spot(live, slot->spot, block->id, fragment->html);
    cached_drop(&fragment->head);
    return true;
}

static void note_inside(struct push *p, struct view *view, const struct block *block)
{
    for (size_t i = 0; i < block->region_count; i++) {
        const struct region *region = &block->regions[i];
        for (size_t k = 0; k < region->n; k++) {
            struct slot *slot = &view->shelf->slots[region->blocks[k]->number];
            if (slot->spot)
                note_sent(p, slot);
            note_inside(p, view, region->blocks[k]);
        }
    }
}

/* A block that holds others is sent with them. */
static bool put_composed(struct push *p, struct view *view, struct slot *slot,
                         struct block *block)
{
    struct buf *piece = &p->live->piece;
    if (!look(p, view))
        return false;
    buf_clear(piece);
    render_block(p->live->render, &p->scope, block, piece);
    open_event(p, "fragment", view);
    put_member(&p->live->out, "block", block->id);
    put_member(&p->live->out, "html", buf_view(piece));
    note_sent(p, slot);
    note_inside(p, view, block);
    close_event(p);
    return true;
}

static bool put_slot(struct push *p, struct view *view, struct slot *slot,
                     struct block *block)
{
    if (slot->shown == slot->spot->hash)
        return true;
    if (!block->region_count && !slot->spot->told)
        return true; /* it has changed again: the next push has it */
    if (block->region_count)
        return put_composed(p, view, slot, block);
    open_event(p, "fragment", view);
    buf_str(&p->live->out, slot->spot->told->text);
    note_sent(p, slot);
    close_event(p);
    return true;
}

/* ---- pages ---- */

struct filling {
    struct push *push;
    struct view *view;
    bool *visited;
};

static void fill_region(struct filling *f, const struct region *regions, size_t n,
                        str name);

static void fill_block(struct filling *f, struct block *block)
{
    struct live *live = f->push->live;
    struct slot *slot = &f->view->shelf->slots[block->number];
    struct fragment *fragment = NULL;
    f->visited[block->number] = true;
    slot_fill(live, slot, block, &f->push->scope, block->region_count ? &fragment : NULL);
    if (!fragment)
        return;
    for (size_t i = 0; i < fragment->hole_count; i++)
        fill_region(f, block->regions, block->region_count, fragment->holes[i].region);
    cached_drop(&fragment->head);
}

static void fill_region(struct filling *f, const struct region *regions, size_t n,
                        str name)
{
    const struct region *region = layout_region(regions, n, name);
    for (size_t i = 0; region && i < region->n; i++)
        fill_block(f, region->blocks[i]);
}

/* Every block that the page shows has its slot filled, and no other. */
static void fill_view(struct push *p, struct view *view)
{
    static const str names[] = { STR_INIT("top"), STR_INIT("main"), STR_INIT("bottom") };
    const struct layout *layout = view->scene->frame.layout;
    struct filling f = { p, view, ARENA_ARRAY(p->live->arena, bool, view->shelf->n + 1) };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        fill_region(&f, layout->regions, layout->region_count, names[i]);
    for (size_t i = 0; i < view->shelf->n; i++) {
        if (!f.visited[i])
            slot_clear(p->live, &view->shelf->slots[i]);
    }
}

static const char *const lang_tags[] = { [SCOPE_ZH] = "zh-CN", [SCOPE_EN] = "en" };

static bool put_page(struct push *p, struct view *view, str title)
{
    struct live *live = p->live;
    struct page_state *state = ARENA_NEW(live->arena, struct page_state);
    const struct viewer *viewer = p->scope.viewer;
    struct page_owner owner = render_owner(viewer, view->page);
    struct page *page;
    struct err err;
    if (!render_page(live->render, &p->scope, view->page, &page, &err)) {
        p->failed = true;
        return false;
    }
    render_token_read(live->config.renderer, &owner, page->at, live->arena, state);
    view->outline = state->outline;
    for (size_t i = 0; i < view->shelf->n; i++)
        view->shelf->slots[i].shown =
            i < state->n ? state->hashes[i] & RENDER_HASH_MASK : 0;
    open_event(p, "page", view);
    put_member(&live->out, "html", render_page_inner(page, live->arena));
    put_member(&live->out, "title", title);
    put_member(&live->out, "sheet",
               render_sheet_path(live->arena, view->scene->frame.sheet));
    put_member(&live->out, "lang", str_of(lang_tags[viewer->lang]));
    put_member(&live->out, "scheme", viewer->scheme);
    put_member(&live->out, "size", viewer->large ? STR("large") : STR("normal"));
    close_event(p);
    cached_drop(&page->head);
    return true;
}

static bool cannot_enter(struct push *p, const struct view *view, const struct err *err)
{
    if (err->kind == ERR_MISSING || err->kind == ERR_FORBIDDEN) {
        p->gone = "forbidden";
        p->gone_page = view->page;
    } else {
        p->failed = true;
    }
    return false;
}

/* Looks at the page anew: who she is, what stands on it, how it is framed. */
static bool enter(struct push *p, struct view *view)
{
    struct live *live = p->live;
    struct seen seen = { .reads = { .arena = live->arena } };
    struct frame frame;
    struct err err;
    if (!look(p, view))
        return false;
    if (!render_frame(live->render, &p->scope, view->page, &seen, &frame, &err))
        return cannot_enter(p, view, &err);
    str title = frame.title;
    uint64_t outline = frame.outline;
    size_t blocks = frame.layout->block_count;
    struct cached *const objects[] = { &p->scope.viewer->head };
    source_follow(&live->sources, &view->source, objects, 1, &seen.reads,
                  scope_revision(&p->scope));
    view_enter(live, view, &frame);
    if (view->shelf->n != blocks)
        view_renew(live, view, blocks);
    fill_view(p, view);
    return view->outline == outline || put_page(p, view, title);
}

/* ---- a view ---- */

static bool is_outdated(const struct view *view)
{
    return !view->scene || source_is_stale(&view->source)
           || source_is_stale(&view->scene->source);
}

/* A block that holds others may hold them at other places now. */
static bool refresh_view(struct push *p, struct view *view)
{
    bool moved = false;
    for (size_t i = 0; i < view->shelf->n; i++) {
        struct slot *slot = &view->shelf->slots[i];
        struct block *block = view->scene->blocks[i];
        if (!slot->spot)
            continue;
        if (!refresh_slot(p, view, slot, block))
            return false;
        moved = moved || (block->region_count && slot->shown != slot->spot->hash);
    }
    if (!moved)
        return true;
    if (!look(p, view))
        return false;
    fill_view(p, view);
    return true;
}

static bool update_view(struct push *p, struct view *view)
{
    if ((is_outdated(view) && !enter(p, view)) || !refresh_view(p, view))
        return false;
    for (size_t i = 0; i < view->shelf->n; i++) {
        struct slot *slot = &view->shelf->slots[i];
        if (slot->spot && !put_slot(p, view, slot, view->scene->blocks[i]))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool any_is_outdated(const struct stream *stream)
{
    for (size_t i = 0; i < stream->view_count; i++) {
        if (is_outdated(&stream->views[i]))
            return true;
    }
    return false;
}

/* A fragment that has changed again was hers to see when it was made. */
static bool has_stale_spots(const struct stream *stream)
{
    for (size_t i = 0; i < stream->view_count; i++) {
        const struct view *view = &stream->views[i];
        for (size_t k = 0; k < view->shelf->n; k++) {
            const struct spot *spot = view->shelf->slots[k].spot;
            if (spot && source_is_stale(&spot->source))
                return true;
        }
    }
    return false;
}

static void say_gone(struct push *p)
{
    struct buf *out = &p->live->out;
    buf_clear(out);
    buf_format(out, "event: gone\ndata: {\"why\":\"%s\"", p->gone);
    if (p->gone_page.n)
        put_member(out, "page", p->gone_page);
    buf_str(out, STR("}\n\n"));
}

/* Nothing of it was sent: the next push sends it again. */
static void take_back(struct push *p)
{
    for (size_t i = 0; i < p->sent_count; i++)
        p->sent[i]->shown = 0;
    for (size_t i = 0; i < p->stream->view_count; i++) {
        if (is_outdated(&p->stream->views[i]))
            p->stream->views[i].outline = 0;
    }
}

static bool try_push(struct push *p)
{
    bool good = true;
    buf_clear(&p->live->out);
    for (size_t i = 0; good && i < p->stream->view_count; i++)
        good = update_view(p, &p->stream->views[i]);
    if (p->is_open)
        scope_close(&p->scope);
    p->is_open = false;
    if (p->gone || p->failed)
        return true;
    store_settle(scopes_store(p->live->config.scopes));
    if (good && !any_is_outdated(p->stream))
        return true;
    take_back(p);
    p->sent_count = 0;
    return false;
}

void push_stream(struct live *live, struct stream *stream)
{
    struct push p = { .live = live, .stream = stream };
    bool good = false;
    if (http_stream_is_busy(stream->http)) {
        count_one(&live->counts.skipped);
        return;
    }
    for (int i = 0; !good && i < TRIES; i++)
        good = try_push(&p);
    if (!good || has_stale_spots(stream))
        stream_mark(stream, LEISURELY);
    if (good && p.gone)
        say_gone(&p);
    if (good && (live->out.n && !p.failed && !live->out.full)) {
        str text = buf_view(&live->out);
        (void)http_stream_send(stream->http, &text, 1);
    }
    if (p.gone || p.failed || live->out.full)
        http_stream_end(stream->http);
    arena_reset(live->arena);
}
