/* pinban schema check [--remotes DIR] SCHEMA DATA */
#include "inside.h"

#include <stdio.h>

struct remotes {
    struct arena *arena;
    const char *dir;
};

#define REMOTE "http://localhost:1234/"

static bool find_remote(void *data, str uri, struct val *ret)
{
    struct remotes *r = data;
    struct err err;
    if (!r->dir || !str_starts(uri, STR(REMOTE)) || memmem(uri.p, uri.n, "..", 2))
        return false;
    str name = { uri.p + sizeof REMOTE - 1, uri.n - (sizeof REMOTE - 1) };
    str path = arena_format(r->arena, "%s/%.*s", r->dir, STR_ARG(name));
    str text = read_file(r->arena, path.p);
    return text.p && doc_parse(r->arena, text, ret, &err);
}

static bool read_json(struct arena *arena, const char *path, struct val *ret)
{
    struct err err;
    str text = read_file(arena, path);
    bool good = text.p
                    ? doc_parse(arena, text, ret, &err)
                    : err_set(&err, ERR_INPUT, "schema.file", "the file cannot be read");
    if (!good) {
        err_in(&err, "%s", path);
        print_error(&err);
    }
    return good;
}

static int check(struct arena *arena, const struct args *args)
{
    struct remotes remotes = { arena, args_option(args, "remotes", NULL) };
    struct schema_source source = { find_remote, &remotes };
    struct schema_report report;
    struct schema *schema;
    struct val document;
    struct val value;
    struct err err;
    if (!read_json(arena, args->words[0], &document)
        || !read_json(arena, args->words[1], &value))
        return EXIT_USAGE;
    if (!schema_open(document, &source, SCHEMA_PLAIN, &schema, &err)) {
        print_error(&err);
        return EXIT_USAGE;
    }
    bool valid = schema_check(schema, value, arena, &report);
    for (size_t i = 0; !valid && i < report.n; i++)
        printf("%.*s\t%.*s\t%.*s\n", STR_ARG(report.errors[i].pointer),
               STR_ARG(report.errors[i].keyword), STR_ARG(report.errors[i].text));
    schema_drop(schema);
    return valid ? EXIT_DONE : EXIT_NO;
}

int command_schema_check(int argc, char **argv)
{
    struct args args;
    if (!args_read(&args, "schema check", argc, argv, "remotes", ""))
        return EXIT_USAGE;
    if (args.word_count != 2) {
        fprintf(stderr, "usage: pinban schema check [--remotes DIR] SCHEMA DATA\n");
        return EXIT_USAGE;
    }
    struct arena *arena = arena_open();
    int code = check(arena, &args);
    arena_close(arena);
    return code;
}
