/* What people are called, beside their ids: whoever reads a history knows names. */
#include "inside.h"

static bool name_events(struct snap *snap, struct arena *arena, struct val *revision,
                        struct err *err)
{
    static const struct tenant_naming by = { "home", "by", "by_name" };
    struct val events = val_get(*revision, STR("events"));
    size_t n = val_count(events);
    struct val *items = ARENA_ARRAY(arena, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        items[i] = val_at(events, i);
        if (!tenant_put_name(snap, arena, &by, &items[i], err))
            return false;
    }
    if (n)
        *revision = val_with(arena, *revision, STR("events"), val_list(items, n));
    return true;
}

bool unit_name(struct snap *snap, str unit, struct arena *arena, struct val *ret,
               struct err *err)
{
    struct tenant_path path;
    *ret = VAL_ABSENT;
    if (!tenant_path_read(snap, unit, arena, NULL, &path, err))
        return err->kind == ERR_MISSING;
    struct val name = tenant_name(tenant_of(&path));
    if (val_exists(name))
        *ret = val_copy(arena, name);
    return true;
}

/* { id: name } of the units that its stages name. */
static bool name_units(struct snap *snap, struct arena *arena, struct val *revision,
                       struct err *err)
{
    struct val stages = val_get(*revision, STR("stages"));
    struct val names = val_map(NULL, 0);
    for (size_t i = 0; i < val_count(stages); i++) {
        struct val units = val_get(val_at(stages, i), STR("tenants"));
        for (size_t k = 0; k < val_count(units); k++) {
            struct val name;
            str unit = val_text(val_at(units, k));
            if (val_exists(val_get(names, unit)))
                continue;
            if (!unit_name(snap, unit, arena, &name, err))
                return false;
            if (val_exists(name))
                names = val_with(arena, names, unit, name);
        }
    }
    if (val_count(names))
        *revision = val_with(arena, *revision, STR("unit_names"), names);
    return true;
}

bool revision_is_own(const struct edit *edit, struct val revision)
{
    const struct viewer *v = edit->scope->viewer;
    return str_equal(val_get_text(revision, STR("by")), v->person_id)
           && str_equal(val_get_text(revision, STR("home")), tenant_of(&v->path)->id);
}

bool revision_names(struct edit *edit, struct snap *snap, struct val *revision,
                    struct err *err)
{
    static const struct tenant_naming by = { "home", "by", "by_name" };
    static const struct tenant_naming decided = { "decided_home", "decided_by",
                                                  "decided_name" };
    struct arena *a = edit->scope->arena;
    if (revision_is_own(edit, *revision))
        *revision = val_with(a, *revision, STR("own"), val_bool(true));
    return tenant_put_name(snap, a, &by, revision, err)
           && tenant_put_name(snap, a, &decided, revision, err)
           && name_events(snap, a, revision, err) && name_units(snap, a, revision, err);
}
