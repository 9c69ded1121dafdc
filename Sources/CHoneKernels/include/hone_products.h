#pragma once

#include <stddef.h>
#include <stdint.h>

// Which instruction set the products use, chosen once: the best one the processor runs, or HONE_KERNELS.
typedef enum {
  HONE_PRODUCTS_PORTABLE,
  HONE_PRODUCTS_NEON,
  HONE_PRODUCTS_AVX2,
  HONE_PRODUCTS_AVX512,
  HONE_PRODUCTS_AVX512VNNI,
} hone_products_choice;

hone_products_choice hone_products_chosen(void);
const char *hone_products_choice_name(void);

// 1 where the processor multiplies bfloat16 in hardware (AVX512-BF16 or AMX, and the system allows it).
int hone_fast_bfloat16(void);

// The processor's own name, cut to capacity; returns its length in bytes.
size_t hone_processor_name(char *name, size_t capacity);

// The value of an environment variable, or NULL.
const char *hone_environment(const char *name);
