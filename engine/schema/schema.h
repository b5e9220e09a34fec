/*
 * schema: JSON Schema draft 2020-12. A document is compiled once into an immutable,
 * counted `struct schema`; checking walks a value against it and lists what is wrong.
 *
 * Knows nothing of collections, components or pages. Fetches nothing: documents outside
 * the given one are asked from the caller's `find`. The meta-schemas of the draft are
 * built in. Threads: a compiled schema may be used by many threads at once. Limits:
 * SCHEMA_MAX_ERRORS listed errors; SCHEMA_MAX_STEPS subschema visits a check; patterns
 * run with a bounded number of match steps; SCHEMA_MAX_DOCUMENTS asked of a source.
 * Beyond the draft: title and description may be objects of strings by language.
 */
#pragma once
#include "doc/doc.h"

enum {
    SCHEMA_MAX_ERRORS = 100,    /* listed by one check */
    SCHEMA_MAX_STEPS = 1000000, /* subschema visits of one check */
    SCHEMA_MAX_DOCUMENTS = 256, /* asked of a source */
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

/* One broken rule. All strings live as long as the schema and the arena given to
 * schema_check. */
struct schema_error {
    str pointer; /* into the value, RFC 6901; empty for the whole */
    str keyword; /* "minimum"; for the schema `false` the one it stands under */
    str rule;    /* the way through the schema document, "/items/$ref/minimum" */
    str text;    /* one English sentence with the limit and what was found */
};

struct schema_report {
    struct schema_error *errors;
    size_t n;
};

/* Compiles `document` (copied). `source` may be NULL.
 * Errors: schema.invalid (it breaks the meta-schema, or a pattern cannot be compiled),
 * schema.missing (a $ref leads nowhere), schema.dialect (another draft, or a vocabulary
 * that is not known). `where` is a pointer into the document, or "uri#pointer". */
bool schema_open(struct val document, const struct schema_source *source,
                 enum schema_flags flags, struct schema **ret,
                 struct err *err) MUST_CHECK;
struct schema *schema_hold(struct schema *schema);
void schema_drop(struct schema *schema);

/* True when `value` is valid; otherwise `ret` lists what is wrong, outermost cause last.
 * Of alternatives (anyOf, oneOf) only those the value can have meant are told in full.
 * A check that cannot be decided is invalid, also below `not`, and its last error says
 * why: "limit" (too many steps), "$ref" (rules without end), "pattern" (a match that
 * takes too long). */
bool schema_check(const struct schema *schema, struct val value, struct arena *arena,
                  struct schema_report *ret);

/* The same as one err: code schema.mismatch, where the first pointer, text the first
 * sentence. */
bool schema_require(const struct schema *schema, struct val value, struct arena *arena,
                    struct err *err) MUST_CHECK;

/* `value` with absent members filled from `default` along `properties`, also inside $ref,
 * allOf, items, and objects that are present or have a default. Only what is absent is
 * filled; a default that would be needed inside itself is left out. Shares what did not
 * change; the defaults live as long as the schema. */
struct val schema_fill(const struct schema *schema, struct val value,
                       struct arena *arena);

/* The document the schema was compiled from; borrowed. Forms read title, description,
 * default, examples and format from it. */
struct val schema_document(const struct schema *schema);

/* ---- without a value: `schema` is a part of the document `root` ---- */

/* Bits 1 << VAL_… of the kinds that it may hold. */
unsigned schema_kinds(struct val root, struct val schema);
/* Its `format`, also behind a $ref; empty when it has none. */
str schema_format(struct val root, struct val schema);
