// Loops over rows and elements, compiled once for each instruction set.

static void HONE_NAME(set_name)(const char **name) { *name = HONE_SET; }

static void HONE_NAME(layer_norm)(float *restrict out, float *mean, float *rstd, const float *restrict x,
                                  const float *restrict gain, const float *restrict bias, size_t first, size_t last,
                                  size_t hidden, float epsilon) {
  for (size_t row = first; row < last; row++) {
    const float *restrict in = x + row * hidden;
    float *restrict result = out + row * hidden;
    float sum = 0, squares = 0;
    {
      REORDER_SUMS
      for (size_t i = 0; i < hidden; i++) sum += in[i];
    }
    float middle = sum / (float)hidden;
    {
      REORDER_SUMS
      for (size_t i = 0; i < hidden; i++) squares += (in[i] - middle) * (in[i] - middle);
    }
    float inverse = 1.0f / sqrtf(squares / (float)hidden + epsilon);
    for (size_t i = 0; i < hidden; i++) result[i] = (in[i] - middle) * inverse * gain[i] + bias[i];
    mean[row] = middle;
    rstd[row] = inverse;
  }
}

static void HONE_NAME(add_layer_norm)(float *out, float *sum, float *mean, float *rstd, const float *x,
                                      const float *y, const float *restrict gain, const float *restrict bias,
                                      size_t first, size_t last, size_t hidden, float epsilon) {
  for (size_t row = first; row < last; row++) {
    const float *left = x + row * hidden, *right = y + row * hidden;
    float *total = sum + row * hidden;
    for (size_t i = 0; i < hidden; i++) total[i] = left[i] + right[i];
    HONE_NAME(layer_norm)(out, mean, rstd, sum, gain, bias, row, row + 1, hidden, epsilon);
  }
}

static void HONE_NAME(layer_norm_backward_rows)(float *restrict dx, const float *restrict d_out,
                                                const float *restrict x, const float *restrict gain, const float *mean,
                                                const float *rstd, size_t first, size_t last, size_t hidden) {
  for (size_t row = first; row < last; row++) {
    const float *restrict in = x + row * hidden;
    const float *restrict d = d_out + row * hidden;
    float *restrict result = dx + row * hidden;
    float middle = mean[row], inverse = rstd[row], sum = 0, dot = 0;
    {
      REORDER_SUMS
      for (size_t i = 0; i < hidden; i++) {
        float scaled = d[i] * gain[i];
        sum += scaled;
        dot += scaled * ((in[i] - middle) * inverse);
      }
    }
    sum /= (float)hidden;
    dot /= (float)hidden;
    for (size_t i = 0; i < hidden; i++)
      result[i] += (d[i] * gain[i] - sum - (in[i] - middle) * inverse * dot) * inverse;
  }
}

static void HONE_NAME(layer_norm_backward_columns)(float *restrict d_gain, float *restrict d_bias,
                                                   const float *restrict d_out, const float *restrict x,
                                                   const float *mean, const float *rstd, size_t rows, size_t hidden,
                                                   size_t first, size_t last) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict in = x + row * hidden;
    const float *restrict d = d_out + row * hidden;
    float middle = mean[row], inverse = rstd[row];
    for (size_t i = first; i < last; i++) {
      d_gain[i] += d[i] * ((in[i] - middle) * inverse);
      d_bias[i] += d[i];
    }
  }
}

// (1 + tanh(u)) / 2 is the logistic function of 2u.
static void HONE_NAME(gelu)(float *restrict out, const float *restrict x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i];
    float u = 1.5957691216f * (v + 0.044715f * v * v * v);
    out[i] = v / (1.0f + hone_exp(-u));
  }
}

static void HONE_NAME(gelu_in_place)(float *x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i];
    float u = 1.5957691216f * (v + 0.044715f * v * v * v);
    x[i] = v / (1.0f + hone_exp(-u));
  }
}

static void HONE_NAME(gelu_backward)(float *restrict dx, const float *restrict x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i];
    float u = 1.5957691216f * (v + 0.044715f * v * v * v);
    float s = 1.0f / (1.0f + hone_exp(-u));
    float bend = v * s * (1.0f - s) * 1.5957691216f;
    dx[i] *= s + (bend + 0.134145f * bend * v * v);  // bend comes first: it is zero where v * v overflows
  }
}

static void HONE_NAME(sum_of_squares)(double *result, const float *restrict x, size_t first, size_t last) {
  double sum = 0;
  {
    REORDER_SUMS
    for (size_t i = first; i < last; i++) sum += (double)x[i] * (double)x[i];
  }
  *result = sum;
}

static void HONE_NAME(normalize_rows)(float *x, size_t first, size_t last, size_t columns) {
  for (size_t row = first; row < last; row++) {
    float *restrict line = x + row * columns;
    double sum = 0;
    HONE_NAME(sum_of_squares)(&sum, line, 0, columns);
    float scale = sum > 0 ? (float)(1 / sqrt(sum)) : 1;
    for (size_t i = 0; i < columns; i++) line[i] *= scale;
  }
}

// Sixteen vectors of sums stay in registers; the row after next is fetched meanwhile.
#define SUM_TABLE(name, element)                                                                                    \
  static void HONE_NAME(name)(float *restrict out, const element *restrict table, const float *scales,              \
                              const int32_t *tokens, size_t count, size_t columns) {                                \
    for (size_t first = 0; first < columns; first += 256) {                                                         \
      size_t width = columns - first < 256 ? columns - first : 256;                                                 \
      float sums[256] = {0};                                                                                        \
      for (size_t i = 0; i < count; i++) {                                                                          \
        const element *restrict row = table + (size_t)tokens[i] * columns + first;                                  \
        float scale = scales[tokens[i]];                                                                            \
        if (i + 4 < count) {                                                                                        \
          const char *next = (const char *)(table + (size_t)tokens[i + 4] * columns + first);                       \
          for (size_t byte = 0; byte < width * sizeof(element); byte += 64) __builtin_prefetch(next + byte);        \
        }                                                                                                           \
        if (width == 256) {                                                                                         \
          for (size_t c = 0; c < 256; c++) sums[c] += scale * (float)row[c];                                        \
        } else {                                                                                                    \
          for (size_t c = 0; c < width; c++) sums[c] += scale * (float)row[c];                                      \
        }                                                                                                           \
      }                                                                                                             \
      memcpy(out + first, sums, width * sizeof *sums);                                                              \
    }                                                                                                               \
  }

SUM_TABLE(sum_table_int8, int8_t)
SUM_TABLE(sum_table, float)
#undef SUM_TABLE

// Half of 1 + erf(x / √2), the share of a normal distribution below x, at most 1.5e-7 off; `power` is e^(-x² / 2).
// Source: Abramowitz and Stegun 1964, formula 7.1.26.
static inline __attribute__((always_inline)) float HONE_NAME(normal_share)(float x, float power) {
  float size = fabsf(x);
  float t = 1.0f / (1.0f + 0.23164189f * size);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float beyond = 0.5f * p * t * power;
  return x < 0 ? beyond : 1.0f - beyond;
}

static void HONE_NAME(gelu_erf)(float *restrict out, const float *restrict x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i];
    out[i] = v * HONE_NAME(normal_share)(v, hone_exp(-0.5f * v * v));
  }
}

static void HONE_NAME(gelu_erf_in_place)(float *x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i];
    x[i] = v * HONE_NAME(normal_share)(v, hone_exp(-0.5f * v * v));
  }
}

static void HONE_NAME(gelu_erf_backward)(float *restrict dx, const float *restrict x, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    float v = x[i], power = hone_exp(-0.5f * v * v);
    dx[i] *= HONE_NAME(normal_share)(v, power) + v * power * 0.3989422804f;
  }
}

static void HONE_NAME(add)(float *restrict x, const float *restrict y, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) x[i] += y[i];
}

static void HONE_NAME(sum)(float *restrict out, const float *restrict x, const float *restrict y, size_t first,
                           size_t last) {
  for (size_t i = first; i < last; i++) out[i] = x[i] + y[i];
}

static void HONE_NAME(adamw)(float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
                             const hone_adamw_options *o, size_t first, size_t last) {
  float b1 = o->beta1, b2 = o->beta2, scale = o->gradient_scale, decay = 1.0f - o->learning_rate * o->weight_decay;
  float rate = o->learning_rate / o->correction1, root = 1.0f / sqrtf(o->correction2), epsilon = o->epsilon;
  for (size_t i = first; i < last; i++) {
    float d = g[i] * scale;
    float mean = b1 * m[i] + (1.0f - b1) * d;
    float square = b2 * v[i] + (1.0f - b2) * d * d;
    m[i] = mean;
    v[i] = square;
    w[i] = w[i] * decay - rate * mean / (sqrtf(square) * root + epsilon);
  }
}

static void HONE_NAME(dropout)(float *restrict x, float rate, uint64_t key, size_t first, size_t last) {
  // The last steps of SplitMix64 spread each bit of the key over all: the few steps per element do not spread it far.
  key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9u;
  key = (key ^ key >> 27) * 0x94D049BB133111EBu;
  key ^= key >> 31;
  uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);
  uint32_t limit = (uint32_t)(rate * 4294967040.0f);
  float keep = 1.0f / (1.0f - rate);
  for (size_t i = first; i < last; i++) {
    uint32_t h = (uint32_t)i * 0x9E3779B1u + low;
    h ^= h >> 16;
    h *= 0x85EBCA6Bu;
    h ^= h >> 13;
    h += high + (uint32_t)((uint64_t)i >> 32);
    h *= 0xC2B2AE35u;
    h ^= h >> 16;
    h *= 0x27D4EB2Fu;
    h ^= h >> 15;
    x[i] = h < limit ? 0.0f : x[i] * keep;
  }
}

static float HONE_NAME(row_max)(const float *restrict row, size_t count) {
  float lanes[64], best = -INFINITY;
  size_t i = 0;
  for (size_t lane = 0; lane < 64; lane++) lanes[lane] = -INFINITY;
  for (; i + 64 <= count; i += 64)
    for (size_t lane = 0; lane < 64; lane++) lanes[lane] = row[i + lane] > lanes[lane] ? row[i + lane] : lanes[lane];
  for (; i < count; i++) best = row[i] > best ? row[i] : best;
  for (size_t lane = 0; lane < 64; lane++) best = lanes[lane] > best ? lanes[lane] : best;
  return best;
}

static float HONE_NAME(row_log_sum_exp)(const float *restrict row, size_t count) {
  float best = HONE_NAME(row_max)(row, count), sum = 0;
  {
    REORDER_SUMS
    for (size_t i = 0; i < count; i++) sum += hone_exp(row[i] - best);
  }
  return best + logf(sum);
}

static void HONE_NAME(cross_entropy)(float *logits, float *losses, uint8_t *correct, const int32_t *targets,
                                     const float *weights, size_t first, size_t last, size_t vocab) {
  for (size_t row = first; row < last; row++) {
    float *restrict line = logits + row * vocab;
    size_t target = (size_t)targets[row];
    float best = HONE_NAME(row_max)(line, vocab), chosen = line[target];
    float total = HONE_NAME(row_log_sum_exp)(line, vocab);
    losses[row] = total - chosen;
    correct[row] = 0;
    if (chosen == best) {
      size_t i = 0;
      while (i < target && line[i] != best) i++;
      correct[row] = i == target;
    }
    if (!weights) continue;
    float weight = weights[row];
    for (size_t i = 0; i < vocab; i++) line[i] = weight * hone_exp(line[i] - total);
    line[target] -= weight;
  }
}

static void HONE_NAME(log_sum_exp)(float *out, const float *logits, size_t first, size_t last, size_t vocab) {
  for (size_t row = first; row < last; row++) out[row] = HONE_NAME(row_log_sum_exp)(logits + row * vocab, vocab);
}
