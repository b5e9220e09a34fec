/* What the files of live share. Everything but `people` belongs to the hub's thread. */
#pragma once
#include "live/live.h"

struct stream;
struct view;

/* ---- source.c: what is watched ---- */

enum source_kind { SOURCE_SPOT, SOURCE_SCENE, SOURCE_VIEW };

/* The head of each watched thing: its first member. */
struct source {
    struct watcher watcher; /* first */
    enum source_kind kind;
    int64_t until_ms;    /* stale from then on; 0: no end */
    size_t place;        /* in the heap of ends, from 1; 0: not there */
    uint64_t hash;       /* of the key */
    str key;             /* owned; empty: it is in no table */
    struct source *next; /* in its hash slot */
};

struct sources {
    struct watch *watch;
    struct source **slots;
    size_t slot_count;
    size_t n;
    struct source **ends; /* a heap by until_ms, from 1 */
    size_t end_count;
    size_t end_room;
};

void watched_open(struct sources *sources, struct watch *watch);
void watched_close(struct sources *sources);
/* NULL: there is none. Kinds have keys of their own. */
struct source *source_find(struct sources *sources, enum source_kind kind, str key);
/* Puts a fresh source under a key, which is copied; an empty one stands alone. */
void source_add(struct sources *sources, struct source *source, enum source_kind kind,
                str key);
/* Out of everything; the memory is the caller's. */
void source_remove(struct sources *sources, struct source *source);
/* Watches the objects and `reads` from now on, until the earliest of their ends. What
 * has changed since already leaves it stale. */
void source_follow(struct sources *sources, struct source *source,
                   struct cached *const *objects, size_t n, const struct reads *reads,
                   uint64_t revision);
static inline bool source_is_stale(const struct source *source)
{
    return watcher_is_stale(&source->watcher);
}
/* The next that became stale, by a change or by time; NULL: none. */
struct source *source_next(struct sources *sources, int64_t now_ms, bool *ret_by_time);
/* Milliseconds until the next end; -1: there is none. */
int64_t source_next_end(const struct sources *sources, int64_t now_ms);

/* ---- people.c: how many streams each has ---- */

struct people;
struct people *people_open(void);
void people_close(struct people *people);
/* False: she has LIMIT_STREAMS_PER_PERSON. From any thread. */
bool people_enter(struct people *people, uint64_t who);
void people_leave(struct people *people, uint64_t who);

/* ---- what is shown ---- */

/* A fragment that somebody shows: what it was made from and what it looks like, shared by
 * all who show it. */
struct spot {
    struct source source;
    uint64_t hash; /* of its HTML */
    struct slot *slots;
    str told; /* the middle of its event, owned; p == NULL: not made */
    struct spot *next_told;
};

/* A frame that somebody shows. */
struct scene {
    struct source source;
    struct frame frame;    /* without its title */
    struct block **blocks; /* by number */
    struct view *views;
};

/* Where a view shows a block. */
struct slot {
    struct spot *spot; /* NULL: the block is not shown */
    struct slot *next; /* among the spot's */
    struct slot **at;
    struct view *view;
    uint64_t shown; /* hash of what the client has; 0: nothing */
};

/* A page on a stream. Its watcher watches the viewer and what of her decides the page. */
struct view {
    struct source source;
    struct stream *stream;
    struct scene *scene; /* NULL: not looked at yet */
    struct view *next;   /* among the scene's */
    struct view **at;
    str page;
    struct val query; /* in its arena, or an empty map */
    str query_text;
    struct arena *arena; /* of the query; NULL: there is none */
    uint64_t outline;    /* of what the client has; 0: nothing */
    struct slot *slots;  /* by number of the block */
    size_t slot_count;
};

enum urgency { URGENT, LEISURELY, URGENCIES };

struct stream {
    struct live *live;
    struct http_stream *http; /* NULL until it is opened */
    str session;
    store_space space; /* whose it is */
    str person;
    uint64_t who;
    struct view *views;
    size_t view_count;
    struct stream *next; /* in a queue of those to look at */
    struct stream **at;
    enum urgency urgency;
};

struct stream_queue {
    struct stream *first;
    struct stream **end;
};

struct live {
    struct live_config config;
    struct http_hub *hub;
    struct people *people;
    struct render_worker *render;
    struct scope_worker *scope;
    struct arena *arena; /* of one push */
    struct sources sources;
    struct stream_queue queues[URGENCIES];
    struct buf out;   /* of one push */
    struct buf piece; /* one block with those inside it */
    struct spot *told;
    struct live_counts counts; /* atomics */
};

static inline void count_one(uint64_t *counter)
{
    __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

/* ---- stream.c ---- */

struct stream *stream_new(struct live *live, const struct scope *scope,
                          const struct live_wish *wish, const struct page_state *states);
void stream_free(struct stream *stream);
/* Puts the stream among those to look at. */
void stream_mark(struct stream *stream, enum urgency urgency);
void stream_unmark(struct stream *stream);

/* ---- push.c ---- */

/* Brings what the stream shows up to date. */
void push_stream(struct live *live, struct stream *stream);
/* Forgets the texts of events. */
void push_forget(struct live *live);

/* ---- scene.c ---- */

/* The view shows that frame, which is taken over; its slots stay as they are. */
void view_enter(struct live *live, struct view *view, struct frame *frame);
void view_leave(struct live *live, struct view *view);
/* The slot shows the block as it is now for the scope's viewer. Stale afterwards: it has
 * changed again. `ret` (may be NULL) is the fragment, held. */
void slot_fill(struct live *live, struct slot *slot, struct block *block,
               struct scope *scope, struct fragment **ret);
void slot_clear(struct live *live, struct slot *slot);
