"""Prints how near the vectors of each file are to those of the first: python cosines.py REFERENCE.npy FILE.npy..."""
import os
import sys

import numpy as np


def main(reference, *files):
    expected = np.load(reference)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    print("| Vectors | smallest cosine | mean |")
    print("|---|---|---|")
    for file in files:
        found = np.load(file)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        cosines = (found * expected).sum(axis=1)
        print(f"| {os.path.basename(file)} | {cosines.min():.6f} | {cosines.mean():.6f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
