/* What stands around every page's content. */
#include "inside.h"

#include "html/html.h"

static void put(struct buf *out, const char *text)
{
    buf_str(out, str_of(text));
}

struct shell shell_for(const struct scope *scope, str title, struct sheet *sheet)
{
    const struct viewer *v = scope->viewer;
    return (struct shell){ .title = title,
                           .sheet = sheet,
                           .lang = v->lang == SCOPE_EN ? VIEW_EN : VIEW_ZH,
                           .scheme = v->scheme,
                           .large = v->large,
                           .class = STR("wb"),
                           .script = STR("") };
}

void shell_open(struct buf *out, const struct shell *s)
{
    bool en = s->lang == VIEW_EN;
    put(out, "<!doctype html><html lang=\"");
    put(out, en ? "en" : "zh-CN");
    put(out, "\" data-scheme=\"");
    html_escape(out, s->scheme);
    put(out, s->large ? "\" data-size=\"large\">" : "\">");
    put(out, "<head><meta charset=\"utf-8\">");
    if (s->policy) {
        put(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
        put(out, s->policy);
        put(out, "\">");
    }
    put(out,
        "<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1, viewport-fit=cover\"><title>");
    html_escape(out, s->title);
    put(out, "</title><meta name=\"description\" content=\"");
    put(out, en ? "Employee mobile workbench: tasks, apps, agenda and figures"
                : "员工移动工作台：待办、应用、日程与指标");
    put(out, "\"><meta name=\"theme-color\" content=\"");
    html_escape(out, s->sheet->scheme_color);
    put(out, "\"><link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">"
             "<link rel=\"apple-touch-icon\" href=\"/icon.png\">"
             "<link rel=\"manifest\" href=\"/manifest.webmanifest\" "
             "crossorigin=\"use-credentials\">"
             "<link rel=\"stylesheet\" href=\"/t/");
    html_url_part(out, s->sheet->of);
    buf_char(out, '/');
    buf_str(out, s->sheet->fingerprint);
    put(out, ".css\">");
    for (size_t i = 0; i < COUNT_OF(s->styles) && s->styles[i].n; i++) {
        put(out, "<link rel=\"stylesheet\" href=\"");
        html_escape(out, s->styles[i]);
        put(out, "\">");
    }
    if (s->script.n) {
        put(out, "<script type=\"module\" src=\"/a/");
        buf_str(out, s->script);
        put(out, "\"></script>");
    }
    put(out, "</head><body");
    if (s->class.n) {
        put(out, " class=\"");
        html_escape(out, s->class);
        buf_char(out, '"');
    }
    put(out, "><a class=\"skip\" href=\"#main\">");
    put(out, en ? "Skip to content" : "跳到主要内容");
    put(out, "</a>");
}

void shell_close(struct buf *out)
{
    put(out, "</body></html>\n");
}
