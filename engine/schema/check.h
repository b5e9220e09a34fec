/*
 * What a check walks over; private to the module.
 *
 * A check walks value and nodes together. Where it stands is a chain of frames on the C
 * stack, so that pointers are spelled out only when there is an error to tell. A branch
 * that may fail without harm is walked quietly: nothing is written and the first breach
 * ends it. What cannot be decided (steps, endless rules, a pattern that takes too long)
 * stops the whole check, so that no `not` turns it into a yes.
 */
#pragma once
#include "compile.h"

enum {
    CHECK_MAX_DEPTH = 1000, /* frames */
};

#define KIND(kind)  (1u << (kind))
#define KIND_NUMBER (KIND(VAL_INT) | KIND(VAL_NUM))
#define KIND_ANY    0xffu

struct limit {
    uint64_t count;
    bool least; /* minimum, not maximum */
};

/* One keyword of one schema, made ready. */
struct rule {
    const struct keyword *keyword;
    unsigned kinds;
    union {
        struct val value;         /* const, minimum, multipleOf … */
        struct limit limit;       /* minLength, maxItems … */
        unsigned types;           /* bits 1 << enum type */
        struct children children; /* allOf, dependentSchemas … */
        const struct child *child;
        const struct dynamic *dynamic;
        const struct condition *condition;
        const struct members *members;
        const struct items *items;
        const struct contains *contains;
        const struct names *names;
        const struct dependents *dependents;
        const struct value_set *values;
        const struct pattern *pattern;
        const struct format *format;
    };
};

/* ---- marks.c: which items or members have been evaluated ---- */

/* Belongs to one schema with unevaluated… on one value. A branch that fails takes its
 * marks back: they are logged in the order they were made. */
struct marks {
    uint64_t *bits;
    uint32_t *log;
    size_t n; /* logged */
};

void schema_marks_open(struct marks *marks, struct arena *a, size_t size);
void schema_marks_add(struct marks *marks, size_t i);
void schema_marks_add_all(struct marks *marks, size_t size);
void schema_marks_back_to(struct marks *marks, size_t n);
bool schema_marks_has(const struct marks *marks, size_t i);

/* ---- pattern.c: ECMA-262 regular expressions on PCRE2 ---- */

/* What a check needs to match; all zero before the first match. */
struct matcher {
    void *data;
    void *context;
    int64_t left; /* steps for slow matches in this check */
};

enum match { MATCH_NO, MATCH_YES, MATCH_TOO_LONG };

/* The text under `keyword` of the node at hand, ready to match. */
bool schema_pattern_compile(struct compiler *c, str keyword, str text,
                            const struct pattern **ret);
enum match schema_pattern_match(struct matcher *m, const struct pattern *pattern,
                                str text);
void schema_matcher_done(struct matcher *m);
/* Whether the text is a pattern, be it one that PCRE2 cannot match. */
bool schema_pattern_is_sound(str text);
str schema_pattern_text(const struct pattern *pattern);
/* Writes an ECMA-262 pattern in PCRE2's words; NULL or what is wrong with it. */
const char *schema_ecma_translate(struct buf *out, str pattern);

/* ---- check.c ---- */

struct scope { /* the resources entered, innermost first */
    const struct scope *up;
    const struct resource *resource;
};

enum step {
    STEP_HERE,   /* the same value */
    STEP_MEMBER, /* the member `name` */
    STEP_ITEM,   /* the item `at` */
    STEP_NAME,   /* the member name itself */
};

struct frame {
    const struct frame *up;
    const struct child *by; /* the way to the schema */
    struct val value;
    enum step step; /* from the value of `up` */
    unsigned depth;
    size_t at;
    str name;
    struct marks *marks; /* NULL: nobody asks */
    const struct scope *scope;
    struct scope own; /* what scope points to when this schema is of another resource */
};

struct check {
    struct arena *arena;
    struct schema_error *errors;
    size_t n;
    size_t room;
    unsigned quiet; /* > 0: the outcome is all that counts */
    unsigned steps;
    bool stopped;
    struct matcher matcher;
};

bool schema_check_value(struct check *c, const struct child *root, struct val value);
/* The same value against one more schema; what it evaluates counts here. */
bool schema_check_here(struct check *c, const struct frame *f, const struct child *child);
/* The same, but what it evaluates does not count. */
bool schema_check_apart(struct check *c, const struct frame *f,
                        const struct child *child);
bool schema_check_member(struct check *c, const struct frame *f,
                         const struct child *child, str name, struct val value);
bool schema_check_name(struct check *c, const struct frame *f, const struct child *child,
                       str name);
bool schema_check_item(struct check *c, const struct frame *f, const struct child *child,
                       size_t i, struct val value);
/* Ends the check: it can have no answer. Always false. */
bool schema_check_stop(struct check *c, const struct frame *f, str keyword,
                       const char *text);

static inline bool check_is_loud(const struct check *c)
{
    return !c->quiet && !c->stopped && c->n < SCHEMA_MAX_ERRORS;
}

bool schema_check_complain(struct check *c, const struct frame *f, str keyword,
                           const char *format, ...) PRINTF(4, 5);
/* Tells a broken rule; always false. The arguments are worked out only when it is heard.
 */
#define COMPLAIN(c, f, r, ...)                                                       \
    (check_is_loud(c) ? schema_check_complain(c, f, (r)->keyword->name, __VA_ARGS__) \
                      : false)

/* A value, short, for a sentence. */
const char *schema_check_shown(struct check *c, struct val v);
str schema_check_pointer(struct check *c, const struct frame *f);

/* ---- fill.c ---- */

struct val schema_fill_value(struct arena *a, const struct node *node, struct val v);

/* ---- number.c ---- */

/* < 0, 0, > 0 as a is less than, equal to, more than b; exact for every pair. */
int schema_number_compare(struct val a, struct val b);
/* In decimal: 0.3 is a multiple of 0.1. */
bool schema_number_is_multiple(struct val a, struct val of);
bool schema_number_is_whole(struct val v);
/* A whole number that is not negative; the largest there is when it is larger still. */
uint64_t schema_number_count(struct val v, uint64_t otherwise);

/* ---- value_set.c: values by what they are ---- */

struct value_set {
    struct val *values;
    uint64_t *hashes;
    uint32_t *slots; /* position + 1 */
    size_t n, room;
};

void schema_value_set_open(struct value_set *set, struct arena *a, size_t size);
/* The position of an equal value, or `n`, where it is added. */
size_t schema_value_set_add(struct value_set *set, struct val v);
bool schema_value_set_has(const struct value_set *set, struct val v);

/* ---- format.c and its kin ---- */

struct format {
    str name;
    bool (*holds)(str text);
    const char *wanted; /* "a date such as 2026-11-22" */
};

const struct format *schema_format_find(str name);

bool schema_format_is_date(str text); // format_time.c
bool schema_format_is_time(str text);
bool schema_format_is_date_time(str text);
bool schema_format_is_duration(str text);

bool schema_format_is_ipv4(str text); // format_net.c
bool schema_format_is_ipv6(str text);
bool schema_format_is_hostname(str text);
bool schema_format_is_label(str label);
bool schema_format_is_email(str text);
bool schema_format_is_idn_email(str text);
bool schema_format_is_uuid(str text);

enum { POINTS_MAX = 256 };

struct points { /* code points of one label */
    int32_t list[POINTS_MAX];
    size_t n;
};

bool schema_punycode_decode(str text, struct points *ret); // punycode.c
void schema_punycode_encode(struct buf *out, const struct points *points);

bool schema_format_is_idn_hostname(str text); // format_idn.c
/* A label that begins with xn--, ASCII in lower or upper case. */
bool schema_format_is_a_label(str label);

bool schema_format_is_uri(str text); // format_uri.c
bool schema_format_is_uri_reference(str text);
bool schema_format_is_iri(str text);
bool schema_format_is_iri_reference(str text);
bool schema_format_is_uri_template(str text);
bool schema_format_is_json_pointer(str text);
bool schema_format_is_relative_json_pointer(str text);

/* ---- the keywords ---- */

/* in_place.c */
make_fn schema_make_wanted, schema_make_wanted_map;
/* Always false: it should be one of these. */
bool schema_complain_choices(struct check *c, const struct frame *f, const struct rule *r,
                             const struct val *values, size_t n);

make_fn schema_make_child, schema_make_children;
make_fn schema_make_ref, schema_make_dynamic_ref, schema_make_condition;
meet_fn schema_meets_ref, schema_meets_dynamic_ref, schema_meets_condition;
meet_fn schema_meets_all_of, schema_meets_any_of, schema_meets_one_of, schema_meets_not;

/* scalar.c */
make_fn schema_make_type, schema_make_value, schema_make_enum;
make_fn schema_make_pattern, schema_make_format;
make_fn schema_make_minimum_count, schema_make_maximum_count;
meet_fn schema_meets_type, schema_meets_const, schema_meets_enum;
meet_fn schema_meets_pattern, schema_meets_format, schema_meets_multiple_of;
meet_fn schema_meets_minimum, schema_meets_exclusive_minimum;
meet_fn schema_meets_maximum, schema_meets_exclusive_maximum;
meet_fn schema_meets_length, schema_meets_count;

/* members.c */
make_fn schema_make_members, schema_make_required, schema_make_dependents;
make_fn schema_make_unevaluated_members;
meet_fn schema_meets_members, schema_meets_required, schema_meets_dependents;
meet_fn schema_meets_property_names;

/* items.c */
make_fn schema_make_items, schema_make_contains, schema_make_unique;
make_fn schema_make_unevaluated_items;
meet_fn schema_meets_prefix_items, schema_meets_items;
meet_fn schema_meets_contains, schema_meets_unique;

/* The members `properties` names, in its order. */
const struct children *schema_members_named(const struct members *members);
const struct child *schema_members_child(const struct members *members, str name);
/* What `items` asks of the items from `*ret_first` on. */
const struct child *schema_items_child(const struct items *items, size_t *ret_first);

/* The bit of a type's name in rule.types; 0 for no type. */
unsigned schema_type_bit(str name);
