// Convolutions of pictures with windows of 3 × 3, and what bends their results.
#include "hone_images.h"

#define HONE_BODY "loops_images_body.h"
#include "hone_variants.h"

void hone_depthwise3(float *out, const float *x, const float *weights, const float *bias, hone_window window,
                     size_t first, size_t last) {
  HONE_CHOOSE(depthwise3, out, x, weights, bias, &window, first, last)
}

void hone_convolve3(float *out, const float *x, const float *weights, const float *bias, size_t filters,
                    hone_window window, size_t first, size_t last) {
  HONE_CHOOSE(convolve3, out, x, weights, bias, filters, &window, first, last)
}

void hone_clamp(float *x, float low, float high, size_t first, size_t last) {
  HONE_CHOOSE(clamp, x, low, high, first, last)
}

void hone_quick_gelu_in_place(float *x, size_t first, size_t last) {
  HONE_CHOOSE(quick_gelu_in_place, x, first, last)
}
