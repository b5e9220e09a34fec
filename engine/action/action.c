/* From what is asked to its answer. */
#include "inside.h"

#include "audience/audience.h"
#include "crypt/crypt.h"

enum {
    WAIT_MS = 5000, /* for its turn; later nobody expects it any more */
    LOOK_MS = 50,   /* after so long it is asked whether the client is still there */
};

bool actions_open(const struct action_config *config, struct actions **ret,
                  struct err *err)
{
    struct actions *actions = mem_zero(sizeof *actions);
    actions->config = *config;
    queue_init(&actions->queue);
    if (!scope_worker_open(config->scopes, &actions->looks, err)
        || !script_worker_open(config->libraries, &actions->scripts, err)) {
        actions_close(actions);
        return false;
    }
    *ret = actions;
    return true;
}

void actions_close(struct actions *actions)
{
    if (!actions)
        return;
    script_worker_close(actions->scripts);
    scope_worker_close(actions->looks);
    queue_done(&actions->queue);
    mem_free(actions);
}

struct action_counts action_count(struct actions *actions)
{
    const struct action_counts *from = &actions->counts;
    struct action_counts counts = {
        .run = __atomic_load_n(&from->run, __ATOMIC_RELAXED),
        .replayed = __atomic_load_n(&from->replayed, __ATOMIC_RELAXED),
        .refused = __atomic_load_n(&from->refused, __ATOMIC_RELAXED),
        .turned_away = __atomic_load_n(&from->turned_away, __ATOMIC_RELAXED),
        .left = __atomic_load_n(&from->left, __ATOMIC_RELAXED),
    };
    pthread_mutex_lock(&actions->queue.lock);
    counts.waiting = actions->queue.waiting;
    counts.in_writer = actions->queue.in_writer;
    pthread_mutex_unlock(&actions->queue.lock);
    return counts;
}

static void add_one(uint64_t *count)
{
    __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

/* ---- finding ---- */

/* What she put away herself she does not see either. */
static bool find_block(struct action *a, struct err *err)
{
    a->on = layout_shown_block(a->layout, a->block);
    if (!a->on)
        return err_set(err, ERR_MISSING, "action.block",
                       "you see no such block on this page");
    a->component = arena_str(a->arena, a->on->ref);
    a->what = a->on->component && !a->on->broken
                  ? component_action(a->on->component, a->name)
                  : NULL;
    if (!a->what)
        return err_set(err, ERR_MISSING, "action.none", "the block has no action %.*s",
                       STR_ARG(a->name));
    return true;
}

/* An audience that there is not holds nobody. */
static bool is_for_her(struct action *a, struct scope *scope, struct reads *reads,
                       struct err *err)
{
    const struct audience *audience = NULL;
    struct snap *snap;
    if (!a->what->audience.n)
        return true;
    if (!scope_snap(scope, &snap, err))
        return false;
    struct audience_source source = {
        .rule = val_with(a->arena, val_map(NULL, 0), STR("audience"),
                         val_str(a->what->audience)),
        .path = &a->viewer->path,
        .snap = snap,
        .reads = reads,
    };
    if (!audience_compile(&source, a->arena, &audience, NULL, err)
        && err->kind == ERR_SYSTEM)
        return false;
    if (audience && audience_admits(audience, a->viewer->person, &a->viewer->path))
        return true;
    return err_set(err, ERR_FORBIDDEN, "action.forbidden",
                   "this is not for you to do; ask who looks after the page");
}

static bool watch_rules(struct action *a, struct scope *scope, const struct reads *reads,
                        struct err *err)
{
    struct watch *watch = a->actions->config.watch;
    if (reads->n && !watch_add(watch, &a->rule, reads, scope_revision(scope)))
        return err_set(err, ERR_BUSY, "action.again",
                       "the page has just changed; try again");
    return true;
}

bool action_expect(struct action *action, const struct reads *shown, uint64_t revision,
                   struct err *err)
{
    return !shown->n
           || watch_add(action->actions->config.watch, &action->shown, shown, revision)
           || err_set(err, ERR_CONFLICT, "action.stale",
                      "what the block shows has changed since");
}

/* ---- forms ---- */

static bool is_one_of(struct val schema, const char *type)
{
    struct val types = val_get(schema, STR("type"));
    bool found = val_is(types, type);
    for (size_t i = 0; !found && i < val_count(types); i++)
        found = val_is(val_at(types, i), type);
    return found;
}

/* What a text of a form stands for; one that does not fit stays, for the schema to say
 * so. */
static struct val from_text(struct val schema, str text, struct arena *arena)
{
    struct val number;
    struct err err;
    if (is_one_of(schema, "string"))
        return val_str(text);
    if (is_one_of(schema, "boolean")
        && (str_equal(text, STR("true")) || str_equal(text, STR("on"))))
        return val_bool(true);
    if (is_one_of(schema, "boolean") && str_equal(text, STR("false")))
        return val_bool(false);
    if ((is_one_of(schema, "integer") || is_one_of(schema, "number"))
        && doc_parse(arena, text, &number, &err)
        && (number.kind == VAL_INT || number.kind == VAL_NUM))
        return number;
    return val_str(text);
}

/* A field left empty was not filled in. */
static struct val read_form(const struct action *a)
{
    struct val document = a->what->input ? schema_document(a->what->input) : VAL_ABSENT;
    struct val properties = val_get(document, STR("properties"));
    struct val input = val_map(NULL, 0);
    for (size_t i = 0; i < a->field_count; i++) {
        const struct action_field *field = &a->fields[i];
        struct val schema = val_get(properties, field->name);
        bool is_list = is_one_of(schema, "array");
        if (!field->value.n)
            continue;
        struct val one = from_text(is_list ? val_get(schema, STR("items")) : schema,
                                   field->value, a->arena);
        if (is_list)
            one = val_append(a->arena, val_get(input, field->name), one);
        input = val_with(a->arena, input, field->name, one);
    }
    return input;
}

static bool fit_input(struct action *a, struct err *err)
{
    struct schema_report report;
    struct val none = val_map(NULL, 0);
    if (a->fields)
        a->input = read_form(a);
    if (!val_exists(a->input) || (a->input.kind == VAL_LIST && !val_count(a->input)))
        a->input = none;
    if (!a->what->input)
        return !val_count(a->input)
               || err_set(err, ERR_INPUT, "action.input", "the action takes no input");
    a->input = schema_fill(a->what->input, a->input, a->arena);
    if (schema_check(a->what->input, a->input, a->arena, &report))
        return true;
    a->mistakes = report.errors;
    a->mistake_count = report.n;
    return err_at(err, ERR_INPUT, "action.input", report.errors[0].pointer, "%.*s",
                  STR_ARG(report.errors[0].text));
}

static bool is_key(str key)
{
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < '!' || key.p[i] > '~')
            return false;
    }
    return key.n <= ACTION_MAX_KEY;
}

/* Without a key it is known by what is asked. */
static bool identify(struct action *a, struct err *err)
{
    struct arena *arena = a->arena;
    str input = doc_text(arena, a->input, DOC_SORTED);
    if (!is_key(a->key))
        return err_set(err, ERR_INPUT, "action.bad_key",
                       "a key is at most %d visible ASCII characters", ACTION_MAX_KEY);
    a->body = crypt_fingerprint(arena, ARENA_JOIN(arena, a->page, STR("\n"), a->block,
                                                  STR("\n"), a->name, STR("\n"), input));
    a->id =
        crypt_fingerprint(arena, ARENA_JOIN(arena, a->viewer->person_id,
                                            a->key.n ? STR("\nkey\n") : STR("\nbody\n"),
                                            a->key.n ? a->key : a->body));
    return true;
}

bool action_find(struct actions *actions, struct scope *scope,
                 struct script_worker *worker, struct action *action, struct err *err)
{
    struct seen seen = { .reads = { .arena = action->arena } };
    struct seen *outer = scope->seen;
    action->actions = actions;
    action->asked_ms = scope->now_ms;
    action->viewer = (struct viewer *)cached_hold(&scope->viewer->head);
    scope->seen = &seen;
    bool good = layout_find(actions->config.layouts, scope, worker, action->page,
                            &action->layout, err);
    scope->seen = outer;
    return good && find_block(action, err) && is_for_her(action, scope, &seen.reads, err)
           && watch_rules(action, scope, &seen.reads, err) && fit_input(action, err)
           && identify(action, err);
}

void action_drop(struct action *action)
{
    if (action->actions) {
        watch_remove(action->actions->config.watch, &action->rule);
        watch_remove(action->actions->config.watch, &action->shown);
    }
    if (action->viewer)
        cached_drop(&action->viewer->head);
    if (action->layout)
        cached_drop(&action->layout->head);
    action->rule = action->shown = (struct watcher){ .links = NULL };
    action->viewer = NULL;
    action->layout = NULL;
    action->on = NULL;
}

/* ---- waiting and going on ---- */

static bool is_off(struct action *a)
{
    int64_t waited_ms = clock_now(a->actions->config.clock) - a->asked_ms;
    if (waited_ms > WAIT_MS)
        return !err_set(&a->err, ERR_BUSY, "action.late",
                        "the action waited for too long and was not done; try again");
    if (waited_ms > LOOK_MS && a->has_left && a->has_left(a->data))
        return !err_set(&a->err, ERR_BUSY, "action.left",
                        "nobody waited for the action any more: it was not done");
    return false;
}

static void pump(struct actions *actions);

static void count_done(struct actions *actions, const struct action *a)
{
    struct action_counts *counts = &actions->counts;
    add_one(!a->is_good    ? &counts->refused
            : a->is_replay ? &counts->replayed
                           : &counts->run);
}

/* In the writer's thread, once it is on disk and everybody was told. */
static void on_done(void *data, bool ok, const struct err *err)
{
    struct action *a = data;
    struct actions *actions = a->actions;
    a->is_good = ok;
    if (!ok)
        a->err = *err;
    a->revision = store_revision(actions->config.store);
    count_done(actions, a);
    queue_settle(&actions->queue, a, a->took_us);
    pump(actions);
    a->done(a->data);
}

static void give_up(struct action *a)
{
    a->is_good = false;
    add_one(&a->actions->counts.left);
    queue_settle(&a->actions->queue, a, 0);
    a->done(a->data);
}

static void pump(struct actions *actions)
{
    struct action *a;
    while ((a = queue_take(&actions->queue))) {
        if (is_off(a))
            give_up(a);
        else
            store_write_later(actions->config.store, action_work, on_done, a);
    }
}

void action_start(struct action *action)
{
    struct actions *actions = action->actions;
    action->is_good = false;
    action->is_replay = false;
    action->result = VAL_ABSENT;
    if (queue_add(&actions->queue, action, &action->err)) {
        pump(actions);
        return;
    }
    add_one(&actions->counts.turned_away);
    action->done(action->data);
}
