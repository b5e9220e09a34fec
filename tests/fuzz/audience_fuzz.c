/*
 * Rules. Whatever they say: no crash, an end within the limits, every error named; and of
 * what compiles, that "not" turns the answer, and that nobody is held by a rule that can
 * hold nobody.
 */
#include "audience/audience.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const people[] = {
    "{\"id\":\"p1\"}",
    ("{\"id\":\"p2\",\"specialty\":\"s\",\"grade\":3,\"joined\":\"2026-01-01\","
     "\"post\":\"x\",\"groups\":[\"g\",1],\"tags\":[\"t\"]}"),
    "{\"id\":\"p3\",\"post\":{\"zh\":\"x\",\"en\":\"y\"},\"groups\":\"g\",\"grade\":0}",
};

static const struct audience *compile(struct arena *a, struct val rule)
{
    struct audience_source source = { .rule = rule };
    struct audience_issues issues;
    const struct audience *audience;
    struct err err;
    if (audience_compile(&source, a, &audience, &issues, &err))
        return audience;
    if (strncmp(err.code, "audience.", 9) != 0 || !err.text[0] || !issues.n)
        abort();
    return NULL;
}

static void check(struct arena *a, const struct audience *audience,
                  const struct audience *opposite)
{
    struct tenant_path path = { .n = 2 };
    path.items[0].id = STR("u1");
    path.items[1].id = STR("u2");
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct val person;
        struct err err;
        if (!doc_parse(a, str_of(people[i]), &person, &err))
            abort();
        bool admits = audience_admits(audience, person, &path);
        if (admits && !audience_is_possible(audience))
            abort();
        if (opposite && audience_admits(opposite, person, &path) == admits)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct err err;
    struct val rule;
    if (doc_parse(a, (str){ (const char *)data, size }, &rule, &err)) {
        const struct audience *audience = compile(a, rule);
        if (audience)
            check(a, audience,
                  compile(a, val_with(a, val_map(NULL, 0), STR("not"), rule)));
    }
    arena_close(a);
    return 0;
}
