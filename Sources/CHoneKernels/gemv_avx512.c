// Tiles of 12 rows by two vectors of 16 floats; bytes by multiplying pairs of 16-bit numbers.
#if defined(__x86_64__)
#include <immintrin.h>

#include "gemv_tile.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx2"))), apply_to = function)

static inline __attribute__((always_inline)) __m512i dot4(__m512i sum, __m512i b, __m512i a) {
  __m512i low = _mm512_madd_epi16(_mm512_srai_epi16(_mm512_slli_epi16(b, 8), 8),
                                  _mm512_srai_epi16(_mm512_slli_epi16(a, 8), 8));
  __m512i high = _mm512_madd_epi16(_mm512_srai_epi16(b, 8), _mm512_srai_epi16(a, 8));
  return _mm512_add_epi32(sum, _mm512_add_epi32(low, high));
}

#define LANES 16
#define TILE_ROWS 12
#define HONE_PREFETCH 512
#define MULTIPLY_ADD(a, b, sum) ((floats)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(sum)))
#define DOT4(sum, b, a) ((ints)dot4((__m512i)(sum), (__m512i)(b), (__m512i)(a)))
#define DOT4_UNSIGNED 0
#define DOT2(sum, b, a) \
  ((ints)_mm512_add_epi32((__m512i)(sum), _mm512_madd_epi16((__m512i)(a), (__m512i)(b))))
#define TILES hone_tiles_avx512
#include "gemv_tile_body.h"

#pragma clang attribute pop
#endif
