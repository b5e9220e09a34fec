/* Signing in, sessions and counting failures. */
#include "auth/auth.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

extern const unsigned char auth_collections_json[];
extern const size_t auth_collections_json_size;

/* Failures of one name; kept in memory, because a restart is no way for an attacker. */
struct attempts {
    uint64_t name;
    int64_t since_ms;
    unsigned count;
};

enum { ATTEMPT_SLOTS = 4096, ATTEMPT_NEAR = 8, SWEPT_SESSIONS = 16 };

struct auth {
    struct store *store;
    const struct clock *clock;
    sem_t hashing;        /* how many passwords are checked at once */
    pthread_mutex_t lock; /* protects: attempts */
    struct attempts attempts[ATTEMPT_SLOTS];
};

struct auth *auth_open(struct store *store, const struct clock *clock)
{
    struct auth *auth = mem_zero(sizeof *auth);
    auth->store = store;
    auth->clock = clock;
    sem_init(&auth->hashing, 0, AUTH_PARALLEL);
    pthread_mutex_init(&auth->lock, NULL);
    return auth;
}

void auth_close(struct auth *auth)
{
    if (!auth)
        return;
    sem_destroy(&auth->hashing);
    pthread_mutex_destroy(&auth->lock);
    mem_free(auth);
}

bool auth_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store, (str){ (const char *)auth_collections_json, auth_collections_json_size },
        err);
}

static struct snap *system_snap(struct snap *snap, struct arena *arena)
{
    const store_space chain[] = { TENANT_SYSTEM_SPACE };
    return snap_for(snap, chain, 1, arena);
}

/* How a name is compared: without blanks around it, in lower case. */
static str plain_name(struct arena *arena, str name)
{
    str plain = arena_str(arena, str_trim(name));
    char *p = (char *)(uintptr_t)plain.p;
    for (size_t i = 0; i < plain.n; i++)
        p[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
    return plain;
}

/* ---- attempts ---- */

/* An entry whose window is over is worth nothing; else one of few attempts is, for many
 * other names must not make a guesser's be forgotten. */
static bool is_worth_less(const struct attempts *a, const struct attempts *than,
                          int64_t now)
{
    bool over = now - a->since_ms >= LIMIT_SIGNIN_WINDOW_S * INT64_C(1000);
    bool than_over = now - than->since_ms >= LIMIT_SIGNIN_WINDOW_S * INT64_C(1000);
    if (over != than_over)
        return over;
    return a->count != than->count ? a->count < than->count
                                   : a->since_ms < than->since_ms;
}

/* The entry of a name, or the least worth keeping of its neighbours. */
static struct attempts *attempts_of(struct auth *auth, str name, int64_t now)
{
    uint64_t hash = str_hash(name, 0);
    struct attempts *worst = NULL;
    for (size_t i = 0; i < ATTEMPT_NEAR; i++) {
        struct attempts *a = &auth->attempts[(hash + i) % ATTEMPT_SLOTS];
        if (a->name == hash && now - a->since_ms < LIMIT_SIGNIN_WINDOW_S * INT64_C(1000))
            return a;
        if (!worst || is_worth_less(a, worst, now))
            worst = a;
    }
    *worst = (struct attempts){ .name = hash, .since_ms = now };
    return worst;
}

/* An attempt counts from its start, so that many at once are not more than one by one. */
static bool take_attempt(struct auth *auth, str name, int64_t now, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    struct attempts *a = attempts_of(auth, name, now);
    bool may = a->count < LIMIT_SIGNIN_ATTEMPTS;
    a->count += may;
    int64_t wait_s = LIMIT_SIGNIN_WINDOW_S - (now - a->since_ms) / 1000;
    pthread_mutex_unlock(&auth->lock);
    if (may)
        return true;
    char wait[24];
    snprintf(wait, sizeof wait, "%lld", (long long)wait_s);
    return err_at(err, ERR_LIMIT, "auth.attempts", str_of(wait),
                  "too many wrong sign-ins with this name; try again in %lld minutes",
                  (long long)(wait_s + 59) / 60);
}

static void forget_attempts(struct auth *auth, str name, int64_t now)
{
    pthread_mutex_lock(&auth->lock);
    attempts_of(auth, name, now)->count = 0;
    pthread_mutex_unlock(&auth->lock);
}

/* ---- signing in and out ---- */

struct new_session {
    str token;
    str tenant;
    str person;
    struct arena *arena;
};

static bool session_work(struct txn *txn, void *data, struct err *err)
{
    struct new_session *s = data;
    return auth_session_put(txn, s->token, s->tenant, s->person, s->arena, err);
}

static bool matches(str password, str stored)
{
    if (stored.n)
        return crypt_password_matches(password, stored.p);
    crypt_password_pretend(password);
    return false;
}

static bool check_password(struct auth *auth, str name, str password, str stored,
                           struct err *err)
{
    int64_t now = clock_now(auth->clock);
    sem_wait(&auth->hashing);
    bool may = take_attempt(auth, name, now, err);
    bool good = may && matches(password, stored);
    sem_post(&auth->hashing);
    if (good)
        forget_attempts(auth, name, now);
    else if (may)
        err_set(err, ERR_SIGNIN, "auth.wrong", "the name or the password is wrong");
    return good;
}

bool auth_sign_in(struct auth *auth, struct snap *snap, str name, str password,
                  struct arena *arena, str *ret_token, struct err *err)
{
    struct val login = VAL_ABSENT;
    name = plain_name(arena, name);
    bool read =
        snap_get(system_snap(snap, arena), store_collection(auth->store, STR("login")),
                 name, NULL, &login, err);
    login = val_copy(arena, login);
    snap_close(snap);
    if (!read
        || !check_password(auth, name, password, val_get_text(login, STR("password")),
                           err))
        return false;
    struct new_session session = { .token = crypt_token(arena),
                                   .tenant = val_get_text(login, STR("tenant")),
                                   .person = val_get_text(login, STR("person")),
                                   .arena = arena };
    if (!store_write(auth->store, session_work, &session, err))
        return false;
    *ret_token = session.token;
    return true;
}

struct end_session {
    str id;
};

static bool end_work(struct txn *txn, void *data, struct err *err)
{
    struct end_session *s = data;
    const struct store_collection *sessions =
        store_collection(txn_store(txn), STR("session"));
    return txn_remove(txn, TENANT_SYSTEM_SPACE, sessions, s->id, err);
}

bool auth_sign_out(struct auth *auth, str token, struct arena *arena, struct err *err)
{
    struct end_session s = { crypt_digest(arena, token) };
    return store_write(auth->store, end_work, &s, err);
}

bool auth_session_read(struct snap *snap, str token, int64_t now_ms, struct arena *arena,
                       struct reads *reads, struct auth_session *ret, struct err *err)
{
    struct val record;
    const struct store_collection *sessions =
        store_collection(snap_store(snap), STR("session"));
    *ret = (struct auth_session){ .id = crypt_digest(arena, token) };
    if (!snap_get(system_snap(snap, arena), sessions, ret->id, reads, &record, err))
        return false;
    int64_t until = val_as_int(val_get(record, STR("until")), 0);
    if (now_ms >= until)
        return true;
    ret->until_ms = until;
    ret->tenant = arena_str(arena, val_get_text(record, STR("tenant")));
    ret->person = arena_str(arena, val_get_text(record, STR("person")));
    return true;
}

/* ---- records ---- */

static struct val record_of(struct arena *a, str id, str tenant, str person)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("tenant"), val_str(tenant));
    return val_with(a, v, STR("person"), val_str(person));
}

/* Each new session takes some ended ones away, so that they do not pile up. */
static bool sweep_sessions(struct txn *txn, int64_t now, struct arena *arena,
                           struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct store_collection *sessions =
        store_collection(txn_store(txn), STR("session"));
    struct query ended = { .collection = sessions,
                           .index = store_index(sessions, STR("until")),
                           .to = val_int(now),
                           .limit = SWEPT_SESSIONS };
    struct rows rows;
    if (!snap_query(txn_snap(txn, system, COUNT_OF(system)), &ended, arena, NULL, &rows,
                    err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        str id = arena_str(arena, val_get_text(val_at(rows.list, i), STR("id")));
        if (!txn_remove(txn, TENANT_SYSTEM_SPACE, sessions, id, err))
            return false;
    }
    return true;
}

bool auth_session_put(struct txn *txn, str token, str tenant, str person,
                      struct arena *arena, struct err *err)
{
    int64_t now = txn_now_ms(txn);
    struct val v = record_of(arena, crypt_digest(arena, token), tenant, person);
    v = val_with(arena, v, STR("since"), val_int(now));
    v = val_with(arena, v, STR("until"), val_int(now + LIMIT_SESSION_S * INT64_C(1000)));
    return sweep_sessions(txn, now, arena, err)
           && txn_put(txn, TENANT_SYSTEM_SPACE,
                      store_collection(txn_store(txn), STR("session")), v, PUT_NEW, err);
}

bool auth_login_put(struct txn *txn, str name, str password_stored, str tenant,
                    str person, struct arena *arena, struct err *err)
{
    struct val v = record_of(arena, plain_name(arena, name), tenant, person);
    v = val_with(arena, v, STR("password"), val_str(password_stored));
    return txn_put(txn, TENANT_SYSTEM_SPACE,
                   store_collection(txn_store(txn), STR("login")), v, PUT_ANY, err);
}

/* ---- the store's own keys ---- */

struct secret {
    str name;
    str text; /* in the caller's arena */
    struct arena *arena;
};

static bool secret_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space chain[] = { TENANT_SYSTEM_SPACE };
    struct secret *s = data;
    const struct store_collection *secrets =
        store_collection(txn_store(txn), STR("secret"));
    struct val record;
    unsigned char key[CRYPT_MAC_KEY];
    if (!snap_get(txn_snap(txn, chain, 1), secrets, s->name, NULL, &record, err))
        return false;
    if (val_exists(record)) {
        s->text = arena_str(s->arena, val_get_text(record, STR("key")));
        return true;
    }
    crypt_random(key, sizeof key);
    s->text = crypt_text(s->arena, (str){ (const char *)key, sizeof key });
    record = val_with(txn_arena(txn), val_map(NULL, 0), STR("id"), val_str(s->name));
    record = val_with(txn_arena(txn), record, STR("key"), val_str(s->text));
    return txn_put(txn, TENANT_SYSTEM_SPACE, secrets, record, PUT_NEW, err);
}

bool auth_secret(struct store *store, str name, unsigned char ret[CRYPT_MAC_KEY],
                 struct err *err)
{
    struct secret s = { .name = name, .arena = arena_open() };
    bool good = store_write(store, secret_work, &s, err);
    str key = good ? crypt_bytes(s.arena, s.text) : STR("");
    if (good && key.n != CRYPT_MAC_KEY)
        good = err_set(err, ERR_SYSTEM, "auth.secret", "the key %.*s is damaged",
                       STR_ARG(name));
    if (good)
        memcpy(ret, key.p, CRYPT_MAC_KEY);
    arena_close(s.arena);
    return good;
}
