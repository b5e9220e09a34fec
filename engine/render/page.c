/* A page: the shell, and in it the fragments of the regions top, main and bottom. */
#include "inside.h"

static void page_free(struct cached *self)
{
    http_body_drop(((struct page *)self)->body);
    mem_free(self);
}

/* Everything that decides what a page looks like, before its data. */
static str page_key(const struct scope *scope, str name, struct buf *room)
{
    const struct viewer *v = scope->viewer;
    buf_char(room, (char)name.n);
    buf_str(room, name);
    buf_char(room, v->large ? 'L' : 'n');
    buf_str(room, v->scheme);
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

static str page_title(struct scope *scope, const struct layout *layout)
{
    const struct viewer *v = scope->viewer;
    struct val tenant = tenant_of(&v->path)->record;
    str title = text_in(v, val_get(layout->props, STR("title")));
    str unit = text_in(v, val_get(tenant, STR("short")));
    if (!unit.n)
        unit = text_in(v, val_get(tenant, STR("name")));
    return arena_format(scope->arena, "%.*s · %.*s", STR_ARG(title), STR_ARG(unit));
}

static void put_region(struct render_worker *worker, struct scope *scope,
                       struct layout *layout, str name, struct parts *parts)
{
    const struct region *region =
        layout_region(layout->regions, layout->region_count, name);
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

static void put_page(struct render_worker *worker, struct scope *scope,
                     struct layout *layout, struct sheet *sheet, struct parts *parts)
{
    const struct viewer *v = scope->viewer;
    struct shell shell = { .title = page_title(scope, layout),
                           .sheet = sheet,
                           .tenant = tenant_of(&v->path)->id,
                           .lang = lang_of(v),
                           .scheme = v->scheme,
                           .large = v->large,
                           .class = STR("wb"),
                           .script = layout->is_arrangeable
                                         ? render_script_fingerprint(worker->renderer)
                                         : STR("") };
    struct buf *out = &worker->out;
    buf_clear(out);
    shell_open(out, &shell);
    put_region(worker, scope, layout, STR("top"), parts);
    buf_str(out, STR("<main id=\"main\" class=\"page\">"));
    put_region(worker, scope, layout, STR("main"), parts);
    if (layout->is_arrangeable)
        put_arrange_link(scope, layout, sheet, out);
    buf_str(out, STR("</main>"));
    put_region(worker, scope, layout, STR("bottom"), parts);
    shell_close(out);
}

/* What was written, taken out of the buffer; the next page will be about as long. */
static str take_bytes(struct buf *out)
{
    str bytes = { mem_grow(out->p, out->n), out->n };
    buf_init(out, out->max);
    buf_reserve(out, bytes.n + bytes.n / 8);
    return bytes;
}

static struct page *page_new(struct render_worker *worker)
{
    const struct render_config *config = &worker->renderer->config;
    struct page *page = mem_zero(sizeof *page);
    page->head.free = page_free;
    page->head.refs = 1;
    page->body =
        http_body_open(&(struct http_body_config){ .bytes = take_bytes(&worker->out),
                                                   .type = "text/html; charset=utf-8",
                                                   .fields = config->fields,
                                                   .field_count = config->field_count });
    page->head.size =
        sizeof *page + http_body_size(page->body) + 1200; /* with its response */
    return page;
}

/* A page is kept when all it was made from is: then it is good exactly as long as they
 * are, and as long as `reads`, what of its viewer decided which blocks stand on it. */
static void keep_page(struct render_worker *worker, struct scope *scope, str key,
                      struct page *page, struct parts *parts, const struct reads *reads)
{
    struct cache *cache = worker->renderer->pages;
    if (parts->broken || !cache_wants(cache, key, page->head.size))
        return;
    page->head.parts = mem_alloc(parts->n * sizeof(struct cached *));
    memcpy(page->head.parts, parts->items, parts->n * sizeof(struct cached *));
    page->head.part_count = parts->n;
    parts->n = 0;
    cache_offer(cache, key, &page->head, reads, scope_revision(scope));
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

static bool make_page(struct render_worker *worker, struct scope *scope, str name,
                      str key, struct page **ret, struct err *err)
{
    struct parts parts = { .n = 0 };
    struct seen seen = { .reads = { .arena = scope->arena } };
    struct layout *layout;
    struct sheet *sheet;
    if (!find_layout(worker, scope, name, &seen, &layout, err))
        return false;
    parts_add(&parts, scope->arena, &layout->head);
    cached_drop(&layout->head);
    bool good = render_sheet(worker, scope, &scope->viewer->path, &sheet, err);
    if (good) {
        parts_add(&parts, scope->arena, &sheet->head);
        cached_drop(&sheet->head);
        put_page(worker, scope, layout, sheet, &parts);
        *ret = page_new(worker);
        keep_page(worker, scope, key, *ret, &parts, &seen.reads);
    }
    parts_drop(&parts);
    return good;
}

bool render_page(struct render_worker *worker, struct scope *scope, str name,
                 struct page **ret, struct err *err)
{
    char room_bytes[CACHE_MAX_KEY * 2];
    struct buf room = { .p = room_bytes,
                        .cap = sizeof room_bytes,
                        .max = sizeof room_bytes };
    scope->page = name;
    str key = page_key(scope, name, &room);
    *ret = (struct page *)cache_find(worker->renderer->pages, key, scope->now_ms);
    return *ret || make_page(worker, scope, name, key, ret, err);
}
