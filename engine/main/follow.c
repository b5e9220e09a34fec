/* pinban serve --watch FOLDER: a developer saves a file, and the palette, the canvas and
 * every open page have it a second later. */
#include "inside.h"

#include "studio/studio.h"

#include <stdio.h>

static uint64_t print_of(struct val files)
{
    uint64_t print = 1;
    for (size_t i = 0; i < val_count(files); i++) {
        str path;
        str text = val_text(val_member(files, i, &path));
        print = str_hash(text, str_hash(path, print));
    }
    return print;
}

/* What a folder held when it was looked at. */
struct reading {
    struct val files;
    struct err err;
    bool good;
};

/* What the folder says is new, and was so when it was read before: a file may stand empty
 * until its editor has written it. */
static bool is_due(struct following *f, const struct reading *reading)
{
    uint64_t now = reading->good ? print_of(reading->files)
                                 : str_hash(str_of(reading->err.text),
                                            str_hash(str_of(reading->err.where), 2));
    bool settled = now == f->read;
    f->read = now;
    return settled && now != f->seen;
}

static void complain(struct following *f, const struct err *err)
{
    struct arena *a = f->bench->arena;
    print_error(err);
    struct val told = complaint(a, f->dir, str_of(f->package), err);
    studio_complain(f->studio, doc_text(a, told, DOC_PLAIN));
}

static bool install(struct following *f, struct val files, struct err *err)
{
    struct package *package = NULL;
    struct val record;
    if (!package_read_files(files, false, render_script_worker(f->bench->render),
                            f->bench->arena, &record, err))
        return false;
    snprintf(f->package, sizeof f->package, "%.*s",
             STR_ARG(val_get_text(record, STR("id"))));
    bool good = install_record(f->bench, f->dir, record, &package, err)
                && plan_package_jobs(f->bench->engine, err);
    if (good)
        log_event(LOG_INFO, "watch.installed", "package=%.*s components=%zu",
                  STR_ARG(package->name), package->component_count);
    cached_drop(package ? &package->head : NULL);
    return good;
}

/* What was agreed upon is what is installed: by now the folder may say something else. */
void follow_folder(struct following *f)
{
    struct reading reading;
    arena_reset(f->bench->arena);
    reading.good = package_files(f->dir, f->bench->arena, &reading.files, &reading.err);
    if (!is_due(f, &reading))
        return;
    f->seen = f->read;
    if (reading.good && install(f, reading.files, &reading.err))
        studio_complain(f->studio, STR("null"));
    else
        complain(f, &reading.err);
}
