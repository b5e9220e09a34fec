/* Answers, good and bad. */
#include "inside.h"

/* With its words, if the caller reads others than those of `detail`. */
static struct val worded(const struct call *c, struct val item)
{
    str code = val_get_text(item, STR("code"));
    str said = door_words(c->desk->config.door, &c->scope, code);
    return said.n ? val_with(c->request->arena, item, STR("said"), val_str(said)) : item;
}

static struct val problem(const struct call *c, const struct edit_issue *issue)
{
    struct arena *a = c->request->arena;
    struct val v =
        val_with(a, val_map(NULL, 0), STR("code"), val_str(str_of(issue->code)));
    if (issue->where.n)
        v = val_with(a, v, STR("where"), val_str(issue->where));
    return worded(c, val_with(a, v, STR("detail"), val_str(issue->text)));
}

static struct val listed(struct call *c)
{
    struct arena *a = c->request->arena;
    size_t n = c->edit.issue_count;
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct edit_issue *issue = &c->edit.issues[i];
        items[i] = problem(c, issue);
        if (val_exists(issue->mine))
            items[i] = val_with(a, items[i], STR("mine"), issue->mine);
        if (val_exists(issue->theirs))
            items[i] = val_with(a, items[i], STR("theirs"), issue->theirs);
    }
    return val_list(items, n);
}

struct val call_worded(const struct call *c, struct val errors)
{
    struct val *items = ARENA_ARRAY(c->request->arena, struct val, val_count(errors) + 1);
    for (size_t i = 0; i < val_count(errors); i++)
        items[i] = worded(c, val_at(errors, i));
    return val_list(items, val_count(errors));
}

void call_fail(struct call *c, const struct err *err)
{
    struct arena *a = c->request->arena;
    int status = door_status_of(err);
    struct val v = door_problem(c->desk->config.door, &c->scope, err);
    if (c->edit.issue_count)
        v = val_with(a, v, STR("errors"), listed(c));
    if (val_exists(c->data.errors))
        v = val_with(a, v, STR("errors"), call_worded(c, c->data.errors));
    door_say_when(c->request, err, DOOR_WAIT_S);
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
