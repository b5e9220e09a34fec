/*
 * find, match, gmatch and gsub: Lua's own, over our matcher.
 */
#include "matcher.h"

#include <ctype.h>

static str check_str(lua_State *L, int arg)
{
    size_t n;
    const char *p = luaL_checklstring(L, arg, &n);
    return (str){ p, n };
}

static bool is_plain(str pattern)
{
    static const char specials[] = "^$*+?.([%-";
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] && strchr(specials, pattern.p[i]))
            return false;
    }
    return true;
}

static int find_plain(lua_State *L, str subject, str wanted, size_t from)
{
    size_t room = subject.n - from;
    charge_bytes(state_of(L), room + wanted.n);
    const char *at =
        wanted.n ? memmem(subject.p + from, room, wanted.p, wanted.n) : subject.p + from;
    if (!at) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, at - subject.p + 1);
    lua_pushinteger(L, at - subject.p + (lua_Integer)wanted.n);
    return 2;
}

static int search(lua_State *L, bool wants_place)
{
    struct match m;
    str subject = check_str(L, 1);
    str pattern = check_str(L, 2);
    size_t from = script_string_start(luaL_optinteger(L, 3, 1), subject.n) - 1;
    if (from > subject.n) {
        lua_pushnil(L);
        return 1;
    }
    charge_bytes(state_of(L), pattern.n);
    if (wants_place && (lua_toboolean(L, 4) || is_plain(pattern)))
        return find_plain(L, subject, pattern, from);
    bool anchored = pattern.n && pattern.p[0] == '^';
    script_match_init(&m, state_of(L), subject, pattern);
    for (const char *at = subject.p + from; at <= m.subject_end; at++) {
        const char *end = script_match_at(&m, at, pattern.p + anchored);
        if (end && wants_place) {
            lua_pushinteger(L, at - subject.p + 1);
            lua_pushinteger(L, end - subject.p);
            return script_match_push_all(&m, NULL, NULL) + 2;
        }
        if (end)
            return script_match_push_all(&m, at, end);
        if (anchored)
            break;
    }
    lua_pushnil(L);
    return 1;
}

static int patterns_find(lua_State *L)
{
    return search(L, true);
}

static int patterns_match(lua_State *L)
{
    return search(L, false);
}

/* ---- gmatch ---- */

struct walk {
    size_t at;   /* in the subject */
    size_t last; /* the end of the last match; SIZE_MAX: none yet */
};

/* Upvalues: the subject, the pattern, the walk. */
static int gmatch_step(lua_State *L)
{
    struct match m;
    struct walk *walk = lua_touserdata(L, lua_upvalueindex(3));
    str subject = check_str(L, lua_upvalueindex(1));
    str pattern = check_str(L, lua_upvalueindex(2));
    script_match_init(&m, state_of(L), subject, pattern);
    for (size_t at = walk->at; at <= subject.n; at++) {
        const char *end = script_match_at(&m, subject.p + at, pattern.p);
        if (!end || (size_t)(end - subject.p) == walk->last)
            continue;
        walk->at = walk->last = (size_t)(end - subject.p);
        return script_match_push_all(&m, subject.p + at, end);
    }
    return 0;
}

static int patterns_gmatch(lua_State *L)
{
    str subject = check_str(L, 1);
    (void)check_str(L, 2);
    size_t from = script_string_start(luaL_optinteger(L, 3, 1), subject.n) - 1;
    lua_settop(L, 2);
    struct walk *walk = lua_newuserdatauv(L, sizeof *walk, 0);
    *walk = (struct walk){ from > subject.n ? subject.n + 1 : from, SIZE_MAX };
    lua_pushcclosure(L, gmatch_step, 3);
    return 1;
}

/* ---- gsub ---- */

/* Adds the replacement string at index 3, with its %0 … %9. */
static void add_template(struct match *m, const char *at, const char *end)
{
    lua_State *L = m->s->L;
    size_t n;
    const char *p = lua_tolstring(L, 3, &n);
    const char *stop = p + n;
    for (const char *mark; (mark = memchr(p, '%', (size_t)(stop - p))); p = mark + 1) {
        script_text_add(m->s, p, (size_t)(mark - p));
        charge(m->s, 1);
        mark++;
        if (*mark == '%')
            script_text_add(m->s, mark, 1);
        else if (*mark == '0')
            script_text_add(m->s, at, (size_t)(end - at));
        else if (isdigit((unsigned char)*mark))
            script_match_add(m, *mark - '1', at, end);
        else
            luaL_error(L, "invalid use of '%%' in replacement string");
    }
    script_text_add(m->s, p, (size_t)(stop - p));
}

/* Adds what replaces the match; false when that is the match itself. */
static bool add_replacement(struct match *m, const char *at, const char *end, int type)
{
    lua_State *L = m->s->L;
    size_t n;
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, script_match_push_all(m, at, end), 1);
    } else if (type == LUA_TTABLE) {
        script_match_push(m, 0, at, end);
        lua_gettable(L, 3);
    } else {
        add_template(m, at, end);
        return true;
    }
    bool changes = lua_toboolean(L, -1);
    if (changes && !lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    const char *p = changes ? lua_tolstring(L, -1, &n) : at;
    script_text_add(m->s, p, changes ? n : (size_t)(end - at));
    lua_pop(L, 1);
    return changes;
}

/* Adds the subject with up to `most` matches replaced; gives how many there were. */
static lua_Integer replace_all(struct match *m, str pattern, lua_Integer most,
                               bool *ret_changed)
{
    struct state *s = m->s;
    int type = lua_type(s->L, 3);
    bool anchored = pattern.n && pattern.p[0] == '^';
    lua_Integer n = 0;
    const char *at = m->subject;
    const char *last = NULL;
    while (n < most) {
        charge(s, 1);
        const char *end = script_match_at(m, at, pattern.p + anchored);
        if (end && end != last) {
            n++;
            *ret_changed |= add_replacement(m, at, end, type);
            at = last = end;
        } else if (at < m->subject_end) {
            script_text_add(s, at++, 1);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    script_text_add(s, at, (size_t)(m->subject_end - at));
    return n;
}

static int patterns_gsub(lua_State *L)
{
    struct match m;
    struct state *s = state_of(L);
    str subject = check_str(L, 1);
    str pattern = check_str(L, 2);
    int type = lua_type(L, 3);
    bool replaces = type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION
                    || type == LUA_TTABLE;
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)subject.n + 1);
    luaL_argexpected(L, replaces, 3, "string/function/table");
    size_t start = s->text.n;
    bool changed = false;
    script_match_init(&m, s, subject, pattern);
    lua_Integer n = replace_all(&m, pattern, most, &changed);
    if (changed) {
        script_text_push(L, s, start);
    } else {
        s->text.n = start;
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, n);
    return 2;
}

const luaL_Reg script_patterns_functions[] = {
    { "find", patterns_find },
    { "match", patterns_match },
    { "gmatch", patterns_gmatch },
    { "gsub", patterns_gsub },
    { NULL, NULL },
};
