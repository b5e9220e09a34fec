#include "scope/scope.h"

#include "world.h"

struct house {
    struct world world;
    struct watch *watch;
    struct scopes *scopes;
    struct scope_worker *worker;
};

static void on_commit(void *watch, const struct commit *commit)
{
    watch_meet(watch, commit);
}

static void settle(struct world *w)
{
    world_settle(w);
    put(w, CITY, "person",
        "{\"id\":\"wang\",\"name\":\"王芳\",\"specialty\":\"marketing\"}");
    put(w, CITY, "person",
        "{\"id\":\"li\",\"name\":\"Li\",\"lang\":\"en\",\"size\":\"large\","
        "\"scheme\":\"dark\"}");
    put(w, WEST, "person",
        "{\"id\":\"wang\",\"name\":\"王五\",\"specialty\":\"marketing\"}");
    GOOD(store_define(w->store,
                      json(w, "{\"name\":\"task\",\"indexes\":[{\"name\":\"who\","
                              "\"fields\":[\"who\"]}]}"),
                      &why));
    put(w, GROUP, "task", "{\"id\":\"g\",\"who\":\"wang\"}");
    put(w, EAST, "task", "{\"id\":\"e\",\"who\":\"wang\"}");
    put(w, CITY, "task", "{\"id\":\"c\",\"who\":\"wang\"}");
    put(w, WEST, "task", "{\"id\":\"w\",\"who\":\"wang\"}");
}

static int open_house(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct world *w = &h->world;
    GOOD(crypt_init(&why));
    world_open(w);
    GOOD(auth_setup(w->store, &why));
    h->watch = watch_open();
    store_observe(w->store, on_commit, h->watch);
    h->scopes = scopes_open(w->store, h->watch, &w->clock);
    GOOD(scope_worker_open(h->scopes, &h->worker, &why));
    settle(w);
    *state = h;
    return 0;
}

static int close_house(void **state)
{
    struct house *h = *state;
    scope_worker_close(h->worker);
    scopes_close(h->scopes);
    world_close(&h->world);
    watch_close(h->watch);
    free(h);
    return 0;
}

static struct scope open_as(struct house *h, const char *tenant, const char *person)
{
    struct scope scope;
    GOOD(scope_open_as(h->worker, h->world.arena, str_of(tenant), str_of(person), &scope,
                       &why));
    return scope;
}

/* ---- sessions become viewers ---- */

struct session {
    struct house *house;
    str token;
    const char *tenant;
    const char *person;
};

static bool session_work(struct txn *txn, void *data, struct err *err)
{
    struct session *s = data;
    return auth_session_put(txn, s->token, str_of(s->tenant), str_of(s->person),
                            s->house->world.arena, err);
}

static str session(struct house *h, const char *tenant, const char *person)
{
    struct session s = { h, crypt_token(h->world.arena), tenant, person };
    GOOD(store_write(h->world.store, session_work, &s, &why));
    return s.token;
}

/* Who the token belongs to: an id, or "". */
static const char *viewer_of(struct house *h, str token)
{
    struct scope scope;
    GOOD(scope_open(h->worker, h->world.arena, token, &scope, &why));
    str id = scope.viewer ? arena_str(h->world.arena, scope.viewer->person_id) : STR("");
    scope_close(&scope);
    return id.p;
}

static void test_session_tells_who_looks_and_from_where(void **state)
{
    struct house *h = *state;
    struct scope scope;
    str token = session(h, "city", "li");
    GOOD(scope_open(h->worker, h->world.arena, token, &scope, &why));
    const struct viewer *v = scope.viewer;
    assert_non_null(v);
    assert_text(v->person_id, "li");
    assert_text(v->specialty, "");
    assert_int_equal(v->lang, SCOPE_EN);
    assert_true(v->large);
    assert_text(v->scheme, "dark");
    assert_int_equal(v->offset_min, 480);
    assert_int_equal(v->path.n, 3);
    assert_text(tenant_of(&v->path)->id, "city");
    scope_close(&scope);
}

static void test_person_who_says_nothing_gets_the_defaults(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    assert_int_equal(scope.viewer->lang, SCOPE_ZH);
    assert_false(scope.viewer->large);
    assert_text(scope.viewer->scheme, "auto");
    assert_text(scope.viewer->specialty, "marketing");
    scope_close(&scope);
}

static void test_broken_tokens_are_nobodys(void **state)
{
    struct house *h = *state;
    str token = session(h, "city", "wang");
    str forged = arena_str(h->world.arena, token);
    ((char *)(uintptr_t)forged.p)[0] ^= 1;
    assert_string_equal(viewer_of(h, token), "wang");
    assert_string_equal(viewer_of(h, STR("")), "");
    assert_string_equal(viewer_of(h, forged), "");
    assert_string_equal(viewer_of(h, (str){ token.p, token.n - 1 }), "");
    assert_string_equal(viewer_of(h, crypt_digest(h->world.arena, token)), "");
}

static void test_session_whose_person_or_unit_is_gone_is_nobodys(void **state)
{
    struct house *h = *state;
    str wang = session(h, "city", "wang");
    assert_string_equal(viewer_of(h, wang), "wang");
    take_away(&h->world, CITY, "person", "wang");
    assert_string_equal(viewer_of(h, wang), "");
    assert_string_equal(viewer_of(h, session(h, "nowhere", "wang")), "");
}

static void test_session_ends_with_its_time_and_with_signing_out(void **state)
{
    struct house *h = *state;
    str late = session(h, "city", "wang");
    str left = session(h, "city", "li");
    assert_string_equal(viewer_of(h, late), "wang");
    assert_string_equal(viewer_of(h, left), "li");
    struct auth *auth = auth_open(h->world.store, &h->world.clock);
    GOOD(auth_sign_out(auth, left, h->world.arena, &why));
    auth_close(auth);
    assert_string_equal(viewer_of(h, left), "");
    h->world.now += LIMIT_SESSION_S * INT64_C(1000);
    assert_string_equal(viewer_of(h, late), "");
}

static void test_viewer_is_kept_until_her_records_change(void **state)
{
    struct house *h = *state;
    str token = session(h, "city", "wang");
    struct scope scope;
    viewer_of(h, token);
    viewer_of(h, token);
    assert_int_equal(scopes_count(h->scopes).hits, 1);

    put(&h->world, CITY, "person", "{\"id\":\"li\",\"name\":\"Li\"}");
    viewer_of(h, token);
    assert_int_equal(scopes_count(h->scopes).hits, 2);

    put(&h->world, CITY, "person", "{\"id\":\"wang\",\"name\":\"王芳\",\"lang\":\"en\"}");
    GOOD(scope_open(h->worker, h->world.arena, token, &scope, &why));
    assert_int_equal(scope.viewer->lang, SCOPE_EN);
    scope_close(&scope);
    assert_int_equal(scopes_count(h->scopes).hits, 2);

    put_tenant(&h->world, "{\"id\":\"east\",\"parent\":\"group\",\"level\":\"province\","
                          "\"name\":{\"zh\":\"东\"},\"zone\":\"Asia/Tokyo\"}");
    GOOD(scope_open(h->worker, h->world.arena, token, &scope, &why));
    assert_int_equal(scope.viewer->offset_min, 540);
    scope_close(&scope);
}

static void test_strangers_cannot_be_opened(void **state)
{
    struct house *h = *state;
    struct scope scope;
    struct arena *a = h->world.arena;
    REFUSED(scope_open_as(h->worker, a, STR("nowhere"), STR("wang"), &scope, &why),
            "tenant.none");
    REFUSED(scope_open_as(h->worker, a, STR("west"), STR("li"), &scope, &why),
            "scope.person");
    REFUSED(scope_open_as(h->worker, a, STR("east"), STR("wang"), &scope, &why),
            "scope.person");
    assert_int_equal(why.kind, ERR_MISSING);
}

/* There is a wang in both units, and they are two people. */
static void test_who_stands_in_another_unit_is_nobody_of_it(void **state)
{
    struct house *h = *state;
    struct arena *a = h->world.arena;
    struct scope own = open_as(h, "city", "wang");
    struct viewer *viewer = (struct viewer *)cached_hold(&own.viewer->head);
    struct scope scope;
    struct val v;
    scope_close(&own);
    GOOD(scope_open_at(h->worker, a, viewer, STR("west"), STR("digital"), &scope, &why));
    assert_false(str_equal(scope.viewer->person_id, STR("wang")));
    assert_true(str_equal(scope.viewer->specialty, STR("digital")));
    assert_true(str_equal(tenant_of(&scope.viewer->path)->id, STR("west")));
    GOOD(scope_actor(&scope, &v, &why));
    assert_true(str_equal(val_get_text(v, STR("name")), STR("王芳")));
    assert_true(str_equal(val_get_text(v, STR("id")), scope.viewer->person_id));
    scope_close(&scope);
    GOOD(scope_open_at(h->worker, a, viewer, STR("city"), STR("digital"), &scope, &why));
    assert_true(str_equal(scope.viewer->person_id, STR("wang")));
    scope_close(&scope);
    REFUSED(scope_open_at(h->worker, a, viewer, STR("nowhere"), STR(""), &scope, &why),
            "tenant.none");
    cached_drop(&viewer->head);
}

/* ---- what she may look at ---- */

static bool sees(struct scope *scope, const char *id, bool up)
{
    struct val v;
    GOOD(scope_get(scope, STR("task"), str_of(id), up, &v, &why));
    return val_exists(v);
}

static void test_viewer_sees_her_unit_and_those_above_and_no_other(void **state)
{
    struct house *h = *state;
    struct scope city = open_as(h, "city", "wang");
    assert_true(sees(&city, "c", false));
    assert_false(sees(&city, "e", false));
    assert_true(sees(&city, "e", true));
    assert_true(sees(&city, "g", true));
    assert_false(sees(&city, "w", true));
    scope_close(&city);
    struct scope west = open_as(h, "west", "wang");
    assert_true(sees(&west, "w", false));
    assert_false(sees(&west, "c", true));
    assert_false(sees(&west, "e", true));
    scope_close(&west);
}

static size_t found(struct scope *scope, bool up)
{
    struct scope_query q = { .collection = STR("task"),
                             .by = STR("who"),
                             .equals = { val_str(STR("wang")) },
                             .equals_count = 1,
                             .up = up,
                             .limit = 100 };
    struct rows rows;
    size_t count;
    GOOD(scope_query(scope, &q, &rows, &why));
    GOOD(scope_count(scope, &q, &count, &why));
    assert_int_equal(count, val_count(rows.list));
    return count;
}

static void test_queries_stay_in_the_chain(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    assert_int_equal(found(&scope, false), 1);
    assert_int_equal(found(&scope, true), 3);
    scope_close(&scope);
}

static void test_secrets_of_the_system_are_out_of_reach(void **state)
{
    struct house *h = *state;
    str token = session(h, "city", "wang");
    struct scope scope = open_as(h, "city", "wang");
    struct val v;
    GOOD(scope_get(&scope, STR("session"), crypt_digest(h->world.arena, token), true, &v,
                   &why));
    assert_false(val_exists(v));
    GOOD(scope_get(&scope, STR("tenant"), STR("west"), true, &v, &why));
    assert_false(val_exists(v));
    scope_close(&scope);
}

static void test_needs_are_the_only_collections_open(void **state)
{
    static const struct {
        const char *needs;
        bool open;
    } cases[] = {
        { "[\"read:task\"]", true },
        { "[\"read:*\"]", true },
        { "[]", false },
        { "[\"write:task\"]", false },
        { "[\"read:tas\"]", false },
        { "[\"read:tasks\"]", false },
        { "[\"read:person\"]", false },
        { "[\"write:*\"]", false },
    };
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val needs = json(&h->world, cases[i].needs);
        struct val v;
        scope.needs = &needs;
        bool open = scope_get(&scope, STR("task"), STR("c"), false, &v, &why);
        if (open != cases[i].open)
            fail_msg("%s", cases[i].needs);
        if (!open) {
            assert_string_equal(why.code, "scope.need");
            assert_int_equal(why.kind, ERR_FORBIDDEN);
        }
    }
    scope_close(&scope);
}

static void test_unknown_collections_and_indexes_are_refused(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    struct scope_query q = { .collection = STR("task"),
                             .by = STR("nothing"),
                             .limit = 1 };
    struct rows rows;
    struct val v;
    REFUSED(scope_get(&scope, STR("none"), STR("c"), false, &v, &why),
            "scope.collection");
    REFUSED(scope_query(&scope, &q, &rows, &why), "scope.index");
    scope_close(&scope);
}

static void test_fragment_may_look_fifty_times(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    struct seen seen = { .reads = { .arena = h->world.arena } };
    struct val v;
    scope.seen = &seen;
    for (int i = 0; i < LIMIT_FRAGMENT_QUERIES; i++)
        GOOD(scope_get(&scope, STR("task"), STR("c"), false, &v, &why));
    REFUSED(scope_get(&scope, STR("task"), STR("c"), false, &v, &why), "scope.limit");
    assert_int_equal(why.kind, ERR_LIMIT);
    scope_close(&scope);
}

static bool many_work(struct txn *txn, void *data, struct err *err)
{
    struct world *w = data;
    char id[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "m%d", i);
        struct val v = val_with(w->arena, val_map(NULL, 0), STR("id"),
                                val_str(arena_str(w->arena, str_of(id))));
        if (!txn_put(txn, EAST, store_collection(txn_store(txn), STR("task")), v, PUT_ANY,
                     err))
            return false;
    }
    return true;
}

static void test_fragment_may_see_five_thousand_rows(void **state)
{
    struct house *h = *state;
    GOOD(store_write(h->world.store, many_work, &h->world, &why));
    struct scope scope = open_as(h, "city", "wang");
    struct seen seen = { .reads = { .arena = h->world.arena } };
    struct scope_query q = { .collection = STR("task"), .up = true, .limit = 1000 };
    struct rows rows;
    scope.seen = &seen;
    for (int i = 0; i < LIMIT_FRAGMENT_ROWS / 1000; i++)
        GOOD(scope_query(&scope, &q, &rows, &why));
    REFUSED(scope_query(&scope, &q, &rows, &why), "scope.limit");
    scope_close(&scope);
}

/* ---- what is noted ---- */

static void test_looks_are_noted_with_what_they_looked_at(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    struct seen seen = { .reads = { .arena = h->world.arena } };
    struct val v;
    scope.seen = &seen;
    GOOD(scope_actor(&scope, &v, &why));
    assert_text(val_get_text(v, STR("name")), "王芳");
    assert_int_equal(seen.vary, VARY_ACTOR);
    assert_int_equal(seen.reads.n, 1);
    GOOD(scope_tenant(&scope, &v, &why));
    assert_text(val_get_text(v, STR("id")), "city");
    assert_int_equal(seen.vary, VARY_ACTOR | VARY_TENANT);
    assert_int_equal(seen.reads.n, 2);
    seen.vary = 0;
    assert_true(sees(&scope, "g", true));
    assert_int_equal(seen.vary, VARY_TENANT);
    assert_int_equal(seen.reads.n, 5);
    assert_int_equal(seen.until_ms, 0);
    scope_close(&scope);
}

static void test_present_is_cut_to_the_grain_and_lasts_as_long(void **state)
{
    static const struct {
        enum scope_grain grain;
        const char *now;
        const char *until;
        unsigned vary;
    } cases[] = {
        { SCOPE_MINUTE, "2026-11-22T01:30:00Z", "2026-11-22T01:31:00Z", 0 },
        { SCOPE_HOUR, "2026-11-22T01:00:00Z", "2026-11-22T02:00:00Z", VARY_ZONE },
        { SCOPE_DAY, "2026-11-21T16:00:00Z", "2026-11-22T16:00:00Z", VARY_ZONE },
    };
    struct house *h = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scope scope = open_as(h, "city", "wang");
        struct seen seen = { .reads = { .arena = h->world.arena } };
        scope.seen = &seen;
        int64_t now = scope_now(&scope, cases[i].grain);
        assert_text(scope_iso(h->world.arena, now), cases[i].now);
        assert_text(scope_iso(h->world.arena, seen.until_ms), cases[i].until);
        assert_int_equal(seen.vary, cases[i].vary);
        scope_close(&scope);
    }
}

static void test_another_time_is_cut_in_the_zone_of_then(void **state)
{
    static const struct {
        const char *at;
        const char *hour;
        const char *day;
        int offset_min;
    } cases[] = {
        { "2026-07-22T09:30:00Z", "2026-07-22T09:00:00Z", "2026-07-21T22:00:00Z", 120 },
        { "2026-01-22T09:30:00Z", "2026-01-22T09:00:00Z", "2026-01-21T23:00:00Z", 60 },
        { "1966-01-22T23:30:00Z", "1966-01-22T23:00:00Z", "1966-01-22T23:00:00Z", 60 },
    };
    struct house *h = *state;
    put_tenant(&h->world,
               "{\"id\":\"north\",\"parent\":\"group\",\"zone\":\"Europe/Oslo\"}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scope scope;
        int64_t at_ms;
        GOOD(scope_open_unit(h->worker, h->world.arena, STR("north"), &scope, &why));
        assert_true(date_parse(str_of(cases[i].at), 0, &at_ms));
        scope_go_to(&scope, at_ms);
        assert_int_equal(scope_offset_min(&scope), cases[i].offset_min);
        assert_text(scope_iso(h->world.arena, scope_now(&scope, SCOPE_HOUR)),
                    cases[i].hour);
        assert_text(scope_iso(h->world.arena, scope_now(&scope, SCOPE_DAY)),
                    cases[i].day);
        scope_close(&scope);
    }
}

static void test_shortest_grain_decides_how_long_it_lasts(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    struct seen seen = { .reads = { .arena = h->world.arena } };
    scope.seen = &seen;
    scope_now(&scope, SCOPE_MINUTE);
    scope_now(&scope, SCOPE_DAY);
    assert_text(scope_iso(h->world.arena, seen.until_ms), "2026-11-22T01:31:00Z");
    scope_close(&scope);
}

/* ---- keys ---- */

static str key_of(struct house *h, struct scope *scope, unsigned vary)
{
    struct buf key;
    buf_init(&key, CACHE_MAX_KEY);
    scope_key(scope, vary, &key);
    str text = arena_str(h->world.arena, buf_view(&key));
    buf_done(&key);
    return text;
}

/* Whether viewers of `tenants` may share what looked at `vary`. */
static bool share(struct house *h, const char *const who[4], unsigned vary)
{
    struct scope one = open_as(h, who[0], who[1]);
    str mine = key_of(h, &one, vary);
    scope_close(&one);
    struct scope two = open_as(h, who[2], who[3]);
    str theirs = key_of(h, &two, vary);
    scope_close(&two);
    return str_equal(mine, theirs);
}

static void test_fragments_are_shared_by_those_who_look_alike(void **state)
{
    static const struct {
        const char *who[4];
        unsigned apart; /* the sides in which they differ */
    } cases[] = {
        { { "city", "wang", "city", "wang" }, 0 },
        { { "city", "wang", "city", "li" }, VARY_ACTOR | VARY_SPECIALTY | VARY_LANG },
        { { "city", "wang", "west", "wang" }, VARY_ACTOR | VARY_TENANT },
        { { "city", "wang", "far", "wang" }, VARY_ACTOR | VARY_TENANT | VARY_ZONE },
    };
    struct house *h = *state;
    put_tenant(&h->world, "{\"id\":\"far\",\"parent\":\"group\",\"zone\":\"UTC\"}");
    put(&h->world, 5, "person",
        "{\"id\":\"wang\",\"name\":\"W\",\"specialty\":\"marketing\"}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (unsigned side = VARY_ACTOR; side <= VARY_PAGE; side <<= 1) {
            if (share(h, cases[i].who, side) != !(cases[i].apart & side))
                fail_msg("case %zu, side %u", i, side);
        }
    }
}

static void test_page_and_its_parameters_are_sides_too(void **state)
{
    struct house *h = *state;
    struct scope scope = open_as(h, "city", "wang");
    str page = key_of(h, &scope, VARY_PAGE);
    str query = key_of(h, &scope, VARY_QUERY);
    str both = key_of(h, &scope, VARY_LANG);
    scope.page = STR("home");
    scope.query_text = STR("{\"q\":\"x\"}");
    assert_false(str_equal(page, key_of(h, &scope, VARY_PAGE)));
    assert_false(str_equal(query, key_of(h, &scope, VARY_QUERY)));
    assert_true(str_equal(both, key_of(h, &scope, VARY_LANG)));
    scope_close(&scope);
}

/* "ab" of "c" is not "a" of "bc". */
static void test_sides_do_not_run_into_each_other(void **state)
{
    static const char *const who[4] = { "city", "ab", "city", "a" };
    struct house *h = *state;
    put(&h->world, CITY, "person", "{\"id\":\"ab\",\"name\":\"1\",\"specialty\":\"c\"}");
    put(&h->world, CITY, "person", "{\"id\":\"a\",\"name\":\"2\",\"specialty\":\"bc\"}");
    assert_false(share(h, who, VARY_ACTOR | VARY_SPECIALTY));
}

static void test_nobody_shares_with_no_viewer(void **state)
{
    struct house *h = *state;
    struct scope nobody;
    GOOD(scope_open(h->worker, h->world.arena, STR(""), &nobody, &why));
    assert_null(nobody.viewer);
    str key = key_of(h, &nobody, VARY_ACTOR | VARY_TENANT);
    scope_close(&nobody);
    struct scope wang = open_as(h, "city", "wang");
    assert_false(str_equal(key, key_of(h, &wang, VARY_ACTOR | VARY_TENANT)));
    scope_close(&wang);
}

#define SCOPE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCOPE_TEST(test_session_tells_who_looks_and_from_where),
        SCOPE_TEST(test_person_who_says_nothing_gets_the_defaults),
        SCOPE_TEST(test_broken_tokens_are_nobodys),
        SCOPE_TEST(test_session_whose_person_or_unit_is_gone_is_nobodys),
        SCOPE_TEST(test_session_ends_with_its_time_and_with_signing_out),
        SCOPE_TEST(test_viewer_is_kept_until_her_records_change),
        SCOPE_TEST(test_strangers_cannot_be_opened),
        SCOPE_TEST(test_who_stands_in_another_unit_is_nobody_of_it),
        SCOPE_TEST(test_viewer_sees_her_unit_and_those_above_and_no_other),
        SCOPE_TEST(test_queries_stay_in_the_chain),
        SCOPE_TEST(test_secrets_of_the_system_are_out_of_reach),
        SCOPE_TEST(test_needs_are_the_only_collections_open),
        SCOPE_TEST(test_unknown_collections_and_indexes_are_refused),
        SCOPE_TEST(test_fragment_may_look_fifty_times),
        SCOPE_TEST(test_fragment_may_see_five_thousand_rows),
        SCOPE_TEST(test_looks_are_noted_with_what_they_looked_at),
        SCOPE_TEST(test_present_is_cut_to_the_grain_and_lasts_as_long),
        SCOPE_TEST(test_another_time_is_cut_in_the_zone_of_then),
        SCOPE_TEST(test_shortest_grain_decides_how_long_it_lasts),
        SCOPE_TEST(test_fragments_are_shared_by_those_who_look_alike),
        SCOPE_TEST(test_page_and_its_parameters_are_sides_too),
        SCOPE_TEST(test_sides_do_not_run_into_each_other),
        SCOPE_TEST(test_nobody_shares_with_no_viewer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
