/* What makes the workbench an app of its own: its script, its service worker, its
 * manifest, and what it shows without a connection. */
#include "inside.h"

/* A name that is not there is that of another version. */
void route_asset(struct visit *v)
{
    struct http_body *body = assets_find(v->site->config.assets, v->rest);
    if (body)
        http_send_body(v->request, 200, body);
    else
        reply_missing(v);
}

void route_fixed(struct visit *v)
{
    str path = v->request->path;
    str name = { path.p + 1, path.n - 1 };
    http_send_body(v->request, 200, assets_find(v->site->config.assets, name));
}

void route_offline_page(struct visit *v)
{
    reply_host_page(v, 200, STR("offline"), val_map(NULL, 0));
}

/* ---- the manifest ---- */

static struct val manifest_icon(struct arena *a, const char *src, const char *sizes,
                                const char *type, const char *purpose)
{
    struct val icon = val_with(a, val_map(NULL, 0), STR("src"), val_str(str_of(src)));
    icon = val_with(a, icon, STR("sizes"), val_str(str_of(sizes)));
    icon = val_with(a, icon, STR("type"), val_str(str_of(type)));
    return val_with(a, icon, STR("purpose"), val_str(str_of(purpose)));
}

static struct val icons_of(struct arena *a)
{
    struct val *icons = ARENA_ARRAY(a, struct val, 2);
    icons[0] = manifest_icon(a, "/icon.svg", "any", "image/svg+xml", "any");
    icons[1] = manifest_icon(a, "/icon.png", "512x512", "image/png", "any maskable");
    return val_list(icons, 2);
}

/* A unit's name or short name in a language; its name when it has no short one. */
static struct val unit_text(struct val record, const char *field, str lang)
{
    struct val text = val_get(record, str_of(field));
    if (!val_exists(text))
        text = val_get(record, STR("name"));
    return text.kind == VAL_STR ? text : val_str(val_get_text(text, lang));
}

static struct val manifest_of(struct visit *v, struct val unit, str color)
{
    struct arena *a = v->request->arena;
    str lang = view_lang_name(visit_lang(v));
    const struct {
        const char *name;
        struct val value;
    } members[] = {
        { "id", val_str(STR("/w/home")) },
        { "name", unit_text(unit, "name", lang) },
        { "short_name", unit_text(unit, "short", lang) },
        { "lang", val_str(visit_lang(v) == VIEW_EN ? STR("en") : STR("zh-CN")) },
        { "start_url", val_str(STR("/w/home")) },
        { "scope", val_str(STR("/")) },
        { "display", val_str(STR("standalone")) },
        { "theme_color", val_str(color) },
        { "background_color", val_str(color) },
        { "icons", icons_of(a) },
    };
    struct val manifest = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        manifest = val_with(a, manifest, str_of(members[i].name), members[i].value);
    return manifest;
}

/* Named as her unit is, in her language. */
void route_manifest(struct visit *v)
{
    struct tenant_path path;
    struct sheet *sheet;
    struct err err;
    if (!visit_sheet(v, &path, &sheet, &err)) {
        reply_error(v, &err);
        return;
    }
    struct val manifest = manifest_of(v, tenant_of(&path)->record, sheet->scheme_color);
    http_set(v->request, "Cache-Control", STR("private, no-cache"));
    http_send(v->request, 200, "application/manifest+json",
              doc_text(v->request->arena, manifest, DOC_PLAIN));
    cached_drop(&sheet->head);
}
