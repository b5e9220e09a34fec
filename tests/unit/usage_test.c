#include "usage/usage.h"

#include "world.h"

#include <pthread.h>

struct counted {
    struct world world;
    struct usage *usage;
    bool refuses; /* the gate: whatever is written of usage */
};

static bool gate(void *data, const struct store_collection *collection, struct val record,
                 struct arena *arena, struct err *err)
{
    struct counted *c = data;
    (void)record;
    (void)arena;
    return !c->refuses || !str_equal(collection->name, STR("usage"))
           || err_set(err, ERR_SYSTEM, "test.refused", "the gate is shut");
}

static int open_counted(void **state)
{
    struct counted *c = calloc(1, sizeof *c);
    world_open(&c->world);
    world_close_store(&c->world);
    world_open_store(&c->world, gate, c);
    world_settle(&c->world);
    GOOD(usage_setup(c->world.store, &why));
    c->usage = usage_open(c->world.store);
    *state = c;
    return 0;
}

static int close_counted(void **state)
{
    struct counted *c = *state;
    usage_close(c->usage);
    world_close(&c->world);
    free(c);
    return 0;
}

static void note(struct counted *c, enum usage_kind kind, const char *tenant,
                 const char *person, const char *what)
{
    usage_note(c->usage, &(struct usage_note){ .kind = kind,
                                               .tenant = str_of(tenant),
                                               .person = str_of(person),
                                               .what = str_of(what),
                                               .at_ms = c->world.now });
}

static size_t write_all(struct counted *c)
{
    size_t lost;
    GOOD(usage_write(c->usage, c->world.now, &lost, &why));
    return lost;
}

/* What is known of the unit, as JSON text without the days that have nothing. */
static struct val read_unit(struct counted *c, const char *unit, int days)
{
    struct world *w = &c->world;
    struct tenant_path path;
    struct val told = VAL_ABSENT;
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, str_of(unit), w->arena, NULL, &path, &why));
    struct snap *house = snap_for(snap, path.chain, path.n, w->arena);
    GOOD(usage_read(house, &path, days, w->now, w->arena, &told, &why));
    told = val_copy(w->arena, told);
    snap_close(snap);
    return told;
}

static int64_t figure(struct val told, const char *name)
{
    return val_as_int(val_get(told, str_of(name)), -1);
}

static const char *text_of(struct counted *c, struct val told, const char *name)
{
    str text = doc_text(c->world.arena, val_get(told, str_of(name)), DOC_PLAIN);
    return arena_format(c->world.arena, "%.*s", STR_ARG(text)).p;
}

static void assert_sum(struct counted *c, const char *unit, int days, int people,
                       int views, int uses)
{
    struct world *w = &c->world;
    struct tenant_path path;
    struct val sum = VAL_ABSENT;
    struct val told = read_unit(c, unit, days);
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, str_of(unit), w->arena, NULL, &path, &why));
    struct snap *house = snap_for(snap, path.chain, path.n, w->arena);
    GOOD(usage_sum(house, &path, days, w->now, w->arena, &sum, &why));
    struct val both[] = { told, sum };
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        assert_int_equal(figure(both[i], "people"), people);
        assert_int_equal(figure(both[i], "views"), views);
        assert_int_equal(figure(both[i], "uses"), uses);
    }
    snap_close(snap);
}

/* ---- who is counted where ---- */

static void test_a_person_counts_in_her_unit_and_all_above(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_VIEW, "city", "li", "home");
    note(c, USAGE_VIEW, "city", "li", "home");
    note(c, USAGE_VIEW, "city", "wu", "home");
    note(c, USAGE_VIEW, "east", "li", "home"); /* another person */
    note(c, USAGE_VIEW, "west", "xu", "home");
    assert_int_equal(write_all(c), 0);
    assert_sum(c, "city", 1, 2, 3, 0);
    assert_sum(c, "east", 1, 3, 4, 0);
    assert_sum(c, "west", 1, 1, 1, 0);
    assert_sum(c, "group", 1, 4, 5, 0);
}

static void test_she_counts_once_however_often_it_is_written(void **state)
{
    struct counted *c = *state;
    for (int i = 0; i < 3; i++) {
        note(c, USAGE_VIEW, "city", "li", "home");
        note(c, USAGE_USE, "city", "li", "standard/todo");
        write_all(c);
        c->world.now += 20 * 60 * 1000;
    }
    assert_sum(c, "group", 1, 1, 3, 3);
}

static void test_who_comes_back_is_active_and_opens_nothing(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_BACK, "city", "li", "");
    write_all(c);
    assert_sum(c, "city", 1, 1, 0, 0);
    assert_string_equal(text_of(c, read_unit(c, "city", 1), "pages"), "[]");
}

static void test_days_are_put_together_by_people(void **state)
{
    struct counted *c = *state;
    for (int day = 0; day < 10; day++) {
        note(c, USAGE_VIEW, "city", "li", "home");
        if (day < 3)
            note(c, USAGE_VIEW, "city", "wu", "home");
        write_all(c);
        c->world.now += DAY_MS;
    }
    c->world.now -= DAY_MS;
    struct val told = read_unit(c, "city", 10);
    assert_int_equal(figure(told, "people"), 2);
    assert_int_equal(figure(told, "week"), 1);
    assert_int_equal(figure(told, "views"), 13);
    assert_sum(c, "city", 7, 1, 7, 0);
    assert_sum(c, "city", 8, 2, 9, 0);
    assert_string_equal(text_of(c, read_unit(c, "city", 2), "days"),
                        "[{\"day\":\"2026-11-30\",\"people\":1,\"views\":1,\"uses\":0},"
                        "{\"day\":\"2026-12-01\",\"people\":1,\"views\":1,\"uses\":0}]");
}

static void test_a_day_without_anybody_is_told_as_such(void **state)
{
    struct counted *c = *state;
    assert_string_equal(text_of(c, read_unit(c, "city", 1), "days"),
                        "[{\"day\":\"2026-11-22\",\"people\":0,\"views\":0,\"uses\":0}]");
}

/* ---- when, and what ---- */

static void test_a_day_is_of_the_units_clock(void **state)
{
    struct counted *c = *state;
    put_tenant(&c->world, "{\"id\":\"far\",\"parent\":\"group\",\"level\":\"province\","
                          "\"name\":{\"zh\":\"远\"},\"zone\":\"America/New_York\"}");
    note(c, USAGE_VIEW, "far", "li", "home"); /* 20:30 of the day before, there */
    note(c, USAGE_VIEW, "city", "wu", "home");
    write_all(c);
    assert_string_equal(text_of(c, read_unit(c, "far", 1), "days"),
                        "[{\"day\":\"2026-11-21\",\"people\":1,\"views\":1,\"uses\":0}]");
    struct val hours = val_get(read_unit(c, "city", 1), STR("hours"));
    for (uint32_t i = 0; i < 24; i++)
        assert_int_equal(val_as_int(val_at(hours, i), -1), i == 9 ? 1 : 0);
}

static void test_pages_and_components_those_of_most_people_first(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_VIEW, "city", "li", "tools");
    note(c, USAGE_VIEW, "city", "li", "tools");
    note(c, USAGE_VIEW, "city", "li", "home");
    note(c, USAGE_VIEW, "east", "wu", "home");
    note(c, USAGE_USE, "east", "wu", "standard/todo");
    note(c, USAGE_USE, "east", "wu", "standard/app-grid");
    note(c, USAGE_USE, "east", "wu", "standard/app-grid");
    write_all(c);
    struct val told = read_unit(c, "group", 30);
    assert_string_equal(text_of(c, told, "pages"),
                        "[{\"page\":\"home\",\"people\":2,\"views\":2},"
                        "{\"page\":\"tools\",\"people\":1,\"views\":2}]");
    assert_string_equal(text_of(c, told, "components"),
                        "[{\"component\":\"standard/app-grid\",\"people\":1,\"uses\":2},"
                        "{\"component\":\"standard/todo\",\"people\":1,\"uses\":1}]");
}

static void test_what_is_too_old_is_forgotten(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_VIEW, "city", "li", "home");
    write_all(c);
    c->world.now += (USAGE_DAYS - 1) * DAY_MS;
    note(c, USAGE_VIEW, "city", "wu", "home");
    write_all(c);
    assert_sum(c, "city", USAGE_DAYS, 2, 2, 0);
    c->world.now += DAY_MS;
    note(c, USAGE_VIEW, "city", "wu", "home");
    write_all(c);
    c->world.now -= DAY_MS; /* what is looked for once was there */
    assert_sum(c, "city", USAGE_DAYS, 1, 1, 0);
}

/* ---- what goes wrong ---- */

static void test_nobody_is_counted_whose_unit_is_gone(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_VIEW, "closed", "li", "home");
    note(c, USAGE_VIEW, "west", "xu", "home");
    write_all(c);
    assert_sum(c, "group", 1, 1, 1, 0);
}

static void test_what_could_not_be_written_is_written_later(void **state)
{
    struct counted *c = *state;
    size_t lost;
    note(c, USAGE_VIEW, "city", "li", "home");
    c->refuses = true;
    REFUSED(usage_write(c->usage, c->world.now, &lost, &why), "test.refused");
    note(c, USAGE_VIEW, "city", "li", "home");
    c->refuses = false;
    write_all(c);
    write_all(c);
    assert_sum(c, "city", 1, 1, 2, 0);
}

static void test_more_than_there_is_room_for_is_counted_as_lost(void **state)
{
    struct counted *c = *state;
    char person[16];
    assert_false(usage_is_due(c->usage, c->world.now));
    for (int i = 0; i < USAGE_MAX_NOTES + 3; i++) {
        snprintf(person, sizeof person, "p%d", i);
        note(c, USAGE_BACK, "west", person, "");
    }
    assert_true(usage_is_due(c->usage, c->world.now));
    assert_int_equal(write_all(c), 3);
    assert_int_equal(write_all(c), 0);
    assert_sum(c, "group", 1, USAGE_MAX_NOTES, 0, 0);
}

static void test_it_is_due_now_and_then(void **state)
{
    struct counted *c = *state;
    write_all(c);
    note(c, USAGE_BACK, "west", "xu", "");
    assert_false(usage_is_due(c->usage, c->world.now + USAGE_WRITE_EVERY_S * 1000 - 1));
    assert_true(usage_is_due(c->usage, c->world.now + USAGE_WRITE_EVERY_S * 1000));
    assert_true(usage_is_due(c->usage, c->world.now - DAY_MS)); /* put back */
}

static void test_a_damaged_record_is_told_of_and_begins_anew(void **state)
{
    struct counted *c = *state;
    struct world *w = &c->world;
    struct tenant_path path;
    struct val told;
    put(w, WEST, "usage", "{\"id\":\"2026-11-22\",\"people\":\"AAAA\"}");
    struct snap *snap = world_snap(w);
    GOOD(tenant_path_read(snap, STR("west"), w->arena, NULL, &path, &why));
    struct snap *house = snap_for(snap, path.chain, path.n, w->arena);
    REFUSED(usage_read(house, &path, 1, w->now, w->arena, &told, &why), "usage.damaged");
    assert_string_equal(why.where, "2026-11-22");
    snap_close(snap);
    note(c, USAGE_VIEW, "west", "xu", "home");
    write_all(c);
    assert_sum(c, "west", 1, 1, 1, 0);
}

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    (void)data;
    return usage_forget(txn, WEST, STR("xu"), err);
}

static void test_who_is_removed_and_comes_again_is_somebody_else(void **state)
{
    struct counted *c = *state;
    note(c, USAGE_VIEW, "west", "xu", "home");
    write_all(c);
    GOOD(store_write(c->world.store, forget_work, NULL, &why));
    note(c, USAGE_VIEW, "west", "xu", "home");
    write_all(c);
    assert_sum(c, "west", 1, 2, 2, 0);
}

/* ---- many at once ---- */

enum { THREADS = 4, NOTES_OF_EACH = 3000 };

static void *note_many(void *data)
{
    struct counted *c = data;
    char person[16];
    for (int i = 0; i < NOTES_OF_EACH; i++) {
        snprintf(person, sizeof person, "p%d", i % 50);
        note(c, USAGE_VIEW, i % 2 ? "east" : "west", person, "home");
    }
    return NULL;
}

static void test_nothing_is_lost_between_those_who_note_and_who_writes(void **state)
{
    struct counted *c = *state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, note_many, c), 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(write_all(c), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    write_all(c);
    assert_sum(c, "group", 1, 50, THREADS * NOTES_OF_EACH, 0);
}

/* ---- against counting by hand ---- */

enum { PEOPLE = 40, DAYS = 12, PAGES = 3, UNITS = 4 };

static void test_chance_is_counted_as_by_hand(void **state)
{
    static const char *const units[UNITS] = { "group", "east", "city", "west" };
    static const bool is_below[UNITS][UNITS] = {
        { 1, 1, 1, 1 }, { 0, 1, 1, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 }
    };
    static int seen[DAYS][PEOPLE][PAGES];
    struct counted *c = *state;
    srand(7);
    for (int day = 0; day < DAYS; day++, c->world.now += DAY_MS) {
        for (int i = 0; i < 60; i++) {
            char person[16];
            char page[16];
            int who = rand() % PEOPLE;
            int what = rand() % PAGES;
            snprintf(person, sizeof person, "p%d", who);
            snprintf(page, sizeof page, "page%d", what);
            note(c, USAGE_VIEW, units[who % UNITS], person, page);
            seen[day][who][what]++;
            if (rand() % 20 == 0)
                write_all(c);
        }
        write_all(c);
    }
    c->world.now -= DAY_MS;
    for (int unit = 0; unit < UNITS; unit++) {
        for (int days = 1; days <= DAYS; days++) {
            int people = 0;
            int views = 0;
            for (int who = 0; who < PEOPLE; who++) {
                int hers = 0;
                for (int i = 0; i < days * PAGES; i++)
                    hers += seen[DAYS - 1 - i / PAGES][who][i % PAGES];
                if (!is_below[unit][who % UNITS])
                    continue;
                people += hers > 0;
                views += hers;
            }
            assert_sum(c, units[unit], days, people, views, 0);
        }
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_counted, close_counted)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_person_counts_in_her_unit_and_all_above),
        TEST(test_she_counts_once_however_often_it_is_written),
        TEST(test_who_comes_back_is_active_and_opens_nothing),
        TEST(test_days_are_put_together_by_people),
        TEST(test_a_day_without_anybody_is_told_as_such),
        TEST(test_a_day_is_of_the_units_clock),
        TEST(test_pages_and_components_those_of_most_people_first),
        TEST(test_what_is_too_old_is_forgotten),
        TEST(test_nobody_is_counted_whose_unit_is_gone),
        TEST(test_what_could_not_be_written_is_written_later),
        TEST(test_more_than_there_is_room_for_is_counted_as_lost),
        TEST(test_it_is_due_now_and_then),
        TEST(test_a_damaged_record_is_told_of_and_begins_anew),
        TEST(test_who_is_removed_and_comes_again_is_somebody_else),
        TEST(test_nothing_is_lost_between_those_who_note_and_who_writes),
        TEST(test_chance_is_counted_as_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
