/* The one place where locks are decided, for the studio, the API and personal layers. */
#include "inside.h"

static const str kinds[] = { [LOCK_REQUIRED] = STR_INIT("required"),
                             [LOCK_FIXED] = STR_INIT("fixed"),
                             [LOCK_SEALED] = STR_INIT("sealed"),
                             [LOCK_CLOSED] = STR_INIT("closed") };

str layout_lock_name(enum layout_lock_kind kind)
{
    return kinds[kind];
}

static bool kind_of(struct val verb, enum layout_lock_kind *ret)
{
    str name = val_get_text(verb, STR("lock"));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (str_equal(kinds[i], name)) {
            *ret = (enum layout_lock_kind)i;
            return true;
        }
    }
    return false;
}

static bool binds(const struct resolver *r, const struct layout_lock *lock)
{
    return lock->by.layer < r->layer && r->input->layers[r->layer].level > lock->below;
}

static bool covers(const struct layout_lock *lock, enum layout_lock_kind kind, str at)
{
    if (lock->kind != kind)
        return false;
    if (kind == LOCK_SEALED)
        return doc_pointer_leads_to(lock->at, at) || doc_pointer_leads_to(at, lock->at);
    return kind != LOCK_CLOSED || str_equal(lock->at, at);
}

static struct lock *binding(struct resolver *r, const struct node *node,
                            enum layout_lock_kind kind, str at)
{
    for (struct lock *lock = node->locks; lock; lock = lock->next) {
        if (covers(&lock->is, kind, at) && binds(r, &lock->is))
            return lock;
    }
    return NULL;
}

bool is_locked(struct resolver *r, const struct node *node, enum layout_lock_kind kind,
               str at)
{
    const struct lock *lock = binding(r, node, kind, at);
    if (!lock)
        return false;
    set_aside(r, "layout.locked", node->id);
    r->issues[r->issue_count - 1].by = lock->is.by;
    return true;
}

bool holds_required(struct resolver *r, const struct node *node)
{
    if (is_locked(r, node, LOCK_REQUIRED, STR("")))
        return true;
    for (const struct place *p = node->places; p; p = p->next) {
        for (const struct node *child = p->first; child; child = child->after) {
            if (holds_required(r, child))
                return true;
        }
    }
    return false;
}

static bool same_lock(const struct layout_lock *lock, enum layout_lock_kind kind, str at)
{
    return lock->kind == kind && str_equal(lock->at, at);
}

static str lock_at(enum layout_lock_kind kind, struct val verb)
{
    str at = val_get_text(verb, STR("at"));
    return kind == LOCK_CLOSED && !at.n ? STR("main") : at;
}

/* A lock from above is not loosened by another below it: each is kept beside the other.
 */
void lock_add(struct resolver *r, struct node *node, struct val verb)
{
    enum layout_lock_kind kind;
    if (!kind_of(verb, &kind)) {
        set_aside(r, "layout.verb", node->id);
        return;
    }
    struct lock *lock = ARENA_NEW(r->arena, struct lock);
    lock->is =
        (struct layout_lock){ .kind = kind,
                              .at = lock_at(kind, verb),
                              .below = (int)val_as_int(val_get(verb, STR("below")), -1),
                              .by = here(r) };
    struct lock **end = &node->locks;
    while (*end)
        end = &(*end)->next;
    *end = lock;
}

void lock_remove(struct resolver *r, struct node *node, struct val verb)
{
    enum layout_lock_kind kind;
    struct lock **at = &node->locks;
    bool found = false;
    if (!kind_of(verb, &kind)) {
        set_aside(r, "layout.verb", node->id);
        return;
    }
    str where = lock_at(kind, verb);
    if (is_locked(r, node, kind, where))
        return;
    while (*at) {
        if (same_lock(&(*at)->is, kind, where)) {
            *at = (*at)->next;
            found = true;
        } else {
            at = &(*at)->next;
        }
    }
    if (!found)
        set_aside(r, "layout.orphan", node->id);
}
