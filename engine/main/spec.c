/* pinban component test: the cases of spec.lua. */
#include "trial.h"

#include <stdio.h>

/* One case of spec.lua: { name, props, person, data, query, now, act, input, result,
 * refused, records, gone, shows, hides, model }. */
static bool case_shows(struct val spec, str member, bool wanted, const struct buf *html,
                       struct err *err)
{
    struct val texts = val_get(spec, member);
    struct val one = texts;
    size_t n = texts.kind == VAL_STR ? 1 : val_count(texts);
    for (size_t i = 0; i < n; i++) {
        str text = val_text(texts.kind == VAL_STR ? one : val_at(texts, i));
        bool found = text.n && memmem(html->p, html->n, text.p, text.n);
        if (found != wanted)
            return err_set(err, ERR_INPUT, "component.spec", "the HTML %s \"%.*s\": %.*s",
                           wanted ? "lacks" : "has", STR_ARG(text),
                           (int)(html->n > 300 ? 300 : html->n), html->p);
    }
    return true;
}

static bool case_model(struct world *w, struct val wanted, struct err *err)
{
    struct buf out;
    struct val model;
    struct looking how = { "model", &out };
    if (!val_exists(wanted))
        return true;
    buf_init(&out, 4 << 20);
    bool good = world_look(w, &how, err);
    str text = arena_str(w->trial->bench.arena, buf_view(&out));
    buf_done(&out);
    if (!good || !doc_parse(w->trial->bench.arena, text, &model, err))
        return false;
    return val_equal(model, wanted)
           || err_set(err, ERR_INPUT, "component.spec", "the model is %.*s",
                      STR_ARG(text));
}

/* ---- a case that acts ---- */

static bool case_result(struct trial *t, struct val spec, const struct action *action,
                        bool done, const struct err *why_not, struct err *err)
{
    struct val wanted = val_get(spec, STR("result"));
    str refused = val_get_text(spec, STR("refused"));
    if (!done) {
        bool own = strcmp(why_not->code, "action.refused") == 0;
        if (str_equal(refused, str_of(own ? why_not->where : why_not->code)))
            return true;
        *err = *why_not;
        return false;
    }
    if (refused.n)
        return err_set(err, ERR_INPUT, "component.spec",
                       "the action was done, not refused with %.*s", STR_ARG(refused));
    return !val_exists(wanted) || val_equal(action->result, wanted)
           || err_set(err, ERR_INPUT, "component.spec", "the result is %.*s",
                      STR_ARG(doc_text(t->bench.arena, action->result, DOC_PLAIN)));
}

static bool case_act(struct world *w, struct val spec, struct err *err)
{
    struct trial *t = w->trial;
    struct scope scope;
    struct err why_not;
    struct val input = val_get(spec, STR("input"));
    struct action action = { .arena = t->bench.arena,
                             .page = STR("example"),
                             .block = STR("example"),
                             .name = val_get_text(spec, STR("act")),
                             .input = resolve_moments(t->bench.arena, input, t->now_ms,
                                                      TENANT_OFFSET_MIN) };
    if (!action.name.n)
        return true;
    if (!scope_open_as(t->bench.scope, t->bench.arena, STR(TRIAL_TENANT),
                       val_get_text(w->person, STR("id")), &scope, err))
        return false;
    scope.page = STR("example");
    bool done = act_and_wait(&t->bench, &scope, &action, &why_not);
    scope_close(&scope);
    return case_result(t, spec, &action, done, &why_not, err);
}

/* Whether the record has all members of `wanted`. */
static bool has_members(struct val record, struct val wanted)
{
    for (size_t i = 0; i < val_count(wanted); i++) {
        str name;
        struct val value = val_member(wanted, i, &name);
        if (!val_equal(val_get(record, name), value))
            return false;
    }
    return true;
}

struct looking_up {
    struct trial *trial;
    struct snap *snap;
    const struct store_collection *collection;
};

static bool case_record(struct looking_up *l, struct val wanted, struct err *err)
{
    struct arena *a = l->trial->bench.arena;
    struct query all = { .collection = l->collection, .limit = STORE_MAX_ROWS };
    struct rows rows;
    wanted = resolve_moments(a, wanted, l->trial->now_ms, TENANT_OFFSET_MIN);
    wanted = data_moments(a, wanted, l->collection->schema, TENANT_OFFSET_MIN);
    if (!snap_query(l->snap, &all, a, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        if (has_members(val_at(rows.list, i), wanted))
            return true;
    }
    return err_set(err, ERR_INPUT, "component.spec", "no %.*s is %.*s; there is %.*s",
                   STR_ARG(l->collection->name), STR_ARG(doc_text(a, wanted, DOC_PLAIN)),
                   STR_ARG(doc_text(a, rows.list, DOC_PLAIN)));
}

static bool case_gone(struct looking_up *l, struct val id, struct err *err)
{
    struct val record;
    if (!snap_get(l->snap, l->collection, val_text(id), NULL, &record, err))
        return false;
    return !val_exists(record)
           || err_set(err, ERR_INPUT, "component.spec", "%.*s %.*s is still there",
                      STR_ARG(l->collection->name), STR_ARG(val_text(id)));
}

/* Each item of the lists by collection. */
static bool each_of(struct looking_up *l, struct val lists,
                    bool (*one)(struct looking_up *l, struct val item, struct err *err),
                    struct err *err)
{
    for (size_t i = 0; i < val_count(lists); i++) {
        str name;
        struct val items = val_member(lists, i, &name);
        l->collection = store_collection(l->trial->engine.store, name);
        if (!l->collection)
            return err_set(err, ERR_INPUT, "component.spec",
                           "there is no collection %.*s", STR_ARG(name));
        for (size_t k = 0; k < val_count(items); k++) {
            if (!one(l, val_at(items, k), err))
                return false;
        }
    }
    return true;
}

static bool case_records(struct world *w, struct val spec, struct err *err)
{
    struct looking_up l = { .trial = w->trial };
    struct store_reader *reader;
    store_space space = 1;
    if (!store_reader_open(w->trial->engine.store, &reader, err))
        return false;
    bool good = snap_open(reader, &space, 1, &l.snap, err);
    if (good) {
        good = each_of(&l, val_get(spec, STR("records")), case_record, err)
               && each_of(&l, val_get(spec, STR("gone")), case_gone, err);
        snap_close(l.snap);
    }
    store_reader_close(reader);
    return good;
}

static bool run_case(struct trial *t, const char *path, struct val spec, struct err *err)
{
    struct world w = { .trial = t };
    struct buf out;
    struct looking how = { NULL, &out };
    str now = val_get_text(spec, STR("now"));
    if (!trial_open(t, now.n ? now.p : TRIAL_NOW, err) || !trial_read(t, path, err)
        || !trial_compile(t, err))
        return false;
    struct val props = val_get(spec, STR("props"));
    struct val data = val_get(spec, STR("data"));
    w.props = props.kind == VAL_MAP ? props : val_count(props) ? props : val_map(NULL, 0);
    w.query = val_get(spec, STR("query"));
    w.data = val_exists(data) ? data : trial_example(t, STR("data"));
    w.person = world_person(t->bench.arena, val_get(spec, STR("person")));
    if (!val_exists(props))
        w.props = trial_example(t, STR("props"));
    buf_init(&out, 4 << 20);
    bool good = world_make(&w, err) && case_act(&w, spec, err)
                && case_records(&w, spec, err) && world_look(&w, &how, err)
                && case_shows(spec, STR("shows"), true, &out, err)
                && case_shows(spec, STR("hides"), false, &out, err)
                && case_model(&w, val_get(spec, STR("model")), err);
    buf_done(&out);
    return good;
}

static bool read_spec(struct arena *arena, const char *path, struct val *ret,
                      struct err *err)
{
    struct script_worker *worker;
    struct script *script;
    str file = arena_format(arena, "%s/spec.lua", path);
    str source = read_file(arena, file.p);
    if (!source.p)
        return err_at(err, ERR_INPUT, "component.file", file, "there is no spec.lua");
    if (!script_worker_open(NULL, &worker, err))
        return false;
    bool good = script_open(source, STR("spec.lua"), SCRIPT_TENANT, &script, err);
    if (good) {
        good = script_manifest(worker, script, &script_limits_publish, arena, ret, err);
        script_drop(script);
    }
    script_worker_close(worker);
    return good;
}

int command_component_test(int argc, char **argv)
{
    struct args args;
    struct val spec;
    struct err err;
    size_t failed = 0;
    if (!args_read(&args, "component test", argc, argv, "", "") || args.word_count != 1) {
        fprintf(stderr, "usage: pinban component test FOLDER\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    struct arena *arena = arena_open();
    if (!read_spec(arena, args.words[0], &spec, &err)) {
        print_error(&err);
        arena_close(arena);
        return trial_is_usage(&err) ? EXIT_USAGE : EXIT_FAILED;
    }
    for (size_t i = 0; i < val_count(spec); i++) {
        struct trial t = { .open = false };
        struct val one = val_at(spec, i);
        bool good = run_case(&t, args.words[0], one, &err);
        trial_close(&t);
        printf("%s %zu %.*s\n", good ? "ok" : "not ok", i + 1,
               STR_ARG(val_get_text(one, STR("name"))));
        if (!good)
            print_error(&err);
        failed += !good;
    }
    arena_close(arena);
    return failed ? EXIT_NO : EXIT_DONE;
}
