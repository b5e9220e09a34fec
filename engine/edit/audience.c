/* Whom a verb may be meant for: looking at audiences, and changing a unit's own. */
#include "inside.h"

static const struct store_collection *audiences_of(struct snap *snap)
{
    return store_collection(snap_store(snap), STR("audience"));
}

/* How many of the unit and below a rule holds for. */
static struct val count(struct edit *edit, const struct tenant_path *path,
                        const struct audience *audience)
{
    struct directory *directory = edit->editor->directory;
    struct directory_set *set = directory_select(directory, audience);
    size_t n = directory_set_count_below(directory, set, tenant_of(path)->id);
    directory_set_close(set);
    return val_int((int64_t)n);
}

/* The same for the audience of that name; absent when its rule cannot be read. */
static struct val count_named(struct edit *edit, const struct tenant_path *path,
                              struct snap *house, str id)
{
    struct arena *a = edit->scope->arena;
    const struct audience *audience;
    struct err err;
    struct audience_source source = { .rule = val_with(a, val_map(NULL, 0),
                                                       STR("audience"), val_str(id)),
                                      .path = path,
                                      .snap = house };
    return edit->editor->directory && audience_compile(&source, a, &audience, NULL, &err)
               ? count(edit, path, audience)
               : VAL_ABSENT;
}

static struct val tell(struct edit *edit, const struct tenant_path *path,
                       struct snap *house, struct val record)
{
    struct arena *a = edit->scope->arena;
    str id = val_get_text(record, STR("id"));
    struct val people = count_named(edit, path, house, id);
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(id));
    v = val_with(a, v, STR("name"), val_get(record, STR("name")));
    return val_exists(people) ? val_with(a, v, STR("people"), people) : v;
}

bool edit_audiences(struct edit *edit, struct val *ret, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct tenant_path path;
    struct snap *house;
    struct rows rows;
    if (!edit_house(edit, &path, &house, err))
        return false;
    struct query query = { .collection = audiences_of(house),
                           .up = true,
                           .limit = EDIT_MAX_AUDIENCES };
    if (!snap_query(house, &query, a, NULL, &rows, err))
        return false;
    size_t n = val_count(rows.list);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = tell(edit, &path, house, val_at(rows.list, i));
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

/* ---- one ---- */

/* What was looked at, so that nobody changes what she has not seen. */
static str etag_of(struct arena *a, struct val record)
{
    return arena_format(a, "%016llx",
                        (unsigned long long)str_hash(doc_text(a, record, DOC_SORTED), 0));
}

static struct val warnings_told(struct arena *a, const struct audience_issues *issues)
{
    struct val *items = ARENA_ARRAY(a, struct val, issues->n + 1);
    for (size_t i = 0; i < issues->n; i++) {
        const struct audience_issue *issue = &issues->items[i];
        str where = arena_format(a, "/rule%.*s", STR_ARG(issue->where));
        struct val v = val_with_text(a, val_map(NULL, 0), "code", str_of(issue->code));
        v = val_with_text(a, v, "where", where);
        items[i] = val_with_text(a, v, "detail", issue->text);
    }
    return val_list(items, issues->n);
}

/* Every mistake is an issue of the edit. */
static bool compile_rule(struct edit *edit, const struct audience_source *source,
                         const struct audience **ret, struct audience_issues *ret_issues,
                         struct err *err)
{
    struct arena *a = edit->scope->arena;
    edit->issue_count = 0;
    *ret_issues = (struct audience_issues){ .n = 0 };
    if (audience_compile(source, a, ret, ret_issues, err))
        return true;
    for (size_t i = 0; i < ret_issues->n; i++)
        issue_add(edit, ret_issues->items[i].code,
                  arena_format(a, "/rule%.*s", STR_ARG(ret_issues->items[i].where)),
                  ret_issues->items[i].text);
    return !ret_issues->n ? false
                          : err_at(err, ERR_INPUT, "edit.refused", edit->issues[0].where,
                                   "%zu things of the rule cannot be; nothing was done",
                                   ret_issues->n);
}

static bool no_audience(str id, struct err *err)
{
    return err_set(err, ERR_MISSING, "audience.none", "there is no audience %.*s here",
                   STR_ARG(id));
}

bool edit_audience(struct edit *edit, str id, struct val *ret, str *ret_etag,
                   struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct audience_issues issues = { .n = 0 };
    const struct audience *compiled;
    struct tenant_path path;
    struct snap *house;
    struct val own;
    struct val record;
    struct err wrong;
    if (!edit_house(edit, &path, &house, err)
        || !snap_get(house, audiences_of(house), id, NULL, &own, err)
        || !snap_get_up(house, audiences_of(house), id, NULL, &record, err))
        return false;
    if (!val_exists(record))
        return no_audience(id, err);
    struct audience_source source = {
        .rule = val_get(record, STR("rule")), .id = id, .path = &path, .snap = house
    };
    struct val v = tell(edit, &path, house, record);
    v = val_with(a, v, STR("own"), val_bool(val_exists(own)));
    v = val_with(a, v, STR("rule"), source.rule);
    if (audience_compile(&source, a, &compiled, &issues, &wrong))
        v = val_with(a, v, STR("warnings"), warnings_told(a, &issues));
    *ret = v;
    *ret_etag = etag_of(a, record);
    return true;
}

/* ---- who names one ---- */

struct naming {
    str id;
    struct edit *edit;
    struct snap *snap;
};

static bool rule_names(struct val rule, str id)
{
    bool named = false;
    for (size_t i = 0; !named && i < val_count(rule); i++) {
        str member = STR("");
        struct val inner =
            rule.kind == VAL_MAP ? val_member(rule, i, &member) : val_at(rule, i);
        bool names = str_equal(member, STR("audience"));
        named = names && inner.kind == VAL_STR ? str_equal(val_text(inner), id)
                                               : rule_names(inner, id);
        for (size_t k = 0; names && !named && k < val_count(inner); k++)
            named = str_equal(val_text(val_at(inner, k)), id);
    }
    return named;
}

static bool verbs_name(struct val verbs, str id)
{
    for (size_t i = 0; i < val_count(verbs); i++) {
        if (str_equal(val_get_text(val_at(verbs, i), STR("audience")), id))
            return true;
    }
    return false;
}

static bool record_names(struct val record, str id)
{
    return verbs_name(val_get(record, STR("verbs")), id)
           || verbs_name(val_get(val_get(record, STR("stage")), STR("verbs")), id)
           || rule_names(val_get(record, STR("rule")), id);
}

static void note_user(struct naming *n, str unit, const char *collection,
                      struct val record)
{
    str id = val_get_text(record, STR("id"));
    if (n->edit->issue_count < EDIT_MAX_LISTED && record_names(record, n->id))
        issue_add(n->edit, "audience.used",
                  arena_format(n->edit->scope->arena, "%.*s/%s/%.*s", STR_ARG(unit),
                               collection, STR_ARG(id)),
                  STR("this names the audience"));
}

/* Of the revisions only those count that wait: an old one comes back only when all it
 * names is there. */
static bool look_at_waiting(struct naming *n, str unit, struct snap *house,
                            struct val draft, struct err *err)
{
    struct arena *a = n->edit->scope->arena;
    int64_t number = val_as_int(val_get(draft, STR("waiting")), 0);
    str id = revision_id(a, val_get_text(draft, STR("id")), number);
    struct val revision;
    if (!number)
        return true;
    if (!snap_get(house, store_collection(snap_store(house), STR("revision")), id, NULL,
                  &revision, err))
        return false;
    note_user(n, unit, "revision", revision);
    return true;
}

static bool look_in(struct naming *n, str unit, struct snap *house,
                    const char *collection, struct arena *arena, struct err *err)
{
    struct query query = { .collection =
                               store_collection(snap_store(house), str_of(collection)),
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    do {
        if (!snap_query(house, &query, arena, NULL, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            note_user(n, unit, collection, val_at(rows.list, i));
            if (!look_at_waiting(n, unit, house, val_at(rows.list, i), err))
                return false;
        }
        query.after = rows.next;
    } while (rows.next.n);
    return true;
}

static bool look_below(struct naming *n, str unit, struct arena *arena, struct err *err);

/* Where another audience of that name is, and below, that one is meant. */
static bool look_at_unit(struct naming *n, str unit, store_space space, bool is_owner,
                         struct err *err)
{
    static const char *const naming[] = { "layer", "draft", "audience" };
    struct arena *arena = arena_open_small();
    struct snap *house = snap_for(n->snap, &space, 1, arena);
    struct val other = VAL_ABSENT;
    bool good =
        is_owner || snap_get(house, audiences_of(house), n->id, NULL, &other, err);
    for (size_t i = 0; good && !val_exists(other) && i < COUNT_OF(naming); i++)
        good = look_in(n, unit, house, naming[i], arena, err);
    good = good && (val_exists(other) || look_below(n, unit, arena, err));
    arena_close(arena);
    return good;
}

static bool look_below(struct naming *n, str unit, struct arena *arena, struct err *err)
{
    struct rows rows = { .next = STR("") };
    do {
        if (!tenant_children(n->snap, unit, rows.next, STORE_MAX_ROWS, arena, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val child = val_at(rows.list, i);
            store_space space = (store_space)val_as_int(val_get(child, STR("space")), 0);
            if (!look_at_unit(n, val_get_text(child, STR("id")), space, false, err))
                return false;
        }
    } while (rows.next.n);
    return true;
}

/* Without it a verb that hides from its people would show to them. */
static bool is_unused(struct edit *edit, str id, struct snap *snap,
                      const struct tenant_path *path, struct err *err)
{
    struct naming n = { .id = id, .edit = edit, .snap = snap };
    edit->issue_count = 0;
    if (!look_at_unit(&n, tenant_of(path)->id, tenant_of(path)->space, true, err))
        return false;
    return !edit->issue_count
           || err_at(err, ERR_CONFLICT, "audience.used", edit->issues[0].where,
                     "%zu layers, drafts, revisions or audiences name it",
                     edit->issue_count);
}

/* ---- what one would be ---- */

static bool may_change(struct edit *edit, struct snap *snap,
                       const struct tenant_path *path, struct err *err)
{
    return scope_may(edit->scope, snap, AUTH_PUBLISH_LAYER, path, STR(""), err);
}

/* For whoever may change audiences: rules tell about people. */
static bool open_house(struct edit *edit, struct tenant_path *path, struct snap **ret,
                       struct err *err)
{
    return edit_house(edit, path, ret, err) && may_change(edit, *ret, path, err);
}

bool edit_audience_preview(struct edit *edit, str id, struct val rule, struct val *ret,
                           struct err *err)
{
    struct arena *a = edit->scope->arena;
    const struct audience *compiled;
    struct audience_issues issues;
    struct tenant_path path;
    struct audience_source source = { .rule = rule, .id = id, .path = &path };
    if (!open_house(edit, &path, &source.snap, err)
        || !compile_rule(edit, &source, &compiled, &issues, err))
        return false;
    struct directory *directory = edit->editor->directory;
    struct val v =
        val_with(a, val_map(NULL, 0), STR("warnings"), warnings_told(a, &issues));
    if (directory) {
        size_t all = directory_count_below(directory, tenant_of(&path)->id);
        v = val_with(a, v, STR("people"), count(edit, &path, compiled));
        v = val_with(a, v, STR("of"), val_int((int64_t)all));
    }
    *ret = v;
    return true;
}

bool edit_attribute(struct edit *edit, str attribute, str part, struct val *ret,
                    struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct directory *directory = edit->editor->directory;
    struct directory_value *found = NULL;
    struct tenant_path path;
    struct snap *house;
    size_t n = 0;
    if (!open_house(edit, &path, &house, err))
        return false;
    struct val names = tenant_terms(&path, attribute, a);
    if (directory)
        n = directory_values(directory, attribute, tenant_of(&path)->id, names, part,
                             EDIT_MAX_VALUES, a, &found);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct val v = val_with_text(a, val_map(NULL, 0), "value", found[i].text);
        struct val name = val_get(names, found[i].text);
        if (val_exists(name))
            v = val_with(a, v, STR("name"), name);
        items[i] = val_with(a, v, STR("people"), val_int((int64_t)found[i].people));
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

/* ---- changing one ---- */

struct changing {
    struct edit *edit;
    str id;
    str etag;           /* of what was seen; empty: there was none */
    struct val content; /* { "name", "rule" }, or absent: it goes */
};

static bool is_as_seen(const struct changing *c, struct val before, struct err *err)
{
    struct arena *a = c->edit->scope->arena;
    if (c->etag.n && !val_exists(before))
        return no_audience(c->id, err);
    return str_equal(c->etag, val_exists(before) ? etag_of(a, before) : STR(""))
           || err_set(err, ERR_CONFLICT, "audience.changed",
                      "the audience %.*s is not as you saw it; look at it first",
                      STR_ARG(c->id));
}

/* The one who asked waits, so her arena may be used here. */
static bool change_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct changing *c = data;
    struct arena *a = c->edit->scope->arena;
    struct tenant_path path;
    struct val before;
    struct snap *all = txn_snap(txn, system, 1);
    if (!tenant_path_read(all, c->edit->tenant, a, NULL, &path, err)
        || !may_change(c->edit, all, &path, err))
        return false;
    struct snap *house = txn_snap(txn, path.chain, path.n);
    if (!snap_get(house, audiences_of(house), c->id, NULL, &before, err)
        || !is_as_seen(c, before, err))
        return false;
    store_space space = tenant_of(&path)->space;
    if (!val_exists(c->content))
        return is_unused(c->edit, c->id, house, &path, err)
               && txn_remove(txn, space, audiences_of(house), c->id, err)
               && scope_audit_one(c->edit->scope, txn, &path, STR("remove"), "audience",
                                  c->id, err);
    struct val record = val_with_text(a, c->content, "id", c->id);
    const struct audience *compiled;
    struct audience_issues issues;
    struct audience_source source = { .rule = val_get(c->content, STR("rule")),
                                      .id = c->id,
                                      .path = &path,
                                      .snap = house };
    return compile_rule(c->edit, &source, &compiled, &issues, err)
           && txn_put(txn, space, audiences_of(house), record, PUT_ANY, err)
           && scope_audit_one(c->edit->scope, txn, &path, STR("put"), "audience", c->id,
                              err);
}

static bool change(struct changing *c, struct err *err)
{
    scope_drop_snap(c->edit->scope);
    return store_write(c->edit->editor->store, change_work, c, err);
}

bool edit_audience_put(struct edit *edit, str id, str etag, struct val content,
                       struct val *ret, str *ret_etag, struct err *err)
{
    struct changing c = { edit, id, etag, content };
    return change(&c, err) && edit_audience(edit, id, ret, ret_etag, err);
}

/* Looked at before the writer is kept busy with it, and again inside the transaction. */
static bool may_remove(struct edit *edit, str id, struct err *err)
{
    struct tenant_path path;
    struct snap *house;
    return open_house(edit, &path, &house, err) && is_unused(edit, id, house, &path, err);
}

bool edit_audience_remove(struct edit *edit, str id, str etag, struct err *err)
{
    struct changing c = { edit, id, etag, VAL_ABSENT };
    return may_remove(edit, id, err) && change(&c, err);
}
