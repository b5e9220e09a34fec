/* What a fragment looked at, a line each. */
#include "inside.h"

#include <stdlib.h>

static const struct {
    unsigned side;
    const char *name;
} sides[] = {
    { VARY_ACTOR, "actor" }, { VARY_TENANT, "tenant" }, { VARY_SPECIALTY, "specialty" },
    { VARY_LANG, "lang" },   { VARY_ZONE, "zone" },     { VARY_QUERY, "query" },
    { VARY_PAGE, "page" },
};

static int by_key(const void *a, const void *b)
{
    const struct read *one = a;
    const struct read *two = b;
    int order = str_compare(one->lo, two->lo);
    return order ? order : str_compare(one->hi, two->hi);
}

static void write_sides(struct buf *out, const struct seen *seen)
{
    buf_str(out, STR("varies by:"));
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        if (seen->vary & sides[i].side)
            buf_format(out, " %s", sides[i].name);
    }
}

void write_reads(struct buf *out, struct store *store, const struct seen *seen)
{
    write_sides(out, seen);
    if (seen->until_ms)
        buf_format(out, "\ngood until: %.*s",
                   STR_ARG(scope_iso(seen->reads.arena, seen->until_ms)));
    if (seen->reads.n)
        qsort(seen->reads.items, seen->reads.n, sizeof *seen->reads.items, by_key);
    for (size_t i = 0; i < seen->reads.n; i++) {
        buf_str(out, STR("\nreads: "));
        store_tell_read(store, seen->reads.items[i], out);
    }
}
