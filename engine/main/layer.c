/*
 * Layers as code: files layers/UNIT/PAGE.json with sorted members and a verb a line, so
 * that a folder of them can live in git. Bringing out what was brought in gives the same
 * bytes.
 */
#include "inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_LAYER_TEXT = 8 << 20 };

/* ---- one layer as lines ---- */

struct lines {
    str *items; /* members but "verbs", then a verb each */
    size_t n;
    size_t members;
};

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const str *)a, *(const str *)b);
}

/* Its place in the folder says these; its number and who has its next revision are the
 * store's. */
static bool is_placed(str name)
{
    return str_equal(name, STR("id")) || str_equal(name, STR("page"))
           || str_equal(name, STR("specialty")) || str_equal(name, STR("verbs"))
           || str_equal(name, STR("revision")) || str_equal(name, STR("stage"));
}

static void read_lines(struct arena *a, struct val layer, struct lines *ret)
{
    struct val verbs = layout_normalise(val_get(layer, STR("verbs")), a);
    *ret = (struct lines){ .items =
                               ARENA_ARRAY(a, str, val_count(layer) + val_count(verbs)) };
    for (size_t i = 0; i < val_count(layer); i++) {
        str name;
        struct val value = val_member(layer, i, &name);
        if (!is_placed(name))
            ret->items[ret->n++] = arena_format(
                a, "%.*s: %.*s", STR_ARG(doc_text(a, val_str(name), DOC_SORTED)),
                STR_ARG(doc_text(a, value, DOC_SORTED)));
    }
    ret->members = ret->n;
    qsort(ret->items, ret->n, sizeof *ret->items, by_text);
    for (size_t i = 0; i < val_count(verbs); i++)
        ret->items[ret->n++] = doc_text(a, val_at(verbs, i), DOC_SORTED);
}

static void write_lines(struct buf *out, const struct lines *lines)
{
    buf_str(out, STR("{\n"));
    for (size_t i = 0; i < lines->members; i++)
        buf_format(out, "  %.*s,\n", STR_ARG(lines->items[i]));
    buf_str(out, STR("  \"verbs\": ["));
    for (size_t i = lines->members; i < lines->n; i++)
        buf_format(out, "%s\n    %.*s", i > lines->members ? "," : "",
                   STR_ARG(lines->items[i]));
    buf_str(out, lines->n > lines->members ? STR("\n  ]\n}\n") : STR("]\n}\n"));
}

/* ---- every layer of the store ---- */

struct walk {
    struct tool *tool;
    struct snap *snap;
    const char *dir;
    str unit; /* whose layers are walked now */
    size_t layers;
    size_t differences;
    bool (*each)(struct walk *w, str file, struct val layer, struct err *err);
};

/* "layers/UNIT/PAGE.SPECIALTY.json" */
static str file_of_layer(struct arena *a, str unit, struct val layer)
{
    str specialty;
    str page = str_cut(val_get_text(layer, STR("id")), ':', &specialty);
    return arena_format(a, "layers/%.*s/%.*s%s%.*s.json", STR_ARG(unit), STR_ARG(page),
                        specialty.n ? "." : "", STR_ARG(specialty));
}

static bool walk_unit(struct walk *w, struct val tenant, struct err *err)
{
    struct arena *a = w->tool->bench.arena;
    store_space space = (store_space)val_as_int(val_get(tenant, STR("space")), 0);
    struct query query = { .collection =
                               store_collection(snap_store(w->snap), STR("layer")),
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    w->unit = val_get_text(tenant, STR("id"));
    if (!snap_query(snap_for(w->snap, &space, 1, a), &query, a, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < val_count(rows.list); i++) {
        struct val layer = val_at(rows.list, i);
        w->layers++;
        if (!w->each(w, file_of_layer(a, w->unit, layer), layer, err))
            return false;
    }
    return true;
}

static bool walk_units(struct walk *w, struct err *err)
{
    struct query query = { .collection =
                               store_collection(snap_store(w->snap), STR("tenant")),
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    do {
        if (!snap_query(w->snap, &query, w->tool->bench.arena, NULL, &rows, err))
            return false;
        for (size_t i = 0; i < val_count(rows.list); i++) {
            if (!walk_unit(w, val_at(rows.list, i), err))
                return false;
        }
        query.after = rows.next;
    } while (rows.next.n);
    return true;
}

static bool walk_layers(struct walk *w, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct store_reader *reader;
    if (!store_reader_open(w->tool->engine.store, &reader, err))
        return false;
    bool good = snap_open(reader, system, 1, &w->snap, err);
    if (good) {
        good = walk_units(w, err);
        snap_close(w->snap);
    }
    store_reader_close(reader);
    return good;
}

/* ---- out ---- */

static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        bool good = mkdir(path, 0777) == 0 || errno == EEXIST;
        *slash = '/';
        if (!good)
            return false;
    }
    return true;
}

static bool write_file(struct arena *a, const char *dir, str file, str bytes,
                       struct err *err)
{
    str path = arena_format(a, "%s/%.*s", dir, STR_ARG(file));
    char *writable = arena_alloc(a, path.n + 1);
    memcpy(writable, path.p, path.n + 1);
    FILE *out = make_folders(writable) ? fopen(path.p, "wb") : NULL;
    bool good = out && fwrite(bytes.p, 1, bytes.n, out) == bytes.n;
    if (out && fclose(out) != 0)
        good = false;
    return good
           || err_at(err, ERR_INPUT, "layer.file", file, "the file cannot be written");
}

static bool bring_out(struct walk *w, str file, struct val layer, struct err *err)
{
    struct lines lines;
    struct buf out;
    read_lines(w->tool->bench.arena, layer, &lines);
    buf_init(&out, MAX_LAYER_TEXT);
    write_lines(&out, &lines);
    bool good = write_file(w->tool->bench.arena, w->dir, file, buf_view(&out), err);
    buf_done(&out);
    return good;
}

/* ---- differences ---- */

static bool has_line(const struct lines *lines, str line)
{
    for (size_t i = 0; i < lines->n; i++) {
        if (str_equal(lines->items[i], line))
            return true;
    }
    return false;
}

/* Lines of `a` that are not in `b`. */
static size_t print_missing(str file, const struct lines *a, const struct lines *b,
                            char sign)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (has_line(b, a->items[i]))
            continue;
        printf("%c %.*s %.*s\n", sign, STR_ARG(file), STR_ARG(a->items[i]));
        n++;
    }
    return n;
}

static bool read_layer_file(struct walk *w, str file, struct val *ret, struct err *err)
{
    struct arena *a = w->tool->bench.arena;
    str text = read_file(a, arena_format(a, "%s/%.*s", w->dir, STR_ARG(file)).p);
    *ret = VAL_ABSENT;
    return !text.p || doc_parse(a, text, ret, err) || err_in(err, "%.*s", STR_ARG(file));
}

/* What of it people would see, in sentences. */
static bool print_seen(struct walk *w, str file, struct val layer, struct val other,
                       struct err *err)
{
    struct arena *a = w->tool->bench.arena;
    struct val differences;
    str lang = str_of(args_option(&w->tool->args, "lang", "en"));
    struct edit_comparing what = {
        .tenant = w->unit,
        .layer = val_get_text(layer, STR("id")),
        .from = layout_normalise(val_get(layer, STR("verbs")), a),
        .to = layout_normalise(val_get(other, STR("verbs")), a)
    };
    if (!edit_compare(w->snap, &what, a, &differences, err))
        return false;
    for (size_t i = 0; i < val_count(differences); i++) {
        struct val text = val_get(val_at(differences, i), STR("text"));
        printf("~ %.*s %.*s\n", STR_ARG(file), STR_ARG(val_get_text(text, lang)));
    }
    return true;
}

static bool compare(struct walk *w, str file, struct val layer, struct err *err)
{
    struct arena *a = w->tool->bench.arena;
    struct val other;
    struct lines here;
    struct lines there;
    if (!read_layer_file(w, file, &other, err))
        return false;
    if (!val_exists(other)) {
        printf("- %.*s\n", STR_ARG(file));
        w->differences++;
        return true;
    }
    read_lines(a, layer, &here);
    read_lines(a, other, &there);
    w->differences += print_missing(file, &here, &there, '-');
    w->differences += print_missing(file, &there, &here, '+');
    return print_seen(w, file, layer, other, err);
}

/* ---- commands ---- */

static bool open_layers(struct tool *t, const char *command, int argc, char **argv)
{
    *t = (struct tool){ .args = { 0 } };
    bool diffs = strcmp(command, "layer diff") == 0;
    if (!args_read(&t->args, command, argc, argv,
                   diffs ? "data store-mib lang" : "data store-mib", "fast"))
        return false;
    if (t->args.word_count == 1)
        return true;
    fprintf(stderr, "usage: pinban %s FOLDER [--data DIR]\n", command);
    return false;
}

int command_layer_export(int argc, char **argv)
{
    struct tool t;
    struct err err;
    if (!open_layers(&t, "layer export", argc, argv))
        return EXIT_USAGE;
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    struct walk w = { .tool = &t, .dir = t.args.words[0], .each = bring_out };
    bool good = walk_layers(&w, &err);
    if (good)
        printf("%zu layers\n", w.layers);
    return tool_close(&t, good, &err);
}

int command_layer_diff(int argc, char **argv)
{
    struct tool t;
    struct err err;
    if (!open_layers(&t, "layer diff", argc, argv))
        return EXIT_USAGE;
    str lang = str_of(args_option(&t.args, "lang", "en"));
    if (!str_equal(lang, STR("en")) && !str_equal(lang, STR("zh"))) {
        fprintf(stderr, "pinban layer diff: --lang is zh or en\n");
        return EXIT_USAGE;
    }
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    struct walk w = { .tool = &t, .dir = t.args.words[0], .each = compare };
    size_t added = 0;
    bool good =
        walk_layers(&w, &err) && list_new_layers(&t.bench, t.args.words[0], &added, &err);
    int code = tool_close(&t, good, &err);
    return good && w.differences + added ? EXIT_NO : code;
}

int command_layer_import(int argc, char **argv)
{
    struct tool t;
    struct import_counts counts;
    struct err err;
    if (!open_layers(&t, "layer import", argc, argv))
        return EXIT_USAGE;
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    bool good = import_layers(&t.bench, t.args.words[0], &counts, &err);
    if (good)
        printf("%zu layers\n", counts.layers);
    return tool_close(&t, good, &err);
}
