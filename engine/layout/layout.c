/* Pages, made once for each kind of viewer and kept. */
#include "inside.h"

enum { LAYOUTS_MAX_BYTES = 64 << 20 };

extern const unsigned char layout_collections_json[];
extern const size_t layout_collections_json_size;

bool layout_setup(struct store *store, struct err *err)
{
    return store_define_all(
        store,
        (str){ (const char *)layout_collections_json, layout_collections_json_size },
        err);
}

bool layout_is_name(str name, size_t most)
{
    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '-'
            && ch != '_')
            return false;
    }
    return name.n > 0 && name.n <= most;
}

struct layouts *layouts_open(struct watch *watch, struct packages *packages)
{
    struct layouts *layouts = mem_zero(sizeof *layouts);
    layouts->packages = packages;
    pthread_mutex_init(&layouts->lock, NULL);
    layouts->kept = cache_open(
        &(struct cache_config){ .watch = watch, .max_bytes = LAYOUTS_MAX_BYTES });
    return layouts;
}

void layouts_close(struct layouts *layouts)
{
    if (!layouts)
        return;
    cache_close(layouts->kept);
    tallies_close(layouts);
    mem_free(layouts);
}

struct cache_counts layouts_count(struct layouts *layouts)
{
    return cache_count(layouts->kept);
}

const struct region *layout_region(const struct region *regions, size_t n, str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_equal(regions[i].name, name))
            return &regions[i];
    }
    return NULL;
}

const struct region *layout_region_at(const struct layout *layout, str path)
{
    str name;
    str owner = str_cut(path, '/', &name);
    if (!name.p)
        return layout_region(layout->regions, layout->region_count, path);
    const struct block *block = layout_block(layout, owner);
    return block ? layout_region(block->regions, block->region_count, name) : NULL;
}

static const struct block *block_in(const struct region *regions, size_t n, str id)
{
    const struct block *found = NULL;
    for (size_t i = 0; !found && i < n; i++) {
        for (size_t k = 0; !found && k < regions[i].n; k++) {
            const struct block *block = regions[i].blocks[k];
            found = str_equal(block->id, id)
                        ? block
                        : block_in(block->regions, block->region_count, id);
        }
    }
    return found;
}

const struct block *layout_block(const struct layout *layout, str id)
{
    for (size_t i = 0; i < layout->put_away_count; i++) {
        if (str_equal(layout->put_away[i]->id, id))
            return layout->put_away[i];
    }
    return layout_shown_block(layout, id);
}

const struct block *layout_shown_block(const struct layout *layout, str id)
{
    return block_in(layout->regions, layout->region_count, id);
}

/* ---- making and keeping ---- */

str kept_key(struct buf *room, enum kept_kind kind, const struct tenant_path *path,
             str specialty, str page)
{
    store_space space = tenant_of(path)->space;
    buf_char(room, (char)kind);
    buf_add(room, &space, sizeof space);
    buf_part(room, specialty);
    buf_part(room, page);
    return room->full ? STR("") : buf_view(room);
}

/* Equal for all who see the same: of one unit and specialty, in the same audiences and
 * stages. Who arranged the page has one of her own. */
static str layout_key(const struct viewing *v, struct buf *room)
{
    const struct viewer *viewer = v->scope->viewer;
    kept_key(room, KEPT_PAGE, &viewer->path, viewer->specialty, v->page);
    buf_part(room, val_exists(v->own) ? viewer->person_id : STR(""));
    buf_add(room, v->guest.bits, (v->audiences->n + 7) / 8);
    if (v->audiences->stage_count)
        buf_add(room, &v->guest.staged, sizeof v->guest.staged);
    return room->full ? STR("") : buf_view(room);
}

/* What is her own is looked up once more, for the layout to remember. */
static bool add_own(const struct viewing *v, struct stack *stack, struct reads *reads,
                    struct err *err)
{
    struct val own;
    if (!val_exists(v->own))
        return true;
    if (!arrangement_read(v->snap, v->scope->viewer->person_id, v->page, v->scope->arena,
                          reads, &own, err))
        return false;
    stack_add_own(v, stack, val_get(own, STR("verbs")));
    return true;
}

static bool bind_layout(const struct viewing *v, struct reads *reads, struct layout **ret,
                        struct err *err)
{
    struct stack stack;
    struct resolved resolved;
    if (!stack_read(v, reads, &stack, err) || !add_own(v, &stack, reads, err))
        return false;
    stack_resolve(v, &stack, &resolved);
    return layout_bind(v, &stack, &resolved, reads, ret, err);
}

static bool make_layout(struct viewing *v, struct reads *reads, struct layout **ret,
                        struct err *err)
{
    const struct viewer *viewer = v->scope->viewer;
    if (!look_find(v->layouts, v->scope, &viewer->path, viewer->specialty, &v->look, err))
        return false;
    bool good = bind_layout(v, reads, ret, err);
    cached_drop(&v->look->head);
    return good;
}

static bool find_layout(struct viewing *v, struct layout **ret, struct err *err)
{
    char bytes[CACHE_MAX_KEY];
    struct buf room = { .p = bytes, .cap = sizeof bytes, .max = sizeof bytes };
    struct reads reads = { .arena = v->scope->arena };
    str key = layout_key(v, &room);
    *ret = (struct layout *)cache_find(v->layouts->kept, key, v->scope->now_ms);
    if (*ret)
        return true;
    if (!make_layout(v, &reads, ret, err))
        return false;
    cache_offer(v->layouts->kept, key, &(*ret)->head, &reads, v->revision);
    return true;
}

/* Also that she has none is noted: a page must follow the first. */
static bool read_own(struct viewing *v, struct err *err)
{
    scope_note(v->scope, VARY_ACTOR);
    return arrangement_read(v->snap, v->scope->viewer->person_id, v->page,
                            v->scope->arena,
                            v->scope->seen ? &v->scope->seen->reads : NULL, &v->own, err);
}

static bool find_own(struct viewing *v, struct layout **ret, struct err *err)
{
    struct layout *shared = *ret;
    bool good = read_own(v, err);
    if (good && !val_exists(v->own))
        return true;
    good = good && find_layout(v, ret, err);
    cached_drop(&shared->head);
    return good;
}

bool layout_find(struct layouts *layouts, struct scope *scope,
                 struct script_worker *worker, str page, struct layout **ret,
                 struct err *err)
{
    struct viewing v = {
        .layouts = layouts, .scope = scope, .worker = worker, .page = page
    };
    if (!viewing_open(&v, err))
        return false;
    bool good =
        find_layout(&v, ret, err) && (!(*ret)->is_arrangeable || find_own(&v, ret, err));
    viewing_close(&v);
    return good;
}
