// CRC-32C, by the processor's own instruction where it has one.
#include "hone_kernels.h"
#include "hone_vectors.h"

#include <pthread.h>
#include <string.h>

static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
    table[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int i = 1; i < 8; i++) table[i][byte] = table[i - 1][byte] >> 8 ^ table[0][table[i - 1][byte] & 255];
}

// Eight bytes a step: Intel's "slicing by 8", on little-endian machines.
static uint32_t crc_portable(uint32_t crc, const unsigned char *bytes, size_t count) {
  pthread_once(&once, fill_table);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    word ^= crc;
    crc = 0;
    for (int i = 0; i < 8; i++) crc ^= table[7 - i][word >> (8 * i) & 255];
  }
#endif
  for (; count > 0; bytes++, count--) crc = crc >> 8 ^ table[0][(crc ^ *bytes) & 255];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_sse42(uint32_t crc, const unsigned char *bytes, size_t count) {
  uint64_t wide = crc;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = (uint32_t)wide;
  for (; count > 0; bytes++, count--) crc = __builtin_ia32_crc32qi(crc, *bytes);
  return crc;
}
#endif

uint32_t hone_crc32c(uint32_t sum, const void *bytes, size_t count) {
#if defined(__x86_64__)
  // Every processor with AVX2 has it.
  if (hone_kernels_chosen() >= HONE_KERNELS_AVX2) return ~crc_sse42(~sum, bytes, count);
#endif
  return ~crc_portable(~sum, bytes, count);
}
