/* CSV as RFC 4180 has it, over text that is already known to be UTF-8. */
#include "data/data.h"

static bool is_end(char c)
{
    return c == '\n' || c == '\r';
}

static void skip(struct csv *csv, size_t n)
{
    csv->rest = (str){ csv->rest.p + n, csv->rest.n - n };
}

/* One line end: \r\n, \n or \r. */
static void skip_end(struct csv *csv)
{
    bool both = csv->rest.n > 1 && csv->rest.p[0] == '\r' && csv->rest.p[1] == '\n';
    skip(csv, both ? 2 : 1);
}

static enum csv_step bad(struct csv *csv, struct err *err, const char *text)
{
    str where = arena_format(csv->arena, "row %zu", csv->row);
    (void)err_at(err, ERR_INPUT, "data.syntax", where, "%s", text);
    return CSV_BAD;
}

static str plain_cell(struct csv *csv)
{
    size_t n = 0;
    while (n < csv->rest.n && csv->rest.p[n] != ',' && !is_end(csv->rest.p[n]))
        n++;
    str cell = { csv->rest.p, n };
    skip(csv, n);
    return cell;
}

/* The place of the closing quote, from the one behind the opening; `ret_pairs` is how
 * often "" stands between. */
static size_t closing_quote(str s, size_t *ret_pairs)
{
    size_t i = 1;
    *ret_pairs = 0;
    for (; i < s.n; i++) {
        if (s.p[i] != '"')
            continue;
        if (i + 1 == s.n || s.p[i + 1] != '"')
            break;
        ++*ret_pairs;
        i++;
    }
    return i;
}

static str without_pairs(struct arena *a, str s, size_t pairs)
{
    char *out = arena_alloc(a, s.n - pairs + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        out[n++] = s.p[i];
        i += s.p[i] == '"';
    }
    return (str){ out, n };
}

/* False when it never ends. */
static bool quoted_cell(struct csv *csv, str *ret)
{
    size_t pairs;
    size_t at = closing_quote(csv->rest, &pairs);
    if (at >= csv->rest.n)
        return false;
    *ret = (str){ csv->rest.p + 1, at - 1 };
    if (pairs)
        *ret = without_pairs(csv->arena, *ret, pairs);
    skip(csv, at + 1);
    return true;
}

static void skip_empty_rows(struct csv *csv)
{
    while (csv->rest.n && is_end(csv->rest.p[0])) {
        skip_end(csv);
        csv->row++;
    }
}

enum csv_step csv_next(struct csv *csv, str *cells, size_t room, size_t *ret_count,
                       struct err *err)
{
    size_t n = 0;
    csv->row++;
    skip_empty_rows(csv);
    if (!csv->rest.n)
        return CSV_END;
    for (;;) {
        if (n == room)
            return bad(csv, err, "the row has too many cells");
        if (!csv->rest.n || csv->rest.p[0] != '"')
            cells[n] = plain_cell(csv);
        else if (!quoted_cell(csv, &cells[n]))
            return bad(csv, err, "a quote is opened and never closed");
        n++;
        if (!csv->rest.n || is_end(csv->rest.p[0]))
            break;
        if (csv->rest.p[0] != ',')
            return bad(csv, err, "behind a closing quote a comma is wanted");
        skip(csv, 1);
    }
    if (csv->rest.n)
        skip_end(csv);
    *ret_count = n;
    return CSV_ROW;
}

void csv_write(struct buf *out, str text, bool last)
{
    bool quotes = !text.n && last; /* a row of one empty cell is no empty row */
    for (size_t i = 0; i < text.n && !quotes; i++)
        quotes = text.p[i] == ',' || text.p[i] == '"' || is_end(text.p[i]);
    if (quotes)
        buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, text.p[i]);
    }
    if (quotes)
        buf_char(out, '"');
    buf_str(out, last ? STR("\r\n") : STR(","));
}
