/* A studio in a world of its own, for the tests of edit. */
#pragma once
#include "edit/edit.h"

#include "stage.h"

/* A page of the group with three blocks; li designs and zhao publishes it, sun designs
 * the east. */
struct studio {
    struct stage stage;
    struct directory *directory;
    struct editor *editor;
    struct scope scope;
    struct edit edit;
};

static const struct ware files[] = {
    { "note/component.lua",
      "return {name='note',title={zh='便签',en='Note'},props={type='object',"
      "additionalProperties=false,properties={limit={type='integer',minimum=1,maximum=9,"
      "default=3},title={type='string'},titleSize={type='integer'}}}}" },
    { "note/view.html", "<p>{{title}}</p>" },
    { "note/words/zh.json", "{}" },
    { "note/words/en.json", "{}" },
};

static inline void give(struct studio *d, const char *person, const char *role,
                        const char *unit)
{
    put(&d->stage.world, TENANT_SYSTEM_SPACE, "grant",
        arena_format(d->stage.world.arena,
                     "{\"id\":\"%s\",\"home\":\"city\",\"person\":\"%s\",\"role\":\"%s\","
                     "\"tenant\":\"%s\"}",
                     person, person, role, unit)
            .p);
}

static inline int open_studio(void **state)
{
    struct studio *d = calloc(1, sizeof *d);
    struct stage *s = &d->stage;
    struct world *w = &s->world;
    stage_open(s, NULL, NULL);
    put(w, CITY, "person", "{\"id\":\"zhao\",\"name\":\"赵\"}");
    GOOD(directory_open(w->store, &d->directory, &why));
    GOOD(audience_setup(w->store, &why));
    GOOD(audit_setup(w->store, &why));
    GOOD(edit_setup(w->store, &why));
    GOOD(editor_open(&(struct edit_config){ .store = w->store,
                                            .packages = s->packages,
                                            .layouts = s->layouts,
                                            .directory = d->directory },
                     &d->editor, &why));
    ware_install(w, GROUP, ware_package(w, "standard", "1", files, COUNT_OF(files)));
    put(w, GROUP, "layer",
        "{\"id\":\"home\",\"page\":\"home\",\"verbs\":["
        "{\"verb\":\"add\",\"block\":\"a\",\"component\":\"note\",\"into\":\"main\"},"
        "{\"verb\":\"add\",\"block\":\"b\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"a\",\"props\":{\"title\":\"B\"}},"
        "{\"verb\":\"add\",\"block\":\"c\",\"component\":\"note\",\"into\":\"main\","
        "\"after\":\"b\"},"
        "{\"verb\":\"lock\",\"block\":\"a\",\"lock\":\"required\"}]}");
    give(d, "li", "designer", "group");
    give(d, "zhao", "publisher", "group");
    give(d, "wang", "designer", "east");
    *state = d;
    return 0;
}

static inline int close_studio(void **state)
{
    struct studio *d = *state;
    editor_close(d->editor);
    stage_close(&d->stage);
    directory_close(d->directory);
    free(d);
    return 0;
}

/* Somebody sits down at a unit's home page. */
static inline struct edit *sit(struct studio *d, const char *person, const char *tenant)
{
    if (d->scope.worker)
        scope_close(&d->scope);
    d->scope = stage_scope(&d->stage, "city", person);
    d->edit = (struct edit){ .editor = d->editor,
                             .scope = &d->scope,
                             .worker = render_script_worker(d->stage.render),
                             .tenant = str_of(tenant),
                             .layer = STR("home") };
    return &d->edit;
}

static inline void stand_up(struct studio *d)
{
    scope_close(&d->scope);
    d->scope.worker = NULL;
}

static inline struct val verbs(struct studio *d, const char *text)
{
    return json(&d->stage.world, arena_format(d->stage.world.arena, "[%s]", text).p);
}

#define SET(block, at, value) \
    "{\"verb\":\"set\",\"block\":\"" block "\",\"at\":\"" at "\",\"value\":" value "}"

/* The draft after a command that must be good. */
static inline struct val command(struct studio *d, const char *person, const char *tenant,
                                 int64_t base, const char *text)
{
    struct val draft;
    struct edit *edit = sit(d, person, tenant);
    bool good = edit_command(edit, base, verbs(d, text), &draft, &why);
    for (size_t i = 0; !good && i < edit->issue_count; i++)
        print_error("%s %.*s %.*s\n", edit->issues[i].code,
                    STR_ARG(edit->issues[i].where), STR_ARG(edit->issues[i].text));
    GOOD(good);
    return draft;
}

static inline int64_t version(struct val draft)
{
    return val_as_int(val_get(draft, STR("version")), -1);
}

/* "code where; …" of a command that must be refused. */
static inline const char *refusal(struct studio *d, const char *person,
                                  const char *tenant, int64_t base, const char *text)
{
    struct val draft;
    struct buf out;
    struct edit *edit = sit(d, person, tenant);
    assert_false(edit_command(edit, base, verbs(d, text), &draft, &why));
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < edit->issue_count; i++)
        buf_format(&out, "%s%s %.*s", i ? "; " : "", edit->issues[i].code,
                   STR_ARG(edit->issues[i].where));
    const char *told = arena_str(d->stage.world.arena, buf_view(&out)).p;
    buf_done(&out);
    return told;
}

static inline struct val publish(struct studio *d, const char *person, const char *tenant,
                                 int64_t due_ms)
{
    struct val draft;
    struct val revision;
    struct edit *edit = sit(d, person, tenant);
    GOOD(edit_draft(edit, &draft, &why));
    struct edit_publishing what = { .version = version(draft),
                                    .reason = STR("because"),
                                    .due_ms = due_ms };
    GOOD(edit_publish(edit, &what, &revision, &why));
    return revision;
}

/* The verbs that are published, as text. */
static inline str published(struct studio *d, const char *tenant)
{
    struct val layer;
    GOOD(edit_layer(sit(d, "zhao", tenant), &layer, &why));
    return doc_text(d->stage.world.arena, val_get(layer, STR("verbs")), DOC_SORTED);
}

static inline str long_text(struct studio *d, size_t n)
{
    char *p = ARENA_ARRAY(d->stage.world.arena, char, n + 1);
    memset(p, 'x', n);
    p[n] = 0;
    return (str){ p, n };
}

/* `n` times `format` with its number, and a comma between. */

#define EDIT_TEST(test) cmocka_unit_test_setup_teardown(test, open_studio, close_studio)
