#pragma once

#include <stddef.h>

// Memory of this thread for one piece of work: at least `bytes`, aligned for vectors, kept for the next call and freed
// when the thread ends. The content does not survive the next call on the same thread.
void *hone_scratch(size_t bytes);
