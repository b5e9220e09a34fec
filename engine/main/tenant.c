/* The commands that open a data folder, do one thing and close it: pinban tenant import,
 * pinban person session, pinban package install. */
#include "inside.h"

#include <stdio.h>

bool tool_open(struct tool *t, struct err *err)
{
    struct engine_config config = { .clock = &clock_system,
                                    .cache_bytes = 1 << 20,
                                    .unsafe_fast = args_flag(&t->args, "fast") };
    if (!args_store(&t->args, &config))
        return err_set(err, ERR_INPUT, "store.limit", "--store-mib wants a number");
    if (!engine_open(&config, &t->engine, err))
        return false;
    if (bench_open(&t->engine, &t->bench, err))
        return true;
    engine_close(&t->engine);
    return false;
}

int tool_close(struct tool *t, bool good, const struct err *err)
{
    if (!good)
        print_error(err);
    bench_close(&t->bench);
    engine_close(&t->engine);
    return good ? EXIT_DONE : exit_of(err);
}

int tool_cannot_open(const struct err *err)
{
    print_error(err);
    return exit_of(err);
}

int command_tenant_import(int argc, char **argv)
{
    struct tool t = { .args = { 0 } };
    struct import_counts counts;
    struct err err;
    if (!args_read(&t.args, "tenant import", argc, argv, "data store-mib password",
                   "fast"))
        return EXIT_USAGE;
    if (t.args.word_count != 1) {
        fprintf(stderr,
                "usage: pinban tenant import FOLDER [--data DIR] [--password TEXT] "
                "[--store-mib N]\n");
        return EXIT_USAGE;
    }
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    bool good =
        import_folder(&t.bench, t.args.words[0],
                      str_of(args_option(&t.args, "password", "")), &counts, &err);
    if (good)
        printf("%zu units, %zu people, %zu records, %zu layers, %zu themes\n",
               counts.tenants, counts.people, counts.records, counts.layers,
               counts.themes);
    return tool_close(&t, good, &err);
}

struct session {
    str token;
    str tenant;
    str person;
};

static bool session_work(struct txn *txn, void *data, struct err *err)
{
    struct session *s = data;
    return auth_session_put(txn, s->token, s->tenant, s->person, txn_arena(txn), err);
}

/* Reads lines "TENANT PERSON" and prints a session's token for each: for load tests and
 * support. */
int command_person_session(int argc, char **argv)
{
    struct tool t = { .args = { 0 } };
    struct err err;
    char line[256];
    bool good = true;
    if (!args_read(&t.args, "person session", argc, argv, "data store-mib", "fast"))
        return EXIT_USAGE;
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    while (good && fgets(line, sizeof line, stdin)) {
        struct session s = { .token = crypt_token(t.bench.arena) };
        s.tenant = str_cut(str_trim(str_of(line)), ' ', &s.person);
        good = store_write(t.engine.store, session_work, &s, &err);
        if (good)
            printf("%.*s\n", STR_ARG(s.token));
    }
    return tool_close(&t, good, &err);
}

int command_package_install(int argc, char **argv)
{
    struct tool t = { .args = { 0 } };
    struct package *package = NULL;
    struct err err;
    if (!args_read(&t.args, "package install", argc, argv, "data", ""))
        return EXIT_USAGE;
    if (t.args.word_count != 1) {
        fprintf(stderr, "usage: pinban package install FOLDER [--data DIR]\n");
        return EXIT_USAGE;
    }
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    bool good = install_folder(&t.bench, t.args.words[0], &package, &err);
    for (size_t i = 0; good && i < package->component_count; i++)
        printf("%.*s\n", STR_ARG(package->components[i].ref));
    cached_drop(package ? &package->head : NULL);
    return tool_close(&t, good, &err);
}
