// Attention of new rows to a cache, one head of one sequence, compiled once for each instruction set.
//
// Keys lie in blocks of CACHE_BLOCK rows, each block (head_dim, CACHE_BLOCK), so that a vector holds one dimension of
// several keys; values lie as rows. Nothing is packed, and every sum is taken in the order of the uncached form: an
// answer does not depend on how many rows come at a time.

// c = a (k) · b (k, count vectors): each vector of b's columns begins at its own place.
static inline __attribute__((always_inline)) void HONE_NAME(row)(float *c, const float *a, const float *const *columns,
                                                                size_t b_stride, size_t k, size_t count) {
  typedef HONE_NAME(vector) vector;
  vector sums[ROW_VECTORS];
  for (size_t j = 0; j < count; j++) sums[j] = (vector){0};
  for (size_t p = 0; p < k; p++) {
    float factor = a[p];
    for (size_t j = 0; j < count; j++) sums[j] += factor * *(const vector *)(columns[j] + p * b_stride);
  }
  for (size_t j = 0; j < count; j++) *(vector *)(c + j * VECTOR_FLOATS) = sums[j];
}

// Where column j of b begins. What stands beyond the last block is never looked at: the last block stands for it.
static inline const float *HONE_NAME(column)(const hone_blocks *b, size_t j) {
  size_t block = j / b->columns;
  return b->start + (block < b->last ? block : b->last) * b->block_stride + j % b->columns;
}

// c (m, n) = a (m, k) · b (k, n); n divides by 2 vectors. A single row takes many vectors at a time, since each sum has
// to wait for the one before.
static void HONE_NAME(block_product)(float *c, size_t c_stride, const float *a, size_t a_row, const hone_blocks *b,
                                     size_t m, size_t k, size_t n) {
  const float *columns[ROW_VECTORS];
  size_t i = 0;
  for (; i + TILE_ROWS <= m; i += TILE_ROWS)
    for (size_t j = 0; j < n; j += 2 * VECTOR_FLOATS)
      HONE_NAME(tile)(c + i * c_stride + j, c_stride, a + i * a_row, a_row, 1, HONE_NAME(column)(b, j),
                      HONE_NAME(column)(b, j + VECTOR_FLOATS), b->row_stride, k, TILE_ROWS, 0);
  for (; i < m; i++) {
    for (size_t j = 0, count; j < n; j += count * VECTOR_FLOATS) {
      size_t left = (n - j) / VECTOR_FLOATS;
      count = left >= ROW_VECTORS ? ROW_VECTORS : left >= 4 ? 4 : 2;
      for (size_t v = 0; v < count; v++) columns[v] = HONE_NAME(column)(b, j + v * VECTOR_FLOATS);
      float *place = c + i * c_stride + j;
      const float *factors = a + i * a_row;
      if (count == ROW_VECTORS)
        HONE_NAME(row)(place, factors, columns, b->row_stride, k, ROW_VECTORS);
      else if (count == 4)
        HONE_NAME(row)(place, factors, columns, b->row_stride, k, 4);
      else
        HONE_NAME(row)(place, factors, columns, b->row_stride, k, 2);
    }
  }
}

// Puts the head's new rows into the cache.
static void HONE_NAME(append)(const hone_cached_head *h) {
  size_t d = h->head_dim;
  for (size_t row = 0; row < h->rows; row++)
    memcpy(h->values + (h->past + row) * h->value_stride, h->v + row * h->stride, d * sizeof(float));
  for (size_t row = 0, count; row < h->rows; row += count) {
    size_t place = (h->past + row) % CACHE_BLOCK, room = CACHE_BLOCK - place;
    count = h->rows - row < room ? h->rows - row : room;
    float *block = h->keys + (h->past + row) / CACHE_BLOCK * h->block_stride + place;
    const float *k = h->k + row * h->stride;
    for (size_t i = 0; i < d; i++)
      for (size_t j = 0; j < count; j++) block[i * CACHE_BLOCK + j] = k[j * h->stride + i];
  }
}

static void HONE_NAME(attention_cached)(float *out, size_t out_stride, const hone_cached_head *h, float *scratch) {
  HONE_NAME(append)(h);
  size_t keys = h->past + h->rows, d = h->head_dim, width = hone_padded(keys), padded = hone_padded(d);
  size_t most = h->rows < ATTENTION_ROWS ? h->rows : ATTENTION_ROWS;
  float *scores = scratch, *result = scores + most * width, *packed = result + most * padded;
  float scale = 1.0f / sqrtf((float)d);
  hone_blocks values = {h->values, padded, 0, 0, h->value_stride};
  if (d != padded) {
    HONE_NAME(pack_rows)(packed, h->values, h->value_stride, keys, d, padded);
    values = (hone_blocks){packed, padded, 0, 0, padded};
  }
  for (size_t first = 0; first < h->rows; first += most) {
    size_t rows = h->rows - first < most ? h->rows - first : most, seen = h->past + first + rows;
    hone_blocks columns = {h->keys, CACHE_BLOCK, (seen - 1) / CACHE_BLOCK, h->block_stride, CACHE_BLOCK};
    HONE_NAME(block_product)(scores, width, h->q + first * h->stride, h->stride, &columns, rows, d, hone_padded(seen));
    for (size_t i = 0; i < rows; i++)
      HONE_NAME(softmax)(scores + i * width, h->past + first + i + 1, hone_padded(seen), scale);
    HONE_NAME(block_product)(result, padded, scores, width, &values, rows, seen, padded);
    for (size_t i = 0; i < rows; i++) memcpy(out + (first + i) * out_stride, result + i * padded, d * sizeof(float));
  }
}
