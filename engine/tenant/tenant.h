/*
 * tenant: whose house. The tree of units, the number of each (its space in the store),
 * and the people who belong to them.
 *
 * Knows the two collections it defines, "tenant" (in the system's space) and "person" (in
 * the tenant's own); not who may do what. A path is borrowed from its arena; it names a
 * tenant and all above it, root first.
 */
#pragma once
#include "store/store.h"

/* Records that belong to no tenant: the tree itself, sign-ins, sessions. */
#define TENANT_SYSTEM_SPACE ((store_space)0)

/* Defaults that a plan or a tenant's settings may tighten. Every door names its limit
 * here. */
enum {
    LIMIT_BODY_BYTES = 1 << 20,        /* of a request */
    LIMIT_INGEST_BYTES = 8 << 20,      /* of a request that brings records */
    LIMIT_FRAGMENT_BYTES = 256 << 10,  /* HTML of one block */
    LIMIT_PAGE_BYTES = 4 << 20,        /* HTML of one page */
    LIMIT_PAGE_BLOCKS = 200,           /* of a resolved page */
    LIMIT_PAGE_DEPTH = 8,              /* regions in regions */
    LIMIT_LAYER_VERBS = 2000,          /* of one layer */
    LIMIT_QUERY_ROWS = STORE_MAX_ROWS, /* of one query */
    LIMIT_FRAGMENT_QUERIES = 50,       /* of one load */
    LIMIT_FRAGMENT_ROWS = 5000,        /* of one load */
    LIMIT_REQUESTS_PER_SECOND = 50,    /* of one actor, over time … */
    LIMIT_REQUESTS_BURST = 200,        /* … and at once */
    LIMIT_STREAMS_PER_PERSON = 8,      /* open at once */
    LIMIT_STREAM_PAGES = 8,            /* that one stream shows */
    LIMIT_SIGNIN_ATTEMPTS = 10,        /* failures of one name in … */
    LIMIT_SIGNIN_WINDOW_S = 15 * 60,   /* … so many seconds */
    LIMIT_SESSION_S = 7 * 24 * 3600,   /* a session's life */
    LIMIT_PASS_S = 30 * 60,            /* how long a phone may look at a draft */
    LIMIT_PACKAGE_FILES = 400,         /* of one package */
    LIMIT_PACKAGE_BYTES = 1000 << 10,  /* of its files together */
    LIMIT_ACTIONS_WAITING = 2048,      /* for the writer, of everybody */
    LIMIT_ACTIONS_WAITING_UNIT = 512,  /* … of one unit */
    LIMIT_ACTION_WRITES = 500,         /* records written by one action */
    LIMIT_ACTION_BYTES = 1 << 20,      /* … as JSON text, together */
    LIMIT_AUDIT_DAYS = 180,            /* how long it is known who did what */
};

struct tenant {
    str id;
    store_space space;
    struct val record;
};

struct tenant_path {
    struct tenant items[STORE_MAX_CHAIN]; /* root first, the tenant itself last */
    store_space chain[STORE_MAX_CHAIN];
    size_t n;
};

/* Defines the collections; again is free. */
bool tenant_setup(struct store *store, struct err *err) MUST_CHECK;

/* Reads the path of a tenant. Errors: tenant.none, tenant.deep (more than 16, or a
 * circle). */
bool tenant_path_read(struct snap *snap, str id, struct arena *arena, struct reads *reads,
                      struct tenant_path *ret, struct err *err) MUST_CHECK;

/* The id of the root tenant: the first whose parent is absent. Errors: tenant.none. */
bool tenant_root(struct snap *snap, struct arena *arena, struct reads *reads, str *ret,
                 struct err *err) MUST_CHECK;

/* The units right below, in their order, up to `limit`; `after` and `ret->next` as in a
 * query. */
bool tenant_children(struct snap *snap, str id, str after, size_t limit,
                     struct arena *arena, struct rows *ret, struct err *err) MUST_CHECK;

static inline const struct tenant *tenant_of(const struct tenant_path *path)
{
    return &path->items[path->n - 1];
}

/* The tenant of that id on the path, itself or one above; NULL when it stands on none. */
const struct tenant *tenant_on(const struct tenant_path *path, str id);

/* The record of a person of a unit; absent when she is gone, or the unit is. */
bool tenant_person(struct snap *snap, str unit, str person, struct arena *arena,
                   struct val *ret, struct err *err) MUST_CHECK;

/* Which members of a map name a person: her unit, her id; and which is to hold her name.
 */
struct tenant_naming {
    const char *home;
    const char *person;
    const char *name;
};

/* Puts her name, copied into the arena, beside her id; nothing when she is gone, or the
 * map names nobody. */
bool tenant_put_name(struct snap *snap, struct arena *arena,
                     const struct tenant_naming *what, struct val *v,
                     struct err *err) MUST_CHECK;

/* What people call it: its "short" name, or its "name"; of its record. */
struct val tenant_name(const struct tenant *tenant);

/* What people of the unit call the values of an attribute ("specialty", "group", "tag"):
 * a map of value to name, as its own "terms" and those of the units above say; the
 * nearest counts. */
struct val tenant_terms(const struct tenant_path *path, str attribute,
                        struct arena *arena);

/* Inserts or replaces a tenant ({ "id", "parent"?, "name", "level", … }) and gives it a
 * space when it is new. Errors: tenant.parent (it does not exist, or is below the
 * tenant), tenant.deep. */
bool tenant_put(struct txn *txn, struct val record, struct arena *arena,
                store_space *ret_space, struct err *err) MUST_CHECK;

/* The IANA zone where the tenant works: its own "zone", its parents', or Asia/Shanghai.
 */
str tenant_zone(const struct tenant_path *path);
enum {
    TENANT_OFFSET_MIN = 480 /* minutes east of UTC, where nobody says another zone */
};
/* Minutes east of UTC where the tenant works: its own "zone", its parents', or
 * Asia/Shanghai. */
int tenant_offset_min(const struct tenant_path *path, int64_t at_ms);
