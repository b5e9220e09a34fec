/* The layers of the page "theme": what may stand in them, whether it makes sense, and
 * what the unit looks like with it. */
#include "inside.h"

#include "theme/theme.h"

#include <math.h>

bool is_theme(const struct state *state)
{
    return str_equal(state->page, STR(LAYOUT_THEME));
}

/* A command on its way to a look. */
struct checking {
    struct command *c;
    struct look look;
    struct look_themes themes;
    struct err *err;
};

static struct arena *arena_of(const struct command *c)
{
    return c->edit->scope->arena;
}

static void blame(struct command *c, size_t i, const char *member, const char *code,
                  str text)
{
    issue_add(c->edit, code,
              arena_format(arena_of(c), "/verbs/%zu%s", c->from[i], member),
              arena_str(arena_of(c), text));
}

/* ---- where verbs belong ---- */

static bool is_named(struct val verb, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (val_is(val_get(verb, STR("verb")), names[i]))
            return true;
    }
    return false;
}

static void expect_here(struct command *c, size_t i)
{
    static const char *const known[] = { "token",   "word", "set",   "reset",
                                         "restore", "lock", "unlock" };
    struct val verb = c->verbs[i];
    str block = val_get_text(verb, STR("block"));
    str lock = val_get_text(verb, STR("lock"));
    bool offers = !val_is(val_get(verb, STR("verb")), "set")
                  || val_is(val_get(verb, STR("at")), "/offers");
    if (!is_named(verb, known, COUNT_OF(known)))
        blame(c, i, "/verb", "theme.verb", STR("the page theme holds no blocks"));
    else if (block.n && !str_equal(block, STR("page")))
        blame(c, i, "/block", "theme.verb", STR("the page theme holds no blocks"));
    else if (val_get_text(verb, STR("audience")).n)
        blame(c, i, "/audience", "theme.verb",
              STR("a theme is everybody's of a unit and specialty"));
    else if (lock.n && !str_equal(lock, STR("sealed")))
        blame(c, i, "/lock", "theme.verb", STR("tokens and words can be sealed only"));
    else if (!offers)
        blame(c, i, "/at", "theme.verb", STR("only /offers is set; tokens have a verb"));
}

static void expect_elsewhere(struct command *c, size_t i)
{
    static const char *const ours[] = { "token", "word" };
    if (is_named(c->verbs[i], ours, COUNT_OF(ours)))
        blame(c, i, "/verb", "theme.verb",
              STR("tokens and words stand in the layers of the page theme"));
}

/* ---- whether they make sense ---- */

static void check_token(struct checking *k, size_t i)
{
    struct val verb = k->c->verbs[i];
    str set = val_get_text(verb, STR("set"));
    struct err err;
    str type;
    str css;
    if (theme_token(k->themes.items, k->themes.n, set.n ? set : STR("base"),
                    val_get_text(verb, STR("name")), arena_of(k->c), &type, &css, &err))
        return;
    bool unknown = strcmp(err.code, "theme.unknown") == 0;
    blame(k->c, i, unknown ? "/name" : "/value", err.code, str_of(err.text));
}

static struct snap *house_of(const struct command *c)
{
    const struct tenant_path *path = &c->state->path;
    return snap_for(c->snap, path->chain, path->n, arena_of(c));
}

/* False when the component is none; then it is told. */
static bool has_word(struct checking *k, size_t i, const struct package *package,
                     str component, str name)
{
    str key = val_get_text(k->c->verbs[i], STR("key"));
    bool host = str_equal(component, STR("ui"));
    const struct component *of =
        host || !package ? NULL : package_component(package, name);
    if (!host && !of) {
        blame(k->c, i, "/component", "theme.word", STR("there is no such component"));
        return false;
    }
    if (!package_has_word(host ? package->words : of->words, key)) {
        blame(k->c, i, "/key", "theme.word", STR("it has no such word"));
        return false;
    }
    return true;
}

static bool check_word(struct checking *k, size_t i)
{
    struct command *c = k->c;
    str component = val_get_text(c->verbs[i], STR("component"));
    str name;
    str from = package_of_ref(component, &name);
    struct package *package = NULL;
    struct err err;
    struct package_source source = { .snap = house_of(c),
                                     .worker = c->edit->worker,
                                     .arena = arena_of(c) };
    if (!package_find(c->edit->editor->packages, &source, from, &package, k->err)
        && k->err->kind != ERR_MISSING)
        return false;
    bool known = has_word(k, i, package, component, name);
    if (package)
        cached_drop(&package->head);
    source.words = k->look.words;
    if (!known)
        return true;
    if (package_find(c->edit->editor->packages, &source, from, &package, &err))
        cached_drop(&package->head);
    else
        blame(c, i, "/value", err.code, str_of(err.text));
    return true;
}

static bool check_offers(struct checking *k, size_t i)
{
    struct command *c = k->c;
    struct val names = val_get(c->verbs[i], STR("value"));
    const struct store_collection *themes =
        store_collection(snap_store(c->snap), STR("theme"));
    for (size_t n = 0; n < val_count(names); n++) {
        struct val record = VAL_ABSENT;
        str name = val_text(val_at(names, n));
        if (name.n && !snap_get_up(house_of(c), themes, name, NULL, &record, k->err))
            return false;
        if (!val_exists(record))
            blame(c, i, arena_format(arena_of(c), "/value/%zu", n).p, "theme.none",
                  STR("there is no theme of that name here or above"));
    }
    return names.kind == VAL_LIST
           || (blame(c, i, "/value", "theme.none", STR("a list of themes is wanted")),
               true);
}

/* Others may lead to what was said. */
static void check_all(struct checking *k)
{
    enum { MAX_SHEET = 8 << 20 };
    struct err err;
    struct buf out;
    buf_init(&out, MAX_SHEET);
    if (!theme_css(k->themes.items, k->themes.n, arena_of(k->c), &out, &err))
        issue_add(k->c->edit, err.code, STR("/verbs"),
                  arena_format(arena_of(k->c), "%s: %s", err.where, err.text));
    buf_done(&out);
}

static struct look_source source_of(struct snap *snap, const struct state *state,
                                    struct arena *arena)
{
    return (struct look_source){ .snap = snap, .path = &state->path, .arena = arena };
}

static bool check_meaning(struct checking *k, const struct resolved *resolved)
{
    struct command *c = k->c;
    struct look_source source = source_of(c->snap, c->state, arena_of(c));
    look_collect(resolved, c->state->chain, arena_of(c), &k->look);
    if (!look_themes(&k->look, &source, &k->themes, k->err))
        return false;
    for (size_t i = 0; i < c->n; i++) {
        struct val name = val_get(c->verbs[i], STR("verb"));
        if (val_is(name, "token"))
            check_token(k, i);
        else if ((val_is(name, "word") && !check_word(k, i))
                 || (val_is(name, "set") && !check_offers(k, i)))
            return false;
    }
    if (!c->edit->issue_count)
        check_all(k);
    return true;
}

bool expect_look(struct command *c, const struct resolved *resolved, struct err *err)
{
    struct checking k = { .c = c, .err = err };
    bool ours = is_theme(c->state);
    for (size_t i = 0; i < c->n; i++)
        (ours ? expect_here : expect_elsewhere)(c, i);
    return !ours || check_meaning(&k, resolved);
}

/* ---- contrast ---- */

static bool themes_with(struct edit *edit, const struct state *state, struct val verbs,
                        struct resolved *resolved, struct look *look,
                        struct look_themes *ret, struct err *err)
{
    struct snap *snap;
    struct arena *a = edit->scope->arena;
    if (!scope_snap(edit->scope, &snap, err))
        return false;
    struct look_source source = source_of(snap, state, a);
    state_resolve(state, verbs, a, resolved);
    look_collect(resolved, state->chain, a, look);
    return look_themes(look, &source, ret, err);
}

static bool contrasts_with(struct edit *edit, const struct state *state, struct val verbs,
                           struct theme_contrast **ret, size_t *ret_n, struct err *err)
{
    struct look look;
    struct look_themes themes;
    struct resolved resolved;
    if (!themes_with(edit, state, verbs, &resolved, &look, &themes, err))
        return false;
    *ret_n = theme_contrasts(themes.items, themes.n, edit->scope->arena, ret);
    return true;
}

static const struct theme_contrast *same_pair(const struct theme_contrast *list, size_t n,
                                              const struct theme_contrast *pair)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].scheme, pair->scheme) == 0
            && strcmp(list[i].text, pair->text) == 0
            && strcmp(list[i].ground, pair->ground) == 0)
            return &list[i];
    }
    return NULL;
}

/* Cut, not rounded: what is below the bound never looks as if it reached it. */
static double two_decimals(double d)
{
    return floor(d * 100) / 100;
}

static struct val pair_told(const struct theme_contrast *pair, struct arena *a)
{
    struct val v =
        val_with(a, val_map(NULL, 0), STR("scheme"), val_str(str_of(pair->scheme)));
    v = val_with(a, v, STR("text"), val_str(str_of(pair->text)));
    v = val_with(a, v, STR("ground"), val_str(str_of(pair->ground)));
    v = val_with(a, v, STR("is"), val_num(two_decimals(pair->is)));
    return val_with(a, v, STR("needs"), val_num(pair->needs));
}

static struct val pair_issue(const struct theme_contrast *pair, bool old, struct arena *a)
{
    struct val v =
        val_with(a, val_map(NULL, 0), STR("code"), val_str(STR("theme.contrast")));
    str text = arena_format(
        a, "%s on %s has a contrast of %.2f in the %s scheme, and needs %.1f", pair->text,
        pair->ground, two_decimals(pair->is), pair->scheme, pair->needs);
    v = val_with(a, v, STR("where"), val_str(STR("/verbs")));
    v = val_with(a, v, STR("text"), val_str(text));
    v = val_with(a, v, STR("block"), val_str(STR("page")));
    v = val_with(a, v, STR("pair"), pair_told(pair, a));
    return val_with(a, v, STR("published"), val_bool(old));
}

bool contrast_issues(struct edit *edit, const struct state *state, struct val *issues,
                     bool *ret_good, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct theme_contrast *now;
    struct theme_contrast *before;
    size_t n;
    size_t before_n;
    if (!is_theme(state))
        return true;
    if (!contrasts_with(edit, state, state->verbs, &now, &n, err)
        || !contrasts_with(edit, state, state->published, &before, &before_n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct theme_contrast *was = same_pair(before, before_n, &now[i]);
        if (now[i].is >= now[i].needs)
            continue;
        bool old = was && was->is <= now[i].is;
        struct val issue = pair_issue(&now[i], old, a);
        *issues = verbs_joined(a, *issues, val_list(&issue, 1));
        *issues = val_copy(a, *issues);
        *ret_good = *ret_good && old;
    }
    return true;
}

/* ---- what it looks like ---- */

struct telling {
    struct arena *arena;
    const struct state *state;
    const struct resolved *resolved;
    const struct look_themes *themes;
    const struct look_themes *above; /* without what this layer says */
    struct val *items;
    size_t n;
    size_t room;
};

static void tell_item(struct telling *t, struct val item)
{
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 256;
        struct val *grown = ARENA_ARRAY(t->arena, struct val, room);
        if (t->n)
            memcpy(grown, t->items, t->n * sizeof *grown);
        t->items = grown;
        t->room = room;
    }
    t->items[t->n++] = item;
}

static struct val origin_told(const struct telling *t, struct layout_origin by)
{
    struct arena *a = t->arena;
    const struct layer *layer = &t->state->chain[by.layer];
    bool own = by.layer + 1 == (int)t->state->n;
    struct val verb = val_at(own ? t->state->verbs : layer->verbs, (size_t)by.verb);
    struct val v = val_with(a, val_map(NULL, 0), STR("unit"), val_str(layer->name));
    v = val_with(a, v, STR("layer"), val_str(STR(LAYOUT_THEME)));
    v = val_with(a, v, STR("own"), val_bool(own));
    str by_whom = val_get_text(verb, STR("by"));
    str since = val_get_text(verb, STR("since"));
    if (by_whom.n)
        v = val_with(a, v, STR("by"), val_str(by_whom));
    return since.n ? val_with(a, v, STR("since"), val_str(since)) : v;
}

static const struct layout_property *property_at(const struct telling *t, str at)
{
    const struct resolved_block *page = &t->resolved->page;
    for (size_t i = 0; i < page->property_count; i++) {
        if (str_equal(page->properties[i].at, at))
            return &page->properties[i];
    }
    return NULL;
}

/* A token's verb, or the unit whose theme says it. */
static struct val token_origin(const struct telling *t, str set, str name)
{
    struct arena *a = t->arena;
    const struct tenant_path *path = &t->state->path;
    struct layout_saying saying;
    struct val verb = val_with(a, val_map(NULL, 0), STR("verb"), val_str(STR("token")));
    verb = val_with(a, val_with(a, verb, STR("set"), val_str(set)), STR("name"),
                    val_str(name));
    for (size_t i = t->themes->n; i-- > 0;) {
        if (!theme_says(t->themes->items[i], set, name))
            continue;
        const struct layout_property *property =
            t->themes->said[i] && layout_saying(verb, a, &saying)
                ? property_at(t, saying.at)
                : NULL;
        return property ? origin_told(t, property->by)
                        : val_with(a, val_map(NULL, 0), STR("unit"),
                                   val_str(path->items[t->themes->levels[i]].id));
    }
    return val_map(NULL, 0);
}

static struct val with_inherited(const struct telling *t, struct val token, str set,
                                 str name)
{
    str type;
    str css;
    struct err err;
    bool own = val_as_bool(val_get(val_get(token, STR("by")), STR("own")), false);
    return own
                   && theme_token(t->above->items, t->above->n, set, name, t->arena,
                                  &type, &css, &err)
               ? val_with(t->arena, token, STR("inherited"), val_str(css))
               : token;
}

static void tell_tokens(struct telling *t, str set)
{
    struct arena *a = t->arena;
    struct theme_entry *entries;
    size_t n = theme_entries(t->themes->items, t->themes->n, set, a, &entries);
    for (size_t i = 0; i < n; i++) {
        struct val v = val_with(a, val_map(NULL, 0), STR("set"), val_str(set));
        v = val_with(a, v, STR("name"), val_str(entries[i].name));
        v = val_with(a, v, STR("type"), val_str(entries[i].type));
        v = val_with(a, v, STR("value"), entries[i].value);
        v = val_with(a, v, STR("css"), val_str(entries[i].css));
        v = val_with(a, v, STR("by"), token_origin(t, set, entries[i].name));
        tell_item(t, with_inherited(t, v, set, entries[i].name));
    }
}

static void tell_words(struct telling *t)
{
    static const char *const names[] = { "component", "key", "lang" };
    const struct resolved_block *page = &t->resolved->page;
    struct arena *a = t->arena;
    for (size_t i = 0; i < page->property_count; i++) {
        str rest = page->properties[i].at;
        struct val v = val_map(NULL, 0);
        if (!str_starts(rest, STR("/words/")))
            continue;
        doc_pointer_take(a, &rest);
        for (size_t k = 0; k < COUNT_OF(names) && rest.n; k++)
            v = val_with(a, v, str_of(names[k]), val_str(doc_pointer_take(a, &rest)));
        v = val_with(a, v, STR("text"),
                     val_at_pointer(page->props, page->properties[i].at));
        tell_item(t, val_with(a, v, STR("by"), origin_told(t, page->properties[i].by)));
    }
}

static void tell_locks(struct telling *t)
{
    const struct resolved_block *page = &t->resolved->page;
    struct arena *a = t->arena;
    for (size_t i = 0; i < page->lock_count; i++) {
        const struct layout_lock *lock = &page->locks[i];
        struct val v = val_with(a, val_map(NULL, 0), STR("at"), val_str(lock->at));
        if (lock->below >= 0)
            v = val_with(a, v, STR("below"), val_int(lock->below));
        tell_item(t, val_with(a, v, STR("by"), origin_told(t, lock->by)));
    }
}

static void tell_contrasts(struct telling *t)
{
    struct theme_contrast *pairs;
    size_t n = theme_contrasts(t->themes->items, t->themes->n, t->arena, &pairs);
    for (size_t i = 0; i < n; i++)
        tell_item(t, pair_told(&pairs[i], t->arena));
}

/* What was told since the last time. */
static struct val told(struct telling *t)
{
    struct val list = val_copy(t->arena, val_list(t->items, t->n));
    t->n = 0;
    return list;
}

/* Those of the unit and above that may be offered: { id, title }. */
static bool tell_themes(struct telling *t, struct snap *snap, struct err *err)
{
    enum { MOST = 100 };
    const struct tenant_path *path = &t->state->path;
    struct query query = { .collection = store_collection(snap_store(snap), STR("theme")),
                           .up = true,
                           .limit = MOST };
    struct rows rows;
    if (!snap_query(snap_for(snap, path->chain, path->n, t->arena), &query, t->arena,
                    NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        struct val record = val_at(rows.list, i);
        struct val id = val_get(record, STR("id"));
        struct val title = val_get(record, STR("title"));
        struct val v = val_with(t->arena, val_map(NULL, 0), STR("id"), id);
        if (!val_is(id, "default"))
            tell_item(
                t, val_with(t->arena, v, STR("title"), val_exists(title) ? title : id));
    }
    return true;
}

bool edit_look(struct edit *edit, struct val *ret, struct err *err)
{
    struct state s;
    struct look look;
    struct look look_above;
    struct look_themes themes;
    struct look_themes above;
    struct resolved resolved;
    struct resolved resolved_above;
    struct arena *a = edit->scope->arena;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err))
        return false;
    if (!is_theme(&s))
        return err_at(err, ERR_MISSING, "edit.layer", edit->layer,
                      "only the layers of the page theme have a look");
    if (!themes_with(edit, &s, s.verbs, &resolved, &look, &themes, err)
        || !themes_with(edit, &s, val_list(NULL, 0), &resolved_above, &look_above, &above,
                        err))
        return false;
    struct telling t = {
        .arena = a, .state = &s, .resolved = &resolved, .themes = &themes, .above = &above
    };
    struct val v = state_draft(&s, a);
    v = val_without(a, v, STR("verbs"));
    for (size_t i = 0; i < THEME_SETS; i++)
        tell_tokens(&t, theme_set_names[i]);
    v = val_with(a, v, STR("tokens"), told(&t));
    tell_words(&t);
    v = val_with(a, v, STR("words"), told(&t));
    tell_locks(&t);
    v = val_with(a, v, STR("locks"), told(&t));
    tell_contrasts(&t);
    v = val_with(a, v, STR("contrasts"), told(&t));
    struct snap *snap;
    if (!scope_snap(edit->scope, &snap, err) || !tell_themes(&t, snap, err))
        return false;
    v = val_with(a, v, STR("themes"), told(&t));
    *ret = val_with(a, v, STR("offers"),
                    look.offers.kind == VAL_LIST ? look.offers : val_list(NULL, 0));
    return true;
}
