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

static str reference(unsigned char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    case 0:
        return STR("\xef\xbf\xbd");
    default:
        return (str){ NULL, 0 };
    }
}

static void escape_bytes(struct buf *out, str s)
{
    size_t from = 0;
    if (!s.n)
        return;
    for (size_t i = 0; i < s.n; i++) {
        str named = reference((unsigned char)s.p[i]);
        if (!named.p)
            continue;
        buf_add(out, s.p + from, i - from);
        buf_str(out, named);
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
}

#if BLOCKS

enum { BLOCK = 16, PAGE = 4096 };

/* One bit a byte: those that must not be written as they are. */
static inline unsigned special_mask(__m128i bytes)
{
    __m128i hit = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&'));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\'')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    return (unsigned)_mm_movemask_epi8(hit);
}

static inline bool may_read_block(const char *p)
{
    return ((uintptr_t)p & (PAGE - 1)) <= PAGE - BLOCK;
}

/* Writes up to a block and gives how many bytes of `s` are done: all of the block, or up
 * to and with the first special one. */
static inline size_t escape_block(struct buf *out, str s)
{
    size_t n = s.n < BLOCK ? s.n : BLOCK;
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)s.p);
    unsigned mask = special_mask(bytes) & (unsigned)((1u << n) - 1u);
    _mm_storeu_si128((__m128i *)(void *)(out->p + out->n), bytes);
    if (!mask) {
        out->n += n;
        return n;
    }
    size_t plain = (size_t)__builtin_ctz(mask);
    out->n += plain;
    buf_str(out, reference((unsigned char)s.p[plain]));
    return plain + 1;
}

void html_escape(struct buf *out, str s)
{
    while (s.n) {
        bool room = out->cap - out->n >= BLOCK || buf_reserve(out, BLOCK);
        if (!room || !may_read_block(s.p)) {
            size_t n = s.n < BLOCK ? s.n : BLOCK;
            escape_bytes(out, (str){ s.p, n });
            s = (str){ s.p + n, s.n - n };
            continue;
        }
        size_t done = escape_block(out, s);
        s = (str){ s.p + done, s.n - done };
    }
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

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || c == '-' || c == '.' || c == '_' || c == '~';
}

void html_url_part(struct buf *out, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    if (!buf_reserve(out, s.n * 3))
        return;
    char *to = out->p + out->n;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(c)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    out->n = (size_t)(to - out->p);
}
