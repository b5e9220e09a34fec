/* What composing a page needs besides verbs: how it looks, as whom, from what. */
#include "inside.h"

/* ---- the page with the draft in it ---- */

bool call_one_of(const struct call *c, const char *name, const char *values, str *ret,
                 struct err *err)
{
    str value = http_query(c->request, name);
    *ret = value.p ? value : STR("");
    if (!ret->n || str_is_among(value, values))
        return true;
    return err_at(err, ERR_INPUT, "desk.query", str_of(name), "one of %s is wanted",
                  values);
}

bool call_look(const struct call *c, struct edit_look *ret, struct err *err)
{
    str tenant = http_query(c->request, "tenant");
    str person = http_query(c->request, "person");
    str theme = http_query(c->request, "theme");
    str revision = http_query(c->request, "revision");
    str at = http_query(c->request, "at");
    int64_t at_ms;
    ret->tenant = tenant.p ? tenant : STR("");
    ret->person = person.p ? person : STR("");
    ret->theme = theme.p ? theme : STR("");
    ret->revision = revision.p ? revision : STR("");
    ret->at = at.p ? at : STR("");
    return call_one_of(c, "lang", "zh en", &ret->lang, err)
           && call_one_of(c, "scheme", "auto light dark", &ret->scheme, err)
           && call_one_of(c, "size", "normal large", &ret->size, err)
           && edit_moment(&c->scope, ret, &at_ms, err);
}

static const struct package *package_of(const struct layout *layout, str ref)
{
    str rest;
    str name = package_of_ref(ref, &rest);
    for (size_t i = 0; i < layout->package_count; i++) {
        if (str_equal(layout->packages[i]->name, name))
            return layout->packages[i];
    }
    return NULL;
}

/* Of a component's file, with the lines around the place where there is one. */
static struct val with_place(struct arena *a, const struct layout *layout,
                             const struct failed_block *failed, struct val v)
{
    const struct package *package = package_of(layout, failed->block->ref);
    const struct component *component = failed->block->component;
    struct package_place place = package_place(str_of(failed->err.where));
    str source = package ? val_get_text(package->files, place.file) : (str){ NULL, 0 };
    if (!component)
        return v;
    if (!source.p)
        return val_with(a, v, STR("file"), val_str(component->file));
    struct val excerpt = package_excerpt(a, source, &place, str_of(failed->err.text));
    v = val_with(a, v, STR("file"), val_str(place.file));
    if (!place.line)
        return v;
    v = val_with(a, v, STR("line"), val_int(place.line));
    v = val_with(a, v, STR("column"), val_int(place.column));
    return val_with(a, v, STR("excerpt"), excerpt);
}

static struct val tell_failure(struct arena *a, const struct layout *layout,
                               const struct failed_block *failed)
{
    struct val v =
        val_with(a, val_map(NULL, 0), STR("code"), val_str(str_of(failed->err.code)));
    v = val_with(a, v, STR("text"), val_str(str_of(failed->err.text)));
    if (failed->err.where[0])
        v = val_with(a, v, STR("where"), val_str(str_of(failed->err.where)));
    return val_copy(a, with_place(a, layout, failed, v)); /* the package may go */
}

static const struct failed_block *failed_block(const struct canvas *canvas, str id)
{
    const struct failed_block *failed = canvas->failed;
    while (failed && !str_equal(failed->block->id, id))
        failed = failed->next;
    return failed;
}

/* What a component said when it failed, and its source, are for who may change the page.
 */
static struct val with_failures(struct arena *a, const struct canvas *canvas,
                                struct val told)
{
    struct val blocks = val_get(told, STR("blocks"));
    size_t n = val_count(blocks);
    struct val *items = ARENA_ARRAY(a, struct val, n);
    for (size_t i = 0; canvas->failed && i < n; i++) {
        items[i] = val_at(blocks, i);
        const struct failed_block *failed =
            failed_block(canvas, val_get_text(items[i], STR("id")));
        if (failed)
            items[i] = val_with(a, items[i], STR("failure"),
                                tell_failure(a, canvas->layout, failed));
    }
    return canvas->failed ? val_with(a, told, STR("blocks"), val_list(items, n)) : told;
}

static bool draw(struct call *c, struct canvas *canvas, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct buf html;
    canvas->styles[0] = assets_address(c->desk->config.assets, a, "canvas");
    buf_init(&html, LIMIT_PAGE_BYTES);
    bool good = render_canvas(c->worker->render, &c->scope, canvas, &html, err);
    *ret = val_str(arena_str(a, buf_view(&html)));
    buf_done(&html);
    return good;
}

bool call_preview(struct call *c, const struct edit_look *look, struct val *ret,
                  struct err *err)
{
    struct arena *a = c->request->arena;
    struct canvas canvas = { .failed = NULL };
    struct val html;
    if (!edit_preview(&c->edit, look, &canvas.layout, ret, err))
        return false;
    *ret =
        val_with(a, *ret, STR("title"), val_str(render_title(&c->scope, canvas.layout)));
    bool good = draw(c, &canvas, &html, err);
    if (c->edit.may_change)
        *ret = with_failures(a, &canvas, *ret);
    *ret = val_with(a, *ret, STR("html"), html);
    cached_drop(&canvas.layout->head);
    return good;
}

bool run_preview(struct call *c, struct val *ret, struct err *err)
{
    struct edit_look look;
    return call_look(c, &look, err) && call_preview(c, &look, ret, err);
}

/* ---- as whom ---- */

bool run_people(struct call *c, struct val *ret, struct err *err)
{
    int64_t limit;
    str part = http_query(c->request, "q");
    str after = http_query(c->request, "after");
    str ids = http_query(c->request, "ids");
    if (ids.n)
        return edit_people_named(&c->edit, ids, ret, err);
    return call_query_int(c, "limit", DESK_MAX_PAGE, DESK_MAX_PAGE, &limit, err)
           && edit_people(&c->edit, part.p ? part : STR(""), after.p ? after : STR(""),
                          (size_t)limit, ret, err);
}

/* ---- for whom ---- */

bool run_audiences(struct call *c, struct val *ret, struct err *err)
{
    return edit_audiences(&c->edit, ret, err);
}

bool run_audience(struct call *c, struct val *ret, struct err *err)
{
    struct val audience;
    str etag;
    *ret = VAL_ABSENT;
    if (!edit_audience(&c->edit, c->names[1], &audience, &etag, err))
        return false;
    call_answer_as(c, 200, etag, audience);
    return true;
}

bool run_audience_put(struct call *c, struct val *ret, struct err *err)
{
    struct val audience;
    str seen;
    str etag;
    *ret = VAL_ABSENT;
    if (!call_seen(c, &seen, err)
        || !edit_audience_put(&c->edit, c->names[1], seen, c->body, &audience, &etag,
                              err))
        return false;
    call_answer_as(c, seen.n ? 200 : 201, etag, audience);
    return true;
}

bool run_audience_preview(struct call *c, struct val *ret, struct err *err)
{
    return edit_audience_preview(&c->edit, c->names[1], val_get(c->body, STR("rule")),
                                 ret, err);
}

bool run_attribute(struct call *c, struct val *ret, struct err *err)
{
    str part = http_query(c->request, "q");
    return edit_attribute(&c->edit, c->names[1], part.p ? part : STR(""), ret, err);
}

bool run_audience_remove(struct call *c, struct val *ret, struct err *err)
{
    str seen;
    *ret = VAL_ABSENT;
    if (!call_seen(c, &seen, err)
        || !edit_audience_remove(&c->edit, c->names[1], seen, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}

/* ---- from what ---- */

/* By property, what is shown while it is empty: { zh, en }. */
static struct val tell_words(struct arena *a, const struct component *component)
{
    struct val properties =
        val_get(val_get(component->manifest, STR("props")), STR("properties"));
    struct val v = val_map(NULL, 0);
    for (size_t i = 0; i < val_count(properties); i++) {
        str name;
        str word = val_get_text(val_member(properties, i, &name), STR("x-word"));
        struct val texts = val_map(NULL, 0);
        for (int lang = 0; word.n && lang < VIEW_LANGS; lang++) {
            struct val text = val_get(component->words[lang], word);
            if (text.kind == VAL_STR)
                texts = val_with(a, texts, view_lang_name(lang), text);
        }
        if (val_count(texts))
            v = val_with(a, v, name, texts);
    }
    return v;
}

/* What people can do on it, by name: what that is called. */
static struct val tell_actions(struct arena *a, const struct component *component)
{
    struct val actions = val_get(component->manifest, STR("actions"));
    struct val v = val_map(NULL, 0);
    for (size_t i = 0; i < val_count(actions); i++) {
        str name;
        struct val title = val_get(val_member(actions, i, &name), STR("title"));
        if (val_exists(title))
            v = val_with(a, v, name, title);
    }
    return v;
}

static struct val tell_component(struct arena *a, const struct package *package,
                                 const struct component *component)
{
    static const str names[] = { STR_INIT("title"), STR_INIT("description"),
                                 STR_INIT("icon"),  STR_INIT("category"),
                                 STR_INIT("sizes"), STR_INIT("needs"),
                                 STR_INIT("props"), STR_INIT("regions") };
    struct val v = val_with(a, val_map(NULL, 0), STR("id"), val_str(component->ref));
    v = val_with(a, v, STR("package"), val_str(package->name));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct val value = val_get(component->manifest, names[i]);
        if (val_exists(value))
            v = val_with(a, v, names[i], value);
    }
    struct val words = tell_words(a, component);
    if (val_count(words))
        v = val_with(a, v, STR("words"), words);
    struct val actions = tell_actions(a, component);
    if (val_count(actions))
        v = val_with(a, v, STR("actions"), actions);
    struct val example =
        val_get(val_get(component->manifest, STR("example")), STR("props"));
    return val_exists(example) ? val_with(a, v, STR("example"), example) : v;
}

struct catalogue {
    struct val items[LIMIT_PACKAGE_FILES];
    size_t n;
    /* The items of a package. */
    void (*add)(struct catalogue *all, struct arena *a, const struct package *package);
};

static void catalogue_put(struct catalogue *all, struct arena *a, struct val item)
{
    if (all->n < COUNT_OF(all->items))
        all->items[all->n++] = val_copy(a, item);
}

static void add_components(struct catalogue *all, struct arena *a,
                           const struct package *package)
{
    for (size_t i = 0; i < package->component_count; i++)
        catalogue_put(all, a, tell_component(a, package, &package->components[i]));
}

/* Each as its package has it: { component, title, zh, en }. */
static void add_words(struct catalogue *all, struct arena *a,
                      const struct package *package)
{
    bool host = str_equal(package->name, STR("ui"));
    for (size_t i = 0; i < (host ? 1 : package->component_count); i++) {
        const struct component *component = &package->components[i];
        const struct val *words = host ? package->words : component->words;
        str ref = host ? package->name : component->ref;
        struct val v = val_with(a, val_map(NULL, 0), STR("component"), val_str(ref));
        v = val_with(a, v, STR("title"), host ? package->title : component->title);
        for (int lang = 0; lang < VIEW_LANGS; lang++) {
            struct val text =
                words[lang].kind == VAL_MAP ? words[lang] : val_map(NULL, 0);
            v = val_with(a, v, view_lang_name(lang), text);
        }
        catalogue_put(all, a, v);
    }
}

static bool add_package(struct call *c, struct snap *snap, str name,
                        struct catalogue *all, struct err *err)
{
    struct arena *a = c->request->arena;
    struct package *package;
    struct package_source source = { .snap = snap, .worker = c->edit.worker, .arena = a };
    if (!package_find(c->desk->config.packages, &source, name, &package, err))
        return false;
    all->add(all, a, package);
    cached_drop(&package->head);
    return true;
}

static bool tell_packages(struct call *c, struct catalogue *all, bool with_host,
                          struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    str names[PACKAGE_MAX_INSTALLED];
    struct tenant_path path;
    struct snap *house;
    size_t n;
    if (!edit_house(&c->edit, &path, &house, err)
        || !package_names(house, a, NULL, names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool host = str_equal(names[i], STR("ui"));
        if ((with_host || !host) && !add_package(c, house, names[i], all, err))
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(all->items, all->n));
    return true;
}

bool run_components(struct call *c, struct val *ret, struct err *err)
{
    struct catalogue *all = ARENA_NEW(c->request->arena, struct catalogue);
    all->add = add_components;
    return tell_packages(c, all, false, ret, err);
}

bool run_words(struct call *c, struct val *ret, struct err *err)
{
    struct catalogue *all = ARENA_NEW(c->request->arena, struct catalogue);
    all->add = add_words;
    return tell_packages(c, all, true, ret, err);
}
