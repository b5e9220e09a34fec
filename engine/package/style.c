/*
 * A component's style may move its own boxes and nothing else: every selector starts with
 * the component's class, colours come from tokens, nothing is fetched, nothing leaves the
 * card.
 *
 * What a browser and this reader could take for different things is gone before the rules
 * are read: comments and what stands in strings are blanked, and backslashes, strings
 * without an end and brackets without a partner are refused. Then a ; or a brace means
 * itself.
 */
#include "inside.h"

#include <strings.h>

enum { MAX_BRACKETS = 16 };

struct css {
    struct compile *c;
    str path;
    str class; /* ".todo" */
    str text;  /* without comments and what stands in strings, each byte in its place */
    size_t at;
};

static bool fail(struct css *css, const char *what)
{
    unsigned line = 1;
    for (size_t i = 0; i < css->at; i++)
        line += css->text.p[i] == '\n';
    str place = arena_format(css->c->package->arena, "%.*s:%u", STR_ARG(css->path), line);
    return file_fail(css->c, place, "package.style", "%s", what);
}

/* ---- what does not count ---- */

/* Blanks the comment at `i` of `plain`; false when it has no end. */
static bool blank_comment(char *plain, size_t n, size_t *i)
{
    const char *end = memmem(plain + *i + 2, n - *i - 2, "*/", 2);
    if (!end)
        return false;
    size_t behind = (size_t)(end + 2 - plain);
    for (; *i < behind; ++*i)
        plain[*i] = plain[*i] == '\n' ? '\n' : ' ';
    return true;
}

/* Blanks the string at `i`, but for its quotes; false when its line ends first, or an
 * escape could hide its end. */
static bool blank_string(char *plain, size_t n, size_t *i)
{
    char quote = plain[(*i)++];
    for (; *i < n && plain[*i] != quote; ++*i) {
        if (strchr("\n\r\f\\", plain[*i]))
            return false;
        plain[*i] = ' ';
    }
    return (*i)++ < n;
}

static bool blank_what_does_not_count(struct css *css)
{
    str copy = arena_str(css->c->package->arena, css->text);
    char *plain = (char *)(uintptr_t)copy.p;
    bool good = true;
    for (size_t i = 0; i < copy.n;) {
        css->at = i;
        if (!plain[i] || plain[i] == '\\')
            return fail(css, "backslashes and control bytes are refused");
        if (plain[i] == '/' && i + 1 < copy.n && plain[i + 1] == '*')
            good = blank_comment(plain, copy.n, &i);
        else if (plain[i] == '"' || plain[i] == '\'')
            good = blank_string(plain, copy.n, &i);
        else
            i++;
        if (!good)
            return fail(css, "a string or a comment has no end");
    }
    css->text = copy;
    css->at = 0;
    return true;
}

/* ---- rules ---- */

static void skip_blanks(struct css *css)
{
    while (css->at < css->text.n && strchr(" \t\r\n\f", css->text.p[css->at]))
        css->at++;
}

/* Up to one of `marks`, which is not consumed. */
static str take_until(struct css *css, const char *marks)
{
    size_t start = css->at;
    while (css->at < css->text.n && !strchr(marks, css->text.p[css->at]))
        css->at++;
    return str_trim((str){ css->text.p + start, css->at - start });
}

static bool has(str s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.n; i++) {
        if (strncasecmp(s.p + i, word, n) == 0)
            return true;
    }
    return false;
}

static bool is_word(str s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* A browser reads on behind ; and } until an open bracket finds its partner. */
static bool is_balanced(str s)
{
    char open[MAX_BRACKETS];
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '(' || c == '[') {
            if (n == MAX_BRACKETS)
                return false;
            open[n++] = c == '(' ? ')' : ']';
        } else if ((c == ')' || c == ']') && (n == 0 || open[--n] != c)) {
            return false;
        }
    }
    return n == 0;
}

static bool selector_is_own(struct css *css, str selector)
{
    for (size_t i = 0; i < selector.n; i++) {
        if (strchr(";@<&!", selector.p[i]))
            return false;
    }
    while (selector.p) {
        str one = str_trim(str_cut(selector, ',', &selector));
        char after = one.n > css->class.n ? one.p[css->class.n] : ' ';
        bool own = str_starts(one, css->class) && strchr(" \t\r\n.:[>+~-_", after);
        if (!own)
            return false;
    }
    return true;
}

static bool may_fetch_or_colour(str text)
{
    static const char *const refused[] = {
        "url(",  "src(", "image(", "image-set", "cross-fade(", "expression",
        "@",     "<",    "{",      "rgb(",      "rgba(",       "hsl(",
        "hsla(", "hwb(", "lab(",   "lch(",      "color(",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (has(text, refused[i]))
            return true;
    }
    return false;
}

static bool stays_in_card(str position)
{
    static const char *const staying[] = { "static", "relative", "absolute" };
    str word = str_trim(str_cut(position, '!', &(str){ NULL, 0 }));
    for (size_t i = 0; i < COUNT_OF(staying); i++) {
        if (is_word(word, staying[i]))
            return true;
    }
    return false;
}

static bool is_property(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c != '-' && c != '_' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
            && !(c >= '0' && c <= '9'))
            return false;
    }
    return name.n > 0;
}

static bool check_declaration(struct css *css, str text)
{
    str value;
    str name = str_trim(str_cut(text, ':', &value));
    if (!name.n && !value.p)
        return true;
    if (!value.p)
        return fail(css, "a declaration wants a :");
    if (!is_property(name))
        return fail(css, "a declaration starts with a property's name");
    if (!is_balanced(text))
        return fail(css, "a bracket has no partner");
    if (may_fetch_or_colour(text))
        return fail(css, "colours are tokens (var(--color-…)); url(), rules in rules and "
                         "functions that fetch are refused");
    if (memchr(value.p, '#', value.n))
        return fail(css, "colours are tokens: var(--color-…)");
    if (is_word(name, "position") && !stays_in_card(value))
        return fail(css, "a component stays in its card: position is static, relative or "
                         "absolute");
    return true;
}

static bool check_rule(struct css *css, int depth);

static bool check_declarations(struct css *css)
{
    for (;;) {
        skip_blanks(css);
        if (css->at >= css->text.n)
            return fail(css, "a rule is not closed");
        if (css->text.p[css->at] == '}') {
            css->at++;
            return true;
        }
        if (!check_declaration(css, take_until(css, ";}")))
            return false;
        if (css->at < css->text.n && css->text.p[css->at] == ';')
            css->at++;
    }
}

static bool check_media(struct css *css, int depth)
{
    str head = take_until(css, "{};");
    bool good = (str_starts(head, STR("@media")) || str_starts(head, STR("@container"))
                 || str_starts(head, STR("@supports")))
                && is_balanced(head) && css->at < css->text.n
                && css->text.p[css->at] == '{' && depth < 2;
    if (!good)
        return fail(css,
                    "of the @ rules only @media, @container and @supports are allowed");
    css->at++;
    for (;;) {
        skip_blanks(css);
        if (css->at >= css->text.n)
            return fail(css, "an @ rule is not closed");
        if (css->text.p[css->at] == '}') {
            css->at++;
            return true;
        }
        if (!check_rule(css, depth + 1))
            return false;
    }
}

static bool check_rule(struct css *css, int depth)
{
    if (css->text.p[css->at] == '@')
        return check_media(css, depth);
    str selector = take_until(css, "{}");
    if (css->at >= css->text.n || css->text.p[css->at] != '{')
        return fail(css, "a rule wants { }");
    if (!is_balanced(selector) || !selector_is_own(css, selector))
        return fail(css, "every selector starts with the component's own class");
    css->at++;
    return check_declarations(css);
}

bool style_check(struct compile *c, str path, str text, str component)
{
    struct css css = { .c = c, .path = path, .text = text };
    css.class = arena_format(c->package->arena, ".%.*s", STR_ARG(component));
    if (!blank_what_does_not_count(&css))
        return false;
    for (;;) {
        skip_blanks(&css);
        if (css.at >= text.n)
            return true;
        if (!check_rule(&css, 0))
            return false;
    }
}
