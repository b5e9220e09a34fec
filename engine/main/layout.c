/* pinban layout resolve: what a person's page is made of, and why. */
#include "inside.h"

#include <stdio.h>

static struct val regions_told(struct arena *a, const struct region *regions, size_t n);

static struct val block_told(struct arena *a, const struct block *block)
{
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(block->id));
    v = val_with(a, v, STR("component"), val_str(block->ref));
    v = val_with(a, v, STR("props"), block->props);
    return block->region_count ? val_with(
               a, v, STR("regions"), regions_told(a, block->regions, block->region_count))
                               : v;
}

static struct val regions_told(struct arena *a, const struct region *regions, size_t n)
{
    struct val told = val_map(NULL, 0);
    for (size_t i = 0; i < n; i++) {
        struct val *blocks = ARENA_ARRAY(a, struct val, regions[i].n);
        for (size_t k = 0; k < regions[i].n; k++)
            blocks[k] = block_told(a, regions[i].blocks[k]);
        told = val_with(a, told, regions[i].name, val_list(blocks, regions[i].n));
    }
    return told;
}

static bool resolve(struct tool *t, struct scope *scope, str page, struct val *ret,
                    struct err *err)
{
    struct arena *a = t->bench.arena;
    struct layout *layout;
    if (!layout_find(t->engine.layouts, scope, render_script_worker(t->bench.render),
                     page, &layout, err))
        return false;
    struct val told = val_with(a, val_map(NULL, 0), STR("page"), val_str(page));
    told = val_with(a, told, STR("props"), layout->props);
    told = val_with(a, told, STR("regions"),
                    regions_told(a, layout->regions, layout->region_count));
    *ret = val_copy(a, told);
    cached_drop(&layout->head);
    return true;
}

static bool look(struct tool *t, struct val *ret, struct err *err)
{
    struct scope scope;
    str page = str_of(args_option(&t->args, "page", ""));
    if (!scope_open_as(t->bench.scope, t->bench.arena,
                       str_of(args_option(&t->args, "tenant", "")),
                       str_of(args_option(&t->args, "person", "")), &scope, err))
        return false;
    bool good =
        args_flag(&t->args, "explain")
            ? layout_explain(t->engine.layouts, &scope,
                             render_script_worker(t->bench.render), page, ret, err)
            : resolve(t, &scope, page, ret, err);
    scope_close(&scope);
    return good;
}

int command_layout_resolve(int argc, char **argv)
{
    struct tool t = { .args = { 0 } };
    struct val told;
    struct err err;
    if (!args_read(&t.args, "layout resolve", argc, argv,
                   "data store-mib tenant page person", "explain"))
        return EXIT_USAGE;
    if (t.args.word_count || !args_option(&t.args, "tenant", NULL)
        || !args_option(&t.args, "page", NULL) || !args_option(&t.args, "person", NULL)) {
        fprintf(stderr, "usage: pinban layout resolve --tenant T --page P --person U "
                        "[--explain] [--data DIR]\n");
        return EXIT_USAGE;
    }
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    bool good = look(&t, &told, &err);
    if (good)
        printf("%s\n", doc_text(t.bench.arena, told, DOC_PRETTY).p);
    return tool_close(&t, good, &err);
}
