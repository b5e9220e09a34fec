/* Punycode, RFC 3492: code points as letters, digits and a hyphen. */
#include "check.h"

enum {
    BASE = 36,
    TMIN = 1,
    TMAX = 26,
    SKEW = 38,
    DAMP = 700,
    FIRST_BIAS = 72,
    FIRST = 128
};

static unsigned adapt(unsigned delta, unsigned points, bool first)
{
    unsigned k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static unsigned threshold(unsigned k, unsigned bias)
{
    return k <= bias + TMIN ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 26;
    c |= 32;
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') : BASE;
}

static char char_of(unsigned digit)
{
    return (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);
}

/* One number of variable length; false when it is malformed. */
static bool take_delta(str *text, unsigned bias, unsigned *ret)
{
    unsigned weight = 1;
    for (unsigned k = BASE;; k += BASE) {
        unsigned digit = text->n ? digit_of(text->p[0]) : BASE;
        if (digit == BASE || digit > (UINT32_MAX / 2 - *ret) / weight)
            return false;
        *text = (str){ text->p + 1, text->n - 1 };
        *ret += digit * weight;
        unsigned t = threshold(k, bias);
        if (digit < t)
            return true;
        if (weight > UINT32_MAX / BASE)
            return false;
        weight *= BASE - t;
    }
}

bool schema_punycode_decode(str text, struct points *ret)
{
    const char *hyphen = text.n ? memrchr(text.p, '-', text.n) : NULL;
    size_t plain = hyphen ? (size_t)(hyphen - text.p) : 0;
    str rest = hyphen ? (str){ hyphen + 1, text.n - plain - 1 } : text;
    unsigned point = FIRST;
    unsigned bias = FIRST_BIAS;
    unsigned i = 0;
    if (plain > POINTS_MAX)
        return false;
    for (ret->n = 0; ret->n < plain; ret->n++)
        ret->list[ret->n] = (unsigned char)text.p[ret->n];
    while (rest.n) {
        unsigned before = i;
        if (ret->n == POINTS_MAX || !take_delta(&rest, bias, &i))
            return false;
        unsigned n = (unsigned)++ret->n;
        bias = adapt(i - before, n, before == 0);
        point += i / n;
        i %= n;
        if (point > 0x10ffff)
            return false;
        memmove(&ret->list[i + 1], &ret->list[i], (n - 1 - i) * sizeof *ret->list);
        ret->list[i++] = (int32_t)point;
    }
    return true;
}

static void put_delta(struct buf *out, unsigned delta, unsigned bias)
{
    for (unsigned k = BASE;; k += BASE) {
        unsigned t = threshold(k, bias);
        if (delta < t)
            break;
        buf_char(out, char_of(t + (delta - t) % (BASE - t)));
        delta = (delta - t) / (BASE - t);
    }
    buf_char(out, char_of(delta));
}

static int32_t next_point(const struct points *points, int32_t least)
{
    int32_t next = INT32_MAX;
    for (size_t i = 0; i < points->n; i++) {
        if (points->list[i] >= least && points->list[i] < next)
            next = points->list[i];
    }
    return next;
}

void schema_punycode_encode(struct buf *out, const struct points *points)
{
    unsigned done = 0;
    for (size_t i = 0; i < points->n; i++) {
        if (points->list[i] < FIRST) {
            buf_char(out, (char)points->list[i]);
            done++;
        }
    }
    unsigned plain = done;
    unsigned bias = FIRST_BIAS;
    unsigned delta = 0;
    int32_t point = FIRST;
    if (plain)
        buf_char(out, '-');
    for (; done < points->n; delta++, point++) {
        int32_t next = next_point(points, point);
        delta += (unsigned)(next - point) * (done + 1);
        point = next;
        for (size_t i = 0; i < points->n; i++) {
            delta += points->list[i] < point;
            if (points->list[i] != point)
                continue;
            put_delta(out, delta, bias);
            bias = adapt(delta, done + 1, done == plain);
            delta = 0;
            done++;
        }
    }
}
