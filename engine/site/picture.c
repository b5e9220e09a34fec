/* GET /p/UNIT/ID: a picture of a unit, for whoever may see the unit's pages. */
#include "inside.h"

#include "picture/picture.h"

#define PICTURE_POLICY "default-src 'none'; sandbox"

/* Whoever gave a phone its pass has that right in the unit, now. */
static bool author_may(struct visit *v, struct snap *snap, struct val pass, str unit,
                       enum auth_right right, struct tenant_path *ret)
{
    struct arena *a = v->request->arena;
    struct err err;
    struct auth_question question = { .home = val_get_text(pass, STR("home")),
                                      .person = val_get_text(pass, STR("person")),
                                      .right = right,
                                      .path = ret };
    return tenant_path_read(snap, unit, a, NULL, ret, &err)
           && auth_may(snap, &question, a, NULL, &err);
}

/* What it shows is a draft of one unit, as the people of that or of another see it. */
static bool pass_shows(struct visit *v, struct snap *snap, struct val pass, str unit)
{
    str own = val_get_text(pass, STR("tenant"));
    struct val look = val_get(pass, STR("look"));
    str other = val_get_text(look, STR("tenant"));
    bool as = val_get_text(look, STR("person")).n || (other.n && !str_equal(other, own));
    struct tenant_path path;
    return author_may(v, snap, pass, own, AUTH_READ_LAYER, &path)
           && (!as
               || author_may(v, snap, pass, other.n ? other : own, AUTH_SEE_AS, &path))
           && tenant_on(&path, unit);
}

/* A phone that shows a draft has a pass for it; the pictures of what it shows belong to
 * it. */
static bool has_pass(struct visit *v, struct snap *snap, str unit)
{
    str secret = http_cookie(v->request, DOOR_PASS);
    struct val pass;
    struct err err;
    return secret.n
           && auth_pass_read(snap, secret, v->scope.now_ms, v->request->arena, NULL,
                             &pass, &err)
           && val_exists(pass) && pass_shows(v, snap, pass, unit);
}

/* Her own pages show it, or she edits those that do. */
static bool may_see(struct visit *v, struct snap *snap, const struct tenant_path *path)
{
    const struct viewer *viewer = v->scope.viewer;
    struct err err;
    return viewer
           && (tenant_on(&viewer->path, tenant_of(path)->id)
               || scope_may(&v->scope, snap, AUTH_READ_LAYER, path, STR(""), &err));
}

/* Who may not see it is told what she would be told of one that is not there. */
static bool find(struct visit *v, str *ret_type, str *ret_bytes, struct err *err)
{
    struct arena *a = v->request->arena;
    struct tenant_path path;
    struct snap *snap;
    str id;
    str unit = str_cut(v->rest, '/', &id);
    if (!scope_snap(&v->scope, &snap, err)
        || !tenant_path_read(snap, unit, a, NULL, &path, err))
        return false;
    if (!id.p || (!may_see(v, snap, &path) && !has_pass(v, snap, unit)))
        return err_set(err, ERR_MISSING, "picture.none", "there is no such picture");
    return picture_find(snap_for(snap, path.chain, path.n, a), id, ret_type, ret_bytes,
                        err);
}

void route_picture(struct visit *v)
{
    struct err err;
    str type;
    str bytes;
    http_set(v->request, "Content-Security-Policy", STR(PICTURE_POLICY));
    if (!find(v, &type, &bytes, &err)) {
        reply_plain(v, door_status_of(&err), "there is no such picture");
        return;
    }
    /* Named after its content, but not for everybody: a shared cache must not keep it. */
    http_set(v->request, "Cache-Control", STR("private, max-age=31536000, immutable"));
    http_send(v->request, 200, arena_str(v->request->arena, type).p, bytes);
}
