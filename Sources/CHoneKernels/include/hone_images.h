#pragma once

#include <stddef.h>

// Convolutions of pictures. A picture is (height, width, channels); windows of 3 × 3 slide over it.
typedef struct {
  size_t height, width, channels;
  size_t out_height, out_width;
  size_t stride;
  // Rows and columns of zeros before the first.
  size_t top, left;
  // Every result is brought between these.
  float low, high;
} hone_window;

// out (out_height, out_width, channels): each channel by itself. weights (9, channels); bias (channels). Rows of out from
// first up to last. A number of out depends on its own window alone.
void hone_depthwise3(float *out, const float *x, const float *weights, const float *bias, hone_window window,
                     size_t first, size_t last);

// out (out_height, out_width, filters): every filter over all channels. weights (9, channels, filters); bias (filters).
void hone_convolve3(float *out, const float *x, const float *weights, const float *bias, size_t filters,
                    hone_window window, size_t first, size_t last);

// x = x brought between low and high.
void hone_clamp(float *x, float low, float high, size_t first, size_t last);

// x = x / (1 + exp(-1.702 x)).
void hone_quick_gelu_in_place(float *x, size_t first, size_t last);
