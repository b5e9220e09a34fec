/* From nodes to rules. */
#include "check.h"

#include <stdlib.h>

bool schema_compile_fails(struct compiler *c, str where, str keyword, const char *text)
{
    str place = arena_format(c->arena, "%.*s%s%.*s", STR_ARG(where), keyword.n ? "/" : "",
                             STR_ARG(keyword));
    return err_at(c->err, ERR_INPUT, "schema.invalid", place, "%s", text);
}

/* ---- ways to subschemas ---- */

void schema_compile_want(struct compiler *c, struct node *node)
{
    if (node->queued)
        return;
    node->queued = true;
    if (c->last)
        c->last->next = node;
    else
        c->first = node;
    c->last = node;
}

static struct child way_to(struct compiler *c, str keyword, str token, struct node *node)
{
    struct buf via;
    buf_init(&via, SIZE_MAX / 4);
    doc_pointer_add(&via, keyword);
    if (token.p)
        doc_pointer_add(&via, token);
    struct child child = { node, keyword, token, arena_str(c->arena, buf_view(&via)) };
    buf_done(&via);
    schema_compile_want(c, node);
    return child;
}

struct child *schema_compile_way(struct compiler *c, str keyword, struct node *node)
{
    struct child *child = ARENA_NEW(c->arena, struct child);
    *child = way_to(c, keyword, (str){ NULL, 0 }, node);
    return child;
}

struct child *schema_compile_child(struct compiler *c, str keyword, struct val schema)
{
    return schema_compile_way(c, keyword, schema_scan_node(c, schema));
}

struct children schema_compile_list(struct compiler *c, str keyword, struct val list)
{
    struct children children = { ARENA_ARRAY(c->arena, struct child, list.n), list.n };
    for (size_t i = 0; i < list.n; i++) {
        str token = arena_format(c->arena, "%zu", i);
        children.list[i] =
            way_to(c, keyword, token, schema_scan_node(c, val_at(list, i)));
    }
    return children;
}

struct children schema_compile_map(struct compiler *c, str keyword, struct val map)
{
    struct children children = { ARENA_ARRAY(c->arena, struct child, map.n), 0 };
    for (size_t i = 0; i < map.n; i++) {
        str name;
        struct node *node = schema_scan_node(c, val_member(map, i, &name));
        if (node) // a list of names in `dependencies` is none
            children.list[children.n++] = way_to(c, keyword, name, node);
    }
    return children;
}

struct val schema_compile_sibling(struct compiler *c, str name)
{
    const struct keyword *keyword = schema_index_find(&c->keywords, name);
    bool spoken = keyword->vocabularies & c->node->resource->vocabularies;
    return spoken ? val_get(c->node->schema, name) : VAL_ABSENT;
}

/* ---- one node ---- */

static int by_keyword(const void *a, const void *b)
{
    const struct keyword *left = ((const struct rule *)a)->keyword;
    const struct keyword *right = ((const struct rule *)b)->keyword;
    return (left > right) - (left < right);
}

static bool compile_node(struct compiler *c, struct node *node)
{
    c->node = node;
    node->rules = ARENA_ARRAY(c->arena, struct rule, node->schema.n);
    for (size_t i = 0; i < val_count(node->schema); i++) {
        str name;
        struct val v = val_member(node->schema, i, &name);
        const struct keyword *keyword = schema_index_find(&c->keywords, name);
        bool spoken = keyword && keyword->vocabularies & node->resource->vocabularies;
        if (!spoken || !keyword->make)
            continue;
        struct rule r = { .keyword = keyword, .kinds = keyword->kinds };
        if (!keyword->make(c, &r, v))
            return false;
        if (r.kinds)
            node->rules[node->n++] = r;
    }
    if (node->n)
        qsort(node->rules, node->n, sizeof *node->rules, by_keyword);
    return true;
}

static void begin(struct compiler *c)
{
    for (size_t i = 0; i < schema_keyword_count; i++)
        schema_index_add(c->arena, &c->keywords, schema_keyword_table[i].name,
                         &schema_keyword_table[i]);
    c->always = ARENA_NEW(c->arena, struct node);
    c->always->schema = val_bool(true);
    c->never = ARENA_NEW(c->arena, struct node);
    c->never->schema = val_bool(false);
    c->never->never = true;
}

bool schema_compile(struct compiler *c, struct val document, struct child *ret)
{
    struct resource *resource;
    begin(c);
    if (!schema_scan_document(c, STR(""), STR(""), document, &resource))
        return false;
    *ret =
        (struct child){ .node = schema_scan_node(c, document), .keyword = STR("false") };
    schema_compile_want(c, schema_scan_node(c, document));
    for (struct node *node = c->first; node; node = node->next) {
        if (!compile_node(c, node))
            return false;
    }
    return true;
}
