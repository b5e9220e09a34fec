/* Publishing: revisions, approval, what is due, stages. */
#include "studio.h"

static void test_a_reason_is_as_long_as_its_characters(void **state)
{
    struct studio *d = *state;
    struct val v;
    char text[(AUTH_MAX_REASON + 1) * 3];
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "因", 3);
    struct edit_publishing what = { .version = 1, .reason = { text, sizeof text } };
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    REFUSED(edit_publish(sit(d, "zhao", "group"), &what, &v, &why), "edit.reason");
    what.reason.n -= 3;
    GOOD(edit_publish(&d->edit, &what, &v, &why));
    stand_up(d);
}

#define LONGEST "a-page-or-specialty-of-27-b"

static void test_a_layer_of_the_longest_names_can_be_published(void **state)
{
    struct studio *d = *state;
    struct val v;
    struct edit_publishing what = { .version = 1, .reason = STR("because") };
    struct edit *edit = sit(d, "zhao", "group");
    assert_int_equal(strlen(LONGEST), LAYOUT_MAX_NAME);
    edit->layer = STR(LONGEST ":" LONGEST);
    GOOD(edit_command(edit, 0, verbs(d, SET("page", "/title", "\"5\"")), &v, &why));
    GOOD(edit_publish(edit, &what, &v, &why));
    assert_text(val_get_text(v, STR("state")), "published");
    edit->layer = STR(LONGEST ":" LONGEST "c");
    REFUSED(edit_draft(edit, &v, &why), "edit.layer");
    edit->layer = STR("c" LONGEST);
    REFUSED(edit_draft(edit, &v, &why), "edit.layer");
    stand_up(d);
}

static void test_publishing_makes_a_revision_and_stamps_what_is_new(void **state)
{
    struct studio *d = *state;
    command(
        d, "li", "group", 0,
        "{\"verb\":\"add\",\"block\":\"n\",\"component\":\"note\",\"into\":\"main\"}");
    struct val revision = publish(d, "zhao", "group", 0);
    assert_int_equal(val_as_int(val_get(revision, STR("number")), 0), 2);
    assert_text(val_get_text(revision, STR("state")), "published");
    str text = published(d, "group");
    assert_true(has(text, "\"block\":\"n\",\"by\":\"li\""));
    assert_true(has(text, "\"since\":\"2026-11-22T01:30:15Z\""));
    struct val draft;
    GOOD(edit_draft(&d->edit, &draft, &why));
    assert_false(val_as_bool(val_get(draft, STR("changed")), true));
    struct edit_publishing again = { .version = version(draft),
                                     .reason = STR("because") };
    REFUSED(edit_publish(&d->edit, &again, &draft, &why), "edit.nothing");
    stand_up(d);
}

static void test_rolling_back_keeps_what_the_draft_says(void **state)
{
    struct studio *d = *state;
    struct val v;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    publish(d, "zhao", "group", 0);
    GOOD(edit_draft(&d->edit, &v, &why));
    command(d, "li", "group", version(v), SET("c", "/limit", "8"));
    GOOD(edit_rollback(sit(d, "zhao", "group"), 1, -1, STR("too many"), &v, &why));
    assert_int_equal(val_as_int(val_get(v, STR("number")), 0), 3);
    assert_false(has(published(d, "group"), "\"limit\":5"));
    GOOD(edit_draft(&d->edit, &v, &why));
    str text = doc_text(d->stage.world.arena, val_get(v, STR("verbs")), DOC_SORTED);
    assert_true(has(text, "\"limit\":8"));
    assert_false(has(text, "\"limit\":5"));
    GOOD(edit_history(&d->edit, 0, 2, &v, &why));
    assert_int_equal(val_count(val_get(v, STR("items"))), 2);
    assert_int_equal(val_as_int(val_get(v, STR("next")), 0), 2);
    GOOD(edit_diff(&d->edit, STR("2"), STR("3"), &v, &why));
    struct val one = val_at(val_get(v, STR("differences")), 0);
    assert_text(val_get_text(one, STR("block")), "b");
    assert_text(val_get_text(one, STR("at")), "/limit");
    assert_int_equal(val_as_int(val_get(one, STR("before")), 0), 5);
    assert_text(val_get_text(val_get(one, STR("text")), STR("en")), "b /limit: 5 → –");
    assert_text(val_get_text(val_get(one, STR("was_by")), STR("unit")), "group");
    REFUSED(edit_rollback(&d->edit, 9, -1, STR("x"), &v, &why), "edit.revision");
    stand_up(d);
}

/* "zh" or "en" of all differences, one a line. */
static const char *told(struct studio *d, const char *from, const char *to,
                        const char *lang)
{
    struct val v;
    str text = STR("");
    GOOD(edit_diff(sit(d, "li", "group"), str_of(from), str_of(to), &v, &why));
    struct val all = val_get(v, STR("differences"));
    for (size_t i = 0; i < val_count(all); i++) {
        str line = val_get_text(val_get(val_at(all, i), STR("text")), str_of(lang));
        text = arena_format(d->stage.world.arena, "%.*s%.*s\n", STR_ARG(text),
                            STR_ARG(line));
    }
    return text.n ? text.p : "";
}

static void test_what_differs_is_told_as_it_is_seen(void **state)
{
    struct studio *d = *state;
    command(
        d, "li", "group", 0,
        "{\"verb\":\"add\",\"block\":\"n\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"a\"},{\"verb\":\"move\",\"block\":\"c\",\"after\":\"\"},"
        "{\"verb\":\"hide\",\"block\":\"a\"}," SET("page", "/title", "\"日常\"") "," SET(
            "b", "/title", "\"A new name\"") ",{\"verb\":\"lock\",\"block\":\"b\","
                                             "\"lock\":\"sealed\",\"at\":\"/limit\"}");
    assert_string_equal(told(d, "published", "draft", "en"),
                        "the page /title: – → 日常\n"
                        "c moved: main behind b → the start of main\n"
                        "a hidden\n"
                        "n (note) added at main behind a\n"
                        "b /title: B → A new name\n"
                        "b locked: sealed /limit\n");
    assert_string_equal(told(d, "draft", "published", "zh"),
                        "页面 的 /title：日常 → –\n"
                        "显示 a\n"
                        "b 的 /title：A new name → B\n"
                        "解锁 b：sealed /limit\n"
                        "移动 c：main 最前 → main 中 b 之后\n"
                        "移除 n（note）：原在 main 中 a 之后\n");
    assert_string_equal(told(d, "draft", "draft", "en"), "");
    stand_up(d);
}

static void ask_approval(struct studio *d, const char *asks)
{
    put_tenant(&d->stage.world,
               arena_format(d->stage.world.arena,
                            "{\"id\":\"group\",\"level\":\"group\",\"approval\":%s,"
                            "\"name\":{\"zh\":\"集团\",\"en\":\"Group\"}}",
                            asks)
                   .p);
}

static void test_approval_is_given_by_another_than_the_author(void **state)
{
    struct studio *d = *state;
    struct val v;
    ask_approval(d, "true");
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    v = publish(d, "zhao", "group", 0);
    assert_text(val_get_text(v, STR("state")), "proposed");
    assert_false(has(published(d, "group"), "\"limit\""));
    REFUSED(edit_approve(sit(d, "zhao", "group"), 2, STR("good"), &v, &why),
            "edit.author");
    REFUSED(edit_approve(sit(d, "li", "group"), 2, STR("good"), &v, &why), "auth.right");
    REFUSED(edit_command(&d->edit, 2, verbs(d, SET("c", "/limit", "5")), &v, &why),
            "edit.waiting");
    give(d, "chen", "publisher", "group");
    GOOD(edit_withdraw(sit(d, "chen", "group"), 2, STR("not yet"), &v, &why));
    REFUSED(edit_approve(&d->edit, 2, STR("good"), &v, &why), "edit.state");
    publish(d, "li", "group", 0);
    REFUSED(edit_approve(sit(d, "chen", "group"), 3, STR(""), &v, &why), "edit.reason");
    GOOD(edit_approve(&d->edit, 3, STR("good"), &v, &why));
    assert_text(val_get_text(v, STR("decided_by")), "chen");
    assert_true(has(published(d, "group"), "\"limit\":5"));
    /* what is brought back is approved, too */
    GOOD(edit_rollback(sit(d, "chen", "group"), 1, -1, STR("too much"), &v, &why));
    assert_text(val_get_text(v, STR("state")), "proposed");
    REFUSED(edit_approve(&d->edit, 4, STR("mine"), &v, &why), "edit.author");
    assert_true(has(published(d, "group"), "\"limit\":5"));
    GOOD(edit_approve(sit(d, "zhao", "group"), 4, STR("yes"), &v, &why));
    assert_false(has(published(d, "group"), "\"limit\":5"));
    stand_up(d);
}

/* Of four that were published each comes back, in any order. */
static void test_any_revision_comes_back(void **state)
{
    static const int order[] = { 2, 4, 3, 1, 4 };
    struct studio *d = *state;
    struct val v;
    command(d, "li", "group", 0, SET("b", "/limit", "2"));
    publish(d, "zhao", "group", 0);
    for (int limit = 3; limit <= 4; limit++) {
        GOOD(edit_draft(sit(d, "li", "group"), &v, &why));
        command(d, "li", "group", version(v),
                arena_format(d->stage.world.arena, SET("b", "/limit", "%d"), limit).p);
        publish(d, "zhao", "group", 0);
    }
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        GOOD(edit_draft(sit(d, "zhao", "group"), &v, &why));
        REFUSED(edit_rollback(&d->edit, order[i], version(v) - 1, STR("x"), &v, &why),
                "edit.version");
        GOOD(edit_draft(sit(d, "zhao", "group"), &v, &why));
        GOOD(edit_rollback(&d->edit, order[i], version(v), STR("back"), &v, &why));
        assert_int_equal(val_as_int(val_get(v, STR("restores")), 0), order[i]);
        const char *limit =
            arena_format(d->stage.world.arena, "\"limit\":%d", order[i]).p;
        assert_int_equal(has(published(d, "group"), limit), order[i] > 1);
        assert_int_equal(has(published(d, "group"), "\"limit\""), order[i] > 1);
    }
    stand_up(d);
}

/* What one looked at before it changed does not count. */
static void test_approval_and_rights_are_those_of_the_moment_of_writing(void **state)
{
    struct studio *d = *state;
    struct val v;
    struct edit_publishing what = { .version = 1, .reason = STR("because") };
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    ask_approval(d, "true");
    GOOD(edit_draft(sit(d, "li", "group"), &v, &why));
    ask_approval(d, "false");
    REFUSED(edit_publish(&d->edit, &what, &v, &why), "auth.right");
    GOOD(edit_draft(sit(d, "zhao", "group"), &v, &why));
    ask_approval(d, "true");
    GOOD(edit_publish(&d->edit, &what, &v, &why));
    assert_text(val_get_text(v, STR("state")), "proposed");
    give(d, "chen", "publisher", "group");
    GOOD(edit_draft(sit(d, "chen", "group"), &v, &why));
    give(d, "chen", "designer", "group");
    REFUSED(edit_withdraw(&d->edit, 2, STR("not yet"), &v, &why), "auth.right");
    GOOD(edit_withdraw(sit(d, "zhao", "group"), 2, STR("not yet"), &v, &why));
    stand_up(d);
}

static void test_what_is_due_is_published_at_its_time(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    struct edit_publishing past = { .version = 1,
                                    .reason = STR("because"),
                                    .due_ms = w->now };
    REFUSED(edit_publish(sit(d, "zhao", "group"), &past, &v, &why), "edit.past");
    v = publish(d, "zhao", "group", w->now + 60000);
    assert_text(val_get_text(v, STR("state")), "scheduled");
    w->now += 59999;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(n, 0);
    w->now += 1;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(n, 1);
    assert_true(has(published(d, "group"), "\"limit\":5"));
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(n, 0);
    stand_up(d);
}

static void test_a_large_layer_that_was_saved_can_be_published_when_due(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    size_t n;
    str title = long_text(d, 400 << 10);
    command(d, "wang", "east", 0,
            arena_format(w->arena, SET("b", "/title", "\"%s\""), title.p).p);
    publish(d, "zhao", "east", w->now + 60000);
    w->now += 60000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(n, 1);
    assert_true(published(d, "east").n > title.n);
    struct val draft;
    GOOD(edit_draft(&d->edit, &draft, &why));
    assert_false(val_as_bool(val_get(draft, STR("changed")), true));
    stand_up(d);
}

/* The verbs fit as they are, and not with the time of their publishing. */
static void overfill_revision(struct studio *d)
{
    struct arena *a = d->stage.world.arena;
    str value = long_text(d, STORE_MAX_RECORD / 1000 - 80);
    struct val verbs = val_list(NULL, 0);
    for (size_t i = 0; i < 1000; i++)
        verbs =
            val_append(a, verbs,
                       json(&d->stage.world,
                            arena_format(a, SET("b", "/title", "\"%s\""), value.p).p));
    struct val v =
        json(&d->stage.world, "{\"id\":\"home.000002\",\"layer\":\"home\",\"number\":2,"
                              "\"at\":\"2026-11-22T01:30:15Z\",\"state\":\"scheduled\","
                              "\"follows\":1}");
    put(&d->stage.world, GROUP, "revision",
        doc_text(a, val_with(a, v, STR("verbs"), verbs), DOC_PLAIN).p);
}

static void test_what_cannot_be_published_says_so_and_does_not_keep_the_others(
    void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    publish(d, "zhao", "group", w->now + 59000);
    overfill_revision(d);
    command(d, "wang", "east", 0, SET("b", "/limit", "7"));
    publish(d, "zhao", "east", w->now + 60000);
    w->now += 60000;
    REFUSED(edit_publish_due(d->editor, w->now, &n, &why), "store.large");
    assert_int_equal(n, 1);
    assert_true(has(published(d, "east"), "\"value\":7"));
    GOOD(edit_revision(sit(d, "zhao", "group"), 2, &v, &why));
    assert_text(val_get_text(v, STR("state")), "stale");
    assert_text(val_get_text(v, STR("failed")), "store.large");
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(n, 0);
    command(d, "li", "group", 3, SET("c", "/limit", "6")); /* the draft is free again */
    stand_up(d);
}

static void test_what_was_replaced_meanwhile_is_not_published(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    publish(d, "zhao", "group", w->now + 60000);
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"add\",\"block\":\"z\","
        "\"component\":\"note\",\"into\":\"main\"}]}");
    w->now += 60000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    GOOD(edit_revision(sit(d, "zhao", "group"), 2, &v, &why));
    assert_text(val_get_text(v, STR("state")), "stale");
    assert_true(has(published(d, "group"), "\"z\""));
    assert_false(has(published(d, "group"), "\"limit\":5"));
    stand_up(d);
}

/* Two stages of an hour and then all. */
static struct val stage(struct studio *d, const char *stages)
{
    struct val v;
    struct val draft;
    struct edit *edit = sit(d, "zhao", "group");
    GOOD(edit_draft(edit, &draft, &why));
    struct edit_publishing what = { .version = version(draft),
                                    .reason = STR("because"),
                                    .stages = json(&d->stage.world, stages) };
    GOOD(edit_publish(edit, &what, &v, &why));
    return v;
}

static void assert_stage(struct studio *d, const char *state, int64_t number)
{
    struct val v;
    GOOD(edit_revision(sit(d, "zhao", "group"), 2, &v, &why));
    assert_text(val_get_text(v, STR("state")), state);
    if (number)
        assert_int_equal(val_as_int(val_get(v, STR("stage")), 0), number);
}

static void test_a_stage_ends_at_its_time_and_not_when_it_was_halted_before(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    v = stage(d, "[{\"tenants\":[\"east\"],\"minutes\":60},{\"minutes\":60}]");
    assert_text(val_get_text(v, STR("until")), "2026-11-22T02:30:15Z");
    assert_false(has(published(d, "group"), "\"limit\":5"));
    w->now += 3600000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_stage(d, "staged", 2);
    GOOD(edit_halt(sit(d, "zhao", "group"), 2, 2, STR("wait"), &v, &why));
    w->now += 3600000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_stage(d, "halted", 2);
    GOOD(edit_resume(sit(d, "zhao", "group"), 2, 3, STR("go on"), &v, &why));
    w->now += 3599000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_stage(d, "staged", 2);
    w->now += 1000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_stage(d, "published", 0);
    assert_true(has(published(d, "group"), "\"limit\":5"));
    stand_up(d);
}

/* Somebody saw the block b of the staged page as `n` different components. */
static void count(struct studio *d, size_t n)
{
    struct arena *a = d->stage.world.arena;
    sit(d, "zhao", "group");
    struct layout *layout = stage_layout(&d->stage, &d->scope);
    struct block block = *layout_block(layout, STR("b"));
    for (size_t i = 0; i < n; i++) {
        block.ref = arena_format(a, "standard/note%zu", i);
        layout_count(&block, NULL, STR(""));
    }
    cached_drop(&layout->head);
}

static size_t counted(struct studio *d)
{
    size_t n;
    layout_tallies(d->stage.layouts, NULL, d->stage.world.arena, &n);
    return n;
}

static void test_what_was_counted_in_a_stage_is_forgotten_at_its_end(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    stage(d, "[{\"percent\":5,\"minutes\":1},{}]");
    count(d, 3);
    assert_int_equal(counted(d), 3);
    w->now += 60000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_int_equal(counted(d), 0);
    stand_up(d);
}

static void test_when_more_is_counted_than_fits_ended_stages_are_forgotten(void **state)
{
    struct studio *d = *state;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    stage(d, "[{\"percent\":5}]");
    count(d, LAYOUT_MAX_TALLIES + 1);
    REFUSED(edit_halt_failing(d->editor, &n, &why), "edit.tallies");
    put(&d->stage.world, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[]}");
    GOOD(edit_halt_failing(d->editor, &n, &why));
    assert_int_equal(counted(d), 0);
    stand_up(d);
}

static void test_a_staged_layer_that_was_replaced_is_not_advanced(void **state)
{
    struct studio *d = *state;
    struct world *w = &d->stage.world;
    struct val v;
    size_t n;
    command(d, "li", "group", 0, SET("b", "/limit", "5"));
    stage(d, "[{\"percent\":5,\"minutes\":1}]");
    put(w, GROUP, "layer", "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[]}");
    REFUSED(edit_advance(sit(d, "zhao", "group"), 2, 1, STR("on"), &v, &why),
            "edit.stale");
    w->now += 60000;
    GOOD(edit_publish_due(d->editor, w->now, &n, &why));
    assert_stage(d, "stale", 0);
    assert_false(has(published(d, "group"), "limit"));
    command(d, "li", "group", 2, SET("page", "/title", "\"free again\""));
    stand_up(d);
}

static void test_a_draft_that_a_lock_overtook_is_not_published(void **state)
{
    struct studio *d = *state;
    struct val v;
    command(d, "wang", "east", 0, "{\"verb\":\"hide\",\"block\":\"b\"}");
    command(d, "li", "group", 0,
            "{\"verb\":\"lock\",\"block\":\"b\",\"lock\":\"required\"}");
    publish(d, "zhao", "group", 0);
    struct edit_publishing what = { .version = 1, .reason = STR("because"), .due_ms = 0 };
    REFUSED(edit_publish(sit(d, "zhao", "east"), &what, &v, &why), "edit.refused");
    assert_string_equal(d->edit.issues[0].code, "edit.aside");
    GOOD(edit_discard(&d->edit, 1, &v, &why));
    assert_int_equal(val_count(val_get(v, STR("verbs"))), 0);
    REFUSED(edit_discard(&d->edit, 1, &v, &why), "edit.version");
    stand_up(d);
}

/* ---- audiences that are named ---- */

#define HIDE_FOR_X "{\"verb\":\"hide\",\"block\":\"b\",\"audience\":\"x\"}"

static void remove_x(struct studio *d, const char *refused)
{
    struct edit *edit = sit(d, "zhao", "group");
    struct val v;
    str etag;
    GOOD(edit_audience(edit, STR("x"), &v, &etag, &why));
    bool good = edit_audience_remove(edit, STR("x"), etag, &why);
    assert_string_equal(good ? "" : why.code, refused ? "audience.used" : "");
    if (refused)
        assert_text(edit->issues[0].where, refused);
}

static void put_x(struct studio *d)
{
    put(&d->stage.world, GROUP, "audience",
        "{\"id\":\"x\",\"name\":{\"zh\":\"某\",\"en\":\"X\"},"
        "\"rule\":{\"tenant\":\"group\"}}");
}

/* Revision 2 hides b for the audience x, 3 does not. */
static void publish_with_x_and_without(struct studio *d)
{
    struct val v;
    put_x(d);
    command(d, "li", "group", 0, HIDE_FOR_X);
    publish(d, "zhao", "group", 0);
    GOOD(edit_draft(sit(d, "li", "group"), &v, &why));
    command(d, "li", "group", version(v), "{\"verb\":\"restore\",\"block\":\"b\"}");
    publish(d, "zhao", "group", 0);
}

/* Its verbs would be set aside, and what one of them hid would show. */
static void test_no_revision_comes_back_whose_audience_is_gone(void **state)
{
    struct studio *d = *state;
    struct val v;
    publish_with_x_and_without(d);
    remove_x(d, NULL);
    REFUSED(edit_rollback(sit(d, "zhao", "group"), 2, -1, STR("back"), &v, &why),
            "edit.refused");
    assert_string_equal(d->edit.issues[0].code, "audience.none");
    assert_true(has(d->edit.issues[0].where, "/audience"));
    put_x(d);
    GOOD(edit_rollback(sit(d, "zhao", "group"), 2, -1, STR("back"), &v, &why));
    remove_x(d, "group/layer/home");
    stand_up(d);
}

static void test_a_revision_that_waits_uses_its_audiences(void **state)
{
    struct studio *d = *state;
    struct val v;
    publish_with_x_and_without(d);
    ask_approval(d, "true");
    GOOD(edit_rollback(sit(d, "zhao", "group"), 2, -1, STR("back"), &v, &why));
    assert_text(val_get_text(v, STR("state")), "proposed");
    remove_x(d, "group/revision/home.000004");
    GOOD(edit_withdraw(&d->edit, 4, STR("no"), &v, &why));
    remove_x(d, NULL);
    stand_up(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_a_reason_is_as_long_as_its_characters),
        EDIT_TEST(test_a_layer_of_the_longest_names_can_be_published),
        EDIT_TEST(test_publishing_makes_a_revision_and_stamps_what_is_new),
        EDIT_TEST(test_rolling_back_keeps_what_the_draft_says),
        EDIT_TEST(test_what_differs_is_told_as_it_is_seen),
        EDIT_TEST(test_approval_is_given_by_another_than_the_author),
        EDIT_TEST(test_any_revision_comes_back),
        EDIT_TEST(test_approval_and_rights_are_those_of_the_moment_of_writing),
        EDIT_TEST(test_what_is_due_is_published_at_its_time),
        EDIT_TEST(test_a_large_layer_that_was_saved_can_be_published_when_due),
        EDIT_TEST(test_what_cannot_be_published_says_so_and_does_not_keep_the_others),
        EDIT_TEST(test_what_was_replaced_meanwhile_is_not_published),
        EDIT_TEST(test_a_stage_ends_at_its_time_and_not_when_it_was_halted_before),
        EDIT_TEST(test_what_was_counted_in_a_stage_is_forgotten_at_its_end),
        EDIT_TEST(test_when_more_is_counted_than_fits_ended_stages_are_forgotten),
        EDIT_TEST(test_a_staged_layer_that_was_replaced_is_not_advanced),
        EDIT_TEST(test_a_draft_that_a_lock_overtook_is_not_published),
        EDIT_TEST(test_no_revision_comes_back_whose_audience_is_gone),
        EDIT_TEST(test_a_revision_that_waits_uses_its_audiences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
