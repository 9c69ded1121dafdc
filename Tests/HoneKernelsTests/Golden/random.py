"""Golden values of the random generator: python3 random.py > random.json

xoshiro256++ and SplitMix64 written from the published description (Blackman and Vigna, "Scrambled linear
pseudorandom number generators", 2021, https://prng.di.unimi.it), in whole numbers of any length.
"""

import json
import math
import sys

WORD = 2**64


def rotated(x, count):
    return (x << count | x >> (64 - count)) % WORD


def split_mix(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) % WORD
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB % WORD
        yield z ^ z >> 31


def xoshiro(state):
    s = list(state)
    while True:
        yield (rotated((s[0] + s[3]) % WORD, 23) + s[0]) % WORD
        t = s[1] << 17 & WORD - 1
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 45)


def take(source, count):
    return [next(source) for _ in range(count)]


def seeded(seed):
    return xoshiro(take(split_mix(seed), 4))


def uniform(source):
    return (next(source) >> 40) / 2**24


def normal(source):
    """Box and Muller: the first word gives the radius, the second the angle; half a step keeps the logarithm finite."""
    radius = math.sqrt(-2 * math.log((next(source) >> 11) / 2**53 + 2.0**-54))
    return radius * math.cos(2 * math.pi * ((next(source) >> 11) / 2**53))


# Values that others have published for the same algorithms keep this script honest.
assert take(split_mix(1234567), 3) == [6457827717110365317, 3203168211198807973, 9817491932198370423]
assert take(xoshiro([1, 2, 3, 4]), 4) == [41943041, 58720359, 3588806011781223, 3591011842654386]

seeds = [0, 1, 42, 0x9E3779B97F4A7C15, WORD - 1]
golden = {
    "command": "python3 random.py > random.json",
    "version": "Python " + sys.version.split()[0],
    "tolerance": {"words": 0, "uniforms": 0, "normals": "1e-6: one rounding to Float32 of numbers up to 9"},
    # 64-bit words as text, because JSON numbers are Float64 to many readers.
    "fromState1234": [str(x) for x in take(xoshiro([1, 2, 3, 4]), 10)],
    "seeds": [
        {
            "seed": str(seed),
            "words": [str(x) for x in take(seeded(seed), 8)],
            "thousandth": str(take(seeded(seed), 1000)[-1]),
            "uniforms": [uniform(source) for source in [seeded(seed)] for _ in range(6)],
            "normals": [normal(source) for source in [seeded(seed)] for _ in range(6)],
        }
        for seed in seeds
    ],
}
json.dump(golden, sys.stdout, indent=1)
print()
