/* Addresses and names on the network. */
#include "check.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_octet(str part)
{
    int64_t value;
    bool digits = part.n >= 1 && part.n <= 3 && is_digit(part.p[0]);
    return digits && (part.n == 1 || part.p[0] != '0') && str_to_int(part, &value)
           && value <= 255;
}

bool schema_format_is_ipv4(str text)
{
    int parts = 0;
    for (str rest = text; rest.p; parts++) {
        if (!is_octet(str_cut(rest, '.', &rest)))
            return false;
    }
    return parts == 4;
}

static bool is_group(str part)
{
    bool good = part.n >= 1 && part.n <= 4;
    for (size_t i = 0; i < part.n && good; i++)
        good = is_hex(part.p[i]);
    return good;
}

/* Counts the 16-bit groups of one side of a "::"; -1 when one is malformed. `last`: an
 * IPv4 address may stand at the end. */
static int count_groups(str side, bool last)
{
    int n = 0;
    if (!side.n)
        return 0;
    for (str rest = side; rest.p;) {
        str part = str_cut(rest, ':', &rest);
        if (is_group(part))
            n++;
        else if (last && !rest.p && schema_format_is_ipv4(part))
            n += 2;
        else
            return -1;
    }
    return n;
}

bool schema_format_is_ipv6(str text)
{
    const char *gap = text.n ? memmem(text.p, text.n, "::", 2) : NULL;
    if (!gap)
        return count_groups(text, true) == 8;
    size_t at = (size_t)(gap - text.p);
    int left = count_groups((str){ text.p, at }, false);
    int right = count_groups((str){ gap + 2, text.n - at - 2 }, true);
    return left >= 0 && right >= 0 && left + right <= 7;
}

bool schema_format_is_label(str label)
{
    if (!label.n || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        if (!is_alnum(label.p[i]) && label.p[i] != '-')
            return false;
    }
    bool reserved = label.n >= 4 && label.p[2] == '-' && label.p[3] == '-';
    return !reserved || schema_format_is_a_label(label);
}

bool schema_format_is_hostname(str text)
{
    if (text.n > 253)
        return false;
    for (str rest = text; rest.p;) {
        if (!schema_format_is_label(str_cut(rest, '.', &rest)))
            return false;
    }
    return text.n > 0;
}

/* ---- mail addresses, RFC 5321 ---- */

static bool is_atom_char(char c)
{
    return is_alnum(c) || (unsigned char)c >= 0x80
           || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dotted_atoms(str text)
{
    for (str rest = text; rest.p;) {
        str atom = str_cut(rest, '.', &rest);
        bool good = atom.n > 0;
        for (size_t i = 0; i < atom.n && good; i++)
            good = is_atom_char(atom.p[i]);
        if (!good)
            return false;
    }
    return true;
}

static bool is_quoted(str text)
{
    if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\\' && ++i + 1 >= text.n)
            return false;
        if (c < 0x20 || c == 0x7f || c == '"')
            return false;
    }
    return true;
}

static bool is_mail_domain(str domain, bool (*is_host)(str))
{
    if (domain.n < 2 || domain.p[0] != '[')
        return is_host(domain);
    if (domain.p[domain.n - 1] != ']')
        return false;
    str literal = { domain.p + 1, domain.n - 2 };
    str prefix = STR("IPv6:");
    if (str_starts(literal, prefix))
        return schema_format_is_ipv6((str){ literal.p + prefix.n, literal.n - prefix.n });
    return schema_format_is_ipv4(literal);
}

static bool is_mail(str text, bool (*is_host)(str))
{
    const char *at = text.n ? memrchr(text.p, '@', text.n) : NULL;
    if (!at)
        return false;
    str local = { text.p, (size_t)(at - text.p) };
    str domain = { at + 1, text.n - local.n - 1 };
    return local.n > 0 && local.n <= 64 && (is_dotted_atoms(local) || is_quoted(local))
           && is_mail_domain(domain, is_host);
}

bool schema_format_is_email(str text)
{
    bool ascii = true;
    for (size_t i = 0; i < text.n && ascii; i++)
        ascii = (unsigned char)text.p[i] < 0x80;
    return ascii && is_mail(text, schema_format_is_hostname);
}

bool schema_format_is_idn_email(str text)
{
    return is_mail(text, schema_format_is_idn_hostname);
}

bool schema_format_is_uuid(str text)
{
    bool good = text.n == 36;
    for (size_t i = 0; i < 36 && good; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        good = dash ? text.p[i] == '-' : is_hex(text.p[i]);
    }
    return good;
}
