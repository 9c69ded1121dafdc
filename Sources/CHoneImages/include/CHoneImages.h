// JPEG and PNG as rows of red, green and blue bytes, by libjpeg and libpng. What these libraries do about errors, which is
// to jump, stays inside this room; it keeps nothing between calls, and knows no files.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
  HONE_IMAGE_OK,
  // The bytes end before the picture does.
  HONE_IMAGE_TRUNCATED,
  // Something in the bytes cannot be; `reason` tells what.
  HONE_IMAGE_DAMAGED,
  // A kind of picture that is not read; `reason` tells which.
  HONE_IMAGE_UNSUPPORTED,
  HONE_IMAGE_NO_MEMORY,
} hone_image_status;

typedef struct {
  size_t width, height;
  // Bytes of all rows before they are packed, as the header claims.
  size_t raw_bytes;
  char reason[200];
} hone_image_facts;

// What the header says.
hone_image_status hone_jpeg_facts(const uint8_t *bytes, size_t count, hone_image_facts *facts);
hone_image_status hone_png_facts(const uint8_t *bytes, size_t count, hone_image_facts *facts);

// The picture: pixels (height, width, 3), for the width and height that the facts gave. Grey becomes three equal bytes, ink
// (CMYK) what it looks like on white, 16 bits their upper 8, and what shines through shines on white.
hone_image_status hone_jpeg_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, hone_image_facts *facts);
hone_image_status hone_png_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, hone_image_facts *facts);
