/* Where references lead. */
#include "compile.h"

static bool add_built_in(struct compiler *c, str uri, str text, struct resource **ret)
{
    struct val document;
    str where = arena_format(c->arena, "%.*s#", STR_ARG(uri));
    return doc_parse(c->arena, text, &document, c->err)
           && schema_scan_document(c, uri, where, document, ret);
}

/* A source that knows every name, and a relative $ref in what it gives, would go on and
 * on. */
static bool add_found(struct compiler *c, str uri, struct val document,
                      struct resource **ret)
{
    str where = arena_format(c->arena, "%.*s#", STR_ARG(uri));
    if (++c->documents > SCHEMA_MAX_DOCUMENTS)
        return schema_compile_fails(c, where, STR(""),
                                    "the schema leads to too many documents");
    return schema_scan_document(c, uri, where, val_copy(c->arena, document), ret);
}

bool schema_resolve_resource(struct compiler *c, str uri, struct resource **ret)
{
    struct resource *resource = schema_index_find(&c->resources, uri);
    str built_in = resource ? (str){ NULL, 0 } : schema_dialect_built_in(uri);
    if (built_in.p)
        return add_built_in(c, uri, built_in, ret);
    struct val document;
    bool ask = !resource && c->source && uri.n;
    if (ask && c->source->find(c->source->data, uri, &document))
        return add_found(c, uri, document, ret);
    *ret = resource;
    return true;
}

/* Follows the pointer token by token, to know which resource it ends in: on its way it
 * may pass the root of another. */
static bool at_pointer(struct compiler *c, struct resource *resource, str pointer,
                       struct node **ret)
{
    struct val v = resource->root;
    str where =
        arena_format(c->arena, "%.*s%.*s", STR_ARG(resource->where), STR_ARG(pointer));
    for (size_t at = 0; at < pointer.n && val_exists(v);) {
        size_t end = at + 1;
        while (end < pointer.n && pointer.p[end] != '/')
            end++;
        v = val_at_pointer(v, (str){ pointer.p + at, end - at });
        const struct node *passed = schema_scan_node(c, v);
        if (passed && passed->resource)
            resource = passed->resource;
        at = end;
    }
    *ret = NULL;
    if (!val_exists(v))
        return true;
    if (!schema_scan_schema(c, v, resource, where, 0))
        return false;
    *ret = schema_scan_node(c, v);
    return true;
}

static bool at_fragment(struct compiler *c, struct resource *resource, str fragment,
                        struct node **ret, str *ret_anchor)
{
    *ret_anchor = (str){ NULL, 0 };
    if (!fragment.n || fragment.p[0] == '/')
        return at_pointer(c, resource, fragment, ret);
    *ret_anchor = fragment;
    *ret = schema_index_find(&resource->anchors, fragment);
    return true;
}

static bool leads_nowhere(struct compiler *c, const struct node *node, str keyword,
                          str reference, const char *why)
{
    str where =
        arena_format(c->arena, "%.*s/%.*s", STR_ARG(node->where), STR_ARG(keyword));
    return err_at(c->err, ERR_INPUT, "schema.missing", where, "%.*s leads nowhere: %s",
                  STR_ARG(reference), why);
}

bool schema_resolve_reference(struct compiler *c, const struct node *node, str keyword,
                              str reference, struct node **ret, str *ret_anchor)
{
    str uri = schema_uri_resolve(c->arena, node->resource->uri, reference);
    str fragment = schema_uri_unescape(c->arena, schema_uri_split(reference).fragment);
    struct resource *resource = NULL;
    if (!schema_resolve_resource(c, uri, &resource))
        return false;
    if (!resource)
        return leads_nowhere(c, node, keyword, reference, "no such document is known");
    if (!at_fragment(c, resource, fragment, ret, ret_anchor))
        return false;
    return *ret
           || leads_nowhere(c, node, keyword, reference,
                            "the document has no such place");
}
