// The files of the model that is part of the program, as bytes.
#pragma once

#include <stddef.h>

enum {
  HONE_BUILT_IN_CONFIG,
  HONE_BUILT_IN_VOCABULARY,
  HONE_BUILT_IN_MERGES,
  HONE_BUILT_IN_WEIGHTS,
  HONE_BUILT_IN_INFO,
};

// The bytes of a file and their number; NULL where the program was built without it.
const void *hone_built_in(int file, size_t *size);
