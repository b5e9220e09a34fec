/*
 * A store whose file was changed behind its back. What names the file's kind and version
 * is always seen when opening. LMDB keeps no checksums, so other damage may be found
 * later, or never: here it must neither hang the process nor be answered with a code
 * nobody knows. Each look is taken in a process of its own, because LMDB may crash on a
 * page that lies.
 */
#include "ledger.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ENTRIES = 200,
    ROUNDS = 150,
    PATIENCE_S = 10,
    PAGE = 4096,
    HEAD = 16,
    MAGIC = 16,
    VERSION = 20
};

enum outcome { WHOLE, SEEN, CRASHED, STRANGE, OUTCOMES };

static void look(const char *dir)
{
    static const char *const known[] = { "store.corrupt", "store.version", "store.io",
                                         "store.read", "store.definition" };
    struct ledger ledger;
    struct err err;
    int64_t count;
    log_set_level(LOG_SILENT);
    alarm(PATIENCE_S);
    if (ledger_open(&ledger, dir, &err)) {
        bool whole = ledger_is_whole(&ledger, ENTRIES, &count);
        _exit(whole ? WHOLE : SEEN);
    }
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(err.code, known[i]) == 0)
            _exit(SEEN);
    }
    _exit(STRANGE);
}

static enum outcome look_aside(const char *dir)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(STRANGE);
        look(dir);
    }
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? STRANGE : CRASHED;
    return (enum outcome)WEXITSTATUS(status);
}

/* A store as it was, and where copies of it are damaged. */
struct original {
    char dir[64];
    char path[128];
    unsigned char *bytes;
    unsigned char *kept;
    size_t n;
};

/* A look at the original with one byte changed; a look may write, so each has a file of
 * its own. */
static enum outcome look_damaged(const struct original *o, size_t at, unsigned char flip)
{
    int fd = open(o->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    o->bytes[at] ^= flip;
    if (fd < 0 || write(fd, o->bytes, o->n) != (ssize_t)o->n)
        abort();
    o->bytes[at] ^= flip;
    close(fd);
    return look_aside(o->dir);
}

static void read_original(struct original *o)
{
    int fd = open(o->path, O_RDONLY | O_CLOEXEC);
    off_t size = lseek(fd, 0, SEEK_END);
    if (fd < 0 || size <= 0)
        abort();
    o->n = (size_t)size;
    o->bytes = malloc(o->n);
    if (pread(fd, o->bytes, o->n, 0) != (ssize_t)o->n)
        abort();
    close(fd);
    o->kept = malloc(o->n);
    memcpy(o->kept, o->bytes, o->n);
}

/* As it was before the bytes in memory were changed. */
static void read_again(struct original *o)
{
    memcpy(o->bytes, o->kept, o->n);
}

static bool fill(const char *dir)
{
    struct ledger ledger;
    struct err err;
    int64_t entry;
    bool good = ledger_open(&ledger, dir, &err);
    for (int i = 0; good && i < ENTRIES; i++)
        good = ledger_write(&ledger, &entry, &err);
    ledger_close(&ledger);
    return good;
}

static bool check_named_bytes(const struct original *o)
{
    static const size_t places[] = { MAGIC, MAGIC + 3, VERSION };
    bool good = true;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        good &= look_damaged(o, places[i], 0x40) == SEEN;
    return good;
}

/* A tree whose name is not there any more is never made anew, empty. */
static bool check_tree_names(struct original *o)
{
    static const char *const names[] = { "record", "index", "cluster", "definition" };
    bool good = true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        unsigned char *at = o->bytes;
        unsigned char *end = o->bytes + o->n;
        while ((at = memmem(at, (size_t)(end - at), names[i], strlen(names[i]))))
            *at++ ^= 0x20;
        good &= look_damaged(o, 0, 0) == SEEN;
        read_again(o);
    }
    return good;
}

static bool check_any_bytes(const struct original *o)
{
    static const char *const names[] = { "not seen", "seen", "crashed", "strange" };
    size_t counts[OUTCOMES] = { 0 };
    srandom(7);
    for (int i = 0; i < ROUNDS; i++) {
        size_t page = (size_t)random() % (o->n / PAGE) * PAGE;
        size_t at = page + (size_t)random() % (i % 3 ? HEAD : PAGE);
        counts[look_damaged(o, at, (unsigned char)(1 + random() % 255))]++;
    }
    for (size_t i = 0; i < OUTCOMES; i++)
        printf("%s %zu\n", names[i], counts[i]);
    return counts[STRANGE] == 0;
}

int main(void)
{
    struct original o = { .n = 0 };
    ledger_make_dir(o.dir);
    snprintf(o.path, sizeof o.path, "%s/data.mdb", o.dir);
    bool good = fill(o.dir);
    read_original(&o);
    good = good && look_damaged(&o, 0, 0) == WHOLE && check_named_bytes(&o)
           && check_tree_names(&o) && check_any_bytes(&o);
    free(o.kept);
    free(o.bytes);
    ledger_remove_dir(o.dir);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
