/* The store asks before it writes: does the record fit its collection's schema? */
#include "inside.h"

#include <pthread.h>

enum { GATE_SLOTS = 256 };

struct package_gate {
    pthread_mutex_t lock; /* protects: entries */
    struct {
        const struct store_collection *collection;
        struct schema *schema;
    } entries[GATE_SLOTS];
};

struct package_gate *package_gate_open(void)
{
    struct package_gate *gate = mem_zero(sizeof *gate);
    pthread_mutex_init(&gate->lock, NULL);
    return gate;
}

void package_gate_close(struct package_gate *gate)
{
    if (!gate)
        return;
    for (size_t i = 0; i < GATE_SLOTS; i++)
        schema_drop(gate->entries[i].schema);
    pthread_mutex_destroy(&gate->lock);
    mem_free(gate);
}

/* A collection's definition never changes at its address, so the address is the key. */
static bool schema_of(struct package_gate *gate,
                      const struct store_collection *collection, struct schema **ret,
                      struct err *err)
{
    bool good = true;
    pthread_mutex_lock(&gate->lock);
    size_t slot = (size_t)((uintptr_t)collection / 64) % GATE_SLOTS;
    for (size_t tries = 0; tries < GATE_SLOTS && gate->entries[slot].collection
                           && gate->entries[slot].collection != collection;
         tries++)
        slot = (slot + 1) % GATE_SLOTS;
    if (gate->entries[slot].collection != collection) {
        schema_drop(gate->entries[slot].schema);
        gate->entries[slot].schema = NULL;
        gate->entries[slot].collection = collection;
        good = schema_open(collection->schema, NULL, SCHEMA_ASSERT_FORMAT,
                           &gate->entries[slot].schema, err);
        if (!good)
            gate->entries[slot].collection = NULL;
    }
    *ret = good ? schema_hold(gate->entries[slot].schema) : NULL;
    pthread_mutex_unlock(&gate->lock);
    return good;
}

static bool is_free(const struct store_collection *collection)
{
    return !val_exists(collection->schema) || collection->schema.kind == VAL_NULL;
}

bool package_gate_report(struct package_gate *gate,
                         const struct store_collection *collection, struct val record,
                         struct arena *arena, struct schema_report *ret, struct err *err)
{
    struct schema *schema;
    *ret = (struct schema_report){ .n = 0 };
    if (is_free(collection))
        return true;
    if (!schema_of(gate, collection, &schema, err))
        return false;
    if (schema_check(schema, record, arena, ret))
        ret->n = 0;
    schema_drop(
        schema); /* the gate keeps it as long as the texts of the report are read */
    return true;
}

bool package_gate_check(void *gate, const struct store_collection *collection,
                        struct val record, struct arena *arena, struct err *err)
{
    struct schema *schema;
    if (is_free(collection))
        return true;
    if (!schema_of(gate, collection, &schema, err))
        return false;
    bool good = schema_require(schema, record, arena, err);
    schema_drop(schema);
    if (good)
        return true;
    err->code = "record.invalid";
    err->kind = ERR_INPUT;
    return false;
}
