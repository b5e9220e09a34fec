/* The program's own packages, from its folder into the store. */
#include "inside.h"

bool define_collections(struct store *store, const struct package *package,
                        struct err *err)
{
    for (size_t i = 0; i < val_count(package->collections); i++) {
        if (!store_define(store, val_at(package->collections, i), err))
            return false;
    }
    return true;
}

static bool read_package(struct bench *bench, const char *dir, bool trusted,
                         const struct package *ui, struct val *ret_record,
                         struct package **ret, struct err *err)
{
    struct script_worker *scripts = render_script_worker(bench->render);
    return (package_read_dir(dir, trusted, scripts, bench->arena, ret_record, err)
            && package_compile(*ret_record, ui, scripts, ret, err))
           || err_in(err, "%s", dir);
}

bool prepare_package(struct bench *bench, const char *dir, bool trusted,
                     const struct package *ui, struct val *ret_record,
                     struct package **ret, struct err *err)
{
    struct package *made;
    if (!read_package(bench, dir, trusted, ui, ret_record, &made, err))
        return false;
    if (!define_collections(bench->engine->store, made, err)) {
        cached_drop(&made->head);
        return false;
    }
    *ret = made;
    return true;
}

bool prepare_home(struct bench *bench, struct val *ret_records, struct err *err)
{
    struct val *records = ARENA_ARRAY(bench->arena, struct val, 2);
    struct package *ui = NULL;
    struct package *standard = NULL;
    str ui_dir = arena_format(bench->arena, "%s/components/ui", home_dir());
    str standard_dir = arena_format(bench->arena, "%s/components/standard", home_dir());
    bool good =
        prepare_package(bench, ui_dir.p, true, NULL, &records[0], &ui, err)
        && prepare_package(bench, standard_dir.p, true, ui, &records[1], &standard, err);
    *ret_records = val_list(records, 2);
    cached_drop(standard ? &standard->head : NULL);
    cached_drop(ui ? &ui->head : NULL);
    return good;
}

struct install {
    store_space space;
    struct val records;
};

bool install_put(struct txn *txn, store_space space, struct val records, struct err *err)
{
    for (size_t i = 0; i < val_count(records); i++) {
        if (!package_put(txn, space, val_at(records, i), err))
            return false;
    }
    return true;
}

static bool install_work(struct txn *txn, void *data, struct err *err)
{
    struct install *in = data;
    return install_put(txn, in->space, in->records, err);
}

bool install_packages(struct bench *bench, store_space space, struct val records,
                      struct err *err)
{
    struct install install = { space, records };
    return store_write(bench->engine->store, install_work, &install, err);
}

bool root_space(struct bench *bench, store_space *ret, struct err *err)
{
    struct scope scope;
    struct snap *snap;
    struct tenant_path path;
    str root;
    *ret = 0;
    if (!scope_open(bench->scope, bench->arena, STR(""), &scope, err))
        return false;
    bool good = scope_snap(&scope, &snap, err);
    if (good && tenant_root(snap, bench->arena, NULL, &root, err)
        && tenant_path_read(snap, root, bench->arena, NULL, &path, err))
        *ret = path.chain[0];
    scope_close(&scope);
    return good;
}

static bool name_is_free(struct val record, struct err *err)
{
    struct val name = val_get(record, STR("id"));
    if (!val_is(name, "ui") && !val_is(name, "standard"))
        return true;
    return err_at(err, ERR_INPUT, "package.name", STR("package.lua"),
                  "the name %.*s is the program's own; choose another",
                  STR_ARG(val_text(name)));
}

/* The root unit's packages are everybody's. */
static bool space_of_all(struct bench *bench, store_space *ret, struct err *err)
{
    if (!root_space(bench, ret, err))
        return false;
    return *ret
           || err_set(err, ERR_INPUT, "package.root",
                      "the data folder has no units yet; import them first");
}

/* What can be refused is, before anything is written. */
static bool install_made(struct bench *bench, const struct package *made,
                         struct val record, struct err *err)
{
    store_space root;
    return name_is_free(record, err) && space_of_all(bench, &root, err)
           && define_collections(bench->engine->store, made, err)
           && install_packages(bench, root, val_list(&record, 1), err);
}

bool install_record(struct bench *bench, const char *dir, struct val record,
                    struct package **ret, struct err *err)
{
    struct package *ui = NULL;
    struct val ui_record;
    struct script_worker *scripts = render_script_worker(bench->render);
    str ui_dir = arena_format(bench->arena, "%s/components/ui", home_dir());
    bool good =
        prepare_package(bench, ui_dir.p, true, NULL, &ui_record, &ui, err)
        && (package_compile(record, ui, scripts, ret, err) || err_in(err, "%s", dir))
        && install_made(bench, *ret, record, err);
    cached_drop(ui ? &ui->head : NULL);
    return good;
}

bool install_folder(struct bench *bench, const char *dir, struct package **ret,
                    struct err *err)
{
    struct val record;
    return (package_read_dir(dir, false, render_script_worker(bench->render),
                             bench->arena, &record, err)
            || err_in(err, "%s", dir))
           && install_record(bench, dir, record, ret, err);
}
