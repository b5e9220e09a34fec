/* Opening and closing the environment, and what LMDB's codes mean to people. */
#include "inside.h"
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STORE_MAX_READERS = 512 };

static const char *const tree_names[TREE_COUNT] = { "record", "index", "cluster" };

bool lmdb_failed(struct err *err, int rc, const char *doing)
{
    switch (rc) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return err_set(
            err, ERR_BUSY, "store.full",
            "the store has no room left (%s); make room on the disk or raise its limit",
            doing);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
        return err_set(err, ERR_SYSTEM, "store.corrupt",
                       "the store is damaged (%s); stop and restore a backup", doing);
    case MDB_PANIC: /* the last commit could not be finished; what is on disk is whole */
        return err_set(
            err, ERR_SYSTEM, "store.io",
            "the disk failed in a commit, so the store writes no more (%s); see "
            "to the disk, then start again",
            doing);
    case MDB_VERSION_MISMATCH:
        return err_set(err, ERR_SYSTEM, "store.version",
                       "the store was written by another version of its driver");
    default:
        return err_set(err, ERR_SYSTEM, "store.io", "the store failed (%s): %s", doing,
                       mdb_strerror(rc));
    }
}

static bool make_dir(const char *dir, struct err *err)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return true;
    return err_set(err, ERR_SYSTEM, "store.dir", "cannot make the folder %s: %s", dir,
                   strerror(errno));
}

/* LMDB lets several processes share an environment; our caches do not. */
static bool take_lock(struct store *store, struct err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/in-use", store->config.dir);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return err_set(err, ERR_SYSTEM, "store.dir", "cannot write in the folder %s: %s",
                       store->config.dir, strerror(errno));
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    return err_set(err, ERR_BUSY, "store.in_use",
                   "another process uses the data folder %s; stop it first",
                   store->config.dir);
}

static int try_open(struct store *store)
{
    const struct store_config *c = &store->config;
    unsigned flags = MDB_NOTLS | MDB_NORDAHEAD | (c->unsafe_fast ? MDB_NOSYNC : 0);
    int rc = mdb_env_create(&store->env);
    if (!rc)
        rc = mdb_env_set_mapsize(store->env, c->limit_bytes);
    if (!rc)
        rc = mdb_env_set_maxdbs(store->env, TREE_COUNT + 1);
    if (!rc)
        rc = mdb_env_set_maxreaders(store->env, STORE_MAX_READERS);
    return rc ? rc : mdb_env_open(store->env, c->dir, flags, 0600);
}

static bool open_env(struct store *store, struct err *err)
{
    int rc = try_open(store);
    if (rc == MDB_INVALID && data_file_remove_unfinished(store->config.dir)) {
        mdb_env_close(store->env);
        rc = try_open(store);
    }
    if (rc == EACCES || rc == ENOENT)
        return err_set(err, ERR_SYSTEM, "store.dir", "cannot open the store in %s: %s",
                       store->config.dir, strerror(rc));
    return rc == 0 || lmdb_failed(err, rc, "opening");
}

/* Commits are on the disk when the journal has them: LMDB need not flush. */
static bool open_journal(struct store *store, struct err *err)
{
    MDB_stat s;
    int fd;
    if (store->config.unsafe_fast || mdb_env_get_fd(store->env, &fd)
        || !passage_works(fd))
        return true;
    mdb_env_stat(store->env, &s);
    if (s.ms_psize > JOURNAL_PAGE_MAX)
        return true;
    return journal_open(store->config.dir, fd, s.ms_psize, store->config.journal_bytes,
                        &store->journal, err)
           && (mdb_env_set_flags(store->env, MDB_NOSYNC, 1) == 0
               || err_set(err, ERR_SYSTEM, "store.io", "cannot set the store's flags"));
}

static bool open_trees(struct store *store, struct err *err)
{
    MDB_txn *txn;
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    /* The first commit makes them all: where there was one, a missing tree is damage. */
    unsigned flags = info.me_last_txnid ? 0 : MDB_CREATE;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);
    if (rc)
        return lmdb_failed(err, rc, "opening");
    for (int i = 0; i < TREE_COUNT && !rc; i++)
        rc = mdb_dbi_open(txn, tree_names[i], flags, &store->trees[i]);
    if (!rc)
        rc = mdb_dbi_open(txn, "definition", flags, &store->definitions);
    if (rc == MDB_NOTFOUND)
        rc = MDB_CORRUPTED;
    if (rc)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);
    return rc == 0 || lmdb_failed(err, rc, "opening");
}

/* Where LMDB has mapped the file, which it does not say: a value that it finds lies in a
 * page, and each page begins with its number. */
static char *map_of(struct store *store, size_t page)
{
    MDB_txn *txn;
    MDB_dbi names;
    MDB_val key = { strlen(tree_names[TREE_RECORD]),
                    (char *)(uintptr_t)tree_names[TREE_RECORD] };
    MDB_val value;
    char *map = NULL;
    if (mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn))
        return NULL;
    if (mdb_dbi_open(txn, NULL, 0, &names) == 0
        && mdb_get(txn, names, &key, &value) == 0) {
        char *p = (char *)value.mv_data - (uintptr_t)value.mv_data % page;
        size_t number;
        memcpy(&number, p, sizeof number);
        map = p - number * page;
    }
    mdb_txn_abort(txn);
    return map;
}

/* The trees are there: from now on pages need not be written one by one. */
static void open_overlay(struct store *store)
{
    MDB_envinfo info;
    MDB_stat s;
    if (!store->journal)
        return;
    mdb_env_info(store->env, &info);
    mdb_env_stat(store->env, &s);
    char *map = map_of(store, s.ms_psize);
    if (map)
        journal_lay_over(store->journal, map, info.me_mapsize);
}

static void learn_revision(struct store *store)
{
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    store->observed = info.me_last_txnid;
    store->settled = info.me_last_txnid;
}

bool store_open(const struct store_config *config, struct store **ret, struct err *err)
{
    struct store *store = mem_zero(sizeof *store);
    int dead = 0;
    store->config = *config;
    store->config.dir = mem_str(str_of(config->dir)).p;
    store->lock_fd = -1;
    store->kept = arena_open();
    bool good = make_dir(config->dir, err) && take_lock(store, err)
                && journal_recover(config->dir, err) && open_env(store, err)
                && data_file_check_length(store->env, err) && open_journal(store, err)
                && open_trees(store, err) && catalog_load(store, err);
    if (!good) {
        store_close(store);
        return false;
    }
    open_overlay(store);
    mdb_reader_check(store->env, &dead);
    learn_revision(store);
    store->writer = writer_open(store);
    *ret = store;
    return true;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    writer_close(store->writer);
    journal_close(store->journal);
    if (store->env)
        mdb_env_close(store->env);
    while (store->catalog) {
        struct catalog *older = store->catalog->older;
        mem_free(store->catalog->by_slot);
        mem_free(store->catalog);
        store->catalog = older;
    }
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    arena_close(store->kept);
    mem_free(store->config.dir);
    mem_free(store);
}

uint64_t store_revision(const struct store *store)
{
    return __atomic_load_n(&store->observed, __ATOMIC_ACQUIRE);
}

/* Observers take microseconds: nobody needs to be woken. */
void store_settle(struct store *store)
{
    static const struct timespec moment = { .tv_nsec = 10000 };
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    while (__atomic_load_n(&store->settled, __ATOMIC_ACQUIRE) < info.me_last_txnid)
        nanosleep(&moment, NULL);
}

void store_size(struct store *store, size_t *ret_used, size_t *ret_limit)
{
    MDB_envinfo info;
    MDB_stat s;
    mdb_env_info(store->env, &info);
    mdb_env_stat(store->env, &s);
    *ret_used = (info.me_last_pgno + 1) * s.ms_psize;
    *ret_limit = info.me_mapsize;
}

static int copy_to(struct store *store, const char *folder, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int rc = mdb_env_copyfd2(store->env, fd, MDB_CP_COMPACT);
    if (rc == 0 && (fsync(fd) != 0 || !journal_flush_dir(folder)))
        rc = errno;
    close(fd);
    if (rc)
        unlink(path);
    return rc;
}

bool store_copy(struct store *store, const char *folder, struct err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    int rc = copy_to(store, folder, path);
    return rc == 0
           || err_set(err, ERR_SYSTEM, "store.copy", "cannot write %s: %s", path,
                      mdb_strerror(rc));
}

/* Setting the size of the map, even to what it is, maps the file anew. */
bool store_unmap(struct store *store, struct err *err)
{
    MDB_envinfo info;
    if (store->journal) {
        journal_unmap(store->journal);
        return true;
    }
    mdb_env_info(store->env, &info);
    int rc = mdb_env_set_mapsize(store->env, info.me_mapsize);
    return rc == 0 || lmdb_failed(err, rc, "mapping the file anew");
}

void store_observe(struct store *store,
                   void (*observe)(void *data, const struct commit *commit), void *data)
{
    if (store->observer_count == COUNT_OF(store->observers))
        return;
    store->observers[store->observer_count].observe = observe;
    store->observers[store->observer_count++].data = data;
}
