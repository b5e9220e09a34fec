/*
 * Formats: how values are shown in Chinese and English. Dates are ISO 8601 texts or
 * milliseconds; what depends on the present says so in the run's `used`, so that the
 * fragment is made again when the words would change.
 */
#include "inside.h"

#include "html/html.h"

#include <math.h>

struct call {
    struct machine *m;
    struct val v;
    const struct val *args;
    size_t n;
    struct buf *out;
};

#define MINUTES_OF_DAY INT64_C(1440)
#define MINUTE_MS      INT64_C(60000)

static bool english(const struct call *c)
{
    return c->m->lang == VIEW_EN;
}

static struct val arg(const struct call *c, size_t i)
{
    return i < c->n ? c->args[i] : VAL_ABSENT;
}

static void use(const struct call *c, unsigned used)
{
    if (c->m->run)
        c->m->run->used |= used;
}

/* ---- numbers ---- */

#define ONES(p) p "0" p "1" p "2" p "3" p "4" p "5" p "6" p "7" p "8" p "9"
#define TENS(p) \
    ONES(p "0") \
    ONES(p "1") \
    ONES(p "2") \
    ONES(p "3") ONES(p "4") ONES(p "5") ONES(p "6") ONES(p "7") ONES(p "8") ONES(p "9")
static const char groups[] = TENS("0") TENS("1") TENS("2") TENS("3") TENS("4") TENS("5")
    TENS("6") TENS("7") TENS("8") TENS("9"); /* 000 to 999 */

enum { GROUPED_MAX = 32 }; /* bytes that are written of a number at most */

/* Each group with a byte too many, which the next one takes. */
static char *write_grouped(char *to, uint64_t whole)
{
    if (whole < 1000) {
        unsigned zeros = (whole < 100) + (whole < 10);
        memcpy(to, groups + whole * 3 + zeros, 4);
        return to + 3 - zeros;
    }
    to = write_grouped(to, whole / 1000);
    *to = ',';
    memcpy(to + 1, groups + whole % 1000 * 3, 4);
    return to + 4;
}

static void put_grouped(struct buf *out, uint64_t whole)
{
    char apart[GROUPED_MAX];
    if (out->cap - out->n >= sizeof apart)
        out->n = (size_t)(write_grouped(out->p + out->n, whole) - out->p);
    else
        buf_add(out, apart, (size_t)(write_grouped(apart, whole) - apart));
}

void put_whole(struct buf *out, int64_t i)
{
    if (i < 0)
        buf_str(out, STR("−"));
    put_grouped(out, i < 0 ? 0 - (uint64_t)i : (uint64_t)i);
}

void put_number(struct buf *out, double d, int decimals)
{
    static const double scale[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    if (!isfinite(d) || fabs(d) >= 1e15) {
        doc_write_number(out, d);
        return;
    }
    decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
    uint64_t scaled = (uint64_t)llround(fabs(d) * scale[decimals]);
    uint64_t unit = (uint64_t)scale[decimals];
    if (d < 0 && scaled)
        buf_str(out, STR("−"));
    put_grouped(out, scaled / unit);
    if (!decimals)
        return;
    buf_char(out, '.');
    for (uint64_t rest = scaled % unit; unit > 1; rest %= unit) {
        unit /= 10;
        buf_char(out, (char)('0' + rest / unit));
    }
}

/* As many decimals as the value has, up to two. */
static int natural_decimals(double d)
{
    double cents = fabs(d) * 100;
    if (fabs(cents - round(cents / 100) * 100) < 0.5)
        return 0;
    return fabs(cents - round(cents / 10) * 10) < 0.5 ? 1 : 2;
}

static int decimals_or(const struct call *c, size_t i, double d)
{
    struct val v = arg(c, i);
    return v.kind == VAL_INT ? (int)v.i : natural_decimals(d);
}

static bool is_number(struct val v)
{
    return v.kind == VAL_INT || v.kind == VAL_NUM;
}

static void format_number(struct call *c)
{
    if (c->v.kind == VAL_INT && c->n == 0) {
        put_whole(c->out, c->v.i);
        return;
    }
    double d = val_as_num(c->v, 0);
    put_number(c->out, d, decimals_or(c, 0, d));
}

static void format_signed(struct call *c)
{
    double d = val_as_num(c->v, 0);
    if (d > 0)
        buf_char(c->out, '+');
    put_number(c->out, d, decimals_or(c, 0, d));
}

static void format_abs(struct call *c)
{
    double d = fabs(val_as_num(c->v, 0));
    put_number(c->out, d, decimals_or(c, 0, d));
}

static void format_percent(struct call *c)
{
    double d = val_as_num(c->v, 0) * 100;
    put_number(c->out, d, decimals_or(c, 0, d));
    buf_char(c->out, '%');
}

/* A step of a scale: from `least` on, divide by `by` and put the word. */
struct magnitude {
    double least;
    double by;
    str zh;
    str en;
};

static void put_scaled(struct call *c, const struct magnitude *steps, size_t n,
                       bool space)
{
    double d = val_as_num(c->v, 0);
    size_t i = 0;
    while (i + 1 < n && fabs(d) < steps[i].least)
        i++;
    double scaled = d / steps[i].by;
    str word = english(c) ? steps[i].en : steps[i].zh;
    put_number(c->out, scaled, decimals_or(c, 0, scaled));
    if (space && word.n)
        buf_char(c->out, ' ');
    buf_str(c->out, word);
}

static void format_compact(struct call *c)
{
    static const struct magnitude zh[] = { { 1e8, 1e8, STR_INIT("亿"), STR_INIT("") },
                                           { 1e4, 1e4, STR_INIT("万"), STR_INIT("") },
                                           { 0, 1, STR_INIT(""), STR_INIT("") } };
    static const struct magnitude en[] = { { 1e9, 1e9, STR_INIT(""), STR_INIT("B") },
                                           { 1e6, 1e6, STR_INIT(""), STR_INIT("M") },
                                           { 1e4, 1e3, STR_INIT(""), STR_INIT("K") },
                                           { 0, 1, STR_INIT(""), STR_INIT("") } };
    if (english(c))
        put_scaled(c, en, COUNT_OF(en), false);
    else
        put_scaled(c, zh, COUNT_OF(zh), false);
}

/* From kilowatts. */
static void format_power(struct call *c)
{
    static const struct magnitude zh[] = { { 1e4, 1e4, STR_INIT("万千瓦"), STR_INIT("") },
                                           { 0, 1, STR_INIT("千瓦"), STR_INIT("") } };
    static const struct magnitude en[] = { { 1e6, 1e6, STR_INIT(""), STR_INIT("GW") },
                                           { 1e3, 1e3, STR_INIT(""), STR_INIT("MW") },
                                           { 0, 1, STR_INIT(""), STR_INIT("kW") } };
    if (english(c))
        put_scaled(c, en, COUNT_OF(en), true);
    else
        put_scaled(c, zh, COUNT_OF(zh), false);
}

/* From kilowatt-hours. */
static void format_energy(struct call *c)
{
    static const struct magnitude zh[] = {
        { 1e8, 1e8, STR_INIT("亿千瓦时"), STR_INIT("") },
        { 1e4, 1e4, STR_INIT("万千瓦时"), STR_INIT("") },
        { 0, 1, STR_INIT("千瓦时"), STR_INIT("") }
    };
    static const struct magnitude en[] = { { 1e9, 1e9, STR_INIT(""), STR_INIT("TWh") },
                                           { 1e6, 1e6, STR_INIT(""), STR_INIT("GWh") },
                                           { 1e3, 1e3, STR_INIT(""), STR_INIT("MWh") },
                                           { 0, 1, STR_INIT(""), STR_INIT("kWh") } };
    if (english(c))
        put_scaled(c, en, COUNT_OF(en), true);
    else
        put_scaled(c, zh, COUNT_OF(zh), false);
}

static void format_bytes(struct call *c)
{
    static const struct magnitude steps[] = {
        { 1024.0 * 1024 * 1024, 1024.0 * 1024 * 1024, STR_INIT("GB"), STR_INIT("GB") },
        { 1024.0 * 1024, 1024.0 * 1024, STR_INIT("MB"), STR_INIT("MB") },
        { 1024, 1024, STR_INIT("KB"), STR_INIT("KB") },
        { 0, 1, STR_INIT("B"), STR_INIT("B") },
    };
    put_scaled(c, steps, COUNT_OF(steps), true);
}

static void format_money(struct call *c)
{
    buf_str(c->out, STR("¥"));
    put_number(c->out, val_as_num(c->v, 0), 2);
}

static void format_badge(struct call *c)
{
    double d = val_as_num(c->v, 0);
    if (d > 99)
        buf_str(c->out, STR("99+"));
    else
        put_number(c->out, d, 0);
}

/* ---- time ---- */

static bool moment(const struct call *c, int64_t *ret)
{
    int offset = c->m->run ? c->m->run->offset_min : 0;
    if (c->v.kind == VAL_INT) {
        *ret = c->v.i;
        return true;
    }
    return date_parse(val_text(c->v), offset, ret);
}

static struct date local(const struct call *c, int64_t ms)
{
    use(c, VIEW_USED_ZONE);
    return date_at(ms, c->m->run ? c->m->run->offset_min : 0);
}

static int64_t day_number(const struct call *c, int64_t ms)
{
    struct date d = local(c, ms);
    d.hour = d.minute = d.second = d.ms = 0;
    return date_ms(&d, 0) / DAY_MS;
}

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const weekdays_en[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday" };
static const char *const weekdays_zh[] = { "一", "二", "三", "四", "五", "六", "日" };

static void put_int(struct buf *out, int i, int width)
{
    for (int least = 10; width > 1; width--, least *= 10) {
        if (i < least)
            buf_char(out, '0');
    }
    buf_int(out, i);
}

static void put_clock(struct buf *out, const struct date *d)
{
    put_int(out, d->hour, 2);
    buf_char(out, ':');
    put_int(out, d->minute, 2);
}

static void put_day(const struct call *c, const struct date *d)
{
    if (english(c)) {
        buf_int(c->out, d->day);
        buf_char(c->out, ' ');
        buf_str(c->out, str_of(month_names[d->month - 1]));
    } else {
        buf_int(c->out, d->month);
        buf_str(c->out, STR("月"));
        buf_int(c->out, d->day);
        buf_str(c->out, STR("日"));
    }
}

static void put_date(const struct call *c, const struct date *d)
{
    if (!english(c)) {
        buf_int(c->out, d->year);
        buf_str(c->out, STR("年"));
    }
    put_day(c, d);
    if (english(c)) {
        buf_char(c->out, ' ');
        buf_int(c->out, d->year);
    }
}

static void format_date(struct call *c)
{
    int64_t ms;
    if (moment(c, &ms)) {
        struct date d = local(c, ms);
        put_date(c, &d);
    }
}

static void put_weekday(const struct call *c, int weekday, bool brief)
{
    str en = str_of(weekdays_en[weekday - 1]);
    if (english(c)) {
        buf_str(c->out, brief ? (str){ en.p, 3 } : en);
        return;
    }
    buf_str(c->out, brief ? STR("") : STR("星期"));
    buf_str(c->out, str_of(weekdays_zh[weekday - 1]));
}

/* With 'weekday' each language puts it where it belongs. */
static void format_day(struct call *c)
{
    int64_t ms;
    if (!moment(c, &ms))
        return;
    struct date d = local(c, ms);
    bool weekday = val_is(arg(c, 0), "weekday");
    if (weekday && english(c)) {
        put_weekday(c, d.weekday, false);
        buf_char(c->out, ' ');
    }
    put_day(c, &d);
    if (weekday && !english(c)) {
        buf_char(c->out, ' ');
        put_weekday(c, d.weekday, false);
    }
}

static void format_time(struct call *c)
{
    int64_t ms;
    if (moment(c, &ms)) {
        struct date d = local(c, ms);
        put_clock(c->out, &d);
    }
}

static void format_datetime(struct call *c)
{
    int64_t ms;
    if (!moment(c, &ms))
        return;
    struct date d = local(c, ms);
    put_date(c, &d);
    buf_char(c->out, ' ');
    put_clock(c->out, &d);
}

static void format_iso(struct call *c)
{
    int64_t ms;
    if (!moment(c, &ms))
        return;
    struct date d = date_at(ms, 0);
    put_int(c->out, d.year, 4);
    buf_char(c->out, '-');
    put_int(c->out, d.month, 2);
    buf_char(c->out, '-');
    put_int(c->out, d.day, 2);
    buf_char(c->out, 'T');
    put_clock(c->out, &d);
    buf_str(c->out, STR(":00Z"));
}

/* A date, or a number 1 Monday – 7 Sunday; 'short' gives 一 and Mon. */
static void format_weekday(struct call *c)
{
    int64_t ms;
    int weekday = c->v.kind == VAL_INT && c->v.i >= 1 && c->v.i <= 7 ? (int)c->v.i : 0;
    if (!weekday && moment(c, &ms))
        weekday = local(c, ms).weekday;
    if (!weekday)
        return;
    put_weekday(c, weekday, val_is(arg(c, 0), "short"));
}

static void put_count(const struct call *c, int64_t n, const char *zh, const char *en_one,
                      const char *en_many)
{
    buf_int(c->out, n);
    buf_str(c->out, str_of(english(c) ? (n == 1 ? en_one : en_many) : zh));
}

static int64_t minute_number(int64_t ms)
{
    return ms / MINUTE_MS - (ms % MINUTE_MS < 0);
}

/* Relative within a day, yesterday by name, then a date. Counted from minute to minute:
 * what is shown in the course of one is the same. */
static void format_ago(struct call *c)
{
    int64_t ms;
    if (!moment(c, &ms) || !c->m->run)
        return;
    int64_t now = c->m->run->now_ms;
    int64_t minutes = minute_number(now) - minute_number(ms);
    int64_t days = day_number(c, now) - day_number(c, ms);
    struct date d = local(c, ms);
    bool counts = days == 0 || (days == 1 && minutes < MINUTES_OF_DAY / 2);
    use(c, counts ? VIEW_USED_MINUTE : VIEW_USED_DAY);
    if (minutes < -1) {
        put_day(c, &d);
        buf_char(c->out, ' ');
        put_clock(c->out, &d);
    } else if (minutes < 1) {
        buf_str(c->out, english(c) ? STR("just now") : STR("刚刚"));
    } else if (minutes < 60) {
        put_count(c, minutes, " 分钟前", " minute ago", " minutes ago");
    } else if (days == 0 || minutes < MINUTES_OF_DAY / 2) {
        put_count(c, minutes / 60, " 小时前", " hour ago", " hours ago");
    } else if (days == 1) {
        buf_str(c->out, english(c) ? STR("yesterday ") : STR("昨天 "));
        put_clock(c->out, &d);
    } else if (d.year == local(c, now).year) {
        put_day(c, &d);
    } else {
        put_date(c, &d);
    }
}

/* How far a deadline is, in days of the calendar. */
static void format_due(struct call *c)
{
    int64_t ms;
    if (!moment(c, &ms) || !c->m->run)
        return;
    int64_t days = day_number(c, ms) - day_number(c, c->m->run->now_ms);
    use(c, VIEW_USED_DAY);
    if (days < 0 && english(c))
        put_count(c, -days, "", " day overdue", " days overdue");
    else if (days < 0)
        buf_format(c->out, "逾期 %lld 天", (long long)-days);
    else if (days == 0)
        buf_str(c->out, english(c) ? STR("Due today") : STR("今日到期"));
    else if (days == 1)
        buf_str(c->out, english(c) ? STR("Due tomorrow") : STR("明天到期"));
    else if (english(c))
        buf_format(c->out, "Due in %lld days", (long long)days);
    else
        buf_format(c->out, "%lld 天后到期", (long long)days);
}

/* From milliseconds. */
static void format_duration(struct call *c)
{
    int64_t minutes = (int64_t)(val_as_num(c->v, 0) / 60000);
    if (minutes >= MINUTES_OF_DAY)
        put_count(c, minutes / MINUTES_OF_DAY, " 天", " day", " days");
    else if (minutes >= 60) {
        put_count(c, minutes / 60, " 小时", " h", " h");
        if (minutes % 60) {
            buf_char(c->out, ' ');
            put_count(c, minutes % 60, " 分", " min", " min");
        }
    } else {
        put_count(c, minutes, " 分钟", " min", " min");
    }
}

/* ---- texts ---- */

static str text_of(const struct call *c)
{
    return text_in(c->m->lang, c->v);
}

static void format_clip(struct call *c)
{
    str whole = text_of(c);
    str cut = str_clip(whole, (size_t)val_as_int(arg(c, 0), 40));
    buf_str(c->out, cut);
    if (cut.n < whole.n)
        buf_str(c->out, STR("…"));
}

static void format_initial(struct call *c)
{
    buf_str(c->out, str_clip(text_of(c), 1));
}

/* The last two characters: how a Chinese name is shown in a small circle. */
static void format_short_name(struct call *c)
{
    str name = text_of(c);
    bool cjk = name.n >= 6 && (unsigned char)name.p[0] >= 0xe3;
    if (!cjk) {
        buf_str(c->out, str_clip(name, 1));
        return;
    }
    buf_str(c->out, (str){ name.p + name.n - 6, 6 });
}

static void format_plural(struct call *c)
{
    bool one = val_as_num(c->v, 0) == 1;
    put_value(c->m, c->out, arg(c, one ? 0 : 1), buf_str);
}

static void format_or(struct call *c)
{
    bool empty =
        !val_exists(c->v) || c->v.kind == VAL_NULL || (c->v.kind == VAL_STR && !c->v.n);
    put_value(c->m, c->out, empty ? arg(c, 0) : c->v, buf_str);
}

static void format_join(struct call *c)
{
    for (size_t i = 0; i < val_count(c->v); i++) {
        if (i)
            put_value(c->m, c->out,
                      val_exists(arg(c, 0)) ? arg(c, 0) : val_str(STR("、")), buf_str);
        put_value(c->m, c->out, val_at(c->v, i), buf_str);
    }
}

/* ---- the table ---- */

enum takes { NUMBERS, ANYTHING };

static const struct {
    str name;
    enum takes takes;
    void (*write)(struct call *);
} formats[] = {
    { STR_INIT("number"), NUMBERS, format_number },
    { STR_INIT("signed"), NUMBERS, format_signed },
    { STR_INIT("abs"), NUMBERS, format_abs },
    { STR_INIT("percent"), NUMBERS, format_percent },
    { STR_INIT("compact"), NUMBERS, format_compact },
    { STR_INIT("power"), NUMBERS, format_power },
    { STR_INIT("energy"), NUMBERS, format_energy },
    { STR_INIT("bytes"), NUMBERS, format_bytes },
    { STR_INIT("money"), NUMBERS, format_money },
    { STR_INIT("badge"), NUMBERS, format_badge },
    { STR_INIT("duration"), NUMBERS, format_duration },
    { STR_INIT("plural"), NUMBERS, format_plural },
    { STR_INIT("date"), ANYTHING, format_date },
    { STR_INIT("day"), ANYTHING, format_day },
    { STR_INIT("time"), ANYTHING, format_time },
    { STR_INIT("datetime"), ANYTHING, format_datetime },
    { STR_INIT("iso"), ANYTHING, format_iso },
    { STR_INIT("weekday"), ANYTHING, format_weekday },
    { STR_INIT("ago"), ANYTHING, format_ago },
    { STR_INIT("due"), ANYTHING, format_due },
    { STR_INIT("clip"), ANYTHING, format_clip },
    { STR_INIT("initial"), ANYTHING, format_initial },
    { STR_INIT("short_name"), ANYTHING, format_short_name },
    { STR_INIT("or"), ANYTHING, format_or },
    { STR_INIT("join"), ANYTHING, format_join },
};

int format_find(str name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (str_equal(formats[i].name, name))
            return (int)i;
    }
    return -1;
}

bool format_is_number(int format)
{
    return formats[format].write == format_number;
}

/* What is no number is shown as it is rather than as a wrong 0. */
static bool shows_as_it_is(int format, struct val v)
{
    return formats[format].takes == NUMBERS && !is_number(v);
}

void format_put(struct machine *m, int format, struct val v, const struct val *args,
                size_t n, struct buf *out)
{
    bool plain =
        formats[format].write == format_number || formats[format].write == format_badge;
    if (shows_as_it_is(format, v) || !plain) {
        put_value(m, out, format_apply(m, format, v, args, n), html_escape);
        return;
    }
    struct call call = { m, v, args, n, out };
    formats[format].write(&call);
}

struct val format_apply(struct machine *m, int format, struct val v,
                        const struct val *args, size_t n)
{
    struct buf out;
    if (shows_as_it_is(format, v))
        return v;
    buf_init(&out, VIEW_MAX_SOURCE);
    struct call call = { m, v, args, n, &out };
    formats[format].write(&call);
    struct arena *arena = m->run ? m->run->arena : m->view->arena;
    struct val text = val_str(arena_str(arena, buf_view(&out)));
    buf_done(&out);
    return text;
}

bool view_format(struct buf *out, str format, struct val value, enum view_lang lang,
                 const struct view_run *run)
{
    struct view_run copy = *run;
    struct machine m = { .lang = lang, .run = &copy };
    int found = format_find(format);
    if (found < 0)
        return false;
    put_value(&m, out, format_apply(&m, found, value, NULL, 0), buf_str);
    return true;
}
