"""Writes Sources/HoneTokenizers/Normalizer/GraphemeTable.swift: how each character joins its neighbours, as the
`Precompiled` normalizer of the Hugging Face library has it, found by asking that normalizer.

    python grapheme_table.py > Sources/HoneTokenizers/Normalizer/GraphemeTable.swift

Needs: tokenizers. The normalizer looks at whole clusters of up to five bytes and at the characters of longer ones. With
a map that makes an X of whatever it looks at, the number of X tells whether two characters were in one cluster.
"""
import struct

import tokenizers
from tokenizers import normalizers

EXTEND, SPACING, PREPEND, CONTROL, REGIONAL, PICTURE = 1, 2, 3, 4, 5, 6
CONSONANT, LINKER, PLAIN_EXTEND, L, V, T, SYLLABLE, JOINER = 7, 8, 9, 10, 11, 12, 13, 14


def every_byte_to_x():
    units = [0] * 1024
    units[0] = 256 << 10
    for byte in range(1, 256):
        units[256 ^ byte] = 512 << 10 | 1 << 8 | byte
        units[256 ^ byte ^ 512] = 1 << 31
    return normalizers.Precompiled(struct.pack("<I", 4 * len(units)) + struct.pack("<1024I", *units) + b"X\0")


look = every_byte_to_x().normalize_str


def count(*parts):
    return len(look("".join(parts)))


MARK, MARK2, KA, VIRAMA, ARABIC = "\u0300", "\u0301", "\u0915", "\u094d", "\u0600"
CHOSEONG, JUNGSEONG, JONGSEONG, GA, GAK, COPYRIGHT, ZWJ = "\u1100", "\u1161", "\u11a8", "\uac00", "\uac01", "\u00a9", "\u200d"


def joins_before(text, c):
    """Whether c joins a text of one cluster of five bytes."""
    assert len(text.encode()) == 5
    return count(text, c) > 2


def of(value):
    c = chr(value)
    if value == 0x200D:
        return JOINER
    if 0xAC00 <= value <= 0xD7A3:
        return SYLLABLE
    if 0x1F1E6 <= value <= 0x1F1FF:
        return REGIONAL
    if count(c, MARK, MARK2) == 2:
        return CONTROL
    if count("a", c) == 1:
        if count(KA, c, KA, MARK) == 4:
            return LINKER
        if count(KA, c, VIRAMA, KA, MARK) == 5:
            return EXTEND
        # A spacing mark does not let a picture join behind it; what else joins does.
        return PLAIN_EXTEND if count(COPYRIGHT, c, ZWJ, COPYRIGHT, MARK) == 5 else SPACING
    if count(c, "a") == 1 or len(c.encode()) == 4 and count(c, "a", MARK) == 3:
        return PREPEND
    if joins_before(ARABIC + GA, c):
        return T if joins_before(ARABIC + GAK, c) else V
    if joins_before(ARABIC + CHOSEONG, c):
        return L
    if joins_before(COPYRIGHT + ZWJ, c):
        return PICTURE
    return CONSONANT if count(c, VIRAMA, KA, MARK) == 4 else 0


def main():
    changes, last = [], 0
    for value in range(0x110000):
        kind = 0 if 0xD800 <= value < 0xE000 else of(value)
        if kind != last:
            changes.append(value << 4 | kind)
            last = kind
    print("// Written by Tools/golden/grapheme_table.py. Do not edit.")
    print(f"// Reference: tokenizers {tokenizers.__version__}.\n")
    print("/// Where the way to join changes: a character and, in the lower four bits, the `GraphemeClass` from there on.")
    print("let graphemeClassChanges: [UInt32] = [")
    for start in range(0, len(changes), 12):
        print("  " + ", ".join(f"0x{change:X}" for change in changes[start:start + 12]) + ",")
    print("]")


if __name__ == "__main__":
    main()
