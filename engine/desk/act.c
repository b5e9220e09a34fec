/* An action through the API: the same as POST /act of the pages, for programs. */
#include "inside.h"

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

static bool start(struct call *c, struct door_act *act, struct err *err)
{
    c->is_parked = door_act_start(act, c->desk->config.actions, c->worker, &c->scope,
                                  c->request, err);
    if (!c->is_parked)
        list_mistakes(c, &act->action);
    return c->is_parked;
}

bool run_action(struct call *c, struct val *ret, struct err *err)
{
    struct door_act *act = ARENA_NEW(c->request->arena, struct door_act);
    str key = http_header(c->request, "Idempotency-Key");
    *ret = VAL_ABSENT;
    if (!key.n)
        return err_set(err, ERR_INPUT, "action.bad_key",
                       "an Idempotency-Key is wanted, so that a repeated request does "
                       "nothing twice");
    door_act_open(act, c->request);
    act->action.page = c->names[0];
    act->action.block = c->names[1];
    act->action.name = c->names[2];
    act->action.input = c->body;
    act->action.key = key;
    return start(c, act, err);
}

bool act_answer(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct door_act *act = c->request->parked;
    const struct action *action = &act->action;
    *ret = VAL_ABSENT;
    if (door_act_is_undecided(act) && c->scope.viewer)
        return start(c, act, err);
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
