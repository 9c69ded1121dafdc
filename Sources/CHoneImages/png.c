// PNG, by libpng.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CHoneImages.h"

// Bytes that a chunk beside the picture, such as a text or a colour profile, may unpack to.
enum { MOST_CHUNK_BYTES = 8 << 20 };

typedef struct {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, place;
  jmp_buf out;
  hone_image_status status;
  hone_image_facts *facts;
  uint8_t *rows;
} reader;

static void leave(reader *r, hone_image_status status, const char *reason) {
  r->status = status;
  snprintf(r->facts->reason, sizeof r->facts->reason, "%s", reason);
  longjmp(r->out, 1);
}

static void on_error(png_structp png, png_const_charp text) {
  reader *r = png_get_error_ptr(png);
  leave(r, r->status == HONE_IMAGE_TRUNCATED ? HONE_IMAGE_TRUNCATED : HONE_IMAGE_DAMAGED, text);
}

static void on_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void on_read(png_structp png, png_bytep to, size_t count) {
  reader *r = png_get_io_ptr(png);
  if (count > r->count - r->place) {
    r->status = HONE_IMAGE_TRUNCATED;
    png_error(png, "");
  }
  memcpy(to, r->bytes + r->place, count);
  r->place += count;
}

static void begin(reader *r, const uint8_t *bytes, size_t count) {
  r->bytes = bytes;
  r->count = count;
  r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
  if (!r->png) leave(r, HONE_IMAGE_NO_MEMORY, "");
  r->info = png_create_info_struct(r->png);
  if (!r->info) leave(r, HONE_IMAGE_NO_MEMORY, "");
  png_set_read_fn(r->png, r, on_read);
  png_set_user_limits(r->png, 0x7FFFFFFF, 0x7FFFFFFF);
  png_set_chunk_malloc_max(r->png, MOST_CHUNK_BYTES);
  png_read_info(r->png, r->info);
  r->facts->width = png_get_image_width(r->png, r->info);
  r->facts->height = png_get_image_height(r->png, r->info);
  size_t row = png_get_rowbytes(r->png, r->info);
  r->facts->raw_bytes = row > SIZE_MAX / r->facts->height ? SIZE_MAX : row * r->facts->height;
}

static void end(reader *r) {
  png_destroy_read_struct(&r->png, &r->info, NULL);
  free(r->rows);
}

hone_image_status hone_png_facts(const uint8_t *bytes, size_t count, hone_image_facts *facts) {
  reader r;
  memset(&r, 0, sizeof r);
  memset(facts, 0, sizeof *facts);
  r.facts = facts;
  if (setjmp(r.out) == 0) begin(&r, bytes, count);
  end(&r);
  return r.status;
}

// Four bytes a pixel, the last of which tells how much of white it hides.
static void lay_on_white(uint8_t *restrict out, const uint8_t *restrict row, size_t width) {
  for (size_t x = 0; x < width; x++) {
    unsigned alpha = row[4 * x + 3];
    for (int part = 0; part < 3; part++)
      out[3 * x + part] = (uint8_t)((row[4 * x + part] * alpha + 255u * (255u - alpha) + 127u) / 255u);
  }
}

static void read_rows(reader *r, uint8_t *pixels) {
  size_t width = r->facts->width, height = r->facts->height;
  int colours = png_get_color_type(r->png, r->info);
  int shines = (colours & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(r->png, r->info, PNG_INFO_tRNS) != 0;
  png_set_expand(r->png);
  png_set_strip_16(r->png);
  if (!(colours & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(r->png);
  int passes = png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  size_t parts = shines ? 4 : 3;
  if (png_get_rowbytes(r->png, r->info) != parts * width)
    leave(r, HONE_IMAGE_DAMAGED, "its sizes contradict each other");
  if (shines) {
    size_t rows = passes > 1 ? height : 1;
    r->rows = calloc(rows * width, 4);
    if (!r->rows) leave(r, HONE_IMAGE_NO_MEMORY, "");
  }
  for (int pass = 0; pass < passes; pass++)
    for (size_t y = 0; y < height; y++) {
      uint8_t *to = pixels + y * width * 3;
      uint8_t *row = shines ? r->rows + (passes > 1 ? y * width * 4 : 0) : to;
      png_read_row(r->png, row, NULL);
      if (shines && pass == passes - 1) lay_on_white(to, row, width);
    }
  png_read_end(r->png, NULL);
}

hone_image_status hone_png_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, hone_image_facts *facts) {
  reader r;
  memset(&r, 0, sizeof r);
  size_t width = facts->width, height = facts->height;
  r.facts = facts;
  if (setjmp(r.out) == 0) {
    begin(&r, bytes, count);
    if (facts->width != width || facts->height != height) leave(&r, HONE_IMAGE_DAMAGED, "its sizes changed");
    read_rows(&r, pixels);
  }
  end(&r);
  return r.status;
}
