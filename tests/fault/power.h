/* What a process did to the files of one folder, in order: power.c writes it,
 * store_power.c plays it back up to the moment the power went. */
#pragma once
#include <stdint.h>

enum { POWER_NAME = 32 };

enum power_kind {
    POWER_WRITE,   /* began; its bytes follow */
    POWER_WRITTEN, /* write number `upto` is on the disk: the file is opened for that */
    POWER_FLUSHED, /* of the file, all that began before number `upto` */
    POWER_FOUND,   /* `name` was there, and is this file */
    POWER_LINK,    /* `name` is this file, which is new */
    POWER_UNLINK,  /* `name` is no file */
    POWER_ORDERED, /* links and unlinks before number `upto` are on the disk */
    POWER_SAID,    /* the process has told somebody of entry `at` */
};

struct power_op {
    int32_t kind;
    int32_t file; /* a number for each file there ever was */
    uint64_t at;
    uint64_t n; /* bytes that follow */
    uint64_t upto;
    char name[POWER_NAME];
};
