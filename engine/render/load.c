/* A component's load: lookups run here, a function runs in Lua. */
#include "inside.h"

#include <stdio.h>

struct loading {
    struct scope *scope;
    const struct block *block;
};

/* ---- operands ---- */

static struct val walk(struct val v, const struct operand *o)
{
    for (size_t i = 0; i < o->path_count; i++)
        v = val_get(v, o->path[i]);
    return v;
}

static bool actor_field(struct loading *l, const struct operand *o, struct val *ret,
                        struct err *err)
{
    const struct viewer *v = l->scope->viewer;
    struct val record;
    scope_note(l->scope, VARY_ACTOR);
    *ret = VAL_ABSENT;
    if (!v)
        return true;
    if (str_equal(o->path[0], STR("id"))) {
        *ret = val_str(v->person_id);
        return true;
    }
    if (!scope_actor(l->scope, &record, err))
        return false;
    *ret = walk(record, o);
    return true;
}

static bool tenant_field(struct loading *l, const struct operand *o, struct val *ret,
                         struct err *err)
{
    struct val record;
    if (!scope_tenant(l->scope, &record, err))
        return false;
    *ret = walk(record, o);
    return true;
}

static struct val now_text(struct loading *l, const struct operand *o)
{
    enum scope_grain grain = o->path[0].p[0] == 'd'   ? SCOPE_DAY
                             : o->path[0].p[0] == 'h' ? SCOPE_HOUR
                                                      : SCOPE_MINUTE;
    int64_t ms = scope_now(l->scope, grain) + o->days * DAY_MS;
    return val_str(scope_iso(l->scope->arena, ms));
}

static bool look_up_operand(struct loading *l, const struct operand *o, struct val *ret,
                            struct err *err)
{
    switch (o->kind) {
    case OPERAND_VALUE:
        *ret = o->value;
        return true;
    case OPERAND_PROPS:
        *ret = walk(l->block->props, o);
        return true;
    case OPERAND_ACTOR:
        return actor_field(l, o, ret, err);
    case OPERAND_TENANT:
        return tenant_field(l, o, ret, err);
    case OPERAND_QUERY:
        scope_note(l->scope, VARY_QUERY);
        *ret = walk(l->scope->query, o);
        return true;
    case OPERAND_PAGE:
        scope_note(l->scope, VARY_PAGE);
        *ret = val_str(l->scope->page);
        return true;
    case OPERAND_NOW:
        *ret = now_text(l, o);
        return true;
    }
    return true;
}

/* Most are written in the component. */
static inline bool operand_value(struct loading *l, const struct operand *o,
                                 struct val *ret, struct err *err)
{
    if (o->kind != OPERAND_VALUE)
        return look_up_operand(l, o, ret, err);
    *ret = o->value;
    return true;
}

bool render_operand(const struct render_call *call, const struct operand *operand,
                    struct val *ret, struct err *err)
{
    struct loading l = { call->scope, call->block };
    return operand_value(&l, operand, ret, err);
}

/* ---- lookups ---- */

static bool build_query(struct loading *l, const struct lookup *from,
                        struct scope_query *ret, struct err *err)
{
    struct val limit;
    ret->collection = from->collection;
    ret->by = from->by;
    ret->descending = from->descending;
    ret->up = from->up;
    ret->after = STR("");
    for (ret->equals_count = 0; ret->equals_count < from->equals_count;
         ret->equals_count++) {
        if (!operand_value(l, &from->equals[ret->equals_count],
                           &ret->equals[ret->equals_count], err))
            return false;
    }
    if (!operand_value(l, &from->from, &ret->from, err)
        || !operand_value(l, &from->to, &ret->to, err)
        || !operand_value(l, &from->limit, &limit, err))
        return false;
    int64_t n = val_as_int(limit, 100);
    ret->limit = n < 1 ? 1 : n > LIMIT_QUERY_ROWS ? LIMIT_QUERY_ROWS : (size_t)n;
    return true;
}

static bool lookup_query(struct loading *l, const struct lookup *from, struct val *ret,
                         struct err *err)
{
    struct scope_query query;
    struct rows rows;
    size_t count;
    if (!build_query(l, from, &query, err))
        return false;
    if (from->kind == LOOKUP_COUNT) {
        if (!scope_count(l->scope, &query, &count, err))
            return false;
        *ret = val_int((int64_t)count);
        return true;
    }
    if (!scope_query(l->scope, &query, &rows, err))
        return false;
    *ret = rows.list;
    return true;
}

static bool lookup_get(struct loading *l, const struct lookup *from, struct val *ret,
                       struct err *err)
{
    struct val id;
    return operand_value(l, &from->id, &id, err)
           && scope_get(l->scope, from->collection, val_text(id), from->up, ret, err);
}

static bool run_lookup(struct loading *l, const struct lookup *from, struct val *ret,
                       struct err *err)
{
    switch (from->kind) {
    case LOOKUP_VALUE:
        return operand_value(l, &from->value, ret, err);
    case LOOKUP_GET:
        return lookup_get(l, from, ret, err);
    case LOOKUP_QUERY:
    case LOOKUP_COUNT:
        return lookup_query(l, from, ret, err);
    case LOOKUP_UPDATED:
        return scope_fresh(l->scope, from->collection, from->up, ret, err);
    }
    return true;
}

static bool run_lookups(struct loading *l, struct val *ret, struct err *err)
{
    const struct component *c = l->block->component;
    struct member *members =
        arena_alloc(l->scope->arena, c->lookup_count * sizeof *members);
    for (size_t i = 0; i < c->lookup_count; i++) {
        members[i].name = c->lookups[i].name;
        if (!run_lookup(l, &c->lookups[i], &members[i].value, err))
            return err_in(err, "%.*s: load.%.*s", STR_ARG(c->file),
                          STR_ARG(c->lookups[i].name));
    }
    *ret = val_map(members, c->lookup_count);
    return true;
}

/* ---- Lua ---- */

static bool run_script(struct render_worker *worker, struct loading *l, struct val *ret,
                       struct err *err)
{
    struct render_call host = { l->scope, l->block, NULL };
    struct script_call call = { .script = l->block->component->script,
                                .entry = STR("load"),
                                .limits = &script_limits_render,
                                .push_argument = worker->renderer->config.push_context,
                                .host = &host,
                                .arena = l->scope->arena };
    return script_call(worker->scripts, &call, ret, NULL, err);
}

static bool has_load_function(const struct component *c)
{
    return c->script
           && val_as_bool(val_get(val_get(c->manifest, STR("load")), STR("function")),
                          false);
}

bool load_run(struct render_worker *worker, struct scope *scope,
              const struct block *block, struct val *ret, struct err *err)
{
    struct loading l = { scope, block };
    const struct component *c = block->component;
    scope->needs = &c->needs;
    bool good = has_load_function(c) ? run_script(worker, &l, ret, err)
                                     : run_lookups(&l, ret, err);
    scope->needs = NULL;
    return good;
}
