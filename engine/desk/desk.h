/*
 * desk: the JSON edge, /api/v1, for the studio and for scripts. Each route decodes, makes
 * one call of what does the work (edit, data, action, feed, job, auth), encodes. What
 * there is stands in openapi.json; bodies are checked against the schemas in it, and a
 * test compares its paths with the table of routes.
 *
 * Signed in as for pages, with the same cookie, through the same door; for records also
 * with a token (Authorization: Bearer). Errors are
 * problem details (RFC 9457) with `code`, `where` and, when several things are wrong,
 * `errors`. A draft's version is its ETag. Limits: LIMIT_BODY_BYTES of a body,
 * LIMIT_INGEST_BYTES of one that brings records; lists have
 * pages of DESK_MAX_PAGE.
 */
#pragma once
#include "action/action.h"
#include "asset/asset.h"
#include "audience/audience.h"
#include "data/data.h"
#include "door/door.h"
#include "edit/edit.h"
#include "feed/feed.h"
#include "live/live.h"
#include "render/render.h"
#include "usage/usage.h"

enum { DESK_MAX_PAGE = 100 /* items of a list */ };

struct desk;

struct desk_config {
    struct editor *editor;
    struct layouts *layouts;
    struct data *data;
    struct store *store;
    struct feeds *feeds;
    struct door *door;
    struct actions *actions;
    struct packages *packages;
    struct directory *directory;
    struct live *live;
    const struct assets *assets;
};

/* Errors: those of the schemas in openapi.json. */
bool desk_open(const struct desk_config *config, struct desk **ret,
               struct err *err) MUST_CHECK;
void desk_close(struct desk *desk);

/* Requests for these paths are for the desk. */
bool desk_takes(str path);
/* Bytes that a request's body may have. */
size_t desk_body_limit(str method, str path);
/* `worker` is of the thread. */
void desk_handle(struct desk *desk, struct door_worker *worker,
                 struct http_request *request);

/* The table of routes and the document, for a test that compares them. False past the
 * end. */
bool desk_route(size_t i, str *ret_method, str *ret_path);
str desk_openapi(void);
