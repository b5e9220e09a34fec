/* What is wrong with a folder that is watched, told so that the studio can show it over
 * the card: which file, where in it, and the lines around. */
#include "inside.h"

enum { AROUND = 2, MAX_LINE = 200 /* graphemes shown of one */ };

/* A place is "quote/view.html:3:5", "quote/words/zh.json, line 1, column 8" or
 * "quote/component.lua: /icn". */
struct place {
    str file;
    int64_t line; /* 0: the file as a whole */
    int64_t column;
};

static bool ends_name(char c)
{
    return c == ':' || c == ',';
}

static int64_t take_number(str *s)
{
    int64_t n = 0;
    while (s->n && (s->p[0] < '0' || s->p[0] > '9') && s->p[0] != '/')
        *s = (str){ s->p + 1, s->n - 1 };
    while (s->n && s->p[0] >= '0' && s->p[0] <= '9' && n < INT32_MAX) {
        n = n * 10 + (s->p[0] - '0');
        *s = (str){ s->p + 1, s->n - 1 };
    }
    return n;
}

static struct place place_of(str where)
{
    struct place place = { .file = where };
    for (size_t i = 0; i < where.n; i++) {
        if (!ends_name(where.p[i]))
            continue;
        str rest = { where.p + i, where.n - i };
        place.file.n = i;
        place.line = take_number(&rest);
        place.column = take_number(&rest);
        break;
    }
    return place;
}

/* Lua names the word before which it gave up, not the column. */
static int64_t column_of(str line, str text)
{
    str rest;
    const char *near = memmem(text.p, text.n, "near '", 6);
    if (!near)
        return 1;
    str word = { near + 6, text.n - (size_t)(near + 6 - text.p) };
    word = str_cut(word, '\'', &rest);
    const char *at = word.n ? memmem(line.p, line.n, word.p, word.n) : NULL;
    return at ? at - line.p + 1 : 1;
}

static struct val excerpt_of(struct arena *a, str source, struct place *place, str text)
{
    struct val *lines = ARENA_ARRAY(a, struct val, 2 * AROUND + 1);
    size_t n = 0;
    for (int64_t number = 1; source.p && number <= place->line + AROUND; number++) {
        str line = str_cut(source, '\n', &source);
        if (number == place->line && !place->column)
            place->column = column_of(line, text);
        if (number < place->line - AROUND)
            continue;
        struct val v = val_with(a, val_map(NULL, 0), STR("line"), val_int(number));
        lines[n++] = val_with(a, v, STR("text"), val_str(str_clip(line, MAX_LINE)));
    }
    return val_list(lines, n);
}

/* What compiling says begins with the folder. */
static str inside_folder(const char *dir, str where)
{
    str folder = str_of(dir);
    if (str_starts(where, folder) && where.n > folder.n + 2)
        where = str_trim((str){ where.p + folder.n + 1, where.n - folder.n - 1 });
    return where;
}

struct val complaint(struct arena *a, const char *dir, str package, const struct err *err)
{
    str where = inside_folder(dir, str_of(err->where));
    struct place place = place_of(where);
    str path = arena_format(a, "%s/%.*s", dir, STR_ARG(place.file));
    str source = place.line ? read_file(a, path.p) : (str){ NULL, 0 };
    struct val excerpt = source.p && str_is_text(source)
                             ? excerpt_of(a, source, &place, str_of(err->text))
                             : val_list(NULL, 0);
    str rest;
    str component = str_cut(place.file, '/', &rest);
    struct val v = val_with(a, val_map(NULL, 0), STR("package"), val_str(package));
    if (rest.p)
        v = val_with(a, v, STR("component"), val_str(component));
    v = val_with(a, v, STR("file"), val_str(place.file));
    v = val_with(a, v, STR("line"), val_int(place.line));
    v = val_with(a, v, STR("column"), val_int(place.column));
    v = val_with(a, v, STR("code"), val_str(str_of(err->code)));
    v = val_with(a, v, STR("text"), val_str(str_of(err->text)));
    return val_with(a, v, STR("excerpt"), excerpt);
}
