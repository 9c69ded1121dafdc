// How near rows are to a query, and rows in smaller numbers.
#include "hone_vectors.h"

#define HONE_BODY "vectors_rows_body.h"
#include "hone_variants.h"

void hone_row_products(float *out, const float *query, hone_rows rows, const uint32_t *places, size_t first,
                       size_t count, int squared_distance) {
  HONE_CHOOSE(row_products, out, query, &rows, places, first, count, squared_distance)
}

void hone_byte_products(int32_t *out, const int16_t *query, const int8_t *rows, size_t dimensions, size_t first,
                        size_t count) {
  HONE_CHOOSE(byte_products, out, query, rows, dimensions, first, count)
}

void hone_decode_rows(float *out, hone_rows rows, size_t first, size_t count) {
  HONE_CHOOSE(decode_rows, out, &rows, first, count)
}

void hone_largest_columns(uint32_t *out, const float *x, const float *bias, size_t rows, size_t columns) {
  HONE_CHOOSE(largest_columns, out, x, bias, rows, columns)
}

void hone_word_products(float *tables, const float *query, const float *words, const uint8_t *widths, size_t groups) {
  HONE_CHOOSE(word_products, tables, query, words, widths, groups)
}

void hone_byte_tables(uint8_t *entries, float *step, float *base, const float *products, size_t groups, uint8_t most) {
  HONE_CHOOSE(byte_tables, entries, step, base, products, groups, most)
}

void hone_nearest_words(uint8_t *codes, const float *x, size_t step, const float *words, const float *halves,
                        const uint8_t *widths, size_t rows, size_t groups) {
  HONE_CHOOSE(nearest_words, codes, x, step, words, halves, widths, rows, groups)
}

// The same on every processor, so that stored rows are: the upper half, rounded to the nearest, ties to even.
void hone_encode_bfloat16(uint16_t *out, const float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    uint32_t rounded = bits + 0x7FFF + (bits >> 16 & 1);
    // A number so large that it would round to infinity stays the largest there is.
    if ((rounded & 0x7F800000) == 0x7F800000) rounded = (bits & 0x80000000) | 0x7F7F0000;
    out[i] = (uint16_t)(rounded >> 16);
  }
}

void hone_encode_int8(int8_t *out, float *scales, const float *x, size_t rows, size_t dimensions) {
  for (size_t r = 0; r < rows; r++, x += dimensions, out += dimensions) {
    float most = 0;
    for (size_t d = 0; d < dimensions; d++) most = fabsf(x[d]) > most ? fabsf(x[d]) : most;
    scales[r] = most / 127;
    float inverse = most > 1e-35f ? 127 / most : 0;
    for (size_t d = 0; d < dimensions; d++) out[d] = (int8_t)lrintf(x[d] * inverse);
  }
}
