#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gemv.h"

// Matrices of bfloat16 for the matrix library: the upper halves of floats, rounded to nearest, ties to even.

// out (all_rows, all_depth), row-major: x (rows, depth), zeros beyond. all_rows is a multiple of 16, all_depth of 32.
void hone_round_rows(uint16_t *out, hone_matrix x, size_t rows, size_t depth, size_t all_rows, size_t all_depth);

// out [panel of `width` columns][all_depth / 2][width][2 of k]: w (depth, columns), zeros beyond. width is a multiple of
// 16, all_depth one of 32.
void hone_round_panels(uint16_t *out, hone_matrix w, size_t depth, size_t columns, size_t all_depth, size_t width);

// out (all_depth, columns), row-major: w (depth, columns), zeros beyond. Slower than the others.
void hone_round_plain(uint16_t *out, hone_matrix w, size_t depth, size_t columns, size_t all_depth);

// Each value of x becomes the nearest bfloat16.
void hone_round_in_place(float *x, size_t count);
