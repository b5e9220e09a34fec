/* The renderer and what each of its threads has. */
#include "inside.h"

enum { SHEETS_MAX_BYTES = 16 << 20 };

struct renderer *renderer_open(const struct render_config *config)
{
    struct renderer *r = mem_zero(sizeof *r);
    struct cache_config half = { .watch = config->watch,
                                 .max_bytes = config->cache_bytes / 2,
                                 .doorkeeper = true };
    r->config = *config;
    r->fragments = cache_open(&half);
    r->pages = cache_open(&half);
    r->sheets = cache_open(
        &(struct cache_config){ .watch = config->watch, .max_bytes = SHEETS_MAX_BYTES });
    return r;
}

/* Pages hold fragments, so they go first. */
void renderer_close(struct renderer *r)
{
    if (!r)
        return;
    cache_close(r->pages);
    cache_close(r->fragments);
    cache_close(r->sheets);
    mem_free(r);
}

bool render_worker_open(struct renderer *renderer, struct render_worker **ret,
                        struct err *err)
{
    struct render_worker *w = mem_zero(sizeof *w);
    w->renderer = renderer;
    buf_init(&w->out, LIMIT_PAGE_BYTES);
    buf_init(&w->piece, LIMIT_FRAGMENT_BYTES + 4096);
    if (!script_worker_open(renderer->config.libraries, &w->scripts, err)) {
        mem_free(w);
        return false;
    }
    *ret = w;
    return true;
}

void render_worker_close(struct render_worker *w)
{
    if (!w)
        return;
    script_worker_close(w->scripts);
    buf_done(&w->out);
    buf_done(&w->piece);
    mem_free(w);
}

struct script_worker *render_script_worker(struct render_worker *worker)
{
    return worker->scripts;
}

struct render_counts render_count(struct renderer *r)
{
    return (struct render_counts){
        .fragments = cache_count(r->fragments),
        .pages = cache_count(r->pages),
        .rendered = __atomic_load_n(&r->rendered, __ATOMIC_RELAXED),
        .failed = __atomic_load_n(&r->failed, __ATOMIC_RELAXED),
    };
}
