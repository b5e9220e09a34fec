/* A folder of files becomes a package record. */
#include "inside.h"

#include "crypt/crypt.h"
#include "tenant/tenant.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct files {
    struct arena *arena;
    struct member *items;
    size_t n;
    size_t bytes;
    struct err *err;
};

static bool is_wanted(str name)
{
    static const char *const endings[] = {
        ".lua", ".html", ".css", ".json", ".svg", ".md"
    };
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t n = strlen(endings[i]);
        if (name.n > n && memcmp(name.p + name.n - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

static bool unreadable(struct files *f, str path, const char *why)
{
    return err_at(f->err, ERR_INPUT, "package.file", path, "%s", why);
}

static bool read_file(struct files *f, const char *real, str path)
{
    FILE *file = fopen(real, "rb");
    if (!file)
        return unreadable(f, path, "the file cannot be read");
    size_t room = LIMIT_PACKAGE_BYTES - f->bytes + 1;
    char *bytes = arena_alloc(f->arena, room);
    size_t n = fread(bytes, 1, room, file);
    fclose(file);
    f->bytes += n;
    if (f->bytes > LIMIT_PACKAGE_BYTES || f->n == LIMIT_PACKAGE_FILES)
        return err_at(f->err, ERR_LIMIT, "package.large", path,
                      "a package has at most %d files and %d bytes", LIMIT_PACKAGE_FILES,
                      LIMIT_PACKAGE_BYTES);
    str text = arena_str(f->arena, (str){ bytes, n });
    if (!str_is_text(text))
        return unreadable(f, path, "the file is not UTF-8 text");
    f->items[f->n++] = (struct member){ arena_str(f->arena, path), val_str(text) };
    return true;
}

static bool read_entry(struct files *f, const char *real, str path, int depth);

static bool read_folder(struct files *f, const char *real, str path, int depth)
{
    struct dirent **entries;
    int n = scandir(real, &entries, NULL, alphasort);
    bool good = n >= 0 || unreadable(f, path, "the folder cannot be read");
    for (int i = 0; i < n; i++) {
        str name = str_of(entries[i]->d_name);
        if (good && name.p[0] != '.') {
            str inner =
                path.n ? arena_format(f->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(name))
                       : arena_str(f->arena, name);
            good = read_entry(f, arena_format(f->arena, "%s/%.*s", real, STR_ARG(name)).p,
                              inner, depth + 1);
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return good;
}

static bool read_entry(struct files *f, const char *real, str path, int depth)
{
    struct stat st;
    if (lstat(real, &st) != 0)
        return unreadable(f, path, "the file cannot be read");
    if (S_ISLNK(st.st_mode))
        return unreadable(f, path, "a package holds files, not links");
    if (S_ISDIR(st.st_mode))
        return depth > 4 || read_folder(f, real, path, depth);
    return !S_ISREG(st.st_mode) || !is_wanted(path) || read_file(f, real, path);
}

static bool read_manifest(struct val files, struct script_worker *worker,
                          struct arena *arena, struct val *ret, struct err *err)
{
    struct script *script;
    str source = val_get_text(files, STR("package.lua"));
    if (!source.p)
        return err_at(
            err, ERR_INPUT, "package.manifest", STR("package.lua"),
            "a package wants a package.lua that returns { name, version, title }");
    if (!script_open(source, STR("package.lua"), SCRIPT_TENANT, &script, err))
        return false;
    bool good = script_manifest(worker, script, &script_limits_publish, arena, ret, err);
    script_drop(script);
    if (!good)
        return false;
    return (val_get_text(*ret, STR("name")).n && val_get_text(*ret, STR("version")).n)
           || err_at(err, ERR_INPUT, "package.manifest", STR("package.lua"),
                     "a package wants a name and a version, both texts");
}

bool package_files(const char *dir, struct arena *arena, struct val *ret, struct err *err)
{
    struct files f = { .arena = arena, .err = err };
    f.items = ARENA_ARRAY(arena, struct member, LIMIT_PACKAGE_FILES);
    if (!read_folder(&f, dir, STR(""), 0))
        return false;
    *ret = val_map(f.items, f.n);
    return true;
}

bool package_read_files(struct val files, bool trusted, struct script_worker *worker,
                        struct arena *arena, struct val *ret, struct err *err)
{
    struct val manifest;
    if (!read_manifest(files, worker, arena, &manifest, err))
        return false;
    str content = doc_text(arena, files, DOC_SORTED);
    struct val v =
        val_with(arena, val_map(NULL, 0), STR("id"), val_get(manifest, STR("name")));
    v = val_with(arena, v, STR("version"), val_get(manifest, STR("version")));
    struct val title = val_get(manifest, STR("title"));
    if (val_exists(title))
        v = val_with(arena, v, STR("title"), title);
    v = val_with(arena, v, STR("trusted"), val_bool(trusted));
    v = val_with(arena, v, STR("fingerprint"),
                 val_str(crypt_fingerprint(arena, content)));
    *ret = val_with(arena, v, STR("files"), files);
    return true;
}

bool package_read_dir(const char *dir, bool trusted, struct script_worker *worker,
                      struct arena *arena, struct val *ret, struct err *err)
{
    struct val files;
    return package_files(dir, arena, &files, err)
           && package_read_files(files, trusted, worker, arena, ret, err);
}
