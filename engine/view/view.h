/*
 * view: the template language. A template is compiled once to a flat program: static text
 * is joined, every value's escaping is decided by the place it stands in, host elements
 * (ui-*) are expanded, words of one language are folded in. Running the program walks it
 * over a model.
 *
 * Knows HTML, formats of two languages, charts and Markdown; nothing of components or the
 * store. Threads: programs and element sets are immutable and counted; a run belongs to
 * one thread. Limits: templates VIEW_MAX_SOURCE bytes; nesting VIEW_MAX_DEPTH; a run
 * VIEW_MAX_STEPS operations and the output buffer's maximum. The language is described in
 * docs/templates.md.
 */
#pragma once
#include "doc/doc.h"

enum {
    VIEW_MAX_SOURCE = 64 << 10, /* bytes of a template */
    VIEW_MAX_DEPTH = 48, /* elements in each other, of source and of what it expands to */
    VIEW_MAX_STEPS = 200000, /* operations of one run */
    VIEW_MAX_SLOTS = 24,     /* loop variables alive at once */
    VIEW_MAX_HOLES = 64,     /* regions a view may open */
};

struct view;
struct view_elements;

enum view_lang { VIEW_ZH, VIEW_EN, VIEW_LANGS };

/* "zh" and "en". */
str view_lang_name(enum view_lang lang);

struct view_source {
    str name; /* what errors call it: "todo/view.html" */
    str text;
};

/* Compiles the host's elements: each source holds definitions
 *   <ui-def element="ui-x" attribute …>markup with {{attribute}} and <ui-slot/></ui-def>
 * in which all of HTML that view knows is allowed, also forms and SVG. An element may use
 * those defined before it. Errors: as view_open. */
bool view_elements_open(const struct view_source *sources, size_t n,
                        struct view_elements **ret, struct err *err) MUST_CHECK;
/* NULL-safe. */
struct view_elements *view_elements_hold(struct view_elements *elements);
void view_elements_drop(struct view_elements *elements);

struct view_config {
    struct view_source source;
    struct view_elements *elements; /* may be NULL; the view holds it */
    enum view_lang lang;
    /* Names known when compiling, folded into the program; copied. "words" is one of
     * them. */
    struct val constants;
    struct val actions; /* of the component: by name { "input": schema }? */
    bool host; /* one of the host's own templates: forms and drawings are allowed */
};

/* Errors, all with `where` "NAME:LINE:COLUMN": view.syntax, view.element, view.attribute,
 * view.expression, view.word, view.action (the component has no such action, or it takes
 * no such input), view.large. */
bool view_open(const struct view_config *config, struct view **ret,
               struct err *err) MUST_CHECK;
struct view *view_hold(struct view *view);
void view_drop(struct view *view);

/* What a run looked at beside its model: it joins the fragment's reads. */
enum view_used {
    VIEW_USED_MINUTE = 1, /* the present, to the minute */
    VIEW_USED_DAY = 2,    /* the present, to the day */
    VIEW_USED_ZONE = 4,   /* the viewer's time zone */
    VIEW_USED_LANG = 8,   /* the language mattered */
    VIEW_USED_PAGE = 16,  /* which page it stands on */
};

/* A place in the output where the blocks of a region belong. */
struct view_hole {
    size_t at; /* byte of the output */
    str region;
};

struct view_run {
    struct val model; /* what load gave: its members are the template's names */
    struct val props;
    str block; /* the block's id */
    str page;  /* it stands on */
    int64_t now_ms;
    int offset_min; /* the zone, minutes east of UTC */
    struct arena *arena;
    unsigned used;           /* out: enum view_used */
    struct view_hole *holes; /* room for VIEW_MAX_HOLES; NULL: regions are left out */
    size_t hole_count;       /* out */
};

/* Appends the HTML. Errors: view.steps (where NAME:LINE:COLUMN of the loop), view.output.
 */
bool view_run(const struct view *view, struct view_run *run, struct buf *out,
              struct err *err) MUST_CHECK;

/* One value as a format of the language shows it ("number", "ago", …), for those who have
 * no template; appends plain text. False when there is no such format. */
bool view_format(struct buf *out, str format, struct val value, enum view_lang lang,
                 const struct view_run *run);
