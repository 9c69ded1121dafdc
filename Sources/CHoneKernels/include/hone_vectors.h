#pragma once

#include <stddef.h>
#include <stdint.h>

// Nearest neighbours: how near rows are to a query, small codes of rows and their scan.
//
// Rows are kept as float32, as the upper halves of floats (bfloat16), or as bytes from -127 to 127 times a scale a row.
typedef enum {
  HONE_ROWS_FLOAT32,
  HONE_ROWS_BFLOAT16,
  HONE_ROWS_INT8,
} hone_row_encoding;

typedef struct {
  const void *values;    // (rows, dimensions), of any alignment
  const float *scales;   // (rows), int8 alone
  size_t dimensions;
  hone_row_encoding encoding;
} hone_rows;

// out[i] = query · row of places[first + i], or the squared distance of the two; `places` may be NULL: row first + i.
// What one row gives depends on nothing else.
void hone_row_products(float *out, const float *query, hone_rows rows, const uint32_t *places, size_t first,
                       size_t count, int squared_distance);

// out[i] = query · bytes of row first + i, exact as long as it fits: |query| · 127 · dimensions < 2^31.
void hone_byte_products(int32_t *out, const int16_t *query, const int8_t *rows, size_t dimensions, size_t first,
                        size_t count);

// Rows of floats in another encoding; scales (rows) for int8. Ties to even; what is not finite must not come here.
void hone_encode_bfloat16(uint16_t *out, const float *x, size_t count);
void hone_encode_int8(int8_t *out, float *scales, const float *x, size_t rows, size_t dimensions);
// Back to floats.
void hone_decode_rows(float *out, hone_rows rows, size_t first, size_t count);

// The column with the largest value + bias of each row, the first among equals; NaN never wins. bias may be NULL.
void hone_largest_columns(uint32_t *out, const float *x, const float *bias, size_t rows, size_t columns);

// 4-bit codes. The numbers of a row are cut into groups, group g has widths[g] of them; each group is replaced by the
// nearest of its 16 code words. Code words lie as [number][16]: number i of word w is words[i * 16 + w].
enum { HONE_CODE_WORDS = 16, HONE_CODE_BLOCK = 32, HONE_MOST_CODE_GROUPS = 256 };

// codes (rows, groups): the word nearest to each group of x; rows lie `step` floats apart. halves: half the square of
// each word's length, (groups, 16).
void hone_nearest_words(uint8_t *codes, const float *x, size_t step, const float *words, const float *halves,
                        const uint8_t *widths, size_t rows, size_t groups);
// tables (groups, 16) = query's group · each word.
void hone_word_products(float *tables, const float *query, const float *words, const uint8_t *widths, size_t groups);

// entries = products (groups, 16) minus each group's smallest, in units of `step`, of which the widest group has `most`;
// a sum of entries times step, plus base, estimates query · row.
void hone_byte_tables(uint8_t *entries, float *step, float *base, const float *products, size_t groups, uint8_t most);

// The codes of 32 rows lie together: groups · 16 bytes, of which group g has 16. Byte 2i of these holds row i in its
// lower half and row 16 + i in its upper one, byte 2i + 1 rows 8 + i and 24 + i; i in 0 ... 7.
// groups is a multiple of 4 and at most HONE_MOST_CODE_GROUPS.
// sums (blocks, 32) = the sum over the groups of tables[g][code]; no entry is larger than `most`, and the smaller that
// is, the faster it goes.
void hone_code_sums(uint16_t *sums, const uint8_t *codes, size_t blocks, size_t groups, const uint8_t *tables,
                    uint8_t most);
// masks (blocks): a bit for each of the 32 sums that is at least `least`.
void hone_sum_masks(uint32_t *masks, const uint16_t *sums, size_t blocks, uint16_t least);

// Rows that may be among the best: the larger estimate first, the lower row among equals.
typedef struct {
  float estimate;
  uint32_t row, place;
} hone_candidate;

typedef struct {
  hone_candidate *candidates;
  size_t count, capacity;   // capacity >= keep + 32
  size_t keep;              // how many are wanted, at least 1
  float least;              // an estimate below this cannot be among them
} hone_candidates;

// The codes of an index in lists, and one query's tables for them.
typedef struct {
  const uint8_t *codes;
  const uint8_t *tables;      // (groups, 16)
  size_t groups;
  uint8_t most;               // the largest entry of the tables
  float step;                 // what one unit of a table is worth
  const uint32_t *rows;       // the row at each place; UINT32_MAX: none any more
  const uint64_t *allowed;    // a bit a row, or NULL: all
  size_t allowed_rows;        // rows from here on are not allowed
} hone_code_scan;

// Adds the rows of some lists that may be among the best. List l has the places starts[l] ..< starts[l + 1], and its
// codes begin at block blocks[l]; a row whose sum is 0 has the estimate bases[l] + offset.
// Returns how many rows are allowed and there, or, where all are allowed, how many were scanned.
size_t hone_scan_lists(hone_candidates *candidates, const hone_code_scan *scan, const uint32_t *starts,
                       const uint32_t *blocks, const uint32_t *lists, size_t count, const float *bases, float offset);

// The same with one list whose rows are at places[0 ..< count] and whose codes begin at block 0.
size_t hone_scan_places(hone_candidates *candidates, const hone_code_scan *scan, const uint32_t *places, size_t count,
                        float base);

// Leaves the best `keep` candidates, in no order.
void hone_prune_candidates(hone_candidates *candidates);
// Leaves them in order.
void hone_finish_candidates(hone_candidates *candidates);

// The lists with the largest product + bias, in order, the first one first among equals; biases may be NULL.
// scratch: `lists` candidates. 0 < count <= lists.
void hone_order_lists(uint32_t *order, const float *products, const float *biases, size_t lists, size_t count,
                      hone_candidate *scratch);

// CRC-32C (Castagnoli) of bytes; `sum` of those before, 0 at first.
uint32_t hone_crc32c(uint32_t sum, const void *bytes, size_t count);

// Asks the system to keep memory in large pages; what is in it stays. Where there are none nothing happens.
void hone_use_large_pages(const void *memory, size_t bytes);
