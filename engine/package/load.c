/*
 * A load that only looks things up is data: the engine runs it without entering Lua.
 *   load = { items = { query = "task", by = "assignee", equals = { "$actor.id", "open" },
 *                      limit = "$props.limit" },
 *            metric = { get = "metric", id = "$props.metric", up = true } }
 * A text that starts with $ names something of the scope; $$ writes a real $.
 */
#include "inside.h"

enum { MAX_DAYS = 100000 };

static bool bad(struct compile *c, str path, str member, const char *what)
{
    return file_fail(c, path, "package.load", "load.%.*s: %s", STR_ARG(member), what);
}

/* "minute", "day", "day+7", "day-1" */
static bool read_grain(struct operand *ret)
{
    str grain = ret->path[0];
    int64_t days = 0;
    if (str_starts(grain, STR("day")) && grain.n > 3) {
        bool plus = grain.p[3] == '+';
        if (!str_to_int((str){ grain.p + 3 + plus, grain.n - 3 - plus }, &days)
            || days < -MAX_DAYS || days > MAX_DAYS)
            return false;
        ret->path[0].n = 3;
    }
    ret->days = (int)days;
    return ret->path_count == 1
           && (str_equal(grain, STR("minute")) || str_equal(grain, STR("hour"))
               || str_equal(ret->path[0], STR("day")));
}

static bool split_path(struct operand *ret, str text)
{
    str rest;
    str root = str_cut(text, '.', &rest);
    static const struct {
        str name;
        enum operand_kind kind;
    } roots[] = {
        { STR_INIT("$props"), OPERAND_PROPS },   { STR_INIT("$actor"), OPERAND_ACTOR },
        { STR_INIT("$tenant"), OPERAND_TENANT }, { STR_INIT("$query"), OPERAND_QUERY },
        { STR_INIT("$page"), OPERAND_PAGE },     { STR_INIT("$now"), OPERAND_NOW },
    };
    ret->kind = OPERAND_VALUE;
    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        if (str_equal(roots[i].name, root))
            ret->kind = roots[i].kind;
    }
    while (rest.p && ret->path_count < COUNT_OF(ret->path))
        ret->path[ret->path_count++] = str_cut(rest, '.', &rest);
    if (ret->kind == OPERAND_NOW)
        return read_grain(ret);
    return ret->kind != OPERAND_VALUE && ret->path_count;
}

bool operand_read(struct val v, struct operand *ret)
{
    str text = val_text(v);
    *ret = (struct operand){ .kind = OPERAND_VALUE, .value = v };
    if (!text.n || text.p[0] != '$')
        return true;
    if (str_starts(text, STR("$$"))) {
        ret->value = val_str((str){ text.p + 1, text.n - 1 });
        return true;
    }
    return split_path(ret, text);
}

static bool read_operand(struct compile *c, str path, str member, struct val v,
                         struct operand *ret)
{
    return operand_read(v, ret)
           || bad(c, path, member,
                  "a text with $ is $props.x, $actor.x, $tenant.x, $query.x, $page.name, "
                  "$now.minute, $now.hour or $now.day");
}

static bool read_equals(struct compile *c, str path, struct val spec, struct lookup *ret)
{
    struct val equals = val_get(spec, STR("equals"));
    if (equals.kind != VAL_LIST && val_exists(equals)) {
        ret->equals_count = 1;
        return read_operand(c, path, ret->name, equals, &ret->equals[0]);
    }
    if (val_count(equals) > STORE_MAX_FIELDS)
        return bad(c, path, ret->name, "equals has at most four values");
    for (; ret->equals_count < val_count(equals); ret->equals_count++) {
        if (!read_operand(c, path, ret->name, val_at(equals, ret->equals_count),
                          &ret->equals[ret->equals_count]))
            return false;
    }
    return true;
}

static bool is_known(str member)
{
    static const str known[] = {
        STR_INIT("query"), STR_INIT("get"),    STR_INIT("count"), STR_INIT("updated"),
        STR_INIT("by"),    STR_INIT("equals"), STR_INIT("from"),  STR_INIT("to"),
        STR_INIT("limit"), STR_INIT("id"),     STR_INIT("up"),    STR_INIT("descending")
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (str_equal(known[i], member))
            return true;
    }
    return false;
}

static bool known_members(struct compile *c, str path, str name, struct val spec)
{
    for (size_t i = 0; i < val_count(spec); i++) {
        str member;
        val_member(spec, i, &member);
        if (!is_known(member))
            return file_fail(c, path, "package.load", "load.%.*s: unknown member %.*s",
                             STR_ARG(name), STR_ARG(member));
    }
    return true;
}

static enum lookup_kind kind_of(struct val spec, str *ret_collection)
{
    static const struct {
        str name;
        enum lookup_kind kind;
    } kinds[] = { { STR_INIT("query"), LOOKUP_QUERY },
                  { STR_INIT("get"), LOOKUP_GET },
                  { STR_INIT("count"), LOOKUP_COUNT },
                  { STR_INIT("updated"), LOOKUP_UPDATED } };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        *ret_collection = val_get_text(spec, kinds[i].name);
        if (ret_collection->n)
            return kinds[i].kind;
    }
    return LOOKUP_VALUE;
}

static bool read_lookup(struct compile *c, str path, struct val spec, struct lookup *ret)
{
    ret->kind = kind_of(spec, &ret->collection);
    if (ret->kind == LOOKUP_VALUE)
        return read_operand(c, path, ret->name, spec, &ret->value);
    struct val limit = val_get(spec, STR("limit"));
    ret->by = val_get_text(spec, STR("by"));
    ret->up = val_truth(val_get(spec, STR("up")));
    ret->descending = val_truth(val_get(spec, STR("descending")));
    if (ret->kind == LOOKUP_GET && !val_exists(val_get(spec, STR("id"))))
        return bad(c, path, ret->name, "a get wants an id");
    return known_members(c, path, ret->name, spec) && read_equals(c, path, spec, ret)
           && read_operand(c, path, ret->name, val_get(spec, STR("id")), &ret->id)
           && read_operand(c, path, ret->name, val_get(spec, STR("from")), &ret->from)
           && read_operand(c, path, ret->name, val_get(spec, STR("to")), &ret->to)
           && read_operand(c, path, ret->name, val_exists(limit) ? limit : val_int(100),
                           &ret->limit);
}

bool load_compile(struct compile *c, str path, struct val load, struct component *ret)
{
    size_t n = val_count(load);
    struct lookup *lookups = ARENA_ARRAY(c->package->arena, struct lookup, n);
    for (size_t i = 0; i < n; i++) {
        struct val spec = val_member(load, i, &lookups[i].name);
        if (!read_lookup(c, path, spec, &lookups[i]))
            return false;
    }
    ret->lookups = lookups;
    ret->lookup_count = n;
    return true;
}
