/*
 * The utf8 library, with Lua's meaning of every argument. Each function pays for the
 * bytes it walks over.
 */
#include "state.h"

enum { MAX_POINTS = 16 << 10 }; /* that codepoint gives at once */

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t script_unicode_read(const char *p, const char *end, bool lax, uint32_t *ret_point)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
    unsigned char lead = p < end ? (unsigned char)*p : 0xff;
    if (lead < 0x80) {
        *ret_point = lead;
        return 1;
    }
    size_t n = lead >= 0xfe   ? 0
               : lead >= 0xfc ? 6
               : lead >= 0xf8 ? 5
               : lead >= 0xf0 ? 4
               : lead >= 0xe0 ? 3
               : lead >= 0xc0 ? 2
                              : 0;
    if (n == 0 || (size_t)(end - p) < n)
        return 0;
    uint32_t point = lead & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (!continues(p[i]))
            return 0;
        point = point << 6 | ((unsigned char)p[i] & 0x3f);
    }
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < least[n] || (!lax && (point > 0x10ffff || surrogate)))
        return 0;
    *ret_point = point;
    return n;
}

static size_t write_point(char *out, uint32_t point)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = 6;
    while (point < least[n])
        n--;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (char)((0xff00u >> n & 0xff) | point);
    return n;
}

/* A position that may count from the end; 0 when it lies before the start. */
static lua_Integer place(lua_Integer at, size_t n)
{
    if (at >= 0)
        return at;
    return 0u - (size_t)at > n ? 0 : (lua_Integer)n + at + 1;
}

static int unicode_char(lua_State *L)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) {
        char bytes[8];
        lua_Unsigned point = (lua_Unsigned)luaL_checkinteger(L, i);
        luaL_argcheck(L, point <= 0x7fffffff, i, "value out of range");
        script_text_add(s, bytes, write_point(bytes, (uint32_t)point));
    }
    script_text_push(L, s, start);
    return 1;
}

static int unicode_codepoint(lua_State *L)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    lua_Integer first = place(luaL_optinteger(L, 2, 1), n);
    lua_Integer last = place(luaL_optinteger(L, 3, first), n);
    bool lax = lua_toboolean(L, 4);
    luaL_argcheck(L, first >= 1, 2, "out of bounds");
    luaL_argcheck(L, last <= (lua_Integer)n, 3, "out of bounds");
    if (first > last)
        return 0;
    lua_Integer most = last - first + 1;
    if (most > MAX_POINTS || !lua_checkstack(L, (int)most))
        return luaL_error(L, "string slice too long");
    charge_bytes(state_of(L), (size_t)most * 4);
    int count = 0;
    for (const char *at = p + first - 1; at < p + last; count++) {
        uint32_t point;
        size_t bytes = script_unicode_read(at, p + n, lax, &point);
        if (!bytes)
            return luaL_error(L, "invalid UTF-8 code");
        lua_pushinteger(L, point);
        at += bytes;
    }
    return count;
}

static int unicode_len(lua_State *L)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    lua_Integer at = place(luaL_optinteger(L, 2, 1), n);
    lua_Integer last = place(luaL_optinteger(L, 3, -1), n);
    bool lax = lua_toboolean(L, 4);
    luaL_argcheck(L, 1 <= at && at - 1 <= (lua_Integer)n, 2,
                  "initial position out of bounds");
    luaL_argcheck(L, last - 1 < (lua_Integer)n, 3, "final position out of bounds");
    if (last >= at)
        charge_bytes(state_of(L), (size_t)(last - at + 1) * 2);
    lua_Integer count = 0;
    for (at--; at < last; count++) {
        uint32_t point;
        size_t bytes = script_unicode_read(p + at, p + n, lax, &point);
        if (!bytes) {
            lua_pushnil(L);
            lua_pushinteger(L, at + 1);
            return 2;
        }
        at += (lua_Integer)bytes;
    }
    lua_pushinteger(L, count);
    return 1;
}

static lua_Integer step_back(const char *p, lua_Integer at)
{
    do
        at--;
    while (at > 0 && continues(p[at]));
    return at;
}

static lua_Integer step_on(const char *p, lua_Integer at)
{
    do
        at++;
    while (continues(p[at])); /* the NUL behind the string ends it */
    return at;
}

static int unicode_offset(lua_State *L)
{
    struct state *s = state_of(L);
    size_t size;
    const char *p = luaL_checklstring(L, 1, &size);
    lua_Integer n = luaL_checkinteger(L, 2);
    lua_Integer end = (lua_Integer)size;
    lua_Integer at = place(luaL_optinteger(L, 3, n >= 0 ? 1 : end + 1), size) - 1;
    luaL_argcheck(L, 0 <= at && at <= end, 3, "position out of bounds");
    lua_Integer from = at;
    if (n == 0) {
        while (at > 0 && continues(p[at]))
            at--;
    } else if (continues(p[at])) {
        return luaL_error(L, "initial position is a continuation byte");
    } else if (n < 0) {
        for (; n < 0 && at > 0; n++)
            at = step_back(p, at);
    } else {
        for (n--; n > 0 && at < end; n--)
            at = step_on(p, at);
    }
    charge_bytes(s, (size_t)(at > from ? at - from : from - at) * 2);
    if (n == 0)
        lua_pushinteger(L, at + 1);
    else
        lua_pushnil(L);
    return 1;
}

static int codes_step(lua_State *L, bool lax)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    lua_Unsigned at = (lua_Unsigned)lua_tointeger(L, 2);
    lua_Unsigned from = at;
    uint32_t point;
    if (at < n) {
        while (continues(p[at]))
            at++;
        charge_bytes(state_of(L), at - from);
    }
    if (at >= n)
        return 0;
    if (!script_unicode_read(p + at, p + n, lax, &point))
        return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)at + 1);
    lua_pushinteger(L, point);
    return 2;
}

static int codes_strict(lua_State *L)
{
    return codes_step(L, false);
}

static int codes_lax(lua_State *L)
{
    return codes_step(L, true);
}

static int unicode_codes(lua_State *L)
{
    bool lax = lua_toboolean(L, 2);
    luaL_checkstring(L, 1);
    lua_pushcfunction(L, lax ? codes_lax : codes_strict);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

const luaL_Reg script_unicode_functions[] = {
    { "char", unicode_char },     { "codepoint", unicode_codepoint },
    { "codes", unicode_codes },   { "len", unicode_len },
    { "offset", unicode_offset }, { NULL, NULL },
};
