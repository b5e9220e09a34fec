#include "data/data.h"

#include "stage.h"

#include "audit/audit.h"

/* Records of a package's collection in the city; li edits them. */
struct office {
    struct stage stage;
    struct package_gate *gate;
    struct data *data;
    struct scope scope;
    struct data_call call;
};

static const struct ware files[] = {
    { "collections/meter.json",
      "{\"name\":\"meter\",\"owner\":\"plant\",\"indexes\":[{\"name\":\"code\","
      "\"fields\":[\"code\"],"
      "\"unique\":true},{\"name\":\"place\",\"fields\":[\"place\",\"at\"]}],"
      "\"schema\":{\"type\":\"object\",\"required\":[\"id\",\"place\"],"
      "\"additionalProperties\":false,\"properties\":{\"id\":{\"type\":\"string\"},"
      "\"code\":{\"type\":\"string\"},\"place\":{\"title\":{\"zh\":\"地点\"},"
      "\"$ref\":\"#/$defs/text\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
      "\"day\":{\"type\":\"string\",\"format\":\"date\"},\"load\":{\"type\":\"number\"},"
      "\"on\":{\"type\":\"boolean\"},\"tags\":{\"type\":\"array\"},"
      "\"kind\":{\"enum\":[\"a\",\"b\",null]}},"
      "\"$defs\":{\"text\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\"}]}}}"
      "}" },
};

/* As the program does: the collections of a package are defined when it is installed. */
static void define_meter(struct world *w)
{
    GOOD(store_define(w->store, json(w, files[0].text), &why));
    ware_install(w, GROUP, ware_package(w, "plant", "1", files, COUNT_OF(files)));
}

static int open_office(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    struct world *w = &o->stage.world;
    stage_open(&o->stage, NULL, NULL);
    GOOD(audit_setup(w->store, &why));
    GOOD(data_setup(w->store, &why));
    define_meter(w);
    put(w, TENANT_SYSTEM_SPACE, "grant",
        "{\"id\":\"g\",\"home\":\"city\",\"person\":\"li\",\"role\":\"editor\","
        "\"tenant\":\"city\"}");
    o->gate = package_gate_open();
    o->data = data_open(&(struct data_config){
        .store = w->store, .packages = o->stage.packages, .gate = o->gate });
    o->scope = stage_scope(&o->stage, "city", "li");
    o->call = (struct data_call){ .data = o->data,
                                  .scope = &o->scope,
                                  .worker = render_script_worker(o->stage.render),
                                  .tenant = STR("city"),
                                  .collection = STR("meter") };
    *state = o;
    return 0;
}

static int close_office(void **state)
{
    struct office *o = *state;
    scope_close(&o->scope);
    arena_reset(o->stage.world.arena);
    data_close(o->data);
    package_gate_close(o->gate);
    stage_close(&o->stage);
    free(o);
    return 0;
}

static struct val take(struct office *o, enum data_format format, const char *body,
                       const char *key)
{
    struct val reply = VAL_ABSENT;
    struct data_rows rows = {
        .format = format, .body = str_of(body), .key = str_of(key), .list = VAL_ABSENT
    };
    o->call.errors = VAL_ABSENT;
    GOOD(data_take(&o->call, &rows, &reply, &why));
    return reply;
}

static const char *take_fails(struct office *o, enum data_format format, const char *body)
{
    struct val reply;
    struct data_rows rows = { .format = format,
                              .body = str_of(body),
                              .list = VAL_ABSENT };
    o->call.errors = VAL_ABSENT;
    return data_take(&o->call, &rows, &reply, &why) ? "" : why.code;
}

static int64_t counted(struct val reply, const char *name)
{
    return val_as_int(val_get(reply, str_of(name)), -1);
}

static struct val record(struct office *o, const char *id)
{
    struct val v = VAL_ABSENT;
    str etag;
    GOOD(data_get(&o->call, str_of(id), &v, &etag, &why));
    return v;
}

/* ---- CSV ---- */

static void test_cells_are_as_rfc_4180_has_them(void **state)
{
    static const struct {
        const char *text;
        const char *cells; /* with | between, / behind each row; "!": refused */
    } cases[] = {
        { "", "" },
        { "a", "a/" },
        { "a,b\r\nc,d\r\n", "a|b/c|d/" },
        { "a\rb\nc", "a/b/c/" },
        { "\n\na\n\n\nb\n\n", "a/b/" },
        { "a,,\n,\n", "a||/|/" },
        { "\"a,b\",\"c\nd\"", "a,b|c\nd/" },
        { "\"\"\"\",\"a\"\"b\"\"\"", "\"|a\"b\"/" },
        { "\"\"", "/" },
        { " a , b ", " a | b /" },
        { "a\"b", "a\"b/" },
        { "\"a", "!" },
        { "\"a\"\"", "!" },
        { "\"a\"b", "!" },
        { "1,2,3,4,5,6,7,8,9", "!" },
    };
    struct office *o = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str cells[8];
        size_t n;
        struct buf out;
        enum csv_step step;
        struct csv csv = { .rest = str_of(cases[i].text), .arena = o->stage.world.arena };
        buf_init(&out, 1000);
        while ((step = csv_next(&csv, cells, COUNT_OF(cells), &n, &why)) == CSV_ROW) {
            for (size_t k = 0; k < n; k++)
                buf_format(&out, "%.*s%s", STR_ARG(cells[k]), k + 1 < n ? "|" : "/");
        }
        assert_text(step == CSV_BAD ? STR("!") : buf_view(&out), cases[i].cells);
        buf_done(&out);
    }
}

static void test_a_row_counts_from_one_whatever_its_lines(void **state)
{
    struct office *o = *state;
    assert_string_equal(
        take_fails(o, DATA_CSV, "id,place,load\n\"x\",\"two\nlines\",1\n\ny,z,many\n"),
        "data.rows");
    struct val mistake = val_at(o->call.errors, 0);
    assert_int_equal(val_count(o->call.errors), 1);
    assert_int_equal(counted(mistake, "row"), 4);
    assert_text(val_get_text(mistake, STR("column")), "load");
    assert_text(val_get_text(mistake, STR("where")), "/load");
}

static void test_cells_become_what_the_schema_says(void **state)
{
    struct office *o = *state;
    take(o, DATA_CSV,
         "id,地点,at,day,load,on,tags,kind\n"
         "1,{x},2026/1/5 9:30,2026/1/5,-1.50,是,\"[1,\"\"a\"\"]\",b\n"
         "2,\"{\"\"zh\"\":\"\"站\"\"}\",2026-01-05T09:30:00Z,,1e3,FALSE,,\n"
         "3,'=x,2026-01-05,2026-01-05,7,0,[],a\n",
         "");
    struct world *w = &o->stage.world;
    assert_true(val_equal(
        record(o, "1"),
        json(w, "{\"id\":\"1\",\"place\":\"{x}\",\"at\":\"2026-01-05T01:30:00Z\","
                "\"day\":\"2026-01-05\",\"load\":-1.5,\"on\":true,\"tags\":[1,\"a\"],"
                "\"kind\":\"b\"}")));
    assert_true(val_equal(
        record(o, "2"),
        json(w, "{\"id\":\"2\",\"place\":{\"zh\":\"站\"},"
                "\"at\":\"2026-01-05T09:30:00Z\",\"load\":1000,\"on\":false}")));
    assert_text(val_get_text(record(o, "3"), STR("place")), "=x");
    assert_text(val_get_text(record(o, "3"), STR("at")), "2026-01-04T16:00:00Z");
}

static void test_cells_that_are_not_what_is_wanted_are_told(void **state)
{
    static const char *const cells[][2] = {
        { "load", "1,5" },         { "load", "0x10" },         { "load", "NaN" },
        { "load", "1 2" },         { "load", "[1]" },          { "on", "maybe" },
        { "at", "32.1.2026" },     { "at", "2026/13/1" },      { "at", "2026/2/30" },
        { "day", "2026-1-1 1:1" }, { "day", "today" },         { "tags", "a" },
        { "tags", "{}" },          { "at", "2026/1/5 25:00" },
    };
    struct office *o = *state;
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        str body = arena_format(o->stage.world.arena, "id,place,%s\nx,y,\"%s\"\n",
                                cells[i][0], cells[i][1]);
        assert_string_equal(take_fails(o, DATA_CSV, body.p), "data.rows");
        assert_text(val_get_text(val_at(o->call.errors, 0), STR("column")), cells[i][0]);
    }
}

/* ---- rows ---- */

static void test_rows_replace_merge_and_stay(void **state)
{
    struct office *o = *state;
    struct data_rows rows = { .merge = true,
                              .body = STR("[{\"id\":\"1\",\"load\":2}]"),
                              .list = VAL_ABSENT };
    struct val reply;
    take(o, DATA_JSON, "[{\"id\":\"1\",\"place\":\"p\",\"load\":1}]", "");
    GOOD(data_take(&o->call, &rows, &reply, &why));
    assert_int_equal(counted(reply, "updated"), 1);
    assert_text(val_get_text(record(o, "1"), STR("place")), "p");
    reply = take(o, DATA_JSON, "[{\"id\":\"1\",\"place\":\"q\"}]", "");
    assert_false(val_exists(val_get(record(o, "1"), STR("load"))));
    reply = take(o, DATA_JSON, "[{\"place\":\"q\",\"id\":\"1\"}]", "");
    assert_int_equal(counted(reply, "unchanged"), 1);
}

static void test_a_key_names_records_by_an_index(void **state)
{
    struct office *o = *state;
    take(o, DATA_JSON, "[{\"id\":\"1\",\"code\":\"c\",\"place\":\"p\"}]", "code");
    struct val reply = take(o, DATA_JSON, "[{\"code\":\"c\",\"place\":\"q\"}]", "code");
    assert_int_equal(counted(reply, "updated"), 1);
    assert_text(val_get_text(record(o, "1"), STR("place")), "q");
    take(o, DATA_JSON, "[{\"id\":\"2\",\"place\":\"q\"}]", "");
    struct data_rows rows = { .body = STR("[{\"place\":\"q\"}]"),
                              .key = STR("place"),
                              .list = VAL_ABSENT };
    REFUSED(data_take(&o->call, &rows, &reply, &why), "data.rows"); /* two are at q */
    rows.key = STR("load");
    REFUSED(data_take(&o->call, &rows, &reply, &why), "data.key");
}

static void test_what_only_the_writer_sees_refuses_all_or_that_row(void **state)
{
    static const char body[] = "[{\"id\":\"1\",\"code\":\"c\",\"place\":\"p\"},"
                               "{\"id\":\"2\",\"code\":\"c\",\"place\":\"p\"},"
                               "{\"id\":\"3\",\"code\":\"d\",\"place\":\"p\"}]";
    struct office *o = *state;
    struct val reply;
    struct data_rows rows = { .body = STR_ARRAY(body), .skip = true, .list = VAL_ABSENT };
    assert_string_equal(take_fails(o, DATA_JSON, body), "store.unique");
    assert_int_equal(counted(val_at(o->call.errors, 0), "row"), 2);
    REFUSED(data_get(&o->call, STR("1"), &reply, &(str){ 0 }, &why), "data.none");
    o->call.errors = VAL_ABSENT;
    GOOD(data_take(&o->call, &rows, &reply, &why));
    assert_int_equal(counted(reply, "created"), 2);
    assert_int_equal(counted(reply, "skipped"), 1);
    assert_int_equal(counted(val_at(val_get(reply, STR("errors")), 0), "row"), 2);
    record(o, "3");
}

static void test_many_rows_go_in_several_transactions(void **state)
{
    struct office *o = *state;
    struct buf body;
    enum { MANY = 2 * DATA_CHUNK_ROWS + 1 };
    buf_init(&body, 1 << 20);
    buf_str(&body, STR("id,place\n"));
    for (int i = 0; i < MANY; i++)
        buf_format(&body, "m%d,p\n", i);
    buf_char(&body, 0);
    uint64_t before = store_revision(o->stage.world.store);
    struct val reply = take(o, DATA_CSV, body.p, "");
    assert_int_equal(counted(reply, "created"), MANY);
    assert_int_equal(store_revision(o->stage.world.store) - before, 3);
    buf_done(&body);
}

static void test_a_reply_is_kept_for_the_same_request_for_a_day(void **state)
{
    struct office *o = *state;
    struct val first;
    struct val second;
    struct data_rows rows = { .body = STR("[{\"place\":\"p\"},{\"place\":\"p\"}]"),
                              .idempotency = STR("k"),
                              .list = VAL_ABSENT };
    GOOD(data_take(&o->call, &rows, &first, &why));
    o->stage.world.now += 1000;
    GOOD(data_take(&o->call, &rows, &second, &why));
    assert_true(val_equal(first, second));
    rows.merge = true;
    REFUSED(data_take(&o->call, &rows, &second, &why), "data.again");
    rows.merge = false;
    o->stage.world.now += DATA_RECEIPT_S * INT64_C(1000);
    struct data_rows other = { .body = STR("[]"),
                               .idempotency = STR("l"),
                               .list = VAL_ABSENT };
    GOOD(data_take(&o->call, &other, &second, &why)); /* sweeps */
    GOOD(data_take(&o->call, &rows, &second, &why));
    assert_int_equal(counted(second, "unchanged"), 2); /* same ids: nothing twice */
}

static void test_who_lost_the_role_writes_nothing(void **state)
{
    struct office *o = *state;
    take_away(&o->stage.world, TENANT_SYSTEM_SPACE, "grant", "g");
    scope_drop_snap(&o->scope);
    assert_string_equal(take_fails(o, DATA_JSON, "[]"), "auth.right");
    o->call.system = STR("connector");
    take(o, DATA_JSON, "[{\"id\":\"1\",\"place\":\"p\"}]", "");
    o->call.collection = STR("grant");
    assert_string_equal(take_fails(o, DATA_JSON, "[]"), "data.collection");
}

/* ---- giving ---- */

static str given(struct office *o, enum data_format format)
{
    struct buf out;
    str next;
    struct data_query query = { .limit = 100 };
    buf_init(&out, 1 << 16);
    GOOD(data_give(&o->call, &query, format, &out, &next, &why));
    str text = arena_str(o->stage.world.arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static void test_no_cell_of_a_text_begins_like_a_formula(void **state)
{
    struct office *o = *state;
    take(o, DATA_JSON,
         "[{\"id\":\"1\",\"place\":\"=1\",\"load\":-5},{\"id\":\"2\",\"place\":\"'@\"},"
         "{\"id\":\"3\",\"place\":\"\\t+\"},{\"id\":\"4\",\"place\":\"it's -1\"}]",
         "");
    assert_text(given(o, DATA_CSV), "id,code,place,at,day,load,on,tags,kind\r\n"
                                    "1,,'=1,,,-5,,,\"\"\r\n2,,''@,,,,,,\"\"\r\n"
                                    "3,,'\t+,,,,,,\"\"\r\n4,,it's -1,,,,,,\"\"\r\n");
    struct val reply = take(o, DATA_CSV, given(o, DATA_CSV).p, "");
    assert_int_equal(counted(reply, "unchanged"), 4);
    assert_int_equal(val_count(json(&o->stage.world, given(o, DATA_JSON).p)), 4);
}

#define DATA_TEST(name) cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DATA_TEST(test_cells_are_as_rfc_4180_has_them),
        DATA_TEST(test_a_row_counts_from_one_whatever_its_lines),
        DATA_TEST(test_cells_become_what_the_schema_says),
        DATA_TEST(test_cells_that_are_not_what_is_wanted_are_told),
        DATA_TEST(test_rows_replace_merge_and_stay),
        DATA_TEST(test_a_key_names_records_by_an_index),
        DATA_TEST(test_what_only_the_writer_sees_refuses_all_or_that_row),
        DATA_TEST(test_many_rows_go_in_several_transactions),
        DATA_TEST(test_a_reply_is_kept_for_the_same_request_for_a_day),
        DATA_TEST(test_who_lost_the_role_writes_nothing),
        DATA_TEST(test_no_cell_of_a_text_begins_like_a_formula),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}
