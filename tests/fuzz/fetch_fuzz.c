/*
 * Any text as a list of sources and a URL, a line each: what is not listed by name may
 * not be asked, whatever the URL looks like.
 */
#include "fetch/fetch.h"

#include <stdlib.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

/* Of "https://data.example:81" the host is the one that is listed. */
static void check_origin(str url)
{
    struct arena *a = arena_open();
    struct err err;
    str origin;
    check(fetch_origin(url, a, &origin, &err));
    bool listed = false;
    for (size_t i = 0; i + 15 <= origin.n; i++)
        listed |= strncasecmp(origin.p + i, "://data.example", 15) == 0;
    check(listed);
    arena_close(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fetch *fetch;
    struct err err;
    str url;
    str sources = str_cut((str){ (const char *)data, size }, '\n', &url);
    if (fetch_open(sources, &fetch, &err)) {
        (void)!fetch_may(fetch, url, &err);
        fetch_close(fetch);
    }
    check(fetch_open(STR("data.example"), &fetch, &err));
    if (fetch_may(fetch, url, &err))
        check_origin(url);
    fetch_close(fetch);
    return 0;
}
