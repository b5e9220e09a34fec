/* Which keywords a document speaks: $schema names a meta-schema, whose $vocabulary lists
 * vocabularies. The draft's own meta-schemas are built in. */
#include "compile.h"

#define DRAFT "https://json-schema.org/draft/2020-12/"

static const struct {
    str uri;
    unsigned vocabulary;
} vocabularies[] = {
    { STR_INIT(DRAFT "vocab/core"), VOCABULARY_CORE },
    { STR_INIT(DRAFT "vocab/applicator"), VOCABULARY_APPLICATOR },
    { STR_INIT(DRAFT "vocab/unevaluated"), VOCABULARY_UNEVALUATED },
    { STR_INIT(DRAFT "vocab/validation"), VOCABULARY_VALIDATION },
    { STR_INIT(DRAFT "vocab/meta-data"), VOCABULARY_META_DATA },
    { STR_INIT(DRAFT "vocab/format-annotation"), VOCABULARY_FORMAT },
    { STR_INIT(DRAFT "vocab/format-assertion"), VOCABULARY_FORMAT_ASSERTION },
    { STR_INIT(DRAFT "vocab/content"), VOCABULARY_CONTENT },
};

#define BUILT_IN(name)                                     \
    extern const unsigned char schema_metaschema_##name[]; \
    extern const size_t schema_metaschema_##name##_size;
BUILT_IN(schema_json)
BUILT_IN(meta_core_json)
BUILT_IN(meta_applicator_json)
BUILT_IN(meta_unevaluated_json)
BUILT_IN(meta_validation_json)
BUILT_IN(meta_meta_data_json)
BUILT_IN(meta_format_annotation_json)
BUILT_IN(meta_format_assertion_json)
BUILT_IN(meta_content_json)

static const struct {
    str uri;
    const unsigned char *text;
    const size_t *size;
} built_in[] = {
#define ROW(uri, name)                                                                  \
    {                                                                                   \
        STR_INIT(DRAFT uri), schema_metaschema_##name, &schema_metaschema_##name##_size \
    }
    ROW("schema", schema_json),
    ROW("meta/core", meta_core_json),
    ROW("meta/applicator", meta_applicator_json),
    ROW("meta/unevaluated", meta_unevaluated_json),
    ROW("meta/validation", meta_validation_json),
    ROW("meta/meta-data", meta_meta_data_json),
    ROW("meta/format-annotation", meta_format_annotation_json),
    ROW("meta/format-assertion", meta_format_assertion_json),
    ROW("meta/content", meta_content_json),
};

str schema_dialect_built_in(str uri)
{
    for (size_t i = 0; i < COUNT_OF(built_in); i++) {
        if (str_equal(uri, built_in[i].uri))
            return (str){ (const char *)built_in[i].text, *built_in[i].size };
    }
    return (str){ NULL, 0 };
}

static unsigned vocabulary_of(str uri)
{
    for (size_t i = 0; i < COUNT_OF(vocabularies); i++) {
        if (str_equal(uri, vocabularies[i].uri))
            return vocabularies[i].vocabulary;
    }
    return 0;
}

static bool unknown(struct compiler *c, str where, const char *what, str uri)
{
    return err_at(c->err, ERR_INPUT, "schema.dialect", where, "%s: %.*s", what,
                  STR_ARG(uri));
}

bool schema_dialect_read(struct compiler *c, struct val meta, str where, unsigned *ret)
{
    struct val wanted = val_get(meta, STR("$vocabulary"));
    unsigned spoken = VOCABULARY_CORE;
    for (size_t i = 0; i < val_count(wanted); i++) {
        str uri;
        bool must = val_as_bool(val_member(wanted, i, &uri), false);
        unsigned vocabulary = vocabulary_of(uri);
        if (!vocabulary && must)
            return unknown(c, where, "a vocabulary that is required is not known", uri);
        spoken |= vocabulary;
    }
    *ret = val_exists(wanted) ? spoken : VOCABULARY_DEFAULT;
    return true;
}

static bool is_other_draft(str uri)
{
    return !str_starts(uri, STR(DRAFT))
           && (str_starts(uri, STR("https://json-schema.org/"))
               || str_starts(uri, STR("http://json-schema.org/")));
}

/* Somebody's own meta-schema. It stands in the index before it is read, so that two that
 * describe each other come to an end. */
static bool read_custom(struct compiler *c, str uri, str where, struct dialect *dialect)
{
    struct resource *resource;
    if (!schema_resolve_resource(c, uri, &resource))
        return false;
    if (!resource)
        return unknown(c, where, "the meta-schema is not known", uri);
    dialect->meta = schema_scan_node(c, resource->root);
    return schema_dialect_read(c, resource->root, where, &dialect->vocabularies);
}

bool schema_dialect_find(struct compiler *c, str uri, str where,
                         const struct dialect **ret)
{
    struct dialect *dialect = schema_index_find(&c->dialects, uri);
    if (dialect) {
        *ret = dialect;
        return true;
    }
    if (is_other_draft(uri))
        return unknown(c, where, "only draft 2020-12 is spoken here, not", uri);
    dialect = ARENA_NEW(c->arena, struct dialect);
    dialect->vocabularies = VOCABULARY_DEFAULT;
    schema_index_add(c->arena, &c->dialects, uri, dialect);
    if (!str_equal(uri, STR(DRAFT "schema")) && !read_custom(c, uri, where, dialect))
        return false;
    *ret = dialect;
    return true;
}
