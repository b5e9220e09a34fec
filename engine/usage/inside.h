/* What the files of usage share. */
#pragma once
#include "usage/usage.h"

#include <roaring/roaring.h>

#define HOUR_MS INT64_C(3600000)

enum { DAY_TEXT = 10, /* bytes of "2026-11-23" */ DAY_HOURS = 24 };

/* One of the same kind, person, thing and hour, however often. */
struct noted {
    struct usage_note note; /* `at_ms` is the hour's first */
    uint64_t hash;
    int64_t count;
};

/* write.c: works on notes that lie in the order of their tenants. */
bool usage_write_piece(struct store *store, const struct noted *const *notes, size_t n,
                       struct err *err) MUST_CHECK;
/* The day of the unit's clock as a number, and as its text. */
int64_t day_at(const struct tenant_path *path, int64_t at_ms);
str day_text(struct arena *arena, int64_t day);
/* The numbers of a record, to be freed; NULL when it is damaged. */
roaring_bitmap_t *usage_people(struct val record, struct err *err);
