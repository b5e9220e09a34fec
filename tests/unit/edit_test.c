/* Commands on a draft: who may, what is refused, what they leave. */
#include "studio.h"

static void test_two_who_edit_different_things_lose_nothing(void **state)
{
    struct studio *d = *state;
    assert_int_equal(version(command(d, "li", "group", 0, SET("b", "/limit", "5"))), 1);
    struct val draft = command(d, "zhao", "group", 0, SET("c", "/limit", "7"));
    assert_int_equal(version(draft), 2);
    str text = doc_text(d->stage.world.arena, val_get(draft, STR("verbs")), DOC_SORTED);
    assert_true(has(text, "\"limit\":5") && has(text, "\"limit\":7"));
    assert_false(has(published(d, "group"), "\"limit\""));
    stand_up(d);
}

static void test_the_same_property_of_the_same_block_conflicts(void **state)
{
    struct studio *d = *state;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    const char *told = refusal(d, "zhao", "group", 0,
                               SET("c", "/limit", "7") "," SET("b", "/limit", "6"));
    assert_string_equal(told, "edit.conflict /verbs/1");
    assert_string_equal(why.code, "edit.conflict");
    assert_int_equal(why.kind, ERR_CONFLICT);
    struct edit_issue *issue = &d->edit.issues[0];
    assert_int_equal(val_as_int(val_get(issue->mine, STR("value")), 0), 6);
    assert_int_equal(val_as_int(val_get(issue->theirs, STR("value")), 0), 5);
    struct val draft;
    GOOD(edit_draft(&d->edit, &draft, &why));
    assert_int_equal(version(draft), 1); /* nothing of it was done */
    command(d, "zhao", "group", 1, SET("b", "/limit", "6"));
    command(d, "zhao", "group", 1,
            SET("b", "/limit", "8")); /* one's own is no conflict */
    stand_up(d);
}

static void test_every_mistake_of_a_command_is_listed_and_nothing_is_done(void **state)
{
    static const struct {
        const char *verbs;
        const char *told;
    } rows[] = {
        { SET("x", "/limit", "5"), "layout.orphan /verbs/0/block" },
        { SET("b", "/limit", "50"), "edit.props /verbs/0/value" },
        { SET("b", "/other", "5"), "edit.props /verbs/0/value" },
        { SET("b", "limit", "5"), "edit.shape /verbs/0/at" },
        { "{\"verb\":\"fly\",\"block\":\"b\"}", "edit.shape /verbs/0/verb" },
        { "{\"verb\":\"add\",\"block\":\"n\",\"component\":\"no\",\"into\":\"main\"}",
          "edit.component /verbs/0/component" },
        { "{\"verb\":\"add\",\"block\":\"n\",\"component\":\"no/no\",\"into\":\"main\"}",
          "edit.component /verbs/0/component" },
        { "{\"verb\":\"move\",\"block\":\"b\",\"into\":\"b/in\"}",
          "layout.loop /verbs/0" },
        { "{\"verb\":\"move\",\"block\":\"b\",\"after\":\"x\"}",
          "layout.anchor /verbs/0/after" },
        { "{\"verb\":\"hide\",\"block\":\"b\",\"audience\":\"none\"}",
          "audience.none /verbs/0/audience" },
        { "{\"verb\":\"patch\",\"block\":\"b\",\"patch\":[{\"op\":\"remove\","
          "\"path\":\"/none\"}]}",
          "doc.patch /verbs/0/patch/0" },
        { SET("x", "/limit", "5") "," SET("b", "/limit", "6") "," SET("c", "/limit",
                                                                      "\"many\""),
          "layout.orphan /verbs/0/block; edit.props /verbs/2/value" },
    };
    struct studio *d = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct val draft;
        assert_string_equal(refusal(d, "li", "group", 0, rows[i].verbs), rows[i].told);
        assert_string_equal(why.code, "edit.refused");
        GOOD(edit_draft(&d->edit, &draft, &why));
        assert_int_equal(version(draft), 0);
    }
    assert_string_equal(refusal(d, "li", "group", 0, ""), "edit.shape /verbs");
    assert_string_equal(refusal(d, "wang", "east", 0,
                                "{\"verb\":\"add\",\"block\":\"b\",\"component\":"
                                "\"note\",\"into\":\"main\"}"),
                        "layout.exists /verbs/0/block");
    stand_up(d);
}

static void test_an_old_mistake_of_another_property_is_not_the_command_s(void **state)
{
    struct studio *d = *state;
    put(&d->stage.world, EAST, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[" SET("b", "/titleSize",
                                                             "\"big\"") "]}");
    command(d, "wang", "east", 0, SET("b", "/title", "\"E\""));
    assert_string_equal(refusal(d, "wang", "east", 1, SET("b", "/titleSize", "\"1\"")),
                        "edit.props /verbs/0/value");
    stand_up(d);
}

static const char *many(struct studio *d, size_t n, const char *format)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        str rest;
        str head = str_cut(str_of(format), '#', &rest);
        buf_format(&out, "%s%.*s%zu%.*s", i ? "," : "", STR_ARG(head), i, STR_ARG(rest));
    }
    const char *text = arena_str(d->stage.world.arena, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static void test_a_large_command_does_not_keep_what_its_verbs_left_behind(void **state)
{
    struct studio *d = *state;
    struct arena *a = d->stage.world.arena;
    const char *adds = many(d, 150,
                            "{\"verb\":\"add\",\"block\":\"n#\",\"component\":"
                            "\"note\",\"into\":\"main\"}");
    const char *moves =
        many(d, EDIT_MAX_COMMAND,
             "{\"verb\":\"move\",\"block\":\"n7\",\"into\":\"main\",\"by\":\"#\"}");
    size_t before = arena_used(a);
    command(d, "wang", "east", 0, adds);
    command(d, "wang", "east", 1, moves);
    assert_true(arena_used(a) - before < 8 << 20);
    assert_string_equal(refusal(d, "wang", "east", 2,
                                many(d, EDIT_MAX_COMMAND + 1, SET("b", "/limit", "#"))),
                        "edit.shape /verbs");
    stand_up(d);
}

static void test_with_a_block_goes_all_that_the_layer_put_into_it(void **state)
{
    struct studio *d = *state;
    const char *inside = many(d, 100,
                              "{\"verb\":\"add\",\"block\":\"n#\",\"component\":"
                              "\"note\",\"into\":\"box/in\"}");
    command(d, "wang", "east", 0,
            "{\"verb\":\"add\",\"block\":\"box\",\"component\":\"note\",\"into\":"
            "\"main\"}");
    struct val draft = command(d, "wang", "east", 1, inside);
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 101);
    draft = command(d, "wang", "east", 2, "{\"verb\":\"remove\",\"block\":\"box\"}");
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 0);
    stand_up(d);
}

static void test_a_draft_forgets_old_commands_before_they_fill_it(void **state)
{
    struct studio *d = *state;
    const char *large = arena_format(d->stage.world.arena, SET("b", "/title", "\"%s\""),
                                     long_text(d, 100 << 10).p)
                            .p;
    for (int i = 0; i < 12; i++)
        command(d, "wang", "east", i, large);
    struct val draft;
    REFUSED(edit_command(sit(d, "zhao", "east"), 9, verbs(d, SET("c", "/limit", "5")),
                         &draft, &why),
            "edit.base");
    assert_string_equal(refusal(d, "zhao", "east", 10, SET("b", "/title", "\"E\"")),
                        "edit.conflict /verbs/0");
    stand_up(d);
}

static void test_a_lock_from_above_refuses_the_command(void **state)
{
    struct studio *d = *state;
    assert_string_equal(
        refusal(d, "wang", "east", 0, "{\"verb\":\"hide\",\"block\":\"a\"}"),
        "layout.locked /verbs/0");
    assert_string_equal(
        refusal(d, "wang", "east", 0,
                "{\"verb\":\"remove\",\"block\":\"a\"}," SET("b", "/limit", "4")),
        "layout.locked /verbs/0");
    assert_true(has(d->edit.issues[0].text, "group"));
    assert_true(val_is(val_get(d->edit.issues[0].theirs, STR("lock")), "required"));
    command(d, "wang", "east", 0, "{\"verb\":\"hide\",\"block\":\"b\"}");
    stand_up(d);
}

static void test_at_the_end_means_behind_what_is_last_now(void **state)
{
    struct studio *d = *state;
    struct val draft = command(
        d, "wang", "east", 0,
        "{\"verb\":\"add\",\"block\":\"m\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"k\",\"component\":\"note\",\"into\":\"main\"}");
    str text = doc_text(d->stage.world.arena, val_get(draft, STR("verbs")), DOC_SORTED);
    assert_true(has(text, "\"after\":\"c\",\"block\":\"m\""));
    assert_true(has(text, "\"after\":\"m\",\"block\":\"k\""));
    /* m goes, and k stands where it stood */
    draft = command(d, "wang", "east", 1, "{\"verb\":\"remove\",\"block\":\"m\"}");
    text = doc_text(d->stage.world.arena, val_get(draft, STR("verbs")), DOC_SORTED);
    assert_false(has(text, "\"m\""));
    assert_true(has(text, "\"after\":\"c\",\"block\":\"k\""));
    stand_up(d);
}

static void test_what_is_inherited_is_not_kept_and_can_be_restored(void **state)
{
    struct studio *d = *state;
    struct val draft = command(d, "wang", "east", 0, SET("b", "/title", "\"B\""));
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 0);
    draft = command(d, "wang", "east", 1, SET("b", "/title", "\"E\""));
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 1);
    draft = command(d, "wang", "east", 2,
                    "{\"verb\":\"restore\",\"block\":\"b\",\"at\":\"/title\"}");
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 0);
    stand_up(d);
}

static void test_a_patch_becomes_verbs(void **state)
{
    struct studio *d = *state;
    struct val draft =
        command(d, "wang", "east", 0,
                "{\"verb\":\"patch\",\"block\":\"b\",\"patch\":[{\"op\":\"test\","
                "\"path\":\"/title\","
                "\"value\":\"B\"},{\"op\":\"add\",\"path\":\"/limit\",\"value\":2}]}");
    struct val verb = val_at(val_get(draft, STR("verbs")), 0);
    assert_true(val_is(val_get(verb, STR("verb")), "set"));
    assert_text(val_get_text(verb, STR("at")), "/limit");
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), 1);
    /* what the group gave stays; what the layer itself gave goes */
    assert_string_equal(refusal(d, "wang", "east", 1,
                                "{\"verb\":\"patch\",\"block\":\"b\",\"patch\":[{\"op\":"
                                "\"remove\",\"path\":\"/title\"}]}"),
                        "edit.patch /verbs/0/patch");
    draft = command(d, "li", "group", 0,
                    "{\"verb\":\"patch\",\"block\":\"b\",\"patch\":[{\"op\":\"remove\","
                    "\"path\":\"/title\"}]}");
    str text = doc_text(d->stage.world.arena, val_get(draft, STR("verbs")), DOC_SORTED);
    assert_false(has(text, "title"));
    stand_up(d);
}

static void test_a_right_is_wanted(void **state)
{
    struct studio *d = *state;
    struct val draft;
    REFUSED(edit_command(sit(d, "wang", "group"), 0, verbs(d, SET("b", "/limit", "5")),
                         &draft, &why),
            "auth.right");
    REFUSED(edit_draft(sit(d, "chen", "east"), &draft, &why), "auth.right");
    command(d, "wang", "east", 0, SET("b", "/limit", "5"));
    struct edit_publishing what = { .version = 1, .reason = STR("because"), .due_ms = 0 };
    REFUSED(edit_publish(sit(d, "wang", "east"), &what, &draft, &why), "auth.right");
    d->edit.layer = STR("Home/1");
    REFUSED(edit_draft(&d->edit, &draft, &why), "edit.layer");
    stand_up(d);
}

/* ---- locks of one's own ---- */

static void test_a_lock_of_ones_own_is_taken_back(void **state)
{
    struct studio *d = *state;
    struct val draft =
        command(d, "li", "group", 0,
                "{\"verb\":\"lock\",\"block\":\"b\",\"lock\":\"fixed\"},"
                "{\"verb\":\"lock\",\"block\":\"page\",\"lock\":\"closed\"}");
    size_t published = val_count(val_get(draft, STR("verbs"))) - 2;
    publish(d, "zhao", "group", 0);
    draft = command(
        d, "li", "group", version(draft) + 1,
        "{\"verb\":\"unlock\",\"block\":\"b\",\"lock\":\"fixed\"},"
        "{\"verb\":\"unlock\",\"block\":\"page\",\"lock\":\"closed\",\"at\":\"main\"}");
    assert_int_equal(val_count(val_get(draft, STR("verbs"))), published);
    assert_string_equal(refusal(d, "li", "group", version(draft),
                                "{\"verb\":\"unlock\",\"block\":\"b\",\"lock\":"
                                "\"fixed\"}"),
                        "layout.orphan /verbs/0/block");
    stand_up(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_two_who_edit_different_things_lose_nothing),
        EDIT_TEST(test_the_same_property_of_the_same_block_conflicts),
        EDIT_TEST(test_every_mistake_of_a_command_is_listed_and_nothing_is_done),
        EDIT_TEST(test_an_old_mistake_of_another_property_is_not_the_command_s),
        EDIT_TEST(test_a_large_command_does_not_keep_what_its_verbs_left_behind),
        EDIT_TEST(test_with_a_block_goes_all_that_the_layer_put_into_it),
        EDIT_TEST(test_a_draft_forgets_old_commands_before_they_fill_it),
        EDIT_TEST(test_a_lock_from_above_refuses_the_command),
        EDIT_TEST(test_at_the_end_means_behind_what_is_last_now),
        EDIT_TEST(test_what_is_inherited_is_not_kept_and_can_be_restored),
        EDIT_TEST(test_a_patch_becomes_verbs),
        EDIT_TEST(test_a_right_is_wanted),
        EDIT_TEST(test_a_lock_of_ones_own_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
