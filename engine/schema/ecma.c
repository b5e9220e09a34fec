/*
 * ECMA-262 patterns (with the `u` flag) in PCRE2's words. Most is the same; what means
 * something else is rewritten, what only PCRE2 or Python know is refused, so that a
 * schema means the same here and in a browser.
 */
#include "check.h"

struct translator {
    const char *at, *end;
    struct buf *out;
    const char *problem;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_at(const struct translator *t, str word)
{
    return str_starts((str){ t->at, (size_t)(t->end - t->at) }, word);
}

static void wrong(struct translator *t, const char *problem)
{
    if (!t->problem)
        t->problem = problem;
    t->at = t->end;
}

/* ---- escapes ---- */

#define SPACES "\\t\\n\\x0b\\f\\r\\x{feff}\\p{Z}"
#define NOT_SPACES                                                                   \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}" \
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"   \
    "\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

enum place { PLACE_OUTSIDE, PLACE_CLASS };

/* Letters that stand for themselves in both languages, or for other words in PCRE2's. */
static const struct {
    char letter;
    str outside, inside; /* .p is NULL where it means nothing */
} letters[] = {
    { 'd', STR_INIT("\\d"), STR_INIT("\\d") },
    { 'D', STR_INIT("\\D"), STR_INIT("\\D") },
    { 'w', STR_INIT("\\w"), STR_INIT("\\w") },
    { 'W', STR_INIT("\\W"), STR_INIT("\\W") },
    { 's', STR_INIT("[" SPACES "]"), STR_INIT(SPACES) },
    { 'S', STR_INIT("[^" SPACES "]"), STR_INIT(NOT_SPACES) },
    { 'b', STR_INIT("\\b"), STR_INIT("\\x08") },
    { 'B', STR_INIT("\\B"), { NULL, 0 } },
    { 't', STR_INIT("\\t"), STR_INIT("\\t") },
    { 'n', STR_INIT("\\n"), STR_INIT("\\n") },
    { 'v', STR_INIT("\\x0b"), STR_INIT("\\x0b") },
    { 'f', STR_INIT("\\f"), STR_INIT("\\f") },
    { 'r', STR_INIT("\\r"), STR_INIT("\\r") },
};

static bool take_letter(struct translator *t, enum place place)
{
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        str words = place == PLACE_CLASS ? letters[i].inside : letters[i].outside;
        if (letters[i].letter != *t->at || !words.p)
            continue;
        buf_str(t->out, words);
        t->at++;
        return true;
    }
    return false;
}

static void put_point(struct translator *t, unsigned point)
{
    if (point >= 0xd800 && point < 0xe000)
        wrong(t, "half of a surrogate pair matches nothing");
    buf_format(t->out, "\\x{%x}", point);
}

/* `least` to `most` hexadecimal digits. */
static unsigned take_hex(struct translator *t, int least, int most)
{
    unsigned point = 0;
    int n = 0;
    for (; n < most && t->at < t->end; n++, t->at++) {
        char c = (char)(*t->at | 32);
        if (!is_digit(*t->at) && !(c >= 'a' && c <= 'f'))
            break;
        point = point << 4 | (unsigned)(is_digit(*t->at) ? *t->at - '0' : c - 'a' + 10);
    }
    if (n < least)
        wrong(t, "hexadecimal digits are missing after \\x or \\u");
    return point;
}

/* After \u. */
static void take_unicode(struct translator *t)
{
    if (is_at(t, STR("{"))) {
        t->at++;
        unsigned braced = take_hex(t, 1, 6);
        if (!is_at(t, STR("}")) || braced > 0x10ffff)
            wrong(t, "\\u{ wants a code point and }");
        else
            t->at++;
        put_point(t, braced);
        return;
    }
    unsigned point = take_hex(t, 4, 4);
    if (point >= 0xd800 && point < 0xdc00 && is_at(t, STR("\\u"))) {
        t->at += 2;
        unsigned low = take_hex(t, 4, 4);
        bool paired = low >= 0xdc00 && low < 0xe000;
        point = paired ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : point;
    }
    put_point(t, point);
}

/* Long names of general categories, which PCRE2 does not know. */
static const struct {
    str name;
    const char *words;
} categories[] = {
    { STR_INIT("Letter"), "L" },
    { STR_INIT("Cased_Letter"), "L&" },
    { STR_INIT("LC"), "L&" },
    { STR_INIT("Uppercase_Letter"), "Lu" },
    { STR_INIT("Lowercase_Letter"), "Ll" },
    { STR_INIT("Titlecase_Letter"), "Lt" },
    { STR_INIT("Modifier_Letter"), "Lm" },
    { STR_INIT("Other_Letter"), "Lo" },
    { STR_INIT("Mark"), "M" },
    { STR_INIT("Combining_Mark"), "M" },
    { STR_INIT("Nonspacing_Mark"), "Mn" },
    { STR_INIT("Spacing_Mark"), "Mc" },
    { STR_INIT("Enclosing_Mark"), "Me" },
    { STR_INIT("Number"), "N" },
    { STR_INIT("Decimal_Number"), "Nd" },
    { STR_INIT("digit"), "Nd" },
    { STR_INIT("Letter_Number"), "Nl" },
    { STR_INIT("Other_Number"), "No" },
    { STR_INIT("Punctuation"), "P" },
    { STR_INIT("punct"), "P" },
    { STR_INIT("Connector_Punctuation"), "Pc" },
    { STR_INIT("Dash_Punctuation"), "Pd" },
    { STR_INIT("Open_Punctuation"), "Ps" },
    { STR_INIT("Close_Punctuation"), "Pe" },
    { STR_INIT("Initial_Punctuation"), "Pi" },
    { STR_INIT("Final_Punctuation"), "Pf" },
    { STR_INIT("Other_Punctuation"), "Po" },
    { STR_INIT("Symbol"), "S" },
    { STR_INIT("Math_Symbol"), "Sm" },
    { STR_INIT("Currency_Symbol"), "Sc" },
    { STR_INIT("Modifier_Symbol"), "Sk" },
    { STR_INIT("Other_Symbol"), "So" },
    { STR_INIT("Separator"), "Z" },
    { STR_INIT("Space_Separator"), "Zs" },
    { STR_INIT("Line_Separator"), "Zl" },
    { STR_INIT("Paragraph_Separator"), "Zp" },
    { STR_INIT("Other"), "C" },
    { STR_INIT("Control"), "Cc" },
    { STR_INIT("cntrl"), "Cc" },
    { STR_INIT("Format"), "Cf" },
    { STR_INIT("Surrogate"), "Cs" },
    { STR_INIT("Private_Use"), "Co" },
    { STR_INIT("Unassigned"), "Cn" },
};

static str without(str s, str prefix)
{
    return str_starts(s, prefix) ? (str){ s.p + prefix.n, s.n - prefix.n } : s;
}

/* At the p of \p{…}. */
static void take_property(struct translator *t)
{
    char letter = *t->at++;
    const char *close = memchr(t->at, '}', (size_t)(t->end - t->at));
    if (!is_at(t, STR("{")) || !close) {
        wrong(t, "\\p wants a property in braces");
        return;
    }
    str name = { t->at + 1, (size_t)(close - t->at) - 1 };
    name = without(without(name, STR("General_Category=")), STR("gc="));
    buf_format(t->out, "\\%c{", letter);
    for (size_t i = 0; i < COUNT_OF(categories); i++) {
        if (str_equal(name, categories[i].name))
            name = str_of(categories[i].words);
    }
    buf_str(t->out, name);
    buf_char(t->out, '}');
    t->at = close + 1;
}

/* \1 or \12 outside a class; \0 anywhere. */
static void take_number(struct translator *t, enum place place)
{
    unsigned n = 0;
    bool zero = *t->at == '0';
    for (; t->at < t->end && is_digit(*t->at) && n < 1000; t->at++)
        n = n * 10 + (unsigned)(*t->at - '0');
    if (zero && n == 0)
        put_point(t, 0);
    else if (zero || place == PLACE_CLASS)
        wrong(t, "octal escapes are not known");
    else
        buf_format(t->out, "\\g{%u}", n);
}

static void take_control(struct translator *t)
{
    t->at++;
    if (t->at == t->end || !is_letter(*t->at))
        wrong(t, "\\c wants a letter");
    else
        put_point(t, (unsigned)*t->at++ & 31);
}

/* After the backslash. */
static void take_escape(struct translator *t, enum place place)
{
    if (t->at == t->end) {
        wrong(t, "\\ at the end");
    } else if (take_letter(t, place)) {
        return;
    } else if (is_digit(*t->at)) {
        take_number(t, place);
    } else if (*t->at == 'c') {
        take_control(t);
    } else if (*t->at == 'x') {
        t->at++;
        put_point(t, take_hex(t, 2, 2));
    } else if (*t->at == 'u') {
        t->at++;
        take_unicode(t);
    } else if (*t->at == 'p' || *t->at == 'P') {
        take_property(t);
    } else if (*t->at == 'k' && place == PLACE_OUTSIDE) {
        buf_str(t->out, STR("\\k"));
        t->at++;
    } else if (is_letter(*t->at)) {
        wrong(t, "an escape that ECMA-262 does not know");
    } else {
        if ((unsigned char)*t->at < 0x80)
            buf_char(t->out, '\\');
        buf_char(t->out, *t->at++);
    }
}

/* ---- the rest ---- */

/* After the [. */
static void take_class(struct translator *t)
{
    buf_char(t->out, '[');
    if (is_at(t, STR("^")))
        buf_char(t->out, *t->at++);
    while (t->at < t->end && *t->at != ']') {
        char c = *t->at++;
        if (c == '\\') {
            take_escape(t, PLACE_CLASS);
            continue;
        }
        if (c == '[') // [:alpha:] is a class in PCRE2
            buf_char(t->out, '\\');
        buf_char(t->out, c);
    }
    if (t->at == t->end)
        wrong(t, "a [ has no ]");
    else
        buf_char(t->out, *t->at++);
}

/* After the (. */
static void take_group(struct translator *t)
{
    static const str known[] = { STR_INIT("?:"),  STR_INIT("?="),  STR_INIT("?!"),
                                 STR_INIT("?<="), STR_INIT("?<!"), STR_INIT("?<") };
    buf_char(t->out, '(');
    if (is_at(t, STR("*")))
        wrong(t, "there is nothing to repeat");
    if (!is_at(t, STR("?")))
        return;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (is_at(t, known[i])) {
            buf_str(t->out, known[i]);
            t->at += known[i].n;
            return;
        }
    }
    wrong(t, "a group that ECMA-262 does not know");
}

/* The length of {2}, {2,} or {2,5} here; 0 when it is something else. */
static size_t braces(const struct translator *t)
{
    const char *p = t->at + 1;
    const char *digits = p;
    while (p < t->end && is_digit(*p))
        p++;
    if (p == digits)
        return 0;
    if (p < t->end && *p == ',')
        p++;
    while (p < t->end && is_digit(*p))
        p++;
    return p < t->end && *p == '}' ? (size_t)(p - t->at) + 1 : 0;
}

/* A quantifier with its ?. PCRE2 would read a + behind it too. */
static void take_quantifier(struct translator *t, size_t n)
{
    buf_add(t->out, t->at, n);
    t->at += n;
    if (is_at(t, STR("?")))
        buf_char(t->out, *t->at++);
    bool again = t->at < t->end && (*t->at == '+' || *t->at == '*' || *t->at == '?');
    if (again)
        wrong(t, "there is nothing to repeat");
}

static void take_one(struct translator *t)
{
    size_t repeat;
    switch (*t->at) {
    case '\\':
        t->at++;
        take_escape(t, PLACE_OUTSIDE);
        return;
    case '[':
        t->at++;
        take_class(t);
        return;
    case '(':
        t->at++;
        take_group(t);
        return;
    case '.':
        t->at++;
        buf_str(t->out, STR("[^\\n\\r\\x{2028}\\x{2029}]"));
        return;
    case '*':
    case '+':
    case '?':
        take_quantifier(t, 1);
        return;
    case '{':
        repeat = braces(t);
        if (repeat) {
            take_quantifier(t, repeat);
            return;
        }
        buf_char(t->out, '\\');
        break;
    default:
        break;
    }
    buf_char(t->out, *t->at++);
}

const char *schema_ecma_translate(struct buf *out, str pattern)
{
    struct translator t = { pattern.p, pattern.p + pattern.n, out, NULL };
    while (t.at < t.end)
        take_one(&t);
    return t.problem ? t.problem : out->full ? "it is too long" : NULL;
}
