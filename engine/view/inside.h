/* What the files of view share: the tree a template is read into, and the program it
 * becomes. */
#pragma once
#include "view/view.h"

/* ---- expressions, as read and as resolved ---- */

enum ex_kind {
    EX_CONST, /* value */
    EX_NAME,  /* name; gone after resolving */
    EX_SLOT,  /* number: a root or loop variable */
    EX_PATH,  /* slot `number`, then fields: the common case, walked without recursion */
    EX_FIELD, /* left . name */
    EX_INDEX, /* left [ right ] */
    EX_COUNT, /* # left */
    EX_NOT,
    EX_AND, /* gives the deciding operand, as in Lua */
    EX_OR,
    EX_EQ,
    EX_NE,
    EX_LT,
    EX_LE,
    EX_GT,
    EX_GE,
    EX_FORMAT, /* left | format : args */
    EX_CONCAT, /* parts joined to a string */
    EX_FIELDS, /* parts are names and values; never evaluated */
};

struct ex {
    enum ex_kind kind;
    uint32_t pos;
    struct ex *left;
    struct ex *right;
    str name;
    struct val value;
    int number;               /* slot, or format */
    struct doc_field *fields; /* of a path */
    size_t field_count;
    struct ex **args;
    size_t arg_count;
    struct part *parts;
    size_t part_count;
};

/* ---- markup ---- */

struct part {
    str text; /* static; or … */
    struct ex *ex;
};

struct attr {
    uint32_t pos;
    str name;
    bool bare; /* no value was written */
    struct part *parts;
    size_t part_count;
};

struct node {
    uint32_t pos;
    str name; /* empty: text */
    struct attr *attrs;
    size_t attr_count;
    struct node **children;
    size_t child_count;
    struct part *parts; /* of text */
    size_t part_count;
};

/* A text being compiled: for places in errors. */
struct source {
    str name;
    str text;
    struct arena *arena; /* the tree's */
    struct err *err;
};

/* NAME:LINE:COLUMN of `pos`. */
str source_place(const struct source *src, uint32_t pos, struct arena *arena);
/* Always false; `where` is the place of `pos`. */
bool source_fail(const struct source *src, uint32_t pos, const char *code,
                 const char *format, ...) PRINTF(4, 5);

/* parse.c: the whole text as the children of a nameless node. */
bool parse_markup(struct source *src, struct node **ret);
enum parts_in {
    PARTS_IN_TEXT,      /* {{…}}, references, blanks folded */
    PARTS_IN_ATTRIBUTE, /* {{…}}, references */
    PARTS_IN_WORD,      /* {…} */
};
/* Static text and expressions. `pos` is where `text` starts in the source. */
bool parse_parts(struct source *src, enum parts_in in, str text, uint32_t pos,
                 struct part **ret, size_t *ret_n);
/* expr.c */
bool parse_expression(struct source *src, str text, uint32_t pos, struct ex **ret);
/* "{ name = expression, … }" as an EX_FIELDS: its parts are the names with their values.
 */
bool parse_fields(struct source *src, str text, uint32_t pos, struct ex **ret);

/* ---- what is allowed: allow.c ---- */

enum place { PLACE_ATTRIBUTE, PLACE_URL, PLACE_REFUSED };

bool element_is_known(str name, bool host);
bool element_is_void(str name);
/* Where a value of this attribute stands. */
enum place attribute_place(str element, str name);

/* ---- elements.c ---- */

struct element {
    str name;
    struct attr *attrs; /* its parameters, with defaults as parts */
    size_t attr_count;
    struct node *body;
    struct source src;
};

const struct element *element_find(const struct view_elements *elements, str name);
/* Appends a definition read from `node`. */
bool element_add(struct view_elements *elements, struct source *src,
                 const struct node *node);

/* ---- the program ---- */

enum op_code {
    OP_END,      /* the last; all have a `before` */
    OP_NONE,     /* nothing but its `before` */
    OP_TEXT,     /* the value, escaped */
    OP_NUMBER,   /* the value through `ex`, the format of whole numbers */
    OP_FORMAT,   /* the value through `ex`, an EX_FORMAT */
    OP_URL,      /* the value, a whole address */
    OP_URL_PART, /* the value, part of an address */
    OP_ATTR, /* text is ` name`; left out when the value is null or false, bare when true
              */
    OP_ATTR_URL, /* the same for an address */
    OP_EACH,     /* over the value into `slot` (and its number into slot + 1); at the end
                    go to `jump` */
    OP_NEXT,     /* back to the OP_EACH at `jump` */
    OP_IF,       /* go to `jump` unless the value holds */
    OP_UNLESS,   /* go to `jump` if it does */
    OP_REGION,   /* the value is the region's name */
    OP_MARKDOWN, /* the value */
    OP_CHART,    /* `slot` is the kind, args of ex the options */
    OP_PLACE,    /* page and block as hidden fields of a form */
};

struct op {
    enum op_code code;
    uint16_t run; /* this operation and those behind it that write members of one slot */
    uint16_t slot;
    uint16_t field_of; /* slot: of a value that is one member of it, the most common … */
    struct doc_field *field;
    struct ex *value; /* … or NULL, and this; or NULL, and it has no value */
    str before;       /* static text written first; padded */
    uint32_t jump;
    str text;
    struct ex *ex;
};

enum { SLOT_MODEL, SLOT_PROPS, SLOT_BLOCK, SLOT_FREE };

struct view {
    int refs;
    struct arena *arena;
    struct view_elements *elements; /* held: the program's texts may lie in them */
    str name;                       /* of its source */
    enum view_lang lang;
    bool uses_lang;
    struct op *ops;
    size_t op_count;
};

/* ---- resolving names: resolve.c ---- */

/* What names mean at a place of a template. The body of a host element sees its
 * parameters and nothing of the template around it. */
struct scope {
    const struct scope *up;
    struct source *src;
    bool host;
    /* one loop variable … */
    str name;
    int slot;
    /* … or the use of a host element, seen from inside it */
    const struct element *element;
    const struct node *use;
    const struct scope *use_scope;
};

struct compiler {
    struct view *view;
    const struct view_elements *elements;
    struct val constants;
    struct val actions;
    struct buf text; /* static text not yet emitted */
    int next_slot;
    int depth;
};

bool resolve(struct compiler *c, const struct scope *scope, const struct ex *ex,
             struct ex **ret);
/* The parts of an attribute or a text as one expression: a constant, a value or an
 * EX_CONCAT. */
bool resolve_parts(struct compiler *c, const struct scope *scope,
                   const struct part *parts, size_t n, struct ex **ret);
const struct attr *find_attr(const struct node *node, str name);
/* A constant as text people read. */
str constant_text(struct compiler *c, struct val v);

/* emit.c: what the program is put together of. */

/* The operation writes the static text that has gathered before it does its own. */
struct op *emit_op(struct compiler *c, enum op_code code);
struct op *emit_value(struct compiler *c, enum op_code code, const struct ex *ex);
void emit_flush(struct compiler *c);
/* The number of the next operation: a place to jump to. */
uint32_t emit_here(struct compiler *c);
/* A value where text stands, or in a quoted attribute. */
void emit_escaped(struct compiler *c, const struct ex *ex);
/* A blank, and the name of an attribute. */
void emit_name(struct compiler *c, str name);
void emit_constant_attribute(struct compiler *c, str name, struct val v);
bool emit_attribute(struct compiler *c, const struct scope *scope,
                    const struct node *node, const struct attr *attr);
/* each, if, unless and slot say what becomes of the element, and are none of its own. */
bool attribute_is_control(str name);

/* ---- running ---- */

/* A list that is being walked. */
struct loop {
    struct val list;
    uint32_t at;
};

struct machine {
    const struct view *view;
    enum view_lang lang;
    struct view_run *run;
    int left; /* of VIEW_MAX_STEPS */
    struct val slots[VIEW_MAX_SLOTS];
    struct loop loops[VIEW_MAX_SLOTS]; /* by the slot of their items */
};

struct val evaluate(struct machine *m, const struct ex *ex);
/* A value as text: strings, numbers, and of a map by language the one of this language.
 */
void put_value(struct machine *m, struct buf *out, struct val v,
               void (*put)(struct buf *, str));
/* The text a reader of this language sees: a string, or a map by language. */
str text_in(enum view_lang lang, struct val v);

/* format.c */
int format_find(str name);
struct val format_apply(struct machine *m, int format, struct val v,
                        const struct val *args, size_t n);
/* The same written: formats that only number escape nothing and go straight to `out`. */
void format_put(struct machine *m, int format, struct val v, const struct val *args,
                size_t n, struct buf *out);
void put_number(struct buf *out, double d, int decimals);
/* The format "number", and what it writes of whole numbers without arguments. */
bool format_is_number(int format);
void put_whole(struct buf *out, int64_t i);

/* chart.c */
enum chart_kind {
    CHART_LINE,
    CHART_BAR,
    CHART_DONUT,
    CHART_SPARK,
    CHART_TABLE,
    CHART_KINDS
};
enum chart_option {
    CHART_LABELS,
    CHART_SERIES,
    CHART_UNIT,
    CHART_DECIMALS,
    CHART_TITLE,
    CHART_FOCUS,
    CHART_OPTIONS
};
/* The kind of the element `name`, or CHART_KINDS. */
enum chart_kind chart_kind_of(str name);
/* The option of the attribute `name`, or CHART_OPTIONS. */
enum chart_option chart_option_of(str name);
void put_chart(struct machine *m, struct buf *out, enum chart_kind kind,
               const struct val options[CHART_OPTIONS]);

/* markdown.c */
/* `text` is followed by a NUL: md4c looks one byte past its end. */
void put_markdown(struct buf *out, str text);
