/*
 * The first walk over a document: makes a node of every subschema and finds out what each
 * is called, because a reference may lead forwards. Goes only where the keyword table
 * says a schema stands: an $id inside an enum is data.
 */
#include "compile.h"

static str id_key(const struct node *node)
{
    return (str){ (const char *)&node->id, sizeof node->id };
}

struct node *schema_scan_node(struct compiler *c, struct val schema)
{
    if (schema.kind == VAL_BOOL)
        return schema.b ? c->always : c->never;
    if (schema.kind == VAL_MAP && !schema.n)
        return c->always;
    struct node sought = { .id = schema.members };
    return schema.kind == VAL_MAP ? schema_index_find(&c->nodes, id_key(&sought)) : NULL;
}

static struct node *node_new(struct compiler *c, struct val schema, str where)
{
    struct node *node = ARENA_NEW(c->arena, struct node);
    node->id = schema.members;
    node->schema = schema;
    node->where = where;
    schema_index_add(c->arena, &c->nodes, id_key(node), node);
    return node;
}

/* ---- names ---- */

static bool resource_vocabularies(struct compiler *c, struct resource *resource,
                                  unsigned inherited)
{
    resource->vocabularies = inherited;
    struct val dialect = val_get(resource->root, STR("$schema"));
    if (!val_exists(dialect))
        return true;
    if (dialect.kind != VAL_STR)
        return schema_compile_fails(c, resource->where, STR("$schema"),
                                    "must be a string");
    str uri = schema_uri_resolve(c->arena, resource->uri, val_text(dialect));
    if (str_equal(uri, resource->uri)) // a meta-schema that describes itself
        return schema_dialect_read(c, resource->root, resource->where,
                                   &resource->vocabularies);
    const struct dialect *known;
    if (!schema_dialect_find(c, uri, resource->where, &known))
        return false;
    resource->vocabularies = known->vocabularies;
    if (!known->meta)
        return true;
    struct duty *duty = ARENA_NEW(c->arena, struct duty);
    *duty = (struct duty){ resource->root, resource->where, NULL, c->duties };
    duty->meta = schema_compile_way(c, STR("$schema"), known->meta);
    c->duties = duty;
    return true;
}

static struct resource *resource_new(struct compiler *c, str uri, str where,
                                     struct val root)
{
    struct resource *resource = ARENA_NEW(c->arena, struct resource);
    resource->uri = uri;
    resource->root = root;
    resource->where = where;
    schema_index_add(c->arena, &c->resources, uri, resource);
    return resource;
}

static bool names_two(struct compiler *c, const struct node *node, str keyword, str name)
{
    str text = arena_format(c->arena, "%.*s names two schemas", STR_ARG(name));
    return schema_compile_fails(c, node->where, keyword, text.p);
}

/* A schema with an $id is a resource of its own. */
static bool enter_resource(struct compiler *c, struct node *node, struct resource *outer)
{
    node->resource = outer;
    struct val id = val_get(node->schema, STR("$id"));
    if (!val_exists(id) || node->schema.members == outer->root.members)
        return true;
    const char *breach = schema_shape_breach(SHAPE_ID, id);
    if (breach)
        return schema_compile_fails(c, node->where, STR("$id"), breach);
    str uri = schema_uri_resolve(c->arena, outer->uri, val_text(id));
    if (schema_index_find(&c->resources, uri))
        return names_two(c, node, STR("$id"), uri);
    node->resource = resource_new(c, uri, node->where, node->schema);
    return resource_vocabularies(c, node->resource, outer->vocabularies);
}

static bool add_anchor(struct compiler *c, struct node *node, str keyword)
{
    struct val anchor = val_get(node->schema, keyword);
    if (!val_exists(anchor))
        return true;
    const char *breach = schema_shape_breach(SHAPE_ANCHOR, anchor);
    if (breach)
        return schema_compile_fails(c, node->where, keyword, breach);
    struct resource *resource = node->resource;
    str name = val_text(anchor);
    struct node *other = schema_index_find(&resource->anchors, name);
    if (other && other != node)
        return names_two(c, node, keyword, name);
    schema_index_add(c->arena, &resource->anchors, name, node);
    if (str_equal(keyword, STR("$dynamicAnchor"))) { // any $dynamicRef may lead here
        schema_index_add(c->arena, &resource->dynamic, name, node);
        schema_compile_want(c, node);
    }
    return true;
}

/* ---- subschemas ---- */

static str where_of(struct compiler *c, str where, str keyword)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    buf_str(&out, where);
    doc_pointer_add(&out, keyword);
    str text = arena_str(c->arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static bool scan_list(struct compiler *c, struct val list, const struct node *node,
                      str where, int depth)
{
    for (size_t i = 0; i < list.n; i++) {
        str place = arena_format(c->arena, "%.*s/%zu", STR_ARG(where), i);
        if (!schema_scan_schema(c, val_at(list, i), node->resource, place, depth))
            return false;
    }
    return true;
}

static bool scan_map(struct compiler *c, struct val map, const struct node *node,
                     str where, int depth)
{
    for (size_t i = 0; i < map.n; i++) {
        str name;
        struct val v = val_member(map, i, &name);
        if (!schema_scan_schema(c, v, node->resource, where_of(c, where, name), depth))
            return false;
    }
    return true;
}

static bool scan_dependencies(struct compiler *c, struct val map, const struct node *node,
                              str where, int depth)
{
    for (size_t i = 0; i < map.n; i++) {
        str name;
        struct val v = val_member(map, i, &name);
        bool is_names = v.kind == VAL_LIST;
        if (!is_names
            && !schema_scan_schema(c, v, node->resource, where_of(c, where, name), depth))
            return false;
    }
    return true;
}

static bool scan_argument(struct compiler *c, const struct node *node,
                          const struct keyword *keyword, struct val v, int depth)
{
    const char *breach = schema_shape_breach(keyword->shape, v);
    if (breach)
        return schema_compile_fails(c, node->where, keyword->name, breach);
    str where = where_of(c, node->where, keyword->name);
    switch (keyword->shape) {
    case SHAPE_SCHEMA:
        return schema_scan_schema(c, v, node->resource, where, depth);
    case SHAPE_SCHEMA_LIST:
        return scan_list(c, v, node, where, depth);
    case SHAPE_SCHEMA_MAP:
        return scan_map(c, v, node, where, depth);
    case SHAPE_DEPENDENCIES:
        return scan_dependencies(c, v, node, where, depth);
    default:
        return true;
    }
}

static bool scan_members(struct compiler *c, const struct node *node, int depth)
{
    for (size_t i = 0; i < node->schema.n; i++) {
        str name;
        struct val v = val_member(node->schema, i, &name);
        const struct keyword *keyword = schema_index_find(&c->keywords, name);
        bool spoken = keyword && keyword->vocabularies & node->resource->vocabularies;
        if (spoken && !scan_argument(c, node, keyword, v, depth))
            return false;
    }
    return true;
}

bool schema_scan_schema(struct compiler *c, struct val schema, struct resource *resource,
                        str where, int depth)
{
    if (schema.kind != VAL_MAP && schema.kind != VAL_BOOL)
        return schema_compile_fails(c, where, STR(""),
                                    "must be a schema: an object, true or false");
    if (depth > DOC_MAX_DEPTH)
        return schema_compile_fails(c, where, STR(""), "must not be nested so deeply");
    if (schema_scan_node(c, schema))
        return true;
    struct node *node = node_new(c, schema, where);
    return enter_resource(c, node, resource)      // $id, $schema
           && add_anchor(c, node, STR("$anchor")) // its own names
           && add_anchor(c, node, STR("$dynamicAnchor"))
           && scan_members(c, node, depth + 1); // what is inside
}

bool schema_scan_document(struct compiler *c, str uri, str where, struct val document,
                          struct resource **ret)
{
    struct val id = val_get(document, STR("$id"));
    str name = id.kind == VAL_STR ? schema_uri_resolve(c->arena, uri, val_text(id)) : uri;
    struct resource *resource = schema_index_find(&c->resources, name);
    if (!resource) {
        resource = resource_new(c, name, where, document);
        if (!resource_vocabularies(c, resource, VOCABULARY_DEFAULT)
            || !schema_scan_schema(c, document, resource, where, 0))
            return false;
    }
    schema_index_add(c->arena, &c->resources, uri, resource);
    *ret = resource;
    return true;
}
