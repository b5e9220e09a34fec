/* pinban serve --watch FOLDER: a developer saves a file, and the palette, the canvas and
 * every open page have it a second later. */
#include "inside.h"

static uint64_t digest(bool good, struct val record, const struct err *err)
{
    str print = val_get_text(record, STR("fingerprint"));
    return good ? str_hash(print, 1)
                : str_hash(str_of(err->text), str_hash(str_of(err->where), 2));
}

static void install(struct following *f)
{
    struct package *package = NULL;
    struct err err;
    if (install_folder(f->bench, f->dir, &package, &err))
        log_event(LOG_INFO, "watch.installed", "package=%.*s components=%zu",
                  STR_ARG(package->name), package->component_count);
    else
        print_error(&err);
    cached_drop(package ? &package->head : NULL);
}

void follow_folder(struct following *f)
{
    struct val record = VAL_ABSENT;
    struct err err;
    arena_reset(f->bench->arena);
    bool good = package_read_dir(f->dir, false, render_script_worker(f->bench->render),
                                 f->bench->arena, &record, &err);
    uint64_t now = digest(good, record, &err);
    if (now == f->seen)
        return;
    f->seen = now;
    if (good)
        install(f);
    else
        print_error(&err);
}
