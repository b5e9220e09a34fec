/*
 * Loaded in front of the C library: one call of those that write to disk, or one
 * allocation, fails.
 *
 *   REFUSE_WRITE=N   the N-th write, sync or change of length, counted from 1
 *   REFUSE_MEMORY=N  the N-th allocation
 *   REFUSE_READ=N    the N-th read from a place of a file, or look whether there is one
 *   REFUSE_ERROR=E   errno it fails with
 *   REFUSE_REST=1    and every call after it
 *
 * `refused` tells whether the N-th call came.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/uio.h>

extern int refused;
int refused;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static long number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

static bool is_its_turn(const char *name, long *count)
{
    long nth = number(name);
    long now = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    bool turn = nth && (now == nth || (now > nth && number("REFUSE_REST")));
    if (!turn)
        return false;
    __atomic_store_n(&refused, 1, __ATOMIC_RELAXED);
    errno = (int)number("REFUSE_ERROR");
    return true;
}

static bool refuses_write(void)
{
    static long count;
    return is_its_turn("REFUSE_WRITE", &count);
}

static bool refuses_memory(void)
{
    static long count;
    return is_its_turn("REFUSE_MEMORY", &count);
}

static bool refuses_read(void)
{
    static long count;
    return is_its_turn("REFUSE_READ", &count);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
    ssize_t (*real)(int, void *, size_t, off_t) =
        (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    return refuses_read() ? -1 : real(fd, p, n, at);
}

int access(const char *path, int mode)
{
    int (*real)(const char *, int) =
        (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
    return refuses_read() ? -1 : real(path, mode);
}

#define WRITES(result, name, parameters, arguments)                               \
    result name parameters;                                                       \
    result name parameters                                                        \
    {                                                                             \
        result(*real) parameters = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
        return refuses_write() ? -1 : real arguments;                             \
    }

WRITES(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRITES(ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRITES(ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at))
WRITES(ssize_t, pwritev64, (int fd, const struct iovec *v, int n, off_t at),
       (fd, v, n, at))
WRITES(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
WRITES(int, fdatasync, (int fd), (fd))
WRITES(int, fsync, (int fd), (fd))
WRITES(int, msync, (void *p, size_t n, int flags), (p, n, flags))
WRITES(int, ftruncate, (int fd, off_t n), (fd, n))
WRITES(int, ftruncate64, (int fd, off_t n), (fd, n))
WRITES(int, fallocate, (int fd, int mode, off_t at, off_t n), (fd, mode, at, n))

void *malloc(size_t size)
{
    return refuses_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return refuses_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return refuses_memory() ? NULL : __libc_realloc(p, size);
}
