/*
 * JSONTestSuite: what must be taken is taken and survives being written, packed and read
 * again; what must be refused is refused with an error that says why; the rest may go
 * either way.
 */
#include "corpus.h"

#include "doc/doc.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE "JSONTestSuite"

static bool survives_writing(struct arena *arena, struct val v)
{
    static const enum doc_style styles[] = { DOC_PLAIN, DOC_PRETTY, DOC_SORTED };
    struct err err;
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        struct val again;
        str text = doc_text(arena, v, styles[i]);
        if (!doc_parse(arena, text, &again, &err) || !val_equal(v, again)
            || !str_equal(text, doc_text(arena, again, styles[i])))
            return false;
    }
    return true;
}

static bool survives_packing(struct arena *arena, struct val v)
{
    struct buf packed;
    struct err err;
    buf_init(&packed, 1 << 20);
    bool good = doc_pack(&packed, v, &err) && doc_packed_is_sound(buf_view(&packed));
    if (good) {
        struct val again = doc_unpack(buf_view(&packed));
        good = val_equal(v, again)
               && str_equal(doc_text(arena, v, DOC_PLAIN),
                            doc_text(arena, again, DOC_PLAIN));
    }
    buf_done(&packed);
    return good;
}

static bool explains(const struct err *err)
{
    return strncmp(err->code, "doc.", 4) == 0 && err->text[0] && err->where[0];
}

static bool check(struct arena *arena, const char *name, str text)
{
    struct val v;
    struct err err;
    bool taken = doc_parse(arena, text, &v, &err);
    if (name[0] == 'n')
        return !taken && explains(&err);
    if (!taken)
        return name[0] == 'i' && explains(&err);
    return survives_writing(arena, v) && survives_packing(arena, v);
}

int main(void)
{
    struct arena *arena = arena_open();
    const char *folder = corpus_path(arena, SUITE "/test_parsing");
    size_t n;
    size_t passed = 0;
    const char **names = corpus_list(arena, folder, &n);
    for (size_t i = 0; i < n; i++) {
        str text = corpus_read(arena, arena_format(arena, "%s/%s", folder, names[i]).p);
        bool good = text.p && check(arena, names[i], text);
        if (!good)
            printf("%s is wrong\n", names[i]);
        passed += good;
    }
    int code = passed == n ? EXIT_SUCCESS : EXIT_FAILURE;
    if (n)
        printf(SUITE " %zu/%zu\n", passed, n);
    else
        code = corpus_skip(SUITE);
    arena_close(arena);
    return code;
}
