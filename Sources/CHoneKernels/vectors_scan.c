// The scan of lists of codes for the rows that may be among the best.
#include "hone_vectors.h"

#include <math.h>
#include <stdlib.h>

static int better(const hone_candidate *a, const hone_candidate *b) {
  return a->estimate > b->estimate || (a->estimate == b->estimate && a->row < b->row);
}

static int by_rank(const void *a, const void *b) { return better(a, b) ? -1 : better(b, a); }

static void swap(hone_candidate *a, hone_candidate *b) {
  hone_candidate c = *a;
  *a = *b;
  *b = c;
}

// Brings the best `keep` of `count` candidates to the front, in no order. No two are equal, since their rows are not.
static void select_best(hone_candidate *x, size_t count, size_t keep) {
  size_t first = 0, last = count - 1;
  while (first < last) {
    size_t middle = first + (last - first) / 2;
    if (better(x + middle, x + first)) swap(x + middle, x + first);
    if (better(x + last, x + first)) swap(x + last, x + first);
    if (better(x + last, x + middle)) swap(x + last, x + middle);
    hone_candidate pivot = x[middle];
    size_t i = first, j = last;
    for (;;) {
      while (better(x + i, &pivot)) i++;
      while (better(&pivot, x + j)) j--;
      if (i >= j) break;
      swap(x + i++, x + j--);
    }
    // x[first ... j] are no worse than the pivot, x[j + 1 ... last] no better.
    if (keep - 1 <= j) last = j;
    else first = j + 1;
  }
}

void hone_prune_candidates(hone_candidates *c) {
  if (c->count <= c->keep) return;
  select_best(c->candidates, c->count, c->keep);
  c->count = c->keep;
  float least = c->candidates[0].estimate;
  for (size_t i = 1; i < c->count; i++) least = c->candidates[i].estimate < least ? c->candidates[i].estimate : least;
  c->least = least;
}

void hone_finish_candidates(hone_candidates *candidates) {
  hone_prune_candidates(candidates);
  qsort(candidates->candidates, candidates->count, sizeof(hone_candidate), by_rank);
}

// The smallest sum whose estimate may reach the least one that is still of use; 65536 when none does.
static uint32_t threshold(const hone_candidates *c, float base, float step) {
  float units = (c->least - base) / step;
  if (!(units > 1)) return 0;   // also when it is not a number
  return units > 65537 ? 65536 : (uint32_t)units - 1;
}

static int is_allowed(const hone_code_scan *scan, uint32_t row) {
  return row != UINT32_MAX && (!scan->allowed || (row < scan->allowed_rows && (scan->allowed[row / 64] >> (row % 64) & 1)));
}

static void offer(hone_candidates *c, float estimate, uint32_t row, uint32_t place) {
  if (estimate < c->least) return;
  c->candidates[c->count++] = (hone_candidate){estimate, row, place};
  if (c->count == c->capacity) hone_prune_candidates(c);
}

enum { TOGETHER = 16 };   // blocks whose sums are computed before they are looked at

// The rows that `mask` names of one block whose first place is `at` of the list.
static size_t offer_block(hone_candidates *c, const hone_code_scan *scan, uint32_t mask, const uint16_t *sums,
                          const uint32_t *places, uint32_t first, float base) {
  size_t seen = 0;
  for (; mask; mask &= mask - 1) {
    uint32_t lane = (uint32_t)__builtin_ctz(mask);
    uint32_t place = places ? places[lane] : first + lane, row = scan->rows[place];
    if (!is_allowed(scan, row)) continue;
    seen++;
    offer(c, base + scan->step * (float)sums[lane], row, place);
  }
  return seen;
}

static size_t scan_list(hone_candidates *c, const hone_code_scan *scan, size_t block, const uint32_t *places,
                        uint32_t first, size_t count, float base) {
  uint16_t sums[TOGETHER * HONE_CODE_BLOCK];
  uint32_t masks[TOGETHER];
  size_t seen = 0;
  for (size_t start = 0; start < count; start += TOGETHER * HONE_CODE_BLOCK) {
    size_t rows = count - start < TOGETHER * HONE_CODE_BLOCK ? count - start : TOGETHER * HONE_CODE_BLOCK;
    size_t blocks = (rows + HONE_CODE_BLOCK - 1) / HONE_CODE_BLOCK;
    hone_code_sums(sums, scan->codes + (block + start / HONE_CODE_BLOCK) * scan->groups * 16, blocks, scan->groups,
                   scan->tables, scan->most);
    uint32_t least = threshold(c, base, scan->step);
    // With a filter all rows are asked for, since those that it admits are counted.
    if (!scan->allowed && least > 65535) {
      seen += rows;
      continue;
    }
    hone_sum_masks(masks, sums, blocks, scan->allowed ? 0 : (uint16_t)least);
    for (size_t b = 0; b < blocks; b++) {
      size_t left = rows - b * HONE_CODE_BLOCK, at = start + b * HONE_CODE_BLOCK;
      uint32_t mask = left < HONE_CODE_BLOCK ? masks[b] & ((1u << left) - 1) : masks[b];
      size_t found = offer_block(c, scan, mask, sums + b * HONE_CODE_BLOCK, places ? places + at : NULL,
                                 first + (uint32_t)at, base);
      if (scan->allowed) seen += found;
    }
    if (!scan->allowed) seen += rows;
  }
  return seen;
}

size_t hone_scan_lists(hone_candidates *candidates, const hone_code_scan *scan, const uint32_t *starts,
                       const uint32_t *blocks, const uint32_t *lists, size_t count, const float *bases, float offset) {
  size_t seen = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t list = lists[i];
    if (i + 1 < count) {
      const uint8_t *next = scan->codes + (size_t)blocks[lists[i + 1]] * scan->groups * 16;
      for (size_t line = 0; line < 16; line++) __builtin_prefetch(next + 64 * line);
    }
    seen += scan_list(candidates, scan, blocks[list], NULL, starts[list], starts[list + 1] - starts[list],
                      bases[list] + offset);
  }
  return seen;
}

size_t hone_scan_places(hone_candidates *candidates, const hone_code_scan *scan, const uint32_t *places, size_t count,
                        float base) {
  return scan_list(candidates, scan, 0, places, 0, count, base);
}

enum { BINS = 256 };

static void sort_nearly_sorted(hone_candidate *x, size_t count) {
  for (size_t i = 1; i < count; i++) {
    hone_candidate one = x[i];
    size_t j = i;
    for (; j > 0 && better(&one, x + j - 1); j--) x[j] = x[j - 1];
    x[j] = one;
  }
}

// Values fall into bins of equal width, the best bin first; only bins that hold some of the best are put in order.
void hone_order_lists(uint32_t *order, const float *products, const float *biases, size_t lists, size_t count,
                      hone_candidate *scratch) {
  float least = INFINITY, most = -INFINITY;
  for (size_t l = 0; l < lists; l++) {
    float value = products[l] + (biases ? biases[l] : 0);
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  float scale = most > least ? (BINS - 1) / (most - least) : 0;
  uint32_t ends[BINS + 1] = {0};
  for (size_t l = 0; l < lists; l++) {
    float bin = (most - (products[l] + (biases ? biases[l] : 0))) * scale;
    ends[bin >= 0 && bin < BINS ? (int)bin : BINS - 1]++;   // what is not a number comes last
  }
  uint32_t bins = 0, sum = 0;
  for (; bins < BINS && sum < count; bins++) {
    uint32_t own = ends[bins];
    ends[bins] = sum;
    sum += own;
  }
  for (size_t l = 0; l < lists; l++) {
    float value = products[l] + (biases ? biases[l] : 0), bin = (most - value) * scale;
    uint32_t own = bin >= 0 && bin < BINS ? (uint32_t)bin : BINS - 1;
    if (own < bins) scratch[ends[own]++] = (hone_candidate){value, (uint32_t)l, 0};
  }
  if (sum > 4 * count + 64) qsort(scratch, sum, sizeof *scratch, by_rank);
  else sort_nearly_sorted(scratch, sum);
  for (size_t i = 0; i < count; i++) order[i] = scratch[i].row;
}
