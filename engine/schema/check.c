/* Checking a value: the walk, and what it notes. */
#include "check.h"

#include <stdio.h>

/* ---- telling what is wrong ---- */

static void add_pointer(struct buf *out, const struct frame *f)
{
    if (!f)
        return;
    add_pointer(out, f->up);
    if (f->step == STEP_MEMBER)
        doc_pointer_add(out, f->name);
    if (f->step == STEP_ITEM)
        buf_format(out, "/%zu", f->at);
}

static void add_rule(struct buf *out, const struct frame *f)
{
    if (!f)
        return;
    add_rule(out, f->up);
    buf_str(out, f->by->via);
}

static str taken(struct check *c, struct buf *b)
{
    str text = arena_str(c->arena, buf_view(b));
    buf_done(b);
    return text;
}

str schema_check_pointer(struct check *c, const struct frame *f)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    add_pointer(&out, f);
    return taken(c, &out);
}

/* `keyword` is empty for the schema `false`: there the way itself is the rule. */
static str rule_pointer(struct check *c, const struct frame *f, str keyword)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    add_rule(&out, f);
    if (keyword.n)
        doc_pointer_add(&out, keyword);
    return taken(c, &out);
}

static const struct frame *name_frame(const struct frame *f)
{
    while (f && f->step == STEP_HERE)
        f = f->up;
    return f && f->step == STEP_NAME ? f : NULL;
}

const char *schema_check_shown(struct check *c, struct val v)
{
    enum { STRING_MAX_BYTES = 400, STRING_MAX_GRAPHEMES = 60, OTHER_MAX_BYTES = 120 };
    struct buf out;
    buf_init(&out, v.kind == VAL_STR ? STRING_MAX_BYTES : OTHER_MAX_BYTES);
    str text = val_text(v);
    str start = str_clip(text, STRING_MAX_GRAPHEMES);
    bool cut = start.n < text.n;
    doc_write(&out, v.kind == VAL_STR ? val_str(start) : v, DOC_PLAIN);
    const char *shown = v.kind == VAL_LIST ? "[…]" : v.kind == VAL_MAP ? "{…}" : "…";
    if (!out.full)
        shown =
            arena_format(c->arena, "%.*s%s", STR_ARG(buf_view(&out)), cut ? "…" : "").p;
    buf_done(&out);
    return shown;
}

static struct schema_error *room_for_error(struct check *c)
{
    if (c->n == c->room) {
        size_t room = c->room ? c->room * 4 : 4;
        struct schema_error *errors = ARENA_ARRAY(c->arena, struct schema_error, room);
        if (c->n)
            memcpy(errors, c->errors, c->n * sizeof *errors);
        c->errors = errors;
        c->room = room;
    }
    return &c->errors[c->n++];
}

static void add_error(struct check *c, const struct frame *f, str keyword, str text)
{
    bool by_way = !keyword.n;
    const struct frame *name = name_frame(f);
    if (name)
        text = arena_format(c->arena, "the name %s %.*s",
                            schema_check_shown(c, val_str(name->name)), STR_ARG(text));
    *room_for_error(c) = (struct schema_error){
        .pointer = schema_check_pointer(c, f),
        .keyword = by_way ? f->by->keyword : keyword,
        .rule = rule_pointer(c, f, keyword),
        .text = text,
    };
}

bool schema_check_complain(struct check *c, const struct frame *f, str keyword,
                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = n < 0 ? 0 : (size_t)n;
    char *text = arena_zero(c->arena, size + 1);
    va_start(args, format);
    vsnprintf(text, size + 1, format, args);
    va_end(args);
    add_error(c, f, keyword, (str){ text, size });
    return false;
}

bool schema_check_stop(struct check *c, const struct frame *f, str keyword,
                       const char *text)
{
    if (c->stopped)
        return false;
    c->stopped = true;
    if (c->n == SCHEMA_MAX_ERRORS)
        c->n--;
    add_error(c, f, keyword, str_of(text));
    return false;
}

static bool is_refused(struct check *c, const struct frame *f)
{
    if (!check_is_loud(c))
        return false;
    if (f->step == STEP_MEMBER)
        return schema_check_complain(c, f, STR(""), "the member %s is not expected here",
                                     schema_check_shown(c, val_str(f->name)));
    return schema_check_complain(c, f, STR(""),
                                 f->step == STEP_NAME   ? "is not allowed"
                                 : f->step == STEP_ITEM ? "no item is expected here"
                                                        : "no value is allowed here");
}

/* ---- one schema on one value ---- */

static bool keeps_rules(struct check *c, const struct frame *f, const struct node *node)
{
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        const struct rule *r = &node->rules[i];
        if (!(r->kinds & KIND(f->value.kind)) || r->keyword->meets(c, f, r))
            continue;
        good = false;
        /* A wrong type makes the other rules noise. */
        if (!check_is_loud(c) || r->keyword->meets == schema_meets_type)
            break;
    }
    return good;
}

static bool keeps_rest(struct check *c, const struct frame *f, const struct child *rest)
{
    bool good = true;
    for (size_t i = 0; i < f->value.n && (good || check_is_loud(c)); i++) {
        str name;
        if (schema_marks_has(f->marks, i))
            continue;
        if (f->value.kind == VAL_LIST) {
            good &= schema_check_item(c, f, rest, i, val_at(f->value, i));
        } else {
            struct val v = val_member(f->value, i, &name);
            good &= schema_check_member(c, f, rest, name, v);
        }
    }
    return good;
}

/* A schema with unevaluated… does not see what those around it have evaluated; when the
 * value keeps it, it leaves nothing over for them. */
static bool keeps_all(struct check *c, const struct frame *f, const struct node *node)
{
    const struct child *rest = f->value.kind == VAL_LIST  ? node->items
                               : f->value.kind == VAL_MAP ? node->members
                                                          : NULL;
    if (!rest)
        return keeps_rules(c, f, node);
    struct frame inner = *f;
    struct marks own;
    schema_marks_open(&own, c->arena, f->value.n);
    inner.marks = &own;
    c->steps += f->value.n / 16;
    if (!keeps_rules(c, &inner, node) || !keeps_rest(c, &inner, rest))
        return false;
    schema_marks_add_all(f->marks, f->value.n);
    return true;
}

static bool enter(struct check *c, struct frame *f)
{
    const struct node *node = f->by->node;
    if (c->stopped)
        return false;
    if (++c->steps > SCHEMA_MAX_STEPS)
        return schema_check_stop(c, f, STR("limit"), "takes too many steps to check");
    if (node->never)
        return is_refused(c, f);
    if (!node->resource)
        return true;
    if (f->depth > CHECK_MAX_DEPTH)
        return schema_check_stop(c, f, STR("limit"),
                                 "the rules are nested too deeply here");
    if (!f->scope || f->scope->resource != node->resource) {
        f->own = (struct scope){ f->scope, node->resource };
        f->scope = &f->own;
    }
    return keeps_all(c, f, node);
}

static struct frame below(const struct frame *up, const struct child *by,
                          struct val value)
{
    return (struct frame){
        .up = up, .by = by, .value = value, .depth = up->depth + 1, .scope = up->scope
    };
}

bool schema_check_value(struct check *c, const struct child *root, struct val value)
{
    struct frame f = { .by = root, .value = value };
    return enter(c, &f) && !c->stopped;
}

bool schema_check_here(struct check *c, const struct frame *f, const struct child *child)
{
    struct frame inner = below(f, child, f->value);
    size_t marked = f->marks ? f->marks->n : 0;
    inner.marks = f->marks;
    if (enter(c, &inner))
        return true;
    if (f->marks)
        schema_marks_back_to(f->marks, marked);
    return false;
}

bool schema_check_apart(struct check *c, const struct frame *f, const struct child *child)
{
    struct frame inner = below(f, child, f->value);
    return enter(c, &inner);
}

bool schema_check_member(struct check *c, const struct frame *f,
                         const struct child *child, str name, struct val value)
{
    struct frame inner = below(f, child, value);
    inner.step = STEP_MEMBER;
    inner.name = name;
    return enter(c, &inner);
}

bool schema_check_name(struct check *c, const struct frame *f, const struct child *child,
                       str name)
{
    struct frame inner = below(f, child, val_str(name));
    inner.step = STEP_NAME;
    inner.name = name;
    return enter(c, &inner);
}

bool schema_check_item(struct check *c, const struct frame *f, const struct child *child,
                       size_t i, struct val value)
{
    struct frame inner = below(f, child, value);
    inner.step = STEP_ITEM;
    inner.at = i;
    return enter(c, &inner);
}
