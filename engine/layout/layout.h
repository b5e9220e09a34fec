/*
 * layout: what stands on a page. A page is not stored; it is resolved from layers, each a
 * list of verbs that say what this level of the tree does differently, always by the
 * stable ids of blocks.
 *
 * Knows verbs, blocks, regions and components' props; nothing of HTML.
 * Order: for each tenant from the root to the viewer's own: its layer of the page, then
 * its layer for the viewer's specialty ("home", "home:marketing"); of all of them the
 * verbs whose audience she belongs to. Total: resolving never fails because of what a
 * layer says. A verb whose target is gone, or that makes no sense, is set aside and
 * listed. Threads: a resolved layout is immutable (but for the learned `vary` of its
 * blocks, an atomic), counted and shared by all viewers of one tenant, specialty and set
 * of audiences.
 */
#pragma once
#include "package/package.h"
#include "scope/scope.h"

/* ---- resolving, pure ---- */

/* The level of a person's own layer; tenants have 0 (the root) to STORE_MAX_CHAIN - 1. */
enum { LAYOUT_PERSONAL = STORE_MAX_CHAIN };

enum {
    LAYOUT_MAX_AUDIENCES = 256,    /* that the layers of one page name */
    LAYOUT_MAX_DIFFERENCES = 4000, /* of a page from another version of it */
    LAYOUT_MAX_TALLIES = 1024,     /* components counted in all stages that run */
    LAYOUT_MAX_NAME = 27,     /* bytes of a page's name, and of a specialty's: a revision
                                 of "page:specialty" has an id of the store */
    LAYOUT_MAX_BLOCK_ID = 48, /* bytes of a block's id */
};

struct layer {
    str name;                         /* whose: shown to people */
    int level;                        /* how deep its tenant stands */
    struct val verbs;                 /* list of { "verb", "block", … } */
    const struct layout_steps *steps; /* the verbs as read for many calls; may be NULL */
};

/*
 * A layer is a set of differences, one for each block and property, not a history: the
 * order of its verbs means nothing, except that of two about the same the last one
 * counts, and that blocks added "at the end" stand in the order of their verbs. So two
 * people who edit different things come to the same page, whoever saves first.
 *
 * Verbs (members beside "verb" and "block"):
 *   add     component, props?, into?, after?   a new block
 *   move    into?, after?
 *   remove  hide  show
 *   set     at, value     one property, by JSON pointer
 *   reset   at            back to what the block was added with
 *   lock    lock, at?, below?
 *   unlock  lock, at?
 * and in the layers of the page LAYOUT_THEME:
 *   token   name, set?, value           a design token; set is base, light or dark
 *   word    component, key, lang, value what a component, or "ui", the host, says
 * `into` is "main", another region of the page, or "block/region". `after` is the block
 * it stands behind, "" at the start, absent at the end; a block that this layer put
 * behind another goes where that one goes; several behind one stand in the order of their
 * ids. The block "page" is the page itself. With `audience` a verb counts for those
 * people only; with `by`, `since` a reader knows who and when: they change nothing. Locks
 * bind the layers that come later, or with `below` those deeper than that level: required
 * (may not be removed or hidden) · fixed (may not be moved) · sealed (the property `at`
 * may not be set; without `at`, none) · closed (the region `at` takes no additions; block
 * "page" for the page's own).
 */
enum layout_admission { LAYOUT_OUTSIDE, LAYOUT_INSIDE, LAYOUT_UNKNOWN };

/* The verbs of a layer that is resolved often, read once. Borrows from both. */
const struct layout_steps *layout_read(struct val verbs, struct arena *arena);

/* Of lower-case letters, digits, - and _, and at most so long: pages, specialties that
 * have layers, blocks. */
bool layout_is_name(str name, size_t most);

struct layout_input {
    const struct layer *layers;
    size_t n;
    /* NULL: everybody is in every audience. An audience nobody knows holds nobody. */
    enum layout_admission (*admits)(void *data, const struct layer *layer, str audience);
    void *data;
};

/* The page of no blocks whose layers say how a unit looks and what it calls things. Its
 * verbs are about the block "page": token is set /tokens/SET/NAME, word is set
 * /words/COMPONENT/KEY/LANG. They count for everybody of a unit: none has an audience. */
#define LAYOUT_THEME "theme"

/* What a verb that is about a property says: of set, reset, token and word. `at` lives in
 * `arena`. */
struct layout_saying {
    str block;
    str at;
    struct val value; /* absent: reset */
};
bool layout_saying(struct val verb, struct arena *arena, struct layout_saying *ret);

/* Which verb of which layer; layer < 0: none. */
struct layout_origin {
    int16_t layer;
    int16_t verb;
};

#define LAYOUT_NOWHERE ((struct layout_origin){ -1, -1 })

/* Why a verb was set aside. */
struct layout_issue {
    const char *code; /* layout.orphan, layout.exists, layout.anchor, layout.loop,
                         layout.verb, layout.limit, layout.locked, layout.audience */
    struct layout_origin at;
    str layer; /* its name */
    str block;
    struct layout_origin by; /* layout.locked: the lock */
};

enum layout_lock_kind { LOCK_REQUIRED, LOCK_FIXED, LOCK_SEALED, LOCK_CLOSED };

struct layout_lock {
    enum layout_lock_kind kind;
    str at;    /* sealed: a pointer, "" all; closed: a region */
    int below; /* binds layers of deeper levels; -1: every later layer */
    struct layout_origin by;
};

struct layout_property {
    str at; /* JSON pointer */
    struct layout_origin by;
};

struct resolved_region;

struct resolved_block {
    str id;
    str component; /* as named by the verb */
    struct val props;
    bool hidden;
    bool excluded; /* the viewer is not in its audience: nothing of it may reach her */
    struct layout_origin added_by;
    struct layout_origin placed_by;
    struct layout_origin hidden_by;     /* or shown again */
    struct layout_property *properties; /* set since it was added */
    size_t property_count;
    struct layout_lock *locks;
    size_t lock_count;
    struct resolved_region *regions;
    size_t region_count;
};

struct resolved_region {
    str name;
    struct resolved_block **blocks;
    size_t n;
};

struct resolved {
    struct resolved_block page; /* props: { "title", … } */
    size_t block_count;
    struct layout_issue *issues;
    size_t issue_count;
};

/* Never fails: what makes no sense is an issue. `ret` lives in `arena` and borrows the
 * verbs. */
void layout_resolve(const struct layout_input *input, struct arena *arena,
                    struct resolved *ret);
str layout_lock_name(enum layout_lock_kind kind);
/* The block, or "page"; NULL: it does not stand on the page. */
const struct resolved_block *resolved_find(const struct resolved *resolved, str id);
/* The path of the region in which the block stands, "main", "tabs1/first"; empty: it does
 * not stand on the page. */
str resolved_region_of(const struct resolved *resolved, str id, struct arena *arena);
/* The same page: blocks, places, properties, locks; where they come from does not count.
 */
bool resolved_equal(const struct resolved *a, const struct resolved *b);

/* The shortest form of a layer that means the same: one verb for each difference, sorted
 * by block, every place by its anchor. */
struct val layout_normalise(struct val verbs, struct arena *arena);
/* The same without what the layers below it already say: input's last layer is meant. */
struct val layout_condense(const struct layout_input *input, struct arena *arena);
/* Verbs of `mine` that are about the same as one of `theirs` and say another thing. */
struct layout_conflict {
    struct val mine;
    struct val theirs;
};
size_t layout_conflicts(struct val mine, struct val theirs, struct arena *arena,
                        struct layout_conflict **ret);

/* ---- how a unit looks and what it calls things: the page LAYOUT_THEME ---- */

/* For one unit and specialty; immutable. */
struct look {
    struct cached head;
    struct arena *arena;
    bool is_special; /* layers for the specialty have part in it */
    struct val
        said[STORE_MAX_CHAIN]; /* tokens by level: { "light": { "color.brand": … } } */
    struct look_seal *seals;
    size_t seal_count;
    struct val words;  /* { "todo": { "title": { "zh": "…" } } } */
    struct val offers; /* names of themes that people may choose */
};

/* What a lock keeps from the levels below. */
struct look_seal {
    str at;    /* "/tokens/light/color.brand", "/tokens" */
    int above; /* levels beyond this one are bound */
};

/* Of a resolved page LAYOUT_THEME; borrows from both. */
void look_collect(const struct resolved *resolved, const struct layer *layers,
                  struct arena *arena, struct look *ret);

/* Whose look, as themes laid over each other. */
struct look_source {
    struct snap *snap;
    const struct tenant_path *path;
    str choice; /* the person's, of look->offers; may be empty */
    struct arena *arena;
    struct reads *reads; /* may be NULL */
};

enum { LOOK_THEMES = STORE_MAX_CHAIN * 2 + 1 };

/* The one that counts most last. */
struct look_themes {
    struct val items[LOOK_THEMES];
    int levels[LOOK_THEMES];
    bool said[LOOK_THEMES]; /* by layers; otherwise the unit's own theme */
    size_t n;
};

/* The units' themes, each with the tokens its level says, the chosen theme last; without
 * what is sealed above. */
bool look_themes(const struct look *look, const struct look_source *source,
                 struct look_themes *ret, struct err *err) MUST_CHECK;
/* Their style sheet. Never fails because of what a layer says: a token that no longer
 * makes sense is left out. */
bool look_css(const struct look *look, const struct look_source *source, struct buf *out,
              str *ret_header_color, struct err *err) MUST_CHECK;
bool look_offers(const struct look *look, str theme);
/* What the scope's viewer may choose from: [{ "id", "title" }]; what was looked at is
 * noted in the scope. */
bool look_choices(struct scope *scope, struct val *ret, struct err *err) MUST_CHECK;

/* One version of a page, to be compared with another. */
struct layout_version {
    const struct layer *layers;
    const str *ids; /* of their records: "home:marketing" */
    size_t n;
};

/*
 * What differs, as everybody together would see it, in the order of the page: a list of {
 * "block", "component"?, "what", "at"?, "before"?, "after"?, "by"?, "was_by"?, "text": {
 * "zh", "en" } }. `what` is added, removed, moved (before and after are { "into", "after"
 * }), property (of the block, at a pointer), hidden, shown, audience, locked or unlocked.
 * `by` names the verb that makes it so, `was_by` the one that made it so before, as
 * layout_explain does.
 */
struct val layout_diff(const struct layout_version *before,
                       const struct layout_version *after, struct arena *arena);

/* ---- stages: a revision that is not everybody's yet ---- */

/*
 * A layer's record may hold { "stage": { "number", "run", "percent"?, "tenants"?, "verbs"
 * } }. For whom it holds, its verbs count instead of the published ones: people of one of
 * the units or below, and of them so many in a hundred. Without either it is everybody.
 */
struct layout_stage {
    str unit;       /* whose layer it is */
    str layer;      /* "home:marketing" */
    int64_t number; /* of the revision */
    int64_t run;    /* grows whenever the stage begins, so that each counts for itself */
    int percent;
    bool reaches; /* the viewer's unit is one of its units, or below */
    bool inside;  /* it holds for the viewer */
};

/* As people of the unit `path` meet the stage of `layer`; `inside` is left out. Borrows
 * its texts. */
struct layout_stage layout_stage_read(struct val stage, str unit, str layer,
                                      const struct tenant_path *path);
/* Whether it holds for a person of `home`. Always the same for her; who is in the first 5
 * % is in the first 25 % too. Another revision draws others. */
bool layout_stage_holds(const struct layout_stage *stage, str home, str person,
                        struct arena *arena);

/* What came of showing a component on pages that a staged layer is part of. */
struct layout_tally {
    struct layout_stage stage; /* unit, layer, number, run */
    str component;
    uint64_t renders[2]; /* outside the stage, inside it */
    uint64_t failures[2];
    str block;        /* the last that failed inside … */
    const char *code; /* … and why; NULL: none did */
    str text;
};

/* ---- bound to components ---- */

struct region;
struct trial;

struct block {
    str id;
    str ref;                           /* the component's name in the layer */
    const struct component *component; /* NULL: broken */
    struct val props;                  /* with defaults */
    str region;                        /* where it stands: the path of the region */
    uint64_t key[2];                   /* equal: same component, id and props */
    unsigned vary;                     /* atomic: what its fragments looked at so far */
    size_t number;                     /* among the blocks of its layout, from 0 */
    struct region *regions;
    size_t region_count;
    str open;         /* the wrapper's start tag: ids and sizes hold nothing to escape */
    bool is_fixed;    /* she may not move it … */
    bool is_required; /* … nor hide it */
    str locked_by;    /* the unit that says so */
    bool is_new;      /* required since she looked last */
    const struct trial *trial; /* NULL: no layer of the page is staged */
    const struct err *broken;  /* why it cannot be shown; NULL: it can */
};

struct region {
    str name;
    str path;         /* "main", "tabs1/first" */
    struct val title; /* what its component calls it, { "zh", "en" }; may be absent */
    bool is_offered;  /* people may put blocks there: "main", and what a component has */
    bool is_closed;   /* but a unit forbids it … */
    str closed_by;    /* … this one */
    struct block **blocks;
    size_t n;
};

struct layout {
    struct cached head;
    struct arena *arena;
    str page;
    struct val props; /* of the page: title … */
    struct region *regions;
    size_t region_count;
    size_t block_count;      /* with those put away */
    uint64_t outline;        /* equal: the same blocks in the same places */
    bool is_arrangeable;     /* people may arrange it: the page's property "arrange" */
    bool is_arranged;        /* this one by her whose it is */
    bool has_new;            /* blocks that are new to her */
    struct block **put_away; /* hidden by herself */
    size_t put_away_count;
    struct package *ui;
    struct package **packages; /* whose components are used; parts of the head */
    size_t package_count;
    struct layout_issue *issues;
    size_t issue_count;
    const struct trial *trial; /* as its blocks say */
};

const struct region *layout_region(const struct region *regions, size_t n, str name);
/* Of the page or of a block on it, by its path; NULL: there is none. */
const struct region *layout_region_at(const struct layout *layout, str path);

struct layouts;

/* Defines the collections "layer" and "arrangement"; again is free. */
bool layout_setup(struct store *store, struct err *err) MUST_CHECK;
struct layouts *layouts_open(struct watch *watch, struct packages *packages);
void layouts_close(struct layouts *layouts);
struct cache_counts layouts_count(struct layouts *layouts);

/* The page as it is for the scope's viewer; held. What of herself decided it is noted in
 * the scope. Errors: layout.none (no layer adds to it). */
bool layout_find(struct layouts *layouts, struct scope *scope,
                 struct script_worker *worker, str page, struct layout **ret,
                 struct err *err) MUST_CHECK;
/* The look of a unit for a specialty (may be empty); held. */
bool look_find(struct layouts *layouts, struct scope *scope,
               const struct tenant_path *path, str specialty, struct look **ret,
               struct err *err) MUST_CHECK;
/* The block, also one put away; NULL: there is none that she may know of. */
const struct block *layout_block(const struct layout *layout, str id);
/* The block as it stands on her page; NULL: there is none, or she put it away. */
const struct block *layout_shown_block(const struct layout *layout, str id);

/* A block was put on a page, or a card that says it failed: `code` is why, NULL that it
 * did not. Free when no layer of the page is staged. */
void layout_count(const struct block *block, const char *code, str text);
/* All that was counted, or of one stage; a list in `arena`. At most LAYOUT_MAX_TALLIES
 * are kept. */
struct layout_tally *layout_tallies(struct layouts *layouts,
                                    const struct layout_stage *stage, struct arena *arena,
                                    size_t *ret_n);
/* What was counted of the unit's layer is forgotten: its stage has ended. */
void layout_forget_tallies(struct layouts *layouts, str unit, str layer);
/* What a unit's layer is to become. */
struct layout_draft {
    str tenant;
    str layer; /* "home", "home:marketing" */
    str page;
    struct val verbs;
    const struct layout_draft *theme; /* of LAYOUT_THEME, worn with it; may be NULL */
};

/* The look as it would be with a draft of one of its layers; without a draft, as it is.
 * Held. */
bool look_preview(struct layouts *layouts, struct scope *scope,
                  const struct tenant_path *path, str specialty,
                  const struct layout_draft *draft, struct look **ret,
                  struct err *err) MUST_CHECK;
/* The page as it would be for the scope's viewer with a draft in place of the published
 * layer, and without her own arrangement; held, and never kept. `ret_told` is as of
 * layout_explain. Errors: layout.none. */
bool layout_preview(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, const struct layout_draft *draft,
                    struct layout **ret, struct val *ret_told,
                    struct err *err) MUST_CHECK;

/* ---- her own arrangement: the last layer of her pages ---- */

/*
 * Changes what she made of a page by verbs, all or none: move (after a block of the same
 * region, "" for its start; with `into`, of that region: "main" or one that a block
 * offers), hide, show (what she hid), set (of a property that the component's schema
 * marks "x-personal"). Others stay where they are when one of them moves. Waits for the
 * disk. Errors: arrange.off (the page is not for arranging),
 * arrange.verb (not one of these), arrange.property, and why the resolver refuses:
 * layout.locked, layout.orphan, layout.anchor …; `where` is "/verbs/0".
 */
bool layout_arrange(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, str page, struct val verbs,
                    struct err *err) MUST_CHECK;
/* What she made of a page: { "page", "arrangeable", "verbs" }, no verbs when nothing.
 * Errors: layout.none. */
bool layout_arrangement(struct layouts *layouts, struct scope *scope,
                        struct script_worker *worker, str page, struct val *ret,
                        struct err *err) MUST_CHECK;
/* Back to the unit's arrangement. */
bool layout_restore(struct scope *scope, str page, struct err *err) MUST_CHECK;
/* She has seen what is new. */
bool layout_see(struct scope *scope, str page, struct err *err) MUST_CHECK;

/* ---- how she looks at pages ---- */

#define LAYOUT_UNIT_THEME "unit" /* what she has who chose none */

/* { "lang", "scheme", "size", "theme", "themes": [{ "id", "title" }] }, `themes` are
 * those that she may choose. */
bool settings_get(struct scope *scope, struct val *ret, struct err *err) MUST_CHECK;
/* Changes some of lang (zh, en), scheme (auto, light, dark), size (normal, large) and
 * theme, all or none. Waits for the disk. Errors: me.setting (`where` is its name). */
bool settings_put(struct layouts *layouts, struct scope *scope, struct val values,
                  struct err *err) MUST_CHECK;

/* How far the studio's guide has led her. Waits for the disk. */
bool settings_put_guide(struct scope *scope, int64_t step, struct err *err) MUST_CHECK;

/* A person is gone: her arrangements go. */
bool layout_forget(struct txn *txn, store_space space, str person,
                   struct err *err) MUST_CHECK;

/* ---- why a page is as it is ---- */

/*
 * For whom edits or supports, not for the viewer: it tells of blocks that are not hers.
 * { "page", "person", "layers": [{ "unit", "layer", "level", "stage"? }], "properties",
 * "locks",
 * "blocks": [{ "id", "component", "region", "shown", "why", "audience"?, "broken"?,
 * "added", "placed", "visibility"?, "properties": [{ "at", "value", "by",
 * "over"? }], "locks": [{ "lock", "at"?, "below"?, "by" }] }], "issues": [{ "code",
 * "block", "by", "lock"? }] }. `over` is { "value"?, "by"? }: what would count if the
 * layer that set it did not; without a value, the component's default.
 * `why` is shown, hidden, audience (she is not in it), inside (what it stands in is not
 * shown) or broken. Whatever a verb did names it: { "unit", "layer", "verb", "by"?,
 * "since"? }. Lives in the scope's arena. Errors: layout.none.
 */
bool layout_explain(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, str page, struct val *ret,
                    struct err *err) MUST_CHECK;
