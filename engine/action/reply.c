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

static struct val with_text(struct arena *a, struct val map, const char *name, str text)
{
    return val_with(a, map, str_of(name), val_str(text));
}

/* ---- replies ---- */

bool reply_find(struct action *action, bool *ret_found, struct err *err)
{
    struct val known;
    *ret_found = false;
    if (!snap_get(own_snap(action), collection(action, STR("reply")), action->id, NULL,
                  &known, err))
        return false;
    if (!val_exists(known)
        || val_as_int(val_get(known, STR("until")), 0) <= txn_now_ms(action->txn))
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
    struct arena *a = action->arena;
    int64_t kept_ms = action->key.n ? ACTION_KEPT_MS : ACTION_SAME_MS;
    struct val v = with_text(a, val_map(NULL, 0), "id", action->id);
    v = with_text(a, v, "person", action->viewer->person_id);
    v = with_text(a, v, "body", action->body);
    v = val_with(a, v, STR("until"), val_int(txn_now_ms(action->txn) + kept_ms));
    if (val_exists(action->result))
        v = val_with(a, v, STR("result"), action->result);
    return txn_put(action->txn, space_of(action), collection(action, STR("reply")), v,
                   PUT_ANY, err);
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
    struct arena *a = action->arena;
    str at = scope_iso(a, txn_now_ms(action->txn));
    struct val v = with_text(a, val_map(NULL, 0), "id", txn_new_id(action->txn));
    v = with_text(a, v, "at", at);
    v = with_text(a, v, "person", action->viewer->person_id);
    v = with_text(a, v, "page", action->page);
    v = with_text(a, v, "block", action->on->id);
    v = with_text(a, v, "component", action->on->ref);
    v = with_text(a, v, "action", action->what->name);
    v = val_with(a, v, STR("touched"), touched(action));
    if (action->writes > action->touched_count)
        v = val_with(a, v, STR("more"),
                     val_int((int64_t)(action->writes - action->touched_count)));
    return txn_put(action->txn, space_of(action), collection(action, STR("audit")), v,
                   PUT_NEW, err);
}

/* ---- forgetting ---- */

static bool remove_all(struct action *action, str name, struct val list, size_t n,
                       struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        str id = val_get_text(val_at(list, i), STR("id"));
        if (!txn_remove(action->txn, space_of(action), collection(action, name), id, err))
            return false;
    }
    return true;
}

static bool trim_replies(struct action *action, struct err *err)
{
    const struct store_collection *replies = collection(action, STR("reply"));
    struct query query = { .collection = replies,
                           .index = store_index(replies, STR("until")),
                           .to = val_int(txn_now_ms(action->txn)),
                           .limit = TRIM };
    struct rows rows;
    if (!snap_query(own_snap(action), &query, action->arena, NULL, &rows, err))
        return false;
    struct val list = val_copy(action->arena, rows.list);
    return remove_all(action, STR("reply"), list, val_count(list), err);
}

/* Ids are in the order of time, so the oldest come first. */
static bool trim_audit(struct action *action, struct err *err)
{
    struct query query = { .collection = collection(action, STR("audit")),
                           .limit = TRIM };
    str oldest =
        scope_iso(action->arena, txn_now_ms(action->txn) - LIMIT_AUDIT_DAYS * DAY_MS);
    struct rows rows;
    size_t n = 0;
    if (!snap_query(own_snap(action), &query, action->arena, NULL, &rows, err))
        return false;
    struct val list = val_copy(action->arena, rows.list);
    while (n < val_count(list)
           && str_compare(val_get_text(val_at(list, n), STR("at")), oldest) < 0)
        n++;
    return remove_all(action, STR("audit"), list, n, err);
}

bool history_trim(struct action *action, struct err *err)
{
    return trim_replies(action, err) && trim_audit(action, err);
}
