/* pinban serve: the server, from the first line on the terminal to the last. */
#include "inside.h"

#include "studio/studio.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    DEFAULT_PORT = 8080,
    DEFAULT_CACHE_MIB = 96,
    MAX_CACHE_MIB = 1 << 20,
    MAX_THREADS = 256,
    SLOW_THREADS = 16,
    MAX_CONNECTIONS = 19000,
    MAX_STREAMS = 18500, /* of them: pages need some, too */
    BEATS_A_SECOND = 10, /* looks at a folder that is watched */
};

#define DEMO_PASSWORD "pinban-demo"

struct serving {
    struct args args;
    const char *dir; /* of the data */
    int64_t port;
    int64_t threads;
    struct engine engine;
    struct bench bench;
    struct door *door;
    struct live *live;
    struct site *site;
    struct desk *desk;
    struct studio *studio;
    struct http_server *server;
    struct backups *backups;
    const char *stage_failed; /* the code that was logged last */
    struct val demo;          /* of demo.json, with the password; absent without --demo */
};

static bool read_demo(struct serving *s, const char *dir, struct err *err)
{
    str text =
        read_file(s->bench.arena, arena_format(s->bench.arena, "%s/demo.json", dir).p);
    if (!text.p || !doc_parse(s->bench.arena, text, &s->demo, err))
        return err_set(err, ERR_INPUT, "serve.demo", "cannot read %s/demo.json", dir);
    s->demo =
        val_with(s->bench.arena, s->demo, STR("password"), val_str(STR(DEMO_PASSWORD)));
    return true;
}

/* An empty store gets the demo; a store that has units gets the packages of this program.
 */
static bool fill(struct serving *s, struct err *err)
{
    store_space root;
    struct import_counts counts;
    struct val packages;
    str dir = arena_format(s->bench.arena, "%s/tenants/demo", home_dir());
    bool demo = args_flag(&s->args, "demo");
    if (!root_space(&s->bench, &root, err) || (demo && !read_demo(s, dir.p, err)))
        return false;
    if (root)
        return prepare_home(&s->bench, &packages, err)
               && install_packages(&s->bench, root, packages, err);
    if (!demo)
        return true;
    fprintf(stderr, "bringing in the demo organisation …\n");
    return import_folder(&s->bench, dir.p, STR(DEMO_PASSWORD), &counts, err);
}

static void say_where(const struct serving *s, const char *address)
{
    printf("\n  拼板 Pinban  http://%s:%u/\n", address, http_port(s->server));
    struct val featured = val_get(s->demo, STR("featured"));
    if (val_count(featured))
        printf("\n  演示账号 demo people (密码 password: %s)\n", DEMO_PASSWORD);
    for (size_t i = 0; i < val_count(featured); i++) {
        struct val who = val_at(featured, i);
        struct val why = val_get(who, STR("why"));
        printf("    %-14.*s %.*s · %.*s\n", STR_ARG(val_get_text(who, STR("login"))),
               STR_ARG(val_get_text(why, STR("zh"))),
               STR_ARG(val_get_text(why, STR("en"))));
    }
    printf("\n");
    fflush(stdout);
}

/* ---- pages and JSON ---- */

static void *open_worker(void *data)
{
    struct serving *s = data;
    return door_worker_open(s->engine.scopes, s->engine.renderer);
}

static void close_worker(void *worker)
{
    door_worker_close(worker);
}

static void handle(void *data, void *worker, struct http_request *request)
{
    struct serving *s = data;
    if (desk_takes(request->path))
        desk_handle(s->desk, worker, request);
    else if (studio_takes(request->path))
        studio_handle(s->studio, worker, request);
    else
        site_handle(s->site, worker, request);
}

static size_t body_limit(void *data, str method, str path)
{
    (void)data;
    return desk_body_limit(method, path);
}

static bool parks(void *data, str method, str path)
{
    (void)data;
    return site_parks(method, path);
}

static bool open_edges(struct serving *s, struct err *err)
{
    s->door = door_open();
    if (!live_open(&(struct live_config){ .renderer = s->engine.renderer,
                                          .scopes = s->engine.scopes,
                                          .watch = s->engine.watch,
                                          .clock = &clock_system,
                                          .max_streams = MAX_STREAMS },
                   &s->live, err))
        return false;
    s->site = site_open(&(struct site_config){ .renderer = s->engine.renderer,
                                               .assets = s->engine.assets,
                                               .layouts = s->engine.layouts,
                                               .scopes = s->engine.scopes,
                                               .auth = s->engine.auth,
                                               .actions = s->engine.actions,
                                               .door = s->door,
                                               .live = s->live,
                                               .usage = s->engine.usage,
                                               .secure = args_flag(&s->args, "secure"),
                                               .demo = s->demo });
    s->studio = studio_open(
        &(struct studio_config){ .editor = s->engine.editor,
                                 .door = s->door,
                                 .watch = s->engine.watch,
                                 .assets = s->engine.assets,
                                 .secure = args_flag(&s->args, "secure"),
                                 .watching = args_option(&s->args, "watch", NULL),
                                 .example = example_render });
    return desk_open(&(struct desk_config){ .editor = s->engine.editor,
                                            .layouts = s->engine.layouts,
                                            .data = s->engine.data,
                                            .store = s->engine.store,
                                            .feeds = s->engine.feeds,
                                            .packages = s->engine.packages,
                                            .directory = s->engine.directory,
                                            .live = s->live,
                                            .assets = s->engine.assets,
                                            .actions = s->engine.actions,
                                            .door = s->door },
                     &s->desk, err);
}

static bool start(struct serving *s, struct err *err)
{
    const char *address = args_option(&s->args, "address", "127.0.0.1");
    if (!open_edges(s, err) || !plan_package_jobs(&s->engine, err)
        || !jobs_start(s->engine.jobs, err))
        return false;
    struct http_config http = { .address = address,
                                .port = (uint16_t)s->port,
                                .proxy = args_option(&s->args, "proxy", NULL),
                                .threads = (unsigned)s->threads,
                                .slow_threads = SLOW_THREADS,
                                .max_body = LIMIT_BODY_BYTES,
                                .body_limit = body_limit,
                                .parks = parks,
                                .max_connections = MAX_CONNECTIONS,
                                .fields = site_fields,
                                .field_count = site_field_count,
                                .app = s,
                                .handle = handle,
                                .worker_open = open_worker,
                                .worker_close = close_worker };
    if (!http_open(&http, &s->server, err)
        || !backups_open(s->engine.store, s->dir, &s->backups, err))
        return false;
    site_set_server(s->site, s->server);
    say_where(s, address);
    return true;
}

/* Also right after the start: what became due while nobody served. */
static void publish_due(struct serving *s)
{
    struct err err;
    size_t n;
    if (!edit_publish_due(s->engine.editor, clock_now(&clock_system), &n, &err))
        log_event(LOG_ERROR, "timetable.failed", "code=%s", err.code);
    if (n)
        log_event(LOG_INFO, "timetable.published", "revisions=%zu", n);
}

static void halt_failing(struct serving *s)
{
    struct err err;
    size_t n;
    bool good = edit_halt_failing(s->engine.editor, &n, &err);
    const char *code = good ? "" : err.code;
    if (!good && (!s->stage_failed || strcmp(code, s->stage_failed) != 0))
        log_event(LOG_ERROR, "stage.failed", "code=%s", code);
    s->stage_failed = code;
    if (n)
        log_event(LOG_WARN, "stage.halted", "revisions=%zu", n);
}

/* At the end, too. */
static void write_usage(struct serving *s)
{
    struct err err;
    size_t lost;
    if (!usage_write(s->engine.usage, clock_now(&clock_system), &lost, &err))
        log_event(LOG_ERROR, "usage.failed", "code=%s", err.code);
    if (lost)
        log_event(LOG_WARN, "usage.lost", "notes=%zu", lost);
}

static void wait_for_end(struct serving *s)
{
    static const struct timespec beat = { .tv_nsec = 1000000000L / BEATS_A_SECOND };
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    struct following following = { .bench = &s->bench,
                                   .dir = args_option(&s->args, "watch", NULL),
                                   .studio = s->studio };
    unsigned beats = 0;
    do {
        if (beats++ % BEATS_A_SECOND == 0) {
            publish_due(s);
            halt_failing(s);
            if (usage_is_due(s->engine.usage, clock_now(&clock_system)))
                write_usage(s);
        }
        if (following.dir)
            follow_folder(&following);
    } while (sigtimedwait(&ends, NULL, &beat) < 0);
}

/* The signals are taken by sigwait; threads started later inherit that they are blocked.
 */
static void block_signals(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve(struct serving *s)
{
    struct err err;
    if (!bench_open(&s->engine, &s->bench, &err) || !fill(s, &err) || !start(s, &err)) {
        print_error(&err);
        return exit_of(&err);
    }
    log_event(LOG_INFO, "server.started", "port=%u", http_port(s->server));
    wait_for_end(s);
    log_event(LOG_INFO, "server.stopping", "port=%u", http_port(s->server));
    return EXIT_DONE;
}

int command_serve(int argc, char **argv)
{
    struct serving s = { .demo = VAL_ABSENT };
    struct engine_config config = { .clock = &clock_system };
    struct err err;
    int64_t cache_mib;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!args_read(&s.args, "serve", argc, argv,
                   "data store-mib port address proxy threads cache-mib log sources "
                   "watch",
                   "demo secure")
        || !args_store(&s.args, &config)
        || !args_number(&s.args, "port", DEFAULT_PORT, 0, UINT16_MAX, &s.port)
        || !args_number(&s.args, "threads", cores > 0 ? cores : 1, 1, MAX_THREADS,
                        &s.threads)
        || !args_number(&s.args, "cache-mib", DEFAULT_CACHE_MIB, 0, MAX_CACHE_MIB,
                        &cache_mib))
        return EXIT_USAGE;
    block_signals();
    s.dir = config.dir;
    if (strcmp(args_option(&s.args, "log", "info"), "debug") == 0)
        log_set_level(LOG_DEBUG);
    config.sources = str_of(args_option(&s.args, "sources", ""));
    config.cache_bytes = (size_t)cache_mib << 20;
    if (!engine_open(&config, &s.engine, &err)) {
        print_error(&err);
        return exit_of(&err);
    }
    int code = serve(&s);
    backups_close(s.backups);
    http_close(s.server);
    write_usage(&s);
    live_close(s.live);
    site_close(s.site);
    desk_close(s.desk);
    studio_close(s.studio);
    door_close(s.door);
    bench_close(&s.bench);
    engine_close(&s.engine);
    return code;
}
