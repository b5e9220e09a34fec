#include "base/base.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static void test_str_orders_by_bytes(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_int_equal(str_compare(STR("华东"), STR("华东")), 0);
    assert_true(str_compare(STR(""), STR("a")) < 0);
}

static void test_str_cut_gives_both_sides(void **state)
{
    (void)state;
    str rest;
    assert_true(str_equal(str_cut(STR("name=value=x"), '=', &rest), STR("name")));
    assert_true(str_equal(rest, STR("value=x")));
    assert_true(str_equal(str_cut(STR("name"), '=', &rest), STR("name")));
    assert_null(rest.p);
}

static void test_str_to_int_knows_its_limits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fits;
        int64_t value;
    } cases[] = {
        { "0", true, 0 },
        { "-1", true, -1 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "", false, 0 },
        { "-", false, 0 },
        { "1 ", false, 0 },
        { "0x10", false, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = 0;
        assert_int_equal(str_to_int(str_of(cases[i].text), &value), cases[i].fits);
        assert_true(value == cases[i].value);
    }
}

static void test_str_points_counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(str_points(STR("")), 0);
    assert_int_equal(str_points(STR("abc")), 3);
    assert_int_equal(str_points(STR("拼板é😀")), 4);
}

static void test_str_is_among_words_and_no_parts_of_them(void **state)
{
    static const char words[] = "zh en light dark-blue";
    (void)state;
    assert_true(str_is_among(STR("zh"), words));
    assert_true(str_is_among(STR("dark-blue"), words));
    assert_false(str_is_among(STR(""), words));
    assert_false(str_is_among(STR(" "), words));
    assert_false(str_is_among(STR("zh en"), words));
    assert_false(str_is_among(STR("dark"), words));
    assert_false(str_is_among(STR("blue"), words));
    assert_false(str_is_among(STR("e"), words));
}

static void test_str_is_text_refuses_what_is_not_utf8(void **state)
{
    (void)state;
    assert_true(str_is_text(STR("拼板 ✓ 👩‍👧")));
    assert_false(str_is_text(STR("\xff")));
    assert_false(str_is_text(STR("\xe6\x8b")));
    assert_false(str_is_text(STR("\xed\xa0\x80")));
    assert_false(str_is_text(STR("\xc0\xaf")));
    assert_false(str_is_text((str){ "a\0b", 3 }));
}

static void test_str_clip_never_cuts_a_character(void **state)
{
    (void)state;
    assert_true(str_equal(str_clip(STR("国家电网"), 2), STR("国家")));
    assert_true(
        str_equal(str_clip(STR("👩‍👧‍👦家"), 1), STR("👩‍👧‍👦")));
    assert_true(str_equal(str_clip(STR("e\xcc\x81t\xc3\xa9"), 1), STR("e\xcc\x81")));
    assert_true(str_equal(str_clip(STR("ab"), 5), STR("ab")));
    assert_true(str_equal(str_clip(STR("ab"), 0), STR("")));
}

static void test_err_keeps_characters_whole(void **state)
{
    (void)state;
    char wide[600];
    for (int offset = 0; offset < 3; offset++) {
        struct err err;
        size_t n = (size_t)offset;
        memset(wide, 'x', n);
        for (; n + 3 < sizeof wide; n += 3)
            memcpy(wide + n, "电", 3);
        wide[n] = 0;
        assert_false(err_set(&err, ERR_INPUT, "test.long", "%s", wide));
        assert_true(str_is_text(str_of(err.text)));
        assert_true(strlen(err.text) > sizeof err.text - 5);
    }
}

static void test_err_in_says_where_from_the_outside_in(void **state)
{
    (void)state;
    struct err err;
    err_at(&err, ERR_INPUT, "test.place", STR("view.html:3:7"), "no");
    err_in(&err, "component %s", "todo");
    assert_string_equal(err.where, "component todo, view.html:3:7");
    err_at(&err, ERR_INPUT, "test.place", STR("/blocks/0"), "no");
    err_in(&err, "/layer");
    assert_string_equal(err.where, "/layer/blocks/0");
}

static int order[3];
static int ran;

static void note(void *data)
{
    order[ran++] = *(int *)data;
}

static void test_arena_runs_what_was_deferred_newest_first(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    static int one = 1;
    static int two = 2;
    ran = 0;
    arena_defer(a, note, &one);
    arena_defer(a, note, &two);
    arena_reset(a);
    assert_int_equal(ran, 2);
    assert_int_equal(order[0], 2);
    arena_close(a);
    assert_int_equal(ran, 2);
}

static void fill_arena(struct arena *a)
{
    for (int round = 0; round < 3; round++) {
        char *last = NULL;
        for (size_t size = 1; size < 200000; size = size * 3 + 1) {
            char *p = arena_alloc(a, size);
            assert_int_equal((uintptr_t)p % 16, 0);
            memset(p, round, size);
            assert_ptr_not_equal(p, last);
            last = p;
        }
        str text = arena_format(a, "%d-%s", 7, "拼板");
        assert_true(str_equal(text, STR("7-拼板")));
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_close(a);
}

static void test_arena_gives_aligned_separate_memory(void **state)
{
    (void)state;
    fill_arena(arena_open());
    fill_arena(arena_open_small());
}

static void test_arena_joins_what_it_is_given(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    static const str none = { NULL, 0 };
    str joined = ARENA_JOIN(a, STR("拼"), none, STR("-"), STR("板"));
    assert_true(str_equal(joined, STR("拼-板")));
    assert_int_equal(joined.p[joined.n], 0);
    assert_true(str_equal(ARENA_JOIN(a, none), STR("")));
    arena_close(a);
}

static void test_digits_are_as_many_as_wanted(void **state)
{
    (void)state;
    char text[] = "x....x";
    digits_write(text + 1, 4, 37);
    assert_string_equal(text, "x0037x");
    digits_write(text + 1, 4, 1234567);
    assert_string_equal(text, "x4567x");
}

static void test_buf_refuses_more_than_its_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_str(&b, STR("12345"));
    buf_str(&b, STR("67890"));
    assert_false(b.full);
    buf_char(&b, 'x');
    assert_true(b.full);
    assert_true(str_equal(buf_view(&b), STR("1234567890")));
    buf_clear(&b);
    buf_int(&b, INT64_MIN / 1000000000000);
    assert_true(str_equal(buf_view(&b), STR("-9223372")));
    buf_done(&b);
}

static void test_date_is_the_civil_calendar(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
        int weekday;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0, 4 },
        { "2026-11-22T09:30:00+08:00", INT64_C(1795311000000), 7 },
        { "2000-02-29T00:00:00Z", INT64_C(951782400000), 2 },
        { "1969-12-31T23:59:59.500Z", -500, 3 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms;
        assert_true(date_parse(str_of(cases[i].text), 480, &ms));
        assert_true(ms == cases[i].ms);
        struct date d = date_at(ms, cases[i].text[19] == '+' ? 480 : 0);
        assert_int_equal(d.weekday, cases[i].weekday);
        assert_true(date_ms(&d, cases[i].text[19] == '+' ? 480 : 0) == ms);
    }
    int64_t ms;
    assert_true(date_parse(STR("2026-11-22"), 480, &ms));
    assert_true(ms == INT64_C(1795276800000));
    static const char *const wrong[] = { "2026-02-29",        "2026-13-01",
                                         "2026-1-01",         "",
                                         "2026-11-22T25:00",  "2026-11-22x",
                                         "2026-11-22T09:30+8" };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(date_parse(str_of(wrong[i]), 0, &ms));
}

static void test_date_zone_reads_the_system_zones(void **state)
{
    (void)state;
    int offset = 0;
    if (!date_zone(STR("UTC"), 0, &offset))
        skip();
    assert_true(date_zone(STR("Asia/Shanghai"), INT64_C(1795311000000), &offset));
    assert_int_equal(offset, 480);
    assert_true(date_zone(STR("Europe/Berlin"), INT64_C(1720000000000), &offset));
    assert_int_equal(offset, 120);
    assert_false(date_zone(STR("../../etc/passwd"), 0, &offset));
    assert_false(date_zone(STR("Nowhere/Town"), 0, &offset));
}

static void test_log_quote_keeps_one_line(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    assert_string_equal(log_quote(a, STR("a\nb\"c")), "\"a\\x0ab\\x22c\"");
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str_orders_by_bytes),
        cmocka_unit_test(test_str_cut_gives_both_sides),
        cmocka_unit_test(test_str_to_int_knows_its_limits),
        cmocka_unit_test(test_str_points_counts_characters_not_bytes),
        cmocka_unit_test(test_str_is_among_words_and_no_parts_of_them),
        cmocka_unit_test(test_str_is_text_refuses_what_is_not_utf8),
        cmocka_unit_test(test_str_clip_never_cuts_a_character),
        cmocka_unit_test(test_err_keeps_characters_whole),
        cmocka_unit_test(test_err_in_says_where_from_the_outside_in),
        cmocka_unit_test(test_arena_runs_what_was_deferred_newest_first),
        cmocka_unit_test(test_arena_gives_aligned_separate_memory),
        cmocka_unit_test(test_arena_joins_what_it_is_given),
        cmocka_unit_test(test_digits_are_as_many_as_wanted),
        cmocka_unit_test(test_buf_refuses_more_than_its_maximum),
        cmocka_unit_test(test_date_is_the_civil_calendar),
        cmocka_unit_test(test_date_zone_reads_the_system_zones),
        cmocka_unit_test(test_log_quote_keeps_one_line),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
