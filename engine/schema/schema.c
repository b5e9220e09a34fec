/* The public face: compile, check, fill. */
#include "schema/schema.h"

#include "check.h"

struct schema {
    int holders; /* atomic */
    struct arena *arena;
    struct val document;
    struct child root;
};

static bool run(const struct child *root, struct val value, struct arena *arena,
                struct schema_report *ret)
{
    struct check c = { .arena = arena };
    bool good = schema_check_value(&c, root, value);
    schema_matcher_done(&c.matcher);
    *ret = (struct schema_report){ c.errors, c.n };
    return good;
}

/* Documents written for somebody's own meta-schema must satisfy it. */
static bool duties_met(struct compiler *c)
{
    struct schema_report report;
    for (const struct duty *duty = c->duties; duty; duty = duty->next) {
        if (run(duty->meta, duty->document, c->arena, &report))
            continue;
        const struct schema_error *first = &report.errors[0];
        str where = arena_format(c->arena, "%.*s%.*s", STR_ARG(duty->where),
                                 STR_ARG(first->pointer));
        return err_at(c->err, ERR_INPUT, "schema.invalid", where, "%.*s",
                      STR_ARG(first->text));
    }
    return true;
}

bool schema_open(struct val document, const struct schema_source *source,
                 enum schema_flags flags, struct schema **ret, struct err *err)
{
    struct arena *arena = arena_open();
    struct schema *schema = mem_zero(sizeof *schema);
    struct compiler c = { .arena = arena, .source = source, .flags = flags, .err = err };
    *schema = (struct schema){ 1, arena, val_copy(arena, document), { 0 } };
    if (schema_compile(&c, schema->document, &schema->root) && duties_met(&c)) {
        *ret = schema;
        return true;
    }
    schema_drop(schema);
    return false;
}

struct schema *schema_hold(struct schema *schema)
{
    __atomic_add_fetch(&schema->holders, 1, __ATOMIC_RELAXED);
    return schema;
}

void schema_drop(struct schema *schema)
{
    if (!schema || __atomic_sub_fetch(&schema->holders, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    arena_close(schema->arena);
    mem_free(schema);
}

bool schema_check(const struct schema *schema, struct val value, struct arena *arena,
                  struct schema_report *ret)
{
    return run(&schema->root, value, arena, ret);
}

bool schema_require(const struct schema *schema, struct val value, struct arena *arena,
                    struct err *err)
{
    struct schema_report report;
    if (run(&schema->root, value, arena, &report))
        return true;
    const struct schema_error *first = &report.errors[0];
    return err_at(err, ERR_INPUT, "schema.mismatch", first->pointer, "%.*s",
                  STR_ARG(first->text));
}

struct val schema_fill(const struct schema *schema, struct val value, struct arena *arena)
{
    return schema_fill_value(arena, schema->root.node, value);
}

struct val schema_document(const struct schema *schema)
{
    return schema->document;
}
