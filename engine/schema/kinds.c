/* What a schema says of a value before there is one: its kinds and its format. */
#include "schema/schema.h"

enum { MAX_STEPS = 64 }; /* schemas looked at for one value */

#define KIND(kind)  (1u << (kind))
#define KIND_NUMBER (KIND(VAL_INT) | KIND(VAL_NUM))
#define KIND_ALL    0xfeu

static unsigned kind_named(str name)
{
    static const struct {
        str name;
        unsigned kinds;
    } kinds[] = {
        { STR_INIT("null"), KIND(VAL_NULL) },  { STR_INIT("boolean"), KIND(VAL_BOOL) },
        { STR_INIT("integer"), KIND_NUMBER },  { STR_INIT("number"), KIND_NUMBER },
        { STR_INIT("string"), KIND(VAL_STR) }, { STR_INIT("array"), KIND(VAL_LIST) },
        { STR_INIT("object"), KIND(VAL_MAP) },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (str_equal(kinds[i].name, name))
            return kinds[i].kinds;
    }
    return 0;
}

static unsigned kinds_within(struct val root, struct val schema, size_t *steps);

static unsigned kinds_of_any(struct val root, struct val list, size_t *steps)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < val_count(list); i++)
        kinds |= kinds_within(root, val_at(list, i), steps);
    return kinds;
}

static unsigned kinds_of_values(struct val list)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < val_count(list); i++)
        kinds |= KIND(val_at(list, i).kind);
    return kinds & KIND_NUMBER ? kinds | KIND_NUMBER : kinds;
}

static unsigned kinds_of_type(struct val type)
{
    unsigned kinds = kind_named(val_text(type));
    for (size_t i = 0; i < val_count(type); i++)
        kinds |= kind_named(val_text(val_at(type, i)));
    return kinds;
}

static struct val followed(struct val root, struct val schema)
{
    str ref = val_get_text(schema, STR("$ref"));
    if (!str_starts(ref, STR("#")))
        return VAL_ABSENT;
    return val_at_pointer(root, (str){ ref.p + 1, ref.n - 1 });
}

static unsigned kinds_within(struct val root, struct val schema, size_t *steps)
{
    unsigned kinds = KIND_ALL;
    struct val at;
    if (++*steps > MAX_STEPS)
        return kinds;
    if (val_exists(at = val_get(schema, STR("type"))))
        kinds &= kinds_of_type(at);
    if (val_exists(at = val_get(schema, STR("enum"))))
        kinds &= kinds_of_values(at);
    if (val_exists(at = val_get(schema, STR("const"))))
        kinds &= kinds_of_values(val_list(&at, 1));
    if (val_exists(at = val_get(schema, STR("anyOf"))))
        kinds &= kinds_of_any(root, at, steps);
    if (val_exists(at = val_get(schema, STR("oneOf"))))
        kinds &= kinds_of_any(root, at, steps);
    if (val_exists(at = followed(root, schema)))
        kinds &= kinds_within(root, at, steps);
    return kinds;
}

unsigned schema_kinds(struct val root, struct val schema)
{
    size_t steps = 0;
    return kinds_within(root, schema, &steps);
}

static str format_within(struct val root, struct val schema, size_t steps)
{
    str format = val_get_text(schema, STR("format"));
    struct val next = followed(root, schema);
    return format.n || !val_exists(next) || steps > MAX_STEPS
               ? format
               : format_within(root, next, steps + 1);
}

str schema_format(struct val root, struct val schema)
{
    return format_within(root, schema, 0);
}
