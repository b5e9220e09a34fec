/*
 * A process that writes is killed at any moment, again and again: what it acknowledged is
 * there, nothing is half there, and the store opens.
 *
 *   fault_store_killed [ROUNDS]
 */
#include "ledger.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 60, WRITERS = 3, LONGEST_US = 120000 };

struct writing {
    struct ledger *ledger;
    int pipe;
};

static void *write_for_ever(void *data)
{
    struct writing *w = data;
    struct err err;
    int64_t entry;
    while (ledger_write(w->ledger, &entry, &err)
           && write(w->pipe, &entry, sizeof entry) == sizeof entry)
        continue;
    return NULL;
}

static void child(const char *dir, int pipe)
{
    struct ledger ledger;
    struct err err;
    pthread_t threads[WRITERS];
    struct writing writing = { &ledger, pipe };
    if (!ledger_open(&ledger, dir, &err)) {
        printf("%s: %s\n", err.code, err.text);
        fflush(stdout);
        _exit(1);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_create(&threads[i], NULL, write_for_ever, &writing);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    _exit(1); /* it should have been killed */
}

/* The largest number that came before the writer died. Entries are numbered in the order
 * of their transactions, so all below it were acknowledged or can be. */
static int64_t last_acknowledged(int pipe, int64_t known)
{
    int64_t entry;
    while (read(pipe, &entry, sizeof entry) == sizeof entry)
        known = entry > known ? entry : known;
    return known;
}

static bool one_round(const char *dir, int64_t *acknowledged)
{
    int ends[2];
    int status;
    if (pipe(ends))
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(dir, ends[1]);
    }
    close(ends[1]);
    usleep((useconds_t)(random() % LONGEST_US));
    kill(pid, SIGKILL);
    *acknowledged = last_acknowledged(ends[0], *acknowledged);
    close(ends[0]);
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    printf("the writer ended by itself: status %x\n", (unsigned)status);
    return false;
}

int main(int argc, char **argv)
{
    char dir[64];
    int64_t acknowledged = 0;
    int64_t count = 0;
    bool good = true;
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : ROUNDS;
    log_set_level(LOG_SILENT);
    ledger_make_dir(dir);
    srandom((unsigned)getpid());
    for (long i = 0; good && i < rounds; i++) {
        struct ledger ledger;
        struct err err;
        ledger = (struct ledger){ NULL, NULL };
        good = one_round(dir, &acknowledged);
        if (good && !ledger_open(&ledger, dir, &err)) {
            printf("%s: %s\n", err.code, err.text);
            good = false;
        }
        good = good && ledger_is_whole(&ledger, acknowledged, &count);
        ledger_close(&ledger);
    }
    printf("%ld rounds, %lld entries, %lld acknowledged\n", rounds, (long long)count,
           (long long)acknowledged);
    ledger_remove_dir(dir);
    return good && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
