/*
 * Any text as a schedule: it is refused, or the next time is later, in bounds, and the
 * one after it later still.
 */
#include "job/job.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t from = INT64_C(1795311015000);
    struct schedule s;
    struct err err;
    int64_t first;
    int64_t second;
    if (!schedule_read((str){ (const char *)data, size }, &s, &err))
        return 0;
    check(s.minutes && s.hours && s.days && s.months && s.weekdays);
    check(!(s.minutes >> 60) && !(s.hours >> 24) && !(s.days & 1) && !(s.months >> 13)
          && !(s.weekdays & 1));
    if (!schedule_next(&s, STR("Europe/Berlin"), from, &first, &err))
        return 0;
    check(first > from && first - from < 9 * 366 * DAY_MS);
    if (schedule_next(&s, STR("Europe/Berlin"), first, &second, &err))
        check(second > first);
    return 0;
}
