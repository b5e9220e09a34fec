/* Keywords that put more schemas on the same value. */
#include "check.h"

bool schema_make_wanted(struct compiler *c, struct rule *r, struct val v)
{
    schema_compile_child(c, r->keyword->name, v);
    return true;
}

bool schema_make_wanted_map(struct compiler *c, struct rule *r, struct val v)
{
    schema_compile_map(c, r->keyword->name, v);
    return true;
}

bool schema_make_child(struct compiler *c, struct rule *r, struct val v)
{
    r->child = schema_compile_child(c, r->keyword->name, v);
    return true;
}

bool schema_make_children(struct compiler *c, struct rule *r, struct val v)
{
    r->children = schema_compile_list(c, r->keyword->name, v);
    return true;
}

/* ---- references ---- */

/* A $dynamicRef that starts at a $dynamicAnchor ends at the one of that name in the
 * outermost resource that has it. */
struct dynamic {
    const struct child *child; /* where it starts */
    str anchor;                /* .p is NULL when it stays there */
};

bool schema_make_ref(struct compiler *c, struct rule *r, struct val v)
{
    struct node *to;
    str anchor;
    str keyword = r->keyword->name;
    if (!schema_resolve_reference(c, c->node, keyword, val_text(v), &to, &anchor))
        return false;
    r->child = schema_compile_way(c, keyword, to);
    return true;
}

bool schema_make_dynamic_ref(struct compiler *c, struct rule *r, struct val v)
{
    struct node *to;
    struct dynamic *dynamic = ARENA_NEW(c->arena, struct dynamic);
    str keyword = r->keyword->name;
    if (!schema_resolve_reference(c, c->node, keyword, val_text(v), &to,
                                  &dynamic->anchor))
        return false;
    bool moves = dynamic->anchor.p
                 && schema_index_find(&to->resource->dynamic, dynamic->anchor) == to;
    if (!moves)
        dynamic->anchor = (str){ NULL, 0 };
    dynamic->child = schema_compile_way(c, keyword, to);
    r->dynamic = dynamic;
    return true;
}

/* A schema that is met again on the same value would be met for ever. */
static bool is_endless(const struct frame *f, const struct node *to)
{
    for (; f; f = f->up) {
        if (f->by->node == to)
            return true;
        if (f->step != STEP_HERE)
            break;
    }
    return false;
}

static bool follow(struct check *c, const struct frame *f, const struct child *child)
{
    if (is_endless(f, child->node))
        return schema_check_stop(
            c, f, child->keyword,
            "cannot be checked: the rules refer to themselves without end");
    return schema_check_here(c, f, child);
}

bool schema_meets_ref(struct check *c, const struct frame *f, const struct rule *r)
{
    return follow(c, f, r->child);
}

bool schema_meets_dynamic_ref(struct check *c, const struct frame *f,
                              const struct rule *r)
{
    struct child to = *r->dynamic->child;
    bool moves = r->dynamic->anchor.p;
    for (const struct scope *s = f->scope; moves && s; s = s->up) {
        const struct node *node =
            schema_index_find(&s->resource->dynamic, r->dynamic->anchor);
        if (node)
            to.node = node;
    }
    return follow(c, f, &to);
}

/* ---- all, any, one, not ---- */

bool schema_meets_all_of(struct check *c, const struct frame *f, const struct rule *r)
{
    bool good = true;
    for (size_t i = 0; i < r->children.n && (good || check_is_loud(c)); i++)
        good &= schema_check_here(c, f, &r->children.list[i]);
    return good;
}

/* A branch is out of the question when the value is of another type, or of another kind
 * as told by a constant, in itself or in one of its members. */
static bool is_out(struct check *c, const struct frame *f, size_t first)
{
    size_t here = schema_check_pointer(c, f).n;
    for (size_t i = first; i < c->n; i++) {
        const struct schema_error *e = &c->errors[i];
        str below = { e->pointer.p + here, e->pointer.n - here };
        bool at_member = below.n && !memchr(below.p + 1, '/', below.n - 1);
        bool tells_kind =
            str_equal(e->keyword, STR("const")) || str_equal(e->keyword, STR("enum"));
        if ((!below.n && str_equal(e->keyword, STR("type")))
            || ((!below.n || at_member) && tells_kind))
            return true;
    }
    return false;
}

/* Alternatives that are a constant each, as choices with titles are; NULL: they are not.
 */
static const struct val *choices_of(struct check *c, const struct children *children)
{
    struct val *values = ARENA_ARRAY(c->arena, struct val, children->n + 1);
    for (size_t i = 0; i < children->n; i++) {
        const struct node *node = children->list[i].node;
        values[i] = val_get(node->schema, STR("const"));
        if (node->n != 1 || !val_exists(values[i]))
            return NULL;
    }
    return values;
}

/* No branch fits. What is wrong with those that were meant is told first; when none can
 * have been meant, the sentence tells what each wanted. */
static bool explain_none(struct check *c, const struct frame *f, const struct rule *r)
{
    enum { TOLD_MAX = 3 };
    struct buf told;
    size_t before = c->n;
    const struct val *choices = choices_of(c, &r->children);
    if (choices)
        return schema_complain_choices(c, f, r, choices, r->children.n);
    buf_init(&told, SIZE_MAX / 4);
    for (size_t i = 0; i < r->children.n && check_is_loud(c); i++) {
        size_t first = c->n;
        schema_check_here(c, f, &r->children.list[i]);
        if (c->stopped || c->n == first || !is_out(c, f, first))
            continue;
        if (i < TOLD_MAX)
            buf_format(&told, "%s%.*s", told.n ? "; or " : "",
                       STR_ARG(c->errors[first].text));
        c->n = first;
    }
    if (c->n == before)
        COMPLAIN(c, f, r, "fits none of the %zu alternatives: %.*s%s", r->children.n,
                 STR_ARG(buf_view(&told)), r->children.n > TOLD_MAX ? " …" : "");
    else
        COMPLAIN(c, f, r, "fits none of the %zu alternatives", r->children.n);
    buf_done(&told);
    return false;
}

bool schema_meets_any_of(struct check *c, const struct frame *f, const struct rule *r)
{
    bool good = false;
    c->quiet++;
    for (size_t i = 0; i < r->children.n && (!good || f->marks); i++)
        good |= schema_check_here(c, f, &r->children.list[i]);
    c->quiet--;
    return good || (check_is_loud(c) && explain_none(c, f, r));
}

bool schema_meets_one_of(struct check *c, const struct frame *f, const struct rule *r)
{
    size_t fit[2] = { 0, 0 };
    size_t n = 0;
    c->quiet++;
    for (size_t i = 0; i < r->children.n && n < 2; i++) {
        if (schema_check_here(c, f, &r->children.list[i]))
            fit[n++] = i;
    }
    c->quiet--;
    if (n == 0)
        return check_is_loud(c) && explain_none(c, f, r);
    return n == 1
           || COMPLAIN(c, f, r,
                       "must fit only one of the %zu alternatives, but fits %zu and %zu",
                       r->children.n, fit[0] + 1, fit[1] + 1);
}

bool schema_meets_not(struct check *c, const struct frame *f, const struct rule *r)
{
    c->quiet++;
    bool fits = schema_check_apart(c, f, r->child);
    c->quiet--;
    return !fits
           || COMPLAIN(c, f, r, "is of a kind that is not allowed here: %s",
                       schema_check_shown(c, f->value));
}

/* ---- if ---- */

struct condition {
    const struct child *test;
    const struct child *then, *otherwise; /* NULL when absent */
};

static const struct child *branch(struct compiler *c, str keyword)
{
    struct val v = schema_compile_sibling(c, keyword);
    return val_exists(v) ? schema_compile_child(c, keyword, v) : NULL;
}

bool schema_make_condition(struct compiler *c, struct rule *r, struct val v)
{
    struct condition *condition = ARENA_NEW(c->arena, struct condition);
    condition->test = schema_compile_child(c, r->keyword->name, v);
    condition->then = branch(c, STR("then"));
    condition->otherwise = branch(c, STR("else"));
    r->condition = condition;
    return true;
}

bool schema_meets_condition(struct check *c, const struct frame *f, const struct rule *r)
{
    const struct condition *condition = r->condition;
    if (!f->marks && !condition->then && !condition->otherwise)
        return true;
    c->quiet++;
    bool holds = schema_check_here(c, f, condition->test);
    c->quiet--;
    const struct child *branch_taken = holds ? condition->then : condition->otherwise;
    return !branch_taken || schema_check_here(c, f, branch_taken);
}
