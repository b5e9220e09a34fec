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

struct settings {
    struct visit *visit;
    str names[4];
    str values[4]; /* empty: it goes */
    size_t n;
};

static bool settings_work(struct txn *txn, void *data, struct err *err)
{
    struct settings *s = data;
    const struct viewer *viewer = s->visit->scope.viewer;
    const struct store_collection *people =
        store_collection(txn_store(txn), STR("person"));
    struct snap *snap = txn_snap(txn, viewer->path.chain, viewer->path.n);
    struct val person;
    if (!snap_get(snap, people, viewer->person_id, NULL, &person, err))
        return false;
    for (size_t i = 0; i < s->n; i++)
        person = s->values[i].n ? val_with(txn_arena(txn), person, s->names[i],
                                           val_str(s->values[i]))
                                : val_without(txn_arena(txn), person, s->names[i]);
    return txn_put(txn, tenant_of(&viewer->path)->space, people, person, PUT_OLD, err);
}

static bool is_setting(str name, str value)
{
    static const struct {
        str name;
        const char *values;
    } known[] = {
        { STR_INIT("lang"), "zh en" },
        { STR_INIT("scheme"), "auto light dark" },
        { STR_INIT("size"), "normal large" },
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (str_equal(known[i].name, name))
            return str_is_among(value, known[i].values);
    }
    return false;
}

/* One that is offered, or the unit's own. */
static bool is_theme(struct visit *v, str value)
{
    const struct viewer *viewer = v->scope.viewer;
    struct look *look;
    struct err err;
    if (str_equal(value, STR("unit")))
        return true;
    if (!look_find(v->site->config.layouts, &v->scope, &viewer->path, viewer->specialty,
                   &look, &err))
        return false;
    bool offered = look_offers(look, value);
    cached_drop(&look->head);
    return offered;
}

void route_me(struct visit *v)
{
    static const char *const names[] = { "lang", "scheme", "size", "theme" };
    struct settings s = { .visit = v };
    struct err err;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        str value = http_form(v->request, names[i]);
        if (!value.p)
            continue;
        bool theme = strcmp(names[i], "theme") == 0;
        if (theme ? !is_theme(v, value) : !is_setting(str_of(names[i]), value)) {
            err_at(&err, ERR_INPUT, "me.setting", str_of(names[i]),
                   "this is no such setting");
            reply_error(v, &err);
            return;
        }
        s.names[s.n] = str_of(names[i]);
        s.values[s.n++] = theme && str_equal(value, STR("unit")) ? STR("") : value;
    }
    scope_drop_snap(&v->scope);
    if (store_write(scopes_store(v->site->config.scopes), settings_work, &s, &err))
        http_send_to(v->request, STR("/w/me"));
    else
        reply_error(v, &err);
}
