#include "edit/edit.h"

#include "stage.h"

/* A page of the group with three blocks; li designs and zhao publishes it, sun designs
 * the east. */
struct studio {
    struct stage stage;
    struct directory *directory;
    struct editor *editor;
    struct scope scope;
    struct edit edit;
};

static const struct ware files[] = {
    { "note/component.lua",
      "return {name='note',title={zh='便签',en='Note'},props={type='object',"
      "additionalProperties=false,properties={limit={type='integer',minimum=1,maximum=9,"
      "default=3},title={type='string'},titleSize={type='integer'}}}}" },
    { "note/view.html", "<p>{{title}}</p>" },
    { "note/words/zh.json", "{}" },
    { "note/words/en.json", "{}" },
};

static void give(struct studio *d, const char *person, const char *role, const char *unit)
{
    put(&d->stage.world, TENANT_SYSTEM_SPACE, "grant",
        arena_format(d->stage.world.arena,
                     "{\"id\":\"%s\",\"home\":\"city\",\"person\":\"%s\",\"role\":\"%s\","
                     "\"tenant\":\"%s\"}",
                     person, person, role, unit)
            .p);
}

static int open_studio(void **state)
{
    struct studio *d = calloc(1, sizeof *d);
    struct stage *s = &d->stage;
    struct world *w = &s->world;
    stage_open(s, NULL, NULL);
    put(w, CITY, "person", "{\"id\":\"zhao\",\"name\":\"赵\"}");
    GOOD(directory_open(w->store, &d->directory, &why));
    GOOD(audience_setup(w->store, &why));
    GOOD(audit_setup(w->store, &why));
    GOOD(edit_setup(w->store, &why));
    GOOD(editor_open(&(struct edit_config){ .store = w->store,
                                            .packages = s->packages,
                                            .layouts = s->layouts,
                                            .directory = d->directory },
                     &d->editor, &why));
    ware_install(w, GROUP, ware_package(w, "standard", "1", files, COUNT_OF(files)));
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"a\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"b\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"a\",\"props\":{\"title\":\"B\"}},"
        "{\"verb\":\"add\",\"block\":\"c\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b\"},"
        "{\"verb\":\"lock\",\"block\":\"a\",\"lock\":\"required\"}]}");
    give(d, "li", "designer", "group");
    give(d, "zhao", "publisher", "group");
    give(d, "wang", "designer", "east");
    *state = d;
    return 0;
}

static int close_studio(void **state)
{
    struct studio *d = *state;
    editor_close(d->editor);
    stage_close(&d->stage);
    directory_close(d->directory);
    free(d);
    return 0;
}

/* Somebody sits down at a unit's home page. */
static struct edit *sit(struct studio *d, const char *person, const char *tenant)
{
    if (d->scope.worker)
        scope_close(&d->scope);
    d->scope = stage_scope(&d->stage, "city", person);
    d->edit = (struct edit){ .editor = d->editor,
                             .scope = &d->scope,
                             .worker = render_script_worker(d->stage.render),
                             .tenant = str_of(tenant),
                             .layer = STR("home") };
    return &d->edit;
}

static void stand_up(struct studio *d)
{
    scope_close(&d->scope);
    d->scope.worker = NULL;
}

static struct val verbs(struct studio *d, const char *text)
{
    return json(&d->stage.world, arena_format(d->stage.world.arena, "[%s]", text).p);
}

#define SET(block, at, value) \
    "{\"verb\":\"set\",\"block\":\"" block "\",\"at\":\"" at "\",\"value\":" value "}"

/* The draft after a command that must be good. */
static struct val command(struct studio *d, const char *person, const char *tenant,
                          int64_t base, const char *text)
{
    struct val draft;
    struct edit *edit = sit(d, person, tenant);
    bool good = edit_command(edit, base, verbs(d, text), &draft, &why);
    for (size_t i = 0; !good && i < edit->issue_count; i++)
        print_error("%s %.*s %.*s\n", edit->issues[i].code,
                    STR_ARG(edit->issues[i].where), STR_ARG(edit->issues[i].text));
    GOOD(good);
    return draft;
}

static int64_t version(struct val draft)
{
    return val_as_int(val_get(draft, STR("version")), -1);
}

/* "code where; …" of a command that must be refused. */
static const char *refusal(struct studio *d, const char *person, const char *tenant,
                           int64_t base, const char *text)
{
    struct val draft;
    struct buf out;
    struct edit *edit = sit(d, person, tenant);
    assert_false(edit_command(edit, base, verbs(d, text), &draft, &why));
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < edit->issue_count; i++)
        buf_format(&out, "%s%s %.*s", i ? "; " : "", edit->issues[i].code,
                   STR_ARG(edit->issues[i].where));
    const char *told = arena_str(d->stage.world.arena, buf_view(&out)).p;
    buf_done(&out);
    return told;
}

static struct val publish(struct studio *d, const char *person, const char *tenant,
                          int64_t due_ms)
{
    struct val draft;
    struct val revision;
    struct edit *edit = sit(d, person, tenant);
    GOOD(edit_draft(edit, &draft, &why));
    struct edit_publishing what = { .version = version(draft),
                                    .reason = STR("because"),
                                    .due_ms = due_ms };
    GOOD(edit_publish(edit, &what, &revision, &why));
    return revision;
}

/* The verbs that are published, as text. */
static str published(struct studio *d, const char *tenant)
{
    struct val layer;
    GOOD(edit_layer(sit(d, "zhao", tenant), &layer, &why));
    return doc_text(d->stage.world.arena, val_get(layer, STR("verbs")), DOC_SORTED);
}

/* ---- commands ---- */

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

static str long_text(struct studio *d, size_t n)
{
    char *p = ARENA_ARRAY(d->stage.world.arena, char, n + 1);
    memset(p, 'x', n);
    p[n] = 0;
    return (str){ p, n };
}

/* `n` times `format` with its number, and a comma between. */
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

/* ---- publishing ---- */

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

/* ---- together with others ---- */

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

#define EDIT_TEST(test) cmocka_unit_test_setup_teardown(test, open_studio, close_studio)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT_TEST(test_what_came_while_she_looked_is_told),
        EDIT_TEST(test_nobody_has_seen_what_is_not_published),
        EDIT_TEST(test_what_was_never_published_is_no_past),
        EDIT_TEST(test_what_was_brought_back_from_above_is_told),
        EDIT_TEST(test_a_layer_that_was_not_there_is_all_new),
        EDIT_TEST(test_what_a_file_replaced_is_not_told),
        EDIT_TEST(test_of_other_layers_nothing_is_seen),
        EDIT_TEST(test_a_look_that_was_kept_as_a_moment_is_none),
        EDIT_TEST(test_a_person_with_a_long_name_can_have_seen_it),
        EDIT_TEST(test_a_window_that_was_forgotten_leaves_the_others_alone),
        EDIT_TEST(test_no_revision_comes_back_whose_audience_is_gone),
        EDIT_TEST(test_a_revision_that_waits_uses_its_audiences),
        EDIT_TEST(test_a_lock_of_ones_own_is_taken_back),
        EDIT_TEST(test_who_was_silent_is_not_there_any_more),
        EDIT_TEST(test_a_full_house_forgets_who_was_silent_longest),
        EDIT_TEST(test_what_came_from_above_since_she_looked),
        EDIT_TEST(test_what_a_person_has_seen_goes_with_her),
        EDIT_TEST(test_two_who_edit_different_things_lose_nothing),
        EDIT_TEST(test_any_revision_comes_back),
        EDIT_TEST(test_what_differs_is_told_as_it_is_seen),
        EDIT_TEST(test_impact_meets_layers_of_specialties_between),
        EDIT_TEST(test_impact_of_a_value_counts_who_overrides_it),
        EDIT_TEST(test_impact_follows_what_a_unit_adds_to_those_below_it_only),
        EDIT_TEST(test_impact_sees_a_page_that_gets_full),
        EDIT_TEST(test_a_stage_ends_at_its_time_and_not_when_it_was_halted_before),
        EDIT_TEST(test_what_was_counted_in_a_stage_is_forgotten_at_its_end),
        EDIT_TEST(test_when_more_is_counted_than_fits_ended_stages_are_forgotten),
        EDIT_TEST(test_a_staged_layer_that_was_replaced_is_not_advanced),
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
        EDIT_TEST(test_a_reason_is_as_long_as_its_characters),
        EDIT_TEST(test_a_layer_of_the_longest_names_can_be_published),
        EDIT_TEST(test_publishing_makes_a_revision_and_stamps_what_is_new),
        EDIT_TEST(test_rolling_back_keeps_what_the_draft_says),
        EDIT_TEST(test_approval_is_given_by_another_than_the_author),
        EDIT_TEST(test_approval_and_rights_are_those_of_the_moment_of_writing),
        EDIT_TEST(test_what_is_due_is_published_at_its_time),
        EDIT_TEST(test_a_large_layer_that_was_saved_can_be_published_when_due),
        EDIT_TEST(test_what_cannot_be_published_says_so_and_does_not_keep_the_others),
        EDIT_TEST(test_what_was_replaced_meanwhile_is_not_published),
        EDIT_TEST(test_impact_counts_units_people_and_what_breaks_below),
        EDIT_TEST(test_a_draft_that_a_lock_overtook_is_not_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
