#pragma once

#include <stddef.h>

// One piece of a divided job; `index` runs from 0 to count - 1.
typedef void (*hone_task)(void *context, size_t index);

// Threads that share each job, the caller's own included. 0 restores one per processor this process may use.
// Takes effect only before the first call of hone_parallel.
void hone_set_thread_count(int count);
int hone_thread_count(void);

// Runs task(context, 0 ..< count) on the pool and returns when all have ended. Which thread runs which piece is
// not fixed, so a piece must not depend on another. A call from inside a piece runs on that thread alone.
void hone_parallel(size_t count, hone_task task, void *context);
