/*
 * Most text holds nothing to escape, so the fast way is to copy runs: sixteen bytes at a
 * time are compared with the six special ones.
 */
#include "html/html.h"

#ifdef __SSE2__
#include <emmintrin.h>
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

#ifdef __SSE2__
static unsigned special_mask(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hit = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&'));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\'')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* How many bytes from `p` need no escape. */
static size_t plain_run(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 16 <= n; i += 16) {
        unsigned mask = special_mask(p + i);
        if (mask)
            return i + (size_t)__builtin_ctz(mask);
    }
#endif
    while (i < n && !reference((unsigned char)p[i]).p)
        i++;
    return i;
}

void html_escape(struct buf *out, str s)
{
    while (s.n) {
        size_t n = plain_run(s.p, s.n);
        buf_add(out, s.p, n);
        s.p += n;
        s.n -= n;
        if (s.n) {
            buf_str(out, reference((unsigned char)s.p[0]));
            s.p++;
            s.n--;
        }
    }
}

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

void html_url_part(struct buf *out, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
                     || c == '~';
        if (plain) {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
}
