/*
 * Unicode's GraphemeBreakTest: text clipped to any number of characters ends exactly
 * where the standard has a break.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE "GraphemeBreakTest"

enum { MAX_BREAKS = 64 };

/* A line of the file: its text, and after how many bytes each character ends. */
struct example {
    char text[256];
    size_t n;
    size_t ends[MAX_BREAKS];
    size_t end_count;
};

static void add_point(struct example *e, unsigned long point)
{
    char *p = e->text + e->n;
    if (point < 0x80) {
        e->n += 1;
        p[0] = (char)point;
    } else if (point < 0x800) {
        e->n += 2;
        p[0] = (char)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        e->n += 3;
        p[0] = (char)(0xe0 | point >> 12);
    } else {
        e->n += 4;
        p[0] = (char)(0xf0 | point >> 18);
    }
    for (char *at = e->text + e->n - 1; at > p; at--, point >>= 6)
        *at = (char)(0x80 | (point & 63));
}

/* "÷ 0020 × 0308 ÷ # comment"; false for a line without an example. */
static bool read_example(str line, struct example *e)
{
    str rest = str_cut(line, '#', &(str){ NULL, 0 });
    e->n = 0;
    e->end_count = 0;
    while (rest.n) {
        str word = str_trim(str_cut(rest, ' ', &rest));
        if (str_equal(word, STR("÷")) && e->n && e->end_count < MAX_BREAKS)
            e->ends[e->end_count++] = e->n;
        else if (word.n >= 4)
            add_point(e, strtoul(word.p, NULL, 16));
    }
    return e->end_count > 0;
}

static bool clips_at_breaks(const struct example *e)
{
    str text = { e->text, e->n };
    for (size_t i = 0; i < e->end_count; i++) {
        if (str_clip(text, i + 1).n != e->ends[i])
            return false;
    }
    return str_clip(text, 0).n == 0 && str_clip(text, MAX_BREAKS).n == e->n;
}

int main(void)
{
    struct arena *arena = arena_open();
    struct example example;
    size_t n = 0;
    size_t passed = 0;
    str rest = corpus_read(arena, corpus_path(arena, "unicode/GraphemeBreakTest.txt"));
    while (rest.n) {
        str line = str_cut(rest, '\n', &rest);
        if (!read_example(line, &example))
            continue;
        bool good = clips_at_breaks(&example);
        if (!good)
            printf("%.*s\n", STR_ARG(line));
        passed += good;
        n++;
    }
    int code = passed == n ? EXIT_SUCCESS : EXIT_FAILURE;
    if (n)
        printf(SUITE " %zu/%zu\n", passed, n);
    else
        code = corpus_skip(SUITE);
    arena_close(arena);
    return code;
}
