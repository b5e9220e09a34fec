/* Revisions: made of a draft, approved, published, brought back. */
#include "inside.h"

/* ---- revisions in the store ---- */

static const struct store_collection *revisions_of(struct snap *snap)
{
    return store_collection(snap_store(snap), STR("revision"));
}

_Static_assert((size_t)LAYOUT_MAX_NAME * 2 + sizeof ":.0000012" - 1 <= STORE_MAX_ID,
               "any layer can have revisions");

str revision_id(struct arena *arena, str layer, int64_t number)
{
    return arena_format(arena, "%.*s.%06lld", STR_ARG(layer), (long long)number);
}

bool revision_read(struct snap *snap, const struct state *s, int64_t number,
                   struct arena *arena, struct val *ret, struct err *err)
{
    struct snap *house = snap_for(snap, s->path.chain, s->path.n, arena);
    if (!snap_get(house, revisions_of(snap), revision_id(arena, s->id, number), NULL, ret,
                  err))
        return false;
    if (!val_exists(*ret))
        return err_set(err, ERR_MISSING, "edit.revision", "there is no revision %lld",
                       (long long)number);
    *ret = val_copy(arena, *ret);
    return true;
}

bool revision_list(struct snap *snap, const struct state *s, int64_t before, size_t limit,
                   struct arena *arena, struct val *ret, struct err *err)
{
    const struct store_collection *c = revisions_of(snap);
    struct query q = { .collection = c,
                       .index = store_index(c, STR("layer")),
                       .equals = { val_str(s->id) },
                       .equals_count = 1,
                       .to = before > 0 ? val_int(before) : VAL_ABSENT,
                       .descending = true,
                       .limit = limit };
    struct rows rows;
    struct snap *house = snap_for(snap, s->path.chain, s->path.n, arena);
    if (!snap_query(house, &q, arena, NULL, &rows, err))
        return false;
    *ret = rows.list;
    return true;
}

static bool last_number(struct snap *snap, const struct state *s, struct arena *arena,
                        int64_t *ret, struct err *err)
{
    struct val list;
    if (!revision_list(snap, s, 0, 1, arena, &list, err))
        return false;
    *ret = val_as_int(val_get(val_at(list, 0), STR("number")), 0);
    return true;
}

/* ---- applying: inside a transaction ---- */

struct val layer_record(const struct state *s, struct arena *a)
{
    struct val layer = val_exists(s->record) ? s->record : val_map(NULL, 0);
    layer = val_with_text(a, layer, "id", s->id);
    layer = val_with_text(a, layer, "page", s->page);
    if (s->specialty.n)
        layer = val_with_text(a, layer, "specialty", s->specialty);
    return layer;
}

/* The layer's verbs become the revision's; the draft, if its own, has nothing left. */
bool revision_apply(struct txn *txn, const struct state *s, struct val revision,
                    struct err *err)
{
    struct arena *a = txn_arena(txn);
    str now = scope_iso(a, txn_now_ms(txn));
    bool kept = val_exists(val_get(revision, STR("restores"))) && state_is_open(s, a);
    struct val number = val_get(revision, STR("number"));
    struct val verbs =
        verbs_stamped(a, val_get(revision, STR("verbs")), STR("since"), now);
    revision = val_with(a, revision, STR("verbs"), verbs);
    revision = val_with_text(a, revision, "state", STR("published"));
    revision = val_with_text(a, revision, "published_at", now);
    struct val layer = val_without(a, layer_record(s, a), STR("stage"));
    layer = val_with(a, layer, STR("verbs"), verbs);
    layer = val_with(a, layer, STR("revision"), number);
    struct val mine = kept ? verbs_rebased(a, s->published, s->verbs, verbs) : verbs;
    struct val draft =
        state_draft_record(s, verbs, mine, val_get(s->draft, STR("log")), a);
    return state_put(txn, s, "revision", revision, err)
           && state_put(txn, s, "layer", layer, err)
           && state_put(txn, s, "draft", draft, err);
}

bool draft_hold(struct txn *txn, const struct state *s, struct val waiting,
                struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v = s->version
                       ? val_with(a, s->draft, STR("version"), val_int(s->version + 1))
                       : state_draft_record(s, s->published, s->verbs, VAL_ABSENT, a);
    v = val_exists(waiting) ? val_with(a, v, STR("waiting"), waiting)
                            : val_without(a, v, STR("waiting"));
    return state_put(txn, s, "draft", v, err);
}

bool revision_expire(struct txn *txn, const struct state *s, struct val revision,
                     struct err *err)
{
    revision = val_with_text(txn_arena(txn), revision, "state", STR("stale"));
    return state_put(txn, s, "revision", revision, err)
           && draft_hold(txn, s, VAL_ABSENT, err);
}

static bool wait_for(struct txn *txn, const struct state *s, struct val revision,
                     const char *state, int64_t due_ms, struct err *err)
{
    revision = val_with_text(txn_arena(txn), revision, "state", str_of(state));
    return state_put(txn, s, "revision", revision, err)
           && (!due_ms || strcmp(state, "scheduled") != 0
               || timetable_add(txn, s, revision, due_ms, err))
           && draft_hold(txn, s, val_get(revision, STR("number")), err);
}

/* ---- making one ---- */

struct making {
    struct edit *edit;
    struct val verbs;
    str reason;
    int64_t due_ms;
    struct val stages; /* absent: everybody at once */
    struct val halt;
    int64_t restores; /* 0: it is made of the draft */
    struct val made;  /* the revision; copied for the caller */
};

/* What was imported becomes a revision of its own, so that it can be brought back. */
static bool adopt(struct txn *txn, struct state *s, int64_t number, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v =
        val_with_text(a, val_map(NULL, 0), "id", revision_id(a, s->id, number));
    v = val_with_text(a, v, "layer", s->id);
    v = val_with(a, v, STR("number"), val_int(number));
    v = val_with(a, v, STR("verbs"), s->published);
    v = val_with_text(a, v, "at", scope_iso(a, txn_now_ms(txn)));
    v = val_with_text(a, v, "state", STR("published"));
    s->record = val_with(a, s->record, STR("revision"), val_int(number));
    s->revision = number;
    return state_put(txn, s, "revision", v, err)
           && state_put(txn, s, "layer", s->record, err);
}

/* What was imported has no number, and was given one when the revision was made. */
bool revision_is_overtaken(const struct state *s, struct val revision)
{
    return val_as_int(val_get(revision, STR("follows")), 0) != s->revision
           || (val_exists(s->record) && !s->revision);
}

static struct val revision_of(struct txn *txn, const struct state *s,
                              const struct making *m, int64_t number, int64_t follows)
{
    struct arena *a = txn_arena(txn);
    const struct viewer *viewer = m->edit->scope->viewer;
    struct val v =
        val_with_text(a, val_map(NULL, 0), "id", revision_id(a, s->id, number));
    v = val_with_text(a, v, "layer", s->id);
    v = val_with(a, v, STR("number"), val_int(number));
    v = val_with_text(a, v, "home", tenant_of(&viewer->path)->id);
    v = val_with_text(a, v, "by", viewer->person_id);
    v = val_with_text(a, v, "reason", m->reason);
    v = val_with_text(a, v, "at", scope_iso(a, txn_now_ms(txn)));
    v = val_with(a, v, STR("follows"), val_int(follows));
    if (m->due_ms)
        v = val_with_text(a, v, "due", scope_iso(a, m->due_ms));
    if (m->restores)
        v = val_with(a, v, STR("restores"), val_int(m->restores));
    if (val_exists(m->stages))
        v = val_with(a, v, STR("stages"), m->stages);
    if (val_exists(m->halt))
        v = val_with(a, v, STR("halt"), m->halt);
    return val_with(a, v, STR("verbs"), m->verbs);
}

bool asks_approval(const struct tenant_path *path)
{
    for (size_t i = path->n; i-- > 0;) {
        struct val asks = val_get(path->items[i].record, STR("approval"));
        if (asks.kind == VAL_BOOL)
            return asks.b;
    }
    return false;
}

/* Without its audience a verb would be set aside, and what it hid would show: the
 * audience may have gone since the verb was said. */
static bool check_audiences(const struct making *m, const struct state *s,
                            struct snap *house, struct err *err)
{
    m->edit->issue_count = 0;
    for (size_t i = 0; i < val_count(m->verbs); i++) {
        struct val verb = val_at(m->verbs, i);
        if (!verbs_hold(s->published, verb)
            && !expect_audience(m->edit, house, verb, i, err))
            return false;
    }
    return !m->edit->issue_count
           || err_at(err, ERR_CONFLICT, "edit.refused", m->edit->issues[0].where,
                     "%zu verbs are for audiences that are not there",
                     m->edit->issue_count);
}

static bool make_work(struct txn *txn, struct state_write *w, struct err *err)
{
    struct making *m = w->data;
    struct state s = *w->now;
    int64_t number;
    struct snap *snap = txn_snap(txn, s.path.chain, s.path.n);
    bool approval = asks_approval(&s.path);
    if ((!approval && !state_may(m->edit, snap, &s, AUTH_PUBLISH_LAYER, err))
        || !check_audiences(m, &s, snap, err)
        || !last_number(snap, &s, txn_arena(txn), &number, err)
        || (val_exists(s.record) && !s.revision && !adopt(txn, &s, ++number, err)))
        return false;
    struct val revision = revision_of(txn, &s, m, number + 1, s.revision);
    bool good = approval    ? wait_for(txn, &s, revision, "proposed", m->due_ms, err)
                : m->due_ms ? wait_for(txn, &s, revision, "scheduled", m->due_ms, err)
                            : revision_begin(txn, &s, revision, err);
    m->made = val_int(number + 1);
    return good;
}

bool revision_tell(struct edit *edit, int64_t number, struct val *ret, struct err *err)
{
    struct state s;
    struct snap *snap;
    struct arena *a = edit->scope->arena;
    if (!scope_snap(edit->scope, &snap, err)
        || !state_read(snap, edit->tenant, edit->layer, a, &s, err)
        || !revision_read(snap, &s, number, a, ret, err))
        return false;
    *ret = val_with(a, val_without(a, *ret, STR("id")), STR("tenant"),
                    val_str(tenant_of(&s.path)->id));
    *ret = stage_counted(edit, &s, *ret);
    return revision_names(edit, snap, ret, err);
}

static bool make(struct making *m, const struct state *s, struct val *ret,
                 struct err *err)
{
    struct state_write w = { .edit = m->edit,
                             .state = s,
                             .right = AUTH_EDIT_LAYER,
                             .write = make_work,
                             .data = m };
    return state_commit(&w, err)
           && revision_tell(m->edit, val_as_int(m->made, 0), ret, err);
}

bool reason_check(str reason, struct err *err)
{
    return auth_is_reason(reason)
           || err_at(err, ERR_INPUT, "edit.reason", STR("/reason"),
                     "a reason of 1 to %d characters is wanted", AUTH_MAX_REASON);
}

static bool check_due(const struct edit *edit, int64_t due_ms, struct err *err)
{
    return !due_ms || due_ms > edit->scope->now_ms
           || err_at(err, ERR_INPUT, "edit.past", STR("/at"),
                     "this moment has passed already");
}

static bool open_to_publish(struct edit *edit, struct state *s, struct err *err)
{
    struct snap *snap;
    return state_open(edit, AUTH_EDIT_LAYER, s, err) && state_is_free(s, err)
           && (asks_approval(&s->path)
               || (scope_snap(edit->scope, &snap, err)
                   && state_may(edit, snap, s, AUTH_PUBLISH_LAYER, err)));
}

static bool check_draft(struct edit *edit, const struct state *s, struct err *err)
{
    struct resolved resolved;
    bool good;
    struct arena *a = edit->scope->arena;
    if (!state_is_open(s, a))
        return err_set(err, ERR_CONFLICT, "edit.nothing",
                       "the draft is what is published already");
    state_resolve(s, s->verbs, a, &resolved);
    struct val issues = issues_of(s, &resolved, a, &good);
    if (!contrast_issues(edit, s, &issues, &good, err))
        return false;
    for (size_t i = 0; !good && i < val_count(issues); i++) {
        struct val issue = val_at(issues, i);
        bool pair = val_is(val_get(issue, STR("code")), "theme.contrast");
        if (!val_as_bool(val_get(issue, STR("published")), true))
            issue_add(edit, pair ? "theme.contrast" : "edit.aside",
                      val_get_text(issue, STR("where")),
                      val_get_text(issue, STR("text")));
    }
    return good
           || err_at(err, ERR_CONFLICT, "edit.refused", edit->issues[0].where,
                     "%zu things of the draft would be set aside, or could not be read",
                     edit->issue_count);
}

bool edit_publish(struct edit *edit, const struct edit_publishing *what, struct val *ret,
                  struct err *err)
{
    struct state s;
    struct making m = { .edit = edit,
                        .reason = what->reason,
                        .due_ms = what->due_ms,
                        .stages = what->stages,
                        .halt = what->halt };
    edit->issue_count = 0;
    if (!reason_check(what->reason, err) || !check_due(edit, what->due_ms, err)
        || !open_to_publish(edit, &s, err) || !state_is_version(&s, what->version, err)
        || !check_draft(edit, &s, err)
        || !stages_check(edit, &s, what->stages, what->halt, err))
        return false;
    m.verbs = s.verbs;
    return make(&m, &s, ret, err);
}

static bool is_published(struct val revision)
{
    return val_is(val_get(revision, STR("state")), "published");
}

bool edit_rollback(struct edit *edit, int64_t number, int64_t version, str reason,
                   struct val *ret, struct err *err)
{
    struct state s;
    struct snap *snap;
    struct val old;
    struct making m = { .edit = edit,
                        .reason = reason,
                        .stages = VAL_ABSENT,
                        .halt = VAL_ABSENT,
                        .restores = number };
    if (!reason_check(reason, err) || !open_to_publish(edit, &s, err)
        || (version >= 0 && !state_is_version(&s, version, err))
        || !scope_snap(edit->scope, &snap, err)
        || !revision_read(snap, &s, number, edit->scope->arena, &old, err))
        return false;
    m.verbs = val_get(old, STR("verbs"));
    if (!is_published(old))
        return err_set(err, ERR_CONFLICT, "edit.state",
                       "revision %lld was never published", (long long)number);
    if (number == s.revision)
        return err_set(err, ERR_CONFLICT, "edit.nothing",
                       "revision %lld is what is published", (long long)number);
    return make(&m, &s, ret, err);
}

/* ---- deciding ---- */

struct deciding {
    struct edit *edit;
    int64_t number;
    str reason;
    bool approves;
};

static bool check_decision(const struct deciding *d, struct snap *snap,
                           const struct state *s, struct val revision, struct err *err)
{
    struct val state = val_get(revision, STR("state"));
    bool proposed = val_is(state, "proposed");
    bool own = revision_is_own(d->edit, revision);
    bool withdrawable =
        proposed || val_is(state, "scheduled") || revision_is_staged(revision);
    if (d->approves ? !proposed : !withdrawable)
        return err_set(err, ERR_CONFLICT, "edit.state", "this revision does not wait");
    if (d->approves && own)
        return err_set(err, ERR_FORBIDDEN, "edit.author",
                       "somebody else than its author must approve it");
    if (d->approves && revision_is_overtaken(s, revision))
        return err_set(err, ERR_CONFLICT, "edit.stale",
                       "the layer was replaced since; withdraw it and propose again");
    return (own && !revision_is_staged(revision)) || d->approves
           || state_may(d->edit, snap, s, AUTH_PUBLISH_LAYER, err);
}

static bool decide_work(struct txn *txn, struct state_write *w, struct err *err)
{
    struct deciding *d = w->data;
    const struct state *s = w->now;
    const struct viewer *v = d->edit->scope->viewer;
    struct arena *a = txn_arena(txn);
    struct val revision;
    struct snap *snap = txn_snap(txn, s->path.chain, s->path.n);
    int64_t due = 0;
    if (!revision_read(snap, s, d->number, a, &revision, err)
        || !check_decision(d, snap, s, revision, err))
        return false;
    revision = val_with_text(a, revision, "decided_home", tenant_of(&v->path)->id);
    revision = val_with_text(a, revision, "decided_by", v->person_id);
    revision = val_with_text(a, revision, "decided_reason", d->reason);
    if (!d->approves) {
        if (revision_is_staged(revision) && !stage_end(txn, s, revision, err))
            return false;
        revision = val_with_text(a, revision, "state", STR("withdrawn"));
        return state_put(txn, s, "revision", revision, err)
               && draft_hold(txn, s, VAL_ABSENT, err);
    }
    bool later =
        date_parse(val_get_text(revision, STR("due")), 0, &due) && due > txn_now_ms(txn);
    return later ? wait_for(txn, s, revision, "scheduled", due, err)
                 : revision_begin(txn, s, revision, err);
}

static bool decide(struct deciding *d, struct val *ret, struct err *err)
{
    struct edit *edit = d->edit;
    struct state s;
    struct state_write w = { .edit = edit,
                             .state = &s,
                             .right = d->approves ? AUTH_PUBLISH_LAYER : AUTH_EDIT_LAYER,
                             .write = decide_work,
                             .data = d };
    if (!state_open(edit, w.right, &s, err) || !state_commit(&w, err))
        return false;
    tallies_forget(edit->editor, &s);
    return revision_tell(edit, d->number, ret, err);
}

bool edit_approve(struct edit *edit, int64_t number, str reason, struct val *ret,
                  struct err *err)
{
    struct deciding d = { edit, number, reason, true };
    return reason_check(reason, err) && decide(&d, ret, err);
}

bool edit_withdraw(struct edit *edit, int64_t number, str reason, struct val *ret,
                   struct err *err)
{
    struct deciding d = { edit, number, reason, false };
    return reason_check(reason, err) && decide(&d, ret, err);
}
