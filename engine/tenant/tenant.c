/* The tree of units and the way up it. */
#include "tenant/tenant.h"

extern const unsigned char tenant_collections_json[];
extern const size_t tenant_collections_json_size;

bool tenant_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store,
        (str){ (const char *)tenant_collections_json, tenant_collections_json_size },
        err);
}

static const struct store_collection *tenants_of(struct snap *snap)
{
    return store_collection(snap_store(snap), STR("tenant"));
}

static bool none(struct err *err, str id)
{
    return err_set(err, ERR_MISSING, "tenant.none", "there is no unit %.*s", STR_ARG(id));
}

static bool too_deep(struct err *err, str id)
{
    return err_set(err, ERR_INPUT, "tenant.deep", "the unit %.*s lies too deep",
                   STR_ARG(id));
}

static void turn_round(struct tenant_path *path)
{
    for (size_t i = 0, k = path->n; i + 1 < k--; i++) {
        struct tenant other = path->items[i];
        path->items[i] = path->items[k];
        path->items[k] = other;
    }
    for (size_t i = 0; i < path->n; i++)
        path->chain[i] = path->items[i].space;
}

bool tenant_path_read(struct snap *snap, str id, struct arena *arena, struct reads *reads,
                      struct tenant_path *ret, struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct snap *tree = snap_for(snap, system, 1, arena);
    ret->n = 0;
    for (str at = id; at.n;) {
        struct val record;
        if (ret->n == STORE_MAX_CHAIN)
            return too_deep(err, id);
        if (!snap_get(tree, tenants_of(snap), at, reads, &record, err))
            return false;
        if (!val_exists(record))
            return none(err, at);
        record = val_copy(arena, record);
        ret->items[ret->n++] = (struct tenant){
            .id = val_get_text(record, STR("id")),
            .space = (store_space)val_as_int(val_get(record, STR("space")), 0),
            .record = record,
        };
        at = val_get_text(record, STR("parent"));
    }
    if (!ret->n)
        return none(err, id);
    turn_round(ret);
    return true;
}

bool tenant_root(struct snap *snap, struct arena *arena, struct reads *reads, str *ret,
                 struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct store_collection *tenants = tenants_of(snap);
    struct query q = { .collection = tenants,
                       .index = store_index(tenants, STR("parent")),
                       .equals = { val_null() },
                       .equals_count = 1,
                       .limit = 1 };
    struct rows rows;
    if (!snap_query(snap_for(snap, system, 1, arena), &q, arena, reads, &rows, err))
        return false;
    *ret = arena_str(arena, val_get_text(val_at(rows.list, 0), STR("id")));
    return ret->n ? true : none(err, STR("(root)"));
}

bool tenant_children(struct snap *snap, str id, str after, size_t limit,
                     struct arena *arena, struct rows *ret, struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct store_collection *tenants = tenants_of(snap);
    struct query q = { .collection = tenants,
                       .index = store_index(tenants, STR("parent")),
                       .equals = { val_str(id) },
                       .equals_count = 1,
                       .after = after,
                       .limit = limit };
    return snap_query(snap_for(snap, system, 1, arena), &q, arena, NULL, ret, err);
}

/* ---- writing ---- */

static bool last_space(struct snap *tree, struct arena *arena, store_space *ret,
                       struct err *err)
{
    const struct store_collection *tenants = tenants_of(tree);
    struct query q = { .collection = tenants,
                       .index = store_index(tenants, STR("space")),
                       .descending = true,
                       .limit = 1 };
    struct rows rows;
    if (!snap_query(tree, &q, arena, NULL, &rows, err))
        return false;
    *ret = (store_space)val_as_int(val_get(val_at(rows.list, 0), STR("space")), 0);
    return true;
}

/* A parent must exist and must not be the tenant itself or below it. */
static bool check_parent(struct snap *tree, struct val record, struct arena *arena,
                         struct err *err)
{
    struct tenant_path path;
    str id = val_get_text(record, STR("id"));
    str parent = val_get_text(record, STR("parent"));
    if (!parent.n)
        return true;
    if (!tenant_path_read(tree, parent, arena, NULL, &path, err)) {
        if (err->kind != ERR_MISSING)
            return false;
        return err_set(err, ERR_INPUT, "tenant.parent",
                       "%.*s wants the parent %.*s, which is not", STR_ARG(id),
                       STR_ARG(parent));
    }
    if (path.n == STORE_MAX_CHAIN)
        return too_deep(err, id);
    return !tenant_on(&path, id)
           || err_set(err, ERR_INPUT, "tenant.parent", "%.*s cannot lie below itself",
                      STR_ARG(id));
}

bool tenant_put(struct txn *txn, struct val record, struct arena *arena,
                store_space *ret_space, struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct snap *tree = txn_snap(txn, system, 1);
    const struct store_collection *tenants = tenants_of(tree);
    struct val old;
    store_space space;
    if (!check_parent(tree, record, arena, err)
        || !snap_get(tree, tenants, val_get_text(record, STR("id")), NULL, &old, err)
        || !last_space(tree, arena, &space, err))
        return false;
    int64_t mine = val_as_int(val_get(old, STR("space")), (int64_t)space + 1);
    record = val_with(arena, record, STR("space"), val_int(mine));
    *ret_space = (store_space)mine;
    return txn_put(txn, TENANT_SYSTEM_SPACE, tenants, record, PUT_ANY, err);
}

const struct tenant *tenant_on(const struct tenant_path *path, str id)
{
    for (size_t i = 0; i < path->n; i++) {
        if (str_equal(path->items[i].id, id))
            return &path->items[i];
    }
    return NULL;
}

bool tenant_person(struct snap *snap, str unit, str person, struct arena *arena,
                   struct val *ret, struct err *err)
{
    struct tenant_path path;
    *ret = VAL_ABSENT;
    if (!tenant_path_read(snap, unit, arena, NULL, &path, err))
        return err->kind == ERR_MISSING;
    return snap_get(snap_for(snap, path.chain, path.n, arena),
                    store_collection(snap_store(snap), STR("person")), person, NULL, ret,
                    err);
}

struct val tenant_name(const struct tenant *tenant)
{
    struct val name = val_get(tenant->record, STR("short"));
    return val_exists(name) ? name : val_get(tenant->record, STR("name"));
}

bool tenant_put_name(struct snap *snap, struct arena *arena,
                     const struct tenant_naming *what, struct val *v, struct err *err)
{
    str home = val_get_text(*v, str_of(what->home));
    str person = val_get_text(*v, str_of(what->person));
    struct val record;
    if (!home.n || !person.n)
        return true;
    if (!tenant_person(snap, home, person, arena, &record, err))
        return false;
    struct val name = val_get(record, STR("name"));
    if (val_exists(name))
        *v = val_with(arena, *v, str_of(what->name), val_copy(arena, name));
    return true;
}

struct val tenant_terms(const struct tenant_path *path, str attribute,
                        struct arena *arena)
{
    struct val all = val_map(NULL, 0);
    for (size_t i = 0; i < path->n; i++) {
        struct val terms = val_get(path->items[i].record, STR("terms"));
        all = val_with_all(arena, all, val_get(terms, attribute));
    }
    return all;
}

str tenant_zone(const struct tenant_path *path)
{
    int offset;
    for (size_t i = path->n; i-- > 0;) {
        str zone = val_get_text(path->items[i].record, STR("zone"));
        if (zone.n && date_zone(zone, 0, &offset))
            return zone;
    }
    return STR("Asia/Shanghai");
}

int tenant_offset_min(const struct tenant_path *path, int64_t at_ms)
{
    int offset;
    return date_zone(tenant_zone(path), at_ms, &offset) ? offset : TENANT_OFFSET_MIN;
}
