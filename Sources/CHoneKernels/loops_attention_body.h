// Attention of one head, compiled once for each instruction set.
//
// keys: past + rows    A tile is TILE_ROWS rows by two vectors, whose sums stay in registers.

typedef float HONE_NAME(vector) __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));

// c (m, n) = or += a (m, k) · b (k, n). a's element (i, j) stands at i · a_row + j · a_column; the n columns are two
// vectors, which begin at left and right in each row of b.
static inline __attribute__((always_inline)) void HONE_NAME(tile)(float *c, size_t c_stride, const float *a,
                                                                 size_t a_row, size_t a_column, const float *left,
                                                                 const float *right, size_t b_stride, size_t k,
                                                                 size_t m, int accumulate) {
  typedef HONE_NAME(vector) vector;
  vector sums[TILE_ROWS][2];
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < 2; j++)
      sums[i][j] = accumulate ? *(const vector *)(c + i * c_stride + j * VECTOR_FLOATS) : (vector){0};
  for (size_t p = 0; p < k; p++) {
    vector first = *(const vector *)(left + p * b_stride), second = *(const vector *)(right + p * b_stride);
    for (size_t i = 0; i < m; i++) {
      float factor = a[i * a_row + p * a_column];
      sums[i][0] += factor * first;
      sums[i][1] += factor * second;
    }
  }
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < 2; j++) *(vector *)(c + i * c_stride + j * VECTOR_FLOATS) = sums[i][j];
}

static void HONE_NAME(small_product)(float *c, size_t c_stride, const float *a, size_t a_row, size_t a_column,
                                     const float *b, size_t b_stride, size_t m, size_t k, size_t n, int accumulate) {
  for (size_t j = 0; j < n; j += 2 * VECTOR_FLOATS) {
    size_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS)
      HONE_NAME(tile)(c + i * c_stride + j, c_stride, a + i * a_row, a_row, a_column, b + j, b + j + VECTOR_FLOATS,
                      b_stride, k, TILE_ROWS, accumulate);
    for (; i < m; i++)
      HONE_NAME(tile)(c + i * c_stride + j, c_stride, a + i * a_row, a_row, a_column, b + j, b + j + VECTOR_FLOATS,
                      b_stride, k, 1, accumulate);
  }
}

// Rows of x, head_dim long and `stride` apart, as packed rows of `width` floats; the rest of each is zero.
static void HONE_NAME(pack_rows)(float *packed, const float *x, size_t stride, size_t rows, size_t head_dim,
                                 size_t width) {
  for (size_t row = 0; row < rows; row++) {
    memcpy(packed + row * width, x + row * stride, head_dim * sizeof(float));
    memset(packed + row * width + head_dim, 0, (width - head_dim) * sizeof(float));
  }
}

// The same as columns: packed (head_dim, width), where width ≥ rows and the rest is zero.
static void HONE_NAME(pack_columns)(float *packed, const float *x, size_t stride, size_t rows, size_t head_dim,
                                    size_t width) {
  for (size_t d = 0; d < head_dim; d++) memset(packed + d * width + rows, 0, (width - rows) * sizeof(float));
  for (size_t block = 0; block < rows; block += 16) {
    size_t end = block + 16 < rows ? block + 16 : rows;
    for (size_t d = 0; d < head_dim; d++)
      for (size_t row = block; row < end; row++) packed[d * width + row] = x[row * stride + d];
  }
}

// scores becomes exp(scale · (score − best) − shift) with zeros beyond the keys that the query may see; gives their
// sum. None is above 1, even where scores are so large that the rounding of their product with scale is.
static float HONE_NAME(exponentials)(float *restrict scores, size_t visible, size_t width, float scale, float best,
                                     float shift) {
  float sum = 0;
  {
    REORDER_SUMS
    for (size_t i = 0; i < visible; i++) {
      float power = (scores[i] - best) * scale - shift;
      float value = hone_exp(power > 0 ? 0 : power);
      scores[i] = value;
      sum += value;
    }
  }
  for (size_t i = visible; i < width; i++) scores[i] = 0;
  return sum;
}

static float HONE_NAME(largest)(const float *restrict scores, size_t count) {
  float lanes[32], best = -INFINITY;
  size_t i = 0;
  for (size_t lane = 0; lane < 32; lane++) lanes[lane] = -INFINITY;
  for (; i + 32 <= count; i += 32)
    for (size_t lane = 0; lane < 32; lane++)
      lanes[lane] = scores[i + lane] > lanes[lane] ? scores[i + lane] : lanes[lane];
  for (; i < count; i++) best = scores[i] > best ? scores[i] : best;
  for (size_t lane = 0; lane < 32; lane++) best = lanes[lane] > best ? lanes[lane] : best;
  return best;
}

// Scores become probabilities, with zeros beyond the keys that the query may see; gives the logarithm of their sum.
static float HONE_NAME(softmax)(float *scores, size_t visible, size_t width, float scale) {
  float best = HONE_NAME(largest)(scores, visible);
  float sum = HONE_NAME(exponentials)(scores, visible, width, scale, best, 0), inverse = 1.0f / sum;
  for (size_t j = 0; j < visible; j++) scores[j] *= inverse;
  return best * scale + logf(sum);
}

// Adds to the scores of a query against the keys from the first on what their distances give; a query's own is 0.
static void HONE_NAME(add_distances)(float *restrict scores, const float *restrict distances, size_t query,
                                     size_t visible) {
  for (size_t j = 0; j < visible; j++) scores[j] += (distances - query)[j];
}

static void HONE_NAME(attention)(float *out, size_t out_stride, float *log_sum_exp, size_t lse_stride,
                                 const hone_attention_head *h, float *scratch) {
  size_t keys = h->past + h->rows, d = h->head_dim;
  size_t width = hone_padded(keys), padded = hone_padded(d);
  float *columns = scratch, *values = columns + d * width, *scores = values + keys * padded;
  float *result = scores + ATTENTION_ROWS * width;
  float scale = 1.0f / sqrtf((float)d);
  HONE_NAME(pack_columns)(columns, h->k, h->kv_stride, keys, d, width);
  HONE_NAME(pack_rows)(values, h->v, h->kv_stride, keys, d, padded);
  for (size_t first = 0; first < h->rows; first += ATTENTION_ROWS) {
    size_t rows = h->rows - first < ATTENTION_ROWS ? h->rows - first : ATTENTION_ROWS;
    size_t seen = h->sees_all ? keys : h->past + first + rows, block = hone_padded(seen);
    HONE_NAME(small_product)(scores, width, h->q + first * h->q_stride, h->q_stride, 1, columns, width, rows, d, block,
                             0);
    for (size_t i = 0; i < rows; i++) {
      size_t query = h->past + first + i, visible = h->sees_all ? keys : query + 1;
      if (h->distances) HONE_NAME(add_distances)(scores + i * width, h->distances, query, visible);
      log_sum_exp[(first + i) * lse_stride] = HONE_NAME(softmax)(scores + i * width, visible, block, scale);
    }
    HONE_NAME(small_product)(result, padded, scores, width, 1, values, padded, rows, seen, padded, 0);
    for (size_t i = 0; i < rows; i++) memcpy(out + (first + i) * out_stride, result + i * padded, d * sizeof(float));
  }
}

static void HONE_NAME(attention_backward)(float *dq, float *dk, float *dv, size_t d_stride, float *d_distances,
                                          const float *d_out, const float *out, size_t out_stride,
                                          const float *log_sum_exp, size_t lse_stride, const hone_attention_head *h,
                                          float *scratch) {
  size_t rows = h->rows, d = h->head_dim, width = hone_padded(rows), padded = hone_padded(d);
  float scale = 1.0f / sqrtf((float)d);
  float *key_columns = scratch, *value_columns = key_columns + d * width, *key_rows = value_columns + d * width;
  float *scores = key_rows + width * padded, *slopes = scores + ATTENTION_ROWS * width;
  float *dk_rows = slopes + ATTENTION_ROWS * width, *dv_rows = dk_rows + width * padded;
  float *q_rows = dv_rows + width * padded, *d_out_rows = q_rows + ATTENTION_ROWS * padded;
  float *dq_rows = d_out_rows + ATTENTION_ROWS * padded;
  HONE_NAME(pack_columns)(key_columns, h->k, h->kv_stride, rows, d, width);
  HONE_NAME(pack_columns)(value_columns, h->v, h->kv_stride, rows, d, width);
  HONE_NAME(pack_rows)(key_rows, h->k, h->kv_stride, rows, d, padded);
  memset(dk_rows, 0, 2 * width * padded * sizeof(float));
  for (size_t first = 0; first < rows; first += ATTENTION_ROWS) {
    size_t count = rows - first < ATTENTION_ROWS ? rows - first : ATTENTION_ROWS;
    size_t seen = h->sees_all ? rows : first + count, block = hone_padded(seen);
    const float *block_d_out = d_out + first * out_stride;
    HONE_NAME(pack_rows)(q_rows, h->q + first * h->q_stride, h->q_stride, count, d, padded);
    HONE_NAME(pack_rows)(d_out_rows, block_d_out, out_stride, count, d, padded);
    HONE_NAME(small_product)(scores, width, q_rows, padded, 1, key_columns, width, count, d, block, 0);
    HONE_NAME(small_product)(slopes, width, d_out_rows, padded, 1, value_columns, width, count, d, block, 0);
    for (size_t i = 0; i < count; i++) {
      size_t visible = h->sees_all ? rows : first + i + 1;
      float *restrict line = scores + i * width, *restrict slope = slopes + i * width;
      const float *restrict o = out + (first + i) * out_stride, *restrict g = block_d_out + i * out_stride;
      float dot = 0;
      {
        REORDER_SUMS
        for (size_t j = 0; j < d; j++) dot += o[j] * g[j];
      }
      if (h->distances) HONE_NAME(add_distances)(line, h->distances, first + i, visible);
      HONE_NAME(exponentials)(line, visible, block, scale, 0, log_sum_exp[(first + i) * lse_stride]);
      for (size_t j = 0; j < block; j++) slope[j] = line[j] * (slope[j] - dot) * scale;
      if (d_distances)
        for (size_t j = 0; j < visible; j++) (d_distances - (first + i))[j] += slope[j];
    }
    HONE_NAME(small_product)(dv_rows, padded, scores, 1, width, d_out_rows, padded, seen, count, padded, 1);
    HONE_NAME(small_product)(dk_rows, padded, slopes, 1, width, q_rows, padded, seen, count, padded, 1);
    HONE_NAME(small_product)(dq_rows, padded, slopes, width, 1, key_rows, padded, count, seen, padded, 0);
    for (size_t i = 0; i < count; i++) memcpy(dq + (first + i) * d_stride, dq_rows + i * padded, d * sizeof(float));
  }
  for (size_t i = 0; i < rows; i++) {
    memcpy(dk + i * d_stride, dk_rows + i * padded, d * sizeof(float));
    memcpy(dv + i * d_stride, dv_rows + i * padded, d * sizeof(float));
  }
}

#include "loops_cached_body.h"
