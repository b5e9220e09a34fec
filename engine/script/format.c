/*
 * string.format, as Lua has it, but for %p: a script is shown no addresses, and %s of a
 * table says "table". The items are checked to be forms that fit their buffer before
 * printf sees them.
 */
#include "state.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    ITEM_ROOM = 512,  /* bytes; %.99f of the largest double takes 413 */
    FORM_ROOM = 32,   /* bytes of "%-+ #099.99lld" */
    LONG_STRING = 100 /* bytes; a string from this length on is not padded */
};

/* One item of the format: its flags, width and precision, then the letter. */
struct item {
    char form[FORM_ROOM]; /* "%-5.2" without the letter */
    char letter;
};

/* The forms a letter takes, and what printf's letter needs in front. */
struct kind {
    const char *letters;
    const char *flags;
    const char *length;
    bool precision;
};

static const struct kind whole = { "di", "-+0 ", PRId64, true };
static const struct kind bits = { "oxX", "-#0", PRIx64, true };
static const struct kind unsigned_whole = { "u", "-0", PRIu64, true };
static const struct kind real = { "aAeEfgG", "-+#0 ", "f", true };
static const struct kind character = { "c", "-", "c", false };
static const struct kind string = { "s", "-", "s", true };

static const struct kind *const kinds[] = { &whole, &bits,      &unsigned_whole,
                                            &real,  &character, &string };

static const struct kind *kind_of(char letter)
{
    for (size_t i = 0; letter && i < COUNT_OF(kinds); i++) {
        if (strchr(kinds[i]->letters, letter))
            return kinds[i];
    }
    return NULL;
}

static const char *skip_two_digits(const char *p)
{
    p += isdigit((unsigned char)*p) != 0;
    return p + (isdigit((unsigned char)*p) != 0);
}

static bool is_form(const char *form, const struct kind *kind)
{
    const char *p = form + 1;
    p += strspn(p, kind->flags);
    if (*p != '0') {
        p = skip_two_digits(p);
        if (*p == '.' && kind->precision)
            p = skip_two_digits(p + 1);
    }
    return *p == 0;
}

/* Reads the item behind a '%'; gives what follows it. */
static const char *read_item(lua_State *L, const char *p, struct item *item)
{
    size_t n = strspn(p, "-+#0 123456789.");
    if (n + 1 >= FORM_ROOM - 10)
        luaL_error(L, "invalid format (too long)");
    item->form[0] = '%';
    memcpy(item->form + 1, p, n);
    item->form[n + 1] = 0;
    item->letter = p[n];
    return p + n + 1;
}

/* The form goes to printf as "%" flags width precision, length, letter; `kind` has
 * checked it. */
static void finish_form(char *out, const struct item *item, const struct kind *kind)
{
    size_t length = strlen(kind->length);
    size_t n = strlen(item->form);
    memcpy(out, item->form, n);
    memcpy(out + n, kind->length, length - 1);
    out[n + length - 1] = item->letter;
    out[n + length] = 0;
}

/* ---- %q ---- */

static void add_quoted(struct state *s, str text)
{
    script_text_add(s, "\"", 1);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        char code[8];
        charge(s, 1);
        bool digit_next = i + 1 < text.n && isdigit((unsigned char)text.p[i + 1]);
        if (c == '"' || c == '\\' || c == '\n') {
            script_text_add(s, "\\", 1);
        } else if (iscntrl((unsigned char)c)) {
            int n = digit_next ? snprintf(code, sizeof code, "\\%03d", (unsigned char)c)
                               : snprintf(code, sizeof code, "\\%d", (unsigned char)c);
            script_text_add(s, code, (size_t)n);
            continue;
        }
        script_text_add(s, &c, 1);
    }
    script_text_add(s, "\"", 1);
}

static void add_quoted_number(lua_State *L, struct state *s, int arg)
{
    char out[64];
    double d = lua_tonumber(L, arg);
    int n;
    if (lua_isinteger(L, arg) && lua_tointeger(L, arg) == LUA_MININTEGER)
        n = snprintf(out, sizeof out, "0x%" PRIx64, (uint64_t)lua_tointeger(L, arg));
    else if (lua_isinteger(L, arg))
        n = snprintf(out, sizeof out, "%" PRId64, (int64_t)lua_tointeger(L, arg));
    else if (isnan(d))
        n = snprintf(out, sizeof out, "(0/0)");
    else if (isinf(d))
        n = snprintf(out, sizeof out, d > 0 ? "1e9999" : "-1e9999");
    else
        n = snprintf(out, sizeof out, "%a", d);
    script_text_add(s, out, (size_t)n);
}

static void add_literal(lua_State *L, struct state *s, const struct item *item, int arg)
{
    size_t n;
    const char *p;
    if (item->form[1])
        luaL_error(L, "specifier '%%q' cannot have modifiers");
    switch (lua_type(L, arg)) {
    case LUA_TSTRING:
        p = lua_tolstring(L, arg, &n);
        add_quoted(s, (str){ p, n });
        break;
    case LUA_TNUMBER:
        add_quoted_number(L, s, arg);
        break;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
        p = script_value_text(L, arg, &n);
        script_text_add(s, p, n);
        lua_pop(L, 1);
        break;
    default:
        luaL_argerror(L, arg, "value has no literal form");
    }
}

/* ---- the other items ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* is_form has checked it */

static void add_number(lua_State *L, struct state *s, const char *form,
                       const struct kind *kind, int arg)
{
    char out[ITEM_ROOM];
    int n;
    if (kind == &real)
        n = snprintf(out, sizeof out, form, luaL_checknumber(L, arg));
    else if (kind == &character)
        n = snprintf(out, sizeof out, form, (int)luaL_checkinteger(L, arg));
    else
        n = snprintf(out, sizeof out, form, (int64_t)luaL_checkinteger(L, arg));
    script_text_add(s, out, (size_t)n);
}

static void add_string(lua_State *L, struct state *s, const char *form, int arg)
{
    char out[ITEM_ROOM];
    size_t n;
    const char *p = script_value_text(L, arg, &n);
    bool cut = strchr(form, '.') != NULL;
    bool bare = form[1] == 's';
    luaL_argcheck(L, bare || !memchr(p, 0, n), arg, "string contains zeros");
    if (bare || (!cut && n >= LONG_STRING)) {
        script_text_add(s, p, n);
    } else {
        int wrote = snprintf(out, sizeof out, form, p);
        script_text_add(s, out, (size_t)wrote);
    }
    lua_pop(L, 1);
}

#pragma GCC diagnostic pop

static void add_item(lua_State *L, struct state *s, const struct item *item, int arg)
{
    char form[FORM_ROOM + 8];
    const struct kind *kind = kind_of(item->letter);
    charge(s, 4);
    if (item->letter == 'q') {
        add_literal(L, s, item, arg);
        return;
    }
    if (!kind || !is_form(item->form, kind)) {
        luaL_error(L, "invalid conversion '%s%c' to 'format'", item->form, item->letter);
        return;
    }
    finish_form(form, item, kind);
    if (kind == &string)
        add_string(L, s, form, arg);
    else
        add_number(L, s, form, kind, arg);
}

static int format_format(lua_State *L)
{
    struct state *s = state_of(L);
    size_t start = s->text.n;
    int top = lua_gettop(L);
    int arg = 1;
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    const char *end = p + n;
    while (p < end) {
        const char *mark = memchr(p, '%', (size_t)(end - p));
        script_text_add(s, p, (size_t)((mark ? mark : end) - p));
        if (!mark)
            break;
        p = mark + 1;
        if (*p == '%') {
            script_text_add(s, p++, 1);
            continue;
        }
        struct item item;
        if (++arg > top)
            return luaL_argerror(L, arg, "no value");
        p = read_item(L, p, &item);
        add_item(L, s, &item, arg);
    }
    script_text_push(L, s, start);
    return 1;
}

const luaL_Reg script_format_functions[] = {
    { "format", format_format },
    { NULL, NULL },
};
