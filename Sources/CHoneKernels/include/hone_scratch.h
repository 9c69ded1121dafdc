#pragma once

#include <stddef.h>

// What a block of scratch memory is for. A running product owns the left and the right of the thread that called it; a
// piece of it owns the first two on the thread that runs it.
typedef enum {
  HONE_SCRATCH_PIECE,
  HONE_SCRATCH_PIECE_OUT,
  HONE_SCRATCH_LEFT,
  HONE_SCRATCH_RIGHT,
  HONE_SCRATCH_USES,
} hone_scratch_use;

// Memory of this thread: at least `bytes`, aligned to pages, kept for the next call and freed when the thread ends. The
// content does not survive the next call for the same use on the same thread.
void *hone_scratch(hone_scratch_use use, size_t bytes);
