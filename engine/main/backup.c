/*
 * pinban backup: a copy of the store, also while it is served. Whoever serves listens at
 * the socket `backup` in its data folder, which nobody but its user may enter: it is sent
 * the path of a folder, and answers with nothing, or with the line of an error.
 */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_BYTES = 2048, WAITING = 4, PATIENCE_S = 2 };

#define SOCKET "backup"

struct backups {
    struct store *store;
    int dir;
    int socket;
    pthread_t thread;
};

/* Through the open folder, for a socket's path may have no more than 107 bytes. */
static struct sockaddr_un address_in(int dir)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SOCKET, dir);
    return address;
}

/* All of it up to the end, as text; false when it is too long or does not come. */
static bool read_all(int fd, char *to, size_t room)
{
    size_t n = 0;
    while (n < room) {
        ssize_t got = read(fd, to + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0) {
            to[n] = '\0';
            return true;
        }
        n += (size_t)got;
    }
    return false;
}

/* ---- while the store is served ---- */

static void answer(struct backups *b, int client)
{
    struct timeval patience = { .tv_sec = PATIENCE_S };
    char folder[PATH_MAX];
    struct err err;
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (!read_all(client, folder, sizeof folder))
        return;
    if (store_copy(b->store, folder, &err)) {
        log_event(LOG_INFO, "backup.done", "folder=%s", folder);
        return;
    }
    log_event(LOG_ERROR, err.code, "folder=%s", folder);
    struct arena *arena = arena_open();
    str line = error_line(arena, &err);
    (void)!send(client, line.p, line.n, MSG_NOSIGNAL);
    arena_close(arena);
}

static void *listen_main(void *data)
{
    struct backups *b = data;
    for (;;) {
        int client = accept4(b->socket, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (client < 0)
            return NULL; /* it is shut down */
        answer(b, client);
        close(client);
    }
}

static bool listen_in(struct backups *b)
{
    struct sockaddr_un address = address_in(b->dir);
    unlinkat(b->dir, SOCKET, 0); /* of one that was killed */
    b->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (b->socket < 0 || bind(b->socket, (struct sockaddr *)&address, sizeof address) != 0
        || listen(b->socket, WAITING) != 0)
        return false;
    errno = pthread_create(&b->thread, NULL, listen_main, b);
    return errno == 0;
}

bool backups_open(struct store *store, const char *dir, struct backups **ret,
                  struct err *err)
{
    struct backups *b = mem_zero(sizeof *b);
    *b = (struct backups){ .store = store, .socket = -1 };
    b->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (b->dir >= 0 && listen_in(b)) {
        *ret = b;
        return true;
    }
    int error = errno;
    if (b->socket >= 0)
        close(b->socket);
    if (b->dir >= 0)
        close(b->dir);
    mem_free(b);
    return err_set(err, ERR_SYSTEM, "backup.socket", "cannot listen at %s/" SOCKET ": %s",
                   dir, strerror(error));
}

void backups_close(struct backups *b)
{
    if (!b)
        return;
    shutdown(b->socket, SHUT_RDWR);
    pthread_join(b->thread, NULL);
    unlinkat(b->dir, SOCKET, 0);
    close(b->socket);
    close(b->dir);
    mem_free(b);
}

/* ---- the command ---- */

/* -1: nobody serves the store. */
static int reach_server(const char *data)
{
    int dir = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = dir >= 0 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    struct sockaddr_un address = address_in(dir);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    if (dir >= 0)
        close(dir);
    return fd;
}

static int ask_server(int fd, const char *folder)
{
    char line[ANSWER_BYTES];
    size_t n = strlen(folder);
    bool answered = send(fd, folder, n, MSG_NOSIGNAL) == (ssize_t)n
                    && shutdown(fd, SHUT_WR) == 0 && read_all(fd, line, sizeof line);
    close(fd);
    if (answered && !*line)
        return EXIT_DONE;
    struct err err;
    err_set(&err, ERR_SYSTEM, "backup.socket",
            "the server did not answer; see its log, and empty %s", folder);
    if (answered)
        fprintf(stderr, "%s\n", line);
    else
        print_error(&err);
    return EXIT_SYSTEM;
}

static int copy_here(const struct args *args, const char *folder)
{
    struct tool t = { .args = *args };
    struct err err;
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    return tool_close(&t, store_copy(t.engine.store, folder, &err), &err);
}

int command_backup(int argc, char **argv)
{
    struct args args;
    struct stat s;
    if (!args_read(&args, "backup", argc, argv, "data store-mib", ""))
        return EXIT_USAGE;
    if (args.word_count != 1) {
        fprintf(stderr, "usage: pinban backup FOLDER [--data DIR]\n");
        return EXIT_USAGE;
    }
    const char *data = args_option(&args, "data", "data");
    char folder[PATH_MAX];
    struct err err;
    bool there = realpath(args.words[0], folder) != NULL;
    if (!there || stat(data, &s) != 0) {
        err_set(&err, ERR_INPUT, "backup.folder", "%s: there is no such folder",
                there ? data : args.words[0]);
        print_error(&err);
        return EXIT_USAGE;
    }
    int fd = reach_server(data);
    return fd >= 0 ? ask_server(fd, folder) : copy_here(&args, folder);
}
