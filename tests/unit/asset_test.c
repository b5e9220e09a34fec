/* Files that browsers load: found by name, told by entry, with the type they have. */
#include "asset/asset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_an_entry_is_a_file_that_is_there(void **state)
{
    struct assets *assets = assets_open(NULL, 0);
    str name = assets_entry(assets, STR("workbench"));
    struct http_body *body = assets_find(assets, name);
    (void)state;
    assert_true(str_starts(name, STR("workbench-")));
    assert_non_null(body);
    assert_true(http_body_bytes(body, NULL).n > 100);
    assets_close(assets);
}

static void test_the_worker_keeps_its_name(void **state)
{
    struct assets *assets = assets_open(NULL, 0);
    (void)state;
    assert_true(str_equal(assets_entry(assets, STR("sw")), STR("sw.js")));
    assert_non_null(assets_find(assets, STR("sw.js")));
    assets_close(assets);
}

static void test_other_names_are_nothing(void **state)
{
    struct assets *assets = assets_open(NULL, 0);
    (void)state;
    assert_null(assets_find(assets, STR("")));
    assert_null(assets_find(assets, STR("workbench")));
    assert_null(assets_find(assets, STR("../workbench.js")));
    assets_close(assets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_is_a_file_that_is_there),
        cmocka_unit_test(test_the_worker_keeps_its_name),
        cmocka_unit_test(test_other_names_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
