/*
 * The disk, or memory, fails a process that writes: at its first call, its second, and so
 * on until a run gets through. Each time the writer is told with a stable code (or, where
 * memory is refused, stops), what was acknowledged is there, nothing is half there, and
 * the store opens.
 *
 *   fault_store_refused LIBRARY           LIBRARY is refuse.c
 *   fault_store_refused write DIR         the writer
 */
#include "ledger.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRIES = 8, MOST_CALLS = 4000, CODE = 32 };

/* What the writer says before it ends. */
struct report {
    int64_t acknowledged;
    bool refused;
    char code[CODE]; /* of the last error; empty: none */
};

struct fault {
    const char *name;
    const char *variable;
    int error;
    bool rest;
    int step;      /* calls between two runs, after the first sixteen */
    bool recovers; /* the writer begins with what a crash left */
};

static const struct fault faults[] = {
    { "a write fails", "REFUSE_WRITE", EIO, false, 1, false },
    { "writes fail from then on", "REFUSE_WRITE", EIO, true, 1, false },
    { "the disk is full", "REFUSE_WRITE", ENOSPC, true, 1, false },
    { "a way of writing is refused", "REFUSE_WRITE", EINVAL, false, 1, false },
    { "memory is refused", "REFUSE_MEMORY", ENOMEM, false, 1, false },
    { "a read fails", "REFUSE_READ", EIO, false, 40, true },
    { "reads fail from then on", "REFUSE_READ", EIO, true, 40, true },
};

/* A store whose entries are in its journal alone, as after a power cut. */
static void leave_crashed(const char *dir)
{
    struct ledger ledger;
    struct err err;
    char command[256];
    int64_t entry;
    int status;
    snprintf(command, sizeof command, "cp %s/data.mdb %s/before", dir, dir);
    if (!ledger_open(&ledger, dir, &err))
        abort();
    ledger_close(&ledger);
    if (system(command) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        log_set_level(LOG_SILENT);
        bool good = ledger_open(&ledger, dir, &err);
        for (int i = 0; good && i < ENTRIES; i++)
            good = ledger_write(&ledger, &entry, &err);
        _exit(good ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    snprintf(command, sizeof command, "mv %s/before %s/data.mdb", dir, dir);
    if (status != 0 || system(command) != 0)
        abort();
}

static int write_entries(const char *dir)
{
    struct report report = { .acknowledged = 0 };
    struct ledger ledger;
    struct err err;
    int64_t entry;
    const int *refused = dlsym(RTLD_DEFAULT, "refused");
    log_set_level(LOG_SILENT);
    bool open = ledger_open(&ledger, dir, &err);
    if (!open)
        snprintf(report.code, CODE, "%s", err.code);
    for (int i = 0; open && i < ENTRIES; i++) {
        if (ledger_write(&ledger, &entry, &err))
            report.acknowledged = entry;
        else
            snprintf(report.code, CODE, "%s", err.code);
        report.refused = refused && *refused;
        (void)!write(STDOUT_FILENO, &report, sizeof report);
    }
    ledger_close(&ledger);
    report.refused = refused && *refused;
    return write(STDOUT_FILENO, &report, sizeof report) != sizeof report;
}

static void become_writer(const char *self, const char *library, const char *dir,
                          const struct fault *fault, int nth)
{
    char number[16];
    snprintf(number, sizeof number, "%d", nth);
    setenv(fault->variable, number, 1);
    snprintf(number, sizeof number, "%d", fault->error);
    setenv("REFUSE_ERROR", number, 1);
    if (fault->rest)
        setenv("REFUSE_REST", "1", 1);
    setenv("LD_PRELOAD", library, 1);
    execl(self, self, "write", dir, (char *)NULL);
    _exit(127);
}

static int run_writer(const char *self, const char *library, const char *dir,
                      const struct fault *fault, int nth, struct report *ret)
{
    int ends[2];
    int status;
    struct report report;
    if (pipe(ends))
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        become_writer(self, library, dir, fault, nth);
    }
    close(ends[1]);
    *ret = (struct report){ .refused = false };
    while (read(ends[0], &report, sizeof report) == sizeof report)
        *ret = report;
    close(ends[0]);
    waitpid(pid, &status, 0);
    return status;
}

static bool ended_well(const struct fault *fault, int status, const struct report *report)
{
    static const char *const known[] = { "", "store.io", "store.full", "store.dir",
                                         "store.in_use" };
    bool memory = fault->error == ENOMEM;
    if (WIFSIGNALED(status))
        return memory && WTERMSIG(status) == SIGABRT;
    /* memory may be refused before the program's own first line */
    if (WEXITSTATUS(status) != 0)
        return memory && report->acknowledged == 0;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(report->code, known[i]) == 0)
            return true;
    }
    return false;
}

/* One run with the n-th call refused. `*ret_through` when the call never came. */
static bool check_nth(const char *self, const char *library, const struct fault *fault,
                      int nth, bool *ret_through)
{
    char dir[64];
    struct report report;
    struct ledger ledger;
    struct err err = { .code = "", .text = "" };
    int64_t count;
    int64_t before = fault->recovers ? ENTRIES : 0;
    ledger_make_dir(dir);
    if (fault->recovers)
        leave_crashed(dir);
    int status = run_writer(self, library, dir, fault, nth, &report);
    bool good = ended_well(fault, status, &report) && ledger_open(&ledger, dir, &err);
    if (good) {
        int64_t least = report.acknowledged > before ? report.acknowledged : before;
        good = ledger_is_whole(&ledger, least, &count);
        ledger_close(&ledger);
    }
    if (!good)
        printf("%s, call %d: status %x, %s, then %s %s\n", fault->name, nth, status,
               report.code, err.code, err.text);
    *ret_through = WIFEXITED(status) && !report.refused;
    if (*ret_through && report.acknowledged != before + ENTRIES)
        good = false;
    ledger_remove_dir(dir);
    return good;
}

static bool check_fault(const char *self, const char *library, const struct fault *fault)
{
    bool good = true;
    bool through = false;
    int nth = 1;
    while (good && !through && nth < MOST_CALLS) {
        good = check_nth(self, library, fault, nth, &through);
        nth += through ? 0 : nth < 16 ? 1 : fault->step;
    }
    printf("%s: %d calls\n", fault->name, nth - 1);
    return good && through && nth > 10;
}

int main(int argc, char **argv)
{
    bool good = argc > 1;
    if (argc > 2)
        return write_entries(argv[2]);
    log_set_level(LOG_SILENT);
    for (size_t i = 0; good && i < COUNT_OF(faults); i++)
        good = check_fault(argv[0], argv[1], &faults[i]);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
