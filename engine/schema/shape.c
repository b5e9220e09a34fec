/* What the draft's meta-schema says about each argument, as code: the sentences are
 * better than those of a meta-schema, and no schema has to wait for another to be
 * compiled. */
#include "check.h"

static bool is_schema(struct val v)
{
    return v.kind == VAL_MAP || v.kind == VAL_BOOL;
}

static bool is_full_list(struct val v)
{
    return v.kind == VAL_LIST && v.n > 0;
}

static bool is_map(struct val v)
{
    return v.kind == VAL_MAP;
}

static bool is_list(struct val v)
{
    return v.kind == VAL_LIST;
}

static bool is_text(struct val v)
{
    return v.kind == VAL_STR;
}

static bool is_bool(struct val v)
{
    return v.kind == VAL_BOOL;
}

static bool is_number(struct val v)
{
    return v.kind == VAL_INT || v.kind == VAL_NUM;
}

static bool is_positive(struct val v)
{
    return is_number(v) && val_as_num(v, 0) > 0;
}

static bool is_count(struct val v)
{
    return schema_number_is_whole(v) && val_as_num(v, -1) >= 0;
}

static bool is_id(struct val v)
{
    str text = val_text(v);
    const char *mark = text.n ? memchr(text.p, '#', text.n) : NULL;
    return is_text(v) && (!mark || mark == text.p + text.n - 1);
}

static bool is_anchor(struct val v)
{
    str text = val_text(v);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!letter && !(i && later))
            return false;
    }
    return text.n > 0;
}

static bool are_names(struct val v)
{
    struct arena *a = arena_open();
    struct value_set set;
    schema_value_set_open(&set, a, val_count(v));
    bool good = is_list(v);
    for (size_t i = 0; good && i < v.n; i++)
        good = is_text(val_at(v, i)) && schema_value_set_add(&set, val_at(v, i)) == i;
    arena_close(a);
    return good;
}

static bool is_type(struct val v)
{
    if (is_text(v))
        return schema_type_bit(val_text(v)) != 0;
    bool good = is_full_list(v) && are_names(v);
    for (size_t i = 0; good && i < v.n; i++)
        good = schema_type_bit(val_text(val_at(v, i))) != 0;
    return good;
}

static bool each_member(struct val v, bool (*holds)(struct val))
{
    bool good = is_map(v);
    for (size_t i = 0; good && i < v.n; i++) {
        str name;
        good = holds(val_member(v, i, &name));
    }
    return good;
}

static bool is_words(struct val v)
{
    return is_text(v) || each_member(v, is_text);
}

static bool is_bool_map(struct val v)
{
    return each_member(v, is_bool);
}

static bool is_names_map(struct val v)
{
    return each_member(v, are_names);
}

static bool is_schema_or_names(struct val v)
{
    return is_schema(v) || are_names(v);
}

static bool is_dependencies(struct val v)
{
    return each_member(v, is_schema_or_names);
}

static const struct {
    bool (*holds)(struct val v);
    const char *wanted;
} shapes[] = {
    [SHAPE_ANY] = { NULL, NULL },
    [SHAPE_SCHEMA] = { is_schema, "must be a schema: an object, true or false" },
    [SHAPE_SCHEMA_LIST] = { is_full_list, "must be an array of at least one schema" },
    [SHAPE_SCHEMA_MAP] = { is_map, "must be an object of schemas" },
    [SHAPE_DEPENDENCIES] = { is_dependencies,
                             "must be an object of schemas or arrays of names" },
    [SHAPE_LIST] = { is_list, "must be an array" },
    [SHAPE_TEXT] = { is_text, "must be a string" },
    [SHAPE_WORDS] = { is_words, "must be a string, or an object of strings by language" },
    [SHAPE_ID] = { is_id, "must be a URI without a fragment" },
    [SHAPE_ANCHOR] = { is_anchor, "must be a name of letters, digits, '-', '_' and '.', "
                                  "a letter first" },
    [SHAPE_BOOL] = { is_bool, "must be true or false" },
    [SHAPE_BOOL_MAP] = { is_bool_map, "must be an object of true and false" },
    [SHAPE_NUMBER] = { is_number, "must be a number" },
    [SHAPE_POSITIVE] = { is_positive, "must be a number greater than 0" },
    [SHAPE_COUNT] = { is_count, "must be a whole number, 0 or greater" },
    [SHAPE_NAMES] = { are_names, "must be an array of different strings" },
    [SHAPE_NAMES_MAP] = { is_names_map,
                          "must be an object of arrays of different strings" },
    [SHAPE_TYPE] = { is_type,
                     "must be one or several of \"null\", \"boolean\", \"integer\", "
                     "\"number\", \"string\", \"array\", \"object\"" },
};

const char *schema_shape_breach(enum shape shape, struct val v)
{
    return shapes[shape].holds && !shapes[shape].holds(v) ? shapes[shape].wanted : NULL;
}
