/*
 * Attack strings, each shown by a view in text, in attributes, as addresses and parts of
 * them, and as Markdown: none becomes markup, and a reader sees the very string.
 */
#include "corpus.h"
#include "oracle/markup.h"

#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE "payloads"

#define TEMPLATE                                                      \
    "<p title=\"{{v}}\" data-v=\"a{{v}}b\">{{v}}</p>"                 \
    "<a href=\"{{v}}\">1</a><a href=\"/q?x={{v}}&amp;y={{v}}\">2</a>" \
    "<a href=\"/{{v}}\">3</a><img src=\"{{v}}\" alt=\"{{v}}\">"       \
    "<b if=\"v == v\" class=\"{{v|initial}}\">{{v|clip:9}}</b>"       \
    "<ui-markdown text=\"{{v}}\"/>"

struct run {
    struct arena *arena;
    struct view *view;
    size_t passed, total;
};

/* The text between the first <p …> and its end is the payload, as a browser reads it. */
static bool reader_sees(str html, str payload)
{
    const char *start = memmem(html.p, html.n, "\">", 2);
    const char *end = memmem(html.p, html.n, "</p>", 4);
    if (!start || !end || end < start)
        return false;
    str shown = { start + 2, (size_t)(end - start) - 2 };
    char *text = malloc(shown.n + 1);
    size_t n = markup_decode(shown, text);
    bool same = str_equal((str){ text, n }, payload);
    free(text);
    return same;
}

static void try(struct run *run, str payload)
{
    struct buf out;
    struct err err;
    char why[200] = "it does not run";
    struct member member = { STR("v"), val_str(payload) };
    struct view_run shown = { .model = val_map(&member, 1),
                              .block = STR("b"),
                              .arena = run->arena };
    buf_init(&out, (size_t)4 << 20);
    bool good =
        view_run(run->view, &shown, &out, &err) && markup_is_tame(buf_view(&out), why);
    if (good && !reader_sees(buf_view(&out), payload)) {
        strcpy(why, "it is not shown as it is");
        good = false;
    }
    if (!good)
        printf("%.*s: %s\n", STR_ARG(payload), why);
    buf_done(&out);
    run->passed += good;
    run->total++;
}

/* Each line, and the whole file as one. */
static void try_file(struct run *run, const char *path)
{
    str rest = corpus_read(run->arena, path);
    try(run, rest);
    while (rest.n) {
        str line = str_cut(rest, '\n', &rest);
        if (line.n)
            try(run, line);
    }
}

static void try_folder(struct run *run, const char *folder)
{
    size_t n;
    const char **names = corpus_list(run->arena, folder, &n);
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_format(run->arena, "%s/%s", folder, names[i]).p;
        size_t below;
        if (corpus_list(run->arena, path, &below))
            try_folder(run, path);
        else
            try_file(run, path);
    }
}

int main(void)
{
    struct err err;
    struct run run = { .arena = arena_open() };
    struct view_config config = { .source = { STR("payload.html"), STR(TEMPLATE) } };
    if (!view_open(&config, &run.view, &err)) {
        printf("%s: %s\n", err.where, err.text);
        return EXIT_FAILURE;
    }
    try_folder(&run, corpus_path(run.arena, SUITE));
    view_drop(run.view);
    arena_close(run.arena);
    if (!run.total)
        return corpus_skip(SUITE);
    printf(SUITE " %zu/%zu\n", run.passed, run.total);
    return run.passed == run.total ? EXIT_SUCCESS : EXIT_FAILURE;
}
