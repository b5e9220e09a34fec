/* Which members and items were evaluated, for unevaluatedProperties and unevaluatedItems.
 */
#include "check.h"

void schema_marks_open(struct marks *marks, struct arena *a, size_t size)
{
    marks->bits = ARENA_ARRAY(a, uint64_t, size / 64 + 1);
    marks->log = arena_alloc(a, size * sizeof *marks->log);
    marks->n = 0;
}

bool schema_marks_has(const struct marks *marks, size_t i)
{
    return marks->bits[i / 64] >> i % 64 & 1;
}

void schema_marks_add(struct marks *marks, size_t i)
{
    if (!marks || schema_marks_has(marks, i))
        return;
    marks->bits[i / 64] |= UINT64_C(1) << i % 64;
    marks->log[marks->n++] = (uint32_t)i;
}

void schema_marks_add_all(struct marks *marks, size_t size)
{
    for (size_t i = 0; marks && i < size; i++)
        schema_marks_add(marks, i);
}

void schema_marks_back_to(struct marks *marks, size_t n)
{
    while (marks->n > n) {
        size_t i = marks->log[--marks->n];
        marks->bits[i / 64] &= ~(UINT64_C(1) << i % 64);
    }
}
