/* What the files of door share. */
#pragma once
#include "door/door.h"

/* limit.c: whether the actor may make one more request now. */
struct limiter;
struct limiter *limiter_open(void);
void limiter_close(struct limiter *limiter);
bool limiter_admits(struct limiter *limiter, str actor, int64_t now_ms);

/* words.c: what errors are called for who does not read English. */
struct words;
struct words *words_open(void);
void words_close(struct words *words);
/* Empty when the scope's viewer reads English, nobody looks, or the code has no words. */
str words_of(const struct words *words, const struct scope *scope, str code);
