/* Tokens of JSON pointers, shared by reading and patching. */
#pragma once
#include "doc/doc.h"

/* The token with ~1 and ~0 undone; shares the bytes when there is nothing to undo. `room`
 * holds the result otherwise and must be as long as the token. */
str pointer_plain(str token, char *room);
/* A place in a list: digits without a leading zero. */
bool pointer_index(str token, size_t *ret);
