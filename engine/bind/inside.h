/* What the files of bind share. */
#pragma once
#include "bind/bind.h"
#include "scope/scope.h"

enum phase { PHASE_RENDER = 1, PHASE_ACTION = 2, PHASE_JOB = 4 };

struct binding {
    const char *name; /* "data.get" */
    unsigned phases;
    const char *signature; /* "data.get(kind: string, id: string): table?" */
    const char *doc;
    lua_CFunction run;
};

/* Declares a binding and opens the body of its function. */
#define BIND(id, phases, signature, doc)                                      \
    static int run_##id(lua_State *L);                                        \
    static const struct binding binding_##id = { #id, phases, signature, doc, \
                                                 run_##id };                  \
    static int run_##id(lua_State *L)

/* What a field of ctx is; `push` leaves one value. */
struct context_field {
    const char *name;
    const char *type;
    const char *doc;
    int (*push)(lua_State *L, struct render_call *call);
};

extern const struct binding *const bind_data[]; /* ends with NULL */
extern const struct binding *const bind_time[];
extern const struct binding *const bind_own[]; /* of ctx itself */
extern const struct context_field context_fields[];
extern const size_t context_field_count;

/* The running call. */
struct render_call *bind_call(lua_State *L);
/* The action that runs. */
struct action *bind_action(lua_State *L);
/* Pushes the function, which raises script.phase when it is called in another phase. */
void bind_push_function(lua_State *L, const struct binding *binding);
/* "render, action": the phases of a binding. */
void bind_put_phases(struct buf *out, unsigned phases);
/* A text argument, or an error naming it. */
str bind_text(lua_State *L, int index, const char *what);
/* Raises script.usage with a sentence. */
int bind_usage(lua_State *L, const char *format, ...) PRINTF(2, 3);
/* Reads the conditions `list` into the query, which has its collection and index. Errors:
 * scope.where (they do not fit the index), and those of looking at what they name. */
bool bind_where(struct render_call *call, struct val list, struct scope_query *query,
                struct err *err) MUST_CHECK;
