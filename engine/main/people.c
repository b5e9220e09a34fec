/*
 * Whoever is gone leaves nothing that is hers alone: her arrangement of pages, her names
 * to sign in with, sessions and grants go in a transaction right behind the one that
 * removed her, whoever did. So nobody who gets her id later gets any of it.
 */
#include "inside.h"

struct gone {
    store_space space;
    str person;
};

static void gone_free(struct gone *gone)
{
    mem_free(gone->person.p);
    mem_free(gone);
}

/* The unit is known by its space; absent when it is gone, too. */
static bool find_home(struct txn *txn, store_space space, str *ret, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct store_collection *tenants =
        store_collection(txn_store(txn), STR("tenant"));
    struct query query = { .collection = tenants,
                           .index = store_index(tenants, STR("space")),
                           .equals = { val_int(space) },
                           .equals_count = 1,
                           .limit = 1 };
    struct rows rows;
    if (!snap_query(txn_snap(txn, system, 1), &query, txn_arena(txn), NULL, &rows, err))
        return false;
    *ret = arena_str(txn_arena(txn), val_get_text(val_at(rows.list, 0), STR("id")));
    return true;
}

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    const struct gone *gone = data;
    struct val person;
    str home;
    if (!snap_get(txn_snap(txn, &gone->space, 1),
                  store_collection(txn_store(txn), STR("person")), gone->person, NULL,
                  &person, err))
        return false;
    if (val_exists(person)) /* she is back */
        return true;
    return layout_forget(txn, gone->space, gone->person, err)
           && edit_forget(txn, gone->space, gone->person, err)
           && find_home(txn, gone->space, &home, err)
           && (!home.n || auth_forget(txn, home, gone->person, err));
}

static void forgotten(void *data, bool good, const struct err *err)
{
    if (!good)
        log_event(LOG_ERROR, "people.failed", "code=%s", err->code);
    gone_free(data);
}

void people_follow(void *data, const struct commit *commit)
{
    struct store *store = data;
    for (size_t i = 0; i < commit->n; i++) {
        const struct change *change = &commit->changes[i];
        if (val_exists(change->after) || !val_exists(change->before)
            || !str_equal(change->collection->name, STR("person")))
            continue;
        struct gone *gone = mem_zero(sizeof *gone);
        *gone = (struct gone){ change->space, mem_str(change->id) };
        store_write_later(store, forget_work, forgotten, gone);
    }
}
