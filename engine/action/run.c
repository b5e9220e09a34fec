/* In the writer: an action's turn, in its own transaction. */
#include "inside.h"

#include "render/render.h"
#include "tenant/tenant.h"

/* ---- whether it still may ---- */

static bool still_may(struct action *a, struct err *err)
{
    int64_t now_ms = txn_now_ms(a->txn);
    if (!cached_is_good(&a->viewer->head, now_ms)
        || !cached_is_good(&a->layout->head, now_ms) || watcher_is_stale(&a->rule))
        return err_set(err, ERR_BUSY, "action.again",
                       "the page has just changed; try again");
    if (watcher_is_stale(&a->shown))
        return err_set(err, ERR_CONFLICT, "action.stale",
                       "what the block shows has changed since");
    return true;
}

/* ---- Lua ---- */

static void push_arguments(lua_State *L, void *host)
{
    struct render_call *call = host;
    call->action->actions->config.push_context(L, call);
    script_push(L, call->action->input);
}

/* The component's own words instead of where in its file it said them. */
static bool say_refusal(struct action *a, struct err *err)
{
    bool en = a->viewer->lang == SCOPE_EN;
    str text = val_text(a->refusal_text);
    if (!text.n)
        text = val_get_text(a->refusal_text, en ? STR("en") : STR("zh"));
    if (!text.n)
        text = val_get_text(a->refusal_text, STR("zh"));
    return err_at(err, ERR_INPUT, "action.refused", a->refusal, "%.*s", STR_ARG(text));
}

static bool run_script(struct action *a, struct err *err)
{
    struct render_call host = { a->scope, a->on, a };
    struct script_call call = { .script = a->on->component->script,
                                .entry = a->what->entry,
                                .limits = &script_limits_action,
                                .push_argument = push_arguments,
                                .host = &host,
                                .arena = a->arena };
    bool good = script_call(a->actions->scripts, &call, &a->result, NULL, err);
    if (!good && strcmp(err->code, "action.refused") == 0)
        return say_refusal(a, err);
    if (a->is_spoiled) {
        *err = a->spoil;
        return false;
    }
    if (good)
        a->result = val_copy(a->arena, a->result);
    return good;
}

static bool run_in_scope(struct action *a, struct err *err)
{
    struct scope scope;
    scope_open_in(a->actions->looks, a->txn, a->viewer, a->arena, &scope);
    scope.page = a->page;
    scope.needs = &a->on->component->needs;
    a->scope = &scope;
    bool good = run_script(a, err);
    a->scope = NULL;
    scope_close(&scope);
    return good;
}

static bool do_once(struct action *a, struct err *err)
{
    bool known;
    if (!reply_find(a, &known, err))
        return false;
    return known || (still_may(a, err) && run_in_scope(a, err) && reply_store(a, err));
}

bool action_work(struct txn *txn, void *data, struct err *err)
{
    struct action *a = data;
    int64_t began_us = clock_ticks_us();
    a->txn = txn;
    bool good = do_once(a, err);
    a->txn = NULL;
    a->took_us = clock_ticks_us() - began_us;
    return good;
}

/* ---- jobs ---- */

static bool job_work(struct txn *txn, void *data, struct err *err)
{
    struct action *a = data;
    a->txn = txn;
    return run_in_scope(a, err) && job_audit(a, err);
}

bool actions_run_job(struct actions *actions, struct viewer *viewer,
                     const struct action_job *job, struct arena *arena, struct val *ret,
                     struct err *err)
{
    struct component component = {
        .name = job->name, .ref = job->name, .needs = job->needs, .script = job->script
    };
    struct block block = { .id = job->name,
                           .ref = job->name,
                           .component = &component,
                           .props = val_map(NULL, 0) };
    struct component_action what = { .name = STR("run"), .entry = STR("run") };
    struct action a = { .arena = arena,
                        .page = STR(""),
                        .block = job->name,
                        .name = what.name,
                        .input = VAL_ABSENT,
                        .actions = actions,
                        .viewer = viewer,
                        .on = &block,
                        .what = &what,
                        .is_job = true };
    if (!store_write(actions->config.store, job_work, &a, err))
        return false;
    *ret = a.result;
    return true;
}

/* ---- what its Lua writes ---- */

static bool asked_for(const struct action *a, str collection)
{
    struct val needs = a->on->component->needs;
    for (size_t i = 0; i < val_count(needs); i++) {
        str rest;
        str verb = str_cut(val_text(val_at(needs, i)), ':', &rest);
        if (str_equal(verb, STR("write"))
            && (str_equal(rest, collection) || str_equal(rest, STR("*"))))
            return true;
    }
    return false;
}

static bool may_write(struct action *a, str name, const struct store_collection **ret,
                      struct err *err)
{
    *ret = store_collection(txn_store(a->txn), name);
    if (!*ret || !(*ret)->owner.n)
        return err_set(err, ERR_FORBIDDEN, "action.collection",
                       "no package brought a collection %.*s", STR_ARG(name));
    if (!asked_for(a, name))
        return err_set(err, ERR_FORBIDDEN, "action.need",
                       "the component did not ask for write:%.*s in its needs",
                       STR_ARG(name));
    if (a->writes < LIMIT_ACTION_WRITES && a->write_bytes <= LIMIT_ACTION_BYTES)
        return true;
    return err_set(err, ERR_LIMIT, "action.writes",
                   "an action may write %d records of %d KiB in all", LIMIT_ACTION_WRITES,
                   LIMIT_ACTION_BYTES >> 10);
}

static void note_write(struct action *a, str collection, str id)
{
    str one = ARENA_JOIN(a->arena, collection, STR("/"), id);
    a->writes++;
    for (size_t i = 0; i < a->touched_count; i++) {
        if (str_equal(a->touched[i], one))
            return;
    }
    if (a->touched_count < COUNT_OF(a->touched))
        a->touched[a->touched_count++] = one;
    else
        a->touched_more++;
}

/* What was refused may have left half of itself: the script may catch the error, but the
 * action has failed. */
static bool settled(struct action *a, bool good, const struct err *err)
{
    if (!good && !a->is_spoiled) {
        a->is_spoiled = true;
        a->spoil = *err;
    }
    return good;
}

static store_space own_space(const struct action *a)
{
    return tenant_of(&a->viewer->path)->space;
}

bool action_put(struct action *action, str collection, struct val record,
                enum put_mode mode, struct err *err)
{
    const struct store_collection *c;
    size_t before = txn_bytes(action->txn);
    bool good = may_write(action, collection, &c, err)
                && txn_put(action->txn, own_space(action), c, record, mode, err);
    if (good) {
        note_write(action, collection, val_get_text(record, STR("id")));
        action->write_bytes += txn_bytes(action->txn) - before;
    }
    return settled(action, good, err);
}

static struct val patched(struct arena *a, struct val record, struct val changes,
                          struct val without)
{
    for (size_t i = 0; i < val_count(changes); i++) {
        str name;
        struct val value = val_member(changes, i, &name);
        record = val_with(a, record, name, value);
    }
    for (size_t i = 0; i < val_count(without); i++)
        record = val_without(a, record, val_text(val_at(without, i)));
    return record;
}

bool action_patch(struct action *action, str collection, str id, struct val changes,
                  struct val without, struct val *ret, struct err *err)
{
    const struct store_collection *c;
    store_space space = own_space(action);
    struct val record;
    if (!may_write(action, collection, &c, err)
        || !snap_get(txn_snap(action->txn, &space, 1), c, id, NULL, &record, err))
        return settled(action, false, err);
    if (!val_exists(record)) {
        err_set(err, ERR_MISSING, "store.missing", "there is no %.*s %.*s",
                STR_ARG(collection), STR_ARG(id));
        return settled(action, false, err);
    }
    record = val_copy(action->arena, record);
    *ret = patched(action->arena, record, changes, without);
    *ret = val_with(action->arena, *ret, STR("id"), val_get(record, STR("id")));
    return action_put(action, collection, *ret, PUT_OLD, err);
}

bool action_remove(struct action *action, str collection, str id, struct err *err)
{
    const struct store_collection *c;
    bool good = may_write(action, collection, &c, err)
                && txn_remove(action->txn, own_space(action), c, id, err);
    if (good)
        note_write(action, collection, id);
    return settled(action, good, err);
}

str action_new_id(struct action *action)
{
    return txn_new_id(action->txn);
}

bool action_refuse(struct action *action, str code, struct val text, struct err *err)
{
    action->refusal = arena_str(action->arena, code);
    action->refusal_text = text;
    return err_at(err, ERR_INPUT, "action.refused", code, "the component refuses");
}
