/*
 * Any bytes as JSON, and as the packed form. What parses reads the same after it was
 * written in each style, packed, and copied; what is called sound can be read through and
 * packs to the same bytes.
 */
#include "doc/doc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

/* Every way to reach a member or an item gives the same. */
static void walk(struct arena *a, struct val v)
{
    for (size_t i = 0; i < val_count(v); i++) {
        str name = { NULL, 0 };
        struct val item = v.kind == VAL_LIST ? val_at(v, i) : val_member(v, i, &name);
        if (v.kind == VAL_MAP) {
            struct doc_field field = doc_field(name);
            field.at = (uint8_t)i;
            struct val found = val_get(v, name);
            check(val_equal(found, val_get_key(v, field.key)));
            check(val_equal(found, val_field(v, &field)));
        }
        walk(a, item);
    }
    check(!val_exists(val_at(v, val_count(v))));
}

static void check_written(struct arena *a, struct val v, enum doc_style style)
{
    struct val again;
    struct err err;
    str text = doc_text(a, v, style);
    check(doc_parse(a, text, &again, &err) && val_equal(v, again));
    check(str_equal(text, doc_text(a, again, style)));
}

static void check_packed(struct arena *a, struct val v)
{
    struct buf packed;
    struct err err;
    buf_init(&packed, 1 << 20);
    if (doc_pack(&packed, v, &err)) {
        struct val same = doc_unpack(buf_view(&packed));
        check(doc_packed_is_sound(buf_view(&packed)) && val_equal(v, same));
        check(str_equal(doc_text(a, v, DOC_SORTED), doc_text(a, same, DOC_SORTED)));
        walk(a, same);
        check(val_equal(val_copy(a, same), v));
    }
    buf_done(&packed);
}

static void try_packed(struct arena *a, str bytes)
{
    if (!doc_packed_is_sound(bytes))
        return;
    struct buf again;
    struct err err;
    struct val v = doc_unpack(bytes);
    walk(a, v);
    (void)doc_text(a, v, DOC_SORTED);
    buf_init(&again, 1 << 20);
    check(doc_pack(&again, val_copy(a, v), &err)
          && doc_packed_is_sound(buf_view(&again)));
    buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct err err;
    struct val v;
    str text = { (const char *)data, size };
    if (doc_parse(a, text, &v, &err)) {
        walk(a, v);
        check_written(a, v, DOC_PLAIN);
        check_written(a, v, DOC_PRETTY);
        check_written(a, v, DOC_SORTED);
        check_packed(a, v);
        check(val_equal(val_copy(a, v), v));
    } else {
        check(err.text[0] && err.where[0]);
    }
    (void)val_with_pointer(a, val_map(NULL, 0), text, val_int(1));
    try_packed(a, text);
    arena_close(a);
    return 0;
}
