/*
 * action: act, the second of the engine's two verbs. A component declares what may be
 * done with it; a person does it on a block of a page that she sees; it runs in the
 * store's writer, in a transaction of its own, and an error undoes all of it.
 *
 * Knows pages, blocks, components' actions and the store; nothing of routes or HTML.
 * *Exactly once*: the reply is written in the commit of what was done, under the person
 * and the key that came with it; the same key again gives that reply, with another body
 * it is refused. Only what was done is remembered: what was refused did nothing, and its
 * key is free. *Fair*: what waits for the writer is bounded, and goes on by whose unit
 * has used the writer least. *Permitted*: what decided that she may is watched; when it
 * has changed by the time the action's turn comes, nothing is done. *Told*: each action
 * leaves an entry in the audit, in the same commit; its reply lies in it.
 * An action writes in the space of the person's own unit, only in collections that a
 * package brought, and only those its component asked for.
 * Threads: `struct actions` is shared; the Lua of actions runs in the writer's thread. An
 * action belongs to who asked until action_start, and again once `done` was called.
 */
#pragma once
#include "audit/audit.h"
#include "layout/layout.h"
#include "watch/watch.h"

enum {
    ACTION_MAX_KEY = 128,  /* bytes of a key */
    ACTION_SAME_MS = 5000, /* without a key, the same asked again in this time is one */
    ACTION_KEPT_MS = 86400000 /* a reply is remembered for a day */
};

struct actions;

struct action_config {
    struct store *store;
    struct scopes *scopes;
    struct layouts *layouts;
    struct watch *watch;
    const struct clock *clock;
    const struct script_library *libraries;         /* what scripts may call */
    void (*push_context)(lua_State *L, void *host); /* host: struct render_call */
};

/* Errors: script.state and those of store_reader_open. */
bool actions_open(const struct action_config *config, struct actions **ret,
                  struct err *err) MUST_CHECK;
/* After the last action was answered. */
void actions_close(struct actions *actions);

struct action_counts {
    uint64_t run;         /* done and on disk */
    uint64_t replayed;    /* answered with a stored reply */
    uint64_t refused;     /* by rule, permission or the component */
    uint64_t turned_away; /* too many waited */
    uint64_t left;        /* given up: too late, or the client had left */
    size_t waiting;
    size_t in_writer;
};

struct action_counts action_count(struct actions *actions);

/* ---- one action ---- */

/* A form's field; one that comes twice is a list. Its text becomes what the action's
 * schema says. */
struct action_field {
    str name;
    str value;
};

struct action {
    /* What is asked. All of it lives until the action is dropped. */
    struct arena *arena;
    str page;
    str block;
    str name;
    str key; /* who asks makes it up; empty: the same within ACTION_SAME_MS is one */
    struct val input;
    const struct action_field *fields; /* of a form, in place of `input` */
    size_t field_count;
    bool (*has_left)(void *data); /* whether anybody still waits; may be NULL */
    void (*done)(void *data);     /* once, in any thread: what came of it stands below */
    void *data;

    /* What came of it. */
    str component; /* whose action it is, as blocks name it */
    bool is_good;
    struct err err;
    struct val result; /* what run returned; absent: nothing */
    uint64_t revision; /* the store's when it was done */
    bool is_replay;
    const struct schema_error *mistakes; /* action.input: all that is wrong */
    size_t mistake_count;

    /* action's own. */
    struct actions *actions;
    struct viewer *viewer; /* held */
    struct layout *layout; /* held */
    const struct block *on;
    const struct component_action *what;
    str id;               /* of its reply */
    str body;             /* a fingerprint of what is asked */
    struct watcher rule;  /* what decided that she may */
    struct watcher shown; /* what the block showed */
    int64_t asked_ms;
    int64_t cost_us;     /* what its unit was charged ahead */
    int64_t took_us;     /* what it took in the writer */
    struct scope *scope; /* while it runs */
    struct txn *txn;
    size_t writes;
    size_t write_bytes;
    str touched[AUDIT_MAX_TOUCHED]; /* "task/17" */
    size_t touched_count;
    size_t touched_more; /* writes of records besides those */
    bool is_job;         /* nobody asked: the clock did */
    bool is_spoiled;     /* a write was refused: nothing of it may stay */
    struct err spoil;
    str refusal; /* the component's own code and words */
    struct val refusal_text;
    struct action *next;
};

/* Whether the scope's viewer may do this on that page: fills the action's own part and
 * holds what it needs. Errors: layout.none, action.block (she sees no such block),
 * action.none (it has no such action), action.forbidden (not in its audience),
 * action.input (`where` a pointer), action.bad_key, action.again. */
bool action_find(struct actions *actions, struct scope *scope,
                 struct script_worker *worker, struct action *action,
                 struct err *err) MUST_CHECK;
/* It shall be done only while nothing of `shown`, what its block looks at, has changed
 * since `revision`. Errors: action.stale. */
bool action_expect(struct action *action, const struct reads *shown, uint64_t revision,
                   struct err *err) MUST_CHECK;
/* Lets it wait for its turn; `done` is called whatever happens, perhaps before this
 * returns. Errors told in `err`: action.key (the key came before with another body),
 * action.again (what decided that she may has changed: action_find it once more),
 * action.stale, action.busy and action.unit_busy (too many wait), action.late,
 * action.left, action.refused (by the component: `where` its code, `text` in her
 * language), action.need, action.collection, action.writes, record.invalid, and those of
 * script_call and txn_put. */
void action_start(struct action *action);
/* Lets go what it holds; also one that was not found. */
void action_drop(struct action *action);

/* ---- what runs by the clock ---- */

/* A package's job: its table's `run`, with what it needs. */
struct action_job {
    str name; /* "standard/digest" */
    struct script *script;
    struct val needs;
};

/* Runs it in a transaction of its own, in the unit that looks; waits for it. No person,
 * no page and no input; otherwise as an action, with its budget and its writes. `ret` is
 * what it returned. Errors: as action_start's. */
bool actions_run_job(struct actions *actions, struct viewer *viewer,
                     const struct action_job *job, struct arena *arena, struct val *ret,
                     struct err *err) MUST_CHECK;

/* ---- for the Lua of a running action (bind) ---- */

/* Errors: action.need (the component did not ask for "write:COLLECTION"),
 * action.collection (none a package brought), action.writes, and those of txn_put. */
bool action_put(struct action *action, str collection, struct val record,
                enum put_mode mode, struct err *err) MUST_CHECK;
/* The members of `changes` in place of the record's, without those named in `without`. */
bool action_patch(struct action *action, str collection, str id, struct val changes,
                  struct val without, struct val *ret, struct err *err) MUST_CHECK;
bool action_remove(struct action *action, str collection, str id,
                   struct err *err) MUST_CHECK;
str action_new_id(struct action *action);
/* Refuses in the component's own words: a text or { zh, en }. Always false. */
bool action_refuse(struct action *action, str code, struct val text, struct err *err);
