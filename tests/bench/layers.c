/*
 * A page of seven layers, 200 blocks and 400 verbs, from the store.
 *   bench_layers STORE ROUNDS
 * STORE is an empty folder. Prints one JSON object a line: microseconds of thread CPU to
 * read and resolve with nothing kept, to do so and bind the blocks to their components,
 * and to find the page again for the same class of viewers.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LEVELS = 7, BLOCKS = 200, VERBS = 400, MOST_ROUNDS = 10001 };

struct work {
    struct bench bench;
    store_space spaces[LEVELS];
    struct val packages;
    int level;
};

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- the store ---- */

static struct val with_text(struct arena *a, struct val v, const char *name, str text)
{
    return val_with(a, v, str_of(name), val_str(text));
}

static struct val verb_of(struct arena *a, const char *verb, int block)
{
    struct val v = with_text(a, val_map(NULL, 0), "verb", str_of(verb));
    return with_text(a, v, "block", arena_format(a, "b%d", block));
}

/* The root adds the blocks, twenty sections with nine each. */
static struct val add_verb(struct arena *a, int block)
{
    struct val v = verb_of(a, "add", block);
    int section = block / 10 * 10;
    bool is_section = block == section;
    v = with_text(a, v, "component", is_section ? STR("section") : STR("news-list"));
    v = with_text(a, v, "into",
                  is_section ? STR("main") : arena_format(a, "b%d/content", section));
    int before = is_section ? block - 10 : block - 1;
    if (before >= 0 && (is_section || before != section))
        v = with_text(a, v, "after", arena_format(a, "b%d", before));
    return v;
}

/* The levels below set, move and hide. */
static struct val change_verb(struct arena *a, int n)
{
    int block = n * 7 % BLOCKS;
    struct val v = verb_of(a, n % 3 == 0 ? "set" : n % 3 == 1 ? "move" : "hide", block);
    if (n % 3 == 0) {
        v = with_text(a, v, "at", STR("/title"));
        return with_text(a, v, "value", arena_format(a, "标题 %d", n));
    }
    return n % 3 == 1 ? with_text(a, v, "after", STR("")) : v;
}

static struct val layer_of(struct arena *a, int level)
{
    const int changes = (VERBS - BLOCKS) / (LEVELS - 1);
    struct val verbs[VERBS];
    size_t n = 0;
    for (int i = 0; level == 0 && i < BLOCKS; i++)
        verbs[n++] = add_verb(a, i);
    for (int i = 0; level > 0 && i < changes; i++)
        verbs[n++] = change_verb(a, level * changes + i);
    for (int i = 0; level == LEVELS - 1 && i < (VERBS - BLOCKS) % (LEVELS - 1); i++)
        verbs[n++] = change_verb(a, VERBS + i);
    struct val v = with_text(a, val_map(NULL, 0), "id", STR("home"));
    v = with_text(a, v, "page", STR("home"));
    return val_copy(
        a, val_with(a, v, STR("verbs"), layout_normalise(val_list(verbs, n), a)));
}

static bool fill_work(struct txn *txn, void *data, struct err *err)
{
    struct work *w = data;
    struct arena *a = w->bench.arena;
    struct store *store = txn_store(txn);
    for (int i = 0; i < LEVELS; i++) {
        struct val name =
            with_text(a, val_map(NULL, 0), "zh", arena_format(a, "单位 %d", i));
        struct val unit = with_text(a, val_map(NULL, 0), "id", arena_format(a, "t%d", i));
        unit = with_text(a, val_with(a, unit, STR("name"), name), "level", STR("unit"));
        if (i)
            unit = with_text(a, unit, "parent", arena_format(a, "t%d", i - 1));
        if (!tenant_put(txn, unit, a, &w->spaces[i], err)
            || !txn_put(txn, w->spaces[i], store_collection(store, STR("layer")),
                        layer_of(a, i), PUT_ANY, err))
            return false;
    }
    struct val person = with_text(a, val_map(NULL, 0), "id", STR("p"));
    person = with_text(a, person, "name", STR("王芳"));
    return install_put(txn, w->spaces[0], w->packages, err)
           && txn_put(txn, w->spaces[LEVELS - 1], store_collection(store, STR("person")),
                      person, PUT_ANY, err);
}

/* ---- rounds ---- */

static bool read_layers(struct work *w, struct scope *scope, struct layer *ret,
                        struct err *err)
{
    struct snap *snap;
    if (!scope_snap(scope, &snap, err))
        return false;
    for (int i = 0; i < LEVELS; i++) {
        struct val record;
        struct snap *house =
            snap_for(snap, scope->viewer->path.chain, (size_t)i + 1, scope->arena);
        if (!snap_get(house, store_collection(w->bench.engine->store, STR("layer")),
                      STR("home"), NULL, &record, err))
            return false;
        ret[i] = (struct layer){ .name = STR("t"),
                                 .level = i,
                                 .verbs = val_get(record, STR("verbs")) };
    }
    return true;
}

static bool resolve_round(struct work *w, struct scope *scope, double *ret_us,
                          struct resolved *ret, struct err *err)
{
    struct layer layers[LEVELS];
    double from = cpu_us();
    if (!read_layers(w, scope, layers, err))
        return false;
    layout_resolve(&(struct layout_input){ .layers = layers, .n = LEVELS }, scope->arena,
                   ret);
    *ret_us = cpu_us() - from;
    return true;
}

static bool bind_round(struct work *w, struct scope *scope, double *ret_us,
                       double *ret_again_us, struct err *err)
{
    struct engine *engine = w->bench.engine;
    struct script_worker *scripts = render_script_worker(w->bench.render);
    struct layouts *layouts = layouts_open(engine->watch, engine->packages);
    struct layout *layout;
    double from = cpu_us();
    bool good = layout_find(layouts, scope, scripts, STR("home"), &layout, err);
    *ret_us = cpu_us() - from;
    if (good) {
        cached_drop(&layout->head);
        from = cpu_us();
        good = layout_find(layouts, scope, scripts, STR("home"), &layout, err);
        *ret_again_us = cpu_us() - from;
    }
    if (good)
        cached_drop(&layout->head);
    layouts_close(layouts);
    return good;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(const char *name, double *us, size_t n)
{
    qsort(us, n, sizeof *us, by_value);
    printf("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"µs\",\"min\":%.1f,\"max\":%.1f}\n",
           name, us[n / 2], us[0], us[n - 1]);
}

static bool run(struct work *w, size_t rounds, struct err *err)
{
    static double resolve[MOST_ROUNDS];
    static double bind[MOST_ROUNDS];
    static double again[MOST_ROUNDS];
    struct resolved page = { .block_count = 0 };
    for (size_t i = 0; i < rounds; i++) {
        struct scope scope;
        if (!scope_open_as(w->bench.scope, w->bench.arena,
                           arena_format(w->bench.arena, "t%d", LEVELS - 1), STR("p"),
                           &scope, err))
            return false;
        bool good = resolve_round(w, &scope, &resolve[i], &page, err)
                    && bind_round(w, &scope, &bind[i], &again[i], err);
        if (good && (page.block_count != BLOCKS || page.issue_count))
            good = err_set(err, ERR_SYSTEM, "bench.page", "%zu blocks, %zu issues",
                           page.block_count, page.issue_count);
        scope_close(&scope);
        arena_reset(w->bench.arena);
        if (!good)
            return false;
    }
    tell("resolve from the store", resolve, rounds);
    tell("resolve and bind to components", bind, rounds);
    tell("find again", again, rounds);
    return true;
}

int main(int argc, char **argv)
{
    struct engine engine;
    struct work work = { .level = 0 };
    struct err err;
    int64_t rounds = 0;
    if (argc != 3 || !str_to_int(str_of(argv[2]), &rounds) || rounds < 1
        || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: bench_layers STORE ROUNDS\n");
        return 2;
    }
    struct engine_config config = { .dir = argv[1],
                                    .clock = &clock_system,
                                    .limit_bytes = (size_t)1 << 30,
                                    .unsafe_fast = true };
    bool good = engine_open(&config, &engine, &err)
                && bench_open(&engine, &work.bench, &err)
                && prepare_home(&work.bench, &work.packages, &err)
                && store_write(engine.store, fill_work, &work, &err)
                && run(&work, (size_t)rounds, &err);
    if (!good) {
        fprintf(stderr, "%s %s: %s\n", err.code, err.where, err.text);
        return 4;
    }
    bench_close(&work.bench);
    engine_close(&engine);
    return 0;
}
