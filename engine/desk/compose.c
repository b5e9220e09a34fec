/* What composing a page needs besides verbs: how it looks, as whom, from what. */
#include "inside.h"

/* ---- the page with the draft in it ---- */

static bool one_of(const struct call *c, const char *name, const char *values, str *ret,
                   struct err *err)
{
    str value = http_query(c->request, name);
    *ret = value.p ? value : STR("");
    if (!ret->n)
        return true;
    const char *at = memchr(value.p, ' ', value.n)
                         ? NULL
                         : memmem(values, strlen(values), value.p, value.n);
    if (at && at[-1] == ' ' && at[value.n] == ' ')
        return true;
    return err_at(err, ERR_INPUT, "desk.query", str_of(name), "one of%sis wanted",
                  values);
}

static bool look_of(const struct call *c, struct edit_look *ret, struct err *err)
{
    str tenant = http_query(c->request, "tenant");
    str person = http_query(c->request, "person");
    ret->tenant = tenant.p ? tenant : STR("");
    ret->person = person.p ? person : STR("");
    return one_of(c, "lang", " zh en ", &ret->lang, err)
           && one_of(c, "scheme", " auto light dark ", &ret->scheme, err)
           && one_of(c, "size", " normal large ", &ret->size, err);
}

static str canvas(struct call *c, struct layout *layout)
{
    struct buf html;
    buf_init(&html, LIMIT_PAGE_BYTES);
    render_canvas(c->worker->render, &c->scope, layout, &html);
    str copy = arena_str(c->request->arena, buf_view(&html));
    buf_done(&html);
    return copy;
}

bool run_preview(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct edit_look look;
    struct layout *layout;
    if (!look_of(c, &look, err) || !edit_preview(&c->edit, &look, &layout, ret, err))
        return false;
    *ret = val_with(a, *ret, STR("title"), val_str(render_title(&c->scope, layout)));
    *ret = val_with(a, *ret, STR("html"), val_str(canvas(c, layout)));
    cached_drop(&layout->head);
    return true;
}

/* ---- as whom ---- */

bool run_people(struct call *c, struct val *ret, struct err *err)
{
    int64_t limit;
    str after = http_query(c->request, "after");
    return call_query_int(c, "limit", DESK_MAX_PAGE, DESK_MAX_PAGE, &limit, err)
           && edit_people(&c->edit, after.p ? after : STR(""), (size_t)limit, ret, err);
}

/* ---- from what ---- */

static struct val tell_component(struct arena *a, const struct package *package,
                                 const struct component *component)
{
    static const str names[] = { STR_INIT("title"),  STR_INIT("description"),
                                 STR_INIT("icon"),   STR_INIT("category"),
                                 STR_INIT("sizes"),  STR_INIT("props"),
                                 STR_INIT("regions") };
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(component->ref));
    v = val_with(a, v, STR("package"), val_str(package->name));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct val value = val_get(component->manifest, names[i]);
        if (val_exists(value))
            v = val_with(a, v, names[i], value);
    }
    struct val example =
        val_get(val_get(component->manifest, STR("example")), STR("props"));
    return val_exists(example) ? val_with(a, v, STR("example"), example) : v;
}

struct catalogue {
    struct val items[LIMIT_PACKAGE_FILES];
    size_t n;
};

static bool add_package(struct call *c, struct snap *snap, str name,
                        struct catalogue *all, struct err *err)
{
    struct arena *a = c->request->arena;
    struct package *package;
    struct package_source source = { .snap = snap, .worker = c->edit.worker, .arena = a };
    if (!package_find(c->desk->config.packages, &source, name, &package, err))
        return false;
    for (size_t i = 0; i < package->component_count && all->n < COUNT_OF(all->items); i++)
        all->items[all->n++] =
            val_copy(a, tell_component(a, package, &package->components[i]));
    cached_drop(&package->head);
    return true;
}

bool run_components(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct catalogue *all = ARENA_NEW(a, struct catalogue);
    str names[PACKAGE_MAX_INSTALLED];
    struct tenant_path path;
    struct snap *house;
    size_t n;
    if (!edit_house(&c->edit, &path, &house, err)
        || !package_names(house, a, NULL, names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(names[i], STR("ui")) && !add_package(c, house, names[i], all, err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(all->items, all->n));
    return true;
}
