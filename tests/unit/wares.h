/* Packages for tests: a host's package of three elements, and others made of texts. */
#pragma once
#include "package/package.h"
#include "world.h"

struct ware {
    const char *path;
    const char *text;
};

/* A package record of these files. */
static inline struct val ware_package(struct world *w, const char *id, const char *print,
                                      const struct ware *files, size_t n)
{
    struct arena *a = w->arena;
    struct val texts = val_map(NULL, 0);
    for (size_t i = 0; i < n; i++)
        texts = val_with(a, texts, str_of(files[i].path), val_str(str_of(files[i].text)));
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(str_of(id)));
    v = val_with(a, v, STR("version"), val_str(STR("1")));
    v = val_with(a, v, STR("fingerprint"), val_str(str_of(print)));
    return val_with(a, v, STR("files"), texts);
}

static inline struct val ware_host(struct world *w)
{
    static const struct ware files[] = {
        { "elements/basic.html",
          "<ui-def element=\"ui-card\" title><section class=\"card\"><h2>{{title}}</h2>"
          "<ui-slot/></section></ui-def>\n"
          "<ui-def element=\"ui-empty\"><p class=\"empty\"><ui-slot/></p></ui-def>\n"
          "<ui-def element=\"ui-link\" href><a "
          "href=\"{{href}}\"><ui-slot/></a></ui-def>" },
        { "pages/error.html", "<main>{{code}}</main>" },
        { "words/zh.json", "{\"more\":\"更多\"}" },
        { "words/en.json", "{\"more\":\"More\"}" },
        { "ui.css", "body{margin:0}" },
        { "icons.svg", "<svg/>" },
    };
    return ware_package(w, "ui", "host", files, COUNT_OF(files));
}

static inline void ware_install(struct world *w, store_space space, struct val record)
{
    struct world_put p = { w, space, "package", record };
    GOOD(store_write(w->store, world_put_work, &p, &why));
}
