#include "html/html.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
/* after the headers it needs */
#include <cmocka.h>

/* What is written with so much room at the beginning. */
static const char *written_with(size_t room, void (*write)(struct buf *, str), str s)
{
    static struct buf out;
    buf_done(&out);
    buf_init(&out, 10000);
    assert_true(buf_reserve(&out, room));
    write(&out, s);
    buf_char(&out, 0);
    return out.p;
}

static const char *written(void (*write)(struct buf *, str), str s)
{
    return written_with(0, write, s);
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
    char page[4096 + 100] __attribute__((aligned(4096)));
    srand(5);
    for (int round = 0; round < 2000; round++) {
        size_t n = (size_t)(rand() % 100);
        char expected[700] = "";
        char *text = page + 4096 - (size_t)(rand() % 100); /* most lie across its end */
        for (size_t i = 0; i < n; i++) {
            text[i] = "abcdefghij&<>\"' "[rand() % 16];
            char one[2] = { text[i], 0 };
            strcat(expected,
                   names[(unsigned char)text[i]] ? names[(unsigned char)text[i]] : one);
        }
        assert_string_equal(written(html_escape, (str){ text, n }), expected);
        assert_string_equal(written_with(8000, html_escape, (str){ text, n }), expected);
    }
}

static void test_html_escape_takes_every_byte_and_nothing_behind_the_last(void **state)
{
    (void)state;
    char *pages =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + 4096, 4096, PROT_NONE), 0);
    for (int c = 1; c < 256; c++) {
        char *last = pages + 4095;
        char expected[8];
        *last = (char)c;
        snprintf(expected, sizeof expected, "%s",
                 c == '&'    ? "&amp;"
                 : c == '<'  ? "&lt;"
                 : c == '>'  ? "&gt;"
                 : c == '"'  ? "&quot;"
                 : c == '\'' ? "&#39;"
                             : (char[]){ (char)c, 0 });
        assert_string_equal(written_with(8000, html_escape, (str){ last, 1 }), expected);
        pages[7] = (char)c;
        assert_string_equal(written_with(8000, html_escape, (str){ pages + 7, 1 }),
                            expected);
    }
    munmap(pages, 8192);
}

/* Each byte at each place of texts around the sizes that are looked at at once. */
static void test_html_url_part_agrees_with_a_plain_loop(void **state)
{
    enum { LONGEST_TEXT = 18 };
    static const char plain[] =
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct buf out;
    struct buf wanted;
    (void)state;
    buf_init(&out, 1 << 10);
    buf_init(&wanted, 1 << 10);
    for (int i = 0; i < 256 * LONGEST_TEXT * LONGEST_TEXT; i++) {
        char text[LONGEST_TEXT];
        size_t n = (size_t)i / 256 % LONGEST_TEXT;
        size_t at = (size_t)i / 256 / LONGEST_TEXT;
        memset(text, 'x', sizeof text);
        text[at] = (char)i;
        buf_clear(&out);
        buf_clear(&wanted);
        html_url_part(&out, (str){ text, n });
        for (size_t k = 0; k < n; k++) {
            if (text[k] && strchr(plain, text[k]))
                buf_char(&wanted, text[k]);
            else
                buf_format(&wanted, "%%%02X", (unsigned char)text[k]);
        }
        assert_true(str_equal(buf_view(&out), buf_view(&wanted)));
    }
    buf_done(&wanted);
    buf_done(&out);
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
        cmocka_unit_test(test_html_escape_takes_every_byte_and_nothing_behind_the_last),
        cmocka_unit_test(test_html_url_part_agrees_with_a_plain_loop),
        cmocka_unit_test(test_html_url_lets_only_safe_schemes_pass),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
