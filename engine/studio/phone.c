/*
 * A draft on a phone. Its address has the secret of a pass, which becomes a cookie; from
 * then on the phone shows what the pass is for, as the one who gave it may look at it
 * now. Nothing can be done there.
 */
#include "inside.h"

#include "html/html.h"

#define PHONE_POLICY                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "      \
    "connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; " \
    "frame-ancestors 'none'; require-trusted-types-for 'script'"

bool phone_takes(str path)
{
    return str_equal(path, STR("/see")) || str_starts(path, STR("/see/"));
}

/* ---- coming in ---- */

/* The page asks again without the secret in its address. */
static void enter(struct visit *v, str secret)
{
    str cookie = arena_format(
        v->request->arena,
        DOOR_PASS "=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", STR_ARG(secret),
        LIMIT_PASS_S, v->studio->config.secure ? "; Secure" : "");
    http_set(v->request, "Set-Cookie", cookie);
    http_set(v->request, "Referrer-Policy", STR("no-referrer"));
    http_send_to(v->request, STR("/see"));
}

static bool pass_of(struct visit *v, str secret, struct reads *reads, struct val *ret,
                    struct err *err)
{
    struct snap *snap;
    *ret = VAL_ABSENT;
    return !secret.n
           || (scope_snap(&v->scope, &snap, err)
               && auth_pass_read(snap, secret, v->scope.now_ms, v->request->arena, reads,
                                 ret, err));
}

/* From then on the scope is that of whoever gave the pass. */
static bool become_author(struct visit *v, struct val pass, struct err *err)
{
    struct scope_worker *worker = v->scope.worker;
    scope_close(&v->scope);
    v->scope = (struct scope){ .snap = NULL };
    return scope_open_as(worker, v->request->arena, val_get_text(pass, STR("home")),
                         val_get_text(pass, STR("person")), &v->scope, err);
}

static struct edit edit_of(struct visit *v, struct val pass)
{
    return (struct edit){ .editor = v->studio->config.editor,
                          .scope = &v->scope,
                          .worker = render_script_worker(v->worker->render),
                          .tenant = val_get_text(pass, STR("tenant")),
                          .layer = val_get_text(pass, STR("layer")) };
}

static str look_text(struct val pass, const char *name)
{
    str text = val_get_text(val_get(pass, STR("look")), str_of(name));
    return text.p ? text : STR("");
}

static struct edit_look look_of(struct val pass)
{
    return (struct edit_look){ .tenant = look_text(pass, "tenant"),
                               .person = look_text(pass, "person"),
                               .lang = look_text(pass, "lang"),
                               .scheme = look_text(pass, "scheme"),
                               .size = look_text(pass, "size"),
                               .theme = look_text(pass, "theme"),
                               .at = look_text(pass, "at") };
}

/* ---- the page ---- */

static void put_bar(struct visit *v, struct val pass, uint64_t revision, struct buf *out)
{
    bool en = v->scope.viewer->lang == SCOPE_EN;
    str until = scope_iso(v->request->arena, val_as_int(val_get(pass, STR("until")), 0));
    buf_format(out,
               "<div class=\"see-bar\" role=\"status\" data-until=\"%.*s\" "
               "data-revision=\"%llu\"><span class=\"see-now\">%s</span><span "
               "class=\"see-away\" hidden>%s</span><span class=\"see-over\" "
               "hidden>%s</span></div>",
               STR_ARG(until), (unsigned long long)revision,
               en ? "Draft · for looking only" : "草稿预览 · 只能看",
               en ? "Connection lost, trying again" : "连接中断，正在重试",
               en ? "This preview has ended. Scan a new code in the studio."
                  : "预览已结束，请在工作室重新扫码。");
}

struct drawing {
    struct val pass;
    struct layout *layout; /* held */
    uint64_t revision;     /* nothing older is shown */
};

static bool put_page(struct visit *v, const struct drawing *d, struct buf *out,
                     struct err *err)
{
    const struct assets *assets = v->studio->config.assets;
    struct sheet_source source = render_viewer_sheet(&v->scope);
    struct canvas canvas = { .layout = d->layout };
    struct sheet *sheet;
    if (!render_sheet(v->worker->render, &v->scope, &source, &sheet, err))
        return false;
    struct shell shell = shell_for(&v->scope, render_title(&v->scope, d->layout), sheet);
    shell.styles[0] = assets_address(assets, v->request->arena, "phone");
    shell.styles[1] = look_text(d->pass, "theme").n ? STR("/see/style.css") : STR("");
    shell.script = assets_entry(assets, STR("see"));
    shell_open(out, &shell);
    put_bar(v, d->pass, d->revision, out);
    buf_str(out, STR("<div class=\"see\">"));
    render_canvas_inner(v->worker->render, &v->scope, &canvas, out);
    buf_str(out, STR("</div>"));
    shell_close(out);
    cached_drop(&sheet->head);
    return true;
}

static bool draw(struct visit *v, struct val pass, struct drawing *ret, struct err *err)
{
    struct edit edit = edit_of(v, pass);
    struct edit_look look = look_of(pass);
    struct val told;
    ret->pass = pass;
    ret->revision = scope_revision(&v->scope);
    return edit_preview(&edit, &look, &ret->layout, &told, err);
}

static bool send_see(struct visit *v, struct val pass, struct err *err)
{
    struct drawing d;
    struct buf out;
    if (!draw(v, pass, &d, err))
        return false;
    buf_init(&out, LIMIT_PAGE_BYTES);
    bool good = put_page(v, &d, &out, err);
    if (good)
        http_send(v->request, 200, "text/html; charset=utf-8", buf_view(&out));
    buf_done(&out);
    cached_drop(&d.layout->head);
    return good;
}

static bool send_see_style(struct visit *v, struct val pass, struct err *err)
{
    struct edit edit = edit_of(v, pass);
    struct edit_look look = look_of(pass);
    struct buf out;
    buf_init(&out, STUDIO_MAX_STYLE);
    bool good = edit_style(&edit, &look, &out, err);
    if (good)
        http_send(v->request, 200, "text/css; charset=utf-8", buf_view(&out));
    buf_done(&out);
    return good;
}

/* ---- what changed ---- */

static bool follow(struct visit *v, struct val pass, struct reads *reads, struct err *err)
{
    struct edit edit = edit_of(v, pass);
    struct edit_look look = look_of(pass);
    return edit_follow(&edit, &look, reads, err);
}

static bool send_changes(struct visit *v, struct val pass, struct reads *reads,
                         struct err *err)
{
    int64_t since;
    struct bell_wish wish = { .who = val_get_text(pass, STR("id")),
                              .reads = reads,
                              .strokes = bells_count(&v->studio->bells),
                              .until_ms = val_as_int(val_get(pass, STR("until")), 0),
                              .revision = scope_revision(&v->scope) };
    if (str_to_int(studio_asked(v, "since"), &since) && since > 0
        && (uint64_t)since < wish.revision)
        wish.revision = (uint64_t)since;
    return follow(v, pass, reads, err)
           && bell_hang(&v->studio->bells, v->request, &wish, err);
}

/* ---- it has ended ---- */

static bool put_over(struct visit *v, struct buf *out, struct err *err)
{
    struct arena *a = v->request->arena;
    struct tenant_path path;
    struct snap *snap;
    struct sheet *sheet;
    str root;
    if (!scope_snap(&v->scope, &snap, err) || !tenant_root(snap, a, NULL, &root, err)
        || !tenant_path_read(snap, root, a, NULL, &path, err)
        || !render_sheet(v->worker->render, &v->scope,
                         &(struct sheet_source){ .path = &path }, &sheet, err))
        return false;
    const struct assets *assets = v->studio->config.assets;
    struct shell shell = { .title = STR("拼板 Pinban"),
                           .sheet = sheet,
                           .lang = VIEW_ZH,
                           .scheme = STR("auto"),
                           .styles = { assets_address(assets, a, "phone") },
                           .class = STR("wb"),
                           .script = STR("") };
    shell_open(out, &shell);
    buf_str(out, STR("<main id=\"main\" class=\"see-ended\"><h1>预览已结束</h1>"
                     "<p>请在工作室重新扫码。</p><p lang=\"en\">This preview has ended. "
                     "Scan a new code in the studio.</p></main>"));
    shell_close(out);
    cached_drop(&sheet->head);
    return true;
}

static void send_over(struct visit *v)
{
    struct err err;
    struct buf out;
    buf_init(&out, 16 << 10);
    if (put_over(v, &out, &err))
        http_send(v->request, 404, "text/html; charset=utf-8", buf_view(&out));
    else
        studio_fail(v, &err);
    buf_done(&out);
}

/* ---- one request ---- */

static bool run(struct visit *v, struct val pass, struct reads *reads, struct err *err)
{
    str path = v->request->path;
    if (!become_author(v, pass, err))
        return false;
    if (str_equal(path, STR("/see")))
        return send_see(v, pass, err);
    if (str_equal(path, STR("/see/style.css")))
        return send_see_style(v, pass, err);
    return send_changes(v, pass, reads, err);
}

static bool is_secret(str path, str *ret)
{
    static const str before = STR_INIT("/see/");
    *ret = STR("");
    if (!str_starts(path, before) || str_equal(path, STR("/see/style.css"))
        || str_equal(path, STR("/see/changes")))
        return false;
    *ret = (str){ path.p + before.n, path.n - before.n };
    return true;
}

void phone_handle(struct visit *v)
{
    struct reads reads = { .arena = v->request->arena };
    struct val pass;
    struct err err;
    str secret;
    bool comes = is_secret(v->request->path, &secret);
    http_set(v->request, "Content-Security-Policy", STR(PHONE_POLICY));
    if (!comes)
        secret = http_cookie(v->request, DOOR_PASS);
    if (!pass_of(v, secret, &reads, &pass, &err))
        studio_fail(v, &err);
    else if (!val_exists(pass))
        send_over(v);
    else if (comes)
        enter(v, secret);
    else if (!run(v, pass, &reads, &err))
        studio_fail(v, &err);
}
