/* Answers, good and bad. */
#include "inside.h"

static struct val problem(struct arena *a, const char *code, str where, str text)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("code"), val_str(str_of(code)));
    if (where.n)
        v = val_with(a, v, STR("where"), val_str(where));
    return val_with(a, v, STR("detail"), val_str(text));
}

static struct val listed(struct call *c)
{
    struct arena *a = c->request->arena;
    size_t n = c->edit.issue_count;
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct edit_issue *issue = &c->edit.issues[i];
        items[i] = problem(a, issue->code, issue->where, issue->text);
        if (val_exists(issue->mine))
            items[i] = val_with(a, items[i], STR("mine"), issue->mine);
        if (val_exists(issue->theirs))
            items[i] = val_with(a, items[i], STR("theirs"), issue->theirs);
    }
    return val_list(items, n);
}

void call_fail(struct call *c, const struct err *err)
{
    struct arena *a = c->request->arena;
    int status = door_status_of(err);
    struct val v = problem(a, err->code, str_of(err->where), str_of(err->text));
    v = val_with(a, v, STR("type"), val_str(STR("about:blank")));
    v = val_with(a, v, STR("title"), val_str(str_of(err->code)));
    v = val_with(a, v, STR("status"), val_int(status));
    if (c->edit.issue_count)
        v = val_with(a, v, STR("errors"), listed(c));
    if (val_exists(c->data.errors))
        v = val_with(a, v, STR("errors"), c->data.errors);
    if (err->kind == ERR_LIMIT || err->kind == ERR_BUSY)
        http_set(c->request, "Retry-After", STR("1"));
    if (status >= 500)
        log_event(LOG_ERROR, "request.failed", "path=%s code=%s text=%s",
                  log_quote(a, c->request->path), err->code,
                  log_quote(a, str_of(err->text)));
    http_send(c->request, status, "application/problem+json", doc_text(a, v, DOC_PLAIN));
}

void call_send(struct call *c, int status, const char *type, str body)
{
    c->sent = true;
    http_send(c->request, status, type, body);
}

void call_answer(struct call *c, struct val answer)
{
    struct arena *a = c->request->arena;
    struct val version = val_get(answer, STR("version"));
    if (version.kind == VAL_INT)
        http_set(c->request, "ETag", arena_format(a, "\"%lld\"", (long long)version.i));
    http_send(c->request, 200, "application/json", doc_text(a, answer, DOC_PLAIN));
}

/* Its content may have a member `version`: that is no ETag of ours. */
void call_answer_as(struct call *c, int status, str etag, struct val answer)
{
    struct arena *a = c->request->arena;
    http_set(c->request, "ETag", arena_format(a, "\"%.*s\"", STR_ARG(etag)));
    call_send(c, status, "application/json", doc_text(a, answer, DOC_PLAIN));
}
