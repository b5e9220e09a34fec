/* Giving roles and taking them: nobody gives what she has not, nor herself anything. */
#include "inside.h"

static const store_space system_chain[] = { TENANT_SYSTEM_SPACE };

static const struct store_collection *grants_of(struct store *store)
{
    return store_collection(store, STR("grant"));
}

/* ---- who may ---- */

static bool is_same_person(struct val grant, const struct auth_actor *actor)
{
    return str_equal(val_get_text(grant, STR("home")), actor->home)
           && str_equal(val_get_text(grant, STR("person")), actor->person);
}

static bool may(struct txn *txn, const struct auth_actor *by,
                const struct tenant_path *path, struct val grant, enum auth_right right,
                struct err *err)
{
    struct auth_question question = { .home = by->home,
                                      .person = by->person,
                                      .right = right,
                                      .path = path,
                                      .specialty =
                                          val_get_text(grant, STR("specialty")) };
    return auth_may(txn_snap(txn, system_chain, 1), &question, txn_arena(txn), NULL, err);
}

static bool may_give(struct txn *txn, const struct auth_actor *by,
                     const struct tenant_path *path, struct val grant, struct err *err)
{
    str role = val_get_text(grant, STR("role"));
    if (!may(txn, by, path, grant, AUTH_GRANT, err))
        return false;
    for (enum auth_right right = 0; right < AUTH_RIGHTS; right++) {
        if (role_gives(role, right) && !may(txn, by, path, grant, right, err))
            return false;
    }
    return !is_same_person(grant, by)
           || err_at(err, ERR_FORBIDDEN, "auth.self", STR("/person"),
                     "nobody gives a role to herself");
}

/* ---- what is there ---- */

static bool read_person(struct snap *snap, struct val grant, struct arena *arena,
                        struct val *ret, struct err *err)
{
    return tenant_person(snap, val_get_text(grant, STR("home")),
                         val_get_text(grant, STR("person")), arena, ret, err);
}

static bool grants_at(struct snap *snap, str tenant, struct arena *arena, struct val *ret,
                      struct err *err)
{
    const struct store_collection *grants = grants_of(snap_store(snap));
    struct query query = { .collection = grants,
                           .index = store_index(grants, STR("tenant")),
                           .equals = { val_str(tenant) },
                           .equals_count = 1,
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    if (!snap_query(snap_for(snap, system_chain, 1, arena), &query, arena, NULL, &rows,
                    err))
        return false;
    *ret = rows.list;
    return true;
}

static bool is_same_role(struct val a, struct val b)
{
    static const str members[] = { STR_INIT("home"), STR_INIT("person"), STR_INIT("role"),
                                   STR_INIT("specialty") };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        if (!str_equal(val_get_text(a, members[i]), val_get_text(b, members[i])))
            return false;
    }
    return true;
}

static bool is_new(struct txn *txn, struct val grant, struct err *err)
{
    struct val there;
    if (!grants_at(txn_snap(txn, system_chain, 1), val_get_text(grant, STR("tenant")),
                   txn_arena(txn), &there, err))
        return false;
    for (size_t i = 0; i < val_count(there); i++) {
        if (is_same_role(val_at(there, i), grant))
            return err_set(err, ERR_CONFLICT, "auth.exists", "she has that role already");
    }
    return true;
}

static bool is_known(struct txn *txn, struct val grant, struct err *err)
{
    struct val person;
    return read_person(txn_snap(txn, system_chain, 1), grant, txn_arena(txn), &person,
                       err)
           && (val_exists(person)
               || err_at(err, ERR_MISSING, "auth.person", STR("/person"),
                         "there is no such person in that unit"));
}

/* ---- remembering ---- */

bool auth_is_reason(str reason)
{
    return reason.n && str_points(reason) <= AUTH_MAX_REASON;
}

static bool put_event(struct txn *txn, const char *what, const struct auth_actor *by,
                      struct val grant, str reason, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v = val_with(a, grant, STR("id"), val_str(txn_new_id(txn)));
    v = val_with(a, v, STR("grant"), val_get(grant, STR("id")));
    v = val_with(a, v, STR("what"), val_str(str_of(what)));
    v = val_with(a, v, STR("at"), val_int(txn_now_ms(txn)));
    v = val_with(a, v, STR("by_home"), val_str(by->home));
    v = val_with(a, v, STR("by"), val_str(by->person));
    v = val_with(a, v, STR("reason"), val_str(reason));
    return txn_put(txn, TENANT_SYSTEM_SPACE,
                   store_collection(txn_store(txn), STR("grant_event")), v, PUT_NEW, err);
}

/* ---- giving and taking ---- */

bool auth_grant(struct txn *txn, const struct auth_actor *by, struct val grant,
                str reason, str *ret_id, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct tenant_path path;
    if (!tenant_path_read(txn_snap(txn, system_chain, 1),
                          val_get_text(grant, STR("tenant")), a, NULL, &path, err)
        || !may_give(txn, by, &path, grant, err) || !is_known(txn, grant, err)
        || !is_new(txn, grant, err))
        return false;
    *ret_id = txn_new_id(txn);
    grant = val_with(a, grant, STR("id"), val_str(*ret_id));
    return txn_put(txn, TENANT_SYSTEM_SPACE, grants_of(txn_store(txn)), grant, PUT_NEW,
                   err)
           && put_event(txn, "granted", by, grant, reason, err);
}

static bool rules_all(struct val grant, str root)
{
    return val_is(val_get(grant, STR("role")), "administrator")
           && !val_get_text(grant, STR("specialty")).n
           && str_equal(val_get_text(grant, STR("tenant")), root);
}

/* Somebody must be left who can give roles everywhere. */
static bool is_spare(struct txn *txn, struct val grant, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct snap *snap = txn_snap(txn, system_chain, 1);
    struct val there;
    str root;
    if (!tenant_root(snap, a, NULL, &root, err))
        return false;
    if (!rules_all(grant, root))
        return true;
    if (!grants_at(snap, root, a, &there, err))
        return false;
    for (size_t i = 0; i < val_count(there); i++) {
        struct val other = val_at(there, i);
        struct val person;
        bool same = val_equal(val_get(other, STR("id")), val_get(grant, STR("id")));
        if (same || !rules_all(other, root))
            continue;
        if (!read_person(snap, other, a, &person, err))
            return false;
        if (val_exists(person))
            return true;
    }
    return err_set(err, ERR_CONFLICT, "auth.last",
                   "the last administrator of the whole tree stays; name another first");
}

bool auth_revoke(struct txn *txn, const struct auth_actor *by, str tenant, str id,
                 str reason, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct snap *snap = txn_snap(txn, system_chain, 1);
    struct tenant_path path;
    struct val grant;
    if (!tenant_path_read(snap, tenant, a, NULL, &path, err)
        || !snap_get(snap, grants_of(txn_store(txn)), id, NULL, &grant, err))
        return false;
    /* Of one that is not there she is told the same as of one that she may not take. */
    bool there = str_equal(val_get_text(grant, STR("tenant")), tenant);
    if (!may(txn, by, &path, there ? grant : VAL_ABSENT, AUTH_GRANT, err))
        return false;
    if (!there)
        return err_set(err, ERR_MISSING, "auth.grant", "the unit has no such grant");
    grant = val_copy(a, grant);
    return is_spare(txn, grant, err)
           && txn_remove(txn, TENANT_SYSTEM_SPACE, grants_of(txn_store(txn)), id, err)
           && put_event(txn, "revoked", by, grant, reason, err);
}

/* ---- looking ---- */

static struct val grant_told(struct val grant, struct val person, bool inherited,
                             struct arena *a)
{
    static const str members[] = { STR_INIT("name"), STR_INIT("post") };
    struct val v = val_copy(a, grant);
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct val value = val_get(person, members[i]);
        if (val_exists(value))
            v = val_with(a, v, members[i], val_copy(a, value));
    }
    v = val_with(a, v, STR("rights"),
                 auth_role_rights(val_get_text(grant, STR("role")), a));
    return val_with(a, v, STR("inherited"), val_bool(inherited));
}

bool auth_grants_of_unit(struct snap *snap, const struct tenant_path *path,
                         struct arena *arena, struct val *ret, struct err *err)
{
    struct val lists[STORE_MAX_CHAIN];
    size_t most = 0;
    size_t n = 0;
    for (size_t i = 0; i < path->n; i++) {
        if (!grants_at(snap, path->items[i].id, arena, &lists[i], err))
            return false;
        most += val_count(lists[i]);
    }
    struct val *items = ARENA_ARRAY(arena, struct val, most + 1);
    for (size_t i = 0; i < path->n; i++) {
        for (size_t k = 0; k < val_count(lists[i]); k++) {
            struct val grant = val_at(lists[i], k);
            struct val person;
            if (!read_person(snap, grant, arena, &person, err))
                return false;
            items[n++] = grant_told(grant, person, i + 1 < path->n, arena);
        }
    }
    *ret = val_list(items, n);
    return true;
}

bool auth_grant_history(struct snap *snap, str tenant, str after, size_t limit,
                        struct arena *arena, struct rows *ret, struct err *err)
{
    const struct store_collection *events =
        store_collection(snap_store(snap), STR("grant_event"));
    struct query query = { .collection = events,
                           .index = store_index(events, STR("tenant")),
                           .equals = { val_str(tenant) },
                           .equals_count = 1,
                           .descending = true,
                           .limit = limit,
                           .after = after };
    return snap_query(snap_for(snap, system_chain, 1, arena), &query, arena, NULL, ret,
                      err);
}

/* ---- people who are gone ---- */

static bool remove_hers(struct txn *txn, const char *name, str home, str person,
                        struct err *err)
{
    const struct store_collection *c = store_collection(txn_store(txn), str_of(name));
    struct query hers = { .collection = c,
                          .index = store_index(c, STR("person")),
                          .equals = { val_str(home), val_str(person) },
                          .equals_count = 2 };
    return txn_remove_all(txn, TENANT_SYSTEM_SPACE, &hers, err);
}

bool auth_forget(struct txn *txn, str home, str person, struct err *err)
{
    return remove_hers(txn, "login", home, person, err)
           && remove_hers(txn, "session", home, person, err)
           && remove_hers(txn, "grant", home, person, err);
}
