/*
 * POST /act: a person does something on a page. A script gets JSON with the block's new
 * HTML, a form is sent back to its page, and what went wrong is said there, in the block.
 */
#include "inside.h"

#include "html/html.h"

enum {
    MAX_FIELDS = 64, /* of a form */
    SAID_S = 30,     /* how long a failure waits to be shown */
};

#define SAID_COOKIE "said" /* block and text, in hexadecimal */

struct form {
    struct door_act act;
    struct action_field fields[MAX_FIELDS];
};

/* ---- what failed, in words for people ---- */

static const struct {
    const char *code; /* or NULL: any of the kind */
    enum err_kind kind;
    const char *zh;
    const char *en;
} words[] = {
    { "action.input", ERR_INPUT, "填写的内容不符合要求，请检查后再提交",
      "Please check what you entered" },
    { "record.invalid", ERR_INPUT, "填写的内容不符合要求，请检查后再提交",
      "Please check what you entered" },
    { "action.stale", ERR_CONFLICT, "内容刚刚更新过，请看过后再操作",
      "This has just changed; please look again" },
    { "action.block", ERR_MISSING, "这张卡片已不在您的页面上",
      "This card is no longer on your page" },
    { NULL, ERR_FORBIDDEN, "您没有权限进行此操作", "You may not do this" },
    { NULL, ERR_MISSING, "要操作的内容已不存在", "What you wanted to change is gone" },
    { NULL, ERR_CONFLICT, "别人刚刚操作过，请刷新后再试",
      "Somebody was faster; please look again" },
    { "action.unit_busy", ERR_LIMIT, "操作的人太多，请稍后再试",
      "Too busy; please try again in a moment" },
    { NULL, ERR_LIMIT, "一次要做的太多，没有完成", "That is too much at once" },
    { NULL, ERR_BUSY, "操作的人太多，请稍后再试",
      "Too busy; please try again in a moment" },
};

static str words_for(const struct visit *v, const struct err *err)
{
    bool en = visit_lang(v) == VIEW_EN;
    if (strcmp(err->code, "action.refused") == 0)
        return str_of(err->text);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        bool same = words[i].code ? strcmp(words[i].code, err->code) == 0
                                  : words[i].kind == err->kind;
        if (same)
            return str_of(en ? words[i].en : words[i].zh);
    }
    return en ? STR("That did not work; please try again later")
              : STR("操作没有成功，请稍后再试");
}

/* ---- saying it on the page ---- */

static str to_hex(struct arena *a, str s)
{
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < s.n; i++)
        buf_format(&out, "%02x", (unsigned char)s.p[i]);
    str hex = arena_str(a, buf_view(&out));
    buf_done(&out);
    return hex;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Empty when it is none. */
static str from_hex(struct arena *a, str hex)
{
    char *out = arena_alloc(a, hex.n / 2 + 1);
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        int high = digit(hex.p[i]);
        int low = digit(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return STR("");
        out[i / 2] = (char)(high << 4 | low);
    }
    str text = { out, hex.n / 2 };
    return str_is_text(text) ? text : STR("");
}

static void set_said(struct visit *v, str value, int seconds)
{
    http_set(v->request, "Set-Cookie",
             arena_format(v->request->arena,
                          SAID_COOKIE "=%.*s; Path=/w; HttpOnly; SameSite=Lax; "
                                      "Max-Age=%d%s",
                          STR_ARG(value), seconds,
                          v->site->config.secure ? "; Secure" : ""));
}

/* Right behind the start tag of the block, or of the page when the block is not there. */
static size_t place_in(struct visit *v, str html, str block)
{
    str marks[] = { arena_format(v->request->arena, " id=\"b-%.*s\"", STR_ARG(block)),
                    STR(" id=\"main\"") };
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const char *at = memmem(html.p, html.n, marks[i].p, marks[i].n);
        const char *end = at ? memchr(at, '>', html.n - (size_t)(at - html.p)) : NULL;
        if (end)
            return (size_t)(end - html.p) + 1;
    }
    return html.n;
}

bool put_said(struct visit *v, struct http_body *page)
{
    str cookie = http_cookie(v->request, SAID_COOKIE);
    struct buf out;
    str text;
    if (!cookie.n)
        return false;
    str html = http_body_bytes(page, v->request->arena);
    str block = str_cut(from_hex(v->request->arena, cookie), '\n', &text);
    size_t at = place_in(v, html, block);
    buf_init(&out, LIMIT_PAGE_BYTES);
    buf_add(&out, html.p, at);
    if (text.n) {
        buf_str(&out, STR("<p class=\"said\" role=\"alert\">"));
        html_escape(&out, text);
        buf_str(&out, STR("</p>"));
    }
    buf_add(&out, html.p + at, html.n - at);
    set_said(v, STR(""), 0);
    http_send(v->request, 200, "text/html; charset=utf-8", buf_view(&out));
    buf_done(&out);
    return true;
}

/* ---- answers ---- */

/* The page she came from, with its parameters; only ever one of ours. */
static str page_before(struct visit *v, str page)
{
    struct arena *a = v->request->arena;
    str referer = http_header(v->request, "Referer");
    const char *scheme = referer.n ? memmem(referer.p, referer.n, "://", 3) : NULL;
    const char *path =
        scheme ? memchr(scheme + 3, '/', referer.n - (size_t)(scheme + 3 - referer.p))
               : NULL;
    str rest;
    str own = { path, path ? referer.n - (size_t)(path - referer.p) : 0 };
    own = str_cut(own, '#', &rest);
    if (path && str_starts(own, STR("/w/")))
        return arena_str(a, own);
    return layout_is_name(page, LAYOUT_MAX_NAME)
               ? arena_format(a, "/w/%.*s", STR_ARG(page))
               : STR("/w/home");
}

static void send_back(struct visit *v, const struct action *action)
{
    http_send_to(v->request, arena_format(v->request->arena, "%.*s#b-%.*s",
                                          STR_ARG(page_before(v, action->page)),
                                          STR_ARG(action->block)));
}

static struct val list_mistakes(struct visit *v, const struct action *action)
{
    struct arena *a = v->request->arena;
    struct val *items = ARENA_ARRAY(a, struct val, action->mistake_count);
    for (size_t i = 0; i < action->mistake_count; i++) {
        const struct schema_error *mistake = &action->mistakes[i];
        items[i] =
            val_with(a, val_map(NULL, 0), STR("pointer"), val_str(mistake->pointer));
        items[i] = val_with(a, items[i], STR("detail"), val_str(mistake->text));
    }
    return val_list(items, action->mistake_count);
}

static void send_problem(struct visit *v, const struct action *action,
                         const struct err *err)
{
    struct arena *a = v->request->arena;
    struct val p = door_problem(v->site->config.door, &v->scope, err);
    p = val_with(a, p, STR("said"), val_str(words_for(v, err)));
    if (action->mistake_count)
        p = val_with(a, p, STR("errors"), list_mistakes(v, action));
    http_send(v->request, door_status_of(err), "application/problem+json",
              doc_text(a, p, DOC_PLAIN));
}

static void fail(struct visit *v, const struct action *action, const struct err *err)
{
    struct arena *a = v->request->arena;
    door_say_when(v->request, err, DOOR_WAIT_S);
    if (err->kind == ERR_SYSTEM)
        log_event(LOG_ERROR, "action.failed", "code=%s where=%s text=%s", err->code,
                  log_quote(a, str_of(err->where)), log_quote(a, str_of(err->text)));
    if (wants_json(v)) {
        send_problem(v, action, err);
        return;
    }
    set_said(v,
             to_hex(a, arena_format(a, "%.*s\n%.*s", STR_ARG(action->block),
                                    STR_ARG(words_for(v, err)))),
             SAID_S);
    send_back(v, action);
}

/* The block as she sees it now; absent when it is gone from her page. */
static struct val block_html(struct visit *v, const struct action *action)
{
    struct layout *layout;
    struct buf html;
    struct err err;
    struct val ret = val_null();
    v->scope.page = action->page;
    if (!layout_find(v->site->config.layouts, &v->scope,
                     render_script_worker(v->worker->render), action->page, &layout,
                     &err))
        return ret;
    const struct block *block = layout_block(layout, action->block);
    if (block) {
        buf_init(&html, LIMIT_PAGE_BYTES);
        render_block(v->worker->render, &v->scope, (struct block *)(uintptr_t)block,
                     &html);
        ret = val_str(arena_str(v->request->arena, buf_view(&html)));
        buf_done(&html);
    }
    cached_drop(&layout->head);
    return ret;
}

static void answer(struct visit *v, const struct action *action)
{
    struct arena *a = v->request->arena;
    if (!action->is_replay)
        note_usage(v, USAGE_USE, action->component);
    if (!wants_json(v)) {
        send_back(v, action);
        return;
    }
    struct val result = val_exists(action->result) ? action->result : val_null();
    struct val reply = val_with(a, val_map(NULL, 0), STR("result"), result);
    reply = val_with(a, reply, STR("revision"), val_int((int64_t)action->revision));
    reply = val_with(a, reply, STR("block"), val_str(action->block));
    reply = val_with(a, reply, STR("html"), block_html(v, action));
    reply = val_with(a, reply, STR("replayed"), val_bool(action->is_replay));
    http_send(v->request, 200, "application/json", doc_text(a, reply, DOC_PLAIN));
}

/* ---- asking ---- */

static void take_field(void *data, str name, str value)
{
    struct form *form = data;
    struct action *action = &form->act.action;
    static const str prefix = STR_INIT("input.");
    size_t n = action->field_count;
    if (!str_starts(name, prefix) || n > MAX_FIELDS || !str_is_text(value))
        return;
    if (n < MAX_FIELDS)
        form->fields[n] =
            (struct action_field){ { name.p + prefix.n, name.n - prefix.n }, value };
    action->field_count++;
}

static bool read_form(struct visit *v, struct form *form, struct err *err)
{
    struct action *action = &form->act.action;
    str key = http_header(v->request, "Idempotency-Key");
    action->page = http_form(v->request, "page");
    action->block = http_form(v->request, "block");
    action->name = http_form(v->request, "action");
    action->key = key.n ? key : http_form(v->request, "key");
    action->fields = form->fields;
    http_each_form(v->request, take_field, form);
    if (action->field_count > MAX_FIELDS)
        return err_set(err, ERR_INPUT, "action.input", "a form has at most %d fields",
                       MAX_FIELDS);
    if (layout_is_name(action->page, LAYOUT_MAX_NAME)
        && layout_is_name(action->block, LAYOUT_MAX_BLOCK_ID))
        return true;
    action->block = STR("");
    return err_set(err, ERR_INPUT, "action.form",
                   "the form says neither page nor block, or they are no names");
}

static void start(struct visit *v, struct door_act *act)
{
    struct err err;
    if (!door_act_start(act, v->site->config.actions, v->worker, &v->scope, v->request,
                        &err))
        fail(v, &act->action, &err);
}

/* A window may be open since before somebody else signed in. */
static bool is_by_her(const struct visit *v, struct err *err)
{
    const struct viewer *viewer = v->scope.viewer;
    str said = http_form(v->request, "actor");
    str person;
    str tenant = str_cut(said, '/', &person);
    return !said.n
           || (str_equal(tenant, tenant_of(&viewer->path)->id)
               && str_equal(person, viewer->person_id))
           || err_set(err, ERR_SIGNIN, "action.actor",
                      "the form is of a page made for somebody else; sign in again");
}

void route_act(struct visit *v)
{
    struct form *form = ARENA_NEW(v->request->arena, struct form);
    struct err err;
    door_act_open(&form->act, v->request);
    if (read_form(v, form, &err) && is_by_her(v, &err))
        start(v, &form->act);
    else
        fail(v, &form->act.action, &err);
}

void act_goes_on(struct visit *v)
{
    struct door_act *act = v->request->parked;
    struct err err = act->action.err;
    if (act->action.is_good)
        answer(v, &act->action);
    else if (door_act_is_undecided(act))
        start(v, act);
    else
        fail(v, &act->action, &err);
}
