/* What the files of audience share. */
#pragma once
#include "audience/audience.h"

#include <pthread.h>
#include <roaring/roaring.h>

/* ---- attributes of a person: attribute.c ---- */

enum attribute {
    ATTRIBUTE_TENANT,
    ATTRIBUTE_SUBTREE,
    ATTRIBUTE_SPECIALTY,
    ATTRIBUTE_POST,
    ATTRIBUTE_GROUP,
    ATTRIBUTE_TAG,
    ATTRIBUTE_PERSON,
    ATTRIBUTE_GRADE,
    ATTRIBUTE_JOINED,
    ATTRIBUTE_COUNT,
};

enum attribute_type {
    TYPE_UNIT,   /* where in the tree */
    TYPE_TEXT,   /* at most one text */
    TYPE_TEXTS,  /* any number of them */
    TYPE_NUMBER, /* at most one number, 0 … attribute.max */
};

struct attribute_kind {
    const char *name;   /* in a rule */
    const char *member; /* of the person's record; NULL: not in it */
    enum attribute_type type;
    uint8_t bits;     /* of a number */
    const char *wish; /* what a value should be */
};

extern const struct attribute_kind attributes[ATTRIBUTE_COUNT];

/* By its name in a rule; false when there is none of that name. */
bool attribute_named(str name, enum attribute *ret);
/* What a person's record has of it. */
struct val attribute_of(enum attribute attribute, struct val person);
/* Reads a value as it stands in records and rules: a grade, or a day counted from 1900.
 */
bool attribute_number(enum attribute attribute, struct val v, uint32_t *ret);
/* The text counted `i` of those that a record has; empty where there is none worth a
 * look. False behind the last. */
bool attribute_text(enum attribute attribute, struct val v, size_t i, str *ret);

/* ---- compiled rules: compile.c ---- */

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_LEAF };

struct range {
    uint32_t from;
    uint32_t to; /* included */
};

struct node {
    enum node_kind kind;
    enum attribute attribute; /* NODE_LEAF */
    str where;
    size_t n;
    union {
        struct node *kids;    /* of ALL and ANY; one of NOT */
        str *texts;           /* of a leaf, sorted */
        struct range *ranges; /* of a leaf over a number */
    };
};

/* A unit that a rule names, with all above it. */
struct unit {
    str id;
    str *path; /* root first, itself last */
    size_t n;
    bool known; /* the tree has it */
};

struct audience {
    struct node root;
    bool possible;
};

/* An audience whose rule is being read; those above it lead to it. */
struct naming {
    const struct naming *above; /* NULL: the rule itself */
    size_t level;               /* of the unit that owns it, in the source's path */
    str id;
    str where; /* in the rule itself: what names the outermost of them */
};

/* A rule while it is compiled. */
struct compiler {
    struct arena *arena;   /* of what is given */
    struct arena *scratch; /* of what is not */
    const struct audience_source *source;
    const struct naming *named; /* whose rule is being read */
    struct audience_issue *issues;
    size_t issue_count;
    size_t error_count;
    struct unit *units;
    size_t unit_count;
    size_t rules;
    size_t values;
    size_t ranges;
    bool full;       /* a limit was met: nothing more is read */
    bool broken;     /* the store failed: *err says how */
    struct err *err; /* set when it is broken */
};

void compiler_note(struct compiler *c, const char *code, bool is_warning, str where,
                   const char *format, ...) PRINTF(5, 6);
/* A unit that the rule names. */
const struct unit *compiler_unit(const struct compiler *c, str id);

bool texts_hold(const struct node *leaf, str text);
bool ranges_hold(const struct node *leaf, uint32_t number);

/* ---- contradictions: nobody.c ---- */

/* False, with a warning at each smallest part that can hold nobody, when the rule can
 * hold nobody as a whole. */
bool node_is_possible(struct compiler *c, const struct node *root);

/* ---- numbers found by hash: lookup.c ---- */

/* Which numbers have a hash; whoever asks compares what they stand for. */
struct lookup {
    struct lookup_slot *slots;
    size_t cap; /* a power of two, or 0 */
    size_t n;
};

void lookup_done(struct lookup *lookup);
void lookup_put(struct lookup *lookup, uint64_t hash, uint32_t number);
void lookup_remove(struct lookup *lookup, uint64_t hash, uint32_t number);
/* The next number with that hash; `walk` begins at 0. */
bool lookup_next(const struct lookup *lookup, uint64_t hash, size_t *walk, uint32_t *ret);

/* ---- numbers of everybody: slices.c ---- */

enum { SLICES_MAX = 16 };

/* One attribute of everybody, bit by bit. */
struct slices {
    uint8_t bits; /* of a number, at most SLICES_MAX */
    uint64_t *words;
    size_t groups; /* of 64 people, for which there are words */
};

void slices_init(struct slices *slices, uint8_t bits);
void slices_done(struct slices *slices);
void slices_put(struct slices *slices, uint32_t person, uint32_t value);
void slices_remove(struct slices *slices, uint32_t person);
/* A new bitmap: whose number lies in the range. */
roaring_bitmap_t *slices_select(const struct slices *slices, struct range range);

/* ---- the directory: directory.c, place.c, select.c ---- */

#define NOBODY UINT32_MAX

struct entry {
    const char *id; /* NULL: removed */
    uint32_t place; /* her unit's number */
    uint32_t next;  /* another person of the same id in another unit, or NOBODY */
};

struct place {
    str id;
    str parent; /* as the record says; may be empty */
    store_space space;
    struct place *above; /* NULL: the root, or its parent is not there */
    uint64_t revision;   /* its people were read after this commit */
    roaring_bitmap_t *people;
    roaring_bitmap_t *subtree; /* and those of all below */
};

struct value {
    enum attribute attribute;
    str text;
    roaring_bitmap_t *people;
};

struct directory {
    struct store *store;
    pthread_rwlock_t lock; /* protects: all below */
    struct entry *people;  /* by number */
    size_t people_count;
    size_t people_cap;
    struct lookup by_id;   /* the first person of each id */
    struct place **places; /* by number; NULL: removed */
    size_t place_count;
    size_t place_cap;
    struct lookup place_by_id;
    struct lookup place_by_space;
    size_t lost; /* places whose parent is not there */
    struct value *values;
    size_t value_count;
    size_t value_cap;
    struct lookup value_by_text;
    struct slices grade;
    struct slices joined;
    roaring_bitmap_t *everybody;
};

roaring_bitmap_t *bitmap_new(void);

struct slices *directory_slices(struct directory *d, enum attribute attribute);
const struct value *directory_value(const struct directory *d, enum attribute attribute,
                                    str text);
/* The first number of that id, NOBODY when there is none; the others follow by `next`. */
uint32_t directory_first(const struct directory *d, str id);

/* A person whom the directory does not have yet; where she belongs is left to the caller.
 */
void person_load(struct directory *d, uint32_t place, struct val record);
/* All of them are gone, but for what their places say. */
void people_forget(struct directory *d, const roaring_bitmap_t *people);

/* The number of the place; NOBODY when there is none. */
uint32_t place_number(const struct directory *d, str id);
uint32_t place_of_space(const struct directory *d, store_space space);
const struct place *place_find(const struct directory *d, str id);
void place_add(struct place *place, uint32_t person);
/* Everybody from `from` up to but without `to`. */
void place_add_run(struct place *place, uint32_t from, uint32_t to);
void place_remove(struct place *place, uint32_t person);
bool place_meet(struct directory *d, const struct change *change, uint64_t revision,
                struct err *err);
/* Reads all places and their people. */
bool places_open(struct directory *d, struct err *err);
void places_close(struct directory *d);
