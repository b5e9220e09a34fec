/* What is wrong with a command: every mistake with its place in what was said. */
#include "inside.h"

/* ---- the shape of verbs ---- */

static bool is_restore(struct val verb)
{
    return val_is(val_get(verb, STR("verb")), "restore");
}

static bool is_pointer(struct val at)
{
    return at.kind == VAL_STR && at.n > 1 && at.n <= 256 && at.s[0] == '/';
}

static bool wants(struct edit *edit, bool good, size_t i, const char *member,
                  const char *what)
{
    if (!good)
        issue_add(edit, "edit.shape",
                  arena_format(edit->scope->arena, "/verbs/%zu%s", i, member),
                  str_of(what));
    return good;
}

/* Verbs that only a command knows. */
static bool expect_own(struct edit *edit, size_t i, struct val verb)
{
    struct val at = val_get(verb, STR("at"));
    bool block = wants(edit, val_get_text(verb, STR("block")).n > 0, i, "/block",
                       "the id of a block is wanted");
    if (is_restore(verb))
        return wants(edit, !val_exists(at) || is_pointer(at), i, "/at",
                     "a pointer to a property is wanted")
               && block;
    return wants(edit, val_get(verb, STR("patch")).kind == VAL_LIST, i, "/patch",
                 "a list of operations is wanted")
           && block;
}

bool expect_shape(struct edit *edit, size_t i, struct val verb)
{
    struct arena *a = edit->scope->arena;
    struct schema_report report;
    if (is_restore(verb) || val_is(val_get(verb, STR("verb")), "patch"))
        return expect_own(edit, i, verb);
    if (schema_check(edit->editor->verbs, verb, a, &report))
        return true;
    for (size_t k = 0; k < report.n; k++)
        issue_add(edit, "edit.shape",
                  arena_format(a, "/verbs/%zu%.*s", i, STR_ARG(report.errors[k].pointer)),
                  report.errors[k].text);
    return false;
}

bool expect_list(struct edit *edit, struct val verbs, struct err *err)
{
    if (verbs.kind == VAL_LIST && val_count(verbs)
        && val_count(verbs) <= EDIT_MAX_COMMAND)
        return true;
    str text = arena_format(edit->scope->arena, "a list of 1 to %d verbs is wanted",
                            EDIT_MAX_COMMAND);
    issue_add(edit, "edit.shape", STR("/verbs"), text);
    return err_at(err, ERR_INPUT, "edit.refused", STR("/verbs"), "%s", text.p);
}

/* ---- audiences ---- */

bool expect_audience(struct edit *edit, struct snap *house, struct val verb, size_t i,
                     struct err *err)
{
    str name = val_get_text(verb, STR("audience"));
    struct val record;
    if (!name.n)
        return true;
    if (!snap_get_up(house, store_collection(snap_store(house), STR("audience")), name,
                     NULL, &record, err))
        return false;
    if (!val_exists(record))
        issue_add(edit, "audience.none",
                  arena_format(edit->scope->arena, "/verbs/%zu/audience", i),
                  STR("there is no audience of that name here or above"));
    return true;
}

bool expect_audiences(struct command *c, struct err *err)
{
    const struct tenant_path *path = &c->state->path;
    struct snap *house = snap_for(c->snap, path->chain, path->n, c->edit->scope->arena);
    for (size_t i = 0; i < c->n; i++) {
        if (!expect_audience(c->edit, house, c->verbs[i], c->from[i], err))
            return false;
    }
    return true;
}

/* ---- what resolving sets aside ---- */

static const struct {
    const char *code;
    const char *member; /* of the verb */
    const char *text;
} reasons[] = {
    { "layout.orphan", "/block", "there is no such block on the page" },
    { "layout.exists", "/block", "a block of that id is there already" },
    { "layout.anchor", "/after", "the block to stand behind is not in that region" },
    { "layout.loop", "", "a block cannot stand in itself, nor blocks behind each other" },
    { "layout.limit", "", "a page holds at most 200 blocks, 8 deep" },
    { "layout.locked", "", "a level above locked this" },
    { "layout.verb", "", "this verb makes no sense here" },
};

static size_t reason_of(const char *code)
{
    size_t i = 0;
    while (i + 1 < COUNT_OF(reasons) && strcmp(reasons[i].code, code) != 0)
        i++;
    return i;
}

/* The command's verb that became `kept`, or a part of it. */
static bool became(struct val said, struct val kept)
{
    static const str same[] = { STR_INIT("block"),   STR_INIT("name"), STR_INIT("set"),
                                STR_INIT("key"),     STR_INIT("lang"), STR_INIT("lock"),
                                STR_INIT("audience") };
    bool folded = val_is(val_get(kept, STR("verb")), "add");
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        if (!str_equal(val_get_text(said, same[i]), val_get_text(kept, same[i])))
            return false;
    }
    return folded
           || (str_equal(val_get_text(said, STR("verb")), val_get_text(kept, STR("verb")))
               && str_equal(val_get_text(said, STR("at")),
                            val_get_text(kept, STR("at"))));
}

/* Of the verb, what the issue is about: "/block". */
static const char *member_of(const struct layout_issue *issue, struct val verb)
{
    size_t reason = reason_of(issue->code);
    if (reason == 0 && verb_places(verb))
        return val_is(val_get(verb, STR("verb")), "add") ? "/into" : "";
    return reasons[reason].member;
}

/* A verb that was set aside may be old; one that was said now is refused. */
static void blame(struct command *c, const struct layout_issue *issue)
{
    struct arena *a = c->edit->scope->arena;
    struct val kept = val_at(c->merged, (size_t)issue->at.verb);
    for (size_t i = c->n; i-- > 0;) {
        if (!became(c->verbs[i], kept))
            continue;
        issue_add(c->edit, issue->code,
                  arena_format(a, "/verbs/%zu%s", c->from[i], member_of(issue, kept)),
                  issue_text(c->state, issue, a));
        if (issue->by.layer >= 0)
            c->edit->issues[c->edit->issue_count - 1].theirs =
                val_at(c->state->chain[issue->by.layer].verbs, (size_t)issue->by.verb);
        return;
    }
}

str issue_text(const struct state *state, const struct layout_issue *issue,
               struct arena *arena)
{
    const char *text = reasons[reason_of(issue->code)].text;
    if (issue->by.layer < 0)
        return str_of(text);
    return arena_format(arena, "%s: %.*s", text,
                        STR_ARG(state->chain[issue->by.layer].name));
}

static bool is_own(const struct state *state, const struct layout_issue *issue)
{
    return issue->at.layer + 1 == (int)state->n && issue->at.verb >= 0;
}

void expect_resolved(struct command *c, const struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->issue_count; i++) {
        if (is_own(c->state, &resolved->issues[i]))
            blame(c, &resolved->issues[i]);
    }
}

struct val issues_of(const struct state *state, const struct resolved *resolved,
                     struct arena *arena, bool *ret_good)
{
    struct val *items = ARENA_ARRAY(arena, struct val, resolved->issue_count + 1);
    size_t n = 0;
    *ret_good = true;
    for (size_t i = 0; i < resolved->issue_count; i++) {
        const struct layout_issue *issue = &resolved->issues[i];
        if (!is_own(state, issue))
            continue;
        struct val verb = val_at(state->verbs, (size_t)issue->at.verb);
        bool old = verbs_hold(state->published, verb);
        *ret_good = *ret_good && old;
        struct val v =
            val_with(arena, val_map(NULL, 0), STR("code"), val_str(str_of(issue->code)));
        v = val_with(arena, v, STR("where"),
                     val_str(arena_format(arena, "/verbs/%d", issue->at.verb)));
        v = val_with(arena, v, STR("text"), val_str(issue_text(state, issue, arena)));
        v = val_with(arena, v, STR("block"), val_str(issue->block));
        v = val_with(arena, v, STR("verb"), verb);
        items[n++] = val_with(arena, v, STR("published"), val_bool(old));
    }
    return val_list(items, n);
}

bool edit_examine(struct snap *snap, const struct edit_examining *what,
                  struct arena *arena, struct val *ret, struct err *err)
{
    struct state s;
    struct resolved resolved;
    size_t n = 0;
    if (!state_read(snap, what->tenant, what->layer, arena, &s, err))
        return false;
    state_resolve(&s, s.published, arena, &resolved);
    struct val *items = ARENA_ARRAY(arena, struct val, resolved.issue_count + 1);
    for (size_t i = 0; i < resolved.issue_count; i++) {
        const struct layout_issue *issue = &resolved.issues[i];
        struct val verb = val_at(s.published, (size_t)issue->at.verb);
        if (!is_own(&s, issue) || verbs_hold(what->before, verb))
            continue;
        struct val v =
            val_with_text(arena, val_map(NULL, 0), "code", str_of(issue->code));
        v = val_with_text(arena, v, "member", str_of(member_of(issue, verb)));
        v = val_with_text(arena, v, "text", issue_text(&s, issue, arena));
        items[n++] = val_with(arena, v, STR("verb"), verb);
    }
    *ret = val_list(items, n);
    return true;
}

/* ---- components and their properties ---- */

static bool find_package(struct command *c, str name, struct package **ret,
                         struct err *err)
{
    struct arena *a = c->edit->scope->arena;
    const struct tenant_path *path = &c->state->path;
    struct snap *house = snap_for(c->snap, path->chain, path->n, a);
    struct package_source source = { .snap = house,
                                     .worker = c->edit->worker,
                                     .arena = a };
    *ret = NULL;
    return package_find(c->edit->editor->packages, &source, name, ret, err)
           || err->kind == ERR_MISSING;
}

/* Does what went wrong at `pointer` of the properties concern what the verb set? */
static bool concerns(str at, str pointer)
{
    return doc_pointer_leads_to(at, pointer) || doc_pointer_leads_to(pointer, at);
}

static void blame_property(struct command *c, size_t i, const struct schema_error *error)
{
    struct arena *a = c->edit->scope->arena;
    struct val verb = c->verbs[i];
    str at = val_get_text(verb, STR("at"));
    bool adds = val_is(val_get(verb, STR("verb")), "add");
    bool sets = val_is(val_get(verb, STR("verb")), "set");
    if (!adds && at.n && !concerns(at, error->pointer))
        return;
    bool within = sets && error->pointer.n >= at.n;
    str rest = within ? (str){ error->pointer.p + at.n, error->pointer.n - at.n }
                      : error->pointer;
    const char *member = adds ? "/props" : within ? "/value" : "";
    issue_add(c->edit, "edit.props",
              arena_format(a, "/verbs/%zu%s%.*s", c->from[i], member,
                           adds || within ? (int)rest.n : 0, rest.p ? rest.p : ""),
              error->text);
}

static void check_props(struct command *c, size_t i, const struct resolved_block *block,
                        const struct schema *schema)
{
    struct arena *a = c->edit->scope->arena;
    struct schema_report report;
    if (schema_check(schema, schema_fill(schema, block->props, a), a, &report))
        return;
    for (size_t k = 0; k < report.n; k++) {
        struct schema_error error = report.errors[k];
        error.text = arena_str(a, error.text); /* the schema goes with its package */
        error.pointer = arena_str(a, error.pointer);
        blame_property(c, i, &error);
    }
}

static bool check_component(struct command *c, size_t i,
                            const struct resolved_block *block, struct err *err)
{
    struct arena *a = c->edit->scope->arena;
    struct package *package;
    str name;
    if (!find_package(c, package_of_ref(block->component, &name), &package, err))
        return false;
    const struct component *component = package ? package_component(package, name) : NULL;
    if (component && component->props)
        check_props(c, i, block, component->props);
    if (!component && val_is(val_get(c->verbs[i], STR("verb")), "add"))
        issue_add(c->edit, "edit.component",
                  arena_format(a, "/verbs/%zu/component", c->from[i]),
                  STR("there is no such component"));
    if (package)
        cached_drop(&package->head);
    return true;
}

static bool is_about_props(struct val verb)
{
    static const char *const names[] = { "add", "set", "reset", "restore" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (val_is(val_get(verb, STR("verb")), names[i]))
            return true;
    }
    return false;
}

bool expect_props(struct command *c, const struct resolved *resolved, struct err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        str id = val_get_text(c->verbs[i], STR("block"));
        const struct resolved_block *block = resolved_find(resolved, id);
        if (block && block != &resolved->page && is_about_props(c->verbs[i])
            && !check_component(c, i, block, err))
            return false;
    }
    return true;
}
