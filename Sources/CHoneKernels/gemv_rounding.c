// Rounds and rearranges float matrices into what the matrix library multiplies, in blocks that fit the first cache.
#include "hone_rounding.h"

#include <string.h>

#include "hone_pool.h"
#include "hone_products.h"

// A block: 16 pairs of steps along the depth by 16 lines, where a line is a row of the left or a column of the right
// matrix. A pair lies in one word, the earlier step in the lower half.
enum { PAIRS = 16, LINES = 16 };

// Where a block comes from: its first value, the distance between lines and between steps (one of them is 1), and how
// much of it exists.
typedef struct {
  const float *values;
  size_t line_step, depth_step, lines, depth;
} source;

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS uint32_t upper_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return (bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded;
}

ALWAYS void round_floats(const float *x, uint32_t *halves, size_t count) {
  for (size_t i = 0; i < count; i++) halves[i] = upper_half(x[i]);
}

// Copies what exists of a block of floats [outer][inner], zeros elsewhere.
ALWAYS void load_block(float *block, const float *x, size_t outer_step, size_t outer, size_t inner, size_t all_outer,
                       size_t all_inner) {
  if (outer < all_outer || inner < all_inner) memset(block, 0, all_outer * all_inner * sizeof *block);
  for (size_t i = 0; i < outer; i++) memcpy(block + i * all_inner, x + i * outer_step, inner * sizeof *block);
}

// words [PAIRS][LINES] where the steps lie apart in memory, [LINES][PAIRS] where they are neighbours.
ALWAYS void pair_steps_apart(uint32_t *words, const source *s) {
  float block[2 * PAIRS * LINES];
  uint32_t halves[2 * PAIRS * LINES];
  load_block(block, s->values, s->depth_step, s->depth, s->lines, 2 * PAIRS, LINES);
  round_floats(block, halves, 2 * PAIRS * LINES);
  for (size_t p = 0; p < PAIRS; p++)
    for (size_t l = 0; l < LINES; l++)
      words[p * LINES + l] = halves[2 * p * LINES + l] | halves[(2 * p + 1) * LINES + l] << 16;
}

ALWAYS void pair_neighbours(uint32_t *words, const source *s) {
  float block[2 * PAIRS * LINES];
  uint32_t halves[2 * PAIRS * LINES];
  load_block(block, s->values, s->line_step, s->lines, s->depth, LINES, 2 * PAIRS);
  round_floats(block, halves, 2 * PAIRS * LINES);
  for (size_t i = 0; i < PAIRS * LINES; i++) words[i] = halves[2 * i] | halves[2 * i + 1] << 16;
}

// Writes a block so that the pairs of a line are neighbours (lines apart by `step` words), or the lines of a pair.
ALWAYS void store(uint32_t *out, size_t step, const uint32_t *words, int turned) {
  for (size_t i = 0; i < 16; i++)
    for (size_t j = 0; j < 16; j++) out[i * step + j] = turned ? words[j * 16 + i] : words[i * 16 + j];
}

ALWAYS void round_block(uint32_t *out, size_t step, const source *s, int pairs_outside) {
  uint32_t words[PAIRS * LINES];
  int apart = s->depth_step != 1;
  if (apart) pair_steps_apart(words, s);
  else pair_neighbours(words, s);
  if (apart == pairs_outside) store(out, step, words, 0);
  else store(out, step, words, 1);
}

static void round_block_portable(uint32_t *out, size_t step, const source *s, int pairs_outside) {
  round_block(out, step, s, pairs_outside);
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,prefer-256-bit")))
static void round_block_avx512(uint32_t *out, size_t step, const source *s, int pairs_outside) {
  round_block(out, step, s, pairs_outside);
}
#endif

typedef struct {
  uint16_t *out;
  hone_matrix x;   // (line, step), or (step, line) when by_panels
  size_t lines, depth, all_lines, all_depth, width;
  int by_panels;
  void (*round)(uint32_t *out, size_t step, const source *s, int pairs_outside);
} rounding;

static size_t left_of(size_t count, size_t start, size_t most) {
  return start >= count ? 0 : count - start < most ? count - start : most;
}

// 16 lines, whole along the depth.
static void round_lines(void *context, size_t index) {
  const rounding *r = context;
  size_t line = index * LINES;
  int neighbours = r->by_panels ? r->x.transposed : !r->x.transposed;
  size_t line_step = neighbours ? r->x.step : 1, depth_step = neighbours ? 1 : r->x.step;
  for (size_t k = 0; k < r->all_depth; k += 2 * PAIRS) {
    source s = {r->x.values + line * line_step + k * depth_step, line_step, depth_step,
                left_of(r->lines, line, LINES), left_of(r->depth, k, 2 * PAIRS)};
    if (s.lines == 0 || s.depth == 0) s.lines = s.depth = 0, s.values = r->x.values;
    uint32_t *out = (uint32_t *)r->out;
    if (!r->by_panels) r->round(out + (line * r->all_depth + k) / 2, r->all_depth / 2, &s, 0);
    else r->round(out + (line / r->width * r->all_depth + k) / 2 * r->width + line % r->width, r->width, &s, 1);
  }
}

static void run(rounding r) {
  r.round = round_block_portable;
#if defined(__x86_64__)
  if (hone_products_chosen() >= HONE_PRODUCTS_AVX512) r.round = round_block_avx512;
#endif
  hone_parallel((r.all_lines + LINES - 1) / LINES, round_lines, &r);
}

void hone_round_rows(uint16_t *out, hone_matrix x, size_t rows, size_t depth, size_t all_rows, size_t all_depth) {
  run((rounding){.out = out, .x = x, .lines = rows, .depth = depth, .all_lines = all_rows, .all_depth = all_depth});
}

void hone_round_panels(uint16_t *out, hone_matrix w, size_t depth, size_t columns, size_t all_depth, size_t width) {
  size_t all_columns = (columns + width - 1) / width * width;
  run((rounding){.out = out, .x = w, .lines = columns, .depth = depth, .all_lines = all_columns,
                 .all_depth = all_depth, .width = width, .by_panels = 1});
}

static void round_plain_row(void *context, size_t k) {
  const rounding *r = context;
  uint16_t *out = r->out + k * r->lines;
  for (size_t c = 0; c < r->lines; c++) {
    float value = k >= r->depth ? 0 : r->x.transposed ? r->x.values[c * r->x.step + k] : r->x.values[k * r->x.step + c];
    out[c] = (uint16_t)upper_half(value);
  }
}

void hone_round_plain(uint16_t *out, hone_matrix w, size_t depth, size_t columns, size_t all_depth) {
  rounding r = {.out = out, .x = w, .lines = columns, .depth = depth};
  hone_parallel(all_depth, round_plain_row, &r);
}

void hone_round_in_place(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = upper_half(x[i]) << 16;
    memcpy(x + i, &bits, sizeof bits);
  }
}
