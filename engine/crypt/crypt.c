/* Random tokens, digests and Argon2id, by libsodium. */
#include "crypt/crypt.h"

#include <sodium.h>

enum { PASSES = 2, MEMORY_BYTES = 19 << 20 };

bool crypt_init(struct err *err)
{
    if (sodium_init() >= 0)
        return true;
    return err_set(err, ERR_SYSTEM, "crypt.init", "the system gives no random numbers");
}

void crypt_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

str crypt_token(struct arena *a)
{
    unsigned char bytes[32];
    char *text = arena_alloc(a, CRYPT_TOKEN + 1);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, CRYPT_TOKEN + 1, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    return (str){ text, CRYPT_TOKEN };
}

static str hash_hex(struct arena *a, str s, size_t bytes)
{
    unsigned char hash[32];
    char *text = arena_alloc(a, bytes * 2 + 1);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)s.p, s.n, NULL, 0);
    sodium_bin2hex(text, bytes * 2 + 1, hash, bytes);
    return (str){ text, bytes * 2 };
}

str crypt_digest(struct arena *a, str secret)
{
    return hash_hex(a, secret, CRYPT_DIGEST / 2);
}

str crypt_fingerprint(struct arena *a, str content)
{
    return hash_hex(a, content, CRYPT_FINGERPRINT / 2);
}

uint64_t crypt_seal(const unsigned char key[CRYPT_KEY], str bytes)
{
    _Static_assert(CRYPT_KEY == crypto_shorthash_KEYBYTES, "libsodium's key");
    uint64_t seal;
    crypto_shorthash((unsigned char *)&seal, (const unsigned char *)bytes.p, bytes.n,
                     key);
    return seal;
}

str crypt_text(struct arena *a, str bytes)
{
    const int form = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t size = sodium_base64_encoded_len(bytes.n, form);
    char *text = arena_alloc(a, size);
    sodium_bin2base64(text, size, (const unsigned char *)bytes.p, bytes.n, form);
    return (str){ text, size - 1 };
}

str crypt_bytes(struct arena *a, str text)
{
    size_t n;
    char *bytes = arena_alloc(a, text.n + 1);
    if (sodium_base642bin((unsigned char *)bytes, text.n, text.p, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING)
        != 0)
        return (str){ NULL, 0 };
    return (str){ bytes, n };
}

bool crypt_equal(str a, str b)
{
    return a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

bool crypt_password_store(str password, char ret[CRYPT_PASSWORD], struct err *err)
{
    _Static_assert(CRYPT_PASSWORD >= crypto_pwhash_STRBYTES, "room for libsodium's text");
    if (password.n > CRYPT_MAX_PASSWORD)
        return err_set(err, ERR_INPUT, "crypt.password",
                       "a password has at most 256 bytes");
    if (crypto_pwhash_str_alg(ret, password.p, password.n, PASSES, MEMORY_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13)
        == 0)
        return true;
    return err_set(err, ERR_BUSY, "crypt.memory",
                   "no memory to check a password; try again");
}

bool crypt_password_matches(str password, const char *stored)
{
    return password.n <= CRYPT_MAX_PASSWORD
           && crypto_pwhash_str_verify(stored, password.p, password.n) == 0;
}

void crypt_password_pretend(str password)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = { 0 };
    unsigned char out[32];
    size_t n = password.n < CRYPT_MAX_PASSWORD ? password.n : CRYPT_MAX_PASSWORD;
    int rc = crypto_pwhash(out, sizeof out, password.p, n, salt, PASSES, MEMORY_BYTES,
                           crypto_pwhash_ALG_ARGON2ID13);
    (void)rc;
}
