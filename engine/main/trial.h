/* What the files that try a component share: component.c, spec.c, trial.c. */
#pragma once
#include "inside.h"

/* The moment of examples and tests, unless --now says another: a Sunday morning in
 * Shanghai. */
#define TRIAL_NOW    "2026-11-22T09:30:00+08:00"
#define TRIAL_TENANT "example"

struct trial {
    char dir[256];
    int64_t now_ms;
    struct clock clock;
    struct engine engine;
    struct bench bench;
    str folder; /* of the package */
    str name;   /* of the component's folder in it */
    struct val package_record;
    struct package *ui;
    struct package *package;
    bool open;
};

/* `now` may be NULL: the moment it is. To be closed whatever came of it. Errors:
 * component.now, component.dir. */
bool trial_open(struct trial *trial, const char *now, struct err *err);
void trial_close(struct trial *trial);
/* A component's folder, or a Lua file that stands alone. Errors: component.file, and
 * those of package_read_dir. */
bool trial_read(struct trial *trial, const char *path, struct err *err);
/* One component of a package's record. */
void trial_take(struct trial *trial, struct val package, str name);
bool trial_compile(struct trial *trial, struct err *err);
/* The member of the component's example; an empty map when it has none. */
struct val trial_example(const struct trial *trial, str member);
/* It is not the component that failed, but what was asked for. */
bool trial_is_usage(const struct err *err);
int trial_exit(const struct err *err);

/* What stands around it. */
struct world {
    struct trial *trial;
    struct val person;
    struct val data; /* collection → records */
    struct val props;
    struct val query; /* the page's parameters */
};

/* From the example, and from --props, --data and --person. */
bool world_read(struct trial *trial, const struct args *args, struct world *ret,
                struct err *err);
/* A person with all that `given` lacks. */
struct val world_person(struct arena *arena, struct val given);
bool world_make(struct world *world, struct err *err);

struct looking {
    const char *as; /* "model", "reads", "card" for HTML that says when it fails, or NULL
                       for HTML */
    struct buf *out;
};

bool world_look(struct world *world, const struct looking *how, struct err *err);
