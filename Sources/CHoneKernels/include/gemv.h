#pragma once

#include <stddef.h>
#include <stdint.h>

// Products with a packed right side: out (rows, columns) = x (rows, depth) · w (depth, columns) + bias.
//
// The packed form is the same for every instruction set: panels of 32 columns, each panel whole along the depth.
//
//   float32   [panel][k]     [32 columns]          float
//   bfloat16  [panel][k / 2] [32 columns][2 of k]  upper halves of floats; the depth is filled up to 32s with zeros
//   int8      [panel][k / 4] [32 columns][4 of k]  -127 ... 127; the depth is filled up to 4s with zeros
//   int16     [panel][k / 2] [32 columns][2 of k]  -hone_int16_limit ... +; the depth is filled up to 2s with zeros
//
// Each value of float32 and bfloat16 products is one chain of multiply-adds along the depth, in order, that starts at
// the bias (or at the old value); int8 and int16 sums are exact. So a row does not depend on how many others come with it, nor
// on the number of threads.
enum { HONE_PANEL = 32 };

// Bytes of the packed form; 0 when the sizes overflow.
size_t hone_packed_bytes_float32(size_t depth, size_t columns);
size_t hone_packed_bytes_bfloat16(size_t depth, size_t columns);
size_t hone_packed_bytes_int8(size_t depth, size_t columns);
size_t hone_packed_bytes_int16(size_t depth, size_t columns);

// The largest number that 16-bit products of this depth may hold, so that no sum of them overflows 32 bits.
int32_t hone_int16_limit(size_t depth);

// A matrix in memory: element (i, j) is at i * step + j, or at j * step + i when transposed.
typedef struct {
  const float *values;
  size_t step;
  int transposed;
} hone_matrix;

void hone_pack_float32(void *packed, hone_matrix w, size_t depth, size_t columns);
void hone_pack_bfloat16(void *packed, hone_matrix w, size_t depth, size_t columns);
// scales: one per column, rounded up to whole panels; sums: of the packed numbers of each column, likewise.
void hone_pack_int8(void *packed, float *scales, int32_t *sums, hone_matrix w, size_t depth, size_t columns);
// scales: one per column, rounded up to whole panels.
void hone_pack_int16(void *packed, float *scales, hone_matrix w, size_t depth, size_t columns);

typedef struct {
  float *out;
  size_t out_step;
  hone_matrix x;
  const void *packed;
  const float *bias;   // columns values or NULL
  int accumulate;      // adds to out instead of starting at the bias
  int round_x;         // bfloat16 alone: x is rounded too, as the matrix library does
  size_t rows, depth, columns;
  const float *scales;   // int8 and int16
  const int32_t *sums;   // int8 alone
} hone_product;

void hone_product_float32(const hone_product *product);
// Packs `right` (depth, columns) for this one product.
void hone_product_unpacked(const hone_product *product, hone_matrix right);
void hone_product_bfloat16(const hone_product *product);
void hone_product_int8(const hone_product *product);   // x not transposed, no accumulate
void hone_product_int16(const hone_product *product);   // likewise

// sums[c] += x[row][c] over all rows, from the first to the last, for columns [first, last).
void hone_add_rows(float *sums, const float *x, size_t rows, size_t columns, size_t first, size_t last);
