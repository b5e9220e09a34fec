/* What the files of package share. */
#pragma once
#include "package/package.h"

/* A package being compiled. */
struct compile {
    struct package *package;
    struct val files; /* path → text */
    bool trusted;
    struct val renamed; /* by component, key and language */
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

/* words.c: with what a unit calls differently of the component, or "ui". */
struct val words_renamed(const struct compile *c, str component, enum view_lang lang,
                         struct val words);
/* Those that matter to a package. */
struct val words_for(struct val words, str package, struct arena *arena);

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
