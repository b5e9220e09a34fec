/*
 * Themes, or single documents, in JSON. Whatever they say: no crash, an end within the
 * limits, and a style sheet that has the rules it should and not one more.
 */
#include "theme/theme.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of a sheet when its strings are cut out. */
static void check_sheet(str css)
{
    size_t opened = 0;
    size_t closed = 0;
    bool quoted = false;
    for (size_t i = 0; i < css.n; i++) {
        char c = css.p[i];
        if (c == '\n' || c == '<' || !c)
            abort();
        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '\\' || c == '\'' || c == '*'))
            abort();
        opened += !quoted && c == '{';
        closed += !quoted && c == '}';
    }
    if (quoted || opened != closed || (opened != 1 && opened != 4))
        abort();
}

static void compile(struct arena *a, const struct val *themes, size_t n)
{
    struct buf out;
    struct err err;
    buf_init(&out, 1 << 20);
    if (theme_css(themes, n, a, &out, &err))
        check_sheet(buf_view(&out));
    else if (out.n || strncmp(err.code, "theme.", 6) != 0 || !err.text[0])
        abort();
    buf_done(&out);
}

/* The document as what all schemes stand on, and as the dark one. */
static struct val theme_of(struct arena *a, struct val document)
{
    if (val_exists(val_get(document, STR("sets"))))
        return document;
    struct val sets = val_with(a, val_map(NULL, 0), STR("base"), document);
    sets = val_with(a, sets, STR("dark"), document);
    return val_with(a, val_map(NULL, 0), STR("sets"), sets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct err err;
    struct val v;
    if (doc_parse(a, (str){ (const char *)data, size }, &v, &err)) {
        struct val themes[] = { theme_of(a, v), theme_of(a, v) };
        compile(a, themes, 1);
        compile(a, themes, 2);
        if (!theme_check(themes[0], a, &err) && !err.text[0])
            abort();
        theme_color(themes, 2, STR("color.brand"), a);
    }
    arena_close(a);
    return 0;
}
