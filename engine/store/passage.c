/*
 * Where LMDB's writes pass: it has no other place where they could be seen. The two calls
 * it writes with are defined here, in front of the C library's, for all who are linked
 * with us.
 */
#include "journal.h"

#include <dlfcn.h>
#include <lmdb.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FD_MAX = 1024 }; /* larger ones are not journaled */

/* By the descriptor of the data file; atomic. */
static struct journal *journals[FD_MAX];

typedef ssize_t pwrite_call(int, const void *, size_t, off_t);
typedef ssize_t writev_call(int, const struct iovec *, int);

ssize_t store_pwrite(int fd, const void *p, size_t n, off_t at) __asm__("pwrite");
ssize_t store_writev(int fd, const struct iovec *v, int n) __asm__("writev");

/* The call that ours hides. */
static void *behind(void **kept, const char *name)
{
    void *call = __atomic_load_n(kept, __ATOMIC_RELAXED);
    if (!call) {
        call = dlsym(RTLD_NEXT, name);
        __atomic_store_n(kept, call, __ATOMIC_RELAXED);
    }
    return call;
}

ssize_t plain_pwrite(int fd, const void *p, size_t n, off_t at)
{
    static void *kept;
    return ((pwrite_call *)behind(&kept, "pwrite"))(fd, p, n, at);
}

static ssize_t plain_writev(int fd, const struct iovec *v, int n)
{
    static void *kept;
    return ((writev_call *)behind(&kept, "writev"))(fd, v, n);
}

static struct journal *journal_of(int fd)
{
    return fd >= 0 && fd < FD_MAX ? __atomic_load_n(&journals[fd], __ATOMIC_RELAXED)
                                  : NULL;
}

void passage_set(int data_fd, struct journal *journal)
{
    __atomic_store_n(&journals[data_fd], journal, __ATOMIC_RELEASE);
}

ssize_t store_pwrite(int fd, const void *p, size_t n, off_t at)
{
    struct journal *j = journal_of(fd);
    return j ? journal_write(j, p, n, at) : plain_pwrite(fd, p, n, at);
}

/* LMDB seeks before each. */
ssize_t store_writev(int fd, const struct iovec *v, int n)
{
    struct journal *j = journal_of(fd);
    if (!j)
        return plain_writev(fd, v, n);
    off_t from = lseek(fd, 0, SEEK_CUR);
    off_t at = from;
    for (int i = 0; i < n; i++) {
        ssize_t done = journal_write(j, v[i].iov_base, v[i].iov_len, at);
        if (done != (ssize_t)v[i].iov_len)
            return -1;
        at += done;
    }
    return at - from;
}

/* Version 0.9 writes by these two calls. */
bool passage_works(int data_fd)
{
    int major;
    int minor;
    mdb_version(&major, &minor, NULL);
    return major == 0 && minor == 9 && data_fd < FD_MAX
           && dlsym(RTLD_DEFAULT, "pwrite") == (void *)store_pwrite
           && dlsym(RTLD_DEFAULT, "writev") == (void *)store_writev;
}
