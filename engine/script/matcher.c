/*
 * A backtracking matcher. Both the subject and the pattern are Lua strings, so a NUL
 * stands behind their last byte and may be read. Recursion is bounded by `depth`, as in
 * Lua; what Lua does not bound is time: ('a?'):rep(n) .. ('a'):rep(n) takes 2^n steps,
 * '.-b' and
 * '%s+$' grow with the square of the subject. Here each step costs a unit of fuel and,
 * with it, a look at the clock now and then.
 */
#include "matcher.h"

#include <ctype.h>
#include <stdio.h>

enum {
    MATCH_DEPTH = 200,
    CHARGE_STEPS = 200,
};

static const char *match_rest(struct match *m, const char *at, const char *p);

void script_match_init(struct match *m, struct state *s, str subject, str pattern)
{
    m->s = s;
    m->subject = subject.p;
    m->subject_end = subject.p + subject.n;
    m->pattern_end = pattern.p + pattern.n;
    m->depth = MATCH_DEPTH;
    m->captures = 0;
    m->steps = 0;
}

static void pay(struct match *m)
{
    charge(m->s, m->steps);
    m->steps = 0;
}

static inline void step(struct match *m, ptrdiff_t n)
{
    m->steps += (int)n;
    if (m->steps >= CHARGE_STEPS)
        pay(m);
}

/* ---- single characters ---- */

static bool in_class(int c, int class)
{
    bool in;
    switch (class | 0x20) { /* only letters become letters */
    case 'a':
        in = isalpha(c);
        break;
    case 'c':
        in = iscntrl(c);
        break;
    case 'd':
        in = isdigit(c);
        break;
    case 'g':
        in = isgraph(c);
        break;
    case 'l':
        in = islower(c);
        break;
    case 'p':
        in = ispunct(c);
        break;
    case 's':
        in = isspace(c);
        break;
    case 'u':
        in = isupper(c);
        break;
    case 'w':
        in = isalnum(c);
        break;
    case 'x':
        in = isxdigit(c);
        break;
    case 'z':
        in = c == 0;
        break;
    default:
        return class == c;
    }
    return class & 0x20 ? in : !in;
}

/* The set that opens at `p` ('[') and closes at `close` (']'). */
static bool in_set(struct match *m, int c, const char *p, const char *close)
{
    step(m, (close - p) / 4);
    bool negated = p[1] == '^';
    p += negated;
    while (++p < close) {
        if (*p == '%') {
            p++;
            if (in_class(c, (unsigned char)*p))
                return !negated;
        } else if (p[1] == '-' && p + 2 < close) {
            p += 2;
            if ((unsigned char)p[-2] <= c && c <= (unsigned char)*p)
                return !negated;
        } else if ((unsigned char)*p == c) {
            return !negated;
        }
    }
    return negated;
}

/* Behind the single-character item that starts at `p`. */
static const char *item_end(struct match *m, const char *p)
{
    if (*p == '%') {
        if (p + 1 == m->pattern_end)
            luaL_error(m->s->L, "malformed pattern (ends with '%%')");
        return p + 2;
    }
    if (*p++ != '[')
        return p;
    if (*p == '^')
        p++;
    do {
        if (p == m->pattern_end)
            luaL_error(m->s->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->pattern_end)
            p++;
    } while (*p != ']');
    return p + 1;
}

static bool fits(struct match *m, const char *at, const char *p, const char *end)
{
    step(m, 1);
    if (at >= m->subject_end)
        return false;
    int c = (unsigned char)*at;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(m, c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* ---- items ---- */

static const char *match_longest(struct match *m, const char *at, const char *p,
                                 const char *end)
{
    ptrdiff_t n = 0;
    while (fits(m, at + n, p, end))
        n++;
    for (; n >= 0; n--) {
        const char *found = match_rest(m, at + n, end + 1);
        if (found)
            return found;
    }
    return NULL;
}

static const char *match_shortest(struct match *m, const char *at, const char *p,
                                  const char *end)
{
    for (;; at++) {
        const char *found = match_rest(m, at, end + 1);
        if (found || !fits(m, at, p, end))
            return found;
    }
}

static const char *open_capture(struct match *m, const char *at, const char *p, int kind)
{
    if (m->captures >= MATCH_CAPTURES)
        too_many(m->s->L, "captures");
    m->capture[m->captures].from = at;
    m->capture[m->captures].n = kind;
    m->captures++;
    const char *found = match_rest(m, at, p);
    if (!found)
        m->captures--;
    return found;
}

static const char *close_capture(struct match *m, const char *at, const char *p)
{
    int i = m->captures - 1;
    while (i >= 0 && m->capture[i].n != MATCH_OPEN)
        i--;
    if (i < 0)
        luaL_error(m->s->L, "invalid pattern capture");
    m->capture[i].n = at - m->capture[i].from;
    const char *found = match_rest(m, at, p);
    if (!found)
        m->capture[i].n = MATCH_OPEN;
    return found;
}

static const char *match_back_reference(struct match *m, const char *at, int digit)
{
    int i = digit - '1';
    if (i < 0 || i >= m->captures || m->capture[i].n == MATCH_OPEN)
        luaL_error(m->s->L, "invalid capture index %%%d", i + 1);
    size_t n = (size_t)m->capture[i].n; /* a position is longer than any subject */
    if ((size_t)(m->subject_end - at) < n)
        return NULL;
    charge_bytes(m->s, n);
    return memcmp(m->capture[i].from, at, n) == 0 ? at + n : NULL;
}

static const char *match_balance(struct match *m, const char *at, const char *p)
{
    if (p >= m->pattern_end - 1)
        luaL_error(m->s->L, "malformed pattern (missing arguments to '%%b')");
    if (*at != *p)
        return NULL;
    ptrdiff_t open = 1;
    while (++at < m->subject_end) {
        step(m, 1);
        if (*at == p[1]) {
            if (--open == 0)
                return at + 1;
        } else if (*at == *p) {
            open++;
        }
    }
    return NULL;
}

/* The set at `p` changes between the byte before `at` and the one at it; the end of the
 * set, or NULL. */
static const char *match_frontier(struct match *m, const char *at, const char *p)
{
    if (*p != '[')
        luaL_error(m->s->L, "missing '[' after '%%f' in pattern");
    const char *end = item_end(m, p);
    int before = at == m->subject ? 0 : (unsigned char)at[-1];
    bool here =
        !in_set(m, before, p, end - 1) && in_set(m, (unsigned char)*at, p, end - 1);
    return here ? end : NULL;
}

/* ---- a pattern ----
 *
 * Each of these takes one item. Either it decides (`*p` is NULL, the answer is given), or
 * what it gives is where the rest of the pattern, now at `*p`, goes on. */

static const char *decide(const char *answer, const char **p)
{
    *p = NULL;
    return answer;
}

static const char *take_single(struct match *m, const char *at, const char **p)
{
    const char *item = *p;
    const char *end = item_end(m, item);
    *p = end + 1;
    if (!fits(m, at, item, end))
        return *end == '*' || *end == '?' || *end == '-' ? at : decide(NULL, p);
    const char *found;
    switch (*end) {
    case '?':
        found = match_rest(m, at + 1, end + 1);
        return found ? decide(found, p) : at;
    case '+':
        return decide(match_longest(m, at + 1, item, end), p);
    case '*':
        return decide(match_longest(m, at, item, end), p);
    case '-':
        return decide(match_shortest(m, at, item, end), p);
    default:
        *p = end;
        return at + 1;
    }
}

static const char *take_escaped(struct match *m, const char *at, const char **p)
{
    const char *item = *p;
    if (item[1] == 'b') {
        at = match_balance(m, at, item + 2);
        *p = item + 4;
    } else if (item[1] == 'f') {
        *p = match_frontier(m, at, item + 2);
    } else if (isdigit((unsigned char)item[1])) {
        at = match_back_reference(m, at, (unsigned char)item[1]);
        *p = item + 2;
    } else {
        return take_single(m, at, p);
    }
    return at && *p ? at : decide(NULL, p);
}

static const char *take_item(struct match *m, const char *at, const char **p)
{
    const char *item = *p;
    switch (*item) {
    case '(':
        if (item[1] == ')')
            return decide(open_capture(m, at, item + 2, MATCH_POSITION), p);
        return decide(open_capture(m, at, item + 1, MATCH_OPEN), p);
    case ')':
        return decide(close_capture(m, at, item + 1), p);
    case '$':
        if (item + 1 == m->pattern_end)
            return decide(at == m->subject_end ? at : NULL, p);
        return take_single(m, at, p);
    case '%':
        return take_escaped(m, at, p);
    default:
        return take_single(m, at, p);
    }
}

static const char *match_rest(struct match *m, const char *at, const char *p)
{
    if (m->depth-- == 0)
        luaL_error(m->s->L, "pattern too complex");
    while (p && p != m->pattern_end) {
        step(m, 1);
        at = take_item(m, at, &p);
    }
    m->depth++;
    return at;
}

const char *script_match_at(struct match *m, const char *at, const char *p)
{
    m->captures = 0;
    const char *end = match_rest(m, at, p);
    pay(m);
    return end;
}

/* ---- captures ---- */

/* The text of capture `i`; false when it is a position. */
static bool capture_text(struct match *m, int i, const char *at, const char *end,
                         str *ret)
{
    if (i >= m->captures) {
        if (i != 0)
            luaL_error(m->s->L, "invalid capture index %%%d", i + 1);
        *ret = (str){ at, (size_t)(end - at) };
        return true;
    }
    if (m->capture[i].n == MATCH_OPEN)
        luaL_error(m->s->L, "unfinished capture");
    *ret = (str){ m->capture[i].from, (size_t)m->capture[i].n };
    return m->capture[i].n != MATCH_POSITION;
}

void script_match_push(struct match *m, int i, const char *at, const char *end)
{
    str text;
    if (!capture_text(m, i, at, end, &text)) {
        lua_pushinteger(m->s->L, text.p - m->subject + 1);
        return;
    }
    charge_bytes(m->s, text.n);
    lua_pushlstring(m->s->L, text.p, text.n);
}

int script_match_push_all(struct match *m, const char *at, const char *end)
{
    int n = m->captures == 0 && at ? 1 : m->captures;
    luaL_checkstack(m->s->L, n, "too many captures");
    for (int i = 0; i < n; i++)
        script_match_push(m, i, at, end);
    return n;
}

void script_match_add(struct match *m, int i, const char *at, const char *end)
{
    str text;
    if (capture_text(m, i, at, end, &text)) {
        script_text_add(m->s, text.p, text.n);
        return;
    }
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%td", text.p - m->subject + 1);
    script_text_add(m->s, digits, (size_t)n);
}
