/*
 * Bit-sliced numbers (O'Neil and Quass, SIGMOD 1997). Numbers of 64 people stand
 * together: a word that says who has one, then a word for each bit. "At most n" goes
 * through the bits from the lowest up, 64 people at a time and both ends of a range at
 * once; changing one person touches a few neighbouring words. What is found becomes a
 * bitmap through CRoaring's portable form, which takes dense parts as they are.
 */
#include "inside.h"

enum {
    PART = 1 << 16,          /* people of one container of a bitmap */
    PART_WORDS = PART / 64,  /* … in words */
    PART_SPARSE = 4096,      /* people up to which a container lists them */
    PORTABLE_COOKIE = 12346, /* of the portable form without runs */
};

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
}

void slices_done(struct slices *slices)
{
    mem_free(slices->words);
}

/* The words of the group of 64 that a person belongs to. */
static uint64_t *group_of(const struct slices *slices, size_t group)
{
    return slices->words + group * ((size_t)slices->bits + 1);
}

static void grow(struct slices *slices, size_t groups)
{
    size_t size = ((size_t)slices->bits + 1) * sizeof *slices->words;
    size_t old = slices->groups;
    slices->groups = groups + groups / 4 + 64;
    slices->words = mem_grow(slices->words, slices->groups * size);
    memset(group_of(slices, old), 0, (slices->groups - old) * size);
}

void slices_put(struct slices *slices, uint32_t person, uint32_t value)
{
    uint64_t bit = UINT64_C(1) << person % 64;
    if (person / 64 >= slices->groups)
        grow(slices, person / 64 + 1);
    uint64_t *words = group_of(slices, person / 64);
    words[0] |= bit;
    for (unsigned i = 0; i < slices->bits; i++)
        words[1 + i] = value >> i & 1 ? words[1 + i] | bit : words[1 + i] & ~bit;
}

void slices_remove(struct slices *slices, uint32_t person)
{
    if (person / 64 < slices->groups)
        group_of(slices, person / 64)[0] &= ~(UINT64_C(1) << person % 64);
}

/* ---- choosing ---- */

/* A bound with each of its bits as a whole word. */
struct bound {
    uint64_t bits[SLICES_MAX];
    uint64_t below; /* who is at most it before any bit is looked at */
};

static struct bound at_most(const struct slices *slices, int64_t value)
{
    struct bound bound = { .below = value < 0 ? 0 : UINT64_MAX };
    for (unsigned i = 0; i < slices->bits; i++)
        bound.bits[i] = value >= 0 && value >> i & 1 ? UINT64_MAX : 0;
    return bound;
}

/* Where the bound's bit is 1, whoever has a 0 is below it whatever the lower bits say;
 * where it is 0, only who has a 0 may stay. */
static uint64_t next_bit(uint64_t so_far, uint64_t bound, uint64_t ones)
{
    return (~ones & (so_far | bound)) | (so_far & bound);
}

static uint64_t choose_64(const struct slices *slices, const uint64_t *words,
                          const struct bound *low, const struct bound *high)
{
    if (!words[0])
        return 0;
    uint64_t below = low->below;
    uint64_t within = high->below;
    for (unsigned i = 0; i < slices->bits; i++) {
        below = next_bit(below, low->bits[i], words[1 + i]);
        within = next_bit(within, high->bits[i], words[1 + i]);
    }
    return words[0] & within & ~below;
}

/* ---- the portable form ---- */

struct portable {
    struct buf head; /* of each container: u16 key, u16 people - 1 */
    struct buf body;
    struct buf whole;
    uint32_t *offsets; /* of each container in the body */
    uint32_t n;
};

static void add_u32(struct buf *out, uint32_t x)
{
    uint8_t bytes[] = { (uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16),
                        (uint8_t)(x >> 24) };
    buf_add(out, bytes, sizeof bytes);
}

static void add_sparse(struct buf *out, const uint64_t *words)
{
    for (size_t i = 0; i < PART_WORDS; i++) {
        for (uint64_t left = words[i]; left; left &= left - 1) {
            size_t at = i * 64 + (size_t)__builtin_ctzll(left);
            uint8_t bytes[] = { (uint8_t)at, (uint8_t)(at >> 8) };
            buf_add(out, bytes, sizeof bytes);
        }
    }
}

static void add_part(struct portable *p, size_t key, const uint64_t *words, size_t count)
{
    if (!count)
        return;
    p->offsets[p->n++] = (uint32_t)p->body.n;
    add_u32(&p->head, (uint32_t)key | (uint32_t)(count - 1) << 16);
    if (count > PART_SPARSE)
        buf_add(&p->body, words, PART_WORDS * sizeof *words);
    else
        add_sparse(&p->body, words);
}

static roaring_bitmap_t *read_portable(struct portable *p)
{
    size_t start = 8 + (size_t)8 * p->n;
    add_u32(&p->whole, PORTABLE_COOKIE);
    add_u32(&p->whole, p->n);
    buf_str(&p->whole, buf_view(&p->head));
    for (size_t i = 0; i < p->n; i++)
        add_u32(&p->whole, (uint32_t)(start + p->offsets[i]));
    buf_str(&p->whole, buf_view(&p->body));
    roaring_bitmap_t *bitmap =
        roaring_bitmap_portable_deserialize_safe(p->whole.p, p->whole.n);
    if (!bitmap)
        abort();
    return bitmap;
}

static size_t choose_part(const struct slices *slices, size_t first,
                          const struct bound *low, const struct bound *high,
                          uint64_t *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < PART_WORDS; i++) {
        bool there = first + i < slices->groups;
        ret[i] = there ? choose_64(slices, group_of(slices, first + i), low, high) : 0;
        count += (size_t)__builtin_popcountll(ret[i]);
    }
    return count;
}

roaring_bitmap_t *slices_select(const struct slices *slices, struct range range)
{
    uint64_t words[PART_WORDS];
    struct bound low = at_most(slices, (int64_t)range.from - 1);
    struct bound high = at_most(slices, range.to);
    size_t most = slices->groups * sizeof *words + sizeof words;
    struct portable p = { 0 };
    p.offsets = mem_alloc((slices->groups / PART_WORDS + 1) * sizeof *p.offsets);
    buf_init(&p.head, most);
    buf_init(&p.body, most);
    buf_init(&p.whole, most * 2 + PART);
    buf_reserve(&p.body, most);
    for (size_t first = 0; first < slices->groups; first += PART_WORDS) {
        size_t count = choose_part(slices, first, &low, &high, words);
        add_part(&p, first / PART_WORDS, words, count);
    }
    roaring_bitmap_t *found = read_portable(&p);
    buf_done(&p.head);
    buf_done(&p.body);
    buf_done(&p.whole);
    mem_free(p.offsets);
    return found;
}
