/* Any text as Markdown, shown by a view: what comes out is tame. */
#include "oracle/markup.h"

#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct view *view;
    struct view_config config = {
        .source = { STR("t"), STR("<ui-markdown text=\"{{v}}\"/>") },
    };
    struct err err;
    if (!view && !view_open(&config, &view, &err))
        abort();
    char why[200];
    struct arena *a = arena_open();
    struct buf out;
    struct member member = { STR("v"), val_str((str){ (const char *)data, size }) };
    struct view_run run = { .model = val_map(&member, 1), .arena = a };
    buf_init(&out, 1 << 20);
    if (view_run(view, &run, &out, &err) && !markup_is_tame(buf_view(&out), why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    buf_done(&out);
    arena_close(a);
    return 0;
}
