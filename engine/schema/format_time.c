/* Dates and times, RFC 3339. */
#include "check.h"

/* Reads forward over a text; once something was not there, nothing is. */
struct scanner {
    const char *at, *end;
    bool failed;
};

static struct scanner scanner_of(str text)
{
    return (struct scanner){ text.p, text.p + text.n, false };
}

static bool is_done(const struct scanner *s)
{
    return !s->failed && s->at == s->end;
}

static bool peek(const struct scanner *s, char c)
{
    return !s->failed && s->at < s->end && *s->at == c;
}

static bool take(struct scanner *s, char c)
{
    if (!peek(s, c))
        return false;
    s->at++;
    return true;
}

static void need(struct scanner *s, char c)
{
    if (!take(s, c))
        s->failed = true;
}

static bool digit_ahead(const struct scanner *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* Exactly `n` digits, worth `low` to `high`. */
static int number(struct scanner *s, int n, int low, int high)
{
    int value = 0;
    for (int i = 0; i < n && !s->failed; i++) {
        if (digit_ahead(s))
            value = value * 10 + (*s->at++ - '0');
        else
            s->failed = true;
    }
    if (value < low || value > high)
        s->failed = true;
    return value;
}

static void take_date(struct scanner *s)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = number(s, 4, 0, 9999);
    need(s, '-');
    int month = number(s, 2, 1, 12);
    need(s, '-');
    if (s->failed)
        return;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    number(s, 2, 1, days[month - 1] + (month == 2 && leap));
}

/* Minutes east of UTC. */
static int take_zone(struct scanner *s)
{
    if (take(s, 'Z') || take(s, 'z'))
        return 0;
    bool west = take(s, '-');
    if (!west)
        need(s, '+');
    int hours = number(s, 2, 0, 23);
    need(s, ':');
    int minutes = hours * 60 + number(s, 2, 0, 59);
    return west ? -minutes : minutes;
}

static void take_time(struct scanner *s)
{
    int hour = number(s, 2, 0, 23);
    need(s, ':');
    int minute = number(s, 2, 0, 59);
    need(s, ':');
    int second = number(s, 2, 0, 60);
    if (take(s, '.')) {
        number(s, 1, 0, 9);
        while (digit_ahead(s))
            s->at++;
    }
    int utc = hour * 60 + minute - take_zone(s);
    bool last_of_day = (utc + 1440) % 1440 == 1439; // the only minute of 61 seconds
    if (second == 60 && !last_of_day)
        s->failed = true;
}

bool schema_format_is_date(str text)
{
    struct scanner s = scanner_of(text);
    take_date(&s);
    return is_done(&s);
}

bool schema_format_is_time(str text)
{
    struct scanner s = scanner_of(text);
    take_time(&s);
    return is_done(&s);
}

bool schema_format_is_date_time(str text)
{
    struct scanner s = scanner_of(text);
    take_date(&s);
    if (!take(&s, 't'))
        need(&s, 'T');
    take_time(&s);
    return is_done(&s);
}

/* One or more of digits followed by a unit, the units next to each other as in `units`:
 * years and days want months between them. */
static void take_parts(struct scanner *s, const char *units)
{
    const char *unit = NULL;
    do {
        number(s, 1, 0, 9);
        while (digit_ahead(s))
            s->at++;
        const char *found = s->failed || s->at == s->end || !*s->at
                                ? NULL
                                : strchr(unit ? unit : units, *s->at);
        if (!found || (unit && found != unit))
            s->failed = true;
        else
            s->at++;
        unit = found ? found + 1 : NULL;
    } while (!s->failed && digit_ahead(s));
}

static bool is_weeks(str text)
{
    struct scanner s = scanner_of(text);
    need(&s, 'P');
    take_parts(&s, "W");
    return is_done(&s);
}

bool schema_format_is_duration(str text)
{
    struct scanner s = scanner_of(text);
    need(&s, 'P');
    if (!peek(&s, 'T'))
        take_parts(&s, "YMD");
    if (take(&s, 'T'))
        take_parts(&s, "HMS");
    return is_done(&s) || is_weeks(text);
}
