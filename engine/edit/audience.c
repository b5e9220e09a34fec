/* Whom a verb may be meant for. */
#include "inside.h"

/* How many of the unit and below a rule holds for; false when it cannot be read. */
static bool count(struct edit *edit, const struct tenant_path *path, struct snap *house,
                  str id, size_t *ret)
{
    struct arena *a = edit->scope->arena;
    struct directory *directory = edit->editor->directory;
    const struct audience *audience;
    struct err err;
    struct audience_source source = { .rule = val_with(a, val_map(NULL, 0),
                                                       STR("audience"), val_str(id)),
                                      .path = path,
                                      .snap = house };
    if (!directory || !audience_compile(&source, a, &audience, NULL, &err))
        return false;
    struct directory_set *set = directory_select(directory, audience);
    *ret = directory_set_count_below(directory, set, tenant_of(path)->id);
    directory_set_close(set);
    return true;
}

static struct val tell(struct edit *edit, const struct tenant_path *path,
                       struct snap *house, struct val record)
{
    struct arena *a = edit->scope->arena;
    str id = val_get_text(record, STR("id"));
    size_t people;
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("name"), val_get(record, STR("name")));
    return count(edit, path, house, id, &people)
               ? val_with(a, v, STR("people"), val_int((int64_t)people))
               : v;
}

bool edit_audiences(struct edit *edit, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct tenant_path path;
    struct snap *house;
    struct rows rows;
    if (!edit_house(edit, &path, &house, err))
        return false;
    struct query query = { .collection =
                               store_collection(snap_store(house), STR("audience")),
                           .up = true,
                           .limit = EDIT_MAX_AUDIENCES };
    if (!snap_query(house, &query, a, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = tell(edit, &path, house, val_at(rows.list, i));
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}
