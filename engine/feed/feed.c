/* Connectors as people see and change them. */
#include "inside.h"

extern const unsigned char feed_collections_json[];
extern const size_t feed_collections_json_size;

static const str feed_kind = STR_INIT("feed");

bool feed_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)feed_collections_json, feed_collections_json_size },
        err);
}

bool feeds_open(const struct feed_config *config, struct feeds **ret, struct err *err)
{
    struct arena *a = arena_open_small();
    struct feeds *feeds = mem_zero(sizeof *feeds);
    feeds->config = *config;
    bool good =
        fetch_open(config->sources, &feeds->fetch, err)
        && crypt_key_read(arena_format(a, "%s/key", config->dir).p, feeds->key, err);
    arena_close(a);
    if (good)
        *ret = feeds;
    else
        feeds_close(feeds);
    return good;
}

void feeds_close(struct feeds *feeds)
{
    if (!feeds)
        return;
    fetch_close(feeds->fetch);
    memset(feeds->key, 0, sizeof feeds->key);
    mem_free(feeds);
}

const struct store_collection *feed_connectors(struct store *store)
{
    return store_collection(store, STR("connector"));
}

bool feed_read(struct snap *house, str id, struct arena *arena, struct val *ret,
               struct err *err)
{
    if (!snap_get(house, feed_connectors(snap_store(house)), id, NULL, ret, err))
        return false;
    if (!val_exists(*ret))
        return err_set(err, ERR_MISSING, "feed.none", "the unit has no connector %.*s",
                       STR_ARG(id));
    *ret = val_copy(arena, *ret);
    return true;
}

/* ---- who may ---- */

bool feed_may(const struct feed_call *c, struct snap *snap, struct arena *arena,
              struct tenant_path *ret, struct err *err)
{
    return tenant_path_read(snap, c->tenant, arena, NULL, ret, err)
           && scope_may(c->scope, snap, AUTH_FEED_DATA, ret, STR(""), err);
}

/* ---- telling ---- */

static struct val told(struct arena *a, str tenant, struct val connector)
{
    static const str own[] = { STR_INIT("secret"), STR_INIT("etag"),
                               STR_INIT("modified") };
    str header = val_get_text(connector, STR("header"));
    struct val v = connector;
    for (size_t i = 0; i < COUNT_OF(own); i++)
        v = val_without(a, v, own[i]);
    if (header.n)
        v = val_with(a, v, STR("header"),
                     val_with(a, val_map(NULL, 0), STR("name"), val_str(header)));
    str job = job_id(a, tenant, feed_kind, val_get_text(connector, STR("id")));
    return val_with(a, v, STR("job"), val_str(job));
}

bool feed_list(struct feed_call *call, struct val *ret, struct err *err)
{
    struct arena *a = call->scope->arena;
    struct tenant_path path;
    struct snap *snap;
    struct rows rows;
    struct query q = { .collection = feed_connectors(call->feeds->config.store),
                       .limit = FEED_MAX_CONNECTORS };
    if (!scope_snap(call->scope, &snap, err) || !feed_may(call, snap, a, &path, err)
        || !snap_query(snap_for(snap, path.chain, path.n, a), &q, a, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = told(a, call->tenant, val_copy(a, val_at(rows.list, i)));
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

/* ---- putting ---- */

struct putting {
    struct feed_call *call;
    str id;
    struct val given;
    struct val record; /* as it is kept */
};

static bool is_pointer(str text)
{
    return !text.n || text.p[0] == '/';
}

/* Of each member of a record: a pointer into the row, or { "value": … }. */
static bool check_map(struct val connector, struct err *err)
{
    struct val map = val_get(connector, STR("map"));
    if (!is_pointer(val_get_text(connector, STR("rows"))))
        return err_at(err, ERR_INPUT, "feed.map", STR("/rows"),
                      "a JSON pointer begins with /");
    for (size_t i = 0; i < val_count(map); i++) {
        str name;
        struct val from = val_member(map, i, &name);
        if (from.kind == VAL_STR ? !is_pointer(val_text(from))
                                 : !val_exists(val_get(from, STR("value"))))
            return err_at(err, ERR_INPUT, "feed.map", name,
                          "a JSON pointer, or an object with `value`, is wanted");
    }
    return true;
}

bool feed_check(const struct feeds *feeds, struct val connector, struct err *err)
{
    str name = val_get_text(connector, STR("collection"));
    const struct store_collection *c = store_collection(feeds->config.store, name);
    if (!c || !c->owner.n)
        return err_at(err, ERR_INPUT, "feed.collection", STR("/collection"),
                      "no package brought a collection %.*s", STR_ARG(name));
    return check_map(connector, err)
           && fetch_may(feeds->fetch, val_get_text(connector, STR("url")), err);
}

/* What the request says of itself, and what fetching says by itself. */
static bool is_reserved(str name)
{
    static const char names[] =
        "host connection content-length transfer-encoding te trailer upgrade expect "
        "accept accept-encoding if-match if-none-match if-modified-since "
        "if-unmodified-since if-range range proxy-authorization proxy-connection";
    char low[24];
    if (name.n >= sizeof low)
        return false;
    for (size_t i = 0; i < name.n; i++)
        low[i] =
            (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
    return str_is_among((str){ low, name.n }, names);
}

static bool is_header(str name, str value)
{
    if (is_reserved(name))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-';
        if (!plain)
            return false;
    }
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
            return false;
    }
    return name.n && value.n <= FEED_MAX_SECRET;
}

static bool same_origin(struct val a, struct val b, struct arena *arena)
{
    struct err none;
    str one;
    str other;
    return fetch_origin(val_get_text(a, STR("url")), arena, &one, &none)
           && fetch_origin(val_get_text(b, STR("url")), arena, &other, &none)
           && str_equal(one, other);
}

/* A secret may not be sent elsewhere by whoever does not know it. */
bool feed_kept(const struct feeds *feeds, struct val given, struct val before,
               struct arena *arena, struct val *ret, struct err *err)
{
    struct val header = val_get(given, STR("header"));
    struct val name = val_get(header, STR("name"));
    struct val value = val_get(header, STR("value"));
    struct val sealed = val_get(before, STR("secret"));
    *ret = val_without(arena, given, STR("header"));
    if (!val_exists(header))
        return true;
    if (!is_header(val_text(name), val_text(value)))
        return err_at(err, ERR_INPUT, "feed.secret", STR("/header"),
                      "a field's name, and a value without line ends, are wanted");
    if (val_exists(value))
        sealed = val_str(crypt_seal(arena, feeds->key, val_text(value)));
    else if (!val_exists(sealed) || !same_origin(before, given, arena))
        return err_at(err, ERR_INPUT, "feed.secret", STR("/header/value"),
                      "the secret was for another address; give it again");
    *ret = val_with(arena, *ret, STR("header"), name);
    *ret = val_with(arena, *ret, STR("secret"), sealed);
    return true;
}

static bool has_room(struct snap *house, struct arena *a, struct err *err)
{
    struct query q = { .collection = feed_connectors(snap_store(house)),
                       .limit = FEED_MAX_CONNECTORS };
    size_t n;
    if (!snap_count(house, &q, a, NULL, &n, err))
        return false;
    return n < FEED_MAX_CONNECTORS
           || err_set(err, ERR_LIMIT, "feed.many", "the unit has %d connectors already",
                      FEED_MAX_CONNECTORS);
}

static bool put_plan(struct txn *txn, const struct putting *p,
                     const struct tenant_path *path, struct err *err)
{
    str zone = val_get_text(p->record, STR("zone"));
    struct job_plan plan = { .tenant = p->call->tenant,
                             .kind = feed_kind,
                             .name = p->id,
                             .title = val_get(p->record, STR("title")),
                             .schedule = val_get_text(p->record, STR("schedule")),
                             .zone = zone.n ? zone : tenant_zone(path),
                             .skips = val_is(val_get(p->record, STR("missed")), "skip") };
    return job_put(txn, &plan, err);
}

/* What was fetched before is forgotten: another mapping wants it all again. */
static bool put_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct putting *p = data;
    struct arena *a = p->call->scope->arena;
    const struct store_collection *c = feed_connectors(txn_store(txn));
    struct tenant_path path;
    struct val before;
    if (!feed_may(p->call, txn_snap(txn, system, 1), a, &path, err))
        return false;
    struct snap *house = txn_snap(txn, path.chain, path.n);
    if (!snap_get(house, c, p->id, NULL, &before, err)
        || (!val_exists(before) && !has_room(house, a, err))
        || !feed_kept(p->call->feeds, p->given, before, a, &p->record, err))
        return false;
    p->record = val_with(a, p->record, STR("id"), val_str(p->id));
    p->record =
        val_with(a, p->record, STR("by"), val_str(p->call->scope->viewer->person_id));
    return txn_put(txn, tenant_of(&path)->space, c, p->record, PUT_ANY, err)
           && put_plan(txn, p, &path, err)
           && scope_audit_one(p->call->scope, txn, &path, STR("put"), "connector", p->id,
                              err);
}

bool feed_put(struct feed_call *call, str id, struct val connector, struct val *ret,
              struct err *err)
{
    struct putting p = { .call = call, .id = id, .given = connector };
    struct tenant_path path;
    struct snap *snap;
    if (!scope_snap(call->scope, &snap, err)
        || !feed_may(call, snap, call->scope->arena, &path, err)
        || !feed_check(call->feeds, connector, err))
        return false;
    scope_drop_snap(call->scope);
    if (!store_write(call->feeds->config.store, put_work, &p, err))
        return false;
    *ret = told(call->scope->arena, call->tenant, p.record);
    return true;
}

/* ---- taking away ---- */

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct putting *p = data;
    struct arena *a = txn_arena(txn);
    struct tenant_path path;
    struct val before;
    return feed_may(p->call, txn_snap(txn, system, 1), a, &path, err)
           && feed_read(txn_snap(txn, path.chain, path.n), p->id, a, &before, err)
           && txn_remove(txn, tenant_of(&path)->space, feed_connectors(txn_store(txn)),
                         p->id, err)
           && job_remove(txn, p->call->tenant, feed_kind, p->id, err)
           && scope_audit_one(p->call->scope, txn, &path, STR("remove"), "connector",
                              p->id, err);
}

bool feed_remove(struct feed_call *call, str id, struct err *err)
{
    struct putting p = { .call = call, .id = id };
    scope_drop_snap(call->scope);
    return store_write(call->feeds->config.store, remove_work, &p, err);
}
