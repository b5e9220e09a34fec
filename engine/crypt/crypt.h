/*
 * crypt: secrets. Random bytes, tokens, passwords, fingerprints.
 *
 * Knows nothing of people or sessions. Everything is libsodium's; nothing here is ours
 * but the choice of parameters. Threads: all functions may be called from any thread,
 * after crypt_init.
 */
#pragma once
#include "base/base.h"

enum {
    CRYPT_TOKEN = 43,        /* characters of a token: 32 random bytes in base64url */
    CRYPT_DIGEST = 64,       /* hexadecimal characters of a digest */
    CRYPT_FINGERPRINT = 16,  /* hexadecimal characters of a fingerprint */
    CRYPT_MAC_KEY = 16,      /* bytes of a key for crypt_mac */
    CRYPT_PASSWORD = 128,    /* bytes of a stored password, with its closing NUL */
    CRYPT_MAX_PASSWORD = 256 /* bytes a person may type */
};

/* Once a process. */
bool crypt_init(struct err *err) MUST_CHECK;

void crypt_random(void *out, size_t n);
/* A secret that names a session: unguessable, safe in a cookie and a URL. */
str crypt_token(struct arena *a);
/* BLAKE2b-256 in hexadecimal: how a token is stored, so that the store's reader cannot
 * use it. */
str crypt_digest(struct arena *a, str secret);
/* The first 64 bits of BLAKE2b in hexadecimal: a name for content, not a proof. */
str crypt_fingerprint(struct arena *a, str content);
/* SipHash-2-4: who does not have the key cannot tell what it gives for other bytes. */
uint64_t crypt_mac(const unsigned char key[CRYPT_MAC_KEY], str bytes);
/* base64url without padding. */
str crypt_text(struct arena *a, str bytes);
/* The bytes of such a text; p == NULL when it is none. */
str crypt_bytes(struct arena *a, str text);

/* ---- sealing: what the store keeps and only this server may read ---- */

enum { CRYPT_KEY = 32 /* bytes */ };

/* The key in a file that only its owner may read; made when it is not there. Errors:
 * crypt.key. */
bool crypt_key_read(const char *path, unsigned char ret[CRYPT_KEY],
                    struct err *err) MUST_CHECK;
/* XSalsa20-Poly1305 with a random nonce, in base64url. */
str crypt_seal(struct arena *a, const unsigned char key[CRYPT_KEY], str secret);
/* Errors: crypt.seal (another key, or the text was changed). */
bool crypt_unseal(struct arena *a, const unsigned char key[CRYPT_KEY], str sealed,
                  str *ret, struct err *err) MUST_CHECK;

/* Compares in a time that does not depend on where they differ. */
bool crypt_equal(str a, str b);

/* Argon2id, 19 MiB, 2 passes (OWASP's first choice): about 25 ms and 19 MiB a call, so
 * callers bound how many run at once. */
bool crypt_password_store(str password, char ret[CRYPT_PASSWORD],
                          struct err *err) MUST_CHECK;
bool crypt_password_matches(str password, const char *stored);
/* Takes as long as a real check: for names that nobody has. */
void crypt_password_pretend(str password);
