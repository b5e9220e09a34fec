/*
 * Moments in files. Data that must always look fresh names its moments relative to the
 * import:
 *   @now-10m  @now+2h  @now-3d        minutes, hours, days
 *   @day+1 09:30                      a calendar day of the unit, from today
 *   @week+2 14:00                     days from this week's Monday
 */
#include "inside.h"

enum { MOST_DAYS = 10000 * 366 };

/* A whole number with or without a sign, of at most `most` in either direction. */
static bool take_count(str s, int64_t most, int64_t *ret)
{
    bool plus = s.n && s.p[0] == '+';
    return str_to_int((str){ s.p + plus, s.n - plus }, ret) && *ret <= most
           && *ret >= -most;
}

static bool take_days(str *s, int64_t *ret)
{
    size_t n = 0;
    *ret = 0;
    while (n < s->n && s->p[n] != ' ')
        n++;
    bool good = n == 0 || take_count((str){ s->p, n }, MOST_DAYS, ret);
    *s = (str){ s->p + n, s->n - n };
    return good;
}

static bool take_clock(str s, struct date *d)
{
    int64_t hour = 0;
    int64_t minute = 0;
    str rest;
    s = str_trim(s);
    if (!s.n)
        return true;
    str first = str_cut(s, ':', &rest);
    if (!str_to_int(first, &hour) || !str_to_int(rest, &minute) || hour < 0 || hour > 23
        || minute < 0 || minute > 59)
        return false;
    d->hour = (int)hour;
    d->minute = (int)minute;
    return true;
}

static bool calendar_moment(str s, bool week, int64_t now_ms, int offset_min,
                            int64_t *ret)
{
    int64_t days;
    struct date d = date_at(now_ms, offset_min);
    d.hour = d.minute = d.second = d.ms = 0;
    if (!take_days(&s, &days))
        return false;
    days -= week ? d.weekday - 1 : 0;
    if (!take_clock(s, &d))
        return false;
    *ret = date_ms(&d, offset_min) + days * DAY_MS;
    return true;
}

static bool distance(str s, int64_t now_ms, int64_t *ret)
{
    static const struct {
        char name;
        int64_t ms;
    } units[] = { { 'm', 60000 }, { 'h', 3600000 }, { 'd', DAY_MS } };
    int64_t n;
    *ret = now_ms;
    for (size_t i = 0; s.n && i < COUNT_OF(units); i++) {
        if (s.p[s.n - 1] != units[i].name)
            continue;
        bool good =
            take_count((str){ s.p, s.n - 1 }, MOST_DAYS * (DAY_MS / units[i].ms), &n);
        *ret = good ? now_ms + n * units[i].ms : now_ms;
        return good;
    }
    return !s.n;
}

static str behind(str s, str head)
{
    return (str){ s.p + head.n, s.n - head.n };
}

static bool any_moment(str s, int64_t now_ms, int offset_min, int64_t *ret)
{
    if (str_starts(s, STR("@now")))
        return distance(behind(s, STR("@now")), now_ms, ret);
    if (str_starts(s, STR("@day")))
        return calendar_moment(behind(s, STR("@day")), false, now_ms, offset_min, ret);
    if (str_starts(s, STR("@week")))
        return calendar_moment(behind(s, STR("@week")), true, now_ms, offset_min, ret);
    return false;
}

/* Years have four digits in the texts that moments become. */
static bool relative_moment(str s, int64_t now_ms, int offset_min, int64_t *ret)
{
    if (!any_moment(s, now_ms, offset_min, ret))
        return false;
    int year = date_at(*ret, 0).year;
    return year >= 1 && year <= 9999;
}

struct val resolve_moments(struct arena *arena, struct val v, int64_t now_ms,
                           int offset_min)
{
    int64_t ms;
    if (v.kind == VAL_STR && v.n && v.s[0] == '@'
        && relative_moment(val_text(v), now_ms, offset_min, &ms))
        return val_str(scope_iso(arena, ms));
    if (v.kind == VAL_LIST) {
        struct val *items = ARENA_ARRAY(arena, struct val, v.n);
        for (uint32_t i = 0; i < v.n; i++)
            items[i] = resolve_moments(arena, val_at(v, i), now_ms, offset_min);
        return val_list(items, v.n);
    }
    if (v.kind == VAL_MAP) {
        struct member *members = ARENA_ARRAY(arena, struct member, v.n);
        for (uint32_t i = 0; i < v.n; i++) {
            struct val value = val_member(v, i, &members[i].name);
            members[i].value = resolve_moments(arena, value, now_ms, offset_min);
        }
        return val_map(members, v.n);
    }
    return v;
}
