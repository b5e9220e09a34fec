/* What LMDB would not notice in its file, or would refuse for ever. */
#include "inside.h"
#include "journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- one that was only being made ---- */

/* What LMDB's format 1 has at the start of each of its first two pages. */
struct meta_page {
    uint8_t head[16];
    uint32_t magic;
    uint32_t version;
    uint64_t address;
    uint64_t map_bytes;
    uint8_t trees[2][48];
    uint64_t last_page;
    uint64_t commit; /* 0: none yet */
};

enum { META_PAGES = 2 };
#define META_MAGIC UINT32_C(0xbeefc0de)

static bool is_zero(const char *p, size_t n)
{
    return n == 0 || (*p == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static bool is_unfinished(const char *p, size_t n, size_t page)
{
    struct meta_page meta;
    if (is_zero(p, n))
        return true;
    if (n < page)
        return false;
    memcpy(&meta, p, sizeof meta);
    return meta.magic == META_MAGIC && meta.commit == 0;
}

bool data_file_remove_unfinished(const char *dir)
{
    char path[4096];
    char bytes[META_PAGES * JOURNAL_PAGE_MAX + 1];
    size_t page = (size_t)sysconf(_SC_PAGESIZE); /* LMDB's, of a new file */
    if (page > JOURNAL_PAGE_MAX)
        return false;
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, bytes, META_PAGES * page + 1);
    close(fd);
    if (n < 0 || (size_t)n > META_PAGES * page)
        return false;
    size_t first = (size_t)n < page ? (size_t)n : page;
    return is_unfinished(bytes, first, page)
           && is_unfinished(bytes + first, (size_t)n - first, page) && unlink(path) == 0;
}

/* ---- one that was cut short ---- */

/* Pages from number `from` on that the free list holds: LMDB counts pages that it took
 * and gave back in one transaction, but never writes them. */
static int count_free(MDB_env *env, uint64_t from, uint64_t *ret)
{
    enum { FREE_LIST = 0 };
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val pages;
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc)
        return rc;
    *ret = 0;
    rc = mdb_cursor_open(txn, FREE_LIST, &cursor);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    while ((rc = mdb_cursor_get(cursor, &key, &pages, MDB_NEXT)) == 0) {
        const size_t *list = pages.mv_data; /* how many, then their numbers */
        for (size_t i = 1; i <= list[0]; i++)
            *ret += list[i] >= from;
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

bool data_file_check_length(MDB_env *env, struct err *err)
{
    MDB_envinfo info;
    MDB_stat stat_env;
    struct stat file;
    int fd;
    uint64_t unwritten = 0;
    mdb_env_info(env, &info);
    mdb_env_stat(env, &stat_env);
    if (mdb_env_get_fd(env, &fd) || fstat(fd, &file))
        return err_set(err, ERR_SYSTEM, "store.io", "cannot see the store's file");
    uint64_t pages = info.me_last_pgno >= 2 ? info.me_last_pgno + 1 : 0;
    uint64_t there = (uint64_t)file.st_size / stat_env.ms_psize;
    if (there >= pages)
        return true;
    /* The list itself may be among what is missing: zeros can be read, and are no list.
     */
    if (ftruncate(fd, (off_t)(pages * stat_env.ms_psize)) != 0)
        return err_set(err, ERR_SYSTEM, "store.io", "cannot lengthen the store's file");
    if (count_free(env, there, &unwritten) == 0 && unwritten == pages - there)
        return true;
    (void)!ftruncate(fd, file.st_size);
    return err_set(
        err, ERR_SYSTEM, "store.corrupt",
        "the store's file is cut short: %lld bytes where %llu pages were written; "
        "restore a backup",
        (long long)file.st_size, (unsigned long long)pages);
}
