/*
 * From source to code, in a state of its own that is forgotten afterwards. What is kept
 * is lua_dump's bytes; they never leave memory and none are taken from outside, since Lua
 * trusts them. The parser runs no hook, so the reader gives it little at a time and looks
 * at the clock in between.
 */
#include "state.h"

#include <stdatomic.h>

enum {
    READ_BYTES = 512,
    MAX_CODE = 4 << 20, /* bytes */
};

struct compiling {
    struct state *s;
    str rest; /* of the source */
    char chunk_name[LUA_IDSIZE];
    struct buf code;
};

static const char *read_some(lua_State *L, void *data, size_t *ret_n)
{
    (void)L;
    struct compiling *c = data;
    const char *p = c->rest.p;
    script_budget_look(c->s);
    *ret_n = c->rest.n < READ_BYTES ? c->rest.n : READ_BYTES;
    c->rest.p += *ret_n;
    c->rest.n -= *ret_n;
    return p;
}

static int write_code(lua_State *L, const void *p, size_t n, void *data)
{
    (void)L;
    struct compiling *c = data;
    buf_add(&c->code, p, n);
    return c->code.full;
}

static int compile(lua_State *L)
{
    struct compiling *c = lua_touserdata(L, 1);
    int status = lua_load(L, read_some, c, c->chunk_name, "t");
    if (status == LUA_ERRMEM)
        script_budget_stop(c->s, KILL_MEMORY);
    if (status != LUA_OK)
        return lua_error(L);
    if (lua_dump(L, write_code, c, 0) != 0)
        return too_many(L, "instructions");
    return 0;
}

static bool refuse_source(struct compiling *c, str name, int status, struct err *err)
{
    if (status == LUA_ERRMEM || c->s->kill == KILL_MEMORY)
        return err_at(err, ERR_LIMIT, "script.memory", name,
                      "compiling the script takes too much memory");
    if (c->s->kill)
        return err_at(err, ERR_LIMIT, "script.deadline", name,
                      "compiling the script takes too long");
    if (status == STATE_PANIC)
        return err_at(err, ERR_SYSTEM, "script.state", name, "the interpreter gave up");
    script_failure_read(c->s, name, err);
    err->kind = ERR_INPUT;
    err->code = "script.syntax";
    return false;
}

static bool compile_in(struct compiling *c, str name, struct err *err)
{
    struct state *s = c->s;
    script_budget_close(s);
    s->L = lua_newstate(script_budget_lend, s);
    if (!s->L)
        return err_set(err, ERR_SYSTEM, "script.state", "no Lua state could be made");
    script_state_guard(s);
    script_budget_open(s, &script_limits_publish, s->heap.live, clock_ticks_us());
    script_budget_arm(s);
    int status = script_state_protect(s, compile, c);
    if (status != LUA_OK || s->kill)
        return refuse_source(c, name, status, err);
    return script_dump_check(buf_view(&c->code), name, err);
}

static bool check_source(str source, str name, struct err *err)
{
    if (source.n > SCRIPT_MAX_SOURCE)
        return err_at(err, ERR_LIMIT, "script.size", name,
                      "the script has %zu bytes, more than %d", source.n,
                      SCRIPT_MAX_SOURCE);
    if ((source.n && source.p[0] == LUA_SIGNATURE[0]) || !str_is_text(source))
        return err_at(err, ERR_INPUT, "script.text", name,
                      "the script is not UTF-8 text");
    return true;
}

static struct script *script_new(str name, enum script_trust trust, struct buf *code)
{
    static atomic_uint_fast64_t last_id;
    struct script *script = mem_zero(sizeof *script + name.n);
    *script = (struct script){
        .count = 1,
        .id = atomic_fetch_add(&last_id, 1) + 1,
        .trust = trust,
        .code = code->p,
        .code_bytes = code->n,
        .name_bytes = name.n,
    };
    memcpy(script->name, name.p, name.n);
    *code = (struct buf){ 0 };
    return script;
}

bool script_open(str source, str name, enum script_trust trust, struct script **ret,
                 struct err *err)
{
    if (!check_source(source, name, err))
        return false;
    struct compiling c = { .rest = source };
    c.chunk_name[0] = '=';
    memcpy(c.chunk_name + 1, name.p, name.n < SHOWN_NAME ? name.n : SHOWN_NAME);
    c.s = mem_zero(sizeof *c.s);
    script_state_init(c.s, SCRIPT_TENANT, NULL);
    buf_init(&c.code, MAX_CODE);
    bool ok = compile_in(&c, name, err);
    if (ok)
        *ret = script_new(name, trust, &c.code);
    script_state_done(c.s);
    mem_free(c.s);
    buf_done(&c.code);
    return ok;
}

struct script *script_hold(struct script *script)
{
    if (script)
        __atomic_add_fetch(&script->count, 1, __ATOMIC_RELAXED);
    return script;
}

void script_drop(struct script *script)
{
    if (!script || __atomic_sub_fetch(&script->count, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    mem_free(script->code);
    mem_free(script);
}

str script_name(const struct script *script)
{
    return (str){ script->name, script->name_bytes };
}
