/* Passes: a device on which nobody signed in looks at one draft, for a while. */
#include "auth/auth.h"

enum { SWEPT_PASSES = 16 };

static const store_space system_chain[] = { TENANT_SYSTEM_SPACE };

static const struct store_collection *passes_of(struct store *store)
{
    return store_collection(store, STR("pass"));
}

/* ---- looking ---- */

/* A pass is good as long as the session in which it was given. */
static bool session_lasts(struct snap *system, struct val pass, int64_t now_ms,
                          struct reads *reads, bool *ret, struct err *err)
{
    struct val session;
    const struct store_collection *sessions =
        store_collection(snap_store(system), STR("session"));
    if (!snap_get(system, sessions, val_get_text(pass, STR("session")), reads, &session,
                  err))
        return false;
    *ret = now_ms < val_as_int(val_get(session, STR("until")), 0);
    return true;
}

bool auth_pass_read(struct snap *snap, str secret, int64_t now_ms, struct arena *arena,
                    struct reads *reads, struct val *ret, struct err *err)
{
    struct snap *system = snap_for(snap, system_chain, 1, arena);
    struct val pass;
    bool lasts = false;
    if (!snap_get(system, passes_of(snap_store(snap)), crypt_digest(arena, secret), reads,
                  &pass, err)
        || !session_lasts(system, pass, now_ms, reads, &lasts, err))
        return false;
    bool good = lasts && now_ms < val_as_int(val_get(pass, STR("until")), 0);
    *ret = good ? val_copy(arena, pass) : VAL_ABSENT;
    return true;
}

/* ---- giving and taking ---- */

static bool remove_pass(struct txn *txn, str id, struct err *err)
{
    return txn_remove(txn, TENANT_SYSTEM_SPACE, passes_of(txn_store(txn)), id, err);
}

static bool remove_found(struct txn *txn, struct query *query, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct rows rows;
    if (!snap_query(txn_snap(txn, system_chain, 1), query, a, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    str *ids = ARENA_ARRAY(a, str, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = arena_str(a, val_get_text(val_at(rows.list, i), STR("id")));
    for (size_t i = 0; i < n; i++) {
        if (!remove_pass(txn, ids[i], err))
            return false;
    }
    return true;
}

static bool sweep(struct txn *txn, struct err *err)
{
    const struct store_collection *passes = passes_of(txn_store(txn));
    struct query ended = { .collection = passes,
                           .index = store_index(passes, STR("until")),
                           .to = val_int(txn_now_ms(txn)),
                           .limit = SWEPT_PASSES };
    return remove_found(txn, &ended, err);
}

/* Whoever has as many as she may loses the oldest. */
static bool make_room(struct txn *txn, str session, struct err *err)
{
    const struct store_collection *passes = passes_of(txn_store(txn));
    struct query hers = { .collection = passes,
                          .index = store_index(passes, STR("session")),
                          .equals = { val_str(session) },
                          .equals_count = 1,
                          .limit = AUTH_MAX_PASSES };
    struct rows rows;
    if (!snap_query(txn_snap(txn, system_chain, 1), &hers, txn_arena(txn), NULL, &rows,
                    err))
        return false;
    hers.limit = 1;
    return val_count(rows.list) < AUTH_MAX_PASSES || remove_found(txn, &hers, err);
}

bool auth_pass_put(struct txn *txn, str secret, struct val record, struct arena *arena,
                   struct val *ret, struct err *err)
{
    int64_t now = txn_now_ms(txn);
    struct val v =
        val_with(arena, record, STR("id"), val_str(crypt_digest(arena, secret)));
    v = val_with(arena, v, STR("at"), val_int(now));
    *ret = val_with(arena, v, STR("until"), val_int(now + LIMIT_PASS_S * INT64_C(1000)));
    return sweep(txn, err) && make_room(txn, val_get_text(record, STR("session")), err)
           && txn_put(txn, TENANT_SYSTEM_SPACE, passes_of(txn_store(txn)), *ret, PUT_NEW,
                      err);
}

bool auth_pass_remove(struct txn *txn, str session, str id, struct err *err)
{
    struct val pass;
    if (!snap_get(txn_snap(txn, system_chain, 1), passes_of(txn_store(txn)), id, NULL,
                  &pass, err))
        return false;
    if (!session.n || !str_equal(val_get_text(pass, STR("session")), session))
        return err_set(err, ERR_MISSING, "auth.pass",
                       "this session gave no such pass, or it has ended");
    return remove_pass(txn, id, err);
}
