#include "schema/schema.h"

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
    return doc_unpack(bytes);
}

/* Documents that a test may refer to. */
static const struct {
    str uri;
    const char *text;
} library[] = {
    { STR_INIT("https://example.com/point"),
      "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/n\"},"
      "\"next\":{\"$ref\":\"./point\"}},\"$defs\":{\"n\":{\"$anchor\":\"n\",\"type\":"
      "\"number\"}}}" },
    { STR_INIT("https://example.com/broken"), "{\"minimum\":\"much\"}" },
    { STR_INIT("https://example.com/strict"),
      "{\"$id\":\"https://example.com/strict\","
      "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
      "\"$vocabulary\":{\"https://json-schema.org/draft/2020-12/vocab/core\":true,"
      "\"https://json-schema.org/draft/2020-12/vocab/applicator\":true,"
      "\"https://json-schema.org/draft/2020-12/vocab/validation\":true},"
      "\"required\":[\"title\"]}" },
    { STR_INIT("https://example.com/strange"),
      "{\"$vocabulary\":{\"https://example.com/vocab\":true}}" },
};

static bool find(void *data, str uri, struct val *ret)
{
    (void)data;
    for (size_t i = 0; i < COUNT_OF(library); i++) {
        if (str_equal(uri, library[i].uri)) {
            *ret = parse(library[i].text);
            return true;
        }
    }
    return false;
}

static const struct schema_source source = { find, NULL };

static struct schema *compile_with(const char *text, enum schema_flags flags)
{
    struct schema *schema;
    struct err err;
    if (!schema_open(parse(text), &source, flags, &schema, &err))
        fail_msg("%s: %s (%s)", text, err.text, err.where);
    return schema;
}

static struct schema *compile(const char *text)
{
    return compile_with(text, SCHEMA_PLAIN);
}

static bool is_valid(const struct schema *schema, struct val v)
{
    struct schema_report report;
    bool valid = schema_check(schema, v, arena, &report);
    assert_true(valid == (report.n == 0));
    return valid;
}

/* "pointer keyword rule: text", one error a line. */
static const char *errors_of(const char *schema_text, const char *value)
{
    struct schema_report report;
    struct schema *schema = compile_with(schema_text, SCHEMA_ASSERT_FORMAT);
    struct buf out;
    buf_init(&out, 1 << 20);
    schema_check(schema, parse(value), arena, &report);
    for (size_t i = 0; i < report.n; i++) {
        const struct schema_error *e = &report.errors[i];
        buf_format(&out, "%s%.*s %.*s %.*s: %.*s", i ? "\n" : "", STR_ARG(e->pointer),
                   STR_ARG(e->keyword), STR_ARG(e->rule), STR_ARG(e->text));
    }
    schema_drop(schema);
    str text = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return text.p;
}

static const struct {
    const char *schema;
    const char *value;
    const char *errors;
} broken_rules[] = {
    { "{\"type\":\"string\",\"minLength\":3}", "1",
      " type /type: must be a string, not an integer" },
    { "{\"type\":[\"string\",\"null\",\"number\"]}", "true",
      " type /type: must be a string, a number or null, not true" },
    { "{\"const\":{\"a\":1}}", "2", " const /const: must be {\"a\":1}, not 2" },
    { "{\"enum\":[\"a\",\"b\",3]}", "\"c\"",
      " enum /enum: must be one of \"a\", \"b\" or 3, not \"c\"" },
    { "{\"enum\":[1,2,3,4,5,6,7,8,9]}", "0",
      " enum /enum: must be one of 1, 2, 3, 4, 5, 6, 7, 8 …, not 0" },
    { "{\"enum\":[]}", "0", " enum /enum: no value is allowed here" },
    { "{\"minimum\":3}", "2.5", " minimum /minimum: must be at least 3, not 2.5" },
    { "{\"maximum\":3}", "4", " maximum /maximum: must be at most 3, not 4" },
    { "{\"exclusiveMinimum\":3}", "3",
      " exclusiveMinimum /exclusiveMinimum: must be more than 3, not 3" },
    { "{\"exclusiveMaximum\":3}", "3",
      " exclusiveMaximum /exclusiveMaximum: must be less than 3, not 3" },
    { "{\"multipleOf\":0.1}", "0.35",
      " multipleOf /multipleOf: must be a multiple of 0.1, not 0.35" },
    { "{\"minLength\":1}", "\"\"",
      " minLength /minLength: must have at least 1 character, not 0" },
    { "{\"maxLength\":2}", "\"拼板👍\"",
      " maxLength /maxLength: must have at most 2 characters, not 3" },
    { "{\"maxItems\":0}", "[1]",
      " maxItems /maxItems: must have at most 0 items, not 1" },
    { "{\"minProperties\":1}", "{}",
      " minProperties /minProperties: must have at least 1 member, not 0" },
    { "{\"pattern\":\"^a+$\"}", "\"b\"",
      " pattern /pattern: must match the pattern ^a+$, not \"b\"" },
    { "{\"format\":\"date\"}", "\"2026-02-30\"",
      " format /format: must be a date such as 2026-11-22, not \"2026-02-30\"" },
    { "{\"required\":[\"a\",\"b\",\"c\"]}", "{\"b\":1}",
      " required /required: the member \"a\" is missing\n"
      " required /required: the member \"c\" is missing" },
    { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}",
      " dependentRequired /dependentRequired: the member \"b\" is missing; it is "
      "needed beside \"a\"" },
    { "{\"properties\":{\"a/b\":{\"items\":{\"type\":\"null\"}}}}", "{\"a/b\":[null,0]}",
      "/a~1b/1 type /properties/a~1b/items/type: must be null, not an integer" },
    { "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"b\":2}",
      "/b additionalProperties /additionalProperties: the member \"b\" is not "
      "expected "
      "here" },
    { "{\"prefixItems\":[{}],\"items\":false}", "[1,2]",
      "/1 items /items: no item is expected here" },
    { "{\"propertyNames\":{\"maxLength\":2}}", "{\"abc\":1}",
      " maxLength /propertyNames/maxLength: the name \"abc\" must have at most 2 "
      "characters, not 3" },
    { "{\"contains\":{\"type\":\"string\"}}", "[1]",
      " contains /contains: must hold at least 1 item of the wanted kind, not 0" },
    { "{\"uniqueItems\":true}", "[1,2,1.0]",
      " uniqueItems /uniqueItems: must not hold the same item twice, as at 0 and 2" },
    { "{\"items\":{\"$ref\":\"#/$defs/x\"},\"$defs\":{\"x\":{\"minimum\":5}}}", "[7,1]",
      "/1 minimum /items/$ref/minimum: must be at least 5, not 1" },
    { "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]}}", "{\"a\":1}",
      " required /then/required: the member \"b\" is missing" },
    { "{\"not\":{\"type\":\"integer\"}}", "3",
      " not /not: is of a kind that is not allowed here: 3" },
    { "{\"oneOf\":[{\"type\":\"integer\"},true,{\"minimum\":2}]}", "1",
      " oneOf /oneOf: must fit only one of the 3 alternatives, but fits 1 and 2" },
    { "{\"properties\":{\"a\":{\"type\":\"null\"}},\"unevaluatedProperties\":false}",
      "{\"a\":1,\"b\":2}", "/a type /properties/a/type: must be null, not an integer" },
    { "{\"properties\":{\"a\":{\"type\":\"null\"}},\"unevaluatedProperties\":false}",
      "{\"a\":null,\"b\":2}",
      "/b unevaluatedProperties /unevaluatedProperties: the member \"b\" is not "
      "expected here" },
    { "false", "1", " false : no value is allowed here" },
    { "{\"const\":1}",
      "\"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
      "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十尾\"",
      " const /const: must be 1, not "
      "\"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
      "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\"…" },
};

static void test_schema_tells_what_is_wrong_with_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken_rules); i++)
        assert_string_equal(errors_of(broken_rules[i].schema, broken_rules[i].value),
                            broken_rules[i].errors);
}

static void test_schema_tells_which_alternative_was_meant(void **state)
{
    (void)state;
    static const char kinds[] =
        "{\"anyOf\":[{\"properties\":{\"kind\":{\"const\":\"a\"},\"x\":{\"type\":"
        "\"null\"}}},"
        "{\"properties\":{\"kind\":{\"const\":\"b\"},\"x\":{\"type\":\"array\"}}},"
        "{\"type\":\"string\"}]}";
    assert_string_equal(
        errors_of(kinds, "{\"kind\":\"b\",\"x\":1}"),
        "/x type /anyOf/1/properties/x/type: must be an array, not an integer\n"
        " anyOf /anyOf: fits none of the 3 alternatives");
    assert_string_equal(
        errors_of("{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "1"),
        " oneOf /oneOf: fits none of the 2 alternatives: must be a string, "
        "not an integer; or must be null, not an integer");
    assert_string_equal(
        errors_of("{\"oneOf\":[{\"const\":\"a\",\"title\":\"A\"},{\"const\":2}]}", "3"),
        " oneOf /oneOf: must be one of \"a\" or 2, not 3");
}

static void test_schema_tells_what_is_wrong_with_a_document(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *code;
        const char *where;
        const char *text;
    } cases[] = {
        { "3", "schema.invalid", "", "must be a schema: an object, true or false" },
        { "{\"properties\":{\"a\":{\"minimum\":\"x\"}}}", "schema.invalid",
          "/properties/a/minimum", "must be a number" },
        { "{\"$defs\":{\"a\":{\"items\":[{}]}}}", "schema.invalid", "/$defs/a/items",
          "must be a schema: an object, true or false" },
        { "{\"patternProperties\":{\"[\":{}}}", "schema.invalid", "/patternProperties",
          "[ is not a regular expression: a [ has no ]" },
        { "{\"pattern\":\"(a\"}", "schema.invalid", "/pattern",
          "(a is not a regular expression: missing closing parenthesis" },
        { "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}",
          "schema.invalid", "/$defs/b/$anchor", "x names two schemas" },
        { "{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"x\"}}}", "schema.invalid",
          "/$defs/b/$id", "x names two schemas" },
        { "{\"$ref\":\"#/$defs/a\"}", "schema.missing", "/$ref",
          "#/$defs/a leads nowhere: the document has no such place" },
        { "{\"items\":{\"$ref\":\"https://example.com/none\"}}", "schema.missing",
          "/items/$ref",
          "https://example.com/none leads nowhere: no such document is known" },
        { "{\"$ref\":\"https://example.com/broken\"}", "schema.invalid",
          "https://example.com/broken#/minimum", "must be a number" },
        { "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", "schema.dialect",
          "",
          "only draft 2020-12 is spoken here, not: "
          "http://json-schema.org/draft-07/schema" },
        { "{\"$schema\":\"https://example.com/none\"}", "schema.dialect", "",
          "the meta-schema is not known: https://example.com/none" },
        { "{\"$schema\":\"https://example.com/strange\"}", "schema.dialect", "",
          "a vocabulary that is required is not known: https://example.com/vocab" },
        { "{\"$schema\":\"https://example.com/strict\",\"type\":\"null\"}",
          "schema.invalid", "", "the member \"title\" is missing" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schema *schema;
        struct err err;
        assert_false(
            schema_open(parse(cases[i].schema), &source, SCHEMA_PLAIN, &schema, &err));
        assert_string_equal(err.code, cases[i].code);
        assert_string_equal(err.where, cases[i].where);
        assert_string_equal(err.text, cases[i].text);
    }
}

/* The shapes are written as code; the meta-schema of the draft is the judge of them. */
static void test_schema_refuses_what_the_meta_schema_refuses(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\"$anchor\":\"1a\"}",
        "{\"$id\":\"#a\"}",
        "{\"$defs\":[]}",
        "{\"$comment\":1}",
        "{\"$vocabulary\":{\"a:b\":1}}",
        "{\"type\":\"float\"}",
        "{\"type\":[]}",
        "{\"type\":[\"null\",\"null\"]}",
        "{\"enum\":1}",
        "{\"multipleOf\":0}",
        "{\"minimum\":null}",
        "{\"maxLength\":-1}",
        "{\"maxItems\":1.5}",
        "{\"minContains\":\"1\"}",
        "{\"pattern\":1}",
        "{\"uniqueItems\":1}",
        "{\"required\":[\"a\",\"a\"]}",
        "{\"required\":[1]}",
        "{\"dependentRequired\":{\"a\":\"b\"}}",
        "{\"dependencies\":{\"a\":1}}",
        "{\"properties\":{\"a\":null}}",
        "{\"patternProperties\":[]}",
        "{\"additionalProperties\":[]}",
        "{\"prefixItems\":[]}",
        "{\"items\":[]}",
        "{\"allOf\":[]}",
        "{\"anyOf\":{}}",
        "{\"not\":[]}",
        "{\"then\":1}",
        "{\"unevaluatedItems\":1}",
        "{\"title\":1}",
        "{\"description\":{\"zh\":1}}",
        "{\"deprecated\":1}",
        "{\"examples\":{}}",
        "{\"format\":1}",
        "{\"contentEncoding\":1}",
        "{\"contentSchema\":1}",
    };
    struct schema *meta =
        compile("{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}");
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        struct schema *schema;
        struct err err;
        assert_false(is_valid(meta, parse(documents[i])));
        assert_false(schema_open(parse(documents[i]), NULL, SCHEMA_PLAIN, &schema, &err));
        assert_string_equal(err.code, "schema.invalid");
    }
    schema_drop(compile("{\"title\":{\"zh\":\"标题\",\"en\":\"Title\"}}"));
    assert_true(is_valid(meta, parse("{\"enum\":[],\"maxItems\":2.0,\"required\":[]}")));
    schema_drop(compile("{\"enum\":[],\"maxItems\":2.0,\"required\":[]}"));
    schema_drop(meta);
}

static void test_schema_follows_references_to_other_documents(void **state)
{
    (void)state;
    struct schema *schema =
        compile("{\"$id\":\"https://example.com/a\",\"items\":{\"$ref\":"
                "\"point\"},\"contains\":{\"$ref\":\"point\"}}");
    assert_true(is_valid(schema, parse("[{\"x\":1,\"next\":{\"x\":2.5}}]")));
    assert_false(is_valid(schema, parse("[{\"x\":1,\"next\":{\"x\":\"2\"}}]")));
    schema_drop(schema);
    schema = compile("{\"$ref\":\"https://example.com/point#n\"}");
    assert_true(is_valid(schema, parse("1")));
    assert_false(is_valid(schema, parse("{}")));
    schema_drop(schema);
}

static bool find_anything(void *data, str uri, struct val *ret)
{
    (void)data;
    (void)uri;
    *ret = parse("{\"items\":{\"$ref\":\"deeper/more\"}}");
    return true;
}

static void test_schema_does_not_follow_references_without_end(void **state)
{
    (void)state;
    const struct schema_source anything = { find_anything, NULL };
    struct schema *schema;
    struct err err;
    assert_false(schema_open(parse("{\"$ref\":\"https://example.com/a\"}"), &anything,
                             SCHEMA_PLAIN, &schema, &err));
    assert_string_equal(err.code, "schema.invalid");
    assert_string_equal(err.text, "the schema leads to too many documents");
}

static void test_schema_reads_packed_values_alike(void **state)
{
    (void)state;
    struct schema *schema = compile(
        "{\"properties\":{\"a\":{\"uniqueItems\":true,\"items\":{\"minimum\":1}}},"
        "\"required\":[\"a\"],\"unevaluatedProperties\":false}");
    assert_true(is_valid(schema, pack(parse("{\"a\":[1,2]}"))));
    assert_false(is_valid(schema, pack(parse("{\"a\":[1,1]}"))));
    assert_false(is_valid(schema, pack(parse("{\"a\":[0]}"))));
    assert_false(is_valid(schema, pack(parse("{\"a\":[],\"b\":1}"))));
    assert_false(is_valid(schema, pack(parse("{}"))));
    schema_drop(schema);
}

static void test_schema_asserts_formats_only_when_asked(void **state)
{
    (void)state;
    struct schema *noted = compile("{\"format\":\"ipv4\"}");
    struct schema *asserted = compile_with("{\"format\":\"ipv4\"}", SCHEMA_ASSERT_FORMAT);
    assert_true(is_valid(noted, parse("\"no\"")));
    assert_false(is_valid(asserted, parse("\"no\"")));
    assert_true(is_valid(asserted, parse("\"192.0.2.1\"")));
    schema_drop(noted);
    schema_drop(asserted);
}

static void test_schema_formats_know_right_from_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        const char *right;
        const char *wrong;
    } cases[] = {
        { "date-time", "2026-11-22T09:30:00+08:00", "2026-11-22 09:30" },
        { "date", "2028-02-29", "2026-02-29" },
        { "time", "09:30:00.5Z", "09:30:00" },
        { "duration", "P1Y2M3DT4H", "P1Y2D" },
        { "email", "li.wei@example.com", "li..wei@example.com" },
        { "idn-email", "李伟@例子.中国", "李伟" },
        { "hostname", "a-b.example", "a_b.example" },
        { "idn-hostname", "例子.中国", "-例子" },
        { "ipv4", "10.0.0.255", "10.0.0.256" },
        { "ipv6", "2001:db8::192.0.2.1", "2001:db8:::1" },
        { "uri", "https://example.com/a?b#c", "/a" },
        { "uri-reference", "../a?b=c", "a b" },
        { "iri", "https://例子.中国/路", "路" },
        { "iri-reference", "路?x", "a\\\\b" },
        { "uri-template", "/people{/id}{?q*,n:3}", "/people{/id" },
        { "uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08aa98" },
        { "json-pointer", "/a~1b/0", "a/b" },
        { "relative-json-pointer", "1/name", "-1/name" },
        { "regex", "^[a-z]+$", "a)" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str text = arena_format(arena, "{\"format\":\"%s\"}", cases[i].format);
        struct schema *schema = compile_with(text.p, SCHEMA_ASSERT_FORMAT);
        str right = arena_format(arena, "\"%s\"", cases[i].right);
        str wrong = arena_format(arena, "\"%s\"", cases[i].wrong);
        if (!is_valid(schema, parse(right.p)) || is_valid(schema, parse(wrong.p)))
            fail_msg("%s", cases[i].format);
        schema_drop(schema);
    }
}

static void test_schema_patterns_are_ecmascript(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } cases[] = {
        { "^a.c$", "a\u2028c", false },
        { "^a.c$",
          "a\xc2\x85"
          "c",
          true },
        { "^\\d$", "੩", false },
        { "^\\w$", "é", false },
        { "^\\s$", "\u3000", true },
        { "^[\\s]$", "\ufeff", true },
        { "^[\\S]$", "\ufeff", false },
        { "^[\\S]$", "板", true },
        { "^\\S$", "\u00a0", false },
        { "^\\p{Letter}$", "板", true },
        { "^\\p{gc=Nd}$", "੩", true },
        { "^\\p{Script=Han}+$", "拼板", true },
        { "^\\u62fc$", "拼", true },
        { "^\\u{1f44d}$", "👍", true },
        { "^\\ud83d\\udc4d$", "👍", true },
        { "^\\cJ$", "\n", true },
        { "^[]$", "", false },
        { "^[^]$", "\n", true },
        { "^[[:a]]$", "a]", true },
        { "^(a)(b)\\2\\1$", "abba", true },
        { "^(?<n>a)\\k<n>$", "aa", true },
        { "^a{,2}$", "a{,2}", true },
        { "^a{2,}$", "aaa", true },
        { "^\\-\\/\\@$", "-/@", true },
        { "^[\\b]$", "\b", true },
        { "a$", "a\n", false },
        { "^\\v$", "\v", true },
        { "^\\0$", "0", false },
        { "(?<=a)b", "ab", true },
        { "^(?:a|b)+?$", "abab", true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct member member = { STR("pattern"), val_str(str_of(cases[i].pattern)) };
        struct schema *schema;
        struct err err;
        if (!schema_open(val_map(&member, 1), NULL, SCHEMA_PLAIN, &schema, &err))
            fail_msg("%s: %s", cases[i].pattern, err.text);
        if (is_valid(schema, val_str(str_of(cases[i].text))) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
        schema_drop(schema);
    }
}

static void test_schema_refuses_what_only_pcre_calls_a_pattern(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "\\a",    "\\Z",  "\\h",   "\\Qa\\E", "(?i)a", "(?P<n>a)",    "(?#a)", "(?>a)",
        "(*UTF)", "a++",  "a?+",   "a{2}+",   "(?R)",  "\\u{110000}", "\\u12", "\\xg",
        "\\c1",   "\\01", "[\\1]", "\\ud83d", "a**",   "\\p",         "\\",    "[a",
    };
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        struct member member = { STR("pattern"), val_str(str_of(patterns[i])) };
        struct schema *schema;
        struct err err;
        if (schema_open(val_map(&member, 1), NULL, SCHEMA_PLAIN, &schema, &err))
            fail_msg("%s", patterns[i]);
        assert_string_equal(err.code, "schema.invalid");
    }
}

static void test_schema_ends_a_check_that_would_not_end(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *value;
        const char *keyword;
    } cases[] = {
        { "{\"$ref\":\"#\"}", "1", "$ref" },
        { "{\"not\":{\"$ref\":\"#\"}}", "1", "$ref" },
        { "{\"anyOf\":[{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#\"}],"
          "\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#\"}]}}}",
          "[]", "$ref" },
        { "{\"$dynamicAnchor\":\"a\",\"not\":{\"$dynamicRef\":\"#a\"}}", "1",
          "$dynamicRef" },
        { "{\"not\":{\"pattern\":\"^(a+)+$\"}}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"",
          "pattern" },
        { "{\"patternProperties\":{\"^(a+)+$\":false}}",
          "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\":1}", "patternProperties" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schema_report report;
        struct schema *schema = compile(cases[i].schema);
        assert_false(schema_check(schema, parse(cases[i].value), arena, &report));
        assert_int_equal(report.n, 1);
        assert_true(str_equal(report.errors[0].keyword, str_of(cases[i].keyword)));
        schema_drop(schema);
    }
}

static void test_schema_counts_its_steps(void **state)
{
    (void)state;
    enum { DOUBLINGS = 30 };
    struct buf text;
    struct schema_report report;
    buf_init(&text, 1 << 20);
    buf_str(&text, STR("{\"$ref\":\"#/$defs/d0\",\"$defs\":{"));
    for (int i = 0; i < DOUBLINGS; i++)
        buf_format(&text,
                   "\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/"
                   "d%d\"}]},",
                   i, i + 1, i + 1);
    buf_format(&text, "\"d%d\":true}}", DOUBLINGS);
    buf_char(&text, 0);
    struct schema *schema = compile(text.p);
    assert_false(schema_check(schema, val_null(), arena, &report));
    assert_true(str_equal(report.errors[0].keyword, STR("limit")));
    schema_drop(schema);
    buf_done(&text);
}

static void test_schema_ends_a_check_that_goes_too_deep(void **state)
{
    (void)state;
    enum { REFERENCES = 3000 };
    struct buf text;
    struct schema_report report;
    buf_init(&text, 1 << 20);
    buf_str(&text, STR("{\"$ref\":\"#/$defs/d0\",\"$defs\":{"));
    for (int i = 0; i < REFERENCES; i++)
        buf_format(&text, "\"d%d\":{\"$ref\":\"#/$defs/d%d\"},", i, i + 1);
    buf_format(&text, "\"d%d\":true}}", REFERENCES);
    buf_char(&text, 0);
    struct schema *schema = compile(text.p);
    assert_false(schema_check(schema, val_null(), arena, &report));
    assert_int_equal(report.n, 1);
    assert_true(str_equal(report.errors[0].keyword, STR("limit")));
    assert_true(val_equal(schema_fill(schema, val_null(), arena), val_null()));
    schema_drop(schema);
    buf_done(&text);
}

static void test_schema_lists_at_most_a_hundred_errors(void **state)
{
    (void)state;
    struct schema_report report;
    struct val items[300];
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = val_int((int64_t)i);
    struct schema *schema = compile("{\"items\":{\"type\":\"string\",\"const\":1}}");
    assert_false(schema_check(schema, val_list(items, COUNT_OF(items)), arena, &report));
    assert_int_equal(report.n, SCHEMA_MAX_ERRORS);
    assert_true(str_equal(report.errors[99].pointer, STR("/99")));
    schema_drop(schema);
}

static void test_schema_divides_in_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *of;
        const char *value;
        bool valid;
    } cases[] = {
        { "0.1", "0.3", true },
        { "0.01", "19.99", true },
        { "0.01", "19.995", false },
        { "3", "9223372036854775806", true },
        { "1e-8", "12391239123", true },
        { "0.5", "1e308", true },
        { "0.123456789", "1e308", false },
        { "1e300", "1e308", true },
        { "1e300", "7", false },
        { "2.5", "-7.5", true },
        { "7", "0", true },
        { "2", "-3", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str text = arena_format(arena, "{\"multipleOf\":%s}", cases[i].of);
        struct schema *schema = compile(text.p);
        if (is_valid(schema, parse(cases[i].value)) != cases[i].valid)
            fail_msg("%s of %s", cases[i].value, cases[i].of);
        schema_drop(schema);
    }
}

static void test_schema_compares_large_numbers_exactly(void **state)
{
    (void)state;
    struct schema *schema = compile("{\"maximum\":9007199254740992.0}");
    assert_true(is_valid(schema, parse("9007199254740992")));
    assert_false(is_valid(schema, parse("9007199254740993")));
    schema_drop(schema);
    schema = compile("{\"exclusiveMaximum\":9223372036854775807}");
    assert_true(is_valid(schema, parse("9223372036854775806")));
    assert_false(is_valid(schema, parse("9223372036854775808.0")));
    assert_false(is_valid(schema, parse("1e300")));
    assert_true(is_valid(schema, parse("-1e300")));
    schema_drop(schema);
}

static void test_schema_finds_equal_items_in_any_spelling(void **state)
{
    (void)state;
    struct schema *schema = compile("{\"uniqueItems\":true}");
    static const char many[] = "[0,1,2,3,4,5,6,7,8,9,%s,%s]";
    static const struct {
        const char *a, *b;
        bool unique;
    } cases[] = {
        { "{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}", false },
        { "10", "10.0", false },
        { "0.0", "\"0\"", false }, // 0.0 is the 0 at the start
        { "[false]", "[0]", true },
        { "{\"a\":1}", "{\"a\":true}", true },
        { "\"x\"", "[\"x\"]", true },
        { "9223372036854774784", "9223372036854774784.0", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str text = arena_format(arena, many, cases[i].a, cases[i].b);
        if (is_valid(schema, parse(text.p)) != cases[i].unique)
            fail_msg("%s", text.p);
    }
    schema_drop(schema);
}

static void test_schema_names_many_required_members_at_once(void **state)
{
    (void)state;
    enum { N = 40 };
    struct val names[N];
    struct member members[N];
    struct schema_report report;
    struct schema *schema;
    struct err err;
    for (int i = 0; i < N; i++) {
        names[i] = val_str(arena_format(arena, "k%d", i));
        members[i] = (struct member){ val_text(names[i]), val_null() };
    }
    struct member required = { STR("required"), val_list(names, N) };
    assert_true(schema_open(val_map(&required, 1), NULL, SCHEMA_PLAIN, &schema, &err));
    assert_true(is_valid(schema, val_map(members, N)));
    members[3].name = STR("other");
    assert_false(schema_check(schema, val_map(members, N), arena, &report));
    assert_int_equal(report.n, 1);
    schema_drop(schema);
}

static void test_schema_fill_puts_defaults_where_nothing_is(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *value;
        const char *filled;
    } cases[] = {
        { "{\"properties\":{\"a\":{\"default\":1},\"b\":{\"default\":null}}}",
          "{\"a\":null}", "{\"a\":null,\"b\":null}" },
        { "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"default\":1}}}}}", "{}",
          "{}" },
        { "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"default\":1}}}}}",
          "{\"a\":{\"c\":2},\"d\":3}", "{\"a\":{\"c\":2,\"b\":1},\"d\":3}" },
        { "{\"properties\":{\"a\":{\"default\":{},\"properties\":{\"b\":{\"default\":1}}}"
          "}}",
          "{}", "{\"a\":{\"b\":1}}" },
        { "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/"
          "a\"}},\"$defs\":{\"a\":{\"default\":[]}}}",
          "{}", "{\"a\":[]}" },
        { "{\"allOf\":[{\"properties\":{\"a\":{\"default\":1}}},{\"$ref\":\"#/$defs/"
          "b\"}],"
          "\"$defs\":{\"b\":{\"properties\":{\"b\":{\"default\":2}}}}}",
          "{}", "{\"a\":1,\"b\":2}" },
        { "{\"items\":{\"properties\":{\"a\":{\"default\":1}}}}", "[{},{\"a\":2},3]",
          "[{\"a\":1},{\"a\":2},3]" },
        { "{\"prefixItems\":[{},{\"properties\":{\"a\":{\"default\":1}}}]}", "[{},{},{}]",
          "[{},{\"a\":1},{}]" },
        { "{\"properties\":{\"a\":{\"$ref\":\"#\",\"default\":{}}}}", "{}",
          "{\"a\":{}}" },
        { "{\"$ref\":\"#\",\"default\":1}", "{}", "{}" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schema *schema = compile(cases[i].schema);
        struct val v = parse(cases[i].value);
        struct val filled = schema_fill(schema, v, arena);
        assert_string_equal(doc_text(arena, filled, DOC_PLAIN).p, cases[i].filled);
        filled = schema_fill(schema, pack(v), arena);
        assert_string_equal(doc_text(arena, filled, DOC_PLAIN).p, cases[i].filled);
        schema_drop(schema);
    }
}

static void test_schema_require_gives_the_first_error(void **state)
{
    (void)state;
    struct err err;
    struct schema *schema =
        compile("{\"properties\":{\"a\":{\"minimum\":1},\"b\":false}}");
    assert_true(schema_require(schema, parse("{\"a\":1}"), arena, &err));
    assert_false(schema_require(schema, parse("{\"a\":0,\"b\":1}"), arena, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.code, "schema.mismatch");
    assert_string_equal(err.where, "/a");
    assert_string_equal(err.text, "must be at least 1, not 0");
    schema_drop(schema);
}

static void test_schema_lives_as_long_as_it_is_held(void **state)
{
    (void)state;
    struct schema *schema = compile("{\"title\":\"A\"}");
    assert_ptr_equal(schema_hold(schema), schema);
    schema_drop(schema);
    struct val document = schema_document(schema);
    assert_true(val_is(val_get(document, STR("title")), "A"));
    schema_drop(schema);
    schema_drop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_tells_what_is_wrong_with_a_value),
        cmocka_unit_test(test_schema_tells_which_alternative_was_meant),
        cmocka_unit_test(test_schema_tells_what_is_wrong_with_a_document),
        cmocka_unit_test(test_schema_refuses_what_the_meta_schema_refuses),
        cmocka_unit_test(test_schema_follows_references_to_other_documents),
        cmocka_unit_test(test_schema_does_not_follow_references_without_end),
        cmocka_unit_test(test_schema_reads_packed_values_alike),
        cmocka_unit_test(test_schema_asserts_formats_only_when_asked),
        cmocka_unit_test(test_schema_formats_know_right_from_wrong),
        cmocka_unit_test(test_schema_patterns_are_ecmascript),
        cmocka_unit_test(test_schema_refuses_what_only_pcre_calls_a_pattern),
        cmocka_unit_test(test_schema_ends_a_check_that_would_not_end),
        cmocka_unit_test(test_schema_counts_its_steps),
        cmocka_unit_test(test_schema_ends_a_check_that_goes_too_deep),
        cmocka_unit_test(test_schema_lists_at_most_a_hundred_errors),
        cmocka_unit_test(test_schema_divides_in_decimal),
        cmocka_unit_test(test_schema_compares_large_numbers_exactly),
        cmocka_unit_test(test_schema_finds_equal_items_in_any_spelling),
        cmocka_unit_test(test_schema_names_many_required_members_at_once),
        cmocka_unit_test(test_schema_fill_puts_defaults_where_nothing_is),
        cmocka_unit_test(test_schema_require_gives_the_first_error),
        cmocka_unit_test(test_schema_lives_as_long_as_it_is_held),
    };
    return cmocka_run_group_tests_name("schema", tests, open_arena, close_arena);
}
