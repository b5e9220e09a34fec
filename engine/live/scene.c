/* Frames and fragments as live knows them: shared by those who show them. */
#include "inside.h"

static const struct reads nothing = { 0 };

/* ---- frames ---- */

static void list_blocks(struct scene *scene, const struct region *regions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < regions[i].n; k++) {
            struct block *block = regions[i].blocks[k];
            scene->blocks[block->number] = block;
            list_blocks(scene, block->regions, block->region_count);
        }
    }
}

/* Takes the frame over. */
static struct scene *scene_new(struct live *live, struct frame *frame)
{
    struct scene *scene = mem_zero(sizeof *scene);
    struct layout *layout = frame->layout;
    struct cached *const objects[] = { &layout->head, &frame->sheet->head };
    scene->key[0] = layout;
    scene->key[1] = frame->sheet;
    str key = { (const char *)scene->key, sizeof scene->key };
    scene->frame = *frame;
    scene->frame.title = STR("");
    scene->blocks = mem_zero((layout->block_count + 1) * sizeof(struct block *));
    list_blocks(scene, layout->regions, layout->region_count);
    source_add(&live->sources, &scene->source, SOURCE_SCENE, key);
    source_follow(&live->sources, &scene->source, objects, 2, &nothing, UINT64_MAX);
    return scene;
}

static void scene_drop(struct live *live, struct scene *scene)
{
    if (scene->views)
        return;
    source_remove(&live->sources, &scene->source);
    frame_drop(&scene->frame);
    mem_free(scene->blocks);
    mem_free(scene);
}

static void unlink_view(struct view *view)
{
    *view->at = view->next;
    if (view->next)
        view->next->at = view->at;
    view->scene = NULL;
}

void view_enter(struct live *live, struct view *view, struct frame *frame)
{
    const void *key[] = { frame->layout, frame->sheet };
    str bytes = { (const char *)key, sizeof key };
    struct scene *old = view->scene;
    struct scene *scene =
        (struct scene *)source_find(&live->sources, SOURCE_SCENE, bytes);
    if (scene)
        frame_drop(frame);
    else
        scene = scene_new(live, frame);
    if (old)
        unlink_view(view);
    view->scene = scene;
    view->next = scene->views;
    view->at = &scene->views;
    if (view->next)
        view->next->at = &view->next;
    scene->views = view;
    if (old)
        scene_drop(live, old);
}

void view_leave(struct live *live, struct view *view)
{
    struct scene *scene = view->scene;
    for (size_t i = 0; i < view->shelf->n; i++)
        slot_clear(live, &view->shelf->slots[i]);
    if (!scene)
        return;
    unlink_view(view);
    scene_drop(live, scene);
}

/* ---- fragments ---- */

/* The text of its event is no longer what it shows. */
static void spot_untell(struct live *live, struct spot *spot)
{
    struct telling *told = spot->told;
    if (!told)
        return;
    struct telling **at = &live->told;
    while (*at != told)
        at = &(*at)->next;
    *at = told->next;
    mem_free(told->text.p);
    mem_free(told);
    spot->told = NULL;
}

void slot_clear(struct live *live, struct slot *slot)
{
    struct spot *spot = slot->spot;
    if (!spot)
        return;
    *slot->at = slot->next;
    if (slot->next)
        slot->next->at = slot->at;
    slot->spot = NULL;
    if (spot->slots)
        return;
    spot_untell(live, spot);
    source_remove(&live->sources, &spot->source);
    mem_free(spot);
    __atomic_sub_fetch(&live->counts.spots, 1, __ATOMIC_RELAXED);
}

static void slot_join(struct live *live, struct slot *slot, struct spot *spot)
{
    if (slot->spot == spot)
        return;
    slot_clear(live, slot);
    slot->spot = spot;
    slot->next = spot->slots;
    slot->at = &spot->slots;
    if (slot->next)
        slot->next->at = &slot->next;
    spot->slots = slot;
}

static struct spot *spot_new(struct live *live, str key)
{
    struct spot *spot = mem_zero(sizeof *spot + key.n);
    memcpy(spot->key, key.p, key.n);
    source_add(&live->sources, &spot->source, SOURCE_SPOT, (str){ spot->key, key.n });
    __atomic_add_fetch(&live->counts.spots, 1, __ATOMIC_RELAXED);
    return spot;
}

static void spot_learn(struct live *live, struct spot *spot, struct fragment *fragment)
{
    struct cached *const objects[] = { &fragment->head };
    if (spot->hash != fragment->hash)
        spot_untell(live, spot);
    spot->hash = fragment->hash;
    source_follow(&live->sources, &spot->source, objects, 1, &nothing, UINT64_MAX);
}

static struct spot *spot_find(struct live *live, str key)
{
    return (struct spot *)source_find(&live->sources, SOURCE_SPOT, key);
}

/* What a block looks at may be learned while it is made: then it has another key. */
void slot_fill(struct live *live, struct slot *slot, struct block *block,
               struct scope *scope, struct fragment **ret)
{
    char room[CACHE_MAX_KEY];
    struct spot *spot = spot_find(live, render_key(scope, block, room));
    if (spot && !ret && !source_is_stale(&spot->source)) {
        slot_join(live, slot, spot);
        return;
    }
    struct fragment *fragment = render_fragment(live->render, scope, block);
    count_one(&live->counts.renders);
    str key = render_key(scope, block, room);
    spot = spot_find(live, key);
    if (!spot)
        spot = spot_new(live, key);
    if (source_is_stale(&spot->source))
        spot_learn(live, spot, fragment);
    slot_join(live, slot, spot);
    if (ret)
        *ret = fragment;
    else
        cached_drop(&fragment->head);
}
