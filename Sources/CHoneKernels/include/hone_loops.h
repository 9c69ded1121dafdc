// The loops of training and inference that the matrix library leaves. Arrays are flat, row-major float32.
// Every function works on the part [first, last) of its rows (or elements, or columns), so that callers can divide it.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The set that the loops run with: portable, avx2 or avx512, whichever belongs to hone_kernels_chosen.
const char *hone_loops_name(void);

// out = (x - mean) · rstd · gain + bias, per row of `hidden`; mean and rstd are kept.
void hone_layer_norm(float *out, float *mean, float *rstd, const float *x, const float *gain, const float *bias,
                     size_t first, size_t last, size_t hidden, float epsilon);
// dx += the gradient of the row.
void hone_layer_norm_backward_rows(float *dx, const float *d_out, const float *x, const float *gain, const float *mean,
                                   const float *rstd, size_t first, size_t last, size_t hidden);
// d_gain, d_bias += over all rows, for columns [first, last).
void hone_layer_norm_backward_columns(float *d_gain, float *d_bias, const float *d_out, const float *x,
                                      const float *mean, const float *rstd, size_t rows, size_t hidden, size_t first,
                                      size_t last);

// out = layer norm of x + y; the sum itself is kept in `sum`, which may be x.
void hone_add_layer_norm(float *out, float *sum, float *mean, float *rstd, const float *x, const float *y,
                         const float *gain, const float *bias, size_t first, size_t last, size_t hidden,
                         float epsilon);

// BERT's GELU: x / 2 · (1 + erf(x / √2)).
void hone_gelu_erf(float *out, const float *x, size_t first, size_t last);
void hone_gelu_erf_in_place(float *x, size_t first, size_t last);
void hone_gelu_erf_backward(float *dx, const float *x, size_t first, size_t last);

// GPT-2's GELU: x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
void hone_gelu(float *out, const float *x, size_t first, size_t last);
void hone_gelu_in_place(float *x, size_t first, size_t last);
void hone_gelu_backward(float *dx, const float *x, size_t first, size_t last);

void hone_add(float *x, const float *y, size_t first, size_t last);
// out = x + y.
void hone_sum(float *out, const float *x, const float *y, size_t first, size_t last);
// Adds x[first, last) squared, in float64.
double hone_sum_of_squares(const float *x, size_t first, size_t last);

// out row = table row of the token + table row of the position.
void hone_embedding(float *out, const int32_t *tokens, const int32_t *positions, const float *token_table,
                    const float *position_table, size_t first, size_t last, size_t hidden);
// table row of each index += its row of d_out, for columns [first, last).
void hone_embedding_backward(float *d_table, const float *d_out, const int32_t *indexes, size_t rows, size_t hidden,
                             size_t first, size_t last);

// Each row of x becomes of length 1; rows of zeros stay. Sums are float64.
void hone_normalize_rows(float *x, size_t first, size_t last, size_t columns);

// out (columns) = Σ scales[token] · table row of the token, the tokens one after the other.
void hone_sum_table_int8(float *out, const int8_t *table, const float *scales, const int32_t *tokens, size_t count,
                         size_t columns);
// The same with a table of floats.
void hone_sum_table(float *out, const float *table, const float *scales, const int32_t *tokens, size_t count,
                    size_t columns);

// losses = −ln softmax(row)[target]; correct = 1 where the first arg max is the target. Where `weights` is given the
// row becomes weight · (softmax − onehot).
void hone_cross_entropy(float *logits, float *losses, uint8_t *correct, const int32_t *targets, const float *weights,
                        size_t first, size_t last, size_t vocab);
// out = ln Σ exp of each row.
void hone_log_sum_exp(float *out, const float *logits, size_t first, size_t last, size_t vocab);

typedef struct {
  float learning_rate, beta1, beta2, epsilon, weight_decay, correction1, correction2, gradient_scale;
} hone_adamw_options;
void hone_adamw(float *weights, float *m, float *v, const float *gradients, hone_adamw_options options, size_t first,
                size_t last);

// x *= 0 with probability `rate`, else 1 / (1 − rate); which is decided by key and element alone.
void hone_dropout(float *x, float rate, uint64_t key, size_t first, size_t last);

// One head of one sequence. q, k, v and their like point at the head's first value of the first row; rows lie
// `stride` floats apart. `past` keys come before the first query. A query sees the keys up to its own, or all of them
// with `sees_all` (past is 0 then). distances[j - i], where it is not NULL, joins the product of query i and key j.
// scratch: hone_attention_scratch floats.
typedef struct {
  const float *q, *k, *v;
  size_t q_stride, kv_stride, rows, past, head_dim;
  int sees_all;
  const float *distances;
} hone_attention_head;
size_t hone_attention_scratch(size_t keys, size_t head_dim);
// out (rows, out_stride); log_sum_exp lies lse_stride apart.
void hone_attention(float *out, size_t out_stride, float *log_sum_exp, size_t lse_stride, hone_attention_head head,
                    float *scratch);
// dq, dk, dv = ; they lie d_stride apart. past is 0. d_distances[j - i] += where it is not NULL.
void hone_attention_backward(float *dq, float *dk, float *dv, size_t d_stride, float *d_distances, const float *d_out,
                             const float *out, size_t out_stride, const float *log_sum_exp, size_t lse_stride,
                             hone_attention_head head, float *scratch);

// One head of one sequence with a cache. q, k and v point at the head's part of the first new row; rows lie `stride`
// floats apart. Keys are kept in blocks of HONE_CACHE_BLOCK rows, block_stride apart, each (head_dim, HONE_CACHE_BLOCK);
// values as rows, value_stride apart. Both hold `past` rows; the new ones are added.
#define HONE_CACHE_BLOCK 16
typedef struct {
  const float *q, *k, *v;
  size_t stride;
  float *keys, *values;
  size_t block_stride, value_stride, rows, past, head_dim;
} hone_cached_head;
size_t hone_attention_cached_scratch(size_t rows, size_t keys, size_t head_dim);
// out (rows, out_stride). rows is 1 or more.
void hone_attention_cached(float *out, size_t out_stride, hone_cached_head head, float *scratch);
