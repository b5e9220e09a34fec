#include "desk/desk.h"

#include <setjmp.h>
#include <stdio.h>
#include <strings.h>
/* after the headers it needs */
#include <cmocka.h>

static struct arena *arena;
static struct val document;

static int open_document(void **state)
{
    struct err err;
    (void)state;
    arena = arena_open();
    return doc_parse(arena, desk_openapi(), &document, &err) ? 0 : -1;
}

static int close_document(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static bool stands_in_table(str path, str method)
{
    str has_method;
    str has_path;
    for (size_t i = 0; desk_route(i, &has_method, &has_path); i++) {
        if (str_equal(path, has_path) && method.n == has_method.n
            && strncasecmp(method.p, has_method.p, method.n) == 0)
            return true;
    }
    return false;
}

static void test_every_operation_has_its_route_and_every_route_its_operation(void **state)
{
    struct val paths = val_get(document, STR("paths"));
    size_t routes = 0;
    size_t operations = 0;
    str method;
    str path;
    (void)state;
    while (desk_route(routes, &method, &path))
        routes++;
    for (size_t i = 0; i < val_count(paths); i++) {
        struct val item = val_member(paths, i, &path);
        for (size_t k = 0; k < val_count(item); k++) {
            val_member(item, k, &method);
            if (str_equal(method, STR("parameters")))
                continue;
            operations++;
            if (!stands_in_table(path, method))
                fail_msg("no route for %.*s %.*s", STR_ARG(method), STR_ARG(path));
        }
    }
    assert_int_equal(operations, routes);
}

static void check_refs(struct val v)
{
    str ref = val_get_text(v, STR("$ref"));
    if (ref.n && !val_exists(val_at_pointer(document, (str){ ref.p + 1, ref.n - 1 })))
        fail_msg("%.*s leads nowhere", STR_ARG(ref));
    for (size_t i = 0; i < val_count(v); i++) {
        str name;
        check_refs(v.kind == VAL_MAP ? val_member(v, i, &name) : val_at(v, i));
    }
}

static void test_every_reference_of_the_document_leads_somewhere(void **state)
{
    (void)state;
    check_refs(document);
}

static void test_the_schemas_of_bodies_can_be_used(void **state)
{
    struct desk *desk = NULL;
    struct err err = { .text = "" };
    (void)state;
    if (!desk_open(&(struct desk_config){ .editor = NULL }, &desk, &err))
        fail_msg("%s", err.text);
    desk_close(desk);
}

static void test_only_paths_of_the_api_are_taken(void **state)
{
    (void)state;
    assert_true(desk_takes(STR("/api/v1/tenants")));
    assert_false(desk_takes(STR("/w/home")));
    assert_false(desk_takes(STR("/apix")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_every_operation_has_its_route_and_every_route_its_operation),
        cmocka_unit_test(test_every_reference_of_the_document_leads_somewhere),
        cmocka_unit_test(test_the_schemas_of_bodies_can_be_used),
        cmocka_unit_test(test_only_paths_of_the_api_are_taken),
    };
    return cmocka_run_group_tests(tests, open_document, close_document);
}
