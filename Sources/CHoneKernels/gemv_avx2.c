// Tiles of 3 rows by four vectors of 8 floats; bytes by multiplying pairs of 16-bit numbers.
#if defined(__x86_64__)
#include <immintrin.h>

#include "gemv_tile.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

static inline __attribute__((always_inline)) __m256i dot4(__m256i sum, __m256i b, __m256i a) {
  __m256i low = _mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8),
                                  _mm256_srai_epi16(_mm256_slli_epi16(a, 8), 8));
  __m256i high = _mm256_madd_epi16(_mm256_srai_epi16(b, 8), _mm256_srai_epi16(a, 8));
  return _mm256_add_epi32(sum, _mm256_add_epi32(low, high));
}

#define LANES 8
#define TILE_ROWS 3
#define HONE_PREFETCH 512
#define MULTIPLY_ADD(a, b, sum) ((floats)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(sum)))
#define DOT4(sum, b, a) ((ints)dot4((__m256i)(sum), (__m256i)(b), (__m256i)(a)))
#define DOT4_UNSIGNED 0
#define DOT2(sum, b, a) \
  ((ints)_mm256_add_epi32((__m256i)(sum), _mm256_madd_epi16((__m256i)(a), (__m256i)(b))))
#define TILES hone_tiles_avx2
#include "gemv_tile_body.h"

#pragma clang attribute pop
#endif
