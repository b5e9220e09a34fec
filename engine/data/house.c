/* A unit with its collections, and who may touch them. */
#include "inside.h"

extern const unsigned char data_collections_json[];
extern const size_t data_collections_json_size;

bool data_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)data_collections_json, data_collections_json_size },
        err);
}

struct data *data_open(const struct data_config *config)
{
    struct data *data = mem_zero(sizeof *data);
    *data = (struct data){ config->store, config->packages, config->gate };
    return data;
}

void data_close(struct data *data)
{
    mem_free(data);
}

/* ---- who may ---- */

static bool may(const struct data_call *c, struct snap *snap,
                const struct tenant_path *path, enum auth_right right,
                struct arena *arena, struct err *err)
{
    const struct viewer *v = c->scope->viewer;
    struct auth_question question = {
        .right = right, .path = path, .token = c->token, .collection = c->collection
    };
    if (c->system.n)
        return true;
    if (!c->token.n && v) {
        question.home = tenant_of(&v->path)->id;
        question.person = v->person_id;
    }
    return auth_may(snap, &question, arena, NULL, err);
}

bool house_may(const struct data_call *call, const struct house *house, struct txn *txn,
               enum auth_right right, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    return may(call, txn_snap(txn, system, 1), &house->path, right, txn_arena(txn), err);
}

struct snap *house_snap(const struct house *house, struct txn *txn)
{
    return txn_snap(txn, house->path.chain, house->path.n);
}

/* ---- who did it ---- */

bool house_told(const struct data_call *call, const struct house *house, struct txn *txn,
                struct audit_entry *entry, struct err *err)
{
    if (call->system.n || !entry->touched_count)
        return true;
    entry->token = call->token; /* then nobody looks */
    return scope_audit(call->scope, txn, &house->path, entry, err);
}

/* ---- collections ---- */

static void drop_package(void *package)
{
    cached_drop(&((struct package *)package)->head);
}

static bool find_package(struct data_call *c, struct snap *snap, str name,
                         struct package **ret, struct err *err)
{
    struct arena *a = c->scope->arena;
    struct package_source source = { .snap = snap, .worker = c->worker, .arena = a };
    if (!package_find(c->data->packages, &source, name, ret, err))
        return false;
    arena_defer(a, drop_package, *ret);
    return true;
}

/* Calls `each` for the collections of the packages that the unit sees, until it says
 * false. */
static bool each_collection(struct data_call *c, struct snap *snap,
                            bool (*each)(void *data, struct val definition), void *data,
                            struct err *err)
{
    str names[PACKAGE_MAX_INSTALLED];
    size_t n;
    if (!package_names(snap, c->scope->arena, NULL, names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct package *package;
        if (!find_package(c, snap, names[i], &package, err))
            return false;
        for (size_t k = 0; k < val_count(package->collections); k++) {
            if (!each(data, val_at(package->collections, k)))
                return true;
        }
    }
    return true;
}

/* As the package that owns it defines it; absent when the unit has no such package. */
static bool find_definition(struct data_call *c, struct house *house, struct err *err)
{
    struct package *package;
    if (!find_package(c, house->snap, house->collection->owner, &package, err))
        return err->kind == ERR_MISSING;
    for (size_t i = 0; i < val_count(package->collections); i++) {
        struct val definition = val_at(package->collections, i);
        if (str_equal(val_get_text(definition, STR("name")), c->collection))
            house->definition = definition;
    }
    return true;
}

static bool find_collection(struct data_call *c, struct house *house, struct err *err)
{
    house->definition = VAL_ABSENT;
    house->collection = store_collection(c->data->store, c->collection);
    bool owned = house->collection && house->collection->owner.n;
    if (owned && !find_definition(c, house, err))
        return false;
    return val_exists(house->definition)
           || err_set(err, ERR_MISSING, "data.collection",
                      "the packages of this unit have no collection %.*s",
                      STR_ARG(c->collection));
}

static bool open_unit(struct data_call *c, enum auth_right right, struct house *ret,
                      struct err *err)
{
    struct snap *snap;
    struct arena *a = c->scope->arena;
    if (!scope_snap(c->scope, &snap, err)
        || !tenant_path_read(snap, c->tenant, a, NULL, &ret->path, err)
        || !may(c, snap, &ret->path, right, a, err))
        return false;
    ret->snap = snap_for(snap, ret->path.chain, ret->path.n, a);
    ret->offset_min = tenant_offset_min(&ret->path, c->scope->now_ms);
    return true;
}

bool house_open(struct data_call *call, enum auth_right right, struct house *ret,
                struct err *err)
{
    return open_unit(call, right, ret, err) && find_collection(call, ret, err);
}

/* ---- telling ---- */

static bool tell_collection(struct data_call *c, struct house *house,
                            struct val definition, struct val *ret, struct err *err)
{
    static const str members[] = { STR_INIT("name"), STR_INIT("title"),
                                   STR_INIT("description"), STR_INIT("schema"),
                                   STR_INIT("indexes") };
    struct arena *a = c->scope->arena;
    struct val fresh;
    struct val v = val_map(NULL, 0);
    str name = val_get_text(definition, STR("name"));
    if (!snap_get(house->snap, store_collection(c->data->store, STR("freshness")), name,
                  NULL, &fresh, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct val value = val_get(definition, members[i]);
        if (val_exists(value))
            v = val_with(a, v, members[i], value);
    }
    *ret = val_exists(fresh)
               ? val_with(a, v, STR("fresh"), val_without(a, fresh, STR("id")))
               : v;
    return true;
}

struct listing {
    struct arena *arena;
    struct val items[STORE_MAX_ROWS];
    size_t n;
};

static bool list_one(void *data, struct val definition)
{
    struct listing *l = data;
    l->items[l->n++] = definition;
    return l->n < COUNT_OF(l->items);
}

bool data_collections(struct data_call *call, struct val *ret, struct err *err)
{
    struct arena *a = call->scope->arena;
    struct listing *l = ARENA_NEW(a, struct listing);
    struct house house;
    if (!open_unit(call, AUTH_READ_DATA, &house, err)
        || !each_collection(call, house.snap, list_one, l, err))
        return false;
    for (size_t i = 0; i < l->n; i++) {
        if (!tell_collection(call, &house, l->items[i], &l->items[i], err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("tenant"), val_str(call->tenant));
    *ret = val_with(a, *ret, STR("items"), val_list(l->items, l->n));
    return true;
}

/* ---- what is wrong ---- */

void data_blame(struct data_call *call, const char *code, const struct data_place *place,
                str text)
{
    struct arena *a = call->scope->arena;
    if (val_count(call->errors) == DATA_MAX_ERRORS)
        return;
    struct val v = val_with_text(a, val_map(NULL, 0), "code", str_of(code));
    v = val_with_text(a, v, "where", arena_str(a, place->where));
    if (place->row)
        v = val_with(a, v, STR("row"), val_int((int64_t)place->row));
    if (place->column.n)
        v = val_with_text(a, v, "column", arena_str(a, place->column));
    v = val_with_text(a, v, "detail", arena_str(a, text));
    call->errors = val_append(a, call->errors, v);
}

/* "/due/0" is in the column "due". */
static str column_of(str pointer)
{
    str rest;
    if (!pointer.n)
        return STR("");
    return str_cut((str){ pointer.p + 1, pointer.n - 1 }, '/', &rest);
}

bool data_fits(struct data_call *call, const struct house *house, struct val record,
               size_t row, struct arena *scratch, bool *ret, struct err *err)
{
    struct schema_report report;
    if (!package_gate_report(call->data->gate, house->collection, record, scratch,
                             &report, err))
        return false;
    for (size_t i = 0; i < report.n; i++) {
        struct data_place place = { .where = report.errors[i].pointer, .row = row };
        if (row)
            place.column = column_of(place.where);
        data_blame(call, "data.invalid", &place, report.errors[i].text);
    }
    *ret = !report.n;
    return true;
}

str data_etag(struct arena *arena, struct val record)
{
    return crypt_fingerprint(arena, doc_text(arena, record, DOC_SORTED));
}

struct val data_title(struct val record)
{
    static const str members[] = { STR_INIT("title"), STR_INIT("name"),
                                   STR_INIT("text") };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct val title = val_get(record, members[i]);
        if (val_text(title).n || val_get_text(title, STR("zh")).n)
            return title;
    }
    return VAL_ABSENT;
}
