/*
 * The official JSON Schema Test Suite, draft 2020-12. Every required case must pass; the
 * optional cases, and those of `format` with format asserted, are counted for
 * information.
 *
 *   conformance_schema [-v]    -v names each case that fails
 */
#include "schema/schema.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define SUITE "json-schema-test-suite"

enum { SKIPPED = 77 };

struct suite {
    const char *corpora;
    struct arena *arena; /* for one file of cases */
    enum schema_flags flags;
    bool verbose;
    size_t passed, total;
};

static bool read_file(struct arena *a, const char *path, str *ret)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    struct buf text;
    char piece[4096];
    size_t n;
    buf_init(&text, (size_t)16 << 20);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, n);
    fclose(file);
    *ret = arena_str(a, buf_view(&text));
    buf_done(&text);
    return true;
}

static bool read_json(struct arena *a, const char *path, struct val *ret)
{
    str text;
    struct err err;
    if (!read_file(a, path, &text))
        return false;
    if (doc_parse(a, text, ret, &err))
        return true;
    fprintf(stderr, "%s: %s (%s)\n", path, err.text, err.where);
    return false;
}

/* The suite says that its `remotes` are served at http://localhost:1234/. */
static bool find_remote(void *data, str uri, struct val *ret)
{
    const struct suite *suite = data;
    str host = STR("http://localhost:1234/");
    if (!str_starts(uri, host))
        return false;
    str path = arena_format(suite->arena, "%s/" SUITE "/remotes/%.*s", suite->corpora,
                            (int)(uri.n - host.n), uri.p + host.n);
    return read_json(suite->arena, path.p, ret);
}

static void tell(const struct suite *suite, str file, struct val group, struct val test,
                 const char *what)
{
    if (suite->verbose)
        printf("%.*s: %.*s: %.*s: %s\n", STR_ARG(file),
               STR_ARG(val_get_text(group, STR("description"))),
               STR_ARG(val_get_text(test, STR("description"))), what);
}

static void run_test(struct suite *suite, str file, struct val group, struct val test,
                     const struct schema *schema)
{
    struct schema_report report;
    bool wanted = val_as_bool(val_get(test, STR("valid")), false);
    bool got = schema_check(schema, val_get(test, STR("data")), suite->arena, &report);
    suite->passed += got == wanted;
    if (got != wanted)
        tell(suite, file, group, test,
             got ? "should be invalid" : report.errors[0].text.p);
}

static void run_group(struct suite *suite, str file, struct val group)
{
    struct err err;
    struct schema *schema = NULL;
    struct val tests = val_get(group, STR("tests"));
    const struct schema_source source = { find_remote, suite };
    suite->total += val_count(tests);
    if (!schema_open(val_get(group, STR("schema")), &source, suite->flags, &schema,
                     &err)) {
        tell(suite, file, group, VAL_ABSENT, err.text);
        return;
    }
    for (size_t i = 0; i < val_count(tests); i++)
        run_test(suite, file, group, val_at(tests, i), schema);
    schema_drop(schema);
}

static bool run_file(struct suite *suite, const char *folder, const char *name)
{
    struct val groups;
    suite->arena = arena_open();
    str path = arena_format(suite->arena, "%s/%s", folder, name);
    bool read = read_json(suite->arena, path.p, &groups);
    for (size_t i = 0; read && i < val_count(groups); i++)
        run_group(suite, str_of(name), val_at(groups, i));
    arena_close(suite->arena);
    return read;
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

/* False when there is no such folder. */
static bool run_folder(struct suite *suite, const char *relative)
{
    char folder[4096];
    struct dirent **entries;
    snprintf(folder, sizeof folder, "%s/" SUITE "/tests/draft2020-12%s", suite->corpora,
             relative);
    int n = scandir(folder, &entries, is_json, alphasort);
    bool good = n > 0;
    for (int i = 0; i < n; i++) {
        good &= run_file(suite, folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return good;
}

int main(int argc, char **argv)
{
    const char *corpora = getenv("PINBAN_CORPORA");
    struct suite required = { .corpora = corpora ? corpora : CORPORA_DEFAULT };
    required.verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    struct suite optional = required;
    struct suite formats = required;
    formats.flags = SCHEMA_ASSERT_FORMAT;
    if (!run_folder(&required, "")) {
        printf("json-schema skipped: no %s in %s\n", SUITE, required.corpora);
        return SKIPPED;
    }
    printf("json-schema %zu/%zu\n", required.passed, required.total);
    if (run_folder(&optional, "/optional"))
        printf("json-schema-optional %zu/%zu\n", optional.passed, optional.total);
    if (run_folder(&formats, "/optional/format"))
        printf("json-schema-format %zu/%zu\n", formats.passed, formats.total);
    return required.passed == required.total ? EXIT_SUCCESS : EXIT_FAILURE;
}
