// The tiles, written once with the compiler's vectors and included by one file per instruction set, which defines:
//   LANES                      floats in a vector
//   TILE_ROWS                  rows whose sums fit the registers
//   MULTIPLY_ADD(a, b, sum)    on vectors of floats
//   DOT4(sum, b, a)            adds four products of bytes per lane (b signed; a as DOT4_UNSIGNED says)
//   DOT2(sum, b, a)            adds two products of 16-bit numbers per lane
//   DOT4_UNSIGNED              1: bytes of a are stored plus 128
//   TILES                      name of the function that gives the table
// No include guard: one file may include it twice under other definitions.
#include <math.h>
#include <string.h>

#define PARTS (HONE_PANEL / LANES)
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ALWAYS static inline __attribute__((always_inline))

typedef float floats __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t ints __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint32_t words __attribute__((vector_size(4 * LANES), aligned(4)));

ALWAYS void load_start(floats sums[TILE_ROWS][PARTS], size_t rows, const float *start, size_t step) {
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (size_t p = 0; p < PARTS; p++) sums[r][p] = *(const floats *)(start + r * step + p * LANES);
}

ALWAYS void store(floats sums[TILE_ROWS][PARTS], size_t rows, float *out, size_t step) {
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (size_t p = 0; p < PARTS; p++) *(floats *)(out + r * step + p * LANES) = sums[r][p];
}

// One step along the depth: sums[r] += a[r] · b.
ALWAYS void step(floats sums[TILE_ROWS][PARTS], size_t rows, const float *a, size_t row_step, const floats b[PARTS]) {
  UNROLLED for (size_t r = 0; r < rows; r++) {
    floats value = a[r * row_step] - (floats){0};
    UNROLLED for (size_t p = 0; p < PARTS; p++) sums[r][p] = MULTIPLY_ADD(value, b[p], sums[r][p]);
  }
}

ALWAYS void float32_tile(size_t rows, const float *a, size_t row_step, size_t depth_step, const float *b, size_t depth,
                         const float *start, size_t start_step, float *out, size_t out_step) {
  floats sums[TILE_ROWS][PARTS];
  load_start(sums, rows, start, start_step);
  for (size_t k = 0; k < depth; k++) {
    floats columns[PARTS];
    UNROLLED for (size_t p = 0; p < PARTS; p++) columns[p] = *(const floats *)(b + k * HONE_PANEL + p * LANES);
    __builtin_prefetch(b + k * HONE_PANEL + HONE_PREFETCH);
    __builtin_prefetch(b + k * HONE_PANEL + HONE_PREFETCH + 16);
    step(sums, rows, a + k * depth_step, row_step, columns);
  }
  store(sums, rows, out, out_step);
}

ALWAYS void bfloat16_tile(size_t rows, const float *a, const uint32_t *b, size_t depth, const float *start,
                          size_t start_step, float *out, size_t out_step) {
  floats sums[TILE_ROWS][PARTS];
  load_start(sums, rows, start, start_step);
  for (size_t k = 0; k < depth; k += 2) {
    floats even[PARTS], odd[PARTS];
    UNROLLED for (size_t p = 0; p < PARTS; p++) {
      words pair = *(const words *)(b + k / 2 * HONE_PANEL + p * LANES);
      even[p] = (floats)(pair << 16);
      odd[p] = (floats)(pair & 0xffff0000u);
    }
    __builtin_prefetch(b + k / 2 * HONE_PANEL + HONE_PREFETCH);
    __builtin_prefetch(b + k / 2 * HONE_PANEL + HONE_PREFETCH + 16);
    step(sums, rows, a + k, HONE_ROW_STEP, even);
    if (k + 1 < depth) step(sums, rows, a + k + 1, HONE_ROW_STEP, odd);
  }
  store(sums, rows, out, out_step);
}

#define WHOLE_NUMBERS(name, DOT)                                                                                   \
  ALWAYS void name(size_t rows, const int32_t *a, const int32_t *b, size_t groups, const int32_t *start,           \
                   int32_t *out) {                                                                                 \
    ints sums[TILE_ROWS][PARTS];                                                                                   \
    UNROLLED for (size_t r = 0; r < rows; r++)                                                                     \
      UNROLLED for (size_t p = 0; p < PARTS; p++) sums[r][p] = *(const ints *)(start + p * LANES);                 \
    for (size_t k = 0; k < groups; k++) {                                                                          \
      ints columns[PARTS];                                                                                         \
      UNROLLED for (size_t p = 0; p < PARTS; p++) columns[p] = *(const ints *)(b + k * HONE_PANEL + p * LANES);    \
      __builtin_prefetch(b + k * HONE_PANEL + HONE_PREFETCH);                                                      \
      __builtin_prefetch(b + k * HONE_PANEL + HONE_PREFETCH + 16);                                                 \
      UNROLLED for (size_t r = 0; r < rows; r++) {                                                                 \
        ints value = (ints){0} + a[k * rows + r];                                                                  \
        UNROLLED for (size_t p = 0; p < PARTS; p++) sums[r][p] = DOT(sums[r][p], columns[p], value);               \
      }                                                                                                            \
    }                                                                                                              \
    UNROLLED for (size_t r = 0; r < rows; r++)                                                                     \
      UNROLLED for (size_t p = 0; p < PARTS; p++) *(ints *)(out + r * HONE_PANEL + p * LANES) = sums[r][p];        \
  }

WHOLE_NUMBERS(int8_tile, DOT4)
WHOLE_NUMBERS(int16_tile, DOT2)

// Calls CALL(n) with n a constant equal to `rows`, so that the sums live in registers.
#if TILE_ROWS == 12
#define FOR_ROWS(rows, CALL)                                                                                     \
  switch (rows) {                                                                                                \
    case 1: CALL(1); break; case 2: CALL(2); break; case 3: CALL(3); break; case 4: CALL(4); break;              \
    case 5: CALL(5); break; case 6: CALL(6); break; case 7: CALL(7); break; case 8: CALL(8); break;              \
    case 9: CALL(9); break; case 10: CALL(10); break; case 11: CALL(11); break; case 12: CALL(12); break;        \
  }
#elif TILE_ROWS == 3
#define FOR_ROWS(rows, CALL)                                                                                     \
  switch (rows) {                                                                                                \
    case 1: CALL(1); break; case 2: CALL(2); break; case 3: CALL(3); break;                                      \
  }
#elif TILE_ROWS == 1
#define FOR_ROWS(rows, CALL) (void)(rows); CALL(1);
#endif

static void float32(size_t rows, const float *a, const void *b, size_t depth, const float *start, size_t start_step,
                    float *out, size_t out_step) {
#define CALL(n) float32_tile(n, a, HONE_ROW_STEP, 1, b, depth, start, start_step, out, out_step)
  FOR_ROWS(rows, CALL)
#undef CALL
}

static void float32_by_depth(size_t rows, const float *a, const void *b, size_t depth, const float *start,
                             size_t start_step, float *out, size_t out_step) {
#define CALL(n) float32_tile(n, a, 1, n, b, depth, start, start_step, out, out_step)
  FOR_ROWS(rows, CALL)
#undef CALL
}

static void bfloat16(size_t rows, const float *a, const void *b, size_t depth, const float *start,
                     size_t start_step, float *out, size_t out_step) {
#define CALL(n) bfloat16_tile(n, a, b, depth, start, start_step, out, out_step)
  FOR_ROWS(rows, CALL)
#undef CALL
}

static void int8(size_t rows, const int32_t *a, const int32_t *b, size_t groups, const int32_t *start, int32_t *sums) {
#define CALL(n) int8_tile(n, a, b, groups, start, sums)
  FOR_ROWS(rows, CALL)
#undef CALL
}

static void int16(size_t rows, const int32_t *a, const int32_t *b, size_t groups, const int32_t *start, int32_t *sums) {
#define CALL(n) int16_tile(n, a, b, groups, start, sums)
  FOR_ROWS(rows, CALL)
#undef CALL
}

// Sizes of floats are in the order of their bits, which the compiler may compare many at a time.
static float largest(const float *x, size_t depth) {
  uint32_t most = 0;
  for (size_t k = 0; k < depth; k++) {
    uint32_t bits;
    memcpy(&bits, x + k, sizeof bits);
    bits &= 0x7fffffff;
    most = bits > most ? bits : most;
  }
  float size;
  memcpy(&size, &most, sizeof size);
  return most < 0x7f800000 ? size : NAN;
}

// Adding 1.5 · 2^23 leaves the whole number in the lowest bits.
static void round_bytes(const float *x, size_t depth, float inverse, int8_t *bytes) {
  const float magic = 12582912;
  const uint8_t shift = DOT4_UNSIGNED ? 128 : 0;
  for (size_t k = 0; k < depth; k++) {
    float whole = x[k] * inverse + magic;
    int32_t bits;
    memcpy(&bits, &whole, sizeof bits);
    bytes[k] = (int8_t)((uint8_t)bits + shift);
  }
  for (size_t k = depth; k % 4 != 0; k++) bytes[k] = (int8_t)shift;
}

static void round_words(const float *x, size_t depth, float inverse, int16_t *words) {
  const float magic = 12582912;
  for (size_t k = 0; k < depth; k++) {
    float whole = x[k] * inverse + magic;
    int32_t bits;
    memcpy(&bits, &whole, sizeof bits);
    words[k] = (int16_t)bits;
  }
  if (depth % 2 != 0) words[depth] = 0;
}

static void finish_row(const int32_t *sums, float row_scale, const float *scales, const float *bias, size_t columns,
                       float *out) {
  if (bias) {
    for (size_t c = 0; c < columns; c++) out[c] = (float)sums[c] * (row_scale * scales[c]) + bias[c];
  } else {
    for (size_t c = 0; c < columns; c++) out[c] = (float)sums[c] * (row_scale * scales[c]);
  }
}

const hone_tiles *TILES(void) {
  static const hone_tiles tiles = {
      .tile_rows = TILE_ROWS, .unsigned_rows = DOT4_UNSIGNED, .float32 = float32,
      .float32_by_depth = float32_by_depth, .bfloat16 = bfloat16, .int8 = int8, .int16 = int16,
      .largest = largest, .round_bytes = round_bytes, .round_words = round_words, .finish_row = finish_row,
  };
  return &tiles;
}
