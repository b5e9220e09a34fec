/*
 * What the files of theme share: the tree documents are merged into, the references in
 * it, and values as CSS.
 */
#pragma once
#include "color.h"
#include "tokens.h"

/* ---- the tree: tree.c ---- */

enum node_kind {
    NODE_GROUP,
    NODE_TOKEN,
    NODE_REFERENCE, /* { "$ref": … }: a token or a group, as what it leads to is */
};

/* How far a group is with $extends: first its own, then those inside it. */
enum node_state { NODE_RAW, NODE_EXTENDING, NODE_EXTENDED, NODE_SETTLING, NODE_SETTLED };

struct node {
    str name; /* "$root" for the token of a group itself; empty for the document */
    struct node *parent, *first, *last, *next;
    struct node *beside; /* in the same slot of the tree's names */
    int depth;
    enum node_kind kind;
    enum node_state state;
    struct val raw; /* the object that said so last */
    str type;       /* its own $type */
    str extends;    /* "{group}" or "#/group" */
    bool own;       /* said by the set, not only by its base */
    bool extends_own;
    const struct node *origin; /* of an inherited token: where it was written */
};

enum { TREE_MAX_CHAIN = 32, TREE_SLOTS = 4096 };

struct tree {
    struct arena *arena;
    struct err *err;
    struct node *root;
    struct node **names; /* TREE_SLOTS lists, by group and name */
    size_t nodes;
    int extending;             /* groups whose $extends waits for that of another */
    str chain[TREE_MAX_CHAIN]; /* the references being followed */
    size_t chain_n;
    size_t followed; /* in all */
    bool meets_own;  /* one of them led to a token of the set */
};

/* The documents of `base` (may be NULL) and those of `set` over them, every group
 * extended. */
bool tree_build(struct tree *t, const struct token_set *set,
                const struct token_set *base);
struct node *node_child(const struct tree *t, const struct node *group, str name);
/* A new last child. */
bool node_add(struct tree *t, struct node *group, str name, struct node **ret);
str node_pointer(struct arena *a, const struct node *node);
/* The type a value that stands here has: its own, or that of the nearest group. */
str node_type(const struct node *node);
/* Always false; `where` is the pointer to `node`. */
bool node_fail(struct tree *t, const struct node *node, const char *code,
               const char *format, ...) PRINTF(4, 5);
/* A piece of what people wrote, short enough for an error. */
str shown(str text);

/* ---- groups that extend groups: extend.c ---- */

/* Copies what every group inherits. */
bool tree_extend(struct tree *t);
/* The child called `name`, inherited ones too, NULL when there is none; `from` asks. */
bool tree_child(struct tree *t, const struct node *from, struct node *group, str name,
                struct node **ret);

/* ---- references: follow.c ---- */

/* What a reference leads to: a group or a whole token, or else a value inside one. */
struct place {
    struct node *node;
    struct val value;
};

/* "{a.b}" or "#/a/b/$value/c"; `from` is where it is written. */
bool tree_find(struct tree *t, const struct node *from, str reference, struct place *ret);
/* What the token says: its $value, or itself when it is a { "$ref": … }. */
struct val token_value(const struct node *token);
/* The value with every reference followed, and the type of the token. */
bool token_resolve(struct tree *t, const struct node *token, str *ret_type,
                   struct val *ret);

enum follow { FOLLOW_ALL, FOLLOW_ONE /* a list of one stands for its item */ };
/* A value inside `token` with its references followed. Whole tokens it leads to must be
 * of the type `want`, when that is not empty. */
bool tree_follow(struct tree *t, const struct node *token, str want, enum follow how,
                 struct val v, struct val *ret);

/* ---- values as CSS: value.c, font.c, paint.c, composite.c ---- */

/* Writes one token. */
struct pen {
    struct tree *tree;
    const struct node *token;
    const char *part; /* of a composite token, for errors; NULL: the whole */
    struct buf *out;
};

/* A kind of value. What `put` writes cannot end the declaration it stands in: numbers and
 * words are ours, names of fonts are quoted. */
struct value_kind {
    str type;
    const char *looks; /* "A … is … ", for errors */
    bool (*put)(struct pen *pen, const struct value_kind *kind, struct val v);
};

extern const struct value_kind kind_number, kind_cubic_bezier, kind_dimension,
    kind_duration;
extern const struct value_kind kind_letter_spacing, kind_line_height; /* in typography */
extern const struct value_kind kind_font_family, kind_font_weight;
extern const struct value_kind kind_color, kind_shadow, kind_gradient;

bool val_is_number(struct val v);
/* At most six decimals, and no -0. */
void put_decimal(struct buf *out, double d);

/* Follows `*v`, which stands where that kind belongs. */
bool pen_follow(struct pen *pen, const struct value_kind *kind, enum follow how,
                struct val *v);
/* The same where a word or a list belongs that no token can be. */
bool pen_follow_any(struct pen *pen, struct val *v);
/* Follows `v` and appends it. */
bool pen_put(struct pen *pen, const struct value_kind *kind, struct val v);
/* The same with the member `name` of `v`, a `whole`, which must have it. */
bool pen_put_part(struct pen *pen, const struct value_kind *whole,
                  const struct value_kind *kind, struct val v, const char *name);
/* Always false: the value is none of that kind. */
bool pen_refuse(const struct pen *pen, const struct value_kind *kind);
/* The colour that `v`, followed, is. */
bool pen_color(struct pen *pen, struct val v, struct color *ret);
/* The color token at `path`; false when there is none. */
bool tree_color(struct tree *t, str path, struct color *ret);
/* Appends the declarations of the token. */
bool put_token(struct tree *t, const struct node *token, struct buf *out);
