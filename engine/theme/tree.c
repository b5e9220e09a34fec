/*
 * Documents become one tree. A later document replaces tokens whole and joins groups, so
 * that a theme may say one colour and leave the rest to its parent.
 */
#include "inside.h"

#include <stdio.h>

static bool lay_object(struct tree *t, struct node *node, struct val object, bool own);

static bool lay_documents(struct tree *t, const struct token_set *set, bool own)
{
    for (size_t i = 0; set && i < set->n; i++) {
        struct val document = set->documents[i];
        if (!val_exists(document))
            continue;
        if (document.kind != VAL_MAP)
            return node_fail(t, t->root, "theme.token",
                             "a set is an object of groups and tokens");
        if (!lay_object(t, t->root, document, own))
            return false;
    }
    return true;
}

bool tree_build(struct tree *t, const struct token_set *set, const struct token_set *base)
{
    t->root = ARENA_NEW(t->arena, struct node);
    t->names = ARENA_ARRAY(t->arena, struct node *, TREE_SLOTS);
    return lay_documents(t, base, false) && //
           lay_documents(t, set, true) &&   //
           tree_extend(t);
}

/* ---- nodes ---- */

static struct node **slot_of(const struct tree *t, const struct node *group, str name)
{
    return &t->names[str_hash(name, (uintptr_t)group) % TREE_SLOTS];
}

struct node *node_child(const struct tree *t, const struct node *group, str name)
{
    struct node *node = *slot_of(t, group, name);
    while (node && (node->parent != group || !str_equal(node->name, name)))
        node = node->beside;
    return node;
}

bool node_add(struct tree *t, struct node *group, str name, struct node **ret)
{
    struct node *node = ARENA_NEW(t->arena, struct node);
    node->name = name;
    node->parent = group;
    node->depth = group->depth + 1;
    if (node->depth > TOKENS_MAX_DEPTH)
        return node_fail(t, node, "theme.limit", "groups may nest %d deep",
                         TOKENS_MAX_DEPTH);
    if (++t->nodes > TOKENS_MAX)
        return node_fail(t, node, "theme.limit", "a set may hold %d tokens and groups",
                         TOKENS_MAX);
    if (group->last)
        group->last->next = node;
    else
        group->first = node;
    group->last = node;
    struct node **slot = slot_of(t, group, name);
    node->beside = *slot;
    *slot = node;
    *ret = node;
    return true;
}

str node_type(const struct node *node)
{
    while (node && !node->type.n)
        node = node->origin ? node->origin->parent : node->parent;
    return node ? node->type : (str){ NULL, 0 };
}

/* Of an inherited token the place that was written. */
str node_pointer(struct arena *a, const struct node *node)
{
    const struct node *way[TOKENS_MAX_DEPTH + 1];
    size_t n = 0;
    struct buf out;
    for (node = node->origin ? node->origin : node; node->parent; node = node->parent)
        way[n++] = node;
    buf_init(&out, 1 << 20);
    while (n)
        doc_pointer_add(&out, way[--n]->name);
    str pointer = arena_str(a, buf_view(&out));
    buf_done(&out);
    return pointer;
}

bool node_fail(struct tree *t, const struct node *node, const char *code,
               const char *format, ...)
{
    char text[sizeof t->err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bool limit = strcmp(code, "theme.limit") == 0;
    return err_at(t->err, limit ? ERR_LIMIT : ERR_INPUT, code,
                  node_pointer(t->arena, node), "%s", text);
}

str shown(str text)
{
    return str_clip(text, 60);
}

/* ---- laying an object over a node ---- */

static bool is_own_word(str name)
{
    return name.n && name.p[0] == '$' && !str_equal(name, STR("$root"));
}

static bool holds_children(struct val object)
{
    for (size_t i = 0; i < val_count(object); i++) {
        str name;
        struct val v = val_member(object, i, &name);
        if (!is_own_word(name) && v.kind == VAL_MAP)
            return true;
    }
    return false;
}

static bool check_name(struct tree *t, const struct node *node)
{
    bool good = node->name.n > 0;
    for (size_t i = 0; i < node->name.n; i++)
        good &= !strchr("{}.", node->name.p[i]);
    return good
           || node_fail(t, node, "theme.token",
                        "a name may not be empty or have { } or . in it");
}

static bool lay_child(struct tree *t, struct node *group, str name, struct val v,
                      bool own)
{
    struct node *node = node_child(t, group, name);
    if (!node && !(node_add(t, group, name, &node) && check_name(t, node)))
        return false;
    if (v.kind != VAL_MAP)
        return node_fail(
            t, node, "theme.token",
            "a token is an object with $value, a group is an object of tokens");
    return lay_object(t, node, v, own);
}

static bool lay_type(struct tree *t, struct node *node, struct val object)
{
    struct val type = val_get(object, STR("$type"));
    if (val_exists(type) && !val_text(type).n)
        return node_fail(t, node, "theme.token", "$type is the name of a type");
    if (val_exists(type))
        node->type = val_text(type);
    return true;
}

static bool lay_extends(struct tree *t, struct node *node, struct val object, bool own)
{
    struct val extends = val_get(object, STR("$extends"));
    if (!val_exists(extends))
        extends = val_get(object, STR("$ref"));
    if (!val_exists(extends))
        return true;
    if (extends.kind == VAL_MAP)
        extends = val_get(extends, STR("$ref"));
    if (!val_text(extends).n)
        return node_fail(t, node, "theme.alias", "$extends names a group, {like.this}");
    node->extends = val_text(extends);
    node->extends_own = own;
    return true;
}

static bool lay_group(struct tree *t, struct node *node, struct val object, bool own)
{
    if (!lay_type(t, node, object) || !lay_extends(t, node, object, own))
        return false;
    for (size_t i = 0; i < val_count(object); i++) {
        str name;
        struct val v = val_member(object, i, &name);
        if (!is_own_word(name) && !lay_child(t, node, name, v, own))
            return false;
    }
    return true;
}

/* Forgets what stood here, except its place. */
static void clear(struct node *node, enum node_kind kind)
{
    for (struct node *child = node->first; child; child = child->next)
        child->parent = NULL;
    node->kind = kind;
    node->first = node->last = NULL;
    node->type = node->extends = (str){ NULL, 0 };
}

static bool lay_object(struct tree *t, struct node *node, struct val object, bool own)
{
    bool valued = val_exists(val_get(object, STR("$value")));
    bool referring = val_exists(val_get(object, STR("$ref")));
    bool parent = holds_children(object);
    bool root = str_equal(node->name, STR("$root")) && node->parent;
    node->raw = object;
    node->own = own;
    if (valued && (parent || referring || !node->parent))
        return node_fail(
            t, node, "theme.token",
            parent ? "a token holds no tokens: give the group's own value to $root"
                   : "a token has a $value or a $ref");
    if (root && !valued && !referring)
        return node_fail(t, node, "theme.token", "$root is a token and needs a $value");
    if (valued || (referring && node->parent && !parent && !node->first)) {
        clear(node, valued ? NODE_TOKEN : NODE_REFERENCE);
        return lay_type(t, node, object);
    }
    if (node->kind != NODE_GROUP)
        clear(node, NODE_GROUP);
    return lay_group(t, node, object, own);
}
