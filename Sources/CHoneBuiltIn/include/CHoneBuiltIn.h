// The files of the models that are part of the program, as bytes.
#pragma once

#include <stddef.h>

enum {
  HONE_BUILT_IN_CONFIG,
  HONE_BUILT_IN_VOCABULARY,
  HONE_BUILT_IN_MERGES,
  HONE_BUILT_IN_WEIGHTS,
  HONE_BUILT_IN_INFO,
  HONE_BUILT_IN_STATIC_VOCABULARY,
  HONE_BUILT_IN_STATIC_WEIGHTS,
  HONE_BUILT_IN_STATIC_INFO,
};

// The bytes of a file and their number; NULL where the program was built without it.
const void *hone_built_in(int file, size_t *size);
