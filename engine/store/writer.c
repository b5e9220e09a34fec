/*
 * The one writer. It takes all the work that waits, runs one piece after the other in one
 * transaction, takes back the changes of a piece that fails, commits once, lets the
 * observers see what changed, and then answers everybody. While a commit is being flushed
 * the next group gathers by itself: that is the whole of group commit. Child transactions
 * would undo as well, but LMDB copies each page they touch and its list of free pages,
 * for every one: only definitions have one.
 */
#include "inside.h"
#include "journal.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

enum { GROUP_MAX = 256, PAUSE_MS = 2000 };

struct job {
    struct job *next;
    store_work *work;
    void *data;
    void (*done)(void *data, bool ok, const struct err *err);
    struct err err;
    bool ok;
    bool is_apart;  /* writes more than records: what undoes it is a child transaction */
    sem_t answered; /* for those who wait */
};

struct writer {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock; /* protects: first, last, closing */
    pthread_cond_t wake;
    struct job *first;
    struct job **last;
    bool closing;
    struct arena *arena;
};

static struct timespec pause_end(const struct store *store)
{
    int ms = store->config.pause_ms ? store->config.pause_ms : PAUSE_MS;
    int64_t us = clock_ticks_us() + ms * INT64_C(1000);
    return (struct timespec){ us / 1000000, us % 1000000 * 1000 };
}

/* Under the lock. True when there is work, or never will be. */
static bool is_wanted(const struct writer *w)
{
    return w->first || w->closing;
}

/* Under the lock. After each pause the journal rests, until it has nothing more to do. */
static void wait_for_work(struct writer *w)
{
    struct journal *journal = w->store->journal;
    bool rested = !journal;
    for (int pauses = 0; !is_wanted(w) && !rested;) {
        struct timespec until = pause_end(w->store);
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT
            || is_wanted(w))
            continue;
        pthread_mutex_unlock(&w->lock);
        rested = journal_rest(journal, ++pauses);
        pthread_mutex_lock(&w->lock);
    }
    while (!is_wanted(w))
        pthread_cond_wait(&w->wake, &w->lock);
}

static size_t take_group(struct writer *w, struct job **group)
{
    size_t n = 0;
    pthread_mutex_lock(&w->lock);
    wait_for_work(w);
    while (w->first && n < GROUP_MAX) {
        group[n++] = w->first;
        w->first = w->first->next;
    }
    if (!w->first)
        w->last = &w->first;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static void run_apart(struct txn *txn, struct job *job)
{
    MDB_txn *group = txn->lmdb;
    size_t before = txn->n;
    int rc = mdb_txn_begin(txn->store->env, group, 0, &txn->lmdb);
    if (rc) {
        txn->lmdb = group;
        job->ok = lmdb_failed(&job->err, rc, "beginning");
        return;
    }
    job->ok = job->work(txn, job->data, &job->err);
    txn_close_snap(txn);
    if (!job->ok) {
        mdb_txn_abort(txn->lmdb);
    } else {
        rc = mdb_txn_commit(txn->lmdb);
        job->ok = rc == 0 || lmdb_failed(&job->err, rc, "committing");
    }
    txn->lmdb = group;
    if (!job->ok)
        txn->n = before;
}

/* False when what it wrote could not be taken back: then nothing of the group may stay.
 */
static bool run_job(struct txn *txn, struct job *job)
{
    size_t before = txn->n;
    if (job->is_apart) {
        run_apart(txn, job);
        return true;
    }
    job->ok = job->work(txn, job->data, &job->err);
    txn_close_snap(txn);
    return job->ok || txn_undo(txn, before);
}

/* Those that were good so far. */
static void fail_group(struct job **group, size_t n, const struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (group[i]->ok) {
            group[i]->ok = false;
            group[i]->err = *err;
        }
    }
}

/* False when the store failed and took all of them along. */
static bool run_jobs(struct txn *txn, struct job **group, size_t n)
{
    for (size_t i = 0; i < n; i++)
        group[i]->ok = true;
    for (size_t i = 0; i < n; i++) {
        if (run_job(txn, group[i]))
            continue;
        struct err err = group[i]->err;
        fail_group(group, n, &err);
        return false;
    }
    return true;
}

/* A group that changed no record publishes nothing: its number may be given again. */
static void tell_observers(struct store *store, const struct txn *txn, uint64_t revision)
{
    if (!txn->n)
        return;
    struct commit commit = { revision, txn->changes, txn->n };
    for (size_t i = 0; i < store->observer_count; i++)
        store->observers[i].observe(store->observers[i].data, &commit);
    __atomic_store_n(&store->observed, revision, __ATOMIC_RELEASE);
}

/* What LMDB shows now has been observed: this is the one thread that commits. */
static void settle(struct store *store)
{
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    __atomic_store_n(&store->settled, info.me_last_txnid, __ATOMIC_RELEASE);
}

static bool commit_group(MDB_txn *lmdb, struct job **group, size_t n)
{
    struct err err;
    int rc = mdb_txn_commit(lmdb);
    if (rc == 0)
        return true;
    lmdb_failed(&err, rc, "committing");
    fail_group(group, n, &err);
    return false;
}

static void count_group(struct store *store, size_t works)
{
    __atomic_add_fetch(&store->counts.groups, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&store->counts.works, works, __ATOMIC_RELAXED);
}

struct store_counts store_count(const struct store *store)
{
    struct store_counts counts = {
        .groups = __atomic_load_n(&store->counts.groups, __ATOMIC_RELAXED),
        .works = __atomic_load_n(&store->counts.works, __ATOMIC_RELAXED),
    };
    if (store->journal)
        journal_count(store->journal, &counts.journal_bytes, &counts.journal_turns);
    return counts;
}

static void run_group(struct writer *w, struct job **group, size_t n)
{
    struct txn txn = { .store = w->store, .arena = w->arena };
    int rc = mdb_txn_begin(w->store->env, NULL, 0, &txn.lmdb);
    if (rc) {
        for (size_t i = 0; i < n; i++)
            group[i]->ok = lmdb_failed(&group[i]->err, rc, "beginning");
        return;
    }
    bool any = false;
    if (run_jobs(&txn, group, n)) {
        for (size_t i = 0; i < n; i++)
            any = any || group[i]->ok;
    }
    uint64_t revision = mdb_txn_id(txn.lmdb);
    if (!any) {
        mdb_txn_abort(txn.lmdb);
    } else if (commit_group(txn.lmdb, group, n)) {
        count_group(w->store, n);
        tell_observers(w->store, &txn, revision);
        settle(w->store);
    }
}

static void answer(struct job *job)
{
    if (!job->done) {
        sem_post(&job->answered);
        return;
    }
    job->done(job->data, job->ok, &job->err);
    mem_free(job);
}

static void *writer_main(void *data)
{
    struct writer *w = data;
    struct job *group[GROUP_MAX];
    size_t n;
    while ((n = take_group(w, group)) > 0) {
        run_group(w, group, n);
        for (size_t i = 0; i < n; i++)
            answer(group[i]);
        arena_reset(w->arena);
    }
    return NULL;
}

struct writer *writer_open(struct store *store)
{
    struct writer *w = mem_zero(sizeof *w);
    w->store = store;
    w->last = &w->first;
    w->arena = arena_open();
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t ticks;
    pthread_condattr_init(&ticks);
    pthread_condattr_setclock(&ticks, CLOCK_MONOTONIC); /* as clock_ticks_us */
    pthread_cond_init(&w->wake, &ticks);
    pthread_condattr_destroy(&ticks);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 8u << 20); /* work may run Lua */
    if (pthread_create(&w->thread, &attr, writer_main, w) != 0) {
        log_event(LOG_ERROR, "store.no_thread", "what=writer");
        abort(); /* as for memory: nobody would ever be answered */
    }
    pthread_attr_destroy(&attr);
    return w;
}

void writer_close(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    arena_close(w->arena);
    mem_free(w);
}

/* False when the store is closing: then nobody will answer. */
static bool give(struct writer *w, struct job *job)
{
    pthread_mutex_lock(&w->lock);
    bool open = !w->closing;
    if (open) {
        *w->last = job;
        w->last = &job->next;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return open;
}

static bool closed(struct err *err)
{
    return err_set(err, ERR_BUSY, "store.closed", "the store is closing");
}

static bool write_and_wait(struct store *store, store_work *work, void *data,
                           bool is_apart, struct err *err)
{
    struct job job = { .work = work, .data = data, .is_apart = is_apart };
    sem_init(&job.answered, 0, 0);
    if (!give(store->writer, &job)) {
        sem_destroy(&job.answered);
        return closed(err);
    }
    while (sem_wait(&job.answered) != 0 && errno == EINTR)
        continue;
    sem_destroy(&job.answered);
    if (!job.ok)
        *err = job.err;
    return job.ok;
}

bool store_write(struct store *store, store_work *work, void *data, struct err *err)
{
    return write_and_wait(store, work, data, false, err);
}

bool writer_run_apart(struct store *store, store_work *work, void *data, struct err *err)
{
    return write_and_wait(store, work, data, true, err);
}

void store_write_later(struct store *store, store_work *work,
                       void (*done)(void *data, bool ok, const struct err *err),
                       void *data)
{
    struct job *job = mem_zero(sizeof *job);
    job->work = work;
    job->data = data;
    job->done = done;
    if (give(store->writer, job))
        return;
    struct err err;
    closed(&err);
    mem_free(job);
    done(data, false, &err);
}
