/*
 * A fragment is looked up by its block's key and by those sides of the viewer that its
 * block is known to look at. What a block looks at is learned: each rendering may add a
 * side, never take one away, so a fragment found under a key was made looking at nothing
 * the key does not say.
 */
#include "inside.h"

/* A failed card is tried again after this long. */
enum { FAILURE_MS = 10000 };

struct making {
    struct render_worker *worker;
    struct scope *scope;
    struct block *block;
    struct parts *parts;
    int depth;
    const struct err *failed; /* once it did; in the scope's arena */
};

/* ---- parts ---- */

void parts_add(struct parts *parts, struct arena *arena, struct cached *part)
{
    if (parts->n == parts->cap) {
        size_t cap = parts->cap ? parts->cap * 2 : 16;
        struct cached **grown = arena_alloc(arena, cap * sizeof(struct cached *));
        if (parts->n)
            memcpy(grown, parts->items, parts->n * sizeof(struct cached *));
        parts->items = grown;
        parts->cap = cap;
    }
    parts->items[parts->n++] = cached_hold(part);
}

void parts_drop(struct parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        cached_drop(parts->items[i]);
    parts->n = 0;
}

/* ---- one block's own HTML ---- */

static enum view_lang lang_of(const struct scope *scope)
{
    return scope->viewer && scope->viewer->lang == SCOPE_EN ? VIEW_EN : VIEW_ZH;
}

static void open_block(struct scope *scope, struct buf *out, const struct block *block)
{
    buf_str(out, block->open);
    if (!block->is_new)
        return;
    scope_note(scope, VARY_LANG);
    buf_format(out, "<p class=\"new-mark\">%s</p>",
               lang_of(scope) == VIEW_EN ? "New" : "新");
}

static void close_block(struct buf *out)
{
    buf_str(out, STR("</div>"));
}

static void report(struct making *m, const struct err *err)
{
    const struct render_config *config = &m->worker->renderer->config;
    struct render_failure failure = {
        .tenant = m->scope->viewer ? tenant_of(&m->scope->viewer->path)->id : STR(""),
        .block = m->block->id,
        .component = m->block->ref,
        .err = err,
    };
    __atomic_add_fetch(&m->worker->renderer->failed, 1, __ATOMIC_RELAXED);
    if (config->report)
        config->report(config->report_data, &failure);
}

/* What a person sees instead of a card that cannot be shown. Words of our own: the card's
 * package may be what is missing. */
static void put_state(struct making *m, struct buf *out, const struct err *err)
{
    bool forbidden = err->kind == ERR_FORBIDDEN;
    bool en = lang_of(m->scope) == VIEW_EN;
    str text = forbidden ? (en ? STR("You may not see this card")
                               : STR("您没有查看此卡片的权限"))
                         : (en ? STR("This card cannot be shown right now")
                               : STR("这张卡片暂时无法显示"));
    scope_note(m->scope, VARY_LANG);
    buf_format(
        out,
        "<section class=\"card state state-%s\" role=\"status\"><p>%.*s</p></section>",
        forbidden ? "forbidden" : "error", STR_ARG(text));
}

static void note_view(struct scope *scope, unsigned used)
{
    if (used & VIEW_USED_MINUTE)
        scope_now(scope, SCOPE_MINUTE);
    if (used & VIEW_USED_DAY)
        scope_now(scope, SCOPE_DAY);
    scope_note(scope, (used & VIEW_USED_ZONE ? VARY_ZONE : 0u)
                          | (used & VIEW_USED_LANG ? VARY_LANG : 0u)
                          | (used & VIEW_USED_PAGE ? VARY_PAGE : 0u));
}

static bool run_view(struct making *m, struct val model, struct buf *out,
                     struct view_run *run, struct err *err)
{
    struct scope *scope = m->scope;
    struct view *view = m->block->component->views[lang_of(scope)];
    if (!view)
        return err_set(err, ERR_INPUT, "render.view", "the component has no view.html");
    struct view_hole *holes = run->holes;
    *run = (struct view_run){ .holes = holes,
                              .model = model,
                              .props = m->block->props,
                              .block = m->block->id,
                              .page = scope->page,
                              .now_ms = scope->now_ms,
                              .offset_min = scope_offset_min(scope),
                              .arena = scope->arena };
    bool good = view_run(view, run, out, err);
    note_view(scope, run->used);
    return good;
}

/* Appends what the component shows. */
static bool attempt(struct making *m, struct buf *out, struct view_run *run,
                    struct err *err)
{
    struct val model;
    size_t max = out->max;
    if (m->block->broken) {
        *err = *m->block->broken;
        return false;
    }
    out->max = out->n + LIMIT_FRAGMENT_BYTES < max ? out->n + LIMIT_FRAGMENT_BYTES : max;
    bool good = load_run(m->worker, m->scope, m->block, &model, err)
                && run_view(m, model, out, run, err);
    out->max = max;
    return good;
}

/* A card that says so instead, tried again after a while. */
static void give_up(struct making *m, size_t inner, struct buf *out,
                    const struct err *err)
{
    int64_t until = m->scope->now_ms + FAILURE_MS;
    out->n = inner;
    out->full = false;
    put_state(m, out, err);
    report(m, err);
    if (m->scope->seen && (!m->scope->seen->until_ms || until < m->scope->seen->until_ms))
        m->scope->seen->until_ms = until;
}

static const struct err *remember(struct making *m, const struct err *err)
{
    struct err *copy = arena_alloc(m->scope->arena, sizeof *copy);
    *copy = *err;
    return copy;
}

/* The block is shown, or a card that says it failed; an editor is told why. */
static void count(struct making *m, const struct err *failed, str text)
{
    struct canvas *canvas = m->worker->canvas;
    layout_count(m->block, failed ? failed->code : NULL, text);
    if (!failed || !canvas)
        return;
    struct failed_block *told = arena_alloc(m->scope->arena, sizeof *told);
    *told = (struct failed_block){ canvas->failed, m->block, *failed };
    canvas->failed = told;
}

/* Appends the block without the blocks inside it. */
static void make(struct making *m, struct buf *out, struct view_run *run)
{
    struct err err;
    size_t start = out->n;
    m->failed = NULL;
    open_block(m->scope, out, m->block);
    size_t inner = out->n;
    bool good = attempt(m, out, run, &err);
    if (!good) {
        run->hole_count = 0;
        m->failed = remember(m, &err);
        give_up(m, inner, out, &err);
    }
    count(m, m->failed, good ? STR("") : str_of(err.text));
    close_block(out);
    for (size_t i = 0; i < run->hole_count; i++)
        run->holes[i].at -= start;
    __atomic_add_fetch(&m->worker->renderer->rendered, 1, __ATOMIC_RELAXED);
}

/* ---- keys ---- */

/* Empty when the viewer's sides do not fit, or the time is not everybody's: then nothing
 * is kept, rather than a key cut short or what others would take for the present. */
static str key_of(const struct scope *scope, const struct block *block, unsigned vary,
                  char room[CACHE_MAX_KEY])
{
    struct buf key = { .p = room, .cap = CACHE_MAX_KEY, .max = CACHE_MAX_KEY };
    buf_add(&key, block->key, sizeof block->key);
    scope_key(scope, vary, &key);
    return key.full || scope->is_elsewhen ? STR("") : buf_view(&key);
}

str render_key(const struct scope *scope, const struct block *block,
               char room[CACHE_MAX_KEY])
{
    return key_of(scope, block, __atomic_load_n(&block->vary, __ATOMIC_RELAXED), room);
}

/* ---- keeping ---- */

static void fragment_free(struct cached *self)
{
    mem_free(self);
}

static uint64_t hash_of(str html)
{
    uint64_t hash = str_fingerprint(html, 0) & RENDER_HASH_MASK;
    return hash ? hash : 1;
}

/* One allocation: the head, the holes, why it failed, the key, the holes' names, the
 * HTML. */
static struct fragment *fragment_new(str key, str html, const struct view_run *run,
                                     const struct err *failed)
{
    size_t names = 0;
    for (size_t i = 0; i < run->hole_count; i++)
        names += run->holes[i].region.n;
    size_t size = sizeof(struct fragment) + run->hole_count * sizeof(struct view_hole)
                  + (failed ? sizeof *failed : 0) + key.n + names + html.n;
    struct fragment *f = mem_alloc(size);
    memset(f, 0, sizeof *f);
    f->head.free = fragment_free;
    f->head.size = size + 160; /* its links in the watch */
    f->holes = (struct view_hole *)(f + 1);
    f->hole_count = run->hole_count;
    char *at = (char *)(f->holes + run->hole_count);
    if (failed) {
        f->failed = memcpy(at, failed, sizeof *failed);
        at += sizeof *failed;
    }
    f->head.key_room = at;
    at += key.n;
    for (size_t i = 0; i < run->hole_count; i++) {
        str name = run->holes[i].region;
        memcpy(at, name.p, name.n);
        f->holes[i] = (struct view_hole){ run->holes[i].at, { at, name.n } };
        at += name.n;
    }
    memcpy(at, html.p, html.n);
    f->html = (str){ at, html.n };
    f->hash = hash_of(html);
    return f;
}

static str learn_key(struct making *m, const struct seen *seen, char room[CACHE_MAX_KEY])
{
    unsigned vary = __atomic_or_fetch(&m->block->vary, seen->vary, __ATOMIC_RELAXED);
    return key_of(m->scope, m->block, vary, room);
}

static void keep(struct making *m, const struct seen *seen, str html,
                 const struct view_run *run)
{
    char room[CACHE_MAX_KEY];
    struct cache *cache = m->worker->renderer->fragments;
    str key = learn_key(m, seen, room);
    if (!cache_wants(cache, key, html.n)) {
        if (m->parts)
            m->parts->broken = true;
        return;
    }
    struct fragment *f = fragment_new(key, html, run, m->failed);
    f->head.until_ms = seen->until_ms;
    bool kept = cache_offer(cache, key, &f->head, &seen->reads, scope_revision(m->scope));
    if (m->parts && kept)
        parts_add(m->parts, m->scope->arena, &f->head);
    else if (m->parts)
        m->parts->broken = true;
    cached_drop(&f->head);
}

/* ---- the blocks inside ---- */

static void note_hash(struct making *m, uint64_t hash)
{
    if (m->parts)
        m->parts->state.hashes[m->block->number] = hash;
}

static void put_region(struct making *m, str name, struct buf *out)
{
    const struct region *region =
        layout_region(m->block->regions, m->block->region_count, name);
    if (m->worker->canvas)
        mark_region(m->scope, m->block->id, region, name, out);
    if (region)
        fragments_put(m->worker, m->scope, region->blocks, region->n, out, m->parts,
                      m->depth + 1);
}

static void put_with_holes(struct making *m, str html, const struct view_hole *holes,
                           size_t n, struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        buf_add(out, html.p + from, holes[i].at - from);
        put_region(m, holes[i].region, out);
        from = holes[i].at;
    }
    buf_add(out, html.p + from, html.n - from);
}

/* ---- the whole ---- */

/* A block whose view opens regions is made apart, because its HTML is cut where they
 * stand. */
static void put_fresh(struct making *m, struct buf *out)
{
    struct seen *outer = m->scope->seen;
    struct seen seen = { .reads = { .arena = m->scope->arena } };
    struct view_hole holes[VIEW_MAX_HOLES];
    struct view_run run = { .holes = holes };
    size_t start = out->n;
    m->scope->seen = &seen;
    make(m, out, &run);
    m->scope->seen = outer;
    str html = { out->p + start, out->n - start };
    keep(m, &seen, html, &run);
    if (m->parts)
        note_hash(m, hash_of(html));
    if (!run.hole_count || out->full)
        return;
    str apart = arena_str(m->scope->arena, html);
    out->n = start;
    put_with_holes(m, apart, run.holes, run.hole_count, out);
}

static void put_known(struct making *m, struct fragment *f, struct buf *out)
{
    count(m, f->failed, STR(""));
    if (m->parts && !m->parts->broken)
        parts_add(m->parts, m->scope->arena, &f->head);
    note_hash(m, f->hash);
    put_with_holes(m, f->html, f->holes, f->hole_count, out);
    cached_drop(&f->head);
}

/* Not more than can be looked for at once. */
static void put_some(struct making *m, struct block *const *blocks, size_t n,
                     struct buf *out)
{
    char rooms[CACHE_MAX_FIND][CACHE_MAX_KEY];
    str keys[CACHE_MAX_FIND];
    struct cached *known[CACHE_MAX_FIND];
    for (size_t i = 0; i < n; i++) {
        m->block = blocks[i];
        keys[i] = render_key(m->scope, m->block, rooms[i]);
    }
    cache_find_all(m->worker->renderer->fragments, keys, n, m->scope->now_ms, known);
    for (size_t i = 0; i < n; i++) {
        if (known[i])
            prefetch_bytes(((struct fragment *)known[i])->html);
    }
    for (size_t i = 0; i < n; i++) {
        m->block = blocks[i];
        if (known[i])
            put_known(m, (struct fragment *)known[i], out);
        else
            put_fresh(m, out);
    }
}

void fragments_put(struct render_worker *worker, struct scope *scope,
                   struct block *const *blocks, size_t n, struct buf *out,
                   struct parts *parts, int depth)
{
    struct making m = {
        .worker = worker, .scope = scope, .parts = parts, .depth = depth
    };
    if (depth > LIMIT_PAGE_DEPTH)
        return;
    for (size_t i = 0; i < n; i += CACHE_MAX_FIND)
        put_some(&m, blocks + i, n - i < CACHE_MAX_FIND ? n - i : CACHE_MAX_FIND, out);
}

/* A fragment made alone is wanted by whoever asked: it is watched, though nobody asked
 * before. */
static struct fragment *make_alone(struct making *m)
{
    char room[CACHE_MAX_KEY];
    struct cache *cache = m->worker->renderer->fragments;
    struct seen *outer = m->scope->seen;
    struct seen seen = { .reads = { .arena = m->scope->arena } };
    struct view_hole holes[VIEW_MAX_HOLES];
    struct view_run run = { .holes = holes };
    struct buf *out = &m->worker->piece;
    buf_clear(out);
    m->scope->seen = &seen;
    make(m, out, &run);
    m->scope->seen = outer;
    str key = learn_key(m, &seen, room);
    struct fragment *f = fragment_new(key, buf_view(out), &run, m->failed);
    f->head.until_ms = seen.until_ms;
    f->head.refs = 1;
    if (cache_wants(cache, key, f->html.n))
        cache_offer(cache, key, &f->head, &seen.reads, scope_revision(m->scope));
    else
        cache_watch(cache, &f->head, &seen.reads, scope_revision(m->scope));
    return f;
}

struct fragment *render_fragment(struct render_worker *worker, struct scope *scope,
                                 struct block *block)
{
    struct making m = { .worker = worker, .scope = scope, .block = block };
    char room[CACHE_MAX_KEY];
    str key = render_key(scope, block, room);
    struct cached *known = cache_find(worker->renderer->fragments, key, scope->now_ms);
    return known ? (struct fragment *)known : make_alone(&m);
}

void render_block(struct render_worker *worker, struct scope *scope, struct block *block,
                  struct buf *out)
{
    fragments_put(worker, scope, &block, 1, out, NULL, 0);
}

bool render_try(struct render_worker *worker, struct scope *scope, struct block *block,
                struct buf *out, struct err *err)
{
    struct making m = { .worker = worker, .scope = scope, .block = block };
    struct view_run run = { .holes = NULL };
    open_block(scope, out, block);
    bool good = attempt(&m, out, &run, err);
    close_block(out);
    return good;
}

bool render_model(struct render_worker *worker, struct scope *scope,
                  const struct block *block, struct val *ret, struct err *err)
{
    if (block->broken) {
        *err = *block->broken;
        return false;
    }
    return load_run(worker, scope, block, ret, err);
}
