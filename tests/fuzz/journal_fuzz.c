/*
 * Any bytes as the two files of a journal, their records given the hash they need. Either
 * the journal is written into the data file and gone, or an error is named and the data
 * file is what it was.
 */
#include "store/journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DATA_BYTES = 6 * JOURNAL_BLOCK, MOST = 64 * JOURNAL_BLOCK };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] =
    "/dev/shm/pinban-journal-XXXXXX"; /* in memory: it is flushed often */

static void remove_folder(void)
{
    char path[4096];
    for (int i = 0; i < JOURNAL_FILES; i++) {
        journal_path(path, folder, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    unlink(path);
    rmdir(folder);
}

static const char *dir(void)
{
    static bool is_made;
    if (!is_made && (!mkdtemp(folder) || atexit(remove_folder) != 0))
        abort();
    is_made = true;
    return folder;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        abort();
    close(fd);
}

/* So that the records are looked at. */
static void sign(char *file, size_t n)
{
    struct record record;
    for (size_t at = 0; at + sizeof record <= n; at += JOURNAL_BLOCK) {
        memcpy(&record, file + at, sizeof record);
        if (record.magic != JOURNAL_MAGIC || record.bytes > n - at - sizeof record)
            continue;
        record.hash = record_hash(&record, file + at + sizeof record);
        memcpy(file + at, &record, sizeof record);
    }
}

/* 256 bytes of the input stand for a block: its first ones, the rest is zeros. */
static size_t spread(const uint8_t *data, size_t size, char *file)
{
    size_t n = 0;
    memset(file, 0, MOST);
    for (size_t at = 0; at < size && n < MOST; at += 256, n += JOURNAL_BLOCK)
        memcpy(file + n, data + at, size - at < 256 ? size - at : 256);
    sign(file, n);
    return n;
}

static bool is_untouched(const char *path)
{
    static const char zeros[DATA_BYTES];
    char now[DATA_BYTES + 1];
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, now, sizeof now);
    close(fd);
    return n == DATA_BYTES && memcmp(now, zeros, DATA_BYTES) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char file[MOST];
    static const char zeros[DATA_BYTES];
    char path[4096];
    char data_path[4096];
    struct err err;
    size_t first = size ? (size - 1) * data[0] / 255 : 0;
    log_set_level(LOG_SILENT);
    snprintf(data_path, sizeof data_path, "%s/data.mdb", dir());
    write_file(data_path, zeros, DATA_BYTES);
    for (int i = 0; size && i < JOURNAL_FILES; i++) {
        size_t n = i ? spread(data + 1 + first, size - 1 - first, file)
                     : spread(data + 1, first, file);
        journal_path(path, dir(), i);
        write_file(path, file, n);
    }
    if (journal_recover(dir(), &err)) {
        if (access(path, F_OK) == 0)
            abort();
        return 0;
    }
    bool refused = strcmp(err.code, "store.corrupt") == 0;
    if ((!refused && strcmp(err.code, "store.io") != 0)
        || (refused && !is_untouched(data_path)))
        abort();
    return 0;
}
