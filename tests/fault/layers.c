/*
 * Layers that contradict each other, run in circles or ask for too much: resolving never
 * fails, and what it leaves out it lists.
 */
#include "layout/layout.h"

#include "tenant/tenant.h"

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

static void put_region(struct buf *out, const struct resolved_region *regions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_format(out, "%.*s(", STR_ARG(regions[i].name));
        for (size_t k = 0; k < regions[i].n; k++) {
            buf_format(out, " %.*s", STR_ARG(regions[i].blocks[k]->id));
            put_region(out, regions[i].blocks[k]->regions,
                       regions[i].blocks[k]->region_count);
        }
        buf_str(out, STR(" )"));
    }
}

/* Of a list of layers: "main( a b ); 2 blocks; layout.loop c" */
static const char *resolved(const char *text)
{
    struct resolved page;
    struct layer layers[4];
    struct val v;
    struct err err;
    struct buf out;
    if (!doc_parse(arena, str_of(text), &v, &err))
        fail_msg("%s in %s", err.text, text);
    for (size_t i = 0; i < val_count(v); i++)
        layers[i] =
            (struct layer){ .name = STR("t"), .level = (int)i, .verbs = val_at(v, i) };
    layout_resolve(&(struct layout_input){ .layers = layers, .n = val_count(v) }, arena,
                   &page);
    buf_init(&out, 1 << 16);
    put_region(&out, page.page.regions, page.page.region_count);
    buf_format(&out, "; %zu blocks", page.block_count);
    for (size_t i = 0; i < page.issue_count; i++)
        buf_format(&out, "; %s %.*s", page.issues[i].code, STR_ARG(page.issues[i].block));
    const char *told = arena_str(arena, buf_view(&out)).p;
    buf_done(&out);
    return told;
}

#define ADD(id) "{\"verb\":\"add\",\"block\":\"" id "\",\"component\":\"c\"}"
#define ADD_INTO(id, r) \
    "{\"verb\":\"add\",\"block\":\"" id "\",\"component\":\"c\",\"into\":\"" r "\"}"
#define MOVE(id, r) "{\"verb\":\"move\",\"block\":\"" id "\",\"into\":\"" r "\"}"
#define REMOVE(id)  "{\"verb\":\"remove\",\"block\":\"" id "\"}"

static void test_layout_removes_what_stands_in_a_removed_block(void **state)
{
    (void)state;
    assert_string_equal(
        resolved("[[" ADD("a") "," ADD_INTO("b", "a/r") "],[" REMOVE("a") "]]"),
        "main( ); 0 blocks");
    assert_string_equal(resolved("[[" ADD("a") "," ADD_INTO("b", "a/r") "],[" REMOVE(
                            "a") "],[" MOVE("b", "main") "]]"),
                        "main( ); 0 blocks; layout.orphan b");
    assert_string_equal(resolved("[[" ADD("a") "," ADD_INTO("b", "a/r") "],[" REMOVE(
                            "a") "],[" ADD("b") "," ADD("a") "]]"),
                        "main( b a ); 2 blocks");
}

static void test_layout_keeps_what_is_moved_out_of_a_removed_block(void **state)
{
    (void)state;
    assert_string_equal(resolved("[[" ADD("a") "," ADD_INTO("b", "a/r") "],[" REMOVE(
                            "a") "," MOVE("b", "main") "]]"),
                        "main( b ); 1 blocks");
}

static void test_layout_never_puts_a_block_into_itself(void **state)
{
    (void)state;
    assert_string_equal(resolved("[[" ADD("a") "," ADD_INTO("b", "a/r") "],[" MOVE(
                            "a", "b/r") "],[" MOVE("a", "a/r") "]]"),
                        "main( ar( br( ) ) ); 2 blocks; layout.loop a; layout.loop a");
}

static void test_layout_keeps_its_depth_when_blocks_are_moved(void **state)
{
    (void)state;
    struct buf verbs;
    buf_init(&verbs, 1 << 16);
    buf_str(&verbs, STR("[["));
    for (int tower = 0; tower < 2; tower++) {
        for (int i = 0; i < LIMIT_PAGE_DEPTH / 2 + 1; i++) {
            buf_format(&verbs, "{\"verb\":\"add\",\"block\":\"%c%d\",\"component\":\"c\"",
                       'a' + tower, i);
            if (i)
                buf_format(&verbs, ",\"into\":\"%c%d/r\"", 'a' + tower, i - 1);
            buf_str(&verbs, STR("},"));
        }
    }
    verbs.n--;
    buf_str(&verbs, STR("],["));
    buf_format(&verbs, MOVE("b0", "a%d/r") "]]", LIMIT_PAGE_DEPTH / 2);
    const char *text = resolved(arena_str(arena, buf_view(&verbs)).p);
    buf_done(&verbs);
    if (!strstr(text, "layout.limit b0"))
        fail_msg("%s", text);
}

static void test_layout_sets_aside_what_is_no_verb(void **state)
{
    static const char *const strange[] = {
        "null",
        "{}",
        "[null]",
        "[[]]",
        "[{}]",
        "[{\"verb\":1,\"block\":2}]",
        "[{\"verb\":\"add\",\"block\":\"\"}]",
        "[{\"verb\":\"explode\",\"block\":\"a\"}]",
        "[{\"verb\":\"set\",\"block\":\"page\",\"at\":\"\",\"value\":1}]",
        "[{\"verb\":\"remove\",\"block\":\"nobody\"}]",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        struct val v;
        struct err err;
        const char *text = resolved(arena_format(arena, "[%s]", strange[i]).p);
        assert_true(doc_parse(arena, str_of(strange[i]), &v, &err));
        bool listed = strstr(text, "layout.") != NULL;
        assert_int_equal(listed, v.kind == VAL_LIST);
        assert_non_null(strstr(text, "0 blocks"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout_removes_what_stands_in_a_removed_block),
        cmocka_unit_test(test_layout_keeps_what_is_moved_out_of_a_removed_block),
        cmocka_unit_test(test_layout_never_puts_a_block_into_itself),
        cmocka_unit_test(test_layout_keeps_its_depth_when_blocks_are_moved),
        cmocka_unit_test(test_layout_sets_aside_what_is_no_verb),
    };
    return cmocka_run_group_tests_name("layers", tests, open_arena, close_arena);
}
