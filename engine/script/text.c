/*
 * Strings under construction. They grow outside of the Lua heap, in one buffer that is
 * used as a stack: a function that runs the script while it builds a string (gsub,
 * format) may be entered again in between. What an error leaves behind, pcall and the end
 * of the call take away. Passing the maximum is a kill like passing the heap's.
 */
#include "state.h"

void script_text_room(struct state *s, size_t bytes)
{
    if (s->text.cap - s->text.n >= bytes)
        return;
    charge_bytes(s, bytes);
    if (buf_reserve(&s->text, bytes))
        return;
    script_budget_stop(s, KILL_MEMORY);
    script_budget_look(s);
}

void script_text_add(struct state *s, const char *p, size_t n)
{
    charge_bytes(s, n);
    script_text_room(s, n);
    buf_add(&s->text, p, n);
}

void script_text_push(lua_State *L, struct state *s, size_t start)
{
    lua_pushlstring(L, s->text.p ? s->text.p + start : "", s->text.n - start);
    s->text.n = start;
}
