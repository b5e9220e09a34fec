#include "crypt/crypt.h"
#include "job/job.h"

#include "world.h"

/* ---- schedules ---- */

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_true(date_parse(str_of(text), 0, &ms));
    return ms;
}

/* The `n` next times after `from`, as UTC minutes. */
static void next_are(const char *schedule, const char *zone, const char *from,
                     const char *const *wanted, size_t n)
{
    struct schedule s;
    int64_t ms = at(from);
    GOOD(schedule_read(str_of(schedule), &s, &why));
    for (size_t i = 0; i < n; i++) {
        GOOD(schedule_next(&s, str_of(zone), ms, &ms, &why));
        if (ms != at(wanted[i])) {
            struct date d = date_at(ms, 0);
            fail_msg("%s in %s after %s, time %zu: %04d-%02d-%02dT%02d:%02d, not %s",
                     schedule, zone, from, i, d.year, d.month, d.day, d.hour, d.minute,
                     wanted[i]);
        }
    }
}

static void test_the_next_times_are_as_five_fields_say(void **state)
{
    static const struct {
        const char *schedule;
        const char *next[3];
    } cases[] = {
        { "* * * * *", { "2026-11-22T01:31", "2026-11-22T01:32", "2026-11-22T01:33" } },
        { "*/20 * * * *",
          { "2026-11-22T01:40", "2026-11-22T02:00", "2026-11-22T02:20" } },
        { "5/20 9 * * *",
          { "2026-11-22T01:45", "2026-11-23T01:05", "2026-11-23T01:25" } },
        { "0 8,20 * * *",
          { "2026-11-22T12:00", "2026-11-23T00:00", "2026-11-23T12:00" } },
        { "30 9 * * 1-5",
          { "2026-11-23T01:30", "2026-11-24T01:30", "2026-11-25T01:30" } },
        { "0 0 * * 0", { "2026-11-28T16:00", "2026-12-05T16:00", "2026-12-12T16:00" } },
        { "0 0 * * 7", { "2026-11-28T16:00", "2026-12-05T16:00", "2026-12-12T16:00" } },
        { "0 0 1 1 *", { "2026-12-31T16:00", "2027-12-31T16:00", "2028-12-31T16:00" } },
        { "0 0 29 2 *", { "2028-02-28T16:00", "2032-02-28T16:00", "2036-02-28T16:00" } },
        { "0 12 13 * 5", { "2026-11-27T04:00", "2026-12-04T04:00", "2026-12-11T04:00" } },
        { "  0\t0  31 * * ",
          { "2026-12-30T16:00", "2027-01-30T16:00", "2027-03-30T16:00" } },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        next_are(cases[i].schedule, "Asia/Shanghai", "2026-11-22T01:30:15", cases[i].next,
                 3);
}

/* Berlin: 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00. */
static void test_changing_clocks_lose_nothing_and_repeat_nothing(void **state)
{
    static const char *const gap[] = { "2026-03-28T01:30", "2026-03-29T01:00",
                                       "2026-03-30T00:30" };
    static const char *const often[] = { "2026-03-29T00:40", "2026-03-29T01:00",
                                         "2026-03-29T01:20", "2026-03-29T01:40" };
    static const char *const twice[] = { "2026-10-24T00:30", "2026-10-25T00:30",
                                         "2026-10-26T01:30" };
    static const char *const hours[] = { "2026-10-25T00:00", "2026-10-25T02:00",
                                         "2026-10-25T03:00" };
    (void)state;
    next_are("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", gap, COUNT_OF(gap));
    next_are("*/20 * * * *", "Europe/Berlin", "2026-03-29T00:20", often, COUNT_OF(often));
    next_are("30 2 * * *", "Europe/Berlin", "2026-10-23T12:00", twice, COUNT_OF(twice));
    next_are("0 * * * *", "Europe/Berlin", "2026-10-24T23:00", hours, COUNT_OF(hours));
}

static void test_schedules_that_make_no_sense_are_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "*",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "-1 * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "*/61 * * * *",
        "a * * * *",
        "1,, * * * *",
        "1- * * * *",
        "1/ * * * *",
        "@daily",
        "1.5 * * * *",
    };
    struct schedule s;
    int64_t ms;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (schedule_read(str_of(cases[i]), &s, &why))
            fail_msg("\"%s\" was taken", cases[i]);
        assert_string_equal(why.code, "job.schedule");
    }
    GOOD(schedule_read(STR("0 0 31 2 *"), &s, &why));
    REFUSED(schedule_next(&s, STR("UTC"), WORLD_NOW, &ms, &why), "job.never");
    REFUSED(schedule_next(&s, STR("../etc/passwd"), WORLD_NOW, &ms, &why), "job.zone");
}

/* ---- running ---- */

struct works {
    struct world world;
    struct jobs *jobs;
    struct job_kind kind;
    unsigned runs;
    bool fails;
    bool inside; /* a run looks for another of the same job */
    bool orders; /* somebody wants another while it runs */
};

static void tell(struct works *w, enum job_order what);

static bool run_it(void *data, struct job_run *run, struct err *err)
{
    struct works *w = data;
    bool another = true;
    w->runs++;
    if (w->inside) {
        GOOD(jobs_run_one(w->jobs, &another, &why));
        assert_false(another);
    }
    if (w->orders) {
        w->orders = false;
        w->world.now += 1000;
        tell(w, JOB_RUN_NOW);
    }
    run->text = STR("done so");
    return !w->fails || err_set(err, ERR_BUSY, "fetch.time", "too slow");
}

static void open_jobs(struct works *w)
{
    GOOD(jobs_open(&(struct jobs_config){ .store = w->world.store,
                                          .clock = &w->world.clock,
                                          .kinds = &w->kind,
                                          .kind_count = 1 },
                   &w->jobs, &why));
}

static int open_works(void **state)
{
    struct works *w = calloc(1, sizeof *w);
    GOOD(crypt_init(&why));
    world_open(&w->world);
    GOOD(job_setup(w->world.store, &why));
    w->kind = (struct job_kind){ STR("test"), run_it, w };
    open_jobs(w);
    *state = w;
    return 0;
}

static int close_works(void **state)
{
    struct works *w = *state;
    jobs_close(w->jobs);
    world_close(&w->world);
    free(w);
    return 0;
}

struct planning {
    struct job_plan plan;
    enum job_order order;
    str id; /* to order; empty: to plan */
    bool removes;
};

static bool planning_work(struct txn *txn, void *data, struct err *err)
{
    struct planning *p = data;
    if (p->id.n)
        return job_order(txn, p->plan.tenant, p->id, p->order, err);
    if (p->removes)
        return job_remove(txn, p->plan.tenant, p->plan.kind, p->plan.name, err);
    return job_put(txn, &p->plan, err);
}

static struct planning every_hour(void)
{
    return (struct planning){ .plan = { .tenant = STR("city"),
                                        .kind = STR("test"),
                                        .name = STR("hourly"),
                                        .schedule = STR("0 * * * *"),
                                        .zone = STR("Asia/Shanghai") } };
}

static void plan(struct works *w, struct planning p)
{
    GOOD(store_write(w->world.store, planning_work, &p, &why));
}

static str id_of(struct works *w)
{
    return job_id(w->world.arena, STR("city"), STR("test"), STR("hourly"));
}

static void tell(struct works *w, enum job_order what)
{
    struct planning p = { .plan = { .tenant = STR("city") },
                          .id = id_of(w),
                          .order = what };
    plan(w, p);
}

/* Runs all that is due; how many that were. */
static unsigned due(struct works *w)
{
    unsigned n = 0;
    for (bool ran = true; ran; n += ran)
        GOOD(jobs_run_one(w->jobs, &ran, &why));
    return n;
}

static struct val job(struct works *w)
{
    struct val v = VAL_ABSENT;
    struct snap *snap = world_snap(&w->world);
    GOOD(job_read(snap, STR("city"), id_of(w), w->world.arena, &v, &why));
    snap_close(snap);
    return v;
}

static void assert_next(struct works *w, const char *wanted)
{
    assert_text(val_get_text(job(w), STR("next")), wanted);
}

static void pass(struct works *w, int minutes)
{
    w->world.now += minutes * INT64_C(60000);
}

static void test_a_job_runs_at_its_time_and_once(void **state)
{
    struct works *w = *state;
    plan(w, every_hour());
    assert_next(w, "2026-11-22T02:00:00Z");
    assert_int_equal(due(w), 0);
    pass(w, 30);
    w->inside = true;
    assert_int_equal(due(w), 1);
    assert_next(w, "2026-11-22T03:00:00Z");
    struct val last = val_at(val_get(job(w), STR("runs")), 0);
    assert_text(val_get_text(last, STR("outcome")), "done");
    assert_text(val_get_text(last, STR("text")), "done so");
}

static void test_what_is_ordered_while_it_runs_is_run(void **state)
{
    struct works *w = *state;
    plan(w, every_hour());
    pass(w, 30);
    w->orders = true;
    assert_int_equal(due(w), 2);
    assert_int_equal(w->runs, 2);
    assert_next(w, "2026-11-22T03:00:00Z");
}

static void test_what_was_missed_runs_once_or_is_passed_over(void **state)
{
    struct works *w = *state;
    struct planning p = every_hour();
    plan(w, p);
    pass(w, 5 * 60);
    jobs_close(w->jobs); /* the server stood still */
    open_jobs(w);
    assert_int_equal(due(w), 1);
    assert_int_equal(w->runs, 1);
    assert_next(w, "2026-11-22T07:00:00Z");
    p.plan.skips = true;
    plan(w, p);
    pass(w, 5 * 60);
    assert_int_equal(due(w), 1);
    assert_int_equal(w->runs, 1);
    assert_text(val_get_text(val_at(val_get(job(w), STR("runs")), 0), STR("outcome")),
                "skipped");
    assert_next(w, "2026-11-22T12:00:00Z");
    tell(w, JOB_RUN_NOW);
    pass(w, 5);
    due(w);
    assert_int_equal(w->runs, 2); /* told to: late or not */
}

static void test_an_order_that_was_overtaken_holds_for_no_later_run(void **state)
{
    struct works *w = *state;
    struct planning p = every_hour();
    p.plan.skips = true;
    plan(w, p);
    tell(w, JOB_RUN_NOW);
    tell(w, JOB_PAUSE);
    tell(w, JOB_RESUME);
    pass(w, 5 * 60);
    due(w);
    assert_int_equal(w->runs, 0);
    tell(w, JOB_RUN_NOW);
    p.plan.schedule = STR("10 * * * *");
    plan(w, p);
    pass(w, 5 * 60);
    due(w);
    assert_int_equal(w->runs, 0);
}

static void test_failures_wait_longer_and_longer(void **state)
{
    enum { FAILURES = 5 };
    struct works *w = *state;
    struct planning p = every_hour();
    p.plan.schedule = STR("* * * * *");
    plan(w, p);
    w->fails = true;
    w->world.now = at("2026-11-22T01:31");
    for (int i = 0; i < FAILURES; i++) {
        assert_int_equal(due(w), 1);
        int64_t then = 0;
        str text = val_get_text(job(w), STR("next"));
        assert_true(date_parse(text, 0, &then));
        int64_t waits_min = (then - w->world.now) / 60000;
        assert_in_range(waits_min, 1 << i, (1 << i) + 1);
        w->world.now = then;
    }
    struct val v = job(w);
    assert_int_equal(val_as_int(val_get(v, STR("failures")), 0), FAILURES);
    assert_text(val_get_text(val_at(val_get(v, STR("runs")), 0), STR("code")),
                "fetch.time");
    for (int i = 0; i < 20; i++) {
        tell(w, JOB_RUN_NOW);
        due(w);
    }
    int64_t then = 0;
    assert_true(date_parse(val_get_text(job(w), STR("next")), 0, &then));
    assert_true(then - w->world.now <= (JOB_MAX_BACKOFF_S + 60) * INT64_C(1000));
    w->fails = false;
    tell(w, JOB_RUN_NOW);
    due(w);
    assert_int_equal(val_as_int(val_get(job(w), STR("failures")), -1), 0);
}

static void test_the_history_is_bounded_and_goes_with_the_job(void **state)
{
    struct works *w = *state;
    plan(w, every_hour());
    for (int i = 0; i < JOB_MAX_HISTORY + 10; i++) {
        pass(w, 60);
        assert_int_equal(due(w), 1);
    }
    assert_int_equal(val_count(val_get(job(w), STR("runs"))), JOB_MAX_HISTORY);
    struct planning p = every_hour();
    p.removes = true;
    plan(w, p);
    plan(w, every_hour());
    assert_int_equal(val_count(val_get(job(w), STR("runs"))), 0);
}

static void test_a_pause_and_a_plan_of_before_stay(void **state)
{
    struct works *w = *state;
    plan(w, every_hour());
    tell(w, JOB_PAUSE);
    pass(w, 600);
    assert_int_equal(due(w), 0);
    plan(w, every_hour()); /* the server starts again */
    assert_int_equal(due(w), 0);
    tell(w, JOB_RUN_NOW);
    assert_int_equal(due(w), 1);
    assert_false(val_exists(val_get(job(w), STR("next"))));
    tell(w, JOB_RESUME);
    assert_next(w, "2026-11-22T12:00:00Z");
    pass(w, 31);
    plan(w, every_hour()); /* what became due meanwhile is not forgotten */
    assert_int_equal(due(w), 1);
}

static void test_a_unit_orders_its_own_jobs_only(void **state)
{
    struct works *w = *state;
    plan(w, every_hour());
    struct planning p = { .plan = { .tenant = STR("west") },
                          .id = id_of(w),
                          .order = JOB_RUN_NOW };
    REFUSED(store_write(w->world.store, planning_work, &p, &why), "job.none");
    struct planning unknown = every_hour();
    unknown.plan.kind = STR("magic");
    unknown.plan.schedule = STR("* * * * *");
    plan(w, unknown);
    pass(w, 2);
    assert_int_equal(due(w), 1);
    assert_int_equal(w->runs, 0);
}

#define JOB_TEST(name) cmocka_unit_test_setup_teardown(name, open_works, close_works)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_times_are_as_five_fields_say),
        cmocka_unit_test(test_changing_clocks_lose_nothing_and_repeat_nothing),
        cmocka_unit_test(test_schedules_that_make_no_sense_are_refused),
        JOB_TEST(test_a_job_runs_at_its_time_and_once),
        JOB_TEST(test_what_is_ordered_while_it_runs_is_run),
        JOB_TEST(test_what_was_missed_runs_once_or_is_passed_over),
        JOB_TEST(test_an_order_that_was_overtaken_holds_for_no_later_run),
        JOB_TEST(test_failures_wait_longer_and_longer),
        JOB_TEST(test_the_history_is_bounded_and_goes_with_the_job),
        JOB_TEST(test_a_pause_and_a_plan_of_before_stay),
        JOB_TEST(test_a_unit_orders_its_own_jobs_only),
    };
    log_set_level(LOG_SILENT);
    return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
