/*
 * What a search finds: records that hold a text, or show it. A member that names a record
 * of a collection (`x-record`) shows what that one is called, one of a few values
 * (`oneOf`) its title.
 */
#include "inside.h"

static bool choice_shows(struct val choices, struct val value, str wanted)
{
    for (size_t i = 0; i < val_count(choices); i++) {
        struct val choice = val_at(choices, i);
        if (val_equal(val_get(choice, STR("const")), value))
            return val_holds(val_get(choice, STR("title")), wanted);
    }
    return false;
}

/* `id` names a record of the collection. */
static bool is_called(const struct house *house, const struct store_collection *named,
                      str id, str wanted, bool *ret, struct err *err)
{
    struct val record;
    if (!snap_get(house->snap, named, id, NULL, &record, err))
        return false;
    *ret = val_holds(data_title(record), wanted);
    return true;
}

/* Of one id, or a list of them. */
static bool names_show(const struct house *house, str collection, struct val value,
                       str wanted, bool *ret, struct err *err)
{
    const struct store_collection *named =
        store_collection(snap_store(house->snap), collection);
    if (!named)
        return true;
    if (value.kind == VAL_STR)
        return is_called(house, named, val_text(value), wanted, ret, err);
    for (size_t i = 0; value.kind == VAL_LIST && i < val_count(value) && !*ret; i++) {
        if (!is_called(house, named, val_text(val_at(value, i)), wanted, ret, err))
            return false;
    }
    return true;
}

bool search_finds(const struct house *house, struct val record, str wanted, bool *ret,
                  struct err *err)
{
    struct val properties = val_get(house->collection->schema, STR("properties"));
    *ret = !wanted.n || val_holds(record, wanted);
    for (size_t i = 0; i < val_count(properties) && !*ret; i++) {
        str name;
        struct val schema = val_member(properties, i, &name);
        struct val value = val_get(record, name);
        struct val choices = val_get(schema, STR("oneOf"));
        str of = val_get_text(schema, STR("x-record"));
        if (!val_exists(value))
            continue;
        if (of.n && !names_show(house, of, value, wanted, ret, err))
            return false;
        *ret = *ret || choice_shows(choices, value, wanted);
    }
    return true;
}
