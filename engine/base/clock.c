/*
 * Moments and the civil calendar. Days are counted with Howard Hinnant's algorithms
 * ("chrono-compatible low-level date algorithms"); zones are read from the system's TZif
 * files (RFC 8536), because the C library can only know one zone a process.
 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t system_now(void *data)
{
    (void)data;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct clock clock_system = { system_now, NULL };

static int64_t us_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_ticks_us(void)
{
    return us_of(CLOCK_MONOTONIC);
}

int64_t clock_thread_us(void)
{
    return us_of(CLOCK_THREAD_CPUTIME_ID);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct date date_at(int64_t at_ms, int offset_min)
{
    int64_t local = at_ms + (int64_t)offset_min * 60000;
    int64_t days = floor_div(local, DAY_MS);
    int64_t ms = local - days * DAY_MS;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    struct date d;
    d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    d.year = (int)((int64_t)yoe + era * 400 + (d.month <= 2));
    d.weekday = (int)((days % 7 + 10) % 7) + 1;
    d.hour = (int)(ms / 3600000);
    d.minute = (int)(ms / 60000 % 60);
    d.second = (int)(ms / 1000 % 60);
    d.ms = (int)(ms % 1000);
    return d;
}

int64_t date_ms(const struct date *d, int offset_min)
{
    int64_t y = d->year - (d->month <= 2);
    int64_t era = floor_div(y, 400);
    unsigned yoe = (unsigned)(y - era * 400);
    unsigned mp = (unsigned)(d->month > 2 ? d->month - 3 : d->month + 9);
    unsigned doy = (153 * mp + 2) / 5 + (unsigned)d->day - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    int64_t days = era * 146097 + (int64_t)doe - 719468;
    int64_t seconds = (int64_t)d->hour * 3600 + (int64_t)d->minute * 60 + d->second;
    return days * DAY_MS + (seconds - (int64_t)offset_min * 60) * 1000 + d->ms;
}

static bool take_digits(str *s, size_t n, int *ret)
{
    if (s->n < n)
        return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(s->p[i] - '0');
        if (digit > 9)
            return false;
        value = value * 10 + (int)digit;
    }
    s->p += n;
    s->n -= n;
    *ret = value;
    return true;
}

static bool take_char(str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    s->p++;
    s->n--;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool take_day(str *s, struct date *d)
{
    return take_digits(s, 4, &d->year) && take_char(s, '-')
           && take_digits(s, 2, &d->month) && take_char(s, '-')
           && take_digits(s, 2, &d->day) && d->month >= 1 && d->month <= 12 && d->day >= 1
           && d->day <= days_in(d->year, d->month);
}

static bool take_time(str *s, struct date *d)
{
    if (!take_digits(s, 2, &d->hour) || !take_char(s, ':')
        || !take_digits(s, 2, &d->minute))
        return false;
    if (take_char(s, ':') && !take_digits(s, 2, &d->second))
        return false;
    if (take_char(s, '.')) {
        int digit = 0;
        int scale = 100;
        if (!s->n)
            return false;
        while (take_digits(s, 1, &digit)) {
            d->ms += digit * scale;
            scale /= 10;
        }
    }
    return d->hour <= 23 && d->minute <= 59 && d->second <= 60;
}

static bool take_offset(str *s, int *offset_min)
{
    if (!s->n)
        return true;
    if (take_char(s, 'Z')) {
        *offset_min = 0;
        return true;
    }
    int sign = s->p[0] == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if (!take_char(s, '+') && !take_char(s, '-'))
        return false;
    if (!take_digits(s, 2, &hours) || !take_char(s, ':') || !take_digits(s, 2, &minutes)
        || hours > 23 || minutes > 59)
        return false;
    *offset_min = sign * (hours * 60 + minutes);
    return true;
}

bool date_parse(str s, int offset_min, int64_t *ret_ms)
{
    struct date d = { 0 };
    if (!take_day(&s, &d))
        return false;
    if (s.n) {
        if (!take_char(&s, 'T') && !take_char(&s, ' '))
            return false;
        if (!take_time(&s, &d) || !take_offset(&s, &offset_min))
            return false;
    }
    if (s.n)
        return false;
    *ret_ms = date_ms(&d, offset_min);
    return true;
}

static int64_t read_be(const unsigned char *p, int bytes)
{
    uint64_t value = (p[0] & 0x80) ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

/* The seven counts of a TZif header, in the file's order. */
enum { ISUTC, ISSTD, LEAP, TIMES, TYPES, CHARS };

static bool tzif_counts(const unsigned char *p, size_t n, size_t counts[6])
{
    if (n < 44 || memcmp(p, "TZif", 4) != 0)
        return false;
    for (int i = 0; i < 6; i++) {
        int64_t count = read_be(p + 20 + (ptrdiff_t)4 * i, 4);
        if (count < 0 || count > 4096)
            return false;
        counts[i] = (size_t)count;
    }
    return true;
}

static size_t tzif_size(const size_t counts[6], size_t time_bytes)
{
    return counts[TIMES] * (time_bytes + 1) + counts[TYPES] * 6 + counts[CHARS]
           + counts[LEAP] * (time_bytes + 4) + counts[ISSTD] + counts[ISUTC];
}

static bool tzif_offset(const unsigned char *p, size_t n, int64_t at_s, int *ret_min)
{
    size_t counts[6];
    if (!tzif_counts(p, n, counts))
        return false;
    size_t first = 44 + tzif_size(counts, 4);
    if (p[4] < '2' || first > n || !tzif_counts(p + first, n - first, counts))
        return false;
    const unsigned char *times = p + first + 44;
    if (first + 44 + tzif_size(counts, 8) > n || !counts[TYPES])
        return false;
    size_t lo = 0;
    size_t hi = counts[TIMES];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (read_be(times + mid * 8, 8) <= at_s)
            lo = mid + 1;
        else
            hi = mid;
    }
    const unsigned char *kinds = times + counts[TIMES] * 8;
    const unsigned char *types = kinds + counts[TIMES];
    size_t type = lo ? kinds[lo - 1] : 0;
    if (type >= counts[TYPES])
        return false;
    *ret_min = (int)(read_be(types + type * 6, 4) / 60);
    return true;
}

bool date_zone(str name, int64_t at_ms, int *ret_offset_min)
{
    char path[128];
    bool safe = name.n > 0 && name.n < 64 && name.p[0] != '/' && name.p[0] != '.'
                && !memmem(name.p, name.n, "..", 2) && !memchr(name.p, 0, name.n);
    if (!safe)
        return false;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", STR_ARG(name));
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    unsigned char bytes[8192];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return tzif_offset(bytes, n, floor_div(at_ms, 1000), ret_offset_min);
}
