/* An action asked for by a tool: done before the call returns. */
#include "inside.h"

#include <errno.h>
#include <semaphore.h>

static void on_done(void *answered)
{
    sem_post(answered);
}

bool act_and_wait(struct bench *bench, struct scope *scope, struct action *action,
                  struct err *err)
{
    sem_t answered;
    sem_init(&answered, 0, 0);
    action->done = on_done;
    action->data = &answered;
    bool good = action_find(bench->engine->actions, scope,
                            render_script_worker(bench->render), action, err);
    if (good) {
        action_start(action);
        while (sem_wait(&answered) != 0 && errno == EINTR)
            continue;
        good = action->is_good;
        if (!good)
            *err = action->err;
    }
    action_drop(action);
    sem_destroy(&answered);
    return good;
}
