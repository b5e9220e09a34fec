/* What the files of package share. */
#pragma once
#include "package/package.h"

/* A package being compiled. */
struct compile {
    struct package *package;
    struct val files; /* path → text */
    bool trusted;
    const struct package *ui;
    struct script_worker *worker;
    struct err *err;
};

/* The text of a file of the package, or a str with p == NULL. */
str file_text(const struct compile *c, str path);
/* An error in a file: always false. */
bool file_fail(const struct compile *c, str path, const char *code, const char *format,
               ...) PRINTF(4, 5);
/* A JSON file; VAL_ABSENT when there is none. */
bool file_json(const struct compile *c, str path, struct val *ret);

/* component.c */
bool component_compile(struct compile *c, str folder, struct component *ret);
void component_done(struct component *component);
/* timed.c: jobs/NAME.lua. */
bool jobs_compile(struct compile *c);
void jobs_done(struct package *package);
/* load.c: a table of lookups. */
bool load_compile(struct compile *c, str path, struct val load, struct component *ret);
/* style.c: tokens only, every selector inside the component's own class. */
bool style_check(struct compile *c, str path, str text, str component);
