/* What the files of render share. */
#pragma once
#include "render/render.h"

struct renderer {
    struct render_config config;
    struct cache *fragments;
    struct cache *pages;
    struct cache *sheets;
    uint64_t rendered;
    uint64_t failed;
};

struct render_worker {
    struct renderer *renderer;
    struct script_worker *scripts;
    struct buf out;   /* the page being made */
    struct buf piece; /* a fragment that is made alone */
    /* For which regions are marked and failures told; NULL: it is for no editor. */
    struct canvas *canvas;
};

/* load.c: what a block's component shows. */
bool load_run(struct render_worker *worker, struct scope *scope,
              const struct block *block, struct val *ret, struct err *err);

/* fragment.c: appends blocks; the fragments they were made from are added to `parts`
 * while all of them are kept, otherwise parts->broken. `parts` may be NULL. */
struct parts {
    struct cached **items; /* in the scope's arena; held */
    size_t n;
    size_t cap;
    bool broken;
    struct page_state state;
};

/* Where a region starts, for whoever edits the page; its owner "" is the page. */
void mark_region(struct scope *scope, str owner, const struct region *region, str name,
                 struct buf *out);
void parts_add(struct parts *parts, struct arena *arena, struct cached *part);
void parts_drop(struct parts *parts);
void fragments_put(struct render_worker *worker, struct scope *scope,
                   struct block *const *blocks, size_t n, struct buf *out,
                   struct parts *parts, int depth);
