// Loops over rows and elements: layer norm, GELU, cross entropy, AdamW, dropout, embeddings.
#define HONE_BODY "loops_rows_body.h"
#include "hone_variants.h"

const char *hone_loops_name(void) {
  const char *name = "";
  HONE_CHOOSE(set_name, &name)
  return name;
}

void hone_layer_norm(float *out, float *mean, float *rstd, const float *x, const float *gain, const float *bias,
                     size_t first, size_t last, size_t hidden, float epsilon) {
  HONE_CHOOSE(layer_norm, out, mean, rstd, x, gain, bias, first, last, hidden, epsilon)
}

void hone_add_layer_norm(float *out, float *sum, float *mean, float *rstd, const float *x, const float *y,
                         const float *gain, const float *bias, size_t first, size_t last, size_t hidden,
                         float epsilon) {
  HONE_CHOOSE(add_layer_norm, out, sum, mean, rstd, x, y, gain, bias, first, last, hidden, epsilon)
}

void hone_layer_norm_backward_rows(float *dx, const float *d_out, const float *x, const float *gain, const float *mean,
                                   const float *rstd, size_t first, size_t last, size_t hidden) {
  HONE_CHOOSE(layer_norm_backward_rows, dx, d_out, x, gain, mean, rstd, first, last, hidden)
}

void hone_layer_norm_backward_columns(float *d_gain, float *d_bias, const float *d_out, const float *x,
                                      const float *mean, const float *rstd, size_t rows, size_t hidden, size_t first,
                                      size_t last) {
  HONE_CHOOSE(layer_norm_backward_columns, d_gain, d_bias, d_out, x, mean, rstd, rows, hidden, first, last)
}

void hone_gelu(float *out, const float *x, size_t first, size_t last) { HONE_CHOOSE(gelu, out, x, first, last) }

void hone_gelu_backward(float *dx, const float *x, size_t first, size_t last) {
  HONE_CHOOSE(gelu_backward, dx, x, first, last)
}

void hone_gelu_erf(float *out, const float *x, size_t first, size_t last) { HONE_CHOOSE(gelu_erf, out, x, first, last) }

void hone_gelu_erf_in_place(float *x, size_t first, size_t last) { HONE_CHOOSE(gelu_erf_in_place, x, first, last) }

void hone_gelu_in_place(float *x, size_t first, size_t last) { HONE_CHOOSE(gelu_in_place, x, first, last) }

void hone_gelu_erf_backward(float *dx, const float *x, size_t first, size_t last) {
  HONE_CHOOSE(gelu_erf_backward, dx, x, first, last)
}

void hone_add(float *x, const float *y, size_t first, size_t last) { HONE_CHOOSE(add, x, y, first, last) }

void hone_sum(float *out, const float *x, const float *y, size_t first, size_t last) {
  HONE_CHOOSE(sum, out, x, y, first, last)
}

double hone_sum_of_squares(const float *x, size_t first, size_t last) {
  double result = 0;
  HONE_CHOOSE(sum_of_squares, &result, x, first, last)
  return result;
}

void hone_normalize_rows(float *x, size_t first, size_t last, size_t columns) {
  HONE_CHOOSE(normalize_rows, x, first, last, columns)
}

void hone_sum_table_int8(float *out, const int8_t *table, const float *scales, const int32_t *tokens, size_t count,
                         size_t columns) {
  HONE_CHOOSE(sum_table_int8, out, table, scales, tokens, count, columns)
}

void hone_sum_table(float *out, const float *table, const float *scales, const int32_t *tokens, size_t count,
                    size_t columns) {
  HONE_CHOOSE(sum_table, out, table, scales, tokens, count, columns)
}

void hone_embedding(float *out, const int32_t *tokens, const int32_t *positions, const float *token_table,
                    const float *position_table, size_t first, size_t last, size_t hidden) {
  for (size_t row = first; row < last; row++) {
    const float *token = token_table + (size_t)tokens[row] * hidden;
    const float *position = position_table + (size_t)positions[row] * hidden;
    for (size_t i = 0; i < hidden; i++) out[row * hidden + i] = token[i] + position[i];
  }
}

void hone_embedding_backward(float *d_table, const float *d_out, const int32_t *indexes, size_t rows, size_t hidden,
                             size_t first, size_t last) {
  for (size_t row = 0; row < rows; row++) {
    float *d = d_table + (size_t)indexes[row] * hidden;
    for (size_t i = first; i < last; i++) d[i] += d_out[row * hidden + i];
  }
}

void hone_cross_entropy(float *logits, float *losses, uint8_t *correct, const int32_t *targets, const float *weights,
                        size_t first, size_t last, size_t vocab) {
  HONE_CHOOSE(cross_entropy, logits, losses, correct, targets, weights, first, last, vocab)
}

void hone_log_sum_exp(float *out, const float *logits, size_t first, size_t last, size_t vocab) {
  HONE_CHOOSE(log_sum_exp, out, logits, first, last, vocab)
}

void hone_adamw(float *weights, float *m, float *v, const float *gradients, hone_adamw_options options, size_t first,
                size_t last) {
  HONE_CHOOSE(adamw, weights, m, v, gradients, &options, first, last)
}

void hone_dropout(float *x, float rate, uint64_t key, size_t first, size_t last) {
  HONE_CHOOSE(dropout, x, rate, key, first, last)
}
