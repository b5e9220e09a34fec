/* Keywords about the items of arrays. */
#include "check.h"

/* ---- prefixItems, items ---- */

bool schema_meets_prefix_items(struct check *c, const struct frame *f,
                               const struct rule *r)
{
    bool good = true;
    size_t n = r->children.n < f->value.n ? r->children.n : f->value.n;
    for (size_t i = 0; i < n && (good || check_is_loud(c)); i++) {
        good &= schema_check_item(c, f, &r->children.list[i], i, val_at(f->value, i));
        schema_marks_add(f->marks, i);
    }
    return good;
}

struct items {
    const struct child *child;
    size_t first; /* after those of prefixItems */
};

bool schema_make_items(struct compiler *c, struct rule *r, struct val v)
{
    struct items *items = ARENA_NEW(c->arena, struct items);
    items->child = schema_compile_child(c, r->keyword->name, v);
    items->first = val_count(schema_compile_sibling(c, STR("prefixItems")));
    r->items = items;
    return true;
}

const struct child *schema_items_child(const struct items *items, size_t *ret_first)
{
    *ret_first = items->first;
    return items->child;
}

bool schema_meets_items(struct check *c, const struct frame *f, const struct rule *r)
{
    bool good = true;
    const struct items *items = r->items;
    for (size_t i = items->first; i < f->value.n && (good || check_is_loud(c)); i++)
        good &= schema_check_item(c, f, items->child, i, val_at(f->value, i));
    if (good)
        schema_marks_add_all(f->marks, f->value.n);
    return good;
}

/* ---- contains ---- */

struct contains {
    const struct child *child;
    uint64_t least, most;
};

bool schema_make_contains(struct compiler *c, struct rule *r, struct val v)
{
    struct contains *contains = ARENA_NEW(c->arena, struct contains);
    contains->child = schema_compile_child(c, r->keyword->name, v);
    contains->least =
        schema_number_count(schema_compile_sibling(c, STR("minContains")), 1);
    contains->most =
        schema_number_count(schema_compile_sibling(c, STR("maxContains")), UINT64_MAX);
    r->contains = contains;
    return true;
}

static uint64_t count_fitting(struct check *c, const struct frame *f,
                              const struct contains *contains)
{
    uint64_t n = 0;
    bool all = f->marks || contains->most != UINT64_MAX;
    c->quiet++;
    for (size_t i = 0; i < f->value.n && (all || n < contains->least); i++) {
        if (!schema_check_item(c, f, contains->child, i, val_at(f->value, i)))
            continue;
        n++;
        schema_marks_add(f->marks, i);
    }
    c->quiet--;
    return n;
}

bool schema_meets_contains(struct check *c, const struct frame *f, const struct rule *r)
{
    const struct contains *contains = r->contains;
    uint64_t n = count_fitting(c, f, contains);
    bool few = n < contains->least;
    uint64_t limit = few ? contains->least : contains->most;
    return (!few && n <= contains->most)
           || COMPLAIN(c, f, r, "must hold at %s %ju item%s of the wanted kind, not %ju",
                       few ? "least" : "most", (uintmax_t)limit, limit == 1 ? "" : "s",
                       (uintmax_t)n);
}

/* ---- uniqueItems ---- */

bool schema_make_unique(struct compiler *c, struct rule *r, struct val v)
{
    (void)c;
    if (!v.b)
        r->kinds = 0;
    return true;
}

/* Whether each of a few is unlike those before it; `*a` and `*b` are the first pair
 * alike. */
static bool few_are_unique(struct val list, size_t *a, size_t *b)
{
    for (*b = 1; *b < list.n; ++*b) {
        for (*a = 0; *a < *b; ++*a) {
            if (val_equal(val_at(list, *a), val_at(list, *b)))
                return false;
        }
    }
    return true;
}

static bool many_are_unique(struct arena *arena, struct val list, size_t *a, size_t *b)
{
    struct value_set set;
    schema_value_set_open(&set, arena, list.n);
    for (*b = 0; *b < list.n; ++*b) {
        *a = schema_value_set_add(&set, val_at(list, *b));
        if (*a != *b)
            return false;
    }
    return true;
}

bool schema_meets_unique(struct check *c, const struct frame *f, const struct rule *r)
{
    enum { FEW = 8 };
    size_t a;
    size_t b;
    c->steps += f->value.n;
    bool good = f->value.n <= FEW ? few_are_unique(f->value, &a, &b)
                                  : many_are_unique(c->arena, f->value, &a, &b);
    return good
           || COMPLAIN(c, f, r, "must not hold the same item twice, as at %zu and %zu", a,
                       b);
}

bool schema_make_unevaluated_items(struct compiler *c, struct rule *r, struct val v)
{
    c->node->items = schema_compile_child(c, r->keyword->name, v);
    return true;
}
