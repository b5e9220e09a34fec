/*
 * Of what the program is put together: operations, and values where they stand. Static
 * text gathers in a buffer until something dynamic comes, so that the program is few
 * operations and long texts. Where a value stands decides how it is escaped; there is no
 * way to say otherwise in a template.
 */
#include "inside.h"

#include "html/html.h"

/* ---- emitting ---- */

/* With room behind it, so that it can be copied in blocks. */
static str padded(struct arena *arena, str s)
{
    char *p = arena_zero(arena, s.n + BUF_PADDING);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (str){ p, s.n };
}

struct op *emit_op(struct compiler *c, enum op_code code)
{
    struct view *v = c->view;
    size_t n = v->op_count;
    if (!(n & (n - 1))) {
        struct op *grown = ARENA_ARRAY(v->arena, struct op, n ? n * 2 : 1);
        if (n)
            memcpy(grown, v->ops, n * sizeof *grown);
        v->ops = grown;
    }
    v->ops[n] =
        (struct op){ .code = code, .before = padded(v->arena, buf_view(&c->text)) };
    buf_clear(&c->text);
    v->op_count++;
    return &v->ops[n];
}

struct op *emit_value(struct compiler *c, enum op_code code, const struct ex *ex)
{
    struct op *op = emit_op(c, code);
    bool field = ex->kind == EX_PATH && ex->field_count == 1;
    op->value = field ? NULL : (struct ex *)(uintptr_t)ex;
    op->field = field ? ex->fields : NULL;
    op->field_of = (uint16_t)ex->number;
    return op;
}

void emit_flush(struct compiler *c)
{
    if (c->text.n)
        emit_op(c, OP_NONE);
}

uint32_t emit_here(struct compiler *c)
{
    emit_flush(c);
    return (uint32_t)c->view->op_count;
}

/* ---- values in text and attributes ---- */

void emit_escaped(struct compiler *c, const struct ex *ex)
{
    if (ex->kind == EX_CONST) {
        html_escape(&c->text, constant_text(c, ex->value));
    } else if (ex->kind == EX_CONCAT) {
        for (size_t i = 0; i < ex->part_count; i++) {
            if (ex->parts[i].ex)
                emit_escaped(c, ex->parts[i].ex);
            else
                html_escape(&c->text, ex->parts[i].text);
        }
    } else if (ex->kind == EX_FORMAT) {
        bool plain = format_is_number(ex->number) && !ex->arg_count;
        emit_value(c, plain ? OP_NUMBER : OP_FORMAT, ex->left)->ex =
            (struct ex *)(uintptr_t)ex;
    } else {
        emit_value(c, OP_TEXT, ex);
    }
}

/* An address made of parts. Until a / ? # or : has come, what follows may still become a
 * scheme: text is judged with the text before it, and none may end a value's word by a
 * colon. Values but the first are encoded, so they settle nothing. */
struct address {
    bool started;
    bool settled; /* whether there is a scheme, and which, cannot change any more */
    bool valued;  /* a value stands in it */
    str head;     /* the text before it was settled */
};

static bool settles(char c)
{
    return c == '/' || c == '?' || c == '#' || c == ':';
}

static bool emit_address_text(struct compiler *c, const struct scope *scope, uint32_t pos,
                              struct address *at, str text)
{
    if (!at->settled) {
        size_t end = 0;
        while (end < text.n && !settles(text.p[end]))
            end++;
        at->settled = end < text.n;
        if (at->settled && at->valued && text.p[end] == ':')
            return source_fail(scope->src, pos, "view.attribute",
                               "an address may not go on with a colon behind a value");
        at->head =
            arena_format(c->view->arena, "%.*s%.*s", STR_ARG(at->head), STR_ARG(text));
        if (!html_url_is_safe(at->head))
            return source_fail(
                scope->src, pos, "view.attribute",
                "an address starts with /, ?, #, http, https, mailto or tel");
    }
    at->started = at->started || text.n;
    html_escape(&c->text, text);
    return true;
}

static bool emit_address(struct compiler *c, const struct scope *scope, uint32_t pos,
                         struct address *at, const struct ex *ex)
{
    if (ex->kind == EX_CONST)
        return emit_address_text(c, scope, pos, at, constant_text(c, ex->value));
    if (ex->kind == EX_CONCAT) {
        for (size_t i = 0; i < ex->part_count; i++) {
            const struct part *part = &ex->parts[i];
            if (!(part->ex ? emit_address(c, scope, pos, at, part->ex)
                           : emit_address_text(c, scope, pos, at, part->text)))
                return false;
        }
        return true;
    }
    emit_value(c, at->started ? OP_URL_PART : OP_URL, ex);
    at->started = at->valued = true;
    return true;
}

/* ---- attributes ---- */

bool attribute_is_control(str name)
{
    return str_equal(name, STR("each")) || str_equal(name, STR("if"))
           || str_equal(name, STR("unless")) || str_equal(name, STR("slot"));
}

void emit_name(struct compiler *c, str name)
{
    buf_char(&c->text, ' ');
    buf_str(&c->text, name);
}

void emit_constant_attribute(struct compiler *c, str name, struct val v)
{
    bool off = v.kind == VAL_NONE || v.kind == VAL_NULL || (v.kind == VAL_BOOL && !v.b);
    if (off)
        return;
    emit_name(c, name);
    if (v.kind == VAL_BOOL)
        return;
    buf_str(&c->text, STR("=\""));
    html_escape(&c->text, constant_text(c, v));
    buf_char(&c->text, '"');
}

bool emit_attribute(struct compiler *c, const struct scope *scope,
                    const struct node *node, const struct attr *attr)
{
    enum place place = attribute_place(node->name, attr->name);
    struct address at = { 0 };
    struct ex *ex;
    if (place == PLACE_REFUSED)
        return source_fail(scope->src, attr->pos, "view.attribute",
                           "<%.*s> may not have %.*s", STR_ARG(node->name),
                           STR_ARG(attr->name));
    if (attr->bare) {
        emit_name(c, attr->name);
        return true;
    }
    if (!resolve_parts(c, scope, attr->parts, attr->part_count, &ex))
        return false;
    if (ex->kind == EX_CONST && (place == PLACE_ATTRIBUTE || ex->value.kind != VAL_STR)) {
        emit_constant_attribute(c, attr->name, ex->value);
        return true;
    }
    if (ex->kind != EX_CONST && ex->kind != EX_CONCAT) {
        struct op *op = emit_value(c, place == PLACE_URL ? OP_ATTR_URL : OP_ATTR, ex);
        op->text = arena_format(c->view->arena, " %.*s", STR_ARG(attr->name));
        return true;
    }
    emit_name(c, attr->name);
    buf_str(&c->text, STR("=\""));
    if (place == PLACE_URL && !emit_address(c, scope, attr->pos, &at, ex))
        return false;
    if (place == PLACE_ATTRIBUTE)
        emit_escaped(c, ex);
    buf_char(&c->text, '"');
    return true;
}
