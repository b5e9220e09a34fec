/* JSON pointers, RFC 6901. */
#include "pointer.h"

str pointer_plain(str token, char *room)
{
    if (!token.n || !memchr(token.p, '~', token.n))
        return token;
    size_t n = 0;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        if (c == '~' && i + 1 < token.n
            && (token.p[i + 1] == '0' || token.p[i + 1] == '1'))
            c = token.p[++i] == '0' ? '~' : '/';
        room[n++] = c;
    }
    return (str){ room, n };
}

bool pointer_index(str token, size_t *ret)
{
    int64_t i;
    bool leading_zero = token.n > 1 && token.p[0] == '0';
    if (leading_zero || !str_to_int(token, &i) || i < 0 || token.p[0] == '-')
        return false;
    *ret = (size_t)i;
    return true;
}

str doc_pointer_take(struct arena *a, str *pointer)
{
    str rest;
    str token = str_cut((str){ pointer->p + 1, pointer->n - 1 }, '/', &rest);
    *pointer = rest.p ? (str){ rest.p - 1, rest.n + 1 } : (str){ pointer->p, 0 };
    return pointer_plain(token, arena_alloc(a, token.n));
}

struct val val_at_pointer(struct val v, str pointer)
{
    if (!pointer.n)
        return v;
    if (pointer.p[0] != '/')
        return VAL_ABSENT;
    str rest = { pointer.p + 1, pointer.n - 1 };
    while (rest.p && val_exists(v)) {
        str token = str_cut(rest, '/', &rest);
        char room[1024];
        if (token.n > sizeof room)
            return VAL_ABSENT;
        token = pointer_plain(token, room);
        size_t i;
        if (v.kind == VAL_LIST)
            v = pointer_index(token, &i) ? val_at(v, i) : VAL_ABSENT;
        else
            v = val_get(v, token);
    }
    return v;
}

static struct val with_item(struct arena *a, struct val list, size_t at, struct val value)
{
    size_t n = list.n > at ? list.n : at + 1;
    struct val *items = ARENA_ARRAY(a, struct val, n);
    for (size_t i = 0; i < list.n; i++)
        items[i] = val_at(list, i);
    items[at] = value;
    return val_list(items, n);
}

struct val val_with_pointer(struct arena *a, struct val v, str pointer, struct val value)
{
    if (!pointer.n)
        return value;
    if (pointer.p[0] != '/')
        return VAL_ABSENT;
    str rest;
    str token = str_cut((str){ pointer.p + 1, pointer.n - 1 }, '/', &rest);
    str deeper = rest.p ? (str){ rest.p - 1, rest.n + 1 } : (str){ NULL, 0 };
    token = pointer_plain(token, arena_alloc(a, token.n));
    if (v.kind == VAL_LIST) {
        size_t i = v.n;
        bool found = str_equal(token, STR("-")) || pointer_index(token, &i);
        if (!found || i > v.n)
            return VAL_ABSENT;
        struct val item = val_with_pointer(a, val_at(v, i), deeper, value);
        return val_exists(item) ? with_item(a, v, i, item) : VAL_ABSENT;
    }
    if (v.kind != VAL_MAP && v.kind != VAL_NONE && v.kind != VAL_NULL)
        return VAL_ABSENT;
    struct val member = val_with_pointer(a, val_get(v, token), deeper, value);
    return val_exists(member) ? val_with(a, v, token, member) : VAL_ABSENT;
}

static struct val without_item(struct arena *a, struct val list, size_t at)
{
    struct val *items = ARENA_ARRAY(a, struct val, list.n);
    size_t n = 0;
    for (size_t i = 0; i < list.n; i++) {
        if (i != at)
            items[n++] = val_at(list, i);
    }
    return val_list(items, n);
}

struct val val_without_pointer(struct arena *a, struct val v, str pointer)
{
    const char *slash = pointer.n ? memrchr(pointer.p, '/', pointer.n) : NULL;
    if (!slash || !val_exists(val_at_pointer(v, pointer)))
        return v;
    str outer = { pointer.p, (size_t)(slash - pointer.p) };
    str token = { slash + 1, pointer.n - outer.n - 1 };
    struct val holder = val_at_pointer(v, outer);
    size_t i;
    token = pointer_plain(token, arena_alloc(a, token.n));
    if (holder.kind == VAL_LIST)
        holder = pointer_index(token, &i) ? without_item(a, holder, i) : holder;
    else
        holder = val_without(a, holder, token);
    return val_with_pointer(a, v, outer, holder);
}

void doc_pointer_add(struct buf *out, str token)
{
    buf_char(out, '/');
    for (size_t i = 0; i < token.n; i++) {
        if (token.p[i] == '~')
            buf_str(out, STR("~0"));
        else if (token.p[i] == '/')
            buf_str(out, STR("~1"));
        else
            buf_char(out, token.p[i]);
    }
}
