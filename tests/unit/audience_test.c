/* Rules: whom they mean, what is wrong with them, how they name each other. */
#include "audience.h"

/* ---- who is meant ---- */

/* The ids of whom the rule holds for, in the order of the four people. */
static const char *who(struct bench *b, const char *rule)
{
    static const char *const people[][2] = {
        { "root", "an" }, { "east", "bo" }, { "port", "cy" }, { "west", "di" }
    };
    const struct audience *audience = compiled(b, "root", rule);
    struct directory_set *set = directory_select(b->directory, audience);
    struct buf out;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        uint32_t number;
        assert_true(directory_find(b->directory, str_of(people[i][0]),
                                   str_of(people[i][1]), &number));
        if (directory_set_holds(set, number))
            buf_format(&out, "%s", people[i][1]);
    }
    assert_int_equal(directory_set_count(set), out.n / 2);
    directory_set_close(set);
    const char *text = arena_str(b->arena, buf_view(&out)).p;
    buf_done(&out);
    return text;
}

static void test_audience_means_whom_its_rule_describes(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *rule;
        const char *who;
    } cases[] = {
        { "{\"all\":[]}", "anbocydi" },
        { "{\"any\":[]}", "" },
        { "{\"tenant\":\"east\"}", "bo" },
        { "{\"tenant\":[\"east\",\"west\",\"none\"]}", "bodi" },
        { "{\"subtree\":\"east\"}", "bocy" },
        { "{\"subtree\":\"root\"}", "anbocydi" },
        { "{\"specialty\":\"marketing\"}", "bo" },
        { "{\"not\":{\"specialty\":[\"marketing\",\"equipment\"]}}", "andi" },
        { "{\"post\":\"President\"}", "an" },
        { "{\"post\":[\"总经理\",\"专责\"]}", "anbo" },
        { "{\"group\":\"leaders\"}", "ancy" },
        { "{\"tag\":\"x\"}", "bo" },
        { "{\"grade\":4}", "bo" },
        { "{\"grade\":{\"from\":3,\"to\":8}}", "anbo" },
        { "{\"grade\":{\"to\":4}}", "bocy" },
        { "{\"grade\":{\"from\":0}}", "anbocy" },
        { "{\"grade\":[2,{\"from\":7}]}", "ancy" },
        { "{\"joined\":{\"from\":\"2026-01-01\",\"to\":\"2026-11-22\"}}", "bocy" },
        { "{\"joined\":{\"to\":\"2025-12-31\"}}", "an" },
        { "{\"joined\":\"2026-11-22\"}", "cy" },
        { "{\"person\":[\"di\",\"an\",\"nobody\"]}", "andi" },
        { "{\"all\":[{\"subtree\":\"east\"},{\"not\":{\"group\":\"shift\"}}]}", "bo" },
        { "{\"any\":[{\"person\":\"an\"},{\"all\":[{\"tenant\":\"port\"},{\"grade\":2}]}]"
          "}",
          "ancy" },
        { "{\"not\":{\"any\":[{\"grade\":{\"from\":4}},{\"person\":\"di\"}]}}", "cy" },
    };
    plant(b);
    open_directory(b);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (strcmp(who(b, cases[i].rule), cases[i].who) != 0)
            fail_msg("%s: %s, not %s", cases[i].rule, who(b, cases[i].rule),
                     cases[i].who);
    }
    struct directory_set *all = directory_select(
        b->directory, compiled(b, "root", "{\"not\":{\"person\":\"bo\"}}"));
    assert_int_equal(directory_set_count_below(b->directory, all, STR("root")), 3);
    assert_int_equal(directory_set_count_below(b->directory, all, STR("east")), 1);
    assert_int_equal(directory_set_count_below(b->directory, all, STR("none")), 0);
    directory_set_close(all);
    assert_int_equal(directory_count(b->directory), 4);
}

static void test_audience_tells_every_mistake_with_its_place(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *rule;
        const char *issues;
    } cases[] = {
        { "3", "audience.rule " },
        { "{}", "audience.rule " },
        { "{\"grade\":1,\"tag\":\"x\"}", "audience.rule " },
        { "{\"all\":{}}", "audience.rule /all" },
        { "{\"any\":[{\"colour/~\":1},{\"tag\":[\"x\",7,\"\"]},{\"not\":[]}]}",
          "audience.rule /any/0/colour~1~0 · audience.rule /any/1/tag/1 · "
          "audience.rule /any/1/tag/2 · audience.rule /any/2/not" },
        { "{\"all\":[{\"grade\":\"3\"},{\"grade\":{\"from\":-1,\"upto\":128}},"
          "{\"grade\":{}},{\"joined\":[\"2026-1-1\",{\"to\":\"1899-12-31\"}]}]}",
          "audience.rule /all/0/grade · audience.rule /all/1/grade/from · "
          "audience.rule /all/1/grade/upto · audience.rule /all/2/grade · "
          "audience.rule /all/3/joined/0 · audience.rule /all/3/joined/1/to" },
        { "{\"any\":[{\"audience\":\"none\"},{\"audience\":5}]}",
          "audience.none /any/0/audience · audience.rule /any/1/audience" },
    };
    plant(b);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(issues_of(b, "port", "", cases[i].rule), cases[i].issues);
    struct err err;
    const struct audience *audience;
    assert_false(
        compile_as(b, "root", "", json(b, cases[3].rule), &audience, NULL, &err));
    assert_string_equal(err.code, "audience.rule");
    assert_string_equal(err.where, "/all");
}

/* ---- named audiences ---- */

static void test_audience_names_are_seen_as_their_unit_sees_them(void **state)
{
    struct bench *b = *state;
    plant(b);
    open_directory(b);
    put(b, "audience", "root",
        "{\"id\":\"chiefs\",\"name\":{\"zh\":\"x\"},\"rule\":{\"group\":\"leaders\"}}");
    put(b, "audience", "root",
        "{\"id\":\"others\",\"name\":{\"zh\":\"x\"},"
        "\"rule\":{\"not\":{\"audience\":\"chiefs\"}}}");
    put(b, "audience", "east",
        "{\"id\":\"chiefs\",\"name\":{\"zh\":\"x\"},\"rule\":{\"person\":\"bo\"}}");
    assert_string_equal(who(b, "{\"audience\":[\"chiefs\"]}"), "ancy");
    assert_string_equal(who(b, "{\"audience\":\"others\"}"), "bodi");

    struct tenant_path path;
    snap_close(look(b, "port", &path));
    struct val bo = json(b, "{\"id\":\"bo\"}");
    assert_true(
        audience_admits(compiled(b, "port", "{\"audience\":\"chiefs\"}"), bo, &path));
    assert_true(
        audience_admits(compiled(b, "port", "{\"audience\":\"others\"}"), bo, &path));
    assert_string_equal(issues_of(b, "root", "", "{\"audience\":\"east\"}"),
                        "audience.none /audience");
}

static void test_audience_refuses_circles(void **state)
{
    struct bench *b = *state;
    plant(b);
    put(b, "audience", "root",
        "{\"id\":\"a\",\"name\":{\"zh\":\"x\"},\"rule\":{\"not\":{\"audience\":\"b\"}}}");
    put(b, "audience", "root",
        "{\"id\":\"b\",\"name\":{\"zh\":\"x\"},\"rule\":{\"tag\":\"x\"}}");
    assert_string_equal(issues_of(b, "root", "b", "{\"tag\":\"y\"}"), "");
    assert_string_equal(issues_of(b, "root", "b", "{\"any\":[{\"audience\":\"b\"}]}"),
                        "audience.loop /any/0/audience");
    assert_string_equal(issues_of(b, "root", "b", "{\"any\":[{\"audience\":\"a\"}]}"),
                        "audience.loop /any/0/audience");
    assert_string_equal(issues_of(b, "east", "a", "{\"audience\":\"b\"}"), "");
    put(b, "audience", "root",
        "{\"id\":\"b\",\"name\":{\"zh\":\"x\"},"
        "\"rule\":{\"all\":[{\"audience\":\"a\"},{\"tag\":3}]}}");
    assert_string_equal(issues_of(b, "east", "", "{\"audience\":\"a\"}"),
                        "audience.loop /audience · audience.rule /audience");
}

/* With the NUL that ends a text. */
static void finish(struct buf *rule, const char *end)
{
    buf_add(rule, end, strlen(end) + 1);
}

static void test_audience_keeps_its_limits(void **state)
{
    struct bench *b = *state;
    struct buf rule;
    buf_init(&rule, 1 << 20);
    plant(b);

    buf_str(&rule, STR("{\"any\":["));
    for (int i = 0; i < AUDIENCE_MAX_RULES - 1; i++)
        buf_format(&rule, "%s{\"tag\":\"x\"}", i ? "," : "");
    finish(&rule, "]}");
    assert_string_equal(issues_of(b, "root", "", rule.p), "");
    rule.n -= 3;
    finish(&rule, ",{\"tag\":\"x\"},{\"tag\":5}]}");
    assert_string_equal(issues_of(b, "root", "", rule.p), "audience.limit /any/199");

    buf_clear(&rule);
    buf_str(&rule, STR("{\"tag\":["));
    for (int i = 0; i < AUDIENCE_MAX_VALUES; i++)
        buf_format(&rule, "%s\"%d\"", i ? "," : "", i);
    finish(&rule, "]}");
    assert_string_equal(issues_of(b, "root", "", rule.p), "");
    rule.n -= 3;
    finish(&rule, ",\"x\"]}");
    assert_string_equal(issues_of(b, "root", "", rule.p), "audience.limit /tag");

    buf_clear(&rule);
    for (int i = 0; i < AUDIENCE_MAX_DEPTH - 1; i++)
        buf_str(&rule, STR("{\"not\":"));
    finish(&rule, "{\"tag\":\"x\"}}}}}}}}");
    assert_string_equal(issues_of(b, "root", "", rule.p), "");
    const char *deeper = arena_format(b->arena, "{\"not\":%s}", rule.p).p;
    assert_string_equal(issues_of(b, "root", "", deeper),
                        "audience.limit /not/not/not/not/not/not/not/not");
    buf_done(&rule);
}

/* Each names the one before twice: written out they would be a thousand million rules. */
static void test_audience_counts_the_rules_of_those_it_names(void **state)
{
    struct bench *b = *state;
    plant(b);
    put(b, "audience", "root",
        "{\"id\":\"a0\",\"name\":{\"zh\":\"x\"},\"rule\":{\"tag\":\"x\"}}");
    for (int i = 1; i < 4; i++) {
        struct buf record;
        buf_init(&record, 10000);
        buf_format(&record, "{\"id\":\"a%d\",\"name\":{\"zh\":\"x\"},\"rule\":", i);
        buf_str(&record, STR("{\"audience\":["));
        for (int k = 0; k < 7; k++)
            buf_format(&record, "%s\"a%d\"", k ? "," : "", i - 1);
        finish(&record, "]}}");
        put(b, "audience", "root", record.p);
        buf_done(&record);
    }
    assert_string_equal(issues_of(b, "root", "", "{\"audience\":\"a2\"}"), "");
    assert_string_equal(issues_of(b, "root", "", "{\"audience\":\"a3\"}"),
                        "audience.limit /audience");
}

/* ---- contradictions ---- */

static void test_audience_warns_of_rules_that_hold_nobody(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *rule;
        const char *issues; /* "!" when the whole can hold nobody */
    } cases[] = {
        { "{\"tenant\":\"east\"}", "" },
        { "{\"tenant\":\"gone\"}", "audience.unit /tenant" },
        { "{\"any\":[]}", "audience.nobody  !" },
        { "{\"tag\":[]}", "audience.nobody  !" },
        { "{\"not\":{\"all\":[]}}", "audience.nobody /not !" },
        { "{\"grade\":{\"from\":5,\"to\":3}}", "audience.nobody  !" },
        { "{\"all\":[{\"tenant\":\"east\"},{\"tenant\":\"west\"}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"tenant\":[\"east\",\"port\"]},{\"tenant\":[\"port\",\"west\"]}]}",
          "" },
        { "{\"all\":[{\"subtree\":\"east\"},{\"subtree\":\"west\"}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"subtree\":\"east\"},{\"subtree\":\"port\"}]}", "" },
        { "{\"all\":[{\"subtree\":\"east\"},{\"tenant\":\"west\"}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"subtree\":\"east\"},{\"not\":{\"tenant\":\"east\"}}]}", "" },
        { "{\"all\":[{\"subtree\":\"port\"},{\"not\":{\"subtree\":\"east\"}}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"tag\":\"x\"},{\"tag\":\"y\"}]}", "" },
        { "{\"all\":[{\"tag\":\"x\"},{\"not\":{\"tag\":[\"x\",\"y\"]}}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"specialty\":\"x\"},{\"specialty\":\"y\"}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"grade\":{\"from\":3}},{\"not\":{\"grade\":{\"from\":3,\"to\":9}}}"
          ","
          "{\"grade\":{\"to\":9}}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"grade\":{\"from\":3}},{\"not\":{\"grade\":{\"from\":3,\"to\":9}}}"
          ","
          "{\"grade\":{\"to\":10}}]}",
          "" },
        { "{\"all\":[{\"joined\":{\"from\":\"2026-01-01\"}},"
          "{\"joined\":{\"to\":\"2025-12-31\"}}]}",
          "audience.nobody  !" },
        { "{\"any\":[{\"person\":\"an\"},{\"all\":[{\"person\":\"an\"},"
          "{\"person\":\"bo\"}]}]}",
          "audience.nobody /any/1" },
        { "{\"all\":[{\"person\":\"an\"},{\"any\":[{\"person\":\"bo\"},{\"tag\":\"x\"}]}]"
          "}",
          "audience.nobody /all/1/any/0" },
        { "{\"all\":[{\"any\":[{\"tag\":\"x\"},{\"grade\":3}]},"
          "{\"not\":{\"any\":[{\"tag\":\"x\"},{\"grade\":3}]}}]}",
          "audience.nobody  !" },
        { "{\"all\":[{\"any\":[{\"all\":[{\"tag\":\"x\"},{\"any\":[{\"tag\":\"y\"},"
          "{\"tag\":\"z\"}]}]},{\"tag\":\"w\"}]},{\"not\":{\"any\":[{\"all\":[{\"tag\":"
          "\"x\"},{\"any\":[{\"tag\":\"y\"},{\"tag\":\"z\"}]}]},{\"tag\":\"w\"}]}}]}",
          "audience.nobody  !" },
    };
    plant(b);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *found = issues_of(b, "root", "", cases[i].rule);
        if (strcmp(found, cases[i].issues) != 0)
            fail_msg("%s: %s, not %s", cases[i].rule, found, cases[i].issues);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_audience_means_whom_its_rule_describes),
        TEST(test_audience_tells_every_mistake_with_its_place),
        TEST(test_audience_names_are_seen_as_their_unit_sees_them),
        TEST(test_audience_refuses_circles),
        TEST(test_audience_keeps_its_limits),
        TEST(test_audience_counts_the_rules_of_those_it_names),
        TEST(test_audience_warns_of_rules_that_hold_nobody),
    };
    return cmocka_run_group_tests_name("audience", tests, NULL, NULL);
}
