// Compiles the file named by HONE_BODY once for each instruction set. Inside the body HONE_NAME(f) is the name of
// this set's f, HONE_SET the set's own name and VECTOR_FLOATS the width of its vectors. Include without a guard, once a
// .c file.
#include "hone_kernels.h"
#include "hone_loops_common.h"

#define HONE_NAME(name) name##_portable
#define HONE_SET "portable"
#define VECTOR_FLOATS 4
#define TILE_ROWS 4
#include HONE_BODY
#undef HONE_NAME
#undef HONE_SET
#undef VECTOR_FLOATS
#undef TILE_ROWS

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define HONE_NAME(name) name##_avx2
#define HONE_SET "avx2"
#define VECTOR_FLOATS 8
#define TILE_ROWS 6
#include HONE_BODY
#undef HONE_NAME
#undef HONE_SET
#undef VECTOR_FLOATS
#undef TILE_ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define HONE_NAME(name) name##_avx512
#define HONE_SET "avx512"
#define VECTOR_FLOATS 16
#define TILE_ROWS 8
#include HONE_BODY
#undef HONE_NAME
#undef HONE_SET
#undef VECTOR_FLOATS
#undef TILE_ROWS
#pragma clang attribute pop

// The dot products of bytes that avx512vnni adds serve products alone.
#define HONE_CHOOSE(name, ...)                                 \
  switch (hone_kernels_chosen()) {                             \
  case HONE_KERNELS_AVX512VNNI:                                \
  case HONE_KERNELS_AVX512: name##_avx512(__VA_ARGS__); break; \
  case HONE_KERNELS_AVX2: name##_avx2(__VA_ARGS__); break;     \
  default: name##_portable(__VA_ARGS__); break;                \
  }
#else
// On 64-bit Arm the portable body is NEON code already.
#define HONE_CHOOSE(name, ...) name##_portable(__VA_ARGS__);
#endif
