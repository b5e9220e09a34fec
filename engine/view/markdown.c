/*
 * Markdown to safe HTML: md4c reads it, and only what stands in these tables is written.
 * Raw HTML in the text is text; addresses pass the same gate as every other; headings
 * start at h3, because the page and the card own the first two.
 */
#include "inside.h"

#include "html/html.h"

#include <md4c.h>

enum { MAX_SPANS = 64 };

struct writer {
    struct buf *out;
    int image;                    /* inside an image: its text is the alternative */
    const char *spans[MAX_SPANS]; /* names of the open ones: md4c may cross them */
    size_t span_count;
};

static const char *block_name(MD_BLOCKTYPE type)
{
    static const char *const names[] = {
        [MD_BLOCK_QUOTE] = "blockquote",
        [MD_BLOCK_UL] = "ul",
        [MD_BLOCK_OL] = "ol",
        [MD_BLOCK_LI] = "li",
        [MD_BLOCK_P] = "p",
        [MD_BLOCK_TABLE] = "table",
        [MD_BLOCK_THEAD] = "thead",
        [MD_BLOCK_TBODY] = "tbody",
        [MD_BLOCK_TR] = "tr",
        [MD_BLOCK_TH] = "th",
        [MD_BLOCK_TD] = "td",
    };
    return (size_t)type < COUNT_OF(names) ? names[type] : NULL;
}

static void tag(struct writer *w, const char *open, const char *name)
{
    buf_str(w->out, str_of(open));
    buf_str(w->out, str_of(name));
    buf_char(w->out, '>');
}

static const char *heading(void *detail)
{
    static const char *const names[] = { "h3", "h4", "h5", "h6" };
    unsigned level = ((MD_BLOCK_H_DETAIL *)detail)->level;
    return names[level > 4 ? 3 : level - 1];
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    struct writer *w = data;
    if (type == MD_BLOCK_H)
        tag(w, "<", heading(detail));
    else if (type == MD_BLOCK_HR)
        buf_str(w->out, STR("<hr>"));
    else if (type == MD_BLOCK_CODE)
        buf_str(w->out, STR("<pre><code>"));
    else if (block_name(type))
        tag(w, "<", block_name(type));
    return 0;
}

static void open_span(struct writer *w, const char *name)
{
    w->spans[w->span_count++] = name;
    buf_char(w->out, '<');
    buf_str(w->out, str_of(name));
}

/* Closes the newest span of that name and all that were opened in it; nothing when none
 * is open. */
static void close_span(struct writer *w, const char *name)
{
    size_t at = w->span_count;
    while (at && strcmp(w->spans[at - 1], name) != 0)
        at--;
    while (at && w->span_count >= at)
        tag(w, "</", w->spans[--w->span_count]);
}

static void close_spans(struct writer *w)
{
    if (w->image)
        buf_str(w->out, STR("\">"));
    w->image = 0;
    while (w->span_count)
        tag(w, "</", w->spans[--w->span_count]);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    struct writer *w = data;
    close_spans(w);
    if (type == MD_BLOCK_H)
        tag(w, "</", heading(detail));
    else if (type == MD_BLOCK_CODE)
        buf_str(w->out, STR("</code></pre>"));
    else if (block_name(type))
        tag(w, "</", block_name(type));
    return 0;
}

static const char *span_name(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_EM:
        return "em";
    case MD_SPAN_STRONG:
        return "strong";
    case MD_SPAN_CODE:
        return "code";
    case MD_SPAN_DEL:
        return "s";
    case MD_SPAN_A:
        return "a";
    default:
        return NULL;
    }
}

static void put_address(struct writer *w, const char *start, const MD_ATTRIBUTE *address)
{
    buf_str(w->out, str_of(start));
    html_url(w->out, (str){ address->text, address->size });
    buf_char(w->out, '"');
}

static int enter_span(MD_SPANTYPE type, void *detail, void *data)
{
    struct writer *w = data;
    if (w->image) {
        w->image += type == MD_SPAN_IMG;
        return 0;
    }
    if (type == MD_SPAN_IMG) {
        put_address(w, "<img src=\"", &((MD_SPAN_IMG_DETAIL *)detail)->src);
        buf_str(w->out, STR(" alt=\""));
        w->image = 1;
    } else if (span_name(type) && w->span_count < MAX_SPANS) {
        open_span(w, span_name(type));
        if (type == MD_SPAN_A)
            put_address(w, " href=\"", &((MD_SPAN_A_DETAIL *)detail)->href);
        buf_char(w->out, '>');
    }
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *data)
{
    struct writer *w = data;
    (void)detail;
    if (type == MD_SPAN_IMG) {
        if (w->image && --w->image == 0)
            buf_str(w->out, STR("\">"));
    } else if (!w->image && span_name(type)) {
        close_span(w, span_name(type));
    }
    return 0;
}

static int put_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *data)
{
    struct writer *w = data;
    if (type == MD_TEXT_BR && !w->image)
        buf_str(w->out, STR("<br>"));
    else if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR)
        buf_char(w->out, '\n');
    else if (type == MD_TEXT_NULLCHAR)
        html_escape(w->out, (str){ "\0", 1 });
    else
        html_escape(w->out, (str){ text, size });
    return 0;
}

void put_markdown(struct buf *out, str text)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH
                 | MD_FLAG_PERMISSIVEAUTOLINKS,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = put_text,
    };
    struct writer w = { .out = out };
    buf_str(out, STR("<div class=\"prose\">"));
    md_parse(text.p, (MD_SIZE)text.n, &parser, &w);
    buf_str(out, STR("</div>"));
}
