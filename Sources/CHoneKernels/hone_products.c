// What the processor can do, as far as matrix products care.
#include "hone_products.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

static unsigned long long enabled_state(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (unsigned long long)high << 32 | low;
}

static hone_products_choice best_choice(void) {
  __builtin_cpu_init();
  int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (wide && __builtin_cpu_supports("avx512vnni")) return HONE_PRODUCTS_AVX512VNNI;
  if (wide) return HONE_PRODUCTS_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return HONE_PRODUCTS_AVX2;
  return HONE_PRODUCTS_PORTABLE;
}

int hone_fast_bfloat16(void) {
  unsigned a, b, c, d;
  if (best_choice() < HONE_PRODUCTS_AVX512 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  int tiles = (d >> 22 & 1) && (d >> 24 & 1) && (enabled_state() >> 17 & 3) == 3;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d)) return tiles;
  return tiles || (a >> 5 & 1);
}

size_t hone_processor_name(char *name, size_t capacity) {
  unsigned brand[12] = {0};
  for (unsigned leaf = 0; leaf < 3; leaf++) {
    unsigned *r = brand + 4 * leaf;
    if (!__get_cpuid(0x80000002u + leaf, r, r + 1, r + 2, r + 3)) return 0;
  }
  char text[sizeof brand + 1] = {0};
  memcpy(text, brand, sizeof brand);
  size_t start = strspn(text, " "), length = strlen(text + start);
  while (length > 0 && text[start + length - 1] == ' ') length--;
  if (length > capacity) length = capacity;
  memcpy(name, text + start, length);
  return length;
}
#else
static hone_products_choice best_choice(void) {
#if defined(__aarch64__)
  return HONE_PRODUCTS_NEON;
#else
  return HONE_PRODUCTS_PORTABLE;
#endif
}

int hone_fast_bfloat16(void) { return 0; }

size_t hone_processor_name(char *name, size_t capacity) {
#if defined(__aarch64__)
  static const char text[] = "arm64";
#else
  static const char text[] = "unknown";
#endif
  size_t length = sizeof text - 1 < capacity ? sizeof text - 1 : capacity;
  memcpy(name, text, length);
  return length;
}
#endif

static const char *const choice_names[] = {"portable", "neon", "avx2", "avx512", "avx512vnni"};
static hone_products_choice choice;
static pthread_once_t choose_once = PTHREAD_ONCE_INIT;

static int runs_here(hone_products_choice wanted, hone_products_choice best) {
  if (wanted == HONE_PRODUCTS_PORTABLE || wanted == best) return 1;
  return wanted != HONE_PRODUCTS_NEON && best != HONE_PRODUCTS_NEON && wanted < best;
}

static void choose(void) {
  hone_products_choice best = best_choice();
  choice = best;
  const char *wanted = getenv("HONE_KERNELS");
  if (!wanted) return;
  for (int i = 0; i <= HONE_PRODUCTS_AVX512VNNI; i++) {
    if (strcmp(wanted, choice_names[i]) == 0 && runs_here((hone_products_choice)i, best))
      choice = (hone_products_choice)i;
  }
}

hone_products_choice hone_products_chosen(void) {
  pthread_once(&choose_once, choose);
  return choice;
}

const char *hone_products_choice_name(void) { return choice_names[hone_products_chosen()]; }

const char *hone_environment(const char *name) { return getenv(name); }
