/*
 * A component's style sheet reaches no further than its card, whatever a tenant's package
 * writes: what is taken is read again by the oracle, which knows CSS's own rules.
 */
#include "oracle/markup.h"

#include "package/package.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static struct script_worker *worker;

static int open_worker(void **state)
{
    struct err err;
    (void)state;
    return !script_worker_open(NULL, &worker, &err);
}

static int close_worker(void **state)
{
    (void)state;
    script_worker_close(worker);
    return 0;
}

static bool compiles(str css, struct err *err)
{
    static const struct package ui;
    struct arena *a = arena_open();
    struct package *package;
    struct val files = val_map(NULL, 0);
    files = val_with(a, files, STR("todo/component.lua"),
                     val_str(STR("return {title = {zh = '待办', en = 'To do'}}")));
    files = val_with(a, files, STR("todo/style.css"), val_str(css));
    struct val record =
        val_with(a, val_map(NULL, 0), STR("id"), val_str(STR("standard")));
    bool good = package_compile(val_with(a, record, STR("files"), files), &ui, worker,
                                &package, err);
    if (good)
        cached_drop(&package->head);
    arena_close(a);
    return good;
}

static void test_style_of_a_component_is_taken(void **state)
{
    static const char *const good[] = {
        "",
        "/* { */",
        ".todo { display: grid }",
        ".todo .a, .todo > .b:not([hidden]) { color: var(--color-text); }",
        ".todo\n.a{margin:0;;}",
        ".todo .a::before { content: \"}{;*/\"; }",
        ".todo[data-at=\"a,b\"] { position: absolute; inset: 0 !important }",
        "@media (min-width: 600px) { .todo { gap: calc((1px + 2px) * 3) } }",
        "@supports (a: b) { @media print { .todo-row { display: none } } }",
        ".todo { --gap: 4px; /* ; } */ gap: var(--gap) }",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct err err;
        char why[200];
        if (!compiles(str_of(good[i]), &err))
            fail_msg("%s: %s %s %s", good[i], err.code, err.where, err.text);
        if (!style_is_contained(str_of(good[i]), STR("todo"), why))
            fail_msg("%s: %s", good[i], why);
    }
}

static void test_style_that_leaves_its_card_is_refused(void **state)
{
    static const char *const bad[] = {
        "body { display: none }",
        ".todo, body { display: none }",
        ".todo { a: b; html:has(&) { display: none }",
        ".todo { a: b; html:has(&) { display: none } }",
        ".todo { a: \"; /* \"} body { display: none } .todo { b: \" */; c: d\" }",
        ".todo { a: '; /* '} body { display: none } .todo { b: ' */; c: d' }",
        ".todo { a: b /* } .todo { */ ; } }",
        ".todo { a: (; b: c }",
        ".todo { a: [; b: c }",
        ".todo { a: ) }",
        ".todo:not( { a: b }",
        "@media (a { .todo { a: b } }",
        ".todo { a: \"b }",
        ".todo { a: \"b\n\" }",
        ".todo { a: \"\\\" } body { c: \" }",
        ".todo { a: b } /*",
        ".todo { a: b",
        ".todo { a: b } }",
        ".todo { background: URL(//x) }",
        ".todo { background: uRl( \"//x\") }",
        ".todo { background: Image(\"//x\") }",
        ".todo { background: -webkit-image-set(\"//x\" 1x) }",
        ".todo { background: src(\"//x\") }",
        ".todo { b\\61 ckground: none }",
        ".todo\\,body { a: b }",
        ".todo { Position: FIXED }",
        ".todo { position: sticky }",
        ".todo { --p: fixed; position: var(--p) }",
        ".todo { color: RGB(1 2 3) }",
        ".todo { color: #fff }",
        "@media print { .todo a; body { a: b } }",
        "@import \"x\";",
        "@font-face { a: b }",
        "@media print { @media print { @media print { .todo { a: b } } } }",
        "@layer x { .todo { a: b } }",
        ".todo { a: b } <!-- .todo { a: b } -->",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err;
        if (compiles(str_of(bad[i]), &err))
            fail_msg("taken: %s", bad[i]);
        assert_string_equal(err.code, "package.style");
    }
    struct err err;
    assert_false(compiles(STR(".todo { a: b\0 }"), &err));
    assert_string_equal(err.code, "package.style");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_style_of_a_component_is_taken),
        cmocka_unit_test(test_style_that_leaves_its_card_is_refused),
    };
    return cmocka_run_group_tests_name("package_style", tests, open_worker, close_worker);
}
