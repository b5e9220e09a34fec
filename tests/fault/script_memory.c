/*
 * What a script does when memory is refused, at every point of its life and of its
 * state's; and that a thread with a stack of SCRIPT_STACK bytes is enough for anything.
 */
#include "script_corpus.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
/* after the headers it needs */
#include <cmocka.h>

/* ---- memory ---- */

static void check_refused(struct corpus *c, const char *path, enum script_trust trust,
                          str expected)
{
    struct val v;
    struct err err;
    static const char *const allowed[] = { "memory", "fuel", "deadline", "state" };
    str verdict = corpus_run(c, corpus_read(c, path), corpus_name(path), trust, &v, &err);
    script_worker_refuse(c->worker, -1, 0);
    if (str_equal(verdict, STR("ok"))) {
        str said = doc_text(c->arena, v, DOC_PLAIN);
        if (!str_equal(said, expected))
            fail_msg("%s (%d) gave %s", path, trust, said.p);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        if (str_equal(verdict, str_of(allowed[i])))
            return;
    }
    fail_msg("%s (%d): %s %s %s", path, trust, err.code, err.where, err.text);
}

static str expected_of(struct corpus *c, const char *path)
{
    str stem = { path, strlen(path) - 4 };
    return str_trim(
        corpus_read(c, arena_format(c->arena, "%.*s.expected", STR_ARG(stem)).p));
}

static void test_script_survives_that_each_nth_growth_is_refused(void **state)
{
    (void)state;
    static const char *paths[CORPUS_MOST];
    struct corpus c;
    corpus_open(&c);
    size_t n = corpus_list(&c, "benign", paths);
    for (size_t i = 0; i < n; i++) {
        for (int64_t every = 1; every <= 200; every += every < 20 ? 1 : 20) {
            for (int trust = 0; trust < 2; trust++) {
                script_worker_refuse(c.worker, -1, every);
                check_refused(&c, paths[i], (enum script_trust)trust,
                              expected_of(&c, paths[i]));
                corpus_canary(&c, paths[i], (enum script_trust)trust);
            }
        }
    }
    corpus_close(&c);
}

/* A fresh worker each time, so that its states are built under refusal, too. */
static bool build_with(int64_t growths, const char *path, enum script_trust trust)
{
    struct val v;
    struct err err;
    struct corpus c;
    corpus_open(&c);
    if (trust == SCRIPT_TRUSTED) { /* a killed call drops the trusted state */
        str verdict =
            corpus_run(&c, STR("while true do end"), "kill.lua", trust, &v, &err);
        assert_false(str_equal(verdict, STR("ok")));
    }
    script_worker_refuse(c.worker, growths, 0);
    str verdict =
        corpus_run(&c, corpus_read(&c, path), corpus_name(path), trust, &v, &err);
    script_worker_refuse(c.worker, -1, 0);
    corpus_canary(&c, path, trust);
    bool ok = str_equal(verdict, STR("ok"));
    if (!ok && !str_equal(verdict, STR("memory")) && !str_equal(verdict, STR("state")))
        fail_msg("%lld growths: %s %s", (long long)growths, err.code, err.text);
    corpus_close(&c);
    return ok;
}

static void test_script_survives_that_memory_ends_anywhere(void **state)
{
    (void)state;
    struct corpus c;
    static const char *paths[CORPUS_MOST];
    corpus_open(&c);
    assert_true(corpus_list(&c, "benign", paths) > 0);
    for (int trust = 0; trust < 2; trust++) {
        int64_t growths = 0;
        /* each run of a trusted script starts with a killed one, which takes its time */
        int64_t step = trust == SCRIPT_TRUSTED ? 7 : 1;
        while (!build_with(growths, paths[0], (enum script_trust)trust))
            growths += step;
        assert_true(growths > 100);
    }
    corpus_close(&c);
}

/* ---- the C stack ---- */

enum { PAINT = 0x5a };

static void *run_deep_scripts(void *data)
{
    struct corpus *c = data;
    static const char *const deep[] = { "stack-",    "compile-", "meta-",
                                        "pattern-d", "result-d", "error-" };
    static const char *paths[CORPUS_MOST];
    size_t n = corpus_list(c, "hostile", paths);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < COUNT_OF(deep); k++) {
            struct val v;
            struct err err;
            const char *name = corpus_name(paths[i]);
            if (!str_starts(str_of(name), str_of(deep[k])))
                continue;
            for (int trust = 0; trust < 2; trust++)
                (void)corpus_run(c, corpus_read(c, paths[i]), name,
                                 (enum script_trust)trust, &v, &err);
        }
    }
    return NULL;
}

static void test_script_needs_no_more_stack_than_it_says(void **state)
{
    (void)state;
    struct corpus c;
    pthread_t thread;
    pthread_attr_t attributes;
    corpus_open(&c);
    /* what lies below the stack is unmapped, so one byte more is a fault */
    char *memory =
        mmap(NULL, SCRIPT_STACK + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    char *stack = memory + 4096;
    assert_int_equal(mprotect(stack, SCRIPT_STACK, PROT_READ | PROT_WRITE), 0);
    memset(stack, PAINT, SCRIPT_STACK);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, SCRIPT_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_deep_scripts, &c), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    size_t unused = 0;
    while (unused < SCRIPT_STACK && stack[unused] == PAINT)
        unused++;
    print_message("at most %zu KiB of stack used\n", (SCRIPT_STACK - unused) >> 10);
    assert_true(unused > SCRIPT_STACK / 8);
    pthread_attr_destroy(&attributes);
    munmap(memory, SCRIPT_STACK + 8192);
    corpus_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script_survives_that_each_nth_growth_is_refused),
        cmocka_unit_test(test_script_survives_that_memory_ends_anywhere),
        cmocka_unit_test(test_script_needs_no_more_stack_than_it_says),
    };
    return cmocka_run_group_tests_name("script_memory", tests, NULL, NULL);
}
