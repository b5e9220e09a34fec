/*
 * A stage for what renders: the small world with packages, layouts, a renderer, one
 * worker, and people who look. The home page stands in a layer of the group.
 */
#pragma once
#include "render/render.h"
#include "wares.h"

struct stage {
    struct world world;
    struct watch *watch;
    struct scopes *scopes;
    struct packages *packages;
    struct layouts *layouts;
    struct renderer *renderer;
    struct scope_worker *worker;
    struct render_worker *render;
    size_t failures; /* reported by the renderer … */
    char failed[64]; /* … the last one's code */
};

static inline void stage_on_commit(void *watch, const struct commit *commit)
{
    watch_meet(watch, commit);
}

static inline void stage_on_failure(void *data, const struct render_failure *failure)
{
    struct stage *s = data;
    s->failures++;
    snprintf(s->failed, sizeof s->failed, "%s", failure->err->code);
}

/* The collections a renderer looks at; the floors of theme and
 * audience say the same of theirs. */
static inline void stage_define(struct world *w)
{
    GOOD(crypt_init(&why));
    GOOD(auth_setup(w->store, &why));
    GOOD(package_setup(w->store, &why));
    GOOD(layout_setup(w->store, &why));
    GOOD(store_define(w->store, json(w, "{\"name\":\"audience\"}"), &why));
    GOOD(store_define(w->store, json(w, "{\"name\":\"theme\"}"), &why));
    GOOD(store_define(
        w->store,
        json(w,
             "{\"name\":\"task\",\"owner\":\"standard\",\"indexes\":[{\"name\":\"who\","
             "\"fields\":[\"who\",\"due\"]}]}"),
        &why));
}

static inline void stage_people(struct world *w)
{
    world_settle(w);
    put(w, CITY, "person", "{\"id\":\"wang\",\"name\":\"王芳\",\"specialty\":\"sales\"}");
    put(w, CITY, "person", "{\"id\":\"chen\",\"name\":\"陈\",\"specialty\":\"sales\"}");
    put(w, CITY, "person",
        "{\"id\":\"li\",\"name\":\"Li\",\"lang\":\"en\",\"specialty\":\"sales\"}");
    put(w, WEST, "person", "{\"id\":\"sun\",\"name\":\"孙\",\"specialty\":\"sales\"}");
}

static inline void stage_open(struct stage *s, const struct script_library *libraries,
                              void (*push_context)(lua_State *L, void *host))
{
    struct world *w = &s->world;
    *s = (struct stage){ .failures = 0 };
    world_open(w);
    stage_define(w);
    s->watch = watch_open();
    store_observe(w->store, stage_on_commit, s->watch);
    s->scopes = scopes_open(w->store, s->watch, &w->clock);
    s->packages = packages_open();
    s->layouts = layouts_open(s->watch, s->packages);
    s->renderer = renderer_open(&(struct render_config){ .packages = s->packages,
                                                         .layouts = s->layouts,
                                                         .watch = s->watch,
                                                         .libraries = libraries,
                                                         .push_context = push_context,
                                                         .cache_bytes = 4 << 20,
                                                         .report = stage_on_failure,
                                                         .report_data = s });
    GOOD(scope_worker_open(s->scopes, &s->worker, &why));
    GOOD(render_worker_open(s->renderer, &s->render, &why));
    stage_people(w);
    ware_install(w, GROUP, ware_host(w));
}

static inline void stage_close(struct stage *s)
{
    render_worker_close(s->render);
    scope_worker_close(s->worker);
    renderer_close(s->renderer);
    layouts_close(s->layouts);
    packages_close(s->packages);
    scopes_close(s->scopes);
    world_close(&s->world);
    watch_close(s->watch);
}

static inline struct scope stage_scope(struct stage *s, const char *tenant,
                                       const char *person)
{
    struct scope scope;
    GOOD(scope_open_as(s->worker, s->world.arena, str_of(tenant), str_of(person), &scope,
                       &why));
    scope.page = STR("home");
    return scope;
}

static inline struct layout *stage_layout(struct stage *s, struct scope *scope)
{
    struct layout *layout = NULL;
    GOOD(layout_find(s->layouts, scope, render_script_worker(s->render), STR("home"),
                     &layout, &why));
    return layout;
}

/* Installs the package "standard" and a home page with a block of each component. */
static inline void stage_furnish(struct stage *s, const char *print,
                                 const struct ware *files, size_t n)
{
    struct world *w = &s->world;
    str verbs = STR("{\"verb\":\"set\",\"block\":\"page\",\"at\":\"/title\",\"value\":"
                    "{\"zh\":\"工作台\",\"en\":\"Workbench\"}}");
    ware_install(w, GROUP, ware_package(w, "standard", print, files, n));
    for (size_t i = 0; i < n; i++) {
        str rest;
        str name = str_cut(str_of(files[i].path), '/', &rest);
        if (str_equal(rest, STR("component.lua")))
            verbs = arena_format(w->arena,
                                 "%.*s,{\"verb\":\"add\",\"block\":\"%.*s\","
                                 "\"component\":\"%.*s\",\"into\":\"main\"}",
                                 STR_ARG(verbs), STR_ARG(name), STR_ARG(name));
    }
    put(w, GROUP, "layer",
        arena_format(w->arena, "{\"id\":\"home\",\"page\":\"home\",\"verbs\":[%.*s]}",
                     STR_ARG(verbs))
            .p);
}
