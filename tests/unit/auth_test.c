#include "auth/auth.h"

#include "world.h"

struct desk {
    struct world world;
    struct auth *auth;
};

static int open_desk(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    world_open(&d->world);
    GOOD(auth_setup(d->world.store, &why));
    d->auth = auth_open(d->world.store, &d->world.clock);
    *state = d;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *d = *state;
    auth_close(d->auth);
    world_close(&d->world);
    free(d);
    return 0;
}

static int init_crypt(void **state)
{
    (void)state;
    GOOD(crypt_init(&why));
    return 0;
}

struct login {
    struct arena *arena;
    const char *name;
    const char *stored;
    const char *tenant;
    const char *person;
};

static bool login_work(struct txn *txn, void *data, struct err *err)
{
    struct login *l = data;
    return auth_login_put(txn, str_of(l->name), str_of(l->stored), str_of(l->tenant),
                          str_of(l->person), l->arena, err);
}

static void give_password(struct desk *d, const char *name, const char *password)
{
    char stored[CRYPT_PASSWORD];
    GOOD(crypt_password_store(str_of(password), stored, &why));
    struct login l = { d->world.arena, name, stored, "city", name };
    GOOD(store_write(d->world.store, login_work, &l, &why));
}

/* "" after signing in, or the code of the error. */
static const char *sign_in(struct desk *d, const char *name, const char *password,
                           str *ret_token, struct err *err)
{
    struct snap *snap = world_snap(&d->world);
    bool good = auth_sign_in(d->auth, snap, str_of(name), str_of(password),
                             d->world.arena, ret_token, err);
    snap_close(snap);
    return good ? "" : err->code;
}

static const char *tried(struct desk *d, const char *name, const char *password)
{
    struct err err;
    str token;
    return sign_in(d, name, password, &token, &err);
}

static str token_of(struct desk *d, const char *name, const char *password)
{
    struct err err;
    str token = STR("");
    assert_string_equal(sign_in(d, name, password, &token, &err), "");
    return token;
}

static struct auth_session session(struct desk *d, str token)
{
    struct snap *snap = world_snap(&d->world);
    struct auth_session s = { .until_ms = 0 };
    GOOD(auth_session_read(snap, token, d->world.now, d->world.arena, NULL, &s, &why));
    snap_close(snap);
    return s;
}

/* ---- passwords ---- */

static void test_password_is_stored_as_argon2id_with_a_salt(void **state)
{
    char one[CRYPT_PASSWORD];
    char two[CRYPT_PASSWORD];
    (void)state;
    GOOD(crypt_password_store(STR("correct horse"), one, &why));
    GOOD(crypt_password_store(STR("correct horse"), two, &why));
    assert_true(str_starts(str_of(one), STR("$argon2id$")));
    assert_string_not_equal(one, two);
    assert_true(crypt_password_matches(STR("correct horse"), one));
    assert_false(crypt_password_matches(STR("correct hors"), one));
    assert_false(crypt_password_matches(STR(""), one));
}

static void test_right_password_opens_a_session(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    str token = token_of(d, "wang", "correct horse");
    assert_int_equal(token.n, CRYPT_TOKEN);
    struct auth_session s = session(d, token);
    assert_text(s.tenant, "city");
    assert_text(s.person, "wang");
    assert_int_equal(s.until_ms, d->world.now + LIMIT_SESSION_S * INT64_C(1000));
}

static void test_each_sign_in_has_a_token_of_its_own(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    str one = token_of(d, "wang", "correct horse");
    str two = token_of(d, "wang", "correct horse");
    assert_false(str_equal(one, two));
    assert_text(session(d, one).person, "wang");
    assert_text(session(d, two).person, "wang");
}

static void test_names_do_not_care_about_case_or_blanks(void **state)
{
    struct desk *d = *state;
    give_password(d, " Wang ", "correct horse");
    assert_string_equal(tried(d, "wang", "correct horse"), "");
    assert_string_equal(tried(d, "  WANG", "correct horse"), "");
    assert_string_equal(tried(d, "w ang", "correct horse"), "auth.wrong");
    assert_string_equal(tried(d, "wang", "Correct horse"), "auth.wrong");
}

static void test_wrong_password_and_unknown_name_look_the_same(void **state)
{
    struct desk *d = *state;
    struct err wrong;
    struct err unknown;
    str token;
    give_password(d, "wang", "correct horse");
    assert_string_equal(sign_in(d, "wang", "battery", &token, &wrong), "auth.wrong");
    assert_string_equal(sign_in(d, "nobody", "battery", &token, &unknown), "auth.wrong");
    assert_int_equal(wrong.kind, ERR_SIGNIN);
    assert_int_equal(unknown.kind, ERR_SIGNIN);
    assert_string_equal(wrong.text, unknown.text);
    assert_string_equal(wrong.where, unknown.where);
}

static void test_new_password_replaces_the_old(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    give_password(d, "wang", "battery staple");
    assert_string_equal(tried(d, "wang", "correct horse"), "auth.wrong");
    assert_string_equal(tried(d, "wang", "battery staple"), "");
}

/* ---- attempts ---- */

static void fail_often(struct desk *d, const char *name, int times)
{
    for (int i = 0; i < times; i++)
        assert_string_equal(tried(d, name, "guess"), "auth.wrong");
}

static void test_ten_failures_lock_the_name_for_a_while(void **state)
{
    struct desk *d = *state;
    struct err err;
    str token;
    give_password(d, "wang", "correct horse");
    give_password(d, "li", "other horse");
    fail_often(d, "wang", LIMIT_SIGNIN_ATTEMPTS);
    d->world.now += 60000;
    assert_string_equal(sign_in(d, " WANG", "correct horse", &token, &err),
                        "auth.attempts");
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.where, "840");
    assert_string_equal(tried(d, "li", "other horse"), "");

    d->world.now += (LIMIT_SIGNIN_WINDOW_S - 60) * INT64_C(1000) - 1;
    assert_string_equal(tried(d, "wang", "correct horse"), "auth.attempts");
    d->world.now += 1;
    assert_string_equal(tried(d, "wang", "correct horse"), "");
}

static void test_success_forgets_the_failures(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    fail_often(d, "wang", LIMIT_SIGNIN_ATTEMPTS - 1);
    assert_string_equal(tried(d, "wang", "correct horse"), "");
    fail_often(d, "wang", LIMIT_SIGNIN_ATTEMPTS - 1);
    assert_string_equal(tried(d, "wang", "correct horse"), "");
}

static void test_names_that_nobody_has_are_locked_too(void **state)
{
    struct desk *d = *state;
    fail_often(d, "nobody", LIMIT_SIGNIN_ATTEMPTS);
    assert_string_equal(tried(d, "nobody", "guess"), "auth.attempts");
}

/* ---- sessions ---- */

static void test_session_ends_when_its_time_is_up(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    str token = token_of(d, "wang", "correct horse");
    d->world.now += LIMIT_SESSION_S * INT64_C(1000) - 1;
    assert_text(session(d, token).person, "wang");
    d->world.now += 1;
    assert_int_equal(session(d, token).person.n, 0);
}

static void test_ended_sessions_do_not_pile_up(void **state)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct desk *d = *state;
    const struct store_collection *sessions =
        store_collection(d->world.store, STR("session"));
    give_password(d, "wang", "correct horse");
    for (int i = 0; i < 5; i++)
        token_of(d, "wang", "correct horse");
    d->world.now += LIMIT_SESSION_S * INT64_C(1000) + 1;
    str token = token_of(d, "wang", "correct horse");
    struct store_reader *reader;
    struct snap *snap;
    size_t n;
    GOOD(store_reader_open(d->world.store, &reader, &why));
    GOOD(snap_open(reader, system, 1, &snap, &why));
    struct query all = { .collection = sessions, .limit = 10 };
    GOOD(snap_count(snap, &all, d->world.arena, NULL, &n, &why));
    snap_close(snap);
    store_reader_close(reader);
    assert_int_equal(n, 1);
    assert_text(session(d, token).person, "wang");
}

static void test_signing_out_ends_one_session(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    str here = token_of(d, "wang", "correct horse");
    str there = token_of(d, "wang", "correct horse");
    GOOD(auth_sign_out(d->auth, here, d->world.arena, &why));
    assert_int_equal(session(d, here).person.n, 0);
    assert_text(session(d, there).person, "wang");
    GOOD(auth_sign_out(d->auth, here, d->world.arena, &why));
}

static void test_forged_and_broken_tokens_are_nobodys(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse");
    str token = token_of(d, "wang", "correct horse");
    str forged = arena_str(d->world.arena, token);
    ((char *)(uintptr_t)forged.p)[20] ^= 1;
    const str cases[] = { forged,  { token.p, token.n - 1 }, session(d, token).id,
                          STR(""), STR("../../etc/passwd"),  STR("\xff\xfe\n") };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(session(d, cases[i]).person.n, 0);
}

static void test_reading_a_session_is_remembered_even_when_there_is_none(void **state)
{
    struct desk *d = *state;
    struct reads reads = { .arena = d->world.arena };
    struct auth_session s;
    struct snap *snap = world_snap(&d->world);
    GOOD(auth_session_read(snap, STR("x"), d->world.now, d->world.arena, &reads, &s,
                           &why));
    snap_close(snap);
    assert_int_equal(reads.n, 1);
}

/* ---- what lies on disk ---- */

static str stored_bytes(struct world *w)
{
    str path = arena_format(w->arena, "%s/data.mdb", w->dir);
    FILE *file = fopen(path.p, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t n = (size_t)ftell(file);
    char *bytes = arena_alloc(w->arena, n);
    rewind(file);
    assert_int_equal(fread(bytes, 1, n, file), n);
    fclose(file);
    return (str){ bytes, n };
}

static bool holds(str bytes, str part)
{
    return memmem(bytes.p, bytes.n, part.p, part.n) != NULL;
}

static void test_secrets_are_nowhere_in_the_store(void **state)
{
    struct desk *d = *state;
    give_password(d, "wang", "correct horse battery");
    str token = token_of(d, "wang", "correct horse battery");
    str digest = session(d, token).id;
    assert_string_equal(tried(d, "wang", "a wrong guess"), "auth.wrong");
    str bytes = stored_bytes(&d->world);
    assert_true(holds(bytes, digest));
    assert_true(holds(bytes, STR("$argon2id$")));
    assert_false(holds(bytes, token));
    assert_false(holds(bytes, STR("correct horse battery")));
    assert_false(holds(bytes, STR("a wrong guess")));
}

#define AUTH_TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

/* ---- roles ---- */

/* "" or the error's code: may li of the city do this to a layer of the unit? */
static const char *may(struct desk *d, enum auth_right right, const char *unit,
                       const char *specialty)
{
    struct tenant_path path;
    struct snap *snap = world_snap(&d->world);
    GOOD(tenant_path_read(snap, str_of(unit), d->world.arena, NULL, &path, &why));
    struct auth_question question = { .home = STR("city"),
                                      .person = STR("li"),
                                      .right = right,
                                      .path = &path,
                                      .specialty = str_of(specialty) };
    bool good = auth_may(snap, &question, d->world.arena, NULL, &why);
    snap_close(snap);
    return good ? "" : why.code;
}

static void grant(struct desk *d, const char *id, const char *role, const char *tenant,
                  const char *more)
{
    put(&d->world, TENANT_SYSTEM_SPACE, "grant",
        arena_format(d->world.arena,
                     "{\"id\":\"%s\",\"home\":\"city\",\"person\":\"li\","
                     "\"role\":\"%s\",\"tenant\":\"%s\"%s}",
                     id, role, tenant, more)
            .p);
}

static void test_a_role_counts_in_its_unit_and_below_only(void **state)
{
    struct desk *d = *state;
    world_settle(&d->world);
    assert_string_equal(may(d, AUTH_READ_LAYER, "east", ""), "auth.right");
    grant(d, "g", "publisher", "east", "");
    assert_string_equal(may(d, AUTH_PUBLISH_LAYER, "east", ""), "");
    assert_string_equal(may(d, AUTH_PUBLISH_LAYER, "city", "marketing"), "");
    assert_string_equal(may(d, AUTH_READ_LAYER, "west", ""), "auth.right");
    assert_string_equal(may(d, AUTH_READ_LAYER, "group", ""), "auth.right");
    assert_int_equal(why.kind, ERR_FORBIDDEN);
    assert_string_equal(why.where, "read_layer");
    take_away(&d->world, TENANT_SYSTEM_SPACE, "grant", "g");
    assert_string_equal(may(d, AUTH_PUBLISH_LAYER, "east", ""), "auth.right");
}

static void test_each_role_may_what_its_row_says(void **state)
{
    static const struct {
        const char *role;
        const char *rights; /* one letter a right, in their order */
    } rows[] = { { "employee", ".........." },      { "editor", ".....rw..." },
                 { "designer", "re.......u" },      { "publisher", "rep.s....u" },
                 { "administrator", "repgsrwfau" }, { "owner", ".........." } };
    struct desk *d = *state;
    world_settle(&d->world);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(strlen(rows[i].rights), AUTH_RIGHTS);
        grant(d, "g", rows[i].role, "group", "");
        for (int right = 0; right < AUTH_RIGHTS; right++) {
            const char *told = may(d, (enum auth_right)right, "city", "");
            assert_string_equal(told, rows[i].rights[right] == '.' ? "auth.right" : "");
        }
    }
}

/* ---- tokens ---- */

struct token_case {
    struct desk *desk;
    const char *secret;
    const char *record; /* of the one to keep; NULL: takes away … */
    str id;             /* … this one of the unit "city" */
    struct val kept;
};

static bool token_work(struct txn *txn, void *data, struct err *err)
{
    struct token_case *c = data;
    struct world *w = &c->desk->world;
    if (!c->record)
        return auth_token_remove(txn, STR("city"), c->id, w->arena, err);
    return auth_token_put(txn, str_of(c->secret), json(w, c->record), w->arena, &c->kept,
                          err);
}

static str keep_token(struct desk *d, const char *secret, const char *record)
{
    struct token_case c = { d, secret, record, STR(""), VAL_ABSENT };
    GOOD(store_write(d->world.store, token_work, &c, &why));
    return val_get_text(c.kept, STR("id"));
}

static const char *token_may(struct desk *d, str id, enum auth_right right,
                             const char *unit, const char *collection)
{
    struct tenant_path path;
    struct snap *snap = world_snap(&d->world);
    GOOD(tenant_path_read(snap, str_of(unit), d->world.arena, NULL, &path, &why));
    struct auth_question question = {
        .right = right, .path = &path, .token = id, .collection = str_of(collection)
    };
    bool good = auth_may(snap, &question, d->world.arena, NULL, &why);
    snap_close(snap);
    return good ? "" : why.code;
}

static str find_token(struct desk *d, const char *secret)
{
    str id;
    struct snap *snap = world_snap(&d->world);
    GOOD(auth_token_find(snap, str_of(secret), d->world.arena, &id, &why));
    snap_close(snap);
    return id;
}

static void test_a_token_reaches_its_collections_in_its_unit_and_nothing_else(
    void **state)
{
    struct desk *d = *state;
    world_settle(&d->world);
    str id = keep_token(d, "s3cret",
                        "{\"name\":\"ERP\",\"tenant\":\"east\",\"collections\":"
                        "[\"task\"],\"rights\":[\"write_data\"]}");
    assert_true(str_equal(find_token(d, "s3cret"), id));
    assert_int_equal(find_token(d, "another").n, 0);
    assert_string_equal(token_may(d, id, AUTH_WRITE_DATA, "east", "task"), "");
    assert_string_equal(token_may(d, id, AUTH_READ_DATA, "east", "task"), "auth.right");
    assert_string_equal(token_may(d, id, AUTH_WRITE_DATA, "east", "news"), "auth.right");
    assert_string_equal(token_may(d, id, AUTH_WRITE_DATA, "city", "task"), "auth.right");
    assert_string_equal(token_may(d, id, AUTH_WRITE_DATA, "group", "task"), "auth.right");
    assert_string_equal(token_may(d, id, AUTH_FEED_DATA, "east", ""), "auth.right");
}

static void test_a_token_is_revoked_by_its_own_unit_and_then_opens_nothing(void **state)
{
    struct desk *d = *state;
    world_settle(&d->world);
    str id = keep_token(d, "a",
                        "{\"name\":\"A\",\"tenant\":\"city\",\"collections\":"
                        "[\"task\"],\"rights\":[\"write_data\"]}");
    str other = keep_token(d, "b",
                           "{\"name\":\"B\",\"tenant\":\"east\",\"collections\":"
                           "[\"task\"],\"rights\":[\"write_data\"]}");
    struct token_case c = { d, NULL, NULL, other, VAL_ABSENT };
    REFUSED(store_write(d->world.store, token_work, &c, &why), "auth.token");
    c.id = id;
    GOOD(store_write(d->world.store, token_work, &c, &why));
    assert_int_equal(find_token(d, "a").n, 0);
    assert_string_equal(token_may(d, id, AUTH_WRITE_DATA, "city", "task"), "auth.right");
    assert_string_equal(token_may(d, other, AUTH_WRITE_DATA, "east", "task"), "");
}

static void test_a_grant_for_a_specialty_changes_its_layers_and_reads_all(void **state)
{
    struct desk *d = *state;
    world_settle(&d->world);
    grant(d, "g", "publisher", "group", ",\"specialty\":\"marketing\"");
    assert_string_equal(may(d, AUTH_EDIT_LAYER, "city", "marketing"), "");
    assert_string_equal(may(d, AUTH_EDIT_LAYER, "city", ""), "auth.right");
    assert_string_equal(may(d, AUTH_EDIT_LAYER, "city", "digital"), "auth.right");
    assert_string_equal(may(d, AUTH_READ_LAYER, "city", ""), "");
    assert_string_equal(may(d, AUTH_READ_USAGE, "city", ""), "");
    grant(d, "h", "designer", "city", "");
    assert_string_equal(may(d, AUTH_EDIT_LAYER, "city", "digital"), "");
    assert_string_equal(may(d, AUTH_PUBLISH_LAYER, "city", "digital"), "auth.right");
}

/* ---- giving and taking roles ---- */

struct giving {
    struct desk *desk;
    struct auth_actor by;
    struct val grant;
    const char *tenant;
    str id;
};

static bool grant_work(struct txn *txn, void *data, struct err *err)
{
    struct giving *g = data;
    str id;
    if (!auth_grant(txn, &g->by, g->grant, STR("because"), &id, err))
        return false;
    g->id = arena_str(g->desk->world.arena, id);
    return true;
}

static bool revoke_work(struct txn *txn, void *data, struct err *err)
{
    struct giving *g = data;
    return auth_revoke(txn, &g->by, str_of(g->tenant), g->id, STR("because"), err);
}

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    struct giving *g = data;
    return auth_forget(txn, g->by.home, g->by.person, err);
}

/* "" or the error's code: `by` of the city gives `person` of the city a role. */
static const char *give(struct desk *d, const char *by, const char *person,
                        const char *role, const char *tenant, const char *more,
                        str *ret_id)
{
    struct giving g = { .desk = d, .by = { STR("city"), str_of(by) } };
    g.grant =
        json(&d->world, arena_format(d->world.arena,
                                     "{\"home\":\"city\",\"person\":\"%s\",\"role\":"
                                     "\"%s\",\"tenant\":\"%s\"%s}",
                                     person, role, tenant, more)
                            .p);
    if (!store_write(d->world.store, grant_work, &g, &why))
        return why.code;
    if (ret_id)
        *ret_id = g.id;
    return "";
}

static const char *take_role(struct desk *d, const char *by, const char *tenant, str id)
{
    struct giving g = { .by = { STR("city"), str_of(by) }, .tenant = tenant, .id = id };
    return store_write(d->world.store, revoke_work, &g, &why) ? "" : why.code;
}

static void settle_people(struct desk *d)
{
    static const char *const people[] = { "li", "wang", "chen" };
    world_settle(&d->world);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        put(&d->world, CITY, "person",
            arena_format(d->world.arena, "{\"id\":\"%s\",\"name\":\"N\"}", people[i]).p);
}

#define MARKETING ",\"specialty\":\"marketing\""

static void test_nobody_gives_what_is_not_hers_to_give(void **state)
{
    static const struct {
        const char *role; /* what li has … */
        const char *tenant;
        const char *only;
        const char *gives; /* … and gives */
        const char *there;
        const char *more;
        const char *code;
    } rows[] = {
        { "administrator", "east", "", "administrator", "east", "", "" },
        { "administrator", "east", "", "publisher", "city", MARKETING, "" },
        { "administrator", "east", "", "designer", "group", "", "auth.right" },
        { "administrator", "east", "", "designer", "west", "", "auth.right" },
        { "administrator", "east", MARKETING, "designer", "city", MARKETING, "" },
        { "administrator", "east", MARKETING, "designer", "city", "", "auth.right" },
        { "administrator", "east", MARKETING, "designer", "city",
          ",\"specialty\":\"digital\"", "auth.right" },
        { "publisher", "group", "", "designer", "city", "", "auth.right" },
        { "employee", "group", "", "employee", "city", "", "auth.right" },
        { "administrator", "group", "", "designer", "nowhere", "", "tenant.none" },
    };
    struct desk *d = *state;
    settle_people(d);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        str id = STR("");
        grant(d, "g", rows[i].role, rows[i].tenant, rows[i].only);
        assert_string_equal(
            give(d, "li", "wang", rows[i].gives, rows[i].there, rows[i].more, &id),
            rows[i].code);
        if (id.n)
            assert_string_equal(take_role(d, "li", rows[i].there, id), "");
    }
}

static void test_nobody_raises_herself_or_gives_twice_or_to_nobody(void **state)
{
    struct desk *d = *state;
    str id;
    settle_people(d);
    grant(d, "g", "administrator", "group", "");
    assert_string_equal(give(d, "li", "li", "designer", "city", "", NULL), "auth.self");
    assert_string_equal(give(d, "li", "nobody", "designer", "city", "", NULL),
                        "auth.person");
    assert_string_equal(give(d, "li", "wang", "designer", "city", "", &id), "");
    assert_string_equal(give(d, "li", "wang", "designer", "city", "", NULL),
                        "auth.exists");
    assert_string_equal(give(d, "li", "wang", "designer", "city", MARKETING, NULL), "");
    assert_string_equal(take_role(d, "li", "east", id), "auth.grant");
    assert_string_equal(take_role(d, "wang", "city", id), "auth.right");
    assert_string_equal(take_role(d, "wang", "city", STR("none")), "auth.right");
    assert_string_equal(take_role(d, "li", "city", id), "");
    assert_string_equal(take_role(d, "li", "city", id), "auth.grant");
}

static void test_the_last_administrator_of_the_whole_tree_stays(void **state)
{
    struct desk *d = *state;
    str second;
    settle_people(d);
    grant(d, "g", "administrator", "group", "");
    assert_string_equal(take_role(d, "li", "group", STR("g")), "auth.last");
    assert_string_equal(give(d, "li", "chen", "administrator", "group", MARKETING, NULL),
                        "");
    assert_string_equal(take_role(d, "li", "group", STR("g")), "auth.last");
    assert_string_equal(give(d, "li", "wang", "administrator", "group", "", &second), "");
    take_away(&d->world, CITY, "person", "wang"); /* who is gone counts for nothing */
    assert_string_equal(take_role(d, "li", "group", STR("g")), "auth.last");
    put(&d->world, CITY, "person", "{\"id\":\"wang\",\"name\":\"N\"}");
    assert_string_equal(take_role(d, "li", "group", STR("g")), "");
    assert_string_equal(take_role(d, "li", "group", second), "auth.right");
    assert_string_equal(take_role(d, "wang", "group", second), "auth.last");
}

static void test_what_was_given_and_taken_is_told_newest_first(void **state)
{
    struct desk *d = *state;
    struct rows rows;
    str id;
    settle_people(d);
    grant(d, "g", "administrator", "group", "");
    assert_string_equal(give(d, "li", "wang", "designer", "city", "", &id), "");
    d->world.now += 1000;
    assert_string_equal(take_role(d, "li", "city", id), "");
    struct snap *snap = world_snap(&d->world);
    GOOD(auth_grant_history(snap, STR("city"), STR(""), 10, d->world.arena, &rows, &why));
    assert_int_equal(val_count(rows.list), 2);
    assert_text(val_get_text(val_at(rows.list, 0), STR("what")), "revoked");
    assert_text(val_get_text(val_at(rows.list, 1), STR("what")), "granted");
    assert_text(val_get_text(val_at(rows.list, 1), STR("by")), "li");
    snap_close(snap);
}

static void test_who_is_gone_has_no_roles_when_her_id_comes_back(void **state)
{
    struct desk *d = *state;
    settle_people(d);
    grant(d, "g", "publisher", "east", "");
    struct giving g = { .by = { STR("city"), STR("li") } };
    GOOD(store_write(d->world.store, forget_work, &g, &why));
    assert_string_equal(may(d, AUTH_READ_LAYER, "east", ""), "auth.right");
}

static void test_asking_for_a_right_is_remembered(void **state)
{
    struct desk *d = *state;
    struct reads reads = { .arena = d->world.arena };
    struct val grants;
    struct snap *snap = world_snap(&d->world);
    GOOD(
        auth_grants(snap, STR("city"), STR("li"), d->world.arena, &reads, &grants, &why));
    assert_int_equal(val_count(grants), 0);
    assert_int_equal(reads.n, 1);
    snap_close(snap);
}

/* ---- passes ---- */

struct passing {
    struct arena *arena;
    str secret;
    str session;
    str id; /* to take away; or empty */
};

static bool pass_work(struct txn *txn, void *data, struct err *err)
{
    struct passing *p = data;
    struct arena *a = p->arena;
    struct val v = val_with(a, val_map(NULL, 0), STR("session"), val_str(p->session));
    v = val_with(a, v, STR("home"), val_str(STR("city")));
    v = val_with(a, v, STR("person"), val_str(STR("li")));
    v = val_with(a, v, STR("tenant"), val_str(STR("east")));
    v = val_with(a, v, STR("layer"), val_str(STR("home")));
    v = val_with(a, v, STR("look"), val_map(NULL, 0));
    return p->id.n ? auth_pass_remove(txn, p->session, p->id, err)
                   : auth_pass_put(txn, p->secret, v, a, &v, err);
}

static void give_pass(struct desk *d, str session, const char *secret)
{
    struct passing p = { d->world.arena, str_of(secret), session, STR("") };
    GOOD(store_write(d->world.store, pass_work, &p, &why));
}

static bool pass_is_good(struct desk *d, const char *secret)
{
    struct val pass;
    struct snap *snap = world_snap(&d->world);
    GOOD(auth_pass_read(snap, str_of(secret), d->world.now, d->world.arena, NULL, &pass,
                        &why));
    snap_close(snap);
    if (val_exists(pass))
        assert_text(val_get_text(pass, STR("person")), "li");
    return val_exists(pass);
}

static void test_a_pass_ends_with_its_time_and_with_the_session_that_gave_it(void **state)
{
    struct desk *d = *state;
    give_password(d, "li", "correct horse");
    str token = token_of(d, "li", "correct horse");
    str session_id = session(d, token).id;
    give_pass(d, session_id, "one");
    assert_true(pass_is_good(d, "one"));
    assert_false(pass_is_good(d, "two"));
    d->world.now += LIMIT_PASS_S * INT64_C(1000);
    assert_false(pass_is_good(d, "one"));
    give_pass(d, session_id, "two");
    assert_true(pass_is_good(d, "two"));
    GOOD(auth_sign_out(d->auth, token, d->world.arena, &why));
    assert_false(pass_is_good(d, "two"));
}

static void test_a_session_has_few_passes_and_ends_only_its_own(void **state)
{
    static const char *const secrets[] = { "a", "b", "c", "d", "e" };
    struct desk *d = *state;
    struct err err;
    give_password(d, "li", "correct horse");
    str mine = session(d, token_of(d, "li", "correct horse")).id;
    str other = session(d, token_of(d, "li", "correct horse")).id;
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        give_pass(d, mine, secrets[i]);
        d->world.now++;
    }
    assert_false(pass_is_good(d, "a"));
    assert_true(pass_is_good(d, "b") && pass_is_good(d, "e"));
    struct passing p = { d->world.arena, STR(""), other,
                         crypt_digest(d->world.arena, STR("e")) };
    assert_false(store_write(d->world.store, pass_work, &p, &err));
    assert_string_equal(err.code, "auth.pass");
    p.session = mine;
    GOOD(store_write(d->world.store, pass_work, &p, &why));
    assert_false(pass_is_good(d, "e"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTH_TEST(test_password_is_stored_as_argon2id_with_a_salt),
        AUTH_TEST(test_right_password_opens_a_session),
        AUTH_TEST(test_each_sign_in_has_a_token_of_its_own),
        AUTH_TEST(test_names_do_not_care_about_case_or_blanks),
        AUTH_TEST(test_wrong_password_and_unknown_name_look_the_same),
        AUTH_TEST(test_new_password_replaces_the_old),
        AUTH_TEST(test_ten_failures_lock_the_name_for_a_while),
        AUTH_TEST(test_success_forgets_the_failures),
        AUTH_TEST(test_names_that_nobody_has_are_locked_too),
        AUTH_TEST(test_session_ends_when_its_time_is_up),
        AUTH_TEST(test_ended_sessions_do_not_pile_up),
        AUTH_TEST(test_signing_out_ends_one_session),
        AUTH_TEST(test_forged_and_broken_tokens_are_nobodys),
        AUTH_TEST(test_reading_a_session_is_remembered_even_when_there_is_none),
        AUTH_TEST(test_secrets_are_nowhere_in_the_store),
        AUTH_TEST(test_a_role_counts_in_its_unit_and_below_only),
        AUTH_TEST(test_each_role_may_what_its_row_says),
        AUTH_TEST(test_a_token_reaches_its_collections_in_its_unit_and_nothing_else),
        AUTH_TEST(test_a_token_is_revoked_by_its_own_unit_and_then_opens_nothing),
        AUTH_TEST(test_a_grant_for_a_specialty_changes_its_layers_and_reads_all),
        AUTH_TEST(test_asking_for_a_right_is_remembered),
        AUTH_TEST(test_nobody_gives_what_is_not_hers_to_give),
        AUTH_TEST(test_nobody_raises_herself_or_gives_twice_or_to_nobody),
        AUTH_TEST(test_the_last_administrator_of_the_whole_tree_stays),
        AUTH_TEST(test_what_was_given_and_taken_is_told_newest_first),
        AUTH_TEST(test_who_is_gone_has_no_roles_when_her_id_comes_back),
        AUTH_TEST(test_a_pass_ends_with_its_time_and_with_the_session_that_gave_it),
        AUTH_TEST(test_a_session_has_few_passes_and_ends_only_its_own),
    };
    return cmocka_run_group_tests(tests, init_crypt, NULL);
}
