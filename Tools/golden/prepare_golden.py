"""Makes Tests/HoneDataTests/Golden/prepare.jsonl: what the older tool does with a few hundred tables.

The real validators of the `openai` package run over hand-made and seeded tables; for each the table, the answers
given and the outcome (files, rows, facts; no wording) are stored, one JSON object a line.

    python -m venv venv && venv/bin/pip install openai==0.28.1 pandas==2.0.3 'numpy<2'
    venv/bin/python Tools/golden/prepare_golden.py > Tests/HoneDataTests/Golden/prepare.jsonl

Two defects of the tool are marked rather than imitated:
  "repaired": after other removals it drops long rows by label where it names them by position (wrong rows, or a
              KeyError); the stored outcome is that of the tool with the drop corrected to the rows it names;
  "crash":    it fails on a completion that stripping a common prefix left empty.
Its comparison of rows also stops at a NUL character, so only one table here has any.
A table with no row left is marked "emptied" (the tool writes an empty line; Hone refuses).
"""
import builtins, contextlib, io, json, os, random, re, sys, tempfile

import openai.validators as v
import pandas as pd


def fnv(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def cell(text):
    """A cell as stored; runs of one character longer than 200 as [before, character, count, after]."""
    m = re.search(r"(.)\1{200,}", text, re.S)
    return text if not m else [text[: m.start()], m.group(1), m.end() - m.start(), text[m.end():]]


def formats(fmt):
    needs = fmt != "jsonl"
    return v.Remediation(name="read_any_format", immediate_msg="" if needs else None,
                         necessary_msg="converted" if needs else None)


@contextlib.contextmanager
def repaired_drop(active):
    real = pd.DataFrame.drop
    def drop(self, labels=None, *a, **k):
        if isinstance(labels, list):
            labels = self.index[labels]
        return real(self, labels, *a, **k)
    if active:
        pd.DataFrame.drop = drop
    try:
        yield
    finally:
        pd.DataFrame.drop = real


def run(case, repair):
    answers = []
    def answer(*_):
        reply = case["reply"](len(answers))
        answers.append(reply)
        return "" if reply else "n"
    out, err = io.StringIO(), io.StringIO()
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, case["file"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        for name in case["existing"]:
            open(os.path.join(folder, name), "w").close()
        before = set(os.path.join(r, f) for r, _, fs in os.walk(folder) for f in fs)
        df = pd.DataFrame(case["rows"], columns=case["columns"], dtype=str).fillna("")
        real_input, builtins.input = builtins.input, answer
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), repaired_drop(repair):
                remediation = formats(case["format"])
                v.apply_necessary_remediation(None, remediation)
                v.apply_validators(df, path, remediation, v.get_validators(), False, v.write_out_file)
        except SystemExit:
            message = err.getvalue()
            result["error"] = ("missing prompt" if "`prompt` column/key is missing" in message else
                               "missing completion" if "`completion` column/key is missing" in message else
                               "identical prompts" if "All prompts are identical" in message else
                               "identical completions" if "All completions are identical" in message else message)
        except (IndexError, KeyError, ValueError) as e:
            result["crash"] = type(e).__name__
        finally:
            builtins.input = real_input
        after = sorted(set(os.path.join(r, f) for r, _, fs in os.walk(folder) for f in fs) - before)
        files = []
        for p in after:
            data = open(p, "rb").read()
            files.append({"name": os.path.relpath(p, folder), "bytes": len(data), "hash": fnv(data)})
            if len(data) < 160:
                files[-1]["text"] = data.decode()
        text = out.getvalue().replace(folder + "/", "")
    result["answers"] = answers
    result["files"] = files
    result["facts"] = facts(text)
    return result


def facts(text):
    """What the tool reported, without its words."""
    found = {}
    rows = lambda key, pattern: found.update({key: json.loads(m.group(1))}) if (m := re.search(pattern, text)) else None
    rows("empty", r"not contain empty strings. These are rows: (\[.*?\])")
    rows("duplicates", r"duplicated prompt-completion sets. These are rows: (\[.*?\])")
    rows("long", r"that are very long. These are rows: (\[.*?\])")
    rows("moved", r"now at the following indices: (\[.*?\])")
    for key, pattern in {
        "classification": "trying to fine-tune a model for classification", "fewRows": "at least a few hundred",
        "upperPrompts": "third of your `prompt`", "upperCompletions": "third of your `completion`",
        "noSeparator": "not contain a common separator", "noEnding": "not contain a common ending",
        "repeatedSeparator": "WARNING: Some of your prompts contain", "leadingSpace": "should start with a whitespace",
        "repeatedEnding": "WARNING: Some of your completions contain", "promptPrefix": "All prompts start with prefix",
        "completionPrefix": "All completions start with prefix", "noRemedies": "No remediations found",
        "useAsIs": "You can use your file", "declined": "did not write the file",
        "separatorLong": "Consider replacing with a shorter suffix",
    }.items():
        if pattern in text:
            found[key] = True
    for key, pattern in {
        "separator": r"Add a suffix separator `(.*?)` to all", "ending": r"Add a suffix ending `(.*?)` to all",
        "stripPrompt": r"(?s)Remove prefix `((?:(?! \[Y/n\]).)*)` from all prompts",
        "stripCompletion": r"(?s)Remove prefix `((?:(?! \[Y/n\]).)*)` from all completions",
        "estimate": r"approximately take (.*?) to train", "classes": r"--classification_n_classes (\d+)",
        "positive": r'(?s)--classification_positive_class "(.*?)"\n\n', "remindSeparator": r"indicator string `(.*?)` for",
        "stop": r'`stop=\["(.*?)"\]`',
    }.items():
        if m := re.search(pattern, text):
            found[key] = m.group(1)
    return found


def record(case):
    real = run(case, False)
    fixed = run(case, True)
    stored = {k: case[k] for k in ("name", "file", "format", "columns", "existing")}
    stored["rows"] = [[cell(c) for c in row] for row in case["rows"]]
    if json.dumps(real) != json.dumps(fixed):
        stored["repaired"] = real.get("crash", "other rows")
    stored.update(fixed)
    completion = next((i for i, c in enumerate(case["columns"]) if c.lower() == "completion"), None)
    if "error" not in fixed and all(f["bytes"] <= 1 for f in fixed["files"]) and fixed["files"]:
        stored["emptied"] = True
    if not case["rows"] or (completion is not None and all(r[completion] == "" for r in case["rows"])):
        stored["emptied"] = True
    print(json.dumps(stored, ensure_ascii=True, separators=(",", ":")))
    return stored


WORDS = ("late pick up tomorrow fee invoice sick fever nap lunch form closed Monday call back thanks please child room "
         "teacher bus é e\u0301 naïve Straße ẞ ΟΔΟΣ ΣΑΣ İstanbul DŽ ª ⅷ 한국어 점심 中文 你好 👩‍👩‍👧 🇰🇷 \u200f \ufeff / \\ \" ' a/b "
         "\\n x\ty \x01 \x1b \x7f \u2028 <b> & %s -> ### ### . END *** +++ , ; :").split(" ")
SEPARATORS = [" ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n", "\n\n### =>\n\n"]
ENDINGS = ["\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%", " [END]"]


def seeded(seed):
    r = random.Random(seed)
    pick = lambda p: r.random() < p
    n = r.choice([1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24])
    words = lambda low, high: " ".join(r.choice(WORDS) for _ in range(r.randint(low, high)))
    labels = [words(1, 1) for _ in range(r.choice([1, 2, 2, 2, 3, 4]))]
    if pick(0.2):
        labels = [" " + l for l in labels]
    classes, upper = pick(0.5), pick(0.15)
    prompt_start = r.choice(["", "", "", "Email: ", "Please classify this: ", "İİİİİİİİİİİİİİ ", "é" * 13])
    prompt_end = r.choice([""] * 4 + SEPARATORS + ["Σ", " the end of it.", "\n"])
    start = r.choice([""] * 5 + [" ", " answer: ", "label ", "abcd", "abcde", " é한中x"])
    end = r.choice([""] * 4 + ENDINGS)
    same_prompt, no_prompts = pick(0.05), pick(0.12)
    rows = []
    for _ in range(n):
        prompt = "" if no_prompts else "same" if same_prompt else words(0, 5)
        if pick(0.15):
            prompt += r.choice(SEPARATORS + ["\n"]) + words(0, 2)
        prompt = "" if no_prompts and pick(0.95) else prompt_start + prompt + prompt_end
        completion = r.choice(labels) if classes else words(0 if pick(0.2) else 1, 4)
        if pick(0.1):
            completion += r.choice(ENDINGS)
        completion = "" if pick(0.06) else start + completion + end
        if pick(0.03):
            prompt += r.choice("xé") * r.choice([9000, 10001, 12000])
        if upper:
            prompt, completion = prompt.upper(), completion.upper()
        rows.append([prompt, completion])
        if pick(0.12):
            rows.append(list(r.choice(rows)))
    columns = ["prompt", "completion"]
    if pick(0.2):
        columns[0] = r.choice(["Prompt", "PROMPT", "promPt"])
    if pick(0.2):
        columns[1] = r.choice(["Completion", "COMPLETION"])
    if pick(0.04):
        columns[r.randint(0, 1)] = r.choice(["text", "label", ""])
    if pick(0.2):
        columns.append(r.choice([c for c in ["id", "Prompt", "prompt_2", "label"] if c not in columns]))
        rows = [row + [words(0, 1)] for row in rows]
    if pick(0.2):
        order = list(range(len(columns)))
        r.shuffle(order)
        columns, rows = [columns[i] for i in order], [[row[i] for i in order] for row in rows]
    fmt = r.choice(["jsonl", "jsonl", "csv", "tsv", "xlsx", "txt"])
    stem = r.choice(["data", "my.emails", "dir/e mails", "a.b/c", ".hidden", "d.ir/.csv", "ü/한"])
    suffix = r.choice([fmt, fmt.upper()])
    existing = []
    for number in range(r.choice([0, 0, 0, 1, 3])):
        tail = f" ({number})" if number else ""
        existing.append(f"{stem}_prepared{r.choice(['', '_train', '_valid'])}{tail}.jsonl")
    mode = r.choice(["yes", "yes", "random", "no"])
    replies = [r.random() < 0.6 for _ in range(20)]
    reply = {"yes": lambda i: True, "no": lambda i: False, "random": lambda i: replies[i]}[mode]
    return dict(name=f"seed {seed}", file=f"{stem}.{suffix}", format=fmt, columns=columns, rows=rows,
                existing=existing, reply=reply)


def made():
    yes, no = (lambda i: True), (lambda i: False)
    def case(name, rows, columns=("prompt", "completion"), fmt="jsonl", reply=yes, existing=()):
        return dict(name=name, file=f"data.{fmt}", format=fmt, columns=list(columns), rows=[list(r) for r in rows],
                    existing=list(existing), reply=reply)
    good = lambda n, k=3: [[f"question {i} of {i * 7 % 11}\n\n###\n\n", f" class{i % k}"] for i in range(n)]
    free = lambda n: [[f"say {i} {i * 37 % 101} ->", f" {i * i} is it\n"] for i in range(n)]
    yield case("header only", [])
    yield case("only empty completions", [["a", ""], ["b", ""]])
    yield case("one row", [["a", " b"]])
    yield case("one row without prompt", [["", " b"]])
    yield case("nothing to change", free(5))
    yield case("nothing to change, open-ended", [["", f" text {i}"] for i in range(120)])
    yield case("nothing to change, split declined", good(30), reply=no)
    yield case("good classification", good(30))
    yield case("good classification of two", good(30, 2))
    yield case("tie of two classes, later first in the alphabet", [[f"q{i} ->", [" z", " a"][i % 2]] for i in range(10)])
    yield case("one class", good(30, 1))
    yield case("99 rows", free(99))
    yield case("100 rows", free(100))
    yield case("threshold of classification, not below", [[f"q{i} ->", f" {i % 4}"] for i in range(12)])
    yield case("threshold of classification, below", [[f"q{i} ->", f" {i % 4}"] for i in range(13)])
    yield case("identical prompts", [["same", " a"], ["same", " b"]])
    yield case("identical completions", [["p1", " a"], ["p2", " a"]])
    yield case("no prompt column", [["a", "b"]], ("text", "completion"))
    yield case("no completion column", [["a", "b"]], ("prompt", "text"))
    yield case("neither column", [["a", "b"]], ("x", "y"))
    yield case("two candidates for the prompt", [["a", "A", "c"], ["b", "B", "d"]], ("Prompt", "PROMPT", "completion"))
    yield case("text lines", [["", "one"], ["", "two"], ["", "Three"], ["", ""]], fmt="txt")
    yield case("every separator taken", [["p -> \n\n###\n\n \n\n===\n\n \n\n---\n\n \n\n===>\n\n \n\n--->\n\n" + x, y]
                                         for x, y in [("a", " b c"), ("b", " d e")]])
    yield case("every ending taken", [["p", " \n . END *** +++ &&& $$$ @@@ %%% a"], ["q", " b"]])
    for i, s in enumerate(SEPARATORS[:-1]):
        taken = "".join(SEPARATORS[:i])
        yield case(f"separator {i} is free", [["p" + taken + " x", " one"], ["q", " two"]])
    for i in range(len(ENDINGS) - 1):
        yield case(f"ending {i} is free", [["p", " one" + "".join(ENDINGS[:i]) + "x"], ["q", " twoy"]])
    yield case("composed and decomposed letters are different", [["caf\u00e9 ->", " x"], ["cafe\u0301 ->", " x"],
                                                                  ["t ->", " \u00e9"], ["t ->", " e\u0301"]])
    yield case("common ending inside a cluster", [["a\u0301", " b\u0301"], ["o\u0301", " c\u0301"]])
    yield case("common lead byte only", [["é", " ü"], ["è", " ö"]])
    yield case("control characters", [["a\x00b ->", " \x01\x02\b\t\n\x0b\f\r\x0e\x1f"], ["c ->", " \x7f\x80\x85\xa0\u2028\u2029\ufeff\uffff"]])
    yield case("sigma", [["ΟΔΟΣ ΣΑΣ. Σ", " ΑΣ1Σ"], ["ΑΣ\u0301", " ΣΑ'Σ"]])
    yield case("lower case changes the length of the prefix", [["İİİİİİİİİİİİİİX", " a b"], ["İİİİİİİİİİİİİİY", " c d"]])
    yield case("lower case makes it classification", [[f"P{i} ->", " " + "YESNO"[i % 5: i % 5 + 2].swapcase()[: 1 + i % 2].upper()] for i in range(20)])
    yield case("removing duplicates ends classification", [["p1 ->", " a"]] * 8 + [["p2 ->", " b"], ["p3 ->", " c"]])
    yield case("stripping leaves an empty completion", [["p1 ->", "abcde"], ["p2 ->", "abcdef"], ["p3 ->", "abcdeg"]])
    yield case("stripping leaves a class empty", [[f"p{i} ->", ["abcde", "abcdef"][i % 2]] for i in range(12)])
    yield case("stripping leaves a lone space", [["p1 ->", " abcde"], ["p2 ->", " abcdef"], ["p3 ->", " abcdeg"]])
    yield case("prefix of twelve", [["abcdefghijkl1", " a b"], ["abcdefghijkl2", " c d"]])
    yield case("prefix of thirteen", [["abcdefghijklm1", " a b"], ["abcdefghijklm2", " c d"]])
    yield case("completion prefix of four", [["a", "abcd1 x"], ["b", "abcd2 y"]])
    yield case("completion prefix of five", [["a", "abcde1 x"], ["b", "abcde2 y"]])
    yield case("suffix of ten", [["a 123456789", " a b"], ["b 123456789", " c d"]])
    yield case("suffix of eleven", [["a 1234567890", " a b"], ["b 1234567890", " c d"]])
    yield case("exactly 10000", [["x" * 9998 + "a", " b"], ["x" * 9998 + "c", " b!"]])
    yield case("long rows", [["a", " b"], ["x" * 10001 + "a", " b!"], ["é" * 10001, " c"]])
    yield case("long rows, kept", [["a", " b"], ["x" * 10001 + "a", " b!"]], reply=no)
    yield case("long rows behind an empty one", [["z", ""], ["a", " b"], ["x" * 10001 + "a", " b!"], ["y", " c"]])
    yield case("long rows behind duplicates", [["a", " b"], ["a", " b"], ["q", " r"], ["x" * 10001 + "a", " b!"], ["y", " c"], ["w", " d"]])
    yield case("long rows open-ended", [["", "x" * 12000], ["", "y"]])
    yield case("only long rows", [["x" * 12000, "y"], ["y" * 12000, "z"]])
    yield case("upper case at the limit", [["ABcd", " x y"], ["efAb", " z"]])
    yield case("upper case beyond the limit", [["ABCd", " x y"], ["efAb", " z"]])
    yield case("names taken", free(4), fmt="csv", existing=["data_prepared.jsonl", "data_prepared (1).jsonl"])
    yield case("one name of two taken", good(12), fmt="csv", existing=["data_prepared_valid.jsonl"])
    yield case("other name taken", good(12), fmt="csv", existing=["data_prepared.jsonl"])
    yield case("writing declined", free(4), fmt="csv", reply=no)
    for fmt in ("csv", "tsv", "xlsx", "txt", "json"):
        yield case(f"format {fmt}", free(4), fmt=fmt)
    for n in (4, 5, 7, 10, 13, 99, 100, 101, 250):
        yield case(f"split of {n}", [[f"{i} ->", " a"] for i in range(n)])
    for n in (4999, 5000, 5001, 6003):
        stored = case(f"split of {n}", [[f"{i} ->", " a"] for i in range(n)])
        stored["generated"] = n
        yield stored


def main():
    kinds = {}
    for case in list(made()) + [seeded(s) for s in range(int(sys.argv[1]) if len(sys.argv) > 1 else 400)]:
        generated = case.pop("generated", None)
        if generated:
            line = io.StringIO()
            with contextlib.redirect_stdout(line):
                stored = record(case)
            stored["rows"] = []
            stored["generated"] = generated
            print(json.dumps(stored, ensure_ascii=True, separators=(",", ":")))
        else:
            stored = record(case)
        for key in ("error", "crash", "repaired", "emptied"):
            if key in stored:
                kinds[f"{key} {stored[key]}"] = kinds.get(f"{key} {stored[key]}", 0) + 1
        kinds["cases"] = kinds.get("cases", 0) + 1
    print(kinds, file=sys.stderr)


if __name__ == "__main__":
    main()
