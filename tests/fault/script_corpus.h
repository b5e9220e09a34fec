/*
 * The corpus of scripts in tests/corpus/script, and the page they are run for. For the
 * tests in this folder.
 */
#pragma once
#include "script/script.h"

enum { CORPUS_MOST = 1000 };

/* What a test runs scripts with. */
struct corpus {
    struct arena *arena;
    struct script_worker *worker;
    struct val context; /* packed */
    struct script_limits limits;
    char *bytes; /* of the context */
};

void corpus_open(struct corpus *c);
void corpus_close(struct corpus *c);
/* The paths of the .lua files in a folder of the corpus, sorted; they live until the
 * arena is reset. */
size_t corpus_list(struct corpus *c, const char *folder, const char **ret);
str corpus_read(struct corpus *c, const char *path);
/* The part behind the last slash. */
const char *corpus_name(const char *path);
/* The limits of a render, with a deadline that a busy machine does not miss. */
struct script_limits corpus_patient(void);
/* Compiles and calls load; "ok", or the error's code without "script.". */
str corpus_run(struct corpus *c, str source, const char *name, enum script_trust trust,
               struct val *ret, struct err *err);
/* Fails the test unless an innocent script still gives the right answer. */
void corpus_canary(struct corpus *c, const char *after, enum script_trust trust);
