/*
 * package: the unit of install. A package is a record that holds its files; compiled it
 * is a set of components (schema, load, view, words, style), host elements and icons.
 *
 * Knows Lua manifests, templates, schemas and words; nothing of pages or people.
 * A collection that a package brings is defined with the package's name as its owner.
 * A compiled package is immutable, counted, shared, and found by what it is made of: a
 * package that changes is another package, and the old one goes when nobody holds it. The
 * package "ui" is the host's: its elements/ *.html are the ui-* elements of all others,
 * its ui.css comes before every component's style, its pages/ *.html are signing in and
 * errors. Limits: LIMIT_PACKAGE_FILES, LIMIT_PACKAGE_BYTES (tenant.h), SCRIPT_MAX_SOURCE,
 * VIEW_MAX_SOURCE.
 */
#pragma once
#include "cache/cache.h"
#include "schema/schema.h"
#include "script/script.h"
#include "view/view.h"

struct packages;
struct package;

/* ---- what a component looks up without Lua ---- */

enum operand_kind {
    OPERAND_VALUE,  /* itself */
    OPERAND_PROPS,  /* "$props.limit" */
    OPERAND_ACTOR,  /* "$actor.id" */
    OPERAND_TENANT, /* "$tenant.id" */
    OPERAND_QUERY,  /* "$query.q": a parameter of the page */
    OPERAND_PAGE,   /* "$page.name" */
    OPERAND_NOW, /* "$now.minute", "$now.hour", "$now.day", "$now.day+7": ISO 8601, UTC */
};

struct operand {
    enum operand_kind kind;
    struct val value;
    str path[4];
    size_t path_count;
    int days; /* added to now */
};

/* False when a text begins with $ and names nothing. What it names is borrowed from `v`.
 */
bool operand_read(struct val v, struct operand *ret);

enum lookup_kind { LOOKUP_VALUE, LOOKUP_GET, LOOKUP_QUERY, LOOKUP_COUNT, LOOKUP_UPDATED };

/* One member of the model: `items = { query = "task", by = …, equals = { … }, limit = …
 * }`. */
struct lookup {
    str name;
    enum lookup_kind kind;
    str collection;
    str by;
    struct operand id; /* of a get */
    struct operand equals[STORE_MAX_FIELDS];
    size_t equals_count;
    struct operand from;
    struct operand to;
    struct operand limit;
    struct operand value;
    bool descending;
    bool up;
};

/* ---- components ---- */

/* What a component lets people do. */
struct component_action {
    str name;
    str entry;            /* "actions.done.run" */
    str audience;         /* whom it is for; empty: whoever sees the block */
    struct schema *input; /* NULL: takes none */
};

struct component {
    str name; /* "todo" */
    str ref;  /* how blocks name it: "todo" in standard, "activity/quiz" elsewhere */
    str file; /* its component.lua, in the package's files */
    struct val title; /* by language */
    struct val
        manifest;     /* all of component.lua's table, functions as { function = true } */
    struct val needs; /* list of capabilities */
    struct val words[VIEW_LANGS];
    struct schema *props;  /* NULL: takes none */
    struct script *script; /* NULL: load is absent or made of lookups */
    const struct lookup *lookups;
    size_t lookup_count;
    struct component_action *actions;
    size_t action_count;
    struct view *views[VIEW_LANGS]; /* NULL: there is no view.html */
    str size;                       /* half, full, wide */
    str style;                      /* style.css */
    uint64_t identity;              /* differs when anything of it differs */
};

/* A page that is no workbench: signing in, an error. */
struct host_page {
    str name;
    struct view *views[VIEW_LANGS];
};

/* What a package does at set times: jobs/NAME.lua. */
struct package_job {
    str name;
    struct val title; /* by language */
    str schedule;     /* as job.h reads it */
    str zone;         /* empty: the unit's */
    bool skips;       /* passed over when missed */
    struct val needs;
    struct script *script; /* its table has `run` */
};

struct package {
    struct cached head;
    struct arena *arena;
    str name;
    str version;
    str fingerprint;  /* of its files */
    struct val files; /* path → text: what it was compiled from */
    struct val title;
    struct component *components;
    size_t component_count;
    struct val collections; /* list of definitions */
    struct package_job *jobs;
    size_t job_count;
    struct view_elements *elements; /* of the package "ui" */
    struct host_page *pages;        /* of the package "ui": pages/NAME.html */
    size_t page_count;
    str icons; /* SVG sprite of the package "ui" */
    str icons_fingerprint;
    struct val assets;            /* { icons: its address } */
    struct val words[VIEW_LANGS]; /* the host's, of the package "ui" */
    str style;                    /* ui.css, or all components' styles joined */
};

/* The package of a component as layers name it, and its name there: "todo" is of the
 * package "standard", "ui" of itself, "activity/quiz" says its own. */
str package_of_ref(str ref, str *ret_component);
const struct component *package_component(const struct package *package, str name);
const struct component_action *component_action(const struct component *component,
                                                str name);

/* The view of a page of the host's package; NULL when there is none. */
struct view *package_page(const struct package *ui, str name, enum view_lang lang);

/* ---- from the store ---- */

/* Defines the collection "package"; again is free. */
bool package_setup(struct store *store, struct err *err) MUST_CHECK;
struct packages *packages_open(void);
void packages_close(struct packages *packages);

/* Where a package is looked for, and what a unit calls things in it. */
struct package_source {
    struct snap *snap;
    struct script_worker *worker;
    struct arena *arena;
    struct reads *reads; /* may be NULL */
    struct val words;    /* { "todo": { "title": { "zh": "…" } } }, "ui" for the host; a
                            key leads into words with dots; may be absent */
};

/* The package of that name, from the nearest unit up the chain that has it; held. Units
 * that call things alike share one. Errors: package.none, and those of package_compile.
 */
bool package_find(struct packages *packages, const struct package_source *source,
                  str name, struct package **ret, struct err *err) MUST_CHECK;
/* The same for showing it: with words that cannot be read, it has its own. */
bool package_find_to_show(struct packages *packages, const struct package_source *source,
                          str name, struct package **ret, struct err *err) MUST_CHECK;
/* The words have a text at the key "nothing.open". */
bool package_has_word(const struct val words[VIEW_LANGS], str key);

enum { PACKAGE_MAX_INSTALLED = 64 /* that a unit has, its own and those from above */ };

/* Installs a record of package_read_dir, or replaces the package of its name. Errors:
 * package.many (the space has PACKAGE_MAX_INSTALLED others), and those of txn_put. */
bool package_put(struct txn *txn, store_space space, struct val record,
                 struct err *err) MUST_CHECK;
/* The names of the packages a unit has, its own and from above; in the arena. */
bool package_names(struct snap *snap, struct arena *arena, struct reads *reads,
                   str ret[PACKAGE_MAX_INSTALLED], size_t *ret_n,
                   struct err *err) MUST_CHECK;

/* ---- from files ---- */

/* What a folder holds for a package, { "todo/view.html": "…" }, whatever it says. Only
 * .lua .html .css .json .svg and .md files are taken. Errors: package.file (also a link),
 * package.large. */
bool package_files(const char *dir, struct arena *arena, struct val *ret,
                   struct err *err) MUST_CHECK;
/* Makes a package record of them: { "id", "version", "fingerprint", "trusted", "files" }.
 * Errors: package.manifest (no package.lua, or one without name and version). */
bool package_read_files(struct val files, bool trusted, struct script_worker *worker,
                        struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;
/* Both. */
bool package_read_dir(const char *dir, bool trusted, struct script_worker *worker,
                      struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;

/* Compiles a record. `ui` is the host's package, NULL when this is it. The result is
 * held. Errors name the file: package.manifest, package.words (a word lacks a language),
 * package.style, package.load, schema.*, script.*, view.*. */
bool package_compile(struct val record, const struct package *ui,
                     struct script_worker *worker, struct package **ret,
                     struct err *err) MUST_CHECK;

/* ---- places in files ---- */

/* As `where` of an error names it: "quote/view.html:3:5", "quote/component.lua:7",
 * "quote/ words/zh.json, line 1, column 8", "quote/component.lua: /icn". */
struct package_place {
    str file;     /* what stands before the line: it may be none */
    int64_t line; /* 0: the file as a whole */
    int64_t column;
};

struct package_place package_place(str where);
/* The lines around it, a list of { "line", "text" } that borrows from the source; a
 * column that is not known is guessed from what the error says. */
struct val package_excerpt(struct arena *arena, str source, struct package_place *place,
                           str text);

/* ---- the store's gate: records must fit their collection's schema ---- */

struct package_gate;

struct package_gate *package_gate_open(void);
void package_gate_close(struct package_gate *gate);
/* Everything that is wrong with a record; an empty report when nothing is, or when the
 * collection has no schema. */
bool package_gate_report(struct package_gate *gate,
                         const struct store_collection *collection, struct val record,
                         struct arena *arena, struct schema_report *ret,
                         struct err *err) MUST_CHECK;
/* For struct store_config. Errors: record.invalid, `where` the pointer. */
bool package_gate_check(void *gate, const struct store_collection *collection,
                        struct val record, struct arena *arena, struct err *err);
