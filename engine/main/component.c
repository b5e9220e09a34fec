/* pinban component render and check. */
#include "trial.h"

#include <stdio.h>

/* ---- render ---- */

static bool render(struct trial *t, const struct args *args, struct buf *out,
                   struct err *err)
{
    struct world world;
    struct looking how = { args_option(args, "as", NULL), out };
    return trial_open(t, args_option(args, "now", NULL), err)
           && trial_read(t, args->words[0], err) && trial_compile(t, err)
           && world_read(t, args, &world, err) && world_make(&world, err)
           && world_look(&world, &how, err);
}

int command_component_render(int argc, char **argv)
{
    struct args args;
    struct trial t = { .open = false };
    struct buf out;
    struct err err;
    if (!args_read(&args, "component render", argc, argv, "props person data now as", ""))
        return EXIT_USAGE;
    const char *as = args_option(&args, "as", "model");
    bool known = strcmp(as, "model") == 0 || strcmp(as, "reads") == 0;
    if (args.word_count != 1 || !known) {
        fprintf(
            stderr,
            "usage: pinban component render FILE_OR_DIR [--props JSON] [--person JSON] "
            "[--data JSON] [--now TIME] [--as model|reads]\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    buf_init(&out, 4 << 20);
    bool good = render(&t, &args, &out, &err);
    if (good) {
        fwrite(out.p, 1, out.n, stdout);
        putchar('\n');
    } else {
        print_error(&err);
    }
    buf_done(&out);
    trial_close(&t);
    return good ? EXIT_DONE : trial_exit(&err);
}

/* ---- check ---- */

struct checking {
    size_t mistakes;
};

static void remark(struct checking *c, const char *code, str where, const char *text)
{
    struct err err;
    err_at(&err, ERR_INPUT, code, where, "%s", text);
    print_error(&err);
    c->mistakes++;
}

static bool has_titles(struct val title)
{
    return val_get_text(title, STR("zh")).n && val_get_text(title, STR("en")).n;
}

/* A number people type in has a range. */
static void check_property(struct checking *c, const struct component *component,
                           str name, struct val property)
{
    struct val type = val_get(property, STR("type"));
    bool number = val_is(type, "integer") || val_is(type, "number");
    bool ranged = val_exists(val_get(property, STR("minimum")))
                  && val_exists(val_get(property, STR("maximum")));
    if (number && !ranged)
        remark(c, "component.range", name, "a number wants minimum and maximum");
    if (!has_titles(val_get(property, STR("title"))))
        remark(c, "component.title", name, "a property wants a title in zh and en");
    str word = val_get_text(property, STR("x-word"));
    if (word.n && val_get(component->words[VIEW_ZH], word).kind != VAL_STR)
        remark(c, "component.word", name, "x-word names a word that there is not");
}

/* Also one that stands only while others have certain values. */
static bool has_property(struct val schema, str name)
{
    static const str branches[] = { STR_INIT("then"), STR_INIT("else") };
    static const str lists[] = { STR_INIT("allOf"), STR_INIT("dependentSchemas") };
    bool found = val_exists(val_get(val_get(schema, STR("properties")), name));
    for (size_t i = 0; !found && i < COUNT_OF(branches); i++)
        found = val_get(schema, branches[i]).kind == VAL_MAP
                && has_property(val_get(schema, branches[i]), name);
    for (size_t i = 0; !found && i < COUNT_OF(lists); i++) {
        struct val list = val_get(schema, lists[i]);
        for (size_t k = 0; !found && k < val_count(list); k++) {
            str key;
            found = has_property(
                list.kind == VAL_MAP ? val_member(list, k, &key) : val_at(list, k), name);
        }
    }
    return found;
}

static void check_groups(struct checking *c, struct val props)
{
    struct val groups = val_get(props, STR("x-groups"));
    for (size_t i = 0; i < val_count(groups); i++) {
        struct val names = val_get(val_at(groups, i), STR("properties"));
        if (!has_titles(val_get(val_at(groups, i), STR("title"))))
            remark(c, "component.title", STR("x-groups"),
                   "a group wants a title in zh and en");
        for (size_t k = 0; k < val_count(names); k++) {
            str name = val_text(val_at(names, k));
            if (!has_property(props, name))
                remark(c, "component.group", name,
                       "a group names a property that there is not");
        }
    }
}

static void check_manifest(struct checking *c, const struct component *component)
{
    struct val schema = val_get(component->manifest, STR("props"));
    struct val props = val_get(schema, STR("properties"));
    if (!val_exists(component->title))
        remark(c, "component.title", component->name,
               "a component wants a title in zh and en");
    if (!val_count(val_get(component->manifest, STR("example"))))
        remark(
            c, "component.example", component->name,
            "a component wants an example: it is its documentation, thumbnail and test");
    if (!component->views[VIEW_ZH])
        remark(c, "component.view", component->name, "a component wants a view.html");
    for (size_t i = 0; i < val_count(props); i++) {
        str name;
        struct val property = val_member(props, i, &name);
        check_property(c, component, name, property);
    }
    check_groups(c, schema);
}

static bool check(struct trial *t, const struct args *args, struct checking *c,
                  struct err *err)
{
    struct world world;
    struct buf out;
    if (!trial_open(t, TRIAL_NOW, err) || !trial_read(t, args->words[0], err)
        || !trial_compile(t, err) || !world_read(t, args, &world, err))
        return false;
    check_manifest(c, &t->package->components[0]);
    if (c->mistakes)
        return true;
    buf_init(&out, 4 << 20);
    struct looking how = { NULL, &out };
    bool good = world_make(&world, err) && world_look(&world, &how, err);
    buf_done(&out);
    return good;
}

int command_component_check(int argc, char **argv)
{
    struct args args;
    struct trial t = { .open = false };
    struct checking c = { 0 };
    struct err err;
    if (!args_read(&args, "component check", argc, argv, "", "")
        || args.word_count != 1) {
        fprintf(stderr, "usage: pinban component check FOLDER\n");
        return EXIT_USAGE;
    }
    log_set_level(LOG_SILENT);
    bool good = check(&t, &args, &c, &err);
    if (!good)
        print_error(&err);
    trial_close(&t);
    if (!good && trial_is_usage(&err))
        return EXIT_USAGE;
    if (good && !c.mistakes)
        printf("%s: good\n", args.words[0]);
    return good && !c.mistakes ? EXIT_DONE : EXIT_NO;
}
