// Lays a matrix out in panels of 32 columns.
#include <math.h>
#include <string.h>

#include "gemv.h"
#include "hone_pool.h"
#include "hone_rounding.h"

static size_t divided(size_t count, size_t by) { return count / by + (count % by != 0); }

static size_t packed_bytes(size_t depth, size_t columns, size_t steps, size_t bytes_per_step) {
  size_t panel, all;
  if (__builtin_mul_overflow(divided(depth, steps), HONE_PANEL * bytes_per_step, &panel)) return 0;
  return __builtin_mul_overflow(panel, divided(columns, HONE_PANEL), &all) ? 0 : all;
}

size_t hone_packed_bytes_float32(size_t depth, size_t columns) { return packed_bytes(depth, columns, 1, 4); }
size_t hone_packed_bytes_bfloat16(size_t depth, size_t columns) { return packed_bytes(depth, columns, 32, 64); }
size_t hone_packed_bytes_int8(size_t depth, size_t columns) { return packed_bytes(depth, columns, 4, 4); }
size_t hone_packed_bytes_int16(size_t depth, size_t columns) { return packed_bytes(depth, columns, 2, 4); }

int32_t hone_int16_limit(size_t depth) {
  double limit = floor(sqrt(2147483647.0 / (double)depth));
  return limit > 32767 ? 32767 : (int32_t)limit;
}

typedef struct {
  void *packed;
  hone_matrix w;
  size_t depth, columns;
  float *scales;
  int32_t *sums;
} packing;

enum { STEPS = 64 };   // along the depth at a time

// Copies `steps` × 32 values of one panel from depth k on, zeros where there is no column.
static void gather(float *block, const packing *p, size_t panel, size_t k, size_t steps) {
  size_t column = panel * HONE_PANEL;
  size_t columns = p->columns - column < HONE_PANEL ? p->columns - column : HONE_PANEL;
  if (columns < HONE_PANEL) memset(block, 0, steps * HONE_PANEL * sizeof *block);
  if (!p->w.transposed) {
    for (size_t i = 0; i < steps; i++)
      memcpy(block + i * HONE_PANEL, p->w.values + (k + i) * p->w.step + column, columns * sizeof *block);
    return;
  }
  for (size_t c = 0; c < columns; c++) {
    const float *w = p->w.values + (column + c) * p->w.step + k;
    for (size_t i = 0; i < steps; i++) block[i * HONE_PANEL + c] = w[i];
  }
}

static size_t steps_at(const packing *p, size_t k) { return p->depth - k < STEPS ? p->depth - k : STEPS; }

static void float32_panel(void *context, size_t panel) {
  const packing *p = context;
  float *packed = (float *)p->packed + panel * p->depth * HONE_PANEL;
  for (size_t k = 0; k < p->depth; k += STEPS) gather(packed + k * HONE_PANEL, p, panel, k, steps_at(p, k));
}

// What one unit of each column is worth: its largest value divided by `units`; 0 for a column of zeros, NaN when one is not
// finite.
static void whole_scales(const packing *p, size_t panel, float units, float scales[HONE_PANEL]) {
  float block[STEPS * HONE_PANEL], most[HONE_PANEL] = {0};
  for (size_t k = 0; k < p->depth; k += STEPS) {
    size_t steps = steps_at(p, k);
    gather(block, p, panel, k, steps);
    for (size_t i = 0; i < steps * HONE_PANEL; i++) {
      float size = fabsf(block[i]);
      if (!(size <= most[i % HONE_PANEL])) most[i % HONE_PANEL] = isfinite(size) ? size : NAN;
    }
  }
  for (size_t c = 0; c < HONE_PANEL; c++) scales[c] = most[c] < 1e-35f ? 0 : most[c] / units;
}

static void int8_panel(void *context, size_t panel) {
  const packing *p = context;
  int8_t *packed = (int8_t *)p->packed + panel * divided(p->depth, 4) * HONE_PANEL * 4;
  float *scales = p->scales + panel * HONE_PANEL;
  int32_t *sums = p->sums + panel * HONE_PANEL;
  float block[STEPS * HONE_PANEL];
  whole_scales(p, panel, 127, scales);
  memset(packed, 0, divided(p->depth, 4) * HONE_PANEL * 4);
  memset(sums, 0, HONE_PANEL * sizeof *sums);
  for (size_t k = 0; k < p->depth; k += STEPS) {
    size_t steps = steps_at(p, k);
    gather(block, p, panel, k, steps);
    for (size_t i = 0; i < steps; i++)
      for (size_t c = 0; c < HONE_PANEL; c++) {
        float whole = scales[c] > 0 ? rintf(block[i * HONE_PANEL + c] / scales[c]) : 0;
        int8_t byte = (int8_t)(whole > 127 ? 127 : whole < -127 ? -127 : whole);
        packed[((k + i) / 4 * HONE_PANEL + c) * 4 + (k + i) % 4] = byte;
        sums[c] += byte;
      }
  }
}

static void int16_panel(void *context, size_t panel) {
  const packing *p = context;
  int16_t *packed = (int16_t *)p->packed + panel * divided(p->depth, 2) * HONE_PANEL * 2;
  float *scales = p->scales + panel * HONE_PANEL, block[STEPS * HONE_PANEL];
  float limit = (float)hone_int16_limit(p->depth);
  whole_scales(p, panel, limit, scales);
  memset(packed, 0, divided(p->depth, 2) * HONE_PANEL * 2 * sizeof *packed);
  for (size_t k = 0; k < p->depth; k += STEPS) {
    size_t steps = steps_at(p, k);
    gather(block, p, panel, k, steps);
    for (size_t i = 0; i < steps; i++)
      for (size_t c = 0; c < HONE_PANEL; c++) {
        float whole = scales[c] > 0 ? rintf(block[i * HONE_PANEL + c] / scales[c]) : 0;
        packed[((k + i) / 2 * HONE_PANEL + c) * 2 + (k + i) % 2] =
            (int16_t)(whole > limit ? limit : whole < -limit ? -limit : whole);
      }
  }
}

static void pack(packing p, hone_task task) { hone_parallel(divided(p.columns, HONE_PANEL), task, &p); }

void hone_pack_float32(void *packed, hone_matrix w, size_t depth, size_t columns) {
  pack((packing){.packed = packed, .w = w, .depth = depth, .columns = columns}, float32_panel);
}

void hone_pack_bfloat16(void *packed, hone_matrix w, size_t depth, size_t columns) {
  hone_round_panels(packed, w, depth, columns, divided(depth, 32) * 32, HONE_PANEL);
}

void hone_pack_int8(void *packed, float *scales, int32_t *sums, hone_matrix w, size_t depth, size_t columns) {
  pack((packing){packed, w, depth, columns, scales, sums}, int8_panel);
}

void hone_pack_int16(void *packed, float *scales, hone_matrix w, size_t depth, size_t columns) {
  pack((packing){.packed = packed, .w = w, .depth = depth, .columns = columns, .scales = scales}, int16_panel);
}
