/* URI references, RFC 3986: taken apart as its appendix B does, put together as section 5
 * says. Works the same on IRIs. */
#include "compile.h"

static str upto(str *rest, const char *marks)
{
    size_t n = 0;
    while (n < rest->n && (!rest->p[n] || !strchr(marks, rest->p[n])))
        n++;
    str head = { rest->p, n };
    *rest = (str){ rest->p + n, rest->n - n };
    return head;
}

struct uri schema_uri_split(str text)
{
    struct uri uri = { 0 };
    str rest = text.p ? text : STR("");
    str tail = rest;
    str scheme = upto(&tail, ":/?#");
    if (tail.n && tail.p[0] == ':' && scheme.n) {
        uri.scheme = scheme;
        rest = (str){ tail.p + 1, tail.n - 1 };
    }
    if (str_starts(rest, STR("//"))) {
        rest = (str){ rest.p + 2, rest.n - 2 };
        uri.authority = upto(&rest, "/?#");
    }
    uri.path = upto(&rest, "?#");
    if (rest.n && rest.p[0] == '?') {
        rest = (str){ rest.p + 1, rest.n - 1 };
        uri.query = upto(&rest, "#");
    }
    if (rest.n)
        uri.fragment = (str){ rest.p + 1, rest.n - 1 };
    return uri;
}

/* Drops the last segment of what has been written, with its slash. */
static void drop_segment(struct buf *out, size_t start)
{
    while (out->n > start && out->p[out->n - 1] != '/')
        out->n--;
    if (out->n > start)
        out->n--;
}

/* Section 5.2.4, segment by segment; `..` above the top stays at the top. */
static void add_without_dots(struct buf *out, str path)
{
    size_t start = out->n;
    for (str rest = path; rest.p;) {
        bool first = rest.p == path.p;
        str segment = str_cut(rest, '/', &rest);
        bool last = !rest.p;
        if (str_equal(segment, STR("..")))
            drop_segment(out, start);
        else if (!str_equal(segment, STR("."))) {
            if (!first && (out->n > start || path.p[0] == '/'))
                buf_char(out, '/');
            buf_str(out, segment);
            continue;
        }
        if (last)
            buf_char(out, '/');
    }
}

/* Section 5.2.3: the reference's path in place of the base's last segment. */
static void add_merged(struct buf *out, const struct uri *base, str path)
{
    struct buf merged;
    buf_init(&merged, SIZE_MAX / 4);
    size_t keep = base->path.n;
    while (keep && base->path.p[keep - 1] != '/')
        keep--;
    if (!base->path.n && base->authority.p)
        buf_char(&merged, '/');
    buf_add(&merged, base->path.p, keep);
    buf_str(&merged, path);
    bool absolute = merged.n && merged.p[0] == '/';
    if (absolute || base->scheme.p)
        add_without_dots(out, buf_view(&merged));
    else
        buf_str(out, buf_view(&merged));
    buf_done(&merged);
}

static void add_path(struct buf *out, const struct uri *base, const struct uri *to)
{
    if (to->scheme.p || to->authority.p || str_starts(to->path, STR("/")))
        add_without_dots(out, to->path);
    else if (to->path.n)
        add_merged(out, base, to->path);
    else
        buf_str(out, base->path);
}

str schema_uri_resolve(struct arena *a, str base_text, str reference)
{
    struct uri base = schema_uri_split(base_text);
    struct uri to = schema_uri_split(reference);
    struct buf out;
    buf_init(&out, SIZE_MAX / 4);
    str scheme = to.scheme.p ? to.scheme : base.scheme;
    if (scheme.p) {
        buf_str(&out, scheme);
        buf_char(&out, ':');
    }
    str authority = to.scheme.p || to.authority.p ? to.authority : base.authority;
    if (authority.p) {
        buf_str(&out, STR("//"));
        buf_str(&out, authority);
    }
    add_path(&out, &base, &to);
    bool own_query = to.scheme.p || to.authority.p || to.path.n || to.query.p;
    str query = own_query ? to.query : base.query;
    if (query.p) {
        buf_char(&out, '?');
        buf_str(&out, query);
    }
    str text = arena_str(a, buf_view(&out));
    buf_done(&out);
    return text;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

str schema_uri_unescape(struct arena *a, str text)
{
    char *out = arena_alloc(a, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int high = text.p[i] == '%' && i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
        out[n++] = low < 0 ? text.p[i] : (char)(high << 4 | low);
        i += low < 0 ? 0 : 2;
    }
    return (str){ out, n };
}
