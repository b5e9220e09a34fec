/*
 * A tenant tree from a folder of files a person can read:
 *   demo.json                       title, root, password, who to sign in as
 *   tenants.json                    units, parents before children
 *   people/TENANT.json              persons; `login` is the name they sign in with
 *   records/TENANT/COLLECTION.json  records
 *   themes/TENANT.json              { "use": "NAME" } or { "sets": … }
 *   themes/TENANT/NAME.json         the same, with a `title`: people may choose it
 *   layers/TENANT/PAGE.json         { "verbs": … }; PAGE.SPECIALTY.json for a specialty
 *   grants.json                     who has which role where
 *   usage.json                      what people have done in the days before
 * First everything is read and checked; only when all is good it is written, in one
 * transaction. What rules name is looked for when all the rest is in it.
 */
#include "inside.h"

#include "audience/audience.h"
#include "theme/theme.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Records of one file, ready to be written. */
struct batch {
    struct batch *next;
    str file;
    str tenant; /* empty: the system's space */
    const struct store_collection *collection;
    struct val records;
    struct val logins; /* list of { name, password, person } */
    struct val said;   /* of a layer: its verbs as they stand in the file … */
    struct val before; /* … and those it had in the store */
};

struct import {
    struct bench *bench;
    struct arena *arena;
    const char *dir;
    str password;
    int64_t now_ms;
    struct val tenants; /* those of the folder, or of the store */
    struct val packages;
    struct val habits;
    struct batch *first;
    struct batch **last;
    struct import_counts counts;
    size_t mistakes;
    struct err *err; /* the first */
};

static void mistake(struct import *im, const struct err *err)
{
    print_error(err);
    if (im->mistakes++ == 0)
        *im->err = *err;
}

static void mistake_in(struct import *im, str file, const char *code, const char *text)
{
    struct err err;
    err_at(&err, ERR_INPUT, code, file, "%s", text);
    mistake(im, &err);
}

/* ---- reading files ---- */

static str path_in(struct import *im, const char *a, const char *b, const char *c)
{
    return arena_format(im->arena, "%s%s%s%s%s", a, b ? "/" : "", b ? b : "",
                        c ? "/" : "", c ? c : "");
}

/* VAL_ABSENT when there is no such file or it is no JSON, which is then a mistake. */
static struct val read_json(struct import *im, str file)
{
    struct val v = VAL_ABSENT;
    struct err err;
    str path = arena_format(im->arena, "%s/%.*s", im->dir, STR_ARG(file));
    str text = read_file(im->arena, path.p);
    if (text.p && !doc_parse(im->arena, text, &v, &err)) {
        err_in(&err, "%.*s", STR_ARG(file));
        mistake(im, &err);
    }
    return v;
}

/* Calls `each` for every NAME.json of a folder, in order. */
static void each_json(struct import *im, str folder,
                      void (*each)(struct import *im, str folder, str name))
{
    struct dirent **entries;
    str path = arena_format(im->arena, "%s/%.*s", im->dir, STR_ARG(folder));
    int n = scandir(path.p, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        str name = str_of(entries[i]->d_name);
        if (name.n > 5 && str_equal((str){ name.p + name.n - 5, 5 }, STR(".json")))
            each(im, folder, arena_str(im->arena, (str){ name.p, name.n - 5 }));
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static void each_folder(struct import *im, const char *folder,
                        void (*each)(struct import *im, str folder, str name))
{
    struct dirent **entries;
    str path = path_in(im, im->dir, folder, NULL);
    int n = scandir(path.p, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.')
            each_json(im, path_in(im, folder, entries[i]->d_name, NULL), each);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

/* ---- checking ---- */

static struct val record_in(struct val records, str id)
{
    for (size_t i = 0; i < val_count(records); i++) {
        if (str_equal(val_get_text(val_at(records, i), STR("id")), id))
            return val_at(records, i);
    }
    return VAL_ABSENT;
}

static struct val tenant_record(struct import *im, str id)
{
    return record_in(im->tenants, id);
}

static int offset_of(struct import *im, str tenant)
{
    int offset = TENANT_OFFSET_MIN;
    str zone = val_get_text(tenant_record(im, tenant), STR("zone"));
    return zone.n && date_zone(zone, im->now_ms, &offset) ? offset : TENANT_OFFSET_MIN;
}

static struct val check_record(struct import *im, str file, size_t i, struct val record,
                               const struct store_collection *c, int offset)
{
    struct err err;
    record = resolve_moments(im->arena, record, im->now_ms, offset);
    record = data_moments(im->arena, record, c->schema, offset);
    if (!package_gate_check(im->bench->engine->gate, c, record, im->arena, &err)) {
        err_in(&err, "%.*s/%zu", STR_ARG(file), i);
        mistake(im, &err);
    }
    return record;
}

/* A list of objects; VAL_ABSENT was a mistake before. */
static bool is_list(struct import *im, str file, struct val records)
{
    bool good = records.kind == VAL_LIST;
    for (size_t i = 0; good && i < records.n; i++)
        good = val_at(records, i).kind == VAL_MAP;
    if (!good && val_exists(records))
        mistake_in(im, file, "import.list", "a list of objects is wanted");
    return good;
}

static struct batch *add_batch(struct import *im, str file, str tenant, str collection,
                               struct val records)
{
    if (!is_list(im, file, records))
        return NULL;
    struct batch *b = ARENA_NEW(im->arena, struct batch);
    b->file = file;
    b->tenant = tenant;
    b->collection = store_collection(im->bench->engine->store, collection);
    if (!b->collection) {
        mistake_in(im, file, "import.collection", "there is no such collection");
        return NULL;
    }
    if (tenant.n && !val_exists(tenant_record(im, tenant))) {
        mistake_in(im, file, "import.tenant", "there is no such unit");
        return NULL;
    }
    struct val *items = ARENA_ARRAY(im->arena, struct val, val_count(records));
    int offset = offset_of(im, tenant);
    for (size_t i = 0; i < val_count(records); i++)
        items[i] = check_record(im, file, i, val_at(records, i), b->collection, offset);
    b->records = val_list(items, val_count(records));
    *im->last = b;
    im->last = &b->next;
    return b;
}

static str last_part(str path)
{
    const char *slash = memrchr(path.p, '/', path.n);
    return slash ? (str){ slash + 1, path.n - (size_t)(slash + 1 - path.p) } : path;
}

static str file_of(struct import *im, str folder, str name)
{
    return arena_format(im->arena, "%.*s/%.*s.json", STR_ARG(folder), STR_ARG(name));
}

static void read_records(struct import *im, str folder, str name)
{
    str file = file_of(im, folder, name);
    struct val records = read_json(im, file);
    add_batch(im, file, last_part(folder), name, records);
    im->counts.records += val_count(records);
}

/* ---- people ---- */

static void read_people(struct import *im, str folder, str name)
{
    str file = file_of(im, folder, name);
    struct val people = read_json(im, file);
    if (!is_list(im, file, people))
        return;
    struct val *records = ARENA_ARRAY(im->arena, struct val, val_count(people));
    struct val *logins = ARENA_ARRAY(im->arena, struct val, val_count(people));
    size_t n = 0;
    for (size_t i = 0; i < val_count(people); i++) {
        struct val person = val_at(people, i);
        struct val login = val_get(person, STR("login"));
        records[i] = val_without(im->arena, person, STR("login"));
        if (login.kind != VAL_STR || !im->password.n)
            continue;
        struct val v = val_with(im->arena, val_map(NULL, 0), STR("name"), login);
        logins[n++] = val_with(im->arena, v, STR("person"), val_get(person, STR("id")));
    }
    struct batch *b =
        add_batch(im, file, name, STR("person"), val_list(records, val_count(people)));
    if (b)
        b->logins = val_list(logins, n);
    im->counts.people += val_count(people);
}

/* ---- themes and layers ---- */

static struct val theme_sets(struct import *im, str name)
{
    static const char *const sets[] = { "base", "light", "dark" };
    struct val all = val_map(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        struct val v;
        struct err err;
        str path = arena_format(im->arena, "%s/themes/%.*s/%s.json", home_dir(),
                                STR_ARG(name), sets[i]);
        str text = read_file(im->arena, path.p);
        if (!text.p)
            continue;
        if (!doc_parse(im->arena, text, &v, &err)) {
            err_in(&err, "themes/%.*s/%s.json", STR_ARG(name), sets[i]);
            mistake(im, &err);
            continue;
        }
        all = val_with(im->arena, all, str_of(sets[i]), v);
    }
    return all;
}

static void add_theme(struct import *im, str file, str tenant, str id)
{
    struct val theme = read_json(im, file);
    str use = val_get_text(theme, STR("use"));
    struct err err;
    if (use.n)
        theme = val_with(im->arena, theme, STR("sets"), theme_sets(im, use));
    theme = val_with(im->arena, theme, STR("id"), val_str(id));
    if (!theme_check(theme, im->arena, &err)) {
        err_in(&err, "%.*s", STR_ARG(file));
        mistake(im, &err);
    }
    add_batch(im, file, tenant, STR("theme"), val_list(&theme, 1));
    im->counts.themes++;
}

static void read_theme(struct import *im, str folder, str name)
{
    add_theme(im, file_of(im, folder, name), name, STR("default"));
}

static void read_named_theme(struct import *im, str folder, str name)
{
    add_theme(im, file_of(im, folder, name), last_part(folder), name);
}

static void read_layer(struct import *im, str folder, str name)
{
    str file = file_of(im, folder, name);
    struct val layer = read_json(im, file);
    str specialty;
    str page = str_cut(name, '.', &specialty);
    str id = specialty.n
                 ? arena_format(im->arena, "%.*s:%.*s", STR_ARG(page), STR_ARG(specialty))
                 : page;
    layer = val_with(im->arena, layer, STR("id"), val_str(id));
    layer = val_with(im->arena, layer, STR("page"), val_str(page));
    if (specialty.n)
        layer = val_with(im->arena, layer, STR("specialty"), val_str(specialty));
    layer = val_without(im->arena, layer, STR("revision"));
    if (val_exists(val_get(layer, STR("stage"))))
        mistake_in(im, file, "import.stage", "only publishing makes a stage");
    struct val verbs = val_get(layer, STR("verbs"));
    if (verbs.kind == VAL_LIST) /* what is none is told by the check */
        layer =
            val_with(im->arena, layer, STR("verbs"), layout_normalise(verbs, im->arena));
    struct batch *b =
        add_batch(im, file, last_part(folder), STR("layer"), val_list(&layer, 1));
    if (b)
        b->said = verbs;
    im->counts.layers++;
}

/* ---- grants ---- */

static bool is_person(struct import *im, str tenant, str id)
{
    for (const struct batch *b = im->first; b; b = b->next) {
        if (str_equal(b->collection->name, STR("person")) && str_equal(b->tenant, tenant)
            && val_exists(record_in(b->records, id)))
            return true;
    }
    return false;
}

static void check_grant(struct import *im, size_t i, struct val grant)
{
    str place = arena_format(im->arena, "grants.json/%zu", i);
    if (!val_exists(tenant_record(im, val_get_text(grant, STR("tenant")))))
        mistake_in(im, place, "import.tenant", "there is no such unit in tenants.json");
    if (!is_person(im, val_get_text(grant, STR("home")),
                   val_get_text(grant, STR("person"))))
        mistake_in(im, place, "import.person",
                   "there is no such person in the unit `home`");
}

static void read_grants(struct import *im)
{
    static const str file = STR_INIT("grants.json");
    struct val grants = read_json(im, file);
    struct batch *b = add_batch(im, file, STR(""), STR("grant"), grants);
    for (size_t i = 0; b && i < val_count(b->records); i++)
        check_grant(im, i, val_at(b->records, i));
}

static void check_habit(struct import *im, size_t i, struct val habit)
{
    str place = arena_format(im->arena, "usage.json/%zu", i);
    struct err err;
    if (!is_person(im, val_get_text(habit, STR("tenant")),
                   val_get_text(habit, STR("person"))))
        mistake_in(im, place, "import.person", "there is no such person in the unit");
    if (!habit_check(habit, &err)) {
        err_in(&err, "%.*s", STR_ARG(place));
        mistake(im, &err);
    }
}

static void read_habits(struct import *im)
{
    static const str file = STR_INIT("usage.json");
    im->habits = read_json(im, file);
    if (!val_exists(im->habits) || !is_list(im, file, im->habits))
        return;
    for (size_t i = 0; i < val_count(im->habits); i++)
        check_habit(im, i, val_at(im->habits, i));
}

/* ---- writing ---- */

static bool put_login(struct txn *txn, str tenant, struct val login, struct err *err)
{
    return auth_login_put(txn, val_get_text(login, STR("name")),
                          val_get_text(login, STR("password")), tenant,
                          val_get_text(login, STR("person")), txn_arena(txn), err);
}

static bool space_of(struct txn *txn, const struct batch *b, store_space *ret,
                     struct err *err)
{
    struct tenant_path path;
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    *ret = TENANT_SYSTEM_SPACE;
    if (!b->tenant.n)
        return true;
    if (!tenant_path_read(txn_snap(txn, system, 1), b->tenant, txn_arena(txn), NULL,
                          &path, err))
        return false;
    *ret = tenant_of(&path)->space;
    return true;
}

/* A layer that says the same keeps its number, and who has its next revision. */
static bool is_same_layer(struct arena *a, struct val stored, struct val layer)
{
    stored = val_without(a, val_without(a, stored, STR("revision")), STR("stage"));
    struct val verbs = layout_normalise(val_get(stored, STR("verbs")), a);
    return val_equal(val_with(a, stored, STR("verbs"), verbs), layer);
}

static bool put_layer(struct txn *txn, store_space space, struct batch *b,
                      struct err *err)
{
    struct val stored;
    struct val layer = val_at(b->records, 0);
    struct arena *a = txn_arena(txn);
    if (!snap_get(txn_snap(txn, &space, 1), b->collection, val_get_text(layer, STR("id")),
                  NULL, &stored, err))
        return false;
    b->before = val_copy(a, val_get(stored, STR("verbs")));
    return (val_exists(stored) && is_same_layer(a, stored, layer))
           || txn_put(txn, space, b->collection, layer, PUT_ANY, err);
}

static bool put_batch(struct txn *txn, struct batch *b, struct err *err)
{
    store_space space;
    if (!space_of(txn, b, &space, err))
        return false;
    if (val_exists(b->said))
        return put_layer(txn, space, b, err);
    for (size_t i = 0; i < val_count(b->records); i++) {
        if (!txn_put(txn, space, b->collection, val_at(b->records, i), PUT_ANY, err))
            return err_in(err, "%.*s/%zu", STR_ARG(b->file), i);
    }
    for (size_t i = 0; i < val_count(b->logins); i++) {
        if (!put_login(txn, b->tenant, val_at(b->logins, i), err))
            return false;
    }
    return true;
}

static bool put_tenants(struct txn *txn, struct val tenants, store_space *ret_root,
                        struct err *err)
{
    for (size_t i = 0; i < val_count(tenants); i++) {
        store_space space;
        struct val tenant = val_at(tenants, i);
        if (!tenant_put(txn, tenant, txn_arena(txn), &space, err))
            return err_in(err, "tenants.json/%zu", i);
        if (!val_get_text(tenant, STR("parent")).n)
            *ret_root = space;
    }
    return true;
}

/* ---- rules, seen by the unit that wrote them ---- */

static bool compile_rule(struct import *im, struct txn *txn, const struct batch *b,
                         str id, struct val rule, struct audience_issues *ret,
                         struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct audience *compiled;
    struct tenant_path path;
    if (!tenant_path_read(txn_snap(txn, system, 1), b->tenant, im->arena, NULL, &path,
                          err))
        return false;
    struct audience_source source = {
        .rule = rule,
        .id = id,
        .path = &path,
        .snap = txn_snap(txn, path.chain, path.n),
    };
    return audience_compile(&source, im->arena, &compiled, ret, err)
           || err->kind != ERR_SYSTEM;
}

/* Warnings are told too; they stop nothing. */
static bool check_audience(struct import *im, struct txn *txn, const struct batch *b,
                           size_t i, struct err *err)
{
    struct audience_issues issues = { .n = 0 };
    struct val record = val_at(b->records, i);
    if (!compile_rule(im, txn, b, val_get_text(record, STR("id")),
                      val_get(record, STR("rule")), &issues, err))
        return false;
    for (size_t k = 0; k < issues.n; k++) {
        const struct audience_issue *issue = &issues.items[k];
        struct err told;
        str where = arena_format(im->arena, "%.*s/%zu/rule%.*s", STR_ARG(b->file), i,
                                 STR_ARG(issue->where));
        err_at(&told, ERR_INPUT, issue->code, where, "%.*s", STR_ARG(issue->text));
        if (issue->is_warning)
            print_error(&told);
        else
            mistake(im, &told);
    }
    return true;
}

/* The last verb of the file that became `kept`, or a part of it. */
static size_t place_of_verb(struct val said, struct val kept)
{
    static const str same[] = { STR_INIT("verb"), STR_INIT("at"), STR_INIT("lock"),
                                STR_INIT("audience") };
    size_t best = 0;
    size_t found = 0;
    for (size_t i = 0; i < val_count(said); i++) {
        struct val verb = val_at(said, i);
        size_t alike =
            str_equal(val_get_text(verb, STR("block")), val_get_text(kept, STR("block")));
        for (size_t k = 0; alike && k < COUNT_OF(same); k++)
            alike += val_equal(val_get(verb, same[k]), val_get(kept, same[k]));
        if (alike && alike >= best) {
            best = alike;
            found = i;
        }
    }
    return found;
}

static void mistake_in_verb(struct import *im, const struct batch *b, struct val verb,
                            str member, const char *code, str text)
{
    str where = arena_format(im->arena, "%.*s/verbs/%zu%.*s", STR_ARG(b->file),
                             place_of_verb(b->said, verb), STR_ARG(member));
    mistake_in(im, where, code, arena_str(im->arena, text).p);
}

static bool check_named(struct import *im, struct txn *txn, const struct batch *b,
                        struct err *err)
{
    struct val verbs = val_get(val_at(b->records, 0), STR("verbs"));
    for (size_t k = 0; k < val_count(verbs); k++) {
        struct val name = val_get(val_at(verbs, k), STR("audience"));
        struct val rule = val_with(im->arena, val_map(NULL, 0), STR("audience"), name);
        struct audience_issues issues = { .n = 0 };
        if (!val_exists(name))
            continue;
        if (!compile_rule(im, txn, b, STR(""), rule, &issues, err))
            return false;
        if (issues.n && !issues.items[0].is_warning)
            mistake_in_verb(im, b, val_at(verbs, k), STR("/audience"), "layout.audience",
                            STR("no audience of that name can be used here"));
    }
    return true;
}

/* What it says anew must make sense with all that is brought in. */
static bool check_sense(struct import *im, struct txn *txn, const struct batch *b,
                        struct err *err)
{
    const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct arena *arena = arena_open();
    struct val issues;
    struct edit_examining what = { .tenant = b->tenant,
                                   .layer =
                                       val_get_text(val_at(b->records, 0), STR("id")),
                                   .before = b->before };
    bool good = edit_examine(txn_snap(txn, system, 1), &what, arena, &issues, err);
    for (size_t i = 0; good && i < val_count(issues); i++) {
        struct val issue = val_at(issues, i);
        mistake_in_verb(im, b, val_get(issue, STR("verb")),
                        val_get_text(issue, STR("member")),
                        arena_str(im->arena, val_get_text(issue, STR("code"))).p,
                        val_get_text(issue, STR("text")));
    }
    arena_close(arena);
    return good;
}

static bool check_layer(struct import *im, struct txn *txn, const struct batch *b,
                        size_t i, struct err *err)
{
    (void)i; /* a file is a layer */
    return check_named(im, txn, b, err) && check_sense(im, txn, b, err);
}

static bool check_rules(struct import *im, struct txn *txn, struct err *err)
{
    for (const struct batch *b = im->first; b; b = b->next) {
        bool audiences = str_equal(b->collection->name, STR("audience"));
        bool layers = str_equal(b->collection->name, STR("layer"));
        for (size_t i = 0; (audiences || layers) && i < val_count(b->records); i++) {
            if (!(audiences ? check_audience : check_layer)(im, txn, b, i, err))
                return false;
        }
    }
    if (im->mistakes)
        *err = *im->err;
    return !im->mistakes;
}

static bool import_work(struct txn *txn, void *data, struct err *err)
{
    struct import *im = data;
    store_space root = 0;
    bool good = put_tenants(txn, im->tenants, &root, err)
                && install_put(txn, root, im->packages, err);
    for (struct batch *b = im->first; good && b; b = b->next)
        good = put_batch(txn, b, err);
    return good && check_rules(im, txn, err);
}

/* Hashing is slow on purpose, so it is done outside the writer. */
static bool hash_passwords(struct import *im, struct batch *b)
{
    size_t n = val_count(b->logins);
    struct val *logins = ARENA_ARRAY(im->arena, struct val, n);
    for (size_t i = 0; i < n; i++) {
        char stored[CRYPT_PASSWORD];
        if (!crypt_password_store(im->password, stored, im->err))
            return false;
        logins[i] = val_with(im->arena, val_at(b->logins, i), STR("password"),
                             val_str(arena_str(im->arena, str_of(stored))));
    }
    b->logins = val_list(logins, n);
    return true;
}

static bool write_all(struct import *im)
{
    for (struct batch *b = im->first; b; b = b->next) {
        if (!hash_passwords(im, b))
            return false;
    }
    return store_write(im->bench->engine->store, import_work, im, im->err);
}

/* Whether people of the folder's units have used something already. */
static bool is_in_use(struct import *im, bool *ret)
{
    struct scope scope;
    struct snap *snap;
    struct val sum;
    str root = val_get_text(val_at(im->tenants, 0), STR("id"));
    if (!scope_open_unit(im->bench->scope, im->arena, root, &scope, im->err))
        return false;
    bool good = scope_snap(&scope, &snap, im->err)
                && usage_sum(snap, &scope.viewer->path, USAGE_DAYS, im->now_ms, im->arena,
                             &sum, im->err);
    *ret = good && val_as_int(val_get(sum, STR("people")), 0) > 0;
    scope_close(&scope);
    return good;
}

/* Once the people are there, and once only. */
static bool write_habits(struct import *im)
{
    struct usage *usage = im->bench->engine->usage;
    size_t lost;
    bool in_use;
    if (!is_in_use(im, &in_use))
        return false;
    if (in_use)
        return true;
    for (size_t i = 0; i < val_count(im->habits); i++) {
        struct val habit = val_at(im->habits, i);
        habit_note(usage, habit, offset_of(im, val_get_text(habit, STR("tenant"))),
                   im->now_ms);
    }
    return usage_write(usage, im->now_ms, &lost, im->err);
}

/* ---- the whole ---- */

/* Parents stand before their children; one unit, the first, has none. */
static void check_tenant(struct import *im, size_t i)
{
    struct val tenant = val_at(im->tenants, i);
    str parent = val_get_text(tenant, STR("parent"));
    struct val before = val_list(im->tenants.items, (uint32_t)i);
    str place = arena_format(im->arena, "tenants.json/%zu", i);
    check_record(im, STR("tenants.json"), i, tenant,
                 store_collection(im->bench->engine->store, STR("tenant")), 0);
    if (i == 0 ? parent.n > 0 : !val_exists(record_in(before, parent)))
        mistake_in(im, place, "import.parent",
                   "the first unit is the root; a parent stands before its children");
    if (val_exists(record_in(before, val_get_text(tenant, STR("id")))))
        mistake_in(im, place, "import.twice", "a unit before has the same id");
}

static bool read_tenants(struct import *im)
{
    im->tenants = read_json(im, STR("tenants.json"));
    im->counts.tenants = val_count(im->tenants);
    if (!is_list(im, STR("tenants.json"), im->tenants) || !im->tenants.n) {
        if (!im->mistakes)
            mistake_in(im, STR("tenants.json"), "import.tenants",
                       "the folder wants a tenants.json with a list of units");
        return false;
    }
    for (size_t i = 0; i < im->tenants.n; i++)
        check_tenant(im, i);
    return true;
}

bool import_folder(struct bench *bench, const char *dir, str password,
                   struct import_counts *ret, struct err *err)
{
    struct import im = { .bench = bench,
                         .arena = bench->arena,
                         .dir = dir,
                         .password = password,
                         .now_ms = clock_now(&clock_system),
                         .err = err };
    im.last = &im.first;
    if (!prepare_home(bench, &im.packages, err) || !read_tenants(&im))
        return false;
    each_json(&im, STR("people"), read_people);
    each_folder(&im, "records", read_records);
    each_json(&im, STR("themes"), read_theme);
    each_folder(&im, "themes", read_named_theme);
    each_folder(&im, "layers", read_layer);
    read_grants(&im);
    read_habits(&im);
    if (im.mistakes || !write_all(&im) || !write_habits(&im))
        return false;
    *ret = im.counts;
    return true;
}

/* ---- layers alone, into the units that are there ---- */

static bool add_unit(struct import *im, struct snap *snap, str id, struct err *err)
{
    const struct store_collection *c = store_collection(snap_store(snap), STR("tenant"));
    struct val unit;
    if (!snap_get(snap, c, id, NULL, &unit, err))
        return false;
    if (val_exists(unit))
        im->tenants = val_append(im->arena, im->tenants, val_copy(im->arena, unit));
    return true;
}

static bool add_units(struct import *im, struct snap *snap, struct err *err)
{
    struct dirent **entries;
    str path = path_in(im, im->dir, "layers", NULL);
    int n = scandir(path.p, &entries, NULL, alphasort);
    bool good = true;
    if (n < 0)
        return err_at(err, ERR_INPUT, "import.layers", path,
                      "the folder has no folder \"layers\"");
    for (int i = 0; i < n; i++) {
        if (good && entries[i]->d_name[0] != '.')
            good = add_unit(im, snap, str_of(entries[i]->d_name), err);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool read_units(struct import *im, struct err *err)
{
    struct scope scope;
    struct snap *snap;
    if (!scope_open(im->bench->scope, im->arena, STR(""), &scope, err))
        return false;
    bool good = scope_snap(&scope, &snap, err) && add_units(im, snap, err);
    scope_close(&scope);
    return good;
}

static struct import layers_of(struct bench *bench, const char *dir, struct err *err)
{
    return (struct import){ .bench = bench,
                            .arena = bench->arena,
                            .dir = dir,
                            .now_ms = clock_now(&clock_system),
                            .tenants = val_list(NULL, 0),
                            .err = err };
}

static bool layers_work(struct txn *txn, void *data, struct err *err)
{
    struct import *im = data;
    for (struct batch *b = im->first; b; b = b->next) {
        if (!put_batch(txn, b, err))
            return false;
    }
    return check_rules(im, txn, err);
}

bool import_layers(struct bench *bench, const char *dir, struct import_counts *ret,
                   struct err *err)
{
    struct import im = layers_of(bench, dir, err);
    im.last = &im.first;
    if (!read_units(&im, err))
        return false;
    each_folder(&im, "layers", read_layer);
    if (im.mistakes || !store_write(bench->engine->store, layers_work, &im, err))
        return false;
    *ret = im.counts;
    return true;
}

/* Only whether it is there: read_layer has said what is wrong with the file. */
static bool layer_is_new(struct import *im, const struct batch *b, bool *ret,
                         struct err *err)
{
    struct scope scope;
    struct snap *snap;
    struct val known;
    store_space space =
        (store_space)val_as_int(val_get(tenant_record(im, b->tenant), STR("space")), 0);
    if (!scope_open(im->bench->scope, im->arena, STR(""), &scope, err))
        return false;
    bool good =
        scope_snap(&scope, &snap, err)
        && snap_get(snap_for(snap, &space, 1, im->arena), b->collection,
                    val_get_text(val_at(b->records, 0), STR("id")), NULL, &known, err);
    *ret = good && !val_exists(known);
    scope_close(&scope);
    return good;
}

bool list_new_layers(struct bench *bench, const char *dir, size_t *ret, struct err *err)
{
    struct import im = layers_of(bench, dir, err);
    im.last = &im.first;
    if (!read_units(&im, err))
        return false;
    each_folder(&im, "layers", read_layer);
    if (im.mistakes)
        return false;
    for (const struct batch *b = im.first; b; b = b->next) {
        bool is_new;
        if (!layer_is_new(&im, b, &is_new, err))
            return false;
        if (is_new)
            printf("+ %.*s\n", STR_ARG(b->file));
        *ret += is_new;
    }
    return true;
}
