/* The keywords of the draft. Their order is the order in which they are checked and in
 * which errors of one value are told. */
#include "check.h"

#define CORE        VOCABULARY_CORE
#define APPLICATOR  VOCABULARY_APPLICATOR
#define UNEVALUATED VOCABULARY_UNEVALUATED
#define VALIDATION  VOCABULARY_VALIDATION
#define META_DATA   VOCABULARY_META_DATA
#define FORMAT      (VOCABULARY_FORMAT | VOCABULARY_FORMAT_ASSERTION)
#define CONTENT     VOCABULARY_CONTENT

#define TEXT KIND(VAL_STR)
#define LIST KIND(VAL_LIST)
#define MAP  KIND(VAL_MAP)
#define ANY  KIND_ANY

/* clang-format off */
const struct keyword schema_keyword_table[] = {
    { STR_INIT("$id"), CORE, SHAPE_ID, 0, NULL, NULL },
    { STR_INIT("$schema"), CORE, SHAPE_TEXT, 0, NULL, NULL },
    { STR_INIT("$vocabulary"), CORE, SHAPE_BOOL_MAP, 0, NULL, NULL },
    { STR_INIT("$comment"), CORE, SHAPE_TEXT, 0, NULL, NULL },
    { STR_INIT("$anchor"), CORE, SHAPE_ANCHOR, 0, NULL, NULL },
    { STR_INIT("$dynamicAnchor"), CORE, SHAPE_ANCHOR, 0, NULL, NULL },
    { STR_INIT("$defs"), CORE, SHAPE_SCHEMA_MAP, 0, schema_make_wanted_map, NULL },
    { STR_INIT("definitions"), CORE, SHAPE_SCHEMA_MAP, 0, schema_make_wanted_map, NULL },

    { STR_INIT("type"), VALIDATION, SHAPE_TYPE, ANY, schema_make_type, schema_meets_type },
    { STR_INIT("const"), VALIDATION, SHAPE_ANY, ANY, schema_make_value, schema_meets_const },
    { STR_INIT("enum"), VALIDATION, SHAPE_LIST, ANY, schema_make_enum, schema_meets_enum },
    { STR_INIT("multipleOf"), VALIDATION, SHAPE_POSITIVE, KIND_NUMBER, schema_make_value, schema_meets_multiple_of },
    { STR_INIT("minimum"), VALIDATION, SHAPE_NUMBER, KIND_NUMBER, schema_make_value, schema_meets_minimum },
    { STR_INIT("exclusiveMinimum"), VALIDATION, SHAPE_NUMBER, KIND_NUMBER, schema_make_value, schema_meets_exclusive_minimum },
    { STR_INIT("maximum"), VALIDATION, SHAPE_NUMBER, KIND_NUMBER, schema_make_value, schema_meets_maximum },
    { STR_INIT("exclusiveMaximum"), VALIDATION, SHAPE_NUMBER, KIND_NUMBER, schema_make_value, schema_meets_exclusive_maximum },
    { STR_INIT("minLength"), VALIDATION, SHAPE_COUNT, TEXT, schema_make_minimum_count, schema_meets_length },
    { STR_INIT("maxLength"), VALIDATION, SHAPE_COUNT, TEXT, schema_make_maximum_count, schema_meets_length },
    { STR_INIT("pattern"), VALIDATION, SHAPE_TEXT, TEXT, schema_make_pattern, schema_meets_pattern },
    { STR_INIT("format"), FORMAT, SHAPE_TEXT, TEXT, schema_make_format, schema_meets_format },
    { STR_INIT("minItems"), VALIDATION, SHAPE_COUNT, LIST, schema_make_minimum_count, schema_meets_count },
    { STR_INIT("maxItems"), VALIDATION, SHAPE_COUNT, LIST, schema_make_maximum_count, schema_meets_count },
    { STR_INIT("uniqueItems"), VALIDATION, SHAPE_BOOL, LIST, schema_make_unique, schema_meets_unique },
    { STR_INIT("minProperties"), VALIDATION, SHAPE_COUNT, MAP, schema_make_minimum_count, schema_meets_count },
    { STR_INIT("maxProperties"), VALIDATION, SHAPE_COUNT, MAP, schema_make_maximum_count, schema_meets_count },
    { STR_INIT("required"), VALIDATION, SHAPE_NAMES, MAP, schema_make_required, schema_meets_required },
    { STR_INIT("dependentRequired"), VALIDATION, SHAPE_NAMES_MAP, MAP, schema_make_dependents, schema_meets_dependents },

    { STR_INIT("propertyNames"), APPLICATOR, SHAPE_SCHEMA, MAP, schema_make_child, schema_meets_property_names },
    { STR_INIT("properties"), APPLICATOR, SHAPE_SCHEMA_MAP, MAP, schema_make_members, schema_meets_members },
    { STR_INIT("patternProperties"), APPLICATOR, SHAPE_SCHEMA_MAP, MAP, schema_make_members, schema_meets_members },
    { STR_INIT("additionalProperties"), APPLICATOR, SHAPE_SCHEMA, MAP, schema_make_members, schema_meets_members },
    { STR_INIT("prefixItems"), APPLICATOR, SHAPE_SCHEMA_LIST, LIST, schema_make_children, schema_meets_prefix_items },
    { STR_INIT("items"), APPLICATOR, SHAPE_SCHEMA, LIST, schema_make_items, schema_meets_items },
    { STR_INIT("contains"), APPLICATOR, SHAPE_SCHEMA, LIST, schema_make_contains, schema_meets_contains },
    { STR_INIT("minContains"), VALIDATION, SHAPE_COUNT, 0, NULL, NULL },
    { STR_INIT("maxContains"), VALIDATION, SHAPE_COUNT, 0, NULL, NULL },

    { STR_INIT("$ref"), CORE, SHAPE_TEXT, ANY, schema_make_ref, schema_meets_ref },
    { STR_INIT("$dynamicRef"), CORE, SHAPE_TEXT, ANY, schema_make_dynamic_ref, schema_meets_dynamic_ref },
    { STR_INIT("allOf"), APPLICATOR, SHAPE_SCHEMA_LIST, ANY, schema_make_children, schema_meets_all_of },
    { STR_INIT("anyOf"), APPLICATOR, SHAPE_SCHEMA_LIST, ANY, schema_make_children, schema_meets_any_of },
    { STR_INIT("oneOf"), APPLICATOR, SHAPE_SCHEMA_LIST, ANY, schema_make_children, schema_meets_one_of },
    { STR_INIT("not"), APPLICATOR, SHAPE_SCHEMA, ANY, schema_make_child, schema_meets_not },
    { STR_INIT("if"), APPLICATOR, SHAPE_SCHEMA, ANY, schema_make_condition, schema_meets_condition },
    { STR_INIT("then"), APPLICATOR, SHAPE_SCHEMA, 0, schema_make_wanted, NULL },
    { STR_INIT("else"), APPLICATOR, SHAPE_SCHEMA, 0, schema_make_wanted, NULL },
    { STR_INIT("dependentSchemas"), APPLICATOR, SHAPE_SCHEMA_MAP, MAP, schema_make_dependents, schema_meets_dependents },
    { STR_INIT("dependencies"), APPLICATOR, SHAPE_DEPENDENCIES, MAP, schema_make_dependents, schema_meets_dependents },

    { STR_INIT("unevaluatedItems"), UNEVALUATED, SHAPE_SCHEMA, 0, schema_make_unevaluated_items, NULL },
    { STR_INIT("unevaluatedProperties"), UNEVALUATED, SHAPE_SCHEMA, 0, schema_make_unevaluated_members, NULL },

    { STR_INIT("title"), META_DATA, SHAPE_WORDS, 0, NULL, NULL },
    { STR_INIT("description"), META_DATA, SHAPE_WORDS, 0, NULL, NULL },
    { STR_INIT("default"), META_DATA, SHAPE_ANY, 0, NULL, NULL },
    { STR_INIT("deprecated"), META_DATA, SHAPE_BOOL, 0, NULL, NULL },
    { STR_INIT("readOnly"), META_DATA, SHAPE_BOOL, 0, NULL, NULL },
    { STR_INIT("writeOnly"), META_DATA, SHAPE_BOOL, 0, NULL, NULL },
    { STR_INIT("examples"), META_DATA, SHAPE_LIST, 0, NULL, NULL },
    { STR_INIT("contentEncoding"), CONTENT, SHAPE_TEXT, 0, NULL, NULL },
    { STR_INIT("contentMediaType"), CONTENT, SHAPE_TEXT, 0, NULL, NULL },
    { STR_INIT("contentSchema"), CONTENT, SHAPE_SCHEMA, 0, schema_make_wanted, NULL },
};
/* clang-format on */

const size_t schema_keyword_count = COUNT_OF(schema_keyword_table);
