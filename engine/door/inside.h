/* What the files of door share. */
#pragma once
#include "door/door.h"

/* limit.c: whether the actor may make one more request now. */
struct limiter;
struct limiter *limiter_open(void);
void limiter_close(struct limiter *limiter);
bool limiter_admits(struct limiter *limiter, str actor, int64_t now_ms);
