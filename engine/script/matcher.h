/*
 * Lua patterns with a budget of steps. Same language, same results, same errors as Lua's
 * own matcher; but every step is charged, so no pattern can outlive its call.
 */
#pragma once
#include "state.h"

enum {
    MATCH_CAPTURES = 32,
    MATCH_OPEN = -1,     /* length of a capture that is not closed */
    MATCH_POSITION = -2, /* length of a capture that is a position */
};

struct match {
    struct state *s;
    const char *subject;
    const char *subject_end;
    const char *pattern_end;
    int depth; /* levels of recursion left */
    int steps; /* done and not yet charged */
    int captures;
    struct {
        const char *from;
        ptrdiff_t n;
    } capture[MATCH_CAPTURES];
};

void script_match_init(struct match *m, struct state *s, str subject, str pattern);
/* Matches the pattern at `p` to the subject from `at` on, with no captures yet; the end
 * of the match, or NULL. Raises for a malformed pattern. */
const char *script_match_at(struct match *m, const char *at, const char *p);
/* Pushes capture `i`; the whole match from `at` to `end` is the capture when there is
 * none. */
void script_match_push(struct match *m, int i, const char *at, const char *end);
/* Pushes every capture; with `at` NULL none stands for the whole match. */
int script_match_push_all(struct match *m, const char *at, const char *end);
/* Adds capture `i` to the text. */
void script_match_add(struct match *m, int i, const char *at, const char *end);
