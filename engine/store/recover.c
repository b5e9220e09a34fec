/* Reading the journal after a crash: its records, written into the data file again. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* One file of the journal. */
struct journal_file {
    int number;
    int fd;              /* -1: there is none */
    bool settled;        /* its last record says that the other file may be begun anew */
    uint64_t generation; /* 0: it has no record */
    uint64_t before;     /* records of the generation before, as record 0 says */
    uint64_t count;      /* records that are whole */
};

struct recovery {
    const char *dir;
    int data_fd;
    struct journal_file files[JOURNAL_FILES];
    struct record head; /* of the record read last, … */
    char *entries;      /* … and what it holds */
    uint64_t from_generation;
    uint64_t from_number;
    uint64_t meta_bytes;
    char *metas; /* the data file's, as they are */
    uint64_t salt;
    int error;      /* errno of a read that failed: the journal is not what it seems */
    uint64_t known; /* bits: which of the two is one that the journal wrote */
};

static bool damaged(const struct recovery *r, struct err *err, const char *what)
{
    if (r->error)
        return journal_failed(r->error, err, "reading");
    return err_set(err, ERR_SYSTEM, "store.corrupt",
                   "%s/journal-*: %s; restore a backup, and remove the journal with the "
                   "damaged file",
                   r->dir, what);
}

/* ---- records ---- */

/* False at the end of the file, and when it cannot be read: that is remembered. */
static bool read_bytes(struct recovery *r, int fd, void *to, size_t n, uint64_t at)
{
    ssize_t done;
    do
        done = pread(fd, to, n, (off_t)at);
    while (done < 0 && errno == EINTR);
    if (done < 0)
        r->error = errno;
    return done == (ssize_t)n;
}

static bool read_head(struct recovery *r, int fd, uint64_t at, struct record *ret)
{
    return read_bytes(r, fd, ret, sizeof *ret, at) && ret->magic == JOURNAL_MAGIC
           && ret->bytes <= JOURNAL_RECORD_MAX - sizeof *ret && ret->generation;
}

/* The record at `at` when there is a whole one. */
static bool read_record(struct recovery *r, int fd, uint64_t at)
{
    return read_head(r, fd, at, &r->head)
           && read_bytes(r, fd, r->entries, r->head.bytes, at + sizeof r->head)
           && r->head.hash == record_hash(&r->head, r->entries);
}

/* The next one; each follows the one before it. */
static bool read_next(struct recovery *r, const struct journal_file *file, uint64_t *at,
                      uint64_t number)
{
    if (!read_record(r, file->fd, *at) || r->head.generation != file->generation
        || r->head.number != number || r->head.salt != r->salt)
        return false;
    *at += record_size(r->head.bytes);
    return true;
}

/* Of a record, entry by entry. */
static bool next_entry(const struct recovery *r, size_t *at, struct entry *ret,
                       const char **ret_bytes)
{
    if (r->head.bytes - *at < sizeof *ret)
        return false;
    memcpy(ret, r->entries + *at, sizeof *ret);
    *at += sizeof *ret;
    if (ret->n > r->head.bytes - *at || ret->at > (uint64_t)1 << 46)
        return false;
    *ret_bytes = r->entries + *at;
    *at += ret->n;
    return true;
}

/* ---- is it whole, and this data file's? ---- */

/* The journal ends where a record was not finished: nothing can follow that was.
 * Generation 0: of any. */
static bool is_followed(struct recovery *r, const struct journal_file *file, uint64_t at,
                        uint64_t generation)
{
    struct stat s;
    struct record head;
    if (fstat(file->fd, &s) != 0) {
        r->error = errno;
        return false;
    }
    for (; at < (uint64_t)s.st_size; at += JOURNAL_BLOCK) {
        if (read_head(r, file->fd, at, &head)
            && (!generation || (head.generation == generation && head.salt == r->salt))
            && head.number >= file->count && read_record(r, file->fd, at))
            return true;
    }
    return false;
}

/* Whether a meta page of the data file is as this record left it. False when its entries
 * do not fill it. */
static bool know_metas(struct recovery *r)
{
    struct entry entry;
    const char *bytes;
    uint64_t page = r->meta_bytes / 2;
    size_t at = 0;
    while (next_entry(r, &at, &entry, &bytes)) {
        for (uint64_t i = 0; i < 2; i++) {
            uint64_t from = entry.at > i * page ? entry.at : i * page;
            uint64_t to =
                entry.at + entry.n < (i + 1) * page ? entry.at + entry.n : (i + 1) * page;
            if (from < to
                && memcmp(r->metas + from, bytes + (from - entry.at), to - from) == 0)
                r->known |= UINT64_C(1) << i;
        }
    }
    return at == r->head.bytes;
}

static bool look_through(struct recovery *r, struct journal_file *file)
{
    uint64_t at = 0;
    for (file->count = 0; read_next(r, file, &at, file->count); file->count++) {
        if (r->head.meta_bytes != r->meta_bytes || !know_metas(r))
            return false;
        file->settled = r->head.flags & RECORD_SETTLED;
        if (r->head.flags & RECORD_BASE) {
            r->from_generation = r->head.generation;
            r->from_number = r->head.number;
        }
    }
    return !is_followed(r, file, at, file->generation);
}

static bool read_metas(struct recovery *r)
{
    if (r->data_fd < 0 || r->head.meta_bytes > 1 << 16)
        return false;
    r->meta_bytes = r->head.meta_bytes;
    r->metas = mem_zero(r->meta_bytes);
    return read_bytes(r, r->data_fd, r->metas, r->meta_bytes, 0);
}

/* ---- the two files, older first ---- */

static bool open_files(struct recovery *r, struct err *err)
{
    char path[4096];
    for (int i = 0; i < JOURNAL_FILES; i++) {
        journal_path(path, r->dir, i);
        r->files[i].number = i;
        r->files[i].fd = open(path, O_RDONLY | O_CLOEXEC);
        if (r->files[i].fd < 0 && errno != ENOENT)
            return journal_failed(errno, err, "opening");
        if (r->files[i].fd >= 0 && read_record(r, r->files[i].fd, 0)
            && r->head.number == 0) {
            r->files[i].generation = r->head.generation;
            r->files[i].before = r->head.before;
        }
    }
    if (r->files[0].generation > r->files[1].generation) {
        struct journal_file newer = r->files[0];
        r->files[0] = r->files[1];
        r->files[1] = newer;
    }
    return true;
}

/* Without the older generation its file was empty, or about to be begun anew, as the
 * newer one says at its end; or it was removed when all was in the data file. */
static bool may_lack_older(struct recovery *r, const struct journal_file *older,
                           const struct journal_file *newer)
{
    return older->fd < 0
           || ((newer->generation == 1 || newer->settled)
               && !is_followed(r, older, JOURNAL_BLOCK, newer->generation + 1));
}

/* The newer generation goes on where the older ended. */
static bool check(struct recovery *r, struct err *err)
{
    struct journal_file *older = &r->files[0];
    struct journal_file *newer = &r->files[1];
    bool two = older->generation != 0;
    if (!read_record(r, newer->fd, 0))
        return damaged(r, err, "a record of the journal has changed");
    r->salt = r->head.salt;
    if (!read_metas(r))
        return damaged(r, err, "there is no data file that it belongs to");
    if ((two && !look_through(r, older)) || !look_through(r, newer)
        || (two && older->count != newer->before))
        return damaged(r, err, "a record of the journal is damaged");
    if (two ? older->generation + 1 != newer->generation
            : !may_lack_older(r, older, newer))
        return damaged(r, err, "a file of the journal is damaged");
    return r->known == 3 || damaged(r, err, "the journal belongs to another data file");
}

/* ---- writing ---- */

static bool write_entries(struct recovery *r, struct err *err)
{
    struct entry entry;
    const char *bytes;
    for (size_t at = 0; next_entry(r, &at, &entry, &bytes);) {
        if (!write_whole(r->data_fd, bytes, entry.n, (off_t)entry.at))
            return journal_failed(errno, err, "writing the data file");
    }
    return true;
}

static bool write_file(struct recovery *r, const struct journal_file *file,
                       struct err *err)
{
    uint64_t at = 0;
    for (uint64_t i = 0; i < file->count; i++) {
        bool needed = file->generation > r->from_generation
                      || (file->generation == r->from_generation && i >= r->from_number);
        if (!read_next(r, file, &at, i))
            return damaged(r, err, "a record of the journal has changed");
        if (needed && !write_entries(r, err))
            return false;
    }
    return true;
}

static bool write_all(struct recovery *r, struct err *err)
{
    for (int i = 0; i < JOURNAL_FILES; i++) {
        if (r->files[i].generation && !write_file(r, &r->files[i], err))
            return false;
    }
    return fsync(r->data_fd) == 0 || journal_failed(errno, err, "flushing the data file");
}

static bool has_none(struct recovery *r)
{
    for (int i = 0; i < JOURNAL_FILES; i++) {
        if (r->files[i].fd >= 0 && is_followed(r, &r->files[i], 0, 0))
            return false;
    }
    return true;
}

static bool recover(struct recovery *r, struct err *err)
{
    char path[4096];
    if (!open_files(r, err))
        return false;
    if (!r->files[1].generation) /* it was only being made */
        return has_none(r) && !r->error
                   ? journal_remove(r->dir, r->files[1].number, err)
                   : damaged(r, err, "the journal's start is damaged");
    snprintf(path, sizeof path, "%s/data.mdb", r->dir);
    r->data_fd = open(path, O_RDWR | O_CLOEXEC);
    if (r->data_fd < 0 && errno != ENOENT)
        return journal_failed(errno, err, "opening the data file");
    if (!check(r, err))
        return false;
    if (r->error)
        return journal_failed(r->error, err, "reading");
    if (!write_all(r, err))
        return false;
    uint64_t count = r->files[0].count + r->files[1].count;
    log_event(LOG_INFO, "store.recovered", "dir=%s records=%llu", r->dir,
              (unsigned long long)count);
    return journal_remove(r->dir, r->files[1].number, err);
}

bool journal_recover(const char *dir, struct err *err)
{
    char path[4096];
    bool any = false;
    for (int i = 0; i < JOURNAL_FILES; i++) {
        journal_path(path, dir, i);
        bool is_there = access(path, F_OK) == 0;
        if (!is_there && errno != ENOENT)
            return journal_failed(errno, err, "looking for it");
        any = any || is_there;
    }
    if (!any)
        return true;
    struct recovery r = { .dir = dir,
                          .data_fd = -1,
                          .files = { { .fd = -1 }, { .fd = -1 } } };
    r.entries = mem_alloc(JOURNAL_RECORD_MAX);
    bool good = recover(&r, err);
    for (int i = 0; i < JOURNAL_FILES; i++) {
        if (r.files[i].fd >= 0)
            close(r.files[i].fd);
    }
    if (r.data_fd >= 0)
        close(r.data_fd);
    mem_free(r.metas);
    mem_free(r.entries);
    return good;
}
