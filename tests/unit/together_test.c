/* Together with others: who is there, and what came from above since one looked. */
#include "studio.h"

/* Who else is at the group's home page, as "person block …", after `later_s` seconds. */
static const char *present(struct studio *d, const char *person, const char *screen,
                           const char *block, int64_t later_s)
{
    struct arena *a = d->stage.world.arena;
    struct edit *edit = sit(d, person, "group");
    struct val v;
    struct buf out;
    edit->scope->now_ms += later_s * 1000;
    struct edit_screen what = { .id = str_of(screen), .block = str_of(block) };
    GOOD(edit_present(edit, &what, &v, &why));
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < val_count(val_get(v, STR("items"))); i++) {
        struct val one = val_at(val_get(v, STR("items")), i);
        buf_format(&out, "%s%.*s %.*s", i ? " " : "",
                   STR_ARG(val_get_text(one, STR("person"))),
                   STR_ARG(val_get_text(one, STR("block"))));
    }
    const char *text = arena_str(a, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static void test_who_was_silent_is_not_there_any_more(void **state)
{
    struct studio *d = *state;
    assert_string_equal(present(d, "li", "one", "a", 0), "");
    assert_string_equal(present(d, "zhao", "two", "b", 5), "li a");
    assert_string_equal(present(d, "zhao", "two", "b", EDIT_SCREEN_S), "li a");
    assert_string_equal(present(d, "zhao", "two", "b", EDIT_SCREEN_S + 1), "");
    assert_string_equal(present(d, "li", "one", "c", EDIT_SCREEN_S + 2), "zhao b");
    stand_up(d);
}

static void test_a_full_house_forgets_who_was_silent_longest(void **state)
{
    struct studio *d = *state;
    present(d, "li", "one", "a", 0);
    for (int i = 0; i < EDIT_MAX_OWN_SCREENS + 3; i++)
        present(d, "zhao", arena_format(d->stage.world.arena, "screen %d", i).p, "b", 1);
    struct edit *edit = sit(d, "li", "group");
    struct edit_screen what = { .id = STR("one"), .block = STR("a") };
    struct val v;
    edit->scope->now_ms += 2000;
    GOOD(edit_present(edit, &what, &v, &why));
    assert_int_equal(val_count(val_get(v, STR("items"))), EDIT_MAX_OWN_SCREENS);
    stand_up(d);
}

/* What had no seat any more takes nobody's when it leaves. */
static void test_a_window_that_was_forgotten_leaves_the_others_alone(void **state)
{
    struct studio *d = *state;
    struct arena *a = d->stage.world.arena;
    struct val v;
    for (int i = 0; i <= EDIT_MAX_OWN_SCREENS; i++)
        present(d, "zhao", arena_format(a, "screen %d", i).p, "b", i);
    struct edit_screen first = { .id = STR("screen 0"), .leaves = true };
    struct edit *edit = sit(d, "zhao", "group");
    edit->scope->now_ms += EDIT_MAX_OWN_SCREENS * 1000;
    GOOD(edit_present(edit, &first, &v, &why));
    assert_int_equal(val_count(val_get(v, STR("items"))), EDIT_MAX_OWN_SCREENS);
    stand_up(d);
}

struct forgetting {
    store_space space;
    const char *person;
};

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    const struct forgetting *f = data;
    return edit_forget(txn, f->space, str_of(f->person), err);
}

/* How much came to the east from above; -1: she never looked. `*ret_revisions`, when
 * wanted, is what is there. */
static int64_t above(struct studio *d, const char *person, struct val *ret_revisions)
{
    struct val v;
    GOOD(edit_above(sit(d, person, "east"), &v, &why));
    if (ret_revisions)
        *ret_revisions = val_copy(d->stage.world.arena, val_get(v, STR("revisions")));
    return val_exists(val_get(v, STR("since")))
               ? (int64_t)val_count(val_get(v, STR("differences")))
               : -1;
}

/* She says that she has seen them; gives what she has not. */
static int64_t see(struct studio *d, const char *person, struct val revisions)
{
    struct val v;
    GOOD(edit_seen(sit(d, person, "east"), revisions, &v, &why));
    assert_true(val_exists(val_get(v, STR("since"))));
    return (int64_t)val_count(val_get(v, STR("differences")));
}

/* She looks, and has seen it. */
static void look(struct studio *d, const char *person)
{
    struct val revisions;
    above(d, person, &revisions);
    assert_int_equal(see(d, person, revisions), 0);
}

static void set_limit(struct studio *d, const char *value)
{
    struct val draft;
    GOOD(edit_draft(sit(d, "li", "group"), &draft, &why));
    command(d, "li", "group", version(draft),
            arena_format(d->stage.world.arena, SET("b", "/limit", "%s"), value).p);
}

/* All of it in one second. */
static void test_what_came_from_above_since_she_looked(void **state)
{
    struct studio *d = *state;
    assert_int_equal(above(d, "wang", NULL), -1);
    look(d, "wang");
    assert_int_equal(above(d, "wang", NULL), 0);
    command(d, "li", "group", 0, SET("b", "/limit", "5") "," SET("c", "/limit", "6"));
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 2);
    command(d, "wang", "east", 0, SET("c", "/limit", "2"));
    assert_int_equal(above(d, "wang", NULL), 1); /* the east says it otherwise */
    look(d, "wang");
    assert_int_equal(above(d, "wang", NULL), 0);
    set_limit(d, "7");
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 1);
    stand_up(d);
}

static void test_what_came_while_she_looked_is_told(void **state)
{
    struct studio *d = *state;
    struct val before;
    struct val between;
    above(d, "wang", &before);
    set_limit(d, "5");
    publish(d, "zhao", "group", 0);
    assert_int_equal(see(d, "wang", before), 1);
    above(d, "wang", &between);
    set_limit(d, "6");
    publish(d, "zhao", "group", 0);
    assert_int_equal(see(d, "wang", between), 1);
    stand_up(d);
}

static void test_nobody_has_seen_what_is_not_published(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val revisions;
    struct val v;
    size_t n;
    set_limit(d, "5");
    publish(d, "zhao", "group", w->now + 60000); /* waits as revision 2 */
    above(d, "wang", &revisions);
    assert_string_equal(doc_text(w->arena, revisions, DOC_SORTED).p,
                        "{\"group/home\":1}");
    look(d, "wang");
    static const char *const numbers[] = { "2", "2.5", "1e30" };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        str text = arena_format(w->arena, "{\"group/home\":%s}", numbers[i]);
        REFUSED(edit_seen(sit(d, "wang", "east"), json(w, text.p), &v, &why),
                "edit.future");
        assert_string_equal(why.where, "/revisions/group~1home");
    }
    w->now += 60000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(above(d, "wang", NULL), 1);
    stand_up(d);
}

/* What was taken back said the same as what is new. */
static void test_what_was_never_published_is_no_past(void **state)
{
    struct studio *d = *state;
    struct val v;
    set_limit(d, "5");
    publish(d, "zhao", "group", d->stage.world.now + 60000);
    look(d, "wang");
    GOOD(edit_withdraw(sit(d, "zhao", "group"), 2, STR("not yet"), &v, &why));
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 1);
    stand_up(d);
}

/* Each is a revision of its own, with what an older one said. */
static void test_what_was_brought_back_from_above_is_told(void **state)
{
    struct studio *d = *state;
    struct val v;
    set_limit(d, "5");
    publish(d, "zhao", "group", 0);
    look(d, "wang");
    GOOD(edit_rollback(sit(d, "zhao", "group"), 1, -1, STR("too many"), &v, &why));
    assert_int_equal(above(d, "wang", NULL), 1);
    GOOD(edit_rollback(sit(d, "zhao", "group"), 2, -1, STR("after all"), &v, &why));
    assert_int_equal(above(d, "wang", NULL), 0); /* it is as it was */
    stand_up(d);
}

static void test_a_layer_that_was_not_there_is_all_new(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    take_away(w, GROUP, "layer", "home");
    look(d, "wang");
    command(
        d, "li", "group", 0,
        "{\"verb\":\"add\",\"block\":\"a\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"b\",\"component\":\"note\",\"into\":\"main\"}");
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 2);
    set_limit(d, "5");
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 2);
    stand_up(d);
}

static void test_what_a_file_replaced_is_not_told(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    set_limit(d, "5");
    publish(d, "zhao", "group", 0);
    look(d, "wang");
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"b\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"f\",\"component\":\"note\",\"into\":\"main\"}]}");
    assert_int_equal(above(d, "wang", NULL), 0);
    command(d, "li", "group", 2, SET("f", "/limit", "8"));
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 1);
    stand_up(d);
}

/* The only visit of the city, put again as of before there were revisions in it. */
static bool age_visit(struct txn *txn, void *data, struct err *err)
{
    static const store_space city[] = { CITY };
    const struct store_collection *c = store_collection(txn_store(txn), STR("visit"));
    struct query all = { .collection = c, .limit = 2 };
    struct arena *a = txn_arena(txn);
    struct rows rows;
    (void)data;
    if (!snap_query(txn_snap(txn, city, 1), &all, a, NULL, &rows, err))
        return false;
    assert_int_equal(val_count(rows.list), 1);
    struct val visit = val_copy(a, val_at(rows.list, 0));
    assert_true(val_exists(val_get(visit, STR("revisions"))));
    return txn_put(txn, CITY, c, val_without(a, visit, STR("revisions")), PUT_ANY, err);
}

static void test_of_other_layers_nothing_is_seen(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    see(d, "wang", json(w, "{\"east/home\":7,\"group/gone\":3,\"group/home\":0}"));
    set_limit(d, "5");
    publish(d, "zhao", "group", 0);
    assert_int_equal(above(d, "wang", NULL), 1);
    stand_up(d);
}

static void test_a_look_that_was_kept_as_a_moment_is_none(void **state)
{
    struct studio *d = *state;
    look(d, "wang");
    stand_up(d);
    GOOD(store_write(d->stage.world.store, age_visit, NULL, &why));
    assert_int_equal(above(d, "wang", NULL), -1);
    stand_up(d);
}

static void test_a_person_with_a_long_name_can_have_seen_it(void **state)
{
    struct studio *d = *state;
    struct arena *a = d->stage.world.arena;
    const char *person = long_text(d, STORE_MAX_ID).p;
    put(&d->stage.world, CITY, "person",
        arena_format(a, "{\"id\":\"%s\",\"name\":\"长\"}", person).p);
    give(d, person, "designer", "east");
    look(d, person);
    assert_int_equal(above(d, person, NULL), 0);
    stand_up(d);
}

static void test_what_a_person_has_seen_goes_with_her(void **state)
{
    struct studio *d = *state;
    look(d, "wang");
    stand_up(d);
    GOOD(store_write(d->stage.world.store, forget_work,
                     &(struct forgetting){ CITY, "wang" }, &why));
    assert_int_equal(above(d, "wang", NULL), -1);
    stand_up(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_who_was_silent_is_not_there_any_more),
        EDIT_TEST(test_a_full_house_forgets_who_was_silent_longest),
        EDIT_TEST(test_a_window_that_was_forgotten_leaves_the_others_alone),
        EDIT_TEST(test_what_came_from_above_since_she_looked),
        EDIT_TEST(test_what_came_while_she_looked_is_told),
        EDIT_TEST(test_nobody_has_seen_what_is_not_published),
        EDIT_TEST(test_what_was_never_published_is_no_past),
        EDIT_TEST(test_what_was_brought_back_from_above_is_told),
        EDIT_TEST(test_a_layer_that_was_not_there_is_all_new),
        EDIT_TEST(test_what_a_file_replaced_is_not_told),
        EDIT_TEST(test_of_other_layers_nothing_is_seen),
        EDIT_TEST(test_a_look_that_was_kept_as_a_moment_is_none),
        EDIT_TEST(test_a_person_with_a_long_name_can_have_seen_it),
        EDIT_TEST(test_what_a_person_has_seen_goes_with_her),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
