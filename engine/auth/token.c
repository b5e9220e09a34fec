/* Tokens: how another system signs in. */
#include "auth/auth.h"

static struct snap *system_of(struct snap *snap, struct arena *arena)
{
    static const store_space chain[] = { TENANT_SYSTEM_SPACE };
    return snap_for(snap, chain, 1, arena);
}

static const struct store_collection *tokens_of(struct store *store)
{
    return store_collection(store, STR("token"));
}

bool auth_token_read(struct snap *snap, str id, struct arena *arena, struct val *ret,
                     struct err *err)
{
    struct val record;
    if (!snap_get(system_of(snap, arena), tokens_of(snap_store(snap)), id, NULL, &record,
                  err))
        return false;
    *ret = val_exists(record) ? val_copy(arena, record) : VAL_ABSENT;
    return true;
}

bool auth_token_find(struct snap *snap, str secret, struct arena *arena, str *ret_id,
                     struct err *err)
{
    struct val record;
    str id = crypt_digest(arena, secret);
    if (!auth_token_read(snap, id, arena, &record, err))
        return false;
    *ret_id = val_exists(record) ? id : STR("");
    return true;
}

bool auth_tokens(struct snap *snap, str tenant, struct arena *arena, struct val *ret,
                 struct err *err)
{
    const struct store_collection *tokens = tokens_of(snap_store(snap));
    struct query query = { .collection = tokens,
                           .index = store_index(tokens, STR("tenant")),
                           .equals = { val_str(tenant) },
                           .equals_count = 1,
                           .limit = AUTH_MAX_TOKENS };
    struct rows rows;
    if (!snap_query(system_of(snap, arena), &query, arena, NULL, &rows, err))
        return false;
    *ret = val_copy(arena, rows.list);
    return true;
}

bool auth_token_put(struct txn *txn, str secret, struct val record, struct arena *arena,
                    struct val *ret, struct err *err)
{
    static const store_space chain[] = { TENANT_SYSTEM_SPACE };
    struct val others;
    if (!auth_tokens(txn_snap(txn, chain, 1), val_get_text(record, STR("tenant")), arena,
                     &others, err))
        return false;
    if (val_count(others) >= AUTH_MAX_TOKENS)
        return err_set(err, ERR_LIMIT, "auth.tokens",
                       "the unit has %d tokens; take one away first", AUTH_MAX_TOKENS);
    record = val_with(arena, record, STR("id"), val_str(crypt_digest(arena, secret)));
    *ret = val_with(arena, record, STR("at"), val_int(txn_now_ms(txn)));
    return txn_put(txn, TENANT_SYSTEM_SPACE, tokens_of(txn_store(txn)), *ret, PUT_NEW,
                   err);
}

bool auth_token_remove(struct txn *txn, str tenant, str id, struct arena *arena,
                       struct err *err)
{
    static const store_space chain[] = { TENANT_SYSTEM_SPACE };
    struct val token;
    if (!auth_token_read(txn_snap(txn, chain, 1), id, arena, &token, err))
        return false;
    if (!str_equal(val_get_text(token, STR("tenant")), tenant) || !tenant.n)
        return err_set(err, ERR_MISSING, "auth.token", "the unit has no such token");
    return txn_remove(txn, TENANT_SYSTEM_SPACE, tokens_of(txn_store(txn)), id, err);
}
