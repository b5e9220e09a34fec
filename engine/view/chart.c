/*
 * Charts as SVG text: no script, they print, they follow the theme through classes, and
 * every one has its numbers as a table. Options: labels (a list of texts), series (a list
 * of { name, values } or one list of numbers), unit, decimals, title, focus (the number
 * of the label that matters). Series differ by dash as well as by colour.
 */
#include "inside.h"

#include "html/html.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_SERIES = 6, MAX_POINTS = 400 };

/* The drawing in viewBox units. */
enum { WIDTH = 344, HEIGHT = 176, LEFT = 38, RIGHT = 6, TOP = 10, BOTTOM = 22 };

struct chart {
    struct machine *m;
    struct buf *out;
    struct val labels;
    struct val series[MAX_SERIES]; /* lists of numbers */
    struct val names[MAX_SERIES];
    size_t series_count;
    size_t points;
    double low;
    double high;
    double step; /* between grid lines */
    struct val unit;
    struct val title;
    int decimals; /* -1: as the value has */
    size_t focus; /* 1-based; 0: none */
};

static const struct {
    str name;
    enum chart_kind kind;
} kinds[] = {
    { STR_INIT("ui-line-chart"), CHART_LINE },
    { STR_INIT("ui-bar-chart"), CHART_BAR },
    { STR_INIT("ui-donut-chart"), CHART_DONUT },
    { STR_INIT("ui-sparkline"), CHART_SPARK },
    { STR_INIT("ui-chart-table"), CHART_TABLE },
};

static const struct {
    str name;
    enum chart_option option;
} options[] = {
    { STR_INIT("labels"), CHART_LABELS }, { STR_INIT("series"), CHART_SERIES },
    { STR_INIT("unit"), CHART_UNIT },     { STR_INIT("decimals"), CHART_DECIMALS },
    { STR_INIT("title"), CHART_TITLE },   { STR_INIT("focus"), CHART_FOCUS },
};

enum chart_kind chart_kind_of(str name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (str_equal(kinds[i].name, name))
            return kinds[i].kind;
    }
    return CHART_KINDS;
}

enum chart_option chart_option_of(str name)
{
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (str_equal(options[i].name, name))
            return options[i].option;
    }
    return CHART_OPTIONS;
}

/* ---- reading the options ---- */

static void add_series(struct chart *c, struct val values, struct val name)
{
    if (c->series_count == MAX_SERIES || values.kind != VAL_LIST)
        return;
    size_t n = val_count(values) < MAX_POINTS ? val_count(values) : MAX_POINTS;
    c->points = n > c->points ? n : c->points;
    c->names[c->series_count] = name;
    c->series[c->series_count++] = values;
}

static bool value_at(const struct chart *c, size_t series, size_t i, double *ret)
{
    struct val v = val_at(c->series[series], i);
    *ret = val_as_num(v, 0);
    return v.kind == VAL_INT || v.kind == VAL_NUM;
}

static void find_range(struct chart *c, bool from_zero)
{
    bool any = false;
    for (size_t s = 0; s < c->series_count; s++) {
        for (size_t i = 0; i < c->points; i++) {
            double v;
            if (!value_at(c, s, i, &v))
                continue;
            c->low = !any || v < c->low ? v : c->low;
            c->high = !any || v > c->high ? v : c->high;
            any = true;
        }
    }
    if (from_zero && c->low > 0)
        c->low = 0;
    if (from_zero && c->high < 0)
        c->high = 0;
    if (c->high <= c->low)
        c->high = c->low + 1;
}

/* Grid lines at 1, 2, 2.5 or 5 times a power of ten; about four of them. */
static void nice_range(struct chart *c)
{
    static const double steps[] = { 1, 2, 2.5, 5, 10 };
    double rough = (c->high - c->low) / 4;
    double power = pow(10, floor(log10(rough)));
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        c->step = steps[i] * power;
        if (c->step >= rough * 0.999)
            break;
    }
    c->low = floor(c->low / c->step + 1e-9) * c->step;
    c->high = ceil(c->high / c->step - 1e-9) * c->step;
}

static struct chart read_options(struct machine *m, struct buf *out, enum chart_kind kind,
                                 const struct val o[CHART_OPTIONS])
{
    struct chart c = { .m = m,
                       .out = out,
                       .labels = o[CHART_LABELS],
                       .unit = o[CHART_UNIT],
                       .title = o[CHART_TITLE],
                       .decimals = (int)val_as_int(o[CHART_DECIMALS], -1),
                       .focus = (size_t)val_as_int(o[CHART_FOCUS], 0) };
    struct val first = val_at(o[CHART_SERIES], 0);
    if (first.kind == VAL_MAP) {
        for (size_t i = 0; i < val_count(o[CHART_SERIES]); i++) {
            struct val s = val_at(o[CHART_SERIES], i);
            add_series(&c, val_get(s, STR("values")), val_get(s, STR("name")));
        }
    } else {
        add_series(&c, o[CHART_SERIES], VAL_ABSENT);
    }
    find_range(&c, kind == CHART_BAR || kind == CHART_DONUT);
    if (kind == CHART_LINE || kind == CHART_BAR)
        nice_range(&c);
    return c;
}

/* ---- writing ---- */

static void put_text(struct buf *out, const char *text)
{
    buf_str(out, str_of(text));
}

/* One decimal is a tenth of a pixel. */
static void put_coord(struct buf *out, double d)
{
    long tenths = lround(d * 10);
    if (tenths < 0)
        buf_char(out, '-');
    tenths = labs(tenths);
    buf_int(out, tenths / 10);
    if (tenths % 10) {
        buf_char(out, '.');
        buf_char(out, (char)('0' + tenths % 10));
    }
}

static void put_attr(struct buf *out, const char *name, double d)
{
    buf_char(out, ' ');
    put_text(out, name);
    put_text(out, "=\"");
    put_coord(out, d);
    buf_char(out, '"');
}

static int decimals_of(double step)
{
    return step >= 1 ? (step == floor(step) ? 0 : 1) : step >= 0.1 ? 1 : 2;
}

static void put_amount(struct chart *c, double v)
{
    struct val args[] = { val_int(c->decimals) };
    struct val text = format_apply(c->m, format_find(STR("number")), val_num(v), args,
                                   c->decimals >= 0);
    html_escape(c->out, val_text(text));
}

static void put_unit(struct chart *c)
{
    if (!val_truth(c->unit))
        return;
    if (!str_equal(text_in(c->m->lang, c->unit), STR("%")))
        buf_char(c->out, ' ');
    put_value(c->m, c->out, c->unit, html_escape);
}

static double y_of(const struct chart *c, double v)
{
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (v - c->low) / (c->high - c->low));
}

static double x_of(const struct chart *c, size_t i)
{
    double width = WIDTH - LEFT - RIGHT;
    return LEFT
           + (c->points > 1 ? width * (double)i / (double)(c->points - 1) : width / 2);
}

/* What a screen reader says of the drawing: title, then the span of each series. */
static void put_summary(struct chart *c)
{
    bool en = c->m->lang == VIEW_EN;
    put_value(c->m, c->out, c->title, html_escape);
    for (size_t s = 0; s < c->series_count; s++) {
        double low = INFINITY;
        double high = -INFINITY;
        double v;
        for (size_t i = 0; i < c->points; i++) {
            if (value_at(c, s, i, &v)) {
                low = v < low ? v : low;
                high = v > high ? v : high;
            }
        }
        if (high < low)
            continue;
        put_text(c->out, en ? "; " : "；");
        put_value(c->m, c->out, c->names[s], html_escape);
        put_text(c->out, en ? " from " : " 最低 ");
        put_amount(c, low);
        put_text(c->out, en ? " to " : "，最高 ");
        put_amount(c, high);
        put_unit(c);
    }
}

static void open_svg(struct chart *c, const char *class, int width, int height)
{
    buf_format(c->out,
               "<svg class=\"chart %s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
               class, width, height);
    put_summary(c);
    put_text(c->out, "\">");
}

static void put_grid(struct chart *c)
{
    int lines = (int)lround((c->high - c->low) / c->step);
    for (int i = 0; i <= lines && i <= 10; i++) {
        double v = c->low + c->step * i;
        double y = y_of(c, v);
        buf_format(c->out, "<line class=\"%s\" x1=\"%d\" x2=\"%d\"", i ? "g" : "g0", LEFT,
                   WIDTH - RIGHT);
        put_attr(c->out, "y1", y);
        put_attr(c->out, "y2", y);
        buf_format(c->out, "/><text x=\"%d\"", LEFT - 6);
        put_attr(c->out, "y", y + 3.5);
        put_text(c->out, " text-anchor=\"end\">");
        put_number(c->out, v, decimals_of(c->step));
        put_text(c->out, "</text>");
    }
}

/* At most seven labels, so that they never touch, in large type either. */
static void put_labels(struct chart *c, bool centred)
{
    size_t n = val_count(c->labels) < c->points ? val_count(c->labels) : c->points;
    size_t every = c->points > 7 ? (c->points + 5) / 6 : 1;
    double slot = (double)(WIDTH - LEFT - RIGHT) / (double)(c->points ? c->points : 1);
    for (size_t i = 0; i < n; i += every) {
        double x = centred ? LEFT + slot * ((double)i + 0.5) : x_of(c, i);
        const char *anchor = centred || (i && i + 1 < c->points) ? "middle"
                             : i                                 ? "end"
                                                                 : "start";
        put_text(c->out, "<text");
        put_attr(c->out, "x", x);
        buf_format(c->out, " y=\"%d\" text-anchor=\"%s\">", HEIGHT - 5, anchor);
        put_value(c->m, c->out, val_at(c->labels, i), html_escape);
        put_text(c->out, "</text>");
    }
}

/* "x,y x,y …"; a missing value breaks nothing: the line goes on to the next. */
static size_t put_points(struct chart *c, size_t series)
{
    size_t last = 0;
    for (size_t i = 0; i < c->points; i++) {
        double v;
        if (!value_at(c, series, i, &v))
            continue;
        if (last)
            buf_char(c->out, ' ');
        put_coord(c->out, x_of(c, i));
        buf_char(c->out, ',');
        put_coord(c->out, y_of(c, v));
        last = i + 1;
    }
    return last;
}

static void put_line_series(struct chart *c, size_t s)
{
    if (s == 0) {
        put_text(c->out, "<polygon class=\"area s1\" points=\"");
        size_t last = put_points(c, s);
        buf_char(c->out, ' ');
        put_coord(c->out, x_of(c, last ? last - 1 : 0));
        buf_format(c->out, ",%d %d,%d\"/>", HEIGHT - BOTTOM, LEFT, HEIGHT - BOTTOM);
    }
    buf_format(c->out, "<polyline class=\"line s%zu\" points=\"", s + 1);
    size_t last = put_points(c, s);
    put_text(c->out, "\"/>");
    double v;
    if (s == 0 && last && value_at(c, s, last - 1, &v)) {
        put_text(c->out, "<circle class=\"dot s1\" r=\"3.5\"");
        put_attr(c->out, "cx", x_of(c, last - 1));
        put_attr(c->out, "cy", y_of(c, v));
        put_text(c->out, "/>");
    }
}

static void put_line(struct chart *c)
{
    open_svg(c, "chart-line", WIDTH, HEIGHT);
    put_grid(c);
    put_labels(c, false);
    for (size_t s = c->series_count; s-- > 0;)
        put_line_series(c, s);
    put_text(c->out, "</svg>");
}

static void put_bar_series(struct chart *c, size_t s)
{
    double slot = (double)(WIDTH - LEFT - RIGHT) / (double)(c->points ? c->points : 1);
    double group = slot * (c->points > 12 ? 0.7 : 0.56);
    double width = group / (double)c->series_count;
    double zero = y_of(c, c->low > 0 ? c->low : c->high < 0 ? c->high : 0);
    for (size_t i = 0; i < c->points; i++) {
        double v;
        if (!value_at(c, s, i, &v))
            continue;
        double y = y_of(c, v);
        bool faint = c->focus && c->focus != i + 1;
        buf_format(c->out, "<rect class=\"bar s%zu%s\" rx=\"%s\"", s + 1,
                   faint ? " faint" : "", width > 8 ? "3" : "1");
        put_attr(c->out, "x",
                 LEFT + slot * (double)i + (slot - group) / 2 + width * (double)s);
        put_attr(c->out, "width", width > 2 ? width - 1 : width);
        put_attr(c->out, "y", y < zero ? y : zero);
        put_attr(c->out, "height", fabs(zero - y) > 1 ? fabs(zero - y) : 1);
        put_text(c->out, "/>");
    }
}

static void put_bar(struct chart *c)
{
    open_svg(c, "chart-bar", WIDTH, HEIGHT);
    put_grid(c);
    put_labels(c, true);
    for (size_t s = 0; s < c->series_count; s++)
        put_bar_series(c, s);
    put_text(c->out, "</svg>");
}

/* A ring of arcs: circles of 100 parts of which each shows its own. */
static void put_donut(struct chart *c)
{
    double total = 0;
    double v;
    double from = 0;
    for (size_t i = 0; c->series_count && i < c->points; i++)
        total += value_at(c, 0, i, &v) && v > 0 ? v : 0;
    open_svg(c, "chart-donut", 120, 120);
    put_text(c->out, "<circle class=\"ring\" cx=\"60\" cy=\"60\" r=\"46\"/>");
    for (size_t i = 0; c->series_count && i < c->points && total > 0; i++) {
        if (!value_at(c, 0, i, &v) || v <= 0)
            continue;
        double share = v / total * 100;
        double gap = share > 2 && c->points > 1 ? 0.8 : 0;
        buf_format(c->out,
                   "<circle class=\"arc s%zu\" cx=\"60\" cy=\"60\" r=\"46\" "
                   "pathLength=\"100\" stroke-dasharray=\"%.2f %.2f\" "
                   "stroke-dashoffset=\"%.2f\"/>",
                   i % MAX_SERIES + 1, share - gap, 100 - share + gap, -from);
        from += share;
    }
    put_text(c->out, "<text class=\"total\" x=\"60\" y=\"62\" text-anchor=\"middle\">");
    put_amount(c, total);
    put_text(c->out, "</text><text x=\"60\" y=\"77\" text-anchor=\"middle\">");
    put_value(c->m, c->out, c->unit, html_escape);
    put_text(c->out, "</text></svg>");
}

static void put_spark_points(struct chart *c)
{
    double v;
    for (size_t i = 0; i < c->points; i++) {
        if (!value_at(c, 0, i, &v))
            continue;
        put_coord(c->out,
                  c->points > 1 ? 120.0 * (double)i / (double)(c->points - 1) : 60);
        buf_char(c->out, ',');
        put_coord(c->out, 29 - 25 * (v - c->low) / (c->high - c->low));
        buf_char(c->out, ' ');
    }
}

static void put_spark(struct chart *c)
{
    if (!c->series_count || c->points < 2)
        return;
    put_text(c->out,
             "<svg class=\"spark\" viewBox=\"0 0 120 32\" preserveAspectRatio=\"none\" "
             "aria-hidden=\"true\"><polygon class=\"area\" points=\"");
    put_spark_points(c);
    put_text(c->out, "120,32 0,32\"/><polyline class=\"line\" points=\"");
    put_spark_points(c);
    put_text(c->out, "\"/></svg>");
}

/* ---- the numbers as a table ---- */

static void put_table_head(struct chart *c)
{
    put_text(c->out, "<table class=\"chart-table\"><caption>");
    put_value(c->m, c->out, c->title, html_escape);
    put_unit(c);
    put_text(c->out, "</caption><thead><tr><td></td>");
    for (size_t s = 0; s < c->series_count; s++) {
        put_text(c->out, "<th scope=\"col\">");
        if (val_truth(c->names[s]))
            put_value(c->m, c->out, c->names[s], html_escape);
        else
            put_text(c->out, c->m->lang == VIEW_EN ? "Value" : "数值");
        put_text(c->out, "</th>");
    }
    put_text(c->out, "</tr></thead><tbody>");
}

static void put_table(struct chart *c)
{
    put_table_head(c);
    for (size_t i = 0; i < c->points; i++) {
        put_text(c->out, "<tr><th scope=\"row\">");
        put_value(c->m, c->out, val_at(c->labels, i), html_escape);
        put_text(c->out, "</th>");
        for (size_t s = 0; s < c->series_count; s++) {
            double v;
            put_text(c->out, "<td>");
            if (value_at(c, s, i, &v))
                put_amount(c, v);
            put_text(c->out, "</td>");
        }
        put_text(c->out, "</tr>");
    }
    put_text(c->out, "</tbody></table>");
}

void put_chart(struct machine *m, struct buf *out, enum chart_kind kind,
               const struct val given[CHART_OPTIONS])
{
    struct chart c = read_options(m, out, kind, given);
    switch (kind) {
    case CHART_LINE:
        put_line(&c);
        return;
    case CHART_BAR:
        put_bar(&c);
        return;
    case CHART_DONUT:
        put_donut(&c);
        return;
    case CHART_SPARK:
        put_spark(&c);
        return;
    case CHART_TABLE:
        put_table(&c);
        return;
    case CHART_KINDS:
        return;
    }
}
