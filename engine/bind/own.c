/* ctx itself: what is no namespace's. */
#include "inside.h"

BIND(ctx_new_id, PHASE_ACTION | PHASE_JOB, "ctx.new_id(): string",
     "A fresh id, later in order than every id before: 26 characters.")
{
    str id = action_new_id(bind_action(L));
    lua_pushlstring(L, id.p, id.n);
    return 1;
}

BIND(ctx_fail, PHASE_ACTION | PHASE_JOB,
     "ctx.fail(code: string, text: string|table): nil",
     "Refuses the action: nothing of it stays, and the person is shown `text`, one text "
     "or "
     "{ zh, en }. `code` is for programs: a-z, 0-9, - and _.")
{
    struct err err;
    str code = bind_text(L, 1, "code");
    struct val text = script_value(L, 2);
    if (text.kind != VAL_STR && text.kind != VAL_MAP)
        bind_usage(L, "the text is a text or { zh = …, en = … }");
    action_refuse(bind_action(L), code, val_copy(script_arena(L), text), &err);
    return script_raise(L, &err);
}

const struct binding *const bind_own[] = { &binding_ctx_new_id, &binding_ctx_fail, NULL };
