/*
 * Published design systems in the DTCG format: every alias resolves, or a named error. A
 * NAME.resolver.json says which files form a set; one case is all its sets with one
 * context of each modifier over them. An error is good only when it is right: theme.token
 * at a token without a type, or with a unit the format does not have.
 *
 *   conformance_dtcg [-v]    -v tells each case
 */
#include "theme/theme.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define SUITE "dtcg-examples"

enum { SKIPPED = 77, MAX_DOCUMENTS = 64, MAX_MODIFIERS = 8 };

struct run {
    const char *folder;
    struct arena *arena; /* for one resolver */
    bool verbose;
    size_t passed, total;
};

/* What one case is made of. */
struct documents {
    struct val list[MAX_DOCUMENTS];
    size_t n;
    char name[200];
};

static bool read_json(struct run *run, str name, struct val *ret)
{
    struct buf text;
    struct err err;
    char piece[4096];
    size_t n;
    const char *path = arena_format(run->arena, "%s/%.*s", run->folder, STR_ARG(name)).p;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    buf_init(&text, (size_t)16 << 20);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, n);
    fclose(file);
    str copy = arena_str(run->arena, buf_view(&text));
    buf_done(&text);
    if (doc_parse(run->arena, copy, ret, &err))
        return true;
    fprintf(stderr, "%s: %s (%s)\n", path, err.text, err.where);
    return false;
}

/* A list of { "$ref": "./file" }. */
static bool add_sources(struct run *run, struct val sources, struct documents *d)
{
    for (size_t i = 0; i < val_count(sources); i++) {
        str name = val_get_text(val_at(sources, i), STR("$ref"));
        if (d->n == MAX_DOCUMENTS || !read_json(run, name, &d->list[d->n]))
            return false;
        d->n++;
    }
    return true;
}

/* ---- one case ---- */

static bool has_type(struct val document, str pointer)
{
    for (size_t n = 0; n <= pointer.n; n++) {
        bool end = n == pointer.n || pointer.p[n] == '/';
        struct val v = end ? val_at_pointer(document, (str){ pointer.p, n }) : VAL_ABSENT;
        if (val_exists(val_get(v, STR("$type"))))
            return true;
    }
    return false;
}

static bool has_strange_unit(struct val token)
{
    struct val unit = val_get(val_get(token, STR("$value")), STR("unit"));
    return val_exists(unit) && !val_is(unit, "px") && !val_is(unit, "rem");
}

static bool error_is_right(const struct documents *d, const char *code, str where)
{
    struct val token = VAL_ABSENT;
    bool typed = false;
    for (size_t i = 0; i < d->n; i++) {
        struct val v = val_at_pointer(d->list[i], where);
        token = val_exists(v) ? v : token;
        typed |= has_type(d->list[i], where);
    }
    return strcmp(code, "theme.token") == 0 && val_exists(token)
           && (!typed || has_strange_unit(token));
}

static void forget(struct run *run, struct documents *d, str where)
{
    for (size_t i = 0; i < d->n; i++)
        if (val_exists(val_at_pointer(d->list[i], where)))
            d->list[i] =
                val_with_pointer(run->arena, d->list[i], where, val_map(NULL, 0));
}

static bool compile(struct run *run, const struct documents *d, struct err *err)
{
    struct val themes[MAX_DOCUMENTS];
    struct buf out;
    for (size_t i = 0; i < d->n; i++) {
        struct val sets = val_with(run->arena, val_map(NULL, 0), STR("base"), d->list[i]);
        themes[i] = val_with(run->arena, val_map(NULL, 0), STR("sets"), sets);
    }
    buf_init(&out, (size_t)4 << 20);
    bool good = theme_css(themes, d->n, run->arena, &out, err);
    if (run->verbose && good)
        printf("%s: %zu bytes\n", d->name, out.n);
    else if (run->verbose)
        printf("%s: %s: %s (%s)\n", d->name, err->code, err->text, err->where);
    buf_done(&out);
    return good;
}

/* A token that is rightly refused is left out, so that the others are seen too. */
static bool compile_rest(struct run *run, struct documents *d)
{
    enum { MAX_MISTAKES = 100 };
    for (int i = 0; i < MAX_MISTAKES; i++) {
        struct err err;
        if (compile(run, d, &err))
            return true;
        str base = STR("/sets/base");
        str where = str_of(err.where);
        if (!str_starts(where, base))
            return false;
        where = (str){ where.p + base.n, where.n - base.n };
        if (!error_is_right(d, err.code, where))
            return false;
        forget(run, d, where);
    }
    return false;
}

/* ---- resolvers ---- */

/* Every context of the modifier counted from `i`, with each of those after it. */
static bool run_contexts(struct run *run, struct val modifiers, size_t i,
                         const struct documents *below)
{
    str name;
    if (i == val_count(modifiers)) {
        struct documents d = *below;
        run->passed += compile_rest(run, &d);
        run->total++;
        return true;
    }
    struct val contexts = val_get(val_member(modifiers, i, &name), STR("contexts"));
    for (size_t c = 0; c < val_count(contexts); c++) {
        struct documents d = *below;
        str context;
        struct val sources = val_member(contexts, c, &context);
        size_t n = strlen(d.name);
        snprintf(d.name + n, sizeof d.name - n, " %.*s", STR_ARG(context));
        if (!add_sources(run, sources, &d) || !run_contexts(run, modifiers, i + 1, &d))
            return false;
    }
    return true;
}

/* Sets the order of resolution forgets are laid below, for others lead to their tokens.
 */
static bool run_resolver(struct run *run, const char *file)
{
    struct documents d = { .n = 0 };
    struct val resolver = VAL_ABSENT;
    str name;
    bool good = read_json(run, str_of(file), &resolver);
    snprintf(d.name, sizeof d.name, "%.*s", (int)strcspn(file, "."), file);
    struct val sets = val_get(resolver, STR("sets"));
    for (size_t i = 0; good && i < val_count(sets); i++)
        good = add_sources(run, val_get(val_member(sets, i, &name), STR("sources")), &d);
    struct val modifiers = val_get(resolver, STR("modifiers"));
    return good && val_count(modifiers) <= MAX_MODIFIERS
           && run_contexts(run, modifiers, 0, &d);
}

static int is_resolver(const struct dirent *entry)
{
    const char *dot = strchr(entry->d_name, '.');
    return dot && strcmp(dot, ".resolver.json") == 0;
}

int main(int argc, char **argv)
{
    char folder[4096];
    struct dirent **entries;
    const char *corpora = getenv("PINBAN_CORPORA");
    struct run run = { .folder = folder };
    run.verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    snprintf(folder, sizeof folder, "%s/" SUITE, corpora ? corpora : CORPORA_DEFAULT);
    int n = scandir(folder, &entries, is_resolver, alphasort);
    if (n <= 0) {
        printf(SUITE " skipped: no " SUITE " in %s\n",
               corpora ? corpora : CORPORA_DEFAULT);
        return SKIPPED;
    }
    bool good = true;
    for (int i = 0; i < n; i++) {
        run.arena = arena_open();
        good &= run_resolver(&run, entries[i]->d_name);
        arena_close(run.arena);
        free(entries[i]);
    }
    free(entries);
    printf(SUITE " %zu/%zu\n", run.passed, run.total);
    return good && run.passed == run.total ? EXIT_SUCCESS : EXIT_FAILURE;
}
