/*
 * Style sheets. A tenant's sheet depends on the themes above it and on the packages it
 * can see; tenants with the same of both share one body, found by what is in it.
 */
#include "inside.h"

#include "crypt/crypt.h"
#include "theme/theme.h"

enum { SHEET_MAX = 1 << 20, SHEET_PACKAGES = 100 };

struct making {
    struct render_worker *worker;
    struct scope *scope;
    struct snap *snap;
    const struct tenant_path *path;
    struct reads reads;
    struct buf css;
    struct sheet *sheet;
};

static void sheet_free(struct cached *self)
{
    struct sheet *sheet = (struct sheet *)self;
    http_body_drop(sheet->body);
    http_body_drop(sheet->icons);
    mem_free(sheet->fingerprint.p);
    mem_free(sheet->scheme_color.p);
    mem_free(sheet);
}

static bool put_theme(struct making *m, struct err *err)
{
    struct val themes[STORE_MAX_CHAIN];
    size_t n = 0;
    const struct store_collection *c =
        store_collection(snap_store(m->snap), STR("theme"));
    for (size_t i = 0; i < m->path->n; i++) {
        struct snap *house = snap_for(m->snap, m->path->chain, i + 1, m->scope->arena);
        if (!snap_get(house, c, STR("default"), &m->reads, &themes[n], err))
            return false;
        n += val_exists(themes[n]);
    }
    m->sheet->scheme_color =
        mem_str(theme_color(themes, n, STR("color.header-from"), m->scope->arena));
    return theme_css(themes, n, m->scope->arena, &m->css, err);
}

static bool put_package(struct making *m, str name, struct err *err)
{
    struct package *package;
    if (!package_find(m->worker->renderer->config.packages, m->snap, m->worker->scripts,
                      m->scope->arena, name, &m->reads, &package, err))
        return false;
    buf_str(&m->css, package->style);
    if (str_equal(name, STR("ui")))
        m->sheet->ui = package;
    struct cached **parts = mem_grow(m->sheet->head.parts, (m->sheet->head.part_count + 1)
                                                               * sizeof(struct cached *));
    parts[m->sheet->head.part_count++] = &package->head;
    m->sheet->head.parts = parts;
    return true;
}

/* The host's package first, then the others by name. */
static bool put_packages(struct making *m, struct err *err)
{
    struct query q = { .collection =
                           store_collection(snap_store(m->snap), STR("package")),
                       .up = true,
                       .limit = SHEET_PACKAGES };
    struct rows rows;
    struct snap *house = snap_for(m->snap, m->path->chain, m->path->n, m->scope->arena);
    m->snap = house;
    if (!put_package(m, STR("ui"), err)
        || !snap_query(house, &q, m->scope->arena, &m->reads, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        str name = val_get_text(val_at(rows.list, i), STR("id"));
        if (!str_equal(name, STR("ui")) && !put_package(m, name, err))
            return false;
    }
    return true;
}

static void finish(struct making *m)
{
    struct sheet *sheet = m->sheet;
    const struct render_config *config = &m->worker->renderer->config;
    sheet->fingerprint = mem_str(crypt_fingerprint(m->scope->arena, buf_view(&m->css)));
    sheet->body =
        http_body_open(&(struct http_body_config){ .bytes = mem_str(buf_view(&m->css)),
                                                   .type = "text/css; charset=utf-8",
                                                   .fields = config->fields,
                                                   .field_count = config->field_count,
                                                   .immutable = true });
    sheet->icons =
        http_body_open(&(struct http_body_config){ .bytes = mem_str(sheet->ui->icons),
                                                   .type = "image/svg+xml",
                                                   .fields = config->fields,
                                                   .field_count = config->field_count,
                                                   .immutable = true });
    sheet->head.size =
        sizeof *sheet + http_body_size(sheet->body) + http_body_size(sheet->icons);
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

bool render_sheet(struct render_worker *worker, struct scope *scope,
                  const struct tenant_path *path, struct sheet **ret, struct err *err)
{
    struct making m = {
        .worker = worker, .scope = scope, .path = path, .reads = { .arena = scope->arena }
    };
    store_space space = tenant_of(path)->space;
    str key = { (const char *)&space, sizeof space };
    *ret = (struct sheet *)cache_find(worker->renderer->sheets, key, scope->now_ms);
    if (*ret)
        return true;
    if (!scope_snap(scope, &m.snap, err))
        return false;
    uint64_t revision = snap_revision(m.snap);
    if (!make_sheet(&m, err))
        return false;
    cache_offer(worker->renderer->sheets, key, &m.sheet->head, &m.reads, revision);
    *ret = m.sheet;
    return true;
}

str render_sheet_path(struct arena *arena, const struct viewer *viewer,
                      const struct sheet *sheet)
{
    return arena_format(arena, "/t/%.*s/%.*s.css", STR_ARG(tenant_of(&viewer->path)->id),
                        STR_ARG(sheet->fingerprint));
}
