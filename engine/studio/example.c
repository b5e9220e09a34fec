/* The palette's pictures: each component with the records of its example, as the engine
 * renders it, in the look of the unit. */
#include "inside.h"

enum { EXAMPLES_MAX_BYTES = 8 << 20 };

struct example {
    struct cached head;
    str html;
};

static void example_free(struct cached *self)
{
    struct example *example = (struct example *)self;
    mem_free((void *)(uintptr_t)example->html.p);
    mem_free(example);
}

void examples_open(struct examples *examples)
{
    pthread_mutex_init(&examples->lock, NULL);
    examples->kept =
        cache_open(&(struct cache_config){ .max_bytes = EXAMPLES_MAX_BYTES });
}

void examples_close(struct examples *examples)
{
    cache_close(examples->kept);
    pthread_mutex_destroy(&examples->lock);
}

static enum view_lang lang_of(const struct visit *v)
{
    return v->scope.viewer->lang == SCOPE_EN ? VIEW_EN : VIEW_ZH;
}

static bool make(struct visit *v, struct val package, str component, str key,
                 struct example **ret, struct err *err)
{
    struct buf html;
    buf_init(&html, LIMIT_FRAGMENT_BYTES);
    bool good = v->studio->config.example(package, component, lang_of(v), &html, err);
    if (good) {
        struct example *example = mem_zero(sizeof *example);
        example->head.free = example_free;
        example->head.size = sizeof *example + html.n;
        example->html = mem_str(buf_view(&html));
        cache_offer(v->studio->examples.kept, key, &example->head, NULL, 0);
        *ret = example;
    }
    buf_done(&html);
    return good;
}

static bool find(struct visit *v, struct val package, str component, struct example **ret,
                 struct err *err)
{
    struct examples *examples = &v->studio->examples;
    str print = val_get_text(package, STR("fingerprint"));
    str key = arena_format(v->request->arena, "%.*s %.*s %d", STR_ARG(print),
                           STR_ARG(component), lang_of(v));
    pthread_mutex_lock(&examples->lock);
    *ret = (struct example *)cache_find(examples->kept, key, v->scope.now_ms);
    bool good = *ret || make(v, package, component, key, ret, err);
    pthread_mutex_unlock(&examples->lock);
    return good;
}

static bool read_package(struct visit *v, str ref, struct tenant_path *path,
                         struct val *ret, str *ret_component, struct err *err)
{
    struct edit edit = studio_edit(v);
    struct snap *house;
    str package = package_of_ref(ref, ret_component);
    if (!edit_house(&edit, path, &house, err)
        || !snap_get_up(house, store_collection(snap_store(house), STR("package")),
                        package, NULL, ret, err))
        return false;
    if (!val_exists(*ret))
        return err_set(err, ERR_MISSING, "package.none",
                       "the package %.*s is not installed", STR_ARG(package));
    *ret = val_copy(v->request->arena, *ret);
    return true;
}

static bool put(struct visit *v, const struct tenant_path *path,
                const struct example *example, struct buf *out, struct err *err)
{
    struct sheet_source source = { .path = path, .specialty = STR(""), .theme = STR("") };
    struct sheet *sheet;
    if (!render_sheet(v->worker->render, &v->scope, &source, &sheet, err))
        return false;
    struct shell shell = shell_for(&v->scope, STR("example"), sheet);
    shell.styles[0] =
        assets_address(v->studio->config.assets, v->request->arena, "canvas");
    shell.class = STR("wb example");
    shell_open(out, &shell);
    buf_str(out, STR("<main id=\"main\" class=\"page\">"));
    buf_str(out, example->html);
    buf_str(out, STR("</main>"));
    shell_close(out);
    cached_drop(&sheet->head);
    return true;
}

void send_example(struct visit *v)
{
    struct tenant_path path;
    struct val package;
    str component;
    struct example *example;
    struct err err;
    struct buf out;
    http_set(v->request, "Content-Security-Policy", STR(CANVAS_POLICY));
    if (!read_package(v, studio_asked(v, "component"), &path, &package, &component, &err)
        || !find(v, package, component, &example, &err)) {
        studio_fail(v, &err);
        return;
    }
    buf_init(&out, LIMIT_PAGE_BYTES);
    if (put(v, &path, example, &out, &err))
        http_send(v->request, 200, "text/html; charset=utf-8", buf_view(&out));
    else
        studio_fail(v, &err);
    buf_done(&out);
    cached_drop(&example->head);
}
