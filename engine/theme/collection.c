/* The collection themes are kept in: one record "default" a tenant. */
#include "theme/theme.h"

static const char definition[] =
    "{\"name\":\"theme\",\"schema\":{\"type\":\"object\",\"required\":[\"id\",\"sets\"],"
    "\"properties\":{\"id\":{\"type\":\"string\"},\"sets\":{\"type\":\"object\","
    "\"properties\":"
    "{\"base\":{\"type\":\"object\"},\"light\":{\"type\":\"object\"},\"dark\":{\"type\":"
    "\"object\"}},\"additionalProperties\":false}}}}";

bool theme_setup(struct store *store, struct err *err)
{
    struct arena *arena = arena_open();
    struct val v;
    bool good =
        doc_parse(arena, STR_ARRAY(definition), &v, err) && store_define(store, v, err);
    arena_close(arena);
    return good;
}
