/*
 * Most text is short and holds nothing to escape, so the common way is: sixteen bytes are
 * read, compared with the six special ones and written, all at once. Reading past the end
 * of a text is harmless within its page of memory; where that is not so, or a sanitizer
 * watches, bytes go one by one.
 */
#include "html/html.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(ARENA_PLAIN)
#define WATCHED 1
#elif defined(__has_feature)
#define WATCHED __has_feature(address_sanitizer)
#else
#define WATCHED 0
#endif

#if defined(__SSE2__) && !WATCHED
#define BLOCKS 1
#include <emmintrin.h>
#else
#define BLOCKS 0
#endif

/* What stands for a byte that must not be written as it is; nothing (n is 0) for the
 * others. */
struct reference {
    char text[7];
    uint8_t n;
};

enum { LAST_SPECIAL = '>', LONGEST = 6 };

static const struct reference references[LAST_SPECIAL + 1] = {
    [0] = { "\xef\xbf\xbd", 3 }, ['"'] = { "&quot;", 6 }, ['&'] = { "&amp;", 5 },
    ['\''] = { "&#39;", 5 },     ['<'] = { "&lt;", 4 },   ['>'] = { "&gt;", 4 },
};

static void escape_bytes(struct buf *out, str s)
{
    size_t from = 0;
    if (!s.n)
        return;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c > LAST_SPECIAL || !references[c].n)
            continue;
        buf_add(out, s.p + from, i - from);
        buf_add(out, references[c].text, references[c].n);
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
}

#if BLOCKS

enum { BLOCK = 16, PAGE = 4096 };

/* Which bytes must not be written as they are. `&` and `'` differ in one bit, so do `<`
 * and `>`. */
static inline __m128i special(__m128i bytes)
{
    __m128i quotes = _mm_or_si128(bytes, _mm_set1_epi8('&' ^ '\''));
    __m128i angles = _mm_or_si128(bytes, _mm_set1_epi8('<' ^ '>'));
    __m128i hit = _mm_cmpeq_epi8(quotes, _mm_set1_epi8('&' | '\''));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(angles, _mm_set1_epi8('<' | '>')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    return _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
}

static inline bool may_read_block(const char *p)
{
    return ((uintptr_t)p & (PAGE - 1)) <= PAGE - BLOCK;
}

/* Writes a block as it is and gives a bit for each of its first `n` bytes that must not
 * be. */
static inline uint32_t copy_block(char *to, const char *from, size_t n)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    return (uint32_t)_mm_movemask_epi8(special(bytes)) & ((1u << n) - 1);
}

/* Block by block, each up to and with its first special byte. */
static __attribute__((noinline)) void escape_blocks(struct buf *out, str s)
{
    if (out->cap - out->n < s.n * LONGEST + BLOCK) {
        escape_bytes(out, s);
        return;
    }
    char *to = out->p + out->n;
    const char *end = s.p + s.n;
    for (const char *from = s.p; from != end;) {
        size_t n = (size_t)(end - from) < BLOCK ? (size_t)(end - from) : BLOCK;
        if (!may_read_block(from)) {
            out->n = (size_t)(to - out->p);
            escape_bytes(out, (str){ from, (size_t)(end - from) });
            return;
        }
        uint32_t mask = copy_block(to, from, n);
        if (mask) {
            size_t plain = (size_t)__builtin_ctz(mask);
            const struct reference *named = &references[(unsigned char)from[plain]];
            memcpy(to + plain, named, sizeof *named);
            to += plain + named->n;
            from += plain + 1;
        } else {
            to += n;
            from += n;
        }
    }
    out->n = (size_t)(to - out->p);
}

/* Short enough to be read and written at once. */
static inline bool is_one_block(const struct buf *out, str s)
{
    return s.n - 1 < BLOCK && out->cap - out->n >= BLOCK && may_read_block(s.p);
}

/* One block with nothing to escape, as most texts are, costs no loop. */
inline void html_escape(struct buf *out, str s)
{
    if (is_one_block(out, s) && !copy_block(out->p + out->n, s.p, s.n))
        out->n += s.n;
    else
        escape_blocks(out, s);
}

#else

void html_escape(struct buf *out, str s)
{
    escape_bytes(out, s);
}

#endif

/* The scheme in lower case without what browsers skip; empty for a relative address. */
static size_t read_scheme(str url, char *room, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];
        if (c <= 0x20 || c == 0x7f)
            continue;
        if (c == 0xef || c == 0xc2) /* a byte order mark or a no-break space in front */
            continue;
        if (c == 0xbb || c == 0xbf || c == 0xa0)
            continue;
        if (c == ':')
            return n;
        if (c == '/' || c == '?' || c == '#')
            return 0;
        if (n < size)
            room[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return 0;
}

bool html_url_is_safe(str url)
{
    static const str safe[] = { STR_INIT("http"), STR_INIT("https"), STR_INIT("mailto"),
                                STR_INIT("tel") };
    char room[16];
    size_t n = read_scheme(url, room, sizeof room);
    if (!n)
        return !(url.n && url.p[0] == ':');
    for (size_t i = 0; i < COUNT_OF(safe); i++) {
        if (str_equal(safe[i], (str){ room, n }))
            return true;
    }
    return false;
}

void html_url(struct buf *out, str url)
{
    html_escape(out, html_url_is_safe(url) ? url : STR("#"));
}

/* Letters, digits and - . _ ~ are 1. */
static const bool unreserved[256] = {
    ['-'] = 1, ['.'] = 1, ['_'] = 1, ['~'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1,
    ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1,
    ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1,
    ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
    ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1,
    ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1,
    ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static __attribute__((noinline)) void url_part_bytes(struct buf *out, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    if (!buf_reserve(out, s.n * 3))
        return;
    char *to = out->p + out->n;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (unreserved[c]) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    out->n = (size_t)(to - out->p);
}

#if BLOCKS

static inline __m128i between(__m128i bytes, char first, char last)
{
    __m128i at = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(at, _mm_set1_epi8((char)(last - first))), at);
}

/* Writes a block as it is; whether its first `n` bytes may be: letters, digits, - and .
 * as in an id. */
static inline bool copy_id(char *to, const char *from, size_t n)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8('a' ^ 'A'));
    __m128i good = between(lower, 'a', 'z');
    good = _mm_or_si128(good, between(bytes, '0', '9'));
    good = _mm_or_si128(good, between(bytes, '-', '.'));
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    return !(~(uint32_t)_mm_movemask_epi8(good) & ((1u << n) - 1));
}

/* Most parts are ids. */
inline void html_url_part(struct buf *out, str s)
{
    if (is_one_block(out, s) && copy_id(out->p + out->n, s.p, s.n))
        out->n += s.n;
    else
        url_part_bytes(out, s);
}

#else

void html_url_part(struct buf *out, str s)
{
    url_part_bytes(out, s);
}

#endif
