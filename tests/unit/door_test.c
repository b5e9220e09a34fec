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
    if (!good) {
        assert_string_equal(err.code, "site.rate");
        assert_string_equal(err.where, "");
    }
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

static int status_of(const char *code, enum err_kind kind)
{
    struct err err = { .kind = kind, .code = code };
    return door_status_of(&err);
}

/* Whoever gets 429 or 503 comes again; what will be refused again must not say so. */
static void test_only_what_passes_is_told_to_come_again(void **state)
{
    static const struct {
        const char *code;
        int status;
    } limits[] = {
        { "site.rate", 429 },     { "auth.attempts", 429 },   { "action.unit_busy", 429 },
        { "live.streams", 429 },  { "studio.bells", 429 },    { "picture.large", 413 },
        { "data.large", 413 },    { "store.large", 413 },     { "doc.packed", 413 },
        { "picture.many", 409 },  { "auth.tokens", 409 },     { "feed.many", 409 },
        { "job.many", 409 },      { "action.writes", 422 },   { "script.fuel", 422 },
        { "scope.limit", 422 },   { "script.deadline", 422 }, { "layout.limit", 422 },
        { "audience.limit", 422 }
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        assert_int_equal(status_of(limits[i].code, ERR_LIMIT), limits[i].status);
    assert_int_equal(status_of("action.busy", ERR_BUSY), 503);
}

/* ---- words ---- */

static void test_who_reads_chinese_has_words_for_a_code(void **state)
{
    struct door *door = door_open();
    struct viewer viewer = { .lang = SCOPE_ZH };
    struct scope scope = { .viewer = &viewer };
    (void)state;
    assert_true(str_equal(door_words(door, &scope, STR("edit.nothing")),
                          STR("没有要发布的更改")));
    assert_int_equal(door_words(door, &scope, STR("view.syntax")).n, 0);
    viewer.lang = SCOPE_EN;
    assert_int_equal(door_words(door, &scope, STR("edit.nothing")).n, 0);
    scope.viewer = NULL;
    assert_int_equal(door_words(door, &scope, STR("edit.nothing")).n, 0);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_and_then_so_many_a_second),
        cmocka_unit_test(test_who_comes_late_gains_nothing),
        cmocka_unit_test(test_only_what_passes_is_told_to_come_again),
        cmocka_unit_test(test_who_reads_chinese_has_words_for_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
