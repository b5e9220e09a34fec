/* Keywords about the members of objects. */
#include "check.h"

/* Names to look for. Few are looked up one by one; many are counted in one walk over the
 * object, so that no size of either makes a square. */
struct names {
    str *list;
    size_t n;
    struct index index; /* name → its place in list; empty when they are few */
};

enum { NAMES_FEW = 16 };

static void make_names(struct compiler *c, struct names *names, struct val list)
{
    names->list = ARENA_ARRAY(c->arena, str, list.n);
    names->n = list.n;
    for (size_t i = 0; i < list.n; i++) {
        names->list[i] = val_text(val_at(list, i));
        if (list.n > NAMES_FEW)
            schema_index_add(c->arena, &names->index, names->list[i], &names->list[i]);
    }
}

static bool names_found(const struct names *names, struct val map)
{
    size_t found = 0;
    for (size_t i = 0; i < map.n; i++) {
        str name;
        val_member(map, i, &name);
        found += schema_index_find(&names->index, name) != NULL;
    }
    return found == names->n;
}

static bool has_all(const struct names *names, struct val map)
{
    if (names->n > map.n)
        return false;
    if (names->n > NAMES_FEW)
        return names_found(names, map);
    bool good = true;
    for (size_t i = 0; i < names->n && good; i++)
        good = val_exists(val_get(map, names->list[i]));
    return good;
}

/* ---- required, dependentRequired, dependentSchemas, dependencies ---- */

bool schema_make_required(struct compiler *c, struct rule *r, struct val v)
{
    struct names *names = ARENA_NEW(c->arena, struct names);
    make_names(c, names, v);
    r->names = names;
    return true;
}

bool schema_meets_required(struct check *c, const struct frame *f, const struct rule *r)
{
    if (has_all(r->names, f->value))
        return true;
    for (size_t i = 0; i < r->names->n && check_is_loud(c); i++) {
        if (!val_exists(val_get(f->value, r->names->list[i])))
            COMPLAIN(c, f, r, "the member %s is missing",
                     schema_check_shown(c, val_str(r->names->list[i])));
    }
    return false;
}

/* What the presence of one member asks for: other members, or a schema. */
struct dependent {
    str name;
    struct names needed;
    const struct child *child; /* NULL when absent */
};

struct dependents {
    struct dependent *list;
    size_t n;
};

bool schema_make_dependents(struct compiler *c, struct rule *r, struct val v)
{
    struct dependents *dependents = ARENA_NEW(c->arena, struct dependents);
    struct children children = schema_compile_map(c, r->keyword->name, v);
    const struct child *child = children.list;
    dependents->list = ARENA_ARRAY(c->arena, struct dependent, v.n);
    dependents->n = v.n;
    for (size_t i = 0; i < v.n; i++) {
        struct dependent *d = &dependents->list[i];
        struct val needed = val_member(v, i, &d->name);
        if (needed.kind == VAL_LIST)
            make_names(c, &d->needed, needed);
        else
            d->child = child++;
    }
    r->dependents = dependents;
    return true;
}

static bool has_needed(struct check *c, const struct frame *f, const struct rule *r,
                       const struct dependent *d)
{
    if (has_all(&d->needed, f->value))
        return true;
    for (size_t i = 0; i < d->needed.n && check_is_loud(c); i++) {
        if (!val_exists(val_get(f->value, d->needed.list[i])))
            COMPLAIN(c, f, r, "the member %s is missing; it is needed beside %s",
                     schema_check_shown(c, val_str(d->needed.list[i])),
                     schema_check_shown(c, val_str(d->name)));
    }
    return false;
}

bool schema_meets_dependents(struct check *c, const struct frame *f, const struct rule *r)
{
    bool good = true;
    for (size_t i = 0; i < r->dependents->n && (good || check_is_loud(c)); i++) {
        const struct dependent *d = &r->dependents->list[i];
        if (val_exists(val_get(f->value, d->name)))
            good &= d->child ? schema_check_here(c, f, d->child) : has_needed(c, f, r, d);
    }
    return good;
}

/* ---- propertyNames ---- */

bool schema_meets_property_names(struct check *c, const struct frame *f,
                                 const struct rule *r)
{
    bool good = true;
    for (size_t i = 0; i < f->value.n && (good || check_is_loud(c)); i++) {
        str name;
        val_member(f->value, i, &name);
        good &= schema_check_name(c, f, r->child, name);
    }
    return good;
}

/* ---- properties, patternProperties, additionalProperties: one rule, one walk ---- */

struct members {
    struct children named;
    struct index index; /* name → child of named */
    struct children matched;
    const struct pattern **patterns; /* of matched */
    const struct child *rest;        /* additionalProperties, or NULL */
};

static bool make_patterns(struct compiler *c, struct members *members, struct val v)
{
    str keyword = STR("patternProperties");
    members->matched = schema_compile_map(c, keyword, v);
    members->patterns = ARENA_ARRAY(c->arena, const struct pattern *, v.n);
    for (size_t i = 0; i < members->matched.n; i++) {
        str text = members->matched.list[i].token;
        if (!schema_pattern_compile(c, keyword, text, &members->patterns[i]))
            return false;
    }
    return true;
}

/* The first of the three that is there makes the rule for all. */
static bool is_owner(struct compiler *c, str keyword)
{
    static const str three[] = { STR_INIT("properties"), STR_INIT("patternProperties"),
                                 STR_INIT("additionalProperties") };
    size_t i = 0;
    while (!val_exists(schema_compile_sibling(c, three[i])))
        i++;
    return str_equal(keyword, three[i]);
}

bool schema_make_members(struct compiler *c, struct rule *r, struct val v)
{
    (void)v;
    if (!is_owner(c, r->keyword->name)) {
        r->kinds = 0;
        return true;
    }
    struct members *members = ARENA_NEW(c->arena, struct members);
    struct val rest = schema_compile_sibling(c, STR("additionalProperties"));
    members->named = schema_compile_map(c, STR("properties"),
                                        schema_compile_sibling(c, STR("properties")));
    for (size_t i = 0; i < members->named.n; i++) {
        struct child *child = &members->named.list[i];
        schema_index_add(c->arena, &members->index, child->token, child);
    }
    if (val_exists(rest))
        members->rest = schema_compile_child(c, STR("additionalProperties"), rest);
    r->members = members;
    return make_patterns(c, members, schema_compile_sibling(c, STR("patternProperties")));
}

const struct children *schema_members_named(const struct members *members)
{
    return &members->named;
}

const struct child *schema_members_child(const struct members *members, str name)
{
    return schema_index_find(&members->index, name);
}

static bool name_matches(struct check *c, const struct frame *f,
                         const struct pattern *pattern, str name)
{
    enum match match = schema_pattern_match(&c->matcher, pattern, name);
    if (match == MATCH_TOO_LONG)
        return schema_check_stop(
            c, f, STR("patternProperties"),
            "has a member name that takes too long to compare with a pattern");
    return match == MATCH_YES;
}

/* One member; `*known` when a schema spoke about it. */
static bool keeps_member(struct check *c, const struct frame *f,
                         const struct members *members, size_t i, bool *known)
{
    str name;
    struct val v = val_member(f->value, i, &name);
    const struct child *named = schema_index_find(&members->index, name);
    bool good = !named || schema_check_member(c, f, named, name, v);
    *known = named;
    for (size_t k = 0; k < members->matched.n && (good || check_is_loud(c)); k++) {
        if (!name_matches(c, f, members->patterns[k], name))
            continue;
        *known = true;
        good &= schema_check_member(c, f, &members->matched.list[k], name, v);
    }
    if (*known || !members->rest)
        return good && !c->stopped;
    *known = true;
    return schema_check_member(c, f, members->rest, name, v);
}

bool schema_meets_members(struct check *c, const struct frame *f, const struct rule *r)
{
    bool good = true;
    for (size_t i = 0; i < f->value.n && (good || check_is_loud(c)); i++) {
        bool known;
        good &= keeps_member(c, f, r->members, i, &known);
        if (known)
            schema_marks_add(f->marks, i);
    }
    return good;
}

bool schema_make_unevaluated_members(struct compiler *c, struct rule *r, struct val v)
{
    c->node->members = schema_compile_child(c, r->keyword->name, v);
    return true;
}
