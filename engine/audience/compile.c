/*
 * Rules from JSON. Reading never stops at a mistake: each is noted with its pointer, and
 * only a limit ends it. Named audiences are read in place, as the unit that wrote them
 * sees names, so that a unit below cannot change what the audiences above mean; what is
 * wrong in one is told where it is named.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>

static void read_rule(struct compiler *c, struct val rule, str where, size_t depth,
                      struct node *ret);

/* ---- what is wrong ---- */

static void keep_issue(struct compiler *c, const struct audience_issue *issue)
{
    size_t n = c->issue_count;
    if (!(n & (n - 1))) {
        size_t cap = n ? n * 2 : 4;
        struct audience_issue *grown = ARENA_ARRAY(c->arena, struct audience_issue, cap);
        if (n)
            memcpy(grown, c->issues, n * sizeof *grown);
        c->issues = grown;
    }
    c->issues[c->issue_count++] = *issue;
    c->error_count += !issue->is_warning;
}

void compiler_note(struct compiler *c, const char *code, bool is_warning, str where,
                   const char *format, ...)
{
    char text[400];
    struct audience_issue issue = { .code = code, .is_warning = is_warning };
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bool named = c->named->above;
    issue.where = arena_str(c->arena, named ? c->named->where : where);
    issue.text = named ? arena_format(c->arena, "the audience %.*s%s%.*s: %s",
                                      STR_ARG(c->named->id), where.n ? " at " : "",
                                      STR_ARG(where), text)
                       : arena_str(c->arena, str_of(text));
    keep_issue(c, &issue);
}

#define WRONG(c, where, ...) compiler_note(c, "audience.rule", false, where, __VA_ARGS__)

static bool limit(struct compiler *c, str where, const char *what, int most)
{
    compiler_note(c, "audience.limit", false, where, "a rule has at most %d %s", most,
                  what);
    c->full = true;
    return false;
}

static bool broke(struct compiler *c)
{
    c->broken = c->full = true;
    return false;
}

/* ---- pointers ---- */

static str inner(struct compiler *c, str where, str token)
{
    struct buf out;
    buf_init(&out, (size_t)4 << 20);
    buf_str(&out, where);
    doc_pointer_add(&out, token);
    str pointer = arena_str(c->arena, buf_view(&out));
    buf_done(&out);
    return pointer;
}

static str item(struct compiler *c, str where, size_t i)
{
    return arena_format(c->arena, "%.*s/%zu", STR_ARG(where), i);
}

/* A leaf takes one value or a list of them. */
static size_t value_count(struct val v)
{
    return v.kind == VAL_LIST ? v.n : 1;
}

static struct val value_at(struct compiler *c, struct val v, size_t i, str *where)
{
    if (v.kind != VAL_LIST)
        return v;
    *where = item(c, *where, i);
    return val_at(v, i);
}

static bool count_values(struct compiler *c, struct val v, str where)
{
    c->values += value_count(v);
    return c->values <= AUDIENCE_MAX_VALUES
           || limit(c, where, "values", AUDIENCE_MAX_VALUES);
}

/* ---- units ---- */

const struct unit *compiler_unit(const struct compiler *c, str id)
{
    for (size_t i = 0; i < c->unit_count; i++) {
        if (str_equal(c->units[i].id, id))
            return &c->units[i];
    }
    return NULL;
}

static bool read_path(struct compiler *c, struct unit *unit, str where)
{
    struct tenant_path path;
    struct err err;
    unit->path = &unit->id;
    unit->n = 1;
    if (!c->source->snap)
        return true;
    if (!tenant_path_read(c->source->snap, unit->id, c->scratch, c->source->reads, &path,
                          &err)) {
        if (err.kind == ERR_SYSTEM) {
            *c->err = err;
            return broke(c);
        }
        compiler_note(c, "audience.unit", true, where, "%s", err.text);
        return true;
    }
    unit->known = true;
    unit->n = path.n;
    unit->path = ARENA_ARRAY(c->scratch, str, path.n);
    for (size_t i = 0; i < path.n; i++)
        unit->path[i] = path.items[i].id;
    return true;
}

static void note_unit(struct compiler *c, str id, str where)
{
    if (!c->units)
        c->units = ARENA_ARRAY(c->scratch, struct unit, AUDIENCE_MAX_VALUES);
    if (compiler_unit(c, id))
        return;
    struct unit *unit = &c->units[c->unit_count];
    unit->id = id;
    c->unit_count += read_path(c, unit, where);
}

/* ---- leaves ---- */

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const str *)a, *(const str *)b);
}

static void read_texts(struct compiler *c, struct val v, str where, struct node *ret)
{
    const struct attribute_kind *kind = &attributes[ret->attribute];
    ret->texts = ARENA_ARRAY(c->arena, str, value_count(v));
    for (size_t i = 0; i < value_count(v); i++) {
        str at = where;
        str text = val_text(value_at(c, v, i, &at));
        if (!text.n) {
            WRONG(c, at, "\"%s\" wants %s, or a list of them", kind->name, kind->wish);
            continue;
        }
        text = arena_str(c->arena, text);
        ret->texts[ret->n++] = text;
        if (kind->type == TYPE_UNIT)
            note_unit(c, text, at);
    }
    qsort(ret->texts, ret->n, sizeof *ret->texts, by_bytes);
}

static bool read_bound(struct compiler *c, enum attribute attribute, struct val v,
                       str where, uint32_t *ret)
{
    if (attribute_number(attribute, v, ret))
        return true;
    WRONG(c, where, "\"%s\" wants %s, or { \"from\", \"to\" }",
          attributes[attribute].name, attributes[attribute].wish);
    return false;
}

/* One number, or { "from", "to" } of which one may be left out. */
static bool read_range(struct compiler *c, enum attribute attribute, struct val v,
                       str where, struct range *ret)
{
    bool good = val_count(v) > 0;
    if (v.kind != VAL_MAP)
        return read_bound(c, attribute, v, where, &ret->from)
               && (ret->to = ret->from, true);
    *ret = (struct range){ 0, (1u << attributes[attribute].bits) - 1 };
    if (!good)
        WRONG(c, where, "a range has \"from\", \"to\", or both");
    for (size_t i = 0; i < v.n; i++) {
        str name;
        struct val bound = val_member(v, i, &name);
        bool from = str_equal(name, STR("from"));
        str at = inner(c, where, name);
        if (from || str_equal(name, STR("to"))) {
            good &= read_bound(c, attribute, bound, at, from ? &ret->from : &ret->to);
        } else {
            WRONG(c, at, "a range has \"from\" and \"to\" only");
            good = false;
        }
    }
    return good;
}

/* Each costs many bitmap operations. */
static bool count_ranges(struct compiler *c, struct val v, str where)
{
    c->ranges += value_count(v);
    return c->ranges <= AUDIENCE_MAX_RANGES
           || limit(c, where, "ranges and numbers", AUDIENCE_MAX_RANGES);
}

static void read_ranges(struct compiler *c, struct val v, str where, struct node *ret)
{
    if (!count_ranges(c, v, where))
        return;
    ret->ranges = ARENA_ARRAY(c->arena, struct range, value_count(v));
    for (size_t i = 0; i < value_count(v); i++) {
        str at = where;
        struct val one = value_at(c, v, i, &at);
        ret->n += read_range(c, ret->attribute, one, at, &ret->ranges[ret->n]);
    }
}

static void read_leaf(struct compiler *c, enum attribute attribute, struct val v,
                      str where, struct node *ret)
{
    ret->kind = NODE_LEAF;
    ret->attribute = attribute;
    if (!count_values(c, v, where))
        return;
    if (attributes[attribute].type == TYPE_NUMBER)
        read_ranges(c, v, where, ret);
    else
        read_texts(c, v, where, ret);
}

/* ---- named audiences ---- */

static bool is_at_work(const struct compiler *c, size_t level, str id)
{
    for (const struct naming *n = c->named; n; n = n->above) {
        if (n->level == level && str_equal(n->id, id))
            return true;
    }
    return false;
}

/* The nearest audience of that name, from the owner of the naming rule upwards; false
 * when that is one whose rule is being read. */
static bool find_named(struct compiler *c, str id, str where, struct val *ret,
                       size_t *ret_level)
{
    const struct audience_source *s = c->source;
    *ret = VAL_ABSENT;
    for (size_t level = c->named->level + 1; s->snap && level-- > 0;) {
        if (is_at_work(c, level, id)) {
            compiler_note(c, "audience.loop", false, where,
                          "the audience %.*s would be made of itself", STR_ARG(id));
            return false;
        }
        struct snap *snap = snap_for(s->snap, s->path->chain, level + 1, c->scratch);
        const struct store_collection *audiences =
            store_collection(snap_store(snap), STR("audience"));
        if (!snap_get(snap, audiences, id, s->reads, ret, c->err))
            return broke(c);
        *ret_level = level;
        if (val_exists(*ret))
            return true;
    }
    compiler_note(c, "audience.none", false, where, "there is no audience %.*s",
                  STR_ARG(id));
    return false;
}

static void read_named(struct compiler *c, str id, str where, size_t depth,
                       struct node *ret)
{
    struct val record;
    struct naming naming = { .above = c->named,
                             .id = id,
                             .where = c->named->above ? c->named->where : where };
    if (!find_named(c, id, where, &record, &naming.level))
        return;
    c->named = &naming;
    read_rule(c, val_get(record, STR("rule")), STR(""), depth, ret);
    c->named = naming.above;
}

static void read_audience(struct compiler *c, struct val v, str where, size_t depth,
                          struct node *ret)
{
    ret->kind = NODE_ANY;
    if (!count_values(c, v, where))
        return;
    ret->kids = ARENA_ARRAY(c->arena, struct node, value_count(v));
    for (size_t i = 0; i < value_count(v) && !c->full; i++) {
        str at = where;
        str id = val_text(value_at(c, v, i, &at));
        if (id.n)
            read_named(c, id, at, depth + 1, &ret->kids[ret->n++]);
        else
            WRONG(c, at, "\"audience\" wants the id of an audience, or a list of them");
    }
}

/* ---- rules of rules ---- */

static void read_list(struct compiler *c, struct val v, str where, size_t depth,
                      struct node *ret)
{
    if (v.kind != VAL_LIST) {
        WRONG(c, where, "this wants a list of rules");
        return;
    }
    /* more would not be read anyway */
    size_t most = v.n < AUDIENCE_MAX_RULES ? v.n : AUDIENCE_MAX_RULES;
    ret->kids = ARENA_ARRAY(c->arena, struct node, most);
    for (size_t i = 0; i < v.n && !c->full; i++) {
        struct node kid = { 0 };
        read_rule(c, val_at(v, i), item(c, where, i), depth + 1, &kid);
        if (ret->n < most)
            ret->kids[ret->n++] = kid;
    }
}

static void read_all(struct compiler *c, struct val v, str where, size_t depth,
                     struct node *ret)
{
    ret->kind = NODE_ALL;
    read_list(c, v, where, depth, ret);
}

static void read_any(struct compiler *c, struct val v, str where, size_t depth,
                     struct node *ret)
{
    ret->kind = NODE_ANY;
    read_list(c, v, where, depth, ret);
}

static void read_not(struct compiler *c, struct val v, str where, size_t depth,
                     struct node *ret)
{
    ret->kind = NODE_NOT;
    ret->n = 1;
    ret->kids = ARENA_NEW(c->arena, struct node);
    read_rule(c, v, where, depth + 1, ret->kids);
}

static const struct {
    const char *name;
    void (*read)(struct compiler *c, struct val v, str where, size_t depth,
                 struct node *ret);
} forms[] = {
    { "all", read_all },
    { "any", read_any },
    { "not", read_not },
    { "audience", read_audience },
};

static void read_member(struct compiler *c, str name, struct val v, str where,
                        size_t depth, struct node *ret)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (str_equal(name, str_of(forms[i].name))) {
            forms[i].read(c, v, where, depth, ret);
            return;
        }
    }
    enum attribute attribute;
    if (attribute_named(name, &attribute))
        read_leaf(c, attribute, v, where, ret);
    else
        WRONG(c, where, "people have no attribute of this name that rules know");
}

static void read_rule(struct compiler *c, struct val rule, str where, size_t depth,
                      struct node *ret)
{
    str name;
    *ret = (struct node){ .kind = NODE_ANY };
    ret->where = c->named->above ? c->named->where : where;
    if (c->full)
        return;
    if (depth > AUDIENCE_MAX_DEPTH) {
        compiler_note(c, "audience.limit", false, where,
                      "rules nest at most %d deep, named audiences included",
                      AUDIENCE_MAX_DEPTH);
    } else if (++c->rules > AUDIENCE_MAX_RULES) {
        limit(c, where, "rules, named audiences included", AUDIENCE_MAX_RULES);
    } else if (rule.kind != VAL_MAP || rule.n != 1) {
        WRONG(c, where,
              "a rule is an object with one member, such as { \"specialty\": … }");
    } else {
        struct val v = val_member(rule, 0, &name);
        read_member(c, name, v, inner(c, where, name), depth, ret);
    }
}

/* ---- the whole ---- */

/* Not all mistakes are of one kind; the first speaks for the rule. */
static bool refuse(const struct compiler *c, struct err *err)
{
    const struct audience_issue *first = c->issues;
    while (first->is_warning)
        first++;
    enum err_kind kind =
        strcmp(first->code, "audience.limit") == 0 ? ERR_LIMIT : ERR_INPUT;
    return err_at(err, kind, first->code, first->where, "%.*s", STR_ARG(first->text));
}

static bool compile(struct compiler *c, struct audience *ret, struct err *err)
{
    read_rule(c, c->source->rule, STR(""), 1, &ret->root);
    if (c->broken)
        return false;
    if (c->error_count)
        return refuse(c, err);
    ret->possible = node_is_possible(c, &ret->root);
    return true;
}

bool audience_compile(const struct audience_source *source, struct arena *arena,
                      const struct audience **ret, struct audience_issues *ret_issues,
                      struct err *err)
{
    struct naming itself = { .level = source->snap ? source->path->n - 1 : 0,
                             .id = source->id };
    struct compiler c = { .arena = arena,
                          .scratch = arena_open(),
                          .source = source,
                          .named = &itself,
                          .err = err };
    struct audience *audience = ARENA_NEW(arena, struct audience);
    bool good = compile(&c, audience, err);
    arena_close(c.scratch);
    if (ret_issues)
        *ret_issues = (struct audience_issues){ c.issues, c.issue_count };
    if (good)
        *ret = audience;
    return good;
}
