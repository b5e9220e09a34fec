/*
 * Style sheets. A tenant's sheet depends on the themes above it and on the packages it
 * can see; tenants with the same of both share one body, found by what is in it.
 */
#include "inside.h"

#include "crypt/crypt.h"

enum { SHEET_MAX = 1 << 20 };

struct making {
    struct render_worker *worker;
    struct scope *scope;
    struct snap *snap;
    struct sheet_source source; /* with what makes a difference only */
    struct look *look;
    struct reads reads;
    struct buf css;
    struct sheet *sheet;
};

static void sheet_free(struct cached *self)
{
    struct sheet *sheet = (struct sheet *)self;
    http_body_drop(sheet->body);
    http_body_drop(sheet->icons);
    for (int lang = 0; lang < VIEW_LANGS; lang++) {
        http_body_drop(sheet->asides[lang].body);
        mem_free(sheet->asides[lang].path.p);
    }
    mem_free(sheet->of.p);
    mem_free(sheet->fingerprint.p);
    mem_free(sheet->scheme_color.p);
    mem_free(sheet);
}

static bool put_theme(struct making *m, struct err *err)
{
    struct look_source source = { .snap = m->snap,
                                  .path = m->source.path,
                                  .choice = m->source.theme,
                                  .arena = m->scope->arena,
                                  .reads = &m->reads };
    str color;
    if (!look_css(m->look, &source, &m->css, &color, err))
        return false;
    m->sheet->scheme_color = mem_str(color);
    return true;
}

static void add_part(struct sheet *sheet, struct cached *part)
{
    struct cached **parts = mem_grow(sheet->head.parts, (sheet->head.part_count + 1)
                                                            * sizeof(struct cached *));
    parts[sheet->head.part_count++] = part;
    sheet->head.parts = parts;
}

static bool put_package(struct making *m, str name, struct err *err)
{
    struct package *package;
    struct package_source source = { .snap = m->snap,
                                     .worker = m->worker->scripts,
                                     .arena = m->scope->arena,
                                     .reads = &m->reads,
                                     .words = m->look->words };
    if (!package_find_to_show(m->worker->renderer->config.packages, &source, name,
                              &package, err))
        return false;
    buf_str(&m->css, package->style);
    if (str_equal(name, STR("ui")))
        m->sheet->ui = package;
    add_part(m->sheet, &package->head);
    return true;
}

/* The host's package first, then the others by name. */
static bool put_packages(struct making *m, struct err *err)
{
    const struct tenant_path *path = m->source.path;
    str names[PACKAGE_MAX_INSTALLED];
    size_t n;
    m->snap = snap_for(m->snap, path->chain, path->n, m->scope->arena);
    if (!put_package(m, STR("ui"), err)
        || !package_names(m->snap, m->scope->arena, &m->reads, names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(names[i], STR("ui")) && !put_package(m, names[i], err))
            return false;
    }
    return true;
}

static str name_of(const struct making *m)
{
    const struct sheet_source *s = &m->source;
    return ARENA_JOIN(m->scope->arena, tenant_of(s->path)->id,
                      s->specialty.n ? STR(":") : STR(""), s->specialty,
                      s->theme.n ? STR("@") : STR(""), s->theme);
}

static str key_of_sheet(const struct sheet_source *s, struct buf *room)
{
    store_space space = tenant_of(s->path)->space;
    buf_add(room, &space, sizeof space);
    buf_part(room, s->specialty);
    buf_part(room, s->theme);
    return room->full ? STR("") : buf_view(room);
}

static struct http_body *body_of(const struct making *m, str bytes, const char *type)
{
    const struct render_config *config = &m->worker->renderer->config;
    return http_body_open(&(struct http_body_config){ .bytes = mem_str(bytes),
                                                      .type = type,
                                                      .fields = config->fields,
                                                      .field_count = config->field_count,
                                                      .immutable = true });
}

static void put_aside(struct making *m, enum view_lang lang)
{
    struct view *view = package_page(m->sheet->ui, STR("live"), lang);
    struct view_run run = { .model = val_map(NULL, 0),
                            .now_ms = m->scope->now_ms,
                            .arena = m->scope->arena };
    struct buf html;
    struct err err;
    buf_init(&html, LIMIT_FRAGMENT_BYTES);
    if (view && !view_run(view, &run, &html, &err))
        buf_clear(&html);
    str bytes = buf_view(&html);
    str mark = crypt_fingerprint(m->scope->arena, bytes);
    m->sheet->asides[lang] = (struct aside){
        mem_str(arena_format(m->scope->arena, "/i/%.*s.%.*s.html", STR_ARG(mark),
                             STR_ARG(view_lang_name(lang)))),
        body_of(m, bytes, "text/html; charset=utf-8"),
    };
    m->sheet->head.size += http_body_size(m->sheet->asides[lang].body);
    buf_done(&html);
}

static void finish(struct making *m)
{
    struct sheet *sheet = m->sheet;
    sheet->of = mem_str(name_of(m));
    sheet->fingerprint = mem_str(crypt_fingerprint(m->scope->arena, buf_view(&m->css)));
    sheet->body = body_of(m, buf_view(&m->css), "text/css; charset=utf-8");
    sheet->icons = body_of(m, sheet->ui->icons, "image/svg+xml");
    sheet->head.size =
        sizeof *sheet + http_body_size(sheet->body) + http_body_size(sheet->icons);
    for (int lang = 0; lang < VIEW_LANGS; lang++)
        put_aside(m, (enum view_lang)lang);
}

static bool make_sheet(struct making *m, struct err *err)
{
    m->sheet = mem_zero(sizeof *m->sheet);
    m->sheet->head.free = sheet_free;
    m->sheet->head.refs = 1;
    buf_init(&m->css, SHEET_MAX);
    bool good = put_theme(m, err) && put_packages(m, err);
    if (good)
        finish(m);
    else
        cached_drop(&m->sheet->head);
    buf_done(&m->css);
    return good;
}

static bool find_sheet(struct making *m, struct sheet **ret, struct err *err)
{
    struct cache *sheets = m->worker->renderer->sheets;
    char bytes[CACHE_MAX_KEY];
    struct buf room = { .p = bytes, .cap = sizeof bytes, .max = sizeof bytes };
    str key = key_of_sheet(&m->source, &room);
    *ret = (struct sheet *)cache_find(sheets, key, m->scope->now_ms);
    if (*ret)
        return true;
    if (!scope_snap(m->scope, &m->snap, err))
        return false;
    uint64_t revision = snap_revision(m->snap);
    if (!make_sheet(m, err))
        return false;
    add_part(m->sheet, cached_hold(&m->look->head));
    cache_offer(sheets, key, &m->sheet->head, &m->reads, revision);
    *ret = m->sheet;
    return true;
}

bool render_sheet(struct render_worker *worker, struct scope *scope,
                  const struct sheet_source *source, struct sheet **ret, struct err *err)
{
    struct making m = { .worker = worker,
                        .scope = scope,
                        .source = *source,
                        .reads = { .arena = scope->arena } };
    if (!look_find(worker->renderer->config.layouts, scope, source->path,
                   source->specialty, &m.look, err))
        return false;
    if (!m.look->is_special)
        m.source.specialty = STR("");
    if (!look_offers(m.look, source->theme))
        m.source.theme = STR("");
    bool good = find_sheet(&m, ret, err);
    cached_drop(&m.look->head);
    return good;
}

struct sheet_source render_viewer_sheet(const struct scope *scope)
{
    const struct viewer *v = scope->viewer;
    return (struct sheet_source){ &v->path, v->specialty, v->theme };
}

str render_sheet_path(struct arena *arena, const struct sheet *sheet)
{
    return arena_format(arena, "/t/%.*s/%.*s.css", STR_ARG(sheet->of),
                        STR_ARG(sheet->fingerprint));
}
