#include "feed/feed.h"

#include "stage.h"

#include "audit/audit.h"
#include "crypt/crypt.h"

/* zhao feeds the city. */
struct office {
    struct stage stage;
    struct data *data;
    struct package_gate *gate;
    struct feeds *feeds;
    struct scope scope;
    struct feed_call call;
};

static const struct ware files[] = {
    { "collections/meter.json",
      "{\"name\":\"meter\",\"owner\":\"plant\",\"indexes\":[],\"schema\":{\"type\":"
      "\"object\"}}" },
};

static void open_feeds(struct office *o)
{
    GOOD(feeds_open(&(struct feed_config){ .store = o->stage.world.store,
                                           .scopes = o->stage.scopes,
                                           .data = o->data,
                                           .sources = STR("a.example,b.example"),
                                           .dir = o->stage.world.dir },
                    &o->feeds, &why));
}

static int open_office(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    struct world *w = &o->stage.world;
    stage_open(&o->stage, NULL, NULL);
    GOOD(audit_setup(w->store, &why));
    GOOD(data_setup(w->store, &why));
    GOOD(job_setup(w->store, &why));
    GOOD(feed_setup(w->store, &why));
    GOOD(store_define(w->store, json(w, files[0].text), &why));
    ware_install(w, GROUP, ware_package(w, "plant", "1", files, COUNT_OF(files)));
    put(w, TENANT_SYSTEM_SPACE, "grant",
        "{\"id\":\"g\",\"home\":\"city\",\"person\":\"li\",\"role\":\"administrator\","
        "\"tenant\":\"city\"}");
    o->gate = package_gate_open();
    o->data = data_open(&(struct data_config){
        .store = w->store, .packages = o->stage.packages, .gate = o->gate });
    open_feeds(o);
    o->scope = stage_scope(&o->stage, "city", "li");
    o->call = (struct feed_call){ .feeds = o->feeds,
                                  .scope = &o->scope,
                                  .tenant = STR("city") };
    *state = o;
    return 0;
}

static int close_office(void **state)
{
    struct office *o = *state;
    scope_close(&o->scope);
    feeds_close(o->feeds);
    arena_reset(o->stage.world.arena);
    data_close(o->data);
    package_gate_close(o->gate);
    stage_close(&o->stage);
    free(o);
    return 0;
}

/* "" or the code. */
static const char *put_connector(struct office *o, const char *host, const char *more)
{
    struct world *w = &o->stage.world;
    struct val ret;
    str text =
        arena_format(w->arena,
                     "{\"collection\":\"meter\",\"url\":\"https://%s/x\",\"rows\":\"\","
                     "\"map\":{\"id\":\"/n\"},\"schedule\":\"0 * * * *\"%s}",
                     host, more);
    bool good = feed_put(&o->call, STR("one"), json(w, text.p), &ret, &why);
    return good ? "" : why.code;
}

static struct val listed(struct office *o)
{
    struct val v = VAL_ABSENT;
    GOOD(feed_list(&o->call, &v, &why));
    return val_get(v, STR("items"));
}

/* The record as the store has it. */
static struct val kept(struct office *o)
{
    static const store_space city[] = { CITY };
    struct world *w = &o->stage.world;
    struct val v = VAL_ABSENT;
    struct snap *snap = NULL;
    GOOD(snap_open(w->reader, city, 1, &snap, &why));
    GOOD(snap_get(snap, store_collection(w->store, STR("connector")), STR("one"), NULL,
                  &v, &why));
    v = val_copy(w->arena, v);
    snap_close(snap);
    return v;
}

#define SECRET ",\"header\":{\"name\":\"X-Key\",\"value\":\"hush\"}"
#define SAME   ",\"header\":{\"name\":\"X-Key\"}"

static void test_a_secret_is_sealed_and_never_told(void **state)
{
    struct office *o = *state;
    unsigned char key[CRYPT_KEY];
    str secret;
    struct arena *a = o->stage.world.arena;
    assert_string_equal(put_connector(o, "a.example", SECRET), "");
    str sealed = val_get_text(kept(o), STR("secret"));
    assert_false(has(sealed, "hush"));
    assert_false(has(doc_text(a, listed(o), DOC_PLAIN), "secret"));
    GOOD(crypt_key_read(arena_format(a, "%s/key", o->stage.world.dir).p, key, &why));
    GOOD(crypt_unseal(a, key, sealed, &secret, &why));
    assert_text(secret, "hush");
}

static void test_a_secret_stays_with_its_origin(void **state)
{
    struct office *o = *state;
    assert_string_equal(put_connector(o, "a.example", SAME), "feed.secret");
    assert_string_equal(put_connector(o, "a.example", SECRET), "");
    struct val before = val_get(kept(o), STR("secret"));
    assert_string_equal(put_connector(o, "a.example", SAME), "");
    assert_true(val_equal(val_get(kept(o), STR("secret")), before));
    assert_string_equal(put_connector(o, "b.example", SAME), "feed.secret");
    assert_string_equal(put_connector(o, "a.example:444", SAME), "feed.secret");
    assert_string_equal(put_connector(o, "a.example", ""), "");
    assert_false(val_exists(val_get(kept(o), STR("secret"))));
}

static void test_a_connector_has_a_job_that_comes_and_goes_with_it(void **state)
{
    struct office *o = *state;
    struct val jobs;
    struct snap *snap;
    struct arena *a = o->stage.world.arena;
    assert_string_equal(put_connector(o, "a.example", ",\"missed\":\"skip\""), "");
    GOOD(scope_snap(&o->scope, &snap, &why));
    GOOD(job_list(snap, STR("city"), a, &jobs, &why));
    struct val job = val_at(jobs, 0);
    assert_text(val_get_text(job, STR("missed")), "skip");
    assert_text(val_get_text(job, STR("zone")), "Asia/Shanghai");
    assert_true(
        val_equal(val_get(job, STR("id")), val_get(val_at(listed(o), 0), STR("job"))));
    GOOD(feed_remove(&o->call, STR("one"), &why));
    GOOD(scope_snap(&o->scope, &snap, &why));
    GOOD(job_list(snap, STR("city"), a, &jobs, &why));
    assert_int_equal(val_count(jobs), 0);
    REFUSED(feed_remove(&o->call, STR("one"), &why), "feed.none");
}

static void test_who_lost_the_role_changes_nothing(void **state)
{
    struct office *o = *state;
    assert_string_equal(put_connector(o, "a.example", ""), "");
    take_away(&o->stage.world, TENANT_SYSTEM_SPACE, "grant", "g");
    scope_drop_snap(&o->scope);
    assert_string_equal(put_connector(o, "b.example", ""), "auth.right");
    REFUSED(feed_remove(&o->call, STR("one"), &why), "auth.right");
    assert_text(val_get_text(kept(o), STR("url")), "https://a.example/x");
}

static void test_a_key_that_others_may_read_is_refused(void **state)
{
    struct office *o = *state;
    char command[200];
    feeds_close(o->feeds);
    o->feeds = NULL;
    snprintf(command, sizeof command, "chmod 644 %s/key", o->stage.world.dir);
    assert_int_equal(system(command), 0);
    struct feed_config config = { .store = o->stage.world.store,
                                  .scopes = o->stage.scopes,
                                  .data = o->data,
                                  .sources = STR(""),
                                  .dir = o->stage.world.dir };
    REFUSED(feeds_open(&config, &o->feeds, &why), "crypt.key");
}

#define FEED_TEST(name) cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FEED_TEST(test_a_secret_is_sealed_and_never_told),
        FEED_TEST(test_a_secret_stays_with_its_origin),
        FEED_TEST(test_a_connector_has_a_job_that_comes_and_goes_with_it),
        FEED_TEST(test_who_lost_the_role_changes_nothing),
        FEED_TEST(test_a_key_that_others_may_read_is_refused),
    };
    return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
