/* Numbers as people mean them: compared exactly, divided in decimal. */
#include "check.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_int(int64_t i, double d)
{
    if (d >= 9223372036854775808.0)
        return -1;
    if (d < -9223372036854775808.0)
        return 1;
    int64_t whole = (int64_t)d;
    return i != whole ? (i > whole) - (i < whole) : order(trunc(d), d);
}

int schema_number_compare(struct val a, struct val b)
{
    if (a.kind == VAL_INT && b.kind == VAL_INT)
        return (a.i > b.i) - (a.i < b.i);
    if (a.kind == VAL_INT)
        return compare_int(a.i, b.d);
    if (b.kind == VAL_INT)
        return -compare_int(b.i, a.d);
    return order(a.d, b.d);
}

bool schema_number_is_whole(struct val v)
{
    return v.kind == VAL_INT || (v.kind == VAL_NUM && trunc(v.d) == v.d);
}

/* digits × 10^exponent; the sign does not matter to division. */
struct decimal {
    uint64_t digits;
    int exponent;
};

/* Most numbers have few digits: up to 15 of them are the only ones that read as `d`. */
static bool is_short(double d, struct decimal *ret)
{
    double scale = 1;
    for (int k = 0; k <= 15; k++) {
        double digits = rint(d * scale);
        if (digits >= 1e15)
            return false;
        if (digits / scale == d) {
            *ret = (struct decimal){ (uint64_t)digits, -k };
            return true;
        }
        scale *= 10;
    }
    return false;
}

static struct decimal decimal_of_double(double d)
{
    struct decimal decimal = { 0 };
    if (is_short(fabs(d), &decimal))
        return decimal;
    struct buf text;
    buf_init(&text, 64);
    doc_write_number(&text, fabs(d));
    buf_char(&text, 0);
    const char *p = text.p;
    bool fraction = false;
    for (; (*p >= '0' && *p <= '9') || *p == '.'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        decimal.digits = decimal.digits * 10 + (uint64_t)(*p - '0');
        decimal.exponent -= fraction;
    }
    if (*p == 'e')
        decimal.exponent += (int)strtol(p + 1, NULL, 10);
    buf_done(&text);
    return decimal;
}

static struct decimal decimal_of(struct val v)
{
    if (v.kind == VAL_NUM)
        return decimal_of_double(v.d);
    uint64_t digits = v.i < 0 ? 0 - (uint64_t)v.i : (uint64_t)v.i;
    return (struct decimal){ digits, 0 };
}

bool schema_number_is_multiple(struct val a, struct val of)
{
    if (a.kind == VAL_INT && of.kind == VAL_INT && of.i > 0)
        return a.i % of.i == 0;
    struct decimal number = decimal_of(a);
    struct decimal unit = decimal_of(of);
    for (; number.exponent < unit.exponent && number.digits; number.exponent++) {
        if (number.digits % 10)
            return false;
        number.digits /= 10;
    }
    assert(unit.digits);
    uint64_t rest = number.digits % unit.digits;
    for (; number.exponent > unit.exponent && rest; number.exponent--)
        rest = (uint64_t)((unsigned __int128)rest * 10 % unit.digits);
    return rest == 0;
}

uint64_t schema_number_count(struct val v, uint64_t otherwise)
{
    if (!val_exists(v))
        return otherwise;
    if (v.kind == VAL_INT)
        return (uint64_t)v.i;
    return v.d < 18446744073709551616.0 ? (uint64_t)v.d : UINT64_MAX;
}
