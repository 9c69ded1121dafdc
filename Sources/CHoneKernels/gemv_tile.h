#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gemv.h"

// The innermost loops for one instruction set. A tile is up to `rows` rows by one panel of 32 columns.
enum {
  HONE_MOST_TILE_ROWS = 12,
  HONE_DEPTH_BLOCK = 768,   // of k at a time, so that a block of rows stays in the second-level cache; even
  HONE_ROW_STEP = HONE_DEPTH_BLOCK + 3,   // rows must neither share cache sets nor miss at the same step
};

typedef struct {
  size_t tile_rows;
  int unsigned_rows;   // int8 rows are stored plus 128, and the sums must be corrected for it

  // a: rows of HONE_ROW_STEP floats. start: the first value of each sum, `start_step` apart (0: the same for all).
  void (*float32)(size_t rows, const float *a, const void *b, size_t depth, const float *start, size_t start_step,
                  float *out, size_t out_step);
  // The same with a as [depth][rows].
  void (*float32_by_depth)(size_t rows, const float *a, const void *b, size_t depth, const float *start,
                           size_t start_step, float *out, size_t out_step);
  void (*bfloat16)(size_t rows, const float *a, const void *b, size_t depth, const float *start,
                   size_t start_step, float *out, size_t out_step);
  // a: [groups of 4 of k][rows][4]; start: 32 sums to begin with; sums: [rows][32].
  void (*int8)(size_t rows, const int32_t *a, const int32_t *b, size_t groups, const int32_t *start, int32_t *sums);
  // The same with a and b in groups of 2 of k, 16 bits each.
  void (*int16)(size_t rows, const int32_t *a, const int32_t *b, size_t groups, const int32_t *start, int32_t *sums);
  // The largest size among depth values; NaN when one of them is not finite.
  float (*largest)(const float *x, size_t depth);
  // Each x · inverse as the nearest whole number, ties to even; the depth filled up to fours.
  void (*round_bytes)(const float *x, size_t depth, float inverse, int8_t *bytes);
  // Likewise as 16-bit numbers; the depth filled up to twos.
  void (*round_words)(const float *x, size_t depth, float inverse, int16_t *words);
  // out = sums · rowScale · scales + bias (bias may be NULL).
  void (*finish_row)(const int32_t *sums, float row_scale, const float *scales, const float *bias, size_t columns,
                     float *out);
} hone_tiles;

const hone_tiles *hone_tiles_portable(void);
const hone_tiles *hone_tiles_neon(void);
const hone_tiles *hone_tiles_avx2(void);
const hone_tiles *hone_tiles_avx512(void);
const hone_tiles *hone_tiles_avx512vnni(void);
