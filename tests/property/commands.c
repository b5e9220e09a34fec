/*
 * Random commands of two who edit one layer side by side, through the editor and the
 * store, while the layer is changed below their draft: nothing anybody said is lost, and
 * whoever comes first, the page is the same. Where both move what stands there already
 * its blocks are the same, but their order may be another. A failing case prints its
 * seed; PINBAN_SEED=… PINBAN_CASES=1 runs it alone.
 */
#include "edit/edit.h"

#include "stage.h"

enum { FIRST_BLOCKS = 5, MOST_COMMANDS = 3, MOST_VERBS = 2, AUTHORS = 2 };

static const char *const authors[AUTHORS] = { "li", "wang" };

struct desk {
    struct stage stage;
    struct editor *editor;
    uint64_t random;
    struct val said[AUTHORS][MOST_COMMANDS]; /* verbs of each command */
    size_t n[AUTHORS];
    size_t added; /* blocks, so that all have names of their own */
    bool moves;   /* blocks of the start are moved, too */
};

static uint32_t pick(struct desk *d, uint32_t below)
{
    d->random = d->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->random >> 33) % below;
}

static bool chance(struct desk *d, uint32_t percent)
{
    return pick(d, 100) < percent;
}

/* ---- what they say ---- */

static struct arena *arena_of(struct desk *d)
{
    return d->stage.world.arena;
}

static const char *known(struct desk *d)
{
    return arena_format(arena_of(d), "b%u", pick(d, FIRST_BLOCKS)).p;
}

/* Where somebody who saw the page at the start may put a block. */
static const char *place(struct desk *d, const char *block)
{
    const char *after = known(d);
    if (chance(d, 15))
        return ",\"into\":\"main\",\"after\":\"\"";
    if (chance(d, 25))
        return ",\"into\":\"main\"";
    while (!strcmp(after, block))
        after = known(d);
    return arena_format(arena_of(d), ",\"into\":\"main\",\"after\":\"%s\"", after).p;
}

/* Authors set different properties of a block, so that none conflicts. */
static const char *random_verb(struct desk *d, size_t author)
{
    static const char *const properties[AUTHORS] = { "limit", "count" };
    struct arena *a = arena_of(d);
    const char *block = known(d);
    uint32_t kind = pick(d, 10);
    if (kind < 4) {
        block = arena_format(a, "%c%zu", chance(d, 50) ? 'a' : 'z', d->added++).p;
        return arena_format(
                   a, "{\"verb\":\"add\",\"block\":\"%s\",\"component\":\"note\"%s}",
                   block, place(d, block))
            .p;
    }
    if (kind < 7)
        return arena_format(a,
                            "{\"verb\":\"set\",\"block\":\"%s\",\"at\":\"/%s\","
                            "\"value\":%u}",
                            block, properties[author], 1 + pick(d, 4))
            .p;
    if (d->moves && chance(d, 60)) {
        block = arena_format(a, "b%zu", author + 2 * pick(d, 2)).p;
        return arena_format(a, "{\"verb\":\"move\",\"block\":\"%s\"%s}", block,
                            place(d, block))
            .p;
    }
    return arena_format(a, "{\"verb\":\"%s\",\"block\":\"b%zu\"}",
                        chance(d, 50) ? "hide" : "show", author)
        .p;
}

static void make_histories(struct desk *d)
{
    struct arena *a = arena_of(d);
    d->added = 0;
    d->moves = chance(d, 50);
    for (size_t who = 0; who < AUTHORS; who++) {
        d->n[who] = 1 + pick(d, MOST_COMMANDS);
        for (size_t i = 0; i < d->n[who]; i++) {
            const char *verbs = random_verb(d, who);
            for (uint32_t more = pick(d, MOST_VERBS); more; more--)
                verbs = arena_format(a, "%s,%s", verbs, random_verb(d, who)).p;
            d->said[who][i] = json(&d->stage.world, arena_format(a, "[%s]", verbs).p);
        }
    }
}

/* ---- the layers ---- */

/* What is published; later it says one thing more. */
static void publish(struct desk *d, const char *more)
{
    struct world *w = &d->stage.world;
    put(w, EAST, "layer",
        arena_format(w->arena,
                     "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
                     "{\"verb\":\"move\",\"block\":\"b3\",\"after\":\"b0\"},%s"
                     "{\"verb\":\"add\",\"block\":\"b4\",\"component\":\"note\","
                     "\"into\":\"main\",\"after\":\"b3\"}]}",
                     more)
            .p);
}

static void start_over(struct desk *d)
{
    take_away(&d->stage.world, EAST, "draft", "home");
    publish(d, "");
}

struct visit {
    struct scope scope;
    struct edit edit;
};

static struct edit *sit(struct desk *d, size_t who, struct visit *v)
{
    v->scope = stage_scope(&d->stage, "city", authors[who]);
    v->edit = (struct edit){ .editor = d->editor,
                             .scope = &v->scope,
                             .worker = render_script_worker(d->stage.render),
                             .tenant = STR("east"),
                             .layer = STR("home") };
    return &v->edit;
}

static void command(struct desk *d, size_t who, size_t i)
{
    struct visit v;
    struct val draft;
    GOOD(edit_command(sit(d, who, &v), 0, d->said[who][i], &draft, &why));
    scope_close(&v.scope);
}

/* The draft when they came in that order; `order` has a bit for each command, and before
 * the `below`-th the layer is changed. */
static struct val draft_of(struct desk *d, uint32_t order, size_t below)
{
    struct visit v;
    struct val draft;
    size_t next[AUTHORS] = { 0 };
    start_over(d);
    for (size_t i = 0; i <= d->n[0] + d->n[1]; i++) {
        size_t who = next[order >> i & 1u] < d->n[order >> i & 1u] ? order >> i & 1u
                                                                   : !(order >> i & 1u);
        if (i == below)
            publish(d, "{\"verb\":\"set\",\"block\":\"b2\",\"at\":\"/title\","
                       "\"value\":\"since\"},");
        if (i < d->n[0] + d->n[1])
            command(d, who, next[who]++);
    }
    GOOD(edit_draft(sit(d, 0, &v), &draft, &why));
    draft = val_copy(arena_of(d), val_get(draft, STR("verbs")));
    scope_close(&v.scope);
    return draft;
}

static void resolve(struct desk *d, struct val verbs, struct resolved *ret)
{
    static const char group[] =
        "[{\"verb\":\"add\",\"block\":\"b0\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"b1\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b0\"},"
        "{\"verb\":\"add\",\"block\":\"b2\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b1\"},"
        "{\"verb\":\"add\",\"block\":\"b3\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b2\"}]";
    struct layer layers[] = {
        { .name = STR("group"), .level = 0, .verbs = json(&d->stage.world, group) },
        { .name = STR("east"), .level = 1, .verbs = verbs }
    };
    layout_resolve(&(struct layout_input){ .layers = layers, .n = COUNT_OF(layers) },
                   arena_of(d), ret);
}

/* ---- what must hold ---- */

static const char *show(struct desk *d, const struct resolved *page)
{
    str text = STR("");
    const struct resolved_region *main = &page->page.regions[0];
    for (size_t i = 0; i < main->n; i++)
        text = arena_format(arena_of(d), "%.*s %.*s", STR_ARG(text),
                            STR_ARG(main->blocks[i]->id));
    return text.p;
}

/* But for the order of blocks. */
static bool same_blocks(struct desk *d, const struct resolved *a,
                        const struct resolved *b)
{
    const struct resolved_region *main = &a->page.regions[0];
    for (size_t i = 0; i < main->n; i++) {
        const struct resolved_block *is = main->blocks[i];
        const struct resolved_block *other = resolved_find(b, is->id);
        if (!other || is->hidden != other->hidden || !val_equal(is->props, other->props)
            || !str_equal(resolved_region_of(b, is->id, arena_of(d)), main->name))
            return false;
    }
    return a->block_count == b->block_count;
}

static void assert_same_page(struct desk *d, uint64_t seed, const struct resolved *a,
                             const struct resolved *b)
{
    if (d->moves ? same_blocks(d, a, b) : resolved_equal(a, b))
        return;
    for (size_t who = 0; who < AUTHORS; who++) {
        for (size_t i = 0; i < d->n[who]; i++)
            print_error("%s %s\n", authors[who],
                        doc_text(arena_of(d), d->said[who][i], DOC_PLAIN).p);
    }
    fail_msg("seed %llu: who came first matters:\n%s\n%s", (unsigned long long)seed,
             show(d, a), show(d, b));
}

/* All that one of them said, as short as it can be said. */
static struct val words_of(struct desk *d, size_t who)
{
    struct val all = val_list(NULL, 0);
    for (size_t i = 0; i < d->n[who]; i++) {
        struct val verbs = d->said[who][i];
        for (size_t k = 0; k < val_count(verbs); k++)
            all = val_append(arena_of(d), all, val_at(verbs, k));
    }
    return layout_normalise(all, arena_of(d));
}

static bool is_verb(struct val verb, const char *name)
{
    return val_is(val_get(verb, STR("verb")), name);
}

/* It stands where somebody put it: b3 and b4 stand where the layer below the draft does.
 */
static bool is_placed(struct desk *d, str block)
{
    for (size_t who = 0; who < AUTHORS; who++) {
        struct val all = words_of(d, who);
        for (size_t k = 0; k < val_count(all); k++) {
            struct val verb = val_at(all, k);
            if ((is_verb(verb, "move") || is_verb(verb, "add"))
                && str_equal(val_get_text(verb, STR("block")), block))
                return true;
        }
    }
    return str_equal(block, STR("b3")) || str_equal(block, STR("b4"));
}

static size_t index_of(const struct resolved_region *region, str block)
{
    size_t i = 0;
    while (i < region->n && !str_equal(region->blocks[i]->id, block))
        i++;
    return i;
}

/* Between the block and what it is to stand behind is only what somebody put there. An
 * anchor that was moved itself may be anywhere. */
static void assert_place(struct desk *d, const struct resolved *page, struct val verb)
{
    const struct resolved_region *main = &page->page.regions[0];
    struct val after = val_get(verb, STR("after"));
    str anchor = val_text(after);
    size_t at = index_of(main, val_get_text(verb, STR("block")));
    assert_true(at < main->n);
    if (!val_exists(after)) {
        while (++at < main->n)
            assert_true(is_placed(d, main->blocks[at]->id));
        return;
    }
    if (is_placed(d, anchor))
        return;
    while (at > 0 && !str_equal(main->blocks[at - 1]->id, anchor))
        assert_true(is_placed(d, main->blocks[--at]->id));
    assert_true(at > 0 || !anchor.n);
}

static void assert_stands(struct desk *d, const struct resolved *page, struct val verb)
{
    struct layout_saying said;
    const struct resolved_block *block =
        resolved_find(page, val_get_text(verb, STR("block")));
    assert_non_null(block);
    if (layout_saying(verb, arena_of(d), &said))
        assert_true(val_equal(val_at_pointer(block->props, said.at), said.value));
    else if (is_verb(verb, "hide") || is_verb(verb, "show"))
        assert_int_equal(block->hidden, is_verb(verb, "hide"));
    else
        assert_place(d, page, verb);
}

/* The last that was said of a property or of a block's place stands, and all blocks are
 * there. */
static void assert_nothing_lost(struct desk *d, const struct resolved *page)
{
    struct val since = val_get(resolved_find(page, STR("b2"))->props, STR("title"));
    assert_text(val_text(since), "since");
    for (size_t who = 0; who < AUTHORS; who++) {
        struct val all = words_of(d, who);
        for (size_t k = 0; k < val_count(all); k++)
            assert_stands(d, page, val_at(all, k));
    }
}

static void nothing_is_lost_whoever_comes_first(void **state)
{
    struct desk *d = *state;
    const char *cases = getenv("PINBAN_CASES");
    const char *first = getenv("PINBAN_SEED");
    uint64_t n = cases && *cases ? strtoull(cases, NULL, 10) : PROPERTY_CASES / 20;
    uint64_t seed = first && *first ? strtoull(first, NULL, 10) : 1;
    for (uint64_t end = seed + n; seed < end; seed++) {
        struct resolved pages[2];
        d->random = seed;
        for (int i = 0; i < 4; i++)
            pick(d, 2);
        make_histories(d);
        size_t most = d->n[0] + d->n[1] + 1;
        for (size_t i = 0; i < 3; i++) {
            uint32_t order = i == 0 ? 0 : i == 1 ? ~0u : pick(d, 1u << 6);
            struct val draft = draft_of(d, order, pick(d, (uint32_t)most));
            resolve(d, draft, &pages[i > 0]);
            assert_nothing_lost(d, &pages[i > 0]);
            if (i)
                assert_same_page(d, seed, &pages[0], &pages[1]);
        }
        arena_reset(arena_of(d));
    }
}

/* ---- the desk ---- */

static void give(struct desk *d, const char *person)
{
    struct world *w = &d->stage.world;
    put(w, TENANT_SYSTEM_SPACE, "grant",
        arena_format(w->arena,
                     "{\"id\":\"%s\",\"home\":\"city\",\"person\":\"%s\","
                     "\"role\":\"designer\",\"tenant\":\"east\"}",
                     person, person)
            .p);
}

static int open_desk(void **state)
{
    static const struct ware files[] = {
        { "note/component.lua",
          "return {name='note',title={zh='便签',en='Note'},props={type='object',"
          "properties={limit={type='integer'},count={type='integer'}}}}" },
        { "note/view.html", "<p>{{limit}}</p>" },
        { "note/words/zh.json", "{}" },
        { "note/words/en.json", "{}" },
    };
    struct desk *d = calloc(1, sizeof *d);
    struct world *w = &d->stage.world;
    stage_open(&d->stage, NULL, NULL);
    GOOD(edit_setup(w->store, &why));
    GOOD(editor_open(
        &(struct edit_config){ .store = w->store, .packages = d->stage.packages },
        &d->editor, &why));
    ware_install(w, GROUP, ware_package(w, "standard", "1", files, COUNT_OF(files)));
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"b0\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"b1\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b0\"},"
        "{\"verb\":\"add\",\"block\":\"b2\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b1\"},"
        "{\"verb\":\"add\",\"block\":\"b3\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b2\"}]}");
    put(w, EAST, "draft",
        "{\"id\":\"home\",\"version\":1,\"base\":[],\"verbs\":[],\"log\":[]}");
    for (size_t who = 0; who < AUTHORS; who++)
        give(d, authors[who]);
    *state = d;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *d = *state;
    editor_close(d->editor);
    stage_close(&d->stage);
    free(d);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
        nothing_is_lost_whoever_comes_first, open_desk, close_desk) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
