/*
 * The plain functions of the string library; patterns and format stand in files of their
 * own. Not offered: dump, pack, unpack, packsize. Strings do no arithmetic. A string is
 * at most what one allocation may be, and every byte handled is paid for before it is
 * handled.
 */
#include "state.h"

#include <ctype.h>

enum { MAX_BYTES = 16 << 10 }; /* that byte gives at once */

size_t script_string_start(lua_Integer at, size_t n)
{
    if (at > 0)
        return (size_t)at;
    return at == 0 || at < -(lua_Integer)n ? 1 : n + (size_t)at + 1;
}

/* An end that may count from the end, clipped to 0 … n. */
static size_t string_end(lua_State *L, int arg, lua_Integer otherwise, size_t n)
{
    lua_Integer at = luaL_optinteger(L, arg, otherwise);
    if (at > (lua_Integer)n)
        return n;
    if (at >= 0)
        return (size_t)at;
    return at < -(lua_Integer)n ? 0 : n + (size_t)at + 1;
}

static int strings_byte(lua_State *L)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    lua_Integer at = luaL_optinteger(L, 2, 1);
    size_t first = script_string_start(at, n);
    size_t last = string_end(L, 3, at, n);
    if (first > last)
        return 0;
    size_t count = last - first + 1;
    if (count > MAX_BYTES || !lua_checkstack(L, (int)count))
        return luaL_error(L, "string slice too long");
    charge(state_of(L), (int64_t)count / 4);
    for (size_t i = first; i <= last; i++)
        lua_pushinteger(L, (unsigned char)p[i - 1]);
    return (int)count;
}

static int strings_char(lua_State *L)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) {
        lua_Unsigned byte = (lua_Unsigned)luaL_checkinteger(L, i);
        luaL_argcheck(L, byte <= 255, i, "value out of range");
        char c = (char)(unsigned char)byte;
        script_text_add(s, &c, 1);
    }
    script_text_push(L, s, start);
    return 1;
}

static int strings_len(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    lua_pushinteger(L, (lua_Integer)n);
    return 1;
}

/* Room for `n` bytes of a result, paid for; the caller fills it and calls
 * script_text_push. */
static char *room_for(struct state *s, size_t n)
{
    charge_bytes(s, n);
    script_text_room(s, n);
    char *p = s->text.p ? s->text.p + s->text.n : NULL; /* no room for nothing */
    s->text.n += n;
    return p;
}

static int map_bytes(lua_State *L, int (*map)(int))
{
    struct state *s = state_of(L);
    size_t n;
    size_t start = s->text.n;
    const char *p = luaL_checklstring(L, 1, &n);
    char *out = room_for(s, n);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)map((unsigned char)p[i]);
    script_text_push(L, s, start);
    return 1;
}

static int strings_lower(lua_State *L)
{
    return map_bytes(L, tolower);
}

static int strings_upper(lua_State *L)
{
    return map_bytes(L, toupper);
}

static int strings_reverse(lua_State *L)
{
    struct state *s = state_of(L);
    size_t n;
    size_t start = s->text.n;
    const char *p = luaL_checklstring(L, 1, &n);
    char *out = room_for(s, n);
    for (size_t i = 0; i < n; i++)
        out[i] = p[n - 1 - i];
    script_text_push(L, s, start);
    return 1;
}

/* Repeats the first `unit` of the `n` bytes at `out`. */
static void repeat(char *out, size_t unit, size_t n)
{
    for (size_t done = unit; done < n;) {
        size_t more = done < n - done ? done : n - done;
        memcpy(out + done, out, more);
        done += more;
    }
}

static int strings_rep(lua_State *L)
{
    struct state *s = state_of(L);
    size_t n;
    size_t between;
    size_t start = s->text.n;
    const char *p = luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &between);
    size_t unit = n + between;
    if (times <= 0 || unit == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit > s->heap.largest || (size_t)times > s->heap.largest / unit)
        return luaL_error(L, "resulting string too large");
    char *out = room_for(s, (size_t)times * unit);
    memcpy(out, p, n);
    memcpy(out + n, separator, between);
    repeat(out, unit, (size_t)times * unit);
    s->text.n -= between;
    script_text_push(L, s, start);
    return 1;
}

static int strings_sub(lua_State *L)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    size_t first = script_string_start(luaL_checkinteger(L, 2), n);
    size_t last = string_end(L, 3, -1, n);
    if (first > last) {
        lua_pushliteral(L, "");
        return 1;
    }
    charge_bytes(state_of(L), last - first + 1);
    lua_pushlstring(L, p + first - 1, last - first + 1);
    return 1;
}

const luaL_Reg script_strings_functions[] = {
    { "byte", strings_byte },       { "char", strings_char },   { "len", strings_len },
    { "lower", strings_lower },     { "rep", strings_rep },     { "sub", strings_sub },
    { "reverse", strings_reverse }, { "upper", strings_upper }, { NULL, NULL },
};
