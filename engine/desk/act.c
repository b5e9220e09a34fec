/* An action through the API: the same as POST /act of the pages, for programs. */
#include "inside.h"

enum { TRIES = 3 /* when what decided that she may changed on the way */ };

struct asked {
    struct action action;
    struct http_ticket *ticket;
    int tries;
};

static void on_done(void *data)
{
    http_unpark(((struct asked *)data)->ticket);
}

static bool has_left(void *data)
{
    return http_client_left(((struct asked *)data)->ticket);
}

/* If-Match: "REVISION", as an earlier answer gave it. */
static bool expect(struct call *c, struct action *action, struct err *err)
{
    struct seen seen = { .reads = { .arena = c->request->arena } };
    struct val model;
    int64_t revision;
    if (!http_header(c->request, "If-Match").p)
        return true;
    if (!call_match(c, &revision, err))
        return false;
    c->scope.page = action->page;
    c->scope.seen = &seen;
    bool good = render_model(c->render, &c->scope, action->on, &model, err);
    c->scope.seen = NULL;
    return good && action_expect(action, &seen.reads, (uint64_t)revision, err);
}

static void list_mistakes(struct call *c, const struct action *action)
{
    size_t n = action->mistake_count;
    c->edit.issues = ARENA_ARRAY(c->request->arena, struct edit_issue, n + 1);
    c->edit.issue_count = n;
    for (size_t i = 0; i < n; i++)
        c->edit.issues[i] = (struct edit_issue){ .code = "action.input",
                                                 .where = action->mistakes[i].pointer,
                                                 .text = action->mistakes[i].text };
}

static bool start(struct call *c, struct asked *asked, struct err *err)
{
    struct action *action = &asked->action;
    asked->tries++;
    if (action_find(c->desk->config.actions, &c->scope, c->edit.worker, action, err)
        && expect(c, action, err)) {
        c->is_parked = true;
        asked->ticket = http_park(c->request, asked);
        action_start(action);
        return true;
    }
    list_mistakes(c, action);
    action_drop(action);
    return false;
}

bool run_action(struct call *c, struct val *ret, struct err *err)
{
    struct asked *asked = ARENA_NEW(c->request->arena, struct asked);
    str key = http_header(c->request, "Idempotency-Key");
    asked->action.arena = c->request->arena;
    asked->action.page = c->names[0];
    asked->action.block = c->names[1];
    asked->action.name = c->names[2];
    asked->action.input = c->body;
    asked->action.done = on_done;
    asked->action.has_left = has_left;
    asked->action.data = asked;
    *ret = VAL_ABSENT;
    if (!key.n)
        return err_set(err, ERR_INPUT, "action.bad_key",
                       "an Idempotency-Key is wanted, so that a repeated request does "
                       "nothing twice");
    asked->action.key = key;
    return start(c, asked, err);
}

void act_release(void *parked)
{
    action_drop(&((struct asked *)parked)->action);
}

bool act_answer(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct asked *asked = c->request->parked;
    const struct action *action = &asked->action;
    *ret = VAL_ABSENT;
    if (!action->is_good && strcmp(action->err.code, "action.again") == 0
        && c->scope.viewer && asked->tries < TRIES)
        return start(c, asked, err);
    if (!action->is_good) {
        *err = action->err;
        return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("result"),
                    val_exists(action->result) ? action->result : val_null());
    *ret = val_with(a, *ret, STR("revision"), val_int((int64_t)action->revision));
    *ret = val_with(a, *ret, STR("replayed"), val_bool(action->is_replay));
    return true;
}
