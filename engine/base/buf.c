/* Bytes that grow up to a maximum. */
#include "base/base.h"

#include <stdio.h>

void buf_init(struct buf *b, size_t max_bytes)
{
    *b = (struct buf){ .max = max_bytes };
}

void buf_done(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->full = false;
}

bool buf_reserve(struct buf *b, size_t n)
{
    if (b->cap - b->n >= n)
        return true;
    if (n > b->max || b->n > b->max - n) {
        b->full = true;
        return false;
    }
    size_t cap = b->cap ? b->cap : 256;
    while (cap < b->n + n)
        cap *= 2;
    cap = cap < b->max ? cap : b->max;
    b->p = mem_grow(b->p, cap);
    b->cap = cap;
    return true;
}

void buf_format(struct buf *b, const char *format, ...)
{
    va_list args;
    size_t room = b->cap - b->n;
    va_start(args, format);
    int n = vsnprintf(room ? b->p + b->n : NULL, room, format, args);
    va_end(args);
    if (n <= 0)
        return;
    if ((size_t)n < room) { // with its closing NUL
        b->n += (size_t)n;
        return;
    }
    if (!buf_reserve(b, (size_t)n + 1))
        return;
    va_start(args, format);
    vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

void digits_write(char *at, unsigned width, uint64_t n)
{
    for (; width-- > 0; n /= 10)
        at[width] = (char)('0' + n % 10);
}

void buf_int(struct buf *b, int64_t i)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (i < 0)
        *--at = '-';
    buf_add(b, at, (size_t)(digits + sizeof digits - at));
}
