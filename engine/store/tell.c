/*
 * Reads, written for people: the keys of key.c the other way round.
 *   task/17 in 3
 *   task by assignee in 3: ["wangfang","open"] to ["wangfang","open"]…
 */
#include "inside.h"

struct telling {
    struct store *store;
    str rest; /* of the key */
    enum tree tree;
    store_space space;
    const struct store_collection *collection;
    const struct store_index *index; /* NULL: by id */
    struct buf *out;
    bool first; /* no value told yet */
};

static uint64_t take_number(struct telling *t, size_t bytes)
{
    uint64_t x = 0;
    for (; bytes && t->rest.n; bytes--) {
        x = x << 8 | (uint8_t)t->rest.p[0];
        t->rest = (str){ t->rest.p + 1, t->rest.n - 1 };
    }
    return x;
}

static void find_collection(struct telling *t)
{
    uint64_t number = take_number(t, 2);
    const struct catalog *catalog = catalog_now(t->store);
    for (size_t i = 0; i < catalog->slots; i++) {
        if (catalog->by_slot[i] && catalog->by_slot[i]->number == number)
            t->collection = catalog->by_slot[i];
    }
    if (t->tree == TREE_RECORD)
        return;
    number = take_number(t, 1);
    for (size_t i = 0; t->collection && i < t->collection->index_count; i++) {
        if (t->collection->indexes[i].number == number)
            t->index = &t->collection->indexes[i];
    }
}

/* ---- values ---- */

static void tell_one(struct telling *t, struct val v)
{
    buf_str(t->out, t->first ? STR("") : STR(","));
    t->first = false;
    doc_write(t->out, v, DOC_PLAIN);
}

static void tell_double(struct telling *t)
{
    double d;
    uint64_t bits = take_number(t, 8);
    bits = bits >> 63 ? bits & ~(UINT64_C(1) << 63) : ~bits;
    memcpy(&d, &bits, sizeof d);
    tell_one(t, val_num(d));
}

/* A long string is told by its start; behind it lies a hash. A key that ends in 00 FF is
 * the end of all that start with the string. */
static void tell_string(struct telling *t)
{
    struct buf text;
    buf_init(&text, KEY_MAX);
    while (t->rest.n) {
        char c = (char)take_number(t, 1);
        bool nul = !c && t->rest.n > 1 && (uint8_t)t->rest.p[0] == 0xff;
        if (!c && !nul)
            break;
        buf_char(&text, c);
        if (nul)
            take_number(t, 1);
    }
    if (text.n >= KEY_STRING)
        take_number(t, 8);
    tell_one(t, val_str(buf_view(&text)));
    buf_done(&text);
}

static bool tell_value(struct telling *t)
{
    uint8_t tag = t->rest.n ? (uint8_t)t->rest.p[0] : 0;
    if (tag < TAG_NULL || tag > TAG_OTHER)
        return false;
    switch (take_number(t, 1)) {
    case TAG_NUMBER:
        tell_double(t);
        return true;
    case TAG_STRING:
        tell_string(t);
        return true;
    case TAG_FALSE:
    case TAG_TRUE:
        tell_one(t, val_bool(t->rest.p[-1] == TAG_TRUE));
        return true;
    default:
        tell_one(t, val_null());
        return true;
    }
}

/* ---- keys ---- */

/* What is left behind the values: an id, the end of all that starts so, or nothing. */
static void tell_rest(struct telling *t)
{
    bool all = t->rest.n && (uint8_t)t->rest.p[t->rest.n - 1] == 0xff;
    bool behind = t->rest.n > 1 && !t->rest.p[t->rest.n - 1];
    size_t n = t->rest.n - (all || behind);
    bool counted = t->index && n && (size_t)(uint8_t)t->rest.p[n - 1] == n - 1;
    if (n)
        buf_format(t->out, " %.*s", (int)(n - counted), t->rest.p);
    buf_str(t->out, all ? STR("…") : behind ? STR("+") : STR(""));
}

static struct telling start(struct store *store, str key, struct buf *values)
{
    struct telling t = { .store = store, .rest = key, .out = values, .first = true };
    t.tree = (enum tree)(take_number(&t, 1) - 'a');
    t.space = (store_space)take_number(&t, 4);
    if (t.tree == TREE_CLUSTER)
        tell_value(&t);
    find_collection(&t);
    return t;
}

static void tell_end(struct store *store, str key, struct buf *out)
{
    struct buf values;
    buf_init(&values, (size_t)4 * KEY_MAX);
    struct telling t = start(store, key, &values);
    size_t fields = t.index ? t.index->field_count : 0;
    for (size_t i = t.tree == TREE_CLUSTER; i < fields && tell_value(&t); i++)
        ;
    if (t.index)
        buf_format(out, "[%.*s]", STR_ARG(buf_view(&values)));
    t.out = out;
    tell_rest(&t);
    buf_done(&values);
}

void store_tell_read(struct store *store, struct read read, struct buf *out)
{
    struct buf values;
    buf_init(&values, (size_t)4 * KEY_MAX);
    struct telling t = start(store, read.lo, &values);
    buf_done(&values);
    str name = t.collection ? t.collection->name : STR("?");
    if (!read.hi.n) {
        buf_format(out, "%.*s/%.*s in %u", STR_ARG(name), STR_ARG(t.rest), t.space);
        return;
    }
    str by = t.index ? t.index->name : STR("id");
    buf_format(out, "%.*s by %.*s in %u: ", STR_ARG(name), STR_ARG(by), t.space);
    tell_end(store, read.lo, out);
    buf_str(out, STR(" to "));
    tell_end(store, read.hi, out);
}
