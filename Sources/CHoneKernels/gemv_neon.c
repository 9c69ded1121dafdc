// Tiles of 3 rows by eight vectors of 4 floats; bytes by the dot product of four where the target has it.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "gemv_tile.h"

#define LANES 4
#define TILE_ROWS 3
#define HONE_PREFETCH 512
#define MULTIPLY_ADD(a, b, sum) ((floats)vfmaq_f32((float32x4_t)(sum), (float32x4_t)(a), (float32x4_t)(b)))
#if defined(__ARM_FEATURE_DOTPROD)
#define DOT4(sum, b, a) ((ints)vdotq_s32((int32x4_t)(sum), (int8x16_t)(b), (int8x16_t)(a)))
#else
#define BYTE(v, j) (((v) << (24 - 8 * (j))) >> 24)
#define DOT4(sum, b, a)                                                                                       \
  ((sum) + BYTE(b, 0) * BYTE(a, 0) + BYTE(b, 1) * BYTE(a, 1) + BYTE(b, 2) * BYTE(a, 2) + BYTE(b, 3) * BYTE(a, 3))
#endif
#define DOT4_UNSIGNED 0
#define DOT2(sum, b, a) ((sum) + (((b) << 16) >> 16) * (((a) << 16) >> 16) + ((b) >> 16) * ((a) >> 16))
#define TILES hone_tiles_neon
#include "gemv_tile_body.h"
#endif
