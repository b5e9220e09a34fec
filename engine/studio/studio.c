/* From a request to the studio's page, one of its files, or the canvas. */
#include "inside.h"

#include "html/html.h"

struct studio *studio_open(const struct studio_config *config)
{
    struct studio *studio = mem_zero(sizeof *studio);
    studio->config = *config;
    examples_open(&studio->examples);
    folder_open(&studio->folder);
    bells_open(&studio->bells, config->watch);
    return studio;
}

void studio_close(struct studio *studio)
{
    if (!studio)
        return;
    bells_close(&studio->bells);
    folder_close(&studio->folder);
    examples_close(&studio->examples);
    mem_free(studio);
}

void studio_fail(struct visit *v, const struct err *err)
{
    str text = arena_format(v->request->arena, "%s: %s\n", err->code, err->text);
    door_say_when(v->request, err, DOOR_WAIT_S);
    http_send(v->request, door_status_of(err), "text/plain; charset=utf-8", text);
}

/* ---- the studio's own page ---- */

#define STUDIO_POLICY                                                             \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "   \
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; " \
    "frame-ancestors 'none'; require-trusted-types-for 'script'"

static bool english(const struct visit *v)
{
    return v->scope.viewer && v->scope.viewer->lang == SCOPE_EN;
}

static void send_page(struct visit *v)
{
    const struct viewer *viewer = v->scope.viewer;
    const struct assets *assets = v->studio->config.assets;
    struct arena *a = v->request->arena;
    struct sheet *sheet;
    struct err err;
    struct buf out;
    if (!viewer) {
        http_send_to(v->request, STR("/?next=/studio"));
        return;
    }
    struct sheet_source source = render_viewer_sheet(&v->scope);
    if (!render_sheet(v->worker->render, &v->scope, &source, &sheet, &err)) {
        studio_fail(v, &err);
        return;
    }
    str icons = val_get_text(sheet->ui->assets, STR("icons"));
    http_set(v->request, "Content-Security-Policy", STR(STUDIO_POLICY));
    buf_init(&out, 16 << 10);
    buf_format(&out,
               "<!doctype html><html lang=\"%s\" data-scheme=\"%.*s\"><head><meta "
               "charset=\"utf-8\"><meta name=\"viewport\" "
               "content=\"width=device-width, initial-scale=1\"><title>%s</title><link "
               "rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">",
               english(v) ? "en" : "zh-CN", STR_ARG(viewer->scheme),
               english(v) ? "Pinban Studio" : "拼板工作室");
    buf_format(&out,
               "<script type=\"module\" src=\"%.*s\"></script>"
               "<link rel=\"stylesheet\" href=\"%.*s\">",
               STR_ARG(assets_address(assets, a, "early")),
               STR_ARG(assets_address(assets, a, "studio")));
    put_first(v, icons, &out);
    buf_format(&out,
               "<script type=\"module\" src=\"%.*s\"></script></head><body><div "
               "id=\"app\" data-icons=\"%.*s\"%s><noscript>%s</noscript>"
               "</div></body></html>",
               STR_ARG(assets_address(assets, a, "builder")), STR_ARG(icons),
               v->studio->config.watching ? " data-follows" : "",
               english(v) ? "The studio needs JavaScript."
                          : "工作室需要启用 JavaScript。");
    http_send(v->request, 200, "text/html; charset=utf-8", buf_view(&out));
    cached_drop(&sheet->head);
    buf_done(&out);
}

/* ---- the canvas ---- */

str studio_asked(const struct visit *v, const char *name)
{
    str value = http_query(v->request, name);
    return value.p ? value : STR("");
}

/* Of the draft of a theme that the canvas wears; empty: it wears none. */
static str style_address(const struct visit *v)
{
    enum { MAX_ADDRESS = 8 << 10 };
    static const char *const names[] = { "unit", "layer", "theme", "tenant", "person" };
    struct buf out;
    if (!studio_asked(v, "theme").n)
        return STR("");
    buf_init(&out, MAX_ADDRESS);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buf_format(&out, "%s%s=", i ? "&" : "/studio/canvas.css?", names[i]);
        html_url_part(&out, studio_asked(v, names[i]));
    }
    str address = arena_str(v->request->arena, buf_view(&out));
    buf_done(&out);
    return address;
}

struct edit studio_edit(struct visit *v)
{
    return (struct edit){ .editor = v->studio->config.editor,
                          .scope = &v->scope,
                          .worker = render_script_worker(v->worker->render),
                          .tenant = studio_asked(v, "unit"),
                          .layer = studio_asked(v, "layer") };
}

static struct edit_look look_of(const struct visit *v)
{
    return (struct edit_look){ .tenant = studio_asked(v, "tenant"),
                               .person = studio_asked(v, "person"),
                               .lang = studio_asked(v, "lang"),
                               .scheme = studio_asked(v, "scheme"),
                               .size = studio_asked(v, "size"),
                               .theme = studio_asked(v, "theme"),
                               .revision = studio_asked(v, "revision"),
                               .at = studio_asked(v, "at") };
}

/* The tokens of a draft, over those that the unit's sheet has. */
static void send_style(struct visit *v)
{
    struct edit edit = studio_edit(v);
    struct edit_look look = look_of(v);
    struct err err;
    struct buf out;
    buf_init(&out, STUDIO_MAX_STYLE);
    if (edit_style(&edit, &look, &out, &err))
        http_send(v->request, 200, "text/css; charset=utf-8", buf_view(&out));
    else
        studio_fail(v, &err);
    buf_done(&out);
}

static void send_canvas(struct visit *v)
{
    struct edit edit = studio_edit(v);
    struct edit_look look = look_of(v);
    struct canvas canvas = { .styles = { STR(""), style_address(v) } };
    struct val told;
    struct err err;
    struct buf out;
    http_set(v->request, "Content-Security-Policy", STR(CANVAS_POLICY));
    if (!edit_preview(&edit, &look, &canvas.layout, &told, &err)) {
        studio_fail(v, &err);
        return;
    }
    canvas.styles[0] =
        assets_address(v->studio->config.assets, v->request->arena, "canvas");
    buf_init(&out, LIMIT_PAGE_BYTES);
    if (render_canvas(v->worker->render, &v->scope, &canvas, &out, &err))
        http_send(v->request, 200, "text/html; charset=utf-8", buf_view(&out));
    else
        studio_fail(v, &err);
    buf_done(&out);
    cached_drop(&canvas.layout->head);
}

/* ---- one request ---- */

bool studio_takes(str path)
{
    return str_equal(path, STR("/studio")) || str_starts(path, STR("/studio/"))
           || phone_takes(path);
}

static const struct part {
    str path;
    void (*send)(struct visit *v);
} parts[] = {
    { STR_INIT("/studio/canvas"), send_canvas },
    { STR_INIT("/studio/canvas.css"), send_style },
    { STR_INIT("/studio/example"), send_example },
    { STR_INIT("/studio/folder"), send_folder },
    { STR_INIT("/studio/folder/changes"), send_folder_changes },
};

static const struct part *part_of(str path)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (str_equal(path, parts[i].path))
            return &parts[i];
    }
    return NULL;
}

static void run(struct visit *v)
{
    struct err err;
    str path = v->request->path;
    const struct part *part = part_of(path);
    if (!door_is_get(v->request->method)) {
        http_set(v->request, "Allow", STR("GET, HEAD"));
        http_send(v->request, 405, "text/plain; charset=utf-8", STR("405\n"));
    } else if (!door_admits(v->studio->config.door, v->request, &v->scope, &err)) {
        studio_fail(v, &err);
    } else if (phone_takes(path)) {
        phone_handle(v);
    } else if (str_equal(path, STR("/studio"))) {
        send_page(v);
    } else if (!part) {
        err_set(&err, ERR_MISSING, "site.none", "there is nothing here");
        studio_fail(v, &err);
    } else if (!v->scope.viewer) {
        err_set(&err, ERR_SIGNIN, "studio.sign_in", "sign in first");
        studio_fail(v, &err);
    } else {
        part->send(v);
    }
}

void studio_handle(struct studio *studio, struct door_worker *worker,
                   struct http_request *request)
{
    struct visit v = { .studio = studio, .worker = worker, .request = request };
    /* On a phone that shows a draft it does not matter who else is signed in there. */
    str session =
        phone_takes(request->path) ? STR("") : http_cookie(request, DOOR_COOKIE);
    if (!door_scope(worker, request, session, &v.scope))
        return;
    run(&v);
    scope_close(&v.scope);
}
