/*
 * References. "{group.token}" leads to a whole token. { "$ref": "#/group/token" } does so
 * too, and with more behind it to a value inside one. What it leads to may be a reference
 * again.
 *
 * A reference met again while it is being followed is a circle: what it leads to depends
 * on its text only. Long chains and many small ones end at a limit, because a few lines
 * can name each other in more ways than anybody could wait for.
 */
#include "inside.h"

enum { MAX_FOLLOWED = 200000, MAX_REFERENCE = 1000 /* bytes */ };

struct val token_value(const struct node *token)
{
    struct val v = val_get(token->raw, STR("$value"));
    return val_exists(v) ? v : token->raw;
}

/* The text of a reference; an empty one when `v` is something else. */
static str reference_in(struct val v)
{
    str text = v.kind == VAL_MAP ? val_get_text(v, STR("$ref")) : val_text(v);
    bool refers = v.kind == VAL_MAP || (text.n && text.p[0] == '{');
    return refers ? text : (str){ NULL, 0 };
}

static bool nowhere(struct tree *t, const struct node *from, str reference,
                    const char *why)
{
    return node_fail(t, from, "theme.alias", "%.*s leads nowhere: %s",
                     STR_ARG(shown(reference)), why);
}

/* ---- "{a.b}" ---- */

static bool find_braced(struct tree *t, const struct node *from, str reference,
                        struct place *ret)
{
    if (reference.n < 3 || reference.p[reference.n - 1] != '}')
        return nowhere(t, from, reference, "write {group.token}");
    struct node *node = t->root;
    str rest = { reference.p + 1, reference.n - 2 };
    while (rest.p) {
        str name = str_cut(rest, '.', &rest);
        if (node->kind != NODE_GROUP)
            return nowhere(t, from, reference, "a part of a token is reached with $ref");
        if (!tree_child(t, from, node, name, &node))
            return false;
        if (!node)
            return nowhere(t, from, reference, "there is no such token");
    }
    *ret = (struct place){ node, VAL_ABSENT };
    return true;
}

/* ---- "#/a/b/$value/c" ---- */

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) % 16 : -1;
}

/* The pointer is a fragment of a URI, so that %xx may stand in it. `room` is as long as
 * it. */
static str without_percents(str pointer, char *room)
{
    size_t n = 0;
    for (size_t i = 0; i < pointer.n; i++) {
        bool marked = pointer.p[i] == '%' && i + 2 < pointer.n;
        int high = marked ? hex_value(pointer.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(pointer.p[i + 2]) : -1;
        room[n++] = low >= 0 ? (char)(high << 4 | low) : pointer.p[i];
        i += low >= 0 ? 2 : 0;
    }
    return (str){ room, n };
}

/* The next step of `*rest`, with ~1 and ~0 undone. */
static str next_step(str *rest, char *room)
{
    str step = str_cut(*rest, '/', rest);
    size_t n = 0;
    for (size_t i = 0; i < step.n; i++) {
        char after = i + 1 < step.n ? step.p[i + 1] : 0;
        bool escaped = step.p[i] == '~' && (after == '0' || after == '1');
        room[n++] = !escaped ? step.p[i] : after == '0' ? '~' : '/';
        i += escaped;
    }
    return (str){ room, n };
}

static struct val part_of(struct val v, str step)
{
    int64_t i;
    if (v.kind == VAL_MAP)
        return val_get(v, step);
    bool plain = step.n == 1 || (step.n && !strchr("0-+", step.p[0]));
    bool counted = plain && str_to_int(step, &i) && i >= 0;
    return counted ? val_at(v, (size_t)i) : VAL_ABSENT;
}

/* Through the values of a token, references among them too. */
static bool find_inside(struct tree *t, const struct node *from, str reference,
                        struct val v, str rest, struct place *ret)
{
    char room[MAX_REFERENCE];
    while (rest.p && val_exists(v)) {
        if (!tree_follow(t, from, (str){ NULL, 0 }, FOLLOW_ALL, v, &v))
            return false;
        v = part_of(v, next_step(&rest, room));
    }
    *ret = (struct place){ NULL, v };
    return val_exists(v) || nowhere(t, from, reference, "there is no such value");
}

static bool find_pointed(struct tree *t, const struct node *from, str reference,
                         struct place *ret)
{
    struct node *node = t->root;
    char plain[MAX_REFERENCE];
    char room[MAX_REFERENCE];
    str rest = without_percents((str){ reference.p + 1, reference.n - 1 }, plain);
    str before = str_cut(rest, '/', &rest);
    if (before.n)
        return nowhere(t, from, reference, "write #/group/token");
    while (rest.p && rest.n) {
        str step = next_step(&rest, room);
        bool word = step.n && step.p[0] == '$' && !str_equal(step, STR("$root"));
        bool value = node->kind == NODE_TOKEN && str_equal(step, STR("$value"));
        if (value && !rest.p)
            break;
        t->meets_own |= node->kind == NODE_TOKEN && node->own;
        if (word || node->kind != NODE_GROUP)
            return find_inside(t, from, reference,
                               value ? token_value(node) : part_of(node->raw, step), rest,
                               ret);
        if (!tree_child(t, from, node, step, &node))
            return false;
        if (!node)
            return nowhere(t, from, reference, "there is no such token");
    }
    *ret = (struct place){ node, VAL_ABSENT };
    return true;
}

bool tree_find(struct tree *t, const struct node *from, str reference, struct place *ret)
{
    if (reference.n > MAX_REFERENCE)
        return nowhere(t, from, reference, "it is too long");
    if (reference.n && reference.p[0] == '{')
        return find_braced(t, from, reference, ret);
    if (reference.n && reference.p[0] == '#')
        return find_pointed(t, from, reference, ret);
    return nowhere(t, from, reference, "write {group.token} or #/group/token");
}

/* ---- following ---- */

static bool enter(struct tree *t, const struct node *from, str reference)
{
    for (size_t i = 0; i < t->chain_n; i++)
        if (str_equal(t->chain[i], reference))
            return node_fail(t, from, "theme.circle", "%.*s leads back to itself",
                             STR_ARG(shown(reference)));
    if (t->chain_n == TREE_MAX_CHAIN || ++t->followed > MAX_FOLLOWED)
        return node_fail(t, from, "theme.limit",
                         "%.*s is one alias too many: name what it leads to directly",
                         STR_ARG(shown(reference)));
    t->chain[t->chain_n++] = reference;
    return true;
}

/* Adds what another token says of the type. A weight may be a plain number. */
static bool agree(struct tree *t, const struct node *from, str other, str *type)
{
    bool weight = str_equal(*type, STR("fontWeight")) && str_equal(other, STR("number"));
    if (type->n && other.n && !weight && !str_equal(*type, other))
        return node_fail(t, from, "theme.token", "%.*s is a %.*s, not a %.*s",
                         STR_ARG(shown(t->chain[t->chain_n - 1])), STR_ARG(shown(other)),
                         STR_ARG(shown(*type)));
    if (!type->n)
        *type = other;
    return true;
}

static bool enter_token(struct tree *t, const struct node *from, const struct node *token,
                        str *type, struct val *ret)
{
    if (token->kind != NODE_TOKEN)
        return node_fail(t, from, "theme.alias",
                         "%.*s is a group; the token of a group itself is called $root",
                         STR_ARG(shown(t->chain[t->chain_n - 1])));
    t->meets_own |= token->own;
    *ret = token_value(token);
    return agree(t, from, token->type, type);
}

static bool follow(struct tree *t, const struct node *from, enum follow how,
                   struct val *v, str *type)
{
    const struct node *token = NULL;
    str reference;
    while ((reference = reference_in(*v)).n) {
        struct place place = { 0 };
        if (!enter(t, from, reference) || !tree_find(t, from, reference, &place))
            return false;
        *v = place.value;
        if (place.node && !enter_token(t, from, token = place.node, type, v))
            return false;
        if (how == FOLLOW_ONE && v->kind == VAL_LIST && v->n == 1)
            *v = val_at(*v, 0);
    }
    return !token || agree(t, from, node_type(token), type);
}

bool tree_follow(struct tree *t, const struct node *token, str want, enum follow how,
                 struct val v, struct val *ret)
{
    size_t before = t->chain_n;
    bool good = follow(t, token, how, &v, &want);
    t->chain_n = before;
    if (good)
        *ret = v;
    return good;
}

bool token_resolve(struct tree *t, const struct node *token, str *ret_type,
                   struct val *ret)
{
    str type = token->type;
    struct val v = token_value(token);
    size_t before = t->chain_n;
    bool good = follow(t, token, FOLLOW_ALL, &v, &type);
    t->chain_n = before;
    if (!good)
        return false;
    if (!type.n)
        type = node_type(token);
    if (!type.n)
        return node_fail(t, token, "theme.token",
                         "the token has no $type, and no group around it has one");
    *ret_type = type;
    *ret = v;
    return true;
}
