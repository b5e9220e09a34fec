/* Where in a package's files an error lies, and the lines around it. */
#include "inside.h"

enum { AROUND = 2, MAX_LINE = 200 /* graphemes shown of one */ };

static bool take(str *s, str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = (str){ s->p + prefix.n, s->n - prefix.n };
    return true;
}

static int64_t take_number(str *s)
{
    int64_t n = 0;
    while (s->n && s->p[0] >= '0' && s->p[0] <= '9' && n < INT32_MAX) {
        n = n * 10 + (s->p[0] - '0');
        *s = (str){ s->p + 1, s->n - 1 };
    }
    return n;
}

struct package_place package_place(str where)
{
    struct package_place place = { .file = where };
    size_t n = 0;
    while (n < where.n && where.p[n] != ':' && where.p[n] != ',')
        n++;
    str rest = { where.p + n, where.n - n };
    place.file.n = n;
    if (take(&rest, STR(", line ")) || take(&rest, STR(":")))
        place.line = take_number(&rest);
    if (place.line && (take(&rest, STR(", column ")) || take(&rest, STR(":"))))
        place.column = take_number(&rest);
    return place;
}

/* ---- the lines around it ---- */

/* Lua names the word at which it gave up, not the column. */
static size_t column_of(str line, str text)
{
    static const str signs[] = { STR_INIT("near '"),     STR_INIT("(local '"),
                                 STR_INIT("(global '"),  STR_INIT("(field '"),
                                 STR_INIT("(upvalue '"), STR_INIT("(method '") };
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        const char *sign = memmem(text.p, text.n, signs[i].p, signs[i].n);
        if (!sign)
            continue;
        str rest;
        const char *from = sign + signs[i].n;
        str word = str_cut((str){ from, text.n - (size_t)(from - text.p) }, '\'', &rest);
        const char *at = word.n ? memmem(line.p, line.n, word.p, word.n) : NULL;
        if (at)
            return (size_t)(at - line.p) + 1;
    }
    size_t blanks = 0;
    while (blanks < line.n && (line.p[blanks] == ' ' || line.p[blanks] == '\t'))
        blanks++;
    return blanks < line.n ? blanks + 1 : 1;
}

struct val package_excerpt(struct arena *a, str source, struct package_place *place,
                           str text)
{
    struct val *lines = ARENA_ARRAY(a, struct val, 2 * AROUND + 1);
    size_t n = 0;
    if (!place->line || !str_is_text(source))
        return val_list(NULL, 0);
    for (int64_t number = 1; source.p && number <= place->line + AROUND; number++) {
        str line = str_cut(source, '\n', &source);
        if (number == place->line && !place->column)
            place->column = (int64_t)column_of(line, text);
        if (number < place->line - AROUND)
            continue;
        struct val v = val_with(a, val_map(NULL, 0), STR("line"), val_int(number));
        lines[n++] = val_with(a, v, STR("text"), val_str(str_clip(line, MAX_LINE)));
    }
    return val_list(lines, n);
}
