/* pinban serve --watch FOLDER: a developer saves a file, and the palette, the canvas and
 * every open page have it a second later. */
#include "inside.h"

#include "studio/studio.h"

#include <stdio.h>

static uint64_t digest(bool good, struct val record, const struct err *err)
{
    str print = val_get_text(record, STR("fingerprint"));
    return good ? str_hash(print, 1)
                : str_hash(str_of(err->text), str_hash(str_of(err->where), 2));
}

static void complain(struct following *f, const struct err *err)
{
    struct arena *a = f->bench->arena;
    print_error(err);
    struct val told = complaint(a, f->dir, str_of(f->package), err);
    studio_complain(f->studio, doc_text(a, told, DOC_PLAIN));
}

static void install(struct following *f)
{
    struct package *package = NULL;
    struct err err;
    bool good = install_folder(f->bench, f->dir, &package, &err)
                && plan_package_jobs(f->bench->engine, &err);
    if (good)
        studio_complain(f->studio, STR("null"));
    if (good)
        log_event(LOG_INFO, "watch.installed", "package=%.*s components=%zu",
                  STR_ARG(package->name), package->component_count);
    else
        complain(f, &err);
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
    bool settled =
        now == f->read; /* a file may stand empty until its editor has written it */
    f->read = now;
    if (!settled || now == f->seen)
        return;
    f->seen = now;
    if (good)
        snprintf(f->package, sizeof f->package, "%.*s",
                 STR_ARG(val_get_text(record, STR("id"))));
    if (good)
        install(f);
    else
        complain(f, &err);
}
