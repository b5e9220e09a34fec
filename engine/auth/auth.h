/*
 * auth: who is it, and who may. Sign-in by name and password, sessions, attempt limits,
 * roles.
 *
 * Knows the collections "login", "session", "pass", "grant", "grant_event", "token" and
 * "secret" in the system's space. A *grant* gives a person a role in a unit and all below
 * it, for everything or for the layers of one specialty; what a role may do is one table,
 * in role.c. Passwords are stored as Argon2id, sessions and tokens under the digest of
 * their secret: whoever reads the store can be nobody. Threads: a `struct auth` is
 * shared. auth_sign_in takes about 25 ms of a processor and runs at most AUTH_PARALLEL
 * times at once; call it where waiting is allowed.
 */
#pragma once
#include "crypt/crypt.h"
#include "tenant/tenant.h"

enum {
    AUTH_PARALLEL = 2,     /* passwords checked at once */
    AUTH_MAX_TOKENS = 100, /* of a unit */
    AUTH_MAX_PASSES = 4,   /* of a session */
    AUTH_MAX_REASON = 1000 /* characters of a reason */
};

struct auth;

struct auth *auth_open(struct store *store, const struct clock *clock);
void auth_close(struct auth *auth);
/* Defines the collections; again is free. */
bool auth_setup(struct store *store, struct err *err) MUST_CHECK;

/* A signed-in session; strings borrowed from the arena. */
struct auth_session {
    str id; /* the digest */
    str tenant;
    str person;
    int64_t until_ms;
};

/* Checks name and password and opens a session; `ret_token` is the cookie's value. Closes
 * `snap`: hashing takes longer than a snapshot may.
 * Errors: auth.wrong (the same for an unknown name and a wrong password), auth.attempts
 * (10 failures of a name in 15 minutes; `where` is the seconds to wait), crypt.memory. */
bool auth_sign_in(struct auth *auth, struct snap *snap, str name, str password,
                  struct arena *arena, str *ret_token, struct err *err) MUST_CHECK;
bool auth_sign_out(struct auth *auth, str token, struct arena *arena,
                   struct err *err) MUST_CHECK;

/* The session of a token; `ret->person` is empty when there is none or it has ended. */
bool auth_session_read(struct snap *snap, str token, int64_t now_ms, struct arena *arena,
                       struct reads *reads, struct auth_session *ret,
                       struct err *err) MUST_CHECK;

/* Gives a person a name and a password to sign in with; replaces an older one of that
 * name. */
bool auth_login_put(struct txn *txn, str name, str password_stored, str tenant,
                    str person, struct arena *arena, struct err *err) MUST_CHECK;
/* Opens a session without a password: for tools that already know who it is. */
bool auth_session_put(struct txn *txn, str token, str tenant, str person,
                      struct arena *arena, struct err *err) MUST_CHECK;
/* The store's own key of that name, made when it is first asked for: what is sealed with
 * it is known again after a restart. */
bool auth_secret(struct store *store, str name, unsigned char ret[CRYPT_MAC_KEY],
                 struct err *err) MUST_CHECK;

/* ---- who may ---- */

enum auth_right {
    AUTH_READ_LAYER,
    AUTH_EDIT_LAYER,
    AUTH_PUBLISH_LAYER,
    AUTH_GRANT,
    AUTH_SEE_AS, /* see a page as another person does */
    AUTH_READ_DATA,
    AUTH_WRITE_DATA,
    AUTH_FEED_DATA,  /* give systems tokens, and say what is fetched and when */
    AUTH_READ_AUDIT, /* who did what with which records */
    AUTH_READ_USAGE, /* how many people use what */
    AUTH_RIGHTS,
};

struct auth_question {
    str home; /* the unit the person belongs to */
    str person;
    enum auth_right right;
    const struct tenant_path *path; /* of the unit it is done to */
    str specialty;                  /* whose layer it is; empty: everybody's */
    str token;      /* the id of the token that asks in place of a person; or empty */
    str collection; /* whose records they are */
};

/* The one place where it is decided. A grant for one specialty lets its holder change the
 * layers of that specialty, and read all. A token reaches its unit alone, and there its
 * collections. Errors: auth.right, `where` is the right. */
bool auth_may(struct snap *snap, const struct auth_question *question,
              struct arena *arena, struct reads *reads, struct err *err) MUST_CHECK;
/* What the person was granted: a list of { "tenant", "role", "specialty"?, … }. */
bool auth_grants(struct snap *snap, str home, str person, struct arena *arena,
                 struct reads *reads, struct val *ret, struct err *err) MUST_CHECK;
/* The rights that a role gives, by name. */
struct val auth_role_rights(str role, struct arena *arena);

/* ---- tokens: how another system signs in ---- */

/* The id of the token that this secret is; empty when there is none. */
bool auth_token_find(struct snap *snap, str secret, struct arena *arena, str *ret_id,
                     struct err *err) MUST_CHECK;
/* Its record: { "id", "name", "tenant", "collections", "rights", "by", "at" }, or absent.
 */
bool auth_token_read(struct snap *snap, str id, struct arena *arena, struct val *ret,
                     struct err *err) MUST_CHECK;
/* Those of a unit, at most AUTH_MAX_TOKENS. */
bool auth_tokens(struct snap *snap, str tenant, struct arena *arena, struct val *ret,
                 struct err *err) MUST_CHECK;
/* Keeps a token: `record` without its id, which becomes the secret's digest. Errors:
 * auth.tokens (the unit has AUTH_MAX_TOKENS). */
bool auth_token_put(struct txn *txn, str secret, struct val record, struct arena *arena,
                    struct val *ret, struct err *err) MUST_CHECK;
/* Errors: auth.token (the unit has no such token). */
bool auth_token_remove(struct txn *txn, str tenant, str id, struct arena *arena,
                       struct err *err) MUST_CHECK;

/* ---- passes: a device on which nobody signed in looks at one draft ---- */

/* The pass of a secret: { "id", "session", "home", "person", "tenant", "layer", "look",
 * "at", "until" }; absent when there is none, or it has ended, or the session that gave
 * it has. What it opens is what `person` of `home` may look at. */
bool auth_pass_read(struct snap *snap, str secret, int64_t now_ms, struct arena *arena,
                    struct reads *reads, struct val *ret, struct err *err) MUST_CHECK;
/* Keeps a pass for LIMIT_PASS_S: `record` without "id", "at" and "until". The oldest of a
 * session that has AUTH_MAX_PASSES ends. */
bool auth_pass_put(struct txn *txn, str secret, struct val record, struct arena *arena,
                   struct val *ret, struct err *err) MUST_CHECK;
/* Errors: auth.pass (that session, by its id, gave no such pass). */
bool auth_pass_remove(struct txn *txn, str session, str id, struct err *err) MUST_CHECK;

/* What people say when they change what others see or may: that there is something, and
 * no more than AUTH_MAX_REASON characters. */
bool auth_is_reason(str reason);

/* ---- giving roles and taking them ---- */

struct auth_actor {
    str home; /* the unit the person belongs to */
    str person;
};

/* Gives a role: { "home", "person", "role", "tenant", "specialty"? }. Who gives it needs
 * the right to grant there and every right of the role, for all or for that specialty.
 * `ret_id` dies with the transaction.
 * Errors: tenant.none, auth.right, auth.self, auth.person (there is no such person),
 * auth.exists. */
bool auth_grant(struct txn *txn, const struct auth_actor *by, struct val grant,
                str reason, str *ret_id, struct err *err) MUST_CHECK;
/* Takes it, one's own too. Errors: tenant.none, auth.right, auth.grant (there is none),
 * auth.last (nobody else could grant in the whole tree). */
bool auth_revoke(struct txn *txn, const struct auth_actor *by, str tenant, str id,
                 str reason, struct err *err) MUST_CHECK;
/* The grants of a unit and of those above it, which count there too: each with "rights",
 * "inherited", and the person's "name" and "post" unless she is gone. */
bool auth_grants_of_unit(struct snap *snap, const struct tenant_path *path,
                         struct arena *arena, struct val *ret,
                         struct err *err) MUST_CHECK;
/* What was granted and revoked in a unit, newest first. */
bool auth_grant_history(struct snap *snap, str tenant, str after, size_t limit,
                        struct arena *arena, struct rows *ret,
                        struct err *err) MUST_CHECK;
/* A person is gone: her names to sign in with, sessions and grants go too. */
bool auth_forget(struct txn *txn, str home, str person, struct err *err) MUST_CHECK;
