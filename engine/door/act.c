/* An action that an edge was asked for. While it waits for the writer no thread does: the
 * request is parked. It holds the action until its arena is closed, or it goes on: a
 * client that leaves may end it. */
#include "inside.h"

enum { TRIES = 3 /* when what decided that she may changed on the way */ };

static void on_done(void *data)
{
    http_unpark(((struct door_act *)data)->ticket);
}

static bool has_left(void *data)
{
    return http_client_left(((struct door_act *)data)->ticket);
}

void door_act_open(struct door_act *act, struct http_request *request)
{
    act->action.arena = request->arena;
    act->action.done = on_done;
    act->action.has_left = has_left;
    act->action.data = act;
    arena_defer(request->arena, door_act_drop, act);
}

void door_act_drop(void *act)
{
    action_drop(&((struct door_act *)act)->action);
}

/* If-Match: "REVISION", as an earlier answer gave it. */
static bool expect(struct action *action, struct door_worker *worker, struct scope *scope,
                   const struct http_request *request, struct err *err)
{
    struct seen seen = { .reads = { .arena = request->arena } };
    struct val model;
    int64_t revision;
    if (!http_header(request, "If-Match").p)
        return true;
    if (!door_match(request, &revision))
        return err_set(err, ERR_INPUT, "action.match",
                       "If-Match is the revision of an earlier answer, in quotes");
    scope->page = action->page;
    scope->seen = &seen;
    bool good = render_model(worker->render, scope, action->on, &model, err);
    scope->seen = NULL;
    return good && action_expect(action, &seen.reads, (uint64_t)revision, err);
}

bool door_act_start(struct door_act *act, struct actions *actions,
                    struct door_worker *worker, struct scope *scope,
                    struct http_request *request, struct err *err)
{
    struct action *action = &act->action;
    act->tries++;
    if (!action_find(actions, scope, render_script_worker(worker->render), action, err)
        || !expect(action, worker, scope, request, err)) {
        action_drop(action);
        return false;
    }
    act->ticket = http_park(request, act);
    action_start(action);
    return true;
}

bool door_act_is_undecided(const struct door_act *act)
{
    return !act->action.is_good && strcmp(act->action.err.code, "action.again") == 0
           && act->tries < TRIES;
}
