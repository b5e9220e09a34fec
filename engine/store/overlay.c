/*
 * The pages that commits wrote and the data file does not have yet. They lie in memory of
 * our own, over the data file's, in the one map that LMDB and all readers look into: the
 * map is private, so writing a page is a copy, no call of the system, and a page that a
 * hundred commits write again goes to the file once.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_STEP = 4 << 20, /* bytes the data file grows by */
    RUN_MAX = 1 << 20,   /* bytes of neighbours that go out in one write */
};

/* What the map shows of a page. What was put is of one of two generations. */
enum page_state { OF_FILE, SAME_AS_FILE, PUT_EVEN, PUT_ODD };

struct pages {
    uint64_t *numbers;
    size_t n;
    size_t cap;
};

struct overlay {
    int fd;
    char *map; /* NULL: there is no room for pages of our own */
    size_t size;
    size_t page;
    off_t end;               /* bytes that the file surely has */
    uint8_t *states;         /* enum page_state by page number; the writer's */
    size_t held;             /* pages that are not OF_FILE */
    struct pages put[2];     /* since the last turn, and before it */
    enum page_state current; /* of those that are put now */
};

static struct pages *put_in(struct overlay *o, enum page_state generation)
{
    return &o->put[generation == PUT_ODD];
}

static enum page_state before(const struct overlay *o)
{
    return o->current == PUT_ODD ? PUT_EVEN : PUT_ODD;
}

/* ---- putting ---- */

#ifdef __SANITIZE_THREAD__
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
#else
#define AnnotateIgnoreWritesBegin(file, line) ((void)0)
#define AnnotateIgnoreWritesEnd(file, line)   ((void)0)
#endif

/* Onto a page that nobody reads: LMDB, whose locks thread checkers do not see, gives a
 * page away again when the last reader that knew it has gone. */
static void copy(char *to, const char *from, size_t n)
{
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    memcpy(to, from, n);
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
}

static bool reserve(int fd, off_t end)
{
    return fallocate(fd, 0, 0, end) == 0
           || (errno == EOPNOTSUPP && ftruncate(fd, end) == 0);
}

/* Looking behind the file's end would be a fault; and a disk that is full says so now. */
static bool lengthen(struct overlay *o, off_t end)
{
    if (end <= o->end)
        return true;
    off_t wanted = (end + FILE_STEP - 1) / FILE_STEP * FILE_STEP;
    if (!reserve(o->fd, wanted) && !reserve(o->fd, wanted = end))
        return false;
    o->end = wanted;
    return true;
}

static void list(struct pages *pages, uint64_t number)
{
    if (pages->n == pages->cap) {
        pages->cap = pages->cap ? pages->cap * 2 : 1024;
        pages->numbers = mem_grow(pages->numbers, pages->cap * sizeof *pages->numbers);
    }
    pages->numbers[pages->n++] = number;
}

static void put_page(struct overlay *o, const char *p, uint64_t number)
{
    uint8_t *state = &o->states[number];
    if (*state != o->current)
        list(put_in(o, o->current), number);
    o->held += *state == OF_FILE;
    *state = (uint8_t)o->current;
    copy(o->map + number * o->page, p, o->page);
}

bool overlay_put(struct overlay *o, const char *p, size_t n, off_t at, bool holds)
{
    if (!o->map || n % o->page)
        return write_whole(o->fd, p, n, at);
    if (!lengthen(o, at + (off_t)n))
        return false;
    for (size_t i = 0; i < n; i += o->page) {
        uint64_t number = ((uint64_t)at + i) / o->page;
        if (holds || o->states[number] != OF_FILE)
            put_page(o, p + i, number);
        else if (!write_whole(o->fd, p + i, o->page, at + (off_t)i))
            return false;
    }
    return true;
}

/* ---- turns ---- */

bool overlay_is_full(struct overlay *o)
{
    return put_in(o, o->current)->n * o->page >= OVERLAY_PUT;
}

/* The map shows the file's again. */
static void give_back(struct overlay *o, uint64_t from, uint64_t to)
{
    madvise(o->map + from * o->page, (to - from) * o->page, MADV_DONTNEED);
}

static void note_written(struct overlay *o)
{
    struct pages *written = put_in(o, before(o));
    for (size_t i = 0; i < written->n; i++) {
        uint8_t *state = &o->states[written->numbers[i]];
        if (*state == before(o))
            *state = SAME_AS_FILE;
    }
    written->n = 0;
}

void overlay_drop(struct overlay *o)
{
    uint64_t pages = o->held ? (uint64_t)o->end / o->page : 0;
    uint64_t to;
    note_written(o);
    for (uint64_t from = 0; from < pages; from = to + 1) {
        for (to = from; to < pages && o->states[to] == SAME_AS_FILE; to++)
            o->states[to] = OF_FILE;
        if (to == from)
            continue;
        give_back(o, from, to);
        o->held -= to - from;
    }
}

void overlay_turn(struct overlay *o)
{
    note_written(o);
    if (o->held * o->page > OVERLAY_KEPT)
        overlay_drop(o);
    o->current = before(o);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* A page may be put anew meanwhile and go out half old, half new: then no commit that is
 * on the disk knows it, and the journal has it whole before one does. */
bool overlay_write(struct overlay *o)
{
    struct pages *pages = put_in(o, before(o));
    if (pages->n)
        qsort(pages->numbers, pages->n, sizeof *pages->numbers, by_number);
    size_t next;
    for (size_t i = 0; i < pages->n; i = next) {
        uint64_t first = pages->numbers[i];
        for (next = i + 1; next < pages->n && pages->numbers[next] == first + (next - i)
                           && (next - i) * o->page < RUN_MAX;)
            next++;
        if (!write_whole(o->fd, o->map + first * o->page, (next - i) * o->page,
                         (off_t)(first * o->page)))
            return false;
    }
    return true;
}

void overlay_unmap(struct overlay *o)
{
    if (!o->map)
        return;
    uint64_t pages = o->size / o->page;
    uint64_t known = (uint64_t)o->end / o->page;
    uint64_t to;
    if (known > pages)
        known = pages;
    for (uint64_t from = 0; from < pages; from = to + 1) {
        for (to = from; to < known && o->states[to] == OF_FILE;)
            to++;
        if (to >= known)
            to = pages;
        if (to > from)
            give_back(o, from, to);
    }
}

/* ---- opening and closing ---- */

static void *map_private(int fd, char *at, size_t size)
{
    return mmap(at, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_NORESERVE | (at ? MAP_FIXED : 0)
                    | (fd < 0 ? MAP_ANONYMOUS : 0),
                fd, 0);
}

/* A system that promises no more memory than it has refuses, and so does a limit of the
 * process; the kernel looks at that only where nothing is mapped yet. */
static bool may_map(int fd, size_t size)
{
    void *trial = map_private(fd, NULL, size);
    return trial != MAP_FAILED && munmap(trial, size) == 0;
}

static bool lay_over(struct overlay *o, char *map, size_t size)
{
    struct stat s;
    size_t count = size / o->page;
    if (fstat(o->fd, &s) != 0 || !may_map(o->fd, size))
        return false;
    uint8_t *states = map_private(-1, NULL, count);
    if (states == MAP_FAILED)
        return false;
    if (map_private(o->fd, map, size) == MAP_FAILED) {
        munmap(states, count);
        return false;
    }
    madvise(map, size, MADV_RANDOM);
    o->states = states;
    o->end = s.st_size;
    o->size = size;
    o->map = map;
    return true;
}

void overlay_map(struct overlay *o, char *map, size_t size)
{
    if (!lay_over(o, map, size))
        log_event(LOG_WARN, "store.no_overlay", "bytes=%zu", size);
}

struct overlay *overlay_open(int data_fd, size_t page)
{
    struct overlay *o = mem_zero(sizeof *o);
    *o = (struct overlay){ .fd = data_fd, .page = page, .current = PUT_EVEN };
    return o;
}

void overlay_close(struct overlay *o)
{
    if (!o)
        return;
    if (o->states)
        munmap(o->states, o->size / o->page);
    mem_free(o->put[0].numbers);
    mem_free(o->put[1].numbers);
    mem_free(o);
}
