#pragma once

#include <stddef.h>
#include <stdint.h>

// Which instruction set the products and the loops use, chosen once: the best one the processor runs, or HONE_KERNELS.
// Where a loop has no form for a set, it takes the nearest smaller one: avx512 for avx512vnni, portable for neon.
typedef enum {
  HONE_KERNELS_PORTABLE,
  HONE_KERNELS_NEON,
  HONE_KERNELS_AVX2,
  HONE_KERNELS_AVX512,
  HONE_KERNELS_AVX512VNNI,
} hone_kernels;

hone_kernels hone_kernels_chosen(void);
const char *hone_kernels_name(void);

// 1 where the processor multiplies bfloat16 in hardware (AVX512-BF16 or AMX, and the system allows it).
int hone_fast_bfloat16(void);

// 1 where it does so in tiles (AMX), many times as fast as with vectors.
int hone_bfloat16_tiles(void);

// The processor's own name, cut to capacity; returns its length in bytes.
size_t hone_processor_name(char *name, size_t capacity);

// The value of an environment variable, or NULL.
const char *hone_environment(const char *name);
