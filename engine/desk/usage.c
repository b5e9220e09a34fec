/* How many people of a unit use what: decode, read, encode. */
#include "inside.h"

enum { DEFAULT_DAYS = 30 };

static size_t people_of(const struct call *c, str tenant)
{
    return directory_count_below(c->desk->config.directory, tenant);
}

/* What so few could have done would tell of each of them. */
static bool is_few(size_t people)
{
    return people < USAGE_MIN_PEOPLE;
}

static struct val with_people(struct arena *a, struct val v, size_t people)
{
    v = val_with(a, v, STR("of"), val_int((int64_t)people));
    return is_few(people) ? val_with(a, v, STR("few"), val_bool(true)) : v;
}

/* A unit right below: how it is called, and its sums. */
static bool tell_child(struct call *c, struct snap *snap, struct val unit, int days,
                       struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    str id = val_get_text(unit, STR("id"));
    size_t people = people_of(c, id);
    struct tenant_path path;
    struct val sum = val_map(NULL, 0);
    if (!tenant_path_read(snap, id, a, NULL, &path, err))
        return false;
    struct snap *house = snap_for(snap, path.chain, path.n, a);
    if (!is_few(people) && !usage_sum(house, &path, days, c->scope.now_ms, a, &sum, err))
        return false;
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("name"), tenant_name(tenant_of(&path)));
    *ret = with_people(a, val_with_all(a, v, sum), people);
    return true;
}

static bool tell_children(struct call *c, struct snap *snap, int days, struct val *ret,
                          struct err *err)
{
    struct arena *a = c->request->arena;
    struct rows rows;
    if (!tenant_children(snap, c->names[0], STR(""), DESK_MAX_PAGE, a, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!tell_child(c, snap, val_at(rows.list, i), days, &items[i], err))
            return false;
    }
    *ret = val_with(a, *ret, STR("units"), val_list(items, n));
    if (rows.next.n)
        *ret = val_with(a, *ret, STR("more"), val_bool(true));
    return true;
}

/* Of a revision what one wants to know of it here, and its day. */
static struct val tell_revision(struct arena *a, const struct tenant_path *path,
                                struct val revision)
{
    static const str told[] = { STR_INIT("layer"), STR_INIT("number"), STR_INIT("reason"),
                                STR_INIT("published_at"), STR_INIT("by_name") };
    struct val v = val_only(a, revision, told, COUNT_OF(told));
    int64_t at_ms;
    return date_parse(val_get_text(revision, STR("published_at")), 0, &at_ms)
               ? val_with(a, v, STR("day"), val_str(usage_day(path, at_ms, a)))
               : v;
}

/* What may have changed it: pages of the unit that were published meanwhile. */
static bool tell_published(struct call *c, const struct tenant_path *path, int64_t days,
                           struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct val published;
    if (!edit_published(&c->edit, c->scope.now_ms - days * DAY_MS, &published, err))
        return false;
    size_t n = val_count(published);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = tell_revision(a, path, val_at(published, i));
    *ret = val_with(a, *ret, STR("published"), val_list(items, n));
    return true;
}

bool run_usage(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    struct snap *snap;
    int64_t days;
    if (!call_unit(c, AUTH_READ_USAGE, &path, &snap, err)
        || !call_query_int(c, "days", USAGE_DAYS, DEFAULT_DAYS, &days, err))
        return false;
    size_t people = people_of(c, c->names[0]);
    struct snap *house = snap_for(snap, path.chain, path.n, a);
    struct val v = val_map(NULL, 0);
    if (!is_few(people)
        && !usage_read(house, &path, (int)days, c->scope.now_ms, a, &v, err))
        return false;
    if (!is_few(people))
        v = val_with(
            a, v, STR("now"),
            val_int((int64_t)live_people(c->desk->config.live, tenant_of(&path)->space)));
    *ret = with_people(a, v, people);
    return tell_children(c, snap, (int)days, ret, err)
           && (is_few(people) || tell_published(c, &path, days, ret, err));
}
