#include "crypt/crypt.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
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

static void test_crypt_seals_open_with_their_key_and_unchanged_only(void **state)
{
    unsigned char key[CRYPT_KEY] = { 1 };
    unsigned char other[CRYPT_KEY] = { 2 };
    struct arena *a = arena_open();
    struct err err;
    str plain;
    (void)state;
    str sealed = crypt_seal(a, key, STR("secret"));
    assert_false(crypt_equal(sealed, crypt_seal(a, key, STR("secret"))));
    assert_true(crypt_unseal(a, key, sealed, &plain, &err));
    assert_true(str_equal(plain, STR("secret")));
    assert_false(crypt_unseal(a, other, sealed, &plain, &err));
    assert_string_equal(err.code, "crypt.seal");
    for (size_t i = 0; i < sealed.n; i++) {
        str changed = arena_str(a, sealed);
        char *p = (char *)(uintptr_t)changed.p + i;
        *p = *p == 'A' ? 'B' : 'A';
        /* the last character has bits that stand for nothing */
        if (crypt_unseal(a, key, changed, &plain, &err))
            assert_true(i + 1 == sealed.n && str_equal(plain, STR("secret")));
        assert_false(crypt_unseal(a, key, (str){ sealed.p, i }, &plain, &err));
    }
    arena_close(a);
}

static void test_crypt_keys_are_made_once_and_are_their_owners(void **state)
{
    char dir[] = "/tmp/pinban-key-XXXXXX";
    char path[64];
    unsigned char one[CRYPT_KEY];
    unsigned char two[CRYPT_KEY];
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/key", dir);
    assert_true(crypt_key_read(path, one, &err));
    assert_true(crypt_key_read(path, two, &err));
    assert_memory_equal(one, two, sizeof one);
    assert_int_equal(chmod(path, 0640), 0);
    assert_false(crypt_key_read(path, two, &err));
    assert_string_equal(err.code, "crypt.key");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, CRYPT_KEY - 1), 0);
    assert_false(crypt_key_read(path, two, &err));
    unlink(path);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_false(crypt_key_read(path, two, &err));
    unlink(path);
    rmdir(dir);
    assert_false(crypt_key_read(path, two, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crypt_password_is_known_again_and_no_other),
        cmocka_unit_test(test_crypt_tokens_differ_and_digests_do_not),
        cmocka_unit_test(test_crypt_seals_open_with_their_key_and_unchanged_only),
        cmocka_unit_test(test_crypt_keys_are_made_once_and_are_their_owners),
    };
    return cmocka_run_group_tests_name("crypt", tests, init, NULL);
}
