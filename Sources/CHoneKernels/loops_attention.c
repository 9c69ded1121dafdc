// Attention, one head of one sequence at a time, forward and backward. Scores of a few queries against all
// keys stay in the cache nearest to the core; probabilities are computed again in the backward pass.
#include <stddef.h>

// Queries whose scores exist at a time.
#define ATTENTION_ROWS 32
// The widest tile is two vectors of 16 floats.
static inline size_t hone_padded(size_t count) { return (count + 31) / 32 * 32; }
// Rows of a cache whose keys lie side by side.
#define CACHE_BLOCK HONE_CACHE_BLOCK
// Vectors whose sums a single row keeps in registers.
#define ROW_VECTORS 8

// The columns of a matrix: `columns` of them side by side in each block, the last block number `last`.
typedef struct {
  const float *start;
  size_t columns, last, block_stride, row_stride;
} hone_blocks;

#include "hone_loops.h"

#define HONE_BODY "loops_attention_body.h"
#include "hone_variants.h"

size_t hone_attention_scratch(size_t keys, size_t head_dim) {
  size_t width = hone_padded(keys), padded = hone_padded(head_dim);
  return 2 * head_dim * width + 3 * width * padded + 2 * ATTENTION_ROWS * width + 3 * ATTENTION_ROWS * padded;
}

void hone_attention(float *out, size_t out_stride, float *log_sum_exp, size_t lse_stride, hone_attention_head head,
                    float *scratch) {
  HONE_CHOOSE(attention, out, out_stride, log_sum_exp, lse_stride, &head, scratch)
}

void hone_attention_backward(float *dq, float *dk, float *dv, size_t d_stride, float *d_distances, const float *d_out,
                             const float *out, size_t out_stride, const float *log_sum_exp, size_t lse_stride,
                             hone_attention_head head, float *scratch) {
  HONE_CHOOSE(attention_backward, dq, dk, dv, d_stride, d_distances, d_out, out, out_stride, log_sum_exp, lse_stride,
              &head, scratch)
}

size_t hone_attention_cached_scratch(size_t rows, size_t keys, size_t head_dim) {
  size_t width = hone_padded(keys), padded = hone_padded(head_dim), most = rows < ATTENTION_ROWS ? rows : ATTENTION_ROWS;
  return most * (width + padded) + (head_dim == padded ? 0 : keys * padded);
}

void hone_attention_cached(float *out, size_t out_stride, hone_cached_head head, float *scratch) {
  HONE_CHOOSE(attention_cached, out, out_stride, &head, scratch)
}
