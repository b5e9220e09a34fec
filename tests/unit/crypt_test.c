#include "crypt/crypt.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static int init(void **state)
{
    (void)state;
    struct err err;
    return !crypt_init(&err);
}

static void test_crypt_password_is_known_again_and_no_other(void **state)
{
    (void)state;
    struct err err;
    char stored[CRYPT_PASSWORD];
    char again[CRYPT_PASSWORD];
    assert_true(crypt_password_store(STR("拼板-2026"), stored, &err));
    assert_true(crypt_password_store(STR("拼板-2026"), again, &err));
    assert_true(str_starts(str_of(stored), STR("$argon2id$")));
    assert_string_not_equal(stored, again);
    assert_true(crypt_password_matches(STR("拼板-2026"), stored));
    assert_false(crypt_password_matches(STR("拼板-2027"), stored));
    assert_false(crypt_password_matches(STR(""), stored));
    static char huge[300];
    memset(huge, 'x', sizeof huge);
    assert_false(crypt_password_store((str){ huge, sizeof huge }, stored, &err));
    assert_string_equal(err.code, "crypt.password");
}

static void test_crypt_tokens_differ_and_digests_do_not(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    str one = crypt_token(a);
    str two = crypt_token(a);
    assert_int_equal(one.n, CRYPT_TOKEN);
    assert_false(crypt_equal(one, two));
    assert_true(crypt_equal(crypt_digest(a, one), crypt_digest(a, one)));
    assert_int_equal(crypt_digest(a, one).n, CRYPT_DIGEST);
    assert_string_equal(crypt_fingerprint(a, STR("")).p, "0e5751c026e543b2");
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crypt_password_is_known_again_and_no_other),
        cmocka_unit_test(test_crypt_tokens_differ_and_digests_do_not),
    };
    return cmocka_run_group_tests_name("crypt", tests, init, NULL);
}
