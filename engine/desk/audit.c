/* Who did what with which records of a unit: decode, one list, encode. */
#include "inside.h"

#include "audit/audit.h"

enum { TITLED = 3 /* of the records of an entry */ };

/* A moment of the address; a day begins where the unit is. */
static bool moment_of(const struct call *c, const char *name, int offset_min,
                      int64_t *moment, struct err *err)
{
    str text = http_query(c->request, name);
    return !text.n || date_parse(text, offset_min, moment)
           || err_at(err, ERR_INPUT, "desk.query", str_of(name),
                     "a date, or a date with its time, is wanted");
}

static str text_of(const struct call *c, const char *name)
{
    str text = http_query(c->request, name);
    return text.p ? text : STR("");
}

/* What has been forgotten, or is yet to come, is not looked for. */
static bool query_of(const struct call *c, const struct tenant_path *path,
                     struct audit_query *ret, struct err *err)
{
    int64_t now_ms = c->scope.now_ms;
    int64_t oldest_ms = now_ms - LIMIT_AUDIT_DAYS * DAY_MS;
    int offset_min = tenant_offset_min(path, now_ms);
    int64_t limit;
    *ret = (struct audit_query){ .from_ms = oldest_ms,
                                 .to_ms = now_ms + 1,
                                 .person = text_of(c, "person"),
                                 .component = text_of(c, "component"),
                                 .touched = text_of(c, "touched"),
                                 .after = text_of(c, "after") };
    if (!call_query_int(c, "limit", AUDIT_MAX_LIST, AUDIT_MAX_LIST, &limit, err)
        || !moment_of(c, "from", offset_min, &ret->from_ms, err)
        || !moment_of(c, "to", offset_min, &ret->to_ms, err))
        return false;
    ret->limit = (size_t)limit;
    if (ret->from_ms < oldest_ms)
        ret->from_ms = oldest_ms;
    if (ret->to_ms > now_ms + 1)
        ret->to_ms = now_ms + 1;
    return true;
}

/* Whoever did it, by name: a person, or a unit's system. */
static bool name_of(const struct call *c, struct snap *snap, struct val entry,
                    struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    str token = val_get_text(entry, STR("token"));
    str person = val_get_text(entry, STR("person"));
    str home = val_get_text(entry, STR("home"));
    *ret = VAL_ABSENT;
    if (token.n && !auth_token_read(snap, token, a, ret, err))
        return false;
    if (person.n
        && !tenant_person(snap, home.n ? home : c->names[0], person, a, ret, err))
        return false;
    *ret = val_get(*ret, STR("name"));
    return true;
}

/* A token is not among the unit's own records. */
static bool read_touched(struct snap *house, str name, str id, struct arena *a,
                         struct val *ret, struct err *err)
{
    const struct store_collection *of = store_collection(snap_store(house), name);
    *ret = VAL_ABSENT;
    if (str_equal(name, STR("token")))
        return auth_token_read(house, id, a, ret, err);
    return !of || !id.p || snap_get(house, of, id, NULL, ret, err);
}

/* The first records that it touched, by what they are called now. */
static bool titles_of(struct snap *house, struct val entry, struct arena *a,
                      struct val *ret, struct err *err)
{
    struct val touched = val_get(entry, STR("touched"));
    *ret = val_map(NULL, 0);
    for (size_t i = 0; i < val_count(touched) && i < TITLED; i++) {
        str both = val_text(val_at(touched, i));
        str id;
        str name = str_cut(both, '/', &id);
        struct val record;
        if (!read_touched(house, name, id, a, &record, err))
            return false;
        struct val title = data_title(record);
        if (val_exists(title))
            *ret = val_with(a, *ret, both, val_copy(a, title));
    }
    return true;
}

static bool tell_entry(const struct call *c, struct snap *house, bool titled,
                       struct val *entry, struct err *err)
{
    struct arena *a = c->request->arena;
    struct val name;
    struct val titles = VAL_ABSENT;
    if (!name_of(c, house, *entry, &name, err)
        || (titled && !titles_of(house, *entry, a, &titles, err)))
        return false;
    if (val_count(titles))
        *entry = val_with(a, *entry, STR("titles"), titles);
    str at = scope_iso(a, val_as_int(val_get(*entry, STR("at")), 0));
    *entry = val_with(a, *entry, STR("at"), val_str(at));
    if (val_exists(name))
        *entry = val_with(a, *entry, STR("name"), val_copy(a, name));
    return true;
}

bool run_audit(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct audit_query query;
    struct tenant_path path;
    struct snap *snap;
    struct rows rows;
    struct err why;
    if (!call_unit(c, AUTH_READ_AUDIT, &path, &snap, err)
        || !query_of(c, &path, &query, err))
        return false;
    struct snap *house = snap_for(snap, path.chain, path.n, a);
    bool titled = scope_may(&c->scope, snap, AUTH_READ_DATA, &path, STR(""), &why);
    if (!audit_list(house, &query, a, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        items[i] = val_at(rows.list, i);
        if (!tell_entry(c, house, titled, &items[i], err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    if (rows.next.n)
        *ret = val_with(a, *ret, STR("next"), val_str(rows.next));
    return true;
}
