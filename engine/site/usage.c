/* What people do is counted: pages they open or come back to, cards they use. */
#include "inside.h"

/* A page that a script asks for, or a browser in advance, is opened by nobody. */
static bool is_opened(const struct visit *v)
{
    str mode = http_header(v->request, "Sec-Fetch-Mode");
    return str_equal(v->request->method, STR("GET"))
           && (!mode.n || str_equal(mode, STR("navigate")))
           && !http_header(v->request, "Sec-Purpose").n;
}

void note_usage(const struct visit *v, enum usage_kind kind, str what)
{
    const struct viewer *viewer = v->scope.viewer;
    if (kind == USAGE_VIEW && !is_opened(v))
        return;
    usage_note(v->site->config.usage,
               &(struct usage_note){ .kind = kind,
                                     .tenant = tenant_of(&viewer->path)->id,
                                     .person = viewer->person_id,
                                     .what = what,
                                     .at_ms = v->scope.now_ms });
}

/* A link of the card was followed; the client says so, for the server does not see it. */
void route_used(struct visit *v)
{
    str page = http_query(v->request, "page");
    str name = http_query(v->request, "block");
    struct layout *layout;
    struct err err;
    if (!layout_is_name(page, LAYOUT_MAX_NAME)
        || !layout_is_name(name, LAYOUT_MAX_BLOCK_ID)) {
        err_set(&err, ERR_INPUT, "usage.place",
                "the address says which `page` and which `block` of it");
        reply_problem(v, &err);
        return;
    }
    v->scope.page = page;
    if (!layout_find(v->site->config.layouts, &v->scope,
                     render_script_worker(v->worker->render), page, &layout, &err)) {
        reply_problem(v, &err);
        return;
    }
    const struct block *block = layout_shown_block(layout, name);
    if (block)
        note_usage(v, USAGE_USE, block->ref);
    cached_drop(&layout->head);
    http_send(v->request, 204, NULL, STR(""));
}
