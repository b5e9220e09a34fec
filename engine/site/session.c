/* Signing in and out, and a person's own settings. */
#include "inside.h"

static void set_cookie(struct visit *v, str token, int64_t max_age_s)
{
    str cookie = arena_format(
        v->request->arena,
        DOOR_COOKIE "=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
        STR_ARG(token), (long long)max_age_s, v->site->config.secure ? "; Secure" : "");
    http_set(v->request, "Set-Cookie", cookie);
}

/* Where to after signing in: the studio when that was asked for; empty: her workbench. */
static str next_asked(const struct visit *v)
{
    str form = http_form(v->request, "next");
    str asked = form.n ? form : http_query(v->request, "next");
    return str_equal(asked, STR("/studio")) ? asked : STR("");
}

static void send_on(struct visit *v)
{
    str next = next_asked(v);
    http_send_to(v->request, next.n ? next : STR("/w/home"));
}

static struct val sign_in_model(struct visit *v, str name, const char *code)
{
    struct arena *a = v->request->arena;
    struct val model = val_with(a, val_map(NULL, 0), STR("name"), val_str(name));
    str next = next_asked(v);
    if (next.n)
        model = val_with(a, model, STR("next"), val_str(next));
    if (code)
        model = val_with(a, model, STR("code"), val_str(str_of(code)));
    if (val_exists(v->site->config.demo))
        model = val_with(a, model, STR("demo"), v->site->config.demo);
    struct tenant_path path;
    struct err err;
    if (visit_path(v, &path, &err))
        model = val_with(a, model, STR("tenant"), path.items[0].record);
    return model;
}

void route_sign_in_page(struct visit *v)
{
    if (v->scope.viewer)
        send_on(v);
    else
        reply_host_page(v, 200, STR("sign-in"), sign_in_model(v, STR(""), NULL));
}

void route_sign_in(struct visit *v)
{
    str name = http_form(v->request, "name");
    str password = http_form(v->request, "password");
    struct snap *snap;
    struct err err;
    str token;
    if (!name.n || !password.n || name.n > STORE_MAX_ID || !str_is_text(name)) {
        reply_host_page(v, 400, STR("sign-in"),
                        sign_in_model(v, STR(""), "auth.missing"));
        return;
    }
    bool good = scope_snap(&v->scope, &snap, &err)
                && auth_sign_in(v->site->config.auth, snap, name, password,
                                v->request->arena, &token, &err);
    scope_drop_snap(&v->scope);
    if (good) {
        set_cookie(v, token, LIMIT_SESSION_S);
        send_on(v);
    } else if (err.kind == ERR_SIGNIN || err.kind == ERR_LIMIT) {
        if (err.kind == ERR_LIMIT)
            http_set(v->request, "Retry-After", str_of(err.where));
        reply_host_page(v, err.kind == ERR_LIMIT ? 429 : 401, STR("sign-in"),
                        sign_in_model(v, name, err.code));
    } else {
        reply_error(v, &err);
    }
}

void route_sign_out(struct visit *v)
{
    str token = http_cookie(v->request, DOOR_COOKIE);
    struct err err;
    if (token.n == CRYPT_TOKEN
        && !auth_sign_out(v->site->config.auth, token, v->request->arena, &err)) {
        reply_error(v, &err);
        return;
    }
    set_cookie(v, STR(""), 0);
    http_set(v->request, "Clear-Site-Data", STR("\"cache\", \"storage\""));
    http_send_to(v->request, STR("/"));
}

/* ---- her own settings ---- */

void route_me(struct visit *v)
{
    static const char *const names[] = { "lang", "scheme", "size", "theme" };
    struct arena *a = v->request->arena;
    struct val values = val_map(NULL, 0);
    struct err err;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        str value = http_form(v->request, names[i]);
        if (value.p)
            values = val_with(a, values, str_of(names[i]), val_str(value));
    }
    if (settings_put(v->site->config.layouts, &v->scope, values, &err))
        http_send_to(v->request, STR("/w/me"));
    else
        reply_error(v, &err);
}
