/*
 * scope: who looks, at what moment, with what memory and budget. Everything that becomes
 * a fragment is looked up through a scope, and the scope notes it: which records and
 * intervals, which sides of the viewer, until when.
 *
 * Knows viewers and the store; nothing of components or pages.
 * A *viewer* is the signed-in person with her path in the tree: immutable, counted,
 * cached by session until a record it was made from changes. Threads: `struct scopes` is
 * shared; a scope and its worker belong to one thread. A snapshot is opened when first
 * needed and closed with the scope.
 */
#pragma once
#include "audit/audit.h"
#include "auth/auth.h"
#include "cache/cache.h"
#include "tenant/tenant.h"

enum scope_lang { SCOPE_ZH, SCOPE_EN };

struct viewer {
    struct cached head;
    struct arena *arena; /* of all below */
    struct tenant_path path;
    struct val person; /* her record */
    str person_id;     /* in her unit: another unit may have another person of that id */
    bool is_guest; /* she stands in a unit that is not hers; her id is nobody's there */
    str specialty; /* may be empty */
    enum scope_lang lang;
    str scheme; /* auto, light, dark */
    str theme;  /* that she chose; may be empty, or no longer offered */
    bool large; /* large type */
    int offset_min;
};

/* Sides of the viewer and the request that a fragment may have looked at. */
enum vary {
    VARY_ACTOR = 1,
    VARY_TENANT = 2,
    VARY_SPECIALTY = 4,
    VARY_LANG = 8,
    VARY_ZONE = 16,
    VARY_QUERY = 32, /* the page's parameters */
    VARY_PAGE = 64,  /* which page it stands on */
};

/* What was looked at, so far: becomes the fragment's memory. */
struct seen {
    struct reads reads;
    unsigned vary;
    int64_t until_ms; /* the present mattered: good until then; 0: for ever */
    size_t queries;
    size_t rows;
};

struct scopes;
struct scope_worker;

/* Borrows all its parts. */
struct scopes *scopes_open(struct store *store, struct watch *watch,
                           const struct clock *clock);
void scopes_close(struct scopes *scopes);
struct store *scopes_store(const struct scopes *scopes);
struct cache_counts scopes_count(struct scopes *scopes);

bool scope_worker_open(struct scopes *scopes, struct scope_worker **ret,
                       struct err *err) MUST_CHECK;
void scope_worker_close(struct scope_worker *worker);

struct scope {
    struct scope_worker *worker;
    struct arena *arena;
    struct viewer *viewer; /* held; NULL when nobody is signed in */
    int64_t now_ms;
    str page;          /* whose blocks are shown */
    struct val query;  /* the page's parameters: a map of strings */
    str query_text;    /* the same in one text: equal texts, equal parameters */
    struct seen *seen; /* where looks are noted; NULL: nowhere */
    const struct val
        *needs; /* capabilities of the component that looks; NULL: the engine itself */
    struct snap *snap; /* scope's own; use scope_snap */
    bool in_txn;       /* looks at what a transaction has made so far */
    bool is_elsewhen;  /* `now_ms` is not the present: fragments are made for it alone */
};

/* For the session of `token` (may be empty). `ret` is the caller's memory. */
bool scope_open(struct scope_worker *worker, struct arena *arena, str token,
                struct scope *ret, struct err *err) MUST_CHECK;
/* For a person by id, without a session: tools, previews, streams. Errors: tenant.none,
 * scope.person. */
bool scope_open_as(struct scope_worker *worker, struct arena *arena, str tenant,
                   str person, struct scope *ret, struct err *err) MUST_CHECK;
/* For a viewer inside a transaction, which may write between two looks: what is found is
 * copied into `arena`. The worker needs no thread of its own. */
void scope_open_in(struct scope_worker *worker, struct txn *txn, struct viewer *viewer,
                   struct arena *arena, struct scope *ret);
/* For a unit itself, nobody in it: what runs by the clock. Errors: tenant.none. */
bool scope_open_unit(struct scope_worker *worker, struct arena *arena, str tenant,
                     struct scope *ret, struct err *err) MUST_CHECK;
/* For the person of `viewer` as if she stood in that unit and specialty: previews of what
 * nobody is chosen for. In a unit that is not hers she is a guest: she has her own name
 * and settings, but nothing that belongs to a person there. Errors: tenant.none. */
bool scope_open_at(struct scope_worker *worker, struct arena *arena,
                   const struct viewer *viewer, str tenant, str specialty,
                   struct scope *ret, struct err *err) MUST_CHECK;
/* Looks at what is there now as if it were that moment. The viewer must be the scope's
 * alone, as scope_open_as, scope_open_unit and scope_open_at make her. */
void scope_go_to(struct scope *scope, int64_t at_ms);
void scope_close(struct scope *scope);

/* The moment it looks at: the viewer's chain, or the system's space when nobody is signed
 * in. */
bool scope_snap(struct scope *scope, struct snap **ret, struct err *err) MUST_CHECK;
/* Lets the moment go, before something slow; the next look is at a new one. */
void scope_drop_snap(struct scope *scope);
/* Whether the viewer has the right in that unit, of a specialty's layers or, when it is
 * empty, of everybody's; `snap` is any moment, or a transaction's. Errors: as auth_may.
 */
bool scope_may(struct scope *scope, struct snap *snap, enum auth_right right,
               const struct tenant_path *path, str specialty, struct err *err) MUST_CHECK;
/* Leaves in the unit's audit, in that transaction, that the viewer did what `entry` says.
 */
bool scope_audit(const struct scope *scope, struct txn *txn,
                 const struct tenant_path *path, const struct audit_entry *entry,
                 struct err *err) MUST_CHECK;
/* The same of one record of the unit: "put", "remove". */
bool scope_audit_one(const struct scope *scope, struct txn *txn,
                     const struct tenant_path *path, str action, const char *collection,
                     str id, struct err *err) MUST_CHECK;
/* What the moment's revision is; opens it. */
uint64_t scope_revision(struct scope *scope);

/* Minutes east of UTC where the viewer is, nobody being where most are. Who shows it
 * notes VARY_ZONE. */
int scope_offset_min(const struct scope *scope);

/* ---- looking, with the memory and the limits of a fragment ---- */

enum scope_grain { SCOPE_MINUTE, SCOPE_HOUR, SCOPE_DAY };

/* The present, cut to the grain; the fragment is good until it changes. */
int64_t scope_now(struct scope *scope, enum scope_grain grain);
void scope_note(struct scope *scope, unsigned vary);

/* Milliseconds as "2026-11-22T01:30:00Z", the form in which records keep moments. */
str scope_iso(struct arena *arena, int64_t ms);
/* The viewer's own record and her unit's, looked up so that the fragment remembers them.
 */
bool scope_actor(struct scope *scope, struct val *ret, struct err *err) MUST_CHECK;
bool scope_tenant(struct scope *scope, struct val *ret, struct err *err) MUST_CHECK;

/* Errors: scope.need (the component did not ask for "read:COLLECTION"), scope.collection,
 * scope.limit (more queries or rows than a fragment may), and those of snap_get. */
bool scope_get(struct scope *scope, str collection, str id, bool up, struct val *ret,
               struct err *err) MUST_CHECK;

struct scope_query {
    str collection;
    str by; /* an index; empty: by id */
    struct val equals[STORE_MAX_FIELDS];
    uint8_t equals_count;
    struct val from;
    struct val to;
    bool descending;
    bool up;
    size_t limit;
    str after;
};

/* Errors: as scope_get; scope.index. */
bool scope_query(struct scope *scope, const struct scope_query *query, struct rows *ret,
                 struct err *err) MUST_CHECK;
bool scope_count(struct scope *scope, const struct scope_query *query, size_t *ret,
                 struct err *err) MUST_CHECK;

/* The moment at which the collection last took something in from outside, in the viewer's
 * unit or with `up` the nearest above; absent when it never did. Errors: as scope_get. */
bool scope_fresh(struct scope *scope, str collection, bool up, struct val *ret,
                 struct err *err) MUST_CHECK;

/* ---- what a fragment is good for ---- */

/* Appends to `key` the sides of the viewer named in `vary`: equal keys may share. */
void scope_key(const struct scope *scope, unsigned vary, struct buf *key);
