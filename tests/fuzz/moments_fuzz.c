/*
 * Any text where a moment may stand: it stays as it is, or becomes one that every reader
 * of dates takes.
 */
#include "inside.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_moment(struct arena *a, str text)
{
    int64_t ms;
    struct val v = val_str(text);
    str made = val_text(resolve_moments(a, v, INT64_C(1795311000000), 480));
    check(made.p == text.p || date_parse(made, 0, &ms));
    if (!date_parse(text, 480, &ms))
        return;
    struct date d = date_at(ms, 0);
    check(date_ms(&d, 0) == ms && d.month >= 1 && d.month <= 12 && d.hour <= 23);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    str text = { (const char *)data, size };
    check_moment(a, text);
    check_moment(a, arena_format(a, "@%.*s", STR_ARG(text)));
    arena_close(a);
    return 0;
}
