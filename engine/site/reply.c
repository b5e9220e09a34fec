/* Replies that are no workbench: errors and the pages of the host. */
#include "inside.h"

enum view_lang visit_lang(const struct visit *v)
{
    if (v->scope.viewer)
        return v->scope.viewer->lang == SCOPE_EN ? VIEW_EN : VIEW_ZH;
    str wanted = http_header(v->request, "Accept-Language");
    return str_starts(wanted, STR("en")) ? VIEW_EN : VIEW_ZH;
}

bool wants_json(const struct visit *v)
{
    str accept = http_header(v->request, "Accept");
    return accept.n && memmem(accept.p, accept.n, "application/json", 16);
}

void reply_problem(struct visit *v, const struct err *err)
{
    reply_problem_later(v, err, DOOR_WAIT_S);
}

void reply_problem_later(struct visit *v, const struct err *err, int wait_s)
{
    struct arena *a = v->request->arena;
    door_say_when(v->request, err, wait_s);
    http_send(v->request, door_status_of(err), "application/problem+json",
              doc_text(a, door_problem(v->site->config.door, &v->scope, err), DOC_PLAIN));
}

/* Of the host's pages one has a script, of its own name. */
static str script_of(struct visit *v, str page)
{
    bool has_one = str_equal(page, STR("arrange"));
    return has_one ? assets_entry(v->site->config.assets, page) : STR("");
}

static void put_page(struct visit *v, struct sheet *sheet, const struct tenant_path *path,
                     str title, str script, struct view *view, struct val model,
                     struct buf *out)
{
    const struct viewer *viewer = v->scope.viewer;
    struct shell shell = { .title = title,
                           .sheet = sheet,
                           .lang = visit_lang(v),
                           .scheme = viewer ? viewer->scheme : STR("auto"),
                           .large = viewer && viewer->large,
                           .class = STR("plain"),
                           .script = script };
    struct view_run run = { .model = model,
                            .now_ms = v->scope.now_ms,
                            .offset_min = tenant_offset_min(path, v->scope.now_ms),
                            .arena = v->request->arena };
    struct err err;
    shell_open(out, &shell);
    if (!view_run(view, &run, out, &err))
        buf_str(out, STR("<main id=\"main\"></main>"));
    shell_close(out);
}

void reply_plain(struct visit *v, int status, const char *text)
{
    http_send(v->request, status, "text/plain; charset=utf-8",
              arena_format(v->request->arena, "%d %s\n", status, text));
}

void reply_host_page(struct visit *v, int status, str name, struct val model)
{
    struct tenant_path path;
    struct sheet *sheet = NULL;
    struct err err;
    struct buf out;
    struct view *view = NULL;
    if (visit_sheet(v, &path, &sheet, &err))
        view = package_page(sheet->ui, name, visit_lang(v));
    if (!view) {
        reply_plain(v, status, val_get_text(model, STR("code")).p ? "error" : "page");
        if (sheet)
            cached_drop(&sheet->head);
        return;
    }
    buf_init(&out, LIMIT_PAGE_BYTES);
    str lang = view_lang_name(visit_lang(v));
    str title = val_get_text(val_get(tenant_of(&path)->record, STR("name")), lang);
    put_page(v, sheet, &path, title, script_of(v, name), view, model, &out);
    http_send(v->request, status, "text/html; charset=utf-8", buf_view(&out));
    buf_done(&out);
    cached_drop(&sheet->head);
}

void reply_error(struct visit *v, const struct err *err)
{
    struct arena *a = v->request->arena;
    int status = door_status_of(err);
    struct val model = val_with(a, val_map(NULL, 0), STR("status"), val_int(status));
    model = val_with(a, model, STR("code"), val_str(str_of(err->code)));
    model = val_with(a, model, STR("signed_in"), val_bool(v->scope.viewer != NULL));
    door_say_when(v->request, err, DOOR_WAIT_S);
    if (status >= 500)
        log_event(LOG_ERROR, "request.failed", "path=%s code=%s text=%s",
                  log_quote(a, v->request->path), err->code,
                  log_quote(a, str_of(err->text)));
    reply_host_page(v, status, STR("error"), model);
}

void reply_missing(struct visit *v)
{
    struct err err;
    err_set(&err, ERR_MISSING, "site.none", "there is nothing here");
    reply_error(v, &err);
}
