/* The journal's two files: what writing and reading them share. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

uint64_t record_hash(const struct record *record, const char *entries)
{
    const char *from = (const char *)&record->generation;
    size_t head = sizeof *record - (size_t)(from - (const char *)record);
    return str_fingerprint((str){ entries, record->bytes },
                           str_fingerprint((str){ from, head }, record->salt));
}

bool write_whole(int fd, const char *p, size_t n, off_t at)
{
    while (n > 0) {
        ssize_t done = plain_pwrite(fd, p, n, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done == 0)
            errno = EIO;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
        at += done;
    }
    return true;
}

bool journal_failed(int error, struct err *err, const char *doing)
{
    bool full = error == ENOSPC || error == EDQUOT;
    return err_set(err, full ? ERR_BUSY : ERR_SYSTEM, full ? "store.full" : "store.io",
                   "the journal failed (%s): %s", doing, strerror(error));
}

void journal_path(char path[4096], const char *dir, int number)
{
    snprintf(path, 4096, "%s/journal-%d", dir, number);
}

bool journal_flush_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Past the page cache where that can be: nobody reads it again. Some file systems refuse
 * when the file is opened so, others when it is written. */
int journal_file_open(const char *dir, int number, const char *zeros)
{
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_DSYNC;
    char path[4096];
    journal_path(path, dir, number);
    int fd = open(path, flags | O_EXCL | O_DIRECT, 0600);
    if (fd >= 0 && write_whole(fd, zeros, JOURNAL_BLOCK, 0))
        return fd;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return error == EINVAL ? open(path, flags, 0600) : -1;
}

static bool remove_file(const char *dir, int number, struct err *err)
{
    char path[4096];
    journal_path(path, dir, number);
    if (unlink(path) != 0)
        return errno == ENOENT || journal_failed(errno, err, "removing");
    return journal_flush_dir(dir) || journal_failed(errno, err, "removing");
}

bool journal_remove(const char *dir, int newer, struct err *err)
{
    for (int i = 1; i <= JOURNAL_FILES; i++) {
        if (!remove_file(dir, (newer + i) % JOURNAL_FILES, err))
            return false;
    }
    return true;
}
