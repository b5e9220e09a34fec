/*
 * The whole country: a unit for each of its divisions, a million people, ten thousand
 * layers of one page.
 *   bench_country fill STORE UNITS PEOPLE LAYERS TOKENS
 *   bench_country measure STORE UNITS PEOPLE SAMPLE
 * UNITS has a line a unit, from the group down: id, the id above, depth, name, between
 * tabs. `fill` writes sessions to TOKENS, one a line. `measure` prints one JSON object a
 * line.
 */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_UNITS = 100000, BATCH = 2000, SESSIONS = 2000, DEPTHS = 5 };

struct unit {
    str id;
    str above; /* empty: the group */
    str name;
    int64_t depth;
    store_space space;
    int64_t first; /* her number, of its people … */
    int64_t people;
};

struct country {
    struct engine engine;
    struct bench bench;
    struct arena *kept; /* of the units */
    struct unit *units;
    size_t unit_count;
    int64_t people;
    int64_t layers;
    size_t at; /* of the batch */
    int64_t person;
    FILE *tokens;
    struct val packages;
    uint64_t random;
    char title[40]; /* that is published; another in each run */
};

static bool stop_at(struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "bench.country", "%s", what);
}

static uint32_t any(struct country *c, uint32_t below)
{
    c->random = c->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((c->random >> 33) % below);
}

/* ---- the units ---- */

static bool read_unit(str line, struct unit *ret)
{
    str rest;
    ret->id = str_cut(line, '\t', &rest);
    ret->above = str_cut(rest, '\t', &rest);
    str depth = str_cut(rest, '\t', &ret->name);
    return ret->name.n && str_to_int(depth, &ret->depth) && ret->depth >= 0
           && ret->depth < DEPTHS;
}

/* Most people of a unit in a province, most people in the counties and below. */
static int64_t weight_of(struct country *c, const struct unit *unit)
{
    static const uint32_t usual[DEPTHS] = { 2000, 3000, 500, 120, 9 };
    return usual[unit->depth] / 2 + any(c, usual[unit->depth]) + 1;
}

static void spread_people(struct country *c)
{
    int64_t all = 0;
    int64_t sum = 0;
    for (size_t i = 0; i < c->unit_count; i++)
        all += c->units[i].people = weight_of(c, &c->units[i]);
    for (size_t i = 0; i < c->unit_count; i++) {
        struct unit *unit = &c->units[i];
        int64_t weight = unit->people;
        unit->first = c->people * sum / all;
        sum += weight;
        unit->people = c->people * sum / all - unit->first;
    }
}

static bool read_units(struct country *c, const char *path, struct err *err)
{
    str rest = read_file(c->kept, path);
    c->units = ARENA_ARRAY(c->kept, struct unit, MOST_UNITS);
    while (rest.n && c->unit_count < MOST_UNITS) {
        str line = str_cut(rest, '\n', &rest);
        if (!read_unit(line, &c->units[c->unit_count++]))
            return stop_at(err, "a line of UNITS is not one");
    }
    spread_people(c);
    return c->unit_count ? true : stop_at(err, "there are no units");
}

static const struct unit *unit_of(const struct country *c, int64_t person)
{
    size_t low = 0;
    size_t high = c->unit_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(c->units[middle].first <= person ? &low : &high) = middle;
    }
    return &c->units[low];
}

static str id_of(struct arena *arena, int64_t person)
{
    return arena_format(arena, "p%lld", (long long)person);
}

/* ---- filling ---- */

static bool put_text(struct country *c, struct txn *txn, store_space space,
                     const char *collection, str text, struct err *err)
{
    struct val v;
    return doc_parse(c->bench.arena, text, &v, err)
           && txn_put(txn, space, store_collection(txn_store(txn), str_of(collection)), v,
                      PUT_ANY, err);
}

static bool units_work(struct txn *txn, void *data, struct err *err)
{
    struct country *c = data;
    struct arena *a = c->bench.arena;
    for (size_t i = c->at; i < c->at + BATCH && i < c->unit_count; i++) {
        struct unit *unit = &c->units[i];
        struct val name = val_with(a, val_map(NULL, 0), STR("zh"), val_str(unit->name));
        struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(unit->id));
        if (unit->above.n)
            v = val_with(a, v, STR("parent"), val_str(unit->above));
        v = val_with(a, v, STR("order"), val_int((int64_t)i));
        v = val_with(a, v, STR("level"), val_str(STR("unit")));
        v = val_with(a, v, STR("name"), name);
        if (!tenant_put(txn, v, a, &unit->space, err))
            return false;
    }
    return true;
}

static const char *const specialties[] = { "marketing", "equipment", "materials",
                                           "infrastructure", "digital" };

static str person_text(struct country *c, int64_t person)
{
    static const char *const posts[] = { "专责",   "班长",   "主任",
                                         "技术员", "调度员", "会计" };
    static const char *const names[] = { "李伟", "王芳", "陈刚", "赵敏", "孙磊", "周洁" };
    uint32_t specialty = any(c, 8);
    str special = specialty < COUNT_OF(specialties) ? arena_format(
                      c->bench.arena, ",\"specialty\":\"%s\"", specialties[specialty])
                                                    : STR("");
    return arena_format(
        c->bench.arena,
        "{\"id\":\"p%lld\",\"name\":\"%s\",\"post\":{\"zh\":\"%s\"},\"grade\":%u,"
        "\"joined\":\"%u-%02u-%02u\",\"groups\":[\"g%u\"],\"tags\":[\"t%u\"]%.*s}",
        (long long)person, names[any(c, COUNT_OF(names))], posts[any(c, COUNT_OF(posts))],
        1 + any(c, 12), 1985 + any(c, 41), 1 + any(c, 12), 1 + any(c, 28), any(c, 200),
        any(c, 50), STR_ARG(special));
}

static bool people_work(struct txn *txn, void *data, struct err *err)
{
    struct country *c = data;
    const int64_t end = c->person + BATCH;
    for (int64_t i = c->person; i < end && i < c->people; i++) {
        const struct unit *unit = unit_of(c, i);
        if (!put_text(c, txn, unit->space, "person", person_text(c, i), err))
            return false;
    }
    return true;
}

/* How a unit differs; `n` turns the wheel. None of it meets a lock of the group's. */
static const char *const changes[] = {
    "{\"verb\":\"set\",\"block\":\"news\",\"at\":\"/title\",\"value\":{\"zh\":\"本地\"}}",
    "{\"verb\":\"move\",\"block\":\"agenda\",\"after\":\"apps\"}",
    "{\"verb\":\"hide\",\"block\":\"mix\"}",
    "{\"verb\":\"set\",\"block\":\"todo\",\"at\":\"/limit\",\"value\":7}",
    "{\"verb\":\"set\",\"block\":\"sales\",\"at\":\"/"
    "title\",\"value\":{\"zh\":\"售电\"}}",
    "{\"verb\":\"move\",\"block\":\"load\",\"after\":\"news\"}",
    "{\"verb\":\"hide\",\"block\":\"banner\",\"audience\":\"seniors\"}",
    "{\"verb\":\"set\",\"block\":\"apps\",\"at\":\"/limit\",\"value\":8}",
};

static str layer_text(struct country *c, const struct unit *unit, const char *specialty,
                      size_t n)
{
    static const size_t usual[DEPTHS] = { 0, 6, 4, 3, 2 };
    struct arena *a = c->bench.arena;
    const char *mark = *specialty ? ":" : "";
    str own = arena_format(a, "own-%.*s%s%s", STR_ARG(unit->id), *specialty ? "-" : "",
                           specialty);
    str text =
        arena_format(a,
                     "{\"id\":\"home%s%s\",\"page\":\"home\",\"specialty\":\"%s\","
                     "\"verbs\":[{\"verb\":"
                     "\"add\",\"block\":\"%.*s\",\"component\":\"news-list\",\"into\":"
                     "\"main\",\"after\":"
                     "\"todo\",\"props\":{\"title\":{\"zh\":\"%.*s动态\"},\"limit\":3}}",
                     mark, specialty, specialty, STR_ARG(own), STR_ARG(unit->name));
    for (size_t i = 0; i < usual[unit->depth]; i++)
        text = arena_format(a, "%.*s,%s", STR_ARG(text),
                            changes[(n + i) % COUNT_OF(changes)]);
    return arena_format(a, "%.*s]}", STR_ARG(text));
}

static bool put_layer(struct country *c, struct txn *txn, const struct unit *unit,
                      const char *specialty, struct err *err)
{
    struct val v;
    struct arena *a = c->bench.arena;
    size_t n = (size_t)c->layers--;
    if (!doc_parse(a, layer_text(c, unit, specialty, n), &v, err))
        return false;
    struct val verbs = layout_normalise(val_get(v, STR("verbs")), a);
    if (!*specialty)
        v = val_without(a, v, STR("specialty"));
    return txn_put(txn, unit->space, store_collection(txn_store(txn), STR("layer")),
                   val_with(a, v, STR("verbs"), verbs), PUT_ANY, err);
}

/* The group's own, as the demo has them. */
static bool put_root_layer(struct country *c, struct txn *txn, const char *specialty,
                           struct err *err)
{
    struct val v;
    struct arena *a = c->bench.arena;
    const char *dot = *specialty ? "." : "";
    str text =
        read_file(a, arena_format(a, "%s/tenants/demo/layers/huaheng/home%s%s.json",
                                  home_dir(), dot, specialty)
                         .p);
    str id = arena_format(a, "home%s%s", *specialty ? ":" : "", specialty);
    if (!doc_parse(a, text, &v, err))
        return false;
    c->layers--;
    v = val_with(a, v, STR("id"), val_str(id));
    v = val_with(a, v, STR("page"), val_str(STR("home")));
    if (*specialty)
        v = val_with(a, v, STR("specialty"), val_str(str_of(specialty)));
    struct val verbs = layout_normalise(val_get(v, STR("verbs")), a);
    return txn_put(txn, c->units[0].space, store_collection(txn_store(txn), STR("layer")),
                   val_with(a, v, STR("verbs"), verbs), PUT_ANY, err);
}

static bool root_work(struct txn *txn, void *data, struct err *err)
{
    struct country *c = data;
    store_space root = c->units[0].space;
    str grant = arena_format(c->bench.arena,
                             "{\"id\":\"g\",\"home\":\"%.*s\",\"person\":\"p0\",\"role\":"
                             "\"publisher\",\"tenant\":\"%.*s\"}",
                             STR_ARG(c->units[0].id), STR_ARG(c->units[0].id));
    bool good =
        install_put(txn, root, c->packages, err)
        && put_text(c, txn, root, "audience",
                    STR("{\"id\":\"newcomers\",\"name\":{\"zh\":\"新员工\"},\"rule\":{"
                        "\"joined\":{\"from\":\"2025-01-01\"}}}"),
                    err)
        && put_text(c, txn, root, "audience",
                    STR("{\"id\":\"party-members\",\"name\":{\"zh\":\"党员\"},\"rule\":{"
                        "\"tag\":[\"t1\",\"t2\",\"t3\"]}}"),
                    err)
        && put_text(
            c, txn, root, "audience",
            STR("{\"id\":\"seniors\",\"name\":{\"zh\":\"骨干\"},\"rule\":{\"all\":["
                "{\"grade\":{\"from\":8}},{\"not\":{\"audience\":\"newcomers\"}}]}"
                "}"),
            err)
        && put_text(c, txn, TENANT_SYSTEM_SPACE, "grant", grant, err)
        && put_root_layer(c, txn, "", err);
    for (size_t i = 0; good && i < COUNT_OF(specialties); i++)
        good = put_root_layer(c, txn, specialties[i], err);
    return good;
}

/* A province differs in four specialties, a city in two, every other county in one; those
 * of the streets that are left are spread evenly. */
static size_t specialties_of(const struct unit *unit, size_t i)
{
    static const size_t usual[DEPTHS] = { 0, 4, 2, 1, 0 };
    return unit->depth == 3 && i % 2 ? 0 : usual[unit->depth];
}

static bool layers_work(struct txn *txn, void *data, struct err *err)
{
    struct country *c = data;
    for (size_t i = c->at; i < c->at + BATCH && i < c->unit_count; i++) {
        const struct unit *unit = &c->units[i];
        int64_t left = (int64_t)(c->unit_count - i);
        bool has = unit->depth > 0 && c->layers > 0
                   && (unit->depth < DEPTHS - 1 || any(c, (uint32_t)left) < c->layers);
        if (has && !put_layer(c, txn, unit, "", err))
            return false;
        for (size_t k = 0; has && k < specialties_of(unit, i); k++) {
            if (!put_layer(c, txn, unit, specialties[(i + k) % COUNT_OF(specialties)],
                           err))
                return false;
        }
    }
    return true;
}

static bool sessions_work(struct txn *txn, void *data, struct err *err)
{
    struct country *c = data;
    for (int i = 0; i < SESSIONS; i++) {
        int64_t person = any(c, (uint32_t)c->people);
        str token = crypt_token(c->bench.arena);
        if (!auth_session_put(txn, token, unit_of(c, person)->id,
                              id_of(c->bench.arena, person), c->bench.arena, err))
            return false;
        fprintf(c->tokens, "%.*s\n", STR_ARG(token));
    }
    return true;
}

/* In pieces, and the memory of each given back. */
static bool write_piece(struct country *c, store_work *work, struct err *err)
{
    struct arena *kept = c->bench.arena;
    c->bench.arena = arena_open();
    bool good = store_write(c->engine.store, work, c, err);
    arena_close(c->bench.arena);
    c->bench.arena = kept;
    return good;
}

static bool write_units(struct country *c, store_work *work, struct err *err)
{
    for (c->at = 0; c->at < c->unit_count; c->at += BATCH) {
        if (!write_piece(c, work, err))
            return false;
    }
    return true;
}

static bool fill(struct country *c, struct err *err)
{
    if (!prepare_home(&c->bench, &c->packages, err) || !write_units(c, units_work, err)
        || !write_piece(c, root_work, err) || !write_units(c, layers_work, err))
        return false;
    for (c->person = 0; c->person < c->people; c->person += BATCH) {
        if (!write_piece(c, people_work, err))
            return false;
    }
    return write_piece(c, sessions_work, err);
}

/* ---- measuring ---- */

static double now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void tell(const char *name, double value, const char *unit, double goal)
{
    printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\",\"goal\":%g}\n", name, value,
           unit, goal);
    fflush(stdout);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell_spread(const char *what, double *us, size_t n, double goal)
{
    char name[100];
    qsort(us, n, sizeof *us, by_value);
    snprintf(name, sizeof name, "%s, half of them", what);
    tell(name, us[n / 2], "µs", 0);
    snprintf(name, sizeof name, "%s, 99 of 100", what);
    tell(name, us[n * 99 / 100], "µs", 0);
    snprintf(name, sizeof name, "%s, the slowest", what);
    tell(name, us[n - 1], "µs", goal);
}

static bool open_as(struct country *c, int64_t person, struct scope *ret, struct err *err)
{
    return scope_open_as(c->bench.scope, c->bench.arena, unit_of(c, person)->id,
                         id_of(c->bench.arena, person), ret, err);
}

/* From her name to the page bound to its components; nothing kept but the packages. */
static bool resolve_cold(struct country *c, int64_t person, double *ret_cpu,
                         double *ret_wall, struct err *err)
{
    struct scope scope;
    struct layout *layout;
    struct layouts *layouts = layouts_open(c->engine.watch, c->engine.packages);
    double cpu = now_us(CLOCK_THREAD_CPUTIME_ID);
    double wall = now_us(CLOCK_MONOTONIC);
    bool good = open_as(c, person, &scope, err);
    if (good) {
        good = layout_find(layouts, &scope, render_script_worker(c->bench.render),
                           STR("home"), &layout, err);
        *ret_wall = now_us(CLOCK_MONOTONIC) - wall;
        *ret_cpu = now_us(CLOCK_THREAD_CPUTIME_ID) - cpu;
        if (good)
            cached_drop(&layout->head);
        scope_close(&scope);
    }
    layouts_close(layouts);
    arena_reset(c->bench.arena);
    return good;
}

static bool measure_cold(struct country *c, size_t sample, struct err *err)
{
    double *cpu = ARENA_ARRAY(c->kept, double, sample);
    double *wall = ARENA_ARRAY(c->kept, double, sample);
    if (!resolve_cold(c, 0, cpu, wall, err)) /* compiles the packages */
        return false;
    for (size_t i = 0; i < sample; i++) {
        if (!resolve_cold(c, any(c, (uint32_t)c->people), &cpu[i], &wall[i], err))
            return false;
    }
    tell_spread("page resolved cold, CPU", cpu, sample, 1000);
    tell_spread("page resolved cold, by the clock", wall, sample, 0);
    return true;
}

/* ---- publishing ---- */

struct seen_page {
    int64_t person;
    struct page *page; /* held */
    bool was_kept;
};

static bool sees(struct country *c, int64_t person, struct page **ret, struct err *err)
{
    struct scope scope;
    if (!open_as(c, person, &scope, err))
        return false;
    bool good = render_page(c->bench.render, &scope, STR("home"), ret, err);
    scope_close(&scope);
    arena_reset(c->bench.arena);
    return good;
}

static bool shows(const struct country *c, const struct page *page)
{
    str html = http_body_bytes(page->body, c->bench.arena);
    bool found = memmem(html.p, html.n, c->title, strlen(c->title)) != NULL;
    arena_reset(c->bench.arena);
    return found;
}

/* Three times: the first two fill the doorkeepers of the fragments and of the page. */
static bool look_before(struct country *c, struct seen_page *pages, size_t n,
                        struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct seen_page *seen = &pages[i];
        seen->person = any(c, (uint32_t)c->people);
        for (int times = 0; times < 3; times++) {
            cached_drop(times ? &seen->page->head : NULL);
            if (!sees(c, seen->person, &seen->page, err))
                return false;
        }
        if (shows(c, seen->page))
            return stop_at(err, "a page shows what is not published yet");
        seen->was_kept = seen->page->head.kept;
    }
    return true;
}

/* `ret_slowest_us` is of one page. */
static bool look_after(struct country *c, struct seen_page *pages, size_t n,
                       double *ret_slowest_us, struct err *err)
{
    *ret_slowest_us = 0;
    for (size_t i = 0; i < n; i++) {
        struct page *page;
        double from = now_us(CLOCK_MONOTONIC);
        if (!sees(c, pages[i].person, &page, err))
            return false;
        double us = now_us(CLOCK_MONOTONIC) - from;
        bool shown = shows(c, page);
        cached_drop(&page->head);
        if (!shown)
            return stop_at(err, "a page does not show what was published");
        *ret_slowest_us = us > *ret_slowest_us ? us : *ret_slowest_us;
    }
    return true;
}

static bool all_stale(struct seen_page *pages, size_t n, struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        kept += pages[i].was_kept;
        if (pages[i].was_kept
            && cached_is_good(&pages[i].page->head, clock_now(&clock_system)))
            return stop_at(err, "a kept page is not marked stale");
        cached_drop(&pages[i].page->head);
    }
    tell("kept pages, all marked stale by the publish", (double)kept, "pages", 0);
    return kept > 0 ? true : stop_at(err, "no page was kept");
}

static bool with_edit(struct country *c,
                      bool (*call)(struct edit *, double *, void *, struct err *),
                      void *data, double *ret_us, struct err *err)
{
    struct scope scope;
    if (!open_as(c, 0, &scope, err))
        return false;
    struct edit edit = { .editor = c->engine.editor,
                         .scope = &scope,
                         .worker = render_script_worker(c->bench.render),
                         .tenant = c->units[0].id,
                         .layer = STR("home") };
    bool good = call(&edit, ret_us, data, err);
    for (size_t i = 0; !good && i < edit.issue_count; i++)
        fprintf(stderr, "%s %.*s\n", edit.issues[i].code, STR_ARG(edit.issues[i].text));
    scope_close(&scope);
    arena_reset(c->bench.arena);
    return good;
}

/* The draft is the published layer with these verbs. */
static bool draft_call(struct edit *edit, double *unused, void *data, struct err *err)
{
    struct val draft;
    struct val verbs;
    (void)unused;
    if (!edit_draft(edit, &draft, err)
        || !edit_discard(edit, val_as_int(val_get(draft, STR("version")), 0), &draft, err)
        || !doc_parse(edit->scope->arena, str_of(data), &verbs, err))
        return false;
    return edit_command(edit, val_as_int(val_get(draft, STR("version")), 0), verbs,
                        &draft, err);
}

/* By the clock, and in `data` by the processor. */
static bool impact_call(struct edit *edit, double *ret_us, void *data, struct err *err)
{
    struct val impact;
    double *ret_cpu = data;
    double from = now_us(CLOCK_MONOTONIC);
    double cpu = now_us(CLOCK_THREAD_CPUTIME_ID);
    if (!edit_impact(edit, &impact, err))
        return false;
    *ret_us = now_us(CLOCK_MONOTONIC) - from;
    *ret_cpu = now_us(CLOCK_THREAD_CPUTIME_ID) - cpu;
    impact = val_without(edit->scope->arena, impact, STR("items"));
    fprintf(stderr, "%s\n", doc_text(edit->scope->arena, impact, DOC_PLAIN).p);
    return true;
}

static bool publish_call(struct edit *edit, double *ret_us, void *data, struct err *err)
{
    struct val v;
    (void)data;
    if (!edit_draft(edit, &v, err))
        return false;
    struct edit_publishing what = { .version = val_as_int(val_get(v, STR("version")), 0),
                                    .reason = STR("for all") };
    double from = now_us(CLOCK_MONOTONIC);
    bool good = edit_publish(edit, &what, &v, err);
    *ret_us = now_us(CLOCK_MONOTONIC) - from;
    return good;
}

static bool measure_impact(struct country *c, const char *name, char *verbs,
                           struct err *err)
{
    char full[100];
    double us = 0;
    double cpu = 0;
    if (!with_edit(c, draft_call, verbs, NULL, err)
        || !with_edit(c, impact_call, &cpu, &us, err))
        return false;
    snprintf(full, sizeof full, "%s, CPU", name);
    tell(full, cpu / 1000, "ms", 1000);
    snprintf(full, sizeof full, "%s, by the clock", name);
    tell(full, us / 1000, "ms", 0);
    return true;
}

static bool measure_publish(struct country *c, size_t sample, struct err *err)
{
    static char much[] = "[{\"verb\":\"remove\",\"block\":\"news\"},{\"verb\":\"remove\","
                         "\"block\":\"agenda\"},{\"verb\":\"remove\",\"block\":\"mix\"},"
                         "{\"verb\":\"lock\",\"block\":\"sales\",\"lock\":\"sealed\"}]";
    struct seen_page *pages = ARENA_ARRAY(c->kept, struct seen_page, sample);
    char little[200];
    double us = 0;
    double slowest;
    snprintf(c->title, sizeof c->title, "country-%lld",
             (long long)clock_now(&clock_system));
    snprintf(little, sizeof little,
             "[{\"verb\":\"set\",\"block\":\"todo\",\"at\":\"/title\",\"value\":{"
             "\"zh\":\"%s\"}}]",
             c->title);
    if (!measure_impact(c, "impact of what meets most layers", much, err)
        || !measure_impact(c, "impact of one title", little, err)
        || !look_before(c, pages, sample, err))
        return false;
    if (!with_edit(c, publish_call, NULL, &us, err))
        return false;
    tell("publish at the root: all kept pages marked stale", us / 1000, "ms", 1000);
    if (!all_stale(pages, sample, err) || !look_after(c, pages, sample, &slowest, err))
        return false;
    tell("publish at the root: … and seen on the page that took longest",
         (us + slowest) / 1000, "ms", 1000);
    return true;
}

/* ---- the program ---- */

static bool open_country(struct country *c, bool fast, const char *dir, struct err *err)
{
    struct engine_config config = { .dir = dir,
                                    .clock = &clock_system,
                                    .cache_bytes = (size_t)64 << 20,
                                    .limit_bytes = (size_t)4 << 30,
                                    .unsafe_fast = fast };
    double from = now_us(CLOCK_MONOTONIC);
    if (!engine_open(&config, &c->engine, err))
        return false;
    if (!fast)
        tell("opening the store with its directory",
             (now_us(CLOCK_MONOTONIC) - from) / 1000, "ms", 0);
    return bench_open(&c->engine, &c->bench, err);
}

static bool run(struct country *c, bool fills, char **argv, struct err *err)
{
    int64_t n = 0;
    if (!str_to_int(str_of(argv[4]), &c->people) || c->people < 1
        || !str_to_int(str_of(argv[5]), &n) || n < 1)
        return stop_at(err, "PEOPLE, LAYERS and SAMPLE are numbers");
    if (!read_units(c, argv[3], err) || !open_country(c, fills, argv[2], err))
        return false;
    c->layers = n;
    return fills ? fill(c, err)
                 : measure_cold(c, (size_t)n, err)
                       && measure_publish(c, (size_t)n / 4 + 1, err);
}

int main(int argc, char **argv)
{
    struct country c = { .random = 42, .kept = arena_open() };
    struct err err;
    bool fills = argc == 7 && strcmp(argv[1], "fill") == 0;
    if (!fills && (argc != 6 || strcmp(argv[1], "measure") != 0)) {
        fprintf(stderr, "usage: bench_country fill STORE UNITS PEOPLE LAYERS TOKENS\n"
                        "       bench_country measure STORE UNITS PEOPLE SAMPLE\n");
        return EXIT_USAGE;
    }
    c.tokens = fills ? fopen(argv[6], "w") : NULL;
    bool good = (!fills || c.tokens) && run(&c, fills, argv, &err);
    if (!good) {
        print_error(&err);
        return EXIT_SYSTEM;
    }
    bench_close(&c.bench);
    engine_close(&c.engine);
    arena_close(c.kept);
    return fills ? fclose(c.tokens) : EXIT_DONE;
}
