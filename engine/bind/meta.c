/* The tables of bindings, written out for editors and for people. */
#include "inside.h"

static const char *const phase_names[] = { "render", "action", "job" };

void bind_put_phases(struct buf *out, unsigned phases)
{
    for (size_t i = 0; i < COUNT_OF(phase_names); i++) {
        if (phases & 1u << i)
            buf_format(out, "%s%s", phases & ((1u << i) - 1) ? ", " : "", phase_names[i]);
    }
}

/* "data.get(kind: string, id: string): table?" gives its parameters one by one. */
static str parameters_of(const struct binding *b)
{
    const char *open = strchr(b->signature, '(');
    const char *close = strrchr(b->signature, ')');
    return (str){ open + 1, (size_t)(close - open - 1) };
}

/* The next parameter; commas inside { } belong to it. */
static str next_parameter(str *rest)
{
    size_t depth = 0;
    size_t i = 0;
    for (; i < rest->n; i++) {
        depth += rest->p[i] == '{';
        depth -= rest->p[i] == '}';
        if (rest->p[i] == ',' && depth == 0)
            break;
    }
    str one = str_trim((str){ rest->p, i });
    *rest = i < rest->n ? (str){ rest->p + i + 1, rest->n - i - 1 } : (str){ NULL, 0 };
    return one;
}

static void put_function(struct buf *out, const struct binding *b)
{
    str rest = parameters_of(b);
    struct buf names;
    buf_init(&names, 1000);
    buf_format(out, "\n--- %s\n--- Phases: ", b->doc);
    bind_put_phases(out, b->phases);
    buf_char(out, '\n');
    while (rest.n) {
        str type;
        str name = str_cut(next_parameter(&rest), ':', &type);
        buf_format(out, "---@param %.*s %.*s\n", STR_ARG(name), STR_ARG(str_trim(type)));
        if (name.n && name.p[name.n - 1] == '?')
            name.n--;
        buf_format(&names, "%s%.*s", names.n ? ", " : "", STR_ARG(name));
    }
    const char *result = strrchr(b->signature, ')');
    buf_format(out, "---@return %s\n", result + 3);
    buf_format(out, "function %.*s(%.*s) end\n",
               (int)(strchr(b->signature, '(') - b->signature), b->signature,
               STR_ARG(buf_view(&names)));
    buf_done(&names);
}

static void put_namespace(struct buf *out, const char *name,
                          const struct binding *const *bindings)
{
    buf_format(out, "\n---@class pinban.%s\nlocal %s = {}\n", name, name);
    for (; *bindings; bindings++)
        put_function(out, *bindings);
}

void bind_write_meta(struct buf *out)
{
    buf_str(
        out,
        STR("---@meta _\n-- Made by `pinban lua-meta`. What the functions of a component "
            "are given.\nerror('for editors, not to be required')\n"));
    put_namespace(out, "data", bind_data);
    put_namespace(out, "time", bind_time);
    buf_str(out, STR("\n---@class pinban.ctx\n"));
    for (size_t i = 0; i < context_field_count; i++)
        buf_format(out, "---@field %s %s %s\n", context_fields[i].name,
                   context_fields[i].type, context_fields[i].doc);
    buf_str(out, STR("local ctx = {}\n"));
    for (const struct binding *const *b = bind_own; *b; b++)
        put_function(out, *b);
}

static void put_section(struct buf *out, const char *title,
                        const struct binding *const *bindings)
{
    buf_format(out, "\n## ctx%s%s\n", *title ? "." : "", title);
    for (; *bindings; bindings++) {
        buf_format(out, "\n### `%s`\n\n%s\n\nPhases: ", (*bindings)->signature,
                   (*bindings)->doc);
        bind_put_phases(out, (*bindings)->phases);
        buf_str(out, STR("\n"));
    }
}

void bind_write_reference(struct buf *out)
{
    buf_str(
        out,
        STR("# Lua reference\n\nMade by `pinban lua-meta --markdown`; a test fails when "
            "it differs from the program.\n\nA component's `load` gets one argument, "
            "`ctx`; the `run` of an action gets `ctx` and its input. A function called "
            "in a phase that is not its own raises `script.phase`.\n\n| field | type | "
            "meaning |\n|---|---|---|\n"));
    for (size_t i = 0; i < context_field_count; i++)
        buf_format(out, "| `ctx.%s` | %s | %s |\n", context_fields[i].name,
                   context_fields[i].type, context_fields[i].doc);
    put_section(out, "", bind_own);
    put_section(out, "data", bind_data);
    put_section(out, "time", bind_time);
}
