/* What an action leaves behind beside what it wrote: its reply, and who did it. */
#include "inside.h"

#include "tenant/tenant.h"

enum { TRIM = 32 /* records at once */ };

static store_space space_of(const struct action *action)
{
    return tenant_of(&action->viewer->path)->space;
}

static const struct store_collection *collection(const struct action *action, str name)
{
    return store_collection(txn_store(action->txn), name);
}

static struct snap *own_snap(const struct action *action)
{
    store_space space = space_of(action);
    return txn_snap(action->txn, &space, 1);
}

/* Days sort as their texts do. */
static str day_text(struct arena *a, int64_t ms)
{
    enum { WIDTH = 5 };
    char *p = arena_alloc(a, WIDTH);
    digits_write(p, WIDTH, (uint64_t)(ms / DAY_MS));
    return (str){ p, WIDTH };
}

/* ---- replies ---- */

/* The day on which a reply is forgotten stands before its id: what has passed lies
 * together and first, and no index is needed to find it. */
static str reply_id(const struct action *action, int64_t until_ms)
{
    return ARENA_JOIN(action->arena, day_text(action->arena, until_ms), STR("-"),
                      action->id);
}

static int64_t kept_ms(const struct action *action)
{
    return action->key.n ? ACTION_KEPT_MS : ACTION_SAME_MS;
}

static bool look_for(const struct action *action, int64_t until_ms, struct val *ret,
                     struct err *err)
{
    if (!snap_get(own_snap(action), collection(action, STR("reply")),
                  reply_id(action, until_ms), NULL, ret, err))
        return false;
    if (val_as_int(val_get(*ret, STR("until")), 0) <= txn_now_ms(action->txn))
        *ret = VAL_ABSENT;
    return true;
}

/* It is to be forgotten today or on the day on which one made now would be. */
static bool look_for_reply(const struct action *action, struct val *ret, struct err *err)
{
    int64_t now_ms = txn_now_ms(action->txn);
    int64_t last_ms = now_ms + kept_ms(action);
    if (!look_for(action, last_ms, ret, err))
        return false;
    return val_exists(*ret) || last_ms / DAY_MS == now_ms / DAY_MS
           || look_for(action, now_ms, ret, err);
}

bool reply_find(struct action *action, bool *ret_found, struct err *err)
{
    struct val known;
    *ret_found = false;
    if (!look_for_reply(action, &known, err))
        return false;
    if (!val_exists(known))
        return true;
    if (!str_equal(val_get_text(known, STR("body")), action->body)
        || !str_equal(val_get_text(known, STR("person")), action->viewer->person_id))
        return err_set(err, ERR_CONFLICT, "action.key",
                       "this key came before with something else to do");
    action->result = val_copy(action->arena, val_get(known, STR("result")));
    action->is_replay = *ret_found = true;
    return true;
}

bool reply_store(struct action *action, struct err *err)
{
    int64_t until_ms = txn_now_ms(action->txn) + kept_ms(action);
    const struct member members[] = {
        { STR("id"), val_str(reply_id(action, until_ms)) },
        { STR("person"), val_str(action->viewer->person_id) },
        { STR("body"), val_str(action->body) },
        { STR("until"), val_int(until_ms) },
        { STR("result"), action->result },
    };
    size_t n = COUNT_OF(members) - !val_exists(action->result);
    return txn_put(action->txn, space_of(action), collection(action, STR("reply")),
                   val_map(members, n), PUT_ANY, err);
}

/* ---- audit ---- */

static struct val touched(const struct action *action)
{
    struct val *items = ARENA_ARRAY(action->arena, struct val, action->touched_count);
    for (size_t i = 0; i < action->touched_count; i++)
        items[i] = val_str(action->touched[i]);
    return val_list(items, action->touched_count);
}

bool audit_store(struct action *action, struct err *err)
{
    str at = scope_iso(action->arena, txn_now_ms(action->txn));
    size_t more = action->writes - action->touched_count;
    const struct member members[] = {
        { STR("id"), val_str(txn_new_id(action->txn)) },
        { STR("at"), val_str(at) },
        { STR("person"), val_str(action->viewer->person_id) },
        { STR("page"), val_str(action->page) },
        { STR("block"), val_str(action->on->id) },
        { STR("component"), val_str(action->on->ref) },
        { STR("action"), val_str(action->what->name) },
        { STR("touched"), touched(action) },
        { STR("more"), val_int((int64_t)more) },
    };
    size_t n = COUNT_OF(members) - !more;
    return txn_put(action->txn, space_of(action), collection(action, STR("audit")),
                   val_map(members, n), PUT_NEW, err);
}

/* ---- forgetting ---- */

/* Removes the first records whose `field`, in whose order they lie, is before `oldest`.
 */
static bool trim(struct action *action, const char *name, str field, str oldest,
                 struct err *err)
{
    const struct store_collection *c = collection(action, str_of(name));
    struct query query = { .collection = c, .limit = 1 };
    struct rows rows;
    for (size_t i = 0; i < TRIM; i++) {
        if (!snap_query(own_snap(action), &query, action->arena, NULL, &rows, err))
            return false;
        struct val first = val_at(rows.list, 0);
        if (!val_exists(first) || str_compare(val_get_text(first, field), oldest) >= 0)
            return true;
        if (!txn_remove(action->txn, space_of(action), c, val_get_text(first, STR("id")),
                        err))
            return false;
    }
    return true;
}

/* Ids of both begin with their time, so the oldest come first. */
bool history_trim(struct action *action, struct err *err)
{
    struct arena *a = action->arena;
    int64_t now_ms = txn_now_ms(action->txn);
    return trim(action, "reply", STR("id"), day_text(a, now_ms), err)
           && trim(action, "audit", STR("at"),
                   scope_iso(a, now_ms - LIMIT_AUDIT_DAYS * DAY_MS), err);
}
