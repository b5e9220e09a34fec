/* What the files of layout share. */
#pragma once
#include "layout/layout.h"

#include "audience/audience.h"

#include <pthread.h>

struct node;

/* A region of a node; the page itself is the node "page". */
struct place {
    str name;
    struct node *owner;
    struct node *first;
    struct node *last;
    struct place *next;
    /* While a layer is applied: the run of blocks it put at the start or at the end. */
    struct node *start_tail;
    int run_layer;
};

struct lock {
    struct layout_lock is;
    struct lock *next;
};

struct property {
    struct layout_property is;
    struct property *next;
};

struct node {
    str id;
    str component;
    struct val added; /* the props it was added with */
    struct val props;
    struct layout_origin added_by;
    struct layout_origin placed_by;
    struct layout_origin hidden_by;
    struct layout_origin excluded_by;
    struct property *properties; /* that a layer set since */
    struct lock *locks;
    bool gone;
    bool hidden;
    bool excluded;       /* the viewer is not in the audience it was added for */
    struct place *place; /* where it stands; NULL: the page, or nowhere */
    struct node *before;
    struct node *after;
    struct place *places; /* its own regions */
    struct node *next;    /* in the hash slot */
    /* While a layer is applied: */
    int run_layer;         /* whose blocks stand behind it … */
    struct node *run_tail; /* … up to this one */
    struct placing *placing;
};

enum { NODE_SLOTS = 512 };

struct resolver {
    struct arena *arena;
    const struct layout_input *input;
    struct node *slots[NODE_SLOTS];
    struct node *page;
    size_t blocks;
    struct layout_issue *issues;
    size_t issue_count;
    int layer; /* whose verb is being applied */
    int verb;
};

/* ---- resolve.c ---- */

void set_aside(struct resolver *r, const char *code, str block);
struct node **slot_of(struct resolver *r, str id);
/* The living node, or NULL with the verb set aside as an orphan. */
struct node *target_of(struct resolver *r, str id);
/* The node and all that stands in it are gone; it stands nowhere. */
void give_up(struct resolver *r, struct node *node);
static inline struct layout_origin here(const struct resolver *r)
{
    return (struct layout_origin){ (int16_t)r->layer, (int16_t)r->verb };
}

/* ---- place.c: where blocks stand ---- */

/* "main" is a region of the page, "tabs1/first" one of a block. NULL: set aside. */
struct place *place_of(struct resolver *r, str into);
void take_out(struct node *node);
/* The node is among the place's owners. */
bool stands_inside(const struct place *place, const struct node *node);
/* Puts the blocks that a layer adds or moves where it says, all at once. */
struct placings;
struct placings *placings_open(struct resolver *r, size_t most);
void placings_add(struct placings *all, struct node *node, struct place *place,
                  struct val after);
/* Where it will stand. */
struct place *placings_place(const struct node *node);
void placings_apply(struct resolver *r, struct placings *all);

/* ---- lock.c: what a level above forbids ---- */

void lock_add(struct resolver *r, struct node *node, struct val verb);
void lock_remove(struct resolver *r, struct node *node, struct val verb);
/* The layer being applied may not do this to the node; said once, as an issue. */
bool is_locked(struct resolver *r, const struct node *node, enum layout_lock_kind kind,
               str at);
/* As is_locked for required, of the node and all that stands in it. */
bool holds_required(struct resolver *r, const struct node *node);

/* ---- stack.c: the layers of a viewer, and the audiences they name ---- */

struct layouts {
    struct packages *packages;
    struct cache *kept;   /* audiences, looks and resolved pages */
    pthread_mutex_t lock; /* protects: tallies */
    struct layout_tally *tallies;
    size_t tally_count;
};

/* layout.c: how the key of each begins, which is all of it when whoever stands in that
 * unit and specialty shares the thing. Empty: `room` is too small. */
enum kept_kind { KEPT_AUDIENCES = 'a', KEPT_LOOK = 'l', KEPT_PAGE = 'p' };
str kept_key(struct buf *room, enum kept_kind kind, const struct tenant_path *path,
             str specialty, str page);

/* The stages that a page's viewer meets, and who counts what comes of them. */
struct trial {
    struct layouts *layouts;
    struct layout_stage *stages;
    size_t n;
};

struct named_audience {
    str id;
    int level;                   /* of the layer that names it: as its unit sees names */
    const struct audience *rule; /* NULL: there is none, or its rule is wrong */
};

/* The audiences that the layers of a page name, and those of them that are staged; for
 * one unit and specialty. */
struct audiences {
    struct cached head;
    struct arena *arena;
    struct tenant_path path; /* of the unit */
    struct named_audience *items;
    size_t n;
    struct layout_stage *stages;
    size_t stage_count;
};

/* Which of them a viewer belongs to. */
struct guest {
    const struct audiences *audiences;
    uint8_t bits[LAYOUT_MAX_AUDIENCES / 8];
    uint32_t staged; /* a bit for each stage that holds for her */
};

/* A page on its way to a viewer. */
struct viewing {
    struct layouts *layouts;
    struct scope *scope;
    struct script_worker *worker;
    str page;
    struct snap *snap;
    uint64_t revision;
    struct audiences *audiences; /* held */
    struct guest guest;
    struct look *look; /* held: what her unit calls things */
    struct val own; /* her arrangement, when the page is for arranging and she has one */
    const struct layout_draft *draft; /* in place of what is published; may be NULL */
};

/* The layers of one page for one viewer, her own the last. They point into the store. */
struct stack {
    struct layer layers[STORE_MAX_CHAIN * 2 + 1];
    str ids[STORE_MAX_CHAIN * 2 + 1];           /* of their records: "home:marketing" */
    struct val stages[STORE_MAX_CHAIN * 2 + 1]; /* absent: it is not staged */
    size_t n;
};

/* The layer of `own` is put on top. */
void stack_add_own(const struct viewing *v, struct stack *stack, struct val verbs);
/* The verbs that count for her alone, as if they counted for all. */
void stack_for_guest(const struct viewing *v, struct stack *stack);
/* Errors: layout.none. */
bool viewing_open(struct viewing *v, struct err *err);
void viewing_close(struct viewing *v);
bool stack_read(const struct viewing *v, struct reads *reads, struct stack *ret,
                struct err *err);
void stack_resolve(const struct viewing *v, const struct stack *stack,
                   struct resolved *ret);

/* The stage of that layer which its viewer meets; NULL: it has none, or began just now.
 */
const struct layout_stage *stage_met(const struct audiences *all, str unit, str layer,
                                     struct val stage, size_t *ret_bit);

/* ---- explain.c ---- */

/* { "unit", "layer", "verb", "by"?, "since"? }, or VAL_ABSENT when no verb did it. */
struct val origin_told(struct arena *arena, const struct layer *layers, const str *ids,
                       struct layout_origin from);

/* ---- stage.c ---- */

void tallies_close(struct layouts *layouts);

/* ---- bind.c ---- */

/* The page bound to its components, for the viewer and all who are like her. */
bool layout_bind(const struct viewing *v, const struct stack *stack,
                 const struct resolved *resolved, struct reads *reads,
                 struct layout **ret, struct err *err);

/* ---- personal.c ---- */

/* Her arrangement of the page, or VAL_ABSENT. */
bool arrangement_read(struct snap *snap, str person, str page, struct arena *arena,
                      struct reads *reads, struct val *ret, struct err *err);

/* ---- explain.c ---- */

/* `layout` is what she gets of `resolved`. Lives in the scope's arena. */
struct val explanation(const struct viewing *v, const struct stack *stack,
                       const struct resolved *resolved, const struct layout *layout);
