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

/* Changes the byte at `at`, looks, and puts it back. */
static enum outcome look_damaged(const char *dir, const char *path, off_t at,
                                 unsigned char flip)
{
    unsigned char was;
    unsigned char made;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || pread(fd, &was, 1, at) != 1)
        abort();
    made = was ^ flip;
    if (pwrite(fd, &made, 1, at) != 1)
        abort();
    enum outcome outcome = look_aside(dir);
    if (pwrite(fd, &was, 1, at) != 1)
        abort();
    close(fd);
    return outcome;
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

static bool check_named_bytes(const char *dir, const char *path)
{
    static const off_t places[] = { MAGIC, MAGIC + 3, VERSION };
    bool good = true;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        good &= look_damaged(dir, path, places[i], 0x40) == SEEN;
    return good;
}

static bool check_any_bytes(const char *dir, const char *path)
{
    static const char *const names[] = { "not seen", "seen", "crashed", "strange" };
    size_t counts[OUTCOMES] = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = lseek(fd, 0, SEEK_END);
    close(fd);
    srandom(7);
    for (int i = 0; i < ROUNDS; i++) {
        off_t at =
            i % 3 ? random() % size / 4096 * 4096 + random() % HEAD : random() % size;
        counts[look_damaged(dir, path, at, (unsigned char)(1 + random() % 255))]++;
    }
    for (size_t i = 0; i < OUTCOMES; i++)
        printf("%s %zu\n", names[i], counts[i]);
    return counts[STRANGE] == 0;
}

int main(void)
{
    char dir[64];
    char path[128];
    ledger_make_dir(dir);
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    bool good = fill(dir) && check_named_bytes(dir, path) && check_any_bytes(dir, path)
                && look_aside(dir) == WHOLE;
    ledger_remove_dir(dir);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
