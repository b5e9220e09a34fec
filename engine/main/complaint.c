/* What is wrong with a folder that is watched, told so that the studio can show it over
 * the card: which file, where in it, and the lines around. */
#include "inside.h"

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
    struct package_place place = package_place(where);
    str path = arena_format(a, "%s/%.*s", dir, STR_ARG(place.file));
    str source = place.line ? read_file(a, path.p) : (str){ NULL, 0 };
    struct val excerpt = package_excerpt(a, source, &place, str_of(err->text));
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
