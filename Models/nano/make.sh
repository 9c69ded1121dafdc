#!/bin/sh
# Trains nano from nothing: an hour and more. Run it from the project's root after `make build`.
#
# The same bits come out on the same kind of processor with the same number of threads (`hone env` shows both).
set -eu
hone=$(pwd)/.build/release/hone
work=${1:-$(pwd)/.build/nano}
HONE_HOME=$work/home
export HONE_HOME
mkdir -p "$work"
[ -f "$work/joined.jsonl" ] ||
  python3 Models/nano/corpus.py ../shared/data "$work/corpus.jsonl" "$work/joined.jsonl"
"$hone" models show nano0 >/dev/null 2>&1 ||
  "$hone" models new nano0 --text "$work/corpus.jsonl" --vocab-size 8192 --layers 4 --hidden 256 --heads 4 \
    --context 1024 --seed 7 --learning-rate 0.01 --token-table-rate 4
# The same commands go on after an interruption. First every text by itself, in batches of short ones …
"$hone" models show nano1 >/dev/null 2>&1 || {
  "$hone" tune --text "$work/corpus.jsonl" -m nano0 --n-epochs 2 --batch-size 32 --learning-rate 0.003 \
    --token-table-rate 1 --schedule cosine --weight-decay 0.05 --long split --valid-fraction 0.01 --seed 1 \
    --suffix nano --output "$work/short"
  "$hone" models export "$work/short/model" "$work/nano1" --bfloat16 --as nano1
  "$hone" pull nano1 --from "$work/nano1"
}
# … then as many as fill the context.
"$hone" tune --text "$work/joined.jsonl" -m nano1 --n-epochs 1 --batch-size 4 --learning-rate 0.0015 \
  --token-table-rate 1 --schedule cosine --weight-decay 0.05 --long split --valid-fraction 0.01 --seed 4 \
  --suffix nano --output "$work/tuned"
rm -rf "$work/nano"
"$hone" models export "$work/tuned/model" "$work/nano" --bfloat16 --as nano
for file in config.json vocab.json merges.txt model.safetensors hone.json; do
  cp "$work/nano/$file" Models/nano/
done
