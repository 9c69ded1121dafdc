// Large pages for memory that is read here and there.
#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE
#endif
#include "hone_vectors.h"

#if defined(__linux__)
#include <sys/mman.h>

#define LARGE_PAGE ((uintptr_t)2 << 20)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25   // Linux 6.1: now, and not some day
#endif

void hone_use_large_pages(const void *memory, size_t bytes) {
  uintptr_t first = ((uintptr_t)memory + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
  uintptr_t end = ((uintptr_t)memory + bytes) / LARGE_PAGE * LARGE_PAGE;
  if (!memory || first >= end) return;
  // On a failure the pages stay small.
  (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
  (void)madvise((void *)first, end - first, MADV_COLLAPSE);
}
#else
void hone_use_large_pages(const void *memory, size_t bytes) { (void)memory, (void)bytes; }
#endif
