/* The directory: everybody as numbers, after any history, in a crowd, looked at while it
 * follows. */
#include "audience.h"

#include <pthread.h>

/* ---- values ---- */

static const char *values(struct bench *b, const char *attribute, const char *unit,
                          const char *part, size_t max)
{
    struct directory_value *found;
    size_t n = directory_values(b->directory, str_of(attribute), str_of(unit), b->names,
                                str_of(part), max, b->arena, &found);
    str text = STR("");
    for (size_t i = 0; i < n; i++)
        text = arena_format(b->arena, "%.*s%.*s:%zu ", STR_ARG(text),
                            STR_ARG(found[i].text), found[i].people);
    return text.p;
}

static void test_directory_tells_which_values_there_are(void **state)
{
    struct bench *b = *state;
    plant(b);
    open_directory(b);
    assert_string_equal(values(b, "group", "root", "", 9), "leaders:2 shift:1 ");
    assert_string_equal(values(b, "group", "east", "", 9), "leaders:1 shift:1 ");
    assert_string_equal(values(b, "group", "root", "", 1), "leaders:2 ");
    assert_string_equal(values(b, "group", "west", "", 9), "");
    assert_string_equal(values(b, "group", "nowhere", "", 9), "");
    assert_string_equal(values(b, "post", "root", "PRES", 9), "President:1 ");
    assert_string_equal(values(b, "post", "root", "经理", 9), "总经理:1 ");
    assert_string_equal(values(b, "tag", "port", "", 9), "");
    assert_string_equal(values(b, "grade", "root", "", 9), "");
    assert_string_equal(values(b, "person", "root", "", 9), "");
    assert_string_equal(values(b, "colour", "root", "", 9), "");
    assert_string_equal(values(b, "group", "root", "班子", 9), "");
    b->names = json(b, "{\"leaders\":{\"zh\":\"领导班子\",\"en\":\"Board\"}}");
    assert_string_equal(values(b, "group", "root", "班子", 9), "leaders:2 ");
    assert_string_equal(values(b, "group", "root", "board", 9), "leaders:2 ");
    assert_string_equal(values(b, "group", "root", "shi", 9), "shift:1 ");
    assert_int_equal(directory_count_below(b->directory, STR("east")), 2);
    assert_int_equal(directory_count_below(b->directory, STR("nowhere")), 0);
}

/* ---- random histories ---- */

enum { UNITS = 9, NAMES = 24, ROUNDS = 600, RULES = 4 };

static unsigned any(struct bench *b, unsigned below)
{
    b->random = b->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(b->random >> 33) % below;
}

static struct val name_of(struct bench *b, const char *stem, unsigned n)
{
    return val_str(arena_format(b->arena, "%s%u", stem, n));
}

static void with(struct bench *b, struct val *v, const char *name, struct val value)
{
    *v = val_with(b->arena, *v, str_of(name), value);
}

static struct val some_texts(struct bench *b, const char *stem, unsigned most)
{
    struct val *items = ARENA_ARRAY(b->arena, struct val, most);
    unsigned n = any(b, most + 1);
    for (unsigned i = 0; i < n; i++)
        items[i] = any(b, 20) ? name_of(b, stem, any(b, 5)) : val_int(3);
    return val_list(items, n);
}

static struct val some_day(struct bench *b)
{
    return val_str(arena_format(b->arena, "20%02u-%02u-%02u", any(b, 4), any(b, 12) + 1,
                                any(b, 28) + 1));
}

static struct val some_person(struct bench *b)
{
    struct val v = val_map(NULL, 0);
    with(b, &v, "id", name_of(b, "p", any(b, NAMES)));
    with(b, &v, "name", val_str(STR("x")));
    if (any(b, 3))
        with(b, &v, "specialty", name_of(b, "s", any(b, 4)));
    if (any(b, 3))
        with(b, &v, "grade", val_int((int64_t)any(b, 12) - 1));
    if (any(b, 3))
        with(b, &v, "joined", any(b, 9) ? some_day(b) : val_str(STR("2026-99")));
    if (any(b, 3))
        with(b, &v, "groups", some_texts(b, "g", 3));
    if (any(b, 3))
        with(b, &v, "tags", some_texts(b, "t", 3));
    if (any(b, 2)) {
        struct val post = val_map(NULL, 0);
        with(b, &post, "zh", name_of(b, "o", any(b, 4)));
        with(b, &post, "en", name_of(b, "o", any(b, 4)));
        with(b, &v, "post", any(b, 2) ? post : name_of(b, "o", any(b, 4)));
    }
    return v;
}

static struct val some_bound(struct bench *b, bool day)
{
    return day ? some_day(b) : val_int(any(b, 12));
}

static struct val some_number(struct bench *b, bool day)
{
    struct val v = val_map(NULL, 0);
    unsigned which = any(b, 4);
    if (which == 3)
        return some_bound(b, day);
    if (which != 1)
        with(b, &v, "from", some_bound(b, day));
    if (which != 2)
        with(b, &v, "to", some_bound(b, day));
    return v;
}

static struct val some_values(struct bench *b, unsigned attribute)
{
    static const char *const stems[] = { "u", "u", "s", "o", "g", "t", "p" };
    struct val items[3];
    unsigned n = any(b, 3) ? 1 : any(b, 4);
    for (unsigned i = 0; i < n; i++)
        items[i] = attribute >= COUNT_OF(stems)
                       ? some_number(b, attribute > COUNT_OF(stems))
                       : name_of(b, stems[attribute], any(b, UNITS));
    return n == 1 ? items[0] : val_copy(b->arena, val_list(items, n));
}

/* `names`: how many audiences n0, n1 … may be named. */
static struct val some_rule(struct bench *b, unsigned depth, unsigned names)
{
    static const char *const leaves[] = { "tenant", "subtree", "specialty",
                                          "post",   "group",   "tag",
                                          "person", "grade",   "joined" };
    struct val v = val_map(NULL, 0);
    unsigned form = any(b, depth ? 7 : 4);
    if (form == 3 && names) {
        with(b, &v, "audience", name_of(b, "n", any(b, names)));
    } else if (form < 4) {
        unsigned leaf = any(b, COUNT_OF(leaves));
        with(b, &v, leaves[leaf], some_values(b, leaf));
    } else if (form == 4) {
        with(b, &v, "not", some_rule(b, depth - 1, names));
    } else {
        struct val kids[4];
        unsigned n = any(b, 16) ? 1 + any(b, 4) : 0;
        for (unsigned i = 0; i < n; i++)
            kids[i] = some_rule(b, depth - 1, names);
        with(b, &v, form == 5 ? "all" : "any", val_copy(b->arena, val_list(kids, n)));
    }
    return v;
}

/* The tree of the history: u0 is the root; a parent's number is always the lower one. */
struct history {
    bool there[UNITS];
    unsigned parent[UNITS];
    size_t people; /* met by the check */
};

static bool has_children(const struct history *h, unsigned unit)
{
    for (unsigned i = unit + 1; i < UNITS; i++) {
        if (h->there[i] && h->parent[i] == unit)
            return true;
    }
    return false;
}

/* Founds a unit, moves it, or ends it; the people of an ended one stay behind and come
 * back with whichever unit is given its space. */
static void change_unit(struct bench *b, struct history *h)
{
    unsigned unit = 1 + any(b, UNITS - 1);
    const char *id = val_text(name_of(b, "u", unit)).p;
    if (h->there[unit] && !has_children(h, unit) && any(b, 2)) {
        struct val v = val_map(NULL, 0);
        with(b, &v, "id", val_str(str_of(id)));
        edit(b, "tenant", NULL, v, true);
        h->there[unit] = false;
        return;
    }
    unsigned parent = any(b, unit);
    while (!h->there[parent])
        parent = h->parent[parent] < parent ? h->parent[parent] : 0;
    put_unit(b, id, val_text(name_of(b, "u", parent)).p);
    h->there[unit] = true;
    h->parent[unit] = parent;
}

static void change_person(struct bench *b, const struct history *h)
{
    unsigned unit = any(b, UNITS);
    if (h->there[unit])
        edit(b, "person", val_text(name_of(b, "u", unit)).p, some_person(b),
             any(b, 4) == 0);
}

static void check_unit(struct bench *b, struct history *h, unsigned unit,
                       const struct audience *audience, const struct directory_set *set,
                       size_t *admitted)
{
    struct tenant_path path;
    struct rows rows;
    struct err err;
    str id = val_text(name_of(b, "u", unit));
    struct snap *snap = look(b, id.p, &path);
    struct query q = { .collection = store_collection(b->store, STR("person")),
                       .limit = STORE_MAX_ROWS };
    struct snap *own = snap_for(snap, path.chain, path.n, b->arena);
    assert_true(snap_query(own, &q, b->arena, NULL, &rows, &err));
    for (size_t i = 0; i < val_count(rows.list); i++) {
        struct val person = val_at(rows.list, i);
        uint32_t number;
        assert_true(
            directory_find(b->directory, id, val_get_text(person, STR("id")), &number));
        bool admits = audience_admits(audience, person, &path);
        assert_int_equal(admits, directory_set_holds(set, number));
        *admitted += admits;
    }
    h->people += val_count(rows.list);
    snap_close(snap);
}

/* The predicate, the bitmaps, and the check for contradictions agree. */
static void check_rule(struct bench *b, struct history *h, struct val rule)
{
    const struct audience *audience;
    struct err err;
    size_t admitted = 0;
    if (!compile_as(b, "u0", "", rule, &audience, NULL, &err))
        fail_msg("%s: %s", doc_text(b->arena, rule, DOC_PLAIN).p, err.text);
    struct directory_set *set = directory_select(b->directory, audience);
    h->people = 0;
    for (unsigned unit = 0; unit < UNITS; unit++) {
        if (h->there[unit])
            check_unit(b, h, unit, audience, set, &admitted);
    }
    assert_int_equal(admitted, directory_set_count(set));
    assert_int_equal(admitted, directory_set_count_below(b->directory, set, STR("u0")));
    assert_int_equal(h->people, directory_count(b->directory));
    assert_true(admitted == 0 || audience_is_possible(audience));
    directory_set_close(set);
}

static void test_directory_agrees_with_the_predicate_after_any_history(void **state)
{
    struct bench *b = *state;
    struct history h = { .there = { true } };
    b->random = 7;
    put_unit(b, "u0", NULL);
    for (unsigned i = 0; i < 3; i++) {
        struct val v = json(b, "{\"name\":{\"zh\":\"x\"}}");
        with(b, &v, "id", name_of(b, "n", i));
        with(b, &v, "rule", some_rule(b, 1, i));
        edit(b, "audience", "u0", v, false);
    }
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 150 == 0)
            open_directory(b);
        if (any(b, 6) == 0)
            change_unit(b, &h);
        else
            change_person(b, &h);
        for (int k = 0; k < RULES; k++)
            check_rule(b, &h, some_rule(b, 3, 3));
        if (i % 50 == 49)
            arena_reset(b->arena);
    }
    assert_true(h.people > NAMES);
}

/* ---- one commit of many changes ---- */

static bool found_work(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    static const struct {
        const char *collection;
        const char *tenant;
        const char *record;
        bool remove;
    } steps[] = {
        { "tenant", NULL,
          "{\"id\":\"new\",\"parent\":\"root\",\"level\":\"unit\","
          "\"name\":{\"zh\":\"x\"}}",
          false },
        { "person", "new", "{\"id\":\"ed\",\"name\":\"x\",\"tags\":[\"a\"]}", false },
        { "person", "new", "{\"id\":\"ed\"}", true },
        { "person", "new", "{\"id\":\"ed\",\"name\":\"x\",\"tags\":[\"b\"]}", false },
        { "person", "new", "{\"id\":\"fu\",\"name\":\"x\",\"tags\":[\"b\"]}", false },
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct edit e = { b, steps[i].collection, steps[i].tenant,
                          json(b, steps[i].record), steps[i].remove };
        if (!edit_work(txn, &e, err))
            return false;
    }
    return true;
}

static size_t selected(struct bench *b, const char *rule)
{
    struct directory_set *set = directory_select(b->directory, compiled(b, "root", rule));
    size_t n = directory_set_count(set);
    directory_set_close(set);
    return n;
}

static void test_directory_counts_once_who_comes_with_her_unit(void **state)
{
    struct bench *b = *state;
    struct err err;
    put_unit(b, "root", NULL);
    open_directory(b);
    assert_true(store_write(b->store, found_work, b, &err));
    assert_int_equal(directory_count(b->directory), 2);
    assert_int_equal(selected(b, "{\"tag\":\"a\"}"), 0);
    assert_int_equal(selected(b, "{\"tag\":\"b\"}"), 2);
    assert_int_equal(selected(b, "{\"subtree\":\"root\"}"), 2);
    assert_int_equal(selected(b, "{\"person\":\"ed\"}"), 1);
}

/* ---- many people ---- */

enum { CROWD = 70000, CROWD_DAYS = 9000, CROWD_GRADES = 12 };

static bool crowd_work(struct txn *txn, void *data, struct err *err)
{
    struct bench *b = data;
    struct tenant_path path;
    store_space system = TENANT_SYSTEM_SPACE;
    const struct store_collection *c = store_collection(b->store, STR("person"));
    int64_t first = INT64_C(631152000000); /* 1990-01-01 */
    if (!tenant_path_read(txn_snap(txn, &system, 1), STR("port"), b->arena, NULL, &path,
                          err))
        return false;
    for (int i = 0; i < CROWD; i++) {
        struct date d = date_at(first + i % CROWD_DAYS * DAY_MS, 0);
        str record = arena_format(b->arena,
                                  "{\"id\":\"c%d\",\"name\":\"x\",\"grade\":%d,"
                                  "\"joined\":\"%04d-%02d-%02d\"}",
                                  i, i % CROWD_GRADES, d.year, d.month, d.day);
        if (!txn_put(txn, tenant_of(&path)->space, c, json(b, record.p), PUT_NEW, err))
            return false;
    }
    return true;
}

static size_t count_of(struct bench *b, const char *rule)
{
    struct directory_set *set = directory_select(b->directory, compiled(b, "root", rule));
    size_t n = directory_set_count(set);
    for (int i = 0; i < CROWD; i++) {
        uint32_t number;
        str id = arena_format(b->arena, "c%d", i);
        assert_true(directory_find(b->directory, STR("port"), id, &number));
        n -= directory_set_holds(set, number);
    }
    assert_int_equal(n, 0);
    n = directory_set_count(set);
    directory_set_close(set);
    return n;
}

/* Enough for bitmaps of more than one part, dense and sparse. */
static void test_directory_finds_ranges_in_a_crowd(void **state)
{
    struct bench *b = *state;
    struct err err;
    put_unit(b, "root", NULL);
    put_unit(b, "port", "root");
    open_directory(b);
    assert_true(store_write(b->store, crowd_work, b, &err));
    for (int i = 0; i < 2; i++) {
        size_t share = CROWD / CROWD_GRADES;
        assert_int_equal(directory_count(b->directory), CROWD);
        assert_int_equal(count_of(b, "{\"grade\":{\"to\":127}}"), CROWD);
        assert_in_range(count_of(b, "{\"grade\":[3,7]}"), 2 * share, 2 * share + 2);
        assert_in_range(count_of(b, "{\"grade\":{\"from\":1,\"to\":10}}"), 10 * share,
                        10 * share + 10);
        assert_int_equal(count_of(b, "{\"joined\":\"1990-01-01\"}"),
                         CROWD / CROWD_DAYS + 1);
        assert_int_equal(count_of(b, "{\"joined\":{\"from\":\"1990-01-02\"}}"),
                         CROWD - CROWD / CROWD_DAYS - 1);
        assert_int_equal(count_of(b, "{\"joined\":{\"to\":\"1989-12-31\"}}"), 0);
        open_directory(b); /* the same when it is read afresh */
    }
}

/* ---- threads ---- */

struct looker {
    struct bench *b;
    const struct audience *audience;
    bool stop;    /* atomic */
    size_t looks; /* atomic */
    bool whole;
};

static void *look_on(void *data)
{
    struct looker *l = data;
    while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
        uint32_t number;
        struct directory_set *set = directory_select(l->b->directory, l->audience);
        l->whole = l->whole && directory_set_count(set) == 3;
        if (directory_find(l->b->directory, STR("west"), STR("di"), &number))
            l->whole = l->whole && !directory_set_holds(set, number);
        directory_set_close(set);
        __atomic_add_fetch(&l->looks, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* Bo goes back and forth between two units, each time in one commit. */
static bool move_work(struct txn *txn, void *data, struct err *err)
{
    struct edit *e = data;
    struct edit leave = *e;
    struct edit come = *e;
    bool east = e->remove;
    leave.tenant = east ? "east" : "port";
    come.tenant = east ? "port" : "east";
    leave.remove = true;
    come.remove = false;
    return edit_work(txn, &leave, err) && edit_work(txn, &come, err);
}

static bool has_looked(struct looker *looker)
{
    return __atomic_load_n(&looker->looks, __ATOMIC_RELAXED) > 0;
}

static void test_directory_is_looked_at_while_it_follows(void **state)
{
    struct bench *b = *state;
    pthread_t threads[2];
    struct looker lookers[2];
    bool good = true;
    plant(b);
    open_directory(b);
    const struct audience *audience =
        compiled(b, "root", "{\"any\":[{\"subtree\":\"east\"},{\"person\":\"an\"}]}");
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        lookers[i] = (struct looker){ .b = b, .audience = audience, .whole = true };
        assert_int_equal(pthread_create(&threads[i], NULL, look_on, &lookers[i]), 0);
    }
    for (int i = 0; i < 400 || !has_looked(&lookers[0]) || !has_looked(&lookers[1]);
         i++) {
        struct err err;
        struct edit e = { .b = b,
                          .collection = "person",
                          .record =
                              json(b, "{\"id\":\"bo\",\"name\":\"Bo\",\"grade\":4}"),
                          .remove = i % 2 == 0 };
        good = good && store_write(b->store, move_work, &e, &err);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        __atomic_store_n(&lookers[i].stop, true, __ATOMIC_RELAXED);
        pthread_join(threads[i], NULL);
    }
    assert_true(good);
    assert_true(lookers[0].whole && lookers[1].whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_directory_tells_which_values_there_are),
        TEST(test_directory_agrees_with_the_predicate_after_any_history),
        TEST(test_directory_counts_once_who_comes_with_her_unit),
        TEST(test_directory_finds_ranges_in_a_crowd),
        TEST(test_directory_is_looked_at_while_it_follows),
    };
    return cmocka_run_group_tests_name("directory", tests, NULL, NULL);
}
