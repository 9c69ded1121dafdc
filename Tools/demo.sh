#!/bin/sh
# From a CSV of emails to a tuned model that labels new ones, on the built-in model, in .build/demo.
set -eu
hone=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
demo=$root/.build/demo
rm -rf "$demo"
mkdir -p "$demo"
cp "$root/Examples/childcare-emails.csv" "$root/Examples/unseen-emails.jsonl" "$demo"
cd "$demo"
HONE_HOME=$demo/home
export HONE_HOME

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }

say hone prepare --quiet childcare-emails.csv
"$hone" prepare --quiet childcare-emails.csv

say hone tune -t childcare-emails_prepared_train.jsonl -v childcare-emails_prepared_valid.jsonl -m nano \
  --compute-classification-metrics --classification-n-classes 14 --suffix emails
"$hone" tune -t childcare-emails_prepared_train.jsonl -v childcare-emails_prepared_valid.jsonl -m nano \
  --compute-classification-metrics --classification-n-classes 14 --suffix emails

model=$("$hone" models list --json | sed -n 's/.*"name":"\(nano:[^"]*\)".*/\1/p' | head -n 1)
say hone classify -m "$model" --file unseen-emails.jsonl
"$hone" classify -m "$model" --file unseen-emails.jsonl
