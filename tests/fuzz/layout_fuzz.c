/*
 * A JSON list of layers, each a list of verbs, or anything else in their place. Resolving
 * is total: it ends, each verb is applied or listed, every block stands in one place, and
 * the limits hold. The same layers give the same page.
 */
#include "layout/layout.h"

#include "tenant/tenant.h"

#include <stdlib.h>

enum { MAX_LAYERS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

struct walk {
    str ids[LIMIT_PAGE_BLOCKS];
    size_t n;
    struct buf shape;
};

static void look(struct walk *walk, const struct resolved_region *regions, size_t n,
                 int depth)
{
    check(n == 0 || depth <= LIMIT_PAGE_DEPTH);
    for (size_t i = 0; i < n; i++) {
        buf_format(&walk->shape, "%.*s[", STR_ARG(regions[i].name));
        for (size_t k = 0; k < regions[i].n; k++) {
            const struct resolved_block *block = regions[i].blocks[k];
            check(walk->n < LIMIT_PAGE_BLOCKS && block->id.n);
            for (size_t other = 0; other < walk->n; other++)
                check(!str_equal(walk->ids[other], block->id));
            walk->ids[walk->n++] = block->id;
            check(block->props.kind == VAL_MAP);
            buf_format(&walk->shape, "%.*s", STR_ARG(block->id));
            doc_write(&walk->shape, block->props, DOC_SORTED);
            look(walk, block->regions, block->region_count, depth + 1);
        }
        buf_char(&walk->shape, ']');
    }
}

static str resolve(struct arena *a, const struct layer *layers, size_t n, size_t verbs)
{
    struct walk *walk = ARENA_NEW(a, struct walk);
    struct resolved page;
    layout_resolve(&(struct layout_input){ .layers = layers, .n = n }, a, &page);
    buf_init(&walk->shape, 1 << 22);
    look(walk, page.page.regions, page.page.region_count, 0);
    check(walk->n == page.block_count && page.issue_count <= verbs * 2);
    for (size_t i = 0; i < page.issue_count; i++)
        check(strncmp(page.issues[i].code, "layout.", 7) == 0);
    check(page.page.props.kind == VAL_MAP);
    doc_write(&walk->shape, page.page.props, DOC_SORTED);
    str shape = arena_str(a, buf_view(&walk->shape));
    buf_done(&walk->shape);
    return shape;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct layer layers[MAX_LAYERS];
    struct err err;
    struct val v;
    if (doc_parse(a, (str){ (const char *)data, size }, &v, &err)) {
        size_t n = val_count(v) < MAX_LAYERS ? val_count(v) : MAX_LAYERS;
        size_t verbs = 0;
        for (size_t i = 0; i < n; i++) {
            layers[i] = (struct layer){ .name = STR("t"),
                                        .level = (int)i,
                                        .verbs = val_at(v, i) };
            verbs += val_count(layers[i].verbs);
        }
        str first = resolve(a, layers, n, verbs);
        check(str_equal(first, resolve(a, layers, n, verbs)));
    }
    arena_close(a);
    return 0;
}
