#include "audit/audit.h"

#include "world.h"

static int open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w);
    GOOD(audit_setup(w->store, &why));
    *state = w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    world_close(w);
    free(w);
    return 0;
}

static bool put_work(struct txn *txn, void *data, struct err *err)
{
    return audit_put(txn, CITY, data, err);
}

static void put_entry(struct world *w, struct audit_entry entry)
{
    if (!entry.reply.kind)
        entry.reply = VAL_ABSENT;
    GOOD(store_write(w->store, put_work, &entry, &why));
}

static void touch(struct world *w, const char *person, const char *touched)
{
    str one = str_of(touched);
    put_entry(w, (struct audit_entry){ .person = str_of(person),
                                       .action = STR("put"),
                                       .touched = &one,
                                       .touched_count = 1 });
}

static struct snap *look(struct world *w, store_space space)
{
    struct snap *snap;
    GOOD(snap_open(w->reader, &space, 1, &snap, &why));
    return snap;
}

static struct audit_query all_of_it(const struct world *w)
{
    return (struct audit_query){ .from_ms = w->now - LIMIT_AUDIT_DAYS * DAY_MS,
                                 .to_ms = w->now + 1,
                                 .limit = AUDIT_MAX_LIST };
}

/* The first record that each entry touched, newest first, a list after the other. */
static const char *listed(struct world *w, struct audit_query query)
{
    struct snap *snap = look(w, CITY);
    struct rows rows;
    struct buf out;
    buf_init(&out, 1 << 20);
    do {
        GOOD(audit_list(snap, &query, w->arena, &rows, &why));
        for (size_t i = 0; i < val_count(rows.list); i++) {
            struct val touched = val_get(val_at(rows.list, i), STR("touched"));
            buf_str(&out, val_text(val_at(touched, 0)));
            buf_str(&out, STR(" "));
        }
        if (rows.next.n && val_count(rows.list))
            buf_str(&out, STR("| "));
        query.after = rows.next;
    } while (rows.next.n);
    snap_close(snap);
    str text = arena_str(w->arena, buf_view(&out));
    buf_done(&out);
    return arena_format(w->arena, "%.*s", STR_ARG(text)).p;
}

/* ---- writing ---- */

static void test_an_entry_is_found_by_its_day_and_name(void **state)
{
    struct world *w = *state;
    struct val found;
    struct audit_entry entry = { .name = STR("once"),
                                 .action = STR("a"),
                                 .reply = json(w, "{\"body\":\"b\",\"until\":7}") };
    put_entry(w, entry);
    struct snap *snap = look(w, CITY);
    GOOD(audit_find(snap, STR("once"), w->now, w->arena, &found, &why));
    assert_int_equal(val_as_int(val_get(val_get(found, STR("reply")), STR("until")), 0),
                     7);
    GOOD(audit_find(snap, STR("once"), w->now - DAY_MS, w->arena, &found, &why));
    assert_false(val_exists(found));
    GOOD(audit_find(snap, STR("twice"), w->now, w->arena, &found, &why));
    assert_false(val_exists(found));
    snap_close(snap);
}

static void test_only_what_is_known_is_kept(void **state)
{
    struct world *w = *state;
    struct rows rows;
    struct audit_query query = all_of_it(w);
    put_entry(w,
              (struct audit_entry){ .action = STR("run"), .component = STR("std/tick") });
    struct snap *snap = look(w, CITY);
    GOOD(audit_list(snap, &query, w->arena, &rows, &why));
    struct val entry = val_without(w->arena, val_at(rows.list, 0), STR("id"));
    str text = doc_text(w->arena, entry, DOC_SORTED);
    assert_string_equal(arena_format(w->arena, "%.*s", STR_ARG(text)).p,
                        "{\"action\":\"run\",\"at\":1795311015000,"
                        "\"component\":\"std/tick\",\"touched\":[]}");
    snap_close(snap);
}

static void test_what_is_too_old_is_forgotten(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 100; i++)
        touch(w, "wang", "task/old");
    w->now += LIMIT_AUDIT_DAYS * DAY_MS;
    for (int i = 0; i < 200; i++)
        touch(w, "wang", "task/new");
    struct audit_query query = all_of_it(w);
    query.touched = STR("task/old");
    assert_int_equal(strlen(listed(w, query)), 100 * strlen("task/old "));
    w->now += DAY_MS;
    for (int i = 0; i < 200; i++)
        touch(w, "wang", "task/newer");
    query = all_of_it(w);
    query.from_ms = 0;
    query.touched = STR("task/old");
    assert_string_equal(listed(w, query), "");
    query.touched = STR("task/new");
    assert_int_equal(strlen(listed(w, query)), 200 * strlen("task/new ") + 2);
}

/* ---- looking ---- */

static void test_the_newest_come_first_over_days_and_pages(void **state)
{
    struct world *w = *state;
    const char *names[] = { "t/1", "t/2", "t/3", "t/4", "t/5", "t/6", "t/7" };
    static const int64_t later[] = { 0, 5, 5, DAY_MS, 3 * DAY_MS, 0, 1 };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        w->now += later[i];
        touch(w, "wang", names[i]);
    }
    struct audit_query query = all_of_it(w);
    assert_string_equal(listed(w, query), "t/7 t/6 t/5 t/4 t/3 t/2 t/1 ");
    query.limit = 3;
    assert_string_equal(listed(w, query), "t/7 t/6 t/5 | t/4 t/3 t/2 | t/1 ");
    query.limit = 7;
    assert_string_equal(listed(w, query), "t/7 t/6 t/5 t/4 t/3 t/2 t/1 ");
    query.to_ms = w->now; /* before it */
    query.from_ms = WORLD_NOW + 10;
    assert_string_equal(listed(w, query), "t/6 t/5 t/4 t/3 ");
}

/* A list that is looked at while more is written goes on where it was. */
static void test_what_comes_meanwhile_moves_no_page(void **state)
{
    struct world *w = *state;
    struct rows rows;
    struct audit_query query = all_of_it(w);
    query.limit = 2;
    for (int i = 1; i <= 4; i++) {
        touch(w, "wang", arena_format(w->arena, "t/%d", i).p);
        w->now++;
    }
    query.to_ms = w->now;
    struct snap *snap = look(w, CITY);
    GOOD(audit_list(snap, &query, w->arena, &rows, &why));
    query.after = rows.next;
    snap_close(snap);
    touch(w, "wang", "t/5");
    assert_string_equal(listed(w, query), "t/2 t/1 ");
}

static void test_it_is_narrowed_by_who_and_what(void **state)
{
    struct world *w = *state;
    struct audit_query query;
    static const struct {
        const char *person;
        const char *touched;
    } entries[] = {
        { "wang", "task/17" },   { "li", "task/17" },  { "li", "task/170" },
        { "li", "taskforce/1" }, { "chen", "note/1" },
    };
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        touch(w, entries[i].person, entries[i].touched);
        w->now++;
    }
    query = all_of_it(w);
    query.touched = STR("task");
    assert_string_equal(listed(w, query), "task/170 task/17 task/17 ");
    query.touched = STR("task/17");
    assert_string_equal(listed(w, query), "task/17 task/17 ");
    query.person = STR("wang");
    assert_string_equal(listed(w, query), "task/17 ");
    query = all_of_it(w);
    query.component = STR("std/vote");
    assert_string_equal(listed(w, query), "");
}

static void test_another_unit_has_its_own(void **state)
{
    struct world *w = *state;
    struct rows rows;
    struct audit_query query = all_of_it(w);
    touch(w, "wang", "task/1");
    struct snap *snap = look(w, EAST);
    GOOD(audit_list(snap, &query, w->arena, &rows, &why));
    assert_int_equal(val_count(rows.list), 0);
    assert_int_equal(rows.next.n, 0);
    snap_close(snap);
}

static void test_what_is_no_cursor_is_refused(void **state)
{
    static const char *const wrong[] = { "x", " ", "-5 a", "1.5 a",
                                         "99999999999999999999 a" };
    struct world *w = *state;
    struct rows rows;
    struct audit_query query = all_of_it(w);
    struct snap *snap = look(w, CITY);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        query.after = str_of(wrong[i]);
        REFUSED(audit_list(snap, &query, w->arena, &rows, &why), "audit.after");
    }
    query.after = STR("9000000000000000000 zz"); /* later than all: from the start */
    GOOD(audit_list(snap, &query, w->arena, &rows, &why));
    snap_close(snap);
}

#define AUDIT_TEST(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(test_an_entry_is_found_by_its_day_and_name),
        AUDIT_TEST(test_only_what_is_known_is_kept),
        AUDIT_TEST(test_what_is_too_old_is_forgotten),
        AUDIT_TEST(test_the_newest_come_first_over_days_and_pages),
        AUDIT_TEST(test_what_comes_meanwhile_moves_no_page),
        AUDIT_TEST(test_it_is_narrowed_by_who_and_what),
        AUDIT_TEST(test_another_unit_has_its_own),
        AUDIT_TEST(test_what_is_no_cursor_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
