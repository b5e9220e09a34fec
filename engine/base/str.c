/* Strings with a length: comparing, cutting, reading numbers, counting characters. */
#include "base/base.h"

#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <utf8proc.h>
/* Inline: most keys are shorter than a call is long. Not with the widest registers the
 * processor has: short bursts of those make what follows them slower. */
#define XXH_INLINE_ALL
#include <xxhash.h>

int str_compare(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

str str_cut(str s, char mark, str *rest)
{
    const char *at = s.n ? memchr(s.p, mark, s.n) : NULL;
    *rest = at ? (str){ at + 1, s.n - (size_t)(at - s.p) - 1 } : (str){ NULL, 0 };
    return at ? (str){ s.p, (size_t)(at - s.p) } : s;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

str str_trim(str s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_to_int(str s, int64_t *ret)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    size_t i = negative;
    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(s.p[i] - '0');
        if (digit > 9 || value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

bool str_is_among(str s, const char *words)
{
    if (!s.n || memchr(s.p, ' ', s.n))
        return false;
    for (const char *at = words; (at = memmem(at, strlen(at), s.p, s.n)); at++) {
        if ((at == words || at[-1] == ' ') && (at[s.n] == ' ' || !at[s.n]))
            return true;
    }
    return false;
}

bool str_holds(str s, str part)
{
    for (size_t at = 0; at + part.n <= s.n; at++) {
        if (strncasecmp(s.p + at, part.p, part.n) == 0)
            return true;
    }
    return false;
}

bool str_is_text(str s)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
    for (size_t i = 0; i < s.n;) {
        if (p[i] < 0x80) {
            if (p[i++] == 0)
                return false;
            continue;
        }
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(s.n - i), &point);
        if (n <= 0)
            return false;
        i += (size_t)n;
    }
    return true;
}

size_t str_points(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

str str_clip(str s, size_t max_graphemes)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
    utf8proc_int32_t state = 0;
    utf8proc_int32_t last = -1;
    size_t graphemes = 0;
    for (size_t i = 0; i < s.n;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(s.n - i), &point);
        if (n <= 0) {
            point = 0xfffd;
            n = 1;
        }
        bool starts = last < 0 || utf8proc_grapheme_break_stateful(last, point, &state);
        if (starts && ++graphemes > max_graphemes)
            return (str){ s.p, i };
        last = point;
        i += (size_t)n;
    }
    return s;
}

/* Attackers choose the strings, so they must not know the seed. */
static uint64_t process_seed(void)
{
    static uint64_t seed;
    uint64_t known = __atomic_load_n(&seed, __ATOMIC_RELAXED);
    if (known)
        return known;
    uint64_t fresh = 0;
    if (getentropy(&fresh, sizeof fresh) != 0)
        fresh = (uint64_t)clock_ticks_us() * UINT64_C(0x9e3779b97f4a7c15);
    fresh |= 1;
    uint64_t none = 0;
    bool first = __atomic_compare_exchange_n(&seed, &none, fresh, false, __ATOMIC_RELAXED,
                                             __ATOMIC_RELAXED);
    return first ? fresh : none;
}

uint64_t str_hash(str s, uint64_t seed)
{
    return XXH3_64bits_withSeed(s.p, s.n, seed ^ process_seed());
}

uint64_t str_fingerprint(str s, uint64_t seed)
{
    return XXH3_64bits_withSeed(s.p, s.n, seed);
}
