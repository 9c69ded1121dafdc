// What the bodies of the loops share: how sums are reordered, and the exponential function.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hone_loops.h"

// Sums may be reordered in the block that begins with this: that is what lets them run in vectors.
#define REORDER_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

// e to the power of x, at most 2 units in the last place off; 0 below -87.3, infinity above 88.3.
// A polynomial of degree 6 on [-ln 2 / 2, ln 2 / 2] and a shift of the exponent. Source: Cephes, expf.
static inline __attribute__((always_inline)) float hone_exp(float x) {
  float bounded = x > 88.7f ? 88.7f : x;
  bounded = bounded < -87.3f ? -87.3f : bounded;
  float shifted = bounded * 1.44269504f + 12582912.0f;  // round to the nearest whole number by the mantissa's end
  float whole = shifted - 12582912.0f;
  float rest = bounded - whole * 0.693359375f;
  rest = rest + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * rest + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  union {
    int32_t bits;
    float value;
  } scale = {((int32_t)whole + 127) << 23};
  float result = p * scale.value;
  return x < -87.3f ? 0.0f : result;
}
