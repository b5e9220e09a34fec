#include "markup.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { MAX_OPEN = 400, WHY = 200 };

struct reader {
    str html;
    size_t at;
    str open[MAX_OPEN];
    size_t depth;
    char *why;
};

static bool refuse(struct reader *r, const char *what)
{
    str near = { r->html.p + r->at, r->html.n - r->at };
    snprintf(r->why, WHY, "%s at byte %zu: %.*s", what, r->at,
             (int)(near.n < 60 ? near.n : 60), near.p);
    return false;
}

static bool among(const char *const *list, size_t n, str name)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(list[i]) == name.n && strncasecmp(list[i], name.p, name.n) == 0)
            return true;
    }
    return false;
}

/* ---- references ---- */

static size_t put_point(char *out, unsigned long point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    out[0] = (char)(0xe0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 63));
    out[2] = (char)(0x80 | (point & 63));
    return 3;
}

/* The length of the reference at the start of `s`, or 0; what it means goes to `out`. */
static size_t take_reference(str s, char *out, size_t *n)
{
    static const struct {
        const char *name;
        char means;
    } named[] = { { "&amp;", '&' },  { "&lt;", '<' },      { "&gt;", '>' },
                  { "&quot;", '"' }, { "&apos;", '\'' },   { "&colon;", ':' },
                  { "&Tab;", '\t' }, { "&NewLine;", '\n' } };
    for (size_t i = 0; i < COUNT_OF(named); i++) {
        if (str_starts(s, str_of(named[i].name))) {
            out[(*n)++] = named[i].means;
            return strlen(named[i].name);
        }
    }
    if (!str_starts(s, STR("&#")))
        return 0;
    size_t at = 2;
    bool hex = at < s.n && (s.p[at] == 'x' || s.p[at] == 'X');
    unsigned long point = 0;
    size_t start = at += hex;
    for (; at < s.n && at - start < 6; at++) {
        int c = tolower((unsigned char)s.p[at]);
        int digit = isdigit(c)                    ? c - '0'
                    : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                  : -1;
        if (digit < 0)
            break;
        point = point * (hex ? 16 : 10) + (unsigned long)digit;
    }
    if (at == start || point > 0xffff)
        return 0;
    *n += put_point(out + *n, point);
    return at + (at < s.n && s.p[at] == ';');
}

size_t markup_decode(str html, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < html.n;) {
        str rest = { html.p + i, html.n - i };
        size_t taken = html.p[i] == '&' ? take_reference(rest, out, &n) : 0;
        if (!taken)
            out[n++] = html.p[i];
        i += taken ? taken : 1;
    }
    return n;
}

/* ---- addresses, as the WHATWG URL standard reads them ---- */

static bool address_is_tame(str value)
{
    static const char *const tame[] = { "http", "https", "mailto", "tel" };
    char *text = malloc(value.n + 1);
    size_t decoded = markup_decode(value, text);
    char scheme[16];
    size_t n = 0;
    size_t i = 0;
    bool good = true;
    while (i < decoded && (unsigned char)text[i] <= 0x20)
        i++;
    for (; i < decoded; i++) {
        int c = tolower((unsigned char)text[i]);
        if (c == '\t' || c == '\n' || c == '\r')
            continue;
        if (c == ':') {
            good = n == 0 || among(tame, COUNT_OF(tame), (str){ scheme, n });
            break;
        }
        bool part = isalpha(c) || (n && (isdigit(c) || c == '+' || c == '-' || c == '.'));
        if (!part)
            break;
        if (n < sizeof scheme)
            scheme[n++] = (char)c;
    }
    free(text);
    return good;
}

/* ---- tags ---- */

static str take_name(struct reader *r)
{
    size_t start = r->at;
    while (r->at < r->html.n
           && (isalnum((unsigned char)r->html.p[r->at]) || r->html.p[r->at] == '-'))
        r->at++;
    return (str){ r->html.p + start, r->at - start };
}

static bool is_at(const struct reader *r, char c)
{
    return r->at < r->html.n && r->html.p[r->at] == c;
}

static bool style_is_tame(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (!isalnum((unsigned char)value.p[i]) && !strchr(" -_.,:;%()#", value.p[i]))
            return false;
    }
    return !memmem(value.p, value.n, "url", 3) && !memmem(value.p, value.n, "expr", 4);
}

static bool check_attribute(struct reader *r, str name, str value)
{
    static const char *const addresses[] = { "href",   "src",  "action",    "formaction",
                                             "poster", "cite", "background" };
    static const char *const refused[] = { "srcdoc", "srcset", "ping", "xmlns" };
    if ((name.n > 2 && strncasecmp(name.p, "on", 2) == 0)
        || among(refused, COUNT_OF(refused), name))
        return refuse(r, "an attribute that could run");
    if (str_equal(name, STR("style")) && !style_is_tame(value))
        return refuse(r, "a style that could fetch");
    if (among(addresses, COUNT_OF(addresses), name) && !address_is_tame(value))
        return refuse(r, "an address that could run");
    return true;
}

static bool read_attribute(struct reader *r)
{
    r->at++;
    str name = take_name(r);
    if (!name.n)
        return refuse(r, "no attribute name");
    if (!is_at(r, '='))
        return check_attribute(r, name, STR(""));
    r->at++;
    if (!is_at(r, '"'))
        return refuse(r, "a value without quotes");
    size_t start = ++r->at;
    while (r->at < r->html.n && r->html.p[r->at] != '"') {
        if (r->html.p[r->at] == '<' || !r->html.p[r->at])
            return refuse(r, "a raw byte in an attribute");
        r->at++;
    }
    if (!is_at(r, '"'))
        return refuse(r, "a value that never ends");
    str value = { r->html.p + start, r->at++ - start };
    return check_attribute(r, name, value);
}

static bool close_tag(struct reader *r)
{
    r->at++;
    str name = take_name(r);
    if (!is_at(r, '>') || !r->depth || !str_equal(r->open[--r->depth], name))
        return refuse(r, "an end tag that closes nothing");
    r->at++;
    return true;
}

static bool open_tag(struct reader *r)
{
    static const char *const refused[] = {
        "script", "style",   "iframe",        "object",   "embed", "link", "meta",
        "base",   "frame",   "template",      "noscript", "math",  "xmp",  "plaintext",
        "set",    "animate", "foreignobject", "image",    "applet"
    };
    static const char *const empty[] = { "br", "hr", "img", "input" };
    str name = take_name(r);
    if (!name.n || among(refused, COUNT_OF(refused), name))
        return refuse(r, "a tag that is not tame");
    while (is_at(r, ' ')) {
        if (!read_attribute(r))
            return false;
    }
    bool closed = is_at(r, '/');
    r->at += closed;
    if (!is_at(r, '>'))
        return refuse(r, "a tag that never ends");
    r->at++;
    if (closed || among(empty, COUNT_OF(empty), name))
        return true;
    if (r->depth == MAX_OPEN)
        return refuse(r, "too deep");
    r->open[r->depth++] = name;
    return true;
}

bool markup_is_tame(str html, char why[static WHY])
{
    struct reader r = { .html = html, .why = why };
    while (r.at < html.n) {
        char c = html.p[r.at++];
        if (!c)
            return refuse(&r, "a NUL");
        if (c != '<')
            continue;
        if (!(is_at(&r, '/') ? close_tag(&r) : open_tag(&r)))
            return false;
    }
    return r.depth == 0 || refuse(&r, "something is left open");
}

/* ---- style sheets ---- */

/* Behind the string or comment at `i`; `i` itself when there is none. */
static size_t skip_quiet(str css, size_t i)
{
    char mark = css.p[i];
    if (mark == '/' && i + 1 < css.n && css.p[i + 1] == '*') {
        const char *end = memmem(css.p + i + 2, css.n - i - 2, "*/", 2);
        return end ? (size_t)(end + 2 - css.p) : css.n;
    }
    if (mark != '"' && mark != '\'')
        return i;
    for (i++; i < css.n; i++) {
        if (css.p[i] == '\\')
            i++;
        else if (css.p[i] == mark)
            return i + 1;
        else if (css.p[i] == '\n')
            return i;
    }
    return css.n;
}

static bool selector_is_inside(str selector, str name)
{
    selector = str_trim(selector);
    if (str_starts(selector, STR("@")))
        return true;
    while (selector.p) {
        str one = str_trim(str_cut(selector, ',', &selector));
        bool inside = one.n > name.n && one.p[0] == '.'
                      && str_starts((str){ one.p + 1, one.n - 1 }, name);
        if (!inside)
            return false;
    }
    return true;
}

bool style_is_contained(str css, str name, char why[static WHY])
{
    char *head = malloc(css.n + 1); /* since the last rule, without comments */
    size_t n = 0;
    int depth = 0;
    bool at_rule[8] = { false };
    bool good = true;
    for (size_t i = 0; good && i < css.n;) {
        size_t behind = skip_quiet(css, i);
        char c = css.p[i];
        if (behind > i) {
            head[n++] = ' ';
            i = behind;
            continue;
        }
        if (c == '{') {
            str selector = str_trim((str){ head, n });
            bool top = depth == 0 || at_rule[depth - 1];
            good = top && depth < 7 && selector_is_inside(selector, name);
            at_rule[depth++] = str_starts(selector, STR("@"));
        } else if (c == '}') {
            good = depth-- > 0;
        }
        if (strchr("{};", c))
            n = 0;
        else
            head[n++] = c == '\f' ? ' ' : c; /* a blank to CSS, not to str_trim */
        i++;
        if (!good)
            snprintf(why, WHY, "byte %zu: %.*s", i, (int)(n < 60 ? n : 60), head);
    }
    free(head);
    if (good && depth)
        snprintf(why, WHY, "%d rules are left open", depth);
    return good && !depth;
}
