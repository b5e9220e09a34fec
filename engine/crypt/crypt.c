/* Random tokens, digests and Argon2id, by libsodium. */
#include "crypt/crypt.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

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

uint64_t crypt_mac(const unsigned char key[CRYPT_MAC_KEY], str bytes)
{
    _Static_assert(CRYPT_MAC_KEY == crypto_shorthash_KEYBYTES, "libsodium's key");
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

/* ---- sealing ---- */

static bool bad_key(struct err *err, const char *path, const char *what)
{
    return err_at(err, ERR_SYSTEM, "crypt.key", str_of(path), "%s", what);
}

/* Whoever makes the file fills it before it has its name: nobody reads half a key. */
static bool make_key(const char *path, struct err *err)
{
    unsigned char key[CRYPT_KEY];
    struct arena *a = arena_open_small();
    str fresh = arena_format(a, "%s.%d", path, (int)getpid());
    int file = open(fresh.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    randombytes_buf(key, sizeof key);
    bool good = file >= 0 && write(file, key, sizeof key) == (ssize_t)sizeof key
                && fsync(file) == 0;
    if (file >= 0)
        close(file);
    good = good && (link(fresh.p, path) == 0 || errno == EEXIST);
    unlink(fresh.p);
    sodium_memzero(key, sizeof key);
    arena_close(a);
    return good || bad_key(err, path, "the key cannot be written");
}

bool crypt_key_read(const char *path, unsigned char ret[CRYPT_KEY], struct err *err)
{
    struct stat stat;
    if (access(path, F_OK) != 0 && !make_key(path, err))
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return bad_key(err, path, "the key cannot be read");
    bool private = fstat(file, &stat) == 0 && S_ISREG(stat.st_mode)
                   && !(stat.st_mode & (S_IRWXG | S_IRWXO));
    bool whole = read(file, ret, CRYPT_KEY) == CRYPT_KEY;
    close(file);
    if (!private)
        return bad_key(err, path, "others may read the key; chmod 600");
    return whole || bad_key(err, path, "this is no key of 32 bytes");
}

enum {
    NONCE = crypto_secretbox_NONCEBYTES,
    SEAL = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES
};

str crypt_seal(struct arena *a, const unsigned char key[CRYPT_KEY], str secret)
{
    _Static_assert(CRYPT_KEY == crypto_secretbox_KEYBYTES, "libsodium's key");
    size_t n = SEAL + secret.n;
    unsigned char *bytes = arena_alloc(a, n);
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(a, room);
    randombytes_buf(bytes, NONCE);
    crypto_secretbox_easy(bytes + NONCE, (const unsigned char *)secret.p, secret.n, bytes,
                          key);
    sodium_bin2base64(text, room, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (str){ text, room - 1 };
}

bool crypt_unseal(struct arena *a, const unsigned char key[CRYPT_KEY], str sealed,
                  str *ret, struct err *err)
{
    size_t n = 0;
    unsigned char *bytes = arena_alloc(a, sealed.n + 1);
    unsigned char *plain = arena_alloc(a, sealed.n + 1);
    bool good =
        sodium_base642bin(bytes, sealed.n, sealed.p, sealed.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING)
            == 0
        && n >= SEAL
        && crypto_secretbox_open_easy(plain, bytes + NONCE, n - NONCE, bytes, key) == 0;
    if (!good)
        return err_set(err, ERR_SYSTEM, "crypt.seal",
                       "a secret cannot be read; was it sealed with another key?");
    *ret = (str){ (const char *)plain, n - SEAL };
    return true;
}
