// The sums of table entries over rows of 4-bit codes: 32 rows at a time, 16 table entries in one register.
// Source of the idea: André, Kermarrec and Le Scouarnec, "Cache locality is not enough", VLDB 2015.
#include "hone_kernels.h"
#include "hone_vectors.h"

#include <string.h>

// As many entries as surely fit are added as bytes; these sums are then added to 16-bit ones.
// In a register of 16-bit sums the bytes of even places are added with those of odd places still above them; the sums
// of the latter, taken away at the end, leave both.
#define BYTES_OF_GROUP 16

// Codes of one list lie end to end and are used once: they are asked for so many bytes before.
#define AHEAD 2048

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2"))), apply_to = function)
// The four quarters of each of two registers, added: 8 sums of 16 bits each.
static __m128i quarters_avx512(__m512i sums) {
  __m256i halves = _mm256_add_epi16(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64(sums, 1));
  return _mm_add_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

static void code_sums_avx512(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups,
                             const uint8_t *tables, size_t together) {
  const __m512i low = _mm512_set1_epi8(15);
  for (size_t block = 0; block < blocks; block++, sums += HONE_CODE_BLOCK) {
    __m512i lower = _mm512_setzero_si512(), lower_odd = lower, upper = lower, upper_odd = lower;
    for (size_t g = 0; g < groups;) {
      __m512i a = _mm512_setzero_si512(), b = a;
      for (size_t end = least(groups, g + 4 * together); g < end; g += 4, codes += 64) {
        _mm_prefetch((const char *)codes + AHEAD, _MM_HINT_T0);
        __m512i code = _mm512_loadu_si512(codes), table = _mm512_loadu_si512(tables + g * BYTES_OF_GROUP);
        a = _mm512_add_epi8(a, _mm512_shuffle_epi8(table, _mm512_and_si512(code, low)));
        b = _mm512_add_epi8(b, _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(code, 4), low)));
      }
      lower = _mm512_add_epi16(lower, a);
      lower_odd = _mm512_add_epi16(lower_odd, _mm512_srli_epi16(a, 8));
      upper = _mm512_add_epi16(upper, b);
      upper_odd = _mm512_add_epi16(upper_odd, _mm512_srli_epi16(b, 8));
    }
    lower = _mm512_sub_epi16(lower, _mm512_slli_epi16(lower_odd, 8));
    upper = _mm512_sub_epi16(upper, _mm512_slli_epi16(upper_odd, 8));
    _mm_storeu_si128((__m128i *)sums, quarters_avx512(lower));
    _mm_storeu_si128((__m128i *)(sums + 8), quarters_avx512(lower_odd));
    _mm_storeu_si128((__m128i *)(sums + 16), quarters_avx512(upper));
    _mm_storeu_si128((__m128i *)(sums + 24), quarters_avx512(upper_odd));
  }
}

static void sum_masks_avx512(uint32_t *masks, const uint16_t *sums, size_t blocks, uint16_t least) {
  const __m512i limit = _mm512_set1_epi16((short)least);
  for (size_t block = 0; block < blocks; block++)
    masks[block] = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(sums + block * HONE_CODE_BLOCK), limit);
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
static __m128i halves_avx2(__m256i sums) {
  return _mm_add_epi16(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

static void code_sums_avx2(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups, const uint8_t *tables,
                           size_t together) {
  const __m256i low = _mm256_set1_epi8(15);
  for (size_t block = 0; block < blocks; block++, sums += HONE_CODE_BLOCK) {
    __m256i lower = _mm256_setzero_si256(), lower_odd = lower, upper = lower, upper_odd = lower;
    for (size_t g = 0; g < groups;) {
      __m256i a = _mm256_setzero_si256(), b = a;
      for (size_t end = least(groups, g + 2 * together); g < end; g += 2, codes += 32) {
        __m256i code = _mm256_loadu_si256((const __m256i *)codes);
        __m256i table = _mm256_loadu_si256((const __m256i *)(tables + g * BYTES_OF_GROUP));
        a = _mm256_add_epi8(a, _mm256_shuffle_epi8(table, _mm256_and_si256(code, low)));
        b = _mm256_add_epi8(b, _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(code, 4), low)));
      }
      lower = _mm256_add_epi16(lower, a);
      lower_odd = _mm256_add_epi16(lower_odd, _mm256_srli_epi16(a, 8));
      upper = _mm256_add_epi16(upper, b);
      upper_odd = _mm256_add_epi16(upper_odd, _mm256_srli_epi16(b, 8));
    }
    lower = _mm256_sub_epi16(lower, _mm256_slli_epi16(lower_odd, 8));
    upper = _mm256_sub_epi16(upper, _mm256_slli_epi16(upper_odd, 8));
    _mm_storeu_si128((__m128i *)sums, halves_avx2(lower));
    _mm_storeu_si128((__m128i *)(sums + 8), halves_avx2(lower_odd));
    _mm_storeu_si128((__m128i *)(sums + 16), halves_avx2(upper));
    _mm_storeu_si128((__m128i *)(sums + 24), halves_avx2(upper_odd));
  }
}

static void sum_masks_avx2(uint32_t *masks, const uint16_t *sums, size_t blocks, uint16_t least) {
  const __m256i limit = _mm256_set1_epi16((short)least);
  for (size_t block = 0; block < blocks; block++) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(sums + block * HONE_CODE_BLOCK));
    __m256i b = _mm256_loadu_si256((const __m256i *)(sums + block * HONE_CODE_BLOCK + 16));
    a = _mm256_cmpeq_epi16(_mm256_max_epu16(a, limit), a);
    b = _mm256_cmpeq_epi16(_mm256_max_epu16(b, limit), b);
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8);
    masks[block] = (uint32_t)_mm256_movemask_epi8(bytes);
  }
}
#pragma clang attribute pop
#elif defined(__aarch64__)
#include <arm_neon.h>

static void code_sums_neon(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups, const uint8_t *tables,
                           size_t together) {
  const uint8x16_t low = vdupq_n_u8(15);
  for (size_t block = 0; block < blocks; block++, sums += HONE_CODE_BLOCK) {
    uint16x8_t lower = vdupq_n_u16(0), lower_odd = lower, upper = lower, upper_odd = lower;
    for (size_t g = 0; g < groups;) {
      uint8x16_t bytes_a = vdupq_n_u8(0), bytes_b = bytes_a;
      for (size_t end = least(groups, g + together); g < end; g++, codes += BYTES_OF_GROUP) {
        uint8x16_t code = vld1q_u8(codes), table = vld1q_u8(tables + g * BYTES_OF_GROUP);
        bytes_a = vaddq_u8(bytes_a, vqtbl1q_u8(table, vandq_u8(code, low)));
        bytes_b = vaddq_u8(bytes_b, vqtbl1q_u8(table, vshrq_n_u8(code, 4)));
      }
      uint16x8_t a = vreinterpretq_u16_u8(bytes_a), b = vreinterpretq_u16_u8(bytes_b);
      lower = vaddq_u16(lower, a);
      lower_odd = vsraq_n_u16(lower_odd, a, 8);
      upper = vaddq_u16(upper, b);
      upper_odd = vsraq_n_u16(upper_odd, b, 8);
    }
    vst1q_u16(sums, vsubq_u16(lower, vshlq_n_u16(lower_odd, 8)));
    vst1q_u16(sums + 8, lower_odd);
    vst1q_u16(sums + 16, vsubq_u16(upper, vshlq_n_u16(upper_odd, 8)));
    vst1q_u16(sums + 24, upper_odd);
  }
}
#endif

static void code_sums_portable(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups,
                               const uint8_t *tables) {
  for (size_t block = 0; block < blocks; block++, sums += HONE_CODE_BLOCK) {
    memset(sums, 0, HONE_CODE_BLOCK * sizeof *sums);
    for (size_t g = 0; g < groups; g++, codes += BYTES_OF_GROUP)
      for (size_t byte = 0; byte < BYTES_OF_GROUP; byte++) {
        size_t row = byte / 2 + byte % 2 * 8;
        sums[row] += tables[g * HONE_CODE_WORDS + (codes[byte] & 15)];
        sums[row + 16] += tables[g * HONE_CODE_WORDS + (codes[byte] >> 4)];
      }
  }
}

static void sum_masks_portable(uint32_t *masks, const uint16_t *sums, size_t blocks, uint16_t least) {
  for (size_t block = 0; block < blocks; block++, sums += HONE_CODE_BLOCK) {
    uint32_t mask = 0;
    for (size_t row = 0; row < HONE_CODE_BLOCK; row++) mask |= (uint32_t)(sums[row] >= least) << row;
    masks[block] = mask;
  }
}

void hone_sum_masks(uint32_t *masks, const uint16_t *sums, size_t blocks, uint16_t least) {
  switch (hone_kernels_chosen()) {
#if defined(__x86_64__)
  case HONE_KERNELS_AVX512VNNI:
  case HONE_KERNELS_AVX512: sum_masks_avx512(masks, sums, blocks, least); break;
  case HONE_KERNELS_AVX2: sum_masks_avx2(masks, sums, blocks, least); break;
#endif
  default: sum_masks_portable(masks, sums, blocks, least); break;
  }
}

void hone_code_sums(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups, const uint8_t *tables,
                    uint8_t most) {
  size_t together = most > 0 ? 255 / most : 255;
  switch (hone_kernels_chosen()) {
#if defined(__x86_64__)
  case HONE_KERNELS_AVX512VNNI:
  case HONE_KERNELS_AVX512: code_sums_avx512(sums, codes, blocks, groups, tables, together); break;
  case HONE_KERNELS_AVX2: code_sums_avx2(sums, codes, blocks, groups, tables, together); break;
#elif defined(__aarch64__)
  case HONE_KERNELS_NEON: code_sums_neon(sums, codes, blocks, groups, tables, together); break;
#endif
  default: code_sums_portable(sums, codes, blocks, groups, tables); break;
  }
}
