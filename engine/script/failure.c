/*
 * Errors on their way between Lua and us. An `err` of the host travels through Lua as a
 * userdata, which a script may catch, look at (code, text, where) and raise again; what
 * arrives at the top is the same err. Everything else a script may raise is described by
 * its type: nothing is called and nothing is read from a table, because whoever raises it
 * also wrote what would be called.
 */
#include "state.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

enum { MAX_TEXT = 400 }; /* bytes of what a script says */

static const char failure_key; /* registry: the metatable of raised errs */

static int failure_index(lua_State *L)
{
    const struct err *err = lua_touserdata(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "code") == 0)
        lua_pushstring(L, err->code);
    else if (strcmp(name, "text") == 0)
        lua_pushstring(L, err->text);
    else if (strcmp(name, "where") == 0)
        lua_pushstring(L, err->where);
    else
        lua_pushnil(L);
    return 1;
}

static int failure_tostring(lua_State *L)
{
    const struct err *err = lua_touserdata(L, 1);
    lua_pushstring(L, err->text);
    return 1;
}

void script_failure_open(lua_State *L, struct state *s)
{
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, failure_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, failure_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    s->failure_metatable = lua_topointer(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &failure_key);
}

/* Puts the line of the innermost function of the script in front. */
static void add_line(lua_State *L, struct err *err)
{
    lua_Debug frame;
    for (int level = 0; level < 12 && lua_getstack(L, level, &frame); level++) {
        if (!lua_getinfo(L, "l", &frame) || frame.currentline <= 0)
            continue;
        (void)err_in(err, "%.*s:%d", STR_ARG(state_of(L)->name), frame.currentline);
        return;
    }
}

int script_raise(lua_State *L, const struct err *err)
{
    struct err *raised = lua_newuserdatauv(L, sizeof *raised, 0);
    *raised = *err;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &failure_key);
    lua_setmetatable(L, -2);
    add_line(L, raised);
    return lua_error(L);
}

/* ---- text ---- */

/* Bytes that `said` may give as they are: a character that is no control. */
static size_t plain_bytes(str said)
{
    uint32_t point = 0;
    size_t n = script_unicode_read(said.p, said.p + said.n, false, &point);
    bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
    return n && !control ? n : 0;
}

static size_t escape(char *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    out[0] = '\\';
    out[1] = c == '\n' ? 'n' : c == '\t' ? 't' : 'x';
    if (out[1] != 'x')
        return 2;
    out[2] = hex[c >> 4];
    out[3] = hex[c & 15];
    return 4;
}

void script_failure_text(char *out, size_t size, str said)
{
    size_t at = 0;
    while (said.n) {
        char bytes[4];
        size_t plain = plain_bytes(said);
        size_t n = plain ? plain : escape(bytes, (unsigned char)*said.p);
        if (n >= size - at)
            break;
        memcpy(out + at, plain ? said.p : bytes, n);
        at += n;
        said.p += plain ? plain : 1;
        said.n -= plain ? plain : 1;
    }
    out[at] = 0;
}

int script_failure_line(str name, str *said)
{
    size_t shown = name.n < SHOWN_NAME ? name.n : SHOWN_NAME;
    str rest = *said;
    if (!str_starts(rest, (str){ name.p, shown }))
        return 0;
    rest = (str){ rest.p + shown, rest.n - shown };
    size_t digits = 1;
    int line = 0;
    for (; digits < rest.n && digits < 8 && isdigit((unsigned char)rest.p[digits]);
         digits++)
        line = line * 10 + (rest.p[digits] - '0');
    str end = { rest.p + digits, rest.n > digits ? rest.n - digits : 0 };
    if (rest.n == 0 || rest.p[0] != ':' || !str_starts(end, STR(": ")))
        return 0;
    *said = (str){ end.p + 2, end.n - 2 };
    return line;
}

/* ---- what was raised ---- */

static const struct err *raised_err(struct state *s)
{
    if (lua_type(s->L, -1) != LUA_TUSERDATA || !lua_getmetatable(s->L, -1))
        return NULL;
    bool ours = lua_topointer(s->L, -1) == s->failure_metatable;
    lua_pop(s->L, 1);
    return ours ? lua_touserdata(s->L, -1) : NULL;
}

static void describe(lua_State *L, str *said, char *out, size_t size)
{
    size_t n = 0;
    int type = lua_type(L, -1);
    if (type == LUA_TSTRING) {
        said->p = lua_tolstring(L, -1, &n);
        said->n = n;
        return;
    }
    if (lua_isinteger(L, -1))
        snprintf(out, size, "%" PRId64, (int64_t)lua_tointeger(L, -1));
    else if (type == LUA_TNUMBER)
        snprintf(out, size, "%.14g", lua_tonumber(L, -1));
    else
        snprintf(out, size, "the script raised a %s value", lua_typename(L, type));
    *said = str_of(out);
}

void script_failure_read(struct state *s, str name, struct err *err)
{
    const struct err *raised = raised_err(s);
    if (raised) {
        *err = *raised;
        return;
    }
    char scratch[64];
    char text[MAX_TEXT + 1];
    str said;
    describe(s->L, &said, scratch, sizeof scratch);
    int line = script_failure_line(name, &said);
    line = line ? line : s->line;
    script_failure_text(text, sizeof text, said);
    err_set(err, ERR_SYSTEM, "script.failed", "%s", text);
    if (line)
        (void)err_in(err, "%.*s:%d", STR_ARG(name), line);
    else
        (void)err_in(err, "%.*s", STR_ARG(name));
}
