/*
 * Resolving: every name becomes a slot, a path or a constant. What can be computed now
 * is: words, languages, comparisons of constants, parameters of host elements.
 */
#include "inside.h"

static struct ex *make(struct compiler *c, enum ex_kind kind, uint32_t pos)
{
    struct ex *ex = ARENA_NEW(c->view->arena, struct ex);
    ex->kind = kind;
    ex->pos = pos;
    return ex;
}

static struct ex *constant(struct compiler *c, uint32_t pos, struct val v)
{
    struct ex *ex = make(c, EX_CONST, pos);
    ex->value = v;
    return ex;
}

static struct ex *slot(struct compiler *c, uint32_t pos, int number)
{
    struct ex *ex = make(c, EX_SLOT, pos);
    ex->number = number;
    return ex;
}

const struct attr *find_attr(const struct node *node, str name)
{
    for (size_t i = 0; i < node->attr_count; i++) {
        if (str_equal(node->attrs[i].name, name))
            return &node->attrs[i];
    }
    return NULL;
}

str constant_text(struct compiler *c, struct val v)
{
    struct machine m = { .view = c->view, .lang = c->view->lang };
    struct buf out;
    buf_init(&out, (size_t)VIEW_MAX_SOURCE * 4);
    put_value(&m, &out, v, buf_str);
    str text = arena_str(c->view->arena, buf_view(&out));
    buf_done(&out);
    return text;
}

/* ---- names ---- */

static bool resolve_attr(struct compiler *c, const struct scope *scope,
                         const struct attr *attr, struct ex **ret)
{
    if (attr->bare) {
        *ret = constant(c, attr->pos, val_bool(true));
        return true;
    }
    return resolve_parts(c, scope, attr->parts, attr->part_count, ret);
}

/* The value of a host element's parameter: what its user wrote, or its default. */
static bool resolve_parameter(struct compiler *c, const struct scope *scope,
                              const struct ex *ex, bool *found, struct ex **ret)
{
    const struct element *element = scope->element;
    for (size_t i = 0; i < element->attr_count; i++) {
        const struct attr *declared = &element->attrs[i];
        if (!str_equal(declared->name, ex->name))
            continue;
        *found = true;
        const struct attr *given = find_attr(scope->use, ex->name);
        if (given)
            return resolve_attr(c, scope->use_scope, given, ret);
        if (!declared->bare)
            return resolve_attr(c, scope, declared, ret);
        *ret = constant(c, ex->pos, val_null());
        return true;
    }
    *found = false;
    return true;
}

static bool is_words(str name)
{
    return str_equal(name, STR("words")) || str_equal(name, STR("ui"));
}

/* The body of a host element sees nothing of the model. */
static bool in_element(const struct scope *scope)
{
    for (; scope; scope = scope->up) {
        if (scope->element)
            return true;
    }
    return false;
}

static bool resolve_name(struct compiler *c, const struct scope *scope,
                         const struct ex *ex, struct ex **ret)
{
    const struct scope *s = scope;
    for (; s; s = s->up) {
        if (s->name.n && str_equal(s->name, ex->name)) {
            *ret = slot(c, ex->pos, s->slot);
            return true;
        }
        bool found = false;
        if (s->element && (!resolve_parameter(c, s, ex, &found, ret) || found))
            return found;
    }
    struct val known = val_get(c->constants, ex->name);
    if (val_exists(known)) {
        c->view->uses_lang = true;
        *ret = constant(c, ex->pos, known);
        (*ret)->name = is_words(ex->name) ? ex->name : STR("");
        return true;
    }
    if (str_equal(ex->name, STR("block"))) {
        *ret = slot(c, ex->pos, SLOT_BLOCK);
        return true;
    }
    if (in_element(scope))
        return source_fail(scope->src, ex->pos, "view.expression",
                           "%.*s is not a parameter of this element", STR_ARG(ex->name));
    if (str_equal(ex->name, STR("props"))) {
        *ret = slot(c, ex->pos, SLOT_PROPS);
        return true;
    }
    *ret = make(c, EX_PATH, ex->pos);
    (*ret)->number = SLOT_MODEL;
    (*ret)->fields = ARENA_NEW(c->view->arena, struct doc_field);
    (*ret)->fields[0] = doc_field(ex->name);
    (*ret)->field_count = 1;
    return true;
}

/* ---- fields ---- */

/* A word may hold {expressions} of the place where it is used. */
static bool resolve_word(struct compiler *c, const struct scope *scope,
                         const struct ex *ex, struct val word, struct ex **ret)
{
    str text = val_text(word);
    if (!text.n || !memchr(text.p, '{', text.n)) {
        *ret = constant(c, ex->pos, word);
        return true;
    }
    struct source src = { arena_format(c->view->arena, "the word %.*s",
                                       STR_ARG(ex->name)),
                          text, c->view->arena, scope->src->err };
    struct part *parts;
    size_t n;
    return parse_parts(&src, PARTS_IN_WORD, text, 0, &parts, &n)
           && resolve_parts(c, scope, parts, n, ret);
}

static bool resolve_constant_field(struct compiler *c, const struct scope *scope,
                                   const struct ex *ex, const struct ex *left,
                                   struct ex **ret)
{
    struct val v = val_get(left->value, ex->name);
    if (!left->name.n) {
        *ret = constant(c, ex->pos, v);
        return true;
    }
    if (!val_exists(v))
        return source_fail(scope->src, ex->pos, "view.word",
                           "there is no word %.*s in this language", STR_ARG(ex->name));
    if (v.kind == VAL_STR)
        return resolve_word(c, scope, ex, v, ret);
    *ret = constant(c, ex->pos, v);
    (*ret)->name = left->name;
    return true;
}

static bool resolve_field(struct compiler *c, const struct scope *scope,
                          const struct ex *ex, struct ex **ret)
{
    struct ex *left = ex->left;
    if (!resolve(c, scope, ex->left, &left))
        return false;
    if (left->kind == EX_CONST)
        return resolve_constant_field(c, scope, ex, left, ret);
    if (left->kind != EX_SLOT && left->kind != EX_PATH) {
        *ret = make(c, EX_FIELD, ex->pos);
        (*ret)->left = left;
        (*ret)->name = ex->name;
        return true;
    }
    *ret = make(c, EX_PATH, ex->pos);
    (*ret)->number = left->number;
    size_t n = left->field_count;
    (*ret)->fields = ARENA_ARRAY(c->view->arena, struct doc_field, n + 1);
    (*ret)->field_count = n + 1;
    if (n)
        memcpy((*ret)->fields, left->fields, n * sizeof(struct doc_field));
    (*ret)->fields[n] = doc_field(ex->name);
    return true;
}

/* ---- the rest ---- */

static bool is_constant(const struct ex *ex)
{
    return !ex || ex->kind == EX_CONST;
}

static bool resolve_operator(struct compiler *c, const struct scope *scope,
                             const struct ex *ex, struct ex **ret)
{
    struct ex *made = make(c, ex->kind, ex->pos);
    if (ex->left && !resolve(c, scope, ex->left, &made->left))
        return false;
    if (ex->right && !resolve(c, scope, ex->right, &made->right))
        return false;
    *ret = made;
    if (is_constant(made->left) && is_constant(made->right)) {
        struct machine m = { .view = c->view, .lang = c->view->lang };
        *ret = constant(c, ex->pos, evaluate(&m, made));
    } else if (made->left->kind == EX_CONST
               && (ex->kind == EX_AND || ex->kind == EX_OR)) {
        bool decides = val_truth(made->left->value) == (ex->kind == EX_OR);
        *ret = decides ? made->left : made->right;
    }
    return true;
}

static bool resolve_format(struct compiler *c, const struct scope *scope,
                           const struct ex *ex, struct ex **ret)
{
    *ret = make(c, EX_FORMAT, ex->pos);
    (*ret)->number = ex->number;
    (*ret)->args = ARENA_ARRAY(c->view->arena, struct ex *, ex->arg_count);
    (*ret)->arg_count = ex->arg_count;
    c->view->uses_lang = true;
    for (size_t i = 0; i < ex->arg_count; i++) {
        if (!resolve(c, scope, ex->args[i], &(*ret)->args[i]))
            return false;
    }
    return resolve(c, scope, ex->left, &(*ret)->left);
}

bool resolve(struct compiler *c, const struct scope *scope, const struct ex *ex,
             struct ex **ret)
{
    switch (ex->kind) {
    case EX_CONST:
        *ret = constant(c, ex->pos, ex->value);
        return true;
    case EX_NAME:
        return resolve_name(c, scope, ex, ret);
    case EX_FIELD:
        return resolve_field(c, scope, ex, ret);
    case EX_FORMAT:
        return resolve_format(c, scope, ex, ret);
    case EX_INDEX:
    case EX_COUNT:
    case EX_NOT:
    case EX_AND:
    case EX_OR:
    case EX_EQ:
    case EX_NE:
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE:
        return resolve_operator(c, scope, ex, ret);
    case EX_SLOT:
    case EX_PATH:
    case EX_CONCAT:
    case EX_FIELDS:
        break;
    }
    return source_fail(scope->src, ex->pos, "view.expression", "not an expression");
}

bool resolve_parts(struct compiler *c, const struct scope *scope,
                   const struct part *parts, size_t n, struct ex **ret)
{
    if (n == 0) {
        *ret = constant(c, 0, val_str(STR("")));
        return true;
    }
    if (n == 1 && parts[0].ex)
        return resolve(c, scope, parts[0].ex, ret);
    if (n == 1) {
        *ret = constant(c, 0, val_str(parts[0].text));
        return true;
    }
    struct ex *joined = make(c, EX_CONCAT, 0);
    joined->parts = ARENA_ARRAY(c->view->arena, struct part, n);
    joined->part_count = n;
    for (size_t i = 0; i < n; i++) {
        joined->parts[i].text = parts[i].text;
        if (parts[i].ex && !resolve(c, scope, parts[i].ex, &joined->parts[i].ex))
            return false;
    }
    *ret = joined;
    return true;
}
