/*
 * oracle: what a browser would make of bytes the engine wrote, told by code that shares
 * nothing with the engine's. Tests ask it whether anything got out.
 */
#pragma once
#include "base/base.h"

/* Reads `html` as strictly as the engine writes it: lower-case tags that close, quoted
 * attributes, references. True when it holds no script, no style, no event handler, no
 * address with a scheme that could run, and nothing left open. */
bool markup_is_tame(str html, char why[static 200]);

/* Reads `css` as CSS Syntax 3 does, strings and comments included. True when it is
 * balanced and every selector at the top of a rule begins with the class `name`. */
bool style_is_contained(str css, str name, char why[static 200]);

/* The text of HTML without tags: its references decoded into `out`, which has room for
 * `html.n` bytes. Bytes written. */
size_t markup_decode(str html, char *out);
