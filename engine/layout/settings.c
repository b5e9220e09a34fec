/* How a person looks at pages, and what she was shown: members of her own record. */
#include "inside.h"

static const struct {
    str name;
    const char *values; /* NULL: a theme */
} known[] = {
    { STR_INIT("lang"), "zh en" },
    { STR_INIT("scheme"), "auto light dark" },
    { STR_INIT("size"), "normal large" },
    { STR_INIT("theme"), NULL },
};

struct settings {
    const struct viewer *viewer;
    struct val values;
};

/* One that is offered, or the unit's own. */
static bool is_choice(struct layouts *layouts, struct scope *scope, str theme, bool *ret,
                      struct err *err)
{
    const struct viewer *viewer = scope->viewer;
    struct look *look;
    *ret = str_equal(theme, STR(LAYOUT_UNIT_THEME));
    if (*ret)
        return true;
    if (!look_find(layouts, scope, &viewer->path, viewer->specialty, &look, err))
        return false;
    *ret = look_offers(look, theme);
    cached_drop(&look->head);
    return true;
}

static bool check_setting(struct layouts *layouts, struct scope *scope, str name,
                          struct val value, struct err *err)
{
    str text = val_text(value);
    bool good = false;
    for (size_t i = 0; i < COUNT_OF(known) && value.kind == VAL_STR; i++) {
        if (!str_equal(known[i].name, name))
            continue;
        if (known[i].values)
            good = str_is_among(text, known[i].values);
        else if (!is_choice(layouts, scope, text, &good, err))
            return false;
    }
    return good || err_at(err, ERR_INPUT, "me.setting", name, "this is no such setting");
}

static bool settings_work(struct txn *txn, void *data, struct err *err)
{
    const struct settings *s = data;
    const struct viewer *viewer = s->viewer;
    const struct store_collection *people =
        store_collection(txn_store(txn), STR("person"));
    struct snap *snap = txn_snap(txn, viewer->path.chain, viewer->path.n);
    struct arena *a = txn_arena(txn);
    struct val person;
    if (!snap_get(snap, people, viewer->person_id, NULL, &person, err))
        return false;
    for (size_t i = 0; i < val_count(s->values); i++) {
        str name;
        struct val value = val_member(s->values, i, &name);
        bool goes = str_equal(name, STR("theme"))
                    && str_equal(val_text(value), STR(LAYOUT_UNIT_THEME));
        person = goes ? val_without(a, person, name) : val_with(a, person, name, value);
    }
    return txn_put(txn, tenant_of(&viewer->path)->space, people, person, PUT_OLD, err);
}

static bool write_settings(struct scope *scope, struct val values, struct err *err)
{
    struct settings s = { scope->viewer, values };
    struct snap *snap;
    if (!scope_snap(scope, &snap, err))
        return false;
    struct store *store = snap_store(snap);
    scope_drop_snap(scope);
    return store_write(store, settings_work, &s, err);
}

bool settings_put(struct layouts *layouts, struct scope *scope, struct val values,
                  struct err *err)
{
    for (size_t i = 0; i < val_count(values); i++) {
        str name;
        struct val value = val_member(values, i, &name);
        if (!check_setting(layouts, scope, name, value, err))
            return false;
    }
    return write_settings(scope, values, err);
}

bool settings_put_guide(struct scope *scope, int64_t step, struct err *err)
{
    struct val values =
        val_with(scope->arena, val_map(NULL, 0), STR("guide"), val_int(step));
    return write_settings(scope, values, err);
}

bool settings_get(struct scope *scope, struct val *ret, struct err *err)
{
    const struct viewer *viewer = scope->viewer;
    struct arena *a = scope->arena;
    struct val themes;
    if (!look_choices(scope, &themes, err))
        return false;
    str theme = viewer->theme.n ? viewer->theme : STR(LAYOUT_UNIT_THEME);
    struct val v = val_with(a, val_map(NULL, 0), STR("lang"),
                            val_str(viewer->lang == SCOPE_EN ? STR("en") : STR("zh")));
    v = val_with(a, v, STR("scheme"), val_str(viewer->scheme));
    v = val_with(a, v, STR("size"),
                 val_str(viewer->large ? STR("large") : STR("normal")));
    v = val_with(a, v, STR("theme"), val_str(theme));
    *ret = val_with(a, v, STR("themes"), themes);
    return true;
}
