/* Schedules: five fields as bits, and the next time that fits them all. */
#include "job/job.h"

enum { YEARS = 8 }; /* the 29th of February may be that far away */

struct field {
    int lo;
    int hi;
    const char *name;
};

static bool bad(struct err *err, const struct field *field)
{
    return err_at(err, ERR_INPUT, "job.schedule", str_of(field->name),
                  "%d to %d with * , - / is wanted: minute hour day month weekday",
                  field->lo, field->hi);
}

static bool read_number(str text, const struct field *f, int64_t *ret)
{
    return str_to_int(text, ret) && *ret >= f->lo && *ret <= f->hi;
}

/* "*", "5", "1-5". */
static bool read_range(str text, const struct field *f, int64_t *lo, int64_t *hi)
{
    str rest;
    *lo = f->lo;
    *hi = f->hi;
    if (str_equal(text, STR("*")))
        return true;
    str first = str_cut(text, '-', &rest);
    if (!read_number(first, f, lo))
        return false;
    *hi = *lo;
    return !rest.p || (read_number(rest, f, hi) && *hi >= *lo);
}

/* "*" and "1-5" may have a step behind them: "/10"; "5/10" goes on to the end. */
static bool read_part(str text, const struct field *f, uint64_t *bits)
{
    int64_t lo;
    int64_t hi;
    int64_t step = 1;
    str every;
    str range = str_cut(text, '/', &every);
    if (!read_range(range, f, &lo, &hi))
        return false;
    if (every.p && (!str_to_int(every, &step) || step < 1 || step > f->hi))
        return false;
    if (every.p && lo == hi)
        hi = f->hi;
    for (int64_t i = lo; i <= hi; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(str text, const struct field *f, uint64_t *ret, struct err *err)
{
    *ret = 0;
    do {
        if (!read_part(str_cut(text, ',', &text), f, ret))
            return bad(err, f);
    } while (text.p);
    return true;
}

static str next_word(str *rest)
{
    size_t n = 0;
    *rest = str_trim(*rest);
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
        n++;
    str word = { rest->p, n };
    *rest = (str){ rest->p + n, rest->n - n };
    return word;
}

bool schedule_read(str text, struct schedule *ret, struct err *err)
{
    static const struct field fields[] = { { 0, 59, "minute" },
                                           { 0, 23, "hour" },
                                           { 1, 31, "day" },
                                           { 1, 12, "month" },
                                           { 0, 7, "weekday" } };
    uint64_t bits[COUNT_OF(fields)];
    str words[COUNT_OF(fields)];
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        words[i] = next_word(&text);
        if (!read_field(words[i], &fields[i], &bits[i], err))
            return false;
    }
    if (str_trim(text).n)
        return bad(err, &fields[4]);
    *ret =
        (struct schedule){ .minutes = bits[0],
                           .hours = (uint32_t)bits[1],
                           .days = (uint32_t)bits[2],
                           .months = (uint16_t)bits[3],
                           .weekdays = (uint8_t)((bits[4] & 0xfe) | (bits[4] & 1) << 7),
                           .any_day = words[2].p[0] == '*',
                           .any_weekday = words[4].p[0] == '*' };
    return true;
}

/* ---- the next time ---- */

static bool day_fits(const struct schedule *s, const struct date *d)
{
    bool day = s->days >> d->day & 1;
    bool weekday = s->weekdays >> d->weekday & 1;
    if (!(s->months >> d->month & 1))
        return false;
    return s->any_day || s->any_weekday ? day && weekday : day || weekday;
}

/* The moment when clocks change, between two that have different offsets. */
static bool change_between(str zone, int64_t lo, int64_t hi, int offset, int64_t *ret)
{
    while (hi - lo > 1) {
        int64_t middle = lo + (hi - lo) / 2;
        int at;
        if (!date_zone(zone, middle, &at))
            return false;
        if (at == offset)
            lo = middle;
        else
            hi = middle;
    }
    *ret = hi;
    return true;
}

/* The moment of a local time, given as if it were UTC. */
static bool moment_of(str zone, int64_t local, int64_t *ret)
{
    int before;
    int after;
    int at;
    if (!date_zone(zone, local - DAY_MS, &before)
        || !date_zone(zone, local + DAY_MS, &after))
        return false;
    const int offsets[] = { before, after };
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        *ret = local - offsets[i] * INT64_C(60000);
        if (date_zone(zone, *ret, &at) && at == offsets[i])
            return true;
    }
    return change_between(zone, local - DAY_MS, local + DAY_MS, before, ret);
}

/* The first time of that day that is after `after`. */
static bool next_in_day(const struct schedule *s, str zone, int64_t day, int64_t after,
                        int64_t *ret)
{
    for (int hour = 0; hour < 24; hour++) {
        for (int minute = 0; s->hours >> hour & 1 && minute < 60; minute++) {
            int64_t local = day + (hour * 60 + minute) * INT64_C(60000);
            if (s->minutes >> minute & 1 && local > after - DAY_MS
                && moment_of(zone, local, ret) && *ret > after)
                return true;
        }
    }
    return false;
}

bool schedule_next(const struct schedule *schedule, str zone, int64_t after_ms,
                   int64_t *ret, struct err *err)
{
    int offset;
    if (!date_zone(zone, after_ms, &offset))
        return err_at(err, ERR_INPUT, "job.zone", zone, "there is no such time zone");
    int64_t local = after_ms + offset * INT64_C(60000);
    int64_t day = local - (local % DAY_MS + DAY_MS) % DAY_MS;
    for (int i = 0; i < YEARS * 366; i++, day += DAY_MS) {
        struct date d = date_at(day, 0);
        if (day_fits(schedule, &d) && next_in_day(schedule, zone, day, after_ms, ret))
            return true;
    }
    return err_set(err, ERR_INPUT, "job.never",
                   "no day of the next years fits the schedule");
}
