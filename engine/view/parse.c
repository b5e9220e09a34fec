/*
 * Markup. Stricter than HTML on purpose: every element is closed, every value quoted, so
 * that what the author meant is what is read. Blanks around line ends are layout of the
 * source and vanish, as in JSX; a blank that matters stands inside a line.
 */
#include "inside.h"

#include <stdio.h>

struct parser {
    struct source *src;
    const char *at;
    const char *end;
    int depth;
};

str source_place(const struct source *src, uint32_t pos, struct arena *arena)
{
    unsigned line = 1;
    unsigned column = 1;
    for (uint32_t i = 0; i < pos && i < src->text.n; i++) {
        column = src->text.p[i] == '\n' ? 1 : column + 1;
        line += src->text.p[i] == '\n';
    }
    return arena_format(arena, "%.*s:%u:%u", STR_ARG(src->name), line, column);
}

bool source_fail(const struct source *src, uint32_t pos, const char *code,
                 const char *format, ...)
{
    char text[sizeof src->err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_at(src->err, ERR_INPUT, code, source_place(src, pos, src->arena), "%s",
                  text);
}

static uint32_t pos_of(const struct parser *p)
{
    return (uint32_t)(p->at - p->src->text.p);
}

static bool looking_at(const struct parser *p, str s)
{
    return str_starts((str){ p->at, (size_t)(p->end - p->at) }, s);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->end && is_blank(*p->at))
        p->at++;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || c == '-' || c == '_' || c == ':';
}

static str take_name(struct parser *p)
{
    const char *start = p->at;
    while (p->at < p->end && is_name(*p->at))
        p->at++;
    return (str){ start, (size_t)(p->at - start) };
}

/* ---- references: &amp; and their like ---- */

static bool decode_reference(str name, char *out, size_t *ret_n)
{
    static const struct {
        str name;
        str text;
    } known[] = {
        { STR_INIT("amp"), STR_INIT("&") },    { STR_INIT("lt"), STR_INIT("<") },
        { STR_INIT("gt"), STR_INIT(">") },     { STR_INIT("quot"), STR_INIT("\"") },
        { STR_INIT("apos"), STR_INIT("'") },   { STR_INIT("nbsp"), STR_INIT("\xc2\xa0") },
        { STR_INIT("middot"), STR_INIT("·") }, { STR_INIT("ndash"), STR_INIT("–") },
        { STR_INIT("mdash"), STR_INIT("—") },  { STR_INIT("hellip"), STR_INIT("…") },
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (str_equal(known[i].name, name)) {
            memcpy(out, known[i].text.p, known[i].text.n);
            *ret_n = known[i].text.n;
            return true;
        }
    }
    return false;
}

static bool decode_text(struct source *src, str raw, uint32_t pos, str *ret)
{
    char *out = arena_alloc(src->arena, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] != '&') {
            out[n++] = raw.p[i];
            continue;
        }
        const char *end = memchr(raw.p + i, ';', raw.n - i);
        size_t length = end ? (size_t)(end - raw.p) - i - 1 : 0;
        size_t put = 0;
        if (!end || !decode_reference((str){ raw.p + i + 1, length }, out + n, &put))
            return source_fail(
                src, pos + (uint32_t)i, "view.syntax",
                "write & as &amp;; known references are amp lt gt quot apos nbsp "
                "middot ndash mdash hellip");
        n += put;
        i += length + 1;
    }
    *ret = (str){ out, n };
    return true;
}

/* ---- parts: static text and {{expressions}} ---- */

static void add_part(struct source *src, struct part **parts, size_t *n, struct part part)
{
    if (!(*n & (*n - 1))) {
        struct part *grown = ARENA_ARRAY(src->arena, struct part, *n ? *n * 2 : 1);
        if (*n)
            memcpy(grown, *parts, *n * sizeof *grown);
        *parts = grown;
    }
    (*parts)[(*n)++] = part;
}

/* A run of blanks with a line end in it is nothing at the edges of a text, else one
 * blank. */
static str fold_blanks(struct arena *a, str raw, bool first, bool last)
{
    char *out = arena_alloc(a, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        if (!is_blank(raw.p[i])) {
            out[n++] = raw.p[i++];
            continue;
        }
        bool line = false;
        size_t end = i;
        for (; end < raw.n && is_blank(raw.p[end]); end++)
            line = line || raw.p[end] == '\n';
        bool edge = (first && i == 0) || (last && end == raw.n);
        if (!(line && edge))
            out[n++] = ' ';
        i = end;
    }
    return (str){ out, n };
}

static bool static_part(struct source *src, enum parts_in in, str raw, uint32_t pos,
                        bool first, bool last, struct part *ret)
{
    *ret = (struct part){ .text = raw };
    if (in == PARTS_IN_WORD)
        return true;
    str text = in == PARTS_IN_TEXT ? fold_blanks(src->arena, raw, first, last) : raw;
    return decode_text(src, text, pos, &ret->text);
}

bool parse_parts(struct source *src, enum parts_in in, str text, uint32_t pos,
                 struct part **ret, size_t *ret_n)
{
    str open = in == PARTS_IN_WORD ? STR("{") : STR("{{");
    str close = in == PARTS_IN_WORD ? STR("}") : STR("}}");
    bool first = true;
    *ret = NULL;
    *ret_n = 0;
    while (text.n) {
        const char *mark = memmem(text.p, text.n, open.p, open.n);
        size_t before = mark ? (size_t)(mark - text.p) : text.n;
        struct part part = { .ex = NULL };
        if (before) {
            if (!static_part(src, in, (str){ text.p, before }, pos, first, !mark, &part))
                return false;
            if (part.text.n)
                add_part(src, ret, ret_n, part);
        }
        if (!mark)
            return true;
        pos += (uint32_t)(before + open.n);
        text = (str){ mark + open.n, text.n - before - open.n };
        const char *end = memmem(text.p, text.n, close.p, close.n);
        if (!end)
            return source_fail(src, pos, "view.syntax", "%.*s has no %.*s", STR_ARG(open),
                               STR_ARG(close));
        str inner = { text.p, (size_t)(end - text.p) };
        part = (struct part){ .text = STR("") };
        if (!parse_expression(src, inner, pos, &part.ex))
            return false;
        add_part(src, ret, ret_n, part);
        pos += (uint32_t)(inner.n + close.n);
        text = (str){ end + close.n, text.n - inner.n - close.n };
        first = false;
    }
    return true;
}

/* Where `{{` opens, the end of it: < and quotes inside belong to the expression. */
static const char *past_expression(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '{' || at[1] != '{')
        return at;
    const char *close = memmem(at, (size_t)(end - at), "}}", 2);
    return close ? close + 2 : end;
}

static bool read_text(struct parser *p, struct node **ret)
{
    const char *start = p->at;
    uint32_t pos = pos_of(p);
    while (p->at < p->end && *p->at != '<') {
        const char *past = past_expression(p->at, p->end);
        p->at = past == p->at ? p->at + 1 : past;
    }
    struct node *node = ARENA_NEW(p->src->arena, struct node);
    node->pos = pos;
    *ret = node;
    return parse_parts(p->src, PARTS_IN_TEXT, (str){ start, (size_t)(p->at - start) },
                       pos, &node->parts, &node->part_count);
}

/* ---- elements ---- */

static bool read_attribute(struct parser *p, struct attr *ret)
{
    struct source *src = p->src;
    *ret = (struct attr){ .pos = pos_of(p), .name = take_name(p) };
    if (!ret->name.n)
        return source_fail(src, ret->pos, "view.syntax",
                           "an attribute, > or /> was expected");
    skip_blanks(p);
    if (p->at == p->end || *p->at != '=') {
        ret->bare = true;
        return true;
    }
    p->at++;
    skip_blanks(p);
    if (p->at == p->end || (*p->at != '"' && *p->at != '\''))
        return source_fail(src, pos_of(p), "view.syntax",
                           "the value of %.*s must be quoted", STR_ARG(ret->name));
    char quote = *p->at++;
    const char *start = p->at;
    while (p->at < p->end && *p->at != quote) {
        const char *past = past_expression(p->at, p->end);
        p->at = past == p->at ? p->at + 1 : past;
    }
    if (p->at >= p->end)
        return source_fail(src, ret->pos, "view.syntax", "the value of %.*s does not end",
                           STR_ARG(ret->name));
    str text = { start, (size_t)(p->at - start) };
    p->at++;
    return parse_parts(src, PARTS_IN_ATTRIBUTE, text, (uint32_t)(start - src->text.p),
                       &ret->parts, &ret->part_count);
}

static bool add_attribute(struct parser *p, struct node *node, const struct attr *attr)
{
    for (size_t i = 0; i < node->attr_count; i++) {
        if (str_equal(node->attrs[i].name, attr->name))
            return source_fail(p->src, attr->pos, "view.syntax", "%.*s is given twice",
                               STR_ARG(attr->name));
    }
    size_t n = node->attr_count;
    if (!(n & (n - 1))) {
        struct attr *grown = ARENA_ARRAY(p->src->arena, struct attr, n ? n * 2 : 1);
        if (n)
            memcpy(grown, node->attrs, n * sizeof *grown);
        node->attrs = grown;
    }
    node->attrs[node->attr_count++] = *attr;
    return true;
}

static bool read_children(struct parser *p, struct node *node);

static bool read_close(struct parser *p, const struct node *node)
{
    uint32_t pos = pos_of(p);
    p->at += 2;
    str name = take_name(p);
    skip_blanks(p);
    if (!str_equal(name, node->name) || p->at == p->end || *p->at != '>')
        return source_fail(p->src, pos, "view.syntax", "</%.*s> was expected here",
                           STR_ARG(node->name));
    p->at++;
    return true;
}

static bool read_element(struct parser *p, struct node **ret)
{
    struct source *src = p->src;
    struct node *node = ARENA_NEW(src->arena, struct node);
    struct attr attr;
    node->pos = pos_of(p);
    p->at++;
    node->name = take_name(p);
    *ret = node;
    if (!node->name.n)
        return source_fail(src, node->pos, "view.syntax", "write < as &lt;");
    for (;;) {
        skip_blanks(p);
        if (looking_at(p, STR("/>"))) {
            p->at += 2;
            return true;
        }
        if (p->at < p->end && *p->at == '>')
            break;
        if (p->at == p->end)
            return source_fail(src, node->pos, "view.syntax", "<%.*s does not end",
                               STR_ARG(node->name));
        if (!read_attribute(p, &attr) || !add_attribute(p, node, &attr))
            return false;
    }
    p->at++;
    if (element_is_void(node->name))
        return true;
    if (++p->depth > VIEW_MAX_DEPTH)
        return source_fail(src, node->pos, "view.large", "elements nest deeper than %d",
                           VIEW_MAX_DEPTH);
    bool good = read_children(p, node);
    p->depth--;
    if (good && p->at == p->end)
        return source_fail(src, node->pos, "view.syntax", "<%.*s> is never closed",
                           STR_ARG(node->name));
    return good && read_close(p, node);
}

static bool add_child(struct parser *p, struct node *node, struct node *child)
{
    size_t n = node->child_count;
    if (!(n & (n - 1))) {
        struct node **grown = ARENA_ARRAY(p->src->arena, struct node *, n ? n * 2 : 1);
        if (n)
            memcpy(grown, node->children, n * sizeof(struct node *));
        node->children = grown;
    }
    node->children[node->child_count++] = child;
    return true;
}

static bool skip_comment(struct parser *p)
{
    const char *end = memmem(p->at, (size_t)(p->end - p->at), "-->", 3);
    if (!end)
        return source_fail(p->src, pos_of(p), "view.syntax", "the comment does not end");
    p->at = end + 3;
    return true;
}

/* Up to the closing tag, which is left to the caller, or the end. */
static bool read_children(struct parser *p, struct node *node)
{
    while (p->at < p->end && !looking_at(p, STR("</"))) {
        struct node *child;
        if (looking_at(p, STR("<!--"))) {
            if (!skip_comment(p))
                return false;
            continue;
        }
        bool good = *p->at == '<' ? read_element(p, &child) : read_text(p, &child);
        if (!good)
            return false;
        if (child->name.n || child->part_count)
            add_child(p, node, child);
    }
    return true;
}

bool parse_markup(struct source *src, struct node **ret)
{
    struct parser p = { src, src->text.p, src->text.p + src->text.n, 0 };
    struct node *root = ARENA_NEW(src->arena, struct node);
    *ret = root;
    if (src->text.n > VIEW_MAX_SOURCE)
        return source_fail(src, 0, "view.large", "a template has at most %d bytes",
                           VIEW_MAX_SOURCE);
    if (!str_is_text(src->text))
        return source_fail(src, 0, "view.syntax", "the template is not UTF-8");
    if (!read_children(&p, root))
        return false;
    if (p.at < p.end)
        return source_fail(src, pos_of(&p), "view.syntax", "this closes nothing");
    return true;
}
