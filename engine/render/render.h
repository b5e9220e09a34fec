/*
 * render: see. A page is made of fragments; a fragment is one block's HTML for one viewer
 * with what it looked at, and is kept until that changes. First paint and every later
 * refresh of a block are the same function: render_fragment makes what a page is made of.
 *
 * Knows layouts, components, themes and scopes; nothing of routes or sessions.
 * A component that fails costs its own card: the card says so quietly, the failure is
 * reported, and the page goes on. Threads: a renderer is shared; a render_worker belongs
 * to one thread.
 */
#pragma once
#include "crypt/crypt.h"
#include "http/http.h"
#include "layout/layout.h"

struct renderer;
struct render_worker;

/* What a component's failure looked like; for the log and the studio. Borrowed. */
struct render_failure {
    str tenant;
    str block;
    str component;
    const struct err *err;
};

struct action;

/* What a component's Lua runs with; its host while it runs. */
struct render_call {
    struct scope *scope;
    const struct block *block;
    struct action *action; /* that runs; NULL: it renders */
};

/* What the operand is in that call; absent when what it names is not there. Errors: those
 * of scope_actor and scope_tenant. */
bool render_operand(const struct render_call *call, const struct operand *operand,
                    struct val *ret, struct err *err) MUST_CHECK;

struct render_config {
    struct packages *packages;
    struct layouts *layouts;
    struct watch *watch;
    const struct script_library
        *libraries; /* what scripts may call; ends with open == NULL */
    void (*push_context)(lua_State *L, void *host); /* host: struct render_call */
    const struct http_field *fields;                /* of every page's reply */
    size_t field_count;
    str script;                             /* of every page, a file of /a/; borrowed */
    size_t cache_bytes;                     /* fragments and pages each get half */
    unsigned char token_key[CRYPT_MAC_KEY]; /* of page tokens */
    void (*report)(void *data, const struct render_failure *failure); /* may be NULL */
    void *report_data;
};

struct renderer *renderer_open(const struct render_config *config);
void renderer_close(struct renderer *renderer);

bool render_worker_open(struct renderer *renderer, struct render_worker **ret,
                        struct err *err) MUST_CHECK;
void render_worker_close(struct render_worker *worker);
struct script_worker *render_script_worker(struct render_worker *worker);

/* ---- pages ---- */

struct page {
    struct cached head;
    struct http_body *body;
    str at; /* its token */
};

/* The whole page for the scope's viewer; held. Errors: layout.none, and those of the
 * store. */
bool render_page(struct render_worker *worker, struct scope *scope, str name,
                 struct page **ret, struct err *err) MUST_CHECK;

/* After it was sent, when its body may have another form than before. */
void render_page_weigh(struct page *page);

/* What stands between <body …> and </body>; in the arena, or the page's. */
str render_page_inner(const struct page *page, struct arena *arena);

/* Looked at, not used. */
#define RENDER_CANVAS_POLICY                                                    \
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; " \
    "form-action 'none'; base-uri 'none'"

/* A block that is a card which says that it failed, and why, though it may have failed
 * before: in the scope's arena. */
struct failed_block {
    const struct failed_block *next;
    const struct block *block;
    struct err err;
};

/* A page as its editor sees it. */
struct canvas {
    struct layout *layout;
    str styles[2];                     /* as of struct shell */
    const struct failed_block *failed; /* out */
};

/* The content of the page's body, appended: a <template> with data-region opens each
 * region, blocks of it are the siblings that follow. Nothing of it is kept but its
 * fragments. */
void render_canvas_inner(struct render_worker *worker, struct scope *scope,
                         struct canvas *canvas, struct buf *out);
/* The whole document around it, which allows no script by a policy of its own. */
bool render_canvas(struct render_worker *worker, struct scope *scope,
                   struct canvas *canvas, struct buf *out, struct err *err) MUST_CHECK;
/* A page without its fragments. */
struct frame {
    struct layout *layout; /* held */
    struct sheet *sheet;   /* held */
    str title;             /* arena */
    uint64_t outline;      /* equal: the same but for what fragments show */
};

/* What of the viewer decided it is noted in `seen`. Errors: as render_page. */
bool render_frame(struct render_worker *worker, struct scope *scope, str name,
                  struct seen *seen, struct frame *ret, struct err *err) MUST_CHECK;
void frame_drop(struct frame *frame);

/* ---- fragments ---- */

/* A block's HTML without the blocks inside it, whose places are its holes. */
struct fragment {
    struct cached head;
    str html;
    struct view_hole *holes;
    size_t hole_count;
    uint64_t hash;            /* of the HTML, the same in every process; never 0 */
    const struct err *failed; /* why it is a card that says so; NULL: it is not */
};

/* What the block shows now; held, and watched also when it is not kept, unless it is
 * stale already. Never fails: a failure is a card. */
struct fragment *render_fragment(struct render_worker *worker, struct scope *scope,
                                 struct block *block);
/* Under what it is shared, in `room`: equal keys, equal fragments. Empty: with nobody. */
str render_key(const struct scope *scope, const struct block *block,
               char room[CACHE_MAX_KEY]);

/* ---- page tokens: what a page shows, in a short text that only its viewer can use ----
 */

/* Hashes are cut to what a token holds of them. */
#define RENDER_HASH_MASK ((UINT64_C(1) << 48) - 1)

enum { RENDER_MAX_TOKEN = 2048 /* characters */ };

struct page_state {
    uint64_t outline;
    uint64_t hashes[LIMIT_PAGE_BLOCKS]; /* by the number of the block; 0: not shown */
    size_t n;
};

enum token_use { TOKEN_GOOD, TOKEN_OTHER_VERSION, TOKEN_FOREIGN };

/* Whose page it is. */
struct page_owner {
    store_space space;
    str person;
    str page;
};

struct page_owner render_owner(const struct viewer *viewer, str page);
/* Appends the page's token, render_token_size(state->n) characters. */
void render_token_write(const struct renderer *renderer, const struct page_owner *owner,
                        const struct page_state *state, struct arena *arena,
                        struct buf *out);
size_t render_token_size(size_t blocks);
enum token_use render_token_read(const struct renderer *renderer,
                                 const struct page_owner *owner, str token,
                                 struct arena *arena, struct page_state *ret);

/* One block's HTML, appended to `out` with its wrapper and the blocks inside it. What it
 * looked at goes to `scope->seen` when that is set. Never fails: a failure is a card. */
void render_block(struct render_worker *worker, struct scope *scope, struct block *block,
                  struct buf *out);

/* The same for those who must know: a failure is an error. */
bool render_try(struct render_worker *worker, struct scope *scope, struct block *block,
                struct buf *out, struct err *err) MUST_CHECK;

/* What load gives for a block: the model, for those who draw it themselves. */
bool render_model(struct render_worker *worker, struct scope *scope,
                  const struct block *block, struct val *ret, struct err *err) MUST_CHECK;

/* ---- style sheets ---- */

/* What pages in a language need only when something goes wrong: their script fetches it
 * when they are at rest, so that it is there then. */
struct aside {
    str path; /* where it is served: "/i/0123456789abcdef.zh.html" */
    struct http_body *body;
};

/* A tenant's theme, the host's style and all its components' styles in one sheet. */
struct sheet {
    struct cached head;
    str of; /* "huaheng-jl", with ":SPECIALTY" and "@THEME" where they matter */
    str fingerprint;
    str scheme_color; /* of the browser's frame, "#0a4aa8" */
    struct http_body *body;
    struct http_body *icons;
    struct aside asides[VIEW_LANGS];
    struct package *ui; /* whose icons the page shows */
};

/* Whose; a specialty or a theme that makes no difference there is none. */
struct sheet_source {
    const struct tenant_path *path;
    str specialty; /* may be empty */
    str theme;     /* that the person chose; may be empty */
};

/* Held. Errors: theme.*, package.*. */
bool render_sheet(struct render_worker *worker, struct scope *scope,
                  const struct sheet_source *source, struct sheet **ret,
                  struct err *err) MUST_CHECK;
/* Of the scope's viewer. */
struct sheet_source render_viewer_sheet(const struct scope *scope);

/* Where it is served: "/t/city/0123456789abcdef.css". */
str render_sheet_path(struct arena *arena, const struct sheet *sheet);

struct render_counts {
    struct cache_counts fragments;
    struct cache_counts pages;
    uint64_t rendered; /* fragments made */
    uint64_t failed;   /* of them, cards that say so */
};

struct render_counts render_count(struct renderer *renderer);

/* ---- a page around anything ---- */

struct shell {
    str title;
    struct sheet *sheet;
    enum view_lang lang;
    str scheme;
    bool large;
    str class;          /* of the body; may be empty */
    str script;         /* a file of /a/; empty: the page has none */
    str styles[2];      /* addresses of more after the unit's sheet; may be empty */
    const char *policy; /* what its content may do, where no header says it; or NULL */
};

/* Of the scope's viewer: her language, scheme and size. */
struct shell shell_for(const struct scope *scope, str title, struct sheet *sheet);
/* "本月 · 江陵供电": what the page is called, and whose it is. */
str render_title(struct scope *scope, const struct layout *layout);
/* Everything before the body's content, and after it. */
void shell_open(struct buf *out, const struct shell *shell);
void shell_close(struct buf *out);
