#include "action/action.h"

#include "face.h"
#include "stage.h"

#include <semaphore.h>

/* ---- the stage with one component and its actions ---- */

struct play {
    struct stage stage;
    struct actions *actions;
};

static const char component[] =
    "local any = { type = 'object', properties = { id = { type = 'string' },\n"
    "              n = { type = 'integer', minimum = 0, default = 1 },\n"
    "              on = { type = 'boolean' },\n"
    "              all = { type = 'array', items = { type = 'integer' } } } }\n"
    "return { needs = { 'read:deed', 'write:deed', 'write:nobodys', 'read:reply' },\n"
    "actions = {\n"
    "  write = { input = any, run = function(ctx, input)\n"
    "    ctx.put('deed', { id = input.id, n = input.n }) return { n = input.n } end },\n"
    "  count = { input = any, run = function(ctx, input)\n"
    "    local deed = ctx.get('deed', input.id)\n"
    "    ctx.put('deed', { id = input.id, n = (deed and deed.n or 0) + 1 })\n"
    "    return ctx.get('deed', input.id).n end },\n"
    "  half = { run = function(ctx) ctx.put('deed', { id = 'half' }) error('no') end },\n"
    "  caught = { run = function(ctx) ctx.put('deed', { id = 'half' })\n"
    "    pcall(ctx.put, 'deed', { id = '!' }) return 'fine' end },\n"
    "  refuse = { run = function(ctx) ctx.put('deed', { id = 'half' })\n"
    "    ctx.fail('full', { zh = '满了', en = 'Full' }) end },\n"
    "  forget = { run = function(ctx) ctx.take('deed', 'a') end },\n"
    "  patch = { run = function(ctx) return ctx.patch('deed', 'a', { m = 2 }) end },\n"
    "  wrong = { run = function(ctx) ctx.put('other', { id = 'x' }) end },\n"
    "  ours = { run = function(ctx) ctx.put('nobodys', { id = 'x' }) end },\n"
    "  many = { run = function(ctx) for i = 1, 600 do\n"
    "    ctx.put('deed', { id = 'm' .. i }) end end },\n"
    "  large = { run = function(ctx) for i = 1, 40 do\n"
    "    ctx.put('deed', { id = 'l', text = ('x'):rep(50000) .. i }) end end },\n"
    "  loop = { run = function(ctx) ctx.put('deed', { id = 'half' }) while true do end "
    "end },\n"
    "  few = { audience = 'chosen', run = function(ctx) return 'in' end },\n"
    "  ids = { run = function(ctx) local a, b = ctx.id(), ctx.id()\n"
    "    ctx.put('deed', { id = a }) ctx.put('deed', { id = b }) return a < b end },\n"
    "  echo = { input = any, run = function(ctx, input) return input end },\n"
    "} }";

static void define_deeds(struct world *w)
{
    static const char *const definitions[] = {
        "{\"name\":\"deed\",\"owner\":\"standard\",\"indexes\":[{\"name\":\"n\","
        "\"fields\":[\"n\"]}]}",
        "{\"name\":\"other\",\"owner\":\"standard\"}",
        "{\"name\":\"nobodys\"}",
    };
    for (size_t i = 0; i < COUNT_OF(definitions); i++)
        GOOD(store_define(w->store, json(w, definitions[i]), &why));
}

static int open_play(void **state)
{
    struct play *p = calloc(1, sizeof *p);
    struct stage *s = &p->stage;
    const struct ware files[] = { { "card/component.lua", component },
                                  { "gone/component.lua", component } };
    stage_open(s, NULL, NULL);
    GOOD(audit_setup(s->world.store, &why));
    define_deeds(&s->world);
    stage_furnish(s, "acting", files, COUNT_OF(files));
    put(&s->world, CITY, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"hide\",\"block\":"
        "\"gone\"}]}");
    GOOD(actions_open(&(struct action_config){ .store = s->world.store,
                                               .scopes = s->scopes,
                                               .layouts = s->layouts,
                                               .watch = s->watch,
                                               .clock = &s->world.clock,
                                               .push_context = push_face },
                      &p->actions, &why));
    *state = p;
    return 0;
}

static int close_play(void **state)
{
    struct play *p = *state;
    actions_close(p->actions);
    stage_close(&p->stage);
    free(p);
    return 0;
}

/* ---- doing ---- */

static void answered(void *data)
{
    sem_post(data);
}

static bool find(struct play *p, const char *person, struct action *action)
{
    struct stage *s = &p->stage;
    struct scope scope = stage_scope(s, "city", person);
    action->arena = s->world.arena;
    bool good =
        action_find(p->actions, &scope, render_script_worker(s->render), action, &why);
    scope_close(&scope);
    return good;
}

static bool finish(struct action *action)
{
    sem_t done;
    sem_init(&done, 0, 0);
    action->done = answered;
    action->data = &done;
    action_start(action);
    sem_wait(&done);
    sem_destroy(&done);
    action_drop(action);
    if (!action->is_good)
        why = action->err;
    return action->is_good;
}

static struct action asked(struct play *p, const char *name, const char *input,
                           const char *key)
{
    return (struct action){ .page = STR("home"),
                            .block = STR("card"),
                            .name = str_of(name),
                            .key = str_of(key),
                            .input = *input ? json(&p->stage.world, input) : VAL_ABSENT };
}

/* The result as JSON, or the code of the error. */
static str act_as(struct play *p, const char *person, const char *name, const char *input,
                  const char *key)
{
    struct action action = asked(p, name, input, key);
    if (!find(p, person, &action)) {
        action_drop(&action);
        return str_of(why.code);
    }
    if (!finish(&action))
        return str_of(why.code);
    return val_exists(action.result)
               ? doc_text(p->stage.world.arena, action.result, DOC_SORTED)
               : STR("nil");
}

static str act(struct play *p, const char *name, const char *input)
{
    static int turn;
    char key[16];
    snprintf(key, sizeof key, "k%d", turn++);
    return act_as(p, "wang", name, input, arena_str(p->stage.world.arena, str_of(key)).p);
}

static struct val all_of(struct play *p, store_space space, const char *collection)
{
    struct world *w = &p->stage.world;
    struct snap *snap;
    struct rows rows;
    struct query query = { .collection = store_collection(w->store, str_of(collection)),
                           .limit = STORE_MAX_ROWS };
    GOOD(snap_open(w->reader, &space, 1, &snap, &why));
    GOOD(snap_query(snap, &query, w->arena, NULL, &rows, &why));
    struct val list = val_copy(w->arena, rows.list);
    snap_close(snap);
    return list;
}

static size_t count_of(struct play *p, const char *collection)
{
    return val_count(all_of(p, CITY, collection));
}

/* ---- what it does ---- */

static void test_it_writes_in_her_units_space_and_answers(void **state)
{
    struct play *p = *state;
    assert_text(act(p, "write", "{\"id\":\"a\",\"n\":3}"), "{\"n\":3}");
    struct val deed = val_at(all_of(p, CITY, "deed"), 0);
    assert_int_equal(val_as_int(val_get(deed, STR("n")), 0), 3);
    assert_int_equal(val_count(all_of(p, GROUP, "deed")), 0);
    assert_text(act(p, "write", "{\"id\":\"b\"}"), "{\"n\":1}"); /* the default */
    assert_text(act(p, "forget", ""), "nil");
    assert_int_equal(count_of(p, "deed"), 1);
}

static void test_it_reads_what_it_has_written(void **state)
{
    struct play *p = *state;
    assert_text(act(p, "count", "{\"id\":\"a\"}"), "1");
    assert_text(act(p, "count", "{\"id\":\"a\"}"), "2");
    assert_text(act(p, "patch", ""), "{\"id\":\"a\",\"m\":2,\"n\":2}");
    assert_text(act(p, "ids", ""), "true");
    act(p, "forget", "");
    assert_text(act(p, "patch", ""), "store.missing");
}

static void test_an_error_undoes_all_of_it(void **state)
{
    static const struct {
        const char *name;
        const char *code;
    } cases[] = {
        { "half", "script.failed" },     { "caught", "store.id" },
        { "refuse", "action.refused" },  { "wrong", "action.need" },
        { "ours", "action.collection" }, { "many", "action.writes" },
        { "large", "action.writes" },    { "loop", "script.fuel" },
    };
    struct play *p = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str said = act(p, cases[i].name, "");
        bool late = str_equal(said, STR("script.deadline")); /* a slow machine */
        if (!late)
            assert_text(said, cases[i].code);
        assert_int_equal(count_of(p, "deed"), 0);
        assert_int_equal(count_of(p, "audit"), 0);
    }
    assert_int_equal(action_count(p->actions).refused, COUNT_OF(cases));
    assert_text(act(p, "write", "{\"id\":\"a\"}"), "{\"n\":1}");
}

static void test_a_component_refuses_in_its_own_words(void **state)
{
    struct play *p = *state;
    act_as(p, "wang", "refuse", "", "z");
    assert_string_equal(why.where, "full");
    assert_string_equal(why.text, "满了");
    act_as(p, "li", "refuse", "", "e");
    assert_string_equal(why.text, "Full");
}

static void test_it_is_told_who_did_what(void **state)
{
    struct play *p = *state;
    act(p, "write", "{\"id\":\"a\"}");
    struct val audit = val_at(all_of(p, CITY, "audit"), 0);
    assert_text(val_get_text(audit, STR("person")), "wang");
    assert_text(val_get_text(audit, STR("action")), "write");
    assert_text(val_get_text(audit, STR("component")), "card");
    assert_int_equal(val_as_int(val_get(audit, STR("at")), 0), p->stage.world.now);
    assert_text(doc_text(p->stage.world.arena, val_get(audit, STR("touched")), DOC_PLAIN),
                "[\"deed/a\"]");
}

/* ---- once ---- */

static void test_the_same_key_gives_the_same_answer(void **state)
{
    struct play *p = *state;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "1");
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "1");
    assert_text(act_as(p, "wang", "count", "{\"id\":\"b\"}", "k"), "action.key");
    assert_text(act_as(p, "wang", "forget", "", "k"), "action.key");
    assert_text(act_as(p, "chen", "count", "{\"id\":\"a\"}", "k"), "2");
    assert_int_equal(action_count(p->actions).replayed, 1);
    assert_int_equal(count_of(p, "audit"), 2);
    p->stage.world.now += ACTION_KEPT_MS - 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "1");
    p->stage.world.now += 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "3");
}

static void test_a_key_is_good_into_the_next_day_and_no_longer(void **state)
{
    struct play *p = *state;
    p->stage.world.now += DAY_MS - p->stage.world.now % DAY_MS - 1; /* the day ends */
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "1");
    p->stage.world.now += 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "1");
    p->stage.world.now += ACTION_KEPT_MS - 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "2");
    p->stage.world.now += 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", "k"), "2");
    assert_int_equal(count_of(p, "audit"), 2);
}

static void test_without_a_key_the_same_soon_again_is_one(void **state)
{
    struct play *p = *state;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", ""), "1");
    p->stage.world.now += ACTION_SAME_MS - 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", ""), "1");
    assert_text(act_as(p, "wang", "count", "{\"id\":\"b\"}", ""), "1");
    p->stage.world.now += 1;
    assert_text(act_as(p, "wang", "count", "{\"id\":\"a\"}", ""), "2");
    assert_int_equal(count_of(p, "deed"), 2);
    assert_int_equal(count_of(p, "audit"), 3); /* each of them is told */
}

static void test_what_was_refused_leaves_its_key_free(void **state)
{
    struct play *p = *state;
    assert_text(act_as(p, "wang", "refuse", "", "k"), "action.refused");
    assert_text(act_as(p, "wang", "write", "{\"id\":\"a\"}", "k"), "{\"n\":1}");
    assert_text(act_as(p, "wang", "write", "{\"id\":\"a\"}", "no good"),
                "action.bad_key");
}

static void test_what_is_old_is_forgotten(void **state)
{
    struct play *p = *state;
    for (int i = 0; i < 20; i++)
        act(p, "write", "{\"id\":\"a\"}");
    assert_int_equal(count_of(p, "audit"), 20);
    p->stage.world.now += (LIMIT_AUDIT_DAYS + 1) * DAY_MS;
    for (int i = 0; i < 100; i++) /* one in so many looks back */
        act(p, "write", "{\"id\":\"a\"}");
    assert_int_equal(count_of(p, "audit"), 100);
}

/* ---- may she ---- */

static void test_only_what_she_sees_can_be_acted_on(void **state)
{
    struct play *p = *state;
    struct action hidden = asked(p, "write", "{\"id\":\"a\"}", "h");
    struct action nowhere = asked(p, "write", "{\"id\":\"a\"}", "n");
    hidden.block = STR("gone");
    nowhere.page = STR("nowhere");
    REFUSED(find(p, "wang", &hidden), "action.block");
    REFUSED(find(p, "wang", &nowhere), "layout.none");
    action_drop(&hidden);
    action_drop(&nowhere);
    assert_text(act(p, "burn", ""), "action.none");
    assert_text(act(p, "write.run", ""), "action.none");
}

static void test_an_audience_bounds_an_action(void **state)
{
    struct play *p = *state;
    assert_text(act(p, "few", ""), "action.forbidden"); /* there is no such audience */
    put(&p->stage.world, GROUP, "audience",
        "{\"id\":\"chosen\",\"rule\":{\"person\":\"wang\"}}");
    assert_text(act(p, "few", ""), "\"in\"");
    assert_text(act_as(p, "chen", "few", "", "c"), "action.forbidden");
}

static void test_input_must_fit(void **state)
{
    struct play *p = *state;
    assert_text(act(p, "write", "{\"id\":\"a\",\"n\":-1}"), "action.input");
    assert_string_equal(why.where, "/n");
    assert_text(act(p, "write", "{\"id\":7,\"n\":\"x\"}"), "action.input");
    assert_text(act(p, "half", "{\"id\":\"a\"}"), "action.input"); /* it takes none */
    assert_text(act(p, "write", "[1]"), "action.input");
    struct action action = asked(p, "write", "{\"id\":7,\"n\":\"x\"}", "k");
    REFUSED(find(p, "wang", &action), "action.input");
    assert_int_equal(action.mistake_count, 2);
    action_drop(&action);
}

static void test_a_forms_texts_become_what_the_schema_says(void **state)
{
    static const struct action_field fields[] = {
        { STR_INIT("id"), STR_INIT("12") },   { STR_INIT("n"), STR_INIT("12") },
        { STR_INIT("on"), STR_INIT("true") }, { STR_INIT("all"), STR_INIT("1") },
        { STR_INIT("all"), STR_INIT("2") },   { STR_INIT("other"), STR_INIT("") },
    };
    struct play *p = *state;
    struct action action = asked(p, "echo", "", "f");
    action.fields = fields;
    action.field_count = COUNT_OF(fields);
    GOOD(find(p, "wang", &action));
    GOOD(finish(&action));
    assert_text(doc_text(p->stage.world.arena, action.result, DOC_SORTED),
                "{\"all\":[1,2],\"id\":\"12\",\"n\":12,\"on\":true}");
}

static void test_what_changes_on_the_way_is_noticed(void **state)
{
    static const struct {
        store_space space;
        const char *collection;
        const char *record;
    } changes[] = {
        { CITY, "layer",
          "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"hide\",\"block\":"
          "\"card\"}]}" },
        { CITY, "layer", "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[]}" },
        { GROUP, "audience", "{\"id\":\"chosen\",\"rule\":{\"person\":\"chen\"}}" },
    };
    struct play *p = *state;
    put(&p->stage.world, GROUP, "audience",
        "{\"id\":\"chosen\",\"rule\":{\"person\":\"wang\"}}");
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct action action = asked(p, "few", "", "k");
        if (!find(p, "wang", &action) && strcmp(why.code, "action.block") == 0) {
            action_drop(&action); /* the first change hides it */
            put(&p->stage.world, CITY, changes[1].collection, changes[1].record);
            continue;
        }
        put(&p->stage.world, changes[i].space, changes[i].collection, changes[i].record);
        REFUSED(finish(&action), "action.again");
    }
    assert_text(act(p, "few", ""), "action.forbidden");
}

static void test_an_expectation_holds_until_something_changes(void **state)
{
    struct play *p = *state;
    struct world *w = &p->stage.world;
    struct reads reads = { .arena = w->arena };
    store_space city = CITY;
    struct snap *snap;
    struct val deed;
    put(w, CITY, "deed", "{\"id\":\"a\"}");
    GOOD(snap_open(w->reader, &city, 1, &snap, &why));
    uint64_t revision = snap_revision(snap);
    GOOD(snap_get(snap, store_collection(w->store, STR("deed")), STR("a"), &reads, &deed,
                  &why));
    snap_close(snap);
    struct action action = asked(p, "write", "{\"id\":\"a\"}", "1");
    GOOD(find(p, "wang", &action));
    GOOD(action_expect(&action, &reads, revision, &why));
    GOOD(finish(&action));
    action = asked(p, "write", "{\"id\":\"a\"}", "2");
    GOOD(find(p, "wang", &action));
    REFUSED(action_expect(&action, &reads, revision, &why), "action.stale");
    GOOD(action_expect(&action, &reads, store_revision(w->store), &why));
    put(w, CITY, "deed", "{\"id\":\"a\",\"n\":9}");
    REFUSED(finish(&action), "action.stale");
}

/* ---- turns ---- */

struct held {
    sem_t runs;
    sem_t go;
};

static bool hold_work(struct txn *txn, void *data, struct err *err)
{
    struct held *held = data;
    (void)txn;
    (void)err;
    sem_post(&held->runs);
    sem_wait(&held->go);
    return true;
}

static void forget(void *data, bool ok, const struct err *err)
{
    (void)data;
    (void)ok;
    (void)err;
}

/* The writer is busy until it is let go. */
static void hold_writer(struct play *p, struct held *held)
{
    sem_init(&held->runs, 0, 0);
    sem_init(&held->go, 0, 0);
    store_write_later(p->stage.world.store, hold_work, forget, held);
    sem_wait(&held->runs);
}

enum {
    CROWD = LIMIT_ACTIONS_WAITING_UNIT + 200, /* of one unit */
    EVERYBODY = LIMIT_ACTIONS_WAITING + 300,
};

struct crowd {
    struct action actions[EVERYBODY];
    struct ticket {
        struct crowd *crowd;
        int order; /* in which it was answered; 0: not yet */
    } tickets[EVERYBODY];
    int answered; /* atomic */
    int left;     /* how many were asked whether they had left */
};

static void note_order(void *data)
{
    struct ticket *ticket = data;
    int order = __atomic_add_fetch(&ticket->crowd->answered, 1, __ATOMIC_ACQ_REL);
    __atomic_store_n(&ticket->order, order, __ATOMIC_RELEASE);
}

static bool has_gone(void *data)
{
    ((struct ticket *)data)->crowd->left++;
    return true;
}

static void join(struct play *p, struct crowd *c, size_t i, const char *tenant,
                 const char *person)
{
    struct stage *s = &p->stage;
    struct action *action = &c->actions[i];
    char key[24];
    snprintf(key, sizeof key, "c%zu", i);
    *action =
        asked(p, "write", "{\"id\":\"a\"}", arena_str(s->world.arena, str_of(key)).p);
    c->tickets[i] = (struct ticket){ c, 0 };
    action->done = note_order;
    action->data = &c->tickets[i];
    action->arena = s->world.arena;
    struct scope scope = stage_scope(s, tenant, person);
    action->arena = arena_open_small(); /* the writer's while it runs */
    GOOD(action_find(p->actions, &scope, render_script_worker(s->render), action, &why));
    scope_close(&scope);
    action_start(action);
}

static void await(const struct crowd *c, int n)
{
    while (__atomic_load_n(&c->answered, __ATOMIC_ACQUIRE) < n)
        usleep(1000);
}

static void disperse(struct crowd *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        action_drop(&c->actions[i]);
        arena_close(c->actions[i].arena);
    }
    free(c);
}

static void test_a_burst_of_one_unit_does_not_delay_another(void **state)
{
    enum { BURST = 400 };
    struct play *p = *state;
    struct crowd *c = calloc(1, sizeof *c);
    struct held held;
    hold_writer(p, &held);
    for (size_t i = 0; i < BURST; i++)
        join(p, c, i, "city", "wang");
    join(p, c, BURST, "west", "sun");
    assert_true(action_count(p->actions).waiting > BURST / 2);
    sem_post(&held.go);
    await(c, BURST + 1);
    /* Behind those already in the writer, before all others of the burst. */
    assert_true(c->tickets[BURST].order < BURST * 3 / 4);
    assert_int_equal(action_count(p->actions).run, BURST + 1);
    assert_int_equal(action_count(p->actions).waiting, 0);
    assert_int_equal(action_count(p->actions).in_writer, 0);
    struct store_counts counts = store_count(p->stage.world.store);
    assert_true(counts.works - counts.groups > BURST / 2); /* commits are shared */
    disperse(c, BURST + 1);
}

static void test_too_many_are_turned_away_and_nothing_of_theirs_is_done(void **state)
{
    struct play *p = *state;
    struct crowd *c = calloc(1, sizeof *c);
    struct held held;
    size_t refused = 0;
    hold_writer(p, &held);
    for (size_t i = 0; i < CROWD - 1; i++)
        join(p, c, i, "city", "wang");
    int turned = __atomic_load_n(&c->answered, __ATOMIC_ACQUIRE);
    assert_true(turned > 50);
    assert_int_equal(action_count(p->actions).turned_away, turned);
    join(p, c, CROWD - 1, "west", "sun"); /* another unit is still let in */
    sem_post(&held.go);
    await(c, CROWD);
    for (size_t i = 0; i < CROWD - 1; i++)
        refused += !c->actions[i].is_good
                   && strcmp(c->actions[i].err.code, "action.unit_busy") == 0;
    assert_int_equal(refused, turned);
    assert_true(c->actions[CROWD - 1].is_good);
    assert_int_equal(count_of(p, "audit"), CROWD - 1 - turned);
    disperse(c, CROWD);
}

/* None of the units has too many waiting, but all of them together. */
static void test_all_units_together_are_bounded_too(void **state)
{
    enum { UNITS = 5 };
    static const char *const units[UNITS] = { "u0", "u1", "u2", "u3", "u4" };
    struct play *p = *state;
    struct world *w = &p->stage.world;
    struct crowd *c = calloc(1, sizeof *c);
    struct held held;
    int refused = 0;
    for (size_t i = 0; i < UNITS; i++) {
        str unit = arena_format(w->arena,
                                "{\"id\":\"%s\",\"parent\":\"group\",\"level\":"
                                "\"province\",\"name\":{\"zh\":\"省\",\"en\":\"P\"}}",
                                units[i]);
        put(w, put_tenant(w, unit.p), "person", "{\"id\":\"wu\",\"name\":\"吴\"}");
    }
    hold_writer(p, &held);
    for (size_t i = 0; i < EVERYBODY; i++)
        join(p, c, i, units[i % UNITS], "wu");
    int turned = __atomic_load_n(&c->answered, __ATOMIC_ACQUIRE);
    assert_int_equal(action_count(p->actions).waiting, LIMIT_ACTIONS_WAITING);
    assert_true(turned > 100);
    sem_post(&held.go);
    await(c, EVERYBODY);
    for (size_t i = 0; i < EVERYBODY; i++) {
        const struct action *action = &c->actions[i];
        refused += !action->is_good && action->err.kind == ERR_BUSY
                   && strcmp(action->err.code, "action.busy") == 0;
    }
    assert_int_equal(refused, turned);
    assert_int_equal(action_count(p->actions).run, EVERYBODY - turned);
    disperse(c, EVERYBODY);
}

static void test_who_waited_too_long_or_left_is_not_done(void **state)
{
    enum { MANY = 150 };
    struct play *p = *state;
    struct crowd *c = calloc(1, sizeof *c);
    struct held held;
    size_t late = 0;
    size_t left = 0;
    hold_writer(p, &held);
    for (size_t i = 0; i < MANY; i++)
        join(p, c, i, "city", "wang");
    for (size_t i = MANY; i < 2 * MANY; i++)
        join(p, c, i, "west", "sun");
    size_t waiting = action_count(p->actions).waiting;
    for (size_t i = MANY; i < 2 * MANY; i++)
        c->actions[i].has_left = has_gone;
    p->stage.world.now += 4000;
    for (size_t i = 0; i < MANY; i++)
        c->actions[i].asked_ms -= 2000;
    sem_post(&held.go);
    await(c, 2 * MANY);
    for (size_t i = 0; i < 2 * MANY; i++) {
        if (c->actions[i].is_good)
            continue;
        late += strcmp(c->actions[i].err.code, "action.late") == 0;
        left += strcmp(c->actions[i].err.code, "action.left") == 0;
    }
    assert_int_equal(late + left, waiting);
    assert_true(late && left);
    assert_int_equal(action_count(p->actions).left, waiting);
    disperse(c, 2 * MANY);
}

#define ACTION_TEST(name) cmocka_unit_test_setup_teardown(name, open_play, close_play)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTION_TEST(test_it_writes_in_her_units_space_and_answers),
        ACTION_TEST(test_it_reads_what_it_has_written),
        ACTION_TEST(test_an_error_undoes_all_of_it),
        ACTION_TEST(test_a_component_refuses_in_its_own_words),
        ACTION_TEST(test_it_is_told_who_did_what),
        ACTION_TEST(test_the_same_key_gives_the_same_answer),
        ACTION_TEST(test_a_key_is_good_into_the_next_day_and_no_longer),
        ACTION_TEST(test_without_a_key_the_same_soon_again_is_one),
        ACTION_TEST(test_what_was_refused_leaves_its_key_free),
        ACTION_TEST(test_what_is_old_is_forgotten),
        ACTION_TEST(test_only_what_she_sees_can_be_acted_on),
        ACTION_TEST(test_an_audience_bounds_an_action),
        ACTION_TEST(test_input_must_fit),
        ACTION_TEST(test_a_forms_texts_become_what_the_schema_says),
        ACTION_TEST(test_what_changes_on_the_way_is_noticed),
        ACTION_TEST(test_an_expectation_holds_until_something_changes),
        ACTION_TEST(test_a_burst_of_one_unit_does_not_delay_another),
        ACTION_TEST(test_too_many_are_turned_away_and_nothing_of_theirs_is_done),
        ACTION_TEST(test_all_units_together_are_bounded_too),
        ACTION_TEST(test_who_waited_too_long_or_left_is_not_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
