/*
 * Everybody, as numbers. A number is given when a person is first seen and never given
 * again, so that a set chosen earlier cannot come to mean somebody else. Units' people
 * are read one after another down the tree, so that a subtree is a run of numbers.
 */
#include "inside.h"

/* ---- opening ---- */

static void init(struct directory *d, struct store *store)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&d->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    d->store = store;
    d->everybody = bitmap_new();
    slices_init(&d->grade, attributes[ATTRIBUTE_GRADE].bits);
    slices_init(&d->joined, attributes[ATTRIBUTE_JOINED].bits);
}

static void pack(struct directory *d)
{
    roaring_bitmap_run_optimize(d->everybody);
    for (size_t i = 0; i < d->value_count; i++)
        roaring_bitmap_run_optimize(d->values[i].people);
}

bool directory_open(struct store *store, struct directory **ret, struct err *err)
{
    struct directory *d = mem_zero(sizeof *d);
    init(d, store);
    if (!places_open(d, err)) {
        directory_close(d);
        return false;
    }
    pack(d);
    *ret = d;
    return true;
}

void directory_close(struct directory *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->people_count; i++)
        mem_free(d->people[i].id);
    for (size_t i = 0; i < d->value_count; i++) {
        roaring_bitmap_free(d->values[i].people);
        mem_free(d->values[i].text.p);
    }
    places_close(d);
    slices_done(&d->grade);
    slices_done(&d->joined);
    roaring_bitmap_free(d->everybody);
    lookup_done(&d->by_id);
    lookup_done(&d->value_by_text);
    mem_free(d->people);
    mem_free(d->values);
    pthread_rwlock_destroy(&d->lock);
    mem_free(d);
}

/* ---- values ---- */

struct slices *directory_slices(struct directory *d, enum attribute attribute)
{
    return attribute == ATTRIBUTE_GRADE ? &d->grade : &d->joined;
}

static uint64_t value_hash(enum attribute attribute, str text)
{
    return str_hash(text, attribute);
}

static bool value_find(const struct directory *d, enum attribute a, str text,
                       uint32_t *ret)
{
    size_t walk = 0;
    while (lookup_next(&d->value_by_text, value_hash(a, text), &walk, ret)) {
        const struct value *v = &d->values[*ret];
        if (v->attribute == a && str_equal(v->text, text))
            return true;
    }
    return false;
}

const struct value *directory_value(const struct directory *d, enum attribute attribute,
                                    str text)
{
    uint32_t number;
    return value_find(d, attribute, text, &number) ? &d->values[number] : NULL;
}

static void value_put(struct directory *d, enum attribute a, str text, uint32_t person)
{
    uint32_t number;
    if (!value_find(d, a, text, &number)) {
        if (d->value_count == d->value_cap) {
            d->value_cap = d->value_cap ? d->value_cap * 2 : 64;
            d->values = mem_grow(d->values, d->value_cap * sizeof *d->values);
        }
        number = (uint32_t)d->value_count++;
        d->values[number] = (struct value){ a, mem_str(text), bitmap_new() };
        lookup_put(&d->value_by_text, value_hash(a, text), number);
    }
    roaring_bitmap_add(d->values[number].people, person);
}

/* A value that nobody has is forgotten; the last one takes its number. */
static void value_drop(struct directory *d, uint32_t number)
{
    struct value *v = &d->values[number];
    uint32_t last = (uint32_t)--d->value_count;
    lookup_remove(&d->value_by_text, value_hash(v->attribute, v->text), number);
    roaring_bitmap_free(v->people);
    mem_free(v->text.p);
    if (number == last)
        return;
    *v = d->values[last];
    lookup_remove(&d->value_by_text, value_hash(v->attribute, v->text), last);
    lookup_put(&d->value_by_text, value_hash(v->attribute, v->text), number);
}

static void value_remove(struct directory *d, enum attribute a, str text, uint32_t person)
{
    uint32_t number;
    if (!value_find(d, a, text, &number))
        return;
    roaring_bitmap_remove(d->values[number].people, person);
    if (roaring_bitmap_is_empty(d->values[number].people))
        value_drop(d, number);
}

/* ---- what is known of a person ---- */

/* The tree and her id are kept otherwise. */
static bool is_fact(enum attribute a)
{
    return a != ATTRIBUTE_PERSON && attributes[a].type != TYPE_UNIT;
}

static void facts_put(struct directory *d, uint32_t person, struct val record)
{
    for (unsigned a = 0; a < ATTRIBUTE_COUNT; a++) {
        str text;
        uint32_t number;
        if (!is_fact(a))
            continue;
        struct val v = attribute_of(a, record);
        bool is_number = attributes[a].type == TYPE_NUMBER;
        if (is_number && attribute_number(a, v, &number))
            slices_put(directory_slices(d, a), person, number);
        for (size_t i = 0; !is_number && attribute_text(a, v, i, &text); i++) {
            if (text.n)
                value_put(d, (enum attribute)a, text, person);
        }
    }
}

static void facts_remove(struct directory *d, uint32_t person, struct val record)
{
    for (unsigned a = 0; a < ATTRIBUTE_COUNT; a++) {
        str text;
        if (!is_fact(a))
            continue;
        struct val v = attribute_of(a, record);
        bool is_number = attributes[a].type == TYPE_NUMBER;
        if (is_number)
            slices_remove(directory_slices(d, a), person);
        for (size_t i = 0; !is_number && attribute_text(a, v, i, &text); i++)
            value_remove(d, (enum attribute)a, text, person);
    }
}

/* ---- people ---- */

static uint64_t id_hash(str id)
{
    return str_hash(id, 0);
}

uint32_t directory_first(const struct directory *d, str id)
{
    size_t walk = 0;
    uint32_t number;
    while (lookup_next(&d->by_id, id_hash(id), &walk, &number)) {
        if (str_equal(str_of(d->people[number].id), id))
            return number;
    }
    return NOBODY;
}

static uint32_t person_find(const struct directory *d, uint32_t place, str id)
{
    uint32_t number = directory_first(d, id);
    while (number != NOBODY && d->people[number].place != place)
        number = d->people[number].next;
    return number;
}

/* Behind the first of her id, which is the one the lookup knows. */
static void link_id(struct directory *d, uint32_t number, str id)
{
    uint32_t first = directory_first(d, id);
    struct entry *entry = &d->people[number];
    entry->id = mem_str(id).p;
    entry->next = NOBODY;
    if (first == NOBODY) {
        lookup_put(&d->by_id, id_hash(id), number);
        return;
    }
    entry->next = d->people[first].next;
    d->people[first].next = number;
}

static void unlink_id(struct directory *d, uint32_t number)
{
    struct entry *entry = &d->people[number];
    str id = str_of(entry->id);
    uint32_t before = directory_first(d, id);
    if (before == number) {
        lookup_remove(&d->by_id, id_hash(id), number);
        if (entry->next != NOBODY)
            lookup_put(&d->by_id, id_hash(id), entry->next);
    } else {
        while (d->people[before].next != number)
            before = d->people[before].next;
        d->people[before].next = entry->next;
    }
    mem_free(entry->id);
    entry->id = NULL;
}

/* The next number, for a person whom no bitmap holds yet. */
static uint32_t number_new(struct directory *d, uint32_t place, str id)
{
    if (d->people_count == d->people_cap) {
        d->people_cap = d->people_cap ? d->people_cap + d->people_cap / 2 : 256;
        d->people = mem_grow(d->people, d->people_cap * sizeof *d->people);
    }
    uint32_t number = (uint32_t)d->people_count++;
    d->people[number].place = place;
    link_id(d, number, id);
    return number;
}

static uint32_t person_add(struct directory *d, uint32_t place, str id)
{
    uint32_t number = number_new(d, place, id);
    roaring_bitmap_add(d->everybody, number);
    place_add(d->places[place], number);
    return number;
}

static void person_remove(struct directory *d, uint32_t number)
{
    roaring_bitmap_remove(d->everybody, number);
    place_remove(d->places[d->people[number].place], number);
    unlink_id(d, number);
}

void person_load(struct directory *d, uint32_t place, struct val record)
{
    uint32_t number = number_new(d, place, val_get_text(record, STR("id")));
    facts_put(d, number, record);
}

void people_forget(struct directory *d, const roaring_bitmap_t *people)
{
    roaring_uint32_iterator_t each;
    roaring_init_iterator(people, &each);
    for (; each.has_value; roaring_advance_uint32_iterator(&each)) {
        unlink_id(d, each.current_value);
        slices_remove(&d->grade, each.current_value);
        slices_remove(&d->joined, each.current_value);
    }
    roaring_bitmap_andnot_inplace(d->everybody, people);
    for (size_t i = d->value_count; i-- > 0;) {
        roaring_bitmap_andnot_inplace(d->values[i].people, people);
        if (roaring_bitmap_is_empty(d->values[i].people))
            value_drop(d, (uint32_t)i);
    }
}

/* ---- following ---- */

static void person_meet(struct directory *d, const struct change *change,
                        uint64_t revision)
{
    uint32_t place = place_of_space(d, change->space);
    if (place == NOBODY || d->places[place]->revision >= revision)
        return;
    uint32_t number = person_find(d, place, change->id);
    if (number != NOBODY)
        facts_remove(d, number, change->before);
    else if (val_exists(change->after))
        number = person_add(d, place, change->id);
    if (val_exists(change->after))
        facts_put(d, number, change->after);
    else if (number != NOBODY)
        person_remove(d, number);
}

static bool follow_one(struct directory *d, const struct change *change,
                       uint64_t revision, struct err *err)
{
    str name = change->collection->name;
    if (str_equal(name, STR("person")))
        person_meet(d, change, revision);
    else if (str_equal(name, STR("tenant")) && change->space == TENANT_SYSTEM_SPACE)
        return place_meet(d, change, revision, err);
    return true;
}

static bool follow(struct directory *d, const struct change *changes, size_t n,
                   uint64_t revision, struct err *err)
{
    bool good = true;
    pthread_rwlock_wrlock(&d->lock);
    for (size_t i = 0; i < n; i++)
        good &= follow_one(d, &changes[i], revision, err);
    pthread_rwlock_unlock(&d->lock);
    return good;
}

static bool concerns(const struct commit *commit)
{
    for (size_t i = 0; i < commit->n; i++) {
        str name = commit->changes[i].collection->name;
        if (str_equal(name, STR("person")) || str_equal(name, STR("tenant")))
            return true;
    }
    return false;
}

bool directory_meet(struct directory *directory, const struct commit *commit,
                    struct err *err)
{
    bool good = true;
    if (!concerns(commit))
        return true;
    for (size_t i = 0; i < commit->n; i += DIRECTORY_PIECE) {
        size_t n = commit->n - i < DIRECTORY_PIECE ? commit->n - i : DIRECTORY_PIECE;
        good &= follow(directory, commit->changes + i, n, commit->revision, err);
    }
    return good;
}

/* ---- looking ---- */

bool directory_find(struct directory *directory, str tenant, str person,
                    uint32_t *ret_number)
{
    pthread_rwlock_rdlock(&directory->lock);
    uint32_t place = place_number(directory, tenant);
    uint32_t number = place == NOBODY ? NOBODY : person_find(directory, place, person);
    pthread_rwlock_unlock(&directory->lock);
    if (number != NOBODY)
        *ret_number = number;
    return number != NOBODY;
}

size_t directory_count(struct directory *directory)
{
    pthread_rwlock_rdlock(&directory->lock);
    size_t n = roaring_bitmap_get_cardinality(directory->everybody);
    pthread_rwlock_unlock(&directory->lock);
    return n;
}
