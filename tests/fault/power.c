/*
 * Loaded in front of the C library: notes what is written to the files in POWER_DIR, and
 * when it is on the disk. `power_said(n)` notes what was told to others,
 * `power_end(path)` writes it all to a file.
 */
#include "power.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 256, FILES = 64, FOLDER = -2, NONE = -1 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *log_bytes;
static size_t log_n;
static size_t log_cap;
static uint64_t op_count;
static int files = 1;                 /* 0: descriptor unknown */
static char names[FILES][POWER_NAME]; /* of files, by number; empty: unlinked */
static int file_of[FDS];
static bool syncs[FDS];

void power_said(int64_t entry);
int power_end(const char *path);

/* Under the lock. */
static uint64_t note(struct power_op op, const void *bytes)
{
    size_t wanted = log_n + sizeof op + op.n;
    if (wanted > log_cap) {
        log_cap = wanted * 2;
        log_bytes = realloc(log_bytes, log_cap);
        if (!log_bytes)
            abort();
    }
    memcpy(log_bytes + log_n, &op, sizeof op);
    if (op.n)
        memcpy(log_bytes + log_n + sizeof op, bytes, op.n);
    log_n = wanted;
    return op_count++;
}

static uint64_t note_locked(struct power_op op, const void *bytes)
{
    pthread_mutex_lock(&lock);
    uint64_t number = note(op, bytes);
    pthread_mutex_unlock(&lock);
    return number;
}

static int file_at(int fd)
{
    return fd >= 0 && fd < FDS ? file_of[fd] : 0;
}

/* ---- opening ---- */

static const char *name_in_folder(const char *path)
{
    const char *folder = getenv("POWER_DIR");
    size_t n = folder ? strlen(folder) : 0;
    if (!n || strncmp(path, folder, n) != 0)
        return NULL;
    return path[n] == '/' ? path + n + 1 : path[n] ? NULL : "";
}

static int number_of(const char *name)
{
    for (int i = 1; i < files; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return 0;
}

static void note_name(enum power_kind kind, int file, const char *name)
{
    struct power_op op = { .kind = kind, .file = file };
    snprintf(op.name, POWER_NAME, "%s", name);
    note(op, NULL);
}

static void note_open(int fd, const char *name, int flags, bool existed)
{
    if (fd < 0 || fd >= FDS)
        return;
    pthread_mutex_lock(&lock);
    int file = *name ? number_of(name) : FOLDER;
    if (!file && files < FILES) {
        file = files++;
        snprintf(names[file], POWER_NAME, "%s", name);
        note_name(existed ? POWER_FOUND : POWER_LINK, file, name);
    }
    file_of[fd] = file;
    syncs[fd] = (flags & O_DSYNC) != 0;
    pthread_mutex_unlock(&lock);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    unsigned mode = flags & O_CREAT ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    const char *name = name_in_folder(path);
    bool existed = !name || access(path, F_OK) == 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (name)
        note_open(fd, name, flags, existed);
    return fd;
}

int close(int fd)
{
    if (file_at(fd)) {
        pthread_mutex_lock(&lock);
        file_of[fd] = 0;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, fd);
}

int unlink(const char *path)
{
    const char *name = name_in_folder(path);
    int rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (rc == 0 && name) {
        pthread_mutex_lock(&lock);
        int file = number_of(name);
        note_name(POWER_UNLINK, file, name);
        names[file][0] = '\0';
        pthread_mutex_unlock(&lock);
    }
    return rc;
}

/* ---- writing ---- */

static uint64_t note_write(int fd, const void *p, size_t n, off_t at)
{
    return note_locked(
        (struct power_op){
            .kind = POWER_WRITE, .file = file_of[fd], .at = (uint64_t)at, .n = n },
        p);
}

static void note_written(int fd, uint64_t number)
{
    if (syncs[fd])
        note_locked((struct power_op){ .kind = POWER_WRITTEN,
                                       .file = file_of[fd],
                                       .upto = number },
                    NULL);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    bool ours = file_at(fd) > 0;
    uint64_t number = ours ? note_write(fd, p, n, at) : 0;
    ssize_t done = syscall(SYS_pwrite64, fd, p, n, at);
    if (done != (ssize_t)n && ours)
        abort(); /* this disk does not fail */
    if (ours)
        note_written(fd, number);
    return done;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    off_t at = file_at(fd) > 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    for (int i = 0; file_at(fd) > 0 && i < n; i++) {
        note_write(fd, v[i].iov_base, v[i].iov_len, at);
        at += (off_t)v[i].iov_len;
    }
    return syscall(SYS_writev, fd, v, n);
}

static int flush(int fd, long call)
{
    int file = file_at(fd);
    pthread_mutex_lock(&lock);
    uint64_t upto = op_count;
    pthread_mutex_unlock(&lock);
    int rc = (int)syscall(call, fd);
    if (rc == 0 && file)
        note_locked(
            (struct power_op){ .kind = file == FOLDER ? POWER_ORDERED : POWER_FLUSHED,
                               .file = file,
                               .upto = upto },
            NULL);
    return rc;
}

int fdatasync(int fd)
{
    return flush(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return flush(fd, SYS_fsync);
}

/* ---- the end ---- */

void power_said(int64_t entry)
{
    note_locked((struct power_op){ .kind = POWER_SAID, .at = (uint64_t)entry }, NULL);
}

int power_end(const char *path)
{
    pthread_mutex_lock(&lock);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t done = 0;
    while (done < log_n) {
        long n = syscall(SYS_write, fd, log_bytes + done, log_n - done);
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    return (int)syscall(SYS_close, fd);
}
