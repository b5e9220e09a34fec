/* Arranging one's own page: the page of it, and the posts that change it. Forms get a
 * page back, scripts that ask for JSON get JSON. */
#include "inside.h"

#include <stdio.h>

enum { PIN_RECORDS = 100 };

/* ---- what is shown ---- */

static struct val map_with(struct arena *a, struct val map, const char *name,
                           struct val value)
{
    return val_with(a, map, str_of(name), value);
}

/* The text between two tags, with the five escapes of html_escape undone. */
static str plain_text(struct arena *a, str html)
{
    static const struct {
        str is;
        char stands_for;
    } escapes[] = { { STR_INIT("&amp;"), '&' },
                    { STR_INIT("&lt;"), '<' },
                    { STR_INIT("&gt;"), '>' },
                    { STR_INIT("&quot;"), '"' },
                    { STR_INIT("&#39;"), '\'' } };
    char *text = arena_alloc(a, html.n);
    size_t n = 0;
    while (html.n) {
        size_t taken = 1;
        text[n] = html.p[0];
        for (size_t i = 0; i < COUNT_OF(escapes); i++) {
            if (!str_starts(html, escapes[i].is))
                continue;
            text[n] = escapes[i].stands_for;
            taken = escapes[i].is.n;
        }
        n++;
        html = (str){ html.p + taken, html.n - taken };
    }
    return str_trim((str){ text, n });
}

/* The text that the first element with `mark` in its start tag begins with. */
static str text_at(struct arena *a, str html, const char *mark)
{
    str rest;
    const char *at = memmem(html.p, html.n, mark, strlen(mark));
    if (!at)
        return STR("");
    str_cut((str){ at, html.n - (size_t)(at - html.p) }, '>', &rest);
    return rest.p ? plain_text(a, str_cut(rest, '<', &rest)) : STR("");
}

static bool holds_cards(const struct block *block)
{
    for (size_t i = 0; i < block->region_count; i++) {
        if (block->regions[i].is_offered)
            return true;
    }
    return false;
}

/* Cards are known by what they call themselves: two of a kind have one component. The
 * HTML of one that holds others is theirs, too. */
static struct val title_of(struct visit *v, struct block *block)
{
    static const char *const marks[] = { "<h2", "-name\"" };
    struct buf html;
    str title = STR("");
    if (holds_cards(block)) {
        struct val own = val_get(block->props, STR("title"));
        return val_exists(own) ? own : block->component->title;
    }
    buf_init(&html, LIMIT_PAGE_BYTES);
    if (!block->broken)
        render_block(v->worker->render, &v->scope, block, &html);
    for (size_t i = 0; !title.n && html.n && i < COUNT_OF(marks); i++)
        title = text_at(v->request->arena, buf_view(&html), marks[i]);
    buf_done(&html);
    return title.n ? val_str(title) : block->component->title;
}

static struct val unit_name(const struct visit *v, str unit)
{
    const struct tenant *tenant = tenant_on(&v->scope.viewer->path, unit);
    return tenant ? tenant_name(tenant) : val_str(unit);
}

static struct val cards_of(struct visit *v, struct block *const *blocks, size_t n);

/* With `cards`: what stands in it. */
static struct val region_of(struct visit *v, const struct region *region)
{
    struct arena *a = v->request->arena;
    struct val told = map_with(a, val_map(NULL, 0), "path", val_str(region->path));
    told = map_with(a, told, "title", region->title);
    told = map_with(a, told, "closed", val_bool(region->is_closed));
    if (region->is_closed)
        told = map_with(a, told, "closed_by", unit_name(v, region->closed_by));
    return map_with(a, told, "cards", cards_of(v, region->blocks, region->n));
}

static struct val regions_of(struct visit *v, const struct block *block)
{
    struct val *regions = ARENA_ARRAY(v->request->arena, struct val, block->region_count);
    size_t n = 0;
    for (size_t i = 0; i < block->region_count; i++) {
        if (block->regions[i].is_offered)
            regions[n++] = region_of(v, &block->regions[i]);
    }
    return val_list(regions, n);
}

static struct val card_of(struct visit *v, struct block *block)
{
    struct arena *a = v->request->arena;
    struct val icon = val_get(block->component->manifest, STR("icon"));
    struct val card = map_with(a, val_map(NULL, 0), "id", val_str(block->id));
    card = map_with(a, card, "title", title_of(v, block));
    card =
        map_with(a, card, "icon", val_exists(icon) ? icon : val_str(STR("layout-grid")));
    card = map_with(a, card, "fixed", val_bool(block->is_fixed));
    card = map_with(a, card, "required", val_bool(block->is_required));
    card = map_with(a, card, "region", val_str(block->region));
    card = map_with(a, card, "regions", regions_of(v, block));
    return block->locked_by.n
               ? map_with(a, card, "locked_by", unit_name(v, block->locked_by))
               : card;
}

/* What cannot be shown cannot be told by a title either. */
static struct val cards_of(struct visit *v, struct block *const *blocks, size_t n)
{
    struct val *cards = ARENA_ARRAY(v->request->arena, struct val, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (blocks[i]->component)
            cards[kept++] = card_of(v, blocks[i]);
    }
    return val_list(cards, kept);
}

/* ---- favourites: properties of her own that hold ids of records ---- */

struct pin {
    struct block *block;
    str property;
    str collection;
};

static bool holds_text(struct val list, str text)
{
    for (size_t i = 0; i < val_count(list); i++) {
        if (str_equal(val_text(val_at(list, i)), text))
            return true;
    }
    return false;
}

static struct val pin_item(struct arena *a, struct val record, struct val chosen)
{
    static const char *const shown[] = { "id", "name", "icon", "tone" };
    struct val item = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        item = map_with(a, item, shown[i], val_get(record, str_of(shown[i])));
    return map_with(a, item, "pinned",
                    val_bool(holds_text(chosen, val_get_text(record, STR("id")))));
}

static bool put_pin(struct visit *v, const struct pin *pin, struct val *ret,
                    struct err *err)
{
    struct arena *a = v->request->arena;
    struct scope_query query = { .collection = pin->collection,
                                 .by = STR("order"),
                                 .up = true,
                                 .limit = PIN_RECORDS };
    struct val chosen = val_get(pin->block->props, pin->property);
    struct rows rows;
    if (!scope_query(&v->scope, &query, &rows, err))
        return false;
    struct val *items = ARENA_ARRAY(a, struct val, val_count(rows.list));
    for (size_t i = 0; i < val_count(rows.list); i++)
        items[i] = pin_item(a, val_at(rows.list, i), chosen);
    struct val one = map_with(a, val_map(NULL, 0), "block", val_str(pin->block->id));
    one = map_with(a, one, "property", val_str(pin->property));
    one = map_with(a, one, "title", title_of(v, pin->block));
    *ret = map_with(a, one, "items", val_list(items, val_count(rows.list)));
    return true;
}

/* The block's first property that is hers and names records; false: it has none. */
static bool pin_of(struct block *block, struct pin *ret)
{
    if (!block->component || !block->component->props)
        return false;
    struct val properties =
        val_get(schema_document(block->component->props), STR("properties"));
    for (size_t i = 0; i < val_count(properties); i++) {
        str name;
        struct val property = val_member(properties, i, &name);
        str collection = val_get_text(property, STR("x-record"));
        if (collection.n && val_as_bool(val_get(property, STR("x-personal")), false)) {
            *ret = (struct pin){ block, name, collection };
            return true;
        }
    }
    return false;
}

/* One list of favourites is enough of each kind. */
static bool is_first(const struct pin *pins, size_t n, const struct pin *pin)
{
    for (size_t i = 0; i < n; i++) {
        if (str_equal(pins[i].collection, pin->collection))
            return false;
    }
    return true;
}

struct pins {
    struct pin items[LIMIT_PAGE_BLOCKS];
    size_t n;
};

static void find_pins(const struct region *region, struct pins *pins)
{
    for (size_t i = 0; i < region->n; i++) {
        struct block *block = region->blocks[i];
        struct pin *pin = &pins->items[pins->n];
        if (pins->n < LIMIT_PAGE_BLOCKS && pin_of(block, pin)
            && is_first(pins->items, pins->n, pin))
            pins->n++;
        for (size_t k = 0; k < block->region_count; k++)
            find_pins(&block->regions[k], pins);
    }
}

static bool pins_of(struct visit *v, const struct region *region, struct val *ret,
                    struct err *err)
{
    struct arena *a = v->request->arena;
    struct pins *pins = ARENA_NEW(a, struct pins);
    find_pins(region, pins);
    struct val *shown = ARENA_ARRAY(a, struct val, pins->n);
    for (size_t i = 0; i < pins->n; i++) {
        if (!put_pin(v, &pins->items[i], &shown[i], err))
            return false;
    }
    *ret = val_list(shown, pins->n);
    return true;
}

/* ---- the page ---- */

static bool find_layout(struct visit *v, str page, struct layout **ret, struct err *err)
{
    if (!layout_find(v->site->config.layouts, &v->scope,
                     render_script_worker(v->worker->render), page, ret, err))
        return false;
    if ((*ret)->is_arrangeable)
        return true;
    cached_drop(&(*ret)->head);
    return err_set(err, ERR_FORBIDDEN, "arrange.off",
                   "this page is not for people to arrange");
}

static const struct region *main_of(const struct layout *layout)
{
    static const struct region none = { .path = STR_INIT("main") };
    const struct region *region =
        layout_region(layout->regions, layout->region_count, STR("main"));
    return region ? region : &none;
}

static bool page_model(struct visit *v, const struct layout *layout, struct val *ret,
                       struct err *err)
{
    struct arena *a = v->request->arena;
    const struct region *region = main_of(layout);
    struct val pins;
    if (!pins_of(v, region, &pins, err))
        return false;
    struct val model = map_with(a, val_map(NULL, 0), "page", val_str(layout->page));
    model = map_with(a, model, "region", region_of(v, region));
    model = map_with(a, model, "hidden",
                     cards_of(v, layout->put_away, layout->put_away_count));
    model = map_with(a, model, "pins", pins);
    *ret = map_with(a, model, "arranged", val_bool(layout->is_arranged));
    return true;
}

void route_arrange_page(struct visit *v)
{
    struct layout *layout;
    struct val model;
    struct err err;
    if (!find_layout(v, v->rest, &layout, &err)) {
        reply_error(v, &err);
        return;
    }
    if (page_model(v, layout, &model, &err))
        reply_host_page(v, 200, STR("arrange"), model);
    else
        reply_error(v, &err);
    cached_drop(&layout->head);
}

/* ---- changes ---- */

struct change_made {
    str page;
    str field; /* of the form: what is to be done … */
    str value; /* … with what */
    str card;  /* to come back to */
};

static bool save(struct visit *v, struct change_made *c, struct val verb, struct err *err)
{
    return layout_arrange(v->site->config.layouts, &v->scope,
                          render_script_worker(v->worker->render), c->page,
                          val_list(&verb, 1), err);
}

static struct val verb_on(struct arena *a, str name, str block)
{
    struct val verb = map_with(a, val_map(NULL, 0), "verb", val_str(name));
    return map_with(a, verb, "block", val_str(block));
}

static bool act_visibility(struct visit *v, struct change_made *c, struct err *err)
{
    c->card = c->value;
    return save(v, c, verb_on(v->request->arena, c->field, c->value), err);
}

static bool move_to(struct visit *v, struct change_made *c, str into, str after,
                    struct err *err)
{
    struct arena *a = v->request->arena;
    struct val verb = verb_on(a, STR("move"), c->value);
    c->card = c->value;
    if (into.n)
        verb = map_with(a, verb, "into", val_str(into));
    return save(v, c, map_with(a, verb, "after", val_str(after)), err);
}

static bool act_move(struct visit *v, struct change_made *c, struct err *err)
{
    return move_to(v, c, http_form(v->request, "into"), http_form(v->request, "after"),
                   err);
}

static bool act_step(struct visit *v, struct change_made *c, struct err *err)
{
    struct arena *a = v->request->arena;
    struct layout *layout;
    struct step to;
    if (!find_layout(v, c->page, &layout, err))
        return false;
    bool moves = step_find(layout, c->value, str_equal(c->field, STR("up")), &to);
    if (moves)
        to = (struct step){ arena_str(a, to.into), arena_str(a, to.after) };
    cached_drop(&layout->head);
    c->card = c->value;
    return !moves || move_to(v, c, to.into, to.after, err);
}

/* The list with the id at its end, or without it. */
static struct val list_with(struct arena *a, struct val list, str id, bool on)
{
    struct val *items = ARENA_ARRAY(a, struct val, val_count(list) + 1);
    size_t n = 0;
    for (size_t i = 0; i < val_count(list); i++) {
        if (!str_equal(val_text(val_at(list, i)), id))
            items[n++] = val_at(list, i);
    }
    if (on)
        items[n++] = val_str(id);
    return val_list(items, n);
}

/* "BLOCK PROPERTY ID" */
static bool act_pin(struct visit *v, struct change_made *c, struct err *err)
{
    struct arena *a = v->request->arena;
    struct layout *layout;
    str rest;
    str id;
    str block_id = str_cut(c->value, ' ', &rest);
    str property = str_cut(rest, ' ', &id);
    if (!property.n || !id.n)
        return err_set(err, ERR_INPUT, "arrange.verb", "pin wants BLOCK PROPERTY ID");
    if (!find_layout(v, c->page, &layout, err))
        return false;
    const struct block *block = layout_block(layout, block_id);
    struct val now = val_copy(a, block ? val_get(block->props, property) : VAL_ABSENT);
    cached_drop(&layout->head);
    struct val verb = verb_on(a, STR("set"), block_id);
    verb = map_with(a, verb, "at", val_str(arena_format(a, "/%.*s", STR_ARG(property))));
    verb = map_with(a, verb, "value",
                    list_with(a, now, id, str_equal(c->field, STR("pin"))));
    c->card = arena_format(a, "pins-%.*s", STR_ARG(block_id));
    return save(v, c, verb, err);
}

static bool act_restore(struct visit *v, struct change_made *c, struct err *err)
{
    return layout_restore(&v->scope, c->page, err);
}

static bool act_seen(struct visit *v, struct change_made *c, struct err *err)
{
    return layout_see(&v->scope, c->page, err);
}

static const struct act {
    const char *field;
    bool (*run)(struct visit *v, struct change_made *c, struct err *err);
} acts[] = {
    { "move", act_move },       { "up", act_step },         { "down", act_step },
    { "hide", act_visibility }, { "show", act_visibility }, { "pin", act_pin },
    { "unpin", act_pin },       { "restore", act_restore }, { "seen", act_seen },
};

static const struct act *find_act(struct visit *v, struct change_made *c)
{
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        c->value = http_form(v->request, acts[i].field);
        c->field = str_of(acts[i].field);
        if (c->value.n)
            return &acts[i];
    }
    return NULL;
}

static void answer(struct visit *v, const struct change_made *c)
{
    if (wants_json(v)) {
        http_send(v->request, 200, "application/json", STR("{\"saved\":true}\n"));
        return;
    }
    bool seen = str_equal(c->field, STR("seen"));
    bool pinned = str_starts(c->card, STR("pins-"));
    http_send_to(v->request, arena_format(v->request->arena, "/w/%.*s%s%s%.*s",
                                          STR_ARG(c->page), seen ? "" : "?arrange",
                                          !c->card.n ? ""
                                          : pinned   ? "#"
                                                     : "#card-",
                                          STR_ARG(c->card)));
}

void route_arrange(struct visit *v)
{
    struct change_made c = { .page = http_form(v->request, "page") };
    struct err err;
    const struct act *act = find_act(v, &c);
    bool good = act && layout_is_name(c.page, LAYOUT_MAX_NAME)
                    ? act->run(v, &c, &err)
                    : err_set(&err, ERR_INPUT, "arrange.verb",
                              "the form says neither a page nor what to do with it");
    if (good)
        answer(v, &c);
    else if (wants_json(v))
        reply_problem(v, &err);
    else
        reply_error(v, &err);
}
