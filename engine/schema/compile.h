/*
 * What a schema is compiled from and into; private to the module.
 *
 * A document is first scanned: every object that stands where a subschema may stand
 * becomes a `node`, $id opens a `resource`, $anchor and $dynamicAnchor name nodes, and
 * each argument must have the shape its keyword asks for (scan.c). Nodes that are reached
 * are then compiled from a queue, so that no chain of references is too long for the
 * stack: each keyword that asserts something becomes a `rule` (compile.c, the table in
 * keyword.c).
 */
#pragma once
#include "schema/schema.h"

struct compiler;
struct check;
struct frame;
struct rule;

/* Fills the rule from the keyword's argument; a rule whose `kinds` it clears is dropped.
 */
typedef bool make_fn(struct compiler *c, struct rule *r, struct val v);
/* Whether the frame's value keeps the rule. */
typedef bool meet_fn(struct check *c, const struct frame *f, const struct rule *r);

/* ---- index.c: names to things ---- */

struct index {
    struct slot *slots;
    size_t room; /* a power of two, or 0 */
    size_t n;
};

void *schema_index_find(const struct index *index, str key);
/* Of a key given twice the first counts. The key's bytes are borrowed. */
void schema_index_add(struct arena *a, struct index *index, str key, const void *thing);

/* ---- uri.c: RFC 3986 ---- */

struct uri {
    str scheme, authority, path, query, fragment; /* .p is NULL when absent */
};

struct uri schema_uri_split(str text);
/* `reference` seen from `base`, without its fragment. */
str schema_uri_resolve(struct arena *a, str base, str reference);
/* %41 becomes A; what is not a well-formed escape stays. */
str schema_uri_unescape(struct arena *a, str text);

/* ---- what a document is made of ---- */

enum vocabulary {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_META_DATA = 16,
    VOCABULARY_FORMAT = 32,
    VOCABULARY_CONTENT = 64,
    VOCABULARY_DEFAULT = 127, /* of the draft's own meta-schema */
    VOCABULARY_FORMAT_ASSERTION = 128,
};

/* A schema with a name of its own, and what it may be referred to by. */
struct resource {
    str uri;               /* absolute, without fragment; empty when nobody named it */
    struct val root;       /* the schema that carries the $id */
    str where;             /* of the root, for errors: a pointer, or "uri#pointer" */
    unsigned vocabularies; /* enum vocabulary */
    struct index anchors;  /* name → node, both kinds */
    struct index dynamic;  /* name → node, $dynamicAnchor only */
};

struct node {
    const void *id; /* where the schema's members lie: its identity */
    struct val schema;
    struct resource *resource; /* NULL for true and false */
    str where;
    bool never;  /* the schema `false` */
    bool queued; /* compiled, or about to be */
    size_t n;
    struct rule *rules;          /* in the order of the keyword table */
    const struct child *items;   /* unevaluatedItems, or NULL */
    const struct child *members; /* unevaluatedProperties, or NULL */
    struct node *next;           /* in the queue */
};

/* The way from a schema to one of its subschemas. */
struct child {
    const struct node *node;
    str keyword; /* "properties" */
    str token;   /* "a/b"; .p is NULL when the keyword holds the schema itself */
    str via;     /* "/properties/a~1b" */
};

struct children {
    struct child *list;
    size_t n;
};

/* What a $schema names. */
struct dialect {
    unsigned vocabularies;
    struct node *meta; /* the root of somebody's own meta-schema; NULL for the draft's */
};

/* A document and the meta-schema it must satisfy. */
struct duty {
    struct val document;
    str where;
    const struct child *meta;
    struct duty *next;
};

struct compiler {
    struct arena *arena; /* the schema's */
    const struct schema_source *source;
    enum schema_flags flags;
    struct err *err;
    size_t documents;       /* found by the source so far */
    struct index keywords;  /* name → const struct keyword */
    struct index resources; /* uri → resource */
    struct index nodes;     /* id → node */
    struct index dialects;  /* uri → dialect */
    struct duty *duties;
    struct node *node; /* being compiled */
    struct node *always, *never;
    struct node *first, *last; /* the queue */
};

/* ---- compile.c ---- */

/* Compiles the document and all it leads to. */
bool schema_compile(struct compiler *c, struct val document, struct child *ret);
/* Reports "schema.invalid" at `keyword` of a schema; always false. */
bool schema_compile_fails(struct compiler *c, str where, str keyword, const char *text);
/* Sees to it that the node gets its rules. */
void schema_compile_want(struct compiler *c, struct node *node);

/* For make_fn: the ways from the node at hand to others, which are wanted by that. */
struct child *schema_compile_way(struct compiler *c, str keyword, struct node *node);
struct child *schema_compile_child(struct compiler *c, str keyword, struct val schema);
struct children schema_compile_list(struct compiler *c, str keyword, struct val list);
struct children schema_compile_map(struct compiler *c, str keyword, struct val map);
/* The argument of a sibling; absent when its vocabulary is not spoken. */
struct val schema_compile_sibling(struct compiler *c, str keyword);

/* ---- scan.c ---- */

/* Reads a whole document; `uri` is where it was found. */
bool schema_scan_document(struct compiler *c, str uri, str where, struct val document,
                          struct resource **ret);
/* Reads a schema inside `resource`, unless that has been done. */
bool schema_scan_schema(struct compiler *c, struct val schema, struct resource *resource,
                        str where, int depth);
/* The node of a schema that has been scanned, or NULL. */
struct node *schema_scan_node(struct compiler *c, struct val schema);

/* ---- resolve.c ---- */

/* The resource of that name: loaded, built in, or from the source; NULL when unknown. */
bool schema_resolve_resource(struct compiler *c, str uri, struct resource **ret);
/* Where the reference under `keyword` of `node` leads; `*ret_anchor` is its fragment when
 * that is a plain name. */
bool schema_resolve_reference(struct compiler *c, const struct node *node, str keyword,
                              str reference, struct node **ret, str *ret_anchor);

/* ---- dialect.c ---- */

/* The vocabularies of a document with such a $schema. */
bool schema_dialect_find(struct compiler *c, str uri, str where,
                         const struct dialect **ret);
/* What a $vocabulary asks for; false (schema.dialect) when that is more than we speak. */
bool schema_dialect_read(struct compiler *c, struct val meta, str where, unsigned *ret);
/* The text of a meta-schema of the draft; .p is NULL for any other name. */
str schema_dialect_built_in(str uri);

/* ---- keyword.c and shape.c ---- */

/* What an argument looks like, and where subschemas are in it. */
enum shape {
    SHAPE_ANY,
    SHAPE_SCHEMA,
    SHAPE_SCHEMA_LIST,
    SHAPE_SCHEMA_MAP,
    SHAPE_DEPENDENCIES, /* a map of schemas and lists of names, as older drafts had it */
    SHAPE_LIST,
    SHAPE_TEXT,
    SHAPE_WORDS, /* a text, or one for each language */
    SHAPE_ID,
    SHAPE_ANCHOR,
    SHAPE_BOOL,
    SHAPE_BOOL_MAP,
    SHAPE_NUMBER,
    SHAPE_POSITIVE,
    SHAPE_COUNT,
    SHAPE_NAMES,
    SHAPE_NAMES_MAP,
    SHAPE_TYPE,
};

struct keyword {
    str name;
    unsigned vocabularies; /* that have it */
    enum shape shape;
    unsigned kinds; /* of values it speaks about, bits 1 << enum val_kind */
    make_fn *make;  /* NULL: asserts nothing */
    meet_fn *meets; /* NULL: does its work when it is made */
};

extern const struct keyword schema_keyword_table[];
extern const size_t schema_keyword_count;

/* NULL, or what the argument has to be: "must be a number". */
const char *schema_shape_breach(enum shape shape, struct val v);
