/*
 * auth: who is it, and who may. Sign-in by name and password, sessions, attempt limits,
 * roles.
 *
 * Knows the collections "login" and "session" in the system's space. Passwords are stored
 * as Argon2id, sessions under the digest of their token: whoever reads the store can be
 * nobody. Threads: a `struct auth` is shared. auth_sign_in takes about 25 ms of a
 * processor and runs at most AUTH_PARALLEL times at once; call it where waiting is
 * allowed.
 */
#pragma once
#include "crypt/crypt.h"
#include "tenant/tenant.h"

enum { AUTH_PARALLEL = 2 /* passwords checked at once */ };

/* What a role lets a person do in a tenant and all below it. */
enum auth_role {
    AUTH_EMPLOYEE,      /* sees and arranges her own workbench */
    AUTH_DESIGNER,      /* changes drafts */
    AUTH_PUBLISHER,     /* publishes them */
    AUTH_ADMINISTRATOR, /* all of it, and grants roles below */
    AUTH_ROLES,
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
/* How a name is compared: without blanks around it, in lower case. */
str auth_name(struct arena *arena, str name);
