/*
 * Expressions:
 *   a.b  a[b]  #a  'text'  12  true false null
 *   not a   a == b  != < <= > >=   a and b   a or b   ( … )
 *   a | format : argument, argument | …
 */
#include "inside.h"

#include <stdlib.h>

struct reader {
    struct source *src;
    const char *start;
    const char *at;
    const char *end;
    uint32_t pos; /* of start in the source */
    int depth;
};

static uint32_t pos_of(const struct reader *r)
{
    return r->pos + (uint32_t)(r->at - r->start);
}

static bool fail(const struct reader *r, const char *what)
{
    return source_fail(r->src, pos_of(r), "view.expression", "%s", what);
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end
           && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

static bool take(struct reader *r, str s)
{
    skip_blanks(r);
    if (!str_starts((str){ r->at, (size_t)(r->end - r->at) }, s))
        return false;
    r->at += s.n;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static str peek_name(struct reader *r)
{
    skip_blanks(r);
    const char *p = r->at;
    if (p < r->end && is_letter(*p)) {
        while (p < r->end && (is_letter(*p) || is_digit(*p)))
            p++;
    }
    return (str){ r->at, (size_t)(p - r->at) };
}

static bool take_word(struct reader *r, str word)
{
    if (!str_equal(peek_name(r), word))
        return false;
    r->at += word.n;
    return true;
}

static struct ex *make(struct reader *r, enum ex_kind kind, struct ex *left,
                       struct ex *right)
{
    struct ex *ex = ARENA_NEW(r->src->arena, struct ex);
    ex->kind = kind;
    ex->pos = pos_of(r);
    ex->left = left;
    ex->right = right;
    return ex;
}

static struct ex *constant(struct reader *r, struct val v)
{
    struct ex *ex = make(r, EX_CONST, NULL, NULL);
    ex->value = v;
    return ex;
}

static bool read_or(struct reader *r, struct ex **ret);

static bool read_string(struct reader *r, struct ex **ret)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at != '\'')
        r->at++;
    if (r->at == r->end)
        return fail(r, "the text has no closing '");
    *ret = constant(r, val_str((str){ start, (size_t)(r->at - start) }));
    r->at++;
    return true;
}

static bool read_number(struct reader *r, struct ex **ret)
{
    const char *start = r->at;
    bool whole = true;
    if (*r->at == '-')
        r->at++;
    while (r->at < r->end && (is_digit(*r->at) || *r->at == '.')) {
        whole = whole && *r->at != '.';
        r->at++;
    }
    str text = arena_str(r->src->arena, (str){ start, (size_t)(r->at - start) });
    int64_t i;
    if (whole && str_to_int(text, &i))
        *ret = constant(r, val_int(i));
    else
        *ret = constant(r, val_num(strtod(text.p, NULL)));
    return true;
}

static bool read_primary(struct reader *r, struct ex **ret)
{
    if (take(r, STR("("))) {
        if (!read_or(r, ret))
            return false;
        return take(r, STR(")")) || fail(r, ") was expected");
    }
    if (take(r, STR("'")))
        return read_string(r, ret);
    if (take_word(r, STR("true"))) {
        *ret = constant(r, val_bool(true));
        return true;
    }
    if (take_word(r, STR("false"))) {
        *ret = constant(r, val_bool(false));
        return true;
    }
    if (take_word(r, STR("null"))) {
        *ret = constant(r, val_null());
        return true;
    }
    skip_blanks(r);
    bool negative = r->end - r->at > 1 && *r->at == '-' && is_digit(r->at[1]);
    if (r->at < r->end && (is_digit(*r->at) || negative))
        return read_number(r, ret);
    str name = peek_name(r);
    if (!name.n)
        return fail(r, "a name, a number or 'text' was expected");
    *ret = make(r, EX_NAME, NULL, NULL);
    (*ret)->name = name;
    r->at += name.n;
    return true;
}

static bool read_postfix(struct reader *r, struct ex **ret)
{
    if (!read_primary(r, ret))
        return false;
    for (;;) {
        if (r->at < r->end && *r->at == '.') {
            r->at++;
            str name = peek_name(r);
            if (!name.n)
                return fail(r, "a name was expected behind the dot");
            *ret = make(r, EX_FIELD, *ret, NULL);
            (*ret)->name = name;
            r->at += name.n;
        } else if (r->at < r->end && *r->at == '[') {
            struct ex *index;
            r->at++;
            if (!read_or(r, &index))
                return false;
            if (!take(r, STR("]")))
                return fail(r, "] was expected");
            *ret = make(r, EX_INDEX, *ret, index);
        } else {
            return true;
        }
    }
}

static bool read_unary(struct reader *r, struct ex **ret)
{
    if (++r->depth > VIEW_MAX_DEPTH)
        return fail(r, "the expression is nested too deeply");
    bool good;
    if (take(r, STR("#"))) {
        good = read_postfix(r, ret);
        *ret = good ? make(r, EX_COUNT, *ret, NULL) : *ret;
    } else if (take_word(r, STR("not"))) {
        good = read_unary(r, ret);
        *ret = good ? make(r, EX_NOT, *ret, NULL) : *ret;
    } else {
        good = read_postfix(r, ret);
    }
    r->depth--;
    return good;
}

static bool read_compare(struct reader *r, struct ex **ret)
{
    static const struct {
        str mark;
        enum ex_kind kind;
    } operators[] = {
        { STR_INIT("=="), EX_EQ }, { STR_INIT("!="), EX_NE }, { STR_INIT("<="), EX_LE },
        { STR_INIT(">="), EX_GE }, { STR_INIT("<"), EX_LT },  { STR_INIT(">"), EX_GT },
    };
    struct ex *right = NULL;
    if (!read_unary(r, ret))
        return false;
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (!take(r, operators[i].mark))
            continue;
        if (!read_unary(r, &right))
            return false;
        *ret = make(r, operators[i].kind, *ret, right);
        return true;
    }
    return true;
}

static bool read_and(struct reader *r, struct ex **ret)
{
    struct ex *right = NULL;
    if (!read_compare(r, ret))
        return false;
    while (take_word(r, STR("and"))) {
        if (!read_compare(r, &right))
            return false;
        *ret = make(r, EX_AND, *ret, right);
    }
    return true;
}

static bool read_or(struct reader *r, struct ex **ret)
{
    struct ex *right = NULL;
    if (++r->depth > VIEW_MAX_DEPTH)
        return fail(r, "the expression is nested too deeply");
    bool good = read_and(r, ret);
    while (good && take_word(r, STR("or"))) {
        good = read_and(r, &right);
        *ret = good ? make(r, EX_OR, *ret, right) : *ret;
    }
    r->depth--;
    return good;
}

static bool read_format(struct reader *r, struct ex **ret)
{
    struct ex *ex = make(r, EX_FORMAT, *ret, NULL);
    ex->name = peek_name(r);
    ex->number = format_find(ex->name);
    if (ex->number < 0)
        return fail(r, "there is no such format");
    r->at += ex->name.n;
    *ret = ex;
    if (!take(r, STR(":")))
        return true;
    ex->args = ARENA_ARRAY(r->src->arena, struct ex *, 4);
    do {
        if (ex->arg_count == 4)
            return fail(r, "a format has at most four arguments");
        if (!read_or(r, &ex->args[ex->arg_count++]))
            return false;
    } while (take(r, STR(",")));
    return true;
}

static bool read_formatted(struct reader *r, struct ex **ret)
{
    if (!read_or(r, ret))
        return false;
    while (take(r, STR("|"))) {
        if (!read_format(r, ret))
            return false;
    }
    return true;
}

static bool read_end(struct reader *r)
{
    skip_blanks(r);
    return r->at == r->end || fail(r, "something follows the expression");
}

static bool read_field(struct reader *r, struct part *ret)
{
    ret->text = peek_name(r);
    if (!ret->text.n)
        return fail(r, "a name was expected");
    r->at += ret->text.n;
    return (take(r, STR("=")) || fail(r, "= was expected behind the name"))
           && read_formatted(r, &ret->ex);
}

bool parse_fields(struct source *src, str text, uint32_t pos, struct ex **ret)
{
    enum { MOST = 16 };
    struct reader r = { src, text.p, text.p, text.p + text.n, pos, 0 };
    if (!take(&r, STR("{")))
        return fail(&r, "{ name = expression } was expected");
    *ret = make(&r, EX_FIELDS, NULL, NULL);
    (*ret)->parts = ARENA_ARRAY(src->arena, struct part, MOST);
    while (!take(&r, STR("}"))) {
        if ((*ret)->part_count == MOST)
            return fail(&r, "at most 16 fields");
        if (!read_field(&r, &(*ret)->parts[(*ret)->part_count++]))
            return false;
        if (!take(&r, STR(",")) && (r.at == r.end || *r.at != '}'))
            return fail(&r, ", or } was expected");
    }
    return read_end(&r);
}

bool parse_expression(struct source *src, str text, uint32_t pos, struct ex **ret)
{
    struct reader r = { src, text.p, text.p, text.p + text.n, pos, 0 };
    return read_formatted(&r, ret) && read_end(&r);
}
