/*
 * Who has which layer open. Nothing of it is stored: a *screen*, one window of a browser,
 * says every few seconds what it shows, and is forgotten when it has been silent. So it
 * costs no write, and is told of this node alone.
 */
#include "inside.h"

#include <pthread.h>

enum { MAX_NAME = 64 /* bytes of an id */ };

struct name {
    char p[MAX_NAME];
    uint8_t n;
};

struct seat {
    struct name unit; /* empty: nobody sits here */
    struct name layer;
    struct name home;
    struct name person;
    struct name screen;
    struct name block;
    int64_t since_ms;
    int64_t heard_ms;
};

struct seats {
    pthread_mutex_t lock; /* protects: items */
    struct seat items[EDIT_MAX_SCREENS];
};

struct seats *seats_open(void)
{
    struct seats *seats = mem_zero(sizeof *seats);
    pthread_mutex_init(&seats->lock, NULL);
    return seats;
}

void seats_close(struct seats *seats)
{
    if (!seats)
        return;
    pthread_mutex_destroy(&seats->lock);
    mem_free(seats);
}

static str text_of(const struct name *name)
{
    return (str){ name->p, name->n };
}

/* No id is longer than that; of what a browser made up the rest is dropped. */
static struct name name_of(str s)
{
    struct name name = { .n = (uint8_t)(s.n < MAX_NAME ? s.n : MAX_NAME) };
    if (name.n)
        memcpy(name.p, s.p, name.n);
    return name;
}

static bool same(const struct name *a, const struct name *b)
{
    return str_equal(text_of(a), text_of(b));
}

static bool same_person(const struct seat *a, const struct seat *b)
{
    return same(&a->home, &b->home) && same(&a->person, &b->person);
}

static bool same_layer(const struct seat *a, const struct seat *b)
{
    return same(&a->unit, &b->unit) && same(&a->layer, &b->layer);
}

static bool is_silent(const struct seat *seat, int64_t now_ms)
{
    return !seat->unit.n || now_ms - seat->heard_ms > EDIT_SCREEN_S * INT64_C(1000);
}

/* With the lock held: the screen's own seat, else of those that she may take the one that
 * was silent longest: any, or one of her own when she has too many. */
static struct seat *seat_of(struct seats *seats, const struct seat *who)
{
    struct seat *oldest = &seats->items[0];
    struct seat *oldest_own = NULL;
    size_t own = 0;
    for (size_t i = 0; i < EDIT_MAX_SCREENS; i++) {
        struct seat *seat = &seats->items[i];
        if (seat->heard_ms < oldest->heard_ms)
            oldest = seat;
        if (is_silent(seat, who->heard_ms) || !same_person(seat, who))
            continue;
        if (same(&seat->screen, &who->screen))
            return seat;
        own++;
        if (!oldest_own || seat->heard_ms < oldest_own->heard_ms)
            oldest_own = seat;
    }
    return own < EDIT_MAX_OWN_SCREENS ? oldest : oldest_own;
}

/* With the lock held. Whoever leaves and has no seat any more takes none from others. */
static void sit_down(struct seats *seats, const struct seat *who, bool leaves)
{
    struct seat *seat = seat_of(seats, who);
    bool own = same(&seat->screen, &who->screen) && same_person(seat, who);
    int64_t since_ms = own && same_layer(seat, who) ? seat->since_ms : who->since_ms;
    if (!leaves) {
        *seat = *who;
        seat->since_ms = since_ms;
    } else if (own) {
        *seat = (struct seat){ .heard_ms = 0 };
    }
}

/* The others at the layer, copied, so that nothing is looked up with the lock held. */
static size_t sit_among(struct seats *seats, const struct seat *who, bool leaves,
                        struct seat *others)
{
    size_t n = 0;
    pthread_mutex_lock(&seats->lock);
    sit_down(seats, who, leaves);
    for (size_t i = 0; i < EDIT_MAX_SCREENS && n < EDIT_MAX_PRESENT; i++) {
        const struct seat *seat = &seats->items[i];
        bool mine = same_person(seat, who) && same(&seat->screen, &who->screen);
        if (!is_silent(seat, who->heard_ms) && same_layer(seat, who) && !mine)
            others[n++] = *seat;
    }
    pthread_mutex_unlock(&seats->lock);
    return n;
}

static bool tell(struct snap *snap, const struct seat *who, const struct seat *other,
                 struct arena *a, struct val *ret, struct err *err)
{
    static const struct tenant_naming naming = { "home", "person", "name" };
    struct val v = val_with_text(a, val_map(NULL, 0), "home", text_of(&other->home));
    v = val_with_text(a, v, "person", text_of(&other->person));
    v = val_with_text(a, v, "screen", text_of(&other->screen));
    v = val_with_text(a, v, "since", scope_iso(a, other->since_ms));
    if (other->block.n)
        v = val_with_text(a, v, "block", text_of(&other->block));
    if (same_person(who, other))
        v = val_with(a, v, STR("own"), val_bool(true));
    *ret = v;
    return tenant_put_name(snap, a, &naming, ret, err);
}

bool edit_present(struct edit *edit, const struct edit_screen *screen, struct val *ret,
                  struct err *err)
{
    struct arena *a = edit->scope->arena;
    const struct viewer *v = edit->scope->viewer;
    struct state s;
    struct snap *snap;
    if (!state_open(edit, AUTH_READ_LAYER, &s, err)
        || !scope_snap(edit->scope, &snap, err))
        return false;
    struct seat who = { .unit = name_of(tenant_of(&s.path)->id),
                        .layer = name_of(s.id),
                        .home = name_of(tenant_of(&v->path)->id),
                        .person = name_of(v->person_id),
                        .screen = name_of(screen->id),
                        .block = name_of(screen->block),
                        .since_ms = edit->scope->now_ms,
                        .heard_ms = edit->scope->now_ms };
    struct seat *others = ARENA_ARRAY(a, struct seat, EDIT_MAX_PRESENT);
    size_t n = sit_among(edit->editor->seats, &who, screen->leaves, others);
    struct val *items = ARENA_ARRAY(a, struct val, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!tell(snap, &who, &others[i], a, &items[i], err))
            return false;
    }
    struct val told = val_with(a, val_map(NULL, 0), STR("version"), val_int(s.version));
    told = val_with(a, told, STR("revision"), val_int(s.revision));
    if (s.waiting)
        told = val_with(a, told, STR("waiting"), val_int(s.waiting));
    *ret = val_with(a, told, STR("items"), val_list(items, n));
    return true;
}
