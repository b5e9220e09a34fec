/* The routes of /api/v1: decode, one call, encode. */
#include "inside.h"

/* ---- what a request says ---- */

bool call_match(const struct call *c, int64_t *ret, struct err *err)
{
    return door_match(c->request, ret)
           || err_set(err, ERR_INPUT, "desk.match",
                      "If-Match with the ETag, or the revision of an answer, is wanted");
}

bool call_seen(const struct call *c, str *ret, struct err *err)
{
    str match = str_trim(http_header(c->request, "If-Match"));
    bool is_new = str_equal(http_header(c->request, "If-None-Match"), STR("*"));
    *ret = STR("");
    if (match.n > 2 && match.p[0] == '"' && match.p[match.n - 1] == '"')
        *ret = (str){ match.p + 1, match.n - 2 };
    return (is_new && !match.n) || (ret->n && !is_new)
           || err_set(err, ERR_INPUT, "desk.match",
                      "If-Match with its ETag is wanted, or If-None-Match: * for what is "
                      "new");
}

bool call_unit(struct call *c, enum auth_right right, struct tenant_path *ret,
               struct snap **ret_snap, struct err *err)
{
    struct snap *snap;
    if (!scope_snap(&c->scope, &snap, err)
        || !tenant_path_read(snap, c->names[0], c->request->arena, NULL, ret, err))
        return false;
    *ret_snap = snap;
    return scope_may(&c->scope, snap, right, ret, STR(""), err);
}

static bool number_of(const struct call *c, int64_t *ret, struct err *err)
{
    return str_to_int(c->names[2], ret)
           || err_set(err, ERR_MISSING, "edit.revision", "there is no such revision");
}

bool call_query_int(const struct call *c, const char *name, int64_t most,
                    int64_t otherwise, int64_t *ret, struct err *err)
{
    str text = http_query(c->request, name);
    *ret = otherwise;
    if (!text.p || (str_to_int(text, ret) && *ret >= 1 && *ret <= most))
        return true;
    return err_at(err, ERR_INPUT, "desk.query", str_of(name),
                  "a whole number from 1 to %lld is wanted", (long long)most);
}

static str reason_of(const struct call *c)
{
    return val_get_text(c->body, STR("reason"));
}

/* ---- units ---- */

static struct val tell_unit(struct call *c, struct val record)
{
    static const str names[] = { STR_INIT("id"),    STR_INIT("parent"),
                                 STR_INIT("level"), STR_INIT("name"),
                                 STR_INIT("short"), STR_INIT("approval") };
    return val_only(c->request->arena, record, names, COUNT_OF(names));
}

static bool tell_grant(struct call *c, struct snap *snap, struct val grant,
                       struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    str role = val_get_text(grant, STR("role"));
    str specialty = val_get_text(grant, STR("specialty"));
    if (!tenant_path_read(snap, val_get_text(grant, STR("tenant")), a, NULL, &path, err))
        return false;
    struct val v = tell_unit(c, tenant_of(&path)->record);
    v = val_with(a, v, STR("role"), val_str(role));
    if (specialty.n)
        v = val_with(a, v, STR("specialty"), val_str(specialty));
    *ret = val_with(a, v, STR("rights"), auth_role_rights(role, a));
    return true;
}

/* Where the caller's grants begin. */
static bool run_tenants(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    const struct viewer *v = c->scope.viewer;
    struct snap *snap;
    struct val grants;
    if (!scope_snap(&c->scope, &snap, err)
        || !auth_grants(snap, tenant_of(&v->path)->id, v->person_id, a, NULL, &grants,
                        err))
        return false;
    size_t n = 0;
    struct val *items = ARENA_ARRAY(a, struct val, val_count(grants) + 1);
    for (size_t i = 0; i < val_count(grants); i++) {
        if (tell_grant(c, snap, val_at(grants, i), &items[n], err))
            n++;
        else if (err->kind != ERR_MISSING) /* of a unit that is gone */
            return false;
    }
    *ret = val_with(a, val_map(NULL, 0), STR("items"), val_list(items, n));
    return true;
}

static bool run_tenant(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    struct tenant_path path;
    struct rows rows;
    struct snap *snap;
    str after = http_query(c->request, "after");
    if (!call_unit(c, AUTH_READ_LAYER, &path, &snap, err)
        || !tenant_children(snap, c->names[0], after.p ? after : STR(""), DESK_MAX_PAGE,
                            a, &rows, err))
        return false;
    struct val *items = ARENA_ARRAY(a, struct val, val_count(rows.list) + 1);
    for (size_t i = 0; i < val_count(rows.list); i++)
        items[i] = tell_unit(c, val_at(rows.list, i));
    struct val unit = tell_unit(c, tenant_of(&path)->record);
    unit = val_with(a, unit, STR("terms"), terms_told(&path, a));
    unit = val_with(a, unit, STR("children"), val_list(items, val_count(rows.list)));
    *ret = rows.next.n ? val_with(a, unit, STR("next"), val_str(rows.next)) : unit;
    return true;
}

/* ---- layers and drafts ---- */

static bool run_layers(struct call *c, struct val *ret, struct err *err)
{
    return edit_layers(&c->edit, ret, err);
}

static bool run_pages(struct call *c, struct val *ret, struct err *err)
{
    return edit_pages(&c->edit, ret, err);
}

static bool run_layer(struct call *c, struct val *ret, struct err *err)
{
    return edit_layer(&c->edit, ret, err);
}

static bool run_draft(struct call *c, struct val *ret, struct err *err)
{
    return edit_draft(&c->edit, ret, err);
}

/* What is shown of the draft next, in the same answer. When it cannot be shown the
 * command is done all the same: who asks for the preview is told why. */
static struct val with_preview(struct call *c, const struct edit_look *look,
                               struct val draft)
{
    struct arena *a = c->request->arena;
    struct val preview;
    struct err err;
    draft = val_copy(a, draft); /* it may lie in the moment that is let go */
    scope_drop_snap(&c->scope);
    return call_preview(c, look, &preview, &err)
               ? val_with(a, draft, STR("preview"), preview)
               : draft;
}

static bool run_command(struct call *c, struct val *ret, struct err *err)
{
    struct edit_look look;
    str with;
    c->edit.key = http_header(c->request, "Idempotency-Key");
    if (c->edit.key.n > DATA_MAX_KEY)
        return err_at(err, ERR_INPUT, "desk.query", STR("Idempotency-Key"),
                      "a key has at most %d bytes", DATA_MAX_KEY);
    if (!call_one_of(c, "with", "preview", &with, err) || !call_look(c, &look, err)
        || !edit_command(&c->edit, val_as_int(val_get(c->body, STR("base")), -1),
                         val_get(c->body, STR("verbs")), ret, err))
        return false;
    if (with.n)
        *ret = with_preview(c, &look, *ret);
    return true;
}

static bool run_discard(struct call *c, struct val *ret, struct err *err)
{
    int64_t version;
    return call_match(c, &version, err) && edit_discard(&c->edit, version, ret, err);
}

static bool run_check(struct call *c, struct val *ret, struct err *err)
{
    return edit_check(&c->edit, ret, err);
}

static bool run_look(struct call *c, struct val *ret, struct err *err)
{
    return edit_look(&c->edit, ret, err);
}

static bool run_impact(struct call *c, struct val *ret, struct err *err)
{
    return edit_impact(&c->edit, ret, err);
}

static bool run_publish(struct call *c, struct val *ret, struct err *err)
{
    struct edit_publishing what = { .reason = reason_of(c),
                                    .stages = val_get(c->body, STR("stages")),
                                    .halt = val_get(c->body, STR("halt")) };
    struct val at = val_get(c->body, STR("at"));
    if (val_exists(at) && !date_parse(val_text(at), 0, &what.due_ms))
        return err_at(err, ERR_INPUT, "desk.body", STR("/at"), "this is no moment");
    return call_match(c, &what.version, err) && edit_publish(&c->edit, &what, ret, err);
}

/* ---- together with others ---- */

static bool run_present(struct call *c, struct val *ret, struct err *err)
{
    struct edit_screen screen = { .id = val_get_text(c->body, STR("screen")),
                                  .block = val_get_text(c->body, STR("block")),
                                  .leaves = val_as_bool(val_get(c->body, STR("leaves")),
                                                        false) };
    return edit_present(&c->edit, &screen, ret, err);
}

static bool run_above(struct call *c, struct val *ret, struct err *err)
{
    return edit_above(&c->edit, ret, err);
}

static bool run_seen(struct call *c, struct val *ret, struct err *err)
{
    return edit_seen(&c->edit, val_get(c->body, STR("revisions")), ret, err);
}

/* ---- revisions ---- */

static bool run_history(struct call *c, struct val *ret, struct err *err)
{
    int64_t before;
    int64_t limit;
    return call_query_int(c, "before", INT64_C(1) << 50, 0, &before, err)
           && call_query_int(c, "limit", DESK_MAX_PAGE, DESK_MAX_PAGE, &limit, err)
           && edit_history(&c->edit, before, (size_t)limit, ret, err);
}

static bool run_revision(struct call *c, struct val *ret, struct err *err)
{
    int64_t number;
    return number_of(c, &number, err) && edit_revision(&c->edit, number, ret, err);
}

static bool run_approve(struct call *c, struct val *ret, struct err *err)
{
    int64_t number;
    return number_of(c, &number, err)
           && edit_approve(&c->edit, number, reason_of(c), ret, err);
}

static bool run_withdraw(struct call *c, struct val *ret, struct err *err)
{
    int64_t number;
    return number_of(c, &number, err)
           && edit_withdraw(&c->edit, number, reason_of(c), ret, err);
}

static bool run_rollback(struct call *c, struct val *ret, struct err *err)
{
    int64_t number;
    int64_t version = -1;
    bool matches = http_header(c->request, "If-Match").n > 0;
    return number_of(c, &number, err) && (!matches || call_match(c, &version, err))
           && edit_rollback(&c->edit, number, version, reason_of(c), ret, err);
}

/* ---- stages ---- */

typedef bool stage_step(struct edit *edit, int64_t number, int64_t version, str reason,
                        struct val *ret, struct err *err);

static bool take_step(struct call *c, stage_step *step, struct val *ret, struct err *err)
{
    int64_t number;
    int64_t version;
    return number_of(c, &number, err) && call_match(c, &version, err)
           && step(&c->edit, number, version, reason_of(c), ret, err);
}

static bool run_advance(struct call *c, struct val *ret, struct err *err)
{
    return take_step(c, edit_advance, ret, err);
}

static bool run_halt(struct call *c, struct val *ret, struct err *err)
{
    return take_step(c, edit_halt, ret, err);
}

static bool run_resume(struct call *c, struct val *ret, struct err *err)
{
    return take_step(c, edit_resume, ret, err);
}

/* ---- comparing ---- */

static bool run_diff(struct call *c, struct val *ret, struct err *err)
{
    str from = http_query(c->request, "from");
    str to = http_query(c->request, "to");
    return edit_diff(&c->edit, from.p ? from : STR("published"), to.p ? to : STR("draft"),
                     ret, err);
}

/* ---- one's own page ---- */

static bool run_arrangement(struct call *c, struct val *ret, struct err *err)
{
    return layout_arrangement(c->desk->config.layouts, &c->scope, c->edit.worker,
                              c->names[0], ret, err);
}

static bool run_arrange(struct call *c, struct val *ret, struct err *err)
{
    return layout_arrange(c->desk->config.layouts, &c->scope, c->edit.worker, c->names[0],
                          val_get(c->body, STR("verbs")), err)
           && run_arrangement(c, ret, err);
}

static bool run_restore(struct call *c, struct val *ret, struct err *err)
{
    *ret = VAL_ABSENT;
    if (!layout_restore(&c->scope, c->names[0], err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}

static bool run_settings(struct call *c, struct val *ret, struct err *err)
{
    return settings_get(&c->scope, ret, err);
}

static bool run_set(struct call *c, struct val *ret, struct err *err)
{
    *ret = VAL_ABSENT;
    if (!settings_put(c->desk->config.layouts, &c->scope, c->body, err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}

/* ---- why a page is as it is ---- */

/* The scope becomes the other person's: a thread has one snapshot at a time. */
static bool run_explain(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    str tenant = http_query(c->request, "tenant");
    str person = http_query(c->request, "person");
    if (!person.n)
        return err_at(err, ERR_INPUT, "desk.query", STR("person"),
                      "a person's id is wanted");
    tenant = arena_str(a, tenant.n ? tenant : tenant_of(&c->scope.viewer->path)->id);
    if (!edit_may_see_as(&c->edit, tenant, err))
        return false;
    struct scope_worker *worker = c->scope.worker;
    scope_close(&c->scope);
    c->scope = (struct scope){ .snap = NULL };
    return scope_open_as(worker, a, tenant, person, &c->scope, err)
           && layout_explain(c->desk->config.layouts, &c->scope, c->edit.worker,
                             c->names[0], ret, err);
}

/* ---- the table ---- */

const struct desk_route desk_routes[] = {
    { "GET", STR_INIT("/api/v1/openapi.json"), BODY_NONE, NULL },
    { "GET", STR_INIT("/api/v1/pages/{page}/explain"), BODY_NONE, run_explain },
    { "GET", STR_INIT("/api/v1/pages/{page}/arrangement"), BODY_NONE, run_arrangement },
    { "POST", STR_INIT("/api/v1/pages/{page}/arrangement"), BODY_ARRANGING, run_arrange },
    { "DELETE", STR_INIT("/api/v1/pages/{page}/arrangement"), BODY_NONE, run_restore },
    { "GET", STR_INIT("/api/v1/settings"), BODY_NONE, run_settings },
    { "PATCH", STR_INIT("/api/v1/settings"), BODY_SETTINGS, run_set },
    { "GET", STR_INIT("/api/v1/data"), BODY_NONE, desk_collections },
    { "GET", STR_INIT("/api/v1/data/{collection}"), BODY_NONE, desk_records },
    { "POST", STR_INIT("/api/v1/data/{collection}"), BODY_OWN, desk_take },
    { "GET", STR_INIT("/api/v1/data/{collection}/{id}"), BODY_NONE, desk_record },
    { "PUT", STR_INIT("/api/v1/data/{collection}/{id}"), BODY_OWN, desk_put },
    { "PATCH", STR_INIT("/api/v1/data/{collection}/{id}"), BODY_OWN, desk_patch },
    { "DELETE", STR_INIT("/api/v1/data/{collection}/{id}"), BODY_NONE, desk_remove },
    { "GET", STR_INIT("/api/v1/tokens"), BODY_NONE, desk_tokens },
    { "POST", STR_INIT("/api/v1/tokens"), BODY_TOKEN, desk_token_new },
    { "DELETE", STR_INIT("/api/v1/tokens/{token}"), BODY_NONE, desk_token_remove },
    { "GET", STR_INIT("/api/v1/connectors"), BODY_NONE, desk_connectors },
    { "PUT", STR_INIT("/api/v1/connectors/{connector}"), BODY_CONNECTOR,
      desk_connector_put },
    { "POST", STR_INIT("/api/v1/connectors/{connector}/try"), BODY_CONNECTOR,
      desk_connector_try },
    { "DELETE", STR_INIT("/api/v1/connectors/{connector}"), BODY_NONE,
      desk_connector_remove },
    { "GET", STR_INIT("/api/v1/jobs"), BODY_NONE, desk_jobs },
    { "GET", STR_INIT("/api/v1/jobs/{job}"), BODY_NONE, desk_job },
    { "POST", STR_INIT("/api/v1/jobs/{job}/run"), BODY_NONE, desk_job_run },
    { "POST", STR_INIT("/api/v1/jobs/{job}/pause"), BODY_NONE, desk_job_pause },
    { "POST", STR_INIT("/api/v1/jobs/{job}/resume"), BODY_NONE, desk_job_resume },
    { "POST", STR_INIT("/api/v1/pages/{page}/blocks/{block}/actions/{action}"),
      BODY_INPUT, run_action },
    { "GET", STR_INIT("/api/v1/me"), BODY_NONE, desk_me },
    { "PUT", STR_INIT("/api/v1/me/guide"), BODY_GUIDING, desk_me_guide },
    { "GET", STR_INIT("/api/v1/tenants"), BODY_NONE, run_tenants },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}"), BODY_NONE, run_tenant },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/grants"), BODY_NONE, run_grants },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/grants"), BODY_GRANTING, run_grant },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/grants/history"), BODY_NONE,
      run_grant_history },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/audit"), BODY_NONE, run_audit },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/usage"), BODY_NONE, run_usage },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/terms"), BODY_NONE, run_terms },
    { "PATCH", STR_INIT("/api/v1/tenants/{tenant}/terms"), BODY_TERMS, run_name_terms },
    { "DELETE", STR_INIT("/api/v1/tenants/{tenant}/grants/{grant}"), BODY_NONE,
      run_revoke },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/components"), BODY_NONE, run_components },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/words"), BODY_NONE, run_words },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/people"), BODY_NONE, run_people },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/audiences"), BODY_NONE, run_audiences },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/pictures"), BODY_NONE, desk_pictures },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/pictures"), BODY_OWN, desk_picture_put },
    { "PUT", STR_INIT("/api/v1/tenants/{tenant}/pictures/{picture}"), BODY_DESCRIBING,
      desk_picture_describe },
    { "DELETE", STR_INIT("/api/v1/tenants/{tenant}/pictures/{picture}"), BODY_NONE,
      desk_picture_remove },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/audiences/{audience}"), BODY_NONE,
      run_audience },
    { "PUT", STR_INIT("/api/v1/tenants/{tenant}/audiences/{audience}"), BODY_AUDIENCE,
      run_audience_put },
    { "DELETE", STR_INIT("/api/v1/tenants/{tenant}/audiences/{audience}"), BODY_NONE,
      run_audience_remove },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/audiences/{audience}/preview"),
      BODY_RULE, run_audience_preview },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/attributes/{attribute}"), BODY_NONE,
      run_attribute },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/pages"), BODY_NONE, run_pages },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers"), BODY_NONE, run_layers },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}"), BODY_NONE, run_layer },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft"), BODY_NONE,
      run_draft },
    { "DELETE", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft"), BODY_NONE,
      run_discard },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/preview"), BODY_NONE,
      run_preview },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/commands"),
      BODY_COMMANDS, run_command },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/check"), BODY_NONE,
      run_check },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/look"), BODY_NONE,
      run_look },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/impact"), BODY_NONE,
      run_impact },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/publish"),
      BODY_PUBLISHING, run_publish },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/links"),
      BODY_LOOKING, desk_link_new },
    { "DELETE", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/links/{link}"),
      BODY_NONE, desk_link_remove },
    { "PUT", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/draft/presence"),
      BODY_SCREEN, run_present },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/above"), BODY_NONE,
      run_above },
    { "PUT", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/above"), BODY_SEEN,
      run_seen },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/diff"), BODY_NONE,
      run_diff },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions"), BODY_NONE,
      run_history },
    { "GET", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}"),
      BODY_NONE, run_revision },
    { "POST",
      STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/approve"),
      BODY_REASON, run_approve },
    { "POST",
      STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/withdraw"),
      BODY_REASON, run_withdraw },
    { "POST",
      STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/rollback"),
      BODY_REASON, run_rollback },
    { "POST",
      STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/advance"),
      BODY_REASON, run_advance },
    { "POST", STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/halt"),
      BODY_REASON, run_halt },
    { "POST",
      STR_INIT("/api/v1/tenants/{tenant}/layers/{layer}/revisions/{number}/resume"),
      BODY_REASON, run_resume },
};
const size_t desk_route_count = COUNT_OF(desk_routes);
