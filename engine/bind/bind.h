/*
 * bind: the Lua faces. What a component's functions may call, one file per namespace;
 * each binding checks its arguments, makes one call, pushes one result.
 *
 * A binding is one macro: name, phases, signature, doc, body. The tables made of them
 * register the functions, print the editor's type files (components/meta) and the
 * reference in docs. Threads: as the Lua state they run in.
 */
#pragma once
#include "action/action.h"
#include "render/render.h"

/* For struct render_config and struct action_config. */
extern const struct script_library bind_libraries[];
/* Pushes `ctx`; host is a struct render_call. */
void bind_push_context(lua_State *L, void *host);

/* The type files for editors: EmmyLua annotations of everything a component may use. */
void bind_write_meta(struct buf *out);
/* The same as Markdown for people. */
void bind_write_reference(struct buf *out);
