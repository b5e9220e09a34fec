/*
 * site: the public edge. Signing in and out, workbench pages and their actions, streams,
 * arranging and settings, style sheets, icons and scripts, health and metrics. Each route
 * decodes, makes one call, encodes.
 *
 * Knows HTTP and the calls below it; decides nothing about what a page holds.
 * Every reply has a strict Content-Security-Policy; every request goes through the door.
 */
#pragma once
#include "action/action.h"
#include "asset/asset.h"
#include "auth/auth.h"
#include "door/door.h"
#include "live/live.h"
#include "render/render.h"
#include "usage/usage.h"

struct site;

struct site_config {
    struct renderer *renderer;
    const struct assets *assets;
    struct layouts *layouts;
    struct scopes *scopes;
    struct auth *auth;
    struct actions *actions;
    struct door *door;
    struct live *live;
    struct usage *usage;
    bool secure;     /* behind TLS: cookies say so */
    struct val demo; /* { "password", "featured": [{ "login", "why" }] } shown at sign-in;
                        or absent */
};

/* The fields that every reply carries; for struct render_config and struct http_config.
 */
extern const struct http_field site_fields[];
extern const size_t site_field_count;

struct site *site_open(const struct site_config *config);
void site_close(struct site *site);
/* Where counts of connections come from; set once the server runs. */
void site_set_server(struct site *site, struct http_server *server);

/* `worker` is of the thread. */
void site_handle(struct site *site, struct door_worker *worker,
                 struct http_request *request);
/* For struct http_config: an action waits for the writer without a thread. */
bool site_parks(str method, str path);
