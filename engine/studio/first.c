/* What the studio asks first. Its page names it, so that the browser asks before any
 * script has come: where she was last, which a cookie says, else where placeOf of
 * studio/builder/place.ts begins. What is guessed wrong is asked for in vain, no more. */
#include "inside.h"

#include "html/html.h"

#define PLACE_COOKIE "studio-place" /* UNIT/LAYER */

struct place {
    str unit; /* empty: nowhere */
    str layer;
};

static bool place_of_cookie(struct visit *v, struct place *ret)
{
    ret->unit = str_cut(http_cookie(v->request, PLACE_COOKIE), '/', &ret->layer);
    return ret->unit.n && ret->layer.n;
}

static bool may_edit(struct val grant, struct arena *a)
{
    struct val rights = auth_role_rights(val_get_text(grant, STR("role")), a);
    for (size_t i = 0; i < val_count(rights); i++) {
        if (val_is(val_at(rights, i), "edit_layer"))
            return true;
    }
    return false;
}

static bool place_of_grants(struct visit *v, struct place *ret)
{
    struct arena *a = v->request->arena;
    const struct viewer *viewer = v->scope.viewer;
    struct val grants;
    struct snap *snap;
    struct err err;
    if (!scope_snap(&v->scope, &snap, &err)
        || !auth_grants(snap, tenant_of(&viewer->path)->id, viewer->person_id, a, NULL,
                        &grants, &err))
        return false;
    size_t at = 0;
    for (size_t i = val_count(grants); i > 0; i--)
        at = may_edit(val_at(grants, i - 1), a) ? i - 1 : at;
    struct val first = val_at(grants, at);
    str specialty = val_get_text(first, STR("specialty"));
    ret->unit = val_get_text(first, STR("tenant"));
    ret->layer =
        specialty.n ? arena_format(a, "home:%.*s", STR_ARG(specialty)) : STR("home");
    return ret->unit.n > 0;
}

static str part_of_address(struct arena *a, str name)
{
    enum { MAX_PART = 1 << 10 };
    struct buf out;
    buf_init(&out, MAX_PART);
    html_url_part(&out, name);
    str part = arena_str(a, buf_view(&out));
    buf_done(&out);
    return part;
}

static void put_preload(struct buf *out, str address)
{
    buf_str(out, STR("<link rel=\"preload\" as=\"fetch\" crossorigin href=\""));
    html_escape(out, address);
    buf_str(out, STR("\">"));
}

static struct place first_place(struct visit *v)
{
    struct place place;
    if (!place_of_cookie(v, &place) && !place_of_grants(v, &place))
        return (struct place){ STR(""), STR("") };
    return place;
}

/* The sheet of the unit's theme. */
static bool put_sheet(struct visit *v, const struct place *place, struct buf *out,
                      struct err *err)
{
    struct arena *a = v->request->arena;
    struct sheet_source source = render_viewer_sheet(&v->scope);
    struct tenant_path path;
    struct sheet *sheet;
    struct snap *snap;
    (void)str_cut(place->layer, ':', &source.specialty);
    source.path = &path;
    if (!scope_snap(&v->scope, &snap, err)
        || !tenant_path_read(snap, place->unit, a, NULL, &path, err)
        || !render_sheet(v->worker->render, &v->scope, &source, &sheet, err))
        return false;
    put_preload(out, render_sheet_path(a, sheet));
    cached_drop(&sheet->head);
    return true;
}

/* What the canvas is drawn with comes before what is done with it. Addresses are written
 * as address() of studio/builder/address.ts writes them. */
void put_first(struct visit *v, str icons, struct buf *out)
{
    struct arena *a = v->request->arena;
    struct place place = first_place(v);
    struct err err;
    put_preload(out, STR("/api/v1/tenants"));
    if (!place.unit.n)
        return;
    str unit =
        arena_format(a, "/api/v1/tenants/%.*s", STR_ARG(part_of_address(a, place.unit)));
    str draft = arena_format(a, "%.*s/layers/%.*s/draft", STR_ARG(unit),
                             STR_ARG(part_of_address(a, place.layer)));
    if (!str_starts(place.layer, STR(LAYOUT_THEME)))
        put_preload(out, arena_format(a, "%.*s/preview?scheme=light&size=normal",
                                      STR_ARG(draft)));
    if (put_sheet(v, &place, out, &err))
        put_preload(out, assets_address(v->studio->config.assets, a, "canvas"));
    put_preload(out, draft);
    put_preload(out, arena_format(a, "%.*s/components", STR_ARG(unit)));
    put_preload(out, icons);
}
