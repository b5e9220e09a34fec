/*
 * The power goes while a process writes. What it wrote to its files is noted call by
 * call; then, at moments by chance, the files are put together as a disk may have them:
 * all that was flushed, and of the rest any sectors in any order. The store must open,
 * hold all that was acknowledged, and nothing by half. Every round goes on from such a
 * disk, so that the power also goes while the store recovers.
 *
 *   fault_store_power LIBRARY [ROUNDS]         LIBRARY is power.c
 *   fault_store_power write DIR TRACE [close]  the writer
 */
#include "ledger.h"
#include "power.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 12,
    CUTS = 25,  /* a round, a third of them in the first … */
    EARLY = 12, /* … writes and flushes */
    WRITERS = 3,
    ENTRIES = 60, /* each */
    FILES = 64,
    FILE_MAX = 512 << 20,
    SECTOR = 512,
};

/* ---- the writer ---- */

static void *write_some(void *data)
{
    struct ledger *ledger = data;
    struct err err;
    int64_t entry;
    void (*said)(int64_t) = (void (*)(int64_t))dlsym(RTLD_DEFAULT, "power_said");
    for (int i = 0; i < ENTRIES; i++) {
        if (!ledger_write(ledger, &entry, &err))
            abort();
        said(entry);
    }
    return NULL;
}

static int write_entries(const char *dir, const char *trace, bool closes)
{
    struct ledger ledger;
    struct err err;
    pthread_t threads[WRITERS];
    int (*end)(const char *) = (int (*)(const char *))dlsym(RTLD_DEFAULT, "power_end");
    if (!ledger_open(&ledger, dir, &err)) {
        printf("%s: %s\n", err.code, err.text);
        return EXIT_FAILURE;
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_create(&threads[i], NULL, write_some, &ledger);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    if (closes)
        ledger_close(&ledger);
    int rc = end(trace);
    fflush(stdout);
    _exit(rc ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* ---- bytes ---- */

struct bytes {
    char *p;
    size_t n;
};

static struct bytes read_file(const char *path)
{
    struct bytes b = { NULL, 0 };
    FILE *f = fopen(path, "rb");
    if (!f)
        return b;
    fseek(f, 0, SEEK_END);
    b.n = (size_t)ftell(f);
    rewind(f);
    b.p = mem_alloc(b.n + 1);
    if (fread(b.p, 1, b.n, f) != b.n)
        abort();
    fclose(f);
    return b;
}

static void write_file(const char *path, struct bytes b)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b.p, 1, b.n, f) != b.n || fclose(f) != 0)
        abort();
}

/* ---- a disk ---- */

static const char *const kept[] = { "data.mdb", "journal-0", "journal-1" };

struct disk {
    struct bytes files[FILES]; /* by number */
    int link[COUNT_OF(kept)];  /* numbers; 0: no such file */
};

static void disk_free(struct disk *d)
{
    for (int i = 0; i < FILES; i++)
        mem_free(d->files[i].p);
    *d = (struct disk){ .link = { 0 } };
}

static void disk_read(struct disk *d, const char *dir)
{
    char path[128];
    *d = (struct disk){ .link = { 0 } };
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, kept[i]);
        d->files[i] = read_file(path);
    }
}

static void disk_write(const struct disk *d, const char *dir)
{
    char path[128];
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, kept[i]);
        if (d->link[i])
            write_file(path, d->files[d->link[i]]);
        else
            unlink(path);
    }
}

/* ---- what was noted ---- */

struct trace {
    struct bytes bytes;
    struct power_op *ops;
    const char **writes; /* their bytes */
    bool *lasting;       /* of writes, links and unlinks, at the cut */
    size_t n;
};

static void trace_read(struct trace *t, const char *path)
{
    *t = (struct trace){ .bytes = read_file(path) };
    size_t most = t->bytes.n / sizeof(struct power_op) + 1;
    t->ops = mem_zero(most * sizeof *t->ops);
    t->writes = mem_zero(most * sizeof *t->writes);
    t->lasting = mem_zero(most * sizeof *t->lasting);
    for (size_t at = 0; at < t->bytes.n; t->n++) {
        struct power_op *op = &t->ops[t->n];
        memcpy(op, t->bytes.p + at, sizeof *op);
        t->writes[t->n] = t->bytes.p + at + sizeof *op;
        at += sizeof *op + op->n;
    }
}

static void trace_free(struct trace *t)
{
    mem_free(t->bytes.p);
    mem_free(t->ops);
    mem_free(t->writes);
    mem_free(t->lasting);
}

static bool is_naming(const struct power_op *op)
{
    return op->kind == POWER_LINK || op->kind == POWER_UNLINK;
}

/* What had been flushed before operation `cut`. */
static void find_lasting(struct trace *t, size_t cut)
{
    memset(t->lasting, 0, t->n * sizeof *t->lasting);
    for (size_t i = 0; i < cut; i++) {
        const struct power_op *op = &t->ops[i];
        if (op->kind == POWER_WRITTEN)
            t->lasting[op->upto] = true;
        for (size_t k = 0; op->kind == POWER_FLUSHED && k < op->upto; k++)
            t->lasting[k] |= t->ops[k].kind == POWER_WRITE && t->ops[k].file == op->file;
        for (size_t k = 0; op->kind == POWER_ORDERED && k < op->upto; k++)
            t->lasting[k] |= is_naming(&t->ops[k]);
    }
}

static int64_t last_said(const struct trace *t, size_t cut, int64_t known)
{
    for (size_t i = 0; i < cut; i++) {
        if (t->ops[i].kind == POWER_SAID && (int64_t)t->ops[i].at > known)
            known = (int64_t)t->ops[i].at;
    }
    return known;
}

/* ---- the disk at a cut ---- */

enum chance { NOTHING, ALL, WHOLE_WRITES, SECTORS, CHANCES };

static void put_sectors(struct bytes *file, const struct power_op *op, const char *p,
                        bool lasting, enum chance chance)
{
    bool whole = lasting || chance == ALL || (chance == WHOLE_WRITES && random() % 2);
    if (op->at + op->n > FILE_MAX)
        abort();
    if (!whole && chance != SECTORS)
        return;
    if (op->at + op->n > file->n) {
        file->p = mem_grow(file->p, op->at + op->n);
        memset(file->p + file->n, 0, op->at + op->n - file->n);
        file->n = op->at + op->n;
    }
    for (size_t done = 0; done < op->n;) {
        size_t n = SECTOR - (op->at + done) % SECTOR;
        n = n < op->n - done ? n : op->n - done;
        if (whole || random() % 2)
            memcpy(file->p + op->at + done, p + done, n);
        done += n;
    }
}

static void put_name(struct disk *d, const struct power_op *op)
{
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (strcmp(op->name, kept[i]) == 0)
            d->link[i] = op->kind == POWER_UNLINK ? 0 : op->file;
    }
}

static void put_first_files(struct disk *d, const struct disk *from,
                            const struct trace *t)
{
    *d = (struct disk){ .link = { 0 } };
    for (size_t i = 0; i < t->n; i++) {
        if (t->ops[i].kind == POWER_FOUND)
            put_name(d, &t->ops[i]);
    }
    for (size_t k = 0; k < COUNT_OF(kept); k++) {
        struct bytes first = from->files[k];
        if (!d->link[k])
            continue;
        d->files[d->link[k]] = (struct bytes){ mem_alloc(first.n + 1), first.n };
        memcpy(d->files[d->link[k]].p, first.p, first.n);
    }
}

/* Names change in the order in which they were changed. */
static void cut_power(struct trace *t, const struct disk *from, size_t cut,
                      struct disk *ret)
{
    enum chance chance = (enum chance)(random() % CHANCES);
    size_t more_names = (size_t)random() % 4;
    find_lasting(t, cut);
    put_first_files(ret, from, t);
    for (size_t i = 0; i < cut; i++) {
        const struct power_op *op = &t->ops[i];
        if (op->kind == POWER_WRITE)
            put_sectors(&ret->files[op->file], op, t->writes[i], t->lasting[i], chance);
        if (is_naming(op) && (t->lasting[i] || more_names)) {
            more_names -= t->lasting[i] ? 0 : 1;
            put_name(ret, op);
        }
    }
}

/* ---- rounds ---- */

static bool run_writer(const char *self, const char *library, const char *dir,
                       const char *trace, bool closes)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        setenv("POWER_DIR", dir, 1);
        setenv("LD_PRELOAD", library, 1);
        execl(self, self, "write", dir, trace, closes ? "close" : NULL, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool check_cut(const struct disk *d, int64_t said, size_t cut, size_t of)
{
    char dir[64];
    struct ledger ledger;
    struct err err;
    int64_t count;
    ledger_make_dir(dir);
    disk_write(d, dir);
    bool good = ledger_open(&ledger, dir, &err);
    if (!good)
        printf("%s: %s\n", err.code, err.text);
    good = good && ledger_is_whole(&ledger, said, &count);
    ledger_close(&ledger);
    if (!good)
        printf("power cut at %zu of %zu, %lld said: %s\n", cut, of, (long long)said, dir);
    else
        ledger_remove_dir(dir);
    return good;
}

static bool one_round(const char *self, const char *library, const char *dir, bool closes,
                      int64_t *said)
{
    char path[128];
    struct disk from;
    struct trace trace;
    bool good = true;
    snprintf(path, sizeof path, "%s.trace", dir);
    disk_read(&from, dir);
    if (!run_writer(self, library, dir, path, closes))
        return false;
    trace_read(&trace, path);
    for (int i = 0; good && i < CUTS; i++) {
        struct disk d;
        size_t most = i % 3 == 1 && trace.n > EARLY ? EARLY : trace.n;
        size_t cut = (size_t)random() % (most + 1);
        int64_t told = last_said(&trace, cut, *said);
        cut_power(&trace, &from, cut, &d);
        good = check_cut(&d, told, cut, trace.n);
        if (i == CUTS - 1) {
            disk_write(&d, dir);
            *said = told;
        }
        disk_free(&d);
    }
    disk_free(&from);
    trace_free(&trace);
    unlink(path);
    return good;
}

int main(int argc, char **argv)
{
    char dir[64];
    int64_t said = 0;
    bool good = argc > 1;
    if (argc > 3)
        return write_entries(argv[2], argv[3], argc > 4);
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : ROUNDS;
    unsigned seed = (unsigned)getpid();
    log_set_level(LOG_SILENT);
    srandom(seed);
    ledger_make_dir(dir);
    for (long i = 0; good && i < rounds; i++)
        good = one_round(argv[0], argv[1], dir, i % 3 == 0, &said);
    printf("%ld rounds, %lld said; seed %u\n", rounds, (long long)said, seed);
    ledger_remove_dir(dir);
    return good && said > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
