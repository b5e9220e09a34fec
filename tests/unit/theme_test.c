#include "theme/theme.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

/* ' stands for " in the documents below. */
static struct val parse(const char *text)
{
    struct val v;
    struct err err;
    size_t n = strlen(text);
    char *p = arena_alloc(arena, n + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = text[i] == '\'' ? '"' : text[i];
    str copy = { p, n };
    if (!doc_parse(arena, copy, &v, &err))
        fail_msg("%s: %s (%s)", text, err.text, err.where);
    return v;
}

static struct val theme_of(struct val base, struct val light, struct val dark)
{
    const struct {
        const char *name;
        struct val set;
    } sets[] = { { "base", base }, { "light", light }, { "dark", dark } };
    struct val all = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(sets); i++)
        if (val_exists(sets[i].set))
            all = val_with(arena, all, str_of(sets[i].name), sets[i].set);
    return val_with(arena, val_map(NULL, 0), STR("sets"), all);
}

static bool css(const struct val *themes, size_t n, str *ret, struct err *err)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    bool good = theme_css(themes, n, arena, &out, err);
    assert_true(good || out.n == 0);
    *ret = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return good;
}

/* The declarations of one document. */
static const char *declarations(const char *document)
{
    struct val theme = theme_of(parse(document), VAL_ABSENT, VAL_ABSENT);
    struct err err;
    str text;
    if (!css(&theme, 1, &text, &err))
        fail_msg("%s: %s: %s (%s)", document, err.code, err.text, err.where);
    str head = STR(":root{color-scheme:light;");
    assert_true(str_starts(text, head));
    return arena_format(arena, "%.*s", (int)(text.n - head.n - 1), text.p + head.n).p;
}

static void document_gives(const char *document, const char *wanted)
{
    assert_string_equal(declarations(document), wanted);
}

/* One token `t` of a type. */
static void value_gives(const char *type, const char *value, const char *wanted)
{
    str document = arena_format(arena, "{'t':{'$type':'%s','$value':%s}}", type, value);
    assert_string_equal(declarations(document.p),
                        arena_format(arena, "--t:%s;", wanted).p);
}

static void document_fails(const char *document, const char *code, const char *where)
{
    struct val theme = theme_of(parse(document), VAL_ABSENT, VAL_ABSENT);
    struct err err;
    str text;
    if (css(&theme, 1, &text, &err))
        fail_msg("%s: gave %s", document, text.p);
    assert_string_equal(err.code, code);
    assert_string_equal(err.where, arena_format(arena, "/sets/base%s", where).p);
    assert_true(err.text[0] != 0);
}

struct value_case {
    const char *type, *value, *css;
};

static void values_give(const struct value_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value_gives(cases[i].type, cases[i].value, cases[i].css);
}

/* ---- values ---- */

#define COLOR(space, a, b, c) \
    "{'colorSpace':'" space "','components':[" #a "," #b "," #c "]}"

static void test_theme_writes_colors_that_fit_srgb_as_hex(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        { "color", COLOR("srgb", 0.0392, 0.349, 0.7608), "#0a59c2" },
        { "color", COLOR("srgb", 1.00000001, 0, 1), "#ff00ff" },
        { "color", COLOR("srgb-linear", 1, 0.2158605, 0), "#ff8000" },
        { "color", COLOR("hsl", 330, 100, 50), "#ff0080" },
        { "color", COLOR("hsl", 'none', 0, 100), "#ffffff" },
        { "color", COLOR("hwb", 330, 0, 0), "#ff0080" },
        { "color", COLOR("hwb", 0, 60, 60), "#808080" },
        { "color", COLOR("lab", 60.17, 93.54, -60.5), "#ff00ff" },
        { "color", COLOR("lch", 60.17, 111.4, 327.11), "#ff00ff" },
        { "color", COLOR("oklab", 0.7016, 0.2746, -0.169), "#ff00ff" },
        { "color", COLOR("oklch", 0.7016, 0.3225, 328.363), "#ff00ff" },
        { "color", COLOR("oklch", 0.5, 0, 'none'), "#636363" },
        { "color", COLOR("display-p3", 0.5, 0.5, 0.5), "#808080" },
        { "color", COLOR("display-p3", 0.9176, 0.2003, 0.1386), "#ff0000" },
        { "color", COLOR("a98-rgb", 0.5, 0.5, 0.5), "#818181" },
        { "color", COLOR("prophoto-rgb", 0.5, 0.5, 0.5), "#929292" },
        { "color", COLOR("rec2020", 0.5, 0.5, 0.5), "#787878" },
        { "color", COLOR("xyz-d65", 0.5929, 0.2848, 0.9699), "#ff00ff" },
        { "color", COLOR("xyz-d50", 0.5791, 0.2831, 0.728), "#ff00ff" },
        { "color", COLOR("xyz-d65", 0.9505, 1, 1.089), "#ffffff" },
        { "color", "{'colorSpace':'srgb','components':[0,0,0],'alpha':0.5}",
          "#00000080" },
        { "color", "{'colorSpace':'srgb','components':[1,1,1],'alpha':1,'hex':'#ffffff'}",
          "#ffffff" },
    };
    values_give(cases, COUNT_OF(cases));
}

static void test_theme_writes_colors_beyond_srgb_as_functions(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        { "color", COLOR("display-p3", 1, 0, 0), "color(display-p3 1 0 0)" },
        { "color", COLOR("a98-rgb", 0, 1, 0), "color(a98-rgb 0 1 0)" },
        { "color", COLOR("prophoto-rgb", 0, 1, 'none'), "color(prophoto-rgb 0 1 none)" },
        { "color", COLOR("rec2020", 0, 0.1234567, 1), "color(rec2020 0 0.12346 1)" },
        { "color", COLOR("xyz-d50", 0, 1, 0), "color(xyz-d50 0 1 0)" },
        { "color", COLOR("lab", 50, -120, 3), "lab(50 -120 3)" },
        { "color", COLOR("lch", 50, 200, 90), "lch(50 200 90)" },
        { "color", COLOR("oklab", 0.5, 0.4, -0), "oklab(0.5 0.4 0)" },
        { "color", "{'colorSpace':'oklch','components':[0.7,0.4,150],'alpha':0.25}",
          "oklch(0.7 0.4 150/0.25)" },
    };
    values_give(cases, COUNT_OF(cases));
}

static void test_theme_writes_every_type_as_css(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        { "dimension", "{'value':16,'unit':'px'}", "16px" },
        { "dimension", "{'value':-0.5,'unit':'rem'}", "-0.5rem" },
        { "dimension", "{'value':0,'unit':'px'}", "0px" },
        { "duration", "{'value':120,'unit':'ms'}", "120ms" },
        { "duration", "{'value':1.5,'unit':'s'}", "1.5s" },
        { "number", "1.25", "1.25" },
        { "number", "-0.0", "0" },
        { "number", "0.30000000000000004", "0.3" },
        { "number", "1e300", "1e+300" },
        { "fontWeight", "350", "350" },
        { "fontWeight", "'extra-bold'", "800" },
        { "fontWeight", "'hairline'", "100" },
        { "fontFamily", "'Comic Sans MS'", "\"Comic Sans MS\"" },
        { "fontFamily", "['system-ui','苹方','sans-serif']",
          "system-ui,\"苹方\",sans-serif" },
        { "cubicBezier", "[0.2,0,0,1]", "cubic-bezier(0.2,0,0,1)" },
        { "cubicBezier", "[0,-3,1,3.5]", "cubic-bezier(0,-3,1,3.5)" },
        { "strokeStyle", "'dotted'", "dotted" },
        { "strokeStyle", "{'dashArray':[{'value':1,'unit':'px'}],'lineCap':'butt'}",
          "dashed" },
        { "border", "{'color':'#102040','width':{'value':3,'unit':'px'},'style':'solid'}",
          "3px solid #102040" },
        { "transition",
          "{'duration':{'value':200,'unit':'ms'},'delay':{'value':0,'unit':'ms'},"
          "'timingFunction':[0.5,0,1,1]}",
          "200ms cubic-bezier(0.5,0,1,1) 0ms" },
        { "shadow",
          "{'color':'#10204080','offsetX':{'value':0,'unit':'px'},"
          "'offsetY':{'value':1,'unit':'px'},'blur':{'value':2,'unit':'px'},"
          "'spread':{'value':0,'unit':'px'},'inset':true}",
          "inset 0px 1px 2px 0px #10204080" },
        { "shadow",
          "[{'color':'#000','offsetX':0,'offsetY':0,'blur':0,'spread':'1px'},"
          "{'color':'#fff','offsetX':0,'offsetY':0,'blur':0,'spread':'2px'}]",
          "0 0 0 1px #000000,0 0 0 2px #ffffff" },
        { "gradient",
          "[{'color':'#0000ff','position':-99},{'color':'#ff0000','position':0.666}]",
          "linear-gradient(90deg,#0000ff 0%,#ff0000 66.6%)" },
        { "gradient", "[{'color':'#fff','position':42}]",
          "linear-gradient(90deg,#ffffff 100%,#ffffff 100%)" },
    };
    values_give(cases, COUNT_OF(cases));
}

static void test_theme_writes_typography_as_one_property_a_part(void **state)
{
    (void)state;
    document_gives(
        "{'h':{'1':{'$type':'typography','$value':{'fontFamily':'Roboto','fontSize':"
        "{'value':42,'unit':'px'},'fontWeight':700,'letterSpacing':{'value':0.1,'unit':"
        "'px'},'lineHeight':1.2}}}}",
        "--h-1-font-family:\"Roboto\";--h-1-font-size:42px;--h-1-font-weight:700;"
        "--h-1-letter-spacing:0.1px;--h-1-line-height:1.2;");
}

static void test_theme_reads_what_older_files_say(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        { "color", "'#0A59c2'", "#0a59c2" },
        { "color", "'#abc8'", "#aabbcc88" },
        { "color", "{'colorSpace':'srgb','channels':[0,0,1],'hex':'#00f'}", "#0000ff" },
        { "dimension", "'16px'", "16px" },
        { "dimension", "' -.5rem '", "-0.5rem" },
        { "dimension", "0", "0" },
        { "dimension", "{'value':0,'unit':''}", "0" },
        { "duration", "'200ms'", "200ms" },
        { "fontFamily", "'\\u0027Segoe UI\\u0027, -apple-system,serif'",
          "\"Segoe UI\",-apple-system,serif" },
    };
    values_give(cases, COUNT_OF(cases));
    document_gives(
        "{'t':{'$type':'typography','$value':{'letterSpacing':'-0.02em','lineHeight':"
        "'150%','other':1}}}",
        "--t-letter-spacing:-0.02em;--t-line-height:150%;");
}

static void test_theme_lets_nothing_out_of_a_declaration(void **state)
{
    (void)state;
    document_gives("{'a;b:c':{'$description':'</style>','$deprecated':true}}", "");
    document_gives("{'G r\u00fcn/*<':{'B;':{'$type':'number','$value':1}}}",
                   "--g-r-n----b-:1;");
    value_gives("fontFamily", "'a;}</style>\\\\'",
                "\"a\\3b \\7d \\3c \\2f style\\3e \\5c \"");
    value_gives("fontFamily", "['a\\n\\u0000\\u0022']", "\"a\\a \\0 \\22 \"");
}

/* ---- groups, aliases ---- */

#define BLUE "'blue':{'$type':'color','$value':'#0066cc'}"

struct document_case {
    const char *document, *css;
};

static void documents_give(const struct document_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        document_gives(cases[i].document, cases[i].css);
}

static void test_theme_takes_types_from_groups_and_names_from_paths(void **state)
{
    (void)state;
    static const struct document_case cases[] = {
        { "{}", "" },
        { "{'$schema':'x','later':{'$type':'color','$extensions':{'org.x':{'a':{}}}}}",
          "" },
        { "{'space':{'$type':'dimension','$root':{'$value':'16px'},'1':{'$value':'4px'},"
          "'more':{'Big One':{'$value':'9px'},'n':{'$type':'number','$value':2}}}}",
          "--space:16px;--space-1:4px;--space-more-big-one:9px;--space-more-n:2;" },
        { "{'b':{'$type':'number','$value':2},'a':{'$type':'number','$value':1}}",
          "--b:2;--a:1;" },
    };
    documents_give(cases, COUNT_OF(cases));
}

static void test_theme_follows_aliases(void **state)
{
    (void)state;
    static const struct document_case cases[] = {
        { "{'link':{'$value':'{brand}'},'brand':{'$value':'{c.blue}'},'c':{" BLUE "}}",
          "--link:#0066cc;--brand:#0066cc;--c-blue:#0066cc;" },
        { "{'g':{'$type':'dimension','a':{'$ref':'#/c/blue'}},'c':{" BLUE "}}",
          "--g-a:#0066cc;--c-blue:#0066cc;" },
        { "{'c':{'$root':{'$type':'number','$value':1}},'a':{'$value':'{c.$root}'},"
          "'b':{'$ref':'#/c/$root'}}",
          "--c:1;--a:1;--b:1;" },
        { "{'a':{'$value':{'$ref':'#/my~1gr%6fup/x~0y/$value'}},"
          "'my/group':{'x~y':{'$type':'number','$value':7}}}",
          "--a:7;--my-group-x-y:7;" },
        { "{'w':{'$type':'number','$value':300},'f':{'$type':'fontWeight','$value':'{w}'}"
          "}",
          "--w:300;--f:300;" },
    };
    documents_give(cases, COUNT_OF(cases));
}

static void test_theme_follows_references_to_parts_of_values(void **state)
{
    (void)state;
    static const struct document_case cases[] = {
        { "{'a':{'$type':'color','$value':{'colorSpace':'srgb','components':[0.2,0.4,1]}}"
          ","
          "'b':{'$type':'color','$value':{'colorSpace':{'$ref':'#/a/$value/colorSpace'},"
          "'components':[{'$ref':'#/a/$value/components/0'},"
          "{'$ref':'#/c/$value/components/1'},0]}},'c':{'$value':'{a}'}}",
          "--a:#3366ff;--b:#336600;--c:#3366ff;" },
        { "{'s':{'$type':'dimension','$value':{'value':16,'unit':'px'}},"
          "'n':{'$type':'number','$value':2},"
          "'m':{'$type':'dimension','$value':{'value':{'$ref':'#/n/$value'},"
          "'unit':{'$ref':'#/s/$value/unit'}}}}",
          "--s:16px;--n:2;--m:2px;" },
        { "{'t':{'$type':'typography','$value':{'fontFamily':['A','serif'],'lineHeight':"
          "2}},"
          "'u':{'$type':'typography','$value':{'fontFamily':{'$ref':'#/t/$value/"
          "fontFamily'},"
          "'lineHeight':{'$ref':'#/t/$value/lineHeight'}}}}",
          "--t-font-family:\"A\",serif;--t-line-height:2;"
          "--u-font-family:\"A\",serif;--u-line-height:2;" },
        { "{" BLUE ",'w':{'$type':'dimension','$value':'1px'},'s':{'$type':'strokeStyle',"
          "'$value':'solid'},'b':{'$type':'border','$value':{'color':'{blue}','width':'{"
          "w}',"
          "'style':'{s}'}}}",
          "--blue:#0066cc;--w:1px;--s:solid;--b:1px solid #0066cc;" },
        { "{'g':{'$type':'gradient','$value':['{end}',{'color':'#000','position':'{p}'}]}"
          ","
          "'end':{'$type':'gradient','$value':[{'color':'#fff','position':0}]},"
          "'p':{'$type':'number','$value':1}}",
          "--g:linear-gradient(90deg,#ffffff 0%,#000000 100%);"
          "--end:linear-gradient(90deg,#ffffff 0%,#ffffff 0%);--p:1;" },
    };
    documents_give(cases, COUNT_OF(cases));
}

static void test_theme_extends_groups(void **state)
{
    (void)state;
    static const struct document_case cases[] = {
        { "{'b':{'$type':'number','x':{'$value':1},'y':{'z':{'$value':2}}},"
          "'c':{'$extends':'{b}','x':{'$value':9},'y':{'w':{'$value':3}}}}",
          "--b-x:1;--b-y-z:2;--c-x:9;--c-y-w:3;--c-y-z:2;" },
        { "{'c':{'$ref':'#/b'},'b':{'$type':'number','x':{'$value':1}}}",
          "--c-x:1;--b-x:1;" },
        /* what is inherited keeps its type */
        { "{'b':{'$type':'number','x':{'$value':1}},"
          "'c':{'$extends':'{b}','$type':'dimension','y':{'$value':'1px'}}}",
          "--b-x:1;--c-y:1px;--c-x:1;" },
        /* a chain, in any order, and groups beside each other */
        { "{'$type':'number','d':{'$extends':'{c}'},'c':{'$extends':'{b}','y':{'$value':"
          "2}},"
          "'b':{'x':{'$value':1}}}",
          "--d-y:2;--d-x:1;--c-y:2;--c-x:1;--b-x:1;" },
        { "{'c':{'$type':'number','s':{'$extends':'{c.b}'},'b':{'x':{'$value':1}}}}",
          "--c-s-x:1;--c-b-x:1;" },
        { "{'$type':'number','a':{'$value':'{d.x}'},'d':{'$extends':'{b}'},"
          "'b':{'x':{'$value':1}}}",
          "--a:1;--d-x:1;--b-x:1;" },
    };
    documents_give(cases, COUNT_OF(cases));
}

/* ---- mistakes ---- */

static void test_theme_names_what_is_wrong_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *document, *code, *where;
    } cases[] = {
        { "1", "theme.token", "" },
        { "{'a':1}", "theme.token", "/a" },
        { "{'a':{'b/c':'#fff'}}", "theme.token", "/a/b~1c" },
        { "{'a':{'$value':1}}", "theme.token", "/a" },
        { "{'a':{'$type':'colour','$value':1}}", "theme.token", "/a" },
        { "{'a':{'$type':5,'$value':1}}", "theme.token", "/a" },
        { "{'a':{'$root':{}}}", "theme.token", "/a/$root" },
        { "{'a.b':{'$type':'number','$value':1}}", "theme.token", "/a.b" },
        { "{'':{'$type':'number','$value':1}}", "theme.token", "/" },
        { "{'$value':1}", "theme.token", "" },
        { "{'a':{'$type':'number','$value':1,'b':{'$value':2}}}", "theme.token", "/a" },
        { "{" BLUE ",'a':{'$value':1,'$ref':'#/blue'}}", "theme.token", "/a" },
        { "{'a':{'$value':'{b}'}}", "theme.alias", "/a" },
        { "{'a':{'$value':'{a'}}", "theme.alias", "/a" },
        { "{'a':{'$value':'{b.c}'},'b':{}}", "theme.alias", "/a" },
        { "{'a':{'$value':'{b}'},'b':{" BLUE "}}", "theme.alias", "/a" },
        { "{" BLUE ",'a':{'$value':'{blue.x}'}}", "theme.alias", "/a" },
        { "{" BLUE ",'a':{'$ref':'#/blue/$value/hex'}}", "theme.alias", "/a" },
        { "{'a':{'$ref':'other.json#/a'}}", "theme.alias", "/a" },
        { "{'a':{'$ref':7}}", "theme.alias", "/a" },
        { "{'a':{'$ref':'#b/c'}}", "theme.alias", "/a" },
        { "{'a':{'$ref':'#/b/c'},'b':{}}", "theme.alias", "/a" },
        { "{'a':{'$extends':{}}}", "theme.alias", "/a" },
        { "{'a':{'$type':'color','$value':{'colorSpace':'srgb','components':[0,0,'{b}']}}"
          "}",
          "theme.alias", "/a" },
        { "{'a':{'$type':'dimension','$value':{'value':1,'unit':{'$ref':'#/b'}}}}",
          "theme.alias", "/a" },
        { "{" BLUE ",'a':{'$extends':'{blue}','b':{'$value':1}}}", "theme.alias", "/a" },
        { "{'a':{'$extends':'{none}'}}", "theme.alias", "/a" },
        { "{" BLUE ",'a':{'$type':'number','$value':'{blue}'}}", "theme.token", "/a" },
        { "{" BLUE ",'a':{'$type':'shadow','$value':{'color':'#fff','offsetX':'{blue}',"
          "'offsetY':0,'blur':0,'spread':0}}}",
          "theme.token", "/a" },
        { "{'a':{'$value':'{a}'}}", "theme.circle", "/a" },
        { "{'a':{'$value':'{b}'},'b':{'$value':'{c}'},'c':{'$value':'{a}'}}",
          "theme.circle", "/a" },
        { "{'a':{'$ref':'#/b'},'b':{'$ref':'#/a'}}", "theme.circle", "/b" },
        { "{'a':{'$type':'color','$value':{'colorSpace':'srgb','components':"
          "[0,0,{'$ref':'#/a/$value/components/2'}]}}}",
          "theme.circle", "/a" },
        { "{'a':{'$type':'shadow','$value':['{a}']}}", "theme.circle", "/a" },
        { "{'a':{'$extends':'{b}'},'b':{'$extends':'{c}'},'c':{'$extends':'{a}'}}",
          "theme.circle", "/c" },
        { "{'a':{'x':{'$type':'number','$value':1},'b':{'$extends':'{a}'}}}",
          "theme.circle", "/a/b" },
        { "{'a':{'$extends':'#/'}}", "theme.circle", "/a" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        document_fails(cases[i].document, cases[i].code, cases[i].where);
}

static void test_theme_refuses_values_that_do_not_fit_their_type(void **state)
{
    (void)state;
    static const struct {
        const char *type, *value;
    } cases[] = {
        { "color", "'red'" },
        { "color", "'#12345'" },
        { "color", "'#12345g'" },
        { "color", "7" },
        { "color", COLOR("cmyk", 0, 0, 0) },
        { "color", COLOR("srgb", 0, 0, 2) },
        { "color", COLOR("srgb", 0, 0, 'all') },
        { "color", COLOR("hsl", 361, 0, 0) },
        { "color", "{'colorSpace':'srgb','components':[0,0]}" },
        { "color", "{'colorSpace':'srgb','components':[0,0,0],'alpha':2}" },
        { "color", "{'colorSpace':'srgb','components':[0,0,0],'hex':'url(x)'}" },
        { "dimension", "16" },
        { "dimension", "'16'" },
        { "dimension", "'1e3px'" },
        { "dimension", "'px'" },
        { "dimension", "'16px;x:y'" },
        { "dimension", "{'value':'16','unit':'px'}" },
        { "dimension", "{'value':16,'unit':'em'}" },
        { "dimension", "{'value':1}" },
        { "duration", "{'value':16,'unit':'px'}" },
        { "fontFamily", "[]" },
        { "fontFamily", "'a,,b'" },
        { "fontFamily", "[['a']]" },
        { "fontWeight", "0" },
        { "fontWeight", "'Bold'" },
        { "number", "'1'" },
        { "number", "null" },
        { "cubicBezier", "[0,0,0]" },
        { "cubicBezier", "[2,0,0,0]" },
        { "cubicBezier", "[0,0,0,'x']" },
        { "strokeStyle", "'wavy'" },
        { "strokeStyle", "{'dashArray':[],'lineCap':'butt'}" },
        { "strokeStyle", "{'dashArray':['1px'],'lineCap':'sharp'}" },
        { "border", "{'color':'#fff','width':'1px'}" },
        { "transition", "{'duration':'1s','delay':'1s','timingFunction':'ease'}" },
        { "shadow", "[]" },
        { "shadow", "'none'" },
        { "shadow", "{'color':'#fff','offsetX':0,'offsetY':0,'blur':0}" },
        { "shadow", "[1]" },
        { "shadow",
          "{'color':'#fff','offsetX':0,'offsetY':0,'blur':0,'spread':0,'inset':1}" },
        { "gradient", "[]" },
        { "gradient", "[{'color':'#fff','position':'x'}]" },
        { "gradient", "[{'color':'#fff'}]" },
        { "typography", "{}" },
        { "typography", "{'fontSize':'big'}" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        document_fails(arena_format(arena, "{'t':{'$type':'%s','$value':%s}}",
                                    cases[i].type, cases[i].value)
                           .p,
                       "theme.token", "/t");
}

static void test_theme_ends_at_its_limits(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (int i = 0; i < 17; i++)
        buf_str(&out, STR("{'g':"));
    buf_str(&out, STR("{'$type':'number','$value':1}"));
    for (int i = 0; i < 17; i++)
        buf_char(&out, '}');
    document_fails(arena_str(arena, buf_view(&out)).p, "theme.limit",
                   "/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g");

    /* each group holds the one before twice */
    buf_clear(&out);
    buf_str(&out, STR("{'g0':{'x':{'$type':'number','$value':1}}"));
    for (int i = 1; i < 15; i++)
        buf_format(&out, ",'g%d':{'a':{'$extends':'{g%d}'},'b':{'$extends':'{g%d}'}}", i,
                   i - 1, i - 1);
    buf_char(&out, '}');
    struct val theme =
        theme_of(parse(arena_str(arena, buf_view(&out)).p), VAL_ABSENT, VAL_ABSENT);
    struct err err;
    str text;
    assert_false(css(&theme, 1, &text, &err));
    assert_string_equal(err.code, "theme.limit");

    /* each leads to the one before */
    buf_clear(&out);
    buf_str(&out, STR("{'t40':{'$value':'{t39}'}"));
    for (int i = 39; i > 0; i--)
        buf_format(&out, ",'t%d':{'$value':'{t%d}'}", i, i - 1);
    buf_str(&out, STR(",'t0':{'$type':'number','$value':1}}"));
    document_fails(arena_str(arena, buf_view(&out)).p, "theme.limit", "/t40");

    buf_clear(&out);
    for (int i = 40; i > 0; i--)
        buf_format(&out, "%s'g%d':{'$extends':'{g%d}'}", i == 40 ? "{" : ",", i, i - 1);
    buf_str(&out, STR(",'g0':{}}"));
    document_fails(arena_str(arena, buf_view(&out)).p, "theme.limit", "/g8");
    buf_done(&out);
}

static void test_theme_appends_nothing_to_a_full_buffer(void **state)
{
    (void)state;
    struct val theme =
        theme_of(parse("{'a':{'$type':'number','$value':1}}"), VAL_ABSENT, VAL_ABSENT);
    struct buf out;
    struct err err;
    buf_init(&out, 20);
    assert_false(theme_css(&theme, 1, arena, &out, &err));
    assert_string_equal(err.code, "theme.limit");
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(out.n, 0);
    buf_done(&out);
}

/* ---- sheets ---- */

static void test_theme_lays_themes_over_each_other(void **state)
{
    (void)state;
    struct val themes[] = {
        theme_of(
            parse("{'s':{'$type':'number','1':{'$value':4}},'e':{'x':{'$ref':'#/s/1'}}}"),
            parse(
                "{'c':{'$type':'color','a':{'$value':'#111111'},'b':{'$value':'{c.a}'}},"
                "'n':{'$value':'{s.1}'}}"),
            parse("{'c':{'$type':'color','a':{'$value':'#eeeeee'}}}")),
        theme_of(parse("{'s':{'1':{'$value':5}}}"),
                 parse("{'c':{'a':{'$value':'#222222'}}}"), VAL_ABSENT),
        theme_of(VAL_ABSENT, VAL_ABSENT, parse("{'c':{'d':{'$value':'{c.b}'}}}")),
        VAL_ABSENT,
    };
    struct err err;
    str text;
    assert_true(css(themes, COUNT_OF(themes), &text, &err));
    assert_string_equal(
        text.p,
        ":root{color-scheme:light;--s-1:5;--e-x:5;--c-a:#222222;--c-b:#222222;--n:5;}"
        "@media (prefers-color-scheme:dark){:root:not([data-scheme=light])"
        "{color-scheme:dark;--c-a:#eeeeee;--c-b:#eeeeee;--c-d:#eeeeee;}}"
        ":root[data-scheme=dark]{color-scheme:dark;"
        "--c-a:#eeeeee;--c-b:#eeeeee;--c-d:#eeeeee;}");
}

static void test_theme_takes_the_last_kind_of_a_name(void **state)
{
    (void)state;
    struct val group =
        parse("{'$type':'number','a':{'b':{'$value':1},'c':{'$value':2}}}");
    struct val token = parse("{'a':{'$type':'number','$value':3}}");
    struct val other = parse("{'a':{'$type':'number','c':{'$value':4}}}");
    struct val themes[] = { theme_of(group, VAL_ABSENT, VAL_ABSENT),
                            theme_of(token, VAL_ABSENT, VAL_ABSENT),
                            theme_of(other, VAL_ABSENT, VAL_ABSENT) };
    struct err err;
    str text;
    assert_true(css(themes, 2, &text, &err));
    assert_string_equal(text.p, ":root{color-scheme:light;--a:3;}");
    assert_true(css(themes, 3, &text, &err));
    assert_string_equal(text.p, ":root{color-scheme:light;--a-c:4;}");
}

static void test_theme_without_themes_is_light(void **state)
{
    (void)state;
    struct err err;
    str text;
    assert_true(css(NULL, 0, &text, &err));
    assert_string_equal(text.p, ":root{color-scheme:light;}");
}

static void test_theme_color_is_that_of_the_light_scheme(void **state)
{
    (void)state;
    struct val themes[] = {
        theme_of(
            parse("{'c':{" BLUE "}}"),
            parse("{'c':{'far':{'$type':'color','$value':" COLOR(
                "display-p3", 1, 0, 0) "},'near':{'$type':'color','$value':{"
                                       "'colorSpace':'rec2020','components':[0,1,0],"
                                       "'hex':'#00ff11'}},'alias':{'$value':'{c.blue}'"
                                       "}}}"),
            VAL_ABSENT),
        theme_of(parse("{'n':{'$type':'number','$value':1}}"), VAL_ABSENT, VAL_ABSENT),
    };
    static const struct {
        const char *path, *color;
    } cases[] = {
        { "c.blue", "#0066cc" }, { "c.alias", "#0066cc" },
        { "c.far", "#ff0000" },  { "c.near", "#00ff11" },
        { "c.none", NULL },      { "c", NULL },
        { "n", NULL },           { "", NULL },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str color = theme_color(themes, COUNT_OF(themes), str_of(cases[i].path), arena);
        assert_true(str_equal(color, str_of(cases[i].color)));
    }
}

static void test_theme_check_finds_pairs_that_cannot_be_read(void **state)
{
    (void)state;
    struct val pale = parse("{'color':{'$type':'color','text':{'$value':'#888888'},"
                            "'bg':{'$value':'#ffffff'}}}");
    struct val veiled = parse("{'color':{'$type':'color','text':{'$value':'#00000080'},"
                              "'bg':{'$value':'#ffffff'}}}");
    struct val strong = parse("{'color':{'$type':'color','text':{'$value':'#767676'},"
                              "'bg':{'$value':'#ffffff'},'brand':{'$value':'#0a59c2'}}}");
    struct val wrong = parse("{'a':{'$value':1}}");
    struct err err;
    assert_true(theme_check(theme_of(VAL_ABSENT, strong, VAL_ABSENT), arena, &err));
    assert_false(theme_check(theme_of(VAL_ABSENT, pale, VAL_ABSENT), arena, &err));
    assert_string_equal(err.code, "theme.contrast");
    assert_string_equal(err.where, "light, text/bg");
    assert_string_equal(
        err.text, "text on bg has a contrast of 3.54, and needs 4.5 to be readable");
    assert_false(theme_check(theme_of(strong, VAL_ABSENT, veiled), arena, &err));
    assert_string_equal(err.where, "dark, text/bg");
    assert_false(theme_check(theme_of(VAL_ABSENT, strong, wrong), arena, &err));
    assert_string_equal(err.where, "/sets/dark/a");
}

/* ---- tokens said one by one ---- */

static const char *css_with(const struct val *themes, size_t n, struct val said)
{
    struct val all[4];
    struct buf out;
    struct err err;
    memcpy(all, themes, n * sizeof *all);
    theme_said(themes, n, said, arena, &all[n]);
    buf_init(&out, 1 << 20);
    if (!theme_css(all, n + 1, arena, &out, &err))
        fail_msg("%s %s", err.code, err.where);
    str css = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return css.p;
}

static void test_said_tokens_have_the_type_of_what_they_replace(void **state)
{
    (void)state;
    struct val theme = theme_of(
        parse("{'gap':{'$type':'dimension','$value':'4px'},'alias':{'$value':'{gap}'}}"),
        parse("{'c':{'$type':'color','a':{'$value':'#ffffff'},'b':{'$value':'{c.a}'}}}"),
        VAL_ABSENT);
    const char *css =
        css_with(&theme, 1,
                 parse("{'base':{'alias':'8px'},'light':{'c.a':'#112233','gap':'6px',"
                       "'c.none':'#445566','c':'#778899'},'dark':{'c.a':'#000000'}}"));
    assert_non_null(strstr(css, "--gap:4px;--alias:8px;"));
    assert_non_null(strstr(css, "--c-a:#112233;--c-b:#112233;"));
    assert_non_null(strstr(css, "--gap:6px;"));
    assert_non_null(strstr(css, "{color-scheme:dark;--c-a:#000000;--c-b:#000000;}"));
    assert_null(strstr(css, "none"));
    assert_null(strstr(css, "778899"));
}

static void test_said_token_is_looked_at_where_it_will_stand(void **state)
{
    (void)state;
    static const struct {
        const char *said, *set, *path, *code; /* or what it becomes */
    } cases[] = {
        { "{'light':{'c.a':'#112233'}}", "light", "c.a", "--c-a:#112233;" },
        { "{'light':{'c.a':'{c.b}'}}", "light", "c.a", "theme.circle" },
        { "{'light':{'c.a':'{c.x}'}}", "light", "c.a", "theme.alias" },
        { "{'light':{'c.a':'4px'}}", "light", "c.a", "theme.token" },
        { "{'light':{'c.a':'{gap}'}}", "light", "c.a", "theme.token" },
        { "{'light':{'c.x':'#112233'}}", "light", "c.x", "theme.unknown" },
        { "{'light':{'c':'#112233'}}", "light", "c", "theme.unknown" },
        { "{'base':{'c.a':'#112233'}}", "base", "c.a", "theme.unknown" },
        { "{'dark':{'c.a':'#112233'}}", "dark", "c.a", "--c-a:#112233;" },
        { "{'dark':{'gap':'8px'}}", "dark", "gap", "--gap:8px;" },
    };
    struct val themes[2] = { theme_of(
        parse("{'gap':{'$type':'dimension','$value':'4px'}}"),
        parse("{'c':{'$type':'color','a':{'$value':'#ffffff'},'b':{'$value':'{c.a}'}}}"),
        VAL_ABSENT) };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err;
        str type;
        str css;
        theme_said(themes, 1, parse(cases[i].said), arena, &themes[1]);
        bool good = theme_token(themes, 2, str_of(cases[i].set), str_of(cases[i].path),
                                arena, &type, &css, &err);
        assert_string_equal(good ? css.p : err.code, cases[i].code);
    }
}

static void test_each_set_tells_its_own_tokens(void **state)
{
    (void)state;
    struct theme_entry *entries;
    struct val theme = theme_of(
        parse("{'gap':{'$type':'dimension','$value':'4px'}}"),
        parse("{'c':{'$type':'color','a':{'$value':'#fff'},'b':{'$value':'x'}}}"),
        VAL_ABSENT);
    assert_int_equal(theme_entries(&theme, 1, STR("dark"), arena, &entries), 0);
    assert_int_equal(theme_entries(&theme, 1, STR("base"), arena, &entries), 1);
    assert_int_equal(theme_entries(&theme, 1, STR("light"), arena, &entries), 2);
    assert_true(str_equal(entries[0].name, STR("c.a")));
    assert_true(str_equal(entries[0].type, STR("color")));
    assert_true(str_equal(entries[0].css, STR("--c-a:#ffffff;")));
    assert_int_equal(entries[1].css.n, 0);
    assert_true(theme_says(theme, STR("light"), STR("c.a")));
    assert_false(theme_says(theme, STR("light"), STR("c")));
    assert_false(theme_says(theme, STR("dark"), STR("c.a")));
}

static void test_contrasts_are_told_for_both_schemes(void **state)
{
    (void)state;
    struct theme_contrast *pairs;
    struct val theme =
        theme_of(VAL_ABSENT,
                 parse("{'color':{'$type':'color','text':{'$value':'#000000'},"
                       "'bg':{'$value':'#ffffff'},'brand':{'$value':'#ffff00'}}}"),
                 parse("{'color':{'$type':'color','bg':{'$value':'#000000'}}}"));
    assert_int_equal(theme_contrasts(&theme, 1, arena, &pairs), 4);
    assert_string_equal(pairs[0].scheme, "light");
    assert_true(pairs[0].is > 20.99 && pairs[0].needs == 4.5);
    assert_string_equal(pairs[1].text, "brand");
    assert_true(pairs[1].is < 1.1 && pairs[1].needs == 3);
    assert_string_equal(pairs[2].scheme, "dark");
    assert_true(pairs[2].is < 1.01);
}

/* ---- the themes that come with the program ---- */

static struct val read_set(const char *theme, const char *set)
{
    char path[4096];
    char *text = arena_alloc(arena, 1 << 16);
    snprintf(path, sizeof path, "%s/themes/%s/%s.json", getenv("PINBAN_SOURCE"), theme,
             set);
    FILE *file = fopen(path, "rb");
    if (!file)
        return VAL_ABSENT;
    size_t n = fread(text, 1, (1 << 16) - 1, file);
    fclose(file);
    text[n] = 0;
    struct val v;
    struct err err;
    if (!doc_parse(arena, (str){ text, n }, &v, &err))
        fail_msg("%s: %s (%s)", path, err.text, err.where);
    return v;
}

static struct val read_theme(const char *name)
{
    return theme_of(read_set(name, "base"), read_set(name, "light"),
                    read_set(name, "dark"));
}

static struct val laid_over(struct val below, struct val above)
{
    if (below.kind != VAL_MAP || above.kind != VAL_MAP)
        return val_exists(above) ? above : below;
    for (size_t i = 0; i < val_count(above); i++) {
        str name;
        struct val v = val_member(above, i, &name);
        below = val_with(arena, below, name, laid_over(val_get(below, name), v));
    }
    return below;
}

static void test_theme_of_the_house_and_its_variants_can_be_read(void **state)
{
    (void)state;
    static const char *const variants[] = { "huaheng", "verdant", "dusk" };
    struct val house = read_theme("huaheng");
    struct err err;
    for (size_t i = 0; i < COUNT_OF(variants); i++) {
        struct val own = read_theme(variants[i]);
        assert_true(val_count(val_get(own, STR("sets"))) >= 2);
        if (!theme_check(own, arena, &err)
            || !theme_check(laid_over(house, own), arena, &err))
            fail_msg("%s: %s (%s)", variants[i], err.text, err.where);
    }
}

static void test_theme_of_the_house_says_what_pages_use(void **state)
{
    (void)state;
    static const char *const said[] = {
        "--color-brand:#0a59c2;",
        "--color-brand:#6aa9ff;",
        "--color-on-brand:#06122a;",
        "--color-text-3:#626d80;",
        "--color-info:#0a59c2;",
        "--color-chart-6:#ff8a8a;",
        "--color-badge:#d3232b;",
        "--color-on-header:#ffffff;",
        "--color-header-field:#ffffff1f;",
        "--color-shade:#0000008f;",
        "--color-tile-green-to:#02782e;",
        "--color-header-from:",
        "--space-1:4px;",
        "--space-8:48px;",
        "--radius-full:999px;",
        "--font-family:system-ui,\"PingFang SC\",",
        "--font-size-11:0.6875rem;",
        "--shadow-1:0px 1px 2px 0px #1020400d,0px 2px 8px 0px #1020400a;",
        "--shadow-2:0px 0px 0px 1px #2a3550,0px 4px 12px 0px #00000066;",
        "--motion-ease:cubic-bezier(0.2,0,0,1);",
        "--motion-press:120ms;",
        "--touch-min:44px;",
        "--gutter:12px;",
    };
    struct val house = read_theme("huaheng");
    struct err err;
    str text;
    assert_true(css(&house, 1, &text, &err));
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (!strstr(text.p, said[i]))
            fail_msg("%s is missing in %s", said[i], text.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_theme_writes_colors_that_fit_srgb_as_hex),
        cmocka_unit_test(test_theme_writes_colors_beyond_srgb_as_functions),
        cmocka_unit_test(test_theme_writes_every_type_as_css),
        cmocka_unit_test(test_theme_writes_typography_as_one_property_a_part),
        cmocka_unit_test(test_theme_reads_what_older_files_say),
        cmocka_unit_test(test_theme_lets_nothing_out_of_a_declaration),
        cmocka_unit_test(test_theme_takes_types_from_groups_and_names_from_paths),
        cmocka_unit_test(test_theme_follows_aliases),
        cmocka_unit_test(test_theme_follows_references_to_parts_of_values),
        cmocka_unit_test(test_theme_extends_groups),
        cmocka_unit_test(test_theme_names_what_is_wrong_and_where),
        cmocka_unit_test(test_theme_refuses_values_that_do_not_fit_their_type),
        cmocka_unit_test(test_theme_ends_at_its_limits),
        cmocka_unit_test(test_theme_appends_nothing_to_a_full_buffer),
        cmocka_unit_test(test_theme_lays_themes_over_each_other),
        cmocka_unit_test(test_theme_takes_the_last_kind_of_a_name),
        cmocka_unit_test(test_theme_without_themes_is_light),
        cmocka_unit_test(test_theme_color_is_that_of_the_light_scheme),
        cmocka_unit_test(test_theme_check_finds_pairs_that_cannot_be_read),
        cmocka_unit_test(test_said_tokens_have_the_type_of_what_they_replace),
        cmocka_unit_test(test_said_token_is_looked_at_where_it_will_stand),
        cmocka_unit_test(test_each_set_tells_its_own_tokens),
        cmocka_unit_test(test_contrasts_are_told_for_both_schemes),
        cmocka_unit_test(test_theme_of_the_house_and_its_variants_can_be_read),
        cmocka_unit_test(test_theme_of_the_house_says_what_pages_use),
    };
    return cmocka_run_group_tests_name("theme", tests, open_arena, close_arena);
}
