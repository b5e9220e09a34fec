/*
 * From Lua back to plain data: what a call gives is read by type and by raw access alone,
 * so nothing of the script runs while the host reads it. A table is a list (1 … n and
 * nothing else) or a map (names alone, sorted, so that the same data gives the same
 * bytes); an empty one is a list. A view gives back the value it shows, uncopied; its
 * size still counts, or a list of a thousand times the same record would be a thousand
 * records of output.
 */
#include "state.h"

#include <math.h>
#include <stdlib.h>

enum {
    MAX_DEPTH = 32,
    SMALL_MAP = 8, /* members; a power of two */
};

/* Where in the value we are; the outermost has no outer one. */
struct spot {
    const struct spot *outer;
    str name;
    lua_Integer index; /* counted from 0; -1: a name */
};

struct taking {
    lua_State *L;
    struct state *s;
    enum value_rule rule;
    size_t bytes;
};

static struct val take(struct taking *t, int index, const struct spot *spot, int depth);

/* ---- refusing ---- */

static void add_spot(struct buf *out, const struct spot *spot)
{
    if (!spot)
        return;
    add_spot(out, spot->outer);
    if (spot->index < 0) {
        doc_pointer_add(out, spot->name);
        return;
    }
    buf_char(out, '/');
    buf_int(out, spot->index);
}

static _Noreturn void refuse(struct taking *t, const struct spot *spot, const char *what)
{
    struct err err;
    struct buf where;
    buf_init(&where, 1 << 10);
    add_spot(&where, spot);
    err_set(&err, ERR_SYSTEM, "script.result", "the value %s", what);
    script_failure_text(err.where, sizeof err.where, buf_view(&where));
    buf_done(&where);
    script_raise(t->L, &err);
    __builtin_unreachable();
}

static void count(struct taking *t, size_t bytes)
{
    t->bytes += bytes;
    if (t->bytes <= t->s->result_bytes)
        return;
    script_budget_stop(t->s, KILL_OUTPUT);
    script_budget_look(t->s);
}

/* ---- scalars ---- */

/* A whole float is an integer to JSON, and to the schemas that ask for one. */
static struct val take_number(struct taking *t, int index, const struct spot *spot)
{
    count(t, 8);
    if (lua_isinteger(t->L, index))
        return val_int(lua_tointeger(t->L, index));
    double d = lua_tonumber(t->L, index);
    if (!isfinite(d))
        refuse(t, spot, "is not a finite number");
    bool whole = d >= -9007199254740992.0 && d <= 9007199254740992.0 && d == floor(d);
    return whole ? val_int((int64_t)d) : val_num(d);
}

static bool is_unicode(const char *p, size_t n)
{
    const char *end = p + n;
    while (p < end) {
        uint32_t point;
        size_t bytes =
            (unsigned char)*p < 0x80 ? 1 : script_unicode_read(p, end, false, &point);
        if (!bytes)
            return false;
        p += bytes;
    }
    return true;
}

static str take_text(struct taking *t, int index, const struct spot *spot)
{
    size_t n;
    const char *p = lua_tolstring(t->L, index, &n);
    count(t, n + 3);
    charge_bytes(t->s, n);
    if (n > UINT32_MAX || !is_unicode(p, n))
        refuse(t, spot, "is text that is not UTF-8");
    return arena_str(t->s->arena, (str){ p, n });
}

/* ---- views ---- */

static uint32_t measure_packed(struct taking *t, struct val v, uint32_t depth)
{
    size_t bytes;
    uint32_t inner;
    doc_packed_extent(v, &bytes, &inner);
    count(t, bytes);
    charge_bytes(t->s, bytes);
    return depth + inner - 1;
}

/* Adds up what `v` would be as JSON text, which is about what it is packed; gives its
 * depth. */
static uint32_t measure(struct taking *t, struct val v, uint32_t depth)
{
    uint32_t deepest = depth;
    charge(t->s, 1);
    if (v.packed)
        return measure_packed(t, v, depth);
    if (v.kind != VAL_LIST && v.kind != VAL_MAP) {
        count(t, v.kind == VAL_STR ? (size_t)v.n + 3 : 8);
        return depth;
    }
    count(t, 3);
    for (uint32_t i = 0; i < v.n; i++) {
        str name = { NULL, 0 };
        struct val item = v.kind == VAL_LIST ? val_at(v, i) : val_member(v, i, &name);
        count(t, name.n + 3);
        uint32_t reached = measure(t, item, depth + 1);
        deepest = reached > deepest ? reached : deepest;
    }
    return deepest;
}

static struct val take_view(struct taking *t, int index, const struct spot *spot,
                            int depth)
{
    struct view *view = script_view_at(t->L, index);
    if (!view)
        refuse(t, spot, "is not plain data");
    size_t before = t->bytes;
    if (view->bytes) {
        count(t, view->bytes);
    } else {
        view->depth = measure(t, view->v, 1);
        view->bytes = (uint32_t)(t->bytes - before);
    }
    if ((uint32_t)depth + view->depth > DOC_MAX_DEPTH)
        refuse(t, spot, "is nested too deeply");
    return view->v;
}

/* ---- tables ---- */

static struct val take_list(struct taking *t, int table, const struct spot *spot,
                            int depth)
{
    size_t n = lua_rawlen(t->L, table);
    count(t, n);
    struct val *items = ARENA_ARRAY(t->s->arena, struct val, n);
    size_t seen = 0;
    for (lua_pushnil(t->L); lua_next(t->L, table); lua_pop(t->L, 1)) {
        lua_Integer i = lua_isinteger(t->L, -2) ? lua_tointeger(t->L, -2) : 0;
        if (i < 1 || (lua_Unsigned)i > n)
            refuse(t, spot, "is neither a list without gaps nor a table of names");
        struct spot inner = { .outer = spot, .index = i - 1 };
        items[i - 1] = take(t, lua_gettop(t->L), &inner, depth + 1);
        seen++;
    }
    if (seen != n)
        refuse(t, spot, "is a list with gaps");
    return val_list(items, n);
}

static int by_name(const void *a, const void *b)
{
    const struct member *left = a;
    const struct member *right = b;
    return str_compare(left->name, right->name);
}

static void sort_members(struct member *members, size_t n)
{
    if (n > SMALL_MAP) {
        qsort(members, n, sizeof *members, by_name);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct member member = members[i];
        size_t at = i;
        for (; at > 0 && by_name(&members[at - 1], &member) > 0; at--)
            members[at] = members[at - 1];
        members[at] = member;
    }
}

/* Room for one more; how many there will be is known only at the end. */
static struct member *grow_members(struct taking *t, struct member *members, size_t n)
{
    if (n % SMALL_MAP != 0 || (n & (n - 1)) != 0)
        return members;
    struct member *more =
        arena_alloc(t->s->arena, (n ? 2 * n : SMALL_MAP) * sizeof *members);
    if (n)
        memcpy(more, members, n * sizeof *members);
    return more;
}

static struct val take_map(struct taking *t, int table, const struct spot *spot,
                           int depth)
{
    struct member *members = NULL;
    size_t n = 0;
    for (lua_pushnil(t->L); lua_next(t->L, table); lua_pop(t->L, 1), n++) {
        struct spot inner = { .outer = spot, .index = -1 };
        int top = lua_gettop(t->L);
        if (lua_type(t->L, top - 1) != LUA_TSTRING)
            refuse(t, spot, "is neither a list without gaps nor a table of names");
        members = grow_members(t, members, n);
        inner.name = members[n].name = take_text(t, top - 1, spot);
        members[n].value = take(t, top, &inner, depth + 1);
    }
    charge(t->s, (int64_t)n);
    sort_members(members, n);
    return val_map(members, n);
}

static struct val take_table(struct taking *t, int index, const struct spot *spot,
                             int depth)
{
    if (depth >= MAX_DEPTH)
        refuse(t, spot, "is nested too deeply");
    luaL_checkstack(t->L, 8, "the value is nested too deeply");
    count(t, 3);
    charge(t->s, 2);
    lua_pushnil(t->L);
    if (!lua_next(t->L, index))
        return val_list(NULL, 0);
    bool is_list = lua_type(t->L, -2) != LUA_TSTRING;
    lua_pop(t->L, 2);
    return is_list ? take_list(t, index, spot, depth) : take_map(t, index, spot, depth);
}

static struct val take_function(struct taking *t, const struct spot *spot)
{
    static const struct member members[] = {
        { STR_INIT("function"), { .kind = VAL_BOOL, .b = true } },
    };
    if (t->rule != VALUE_MANIFEST)
        refuse(t, spot, "is a function");
    count(t, 17);
    return val_map(members, COUNT_OF(members));
}

static struct val take(struct taking *t, int index, const struct spot *spot, int depth)
{
    charge(t->s, 1);
    switch (lua_type(t->L, index)) {
    case LUA_TNONE:
    case LUA_TNIL:
        return VAL_ABSENT;
    case LUA_TBOOLEAN:
        count(t, 5);
        return val_bool(lua_toboolean(t->L, index));
    case LUA_TNUMBER:
        return take_number(t, index, spot);
    case LUA_TSTRING:
        return val_str(take_text(t, index, spot));
    case LUA_TTABLE:
        return take_table(t, index, spot, depth);
    case LUA_TFUNCTION:
        return take_function(t, spot);
    case LUA_TUSERDATA:
        return take_view(t, index, spot, depth);
    default:
        refuse(t, spot, "is not plain data");
    }
    return VAL_ABSENT;
}

struct val script_value_take(struct state *s, int index, enum value_rule rule)
{
    struct taking t = { .L = s->L, .s = s, .rule = rule };
    return take(&t, lua_absindex(s->L, index), NULL, 0);
}

struct val script_value(lua_State *L, int index)
{
    return script_value_take(state_of(L), index, VALUE_DATA);
}
