/*
 * Every script of the corpus in both trust classes: the hostile ones end as their first
 * line says, in time, and leave nothing behind; the benign ones give what their .expected
 * says.
 */
#include "script_corpus.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
/* after the headers it needs */
#include <cmocka.h>

enum {
    REPORTED_OVER_MS = 100, /* over the deadline, of processor time */
    ALLOWED_OVER_MS = 2000,
};

static struct corpus corpus;

static int open_all(void **state)
{
    (void)state;
    corpus_open(&corpus);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    corpus_close(&corpus);
    return 0;
}

/* ---- hostile ---- */

static int64_t processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static bool allows(str source, str verdict)
{
    str mark = STR("expect: ");
    const char *at = memmem(source.p, source.n, mark.p, mark.n);
    assert_non_null(at);
    str rest = { at + mark.n, source.n - (size_t)(at + mark.n - source.p) };
    str line = str_cut(rest, '\n', &rest);
    while (line.p) {
        if (str_equal(str_cut(line, '|', &line), verdict))
            return true;
    }
    return false;
}

static void check_error(const char *name, const struct err *err)
{
    assert_true(strlen(err->text) <= 400);
    assert_true(str_is_text(str_of(err->text)));
    for (const char *p = err->text; *p; p++) {
        if ((unsigned char)*p < 0x20)
            fail_msg("%s: a control byte in: %s", name, err->text);
    }
}

/* False when it ended otherwise than its first line says. */
static bool check_hostile(const char *path, enum script_trust trust)
{
    struct err err = { .text = "" };
    struct val v = VAL_ABSENT;
    const char *name = corpus_name(path);
    str source = corpus_read(&corpus, path);
    int64_t began = processor_ms();
    corpus.limits = script_limits_render;
    str verdict = corpus_run(&corpus, source, name, trust, &v, &err);
    long long over = processor_ms() - began - script_limits_render.deadline_ms;
    corpus.limits = corpus_patient();
    if (str_equal(verdict, STR("deadline")) && !allows(source, verdict))
        verdict = corpus_run(&corpus, source, name, trust, &v, &err);
    bool as_expected = allows(source, verdict);
    (void)doc_text(corpus.arena, v, DOC_PLAIN);
    check_error(name, &err);
    if (!as_expected || over > REPORTED_OVER_MS || getenv("PINBAN_VERBOSE"))
        print_message("%s %-32s %d %-9.*s %4lld ms over the deadline: %s %s\n",
                      as_expected ? "-" : "WRONG", name, trust, STR_ARG(verdict), over,
                      err.where, err.text);
    if (over > ALLOWED_OVER_MS)
        fail_msg("%s (%d) took %lld ms too long", name, trust, over);
    corpus_canary(&corpus, name, trust);
    return as_expected;
}

static void test_every_hostile_script_is_contained(void **state)
{
    (void)state;
    static const char *paths[CORPUS_MOST];
    size_t wrong = 0;
    size_t n = corpus_list(&corpus, "hostile", paths);
    assert_true(n >= 126);
    for (size_t i = 0; i < n; i++) {
        wrong += !check_hostile(paths[i], SCRIPT_TRUSTED);
        wrong += !check_hostile(paths[i], SCRIPT_TENANT);
    }
    assert_int_equal(wrong, 0);
    arena_reset(corpus.arena);
}

/* ---- benign ---- */

static void check_benign(const char *path, enum script_trust trust)
{
    struct err err;
    struct val v;
    str stem = { path, strlen(path) - 4 };
    const char *answer = arena_format(corpus.arena, "%.*s.expected", STR_ARG(stem)).p;
    str verdict = corpus_run(&corpus, corpus_read(&corpus, path), corpus_name(path),
                             trust, &v, &err);
    if (!str_equal(verdict, STR("ok")))
        fail_msg("%s: %s %s %s", path, err.code, err.where, err.text);
    str said = doc_text(corpus.arena, v, DOC_PLAIN);
    if (!str_equal(said, str_trim(corpus_read(&corpus, answer))))
        fail_msg("%s (%d) gave %s", path, trust, said.p);
}

static void test_every_benign_script_gives_what_it_should(void **state)
{
    (void)state;
    static const char *paths[CORPUS_MOST];
    size_t n = corpus_list(&corpus, "benign", paths);
    assert_true(n >= 16);
    for (size_t i = 0; i < n; i++) {
        check_benign(paths[i], SCRIPT_TRUSTED);
        check_benign(paths[i], SCRIPT_TENANT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_hostile_script_is_contained),
        cmocka_unit_test(test_every_benign_script_gives_what_it_should),
    };
    return cmocka_run_group_tests_name("script_hostile", tests, open_all, close_all);
}
