/* What an action leaves behind beside what it wrote: who did it, and what came of it, in
 * one entry. */
#include "inside.h"

#include "tenant/tenant.h"

static store_space space_of(const struct action *action)
{
    return tenant_of(&action->viewer->path)->space;
}

static int64_t kept_ms(const struct action *action)
{
    return action->key.n ? ACTION_KEPT_MS : ACTION_SAME_MS;
}

/* With a key it is one for a day, as long as an entry's name is its own. Without one it
 * may be done again soon after, which is another entry. */
static str name_at(const struct action *action, int64_t at_ms)
{
    char slot[5];
    if (action->key.n)
        return action->id;
    digits_write(slot, sizeof slot, (uint64_t)(at_ms % DAY_MS / ACTION_SAME_MS));
    return ARENA_JOIN(action->arena, action->id, STR("-"), (str){ slot, sizeof slot });
}

static bool look_at(const struct action *action, int64_t at_ms, struct val *ret,
                    struct err *err)
{
    store_space space = space_of(action);
    struct val entry;
    if (!audit_find(txn_snap(action->txn, &space, 1), name_at(action, at_ms), at_ms,
                    action->arena, &entry, err))
        return false;
    *ret = val_get(entry, STR("reply"));
    if (val_as_int(val_get(*ret, STR("until")), 0) <= txn_now_ms(action->txn))
        *ret = VAL_ABSENT;
    return true;
}

/* It was made in this day, or this slot of it, or in the one before. */
static bool look_for(const struct action *action, struct val *ret, struct err *err)
{
    int64_t now_ms = txn_now_ms(action->txn);
    return look_at(action, now_ms, ret, err)
           && (val_exists(*ret) || look_at(action, now_ms - kept_ms(action), ret, err));
}

bool reply_find(struct action *action, bool *ret_found, struct err *err)
{
    struct val known;
    *ret_found = false;
    if (!look_for(action, &known, err))
        return false;
    if (!val_exists(known))
        return true;
    if (!str_equal(val_get_text(known, STR("body")), action->body))
        return err_set(err, ERR_CONFLICT, "action.key",
                       "this key came before with something else to do");
    action->result = val_copy(action->arena, val_get(known, STR("result")));
    action->is_replay = *ret_found = true;
    return true;
}

static struct audit_entry entry_of(const struct action *action)
{
    return (struct audit_entry){ .person = action->viewer->person_id,
                                 .page = action->page,
                                 .block = action->on->id,
                                 .component = action->on->ref,
                                 .action = action->what->name,
                                 .touched = action->touched,
                                 .touched_count = action->touched_count,
                                 .more = action->touched_more,
                                 .reply = VAL_ABSENT };
}

bool reply_store(struct action *action, struct err *err)
{
    int64_t now_ms = txn_now_ms(action->txn);
    const struct member members[] = {
        { STR("body"), val_str(action->body) },
        { STR("until"), val_int(now_ms + kept_ms(action)) },
        { STR("result"), action->result },
    };
    struct audit_entry entry = entry_of(action);
    entry.name = name_at(action, now_ms);
    entry.reply = val_map(members, COUNT_OF(members) - !val_exists(action->result));
    return audit_put(action->txn, space_of(action), &entry, err);
}

bool job_audit(struct action *action, struct err *err)
{
    struct audit_entry entry = entry_of(action);
    entry.block = STR(""); /* it stands on no page */
    return audit_put(action->txn, space_of(action), &entry, err);
}
