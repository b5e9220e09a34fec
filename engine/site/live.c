/* GET /live: which pages a stream is to show, and what its client has of them. */
#include "inside.h"

enum { STREAM_WAIT_S = 5 }; /* until a stream that was refused is asked for again */

struct reading {
    struct arena *arena;
    struct live_page *pages;
    struct parameters *queries; /* of each page */
    size_t n;
    const char *wrong;
};

static void take(void *data, str name, str value)
{
    struct reading *r = data;
    if (str_equal(name, STR("page"))) {
        if (r->n == LIMIT_STREAM_PAGES) {
            r->wrong = "a stream shows at most 8 pages";
            return;
        }
        r->pages[r->n] = (struct live_page){ .name = arena_str(r->arena, value) };
        r->queries[r->n++] = (struct parameters){ .arena = r->arena };
    } else if (!r->n) {
        r->wrong = "the first parameter is a page";
    } else if (str_equal(name, STR("at"))) {
        r->pages[r->n - 1].at = arena_str(r->arena, value);
    } else {
        parameters_add(&r->queries[r->n - 1], name, value);
    }
}

/* The id of the last event has a token for each page, in their order. */
static void take_last_id(struct visit *v, struct reading *r)
{
    str rest = http_header(v->request, "Last-Event-ID");
    for (size_t i = 0; i < r->n && rest.n; i++)
        r->pages[i].at = str_cut(rest, '.', &rest);
}

static bool read_wish(struct visit *v, struct reading *r, struct err *err)
{
    http_each_query(v->request, take, r);
    for (size_t i = 0; i < r->n; i++) {
        r->pages[i].query = parameters_map(&r->queries[i], &r->pages[i].query_text);
        if (r->queries[i].bad || !r->pages[i].name.n || !str_is_text(r->pages[i].name))
            r->wrong = "a page's parameters are too many or no text";
    }
    if (!r->n && !r->wrong)
        r->wrong = "say which page: /live?page=home&at=TOKEN";
    take_last_id(v, r);
    return !r->wrong || err_set(err, ERR_INPUT, "live.page", "%s", r->wrong);
}

void route_live(struct visit *v)
{
    struct arena *a = v->request->arena;
    struct reading r = {
        .arena = a,
        .pages = ARENA_ARRAY(a, struct live_page, LIMIT_STREAM_PAGES),
        .queries = ARENA_ARRAY(a, struct parameters, LIMIT_STREAM_PAGES),
    };
    struct err err;
    bool good = v->scope.viewer
                    ? read_wish(v, &r, &err)
                    : err_set(&err, ERR_SIGNIN, "live.session", "nobody is signed in");
    struct live_wish wish = { http_cookie(v->request, DOOR_COOKIE), r.pages, r.n };
    if (!good
        || !live_stream(v->site->config.live, v->worker->render, &v->scope, v->request,
                        &wish, &err))
        reply_problem_later(v, &err, STREAM_WAIT_S);
    else
        note_usage(v, USAGE_BACK, STR(""));
}
