// One block of memory per thread, so that products do not allocate on every call.
#include "gemv_scratch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  size_t bytes;
  void *memory;
} block;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release(void *context) {
  block *own = context;
  free(own->memory);
  free(own);
}

static void make_key(void) { pthread_key_create(&key, release); }

static void *out_of_memory(size_t bytes) {
  fprintf(stderr, "hone: no memory for %zu bytes of scratch\n", bytes);
  abort();
}

void *hone_scratch(size_t bytes) {
  pthread_once(&once, make_key);
  block *own = pthread_getspecific(key);
  if (!own) {
    own = calloc(1, sizeof *own);
    if (!own || pthread_setspecific(key, own) != 0) return out_of_memory(bytes);
  }
  if (own->bytes < bytes) {
    size_t rounded = (bytes + 4095) / 4096 * 4096;
    free(own->memory);
    own->bytes = 0;
    own->memory = aligned_alloc(4096, rounded);
    if (!own->memory) return out_of_memory(bytes);
    own->bytes = rounded;
  }
  return own->memory;
}
