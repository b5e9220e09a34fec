/*
 * Any text as a template, in both languages: compiled or refused with a place, run over a
 * model that has everything, and what comes out is tame, and the same when it is packed.
 */
#include "oracle/markup.h"

#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ELEMENTS                                                                        \
    "<ui-def element=\"ui-chip\" kind=\"normal\"><span class=\"c-{{kind}}\"><ui-slot/>" \
    "</span></ui-def>"                                                                  \
    "<ui-def element=\"ui-row\" href item><li><ui-slot name=\"start\"/>"                \
    "<a href=\"{{href}}\"><ui-slot/></a></li></ui-def>"                                 \
    "<ui-def element=\"ui-list\" items><ul><li each=\"item in items\"><ui-slot/>"       \
    "{{item}}</li></ul></ui-def>"

#define MODEL                                                                        \
    "{\"t\":\"<b>\\\"'&\",\"u\":\"javascript:x\",\"n\":-12.5,\"i\":9,\"yes\":true,"  \
    "\"no\":null,\"at\":\"2026-11-22T09:30:00Z\",\"zh\":{\"zh\":\"\xe4\xba\xba\","   \
    "\"en\":\"man\"},\"l\":[1,\"two\",{\"a\":3}],\"m\":{\"a\":{\"b\":[4]}},\"big\":" \
    "9007199254740993,\"md\":\"# h\\n[x](javascript:y) <i>\"}"

static struct arena *kept;
static struct view_elements *elements;
static struct val model;
static struct buf packed; /* the same */
static struct val constants;

static void check(bool good)
{
    if (!good)
        abort();
}

static void open_all(void)
{
    struct err err;
    struct view_source source = { STR("ui.html"), STR(ELEMENTS) };
    kept = arena_open();
    buf_init(&packed, 1 << 16);
    check(
        view_elements_open(&source, 1, &elements, &err)
        && doc_parse(kept, STR(MODEL), &model, &err)
        && doc_parse(kept,
                     STR("{\"words\":{\"hi\":\"{#l} of {n|number}\",\"s\":{\"a\":\"A\"}}"
                         ",\"ui\":{\"more\":\"More\"}}"),
                     &constants, &err)
        && doc_pack(&packed, model, &err));
}

/* What it wrote, or why not. */
static str run(struct arena *a, const struct view *view, struct val v)
{
    char why[200];
    struct buf out;
    struct err err;
    struct view_hole holes[VIEW_MAX_HOLES];
    struct view_run run = { .model = v,
                            .props = v,
                            .block = STR("b1"),
                            .now_ms = INT64_C(1795311000000),
                            .offset_min = 480,
                            .arena = a,
                            .holes = holes };
    buf_init(&out, 256 << 10);
    if (view_run(view, &run, &out, &err)) {
        check(run.hole_count <= VIEW_MAX_HOLES);
        if (!markup_is_tame(buf_view(&out), why)) {
            fprintf(stderr, "%s\n%.*s\n", why, STR_ARG(buf_view(&out)));
            abort();
        }
    } else {
        check(strncmp(err.code, "view.", 5) == 0);
        buf_clear(&out);
        buf_str(&out, str_of(err.code));
    }
    str wrote = arena_str(a, buf_view(&out));
    buf_done(&out);
    return wrote;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!kept)
        open_all();
    struct arena *a = arena_open();
    for (int lang = 0; lang < VIEW_LANGS; lang++) {
        struct view *view;
        struct err err;
        struct view_config config = { .source = { STR("t"),
                                                  { (const char *)data, size } },
                                      .elements = elements,
                                      .lang = (enum view_lang)lang,
                                      .constants = constants };
        if (view_open(&config, &view, &err)) {
            str html = run(a, view, model);
            for (int twice = 0; twice < 2; twice++)
                check(str_equal(html, run(a, view, doc_unpack(buf_view(&packed)))));
            view_drop(view);
        } else {
            check(strncmp(err.code, "view.", 5) == 0 && err.where[0] && err.text[0]);
        }
    }
    arena_close(a);
    return 0;
}
