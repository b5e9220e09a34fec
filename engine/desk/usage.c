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

/* What may have changed it: pages of the unit that were published meanwhile. */
static bool tell_published(struct call *c, int64_t days, struct val *ret, struct err *err)
{
    struct val published;
    if (!edit_published(&c->edit, c->scope.now_ms - days * DAY_MS, &published, err))
        return false;
    *ret = val_with(c->request->arena, *ret, STR("published"), published);
    return true;
}

bool run_usage(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    struct snap *snap;
    int64_t days;
    if (!scope_snap(&c->scope, &snap, err)
        || !tenant_path_read(snap, c->names[0], a, NULL, &path, err)
        || !scope_may(&c->scope, snap, AUTH_READ_USAGE, &path, STR(""), err)
        || !call_query_int(c, "days", USAGE_DAYS, DEFAULT_DAYS, &days, err))
        return false;
    size_t people = people_of(c, c->names[0]);
    struct snap *house = snap_for(snap, path.chain, path.n, a);
    struct val v = val_map(NULL, 0);
    if (!is_few(people)
        && !usage_read(house, &path, (int)days, c->scope.now_ms, a, &v, err))
        return false;
    *ret = with_people(a, v, people);
    return tell_children(c, snap, (int)days, ret, err)
           && (is_few(people) || tell_published(c, days, ret, err));
}
