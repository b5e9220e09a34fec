/* The program: words on the command line to commands. */
#include "inside.h"

#include <stdio.h>

static const struct command {
    const char *first;
    const char *second; /* NULL: one word */
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *doc;
} commands[] = {
    { "serve", NULL, command_serve,
      "[--data DIR] [--store-mib N] [--port N] [--address A] [--proxy A] [--threads N] "
      "[--cache-mib N] [--sources LIST] [--watch FOLDER] [--secure] "
      "[--demo]",
      "runs the server; --demo fills an empty data folder with the demo organisation" },
    { "backup", NULL, command_backup, "FOLDER [--data DIR]",
      "copies the store into an empty folder, also while it is served" },
    { "tenant", "import", command_tenant_import,
      "FOLDER [--data DIR] [--store-mib N] [--password TEXT]",
      "brings in units, people, records, themes and layers from files" },
    { "person", "session", command_person_session, "[--data DIR] < TENANT-PERSON-LINES",
      "opens a session for each line and prints its token" },
    { "person", "remove", command_person_remove, "TENANT PERSON [--data DIR]",
      "removes a person with all that is hers alone: names to sign in with, sessions, "
      "roles, her arrangement of pages" },
    { "layer", "export", command_layer_export, "FOLDER [--data DIR]",
      "writes every layer to FOLDER/layers/UNIT/PAGE.json" },
    { "layer", "import", command_layer_import, "FOLDER [--data DIR]",
      "brings in the layers of such a folder, all or none" },
    { "layer", "diff", command_layer_diff, "FOLDER [--lang zh|en] [--data DIR]",
      "says what the folder has (+) and has not (-) of the layers, and what of it people "
      "would see (~); 1 when they differ" },
    { "layout", "resolve", command_layout_resolve,
      "--tenant T --page P --person U [--explain] [--data DIR]",
      "prints what a person's page is made of, or why it is so" },
    { "package", "install", command_package_install, "FOLDER [--data DIR]",
      "brings in a package of components for the whole tree; again replaces it" },
    { "component", "new", command_component_new, "NAME [FOLDER]",
      "starts a component: files to edit" },
    { "component", "check", command_component_check, "FOLDER",
      "says what is wrong with a component" },
    { "component", "render", command_component_render,
      "FILE_OR_DIR [--props JSON] [--person JSON] [--data JSON] [--now TIME] [--as "
      "model|reads]",
      "prints the HTML of a component, or what its load gives, or what it looked at" },
    { "component", "test", command_component_test, "FOLDER",
      "runs a component's spec.lua" },
    { "schema", "check", command_schema_check, "[--remotes DIR] SCHEMA DATA",
      "checks a JSON file against a JSON Schema" },
    { "lua-meta", NULL, command_lua_meta, "[--markdown]",
      "prints the types of what components may call" },
};

static int help(FILE *out)
{
    fprintf(out, "pinban: live mobile workbenches out of components\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        fprintf(out, "  pinban %s%s%s %s\n      %s\n", c->first, c->second ? " " : "",
                c->second ? c->second : "", c->usage, c->doc);
    }
    fprintf(out,
            "\nexit codes: 0 done, 1 the answer is no, 2 unusable arguments or input,\n"
            "3 the component or the data failed, 4 the system failed\n");
    return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0))
        return help(stdout);
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        int words = c->second ? 2 : 1;
        bool mine = argc > words && strcmp(argv[1], c->first) == 0
                    && (!c->second || strcmp(argv[2], c->second) == 0);
        if (mine)
            return c->run(argc - 1 - words, argv + 1 + words);
    }
    return help(stderr);
}
