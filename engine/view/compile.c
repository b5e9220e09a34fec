/* From the tree to the program. */
#include "inside.h"

/* ---- elements ---- */

static bool compile_node(struct compiler *c, const struct scope *scope,
                         const struct node *node);

static bool compile_children(struct compiler *c, const struct scope *scope,
                             const struct node *node)
{
    for (size_t i = 0; i < node->child_count; i++) {
        if (!compile_node(c, scope, node->children[i]))
            return false;
    }
    return true;
}

static bool compile_plain(struct compiler *c, const struct scope *scope,
                          const struct node *node)
{
    if (!element_is_known(node->name, scope->host))
        return source_fail(scope->src, node->pos, "view.element",
                           "there is no element <%.*s> here", STR_ARG(node->name));
    buf_char(&c->text, '<');
    buf_str(&c->text, node->name);
    for (size_t i = 0; i < node->attr_count; i++) {
        if (!attribute_is_control(node->attrs[i].name)
            && !emit_attribute(c, scope, node, &node->attrs[i]))
            return false;
    }
    buf_char(&c->text, '>');
    if (element_is_void(node->name))
        return true;
    if (!compile_children(c, scope, node))
        return false;
    buf_str(&c->text, STR("</"));
    buf_str(&c->text, node->name);
    buf_char(&c->text, '>');
    return true;
}

static bool attr_is(const struct attr *attr, str text)
{
    return attr && attr->part_count == 1 && !attr->parts[0].ex
           && str_equal(attr->parts[0].text, text);
}

/* The host element whose body this is part of; NULL: none. */
static const struct scope *element_around(const struct scope *scope)
{
    while (!scope->element && scope->up)
        scope = scope->up;
    return scope->element ? scope : NULL;
}

/* The children that the user of the element put into this slot. */
static bool compile_slot(struct compiler *c, const struct scope *scope,
                         const struct node *node)
{
    const struct scope *use = element_around(scope);
    if (!use)
        return source_fail(scope->src, node->pos, "view.element",
                           "<ui-slot> belongs inside a <ui-def>");
    const struct attr *name = find_attr(node, STR("name"));
    for (size_t i = 0; i < use->use->child_count; i++) {
        const struct node *child = use->use->children[i];
        const struct attr *slot = find_attr(child, STR("slot"));
        bool mine = name ? attr_is(slot, name->part_count ? name->parts[0].text : STR(""))
                         : !slot;
        if (mine && !compile_node(c, use->use_scope, child))
            return false;
    }
    return true;
}

static bool check_parameters(const struct scope *scope, const struct node *node,
                             const struct element *element)
{
    for (size_t i = 0; i < node->attr_count; i++) {
        bool known = attribute_is_control(node->attrs[i].name);
        for (size_t k = 0; !known && k < element->attr_count; k++)
            known = str_equal(element->attrs[k].name, node->attrs[i].name);
        if (!known)
            return source_fail(scope->src, node->attrs[i].pos, "view.attribute",
                               "<%.*s> has no attribute %.*s", STR_ARG(node->name),
                               STR_ARG(node->attrs[i].name));
    }
    return true;
}

static bool expand(struct compiler *c, const struct scope *scope, const struct node *node,
                   const struct element *element)
{
    struct source src = element->src;
    src.err = scope->src->err;
    struct scope inside = {
        .src = &src, .host = true, .element = element, .use = node, .use_scope = scope
    };
    return check_parameters(scope, node, element)
           && compile_children(c, &inside, element->body);
}

static bool compile_region(struct compiler *c, const struct scope *scope,
                           const struct node *node)
{
    const struct attr *name = find_attr(node, STR("name"));
    struct ex *ex;
    if (!name)
        return source_fail(scope->src, node->pos, "view.attribute",
                           "<ui-region> wants a name");
    if (!resolve_parts(c, scope, name->parts, name->part_count, &ex))
        return false;
    emit_value(c, OP_REGION, ex);
    return true;
}

static bool compile_markdown(struct compiler *c, const struct scope *scope,
                             const struct node *node)
{
    const struct attr *text = find_attr(node, STR("text"));
    struct ex *ex;
    if (!text)
        return source_fail(scope->src, node->pos, "view.attribute",
                           "<ui-markdown> wants a text");
    if (!resolve_parts(c, scope, text->parts, text->part_count, &ex))
        return false;
    emit_value(c, OP_MARKDOWN, ex);
    return true;
}

/* ---- <ui-act>: a form that runs an action; only in the host's elements ---- */

/* What `with` says where the element that holds the form was used. */
static bool fields_of(struct compiler *c, const struct scope *use, struct ex **ret,
                      uint32_t *ret_pos)
{
    const struct attr *with = find_attr(use->use, STR("with"));
    struct source src = *use->use_scope->src;
    src.arena = c->view->arena;
    *ret = NULL;
    if (!with)
        return true;
    *ret_pos = with->pos;
    if (with->part_count != 1 || with->parts[0].ex)
        return source_fail(&src, with->pos, "view.expression",
                           "with wants { name = expression } without {{ }}");
    return parse_fields(&src, with->parts[0].text, with->pos, ret);
}

static void hidden_start(struct compiler *c, const char *prefix, str name)
{
    buf_str(&c->text, STR("<input type=\"hidden\" name=\""));
    buf_str(&c->text, str_of(prefix));
    buf_str(&c->text, name);
    buf_str(&c->text, STR("\" value=\""));
}

static bool takes_input(struct val action, str name)
{
    struct val known = val_get(val_get(action, STR("input")), STR("properties"));
    return val_exists(val_get(known, name));
}

static bool emit_fields(struct compiler *c, const struct scope *scope, struct val action,
                        const struct ex *fields, uint32_t pos)
{
    for (size_t i = 0; i < fields->part_count; i++) {
        const struct part *field = &fields->parts[i];
        struct ex *value;
        if (!takes_input(action, field->text))
            return source_fail(scope->src, pos, "view.action",
                               "the action takes no input %.*s", STR_ARG(field->text));
        if (!resolve(c, scope, field->ex, &value))
            return false;
        hidden_start(c, "input.", field->text);
        emit_escaped(c, value);
        buf_str(&c->text, STR("\">"));
    }
    return true;
}

/* The name must be known now, so that a wrong one is refused when it is installed. */
static bool action_name(struct compiler *c, const struct scope *use, str *ret,
                        struct val *ret_action)
{
    const struct attr *given = find_attr(use->use, STR("action"));
    const struct source *src = use->use_scope->src;
    struct ex *ex;
    if (!given)
        return source_fail(src, use->use->pos, "view.action", "an action is wanted");
    if (!resolve_parts(c, use->use_scope, given->parts, given->part_count, &ex))
        return false;
    *ret = ex->kind == EX_CONST ? val_text(ex->value) : STR("");
    *ret_action = val_get(c->actions, *ret);
    return val_exists(*ret_action)
           || source_fail(src, given->pos, "view.action",
                          "the component has no action %.*s", STR_ARG(*ret));
}

static bool compile_act(struct compiler *c, const struct scope *scope,
                        const struct node *node)
{
    const struct scope *use = element_around(scope);
    const struct attr *class = find_attr(node, STR("class"));
    const struct node form = { .name = STR("form") };
    struct ex *fields;
    struct val action;
    uint32_t pos = 0;
    str name = STR("");
    if (!use)
        return source_fail(scope->src, node->pos, "view.element",
                           "<ui-act> belongs inside a <ui-def>");
    if (!action_name(c, use, &name, &action) || !fields_of(c, use, &fields, &pos))
        return false;
    buf_str(&c->text, STR("<form method=\"post\" action=\"/act\""));
    if (class && !emit_attribute(c, scope, &form, class))
        return false;
    emit_constant_attribute(c, STR("data-action"), val_str(name));
    buf_char(&c->text, '>');
    emit_op(c, OP_PLACE);
    hidden_start(c, "", STR("action"));
    buf_str(&c->text, name);
    buf_str(&c->text, STR("\">"));
    if (fields && !emit_fields(c, use->use_scope, action, fields, pos))
        return false;
    if (!compile_children(c, scope, node))
        return false;
    buf_str(&c->text, STR("</form>"));
    return true;
}

static bool compile_chart(struct compiler *c, const struct scope *scope,
                          const struct node *node, enum chart_kind kind)
{
    struct ex *options = ARENA_NEW(c->view->arena, struct ex);
    options->args = ARENA_ARRAY(c->view->arena, struct ex *, CHART_OPTIONS);
    for (size_t i = 0; i < node->attr_count; i++) {
        const struct attr *attr = &node->attrs[i];
        enum chart_option option = chart_option_of(attr->name);
        if (attribute_is_control(attr->name))
            continue;
        if (option == CHART_OPTIONS)
            return source_fail(scope->src, attr->pos, "view.attribute",
                               "<%.*s> has no attribute %.*s", STR_ARG(node->name),
                               STR_ARG(attr->name));
        if (!resolve_parts(c, scope, attr->parts, attr->part_count,
                           &options->args[option]))
            return false;
    }
    struct op *op = emit_op(c, OP_CHART);
    op->ex = options;
    op->slot = (uint16_t)kind;
    c->view->uses_lang = true;
    return true;
}

static bool compile_element(struct compiler *c, const struct scope *scope,
                            const struct node *node)
{
    if (!str_starts(node->name, STR("ui-")))
        return compile_plain(c, scope, node);
    if (str_equal(node->name, STR("ui-group")))
        return compile_children(c, scope, node);
    if (str_equal(node->name, STR("ui-slot")))
        return compile_slot(c, scope, node);
    if (str_equal(node->name, STR("ui-region")))
        return compile_region(c, scope, node);
    if (str_equal(node->name, STR("ui-markdown")))
        return compile_markdown(c, scope, node);
    if (str_equal(node->name, STR("ui-act")))
        return compile_act(c, scope, node);
    enum chart_kind chart = chart_kind_of(node->name);
    if (chart != CHART_KINDS)
        return compile_chart(c, scope, node, chart);
    const struct element *element = element_find(c->elements, node->name);
    if (!element)
        return source_fail(scope->src, node->pos, "view.element",
                           "there is no element <%.*s>", STR_ARG(node->name));
    return expand(c, scope, node, element);
}

/* ---- each, if, unless ---- */

static bool control_text(const struct scope *scope, const struct attr *attr, str *ret)
{
    if (attr->part_count == 1 && !attr->parts[0].ex) {
        *ret = attr->parts[0].text;
        return true;
    }
    return source_fail(scope->src, attr->pos, "view.expression",
                       "%.*s wants an expression without {{ }}", STR_ARG(attr->name));
}

static bool control_expression(struct compiler *c, const struct scope *scope,
                               const struct attr *attr, str text, struct ex **ret)
{
    struct ex *read = NULL;
    struct source src = *scope->src;
    src.arena = c->view->arena;
    return parse_expression(&src, text, attr->pos, &read) && resolve(c, scope, read, ret);
}

static bool compile_conditions(struct compiler *c, const struct scope *scope,
                               const struct node *node, size_t from);

/* A text with something fixed in it is never empty. */
static bool is_known(const struct ex *ex, bool *ret_truth)
{
    if (ex->kind == EX_CONST) {
        *ret_truth = val_truth(ex->value);
        return true;
    }
    *ret_truth = true;
    for (size_t i = 0; ex->kind == EX_CONCAT && i < ex->part_count; i++) {
        if (!ex->parts[i].ex && ex->parts[i].text.n)
            return true;
    }
    return false;
}

/* `if` and `unless` in the order written; those that are known now vanish. */
static bool compile_condition(struct compiler *c, const struct scope *scope,
                              const struct node *node, size_t at)
{
    const struct attr *attr = &node->attrs[at];
    bool unless = str_equal(attr->name, STR("unless"));
    struct ex *ex;
    str text = STR("");
    if (!control_text(scope, attr, &text)
        || !control_expression(c, scope, attr, text, &ex))
        return false;
    bool truth;
    if (is_known(ex, &truth))
        return truth == unless || compile_conditions(c, scope, node, at + 1);
    emit_value(c, unless ? OP_UNLESS : OP_IF, ex);
    size_t test = c->view->op_count - 1;
    if (!compile_conditions(c, scope, node, at + 1))
        return false;
    uint32_t end = emit_here(c);
    c->view->ops[test].jump = end;
    return true;
}

static bool compile_conditions(struct compiler *c, const struct scope *scope,
                               const struct node *node, size_t from)
{
    for (size_t i = from; i < node->attr_count; i++) {
        if (str_equal(node->attrs[i].name, STR("if"))
            || str_equal(node->attrs[i].name, STR("unless")))
            return compile_condition(c, scope, node, i);
    }
    return compile_element(c, scope, node);
}

/* Where the template says so, also when it is said in the body of a host element. */
static str place_of(struct compiler *c, const struct scope *scope,
                    const struct node *node)
{
    for (const struct scope *use; (use = element_around(scope)); scope = use->use_scope)
        node = use->use;
    return source_place(scope->src, node->pos, c->view->arena);
}

static bool compile_loop(struct compiler *c, const struct scope *scope,
                         const struct node *node, str item, str number, struct ex *list)
{
    int slot = c->next_slot;
    if (slot + 2 > VIEW_MAX_SLOTS)
        return source_fail(scope->src, node->pos, "view.large",
                           "too many loops in each other");
    struct scope of_number = { .up = scope,
                               .src = scope->src,
                               .host = scope->host,
                               .name = number,
                               .slot = slot + 1 };
    struct scope of_item = { .up = &of_number,
                             .src = scope->src,
                             .host = scope->host,
                             .name = item,
                             .slot = slot };
    struct op *op = emit_value(c, OP_EACH, list);
    op->slot = (uint16_t)slot;
    op->text = place_of(c, scope, node);
    size_t start = c->view->op_count - 1;
    c->next_slot += 2;
    bool good = compile_conditions(c, &of_item, node, 0);
    c->next_slot -= 2;
    emit_op(c, OP_NEXT)->jump = (uint32_t)start;
    uint32_t end = emit_here(c);
    c->view->ops[start].jump = end;
    return good;
}

/* each="item in list" or each="item, number in list" */
static bool compile_each(struct compiler *c, const struct scope *scope,
                         const struct node *node, const struct attr *attr)
{
    str text = STR("");
    struct ex *list;
    if (!control_text(scope, attr, &text))
        return false;
    const char *in = memmem(text.p, text.n, " in ", 4);
    if (!in)
        return source_fail(scope->src, attr->pos, "view.expression",
                           "each wants \"item in list\"");
    str number;
    str item = str_cut((str){ text.p, (size_t)(in - text.p) }, ',', &number);
    str rest = { in + 4, text.n - (size_t)(in + 4 - text.p) };
    if (!control_expression(c, scope, attr, rest, &list))
        return false;
    return compile_loop(c, scope, node, str_trim(item), str_trim(number), list);
}

static bool compile_node(struct compiler *c, const struct scope *scope,
                         const struct node *node)
{
    if (!node->name.n) {
        struct ex *ex;
        if (!resolve_parts(c, scope, node->parts, node->part_count, &ex))
            return false;
        emit_escaped(c, ex);
        return true;
    }
    if (++c->depth > VIEW_MAX_DEPTH)
        return source_fail(scope->src, node->pos, "view.large",
                           "elements nest deeper than %d", VIEW_MAX_DEPTH);
    const struct attr *each = find_attr(node, STR("each"));
    bool good =
        each ? compile_each(c, scope, node, each) : compile_conditions(c, scope, node, 0);
    c->depth--;
    return good;
}

/* ---- the whole ---- */

/* Finds the runs: what of a record is read at once. */
static void find_runs(struct view *v)
{
    uint16_t run = 0;
    for (size_t i = v->op_count; i-- > 0;) {
        struct op *op = &v->ops[i];
        bool writes = op->code != OP_EACH && op->code != OP_IF && op->code != OP_UNLESS;
        if (!op->field || !writes)
            run = 0;
        else if (run && run < UINT16_MAX && op[1].field_of == op->field_of)
            run++;
        else
            run = 1;
        op->run = run;
    }
}

static bool compile(struct compiler *c, struct source *src, bool host)
{
    struct node *root;
    struct scope top = { .src = src, .host = host };
    bool good = parse_markup(src, &root) && compile_children(c, &top, root);
    emit_op(c, OP_END);
    find_runs(c->view);
    return good;
}

bool view_open(const struct view_config *config, struct view **ret, struct err *err)
{
    struct view *view = mem_zero(sizeof *view);
    view->refs = 1;
    view->arena = arena_open_small();
    view->lang = config->lang;
    view->elements = view_elements_hold(config->elements);
    struct compiler c = { .view = view,
                          .elements = config->elements,
                          .constants = val_copy(view->arena, config->constants),
                          .actions = config->actions,
                          .next_slot = SLOT_FREE };
    struct source src = { arena_str(view->arena, config->source.name),
                          arena_str(view->arena, config->source.text), view->arena, err };
    view->name = src.name;
    buf_init(&c.text, (size_t)VIEW_MAX_SOURCE * 16);
    bool good = compile(&c, &src, config->host);
    if (good && c.text.full)
        good =
            source_fail(&src, 0, "view.large", "the template is too large when expanded");
    buf_done(&c.text);
    if (good)
        *ret = view;
    else
        view_drop(view);
    return good;
}

struct view *view_hold(struct view *view)
{
    __atomic_add_fetch(&view->refs, 1, __ATOMIC_RELAXED);
    return view;
}

void view_drop(struct view *view)
{
    if (!view || __atomic_sub_fetch(&view->refs, 1, __ATOMIC_ACQ_REL))
        return;
    view_elements_drop(view->elements);
    arena_close(view->arena);
    mem_free(view);
}
