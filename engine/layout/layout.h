/*
 * layout: what stands on a page. A page is not stored; it is resolved from layers, each a
 * list of verbs that say what this level of the tree does differently, always by the
 * stable ids of blocks.
 *
 * Knows verbs, blocks, regions and components' props; nothing of HTML.
 * Order: for each tenant from the root to the viewer's own: its layer of the page, then
 * its layer for the viewer's specialty ("home", "home@marketing"). Total: resolving never
 * fails because of what a layer says. A verb whose target is gone, or that makes no
 * sense, is set aside and listed. Threads: a resolved layout is immutable (but for the
 * learned `vary` of its blocks, an atomic), counted and shared by all viewers of one
 * tenant and specialty.
 */
#pragma once
#include "package/package.h"
#include "scope/scope.h"

/* ---- resolving, pure ---- */

struct layer {
    str name;         /* whose: shown to people */
    struct val verbs; /* list of { "verb", "block", … } */
};

/* Why a verb was set aside. */
struct layout_issue {
    const char *code; /* layout.orphan, layout.exists, layout.anchor, layout.loop,
                         layout.verb, layout.limit */
    str layer;
    size_t verb; /* its number in the layer, from 0 */
    str block;
};

struct resolved_block {
    str id;
    str component; /* as named by the verb */
    struct val props;
    bool hidden;
    str layer; /* that added it */
    struct resolved_region *regions;
    size_t region_count;
};

struct resolved_region {
    str name;
    struct resolved_block **blocks;
    size_t n;
};

struct resolved {
    struct val page; /* props of the page itself: { "title", … } */
    struct resolved_region *regions;
    size_t region_count;
    size_t block_count;
    struct layout_issue *issues;
    size_t issue_count;
};

/* Verbs:
 *   add    block component props? into after?   a new block; into "main" or
 * "block/region"; without `after` at the end, after "" at the start remove block · hide
 * block · show block move   block into? after? set    block at value one property by JSON
 * pointer; block "page" is the page itself reset  block at back to what the block was
 * added with */
void layout_resolve(const struct layer *layers, size_t n, struct arena *arena,
                    struct resolved *ret);

/* ---- bound to components ---- */

struct region;

struct block {
    str id;
    str ref;                           /* the component's name in the layer */
    const struct component *component; /* NULL: broken */
    struct val props;                  /* with defaults */
    uint64_t key[2];                   /* equal: same component, id and props */
    unsigned vary;                     /* atomic: what its fragments looked at so far */
    struct region *regions;
    size_t region_count;
    str open; /* the wrapper's start tag: ids and sizes hold nothing to escape */
    const struct err *broken; /* why it cannot be shown; NULL: it can */
};

struct region {
    str name;
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
    struct package *ui;
    struct package **packages; /* whose components are used; parts of the head */
    size_t package_count;
    struct layout_issue *issues;
    size_t issue_count;
};

const struct region *layout_region(const struct region *regions, size_t n, str name);

struct layouts;

/* Defines the collection "layer"; again is free. */
bool layout_setup(struct store *store, struct err *err) MUST_CHECK;
struct layouts *layouts_open(struct watch *watch, struct packages *packages);
void layouts_close(struct layouts *layouts);
struct cache_counts layouts_count(struct layouts *layouts);

/* The page as it is for the scope's viewer; held. Errors: layout.none (no layer adds to
 * it). */
bool layout_find(struct layouts *layouts, struct scope *scope,
                 struct script_worker *worker, str page, struct layout **ret,
                 struct err *err) MUST_CHECK;
