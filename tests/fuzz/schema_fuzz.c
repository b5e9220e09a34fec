/*
 * A schema on one line, then a value, both JSON. Whatever they are: no crash, and parsed
 * and packed values get the same answer.
 */
#include "schema/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool find(void *data, str uri, struct val *ret)
{
    (void)uri;
    *ret = *(const struct val *)data;
    return true;
}

static void check_both_forms(struct arena *a, const struct schema *schema, struct val v)
{
    struct buf packed;
    struct err err;
    struct schema_report report;
    struct schema_report again;
    bool valid = schema_check(schema, v, a, &report);
    if (valid != (report.n == 0) || report.n > SCHEMA_MAX_ERRORS)
        abort();
    buf_init(&packed, 1 << 20);
    if (doc_pack(&packed, v, &err)) {
        struct val same = doc_unpack(buf_view(&packed));
        if (schema_check(schema, same, a, &again) != valid || again.n != report.n)
            abort();
    }
    doc_text(a, schema_fill(schema, v, a), DOC_PLAIN);
    buf_done(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct err err;
    struct val document;
    struct val v;
    struct schema *schema;
    str value;
    str text = str_cut((str){ (const char *)data, size }, '\n', &value);
    struct schema_source source = { find, &v };
    bool parsed =
        value.p && doc_parse(a, text, &document, &err) && doc_parse(a, value, &v, &err);
    if (parsed && schema_open(document, &source, SCHEMA_ASSERT_FORMAT, &schema, &err)) {
        check_both_forms(a, schema, v);
        schema_drop(schema);
    }
    arena_close(a);
    return 0;
}
