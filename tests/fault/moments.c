/* Texts in files that look like moments: those that are none stay as they are. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>

static int failures;

static void check(struct arena *a, const char *text, const char *expected)
{
    struct val v = val_str(str_of(text));
    /* 2026-11-22 09:30 in China, a Sunday */
    str made = val_text(resolve_moments(a, v, INT64_C(1795311000000), 480));
    if (!str_equal(made, str_of(expected)))
        failures += printf("%s gave %.*s\n", text, STR_ARG(made)) > 0;
}

static void test_moments_are_counted_from_the_import(void)
{
    struct arena *a = arena_open();
    check(a, "@now", "2026-11-22T01:30:00Z");
    check(a, "@now-10m", "2026-11-22T01:20:00Z");
    check(a, "@now+2h", "2026-11-22T03:30:00Z");
    check(a, "@now-3d", "2026-11-19T01:30:00Z");
    check(a, "@day+1 09:30", "2026-11-23T01:30:00Z");
    check(a, "@day", "2026-11-21T16:00:00Z");
    check(a, "@week+2 14:00", "2026-11-18T06:00:00Z");
    arena_close(a);
}

static void test_what_is_no_moment_stays(void)
{
    static const char *const texts[] = {
        "@",
        "@somebody",
        "@now+",
        "@now+m",
        "@now+2",
        "@now+2w",
        "@now++2h",
        "@day+1 24:00",
        "@day -1:00",
        "@day 1:-1",
        "@day 9",
        "@day+x",
        "@day+1 9:60",
        "@day+4000000",
        "@now+9999999d",
        "@now-9000000000000000000m",
        "@now+9223372036854775807d",
        "@week-9223372036854775807 10:00",
    };
    struct arena *a = arena_open();
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        check(a, texts[i], texts[i]);
    arena_close(a);
}

int main(void)
{
    test_moments_are_counted_from_the_import();
    test_what_is_no_moment_stays();
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
