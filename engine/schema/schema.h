/*
 * schema: JSON Schema draft 2020-12. A document is compiled once into an immutable,
 * counted `struct schema`; checking walks a value against it and lists what is wrong.
 *
 * Knows nothing of collections, components or pages. Fetches nothing: documents outside
 * the given one are asked from the caller's `find`. The meta-schemas of the draft are
 * built in. Threads: a compiled schema may be used by many threads at once. Limits:
 * SCHEMA_MAX_ERRORS listed errors; SCHEMA_MAX_STEPS subschema visits a check; patterns
 * run with a bounded number of match steps.
 */
#pragma once
#include "doc/doc.h"

enum {
    SCHEMA_MAX_ERRORS = 100,
    SCHEMA_MAX_STEPS = 1000000,
};

struct schema;

/* Where documents named by a $ref come from. */
struct schema_source {
    /* True and the document, which must outlive the schema's compilation; false when
     * unknown. */
    bool (*find)(void *data, str uri, struct val *ret);
    void *data;
};

enum schema_flags {
    SCHEMA_PLAIN = 0,
    SCHEMA_ASSERT_FORMAT = 1, /* `format` is checked, not only noted */
};

/* One broken rule. All strings live in the arena given to schema_check. */
struct schema_error {
    str pointer; /* into the value, RFC 6901; empty for the whole */
    str keyword; /* "minimum" */
    str rule;    /* pointer into the schema document, by way of $ref */
    str text;    /* one English sentence with the limit and what was found */
};

struct schema_report {
    struct schema_error *errors;
    size_t n;
};

/* Compiles `document` (copied). `source` may be NULL.
 * Errors: schema.invalid (it breaks the meta-schema, or a pattern cannot be compiled),
 * schema.missing (a $ref leads nowhere), schema.dialect (another draft). */
bool schema_open(struct val document, const struct schema_source *source,
                 enum schema_flags flags, struct schema **ret,
                 struct err *err) MUST_CHECK;
struct schema *schema_hold(struct schema *schema);
void schema_drop(struct schema *schema);

/* True when `value` is valid; otherwise `ret` lists what is wrong, outermost cause last.
 * A check that runs out of steps is invalid with the keyword "limit". */
bool schema_check(const struct schema *schema, struct val value, struct arena *arena,
                  struct schema_report *ret);

/* The same as one err: code schema.mismatch, where the first pointer, text the first
 * sentence. */
bool schema_require(const struct schema *schema, struct val value, struct arena *arena,
                    struct err *err) MUST_CHECK;

/* `value` with absent members filled from `default` along `properties` (also inside $ref,
 * allOf and nested objects that are present or have a default). Only what is absent is
 * filled. */
struct val schema_fill(const struct schema *schema, struct val value,
                       struct arena *arena);

/* The document the schema was compiled from; borrowed. Forms read title, description,
 * default, examples and format from it. */
struct val schema_document(const struct schema *schema);
