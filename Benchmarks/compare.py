"""Runs programs in turn, several rounds in one go, and prints their medians side by side with the ratios.

Usage: python Benchmarks/compare.py [--rounds N] [--unit NAME] NAME=COMMAND [NAME=COMMAND ...]

Each command prints lines of JSON with `task`, `seconds` and `units` (lists) and `peak_memory_bytes`. The first
program is the one the ratios are of. A command that fails is reported and left out.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys


def run(name, command):
    print(f"running {name}", file=sys.stderr, flush=True)
    result = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        print(f"{name}: exit {result.returncode}", file=sys.stderr)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def collect(programs, rounds):
    """rates[task][name] is a list of units a second, one a measurement; memory[task][name] the largest peak."""
    rates, memory = {}, {}
    for _ in range(rounds):
        for name, command in programs:
            for line in run(name, command):
                found = [units / seconds for units, seconds in zip(line["units"], line["seconds"])]
                rates.setdefault(line["task"], {}).setdefault(name, []).extend(found)
                peaks = memory.setdefault(line["task"], {})
                peaks[name] = max(peaks.get(name, 0), line["peak_memory_bytes"])
    return rates, memory


def report(rates, memory, first, unit):
    print(f"| Task | Program | {unit} (median) | lowest to highest | {first} is faster by | peak memory |")
    print("|---|---|---|---|---|---|")
    for task, found in rates.items():
        own = statistics.median(found[first]) if first in found else float("nan")
        for name, values in found.items():
            median = statistics.median(values)
            ratio = "" if name == first else f"{own / median:.2f} ×"
            print(f"| {task} | {name} | {median:.4g} | {min(values):.4g} to {max(values):.4g} | {ratio} | "
                  f"{memory[task][name] / 1e9:.2f} GB |")


def main():
    parser = argparse.ArgumentParser(description="Runs programs in turn and compares their rates.")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--unit", default="units/s")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    programs = [entry.split("=", 1) for entry in options.programs]
    rates, memory = collect(programs, options.rounds)
    report(rates, memory, programs[0][0], options.unit)


if __name__ == "__main__":
    main()
