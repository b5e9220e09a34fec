/* What a crash leaves of a store: a copy of its folder while it is open. */
#include "store/store.h"

#include <fcntl.h>
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

static const store_space space = 1;

struct bench {
    char dir[64];     /* of the store */
    char crashed[80]; /* of the copy */
    char older[80];   /* of a copy made before */
    struct store *store;
};

PRINTF(1, 2) static void run(const char *format, ...)
{
    char command[256];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    assert_int_equal(system(command), 0);
}

enum { NEVER_MS = 3600000 };

static bool try_open_resting(const char *dir, int pause_ms, struct store **ret,
                             struct err *err)
{
    struct store_config config = { .dir = dir,
                                   .limit_bytes = 1 << 28,
                                   .journal_bytes = 1 << 18,
                                   .pause_ms = pause_ms,
                                   .clock = &clock_system };
    return store_open(&config, ret, err);
}

static bool try_open(const char *dir, struct store **ret, struct err *err)
{
    return try_open_resting(dir, NEVER_MS, ret, err);
}

static int bench_open(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct err err;
    strcpy(b->dir, "/tmp/pinban-journal-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    snprintf(b->crashed, sizeof b->crashed, "%s-crashed", b->dir);
    snprintf(b->older, sizeof b->older, "%s-older", b->dir);
    if (!try_open(b->dir, &b->store, &err)
        || !store_define_all(b->store, STR("[{\"name\":\"note\"}]"), &err))
        fail_msg("%s: %s", err.code, err.text);
    *state = b;
    return 0;
}

static int bench_close(void **state)
{
    struct bench *b = *state;
    store_close(b->store);
    run("rm -rf %s*", b->dir);
    free(b);
    return 0;
}

/* ---- notes: each commit writes one, 1 to n ---- */

static bool put_text(struct txn *txn, int number, str text, struct err *err)
{
    struct member members[] = {
        { STR("id"), val_str(arena_format(txn_arena(txn), "n%d", number)) },
        { STR("text"), val_str(text) },
    };
    return txn_put(txn, space, store_collection(txn_store(txn), STR("note")),
                   val_map(members, 2), PUT_ANY, err);
}

static bool put_note(struct txn *txn, void *data, struct err *err)
{
    return put_text(txn, *(int *)data, STR("something to remember"), err);
}

static void write_notes(struct bench *b, int from, int to)
{
    struct err err;
    for (int i = from; i <= to; i++)
        assert_true(store_write(b->store, put_note, &i, &err));
}

static void crash(struct bench *b)
{
    run("rm -rf %s", b->crashed);
    run("cp -r %s %s", b->dir, b->crashed);
}

static size_t count_notes(struct store *store)
{
    struct store_reader *reader;
    struct snap *snap;
    struct err err;
    size_t n;
    struct arena *a = arena_open();
    assert_true(store_reader_open(store, &reader, &err));
    assert_true(snap_open(reader, &space, 1, &snap, &err));
    struct query query = { .collection = store_collection(store, STR("note")),
                           .limit = STORE_MAX_ROWS };
    assert_true(snap_count(snap, &query, a, NULL, &n, &err));
    snap_close(snap);
    store_reader_close(reader);
    arena_close(a);
    return n;
}

static void expect_notes(const char *dir, size_t n)
{
    struct store *store;
    struct err err;
    if (!try_open(dir, &store, &err))
        fail_msg("%s: %s", err.code, err.text);
    assert_int_equal(count_notes(store), n);
    store_close(store);
}

static void expect_corrupt(const char *dir, const char *text)
{
    struct store *store;
    struct err err;
    assert_false(try_open(dir, &store, &err));
    assert_string_equal(err.code, "store.corrupt");
    assert_non_null(strstr(err.text, text));
}

/* ---- files ---- */

static void path_in(char path[128], const char *dir, const char *name)
{
    snprintf(path, 128, "%s/%s", dir, name);
}

static bool is_there(const char *dir, const char *name)
{
    char path[128];
    path_in(path, dir, name);
    return access(path, F_OK) == 0;
}

/* Bytes `at` of a file become others. */
static void spoil(const char *dir, const char *name, off_t at, size_t n)
{
    char path[128];
    char bytes[4096];
    path_in(path, dir, name);
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, bytes, n, at), (ssize_t)n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)~bytes[i];
    assert_int_equal(pwrite(fd, bytes, n, at), (ssize_t)n);
    close(fd);
}

/* The second meta page and what follows, as a disk has it that got nothing since. */
static void lose_data(struct bench *b)
{
    char path[128];
    path_in(path, b->crashed, "data.mdb");
    assert_int_equal(truncate(path, 8192), 0);
}

/* ---- tests ---- */

static void test_a_closed_store_has_no_journal(void **state)
{
    struct bench *b = *state;
    struct err err;
    write_notes(b, 1, 3);
    assert_true(is_there(b->dir, "journal-0"));
    store_close(b->store);
    assert_false(is_there(b->dir, "journal-0"));
    assert_false(is_there(b->dir, "journal-1"));
    assert_true(try_open(b->dir, &b->store, &err));
    assert_int_equal(count_notes(b->store), 3);
}

static void test_what_the_data_file_lost_comes_from_the_journal(void **state)
{
    struct bench *b = *state;
    write_notes(b, 1, 5);
    crash(b);
    lose_data(b);
    expect_notes(b->crashed, 5);
    assert_false(is_there(b->crashed, "journal-0"));
    expect_notes(b->crashed, 5);
}

static void test_both_files_are_read_when_the_second_has_begun(void **state)
{
    struct bench *b = *state;
    char path[128];
    struct stat s;
    int n = 0;
    path_in(path, b->dir, "journal-1");
    do { /* its first record is followed by another */
        char magic[8] = "";
        n++;
        write_notes(b, n, n);
        int fd = open(path, O_RDONLY);
        assert_int_equal(fstat(fd, &s), 0);
        (void)!pread(fd, magic, sizeof magic, (off_t)3 * 4096);
        close(fd);
        if (memcmp(magic, "inbannj1", 8) == 0)
            break;
    } while (n < 1000);
    assert_true(n > 5 && n < 1000);
    assert_int_equal(store_count(b->store).journal_turns, 1);
    assert_true(store_count(b->store).journal_bytes >= (uint64_t)1 << 18);
    crash(b);
    expect_notes(b->crashed, (size_t)n);
}

/* Where the last record of a file begins. */
static off_t last_record(const char *dir, const char *name)
{
    char path[128];
    uint64_t head[9];
    off_t at = 0;
    path_in(path, dir, name);
    int fd = open(path, O_RDONLY);
    for (off_t next = 0; pread(fd, head, sizeof head, next) == sizeof head && head[2];) {
        at = next;
        next += (off_t)((sizeof head + head[4] + 4095) / 4096 * 4096);
    }
    close(fd);
    return at;
}

static void test_a_record_that_was_not_finished_never_was(void **state)
{
    struct bench *b = *state;
    write_notes(b, 1, 4);
    crash(b);
    run("mv %s %s", b->crashed, b->older);
    write_notes(b, 5, 5);
    crash(b);
    run("cp %s/data.mdb %s/data.mdb", b->older, b->crashed);
    off_t last = last_record(b->crashed, "journal-0");
    assert_true(last > last_record(b->older, "journal-0"));
    spoil(b->crashed, "journal-0", last + 100, 8);
    expect_notes(b->crashed, 4);
}

static void test_damage_is_told_and_nothing_is_touched(void **state)
{
    struct bench *b = *state;
    write_notes(b, 1, 6);
    crash(b);
    run("cp -r %s %s", b->crashed, b->older);
    spoil(b->crashed, "journal-0", 3 * 4096 + 200, 8); /* the first commit */
    expect_corrupt(b->crashed, "a record of the journal is damaged");
    spoil(b->crashed, "journal-0", 3 * 4096 + 200, 8);
    spoil(b->crashed, "journal-0", 100, 8); /* record 0 */
    expect_corrupt(b->crashed, "the journal's start is damaged");
    run("cmp %s/data.mdb %s/data.mdb", b->crashed, b->older);
    spoil(b->crashed, "journal-0", 100, 8);
    expect_notes(b->crashed, 6);
}

static void test_a_journal_of_another_file_is_refused(void **state)
{
    struct bench *b = *state;
    char path[128];
    write_notes(b, 1, 3);
    crash(b);
    run("mv %s %s", b->crashed, b->older);
    write_notes(b, 4, 200); /* generations later */
    crash(b);
    run("cp %s/data.mdb %s/data.mdb", b->older, b->crashed);
    expect_corrupt(b->crashed, "another data file");
    path_in(path, b->crashed, "data.mdb");
    assert_int_equal(unlink(path), 0);
    expect_corrupt(b->crashed, "no data file");
}

/* ---- the pages over the file's ---- */

static bool file_has_notes(const char *dir)
{
    char command[128];
    snprintf(command, sizeof command, "grep -q 'something to remember' %s/data.mdb", dir);
    return system(command) == 0;
}

/* KiB of our own in the map of the data file. */
static long held_kib(const char *dir)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[512];
    bool ours = false;
    long sum = 0;
    long kib;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (strchr(line, '-')) /* a map's first line: its addresses, perhaps a path */
            ours = strstr(line, dir) && strstr(line, "/data.mdb");
        else if (ours && sscanf(line, "Anonymous: %ld kB", &kib) == 1)
            sum += kib;
    }
    fclose(f);
    return sum;
}

static void test_what_is_written_is_read_before_the_file_has_it(void **state)
{
    struct bench *b = *state;
    struct err err;
    write_notes(b, 1, 3);
    assert_false(file_has_notes(b->dir));
    assert_true(held_kib(b->dir) > 0);
    assert_int_equal(count_notes(b->store), 3);
    assert_true(store_unmap(b->store, &err));
    assert_int_equal(count_notes(b->store), 3);
}

static void test_the_file_gets_it_when_nobody_writes(void **state)
{
    struct bench *b = *state;
    struct err err;
    store_close(b->store);
    assert_true(try_open_resting(b->dir, 20, &b->store, &err));
    for (int round = 1; round <= 3; round++) {
        uint64_t turns = store_count(b->store).journal_turns;
        write_notes(b, round * 100, round * 100 + 20);
        for (int i = 0; i < 500 && store_count(b->store).journal_turns == turns; i++)
            usleep(10000);
        for (int i = 0; i < 500 && !file_has_notes(b->dir); i++)
            usleep(10000);
        assert_true(file_has_notes(b->dir));
        for (int i = 0; i < 500 && round == 2 && held_kib(b->dir) > 0; i++)
            usleep(10000);
        assert_true(round != 2 || held_kib(b->dir) == 0);
        assert_int_equal(count_notes(b->store), (size_t)round * 21);
        crash(b);
        expect_notes(b->crashed, (size_t)round * 21);
    }
}

enum { MANY = 900, LONG = 2000 };

static bool put_many(struct txn *txn, void *data, struct err *err)
{
    char text[LONG];
    memset(text, 'x', sizeof text);
    for (int i = *(int *)data; i < *(int *)data + MANY; i++) {
        if (!put_text(txn, i, (str){ text, sizeof text }, err))
            return false;
    }
    return true;
}

/* It goes to the file past the journal, and to pages that lie over the file's. */
static void test_a_commit_too_large_for_the_journal(void **state)
{
    struct bench *b = *state;
    struct err err;
    for (int i = 1; i < 100; i += 30) {
        write_notes(b, i, i + 50);
        assert_true(store_write(b->store, put_many, &i, &err));
        assert_int_equal(count_notes(b->store), i + MANY - 1);
        write_notes(b, i + 100, i + 120);
        crash(b);
        expect_notes(b->crashed, (size_t)i + MANY - 1);
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* A child's work: no memory may be promised for pages over the file's. */
static bool write_in_place(struct bench *b)
{
    struct rlimit limit = { 200 << 20, 200 << 20 }; /* the map alone would take 256 */
    struct err err;
    if (setrlimit(RLIMIT_DATA, &limit) != 0 || !try_open(b->older, &b->store, &err)
        || !store_define_all(b->store, STR("[{\"name\":\"note\"}]"), &err))
        return false;
    write_notes(b, 1, 200);
    bool good = file_has_notes(b->older) && count_notes(b->store) == 200;
    store_close(b->store);
    return good;
}

static void test_without_memory_for_them_pages_are_written_in_place(void **state)
{
    struct bench *b = *state;
    int status;
    store_close(b->store);
    b->store = NULL;
    pid_t child = fork();
    if (child == 0)
        _exit(write_in_place(b) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_notes(b->older, 200);
}

#endif

/* ---- works of one group ---- */

static bool wait_a_moment(struct txn *txn, void *data, struct err *err)
{
    int first = 1;
    (void)data;
    usleep(100000); /* the next two gather meanwhile */
    return put_note(txn, &first, err);
}

static bool put_many_in_vain(struct txn *txn, void *data, struct err *err)
{
    (void)data;
    for (int i = 1000; i < 9000; i++) {
        if (!put_note(txn, &i, err))
            return false;
    }
    return err_set(err, ERR_INPUT, "test.vain", "none of it shall stay");
}

static void count_done(void *data, bool ok, const struct err *err)
{
    (void)ok;
    (void)err;
    __atomic_add_fetch((int *)data, 1, __ATOMIC_RELEASE);
}

/* LMDB counts pages that were taken and given back in one transaction, and never writes
 * them: the file is shorter than it says. */
static void test_pages_that_were_never_written_are_not_missed(void **state)
{
    struct bench *b = *state;
    static int done;
    struct err err;
    done = 0;
    store_write_later(b->store, wait_a_moment, count_done, &done);
    usleep(20000);
    store_write_later(b->store, put_many_in_vain, count_done, &done);
    int second = 2;
    assert_true(store_write(b->store, put_note, &second, &err));
    assert_int_equal(__atomic_load_n(&done, __ATOMIC_ACQUIRE), 2);
    store_close(b->store);
    if (!try_open(b->dir, &b->store, &err))
        fail_msg("%s: %s", err.code, err.text);
    assert_int_equal(count_notes(b->store), 2);
}

/* The file of the older generation is needed as long as the newer does not say it is
 * not. */
static void test_an_older_file_that_is_damaged_is_not_left_out(void **state)
{
    struct bench *b = *state;
    int n = 0;
    while (store_count(b->store).journal_turns == 0) {
        n++;
        write_notes(b, n, n);
    }
    write_notes(b, n + 1, n + 2);
    crash(b);
    run("cp -r %s %s", b->crashed, b->older);
    spoil(b->crashed, "journal-0", 100, 8);
    expect_corrupt(b->crashed, "a file of the journal is damaged");
    run("cmp %s/data.mdb %s/data.mdb", b->crashed, b->older);
    spoil(b->crashed, "journal-0", 100, 8);
    expect_notes(b->crashed, (size_t)n + 2);
}

/* LMDB's first write: two meta pages. */
static void make_empty_file(const char *dir)
{
    MDB_env *env;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    mdb_env_close(env);
}

static void expect_made_anew(const char *dir)
{
    struct store *store;
    struct err err;
    if (!try_open(dir, &store, &err))
        fail_msg("%s: %s", err.code, err.text);
    store_close(store);
    run("rm %s/*", dir);
}

static void test_a_file_that_was_only_being_made_is_made_anew(void **state)
{
    struct bench *b = *state;
    off_t page = (off_t)sysconf(_SC_PAGESIZE);
    char path[128];
    run("mkdir %s", b->older);
    path_in(path, b->older, "data.mdb");
    for (off_t n = 0; n <= 2 * page; n += page / 2) {
        close(open(path, O_WRONLY | O_CREAT, 0600));
        assert_int_equal(truncate(path, n), 0); /* zeros */
        expect_made_anew(b->older);
    }
    for (int lost = 0; lost < 2; lost++) {
        make_empty_file(b->older);
        run("dd if=/dev/zero of=%s bs=%d seek=%d count=1 conv=notrunc status=none", path,
            (int)page, lost);
        expect_made_anew(b->older);
    }
    make_empty_file(b->older);
    expect_made_anew(b->older);
}

/* A file that was written, and lost both meta pages, is one to be asked about. */
static void test_a_file_without_its_meta_pages_is_refused(void **state)
{
    struct bench *b = *state;
    write_notes(b, 1, 40);
    store_close(b->store);
    b->store = NULL;
    run("dd if=/dev/zero of=%s/data.mdb bs=4096 count=2 conv=notrunc status=none",
        b->dir);
    struct err err;
    assert_false(try_open(b->dir, &b->store, &err));
    assert_string_equal(err.code, "store.corrupt");
    b->store = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_closed_store_has_no_journal),
        TEST(test_what_the_data_file_lost_comes_from_the_journal),
        TEST(test_both_files_are_read_when_the_second_has_begun),
        TEST(test_a_record_that_was_not_finished_never_was),
        TEST(test_damage_is_told_and_nothing_is_touched),
        TEST(test_a_journal_of_another_file_is_refused),
        TEST(test_what_is_written_is_read_before_the_file_has_it),
        TEST(test_the_file_gets_it_when_nobody_writes),
        TEST(test_a_commit_too_large_for_the_journal),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        TEST(test_without_memory_for_them_pages_are_written_in_place),
#endif
        TEST(test_pages_that_were_never_written_are_not_missed),
        TEST(test_an_older_file_that_is_damaged_is_not_left_out),
        TEST(test_a_file_that_was_only_being_made_is_made_anew),
        TEST(test_a_file_without_its_meta_pages_is_refused),
    };
    log_set_level(LOG_SILENT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
