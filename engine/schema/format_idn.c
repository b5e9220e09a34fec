/*
 * Host names of the whole world: IDNA 2008. Which characters a label may have is derived
 * from Unicode as RFC 5892 says; some of them only beside others (its appendix A); right-
 * to-left labels follow RFC 5893.
 */
#include "check.h"

#include <assert.h>
#include <utf8proc.h>

static bool is_in(int32_t point, int32_t low, int32_t high)
{
    return point >= low && point <= high;
}

/* ---- which characters ---- */

enum verdict { VERDICT_NONE, VERDICT_VALID, VERDICT_CONTEXT, VERDICT_REFUSED };

static const struct {
    int32_t low, high;
    enum verdict verdict;
} exceptions[] = {
    { 0x00df, 0x00df, VERDICT_VALID },   { 0x03c2, 0x03c2, VERDICT_VALID },
    { 0x06fd, 0x06fe, VERDICT_VALID },   { 0x0f0b, 0x0f0b, VERDICT_VALID },
    { 0x3007, 0x3007, VERDICT_VALID },   { 0x00b7, 0x00b7, VERDICT_CONTEXT },
    { 0x0375, 0x0375, VERDICT_CONTEXT }, { 0x05f3, 0x05f4, VERDICT_CONTEXT },
    { 0x30fb, 0x30fb, VERDICT_CONTEXT }, { 0x0660, 0x0669, VERDICT_CONTEXT },
    { 0x06f0, 0x06f9, VERDICT_CONTEXT }, { 0x200c, 0x200d, VERDICT_CONTEXT },
    { 0x0640, 0x0640, VERDICT_REFUSED }, { 0x07fa, 0x07fa, VERDICT_REFUSED },
    { 0x302e, 0x302f, VERDICT_REFUSED }, { 0x3031, 0x3035, VERDICT_REFUSED },
    { 0x303b, 0x303b, VERDICT_REFUSED }, { 0x1100, 0x11ff, VERDICT_REFUSED },
    { 0xa960, 0xa97c, VERDICT_REFUSED }, { 0xd7b0, 0xd7fb, VERDICT_REFUSED },
    { 0x20d0, 0x20ff, VERDICT_REFUSED }, { 0x1d100, 0x1d24f, VERDICT_REFUSED },
    { '-', '-', VERDICT_VALID },
};

/* Whether compatibility mapping and case folding leave the character alone. */
static bool is_stable(int32_t point)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
    utf8proc_uint8_t text[4];
    utf8proc_int32_t room[32];
    utf8proc_ssize_t n = utf8proc_encode_char(point, text);
    n = utf8proc_decompose(text, n, room, COUNT_OF(room), options);
    if (n <= 0 || n > (utf8proc_ssize_t)COUNT_OF(room))
        return false;
    n = utf8proc_normalize_utf32(room, n, options);
    return n == 1 && room[0] == point;
}

static bool is_letter_or_digit(int32_t point)
{
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return true;
    default:
        return false;
    }
}

static enum verdict verdict_on(int32_t point)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++) {
        if (is_in(point, exceptions[i].low, exceptions[i].high))
            return exceptions[i].verdict;
    }
    bool valid = is_letter_or_digit(point) && is_stable(point)
                 && !utf8proc_get_property(point)->ignorable;
    return valid ? VERDICT_VALID : VERDICT_REFUSED;
}

/* ---- which beside which ---- */

static bool is_greek(int32_t point)
{
    return is_in(point, 0x370, 0x3ff) || is_in(point, 0x1f00, 0x1fff);
}

static bool is_hebrew(int32_t point)
{
    return is_in(point, 0x591, 0x5f4);
}

static bool is_japanese(int32_t point)
{
    return point != 0x30fb
           && (is_in(point, 0x3041, 0x30ff) || is_in(point, 0x3400, 0x9fff)
               || is_in(point, 0x3005, 0x3007) || is_in(point, 0x20000, 0x3ffff));
}

static bool is_virama(int32_t point)
{
    return utf8proc_get_property(point)->combining_class == 9;
}

/* Arabic letters that join on their right side only, or on none. */
static bool joins_left(int32_t point)
{
    static const int32_t no[][2] = {
        { 0x621, 0x625 }, { 0x627, 0x627 }, { 0x629, 0x629 }, { 0x62f, 0x632 },
        { 0x648, 0x648 }, { 0x671, 0x677 }, { 0x688, 0x699 }, { 0x6c0, 0x6c0 },
        { 0x6c3, 0x6cb }, { 0x6cd, 0x6cd }, { 0x6cf, 0x6cf }, { 0x6d2, 0x6d5 },
        { 0x6ee, 0x6ef },
    };
    for (size_t i = 0; i < COUNT_OF(no); i++) {
        if (is_in(point, no[i][0], no[i][1]))
            return false;
    }
    return true;
}

static bool is_arabic_letter(int32_t point)
{
    bool arabic = is_in(point, 0x620, 0x6ff) || is_in(point, 0x750, 0x77f);
    return arabic && utf8proc_category(point) == UTF8PROC_CATEGORY_LO;
}

static bool is_mark(int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC
           || category == UTF8PROC_CATEGORY_ME;
}

/* Between two letters that would join without it. */
static bool breaks_joining(const struct points *p, size_t i)
{
    size_t before = i;
    size_t after = i + 1;
    while (before > 0 && is_mark(p->list[before - 1]))
        before--;
    while (after < p->n && is_mark(p->list[after]))
        after++;
    return before > 0 && after < p->n && is_arabic_letter(p->list[before - 1])
           && joins_left(p->list[before - 1]) && is_arabic_letter(p->list[after])
           && p->list[after] != 0x621;
}

static bool has_one(const struct points *p, int32_t low, int32_t high)
{
    for (size_t i = 0; i < p->n; i++) {
        if (is_in(p->list[i], low, high))
            return true;
    }
    return false;
}

static bool has_japanese(const struct points *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (is_japanese(p->list[i]))
            return true;
    }
    return false;
}

static bool fits_context(const struct points *p, size_t i)
{
    int32_t before = i > 0 ? p->list[i - 1] : 0;
    int32_t after = i + 1 < p->n ? p->list[i + 1] : 0;
    switch (p->list[i]) {
    case 0x00b7:
        return before == 'l' && after == 'l';
    case 0x0375:
        return is_greek(after);
    case 0x05f3:
    case 0x05f4:
        return is_hebrew(before);
    case 0x30fb:
        return has_japanese(p);
    case 0x200c:
        return is_virama(before) || breaks_joining(p, i);
    case 0x200d:
        return is_virama(before);
    default: // the two sets of Arabic digits do not mix
        return p->list[i] < 0x6f0 ? !has_one(p, 0x6f0, 0x6f9) : !has_one(p, 0x660, 0x669);
    }
}

/* ---- right to left ---- */

#define BIDI(class) (1u << UTF8PROC_BIDI_CLASS_##class)
#define RIGHT       (BIDI(R) | BIDI(AL))
#define NEUTRAL     (BIDI(ES) | BIDI(CS) | BIDI(ET) | BIDI(ON) | BIDI(BN) | BIDI(NSM))

static unsigned bidi_of(int32_t point)
{
    return 1u << utf8proc_get_property(point)->bidi_class;
}

static unsigned bidi_all(const struct points *p)
{
    unsigned all = 0;
    for (size_t i = 0; i < p->n; i++)
        all |= bidi_of(p->list[i]);
    return all;
}

static bool fits_bidi(const struct points *p)
{
    assert(p->n);
    unsigned first = bidi_of(p->list[0]);
    unsigned all = bidi_all(p);
    size_t last = p->n - 1;
    while (last > 0 && bidi_of(p->list[last]) == BIDI(NSM))
        last--;
    unsigned end = bidi_of(p->list[last]);
    if (first == BIDI(L))
        return !(all & ~(BIDI(L) | BIDI(EN) | NEUTRAL)) && end & (BIDI(L) | BIDI(EN));
    bool mixed = all & BIDI(EN) && all & BIDI(AN);
    return first & RIGHT && !mixed && !(all & ~(RIGHT | BIDI(EN) | BIDI(AN) | NEUTRAL))
           && end & (RIGHT | BIDI(EN) | BIDI(AN));
}

/* ---- labels and names ---- */

static bool is_u_label(const struct points *p)
{
    bool good = p->n && p->list[0] != '-' && p->list[p->n - 1] != '-'
                && !is_mark(p->list[0])
                && !(p->n >= 4 && p->list[2] == '-' && p->list[3] == '-');
    for (size_t i = 0; i < p->n && good; i++) {
        enum verdict verdict = verdict_on(p->list[i]);
        good = verdict == VERDICT_VALID
               || (verdict == VERDICT_CONTEXT && fits_context(p, i));
    }
    return good;
}

static bool is_ascii(const struct points *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->list[i] >= 0x80)
            return false;
    }
    return true;
}

static bool same_letters(str a, str b)
{
    bool same = a.n == b.n;
    for (size_t i = 0; i < a.n && same; i++)
        same = (a.p[i] | (a.p[i] >= 'A' && a.p[i] <= 'Z' ? 32 : 0)) == b.p[i];
    return same;
}

/* Takes xn--… apart; what does not come out the same again is not an A-label. */
static bool open_a_label(str label, struct points *ret)
{
    struct buf again;
    str inside = { label.p + 4, label.n - 4 };
    bool known = (label.p[0] | 32) == 'x' && (label.p[1] | 32) == 'n';
    if (!known || !inside.n || !schema_punycode_decode(inside, ret) || is_ascii(ret))
        return false;
    buf_init(&again, 1024);
    schema_punycode_encode(&again, ret);
    bool same = same_letters(inside, buf_view(&again));
    buf_done(&again);
    return same && is_u_label(ret);
}

bool schema_format_is_a_label(str label)
{
    struct points points;
    return open_a_label(label, &points)
           && (!(bidi_all(&points) & (RIGHT | BIDI(AN))) || fits_bidi(&points));
}

static bool read_points(str text, struct points *ret)
{
    for (ret->n = 0; text.n;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p,
                                              (utf8proc_ssize_t)text.n, &point);
        if (n <= 0 || ret->n == POINTS_MAX)
            return false;
        ret->list[ret->n++] = point;
        text = (str){ text.p + n, text.n - (size_t)n };
    }
    return true;
}

/* A label in either form: its code points, and its length as ASCII. */
static bool read_label(str label, struct points *ret, size_t *ret_length)
{
    if (!read_points(label, ret))
        return false;
    *ret_length = label.n;
    if (is_ascii(ret)) {
        bool coded = label.n >= 4 && label.p[2] == '-' && label.p[3] == '-';
        return coded ? open_a_label(label, ret) && label.n <= 63
                     : schema_format_is_label(label);
    }
    struct buf coded;
    buf_init(&coded, 8192);
    schema_punycode_encode(&coded, ret);
    *ret_length = coded.n + 4;
    buf_done(&coded);
    return is_u_label(ret) && *ret_length <= 63;
}

/* Cuts at a full stop of any width. */
static str cut_label(str *rest)
{
    static const str stops[] = { STR_INIT("."), STR_INIT("。"), STR_INIT("．"),
                                 STR_INIT("｡") };
    str text = *rest;
    for (size_t i = 0; i < text.n; i++) {
        str tail = { text.p + i, text.n - i };
        for (size_t k = 0; k < COUNT_OF(stops); k++) {
            if (!str_starts(tail, stops[k]))
                continue;
            *rest = (str){ tail.p + stops[k].n, tail.n - stops[k].n };
            return (str){ text.p, i };
        }
    }
    *rest = (str){ NULL, 0 };
    return text;
}

bool schema_format_is_idn_hostname(str text)
{
    size_t total = 0;
    unsigned bidi = 0;
    bool each_fits = true;
    if (!text.n)
        return false;
    for (str rest = text; rest.p;) {
        struct points points;
        size_t length;
        if (!read_label(cut_label(&rest), &points, &length))
            return false;
        total += length + 1;
        bidi |= bidi_all(&points);
        each_fits &= fits_bidi(&points);
    }
    return total <= 254 && (each_fits || !(bidi & (RIGHT | BIDI(AN))));
}
