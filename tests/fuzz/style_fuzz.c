/*
 * Any text as the style of a component "c": refused with a reason, or contained as the
 * oracle reads it.
 */
#include "oracle/markup.h"

#include "package/package.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct package ui;
    static struct script_worker *worker;
    struct package *package;
    struct err err;
    char why[200];
    if (!worker && !script_worker_open(NULL, &worker, &err))
        abort();
    str css = { (const char *)data, size };
    struct member files[] = {
        { STR("c/component.lua"), val_str(STR("return {title={zh='1',en='2'}}")) },
        { STR("c/style.css"), val_str(css) },
    };
    struct member record[] = { { STR("id"), val_str(STR("standard")) },
                               { STR("trusted"), val_bool(true) },
                               { STR("files"), val_map(files, COUNT_OF(files)) } };
    if (package_compile(val_map(record, COUNT_OF(record)), &ui, worker, &package, &err)) {
        if (!style_is_contained(css, STR("c"), why)) {
            fprintf(stderr, "%s\n", why);
            abort();
        }
        cached_drop(&package->head);
    } else if (strcmp(err.code, "package.style") != 0) {
        abort();
    }
    return 0;
}
