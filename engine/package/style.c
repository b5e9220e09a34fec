/*
 * A component's style may move its own boxes and nothing else: every selector starts with
 * the component's class, colours come from tokens, nothing is fetched, nothing leaves the
 * card.
 */
#include "inside.h"

struct css {
    struct compile *c;
    str path;
    str class; /* ".todo" */
    str text;
    size_t at;
};

static bool fail(struct css *css, const char *what)
{
    unsigned line = 1;
    for (size_t i = 0; i < css->at; i++)
        line += css->text.p[i] == '\n';
    file_fail(css->c, css->path, "package.style", "%s", what);
    return err_in(css->c->err, "line %u of", line);
}

static void skip_blanks(struct css *css)
{
    while (css->at < css->text.n) {
        str rest = { css->text.p + css->at, css->text.n - css->at };
        if (str_starts(rest, STR("/*"))) {
            const char *end = memmem(rest.p, rest.n, "*/", 2);
            css->at = end ? (size_t)(end + 2 - css->text.p) : css->text.n;
        } else if (strchr(" \t\r\n", rest.p[0])) {
            css->at++;
        } else {
            return;
        }
    }
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
    return memmem(s.p, s.n, word, strlen(word)) != NULL;
}

static bool selector_is_own(struct css *css, str selector)
{
    while (selector.p) {
        str one = str_trim(str_cut(selector, ',', &selector));
        char after = one.n > css->class.n ? one.p[css->class.n] : ' ';
        bool own = str_starts(one, css->class) && strchr(" .:[>+~-_", after);
        if (!own)
            return false;
    }
    return true;
}

static bool is_hex_colour(str value)
{
    const char *mark = memchr(value.p, '#', value.n);
    return mark != NULL;
}

static bool check_declaration(struct css *css, str text)
{
    static const char *const refused[] = { "url(", "expression", "@",    "\\",
                                           "<",    "image-set",  "rgb(", "rgba(",
                                           "hsl(", "hsla(" };
    str value;
    str name = str_trim(str_cut(text, ':', &value));
    if (!name.n)
        return true;
    if (!value.p)
        return fail(css, "a declaration wants a :");
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (has(text, refused[i]))
            return fail(
                css, "colours are tokens (var(--color-…)); url(), escapes and functions "
                     "that fetch are refused");
    }
    if (is_hex_colour(value))
        return fail(css, "colours are tokens: var(--color-…)");
    if (str_equal(name, STR("position")) && (has(value, "fixed") || has(value, "sticky")))
        return fail(css, "a component stays in its card: no position fixed or sticky");
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
    str head = take_until(css, "{;");
    bool good = (str_starts(head, STR("@media")) || str_starts(head, STR("@container"))
                 || str_starts(head, STR("@supports")))
                && css->at < css->text.n && css->text.p[css->at] == '{' && depth < 2;
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
    if (!selector_is_own(css, selector))
        return fail(css, "every selector starts with the component's own class");
    css->at++;
    return check_declarations(css);
}

bool style_check(struct compile *c, str path, str text, str component)
{
    struct css css = { .c = c, .path = path, .text = text };
    css.class = arena_format(c->package->arena, ".%.*s", STR_ARG(component));
    for (;;) {
        skip_blanks(&css);
        if (css.at >= text.n)
            return true;
        if (!check_rule(&css, 0))
            return false;
    }
}
