/* The collection themes are kept in: one record "default" a tenant. */
#include "theme/theme.h"

static const char definitions[] =
    "[{\"name\":\"theme\",\"schema\":{\"type\":\"object\",\"required\":[\"id\",\"sets\"],"
    "\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"object\"},"
    "\"sets\":{\"type\":\"object\","
    "\"properties\":"
    "{\"base\":{\"type\":\"object\"},\"light\":{\"type\":\"object\"},\"dark\":{\"type\":"
    "\"object\"}},\"additionalProperties\":false}}}}]";

bool theme_setup(struct store *store, struct err *err)
{
    return store_define_all(store, STR_ARRAY(definitions), err);
}
