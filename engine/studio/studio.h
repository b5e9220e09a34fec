/*
 * studio: the edge where pages are composed. The studio's own page, its files, and the
 * canvas: a page as the engine renders it, with a draft in it, for a frame that runs no
 * scripts. What is done there goes through desk.
 *
 * Knows HTTP and the calls below it. The canvas, and the examples of the palette, have a
 * Content-Security-Policy of their own that forbids every script: it is what keeps
 * content of a unit from acting as the one who edits it. An example is made once and
 * kept.
 */
#pragma once
#include "asset/asset.h"
#include "door/door.h"
#include "edit/edit.h"
#include "render/render.h"

struct studio;

struct studio_config {
    struct editor *editor;
    struct door *door;
    const struct assets *assets; /* entries "builder", "studio", "canvas" */
    /* Appends a component of a package's record, shown with its example. */
    bool (*example)(struct val package, str component, enum view_lang lang,
                    struct buf *out, struct err *err);
};

struct studio *studio_open(const struct studio_config *config);
void studio_close(struct studio *studio);

/* Requests for these paths are for the studio. */
bool studio_takes(str path);
/* `worker` is of the thread. */
void studio_handle(struct studio *studio, struct door_worker *worker,
                   struct http_request *request);
