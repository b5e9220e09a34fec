/* The engine put together: every floor is opened here, lowest first, and closed in
 * reverse. */
#include "inside.h"

#include "picture/picture.h"
#include "theme/theme.h"

enum { STORE_LIMIT_GIB = 64 };

static void on_commit(void *watch, const struct commit *commit)
{
    watch_meet(watch, commit);
}

static void on_people(void *directory, const struct commit *commit)
{
    struct err err;
    if (!directory_meet(directory, commit, &err))
        log_event(LOG_ERROR, "directory.failed", "code=%s", err.code);
}

/* A failing component shows in the log once a card and ten seconds, not once a request.
 */
static void on_failure(void *data, const struct render_failure *f)
{
    struct arena *arena = arena_open();
    (void)data;
    log_event(LOG_WARN, "component.failed",
              "tenant=%.*s block=%.*s component=%.*s code=%s where=%s text=%s",
              STR_ARG(f->tenant), STR_ARG(f->block), STR_ARG(f->component), f->err->code,
              log_quote(arena, str_of(f->err->where)),
              log_quote(arena, str_of(f->err->text)));
    arena_close(arena);
}

static bool open_store(const struct engine_config *config, struct engine *e,
                       struct err *err)
{
    e->gate = package_gate_open();
    struct store_config store = { .dir = config->dir,
                                  .limit_bytes = config->limit_bytes
                                                     ? config->limit_bytes
                                                     : (size_t)STORE_LIMIT_GIB << 30,
                                  .unsafe_fast = config->unsafe_fast,
                                  .clock = config->clock,
                                  .gate = package_gate_check,
                                  .gate_data = e->gate };
    return store_open(&store, &e->store, err);
}

static bool define_all(struct store *store, struct err *err)
{
    return tenant_setup(store, err) && auth_setup(store, err) && audit_setup(store, err)
           && audience_setup(store, err) && picture_setup(store, err)
           && usage_setup(store, err) && package_setup(store, err)
           && theme_setup(store, err) && layout_setup(store, err)
           && edit_setup(store, err) && data_setup(store, err) && job_setup(store, err)
           && feed_setup(store, err);
}

static bool open_floors(const struct engine_config *config, struct engine *e,
                        struct err *err)
{
    e->watch = watch_open();
    store_observe(e->store, on_commit, e->watch);
    if (!directory_open(e->store, &e->directory, err) || !store_unmap(e->store, err))
        return false;
    store_observe(e->store, on_people, e->directory);
    e->usage = usage_open(e->store);
    e->auth = auth_open(e->store, config->clock);
    e->scopes = scopes_open(e->store, e->watch, config->clock);
    e->packages = packages_open();
    e->layouts = layouts_open(e->watch, e->packages);
    e->assets = assets_open(site_fields, site_field_count);
    struct render_config render = {
        .packages = e->packages,
        .layouts = e->layouts,
        .watch = e->watch,
        .libraries = bind_libraries,
        .push_context = bind_push_context,
        .fields = site_fields,
        .field_count = site_field_count,
        .script = assets_entry(e->assets, STR("workbench")),
        .cache_bytes = config->cache_bytes,
        .report = on_failure,
    };
    if (!auth_secret(e->store, STR("page-token"), render.token_key, err))
        return false;
    e->renderer = renderer_open(&render);
    e->data = data_open(&(struct data_config){
        .store = e->store, .packages = e->packages, .gate = e->gate });
    e->kinds[0] = (struct job_kind){ STR("script"), run_package_job, e };
    e->kinds[1] = (struct job_kind){ STR("feed"), feed_run_job, NULL };
    if (!feeds_open(&(struct feed_config){ .store = e->store,
                                           .scopes = e->scopes,
                                           .data = e->data,
                                           .libraries = bind_libraries,
                                           .sources = config->sources,
                                           .dir = config->dir },
                    &e->feeds, err))
        return false;
    e->kinds[1].data = e->feeds;
    if (!jobs_open(&(struct jobs_config){ .store = e->store,
                                          .clock = config->clock,
                                          .kinds = e->kinds,
                                          .kind_count = COUNT_OF(e->kinds) },
                   &e->jobs, err))
        return false;
    if (!actions_open(&(struct action_config){ .store = e->store,
                                               .scopes = e->scopes,
                                               .layouts = e->layouts,
                                               .watch = e->watch,
                                               .clock = config->clock,
                                               .libraries = bind_libraries,
                                               .push_context = bind_push_context },
                      &e->actions, err))
        return false;
    return editor_open(&(struct edit_config){ .store = e->store,
                                              .packages = e->packages,
                                              .directory = e->directory,
                                              .layouts = e->layouts },
                       &e->editor, err);
}

bool engine_open(const struct engine_config *config, struct engine *ret, struct err *err)
{
    *ret = (struct engine){ 0 };
    if (!crypt_init(err) || !open_store(config, ret, err) || !define_all(ret->store, err)
        || !open_floors(config, ret, err)) {
        engine_close(ret);
        return false;
    }
    return true;
}

void engine_close(struct engine *e)
{
    jobs_close(e->jobs);
    feeds_close(e->feeds);
    data_close(e->data);
    editor_close(e->editor);
    actions_close(e->actions);
    renderer_close(e->renderer);
    assets_close(e->assets);
    layouts_close(e->layouts);
    packages_close(e->packages);
    scopes_close(e->scopes);
    auth_close(e->auth);
    usage_close(e->usage);
    store_close(e->store);
    directory_close(e->directory);
    watch_close(e->watch);
    package_gate_close(e->gate);
}

bool bench_open(struct engine *engine, struct bench *ret, struct err *err)
{
    *ret = (struct bench){ .engine = engine, .arena = arena_open() };
    return render_worker_open(engine->renderer, &ret->render, err)
           && scope_worker_open(engine->scopes, &ret->scope, err);
}

void bench_close(struct bench *b)
{
    render_worker_close(b->render);
    scope_worker_close(b->scope);
    arena_close(b->arena);
}
