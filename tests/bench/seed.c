/*
 * Fills a store for the reference page: 50 000 people, each with rows for twelve cards.
 *   bench_seed STORE PACKAGE PEOPLE ACTIVE DUMP TOKENS
 * PACKAGE is the folder that reference.sh wrote. The first ACTIVE people get a session
 * each (TOKENS: a token, the person, her unit a line), and their data go to DUMP as JSON
 * lines, so that peers show the very same rows.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { CARDS = 12, TENANTS = 40, BATCH = 500 };

struct seed {
    struct engine engine;
    struct bench bench;
    int64_t people;
    int64_t active;
    FILE *dump;
    FILE *tokens;
    int64_t from; /* the batch */
    struct val packages;
    store_space spaces[TENANTS + 1];
    uint64_t random;
};

static unsigned next_random(struct seed *s, unsigned below)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(s->random >> 33) % below;
}

static const char *const things[] = { "220kV 城西变检修申请",   "差旅报销单 <BX-2026>",
                                      "三季度安全考核结果会签", "配网改造项目 & 评审",
                                      "\"两票\"执行情况检查",   "台区线损异常核查",
                                      "客户业扩报装供电方案",   "仓库应急物资盘点",
                                      "调度值班交接确认",       "数据平台接口变更" };
static const char *const people[] = { "李伟", "王芳", "陈刚", "赵敏",
                                      "孙磊", "周洁", "吴涛", "郑爽" };
static const char *const units[] = { "运维检修部", "财务资产部", "安全监察部",
                                     "市场营销部", "物资供应部" };
static const char *const states[] = { "紧急", "今日到期", "普通" };

static void put(struct seed *s, struct val *v, const char *name, struct val value)
{
    *v = val_with(s->bench.arena, *v, str_of(name), value);
}

static struct val numbered(struct seed *s, const char *prefix, int64_t n)
{
    return val_str(arena_format(s->bench.arena, "%s%lld", prefix, (long long)n));
}

static struct val make_row(struct seed *s, int64_t person, int card, int row)
{
    struct val v = val_map(NULL, 0);
    put(s, &v, "id",
        val_str(
            arena_format(s->bench.arena, "p%lld-%d-%d", (long long)person, card, row)));
    put(s, &v, "owner", numbered(s, "p", person));
    put(s, &v, "card", val_int(card));
    put(s, &v, "order", val_int(row));
    put(s, &v, "title",
        val_str(arena_format(s->bench.arena, "%s %u",
                             things[next_random(s, COUNT_OF(things))],
                             next_random(s, 1000))));
    put(s, &v, "from", val_str(str_of(people[next_random(s, COUNT_OF(people))])));
    put(s, &v, "unit", val_str(str_of(units[next_random(s, COUNT_OF(units))])));
    put(s, &v, "state", val_str(str_of(states[next_random(s, COUNT_OF(states))])));
    put(s, &v, "count", val_int(next_random(s, 100000)));
    return v;
}

static bool put_rows(struct seed *s, struct txn *txn, int64_t person, store_space space,
                     struct err *err)
{
    const struct store_collection *rows = store_collection(txn_store(txn), STR("row"));
    for (int card = 1; card <= CARDS; card++) {
        int n = 3 + (int)next_random(s, 3);
        for (int row = 0; row < n; row++) {
            struct val v = make_row(s, person, card, row);
            if (!txn_put(txn, space, rows, v, PUT_ANY, err))
                return false;
            if (person < s->active)
                fprintf(s->dump, "%s\n", doc_text(s->bench.arena, v, DOC_PLAIN).p);
        }
    }
    return true;
}

static bool put_person(struct seed *s, struct txn *txn, int64_t person, struct err *err)
{
    static const char *const specialties[] = { "marketing", "equipment", "materials",
                                               "digital" };
    size_t tenant = (size_t)(person % TENANTS) + 1;
    struct val v = val_map(NULL, 0);
    put(s, &v, "id", numbered(s, "p", person));
    put(s, &v, "name", val_str(str_of(people[person % (int64_t)COUNT_OF(people)])));
    put(s, &v, "post", val_str(STR("专责")));
    put(s, &v, "specialty", val_str(str_of(specialties[person % 4])));
    if (!txn_put(txn, s->spaces[tenant], store_collection(txn_store(txn), STR("person")),
                 v, PUT_ANY, err)
        || !put_rows(s, txn, person, s->spaces[tenant], err))
        return false;
    if (person >= s->active)
        return true;
    str token = crypt_token(s->bench.arena);
    fprintf(s->tokens, "%.*s p%lld t%zu\n", STR_ARG(token), (long long)person, tenant);
    return auth_session_put(txn, token, arena_format(s->bench.arena, "t%zu", tenant),
                            arena_format(s->bench.arena, "p%lld", (long long)person),
                            s->bench.arena, err);
}

static bool batch_work(struct txn *txn, void *data, struct err *err)
{
    struct seed *s = data;
    for (int64_t i = s->from; i < s->from + BATCH && i < s->people; i++) {
        if (!put_person(s, txn, i, err))
            return false;
    }
    return true;
}

/* The root, and forty units on two levels below it. */
static bool tree_work(struct txn *txn, void *data, struct err *err)
{
    struct seed *s = data;
    for (size_t i = 0; i <= TENANTS; i++) {
        struct val v = val_map(NULL, 0);
        struct val name = val_with(s->bench.arena, val_map(NULL, 0), STR("zh"),
                                   numbered(s, "单位", (int64_t)i));
        put(s, &v, "id", numbered(s, "t", (int64_t)i));
        if (i)
            put(s, &v, "parent", numbered(s, "t", i <= 4 ? 0 : (int64_t)(i % 4) + 1));
        put(s, &v, "level", val_str(STR("unit")));
        put(s, &v, "name", name);
        if (!tenant_put(txn, v, s->bench.arena, &s->spaces[i], err))
            return false;
    }
    return true;
}

/* A page of twelve cards, those behind the first `steady` of the kind `kind`. */
static bool put_page(struct seed *s, struct txn *txn, const char *page, const char *kind,
                     int steady, struct err *err)
{
    const struct store_collection *layers =
        store_collection(txn_store(txn), STR("layer"));
    struct val v;
    struct buf out;
    buf_init(&out, 1 << 16);
    buf_format(&out,
               "{\"id\":\"%s\",\"page\":\"%s\",\"verbs\":[{\"verb\":\"set\",\"block\":"
               "\"page\",\"at\":\"/title\",\"value\":{\"zh\":\"工作台\"}}",
               page, page);
    for (int i = 1; i <= CARDS; i++)
        buf_format(
            &out,
            ",{\"verb\":\"add\",\"block\":\"card%d\",\"component\":\"reference/%s%d\","
            "\"into\":\"main\"}",
            i, i > steady ? kind : "card", i);
    buf_str(&out, STR("]}"));
    bool good =
        doc_parse(s->bench.arena, arena_str(s->bench.arena, buf_view(&out)), &v, err)
        && txn_put(txn, s->spaces[0], layers, v, PUT_ANY, err);
    buf_done(&out);
    return good;
}

/* A unit's own layer says a little, as layers do. */
static bool put_unit_layer(struct seed *s, struct txn *txn, const char *page, size_t unit,
                           struct err *err)
{
    struct val v;
    str text = arena_format(s->bench.arena,
                            "{\"id\":\"%s\",\"page\":\"%s\",\"verbs\":[{\"verb\":"
                            "\"move\",\"block\":\"card%zu\",\"after\":\"card%zu\"}]}",
                            page, page, unit % CARDS + 1, (unit + 1) % CARDS + 1);
    return doc_parse(s->bench.arena, text, &v, err)
           && txn_put(txn, s->spaces[unit],
                      store_collection(txn_store(txn), STR("layer")), v, PUT_ANY, err);
}

static bool layer_work(struct txn *txn, void *data, struct err *err)
{
    static const struct {
        const char *page;
        const char *kind;
        int steady;
    } pages[] = { { "home", "card", CARDS },
                  { "mixed", "fresh", 9 },
                  { "script", "script", 0 } };
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        if (!put_page(data, txn, pages[i].page, pages[i].kind, pages[i].steady, err))
            return false;
        for (size_t unit = 1; unit <= TENANTS; unit++) {
            if (!put_unit_layer(data, txn, pages[i].page, unit, err))
                return false;
        }
    }
    return true;
}

static bool package_work(struct txn *txn, void *data, struct err *err)
{
    struct seed *s = data;
    const struct store_collection *c = store_collection(txn_store(txn), STR("package"));
    for (size_t i = 0; i < val_count(s->packages); i++) {
        if (!txn_put(txn, s->spaces[0], c, val_at(s->packages, i), PUT_ANY, err))
            return false;
    }
    return true;
}

static bool themes_work(struct txn *txn, void *data, struct err *err)
{
    struct seed *s = data;
    struct val v;
    return doc_parse(s->bench.arena,
                     STR("{\"id\":\"default\",\"sets\":{\"light\":{\"color\":{\"brand\":{"
                         "\"$type\":"
                         "\"color\",\"$value\":{\"colorSpace\":\"srgb\",\"components\":["
                         "0,0.3,0.7]}"
                         "}}}}}"),
                     &v, err)
           && txn_put(txn, s->spaces[0], store_collection(txn_store(txn), STR("theme")),
                      v, PUT_ANY, err);
}

static bool packages(struct seed *s, const char *dir, struct err *err)
{
    struct script_worker *scripts = render_script_worker(s->bench.render);
    struct val *records = ARENA_ARRAY(s->bench.arena, struct val, 2);
    struct package *ui;
    struct package *reference;
    str ui_dir = arena_format(s->bench.arena, "%s/components/ui", PINBAN_SOURCE_DIR);
    if (!package_read_dir(ui_dir.p, true, scripts, s->bench.arena, &records[0], err)
        || !package_compile(records[0], NULL, scripts, &ui, err)
        || !package_read_dir(dir, true, scripts, s->bench.arena, &records[1], err)
        || !package_compile(records[1], ui, scripts, &reference, err))
        return false;
    for (size_t i = 0; i < val_count(reference->collections); i++) {
        if (!store_define(s->engine.store, val_at(reference->collections, i), err))
            return false;
    }
    s->packages = val_list(records, 2);
    return true;
}

static bool fill(struct seed *s, const char *package_dir, struct err *err)
{
    struct store *store = s->engine.store;
    if (!packages(s, package_dir, err) || !store_write(store, tree_work, s, err)
        || !store_write(store, package_work, s, err)
        || !store_write(store, layer_work, s, err)
        || !store_write(store, themes_work, s, err))
        return false;
    struct arena *kept = s->bench.arena;
    for (; s->from < s->people; s->from += BATCH) {
        s->bench.arena = arena_open();
        bool good = store_write(store, batch_work, s, err);
        arena_close(s->bench.arena);
        s->bench.arena = kept;
        if (!good)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct seed s = { .random = 42 };
    struct err err;
    if (argc != 7) {
        fprintf(stderr, "usage: bench_seed STORE PACKAGE PEOPLE ACTIVE DUMP TOKENS\n");
        return 2;
    }
    struct engine_config config = { .dir = argv[1],
                                    .clock = &clock_system,
                                    .cache_bytes = 1 << 20,
                                    .unsafe_fast = true };
    str_to_int(str_of(argv[3]), &s.people);
    str_to_int(str_of(argv[4]), &s.active);
    s.dump = fopen(argv[5], "w");
    s.tokens = fopen(argv[6], "w");
    bool good = s.dump && s.tokens && engine_open(&config, &s.engine, &err)
                && bench_open(&s.engine, &s.bench, &err) && fill(&s, argv[2], &err);
    if (!good) {
        fprintf(stderr, "%s %s: %s\n", err.code, err.where, err.text);
        return 4;
    }
    bench_close(&s.bench);
    engine_close(&s.engine);
    fclose(s.dump);
    return fclose(s.tokens);
}
