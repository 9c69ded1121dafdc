// Tiles of 12 rows by two vectors of 16 floats; bytes by the processor's own dot product of four.
#if defined(__x86_64__)
#include <immintrin.h>

#include "gemv_tile.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,avx2"))), \
                             apply_to = function)

#define LANES 16
#define TILE_ROWS 12
#define HONE_PREFETCH 512
#define MULTIPLY_ADD(a, b, sum) ((floats)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(sum)))
#define DOT4(sum, b, a) ((ints)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(a), (__m512i)(b)))
#define DOT4_UNSIGNED 1
#define DOT2(sum, b, a) ((ints)_mm512_dpwssd_epi32((__m512i)(sum), (__m512i)(a), (__m512i)(b)))
#define TILES hone_tiles_avx512vnni
#include "gemv_tile_body.h"

#pragma clang attribute pop
#endif
