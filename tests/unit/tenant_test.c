#include "world.h"

static int open_world(void **state)
{
    *state = calloc(1, sizeof(struct world));
    world_open(*state);
    return 0;
}

static int close_world(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

/* The path of a unit as "group/1 east/2", or the code of the error. */
static const char *path_text(struct world *w, const char *id)
{
    struct snap *snap = world_snap(w);
    struct tenant_path path;
    struct err err;
    str text = STR("");
    if (!tenant_path_read(snap, str_of(id), w->arena, NULL, &path, &err)) {
        snap_close(snap);
        return err.code;
    }
    for (size_t i = 0; i < path.n; i++) {
        assert_int_equal(path.chain[i], path.items[i].space);
        text = arena_format(w->arena, "%.*s%s%.*s/%u", STR_ARG(text), i ? " " : "",
                            STR_ARG(path.items[i].id), path.items[i].space);
    }
    snap_close(snap);
    return text.p;
}

/* What putting the unit says: "" or the code of the error. */
static const char *try_tenant(struct world *w, const char *record)
{
    struct world_put p = { w, 0, "tenant", json(w, record) };
    struct err err;
    return store_write(w->store, world_tenant_work, &p, &err) ? "" : err.code;
}

static void test_path_goes_from_the_root_to_the_unit(void **state)
{
    struct world *w = *state;
    world_settle(w);
    assert_string_equal(path_text(w, "group"), "group/1");
    assert_string_equal(path_text(w, "city"), "group/1 east/2 city/3");
    assert_string_equal(path_text(w, "west"), "group/1 west/4");
}

static void test_path_carries_the_records(void **state)
{
    struct world *w = *state;
    struct tenant_path path;
    world_settle(w);
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, STR("city"), w->arena, NULL, &path, &why));
    snap_close(snap);
    assert_text(tenant_of(&path)->id, "city");
    assert_text(val_get_text(val_get(path.items[1].record, STR("name")), STR("zh")),
                "东省");
    assert_ptr_equal(tenant_on(&path, STR("east")), &path.items[1]);
    assert_ptr_equal(tenant_on(&path, STR("city")), tenant_of(&path));
    assert_null(tenant_on(&path, STR("west")));
    assert_null(tenant_on(&path, STR("")));
}

static void test_people_call_a_unit_by_its_short_name(void **state)
{
    struct world *w = *state;
    struct tenant unit = { .record = json(w, "{\"name\":\"East Province\"}") };
    assert_text(val_text(tenant_name(&unit)), "East Province");
    unit.record = json(w, "{\"name\":\"East Province\",\"short\":\"East\"}");
    assert_text(val_text(tenant_name(&unit)), "East");
}

static void test_path_of_an_unknown_unit_is_refused(void **state)
{
    struct world *w = *state;
    assert_string_equal(path_text(w, "group"), "tenant.none");
    world_settle(w);
    assert_string_equal(path_text(w, "nowhere"), "tenant.none");
    assert_string_equal(path_text(w, ""), "tenant.none");
    assert_string_equal(path_text(w, "City"), "tenant.none");
    assert_string_equal(path_text(w, "../group"), "tenant.none");
}

static void test_path_remembers_every_unit_it_passed(void **state)
{
    struct world *w = *state;
    struct reads reads = { .arena = w->arena };
    struct tenant_path path;
    world_settle(w);
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, STR("city"), w->arena, &reads, &path, &why));
    snap_close(snap);
    assert_int_equal(reads.n, 3);
}

static void test_root_is_the_unit_without_a_parent(void **state)
{
    struct world *w = *state;
    str root;
    struct snap *snap = world_snap(w);
    REFUSED(tenant_root(snap, w->arena, NULL, &root, &why), "tenant.none");
    snap_close(snap);
    world_settle(w);
    snap = world_snap(w);
    GOOD(tenant_root(snap, w->arena, NULL, &root, &why));
    snap_close(snap);
    assert_text(root, "group");
}

static void test_unit_keeps_its_space_when_it_changes_or_moves(void **state)
{
    struct world *w = *state;
    world_settle(w);
    store_space space = put_tenant(w, "{\"id\":\"city\",\"parent\":\"west\",\"level\":"
                                      "\"city\",\"name\":{\"zh\":\"新\"},\"space\":99}");
    assert_int_equal(space, CITY);
    assert_string_equal(path_text(w, "city"), "group/1 west/4 city/3");
}

static void test_parents_that_are_not_are_refused(void **state)
{
    struct world *w = *state;
    world_settle(w);
    assert_string_equal(try_tenant(w, "{\"id\":\"lost\",\"parent\":\"nowhere\"}"),
                        "tenant.parent");
    assert_string_equal(path_text(w, "lost"), "tenant.none");
    assert_int_equal(put_tenant(w, "{\"id\":\"next\",\"parent\":\"west\"}"), 5);
}

static void test_circles_are_refused(void **state)
{
    struct world *w = *state;
    world_settle(w);
    assert_string_equal(try_tenant(w, "{\"id\":\"east\",\"parent\":\"east\"}"),
                        "tenant.parent");
    assert_string_equal(try_tenant(w, "{\"id\":\"group\",\"parent\":\"city\"}"),
                        "tenant.parent");
    assert_string_equal(try_tenant(w, "{\"id\":\"self\",\"parent\":\"self\"}"),
                        "tenant.parent");
    assert_string_equal(path_text(w, "city"), "group/1 east/2 city/3");
}

static void test_circle_in_the_store_ends_in_an_error(void **state)
{
    struct world *w = *state;
    put(w, TENANT_SYSTEM_SPACE, "tenant", "{\"id\":\"a\",\"parent\":\"b\",\"space\":1}");
    put(w, TENANT_SYSTEM_SPACE, "tenant", "{\"id\":\"b\",\"parent\":\"a\",\"space\":2}");
    assert_string_equal(path_text(w, "a"), "tenant.deep");
    assert_string_equal(try_tenant(w, "{\"id\":\"c\",\"parent\":\"a\"}"), "tenant.deep");
}

static void test_tree_is_at_most_sixteen_deep(void **state)
{
    struct world *w = *state;
    char record[100];
    put_tenant(w, "{\"id\":\"t1\"}");
    for (int i = 2; i <= STORE_MAX_CHAIN; i++) {
        snprintf(record, sizeof record, "{\"id\":\"t%d\",\"parent\":\"t%d\"}", i, i - 1);
        put_tenant(w, record);
    }
    assert_true(has(str_of(path_text(w, "t16")), "t1/1 t2/2"));
    assert_string_equal(try_tenant(w, "{\"id\":\"t17\",\"parent\":\"t16\"}"),
                        "tenant.deep");
    assert_string_equal(path_text(w, "t17"), "tenant.none");
}

static void test_names_of_units_are_ids(void **state)
{
    struct world *w = *state;
    assert_string_equal(try_tenant(w, "{\"id\":\"a b\"}"), "store.id");
    assert_string_equal(try_tenant(w, "{\"id\":\"\"}"), "store.id");
    assert_string_equal(try_tenant(w, "{\"name\":{\"zh\":\"无\"}}"), "store.id");
}

static void test_zone_is_the_nearest_known_one(void **state)
{
    struct world *w = *state;
    struct tenant_path path;
    put_tenant(w, "{\"id\":\"top\"}");
    put_tenant(w, "{\"id\":\"ny\",\"parent\":\"top\",\"zone\":\"America/New_York\"}");
    put_tenant(w, "{\"id\":\"desk\",\"parent\":\"ny\",\"zone\":\"Nowhere/Land\"}");
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, STR("desk"), w->arena, NULL, &path, &why));
    assert_int_equal(tenant_offset_min(&path, WORLD_NOW), -300);
    assert_int_equal(tenant_offset_min(&path, WORLD_NOW - 150 * DAY_MS), -240);
    GOOD(tenant_path_read(snap, STR("top"), w->arena, NULL, &path, &why));
    assert_int_equal(tenant_offset_min(&path, WORLD_NOW), 480);
    snap_close(snap);
}

static void test_the_nearest_unit_says_what_a_value_is_called(void **state)
{
    struct world *w = *state;
    struct tenant_path path;
    put_tenant(w, "{\"id\":\"top\",\"terms\":{\"group\":{\"a\":{\"zh\":\"甲\"},"
                  "\"b\":{\"zh\":\"乙\"}}}}");
    put_tenant(w, "{\"id\":\"mid\",\"parent\":\"top\"}");
    put_tenant(w, "{\"id\":\"low\",\"parent\":\"mid\",\"terms\":{\"group\":{"
                  "\"b\":{\"zh\":\"二\"},\"c\":{\"zh\":\"丙\"}}}}");
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, STR("low"), w->arena, NULL, &path, &why));
    assert_text(
        doc_text(w->arena, tenant_terms(&path, STR("group"), w->arena), DOC_PLAIN),
        "{\"a\":{\"zh\":\"甲\"},\"b\":{\"zh\":\"二\"},\"c\":{\"zh\":\"丙\"}}");
    assert_int_equal(val_count(tenant_terms(&path, STR("tag"), w->arena)), 0);
    path.n--;
    assert_text(
        doc_text(w->arena, tenant_terms(&path, STR("group"), w->arena), DOC_PLAIN),
        "{\"a\":{\"zh\":\"甲\"},\"b\":{\"zh\":\"乙\"}}");
    snap_close(snap);
}

#define TENANT_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TENANT_TEST(test_path_goes_from_the_root_to_the_unit),
        TENANT_TEST(test_path_carries_the_records),
        TENANT_TEST(test_people_call_a_unit_by_its_short_name),
        TENANT_TEST(test_path_of_an_unknown_unit_is_refused),
        TENANT_TEST(test_path_remembers_every_unit_it_passed),
        TENANT_TEST(test_root_is_the_unit_without_a_parent),
        TENANT_TEST(test_unit_keeps_its_space_when_it_changes_or_moves),
        TENANT_TEST(test_parents_that_are_not_are_refused),
        TENANT_TEST(test_circles_are_refused),
        TENANT_TEST(test_circle_in_the_store_ends_in_an_error),
        TENANT_TEST(test_tree_is_at_most_sixteen_deep),
        TENANT_TEST(test_names_of_units_are_ids),
        TENANT_TEST(test_zone_is_the_nearest_known_one),
        TENANT_TEST(test_the_nearest_unit_says_what_a_value_is_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
