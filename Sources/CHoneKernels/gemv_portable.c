// Tiles for any processor: rounds after each multiplication, uses nothing beyond the compiler's own vectors.
#include "gemv_tile.h"

#pragma clang fp contract(off)

#define LANES 4
#define TILE_ROWS 1
#define HONE_PREFETCH 256
#define MULTIPLY_ADD(a, b, sum) ((sum) + (a) * (b))
#define BYTE(v, j) (((v) << (24 - 8 * (j))) >> 24)
#define DOT4(sum, b, a)                                                                                       \
  ((sum) + BYTE(b, 0) * BYTE(a, 0) + BYTE(b, 1) * BYTE(a, 1) + BYTE(b, 2) * BYTE(a, 2) + BYTE(b, 3) * BYTE(a, 3))
#define DOT4_UNSIGNED 0
#define DOT2(sum, b, a) ((sum) + (((b) << 16) >> 16) * (((a) << 16) >> 16) + ((b) >> 16) * ((a) >> 16))
#define TILES hone_tiles_portable
#include "gemv_tile_body.h"
