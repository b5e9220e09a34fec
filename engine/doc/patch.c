/*
 * JSON Patch, RFC 6902. Values are immutable, so all or nothing comes by itself: each
 * operation makes a new document that shares what it left alone, and a failing one simply
 * gives none. Sharing has a price: a patch that copies the document into itself over and
 * over names far more than it holds, so what copies stand for is counted.
 */
#include "pointer.h"

enum edit_kind { EDIT_ADD, EDIT_REPLACE, EDIT_REMOVE };

struct edit {
    struct arena *arena;
    enum edit_kind kind;
    struct val value; /* EDIT_ADD, EDIT_REPLACE */
};

struct patch {
    struct arena *arena;
    struct val document; /* so far */
    size_t number;       /* of the operation at work */
    size_t copied;       /* bytes */
    struct err *err;
};

#define FAIL(patch, kind, ...) \
    err_at((patch)->err, kind, "doc.patch", place(patch), __VA_ARGS__)

static str place(const struct patch *p)
{
    return arena_format(p->arena, "/%zu", p->number);
}

/* ---- one change at one place ---- */

static struct val edit_item(const struct edit *e, struct val list, size_t at)
{
    size_t taken = e->kind == EDIT_ADD ? 0 : 1;
    struct val *items = ARENA_ARRAY(e->arena, struct val, (size_t)list.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < at; i++)
        items[n++] = val_at(list, i);
    if (e->kind != EDIT_REMOVE)
        items[n++] = e->value;
    for (size_t i = at + taken; i < list.n; i++)
        items[n++] = val_at(list, i);
    return val_list(items, n);
}

static struct val edit_list(const struct edit *e, struct val list, str token)
{
    size_t at = list.n;
    bool adds = e->kind == EDIT_ADD;
    bool found = adds && str_equal(token, STR("-"));
    if (!found && !pointer_index(token, &at))
        return VAL_ABSENT;
    return at < list.n + (size_t)adds ? edit_item(e, list, at) : VAL_ABSENT;
}

static struct val edit_map(const struct edit *e, struct val map, str token)
{
    if (e->kind != EDIT_ADD && !val_exists(val_get(map, token)))
        return VAL_ABSENT;
    return e->kind == EDIT_REMOVE ? val_without(e->arena, map, token)
                                  : val_with(e->arena, map, token, e->value);
}

/* `v` with the change made at `rest`, a pointer without its first slash; VAL_ABSENT when
 * there is no such place. */
static struct val edit_at(const struct edit *e, struct val v, str rest)
{
    str deeper;
    str token = str_cut(rest, '/', &deeper);
    token = pointer_plain(token, arena_alloc(e->arena, token.n));
    bool last = !deeper.p;
    size_t i = 0;
    if (v.kind == VAL_LIST && last)
        return edit_list(e, v, token);
    if (v.kind == VAL_MAP && last)
        return edit_map(e, v, token);
    bool is_item = v.kind == VAL_LIST && pointer_index(token, &i);
    struct val child = is_item ? val_at(v, i) : val_get(v, token);
    child = val_exists(child) ? edit_at(e, child, deeper) : VAL_ABSENT;
    if (!val_exists(child))
        return VAL_ABSENT;
    struct edit put = { .arena = e->arena, .kind = EDIT_REPLACE, .value = child };
    return is_item ? edit_item(&put, v, i) : val_with(e->arena, v, token, child);
}

static bool edit(struct patch *p, enum edit_kind kind, str path, struct val value)
{
    struct edit e = { .arena = p->arena, .kind = kind, .value = value };
    struct val changed = value;
    if (path.n)
        changed = edit_at(&e, p->document, (str){ path.p + 1, path.n - 1 });
    else if (kind == EDIT_REMOVE)
        return FAIL(p, ERR_INPUT, "the whole document cannot be removed");
    if (!val_exists(changed))
        return FAIL(p, ERR_CONFLICT, "there is no place \"%.*s\" in the document",
                    STR_ARG(path));
    p->document = changed;
    return true;
}

/* ---- what an operation says ---- */

static bool is_pointer(str s)
{
    if (s.n && s.p[0] != '/')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char next = i + 1 < s.n ? s.p[i + 1] : 0;
        if (s.p[i] == '~' && next != '0' && next != '1')
            return false;
    }
    return true;
}

static bool pointer_of(struct patch *p, struct val operation, const char *name, str *ret)
{
    struct val v = val_get(operation, str_of(name));
    if (v.kind != VAL_STR || !is_pointer(val_text(v)))
        return FAIL(p, ERR_INPUT, "\"%s\" must be a JSON pointer: empty, or /a/b", name);
    *ret = val_text(v);
    return true;
}

static bool value_of(struct patch *p, struct val operation, struct val *ret)
{
    *ret = val_get(operation, STR("value"));
    return val_exists(*ret) || FAIL(p, ERR_INPUT, "\"value\" is missing");
}

static bool look(struct patch *p, str path, struct val *ret)
{
    *ret = val_at_pointer(p->document, path);
    return val_exists(*ret)
           || FAIL(p, ERR_CONFLICT, "there is nothing at \"%.*s\"", STR_ARG(path));
}

/* Adds the bytes that `v` stands for; false when it nests deeper than `room`. */
static bool measure(struct val v, size_t room, size_t *bytes)
{
    *bytes += sizeof v + (v.kind == VAL_STR ? v.n : 0);
    if (v.kind != VAL_LIST && v.kind != VAL_MAP)
        return true;
    if (!room)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        str name = { NULL, 0 };
        struct val child = v.kind == VAL_MAP ? val_member(v, i, &name) : val_at(v, i);
        *bytes += name.n;
        if (!measure(child, room - 1, bytes))
            return false;
    }
    return true;
}

static size_t depth_of(str path)
{
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++)
        n += path.p[i] == '/';
    return n;
}

/* Puts `value` at `path`, unless it would nest too deep there; `bytes` grows by what the
 * value stands for. */
static bool put(struct patch *p, enum edit_kind kind, str path, struct val value,
                size_t *bytes)
{
    size_t depth = depth_of(path);
    size_t room = depth < DOC_MAX_DEPTH ? DOC_MAX_DEPTH - depth : 0;
    if (!measure(value, room, bytes))
        return FAIL(p, ERR_LIMIT, "the document would nest deeper than %d",
                    DOC_MAX_DEPTH);
    return edit(p, kind, path, value);
}

/* ---- the operations ---- */

static bool run_add(struct patch *p, struct val operation, str path)
{
    struct val value;
    size_t bytes = 0;
    return value_of(p, operation, &value) && put(p, EDIT_ADD, path, value, &bytes);
}

static bool run_remove(struct patch *p, struct val operation, str path)
{
    (void)operation;
    return edit(p, EDIT_REMOVE, path, VAL_ABSENT);
}

static bool run_replace(struct patch *p, struct val operation, str path)
{
    struct val value;
    struct val old;
    size_t bytes = 0;
    return value_of(p, operation, &value) && look(p, path, &old)
           && put(p, EDIT_REPLACE, path, value, &bytes);
}

static bool run_copy(struct patch *p, struct val operation, str path)
{
    str from;
    struct val value;
    if (!pointer_of(p, operation, "from", &from) || !look(p, from, &value))
        return false;
    if (!put(p, EDIT_ADD, path, value, &p->copied))
        return false;
    return p->copied <= DOC_MAX_COPIED
           || FAIL(p, ERR_LIMIT, "the copies of this patch grow over %d bytes",
                   DOC_MAX_COPIED);
}

static bool run_move(struct patch *p, struct val operation, str path)
{
    str from;
    struct val value;
    size_t bytes = 0;
    if (!pointer_of(p, operation, "from", &from) || !look(p, from, &value))
        return false;
    if (str_equal(from, path))
        return true;
    if (str_starts(path, from) && path.p[from.n] == '/')
        return FAIL(p, ERR_INPUT, "\"%.*s\" cannot be moved into itself", STR_ARG(from));
    return edit(p, EDIT_REMOVE, from, VAL_ABSENT)
           && put(p, EDIT_ADD, path, value, &bytes);
}

static bool run_test(struct patch *p, struct val operation, str path)
{
    struct val value;
    struct val found;
    if (!value_of(p, operation, &value) || !look(p, path, &found))
        return false;
    return val_equal(value, found)
           || FAIL(p, ERR_CONFLICT, "what is at \"%.*s\" is not what the test says",
                   STR_ARG(path));
}

static const struct {
    const char *name;
    bool (*run)(struct patch *p, struct val operation, str path);
} operations[] = {
    { "add", run_add },   { "remove", run_remove }, { "replace", run_replace },
    { "move", run_move }, { "copy", run_copy },     { "test", run_test },
};

static bool run(struct patch *p, struct val operation)
{
    str path;
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        if (val_is(val_get(operation, STR("op")), operations[i].name))
            return pointer_of(p, operation, "path", &path)
                   && operations[i].run(p, operation, path);
    }
    return FAIL(p, ERR_INPUT, "\"op\" must be add, remove, replace, move, copy or test");
}

bool doc_patch(struct arena *a, struct val document, struct val patch, struct val *ret,
               struct err *err)
{
    struct patch p = { .arena = a, .document = document, .err = err };
    if (patch.kind != VAL_LIST)
        return err_set(err, ERR_INPUT, "doc.patch", "a patch is a list of operations");
    if (patch.n > DOC_MAX_PATCH)
        return err_set(err, ERR_LIMIT, "doc.patch", "a patch has at most %d operations",
                       DOC_MAX_PATCH);
    for (; p.number < patch.n; p.number++) {
        if (!run(&p, val_at(patch, p.number)))
            return false;
    }
    *ret = p.document;
    return true;
}

/* ---- merge patches ---- */

struct merge {
    struct arena *arena;
    size_t count; /* members of the patch so far */
};

static struct val merge_value(struct merge *m, struct val value, struct val patch);

static size_t member_at(const struct member *members, size_t n, str name)
{
    size_t i = 0;
    while (i < n && !str_equal(members[i].name, name))
        i++;
    return i;
}

/* What is taken away becomes absent first, so that every member is moved once. */
static struct val merge_map(struct merge *m, struct val map, struct val patch)
{
    size_t n = val_count(map);
    struct member *members =
        ARENA_ARRAY(m->arena, struct member, n + val_count(patch) + 1);
    for (size_t i = 0; i < n; i++)
        members[i].value = val_member(map, i, &members[i].name);
    for (size_t i = 0; i < val_count(patch); i++) {
        str name;
        struct val value = val_member(patch, i, &name);
        size_t at = member_at(members, n, name);
        n += at == n;
        members[at].name = name;
        members[at].value = value.kind == VAL_NULL
                                ? VAL_ABSENT
                                : merge_value(m, members[at].value, value);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (val_exists(members[i].value))
            members[kept++] = members[i];
    }
    return val_map(members, kept);
}

static struct val merge_value(struct merge *m, struct val value, struct val patch)
{
    if (patch.kind != VAL_MAP)
        return patch;
    m->count += val_count(patch);
    if (m->count > DOC_MAX_PATCH)
        return VAL_ABSENT;
    return merge_map(m, value.kind == VAL_MAP ? value : val_map(NULL, 0), patch);
}

bool doc_merge(struct arena *a, struct val document, struct val patch, struct val *ret,
               struct err *err)
{
    struct merge m = { .arena = a };
    struct val merged = merge_value(&m, document, patch);
    if (m.count > DOC_MAX_PATCH)
        return err_set(err, ERR_LIMIT, "doc.patch", "a patch has at most %d members",
                       DOC_MAX_PATCH);
    *ret = merged;
    return true;
}
