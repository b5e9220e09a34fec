/* An answer of a source becomes records, as its connector says. */
#include "inside.h"

bool feed_rows(struct val connector, struct val document, struct val *ret,
               struct err *err)
{
    str at = val_get_text(connector, STR("rows"));
    *ret = val_at_pointer(document, at);
    if (ret->kind != VAL_LIST)
        return err_at(err, ERR_INPUT, "feed.rows", at, "no list of rows stands here");
    if (val_count(*ret) > DATA_MAX_ROWS)
        return err_at(err, ERR_LIMIT, "data.large", at,
                      "%zu rows came; at most %d are taken in at once",
                      (size_t)val_count(*ret), DATA_MAX_ROWS);
    return true;
}

static struct val mapped(struct arena *a, struct val map, struct val row)
{
    struct member *members = ARENA_ARRAY(a, struct member, val_count(map) + 1);
    size_t n = 0;
    for (size_t i = 0; i < val_count(map); i++) {
        struct val from = val_member(map, i, &members[n].name);
        members[n].value = from.kind == VAL_STR ? val_at_pointer(row, val_text(from))
                                                : val_get(from, STR("value"));
        n += val_exists(members[n].value) && members[n].value.kind != VAL_NULL;
    }
    return val_map(members, n);
}

struct val feed_records(struct val connector, struct val rows, size_t n,
                        struct arena *arena)
{
    struct val map = val_get(connector, STR("map"));
    struct val *items = ARENA_ARRAY(arena, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = mapped(arena, map, val_at(rows, i));
    return val_list(items, n);
}

void feed_taking(struct val connector, str name, struct data_call *call,
                 struct data_rows *rows)
{
    call->collection = val_get_text(connector, STR("collection"));
    call->system = arena_format(call->scope->arena, "connector:%.*s", STR_ARG(name));
    call->errors = VAL_ABSENT;
    rows->key = val_get_text(connector, STR("key"));
    rows->merge = val_is(val_get(connector, STR("mode")), "merge");
    rows->skip = val_is(val_get(connector, STR("errors")), "skip");
}
