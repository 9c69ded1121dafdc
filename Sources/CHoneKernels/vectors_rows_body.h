// How near rows are to a query, compiled once for each instruction set, with the compiler's vectors.

#define FLOATS HONE_NAME(row_floats)
#define WORDS HONE_NAME(row_words)
#define HALVES HONE_NAME(row_halves)
#define BYTES HONE_NAME(row_bytes)
#define ROW_INLINE static inline __attribute__((always_inline))

typedef float FLOATS __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(1)));
typedef int32_t WORDS __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(1)));
typedef uint16_t HALVES __attribute__((vector_size(2 * VECTOR_FLOATS), aligned(1)));
typedef int8_t BYTES __attribute__((vector_size(VECTOR_FLOATS), aligned(1)));

// The numbers of one vector from number i on of a row in any encoding; bytes times their scale.
ROW_INLINE FLOATS HONE_NAME(row_load)(const void *row, size_t i, hone_row_encoding encoding, float scale) {
  if (encoding == HONE_ROWS_FLOAT32) return *(const FLOATS *)((const float *)row + i);
  if (encoding == HONE_ROWS_BFLOAT16) {
    HALVES halves = *(const HALVES *)((const uint16_t *)row + i);
    return (FLOATS)(__builtin_convertvector(halves, WORDS) << 16);
  }
  BYTES bytes = *(const BYTES *)((const int8_t *)row + i);
  return __builtin_convertvector(__builtin_convertvector(bytes, WORDS), FLOATS) * scale;
}

ROW_INLINE float HONE_NAME(row_number)(const void *row, size_t i, hone_row_encoding encoding, float scale) {
  if (encoding == HONE_ROWS_INT8) return (float)((const int8_t *)row)[i] * scale;
  float value;
  uint32_t bits;
  if (encoding == HONE_ROWS_FLOAT32) memcpy(&bits, (const float *)row + i, 4);
  else {
    uint16_t half;
    memcpy(&half, (const uint16_t *)row + i, 2);
    bits = (uint32_t)half << 16;
  }
  memcpy(&value, &bits, 4);
  return value;
}

// Four sums side by side hide the time of one multiply-add; the order of additions is fixed.
ROW_INLINE float HONE_NAME(row_product)(const float *query, const void *row, size_t dimensions,
                                        hone_row_encoding encoding, float scale, int squared) {
  _Pragma("clang fp contract(fast)")
  FLOATS sums[4] = {{0}, {0}, {0}, {0}};
  size_t i = 0;
  for (; i + 4 * VECTOR_FLOATS <= dimensions; i += 4 * VECTOR_FLOATS)
    _Pragma("clang loop unroll(full)") for (size_t part = 0; part < 4; part++) {
      FLOATS a = *(const FLOATS *)(query + i + part * VECTOR_FLOATS);
      FLOATS b = HONE_NAME(row_load)(row, i + part * VECTOR_FLOATS, encoding, scale);
      if (squared) sums[part] += (a - b) * (a - b);
      else sums[part] += a * b;
    }
  for (; i + VECTOR_FLOATS <= dimensions; i += VECTOR_FLOATS) {
    FLOATS a = *(const FLOATS *)(query + i), b = HONE_NAME(row_load)(row, i, encoding, scale);
    if (squared) sums[0] += (a - b) * (a - b);
    else sums[0] += a * b;
  }
  FLOATS all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float half[VECTOR_FLOATS];
  memcpy(half, &all, sizeof half);
  _Pragma("clang loop unroll(full)") for (size_t width = VECTOR_FLOATS / 2; width > 0; width /= 2)
    for (size_t lane = 0; lane < width; lane++) half[lane] += half[lane + width];
  float sum = half[0];
  for (; i < dimensions; i++) {
    float a = query[i], b = HONE_NAME(row_number)(row, i, encoding, scale);
    if (squared) sum += (a - b) * (a - b);
    else sum += a * b;
  }
  return sum;
}

ROW_INLINE void HONE_NAME(row_products_of)(float *out, const float *query, const hone_rows *rows,
                                           const uint32_t *places, size_t first, size_t count,
                                           hone_row_encoding encoding, int squared) {
  enum { AHEAD = 6 };
  size_t bytes = rows->dimensions * (encoding == HONE_ROWS_FLOAT32 ? 4 : encoding == HONE_ROWS_BFLOAT16 ? 2 : 1);
  const char *values = rows->values;
  for (size_t i = 0; i < count; i++) {
    if (i + AHEAD < count) {
      size_t next = places ? places[first + i + AHEAD] : first + i + AHEAD;
      for (size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(values + next * bytes + byte);
    }
    size_t place = places ? places[first + i] : first + i;
    float scale = encoding == HONE_ROWS_INT8 ? rows->scales[place] : 1;
    out[i] = HONE_NAME(row_product)(query, values + place * bytes, rows->dimensions, encoding, scale, squared);
  }
}

static void HONE_NAME(row_products)(float *out, const float *query, const hone_rows *rows, const uint32_t *places,
                                    size_t first, size_t count, int squared) {
#define ROWS_OF(encoding)                                                                           \
  if (squared) HONE_NAME(row_products_of)(out, query, rows, places, first, count, encoding, 1);     \
  else HONE_NAME(row_products_of)(out, query, rows, places, first, count, encoding, 0);
  switch (rows->encoding) {
  case HONE_ROWS_FLOAT32: ROWS_OF(HONE_ROWS_FLOAT32) break;
  case HONE_ROWS_BFLOAT16: ROWS_OF(HONE_ROWS_BFLOAT16) break;
  default: ROWS_OF(HONE_ROWS_INT8) break;
  }
#undef ROWS_OF
}

static void HONE_NAME(byte_products)(int32_t *out, const int16_t *query, const int8_t *rows, size_t dimensions,
                                     size_t first, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const int8_t *row = rows + (first + i) * dimensions;
    __builtin_prefetch(row + 4096);
    for (size_t byte = 64; byte < dimensions; byte += 64) __builtin_prefetch(row + 4096 + byte);
    int32_t sum = 0;
    for (size_t d = 0; d < dimensions; d++) sum += (int32_t)query[d] * row[d];
    out[i] = sum;
  }
}

static void HONE_NAME(decode_rows)(float *out, const hone_rows *rows, size_t first, size_t count) {
  size_t dimensions = rows->dimensions;
  for (size_t r = 0; r < count; r++) {
    float *restrict to = out + r * dimensions;
    size_t start = (first + r) * dimensions;
    if (rows->encoding == HONE_ROWS_FLOAT32) {
      memcpy(to, (const char *)rows->values + 4 * start, 4 * dimensions);
    } else if (rows->encoding == HONE_ROWS_BFLOAT16) {
      for (size_t d = 0; d < dimensions; d++)
        to[d] = HONE_NAME(row_number)((const char *)rows->values + 2 * start, d, HONE_ROWS_BFLOAT16, 1);
    } else {
      float scale = rows->scales[first + r];
      const int8_t *from = (const int8_t *)rows->values + start;
      for (size_t d = 0; d < dimensions; d++) to[d] = (float)from[d] * scale;
    }
  }
}

static void HONE_NAME(largest_columns)(uint32_t *out, const float *x, const float *bias, size_t rows,
                                       size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns) {
    FLOATS best;
    WORDS where = {0}, at;
    for (size_t lane = 0; lane < VECTOR_FLOATS; lane++) {
      best[lane] = -__builtin_inff();
      at[lane] = (int32_t)lane;
    }
    size_t c = 0;
    for (; c + VECTOR_FLOATS <= columns; c += VECTOR_FLOATS) {
      FLOATS value = *(const FLOATS *)(x + c);
      if (bias) value += *(const FLOATS *)(bias + c);
      WORDS larger = value > best;
      best = (FLOATS)((larger & (WORDS)value) | (~larger & (WORDS)best));
      where = (larger & at) | (~larger & where);
      at += VECTOR_FLOATS;
    }
    float most = -__builtin_inff();
    uint32_t column = 0;
    for (size_t lane = 0; lane < VECTOR_FLOATS; lane++)
      if (best[lane] > most || (best[lane] == most && (uint32_t)where[lane] < column)) {
        most = best[lane];
        column = (uint32_t)where[lane];
      }
    for (; c < columns; c++) {
      float value = x[c] + (bias ? bias[c] : 0);
      if (value > most) {
        most = value;
        column = (uint32_t)c;
      }
    }
    out[r] = column;
  }
}

static void HONE_NAME(word_products)(float *restrict tables, const float *restrict query, const float *restrict words,
                                     const uint8_t *widths, size_t groups) {
  _Pragma("clang fp contract(fast)")
  for (size_t g = 0; g < groups; g++, tables += HONE_CODE_WORDS) {
    float sums[HONE_CODE_WORDS] = {0};
    for (size_t i = 0; i < widths[g]; i++, query++, words += HONE_CODE_WORDS)
      for (size_t w = 0; w < HONE_CODE_WORDS; w++) sums[w] += *query * words[w];
    memcpy(tables, sums, sizeof sums);
  }
}

// Every group's entries minus the smallest of them, in units of which the widest group has `most`.
static void HONE_NAME(byte_tables)(uint8_t *restrict entries, float *step, float *base, const float *restrict products,
                                   size_t groups, uint8_t most_units) {
  float widest = 0, sum = 0;
  for (size_t g = 0; g < groups; g++) {
    const float *row = products + g * HONE_CODE_WORDS;
    float least = row[0], most = row[0];
    for (size_t w = 1; w < HONE_CODE_WORDS; w++) {
      least = row[w] < least ? row[w] : least;
      most = row[w] > most ? row[w] : most;
    }
    widest = most - least > widest ? most - least : widest;
    sum += least;
  }
  float inverse = widest > 1e-30f ? (float)most_units / widest : 0;
  for (size_t g = 0; g < groups; g++) {
    const float *row = products + g * HONE_CODE_WORDS;
    float least = row[0];
    for (size_t w = 1; w < HONE_CODE_WORDS; w++) least = row[w] < least ? row[w] : least;
    for (size_t w = 0; w < HONE_CODE_WORDS; w++)
      entries[g * HONE_CODE_WORDS + w] = (uint8_t)(int32_t)((row[w] - least) * inverse + 0.5f);
  }
  *step = widest > 1e-30f ? widest / (float)most_units : 1;
  *base = sum;
}

static void HONE_NAME(nearest_words)(uint8_t *codes, const float *x, size_t step, const float *words,
                                     const float *halves, const uint8_t *widths, size_t rows, size_t groups) {
  _Pragma("clang fp contract(fast)")
  for (size_t r = 0; r < rows; r++, x += step) {
    const float *own = x, *word = words, *half = halves;
    for (size_t g = 0; g < groups; g++, half += HONE_CODE_WORDS) {
      float sums[HONE_CODE_WORDS];
      for (size_t w = 0; w < HONE_CODE_WORDS; w++) sums[w] = -half[w];
      for (size_t i = 0; i < widths[g]; i++, own++, word += HONE_CODE_WORDS)
        for (size_t w = 0; w < HONE_CODE_WORDS; w++) sums[w] += *own * word[w];
      float most = sums[0];
      for (size_t w = 1; w < HONE_CODE_WORDS; w++) most = sums[w] > most ? sums[w] : most;
      uint32_t best = HONE_CODE_WORDS - 1;
      for (uint32_t w = HONE_CODE_WORDS - 1; w-- > 0;) best = sums[w] == most ? w : best;
      *codes++ = (uint8_t)best;
    }
  }
}

#undef FLOATS
#undef WORDS
#undef HALVES
#undef BYTES
#undef ROW_INLINE
