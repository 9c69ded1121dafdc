// What the processor can do, and which instruction set the products and the loops use.
#include "hone_kernels.h"

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

static hone_kernels best_choice(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return HONE_KERNELS_PORTABLE;
  int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (wide && __builtin_cpu_supports("avx512vnni")) return HONE_KERNELS_AVX512VNNI;
  return wide ? HONE_KERNELS_AVX512 : HONE_KERNELS_AVX2;
}

int hone_bfloat16_tiles(void) {
  unsigned a, b, c, d;
  if (best_choice() < HONE_KERNELS_AVX512 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return (d >> 22 & 1) && (d >> 24 & 1) && (enabled_state() >> 17 & 3) == 3;
}

int hone_fast_bfloat16(void) {
  unsigned a, b, c, d;
  if (hone_bfloat16_tiles()) return 1;
  return best_choice() >= HONE_KERNELS_AVX512 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1);
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
static hone_kernels best_choice(void) {
#if defined(__aarch64__)
  return HONE_KERNELS_NEON;
#else
  return HONE_KERNELS_PORTABLE;
#endif
}

int hone_bfloat16_tiles(void) { return 0; }

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

static const char *const names[] = {"portable", "neon", "avx2", "avx512", "avx512vnni"};
static hone_kernels choice;
static pthread_once_t choose_once = PTHREAD_ONCE_INIT;

static int runs_here(hone_kernels wanted, hone_kernels best) {
  if (wanted == HONE_KERNELS_PORTABLE || wanted == best) return 1;
  return wanted != HONE_KERNELS_NEON && best != HONE_KERNELS_NEON && wanted < best;
}

static void choose(void) {
  hone_kernels best = best_choice();
  choice = best;
  const char *wanted = getenv("HONE_KERNELS");
  if (!wanted) return;
  for (int i = 0; i <= HONE_KERNELS_AVX512VNNI; i++) {
    if (strcmp(wanted, names[i]) == 0 && runs_here((hone_kernels)i, best)) choice = (hone_kernels)i;
  }
}

hone_kernels hone_kernels_chosen(void) {
  pthread_once(&choose_once, choose);
  return choice;
}

const char *hone_kernels_name(void) { return names[hone_kernels_chosen()]; }

const char *hone_environment(const char *name) { return getenv(name); }
