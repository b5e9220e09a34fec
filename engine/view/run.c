/* Walking the program. */
#include "inside.h"

#include "html/html.h"

str view_lang_name(enum view_lang lang)
{
    return lang == VIEW_EN ? STR("en") : STR("zh");
}

str text_in(enum view_lang lang, struct val v)
{
    if (v.kind != VAL_MAP)
        return val_text(v);
    str text = val_get_text(v, view_lang_name(lang));
    return text.p ? text
                  : val_get_text(v, view_lang_name(lang == VIEW_EN ? VIEW_ZH : VIEW_EN));
}

static void note_used(struct machine *m, unsigned used)
{
    if (m->run)
        m->run->used |= used;
}

void put_value(struct machine *m, struct buf *out, struct val v,
               void (*put)(struct buf *, str))
{
    switch ((enum val_kind)v.kind) {
    case VAL_STR:
        put(out, val_text(v));
        return;
    case VAL_INT:
        buf_int(out, v.i);
        return;
    case VAL_NUM:
        doc_write_number(out, v.d);
        return;
    case VAL_BOOL:
        note_used(m, VIEW_USED_LANG);
        put(out, m->lang == VIEW_EN ? (v.b ? STR("yes") : STR("no"))
                                    : (v.b ? STR("是") : STR("否")));
        return;
    case VAL_MAP:
        note_used(m, VIEW_USED_LANG);
        put(out, text_in(m->lang, v));
        return;
    case VAL_NONE:
    case VAL_NULL:
    case VAL_LIST:
        return;
    }
}

/* ---- expressions ---- */

static struct val walk_path(struct machine *m, const struct ex *ex)
{
    struct val v = m->slots[ex->number];
    for (size_t i = 0; i < ex->field_count; i++)
        v = val_field(v, &ex->fields[i]);
    return v;
}

static struct val index_of(struct val v, struct val at)
{
    if (at.kind == VAL_INT && at.i >= 1)
        return val_at(v, (size_t)at.i - 1);
    return val_get(v, val_text(at));
}

/* -1, 0, 1, or 2 when the two have no order. */
static int compare(struct val a, struct val b)
{
    if (a.kind == VAL_STR && b.kind == VAL_STR) {
        int order = str_compare(val_text(a), val_text(b));
        return (order > 0) - (order < 0);
    }
    bool numbers = (a.kind == VAL_INT || a.kind == VAL_NUM)
                   && (b.kind == VAL_INT || b.kind == VAL_NUM);
    if (!numbers)
        return 2;
    double x = val_as_num(a, 0);
    double y = val_as_num(b, 0);
    return (x > y) - (x < y);
}

static bool holds(enum ex_kind kind, struct val a, struct val b)
{
    int order = compare(a, b);
    switch (kind) {
    case EX_EQ:
        return val_equal(a, b);
    case EX_NE:
        return !val_equal(a, b);
    case EX_LT:
        return order < 0;
    case EX_LE:
        return order <= 0;
    case EX_GT:
        return order != 2 && order > 0;
    case EX_GE:
        return order != 2 && order >= 0;
    default:
        return false;
    }
}

static struct val concat(struct machine *m, const struct ex *ex)
{
    struct buf out;
    buf_init(&out, VIEW_MAX_SOURCE);
    for (size_t i = 0; i < ex->part_count; i++) {
        if (ex->parts[i].ex)
            put_value(m, &out, evaluate(m, ex->parts[i].ex), buf_str);
        else
            buf_str(&out, ex->parts[i].text);
    }
    struct arena *arena = m->run ? m->run->arena : m->view->arena;
    struct val v = val_str(arena_str(arena, buf_view(&out)));
    buf_done(&out);
    return v;
}

static struct val evaluate_format(struct machine *m, const struct ex *ex)
{
    struct val args[4];
    for (size_t i = 0; i < ex->arg_count; i++)
        args[i] = evaluate(m, ex->args[i]);
    return format_apply(m, ex->number, evaluate(m, ex->left), args, ex->arg_count);
}

static void put_format(struct machine *m, struct buf *out, const struct ex *ex,
                       struct val v)
{
    struct val args[4];
    for (size_t i = 0; i < ex->arg_count; i++)
        args[i] = evaluate(m, ex->args[i]);
    format_put(m, ex->number, v, args, ex->arg_count, out);
}

struct val evaluate(struct machine *m, const struct ex *ex)
{
    struct val left;
    switch (ex->kind) {
    case EX_CONST:
        return ex->value;
    case EX_SLOT:
        return m->slots[ex->number];
    case EX_PATH:
        return walk_path(m, ex);
    case EX_FIELD:
        return val_get(evaluate(m, ex->left), ex->name);
    case EX_INDEX:
        return index_of(evaluate(m, ex->left), evaluate(m, ex->right));
    case EX_COUNT:
        left = evaluate(m, ex->left);
        return val_int(left.kind == VAL_STR ? left.n : (int64_t)val_count(left));
    case EX_NOT:
        return val_bool(!val_truth(evaluate(m, ex->left)));
    case EX_AND:
        left = evaluate(m, ex->left);
        return val_truth(left) ? evaluate(m, ex->right) : left;
    case EX_OR:
        left = evaluate(m, ex->left);
        return val_truth(left) ? left : evaluate(m, ex->right);
    case EX_EQ:
    case EX_NE:
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE:
        return val_bool(holds(ex->kind, evaluate(m, ex->left), evaluate(m, ex->right)));
    case EX_FORMAT:
        return evaluate_format(m, ex);
    case EX_CONCAT:
        return concat(m, ex);
    case EX_NAME:
    case EX_FIELDS:
        break;
    }
    return VAL_ABSENT;
}

/* ---- operations ---- */

static void put_attribute(struct machine *m, struct buf *out, const struct op *op,
                          struct val v, void (*put)(struct buf *, str))
{
    if (v.kind == VAL_NONE || v.kind == VAL_NULL || (v.kind == VAL_BOOL && !v.b))
        return;
    buf_str(out, op->text);
    if (v.kind == VAL_BOOL)
        return;
    buf_str(out, STR("=\""));
    put_value(m, out, v, put);
    buf_char(out, '"');
}

static void put_chart_op(struct machine *m, struct buf *out, const struct op *op)
{
    struct val options[CHART_OPTIONS];
    for (int i = 0; i < CHART_OPTIONS; i++)
        options[i] = op->ex->args[i] ? evaluate(m, op->ex->args[i]) : VAL_ABSENT;
    put_chart(m, out, (enum chart_kind)op->slot, options);
}

static void put_place(struct machine *m, struct buf *out)
{
    buf_str(out, STR("<input type=\"hidden\" name=\"page\" value=\""));
    html_escape(out, m->run->page);
    buf_str(out, STR("\"><input type=\"hidden\" name=\"block\" value=\""));
    html_escape(out, m->run->block);
    buf_str(out, STR("\">"));
    m->run->used |= VIEW_USED_PAGE;
}

static void add_hole(struct machine *m, struct buf *out, str name)
{
    struct view_run *run = m->run;
    if (name.n && run->holes && run->hole_count < VIEW_MAX_HOLES)
        run->holes[run->hole_count++] = (struct view_hole){ out->n, name };
}

/* Puts the next item into its slots, or jumps behind the loop. */
static inline const struct op *next_item(struct machine *m, const struct op *each)
{
    struct loop *loop = &m->loops[each->slot];
    uint32_t at = loop->at;
    if (at == loop->list.n)
        return m->view->ops + each->jump;
    loop->at = at + 1;
    m->slots[each->slot] =
        loop->list.packed ? val_at(loop->list, at) : loop->list.items[at];
    m->slots[each->slot + 1] = val_int(loop->at);
    return each + 1;
}

static inline struct val value_of(struct machine *m, const struct op *op)
{
    if (op->field)
        return val_field(m->slots[op->field_of], op->field);
    return op->value ? evaluate(m, op->value) : VAL_ABSENT;
}

static const struct op *start_loop(struct machine *m, const struct op *each)
{
    struct val list = value_of(m, each);
    if (list.kind != VAL_LIST)
        return m->view->ops + each->jump;
    m->loops[each->slot] = (struct loop){ list, 0 };
    return next_item(m, each);
}

/* Writes what the operation writes behind its text. */
static void write_op(struct machine *m, struct buf *out, const struct op *op)
{
    switch (op->code) {
    case OP_TEXT:
        put_value(m, out, value_of(m, op), html_escape);
        return;
    case OP_NUMBER:
    case OP_FORMAT:
        put_format(m, out, op->ex, value_of(m, op));
        return;
    case OP_URL:
        put_value(m, out, value_of(m, op), html_url);
        return;
    case OP_URL_PART:
        put_value(m, out, value_of(m, op), html_url_part);
        return;
    case OP_ATTR:
        put_attribute(m, out, op, value_of(m, op), html_escape);
        return;
    case OP_ATTR_URL:
        put_attribute(m, out, op, value_of(m, op), html_url);
        return;
    case OP_REGION:
        add_hole(m, out, val_text(value_of(m, op)));
        return;
    case OP_MARKDOWN:
        put_markdown(out, arena_str(m->run->arena, text_in(m->lang, value_of(m, op))));
        return;
    case OP_CHART:
        put_chart_op(m, out, op);
        return;
    case OP_PLACE:
        put_place(m, out);
        return;
    case OP_NONE:
    case OP_END:
    case OP_EACH:
    case OP_NEXT:
    case OP_IF:
    case OP_UNLESS:
        return;
    }
}

/* The operations of a run, on a record. Most write short texts and whole numbers, and
 * most records are like the one before. */
static inline const struct op *put_members(struct machine *m, struct buf *out,
                                           const struct op *op,
                                           const struct doc_record *record)
{
    const struct op *end = op + op->run;
    m->left -= op->run;
    for (; op != end; op++) {
        str text;
        int64_t i;
        buf_add_padded(out, op->before.p, op->before.n);
        if (op->code == OP_TEXT && (text = doc_record_text(record, op->field)).p)
            html_escape(out, text);
        else if (op->code == OP_NUMBER && doc_record_int(record, op->field, &i))
            put_whole(out, i);
        else if (op->code == OP_URL_PART && (text = doc_record_text(record, op->field)).p)
            html_url_part(out, text);
        else
            write_op(m, out, op);
    }
    return end;
}

/* Gives the operation that comes next. */
static inline const struct op *step(struct machine *m, struct buf *out,
                                    const struct op *op)
{
    struct doc_record record;
    if (op->run && doc_record(m->slots[op->field_of], &record))
        return put_members(m, out, op, &record);
    m->left--;
    buf_add_padded(out, op->before.p, op->before.n);
    if (op->code == OP_NEXT)
        return next_item(m, m->view->ops + op->jump);
    if (op->code == OP_EACH)
        return start_loop(m, op);
    if (op->code == OP_IF || op->code == OP_UNLESS)
        return val_truth(value_of(m, op)) == (op->code == OP_IF)
                   ? op + 1
                   : m->view->ops + op->jump;
    write_op(m, out, op);
    return op + 1;
}

/* Of the innermost loop that the operation stands in; the view's name: of none. */
static str loop_around(const struct view *view, uint32_t pc)
{
    for (uint32_t i = pc + 1; i-- > 0;) {
        const struct op *op = &view->ops[i];
        if (op->code == OP_EACH && pc < op->jump)
            return op->text;
    }
    return view->name;
}

bool view_run(const struct view *view, struct view_run *run, struct buf *out,
              struct err *err)
{
    struct member block = { STR("id"), val_str(run->block) };
    struct machine m; /* its slots are written before they are read */
    const struct op *op = view->ops;
    m.view = view;
    m.lang = view->lang;
    m.run = run;
    m.slots[SLOT_MODEL] = run->model;
    m.slots[SLOT_PROPS] = run->props;
    m.slots[SLOT_BLOCK] = val_map(&block, 1);
    run->used = view->uses_lang ? VIEW_USED_LANG : 0;
    run->hole_count = 0;
    m.left = VIEW_MAX_STEPS;
    while (op->code != OP_END) {
        if (m.left <= 0)
            return err_at(err, ERR_LIMIT, "view.steps",
                          loop_around(view, (uint32_t)(op - view->ops)),
                          "the view runs for too long");
        op = step(&m, out, op);
    }
    buf_add_padded(out, op->before.p, op->before.n);
    if (out->full || out->n > out->max) /* a buffer may have more room than it may fill */
        return err_at(err, ERR_LIMIT, "view.output", view->name,
                      "the view writes more than %zu bytes", out->max);
    return true;
}
