#include "html/html.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static const char *written(void (*write)(struct buf *, str), str s)
{
    static struct buf out;
    buf_done(&out);
    buf_init(&out, 10000);
    write(&out, s);
    buf_char(&out, 0);
    return out.p;
}

static void test_html_escape_leaves_nothing_that_could_break_out(void **state)
{
    (void)state;
    assert_string_equal(written(html_escape, STR("<b a=\"1\" c='2'>&")),
                        "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    assert_string_equal(written(html_escape, (str){ "a\0b", 3 }), "a\xef\xbf\xbd"
                                                                  "b");
    assert_string_equal(written(html_escape, STR("0123456789abcde<0123456789abcdef电>")),
                        "0123456789abcde&lt;0123456789abcdef电&gt;");
}

static void test_html_escape_agrees_with_a_plain_loop(void **state)
{
    (void)state;
    static const char *const names[256] = { ['&'] = "&amp;",
                                            ['<'] = "&lt;",
                                            ['>'] = "&gt;",
                                            ['"'] = "&quot;",
                                            ['\''] = "&#39;" };
    char text[100];
    srand(5);
    for (int round = 0; round < 2000; round++) {
        size_t n = (size_t)(rand() % 100);
        char expected[700] = "";
        for (size_t i = 0; i < n; i++) {
            text[i] = "abcdefghij&<>\"' "[rand() % 16];
            char one[2] = { text[i], 0 };
            strcat(expected,
                   names[(unsigned char)text[i]] ? names[(unsigned char)text[i]] : one);
        }
        assert_string_equal(written(html_escape, (str){ text, n }), expected);
    }
}

static void test_html_url_lets_only_safe_schemes_pass(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool safe;
    } cases[] = {
        { "/w/home?x=1", true },
        { "news", true },
        { "?a:b", true },
        { "#top", true },
        { "https://example.org/", true },
        { "HTTP://example.org/", true },
        { "mailto:a@b", true },
        { "tel:95598", true },
        { "", true },
        { "javascript:alert(1)", false },
        { " javascript:alert(1)", false },
        { "java\nscript:alert(1)", false },
        { "JaVaScRiPt:alert(1)", false },
        { "\x01javascript:alert(1)", false },
        { "\xef\xbb\xbfjavascript:alert(1)", false },
        { "data:text/html,x", false },
        { "vbscript:x", false },
        { ":x", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (html_url_is_safe(str_of(cases[i].url)) != cases[i].safe)
            fail_msg("%s", cases[i].url);
    }
    assert_string_equal(written(html_url, STR("javascript:1")), "#");
    assert_string_equal(written(html_url, STR("/a?b=1&c=\"")), "/a?b=1&amp;c=&quot;");
    assert_string_equal(written(html_url_part, STR("a b/电&")), "a%20b%2F%E7%94%B5%26");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_escape_leaves_nothing_that_could_break_out),
        cmocka_unit_test(test_html_escape_agrees_with_a_plain_loop),
        cmocka_unit_test(test_html_url_lets_only_safe_schemes_pass),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
