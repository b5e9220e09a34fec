/* Writing the journal. */
#include "journal.h"

#include "crypt/crypt.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX = 256 << 20, /* bytes; a restart reads two of them in seconds */
    FILE_MIN = 256 << 10,
    PIECE = 1 << 20,     /* bytes of the data file that are written out at once */
    FILE_STEP = 1 << 20, /* bytes it grows by, and has from the start */
    KEPT = 4 << 20,      /* bytes of the buffer that are kept between commits */
    META_MAX = 2 * JOURNAL_PAGE_MAX,         /* bytes of two meta pages */
    ROOM_OF_META = META_MAX + JOURNAL_BLOCK, /* of a record: the metas and its head */
};

struct journal {
    int data_fd;
    struct overlay *overlay;
    size_t meta_bytes;
    size_t file_max;   /* a generation that is longer ends */
    size_t record_max; /* bytes of entries that are gathered */
    const char *dir;
    int fds[JOURNAL_FILES];
    off_t rooms[JOURNAL_FILES]; /* bytes that surely fit */
    int active;
    off_t at; /* where the next record goes */
    uint64_t salt;
    uint64_t generation;
    uint64_t number;
    uint64_t before;
    char *buf; /* the record being gathered: JOURNAL_RECORD_MAX, touched as far as used */
    size_t n;  /* bytes of its entries */
    bool large;     /* they did not fit */
    bool told;      /* LMDB knows that the disk failed */
    uint64_t bytes; /* atomic: written so far */
    uint64_t turns; /* atomic: generations ended */
    pthread_t thread;
    pthread_mutex_t lock; /* protects what follows */
    pthread_cond_t wake;
    bool flushing; /* the other file's generation is not in the data file yet */
    bool closing;
    bool broken; /* the disk failed */
};

/* ---- records ---- */

static void clear(struct journal *j)
{
    j->n = 0;
    j->large = false;
}

/* Room is made before it is needed: a full disk says so before anything is half written.
 * Where a file system cannot make room, writing does. */
static bool make_room(struct journal *j, int file, off_t end)
{
    if (end <= j->rooms[file])
        return true;
    off_t wanted = (end + FILE_STEP - 1) / FILE_STEP * FILE_STEP;
    if (fallocate(j->fds[file], 0, 0, wanted) != 0 && errno != EOPNOTSUPP)
        return false;
    j->rooms[file] = wanted;
    return true;
}

static void put_entry(struct journal *j, const void *p, size_t n, off_t at)
{
    struct entry entry = { (uint64_t)at, n };
    char *to = j->buf + sizeof(struct record) + j->n;
    memcpy(to, &entry, sizeof entry);
    memcpy(to + sizeof entry, p, n);
    j->n += sizeof entry + n;
}

/* The start of each of LMDB's pages. */
struct page {
    uint64_t number;
    uint16_t pad;
    uint16_t flags;
    uint16_t lower; /* of a page of keys: … */
    uint16_t upper; /* … nothing is kept from `lower` to here, a third of it on average */
};

enum { PAGE_BRANCH = 1, PAGE_LEAF = 2, HOLE_MIN = 64 };

/* A page, without its hole. */
static void put_page(struct journal *j, const char *p, size_t n, off_t at)
{
    struct page page;
    memcpy(&page, p, sizeof page);
    bool has_hole = n == j->meta_bytes / 2
                    && (page.flags == PAGE_BRANCH || page.flags == PAGE_LEAF)
                    && page.lower >= sizeof page && page.upper <= n
                    && page.lower + HOLE_MIN <= page.upper;
    put_entry(j, p, has_hole ? page.lower : n, at);
    if (has_hole)
        put_entry(j, p + page.upper, n - page.upper, at + page.upper);
}

/* Part of a commit. False when the disk has no room for it. */
static bool gather(struct journal *j, const void *p, size_t n, off_t at)
{
    if (j->large || j->n + sizeof(struct entry) + n > j->record_max)
        j->large = true;
    else
        put_page(j, p, n, at);
    return make_room(j, j->active, j->at + (off_t)record_size(j->n + ROOM_OF_META));
}

/* A record of that size is on the disk. */
static void go_on(struct journal *j, size_t size)
{
    __atomic_add_fetch(&j->bytes, size, __ATOMIC_RELAXED);
    j->at += (off_t)size;
    j->number++;
    clear(j);
    if (size > KEPT)
        madvise(j->buf + KEPT, JOURNAL_RECORD_MAX - KEPT, MADV_DONTNEED);
}

/* What was gathered, as the next record, on the disk. */
static bool append(struct journal *j, unsigned flags)
{
    size_t size = record_size(j->n);
    size_t used = sizeof(struct record) + j->n;
    struct record record = { .magic = JOURNAL_MAGIC,
                             .generation = j->generation,
                             .number = j->number,
                             .bytes = j->n,
                             .before = j->before,
                             .flags = flags,
                             .meta_bytes = j->meta_bytes,
                             .salt = j->salt };
    record.hash = record_hash(&record, j->buf + sizeof record);
    memcpy(j->buf, &record, sizeof record);
    memset(j->buf + used, 0, size - used);
    if (!write_whole(j->fds[j->active], j->buf, size, j->at))
        return false;
    go_on(j, size);
    return true;
}

/* Both meta pages as the file has them. */
static bool gather_metas(struct journal *j)
{
    char metas[META_MAX];
    if (pread(j->data_fd, metas, j->meta_bytes, 0) != (ssize_t)j->meta_bytes)
        return false;
    put_entry(j, metas, j->meta_bytes, 0);
    return true;
}

/* Begins the next generation in the file that is not active. */
static bool begin(struct journal *j)
{
    j->active = (j->active + 1) % JOURNAL_FILES;
    j->at = 0;
    j->before = j->number;
    j->number = 0;
    j->generation++;
    return gather_metas(j) && append(j, j->generation == 1 ? RECORD_BASE : 0);
}

/* ---- flushing the data file ---- */

/* Begins to write what has changed, piece by piece: behind thousands of pages at once the
 * journal would wait. A system that cannot do so writes all at the end. */
static bool write_out(int fd)
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return false;
    for (off_t at = 0; at < s.st_size; at += PIECE) {
        if (sync_file_range(fd, at, PIECE,
                            SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)
            != 0)
            return errno == ENOSYS || errno == EINVAL;
    }
    return true;
}

static void *flush_main(void *data)
{
    struct journal *j = data;
    pthread_mutex_lock(&j->lock);
    for (;;) {
        while (!j->flushing && !j->closing)
            pthread_cond_wait(&j->wake, &j->lock);
        if (!j->flushing)
            break;
        pthread_mutex_unlock(&j->lock);
        bool good = overlay_write(j->overlay) && write_out(j->data_fd)
                    && fdatasync(j->data_fd) == 0;
        pthread_mutex_lock(&j->lock);
        j->flushing = false;
        j->broken = j->broken || !good;
        pthread_cond_broadcast(&j->wake);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

static bool is_broken(struct journal *j)
{
    pthread_mutex_lock(&j->lock);
    bool broken = j->broken;
    pthread_mutex_unlock(&j->lock);
    return broken;
}

/* The other file is free once the data file holds its generation. */
static bool wait_for_flush(struct journal *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->flushing)
        pthread_cond_wait(&j->wake, &j->lock);
    bool good = !j->broken;
    pthread_mutex_unlock(&j->lock);
    return good;
}

/* The generation is long enough: the next begins in the other file. */
static void turn(struct journal *j)
{
    bool good = wait_for_flush(j) && append(j, RECORD_SETTLED) && begin(j);
    if (good)
        overlay_turn(j->overlay);
    __atomic_add_fetch(&j->turns, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&j->lock);
    j->flushing = good;
    j->broken = !good;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->lock);
}

/* ---- commits ---- */

/* All that was put is in the data file, and that on the disk. */
static bool settle(struct journal *j)
{
    overlay_turn(j->overlay);
    return overlay_write(j->overlay) && fdatasync(j->data_fd) == 0;
}

/* A commit too large to be gathered is flushed where it lies; the journal then says that
 * nothing before it is needed. Not while the flusher is at it: the system tells of pages
 * that could not be written only once. */
static bool flush_in_place(struct journal *j)
{
    clear(j);
    return wait_for_flush(j) && settle(j) && gather_metas(j);
}

static bool show(struct journal *j, const void *meta, size_t n, off_t at)
{
    char old[JOURNAL_BLOCK];
    if (n > sizeof old || pread(j->data_fd, old, n, at) != (ssize_t)n)
        return false;
    if (plain_pwrite(j->data_fd, meta, n, at) == (ssize_t)n)
        return true;
    int error = errno;
    (void)!plain_pwrite(j->data_fd, old, n, at);
    errno = error;
    return false;
}

/* Makes the commit last, then seen. */
static bool commit(struct journal *j, const void *meta, size_t n, off_t at)
{
    bool in_place = j->large;
    errno = 0;
    if (is_broken(j))
        return false;
    if (in_place && !flush_in_place(j))
        return false;
    put_entry(j, meta, n, at);
    if (!append(j, in_place ? RECORD_BASE : 0) || !show(j, meta, n, at))
        return false;
    if (j->at >= (off_t)j->file_max || overlay_is_full(j->overlay))
        turn(j);
    return true;
}

ssize_t journal_write(struct journal *j, const void *p, size_t n, off_t at)
{
    if (at >= (off_t)j->meta_bytes)
        return gather(j, p, n, at) && overlay_put(j->overlay, p, n, at, !j->large)
                   ? (ssize_t)n
                   : -1;
    /* After a failure LMDB writes no more than a mixture of the old meta page and the
     * new; the old one stands there. */
    if (j->told)
        return (ssize_t)n;
    j->told = !commit(j, p, n, at);
    if (j->told && (errno == 0 || errno == EINTR))
        errno = EIO; /* LMDB would try again, or take it for done */
    return j->told ? -1 : (ssize_t)n;
}

static bool is_flushing(struct journal *j)
{
    pthread_mutex_lock(&j->lock);
    bool flushing = j->flushing;
    pthread_mutex_unlock(&j->lock);
    return flushing;
}

bool journal_rest(struct journal *j, int pauses)
{
    if (is_broken(j))
        return true;
    if (is_flushing(j))
        return false;
    if (j->number > 1) { /* records since the turn */
        turn(j);
        return false;
    }
    if (pauses < JOURNAL_PAUSES)
        return false;
    overlay_drop(j->overlay);
    return true;
}

/* ---- opening and closing ---- */

static bool open_files(struct journal *j)
{
    for (int i = 0; i < JOURNAL_FILES; i++) {
        j->fds[i] = journal_file_open(j->dir, i, j->buf);
        if (j->fds[i] < 0 || !make_room(j, i, FILE_STEP))
            return false;
    }
    return fsync(j->data_fd) == 0 && journal_flush_dir(j->dir);
}

static bool start(struct journal *j, struct err *err)
{
    j->buf = mmap(NULL, JOURNAL_RECORD_MAX, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (j->buf == MAP_FAILED) {
        j->buf = NULL;
        return journal_failed(errno, err, "making room");
    }
    crypt_random(&j->salt, sizeof j->salt);
    if (!open_files(j) || !begin(j))
        return journal_failed(errno, err, "opening");
    int error = pthread_create(&j->thread, NULL, flush_main, j);
    if (error)
        return journal_failed(error, err, "starting a thread");
    passage_set(j->data_fd, j);
    return true;
}

static void release(struct journal *j)
{
    for (int i = 0; i < JOURNAL_FILES; i++) {
        if (j->fds[i] >= 0)
            close(j->fds[i]);
    }
    if (j->buf)
        munmap(j->buf, JOURNAL_RECORD_MAX);
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->lock);
    overlay_close(j->overlay);
    mem_free(j->dir);
    mem_free(j);
}

bool journal_open(const char *dir, int data_fd, size_t page, size_t bytes,
                  struct journal **ret, struct err *err)
{
    struct journal *j = mem_zero(sizeof *j);
    *j = (struct journal){ .data_fd = data_fd,
                           .meta_bytes = 2 * page,
                           .file_max = bytes ? bytes : FILE_MAX,
                           .active = 1 };
    if (j->file_max < FILE_MIN)
        j->file_max = FILE_MIN;
    j->record_max = j->file_max < JOURNAL_RECORD_MAX ? j->file_max : JOURNAL_RECORD_MAX;
    j->record_max -= ROOM_OF_META;
    j->dir = mem_str(str_of(dir)).p;
    j->overlay = overlay_open(data_fd, page);
    for (int i = 0; i < JOURNAL_FILES; i++)
        j->fds[i] = -1;
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, NULL);
    if (!start(j, err)) {
        release(j);
        return false;
    }
    *ret = j;
    return true;
}

void journal_count(const struct journal *j, uint64_t *ret_bytes, uint64_t *ret_turns)
{
    *ret_bytes = __atomic_load_n(&j->bytes, __ATOMIC_RELAXED);
    *ret_turns = __atomic_load_n(&j->turns, __ATOMIC_RELAXED);
}

void journal_lay_over(struct journal *j, char *map, size_t size)
{
    overlay_map(j->overlay, map, size);
}

void journal_unmap(struct journal *j)
{
    overlay_unmap(j->overlay);
}

void journal_close(struct journal *j)
{
    struct err err;
    if (!j)
        return;
    passage_set(j->data_fd, NULL);
    pthread_mutex_lock(&j->lock);
    j->closing = true;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    if (j->told || j->broken || !settle(j))
        log_event(LOG_ERROR, "store.journal_kept", "dir=%s", j->dir);
    else if (!journal_remove(j->dir, j->active, &err))
        log_event(LOG_ERROR, err.code, "%s", err.text);
    release(j);
}
