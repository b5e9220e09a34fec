/* Commands: verbs that arrive, against the draft of now. */
#include "inside.h"

void issue_add(struct edit *edit, const char *code, str where, str text)
{
    struct arena *a = edit->scope->arena;
    size_t n = edit->issue_count;
    if (!(n & (n - 1))) {
        struct edit_issue *grown = ARENA_ARRAY(a, struct edit_issue, n ? n * 2 : 1);
        if (n)
            memcpy(grown, edit->issues, n * sizeof *grown);
        edit->issues = grown;
    }
    edit->issues[edit->issue_count++] = (struct edit_issue){
        .code = code,
        .where = where,
        .text = text,
    };
}

static struct arena *arena_of(const struct command *c)
{
    return c->edit->scope->arena;
}

static str place(const struct command *c, size_t i, const char *member)
{
    return arena_format(arena_of(c), "/verbs/%zu%s", i, member);
}

/* ---- one verb after the other ---- */

static const struct resolved_region *region_of(const struct resolved_block *owner,
                                               str name)
{
    for (size_t i = 0; owner && i < owner->region_count; i++) {
        if (str_equal(owner->regions[i].name, name))
            return &owner->regions[i];
    }
    return NULL;
}

static const struct resolved_region *find_region(const struct resolved *r, str into)
{
    str name;
    str owner = str_cut(into, '/', &name);
    return name.p ? region_of(resolved_find(r, owner), name) : region_of(&r->page, into);
}

/* "At the end" is meant as its author saw it: behind the block that is last now, but for
 * those that others put there meanwhile. */
static struct val with_anchor(struct command *c, struct val verb,
                              const struct resolved *now)
{
    struct val into = val_get(verb, STR("into"));
    str block = val_get_text(verb, STR("block"));
    if (into.kind != VAL_STR || val_exists(val_get(verb, STR("after"))))
        return verb;
    const struct resolved_region *region = find_region(now, val_text(into));
    for (size_t n = region ? region->n : 0; n > 0; n--) {
        str last = region->blocks[n - 1]->id;
        if (!str_equal(last, block) && !verbs_place(c->others, last))
            return val_with(arena_of(c), verb, STR("after"), val_str(last));
    }
    return verb;
}

/* A block put somewhere: the others stay where they are. */
static struct val take_place(struct command *c, struct val verb)
{
    struct arena *a = arena_of(c);
    struct resolved before;
    struct resolved after;
    state_resolve(c->state, c->merged, a, &before);
    verb = with_anchor(c, verb, &before);
    c->merged = verbs_absorb(a, c->merged, verb);
    state_resolve(c->state, c->merged, a, &after);
    struct val own = verbs_joined(a, c->own, val_list(c->verbs, c->n));
    struct placed placed = { c->merged, verb, verbs_joined(a, own, val_list(&verb, 1)),
                             c->others };
    c->merged = verbs_with_room(a, &placed, &before, &after);
    return verb;
}

static void take(struct command *c, size_t from, struct val verb)
{
    struct arena *a = arena_of(c);
    if (c->n == LIMIT_LAYER_VERBS)
        return;
    verb = val_without(a, val_without(a, verb, STR("since")), STR("by"));
    verb = val_with(a, verb, STR("by"), val_str(c->edit->scope->viewer->person_id));
    if (verb_places(verb))
        verb = take_place(c, verb);
    else
        c->merged = verbs_absorb(a, c->merged, verb);
    c->from[c->n] = from;
    c->verbs[c->n++] = verb;
}

/* ---- patches ---- */

static struct val verb_at(struct arena *a, const char *name, str block, str at)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("verb"), val_str(str_of(name)));
    v = val_with(a, v, STR("block"), val_str(block));
    return val_with(a, v, STR("at"), val_str(at));
}

struct patching {
    struct command *c;
    size_t from;
    str block;
    struct val added; /* the props the block was added with */
};

static bool take_differences(struct patching *p, str at, struct val before,
                             struct val after);

static str below(struct arena *arena, str at, str name)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, at);
    doc_pointer_add(&b, name);
    str made = arena_str(arena, buf_view(&b));
    buf_done(&b);
    return made;
}

static bool take_member(struct patching *p, str at, struct val before, struct val after)
{
    struct arena *a = arena_of(p->c);
    if (val_exists(before) && val_exists(after) && val_equal(before, after))
        return true;
    if (before.kind == VAL_MAP && after.kind == VAL_MAP)
        return take_differences(p, at, before, after);
    if (val_exists(after)) {
        struct val verb = verb_at(a, "set", p->block, at);
        take(p->c, p->from, val_with(a, verb, STR("value"), after));
        return true;
    }
    if (val_exists(val_at_pointer(p->added, at)))
        return false;
    take(p->c, p->from, verb_at(a, "reset", p->block, at));
    return true;
}

static bool take_differences(struct patching *p, str at, struct val before,
                             struct val after)
{
    struct arena *a = arena_of(p->c);
    bool good = true;
    for (size_t i = 0; i < val_count(before); i++) {
        str name;
        struct val was = val_member(before, i, &name);
        good = take_member(p, below(a, at, name), was, val_get(after, name)) && good;
    }
    for (size_t i = 0; i < val_count(after); i++) {
        str name;
        struct val is = val_member(after, i, &name);
        if (!val_exists(val_get(before, name)))
            good = take_member(p, below(a, at, name), VAL_ABSENT, is) && good;
    }
    return good;
}

static struct val addition_of(const struct command *c, const struct resolved_block *block)
{
    struct layout_origin by = block->added_by;
    struct val verbs =
        by.layer + 1 == (int)c->state->n ? c->merged : c->state->chain[by.layer].verbs;
    return val_at(verbs, (size_t)by.verb);
}

/* A member that the block was added with goes only where the layer adds the block itself.
 */
static bool take_patched(struct command *c, size_t i, const struct resolved_block *block,
                         struct val made)
{
    struct val addition = addition_of(c, block);
    struct patching p = { c, i, block->id, val_get(addition, STR("props")) };
    bool own = block->added_by.layer + 1 == (int)c->state->n;
    size_t n = c->n;
    struct val merged = c->merged;
    if (take_differences(&p, STR(""), block->props, made))
        return true;
    c->n = n;
    c->merged = merged;
    if (own)
        take(c, i, val_with(arena_of(c), addition, STR("props"), made));
    return own;
}

static void take_patch(struct command *c, size_t i, struct val verb)
{
    str id = val_get_text(verb, STR("block"));
    struct resolved now;
    struct val made;
    struct err err;
    state_resolve(c->state, c->merged, arena_of(c), &now);
    const struct resolved_block *block = resolved_find(&now, id);
    if (!block || block == &now.page) {
        issue_add(c->edit, "layout.orphan", place(c, i, "/block"),
                  STR("there is no such block on the page"));
        return;
    }
    if (!doc_patch(arena_of(c), block->props, val_get(verb, STR("patch")), &made, &err)) {
        str where = place(c, i, "/patch");
        issue_add(c->edit, err.code,
                  arena_format(arena_of(c), "%.*s%s", STR_ARG(where), err.where),
                  arena_str(arena_of(c), str_of(err.text)));
        return;
    }
    if (made.kind != VAL_MAP || !take_patched(c, i, block, made))
        issue_add(c->edit, "edit.patch", place(c, i, "/patch"),
                  STR("a property that a level above gave cannot be taken away, only "
                      "set to another value"));
}

/* ---- against what others did ---- */

static bool is_mine(const struct edit *edit, struct val entry)
{
    const struct viewer *v = edit->scope->viewer;
    return str_equal(val_get_text(entry, STR("by")), v->person_id)
           && str_equal(val_get_text(entry, STR("home")), tenant_of(&v->path)->id);
}

static struct val verbs_since(const struct command *c, int64_t base, bool mine)
{
    struct val log = val_get(c->state->draft, STR("log"));
    struct val all = val_list(NULL, 0);
    for (size_t i = 0; i < val_count(log); i++) {
        struct val entry = val_at(log, i);
        if (val_as_int(val_get(entry, STR("version")), 0) > base
            && is_mine(c->edit, entry) == mine)
            all = verbs_joined(arena_of(c), all, val_get(entry, STR("verbs")));
    }
    return all;
}

/* Taking back is a change of the property like any other. */
static struct val as_logged(struct arena *a, struct val verb)
{
    return val_is(val_get(verb, STR("verb")), "restore")
               ? val_with(a, verb, STR("verb"), val_str(STR("reset")))
               : verb;
}

static struct val logged(const struct command *c)
{
    struct val *items = ARENA_ARRAY(arena_of(c), struct val, c->n + 1);
    for (size_t i = 0; i < c->n; i++)
        items[i] = as_logged(arena_of(c), c->verbs[i]);
    return val_list(items, c->n);
}

static bool check_conflicts(struct command *c, struct err *err)
{
    size_t first = c->edit->issue_count;
    for (size_t i = 0; i < c->n; i++) {
        struct layout_conflict *found;
        struct val mine = as_logged(arena_of(c), c->verbs[i]);
        if (!layout_conflicts(val_list(&mine, 1), c->others, arena_of(c), &found))
            continue;
        issue_add(c->edit, "edit.conflict", place(c, c->from[i], ""),
                  STR("somebody else changed the same meanwhile"));
        struct edit_issue *issue = &c->edit->issues[c->edit->issue_count - 1];
        issue->mine = found[0].mine;
        issue->theirs = found[0].theirs;
    }
    return c->edit->issue_count == first
           || err_at(err, ERR_CONFLICT, "edit.conflict", c->edit->issues[first].where,
                     "somebody else changed the same property of the same block; "
                     "choose one of the two values");
}

static bool check_base(const struct state *s, int64_t base, struct err *err)
{
    struct val first = val_at(val_get(s->draft, STR("log")), 0);
    int64_t oldest = val_as_int(val_get(first, STR("version")), 1);
    if (base >= 0 && base <= s->version && (base == s->version || base + 1 >= oldest))
        return true;
    return err_set(err, ERR_CONFLICT, "edit.base",
                   "the draft is at version %lld; read it again", (long long)s->version);
}

/* ---- the whole ---- */

static bool refused(struct edit *edit, struct err *err)
{
    return err_at(err, ERR_INPUT, "edit.refused", edit->issues[0].where,
                  "%zu of what was said cannot be done; nothing was", edit->issue_count);
}

static bool check_merged(struct command *c, struct err *err)
{
    struct resolved resolved;
    if (val_count(c->merged) > LIMIT_LAYER_VERBS)
        issue_add(c->edit, "edit.limit", STR("/verbs"),
                  STR("a layer holds at most 2000 verbs"));
    state_resolve(c->state, c->merged, arena_of(c), &resolved);
    expect_resolved(c, &resolved);
    return expect_audiences(c, err) && expect_props(c, &resolved, err)
           && expect_look(c, &resolved, err);
}

static bool make_command(struct command *c, int64_t base, struct val verbs,
                         struct err *err)
{
    size_t n = val_count(verbs);
    c->own = verbs_since(c, base, true);
    c->others = verbs_since(c, base, false);
    c->merged = c->state->verbs;
    c->verbs = ARENA_ARRAY(arena_of(c), struct val, LIMIT_LAYER_VERBS);
    c->from = ARENA_ARRAY(arena_of(c), size_t, LIMIT_LAYER_VERBS);
    for (size_t i = 0; i < n; i++) {
        struct val verb = val_at(verbs, i);
        if (!expect_shape(c->edit, i, verb))
            continue;
        if (val_is(val_get(verb, STR("verb")), "patch"))
            take_patch(c, i, verb);
        else
            take(c, i, verb);
    }
    if (!check_conflicts(c, err))
        return false;
    if (!check_merged(c, err))
        return false;
    return !c->edit->issue_count || refused(c->edit, err);
}

static struct val condensed(const struct command *c)
{
    struct layer chain[STORE_MAX_CHAIN * 2];
    const struct state *s = c->state;
    memcpy(chain, s->chain, s->n * sizeof *chain);
    chain[s->n - 1].verbs = c->merged;
    return layout_condense(&(struct layout_input){ .layers = chain, .n = s->n },
                           arena_of(c));
}

static bool is_done(const struct command *c)
{
    struct val log = val_get(c->state->draft, STR("log"));
    for (size_t i = 0; c->edit->key.n && i < val_count(log); i++) {
        struct val entry = val_at(log, i);
        if (is_mine(c->edit, entry)
            && str_equal(val_get_text(entry, STR("key")), c->edit->key))
            return true;
    }
    return false;
}

static struct val log_with(const struct command *c)
{
    struct arena *a = arena_of(c);
    const struct viewer *v = c->edit->scope->viewer;
    struct val log = val_get(c->state->draft, STR("log"));
    size_t n = val_count(log);
    size_t kept = n < EDIT_MAX_LOG ? n : EDIT_MAX_LOG - 1;
    struct val entry =
        val_with(a, val_map(NULL, 0), STR("version"), val_int(c->state->version + 1));
    entry = val_with(a, entry, STR("home"), val_str(tenant_of(&v->path)->id));
    entry = val_with(a, entry, STR("by"), val_str(v->person_id));
    entry = val_with(a, entry, STR("at"), val_str(scope_iso(a, c->edit->scope->now_ms)));
    entry = val_with(a, entry, STR("verbs"), logged(c));
    if (c->edit->key.n)
        entry = val_with(a, entry, STR("key"), val_str(c->edit->key));
    struct val *items = ARENA_ARRAY(a, struct val, kept + 1);
    for (size_t i = 0; i < kept; i++)
        items[i] = val_at(log, n - kept + i);
    items[kept] = entry;
    return val_list(items, kept + 1);
}

static bool write_draft(struct txn *txn, struct state_write *w, struct err *err)
{
    return state_put(txn, w->state, "draft", *(struct val *)w->data, err);
}

static bool save(struct edit *edit, struct state *s, struct val verbs, struct val log,
                 struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(s->id));
    v = val_with(a, v, STR("version"), val_int(s->version + 1));
    v = val_with(a, v, STR("base"), s->published);
    v = val_with(a, v, STR("verbs"), verbs);
    v = val_with(a, v, STR("log"), log);
    struct state_write w = { .edit = edit,
                             .state = s,
                             .right = AUTH_EDIT_LAYER,
                             .write = write_draft,
                             .data = &v };
    if (!state_commit(&w, err))
        return false;
    s->version++;
    s->verbs = verbs;
    s->draft = v;
    return true;
}

static bool try_command(struct edit *edit, int64_t base, struct val verbs,
                        struct val *ret, struct err *err)
{
    struct state s;
    struct command c = { .edit = edit, .state = &s };
    edit->issue_count = 0;
    if (!state_open(edit, AUTH_EDIT_LAYER, &s, err))
        return false;
    if (is_done(&c)) {
        *ret = state_draft(&s, edit->scope->arena);
        return true;
    }
    if (!state_is_free(&s, err) || !check_base(&s, base, err)
        || !expect_list(edit, verbs, err) || !scope_snap(edit->scope, &c.snap, err)
        || !make_command(&c, base, verbs, err)
        || !save(edit, &s, condensed(&c), log_with(&c), err))
        return false;
    *ret = state_draft(&s, edit->scope->arena);
    return true;
}

bool edit_command(struct edit *edit, int64_t base, struct val verbs, struct val *ret,
                  struct err *err)
{
    for (int tries = 0; tries < EDIT_MAX_TRIES; tries++) {
        if (try_command(edit, base, verbs, ret, err))
            return true;
        if (!edit_moved(err))
            return false;
    }
    return err_set(err, ERR_BUSY, "edit.busy", "many change this draft at once");
}

bool edit_draft(struct edit *edit, struct val *ret, struct err *err)
{
    struct state s;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err))
        return false;
    *ret = state_draft(&s, edit->scope->arena);
    return true;
}

bool edit_discard(struct edit *edit, int64_t version, struct val *ret, struct err *err)
{
    struct state s;
    struct command nothing = { .edit = edit, .state = &s };
    if (!state_open(edit, AUTH_EDIT_LAYER, &s, err) || !state_is_free(&s, err)
        || !state_is_version(&s, version, err))
        return false;
    s.draft = VAL_ABSENT; /* what was said before cannot be rebased upon */
    if (!save(edit, &s, s.published, log_with(&nothing), err))
        return false;
    *ret = state_draft(&s, edit->scope->arena);
    return true;
}
