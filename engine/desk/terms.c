/* What a unit calls the values of people's attributes: decode, one change, encode. */
#include "inside.h"

static const str attributes[] = { STR_INIT("specialty"), STR_INIT("group"),
                                  STR_INIT("tag") };

struct val terms_told(const struct tenant_path *path, struct arena *arena)
{
    struct val v = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        struct val names = tenant_terms(path, attributes[i], arena);
        if (val_count(names))
            v = val_with(arena, v, attributes[i], names);
    }
    return v;
}

static struct val own_terms(const struct tenant_path *path)
{
    struct val terms = val_get(tenant_of(path)->record, STR("terms"));
    return val_exists(terms) ? terms : val_map(NULL, 0);
}

/* Its own, and those that reach it from above. */
static struct val tell(struct arena *a, const struct tenant_path *path)
{
    struct tenant_path above = *path;
    above.n--;
    struct val v = val_with(a, val_map(NULL, 0), STR("own"), own_terms(path));
    return val_with(a, v, STR("above"), terms_told(&above, a));
}

bool run_terms(struct call *c, struct val *ret, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    if (!call_unit(c, AUTH_READ_LAYER, &path, &snap, err))
        return false;
    *ret = tell(c->request->arena, &path);
    return true;
}

/* Names that others give meanwhile stay. */
static bool name_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct call *c = data;
    struct arena *a = txn_arena(txn);
    struct snap *snap = txn_snap(txn, system, 1);
    struct tenant_path path;
    struct val terms;
    store_space space;
    if (!tenant_path_read(snap, c->names[0], a, NULL, &path, err)
        || !scope_may(&c->scope, snap, AUTH_GRANT, &path, STR(""), err)
        || !doc_merge(a, own_terms(&path), c->body, &terms, err))
        return false;
    struct val record = val_with(a, tenant_of(&path)->record, STR("terms"), terms);
    return tenant_put(txn, record, a, &space, err)
           && scope_audit_one(&c->scope, txn, &path, STR("patch"), "tenant", c->names[0],
                              err);
}

bool run_name_terms(struct call *c, struct val *ret, struct err *err)
{
    struct tenant_path path;
    struct snap *snap;
    if (!call_unit(c, AUTH_GRANT, &path, &snap, err))
        return false;
    scope_drop_snap(&c->scope);
    return store_write(c->desk->config.store, name_work, c, err)
           && run_terms(c, ret, err);
}
