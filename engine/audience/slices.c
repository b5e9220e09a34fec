/* Bit-sliced numbers (O'Neil and Quass, SIGMOD 1997), kept as the people whose bit is 0:
 * then "at most n" is one union or intersection in place for each bit of n. */
#include "inside.h"

roaring_bitmap_t *bitmap_new(void)
{
    roaring_bitmap_t *bitmap = roaring_bitmap_create();
    if (!bitmap)
        abort();
    return bitmap;
}

void slices_init(struct slices *slices, uint8_t bits)
{
    slices->bits = bits;
    slices->any = bitmap_new();
    for (unsigned i = 0; i < bits; i++)
        slices->zeros[i] = bitmap_new();
}

void slices_done(struct slices *slices)
{
    if (!slices->any)
        return;
    roaring_bitmap_free(slices->any);
    for (unsigned i = 0; i < slices->bits; i++)
        roaring_bitmap_free(slices->zeros[i]);
}

void slices_put(struct slices *slices, uint32_t person, uint32_t value)
{
    roaring_bitmap_add(slices->any, person);
    for (unsigned i = 0; i < slices->bits; i++) {
        if (!(value >> i & 1))
            roaring_bitmap_add(slices->zeros[i], person);
    }
}

void slices_remove(struct slices *slices, uint32_t person)
{
    roaring_bitmap_remove(slices->any, person);
    for (unsigned i = 0; i < slices->bits; i++)
        roaring_bitmap_remove(slices->zeros[i], person);
}

void slices_forget(struct slices *slices, const roaring_bitmap_t *people)
{
    roaring_bitmap_andnot_inplace(slices->any, people);
    for (unsigned i = 0; i < slices->bits; i++)
        roaring_bitmap_andnot_inplace(slices->zeros[i], people);
}

void slices_pack(struct slices *slices)
{
    roaring_bitmap_run_optimize(slices->any);
    for (unsigned i = 0; i < slices->bits; i++)
        roaring_bitmap_run_optimize(slices->zeros[i]);
}

/* From the lowest bit up: so far, whoever is at most `value` in the bits below. A 1
 * admits all whose bit is 0 besides; a 0 admits nobody else than those. */
static roaring_bitmap_t *at_most(const struct slices *slices, uint32_t value)
{
    unsigned i = 0;
    while (i < slices->bits && value >> i & 1)
        i++;
    if (i == slices->bits)
        return roaring_bitmap_copy(slices->any);
    roaring_bitmap_t *found = roaring_bitmap_copy(slices->zeros[i]);
    for (i++; i < slices->bits; i++) {
        if (value >> i & 1)
            roaring_bitmap_or_inplace(found, slices->zeros[i]);
        else
            roaring_bitmap_and_inplace(found, slices->zeros[i]);
    }
    return found;
}

roaring_bitmap_t *slices_select(const struct slices *slices, struct range range)
{
    if (range.from > range.to)
        return bitmap_new();
    roaring_bitmap_t *found = at_most(slices, range.to);
    if (range.from) {
        roaring_bitmap_t *below = at_most(slices, range.from - 1);
        roaring_bitmap_andnot_inplace(found, below);
        roaring_bitmap_free(below);
    }
    return found;
}
