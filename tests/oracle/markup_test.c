/* The oracle must see what it is there to see. */
#include "oracle/markup.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static void test_markup_that_could_run_is_seen(void **state)
{
    static const char *const hostile[] = {
        "<script>1</script>",
        "<p onclick=\"x()\">1</p>",
        "<p OnClick=\"x()\">1</p>",
        "<a href=\"javascript:x()\">1</a>",
        "<a href=\" java&#x09;script&colon;x()\">1</a>",
        "<a href=\"data:text/html,1\">1</a>",
        "<img src=x onerror=y>",
        "<p title=\"a<b\">1</p>",
        "<p>1",
        "1</p>",
        "<p><b>1</p></b>",
        "<!-- 1 -->",
        "<p style=\"background:url(//x)\">1</p>",
        "<p title='1'>2</p>",
        "1 < 2",
    };
    char why[200];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        if (markup_is_tame(str_of(hostile[i]), why))
            fail_msg("%s passes", hostile[i]);
    }
    assert_true(
        markup_is_tame(STR("<p title=\"&lt;\" hidden>1 &amp; 2<br><img src=\"/a:b\" "
                           "alt=\"\"></p><a href=\"https://x/?a=b\">3</a>"),
                       why));
}

static void test_style_that_leaves_its_class_is_seen(void **state)
{
    static const char *const hostile[] = {
        "body{color:red}",
        ".other{color:red}",
        ".todo{color:red",
        ".todo{color:red}}",
        ".todo{a:b;html:has(&){display:none}}",
        ".todo{a:\"; /* \"} body{display:none} .todo{b:\" */; c:d\"}",
        "@media print{body{color:red}}",
        ".todo .x,p{color:red}",
    };
    char why[200];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        if (style_is_contained(str_of(hostile[i]), STR("todo"), why))
            fail_msg("%s passes", hostile[i]);
    }
    assert_true(style_is_contained(STR("/* } */ .todo .x, .todo{content:\"}{\"}\n"
                                       "@media print{.todo{a:b}}"),
                                   STR("todo"), why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup_that_could_run_is_seen),
        cmocka_unit_test(test_style_that_leaves_its_class_is_seen),
    };
    return cmocka_run_group_tests_name("oracle", tests, NULL, NULL);
}
