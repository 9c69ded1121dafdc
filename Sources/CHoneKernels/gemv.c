// Divides a product into pieces, brings the rows of each piece into the cache and runs the tiles over them.
#include "gemv.h"

#include <stdlib.h>
#include <string.h>

#include "gemv_tile.h"
#include "hone_pool.h"
#include "hone_kernels.h"
#include "hone_rounding.h"
#include "hone_scratch.h"

enum { BLOCK_ROWS = 120 };   // a multiple of every tile; with HONE_ROW_STEP floats each, a third of a megabyte

static const hone_tiles *chosen_tiles(void) {
  switch (hone_kernels_chosen()) {
#if defined(__x86_64__)
    case HONE_KERNELS_AVX512VNNI: return hone_tiles_avx512vnni();
    case HONE_KERNELS_AVX512: return hone_tiles_avx512();
    case HONE_KERNELS_AVX2: return hone_tiles_avx2();
#elif defined(__aarch64__)
    case HONE_KERNELS_NEON: return hone_tiles_neon();
#endif
    default: return hone_tiles_portable();
  }
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t divided(size_t count, size_t by) { return (count + by - 1) / by; }

// A product cut into blocks of rows times groups of panels.
typedef struct {
  const hone_product *product;
  const hone_tiles *tiles;
  size_t row_blocks, groups, panels;
  const int32_t *rounded;   // whole numbers alone, as in `rounding`
  const float *row_scales;
  size_t together;
} division;

// The rows of a product of whole numbers: [tile][four or two of k][rows of the tile], and what one unit of each row is
// worth.
typedef struct {
  const hone_product *product;
  const hone_tiles *tiles;
  int32_t *rounded;
  float *row_scales;
  size_t together;
  float units;
} rounding;

// A row without any larger value counts as zeros: 127 divided by it would not be finite.
static const float SMALLEST_LARGEST = 1e-35f;

typedef struct {
  size_t row, rows, panel, panel_end;
} piece;

// Small products are not worth waking another thread for.
static division divide(const hone_product *product, size_t panel_bytes) {
  division d = {.product = product, .tiles = chosen_tiles()};
  d.panels = divided(product->columns, HONE_PANEL);
  d.row_blocks = divided(product->rows, BLOCK_ROWS);
  size_t wanted = 4 * (size_t)hone_thread_count();
  if (d.panels * panel_bytes < (size_t)1 << 18 && product->rows * product->columns * product->depth < (size_t)1 << 21)
    wanted = 1;
  d.groups = least(divided(wanted, d.row_blocks), d.panels);
  return d;
}

static piece piece_at(const division *d, size_t index) {
  size_t block = index / d->groups, group = index % d->groups;
  size_t row = block * BLOCK_ROWS;
  return (piece){row, least(BLOCK_ROWS, d->product->rows - row), d->panels * group / d->groups,
                 d->panels * (group + 1) / d->groups};
}

// Copies rows × depth of x, from (row, k) on, as the tiles read it.
static void copy_rows(float *block, const hone_product *p, const hone_tiles *tiles, const piece *at, size_t k,
                      size_t depth) {
  for (size_t first = 0; first < at->rows; first += tiles->tile_rows) {
    size_t rows = least(tiles->tile_rows, at->rows - first);
    float *tile = block + first * HONE_ROW_STEP;
    if (p->x.transposed) {
      const float *x = p->x.values + k * p->x.step + at->row + first;
      for (size_t i = 0; i < depth; i++) memcpy(tile + i * rows, x + i * p->x.step, rows * sizeof *x);
    } else {
      const float *x = p->x.values + (at->row + first) * p->x.step + k;
      for (size_t i = 0; i < rows; i++) memcpy(tile + i * HONE_ROW_STEP, x + i * p->x.step, depth * sizeof *x);
    }
  }
}

// The first values of a tile's sums: zeros, the bias, or what is in `out`.
typedef struct {
  const float *values;
  size_t step;
} beginning;

static const float zeros[HONE_PANEL];

static beginning begin_at(const hone_product *p, size_t row, size_t column, size_t k) {
  if (k > 0 || p->accumulate) return (beginning){p->out + row * p->out_step + column, p->out_step};
  if (p->bias) return (beginning){p->bias + column, 0};
  return (beginning){zeros, 0};
}

typedef void (*float_tile)(size_t rows, const float *a, const void *b, size_t depth, const float *start,
                           size_t start_step, float *out, size_t out_step);

// A tile whose panel is not full passes through a small block of its own.
static void narrow_tile(float_tile tile, size_t rows, const float *a, const void *b, size_t depth, beginning start,
                        float *out, size_t out_step, size_t columns) {
  float sums[HONE_MOST_TILE_ROWS * HONE_PANEL] = {0};
  for (size_t r = 0; r < rows; r++)
    memcpy(sums + r * HONE_PANEL, start.values + r * start.step, columns * sizeof *sums);
  tile(rows, a, b, depth, sums, HONE_PANEL, sums, HONE_PANEL);
  for (size_t r = 0; r < rows; r++) memcpy(out + r * out_step, sums + r * HONE_PANEL, columns * sizeof *sums);
}

// bytes_per_pair: of two steps along one panel, since bfloat16 keeps steps in pairs.
static void float_piece(const division *d, size_t index, float_tile tile, size_t bytes_per_pair, size_t panel_bytes) {
  const hone_product *p = d->product;
  piece at = piece_at(d, index);
  float *block = hone_scratch(HONE_SCRATCH_PIECE, BLOCK_ROWS * HONE_ROW_STEP * sizeof *block);
  for (size_t k = 0; k == 0 || k < p->depth; k += HONE_DEPTH_BLOCK) {
    size_t depth = least(HONE_DEPTH_BLOCK, p->depth - k);
    copy_rows(block, p, d->tiles, &at, k, depth);
    if (p->round_x) hone_round_in_place(block, at.rows * HONE_ROW_STEP);
    for (size_t panel = at.panel; panel < at.panel_end; panel++) {
      const char *b = (const char *)p->packed + panel * panel_bytes + k / 2 * bytes_per_pair;
      size_t column = panel * HONE_PANEL, columns = least(HONE_PANEL, p->columns - column);
      for (size_t first = 0; first < at.rows; first += d->tiles->tile_rows) {
        size_t rows = least(d->tiles->tile_rows, at.rows - first), row = at.row + first;
        beginning start = begin_at(p, row, column, k);
        float *out = p->out + row * p->out_step + column;
        const float *a = block + first * HONE_ROW_STEP;
        if (columns == HONE_PANEL) tile(rows, a, b, depth, start.values, start.step, out, p->out_step);
        else narrow_tile(tile, rows, a, b, depth, start, out, p->out_step, columns);
      }
    }
  }
}

static void float32_piece(void *context, size_t index) {
  const division *d = context;
  float_tile tile = d->product->x.transposed ? d->tiles->float32_by_depth : d->tiles->float32;
  float_piece(d, index, tile, 2 * HONE_PANEL * sizeof(float), hone_packed_bytes_float32(d->product->depth, HONE_PANEL));
}

static void bfloat16_piece(void *context, size_t index) {
  const division *d = context;
  size_t panel_bytes = hone_packed_bytes_bfloat16(d->product->depth, HONE_PANEL);
  float_piece(d, index, d->tiles->bfloat16, HONE_PANEL * sizeof(uint32_t), panel_bytes);
}

void hone_product_float32(const hone_product *product) {
  if (product->rows == 0 || product->columns == 0) return;
  division d = divide(product, product->depth * HONE_PANEL * sizeof(float));
  hone_parallel(d.row_blocks * d.groups, float32_piece, &d);
}

void hone_product_bfloat16(const hone_product *product) {
  if (product->rows == 0 || product->columns == 0) return;
  division d = divide(product, product->depth * HONE_PANEL * 2);
  hone_parallel(d.row_blocks * d.groups, bfloat16_piece, &d);
}

// Which rows a piece of rounding takes: one tile.
static void round_piece(void *context, size_t index) {
  const rounding *r = context;
  const hone_product *p = r->product;
  size_t together = r->together, groups = divided(p->depth, together), first = index * r->tiles->tile_rows;
  size_t rows = least(r->tiles->tile_rows, p->rows - first);
  int32_t *tile = r->rounded + first * groups;
  for (size_t i = 0; i < rows; i++) {
    const float *x = p->x.values + (first + i) * p->x.step;
    float most = r->tiles->largest(x, p->depth);
    int usable = most >= SMALLEST_LARGEST;
    r->row_scales[first + i] = most < SMALLEST_LARGEST ? 0 : most / r->units;
    for (size_t k = 0; k < p->depth; k += HONE_DEPTH_BLOCK) {
      size_t depth = least(HONE_DEPTH_BLOCK, p->depth - k);
      int32_t numbers[HONE_DEPTH_BLOCK / 2];
      if (!usable) memset(numbers, together == 4 && r->tiles->unsigned_rows ? 128 : 0, sizeof numbers);
      else if (together == 4) r->tiles->round_bytes(x + k, depth, r->units / most, (int8_t *)numbers);
      else r->tiles->round_words(x + k, depth, r->units / most, (int16_t *)numbers);
      for (size_t g = 0; g < divided(depth, together); g++) tile[(k / together + g) * rows + i] = numbers[g];
    }
  }
}

static void whole_piece(void *context, size_t index) {
  const division *d = context;
  const hone_product *p = d->product;
  piece at = piece_at(d, index);
  size_t groups = divided(p->depth, d->together);
  for (size_t panel = at.panel; panel < at.panel_end; panel++) {
    const int32_t *b = (const int32_t *)p->packed + panel * groups * HONE_PANEL;
    size_t column = panel * HONE_PANEL, columns = least(HONE_PANEL, p->columns - column);
    int32_t start[HONE_PANEL] = {0}, sums[HONE_MOST_TILE_ROWS * HONE_PANEL];
    if (d->together == 4 && d->tiles->unsigned_rows)
      for (size_t c = 0; c < HONE_PANEL; c++) start[c] = -128 * p->sums[column + c];
    for (size_t first = at.row; first < at.row + at.rows; first += d->tiles->tile_rows) {
      size_t rows = least(d->tiles->tile_rows, at.row + at.rows - first);
      const int32_t *a = d->rounded + first * groups;
      if (d->together == 4) d->tiles->int8(rows, a, b, groups, start, sums);
      else d->tiles->int16(rows, a, b, groups, start, sums);
      for (size_t i = 0; i < rows; i++)
        d->tiles->finish_row(sums + i * HONE_PANEL, d->row_scales[first + i], p->scales + column,
                             p->bias ? p->bias + column : NULL, columns, p->out + (first + i) * p->out_step + column);
    }
  }
}

// together: numbers that share 32 bits; units: what the largest value of a row becomes.
static void whole_product(const hone_product *product, size_t together, float units) {
  if (product->rows == 0 || product->columns == 0) return;
  size_t groups = divided(product->depth, together);
  division d = divide(product, groups * HONE_PANEL * 4);
  size_t scale_bytes = divided(product->rows * sizeof(float), 64) * 64;
  char *scratch = hone_scratch(HONE_SCRATCH_LEFT, scale_bytes + product->rows * groups * sizeof(int32_t));
  rounding r = {product, d.tiles, (int32_t *)(scratch + scale_bytes), (float *)scratch, together, units};
  hone_parallel(divided(product->rows, d.tiles->tile_rows), round_piece, &r);
  d.rounded = r.rounded;
  d.row_scales = r.row_scales;
  d.together = together;
  hone_parallel(d.row_blocks * d.groups, whole_piece, &d);
}

void hone_product_int8(const hone_product *product) { whole_product(product, 4, 127); }

void hone_product_int16(const hone_product *product) {
  whole_product(product, 2, (float)hone_int16_limit(product->depth));
}

void hone_product_unpacked(const hone_product *product, hone_matrix right) {
  hone_product p = *product;
  void *packed = hone_scratch(HONE_SCRATCH_RIGHT, hone_packed_bytes_float32(p.depth, p.columns));
  hone_pack_float32(packed, right, p.depth, p.columns);
  p.packed = packed;
  hone_product_float32(&p);
}

void hone_add_rows(float *sums, const float *x, size_t rows, size_t columns, size_t first, size_t last) {
  for (size_t row = 0; row < rows; row++)
    for (size_t c = first; c < last; c++) sums[c] += x[row * columns + c];
}
