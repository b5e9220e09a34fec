#include "picture/picture.h"

#include "crypt/crypt.h"
#include "world.h"

static int open_store(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    world_open(w);
    GOOD(crypt_init(&why));
    GOOD(picture_setup(w->store, &why));
    *state = w;
    return 0;
}

static int close_store(void **state)
{
    struct world *w = *state;
    world_close(w);
    free(w);
    return 0;
}

#define BYTES(text) ((str){ text, sizeof text - 1 })

#define PNG_HEAD "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR"
static const char png[] = PNG_HEAD "\0\0\x01\x40\0\0\0\xF0\x08\x06\0\0\0\0\0\0\0";
static const char gif[] = "GIF89a\x40\x01\xF0\0\x80\0\0";
static const char jpeg[] = "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
                           "\xFF\xFF\xC2\0\x11\x08\0\xF0\x01\x40\3\1\"\0\2\x11\1\3\x11\1";
static const char lossy[] = "RIFF\x40\0\0\0WEBPVP8 \x30\0\0\0\x10\0\0\x9D\x01\x2A"
                            "\x40\x01\xF0\0";
static const char lossless[] =
    "RIFF\x40\0\0\0WEBPVP8L\x30\0\0\0\x2F\x3F\xC1\x3B\0\0\0\0\0\0";
static const char extended[] =
    "RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0\x10\0\0\0\x3F\x01\0\xEF\0\0";

static void test_a_file_is_what_its_bytes_say(void **state)
{
    static const struct {
        str bytes;
        const char *type;
    } files[] = {
        { { png, sizeof png - 1 }, "image/png" },
        { { gif, sizeof gif - 1 }, "image/gif" },
        { { jpeg, sizeof jpeg - 1 }, "image/jpeg" },
        { { lossy, sizeof lossy - 1 }, "image/webp" },
        { { lossless, sizeof lossless - 1 }, "image/webp" },
        { { extended, sizeof extended - 1 }, "image/webp" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct picture_form form;
        GOOD(picture_read(files[i].bytes, &form, &why));
        assert_string_equal(form.type, files[i].type);
        assert_int_equal(form.width, 320);
        assert_int_equal(form.height, 240);
    }
}

static void test_what_is_cut_off_or_no_picture_is_refused(void **state)
{
    static const str strangers[] = {
        STR_INIT(""),
        STR_INIT("<svg xmlns='http://www.w3.org/2000/svg'/>"),
        STR_INIT("<!doctype html><script>alert(1)</script>"),
        STR_INIT("BM\1\2"),
        STR_INIT("RIFF1234WAVE"),
    };
    struct picture_form form;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        REFUSED(picture_read(strangers[i], &form, &why), "picture.kind");
    for (size_t n = 8; n < sizeof png - 1; n++)
        REFUSED(picture_read((str){ png, n }, &form, &why), "picture.broken");
    for (size_t n = 12; n < 30; n++)
        REFUSED(picture_read((str){ lossy, n }, &form, &why), "picture.broken");
    for (size_t n = 3; n < 28; n++)
        REFUSED(picture_read((str){ jpeg, n }, &form, &why), "picture.broken");
    REFUSED(picture_read(BYTES("GIF89a\0\0\1\0\0\0\0"), &form, &why), "picture.broken");
}

static void test_what_a_phone_cannot_unpack_is_refused(void **state)
{
    struct world *w = *state;
    struct picture_form form;
    REFUSED(picture_read(BYTES(PNG_HEAD "\0\0\x20\x01\0\0\0\1\x08\x06\0\0\0\0\0\0\0"),
                         &form, &why),
            "picture.large");
    REFUSED(picture_read(BYTES(PNG_HEAD "\0\0\x20\0\0\0\x20\0\x08\x06\0\0\0\0\0\0\0"),
                         &form, &why),
            "picture.large");
    REFUSED(picture_read(BYTES(PNG_HEAD "\xFF\xFF\xFF\xFF\0\0\0\1\x08\x06\0\0\0\0\0\0\0"),
                         &form, &why),
            "picture.broken");
    char *large = arena_zero(w->arena, PICTURE_MAX_BYTES + 1);
    memcpy(large, png, sizeof png);
    REFUSED(picture_read((str){ large, PICTURE_MAX_BYTES + 1 }, &form, &why),
            "picture.large");
    GOOD(picture_read((str){ large, PICTURE_MAX_BYTES }, &form, &why));
}

/* ---- those of a unit ---- */

struct work {
    struct world *world;
    store_space space;
    str bytes; /* to put; or empty */
    str id;    /* to describe or remove */
    struct val alt;
    struct val made;
};

static bool put_work(struct txn *txn, void *data, struct err *err)
{
    struct work *w = data;
    const struct picture_bringer li = { STR("group"), STR("li") };
    if (!picture_put(txn, w->space, w->bytes, &li, &w->made, err))
        return false;
    w->made = val_copy(w->world->arena, w->made);
    return true;
}

static bool describe_work(struct txn *txn, void *data, struct err *err)
{
    struct work *w = data;
    struct val ret;
    return picture_describe(txn, w->space, w->id, w->alt, &ret, err);
}

static bool remove_work(struct txn *txn, void *data, struct err *err)
{
    struct work *w = data;
    return picture_remove(txn, w->space, w->id, err);
}

static str keep(struct world *w, store_space space, str bytes)
{
    struct work work = { .world = w, .space = space, .bytes = bytes };
    GOOD(store_write(w->store, put_work, &work, &why));
    return val_get_text(work.made, STR("id"));
}

static size_t count(struct world *w, store_space space)
{
    struct snap *snap = world_snap(w);
    struct val list;
    GOOD(picture_list(snap_for(snap, &space, 1, w->arena), w->arena, &list, &why));
    size_t n = val_count(list);
    snap_close(snap);
    return n;
}

static bool is_found(struct world *w, store_space space, str id, str wanted)
{
    struct snap *snap = world_snap(w);
    str type;
    str bytes;
    bool found =
        picture_find(snap_for(snap, &space, 1, w->arena), id, &type, &bytes, &why);
    assert_true(!found || str_equal(bytes, wanted));
    snap_close(snap);
    return found;
}

static void test_the_same_file_is_one_picture_in_each_unit(void **state)
{
    struct world *w = *state;
    str id = keep(w, CITY, BYTES(png));
    assert_true(str_equal(keep(w, CITY, BYTES(png)), id));
    assert_false(str_equal(keep(w, CITY, BYTES(gif)), id));
    assert_int_equal(count(w, CITY), 2);
    assert_true(is_found(w, CITY, id, BYTES(png)));
    assert_false(is_found(w, EAST, id, BYTES(png)));
    assert_string_equal(why.code, "picture.none");
}

static void test_a_picture_is_described_and_removed(void **state)
{
    struct world *w = *state;
    struct work work = { .world = w, .space = CITY, .id = keep(w, CITY, BYTES(png)) };
    work.alt = json(w, "{\"zh\":\"变电站\",\"en\":\"A substation\"}");
    GOOD(store_write(w->store, describe_work, &work, &why));
    struct snap *snap = world_snap(w);
    store_space space = CITY;
    struct val list;
    GOOD(picture_list(snap_for(snap, &space, 1, w->arena), w->arena, &list, &why));
    assert_true(str_equal(val_get_text(val_get(val_at(list, 0), STR("alt")), STR("zh")),
                          STR("变电站")));
    snap_close(snap);
    GOOD(store_write(w->store, remove_work, &work, &why));
    assert_int_equal(count(w, CITY), 0);
    REFUSED(store_write(w->store, remove_work, &work, &why), "picture.none");
    REFUSED(store_write(w->store, describe_work, &work, &why), "picture.none");
}

static void test_a_unit_has_only_so_many(void **state)
{
    struct world *w = *state;
    char bytes[sizeof gif + 1];
    memcpy(bytes, gif, sizeof gif);
    for (int i = 0; i < PICTURE_MAX_OF_UNIT; i++) {
        bytes[sizeof gif] = (char)i;
        keep(w, CITY, (str){ bytes, sizeof bytes });
    }
    struct work work = { .world = w, .space = CITY, .bytes = BYTES(png) };
    REFUSED(store_write(w->store, put_work, &work, &why), "picture.many");
    work.space = EAST;
    GOOD(store_write(w->store, put_work, &work, &why));
}

#define PICTURE_TEST(test) cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PICTURE_TEST(test_a_file_is_what_its_bytes_say),
        PICTURE_TEST(test_what_is_cut_off_or_no_picture_is_refused),
        PICTURE_TEST(test_what_a_phone_cannot_unpack_is_refused),
        PICTURE_TEST(test_the_same_file_is_one_picture_in_each_unit),
        PICTURE_TEST(test_a_picture_is_described_and_removed),
        PICTURE_TEST(test_a_unit_has_only_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
