/* What publishing would change in the units below. */
#include "studio.h"

static void test_impact_counts_units_people_and_what_breaks_below(void **state)
{
    struct studio *d = *state;
    struct val v;
    command(
        d, "wang", "east", 0,
        SET("b", "/limit", "4") ",{\"verb\":\"move\",\"block\":\"c\",\"after\":\"a\"}");
    publish(d, "zhao", "east", 0);
    command(d, "li", "group", 0,
            "{\"verb\":\"remove\",\"block\":\"b\"},"
            "{\"verb\":\"lock\",\"block\":\"c\",\"lock\":\"fixed\"}");
    GOOD(edit_impact(sit(d, "li", "group"), &v, &why));
    assert_int_equal(val_as_int(val_get(v, STR("units")), 0), 4);
    assert_int_equal(val_as_int(val_get(v, STR("people")), 0), 5);
    assert_int_equal(val_as_int(val_get(v, STR("layers")), 0), 1);
    assert_int_equal(val_as_int(val_get(v, STR("aside")), 0), 1);
    assert_int_equal(val_as_int(val_get(v, STR("locked")), 0), 1);
    GOOD(edit_check(sit(d, "li", "group"), &v, &why));
    assert_true(val_as_bool(val_get(v, STR("publishable")), false));
    stand_up(d);
}

/* wang of the city sells: her page has the layers for sales of the group, the east … */
static int64_t impact(struct studio *d, const char *member)
{
    struct val v;
    GOOD(edit_impact(sit(d, "li", "group"), &v, &why));
    return val_as_int(val_get(v, str_of(member)), -1);
}

/* The value of a property can set nothing aside, but be said again further down. */
static void test_impact_of_a_value_counts_who_overrides_it(void **state)
{
    struct studio *d = *state;
    put(&d->stage.world, EAST, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"set\",\"block\":\"b\",\"at\":\"/limit\",\"value\":4},"
        "{\"verb\":\"move\",\"block\":\"gone\",\"after\":\"b\"}]}");
    struct val draft = command(d, "li", "group", 0, SET("b", "/limit", "5"));
    assert_int_equal(impact(d, "overrides"), 1);
    assert_int_equal(impact(d, "aside"), 0);
    command(d, "li", "group", version(draft), "{\"verb\":\"remove\",\"block\":\"b\"}");
    assert_int_equal(impact(d, "aside"), 1); /* not the one that was an orphan before */
    stand_up(d);
}

/* What the east puts into a block that will be gone is gone for the city below it; the
 * west, which has a block of the same name elsewhere, keeps it. */
static void test_impact_follows_what_a_unit_adds_to_those_below_it_only(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    put(w, EAST, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"mine\",\"component\":\"note\",\"into\":\"b/"
        "in\"}]}");
    put(w, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"set\",\"block\":\"mine\",\"at\":\"/limit\",\"value\":2}]}");
    put(w, WEST, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"mine\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"set\",\"block\":\"mine\",\"at\":\"/limit\",\"value\":2}]}");
    command(d, "li", "group", 0, "{\"verb\":\"remove\",\"block\":\"b\"}");
    assert_int_equal(impact(d, "layers"), 3);
    assert_int_equal(impact(d, "aside"), 2);
    stand_up(d);
}

/* A block more above may be one too many below. */
static void test_impact_sees_a_page_that_gets_full(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct buf out;
    buf_init(&out, 1 << 16);
    buf_str(&out, STR("{\"id\":\"home\",\"page\":\"home\",\"verbs\":["));
    for (int i = 3; i < LIMIT_PAGE_BLOCKS; i++)
        buf_format(&out,
                   "%s{\"verb\":\"add\",\"block\":\"x%d\",\"component\":\"note\","
                   "\"into\":\"main\"}",
                   i > 3 ? "," : "", i);
    buf_str(&out, STR("]}"));
    put(w, EAST, "layer", arena_str(w->arena, buf_view(&out)).p);
    buf_done(&out);
    command(
        d, "li", "group", 0,
        "{\"verb\":\"add\",\"block\":\"more\",\"component\":\"note\",\"into\":\"main\"}");
    assert_int_equal(impact(d, "aside"), 1);
    stand_up(d);
}

static void test_impact_meets_layers_of_specialties_between(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    put(w, GROUP, "layer",
        "{\"id\":\"home:sales\",\"page\":\"home\",\"specialty\":\"sales\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"s\",\"component\":\"note\",\"into\":\"b/in\"}]}");
    put(w, EAST, "layer",
        "{\"id\":\"home:sales\",\"page\":\"home\",\"specialty\":\"sales\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"t\",\"component\":\"note\",\"into\":\"c/in\"}]}");
    /* what sales alone have, the city changes for all who have it */
    put(w, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"set\",\"block\":\"s\",\"at\":\"/limit\",\"value\":2},"
        "{\"verb\":\"set\",\"block\":\"t\",\"at\":\"/limit\",\"value\":2}]}");
    command(
        d, "li", "group", 0,
        "{\"verb\":\"remove\",\"block\":\"b\"},{\"verb\":\"remove\",\"block\":\"c\"}");
    GOOD(edit_impact(sit(d, "li", "group"), &v, &why));
    /* the group's own for sales: s; the east's: t; the city's: both */
    assert_int_equal(val_as_int(val_get(v, STR("aside")), 0), 4);
    assert_int_equal(val_as_int(val_get(v, STR("layers")), 0), 3);
    command(d, "wang", "east", 0, "{\"verb\":\"remove\",\"block\":\"b\"}");
    GOOD(edit_impact(sit(d, "wang", "east"), &v, &why));
    assert_int_equal(val_as_int(val_get(v, STR("aside")), 0), 1); /* s, in the city */
    stand_up(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_impact_counts_units_people_and_what_breaks_below),
        EDIT_TEST(test_impact_of_a_value_counts_who_overrides_it),
        EDIT_TEST(test_impact_follows_what_a_unit_adds_to_those_below_it_only),
        EDIT_TEST(test_impact_sees_a_page_that_gets_full),
        EDIT_TEST(test_impact_meets_layers_of_specialties_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
