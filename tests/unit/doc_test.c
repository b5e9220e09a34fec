#include "doc/doc.h"

#include <setjmp.h>
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

static struct val parse(const char *text)
{
    struct val v;
    struct err err;
    if (!doc_parse(arena, str_of(text), &v, &err))
        fail_msg("%s: %s (%s)", text, err.text, err.where);
    return v;
}

static struct val pack(struct val v)
{
    struct buf out;
    struct err err;
    buf_init(&out, 1 << 20);
    assert_true(doc_pack(&out, v, &err));
    str bytes = arena_str(arena, buf_view(&out));
    buf_done(&out);
    assert_true(doc_packed_is_sound(bytes));
    return doc_unpack(bytes);
}

static void test_doc_reads_back_what_it_writes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "null",
        "true",
        "-9223372036854775808",
        "0.1",
        "1e+300",
        "\"a\\\"b\\\\c\\n\\u0000\\u003cd\"",
        "\"拼板 👩‍👧\"",
        "\"\\b\\f\\r\\t\\u001f\\u007f\\u003e\\u0026/\\u2028\\u2029…€\\u2028\"",
        "[]",
        "{}",
        "[1,[2,[3,{\"a\":[]}]]]",
        "{\"b\":1,\"a\":{\"\":null},\"c\":[true,false]}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct val v = parse(texts[i]);
        assert_string_equal(doc_text(arena, v, DOC_PLAIN).p, texts[i]);
        assert_string_equal(doc_text(arena, pack(v), DOC_PLAIN).p, texts[i]);
        assert_true(val_equal(v, pack(v)));
        assert_true(val_equal(v, parse(doc_text(arena, v, DOC_PRETTY).p)));
        assert_true(val_equal(v, val_copy(arena, pack(v))));
    }
}

static void test_doc_says_where_the_text_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
    } cases[] = {
        { "", "line 1, column 1" },
        { "{\n  \"a\": tru\n}", "line 2, column 8" },
        { "[1,]", "line 1, column 4" },
        { "[1 2]", "line 1, column 4" },
        { "\"\\ud800\"", "line 1, column 8" },
        { "01", "line 1, column 1" },
        { "1 2", "line 1, column 3" },
        { "\"a\tb\"", "line 1, column 3" },
        { "1e999", "line 1, column 1" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val v;
        struct err err;
        assert_false(doc_parse(arena, str_of(cases[i].text), &v, &err));
        assert_string_equal(err.code, "doc.syntax");
        assert_string_equal(err.where, cases[i].where);
    }
}

static void test_doc_refuses_deep_nesting(void **state)
{
    (void)state;
    char text[200];
    struct val v;
    struct err err;
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    assert_false(doc_parse(arena, (str){ text, 130 }, &v, &err));
    assert_string_equal(err.code, "doc.depth");
    assert_true(doc_parse(arena, (str){ text + 1, 128 }, &v, &err));
}

static void test_doc_of_a_repeated_name_the_last_counts(void **state)
{
    (void)state;
    struct val v = parse("{\"a\":1,\"b\":2,\"a\":3}");
    assert_string_equal(doc_text(arena, v, DOC_PLAIN).p, "{\"a\":3,\"b\":2}");
}

static void test_val_equal_is_json_schemas(void **state)
{
    (void)state;
    assert_true(val_equal(parse("1"), parse("1.0")));
    assert_true(val_equal(parse("{\"a\":1,\"b\":[2]}"), parse("{\"b\":[2.0],\"a\":1}")));
    assert_false(val_equal(parse("1"), parse("true")));
    assert_false(val_equal(parse("0"), parse("false")));
    assert_false(val_equal(parse("[1,2]"), parse("[2,1]")));
    assert_false(val_equal(parse("9007199254740993"), parse("9007199254740992.0")));
}

static void test_val_equal_compares_large_objects_in_any_order(void **state)
{
    (void)state;
    enum { N = 100 };
    struct member up[N];
    struct member down[N];
    for (int i = 0; i < N; i++) {
        up[i] = (struct member){ arena_format(arena, "k%d", i), val_int(i) };
        down[N - 1 - i] = up[i];
    }
    assert_true(val_equal(val_map(up, N), val_map(down, N)));
    assert_true(val_equal(val_map(up, N), pack(val_map(down, N))));
    down[7].value = val_null();
    assert_false(val_equal(val_map(up, N), val_map(down, N)));
    down[7] = (struct member){ STR("other"), up[N - 1 - 7].value };
    assert_false(val_equal(val_map(up, N), val_map(down, N)));
}

static void test_val_holds_a_text_at_whatever_depth(void **state)
{
    (void)state;
    struct val v = parse("{\"Key\":[1,{\"a\":{\"zh\":\"一线班组\",\"en\":\"Crews\"}}]}");
    assert_true(val_holds(v, STR("班组")));
    assert_true(val_holds(pack(v), STR("crew")));
    assert_true(val_holds(v, STR("")));
    assert_false(val_holds(v, STR("Key")));
    assert_false(val_holds(v, STR("1")));
    assert_false(val_holds(VAL_ABSENT, STR("")));
}

static void test_val_of_an_absent_way_is_absent(void **state)
{
    (void)state;
    struct val v = pack(parse("{\"list\":[{\"n\":7}]}"));
    assert_true(val_as_int(val_get(val_at(val_get(v, STR("list")), 0), STR("n")), 0)
                == 7);
    assert_false(val_exists(val_get(val_at(val_get(v, STR("none")), 3), STR("n"))));
    assert_false(val_exists(val_at(v, 0)));
}

static void test_val_pointer_follows_rfc_6901(void **state)
{
    (void)state;
    struct val v =
        parse("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"m~n\":8,\"k\\\"l\":6}");
    static const struct {
        const char *pointer;
        const char *value;
    } cases[] = {
        { "/foo/0", "\"bar\"" }, { "/", "0" },     { "/a~1b", "1" },
        { "/m~0n", "8" },        { "/k\"l", "6" }, { "/foo/2", NULL },
        { "/foo/01", NULL },     { "foo", NULL },  { "/foo/-1", NULL },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val found = val_at_pointer(v, str_of(cases[i].pointer));
        if (cases[i].value)
            assert_string_equal(doc_text(arena, found, DOC_PLAIN).p, cases[i].value);
        else
            assert_false(val_exists(found));
    }
}

static void test_a_pointer_leads_to_what_lies_within_it(void **state)
{
    (void)state;
    assert_true(doc_pointer_leads_to(STR("/title"), STR("/title")));
    assert_true(doc_pointer_leads_to(STR("/title"), STR("/title/zh")));
    assert_true(doc_pointer_leads_to(STR(""), STR("/title")));
    assert_true(doc_pointer_leads_to((str){ NULL, 0 }, (str){ NULL, 0 }));
    assert_false(doc_pointer_leads_to(STR("/title"), STR("/titleSize")));
    assert_false(doc_pointer_leads_to(STR("/title/zh"), STR("/title")));
}

static void test_a_map_of_some_members_has_those_that_there_are(void **state)
{
    static const str names[] = { STR_INIT("c"), STR_INIT("x"), STR_INIT("a") };
    struct val v = parse("{\"a\":1,\"b\":2,\"c\":null}");
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        struct val some = val_only(arena, packed ? pack(v) : v, names, COUNT_OF(names));
        assert_true(
            str_equal(doc_text(arena, some, DOC_PLAIN), STR("{\"c\":null,\"a\":1}")));
    }
    assert_int_equal(val_count(val_only(arena, VAL_ABSENT, names, COUNT_OF(names))), 0);
}

static void test_val_with_pointer_shares_what_did_not_change(void **state)
{
    (void)state;
    struct val v = parse("{\"a\":{\"b\":1},\"c\":[1,2]}");
    struct val w = val_with_pointer(arena, v, STR("/a/b"), val_int(9));
    assert_string_equal(doc_text(arena, w, DOC_PLAIN).p, "{\"a\":{\"b\":9},\"c\":[1,2]}");
    assert_string_equal(doc_text(arena, v, DOC_PLAIN).p, "{\"a\":{\"b\":1},\"c\":[1,2]}");
    w = val_with_pointer(arena, v, STR("/x/y"), val_bool(true));
    assert_string_equal(doc_text(arena, w, DOC_PLAIN).p,
                        "{\"a\":{\"b\":1},\"c\":[1,2],\"x\":{\"y\":true}}");
    w = val_with_pointer(arena, v, STR("/c/-"), val_int(3));
    assert_string_equal(doc_text(arena, w, DOC_PLAIN).p,
                        "{\"a\":{\"b\":1},\"c\":[1,2,3]}");
    assert_false(val_exists(val_with_pointer(arena, v, STR("/c/7"), val_int(3))));
    assert_false(val_exists(val_with_pointer(arena, v, STR("/a/b/c"), val_int(3))));
}

static void test_val_without_pointer_takes_out_one_value(void **state)
{
    (void)state;
    struct val v = parse("{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,2,3]}");
    static const struct {
        const char *pointer;
        const char *left;
    } cases[] = {
        { "/a/b", "{\"a\":{\"x/y\":2},\"c\":[1,2,3]}" },
        { "/a/x~1y", "{\"a\":{\"b\":1},\"c\":[1,2,3]}" },
        { "/c/1", "{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,3]}" },
        { "/a", "{\"c\":[1,2,3]}" },
        { "", "{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,2,3]}" },
        { "/c/7", "{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,2,3]}" },
        { "/a/b/c", "{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,2,3]}" },
        { "a", "{\"a\":{\"b\":1,\"x/y\":2},\"c\":[1,2,3]}" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val left = val_without_pointer(arena, v, str_of(cases[i].pointer));
        assert_string_equal(doc_text(arena, left, DOC_PLAIN).p, cases[i].left);
    }
}

static void test_doc_pretty_text_is_for_people(void **state)
{
    (void)state;
    assert_string_equal(doc_text(arena, parse("{\"b\":[1],\"a\":{}}"), DOC_PRETTY).p,
                        "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}");
    assert_string_equal(doc_text(arena, parse("{\"b\":[1],\"a\":{}}"), DOC_SORTED).p,
                        "{\"a\":{},\"b\":[1]}");
}

static void test_doc_packed_soundness_finds_every_flipped_byte_or_stays_inside(
    void **state)
{
    (void)state;
    struct buf out;
    struct err err;
    buf_init(&out, 1 << 20);
    assert_true(doc_pack(
        &out, parse("{\"名\":[1,300,70000,5e9,\"x\"],\"m\":{\"n\":null}}"), &err));
    for (size_t i = 0; i < out.n; i++) {
        for (int bit = 0; bit < 8; bit++) {
            out.p[i] = (char)(out.p[i] ^ 1 << bit);
            if (doc_packed_is_sound(buf_view(&out)))
                doc_text(arena, doc_unpack(buf_view(&out)), DOC_PLAIN);
            out.p[i] = (char)(out.p[i] ^ 1 << bit);
        }
        assert_false(doc_packed_is_sound((str){ out.p, i }));
    }
    buf_done(&out);
}

/* ---- patches ---- */

static struct val patched(const char *document, const char *patch)
{
    struct val v;
    struct err err;
    if (!doc_patch(arena, parse(document), parse(patch), &v, &err))
        fail_msg("%s: %s (%s)", patch, err.text, err.where);
    return v;
}

static void test_doc_packed_extent_is_bytes_and_depth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t depth;
    } cases[] = {
        { "[]", 1 },
        { "{}", 1 },
        { "[1,\"a\"]", 2 },
        { "{\"a\":null}", 2 },
        { "[1,[2,{\"a\":[],\"b\":{\"c\":[1]}}],3]", 6 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out;
        struct err err;
        size_t bytes;
        uint32_t depth;
        buf_init(&out, 1000);
        assert_true(doc_pack(&out, parse(cases[i].text), &err));
        doc_packed_extent(doc_unpack(buf_view(&out)), &bytes, &depth);
        assert_int_equal(bytes, out.n);
        assert_int_equal(depth, cases[i].depth);
        buf_done(&out);
    }
}

static void test_val_field_finds_the_member_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const maps[] = {
        "{\"\":\"0\",\"a\":\"1\",\"ab\":\"2\",\"abc\":\"3\",\"abcdefghi\":\"9\"}",
        "{\"abcdefghi\":\"9\",\"abx\":\"x\",\"abc\":\"3\",\"b\":\"y\",\"a\":\"1\",\"\":"
        "\"0\","
        "\"ab\":\"2\"}",
        "{\"a\":1,\"ab\":[2],\"abc\":null,\"\":false,\"no\":-70000}",
        "{\"abcdefx\":\"7\",\"abcdefg\":\"7\",\"abcdefgx\":\"8\",\"abcdefgh\":\"8\"}",
        "{\"abcdefg\":\"7\",\"abcdefgh\":\"8\",\"abcdefghx\":\"9\"}",
    };
    static const char *const names[] = { "",        "a",        "ab",        "abc",
                                         "abcdefg", "abcdefgh", "abcdefghi", "no" };
    for (size_t n = 0; n < COUNT_OF(names); n++) {
        struct doc_field field = doc_field(str_of(names[n]));
        for (size_t at = 0; at < 2 * COUNT_OF(maps); at++) {
            struct val map = parse(maps[at % COUNT_OF(maps)]);
            struct val packed = pack(map);
            struct val found = val_field(packed, &field);
            struct doc_record record;
            int64_t i = 0;
            assert_true(val_equal(found, val_get(map, str_of(names[n]))));
            assert_true(val_equal(found, val_field(map, &field)));
            assert_true(doc_record(packed, &record) && !doc_record(map, &record));
            if (!val_exists(found))
                continue;
            assert_true(str_equal(doc_record_text(&record, &field), val_text(found)));
            assert_true(doc_record_int(&record, &field, &i) == (found.kind == VAL_INT));
            assert_true(found.kind != VAL_INT || i == found.i);
        }
    }
}

static void test_doc_patch_edits_without_touching_the_document(void **state)
{
    (void)state;
    static const struct {
        const char *patch;
        const char *result;
    } cases[] = {
        { "[]", "{\"a\":{\"b\":1},\"c\":[1,2]}" },
        { "[{\"op\":\"add\",\"path\":\"/c/1\",\"value\":9}]",
          "{\"a\":{\"b\":1},\"c\":[1,9,2]}" },
        { "[{\"op\":\"add\",\"path\":\"/c/-\",\"value\":null}]",
          "{\"a\":{\"b\":1},\"c\":[1,2,null]}" },
        { "[{\"op\":\"add\",\"path\":\"/a/x~1y~0\",\"value\":0}]",
          "{\"a\":{\"b\":1,\"x/y~\":0},\"c\":[1,2]}" },
        { "[{\"op\":\"remove\",\"path\":\"/c/0\"},"
          "{\"op\":\"replace\",\"path\":\"/a/b\",\"value\":{\"d\":2}}]",
          "{\"a\":{\"b\":{\"d\":2}},\"c\":[2]}" },
        { "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/c/0\"}]",
          "{\"a\":{},\"c\":[1,1,2]}" },
        { "[{\"op\":\"copy\",\"from\":\"/c\",\"path\":\"/a/b\"}]",
          "{\"a\":{\"b\":[1,2]},\"c\":[1,2]}" },
        { "[{\"op\":\"test\",\"path\":\"/c\",\"value\":[1.0,2]},"
          "{\"op\":\"replace\",\"path\":\"\",\"value\":7}]",
          "7" },
    };
    struct val v = parse("{\"a\":{\"b\":1},\"c\":[1,2]}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val forms[] = { v, pack(v) };
        for (size_t k = 0; k < COUNT_OF(forms); k++) {
            struct val result;
            struct err err;
            assert_true(doc_patch(arena, forms[k], parse(cases[i].patch), &result, &err));
            assert_string_equal(doc_text(arena, result, DOC_PLAIN).p, cases[i].result);
        }
        assert_string_equal(doc_text(arena, v, DOC_PLAIN).p, cases[0].result);
    }
}

static void test_doc_patch_fails_as_a_whole_and_says_where(void **state)
{
    (void)state;
#define FIRST "[{\"op\":\"remove\",\"path\":\"/a\"},"
    static const struct {
        const char *patch;
        enum err_kind kind;
        const char *where;
    } cases[] = {
        { "{}", ERR_INPUT, "" },
        { "[3]", ERR_INPUT, "/0" },
        { "[{\"op\":\"spam\",\"path\":\"/a\"}]", ERR_INPUT, "/0" },
        { "[{\"op\":\"remove\"}]", ERR_INPUT, "/0" },
        { "[{\"op\":\"remove\",\"path\":\"a\"}]", ERR_INPUT, "/0" },
        { "[{\"op\":\"remove\",\"path\":\"/~2\"}]", ERR_INPUT, "/0" },
        { "[{\"op\":\"remove\",\"path\":\"\"}]", ERR_INPUT, "/0" },
        { "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", ERR_INPUT, "/0" },
        { FIRST "{\"op\":\"remove\",\"path\":\"/a\"}]", ERR_CONFLICT, "/1" },
        { FIRST "{\"op\":\"add\",\"path\":\"/c/3\",\"value\":1}]", ERR_CONFLICT, "/1" },
        { FIRST "{\"op\":\"add\",\"path\":\"/c/01\",\"value\":1}]", ERR_CONFLICT, "/1" },
        { FIRST "{\"op\":\"add\",\"path\":\"/x/y\",\"value\":1}]", ERR_CONFLICT, "/1" },
        { FIRST "{\"op\":\"add\",\"path\":\"/x\"}]", ERR_INPUT, "/1" },
        { FIRST "{\"op\":\"copy\",\"path\":\"/x\"}]", ERR_INPUT, "/1" },
        { FIRST "{\"op\":\"replace\",\"path\":\"/c/-\",\"value\":1}]", ERR_CONFLICT,
          "/1" },
        { FIRST "{\"op\":\"test\",\"path\":\"/c/0\",\"value\":\"1\"}]", ERR_CONFLICT,
          "/1" },
    };
#undef FIRST
    struct val v = parse("{\"a\":{\"b\":1},\"c\":[1,2]}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val result = VAL_ABSENT;
        struct err err;
        assert_false(doc_patch(arena, v, parse(cases[i].patch), &result, &err));
        assert_false(val_exists(result));
        assert_string_equal(err.code, "doc.patch");
        assert_string_equal(err.where, cases[i].where);
        assert_int_equal(err.kind, cases[i].kind);
    }
}

/* Twenty operations that would stand for a million members, or nest without end. */
static void test_doc_patch_counts_what_copies_stand_for(void **state)
{
    (void)state;
    struct buf patch;
    struct err err;
    struct val v;
    buf_init(&patch, 1 << 20);
    for (int i = 0; i < 20; i++)
        buf_format(&patch, "%s{\"op\":\"copy\",\"from\":\"\",\"path\":\"/%d\"}",
                   i ? "," : "[", i);
    buf_char(&patch, ']');
    buf_char(&patch, 0);
    assert_false(doc_patch(arena, parse("{\"a\":1}"), parse(patch.p), &v, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.where, "/14");

    buf_clear(&patch);
    for (int i = 0; i < DOC_MAX_DEPTH; i++)
        buf_format(&patch,
                   "%s{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b/a\"},"
                   "{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/a\"},"
                   "{\"op\":\"add\",\"path\":\"/b\",\"value\":{}}",
                   i ? "," : "[");
    buf_char(&patch, ']');
    buf_char(&patch, 0);
    assert_false(doc_patch(arena, parse("{\"a\":1,\"b\":{}}"), parse(patch.p), &v, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_done(&patch);
    assert_true(val_is(
        patched("[\"x\"]", "[{\"op\":\"move\",\"from\":\"/0\",\"path\":\"\"}]"), "x"));
}

static void test_doc_merge_is_rfc_7396s(void **state)
{
    /* the examples of its appendix A, and two that end with what they began */
    static const char *const cases[][3] = {
        { "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
        { "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
        { "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
        { "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
          "{\"a\":{\"b\":\"d\"}}" },
        { "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
        { "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
        { "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
        { "{\"a\":\"foo\"}", "null", "null" },
        { "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
        { "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
        { "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
        { "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
        { "{\"a\":1,\"b\":2}", "{\"a\":null,\"c\":null}", "{\"b\":2}" },
        { "{\"a\":1}", "{}", "{\"a\":1}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct val v;
        struct err err;
        assert_true(doc_merge(arena, parse(cases[i][0]), parse(cases[i][1]), &v, &err));
        if (!val_equal(v, parse(cases[i][2])))
            fail_msg("%s with %s", cases[i][0], cases[i][1]);
    }
}

static void test_doc_merge_has_a_limit_however_deep(void **state)
{
    struct val v;
    struct err err;
    struct buf patch;
    (void)state;
    buf_init(&patch, 1 << 20);
    buf_str(&patch, STR("{\"a\":{"));
    for (int i = 0; i < DOC_MAX_PATCH; i++)
        buf_format(&patch, "%s\"m%d\":1", i ? "," : "", i);
    buf_str(&patch, STR("}}"));
    buf_char(&patch, 0);
    assert_false(doc_merge(arena, parse("{}"), parse(patch.p), &v, &err));
    assert_string_equal(err.code, "doc.patch");
    buf_done(&patch);
}

static void test_an_item_is_appended_and_the_list_stays(void **state)
{
    struct arena *a = arena_open();
    struct val none = val_append(a, VAL_ABSENT, val_int(1));
    struct val two = val_append(a, none, val_int(2));
    (void)state;
    assert_int_equal(val_count(none), 1);
    assert_int_equal(val_count(two), 2);
    assert_int_equal(val_as_int(val_at(two, 0), 0), 1);
    assert_int_equal(val_as_int(val_at(two, 1), 0), 2);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_item_is_appended_and_the_list_stays),
        cmocka_unit_test(test_a_map_of_some_members_has_those_that_there_are),
        cmocka_unit_test(test_doc_reads_back_what_it_writes),
        cmocka_unit_test(test_doc_says_where_the_text_is_wrong),
        cmocka_unit_test(test_doc_refuses_deep_nesting),
        cmocka_unit_test(test_doc_of_a_repeated_name_the_last_counts),
        cmocka_unit_test(test_val_equal_is_json_schemas),
        cmocka_unit_test(test_val_equal_compares_large_objects_in_any_order),
        cmocka_unit_test(test_val_holds_a_text_at_whatever_depth),
        cmocka_unit_test(test_val_of_an_absent_way_is_absent),
        cmocka_unit_test(test_val_pointer_follows_rfc_6901),
        cmocka_unit_test(test_a_pointer_leads_to_what_lies_within_it),
        cmocka_unit_test(test_val_with_pointer_shares_what_did_not_change),
        cmocka_unit_test(test_val_without_pointer_takes_out_one_value),
        cmocka_unit_test(test_doc_pretty_text_is_for_people),
        cmocka_unit_test(
            test_doc_packed_soundness_finds_every_flipped_byte_or_stays_inside),
        cmocka_unit_test(test_doc_packed_extent_is_bytes_and_depth),
        cmocka_unit_test(test_val_field_finds_the_member_wherever_it_stands),
        cmocka_unit_test(test_doc_patch_edits_without_touching_the_document),
        cmocka_unit_test(test_doc_patch_fails_as_a_whole_and_says_where),
        cmocka_unit_test(test_doc_patch_counts_what_copies_stand_for),
        cmocka_unit_test(test_doc_merge_is_rfc_7396s),
        cmocka_unit_test(test_doc_merge_has_a_limit_however_deep),
    };
    return cmocka_run_group_tests_name("doc", tests, open_arena, close_arena);
}
