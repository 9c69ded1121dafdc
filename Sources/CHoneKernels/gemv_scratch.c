// A few blocks of memory per thread, so that products do not allocate on every call.
#include "hone_scratch.h"

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
  block *blocks = context;
  for (int use = 0; use < HONE_SCRATCH_USES; use++) free(blocks[use].memory);
  free(blocks);
}

static void make_key(void) { pthread_key_create(&key, release); }

static void *out_of_memory(size_t bytes) {
  fprintf(stderr, "hone: no memory for %zu bytes of scratch\n", bytes);
  abort();
}

void *hone_scratch(hone_scratch_use use, size_t bytes) {
  pthread_once(&once, make_key);
  block *blocks = pthread_getspecific(key);
  if (!blocks) {
    blocks = calloc(HONE_SCRATCH_USES, sizeof *blocks);
    if (!blocks || pthread_setspecific(key, blocks) != 0) return out_of_memory(bytes);
  }
  block *own = &blocks[use];
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
