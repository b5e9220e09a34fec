/* The bundles of the program as bodies to send. */
#include "asset/asset.h"

#include <assert.h>
#include <string.h>

extern const struct asset_file asset_workbench[];
extern const struct asset_file asset_arrange[];
extern const struct asset_file asset_worker[];
extern const struct asset_file asset_see[];
extern const struct asset_file asset_early[];
extern const struct asset_file asset_builder[];

static const struct asset_file *const bundles[] = { asset_workbench, asset_arrange,
                                                    asset_worker,    asset_see,
                                                    asset_early,     asset_builder };

enum { MAX_ASSETS = 256 };

struct assets {
    const struct asset_file *files[MAX_ASSETS];
    struct http_body *bodies[MAX_ASSETS];
    size_t n;
};

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        { ".js", "text/javascript; charset=utf-8" },
        { ".css", "text/css; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
    };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < COUNT_OF(types); i++) {
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

struct assets *assets_open(const struct http_field *fields, size_t field_count)
{
    struct assets *a = mem_zero(sizeof *a);
    for (size_t b = 0; b < COUNT_OF(bundles); b++) {
        for (const struct asset_file *file = bundles[b]; file->name; file++) {
            assert(a->n < MAX_ASSETS);
            str bytes = { (const char *)file->bytes, file->size };
            a->files[a->n] = file;
            a->bodies[a->n++] = http_body_open(
                &(struct http_body_config){ .bytes = mem_str(bytes),
                                            .type = type_of(file->name),
                                            .fields = fields,
                                            .field_count = field_count,
                                            .immutable = file->is_immutable });
        }
    }
    return a;
}

void assets_close(struct assets *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->n; i++)
        http_body_drop(a->bodies[i]);
    mem_free(a);
}

struct http_body *assets_find(const struct assets *a, str name)
{
    for (size_t i = 0; i < a->n; i++) {
        if (str_equal(name, str_of(a->files[i]->name)))
            return a->bodies[i];
    }
    return NULL;
}

static const struct asset_file *find_entry(const struct assets *a, str entry)
{
    for (size_t i = 0; i < a->n; i++) {
        const char *mine = a->files[i]->entry;
        if (mine && str_equal(entry, str_of(mine)))
            return a->files[i];
    }
    assert(!"no such entry point");
    return a->files[0];
}

str assets_entry(const struct assets *a, str entry)
{
    return str_of(find_entry(a, entry)->name);
}

str assets_address(const struct assets *a, struct arena *arena, const char *entry)
{
    return arena_format(arena, "/a/%s", find_entry(a, str_of(entry))->name);
}
