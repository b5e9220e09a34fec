/*
 * Who has a staged revision, and what came of it. Nobody is listed: a person's draw is a
 * number of a hundred made from her id and the revision, so it is the same whenever and
 * wherever it is asked for. Counts are kept in memory: a stage that goes on after a
 * restart is counted anew.
 */
#include "inside.h"

#include "crypt/crypt.h"

enum {
    FADE_AT = 4096,      /* renders from where older ones count half */
    MAX_TALLY_TEXT = 200 /* bytes of an error's sentence */
};

/* ---- who ---- */

static bool stands_below(const struct tenant_path *path, struct val tenants)
{
    for (size_t i = 0; i < val_count(tenants); i++) {
        if (tenant_on(path, val_text(val_at(tenants, i))))
            return true;
    }
    return false;
}

struct layout_stage layout_stage_read(struct val stage, str unit, str layer,
                                      const struct tenant_path *path)
{
    struct val tenants = val_get(stage, STR("tenants"));
    return (struct layout_stage){
        .unit = unit,
        .layer = layer,
        .number = val_as_int(val_get(stage, STR("number")), 0),
        .run = val_as_int(val_get(stage, STR("run")), 0),
        .percent = (int)val_as_int(val_get(stage, STR("percent")), 100),
        .reaches = !val_exists(tenants) || stands_below(path, tenants),
    };
}

/* 0 to 99. */
static int draw_of(const struct layout_stage *stage, str home, str person,
                   struct arena *arena)
{
    str who = arena_format(arena, "%.*s/%.*s %.*s/%.*s %lld", STR_ARG(home),
                           STR_ARG(person), STR_ARG(stage->unit), STR_ARG(stage->layer),
                           (long long)stage->number);
    str name = crypt_fingerprint(arena, who);
    uint64_t number = 0;
    for (size_t i = 0; i < 15; i++)
        number = number * 16
                 + (uint64_t)(name.p[i] <= '9' ? name.p[i] - '0' : name.p[i] - 'a' + 10);
    return (int)(number % 100);
}

bool layout_stage_holds(const struct layout_stage *stage, str home, str person,
                        struct arena *arena)
{
    return stage->reaches
           && (stage->percent >= 100
               || draw_of(stage, home, person, arena) < stage->percent);
}

/* ---- what came of it ---- */

static bool is_stage(const struct layout_stage *a, const struct layout_stage *b)
{
    return a->run == b->run && a->number == b->number && str_equal(a->unit, b->unit)
           && str_equal(a->layer, b->layer);
}

static void tally_done(struct layout_tally *tally)
{
    mem_free(tally->stage.unit.p);
    mem_free(tally->stage.layer.p);
    mem_free(tally->component.p);
    mem_free(tally->block.p);
    mem_free(tally->text.p);
}

void tallies_close(struct layouts *layouts)
{
    for (size_t i = 0; i < layouts->tally_count; i++)
        tally_done(&layouts->tallies[i]);
    mem_free(layouts->tallies);
    pthread_mutex_destroy(&layouts->lock);
}

/* NULL when there are too many. */
static struct layout_tally *tally_of(struct layouts *layouts,
                                     const struct layout_stage *stage, str component)
{
    for (size_t i = 0; i < layouts->tally_count; i++) {
        struct layout_tally *tally = &layouts->tallies[i];
        if (str_equal(tally->component, component) && is_stage(&tally->stage, stage))
            return tally;
    }
    if (layouts->tally_count == LAYOUT_MAX_TALLIES)
        return NULL;
    if (!layouts->tallies)
        layouts->tallies = mem_zero(LAYOUT_MAX_TALLIES * sizeof(struct layout_tally));
    struct layout_tally *tally = &layouts->tallies[layouts->tally_count++];
    *tally = (struct layout_tally){ .stage = *stage, .component = mem_str(component) };
    tally->stage.unit = mem_str(stage->unit);
    tally->stage.layer = mem_str(stage->layer);
    return tally;
}

static void note_failure(struct layout_tally *tally, str block, const char *code,
                         str text)
{
    if (tally->code && !text.n) /* shown again as it was kept: without its sentence */
        return;
    mem_free(tally->block.p);
    mem_free(tally->text.p);
    tally->block = mem_str(block);
    tally->code = code;
    tally->text = mem_str(str_clip(text, MAX_TALLY_TEXT));
}

/* A component that begins to fail late is not hidden by how long it went well. */
static void fade(struct layout_tally *tally, int side)
{
    if (tally->renders[side] < FADE_AT)
        return;
    tally->renders[side] /= 2;
    tally->failures[side] /= 2;
}

void layout_count(const struct block *block, const char *code, str text)
{
    const struct trial *trial = block->trial;
    if (!trial)
        return;
    pthread_mutex_lock(&trial->layouts->lock);
    for (size_t i = 0; i < trial->n; i++) {
        const struct layout_stage *stage = &trial->stages[i];
        struct layout_tally *tally = tally_of(trial->layouts, stage, block->ref);
        if (!tally)
            continue;
        fade(tally, stage->inside);
        tally->renders[stage->inside]++;
        tally->failures[stage->inside] += code != NULL;
        if (code && stage->inside)
            note_failure(tally, block->id, code, text);
    }
    pthread_mutex_unlock(&trial->layouts->lock);
}

static struct layout_tally tally_copy(const struct layout_tally *from,
                                      struct arena *arena)
{
    struct layout_tally copy = *from;
    copy.stage.unit = arena_str(arena, from->stage.unit);
    copy.stage.layer = arena_str(arena, from->stage.layer);
    copy.component = arena_str(arena, from->component);
    copy.block = arena_str(arena, from->block);
    copy.text = arena_str(arena, from->text);
    return copy;
}

struct layout_tally *layout_tallies(struct layouts *layouts,
                                    const struct layout_stage *stage, struct arena *arena,
                                    size_t *ret_n)
{
    *ret_n = 0;
    pthread_mutex_lock(&layouts->lock);
    struct layout_tally *copies =
        ARENA_ARRAY(arena, struct layout_tally, layouts->tally_count);
    for (size_t i = 0; i < layouts->tally_count; i++) {
        if (!stage || is_stage(&layouts->tallies[i].stage, stage))
            copies[(*ret_n)++] = tally_copy(&layouts->tallies[i], arena);
    }
    pthread_mutex_unlock(&layouts->lock);
    return copies;
}

void layout_forget_tallies(struct layouts *layouts, str unit, str layer)
{
    size_t n = 0;
    pthread_mutex_lock(&layouts->lock);
    for (size_t i = 0; i < layouts->tally_count; i++) {
        struct layout_tally *tally = &layouts->tallies[i];
        if (str_equal(tally->stage.unit, unit) && str_equal(tally->stage.layer, layer))
            tally_done(tally);
        else
            layouts->tallies[n++] = *tally;
    }
    layouts->tally_count = n;
    pthread_mutex_unlock(&layouts->lock);
}
