// Rounds and rearranges float matrices into what the matrix library multiplies, in blocks that fit the first cache.
#include "hone_rounding.h"

#include <string.h>

#include "hone_pool.h"
#include "hone_kernels.h"

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

typedef uint32_t words16 __attribute__((vector_size(64), aligned(4)));

ALWAYS void upper_halves(words16 *halves, const float *x) {
  words16 bits = *(const words16 *)x;
  words16 nan = (words16)((bits & 0x7fffffff) > 0x7f800000);
  words16 rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  *halves = (rounded & ~nan) | ((bits >> 16 | 0x40) & nan);
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
  load_block(block, s->values, s->depth_step, s->depth, s->lines, 2 * PAIRS, LINES);
  for (size_t p = 0; p < PAIRS; p++) {
    const float *steps = block + 2 * p * LINES;
    words16 low, high;
    upper_halves(&low, steps);
    upper_halves(&high, steps + LINES);
    *(words16 *)(words + p * LINES) = low | high << 16;
  }
}

ALWAYS void pair_neighbours(uint32_t *words, const source *s) {
  float block[2 * PAIRS * LINES];
  load_block(block, s->values, s->line_step, s->lines, s->depth, LINES, 2 * PAIRS);
  for (size_t l = 0; l < LINES; l++) {
    words16 low, high;
    upper_halves(&low, block + 2 * l * PAIRS);
    upper_halves(&high, block + (2 * l + 1) * PAIRS);
    words16 even = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    words16 odd = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    *(words16 *)(words + l * PAIRS) = even | odd << 16;
  }
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
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
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

static void round_at(const rounding *r, size_t line, size_t k) {
  int neighbours = r->by_panels ? r->x.transposed : !r->x.transposed;
  size_t line_step = neighbours ? r->x.step : 1, depth_step = neighbours ? 1 : r->x.step;
  source s = {r->x.values, line_step, depth_step, left_of(r->lines, line, LINES), left_of(r->depth, k, 2 * PAIRS)};
  if (s.lines == 0 || s.depth == 0) s.lines = s.depth = 0;
  else s.values += line * line_step + k * depth_step;
  uint32_t *out = (uint32_t *)r->out;
  if (!r->by_panels) r->round(out + (line * r->all_depth + k) / 2, r->all_depth / 2, &s, 0);
  else r->round(out + (line / r->width * r->all_depth + k) / 2 * r->width + line % r->width, r->width, &s, 1);
}

// A piece is read along the memory, and is wide enough on both sides that a page gives or takes several blocks.
enum { PIECE_LINES = 256, PIECE_DEPTH = 1024 };

static size_t pieces_of(size_t count, size_t piece) { return (count + piece - 1) / piece; }

static void round_piece(void *context, size_t index) {
  const rounding *r = context;
  size_t along = pieces_of(r->all_depth, PIECE_DEPTH);
  size_t line = index / along * PIECE_LINES, k = index % along * PIECE_DEPTH;
  size_t line_end = line + left_of(r->all_lines, line, PIECE_LINES), k_end = k + left_of(r->all_depth, k, PIECE_DEPTH);
  if (r->by_panels == (r->x.transposed != 0)) {
    for (; line < line_end; line += LINES)
      for (size_t at = k; at < k_end; at += 2 * PAIRS) round_at(r, line, at);
    return;
  }
  for (; k < k_end; k += 2 * PAIRS)
    for (size_t at = line; at < line_end; at += LINES) round_at(r, at, k);
}

static void run(rounding r) {
  r.round = round_block_portable;
#if defined(__x86_64__)
  if (hone_kernels_chosen() >= HONE_KERNELS_AVX512) r.round = round_block_avx512;
#endif
  hone_parallel(pieces_of(r.all_lines, PIECE_LINES) * pieces_of(r.all_depth, PIECE_DEPTH), round_piece, &r);
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
