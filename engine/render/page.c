/* A page: the shell, and in it the fragments of the regions top, main and bottom. */
#include "inside.h"

#include "html/html.h"

static void page_free(struct cached *self)
{
    http_body_drop(((struct page *)self)->body);
    mem_free(self);
}

/* Everything that decides what a page looks like, before its data. */
static str page_key(const struct scope *scope, str name, struct buf *room)
{
    const struct viewer *v = scope->viewer;
    buf_part(room, name);
    buf_char(room, v->large ? 'L' : 'n');
    buf_part(room, v->scheme);
    buf_part(room, v->theme);
    scope_key(scope,
              VARY_ACTOR | VARY_TENANT | VARY_SPECIALTY | VARY_LANG | VARY_ZONE
                  | VARY_QUERY,
              room);
    return room->full ? STR("") : buf_view(room);
}

static enum view_lang lang_of(const struct viewer *v)
{
    return v->lang == SCOPE_EN ? VIEW_EN : VIEW_ZH;
}

static str text_in(const struct viewer *v, struct val text)
{
    if (text.kind == VAL_STR)
        return val_text(text);
    str mine = val_get_text(text, view_lang_name(lang_of(v)));
    return mine.n ? mine : val_get_text(text, STR("zh"));
}

str render_title(struct scope *scope, const struct layout *layout)
{
    const struct viewer *v = scope->viewer;
    str title = text_in(v, val_get(layout->props, STR("title")));
    str unit = text_in(v, tenant_name(tenant_of(&v->path)));
    return ARENA_JOIN(scope->arena, title, STR(" · "), unit);
}

static void put_region(struct render_worker *worker, struct scope *scope,
                       struct layout *layout, str name, struct parts *parts)
{
    const struct region *region =
        layout_region(layout->regions, layout->region_count, name);
    if (worker->canvas)
        mark_region(scope, STR(""), region, name, &worker->out);
    if (region)
        fragments_put(worker, scope, region->blocks, region->n, &worker->out, parts, 0);
}

/* The visible way in; a long press on a card is the short one. */
static void put_arrange_link(struct scope *scope, const struct layout *layout,
                             const struct sheet *sheet, struct buf *out)
{
    bool en = lang_of(scope->viewer) == VIEW_EN;
    str icons = val_get_text(sheet->ui->assets, STR("icons"));
    buf_format(out,
               "<p class=\"arrange-link\"><a href=\"/w/%.*s?arrange\"><svg class=\"i\" "
               "viewBox=\"0 0 24 24\" aria-hidden=\"true\"><use "
               "href=\"%.*s#layout-dashboard\"/></svg>%s</a></p>",
               STR_ARG(layout->page), STR_ARG(icons),
               en ? "Arrange this page" : "整理此页");
}

/* What the page's script needs of it: a voice, whose page it is, and where the rest is
 * that it needs only when something goes wrong. */
static void put_live(struct scope *scope, const struct sheet *sheet, struct buf *out)
{
    const struct viewer *v = scope->viewer;
    buf_str(out, STR("<p class=\"vh\" id=\"live-say\" role=\"status\" data-actor=\""));
    html_escape(out, tenant_of(&v->path)->id);
    buf_char(out, '/');
    html_escape(out, v->person_id);
    buf_str(out, STR("\" data-aside=\""));
    html_escape(out, sheet->asides[lang_of(v)].path);
    buf_str(out, STR("\"></p>"));
}

/* Writes the page up to its first fragment. */
static void open_page(struct render_worker *worker, struct scope *scope,
                      struct frame *frame)
{
    struct shell shell = shell_for(scope, frame->title, frame->sheet);
    shell.script = worker->renderer->config.script;
    buf_clear(&worker->out);
    shell_open(&worker->out, &shell);
    put_live(scope, frame->sheet, &worker->out);
    frame->outline = str_fingerprint(buf_view(&worker->out), frame->layout->outline);
}

/* Where a page's token stands in its bytes, and the hash of all that they depend on: of
 * the token, which names what the page shows, and of what the token does not cover. */
struct token_place {
    size_t at;
    size_t n;
    uint64_t version;
};

/* The token stands before what it tells of. */
static struct token_place leave_room(struct buf *out, size_t n)
{
    if (!buf_reserve(out, n))
        return (struct token_place){ .at = out->n };
    out->n += n;
    return (struct token_place){ .at = out->n - n, .n = n };
}

static void put_token(struct render_worker *worker, struct scope *scope, str page,
                      const struct page_state *state, struct token_place place)
{
    struct page_owner owner = render_owner(scope->viewer, page);
    struct buf room = { .p = worker->out.p + place.at, .cap = place.n, .max = place.n };
    render_token_write(worker->renderer, &owner, state, scope->arena, &room);
}

static struct token_place put_page(struct render_worker *worker, struct scope *scope,
                                   const struct frame *frame, struct parts *parts)
{
    struct layout *layout = frame->layout;
    struct buf *out = &worker->out;
    put_region(worker, scope, layout, STR("top"), parts);
    buf_str(out, STR("<main id=\"main\" class=\"page\" data-page=\""));
    html_escape(out, layout->page);
    buf_str(out, STR("\" data-at=\""));
    struct token_place token = leave_room(out, render_token_size(parts->state.n));
    buf_str(out, STR("\">"));
    put_region(worker, scope, layout, STR("main"), parts);
    size_t link = out->n;
    if (layout->is_arrangeable)
        put_arrange_link(scope, layout, frame->sheet, out);
    uint64_t link_hash = str_hash((str){ out->p + link, out->n - link }, 0);
    buf_str(out, STR("</main>"));
    put_region(worker, scope, layout, STR("bottom"), parts);
    shell_close(out);

    parts->state.outline = frame->outline;
    put_token(worker, scope, layout->page, &parts->state, token);
    if (!out->full)
        token.version = str_hash((str){ out->p + token.at, token.n }, link_hash);
    return token;
}

/* What a page of so many bytes takes as long as nobody asked for it. */
static size_t page_size(size_t n)
{
    enum { REST = 512 }; /* its body's head, its token, what it was made from */
    return sizeof(struct page) + n + REST;
}

void render_page_weigh(struct page *page)
{
    cached_weigh(&page->head, page_size(http_body_size(page->body)));
}

/* The shell has one <body …> and escapes what stands before it. */
str render_page_inner(const struct page *page, struct arena *arena)
{
    str bytes = http_body_bytes(page->body, arena);
    const char *body = memmem(bytes.p, bytes.n, "<body", 5);
    const char *from =
        body ? memchr(body, '>', bytes.n - (size_t)(body - bytes.p)) : NULL;
    const char *to = from ? memrchr(bytes.p, '<', bytes.n) : NULL; /* of </html> */
    to = to ? memrchr(bytes.p, '<', (size_t)(to - bytes.p)) : NULL;
    return to ? (str){ from + 1, (size_t)(to - from) - 1 } : STR("");
}

/* A page that is kept has bytes of its own; another's are copied to where those of the
 * page before were sent from. */
static struct page *page_new(struct render_worker *worker, struct token_place token,
                             bool kept)
{
    const struct render_config *config = &worker->renderer->config;
    str bytes = buf_view(&worker->out);
    struct page *page = mem_alloc(sizeof *page + token.n);
    memset(page, 0, sizeof *page);
    page->head.free = page_free;
    page->head.refs = 1;
    page->body =
        http_body_open(&(struct http_body_config){ .bytes = kept ? mem_str(bytes) : bytes,
                                                   .once = !kept,
                                                   .version = token.version,
                                                   .type = "text/html; charset=utf-8",
                                                   .fields = config->fields,
                                                   .field_count = config->field_count });
    page->at = (str){ memcpy(page + 1, bytes.p + token.at, token.n), token.n };
    page->head.size = page_size(http_body_size(page->body));
    return page;
}

/* A page is kept when all it was made from is: then it is good exactly as long as they
 * are, and as long as `reads`, what of its viewer decided which blocks stand on it. */
static void keep_page(struct render_worker *worker, struct scope *scope, str key,
                      struct page *page, struct parts *parts, const struct reads *reads)
{
    page->head.parts = mem_alloc(parts->n * sizeof(struct cached *));
    memcpy(page->head.parts, parts->items, parts->n * sizeof(struct cached *));
    page->head.part_count = parts->n;
    parts->n = 0;
    cache_offer(worker->renderer->pages, key, &page->head, reads, scope_revision(scope));
}

static bool find_layout(struct render_worker *worker, struct scope *scope, str name,
                        struct seen *seen, struct layout **ret, struct err *err)
{
    struct seen *outer = scope->seen;
    scope->seen = seen;
    bool good = layout_find(worker->renderer->config.layouts, scope, worker->scripts,
                            name, ret, err);
    scope->seen = outer;
    return good;
}

bool render_frame(struct render_worker *worker, struct scope *scope, str name,
                  struct seen *seen, struct frame *ret, struct err *err)
{
    *ret = (struct frame){ 0 };
    if (str_equal(name, STR(LAYOUT_THEME)))
        return err_set(err, ERR_MISSING, "layout.none", "there is no page %.*s",
                       STR_ARG(name));
    scope->page = name;
    struct sheet_source source = render_viewer_sheet(scope);
    bool good = find_layout(worker, scope, name, seen, &ret->layout, err)
                && render_sheet(worker, scope, &source, &ret->sheet, err);
    if (!good) {
        frame_drop(ret);
        return false;
    }
    ret->title = render_title(scope, ret->layout);
    open_page(worker, scope, ret);
    return true;
}

void frame_drop(struct frame *frame)
{
    if (frame->layout)
        cached_drop(&frame->layout->head);
    if (frame->sheet)
        cached_drop(&frame->sheet->head);
    *frame = (struct frame){ 0 };
}

static bool make_page(struct render_worker *worker, struct scope *scope, str name,
                      str key, struct page **ret, struct err *err)
{
    struct parts *parts = ARENA_NEW(scope->arena, struct parts);
    struct seen seen = { .reads = { .arena = scope->arena } };
    struct frame frame;
    if (!render_frame(worker, scope, name, &seen, &frame, err))
        return false;
    parts->state.n = frame.layout->block_count;
    parts_add(parts, scope->arena, &frame.layout->head);
    parts_add(parts, scope->arena, &frame.sheet->head);
    struct token_place token = put_page(worker, scope, &frame, parts);
    bool kept = !parts->broken
                && cache_wants(worker->renderer->pages, key, page_size(worker->out.n));
    *ret = page_new(worker, token, kept);
    if (kept)
        keep_page(worker, scope, key, *ret, parts, &seen.reads);
    frame_drop(&frame);
    parts_drop(parts);
    return true;
}

bool render_page(struct render_worker *worker, struct scope *scope, str name,
                 struct page **ret, struct err *err)
{
    char room_bytes[CACHE_MAX_KEY * 2];
    struct buf room = { .p = room_bytes,
                        .cap = sizeof room_bytes,
                        .max = sizeof room_bytes };
    str key = page_key(scope, name, &room);
    *ret = (struct page *)cache_find(worker->renderer->pages, key, scope->now_ms);
    return *ret || make_page(worker, scope, name, key, ret, err);
}

/* ---- for those who edit it ---- */

void mark_region(struct scope *scope, str owner, const struct region *region, str name,
                 struct buf *out)
{
    buf_str(out, STR("<template data-region=\""));
    html_escape(out, owner);
    if (owner.n)
        buf_char(out, '/');
    html_escape(out, name);
    buf_str(out, STR("\"></template>"));
    if (!region || !region->n)
        buf_format(out, "<p class=\"region-empty\">%s</p>",
                   lang_of(scope->viewer) == VIEW_EN ? "Drop a component here"
                                                     : "拖到这里");
}

void render_canvas_inner(struct render_worker *worker, struct scope *scope,
                         struct canvas *canvas, struct buf *out)
{
    static const str regions[] = { STR_INIT("top"), STR_INIT("main"),
                                   STR_INIT("bottom") };
    scope->page = canvas->layout->page;
    canvas->failed = NULL;
    worker->canvas = canvas;
    buf_clear(&worker->out);
    for (size_t i = 0; i < COUNT_OF(regions); i++) {
        bool is_main = str_equal(regions[i], STR("main"));
        if (is_main)
            buf_str(&worker->out, STR("<main id=\"main\" class=\"page\">"));
        put_region(worker, scope, canvas->layout, regions[i], NULL);
        if (is_main)
            buf_str(&worker->out, STR("</main>"));
    }
    worker->canvas = NULL;
    buf_str(out, buf_view(&worker->out));
}

bool render_canvas(struct render_worker *worker, struct scope *scope,
                   struct canvas *canvas, struct buf *out, struct err *err)
{
    struct sheet_source source = render_viewer_sheet(scope);
    struct sheet *sheet;
    if (!render_sheet(worker, scope, &source, &sheet, err))
        return false;
    struct shell shell = shell_for(scope, render_title(scope, canvas->layout), sheet);
    shell.styles[0] = canvas->styles[0];
    shell.styles[1] = canvas->styles[1];
    shell.policy = RENDER_CANVAS_POLICY;
    shell_open(out, &shell);
    render_canvas_inner(worker, scope, canvas, out);
    shell_close(out);
    cached_drop(&sheet->head);
    return true;
}
