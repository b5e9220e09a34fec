/* What the files of live share. Everything but `people` belongs to the hub's thread. */
#pragma once
#include "live/live.h"

struct stream;
struct view;

/* ---- source.c: what is watched ---- */

enum source_kind { SOURCE_SPOT, SOURCE_SCENE, SOURCE_VIEW };

/* The head of each watched thing: its first member. A stream costs some, so they are
 * small. */
struct source {
    struct watcher watcher; /* first */
    int64_t until_ms;       /* stale from then on; 0: no end */
    struct source *next;    /* in its hash slot */
    const char *key;        /* its holder's */
    uint32_t hash;          /* of the key */
    uint32_t place;         /* in the heap of ends, from 1; 0: not there */
    uint16_t key_n;         /* 0: it is in no table */
    unsigned char kind;     /* enum source_kind */
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
/* Puts a fresh source under a key, which must last as long; an empty one stands alone. */
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

/* ---- people.c: how many streams each has, and how many of a unit have one ---- */

struct people;
struct people *people_open(void);
void people_close(struct people *people);
/* False: she has LIMIT_STREAMS_PER_PERSON. From any thread. */
bool people_enter(struct people *people, uint64_t who, const struct tenant_path *path);
void people_leave(struct people *people, uint64_t who);
/* Of the unit and below. */
size_t people_count(struct people *people, store_space space);

/* ---- what is shown ---- */

/* A fragment that somebody shows: what it was made from and what it looks like, shared by
 * all who show it. */
struct spot {
    struct source source;
    uint64_t hash; /* of its HTML */
    struct slot *slots;
    struct telling *told; /* NULL: not made */
    char key[];
};

/* The middle of a fragment's event: it is there only while it is being sent. */
struct telling {
    struct spot *spot;
    struct telling *next;
    str text; /* owned */
};

/* A frame that somebody shows. */
struct scene {
    struct source source;
    struct frame frame;    /* without its title */
    struct block **blocks; /* by number */
    struct view *views;
    const void *key[2]; /* layout and sheet */
};

/* Where a view shows a block. */
struct slot {
    struct spot *spot; /* NULL: the block is not shown */
    struct slot *next; /* among the spot's */
    struct slot **at;
    uint64_t shown : 48;  /* hash of what the client has; 0: nothing */
    uint64_t number : 16; /* of the block */
};

/* The slots of a view, by number of the block. */
struct shelf {
    struct stream *stream;
    size_t n;
    struct slot slots[];
};

static inline struct stream *slot_stream(const struct slot *slot)
{
    const char *first = (const char *)(slot - slot->number);
    return ((const struct shelf *)(first - offsetof(struct shelf, slots)))->stream;
}

/* The parameters of a page that has some; in its own arena. */
struct page_query {
    struct arena *arena;
    struct val map;
    str text;
};

/* A page on a stream. Its watcher watches the viewer and what of her decides the page. */
struct view {
    struct source source;
    struct stream *stream;
    struct scene *scene; /* NULL: not looked at yet */
    struct view *next;   /* among the scene's */
    struct view **at;
    str page;
    struct page_query *query; /* NULL: it has no parameters */
    uint64_t outline;         /* of what the client has; 0: nothing */
    struct shelf *shelf;
};

enum urgency { URGENT, LEISURELY, URGENCIES };

/* One piece of memory, with its texts behind its views. */
struct stream {
    struct live *live;
    struct http_stream *http; /* NULL until it is opened */
    str session;
    str person; /* whose it is */
    uint64_t who;
    struct stream *next; /* in a queue of those to look at */
    struct stream **at;
    store_space space; /* of the person */
    enum urgency urgency;
    size_t view_count;
    struct view views[];
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
    struct telling *told;
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
/* As many slots as the layout has blocks, all of them new. */
void view_renew(struct live *live, struct view *view, size_t count);
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
