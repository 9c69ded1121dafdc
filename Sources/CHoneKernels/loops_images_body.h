// Convolutions of pictures, compiled once for each instruction set, with the compiler's vectors over channels.

#define FLOATS HONE_NAME(image_floats)
#define MASK HONE_NAME(image_mask)
#define IMAGE_INLINE static inline __attribute__((always_inline))

typedef float FLOATS __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));
typedef int32_t MASK __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));

IMAGE_INLINE FLOATS HONE_NAME(image_bounded)(FLOATS x, float low, float high) {
  FLOATS least = (FLOATS){0} + low, most = (FLOATS){0} + high;
  MASK below = x < least;
  x = (FLOATS)(((MASK)least & below) | ((MASK)x & ~below));
  MASK above = x > most;
  return (FLOATS)(((MASK)most & above) | ((MASK)x & ~above));
}

IMAGE_INLINE float HONE_NAME(image_bounded_one)(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

// Which of the three rows (or columns) of a window lie inside the picture.
typedef struct {
  size_t from, to;
} HONE_NAME(image_range);

IMAGE_INLINE HONE_NAME(image_range) HONE_NAME(image_taps)(size_t place, size_t stride, size_t before, size_t size) {
  size_t start = place * stride;
  HONE_NAME(image_range) range = {start < before ? before - start : 0, 3};
  if (range.from > 3) range.from = 3;
  while (range.to > range.from && start + range.to - 1 >= before + size) range.to--;
  return range;
}

// One vector of channels along a row of results; the nine weights stay in registers.
IMAGE_INLINE void HONE_NAME(depthwise_row)(float *out, const float *x, const float *weights, FLOATS bias,
                                           const hone_window *window, size_t y, size_t from, size_t to) {
  _Pragma("clang fp contract(fast)")
  size_t step = window->channels, row = window->width * step;
  const float *corner = x + (y * window->stride - window->top) * row;
  FLOATS w[9];
  _Pragma("clang loop unroll(full)") for (size_t tap = 0; tap < 9; tap++) w[tap] = *(const FLOATS *)(weights + tap * step);
  for (size_t column = from; column < to; column++) {
    const float *at = corner + (column * window->stride - window->left) * step;
    FLOATS sum = bias;
    _Pragma("clang loop unroll(full)") for (size_t tap = 0; tap < 9; tap++)
      sum += *(const FLOATS *)(at + (tap / 3) * row + (tap % 3) * step) * w[tap];
    *(FLOATS *)(out + column * step) = HONE_NAME(image_bounded)(sum, window->low, window->high);
  }
}

// A result at the edge, or of channels that fill no vector, in the same order of additions.
IMAGE_INLINE float HONE_NAME(depthwise_one)(const float *x, const float *weights, float bias,
                                            const hone_window *window, size_t y, size_t column,
                                            HONE_NAME(image_range) rows, HONE_NAME(image_range) columns) {
  _Pragma("clang fp contract(fast)")
  size_t step = window->channels;
  float sum = bias;
  for (size_t i = rows.from; i < rows.to; i++)
    for (size_t j = columns.from; j < columns.to; j++) {
      size_t at = (y * window->stride + i - window->top) * window->width + column * window->stride + j - window->left;
      sum += x[at * step] * weights[(3 * i + j) * step];
    }
  return HONE_NAME(image_bounded_one)(sum, window->low, window->high);
}

static void HONE_NAME(depthwise_edge)(float *restrict out, const float *restrict x, const float *restrict weights,
                                      const float *restrict bias, const hone_window *window, size_t y, size_t column,
                                      HONE_NAME(image_range) rows, HONE_NAME(image_range) columns) {
  _Pragma("clang fp contract(fast)")
  size_t step = window->channels, c = 0;
  for (; c + VECTOR_FLOATS <= step; c += VECTOR_FLOATS) {
    FLOATS sum = *(const FLOATS *)(bias + c);
    for (size_t i = rows.from; i < rows.to; i++)
      for (size_t j = columns.from; j < columns.to; j++) {
        size_t at = (y * window->stride + i - window->top) * window->width + column * window->stride + j - window->left;
        sum += *(const FLOATS *)(x + at * step + c) * *(const FLOATS *)(weights + (3 * i + j) * step + c);
      }
    *(FLOATS *)(out + column * step + c) = HONE_NAME(image_bounded)(sum, window->low, window->high);
  }
  for (; c < step; c++)
    out[column * step + c] = HONE_NAME(depthwise_one)(x + c, weights + c, bias[c], window, y, column, rows, columns);
}

static void HONE_NAME(depthwise3)(float *out, const float *x, const float *weights, const float *bias,
                                  const hone_window *window, size_t first, size_t last) {
  size_t step = window->channels;
  for (size_t y = first; y < last; y++) {
    float *to = out + y * window->out_width * step;
    HONE_NAME(image_range) rows = HONE_NAME(image_taps)(y, window->stride, window->top, window->height);
    // The columns whose windows lie inside from `inner` up to `outer`.
    size_t inner = 0, outer = 0;
    for (size_t column = 0; column < window->out_width; column++) {
      HONE_NAME(image_range) columns = HONE_NAME(image_taps)(column, window->stride, window->left, window->width);
      if (rows.from == 0 && rows.to == 3 && columns.from == 0 && columns.to == 3) {
        if (outer == 0) inner = column;
        outer = column + 1;
      } else {
        HONE_NAME(depthwise_edge)(to, x, weights, bias, window, y, column, rows, columns);
      }
    }
    if (outer == 0) continue;
    size_t c = 0;
    for (; c + VECTOR_FLOATS <= step; c += VECTOR_FLOATS)
      HONE_NAME(depthwise_row)(to + c, x + c, weights + c, *(const FLOATS *)(bias + c), window, y, inner, outer);
    HONE_NAME(image_range) all = {0, 3};
    for (; c < step; c++)
      for (size_t column = inner; column < outer; column++)
        to[column * step + c] = HONE_NAME(depthwise_one)(x + c, weights + c, bias[c], window, y, column, all, all);
  }
}

static void HONE_NAME(convolve3)(float *restrict out, const float *restrict x, const float *restrict weights,
                                 const float *restrict bias, size_t filters, const hone_window *window, size_t first,
                                 size_t last) {
  _Pragma("clang fp contract(fast)")
  size_t step = window->channels;
  for (size_t y = first; y < last; y++) {
    HONE_NAME(image_range) rows = HONE_NAME(image_taps)(y, window->stride, window->top, window->height);
    for (size_t column = 0; column < window->out_width; column++) {
      HONE_NAME(image_range) columns = HONE_NAME(image_taps)(column, window->stride, window->left, window->width);
      float *to = out + (y * window->out_width + column) * filters;
      size_t f = 0;
      for (; f + VECTOR_FLOATS <= filters; f += VECTOR_FLOATS) {
        FLOATS sum = *(const FLOATS *)(bias + f);
        for (size_t i = rows.from; i < rows.to; i++)
          for (size_t j = columns.from; j < columns.to; j++) {
            size_t at = (y * window->stride + i - window->top) * window->width + column * window->stride + j - window->left;
            const float *tap = weights + (3 * i + j) * step * filters + f;
            for (size_t c = 0; c < step; c++) sum += x[at * step + c] * *(const FLOATS *)(tap + c * filters);
          }
        *(FLOATS *)(to + f) = HONE_NAME(image_bounded)(sum, window->low, window->high);
      }
      for (; f < filters; f++) {
        float sum = bias[f];
        for (size_t i = rows.from; i < rows.to; i++)
          for (size_t j = columns.from; j < columns.to; j++) {
            size_t at = (y * window->stride + i - window->top) * window->width + column * window->stride + j - window->left;
            const float *tap = weights + (3 * i + j) * step * filters + f;
            for (size_t c = 0; c < step; c++) sum += x[at * step + c] * tap[c * filters];
          }
        to[f] = HONE_NAME(image_bounded_one)(sum, window->low, window->high);
      }
    }
  }
}

static void HONE_NAME(clamp)(float *x, float low, float high, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) x[i] = HONE_NAME(image_bounded_one)(x[i], low, high);
}

static void HONE_NAME(quick_gelu_in_place)(float *x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) x[i] = x[i] / (1.0f + hone_exp(-1.702f * x[i]));
}

#undef FLOATS
#undef MASK
#undef IMAGE_INLINE
