#include "door/door.h"

#include "tenant/tenant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t START_MS = 1700000000000;

static bool admitted(struct door *door, int64_t now_ms, str token)
{
    struct http_request request = { .method = STR("GET") };
    struct scope scope = { .now_ms = now_ms };
    struct err err;
    bool good = door_admits_token(door, &request, &scope, token, &err);
    if (!good)
        assert_string_equal(err.code, "site.rate");
    return good;
}

static int admitted_of(struct door *door, int64_t now_ms, str token, int asked)
{
    int n = 0;
    for (int i = 0; i < asked; i++)
        n += admitted(door, now_ms, token);
    return n;
}

static void test_a_burst_and_then_so_many_a_second(void **state)
{
    struct door *door = door_open();
    (void)state;
    assert_int_equal(admitted_of(door, START_MS, STR("a"), 10 * LIMIT_REQUESTS_BURST),
                     LIMIT_REQUESTS_BURST);
    assert_int_equal(admitted_of(door, START_MS, STR("b"), LIMIT_REQUESTS_BURST),
                     LIMIT_REQUESTS_BURST);
    assert_int_equal(
        admitted_of(door, START_MS + 1000, STR("a"), 10 * LIMIT_REQUESTS_BURST),
        LIMIT_REQUESTS_PER_SECOND);
    assert_int_equal(
        admitted_of(door, START_MS + 3600000, STR("a"), 10 * LIMIT_REQUESTS_BURST),
        LIMIT_REQUESTS_BURST);
    door_close(door);
}

/* Threads take their moments before they come to the door. */
static void test_who_comes_late_gains_nothing(void **state)
{
    struct door *door = door_open();
    (void)state;
    assert_int_equal(admitted_of(door, START_MS, STR("a"), LIMIT_REQUESTS_BURST),
                     LIMIT_REQUESTS_BURST);
    for (int late = 1; late < 50; late++) {
        assert_false(admitted(door, START_MS - late, STR("a")));
        assert_false(admitted(door, START_MS, STR("a")));
    }
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_and_then_so_many_a_second),
        cmocka_unit_test(test_who_comes_late_gains_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
