/*
 * Any text as CSV: it ends, cells lie in the text or are shorter than it, and rows that
 * were read come back the same when they are written and read again.
 */
#include "data/data.h"

#include <stdlib.h>

enum { ROOM = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_again(struct arena *a, str written, const str *cells, size_t n)
{
    str again[ROOM];
    size_t count;
    struct err err;
    struct csv csv = { .rest = written, .arena = a };
    check(csv_next(&csv, again, ROOM, &count, &err) == CSV_ROW && count == n);
    for (size_t i = 0; i < n; i++)
        check(str_equal(again[i], cells[i]));
    check(csv_next(&csv, again, ROOM, &count, &err) == CSV_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str cells[ROOM];
    size_t n;
    size_t rows = 0;
    struct err err;
    struct arena *a = arena_open();
    struct csv csv = { .rest = { (const char *)data, size }, .arena = a };
    while (csv_next(&csv, cells, ROOM, &n, &err) == CSV_ROW) {
        struct buf out;
        buf_init(&out, 4 * size + 64);
        for (size_t i = 0; i < n; i++) {
            check(cells[i].n <= size);
            csv_write(&out, cells[i], i + 1 == n);
        }
        check_again(a, buf_view(&out), cells, n);
        buf_done(&out);
        check(++rows <= size);
    }
    arena_close(a);
    return 0;
}
