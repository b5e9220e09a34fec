/* One component: its manifest, words, style and views. */
#include "inside.h"

extern const unsigned char package_component_schema_json[];
extern const size_t package_component_schema_json_size;

static str path_of(struct compile *c, str folder, const char *file)
{
    return arena_format(c->package->arena, "%.*s%s%s", STR_ARG(folder),
                        folder.n ? "/" : "", file);
}

/* The schema of manifests, compiled when first needed and kept for the process. */
static struct schema *manifest_schema(struct compile *c)
{
    static struct schema *known;
    struct schema *schema = __atomic_load_n(&known, __ATOMIC_ACQUIRE);
    if (schema)
        return schema;
    struct arena *arena = arena_open();
    struct val document;
    str text = { (const char *)package_component_schema_json,
                 package_component_schema_json_size };
    struct schema *none = NULL;
    if (doc_parse(arena, text, &document, c->err)
        && schema_open(document, NULL, SCHEMA_PLAIN, &schema, c->err)
        && !__atomic_compare_exchange_n(&known, &none, schema, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
        schema_drop(schema);
        schema = none;
    }
    arena_close(arena);
    return schema;
}

static bool check_manifest(struct compile *c, str path, struct val manifest)
{
    struct schema *schema = manifest_schema(c);
    struct arena *arena = arena_open();
    bool good = schema && schema_require(schema, manifest, arena, c->err);
    if (schema && !good) {
        c->err->code = "package.manifest";
        err_in(c->err, "%.*s: ", STR_ARG(path));
    }
    arena_close(arena);
    return good;
}

/* ---- words ---- */

/* Every word of one language must stand in the other. */
static bool same_words(struct compile *c, str path, struct val have, struct val want,
                       str above)
{
    for (size_t i = 0; i < val_count(want); i++) {
        str name;
        struct val theirs = val_member(want, i, &name);
        struct val mine = val_get(have, name);
        str place = arena_format(c->package->arena, "%.*s%s%.*s", STR_ARG(above),
                                 above.n ? "." : "", STR_ARG(name));
        if (mine.kind != theirs.kind)
            return file_fail(c, path, "package.words", "the word %.*s is missing here",
                             STR_ARG(place));
        if (theirs.kind == VAL_MAP && !same_words(c, path, mine, theirs, place))
            return false;
    }
    return true;
}

static bool read_words(struct compile *c, str folder, struct val ret[VIEW_LANGS])
{
    str zh = path_of(c, folder, "words/zh.json");
    str en = path_of(c, folder, "words/en.json");
    return file_json(c, zh, &ret[VIEW_ZH]) && file_json(c, en, &ret[VIEW_EN])
           && same_words(c, zh, ret[VIEW_ZH], ret[VIEW_EN], STR(""))
           && same_words(c, en, ret[VIEW_EN], ret[VIEW_ZH], STR(""));
}

static void rename_words(struct compile *c, struct component *ret)
{
    for (int lang = 0; lang < VIEW_LANGS; lang++)
        ret->words[lang] =
            words_renamed(c, ret->ref, (enum view_lang)lang, ret->words[lang]);
}

/* ---- views ---- */

static struct val view_constants(struct compile *c, const struct component *component,
                                 enum view_lang lang)
{
    struct arena *a = c->package->arena;
    const struct package *ui = c->ui ? c->ui : c->package;
    struct val v = val_map(NULL, 0);
    struct val words = component->words[lang];
    v = val_with(a, v, STR("words"), val_exists(words) ? words : val_map(NULL, 0));
    v = val_with(a, v, STR("ui"),
                 val_exists(ui->words[lang]) ? ui->words[lang] : val_map(NULL, 0));
    v = val_with(a, v, STR("assets"), ui->assets);
    return val_with(a, v, STR("lang"), val_str(view_lang_name(lang)));
}

static bool read_views(struct compile *c, str folder, struct component *ret)
{
    str path = path_of(c, folder, "view.html");
    str text = file_text(c, path);
    const struct package *ui = c->ui ? c->ui : c->package;
    for (int lang = 0; text.p && lang < VIEW_LANGS; lang++) {
        struct view_config config = { .source = { path, text },
                                      .elements = ui->elements,
                                      .lang = (enum view_lang)lang,
                                      .actions = val_get(ret->manifest, STR("actions")),
                                      .constants =
                                          view_constants(c, ret, (enum view_lang)lang) };
        if (!view_open(&config, &ret->views[lang], c->err))
            return false;
    }
    return true;
}

/* ---- the manifest ---- */

static bool is_function(struct val v)
{
    return val_as_bool(val_get(v, STR("function")), false);
}

static bool read_load(struct compile *c, str path, struct component *ret,
                      struct script *script)
{
    struct val load = val_get(ret->manifest, STR("load"));
    struct val actions = val_get(ret->manifest, STR("actions"));
    if (is_function(load) || val_count(actions))
        ret->script = script_hold(script);
    if (!val_exists(load) || is_function(load))
        return true;
    return load_compile(c, path, load, ret);
}

static bool read_props(struct compile *c, str path, struct component *ret)
{
    struct val props = val_get(ret->manifest, STR("props"));
    if (!val_count(props))
        return true;
    if (schema_open(props, NULL, SCHEMA_PLAIN, &ret->props, c->err))
        return true;
    return err_in(c->err, "%.*s: props", STR_ARG(path));
}

/* ---- actions ---- */

static bool read_action(struct compile *c, str path, struct val spec,
                        struct component_action *ret)
{
    struct val input = val_get(spec, STR("input"));
    ret->entry = arena_format(c->package->arena, "actions.%.*s.run", STR_ARG(ret->name));
    ret->audience = val_get_text(spec, STR("audience"));
    if (!val_exists(input)
        || schema_open(input, NULL, SCHEMA_ASSERT_FORMAT, &ret->input, c->err))
        return true;
    return err_in(c->err, "%.*s: actions.%.*s.input", STR_ARG(path), STR_ARG(ret->name));
}

static bool read_actions(struct compile *c, str path, struct component *ret)
{
    struct val actions = val_get(ret->manifest, STR("actions"));
    size_t n = val_count(actions);
    ret->actions = ARENA_ARRAY(c->package->arena, struct component_action, n);
    for (; ret->action_count < n; ret->action_count++) {
        struct component_action *action = &ret->actions[ret->action_count];
        struct val spec = val_member(actions, ret->action_count, &action->name);
        if (!read_action(c, path, spec, action))
            return false;
    }
    return true;
}

const struct component_action *component_action(const struct component *component,
                                                str name)
{
    for (size_t i = 0; i < component->action_count; i++) {
        if (str_equal(component->actions[i].name, name))
            return &component->actions[i];
    }
    return NULL;
}

static bool read_style(struct compile *c, str folder, struct component *ret)
{
    str path = path_of(c, folder, "style.css");
    ret->style = file_text(c, path);
    return !ret->style.p || style_check(c, path, ret->style, ret->name);
}

/* The fingerprint of a host with other words is another. */
static uint64_t identity_of(const struct compile *c, str folder,
                            const struct component *component)
{
    uint64_t identity = c->ui ? str_hash(c->ui->fingerprint, 1) : 1;
    struct val renamed = val_get(c->renamed, component->ref);
    if (val_count(renamed))
        identity = str_hash(doc_text(c->package->arena, renamed, DOC_SORTED), identity);
    for (size_t i = 0; i < val_count(c->files); i++) {
        str name;
        struct val text = val_member(c->files, i, &name);
        if (str_starts(name, folder))
            identity = str_hash(val_text(text), str_hash(name, identity));
    }
    return identity;
}

/* A component without a name is called like its folder. Lua's empty table is a list. */
static struct val named(struct compile *c, str folder, struct val manifest)
{
    if (manifest.kind == VAL_LIST && !val_count(manifest))
        manifest = val_map(NULL, 0);
    if (manifest.kind != VAL_MAP || val_exists(val_get(manifest, STR("name"))))
        return manifest;
    return val_with(c->package->arena, manifest, STR("name"), val_str(folder));
}

static void read_names(struct compile *c, struct component *ret)
{
    struct val manifest = ret->manifest;
    str size = val_get_text(val_get(manifest, STR("sizes")), STR("default"));
    bool standard = str_equal(c->package->name, STR("standard"));
    ret->name = val_get_text(manifest, STR("name"));
    ret->title = val_get(manifest, STR("title"));
    ret->needs = val_get(manifest, STR("needs"));
    if (ret->needs.kind != VAL_LIST)
        ret->needs = val_list(NULL, 0);
    ret->size = size.n ? size : STR("full");
    ret->ref = standard ? ret->name
                        : arena_format(c->package->arena, "%.*s/%.*s",
                                       STR_ARG(c->package->name), STR_ARG(ret->name));
}

static bool compile_with(struct compile *c, str folder, str path, struct script *script,
                         struct component *ret)
{
    if (!script_manifest(c->worker, script, &script_limits_publish, c->package->arena,
                         &ret->manifest, c->err))
        return false;
    ret->manifest = named(c, folder, ret->manifest);
    if (!check_manifest(c, path, ret->manifest))
        return false;
    read_names(c, ret);
    ret->identity = identity_of(c, folder, ret);
    if (!read_load(c, path, ret, script) || !read_actions(c, path, ret)
        || !read_props(c, path, ret) || !read_words(c, folder, ret->words)
        || !read_style(c, folder, ret))
        return false;
    rename_words(c, ret);
    return read_views(c, folder, ret);
}

bool component_compile(struct compile *c, str folder, struct component *ret)
{
    str path = path_of(c, folder, "component.lua");
    enum script_trust trust = c->trusted ? SCRIPT_TRUSTED : SCRIPT_TENANT;
    struct script *script;
    ret->file = path;
    if (!script_open(file_text(c, path), path, trust, &script, c->err))
        return false;
    bool good = compile_with(c, folder, path, script, ret);
    script_drop(script);
    return good;
}

void component_done(struct component *component)
{
    schema_drop(component->props);
    for (size_t i = 0; i < component->action_count; i++)
        schema_drop(component->actions[i].input);
    script_drop(component->script);
    for (int lang = 0; lang < VIEW_LANGS; lang++)
        view_drop(component->views[lang]);
}
