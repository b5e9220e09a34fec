/*
 * kill -9 during a storm of actions, again and again on the same store. A child acts and
 * says which actions were answered; when it has been killed, everything that was answered
 * must be there exactly once, and of nothing only a part. The next child asks for the
 * last ones again, under the keys they had.
 */
#include "face.h"
#include "stage.h"

#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>

enum {
    AT_ONCE = 48,          /* actions in flight */
    AGAIN = 200,           /* asked for once more after a restart */
    ROUNDS = STORM_ROUNDS, /* … and in the long form */
    LONG_ROUNDS = 10 * ROUNDS,
};

static const char component[] =
    "return { needs = { 'read:deed', 'write:deed' }, actions = { go = {\n"
    "  input = { type = 'object', properties = { i = { type = 'integer' } } },\n"
    "  run = function(ctx, input)\n"
    "    local tally = ctx.get('deed', 'tally')\n"
    "    local n = (tally and tally.n or 0) + 1\n"
    "    ctx.put('deed', { id = 'left-' .. input.i, n = n })\n"
    "    ctx.put('deed', { id = 'tally', n = n })\n"
    "    ctx.put('deed', { id = 'right-' .. input.i, n = n })\n"
    "    return n\n"
    "  end } } }";

/* ---- the engine around the actions ---- */

struct theatre {
    struct world world;
    struct watch *watch;
    struct scopes *scopes;
    struct packages *packages;
    struct layouts *layouts;
    struct actions *actions;
    struct scope_worker *looks;
    struct script_worker *scripts;
};

static void open_theatre(struct theatre *t, const char *dir)
{
    struct world *w = &t->world;
    *t = (struct theatre){ .world = { .now = WORLD_NOW } };
    snprintf(w->dir, sizeof w->dir, "%s", dir);
    w->clock = clock_system;
    w->arena = arena_open();
    GOOD(store_open(&(struct store_config){ .dir = w->dir,
                                            .limit_bytes = (size_t)4 << 30,
                                            .clock = &w->clock },
                    &w->store, &why));
    GOOD(store_reader_open(w->store, &w->reader, &why));
    GOOD(tenant_setup(w->store, &why));
    stage_define(w);
    GOOD(audit_setup(w->store, &why));
    GOOD(store_define(w->store, json(w, "{\"name\":\"deed\",\"owner\":\"standard\"}"),
                      &why));
    t->watch = watch_open();
    store_observe(w->store, stage_on_commit, t->watch);
    t->scopes = scopes_open(w->store, t->watch, &w->clock);
    t->packages = packages_open();
    t->layouts = layouts_open(t->watch, t->packages);
    GOOD(scope_worker_open(t->scopes, &t->looks, &why));
    GOOD(script_worker_open(NULL, &t->scripts, &why));
    GOOD(actions_open(&(struct action_config){ .store = w->store,
                                               .scopes = t->scopes,
                                               .layouts = t->layouts,
                                               .watch = t->watch,
                                               .clock = &w->clock,
                                               .push_context = push_face },
                      &t->actions, &why));
}

static void close_theatre(struct theatre *t)
{
    script_worker_close(t->scripts);
    scope_worker_close(t->looks);
    actions_close(t->actions);
    layouts_close(t->layouts);
    packages_close(t->packages);
    scopes_close(t->scopes);
    world_close_store(&t->world);
    watch_close(t->watch);
    arena_close(t->world.arena);
}

static void furnish(struct theatre *t)
{
    struct world *w = &t->world;
    const struct ware files[] = { { "card/component.lua", component } };
    stage_people(w);
    ware_install(w, GROUP, ware_host(w));
    ware_install(w, GROUP, ware_package(w, "standard", "storm", files, 1));
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[{\"verb\":\"add\",\"block\":"
        "\"card\",\"component\":\"card\",\"into\":\"main\"}]}");
}

/* ---- the storm; ends only by being killed ---- */

struct flight {
    struct action action;
    struct storm *storm;
    int i;
};

struct storm {
    struct theatre theatre;
    struct layout *layout;
    int answers; /* where numbers of what was answered are written */
    sem_t room;
    struct flight flights[AT_ONCE];
    bool busy[AT_ONCE]; /* atomics */
};

static void landed(void *data)
{
    struct flight *f = data;
    if (!f->action.is_good)
        fail_msg("%s: %s", f->action.err.code, f->action.err.text);
    if (write(f->storm->answers, &f->i, sizeof f->i) != sizeof f->i)
        _exit(1);
    __atomic_store_n(&f->storm->busy[f - f->storm->flights], false, __ATOMIC_RELEASE);
    sem_post(&f->storm->room);
}

static struct flight *free_flight(struct storm *s)
{
    size_t i = 0;
    sem_wait(&s->room);
    while (__atomic_load_n(&s->busy[i % AT_ONCE], __ATOMIC_ACQUIRE))
        i++;
    s->busy[i % AT_ONCE] = true;
    return &s->flights[i % AT_ONCE];
}

static void start_one(struct storm *s, int i)
{
    struct flight *f = free_flight(s);
    struct theatre *t = &s->theatre;
    struct scope scope;
    if (f->action.arena) {
        action_drop(&f->action);
        arena_close(f->action.arena);
    }
    struct arena *a = arena_open_small();
    struct val input = val_with(a, val_map(NULL, 0), STR("i"), val_int(i));
    f->storm = s;
    f->i = i;
    f->action = (struct action){ .arena = a,
                                 .page = STR("home"),
                                 .block = STR("card"),
                                 .name = STR("go"),
                                 .key = arena_format(a, "key-%d", i),
                                 .input = input,
                                 .done = landed,
                                 .data = f };
    GOOD(scope_open_as(t->looks, a, STR("city"), STR("wang"), &scope, &why));
    GOOD(action_find(t->actions, &scope, t->scripts, &f->action, &why));
    scope_close(&scope);
    action_start(&f->action);
}

static void storm(const char *dir, int answers, int from)
{
    struct storm *s = calloc(1, sizeof *s);
    open_theatre(&s->theatre, dir);
    s->answers = answers;
    sem_init(&s->room, 0, AT_ONCE);
    for (int i = from > AGAIN ? from - AGAIN : 0;; i++)
        start_one(s, i);
}

/* ---- the parent ---- */

struct seen_answers {
    bool *answered;
    int cap;
    int end; /* one past the highest that may have been asked for */
};

static void note(struct seen_answers *seen, int i)
{
    if (i >= seen->cap) {
        int cap = seen->cap;
        while (i >= cap)
            cap = cap ? cap * 2 : 1024;
        seen->answered = realloc(seen->answered, (size_t)cap);
        memset(seen->answered + seen->cap, 0, (size_t)(cap - seen->cap));
        seen->cap = cap;
    }
    seen->answered[i] = true;
    if (i + 1 > seen->end)
        seen->end = i + 1;
}

/* Lets a child act until so many were answered, then some microseconds more. */
static void one_round(const char *dir, struct seen_answers *seen, int answers,
                      unsigned more_us)
{
    int ends[2];
    int i;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        storm(dir, ends[1], seen->end);
        _exit(0);
    }
    close(ends[1]);
    for (int n = 0; n < answers && read(ends[0], &i, sizeof i) == sizeof i; n++)
        note(seen, i);
    usleep(more_us);
    kill(child, SIGKILL);
    while (read(ends[0], &i, sizeof i) == sizeof i)
        note(seen, i);
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* ---- what must hold ---- */

static struct val deed(struct theatre *t, struct snap *snap, const char *format, int i)
{
    struct val v;
    char id[32];
    snprintf(id, sizeof id, "%s%d", format, i);
    GOOD(snap_get(snap, store_collection(t->world.store, STR("deed")), str_of(id), NULL,
                  &v, &why));
    return v;
}

static size_t count_all(struct theatre *t, struct snap *snap, const char *collection)
{
    struct query query = {
        .collection = store_collection(t->world.store, str_of(collection)),
        .limit = STORE_MAX_ROWS,
    };
    struct rows rows;
    size_t n = 0;
    do {
        GOOD(snap_query(snap, &query, t->world.arena, NULL, &rows, &why));
        n += val_count(rows.list);
        query.after = rows.next;
    } while (rows.next.n);
    return n;
}

static void look_over(const char *dir, const struct seen_answers *seen)
{
    struct theatre t;
    struct snap *snap;
    store_space city = CITY;
    int done = 0;
    open_theatre(&t, dir);
    GOOD(snap_open(t.world.reader, &city, 1, &snap, &why));
    for (int i = 0; i < seen->end + AT_ONCE * 2; i++) {
        struct val left = deed(&t, snap, "left-", i);
        struct val right = deed(&t, snap, "right-", i);
        if (i < seen->end && seen->answered[i] && !val_exists(left))
            fail_msg("%d was answered and is not there", i);
        if (!val_equal(val_get(left, STR("n")), val_get(right, STR("n"))))
            fail_msg("of %d there is only a part", i);
        done += val_exists(left);
    }
    struct val tally;
    GOOD(snap_get(snap, store_collection(t.world.store, STR("deed")), STR("tally"), NULL,
                  &tally, &why));
    /* Each counted once, told once. */
    assert_int_equal(val_as_int(val_get(tally, STR("n")), 0), done);
    assert_int_equal(count_all(&t, snap, "deed"), done * 2 + (done > 0));
    assert_int_equal(count_all(&t, snap, "audit"), done);
    snap_close(snap);
    close_theatre(&t);
}

static void test_what_was_answered_is_there_once_and_nothing_is_there_in_part(
    void **state)
{
    char dir[] = "/tmp/pinban-storm-XXXXXX";
    char command[64];
    const char *all = getenv("PINBAN_ALL");
    int rounds = all && *all ? LONG_ROUNDS : ROUNDS;
    unsigned random = 20261122;
    struct seen_answers seen = { NULL, 0, 0 };
    struct theatre t;
    (void)state;
    assert_non_null(mkdtemp(dir));
    open_theatre(&t, dir);
    furnish(&t);
    close_theatre(&t);
    for (int i = 0; i < rounds; i++) {
        random = random * 1664525 + 1013904223;
        one_round(dir, &seen, (int)(random >> 8) % 600, (random >> 16) % 20000);
        if (rounds == ROUNDS || i % 20 == 19)
            look_over(dir, &seen);
    }
    assert_true(seen.end > rounds * 50);
    print_message("%d actions answered in %d rounds\n", seen.end, rounds);
    free(seen.answered);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_what_was_answered_is_there_once_and_nothing_is_there_in_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
