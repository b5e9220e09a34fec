/* The host's elements: markup with parameters, read once, expanded wherever it is used.
 */
#include "inside.h"

struct view_elements {
    int refs;
    struct arena *arena;
    struct element *items;
    size_t n;
};

const struct element *element_find(const struct view_elements *elements, str name)
{
    for (size_t i = 0; elements && i < elements->n; i++) {
        if (str_equal(elements->items[i].name, name))
            return &elements->items[i];
    }
    return NULL;
}

static str static_text(const struct attr *attr)
{
    return attr->part_count == 1 && !attr->parts[0].ex ? attr->parts[0].text : STR("");
}

bool element_add(struct view_elements *elements, struct source *src,
                 const struct node *node)
{
    if (!str_equal(node->name, STR("ui-def")) || !node->attr_count
        || !str_equal(node->attrs[0].name, STR("element")))
        return source_fail(src, node->pos, "view.syntax",
                           "a file of elements holds <ui-def element=\"ui-…\" …>");
    struct element element = { .name = static_text(&node->attrs[0]),
                               .attrs = node->attrs + 1,
                               .attr_count = node->attr_count - 1,
                               .src = *src };
    if (!str_starts(element.name, STR("ui-")) || element_find(elements, element.name))
        return source_fail(src, node->pos, "view.syntax",
                           "an element wants a new name ui-…");
    struct node *body = ARENA_NEW(elements->arena, struct node);
    *body = *node;
    body->name = STR("");
    element.body = body;
    size_t n = elements->n;
    if (!(n & (n - 1))) {
        struct element *grown =
            ARENA_ARRAY(elements->arena, struct element, n ? n * 2 : 1);
        if (n)
            memcpy(grown, elements->items, n * sizeof *grown);
        elements->items = grown;
    }
    elements->items[elements->n++] = element;
    return true;
}

static bool read_file(struct view_elements *elements, const struct view_source *file,
                      struct err *err)
{
    struct source src = { arena_str(elements->arena, file->name),
                          arena_str(elements->arena, file->text), elements->arena, err };
    struct node *root;
    if (!parse_markup(&src, &root))
        return false;
    for (size_t i = 0; i < root->child_count; i++) {
        if (!element_add(elements, &src, root->children[i]))
            return false;
    }
    return true;
}

bool view_elements_open(const struct view_source *sources, size_t n,
                        struct view_elements **ret, struct err *err)
{
    struct view_elements *elements = mem_zero(sizeof *elements);
    elements->refs = 1;
    elements->arena = arena_open();
    for (size_t i = 0; i < n; i++) {
        if (!read_file(elements, &sources[i], err)) {
            view_elements_drop(elements);
            return false;
        }
    }
    *ret = elements;
    return true;
}

struct view_elements *view_elements_hold(struct view_elements *elements)
{
    if (elements)
        __atomic_add_fetch(&elements->refs, 1, __ATOMIC_RELAXED);
    return elements;
}

void view_elements_drop(struct view_elements *elements)
{
    if (!elements || __atomic_sub_fetch(&elements->refs, 1, __ATOMIC_ACQ_REL))
        return;
    arena_close(elements->arena);
    mem_free(elements);
}
