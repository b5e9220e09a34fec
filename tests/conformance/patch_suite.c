/*
 * The JSON Patch test suite (RFC 6902). A case has a document, a patch, and either what
 * is expected or the error that must be; those marked as disabled are left out.
 *
 *   conformance_patch [-v]    -v names each case that fails
 */
#include "doc/doc.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE "json-patch-tests"

enum { SKIPPED = 77 };

struct run {
    struct arena *arena;
    bool verbose;
    size_t passed, total;
};

/* VAL_ABSENT when the file is not there or is no JSON. */
static struct val read_json(struct run *run, const char *path)
{
    struct buf text;
    struct err err;
    struct val v = VAL_ABSENT;
    char piece[4096];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file)
        return v;
    buf_init(&text, (size_t)1 << 20);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, n);
    fclose(file);
    str copy = arena_str(run->arena, buf_view(&text));
    buf_done(&text);
    if (!doc_parse(run->arena, copy, &v, &err))
        fprintf(stderr, "%s: %s (%s)\n", path, err.text, err.where);
    return v;
}

static bool case_passes(struct run *run, struct val one, struct err *err)
{
    struct val result;
    struct val expected = val_get(one, STR("expected"));
    bool done = doc_patch(run->arena, val_get(one, STR("doc")),
                          val_get(one, STR("patch")), &result, err);
    if (val_exists(val_get(one, STR("error"))))
        return !done && strcmp(err->code, "doc.patch") == 0;
    return done && (!val_exists(expected) || val_equal(result, expected));
}

static void run_case(struct run *run, const char *file, size_t i, struct val one)
{
    struct err err = { .text = "not as expected" };
    bool is_case = val_exists(val_get(one, STR("doc")));
    if (!is_case || val_truth(val_get(one, STR("disabled"))))
        return;
    run->total++;
    if (case_passes(run, one, &err))
        run->passed++;
    else if (run->verbose)
        printf("%s/%zu: %.*s: %s\n", file, i, STR_ARG(val_get_text(one, STR("comment"))),
               err.text);
}

int main(int argc, char **argv)
{
    static const char *const files[] = { "tests.json", "spec_tests.json" };
    const char *corpora = getenv("PINBAN_CORPORA");
    struct run run = { .arena = arena_open() };
    bool good = true;
    corpora = corpora ? corpora : CORPORA_DEFAULT;
    run.verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        str path = arena_format(run.arena, "%s/" SUITE "/%s", corpora, files[i]);
        struct val cases = read_json(&run, path.p);
        good = good && cases.kind == VAL_LIST;
        for (size_t k = 0; k < val_count(cases); k++)
            run_case(&run, files[i], k, val_at(cases, k));
    }
    arena_close(run.arena);
    if (!good && !run.total) {
        printf(SUITE " skipped: no " SUITE " in %s\n", corpora);
        return SKIPPED;
    }
    printf(SUITE " %zu/%zu\n", run.passed, run.total);
    return good && run.passed == run.total ? EXIT_SUCCESS : EXIT_FAILURE;
}
