/* Values as JSON text. */
#include "doc/doc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct writer {
    struct buf *out;
    enum doc_style style;
    int indent;
};

void doc_write_number(struct buf *out, double d)
{
    char text[32];
    if (!isfinite(d)) {
        buf_str(out, STR("null"));
        return;
    }
    if (d == 0) { /* 0 and -0 are one value, so they are one text */
        buf_char(out, '0');
        return;
    }
    int n = 0;
    for (int precision = 15; precision <= 17; precision++) {
        n = snprintf(text, sizeof text, "%.*g", precision, d);
        if (strtod(text, NULL) == d)
            break;
    }
    buf_add(out, text, (size_t)n);
}

static void write_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorter[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'
    };
    const char text[] = { '\\',        shorter[c] ? shorter[c] : 'u',
                          '0',         '0',
                          hex[c >> 4], hex[c & 15] };
    buf_add(out, text, shorter[c] ? 2 : sizeof text);
}

/* Bytes that may not stand in a text as they are, and where. */
enum { PLAIN = 0, EVERYWHERE = 1, IN_HTML = 2, MARK_MAY_BEGIN = 4 };

#define EIGHT(how) how, how, how, how, how, how, how, how

static const uint8_t care[256] = {
    EIGHT(EVERYWHERE),   EIGHT(EVERYWHERE),  EIGHT(EVERYWHERE),      EIGHT(EVERYWHERE),
    [0x7f] = EVERYWHERE, ['"'] = EVERYWHERE, ['\\'] = EVERYWHERE,    ['<'] = IN_HTML,
    ['>'] = IN_HTML,     ['&'] = IN_HTML,    [0xe2] = MARK_MAY_BEGIN
};

static bool is_line_mark(str s, size_t at)
{
    return at + 2 < s.n && (unsigned char)s.p[at + 1] == 0x80
           && ((unsigned char)s.p[at + 2] & 0xfe) == 0xa8;
}

/* U+2028 and U+2029 end a line in old JavaScript; < > & could end a script element. */
static void write_text(struct buf *out, str s, bool in_html)
{
    const unsigned mask = EVERYWHERE | MARK_MAY_BEGIN | (in_html ? IN_HTML : 0u);
    size_t from = 0;
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!(care[c] & mask) || (care[c] == MARK_MAY_BEGIN && !is_line_mark(s, i)))
            continue;
        buf_add(out, s.p + from, i - from);
        if (care[c] == MARK_MAY_BEGIN) {
            bool is_line = (unsigned char)s.p[i + 2] == 0xa8;
            buf_str(out, is_line ? STR("\\u2028") : STR("\\u2029"));
            i += 2;
        } else {
            write_escape(out, c);
        }
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
    buf_char(out, '"');
}

static void write_string(struct buf *out, str s)
{
    write_text(out, s, true);
}

void doc_write_text(struct buf *out, str s)
{
    write_text(out, s, false);
}

static void new_line(struct writer *w)
{
    if (w->style != DOC_PRETTY)
        return;
    buf_char(w->out, '\n');
    for (int i = 0; i < w->indent; i++)
        buf_str(w->out, STR("  "));
}

static void write_value(struct writer *w, struct val v);

static void write_list(struct writer *w, struct val v)
{
    buf_char(w->out, '[');
    w->indent++;
    for (uint32_t i = 0; i < v.n; i++) {
        if (i)
            buf_char(w->out, ',');
        new_line(w);
        write_value(w, val_at(v, i));
    }
    w->indent--;
    if (v.n)
        new_line(w);
    buf_char(w->out, ']');
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct member *)a)->name,
                       ((const struct member *)b)->name);
}

static void write_members(struct writer *w, const struct member *members, size_t n)
{
    buf_char(w->out, '{');
    w->indent++;
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(w->out, ',');
        new_line(w);
        write_string(w->out, members[i].name);
        buf_str(w->out, w->style == DOC_PRETTY ? STR(": ") : STR(":"));
        write_value(w, members[i].value);
    }
    w->indent--;
    if (n)
        new_line(w);
    buf_char(w->out, '}');
}

static void write_map(struct writer *w, struct val v)
{
    struct member few[16];
    struct member *members =
        v.n <= COUNT_OF(few) ? few : mem_alloc(v.n * sizeof *members);
    for (uint32_t i = 0; i < v.n; i++)
        members[i].value = val_member(v, i, &members[i].name);
    if (w->style == DOC_SORTED && v.n)
        qsort(members, v.n, sizeof *members, by_name);
    write_members(w, members, v.n);
    if (members != few)
        mem_free(members);
}

static void write_value(struct writer *w, struct val v)
{
    switch ((enum val_kind)v.kind) {
    case VAL_NONE:
    case VAL_NULL:
        buf_str(w->out, STR("null"));
        return;
    case VAL_BOOL:
        buf_str(w->out, v.b ? STR("true") : STR("false"));
        return;
    case VAL_INT:
        buf_int(w->out, v.i);
        return;
    case VAL_NUM:
        doc_write_number(w->out, v.d);
        return;
    case VAL_STR:
        write_string(w->out, val_text(v));
        return;
    case VAL_LIST:
        write_list(w, v);
        return;
    case VAL_MAP:
        write_map(w, v);
        return;
    }
}

void doc_write(struct buf *out, struct val v, enum doc_style style)
{
    struct writer w = { out, style, 0 };
    write_value(&w, v);
}

str doc_text(struct arena *a, struct val v, enum doc_style style)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    doc_write(&out, v, style);
    str text = arena_str(a, buf_view(&out));
    buf_done(&out);
    return text;
}
