/* What the files of main share. main knows everything and is known by nobody. */
#pragma once
#include "bind/bind.h"
#include "data/data.h"
#include "desk/desk.h"
#include "edit/edit.h"
#include "feed/feed.h"
#include "job/job.h"
#include "site/site.h"
#include "usage/usage.h"

/* Exit codes of the program. */
enum {
    EXIT_DONE = 0,
    EXIT_NO = 1,     /* the answer is no */
    EXIT_USAGE = 2,  /* unusable arguments or input */
    EXIT_FAILED = 3, /* the component or the data failed */
    EXIT_SYSTEM = 4, /* the system failed */
};

/* ---- arguments: args.c ---- */

struct args {
    const char *command; /* "component render" */
    const char **words;  /* that are no options */
    size_t word_count;
    const char *options[32][2]; /* name without --, value; "" for a flag */
    size_t option_count;
};

/* `flags` are the options without a value, each between blanks. False after saying what
 * is wrong on standard error. */
bool args_read(struct args *args, const char *command, int argc, char **argv,
               const char *known, const char *flags);
/* The option's value, or `otherwise`. */
const char *args_option(const struct args *args, const char *name, const char *otherwise);
bool args_flag(const struct args *args, const char *name);
bool args_number(const struct args *args, const char *name, int64_t otherwise,
                 int64_t least, int64_t most, int64_t *ret);

/* A JSON object { code, where, text }. */
str error_line(struct arena *arena, const struct err *err);
/* The same, a line on standard error. */
void print_error(const struct err *err);
/* The exit code that fits. */
int exit_of(const struct err *err);
/* A whole file; p == NULL when it cannot be read. */
str read_file(struct arena *arena, const char *path);
/* Where components/, themes/ and tenants/ are: PINBAN_HOME, or where the program was
 * built. */
const char *home_dir(void);

/* ---- the engine, put together: wire.c ---- */

struct engine_config {
    const char *dir;
    const struct clock *clock;
    size_t cache_bytes;
    bool unsafe_fast;
    size_t limit_bytes; /* of the store; 0: STORE_LIMIT_GIB */
    str sources;        /* what may be fetched from: a list as fetch.h reads it */
};

/* What --data and --store-mib say; false after saying what is wrong. */
bool args_store(const struct args *args, struct engine_config *ret);

struct engine {
    struct package_gate *gate;
    struct store *store;
    struct watch *watch;
    struct directory *directory;
    struct auth *auth;
    struct usage *usage;
    struct scopes *scopes;
    struct packages *packages;
    struct layouts *layouts;
    struct assets *assets;
    struct renderer *renderer;
    struct actions *actions;
    struct editor *editor;
    struct data *data;
    struct jobs *jobs;
    struct job_kind kinds[2];
    struct feeds *feeds;
};

bool engine_open(const struct engine_config *config, struct engine *ret, struct err *err);
void engine_close(struct engine *engine);

/* What one thread works with. */
struct bench {
    struct engine *engine;
    struct render_worker *render;
    struct scope_worker *scope;
    struct arena *arena;
};

bool bench_open(struct engine *engine, struct bench *ret, struct err *err);
void bench_close(struct bench *bench);

/* Does what `action` asks and waits for it: act.c. Errors: those of action_find and
 * action_start. */
bool act_and_wait(struct bench *bench, struct scope *scope, struct action *action,
                  struct err *err);

/* ---- a command that opens a data folder, does one thing and closes it: tenant.c ---- */

struct tool {
    struct args args; /* read before */
    struct engine engine;
    struct bench bench;
};

bool tool_open(struct tool *t, struct err *err);
/* Prints what failed; the exit code. */
int tool_close(struct tool *t, bool good, const struct err *err);
int tool_cannot_open(const struct err *err);

/* ---- copies of the store while it is served: backup.c ---- */

struct backups;

/* Listens in the data folder. Errors: backup.socket. */
bool backups_open(struct store *store, const char *dir, struct backups **ret,
                  struct err *err) MUST_CHECK;
/* Waits for a copy that is being made. */
void backups_close(struct backups *backups);

/* ---- bringing things in: install.c, import.c ---- */

/* The collections that the package brings. Errors: those of store_define. */
bool define_collections(struct store *store, const struct package *package,
                        struct err *err) MUST_CHECK;
/* Reads and compiles a folder's package and defines its collections; nothing is installed
 * yet. `ret` is held. */
bool prepare_package(struct bench *bench, const char *dir, bool trusted,
                     const struct package *ui, struct val *ret_record,
                     struct package **ret, struct err *err);
/* The same for the program's own packages, ui and standard. */
bool prepare_home(struct bench *bench, struct val *ret_records, struct err *err);
/* Puts package records into a space; those that are there already cost nothing. */
bool install_packages(struct bench *bench, store_space space, struct val records,
                      struct err *err);
/* The same inside a transaction. */
bool install_put(struct txn *txn, store_space space, struct val records, struct err *err);

/* A package for everybody, in place of an older one, from the record that was made of
 * `dir`, which errors name. `ret` is held. Errors: those of package_compile, package.name
 * (it is called ui or standard), package.root (there are no units). */
bool install_record(struct bench *bench, const char *dir, struct val record,
                    struct package **ret, struct err *err);
/* The same from what is in the folder now. Errors also: those of package_read_dir. */
bool install_folder(struct bench *bench, const char *dir, struct package **ret,
                    struct err *err);

struct studio;

/* A folder whose package is installed anew whenever a file in it changes: follow.c */
struct following {
    struct bench *bench; /* whose arena is the follower's */
    const char *dir;
    struct studio *studio;          /* told what is wrong */
    char package[STORE_MAX_ID + 1]; /* as it was called when it was read last */
    uint64_t read;                  /* a print of what was read last, good or bad */
    uint64_t seen;                  /* … and of what was acted upon last */
};

/* To be called often; acts when two calls read the same. What is wrong is said on
 * standard error, once, as print_error does; what was installed before stays. */
void follow_folder(struct following *following);

/* What is wrong with the package of a folder: { "package", "component"?, "file", "line",
 * "column", "code", "text", "excerpt": [{ "line", "text" }] }. complaint.c */
struct val complaint(struct arena *arena, const char *dir, str package,
                     const struct err *err);

/* The space of the root unit; 0 while the store has no units. */
bool root_space(struct bench *bench, store_space *ret, struct err *err);

struct import_counts {
    size_t tenants, people, records, layers, themes;
};

/* A folder like tenants/demo. All of it is checked before anything is written; every
 * mistake is printed with print_error, and then the result is false with `err` the first
 * of them. */
bool import_folder(struct bench *bench, const char *dir, str password,
                   struct import_counts *ret, struct err *err);
/* Only the layers of such a folder, into units that are there; all or none. */
bool import_layers(struct bench *bench, const char *dir, struct import_counts *ret,
                   struct err *err);
/* Prints those of its layers that the store does not have; `ret` grows by their number.
 */
bool list_new_layers(struct bench *bench, const char *dir, size_t *ret, struct err *err);
/* Texts "@now-10m", "@day+1 09:30", "@week+2 14:00" become moments of `now_ms`. */
struct val resolve_moments(struct arena *arena, struct val v, int64_t now_ms,
                           int offset_min);

/* What somebody is used to do, of a folder's usage.json: { "tenant", "person", "days",
 * "views", "hours", "pages", "components" }. Errors: import.habit. */
bool habit_check(struct val habit, struct err *err);
/* Notes what she did so from `days` ago until now, where the unit is. */
void habit_note(struct usage *usage, struct val habit, int offset_min, int64_t now_ms);

/* ---- jobs of packages: jobs.c ---- */

/* For struct job_kind: `engine` is a struct engine. */
bool run_package_job(void *engine, struct job_run *run, struct err *err);
/* Brings the jobs of the packages of the root unit into the timetable. */
bool plan_package_jobs(struct engine *engine, struct err *err);

/* What a fragment looked at: sides of the viewer, until when it is good, what it read. A
 * line each, the reads in the order of their keys. For people: reads.c */
void write_reads(struct buf *out, struct store *store, const struct seen *seen);

/* The HTML of one component of a package's record with its example, appended; of one that
 * fails, the card that says so: example.c. Takes some 20 ms. Errors: those of
 * package_compile, and of records that do not fit. */
bool example_render(struct val package, str component, enum view_lang lang,
                    struct buf *out, struct err *err);

/* ---- commands ---- */

int command_serve(int argc, char **argv);
int command_tenant_import(int argc, char **argv);
int command_person_session(int argc, char **argv);
int command_person_remove(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_layer_export(int argc, char **argv);
int command_layer_import(int argc, char **argv);
int command_layer_diff(int argc, char **argv);
int command_layout_resolve(int argc, char **argv);
int command_package_install(int argc, char **argv);
int command_component_new(int argc, char **argv);
int command_component_check(int argc, char **argv);
int command_component_render(int argc, char **argv);
int command_component_test(int argc, char **argv);
int command_schema_check(int argc, char **argv);
int command_lua_meta(int argc, char **argv);
