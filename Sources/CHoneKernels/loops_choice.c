// Which instruction set the loops use.
#include <pthread.h>

#include "hone_loops_common.h"

static hone_loops_set chosen = HONE_LOOPS_PORTABLE;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) chosen = HONE_LOOPS_AVX2;
  if (chosen == HONE_LOOPS_AVX2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    chosen = HONE_LOOPS_AVX512;
  const char *wanted = getenv("HONE_KERNELS");
  if (wanted && strcmp(wanted, "portable") == 0) chosen = HONE_LOOPS_PORTABLE;
  if (wanted && strcmp(wanted, "avx2") == 0 && chosen > HONE_LOOPS_AVX2) chosen = HONE_LOOPS_AVX2;
#endif
}

hone_loops_set hone_loops_choice(void) {
  pthread_once(&once, choose);
  return chosen;
}

const char *hone_loops_choice_name(void) {
  switch (hone_loops_choice()) {
  case HONE_LOOPS_AVX512: return "avx512";
  case HONE_LOOPS_AVX2: return "avx2";
  default:
#if defined(__aarch64__)
    return "neon";
#else
    return "portable";
#endif
  }
}
