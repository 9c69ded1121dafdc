"""Writes small pictures and what Pillow reads in them, and pictures in other sizes, for Tests/HoneFilesTests/Golden.

    python images_golden.py OUT_FOLDER

Needs: numpy, pillow. A file NAME.jpg or NAME.png stands beside NAME.rgb: the bytes (height, width, 3) that it should give.
`resized-FILTER-WIDTHxHEIGHT.rgb` is the picture of `picture(61, 47)` in that size.
"""
import json
import os
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps


def picture(width, height):
    """Slopes with a few edges and some noise; the tests make the same."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.int64)
    red = rows * 255 // height
    green = columns * 255 // width
    blue = (rows // 5 + columns // 7) % 2 * 200
    noise = (rows * 7919 + columns * 104729 + rows * columns * 31) % 23
    return np.stack([(red + noise) % 256, green, (blue + noise) % 256], -1).astype(np.uint8)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(path, samples, colours, depth, interlaced=False, extra=b""):
    """samples: (height, width, parts) of 8 or 16 bits."""
    height, width = samples.shape[:2]
    kind = np.uint8 if depth == 8 else ">u2"

    def rows(part):
        return b"".join(b"\0" + row.astype(kind).tobytes() for row in part) if part.size else b""

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    body = b"".join(rows(samples[y::down, x::right]) for y, x, down, right in passes) if interlaced else rows(samples)
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, int(interlaced))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(body, 9))
                   + chunk(b"IEND", b""))


def main(out):
    os.makedirs(out, exist_ok=True)

    def path(name):
        return os.path.join(out, name)

    def keep(name, rgb):
        with open(path(name + ".rgb"), "wb") as file:
            file.write(np.ascontiguousarray(rgb, dtype=np.uint8).tobytes())

    def on_white(values):
        colours, alpha = values[..., :3].astype(np.int64), values[..., 3:].astype(np.int64)
        return (colours * alpha + 255 * (255 - alpha) + 127) // 255

    plain = picture(29, 22)
    image = Image.fromarray(plain)
    for name, options in [("colour", {"subsampling": 2}), ("fine", {"subsampling": 0, "quality": 95}),
                          ("progressive", {"progressive": True})]:
        image.save(path(name + ".jpg"), **options)
        keep(name, Image.open(path(name + ".jpg")))
    for name, mode in [("grey", "L"), ("ink", "CMYK")]:
        image.convert(mode).save(path(name + ".jpg"), quality=90)
        keep(name, Image.open(path(name + ".jpg")).convert("RGB"))
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        image.save(path(f"turned-{turn}.jpg"), exif=exif, quality=40)
        keep(f"turned-{turn}", ImageOps.exif_transpose(Image.open(path(f"turned-{turn}.jpg"))))
        if turn == 6:
            image.resize((9, 5)).save(path("turned.png"), exif=exif)
            keep("turned", ImageOps.exif_transpose(Image.open(path("turned.png"))))

    alpha = np.concatenate([plain, (plain[..., 1:2].astype(int) * 3 % 256).astype(np.uint8)], -1)
    image.save(path("plain.png"))
    keep("plain", plain)
    image.convert("L").save(path("grey8.png"))
    keep("grey8", image.convert("L").convert("RGB"))
    image.convert("1").save(path("grey1.png"))
    keep("grey1", image.convert("1").convert("RGB"))
    few = image.quantize(13)
    few.save(path("palette.png"))
    keep("palette", few.convert("RGB"))
    few.save(path("palette-alpha.png"), transparency=bytes([0, 100, 255, 30]))
    keep("palette-alpha", on_white(np.array(Image.open(path("palette-alpha.png")).convert("RGBA"))))
    Image.fromarray(alpha).save(path("alpha.png"))
    keep("alpha", on_white(alpha))
    png(path("alpha-interlaced.png"), alpha, 6, 8, interlaced=True)
    keep("alpha-interlaced", on_white(alpha))
    png(path("interlaced.png"), plain, 2, 8, interlaced=True)
    keep("interlaced", plain)
    deep = plain.astype(np.uint16) * 256 + 77
    png(path("deep.png"), deep, 2, 16)
    keep("deep", plain)
    png(path("deep-grey.png"), deep[..., :1], 0, 16)
    keep("deep-grey", np.repeat(plain[..., :1], 3, -1))
    png(path("key.png"), plain, 2, 8, extra=chunk(b"tRNS", struct.pack(">HHH", *(int(x) for x in plain[3, 4]))))
    keyed = plain.copy()
    keyed[(plain == plain[3, 4]).all(-1)] = 255
    keep("key", keyed)

    source = Image.fromarray(picture(61, 47))
    sizes = [(13, 29), (7, 7), (90, 31), (61, 20), (3, 47), (1, 1)]
    for filter_name, filter_kind in [("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)]:
        for width, height in sizes:
            keep(f"resized-{filter_name}-{width}x{height}", source.resize((width, height), filter_kind))
    with open(path("made.json"), "w") as file:
        json.dump({"command": "python Tools/golden/images_golden.py OUT",
                   "versions": {"pillow": PIL.__version__, "numpy": np.__version__}}, file, indent=1)


main(sys.argv[1])
