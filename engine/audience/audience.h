/*
 * audience: sets of people, given by rules over what the directory knows of them.
 *
 * Knows the collection "audience" ({ "id", "name", "rule" }, in the space of the unit
 * that owns it; a unit uses its own and those of the units above), the attributes of a
 * person, and the tree; nothing of pages. Words: a *rule* is JSON, a compiled one is a
 * `struct audience`; the *directory* is everybody of the store as numbers, with one
 * bitmap for each value of each attribute; a *set* is what a rule selects there.
 *
 * A rule is an object with one member:
 *   { "all": [rule …] }        meets every one; of none: everybody
 *   { "any": [rule …] }        meets at least one; of none: nobody
 *   { "not": rule }
 *   { "audience": "id" }       meets the rule of that name, as the unit that wrote this
 *                              rule sees names
 *   { "tenant": "id" }         belongs to exactly that unit
 *   { "subtree": "id" }        … or to one below it
 *   { "specialty": "…" }  { "post": "…" }  { "group": "…" }  { "tag": "…" }
 *   { "grade": 4 }             or { "from": 3, "to": 5 }, both included, one may be left
 *                              out; 0 to AUDIENCE_MAX_GRADE
 *   { "joined": "2026-01-01" } or such a range; days of 1900 to 2078
 *   { "person": "id" }         of whichever unit
 * Where a value stands, a list of values may stand: any of them will do. A post is met in
 * each language it is written in. Who lacks an attribute meets no value of it. Limits
 * count the rules of named audiences too.
 *
 * audience_admits and directory_select give the same answer: one for a person as she
 * stands in the records, the other for everybody as of the last commit followed.
 * Threads: a compiled rule is immutable and lives in its arena. A directory is shared:
 * one reader-writer lock, taken for reading while a rule is selected (milliseconds) and
 * for writing while changes are followed, at most DIRECTORY_PIECE of them at a time;
 * writers go first. A set is the caller's own and never changes.
 */
#pragma once
#include "tenant/tenant.h"

enum {
    AUDIENCE_MAX_DEPTH = 8,     /* rules in rules */
    AUDIENCE_MAX_RULES = 200,   /* all, any, not and leaves */
    AUDIENCE_MAX_VALUES = 1000, /* of all leaves */
    AUDIENCE_MAX_RANGES = 100,  /* … of which over grade and joined */
    AUDIENCE_MAX_GRADE = 127,
    DIRECTORY_PIECE = 256, /* changes followed while nobody can look */
};

/* Defines the collection; again is free. */
bool audience_setup(struct store *store, struct err *err) MUST_CHECK;

/* ---- rules ---- */

struct audience;

struct audience_source {
    struct val rule;
    str id;                         /* the name it will have; may be empty */
    const struct tenant_path *path; /* of the unit whose rule it is */
    struct snap *snap;              /* NULL: there are no named audiences and nothing is
                                       known of the tree; then `path` is not looked at */
    struct reads *reads;            /* what was looked up in `snap`; may be NULL */
};

struct audience_issue {
    const char *code;
    bool is_warning;
    str where; /* JSON pointer into the rule */
    str text;
};

struct audience_issues {
    struct audience_issue *items;
    size_t n;
};

/* Compiles a rule; everything given lives in `arena`. `ret_issues` (may be NULL) gets all
 * that is wrong with it, and when nothing is, all that is to be warned of. Errors (`err`
 * is the first): audience.rule (no rule, an unknown attribute, a value of the wrong
 * type), audience.none (no audience of that name), audience.loop, audience.limit, and
 * those of the store. Warnings: audience.nobody (this part can hold nobody, whoever there
 * may be: two units at once, a range that ends before it begins, x and not x, …),
 * audience.unit (there is no such unit today). */
bool audience_compile(const struct audience_source *source, struct arena *arena,
                      const struct audience **ret, struct audience_issues *ret_issues,
                      struct err *err) MUST_CHECK;

/* False when the rule as a whole can hold nobody. True is no promise that it can hold
 * somebody: only contradictions that show in the rule and the tree are found. */
bool audience_is_possible(const struct audience *audience);

/* Whether the rule holds for a person of the unit `path`. Looks at nothing else. */
bool audience_admits(const struct audience *audience, struct val person,
                     const struct tenant_path *path);

/* ---- the directory ---- */

struct directory;
struct directory_set;

/* Reads everybody, once; `store` must have its collections and nobody may write before
 * directory_open has returned. To be closed when the store is, after it. */
bool directory_open(struct store *store, struct directory **ret,
                    struct err *err) MUST_CHECK;
void directory_close(struct directory *directory);
/* Follows a commit; to be called for each, in order, by an observer of the store. False
 * when the people of a new unit could not be read; the rest is followed all the same. */
bool directory_meet(struct directory *directory, const struct commit *commit,
                    struct err *err) MUST_CHECK;

/* The number of a person; false when there is no such person. It stays hers until she is
 * removed, and is then given to nobody else before the process ends. */
bool directory_find(struct directory *directory, str tenant, str person,
                    uint32_t *ret_number);
/* How many people there are; how many in the unit and below. */
size_t directory_count(struct directory *directory);
size_t directory_count_below(struct directory *directory, str tenant);

/* Who the rule holds for now. */
struct directory_set *directory_select(struct directory *directory,
                                       const struct audience *audience);
void directory_set_close(struct directory_set *set);
bool directory_set_holds(const struct directory_set *set, uint32_t number);
size_t directory_set_count(const struct directory_set *set);

struct directory_value {
    str text;
    size_t people;
};

/* Which texts people of the unit and below have now as that attribute of rules, those of
 * most people first, at most `max`; only texts that contain `part`, or whose name by
 * `names` (of tenant_terms) does, great letters of ASCII being like small ones. Returns
 * how many went to `ret`, in `arena`: none for attributes that are units, people,
 * numbers, or unknown. */
size_t directory_values(struct directory *directory, str attribute, str tenant,
                        struct val names, str part, size_t max, struct arena *arena,
                        struct directory_value **ret);

/* How many of the set belong to the unit or one below it now. */
size_t directory_set_count_below(struct directory *directory,
                                 const struct directory_set *set, str tenant);
