#include "corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char *root(void)
{
    const char *given = getenv("PINBAN_CORPORA");
    return given && *given ? given : CORPORA_DEFAULT;
}

const char *corpus_path(struct arena *arena, const char *format, ...)
{
    char room[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(room, sizeof room, format, args);
    va_end(args);
    return arena_format(arena, "%s/%s", root(), room).p;
}

int corpus_skip(const char *set)
{
    printf("%s skipped: it is not in %s\n", set, root());
    return CORPUS_SKIPPED;
}

str corpus_read(struct arena *arena, const char *path)
{
    struct buf text;
    char piece[8192];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file)
        return (str){ NULL, 0 };
    buf_init(&text, (size_t)64 << 20);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, n);
    fclose(file);
    str copy = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return copy;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

const char **corpus_list(struct arena *arena, const char *folder, size_t *ret_n)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_shown, alphasort);
    *ret_n = n > 0 ? (size_t)n : 0;
    if (n < 0)
        return NULL;
    const char **names = ARENA_ARRAY(arena, const char *, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        names[i] = arena_str(arena, str_of(entries[i]->d_name)).p;
        free(entries[i]);
    }
    free(entries);
    return names;
}
