/* URIs (RFC 3986), IRIs (RFC 3987), URI templates (RFC 6570), JSON pointers (RFC 6901).
 */
#include "check.h"

enum alphabet { ALPHABET_URI, ALPHABET_IRI };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_escape(str text, size_t i)
{
    return text.p[i] == '%' && i + 2 < text.n && is_hex(text.p[i + 1])
           && is_hex(text.p[i + 2]);
}

/* Unreserved characters, sub-delims, escapes, and those of `also`. */
static bool is_made_of(str text, const char *also, enum alphabet alphabet)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool plain = is_letter(c) || is_digit(c) || (c && strchr("-._~!$&'()*+,;=", c));
        bool wide = alphabet == ALPHABET_IRI && (unsigned char)c >= 0x80;
        if (!plain && !wide && !(c && strchr(also, c)) && !is_escape(text, i))
            return false;
    }
    return true;
}

static bool is_scheme(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!is_letter(c) && !(i && (is_digit(c) || c == '+' || c == '-' || c == '.')))
            return false;
    }
    return text.n > 0;
}

static bool is_future_address(str text)
{
    size_t i = 1;
    if (!text.n || (text.p[0] | 32) != 'v')
        return false;
    while (i < text.n && is_hex(text.p[i]))
        i++;
    str rest = { text.p + i, text.n - i };
    return i > 1 && rest.n > 1 && rest.p[0] == '.' && is_made_of(rest, ":", ALPHABET_URI)
           && !memchr(rest.p, '%', rest.n);
}

static bool is_host(str text, enum alphabet alphabet)
{
    if (!text.n || text.p[0] != '[')
        return is_made_of(text, "", alphabet);
    if (text.p[text.n - 1] != ']')
        return false;
    str address = { text.p + 1, text.n - 2 };
    return schema_format_is_ipv6(address) || is_future_address(address);
}

static bool is_authority(str text, enum alphabet alphabet)
{
    const char *at = text.n ? memchr(text.p, '@', text.n) : NULL;
    if (at) {
        str user = { text.p, (size_t)(at - text.p) };
        if (!is_made_of(user, ":", alphabet))
            return false;
        text = (str){ at + 1, text.n - user.n - 1 };
    }
    size_t end = text.n;
    while (end && is_digit(text.p[end - 1]))
        end--;
    bool port = end && text.p[end - 1] == ':';
    return is_host((str){ text.p, port ? end - 1 : text.n }, alphabet);
}

static bool is_reference(str text, enum alphabet alphabet)
{
    struct uri uri = schema_uri_split(text);
    str segment = uri.path;
    str rest;
    bool relative = !uri.scheme.p && !uri.authority.p;
    segment = str_cut(segment, '/', &rest);
    bool colon = relative && segment.n && memchr(segment.p, ':', segment.n);
    return !colon && (!uri.scheme.p || is_scheme(uri.scheme))
           && (!uri.authority.p || is_authority(uri.authority, alphabet))
           && is_made_of(uri.path, ":@/", alphabet)
           && is_made_of(uri.query, ":@/?", alphabet)
           && is_made_of(uri.fragment, ":@/?", alphabet);
}

bool schema_format_is_uri(str text)
{
    return schema_uri_split(text).scheme.p && is_reference(text, ALPHABET_URI);
}

bool schema_format_is_uri_reference(str text)
{
    return is_reference(text, ALPHABET_URI);
}

bool schema_format_is_iri(str text)
{
    return schema_uri_split(text).scheme.p && is_reference(text, ALPHABET_IRI);
}

bool schema_format_is_iri_reference(str text)
{
    return is_reference(text, ALPHABET_IRI);
}

/* ---- URI templates ---- */

static bool is_variable_name(str name)
{
    bool after_dot = true;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool dot = c == '.' && !after_dot;
        if (!is_letter(c) && !is_digit(c) && c != '_' && !dot && !is_escape(name, i))
            return false;
        i += c == '%' ? 2 : 0;
        after_dot = dot;
    }
    return !after_dot;
}

/* name, name*, name:1 to name:9999 */
static bool is_variable(str text)
{
    str length;
    if (text.n && text.p[text.n - 1] == '*')
        return is_variable_name((str){ text.p, text.n - 1 });
    str name = str_cut(text, ':', &length);
    int64_t value;
    bool good = !length.p
                || (length.n <= 4 && length.n && is_digit(length.p[0])
                    && length.p[0] != '0' && str_to_int(length, &value));
    return good && is_variable_name(name);
}

static bool is_expression(str text)
{
    if (text.n && strchr("+#./;?&", text.p[0]))
        text = (str){ text.p + 1, text.n - 1 };
    for (str rest = text; rest.p;) {
        if (!is_variable(str_cut(rest, ',', &rest)))
            return false;
    }
    return true;
}

static bool is_literal(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool plain = (unsigned char)c > 0x20 && c != 0x7f && !strchr("\"<>\\^`{|}%", c);
        if (!plain && !is_escape(text, i))
            return false;
    }
    return true;
}

bool schema_format_is_uri_template(str text)
{
    for (str rest = text; rest.p;) {
        str expression;
        if (!is_literal(str_cut(rest, '{', &expression)))
            return false;
        if (!expression.p)
            return true;
        size_t left = expression.n;
        str inside = str_cut(expression, '}', &rest);
        bool closed = inside.n < left;
        if (!closed || !is_expression(inside))
            return false;
    }
    return true;
}

/* ---- JSON pointers ---- */

bool schema_format_is_json_pointer(str text)
{
    if (text.n && text.p[0] != '/')
        return false;
    for (size_t i = 0; i < text.n; i++) {
        bool escaped = i + 1 < text.n && (text.p[i + 1] == '0' || text.p[i + 1] == '1');
        if (text.p[i] == '~' && !escaped)
            return false;
    }
    return true;
}

bool schema_format_is_relative_json_pointer(str text)
{
    size_t n = 0;
    while (n < text.n && is_digit(text.p[n]))
        n++;
    if (!n || (n > 1 && text.p[0] == '0'))
        return false;
    str rest = { text.p + n, text.n - n };
    return str_equal(rest, STR("#")) || schema_format_is_json_pointer(rest);
}
