/*
 * One component cold, in process, as script/bench wants it: load (a query) and view,
 * nothing kept. bench_component STORE PEOPLE ROUNDS Prints thread CPU microseconds a
 * component: min, median, max over the rounds.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Renders the first block of the page for one person after the other. */
static bool round_of(struct bench *b, int64_t people, str page, struct buf *out,
                     double *ret_us, struct err *err)
{
    double spent = 0;
    size_t blocks = 0;
    for (int64_t i = 0; i < people; i++) {
        struct scope scope;
        struct layout *layout;
        str person = arena_format(b->arena, "p%lld", (long long)i);
        str tenant = arena_format(b->arena, "t%lld", (long long)(i % 40 + 1));
        if (!scope_open_as(b->scope, b->arena, tenant, person, &scope, err)
            || !layout_find(b->engine->layouts, &scope, render_script_worker(b->render),
                            page, &layout, err))
            return false;
        scope.page = page;
        scope_revision(&scope);
        const struct region *main =
            layout_region(layout->regions, layout->region_count, STR("main"));
        double from = cpu_us();
        for (size_t k = 0; k < main->n; k++) {
            buf_clear(out);
            render_block(b->render, &scope, main->blocks[k], out);
        }
        spent += cpu_us() - from;
        blocks += main->n;
        cached_drop(&layout->head);
        scope_close(&scope);
        arena_reset(b->arena);
    }
    *ret_us = spent / (double)blocks;
    return true;
}

int main(int argc, char **argv)
{
    struct engine engine;
    struct bench bench;
    struct err err;
    struct buf out;
    double us[101];
    int64_t people = 0;
    int64_t rounds = 0;
    if (argc != 5 || !str_to_int(str_of(argv[2]), &people)
        || !str_to_int(str_of(argv[3]), &rounds) || rounds > 101) {
        fprintf(stderr, "usage: bench_component STORE PEOPLE ROUNDS PAGE\n");
        return 2;
    }
    struct engine_config config = { .dir = argv[1],
                                    .clock = &clock_system,
                                    .limit_bytes = (size_t)8 << 30,
                                    .unsafe_fast = true };
    buf_init(&out, 1 << 20);
    bool good = engine_open(&config, &engine, &err) && bench_open(&engine, &bench, &err);
    for (int64_t i = 0; good && i < rounds; i++)
        good = round_of(&bench, people, str_of(argv[4]), &out, &us[i], &err);
    if (!good) {
        fprintf(stderr, "%s %s: %s\n", err.code, err.where, err.text);
        return 4;
    }
    qsort(us, (size_t)rounds, sizeof us[0], by_value);
    printf("%.3f %.3f %.3f %zu\n", us[0], us[rounds / 2], us[rounds - 1], out.n);
    buf_done(&out);
    bench_close(&bench);
    engine_close(&engine);
    return 0;
}
