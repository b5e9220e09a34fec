/* Arguments, files and errors of the command line. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_STORE_MIB = 1 << 24 };

static bool usage(const char *command, const char *what, const char *which)
{
    fprintf(stderr, "pinban %s: %s %s; see pinban help\n", command, what, which);
    return false;
}

bool args_read(struct args *args, const char *command, int argc, char **argv,
               const char *known, const char *flags)
{
    static const char *words[64];
    *args = (struct args){ .command = command, .words = words };
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (args->word_count == COUNT_OF(words))
                return usage(command, "too many arguments at", argv[i]);
            words[args->word_count++] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2;
        bool flag = str_is_among(str_of(name), flags);
        if (!flag && !str_is_among(str_of(name), known))
            return usage(command, "there is no option", argv[i]);
        if (!flag && i + 1 == argc)
            return usage(command, "a value is missing behind", argv[i]);
        if (args->option_count == COUNT_OF(args->options))
            return usage(command, "too many options at", argv[i]);
        args->options[args->option_count][0] = name;
        args->options[args->option_count++][1] = flag ? "" : argv[++i];
    }
    return true;
}

const char *args_option(const struct args *args, const char *name, const char *otherwise)
{
    for (size_t i = args->option_count; i-- > 0;) {
        if (strcmp(args->options[i][0], name) == 0)
            return args->options[i][1];
    }
    return otherwise;
}

bool args_flag(const struct args *args, const char *name)
{
    return args_option(args, name, NULL) != NULL;
}

bool args_number(const struct args *args, const char *name, int64_t otherwise,
                 int64_t least, int64_t most, int64_t *ret)
{
    const char *text = args_option(args, name, NULL);
    *ret = otherwise;
    if (!text || (str_to_int(str_of(text), ret) && *ret >= least && *ret <= most))
        return true;
    fprintf(stderr, "pinban %s: --%s wants a number from %lld to %lld\n", args->command,
            name, (long long)least, (long long)most);
    return false;
}

bool args_store(const struct args *args, struct engine_config *ret)
{
    int64_t mib;
    if (!args_number(args, "store-mib", 0, 1, MAX_STORE_MIB, &mib))
        return false;
    ret->dir = args_option(args, "data", "data");
    ret->limit_bytes = mib > 0 ? (size_t)mib << 20 : 0;
    return true;
}

str error_line(struct arena *arena, const struct err *err)
{
    struct val v =
        val_with(arena, val_map(NULL, 0), STR("code"), val_str(str_of(err->code)));
    v = val_with(arena, v, STR("where"), val_str(str_of(err->where)));
    v = val_with(arena, v, STR("text"), val_str(str_of(err->text)));
    return doc_text(arena, v, DOC_PLAIN);
}

void print_error(const struct err *err)
{
    struct arena *arena = arena_open();
    fprintf(stderr, "%s\n", error_line(arena, err).p);
    arena_close(arena);
}

int exit_of(const struct err *err)
{
    return err->kind == ERR_SYSTEM || err->kind == ERR_BUSY ? EXIT_SYSTEM : EXIT_FAILED;
}

str read_file(struct arena *arena, const char *path)
{
    struct buf bytes;
    char chunk[65536];
    FILE *file = fopen(path, "rb");
    if (!file)
        return (str){ NULL, 0 };
    buf_init(&bytes, (size_t)256 << 20);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buf_add(&bytes, chunk, n);
    bool good = !ferror(file) && !bytes.full;
    fclose(file);
    str text = good ? arena_str(arena, buf_view(&bytes)) : (str){ NULL, 0 };
    buf_done(&bytes);
    return text;
}

const char *home_dir(void)
{
    const char *home = getenv("PINBAN_HOME");
    return home && home[0] ? home : PINBAN_SOURCE_DIR;
}
