/*
 * Stages: a revision for some, then for more, then for all. Who they are the layer's
 * record says, and layout decides it for each person; here is which stage runs. Every
 * step is an event of the revision, and its number of events the version that the next
 * step must have seen.
 */
#include "inside.h"

enum {
    DEFAULT_ABOVE = 5,    /* failures of a hundred renders more than outside */
    DEFAULT_RENDERS = 20, /* too few to tell anything, below */
};

/* ---- what may be asked for ---- */

static bool refuse(struct err *err, size_t i, const char *member, const char *text)
{
    char where[64];
    struct buf place = { .p = where, .cap = sizeof where, .max = sizeof where };
    buf_format(&place, "/stages/%zu%s", i, member);
    return err_at(err, ERR_INPUT, "edit.stage", buf_view(&place), "%s", text);
}

static int64_t percent_of(struct val stage)
{
    return val_as_int(val_get(stage, STR("percent")), 100);
}

/* The unit or one above it is in the list, or there is no list. */
static bool is_covered(const struct tenant_path *path, struct val tenants)
{
    bool covered = !val_exists(tenants);
    for (size_t i = 0; !covered && i < val_count(tenants); i++)
        covered = tenant_on(path, val_text(val_at(tenants, i)));
    return covered;
}

/* Each of its units is one of the layer's, and stays in the stages that follow. */
static bool check_units(struct edit *edit, const struct state *s, struct val stages,
                        size_t i, struct err *err)
{
    struct arena *a = edit->scope->arena;
    struct val tenants = val_get(val_at(stages, i), STR("tenants"));
    struct val next = val_get(val_at(stages, i + 1), STR("tenants"));
    struct val own = val_str(tenant_of(&s->path)->id);
    struct snap *snap;
    if (!val_exists(tenants))
        return !val_exists(next)
               || refuse(err, i + 1, "/tenants", "the stage before was for all units");
    if (tenants.kind != VAL_LIST || !val_count(tenants)
        || val_count(tenants) > EDIT_MAX_STAGE_UNITS)
        return refuse(err, i, "/tenants", "a list of units is wanted");
    if (!scope_snap(edit->scope, &snap, err))
        return false;
    for (size_t k = 0; k < val_count(tenants); k++) {
        struct tenant_path path;
        if (!tenant_path_read(snap, val_text(val_at(tenants, k)), a, NULL, &path, err)
            || !is_covered(&path, val_list(&own, 1)))
            return refuse(err, i, "/tenants", "each must be a unit of the layer's");
        if (i + 1 < val_count(stages) && !is_covered(&path, next))
            return refuse(err, i + 1, "/tenants",
                          "it must hold all units of the stage before");
    }
    return true;
}

static bool is_in_range(struct val number, int64_t least, int64_t most)
{
    return !val_exists(number)
           || (number.kind == VAL_INT && number.i >= least && number.i <= most);
}

static bool check_stage(struct edit *edit, const struct state *s, struct val stages,
                        size_t i, struct err *err)
{
    struct val stage = val_at(stages, i);
    if (!is_in_range(val_get(stage, STR("percent")), 1, 100))
        return refuse(err, i, "/percent", "a whole number from 1 to 100 is wanted");
    if (!is_in_range(val_get(stage, STR("minutes")), 1, INT64_C(525600)))
        return refuse(err, i, "/minutes", "minutes of at most a year are wanted");
    if (i && percent_of(stage) < percent_of(val_at(stages, i - 1)))
        return refuse(err, i, "/percent", "it must hold all people of the stage before");
    return check_units(edit, s, stages, i, err);
}

bool stages_check(struct edit *edit, const struct state *s, struct val stages,
                  struct val halt, struct err *err)
{
    if (val_exists(halt) && !val_exists(stages))
        return err_at(err, ERR_INPUT, "edit.stage", STR("/halt"),
                      "only what is staged can be halted");
    if (!is_in_range(val_get(halt, STR("above")), 0, 100)
        || !is_in_range(val_get(halt, STR("renders")), 1, 1000000))
        return err_at(err, ERR_INPUT, "edit.stage", STR("/halt"),
                      "whole numbers are wanted");
    if (!val_exists(stages))
        return true;
    if (is_theme(s))
        return err_at(err, ERR_INPUT, "edit.stage", STR("/stages"),
                      "a look is everybody's of a unit: it is not published in stages");
    if (stages.kind != VAL_LIST || !val_count(stages)
        || val_count(stages) > EDIT_MAX_STAGES)
        return err_at(err, ERR_INPUT, "edit.stage", STR("/stages"),
                      "a list of 1 to %d stages is wanted", EDIT_MAX_STAGES);
    for (size_t i = 0; i < val_count(stages); i++) {
        if (!check_stage(edit, s, stages, i, err))
            return false;
    }
    return true;
}

/* ---- one step, in a transaction ---- */

bool revision_is_staged(struct val revision)
{
    struct val state = val_get(revision, STR("state"));
    return val_is(state, "staged") || val_is(state, "halted");
}

static int64_t number_of(struct val revision, const char *name)
{
    return val_as_int(val_get(revision, str_of(name)), 0);
}

/* The layer shows it to whom its stage holds for: no import replaced it. */
static bool is_running(const struct state *s, struct val revision)
{
    return val_is(val_get(revision, STR("state")), "staged")
           && val_as_int(val_get(val_get(s->record, STR("stage")), STR("number")), 0)
                  == number_of(revision, "number");
}

static struct val event_new(struct txn *txn, const char *what, const struct edit *by,
                            str reason)
{
    struct arena *a = txn_arena(txn);
    struct val v = val_with_text(a, val_map(NULL, 0), "what", str_of(what));
    v = val_with_text(a, v, "at", scope_iso(a, txn_now_ms(txn)));
    if (by) {
        v = val_with_text(a, v, "home", tenant_of(&by->scope->viewer->path)->id);
        v = val_with_text(a, v, "by", by->scope->viewer->person_id);
    }
    return reason.n ? val_with_text(a, v, "reason", reason) : v;
}

/* The oldest go when there are too many; the version counts on. */
static struct val with_event(struct arena *a, struct val revision, struct val event)
{
    struct val old = val_get(revision, STR("events"));
    size_t skip = val_count(old) >= EDIT_MAX_EVENTS;
    size_t n = val_count(old) - skip;
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = val_at(old, i + skip);
    items[n] = val_with(a, event, STR("stage"), val_int(number_of(revision, "stage")));
    revision = val_with(a, revision, STR("events"), val_list(items, n + 1));
    return val_with(a, revision, STR("version"),
                    val_int(number_of(revision, "version") + 1));
}

static struct val stage_record(struct arena *a, struct val revision, struct val stage)
{
    static const str chosen[] = { STR_INIT("percent"), STR_INIT("tenants") };
    struct val v =
        val_with(a, val_map(NULL, 0), STR("number"), val_get(revision, STR("number")));
    v = val_with(a, v, STR("run"), val_get(revision, STR("version")));
    for (size_t i = 0; i < COUNT_OF(chosen); i++) {
        if (val_exists(val_get(stage, chosen[i])))
            v = val_with(a, v, chosen[i], val_get(stage, chosen[i]));
    }
    return val_with(a, v, STR("verbs"), val_get(revision, STR("verbs")));
}

static bool wait_for_next(struct txn *txn, const struct state *s, struct val stage,
                          struct val *revision, struct err *err)
{
    struct arena *a = txn_arena(txn);
    int64_t minutes = number_of(stage, "minutes");
    *revision = val_without(a, *revision, STR("until"));
    if (!minutes)
        return true;
    /* in whole seconds, as the revision tells it */
    int64_t until_ms = (txn_now_ms(txn) + minutes * 60000) / 1000 * 1000;
    *revision = val_with_text(a, *revision, "until", scope_iso(a, until_ms));
    return timetable_add(txn, s, *revision, until_ms, err);
}

/* The stage that the revision names begins, with the event. */
static bool stage_run(struct txn *txn, const struct state *s, struct val revision,
                      struct val event, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val stage = val_at(val_get(revision, STR("stages")),
                              (size_t)number_of(revision, "stage") - 1);
    revision = with_event(a, revision, event);
    revision = val_with_text(a, revision, "state", STR("staged"));
    if (!wait_for_next(txn, s, stage, &revision, err))
        return false;
    struct val layer = val_with(a, layer_record(s, a), STR("verbs"), s->published);
    layer = val_with(a, layer, STR("stage"), stage_record(a, revision, stage));
    return state_put(txn, s, "revision", revision, err)
           && state_put(txn, s, "layer", layer, err)
           && draft_hold(txn, s, val_get(revision, STR("number")), err);
}

/* To the stage behind the present one, or to all. */
static bool stage_next(struct txn *txn, const struct state *s, struct val revision,
                       struct val event, struct err *err)
{
    struct arena *a = txn_arena(txn);
    int64_t next = number_of(revision, "stage") + 1;
    if ((size_t)next <= val_count(val_get(revision, STR("stages")))) {
        revision = val_with(a, revision, STR("stage"), val_int(next));
        return stage_run(txn, s, revision, event, err);
    }
    revision = val_without(a, with_event(a, revision, event), STR("until"));
    return revision_apply(txn, s, revision, err);
}

bool revision_begin(struct txn *txn, const struct state *s, struct val revision,
                    struct err *err)
{
    if (!val_exists(val_get(revision, STR("stages"))))
        return revision_apply(txn, s, revision, err);
    return stage_next(txn, s, revision, event_new(txn, "began", NULL, STR("")), err);
}

bool stage_due(struct txn *txn, const struct state *s, struct val revision,
               int64_t due_ms, struct err *err)
{
    struct arena *a = txn_arena(txn);
    str until = val_get_text(revision, STR("until"));
    if (!str_equal(until, scope_iso(a, due_ms)))
        return true; /* it was advanced or halted since */
    if (!is_running(s, revision))
        return revision_expire(txn, s, revision, err);
    return stage_next(txn, s, revision, event_new(txn, "advanced", NULL, STR("")), err);
}

/* A layer that nobody had before its stage is not there again. */
bool stage_end(struct txn *txn, const struct state *s, struct val revision,
               struct err *err)
{
    struct arena *a = txn_arena(txn);
    if (!is_running(s, revision))
        return true;
    if (s->revision)
        return state_put(txn, s, "layer", val_without(a, s->record, STR("stage")), err);
    return txn_remove(txn, tenant_of(&s->path)->space,
                      store_collection(txn_store(txn), STR("layer")), s->id, err);
}

static bool stage_halt(struct txn *txn, const struct state *s, struct val revision,
                       struct val event, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val halted = with_event(a, revision, event);
    halted = val_without(a, halted, STR("until"));
    halted = val_with_text(a, halted, "state", STR("halted"));
    return stage_end(txn, s, revision, err) && state_put(txn, s, "revision", halted, err)
           && draft_hold(txn, s, val_get(revision, STR("number")), err);
}

/* ---- steps that people make ---- */

enum step { STEP_ADVANCE, STEP_HALT, STEP_RESUME };

struct stepping {
    struct edit *edit;
    int64_t number;
    int64_t version;
    str reason;
    enum step step;
};

static bool check_step(const struct stepping *p, const struct state *s,
                       struct val revision, struct err *err)
{
    bool resumes = p->step == STEP_RESUME;
    if (!val_is(val_get(revision, STR("state")), resumes ? "halted" : "staged"))
        return err_set(err, ERR_CONFLICT, "edit.state",
                       resumes ? "this revision is not halted"
                               : "this revision is not staged");
    if (p->version != number_of(revision, "version"))
        return err_set(err, ERR_CONFLICT, "edit.version",
                       "the revision is at version %lld; look at it first",
                       (long long)number_of(revision, "version"));
    return (resumes ? !revision_is_overtaken(s, revision) : is_running(s, revision))
           || err_set(err, ERR_CONFLICT, "edit.stale",
                      "the layer was replaced since; withdraw it and publish again");
}

static bool step_work(struct txn *txn, struct state_write *w, struct err *err)
{
    static const char *const names[] = {
        [STEP_ADVANCE] = "advanced", [STEP_HALT] = "halted", [STEP_RESUME] = "resumed"
    };
    const struct stepping *p = w->data;
    const struct state *s = w->now;
    struct val revision;
    struct snap *snap = txn_snap(txn, s->path.chain, s->path.n);
    if (!revision_read(snap, s, p->number, txn_arena(txn), &revision, err)
        || !check_step(p, s, revision, err))
        return false;
    struct val event = event_new(txn, names[p->step], p->edit, p->reason);
    return p->step == STEP_ADVANCE ? stage_next(txn, s, revision, event, err)
           : p->step == STEP_HALT  ? stage_halt(txn, s, revision, event, err)
                                   : stage_run(txn, s, revision, event, err);
}

static bool take_step(struct stepping *p, struct val *ret, struct err *err)
{
    struct state s;
    struct state_write w = { .edit = p->edit,
                             .state = &s,
                             .right = AUTH_PUBLISH_LAYER,
                             .write = step_work,
                             .data = p };
    if (!reason_check(p->reason, err) || !state_open(p->edit, w.right, &s, err)
        || !state_commit(&w, err))
        return false;
    tallies_forget(p->edit->editor, &s);
    return revision_tell(p->edit, p->number, ret, err);
}

bool edit_advance(struct edit *edit, int64_t number, int64_t version, str reason,
                  struct val *ret, struct err *err)
{
    struct stepping p = { edit, number, version, reason, STEP_ADVANCE };
    return take_step(&p, ret, err);
}

bool edit_halt(struct edit *edit, int64_t number, int64_t version, str reason,
               struct val *ret, struct err *err)
{
    struct stepping p = { edit, number, version, reason, STEP_HALT };
    return take_step(&p, ret, err);
}

bool edit_resume(struct edit *edit, int64_t number, int64_t version, str reason,
                 struct val *ret, struct err *err)
{
    struct stepping p = { edit, number, version, reason, STEP_RESUME };
    return take_step(&p, ret, err);
}

/* ---- what was counted ---- */

void tallies_forget(struct editor *editor, const struct state *s)
{
    if (editor->layouts)
        layout_forget_tallies(editor->layouts, tenant_of(&s->path)->id, s->id);
}

static struct val side_told(struct arena *a, const struct layout_tally *tally, int side)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("renders"),
                            val_int((int64_t)tally->renders[side]));
    return val_with(a, v, STR("failures"), val_int((int64_t)tally->failures[side]));
}

/* { "component", "inside", "outside", "block"?, "code"?, "text"? } */
static struct val tally_told(struct arena *a, struct val v,
                             const struct layout_tally *tally)
{
    v = val_with_text(a, v, "component", tally->component);
    v = val_with(a, v, STR("inside"), side_told(a, tally, 1));
    v = val_with(a, v, STR("outside"), side_told(a, tally, 0));
    if (!tally->code)
        return v;
    v = val_with_text(a, v, "block", tally->block);
    v = val_with_text(a, v, "code", str_of(tally->code));
    return tally->text.n ? val_with_text(a, v, "text", tally->text) : v;
}

struct val stage_counted(struct edit *edit, const struct state *s, struct val revision)
{
    struct arena *a = edit->scope->arena;
    struct layouts *layouts = edit->editor->layouts;
    struct layout_stage stage = { .unit = tenant_of(&s->path)->id,
                                  .layer = s->id,
                                  .number = number_of(revision, "number"),
                                  .run = number_of(revision, "version") };
    size_t n;
    if (!layouts || !val_is(val_get(revision, STR("state")), "staged"))
        return revision;
    const struct layout_tally *tallies = layout_tallies(layouts, &stage, a, &n);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = tally_told(a, val_map(NULL, 0), &tallies[i]);
    return val_with(a, revision, STR("shown"), val_list(items, n));
}

/* ---- halting by itself ---- */

struct halting {
    const struct layout_tally *tally;
    bool halted;
    bool over; /* its stage does not run any more */
};

static double rate_of(const struct layout_tally *tally, int side)
{
    return tally->renders[side]
               ? (double)tally->failures[side] / (double)tally->renders[side]
               : 0;
}

static bool fails_too_often(const struct layout_tally *tally, struct val halt)
{
    int64_t above = val_as_int(val_get(halt, STR("above")), DEFAULT_ABOVE);
    int64_t least = val_as_int(val_get(halt, STR("renders")), DEFAULT_RENDERS);
    return (int64_t)tally->renders[1] >= least
           && rate_of(tally, 1) > rate_of(tally, 0) + (double)above / 100;
}

/* Whether it is to be halted now; then `ret_s` and `ret` are the layer and revision. */
static bool judge(struct snap *snap, struct halting *h, struct arena *arena,
                  struct state *ret_s, struct val *ret, struct err *err)
{
    const struct layout_stage *stage = &h->tally->stage;
    h->halted = false;
    if (!state_read(snap, stage->unit, stage->layer, arena, ret_s, err)
        || !revision_read(snap, ret_s, stage->number, arena, ret, err)) {
        h->over = err->kind == ERR_MISSING;
        return h->over;
    }
    h->over = !is_running(ret_s, *ret) || number_of(*ret, "version") != stage->run;
    h->halted = !h->over && fails_too_often(h->tally, val_get(*ret, STR("halt")));
    return true;
}

static bool halt_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct halting *h = data;
    struct arena *a = txn_arena(txn);
    struct state s;
    struct val revision;
    if (!judge(txn_snap(txn, system, 1), h, a, &s, &revision, err))
        return false;
    if (!h->halted)
        return true;
    struct val event = event_new(txn, "halted", NULL, STR(""));
    return stage_halt(txn, &s, revision, tally_told(a, event, h->tally), err);
}

static bool look_at(struct editor *editor, struct halting *h, struct arena *arena,
                    struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct state s;
    struct val revision;
    struct snap *snap;
    if (!snap_open(editor->reader, system, 1, &snap, err))
        return false;
    bool good = judge(snap, h, arena, &s, &revision, err);
    snap_close(snap);
    return good && (!h->halted || store_write(editor->store, halt_work, h, err));
}

bool edit_halt_failing(struct editor *editor, size_t *ret, struct err *err)
{
    *ret = 0;
    if (!editor->layouts)
        return true;
    struct arena *arena = arena_open();
    size_t n;
    bool good = true;
    const struct layout_tally *tallies = layout_tallies(editor->layouts, NULL, arena, &n);
    bool full = n == LAYOUT_MAX_TALLIES; /* then those of ended stages are looked for */
    bool forgot = false;
    for (size_t i = 0; i < n; i++) {
        struct halting h = { .tally = &tallies[i] };
        if (!full && rate_of(h.tally, 1) <= rate_of(h.tally, 0))
            continue;
        bool looked = look_at(editor, &h, arena, err);
        good = good && looked;
        if (looked && (h.halted || h.over)) {
            layout_forget_tallies(editor->layouts, h.tally->stage.unit,
                                  h.tally->stage.layer);
            forgot = true;
        }
        *ret += looked && h.halted;
    }
    arena_close(arena);
    if (good && full && !forgot)
        return err_set(err, ERR_LIMIT, "edit.tallies",
                       "%d components are counted in stages, others are not; end some",
                       LAYOUT_MAX_TALLIES);
    return good;
}
