/*
 * studio: the edge where pages are composed. The studio's own page, its files, and the
 * canvas: a page as the engine renders it, with a draft in it, for a frame that runs no
 * scripts. What is done there goes through desk.
 *
 * Knows HTTP and the calls below it. The canvas, and the examples of the palette, have a
 * Content-Security-Policy of their own that forbids every script: it is what keeps
 * content of a unit from acting as the one who edits it. An example is made once and
 * kept. A draft is also shown on a phone that has a pass for it (/see), which is told
 * when the draft has changed.
 */
#pragma once
#include "asset/asset.h"
#include "door/door.h"
#include "edit/edit.h"
#include "render/render.h"
#include "watch/watch.h"

struct studio;

struct studio_config {
    struct editor *editor;
    struct door *door;
    struct watch *watch;
    const struct assets *assets; /* entries "builder", "studio", "canvas", "see" */
    bool watching;               /* a developer's folder is followed: studio_complain */
    bool secure;                 /* cookies are for HTTPS alone */
    /* Appends a component of a package's record, shown with its example. */
    bool (*example)(struct val package, str component, enum view_lang lang,
                    struct buf *out, struct err *err);
};

struct studio *studio_open(const struct studio_config *config);
void studio_close(struct studio *studio);

/* What is wrong with the folder that is followed, as JSON; "null": nothing any more. Who
 * has the studio open is told. From any thread. */
void studio_complain(struct studio *studio, str complaint);

/* Requests for these paths are for the studio. */
bool studio_takes(str path);
/* `worker` is of the thread. */
void studio_handle(struct studio *studio, struct door_worker *worker,
                   struct http_request *request);
