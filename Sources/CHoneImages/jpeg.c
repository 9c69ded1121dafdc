// JPEG, by libjpeg.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CHoneImages.h"

// A scan can be a few bytes and costs as much as a whole picture.
enum { MOST_SCANS = 200 };
static const long MOST_MEMORY = 1L << 30;

typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf out;
  hone_image_status status;
  hone_image_facts *facts;
  uint8_t *row;
} reader;

static void leave(reader *r, hone_image_status status, const char *reason) {
  r->status = status;
  snprintf(r->facts->reason, sizeof r->facts->reason, "%s", reason);
  longjmp(r->out, 1);
}

static void on_error(j_common_ptr info) {
  reader *r = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  int code = info->err->msg_code;
  hone_image_status status = code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE ? HONE_IMAGE_NO_MEMORY
                             : code == JERR_INPUT_EOF                                    ? HONE_IMAGE_TRUNCATED
                             : code == JERR_SOF_UNSUPPORTED || code == JERR_BAD_PRECISION || code == JERR_CONVERSION_NOTIMPL
                                 ? HONE_IMAGE_UNSUPPORTED
                                 : HONE_IMAGE_DAMAGED;
  leave(r, status, text);
}

// What the library would only warn of: some of it means that pixels were made up.
static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_MUST_RESYNC:
  case JWRN_ARITH_BAD_CODE: on_error(info);
  default: break;
  }
}

static void on_output(j_common_ptr info) { (void)info; }

static void on_progress(j_common_ptr info) {
  reader *r = info->client_data;
  if (r->info.input_scan_number > MOST_SCANS) leave(r, HONE_IMAGE_DAMAGED, "it has more than 200 scans");
}

static void begin_source(j_decompress_ptr info) { (void)info; }

static boolean fill_source(j_decompress_ptr info) {
  leave(info->client_data, HONE_IMAGE_TRUNCATED, "");
  return FALSE;
}

static void skip_source(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((size_t)count > info->src->bytes_in_buffer) leave(info->client_data, HONE_IMAGE_TRUNCATED, "");
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static void end_source(j_decompress_ptr info) { (void)info; }

static void begin(reader *r, const uint8_t *bytes, size_t count) {
  r->info.err = jpeg_std_error(&r->errors);
  r->errors.error_exit = on_error;
  r->errors.emit_message = on_message;
  r->errors.output_message = on_output;
  r->info.client_data = r;
  jpeg_create_decompress(&r->info);
  r->info.client_data = r;
  r->info.mem->max_memory_to_use = MOST_MEMORY;
  r->source = (struct jpeg_source_mgr){bytes, count, begin_source, fill_source, skip_source, jpeg_resync_to_restart,
                                       end_source};
  r->info.src = &r->source;
  r->progress.progress_monitor = on_progress;
  r->info.progress = &r->progress;
  jpeg_read_header(&r->info, TRUE);
  r->facts->width = r->info.image_width;
  r->facts->height = r->info.image_height;
  r->facts->raw_bytes = (size_t)r->info.image_width * r->info.image_height * (size_t)r->info.num_components;
}

hone_image_status hone_jpeg_facts(const uint8_t *bytes, size_t count, hone_image_facts *facts) {
  reader r;
  memset(&r, 0, sizeof r);
  memset(facts, 0, sizeof *facts);
  r.facts = facts;
  if (setjmp(r.out) == 0) begin(&r, bytes, count);
  jpeg_destroy_decompress(&r.info);
  return r.status;
}

static uint8_t scaled(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return (uint8_t)((product + (product >> 8)) >> 8);
}

// Ink as Adobe's programs write it, with 255 for none: light that three inks and black let through.
static void paint(uint8_t *restrict out, const uint8_t *restrict ink, size_t width) {
  for (size_t x = 0; x < width; x++)
    for (int part = 0; part < 3; part++) {
      uint8_t light = ink[4 * x + 3], lost = scaled(255u - ink[4 * x + part], light);
      out[3 * x + part] = light > lost ? light - lost : 0;
    }
}

static void read_rows(reader *r, uint8_t *pixels) {
  int is_ink = r->info.num_components == 4;
  if (!is_ink && r->info.num_components != 1 && r->info.num_components != 3)
    leave(r, HONE_IMAGE_UNSUPPORTED, "it has neither one, three nor four colours");
  r->info.out_color_space = is_ink ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&r->info);
  size_t width = r->info.output_width;
  if (width != r->facts->width || r->info.output_height != r->facts->height ||
      r->info.output_components != (is_ink ? 4 : 3))
    leave(r, HONE_IMAGE_DAMAGED, "its sizes contradict each other");
  if (is_ink) {
    r->row = malloc(width * 4);
    if (!r->row) leave(r, HONE_IMAGE_NO_MEMORY, "");
  }
  while (r->info.output_scanline < r->info.output_height) {
    uint8_t *to = pixels + (size_t)r->info.output_scanline * width * 3;
    JSAMPROW row = is_ink ? r->row : to;
    if (jpeg_read_scanlines(&r->info, &row, 1) != 1) leave(r, HONE_IMAGE_TRUNCATED, "");
    if (is_ink) paint(to, r->row, width);
  }
}

hone_image_status hone_jpeg_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, hone_image_facts *facts) {
  reader r;
  memset(&r, 0, sizeof r);
  size_t width = facts->width, height = facts->height;
  r.facts = facts;
  if (setjmp(r.out) == 0) {
    begin(&r, bytes, count);
    if (facts->width != width || facts->height != height) leave(&r, HONE_IMAGE_DAMAGED, "its sizes changed");
    read_rows(&r, pixels);
  }
  jpeg_destroy_decompress(&r.info);
  free(r.row);
  return r.status;
}
