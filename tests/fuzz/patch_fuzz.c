/*
 * { "doc", "patch" }. Whatever they say: no crash, a result no deeper than the limit, or
 * an error that names an operation of the patch; and the document as it was.
 */
#include "doc/doc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_result(struct arena *a, struct val result)
{
    struct val again;
    struct err err;
    str text = doc_text(a, result, DOC_PLAIN);
    if (!doc_parse(a, text, &again, &err) || !val_equal(result, again))
        abort();
}

static void check_error(struct val patch, const struct err *err)
{
    str where = str_of(err->where);
    if (strcmp(err->code, "doc.patch") != 0 || !err->text[0])
        abort();
    if (where.n && !val_exists(val_at_pointer(patch, where)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct err err;
    struct val v;
    if (doc_parse(a, (str){ (const char *)data, size }, &v, &err)) {
        struct val document = val_get(v, STR("doc"));
        struct val patch = val_get(v, STR("patch"));
        struct val result;
        str before = doc_text(a, document, DOC_PLAIN);
        if (!val_exists(document))
            document = val_null();
        if (doc_patch(a, document, patch, &result, &err))
            check_result(a, result);
        else
            check_error(patch, &err);
        if (val_exists(val_get(v, STR("doc")))
            && !str_equal(before, doc_text(a, document, DOC_PLAIN)))
            abort();
    }
    arena_close(a);
    return 0;
}
