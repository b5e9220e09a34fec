/* What was noted and is not written yet: one table, which the one that writes takes away
 * whole. */
#include "inside.h"

#include <pthread.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 256, PIECE = 1000 /* notes of one transaction */ };

struct table {
    struct arena *arena; /* of the texts */
    struct noted *notes;
    size_t n;
    uint32_t *slots; /* 1 + place in `notes`; 0: free */
    size_t slot_count;
    size_t lost;
};

struct usage {
    struct store *store;
    pthread_mutex_t lock; /* of `now` */
    struct table *now;
    int64_t written_ms;
};

static struct table *table_open(void)
{
    struct table *t = mem_zero(sizeof *t);
    t->arena = arena_open_small();
    t->slot_count = FIRST_SLOTS;
    t->slots = mem_zero(t->slot_count * sizeof *t->slots);
    t->notes = mem_zero(t->slot_count / 2 * sizeof *t->notes);
    return t;
}

static void table_close(struct table *t)
{
    arena_close(t->arena);
    mem_free(t->notes);
    mem_free(t->slots);
    mem_free(t);
}

static uint64_t hash_of(const struct usage_note *n)
{
    uint64_t hash = str_hash(n->tenant, (uint64_t)n->at_ms + n->kind);
    return str_hash(n->what, str_hash(n->person, hash));
}

static bool is_same(const struct noted *noted, const struct usage_note *n, uint64_t hash)
{
    return noted->hash == hash && noted->note.kind == n->kind
           && noted->note.at_ms == n->at_ms && str_equal(noted->note.person, n->person)
           && str_equal(noted->note.what, n->what)
           && str_equal(noted->note.tenant, n->tenant);
}

/* Half of the slots stay free. */
static void grow(struct table *t)
{
    t->slot_count *= 2;
    t->notes = mem_grow(t->notes, t->slot_count / 2 * sizeof *t->notes);
    mem_free(t->slots);
    t->slots = mem_zero(t->slot_count * sizeof *t->slots);
    for (size_t i = 0; i < t->n; i++) {
        size_t slot = t->notes[i].hash & (t->slot_count - 1);
        while (t->slots[slot])
            slot = (slot + 1) & (t->slot_count - 1);
        t->slots[slot] = (uint32_t)i + 1;
    }
}

static void add(struct table *t, const struct usage_note *n, int64_t count)
{
    uint64_t hash = hash_of(n);
    size_t slot = hash & (t->slot_count - 1);
    for (; t->slots[slot]; slot = (slot + 1) & (t->slot_count - 1)) {
        struct noted *noted = &t->notes[t->slots[slot] - 1];
        if (is_same(noted, n, hash)) {
            noted->count += count;
            return;
        }
    }
    if (t->n == USAGE_MAX_NOTES) {
        t->lost++;
        return;
    }
    t->notes[t->n++] = (struct noted){ .note = { .kind = n->kind,
                                                 .tenant = arena_str(t->arena, n->tenant),
                                                 .person = arena_str(t->arena, n->person),
                                                 .what = arena_str(t->arena, n->what),
                                                 .at_ms = n->at_ms },
                                       .hash = hash,
                                       .count = count };
    t->slots[slot] = (uint32_t)t->n;
    if (t->n == t->slot_count / 2)
        grow(t);
}

struct usage *usage_open(struct store *store)
{
    struct usage *usage = mem_zero(sizeof *usage);
    usage->store = store;
    usage->now = table_open();
    pthread_mutex_init(&usage->lock, NULL);
    return usage;
}

void usage_close(struct usage *usage)
{
    if (!usage)
        return;
    table_close(usage->now);
    pthread_mutex_destroy(&usage->lock);
    mem_free(usage);
}

void usage_note(struct usage *usage, const struct usage_note *note)
{
    struct usage_note n = *note;
    n.at_ms -= n.at_ms % HOUR_MS;
    pthread_mutex_lock(&usage->lock);
    add(usage->now, &n, 1);
    pthread_mutex_unlock(&usage->lock);
}

bool usage_is_due(struct usage *usage, int64_t now_ms)
{
    pthread_mutex_lock(&usage->lock);
    size_t n = usage->now->n;
    pthread_mutex_unlock(&usage->lock);
    int64_t since_ms = now_ms - usage->written_ms; /* < 0: the clock was put back */
    return n > USAGE_MAX_NOTES / 2
           || (n && (since_ms < 0 || since_ms >= USAGE_WRITE_EVERY_S * INT64_C(1000)));
}

/* ---- writing ---- */

static struct table *take(struct usage *usage)
{
    struct table *fresh = table_open();
    pthread_mutex_lock(&usage->lock);
    struct table *taken = usage->now;
    usage->now = fresh;
    pthread_mutex_unlock(&usage->lock);
    return taken;
}

static void give_back(struct usage *usage, const struct noted *const *notes, size_t n)
{
    pthread_mutex_lock(&usage->lock);
    for (size_t i = 0; i < n; i++)
        add(usage->now, &notes[i]->note, notes[i]->count);
    pthread_mutex_unlock(&usage->lock);
}

static int by_person(const void *a, const void *b)
{
    const struct usage_note *x = &(*(const struct noted *const *)a)->note;
    const struct usage_note *y = &(*(const struct noted *const *)b)->note;
    int tenant = str_compare(x->tenant, y->tenant);
    return tenant ? tenant : str_compare(x->person, y->person);
}

static bool write_table(struct usage *usage, const struct table *t, struct err *err)
{
    const struct noted **notes = mem_alloc((t->n + 1) * sizeof(void *));
    bool good = true;
    for (size_t i = 0; i < t->n; i++)
        notes[i] = &t->notes[i];
    qsort(notes, t->n, sizeof(void *), by_person);
    for (size_t i = 0; i < t->n; i += PIECE) {
        size_t n = t->n - i < PIECE ? t->n - i : PIECE;
        good = good && usage_write_piece(usage->store, notes + i, n, err);
        if (!good)
            give_back(usage, notes + i, n);
    }
    mem_free(notes);
    return good;
}

bool usage_write(struct usage *usage, int64_t now_ms, size_t *ret_lost, struct err *err)
{
    struct table *taken = take(usage);
    bool good = write_table(usage, taken, err);
    usage->written_ms = now_ms;
    *ret_lost = taken->lost;
    table_close(taken);
    return good;
}
