/* conformance: where the sets lie, and their files. */
#pragma once
#include "base/base.h"

enum { CORPUS_SKIPPED = 77 };

/* A path in the folder of sets; in `arena`. */
const char *corpus_path(struct arena *arena, const char *format, ...) PRINTF(2, 3);
/* Says that a set is skipped because it is not there, and gives ctest's code for that. */
int corpus_skip(const char *set);
/* The whole file; p == NULL when there is none. */
str corpus_read(struct arena *arena, const char *path);
/* The names in a folder, sorted, without those that start with a dot; `*ret_n` is 0 when
 * there is no such folder. */
const char **corpus_list(struct arena *arena, const char *folder, size_t *ret_n);
